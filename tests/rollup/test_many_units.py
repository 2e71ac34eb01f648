"""Many units: memory that does not grow with them, and the same answer every time."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

from tests.clerk import keep_lines, vanban
from tests.rollup.units import DATA, OFFICE, SCORES, SUMS, form_of, households, rolled, roster

KEPT_OF_A_UNIT = 3000  # bytes: its name, its place, a checksum of each figure


def peak(folder: Path, count: int) -> int:
    """Return the most memory of a roll-up by groups, in bytes."""
    names = [f"Thôn {number}" for number in range(count)]
    data = keep_lines(folder / f"{count}.jsonl", [households(name, 5, 9) for name in names])
    groups = roster(
        folder / f"{count}-ds.jsonl",
        {name: f"Xã {index % 5}" for index, name in enumerate(names)},
    )
    tracemalloc.start()
    record = rolled([data], units=str(groups), by_group=True)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sum(row["so_don_vi"] for row in record["cac_don_vi"]) == count
    return most


def test_memory_does_not_grow_with_the_data_of_the_units(tmp_path: Path) -> None:
    form_of(SUMS)
    peak(tmp_path, 50)  # what is loaded once
    assert peak(tmp_path, 900) - peak(tmp_path, 300) < 600 * KEPT_OF_A_UNIT


def test_the_same_bytes_twice(tmp_path: Path) -> None:
    outs = [tmp_path / "1.docx", tmp_path / "2.docx"]
    for out in outs:
        ran = vanban(
            "rollup", SUMS, DATA / "so-lieu.jsonl", "--units", DATA / "don-vi-so-lieu.jsonl",
            "--by-group", "--set", OFFICE, "-o", out,
        )  # fmt: skip
        assert ran.code == 0, ran.err
    assert outs[0].read_bytes() == outs[1].read_bytes()


def test_late_sheets_are_known_by_the_day_they_bear(tmp_path: Path) -> None:
    out = tmp_path / "cd.json"
    ran = vanban("rollup", SCORES, DATA / "cham-diem.jsonl", "--head", DATA / "dau-cham-diem.json",
                 "--due", "13/10/2026", "-o", out)  # fmt: skip
    assert ran.code == 0
    late = [line for line in ran.err.splitlines() if "nộp muộn" in line]
    assert late
    assert all(line.endswith("nộp muộn: ngày 14/10/2026, hạn 13/10/2026") for line in late)
