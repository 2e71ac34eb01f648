"""Values of expressions: exact numbers, texts, dates, truths, lists, and the blank.

Numbers are whole (``int``) or decimal (``Decimal``), never binary fractions. Sums, differences and
products are exact; a quotient has ``QUOTIENT_DIGITS`` significant digits, rounded half up.
Nothing else is ever rounded unless an expression asks for it (``lam_tron``, ``ty_le(…, 1)``).
Blank (``None``) is not zero: whatever is computed from a blank is blank.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cached_property
from typing import Any

from generator.vietnamese import TextFormError, shown
from generator.vietnamese.dates import PartialDate, short_date
from generator.vietnamese.numbers import format_number, parse_number, rounded

QUOTIENT_DIGITS = 50
_EXACT = Context(prec=450, rounding=ROUND_HALF_UP)
_QUOTIENT = Context(prec=QUOTIENT_DIGITS, rounding=ROUND_HALF_UP)
_MOST_DIGITS = 100
_LIMIT = 10**_MOST_DIGITS
_WORD = 2**63  # whole numbers up to here need no looking after: nearly all there are
_MOST_SHOWN = 12  # terms of a long sum that an explanation writes out
_PLACES_SHOWN = 4

Number = int | Decimal


class ExpressionError(ValueError):
    """An expression that cannot be used, or not with these values; a Vietnamese sentence."""


class Series(tuple[Any, ...]):
    """A list's values as an expression sees them; what is asked again is computed once."""

    @cached_property
    def filled(self) -> tuple[Any, ...]:
        """The values that are not blank."""
        return tuple(value for value in self if value is not None)

    @cached_property
    def flat(self) -> Series:
        """The values one by one, those of lists inside the list in their place."""
        nested = any(isinstance(value, (tuple, list)) for value in self)
        return Series(flat(self)) if nested else self

    @cached_property
    def total(self) -> Number:
        """The sum of the values that are not blank."""
        return total(self.filled)

    @cached_property
    def ordered(self) -> list[Any]:
        """The values that are not blank, rising."""
        return sorted(map(number, self.filled))

    @cached_property
    def places(self) -> dict[Any, list[int]]:
        """Value -> where it stands in the list, in the order of first appearance."""
        found: dict[Any, list[int]] = {}
        for index, value in enumerate(self):
            found.setdefault(value, []).append(index)
        return found


# ---------------------------------------------------------------- kinds
_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "đúng hoặc sai"),
    ((int, Decimal, float), "số"),
    (date, "ngày"),
    (str, "chữ"),
    ((tuple, list), "danh sách"),
    (Mapping, "nhóm trường"),
)


def kind(value: Any) -> str:
    """Return what a value is, in words: số, chữ, ngày, đúng hoặc sai, danh sách, nhóm trường."""
    return next((words for types, words in _KINDS if isinstance(value, types)), "giá trị lạ")


def is_small(value: Any) -> bool:
    """Return whether a value is a whole number that needs no looking after."""
    return type(value) is int and -_WORD < value < _WORD


def number(value: Any) -> Number:
    """Return a value as an exact number.

    Raises:
        ExpressionError: it is none, or longer than any official figure.
    """
    if type(value) is int:
        if -_LIMIT < value < _LIMIT:
            return value
        raise ExpressionError(f"số có hơn {_MOST_DIGITS} chữ số")
    if isinstance(value, (Decimal, float)):
        try:
            return parse_number(value)
        except TextFormError as error:
            raise ExpressionError(str(error)) from error
    raise ExpressionError(f"{show(value)} là {kind(value)}, chỗ này cần số")


def truth(value: Any) -> bool | None:
    """Return a condition's value: true, false, or blank for a condition over a blank.

    A number or a text is no condition: zero is not blank, and a template's habit of taking both
    for "nothing" is the usual cause of wrong figures.
    """
    if value is None or isinstance(value, bool):
        return value
    raise ExpressionError(f"{show(value)} là {kind(value)}, điều kiện phải là một phép so sánh")


# ---------------------------------------------------------------- arithmetic
def _bounded(result: Number) -> Number:
    if type(result) is int:
        return number(result)
    if result.adjusted() >= _MOST_DIGITS:  # type: ignore[union-attr]
        raise ExpressionError(f"kết quả có hơn {_MOST_DIGITS} chữ số")
    return result


def _exactly(
    whole: Callable[[int, int], int], decimal: Callable[[Any, Any], Decimal]
) -> Callable[[Any, Any], Any]:
    def compute(left: Any, right: Any) -> Any:
        if left is None or right is None:
            return None
        if is_small(left) and is_small(right):
            return whole(left, right)
        a, b = number(left), number(right)
        return _bounded(whole(a, b) if type(a) is type(b) is int else decimal(a, b))

    return compute


add = _exactly(lambda a, b: a + b, _EXACT.add)
subtract = _exactly(lambda a, b: a - b, _EXACT.subtract)
multiply = _exactly(lambda a, b: a * b, _EXACT.multiply)


def divide(left: Any, right: Any) -> Any:
    """Return the quotient, exact where it is a whole number.

    Raises:
        ExpressionError: division by zero.
    """
    if left is None or right is None:
        return None
    a, b = number(left), number(right)
    if not b:
        raise ExpressionError(f"không chia được {show(a)} cho 0")
    return tidy(_bounded(_QUOTIENT.divide(Decimal(a), Decimal(b))))


