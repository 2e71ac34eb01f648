"""Numbers in words: whole ones of any size, decimals, fractions, ordinals and amounts of money.

num2words' own Vietnamese is wrong in a third of all cases; ``num2words_vi`` registers this one
there. The reading is that of northern administrative texts, each of its four choices selectable;
``reading`` turns words back into numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from numbers import Rational
from typing import Final

from generator.patterns import regex
from generator.vietnamese import BLANK, Blank, TextFormError, shown
from generator.vietnamese.numbers import Number, parse_money, parse_number

DIGITS: Final = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
BILLION: Final = 10**9
_FRACTION = regex(r"([-−]?)([0-9]{1,36})\s*/\s*([0-9]{1,36})")


@dataclass(frozen=True, slots=True)
class WordStyle:
    """The four words on which regions differ: linh/lẻ, nghìn/ngàn, tư/bốn, tỷ/tỉ."""

    odd: str = "linh"
    thousand: str = "nghìn"
    four: str = "tư"
    billion: str = "tỷ"


NORTHERN = WordStyle()
_CHOICES = {
    "linh": "odd",
    "lẻ": "odd",
    "nghìn": "thousand",
    "ngàn": "thousand",
    "tư": "four",
    "bốn": "four",
    "tỷ": "billion",
    "tỉ": "billion",
}


def words(value: object, *choices: str) -> str:
    """Return a number in words; ``choices`` replace words of the northern style.

    >>> words(1005)
    'một nghìn không trăm linh năm'
    >>> words(1005, "ngàn", "lẻ"), words(24, "bốn")
    ('một ngàn không trăm lẻ năm', 'hai mươi bốn')
    >>> words("12,5"), words(-21), words("3/4"), words(None)
    ('mười hai phẩy năm', 'âm hai mươi mốt', 'ba phần tư', '……')

    A decimal is read exactly: two or three places as one number, more of them digit by digit.
    """
    if value is None:
        return BLANK
    if isinstance(value, Blank):
        return value
    style = style_of(*choices)
    if isinstance(value, Rational) and not isinstance(value, int):
        return fraction(int(value.numerator), int(value.denominator), style)
    if isinstance(value, str) and "/" in value and (match := _FRACTION.fullmatch(value.strip())):
        return fraction(int(match[2]) * (-1 if match[1] else 1), int(match[3]), style)
    return _read_out(parse_number(value, units=()), style)


def cardinal(number: int, style: WordStyle = NORTHERN) -> str:
    """Return a whole number in words.

    >>> cardinal(1_000_005), cardinal(10**18)
    ('một triệu không trăm linh năm', 'một tỷ tỷ')
    >>> cardinal(2_500_000_000_000)
    'hai nghìn năm trăm tỷ'

    Above a billion the count of billions is itself read as a number: there is no larger unit.
    """
    if number < 0:
        return f"âm {cardinal(-number, style)}"
    if number < 1000:
        return tables(style)[0][number]
    if number < BILLION:
        return " ".join(_below_billion(number, style, first=True))
    billions, rest = divmod(number, BILLION)
    parts = [cardinal(billions, style), style.billion]
    if rest:
        parts += _below_billion(rest, style, first=False)
    return " ".join(parts)


def fraction(top: int, bottom: int, style: WordStyle = NORTHERN) -> str:
    """Return a fraction in words, not reduced.

    >>> fraction(3, 4), fraction(2, 100), fraction(5, 1)
    ('ba phần tư', 'hai phần một trăm', 'năm')
    """
    if bottom < 1:
        raise TextFormError(f"phân số {top}/{bottom} có mẫu số không dương")
    if bottom == 1:
        return cardinal(top, style)
    # A quarter is "phần tư" everywhere, also where 24 is "hai mươi bốn".
    return f"{cardinal(top, style)} phần {'tư' if bottom == 4 else cardinal(bottom, style)}"


def ordinal(value: object, *choices: str) -> str:
    """Return an ordinal in words.

    >>> ordinal(1)
    'thứ nhất'
    >>> ordinal(4), ordinal(14), ordinal(21), ordinal(None)
    ('thứ tư', 'thứ mười bốn', 'thứ hai mươi mốt', 'thứ ……')
    """
    if value is None:
        return Blank("thứ ……")
    if isinstance(value, Blank):
        return value
    number = counted(value)
    first = {1: "nhất", 4: "tư"}.get(number)
    return f"thứ {first or cardinal(number, style_of(*choices))}"


def money_words(value: object, unit: str = "đồng", *choices: str, even: bool | None = None) -> str:
    """Return an amount of money in words, with a capital, for the line "Bằng chữ".

    >>> money_words(1_500_000)
    'Một triệu năm trăm nghìn đồng chẵn'
    >>> money_words("1.234.567")
    'Một triệu hai trăm ba mươi tư nghìn năm trăm sáu mươi bảy đồng'
    >>> money_words("12,5", "triệu đồng"), money_words(0), money_words(None)
    ('Mười hai phẩy năm triệu đồng', 'Không đồng', '…… đồng')

    "chẵn" closes an amount of whole thousands of đồng; ``even`` forces it or forbids it.
    """
    if value is None:
        return Blank(f"{BLANK} {unit}")
    if isinstance(value, Blank):
        return value
    amount = parse_money(value, unit)
    if even is None:
        even = unit == "đồng" and amount != 0 and amount == int(amount) and int(amount) % 1000 == 0
    text = f"{_read_out(amount, style_of(*choices))} {unit}{' chẵn' if even else ''}"
    return text[0].upper() + text[1:]


def style_of(*choices: str) -> WordStyle:
    """Return the northern style with the chosen words in it.

    >>> style_of("lẻ", "tỉ")
    WordStyle(odd='lẻ', thousand='nghìn', four='tư', billion='tỉ')
    """
    if not choices:
        return NORTHERN
    try:
        return replace(NORTHERN, **{_CHOICES[choice]: choice for choice in choices})
    except KeyError as error:
        raise TextFormError(
            f"{shown(error.args[0])} không phải là cách đọc số, chỉ có: {', '.join(_CHOICES)}"
        ) from None


def counted(value: object) -> int:
    """Return a whole number from 1 up, for what is counted off.

    >>> counted("3"), counted(2.0)
    (3, 2)
    """
    number = parse_number(value, units=())
    if number < 1 or number != int(number):
        raise TextFormError(f"{shown(value)} không phải là số thứ tự")
    return int(number)


def _read_out(number: Number, style: WordStyle) -> str:
    if isinstance(number, int):
        return cardinal(number, style)
    whole, _, places = f"{number.copy_abs():f}".partition(".")
    places = places.rstrip("0")
    text = cardinal(int(whole), style)
    if places:
        text = f"{text} phẩy {_places(places, style)}"
    return f"âm {text}" if number < 0 else text


def _places(digits: str, style: WordStyle) -> str:
    """Read the digits behind the comma: 25 as a number, 05 and long ones digit by digit."""
    if len(digits) == 2 and digits[0] != "0":
        return tables(style)[0][int(digits)]
    if len(digits) == 3:
        return tables(style)[1][int(digits)]
    return " ".join(DIGITS[int(digit)] for digit in digits)


def _below_billion(number: int, style: WordStyle, *, first: bool) -> list[str]:
    """Read up to nine digits; only the first group of a number goes without its hundreds."""
    opening, following = tables(style)
    millions, rest = divmod(number, 1_000_000)
    thousands, units = divmod(rest, 1000)
    parts: list[str] = []
    for group, unit in ((millions, "triệu"), (thousands, style.thousand), (units, "")):
        if group:
            parts.append(opening[group] if first and not parts else following[group])
            if unit:
                parts.append(unit)
    return parts


@cache
def tables(style: WordStyle) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the readings of 0-999: as the first group of a number, and as a later one."""
    below_hundred = tuple(_tens(number, style) for number in range(100))
    later = tuple(_hundreds(number, below_hundred, style) for number in range(1000))
    return (*below_hundred, *later[100:]), later


def _tens(number: int, style: WordStyle) -> str:
    tens, unit = divmod(number, 10)
    if not tens:
        return DIGITS[unit]
    if tens == 1:
        return f"mười {'lăm' if unit == 5 else DIGITS[unit]}" if unit else "mười"
    ending = {0: "", 1: " mốt", 4: f" {style.four}", 5: " lăm"}.get(unit, f" {DIGITS[unit]}")
    return f"{DIGITS[tens]} mươi{ending}"


def _hundreds(number: int, below_hundred: tuple[str, ...], style: WordStyle) -> str:
    hundreds, rest = divmod(number, 100)
    head = f"{DIGITS[hundreds]} trăm"
    if not rest:
        return head
    return f"{head} {style.odd} {DIGITS[rest]}" if rest < 10 else f"{head} {below_hundred[rest]}"
