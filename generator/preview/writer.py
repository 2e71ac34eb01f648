"""The blocks of a document as Typst source: paragraphs line by line, tables, drawings (points)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from generator.formatting import Formatting, Label, ParagraphFormat, Section
from generator.formatting.properties import local
from generator.ooxml import qn
from generator.preview import drawings
from generator.preview.borders import framed
from generator.preview.ink import Ink, Inks
from generator.preview.inline import SYMBOLS, Break, Drawn, Item, Note, PageField, Reader, Tab, Text
from generator.preview.limits import check_length
from generator.preview.lines import Column, EndMark, Line, Mark, Piece, TabMark, break_lines
from generator.preview.looks import (
    Looks,
    Paper,
    base_rule,
    edges_of,
    largest_size,
    line_height,
    points,
)
from generator.preview.tables import write_table

AUTO_SPACE = 14.0  # what Word puts for "auto" before and after
_NEW_PAGE = "pagebreak(weak: true)"
_WRAPPERS = ("sdt", "sdtContent", "customXml", "ins", "moveTo")
_INK = tuple(map(qn, ("w:t", "w:drawing", "w:pict", "w:sym")))

Story = tuple[str, float]
"""Blocks one below the other as source, and their height."""


@dataclass(slots=True)
class _Flow:
    """What one block must know of those before it. ``paged``: it may begin a new page."""

    width: float
    cell: bool
    paged: bool
    previous: ParagraphFormat | None = None
    after: float | None = None  # None: nothing stands above
    new_page: bool = False
    following: ParagraphFormat | None = None


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A paragraph broken into lines, each written; ``marks`` are what is drawn over it."""

    paper: Paper
    lines: list[Line]
    sources: list[str]
    height: float
    marks: tuple[str, ...]

    @property
    def empty(self) -> bool:
        """Whether it has nothing on its lines."""
        return not any(line.pieces for line in self.lines)


