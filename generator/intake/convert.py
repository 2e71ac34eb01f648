"""What a cell means in the field it belongs to: text, number, date, yes or no."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, Literal

from generator.errors import DataError
from generator.intake.cells import (
    SURE_DIGITS,
    Broken,
    Padded,
    Percent,
    Value,
    day_of,
    is_number,
)
from generator.intake.layout import NO, NO_ITEM, YES, Column, Kind
from generator.records.data import parse_json
from generator.vietnamese.dates import short_date
from generator.vietnamese.plain import plain
from generator.vietnamese.text import strip_diacritics

_EARLIEST_YEAR, _LATEST_YEAR = 1900, 2199  # what a plain number in a date column may mean
_EARLIEST_DAY = 18_264  # 1/1/1950: a smaller number is hardly a day


@dataclass(frozen=True, slots=True)
class Doubt:
    """A cell that cannot be read as its field: what is wrong, what to do."""

    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Noted:
    """A value that somebody should look at, and why."""

    value: Any
    message: str


Converted = Any  # a value as JSON holds it, a Doubt, or a Noted
Convert = Callable[[Value], Converted]


def converter(column: Column, epoch: int) -> Convert:
    """Return what reads the cells of a column; ``epoch`` is the date system, 0 unknown."""
    if column.kind is Kind.DATE:
        return partial(_date, epoch=epoch)
    return _CONVERTERS[column.kind]


def _text(value: Value) -> Converted:
    if type(value) is str:
        return value.strip()
    if is_number(value):
        return _digits(value)
    if isinstance(value, Padded):
        return value.text
    if isinstance(value, Percent):
        return f"{plain(value.number)}%"
    return _unfit(value, "chữ")


def _digits(value: Any) -> Converted:
    """Return a number as a text field prints it: as the sheet shows it."""
    if len(str(abs(value)).replace(".", "").lstrip("0")) > SURE_DIGITS:
        return Doubt(
            f"ô là số dài hơn {SURE_DIGITS} chữ số, Excel không giữ được các chữ số cuối",
            "định dạng ô là Text rồi gõ lại",
        )
    return plain(value)


def _number(value: Value) -> Converted:
    if type(value) is str:
        return value.strip()  # read by the schema, the Vietnamese way
    if is_number(value):
        return value
    if isinstance(value, (Padded, Percent)):
        return value.number
    return _unfit(value, "số")


# As many figures after the one mark as a group of thousands has: two people read two numbers.
_TWO_WAYS = re.compile(r"[-+−]?([1-9][0-9]{0,2})[.,]([0-9]{3})")


def _decimal(value: Value) -> Converted:
    if type(value) is str and (match := _TWO_WAYS.fullmatch(value.strip())):
        whole, places = match.groups()
        return Doubt(
            f"“{value.strip()}” có thể đọc là {whole},{places} hoặc {whole}{places}",
            f"ghi {whole}{places} nếu là số lớn, hoặc {whole},{places}0 nếu là số lẻ",
        )
    return _number(value)


def _mixed(value: Value) -> Converted:
    return _number(value) if not isinstance(value, Padded) else value.text


def _date(value: Value, *, epoch: int) -> Converted:
    if type(value) is str:
        return value.strip()
    if type(value) is date:
        return value.isoformat()
    if is_number(value):
        return _serial(value, epoch)
    return _unfit(value, "ngày")


def _serial(value: Any, epoch: int) -> Converted:
    """Return the day a plain number means in a date column, if it can only be a day."""
    system: Literal[1900, 1904] = 1904 if epoch == 1904 else 1900
    day = day_of(float(value), system)
    if isinstance(day, Broken) or not epoch or value != int(value):
        return Doubt(f"ô là số {plain(value)}, không phải là ngày", "gõ ngày như 11/4/2018")
    if _EARLIEST_YEAR <= value <= _LATEST_YEAR:
        return Doubt(
            f"ô là số {value}: có thể là năm {value}, hoặc ngày {short_date(day)} của Excel",
            "gõ đủ ngày, tháng, năm như 11/4/2018",
        )
    if value < _EARLIEST_DAY:
        return Doubt(f"ô là số {plain(value)}, không phải là ngày", "gõ ngày như 11/4/2018")
    return Noted(day.isoformat(), f"số {value} được đọc là ngày {short_date(day)}")


_ANSWERS: Mapping[str, bool] = {
    **dict.fromkeys(("co", "x", "dung", "true", "yes", "1", "✓", "v"), True),
    **dict.fromkeys(("khong", "sai", "false", "no", "0"), False),
}


def _yes_no(value: Value) -> Converted:
    if isinstance(value, bool):
        return value
    if is_number(value):
        value = str(value)
    if type(value) is str:
        answer = _ANSWERS.get(strip_diacritics(value).strip().casefold())
        return (
            Doubt(f"“{value.strip()}” không rõ là có hay không", f"ghi {YES} hoặc {NO}")
            if (answer is None)
            else answer
        )
    return _unfit(value, f"{YES} hoặc {NO}")


def _there(value: Value) -> Converted:
    return _yes_no(value)


def _empty(value: Value) -> Converted:
    if type(value) is str and strip_diacritics(value).casefold().strip() == _NO_ITEM:
        return True
    return Doubt("ô này chỉ nhận một câu", f"chọn “{NO_ITEM}”, hoặc để trống")


_NO_ITEM = strip_diacritics(NO_ITEM).casefold()


def _lines(value: Value) -> Converted:
    text = _text(value)
    if type(text) is not str:
        return text
    if text.startswith('["'):
        return _json(text)
    return [line.strip() for line in text.split("\n") if line.strip()]


def _long(value: Value) -> Converted:
    text = _text(value)
    if type(text) is str and text.startswith('{"$file"'):
        return _json(text)
    return text


def _json(value: Value) -> Converted:
    if type(value) is not str:
        return value.number if isinstance(value, (Padded, Percent)) else _mixed(value)
    try:
        return parse_json(value, "")
    except DataError as error:
        problem = error.problems[0]
        return Doubt(f"{problem.message} ({problem.at})", problem.hint)


def _unfit(value: Value, wanted: str) -> Doubt:
    """Return why a value of another kind does not fit its field."""
    if isinstance(value, Broken):
        return Doubt(value.message, value.hint)
    if isinstance(value, bool):
        return Doubt(f"ô là {'TRUE' if value else 'FALSE'}, ở đây cần {wanted}", "gõ lại ô")
    if isinstance(value, date):
        return Doubt(
            f"ô là ngày {short_date(value)}, ở đây cần {wanted}; Excel tự đổi khi gõ như 3/5",
            "định dạng ô là Text rồi gõ lại",
        )
    return Doubt(f"ô là {_shown(value)}, ở đây cần {wanted}", "gõ lại ô")


def _shown(value: Value) -> str:
    if isinstance(value, Percent):
        return f"{plain(value.number)}%"
    if isinstance(value, (int, Decimal)):
        return f"số {plain(value)}"
    return json.dumps(str(value), ensure_ascii=False)


_CONVERTERS: Mapping[Kind, Convert] = {
    Kind.TEXT: _text,
    Kind.LONG: _long,
    Kind.LINES: _lines,
    Kind.INTEGER: _number,
    Kind.NUMBER: _decimal,
    Kind.CHOICE: _text,
    Kind.YES_NO: _yes_no,
    Kind.MIXED: _mixed,
    Kind.THERE: _there,
    Kind.EMPTY: _empty,
    Kind.JSON: _json,
    Kind.UNIT: _text,
    Kind.PARENT: _number,
}
