"""Proof that a written document says what its record says: the file read back and compared.

Documents are made by moving tags through a tree of XML and running code that yields bytes. The
proof goes another way: the template's words, tags and all, are one plain text, which Jinja fills as
plain text; no XML is arranged, escaped or cut into runs. The file that was written is opened again,
every part parsed, and its words must be those words, line by line and letter by letter. Then the
texts of the record itself are looked for, so that no filter of a form can shorten one unnoticed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from hashlib import sha256
from typing import Any

from jinja2.environment import Template
from jinja2.utils import pass_context
from lxml import etree

from generator.body import Table, parse_body, parse_spans
from generator.carried import read_carried, record_json
from generator.errors import GeneratorError, Problem
from generator.language.sandbox import Sandbox
from generator.language.wordml import plain_text
from generator.ooxml import CORE_PROPERTIES, Package, qn, read_package
from generator.pipeline import Form
from generator.records.schema import Field
from generator.template.incoming import tidied
from generator.template.layout import LAYOUT_FILTERS
from generator.template.tags import INSTR, MEANT, OPENERS, P, T, Tag, literal, scan
from generator.template.tags import Place as TagPlace
from generator.template.uses import fields_used

_STORY_KINDS = ("header", "footer", "footnotes", "endnotes")
_LETTERS = frozenset((T, INSTR, qn("m:t"), qn("a:t")))
_MARKS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
_SILENT = frozenset(map(qn, ("w:pPr", "w:rPr", "w:tblPr", "w:trPr", "w:tcPr", "w:sectPr")))
_CELL = qn("w:tc")
_MOST_TOLD = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What reading a document back gave: how many printed values agreed, or where it differs."""

    sha256: str
    values: int
    problems: tuple[Problem, ...] = ()


def verify(content: bytes, form: Form, record: Any, file: str = "") -> tuple[Problem, ...]:
    """Return every difference between a written document and its valid record; none is the proof.

    ``file`` is the document's name for the problems.
    """
    return prove(content, form, record, file).problems


def prove(content: bytes, form: Form, record: Any, file: str = "") -> Proof:
    """Return the proof of a document made from a valid record by a form."""
    expected = _reader(form).expected(form.context(record))
    try:
        package = read_package(content, file)
        problems = [*_broken_parts(package), *_differences(package, expected)]
        text = "\n".join(line for part in expected.lines for line in _lines(package, part))
        problems += _missing_texts(text, form, record, expected.printed)
        problems += _carried_otherwise(content, form, record, file)
    except GeneratorError as error:
        problems = list(error.problems)
    return Proof(
        sha256=sha256(content).hexdigest(),
        values=0 if problems else sum(expected.printed.values()),
        problems=tuple(problems[:_MOST_TOLD]),
    )


# ---------------------------------------------------------------- what was written
def _broken_parts(package: Package) -> Iterator[Problem]:
    for name in package.parts:
        if name.endswith((".xml", ".rels")):
            try:
                package.xml(name)
            except GeneratorError as error:
                yield from error.problems


def _lines(package: Package, part: str) -> list[str]:
    return lines_of(story_text(package.xml(part))) if part in package.parts else []


def lines_of(text: str) -> list[str]:
    """Return the lines of a text that have words, without blanks at their ends."""
    flat = text.replace("\r\n", "\n").replace("\r", "\n")
    return [stripped for line in flat.split("\n") if (stripped := line.strip())]


def story_text(root: etree._Element) -> str:
    """Return the words of a part in their order, a line a paragraph, text boxes in their places."""
    if root.tag.endswith("}coreProperties"):
        return "\n".join(node.text or "" for node in root)
    return "".join(_words(root))


def _words(node: etree._Element) -> Iterator[str]:
    for child in node:
        if child.tag in _LETTERS:
            yield child.text or ""
        elif child.tag in _MARKS:
            yield _MARKS[child.tag]
        elif child.tag == P:
            yield "\n"
            yield from _words(child)
            yield "\n"
        elif child.tag == _CELL:
            yield from _cell(child)
        elif child.tag not in _SILENT:
            yield from _words(child)


_ONCE = re.compile(r"\{%\s*(vm|hm)(?:\s+([^%]*?))?\s*%\}")


