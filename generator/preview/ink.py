"""How letters look and how wide they are: a run's formatting met with the faces of the machine."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from generator.formatting import RunFormat
from generator.preview.fonts import Typeface, resolve, symbol_face
from generator.preview.sfnt import Face

RAISED_SIZE = 0.65  # of the text around: Word's superscript and subscript
_RAISE = {"superscript": 0.34, "subscript": -0.14}
HIGHLIGHTS = {
    "yellow": "FFFF00", "green": "00FF00", "cyan": "00FFFF", "magenta": "FF00FF",
    "blue": "0000FF", "red": "FF0000", "darkBlue": "000080", "darkCyan": "008080",
    "darkGreen": "008000", "darkMagenta": "800080", "darkRed": "800000", "darkYellow": "808000",
    "darkGray": "808080", "lightGray": "C0C0C0", "black": "000000", "white": "FFFFFF",
}  # fmt: skip
_NO_WIDTH = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad")


@dataclass(frozen=True, slots=True, eq=False)
class Ink:
    """One look of letters on the page; lengths in points. :class:`Inks` makes one of each."""

    face: Face = field(repr=False)
    family: str
    size: float
    bold: bool
    italic: bool
    color: str
    underline: str
    strike: bool
    background: str
    raised: float
    tracking: float
    link: str
    plain: bool  # on the line: counts for its height

    def width(self, text: str) -> float:
        """Return how wide a text is, without anything added between words."""
        advances, units = self.face.advances, 0
        try:
            for char in text:
                units += advances[ord(char)]
        except KeyError:
            composed = unicodedata.normalize("NFC", text)
            units = sum(advances.get(ord(c), 0) for c in composed if c not in _NO_WIDTH)
        return units * self.size / self.face.units + self.tracking * len(text)

    @property
    def ascent(self) -> float:
        """Height above the baseline; Word puts the face's line gap there."""
        return (self.face.ascent + self.face.line_gap) * self.size / self.face.units

    @property
    def descent(self) -> float:
        """Depth below the baseline."""
        return self.face.descent * self.size / self.face.units


MissingSign = Callable[[str, RunFormat], None]


class Inks:
    """The looks of one document. Signs that no face can draw are told to ``missing``."""

    def __init__(self, missing: MissingSign) -> None:
        self._missing = missing
        # By identity: formatting shares equal runs, and a hash of thirty fields is slow.
        self._by_run: dict[tuple[int, str], tuple[RunFormat, Ink]] = {}
        self._inks: dict[tuple[object, ...], Ink] = {}
        self._bare: dict[Ink, Ink] = {}
        self.typefaces: dict[str, Typeface] = {}

    def of(self, run: RunFormat, link: str = "") -> Ink:
        """Return the look of a run."""
        key = (id(run), link)
        found = self._by_run.get(key)
        if found is None:
            made = self._make(run, link, resolve(run.h_ansi or run.ascii))
            found = self._by_run[key] = run, made
        return found[1]

    def bare(self, ink: Ink) -> Ink:
        """Return a look without what is drawn around letters, which each stretch draws itself."""
        if ink not in self._bare:
            plain = replace(ink, underline="", strike=False, background="", link="", raised=0.0)
            self._bare[ink] = self._one(plain)
        return self._bare[ink]

    def _one(self, ink: Ink) -> Ink:
        """Return the one ink that looks so."""
        key = tuple(getattr(ink, name) for name in Ink.__slots__ if name != "face")
        return self._inks.setdefault(key, ink)

    def _make(self, run: RunFormat, link: str, typeface: Typeface) -> Ink:
        self.typefaces[typeface.family] = typeface
        face = typeface.face(run.bold, run.italic)
        raised = _RAISE.get(run.vert_align, 0.0) * run.size_pt + run.raised_half_points / 2
        return self._one(
            Ink(
                face=face,
                family=typeface.family,
                size=round(run.size_pt * (RAISED_SIZE if run.vert_align else 1), 2),
                bold=run.bold,
                italic=run.italic,
                color=run.color if run.color != "000000" else "",
                underline=run.underline,
                strike=run.strike or run.double_strike,
                background=HIGHLIGHTS.get(run.highlight, "") or run.shading,
                raised=round(raised, 2),
                tracking=run.spacing / 20,
                link=link,
                plain=not run.vert_align,
            )
        )

    def spans(self, text: str, run: RunFormat, link: str) -> list[tuple[str, Ink]]:
        """Return a text cut where a sign needs another face, each stretch with its look."""
        ink = self.of(run, link)
        have = ink.face.advances
        if all(ord(char) in have for char in text):
            return [(text, ink)]
        found: list[tuple[str, Ink]] = []
        for char in _drawable(text, have):
            look = ink if ord(char) in have or char in _NO_WIDTH else self._symbol(char, run, link)
            if found and found[-1][1] is look:
                found[-1] = (found[-1][0] + char, look)
            else:
                found.append((char, look))
        return found

    def _symbol(self, char: str, run: RunFormat, link: str) -> Ink:
        typeface = symbol_face(char)
        if typeface is None:
            self._missing(char, run)
            return self.of(run, link)
        return self._make(run, link, typeface)


def _drawable(text: str, have: object) -> str:
    """Return a text with its letters composed and hyphens drawn by the hyphen every face has."""
    return unicodedata.normalize("NFC", text).replace("\u2011", "\u2010")
