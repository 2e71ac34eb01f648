"""Lines of a paragraph, broken as Word and LibreOffice break them, each piece with its place.

Lines are broken here, not by the drawing program, because they decide on which page a word
stands: greedy filling, spaces of justified lines squeezed to three quarters where that brings one
more word in (Word 2013 and later), tab stops, words wider than their column. Lengths in points.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from generator.formatting import ParagraphFormat, TabStop
from generator.preview.ink import Ink

SQUEEZE = 0.25
_SLACK = 0.02  # what rounding may add before a word counts as too wide
# Where a line may end inside a word, found by printing every sign between letters and digits.
_CLOSING = r"\s/–—…?!|})\].,;:%”’»"
_OPPORTUNITY = re.compile(
    rf"(?<=[–—…?!|}}])(?![{_CLOSING}]|$)|(?<=[^\W_]-)(?=[^\W\d_])|(?<=\d-)(?=\d)|(?<=\u00ad)|\u200b"
)
_BREAKING = re.compile("[-–—…?!|}\u00ad\u200b]")  # without one of them there is none: quick
_SLASH = re.compile(r"(?<=/)(?=\w)")
_SOFT_HYPHEN = "\u00ad"  # a hyphen where a line ends with it, else nothing


@dataclass(slots=True)
class Piece:
    """Something on the line: letters, or a thing with a width of its own."""

    text: str
    ink: Ink
    width: float = 0.0  # of letters, found when they are put into lines
    dynamic: str = ""  # a number of the pages, of a width not known yet
    source: str = ""  # a picture, a note: what the page writer draws there
    height: float = 0.0
    link: str = ""  # where letters take a reader


@dataclass(slots=True)
class _Unit:
    """Pieces without a place to break between them, and the spaces after them."""

    pieces: list[Piece] = field(default_factory=list)
    width: float = 0.0
    spaces: list[Piece] = field(default_factory=list)
    space_width: float = 0.0
    spaces_count: int = 0
    inner_count: int = 0  # spaces that no line may end with
    inner_width: float = 0.0

    def space(self, piece: Piece) -> None:
        """Add a space after the unit."""
        self.spaces.append(piece)
        self.space_width += piece.width
        self.spaces_count += len(piece.text)

    def bind(self) -> None:
        """Make the spaces after the unit part of it: what follows belongs to it."""
        self.pieces += self.spaces
        self.width += self.space_width
        self.inner_count += self.spaces_count
        self.inner_width += self.space_width
        self.spaces, self.space_width, self.spaces_count = [], 0.0, 0


@dataclass(slots=True)
class TabMark:
    """A tab of the text."""

    ink: Ink


@dataclass(slots=True)
class EndMark:
    """An end of line, column or page of the text."""

    kind: str


Mark = TabMark | EndMark
Stream = Sequence["Piece | Mark"]


@dataclass(slots=True)
class Gap:
    """Room before the next pieces; ``share`` of the dynamic pieces' width is taken from it."""

    width: float
    leader: str = "none"
    ink: Ink | None = None
    share: float = 0.0


@dataclass(slots=True)
class Line:
    """One line: gaps and pieces from the left edge of the text, and how it ends."""

    parts: list[Gap | Piece]
    pieces: list[Piece]  # the parts without the gaps
    stretch: float = 0.0  # added to each space
    end: str = "soft"  # soft, line, page, column, last


@dataclass(slots=True)
class _Segment:
    """Units after one tab stop."""

    start: float
    stop: TabStop | None = None
    ink: Ink | None = None
    units: list[_Unit] = field(default_factory=list)
    width: float = 0.0  # with the spaces that end it

    def place(self) -> float:
        """Return where the units begin."""
        if self.stop is None:
            return self.start
        at = self.stop.position / 20
        if self.stop.align == "right":
            at -= self.width
        elif self.stop.align == "center":
            at -= self.width / 2
        elif self.stop.align == "decimal":
            at -= self._before_the_point()
        return max(at, self.start)

    def _before_the_point(self) -> float:
        width = 0.0
        for piece in (piece for unit in self.units for piece in unit.pieces):
            head, comma, _ = piece.text.partition(",")
            if comma:
                return width + piece.ink.width(head)
            width += piece.width
        return width


@dataclass(slots=True)
class Column:
    """The room a paragraph has, and the habits of its document."""

    width: float
    default_tab: float = 36.0
    squeeze: bool = True


def break_lines(stream: Stream, form: ParagraphFormat, column: Column) -> list[Line]:
    """Return the lines of a paragraph; one without text has none."""
    return _Filler(form, column).fill(stream)


