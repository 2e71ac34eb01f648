"""The components of a document, found by their words and where they stand.

A file holds one document, often with what belongs to it: appendices, a regulation it issues, a
copy's form. Each of these is a :class:`Unit` with components of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from generator.conformity.components import (
    APPENDIX,
    ATTACHED,
    COPY,
    MAIN,
    PLAIN,
    BodyParagraph,
    Recognised,
    Unit,
)
from generator.conformity.document import Document, Line, Paragraph
from generator.conformity.front import Front
from generator.conformity.head import find_head
from generator.conformity.levels import Level, read_level
from generator.conformity.patterns import APPENDIX_WORD, ENACTS, PARTY, is_country, plain
from generator.conformity.tail import find_tail

_NOTE_LETTERS = 200  # an address or a note below a signature is not longer
_MOST_UNITS = 200
_HEAD_LINES = 40  # no head is longer above the name of the state
_DIVISIONS = (Level.PART, Level.CHAPTER, Level.SECTION, Level.SUBSECTION)
_CLOSED = (".", ":", ";", ",", "?", "!", "…")
# How the names of the state and of the Party begin, with or without their marks.
_FIRST_LETTERS = frozenset(("CỘ", "CÔ", "CO", "ĐẢ", "ĐA", "DA"))


def recognise(document: Document, types: Sequence[str]) -> Recognised:
    """Return the units of a document; ``types`` are the names of the known document types."""
    units = _Finder(document, types).units()
    return Recognised(document, units, _roles(units))


def _roles(units: Iterable[Unit]) -> dict[int, set[str]]:
    roles: dict[int, set[str]] = {}
    for unit in units:
        for key, components in unit.parts.items():
            for component in components:
                for paragraph in component.paragraphs:
                    roles.setdefault(id(paragraph), set()).add(key)
        for item in unit.body:
            roles.setdefault(id(item.paragraph), set()).add(item.level.value)
    return roles


class _Finder:
    def __init__(self, document: Document, types: Sequence[str]) -> None:
        self._document = document
        self._types = {plain(name): name for name in types}
        self._lines = [line for paragraph in document.paragraphs for line in paragraph.lines]

    def units(self) -> list[Unit]:
        starts = self._starts()
        found: list[Unit] = []
        for start, end in pairwise((*starts, len(self._lines))):
            position = start
            while position < end and len(found) < _MOST_UNITS:
                unit = self._unit(position, end, first=not found)
                found.append(unit)
                position = unit.last
        return found or [Unit(MAIN, PLAIN, 0, 0)]

    # ------------------------------------------------------------ where units begin
    def _starts(self) -> list[int]:
        starts = {0} if self._lines else set()
        for index, line in enumerate(self._lines):
            if line.text[:2].upper() in _FIRST_LETTERS and (
                is_country(line.text) or plain(line.text[:40]) == PARTY
            ):
                starts.add(self._block_start(index))
            elif _is_appendix(line) and line.box.kind != "cell":
                starts.add(index)
        return sorted(starts)

    def _block_start(self, index: int) -> int:
        """Return where the head begins that holds this line: its table, or the capitals before."""
        table = self._lines[index].box.outermost.table
        start = index
        while start > max(0, index - _HEAD_LINES) and (
            (table and self._lines[start - 1].box.outermost.table == table)
            or self._lines[start - 1].paragraph is self._lines[start].paragraph
            or (not table and _may_lead(self._lines[start - 1]))
        ):
            start -= 1
        return start

    # ------------------------------------------------------------ one unit
    def _unit(self, start: int, end: int, *, first: bool) -> Unit:
        """Return the unit that begins at a line; ``last`` is where the next one may begin."""
        lines = self._lines[start:end]
        tail = find_tail(lines)
        unit = Unit(MAIN if first else ATTACHED, PLAIN, start, end)
        inner = lines[: tail.start] if tail else lines
        front = Front(unit, inner, self._types, self._document.paragraphs)
        if _is_appendix(lines[0]):
            unit.kind = APPENDIX
            position = front.appendix()
        else:
            position = front.title(find_head(unit, inner, self._types))
        _read_body(unit, inner[front.rest(position) :])
        if tail:
            for key, found in tail.parts:
                unit.add(key, found)
            unit.unknown += tail.unknown
            # What comes after the signature is a document of its own, unless it is a line or two.
            if sum(len(line.text) for line in lines[tail.end :]) > _NOTE_LETTERS:
                unit.last = start + tail.end
        return unit


def _is_appendix(line: Line) -> bool:
    text = line.text
    return len(text) < 24 and text[:1] in "Pp" and APPENDIX_WORD.fullmatch(text) is not None


def _may_lead(line: Line) -> bool:
    """Tell whether a line may stand in a head above the name of the state."""
    return line.box.kind == "text box" or (
        line.text.isupper() and len(line.text) < 60 and ENACTS.fullmatch(line.text) is None
    )


# ---------------------------------------------------------------- the content
def _read_body(unit: Unit, lines: Sequence[Line]) -> None:
    """Give each paragraph of the content its level; tables stand outside the levels."""
    if unit.kind == COPY:
        return  # the copied words are another document's
    division: Level | None = None
    for paragraph in _paragraphs(lines):
        level, number, heading = _level_of(paragraph)
        if level is Level.TEXT and division is not None and paragraph.text.isupper():
            level = division.title  # a title may run over several lines
        elif level in _DIVISIONS:
            division = level
        else:
            division = None
        unit.body.append(BodyParagraph(paragraph, level, number, heading))


def _paragraphs(lines: Sequence[Line]) -> Iterator[Paragraph]:
    last: Paragraph | None = None
    for line in lines:
        if line.paragraph is not last and line.box.kind == "page":
            last = line.paragraph
            yield last


def _level_of(paragraph: Paragraph) -> tuple[Level, str, bool]:
    """Return a paragraph's level, its number, and whether it is a heading."""
    words = paragraph.words
    level, number = read_level(words)
    if level is Level.TEXT:
        return level, "", False
    letters = sum(len(piece.text) for piece in paragraph.pieces)
    bold = sum(len(piece.text) for piece in paragraph.pieces if piece.look.bold)
    running = words.rstrip(" )”\"'*").endswith(_CLOSED)
    return level, number, not running or bold > 0.95 * letters > 0
