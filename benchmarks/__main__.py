"""Measure our engine beside its peers, prove equal text, write a table and a picture.

``make bench`` runs this, about ten minutes. Peers are installed on the first run, each where it
disturbs nobody. Every figure comes from a process of its own bound to one core; engines take turns
over the rounds and the best round of each counts, since whatever else runs only takes away.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import command
from benchmarks.chart import bars
from benchmarks.command import Spent
from benchmarks.drawing import LANGUAGES, draw_report, draw_sheet
from benchmarks.engines import FORM
from benchmarks.records import report as report_record
from benchmarks.records import sheet as sheet_record
from benchmarks.texts import text_of
from generator import __version__

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
BUILD = ROOT / "build" / "bench"
MEMORY_DISK = Path("/dev/shm")
CORE = "1"
OURS, THEIRS, FLOOR = "vanban", "docxtpl", "writing alone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """An engine: the language of its tags and what must be installed for it."""

    language: str = "jinja"
    packages: tuple[str, ...] = ()  # of PyPI, in an environment of their own; none: in ours
    node: bool = False
    slow: bool = True


PEERS = {
    OURS: Peer(slow=False),
    FLOOR: Peer(slow=False),
    THEIRS: Peer(),
    "docxtpl, remembered": Peer(),
    "docxtpl-ng": Peer(packages=("docxtpl-ng==0.2.0",)),
    "rust-docxtpl": Peer(packages=("rust-docxtpl==0.1.2",)),
    "docx-mailmerge2": Peer(language="mail-merge", packages=("docx-mailmerge2==1.0.3",)),
    "docxtemplater": Peer(language="mustache", node=True),
    "easy-template-x": Peer(language="mustache", node=True),
    "docx-templates": Peer(language="docx-templates", node=True),
    "carbone": Peer(language="carbone", node=True),
}
JOBS = {
    "sheet": ("scoring sheet, 2 pages", draw_sheet, sheet_record, 200, 60, 2_000),
    "report": ("report, 28 pages", draw_report, report_record, 20, 12, 600),
}


OTHERS = """Other measurements, each a program of its own:
  python -m benchmarks.intake      reading workbooks of many units
  python -m benchmarks.pages       pages drawn as PDF beside LibreOffice's
  python -m benchmarks.pdf_rate    PDF files a second
  python -m benchmarks.rollup      figures of many units added up
  python -m benchmarks.conformity  documents checked a second
  python -m benchmarks.serve       twenty clerks at an office's server (Linux)
"""


@dataclass(frozen=True, slots=True)
class Run:
    """What one process of an engine told."""

    first_ms: float
    rss_mb: float
    cpu_s: list[float]  # a document, for each place


def main() -> None:
    """Measure everything and write ``docs/benchmarks.md`` with its pictures."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, epilog=OTHERS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--units", type=int, default=10_000, help="of the whole command")
    parser.add_argument("--many", type=int, default=100_000, help="units, to see the memory")
    wanted = parser.parse_args()
    install()
    with ExitStack() as stack:
        places = {"on disk": stack.enter_context(_new_folder(BUILD))}
        if os.access(MEMORY_DISK, os.W_OK):
            places["on a memory disk"] = stack.enter_context(_new_folder(MEMORY_DISK))
        work = Path(stack.enter_context(_new_folder(BUILD)))
        engines = {job: measure(job, work, places, wanted.rounds) for job in JOBS}
        same = command.prove_equal()
        whole = measure_commands(work, Path(list(places.values())[-1]), wanted)
    pages = [engine_table(job, runs, list(places)) for job, runs in engines.items()]
    text = PAGE.format(tables="\n".join(pages), whole=whole, same=same, machine=machine())
    (DOCS / "benchmarks.md").write_text(text, encoding="utf-8", newline="\n")
    print(text)
    for job, runs in engines.items():
        speeds = {name: 1 / min(min(run.cpu_s) for run in each) for name, each in runs.items()}
        speeds = dict(sorted(speeds.items(), key=lambda item: -item[1]))
        title = f"Documents a second on one core: {JOBS[job][0]}"
        picture = bars(title, speeds, OURS)
        (DOCS / "hinh" / f"benchmarks-{job}.svg").write_text(picture, "utf-8", newline="\n")


