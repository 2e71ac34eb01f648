"""Changes to a document's XML, each one tracked when asked: what Word can accept or reject.

Formatting is changed where it is, on runs and paragraphs themselves, so that no other text changes
its look with them (ECMA-376, part 1, 17.3; tracked changes 17.13.5).
"""

from __future__ import annotations

import copy
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from generator.conformity.document import Document, Paragraph
from generator.conformity.parts import part_bytes
from generator.ooxml import Package, Part, deflate, qn

AUTHOR = "vanban"
_RUN, _TEXT, _RPR, _PPR, _SECT = map(qn, ("w:r", "w:t", "w:rPr", "w:pPr", "w:sectPr"))
_INS, _DEL = qn("w:ins"), qn("w:del")
_DELETED, _SPACE = qn("w:delText"), qn("xml:space")
_ID, _VAL = qn("w:id"), qn("w:val")
# What a run prints one letter wide; anything else in it has no width.
_ONE_WIDE = frozenset(map(qn, ("w:tab", "w:cr", "w:noBreakHyphen")))
_ALTERNATIVES, _BOX = qn("mc:AlternateContent"), qn("w:txbxContent")
_BREAK, _RENDERED = qn("w:br"), qn("w:lastRenderedPageBreak")
_CONTROL = qn("w:sdt")
_MOST_LETTERS = 50_000  # of a paragraph whose words are mended; a longer one is no clerk's
_PLAIN = frozenset((_TEXT, _RPR, *_ONE_WIDE, _RENDERED))


def _names(prefixless: str) -> Sequence[str]:
    return [qn(f"w:{name}") for name in prefixless.split()]


# The order of the schema (CT_RPr, CT_PPr, CT_SectPr): Word refuses another one.
_ORDER: Mapping[str, Sequence[str]] = {
    _RPR: _names(
        "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint "
        "noProof snapToGrid vanish webHidden color spacing w kern position sz szCs highlight u "
        "effect bdr shd fitText vertAlign rtl cs em lang eastAsianLayout specVanish oMath rPrChange"
    ),
    _PPR: _names(
        "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers "
        "pBdr shd tabs suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE "
        "autoSpaceDN bidi adjustRightInd snapToGrid spacing ind contextualSpacing mirrorIndents "
        "suppressOverlap jc textDirection textAlignment textboxTightWrap outlineLvl divId cnfStyle "
        "rPr sectPr pPrChange"
    ),
    _SECT: _names(
        "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders "
        "lnNumType pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter "
        "docGrid printerSettings sectPrChange"
    ),
}
# What the record of the properties before a change leaves out.
_NOT_KEPT: Mapping[str, frozenset[str]] = {
    _RPR: frozenset(),
    _PPR: frozenset((_RPR, _SECT)),
    _SECT: frozenset(_names("headerReference footerReference")),
}
_CHANGE = {tag: f"{tag}Change" for tag in _ORDER}


@dataclass(frozen=True, slots=True)
class WordsChanged:
    """Words replaced in a paragraph, with some of the words around them."""

    rule: str
    paragraph: Paragraph
    removed: str
    inserted: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class _Edit:
    rule: str
    start: int
    end: int
    new: str