class _Filler:
    def __init__(self, form: ParagraphFormat, column: Column) -> None:
        self._form, self._column = form, column
        self._left = form.left / 20
        self._right = column.width - form.right / 20
        self._first = form.first_line / 20
        self._justified = form.align in ("both", "distribute")
        self._lines: list[Line] = []
        self._tabs = _tab_stops(form)

    def fill(self, stream: Stream) -> list[Line]:
        self._open()
        for unit in _units(stream):
            if isinstance(unit, TabMark):
                self._tab(unit.ink)
            elif isinstance(unit, EndMark):
                self._close(unit.kind)
                self._open()
            else:
                self._add(unit)
        if self._has_content() or not self._lines or self._lines[-1].end == "line":
            self._close("last")
        elif self._lines and self._lines[-1].end == "soft":
            self._lines[-1].end = "last"
        return self._lines

    def _has_content(self) -> bool:
        return len(self._segments) > 1 or bool(self._segments[0].units)

    def _open(self) -> None:
        self._indent = max(self._left + (self._first if not self._lines else 0), -1000)
        self._segments = [_Segment(self._indent)]

    # ------------------------------------------------------------ filling
    def _pen(self) -> float:
        last = self._segments[-1]
        return last.place() + last.width

    def _add(self, unit: _Unit) -> None:
        if not self._fits(unit):
            if self._segments[-1].units or len(self._segments) > 1:
                self._close("soft")
                self._open()
            if not self._fits(unit):
                self._add_wide(unit)
                return
        self._append(unit)

    def _append(self, unit: _Unit) -> None:
        segment = self._segments[-1]
        segment.units.append(unit)
        segment.width += unit.width + unit.space_width

    def _fits(self, unit: _Unit) -> bool:
        segment = self._segments[-1]
        if segment.stop is not None and segment.stop.align != "left":
            begin = segment.place()
            if begin > segment.start:  # text still grows to the left of its stop
                return True
        over = self._pen() + unit.width + _hyphen_width(unit) - self._right
        if over <= _SLACK:
            return True
        if not (self._justified and self._column.squeeze):
            return False
        spaces = sum(each.space_width + each.inner_width for each in segment.units)
        return over <= SQUEEZE * (spaces + unit.inner_width)

    def _add_wide(self, unit: _Unit) -> None:
        """Place a word wider than its column: letter by letter, as many as each line takes."""
        pieces = [part for piece in unit.pieces for part in _letters(piece)]
        current = _Unit()
        for piece in pieces:
            room = self._right - self._pen()
            if current.pieces and current.width + piece.width > room + _SLACK:
                self._append(current)
                self._close("soft")
                self._open()
                current = _Unit()
            current.pieces.append(piece)
            current.width += piece.width
        current.spaces, current.space_width = unit.spaces, unit.space_width
        current.spaces_count = unit.spaces_count
        self._append(_joined(current))

    def _tab(self, ink: Ink) -> None:
        pen = self._pen()
        stop = self._next_stop(pen)
        if stop.position / 20 > self._right + _SLACK and self._has_content() and stop.leader == "?":
            self._close("soft")
            self._open()
            stop = self._next_stop(self._pen())
        self._segments.append(_Segment(pen, stop, ink))

    def _next_stop(self, pen: float) -> TabStop:
        for stop in self._tabs:
            if stop.position / 20 > pen + _SLACK:
                return stop
        step = self._column.default_tab
        at = step * (int((pen + _SLACK) / step) + 1)
        if at > self._right and pen < self._right - _SLACK:
            return TabStop(position=int(at * 20), leader="?")
        return TabStop(position=round(at * 20), leader="?")

    # ------------------------------------------------------------ one line done
    def _close(self, end: str) -> None:
        segment = self._segments[-1]
        if end == "soft" and segment.units and (wider := _hyphen_width(segment.units[-1])):
            last = segment.units[-1].pieces[-1]
            last.text = last.text[:-1] + "-"
            for each in (last, segment.units[-1], segment):
                each.width += wider
        self._lines.append(self._line(end))

    def _line(self, end: str) -> Line:
        parts: list[Gap | Piece] = []
        pen = 0.0
        dynamic = any(
            piece.dynamic for seg in self._segments for unit in seg.units for piece in unit.pieces
        )
        for segment in self._segments:
            at = segment.place()
            leader = segment.stop.leader if segment.stop else "none"
            share = _share(segment.stop.align) if segment.stop and dynamic else 0.0
            if at - pen or leader not in ("none", "?") or share:
                parts.append(Gap(at - pen, "none" if leader == "?" else leader, segment.ink, share))
            for unit in segment.units:
                parts += unit.pieces
                parts += unit.spaces
            pen = at + segment.width
        trailing = self._segments[-1].units[-1].space_width if self._segments[-1].units else 0.0
        end_of_ink = pen - trailing
        line = Line(parts, [part for part in parts if isinstance(part, Piece)], end=end)
        self._align(line, end_of_ink, dynamic)
        return line

    def _align(self, line: Line, ends: float, dynamic: bool) -> None:
        room = self._right - ends
        if self._form.align in ("center", "right"):
            share = 0.5 if self._form.align == "center" else 1.0
            line.parts.insert(0, Gap(max(room, 0) * share, share=share if dynamic else 0.0))
        elif self._justified and (
            line.end == "soft" or self._form.align == "distribute" or room < -_SLACK
        ):  # a last line may fit only when squeezed
            units = self._segments[-1].units
            count = sum(unit.spaces_count for unit in units[:-1])
            count += sum(unit.inner_count for unit in units)
            if count:
                line.stretch = room / count


