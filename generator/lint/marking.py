"""A copy of a template with a Word comment at each finding, for its maintainer to see in Word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lxml import etree

from generator.conformity.comments import Remark, commented
from generator.lint.findings import NOTE, Finding
from generator.ooxml import qn, read_package
from generator.template.tags import INSTR, P, R, T, ancestor


def marked(content: bytes, file: str, findings: Iterable[Finding]) -> bytes:
    """Return a template with comments; notes of what is handled are left out.

    Comments stand in the body, at the tag where the finding names one. What is in another part, or
    in another file of the form, is told at the first paragraph, with its place.

    Raises:
        TemplateError: it is no .docx.
    """
    package = read_package(content, file)
    main = package.main_part()
    body = package.xml(main)
    paragraphs = list(body.iter(P))
    remarks = [
        _remark(finding, finding.file == file and finding.part == main, paragraphs)
        for finding in findings
        if finding.severity is not NOTE and paragraphs
    ]
    return commented(package, body, remarks)


def _remark(finding: Finding, here: bool, paragraphs: list[etree._Element]) -> Remark:
    if here and 0 < finding.paragraph <= len(paragraphs):
        paragraph = paragraphs[finding.paragraph - 1]
        holder = _outside_boxes(paragraph)
        if holder is paragraph:
            return Remark(paragraph, _lines(finding), tuple(_runs(paragraph, finding.tag)))
    else:
        holder = next((p for p in paragraphs if "".join(p.itertext()).strip()), paragraphs[0])
    return Remark(holder, [*_lines(finding)[:1], f"Ở {finding.place}", *_lines(finding)[1:]])


def _outside_boxes(paragraph: etree._Element) -> etree._Element:
    """Return the paragraph that holds a text box around this one: Word takes no comment inside."""
    box = ancestor(paragraph, qn("w:txbxContent"))
    holder = ancestor(box, P) if box is not None else None
    return paragraph if holder is None else _outside_boxes(holder)


def _lines(finding: Finding) -> list[str]:
    message = f"{finding.severity.word.capitalize()}: {finding.message}."
    stop = "" if finding.remedy.endswith(("?", ".")) else "."
    remedy = [f"Cách sửa: {finding.remedy}{stop}"] if finding.remedy else []
    return [message, *remedy, f"({finding.id})"]


def _runs(paragraph: etree._Element, tag: str) -> Iterator[etree._Element]:
    """Yield the runs that hold a tag; none where it is not found as typed."""
    holders = [node for node in paragraph.iter(T, INSTR) if ancestor(node, P) is paragraph]
    text = "".join(node.text or "" for node in holders)
    start = text.find(tag) if tag else -1
    position = 0
    for node in holders:
        end = position + len(node.text or "")
        run = ancestor(node, R)
        if start >= 0 and position < start + len(tag) and start < end and run is not None:
            yield run
        position = end
