"""Sheets of an Office Open XML workbook (ECMA-376 part 1, chapter 18), row after row.

Read as a stream, so that memory does not grow with the rows, and with what the fast readers leave
out: number formats, hidden rows, merged cells, formulas whose value was never computed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from generator.errors import DataError
from generator.intake.archive import SMALL, Archive
from generator.intake.cells import (
    CLOCK,
    GENERAL,
    LONGEST_TEXT,
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_NOTED,
    MOST_ROWS,
    SURE_DIGITS,
    UNCOMPUTED,
    Book,
    Broken,
    Format,
    Notes,
    Row,
    Value,
    built_in,
    day_of,
    error_cell,
    formatted,
    not_followed,
    read_format,
    refused,
    too_wide,
)
from generator.intake.xml import End, Scanner, Start, local

WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def open_xlsx(archive: Archive) -> Book:
    """Return the workbook in an archive."""
    names, epoch = _workbook(archive)
    formats = _formats(archive)
    strings = _strings(archive)
    sheets = tuple(
        XlsxSheet(
            archive=archive, part=part, name=name, hidden=hidden, strings=strings,
            formats=formats, epoch=epoch, notes=Notes(),
        )
        for name, part, hidden in names
    )  # fmt: skip
    return Book(sheets=sheets, epoch=epoch, left_aside=tuple(_left_aside(archive.names)))


def _left_aside(names: frozenset[str]) -> Iterator[str]:
    signs = (
        ("xl/vbaProject", "macro"),
        ("xl/externalLinks/", "liên kết tới tệp khác"),
        ("xl/connections", "kết nối dữ liệu ngoài"),
    )
    for start, what in signs:
        if any(name.startswith(start) for name in names):
            yield not_followed(what)


def _workbook(archive: Archive) -> tuple[list[tuple[str, str, bool]], Literal[1900, 1904]]:
    """Return each sheet's name, part and whether it is hidden; and the date system."""
    targets: dict[str, str] = {}
    sheets: list[tuple[str, str, bool]] = []
    epochs: list[Literal[1900, 1904]] = [1900]

    def relation(name: str, said: dict[str, str]) -> None:
        if local(name) == "Relationship" and said.get("Type", "").endswith("/worksheet"):
            targets[said.get("Id", "")] = _part(said.get("Target", ""))

    def element(name: str, said: dict[str, str]) -> None:
        if local(name) == "workbookPr" and said.get("date1904") in ("1", "true"):
            epochs.append(1904)
        elif local(name) == "sheet":
            rid = next((value for key, value in said.items() if local(key) == "id"), "")
            if rid in targets:  # a chart sheet has no cells
                sheets.append((said.get("name", ""), targets[rid], "state" in said
                               and said["state"] != "visible"))  # fmt: skip

    for part, handler in ((_RELATIONS, relation), (WORKBOOK, element)):
        with archive.part(part, SMALL) as stream:
            Scanner(archive.file, part, handler).run(stream)
    return sheets, epochs[-1]


def _part(target: str) -> str:
    return target[1:] if target.startswith("/") else f"xl/{target.removeprefix('./')}"


def _formats(archive: Archive) -> Sequence[Format]:
    """Return what the number format of each cell style does."""
    part = "xl/styles.xml"
    codes: dict[int, Format] = {}
    styles: list[Format] = []
    inside: list[bool] = [False]

    def start(name: str, said: dict[str, str]) -> None:
        name = local(name)
        if name == "numFmt":
            codes[_whole(said.get("numFmtId", ""))] = read_format(said.get("formatCode", ""))
        elif name == "cellXfs":
            inside[0] = True
        elif name == "xf" and inside[0]:
            number = _whole(said.get("numFmtId", ""))
            styles.append(codes[number] if number in codes else built_in(number))

    def end(name: str) -> None:
        if local(name) == "cellXfs":
            inside[0] = False

    if part in archive.names:
        with archive.part(part, SMALL) as stream:
            Scanner(archive.file, part, start, end).run(stream)
    return styles


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0


