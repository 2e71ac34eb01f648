"""A roll-up: units collected and added up, the superior's table in every format, totals explained.

The files that came are read once; all that is made of them comes from that one reading.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

from generator.errors import DataError, GeneratorError, Problem, UsageError
from generator.expressions import show
from generator.figures.totals import ABSENT, Totals
from generator.output import make_folder, write_pieces, write_whole
from generator.preview.pictures import pictures
from generator.preview.routes import draw
from generator.printing import about
from generator.rollup import Asked, Collector, RolledUp, Rollup
from generator.rollup.collect import Collected
from generator.serve.files import HEAD, ROSTER, Shelf, order_of, teller
from generator.serve.forms import fields
from generator.serve.job import Work
from generator.serve.opened import opened
from generator.serve.wording import problem_json
from generator.vietnamese import TextFormError
from generator.vietnamese.dates import parse_date

RESULT, PAGES, EXPLAINED = "bang-tong-hop", "trang", "giai-thich"
FORMATS = ("docx", "pdf", "xlsx", "json")
_PPI = 110.0
_MOST_PAGES = 60  # that are shown; the files have them all
_MOST_LINES = 20_000  # of an explanation


# ---------------------------------------------------------------- what a form asks for
def described(form_id: str, templates: tuple[str, ...]) -> dict[str, Any]:
    """Return what a page must know to ask for a roll-up into a form.

    Raises:
        MissingError: no such form.
        UsageError: it has no table to roll up into.
    """
    form = opened(form_id, templates)
    rules = form.figures.rollup
    if rules is None:
        message = f"mẫu {form.bundle.title} không tổng hợp từ số liệu của đơn vị"
        raise UsageError(Problem(message=message, hint="chọn mẫu tổng hợp khác"))
    tables = rules.through.values()
    feeds = dict.fromkeys((*rules.feeds, *tables))
    own = fields.tree(form.schema.root)
    filled = {rules.rows, ABSENT, *rules.same}  # what units have alike is theirs to say
    own["children"] = [each for each in own["children"] if each["key"] not in filled]
    begun = own.get("start") or {}
    own["start"] = {key: value for key, value in begun.items() if key not in filled}
    return {
        "id": form.bundle.id, "title": form.bundle.title, "fields": own,
        "feeds": [opened(name, templates).bundle.title for name in feeds],
        "report": bool(rules.through), "groups": bool(rules.sums and rules.group),
        "ranks": rules.merit is not None,
    }  # fmt: skip


def rollup_of(folder: Path, templates: Sequence[str]) -> Rollup:
    """Return the roll-up that is asked for in a work's folder.

    Raises:
        DataError: head, list of units or day are not in order.
    """
    order = order_of(folder)
    roster = Shelf(folder / ROSTER).paths()
    asked = Asked(
        head=str(folder / HEAD) if (folder / HEAD).is_file() else "",
        units=roster[-1] if roster else "",
        due=day(order["due"]),
        missing=order["missing"],
        by_group=order["by_group"],
        classes=tuple(order["classes"]),
    )
    return Rollup(order["form"], templates, asked)


def day(text: str) -> date | None:
    """Return the last day to hand in, ``None`` where none is given.

    Raises:
        UsageError: it is no day.
    """
    try:
        return parse_date(text) if text.strip() else None
    except TextFormError as error:
        raise UsageError(Problem(message=f"hạn nộp: {error}", hint="ghi như 10/10/2019")) from error


# ---------------------------------------------------------------- the step
def collect(work: Work) -> None:
    """Collect all units, then make the table in every format."""
    for kind in FORMATS:
        (work.folder / f"{RESULT}.{kind}").unlink(missing_ok=True)
    for name in (PAGES, EXPLAINED):
        shutil.rmtree(work.folder / name, ignore_errors=True)
    rollup = rollup_of(work.folder, work.templates)
    said = _Said(work)
    if rollup.rules.through:
        _report(work, rollup, said)
        return
    collector = rollup.collector()
    collector.options = replace(collector.options, progress=lambda n: work.tell("đọc", n))
    try:
        collected = collector.collect(work.shelf.paths())
    except DataError as error:
        said.whose(collector)
        said.problems(error.warnings, "warning")
        raise
    said.whose(collector)
    said.sums(collector, collected)
    said.problems(collected.warnings, "warning")
    of = partial(rollup.of, collector, collected)
    _files(work, rollup, said, of, ("xlsx", "json", "docx"))


def _report(work: Work, rollup: Rollup, said: _Said) -> None:
    """Make a report whose texts take figures from tables on the way."""
    paths = work.shelf.paths()
    found = rollup.make(paths, ".json", lambda n: work.tell("đọc", n))
    said.result |= {"units": found.units}
    said.problems(found.warnings, "warning")
    _files(work, rollup, said, partial(rollup.make, paths), ("docx", "json"))


def _files(
    work: Work, rollup: Rollup, said: _Said, made: Callable[[str], RolledUp], kinds: Sequence[str]
) -> None:
    """Write the table's files; what keeps one of them from being made does not stop the others."""
    told: set[Problem] = set()
    for kind in kinds:
        work.tell(f"ghi {kind}")
        try:
            write_pieces(work.folder / f"{RESULT}.{kind}", made(f".{kind}").pieces)
            if kind == "docx":
                _draw(work, rollup, said)
        except GeneratorError as error:
            said.problems([each for each in error.problems if each not in told], "error")
            told |= {*error.problems}