@dataclass(slots=True)
class Writer:
    """Writes the parts of one document; ``files`` are the pictures it needs."""

    formatting: Formatting
    inks: Inks
    section: Section  # the one being written
    looks: Looks = field(default_factory=Looks)
    files: dict[str, bytes] = field(default_factory=dict)
    notes: Mapping[str, etree._Element] = field(default_factory=dict)
    pages: float = 0.0  # so far, roughly
    lines: int = 0
    _part: str = ""
    _reader: Reader | None = None
    _note_count: int = 0
    _heading: int = 0

    # ------------------------------------------------------------ stories
    def part_story(
        self,
        nodes: Iterable[etree._Element],
        width: float,
        part: str,
        *,
        note: str = "",
        paged: bool = False,
    ) -> Story:
        """Return the blocks of a part, which has its own relationships and fields."""
        outer = self._part, self._reader
        links = {
            rel.rid: rel.target
            for rel in self.formatting.relations(part)
            if rel.external and rel.target.startswith(("http://", "https://", "mailto:"))
        }
        self._part, self._reader = part, Reader(self.formatting, links, note)
        story = self.story(nodes, width, paged=paged)
        self._part, self._reader = outer
        return story

    def story(
        self,
        nodes: Iterable[etree._Element],
        width: float,
        *,
        cell: bool = False,
        paged: bool = False,
    ) -> Story:
        """Return the paragraphs and tables of a container in a column of a width."""
        flow = _Flow(width, cell, paged)
        blocks = list(_blocks(nodes))
        if cell and len(blocks) > 1 and _only_closes(blocks[-2], blocks[-1]):
            del blocks[-1]
        forms = {node: self.formatting.paragraph(node) for node in blocks if local(node) == "p"}
        written: list[str] = []
        height = 0.0
        for index, node in enumerate(blocks):
            after = blocks[index + 1] if index + 1 < len(blocks) else None
            flow.following = None if after is None else forms.get(after)
            form = forms.get(node)
            source, tall = self._paragraph(node, form, flow) if form else self._table(node, flow)
            written.append(source)
            height += tall
        if cell and flow.after:
            written.append(f"v({points(flow.after)})")
            height += flow.after
        return "\n".join(written), height

    def _table(self, node: etree._Element, flow: _Flow) -> Story:
        source, height = write_table(self, node, flow.width)
        gap = flow.after or 0.0
        before = f"{_NEW_PAGE}\n" if flow.new_page else ""
        flow.after, flow.previous, flow.new_page = 0.0, None, False
        return f"{before}block(above: {points(gap)}, below: 0pt, {source})", gap + height

    # ------------------------------------------------------------ paragraphs
    def _paragraph(self, node: etree._Element, form: ParagraphFormat, flow: _Flow) -> Story:
        paragraph = self._broken(node, form, flow.width)
        gap, lead = _space_above(form, flow)
        before = []
        if flow.paged and (form.page_break_before or flow.new_page):
            before, gap, lead = [_NEW_PAGE], 0.0, max(gap, lead)
        if lead:
            before.append(f"v({points(lead)})")
        bordered = bool(form.borders or form.shading)
        blocks = self._blocks_of(paragraph, 0.0 if bordered else gap, flow)
        if bordered:
            blocks = [
                block if block == _NEW_PAGE
                else framed(block, form, gap, flow.previous, flow.following)
                for block in blocks
            ]  # fmt: skip
        end = paragraph.lines[-1].end if paragraph.lines else ""
        flow.new_page = flow.paged and end in ("page", "column")
        flow.previous, flow.after = form, _space_below(form, flow.following)
        return "\n".join([*before, *blocks]), gap + lead + paragraph.height

    def _broken(self, node: etree._Element, form: ParagraphFormat, width: float) -> _Paragraph:
        stream, marks = self._stream(node, width)
        column = Column(
            width, self.formatting.default_tab / 20, squeeze=self.formatting.compatibility >= 15
        )
        lines = break_lines(stream, form, column)
        self.lines += len(lines)
        check_length(self.lines, self.pages, self.formatting.package.file)
        paper = Paper(form, self._base_ink(lines) or self.inks.of(self.formatting.mark(node)))
        sources, height = [], 0.0
        for line in lines:
            tall, deep = line_height(line, paper)
            height += tall + deep
            strut = f"Z({points(tall)}, {points(deep)})"
            sources.append(self.looks.line(line, paper) if line.pieces else strut)
        return _Paragraph(paper, lines, sources, height, tuple(marks))

    def _base_ink(self, lines: Iterable[Line]) -> Ink | None:
        """Return the look most letters of a paragraph have."""
        count: dict[Ink, int] = {}
        for line in lines:
            for piece in line.pieces:
                weight = len(piece.text) + 1 if piece.ink.plain else 0
                count[piece.ink] = count.get(piece.ink, 0) + weight
        return self.inks.bare(max(count, key=count.__getitem__)) if count else None

    def _blocks_of(self, paragraph: _Paragraph, gap: float, flow: _Flow) -> list[str]:
        """Return a paragraph as one block, or one on each side of a page break in it."""
        form = paragraph.paper.form
        keep = ", keep: true" if form.keep_next and not flow.cell else ""
        if paragraph.empty and not paragraph.marks:
            return [f"E({points(gap)}, {points(paragraph.height)}{keep})"]
        options = (
            keep
            + ", whole: true" * form.keep_lines
            + ", loose: true" * (flow.cell or not form.widow_control)
        )
        if paragraph.marks:
            options += f", marks: {{{'; '.join(paragraph.marks)}}}"
        base = paragraph.paper.base
        top, bottom = edges_of(form, base, largest_size(paragraph.lines, base))
        found: list[str] = []
        for sources in _between_pages(paragraph, split=flow.paged):
            body = "; br; ".join(sources)
            found.append(
                f"P({points(gap)}, {top}, {bottom}, {{{base_rule(base)}; {body}}}{options})"
            )
            gap, options = 0.0, ""
        if form.outline is not None and not paragraph.empty and len(found) == 1:
            self._heading = min(form.outline + 1, self._heading + 1)
            found = [f"heading(level: {self._heading}, {found[0]})"]
        return [part for block in found for part in (_NEW_PAGE, block)][1:]

    # ------------------------------------------------------------ what stands in a paragraph
    def _stream(self, node: etree._Element, width: float) -> tuple[list[Piece | Mark], list[str]]:
        """Return a paragraph as pieces for the line breaker, and what is drawn over it."""
        stream: list[Piece | Mark] = []
        drawn: list[str] = []
        label = self.formatting.label(node)
        if label:
            stream += self._label(label)
        assert self._reader is not None
        for item in self._reader.items(node):
            if isinstance(item, Drawn):
                self._draw(item, width, stream, drawn)
            else:
                stream += _WAYS[type(item)](self, item)
        return stream, drawn

    def _text(self, item: Text) -> list[Piece | Mark]:
        return [Piece(text, ink) for text, ink in self.inks.spans(item.text, item.run, item.link)]

    def _label(self, label: Label) -> list[Piece | Mark]:
        text = "".join(SYMBOLS.get(char, char) for char in label.text)
        found = self._text(Text(text, label.run)) if text else []
        if label.suffix == "tab":
            found.append(TabMark(self.inks.of(label.run)))
        elif label.suffix == "space":
            found.append(Piece(" ", self.inks.of(label.run)))
        return found

    def _note(self, item: Note) -> list[Piece | Mark]:
        node = self.notes.get(item.note)
        if node is None:
            return []
        self._note_count += 1
        number, ink = str(self._note_count), self.inks.of(item.run)
        width = self.section.text_width / 20
        part = self.formatting.footnotes or self._part
        body, _ = self.part_story(node, width, part, note=number)
        return [Piece(number, ink), Piece("", ink, source=f"footnote({{{body}}})")]

    # ------------------------------------------------------------ drawings
    def _draw(
        self, item: Drawn, width: float, stream: list[Piece | Mark], drawn: list[str]
    ) -> None:
        for shape in drawings.read(item.node, self.formatting, self._part):
            body = ""
            if shape.content is not None:
                inner = shape.width - shape.insets[1] - shape.insets[3]
                body, _ = self.story(shape.content, max(inner, 1.0))
            source = drawings.source(shape, body, self.files)
            if shape.inline:
                ink = self.inks.of(item.run)
                stream.append(Piece("", ink, width=shape.width, source=source, height=shape.height))
            else:
                drawn.append(self._placed(shape, width, source))

    def _placed(self, shape: drawings.Shape, width: float, source: str) -> str:
        x = points(drawings.horizontal(shape, width, self.section))
        top = drawings.vertical(shape, self.section)
        if top is None:
            return f"place(top + left, dx: {x}, dy: {points(shape.y)}, {source})"
        here = f"{points(top)} - here().position().y"
        return f"context place(top + left, dx: {x}, dy: {here}, {source})"


