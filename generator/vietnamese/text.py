"""Letters: composed forms, look-alikes and stray characters, capitals, lists, bare spelling."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from generator.patterns import regex
from generator.vietnamese import BLANK, Blank, TextFormError, shown
from generator.vietnamese.plain import plain
from generator.vietnamese.syllables import TONED, Placement, is_syllable, place_tones

Kind = Literal["ký tự điều khiển", "ký tự vô hình", "chữ nhìn giống"]


@dataclass(frozen=True, slots=True)
class Oddity:
    """One character that does not belong in an official text.

    ``at`` counts characters from 0. ``better`` is what ``clean`` writes in its place; ``None``
    where something could be lost and only a person can tell.
    """

    at: int
    found: str
    kind: Kind
    better: str | None

    def __str__(self) -> str:
        r"""Return the finding as a Vietnamese phrase.

        >>> str(find_oddities("\u00d0ảng")[0])
        'ký tự thứ 1: “Ð” (U+00D0), chữ nhìn giống, thay bằng “Đ”'
        """
        codes = " ".join(f"U+{ord(char):04X}" for char in self.found)
        name = f"“{self.found}” ({codes})" if self.found.isprintable() else codes
        finding = f"ký tự thứ {self.at + 1}: {name}, {self.kind}"
        if self.better is None:
            return f"{finding}, cần người xem lại"
        means = {"": "bỏ được", "\n": "thay bằng xuống dòng"}
        return f"{finding}, {means.get(self.better, f'thay bằng “{self.better}”')}"


# Unicode has three twins of Đ; old fonts and web pages bring Cyrillic and Greek letters; the breve
# of ă has a twin in the caron of ǎ.
_TWINS = str.maketrans(
    "\u00d0\u0189\u00f0\u0256ǍǎАВЕЅІЈКМНОРСТУХаеѕіјорсухΑΒΕΖΗΙΚΜΝΟΡΤΥΧο",
    "ĐĐđđĂăABESIJKMHOPCTYXaesijopcyxABEZHIKMNOPTYXo",
)
_SURE_TWINS = frozenset("\u00d0\u0189")  # a capital Ð or Ɖ is never anything else in Vietnam
_FOREIGN = regex("[\u0370-\u03ff\u0400-\u04ff]")
_STRUCK_D = regex("([Dd])[\u0335\u0336]")

# Control characters: XML refuses most of them. Word has its own for line and page breaks and for
# hyphens; half a surrogate pair or a non-character is what is left of something lost.
_CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f"
_LOST = regex("[\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# Zero-width and direction marks print nothing but break searching. A soft hyphen may be the letter
# ư of TCVN3, which dropping would lose.
_INVISIBLE = regex("[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")
_MEANS: dict[str, str | None] = {
    **dict.fromkeys(("\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"), "\n"),
    "\x1e": "-",
    "\u00ad": None,
}
_UNPRINTED = regex(f"\r\n|[{_CONTROLS}]|{_LOST.pattern}|{_INVISIBLE.pattern}")
_SUSPECT = regex(f"{_UNPRINTED.pattern}|[\u0335\u0336{''.join(map(chr, _TWINS))}]")
_MARKED_WORD = regex("(?:[^\\W\\d_][\u0300-\u036f]*)+")
_SPACES = regex(" {2,}| +(?=\n)|(?<=\n) +")

_UNMARKED = str.maketrans(
    {
        **{char: unicodedata.normalize("NFD", char)[0] for row in TONED.values() for char in row},
        "đ": "d",
        "Đ": "D",
    }
)
_SCHOOLS: dict[str, Placement] = {"hòa": "hòa", "hoà": "hoà"}
_NOT_SLUG = regex("[^a-z0-9]+")
_FIRST_LETTER = regex(r"[^\W_]")


def normalise(text: str) -> str:
    r"""Return text in composed form (NFC), which TCVN 6909:2001 and NĐ 30/2020 ask for.

    >>> normalise("Ha\u0300 No\u0323\u0302i") == "H\u00e0 N\u1ed9i"
    True
    """
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def strip_diacritics(text: str) -> str:
    """Return text without any marks, đ as d.

    >>> strip_diacritics("Đường Nguyễn Huệ, số 5")
    'Duong Nguyen Hue, so 5'
    """
    bare = text.translate(_UNMARKED)
    if bare.isascii():
        return bare
    parts = unicodedata.normalize("NFD", bare)
    return "".join(char for char in parts if not unicodedata.combining(char)).translate(_UNMARKED)


def find_oddities(text: str) -> tuple[Oddity, ...]:
    r"""Return the characters that do not belong: control, invisible, and look-alike letters.

    >>> [oddity.better for oddity in find_oddities("BC\u00d0 138\u200b")]
    ['Đ', '']
    >>> find_oddities("n\u00adíc")[0].better is None  # a soft hyphen, or the ư of TCVN3
    True

    Line feed and tab belong; so do Greek and Russian words.
    """
    if _SUSPECT.search(text) is None:
        return ()
    return tuple(sorted((*_unprinted(text), *_twins(text)), key=lambda oddity: oddity.at))


def clean(value: object) -> str:
    r"""Return text composed, with look-alikes and stray characters mended where nothing is lost.

    >>> clean("  BC\u00d0  138\u200b ")
    'BCĐ 138'
    >>> clean(None)
    '……'

    What only a person can judge stays and is named by ``find_oddities``.
    """
    if value is None:
        return BLANK
    text = plain(value)
    parts, end = [], 0
    for oddity in find_oddities(text):
        if oddity.better is not None:
            parts += [text[end : oddity.at], oddity.better]
            end = oddity.at + len(oddity.found)
    mended = "".join((*parts, text[end:])) if parts else text
    return _SPACES.sub(_one_space, normalise(mended)).strip()


def tone(value: object, style: str = "hòa") -> str:
    """Return text with its tone marks placed by one school: "hòa" (older) or "hoà" (newer).

    >>> tone("Hoà Bình, uỷ ban, hiệu qủa")
    'Hòa Bình, ủy ban, hiệu quả'
    >>> tone("Hòa Bình, ủy ban", "hoà"), tone(None)
    ('Hoà Bình, uỷ ban', '……')
    """
    if value is None:
        return BLANK
    school = _SCHOOLS.get(normalise(style))
    if school is None:
        raise TextFormError(f"{shown(style)} không phải là cách đặt dấu, chỉ có: hòa, hoà")
    return place_tones(normalise(plain(value)), school)


def upper(value: object) -> str:
    """Return text in capitals.

    >>> upper("Ủy ban nhân dân")
    'ỦY BAN NHÂN DÂN'
    """
    return BLANK if value is None else normalise(plain(value)).upper()


def cap(value: object) -> str:
    """Return text with its first letter a capital and the rest as it is.

    >>> cap("đề án 375")
    'Đề án 375'
    >>> cap("“làng an toàn”")
    '“Làng an toàn”'
    """
    if value is None:
        return BLANK
    text = normalise(plain(value))
    first = _FIRST_LETTER.search(text)
    if first is None:
        return text
    place = first.start()
    return f"{text[:place]}{text[place].upper()}{text[place + 1 :]}"


def join_vi(values: Iterable[object] | None, last: str = "và", between: str = ", ") -> str:
    """Return a list in a sentence.

    >>> join_vi(["Công an", "Quân sự", "Tư pháp"])
    'Công an, Quân sự và Tư pháp'
    >>> join_vi(["xã", "phường"], "hoặc"), join_vi(["xã"]), join_vi([]), join_vi(None)
    ('xã hoặc phường', 'xã', '……', '……')
    """
    if values is None:
        return BLANK
    if isinstance(values, str):
        return values
    if not isinstance(values, Iterable):
        raise TextFormError(f"{shown(values)} không phải là danh sách")
    items = [plain(value) for value in values]
    if len(items) < 2:
        return items[0] if items else BLANK
    return f"{between.join(items[:-1])} {last} {items[-1]}"


def slug(value: object) -> str:
    """Return text as a file name: small letters without marks, hyphens between words.

    >>> slug("Kế hoạch số 33/KH-BCĐ")
    'ke-hoach-so-33-kh-bcd'

    Raises:
        TextFormError: nothing is left to name a file by.
    """
    if value is None or isinstance(value, Blank):
        raise TextFormError(f"{shown(value)} không đặt tên tệp được")
    text = strip_diacritics(unicodedata.normalize("NFKC", plain(value))).lower()
    name = _NOT_SLUG.sub("-", text).strip("-")
    if not name:
        raise TextFormError(f"{shown(value)} không đặt tên tệp được")
    return name


def _unprinted(text: str) -> Iterator[Oddity]:
    for match in _UNPRINTED.finditer(text):
        char = match[0]
        kind: Kind = "ký tự vô hình" if _INVISIBLE.match(char) else "ký tự điều khiển"
        better = None if _LOST.match(char) else _MEANS.get(char, "")
        yield Oddity(match.start(), char, kind, better)


def _twins(text: str) -> Iterator[Oddity]:
    for struck in _STRUCK_D.finditer(text):
        yield Oddity(struck.start(), struck[0], "chữ nhìn giống", "Đ" if struck[1] == "D" else "đ")
    for match in _MARKED_WORD.finditer(text):
        word = match[0]
        mended = word.translate(_TWINS)
        if mended == word:
            continue
        strangers = len(_FOREIGN.findall(word))
        if _FOREIGN.search(mended) and strangers == len(word):
            continue  # a Greek or Russian word
        sure = _is_sure(word, mended, strangers)
        for place, (old, new) in enumerate(zip(word, mended, strict=True)):
            if old != new:
                better = new if sure or old in _SURE_TWINS else None
                yield Oddity(match.start() + place, old, "chữ nhìn giống", better)


def _is_sure(word: str, mended: str, strangers: int) -> bool:
    """Tell whether mending loses nothing: the word mixes two scripts, or becomes Vietnamese."""
    if strangers:
        return strangers < len(word) and not _FOREIGN.search(mended)
    return is_syllable(normalise(mended))


def _one_space(match: re.Match[str]) -> str:
    # Spaces beside a line end say nothing; elsewhere one is enough.
    text, end = match.string, match.end()
    beside = match.start() == 0 or text[match.start() - 1] == "\n" or text[end : end + 1] == "\n"
    return "" if beside else " "
