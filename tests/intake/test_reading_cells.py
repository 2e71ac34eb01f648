"""Cells: Excel's traps, read the same from .xlsx, .ods, .xls and text files."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import python_calamine
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.intake.book import open_book
from generator.intake.cells import Broken, Padded, Percent, read_format
from generator.intake.convert import Doubt, Noted, converter
from generator.intake.layout import Column, Kind
from tests.intake.tables import cell, package, saved_as, sheet_xml, workbook

APRIL = datetime(2018, 4, 11, 7, 30)  # noqa: DTZ001 - a cell has no time zone
DAY = date(2018, 4, 11)
LOST = "ô là số dài hơn 15 chữ số, Excel không giữ được các chữ số cuối"
CHANGED = "Excel tự đổi khi gõ như 3/5"
ENDINGS = ("xlsx", "ods", "xls")


@pytest.fixture(scope="module")
def traps(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One workbook full of traps, as Excel's format holds it and as LibreOffice saves it anew."""
    folder = tmp_path_factory.mktemp("bay")
    source = folder / "bay.xlsx"
    with xlsxwriter.Workbook(str(source)) as book:
        page = book.add_worksheet("Dữ liệu")
        form = {code: book.add_format({"num_format": code}) for code in (
            "000", "0%", "0.0%", "dd/mm/yyyy", "hh:mm", "#,##0", "@", "0.00E+00",
            'dd" tháng "mm" năm "yyyy', "dd/mm/yyyy hh:mm",
        )}  # fmt: skip
        page.write_string("A1", "001")
        page.write_string("A2", "15972")
        page.write_number("A3", 5)
        page.write_number("A4", 5, form["000"])
        page.write_number("A5", 0.1 + 0.2)
        page.write_number("A6", 0.25, form["0%"])
        page.write_number("A7", 0.125, form["0.0%"])
        page.write_datetime("A8", DAY, form["dd/mm/yyyy"])
        page.write_datetime("A9", APRIL, form["dd/mm/yyyy hh:mm"])
        page.write_datetime("A10", DAY, form['dd" tháng "mm" năm "yyyy'])
        page.write_datetime("A11", time(7, 30), form["hh:mm"])
        page.write_boolean("A12", True)
        page.write_formula("A13", "=1/3+1/3", None, 2 / 3)
        page.write_formula("A14", "=1/0", None, "#DIV/0!")
        page.write_string("A15", "dòng một\ndòng hai")
        page.write_number("A16", 1.5e20, form["0.00E+00"])
        page.write_number("A17", 1234567, form["#,##0"])
        page.write_rich_string("A18", book.add_format({"bold": True}), "đậm", " thường")
        page.write_string("A19", "\u00a0 \t")
        page.write_number("A20", 0)
        page.merge_range("B22:C23", "gộp")
        page.write("A25", "dòng ẩn")
        page.set_row(24, None, None, {"hidden": True})
        page.write("E26", "cột ẩn")
        page.set_column("E:E", None, None, {"hidden": True})
        book.add_worksheet("Ẩn").hide()
    return {ending: source if ending == "xlsx" else saved_as(source, ending, folder)
            for ending in ENDINGS}  # fmt: skip


