"""Rules of our own: faults in a .docx that no validator sees, but that Word trips on or repairs."""

from __future__ import annotations

import posixpath
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
# Elements that stand around rows, cells or paragraphs without being a level of the table.
WRAPPERS = {W + name for name in ("sdt", "sdtContent", "customXml", "ins", "moveTo")}
TAG_MARKS = ("{{", "}}", "{%", "%}")

Parts = Mapping[str, Element]
"""The XML parts of a package: name -> root element."""


def structure_errors(docx: Path) -> list[str]:
    """Return broken structure: package, tables, bookmarks, fields, drawings, styles."""
    found, parts = _read(docx)
    for root in parts.values():
        _drop_fallbacks(root)
    found += (f"{name}: {fault}" for name, root in parts.items() for fault in _part_faults(root))
    found += (fault for rule in PACKAGE_RULES for fault in rule(parts))
    with zipfile.ZipFile(docx) as package:
        found += _orphan_parts(set(package.namelist()), parts)
    return found


def leftover_tags(docx: Path) -> list[str]:
    """Return the texts and attributes in which a template tag is left, wherever Word split it."""
    found: list[str] = []
    for name, root in _read(docx)[1].items():
        texts = ["".join(paragraph.itertext()) for paragraph in root.iter(W + "p")]
        texts = texts or list(root.itertext())
        texts += (value for element in root.iter() for value in element.attrib.values())
        found += (f"{name}: {text}" for text in texts if any(mark in text for mark in TAG_MARKS))
    return found


def _read(docx: Path) -> tuple[list[str], dict[str, Element]]:
    """Return the faults of the package itself, and its XML parts."""
    with zipfile.ZipFile(docx) as package:
        names = Counter(package.namelist())
        found = [f"{name}: twice in the package" for name, times in names.items() if times > 1]
        parts = {}
        for name in names:
            if not name.endswith((".xml", ".rels")):
                continue
            try:
                parts[name] = ElementTree.fromstring(package.read(name))
            except (ElementTree.ParseError, zipfile.BadZipFile) as error:
                found.append(f"{name}: not readable: {error}")
    return found, parts


def _drop_fallbacks(root: Element) -> None:
    """Remove what old programs show in place of a drawing: it repeats the drawing's ids."""
    for parent in list(root.iter()):
        for child in parent.findall(MC + "Fallback"):
            parent.remove(child)


def _part_faults(root: Element) -> Iterator[str]:
    for rule in PART_RULES:
        yield from rule(root)


# --- tables


