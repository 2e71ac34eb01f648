"""The three superior forms, filled from 20 communes with 10 to 60 units each."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pytest

from generator.carried import read_carried
from generator.readback import verify
from generator.views.outline import plain_lines
from tests.clerk import vanban
from tests.rollup.units import DATA, SCORES, SUMS, drawn, form_of, totals

CLASSES = ("--class", "Xuất sắc=100", "--class", "Đạt=80", "--class", "Không đạt")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the three documents one after the other, as an office does."""
    folder = tmp_path_factory.mktemp("tong-hop")
    steps = [
        (SUMS, drawn() / "so-lieu.jsonl", "--units", drawn() / "don-vi-so-lieu.jsonl", "--by-group",
         "--head", DATA / "dau-so-lieu.json", "-o", folder / "so-lieu.docx"),
        (SCORES, drawn() / "cham-diem.jsonl", "--units", drawn() / "don-vi-cham-diem.jsonl",
         "--head", DATA / "dau-cham-diem.json", *CLASSES, "-o", folder / "cham-diem.docx"),
        ("bao-cao", folder / "so-lieu.docx", folder / "cham-diem.docx", "--head",
         DATA / "bao-cao.json", "-o", folder / "bao-cao.docx"),
    ]  # fmt: skip
    for step in steps:
        ran = vanban("rollup", *step)
        assert ran.code == 0, ran.err
    return folder


def carried(path: Path) -> dict[str, Any]:
    found = read_carried(path.read_bytes(), path.name)
    assert found is not None
    record: dict[str, Any] = json.loads(found.text, parse_float=Decimal)
    return record


def records(name: str) -> Iterator[dict[str, Any]]:
    with (drawn() / name).open(encoding="utf-8") as stream:
        yield from map(json.loads, stream)


@pytest.mark.parametrize(
    ("form", "name"), [(SUMS, "so-lieu"), (SCORES, "cham-diem"), ("bao-cao", "bao-cao")]
)
def test_the_document_says_what_its_record_says(made: Path, form: str, name: str) -> None:
    path = made / f"{name}.docx"
    assert verify(path.read_bytes(), form_of(form), carried(path)) == ()


def test_the_table_of_sums_has_a_row_for_each_commune(made: Path) -> None:
    record = carried(made / "so-lieu.docx")
    assert len(record["cac_don_vi"]) == 20
    assert sum(row["so_don_vi"] for row in record["cac_don_vi"]) == 570
    lines = plain_lines((made / "so-lieu.docx").read_bytes(), "so-lieu.docx")
    text = "\n".join(lines)
    assert "Công an thành phố Lạc Giang - 570 đơn vị báo cáo" in text
    missing = totals(record)["tong_cong"]["con_thieu"]["dang_ky"]["to_doi"]
    assert f"(thiếu {missing})" in text


def test_each_unit_has_its_points_class_and_rank(made: Path) -> None:
    rows = carried(made / "cham-diem.docx")["don_vi"]
    assert len(rows) == 570
    sheets = form_of("ban-cham-diem")
    wanted = {}
    for record in records("cham-diem.jsonl"):
        read, _ = sheets.read(record, None)
        wanted[record["don_vi"]] = sheets.context(read)["cham_diem"]
    clusters: dict[str, list[Decimal]] = {}
    for row in rows:
        sheet = wanted[row["ten"]]
        assert row["tham_dinh"] == sheet["diem"]["tham_dinh"]
        assert row["tu_cham"] == sheet["diem"]["tu_cham"]
        if row["tham_dinh"] is not None:
            clusters.setdefault(row["nhom"], []).append(row["tham_dinh"])
            best = "Xuất sắc" if row["tham_dinh"] >= 100 else "Đạt"
            assert row["ket_qua"] == (best if row["tham_dinh"] >= 80 else "Không đạt")
        else:
            assert row["ket_qua"] == sheet["ket_qua"]["tham_dinh"]
            assert "hang" not in row or row["hang"] is None
    for row in rows:
        if row["tham_dinh"] is not None:
            better = sum(1 for points in clusters[row["nhom"]] if points > row["tham_dinh"])
            assert row["hang"] == better + 1


