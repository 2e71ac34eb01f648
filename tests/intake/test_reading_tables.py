"""Tables of others: headings, units, lists, the three states of a value, text files."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from generator.errors import UsageError
from generator.intake.headings import folded, tidy
from generator.intake.seen import SeenRows
from generator.pipeline import Form
from tests.intake.tables import (
    BLANK,
    HEADINGS,
    complaints,
    form,
    saved_as,
    text_table,
    values,
    warnings,
    workbook,
)

ROW = ("Xã An Bình", "05", 1200, 12.5, "11/4/2018", "Có")
RECORD = {
    "don_vi": "Xã An Bình",
    "so": "05",
    "dan_so": 1200,
    "ty_le": 12.5,
    "ngay": "2018-04-11",
    "dat": True,
    "nguoi_ky": None,
    "viec": [],
}


@pytest.fixture
def small(tmp_path: Path) -> Form:
    return form(tmp_path)


def table(folder: Path, *rows: Sequence[Any], headings: Sequence[str] = HEADINGS) -> Path:
    return workbook(folder / "so.xlsx", {"Sheet1": [headings, *rows]})


# ---------------------------------------------------------------- headings
@pytest.mark.parametrize(
    "headings",
    [
        HEADINGS,
        ("don_vi", "so", "dan_so", "ty_le", "ngay", "dat"),
        ("ĐƠN VỊ", "SỐ", "DÂN SỐ", "TỶ LỆ", "NGÀY HỌP", "ĐẠT"),
        ("Don vi", "so", "dan so", "Ty le", "ngay hop", "dat"),
        ("Đơn vị *", "Số (bắt buộc)", "Dân\nsố", " Tỷ  lệ:", "Ngày họp", "Đạt"),
        tuple(unicodedata.normalize("NFD", text) for text in HEADINGS),
        ("Tên cơ quan, đơn vị", *HEADINGS[1:]),
    ],
)
def test_headings_are_titles_or_keys_with_or_without_diacritics(
    small: Form, tmp_path: Path, headings: Sequence[str]
) -> None:
    assert values(small, table(tmp_path, ROW, headings=headings)) == [RECORD]


def test_columns_may_stand_in_any_order_and_below_a_title(small: Form, tmp_path: Path) -> None:
    rows: list[Sequence[Any]] = [
        ["BẢNG TỔNG HỢP SỐ LIỆU"],
        [],
        [None, *reversed(HEADINGS)],
        [None, "(1)", "(2)", "(3)", "(4)", "(5)", "(6)"],
        [],
        [None, *reversed(ROW)],
    ]
    path = workbook(tmp_path / "so.xlsx", {"S": rows})
    assert values(small, path) == [RECORD]
    assert "S!dòng 4: chỉ đánh số cột, không đọc" in warnings(small, path)


@pytest.mark.parametrize(
    "headings",
    [
        ("Người ký - Họ tên", "Chức vụ người ký"),
        ("Họ tên (người ký)", "nguoi_ky.chuc_vu"),
        ("ho_ten", "chuc_vu"),
    ],
)
def test_a_field_of_a_group_may_be_headed_with_its_group(
    small: Form, tmp_path: Path, headings: tuple[str, ...]
) -> None:
    path = table(tmp_path, (*ROW, "Lê Văn A", None), headings=(*HEADINGS, *headings))
    assert values(small, path) == [RECORD | {"nguoi_ky": {"ho_ten": "Lê Văn A", "chuc_vu": None}}]


def test_a_doubtful_heading_is_refused_with_the_suggestion(small: Form, tmp_path: Path) -> None:
    path = table(tmp_path, ROW, headings=("Đơn vị", "Số", "Dân sô", "Tỷ lệ %", "Ngày hop", "Đạtt"))
    (problem,) = small.opened(str(path)).problems
    assert (problem.at, problem.message) == ("Sheet1!F1", "không rõ cột “Đạtt”")
    assert problem.hint.startswith("nếu đúng là “Đạt” thì sửa tiêu đề thành như thế")


def test_two_columns_with_one_heading_are_refused(small: Form, tmp_path: Path) -> None:
    path = table(tmp_path, (*ROW, "06"), headings=(*HEADINGS, "số"))
    assert complaints(small, path) == ["Sheet1!G1: hai cột cùng tiêu đề “số”"]


def test_a_missing_column_is_told_once_not_for_every_record(small: Form, tmp_path: Path) -> None:
    path = table(tmp_path, *([ROW[:1]] * 3), headings=HEADINGS[:1])
    assert complaints(small, path)[0] == "Sheet1!dòng 1: thiếu cột “Số”"
    assert not [line for line in complaints(small, path) if "thiếu Số" in line]


def odd(form: Form, source: Path) -> list[str]:
    """Return the warnings but that of columns left out."""
    return [line for line in warnings(form, source) if "không có cột" not in line]


def test_columns_that_may_be_blank_are_left_blank_and_named(small: Form, tmp_path: Path) -> None:
    path = table(tmp_path, ROW[:2], headings=HEADINGS[:2])
    assert values(small, path) == [{"don_vi": "Xã An Bình", "so": "05"} | BLANK]
    (told,) = warnings(small, path)
    assert told.startswith("Sheet1!dòng 1: không có cột “Dân số”, “Tỷ lệ”, “Ngày họp”, “Đạt”")


def test_an_unknown_column_and_one_without_heading_are_reported(
    small: Form, tmp_path: Path
) -> None:
    path = table(tmp_path, (*ROW, "x", "y"), headings=(*HEADINGS, "Ý kiến khác"))
    assert values(small, path) == [RECORD]
    assert odd(small, path) == [
        "Sheet1!G1: cột “Ý kiến khác” không thuộc mẫu, không đưa vào văn bản",
        "Sheet1!H2: cột không có tiêu đề, không đưa vào văn bản",
    ]


def test_a_table_without_headings_is_refused_with_those_it_needs(
    small: Form, tmp_path: Path
) -> None:
    path = workbook(tmp_path / "so.xlsx", {"S": [["a", "b"], [1, 2]]})
    (told,) = complaints(small, path)
    assert told == ": không trang nào có dòng tiêu đề của mẫu"


def test_headings_lose_what_only_dresses_them() -> None:
    assert tidy("  Họ\u00a0và tên\n(*) ") == "Họ và tên"
    assert folded("Tỷ lệ (%) – Năm 2024") == "ty le nam 2024"


# ---------------------------------------------------------------- the three states of a value
def test_a_blank_cell_is_what_the_schema_makes_of_it(small: Form, tmp_path: Path) -> None:
    path = table(tmp_path, ("A", "1", None, 0, None, None), headings=HEADINGS)
    assert values(small, path) == [{"don_vi": "A", "so": "1"} | BLANK | {"ty_le": 0}]


def test_a_cell_that_must_be_filled_is_told_with_its_place(small: Form, tmp_path: Path) -> None:
    path = table(tmp_path, ROW, ("Xã B", None, 5, " ", None, None))
    assert complaints(small, path) == ["Sheet1!B3: thiếu Số"]


def test_all_faults_of_all_units_are_told_at_once_in_the_order_of_the_table(
    small: Form, tmp_path: Path
) -> None:
    path = table(
        tmp_path,
        ("A", date(2018, 5, 3), "mười", "1.234", "03/04/25", "có lẽ"),
        ("B", 5, 1.5, 2, 2018, True),
        ("C", "1", None, "12.5", "31/02/2018", None),
    )
    assert complaints(small, path) == [
        # 43223 is what a date without a date's format is in Excel: a number like any other
        "Sheet1!C2: Dân số: “mười” không phải là số",
        "Sheet1!D2: Tỷ lệ: “1.234” có thể đọc là 1,234 hoặc 1234",
        "Sheet1!E2: Ngày họp: “03/04/25” chỉ ghi hai chữ số của năm, có thể là 03/4/2025 hoặc "
        "25/4/2003: hãy ghi đủ năm",
        "Sheet1!F2: Đạt: “có lẽ” không rõ là có hay không",
        "Sheet1!C3: Dân số phải là số nguyên, ở đây là số 1,5",
        "Sheet1!E3: Ngày họp: ô là số 2018: có thể là năm 2018, hoặc ngày 10/7/1905 của Excel",
        "Sheet1!D4: Tỷ lệ: “12.5” có thể đọc là 12,5 hoặc 125: hãy viết dấu phẩy trước phần "
        "thập phân, dấu chấm giữa từng nhóm ba chữ số",
        "Sheet1!E4: Ngày họp: “31/02/2018” là ngày không có thật",
    ]


def test_a_group_is_null_until_one_of_its_cells_is_filled(small: Form, tmp_path: Path) -> None:
    headings = (*HEADINGS, "Họ tên", "Chức vụ")
    path = table(tmp_path, ROW, (*("B", *ROW[1:]), None, "Chủ tịch"), headings=headings)
    assert complaints(small, path) == ["Sheet1!G3: thiếu Họ tên"]


# ---------------------------------------------------------------- units and lists
LIST = ("Đơn vị", "Tên việc", "Số lượng")


def with_list(folder: Path, *rows: Sequence[Any], name: str = "Việc đã làm") -> Path:
    units = [HEADINGS, ROW, ("Xã B", *ROW[1:])]
    return workbook(folder / "so.xlsx", {name: [LIST, *rows], "Đơn vị": units})


@pytest.mark.parametrize("name", ["Việc đã làm", "viec", "VIEC DA LAM", "Sheet1"])
def test_a_list_has_a_sheet_of_its_own_in_any_place_told_by_name_or_headings(
    small: Form, tmp_path: Path, name: str
) -> None:
    path = with_list(
        tmp_path,
        ("Xã B", "Tuyên truyền", 3),
        ("xã  an bình", "Tuần tra", None),
        ("Xã B", "Hòa giải", 2),
        name=name,
    )
    assert [record["viec"] for record in values(small, path)] == [
        [{"ten": "Tuần tra", "so_luong": None}],
        [{"ten": "Tuyên truyền", "so_luong": 3}, {"ten": "Hòa giải", "so_luong": 2}],
    ]


def test_rows_of_no_unit_and_of_an_unknown_one_are_errors(small: Form, tmp_path: Path) -> None:
    path = with_list(tmp_path, ("Xã C", "a", 1), (None, "b", 1), ("Xã B", None, None))
    assert complaints(small, path) == [
        "Việc đã làm!A2: “Xã C” không có ở trang “Đơn vị”",
        "Việc đã làm!A3: dòng chưa ghi là của đơn vị nào",
    ]


def test_a_fault_in_a_list_is_told_at_its_own_cell(small: Form, tmp_path: Path) -> None:
    path = with_list(tmp_path, ("Xã B", None, 3), ("Xã B", "b", "nhiều"))
    assert complaints(small, path) == [
        "Việc đã làm!B2: thiếu Tên việc",
        "Việc đã làm!C3: Số lượng: “nhiều” không phải là số",
    ]


def test_a_unit_on_two_rows_is_refused_with_both_cells(small: Form, tmp_path: Path) -> None:
    path = table(tmp_path, ROW, ("B", *ROW[1:]), ("xã an  bình", *ROW[1:]))
    assert complaints(small, path) == ["Sheet1!A4: đơn vị này đã ghi ở Sheet1!A2"]


def test_a_sheet_that_is_no_part_of_the_form_is_reported(small: Form, tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "so.xlsx", {"Dữ liệu": [HEADINGS, ROW], "Nháp": [["linh tinh"], ["x"]]}
    )
    assert values(small, path) == [RECORD]
    assert odd(small, path) == ["trang “Nháp” không thuộc mẫu, không đọc"]


def test_hidden_rows_columns_and_merged_cells_are_read_and_reported(
    small: Form, tmp_path: Path
) -> None:
    path = tmp_path / "so.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet("S")
        page.write_row(0, 0, HEADINGS)
        for row in range(1, 4):
            page.write_row(row, 0, (f"Xã {row}", *ROW[1:]))
        page.set_row(2, None, None, {"hidden": True})
        page.set_column("B:C", None, None, {"hidden": True})
        page.merge_range("D3:D4", 7)
    assert [record["don_vi"] for record in values(small, path)] == ["Xã 1", "Xã 2", "Xã 3"]
    assert odd(small, path) == [
        "S!dòng 3: bị ẩn; vẫn được đọc",
        "S!dòng 2: cột B, C bị ẩn, vẫn được đọc",
        "S!D3: ô gộp D3:D4, giá trị chỉ tính cho ô đầu",
    ]


def test_rows_hidden_together_are_told_once(small: Form, tmp_path: Path) -> None:
    path = tmp_path / "so.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet("S")
        page.write_row(0, 0, HEADINGS)
        for row in range(1, 6):
            page.write_row(row, 0, (f"Xã {row}", *ROW[1:]))
        for row in (1, 2, 3, 5):
            page.set_row(row, None, None, {"hidden": True})
    assert len(values(small, path)) == 5
    assert odd(small, path) == ["S!dòng 2: bị ẩn, cùng các dòng 3–4, 6; vẫn được đọc"]


def test_a_number_read_as_a_day_is_pointed_out(small: Form, tmp_path: Path) -> None:
    path = table(tmp_path, (*ROW[:4], 43201, "Có"))
    assert values(small, path) == [RECORD]
    assert odd(small, path) == ["Sheet1!E2: Ngày họp: số 43201 được đọc là ngày 11/4/2018"]


def test_names_seen_are_remembered_with_their_first_row() -> None:
    seen = SeenRows()
    names = [f"đơn vị {number}" for number in range(20_000)]
    assert [seen.first(name, row) for row, name in enumerate(names, start=1)] == [*range(1, 20_001)]
    assert [seen.first(name, 99_999) for name in names] == [*range(1, 20_001)]


# ---------------------------------------------------------------- text files
TEXT_ROW = ("Xã An Bình", "05", "1.200", "12,5", "11/4/2018", "Có")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_text_files_are_read_in_every_encoding_with_every_separator(
    small: Form, tmp_path: Path, encoding: str, separator: str
) -> None:
    path = text_table(tmp_path / "so.csv", [HEADINGS, TEXT_ROW], separator, encoding)
    assert values(small, path) == [RECORD]


def cp1258(text: str) -> bytes:
    """Return text as Windows wrote it: base letters, tones as marks of their own."""
    kept = "ăâêôơưđĂÂÊÔƠƯĐ"
    letters = []
    for char in text:
        base, *marks = list(unicodedata.normalize("NFD", char))
        whole = next((k for k in kept if unicodedata.normalize("NFD", k)
                      == unicodedata.normalize("NFD", base + "".join(
                          m for m in marks if m in "\u0306\u0302\u031b"))), base)  # fmt: skip
        letters.append(whole + "".join(m for m in marks if m not in "\u0306\u0302\u031b"))
    return "".join(letters).encode("cp1258")


def test_a_file_of_windows_1258_is_read_and_pointed_out(small: Form, tmp_path: Path) -> None:
    path = tmp_path / "so.csv"
    path.write_bytes(cp1258("\n".join(";".join(row) for row in (HEADINGS, TEXT_ROW))))
    assert values(small, path) == [RECORD]
    assert [line for line in warnings(small, path) if "Windows-1258" in line]


def test_the_old_fonts_are_named(small: Form, tmp_path: Path) -> None:
    path = tmp_path / "so.csv"
    path.write_bytes("§¬n vÞ;Sè\nX· An B×nh;05\n".encode("cp1252"))
    assert (
        complaints(small, path) == [": tệp không phải UTF-8; bảng mã cũ TCVN3"]
        or "TCVN3" in (complaints(small, path)[0])
    )


def test_the_headings_decide_between_separators(small: Form, tmp_path: Path) -> None:
    path = tmp_path / "so.csv"
    path.write_text(
        'Đơn vị;Số;Tỷ lệ;Ghi chú\n"Xã An Bình";05;12,5;một, hai, ba\nXã B;06;1,5;a,b,c\n',
        encoding="utf-8",
    )
    assert [(r["so"], r["ty_le"], r["ghi_chu"]) for r in values(small, path)] == [
        ("05", 12.5, "một, hai, ba"),
        ("06", 1.5, "a,b,c"),
    ]


def test_excels_own_marks_in_text_files_are_understood(small: Form, tmp_path: Path) -> None:
    path = tmp_path / "so.csv"
    path.write_text('sep=;\nĐơn vị;Số;Ghi chú\nXã A;="001";"dòng ""một""\ndòng hai"\n', "utf-8")
    (record,) = values(small, path)
    assert (record["so"], record["ghi_chu"]) == ("001", 'dòng "một"\ndòng hai')


def test_a_place_in_a_text_file_is_the_cell_a_sheet_would_show(small: Form, tmp_path: Path) -> None:
    path = text_table(tmp_path / "so.csv", [HEADINGS, TEXT_ROW, ("Xã B", "1", "x", "", "", "")])
    assert complaints(small, path) == ["C3: Dân số: “x” không phải là số"]


def test_a_quotation_mark_without_its_end_is_told(small: Form, tmp_path: Path) -> None:
    path = tmp_path / "so.csv"
    path.write_text('Đơn vị,Số\nXã A,"05\nXã B,06\n', "utf-8")
    assert complaints(small, path) == [
        "dòng 2: dấu ngoặc kép mở mà không đóng, hoặc ô quá dài"
    ] or ("dấu ngoặc kép mở mà không đóng" in complaints(small, path)[0])


def test_a_txt_file_is_json_when_it_begins_so(small: Form, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        '{"don_vi": "A", "so": "1", "dan_so": null, "ty_le": null, "ngay": null, "dat": null, '
        '"nguoi_ky": null, "viec": []}',
        "utf-8",
    )
    assert values(small, tmp_path / "a.txt") == [{"don_vi": "A", "so": "1"} | BLANK]
    text_table(tmp_path / "b.txt", [HEADINGS, TEXT_ROW], "\t")
    assert values(small, tmp_path / "b.txt") == [RECORD]


@pytest.mark.parametrize("name", ["khong-co.xlsx", "khong-co.csv", "khong-co.txt"])
def test_a_table_that_is_not_there_is_told_as_wrong_use(
    small: Form, tmp_path: Path, name: str
) -> None:
    with pytest.raises(UsageError, match="không có tệp này"):
        list(small.records(str(tmp_path / name)))


def test_a_table_without_rows_has_no_record(small: Form, tmp_path: Path) -> None:
    assert complaints(small, table(tmp_path)) == [": tệp không có bản ghi nào"]


# ---------------------------------------------------------------- as LibreOffice saves it
@pytest.mark.parametrize("ending", ["ods", "xls"])
def test_a_workbook_saved_by_libreoffice_gives_the_same_records(
    small: Form, tmp_path: Path, ending: str
) -> None:
    source = with_list(tmp_path, ("Xã B", "Tuyên truyền", 3), ("Xã An Bình", "Tuần tra", None))
    assert values(small, saved_as(source, ending, tmp_path)) == values(small, source)


def test_a_text_file_opened_and_saved_by_libreoffice_gives_the_same_records(
    small: Form, tmp_path: Path
) -> None:
    source = text_table(tmp_path / "so.csv", [HEADINGS[:2], ("Xã An Bình", "A05")])
    assert values(small, saved_as(source, "xlsx", tmp_path)) == values(small, source)
