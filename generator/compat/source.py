"""A part of a docxtpl template as Jinja source, and what Jinja made of it as a part again."""

from __future__ import annotations

import re
import warnings
from copy import deepcopy

from docx.oxml.ns import nsmap
from docx.oxml.parser import oxml_parser
from lxml import etree

from generator.compat.values import NEWLINE, PAGE, PARAGRAPH, TAB, LostTextWarning
from generator.ooxml import NAMESPACES, qn
from generator.template.structure import arrange
from generator.template.tags import (
    JINJA,
    MEANT,
    PPR,
    RPR,
    SPACE,
    Delimiters,
    P,
    R,
    T,
    TagTable,
    mark_tags,
)

_PREFIX = re.compile(r"[<\s/]([A-Za-z]\w*):[A-Za-z]")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>\s*")
_TAG = re.compile("<\\?tag (\\d+)\\?>|\ue000(\\d+)\ue001")
_BRACE = re.compile(r"\{(?=[{%#])")
_WHOLE_PARAGRAPH = "vanban-whole"  # a processing instruction: {{p …}} stands for its paragraph
_RESHAPING = ("colspan", "hm")


# ---------------------------------------------------------------- strings and trees
def read(xml: str) -> etree._Element:
    """Return a holder with the elements of a piece of XML, whose prefixes need not be declared.

    Raises:
        ValueError: it is not well-formed.
    """
    xml = _DECLARATION.sub("", xml)
    known = {**nsmap, **NAMESPACES}
    del known["xml"]
    for prefix in _PREFIX.findall(xml):
        if prefix not in ("xml", "xmlns"):
            known.setdefault(prefix, f"urn:vanban:{prefix}")
    spaces = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in known.items())
    try:
        return etree.fromstring(f"<vanban{spaces}>{xml}</vanban>".encode(), oxml_parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"Generated XML is invalid: {error}") from error


def shown(holder: etree._Element) -> str:
    """Return the XML that :func:`read` took, as it is now."""
    text: str = etree.tostring(holder, encoding="unicode")
    if text.endswith("/>"):
        return ""
    return text[text.index(">") + 1 : text.rindex("</")]


# ---------------------------------------------------------------- template -> Jinja
def jinja_source(xml: str, marks: Delimiters) -> tuple[str, bool]:
    """Return a part's XML as Jinja source; whether its tags may change a table's columns.

    Words that docxtpl drops in silence, those beside a ``{%p``, are told by a warning.
    """
    root = read(xml)
    table = TagTable(marks)
    mark_tags(root, "", table)
    for node in table.nodes(root):
        tag = table.of(node)
        if tag.kind == "{{" and tag.letter in ("p", "r"):
            if tag.letter == "p":
                _mark_whole(node)
            tag.letter = ""
    arrange(root, table, letters_only=True)
    for problem in table.lost:
        warnings.warn(f"{problem.at}: {problem.message}", LostTextWarning, stacklevel=4)
    reshapes = any(tag.letter == "tc" or tag.keyword in _RESHAPING for tag in table.tags)
    return _emitted(shown(root), table), reshapes


def _mark_whole(node: etree._Element) -> None:
    paragraph = next(node.iterancestors(P), None)
    if paragraph is not None:
        paragraph.append(etree.ProcessingInstruction(_WHOLE_PARAGRAPH))


def _emitted(text: str, table: TagTable) -> str:
    pieces: list[str] = []
    position = 0
    for match in _TAG.finditer(text):
        tag = table.tags[int(match[1] or match[2])]
        pieces.append(_plain(text[position : match.start()], table.marks))
        if tag.kind == "{{":
            pieces.append(f"{{{{ {tag.body} }}}}")
        elif tag.kind == "{%":
            pieces.append(f"{{% {tag.body} %}}")
        position = match.end()
    pieces.append(_plain(text[position:], table.marks))
    return "".join(pieces)


