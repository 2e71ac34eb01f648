"""What every check reads: the document, its components, the profile, and how to point at words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from generator.conformity.components import Component, Recognised, Unit
from generator.conformity.document import Document, Line, Paragraph
from generator.conformity.findings import Finding, Place
from generator.conformity.profile import Profile
from generator.metrics import MM_PER_POINT, text_width_mm

QUOTE = 60


@dataclass(frozen=True)
class Case:
    """One document under one profile."""

    found: Recognised
    profile: Profile

    @property
    def document(self) -> Document:
        """The document."""
        return self.found.document

    @property
    def main(self) -> Unit:
        """The unit that bears the number."""
        return self.found.main

    @cached_property
    def type_codes(self) -> tuple[str, ...]:
        """The codes of the document's type; several where a Party code serves two types."""
        name = self.main.type_name
        return tuple(code for code, names in self.profile.types.items() if name in names)

    @property
    def complete(self) -> bool:
        """Whether the document must have all components: a known type with a head of its own.

        A paper whose title is none of the types follows the rules of its sector (Điều 4).
        """
        unit = self.main
        return unit.kind == "văn bản" and unit.has_head and bool(unit.type_name)

    @cached_property
    def words_paragraphs(self) -> list[Paragraph]:
        """All paragraphs that print words, headers and footers included."""
        stories = self.document.stories.values()
        everywhere = [*self.document.paragraphs, *(p for s in stories for p in s.paragraphs)]
        return [paragraph for paragraph in everywhere if not paragraph.blank]


def at(line: Line | Paragraph | Component, words: str = "", offset: int | None = None) -> Place:
    """Return the place of a line, or of words in it from ``offset`` of the paragraph on."""
    if isinstance(line, Component):
        line = line.lines[0]
    paragraph = line if isinstance(line, Paragraph) else line.paragraph
    text = line.text
    start = (0 if isinstance(line, Paragraph) else line.start) if offset is None else offset
    quoted = words or " ".join(text.split())
    end = start + (len(words) if words else len(text))
    return Place(paragraph, quoted[:QUOTE] + ("…" if len(quoted) > QUOTE else ""), start, end)


def places(lines: Iterable[Line | Paragraph]) -> tuple[Place, ...]:
    """Return the places of lines."""
    return tuple(map(at, lines))


def width_mm(line: Line) -> float:
    """Return the printed length of a line in Times New Roman, its own sizes and weights."""
    total = 0.0
    for piece in line.pieces:
        look = piece.look
        text = piece.text.upper() if look.caps else piece.text
        natural = text_width_mm(text, look.size_pt, bold=look.bold) * look.scale_percent / 100
        total += natural + len(text) * look.spacing / 20 * MM_PER_POINT
    return total


def number(value: float) -> str:
    """Return a number as Vietnamese writes it, two decimals at most.

    >>> number(12.7), number(20.0)
    ('12,7', '20')
    """
    return f"{round(value, 2):g}".replace(".", ",")


def span(limits: Sequence[float], unit: str) -> str:
    """Return a range with its unit.

    >>> span((20, 25), "mm"), span((13, 13), "pt")
    ('từ 20 đến 25 mm', '13 pt')
    """
    low, high = limits
    if low == high:
        return f"{number(low)} {unit}"
    return f"từ {number(low)} đến {number(high)} {unit}"


Findings = Iterator[Finding]
