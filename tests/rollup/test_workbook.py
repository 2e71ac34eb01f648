"""The roll-up as a workbook: its formulas, computed by LibreOffice, give our figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from generator.rollup import Asked, Rollup
from tests.rollup.units import (
    OFFICE,
    SCORES,
    SUMS,
    drawn,
    files,
    form_of,
    households,
    rolled,
    roster,
    totals,
    unit,
)

Recalculated = Callable[[Sequence[Path], Path], list[Path]]


def written(path: Path, sources: Sequence[Path], form: str = SUMS, **asked: Any) -> Path:
    settings = [OFFICE] if form == SUMS else []
    work = Rollup(form, (), Asked(settings=settings, **asked))
    path.write_bytes(work.make([str(source) for source in sources], ".xlsx").content)
    return path


def cells(path: Path, *, values: bool) -> Any:
    return openpyxl.load_workbook(path, data_only=values)


def by_title(sheet: Any, row: int) -> dict[str, Any]:
    return {sheet.cell(3, column).value: sheet.cell(row, column).value
            for column in range(1, sheet.max_column + 1)}  # fmt: skip


def at(value: Any, path: Sequence[str]) -> Any:
    for step in path:
        value = value[step]
    return value


def test_every_total_of_570_units_is_a_formula_with_our_value(
    recalculated: Recalculated, tmp_path: Path
) -> None:
    asked: dict[str, Any] = {"units": str(drawn() / "don-vi-so-lieu.jsonl"), "by_group": True}
    made = written(tmp_path / "th.xlsx", [drawn() / "so-lieu.jsonl"], **asked)
    sheet = cells(made, values=False)["Số liệu"]
    last = 3 + 20
    assert sheet.cell(last + 1, 2).value == "Tổng cộng"
    computed = cells(recalculated([made], tmp_path / "saved")[0], values=True)["Số liệu"]
    shown = by_title(computed, last + 1)
    whole = totals(rolled([drawn() / "so-lieu.jsonl"], **asked))["tong_cong"]
    figures = form_of(SUMS).figures.totals.figures  # type: ignore[union-attr]
    assert len(figures) == 134
    for figure in figures:
        formula = by_title(sheet, last + 1)[figure.title]
        assert formula.startswith("=IF(COUNT("), figure.title
        assert Decimal(str(shown[figure.title])) == at(whole, figure.path), figure.title
        missing = by_title(computed, last + 2)[figure.title]
        assert missing == at(whole["con_thieu"], figure.path), figure.title
    assert by_title(sheet, last + 1)["Tỷ lệ hộ ký cam kết"].startswith("=IF(OR(")
    assert Decimal(str(shown["Tỷ lệ hộ ký cam kết"])) == whole["dang_ky"]["ty_le_cam_ket"]
    assert shown["Số đơn vị"] == 570


def test_a_total_with_missing_figures_gives_no_percentage(
    recalculated: Recalculated, tmp_path: Path
) -> None:
    sources = files(tmp_path, [households("Xã A", 119, 120), households("Xã B", None, 80)])
    made = written(tmp_path / "th.xlsx", sources)
    book = cells(recalculated([made], tmp_path / "saved")[0], values=True)
    total, missing = by_title(book["Số liệu"], 6), by_title(book["Số liệu"], 7)
    signed = "II.2. Đăng ký xây dựng đơn vị an toàn, Số hộ ký cam kết"
    assert (total[signed], missing[signed]) == (119, 1)
    assert total["Tỷ lệ hộ ký cam kết"] in (None, "")
    assert by_title(book["Số liệu"], 4)["Tỷ lệ hộ ký cam kết"] == pytest.approx(99.2)
    assert [cell.value for cell in book["Còn thiếu"][2]] == [
        "Xã B", signed, "dang_ky.ho_cam_ket", 1, None
    ]  # fmt: skip


def test_groups_add_up_by_formulas(recalculated: Recalculated, tmp_path: Path) -> None:
    made = written(
        tmp_path / "th.xlsx",
        [drawn() / "so-lieu.jsonl"],
        units=str(drawn() / "don-vi-so-lieu.jsonl"),
    )
    book = cells(recalculated([made], tmp_path / "saved")[0], values=True)
    sheet = book["Theo nhóm"]
    assert [sheet.cell(2, column).value for column in (1, 2)] == ["Xã An Lạc", 10]
    assert sum(sheet.cell(row, 2).value for row in range(2, 22)) == 570
    whole = by_title(book["Số liệu"], 4 + 570)
    title = sheet.cell(1, 3).value
    assert sum(sheet.cell(row, 3).value for row in range(2, 22)) == whole[title]


def test_percentages_of_groups_come_from_their_sums(
    recalculated: Recalculated, tmp_path: Path
) -> None:
    sources = files(
        tmp_path,
        [
            households("Thôn 1", 119, 120), households("Thôn 2", 80, 80),
            households("Thôn 3", 40, 50), households("Thôn 4", None, 70), unit("Thôn 5"),
        ],
    )  # fmt: skip
    groups = {f"Thôn {n}": name for n, name in enumerate(("A", "A", "B", "B", "C"), 1)}
    listed = str(roster(tmp_path / "ds.jsonl", groups))
    made = written(tmp_path / "th.xlsx", sources, units=listed)
    title = "Tỷ lệ hộ ký cam kết"
    live = cells(made, values=False)["Theo nhóm"]
    column = next(n for n in range(1, live.max_column + 1) if live.cell(1, n).value == title)
    assert all(str(live.cell(row, column).value).startswith("=IF(OR(") for row in (2, 3, 4))
    first = next(
        n
        for n in range(1, live.max_column + 1)
        if str(live.cell(1, n).value).endswith("ký cam kết")
    )
    for book in (made, recalculated([made], tmp_path / "saved")[0]):  # as written, and by Calc
        sheet = cells(book, values=True)["Theo nhóm"]
        # 199/200; in B a unit's figure is missing; nobody in C has anything to tell.
        assert sheet.cell(2, column).value == 99.5
        assert [sheet.cell(row, column).value or None for row in (3, 4)] == [None, None]
        assert [sheet.cell(row, 2).value for row in (2, 3, 4)] == [2, 2, 1]
        assert sheet.cell(4, first).value in (None, "")


def test_a_text_is_never_a_live_formula(recalculated: Recalculated, tmp_path: Path) -> None:
    evil = '=HYPERLINK("http://vi-du.vn";"bấm")'
    sources = files(tmp_path, [unit("=1+1", phuong_huong=evil), unit("@SUM(A1)")])
    made = written(tmp_path / "th.xlsx", sources)
    sheet = cells(recalculated([made], tmp_path / "saved")[0], values=False)["Số liệu"]
    assert [sheet.cell(row, 2).value for row in (4, 5)] == ["=1+1", "@SUM(A1)"]
    assert [sheet.cell(row, 2).data_type for row in (4, 5)] == ["s", "s"]
    values = [cell for row in sheet.iter_rows() for cell in row if cell.value == evil]
    assert [cell.data_type for cell in values] == ["s"]


def test_scores_are_not_added_up(recalculated: Recalculated, tmp_path: Path) -> None:
    made = written(tmp_path / "cd.xlsx", [drawn() / "cham-diem.jsonl"], SCORES)
    book = cells(recalculated([made], tmp_path / "saved")[0], values=True)["Số liệu"]
    first, total = by_title(book, 4), by_title(book, 4 + 570)
    assert first["Chênh lệch thẩm định so với tự chấm"] == (
        first["Điểm thẩm định"] - first["Điểm tự chấm"]
    )
    assert total["Điểm tự chấm"] is None
    assert total["Số đơn vị"] == 570


def test_the_same_bytes_twice(tmp_path: Path) -> None:
    sources = files(tmp_path, [households("Xã A", 1, 2)])
    one = written(tmp_path / "1.xlsx", sources).read_bytes()
    assert written(tmp_path / "2.xlsx", sources).read_bytes() == one