class Bench:
    """One document being changed; ``track`` keeps each change as one that can be rejected.

    Formatting changes at once, words when :meth:`finish` is called: until then the places of a
    paragraph's letters are those that the check saw.
    """

    def __init__(self, document: Document, *, track: bool = False, date: str = "") -> None:
        self._document = document
        self._track = track
        self._date = date
        self._parts: set[str] = set()
        self._added: dict[str, bytes] = {}
        self._runs: dict[int, list[tuple[int, etree._Element]]] = {}
        self._edits: dict[int, tuple[Paragraph, list[_Edit]]] = {}
        self._bindings: dict[int, list[tuple[int, int]]] = {}
        self._drawn: dict[int, etree._Element] = {}
        self._next_id = 0

    @property
    def document(self) -> Document:
        """The document being changed."""
        return self._document

    def touch(self, part: str, node: etree._Element | None = None) -> None:
        """Note that a part was changed, at a place of it where that may lie in a drawing."""
        self._parts.add(part)
        drawn = None if node is None else next(node.iterancestors(_ALTERNATIVES), None)
        if drawn is not None:
            self._drawn[id(drawn)] = drawn

    def add(self, part: str, content: bytes) -> None:
        """Put a part into the package, or another content into one."""
        self._added[part] = content

    @property
    def tracks(self) -> bool:
        """Whether each change is kept as one that can be rejected."""
        return self._track

    @property
    def changed(self) -> bool:
        """Whether anything was changed so far."""
        return bool(self._parts or self._added or self._edits)

    def package(self) -> Package:
        """Return the package as changed, its parts in their order, the others as they lay."""
        for drawn in self._drawn.values():
            _copy_to_fallback(drawn)
        old = self._document.package
        roots = self._document.formatting.root
        new = {name: part_bytes(old, name, roots(name)) for name in sorted(self._parts)}
        new |= self._added
        parts = {name: _part(name, new.get(name), part) for name, part in old.parts.items()}
        parts |= {name: _part(name, new[name], None) for name in new if name not in parts}
        return Package(old.file, parts)

    # ------------------------------------------------------------ formatting
    def look(
        self, paragraph: Paragraph, start: int, end: int, wanted: Mapping[str, Mapping[str, str]]
    ) -> bool:
        """Give the letters from ``start`` to ``end`` properties; tell whether that changed any."""
        runs = self._isolated(paragraph, start, self._widened(paragraph, end))
        return any([self.run(run, paragraph.part, wanted) for run in runs])

    def run(self, run: etree._Element, part: str, wanted: Mapping[str, Mapping[str, str]]) -> bool:
        """Give one run properties: element name -> attributes, where "" removes one."""
        own = run.find(_RPR)
        if own is None:
            own = etree.Element(_RPR)
            run.insert(0, own)
        return self._give(own, part, wanted)

    def paragraph(self, paragraph: Paragraph, wanted: Mapping[str, Mapping[str, str]]) -> bool:
        """Give a paragraph properties."""
        node = paragraph.node
        own = node.find(_PPR)
        if own is None:
            own = etree.Element(_PPR)
            node.insert(0, own)
        return self._give(own, paragraph.part, wanted)

    def section(self, number: int, wanted: Mapping[str, Mapping[str, str]]) -> bool:
        """Give a section properties."""
        return self._give(self.section_node(number), self._document.formatting.main, wanted)

    def section_node(self, number: int) -> etree._Element:
        """Return a section's properties, made where the last section has none."""
        body = self._document.formatting.body
        found = [
            node
            for node in body.iter(_SECT)
            if node.getparent() is body or (node.getparent().tag == _PPR and not _boxed(node))
        ]
        return found[number] if number < len(found) else etree.SubElement(body, _SECT)

    def _give(
        self, own: etree._Element, part: str, wanted: Mapping[str, Mapping[str, str]]
    ) -> bool:
        old = copy.deepcopy(own)
        for name, attributes in wanted.items():
            node = _placed(own, qn(f"w:{name}"))
            for key, text in attributes.items():
                if text:
                    node.set(qn(f"w:{key}"), text)
                else:
                    node.attrib.pop(qn(f"w:{key}"), None)
        if _same(old, own):
            if not len(own) and not own.attrib and own.tag != _SECT:
                own.getparent().remove(own)
            return False
        self._record(own, old)
        self.touch(part, own)
        return True

    def _record(self, own: etree._Element, old: etree._Element) -> None:
        """Keep the properties before a change, unless an older state is kept already."""
        change = _CHANGE[own.tag]
        if not self._track or own.find(change) is not None:
            return
        for node in list(old):
            if node.tag in _NOT_KEPT[own.tag]:
                old.remove(node)
        own.append(self._mark(change))
        own[-1].append(old)

    def _mark(self, tag: str) -> etree._Element:
        """Return an element that says who changed something, and when if that is told."""
        node = etree.Element(tag)
        node.set(_ID, self._new_id())
        node.set(qn("w:author"), AUTHOR)
        if self._date:
            node.set(qn("w:date"), self._date)
        return node

    def _new_id(self) -> str:
        if not self._next_id:
            self._next_id = max(map(int, self._ids()), default=0)
        self._next_id += 1
        return str(self._next_id)

    def _ids(self) -> Iterator[str]:
        names = {self._document.formatting.main, *self._document.stories}
        for name in sorted(names):
            for node in self._document.formatting.root(name).iter(etree.Element):
                text = node.get(_ID) or (node.get("id", "") if node.tag == qn("wp:docPr") else "")
                if text.isascii() and text.isdigit() and len(text) < 9:
                    yield text

    # ------------------------------------------------------------ words
    def words(self, rule: str, paragraph: Paragraph, start: int, end: int, new: str) -> bool:
        """Replace letters of a paragraph when the round is done; refused where another has them.

        Text bound to a data part of the document is left: Word would put the old one back.
        """
        if paragraph.text[start:end] == new or len(paragraph.text) > _MOST_LETTERS:
            return False
        if any(start <= last and first <= end for first, last in self._bound(paragraph)):
            return False
        edits = self._edits.setdefault(id(paragraph), (paragraph, []))[1]
        # Two insertions at one place, or letters replaced twice, would spoil each other.
        at = bisect_left(edits, start, key=lambda edit: edit.start)
        if any(start <= edit.end and edit.start <= end for edit in edits[max(0, at - 1) : at + 1]):
            return False
        edits.insert(at, _Edit(rule, start, end, new))
        return True

    def _bound(self, paragraph: Paragraph) -> list[tuple[int, int]]:
        """Return where the letters stand that Word takes from a data part."""
        if id(paragraph) not in self._bindings:
            self._bindings[id(paragraph)] = [
                (piece.start, piece.start + len(piece.text))
                for piece in paragraph.pieces
                if any(_is_bound(control) for control in piece.run.iterancestors(_CONTROL))
            ]
        return self._bindings[id(paragraph)]

    def finish(self) -> list[WordsChanged]:
        """Replace the words; return what was replaced."""
        done: list[WordsChanged] = []
        for paragraph, edits in self._edits.values():
            # From the end, so that the places before stay what they were.
            backwards = reversed(edits)
            told = [_told(paragraph, edit) for edit in backwards if self._replace(paragraph, edit)]
            done += reversed(told)
        self._edits.clear()
        return done

    def _replace(self, paragraph: Paragraph, edit: _Edit) -> bool:
        old = self._isolated(paragraph, edit.start, edit.end)
        if any(_holds_more(run) for run in old):
            return False
        model, before = self._neighbour(paragraph, edit, old)
        if model is None:
            return False
        if edit.new:
            self._insert(model, edit.new, before=before)
        for run in old:
            self._remove(run)
        self.touch(paragraph.part, paragraph.node)
        return True

    def _neighbour(
        self, paragraph: Paragraph, edit: _Edit, old: Sequence[etree._Element]
    ) -> tuple[etree._Element | None, bool]:
        """Return the run whose look new words take, and whether they stand before it."""
        if old:
            return old[-1], False
        if edit.start:
            runs = self._isolated(paragraph, edit.start - 1, edit.start)
            return (runs[-1] if runs else None), False
        runs = self._isolated(paragraph, 0, 1)
        return (runs[0] if runs else None), True

    def _insert(self, model: etree._Element, text: str, *, before: bool) -> None:
        run = etree.Element(_RUN)
        look = model.find(_RPR)
        if look is not None:
            look = copy.deepcopy(look)
            for node in look.findall(_CHANGE[_RPR]):
                look.remove(node)
            run.append(look)
        _set_text(etree.SubElement(run, _TEXT), text)
        node = run
        if self._track and not self._own(model):
            node = self._mark(_INS)
            node.append(run)
        if before:
            model.addprevious(node)
        else:
            model.addnext(node)

    def _remove(self, run: etree._Element) -> None:
        parent = run.getparent()
        if not self._track or self._own(run):
            parent.remove(run)
            if parent.tag == _INS and not len(parent):
                parent.getparent().remove(parent)
            return
        mark = self._mark(_DEL)
        parent.replace(run, mark)
        mark.append(run)
        for node in run.iter(_TEXT):
            node.tag = _DELETED

    def _own(self, run: etree._Element) -> bool:
        """Tell whether a run was put in by a tracked change of this program."""
        parent = run.getparent()
        return bool(parent.tag == _INS and parent.get(qn("w:author")) == AUTHOR)

    def drawing(self, part: str, node: etree._Element) -> bool:
        """Make ready to change a drawing; refused where it cannot be tracked.

        Word tracks no change of a drawing: the old one is kept as deleted, the new as inserted.
        """
        run = next(node.iterancestors(_RUN))
        if self._track and not self._own(run):
            if len([child for child in run if child.tag != _RPR]) > 1:
                return False
            old = copy.deepcopy(run)
            deleted, inserted = self._mark(_DEL), self._mark(_INS)
            run.addprevious(deleted)
            deleted.append(old)
            run.getparent().replace(run, inserted)
            inserted.append(run)
            for named in run.iter(qn("wp:docPr")):
                named.set("id", inserted.get(_ID))
        self.touch(part)
        return True

    # ------------------------------------------------------------ runs cut at letters
    def _widened(self, paragraph: Paragraph, end: int) -> int:
        """Return an end that leaves no blanks alone behind it in their run."""
        at = bisect_left(paragraph.pieces, end, key=lambda piece: piece.start) - 1
        for piece in paragraph.pieces[max(0, at) : at + 1]:
            stop = piece.start + len(piece.text)
            if end < stop and not piece.text[end - piece.start :].strip(" "):
                return stop
        return end

    def _isolated(self, paragraph: Paragraph, start: int, end: int) -> list[etree._Element]:
        """Return the runs that hold exactly the letters from ``start`` to ``end``."""
        runs = self._runs.get(id(paragraph))
        if runs is None:
            runs = self._runs[id(paragraph)] = [(p.start, p.run) for p in paragraph.pieces]
        for cut in (start, end):
            self._cut(runs, cut)
        first, last = (bisect_left(runs, edge, key=_begin) for edge in (start, end))
        return [run for _, run in runs[first:last]]

    def _cut(self, runs: list[tuple[int, etree._Element]], cut: int) -> None:
        at = bisect_left(runs, cut, key=_begin)
        begin, run = runs[at - 1] if at else (cut, None)
        if run is None or begin + _length(run) <= cut:
            return
        tail = _split(run, cut - begin)
        for change in tail.iter(_CHANGE[_RPR]):
            change.set(_ID, self._new_id())
        runs.insert(at, (cut, tail))


