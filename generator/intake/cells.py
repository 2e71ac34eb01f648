"""What stands in a cell, the same whatever program wrote the file."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal, Protocol

from generator.errors import DataError, Problem
from generator.records.places import column_letters
from generator.vietnamese import TextFormError
from generator.vietnamese.dates import from_excel_serial
from generator.vietnamese.numbers import Number, parse_number

# Beyond these a table is broken or hostile. Excel itself has 1,048,576 rows and 16,384 columns.
MOST_ROWS = 1_048_576
MOST_COLUMNS = 2_000
MOST_CELLS = 10_000_000  # and of any other element
LONGEST_TEXT = 1_000_000  # characters of a cell; Excel keeps 32,767
MOST_NOTED = 1_000  # merged ranges
SURE_DIGITS = 15  # of a number in a cell; Excel drops the others when they are typed


@dataclass(frozen=True, slots=True)
class Percent:
    """A number shown as a percentage, as shown: 25 for a cell that holds 0.25."""

    number: Number


@dataclass(frozen=True, slots=True)
class Padded:
    """A number shown with zeros before it: what is seen, and the number."""

    text: str
    number: Number


@dataclass(frozen=True, slots=True)
class Broken:
    """A cell whose content cannot be used, and what to do about it."""

    message: str
    hint: str


Value = str | bool | Number | date | Percent | Padded | Broken
Row = tuple[int, dict[int, Value]]
"""The number of a row and its cells that are not blank, by column, both from 1."""


@dataclass(slots=True)
class Notes:
    """What a sheet hides or joins, known in full when its rows have been read."""

    hidden_rows: list[int] = field(default_factory=list)  # only those with content
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)  # first and last
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)  # row, column to row, …


class Sheet(Protocol):
    """One sheet of a workbook, or a text file; read as a stream, as often as wanted."""

    @property
    def name(self) -> str:
        """Its name, empty for a text file."""

    @property
    def hidden(self) -> bool:
        """Whether the workbook does not show it."""

    @property
    def notes(self) -> Notes:
        """What its last reading noted."""

    def rows(self) -> Iterator[Row]:
        """Yield the rows that are not blank, in their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """A table file opened: its sheets, and what of it is left aside (macros, links)."""

    sheets: tuple[Sheet, ...]
    epoch: int = 1900  # of its days that are not formatted as dates; 0 where that is not known
    left_aside: tuple[str, ...] = ()  # as sentences


def not_followed(what: str) -> str:
    """Return the sentence on a part of a workbook that is left aside."""
    return f"tệp có {what}: không chạy, không đọc theo; chỉ dùng giá trị trong ô"


def refused(file: str, message: str, hint: str, at: str = "") -> DataError:
    """Return the error for a table file that cannot be read."""
    return DataError(Problem(file=file, at=at, message=message, hint=hint))


def too_wide(file: str, sheet: str, column: int) -> DataError:
    """Return the error for a sheet with data beyond any honest table."""
    return refused(
        file,
        f"trang có dữ liệu tới cột {column_letters(column)}, nhiều hơn {MOST_COLUMNS} cột",
        "xóa các cột thừa ở bên phải rồi lưu lại",
        sheet,
    )


# ---------------------------------------------------------------- numbers
def number_of(value: float) -> Number | Broken:
    """Return a cell's number as its sheet shows it: 15 digits, no noise of binary fractions.

    >>> number_of(0.1 + 0.2), number_of(15972.0)
    (Decimal('0.3'), 15972)
    """
    try:
        return parse_number(value)
    except TextFormError as error:
        return Broken(str(error), "sửa con số trong ô")


def percent_of(number: Number) -> Percent:
    """Return the percentage that a number is shown as."""
    shown = Decimal(number) * 100
    return Percent(int(shown) if shown == shown.to_integral_value() else shown.normalize())


def padded(number: Number, width: int) -> Padded | Number:
    """Return a number with the zeros its format ``000`` puts before it."""
    if width > 1 and isinstance(number, int) and 0 <= number < 10 ** (width - 1):
        return Padded(f"{number:0{width}d}", number)
    return number


