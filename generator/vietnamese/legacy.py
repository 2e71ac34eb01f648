"""Text typed for the old TCVN3 (ABC) and VNI fonts: recognised, converted, doubts reported.

Both wrote Vietnamese with the codes of Western letters, so that "Hµ Néi" or "Haø Noäi" shows as
"Hà Nội" only in their fonts. Nothing but the words tells them apart: text is read each way and
judged by how many of its words are Vietnamese syllables.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

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
    "Unicode": re.compile(f"[{_VIETNAMESE}]"),
    "TCVN3": re.compile(f"[{''.join(TCVN3)}μ]"),
    "VNI": re.compile("|".join(sorted(VNI, key=len, reverse=True))),
}
# Letters that neither old encoding can hold: text with one of them was typed in Unicode.
_UNICODE_ONLY = re.compile(f"[{''.join(char for char in _VIETNAMESE if char > chr(255))}]")
_CODED = {char for char in "".join((_VIETNAMESE, *TCVN3, *VNI)) if char > "\x7f"}
_JUDGED = re.compile(f"[{''.join(sorted(_CODED))}]")
_FOREIGN_LETTER = re.compile(r"(?![\x00-\x7f])[^\W\d_]")
_PIECE = re.compile(r"[^\W\d_]+")
# A capital behind the first letter and no plain small one: the toned letters were capitals too.
_CAPITALS = re.compile(r"(?<![^\W\d_])[^\W\d_a-z]+[A-Z][^\W\d_a-z]*(?![^\W\d_])")

_OLD: tuple[Encoding, ...] = ("TCVN3", "VNI")
# A reading is trusted when most of its words are Vietnamese and clearly fewer are in any other.
_GOOD = 0.75
_CLEAR = 0.5


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
    scores: dict[str, tuple[float, Encoding]] = {}
    for encoding in _CODES:
        result = convert(composed, encoding)
        # The first encoding keeps a text that reads the same in two of them.
        if result not in scores:
            scores[result] = _score(composed, result, encoding), encoding
    ranked = sorted(scores, key=lambda result: -scores[result][0])
    best, encoding = scores[ranked[0]]
    rivals = [result for result in ranked if scores[result][0] > best - _CLEAR]
    if best >= _GOOD and len(rivals) == 1:
        return LegacyReading(ranked[0], encoding, _unread(composed, ranked[0], encoding))
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


def _score(text: str, result: str, encoding: Encoding) -> float:
    """Return the share of Vietnamese syllables among the words that carry a code in question."""
    judged = [
        verdict
        for token, read in zip(text.split(), result.split(), strict=True)
        if _JUDGED.search(token)
        for verdict in _verdicts(token, read, encoding)
    ]
    return sum(judged) / len(judged) if judged else 1.0


def _verdicts(token: str, read: str, encoding: Encoding) -> list[bool]:
    """Tell of each piece of a word whether it is a syllable; abbreviations say nothing."""
    left_over = _CODES[encoding].sub("", token)
    if not left_over.isascii() and _FOREIGN_LETTER.search(left_over):
        return [False]
    return [
        is_syllable(piece)
        for piece in _PIECE.findall(read)
        if len(piece) > 5 or not piece.isupper()
    ]


def _strangers(text: str) -> tuple[str, ...]:
    """Name the words of Unicode text that are Vietnamese only when read in an old encoding."""
    return tuple(
        f"{shown(token)} có thể là {shown(convert(token, encoding))} ({encoding})"
        for token in text.split()
        if _JUDGED.search(token)
        and not _UNICODE_ONLY.search(token)
        and not all(_verdicts(token, token, "Unicode"))
        for encoding in _OLD
        if all(_verdicts(token, convert(token, encoding), encoding))
    )


def _unread(text: str, result: str, encoding: Encoding) -> tuple[str, ...]:
    """Name the words of converted text that stayed unreadable; Unicode may hold foreign words."""
    if encoding == "Unicode":
        return ()
    return tuple(
        f"{shown(token)} không đọc được theo {encoding}"
        for token, read in zip(text.split(), result.split(), strict=True)
        if _JUDGED.search(token) and not all(_verdicts(token, read, encoding))
    )
