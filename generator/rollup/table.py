"""The superior's record: its head, and its rows one at a time.

Where the form computes each row by itself (:mod:`generator.figures.rowwise`) no more than one row
is held as Python values: files of thousands of units are written in little memory. A Word document
has all its rows at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from itertools import islice
from typing import Any, overload

from generator.errors import BundleError, DataError
from generator.figures.rowwise import Rowwise
from generator.figures.totals import (
    ABSENT,
    LATE,
    RESULTS,
    Best,
    Merit,
    RollupRules,
    Tally,
    Totals,
)
from generator.pipeline import Form
from generator.records.data import RawRecord
from generator.records.schema import Fault
from generator.rollup.collect import Collected, not_a_rollup
from generator.rollup.rows import Texts, as_text
from generator.scoring import Ranked, Standing, rank

UNSCORED = "Chưa xét"


class Table:
    """A superior's table, with the classes and ranks that only all units together have."""

    def __init__(
        self, form: Form, head: RawRecord, collected: Collected, merit: Merit | None = None
    ) -> None:
        """Make a table; ``merit`` says how its rows are ranked, without it they stay as they are.

        Raises:
            BundleError: the form has no ``[rollup]`` with rows.
        """
        rules, totals = form.figures.rollup, form.figures.totals
        if rules is None or totals is None:
            raise BundleError(not_a_rollup(form))
        self.form, self.collected = form, collected
        self.rules: RollupRules = rules
        self.totals: Totals = totals
        self.merit = merit
        self._raw = head
        self._ranked = _ranked(collected.rows, self.merit) if self.merit else []
        known = form.schema.root.children
        same = {key: value for key, value in collected.same.items() if key in known}
        absent = {ABSENT: collected.missing} if collected.missing and ABSENT in known else {}
        self.head: dict[str, Any] = same | head.value | absent

    def __len__(self) -> int:
        return len(self.collected.rows)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield the rows as data."""
        for number, row in enumerate(self.collected.rows):
            yield self._with_rank(row, number)

    def _with_rank(self, row: dict[str, Any], number: int) -> dict[str, Any]:
        if self.merit is not None:
            ranked = self._ranked[number]
            if self.merit.result:
                row[self.merit.result] = ranked.title
            if self.merit.rank:
                row[self.merit.rank] = ranked.rank
        return row

    # ------------------------------------------------------------ as a record
    def raw(self) -> RawRecord:
        """Return the record as a whole, not yet checked."""
        return replace(self._raw, value=self.head | {self.rules.rows: list(self)})

    def as_json(self) -> Lines | None:
        """Return the record checked, as JSON with a row a line, in pieces.

        ``None`` where the form cannot be computed by rows, or something is wrong with them: then
        the whole is checked, which tells everything.

        Raises:
            DataError: what is wrong with the head.
        """
        rowwise = self.form.figures.rowwise
        if rowwise is None:
            return None
        lines = Texts()
        kept: list[dict[str, Any]] = []
        head = short = self.head
        for row in self:
            record, faults = self.form.read(short | {self.rules.rows: [row]}, self._raw.folder)
            if any(fault.path[:1] == (self.rules.rows,) for fault in faults):
                return None
            if faults:
                raise DataError(self._raw.problems(faults))
            context: dict[str, Any] = self.form.schema.present(record)
            errors, read = self._complete(rowwise, context)
            if errors:
                return None
            lines.append(as_text(record.pop(self.rules.rows)[0]))
            if not kept:
                head, short = record, _short(record)
            kept.append(read)
        context = self.form.schema.present(head) | {self.rules.rows: kept}
        if not len(lines) or rowwise.whole.complete(context).errors:
            return None
        return Lines(head, self.rules.rows, lines)

    def _complete(
        self, rowwise: Rowwise, context: dict[str, Any]
    ) -> tuple[Sequence[Fault], dict[str, Any]]:
        """Complete a record of one row; return what it breaks, and what is read over all rows.

        Neither looks at figures that are missing somewhere in the row.
        """
        with self.totals.without_gaps(context):
            errors = rowwise.row.complete(context).errors
            return errors, rowwise.kept(context[self.rules.rows][0])

    # ------------------------------------------------------------ as texts see it
    def completed(self) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """Yield the rows as templates see them, each with what is read of it over all rows."""
        rowwise = self.form.figures.rowwise
        if rowwise is None:
            yield from ((row, {}) for row in self._whole[self.rules.rows])
            return
        head = _short(self.form.schema.read(self.head)[0])
        for row in self:
            context: dict[str, Any] = self.form.schema.present(head | {self.rules.rows: [row]})
            _, read = self._complete(rowwise, context)
            yield context[self.rules.rows][0], read

    @cached_property
    def _whole(self) -> dict[str, Any]:
        read, _ = self.form.schema.read(self.raw().value)
        context: dict[str, Any] = self.form.schema.present(read)
        self.form.figures.complete(context)
        return context

    def context(self, shown: Shown | None = None) -> dict[str, Any]:
        """Return what texts read: rows, sums, lists of the best, who is missing or late."""
        shown = shown or Shown(self)
        overview = shown.overview()
        rowwise = self.form.figures.rowwise
        if rowwise is None:
            context = dict(self._whole)
        else:
            head, _ = self.form.schema.read(self.head)
            context = self.form.schema.present(head) | {self.rules.rows: overview.kept}
            rowwise.whole.complete(context)
            overview.tally.put(context)
        context |= {self.rules.rows: shown}
        context |= {ABSENT: self.collected.missing, LATE: self.collected.late}
        return context | overview.lists()


class Overview:
    """What is known of a table's rows once all have been seen."""

    def __init__(self, table: Table) -> None:
        self._rules = table.rules
        self.tally = Tally(table.totals)
        self.kept: list[dict[str, Any]] = []
        self._best: dict[str, list[tuple[Any, str]]] = {each.name: [] for each in table.rules.best}
        self._results: dict[Any, int] = {}

    def add(self, row: dict[str, Any], kept: dict[str, Any]) -> None:
        """Note a row as templates see it, and what is read of it over all rows."""
        self.tally.add(row)
        self.kept.append(kept)
        for best in self._rules.best:
            value = _at(row, best.by)
            if value is not None:
                self._best[best.name].append((value, row[self._rules.name]))
        merit = self._rules.merit
        if merit and merit.result:
            result = row.get(merit.result) or UNSCORED
            self._results[result] = self._results.get(result, 0) + 1

    def lists(self) -> dict[str, Any]:
        """Return the lists of the best, and how many units have each class."""
        lists: dict[str, Any] = {
            best.name: _first(self._best[best.name], best) for best in self._rules.best
        }
        if self._rules.merit and self._rules.merit.result:
            lists[RESULTS] = [{"ten": name, "so": count} for name, count in self._results.items()]
        return lists


