"""Ids that a file may hold once: drawings, bookmarks, content controls, paragraphs.

Every ``<`` of XML begins a tag, so a pattern that begins with one never meets text; a pattern that
begins inside a tag looks ahead for its end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count

_IN_TAG = rb"(?=[^<>]*>)"
_DRAWING = re.compile(rb'(<wp:docPr (?:[^<>]*? )?id=")[^"]*')
_CONTROL = re.compile(rb'(<w:id w:val=")[^"]*')
_MARK = re.compile(rb'<w:([A-Za-z]+) (?:[^<>]*? )?w:id="([^"]*)(?=")')
_SHAPE = re.compile(rb'( (?:id|o:spid|ShapeID)=")(_x0000_[a-z]\d+)(?=")' + _IN_TAG)
_PARAGRAPH = re.compile(rb' w14:(?:paraId|textId)="[^"]*"' + _IN_TAG)
_BOOKMARK = re.compile(rb'(<w:bookmarkStart (?:[^<>]*? )?w:name=")([^"]*)')
_ANCHOR = re.compile(rb'( w:anchor=")([^"]*)(?=")' + _IN_TAG)
_FIELD = re.compile(rb"(<w:instrText(?: [^<>]*)?>)([^<]*)")
_SIMPLE_FIELD = re.compile(rb'(<w:fldSimple (?:[^<>]*? )?w:instr=")([^"]*)')
_WORD = re.compile(rb'[^\s\\"&;]+')
_SEQUENCE = re.compile(rb"\s*SEQ\s+(\S+)")

NOTES = {
    b"footnoteReference": "footnote",
    b"endnoteReference": "endnote",
    b"commentReference": "comment",
    b"commentRangeStart": "comment",
    b"commentRangeEnd": "comment",
}
"""What refers to a note, and to a note of which kind."""


@dataclass(slots=True)
class Identities:
    """Numbers for the whole file, handed out in the order in which they are needed."""

    drawings: Iterator[int] = field(default_factory=lambda: count(1))
    marks: Iterator[int] = field(default_factory=lambda: count(1))
    controls: Iterator[int] = field(default_factory=lambda: count(1))
    shapes: Iterator[int] = field(default_factory=lambda: count(1_000_001))
    scopes: Iterator[int] = field(default_factory=lambda: count(1))

    def story(self, xml: bytes) -> bytes:
        """Return a header or footer with ids of its own."""
        return Scope(self).anew(xml)


class Scope:
    """The ids of one document on their way into the file: what is one there stays one here."""

    def __init__(self, of: Identities) -> None:
        self._of = of
        self._number = next(of.scopes)
        self._marks: dict[bytes, bytes] = {}
        self._shapes: dict[bytes, bytes] = {}
        self._names: dict[bytes, bytes] = {}
        self._counted: set[bytes] = set()

    def anew(self, xml: bytes, notes: Mapping[str, Mapping[bytes, bytes]] | None = None) -> bytes:
        """Return XML with ids of its own; ``notes`` says the new ids of notes, by kind."""
        if b"<wp:docPr " in xml:
            xml = _DRAWING.sub(lambda found: b"%s%d" % (found[1], next(self._of.drawings)), xml)
        if b' w:id="' in xml:
            xml = _MARK.sub(lambda found: self._mark(found, notes or {}), xml)
        if b"<w:id " in xml:
            xml = _CONTROL.sub(lambda found: b"%s%d" % (found[1], next(self._of.controls)), xml)
        if b'"_x0000_' in xml:
            xml = _SHAPE.sub(self._shape, xml)
        if b" w14:" in xml:  # one may be left out, two alike may not be there
            xml = _PARAGRAPH.sub(b"", xml)
        if b"<w:bookmarkStart " in xml:
            xml = _BOOKMARK.sub(self._bookmark, xml)
        if self._names:
            xml = _ANCHOR.sub(lambda f: f[1] + self._names.get(f[2], f[2]), xml)
        if b"<w:instrText" in xml:
            xml = _FIELD.sub(self._field, xml)
        return _SIMPLE_FIELD.sub(self._field, xml) if b"<w:fldSimple " in xml else xml

    def _mark(self, found: re.Match[bytes], notes: Mapping[str, Mapping[bytes, bytes]]) -> bytes:
        kind, old = found[1], found[2]
        if kind.decode() in NOTES.values():  # the note itself, numbered by its part
            return found[0]
        if kind in NOTES:
            new = notes.get(NOTES[kind], {}).get(old, old)
        else:
            new = self._marks.get(old) or self._marks.setdefault(old, b"%d" % next(self._of.marks))
        return found[0][: -len(old)] + new if old else found[0]

    def _shape(self, found: re.Match[bytes]) -> bytes:
        old = found[2]
        if old not in self._shapes:
            self._shapes[old] = b"%s%d" % (old.rstrip(b"0123456789"), next(self._of.shapes))
        return found[1] + self._shapes[old]

    def _bookmark(self, found: re.Match[bytes]) -> bytes:
        # The underscore keeps it out of Word's list of bookmarks.
        new = b"_u%d_%d" % (self._number, len(self._names) + 1)
        self._names[found[2]] = new
        return found[1] + new

    def _field(self, found: re.Match[bytes]) -> bytes:
        code = found[2]
        if self._names:
            code = _WORD.sub(lambda word: self._names.get(word[0], word[0]), code)
        # The pages of the unit, not of the whole file.
        code = re.sub(rb"^(\s*)NUMPAGES\b", rb"\1SECTIONPAGES", code)
        sequence = _SEQUENCE.match(code)
        if sequence and sequence[1] not in self._counted:
            self._counted.add(sequence[1])
            code = code.rstrip() + rb" \r 1 " if rb"\r" not in code else code
        return found[1] + code
