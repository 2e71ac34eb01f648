"""Frames: paragraphs that stand apart from the text, as page numbers and stamps do.

ECMA-376, part 1, 17.3.1.11. A frame is placed where it asks to be; the text is not led around it:
where letters or a table would stand in its place, that is told instead. Lengths in points.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lxml import etree

from generator.formatting import Frame, ParagraphFormat
from generator.formatting.values import SIDES
from generator.preview.drawings import BORDERS, Shape, horizontal, stroke, vertical
from generator.preview.lines import Gap, Line
from generator.preview.looks import points

if TYPE_CHECKING:
    from generator.preview.writer import Writer

_WHAT = "khung văn bản (frame)"
_ROUND = f"{_WHAT} có chữ chạy quanh"
_BESIDE = frozenset(("", "auto", "around", "tight", "through"))  # text may stand beside it
_ACROSS = {"text": "column", "margin": "margin", "page": "page"}
_DOWN = {"text": "paragraph", "margin": "margin", "page": "page"}
_TOUCH = 0.5
_ENOUGH = 20  # frames told of


@dataclass(frozen=True, slots=True)
class Apart:
    """The paragraphs of one frame."""

    nodes: tuple[etree._Element, ...]
    form: ParagraphFormat  # of the first
    frame: Frame


@dataclass(frozen=True, slots=True)
class Stood:
    """A block as it stands in its column; ``form`` is that of a paragraph."""

    node: etree._Element
    top: float
    height: float
    form: ParagraphFormat | None


@dataclass(frozen=True, slots=True)
class Placed:
    """A frame as source, and the room it keeps free, seen from the top left of its column."""

    apart: Apart
    source: str
    top: float
    bottom: float
    left: float
    right: float
    from_text: bool  # counted from its anchor, else from the page


def set_apart(
    blocks: Sequence[etree._Element], forms: Mapping[etree._Element, ParagraphFormat]
) -> tuple[list[etree._Element], dict[etree._Element | None, list[Apart]]]:
    """Return the blocks without frames, and the frames by the block that follows them."""
    kept: list[etree._Element] = []
    found: dict[etree._Element | None, list[Apart]] = {}
    waiting: list[Apart] = []
    for node in blocks:
        form = forms.get(node)
        if form is None or form.frame is None:
            kept.append(node)
            if waiting:
                found[node], waiting = waiting, []
        elif waiting and waiting[-1].frame == form.frame:
            waiting[-1] = replace(waiting[-1], nodes=(*waiting[-1].nodes, node))
        else:
            waiting.append(Apart((node,), form, form.frame))
    return kept, {**found, None: waiting} if waiting else found


class Beside:
    """The frames of one column, and what stands in it."""

    def __init__(
        self,
        writer: Writer,
        frames: Mapping[etree._Element | None, list[Apart]],
        width: float,
        paged: bool,
    ) -> None:
        self._writer, self._frames, self._width, self._paged = writer, frames, width, paged
        self._placed: list[Placed] = []
        self._waiting: list[Placed] = []
        self._stood: list[Stood] = []
        self._lines: dict[etree._Element, list[Line]] = {}
        for each in frames.get(None, ()):  # nothing follows that would hold them
            writer.note_beyond(each.nodes[0], _WHAT)

    def marks(self, node: etree._Element) -> tuple[str, ...]:
        """Return the sources of the frames that a block holds, to be drawn at its top."""
        found = (place(self._writer, each, self._width) for each in self._frames.get(node, ()))
        self._waiting = [each for each in found if each]
        return tuple(each.source for each in self._waiting)

    def note(
        self, node: etree._Element, form: ParagraphFormat | None, top: float, height: float
    ) -> None:
        """Note a block that stands, and with it where its frames do."""
        self._stood.append(Stood(node, top, height, form))
        for each in self._waiting:
            if each.from_text:
                each = replace(each, top=each.top + top, bottom=each.bottom + top)
            elif not self._paged:  # at the head or foot of the page, away from this text
                continue
            self._placed.append(each)

    def tell(self) -> None:
        """Tell of each frame in whose place something of the text stands."""
        told = 0
        for each in self._placed:
            if any(_meets(each, box) for block in self._stood for box in self._boxes(block, each)):
                self._writer.note_beyond(each.apart.nodes[0], _ROUND)
                told += 1
            if told >= _ENOUGH:
                break

    def _boxes(self, block: Stood, frame: Placed) -> Iterator[Box]:
        """Yield the room of a paragraph's lines near a frame, or of a table."""
        bottom = block.top + block.height
        if frame.top >= bottom - _TOUCH or block.top >= frame.bottom - _TOUCH:
            return
        if block.form is None:
            yield block.top, bottom, 0.0, self._width
            return
        if block.node not in self._lines:
            self._lines[block.node] = self._writer.lines_of(block.node, self._width)
        lines = self._lines[block.node]
        tall = block.height / max(len(lines), 1)
        for number, line in enumerate(lines):
            if line.pieces:
                top = block.top + number * tall
                yield (top, top + tall, *_reach(line))