def _cell(cell: etree._Element) -> Iterator[str]:
    """Yield a cell's words; where a template merges cells, only the first of them has words."""
    words = "".join(_words(cell))
    merged = _ONCE.search(words)
    if merged:
        first = f"loop.changed({merged[2]})" if merged[2] else "loop.first"
        words = f"{{% if {first} %}}{_ONCE.sub('', words)}{{% endif %}}"
    yield words


def _differences(package: Package, expected: Expected) -> Iterator[Problem]:
    for part, wanted in expected.lines.items():
        found = _lines(package, part)
        if found != wanted:
            yield from _told(package.file, part, wanted, found)


def _told(file: str, part: str, wanted: list[str], found: list[str]) -> Iterator[Problem]:
    steps = SequenceMatcher(None, wanted, found, autojunk=False).get_opcodes()
    for kind, start, end, found_start, found_end in steps:
        if kind != "equal":
            should, does = wanted[start:end], found[found_start:found_end]
            message = f"phải có {_quoted(should)}, trong tệp là {_quoted(does)}"
            yield Problem(
                file=file,
                at=f"{part}, dòng {found_start + 1}",
                message=message,
                hint="tạo lại văn bản; nếu vẫn vậy thì mẫu có chỗ in sai dữ liệu",
            )


def _quoted(lines: list[str]) -> str:
    text = " / ".join(lines)
    return f"“{text if len(text) <= 120 else text[:117] + '…'}”" if lines else "không có gì"


# ---------------------------------------------------------------- what should be there
@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """The lines each part should have, and how often each tag (by number) printed something."""

    lines: Mapping[str, list[str]]
    printed: Mapping[int, int]


@lru_cache(maxsize=8)
def _reader(form: Form) -> _Reader:
    return _Reader(form)


class _Reader:
    """A form's template as plain text for Jinja."""

    def __init__(self, form: Form) -> None:
        path = form.bundle.path("template.docx")
        self._blocks = form.blocks
        self._tags: list[Tag] = []
        package = tidied(read_package(path.read_bytes(), str(path))).package
        main = package.main_part()
        parts = [main, *package.related("", CORE_PROPERTIES)]
        for kind in _STORY_KINDS:
            parts += package.related(main, kind)
        sandbox = Sandbox({**LAYOUT_FILTERS, **_PLAIN_FORMS}, text=True)
        self._parts: dict[str, Template] = {
            part: sandbox.from_string(self._source(package, part)) for part in dict.fromkeys(parts)
        }
        self.fields = fields_used(self._tags)
        self.tags: Sequence[Tag] = self._tags

    def expected(self, context: Mapping[str, Any]) -> Expected:
        printed: Counter[int] = Counter()
        variables = {**context, _PRINTED: printed}
        lines = {part: lines_of(text.render(variables)) for part, text in self._parts.items()}
        return Expected(lines=lines, printed=printed)

    def _source(self, package: Package, part: str) -> str:
        """Return a part of a document as the source of a plain text, shared blocks put in."""
        text = story_text(package.xml(part))
        pieces: list[str] = []
        position = 0
        for tag in scan(text, lambda message, hint: None):
            known = self._tag(tag.kind, tag.letter, tag.body) if tag.kind else _raw(tag.body)
            pieces += _plain(text[position : tag.start]), known
            position = tag.end
        return "".join((*pieces, _plain(text[position:])))

    def _tag(self, kind: str, letter: str, body: str) -> str:
        tag = Tag(kind, letter, body, TagPlace("", 0, ""))
        self._tags.append(tag)
        if kind == "{{":
            return f"{{{{ ({body})|{_FORMS.get(letter, '_in')}({len(self._tags) - 1}) }}}}"
        if tag.keyword == "include":
            return self._block(body)
        known = tag.keyword in (*OPENERS, "else", "elif") or tag.is_end
        return f"{{% {body} %}}" if known else ""

    def _block(self, body: str) -> str:
        name = body.split(None, 1)[1].strip("\"' ")
        package = tidied(read_package(self._blocks[name].read_bytes(), name)).package
        return f"\n{self._source(package, package.main_part())}\n"


def _plain(text: str) -> str:
    text = literal(text).replace(MEANT, "")
    return f"{{% raw %}}{text}{{% endraw %}}" if "{" in text or "}" in text else text


