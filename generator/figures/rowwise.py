"""A superior's table computed a row at a time: thousands of units in the memory of one.

A form allows it when the computed values and rules of a row need that row and the head alone. What
looks at all rows (no unit twice), or at who is missing, is computed at the end, over the few
columns that it reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from generator.expressions import Expression
from generator.expressions.scopes import EACH, Pattern
from generator.figures.checks import Check, Checks
from generator.figures.derive import Derivation, Derived
from generator.figures.totals import ABSENT, Path
from generator.records.schema import Findings, Schema

# What a schema may say of a record and of its list that then holds for each row by itself.
_PLAIN = frozenset(
    ("$schema", "$id", "$comment", "title", "description", "type", "examples", "properties",
     "required", "additionalProperties", "items", "minItems")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """Some of a form's computed values and rules."""

    derivation: Derivation
    checks: Checks

    def complete(self, context: dict[str, Any]) -> Findings:
        """Add the values to a record as templates see it; return what breaks the rules."""
        findings = self.derivation.compute(context)
        self.checks.apply(context, findings)
        return findings


@dataclass(frozen=True, slots=True)
class Rowwise:
    """What a form computes from a row and its head, and what from all rows."""

    row: Part
    whole: Part
    columns: tuple[Path, ...]  # of the rows, that ``whole`` reads

    def kept(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return of a completed row what is read when all rows are looked at."""
        kept: dict[str, Any] = {}
        for *way, key in self.columns:
            inner: Any = row
            group = kept
            for step in way:
                inner = inner.get(step) if inner else None
                group = group.setdefault(step, {})
            group[key] = inner.get(key) if inner else None
        return kept


def rowwise(schema: Schema, rows: str, derivation: Derivation, checks: Checks) -> Rowwise | None:
    """Return how the list ``rows`` of a form is computed by rows, ``None`` where it cannot be."""
    listed = schema.root.children[rows].raw
    if (schema.raw.keys() | listed.keys()) - _PLAIN or listed.get("minItems", 0) > 1:
        return None
    names = _Names(rows, derivation)
    within: list[Derived | Check] = [each for each in derivation.derived if names.inside(each)]
    within += [check for check in checks.checks if names.inside(check)]
    if any(names.looks_around(each) for each in within):
        return None
    head = [each for each in derivation.derived if each.pattern not in names.summed]
    over = [each for each in derivation.derived if not names.inside(each)]
    rules = [check for check in checks.checks if not names.inside(check)]
    known = derivation.known
    return Rowwise(
        row=Part(
            Derivation(head, known),
            Checks([each for each in checks.checks if names.inside(each)], known),
        ),
        whole=Part(Derivation(over, known), Checks(rules, known)),
        columns=tuple(dict.fromkeys(names.columns((*over, *rules)))),
    )


class _Names:
    """Tells the names in expressions that stand in a row from those that look at all rows."""

    def __init__(self, rows: str, derivation: Derivation) -> None:
        self._known, self._start = derivation.known, (rows, EACH)
        self.summed: set[Pattern] = set()  # the head's values computed from rows, by others too
        for each in derivation.derived:  # in the order of need
            if not self.inside(each) and self.looks_around(each):
                self.summed.add(each.pattern)

    def inside(self, each: Derived | Check) -> bool:
        return each.place[:2] == self._start

    def looks_around(self, each: Derived | Check) -> bool:
        """Return whether something reads other rows than its own, or who is missing."""
        return any(
            pattern[0] in (self._start[0], ABSENT)
            or any(pattern[: len(summed)] == summed for summed in self.summed)
            for pattern in self._outside(each)
        )

    def columns(self, over: Iterable[Derived | Check]) -> Iterator[Path]:
        """Yield the columns of the rows that are read; a list inside a row as a whole."""
        for each in over:
            for pattern in self._outside(each):
                if pattern[:2] == self._start and len(pattern) > 2:
                    yield tuple(takewhile(lambda step: step != EACH, pattern[2:]))

    def _outside(self, each: Derived | Check) -> Iterator[Pattern]:
        """Yield the whole patterns of the names that belong to no group of the row."""
        rule: Expression = each.expression if isinstance(each, Derived) else each.rule
        for names in rule.references():
            lengths = range(2, len(each.place) + 1) if self.inside(each) else ()
            groups = (self._known.at(each.place[:length]) for length in lengths)
            if not any(group and names[0] in group.children for group in groups):
                yield self._known.resolve(names, each.place)
