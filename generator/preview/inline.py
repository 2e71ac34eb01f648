"""What stands in a paragraph, run by run, as items a line breaker can place.

Text arrives as it will be printed: capitals applied, symbols of private fonts as their Unicode
signs, deleted text left out. Fields that Word computes on the page stay fields; of the others the
last result is what prints.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from generator.formatting import Formatting, RunFormat
from generator.formatting.properties import child, local, on, value
from generator.ooxml import NAMESPACES, qn
from generator.preview.places import stretches
from generator.units import number

PAGE_FIELDS = {"PAGE": "page", "NUMPAGES": "pages", "SECTIONPAGES": "section_pages"}


@dataclass(frozen=True, slots=True)
class Text:
    """Letters of one look; ``link`` is the address a reader is taken to."""

    text: str
    run: RunFormat
    link: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab; its run gives the leader's size."""

    run: RunFormat


@dataclass(frozen=True, slots=True)
class Break:
    """An end of line, page or column asked for in the text."""

    kind: str  # line, page, column
    run: RunFormat


@dataclass(frozen=True, slots=True)
class PageField:
    """A number only the finished pages can give."""

    kind: str  # page, pages, section_pages
    run: RunFormat


@dataclass(frozen=True, slots=True)
class Drawn:
    """A ``w:drawing``, ``w:pict`` or ``w:object`` that stands here."""

    node: etree._Element
    run: RunFormat


@dataclass(frozen=True, slots=True)
class Note:
    """The mark of a footnote in the text (``body`` False), or in the note itself."""

    note: str
    run: RunFormat


Item = Text | Tab | Break | PageField | Drawn | Note

# The signs of Symbol and Wingdings that documents use as bullets and boxes (private use area).
SYMBOLS = {
    "\uf0b7": "•", "\uf0a7": "▪", "\uf0d8": "➢", "\uf0fc": "✓", "\uf02d": "-", "\uf0a8": "☐",
    "\uf06f": "☐", "\uf0fe": "☑", "\uf071": "❑", "\uf06e": "■", "\uf0e0": "→", "\uf0de": "⇒",
    "\uf0b3": "≥", "\uf0a3": "≤", "\uf0b0": "°", "\uf0b4": "×", "\uf0b1": "±", "\uf052": "☑",
}  # fmt: skip
_SMALL_CAPS = 0.8


@dataclass(slots=True)
class _Field:
    instruction: str = ""
    shows: bool = False  # past w:fldChar separate
    kind: str = ""  # of PAGE_FIELDS, or form
    data: etree._Element | None = None  # w:ffData of a form's field


