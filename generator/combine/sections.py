"""The sections of a document among those of others.

A document ends with the properties of its last section (``w:sectPr``). With another behind it they
move into its last paragraph, whose section then ends there, and the next begins on a new page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from generator.combine.children import Children, attribute, with_attribute
from generator.units import number

SECTION = re.compile(rb"<w:sectPr(?: [^<>]*?)?(?:/>|(?<!/)>(.*?)</w:sectPr>)", re.DOTALL)
_CHANGE = re.compile(
    rb"<w:((?:sectPr|pPr|rPr|numbering)Change)(?: [^<>]*)?(?:(?<=/)>|(?<!/)>.*?</w:\1>)", re.DOTALL
)
# CT_SectPr (ISO/IEC 29500-1, 17.6.17)
_ORDER = (
    "headerReference", "footerReference", "footnotePr", "endnotePr", "type", "pgSz", "pgMar",
    "paperSrc", "pgBorders", "lnNumType", "pgNumType", "cols", "formProt", "vAlign", "noEndnote",
    "titlePg", "textDirection", "bidi", "rtlGutter", "docGrid", "printerSettings",
)  # fmt: skip
_NOTE_ORDER = ("pos", "numFmt", "numStart", "numRestart", "footnote", "endnote")
_NOTED = {
    b"footnotePr": re.compile(rb"<w:footnoteReference (?![^<>]*customMark)"),
    b"endnotePr": re.compile(rb"<w:endnoteReference (?![^<>]*customMark)"),
}
# A section without a header of a kind would take over that of the section before it.
Kind = tuple[str, bytes]  # "header" or "footer"; first, default or even
Missing = tuple[tuple[Kind, str], ...]
HAIR = (
    b'<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="1" w:lineRule="exact"/>'
    b'<w:rPr><w:sz w:val="2"/><w:szCs w:val="2"/></w:rPr></w:pPr></w:p>'
)
"""An empty paragraph a twentieth of a point high: no page has not room for it."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a section stands in its document; ``notes`` of each kind there is were before it."""

    first: bool
    last: bool
    notes: tuple[tuple[bytes, int], ...]


def without_changes(body: bytes) -> bytes:
    """Return a body without what sections, paragraphs and letters were before a tracked change.

    So no such properties hold others of their kind.
    """
    return _CHANGE.sub(b"", body) if b"Change" in body else body


def kinds_of(section: bytes) -> list[Kind]:
    """Return the kinds of headers and footers that a section names."""
    children = Children(_inside(section), _ORDER)
    return [
        (story, attribute(xml, "w:type"))
        for story in ("header", "footer")
        for xml in children.all(story.encode() + b"Reference")
    ]


def anew(blocks: bytes, last: bytes, missing: Missing) -> tuple[bytes, bytes]:
    """Return blocks and last section with every section fit to stand among other documents.

    ``missing`` are headers and footers (their kind, the id of an empty one) that must not be taken
    over from the document before.
    """
    noted = [(name, mark) for name, mark in _NOTED.items() if mark.search(blocks)]
    pieces: list[bytes] = []
    at = counted = 0
    for match in SECTION.finditer(blocks):
        place = _place(blocks, counted, noted, first=not pieces, last=False)
        pieces += blocks[at : match.start()], _placed(match[0], place, missing)
        at = match.end()
        counted = max(at, blocks.find(b"</w:p>", at))  # where the section's last paragraph ends
    place = _place(blocks, counted, noted, first=not pieces, last=True)
    return b"".join((*pieces, blocks[at:])), _placed(last, place, missing)


def _place(
    blocks: bytes,
    upto: int,
    noted: Iterable[tuple[bytes, re.Pattern[bytes]]],
    *,
    first: bool,
    last: bool,
) -> _Place:
    before = ((name, len(mark.findall(blocks, 0, upto))) for name, mark in noted)
    return _Place(first, last, tuple(before))


@lru_cache(maxsize=256)
def _placed(section: bytes, place: _Place, missing: Missing) -> bytes:
    """Return a section's properties for its place."""
    said = Children(_inside(section), _ORDER)
    if place.first:
        said.put(b"type", b"")  # on the next page: the usual
        pages = said.get(b"pgNumType") or b"<w:pgNumType/>"
        if not attribute(pages, "w:start"):
            said.put(b"pgNumType", with_attribute(pages, "w:start", 1))
        for (story, kind), rid in missing:
            name = story.encode() + b"Reference"
            said.add(name, b'<w:%s w:type="%s" r:id="%s"/>' % (name, kind, rid.encode()))
    for name, before in place.notes:
        said.put(name, _counting_from(said.get(name), name, before))
        if name == b"endnotePr" and not place.last:  # they wait for the end of the document
            said.put(b"noEndnote", b"<w:noEndnote/>")
    opening = section[: section.index(b">")].rstrip(b"/")
    return opening + b">" + said.xml() + b"</w:sectPr>"


