"""Dates as NĐ 30/2020 writes them, open dates, ranges, and the dates data files really hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from generator.patterns import regex
from generator.vietnamese import BLANK, Blank, TextFormError, shown
from generator.vietnamese.words import cardinal

# The decree pads every day below 10, but only months 1 and 2: "tháng 3", never "tháng 03".
_DAYS = tuple(f"{day:02d}" for day in range(32))
_MONTHS = ("", "01", "02", *(str(month) for month in range(3, 13)))
_MONTH_WORDS = (
    *("", "Một", "Hai", "Ba", "Tư", "Năm", "Sáu"),
    *("Bảy", "Tám", "Chín", "Mười", "Mười một", "Mười hai"),
)
_QUARTERS = ("I", "II", "III", "IV")
_WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")

_CLOCK = r"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?:Z|[-+][0-9]{2}:?[0-9]{2})?)?"
_YMD = regex(rf"([0-9]{{4}})-([0-9]{{1,2}})-([0-9]{{1,2}}){_CLOCK}")
_DMY = regex(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4})")
_SHORT_YEAR = regex(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{2})")
_LONG = regex(r"ngày ([0-9]{1,2}) tháng ([0-9]{1,2}) năm ([0-9]{4})")
_YM = regex(r"([0-9]{4})-([0-9]{1,2})")
_MY = regex(r"(?:tháng )?([0-9]{1,2})(?:[/.-]| năm )([0-9]{4})")
_Y = regex(r"(?:năm )?([0-9]{4})")

_LAST_SERIAL = 2_958_465  # 31/12/9999


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date whose day, or day and month, is still open.

    >>> PartialDate(2026, 4)
    PartialDate(year=2026, month=4, day=None)

    Raises:
        TextFormError: an impossible month or day, or a day without a month.
    """

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if self.day is not None and self.month is None:
            raise TextFormError(f"ngày {self.day} năm {self.year} thiếu tháng")
        # A month alone must exist too; its first day always does.
        _checked(self.year, self.month or 1, self.day or 1, str(self))

    def __str__(self) -> str:
        """Return the parts that are known, as d/m/yyyy.

        >>> str(PartialDate(2026, 4))
        '4/2026'
        """
        return "/".join(str(part) for part in (self.day, self.month, self.year) if part is not None)


DateLike = date | PartialDate | str | None