def _hyphen_width(unit: _Unit) -> float:
    """Return how much wider a unit is where a line ends with it."""
    last = unit.pieces[-1] if unit.pieces and not unit.spaces else None
    return last.ink.width("-") if last and last.text[-1:] == _SOFT_HYPHEN else 0.0


def _share(align: str) -> float:
    return {"right": 1.0, "center": 0.5}.get(align, 0.0)


def _tab_stops(form: ParagraphFormat) -> list[TabStop]:
    """Return the paragraph's stops; a hanging indent makes one where its text begins."""
    stops = [stop for stop in form.tabs if stop.align != "bar"]
    if form.first_line < 0 and form.left > 0:
        stops.append(TabStop(position=form.left))
    return sorted(stops, key=lambda stop: stop.position)


# ---------------------------------------------------------------- units
def _units(stream: Stream) -> Iterator[_Unit | Mark]:
    """Yield words with the spaces after them, tabs and ends in their order."""
    breaks = _opportunities(stream)
    at, unit = 0, _Unit()
    last: Piece | None = None
    for item in stream:
        words = [(item, at)] if not isinstance(item, Piece) else _words(item, at, breaks)
        for word, start in words:
            if not isinstance(word, Piece):
                if unit.pieces or unit.spaces:
                    yield unit
                unit, last = _Unit(), None
                yield word
                continue
            if word.ink.kerned and last and last.ink is word.ink:
                word.width += word.ink.between(last.text[-1:] + word.text[:1])
            last = word
            if word.text[:1] == " ":
                unit.space(word)
            else:
                if unit.spaces and _belongs(unit, word.text):
                    unit.bind()
                elif unit.spaces or (unit.pieces and start in breaks):
                    yield unit
                    unit = _Unit()
                unit.pieces.append(word)
                unit.width += word.width
        at += len(item.text) or 1 if isinstance(item, Piece) else 1
    if unit.pieces or unit.spaces:
        yield unit


def _words(piece: Piece, at: int, breaks: list[int]) -> Iterator[tuple[Piece, int]]:
    """Yield a piece's words and spaces, each measured, with where they begin."""
    if piece.dynamic or piece.source:
        yield piece, at
        return
    ink = piece.ink
    space = ink.width(" ")
    for text in _SPACES.findall(piece.text):
        end = at + len(text)
        if text[0] == " ":
            yield Piece(text, ink, space * len(text), link=piece.link), at
            at = end
            continue
        for cut in (*(each for each in breaks if at < each < end), end) if breaks else (end,):
            word = text[: cut - at]
            width = ink.width(word.removesuffix(_SOFT_HYPHEN))  # some faces give it one
            yield Piece(word, ink, width, link=piece.link), at
            text, at = text[cut - at :], cut


_NEVER_FIRST = tuple(".,:;)]")


def _belongs(unit: _Unit, word: str) -> bool:
    """Return whether a word may not begin a line, or what stands before its space not end one."""
    return word[:1] in _NEVER_FIRST or bool(unit.pieces and unit.pieces[-1].text[-1:] in "([{")


_SPACES = re.compile(r" +|[^ ]+")


def _opportunities(stream: Stream) -> list[int]:
    """Return where, counted in letters of the whole paragraph, a word may break."""
    text = "".join(
        item.text if isinstance(item, Piece) and item.text else "\ufffc" for item in stream
    )
    if not _BREAKING.search(text):
        return []
    return [match.start() for match in _OPPORTUNITY.finditer(text)]


def _letters(piece: Piece) -> list[Piece]:
    if piece.dynamic or piece.source:
        return [piece]
    ink = piece.ink
    return [Piece(char, ink, ink.width(char), link=piece.link) for char in piece.text]


def _joined(unit: _Unit) -> _Unit:
    """Return a unit whose letters of one look stand in one piece again."""
    joined: list[Piece] = []
    for piece in unit.pieces:
        last = joined[-1] if joined else None
        alike = last and last.ink is piece.ink and last.link == piece.link
        if last and alike and not piece.source and not last.source:
            last.text += piece.text
            last.width += piece.width
        else:
            joined.append(piece)
    unit.pieces = joined
    return unit