def _inside(section: bytes) -> bytes:
    match = SECTION.match(section)
    return (match[1] or b"") if match else b""


def _counting_from(own: bytes, name: bytes, before: int) -> bytes:
    """Return how notes count: each section goes on from the one before it in its document."""
    said = Children(re.sub(rb"^<[^<>]*>|</[^<>]*>$", b"", own), _NOTE_ORDER)
    if attribute(said.get(b"numRestart"), "w:val") == b"eachPage":
        return own
    start = before + number(attribute(said.get(b"numStart"), "w:val").decode(errors="replace"), 1)
    said.put(b"numStart", b'<w:numStart w:val="%d"/>' % start)
    said.put(b"numRestart", b'<w:numRestart w:val="eachSect"/>')
    return b"<w:%s>%s</w:%s>" % (name, said.xml(), name)


# ---------------------------------------------------------------- the end of a document
_RANGE_END = re.compile(
    rb"<w:(?:bookmarkEnd|permEnd|commentRangeEnd|moveFromRangeEnd|moveToRangeEnd|proofErr) [^<>]*/>"
)
_PARAGRAPH_FIRST = re.compile(
    rb"(?:\s*<w:(?:bookmarkStart|permStart|commentRangeStart) [^<>]*/>)*\s*<w:p[ />]"
)
_PROPERTIES = re.compile(rb"<w:p(?: [^<>]*)?>\s*<w:pPr>")
_EMPTY_PROPERTIES = re.compile(rb"<w:p(?: [^<>]*)?>\s*(<w:pPr\s*/>)")


def begun(blocks: bytes) -> bytes:
    """Return a document's blocks with a paragraph first.

    LibreOffice (25.2) does not begin to count pages anew at a table.
    """
    return blocks if _PARAGRAPH_FIRST.match(blocks) else HAIR + blocks


def parted(body: bytes) -> tuple[bytes, bytes]:
    """Return the blocks of a body and the properties of its last section."""
    body = body.strip()
    start = body.rfind(b"<w:sectPr")
    match = SECTION.match(body, start) if start >= 0 else None
    if match and match.end() == len(body):
        return body[:start], match[0]
    return body, b"<w:sectPr/>"


def ended(blocks: bytes, section: bytes) -> bytes:
    """Return a document's blocks with its last section ended among them.

    Where no paragraph stands last, or one that ends a section already, a hair of a paragraph holds
    the section.
    """
    end = _end_of_blocks(blocks)
    start = _last_paragraph(blocks, end)
    if start < 0:
        return blocks + _holding(HAIR, section)
    paragraph = _holding(blocks[start:end], section)
    return blocks[:start] + paragraph + blocks[end:]


def _end_of_blocks(blocks: bytes) -> int:
    """Return where the last block ends, before the ends of ranges that may follow it."""
    end = len(blocks.rstrip())
    while _RANGE_END.fullmatch(blocks, start := max(blocks.rfind(b"<", 0, end), 0), end):
        end = len(blocks[:start].rstrip())
    return end


def _last_paragraph(blocks: bytes, end: int) -> int:
    """Return where the paragraph begins that ends there, -1 where none does or it is not free."""
    if blocks.endswith(b"</w:p>", 0, end):
        start = _opening(blocks, end)
    else:
        start = blocks.rfind(b"<w:p", 0, end)
        if not re.fullmatch(rb"<w:p(?: [^<>]*)?/>", blocks[max(start, 0) : end]):
            return -1
    return -1 if b"<w:sectPr" in blocks[start:end] else start


def _opening(blocks: bytes, end: int) -> int:
    """Return where the paragraph begins whose closing tag ends there; others may lie in it."""
    start, open_ = end, 0
    while start > 0:
        start = max(blocks.rfind(b"<w:p>", 0, start), blocks.rfind(b"<w:p ", 0, start))
        if start < 0:
            break
        open_ += blocks[blocks.index(b">", start) - 1 : blocks.index(b">", start)] != b"/"
        if open_ == blocks.count(b"</w:p>", start, end):
            return start
    return -1


def _holding(paragraph: bytes, section: bytes) -> bytes:
    """Return a paragraph that holds the properties of the section it ends."""
    if found := _PROPERTIES.match(paragraph):
        at = paragraph.index(b"</w:pPr>", found.end())
        return paragraph[:at] + section + paragraph[at:]
    if found := _EMPTY_PROPERTIES.match(paragraph):
        own = b"<w:pPr>" + section + b"</w:pPr>"
        return paragraph[: found.start(1)] + own + paragraph[found.end(1) :]
    opening = paragraph[: paragraph.index(b">") + 1]
    rest = paragraph[len(opening) :]
    if opening.endswith(b"/>"):
        opening, rest = opening[:-2].rstrip() + b">", b"</w:p>"
    return opening + b"<w:pPr>" + section + b"</w:pPr>" + rest
