"""The functions of expressions: one table, an English name and a Vietnamese alias each.

Where nothing else is said, a function over a blank gives a blank.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from generator.expressions.values import (
    ExpressionError,
    Number,
    Series,
    divide,
    flat,
    is_small,
    kind,
    multiply,
    number,
    round_half_up,
    show,
    subtract,
    tidy,
    total,
)
from generator.vietnamese import TextFormError
from generator.vietnamese.dates import parse_date


# ---------------------------------------------------------------- sums
def _sum(*values: Any, bo_trong: Any = False) -> Number | None:
    if all(map(is_small, values)):  # nearly every sum of a statistical form
        return number(sum(values))
    series = _gathered(values)
    if len(series.filled) < len(series) and (not bo_trong or not series.filled):
        return None
    return series.total


def _count(values: Any, value: Any = None) -> int | None:
    series = _series(values)
    return len(series.filled if value is None else series.places.get(value, ()))


def _mean(*values: Any, bo_trong: Any = False) -> Number | None:
    series = _gathered(values)
    whole = _sum(series, bo_trong=bo_trong)
    return divide(whole, len(series.filled)) if series.filled else None


def _extreme(last: int) -> Callable[..., Any]:
    def find(*values: Any, bo_trong: Any = False) -> Any:
        series = _gathered(values)
        if not series.filled or (len(series.filled) < len(series) and not bo_trong):
            return None
        if all(isinstance(value, date) for value in series.filled):
            return sorted(series.filled)[last]
        return series.ordered[last]

    return find


# ---------------------------------------------------------------- shares and comparisons
def _share(part: Any, whole: Any, decimals: Any = None) -> Any:
    if not number(whole):
        raise ExpressionError(f"không tính được tỷ lệ của {show(part)} trên 0")
    return _places(divide(multiply(100, part), whole), decimals)


def _growth(now: Any, before: Any, decimals: Any = None) -> Any:
    if not number(before):
        raise ExpressionError(f"không tính được tỷ lệ tăng, giảm của {show(now)} so với 0")
    return _places(divide(multiply(100, subtract(now, before)), before), decimals)


def _places(value: Any, decimals: Any) -> Any:
    return value if decimals is None else round_half_up(value, decimals)


def _absolute(value: Any) -> Number:
    exact = number(value)
    return -exact if exact < 0 else exact


def _rank(value: Any, values: Any, tang: Any = False) -> int:
    ordered, own = _series(values).ordered, number(value)
    return bisect_left(ordered, own) + 1 if tang else len(ordered) - bisect_right(ordered, own) + 1


# ---------------------------------------------------------------- groups
def _sum_if(values: Any, keys: Any, key: Any) -> Number | None:
    figures, places = _series(values), _paired(values, keys).places.get(key, [])
    chosen = [figures[place] for place in places]
    return None if None in chosen else total(chosen)


def _totals_by(keys: Any, values: Any) -> list[dict[str, Any]]:
    figures = _series(values)
    return [
        {"ten": key, "so": len(places), "tong": _sum(Series(figures[place] for place in places))}
        for key, places in _paired(values, keys).places.items()
        if key is not None
    ]


def _paired(values: Any, keys: Any) -> Series:
    if len(_series(values)) != len(_series(keys)):
        raise ExpressionError(
            f"hai danh sách không dài bằng nhau: {len(_series(values))} và {len(_series(keys))} mục"
        )
    return _series(keys)


# ---------------------------------------------------------------- blanks, dates, lists
def _or_else(value: Any, other: Any) -> Any:
    return other if value is None else value


def _days(start: Any, end: Any) -> int:
    return (_date(end) - _date(start)).days


def _year(value: Any) -> int:
    return _date(value).year


def _rising(*values: Any) -> bool:
    ordered = _comparable(values)
    return all(a < b for a, b in pairwise(ordered))


def _not_falling(*values: Any) -> bool:
    ordered = _comparable(values)
    return all(a <= b for a, b in pairwise(ordered))


def _comparable(values: Any) -> list[Any]:
    filled = [value for value in flat(values) if value is not None]
    dates = bool(filled) and isinstance(filled[0], date)
    return [_date(value) if dates else number(value) for value in filled]


def _distinct(values: Any) -> bool:
    filled = [
        value.casefold() if isinstance(value, str) else value for value in _series(values).filled
    ]
    return len(set(filled)) == len(filled)


_DEADLINE = re.compile(
    r"(?i)\b(?:trước|chậm nhất|muộn nhất|hạn cuối|thời hạn)(?: là| đến)?(?: ngày)?[ *:]*"
    r"([0-9]{1,2}/[0-9]{1,2}/[0-9]{4})(?![0-9/])"
)


def _deadlines(text: Any) -> list[date]:
    if not isinstance(text, str):
        raise ExpressionError(f"{show(text)} là {kind(text)}, chỗ này cần chữ")
    found = []
    for match in _DEADLINE.finditer(text):
        try:
            found.append(parse_date(match[1]))
        except TextFormError:  # 30/2/2018: no date, and told by nobody else
            continue
    return found


def _date(value: Any) -> date:
    if isinstance(value, date):
        return value
    raise ExpressionError(f"{show(value)} là {kind(value)}, chỗ này cần ngày")


def _gathered(values: Sequence[Any]) -> Series:
    """Return all numbers of a call; those of one list keep what was computed of it before."""
    one = len(values) == 1 and isinstance(values[0], Series)
    return values[0].flat if one else Series(flat(values))


def _series(values: Any) -> Series:
    if isinstance(values, Series):
        return values
    if isinstance(values, (tuple, list)):
        return Series(values)
    raise ExpressionError(f"{show(values)} là {kind(values)}, chỗ này cần danh sách")


# ---------------------------------------------------------------- how an explanation writes them
Written = Callable[[Sequence[str]], str]


def _plus(terms: Sequence[str]) -> str:
    return " + ".join(terms) if terms else "0"


def _hundred_times(terms: Sequence[str]) -> str:
    return f"100 × {terms[0]} / {terms[1]}"


def _minus(terms: Sequence[str]) -> str:
    return f"{terms[0]} − {terms[1]}"


def _increase(terms: Sequence[str]) -> str:
    return f"100 × ({terms[0]} − {terms[1]}) / {terms[1]}"


def _first(terms: Sequence[str]) -> str:
    return terms[0]


# ---------------------------------------------------------------- the table
@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """One function: how it is called, what it gives, how an explanation writes it."""

    name: str
    alias: str
    call: Callable[..., Any]
    least: int
    most: int | None  # positional values; None for any number
    gives: str
    options: tuple[str, ...] = ()
    sees_blank: bool = False  # decides itself what a blank gives
    written: Written | None = None
    level: int = 9  # how tightly the written form binds: 4 as a sum, 5 as a product, 9 as a word


_SKIP = ("bo_trong",)
_TABLE = (
    Function(
        name="sum", alias="tong", call=_sum, least=1, most=None, options=_SKIP, sees_blank=True,
        written=_plus, level=4,
        gives="Tổng các số; có số trống thì trống, trừ khi ghi bo_trong=true",
    ),
    Function(
        name="count", alias="dem", call=_count, least=1, most=2,
        gives="Số mục không trống của danh sách, hoặc số mục bằng giá trị thứ hai",
    ),
    Function(
        name="mean", alias="trung_binh", call=_mean, least=1, most=None, options=_SKIP,
        sees_blank=True, gives="Trung bình cộng",
    ),
    Function(
        name="min", alias="nho_nhat", call=_extreme(0), least=1, most=None, options=_SKIP,
        sees_blank=True, gives="Số nhỏ nhất, hoặc ngày sớm nhất",
    ),
    Function(
        name="max", alias="lon_nhat", call=_extreme(-1), least=1, most=None, options=_SKIP,
        sees_blank=True, gives="Số lớn nhất, hoặc ngày muộn nhất",
    ),
    Function(
        name="share", alias="ty_le", call=_share, least=2, most=3, written=_hundred_times, level=5,
        gives="Số này bằng bao nhiêu phần trăm số kia; số thứ ba là số chữ số thập phân",
    ),
    Function(
        name="difference", alias="so_sanh", call=subtract, least=2, most=2, written=_minus, level=4,
        gives="Số năm nay trừ số cùng kỳ: dương là tăng, âm là giảm",
    ),
    Function(
        name="growth", alias="so_sanh_ty_le", call=_growth, least=2, most=3, written=_increase,
        level=5, gives="Tăng (âm là giảm) bao nhiêu phần trăm so với cùng kỳ",
    ),
    Function(
        name="round", alias="lam_tron", call=round_half_up, least=1, most=2,
        gives="Số làm tròn đến số chữ số thập phân đã cho, nửa thì làm tròn lên",
    ),
    Function(
        name="abs", alias="tri_tuyet_doi", call=_absolute, least=1, most=1,
        gives="Số không dấu",
    ),
    Function(
        name="rank", alias="xep_hang", call=_rank, least=2, most=2, options=("tang",),
        gives="Thứ hạng của số trong danh sách, lớn nhất là 1, bằng nhau thì cùng hạng",
    ),
    Function(
        name="sum_if", alias="tong_khi", call=_sum_if, least=3, most=3, sees_blank=True,
        gives="Tổng các số mà mục cùng thứ tự ở danh sách thứ hai bằng giá trị thứ ba",
    ),
    Function(
        name="totals_by", alias="tong_theo", call=_totals_by, least=2, most=2,
        gives="Danh sách nhóm: ten, so (số mục), tong; nhóm theo danh sách thứ nhất",
    ),
    Function(
        name="is_blank", alias="trong", call=lambda value: value is None, least=1, most=1,
        sees_blank=True, gives="Đúng khi giá trị để trống",
    ),
    Function(
        name="or_else", alias="neu_trong", call=_or_else, least=2, most=2, sees_blank=True,
        written=_first, gives="Giá trị thứ nhất, nếu trống thì giá trị thứ hai",
    ),
    Function(
        name="days", alias="so_ngay", call=_days, least=2, most=2,
        gives="Số ngày từ ngày thứ nhất đến ngày thứ hai",
    ),
    Function(name="year", alias="nam_cua", call=_year, least=1, most=1, gives="Năm của ngày"),
    Function(
        name="rising", alias="tang_dan", call=_rising, least=1, most=None, sees_blank=True,
        gives="Đúng khi các số hoặc ngày tăng dần; chỗ trống bỏ qua",
    ),
    Function(
        name="not_falling", alias="khong_giam", call=_not_falling, least=1, most=None,
        sees_blank=True, gives="Như tang_dan, nhưng cho hai mục liền nhau bằng nhau",
    ),
    Function(
        name="distinct", alias="khong_lap", call=_distinct, least=1, most=1,
        gives="Đúng khi danh sách không có hai mục giống nhau",
    ),
    Function(
        name="deadlines", alias="thoi_han", call=_deadlines, least=1, most=1,
        gives="Các ngày đi sau chữ “trước”, “chậm nhất” … trong một văn bản",
    ),
)  # fmt: skip

FUNCTIONS: Mapping[str, Function] = {
    name: function for function in _TABLE for name in (function.name, function.alias)
}


def function_table() -> tuple[Function, ...]:
    """Return every function once, in the order of the documentation."""
    return _TABLE


def call(function: Function, values: Sequence[Any], options: Mapping[str, Any]) -> Any:
    """Return a function's value, blank where it cannot see a blank."""
    if not function.sees_blank and None in [value for value in values if _plain(value)]:
        return None
    try:
        return tidy_but_rounded(function, values, function.call(*values, **options))
    except TypeError as error:  # values no list can hold side by side, such as groups
        raise ExpressionError(f"hàm {function.alias} không dùng được với giá trị này") from error


def _plain(value: Any) -> bool:
    return not isinstance(value, (tuple, list, dict))


def tidy_but_rounded(function: Function, values: Sequence[Any], result: Any) -> Any:
    """Return a result without idle zeros, unless a number of places was asked for."""
    asked = function.name == "round" or (function.name in ("share", "growth") and len(values) == 3)
    return result if asked else tidy(result)
