"""Classes, ranks, quotas and lists of the best over the units of a roll-up."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from generator.rollup import Asked, Rollup
from tests.clerk import ROOT, keep_lines, units, vanban
from tests.rollup.units import DATA, SCORES

QUOTAS = """
[[rollup.ranking.class]]
title = "Xuất sắc"
from = 100

[[rollup.ranking.class]]
title = "Đạt"
from = 80

[[rollup.ranking.class]]
title = "Không đạt"

[[rollup.ranking.quota]]
class = "Xuất sắc"
percent = 20
then = "Đạt"
"""


@pytest.fixture
def quotas(tmp_path: Path) -> str:
    """The form with classes and a quota in its manifest."""
    shutil.copytree(ROOT / "doctemplates" / SCORES, tmp_path / "mau" / SCORES)
    manifest = tmp_path / "mau" / SCORES / "manifest.toml"
    text = manifest.read_text(encoding="utf-8").replace(
        "[[rollup.best]]", QUOTAS + "\n[[rollup.best]]", 1
    )
    manifest.write_text(text, encoding="utf-8")
    return str(tmp_path / "mau")


def sheets(*acts: int | None) -> list[dict[str, Any]]:
    """Return scoring sheets with so many acts against one row of 12,5 points; None: a veto."""
    blank = units()[0]
    found = []
    for number, count in enumerate(acts):
        broken = [{"tieu_chi": "I.1", "so_hanh_vi": count, "noi_dung": None}] if count else []
        veto = "Vi phạm pháp luật" if count is None else None
        part = {"vi_pham_tieu_chuan_chung": veto, "vi_pham": broken, "thuong": None}
        found.append(blank | {"don_vi": f"Trường {number}", "tu_cham": part, "tham_dinh": part})
    return found


def rows(path: Path, *templates: str, **asked: Any) -> list[dict[str, Any]]:
    work = Rollup(SCORES, templates, Asked(head=str(DATA / "dau-cham-diem.json"), **asked))
    content = work.make([str(path)], ".json").content
    found: list[dict[str, Any]] = json.loads(content, parse_float=Decimal)["don_vi"]
    return found


def test_units_are_classed_ranked_and_held_to_the_quota(tmp_path: Path, quotas: str) -> None:
    data = keep_lines(tmp_path / "a.jsonl", sheets(0, 1, 2, None, 1))
    found = [(row["tham_dinh"], row.get("hang"), row["ket_qua"]) for row in rows(data, quotas)]
    assert found == [
        (100, 1, "Đạt"),  # 20 % of four scored units is no place at all
        (95, 2, "Đạt"),
        (90, 4, "Đạt"),
        (None, None, "Không xét"),
        (95, 2, "Đạt"),
    ]
    data = keep_lines(tmp_path / "b.jsonl", sheets(0, 1, 1, 1, 1))
    assert [row["ket_qua"] for row in rows(data, quotas)] == ["Xuất sắc", *["Đạt"] * 4]


def test_a_quota_may_be_asked_for_in_one_run(tmp_path: Path, quotas: str) -> None:
    """As in the manifest: the next class takes those who do not fit."""
    data = keep_lines(tmp_path / "a.jsonl", sheets(0, 1, 1, 2, 3, None))
    classes = ("Xuất sắc=100", "Đạt=80", "Không đạt")
    for quota in ("Xuất sắc=20", "Xuất sắc = 20%"):
        found = rows(data, classes=classes, quotas=[quota])
        assert found == rows(data, quotas)
        assert [row["ket_qua"] for row in found][:4] == ["Xuất sắc", "Đạt", "Đạt", "Đạt"]
    none = rows(data, classes=classes, quotas=["Xuất sắc=19,9"])
    assert [row["ket_qua"] for row in none][:4] == ["Đạt"] * 4


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--quota", "Giỏi=20"), "--quota “Giỏi=20”: loại “Giỏi” không có; chọn: Đạt"),
        (("--quota", "Không đạt=20"), "là loại cuối, không còn loại dưới để hạ xuống"),
        (("--quota", "Đạt=nhiều"), "--quota “Đạt=nhiều”: "),
        (("--quota", "Đạt=120"), "tỷ lệ phải từ 0 đến 100"),
        (("--quota", "Đạt"), "--quota “Đạt”: "),
    ],
)
def test_a_quota_that_makes_no_sense(tmp_path: Path, options: tuple[str, ...], said: str) -> None:
    data = keep_lines(tmp_path / "a.jsonl", sheets(0, 1))
    ran = vanban("rollup", SCORES, data, "--class", "Đạt=80", "--class", "Không đạt", *options,
                 "-o", tmp_path / "kq.json")  # fmt: skip
    assert ran.code == 2
    assert said in ran.err
    assert not (tmp_path / "kq.json").exists()


def test_without_a_threshold_nobody_is_classed(tmp_path: Path) -> None:
    data = keep_lines(tmp_path / "a.jsonl", sheets(0, None))
    assert [row["ket_qua"] for row in rows(data)] == [None, "Không xét"]


def test_lists_of_the_best_keep_everybody_who_shares_the_last_place(tmp_path: Path) -> None:
    data = keep_lines(tmp_path / "a.jsonl", sheets(2, 1, 0, 1, 1))
    head = json.loads((DATA / "bao-cao.json").read_text(encoding="utf-8"))
    text = "{% for x in cham_diem.diem_cao_nhat %}{{ x.ten }}: {{ x.gia_tri|so }}; {% endfor %}Hết."
    head |= {"trich_yeu": "Kết quả", "noi_dung": text}
    (tmp_path / "dau.json").write_text(json.dumps(head), encoding="utf-8")
    out = tmp_path / "kq.json"
    ran = vanban("rollup", "bao-cao", data, "--head", tmp_path / "dau.json", "-o", out)
    assert ran.code == 0, ran.err
    assert json.loads(out.read_text(encoding="utf-8"))["noi_dung"] == (
        "Trường 2: 100; Trường 1: 95; Trường 3: 95; Trường 4: 95; Hết."
    )


def test_a_manifest_that_is_wrong_is_told(tmp_path: Path) -> None:
    for wrong, said in (
        ('rows = "khong_co"', "rows: không có danh sách “khong_co”"),
        (
            'rows = "don_vi"\nname = "ten"\nlower = "all"',
            "lower là “all”, chọn một trong: sum, rows",
        ),
        ('rows = "don_vi"\nname = "ten"\nleaves = []', "không có khóa “leaves”"),
        (
            'rows = "don_vi"\nname = "ten"\nleave = ["diem"]',
            "leave: mục của don_vi không có “diem”",
        ),
        ('rows = "don_vi"', "thiếu khóa name"),
    ):
        folder = tmp_path / str(len(list(tmp_path.iterdir()))) / SCORES
        shutil.copytree(ROOT / "doctemplates" / SCORES, folder)
        manifest = folder / "manifest.toml"
        text = manifest.read_text(encoding="utf-8")
        start = text.index("[rollup]")
        manifest.write_text(f"{text[:start]}[rollup]\nfrom = []\n{wrong}\n", encoding="utf-8")
        ran = vanban("show", SCORES, "--templates", folder.parent)
        assert (ran.code, ran.err.splitlines()[0]) == (4, f"{manifest}: [rollup]: {said}")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda form, row: form.update(tong_cong=row["ten"], nop_muon=row["ten"]),
         "tên dành cho số liệu tổng hợp, đổi tên trường: nop_muon, tong_cong"),
        (lambda form, row: form.update(diem_cao_nhat=row["ten"]), "đổi tên trường: diem_cao_nhat"),
        (lambda form, row: row.update(con_thieu=row["ten"]), "đổi tên trường: don_vi.con_thieu"),
        (lambda form, row: row.update(so_don_vi=row["ten"]),
         "don_vi.so_don_vi dành cho số đơn vị cộng lại, phải là số nguyên"),
        (lambda form, row: row.update(thieu=row["ten"]),
         "don_vi.thieu dành cho các số liệu còn thiếu, phải là danh sách"),
    ],
)  # fmt: skip
def test_a_field_that_the_rollup_would_hide_is_refused(
    tmp_path: Path, change: Callable[[dict[str, Any], dict[str, Any]], None], said: str
) -> None:
    shutil.copytree(ROOT / "doctemplates" / SCORES, tmp_path / SCORES)
    path = tmp_path / SCORES / "schema.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    change(schema["properties"], schema["properties"]["don_vi"]["items"]["properties"])
    path.write_text(json.dumps(schema), encoding="utf-8")
    ran = vanban("show", SCORES, "--templates", tmp_path)
    assert ran.code == 4
    assert said in ran.err


def test_points_are_not_added_up_by_groups(tmp_path: Path) -> None:
    data = keep_lines(tmp_path / "a.jsonl", sheets(0))
    ran = vanban("rollup", SCORES, data, "--by-group", "-o", tmp_path / "kq.json")
    assert ran.code == 2
    assert "mẫu tong-hop-cham-diem không cộng số nên không gộp theo nhóm được" in ran.err