def _plain(text: str, marks: Delimiters) -> str:
    """Return XML between tags; with other delimiters, Jinja's own are letters like any."""
    return text if marks == JINJA else _BRACE.sub("{" + MEANT, text)


# ---------------------------------------------------------------- Jinja's output -> part
def part_xml(filled: str) -> str:
    """Return the XML of a part that Jinja filled: breaks, rich text and paragraphs in place.

    Raises:
        ValueError: a value made it ill-formed.
    """
    root = read(filled.replace(MEANT, ""))
    for text in list(root.iter(T)):
        if len(text):
            _lift_elements(text)
    for text in list(root.iter(T)):
        if text.text and _BREAK.search(text.text):
            _break_up(text)
    for mark in list(root.iter(etree.ProcessingInstruction)):
        if mark.target == _WHOLE_PARAGRAPH:
            _drop_if_empty(mark)
    for properties in root.iter(RPR):
        _in_order(properties)
    return shown(root).translate(_ELSEWHERE)


_BREAK = re.compile(f"([{NEWLINE}{TAB}{PARAGRAPH}{PAGE}])")
_ELSEWHERE = {ord(NEWLINE): "&#10;", ord(TAB): "&#9;", ord(PARAGRAPH): "&#10;", ord(PAGE): None}
_BLOCKS = frozenset(map(qn, ("w:p", "w:tbl", "w:sdt")))


# Order of the children of w:rPr (ECMA-376, part 1, 17.3.2.28).
_RPR_ORDER = {
    qn(f"w:{name}"): rank
    for rank, name in enumerate(
        (
            "ins", "del", "moveFrom", "moveTo",
            "rStyle", "rFonts", "b", "bCs", "i", "iCs", "caps", "smallCaps", "strike", "dstrike",
            "outline", "shadow", "emboss", "imprint", "noProof", "snapToGrid", "vanish",
            "webHidden", "color", "spacing", "w", "kern", "position", "sz", "szCs", "highlight",
            "u", "effect", "bdr", "shd", "fitText", "vertAlign", "rtl", "cs", "em", "lang",
            "eastAsianLayout", "specVanish", "oMath",
        )
    )
}  # fmt: skip


def _in_order(properties: etree._Element) -> None:
    """Put run properties in the order of the schema: ``RichText`` writes them in its own."""
    ranks = [_RPR_ORDER.get(child.tag, len(_RPR_ORDER)) for child in properties]
    if ranks != sorted(ranks):
        properties[:] = [child for _, child in sorted(zip(ranks, properties, strict=True),
                                                      key=lambda pair: pair[0])]  # fmt: skip
    for shade in properties.findall(qn("w:shd")):
        if shade.get(qn("w:val")) is None:
            shade.set(qn("w:val"), "clear")


def _run_like(run: etree._Element, text: str | None) -> etree._Element:
    """Return a run that looks like another, with a text."""
    made = run.makeelement(R)
    properties = run.find(RPR)
    if properties is not None:
        made.append(deepcopy(properties))
    words = etree.SubElement(made, T, {SPACE: "preserve"})
    words.text = text
    return made


def _split_run(text: etree._Element) -> etree._Element | None:
    """Cut a run behind one of its texts; return it, the second half standing behind."""
    run = text.getparent()
    if run is None or run.tag != R:
        return None
    later = list(text.itersiblings())
    if later:
        rest = _run_like(run, None)
        rest.remove(rest[-1])
        rest.extend(later)
        run.addnext(rest)
    return run


def _lift_elements(text: etree._Element) -> None:
    """Take runs and paragraphs out of a text, where a rich value put them."""
    run = _split_run(text)
    if run is None:
        return
    at = run
    for child in list(text):
        tail, child.tail = child.tail, None
        at.addnext(child)
        at = child
        if tail:
            at.addnext(rest := _run_like(run, tail))
            at = rest
    if not text.text:
        run.remove(text)
        if all(child.tag == RPR for child in run):
            run.getparent().remove(run)
    paragraph = at.getparent()
    if paragraph is not None and paragraph.tag == P:
        _lift_blocks(paragraph)


