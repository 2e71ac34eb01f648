"""Numbers and bullets that Word puts before paragraphs (ECMA-376, part 1, 17.9)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lxml import etree

from generator.formatting.properties import (
    ALIGNMENTS,
    Properties,
    child,
    on,
    paragraph_properties,
    run_properties,
    value,
)
from generator.ooxml import Package, qn
from generator.units import number

_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
    (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip


def roman(count: int) -> str:
    """Return a number in Roman digits; beyond 3,999 in common ones.

    >>> roman(14)
    'XIV'
    """
    if not 0 < count < 4000:
        return str(count)
    text = ""
    for worth, digits in _ROMAN:
        times, count = divmod(count, worth)
        text += digits * times
    return text


def letters(count: int) -> str:
    """Return a number as Word's letters: a to z, then aa, bb.

    >>> letters(27)
    'aa'
    """
    if not 0 < count <= 780:
        return str(count)
    return chr(97 + (count - 1) % 26) * ((count - 1) // 26 + 1)


FORMATS: Mapping[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda count: f"{count:02d}",
    "upperRoman": roman,
    "lowerRoman": lambda count: roman(count).lower(),
    "upperLetter": lambda count: letters(count).upper(),
    "lowerLetter": letters,
    "none": lambda count: "",
    "bullet": lambda count: "",
    "numberInDash": lambda count: f"- {count} -",
}


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list: its number format, its text such as ``%1.%2.``, its formatting."""

    kind: str
    text: str
    start: int
    restart: int  # the level (from 1) after which it starts again; 0 never
    suffix: str
    align: str
    plain_digits: bool  # w:isLgl: all numbers in the text as decimals
    paragraph: Properties
    run: Properties


@dataclass(slots=True)
class _List:
    """A ``w:num``: the levels it shows and the counters it shares with others of its definition."""

    levels: dict[int, Level]
    starts: dict[int, int]  # w:startOverride, used up when first met
    counters: dict[int, int] = field(default_factory=dict)


class Numbering:
    """The numbering part of a package, counting as paragraphs are met in their order."""

    def __init__(self, package: Package, part: str | None) -> None:
        root = package.xml(part) if part else None
        self._lists: dict[str, _List] = {}
        self._styled: dict[str, tuple[str, int]] = {}
        if root is not None:
            self._read(root)

    def _read(self, root: etree._Element) -> None:
        definitions = {
            value(node, "abstractNumId"): node for node in root.iterfind(qn("w:abstractNum"))
        }
        linked = {
            value(link): node
            for node in definitions.values()
            if (link := child(node, "styleLink")) is not None
        }
        levels: dict[str, dict[int, Level]] = {}
        counters: dict[str, dict[int, int]] = {}
        for num in root.iterfind(qn("w:num")):
            name = value(child(num, "abstractNumId"))
            node = definitions.get(name)
            if node is None:
                continue
            node = linked.get(value(child(node, "numStyleLink")), node)
            if name not in levels:
                levels[name] = _levels(node)
            shown, starts = dict(levels[name]), {}
            for override in num.iterfind(qn("w:lvlOverride")):
                at = number(value(override, "ilvl"))
                if (lvl := child(override, "lvl")) is not None:
                    shown[at] = _level(lvl, at)
                if (start := child(override, "startOverride")) is not None:
                    starts[at] = number(value(start), 1)
            num_id = value(num, "numId")
            self._lists[num_id] = _List(shown, starts, counters.setdefault(name, {}))
            for lvl in node.iterfind(qn("w:lvl")):
                if style := value(child(lvl, "pStyle")):
                    self._styled.setdefault(style, (num_id, number(value(lvl, "ilvl"))))

    @property
    def empty(self) -> bool:
        """Whether there is no list at all."""
        return not self._lists

    def level(self, num_id: str, level: int) -> Level | None:
        """Return a level of a list, ``None`` when there is no such list."""
        found = self._lists.get(num_id)
        return found.levels.get(level) if found else None

    def level_of_style(self, style: str) -> int | None:
        """Return the level that a list ties to a paragraph style."""
        found = self._styled.get(style)
        return found[1] if found else None

    def next(self, num_id: str, at: int) -> tuple[str, Level] | None:
        """Count one more paragraph of a list and return its label and level."""
        found = self._lists.get(num_id)
        level = found.levels.get(at) if found else None
        if found is None or level is None:
            return None
        counters = found.counters
        if at in found.starts:
            counters[at] = found.starts.pop(at) - 1
        counters[at] = counters.get(at, level.start - 1) + 1
        for deeper in [key for key in counters if key > at]:
            lower = found.levels.get(deeper)
            if lower is None or lower.restart != 0:
                del counters[deeper]
        return self._label(found, level), level

    def _label(self, found: _List, level: Level) -> str:
        if level.kind == "bullet":
            return level.text

        def count(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            other = found.levels.get(at)
            if other is None:
                return ""
            kind = "decimal" if level.plain_digits else other.kind
            return FORMATS.get(kind, str)(found.counters.get(at, other.start))

        return re.sub(r"%([1-9])", count, level.text)


def _levels(node: etree._Element) -> dict[int, Level]:
    return {
        at: _level(lvl, at)
        for lvl in node.iterfind(qn("w:lvl"))
        if 0 <= (at := number(value(lvl, "ilvl"))) <= 8
    }


def _level(node: etree._Element, at: int) -> Level:
    align = value(child(node, "lvlJc"), default="left")
    return Level(
        kind=value(child(node, "numFmt"), default="decimal"),
        text=value(child(node, "lvlText")),
        start=number(value(child(node, "start")), 0),
        restart=number(value(child(node, "lvlRestart")), at),
        suffix=value(child(node, "suff"), default="tab"),
        align=ALIGNMENTS.get(align, align),
        plain_digits=on(child(node, "isLgl")),
        paragraph=paragraph_properties(child(node, "pPr")),
        run=run_properties(child(node, "rPr")),
    )
