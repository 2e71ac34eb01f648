"""A copy of the clerk's table with everything to correct marked in its cells.

The copy of a workbook (.xlsx, .xlsm) is made with openpyxl: cells, formats, rules, protection,
hidden sheets and comments stay. Left out are macros, links to other workbooks, shapes and charts; a
formula that reads another workbook or program becomes the value it last had. Other formulas stay,
without their last value, which Excel and LibreOffice compute anew when they open the file. Of any
other table (.xls, .ods, .csv) the copy is a new workbook with its cells, without their formats.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from generator.errors import DataError, Problem
from generator.intake.archive import Archive
from generator.intake.book import open_book
from generator.intake.cells import Padded, Percent
from generator.intake.layout import MAIN_SHEET, PROBLEMS_SHEET
from generator.language.wordml import ILLEGAL
from generator.records.places import Cell, DataProblem

_AUTHOR = "vanban"
_FILLS = {
    "error": PatternFill("solid", start_color="FFFFC7CE"),
    "warning": PatternFill("solid", start_color="FFFFEB9C"),
}
_WORDS = {"error": "Lỗi", "warning": "Lưu ý"}
_NO_FILL = PatternFill()
_OWN_FORMATS = (".xlsx", ".xlsm")
_LARGEST = 128 * 1024 * 1024  # bytes of a workbook unpacked: some two million cells
_LONGEST_CELL = 32_767
_LONGEST_COMMENT = 2_000  # characters somebody still reads at a cell; the list has the rest
_FOREIGN = re.compile(r"[\[|]")  # in a formula: another workbook, another program
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
_WIDTHS = (6, 9, 30, 16, 30, 60, 50)
_HEADINGS = ("STT", "Mức", "Đơn vị", "Ô", "Trường", "Nội dung", "Cách sửa")


def mark(source: Path, problems: Sequence[DataProblem]) -> bytes:
    """Return a copy of a table, an .xlsx file, with the cells of its problems marked.

    A cell is red for an error and yellow for a warning, with a comment that says all that is wrong
    with it; a row as a whole is marked in its first cell. The sheet ``Lỗi`` at the end lists every
    problem, those without a cell too. Marks of an earlier copy are taken away first.

    Raises:
        UsageError: the file cannot be opened.
        DataError: it is damaged, or too large to be copied.
    """
    book = _workbook(source) if source.suffix.lower() in _OWN_FORMATS else _fresh(source)
    for cell, there in _by_cell(problems):
        name = cell.sheet or MAIN_SHEET  # a text file has no name for its only sheet
        if name in book.sheetnames:
            _mark_cell(book[name].cell(cell.row, max(cell.column, 1)), there)
    _list(book, problems)
    return _bytes(book)


def _workbook(source: Path) -> Workbook:
    _refuse_vast(source)
    try:
        book = load_workbook(source, keep_links=False)
    except Exception as error:  # openpyxl lets through whatever a damaged part makes it stumble on
        message = "không tạo được bản đánh dấu từ tệp này"
        hint = "mở tệp bằng Excel hoặc LibreOffice, lưu lại, rồi kiểm tra lại"
        raise DataError(Problem(file=str(source), message=message, hint=hint)) from error
    _drop_foreign_formulas(book, source)
    _unmark(book)
    return book


def _refuse_vast(source: Path) -> None:
    """Refuse a workbook that would fill the memory: the copy holds every cell at once.

    Raises:
        DataError: it is one, or no workbook, damaged, a bomb.
    """
    archive = Archive(source, str(source))
    with zipfile.ZipFile(source) as parts:
        size = sum(part.file_size for part in parts.infolist())
    if size > _LARGEST:
        message = "tệp quá lớn để tạo bản đánh dấu"
        hint = "xóa các dòng, cột và trang thừa, hoặc chia thành nhiều tệp"
        raise DataError(Problem(file=archive.file, message=message, hint=hint))


def _fresh(source: Path) -> Workbook:
    """Return a new workbook with the cells of a table of another format."""
    book = Workbook()
    del book[book.sheetnames[0]]
    for table in open_book(source, str(source)).sheets:
        sheet = book.create_sheet(table.name or MAIN_SHEET)
        for row, cells in table.rows():
            for column, value in cells.items():
                _copy(sheet, row, column, value)
        if table.hidden:
            sheet.sheet_state = "hidden"
    return book


def _copy(sheet: Worksheet, row: int, column: int, value: object) -> None:
    if isinstance(value, (Percent, Padded)):
        sheet.cell(row, column, value.number)
    elif isinstance(value, (bool, int, Decimal, date)):
        sheet.cell(row, column, value)
    else:
        _write(sheet, row, column, value if isinstance(value, str) else "")


def _by_cell(
    problems: Iterable[DataProblem],
) -> Iterator[tuple[Cell, list[DataProblem]]]:
    """Yield each cell with its problems, in the order of the sheets."""

    def place(problem: DataProblem) -> tuple[str, int, int]:
        cell = problem.cell
        return (cell.sheet, cell.row, max(cell.column, 1)) if cell else ("", 0, 0)

    placed = sorted((problem for problem in problems if problem.cell), key=place)
    for (sheet, row, column), there in groupby(placed, key=place):
        yield Cell(sheet=sheet, row=row, column=column), list(there)


def _mark_cell(cell: SheetCell | MergedCell, problems: Sequence[DataProblem]) -> None:
    if isinstance(cell, MergedCell):  # its words and colour are those of the first cell
        merged = next(r for r in cell.parent.merged_cells.ranges if cell.coordinate in r)
        cell = cell.parent.cell(merged.min_row, merged.min_col)
    if not cell.has_style:
        _style_as_column(cell)
    worst = min(problem.severity for problem in problems)  # "error" comes before "warning"
    cell.fill = _FILLS[worst]
    text = "\n".join(map(_said, problems))
    before = cell.comment.text if cell.comment and cell.comment.author != _AUTHOR else ""
    comment = Comment(_short("\n".join(filter(None, (text, before))), _LONGEST_COMMENT), _AUTHOR)
    comment.width, comment.height = 360, min(400, 40 + 18 * (1 + len(comment.text) // 55))
    cell.comment = comment


def _style_as_column(cell: SheetCell) -> None:
    """Give a cell nobody has written in its column's format: unlocked, if the column is."""
    for column in cell.parent.column_dimensions.values():
        if column.min and column.min <= cell.column <= column.max:
            cell._style = copy(column._style)  # openpyxl has no other way to copy a whole format