def _begin(run: tuple[int, etree._Element]) -> int:
    return run[0]


def _part(name: str, new: bytes | None, old: Part | None) -> Part:
    if new is None and old is not None:
        return old
    data = new or b""
    return Part(name, data, 8, deflate(data))


def _same(one: etree._Element, other: etree._Element) -> bool:
    return bytes(etree.tostring(one, method="c14n")) == bytes(etree.tostring(other, method="c14n"))


def _boxed(node: etree._Element) -> bool:
    return next(node.iterancestors(_BOX, _CHANGE[_SECT]), None) is not None


def _copy_to_fallback(drawn: etree._Element) -> None:
    """Give the copy of a text box that old programs show what the box itself holds."""
    boxes, copies = (
        [box for node in drawn.iterchildren(qn(name)) for box in node.iter(_BOX)]
        for name in ("mc:Choice", "mc:Fallback")
    )
    if len(boxes) == len(copies):
        for box, old in zip(boxes, copies, strict=True):
            old.getparent().replace(old, copy.deepcopy(box))


def _placed(own: etree._Element, tag: str) -> etree._Element:
    """Return a property, put in at its place in the schema's order where it is absent."""
    found = own.find(tag)
    if found is not None:
        return found
    order = _ORDER[own.tag]
    behind = set(order[order.index(tag) + 1 :])
    node = etree.Element(tag)
    following = next((child for child in own if child.tag in behind), None)
    if following is None:
        own.append(node)
    else:
        following.addprevious(node)
    return node


