"""The figures of a form: scores, derived values and checks, over one record.

The order is fixed: the scoring sheet is computed from the record, derived values from both, and
checks see everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from generator.errors import BundleError, Problem, UsageError
from generator.patterns import regex
from generator.records.schema import Fault, Findings, JsonPath, Schema

if TYPE_CHECKING:
    from generator.expressions import Source
    from generator.expressions.scopes import Pattern
    from generator.figures.checks import Checks
    from generator.figures.derive import Derivation, Derived
    from generator.figures.rowwise import Rowwise
    from generator.figures.totals import RollupRules, Totals
    from generator.scoring import Scoring

_NOTHING = Findings()


class Figures:
    """What a form computes and checks; forms without such tables cost nothing."""

    def __init__(self, manifest: Mapping[str, Any], schema: Schema, file: str) -> None:
        """Read the tables of a manifest.

        Raises:
            BundleError: everything wrong with them.
        """
        self._schema = schema
        problems: list[Problem] = []
        self.scoring: Scoring | None = None
        self.derivation: Derivation | None = None
        self.checks: Checks | None = None
        self.rollup: RollupRules | None = None
        self.totals: Totals | None = None
        try:
            # Each kind of table is imported by the forms that have one: the others start sooner.
            if "scoring" in manifest:
                from generator.scoring import read_scoring

                self.scoring = read_scoring(manifest["scoring"], file)
            into = [self.scoring.into] if self.scoring else []
            if "derive" in manifest or "check" in manifest:
                from generator.figures.checks import read_checks
                from generator.figures.derive import read_derivation

                self.derivation = read_derivation(manifest.get("derive", []), schema, file, into)
                self.checks = read_checks(manifest.get("check", []), self.derivation.known, file)
            if "rollup" in manifest:
                from generator.figures.totals import read_rules

                self.rollup = read_rules(manifest["rollup"], schema, file)
        except BundleError as error:
            problems += error.problems
        if problems:
            raise BundleError(problems)
        if self.rollup and self.rollup.rows:
            from generator.figures.totals import Totals

            known = self.derivation.known if self.derivation else None
            self.totals = Totals(self.rollup, schema, self.derived, known)

    @property
    def derived(self) -> tuple[Derived, ...]:
        """The computed values, in the order of need."""
        return self.derivation.derived if self.derivation else ()

    @cached_property
    def rowwise(self) -> Rowwise | None:
        """How a superior's table is computed a row at a time, ``None`` where it cannot be."""
        from generator.expressions.scopes import Known
        from generator.figures.checks import Checks
        from generator.figures.derive import Derivation
        from generator.figures.rowwise import rowwise

        if self.totals is None or self.scoring is not None:
            return None
        derivation = self.derivation or Derivation((), Known.of(self._schema.root))
        checks = self.checks or Checks((), derivation.known)
        return rowwise(self._schema, self.totals.rules.rows, derivation, checks)

    def complete(self, context: dict[str, Any]) -> Findings:
        """Add everything computed to a valid record as templates see it; return what is wrong."""
        if self.totals is None:
            return self._complete(context)
        with self.totals.without_gaps(context):
            findings = self._complete(context)
        self.totals.complete(context)
        return findings

    def _complete(self, context: dict[str, Any]) -> Findings:
        if self.scoring:
            context[self.scoring.into] = self.scoring.compute(context)
        if self.derivation is None and not (self.scoring and self.scoring.has_figures):
            return _NOTHING
        findings = Findings()
        if self.scoring:
            findings.errors += self.scoring.faults(context)
        if self.derivation and self.checks:
            found = self.derivation.compute(context)
            findings.errors += found.errors
            findings.warnings += found.warnings
            self.checks.apply(context, findings)
        return findings

    def doubts(self, record: Any, faults: Iterable[Fault]) -> Findings:
        """Return what the checks find in the good part of a record with faults.

        So that a clerk gets all there is to mend at once: the faulty values count as blank.
        """
        told = [fault.path for fault in faults]
        if self.derivation is None or self.checks is None or () in told:
            return _NOTHING
        for path in told:
            _blank(record, path)
        context = self._schema.present(record)
        if self.scoring:
            context[self.scoring.into] = None
        findings = self.derivation.compute(context)
        self.checks.apply(context, findings)
        return Findings(
            errors=[fault for fault in findings.errors if not _within(fault.path, told)],
            warnings=[fault for fault in findings.warnings if not _within(fault.path, told)],
        )

    # ------------------------------------------------------------ explanations
    def explain(self, context: Mapping[str, Any], name: str) -> list[Source]:
        """Return how a field of a completed record came about.

        ``name`` is a field (``dang_ky.ho``, ``hang[].ty_le`` for every item, ``hang[0].ty_le`` for
        the first), or of a scoring sheet a total, a group or a row (``cham_diem.diem``, ``II.2``).

        Raises:
            UsageError: there is no such field, with the nearest one.
        """
        summed = self.totals.explain(context, name) if self.totals else None
        if summed is not None:
            return [summed]
        return self._scores(context, name) or [
            self._explain(context, path) for path in self._paths(context, name)
        ]

    def _scores(self, context: Mapping[str, Any], name: str) -> list[Source]:
        from generator.scoring import explain

        titles = {key: child.title for key, child in self._schema.root.children.items()}
        return explain(self.scoring, context, name, titles) if self.scoring else []

    def _explain(self, context: Mapping[str, Any], path: JsonPath) -> Source:
        from generator.expressions import Source, show
        from generator.figures.derive import value_at

        if self.derivation:
            return self.derivation.explain(context, path)
        field = self._schema.field_at(path)
        return Source(path, field.title if field else "", show(value_at(context, path)))

    def _paths(self, context: Mapping[str, Any], name: str) -> list[JsonPath]:
        from generator.expressions import ExpressionError
        from generator.expressions.scopes import parse_pattern

        steps = _INDEX.sub("[]", name)
        try:
            pattern = parse_pattern(steps)
        except ExpressionError:
            raise self._unknown(name) from None
        self._refuse_group(pattern, name)
        paths = [path for path in _existing(context, pattern) if _chosen(path, name)]
        if not paths and not self._is_field(pattern):
            raise self._unknown(name)
        return paths

    def _refuse_group(self, pattern: Pattern, name: str) -> None:
        field = self._schema.field_at(_path_of(pattern))
        within = field.items if field and field.items else field
        if within and within.children and pattern[-1] != "[]":
            start = f"{name}[]" if field and field.items else name
            keys = [f"{start}.{key}" for key in within.children]
            raise UsageError(
                Problem(
                    message=f"“{name}” là nhóm trường, chọn một trường trong nhóm",
                    hint=", ".join(keys[:20]),
                )
            )

    def _is_field(self, pattern: Pattern) -> bool:
        computed = any(each.pattern == pattern for each in self.derived)
        return computed or self._schema.field_at(_path_of(pattern)) is not None

    def _unknown(self, name: str) -> UsageError:
        from difflib import get_close_matches

        from generator.scoring import explainable

        known = [each.name for each in self.derived]
        known += explainable(self.scoring) if self.scoring else []
        near = get_close_matches(name, [*known, *self._schema.root.children], 1, 0.5)
        hint = (
            f"các giá trị tính được: {', '.join(known[:20])}" if known else "mẫu này không tính gì"
        )
        return UsageError(
            Problem(
                message=f"không có trường “{name}”",
                hint=f"có phải “{near[0]}”?" if near else hint,
            )
        )


