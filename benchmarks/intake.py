"""Reading tables: against calamine's bare reading, and the memory of long files.

    python -m benchmarks.intake

Time: 10,000 units of 30 fields read from .xlsx and validated, beside what calamine alone takes to
read the cells. Memory: the peak of a process of its own that reads 10,000, then 100,000 rows.
"""

from __future__ import annotations

import csv
import json
import re
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from time import process_time
from typing import Any

import python_calamine
import xlsxwriter

from generator.pipeline import Form, open_form

FIELDS, UNITS, MANY = 30, 10_000, 100_000
_RUNS = 3
_TEXTS, _NUMBERS = range(1, 11), range(11, 21)
_FIRST_DAY = date(2024, 1, 1)


def draw_form(folder: Path) -> Path:
    """Make a form of thirty fields: a unit, ten texts, ten numbers, nine dates."""
    fields: dict[str, dict[str, Any]] = {"don_vi": {"type": "string", "minLength": 1}}
    for number in range(1, FIELDS):
        fields[f"truong_{number}"] = (
            {"type": "string", "minLength": 1}
            if number in _TEXTS
            else {"type": "number"}
            if number in _NUMBERS
            else {"type": "string", "format": "date"}
        )
    for key, said in fields.items():
        said |= {"title": key.replace("_", " ").capitalize(), "description": "Số liệu."}
    schema = {
        "type": "object", "title": "Phiếu", "additionalProperties": False,
        "required": list(fields), "properties": fields,
    }  # fmt: skip
    form = folder / "phieu"
    form.mkdir()
    (form / "schema.json").write_text(json.dumps(schema), encoding="utf-8")
    said = {
        "id": "phieu", "title": "Phiếu", "type": "", "standard": "nd30-2020", "source": "đo",
        "output": "{{ don_vi }}.docx", "unit": "don_vi",
    }  # fmt: skip
    lines = (f"{key} = {json.dumps(text, ensure_ascii=False)}\n" for key, text in said.items())
    (form / "manifest.toml").write_text("".join(lines), encoding="utf-8")
    return form


def records(count: int) -> Iterator[list[Any]]:
    """Yield rows of cells, no two units alike."""
    for unit in range(1, count + 1):
        texts = [f"Nội dung thứ {number} của đơn vị {unit}" for number in _TEXTS]
        numbers = [unit * number / 4 for number in _NUMBERS]
        days = [_FIRST_DAY + timedelta(days=(unit + number) % 700) for number in range(21, FIELDS)]
        yield [f"Đơn vị số {unit}", *texts, *numbers, *days]


def headings() -> list[str]:
    return ["don_vi", *(f"truong_{number}" for number in range(1, FIELDS))]


def write_workbook(path: Path, count: int) -> None:
    with xlsxwriter.Workbook(str(path), {"constant_memory": False}) as book:
        page = book.add_worksheet("Dữ liệu")
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        page.write_row(0, 0, headings())
        for row, cells in enumerate(records(count), start=1):
            page.write_row(row, 0, cells[:21])
            for column, value in enumerate(cells[21:], start=21):
                page.write_datetime(row, column, value, day)


def write_csv(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(headings())
        for cells in records(count):
            writer.writerow(
                f"{value:.3f}".rstrip("0").rstrip(".").replace(".", ",")
                if isinstance(value, float)
                else value
                for value in cells
            )


def write_lines(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8") as stream:
        for cells in records(count):
            named = dict(zip(headings(), cells, strict=True))
            stream.write(json.dumps(named, ensure_ascii=False, default=str) + "\n")


def read(form: Form, source: str) -> int:
    """Return how many records of a source are valid."""
    good = 0
    for raw in form.records(source):
        _, faults = form.read(raw.parse(), raw.folder)
        good += not (raw.faults or faults)
    return good


def bare(path: Path) -> int:
    book = python_calamine.CalamineWorkbook.from_path(str(path))
    return len(book.get_sheet_by_index(0).to_python()) - 1


def best(step: Any, *arguments: Any) -> tuple[float, int]:
    """Return the least CPU seconds of a few runs, and what the last returned."""
    seconds, value = [], 0
    for _ in range(_RUNS):
        start = process_time()
        value = step(*arguments)
        seconds.append(process_time() - start)
    return min(seconds), value


_CHILD = """
import sys
from benchmarks.intake import peak_kb, read
from generator.pipeline import open_form
good = read(open_form(sys.argv[1]), sys.argv[2])
print(good, peak_kb())
"""


def peak_kb() -> int:
    """Return the most memory this process has held, in kilobytes."""
    # Linux counts what the parent held before exec in ru_maxrss; VmHWM is the process's own.
    status = Path("/proc/self/status")
    if status.exists():
        return int(re.search(r"VmHWM:\s+(\d+)", status.read_text()).group(1))  # type: ignore[union-attr]
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024  # macOS counts bytes


def peak_mb(form: Path, source: Path) -> tuple[int, float]:
    """Return the good records of a source and the peak memory of reading it, in megabytes."""
    command = [sys.executable, "-c", _CHILD, str(form), str(source)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return int(said[0]), int(said[1]) / 1024


def compare(folder: Path) -> dict[str, float]:
    """Return the CPU seconds of calamine alone and of ours, and peaks of memory in megabytes."""
    form = draw_form(folder)
    book = folder / "so-lieu.xlsx"
    write_workbook(book, UNITS)
    alone, rows = best(bare, book)
    ours, good = best(read, open_form(str(form)), str(book))
    if (rows, good) != (UNITS, UNITS):
        raise SystemExit(f"calamine read {rows} rows, we {good} good records of {UNITS}")
    found = {"calamine_s": alone, "vanban_s": ours, "ratio": ours / alone}
    for ending, write in ((".csv", write_csv), (".jsonl", write_lines), (".xlsx", write_workbook)):
        for count in (UNITS, MANY):
            source = folder / f"nhieu-{count}{ending}"
            write(source, count)
            good, peak = peak_mb(form, source)
            if good != count:
                raise SystemExit(f"{good} good records of {count} in {source.name}")
            found[f"{ending[1:]}_{count}_mb"] = peak
            source.unlink()
    return found


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, value in compare(Path(folder)).items():
            print(f"{name:20} {value:8.2f}")


if __name__ == "__main__":
    main()
