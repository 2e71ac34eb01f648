"""Numbers of parts and points: Roman numerals, the letters of điểm, "Một là"."""

from __future__ import annotations

from typing import Final

from generator.vietnamese import BLANK, Blank, TextFormError, shown
from generator.vietnamese.words import cardinal, counted

# NĐ 30/2020, Phụ lục I: no f, j, w, z, and none of the letters with a mark except đ.
POINT_LETTERS: Final = "abcdđeghiklmnopqrstuvxy"

_ROMAN = tuple(
    zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"),
        strict=True,
    )
)
_MOST_ROMAN = 3999


def roman(value: object) -> str:
    """Return a Roman numeral, for parts, chapters, appendices, quarters and congresses.

    >>> roman(14)
    'XIV'
    >>> roman(1), roman("3"), roman(None)
    ('I', 'III', '……')
    """
    if value is None:
        return BLANK
    if isinstance(value, Blank):
        return value
    number = counted(value)
    if number > _MOST_ROMAN:
        raise TextFormError(f"{shown(value)} quá lớn, số La Mã chỉ viết đến {_MOST_ROMAN}")
    text = ""
    for worth, sign in _ROMAN:
        count, number = divmod(number, worth)
        text += sign * count
    return text


def letter(value: object) -> str:
    """Return the letter of a point, in the order a, b, c, d, đ, e, g.

    >>> letter(5)
    'đ'
    >>> letter(1), letter(7), letter(23), letter(None)
    ('a', 'g', 'y', '……')

    Clause: NĐ 30/2020, Phụ lục I, Phần I, mục II.6.
    """
    if value is None:
        return BLANK
    if isinstance(value, Blank):
        return value
    number = counted(value)
    if number > len(POINT_LETTERS):
        raise TextFormError(f"{shown(value)} quá lớn, điểm chỉ đánh đến chữ y, thứ 23")
    return POINT_LETTERS[number - 1]


def item(value: object) -> str:
    """Return the count that opens a paragraph of a list told in words.

    >>> item(1)
    'Một là'
    >>> item(4), item(11), item(None)
    ('Bốn là', 'Mười một là', '…… là')
    """
    if value is None:
        return Blank(f"{BLANK} là")
    if isinstance(value, Blank):
        return value
    text = cardinal(counted(value))
    return f"{text[0].upper()}{text[1:]} là"