def _path_of(pattern: Pattern) -> JsonPath:
    return tuple(0 if step == "[]" else step for step in pattern)


_INDEX = regex(r"\[[0-9]+\]")


def _existing(value: Any, pattern: tuple[str, ...], path: JsonPath = ()) -> Iterator[JsonPath]:
    """Yield the paths in a record that a pattern names."""
    if not pattern:
        yield path
    elif pattern[0] == "[]":
        for index, item in enumerate(value if isinstance(value, list) else ()):
            yield from _existing(item, pattern[1:], (*path, index))
    elif isinstance(value, dict) and pattern[0] in value:
        yield from _existing(value[pattern[0]], pattern[1:], (*path, pattern[0]))


def _chosen(path: JsonPath, name: str) -> bool:
    """Return whether the indexes in a name, where it has any, are those of the path."""
    wanted = re.findall(r"\[([0-9]*)\]", name)
    indexes = [str(step) for step in path if isinstance(step, int)]
    return all(want in ("", index) for want, index in zip(wanted, indexes, strict=False))


def _within(path: JsonPath, places: Iterable[JsonPath]) -> bool:
    return any(path[: len(place)] == place for place in places)


def _blank(record: Any, path: JsonPath) -> None:
    """Make the value at a path blank, if it is there."""
    try:
        for step in path[:-1]:
            record = record[step]
        if record[path[-1]] is not None:
            record[path[-1]] = None
    except (KeyError, IndexError, TypeError):
        return
