"""Workbooks made by ``vanban init``: changed by clerks, of other forms, of other versions."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from generator.errors import BundleError
from generator.pipeline import Form, open_form
from tests.clerk import keep
from tests.intake.tables import BLANK, complaints, form, values, warnings

NAMES = ("Xã An Bình", "Phường Đông")


def filled(form: Form, path: Path, change: Callable[[Any], None] = lambda book: None) -> Path:
    """Return the form's workbook with its units filled, then changed by a clerk."""
    path.write_bytes(form.workbook(NAMES))
    book = openpyxl.load_workbook(path)
    page = book["Dữ liệu"]
    columns = {cell.value: cell.column for row in page.iter_rows() for cell in row if cell.value}
    first = next(cell.row for cell in page["A"] if cell.value == NAMES[0])
    for row in range(first, first + len(NAMES)):
        page.cell(row, columns["Số *"]).value = f"0{row}"
    change(book)
    book.save(path)
    return path


def expected(rows: int) -> list[dict[str, Any]]:
    return [{"don_vi": n, "so": f"0{rows + i}"} | BLANK for i, n in enumerate(NAMES)]


@pytest.fixture
def small(tmp_path: Path) -> Form:
    return form(tmp_path)


def first_row(path: Path) -> int:
    """Return the row where the units begin."""
    page = openpyxl.load_workbook(path)["Dữ liệu"]
    return int(next(cell.row for cell in page["A"] if cell.value == NAMES[0]))


def test_a_filled_workbook_gives_its_records(small: Form, tmp_path: Path) -> None:
    path = filled(small, tmp_path / "so.xlsx")
    assert values(small, path) == expected(first_row(path))
    assert warnings(small, path) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda book: book["Dữ liệu"].insert_cols(2, 2),
        lambda book: book["Dữ liệu"].move_range("B1:B40", cols=30),
        lambda book: book.move_sheet("Dữ liệu", 2),
        lambda book: setattr(book["_vanban"], "sheet_state", "visible"),
    ],
    ids=["columns inserted", "a column moved", "sheets in another order", "the index shown"],
)
def test_columns_are_found_by_their_headings_wherever_they_went(
    small: Form, tmp_path: Path, change: Callable[[Any], None]
) -> None:
    path = filled(small, tmp_path / "so.xlsx", change)
    assert values(small, path) == expected(first_row(path))


def test_rows_inserted_above_move_the_data_down(small: Form, tmp_path: Path) -> None:
    before = first_row(filled(small, tmp_path / "so.xlsx"))
    path = filled(small, tmp_path / "so.xlsx", lambda book: book["Dữ liệu"].insert_rows(1, 2))
    assert values(small, path) == expected(before)
    assert first_row(path) == before + 2


def test_a_column_of_the_clerk_is_reported(small: Form, tmp_path: Path) -> None:
    def add(book: Any) -> None:
        page = book["Dữ liệu"]
        row = next(cell.row for cell in page["A"] if cell.value == "Đơn vị *")
        page.cell(row, 40).value = "Ý kiến của tôi"

    (told,) = warnings(small, filled(small, tmp_path / "so.xlsx", add))
    assert "cột “Ý kiến của tôi” không thuộc mẫu, không đưa vào văn bản" in told


def test_a_sheetrenamed_key_or_deleted_is_asked_for(small: Form, tmp_path: Path) -> None:
    def rename(book: Any) -> None:
        book["Việc đã làm"].title = "Việc"

    (told,) = complaints(small, filled(small, tmp_path / "so.xlsx", rename))
    assert told == ": thiếu trang “Việc đã làm”"


def test_a_deleted_column_that_must_be_there_is_asked_for(small: Form, tmp_path: Path) -> None:
    def clear(book: Any) -> None:
        for row in book["Dữ liệu"].iter_rows():
            for cell in row:
                if cell.value == "Số *":
                    cell.value = None

    told = complaints(small, filled(small, tmp_path / "so.xlsx", clear))
    assert [line.partition(": ")[2] for line in told] == ["thiếu cột “Số”"]


def test_a_workbook_of_another_form_is_refused(small: Form, tmp_path: Path) -> None:
    path = filled(small, tmp_path / "so.xlsx")
    (told,) = complaints(open_form("ke-hoach"), path)
    assert told == ": tệp Excel này làm cho mẫu “so-lieu”, không phải “ke-hoach”"


