"""The roll-up of many units: CPU seconds and peak memory, a process for each size.

    python -m benchmarks.rollup [--sizes 1000 10000]

The units are the fixture's again and again, each under a name of its own. Every unit is read,
checked and added to its commune's sum; beside it stand the same run with a row for each unit, as
data and as a workbook.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from runpy import run_path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
UNITS = ROOT / "fixtures" / "tong-hop" / "make.py"
KINDS = {
    "theo nhóm, .json": (".json", "--by-group"),
    "từng đơn vị, .json": (".json",),
    "từng đơn vị, .xlsx": (".xlsx",),
}
MIB = 1024


@dataclass(frozen=True, slots=True)
class Run:
    """What one roll-up took."""

    seconds: float
    peak_mib: float


def write(folder: Path, count: int) -> tuple[Path, Path]:
    """Write the units' data and the list that says which commune each belongs to."""
    run_path(str(UNITS))["write"](folder)
    lines_of = (folder / "so-lieu.jsonl").read_text(encoding="utf-8").splitlines()
    known = [json.loads(line) for line in lines_of]
    data, names = folder / f"{count}.jsonl", folder / f"{count}-don-vi.jsonl"
    with data.open("w", encoding="utf-8") as lines, names.open("w", encoding="utf-8") as listed:
        for number in range(count):
            name = f"Đơn vị {number}"
            lines.write(_line(known[number % len(known)] | {"don_vi": name}))
            listed.write(_line({"don_vi": name, "nhom": f"Xã {number % 20}"}))
    return data, names


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"


def run(data: Path, names: Path, ending: str, extra: Sequence[str]) -> Run:
    """Roll up in a process of its own."""
    process = subprocess.Popen(
        [
            sys.executable, "-m", "generator", "rollup", "tong-hop-so-lieu", str(data),
            "--units", str(names), "--set", "co_quan_tong_hop=Thành phố", *extra,
            "-o", str(data.with_suffix(ending)),
        ],
        cwd=ROOT, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status):
        raise SystemExit("the roll-up failed")
    return Run(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / MIB)


def main() -> None:
    """Print a line for each size and kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10_000])
    with TemporaryDirectory() as folder:
        for size in parser.parse_args().sizes:
            data, names = write(Path(folder), size)
            for kind, (ending, *extra) in KINDS.items():
                found = run(data, names, ending, extra)
                print(
                    f"{size:>7} đơn vị, {kind}: {found.seconds:6.1f} s, {found.peak_mib:5.0f} MiB",
                    flush=True,
                )


if __name__ == "__main__":
    main()
