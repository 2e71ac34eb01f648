"""Text typed for the old TCVN3 (ABC) and VNI fonts: recognised, converted, doubts reported.

Both wrote Vietnamese with the codes of Western letters, so that "Hµ Néi" or "Haø Noäi" shows as
"Hà Nội" only in their fonts. Nothing but the words tells them apart: text is read each way and
judged by how many of its words are Vietnamese syllables.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from generator.patterns import regex
from generator.vietnamese import BLANK, TextFormError, shown
from generator.vietnamese.plain import plain
from generator.vietnamese.syllables import TONED, is_syllable
from generator.vietnamese.text import normalise

Encoding = Literal["Unicode", "TCVN3", "VNI"]

# TCVN 5712:1993 VN3, codes 0xA1-0xFE. Tones stand in the order huyền, hỏi, ngã, sắc, nặng; of the
# capitals it has only those without a tone: the others are small letters in a font of capitals.
_TCVN3_PLAIN = dict(zip("¡¢£¤¥¦§¨©ª«¬\u00ad®", "ĂÂÊÔƠƯĐăâêôơưđ", strict=True))
_TCVN3_TONED = {
    "a": "µ¶·¸¹",
    "ă": "»¼½¾Æ",
    "â": "ÇÈÉÊË",
    "e": "ÌÎÏÐÑ",
    "ê": "ÒÓÔÕÖ",
    "i": "×ØÜÝÞ",
    "o": "ßáâãä",
    "ô": "åæçèé",
    "ơ": "êëìíî",
    "u": "ïñòóô",
    "ư": "õö÷øù",
    "y": "úûüýþ",
}
TCVN3: Final = _TCVN3_PLAIN | {
    code: TONED[vowel][tone]
    for vowel, codes in _TCVN3_TONED.items()
    for tone, code in enumerate(codes, 1)
}

# VNI-Win: the mark is a letter of its own behind the vowel, except for the letters listed first.
_VNI_SINGLE = dict(zip("ôöñíìæóòî", "ơưđíìỉĩịỵ", strict=True))
_VNI_TONES = "øûõùï"
_VNI_MARKS = {
    **{vowel: (vowel, _VNI_TONES) for vowel in "aeouy"},
    "ă": ("a", "èúüéë"),
    "â": ("a", "àåãáä"),
    "ê": ("e", "àåãáä"),
    "ô": ("o", "àåãáä"),
    "ơ": ("ô", _VNI_TONES),
    "ư": ("ö", _VNI_TONES),
}
_VNI_SMALL = (
    _VNI_SINGLE
    | {"aê": "ă", "aâ": "â", "eâ": "ê", "oâ": "ô"}
    | {
        base + mark: TONED[vowel][tone]
        for vowel, (base, marks) in _VNI_MARKS.items()
        for tone, mark in enumerate(marks, 1)
        if base + mark != "yï"  # î
    }
)
# The case of the vowel decides; its mark comes in either, as the shift key happened to be.
VNI: Final = {
    form: letter
    for code, small in _VNI_SMALL.items()
    for form, letter in (
        (code, small),
        (code.upper(), small.upper()),
        (code[0].upper() + code[1:], small.upper()),
        (code[0] + code[1:].upper(), small),
    )
}

_TCVN3_CODES = str.maketrans(TCVN3 | {"μ": "à"})  # a Greek mu: what some programs make of µ
_VIETNAMESE = "".join({form for row in TONED.values() for form in row}) + "đĐ"
_CODES: dict[Encoding, re.Pattern[str]] = {
    "Unicode": regex(f"[{_VIETNAMESE}]"),
    "TCVN3": regex(f"[{''.join(TCVN3)}μ]"),
    "VNI": regex("|".join(sorted(VNI, key=len, reverse=True))),
}
# Letters that neither old encoding can hold: text with one of them was typed in Unicode.
_UNICODE_ONLY = regex(f"[{''.join(char for char in _VIETNAMESE if char > chr(255))}]")
_CODED = {char for char in "".join((_VIETNAMESE, *TCVN3, *VNI)) if char > "\x7f"}
_JUDGED = regex(f"[{''.join(sorted(_CODED))}]")
_FOREIGN_LETTER = regex(r"(?![\x00-\x7f])[^\W\d_]")
_PIECE = regex(r"[^\W\d_]+")
# A capital behind the first letter and no plain small one: the toned letters were capitals too.
# The bounds keep a hostile word from costing its length squared.
_CAPITALS = regex(
    r"(?<![^\W\d_])[^\W\d_a-z]{1,20}[A-Z][^\W\d_a-z]{0,20}(?![^\W\d_])",
)

_OLD: tuple[Encoding, ...] = ("TCVN3", "VNI")
# A conversion is trusted when most of its words are Vietnamese and clearly fewer in any other.
_GOOD = 0.75
_CLEAR = 0.5
_LONGEST_WORD = 40


@dataclass(frozen=True, slots=True)
class LegacyReading:
    """Text as it was meant, the encoding it came in, and what only a person can settle."""

    text: str
    encoding: Encoding
    doubts: tuple[str, ...] = ()


def read_legacy(text: str) -> LegacyReading:
    """Return text in Unicode, whichever of the three encodings it came in.

    >>> read_legacy("Hµ Néi, ngµy 05 th¸ng 3")
    LegacyReading(text='Hà Nội, ngày 05 tháng 3', encoding='TCVN3', doubts=())
    >>> read_legacy("Haø Noäi").text, read_legacy("Hà Nội").encoding
    ('Hà Nội', 'Unicode')
    >>> read_legacy("tôi").doubts
    ('“tôi” có thể là “tôi” (Unicode), “tụi” (TCVN3), “tơi” (VNI)',)

    Text in doubt comes back as it was.
    """
    if text.isascii():
        return LegacyReading(text, "Unicode")
    composed = normalise(text)
    if _UNICODE_ONLY.search(composed):
        return LegacyReading(composed, "Unicode", _strangers(composed))
    words = _judged_words(composed)
    scores: dict[str, tuple[float, Encoding]] = {}
    for encoding in _CODES:
        result = convert(composed, encoding)
        # The first encoding keeps a text that reads the same in two of them.
        if result not in scores:
            scores[result] = _score(words, encoding), encoding
    ranked = sorted(scores, key=lambda result: -scores[result][0])
    best, encoding = scores[ranked[0]]
    rivals = [result for result in ranked if scores[result][0] > best - _CLEAR]
    # Unicode text may hold foreign words; a conversion must prove itself by its words.
    if len(rivals) == 1 and (best >= _GOOD or encoding == "Unicode"):
        return LegacyReading(ranked[0], encoding, _unread(words, encoding))
    named = ", ".join(f"{shown(result)} ({scores[result][1]})" for result in rivals)
    return LegacyReading(composed, "Unicode", (f"{shown(text)} có thể là {named}",))


def convert(text: str, encoding: Encoding) -> str:
    """Return text of a known encoding in Unicode.

    >>> convert("Uû ban nh©n d©n", "TCVN3"), convert("ÑAÛNG BOÄ", "VNI")
    ('Uỷ ban nhân dân', 'ĐẢNG BỘ')
    >>> convert("NéI DUNG", "TCVN3")
    'NỘI DUNG'

    TCVN3 has no capitals with tones: the small letter stands in a word of capitals. Where a font of
    capitals was used for whole lines, the capitals are lost with the font.
    """
    if encoding == "TCVN3":
        return _CAPITALS.sub(lambda match: match[0].upper(), text.translate(_TCVN3_CODES))
    if encoding == "VNI":
        return _CODES["VNI"].sub(lambda match: VNI[match[0]], text)
    return text


def legacy(value: object, encoding: str = "") -> str:
    """Return text in Unicode; refuse where its encoding is in doubt, unless it is named.

    >>> legacy("Hµ Néi")
    'Hà Nội'
    >>> legacy("tôi", "VNI"), legacy("Haø Noäi"), legacy(None)
    ('tơi', 'Hà Nội', '……')

    ``encoding`` is "TCVN3" (or "ABC") or "VNI".
    """
    if value is None:
        return BLANK
    text = plain(value)
    if encoding:
        known = _NAMES.get(encoding.upper())
        if known is None:
            raise TextFormError(f"{shown(encoding)} không phải là bảng mã, chỉ có: TCVN3, VNI")
        return convert(text, known)
    reading = read_legacy(text)
    if reading.doubts:
        raise TextFormError(f"không chắc bảng mã: {reading.doubts[0]}")
    return reading.text


_NAMES: dict[str, Encoding] = {
    "TCVN3": "TCVN3",
    "ABC": "TCVN3",
    "VNI": "VNI",
    "UNICODE": "Unicode",
}


def _score(words: list[str], encoding: Encoding) -> float:
    """Return the share of Vietnamese syllables among words that carry a code in question."""
    judged = [_verdict(word, encoding) for word in words]
    count = sum(pieces for _, pieces in judged)
    return sum(good for good, _ in judged) / count if count else 1.0


def _verdict(word: str, encoding: Encoding) -> tuple[int, int]:
    """Return how many pieces of a word are syllables, and of how many; abbreviations say nothing.

    The same words come again and again; their verdicts are kept, hostile lengths are not.
    """
    judge = _judge if len(word) <= _LONGEST_WORD else _judge.__wrapped__
    return judge(word, encoding)


@lru_cache(maxsize=4096)
def _judge(word: str, encoding: Encoding) -> tuple[int, int]:
    left_over = _CODES[encoding].sub("", word)
    if not left_over.isascii() and _FOREIGN_LETTER.search(left_over):
        return 0, 1
    pieces = [
        piece
        for piece in _PIECE.findall(convert(word, encoding))
        if len(piece) > 5 or not piece.isupper()
    ]
    return sum(map(is_syllable, pieces)), len(pieces)


def _is_read(word: str, encoding: Encoding) -> bool:
    good, pieces = _verdict(word, encoding)
    return good == pieces


def _judged_words(text: str) -> list[str]:
    return [word for word in text.split() if _JUDGED.search(word)]


def _strangers(text: str) -> tuple[str, ...]:
    """Name the words of Unicode text that are Vietnamese only when read in an old encoding."""
    return tuple(
        f"{shown(word)} có thể là {shown(convert(word, encoding))} ({encoding})"
        for word in _judged_words(text)
        if not _UNICODE_ONLY.search(word) and not _is_read(word, "Unicode")
        for encoding in _OLD
        if _is_read(word, encoding)
    )


def _unread(words: list[str], encoding: Encoding) -> tuple[str, ...]:
    """Name the words of converted text that stayed unreadable; Unicode may hold foreign words."""
    if encoding == "Unicode":
        return ()
    return tuple(
        f"{shown(word)} không đọc được theo {encoding}"
        for word in words
        if not _is_read(word, encoding)
    )
