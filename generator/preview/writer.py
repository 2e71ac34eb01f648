"""The blocks of a document as Typst source: paragraphs line by line, tables, drawings (points)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import NamedTuple

from lxml import etree

from generator.formatting import Border, Formatting, Label, ParagraphFormat, Section
from generator.formatting.properties import child, color, local, value
from generator.ooxml import qn
from generator.preview import drawings
from generator.preview.borders import framed
from generator.preview.columns import Row
from generator.preview.fonts import Typeface
from generator.preview.frames import Beside, set_apart
from generator.preview.ink import Ink, Inks
from generator.preview.inline import SYMBOLS, Break, Drawn, Item, Note, PageField, Reader, Tab, Text
from generator.preview.limits import check_length
from generator.preview.lines import Column, EndMark, Line, Mark, Piece, TabMark, break_lines
from generator.preview.looks import (
    Looks,
    Paper,
    base_rule,
    largest_size,
    line_height,
    points,
)
from generator.preview.memory import Memory
from generator.preview.notes import NoteNumbers
from generator.preview.survey import Undrawable, place_of
from generator.preview.tables import is_nested, write_table

AUTO_SPACE = 14.0  # what Word puts for "auto" before and after
_OVER = 2.0  # points that the text of a box may stand over its edges
_NEW_PAGE = "pagebreak(weak: true)"
_WRAPPERS = ("sdt", "sdtContent", "customXml", "ins", "moveTo")
_BEFORE = {"right": 1.0, "center": 0.5}  # of a number stands before its place
_GRIDS = ("lines", "linesAndChars", "snapToChars")
_INK = tuple(map(qn, ("w:t", "w:drawing", "w:pict", "w:sym")))


class Story(NamedTuple):
    """Blocks one below the other as source, and what is known of them before they are drawn.

    A ``bare`` one is the lines of a single paragraph without a block around them; the space above
    and below is left to whatever holds it.
    """

    source: str
    height: float
    lines: int = 0
    exact: bool = True  # whether the height is what it will be on the page
    bare: bool = False
    above: float = 0.0
    below: float = 0.0
    ends_page: bool = False  # what follows begins a new page
    rows: tuple[Row, ...] = ()


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
    marks: tuple[str, ...] = ()  # the frames that stand beside it


@dataclass(frozen=True, slots=True)
class Written:
    """A paragraph broken into lines and written: what follows from itself alone.

    ``stretches`` are its lines, cut where its text begins a new page; ``marks`` are what is drawn
    over it; ``definitions`` are the functions its source calls.
    """

    form: ParagraphFormat
    stretches: tuple[str, ...]
    rule: str
    height: float
    lines: int
    empty: bool
    ends_page: bool
    marks: tuple[str, ...]
    definitions: Mapping[str, str]
    typefaces: Mapping[str, Typeface]
    replaced: frozenset[str]  # faces drawn in others of other widths


@dataclass(frozen=True, slots=True)
class _Table:
    """A table written: what follows from itself alone."""

    source: str
    height: float
    lines: int
    definitions: Mapping[str, str]
    typefaces: Mapping[str, Typeface]
    replaced: frozenset[str]


_Key = tuple[bytes, *tuple[object, ...]]
_MEMORY: Memory[Written] = Memory()
_TABLES: Memory[_Table] = Memory()
# What makes a block depend on more than its own bytes: on relationships, notes, other stories.
_DEPENDS = (b"hyperlink", b"blip", b"imagedata", b"footnoteRef", b"txbxContent", b"object",
            b"SECTIONPAGES")  # fmt: skip


def forget_written() -> None:
    """Drop what was written before."""
    _MEMORY.clear()
    _TABLES.clear()
    drawings.forget_shapes()


@dataclass(slots=True)
class Writer:
    """Writes the parts of one document; ``files`` are the pictures it needs."""

    formatting: Formatting
    inks: Inks
    section: Section  # the one being written
    definitions: dict[str, str] = field(default_factory=dict)
    typefaces: dict[str, Typeface] = field(default_factory=dict)
    replaced: set[str] = field(default_factory=set)
    missing: list[tuple[str, str, str]] = field(default_factory=list)  # sign, face, place
    beyond: list[Undrawable] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    notes: Mapping[str, etree._Element] = field(default_factory=dict)
    marked: bool = False  # whether letters of the text tell places of the record
    pages: float = 0.0  # so far, roughly
    lines: int = 0
    _part: str = ""
    _depends: tuple[bytes, ...] = _DEPENDS  # those of them that the part has
    _names: dict[str, tuple[bytes, ...]] = field(default_factory=dict)  # the same of each part
    _around: tuple[object, ...] = ()
    _node: etree._Element | None = None
    _reader: Reader | None = None
    _numbers: NoteNumbers | None = None
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
        upper: Story | None = None,
    ) -> Story:
        """Return the blocks of a part, which has its own relationships and fields.

        ``upper`` is what stands above them on the same page.
        """
        outer = self._part, self._reader, self._depends, self._around
        links = {
            rel.rid: rel.target
            for rel in self.formatting.relations(part)
            if rel.external and rel.target.startswith(("http://", "https://", "mailto:"))
        }
        self._part, self._reader = part, Reader(self.formatting, links, note, self.marked)
        self._depends = self._dependent(part)
        self._around = self._surroundings_of_all()
        if paged:
            self._check_grid()
        story = self.story(nodes, width, paged=paged, upper=upper)
        self._part, self._reader, self._depends, self._around = outer
        return story

    def _check_grid(self) -> None:
        """Note a grid that the lines of the section being written are to stand on."""
        grid = child(self.formatting.section_node(self.section), "docGrid")
        if value(grid, "type") in _GRIDS and value(grid, "linePitch"):
            self.beyond.append(Undrawable("khổ giấy của phần văn bản", "lưới dòng của trang"))

    def _dependent(self, part: str) -> tuple[bytes, ...]:
        """Return what a part has of the names that make a block depend on others."""
        if part not in self._names:
            data = self.formatting.package.parts[part].data
            wide = b"\0" in data  # two bytes a letter
            self._names[part] = tuple(name for name in _DEPENDS if wide or name in data)
        return self._names[part]

    def cell(self, nodes: Iterable[etree._Element], width: float) -> Story:
        """Return what stands in a table's cell: in most, the lines of one paragraph."""
        blocks = list(_blocks(nodes))
        if len(blocks) != 1 or local(blocks[0]) != "p":
            return self.story(blocks, width, cell=True)
        written = self._written(blocks[0], None, width)
        form = written.form
        if form.frame:
            return self.story(blocks, width, cell=True)
        flow = _Flow(width, True, False)
        above, below = _space_above(form, flow)[1], _space_below(form, None)
        # A cell keeps its padding on each page that it reaches over, space around text does not.
        if not _is_plain(written) or (written.lines > 1 and (above or below)):
            source, height = self._assembled(blocks[0], written, flow)
            if below:
                source += f"\nv({points(below)})"
            return Story(source, height + below, written.lines)
        source = (
            f"v({points(written.height)})"
            if written.empty
            else "; ".join(filter(None, (written.rule, *written.stretches)))
        )
        height = above + written.height + below
        return Story(source, height, written.lines, bare=True, above=above, below=below)

    def story(
        self,
        nodes: Iterable[etree._Element],
        width: float,
        *,
        cell: bool = False,
        paged: bool = False,
        upper: Story | None = None,
    ) -> Story:
        """Return the paragraphs and tables of a container in a column of a width."""
        flow = _Flow(width, cell, paged)
        if upper:
            flow.after, flow.new_page = upper.below, upper.ends_page
        blocks = self._printed(list(_blocks(nodes)), paged)
        if cell and len(blocks) > 1 and _only_closes(blocks[-2], blocks[-1]):
            del blocks[-1]
        forms = {node: self.formatting.paragraph(node) for node in blocks if local(node) == "p"}
        beside = None
        if any(form.frame for form in forms.values()):
            blocks, apart = set_apart(blocks, forms)
            beside = Beside(self, apart, width, paged)
        written: list[str] = []
        rows: list[Row] = []
        height, lines = 0.0, self.lines
        for index, node in enumerate(blocks):
            after = blocks[index + 1] if index + 1 < len(blocks) else None
            flow.following = None if after is None else forms.get(after)
            form = forms.get(node)
            flow.marks = beside.marks(node) if beside else ()
            if form:
                paragraph = self._written(node, form, width)
                source, tall = self._assembled(node, paragraph, flow)
                own = paragraph.height
                rows.append(Row(tall - own, own, paragraph.lines, form.keep_lines))
            else:
                source, tall = self._table(node, flow)
                own = tall
                rows.append(Row(0.0, own, 1, True))
            written.append(source)
            height += tall
            if beside:
                beside.note(node, form, height - own, own)
        if beside:
            beside.tell()
        if cell and flow.after:
            written.append(f"v({points(flow.after)})")
            height += flow.after
        return Story(
            "\n".join(written),
            height,
            self.lines - lines,
            len(forms) == len(blocks) and beside is None,
            below=flow.after or 0.0,
            ends_page=flow.new_page,
            rows=tuple(rows),
        )

    def _printed(self, blocks: list[etree._Element], paged: bool) -> list[etree._Element]:
        """Return the blocks without the paragraphs that are hidden or deleted.

        The last mark of a cell or box cannot vanish, nor one that ends a section.
        """
        if not self.formatting.vanishing:
            return blocks
        kept = []
        for node, after in zip_longest(blocks, blocks[1:]):
            ends = (after is None and not paged) or child(child(node, "pPr"), "sectPr") is not None
            if local(node) == "p" and not ends and self.formatting.runs_on(node):
                if self.formatting.gone(node):
                    assert self._reader is not None
                    self._reader.items(node)  # fields may begin or end in it
                    continue
                if after is not None and local(after) == "p":
                    self.note_beyond(node, "dấu hết đoạn bị ẩn hoặc bị xóa, chữ nối liền đoạn sau")
            kept.append(node)
        return kept

    def apart(self, nodes: Sequence[etree._Element], width: float, align: str) -> Story:
        """Return the paragraphs of a frame without borders, aligned as ``align`` says, if it does.

        Their borders are drawn by the frame.
        """
        flow, written, height = _Flow(width, True, False), [], 0.0
        forms = [
            replace(form, align=align or form.align, borders={}, shading="")
            for form in map(self.formatting.paragraph, nodes)
        ]
        for node, form, following in zip(nodes, forms, (*forms[1:], None), strict=True):
            flow.following = following
            paragraph = self._broken(node, form, width)
            self._take(paragraph)
            source, tall = self._assembled(node, paragraph, flow)
            written.append(source)
            height += tall
        return Story("\n".join(written), height)

    def lines_of(self, node: etree._Element, width: float, align: str = "") -> list[Line]:
        """Return the lines of a paragraph."""
        form = self.formatting.paragraph(node)
        form = replace(form, align=align) if align else form
        stream, _ = self._stream(node, width)
        return break_lines(stream, form, self._in_column(width))

    def _in_column(self, width: float) -> Column:
        formatting = self.formatting
        return Column(width, formatting.default_tab / 20, squeeze=formatting.compatibility >= 15)

    def _table(self, node: etree._Element, flow: _Flow) -> tuple[str, float]:
        source, height = self._laid(node, flow.width)
        gap = flow.after or 0.0
        before = f"{_NEW_PAGE}\n" if flow.new_page else ""
        flow.after, flow.previous, flow.new_page = 0.0, None, False
        if flow.marks:
            source = f"{{{'; '.join(flow.marks)}\n{source}}}"
        return f"{before}block(above: {points(gap)}, below: 0pt, {source})", gap + height

    def _laid(self, node: etree._Element, width: float) -> tuple[str, float]:
        """Return a table written and its height, from memory where it was before."""
        key = self._table_key(node, width)
        found = None if key is None else _TABLES.get(key)
        if found is None:
            found, alike = self._tracked(node, width)
            if key is not None and alike:
                _TABLES.put(key, found, len(key[0]) + 2 * len(found.source) + 1_000)
        else:
            self.lines += found.lines
            check_length(self.lines, self.pages, self.formatting.package.file)
        self._take(found)
        return found.source, found.height

    def _tracked(self, node: etree._Element, width: float) -> tuple[_Table, bool]:
        """Return a table written anew, and whether it comes out alike wherever it stands."""
        told, lines = len(self.missing) + len(self.beyond), self.lines
        outer = self.definitions, self.typefaces, self.replaced
        self.definitions, self.typefaces, self.replaced = {}, {}, set()
        source, height = write_table(self, node, width)
        found = _Table(source, height, self.lines - lines, self.definitions, self.typefaces,
                       frozenset(self.replaced))  # fmt: skip
        self.definitions, self.typefaces, self.replaced = outer
        # Headings are numbered by those before them.
        alike = told == len(self.missing) + len(self.beyond) and "heading(" not in source
        return found, alike and not self._reader_is_open()

    def _table_key(self, node: etree._Element, width: float) -> _Key | None:
        """Return all that a table follows from, ``None`` where it is more."""
        labels = self.formatting.labels
        if labels and any(each in labels for each in node.iter(qn("w:p"))):
            return None
        around = self._surroundings(node, width)
        return around and (*around, is_nested(node))

    def _take(self, found: Written | _Table) -> None:
        """Note what the source of a paragraph or table needs."""
        self.definitions.update(found.definitions)
        self.typefaces.update(found.typefaces)
        self.replaced |= found.replaced

    # ------------------------------------------------------------ paragraphs
    def _assembled(self, node: etree._Element, written: Written, flow: _Flow) -> tuple[str, float]:
        """Return a paragraph's blocks where it stands, and how high they are."""
        form = written.form
        gap, lead = _space_above(form, flow)
        before = []
        if flow.paged and (form.page_break_before or flow.new_page):
            before, gap, lead = [_NEW_PAGE], 0.0, max(gap, lead)
        if lead:
            before.append(f"v({points(lead)})")
        bordered = bool(form.borders or form.shading)
        blocks = self._blocks_of(written, 0.0 if bordered else gap, flow)
        if bordered:
            for border in form.borders.values():
                if border.style not in drawings.BORDERS:
                    self.note_border(node, border)
            blocks = [
                block if block == _NEW_PAGE
                else framed(block, form, gap, flow.previous, flow.following)
                for block in blocks
            ]  # fmt: skip
        flow.new_page = flow.paged and written.ends_page
        flow.previous, flow.after = form, _space_below(form, flow.following)
        return "\n".join([*before, *blocks]), gap + lead + written.height

    def _blocks_of(self, written: Written, gap: float, flow: _Flow) -> list[str]:
        """Return a paragraph as one block, or one on each side of a page break in it."""
        form, marks = written.form, (*flow.marks, *written.marks)
        keep = ", keep: true" if form.keep_next and not flow.cell else ""
        if written.empty and not marks:
            return [f"E({points(gap)}, {points(written.height)}{keep})"]
        options = keep + ", whole: true" * form.keep_lines
        options += ", loose: true" * (not form.widow_control and not flow.cell)
        if marks:
            options += f", marks: {{{'; '.join(marks)}}}"
        stretches = written.stretches if flow.paged else ("; br; ".join(written.stretches),)
        found: list[str] = []
        for lines in stretches:
            body = f"{written.rule}; {lines}" if written.rule else lines
            found.append(f"P({points(gap)}, {{{body}}}{options})")
            gap, options = 0.0, ""
        if form.outline is not None and not written.empty and len(found) == 1:
            self._heading = min(form.outline + 1, self._heading + 1)
            found = [f"heading(level: {self._heading}, {found[0]})"]
        return [part for block in found for part in (_NEW_PAGE, block)][1:]

    def _written(self, node: etree._Element, form: ParagraphFormat | None, width: float) -> Written:
        """Return a paragraph written, from memory where it was before.

        Its format is found where it is not given and not remembered.
        """
        key = self._key(node, width)
        found = None if key is None else _MEMORY.get(key)
        if found is None:
            told = len(self.missing) + len(self.beyond)
            found = self._broken(node, form or self.formatting.paragraph(node), width)
            sound = told == len(self.missing) + len(self.beyond)
            if key is not None and sound and not self._reader_is_open():
                _MEMORY.put(key, found, len(key[0]) + 2 * sum(map(len, found.stretches)) + 1_000)
        self.lines += found.lines
        check_length(self.lines, self.pages, self.formatting.package.file)
        self._take(found)
        return found

    def _key(self, node: etree._Element, width: float) -> _Key | None:
        """Return all that a paragraph's lines follow from, ``None`` where it is more."""
        around = self._surroundings(node, width)
        if around is None:
            return None
        return (*around, self.formatting.look(node), self.formatting.label(node))

    def _surroundings(self, node: etree._Element, width: float) -> _Key | None:
        """Return what a block follows from: its bytes, the styles, the page it stands on."""
        content = bytes(etree.tostring(node, with_tail=False))
        if self._reader_is_open() or any(name in content for name in self._depends):
            return None
        return (content, width, self._around)

    def _surroundings_of_all(self) -> tuple[object, ...]:
        """Return what all blocks of a part follow from besides their own bytes."""
        formatting, section = self.formatting, self.section
        page = (section.width, section.height, section.top, section.bottom, section.left,
                section.right, section.gutter, section.page_format)  # fmt: skip
        return (formatting.styles, page, formatting.default_tab, formatting.compatibility,
                self.marked)  # fmt: skip

    def _reader_is_open(self) -> bool:
        """Return whether a field reaches over from one paragraph to the next."""
        assert self._reader is not None
        return self._reader.is_open

    def _broken(self, node: etree._Element, form: ParagraphFormat, width: float) -> Written:
        stream, marks = self._stream(node, width)
        lines = break_lines(stream, form, self._in_column(width))
        base = self._base_ink(lines) or self.inks.of(self.formatting.mark(node))
        paper, looks = Paper(form, base), Looks(page_format=self.section.page_format)
        sources, height = [], 0.0
        for line in lines:
            tall, deep = line_height(line, paper)
            height += tall + deep
            strut = f"Z({points(tall)}, {points(deep)})"
            sources.append(looks.line(line, paper) if line.pieces else strut)
        inks = {base, *(piece.ink for line in lines for piece in line.pieces)}
        for what in dict.fromkeys(what for ink in inks for what in ink.beyond):
            self.note_beyond(node, what)
        if form.line <= 0 and form.line_rule != "atLeast":
            self.note_beyond(node, "khoảng cách dòng không lớn hơn 0")
        if any(self._is_colored(line, node) for line in node.iter(qn("w:u"))):
            self.note_beyond(node, "gạch chân khác màu chữ")
        return Written(
            form=form,
            stretches=tuple("; br; ".join(each) for each in _between_pages(lines, sources)),
            rule=base_rule(form, base, largest_size(lines, base)),
            height=height,
            lines=len(lines),
            empty=not any(line.pieces for line in lines),
            ends_page=bool(lines) and lines[-1].end in ("page", "column"),
            marks=tuple(marks),
            definitions=looks.definitions,
            typefaces={ink.family: ink.typeface for ink in inks},
            replaced=frozenset(ink.replaced for ink in inks if ink.replaced),
        )

    def _is_colored(self, underline: etree._Element, paragraph: etree._Element) -> bool:
        """Return whether an underline has a colour that its letters do not have."""
        own, run = color(value(underline, "color")), underline.getparent().getparent()
        if not own or local(run) != "r":
            return False
        look = self.formatting.run(run, paragraph)
        return bool(look.underline) and not look.hidden and own != (look.color or "000000")

    def _base_ink(self, lines: Iterable[Line]) -> Ink | None:
        """Return the look most letters of a paragraph have."""
        count: dict[Ink, int] = {}
        for line in lines:
            for piece in line.pieces:
                weight = len(piece.text) + 1 if piece.ink.plain else 0
                count[piece.ink] = count.get(piece.ink, 0) + weight
        return self.inks.bare(max(count, key=count.__getitem__)) if count else None

    # ------------------------------------------------------------ what stands in a paragraph
    def _stream(self, node: etree._Element, width: float) -> tuple[list[Piece | Mark], list[str]]:
        """Return a paragraph as pieces for the line breaker, and what is drawn over it."""
        stream: list[Piece | Mark] = []
        drawn: list[str] = []
        self._node = node
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
        found: list[Piece | Mark] = []
        for text, ink in self.inks.spans(item.text, item.run):
            if ink is None:
                place = self._place(self._node)
                self.missing += [(sign, item.run.h_ansi, place) for sign in text]
            else:
                found.append(Piece(text, ink, link=item.link))
        return found

    def _label(self, label: Label) -> list[Piece | Mark]:
        text = "".join(SYMBOLS.get(char, char) for char in label.text)
        found = self._text(Text(text, label.run)) if text else []
        ink = self.inks.of(label.run)
        wide = sum(piece.ink.width(piece.text) for piece in found if isinstance(piece, Piece))
        if shift := _BEFORE.get(label.align, 0.0) * wide:  # it ends, or has its middle, there
            found.insert(0, Piece("", ink, width=-shift, source=f"h({points(-shift)})"))
        if label.suffix == "tab":
            found.append(TabMark(self.inks.bare(ink)))
        elif label.suffix == "space":
            found.append(Piece(" ", ink))
        return found

    def _note(self, item: Note) -> list[Piece | Mark]:
        node = self.notes.get(item.note)
        part = self.formatting.footnotes or self._part
        if node is None or self._part == part:  # no note stands in a note
            return []
        if self._numbers is None:
            self._numbers = NoteNumbers(self.formatting)
        for what in self._numbers.undrawn(self.section):
            assert self._node is not None
            self.note_beyond(self._node, what)
        number, ink = self._numbers.of(item.note, self.section), self.inks.of(item.run)
        width = self.section.text_width / 20
        body = self.part_story(node, width, part, note=number).source
        source = Piece("", ink, source=f"footnote(R({{{body}}}))")
        return [Piece(number, ink), source] if number else [source]

    def _number(self, item: PageField) -> list[Piece | Mark]:
        if item.kind == "section_pages" and len(self.formatting.sections) > 1:
            assert self._node is not None
            self.note_beyond(self._node, "số trang của phần văn bản")
        return [Piece("", self.inks.of(item.run), dynamic=item.kind)]

    def _place(self, node: etree._Element | None) -> str:
        """Return where a paragraph of the part being read stands."""
        assert node is not None
        return place_of(node, self.formatting.root(self._part), self._part)

    def note_beyond(self, node: etree._Element, what: str) -> None:
        """Note something that cannot be drawn where the first paragraph of a node stands."""
        self.beyond.append(Undrawable(self._place(next(node.iter(qn("w:p")), node)), what))

    def note_border(self, node: etree._Element, border: Border) -> None:
        """Note a border line that cannot be drawn as it is."""
        self.note_beyond(node, f"đường viền kiểu “{border.style}”")

    # ------------------------------------------------------------ drawings
    def _draw(
        self, item: Drawn, width: float, stream: list[Piece | Mark], drawn: list[str]
    ) -> None:
        for shape in drawings.read(item.node, self.formatting, self._part):
            body = ""
            if shape.content is not None:
                inner = shape.width - shape.insets[1] - shape.insets[3]
                story = self.story(shape.content, max(inner, 1.0))
                body = f"R({{{story.source}}})"
                if story.height > shape.height + _OVER:
                    self.note_beyond(item.node, "chữ dài hơn khung của nó")
            source = drawings.source(shape, body, self.files)
            if shape.inline:
                ink = self.inks.of(item.run)
                stream.append(Piece("", ink, width=shape.width, source=source, height=shape.height))
            else:
                drawn.append(self.placed(shape, width, source))

    def placed(self, shape: drawings.Shape, width: float, source: str) -> str:
        """Return a shape's source put where it stands, seen from its paragraph."""
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
    PageField: Writer._number,  # type: ignore[dict-item]
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


def _is_plain(written: Written) -> bool:
    """Return whether a paragraph is nothing but its lines, which its cell can hold by itself."""
    form = written.form
    framed = form.borders or form.shading
    keeps = form.keep_lines and written.lines > 1
    return not (
        written.marks or framed or keeps or form.outline is not None or (len(written.stretches) > 1)
    )


def _between_pages(lines: Sequence[Line], sources: Sequence[str]) -> Iterator[list[str]]:
    """Yield the lines of a paragraph, cut where its text begins a new page."""
    stretch: list[str] = []
    for line, source in zip(lines, sources, strict=True):
        stretch.append(source)
        if line.end in ("page", "column"):
            yield stretch
            stretch = []
    if stretch:
        yield stretch