def _inside(parent: Element, tag: str) -> Iterator[Element]:
    """Yield the children with a tag, also those wrapped in content controls."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag in WRAPPERS:
            yield from _inside(child, tag)


def _tables(root: Element) -> Iterator[str]:
    for number, table in enumerate(root.iter(W + "tbl"), 1):
        rows = list(_inside(table, W + "tr"))
        if not rows:
            yield f"table {number}: no row"
        for row_number, row in enumerate(rows, 1):
            where = f"table {number}, row {row_number}"
            if next(_inside(row, W + "tc"), None) is None:
                yield f"{where}: no cell"
            if not all(_ends_in_paragraph(cell) for cell in _inside(row, W + "tc")):
                yield f"{where}: a cell does not end in a paragraph"
        yield from _grid(f"table {number}", table, rows)


def _ends_in_paragraph(cell: Element) -> bool:
    last = next((block for block in reversed(cell) if "bookmark" not in block.tag), None)
    if last is not None and last.tag in WRAPPERS:
        return _ends_in_paragraph(last)
    return last is not None and last.tag == W + "p"


def _grid(where: str, table: Element, rows: list[Element]) -> Iterator[str]:
    """Yield rows that misfit the grid, and cells that continue a merge nothing above them began."""
    columns = len(table.findall(f"{W}tblGrid/{W}gridCol"))
    open_above: dict[int, int] = {}  # first column -> columns spanned, of cells that may go on
    for number, row in enumerate(rows, 1):
        column = _number(row, f"{W}trPr/{W}gridBefore")
        open_here = {}
        for cell in _inside(row, W + "tc"):
            span = _number(cell, f"{W}tcPr/{W}gridSpan", default=1)
            merge = cell.find(f"{W}tcPr/{W}vMerge")
            if merge is not None:
                open_here[column] = span
                begins = merge.get(W + "val") == "restart"
                if not begins and open_above.get(column) != span:
                    yield f"{where}, row {number}: a vertical merge goes on that nothing began"
            column += span
        column += _number(row, f"{W}trPr/{W}gridAfter")
        if column != columns:
            yield f"{where}, row {number}: {column} columns in a grid of {columns}"
        open_above = open_here


def _number(parent: Element, path: str, default: int = 0) -> int:
    found = parent.find(path)
    return default if found is None else int(found.get(W + "val", default))


# --- ranges: bookmarks and fields


def _bookmarks(root: Element) -> Iterator[str]:
    starts = Counter(mark.get(W + "id") for mark in root.iter(W + "bookmarkStart"))
    ends = Counter(mark.get(W + "id") for mark in root.iter(W + "bookmarkEnd"))
    names = Counter(mark.get(W + "name") for mark in root.iter(W + "bookmarkStart"))
    yield from (f"bookmark {name}: twice" for name, times in names.items() if times > 1)
    yield from (f"bookmark id {mark}: twice" for mark, times in starts.items() if times > 1)
    yield from (f"bookmark id {mark}: no end" for mark in starts.keys() - ends.keys())
    yield from (f"bookmark id {mark}: no start" for mark in ends.keys() - starts.keys())


def _fields(root: Element) -> Iterator[str]:
    """Yield field characters out of order: begin, then once separate, then end; they may nest."""
    separated: list[bool] = []  # a field that is open: has it been separated?
    for char in root.iter(W + "fldChar"):
        kind = char.get(W + "fldCharType")
        if kind == "begin":
            separated.append(False)
        elif not separated or (kind == "separate" and separated[-1]):
            yield f"field character {kind}: out of place"
        elif kind == "separate":
            separated[-1] = True
        else:
            separated.pop()
    if separated:
        yield f"{len(separated)} field without end"


# --- the package


def _drawing_ids(parts: Parts) -> Iterator[str]:
    ids = Counter(p.get("id") for root in parts.values() for p in root.iter(WP + "docPr"))
    yield from (f"drawing id {number}: {times} times" for number, times in ids.items() if times > 1)


def _style_cycles(parts: Parts) -> Iterator[str]:
    styles = parts.get("word/styles.xml", Element("none")).iter(W + "style")
    based_on = {style.get(W + "styleId"): style.find(W + "basedOn") for style in styles}
    for first in based_on:
        seen, style_id = set(), first
        while style_id is not None and style_id not in seen:
            seen.add(style_id)
            parent = based_on.get(style_id)
            style_id = None if parent is None else parent.get(W + "val")
        if style_id == first:
            yield f"word/styles.xml: style {first} is based on itself"


def _core_properties(parts: Parts) -> Iterator[str]:
    tags = Counter(child.tag for child in parts.get("docProps/core.xml", ()))
    for tag, times in tags.items():
        if times > 1:
            yield f"docProps/core.xml: {tag.partition('}')[2]} {times} times"


def _orphan_parts(names: set[str], parts: Parts) -> Iterator[str]:
    """Yield the parts that no chain of relationships reaches from the package."""
    reached: set[str] = set()
    waiting = [""]
    while waiting:
        source = waiting.pop()
        folder, name = posixpath.split(source)
        rels = posixpath.join(folder, "_rels", name + ".rels")
        for relationship in parts.get(rels, ()):
            target = posixpath.normpath(posixpath.join("/", folder, relationship.get("Target", "")))
            if relationship.get("TargetMode") != "External" and target[1:] not in reached:
                reached.add(target[1:])
                waiting.append(target[1:])
    for name in sorted(names - reached - {"[Content_Types].xml"}):
        if not name.endswith((".rels", "/")):
            yield f"{name}: no relationship leads to this part"
    yield from (f"{name}: related, but missing" for name in sorted(reached - names))


PART_RULES: tuple[Callable[[Element], Iterator[str]], ...] = (_tables, _bookmarks, _fields)
PACKAGE_RULES: tuple[Callable[[Parts], Iterator[str]], ...] = (
    _drawing_ids,
    _style_cycles,
    _core_properties,
)
