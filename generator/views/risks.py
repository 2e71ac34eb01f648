"""The records of a batch most likely to print badly: the longest, the fullest, the emptiest.

Nobody looks at three hundred sheets. Whoever looks at the dozen that lie furthest from the others
sees the cell that overflows, the list that breaks over a page, the blank that should not be one.
Each record is measured once; of each measure only its highest few are kept, so memory does not grow
with the number of records.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from generator.errors import DataError, Problem
from generator.pipeline import Form, Prepared
from generator.records.data import RawRecord
from generator.records.schema import Field
from generator.vietnamese.numbers import num

_REASONS = 3  # told of each record
_LEAST_SCORE = 1.0  # standard deviations from the mean: nearer is nothing out of the ordinary


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of measure: how it is told, and how much it weighs beside the others."""

    words: str  # of {title}, {value} and {mean}
    weight: float


_LONG = _Kind("{title} dài {value} ký tự (trung bình {mean})", 1.2)
_WORD = _Kind("có từ dài {value} ký tự, không ngắt dòng được (trung bình {mean})", 1.1)
_ROWS = _Kind("{title} có {value} mục (trung bình {mean})", 1.2)
_FEW = _Kind("{title} chỉ có {value} mục (trung bình {mean})", 0.8)
_HIGH = _Kind("{title} là {value} (trung bình {mean})", 0.7)
_LOW = _Kind("{title} chỉ là {value} (trung bình {mean})", 0.7)
_BLANK = _Kind("{value} chỗ để trống (trung bình {mean})", 1.2)
_WHOLE = _Kind("cả thảy {value} ký tự (trung bình {mean})", 1.3)
_WARNED = _Kind("{value} điều cần xem lại (trung bình {mean})", 1.3)


@dataclass(frozen=True, slots=True)
class Risk:
    """A record to look at, and why."""

    raw: RawRecord
    unit: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Risks:
    """The records to look at, in the order of need, and what was found on the way."""

    chosen: tuple[Risk, ...]
    records: int
    invalid: int  # cannot be printed at all
    first_problems: tuple[Problem, ...]  # of the first of those


@dataclass(slots=True)
class _Measure:
    """The highest values of one measure, with its mean and spread so far (Welford, 1962)."""

    kind: _Kind
    title: str
    most: int
    count: int = 0
    mean: float = 0.0
    squares: float = 0.0
    top: list[tuple[float, int]] = field(default_factory=list)  # value, and minus the index

    def add(self, value: float, index: int) -> int | None:
        """Count a record; return the index of the one that is no longer among the highest."""
        self.count += 1
        step = value - self.mean
        self.mean += step / self.count
        self.squares += step * (value - self.mean)
        if len(self.top) < self.most:
            heapq.heappush(self.top, (value, -index))
            return None
        return -heapq.heappushpop(self.top, (value, -index))[1]

    def ranked(self) -> Iterator[tuple[int, float, int, str]]:
        """Yield rank, score, index and reason of its highest values."""
        spread = math.sqrt(self.squares / self.count)
        for rank, (value, minus_index) in enumerate(sorted(self.top, reverse=True)):
            score = (value - self.mean) / spread if spread else 0.0
            if score >= _LEAST_SCORE:
                yield rank, score * self.kind.weight, -minus_index, self._told(value)

    def _told(self, value: float) -> str:
        sign = -1 if self.kind in (_LOW, _FEW) else 1
        return self.kind.words.format(
            title=self.title, value=_number(sign * value), mean=_number(sign * self.mean)
        )


def riskiest(form: Form, source: str, most: int) -> Risks:
    """Return up to ``most`` records of a source, those furthest from the others first.

    Raises:
        UsageError: no such source. DataError: a source that is broken as a whole.
    """
    measures: dict[tuple[str, _Kind], _Measure] = {}
    kept = _Kept()
    records = invalid = 0
    problems: tuple[Problem, ...] = ()
    for raw in form.records(source):
        records += 1
        try:
            prepared = form.prepare(raw, named=False)
        except DataError as error:
            invalid += 1
            problems = problems or error.problems
            continue
        for key, (title, value) in _measured(form, prepared).items():
            measure = measures.setdefault(key, _Measure(key[1], title, most))
            kept.swap(raw, measure.add(value, raw.index))
        kept.first(raw)
    chosen = _chosen(form, measures.values(), kept, most)
    return Risks(chosen, records, invalid, problems)


