"""The components of a document as values: their lines, the unit they make up, the whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from generator.conformity.document import Document, Line, Paragraph
from generator.conformity.levels import Level
from generator.conformity.patterns import NORMATIVE, read_date

LETTER = "Công văn"
MAIN, APPENDIX, ATTACHED, COPY = "văn bản", "phụ lục", "kèm theo", "bản sao"
TABLE, TABS, BOXES, PLAIN = "bảng", "tab", "hộp chữ", "dòng"
_HEAD = ("quoc_hieu", "tieu_ngu", "tieu_de_dang", "so_ky_hieu", "dia_danh")


@dataclass(slots=True, eq=False)
class Component:
    """One component: its key and its lines, top to bottom."""

    key: str
    lines: list[Line]

    @property
    def text(self) -> str:
        """Its words, a line feed between lines."""
        return "\n".join(line.text for line in self.lines)

    @property
    def words(self) -> str:
        """Its words on one line."""
        return " ".join(line.text for line in self.lines)

    @property
    def paragraph(self) -> Paragraph:
        """The paragraph of its first line."""
        return self.lines[0].paragraph

    @property
    def paragraphs(self) -> list[Paragraph]:
        """Its paragraphs, each once."""
        return list({id(line.paragraph): line.paragraph for line in self.lines}.values())


@dataclass(frozen=True, slots=True, eq=False)
class BodyParagraph:
    """A paragraph of the content with its level and number."""

    paragraph: Paragraph
    level: Level
    number: str
    heading: bool


@dataclass(slots=True, eq=False)
class Unit:
    """A document, or one of those that belong to it."""

    kind: str
    layout: str
    first: int
    last: int
    parts: dict[str, list[Component]] = field(default_factory=dict)
    body: list[BodyParagraph] = field(default_factory=list)
    unknown: list[Line] = field(default_factory=list)
    type_name: str = ""  # of Điều 7; "" where the title is none of them

    def one(self, key: str) -> Component | None:
        """Return the first component of a key."""
        found = self.parts.get(key)
        return found[0] if found else None

    def add(self, key: str, lines: Iterable[Line]) -> None:
        """Add a component; without lines nothing."""
        kept = list(lines)
        if kept:
            self.parts.setdefault(key, []).append(Component(key, kept))

    def extend(self, key: str, line: Line) -> None:
        """Add a line to the last component of a key."""
        if key in self.parts:
            self.parts[key][-1].lines.append(line)
        else:
            self.add(key, [line])

    @property
    def has_head(self) -> bool:
        """Whether anything of a document's head was found."""
        return any(key in self.parts for key in _HEAD)


@dataclass(slots=True, eq=False)
class Recognised:
    """A document with its units; ``main`` is the one that bears the number."""

    document: Document
    units: list[Unit]
    roles: dict[int, set[str]]  # id of a paragraph -> the components in it

    def roles_of(self, paragraph: Paragraph) -> set[str]:
        """Return the keys of the components a paragraph holds; columns by tabs make several."""
        return self.roles.get(id(paragraph), set())

    @property
    def main(self) -> Unit:
        """The document itself."""
        return self.units[0]

    @property
    def party(self) -> bool:
        """Whether it is a document of the Party."""
        return "tieu_de_dang" in self.main.parts

    @property
    def normative(self) -> bool:
        """Whether it is a legal normative document: a year in its number."""
        number = self.main.one("so_ky_hieu")
        return number is not None and NORMATIVE.match(number.words) is not None

    @property
    def issued(self) -> date | None:
        """The document's own date, where it is whole."""
        found = self.main.one("dia_danh")
        return read_date(found.words) if found else None


def same_column(above: Line, below: Line) -> bool:
    """Tell whether two lines stand in one column of one box."""
    return above.box is below.box and above.column == below.column


def is_centred(line: Line) -> bool:
    """Tell whether a line is centred, by its paragraph or by a tab."""
    return line.paragraph.form.align == "center" or line.columns > 1
