"""Styles and the cascade that makes effective formatting of them (ECMA-376, part 1, 17.7.2).

document defaults < table style < numbering < paragraph style < character style < direct properties
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from lxml import etree

from generator.formatting.properties import (
    TOGGLES,
    Properties,
    child,
    lay_over,
    local,
    paragraph_properties,
    run_properties,
    value,
)
from generator.formatting.values import ParagraphFormat, RunFormat
from generator.ooxml import NAMESPACES, Package, qn

_TOGGLES = tuple(TOGGLES.values())
CONDITIONS = (
    "band1Vert", "band2Vert", "band1Horz", "band2Horz",
    "firstCol", "lastCol", "firstRow", "lastRow", "neCell", "nwCell", "seCell", "swCell",
)  # fmt: skip
"""What a table style can format apart, the later over the earlier (17.7.6)."""


class TableLook(NamedTuple):
    """Where a paragraph stands in a styled table: the style and the conditions that hold there."""

    style: str
    conditions: tuple[str, ...] = ()


NO_TABLE = TableLook("")
_EMPTY: Properties = {}


class Styles:
    """The styles part of a package, each chain resolved once."""

    def __init__(self, package: Package, part: str | None, theme: str | None) -> None:
        root = package.xml(part) if part else None
        nodes = [] if root is None else list(root.iterfind(qn("w:style")))
        self._nodes = {value(node, "styleId"): node for node in nodes}
        self._defaults = {
            value(node, "type"): value(node, "styleId")
            for node in reversed(nodes)
            if value(node, "default") in ("1", "true", "on")
        }
        self.theme = _theme_fonts(package, theme)
        defaults = child(root, "docDefaults")
        self.default_paragraph = paragraph_properties(child(child(defaults, "pPrDefault"), "pPr"))
        self.default_run = run_properties(child(child(defaults, "rPrDefault"), "rPr"))
        self._chains: dict[str, tuple[etree._Element, ...]] = {}
        self._paragraph: dict[str, Properties] = {}
        self._run: dict[str, Properties] = {}
        self._table: dict[TableLook, tuple[Properties, Properties]] = {}

    def default(self, kind: str) -> str:
        """Return the id of the default style of a kind: paragraph, character, table."""
        return self._defaults.get(kind, "")

    def name(self, style: str) -> str:
        """Return a style's name, which Word shows; its id where there is none."""
        return value(child(self._nodes.get(style), "name")) or style

    def chain(self, style: str) -> tuple[etree._Element, ...]:
        """Return a style and what it is based on, the base first; a cycle ends where it closes."""
        if style not in self._chains:
            found: list[etree._Element] = []
            seen, name = set(), style
            while name in self._nodes and name not in seen:
                seen.add(name)
                found.append(self._nodes[name])
                name = value(child(self._nodes[name], "basedOn"))
            self._chains[style] = tuple(reversed(found))
        return self._chains[style]

    def paragraph(self, style: str) -> Properties:
        """Return the paragraph properties of a style with those it is based on."""
        if style not in self._paragraph:
            found = _EMPTY
            for node in self.chain(style):
                found = lay_over(found, paragraph_properties(child(node, "pPr")))
            self._paragraph[style] = found
        return self._paragraph[style]

    def run(self, style: str) -> Properties:
        """Return the run properties of a style with those it is based on."""
        if style not in self._run:
            found: Properties = {}
            for node in self.chain(style):
                found |= run_properties(child(node, "rPr"))
            self._run[style] = found
        return self._run[style]

    def table(self, look: TableLook) -> tuple[Properties, Properties]:
        """Return the paragraph and run properties that a table style gives to a place in it."""
        if look not in self._table:
            paragraph, run = _EMPTY, dict(_EMPTY)
            for node in self.table_nodes(look):
                paragraph = lay_over(paragraph, paragraph_properties(child(node, "pPr")))
                run |= run_properties(child(node, "rPr"))
            self._table[look] = paragraph, run
        return self._table[look]

    def table_nodes(self, look: TableLook) -> Iterable[etree._Element]:
        """Yield what formats a place in a table: the styles of the chain, then their conditions."""
        chain = self.chain(look.style)
        yield from chain
        for condition in look.conditions:
            for node in chain:
                for part in node.iterfind(qn("w:tblStylePr")):
                    if value(part, "type") == condition:
                        yield part

    def conditions(self, style: str) -> frozenset[str]:
        """Return the conditions that a table style formats apart."""
        return frozenset(
            value(part, "type")
            for node in self.chain(style)
            for part in node.iterfind(qn("w:tblStylePr"))
        )

    def run_format(
        self, paragraph_style: str, look: TableLook, direct: Properties, style: str = ""
    ) -> RunFormat:
        """Return the formatting of a run from all levels of the cascade."""
        levels = [self.table(look)[1], self.run(paragraph_style), self.run(style)]
        merged = dict(self.default_run)
        for level in levels:
            merged |= level
        for key in _TOGGLES:
            # A character style switches back what the paragraph's style set (bold in a bold
            # heading); what the table or the defaults set only adds, as LibreOffice has it too.
            table, paragraph, character = (bool(level.get(key)) for level in levels)
            below = table or bool(self.default_run.get(key))
            merged[key] = below or paragraph != character
        merged |= direct
        return self._run_format(merged, style)

    def _run_format(self, merged: Mapping[str, Any], style: str) -> RunFormat:
        plain = {
            key: found
            for key, found in merged.items()
            if not key.startswith("effect.") and key != "style"
        }
        for slot in ("ascii", "h_ansi", "east_asia", "cs"):
            if isinstance(plain.get(slot), tuple):
                plain[slot] = self.theme.get(plain[slot][1]) or "Times New Roman"
        effects = tuple(
            key[7:] for key, found in sorted(merged.items()) if key[:7] == "effect." and found
        )
        return RunFormat(style=style, effects=effects, **plain)


