"""The rules of a scoring sheet as values: rows, groups, what costs and earns points, classes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

from generator.expressions import Expression
from generator.expressions.values import show

_QUOTIENT = Context(prec=50, rounding=ROUND_HALF_UP)


class ScoreError(ValueError):
    """A figure of the sheet that its row cannot take; a Vietnamese sentence."""


def tidy(points: Decimal) -> Decimal:
    """Return points without idle zeros: 50, not 50.0 (the sheet prints ``12,5`` and ``10``).

    >>> tidy(Decimal("50.0")), tidy(Decimal("7.50"))
    (Decimal('50'), Decimal('7.5'))
    """
    whole = points.to_integral_value()
    return whole if points == whole else points.normalize()


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure of the sheet: the value, and the whole it is a part of where one is given."""

    value: Decimal
    whole: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Range:
    """As in “từ 80 đến dưới 90”: ``start`` belongs to it, ``below`` does not; None: no bound."""

    start: Decimal | None
    below: Decimal | None
    points: Decimal

    def holds(self, value: Decimal) -> bool:
        """Return whether a value lies in the range."""
        return (self.start is None or value >= self.start) and (
            self.below is None or value < self.below
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One row of the sheet."""

    ma: str
    nhan: str
    ten: str
    maximum: Decimal
    kind: str = "violations"
    deduction: Decimal = Decimal()  # for each violation counted
    floor: Decimal | None = None  # None: the row may fall below zero without end
    ranges: tuple[Range, ...] = ()
    steps: tuple[Decimal, ...] = ()
    target: Decimal | None = None  # the whole of a ratio, the limit of an inverse score
    decimals: int = 2
    value: Expression | None = None  # computed from the record instead of told by the scorer
    must_be_full: bool = False
    may_not_apply: bool = False
    alternative: str = ""  # of rows with the same word the best one counts

    @property
    def is_measured(self) -> bool:
        """Whether the points come from a figure, not from violations."""
        return self.kind != "violations"

    def after(self, violations: int) -> Decimal:
        """Return the points left after so many violations."""
        if not violations:
            return self.maximum
        left = self.maximum - violations * self.deduction
        return tidy(left if self.floor is None else max(left, self.floor))

    def of(self, measured: Measured) -> Decimal:
        """Return the points for a figure.

        Raises:
            ScoreError: the row has no points for it.
        """
        return tidy(_KINDS[self.kind](self, measured))


def _by_range(row: Criterion, measured: Measured) -> Decimal:
    value = measured.value
    if measured.whole is not None:
        value = _QUOTIENT.divide(100 * value, _filled(measured.whole))
    for each in row.ranges:
        if each.holds(value):
            return each.points
    raise ScoreError(f"{show(value)} không thuộc khoảng điểm nào của tiêu chí")


def _share(row: Criterion, measured: Measured) -> Decimal:
    whole = measured.whole if measured.whole is not None else row.target
    if whole is None:
        raise ScoreError("thiếu tổng số để tính tỷ lệ")
    if measured.value < 0:
        raise ScoreError(f"{show(measured.value)} nhỏ hơn 0")
    return _QUOTIENT.divide(measured.value, _filled(whole))


def _filled(whole: Decimal) -> Decimal:
    if whole <= 0:
        raise ScoreError(f"tổng số là {show(whole)}, không tính được tỷ lệ")
    return whole


def _rounded(row: Criterion, points: Decimal) -> Decimal:
    return _QUOTIENT.quantize(points, Decimal(1).scaleb(-row.decimals))


def _ratio(row: Criterion, measured: Measured) -> Decimal:
    return min(row.maximum, _rounded(row, row.maximum * _share(row, measured)))


def _inverse(row: Criterion, measured: Measured) -> Decimal:
    return max(Decimal(), _rounded(row, row.maximum * (1 - _share(row, measured))))


def _steps(row: Criterion, measured: Measured) -> Decimal:
    if measured.value not in row.steps:
        allowed = "; ".join(show(step) for step in row.steps)
        raise ScoreError(f"{show(measured.value)} không phải mức điểm của tiêu chí ({allowed})")
    return measured.value


def _points(row: Criterion, measured: Measured) -> Decimal:
    if not 0 <= measured.value <= row.maximum:
        raise ScoreError(f"{show(measured.value)} ngoài khoảng 0 đến {show(row.maximum)} điểm")
    return measured.value


_KINDS: Mapping[str, Callable[[Criterion, Measured], Decimal]] = {
    "ranges": _by_range,
    "ratio": _ratio,
    "inverse": _inverse,
    "steps": _steps,
    "points": _points,
}
KINDS = ("violations", *_KINDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group of rows with its heading."""

    ma: str
    ten: str
    criteria: tuple[Criterion, ...]
    cap: Decimal | None = None

    @property
    def maximum(self) -> Decimal:
        """The most the group can give; of alternatives the best one counts."""
        return self.capped(maximum_of(self.criteria))

    def capped(self, points: Decimal) -> Decimal:
        """Return points within the group's cap."""
        return tidy(points if self.cap is None else min(points, self.cap))


def maximum_of(criteria: tuple[Criterion, ...]) -> Decimal:
    """Return the most that some rows can give together."""
    alternatives: dict[str, Decimal] = {}
    total = Decimal()
    for row in criteria:
        if row.alternative:
            alternatives[row.alternative] = max(
                row.maximum, alternatives.get(row.alternative, Decimal())
            )
        else:
            total += row.maximum
    return total + sum(alternatives.values(), Decimal())


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """One class of the result: the first that holds is given."""

    title: str
    start: Decimal | None = None
    below: Decimal | None = None
    when: Expression | None = None

    def reached(self, points: Decimal) -> bool:
        """Return whether the points alone allow the class."""
        return Range(self.start, self.below, points).holds(points)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The scoring rules of a form; ``None`` as floor or cap means there is none."""

    into: str
    scorers: tuple[str, ...]
    deduction: Decimal
    deduction_per: str
    row_floor: Decimal | None
    bonus: Decimal
    bonus_per_case: bool
    bonus_cap: Decimal | None
    total_floor: Decimal | None
    total_cap: Decimal | None
    veto_result: str
    not_applicable: str  # "reduce", "rescale" or "full"
    rescale_decimals: int
    groups: tuple[Group, ...]
    classes: tuple[Class, ...] = ()

    def reward(self, cases: int) -> Decimal:
        """Return the bonus for so many cases."""
        points = self.bonus * (cases if self.bonus_per_case else min(cases, 1))
        return points if self.bonus_cap is None else min(points, self.bonus_cap)

    def bounded(self, total: Decimal) -> Decimal:
        """Return a total within its floor and cap."""
        if self.total_cap is not None:
            total = min(total, self.total_cap)
        return tidy(total if self.total_floor is None else max(total, self.total_floor))
