"""Sections: where each begins, its page, its headers and footers (ECMA-376, part 1, 17.6)."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from generator.formatting.properties import border, child, local, on, value
from generator.formatting.values import SIDES, Section
from generator.ooxml import Package, Relation, qn
from generator.units import number

_READ = {
    "headerReference", "footerReference", "type", "pgSz", "pgMar", "pgNumType", "cols",
    "vAlign", "titlePg", "docGrid", "footnotePr", "endnotePr", "noEndnote", "sectPrChange",
    "formProt", "paperSrc", "printerSettings", "pgBorders",
}  # fmt: skip
_MOST_COLUMNS = 45  # as many as Word takes


def read_sections(
    relations: list[Relation], package: Package, body: etree._Element
) -> tuple[Section, ...]:
    """Return the sections of a document; each takes the headers it does not have from before."""
    targets = {rel.rid: rel.target for rel in relations if not rel.external}
    sections: list[Section] = []
    for blocks, node in _stretches(body):
        headers, footers = (
            dict(getattr(sections[-1], kind)) if sections else {} for kind in ("headers", "footers")
        )
        for kind, found in (("header", headers), ("footer", footers)):
            for ref in node.iterfind(qn(f"w:{kind}Reference")):
                target = targets.get(ref.get(qn("r:id"), ""), "")
                if target in package.parts:
                    found[value(ref, "type", "default")] = target
        sections.append(_section(tuple(blocks), node, headers, footers))
    return tuple(sections)


def _stretches(body: etree._Element) -> Iterator[tuple[list[etree._Element], etree._Element]]:
    """Yield the blocks of each section with its properties."""
    blocks: list[etree._Element] = []
    for node in _blocks(body):
        if local(node) == "sectPr":
            yield blocks, node
            return
        blocks.append(node)
        ends = child(child(node, "pPr"), "sectPr") if local(node) == "p" else None
        if ends is not None:
            yield blocks, ends
            blocks = []
    yield blocks, etree.Element(qn("w:sectPr"))


def _blocks(node: etree._Element) -> Iterator[etree._Element]:
    for item in node:
        content = child(item, "sdtContent") if local(item) == "sdt" else None
        if content is not None:
            yield from _blocks(content)
        elif local(item) in ("customXml", "ins", "moveTo"):
            yield from _blocks(item)
        elif local(item) in ("p", "tbl", "sectPr") or not local(item):
            yield item


def _section(
    blocks: tuple[etree._Element, ...],
    node: etree._Element,
    headers: dict[str, str],
    footers: dict[str, str],
) -> Section:
    size, margin, page, columns = (
        child(node, name) for name in ("pgSz", "pgMar", "pgNumType", "cols")
    )
    borders = child(node, "pgBorders")

    def edge(name: str, default: int) -> int:
        return number(value(margin, name), default)

    start = value(page, "start")
    return Section(
        blocks=blocks,
        break_kind=value(child(node, "type"), default="nextPage"),
        width=number(value(size, "w"), 12240),
        height=number(value(size, "h"), 15840),
        landscape=value(size, "orient") == "landscape",
        top=edge("top", 1440),
        bottom=edge("bottom", 1440),
        left=edge("left", 1800),
        right=edge("right", 1800),
        header=edge("header", 720),
        footer=edge("footer", 720),
        gutter=edge("gutter", 0),
        title_page=on(child(node, "titlePg")),
        headers=headers,
        footers=footers,
        page_start=max(0, number(start)) if start else None,
        page_format=value(page, "fmt", "decimal"),
        columns=max(1, min(_MOST_COLUMNS, number(value(columns, "num"), 1))),
        column_space=number(value(columns, "space"), 720),
        columns_equal=_equal(columns),
        vertical_align=value(child(node, "vAlign"), default="top"),
        borders={
            local(item): line
            for item in (() if borders is None else borders)
            if local(item) in SIDES and (line := border(item))
        },
        borders_from=value(borders, "offsetFrom", "text"),
        borders_on=value(borders, "display", "allPages"),
        own={local(item): value(item) for item in node if local(item) not in _READ},
    )


def _equal(columns: etree._Element | None) -> bool:
    """Return whether columns are alike, with nothing between them."""
    widths = [] if columns is None else [value(each, "w") for each in columns]
    unlike = value(columns, "equalWidth", "1") in ("0", "false", "off") and len(set(widths)) > 1
    return not unlike and value(columns, "sep", "0") in ("0", "false", "off")