@dataclass(slots=True)
class Reader:
    """Reads the paragraphs of one part in their order; fields may reach over paragraphs."""

    formatting: Formatting
    links: dict[str, str]
    note: str = ""  # the number of the footnote that is being read
    marked: bool = False  # whether letters of the text tell places of the record
    _fields: list[_Field] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether a field has begun and not ended."""
        return bool(self._fields)

    def items(self, paragraph: etree._Element) -> list[Item]:
        """Return the items of a paragraph."""
        return list(self._walk(paragraph, paragraph, ""))

    def _walk(self, node: etree._Element, paragraph: etree._Element, link: str) -> Iterator[Item]:
        for item in node:
            name = local(item)
            if name == "r":
                yield from self._run(item, paragraph, link)
            elif name == "fldSimple":
                kind = number_kind(value(item, "instr"))
                if kind:
                    inner = item.find(qn("w:r"))
                    run = self.formatting.run(item if inner is None else inner, paragraph)
                    yield PageField(kind, run)
                else:
                    yield from self._walk(item, paragraph, link)
            elif name == "hyperlink":
                target = self.links.get(item.get(qn("r:id"), ""), "")
                yield from self._walk(item, paragraph, target)
            elif name in _TRANSPARENT:
                yield from self._walk(item, paragraph, link)
            elif item.tag == _ALTERNATE:
                yield from self._walk(_chosen(item), paragraph, link)

    def _run(self, node: etree._Element, paragraph: etree._Element, link: str) -> Iterator[Item]:
        run = self.formatting.run(node, paragraph)
        if not run.hidden:
            yield from self._content(node, run, link)
            return
        for item in node.iterfind(qn("w:fldChar")):  # a hidden field still opens and closes
            list(self._field_char(item, run))

    def _content(self, node: etree._Element, run: RunFormat, link: str) -> Iterator[Item]:
        for item in node:
            name = local(item)
            if name == "fldChar":
                yield from self._field_char(item, run)
            elif name == "instrText":
                if self._fields:
                    self._fields[-1].instruction += item.text or ""
            elif any(not each.shows or each.kind for each in self._fields):
                continue  # the instruction, or an old result of a field that is drawn anew
            elif item.tag == _ALTERNATE:
                yield from self._content(_chosen(item), run, link)
            elif name == "footnoteRef":
                yield Text(self.note, run)
            elif name == "t" and self.marked:
                for text, place in stretches(item.text or ""):
                    yield from _texts(text, run, place or link)
            else:
                yield from _item(name, item, run, link)

    def _field_char(self, node: etree._Element, run: RunFormat) -> Iterator[Item]:
        kind = value(node, "fldCharType")
        if kind == "begin":
            self._fields.append(_Field(data=child(node, "ffData")))
        elif kind == "separate" and self._fields:
            opened = self._fields[-1]
            opened.shows = True
            opened.kind = number_kind(opened.instruction) or ("form" if _entered(opened) else "")
        elif kind == "end" and self._fields:
            closed = self._fields.pop()
            drawn = closed.kind or number_kind(closed.instruction)
            if any(not each.shows or each.kind for each in self._fields):
                return
            if entered := _entered(closed):
                yield Text(entered, run)
            elif drawn:
                yield PageField(drawn, run)


_ALTERNATE = qn("mc:AlternateContent")
_TRANSPARENT = {"ins", "moveTo", "smartTag", "sdt", "sdtContent", "customXml", "bdo", "dir"}
_SIGNS = {"noBreakHyphen": "\u2011", "softHyphen": "\u00ad"}


def _item(name: str, node: etree._Element, run: RunFormat, link: str) -> Iterator[Item]:
    """Yield what one child of a run prints."""
    if name == "t":
        yield from _texts(node.text or "", run, link)
    elif name in _SIGNS:
        yield from _texts(_SIGNS[name], run, link)
    elif name in ("tab", "ptab"):
        yield Tab(run)
    elif name in ("br", "cr"):
        kind = value(node, "type", "line")
        yield Break({"textWrapping": "line"}.get(kind, kind), run)
    elif name == "sym":
        sign = symbol_of(node)
        yield Text(SYMBOLS.get(sign, sign), run, link)
    elif name in ("drawing", "pict", "object"):
        yield Drawn(node, run)
    elif name == "footnoteReference":
        yield Note(value(node, "id"), run)


def symbol_of(node: etree._Element) -> str:
    """Return the character of a ``w:sym``; of a symbol font, in the private use area."""
    try:
        code = int(value(node, "char", "F0B7"), 16)
    except ValueError:
        code = 0xF0B7
    return _private(chr(code if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else 0xF0B7))


def _private(sign: str) -> str:
    """Return a sign of a symbol font where Word keeps it: U+F000 above its code."""
    return chr(0xF000 + ord(sign)) if ord(sign) < 0x100 else sign


def number_kind(instruction: str) -> str:
    """Return which number of the pages a field asks for, "" for another field."""
    words = instruction.replace("\\", " ").split()
    return PAGE_FIELDS.get(words[0].upper(), "") if words else ""


def _entered(closed: _Field) -> str:
    """Return what a form's field prints besides its result: its box, the entry of its list."""
    name = closed.instruction.strip().upper()
    if name == "FORMCHECKBOX":
        box = child(closed.data, "checkBox")
        checked = child(box, "checked")
        return "☒" if on(child(box, "default") if checked is None else checked) else "☐"
    choice = child(closed.data, "ddList")
    if name != "FORMDROPDOWN" or choice is None:
        return ""
    result = child(choice, "result")
    index = number(value(child(choice, "default") if result is None else result))
    entries = [value(each) for each in choice.iterfind(qn("w:listEntry"))]
    return entries[index] if 0 <= index < len(entries) else ""


def _chosen(node: etree._Element) -> etree._Element:
    """Return the branch of ``mc:AlternateContent`` that is drawn: the first choice."""
    for branch in node.iterfind(qn("mc:Choice")):
        return branch
    fallback = node.find("mc:Fallback", NAMESPACES)
    return etree.Element("none") if fallback is None else fallback


def _texts(text: str, run: RunFormat, link: str) -> Iterator[Item]:
    """Yield a text as printed: symbols, capitals, small capitals; tabs and newlines as items."""
    for sign in SYMBOLS.keys() & set(text) if not text.isprintable() else ():
        text = text.replace(sign, SYMBOLS[sign])
    for index, line in enumerate(text.replace("\r", "").split("\t")):
        if index:
            yield Tab(run)
        line = line.replace("\n", " ")
        if run.caps:
            yield Text(line.upper(), run, link)
        elif run.small_caps:
            yield from _small_capitals(line, run, link)
        elif line:
            yield Text(line, run, link)


def _small_capitals(text: str, run: RunFormat, link: str) -> Iterator[Item]:
    small = replace(run, size_half_points=max(2, round(run.size_half_points * _SMALL_CAPS)))
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or text[at].islower() != text[start].islower():
            piece = text[start:at]
            yield Text(piece.upper(), small if text[start].islower() else run, link)
            start = at
