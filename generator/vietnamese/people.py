"""What identifies people: names, telephone numbers, citizen numbers."""

from __future__ import annotations

from generator.patterns import regex
from generator.vietnamese import BLANK, Blank, TextFormError, shown
from generator.vietnamese.plain import plain
from generator.vietnamese.text import normalise

_INITIAL = regex(r"(?<![^\W\d_])(?<!-)[^\W\d_]")
_SEPARATORS = regex(r"[\s.\-()]+")
# Mobile prefixes 03, 05, 07, 08, 09; landlines 02x + 8 digits; toll numbers 1800 and 1900; 11x.
_PHONES = (
    (regex(r"(0[35789][0-9]{2})([0-9]{3})([0-9]{3})"), "."),
    (regex(r"(02[48])([0-9]{4})([0-9]{4})"), "."),
    (regex(r"(02[0-9]{2})([0-9]{3})([0-9]{4})"), "."),
    (regex(r"(1[89]00)([0-9]{4}|[0-9]{6})"), "."),
    (regex(r"(11[0-9])"), ""),
)
_CITIZEN = regex(r"0(?:0[1-9]|[1-8][0-9]|9[0-6])[0-9]{9}")


def name(value: object) -> str:
    """Return a person's name with its capitals.

    >>> name("nguyễn  văn an")
    'Nguyễn Văn An'
    >>> name("TRẦN THỊ BÌNH"), name("h'hen niê"), name("vla-đi-mia i-lích lê-nin")
    ('Trần Thị Bình', "H'Hen Niê", 'Vla-đi-mia I-lích Lê-nin')
    >>> name("Đinh McKay"), name(None)
    ('Đinh McKay', '……')

    Capitals inside a name that mixes them are kept: the writer meant them.
    Clause: NĐ 30/2020, Phụ lục II, mục II.
    """
    if value is None:
        return BLANK
    if isinstance(value, Blank):
        return value
    text = " ".join(normalise(plain(value)).split())
    if text.isupper():
        text = text.lower()
    # After a hyphen stands a further syllable of one part, after an apostrophe a new part.
    return _INITIAL.sub(lambda match: match[0].upper(), text)


def phone(value: object) -> str:
    """Return a telephone number in groups.

    >>> phone("0912345678")
    '0912.345.678'
    >>> phone("+84 24 38040404"), phone(2203888123), phone("19001234"), phone(None)
    ('024.3804.0404', '0220.388.8123', '1900.1234', '……')

    A number from a spreadsheet cell has lost its leading zero; it is put back.
    """
    if value is None:
        return BLANK
    if isinstance(value, Blank):
        return value
    digits = _SEPARATORS.sub("", plain(value)).removeprefix("+")
    if digits.startswith("84") and len(digits) in (11, 12):
        digits = f"0{digits[2:]}"
    elif not isinstance(value, str) and len(digits) in (9, 10):
        digits = f"0{digits}"
    for shape, mark in _PHONES:
        if match := shape.fullmatch(digits):
            return mark.join(match.groups())
    raise TextFormError(f"{shown(value)} không phải là số điện thoại Việt Nam")


def id12(value: object) -> str:
    """Return a citizen number of twelve digits.

    >>> id12("034 099 001 234")
    '034099001234'
    >>> id12(34099001234), id12(None)
    ('034099001234', '……')

    Zeros that a spreadsheet cell has lost are put back. The first three digits must be those of a
    province; an identity card of nine digits is another number.
    """
    if value is None:
        return BLANK
    if isinstance(value, Blank):
        return value
    digits = _SEPARATORS.sub("", plain(value))
    if not isinstance(value, str) and len(digits) in (10, 11):
        digits = digits.zfill(12)
    if _CITIZEN.fullmatch(digits) is None:
        raise TextFormError(f"{shown(value)} không phải là số định danh cá nhân 12 chữ số")
    return digits