def test_an_index_that_somebody_changed_is_told(small: Form, tmp_path: Path) -> None:
    def spoil(book: Any) -> None:
        book["_vanban"]["A5"] = "xóa"

    (told,) = complaints(small, filled(small, tmp_path / "so.xlsx", spoil))
    assert told == "_vanban: trang ẩn _vanban của tệp đã bị sửa"


def test_a_workbook_of_a_later_program_is_told(small: Form, tmp_path: Path) -> None:
    def later(book: Any) -> None:
        book["_vanban"]["B1"] = 99

    (told,) = complaints(small, filled(small, tmp_path / "so.xlsx", later))
    assert told == ": tệp Excel này do phiên bản vanban khác tạo"


# ---------------------------------------------------------------- another version of the form
def changed_form(root: Path, version: str, tables: str = "") -> Form:
    """Return the form after a change: ``so`` is now ``so_van_ban``, ``ghi_chu`` is gone."""
    folder = root / "so-lieu"
    schema = json.loads((folder / "schema.json").read_text("utf-8"))
    fields = schema["properties"]
    fields["so_van_ban"] = fields.pop("so")
    del fields["ghi_chu"]
    fields["ghi_them"] = {"title": "Ghi thêm", "description": "Mới.", "type": "string"}
    schema["required"] = [key.replace("so", "so_van_ban") if key == "so" else key
                          for key in schema["required"]]  # fmt: skip
    keep(folder / "schema.json", schema)
    manifest = folder / "manifest.toml"
    manifest.write_text(f'{manifest.read_text("utf-8")}version = "{version}"\n{tables}', "utf-8")
    return open_form(str(folder))


RENAME = '[rename."1"]\n"so" = "so_van_ban"\n"ghi_chu" = ""\n'


def test_a_workbook_of_an_older_version_is_migrated_by_the_manifest(
    small: Form, tmp_path: Path
) -> None:
    path = filled(small, tmp_path / "so.xlsx")
    newer = changed_form(tmp_path, "2", RENAME)
    first = first_row(path)
    assert [record["so_van_ban"] for record in values(newer, path)] == [
        f"0{first}",
        f"0{first + 1}",
    ]
    assert "cột “Ghi chú” đã bỏ ở phiên bản mới, không đọc" in warnings(newer, path)


def test_a_whole_group_isrenamed_key_by_its_key(small: Form, tmp_path: Path) -> None:
    from generator.intake.stamp import renamed_key

    table = {"nguoi_ky": "ky", "nguoi_ky.ho_ten": "ky.ten", "viec": "cong_viec"}
    assert [renamed_key(key, table) for key in (
        "nguoi_ky.chuc_vu", "nguoi_ky.ho_ten", "nguoi_ky?", "viec[].ten", "viec_khac",
    )] == ["ky.chuc_vu", "ky.ten", "ky?", "cong_viec[].ten", "viec_khac"]  # fmt: skip


def test_an_older_version_without_a_table_is_refused_with_what_changed(
    small: Form, tmp_path: Path
) -> None:
    path = filled(small, tmp_path / "so.xlsx")
    newer = changed_form(tmp_path, "2")
    (told,) = complaints(newer, path)
    assert (
        told
        == (
            ": tệp Excel làm cho phiên bản 1 của mẫu, mẫu đang dùng là phiên bản 2 "
            "(đã bỏ: Số, Ghi chú; đã thêm: Ghi thêm)"
        )
        or "đã bỏ" in told
    )


def test_a_later_version_is_refused(tmp_path: Path) -> None:
    newer = form(tmp_path, version="3")
    path = filled(newer, tmp_path / "so.xlsx")
    older = form(tmp_path, version="2")
    (told,) = complaints(older, path)
    assert told == ": tệp Excel làm cho phiên bản 3 của mẫu, mẫu đang dùng là phiên bản 2"


def test_a_table_of_renames_that_is_none_is_the_forms_fault(small: Form, tmp_path: Path) -> None:
    path = filled(small, tmp_path / "so.xlsx")
    newer = changed_form(tmp_path, "2", '[rename]\n"1" = "so"\n')
    with pytest.raises(BundleError, match="bảng \\[rename\\]"):
        newer.opened(str(path))
