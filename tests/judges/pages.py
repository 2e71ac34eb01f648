"""What is on the paper: lines of text and drawn rules of a PDF, measured in millimetres.

A line is one run of text on one baseline in one column: the two halves of a two-column heading are
two lines, and a tab stop starts a new one. Places are counted from the top left corner of the page.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pdfplumber

MM_PER_PT = 25.4 / 72
COLUMN_GAP_EM = 0.45  # wider without a space character: another column
STRETCHED_SPACE_EM = 4.0  # the widest a space becomes in a justified line
RULE_THICKEST_PT = 3.0
RULE_SHORTEST_PT = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of text; font, size, weight and slant are those of most of its letters."""

    text: str
    page: int
    x0_mm: float
    x1_mm: float
    baseline_mm: float
    font: str  # family without spaces and style: "LiberationSerif"
    size_pt: float
    bold: bool
    italic: bool
    mixed: bool  # more than one font, size, weight or slant

    @property
    def width_mm(self) -> float:
        return self.x1_mm - self.x0_mm

    @property
    def center_mm(self) -> float:
        return (self.x0_mm + self.x1_mm) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A drawn horizontal line. Underlined text and table borders are rules too."""

    page: int
    x0_mm: float
    x1_mm: float
    y_mm: float

    @property
    def length_mm(self) -> float:
        return self.x1_mm - self.x0_mm

    @property
    def center_mm(self) -> float:
        return (self.x0_mm + self.x1_mm) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A drawn vertical line: the side of a cell or of a frame."""

    page: int
    x_mm: float
    top_mm: float
    bottom_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page: its size, its lines from top to bottom and left to right, its rules likewise."""

    number: int
    width_mm: float
    height_mm: float
    lines: tuple[Line, ...]
    rules: tuple[Rule, ...]
    edges: tuple[Edge, ...]


def pdf_pages(pdf: Path) -> list[Page]:
    """Return the pages of a PDF."""
    with pdfplumber.open(pdf) as document:
        return [_page(page) for page in document.pages]


def pdf_lines(pdf: Path) -> list[Line]:
    """Return the lines of all pages."""
    return [line for page in pdf_pages(pdf) for line in page.lines]


def pdf_rules(pdf: Path) -> list[Rule]:
    """Return the horizontal rules of all pages."""
    return [rule for page in pdf_pages(pdf) for rule in page.rules]


def pdf_text(pdf: Path) -> str:
    """Return the text of all pages, one line of print to a line."""
    return "\n".join(line.text for line in pdf_lines(pdf))


def _page(page: Any) -> Page:
    edges = tuple(_edges(page))
    grouped = _grouped(list(_glyphs(page)), _Sides(edges))
    lines = [_line(page.page_number, glyphs) for glyphs in grouped]
    return Page(
        number=page.page_number,
        width_mm=_mm(page.width),
        height_mm=_mm(page.height),
        lines=tuple(sorted(lines, key=lambda line: (round(line.baseline_mm, 1), line.x0_mm))),
        rules=tuple(_rules(page)),
        edges=edges,
    )


def _mm(points: float) -> float:
    return round(points * MM_PER_PT, 2)


# --- text


@dataclass(frozen=True, slots=True)
class _Style:
    font: str
    size: float
    bold: bool
    italic: bool


@dataclass(frozen=True, slots=True)
class _Glyph:
    text: str
    x0: float
    x1: float
    baseline: float
    style: _Style

    @property
    def blank(self) -> bool:
        return self.text.isspace()


def _glyphs(page: Any) -> Iterator[_Glyph]:
    """Yield the upright letters of a page in the order in which they are drawn."""
    for char in page.chars:
        _, _, slant, height, _, y = char["matrix"]
        if char["upright"]:
            style = _style(char["fontname"], char["size"], slanted=abs(slant) > 0.1 * abs(height))
            yield _Glyph(char["text"], char["x0"], char["x1"], page.height - y, style)


def _style(fontname: str, size: float, *, slanted: bool) -> _Style:
    """Read family, weight and slant from a PDF font name such as "BAAAAA+LiberationSerif-Bold"."""
    bare = fontname.split("+")[-1]
    family = re.sub(r"[-,].*|PS(MT)?$|MT$", "", bare.replace(" ", ""))
    bold = "bold" in bare.lower()
    italic = slanted or bool(re.search("italic|oblique", bare.lower()))
    return _Style(family, round(size, 1), bold, italic)


class _Sides:
    """The sides of cells on a page, to ask which stand between two letters of a line."""

    def __init__(self, edges: Sequence[Edge]) -> None:
        self._edges = edges
        self._crossing: dict[float, list[float]] = {}

    def between(self, left: _Glyph, right: _Glyph) -> bool:
        y_mm = _mm(left.baseline) - 1
        if y_mm not in self._crossing:
            crossing = (edge.x_mm for edge in self._edges if edge.top_mm < y_mm < edge.bottom_mm)
            self._crossing[y_mm] = sorted(crossing)
        sides = self._crossing[y_mm]
        x0_mm = _mm(left.x0 if left.blank else left.x1) - 0.2
        x1_mm = _mm(right.x1 if right.blank else right.x0) + 0.2
        return bisect(sides, x0_mm) < bisect(sides, x1_mm)


def _grouped(glyphs: list[_Glyph], sides: _Sides) -> list[list[_Glyph]]:
    """Return the letters of each line: first those drawn in a row, then the pieces of one line."""
    runs: list[list[_Glyph]] = []
    for glyph in glyphs:
        if runs and _continues(runs[-1], glyph, sides):
            runs[-1].append(glyph)
        else:
            runs.append([glyph])
    runs = [run for run in runs if not all(glyph.blank for glyph in run)]
    runs.sort(key=lambda run: (round(run[0].baseline), run[0].x0))
    lines: list[list[_Glyph]] = []
    for run in runs:
        if lines and _continues(lines[-1], run[0], sides):
            lines[-1].extend(run)
        else:
            lines.append(run)
    return lines


def _continues(run: list[_Glyph], glyph: _Glyph, sides: _Sides) -> bool:
    sizes = run[0].style.size, glyph.style.size
    em = max(sizes)
    # A superscript stands off the baseline and is smaller; so does the text that follows one.
    off = 0.45 * em if min(sizes) < 0.8 * em else 0.1 * em
    if abs(glyph.baseline - run[0].baseline) > off:
        return False
    spaced = glyph.blank or run[-1].blank
    widest = STRETCHED_SPACE_EM if spaced else COLUMN_GAP_EM
    if not -0.5 * em <= glyph.x0 - run[-1].x1 <= widest * em:
        return False
    return not (spaced and sides.between(run[-1], glyph))


def _line(page: int, glyphs: list[_Glyph]) -> Line:
    ink = [glyph for glyph in glyphs if not glyph.blank]
    styles = Counter(glyph.style for glyph in ink)
    style = styles.most_common(1)[0][0]
    baselines = Counter(glyph.baseline for glyph in ink if glyph.style == style)
    text = unicodedata.normalize("NFC", "".join(glyph.text for glyph in glyphs))
    return Line(
        text=" ".join(text.split()),
        page=page,
        x0_mm=_mm(min(glyph.x0 for glyph in ink)),
        x1_mm=_mm(max(glyph.x1 for glyph in ink)),
        baseline_mm=_mm(baselines.most_common(1)[0][0]),
        font=style.font,
        size_pt=style.size,
        bold=style.bold,
        italic=style.italic,
        mixed=len(styles) > 1,
    )


# --- rules


def _rules(page: Any) -> Iterator[Rule]:
    """Yield horizontal rules, the borders of neighbouring cells joined into one."""
    strokes = sorted(_strokes(page), key=lambda stroke: (round(stroke[2]), stroke[0]))
    joined: list[tuple[float, float, float]] = []
    for x0, x1, y in strokes:
        if joined and abs(joined[-1][2] - y) < 0.8 and x0 <= joined[-1][1] + 1:
            last_x0, last_x1, last_y = joined[-1]
            joined[-1] = (last_x0, max(last_x1, x1), last_y)
        else:
            joined.append((x0, x1, y))
    for x0, x1, y in joined:
        if x1 - x0 >= RULE_SHORTEST_PT:
            yield Rule(page=page.page_number, x0_mm=_mm(x0), x1_mm=_mm(x1), y_mm=_mm(y))


def _strokes(page: Any) -> Iterator[tuple[float, float, float]]:
    """Yield left end, right end and middle height of everything drawn flat: strokes, thin boxes."""
    for drawn in (*page.lines, *page.curves, *page.rects):
        thickness = drawn["bottom"] - drawn["top"]
        visible = drawn.get("stroke") or drawn.get("fill")
        if visible and thickness <= RULE_THICKEST_PT and drawn["x1"] - drawn["x0"] > thickness:
            yield drawn["x0"], drawn["x1"], (drawn["top"] + drawn["bottom"]) / 2


def _edges(page: Any) -> Iterator[Edge]:
    """Yield everything drawn upright: strokes, thin boxes."""
    for drawn in (*page.lines, *page.curves, *page.rects):
        width, height = drawn["x1"] - drawn["x0"], drawn["bottom"] - drawn["top"]
        visible = drawn.get("stroke") or drawn.get("fill")
        if visible and width <= RULE_THICKEST_PT and height > width:
            yield Edge(
                page=page.page_number,
                x_mm=_mm((drawn["x0"] + drawn["x1"]) / 2),
                top_mm=_mm(drawn["top"]),
                bottom_mm=_mm(drawn["bottom"]),
            )