def parse_date(value: object) -> date:
    """Return the full date meant by a value as data files hold it.

    >>> parse_date("2018-04-11"), parse_date("11/4/2018")
    (datetime.date(2018, 4, 11), datetime.date(2018, 4, 11))
    >>> parse_date("ngày 11 tháng 4 năm 2018"), parse_date(datetime(2018, 4, 11, 7, 30))
    (datetime.date(2018, 4, 11), datetime.date(2018, 4, 11))

    Of a date with a clock the day is kept as written. A number is refused: only its column knows
    whether it is an Excel serial (``from_excel_serial``).

    Raises:
        TextFormError: no date, an impossible one, or one with open parts.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    partial = parse_partial_date(value)
    if partial.month is None or partial.day is None:
        raise TextFormError(f"{shown(value)} chưa đủ ngày, tháng, năm")
    return date(partial.year, partial.month, partial.day)


def parse_partial_date(value: object) -> PartialDate:
    """Return a date of which only the year, or the year and the month, need be known.

    >>> parse_partial_date("2026-04"), parse_partial_date("4/2026")
    (PartialDate(year=2026, month=4, day=None), PartialDate(year=2026, month=4, day=None))
    >>> parse_partial_date("2026"), parse_partial_date("11/4/2026")
    (PartialDate(year=2026, month=None, day=None), PartialDate(year=2026, month=4, day=11))
    """
    if isinstance(value, PartialDate):
        return value
    if isinstance(value, date):
        return PartialDate(value.year, value.month, value.day)
    if isinstance(value, int) and not isinstance(value, bool) and 1000 <= value <= 9999:
        return PartialDate(value)
    if isinstance(value, str):
        return _from_text(value)
    raise TextFormError(f"{shown(value)} không phải là ngày")


def from_excel_serial(serial: float, epoch: Literal[1900, 1904] = 1900) -> date:
    """Return the date of an Excel cell that arrives as a number of days.

    >>> from_excel_serial(43201), from_excel_serial(41739, epoch=1904)
    (datetime.date(2018, 4, 11), datetime.date(2018, 4, 11))

    ``epoch`` is the workbook's date system. Its clock time is dropped.

    Raises:
        TextFormError: outside Excel's calendar, or day 60 of 1900, which never was (29/02/1900).
    """
    if isinstance(serial, bool) or not isinstance(serial, int | float) or serial != serial:
        raise TextFormError(f"{shown(serial)} không phải là ngày của Excel")
    first = 1 if epoch == 1900 else 0
    if not first <= serial < _LAST_SERIAL + 1 - (1462 if epoch == 1904 else 0):
        raise TextFormError(f"{shown(serial)} nằm ngoài lịch của Excel")
    days = int(serial)
    if epoch == 1904:
        return date(1904, 1, 1) + timedelta(days)
    if days == 60:
        raise TextFormError("số 60 của Excel là ngày 29/02/1900, ngày không có thật")
    # Excel counts a 29/02/1900, so its own day 0 differs on the two sides of it.
    return date(1899, 12, 31 if days < 60 else 30) + timedelta(days)


def short_date(value: DateLike) -> str:
    """Return a date in figures: day padded, month padded only when 1 or 2.

    >>> short_date("2018-03-08")
    '08/3/2018'
    >>> short_date(date(2008, 2, 14)), short_date(PartialDate(2024)), short_date(None)
    ('14/02/2008', '……/……/2024', '……/……/……')
    """
    if isinstance(value, date):
        return f"{_DAYS[value.day]}/{_MONTHS[value.month]}/{value.year}"
    if isinstance(value, Blank):
        return value
    day, month, year = _parts(value)
    return _open_or_text(f"{day}/{month}/{year}", value)


def long_date(value: DateLike) -> str:
    """Return a date as the place-and-date line writes it; open parts are dots.

    >>> long_date("2020-03-05")
    'ngày 05 tháng 3 năm 2020'
    >>> long_date(PartialDate(2012)), long_date(None)
    ('ngày …… tháng …… năm 2012', 'ngày …… tháng …… năm ……')

    Clause: NĐ 30/2020, Phụ lục I, Phần I, mục II.4.b.
    """
    if isinstance(value, date):
        return f"ngày {_DAYS[value.day]} tháng {_MONTHS[value.month]} năm {value.year}"
    if isinstance(value, Blank):
        return value
    day, month, year = _parts(value)
    return _open_or_text(f"ngày {day} tháng {month} năm {year}", value)


def place_and_date(place: str | None, value: DateLike) -> str:
    """Return the place-and-date line of a document.

    >>> place_and_date("Hà Nội", "2025-02-05")
    'Hà Nội, ngày 05 tháng 02 năm 2025'
    >>> place_and_date("Huế", None), place_and_date(None, None)
    ('Huế, ngày …… tháng …… năm ……', '……, ngày …… tháng …… năm ……')

    Clause: NĐ 30/2020, Phụ lục I, Phần I, mục II.4.
    """
    if place is not None and not isinstance(place, str):
        raise TextFormError(f"{shown(place)} không phải là địa danh")
    name = BLANK if place is None else place.strip()
    if not name:
        raise TextFormError(f"{shown(place)} không phải là địa danh")
    return f"{name}, {long_date(value)}"


def date_words(value: DateLike) -> str:
    """Return a date in words, the month with the capital of NĐ 30/2020, Phụ lục II, mục V.

    >>> date_words("2020-03-05")
    'ngày năm tháng Ba năm hai nghìn không trăm hai mươi'
    >>> date_words("2000-04-21")
    'ngày hai mươi mốt tháng Tư năm hai nghìn'
    >>> date_words(PartialDate(2000, 12)), date_words(None)
    ('ngày …… tháng Mười hai năm hai nghìn', 'ngày …… tháng …… năm ……')
    """
    if value is None or isinstance(value, Blank):
        return long_date(value)
    partial = parse_partial_date(value)
    day = BLANK if partial.day is None else cardinal(partial.day)
    month = BLANK if partial.month is None else _MONTH_WORDS[partial.month]
    return f"ngày {day} tháng {month} năm {cardinal(partial.year)}"


def day_month(value: DateLike) -> str:
    """Return day and month in figures.

    >>> day_month("2018-07-01")
    '01/7'
    >>> day_month(None)
    '……/……'
    """
    if isinstance(value, Blank):
        return value
    day, month, _ = _parts(value)
    return _open_or_text(f"{day}/{month}", value)


def month_year(value: DateLike) -> str:
    """Return month and year in figures.

    >>> month_year("2017-10-20")
    '10/2017'
    >>> month_year("2026-04"), month_year("02/2026"), month_year(None)
    ('4/2026', '02/2026', '……/……')
    """
    if isinstance(value, Blank):
        return value
    _, month, year = _parts(value)
    return _open_or_text(f"{month}/{year}", value)


def quarter(value: DateLike) -> str:
    """Return the quarter of a date or a month.

    >>> quarter("2025-03-31")
    'quý I/2025'
    >>> quarter("8/2025"), quarter(None)
    ('quý III/2025', 'quý ……/……')
    """
    if value is None:
        return Blank(f"quý {BLANK}/{BLANK}")
    if isinstance(value, Blank):
        return value
    partial = parse_partial_date(value)
    number = BLANK if partial.month is None else _QUARTERS[(partial.month - 1) // 3]
    return f"quý {number}/{partial.year}"


def weekday(value: DateLike) -> str:
    """Return the day of the week, with the capital of NĐ 30/2020, Phụ lục II, mục V.

    >>> weekday("2018-04-11")
    'thứ Tư'
    >>> weekday("2018-04-15"), weekday(None)
    ('Chủ nhật', 'thứ ……')
    """
    if value is None:
        return Blank(f"thứ {BLANK}")
    return value if isinstance(value, Blank) else _WEEKDAYS[parse_date(value).weekday()]


def date_range(start: DateLike, end: DateLike, dash: bool = False) -> str:
    """Return a period between two dates, in words or with a spaced hyphen.

    >>> date_range("2023-01-15", "2024-07-14")
    'từ ngày 15/01/2023 đến ngày 14/7/2024'
    >>> date_range("2023-01-15", "2024-07-14", True), date_range(None, None)
    ('15/01/2023 - 14/7/2024', 'từ ngày ……/……/…… đến ngày ……/……/……')

    Raises:
        TextFormError: the end comes before the start.
    """
    if _known(start) and _known(end) and parse_date(start) > parse_date(end):
        raise TextFormError(f"ngày cuối {shown(end)} trước ngày đầu {shown(start)}")
    first, last = short_date(start), short_date(end)
    return f"{first} - {last}" if dash else f"từ ngày {first} đến ngày {last}"


def year_range(start: DateLike | int, end: DateLike | int, word: str = "giai đoạn") -> str:
    """Return a term of years.

    >>> year_range(2008, 2018)
    'giai đoạn 2008 - 2018'
    >>> year_range(2025, 2030, "nhiệm kỳ"), year_range(2008, 2018, ""), year_range(2026, None)
    ('nhiệm kỳ 2025 - 2030', '2008 - 2018', 'giai đoạn 2026 - ……')

    Raises:
        TextFormError: the term ends before it starts.
    """
    first, last = _year(start), _year(end)
    if first is not None and last is not None and first > last:
        raise TextFormError(f"năm cuối {last} trước năm đầu {first}")
    years = f"{BLANK if first is None else first} - {BLANK if last is None else last}"
    return f"{word} {years}" if word else years


def _checked(year: int, month: int, day: int, text: str) -> None:
    try:
        date(year, month, day)
    except ValueError as error:
        raise TextFormError(f"{shown(text)} là ngày không có thật") from error


def _from_text(value: str) -> PartialDate:
    text = value.strip()
    if match := _YMD.fullmatch(text):
        year, month, day = match.groups()
    elif match := _DMY.fullmatch(text):
        day, _, month, year = match.groups()
    elif match := _LONG.fullmatch(text):
        day, month, year = match.groups()
    elif match := _YM.fullmatch(text):
        day, (year, month) = "", match.groups()
    elif match := _MY.fullmatch(text):
        day, (month, year) = "", match.groups()
    elif match := _Y.fullmatch(text):
        day, month, year = "", "", match[1]
    else:
        raise _unreadable(value, text)
    # "00" is no month: an empty group is open, a written zero is wrong.
    _checked(int(year), int(month or 1), int(day or 1), value)
    return PartialDate(int(year), int(month) if month else None, int(day) if day else None)


def _unreadable(value: str, text: str) -> TextFormError:
    """Say why text is no date: a year of two figures, two readings, or none at all."""
    if match := _SHORT_YEAR.fullmatch(text):
        first, _, month, last = match.groups()
        ways = (
            (first, month, f"20{last}"),
            (last, month, f"20{first:0>2}"),
            (first, month, f"19{last}"),
        )
        readings = [reading for way in ways if (reading := _reading(*way))]
        if readings:
            meant = " hoặc ".join(dict.fromkeys(readings[:2]))
            return TextFormError(
                f"{shown(value)} chỉ ghi hai chữ số của năm, có thể là {meant}: hãy ghi đủ năm"
            )
    return TextFormError(f"{shown(value)} không phải là ngày")


def _reading(day: str, month: str, year: str) -> str:
    try:
        return short_date(date(int(year), int(month), int(day)))
    except ValueError:
        return ""


def _parts(value: DateLike) -> tuple[str, str, str]:
    """Return day, month and year as printed, dots for what is open."""
    if value is None:
        return BLANK, BLANK, BLANK
    partial = parse_partial_date(value)
    return (
        BLANK if partial.day is None else _DAYS[partial.day],
        BLANK if partial.month is None else _MONTHS[partial.month],
        str(partial.year),
    )


def _open_or_text(text: str, value: object) -> str:
    return Blank(text) if value is None else text


def _known(value: object) -> bool:
    if value is None or isinstance(value, Blank):
        return False
    partial = parse_partial_date(value)
    return partial.day is not None


def _year(value: DateLike | int) -> int | None:
    if value is None or isinstance(value, Blank):
        return None
    return parse_partial_date(value).year
