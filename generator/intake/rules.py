"""What the cells of a column accept: drop-down lists, numbers, dates."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from generator.intake.layout import NO, NO_ITEM, YES, Column, Kind

Rule = dict[str, Any]
"""A rule as XlsxWriter takes it."""
Source = str | list[str]
"""Where a drop-down list stands: the formula of its cells, or its values."""

_ANYTHING: Rule = {"validate": "any"}
_DATE: Rule = {
    "validate": "date",
    "criteria": "between",
    "minimum": date(1900, 1, 1),
    "maximum": date(9999, 12, 31),
    # Not a stop: a day before 1900, or one the machine's language cannot read, may stay as text.
    "error_type": "warning",
    "error_message": "Ghi ngày/tháng/năm, như 11/4/2018; máy không nhận thì ghi 2018-04-11.",
}
_CHOICES: Mapping[Kind, tuple[str, ...]] = {
    Kind.YES_NO: (YES, NO),
    Kind.THERE: (YES, NO),
    Kind.EMPTY: (NO_ITEM,),
}
_WHOLE = (Kind.INTEGER, Kind.PARENT)
_FURTHEST = 1e15  # beyond it a cell does not hold every whole number


def rule_of(column: Column, source: Callable[[Sequence[str]], Source]) -> Rule:
    """Return what a column's cells accept; ``source`` says where a list of choices stands."""
    choices = _CHOICES.get(column.kind) or _enumerated(column)
    if choices:
        return choose(source(choices), "Chọn một giá trị trong danh sách.")
    if column.kind is Kind.NUMBER or column.kind in _WHOLE:
        return _number(column)
    return _DATE if column.kind is Kind.DATE else _ANYTHING


def choose(source: Source, message: str) -> Rule:
    """Return the rule of a drop-down list."""
    return {"validate": "list", "source": source, "error_message": message}


def _enumerated(column: Column) -> tuple[str, ...]:
    if column.kind is not Kind.CHOICE or column.field is None:
        return ()
    return tuple(str(choice) for choice in column.field.raw["enum"] if choice is not None)


def _number(column: Column) -> Rule:
    whole = column.kind in _WHOLE
    bounds = column.field.raw if column.field else {"minimum": 1}
    least, most = bounds.get("minimum", -_FURTHEST), bounds.get("maximum", _FURTHEST)
    within = f" từ {least} đến {most}" if "maximum" in bounds and "minimum" in bounds else ""
    return {
        "validate": "integer" if whole else "decimal",
        "criteria": "between",
        "minimum": int(least) if whole else least,
        "maximum": int(most) if whole else most,
        "error_message": f"Ghi một {'số nguyên' if whole else 'số'}{within}.",
    }