class _Kept:
    """The records that some measure has among its highest."""

    def __init__(self) -> None:
        self._uses: dict[int, int] = {}
        self._raws: dict[int, RawRecord] = {}
        self.lead: RawRecord | None = None

    def first(self, raw: RawRecord) -> None:
        """Remember the first valid record: it stands for all where none is out of the ordinary."""
        self.lead = self.lead or raw

    def swap(self, raw: RawRecord, left: int | None) -> None:
        """Count a record that came among the highest, and the one that left for it."""
        self._raws[raw.index] = raw
        self._uses[raw.index] = self._uses.get(raw.index, 0) + 1
        if left is not None:
            self._uses[left] -= 1
            if not self._uses[left]:
                del self._uses[left], self._raws[left]

    def __getitem__(self, index: int) -> RawRecord:
        return self._raws[index]


def _chosen(form: Form, measures: Any, kept: _Kept, most: int) -> tuple[Risk, ...]:
    """Take the highest of every measure first, then the second ones, until there are enough."""
    found = [entry for measure in measures for entry in measure.ranked()]
    found.sort(key=lambda entry: (entry[0], -entry[1], entry[2]))
    reasons: dict[int, list[str]] = {}
    for _, _, index, reason in found:
        if index in reasons or len(reasons) < most:
            reasons.setdefault(index, []).append(reason)
    if not reasons and kept.lead is not None:
        words = ("không bản ghi nào khác thường; đây là bản ghi đầu tiên",)
        return (Risk(kept.lead, _unit(form, kept.lead), words),)
    return tuple(
        Risk(kept[index], _unit(form, kept[index]), tuple(dict.fromkeys(said))[:_REASONS])
        for index, said in reasons.items()
    )


def _unit(form: Form, raw: RawRecord) -> str:
    value = raw.parse()
    name = value.get(form.bundle.unit) if isinstance(value, dict) else None
    return name if isinstance(name, str) else f"bản ghi {raw.index + 1}"


# ---------------------------------------------------------------- measures of one record
_Found = dict[tuple[str, _Kind], tuple[str, float]]


def _measured(form: Form, prepared: Prepared) -> _Found:
    found: _Found = {}
    totals = {_BLANK: 0, _WHOLE: 0, _WORD: 0}
    for path, title, value in _leaves(prepared.record, form.schema.root, "", ()):
        if isinstance(value, str):
            _raise(found, path, _LONG, title, len(value))
            totals[_WHOLE] += len(value)
            totals[_WORD] = max(totals[_WORD], *map(len, value.split() or [""]))
        elif isinstance(value, list):
            _raise(found, path, _ROWS, title, len(value))
            _raise(found, path, _FEW, title, -len(value))
        elif isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
            _raise(found, path, _HIGH, title, float(value))
            _raise(found, path, _LOW, title, -float(value))
        totals[_BLANK] += value is None or value == ""
    for kind, total in totals.items():
        _raise(found, "", kind, "", total)
    _raise(found, "", _WARNED, "", len(prepared.warnings))
    return found


def _raise(found: _Found, path: str, kind: _Kind, title: str, value: float) -> None:
    known = found.get((path, kind))
    if math.isfinite(value) and (known is None or value > known[1]):
        found[path, kind] = title, value


def _leaves(
    value: Any, at: Field | None, path: str, titles: tuple[str, ...]
) -> Iterator[tuple[str, str, Any]]:
    """Yield path, title and value of everything in a record; items of a list share one path."""
    if isinstance(value, Mapping):
        children = at.children if at is not None else {}
        for key, item in value.items():
            child = children.get(key)
            name = child.title if child is not None and child.title else str(key)
            yield from _leaves(item, child, f"{path}.{key}", (*titles, name))
        return
    if isinstance(value, list):
        for item in value:
            yield from _leaves(item, at.items if at is not None else None, f"{path}[]", titles)
    yield path, f"“{': '.join(titles)}”", value


def _number(value: float) -> str:
    near = round(value, 1)
    return num(int(near) if near == int(near) else Decimal(repr(near)))
