"""Template tags in WordprocessingML: found however Word split them, and set in their places.

Word cuts a typed ``{{ ho_ten }}`` into any number of runs (spelling marks, edits, languages). Here
a paragraph's text is read as one string, each tag in it becomes one processing instruction in the
tree, ``<?tag 7?>``, and every other letter keeps its own run and formatting. Then tags move to the
level they speak of: a run, a paragraph, a cell or a row.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field

from lxml import etree

from generator.errors import Problem
from generator.ooxml import qn
from generator.patterns import regex
from generator.units import number as whole_number

P, R, T, TR, TC, TBL, RPR, PPR = map(
    qn, ("w:p", "w:r", "w:t", "w:tr", "w:tc", "w:tbl", "w:rPr", "w:pPr")
)
INSTR = qn("w:instrText")
SPAN = f"{qn('w:tcPr')}/{qn('w:gridSpan')}"
MOST_COLUMNS = 63  # of a table in Word
# Where a tag may stand, and how its value is written there: equations and charts hold bare text.
_HOLDERS = {T: "text", INSTR: "_field", qn("m:t"): "_attribute", qn("a:t"): "_attribute"}
SPACE = qn("xml:space")
PI = etree.ProcessingInstruction

_CLOSE = {"{{": "}}", "{%": "%}", "{#": "#}"}
_HEAD = regex(r"(p|tr|tc|r)\s")
_QUOTES = str.maketrans("“”„‟‘’‚‛", "\"\"\"\"''''")
# Blanks that Word, Google Docs and WPS put for plain ones: between words a tag means them as such.
_BLANKS = regex("(\"[^\"]*\"|'[^']*')|[\u00a0\u2000-\u200a\u202f\u3000]")
_UNSEEN_LETTERS = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_RAW = regex(r"raw\s*", re.IGNORECASE)
_END_RAW = regex(r"\{%[-+]?\s*endraw\s*[-+]?%\}", re.IGNORECASE)
_BRACES = regex(r"\{[{%#]|[%#}]\}")
# Braces meant to be printed; the mark between them tells them from tags until the end.
MEANT = "\ue002"
_LITERAL = tuple(
    (f"{a}_{b}", f"{a}{MEANT}{b}") for a, b in (("{", "{"), ("}", "}"), ("{", "%"), ("%", "}"))
)
_INSIDE_TAG_DROPPED = frozenset(
    map(qn, ("w:tab", "w:br", "w:cr", "w:lastRenderedPageBreak", "w:softHyphen", "w:proofErr"))
)
OPENERS = ("for", "if", "macro", "call", "filter", "with", "set")
# Words that Word writes with a capital at the start of a sentence or a cell.
_SMALL_WORDS = frozenset(
    (*OPENERS, *(f"end{word}" for word in OPENERS), "else", "elif", "include", "raw", "endraw")
)


@dataclass(frozen=True, slots=True)
class Delimiters:
    """The marks around values, statements and comments: Jinja's own unless a program says other."""

    value: tuple[str, str] = ("{{", "}}")
    statement: tuple[str, str] = ("{%", "%}")
    comment: tuple[str, str] = ("{#", "#}")

    def kinds(self) -> dict[str, tuple[str, str]]:
        """Return how a tag opens -> its kind and how it closes, long marks first."""
        marks = {
            opening: (kind, closing)
            for kind, (opening, closing) in zip(
                _CLOSE, (self.value, self.statement, self.comment), strict=True
            )
        }
        return dict(sorted(marks.items(), key=lambda mark: -len(mark[0])))


JINJA = Delimiters()


class _Scanner:
    """Finds the tags of texts with some delimiters."""

    def __init__(self, marks: Delimiters) -> None:
        self.kinds = marks.kinds()
        self.open = re.compile("|".join(map(re.escape, self.kinds)))
        closing = [mark for kind, mark in self.kinds.values() if kind != "{#" and len(mark) > 1]
        self.stray = re.compile("|".join(map(re.escape, closing)) or "(?!)")
        self.letters = frozenset("".join(self.kinds)) | frozenset("{}%_")


_SCANNERS = {JINJA: _Scanner(JINJA)}


def _scanner(marks: Delimiters) -> _Scanner:
    if marks not in _SCANNERS:
        _SCANNERS[marks] = _Scanner(marks)
    return _SCANNERS[marks]