def paragraph_format(style: str, merged: Properties) -> ParagraphFormat:
    """Return merged properties as a value; a tab stop that a level cleared is gone."""
    plain = {key: found for key, found in merged.items() if not key.startswith("border.")}
    plain["tabs"] = tuple(stop for _, stop in sorted(merged.get("tabs", {}).items()) if stop)
    borders = {key[7:]: found for key, found in merged.items() if key[:7] == "border." and found}
    if plain.get("outline") == 9:  # body text
        plain["outline"] = None
    if plain.get("num_id") == "0":
        plain["num_id"] = ""
    return ParagraphFormat(style=style, borders=MappingProxyType(borders), **plain)


_THEME_SLOTS = {"latin": ("Ascii", "HAnsi"), "ea": ("EastAsia",), "cs": ("Bidi",)}


def _theme_fonts(package: Package, part: str | None) -> dict[str, str]:
    """Return the faces that ``asciiTheme`` and its like mean: ``minorHAnsi`` -> Times New Roman."""
    found: dict[str, str] = {}
    scheme = package.xml(part).find(".//a:fontScheme", NAMESPACES) if part else None
    for size in ("major", "minor"):
        fonts = None if scheme is None else scheme.find(f"a:{size}Font", NAMESPACES)
        for node in () if fonts is None else fonts.iterchildren("*"):
            for slot in _THEME_SLOTS.get(etree.QName(node).localname, ()):
                found[size + slot] = node.get("typeface", "")
    return found


def style_of(properties: etree._Element | None, name: str) -> str:
    """Return the style a ``w:pPr``, ``w:rPr`` or ``w:tblPr`` names."""
    return value(child(properties, name))


__all__ = [
    "CONDITIONS",
    "NO_TABLE",
    "Styles",
    "TableLook",
    "local",
    "paragraph_format",
    "style_of",
]
