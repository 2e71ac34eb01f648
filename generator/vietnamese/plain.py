"""Values printed as they are: what a tag without a filter shows, and what a blank shows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from generator.vietnamese import BLANK, Blank, TextFormError, shown
from generator.vietnamese.dates import PartialDate, short_date
from generator.vietnamese.numbers import format_number, parse_number


def plain(value: object) -> str:
    """Return a value as a tag without a filter prints it.

    Whole numbers print their digits, since a year is not 2.018; a number with decimals is no year
    and prints as ``so`` does; dates print in the short form.

    >>> plain("Kế hoạch"), plain(2018), plain(Decimal("1234.50")), plain(date(2018, 4, 11))
    ('Kế hoạch', '2018', '1.234,50', '11/4/2018')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, date | PartialDate):
        return short_date(value)
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        number = parse_number(value)
        return str(number) if isinstance(number, int) else format_number(number)
    if value is None:
        raise TextFormError("giá trị trống không in được, phải khai báo ô để trống")
    words = shown(value)  # a name that the record lacks raises Jinja's own error here
    # What Python says of a function or an object of its own is no clerk's business.
    if not isinstance(value, bool | str | bytes | list | tuple | dict | float | Decimal):
        words = "giá trị này"
    raise TextFormError(f"{words} không phải là chữ, số hay ngày")


def blank(value: object, empty: int | str = BLANK) -> str:
    """Return the value printed plainly or, where there is none, what the form leaves there.

    >>> blank(None)
    '……'
    >>> blank(None, 10), blank(None, ""), blank(None, "Không có"), blank(0), blank("12 hộ")
    ('..........', '', 'Không có', '0', '12 hộ')

    ``empty`` is a count of dots or the text itself. Zero is a value; ``None``, text without a
    letter and a blank made by another filter are not.
    """
    if value is not None and not isinstance(value, Blank):
        text = plain(value)
        if text and not text.isspace():
            return text
    return Blank("." * empty) if isinstance(empty, int) else Blank(empty)