def _said(problem: DataProblem) -> str:
    hint = f" – {problem.hint}" if problem.hint else ""
    return _legal(f"{_WORDS[problem.severity]}: {problem.message}{hint}")


def _unmark(book: Workbook) -> None:
    """Take away the marks of an earlier copy: what was corrected must not stay red."""
    if PROBLEMS_SHEET in book.sheetnames:
        del book[PROBLEMS_SHEET]
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.comment and cell.comment.author == _AUTHOR:
                    cell.comment = None
                    cell.fill = _NO_FILL


def _drop_foreign_formulas(book: Workbook, source: Path) -> None:
    """Put their last value in place of formulas that reach outside the workbook."""
    foreign = [
        cell
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f" and _FOREIGN.search(str(cell.value))
    ]
    if foreign:
        values = load_workbook(source, data_only=True, keep_links=False)
        for cell in foreign:
            value = values[cell.parent.title][cell.coordinate].value
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"


# ---------------------------------------------------------------- the list
def _list(book: Workbook, problems: Sequence[DataProblem]) -> None:
    sheet = book.create_sheet(PROBLEMS_SHEET)
    for place, (heading, width) in enumerate(zip(_HEADINGS, _WIDTHS, strict=True), start=1):
        _write(sheet, 1, place, heading).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(place)].width = width
    for number, problem in enumerate(problems, start=1):
        _list_row(book, sheet, number, problem)
    sheet.freeze_panes = "A2"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(_HEADINGS))}{len(problems) + 1}"
    for other in book.worksheets:
        other.sheet_view.tabSelected = other is sheet
    book.active = sheet


def _list_row(book: Workbook, sheet: Worksheet, number: int, problem: DataProblem) -> None:
    row = number + 1
    sheet.cell(row, 1, number)
    texts = (
        _WORDS[problem.severity],
        problem.unit,
        str(problem.cell) if problem.cell else problem.at,
        problem.field,
        problem.message,
        problem.hint,
    )
    for place, text in enumerate(texts, start=2):
        _write(sheet, row, place, text)
    sheet.cell(row, 2).fill = _FILLS[problem.severity]
    if problem.cell and (problem.cell.sheet or MAIN_SHEET) in book.sheetnames:
        _link(sheet.cell(row, 4), problem.cell)


def _write(sheet: Worksheet, row: int, column: int, text: str) -> SheetCell:
    """Write a text as a text: what begins with = + - @ must not become a formula."""
    cell = sheet.cell(row, column, _short(_legal(text), _LONGEST_CELL))
    cell.data_type = "s"
    cell.quotePrefix = True  # nor when somebody edits the cell
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    return cell


def _link(cell: SheetCell, place: Cell) -> None:
    name = (place.sheet or MAIN_SHEET).replace("'", "''")
    target = f"'{name}'!{get_column_letter(max(place.column, 1))}{place.row}"
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=target)
    cell.font = Font(color="FF0563C1", underline="single")


def _legal(text: str) -> str:
    return ILLEGAL.sub("\ufffd", text)


def _short(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


# ---------------------------------------------------------------- the file
def _bytes(book: Workbook) -> bytes:
    """Return the file of a workbook, the same bytes whenever it is written."""
    written, content = io.BytesIO(), io.BytesIO()
    created = book.properties.created
    book.save(written)
    moment = (created or datetime(2020, 1, 1)).strftime("%Y-%m-%dT%H:%M:%SZ")  # noqa: DTZ001
    with (
        zipfile.ZipFile(written) as parts,
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in parts.namelist():
            data = parts.read(name)
            if name == "docProps/core.xml":
                data = _MODIFIED.sub(rb"\g<1>" + moment.encode(), data)
            part = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            part.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(part, data)
    return content.getvalue()