_Way = Callable[[Writer, Item], list["Piece | Mark"]]
_WAYS: dict[type, _Way] = {
    Text: Writer._text,  # type: ignore[dict-item]
    Note: Writer._note,  # type: ignore[dict-item]
    Tab: lambda writer, item: [TabMark(writer.inks.of(item.run))],
    Break: lambda writer, item: [EndMark(item.kind)],  # type: ignore[union-attr]
    PageField: lambda writer, item: [
        Piece("", writer.inks.of(item.run), dynamic=item.kind)  # type: ignore[union-attr]
    ],
}


def _blocks(nodes: Iterable[etree._Element]) -> Iterator[etree._Element]:
    """Yield paragraphs and tables, those inside content controls too."""
    for node in nodes:
        name = local(node)
        if name in ("p", "tbl"):
            yield node
        elif name in _WRAPPERS:
            yield from _blocks(node)


def _only_closes(before: etree._Element, last: etree._Element) -> bool:
    """Return whether a cell's last paragraph is there because a cell must not end with a table."""
    return local(before) == "tbl" and local(last) == "p" and next(last.iter(*_INK), None) is None


def _space_above(form: ParagraphFormat, flow: _Flow) -> tuple[float, float]:
    """Return the space before a paragraph: what vanishes at a page's top, what does not."""
    before = AUTO_SPACE if form.before_auto else form.before / 20
    if flow.previous and form.contextual and flow.previous.style == form.style:
        before = 0.0
    if flow.after is None:
        return 0.0, 0.0 if form.before_auto else before
    return max(before, flow.after), 0.0


def _space_below(form: ParagraphFormat, following: ParagraphFormat | None) -> float:
    if form.contextual and following is not None and following.style == form.style:
        return 0.0
    return AUTO_SPACE if form.after_auto else form.after / 20


def _between_pages(paragraph: _Paragraph, *, split: bool) -> Iterator[list[str]]:
    """Yield the lines of a paragraph, cut where its text begins a new page."""
    stretch: list[str] = []
    for line, source in zip(paragraph.lines, paragraph.sources, strict=True):
        stretch.append(source)
        if split and line.end in ("page", "column"):
            yield stretch
            stretch = []
    if stretch:
        yield stretch
