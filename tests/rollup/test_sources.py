"""Where units' data come from: workbooks, JSON, folders, documents, in any mix; and the trace."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.clerk import FIXTURES, keep, keep_lines, vanban
from tests.rollup.units import OFFICE, SUMS, form_of, households, rolled, totals

UNIT = "de-cuong-so-lieu"
SIGNED = "II.2. Đăng ký xây dựng đơn vị an toàn, Số hộ ký cam kết"


def workbook(path: Path, records: list[dict[str, Any]]) -> Path:
    """Fill the intake workbook of the unit form, as a clerk would: a row for each unit."""
    content = form_of(UNIT).workbook([each["don_vi"] for each in records])
    book = openpyxl.load_workbook(BytesIO(content))
    index = [[cell.value for cell in row] for row in book["_vanban"].iter_rows()]
    start = next(i for i, row in enumerate(index) if row[0] == "trang")
    for page, _, first, column, key, *_ in index[start + 1 :]:
        for number, record in enumerate(records if page == "Dữ liệu" else ()):
            value: Any = record
            for step in str(key).split("."):
                value = value.get(step) if isinstance(value, dict) else None
            if value is not None and not isinstance(value, (dict, list)):
                book[page][f"{column}{int(first) + number}"] = value
    book.save(path)
    return path


def mixed(folder: Path) -> list[Path]:
    """Write five units in as many kinds of data."""
    one, two, three, four, five = (
        households(f"Xã {number}", 10 * number, 100) for number in range(1, 6)
    )
    book = workbook(folder / "bang.xlsx", [one])
    single, lines = keep(folder / "hai.json", two), keep_lines(folder / "ba.jsonl", [three])
    keep(folder / "xa" / "bon.json", four)
    keep(folder / "nam.json", five)
    made = folder / "xa" / "nam.docx"
    assert vanban("render", UNIT, folder / "nam.json", "-o", made).code == 0
    (folder / "nam.json").unlink()
    return [book, single, lines, folder / "xa"]


def test_any_mix_of_files_and_folders(tmp_path: Path) -> None:
    whole = totals(rolled(mixed(tmp_path)))["tong_cong"]
    assert whole["so_don_vi"] == 5
    assert whole["dang_ky"]["ho_cam_ket"] == 10 + 20 + 30 + 40 + 50
    assert whole["dang_ky"]["ty_le_cam_ket"] == 30


def test_standard_input(tmp_path: Path) -> None:
    text = json.dumps([households("Xã A", 1, 2), households("Xã B", 3, 4)]).encode()
    ran = vanban("rollup", SUMS, "-", "--set", OFFICE, "-o", tmp_path / "kq.json", stdin=text)
    assert ran.code == 0, ran.err
    found = json.loads((tmp_path / "kq.json").read_text(encoding="utf-8"))
    assert [row["don_vi"] for row in found["cac_don_vi"]] == ["Xã A", "Xã B"]


def test_each_figure_is_traced_to_its_cell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    sources = [path.relative_to(tmp_path) for path in mixed(tmp_path)]
    ran = vanban(
        "rollup", SUMS, *sources, "--set", OFFICE, "--explain", "tong_cong.dang_ky.ho_cam_ket"
    )
    assert (ran.code, ran.err) == (0, "")
    first, *others = ran.out.splitlines()
    assert first.startswith("  Xã 1: 10, bang.xlsx, Dữ liệu!")
    column = first.rpartition("!")[2]
    assert openpyxl.load_workbook("bang.xlsx")["Dữ liệu"][column].value == 10
    assert others == [
        "  Xã 2: 20, hai.json, dòng 1, $.dang_ky.ho_cam_ket",
        "  Xã 3: 30, ba.jsonl, dòng 1, $.dang_ky.ho_cam_ket",
        f"  Xã 4: 40, {Path('xa/bon.json')}, dòng 1, $.dang_ky.ho_cam_ket",
        f"  Xã 5: 50, {Path('xa/nam.docx')}, $.dang_ky.ho_cam_ket",
        f"{SIGNED} = 150, 5 đơn vị",
    ]


def test_a_lower_table_is_traced_to_its_own_units(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    keep_lines(Path("a.jsonl"), [households("Thôn 1", 5, 9), households("Thôn 2", None, 9)])
    assert vanban("rollup", SUMS, "a.jsonl", "--set", OFFICE, "-o", "xa.docx").code == 0
    ran = vanban("rollup", SUMS, "xa.docx", "--set", OFFICE, "--explain", "dang_ky.ty_le_cam_ket")
    lines = ran.out.splitlines()
    assert lines[0] == (
        f"  {SIGNED}: Công an thành phố Lạc Giang: 5 (thiếu số liệu của 1 đơn vị), xa.docx, "
        "2 đơn vị"
    )
    assert lines[1] == "    Thôn 1: 5, xa.docx, $.cac_don_vi[0].dang_ky.ho_cam_ket"
    assert lines[-1] == "Tỷ lệ hộ ký cam kết = (trống): có số liệu còn thiếu"


def test_the_result_explains_its_totals_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    keep_lines(Path("a.jsonl"), [households("Xã A", 5, 9), households("Xã B", 3, 9)])
    assert vanban("rollup", SUMS, "a.jsonl", "--set", OFFICE, "-o", "kq.docx").code == 0
    ran = vanban("explain", SUMS, "kq.docx", "tong_cong.dang_ky.ho_cam_ket")
    assert ran.out.splitlines() == [
        f"{SIGNED} = 5 + 3 = 8",
        "  5: Xã A, $.cac_don_vi[0].dang_ky.ho_cam_ket",
        "  3: Xã B, $.cac_don_vi[1].dang_ky.ho_cam_ket",
    ]


def test_the_list_of_units_gives_order_and_groups(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in (("Đơn vị", "Nhóm", "Ngày nộp"), ("Xã B", "Cụm 1", None), ("Xã A", "Cụm 2", None)):
        sheet.append(row)
    book.save(tmp_path / "ds.xlsx")
    data = keep_lines(tmp_path / "a.jsonl", [households("xã a", 1, 2), households("Xã B", 3, 4)])
    record = rolled([data], units=str(tmp_path / "ds.xlsx"))
    assert [(row["don_vi"], row["nhom"]) for row in record["cac_don_vi"]] == [
        ("Xã B", "Cụm 1"),
        ("Xã A", "Cụm 2"),
    ]
    one = rolled([data], units=str(tmp_path / "ds.xlsx"), by_group=True)
    assert [row["don_vi"] for row in one["cac_don_vi"]] == ["Cụm 1", "Cụm 2"]


def test_the_folder_of_a_batch_is_rolled_up_as_it_stands(tmp_path: Path) -> None:
    made, table = tmp_path / "ket-qua", tmp_path / "tong-hop.docx"
    units = FIXTURES / "ban-cham-diem" / "don-vi-12.json"
    assert vanban("batch", "ban-cham-diem", units, "-o", made).code == 0
    assert (made / "manifest.jsonl").exists()
    head = ("--head", FIXTURES / "tong-hop" / "dau-cham-diem.json")
    ran = vanban("rollup", "tong-hop-cham-diem", made, *head, "-o", table)
    assert (ran.code, table.exists()) == (0, True), ran.err