def is_number(value: object) -> bool:
    """Return whether a value is a plain number."""
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def formatted(number: float, form: Format) -> Value:
    """Return a number as the format of its cell makes it read, dates apart."""
    if not math.isfinite(number):
        return Broken("ô chứa số không xác định", "sửa con số trong ô")
    value = number_of(number)
    if isinstance(value, Broken):
        return value
    if form.percent:
        return percent_of(value)
    return padded(value, form.width) if form.width else value


# ---------------------------------------------------------------- cells of no use
CLOCK = Broken("ô chứa giờ, không phải ngày hay số", "gõ lại ô dưới dạng Text")
UNCOMPUTED = Broken(
    "công thức chưa có kết quả lưu trong tệp",
    "mở tệp bằng Excel hoặc LibreOffice, chờ tính xong rồi lưu lại",
)
_ERRORS = {
    "#REF!": "công thức chỉ tới ô đã bị xóa",
    "#DIV/0!": "công thức chia cho 0",
    "#N/A": "công thức không tìm thấy giá trị",
    "#NAME?": "công thức gọi một tên không có",
    "#VALUE!": "công thức tính trên giá trị không hợp",
    "#NUM!": "công thức cho số không tính được",
    "#NULL!": "công thức viết sai vùng ô",
}


def error_cell(code: str) -> Broken:
    """Return what to say of a cell with an error such as ``#REF!``."""
    meaning = _ERRORS.get(code, "công thức bị lỗi")
    return Broken(f"ô báo lỗi {code[:20]}: {meaning}", "sửa công thức, hoặc gõ giá trị vào ô")


def day_of(serial: float, epoch: Literal[1900, 1904]) -> date | Broken:
    """Return the date of a cell that is formatted as one."""
    try:
        return from_excel_serial(serial, epoch)
    except TextFormError as error:
        return Broken(str(error), "gõ lại ngày, như 11/4/2018")


# ---------------------------------------------------------------- number formats
@dataclass(frozen=True, slots=True)
class Format:
    """What a number format does: date, clock time, percent, or zeros up to a width."""

    date: bool = False
    time: bool = False
    percent: bool = False
    width: int = 0


GENERAL = Format()
_DATE = Format(date=True)
_TIME = Format(time=True)
# ECMA-376 part 1, 18.8.30; 27 to 36 and 50 to 58 are dates of East Asian Excels.
_BUILT_IN: Mapping[int, Format] = {
    **dict.fromkeys((9, 10), Format(percent=True)),
    **dict.fromkeys((14, 15, 16, 17, 22, *range(27, 32), 36, *range(50, 59)), _DATE),
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47), _TIME),
}


def built_in(number: int) -> Format:
    """Return what a number format without a code of its own does."""
    return _BUILT_IN.get(number, GENERAL)


def read_format(code: str) -> Format:
    r"""Return what a number format does.

    >>> read_format("dd/mm/yyyy").date, read_format('[$-42A]d "tháng" m').date
    (True, True)
    >>> read_format("[h]:mm").time, read_format("0.0%").percent, read_format("000").width
    (True, True, 3)
    >>> read_format('#,##0 "ngày"') == GENERAL
    True
    """
    bare = _bare(code.partition(";")[0])
    if bare and not bare.strip("0"):
        return Format(width=len(bare)) if len(bare) > 1 else GENERAL
    letters = set(bare.lower())
    if letters & set("yd") or ("m" in letters and not letters & set("hs0#")):
        return _DATE
    if letters & set("hs"):
        return _TIME
    return Format(percent=True) if "%" in bare else GENERAL


def _bare(code: str) -> str:
    """Return a format code without quoted text, escaped letters, colours and locales."""
    kept: list[str] = []
    rest = iter(code)
    for char in rest:
        if char == '"':
            for quoted in rest:
                if quoted == '"':
                    break
        elif char in "\\_*":
            next(rest, "")
        elif char == "[":
            inside = "".join(_until(rest, "]"))
            if inside.lower().strip("hms") == "":  # elapsed time, as [h]
                kept.append(inside)
        else:
            kept.append(char)
    return "".join(kept).replace("General", "")


def _until(chars: Iterator[str], end: str) -> Iterator[str]:
    for char in chars:
        if char == end:
            return
        yield char
