"""How long a line of text prints in Times New Roman, for rules whose length depends on it.

The decree asks for rules of one third to one half of the line above (NĐ 30/2020, Phụ lục I, Phần I,
II.2.b and II.5.b), so their length depends on the record. The advance widths are those of the
typeface, in units of 1/2048 em; the metric-compatible substitutes share them.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

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
    bold: _Advances((char, width) for width, chars in table.items() for char in chars)
    for bold, table in ((False, _REGULAR), (True, _BOLD))
}


def text_width_mm(text: str, size_pt: float, *, bold: bool = False) -> float:
    """Return the printed length of one line of text.

    >>> round(text_width_mm("Độc lập - Tự do - Hạnh phúc", 14, bold=True), 1)
    60.5
    """
    units = sum(map(_ADVANCES[bold].__getitem__, text))
    return units / UNITS_PER_EM * size_pt * MM_PER_POINT


def wrapped(text: str, size_pt: float, column_mm: float, *, bold: bool = False) -> list[str]:
    r"""Return the lines of a text wrapped at spaces in a column, as a word processor wraps it.

    >>> wrapped("Tổng kết 10 năm\nthực hiện Đề án", 14, 25)
    ['Tổng kết 10', 'năm', 'thực hiện', 'Đề án']
    """
    lines: list[str] = []
    for part in text.split("\n"):
        line = ""
        for word in part.split(" "):
            longer = f"{line} {word}" if line else word
            if line and text_width_mm(longer, size_pt, bold=bold) > column_mm:
                lines.append(line)
                longer = word
            line = longer
        lines.append(line)
    return lines


def last_line(text: str, size_pt: float, column_mm: float, *, bold: bool = False) -> str:
    r"""Return the last line of a text wrapped in a column.

    >>> last_line("ỦY BAN NHÂN DÂN\nTHÀNH PHỐ HÀ NỘI", 13, 60, bold=True)
    'THÀNH PHỐ HÀ NỘI'
    >>> last_line("Tổng kết 10 năm thực hiện Đề án", 14, 45, bold=True)
    'thực hiện Đề án'
    """
    return wrapped(text.rpartition("\n")[2], size_pt, column_mm, bold=bold)[-1]


@lru_cache(maxsize=1024)  # titles and superiors repeat from unit to unit
def rule_mm(
    text: str, size_pt: float, column_mm: float, *, bold: bool = True, share: float = 0.4
) -> float:
    """Return the length of the rule under a text: a share of its last line, to 0.1 mm.

    The decree says one third to one half (NĐ 30/2020, Phụ lục I, Phần I, II.2.b; II.5.b).

    >>> rule_mm("BAN CHỈ ĐẠO 138", 13, 60)
    15.5
    """
    line = last_line(text, size_pt, column_mm, bold=bold)
    return round(text_width_mm(line, size_pt, bold=bold) * share, 1)