def _strings(archive: Archive) -> Sequence[str]:
    """Return the shared strings; the reading aids of East Asian text are left out."""
    part = "xl/sharedStrings.xml"
    if part not in archive.names:
        return ()
    found: list[str] = []
    runs: list[str] = []
    text: list[str] = []
    kept: list[int] = []  # how many runs were there when a reading aid began

    def start(name: str, _: dict[str, str]) -> None:
        text.clear()
        if name.endswith("rPh"):
            kept.append(len(runs))

    def end(name: str) -> None:
        name = local(name)
        if name == "t":
            runs.append("".join(text))
        elif name == "si":
            found.append(worded(unescaped("".join(runs))))
            runs.clear()
        elif name == "rPh":
            del runs[kept.pop() if kept else 0 :]

    with archive.part(part) as stream:
        for _ in Scanner(archive.file, part, start, end, text.append).feed(stream):
            if len(found) > MOST_CELLS:
                raise refused(archive.file, "tệp có quá nhiều chữ", "chia thành nhiều tệp")
    return found


def unescaped(text: str) -> str:
    r"""Return a text of the file as its cell shows it: ``_x000D_`` stands for a character.

    >>> unescaped("a_x000D_\nb_x005F_")
    'a\nb_'
    """
    if "_x" in text:
        text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def worded(text: str) -> str:
    """Return a text, nothing where it is blanks alone: such a cell looks empty."""
    return "" if text.isspace() else text


@dataclass(slots=True, kw_only=True)
class XlsxSheet:
    """One worksheet of an .xlsx."""

    archive: Archive
    part: str
    name: str
    hidden: bool
    strings: Sequence[str]
    formats: Sequence[Format]
    epoch: Literal[1900, 1904]
    notes: Notes

    def rows(self) -> Iterator[Row]:
        """Yield the rows that are not blank.

        Raises:
            DataError: broken XML; more columns, rows or cells than any honest table has.
        """
        self.notes = Notes()
        text: list[str] = []
        done: list[Row] = []
        start, end = _gather(self, text, done)
        scanner = Scanner(self.archive.file, self.part, start, end, text.append)
        with self.archive.part(self.part) as stream:
            for _ in scanner.feed(stream):
                if len(text) > 1 and sum(map(len, text)) > LONGEST_TEXT:
                    raise self.refused("ô chứa văn bản quá dài", "rút gọn nội dung của ô")
                yield from done
                done.clear()

    def refused(self, message: str, hint: str) -> DataError:
        """Return the error for a sheet that cannot be read."""
        return refused(self.archive.file, message, hint, self.name)


def _gather(  # noqa: C901 - see below
    sheet: XlsxSheet, text: list[str], done: list[Row]
) -> tuple[Start, End]:
    """Return the handlers that gather the cells of a worksheet; whole rows go to ``done``.

    Called for every element of every cell: one function each, with its state beside it, reads a
    big sheet in half the time that methods on objects take.
    """
    column = row = seen = others = 0
    hidden = formula = phonetic = False
    said_of_cell: dict[str, str] = {}
    content = ""
    cells: dict[int, Value] = {}
    columns: dict[str, int] = {}
    read = _values(sheet)

    def start(name: str, said: dict[str, str]) -> None:
        nonlocal column, row, hidden, formula, phonetic, said_of_cell, content, others
        if ":" in name:  # a few programs write <x:row>
            name = local(name)
        if name == "c":
            said_of_cell, content, formula = said, "", False
            reference = said.get("r")
            letters = "" if reference is None else reference.rstrip("0123456789")
            column = columns.get(letters) or _new_column(letters, column, columns)
        elif name == "v" or name == "t":
            text.clear()
        elif name == "f":
            formula = True
        elif name == "rPh":
            phonetic = True
        elif name == "row":
            row, column = _row_number(sheet, said, row), 0
            hidden = said.get("hidden") in _TRUE
        elif name == "col":
            _note_columns(sheet.notes, said)
        elif name == "mergeCell":
            _note_merged(sheet.notes, said)
        else:
            others += 1
            if others > MOST_CELLS:
                raise sheet.refused("trang có quá nhiều phần tử lạ", "lưu lại bằng Excel")

    def end(name: str) -> None:  # noqa: C901
        nonlocal content, cells, seen, phonetic
        if ":" in name:
            name = local(name)
        if name == "v":
            content = "".join(text)
        elif name == "c":
            seen += 1
            if content or formula:
                value = read(said_of_cell, content, formula)
                if value is not None:
                    cells[column] = value
        elif name == "t":
            if not phonetic:
                content += "".join(text)
        elif name == "rPh":
            phonetic = False
        elif name == "row":
            if seen > MOST_CELLS:
                raise sheet.refused("trang có quá nhiều ô", "chia thành nhiều tệp")
            if cells:
                if column > MOST_COLUMNS and max(cells) > MOST_COLUMNS:
                    raise too_wide(sheet.archive.file, sheet.name, max(cells))
                if hidden:
                    sheet.notes.hidden_rows.append(row)
                done.append((row, cells))
                cells = {}

    return start, end


