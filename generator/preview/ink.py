"""How letters look and how wide they are: a run's formatting met with the faces of the machine."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from generator.formatting import RunFormat
from generator.formatting.styles import Styles
from generator.preview.fonts import Typeface, resolve, substituted, symbol_face
from generator.preview.sfnt import Face

if TYPE_CHECKING:
    from generator.preview.kerning import Pairs

RAISED_SIZE = 0.65  # of the text around: Word's superscript and subscript
_RAISE = {"superscript": 0.34, "subscript": -0.14}
HIGHLIGHTS = {
    "yellow": "FFFF00", "green": "00FF00", "cyan": "00FFFF", "magenta": "FF00FF",
    "blue": "0000FF", "red": "FF0000", "darkBlue": "000080", "darkCyan": "008080",
    "darkGreen": "008000", "darkMagenta": "800080", "darkRed": "800000", "darkYellow": "808000",
    "darkGray": "808080", "lightGray": "C0C0C0", "black": "000000", "white": "FFFFFF",
}  # fmt: skip
_MOST_LOOKS = 5_000
_MOST_WORDS = 20_000  # whose widths one look remembers
_NO_WIDTH = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad")


@dataclass(frozen=True, slots=True, eq=False)
class Ink:
    """One look of letters on the page; lengths in points. :class:`Inks` makes one of each."""

    typeface: Typeface = field(repr=False)
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
    plain: bool  # on the line: counts for its height
    kerned: bool = False
    replaced: str = ""  # the face asked for, where another of other widths is drawn
    beyond: tuple[str, ...] = ()  # what of this look cannot be drawn
    widths: dict[str, float] = field(default_factory=dict, repr=False)

    def width(self, text: str) -> float:
        """Return how wide a text is, without anything added between words."""
        found = self.widths.get(text)
        if found is None:
            if len(self.widths) >= _MOST_WORDS:
                self.widths.clear()
            found = self.widths[text] = self._measured(text)
        return found

    def _measured(self, text: str) -> float:
        advances, units = self.face.advances, 0
        try:
            for char in text:
                units += advances[ord(char)]
        except KeyError:
            composed = unicodedata.normalize("NFC", text)
            units = sum(advances.get(ord(c), 0) for c in composed if c not in _NO_WIDTH)
        if self.kerned:
            units += self._pairs.within(text)
        return units * self.size / self.face.units + self.tracking * len(text)

    def between(self, pair: str) -> float:
        """Return how much closer (negative) or wider two letters stand side by side."""
        return self._pairs.between(pair) * self.size / self.face.units if self.kerned else 0.0

    @property
    def _pairs(self) -> Pairs:
        from generator.preview.kerning import pairs_of  # most documents ask for none

        return pairs_of(self.face.path, self.face.index)

    @property
    def ascent(self) -> float:
        """Height above the baseline; Word puts the face's line gap there."""
        return (self.face.ascent + self.face.line_gap) * self.size / self.face.units

    @property
    def descent(self) -> float:
        """Depth below the baseline."""
        return self.face.descent * self.size / self.face.units


_SEEN = tuple(name for name in Ink.__slots__ if name not in ("typeface", "face", "widths"))


class Inks:
    """The looks of documents with the same styles."""

    def __init__(self) -> None:
        # By identity: formatting shares equal runs, and a hash of thirty fields is slow.
        self._by_run: dict[int, tuple[RunFormat, Ink]] = {}
        self._inks: dict[tuple[object, ...], Ink] = {}
        self._bare: dict[Ink, Ink] = {}

    def of(self, run: RunFormat) -> Ink:
        """Return the look of a run."""
        found = self._by_run.get(id(run))
        if found is None:
            if len(self._by_run) >= _MOST_LOOKS:
                self._by_run.clear()
            made = self._make(run, resolve(run.h_ansi or run.ascii))
            found = self._by_run[id(run)] = run, made
        return found[1]

    def bare(self, ink: Ink) -> Ink:
        """Return a look without what is drawn around letters, which each stretch draws itself."""
        if ink not in self._bare:
            plain = replace(ink, underline="", strike=False, background="", raised=0.0)
            self._bare[ink] = self._one(plain)
        return self._bare[ink]

    def _one(self, ink: Ink) -> Ink:
        """Return the one ink that looks so."""
        key = tuple(getattr(ink, name) for name in _SEEN)
        return self._inks.setdefault(key, ink)

    def _make(self, run: RunFormat, typeface: Typeface) -> Ink:
        face, name = typeface.face(run.bold, run.italic), run.h_ansi or run.ascii
        raised = _RAISE.get(run.vert_align, 0.0) * run.size_pt + run.raised_half_points / 2
        return self._one(
            Ink(
                typeface=typeface,
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
                plain=not run.vert_align,
                # LibreOffice kerns letters below that size too, Word does not.
                kerned=0 < run.kern_from_half_points <= run.size_half_points,
                replaced=name if substituted(name) else "",
                beyond=tuple(_beyond(run)),
            )
        )

    def spans(self, text: str, run: RunFormat) -> list[tuple[str, Ink | None]]:
        """Return a text cut where a sign needs another face, each stretch with its look.

        Signs that no face can draw have none.
        """
        ink = self.of(run)
        have = ink.face.advances
        if all(ord(char) in have for char in text):
            return [(text, ink)]
        found: list[tuple[str, Ink | None]] = []
        for char in _drawable(text, have):
            look = ink if ord(char) in have or char in _NO_WIDTH else self._symbol(char, run)
            if found and found[-1][1] is look:
                found[-1] = (found[-1][0] + char, look)
            else:
                found.append((char, look))
        return found

    def _symbol(self, char: str, run: RunFormat) -> Ink | None:
        typeface = symbol_face(char)
        return self._make(run, typeface) if typeface else None


def _drawable(text: str, have: object) -> str:
    """Return a text with its letters composed and hyphens drawn by the hyphen every face has."""
    return unicodedata.normalize("NFC", text).replace("\u2011", "\u2010")


UNDERLINES = {
    "single": "", "thick": "stroke: 1.2pt", "dotted": 'stroke: (dash: "dotted")',
    "dash": 'stroke: (dash: "dashed")', "dashLong": 'stroke: (dash: "loosely-dashed")',
    "dotDash": 'stroke: (dash: "dash-dotted")',
}  # fmt: skip
"""The underlines that are drawn, and what Typst must know of each."""


def _beyond(run: RunFormat) -> Iterator[str]:
    """Yield what of a run's look cannot be drawn."""
    if run.effects:
        yield "hiệu ứng chữ (viền, bóng, nổi, chìm)"
    if run.border:
        yield "viền quanh chữ"
    if run.underline and run.underline not in UNDERLINES:
        yield f"gạch chân kiểu “{run.underline}”"
    if run.double_strike:
        yield "gạch ngang hai nét"
    if run.ascii and run.h_ansi and run.ascii.casefold() != run.h_ansi.casefold():
        yield "hai phông cho chữ có dấu và không dấu"


_SHARED: WeakKeyDictionary[Styles, Inks] = WeakKeyDictionary()


def inks_of(styles: Styles) -> Inks:
    """Return the looks that documents with these styles share."""
    found = _SHARED.get(styles)
    return found if found else _SHARED.setdefault(styles, Inks())


def forget_inks() -> None:
    """Drop all looks: the faces of the machine may have changed."""
    _SHARED.clear()
