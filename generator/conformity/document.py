"""A document as a stream of paragraphs: their words, looks, places, and the lines drawn by them.

Tables, content controls and text boxes are opened; deleted text and the copies that old programs
show in place of a drawing are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lxml import etree

from generator.conformity.drawings import DrawnRule, rules_of, text_boxes
from generator.formatting import (
    Formatting,
    ParagraphFormat,
    RunFormat,
    Section,
    TableFormat,
)
from generator.ooxml import Package, qn

_P, _R, _TBL = qn("w:p"), qn("w:r"), qn("w:tbl")
_T, _TAB, _BR, _CR = qn("w:t"), qn("w:tab"), qn("w:br"), qn("w:cr")
_HYPHEN, _RENDERED = qn("w:noBreakHyphen"), qn("w:lastRenderedPageBreak")
_FIELD_CHAR, _INSTRUCTION = qn("w:fldChar"), qn("w:instrText")
_DRAWN = frozenset((qn("w:drawing"), qn("w:pict"), qn("mc:AlternateContent"), qn("w:object")))
_THROUGH = frozenset(
    map(qn, ("w:hyperlink", "w:ins", "w:moveTo", "w:smartTag", "w:fldSimple", "w:customXml",
             "w:dir", "w:bdo"))
)  # fmt: skip
_SDT, _SDT_CONTENT = qn("w:sdt"), qn("w:sdtContent")
# Columns made by hand: tabs, or spaces in a row before a capital; a gap left for a number or a day
# ("Số:        /QĐ-UBND", "ngày      tháng") is no column.
_COLUMN = re.compile(r"(?<!\t)\t++(?![/\-])|(?<! ) {4,}+(?=\S)")
TWIPS_PER_MM = 1440 / 25.4


@dataclass(frozen=True, slots=True, eq=False)
class Box:
    """What a paragraph stands in: the page, a table cell, or a text box.

    ``table``, ``row`` and ``cell`` count from 1 in the order of the part; ``outer`` is the box
    around the table or the text box's anchor.
    """

    kind: str  # page, cell, text box
    width_mm: float
    outer: Box | None = None
    table: int = 0
    row: int = 0
    cell: int = 0

    @property
    def outermost(self) -> Box:
        """The box on the page itself: a cell of a table that is in no other, a text box, or it."""
        box = self
        while box.outer is not None and box.outer.kind != "page":
            box = box.outer
        return box


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Words of one run, ``start`` characters into the paragraph."""

    text: str
    look: RunFormat
    run: etree._Element
    start: int


@dataclass(slots=True, eq=False)
class Line:
    """What stands on one line of one column: a paragraph's words between breaks and tabs."""

    paragraph: Paragraph
    text: str
    start: int
    column: int
    columns: int
    pieces: tuple[Piece, ...]

    @property
    def box(self) -> Box:
        """The box of its paragraph."""
        return self.paragraph.box

    def share(self, test: str) -> float:
        """Return the share of its letters whose look has a property, such as ``bold``."""
        letters = sum(len(piece.text) for piece in self.pieces)
        having = sum(len(piece.text) for piece in self.pieces if getattr(piece.look, test))
        return having / letters if letters else 0.0

    @property
    def size(self) -> float:
        """The size of most of its letters, in points."""
        counts: dict[float, int] = {}
        for piece in self.pieces:
            size = piece.look.size_pt
            counts[size] = counts.get(size, 0) + len(piece.text)
        return max(counts, key=lambda size: counts[size]) if counts else 0.0


@dataclass(slots=True, eq=False)
class Paragraph:
    """A paragraph: ``number`` counts from 1 in its part, empty ones included."""

    node: etree._Element
    part: str
    number: int
    form: ParagraphFormat
    box: Box
    section: int
    page: int | None
    pieces: tuple[Piece, ...]
    label: str = ""
    rules: tuple[DrawnRule, ...] = ()
    breaks_page: bool = False
    index: int = 0
    _lines: list[Line] | None = None
    _text: str | None = None

    @property
    def text(self) -> str:
        """Its words, tabs as tabs, line breaks as line feeds."""
        if self._text is None:
            self._text = "".join(piece.text for piece in self.pieces)
        return self._text

    @property
    def words(self) -> str:
        """Its words on one line, the automatic number or bullet before them."""
        words = " ".join(self.text.split())
        return f"{self.label} {words}" if self.label else words

    @property
    def blank(self) -> bool:
        """Whether it prints no words."""
        return not self.text.strip()

    @property
    def place(self) -> str:
        """Where it is, as a clerk counts."""
        where = f"đoạn {self.number}"
        if self.box.kind == "cell":
            where += f" (bảng {self.box.table}, hàng {self.box.row}, ô {self.box.cell})"
        elif self.box.kind == "text box":
            where += " (hộp chữ)"
        names = {"header": "đầu trang, ", "footer": "chân trang, "}
        leaf = self.part.rpartition("/")[2]
        return next((f"{name}{where}" for key, name in names.items() if key in leaf), where)

    @property
    def lines(self) -> list[Line]:
        """Its lines, columns by tabs or rows of spaces apart; blank ones are left out."""
        if self._lines is None:
            self._lines = list(_lines_of(self))
        return self._lines


