"""The marked copy: the clerk's own table, with everything to correct in its cells."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.utils import column_index_from_string
from openpyxl.worksheet.worksheet import Worksheet

from generator.errors import DataError
from generator.intake.mark import mark
from generator.pipeline import open_form
from generator.records.places import Cell, DataProblem, Severity
from tests.clerk import vanban
from tests.intake.books import Intake

RED, YELLOW = "FFFFC7CE", "FFFFEB9C"
HERE = "Dữ liệu"


def problem(
    message: str = "thiếu Địa danh",
    *,
    row: int = 2,
    column: int = 2,
    sheet: str = HERE,
    severity: Severity = "error",
    hint: str = "điền giá trị",
) -> DataProblem:
    cell = Cell(sheet=sheet, row=row, column=column)
    return DataProblem(message=message, hint=hint, cell=cell, severity=severity, unit="Trường A")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return a clerk's own workbook: two units, a formula, a comment, a hidden sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = HERE
    sheet.append(["Đơn vị", "Địa danh", "Số", "Tổng"])
    sheet.append(["Trường A", None, 3, "=C2*2"])
    sheet.append(["Trường B", "An Bình", 4, None])
    sheet["A3"].comment = Comment("của tôi", "Lan")
    sheet["B3"].value = "=x, không phải công thức"
    sheet["B3"].data_type = "s"
    book.create_sheet("ẩn").sheet_state = "veryHidden"
    book.save(tmp_path / "a.xlsx")
    return tmp_path / "a.xlsx"


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def test_an_error_makes_its_cell_red_and_says_what_is_wrong_and_what_to_do(source: Path) -> None:
    cell = opened(mark(source, [problem()]))[HERE]["B2"]
    assert cell.fill.start_color.rgb == RED
    assert cell.comment.text == "Lỗi: thiếu Địa danh – điền giá trị"


def test_a_warning_is_yellow_and_an_error_at_the_same_cell_wins(source: Path) -> None:
    warning = problem("chữ lạ", severity="warning", hint="")
    assert opened(mark(source, [warning]))[HERE]["B2"].fill.start_color.rgb == YELLOW
    both = opened(mark(source, [warning, problem()]))[HERE]["B2"]
    assert both.fill.start_color.rgb == RED
    assert both.comment.text == "Lưu ý: chữ lạ\nLỗi: thiếu Địa danh – điền giá trị"


def test_a_row_as_a_whole_is_marked_in_its_first_cell(source: Path) -> None:
    assert opened(mark(source, [problem(row=3, column=0)]))[HERE]["A3"].fill.start_color.rgb == RED


def test_the_clerks_own_comment_stays_below_ours(source: Path) -> None:
    text = opened(mark(source, [problem(row=3, column=1)]))[HERE]["A3"].comment.text
    assert text == "Lỗi: thiếu Địa danh – điền giá trị\ncủa tôi"


def test_every_problem_is_listed_with_a_link_to_its_cell(source: Path) -> None:
    alone = DataProblem(message="tệp thiếu cột Năm", at="hàng tiêu đề", severity="error")
    book = opened(mark(source, [problem(), alone]))
    sheet = book["Lỗi"]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert rows[0] == (1, "Lỗi", "Trường A", "Dữ liệu!B2", None, "thiếu Địa danh", "điền giá trị")
    assert rows[1][:6] == (2, "Lỗi", None, "hàng tiêu đề", None, "tệp thiếu cột Năm")
    assert sheet["D2"].hyperlink.location == "'Dữ liệu'!B2"
    assert book.active is sheet, "it is what opens first"


def test_a_problem_of_a_sheet_that_is_not_there_is_only_listed(source: Path) -> None:
    book = opened(mark(source, [problem(sheet="Trang khác")]))
    assert book["Lỗi"]["F2"].value == "thiếu Địa danh"
    assert book["Lỗi"]["D2"].hyperlink is None
    assert book.sheetnames == [HERE, "ẩn", "Lỗi"]


def test_everything_else_of_the_workbook_stays(source: Path) -> None:
    book = opened(mark(source, [problem()]))
    assert book[HERE]["D2"].value == "=C2*2"
    assert (book[HERE]["B3"].value, book[HERE]["B3"].data_type) == ("=x, không phải công thức", "s")
    assert book["ẩn"].sheet_state == "veryHidden"


@pytest.mark.parametrize("text", ['=HYPERLINK("http://x.vn")', "+cmd|'/c calc'!A1", "@x", "-1+1"])
def test_words_of_the_data_never_become_a_formula(source: Path, text: str) -> None:
    said = DataProblem(message=text, hint=text, at=text, unit=text, field=text)
    content = mark(source, [said])
    sheet = opened(content)["Lỗi"]
    assert {(cell.value, cell.data_type) for cell in sheet[2][2:]} == {(text, "s")}
    parts = zipfile.ZipFile(io.BytesIO(content))
    assert b"<f" not in parts.read("xl/worksheets/sheet3.xml")


def test_a_formula_that_reaches_outside_becomes_a_value(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet["A1"], sheet["A2"] = "=[1]Sheet1!A1", "=cmd|'/c calc'!A1"
    book.save(tmp_path / "a.xlsx")
    marked = opened(mark(tmp_path / "a.xlsx", [problem(sheet="Sheet")]))["Sheet"]
    assert [marked["A1"].data_type, marked["A2"].data_type] == ["n", "n"]


def test_characters_no_workbook_holds_are_replaced(source: Path) -> None:
    book = opened(mark(source, [problem("có \x01 ở đây")]))
    assert book["Lỗi"]["F2"].value == "có \ufffd ở đây"


def test_a_merged_cell_is_marked_where_its_words_are(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet["A1"] = "Chung"
    sheet.merge_cells("A1:C2")
    book.save(tmp_path / "a.xlsx")
    marked = opened(mark(tmp_path / "a.xlsx", [problem(sheet="Sheet", row=2, column=3)]))["Sheet"]
    assert marked["A1"].fill.start_color.rgb == RED


def test_marks_of_an_earlier_copy_are_gone_from_the_next(source: Path, tmp_path: Path) -> None:
    (tmp_path / "b.xlsx").write_bytes(mark(source, [problem()]))
    book = opened(mark(tmp_path / "b.xlsx", [problem(row=3)]))
    assert book[HERE]["B2"].comment is None
    assert book[HERE]["B2"].fill.fill_type is None
    assert book[HERE]["B3"].fill.start_color.rgb == RED
    assert book.sheetnames == [HERE, "ẩn", "Lỗi"]
    assert len(list(book["Lỗi"].iter_rows())) == 2


def test_the_same_problems_give_the_same_bytes(source: Path) -> None:
    assert mark(source, [problem()]) == mark(source, [problem()])


def test_the_file_itself_is_not_touched(source: Path) -> None:
    before = source.read_bytes()
    mark(source, [problem()])
    assert source.read_bytes() == before


def test_a_text_table_is_copied_into_a_workbook(tmp_path: Path) -> None:
    source = tmp_path / "a.csv"
    source.write_text("Đơn vị;Số\nTrường A;007\n=1+1;5\n", encoding="utf-8")
    sheet = opened(mark(source, [problem(sheet="", row=3, column=1)]))[HERE]
    assert [cell.value for cell in sheet[2]] == ["Trường A", "007"]
    assert (sheet["A3"].value, sheet["A3"].data_type) == ("=1+1", "s")
    assert sheet["A3"].fill.start_color.rgb == RED


def test_a_damaged_workbook_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(DataError, match="không tạo được bản đánh dấu"):
        mark(tmp_path / "a.xlsx", [problem()])


def test_a_workbook_too_large_to_copy_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 129 * 1024 * 1024)
    with pytest.raises(DataError, match="quá lớn"):
        mark(tmp_path / "a.xlsx", [problem()])


def test_a_blank_cell_that_is_marked_can_still_be_filled(tmp_path: Path) -> None:
    given = tmp_path / "phieu.xlsx"
    given.write_bytes(open_form("ban-cham-diem").workbook(["Trường A"]))
    made = Intake(given.read_bytes()).listed("ky_don_vi.chuc_vu")
    column = column_index_from_string(made.letter)
    sheet = opened(mark(given, [problem(row=made.first, column=column)]))[HERE]
    cell = sheet[f"{made.letter}{made.first}"]
    assert cell.fill.start_color.rgb == RED
    assert sheet.protection.sheet
    assert not cell.protection.locked
    assert cell.number_format == "@"


def test_the_command_marks_an_intake_workbook_that_then_reads_the_same(tmp_path: Path) -> None:
    form = open_form("ban-cham-diem")
    given = tmp_path / "phieu.xlsx"
    given.write_bytes(form.workbook(sample=True))
    book = openpyxl.load_workbook(given)
    sheet = book[HERE]
    columns = {row[4]: row[3] for row in book["_vanban"].iter_rows(min_row=6, values_only=True)}
    first = next(row[2] for row in book["_vanban"].iter_rows(min_row=6, values_only=True))
    sheet[f"{columns['nam']}{first}"] = 1899
    book.save(given)
    marked = tmp_path / "danh-dau.xlsx"
    ran = vanban("validate", "ban-cham-diem", given, "--mark", marked)
    assert ran.code == 3
    cell = openpyxl.load_workbook(marked)[HERE][f"{columns['nam']}{first}"]
    assert cell.fill.start_color.rgb == RED
    assert "Năm bình xét" in cell.comment.text
    corrected = openpyxl.load_workbook(marked)
    corrected[HERE][f"{columns['nam']}{first}"] = 2019
    corrected.save(marked)
    ran = vanban("validate", "ban-cham-diem", marked)
    assert (ran.code, "1 bản ghi hợp lệ." in ran.err) == (0, True), ran.err