_TRUE = ("1", "true")


def _new_column(letters: str, before: int, known: dict[str, int]) -> int:
    """Return the column of a cell seen for the first time; one without a name follows its left."""
    if not letters:
        return before + 1
    known[letters] = column_number(letters) or MOST_COLUMNS + 1
    return known[letters]


def _row_number(sheet: XlsxSheet, said: Mapping[str, str], before: int) -> int:
    number = _whole(said["r"]) if "r" in said else before + 1
    if not 0 < number <= MOST_ROWS:
        raise sheet.refused("số thứ tự dòng không hợp lệ", "lưu lại bằng Excel")
    return number


def _note_columns(notes: Notes, said: Mapping[str, str]) -> None:
    if said.get("hidden") in _TRUE:
        notes.hidden_columns.append((_whole(said.get("min", "")), _whole(said.get("max", ""))))


def _note_merged(notes: Notes, said: Mapping[str, str]) -> None:
    corners = [_REFERENCE.fullmatch(part) for part in said.get("ref", "").split(":")]
    if len(corners) == 2 and corners[0] and corners[1] and len(notes.merged) < MOST_NOTED:
        (left, top), (right, bottom) = corners[0].groups(), corners[1].groups()
        notes.merged.append((int(top), column_number(left), int(bottom), column_number(right)))


def column_number(letters: str) -> int:
    """Return a column's number, 0 for what are no column letters.

    >>> column_number("A"), column_number("XFD"), column_number("a1")
    (1, 16384, 0)
    """
    number = 0
    for letter in letters[:4]:
        if not "A" <= letter <= "Z":
            return 0
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _values(sheet: XlsxSheet) -> Callable[[Mapping[str, str], str, bool], Value | None]:
    """Return the function that reads a cell: what its element says, its text, has it a formula."""
    strings = sheet.strings
    # Most styles change nothing: those cells take the quick way.
    formats = {str(n): form for n, form in enumerate(sheet.formats) if form != GENERAL}
    days: dict[str, Value] = {}

    def read(cell: Mapping[str, str], text: str, formula: bool) -> Value | None:
        kind = cell.get("t", "n")
        if kind == "s":
            return _shared(strings, text)
        if not text:
            return None if kind == "str" else UNCOMPUTED
        if kind != "n":
            value = _READERS.get(kind, unescaped)(text)
            return None if isinstance(value, str) and (not value or value.isspace()) else value
        form = formats.get(cell.get("s", ""))
        if form is None:
            return _plain_number(text)
        if form.date:
            if text not in days:
                days[text] = _day(text, sheet.epoch)
            return days[text]
        return _formatted(text, form)

    return read


def _shared(strings: Sequence[str], text: str) -> Value | None:
    try:
        return strings[int(text)] or None
    except (ValueError, IndexError):
        return Broken("ô trỏ tới nội dung không có trong tệp", "gõ lại nội dung ô")


def _plain_number(text: str) -> Value:
    if len(text) <= SURE_DIGITS and text.isascii():
        if text.isdigit():
            return int(text)
        if text.replace(".", "", 1).isdigit() and text[-1] != "0":
            return Decimal(text)  # no longer than what the cell shows
    return _formatted(text, GENERAL)


def _formatted(text: str, form: Format) -> Value:
    try:
        number = float(text)
    except ValueError:
        return Broken("ô chứa số không đọc được", "gõ lại con số trong ô")
    return CLOCK if form.time else formatted(number, form)


def _day(text: str, epoch: Literal[1900, 1904]) -> Value:
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    return CLOCK if 0 <= number < 1 else day_of(number, epoch)


def _truth(text: str) -> bool:
    return text == "1" or text == "true"


def _iso_date(text: str) -> Value:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return text


_READERS: Mapping[str, Callable[[str], Value]] = {
    "str": unescaped,
    "inlineStr": unescaped,
    "b": _truth,
    "e": error_cell,
    "d": _iso_date,
}
