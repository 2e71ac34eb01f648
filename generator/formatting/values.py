"""What formatting comes to: frozen values in the units of WordprocessingML.

Lengths are twentieths of a point (twips), letter sizes half-points, border widths eighths of a
point, as in the file; a colour is six hexadecimal digits, or "" for automatic or none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

SIDES = ("top", "left", "bottom", "right")


@dataclass(frozen=True, slots=True, kw_only=True)
class Border:
    """One border line; ``style`` is as in the file: ``single``, ``double``, ``dashed``."""

    style: str
    width_eighths: int
    space_pt: int = 0
    color: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TabStop:
    """A tab stop, counted from the left margin of the text."""

    position: int
    align: str = "left"  # left, center, right, decimal, bar
    leader: str = "none"  # none, dot, hyphen, underscore, heavy, middleDot


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Where paragraphs stand apart from the text (ECMA-376, part 1, 17.3.1.11)."""

    width: int = 0  # 0: as wide as its text
    height: int = 0
    height_rule: str = "auto"  # auto, exact, atLeast
    x: int = 0
    y: int = 0
    from_x: str = "page"  # page, margin, text
    from_y: str = "page"
    align_x: str = ""
    align_y: str = ""
    space_x: int = 0  # kept free at the left and right
    space_y: int = 0
    wrap: str = ""  # around, notBeside, none …
    drop_cap: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParagraphFormat:
    """A paragraph's effective formatting; ``first_line`` is negative for a hanging indent."""

    style: str
    align: str = "left"  # left, center, right, both, distribute
    left: int = 0
    right: int = 0
    first_line: int = 0
    before: int = 0
    after: int = 0
    before_auto: bool = False
    after_auto: bool = False
    contextual: bool = False
    line: int = 240
    line_rule: str = "auto"  # auto (240ths of a line), exact, atLeast (twips)
    keep_next: bool = False
    keep_lines: bool = False
    page_break_before: bool = False
    widow_control: bool = True
    suppress_line_numbers: bool = False
    tabs: tuple[TabStop, ...] = ()
    borders: Mapping[str, Border]  # top, left, bottom, right, between; only those drawn
    shading: str = ""
    outline: int | None = None
    num_id: str = ""
    level: int = 0
    frame: Frame | None = None
    right_to_left: bool = False

    @property
    def framed(self) -> bool:
        """Whether the paragraph stands apart from the text."""
        return self.frame is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFormat:
    """A run's effective formatting."""

    style: str = ""
    ascii: str = "Times New Roman"
    h_ansi: str = "Times New Roman"
    east_asia: str = "Times New Roman"
    cs: str = "Times New Roman"
    size_half_points: int = 20
    bold: bool = False
    italic: bool = False
    caps: bool = False
    small_caps: bool = False
    underline: str = ""  # "" none, else single, double, words …
    strike: bool = False
    double_strike: bool = False
    hidden: bool = False
    color: str = ""
    highlight: str = ""  # the name in the file: yellow, green …
    shading: str = ""
    vert_align: str = ""  # "", superscript, subscript
    raised_half_points: int = 0  # w:position
    spacing: int = 0  # twips added after each letter
    scale_percent: int = 100
    lang: str = ""
    kern_from_half_points: int = 0  # 0: no kerning
    effects: tuple[str, ...] = ()  # outline, shadow, emboss, imprint
    right_to_left: bool = False
    border: Border | None = None

    @property
    def size_pt(self) -> float:
        """The letter size in points."""
        return self.size_half_points / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """The number or bullet that Word puts before a paragraph; it is not in the paragraph's text."""

    text: str
    suffix: str  # tab, space, nothing
    align: str  # left, center, right
    kind: str  # the number format: decimal, lowerLetter, bullet …
    run: RunFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section: its page and the blocks (paragraphs, tables) that stand in it."""

    blocks: tuple[etree._Element, ...]
    break_kind: str  # nextPage, continuous, evenPage, oddPage, nextColumn
    width: int
    height: int
    landscape: bool
    top: int  # negative: exact, whatever the header needs
    bottom: int
    left: int
    right: int
    header: int
    footer: int
    gutter: int
    title_page: bool
    headers: Mapping[str, str]  # default, first, even -> name of the part
    footers: Mapping[str, str]
    page_start: int | None
    page_format: str
    columns: int
    column_space: int
    columns_equal: bool  # all of one width, no line between them
    vertical_align: str  # top, center, both, bottom
    borders: Mapping[str, Border]  # around the page: top, left, bottom, right; only those drawn
    borders_from: str  # text, page: what their distance is counted from
    borders_on: str  # allPages, firstPage, notFirstPage
    own: Mapping[str, str]  # what else the section asks for: lnNumType, pgBorders, textDirection …

    @property
    def text_width(self) -> int:
        """The width between the margins."""
        return self.width - self.left - self.right - self.gutter


@dataclass(frozen=True, slots=True, kw_only=True)
class CellFormat:
    """A table cell. ``rows`` counts the rows it covers; 0 for one covered by the cell above."""

    element: etree._Element
    column: int  # grid column where it begins
    columns: int  # grid columns it covers
    rows: int
    width: int
    borders: Mapping[str, Border | None]  # top, left, bottom, right; None: no line
    margins: Mapping[str, int]
    shading: str
    vertical_align: str  # top, center, bottom
    text_direction: str
    no_wrap: bool
    diagonal: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFormat:
    """A table row."""

    element: etree._Element
    cells: tuple[CellFormat, ...]
    header: bool
    cant_split: bool
    height: int
    height_rule: str  # auto, atLeast, exact
    columns_before: int
    columns_after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFormat:
    """A table with its rows; ``grid`` holds the widths of its columns."""

    style: str
    grid: tuple[int, ...]
    rows: tuple[RowFormat, ...]
    align: str  # left, center, right
    indent: int
    fixed: bool
    floating: bool
    cell_spacing: int
    right_to_left: bool
    width: int  # 0: automatic
    percent: float  # of the text width; 0 when the width is in twips or automatic