EXPECTED: dict[int, Any] = {
    1: "001",
    2: "15972",
    3: 5,
    4: Padded("005", 5),
    5: Decimal("0.3"),
    6: Percent(25),
    7: Percent(Decimal("12.5")),
    8: date(2018, 4, 11),
    9: date(2018, 4, 11),
    10: date(2018, 4, 11),
    12: True,
    13: Decimal("0.666666666666667"),
    15: "dòng một\ndòng hai",
    16: 150_000_000_000_000_000_000,
    17: 1_234_567,
    18: "đậm thường",
    20: 0,
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_cell_is_read_alike_whatever_program_saved_it(
    traps: dict[str, Path], ending: str
) -> None:
    sheet = open_book(traps[ending], "bay").sheets[0]
    cells = {number: row.get(1) for number, row in sheet.rows()}
    assert {number: cells[number] for number in EXPECTED} == EXPECTED
    assert 19 not in cells  # blanks alone are a blank


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_clock_time_and_an_error_are_named(traps: dict[str, Path], ending: str) -> None:
    cells = {number: row.get(1) for number, row in open_book(traps[ending], "").sheets[0].rows()}
    clock, division = cells[11], cells[14]
    assert isinstance(clock, Broken)
    assert clock.message == "ô chứa giờ, không phải ngày hay số"
    assert isinstance(division, Broken)
    assert "công thức chia cho 0" in division.message


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_is_hidden_or_merged_is_noted(traps: dict[str, Path], ending: str) -> None:
    book = open_book(traps[ending], "")
    sheet = book.sheets[0]
    list(sheet.rows())
    assert sheet.notes.hidden_rows == [25]
    assert sheet.notes.hidden_columns == [(5, 5)]
    assert sheet.notes.merged == [(22, 2, 23, 3)]
    assert [(sheet.name, sheet.hidden) for sheet in book.sheets] == [
        ("Dữ liệu", False),
        ("Ẩn", True),
    ]


def only(path: Path) -> Any:
    """Return the one cell of a file."""
    ((_, cells),) = open_book(path, path.name).sheets[0].rows()
    return cells[1]


def test_a_formula_that_was_never_computed_is_told(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "=1+1"  # openpyxl writes no value
    book.save(tmp_path / "a.xlsx")
    assert only(tmp_path / "a.xlsx").message == "công thức chưa có kết quả lưu trong tệp"


@pytest.mark.parametrize("code", ["#REF!", "#N/A", "#NAME?", "#VALUE!", "#NUM!", "#NULL!"])
def test_every_error_of_excel_has_words(tmp_path: Path, code: str) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        book.add_worksheet().write_formula("A1", "=A2", None, code)
    value = only(tmp_path / "a.xlsx")
    assert value.message.startswith(f"ô báo lỗi {code}: công thức ")


def test_days_of_the_1904_system_are_the_same_days(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx"), {"date_1904": True}) as book:
        day = book.add_format({"num_format": "d/m/yyyy"})
        book.add_worksheet().write_datetime("A1", DAY, day)
    assert only(tmp_path / "a.xlsx") == date(2018, 4, 11)


def test_reading_aids_of_shared_strings_are_no_text(tmp_path: Path) -> None:
    strings = (
        "<sst><si><t>学</t><rPh><t>まなぶ</t></rPh></si>\n"
        " <si>\n<r><t>a</t></r> <r><t>b</t></r></si></sst>"
    )
    rows = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
    path = package(tmp_path / "a.xlsx", sheet_xml(rows), {"xl/sharedStrings.xml": strings})
    assert list(open_book(path, "a").sheets[0].rows()) == [(1, {1: "学", 2: "ab"})]


def test_cells_and_rows_without_a_reference_follow_each_other(tmp_path: Path) -> None:
    rows = "<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>"
    path = package(tmp_path / "a.xlsx", sheet_xml(rows))
    assert list(open_book(path, "a").sheets[0].rows()) == [(1, {1: 1, 2: 2}), (2, {1: 3})]


def test_elements_with_a_prefix_are_the_same_elements(tmp_path: Path) -> None:
    text = sheet_xml(f'<row r="2">{cell("B2", "chữ")}</row>')
    for name in ("worksheet", "sheetData", "row", "c", "is", "t"):
        text = text.replace(f"<{name} ", f"<x:{name} ").replace(f"<{name}>", f"<x:{name}>")
        text = text.replace(f"</{name}>", f"</x:{name}>")
    path = package(tmp_path / "a.xlsx", text.replace("xmlns=", "xmlns:x="))
    assert list(open_book(path, "a").sheets[0].rows()) == [(2, {2: "chữ"})]


def test_an_escaped_character_is_that_character(tmp_path: Path) -> None:
    row = cell("A1", "a_x000D_\nb_x005F_x")
    assert only(package(tmp_path / "a.xlsx", sheet_xml(f"<row>{row}</row>"))) == "a\nb_x"


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("d/m/yy", "date"), ("mmm-yy", "date"), ("[$-42A]dd mmmm yyyy;@", "date"),
        ("h:mm AM/PM", "time"), ("[h]:mm:ss", "time"), ("mm:ss.0", "time"),
        ("0.00%", "percent"),
    ],
)  # fmt: skip
def test_number_formats_tell_days_times_and_percentages(code: str, what: str) -> None:
    assert getattr(read_format(code), what)


@pytest.mark.parametrize(
    "code", ["General", "0", "#,##0", '0 "ngày"', "[Red]0;-0", r"0\d", '#,##0" đ"', "0.0E+0", "@"]
)
def test_other_number_formats_leave_a_number_a_number(code: str) -> None:
    form = read_format(code)
    assert (form.date, form.time, form.percent, form.width) == (False, False, False, 0)


# ---------------------------------------------------------------- what a cell means in its field
def meant(kind: Kind, value: Any, epoch: int = 1900) -> Any:
    return converter(Column(key="x", title="X", kind=kind), epoch)(value)


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (Kind.TEXT, " có khoảng trắng \u00a0", "có khoảng trắng"),
        (Kind.TEXT, 5, "5"),
        (Kind.TEXT, Decimal("12.5"), "12,5"),
        (Kind.TEXT, Padded("005", 5), "005"),
        (Kind.TEXT, Percent(25), "25%"),
        (Kind.TEXT, 123456789012345, "123456789012345"),
        (Kind.NUMBER, Percent(Decimal("12.5")), Decimal("12.5")),
        (Kind.INTEGER, Padded("005", 5), 5),
        (Kind.INTEGER, " 1.234 ", "1.234"),  # the schema reads it: a whole number has one reading
        (Kind.DATE, date(2018, 4, 11), "2018-04-11"),
        (Kind.DATE, " 11/4/2018", "11/4/2018"),
        (Kind.YES_NO, "Có", True),
        (Kind.YES_NO, "x", True),
        (Kind.YES_NO, "KHÔNG", False),
        (Kind.YES_NO, 0, False),
        (Kind.LINES, "một\n\n hai ", ["một", "hai"]),
        (Kind.LINES, '["a\\nb", "c"]', ["a\nb", "c"]),
        (Kind.MIXED, "2026", "2026"),
        (Kind.MIXED, 2026, 2026),
        (Kind.LONG, '{"$file": "noi-dung.md"}', {"$file": "noi-dung.md"}),
        (Kind.JSON, '{"a": [1, 2.5]}', {"a": [1, Decimal("2.5")]}),
    ],
)
def test_a_cell_becomes_what_its_field_takes(kind: Kind, value: Any, expected: Any) -> None:
    found = meant(kind, value)
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("kind", "value", "message"),
    [
        (Kind.TEXT, date(2018, 5, 3), f"ô là ngày 03/5/2018, ở đây cần chữ; {CHANGED}"),
        (Kind.TEXT, 1234567890123456, LOST),
        (Kind.TEXT, True, "ô là TRUE, ở đây cần chữ"),
        (Kind.INTEGER, date(2018, 5, 3), f"ô là ngày 03/5/2018, ở đây cần số; {CHANGED}"),
        (Kind.NUMBER, "1.234", "“1.234” có thể đọc là 1,234 hoặc 1234"),
        (Kind.NUMBER, "12,500", "“12,500” có thể đọc là 12,500 hoặc 12500"),
        (Kind.DATE, 2018, "ô là số 2018: có thể là năm 2018, hoặc ngày 10/7/1905 của Excel"),
        (Kind.DATE, 20180411, "ô là số 20180411, không phải là ngày"),
        (Kind.DATE, Percent(5), "ô là 5%, ở đây cần ngày"),
        (Kind.YES_NO, "chắc là có", "“chắc là có” không rõ là có hay không"),
        (Kind.JSON, '{"a": }', "JSON hỏng: thiếu giá trị (dòng 1, cột 7)"),
    ],
)  # fmt: skip
def test_a_cell_that_does_not_fit_is_refused_with_what_it_is(
    kind: Kind, value: Any, message: str
) -> None:
    found = meant(kind, value)
    assert isinstance(found, Doubt)
    assert found.message == message
    assert found.hint


