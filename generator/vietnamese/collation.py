"""Vietnamese order of words and of people's names, the same as ICU's for Vietnamese.

Own sort keys, because ICU has no wheel for Windows and the small libraries compare syllable by
syllable. A key has ICU's three levels: letters first, then tones (level, huyền, hỏi, ngã, sắc,
nặng), then small before capital.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from generator.vietnamese import TextFormError, shown
from generator.vietnamese.text import normalise

_ORDER = (
    "\t\n _-‑–—,;:!?.…·'\"«»()[]{}§@*/\\&#%•`^°+±÷×<=>|~$₫€"
    "0123456789aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
)
# Characters that rank with a plain one: curly quotes part from it on the second level, a raised
# digit and the no-break space on the last.
_VARIANTS = {
    "‘": ("'", "\x02", "\x01"),
    "’": ("'", "\x03", "\x01"),
    "“": ('"', "\x02", "\x01"),
    "”": ('"', "\x03", "\x01"),
    "²": ("2", "\x01", "\x03"),
    "³": ("3", "\x01", "\x03"),
    "\u00a0": (" ", "\x01", "\x03"),
}
# The five tones in Vietnamese order, then the other marks in Unicode's.
_MARKS = (
    "\u0300\u0309\u0303\u0301\u0323\u0306\u0302\u030c\u030a\u0308\u030b\u0307\u0327\u0328\u0304"
)
_LETTER_MARKS = "\u0306\u0302\u031b"  # breve, circumflex and horn make letters of their own

# Level weights are characters, so that whole keys are strings; U+0000 parts the levels.
_RANKS = {char: chr(0x10 + rank) for rank, char in enumerate(_ORDER)}
_SMALL, _CAPITAL = "\x01", "\x02"


def collation_key(text: str) -> str:
    """Return a key by which Vietnamese text sorts as ICU sorts it.

    >>> sorted(["đa", "da", "dã", "dá", "Da", "dạ"], key=collation_key)
    ['da', 'Da', 'dã', 'dá', 'dạ', 'đa']
    >>> sorted(["Hoa Mai", "Hòa An", "Hoà An"], key=collation_key)
    ['Hoà An', 'Hòa An', 'Hoa Mai']
    """
    composed = normalise(text)
    letters, tones, cases = (composed.translate(level) for level in _LEVELS)
    return f"{letters}\0{tones}\0{cases}"


def name_key(name: str) -> tuple[str, str, str]:
    """Return a key that sorts people by given name, then middle names, then family name.

    >>> sorted(["Trần Văn An", "Lê Bình", "Lê Thị An"], key=name_key)
    ['Lê Thị An', 'Trần Văn An', 'Lê Bình']
    """
    family, *others = name.split() or [""]
    given = others[-1] if others else family
    middle = " ".join(others[:-1])
    return collation_key(given), collation_key(middle), collation_key(family if others else "")


def sort_vi(values: Iterable[Any], by: str = "") -> list[Any]:
    """Return texts, or records by one of their fields, in Vietnamese alphabetical order.

    >>> sort_vi(["Đông Sơn", "Ba Đình", "Đại Thành", "Ân Thi"])
    ['Ân Thi', 'Ba Đình', 'Đại Thành', 'Đông Sơn']
    >>> sort_vi([{"ten": "Tổ 2"}, {"ten": "Thôn 1"}], "ten")
    [{'ten': 'Thôn 1'}, {'ten': 'Tổ 2'}]
    """
    return _sorted(values, by, collation_key)


def sort_name(values: Iterable[Any], by: str = "") -> list[Any]:
    """Return people sorted by given name, then middle names, then family name.

    >>> sort_name(["Trần Văn An", "Lê Bình", "Lê Thị An"])
    ['Lê Thị An', 'Trần Văn An', 'Lê Bình']
    """
    return _sorted(values, by, name_key)


def _sorted(values: Iterable[Any], by: str, key: Callable[[str], Any]) -> list[Any]:
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise TextFormError(f"{shown(values)} không phải là danh sách")
    return sorted(values, key=lambda value: key(_field(value, by)))


def _field(value: object, by: str) -> str:
    """Return the text to sort by: the value, or its field on a path such as "nguoi_ky.ho_ten"."""
    for step in by.split(".") if by else ():
        if not isinstance(value, Mapping) or step not in value:
            raise TextFormError(f"{shown(value)} không có “{by}” để xếp thứ tự")
        value = value[step]
    if not isinstance(value, str):
        raise TextFormError(f"{shown(value)} không phải là chữ nên không xếp thứ tự được")
    return value


def _weights(char: str) -> tuple[str, str, str]:
    """Return what one character adds to each of the three levels."""
    if char in _VARIANTS:
        plain, second, last = _VARIANTS[char]
        return _RANKS[plain], second, last
    parts = unicodedata.normalize("NFD", char)
    base, marks = parts[0], list(parts[1:])
    if unicodedata.combining(base):
        return "", _mark(base), ""
    if unicodedata.category(base) in ("Cc", "Cf") and base not in _RANKS:
        return "", "", ""  # control and zero-width characters do not count
    case = _CAPITAL if base != base.lower() else _SMALL
    letter = base.lower()
    for mark in marks:
        if (
            mark in _LETTER_MARKS
            and (joined := unicodedata.normalize("NFC", letter + mark)) in _RANKS
        ):
            letter = joined
            marks.remove(mark)
            break
    return _RANKS.get(letter, letter), "\x01" + "".join(map(_mark, marks)), case


def _mark(mark: str) -> str:
    place = _MARKS.find(mark)
    return chr(0x02 + place) if place >= 0 else mark


class _Level(dict[int, str]):
    """One level of the key as a translation table; each character is worked out when it comes."""

    def __init__(self, level: int) -> None:
        super().__init__()
        self._level = level

    def __missing__(self, code: int) -> str:
        return self.setdefault(code, _weights(chr(code))[self._level])


_LEVELS = (_Level(0), _Level(1), _Level(2))