def _lines_of(paragraph: Paragraph) -> Iterator[Line]:
    start = 0
    for row in paragraph.text.split("\n"):
        cuts = [0, *(edge for cut in _columns(paragraph, row) for edge in cut), len(row)]
        spans = list(zip(cuts[::2], cuts[1::2], strict=True))
        for column, (first, last) in enumerate(spans):
            text = row[first:last]
            if text.strip():
                lead = len(text) - len(text.lstrip())
                begin = start + first + lead
                stripped = text.strip()
                yield Line(
                    paragraph, " ".join(stripped.split()), begin, column, len(spans),
                    tuple(_cut(paragraph.pieces, begin, begin + len(stripped))),
                )  # fmt: skip
        start += len(row) + 1


def _columns(paragraph: Paragraph, row: str) -> Iterator[tuple[int, int]]:
    if paragraph.box.kind == "page":
        for cut in _COLUMN.finditer(row):
            if "\t" in cut[0] or row[cut.end()].isupper():
                yield cut.span()


def _cut(pieces: tuple[Piece, ...], start: int, end: int) -> Iterator[Piece]:
    for piece in pieces:
        first, last = max(start, piece.start), min(end, piece.start + len(piece.text))
        if first < last:
            text = piece.text[first - piece.start : last - piece.start]
            if text.strip():
                yield Piece(text, piece.look, piece.run, first)


@dataclass(slots=True)
class Story:
    """A header or footer: its part, where it stands, its paragraphs, whether it shows the page."""

    part: str
    kind: str  # header, footer
    paragraphs: list[Paragraph]
    page_field: Paragraph | None


@dataclass(slots=True)
class Document:
    """A document as read: its paragraphs in order, its sections, headers and footers."""

    file: str
    package: Package
    formatting: Formatting
    paragraphs: list[Paragraph]
    sections: tuple[Section, ...]
    stories: dict[str, Story]
    pages: int | None
    mirrored: bool


def read_document(package: Package) -> Document:
    """Return a package's document.

    Raises:
        TemplateError: a part is missing or no XML.
    """
    formatting = Formatting(package)
    reader = _Reader(formatting)
    paragraphs = list(reader.body())
    for index, paragraph in enumerate(paragraphs):
        paragraph.index = index
    sections = formatting.sections
    names = {
        (name, kind)
        for section in sections
        for kind, parts in (("header", section.headers), ("footer", section.footers))
        for name in parts.values()
    }
    stories = {name: reader.story(name, kind) for name, kind in sorted(names)}
    settings = formatting.settings
    mirrored = settings.find(qn("w:mirrorMargins")) is not None
    return Document(
        file=package.file,
        package=package,
        formatting=formatting,
        paragraphs=paragraphs,
        sections=sections,
        stories=stories,
        pages=reader.page,
        mirrored=mirrored,
    )


