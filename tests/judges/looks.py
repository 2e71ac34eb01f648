"""How a .docx says its paragraphs look: document defaults, style chain, own properties resolved.

Read from the XML alone, apart from the package and from any page: what Word will make of it.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
Element: TypeAlias = "etree._Element"
Properties = dict[str, dict[str, str]]  # element name -> its attributes, both without namespace


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A paragraph that prints something; ``runs`` holds the looks that its letters have."""

    text: str
    style: str
    align: str  # left, center, right, both
    before_pt: float
    after_pt: float
    line: float  # times single spacing, or points where ``line_rule`` is exact or atLeast
    line_rule: str
    first_line_mm: float
    keep_next: bool
    runs: tuple[RunLook, ...]
    in_table: bool


@dataclass(frozen=True, slots=True)
class RunLook:
    """A run's letters."""

    text: str
    font: str
    size_pt: float
    bold: bool
    italic: bool
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionLook:
    """A section's paper and margins in millimetres."""

    width_mm: float
    height_mm: float
    top_mm: float
    bottom_mm: float
    left_mm: float
    right_mm: float
    first_page_differs: bool
    restarts: bool


def paragraph_looks(content: bytes, part: str = "word/document.xml") -> list[Look]:
    """Return the paragraphs of a part that print letters, in document order."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        styles = _Styles(etree.fromstring(package.read("word/styles.xml")))
        root = etree.fromstring(package.read(part))
    found = (_look(paragraph, styles) for paragraph in root.iter(W + "p"))
    return [look for look in found if look.text.strip()]


def sections(content: bytes) -> list[SectionLook]:
    """Return the sections of a document."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        root = etree.fromstring(package.read("word/document.xml"))
    return [_section(node) for node in root.iter(W + "sectPr")]


def _section(node: Element) -> SectionLook:
    size, margins = node.find(W + "pgSz"), node.find(W + "pgMar")
    number = node.find(W + "pgNumType")
    assert size is not None
    assert margins is not None
    sides = {side: _mm(margins.get(W + side)) for side in ("top", "bottom", "left", "right")}
    return SectionLook(
        width_mm=_mm(size.get(W + "w")),
        height_mm=_mm(size.get(W + "h")),
        top_mm=sides["top"],
        bottom_mm=sides["bottom"],
        left_mm=sides["left"],
        right_mm=sides["right"],
        first_page_differs=node.find(W + "titlePg") is not None,
        restarts=number is not None and number.get(W + "start") == "1",
    )


def _mm(twips: Any) -> float:
    return round(int(twips or 0) / 1440 * 25.4, 2)


class _Styles:
    """Styles by id, each with what its whole chain says."""

    def __init__(self, root: Element) -> None:
        self._nodes = {style.get(W + "styleId"): style for style in root.iter(W + "style")}
        defaults = root.find(W + "docDefaults")
        self.default_paragraph = _own(defaults, "pPrDefault/pPr")
        self.default_run = _own(defaults, "rPrDefault/rPr")
        self.normal = next(
            (
                name
                for name, node in self._nodes.items()
                if node.get(W + "type") == "paragraph" and node.get(W + "default") == "1"
            ),
            None,
        )

    def chain(self, style: str | None, kind: str) -> Properties:
        node = self._nodes.get(style)
        if node is None:
            return {}
        based = node.find(W + "basedOn")
        above = self.chain(based.get(W + "val"), kind) if based is not None else {}
        return _over(above, _own(node, kind))


def _own(node: Element | None, path: str) -> Properties:
    found = node.find("/".join(W + step for step in path.split("/"))) if node is not None else None
    if found is None:
        return {}
    return {
        etree.QName(child).localname: {
            etree.QName(key).localname: str(value) for key, value in child.attrib.items()
        }
        for child in found
        if isinstance(child.tag, str)
    }


def _over(below: Properties, above: Properties) -> Properties:
    """Return properties with others laid over them, attribute by attribute."""
    return below | {name: below.get(name, {}) | values for name, values in above.items()}


def _look(paragraph: Element, styles: _Styles) -> Look:
    named = paragraph.find(f"{W}pPr/{W}pStyle")
    style = named.get(W + "val") if named is not None else styles.normal
    table = next(paragraph.iterancestors(W + "tbl"), None)
    of_table = table.find(f"{W}tblPr/{W}tblStyle") if table is not None else None
    table_style = of_table.get(W + "val") if of_table is not None and named is None else None
    own = styles.default_paragraph
    for more in (
        styles.chain(table_style, "pPr"),
        styles.chain(style, "pPr"),
        _own(paragraph, "pPr"),
    ):
        own = _over(own, more)
    runs = tuple(_runs(paragraph, style, table_style, styles))
    spacing, indent = own.get("spacing", {}), own.get("ind", {})
    rule = spacing.get("lineRule", "auto")
    return Look(
        text="".join(run.text for run in runs),
        style=str(named.get(W + "val")) if named is not None else str(table_style or ""),
        align=own.get("jc", {}).get("val", "left"),
        before_pt=int(spacing.get("before", 0)) / 20,
        after_pt=int(spacing.get("after", 0)) / 20,
        line=int(spacing.get("line", 240)) / (240 if rule == "auto" else 20),
        line_rule=rule,
        first_line_mm=_mm(indent.get("firstLine")) - _mm(indent.get("hanging")),
        keep_next=_on(own, "keepNext"),
        runs=runs,
        in_table=table is not None,
    )


def _runs(
    paragraph: Element, style: str | None, table_style: str | None, styles: _Styles
) -> Iterator[RunLook]:
    base = styles.default_run
    for more in (styles.chain(table_style, "rPr"), styles.chain(style, "rPr")):
        base = _over(base, more)
    for run in paragraph.iter(W + "r"):
        if next(run.iterancestors(W + "p")) is not paragraph:
            continue  # of a text box
        text = "".join(_letters(node) for node in run)
        if not text:
            continue
        own = _own(run, "rPr")
        named = own.get("rStyle", {}).get("val")
        look = _over(_over(base, styles.chain(named, "rPr")), own)
        yield RunLook(
            text,
            look.get("rFonts", {}).get("ascii", ""),
            int(look.get("sz", {}).get("val", 20)) / 2,
            _on(look, "b"),
            _on(look, "i"),
            look.get("color", {}).get("val", "auto"),
        )


def _letters(node: Element) -> str:
    words = {W + "t": node.text or "", W + "br": "\n", W + "tab": "\t"}
    return words.get(str(node.tag), "")


def _on(properties: Properties, name: str) -> bool:
    return name in properties and properties[name].get("val", "1") not in {"0", "false", "none"}