def _lift_blocks(paragraph: etree._Element) -> None:
    """Take paragraphs and tables out of a paragraph, which is cut in two around them."""
    for block in [child for child in paragraph if child.tag in _BLOCKS]:
        if block.tag == qn("w:sdt") and block.find(f"{qn('w:sdtContent')}/{P}") is None:
            continue  # a content control among the words
        rest = _split_paragraph(paragraph, block)
        paragraph.addnext(block)
        if not _prints(paragraph):
            _keep_mark(paragraph, rest)
            paragraph.getparent().remove(paragraph)
        paragraph = rest
    if paragraph.getprevious() is not None and paragraph.getprevious().tag in _BLOCKS:
        _mark_end(paragraph)


def _keep_mark(paragraph: etree._Element, rest: etree._Element) -> None:
    for mark in paragraph.iterchildren(etree.ProcessingInstruction):
        rest.append(mark)


def _mark_end(paragraph: etree._Element) -> None:
    """A paragraph left empty behind what came out of it goes, where something else remains."""
    if not _prints(paragraph):
        paragraph.append(etree.ProcessingInstruction(_WHOLE_PARAGRAPH))


def _split_paragraph(paragraph: etree._Element, node: etree._Element) -> etree._Element:
    """Move what stands behind a child of a paragraph to a paragraph like it; return that."""
    rest = paragraph.makeelement(P)
    properties = paragraph.find(PPR)
    if properties is not None:
        rest.append(deepcopy(properties))
        for section in properties.findall(qn("w:sectPr")):  # a section ends once
            properties.remove(section)
    rest.extend(list(node.itersiblings()))
    paragraph.addnext(rest)
    return rest


def _prints(paragraph: etree._Element) -> bool:
    return (
        any(
            child.tag is not etree.ProcessingInstruction
            and child.tag != PPR
            and any(item.tag != T or item.text for item in child.iter() if item.tag not in (R, RPR))
            for child in paragraph
        )
        or paragraph.find(f"{PPR}/{qn('w:sectPr')}") is not None
    )


def _drop_if_empty(mark: etree._Element) -> None:
    """Drop the paragraph of a ``{{p …}}`` that printed nothing, unless a cell would end without."""
    paragraph = mark.getparent()
    paragraph.remove(mark)
    if paragraph.tag != P or _prints(paragraph):
        return
    previous, following = paragraph.getprevious(), paragraph.getnext()
    last = following is None or following.tag == qn("w:sectPr")
    if not last or (previous is not None and previous.tag == P):
        paragraph.getparent().remove(paragraph)


def _break_up(text: etree._Element) -> None:
    """Set line breaks, tabs, paragraphs and pages where a value asks for them."""
    first, *rest = _BREAK.split(text.text)
    run = _split_run(text)
    if run is None:
        text.text = _BREAK.sub(" ", text.text)
        return
    text.text = first
    text.set(SPACE, "preserve")
    for mark, words in zip(rest[::2], rest[1::2], strict=True):
        paragraph = run.getparent()
        if mark in (PARAGRAPH, PAGE) and paragraph is not None and paragraph.tag == P:
            following = _split_paragraph(paragraph, run)
            if mark == PAGE:
                paragraph.addnext(_page_break(paragraph))
            fresh = _run_like(run, words)
            properties = following.find(PPR)
            following.insert(0 if properties is None else 1, fresh)
            run = fresh
        else:
            etree.SubElement(run, qn("w:tab" if mark == TAB else "w:br"))
            if words:
                etree.SubElement(run, T, {SPACE: "preserve"}).text = words
    if not first and len(run) > 1 and text.getparent() is run:
        run.remove(text)


def _page_break(paragraph: etree._Element) -> etree._Element:
    made = paragraph.makeelement(P)
    run = etree.SubElement(made, R)
    etree.SubElement(run, qn("w:br"), {qn("w:type"): "page"})
    return made