@dataclass(frozen=True, slots=True, kw_only=True)
class TagProblem(Problem):
    """A problem in a template: its paragraph counted from 1, the tag and the words around it."""

    paragraph: int = 0
    tag: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a template: the file and part, the paragraph counted from 1, its words."""

    part: str
    paragraph: int
    words: str

    def problem(self, message: str, tag: str = "", hint: str = "") -> Problem:
        """Return a problem at this place; ``tag`` is quoted, the words around it too."""
        where = f"đoạn {self.paragraph}"
        quoted = f", thẻ {tag}" if tag else ""
        around = f" (“{self.words}”)" if self.words and self.words != tag else ""
        return TagProblem(
            file=self.part,
            at=f"{where}{quoted}{around}",
            message=message,
            hint=hint,
            paragraph=self.paragraph,
            tag=tag,
            words=self.words,
        )


@dataclass(slots=True, eq=False)
class Tag:
    """One tag: its kind (``{{``, ``{%``, ``{#``), level letter, words inside, and its place."""

    kind: str
    letter: str
    body: str
    place: Place
    joins_before: bool = False
    joins_after: bool = False
    run_properties: etree._Element | None = None  # of the run it stands in, for rich text
    paragraph: etree._Element | None = None  # the paragraph a {{p …}} replaces
    partners: list[Tag] = field(default_factory=list)  # all tags of its block, itself included
    injected: bool = False  # written by the engine, for {% vm %} and its like
    mode: str = "text"  # how its value is written: text, or the filter that writes it otherwise

    @property
    def keyword(self) -> str:
        """The statement's first word, empty for values and comments."""
        return self.body.split(None, 1)[0] if self.kind == "{%" and self.body else ""

    def __post_init__(self) -> None:
        word = self.keyword
        if word and word not in _SMALL_WORDS and word.lower() in _SMALL_WORDS:
            self.body = word.lower() + self.body[len(word) :]

    @property
    def opens(self) -> bool:
        """Whether it needs an end: ``set`` only when it captures a block."""
        return self.keyword in OPENERS and not (self.keyword == "set" and "=" in self.body)

    @property
    def is_end(self) -> bool:
        """Whether it ends a block."""
        return self.keyword.startswith("end")

    @property
    def source(self) -> str:
        """The tag as typed, for messages."""
        letter = f"{self.letter} " if self.letter else " "
        return f"{self.kind}{letter}{self.body} {_CLOSE[self.kind]}"

    def alone(self) -> str:
        """Return a source of Jinja's that parses without the tag's partners, ``""`` for none."""
        word = self.keyword
        if self.kind == "{{":
            return f"{{{{ {self.body} }}}}"
        if self.kind != "{%" or self.is_end or word in ("else", "include"):
            return ""
        if word == "elif":
            return f"{{% if {self.body[len(word) :]} %}}{{% endif %}}"
        return f"{{% {self.body} %}}" + (f"{{% end{word} %}}" if self.opens else "")

    def problem(self, message: str, hint: str = "") -> Problem:
        """Return a problem that quotes this tag and its place."""
        return self.place.problem(message, self.source, hint)


class TagTable:
    """The tags of one template in the order found; a tree holds their numbers."""

    def __init__(self, marks: Delimiters = JINJA) -> None:
        self.tags: list[Tag] = []
        self.problems: list[Problem] = []
        self.lost: list[Problem] = []  # those of words that would not print
        self.marks = marks

    def node(self, tag: Tag) -> etree._ProcessingInstruction:
        """Return a new node that stands for a tag in a tree."""
        self.tags.append(tag)
        return PI("tag", str(len(self.tags) - 1))

    def of(self, node: etree._Element) -> Tag:
        """Return the tag a node stands for."""
        return self.tags[int(node.text or "")]

    def nodes(self, root: etree._Element) -> list[etree._Element]:
        """Return the tag nodes below an element, in document order."""
        return [node for node in root.iter(PI) if node.target == "tag"]


# ---------------------------------------------------------------- finding
@dataclass(frozen=True, slots=True)
class Found:
    """A tag in a stretch of text, from ``start`` to ``end``.

    Without a ``kind`` it is no tag: braces inside ``{% raw %}``, the ``body``, printed as they are.
    """

    start: int
    end: int
    kind: str
    letter: str
    body: str
    joins_before: bool
    joins_after: bool


def scan(text: str, complain: Callable[[str, str], None], marks: Delimiters = JINJA) -> list[Found]:
    """Return the tags of a text; ``complain(message, hint)`` hears of one left open.

    >>> [(tag.kind, tag.letter, tag.body) for tag in scan("{%p for x in y %}{{ x }}", print)]
    [('{%', 'p', 'for x in y'), ('{{', '', 'x')]
    """
    known = _scanner(marks)
    found: list[Found] = []
    position = 0
    while match := known.open.search(text, position):
        _check_stray(text[position : match.start()], complain, known)
        kind, close = known.kinds[match[0]]
        end = _closing(text, match.end(), kind, close)
        if end < 0:
            complain(
                f"thẻ mở {match[0]} không có dấu đóng {close} trong cùng đoạn",
                f"gõ {close} ở cuối thẻ; muốn in đúng dấu {match[0]} thì gõ "
                f"{match[0][:1]}_{match[0][1:]}",
            )
            return found
        tag = _found(text[match.end() : end - len(close)], match.start(), end, kind)
        raw = tag.kind == "{%" and _RAW.fullmatch(tag.body)
        found += _raw(text, tag, complain) if raw else [tag]
        position = found[-1].end
    _check_stray(text[position:], complain, known)
    return found


def _raw(text: str, start: Found, complain: Callable[[str, str], None]) -> list[Found]:
    """Return the marks of a ``{% raw %}`` block and the braces inside it, to be printed."""
    end = _END_RAW.search(text, start.end)
    if end is None:
        complain("lệnh “raw” không có “endraw” trong cùng đoạn", "thêm {% endraw %} vào đoạn này")
        end_at, closed = len(text), len(text)
    else:
        end_at, closed = end.span()
    braces = [
        Found(match.start(), match.end(), "", "", match[0], False, False)
        for match in _BRACES.finditer(text, start.end, end_at)
    ]
    silent = Found(start.start, start.end, "{#", "", start.body, False, False)
    return [silent, *braces, Found(end_at, closed, "{#", "", "endraw", False, False)]


def _found(inner: str, start: int, end: int, kind: str) -> Found:
    # An editor may have made a long dash of the hyphen.
    before, after = inner[:1] in ("-", "–"), inner[-1:] in ("-", "–") and len(inner) > 1
    inner = inner[int(before) : len(inner) - int(after)].lstrip("+").removesuffix("+")
    letter = _HEAD.match(inner)
    if letter:
        inner = inner[letter.end() :]
    body = _straight(inner) if kind != "{#" else inner.strip()
    return Found(start, end, kind, letter[1] if letter else "", body, before, after)


def _straight(inner: str) -> str:
    """Return a tag's words as its author meant them, without what an editor made of them.

    >>> _straight("If\u00a0x == “a”")
    'If x == "a"'
    """
    plain = inner.translate(_QUOTES).translate(_UNSEEN_LETTERS)
    plain = _BLANKS.sub(lambda found: found[1] or " ", plain)
    return " ".join(plain.split("\n")).strip()


def _closing(text: str, position: int, kind: str, close: str) -> int:
    """Return where the tag whose words start at ``position`` ends.

    Closing marks inside quotes and inside the braces of a ``{"key": {}}`` do not end it.
    """
    start, quote, depth = position, "", 0
    while kind != "{#" and position < len(text):
        char = text[position].translate(_QUOTES)
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif not depth and text.startswith(close, position):
            return position + len(close)
        elif char in "{}":
            depth = max(depth + (1 if char == "{" else -1), 0)
        position += 1
    end = text.find(close, start)  # an odd quote: the first closing mark it is
    return end + len(close) if end >= 0 else -1


def _check_stray(text: str, complain: Callable[[str, str], None], known: _Scanner) -> None:
    stray = known.stray.search(text)
    if stray:
        mark = stray[0]
        complain(
            f"dấu đóng {mark} không có thẻ mở",
            f"xóa dấu thừa; muốn in đúng dấu {mark} thì gõ {mark[0]}_{mark[1]}",
        )


def mark_tags(root: etree._Element, part: str, table: TagTable) -> None:
    """Replace every tag of a part by a node in the tree; paragraphs are counted from 1."""
    _drop_cursor_marks(root)
    for number, paragraph in enumerate(list(root.iter(P)), start=1):
        _mark_paragraph(paragraph, part, number, table)
        _mark_attributes(paragraph, part, number, table)


def _drop_cursor_marks(root: etree._Element) -> None:
    """Drop ``_GoBack``, where Word noted its cursor: in a loop or a block it would repeat."""
    for start in list(root.iter(qn("w:bookmarkStart"))):
        if start.get(qn("w:name")) == "_GoBack":
            number = start.get(qn("w:id"))
            ends = root.iter(qn("w:bookmarkEnd"))
            for node in [start, *(end for end in ends if end.get(qn("w:id")) == number)]:
                node.getparent().remove(node)


def _own_nodes(element: etree._Element) -> Iterator[etree._Element]:
    """Yield what lies in a paragraph, not in paragraphs inside it (text boxes)."""
    for child in element:
        if child.tag == P:
            continue
        yield child
        yield from _own_nodes(child)


def _mark_paragraph(paragraph: etree._Element, part: str, number: int, table: TagTable) -> None:
    nodes = list(_own_nodes(paragraph))
    texts = [node for node in nodes if node.tag in _HOLDERS]
    whole = "".join(node.text or "" for node in texts)
    if _scanner(table.marks).letters.isdisjoint(whole):
        return
    place = Place(part, number, excerpt(whole))
    found = scan(
        whole,
        lambda message, hint: table.problems.append(place.problem(message, hint=hint)),
        table.marks,
    )
    found = _with_escapes(whole, found)
    if found:
        _drop_inside(nodes, texts, found)
    _rebuild(texts, whole, found, place, table)
    if found:
        _drop_empty_runs(paragraph, texts)


_ESCAPED = re.compile(r"\{_[{%]|[}%]_\}")


def _with_escapes(text: str, tags: list[Found]) -> list[Found]:
    """Return a paragraph's tags with the escaped braces between them, which Word splits too."""
    opened = [tag.start for tag in tags]
    escapes = []
    for match in _ESCAPED.finditer(text):
        before = bisect_right(opened, match.start()) - 1
        if before < 0 or match.start() >= tags[before].end:
            braces = match[0].replace("_", "")
            escapes.append(Found(match.start(), match.end(), "", "", braces, False, False))
    return sorted((*tags, *escapes), key=lambda found: found.start) if escapes else tags


def excerpt(text: str) -> str:
    """Return the first words of a paragraph, to know it by."""
    words = " ".join(text.split())
    return words if len(words) <= 60 else words[:57] + "…"


def _starts(texts: list[etree._Element]) -> list[int]:
    starts, total = [], 0
    for node in texts:
        starts.append(total)
        total += len(node.text or "")
    return [*starts, total]


def _drop_inside(
    nodes: list[etree._Element], texts: list[etree._Element], found: list[Found]
) -> None:
    """Remove breaks and proofing marks that Word put inside a tag."""
    starts = dict(zip(texts, _starts(texts), strict=False))
    opened = [tag.start for tag in found]
    position = 0
    for node in nodes:
        if node in starts:
            position = starts[node] + len(node.text or "")
        elif node.tag in _INSIDE_TAG_DROPPED:
            before = bisect_left(opened, position) - 1
            if before >= 0 and position < found[before].end:
                node.getparent().remove(node)


def _rebuild(
    texts: list[etree._Element], whole: str, found: list[Found], place: Place, table: TagTable
) -> None:
    """Put each tag's node where its first letter stood, and leave all other text where it is."""
    starts = _starts(texts)
    opened, closed = [tag.start for tag in found], [tag.end for tag in found]
    for node, start, end in zip(texts, starts, starts[1:], strict=False):
        inside = found[bisect_right(closed, start) : bisect_left(opened, end)]
        if not inside:
            node.text = literal(node.text or "")
            continue
        pieces: list[str | Tag] = []
        position = start
        for tag in inside:
            pieces.append(literal(whole[position : max(tag.start, start)]))
            if tag.start >= start:
                pieces.append(_tag(tag, place, node) if tag.kind else MEANT.join(tag.body))
            position = max(position, min(tag.end, end))
        pieces.append(literal(whole[position:end]))
        _fill(node, pieces, table)


def literal(text: str) -> str:
    """Return a text with braces that are meant to be printed, ``{_{``, marked as such."""
    for typed, meant in _LITERAL:
        text = text.replace(typed, meant)
    return text


def _tag(found: Found, place: Place, node: etree._Element) -> Tag:
    return Tag(
        found.kind,
        found.letter,
        found.body,
        place,
        joins_before=found.joins_before,
        joins_after=found.joins_after,
        mode=_HOLDERS[node.tag],
        run_properties=deepcopy(node.getparent().find(RPR)),
    )


def _fill(node: etree._Element, pieces: list[str | Tag], table: TagTable) -> None:
    node.text = None
    last: etree._Element | None = None
    for piece in pieces:
        if isinstance(piece, Tag):
            last = table.node(piece)
            node.append(last)
        elif last is None:
            node.text = (node.text or "") + piece
        else:
            last.tail = (last.tail or "") + piece
    if node.tag == T:
        node.set(SPACE, "preserve")


def _drop_empty_runs(paragraph: etree._Element, texts: list[etree._Element]) -> None:
    for node in texts:
        run = node.getparent()
        if not node.text and not len(node) and run is not None:
            run.remove(node)
            if run.tag == R and all(child.tag == RPR for child in run):
                run.getparent().remove(run)


# Attributes that hold tags: alternative texts, hyperlink addresses, simple fields.
SENTINEL = regex("\ue000(\\d+)\ue001")


def _mark_attributes(paragraph: etree._Element, part: str, number: int, table: TagTable) -> None:
    for node in _own_nodes(paragraph):
        for name, value in node.attrib.items():
            if any(mark in value for mark in (table.marks.value[0], table.marks.statement[0])):
                place = Place(part, number, excerpt(value))
                node.set(name, mark_text(value, place, "_attribute", table))


def mark_text(text: str, place: Place, mode: str, table: TagTable) -> str:
    """Return a bare text with its tags replaced by numbered marks."""
    found = scan(
        text,
        lambda message, hint: table.problems.append(place.problem(message, hint=hint)),
        table.marks,
    )
    pieces, position = [], 0
    for tag in found:
        pieces.append(literal(text[position : tag.start]))
        if not tag.kind:
            pieces.append(MEANT.join(tag.body))
            position = tag.end
            continue
        table.tags.append(Tag(tag.kind, tag.letter, tag.body, place, mode=mode))
        pieces.append(f"\ue000{len(table.tags) - 1}\ue001")
        position = tag.end
    return "".join((*pieces, literal(text[position:])))


# ---------------------------------------------------------------- setting in place
def ancestor(node: etree._Element, name: str) -> etree._Element | None:
    """Return the nearest element of that name around a node."""
    return next(node.iterancestors(name), None)


def replace(old: etree._Element, new: list[etree._Element]) -> None:
    """Put nodes where an element stood."""
    parent = old.getparent()
    index = parent.index(old)
    parent.remove(old)
    for offset, node in enumerate(new):
        parent.insert(index + offset, node)


def detach(node: etree._Element) -> None:
    """Take a node out of its tree, leaving the text behind it in place."""
    parent, previous = node.getparent(), node.getprevious()
    if node.tail:
        if previous is not None:
            previous.tail = (previous.tail or "") + node.tail
        else:
            parent.text = (parent.text or "") + node.tail
        node.tail = None
    parent.remove(node)


def lift_to_run(node: etree._Element) -> None:
    """Split the run around a tag, so that the tag stands between runs."""
    text = node.getparent()
    run = text.getparent() if text.tag == T else None
    if run is None or run.tag != R:
        return
    after_text = etree.Element(T, {SPACE: "preserve"})
    after_text.text = node.tail
    node.tail = None
    after_text.extend(node.itersiblings())
    tail_run = etree.Element(R)
    properties = run.find(RPR)
    if properties is not None:
        tail_run.append(deepcopy(properties))
    later = list(text.itersiblings())
    if after_text.text or len(after_text):
        tail_run.append(after_text)
    tail_run.extend(later)
    text.remove(node)
    parent = run.getparent()
    index = parent.index(run)
    parent.insert(index + 1, node)
    if any(child.tag != RPR for child in tail_run):
        parent.insert(index + 2, tail_run)
    if not text.text and not len(text):
        run.remove(text)
    if all(child.tag == RPR for child in run):
        parent.remove(run)


# What prints nothing by itself; anything else in a paragraph or row is content.
_SILENT = frozenset(
    map(
        qn,
        (
            "w:p", "w:r", "w:t", "w:tr", "w:tc", "w:proofErr", "w:lastRenderedPageBreak",
            "w:bookmarkStart", "w:bookmarkEnd",
        ),
    )
)  # fmt: skip
_PROPERTIES = frozenset(map(qn, ("w:pPr", "w:rPr", "w:tcPr", "w:trPr", "w:tblPrEx")))


def words_left(element: etree._Element, *, tags: bool = True) -> str:
    """Return what an element still prints: its text, and a word for what is no text.

    Drawings, symbols, breaks, fields and section ends count; so do other tags unless ``tags`` is
    false.
    """
    return " ".join(_content(element, tags)).strip()


def _content(element: etree._Element, tags: bool) -> Iterator[str]:
    for child in element:
        if child.tag is PI:
            if tags and child.target == "tag":
                yield "[thẻ]"
            yield child.tail or ""
        elif child.tag in _PROPERTIES:
            if child.find(f".//{qn('w:sectPr')}") is not None:
                yield "[ngắt phần]"
        elif child.tag not in _SILENT:
            yield "[hình, ký hiệu hoặc dấu ngắt]"
        else:
            yield (child.text or "") if child.tag == T else ""
            yield from _content(child, tags)


def span_of(cell: etree._Element) -> int:
    """Return how many columns of its table a cell covers, never more than Word's tables have."""
    span = cell.find(SPAN)
    return (
        min(max(whole_number(span.get(qn("w:val")), 1), 1), MOST_COLUMNS) if span is not None else 1
    )
