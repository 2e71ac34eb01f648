"""A record spread over the rows of a workbook's sheets: the way back from what is read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from generator.intake.layout import NO, NO_ITEM, YES, Column, Kind, Sheet

Value = str | int | float | date | None
_STEP = re.compile(r"[\w-]+|\[\d*\]")
_JSON_LIST = '["'  # how a cell begins that holds a list as JSON
_FIRST_DATE = date(1900, 3, 1)  # Excel counts a 29 February 1900 that never was
_SURE_DIGITS = 15  # of a number in a cell


def rows(sheet: Sheet, record: Mapping[str, Any], unit: Value) -> Iterator[list[Value]]:
    """Yield the rows a valid record has on a sheet, a value for each column.

    ``unit`` is what the record's rows are known by: the unit's name, or the number of its row.
    """
    for ordinals, item in items(record, sheet.path):
        yield [_value(column, item, sheet, unit, ordinals) for column in sheet.columns]


def steps(path: str) -> list[str]:
    """Return the steps of a column's key.

    >>> steps("thong_ke[].don_vi[].ten"), steps("bang.hang[][3]")
    (['thong_ke', '[]', 'don_vi', '[]', 'ten'], ['bang', 'hang', '[]', '[3]'])
    """
    return _STEP.findall(path)


def items(record: Any, path: str) -> Iterator[tuple[tuple[int, ...], Any]]:
    """Yield the values of a sheet's rows, each with the ordinals of the items on the way to it."""
    yield from _items(record, steps(path), ())


def _items(
    value: Any, path: Sequence[str], ordinals: tuple[int, ...]
) -> Iterator[tuple[tuple[int, ...], Any]]:
    if value is None:
        return
    if not path:
        yield ordinals, value
    elif path[0] == "[]":
        for ordinal, item in enumerate(value, start=1):
            yield from _items(item, path[1:], (*ordinals, ordinal))
    else:
        yield from _items(value.get(path[0]), path[1:], ordinals)


def _value(
    column: Column, item: Any, sheet: Sheet, unit: Value, ordinals: tuple[int, ...]
) -> Value:
    if column.kind is Kind.UNIT:
        return unit
    if column.kind is Kind.PARENT:
        return ordinals[-2]
    if column.kind is Kind.COMPUTED:
        return None
    own = column.key.removeprefix(sheet.path)
    if column.kind is Kind.LINES:
        own = own.removesuffix("[]")
    return _cell(column, _at(item, steps(own)))


def _at(value: Any, path: Sequence[str]) -> Any:
    """Return what a path without lists leads to, ``None`` where something on it is not there."""
    for step in path:
        if step.startswith("["):
            place = int(step[1:-1])
            value = value[place] if isinstance(value, list) and place < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


def _cell(column: Column, value: Any) -> Value:
    if value is None:
        return None
    make = _MAKERS.get(column.kind)
    if make is not None:
        return make(value)
    if isinstance(value, (dict, list)):  # an item that is an object where a text may stand
        return None
    return _number(value) if isinstance(value, (int, float, Decimal)) else str(value)


def _number(value: int | float | Decimal) -> Value:
    """Return a number as a cell keeps it: as text where Excel would drop its last digits."""
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    written = f"{exact:f}"
    if len(written.strip("-").replace(".", "").strip("0")) <= _SURE_DIGITS:
        return value if isinstance(value, int) else float(value)
    return written.replace(".", ",")


def _date(value: str) -> Value:
    day = date.fromisoformat(value)
    return day if day >= _FIRST_DATE else f"{day.day}/{day.month}/{day.year}"


def _lines(items: Sequence[str]) -> str | None:
    if any("\n" in item for item in items) or (items[:1] and items[0].startswith(_JSON_LIST)):
        return json.dumps(items, ensure_ascii=False)
    return "\n".join(items) or None


_MAKERS: Mapping[Kind, Callable[[Any], Value]] = {
    Kind.DATE: _date,
    Kind.LINES: _lines,
    Kind.YES_NO: lambda value: YES if value else NO,
    Kind.THERE: lambda value: YES,
    Kind.EMPTY: lambda value: None if value else NO_ITEM,
    Kind.JSON: lambda value: json.dumps(value, ensure_ascii=False, default=str),
}