def test_a_plain_number_in_a_date_column_is_a_day_of_excel_and_pointed_out() -> None:
    assert meant(Kind.DATE, 43201) == Noted("2018-04-11", "số 43201 được đọc là ngày 11/4/2018")
    assert meant(Kind.DATE, 41739, 1904).value == "2018-04-11"
    assert isinstance(meant(Kind.DATE, 43201, 0), Doubt)  # nobody knows the date system


# ---------------------------------------------------------------- against another reader
TEXTS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), min_size=1
).filter(lambda text: bool(text.strip()) and "_x" not in text)
CELLS = st.one_of(
    st.none(),
    TEXTS,
    st.integers(-(10**14), 10**14),
    st.floats(allow_nan=False, allow_infinity=False, width=32).filter(lambda x: abs(x) < 1e15),
    st.booleans(),
    st.dates(date(1900, 3, 1), date(9999, 12, 31)),
)


def written(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        page, day = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy"})
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    page.write_datetime(number, column, value, day)
                elif isinstance(value, bool):
                    page.write_boolean(number, column, value)
                elif isinstance(value, str):
                    page.write_string(number, column, value)
                elif value is not None:
                    page.write_number(number, column, value)
    return path


def like(ours: Any, theirs: Any) -> bool:
    """Return whether two readers read one cell: calamine gives every number as a float."""
    if isinstance(theirs, float) and not isinstance(theirs, bool):
        return math.isclose(float(ours), theirs, rel_tol=1e-14)
    if isinstance(ours, date):
        return (theirs.date() if isinstance(theirs, datetime) else theirs) == ours
    return bool(ours == theirs)


def given_cells(sheet: Any) -> Iterator[tuple[int, int, Any]]:
    rows = sheet.to_python(skip_empty_area=False)
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            if value != "" and not (isinstance(value, str) and value.isspace()):
                yield number, column, value


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(CELLS, max_size=5), min_size=1, max_size=6))
def test_we_read_what_calamine_reads(tmp_path: Path, rows: list[list[Any]]) -> None:
    path = written(tmp_path / "a.xlsx", rows)
    theirs = list(
        given_cells(python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0))
    )
    ours = [
        (number, column, value)
        for number, cells in open_book(path, "a").sheets[0].rows()
        for column, value in sorted(cells.items())
    ]
    assert [place[:2] for place in ours] == [place[:2] for place in theirs]
    assert all(like(mine[2], other[2]) for mine, other in zip(ours, theirs, strict=True))


def test_a_plain_workbook_of_another_program_reads_alike(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["Đơn vị", "Số"], ["Xã An Bình", 12], ["Phường Đông", None]]
    source = workbook(tmp_path / "a.xlsx", {"S": rows})
    again = saved_as(saved_as(source, "ods", tmp_path), "xlsx", tmp_path)
    assert list(open_book(again, "a").sheets[0].rows()) == [
        (1, {1: "Đơn vị", 2: "Số"}),
        (2, {1: "Xã An Bình", 2: 12}),
        (3, {1: "Phường Đông"}),
    ]
