"""A .docx as readable text: for review in a terminal, for diffs, for a look at the result."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from generator.ooxml import Package, qn, read_package
from generator.units import number as whole

CELL_GAP = "  │  "
_ALIGN = {"both": "đều", "center": "giữa", "right": "phải", "end": "phải", "left": "trái"}
_SKIPPED = frozenset(map(qn, ("w:del", "w:instrText", "w:delText")))
_FALLBACK = qn("mc:Fallback")


def outline(content: bytes, file: str) -> list[str]:
    """Return a document's parts, one line a paragraph: place, style, alignment, size, text.

    Table cells are marked ``bảng 1, hàng 2, ô 3``. Only what the paragraph itself says is shown;
    what its style says stands in the style.
    """
    package = read_package(content, file)
    lines: list[str] = []
    for name in _stories(package):
        lines.append(f"== {name}")
        root = package.xml(name)
        lines.extend(
            f"{_place(paragraph, root)}{_look(paragraph)}  {_shown(paragraph)}"
            for paragraph in root.iter(qn("w:p"))
            if not _inside(paragraph, _FALLBACK)
        )
    return lines


def plain_lines(content: bytes, file: str) -> list[str]:
    """Return the words of a document's body as printed: a line a paragraph, a line a table row."""
    package = read_package(content, file)
    body = package.xml(package.main_part()).find(qn("w:body"))
    return [line for line in _plain(body) if line.strip()] if body is not None else []


def _plain(container: etree._Element) -> Iterator[str]:
    for child in container:
        if child.tag == qn("w:p"):
            yield _text(child)
        elif child.tag == qn("w:tbl"):
            for row in child.iter(qn("w:tr")):
                cells = [" ".join(_plain(cell)) for cell in row.iterchildren(qn("w:tc"))]
                yield CELL_GAP.join(cells)
        elif child.tag == qn("w:sdt"):
            yield from _plain(child.find(qn("w:sdtContent")))


def _stories(package: Package) -> list[str]:
    main = package.main_part()
    names = [main]
    for kind in ("header", "footer", "footnotes", "endnotes"):
        names += package.related(main, kind)
    return list(dict.fromkeys(names))


def _inside(node: etree._Element, name: str) -> bool:
    return next(node.iterancestors(name), None) is not None


def _place(paragraph: etree._Element, root: etree._Element) -> str:
    cell = next(paragraph.iterancestors(qn("w:tc")), None)
    if cell is None:
        return ""
    row = cell.getparent()
    table = next(cell.iterancestors(qn("w:tbl")))
    tables = list(root.iter(qn("w:tbl")))
    rows = [item for item in table if item.tag == qn("w:tr")]
    cells = [item for item in row if item.tag == qn("w:tc")]
    at_row = rows.index(row) + 1 if row in rows else "?"
    return f"[bảng {tables.index(table) + 1}, hàng {at_row}, ô {cells.index(cell) + 1}] "


def _look(paragraph: etree._Element) -> str:
    said = []
    style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    said.append(style.get(qn("w:val"), "") if style is not None else "-")
    align = paragraph.find(f"{qn('w:pPr')}/{qn('w:jc')}")
    if align is not None:
        value = align.get(qn("w:val"), "")
        said.append(_ALIGN.get(value, value))
    size = paragraph.find(f".//{qn('w:rPr')}/{qn('w:sz')}")
    if size is not None:
        said.append(f"{whole(size.get(qn('w:val'))) / 2:g}pt")
    return f"({', '.join(said)})"


def _shown(paragraph: etree._Element) -> str:
    text = _text(paragraph)
    drawn = [
        node.get("descr") or node.get("name") or "hình" for node in paragraph.iter(qn("wp:docPr"))
    ]
    return text + "".join(f" <{name}>" for name in drawn)


def _text(paragraph: etree._Element) -> str:
    """Return a paragraph's own words, breaks and tabs; those of its text boxes stand apart."""
    pieces: list[str] = []
    for node in paragraph.iter(qn("w:t"), qn("w:tab"), qn("w:br"), qn("w:noBreakHyphen")):
        if next(node.iterancestors(qn("w:p"))) is not paragraph or node.getparent().tag in _SKIPPED:
            continue
        if node.getparent().tag != qn("w:r"):
            continue  # a tab stop's definition, not a tab
        words = {qn("w:t"): node.text or "", qn("w:tab"): "\t", qn("w:br"): "\n"}
        pieces.append(words.get(node.tag, "-"))
    return "".join(pieces)