def test_the_rank_has_a_column_of_its_own(made: Path) -> None:
    cells = BytesIO((made / "cham-diem.docx").read_bytes())
    table = next(t for t in docx.Document(cells).tables if t.cell(0, 0).text == "STT")
    assert [cell.text for cell in table.rows[0].cells][-2:] == ["Kết quả", "Xếp hạng"]
    for row in carried(made / "cham-diem.docx")["don_vi"][:5]:
        printed = next(r for r in table.rows if r.cells[1].text == row["ten"])
        rank = "" if row["hang"] is None else str(row["hang"])
        assert [cell.text for cell in printed.cells][-2:] == [row["ket_qua"] or "", rank]


def test_the_reports_figures_are_those_of_the_tables(made: Path) -> None:
    text = "\n".join(plain_lines((made / "bao-cao.docx").read_bytes(), "bao-cao.docx"))
    signed = sum(each["dang_ky"]["ho_cam_ket"] for each in records("so-lieu.jsonl"))
    homes = sum(each["dang_ky"]["tong_so_ho"] for each in records("so-lieu.jsonl"))
    share = f"{100 * signed / homes:.1f}".rstrip("0").rstrip(".").replace(".", ",")

    def grouped(number: int) -> str:
        return f"{number:,}".replace(",", ".")

    assert f"Có {grouped(signed)}/{grouped(homes)} hộ ký cam kết (đạt {share}%)." in text
    for field, name in (("hinh_su", "Hình sự"), ("te_nan", "Tệ nạn xã hội")):
        now, then = (
            sum(each["an_ninh"][field][year]["vu"] for each in records("so-lieu.jsonl"))
            for year in ("nam_nay", "nam_truoc")
        )
        line = next(line for line in text.splitlines() if line.startswith(name))
        assert re.findall(r"[+-]?[\d.]+", line) == [
            grouped(now), grouped(then), f"{now - then:+d}".replace("+0", "0")
        ]  # fmt: skip
    results = Counter(row["ket_qua"] for row in carried(made / "cham-diem.docx")["don_vi"])
    for name in ("Xuất sắc", "Đạt", "Không đạt", "Không xét"):
        assert re.search(rf"\b{name.lower()} 0?{results[name]}\b", text)


def test_the_report_takes_units_data_as_well(made: Path, tmp_path: Path) -> None:
    """Straight from the units, the report is the same as over the tables of the offices."""
    head = tmp_path / "dau.json"
    text = "Có {{ so_lieu.tong_cong.dang_ky.ho_cam_ket|so }} hộ; {{ so_lieu.tong_cong.so_don_vi }}."
    record = json.loads((DATA / "bao-cao.json").read_text(encoding="utf-8"))
    head.write_text(json.dumps(record | {"noi_dung": text}), encoding="utf-8")
    outputs = []
    for name, source in (("a", drawn() / "so-lieu.jsonl"), ("b", made / "so-lieu.docx")):
        out = tmp_path / f"{name}.json"
        ran = vanban("rollup", "bao-cao", source, "--head", head, "-o", out)
        assert ran.code == 0, ran.err
        outputs.append(json.loads(out.read_text(encoding="utf-8"))["noi_dung"])
    assert outputs[0] == outputs[1]
    assert outputs[0].endswith("; 570.")


