"""The whole command, from its start to its end, as a process of its own on one core.

``vanban batch`` makes the real scoring sheets: reading, checks, computed values, the list of
results. docxtpl does none of that: beside it stands its bare loop over values worked out before.
"""

from __future__ import annotations

import compileall
import io
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.engines import FORM, RECORDS, contexts, docxtpl, ours
from benchmarks.records import COLUMNS, sheet
from benchmarks.texts import text_of

ROOT = Path(__file__).parents[1]
PROGRAM = (sys.executable, "-c", "from generator.cli import main; main()")  # as `vanban` does


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of CPU and of the clock of a process and its children."""

    cpu_s: float
    wall_s: float


def spent_by(*command: str, core: str = "1", said: Path = Path(os.devnull)) -> Spent:
    """Run a command to its end, bound to a core where the system can do that."""
    bound = ["taskset", "-c", core] if core and shutil.which("taskset") else []
    started = time.perf_counter()
    with said.open("wb") as out:
        process = subprocess.Popen([*bound, *command], cwd=ROOT, stdout=out)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command} ended with {process.returncode}")
    wall = time.perf_counter() - started
    return Spent(usage.ru_utime + usage.ru_stime, wall)


# ---------------------------------------------------------------- many units of the real form
def units(count: int) -> Iterator[dict[str, Any]]:
    """Yield the fixture's records again and again, each under a name of its own."""
    known = [json.loads(line) for line in RECORDS.read_text(encoding="utf-8").splitlines()]
    for number in range(count):
        yield known[number % len(known)] | {"don_vi": f"Đơn vị {number}"}


def write_lines(path: Path, count: int) -> Path:
    """Write units as JSON Lines."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(unit, ensure_ascii=False) + "\n" for unit in units(count))
    return path


def write_workbook(path: Path, count: int) -> Path:
    """Write units as the intake workbook that ``vanban init`` makes, filled in."""
    from generator.intake.workbook import Filled, intake_workbook
    from generator.pipeline import open_form
    from generator.records.data import RawRecord

    form = open_form(FORM)
    raws = (RawRecord(file="", text=json.dumps(unit)) for unit in units(count))
    filled = [Filled(record=p.record, context=p.context) for p in map(form.prepare, raws)]
    made = intake_workbook(form.bundle, form.schema, filled=filled, figures=form.figures)
    path.write_bytes(made)
    return path


def batch(data: Path, output: Path, *, jobs: int = 1, core: str = "1") -> Spent:
    """Return what ``vanban batch`` takes over a file of units."""
    command = ["batch", FORM, str(data), "-o", str(output), "--jobs", str(jobs)]
    return spent_by(*PROGRAM, *command, core=core)


# A worker lives while its batch runs: each tells its own peak before it leaves.
_MEMORY = """
import multiprocessing, sys
from pathlib import Path
def peak(pid):
    return int(Path(f"/proc/{pid}/status").read_text().partition("VmHWM:")[2].split()[0]) / 1024
if __name__ == "__main__":
    from generator import batch
    peaks = {}
    def look(progress):
        for child in multiprocessing.active_children():
            peaks[child.pid] = peak(child.pid)
    made = batch(sys.argv[1], sys.argv[2], sys.argv[3], jobs=2, progress=look)
    assert all(result.done for result in made)
    print(peak("self"), max(peaks.values()))
"""


def peaks(data: Path, output: Path, script: Path) -> tuple[float, float]:
    """Return the peak megabytes of the leading process of a batch, and of its largest worker."""
    script.write_text(_MEMORY, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, script, FORM, data, output],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, check=True,
    )  # fmt: skip
    leading, worker = map(float, ran.stdout.split())
    return leading, worker


def prove_equal() -> int:
    """Return of how many units both make the same text; stop at a difference."""
    theirs, mine, known = docxtpl(), ours(), contexts()
    for number, context in enumerate(known, 1):
        expected, found = (text_of(io.BytesIO(fill(context))) for fill in (theirs, mine))
        if expected != found:
            raise SystemExit(f"unit {number}: docxtpl {expected}, vanban {found}")
    return len(known)


def bare_loop(count: int = 60) -> float:
    """Return the CPU seconds a document of docxtpl's loop over the form's own values."""
    fill, known = docxtpl(), contexts()
    fill(known[0])
    started = time.process_time()
    for number in range(count):
        fill(known[number % len(known)])
    return (time.process_time() - started) / count


# ---------------------------------------------------------------- the first document
def compile_as_installed() -> None:
    """Compile our modules as pip does when it installs them; docxtpl's are."""
    compileall.compile_dir(ROOT / "generator", quiet=1)


def draw_form(folder: Path, template: bytes) -> Path:
    """Make a form of the neutral sheet, for ``vanban render``."""
    form = folder / "phieu"
    form.mkdir(parents=True)
    (form / "template.docx").write_bytes(template)
    (form / "schema.json").write_text(json.dumps(_schema(sheet(0))), encoding="utf-8")
    (form / "sample.json").write_text(json.dumps(sheet(0)), encoding="utf-8")
    said = {"id": "phieu", "title": "Phiếu", "type": "", "standard": "nd30-2020", "source": "đo",
            "output": "{{ so }}.docx"}  # fmt: skip
    lines = (f"{key} = {json.dumps(text, ensure_ascii=False)}\n" for key, text in said.items())
    (form / "manifest.toml").write_text("".join(lines), encoding="utf-8")
    return form


def _schema(record: dict[str, Any]) -> dict[str, Any]:
    fields = {
        key: _text(key) if isinstance(value, str) else _rows(key, value[0])
        for key, value in record.items()
    }
    return _object("Phiếu", fields)


def _text(key: str) -> dict[str, Any]:
    return {"type": "string", "title": key, "description": "Chữ."}


def _rows(key: str, row: dict[str, str]) -> dict[str, Any]:
    items = _object(key, {name: _text(name) for name in row if name in COLUMNS})
    return {"type": "array", "title": key, "description": "Các dòng.", "items": items}


def _object(title: str, fields: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "title": title, "description": title, "properties": fields,
            "required": list(fields), "additionalProperties": False}  # fmt: skip


def first_document(form: Path, folder: Path) -> Spent:
    """Return what a cold ``vanban render`` takes."""
    out = str(folder / "first.docx")
    return spent_by(*PROGRAM, "render", str(form), str(form / "sample.json"), "-o", out)


_DOCXTPL = """
import json, sys
from docxtpl import DocxTemplate
document = DocxTemplate(sys.argv[1])
document.render(json.load(open(sys.argv[2], encoding="utf-8")), autoescape=True)
document.save(sys.argv[3])
"""


def first_document_of_docxtpl(form: Path, folder: Path) -> Spent:
    """Return what docxtpl takes from the start of Python to a document on the disk."""
    files = (form / "template.docx", form / "sample.json", folder / "theirs.docx")
    return spent_by(sys.executable, "-c", _DOCXTPL, *map(str, files))
