"""Measure our engine and docxtpl on the same template and data, prove equal text, print a table.

``make bench`` runs this. The engines take turns, each round starts a new process for each of them,
and a figure is the median of the rounds; a ratio is the median of the rounds' ratios.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import platform
import statistics
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from importlib.metadata import version
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

from benchmarks.engines import ENGINES, FORM, RECORDS, engine
from generator import __version__

ROOT = Path(__file__).parents[1]
REPORT = ROOT / "docs" / "benchmarks.md"
DISK = ROOT / "build"
MEMORY_DISK = Path("/dev/shm")
COUNT = {"docxtpl": 60, "docxtpl, compiled once": 150}
COUNT_OF_THE_FAST = 1500
BATCH, BATCH_COUNT = "vanban batch, all cores", 3000
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

Round = dict[str, dict[str, float]]
"""Engine -> place -> CPU seconds a document."""


def main() -> None:
    """Run all rounds, print the report and write it to ``docs/benchmarks.md``."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    wanted = parser.parse_args().rounds
    same = equal_texts()
    rounds: list[Round] = []
    with ExitStack() as folders:
        places = {"on disk": folders.enter_context(_new_folder(DISK))}
        if os.access(MEMORY_DISK, os.W_OK):
            places["on a memory disk"] = folders.enter_context(_new_folder(MEMORY_DISK))
        for number in range(1, wanted + 1):
            print(f"round {number} of {wanted}", file=sys.stderr)
            spent = {name: measure(name, number, places) for name in ENGINES}
            spent[BATCH] = measure_batch(number, places)
            del spent["writing alone"]["in memory"]
            rounds.append(spent)
    text = report(rounds, same)
    print(text)
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(text, encoding="utf-8", newline="\n")


def _new_folder(parent: Path) -> TemporaryDirectory[str]:
    parent.mkdir(exist_ok=True)
    return TemporaryDirectory(prefix="vanban-bench-", dir=parent)


def measure(name: str, number: int, places: Mapping[str, str]) -> dict[str, float]:
    """Return the CPU seconds a document of one engine for each place, from a process of its own.

    Each round writes into folders of its own, and nothing is deleted before the last: for a while
    ext4 passes over the inodes just freed, and a new file costs ten times as much.
    """
    folders = [f"{folder}/{number}/{name}" for folder in places.values()]
    count = str(COUNT.get(name, COUNT_OF_THE_FAST))
    command = [sys.executable, "-m", "benchmarks.worker", name, count, *folders]
    said = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout
    return dict(zip(["in memory", *places], json.loads(said), strict=True))


def measure_batch(number: int, places: Mapping[str, str]) -> dict[str, float]:
    """Return the seconds of wall time a document of the whole command, its start included."""
    spent = {}
    for place, folder in places.items():
        data = Path(folder, "units.jsonl")
        data.write_text(_many_units(), encoding="utf-8")
        command = [sys.executable, "-m", "generator", "batch", FORM, str(data), "-o"]
        started = time.perf_counter()
        subprocess.run(
            [*command, f"{folder}/{number}/batch"], cwd=ROOT, check=True, stderr=subprocess.DEVNULL
        )
        spent[place] = (time.perf_counter() - started) / BATCH_COUNT
    return spent


def _many_units() -> str:
    """Return the fixture's records again and again, each under a name of its own, as JSON Lines."""
    records = [json.loads(line) for line in RECORDS.read_text(encoding="utf-8").splitlines()]
    units = (records[n % len(records)] | {"don_vi": f"Đơn vị {n}"} for n in range(BATCH_COUNT))
    return "".join(json.dumps(unit, ensure_ascii=False) + "\n" for unit in units)


def equal_texts() -> int:
    """Return of how many documents docxtpl's and ours have the same text; stop at a difference."""
    theirs, contexts = engine("docxtpl")
    ours, _ = engine("vanban")
    for number, context in enumerate(contexts, 1):
        lines = zip_longest(text_of(theirs(context)), text_of(ours(context)))
        for expected, found in lines:
            if expected != found:
                raise SystemExit(f"record {number}: docxtpl {expected!r}, vanban {found!r}")
    return len(contexts)


def text_of(docx: bytes) -> list[str]:
    """Return every paragraph with text, headers and footers too, breaks and tabs as one letter."""
    signs = {W + "br": "\n", W + "tab": "\t"}
    found = []
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        for name in sorted(package.namelist()):
            if name.startswith("word/") and name.endswith(".xml"):
                for paragraph in ElementTree.fromstring(package.read(name)).iter(W + "p"):
                    text = "".join(signs.get(e.tag, e.text or "") for e in paragraph.iter())
                    found += [text.strip()] if text.strip() else []
    return found


# --- the report


def report(rounds: list[Round], same: int) -> str:
    """Return the report as Markdown."""
    places = list(rounds[0]["docxtpl"])
    heads = "".join(f" {place} | × |" for place in places)
    rows = "\n".join(f"| {name} |" + cells(rounds, name, places) for name in rounds[0])
    return f"""# Speed

Documents a second of CPU time on one core, the form `{FORM}`, 2 pages. `make bench` measures
again and writes this page.

| engine |{heads}
|---|{"--:|--:|" * len(places)}
{rows}

× is the ratio to docxtpl in the same column.

- **docxtpl** {version("docxtpl")}: a `DocxTemplate` for each document, as its documentation
  shows, in an environment with our filters; its template is ours, the shared blocks put in.
  **Compiled once**: with its tag clean-up and Jinja's compiling remembered, which it does not do.
- **vanban** {__version__}: from the same values as docxtpl. **From records**: from the lines of the
  data file, so reading, validation and computed values too, which docxtpl does not do.
- **vanban batch**: wall time of the whole command over {BATCH_COUNT:,} units, from its start to the
  list of results, on all cores; the ratio is still to docxtpl on one core.
- **Writing alone**: a finished document written again and again; no engine can be faster.
- All {same} documents of `{FORM}` have the same text from both engines, paragraph by paragraph.
- Median of {len(rounds)} rounds; the engines take turns, each in a new process bound to one core.
- {cpu()}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}.
"""


def cells(rounds: list[Round], name: str, places: Iterable[str]) -> str:
    """Return one engine's row: documents a second and ratio to docxtpl for each place."""
    text = ""
    for place in places:
        if place not in rounds[0][name]:
            text += " – | – |"
            continue
        speed = statistics.median(1 / spent[name][place] for spent in rounds)
        ratio = statistics.median(spent["docxtpl"][place] / spent[name][place] for spent in rounds)
        text += f" {speed:,.0f} | {ratio:,.1f} |"
    return text


def cpu() -> str:
    """Return the name of the processor."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = (line.partition(": ")[2] for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


if __name__ == "__main__":
    main()