class _Reader:
    """Walks a part once, counting paragraphs, tables, sections and the pages Word last printed."""

    def __init__(self, formatting: Formatting) -> None:
        self._formatting = formatting
        self._part = formatting.main
        self._number = self._tables = self._section = 0
        root = formatting.root(formatting.main)
        self.page: int | None = 1 if next(root.iter(_RENDERED), None) is not None else None

    def body(self) -> Iterator[Paragraph]:
        width = [section.text_width / TWIPS_PER_MM for section in self._formatting.sections]
        boxes = [Box("page", mm) for mm in width]
        for block in self._blocks(self._formatting.body):
            box = boxes[min(self._section, len(boxes) - 1)]
            yield from self._block(block, box)
            if block.tag == _P and block.find(f"{qn('w:pPr')}/{qn('w:sectPr')}") is not None:
                self._section += 1

    def story(self, part: str, kind: str) -> Story:
        self._part, self._number, self._tables, self._section = part, 0, 0, 0
        page, self.page = self.page, None
        box = Box("page", self._formatting.sections[0].text_width / TWIPS_PER_MM)
        root = self._formatting.root(part)
        found = [p for block in self._blocks(root) for p in self._block(block, box)]
        self.page = page
        return Story(part, kind, found, next(filter(_shows_page, found), None))

    def _blocks(self, container: etree._Element) -> Iterator[etree._Element]:
        for node in container:
            if node.tag in (_P, _TBL):
                yield node
            elif node.tag == _SDT:
                content = node.find(_SDT_CONTENT)
                if content is not None:
                    yield from self._blocks(content)
            elif node.tag in _THROUGH:
                yield from self._blocks(node)

    def _block(self, node: etree._Element, box: Box) -> Iterator[Paragraph]:
        if node.tag == _P:
            yield from self._paragraph(node, box)
        else:
            yield from self._table(node, box)

    def _table(self, node: etree._Element, box: Box) -> Iterator[Paragraph]:
        self._tables += 1
        number = self._tables
        table = self._formatting.table(node)
        if all(len(row.cells) <= 1 for row in table.rows):
            # One column is a frame around what stands there, no layout of columns.
            yield from self._frame(table, box)
            return
        for at_row, row in enumerate(table.rows, 1):
            for at_cell, cell in enumerate(row.cells, 1):
                inner = Box(
                    "cell",
                    (cell.width - cell.margins.get("left", 0) - cell.margins.get("right", 0))
                    / TWIPS_PER_MM,
                    box,
                    number,
                    at_row,
                    at_cell,
                )
                for block in self._blocks(cell.element):
                    yield from self._block(block, inner)

    def _frame(self, table: TableFormat, box: Box) -> Iterator[Paragraph]:
        for row in table.rows:
            for cell in row.cells:
                margins = cell.margins.get("left", 0) + cell.margins.get("right", 0)
                inner = replace(box, width_mm=(cell.width - margins) / TWIPS_PER_MM)
                for block in self._blocks(cell.element):
                    yield from self._block(block, inner)

    def _paragraph(self, node: etree._Element, box: Box) -> Iterator[Paragraph]:
        self._number += 1
        number, page = self._number, self.page
        drawn: list[etree._Element] = []
        pieces, breaks = self._pieces(node, drawn)
        form = self._formatting.paragraph(node)
        label = self._formatting.label(node) if form.num_id else None
        rules = tuple(rule for one in drawn for rule in rules_of(one))
        yield Paragraph(
            node, self._part, number, form, box, self._section, page, pieces,
            label.text if label else "", rules, breaks,
        )  # fmt: skip
        for one in drawn:
            for content, width_mm in text_boxes(one):
                inner = Box("text box", width_mm or box.width_mm, box)
                for block in self._blocks(content):
                    yield from self._block(block, inner)

    def _pieces(
        self, paragraph: etree._Element, drawn: list[etree._Element]
    ) -> tuple[tuple[Piece, ...], bool]:
        pieces: list[Piece] = []
        start, breaks = 0, False
        for run in _runs(paragraph):
            text, page_break = self._words(run, drawn)
            breaks = breaks or page_break
            if text:
                look = self._formatting.run(run, paragraph)
                if not look.hidden:
                    pieces.append(Piece(text, look, run, start))
                    start += len(text)
        return tuple(pieces), breaks

    def _words(self, run: etree._Element, drawn: list[etree._Element]) -> tuple[str, bool]:
        text, page_break = "", False
        for node in run:
            tag = node.tag
            if tag == _T:
                text += (node.text or "").replace("\n", " ").replace("\t", " ")
            elif tag == _TAB:
                text += "\t"
            elif tag in (_BR, _CR):
                page_break = page_break or node.get(qn("w:type")) == "page"
                text += "" if node.get(qn("w:type")) in ("page", "column") else "\n"
            elif tag == _HYPHEN:
                text += "-"
            elif tag == _RENDERED and self.page is not None:
                self.page += 1
            elif tag in _DRAWN:
                drawn.append(node)
        return text, page_break


def _runs(node: etree._Element) -> Iterator[etree._Element]:
    for child in node:
        if child.tag == _R:
            yield child
        elif child.tag in _THROUGH:
            yield from _runs(child)
        elif child.tag == _SDT:
            content = child.find(_SDT_CONTENT)
            if content is not None:
                yield from _runs(content)


def _shows_page(paragraph: Paragraph) -> bool:
    told = [node.text or "" for node in paragraph.node.iter(_INSTRUCTION)]
    told += [node.get(qn("w:instr"), "") for node in paragraph.node.iter(qn("w:fldSimple"))]
    return any(text.split()[:1] == ["PAGE"] for text in told) or (
        next(paragraph.node.iter(qn("w:pgNum")), None) is not None
    )