def test_classes_asked_for_reach_the_table_that_has_them(made: Path, tmp_path: Path) -> None:
    """A report over two tables, of which only one gives classes; from standard input too."""
    head, out = tmp_path / "dau.json", tmp_path / "bc.json"
    text = (
        "{{ so_lieu.tong_cong.so_don_vi }} {% for each in cham_diem.ket_qua %}"
        "{{ each.ten }}: {{ each.so }}; {% endfor %}{{ cham_diem.don_vi|length }} "
        "{{ cham_diem.don_vi[0].ten }} {{ so_lieu.cac_don_vi[0].dang_ky.ty_le_cam_ket|so }}"
    )
    record = json.loads((DATA / "bao-cao.json").read_text(encoding="utf-8"))
    head.write_text(json.dumps(record | {"noi_dung": text}), encoding="utf-8")
    both = b"".join(
        (drawn() / name).read_bytes() for name in ("so-lieu.jsonl", "cham-diem.jsonl")
    ).splitlines()
    ran = vanban("rollup", "bao-cao", "-", "--head", head, *CLASSES, "-o", out,
                 stdin=b"[%b]" % b",".join(both))  # fmt: skip
    assert ran.code == 0, ran.err
    said = json.loads(out.read_text(encoding="utf-8"))["noi_dung"]
    first, unit = next(records("cham-diem.jsonl")), next(records("so-lieu.jsonl"))
    signed, homes = (unit["dang_ky"][key] for key in ("ho_cam_ket", "tong_so_ho"))
    share = f"{100 * signed / homes:.1f}".rstrip("0").rstrip(".").replace(".", ",")
    results = Counter(row["ket_qua"] for row in carried(made / "cham-diem.docx")["don_vi"])
    assert said.startswith("570 ")
    assert said.endswith(f"570 {first['don_vi']} {share}")
    for name, count in results.items():
        assert f"{name or 'Chưa xét'}: {count}; " in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{ so_lieu.tong_cong.dang_ky.khong_co }}", "khong_co"),
        ("{{ cham_diem.don_vi|length }}", "cham_diem"),
        ("Dòng một.\n{% if %}", "không điền được số liệu, dòng 2 của nội dung: thiếu biểu thức"),
        ("{{ " + "(" * 3_000 + ")" * 3_000 + " }}", "biểu thức hoặc macro lồng nhau quá sâu"),
        ("{% if 1 %}" * 200 + "{% endif %}" * 200, "quá nhiều lệnh lồng nhau"),
        ("{{ '%z'|format(1) }}", "không tính được biểu thức"),
        ("{{ 10 ** 100000 }}", "kết quả phép tính quá lớn"),
    ],
)
def test_a_tag_that_no_table_fills(made: Path, tmp_path: Path, text: str, said: str) -> None:
    record = json.loads((DATA / "bao-cao.json").read_text(encoding="utf-8"))
    head = tmp_path / "dau.json"
    head.write_text(json.dumps(record | {"noi_dung": text}), encoding="utf-8")
    out = tmp_path / "kq.docx"
    ran = vanban("rollup", "bao-cao", made / "so-lieu.docx", "--head", head, "-o", out)
    assert ran.code == 3
    assert f"{head}: $.noi_dung" in ran.err
    assert said in ran.err
    assert not out.exists()


def test_tables_of_scores_of_lower_offices_become_one(made: Path, tmp_path: Path) -> None:
    lines = (drawn() / "cham-diem.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    parts = []
    for number, piece in enumerate((lines[:200], lines[200:])):
        data, out = tmp_path / f"{number}.jsonl", tmp_path / f"{number}.docx"
        data.write_text("".join(piece), encoding="utf-8")
        ran = vanban(
            "rollup", SCORES, data, "--head", DATA / "dau-cham-diem.json", *CLASSES, "-o", out
        )
        assert ran.code == 0, ran.err
        parts.append(out)
    whole = tmp_path / "ca.json"
    ran = vanban(
        "rollup", SCORES, *parts, "--head", DATA / "dau-cham-diem.json", *CLASSES,
        "--units", drawn() / "don-vi-cham-diem.jsonl", "-o", whole,
    )  # fmt: skip
    assert ran.code == 0, ran.err
    rows = json.loads(whole.read_text(encoding="utf-8"), parse_float=Decimal)["don_vi"]
    assert rows == carried(made / "cham-diem.docx")["don_vi"]


def test_units_that_sent_nothing_are_named_in_the_table(tmp_path: Path) -> None:
    """Also a layout that conforms: the line stands in a paragraph of the text."""
    lines = (drawn() / "cham-diem.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    data, out = tmp_path / "a.jsonl", tmp_path / "a.docx"
    data.write_text("".join(lines[2:]), encoding="utf-8")
    ran = vanban(
        "rollup", SCORES, data, "--head", DATA / "dau-cham-diem.json",
        "--units", drawn() / "don-vi-cham-diem.jsonl", "-o", out,
    )  # fmt: skip
    assert ran.code == 0, ran.err
    said = "Chưa có điểm của 02 đơn vị: Trường Tiểu học An Lạc 1, Trường Trung học cơ sở An Lạc 1."
    assert said in "\n".join(plain_lines(out.read_bytes(), "a.docx"))
    assert verify(out.read_bytes(), form_of(SCORES), carried(out)) == ()
    assert vanban("check", out).code == 0