def _draw(work: Work, rollup: Rollup, said: _Said) -> None:
    work.tell("vẽ")
    content = (work.folder / f"{RESULT}.docx").read_bytes()
    archive = about(rollup.form.bundle, rollup.head.value)
    pdf = draw(content, rollup.form.bundle.title, archive=archive).pdf
    write_whole(work.folder / f"{RESULT}.pdf", pdf)
    make_folder(work.folder / PAGES)
    pages = 0
    for pages, picture in enumerate(islice(pictures(pdf, _PPI), _MOST_PAGES), start=1):
        write_whole(work.folder / PAGES / f"{pages:03}.png", picture)
    said.result["pages"] = pages


class _Said:
    """What is told of a roll-up, as far as it is known."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self.result: dict[str, Any] = {"notes": []}

    def whose(self, collector: Collector) -> None:
        """Tell who is missing, late or there twice."""
        roster = collector.options.roster
        self.result |= {
            "expected": len(roster.units) if roster else None,
            "missing": collector.missing,
            "late": [*dict.fromkeys(collector.late)],
            "doubled": [*dict.fromkeys(collector.doubled)],
        }
        self._work.show(self.result)

    def sums(self, collector: Collector, collected: Collected) -> None:
        """Tell all totals."""
        self.result |= {
            "units": collected.total.units, "rows": len(collected.rows),
            "totals": [*_totals(collector, collected)],
        }  # fmt: skip
        self._work.show(self.result)

    def problems(self, problems: Iterable[Problem], severity: str) -> None:
        """Tell what is to be corrected, or looked at again."""
        tell = self._work.teller.problem
        self.result["notes"] += [
            problem_json(tell(each)) | {"severity": severity} for each in problems
        ]
        self._work.show(self.result)


def _totals(collector: Collector, collected: Collected) -> Iterator[dict[str, Any]]:
    """Yield the figures with their sums, then what is computed from them; else the fields."""
    totals: Totals = collector.totals
    for index, figure in enumerate(totals.figures):
        yield {
            "name": figure.name, "title": figure.title, "gaps": collected.total.gaps.get(index, 0),
            "value": show(collected.total.values[index]),
        }  # fmt: skip
    shown = totals.present(collected.total, {})
    for derived, _ in totals.derived:
        path = derived.pattern[2:]
        yield {
            "name": ".".join(path), "gaps": 0, "value": show(_at(shown, path)),
            "title": ", ".join(filter(None, (_title(totals, path[:-1]), derived.title))),
        }  # fmt: skip
    if not totals.figures:
        for path in collector.paths:
            yield {"name": ".".join(path), "title": _title(totals, path), "gaps": 0, "value": ""}


def _at(value: Any, path: Iterable[str]) -> Any:
    for step in path:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _title(totals: Totals, path: Iterable[str]) -> str:
    titles, at = [], totals.row
    for step in path:
        at = at.children[step]
        titles.append(at.title)
    return ", ".join(titles)


# ---------------------------------------------------------------- explained
def explain(folder: str, templates: tuple[str, ...], name: str) -> list[str]:
    """Return the lines that explain a total: each unit with its figure, file and place.

    They are kept until units are collected again: reading thousands of units takes a while.
    """
    place = Path(folder)
    kept = place / EXPLAINED / f"{sha256(name.encode()).hexdigest()[:32]}.json"
    if kept.is_file():
        lines: list[str] = json.loads(kept.read_text(encoding="utf-8"))
        return lines
    tell = teller(place)
    told = rollup_of(place, templates).explain(Shelf(place).paths(), name)
    lines = [tell.text(line) for line in islice(told, _MOST_LINES)]
    make_folder(kept.parent)
    write_whole(kept, json.dumps(lines, ensure_ascii=False).encode())
    return lines
