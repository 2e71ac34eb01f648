"""The Vietnamese syllable: onset, rime and tone, and the letter that carries the tone mark."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from generator.patterns import regex

VOWELS: Final = "aăâeêioôơuưy"
# Level, huyền, hỏi, ngã, sắc, nặng: the order of Vietnamese dictionaries.
TONE_MARKS: Final = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
# Each vowel, small and capital, with its six forms.
TONED: Final = {
    vowel: tuple(unicodedata.normalize("NFC", vowel + mark) for mark in TONE_MARKS)
    for vowel in VOWELS + VOWELS.upper()
}

_UNTONED = {ord(char): vowel for vowel, forms in TONED.items() for char in forms}
_TONE = {char: tone for forms in TONED.values() for tone, char in enumerate(forms) if tone}
_TONED_LETTER = regex(f"[{''.join(_TONE)}]")
# A word in which the mark could stand elsewhere: on the vowel before it or behind it. No syllable
# has more than seven letters, and the bounds keep a hostile word from costing its length squared.
_VOWEL = "".join({form for forms in TONED.values() for form in forms})
_MARKED = "".join(_TONE)
_MOVABLE = regex(
    rf"(?<![^\W\d_])[^\W\d_]{{0,5}}?(?:[{_MARKED}][{_VOWEL}]|[{_VOWEL}][{_MARKED}])"
    r"[^\W\d_]{0,5}(?![^\W\d_])"
)

# "gi" and "qu" come before "g": in "già" and "quý" the second letter belongs to the onset.
_ONSETS = (
    *("", "gi", "qu", "ngh", "ng", "nh", "ch", "gh", "kh", "ph", "th", "tr"),
    *"bcdđghklmnprstvx",
)
# What may follow each vowel group: final consonants and semivowels, "-" for nothing.
_ENDINGS = {
    "a": "- c ch i m n ng nh o p t u y",
    "ă": "c m n ng p t",
    "â": "c m n ng p t u y",
    "e": "- c m n ng o p t",
    "ê": "- ch m n nh p t u",
    "i": "- a ch m n nh p t u",
    "iê": "c m n ng p t u",
    "y": "- ch n nh t",
    "yê": "m n ng t u",
    "o": "- c i m n ng p t",
    "oo": "c ng",
    "oa": "- c ch i m n ng nh o p t y",
    "oă": "c m n ng t",
    "oe": "- m n o t",
    "ô": "- c i m n ng p t",
    "ôô": "c ng",
    "ơ": "- i m n p t",
    "u": "- a c i m n ng p t",
    "uâ": "c n ng t y",
    "uê": "- ch n nh u",
    "uô": "c i m n ng t",
    "uơ": "-",
    "uy": "- a ch n nh p t u",
    "uyê": "n t",
    "ư": "- a c i m n ng t u",
    "ươ": "c i m n ng p t u",
}
_RIMES = tuple(
    vowels + ending.strip("-")
    for vowels, endings in _ENDINGS.items()
    for ending in endings.split(" ")
)
_FRONT = "eêiy"
_STOPS = ("c", "ch", "p", "t")
_OWN_MARK = frozenset("ăâêôơư")
# The only rimes on which the two schools differ: hòa, hòe, thúy against hoà, hoè, thuý.
_DISPUTED = frozenset(("oa", "oe", "uy"))

Placement = Literal["hòa", "hoà"]


@dataclass(frozen=True, slots=True)
class Syllable:
    """A written syllable in small letters: onset, rime without its mark, tone from 0 to 5."""

    onset: str
    rime: str
    tone: int


def parse_syllable(word: str) -> Syllable | None:
    """Return the parts of a Vietnamese syllable, or ``None`` for any other word.

    >>> parse_syllable("Nguyễn")
    Syllable(onset='ng', rime='uyên', tone=3)
    >>> parse_syllable("qủa"), parse_syllable("Plei"), parse_syllable("mac")
    (Syllable(onset='qu', rime='a', tone=2), None, None)

    The mark may stand on the wrong letter. A stopped syllable carries sắc or nặng only.
    """
    parts = _parts(word)
    return None if parts is None else Syllable(*parts)


def is_syllable(word: str) -> bool:
    """Tell whether a word is spelled as a Vietnamese syllable.

    >>> is_syllable("Nguyễn"), is_syllable("Plei")
    (True, False)
    """
    return _parts(word) is not None


def place_tones(text: str, style: Placement = "hòa") -> str:
    """Return text with every tone mark on the letter where the chosen school puts it.

    >>> place_tones("Hoà Bình, thuý, hiệu qủa, cuả")
    'Hòa Bình, thúy, hiệu quả, của'
    >>> place_tones("hòa khỏe thúy quý hòan", "hoà")
    'hoà khoẻ thuý quý hoàn'

    Words that are no Vietnamese syllables stay as they are.
    """
    return _MOVABLE.sub(lambda match: _placed(match[0], style), text)


def _parts(word: str) -> tuple[str, str, int] | None:
    """Return onset, rime and tone; plain, because text is read a word at a time."""
    marked = _TONED_LETTER.findall(word)
    if len(marked) > 1:
        return None
    found = _syllables().get(word.translate(_UNTONED).lower())
    tone = _TONE[marked[0]] if marked else 0
    if found is None or (tone < 4 and found[1].endswith(_STOPS)):
        return None
    return (*found, tone)


def _placed(word: str, style: Placement) -> str:
    marked = _TONED_LETTER.search(word)
    parts = _parts(word)
    if marked is None or parts is None:
        return word
    onset, rime, tone = parts
    place = len(onset) + _carrier(rime, style)
    if place == marked.start():
        return word
    letters = list(word.translate(_UNTONED))
    letters[place] = TONED[letters[place]][tone]
    return "".join(letters)


def _carrier(rime: str, style: Placement) -> int:
    """Return the index in the rime of the letter that carries the mark."""
    if rime in _DISPUTED:
        return 0 if style == "hòa" else 1
    # Letters with a mark of their own attract it, the second of "ươ" and the first of "ưu".
    own = [place for place, letter in enumerate(rime) if letter in _OWN_MARK]
    if own:
        return own[-1]
    vowels = sum(letter in VOWELS for letter in rime)
    # "ai", "ia": the first of two that end a word; "oan", "oai", "uyu": the second.
    return 0 if vowels == 1 or len(rime) == 2 else 1


@cache
def _syllables() -> dict[str, tuple[str, str]]:
    """Return every toneless spelling with its onset and rime."""
    found: dict[str, tuple[str, str]] = {}
    for onset in _ONSETS:
        for rime in _RIMES:
            if _may_join(onset, rime):
                found.setdefault(onset + rime, (onset, rime))
    return found


def _may_join(onset: str, rime: str) -> bool:
    """Apply the spelling rules: c/k, g/gh and ng/ngh part before e, ê, i, y."""
    front = rime[0] in _FRONT
    match onset:
        case "c" | "ng":
            return not front
        case "gh" | "ngh":
            return front
        case "g":  # gì, giếng
            return not front or rime[0] == "i"
        case "gi":
            return rime[0] not in "iy"
        case "qu":
            return rime[0] not in "uưo"
        case _:
            return True
