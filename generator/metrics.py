"""How long a line of text prints in Times New Roman, for rules whose length depends on it.

The decree asks for rules of one third to one half of the line above (NĐ 30/2020, Phụ lục I, Phần I,
II.2.b and II.5.b), so their length depends on the record. The advance widths are those of the
typeface, in units of 1/2048 em; the metric-compatible substitutes share them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

UNITS_PER_EM = 2048
MM_PER_POINT = 25.4 / 72

# Accented letters are as wide as their base letter, except ơ and ư, which are listed.
_REGULAR = {
    369: "'", 410: "|", 512: " ,.\u00a0", 569: "/:;\\ijlt", 614: "²³", 682: "!()-I[]`fr‘’",
    717: "•",
    797: "Js", 819: "°", 836: '"', 909: "?acez“”", 961: "^", 983: "{}",
    1024: "#$*0123456789_bdghknopquvxyđ–§", 1083: "ơ", 1108: "~", 1110: "ư", 1124: "±", 1139: "FPS",
    1155: "+<=>×", 1251: "ELTZ", 1366: "BCR", 1479: "ADGHKNOQUVXYwĐ", 1536: "½Ơ", 1589: "Ư",
    1593: "&m", 1706: "%", 1821: "M", 1886: "@", 1933: "W", 2048: "—…",
}  # fmt: skip
_BOLD = {
    451: "|", 512: " ,.\u00a0", 569: "'/\\il", 614: "²³", 682: "!()-:;[]`fjt‘’", 717: "•",
    797: "Is",
    807: "{}", 819: "°", 909: "cerz", 1024: "#$*0123456789?J_agovxy–“”§", 1065: "~", 1124: "±",
    1134: "ơ", 1137: '"', 1139: "Sbdhknpquđ", 1167: "+<=>×", 1190: "^", 1229: "ư", 1251: "FP",
    1366: "BELTZ", 1479: "ACDNRUVXYwĐ", 1536: "½", 1593: "GHKOQƠ", 1630: "Ư", 1706: "&m", 1905: "@",
    1933: "M", 2048: "%W—…",
}  # fmt: skip
_ITALIC = {
    438: "'", 512: " ,.\u00a0", 563: "|", 569: "/\\fijlt", 614: "²³", 682: "!()-:;I`‘’", 717: "•",
    797: "[]rsz", 819: "{}°", 860: '"', 864: "^", 909: "Jcekvxy",
    1024: "#$*0123456789?S_abdghnopqu§đ–", 1093: "ơ", 1108: "~", 1117: "ư", 1124: "±",
    1139: "LTYZ“”", 1251: "ABEFPRVX", 1366: "CKNw", 1382: "+<=>×", 1479: "DGHOQUmĐƠ", 1536: "½",
    1544: "Ư", 1593: "&", 1706: "%MW", 1821: "—…", 1884: "@",
}  # fmt: skip
_HORN = "\u031b"


class _Advances(dict[str, int]):
    """Character -> advance width; one not listed is as wide as its base letter, a mark is none."""

    def __missing__(self, char: str) -> int:
        parts = unicodedata.normalize("NFD", char)
        base = parts[0]
        if _HORN in parts[1:]:
            base = unicodedata.normalize("NFC", base + _HORN)
        width = 0 if unicodedata.combining(base) else self.get(base, UNITS_PER_EM // 2)
        self[char] = width
        return width


_ADVANCES = {
    face: _Advances((char, width) for width, chars in table.items() for char in chars)
    for face, table in (
        ((False, False), _REGULAR),
        ((True, False), _BOLD),
        ((False, True), _ITALIC),
        ((True, True), _BOLD),  # nearly: no form sets a heading in bold italics
    )
}


def text_width_mm(text: str, size_pt: float, *, bold: bool = False, italic: bool = False) -> float:
    """Return the printed length of one line of text.

    >>> round(text_width_mm("Độc lập - Tự do - Hạnh phúc", 14, bold=True), 1)
    60.5
    """
    units = sum(map(_ADVANCES[bold, italic].__getitem__, text))
    return units / UNITS_PER_EM * size_pt * MM_PER_POINT


def wrapped(
    text: str, size_pt: float, column_mm: float, *, bold: bool = False, italic: bool = False
) -> list[str]:
    r"""Return the lines of a text wrapped at spaces in a column, as a word processor wraps it.

    >>> wrapped("Tổng kết 10 năm\nthực hiện Đề án", 14, 25)
    ['Tổng kết 10', 'năm', 'thực hiện', 'Đề án']
    """
    lines: list[str] = []
    for part in text.split("\n"):
        line = ""
        for word in part.split(" "):
            longer = f"{line} {word}" if line else word
            if line and text_width_mm(longer, size_pt, bold=bold, italic=italic) > column_mm:
                lines.append(line)
                longer = word
            line = longer
        lines.append(line)
    return lines


@lru_cache(maxsize=1024)  # titles and superiors repeat from unit to unit
def balanced_mm(
    text: str, size_pt: float, column_mm: float, *, bold: bool = False, italic: bool = False
) -> float:
    r"""Return the width in which a heading takes the lines it needs and breaks well.

    A column as wide as it may be leaves one word on the last line, or parts a name or a date. Here
    the last line is at least half as long as the longest, where some width gives that; the number
    of lines stays. The width lies midway between two breaks, so that another measure of the same
    typeface breaks alike. A text of one line keeps its column.

    >>> balanced_mm("UBND TỈNH LÂM SƠN", 13, 61.5)
    61.5
    >>> width = balanced_mm("UBND THÀNH PHỐ LẠC GIANG", 13, 61.5)
    >>> [wrapped("UBND THÀNH PHỐ LẠC GIANG", 13, column) for column in (61.5, width)]
    [['UBND THÀNH PHỐ LẠC', 'GIANG'], ['UBND THÀNH PHỐ', 'LẠC GIANG']]
    """
    breaks = list(_breaks(text, size_pt, column_mm, bold=bold, italic=italic))
    if len(breaks) == 1:
        return column_mm
    return min(breaks, key=lambda found: found[0])[1]


_Faults = tuple[bool, bool]


def _breaks(
    text: str, size_pt: float, column_mm: float, *, bold: bool, italic: bool
) -> Iterator[tuple[_Faults, float]]:
    """Yield each way to break a text into the lines it needs: its faults and its width.

    From the widest to the narrowest; the next one is a little narrower than the longest line.
    """
    lines = wrapped(text, size_pt, column_mm, bold=bold, italic=italic)
    count, width = len(lines), column_mm
    while len(lines) == count:
        lengths = [text_width_mm(line, size_pt, bold=bold, italic=italic) for line in lines]
        longest = max(lengths)
        middle = column_mm if width == column_mm else round((longest + width) / 2, 2)
        yield (lengths[-1] < longest / 2, _parts_words(lines)), middle
        if count == text.count("\n") + 1 or longest >= width:
            return  # every part has a line of its own, or the longest line is one word
        width = longest
        lines = wrapped(text, size_pt, longest - 0.01, bold=bold, italic=italic)


def _parts_words(lines: list[str]) -> bool:
    """Return whether a break parts what is one: Phú | Lâm, ngày | 15/7/2024, năm | 2026."""
    capitals = not "".join(lines).isupper()
    return any(
        after[:1].isdigit()
        or (capitals and before.split(" ")[-1][:1].isupper() and after[:1].isupper())
        for before, after in pairwise(lines)
    )


@lru_cache(maxsize=1024)
def rule_mm(
    text: str,
    size_pt: float,
    column_mm: float,
    *,
    bold: bool = True,
    italic: bool = False,
    share: float = 0.4,
    balanced: bool = False,
) -> float:
    r"""Return the length of the rule under a text: a share of its last line, to 0.1 mm.

    The decree says one third to one half (NĐ 30/2020, Phụ lục I, Phần I, II.2.b; II.5.b).
    ``balanced`` says that the text breaks as in :func:`balanced_mm`.

    >>> rule_mm("BAN CHỈ ĐẠO 138", 13, 60), rule_mm("ỦY BAN NHÂN DÂN\nTỈNH LÂM SƠN", 13, 60)
    (15.5, 13.7)
    """
    if balanced:
        column_mm = balanced_mm(text, size_pt, column_mm, bold=bold, italic=italic)
    line = wrapped(text, size_pt, column_mm, bold=bold, italic=italic)[-1]
    return round(text_width_mm(line, size_pt, bold=bold, italic=italic) * share, 1)