class Shown(Sequence[dict[str, Any]]):
    """The rows as texts see them, computed anew each time they are gone through."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._overview: Overview | None = None

    def __len__(self) -> int:
        return len(self._table)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        overview = Overview(self._table)
        for row, kept in self._table.completed():
            overview.add(row, kept)
            yield row
        self._overview = overview

    @overload
    def __getitem__(self, index: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, index: slice) -> list[dict[str, Any]]: ...
    def __getitem__(self, index: int | slice) -> dict[str, Any] | list[dict[str, Any]]:
        if isinstance(index, slice):
            return list(self)[index]
        return next(islice(self, range(len(self))[index], None))

    def overview(self) -> Overview:
        """Return what is known of all rows."""
        if self._overview is None:
            for _ in self:
                pass
        if self._overview is None:
            raise RuntimeError("rows were not gone through to their end")
        return self._overview


def _short(head: dict[str, Any]) -> dict[str, Any]:
    """Return a head to read with each row: who is missing may be thousands, and no row asks."""
    absent = head.get(ABSENT)
    return head | {ABSENT: absent[:1]} if isinstance(absent, list) else head


def _first(found: list[tuple[Any, str]], best: Best) -> list[dict[str, Any]]:
    """Return the first units by a figure; those that share the last place are all there."""
    found.sort(key=lambda each: each[0], reverse=not best.rising)
    if len(found) > best.count:
        border = found[best.count - 1][0]
        found = [
            each for index, each in enumerate(found) if index < best.count or each[0] == border
        ]
    return [{"ten": name, "gia_tri": value} for value, name in found]


def _at(value: Any, path: Sequence[str]) -> Any:
    for step in path:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _ranked(rows: Iterable[Mapping[str, Any]], merit: Merit) -> Sequence[Ranked]:
    """Return the rows' classes by points, and ranks and quotas within each cluster."""
    standings = [
        Standing(
            unit=index,
            points=row.get(merit.points),
            title=row.get(merit.result) or _class(row.get(merit.points), merit),
            cluster=str(row.get(merit.cluster) or ""),
        )
        for index, row in enumerate(rows)
    ]
    return rank(standings, merit.quotas)


def _class(points: Decimal | None, merit: Merit) -> str | None:
    if points is None:
        return None
    return next((each.title for each in merit.classes if each.reached(points)), None)


@dataclass(frozen=True, slots=True)
class Lines:
    """A record as JSON in pieces: a field of the head a line, then a row a line."""

    head: Mapping[str, Any]
    name: str  # of the list of rows
    rows: Texts

    def __iter__(self) -> Iterator[bytes]:
        yield b"{\n"
        for key, value in self.head.items():
            yield b" %b: %b,\n" % (as_text(key), as_text(value))
        yield b" %b: [" % as_text(self.name)
        for number, line in enumerate(self.rows):
            yield b"%b\n  %b" % (b"," if number else b"", line)
        yield b"\n ]\n}\n"