def negate(value: Any) -> Any:
    """Return the number with its other sign."""
    return subtract(0, value)


def total(values: Iterable[Any]) -> Number:
    """Return the exact sum of numbers."""
    result: Number = 0
    for value in values:
        result = add(result, value)
    return result


def tidy(value: Any) -> Any:
    """Return a number without idle zeros, whole ones as ``int``.

    >>> tidy(Decimal("50.0")), tidy(Decimal("7.50")), tidy("x")
    (50, Decimal('7.5'), 'x')
    """
    if not isinstance(value, Decimal):
        return value
    whole = value.to_integral_value()
    return int(whole) if value == whole else _EXACT.normalize(value)


def round_half_up(value: Any, decimals: Any = 0) -> Any:
    """Return a number with that many places, rounded half up."""
    if value is None:
        return None
    try:
        return rounded(number(value), decimals)
    except TextFormError as error:
        raise ExpressionError(str(error)) from error


# ---------------------------------------------------------------- comparison
def _ordered(left: Any, right: Any) -> tuple[Any, Any]:
    if kind(left) != kind(right) or kind(left) not in ("số", "ngày"):
        raise ExpressionError(
            f"không so được {show(left)} ({kind(left)}) với {show(right)} ({kind(right)})"
        )
    return (number(left), number(right)) if kind(left) == "số" else (left, right)


def _order(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    return lambda left, right: test(*_ordered(left, right))


def _equal(left: Any, right: Any) -> bool:
    if kind(left) != kind(right):
        raise ExpressionError(
            f"không so được {show(left)} ({kind(left)}) với {show(right)} ({kind(right)})"
        )
    return bool(number(left) == number(right) if kind(left) == "số" else left == right)


def _within(left: Any, right: Any) -> bool:
    if not isinstance(right, (tuple, list)):
        raise ExpressionError(f"{show(right)} là {kind(right)}, sau “in” phải là danh sách")
    return left in right


# Jinja's names of the operators -> sign, test
COMPARISONS: Mapping[str, tuple[str, Callable[[Any, Any], bool]]] = {
    "eq": ("=", _equal),
    "ne": ("≠", lambda left, right: not _equal(left, right)),
    "lt": ("<", _order(lambda left, right: left < right)),
    "lteq": ("≤", _order(lambda left, right: left <= right)),
    "gt": (">", _order(lambda left, right: left > right)),
    "gteq": ("≥", _order(lambda left, right: left >= right)),
    "in": ("thuộc", _within),
    "notin": ("không thuộc", lambda left, right: not _within(left, right)),
}


_OF_WHOLES: Mapping[str, Callable[[int, int], bool]] = {
    "eq": int.__eq__, "ne": int.__ne__, "lt": int.__lt__, "lteq": int.__le__,
    "gt": int.__gt__, "gteq": int.__ge__,
}  # fmt: skip


def compare(operator: str, left: Any, right: Any) -> bool | None:
    """Return whether the comparison holds, blank where one side is blank or a date half known."""
    if left is None or right is None:
        return None
    if operator in _OF_WHOLES and is_small(left) and is_small(right):
        return _OF_WHOLES[operator](left, right)
    if isinstance(left, PartialDate) or isinstance(right, PartialDate):
        return None
    return COMPARISONS[operator][1](left, right)


# ---------------------------------------------------------------- in words
def show(value: Any) -> str:
    """Return a value as explanations and messages write it.

    >>> show(15972), show(Decimal("12.50")), show(date(2018, 6, 10)), show(None)
    ('15.972', '12,5', '10/6/2018', '(trống)')
    """
    if value is None:
        return "(trống)"
    if isinstance(value, bool):
        return "đúng" if value else "sai"
    if isinstance(value, (int, Decimal, float)):
        return _show_number(value)
    if isinstance(value, date):
        return short_date(value)
    if isinstance(value, (tuple, list)):
        return _show_list(value)
    return shown(value) if isinstance(value, str) else kind(value)


def _show_number(value: Any) -> str:
    try:
        return format_number(short(value)).replace("-", "−")
    except TextFormError:  # longer than any number is written
        return shown(value)


def short(value: Any) -> Any:
    """Return a number with no more places than people read: a long quotient has four."""
    exact = tidy(parse_number(value) if isinstance(value, float) else value)
    return exact if is_short(exact) else tidy(rounded(exact, _PLACES_SHOWN))


def is_short(value: Any) -> bool:
    """Return whether :func:`short` keeps all places of a number."""
    exponent = value.as_tuple().exponent if isinstance(value, Decimal) else 0
    return isinstance(exponent, int) and exponent >= -2 * _PLACES_SHOWN


def _show_list(values: Any) -> str:
    first = [show(value) for value in values[:_MOST_SHOWN]]
    rest = [f"… ({len(values)} mục)"] if len(values) > _MOST_SHOWN else []
    return f"[{', '.join(first + rest)}]"


def flat(values: Iterable[Any]) -> Iterator[Any]:
    """Yield values one by one, those of lists in their place."""
    for value in values:
        if isinstance(value, (tuple, list)):
            yield from flat(value)
        else:
            yield value