def _width(node: etree._Element) -> int:
    if node.tag == _TEXT:
        return len(node.text or "")
    if node.tag == _BREAK:
        return 0 if node.get(qn("w:type")) in ("page", "column") else 1
    return 1 if node.tag in _ONE_WIDE else 0


def _length(run: etree._Element) -> int:
    return sum(map(_width, run))


def _split(run: etree._Element, cut: int) -> etree._Element:
    """Cut a run in two after so many letters; return the second one."""
    tail = etree.Element(run.tag, run.attrib)
    look = run.find(_RPR)
    if look is not None:
        tail.append(copy.deepcopy(look))
    seen = 0
    for node in list(run):
        if node.tag == _RPR:
            continue
        width = _width(node)
        if seen >= cut:
            tail.append(node)
        elif seen + width > cut:
            text = node.text or ""
            _set_text(etree.SubElement(tail, _TEXT), text[cut - seen :])
            _set_text(node, text[: cut - seen])
        seen += width
    run.addnext(tail)
    return tail


def _set_text(node: etree._Element, text: str) -> None:
    node.text = text
    if text != text.strip():
        node.set(_SPACE, "preserve")


def _holds_more(run: etree._Element) -> bool:
    """Tell whether a run holds more than words: a drawing, a field's mark, a page's end."""
    return any(node.tag not in _PLAIN for node in run)


def _is_bound(control: etree._Element) -> bool:
    return control.find(f"{qn('w:sdtPr')}/{qn('w:dataBinding')}") is not None


def _told(paragraph: Paragraph, edit: _Edit) -> WordsChanged:
    text = paragraph.text
    head = re.split(r"\s", text[max(0, edit.start - 24) : edit.start])[-3:]
    tail = re.split(r"\s", text[edit.end : edit.end + 16])[:2]
    first, last = " ".join(head), " ".join(tail)
    removed = text[edit.start : edit.end]
    return WordsChanged(
        edit.rule, paragraph, removed, edit.new,
        f"{first}{removed}{last}", f"{first}{edit.new}{last}",
    )  # fmt: skip