Box = tuple[float, float, float, float]  # top, bottom, left, right


def place(writer: Writer, apart: Apart, width: float) -> Placed | None:
    """Return a frame drawn beside its anchor in a column of a width.

    What cannot be drawn is noted, and nothing returned.
    """
    frame = apart.frame
    known = frame.from_x in _ACROSS and frame.from_y in _DOWN and frame.align_y != "inline"
    if frame.drop_cap or not known:
        writer.note_beyond(apart.nodes[0], "chữ cái lớn đầu đoạn" if frame.drop_cap else _WHAT)
        return None
    forms = [writer.formatting.paragraph(node) for node in apart.nodes]
    if any((form.borders, form.shading) != (forms[0].borders, forms[0].shading) for form in forms):
        writer.note_beyond(apart.nodes[0], f"{_WHAT} có các đoạn viền khác nhau")
    for border in forms[0].borders.values():
        if border.style not in BORDERS:
            writer.note_border(apart.nodes[0], border)
    wide = frame.width / 20 or _natural(writer, apart, width)
    # As wide as its text, which may be a page's number: it is aligned as the frame is.
    fits = not frame.width and len(apart.nodes) == 1
    story = writer.apart(apart.nodes, wide, align=(frame.align_x or "left") if fits else "")
    look, room = _border(apart.form)
    tall = story.height + room
    if frame.height and frame.height_rule != "auto":
        tall = max(tall if frame.height_rule == "atLeast" else 0.0, frame.height / 20)
    shape = Shape(
        kind="frame", inline=False, width=wide, height=tall,
        x=frame.x / 20, y=frame.y / 20, align_x=frame.align_x, align_y=frame.align_y,
        from_x=_ACROSS[frame.from_x], from_y=_DOWN[frame.from_y],
    )  # fmt: skip
    body = f"block(width: {points(wide)}, height: {points(tall)}{look}, {{{story.source}}})"
    left = horizontal(shape, width, writer.section)
    paper = vertical(shape, writer.section)
    top = shape.y if paper is None else paper - writer.section.top / 20
    beside = frame.wrap in _BESIDE
    return Placed(
        apart,
        writer.placed(shape, width, body),
        top - frame.space_y / 20,
        top + tall + frame.space_y / 20,
        left - frame.space_x / 20 if beside else 0.0,
        left + wide + frame.space_x / 20 if beside else width,
        from_text=paper is None,
    )


def _border(form: ParagraphFormat) -> tuple[str, float]:
    """Return the border and colour of a frame, those of its first paragraph, and their height."""
    sides = {side: form.borders[side] for side in SIDES if side in form.borders}
    rooms = {side: border.space_pt + border.width_eighths / 8 for side, border in sides.items()}
    look = ""
    if sides:
        strokes = ", ".join(f"{side}: {stroke(border)}" for side, border in sides.items())
        look = f", stroke: ({strokes}), inset: (top: {points(rooms.get('top', 0.0))})"
    if form.shading:
        look += f', fill: rgb("#{form.shading}")'
    return look, rooms.get("top", 0.0) + rooms.get("bottom", 0.0)


def _natural(writer: Writer, apart: Apart, width: float) -> float:
    """Return how wide a frame's text is where its lines end by themselves."""
    found = [
        sum(part.width for part in line.parts)
        + sum(piece.ink.width("0") for piece in line.pieces if piece.dynamic)
        for node in apart.nodes
        for line in writer.lines_of(node, width, "left")
    ]
    return max(found, default=0.0) + 0.1


def _meets(frame: Placed, box: Box) -> bool:
    top, bottom, left, right = box
    beside = frame.left < right - _TOUCH and left < frame.right - _TOUCH
    return beside and frame.top < bottom - _TOUCH and top < frame.bottom - _TOUCH


def _reach(line: Line) -> tuple[float, float]:
    """Return where the letters of a line begin and end."""
    at, left, right = 0.0, None, 0.0
    for part in line.parts:
        wide = part.width
        if not isinstance(part, Gap):
            wide += line.stretch * part.text.count(" ")
            if part.text.strip() or part.dynamic or part.source:
                left, right = at if left is None else left, at + wide
        at += wide
    return left or 0.0, right
