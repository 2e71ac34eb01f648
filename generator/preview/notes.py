"""The numbers of footnotes: counted as they are met, in the format their section asks for.

ECMA-376, part 1, 17.11. What is not simple is told instead.
"""

from __future__ import annotations

from dataclasses import dataclass

from generator.formatting import Formatting, Section
from generator.formatting.numbering import FORMATS
from generator.formatting.properties import child, value
from generator.ooxml import qn
from generator.units import number

_ON = ("1", "true", "on")
_MARKS = ("bullet", "none")  # formats without a number


@dataclass(frozen=True, slots=True)
class _Rule:
    """What a section asks of its footnotes' numbers."""

    kind: str
    start: int
    restart: str  # continuous, eachSect, eachPage
    position: str


class NoteNumbers:
    """Gives each footnote of a document its number once, however often its place is read."""

    def __init__(self, formatting: Formatting) -> None:
        self._formatting = formatting
        self._numbers: dict[str, str] = {}
        self._section: Section | None = None
        self._count = 0
        self._started_at = 0
        self._told: set[str] = set()
        self._custom: frozenset[str] | None = None

    def of(self, note: str, section: Section) -> str:
        """Return a footnote's number, "" for one whose mark is typed in the text."""
        if note not in self._numbers:
            self._numbers[note] = "" if self._is_custom(note) else self._next(section)
        return self._numbers[note]

    def undrawn(self, section: Section) -> list[str]:
        """Return what of a section's footnotes cannot be drawn and was not told before."""
        rule, found = self._rule(section), []
        if rule.kind not in FORMATS or rule.kind in _MARKS:
            found.append(f"chú thích đánh số kiểu “{rule.kind}”")
        if rule.restart == "eachPage":
            found.append("chú thích đánh số lại ở mỗi trang")
        elif rule.restart != "eachSect" and self._count and rule.start != self._started_at:
            found.append("chú thích đặt lại số đầu giữa văn bản")
        if rule.position != "pageBottom":
            found.append("chú thích không đặt ở chân trang")
        fresh = [what for what in found if what not in self._told]
        self._told.update(fresh)
        return fresh

    def _next(self, section: Section) -> str:
        rule = self._rule(section)
        begins = rule.restart == "eachSect" and section is not self._section
        if begins or self._section is None:
            self._count, self._started_at = rule.start - 1, rule.start
        self._section = section
        self._count += 1
        return FORMATS.get(rule.kind, str)(self._count)

    def _rule(self, section: Section) -> _Rule:
        own = child(self._formatting.section_node(section), "footnotePr")
        usual = child(self._formatting.settings, "footnotePr")

        def asked(name: str, default: str) -> str:
            return value(child(own, name)) or value(child(usual, name)) or default

        return _Rule(
            asked("numFmt", "decimal"),
            number(asked("numStart", "1"), 1),
            asked("numRestart", "continuous"),
            asked("pos", "pageBottom"),
        )

    def _is_custom(self, note: str) -> bool:
        if self._custom is None:
            root = self._formatting.root(self._formatting.main)
            self._custom = frozenset(
                value(node, "id")
                for node in root.iter(qn("w:footnoteReference"))
                if value(node, "customMarkFollows") in _ON
            )
        return note in self._custom
