"""A copy of a document with Word comments at places; its own text stays as it was."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from generator.conformity.checking import Report
from generator.conformity.document import Paragraph
from generator.conformity.findings import Finding, Place
from generator.conformity.parts import part_bytes
from generator.ooxml import NAMESPACES, Package, PackageWriter, qn, rels_name, to_bytes

AUTHOR = "vanban"
INITIALS = "vb"
_KIND = f"{NAMESPACES['r']}/comments"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"
_MOST_PLACES = 20  # of one finding: the same fault in every paragraph needs no more
_RUN, _PPR, _RPR, _TEXT = qn("w:r"), qn("w:pPr"), qn("w:rPr"), qn("w:t")


def marked(report: Report, package: Package) -> bytes:
    """Return the document with comments; ``package`` is the one the report was made of.

    Comments stand in the body alone, as Word allows none in headers: a finding there, or about
    the pages, is told at the first paragraph.
    """
    main = package.main_part()
    found = report.found
    if found is None:
        return _written(package, {})
    first = _first_paragraph(found.document.paragraphs)
    remarks = []
    for finding, place in _places(report.findings):
        paragraph = place.paragraph
        if paragraph is None or paragraph.part != main:
            if first is None:
                continue
            paragraph, place = first, Place(first)
        remarks.append(Remark(paragraph.node, _lines(finding), tuple(_runs(paragraph, place))))
    return commented(package, found.document.formatting.root(main), remarks)


@dataclass(frozen=True, slots=True)
class Remark:
    """What one comment says, line by line, and where: at some runs, or the whole paragraph."""

    paragraph: etree._Element
    lines: Sequence[str]
    runs: Sequence[etree._Element] = ()


def commented(package: Package, body: etree._Element, remarks: Iterable[Remark]) -> bytes:
    """Return a document with comments; ``body`` is its main part's tree, which they stand in."""
    main = package.main_part()
    root, comments, first_id = _comments_part(package, main)
    for number, remark in enumerate(remarks, first_id):
        _anchor(remark, number)
        root.append(_comment(number, remark.lines))
    changed = {main: part_bytes(package, main, body), comments: to_bytes(root)}
    if comments not in package.parts:
        changed |= _registered(package, main, comments)
    return _written(package, changed)


def _places(findings: Iterable[Finding]) -> Iterator[tuple[Finding, Place]]:
    for finding in findings:
        for place in finding.places[:_MOST_PLACES] or (Place(),):
            yield finding, place


def _first_paragraph(paragraphs: Iterable[Paragraph]) -> Paragraph | None:
    return next((p for p in paragraphs if not p.blank), next(iter(paragraphs), None))


def _comments_part(package: Package, main: str) -> tuple[etree._Element, str, int]:
    """Return the comments part's root, its name, and the first free id."""
    existing = package.related(main, "comments")
    if existing:
        root = package.xml(existing[0])
        ids = [
            int(node.get(qn("w:id"), "0")) for node in root if node.get(qn("w:id"), "").isdigit()
        ]
        return root, existing[0], max(ids, default=-1) + 1
    folder = main.rpartition("/")[0]
    name, number = f"{folder}/comments.xml".lstrip("/"), 1
    while name in package.parts:
        number += 1
        name = f"{folder}/comments{number}.xml".lstrip("/")
    return etree.Element(qn("w:comments"), nsmap={"w": NAMESPACES["w"]}), name, 0


def _lines(finding: Finding) -> list[str]:
    lines = [
        f"{finding.severity.word.capitalize()}: {finding.message}.",
        f"Đang là: {finding.found}." if finding.found else "",
        f"Cần là: {finding.expected}." if finding.expected else "",
        f"Cách sửa: {finding.remedy}" if finding.remedy else "",
        f"({finding.clause}; {finding.id})",
    ]
    return list(filter(None, lines))


def _comment(number: int, lines: Sequence[str]) -> etree._Element:
    node = etree.Element(qn("w:comment"))
    node.set(qn("w:id"), str(number))
    node.set(qn("w:author"), AUTHOR)
    node.set(qn("w:initials"), INITIALS)
    for line in lines:
        paragraph = etree.SubElement(node, qn("w:p"))
        run = etree.SubElement(paragraph, _RUN)
        text = etree.SubElement(run, _TEXT)
        text.text = _printable(line)
        text.set(qn("xml:space"), "preserve")
    return node


def _printable(text: str) -> str:
    return re.sub("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text)


def _runs(paragraph: Paragraph, place: Place) -> Iterator[etree._Element]:
    """Yield the runs that hold a place."""
    end = max(place.end, place.start + 1)
    for piece in paragraph.pieces:
        if piece.start < end and place.start < piece.start + len(piece.text):
            yield piece.run


def _anchor(remark: Remark, number: int) -> None:
    """Put the range marks around the runs of a remark, and the reference behind them."""
    start, end = _mark("w:commentRangeStart", number), _mark("w:commentRangeEnd", number)
    reference = etree.Element(_RUN)
    etree.SubElement(reference, qn("w:commentReference")).set(qn("w:id"), str(number))
    node, runs = remark.paragraph, remark.runs
    if runs:
        _top(runs[0], node).addprevious(start)
        _after(_top(runs[-1], node), end)
    else:
        properties = node.find(_PPR)
        node.insert(0 if properties is None else node.index(properties) + 1, start)
        node.append(end)
    _after(end, reference)


def _after(node: etree._Element, following: etree._Element) -> None:
    node.addnext(following)


def _top(run: etree._Element, paragraph: etree._Element) -> etree._Element:
    """Return the paragraph's child that holds a run: a hyperlink, an insertion, or the run."""
    node = run
    while node.getparent() is not None and node.getparent() is not paragraph:
        node = node.getparent()
    return node


def _mark(name: str, number: int) -> etree._Element:
    node = etree.Element(qn(name))
    node.set(qn("w:id"), str(number))
    return node


def _registered(package: Package, main: str, comments: str) -> dict[str, bytes]:
    """Return the relationships and content types with the new part in them."""
    rels = rels_name(main)
    if rels in package.parts:
        relations = package.xml(rels)
    else:
        relations = etree.Element(qn("rel:Relationships"), nsmap={None: NAMESPACES["rel"]})
    taken = {node.get("Id") for node in relations}
    rid = next(f"rIdGhiChu{n}" for n in range(1, len(taken) + 2) if f"rIdGhiChu{n}" not in taken)
    node = etree.SubElement(relations, qn("rel:Relationship"))
    node.set("Id", rid)
    node.set("Type", _KIND)
    node.set("Target", f"/{comments}")
    types = package.xml("[Content_Types].xml")
    override = etree.SubElement(types, qn("ct:Override"))
    override.set("PartName", f"/{comments}")
    override.set("ContentType", _TYPE)
    return {rels: to_bytes(relations), "[Content_Types].xml": to_bytes(types)}


def _written(package: Package, changed: dict[str, bytes]) -> bytes:
    fixed = (part for name, part in package.parts.items() if name not in changed)
    return PackageWriter(fixed).assemble(changed.items())