# ---------------------------------------------------------------- peers
def install() -> None:
    """Install the peers that are not there yet."""
    BUILD.mkdir(parents=True, exist_ok=True)
    for name, peer in PEERS.items():
        if peer.packages and not _python(name).exists():
            print(f"installing {name}", file=sys.stderr)
            venv.create(BUILD / name, with_pip=True)
            subprocess.run(
                [_python(name), "-m", "pip", "install", "-q", *peer.packages], check=True
            )
    if not (BUILD / "node_modules").exists():
        shutil.copy(ROOT / "benchmarks" / "package.json", BUILD)
        subprocess.run(["npm", "install", "--silent", "--no-audit"], cwd=BUILD, check=True)


def _python(name: str) -> Path:
    return BUILD / name / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _new_folder(parent: Path) -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="vanban-bench-", dir=parent)


def run(name: str, template: Path, data: Path, count: int, folders: Iterable[str]) -> Run:
    """Let an engine fill a template in a process of its own."""
    peer, here = PEERS[name], ROOT / "benchmarks"
    program: list[str | Path] = [_python(name) if peer.packages else sys.executable]
    program = ["node", here / "peers.js"] if peer.node else [*program, here / "peers.py"]
    bound = ["taskset", "-c", CORE] if shutil.which("taskset") else []
    paths = {"NODE_PATH": str(BUILD / "node_modules")}
    if not peer.packages:
        paths["PYTHONPATH"] = str(ROOT)
    told = subprocess.run(
        [*bound, *program, name, template, data, str(count), *folders],
        env=os.environ | paths, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    said = json.loads(told.stdout)
    return Run(said["first_ms"], said["rss_mb"], list(said["cpu_s"].values()))


def measure(job: str, work: Path, places: Mapping[str, str], rounds: int) -> dict[str, list[Run]]:
    """Return what the engines took, round by round; stop where two make different texts."""
    _, draw, record, records, slow, fast = JOBS[job]
    data = work / f"{job}.json"
    data.write_text(json.dumps([record(n) for n in range(records)]), encoding="utf-8")
    templates = {name: work / f"{job}-{name}.docx" for name in LANGUAGES}
    for name, path in templates.items():
        path.write_bytes(draw(LANGUAGES[name]))
    prove_equal(job, work, templates, data)
    runs: dict[str, list[Run]] = {name: [] for name in PEERS}
    for number in range(rounds):
        print(f"{job}: round {number + 1} of {rounds}", file=sys.stderr)
        for name, peer in PEERS.items():
            # New folders each time, nothing deleted before the end: for a while ext4 passes over
            # the inodes just freed, and a new file costs ten times as much.
            folders = [f"{place}/{job}/{number}/{name}" for place in places.values()]
            count = slow if peer.slow else fast
            runs[name].append(run(name, templates[peer.language], data, count, folders))
    return runs


def prove_equal(job: str, work: Path, templates: Mapping[str, Path], data: Path) -> None:
    """Stop where an engine's text is not docxtpl's, paragraph by paragraph."""
    for name in [THEIRS, *(name for name in PEERS if name != FLOOR)]:
        folder = work / "equal" / job / name
        run(name, templates[PEERS[name].language], data, 8, [str(folder)])
        for number in range(8):
            expected = text_of(work / "equal" / job / THEIRS / f"{number}.docx")
            if text_of(folder / f"{number}.docx") != expected:
                raise SystemExit(f"{job}, record {number}: {name} has another text than {THEIRS}")


# ---------------------------------------------------------------- the whole command
def measure_commands(work: Path, place: Path, wanted: argparse.Namespace) -> str:
    """Return the rows of the table of whole commands."""
    rounds, count = wanted.rounds, wanted.units
    lines = command.write_lines(work / "units.jsonl", count)
    book = command.write_workbook(work / "units.xlsx", count)
    many = command.write_lines(work / "many.jsonl", wanted.many)
    form = command.draw_form(work / "forms", draw_sheet(LANGUAGES["jinja"]))
    bare = min(command.bare_loop() for _ in range(rounds))

    def best(spent: Iterator[Spent]) -> float:
        return min(each.cpu_s for each in spent)

    batches = {
        f"`vanban batch`, {count:,} units of JSON Lines": lines,
        f"`vanban batch`, {count:,} units of an .xlsx workbook": book,
    }
    rows = [f"| docxtpl's bare loop, `{FORM}` | {1 / bare:,.0f} docs/s | 1 |"]
    for number, (title, data) in enumerate(batches.items()):
        spent = best(
            command.batch(data, place / f"batch-{number}-{n}") for n in range(rounds)
        )  # fmt: skip
        rows.append(f"| {title} | {count / spent:,.0f} docs/s | {bare * count / spent:.0f} |")
    command.compile_as_installed()
    ours = best(command.first_document(form, work) for _ in range(3 * rounds))
    theirs = best(command.first_document_of_docxtpl(form, work) for _ in range(3 * rounds))
    rows.append(f"| docxtpl, cold, its first document | {theirs * 1000:.0f} ms | 1 |")
    rows.append(f"| `vanban render`, cold | {ours * 1000:.0f} ms | {theirs / ours:.2f} |")
    bare_python = best(command.spent_by(sys.executable, "-c", "pass") for _ in range(9))
    help_page = best(command.spent_by(*command.PROGRAM, "--help") for _ in range(9))
    rows.append(f"| `python -c pass` | {bare_python * 1000:.0f} ms | 1 |")
    rows.append(f"| `vanban --help` | {help_page * 1000:.0f} ms | {bare_python / help_page:.2f} |")
    for data, number in ((lines, count), (many, wanted.many)):
        leading, worker = command.peaks(data, place / f"memory-{number}", work / "memory.py")
        rows.append(
            f"| peak memory, {number:,} units | {leading:.0f} MB, a worker {worker:.0f} MB | |"
        )
    return "\n".join(rows)


# ---------------------------------------------------------------- the page
PAGE = """# Speed

CPU seconds of one core, of a process and its children. `make bench` installs the peers, measures
again and writes this page and its pictures.

{tables}
× is the ratio to docxtpl in the same column. All engines fill in the same records, plain texts, in
the same sheet drawn in their own language of tags; before anything is measured their documents are
compared paragraph by paragraph. docxtpl is used as its documentation shows, a `DocxTemplate` for
each document; *remembered* keeps its cleaned tags and compiled template, which a user who measures
could add. docx-templates runs without its sandbox, which is faster. *Writing alone* is a finished
document written again and again: no engine can be faster.

## Whole commands

| what | CPU time | × |
|---|--:|--:|
{whole}

The batches are real: the form's {same} units again and again, each under a name of its own;
reading, validation, computed values, file names, two writes of each document and the list of
results are all in it, on a memory disk. docxtpl's bare loop starts from values that were worked out
for it; the {same} sheets of both have the same text.

{machine}
"""


def engine_table(job: str, runs: Mapping[str, list[Run]], places: list[str]) -> str:
    """Return one job's table as Markdown."""
    heads = "".join(f" {place}, docs/s | × |" for place in places)
    lines = [
        f"## {JOBS[job][0].capitalize()}\n",
        f"![documents a second](hinh/benchmarks-{job}.svg)\n",
        f"| engine |{heads} first document, ms | peak memory, MB |",
        f"|---|{'--:|--:|' * len(places)}--:|--:|",
    ]
    best = {
        name: [min(run.cpu_s[n] for run in each) for n in range(len(places))]
        for name, each in runs.items()
    }
    for name in sorted(runs, key=lambda name: best[name][-1]):
        cells = "".join(
            f" {1 / mine:,.0f} | {his / mine:,.1f} |"
            for mine, his in zip(best[name], best[THEIRS], strict=True)
        )
        first, memory = (
            min(getattr(run, key) for run in runs[name]) for key in ("first_ms", "rss_mb")
        )
        lines.append(f"| {name} |{cells} {first:,.0f} | {memory:,.0f} |")
    return "\n".join(lines) + "\n"


def machine() -> str:
    """Return what it was measured on."""
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True)
    return (
        f"vanban {__version__}, docxtpl {version('docxtpl')}; {_cpu()}, {os.cpu_count()} cores, "
        f"{platform.system()}, Python {platform.python_version()}, Node {node.stdout.strip()}. "
        "Best of the rounds."
    )


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = (line.partition(": ")[2] for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


if __name__ == "__main__":
    main()
