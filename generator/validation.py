"""A data source checked from end to end: everything to correct, each with its place and unit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields, replace
from itertools import groupby
from typing import Any

from generator.errors import DataError, Problem
from generator.pipeline import Form
from generator.records.data import Opened, RawRecord, show_path
from generator.records.places import DataProblem, Severity
from generator.records.schema import JsonPath


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What checking a source found, in the order of its records; its counts."""

    problems: tuple[DataProblem, ...]
    good: int  # records that can be printed

    @property
    def errors(self) -> int:
        """How many problems keep a document from being made."""
        return sum(problem.severity == "error" for problem in self.problems)

    @property
    def warnings(self) -> int:
        """How many problems are to be looked at again."""
        return len(self.problems) - self.errors


def review(form: Form, source: str, progress: Callable[[int], None] = lambda done: None) -> Review:
    """Return everything to correct in a source, of the file as a whole and of each record.

    ``progress`` is told how many records have been checked.

    Raises:
        UsageError: no such file or folder, or one that cannot be read.
        BundleError: the form is not in order.
    """
    try:
        opened = form.opened(source)
    except DataError as error:
        return Review(problems=tuple(_complete(error.problems, form, "error")), good=0)
    found = [
        *_complete(opened.problems, form, "error"),
        *_complete(opened.warnings, form, "warning"),
    ]
    good = 0
    # A column that is missing is told once, not for every record.
    missing = {problem.path for problem in opened.problems if problem.path}
    for done, problems in enumerate(_of_records(form, opened), start=1):
        progress(done)
        told = [problem for problem in problems if _without_places(problem.path) not in missing]
        good += all(problem.severity != "error" for problem in problems)
        found += told
    if opened.problems:
        good = 0
    return Review(problems=tuple(found), good=good)


def _of_records(form: Form, opened: Opened) -> Iterator[list[DataProblem]]:
    """Yield the problems of each record; a source that breaks off is the last one's."""
    try:
        for raw in opened.records:
            yield of_record(form, raw)
    except DataError as error:
        yield list(_complete(error.problems, form, "error"))


def of_record(form: Form, raw: RawRecord) -> list[DataProblem]:
    """Return everything to correct in one record and to look at again, each as a review has it."""
    try:
        warnings = form.prepare(raw).warnings
    except DataError as error:
        unit = _unit(form, raw)
        return [
            *_complete(error.problems, form, "error", unit),
            *_complete(error.warnings or raw.warnings, form, "warning", unit),
        ]
    return list(_complete(warnings, form, "warning", _unit(form, raw) if warnings else ""))


def _unit(form: Form, raw: RawRecord) -> str:
    """Return the name of the unit a record is of, empty where it does not say."""
    if raw.unit:
        return raw.unit
    try:
        value, _ = raw.parse_loosely()
    except DataError:
        return ""
    name = value.get(form.bundle.unit) if isinstance(value, dict) else None
    return name if isinstance(name, str) else ""


def _complete(
    problems: Iterable[Problem], form: Form, severity: Severity, unit: str = ""
) -> Iterator[DataProblem]:
    """Yield problems with their unit, their field's title and how grave they are."""
    for problem in problems:
        if not isinstance(problem, DataProblem):
            said = {part.name: getattr(problem, part.name) for part in fields(Problem)}
            problem = DataProblem(**said)
        at = form.schema.field_at(problem.path) if problem.path else None
        yield replace(
            problem,
            severity=severity,
            unit=problem.unit or unit,
            field=problem.field or (at.title if at else ""),
        )


def _without_places(path: JsonPath) -> JsonPath:
    return tuple(step for step in path if not isinstance(step, int))


# ---------------------------------------------------------------- told
def lines(problems: Iterable[DataProblem]) -> Iterator[str]:
    """Yield problems as a person reads them, those of one unit under its name."""
    for unit, group in groupby(problems, key=lambda problem: problem.unit):
        if unit:
            yield f"Đơn vị {unit}:"
        for problem in group:
            yield f"{'lưu ý: ' if problem.severity == 'warning' else ''}{problem}"


def as_json(problem: DataProblem) -> dict[str, Any]:
    """Return a problem as a program reads it; every key is always there."""
    cell = problem.cell
    return {
        "file": problem.file,
        "at": problem.at,
        "sheet": cell.sheet if cell else "",
        "cell": str(replace(cell, sheet="")) if cell else "",
        "row": cell.row if cell else 0,
        "line": problem.line,
        "column": problem.column,
        "path": show_path(problem.path),
        "unit": problem.unit,
        "field": problem.field,
        "message": problem.message,
        "hint": problem.hint,
        "severity": problem.severity,
    }