def _raw(braces: str) -> str:
    """Return the source of braces that are printed: those inside ``{% raw %}``."""
    return f"{{{{ '{braces}' }}}}"


_PRINTED = "_da_in"
_FORMS = {"p": "_than", "r": "_dong"}


def _counted(context: Any, number: int, text: str) -> str:
    if text.strip():
        context[_PRINTED][number] += 1
    return text


@pass_context
def _in(context: Any, value: Any, number: int) -> str:
    return _counted(context, number, plain_text(value))


@pass_context
def _dong(context: Any, value: Any, number: int) -> str:
    return _counted(context, number, _unmarked(plain_text(value)))


@pass_context
def _than(context: Any, value: Any, number: int) -> str:
    texts = value if isinstance(value, (list, tuple)) else [value]
    lines = [line for text in texts for line in body_lines(plain_text(text))]
    return "\n" + _counted(context, number, "\n".join(lines)) + "\n"


_PLAIN_FORMS = {"_in": _in, "_dong": _dong, "_than": _than}


def body_lines(text: str) -> Iterator[str]:
    """Yield the words of a long text: a paragraph a line, a cell of its tables a line."""
    for block in parse_body(text):
        cells = [cell for row in block.rows for cell in row] if isinstance(block, Table) else None
        for spans in cells if cells is not None else [block.spans]:  # type: ignore[union-attr]
            yield "".join(span.text for span in spans)


def _unmarked(text: str) -> str:
    return "".join(span.text for span in parse_spans(text))


# ---------------------------------------------------------------- the record's own texts
# Filters that leave the letters of a text alone, but for capitals and what stands around it.
_KEEPS = frozenset(
    ("cham", "blank", "in_hoa", "upper", "hoa_dau", "cap", "default", "d", "so_vb", "doc_no")
)
_FILTER = re.compile(r"\|\s*(\w+)")


def _missing_texts(
    text: str, form: Form, record: Any, printed: Mapping[int, int]
) -> Iterator[Problem]:
    """Yield the texts of the record that the form prints as they are and the file lacks.

    A form may leave an item of a list out by a condition: then it printed the field less often than
    the record has it, and the lines compared above are the proof.
    """
    reader = _reader(form)
    times: Counter[str] = Counter()
    for number, tag in enumerate(reader.tags):
        if tag.kind == "{{" and _KEEPS.issuperset(_FILTER.findall(tag.body)):
            times.update(dict.fromkeys(reader.fields[number], printed.get(number, 0)))
    whole = _letters(text)
    leaves = list(_texts(record, form.schema.root, ""))
    owned = Counter(path for path, _, _ in leaves)
    for path, field, value in leaves:
        if times[path] >= owned[path] and not _stands(value, field, whole):
            title = field.title if field else path
            message = f"không có giá trị của trường {title}: {_quoted([value])}"
            yield Problem(at=f"$.{path}", message=message, hint="xem lại mẫu và tạo lại văn bản")


def _letters(text: str) -> str:
    return " ".join(text.split()).casefold()


def _stands(value: str, field: Field | None, whole: str) -> bool:
    long = field is not None and field.is_long_text
    lines = body_lines(value) if long else lines_of(value)
    return all(_letters(line) in whole or _letters(_unmarked(line)) in whole for line in lines)


def _texts(value: Any, at: Field | None, path: str) -> Iterator[tuple[str, Field | None, str]]:
    """Yield path, field and text of each text of a record; items of a list share a path."""
    if isinstance(value, dict):
        for key, item in value.items():
            child = at.children.get(key) if at else None
            yield from _texts(item, child, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item, at.items if at else None, f"{path}[]")
    elif isinstance(value, str) and value.strip() and not (at and (at.is_date or "enum" in at.raw)):
        yield path, at, value


def _carried_otherwise(content: bytes, form: Form, record: Any, file: str) -> Iterable[Problem]:
    carried = read_carried(content, file)
    if carried is None or not carried.text:
        return
    if carried.form != form.bundle.id or carried.text != record_json(record):
        yield Problem(
            file=file, message="dữ liệu kèm trong văn bản khác bản ghi", hint="tạo lại văn bản"
        )
