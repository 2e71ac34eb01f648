"""Numbers read from data files and written with dot groups and a decimal comma."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Literal

from generator.patterns import regex
from generator.vietnamese import BLANK, Blank, TextFormError, shown

# Far beyond any official figure, and small enough to be written out at once.
_MOST_DIGITS = 100
_LIMIT = 10**_MOST_DIGITS
# A context of our own: the caller's must neither round nor trap for us.
_CONTEXT = Context(prec=3 * _MOST_DIGITS, rounding=ROUND_HALF_UP)
# A double holds every whole number up to here; Excel keeps 15 digits of the others.
_EXACT_IN_DOUBLE = 2**53

_SIGN = r"([-+−]?)"
# Groups are parted by dots or, as SI has it, by spaces; one kind in a number.
_GROUPED = r"[1-9][0-9]{0,2}(?:(?:\.[0-9]{3})+|(?:[ \u00a0\u202f][0-9]{3})+)"
_VIETNAMESE = regex(rf"{_SIGN}({_GROUPED}|[0-9]+)(?:,([0-9]+))?")
_ENGLISH = regex(rf"{_SIGN}([1-9][0-9]{{0,2}}(?:,[0-9]{{3}})+|[0-9]+)(?:\.([0-9]+))?")
_ONE_DOT = regex(rf"{_SIGN}([0-9]+)\.([0-9]+)")
_WITH_UNIT = regex(r"[-+−]?[0-9][0-9.,\s]*?\s*([^0-9.,\s].*)")
_NOT_DIGIT = regex(r"[^0-9]")
_SWAP_MARKS = str.maketrans(",.", ".,")

Number = int | Decimal


def parse_number(
    value: object, *, decimal_mark: Literal[",", "."] = ",", units: tuple[str, ...] = ("%",)
) -> Number:
    """Return the number meant by a value as data files hold it.

    >>> parse_number("15.972"), parse_number(15972.0), parse_number("1.234,50")
    (15972, 15972, Decimal('1234.50'))
    >>> parse_number("99,6%"), parse_number("-5")
    (Decimal('99.6'), -5)
    >>> parse_number("12.5", decimal_mark=".")
    Decimal('12.5')

    Text is read the Vietnamese way unless the field's schema says that its decimal mark is a dot.
    One of ``units`` may follow the number and is dropped. Decimal places of the data are kept.

    Raises:
        TextFormError: no number, NaN, infinity, another unit, or text that two people would read
            as two numbers ("12.5").
    """
    if type(value) is int and -_LIMIT < value < _LIMIT:
        return value
    if isinstance(value, str):
        return _from_text(value, decimal_mark, units)
    if isinstance(value, Decimal):
        return _from_decimal(value)
    if isinstance(value, float):
        return _from_float(value)
    if isinstance(value, int) and not isinstance(value, bool):
        if -_LIMIT < value < _LIMIT:
            return int(value)
        raise TextFormError(f"số có hơn {_MOST_DIGITS} chữ số, không viết được")
    raise TextFormError(f"{shown(value)} không phải là số")


def format_number(value: object, decimals: int | None = None, pad: int = 0) -> str:
    """Return a number with dot groups and a decimal comma.

    >>> format_number(15972), format_number("12,50"), format_number(7, pad=2)
    ('15.972', '12,50', '07')
    >>> format_number("2,345", decimals=2), format_number(3, decimals=1)
    ('2,35', '3,0')

    ``decimals`` asks for that many places, rounded half up; without it the data's own are kept.
    ``pad`` is the least count of digits before the comma.
    Clause: Luật Kế toán, dot and comma; NĐ 30/2020 itself writes "1,27 cm".
    """
    number = parse_number(value)
    if decimals is None:
        text = f"{number:,}" if type(number) is int else f"{number:,f}"
    else:
        text = f"{rounded(number, decimals):,f}"
    if text[0] == "-" and not text.strip("-0.,"):
        text = text[1:]  # a rounded -0,04 is 0,0
    text = text.translate(_SWAP_MARKS)
    return _padded(text, pad) if pad else text


def num(value: object, decimals: int | None = None, pad: int = 0) -> str:
    """Return a number for the page, or the form's blank for ``None``.

    >>> num(15972)
    '15.972'
    >>> num("12,5"), num("12,345", 1), num(0), num(None)
    ('12,5', '12,3', '0', '……')
    """
    if type(value) is int and decimals is None and not pad and -_LIMIT < value < _LIMIT:
        return f"{value:,}".replace(",", ".")
    if value is None:
        return BLANK
    if isinstance(value, Blank):
        return value
    return format_number(_unitless(value), decimals, pad)


def pad2(value: object) -> str:
    """Return a count with a zero before a single digit, as official texts write counts.

    >>> pad2(8)
    '08'
    >>> pad2(12), pad2(0), pad2(1062), pad2(None)
    ('12', '00', '1.062', '……')
    """
    return num(value, pad=2)


def percent(value: object, decimals: int | None = None) -> str:
    """Return a percentage: comma, no space; a whole one without decimals ("100%").

    >>> percent("99,6")
    '99,6%'
    >>> percent("89,852%", 1), percent(Decimal("100.0")), percent(None)
    ('89,9%', '100%', '……%')
    """
    if value is None:
        return Blank(f"{BLANK}%")
    if isinstance(value, Blank):
        return value
    text = format_number(value, decimals)
    whole, _, places = text.partition(",")
    return f"{text}%" if places.strip("0") else f"{whole}%"


def percent_of(part: object, whole: object, decimals: int = 1) -> str:
    """Return the share of ``part`` in ``whole`` as a percentage.

    >>> percent_of(14000, 14056)
    '99,6%'
    >>> percent_of(620, 650, 2), percent_of(43, 65, 0), percent_of(15972, "15.972")
    ('95,38%', '66%', '100%')
    >>> percent_of(None, 650)
    '……%'
    """
    if part is None or whole is None or isinstance(part, Blank) or isinstance(whole, Blank):
        return percent(None)
    top, bottom = _unitless(part), _unitless(whole)
    if not bottom:
        raise TextFormError(f"không tính được tỷ lệ của {shown(part)} trên {shown(whole)}")
    share = _CONTEXT.divide(_CONTEXT.multiply(Decimal(100), Decimal(top)), Decimal(bottom))
    return percent(rounded(share, decimals))


def ratio(part: object, whole: object) -> str:
    """Return "part over whole" as reports write it.

    >>> ratio(14000, 14056)
    '14.000/14.056'
    >>> ratio(8, 8), ratio(None, 8)
    ('8/8', '……/8')
    """
    return f"{num(part)}/{num(whole)}"


def change(now: object, before: object, unit: str = "", decimals: int | None = None) -> str:
    """Return the comparison of two periods in words and figures.

    >>> change(15, 12, "vụ")
    'tăng 3 vụ'
    >>> change(10, 12, "vụ"), change(12, 12, "vụ"), change(None, 12, "vụ")
    ('giảm 2 vụ', 'không tăng, không giảm', 'tăng …… vụ, giảm …… vụ')
    """
    tail = f" {unit}" if unit else ""
    if now is None or before is None or isinstance(now, Blank) or isinstance(before, Blank):
        return Blank(f"tăng {BLANK}{tail}, giảm {BLANK}{tail}")
    difference = _CONTEXT.subtract(Decimal(_unitless(now)), Decimal(_unitless(before)))
    if decimals is not None:
        difference = rounded(difference, decimals)
    if not difference:
        return "không tăng, không giảm"
    verb = "tăng" if difference > 0 else "giảm"
    return f"{verb} {format_number(difference.copy_abs())}{tail}"


def money(value: object, unit: str = "đồng", decimals: int | None = None) -> str:
    """Return an amount with its unit.

    >>> money(1500000)
    '1.500.000 đồng'
    >>> money("12,5", "triệu đồng"), money("250.000 đồng"), money(None)
    ('12,5 triệu đồng', '250.000 đồng', '…… đồng')
    """
    if value is None:
        return Blank(f"{BLANK} {unit}")
    if isinstance(value, Blank):
        return value
    return f"{format_number(parse_money(value, unit), decimals)} {unit}"


def parse_money(value: object, unit: str = "đồng") -> Number:
    """Return the number of an amount, which may carry its own unit or the sign of the đồng.

    >>> parse_money("1.500.000đ"), parse_money("12,5 triệu đồng", "triệu đồng")
    (1500000, Decimal('12.5'))
    """
    return parse_number(value, units=(unit, *(_DONG if unit == "đồng" else ())))


_DONG = ("đ", "₫", "VND", "VNĐ")


def rounded(number: Number, decimals: int) -> Decimal:
    """Return a number with ``decimals`` places, rounded half up (away from zero).

    >>> rounded(Decimal("2.345"), 2), rounded(Decimal("-0.5"), 0)
    (Decimal('2.35'), Decimal('-1'))
    """
    if not isinstance(decimals, int) or not 0 <= decimals <= _MOST_DIGITS:
        raise TextFormError(f"không làm tròn được đến {shown(decimals)} chữ số thập phân")
    return _CONTEXT.quantize(Decimal(number), Decimal((0, (1,), -decimals)))


def _from_text(value: str, decimal_mark: str, units: tuple[str, ...]) -> Number:
    text = value.strip()
    for unit in units:
        if text.endswith(unit):
            text = text[: -len(unit)].rstrip()
            break
    if len(text) > 2 * _MOST_DIGITS:
        raise TextFormError(f"{shown(value)} không phải là số")
    form = _VIETNAMESE if decimal_mark == "," else _ENGLISH
    match = form.fullmatch(text)
    if match is None:
        raise _unreadable(value, text)
    sign, whole, places = match.groups()
    digits = whole if whole.isdigit() else _NOT_DIGIT.sub("", whole)
    if places is None:
        return -int(digits) if sign in ("-", "−") else int(digits)
    number = Decimal(f"{digits}.{places}")
    return number.copy_negate() if sign in ("-", "−") else number


def _unreadable(value: str, text: str) -> TextFormError:
    """Say why text is no number: two readings, a foreign unit, or nothing to read at all."""
    if match := _ONE_DOT.fullmatch(text):
        sign, whole, places = match.groups()
        return TextFormError(
            f"{shown(value)} có thể đọc là {sign}{whole},{places} hoặc {sign}{whole}{places}: "
            "hãy viết dấu phẩy trước phần thập phân, dấu chấm giữa từng nhóm ba chữ số"
        )
    if match := _ENGLISH.fullmatch(text):
        meant = text.translate(_SWAP_MARKS)
        return TextFormError(
            f"{shown(value)} viết theo kiểu nước ngoài: hãy viết {meant} nếu đúng là số ấy"
        )
    if match := _WITH_UNIT.fullmatch(text):
        return TextFormError(f"{shown(value)} có đơn vị “{match[1]}”, chỗ này chỉ nhận số")
    return TextFormError(f"{shown(value)} không phải là số")


def _from_decimal(value: Decimal) -> Number:
    if not value.is_finite():
        raise TextFormError(f"{shown(value)} không phải là số")
    exponent = value.as_tuple().exponent
    if value.adjusted() >= _MOST_DIGITS or int(exponent) < -_MOST_DIGITS:
        raise TextFormError(f"số có hơn {_MOST_DIGITS} chữ số, không viết được")
    return value if int(exponent) < 0 else int(value)


def _from_float(value: float) -> Number:
    if not math.isfinite(value):
        raise TextFormError(f"{shown(value)} không phải là số")
    if value.is_integer() and -_EXACT_IN_DOUBLE < value < _EXACT_IN_DOUBLE:
        return int(value)
    # 0.1 + 0.2 in a cell is 0.30000000000000004 to us and 0,3 to everybody who looks at the sheet.
    return _from_decimal(Decimal(f"{value:.15g}"))


def _unitless(value: object) -> Number:
    return parse_number(value, units=())


def _padded(text: str, pad: int) -> str:
    digits = text.removeprefix("-")
    short = pad - len(digits.partition(",")[0])
    sign = "-" if text[0] == "-" else ""
    return f"{sign}{'0' * short}{digits}" if short > 0 else text
