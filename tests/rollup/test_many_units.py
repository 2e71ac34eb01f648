"""Many units: memory that does not grow with them, and the same answer every time."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from generator.rollup import Asked, Rollup
from tests.clerk import keep_lines, vanban
from tests.rollup.units import (
    DATA,
    OFFICE,
    SCORES,
    SUMS,
    drawn,
    form_of,
    households,
    roster,
)

# Bytes: its name, its place, a checksum of each figure, its line in the list of units.
KEPT_OF_A_UNIT = 3000
KEPT_OF_A_ROW = 1500  # and where it has a row of its own, the text of that row, packed


def peak(folder: Path, count: int, kind: str = ".json", *, by_group: bool = True) -> int:
    """Return the most memory of a roll-up, in bytes."""
    names = [f"Thôn {number}" for number in range(count)]
    data = keep_lines(folder / f"{count}.jsonl", [households(name, 5, 9) for name in names])
    groups = roster(
        folder / f"{count}-ds.jsonl",
        {name: f"Xã {index % 5}" for index, name in enumerate(names)},
    )
    tracemalloc.start()
    asked = Asked(settings=[OFFICE], units=str(groups), by_group=by_group)
    done = Rollup(SUMS, (), asked).make([str(data)], kind)
    written = sum(map(len, done.pieces))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (done.units, done.rows) == (count, 5 if by_group else count)
    # A workbook is put together as a whole, packed.
    return most - (written if kind == ".xlsx" else 0)


def test_memory_does_not_grow_with_the_data_of_the_units(tmp_path: Path) -> None:
    form_of(SUMS)
    peak(tmp_path, 50)  # what is loaded once
    assert peak(tmp_path, 900) - peak(tmp_path, 300) < 600 * KEPT_OF_A_UNIT


@pytest.mark.parametrize("kind", [".json", ".xlsx"])
def test_a_row_for_each_unit_costs_little_more(tmp_path: Path, kind: str) -> None:
    peak(tmp_path, 50, kind, by_group=False)
    more = peak(tmp_path, 900, kind, by_group=False) - peak(tmp_path, 300, kind, by_group=False)
    assert more < 600 * (KEPT_OF_A_UNIT + KEPT_OF_A_ROW)


def test_the_same_bytes_twice(tmp_path: Path) -> None:
    outs = [tmp_path / "1.docx", tmp_path / "2.docx"]
    for out in outs:
        ran = vanban(
            "rollup", SUMS, drawn() / "so-lieu.jsonl", "--units", drawn() / "don-vi-so-lieu.jsonl",
            "--by-group", "--set", OFFICE, "-o", out,
        )  # fmt: skip
        assert ran.code == 0, ran.err
    assert outs[0].read_bytes() == outs[1].read_bytes()


def test_late_sheets_are_known_by_the_day_they_bear(tmp_path: Path) -> None:
    out = tmp_path / "cd.json"
    ran = vanban("rollup", SCORES, drawn() / "cham-diem.jsonl", "--due", "13/10/2026", "--head",
                 DATA / "dau-cham-diem.json", "-o", out)  # fmt: skip
    assert ran.code == 0
    late = [line for line in ran.err.splitlines() if "nộp muộn" in line]
    assert late
    assert all(line.endswith("nộp muộn: ngày 14/10/2026, hạn 13/10/2026") for line in late)
