"""template.docx -> CompiledTemplate: all reading, checking and moving of tags, done once.

What is left for each record is a run through ready-made code that yields bytes: no XML is parsed
and no document model built while documents are made.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from jinja2 import nodes
from jinja2.compiler import generate
from jinja2.environment import Template
from jinja2.exceptions import TemplateError as JinjaError
from lxml import etree

from generator.errors import Problem, TemplateError
from generator.metrics import rule_mm, wrapped
from generator.ooxml import (
    CORE_PROPERTIES,
    Package,
    PackageWriter,
    Part,
    deflate,
    qn,
    read_package,
    to_bytes,
)
from generator.render import WEIGHT, CompiledPart, CompiledTemplate
from generator.sandbox import Sandbox
from generator.splice import Splicer
from generator.structure import KEYWORDS, arrange, is_opener
from generator.tags import (
    MEANT,
    PI,
    PPR,
    RPR,
    SENTINEL,
    TBL,
    Place,
    Tag,
    TagProblem,
    TagTable,
    mark_tags,
    mark_text,
)
from generator.units import mm_to_emu
from generator.vietnamese import TextFormError, shown
from generator.wordml import PLAIN_LOOKS, BodyStyle, Looks, Xml, line_xml, plain_text, to_attribute

_STORY_KINDS = ("header", "footer", "footnotes", "endnotes")
_LENGTH = re.compile(r"(dài|cao) (\ue000\d+\ue001) mm")
_UNSEEN = re.compile(r"\{[{%][^<\"]*")
_MARK = re.compile("\x02(\\d+)\x03")
BlockSource = Callable[[str], bytes]


def compile_template(content: bytes, file: str, blocks: BlockSource) -> CompiledTemplate:
    """Return a template ready to be filled any number of times.

    Args:
        content: the .docx.
        file: its name for messages, as the user knows it.
        blocks: returns the .docx of a shared block by the name an include gives it; raises
            ``KeyError`` for a name it does not know.

    Raises:
        TemplateError: every tag that cannot be processed, each with part, paragraph and words.
    """
    return _Compilation(read_package(content, file), blocks).run()


class _Compilation:
    """One template on its way: its package, its tags, what has been found wrong so far."""

    def __init__(self, package: Package, blocks: BlockSource) -> None:
        self.package = package
        self.table = TagTable()
        self.sandbox = Sandbox(_LAYOUT_FILTERS)
        self.parts: dict[str, Part] = dict(package.parts)
        self.splicer = Splicer(package, self.parts, self.table, blocks)
        self.repeated_drawings = False

    def run(self) -> CompiledTemplate:
        main = self.package.main_part()
        stories = [main]
        for kind in _STORY_KINDS:
            stories += self.package.related(main, kind)
        roots = {name: self.package.xml(name) for name in dict.fromkeys(stories)}
        for name, root in roots.items():
            mark_tags(root, f"{self.package.file}: {name}", self.table)
            self.splicer.splice(root, name)
        self._refuse_strays(stories)
        width = _text_width(roots[main])
        for root in roots.values():
            arrange(root, self.table)
            self._prepare(root, width)
        sources = {name: self._source(name, root) for name, root in roots.items()}
        sources |= self._core_source()
        tags = [piece for pieces in sources.values() for piece in pieces if isinstance(piece, Tag)]
        self._check_tags(tags)
        if self.table.problems:
            raise TemplateError(sorted(self.table.problems, key=_page_order))
        return self._finish(sources, main, tags)

    # ------------------------------------------------------------ before serialising
    def _refuse_strays(self, stories: list[str]) -> None:
        """A tag in a part nobody fills (a chart, a comment) would be printed as typed."""
        core = self.package.related("", CORE_PROPERTIES)
        for name, part in self.package.parts.items():
            if name in stories or not name.endswith((".xml", ".rels")) or name in core:
                continue
            if b"{{" in part.data or b"{%" in part.data:
                self.table.problems.append(
                    Problem(
                        file=self.package.file,
                        at=name,
                        message="có thẻ ở phần không điền được (biểu đồ, ghi chú, thiết đặt)",
                        hint="chuyển thẻ vào nội dung, đầu trang, chân trang hoặc chú thích",
                    )
                )

    def _prepare(self, root: etree._Element, width_twips: int) -> None:
        """Give rich-text tags their look, drawings their length and numbers."""
        styles = self.splicer.style_ids()
        for node in self.table.nodes(root):
            tag = self.table.of(node)
            if tag.kind == "{{" and tag.letter == "p":
                self._prepare_body(node, tag, styles, width_twips)
            elif tag.kind == "{{" and tag.letter == "r":
                tag.mode = self._filter(line_xml, looks_of(tag.run_properties))
        _set_lengths(root, self.table)
        self._number_drawings(root)

    def _prepare_body(
        self, node: etree._Element, tag: Tag, styles: frozenset[str], width_twips: int
    ) -> None:
        paragraph = tag.paragraph
        properties = paragraph.find(PPR) if paragraph is not None else None
        following = node.getnext()
        while following is not None and following.tag is PI:
            following = following.getnext()
        body = BodyStyle(
            plain=_inner_xml(properties, drop=(qn("w:sectPr"), RPR)),
            looks=looks_of(tag.run_properties),
            styles=styles,
            width_twips=_cell_width(node) or width_twips,
            keep_last=following is not None and following.tag == TBL,
            closes=following is None,
        )
        tag.mode = self._filter(body.xml)

    def _filter(self, function: Callable[..., Any], *arguments: Any) -> str:
        """Register a function of one value as a filter only this template's code can name."""
        name = f"_{len(self.sandbox.filters)}"
        self.sandbox.filters[name] = lambda value: function(value, *arguments)
        return name

    def _number_drawings(self, root: etree._Element) -> None:
        """Give every drawing an id of its own; those in a loop get theirs when they are printed."""
        for number, node in enumerate(root.iter(qn("wp:docPr")), start=1):
            if _in_loop(node, self.table):
                self.repeated_drawings = True
                self.table.tags.append(
                    Tag("{{", "", "_so_hinh()", Place("", 0, ""), mode="_attribute")
                )
                node.set("id", f"\ue000{len(self.table.tags) - 1}\ue001")
            else:
                node.set("id", str(number))

    # ------------------------------------------------------------ serialising
    def _source(self, name: str, root: etree._Element) -> list[str | Tag]:
        """Return a part as stretches of XML and tags, in order."""
        text = etree.tostring(root, encoding="unicode")
        pieces: list[str | Tag] = ['<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n']
        position = 0
        for match in re.finditer("<\\?tag (\\d+)\\?>|\ue000(\\d+)\ue001", text):
            pieces += text[position : match.start()], self.table.tags[int(match[1] or match[2])]
            position = match.end()
        pieces.append(text[position:])
        self._refuse_unseen(name, pieces)
        return [
            piece.replace(MEANT, "") if isinstance(piece, str) else piece
            for piece in pieces
            if piece
        ]

    def _refuse_unseen(self, name: str, pieces: list[str | Tag]) -> None:
        """Refuse a tag that stands where no value can be put: it would be printed as typed."""
        told = bool(self.table.problems)  # a tag left open is known already
        for piece in pieces if not told else ():
            found = _UNSEEN.search(piece) if isinstance(piece, str) else None
            if found:
                self.table.problems.append(
                    Problem(
                        file=f"{self.package.file}: {name}",
                        message=f"thẻ ở chỗ không điền được: {found[0][:60]}",
                        hint="chuyển thẻ vào chữ của đoạn văn hoặc chữ thay thế của hình",
                    )
                )

    def _core_source(self) -> dict[str, list[str | Tag]]:
        """Return the document properties (title, subject, …) where they hold tags."""
        for rel in self.package.relations(""):
            if rel.kind == CORE_PROPERTIES and rel.target in self.parts:
                root = self.package.xml(rel.target)
                for number, node in enumerate(root, start=1):
                    if node.text and ("{{" in node.text or "{%" in node.text):
                        place = Place(f"{self.package.file}: {rel.target}", number, node.text)
                        node.text = mark_text(node.text, place, "_attribute", self.table)
                return {rel.target: self._source(rel.target, root)}
        return {}

    # ------------------------------------------------------------ checking
    def _check_tags(self, tags: Iterable[Tag]) -> None:
        """Try each tag alone, so that all faults are told at once."""
        for tag in tags:
            if tag.kind == "{#" or (tag.kind == "{%" and tag.keyword not in KEYWORDS):
                continue  # a comment, or said already
            try:
                tree = self.sandbox.parse(_alone(tag))
            except (JinjaError, RecursionError) as error:
                self.table.problems.append(tag.problem(*_syntax(str(error))))
                continue
            self._check_names(tag, tree)

    def _check_names(self, tag: Tag, tree: nodes.Template) -> None:
        for kind, known, word in (
            (nodes.Filter, self.sandbox.filters, "bộ lọc"),
            (nodes.Test, self.sandbox.tests, "phép thử"),
        ):
            for node in tree.find_all(kind):
                if node.name in known:
                    continue
                near = get_close_matches(node.name, [k for k in known if k[0] != "_"], 1)
                hint = f"có phải bạn muốn gõ “{near[0]}”?" if near else "xem lệnh vanban filters"
                self.table.problems.append(tag.problem(f"không có {word} “{node.name}”", hint))

    # ------------------------------------------------------------ code
    def _finish(
        self, sources: dict[str, list[str | Tag]], main: str, tags: list[Tag]
    ) -> CompiledTemplate:
        changing: list[CompiledPart] = []
        for name, pieces in sources.items():
            if all(isinstance(piece, str) for piece in pieces):
                data = "".join(map(str, pieces)).encode()
                self.parts[name] = Part(name, data, 8, deflate(data))
                continue
            _prove_well_formed(pieces)
            changing.append(self._compile(name, pieces))
        for name, root in self.splicer.changed_parts().items():
            data = to_bytes(root)
            self.parts[name] = Part(name, data, 8, deflate(data))
        names = {part.name for part in changing}
        return CompiledTemplate(
            file=self.package.file,
            parts=tuple(changing),
            writer=PackageWriter(part for name, part in self.parts.items() if name not in names),
            repeated_drawings=self.repeated_drawings,
            repair_grids=self._needs_grid_repair(),
            tags=tuple(tag for tag in tags if tag.place.part),
        )

    def _needs_grid_repair(self) -> bool:
        return any(
            tag.letter == "tc" or tag.keyword in ("colspan", "colwidth", "hm")
            for tag in self.table.tags
        )

    def _compile(self, name: str, pieces: list[str | Tag]) -> CompiledPart:
        chunks: list[str] = []
        lines: list[str] = []
        places: dict[int, Tag] = {}
        for piece in pieces:
            if isinstance(piece, str):
                lines.append(f"\x02{len(chunks)}\x03")
                chunks.append(piece)
            elif piece.kind != "{#":
                lines.append(_code(piece))
                places[len(lines)] = piece
        try:
            return self._generate(name, "\n".join(lines), chunks, places)
        except (JinjaError, SyntaxError, RecursionError) as error:
            tag = places.get(getattr(error, "lineno", 0) or 0)
            message = "các thẻ ghép lại không thành lệnh đúng"
            if tag is None:
                raise TemplateError(Problem(file=self.package.file, message=message)) from error
            raise TemplateError(tag.problem(message, "xem lại thẻ này và thẻ mở của nó")) from error

    def _generate(
        self, name: str, source: str, chunks: list[str], places: dict[int, Tag]
    ) -> CompiledPart:
        tree = self.sandbox.parse(source)
        for output in tree.find_all(nodes.Output):
            output.nodes = [_restored(node, chunks) for node in output.nodes]
            output.nodes = [
                node
                for node in output.nodes
                if not isinstance(node, nodes.TemplateData) or node.data
            ]
        code = generate(tree, self.sandbox, name, None)
        mixed = any(tree.find_all((nodes.CallBlock, nodes.FilterBlock))) or any(
            loop.recursive for loop in tree.find_all(nodes.For)
        )
        compiled = compile(code or "", f"<{name}>", "exec")
        template = Template.from_code(self.sandbox, compiled, self.sandbox.make_globals(None))
        return CompiledPart(name=name, template=template, places=places, mixed=mixed)


def _restored(node: nodes.Expr, chunks: list[str]) -> nodes.Expr:
    """Put the stretches of XML back where their numbers stand in Jinja's tree."""
    if isinstance(node, nodes.TemplateData):
        node.data = "".join(chunks[int(number)] for number in _MARK.findall(node.data))
    return node


def _code(tag: Tag) -> str:
    """Return a tag as Jinja source on one line."""
    if tag.kind == "{%":
        return f"{{% {tag.body} %}}"
    if tag.mode == "text":
        return f"{{{{ {tag.body} }}}}"
    return f"{{{{ ({tag.body})|{tag.mode} }}}}"


def _alone(tag: Tag) -> str:
    """Return a tag as a complete Jinja source, so that it parses without its partners."""
    word = tag.keyword
    if tag.kind == "{{":
        return f"{{{{ {tag.body} }}}}"
    statement = f"{{% {tag.body} %}}"
    if word == "elif":
        return f"{{% if true %}}{statement}{{% endif %}}"
    if word == "else" or word.startswith("end") or word == "include":
        return ""
    return f"{statement}{{% end{word} %}}" if is_opener(tag) else statement


_SYNTAX = (
    ("unexpected char", "có ký tự không dùng được trong biểu thức"),
    ("expected token 'end of", "thừa chữ sau biểu thức, hoặc thiếu dấu nối"),
    ("unexpected 'end of", "biểu thức còn thiếu vế sau"),
    ("expected an expression", "thiếu biểu thức"),
    ("Expected an expression", "thiếu biểu thức"),
    ("unexpected '", "có dấu đặt sai chỗ trong biểu thức"),
    ("expected token", "thiếu dấu hoặc từ trong biểu thức"),
)


def _syntax(message: str) -> tuple[str, str]:
    meaning = next((text for key, text in _SYNTAX if key in message), "thẻ viết sai cú pháp")
    return meaning, "sửa lại như {{ ho_ten }}, {% if so %} hoặc {% for x in danh_sach %}"


def _page_order(problem: Problem) -> tuple[str, int]:
    return problem.file, problem.paragraph if isinstance(problem, TagProblem) else 0


# ---------------------------------------------------------------- proof of well-formedness
_XML_TAG = re.compile(r"<(/?)([A-Za-z_][\w:.-]*)[^<>]*?(/?)>")


def _prove_well_formed(pieces: list[str | Tag]) -> None:
    """Refuse a template that some record could turn into broken XML.

    Walks the part once with a stack of open elements. Each branch of a condition must leave the
    same elements open as the others, a loop's body those it found: then every choice of branches
    and every number of turns gives a well-formed part.
    """
    stack: list[str] = []
    blocks: list[tuple[Tag, list[str], list[str] | None]] = []
    for piece in _stretches(pieces):
        if isinstance(piece, str):
            _advance(stack, piece)
        elif piece.kind == "{%" and is_opener(piece):
            blocks.append((piece, list(stack), None))
        elif piece.keyword in ("else", "elif"):
            start, before, after = blocks.pop()
            _agree(piece, start, after, stack)
            blocks.append((start, before, list(stack)))
            stack[:] = before
        elif piece.is_end:
            start, before, after = blocks.pop()
            chain = any(tag.keyword == "else" for tag in start.partners)
            _agree(piece, start, after if chain else before, stack)


def _stretches(pieces: list[str | Tag]) -> Iterator[str | Tag]:
    """Yield a part's XML and tags, a tag inside an attribute as one letter of its stretch."""
    xml = ""
    for piece in pieces:
        if isinstance(piece, str):
            xml += piece
        elif xml.rfind("<") > xml.rfind(">"):
            xml += "x"
        else:
            yield xml
            xml = ""
            yield piece
    yield xml


def _advance(stack: list[str], xml: str) -> None:
    for closing, name, empty in _XML_TAG.findall(xml):
        if closing:
            stack.pop()
        elif not empty:
            stack.append(name)


def _agree(tag: Tag, start: Tag, expected: list[str] | None, stack: list[str]) -> None:
    if expected is None or expected == stack:
        return
    raise TemplateError(
        tag.problem(
            f"lệnh {start.source} (đoạn {start.place.paragraph}) mở và đóng ở hai cấp khác nhau "
            "của văn bản",
            "để cả hai thẻ đứng riêng một đoạn, hoặc riêng một hàng của bảng",
        )
    )


# ---------------------------------------------------------------- small readings of the tree
def _undeclared(xml: str) -> str:
    """Return a piece of a part without the namespaces that the part declares."""
    return re.sub(r' xmlns:\w+="[^"]*"', "", xml)


def _inner_xml(element: etree._Element | None, drop: Iterable[str]) -> str:
    """Return the content of an element as XML without the namespaces its part declares."""
    if element is None:
        return ""
    text = "".join(
        etree.tostring(child, encoding="unicode", with_tail=False)
        for child in element
        if child.tag not in tuple(drop)
    )
    return _undeclared(text)


def _text_width(root: etree._Element) -> int:
    """Return the width between the margins of the last section, in twips; A4 by default."""
    section = next(reversed(list(root.iter(qn("w:sectPr")))), None)
    size = section.find(qn("w:pgSz")) if section is not None else None
    margins = section.find(qn("w:pgMar")) if section is not None else None
    if size is None or margins is None:
        return 9354
    sides = (margins.get(qn(f"w:{side}"), "0") for side in ("left", "right"))
    return int(size.get(qn("w:w"), "11906")) - sum(map(int, sides))


def _cell_width(node: etree._Element) -> int:
    """Return the width of the cell around a node, its margins taken off; 0 outside tables."""
    cell = next(node.iterancestors(qn("w:tc")), None)
    size = cell.find(f"{qn('w:tcPr')}/{qn('w:tcW')}") if cell is not None else None
    if size is None or size.get(qn("w:type")) != "dxa" or not size.get(qn("w:w"), "").isdigit():
        return 0
    return max(int(size.get(qn("w:w"))) - _CELL_MARGINS, 0)


_CELL_MARGINS = 216  # twips, left and right together, where a table says nothing else


def _in_loop(node: etree._Element, table: TagTable) -> bool:
    """Return whether a node may be printed more than once: an open ``for`` stands before it."""
    depth = 0
    for other in node.getroottree().getroot().iter():
        if other is node:
            return depth > 0
        if other.tag is PI and other.target == "tag":
            tag = table.of(other)
            depth += (tag.keyword in ("for", "macro")) - (tag.keyword in ("endfor", "endmacro"))
    return False


def _set_lengths(root: etree._Element, table: TagTable) -> None:
    """Let drawings take a length when filled: alternative text ``dài {{ … }} mm``, or ``cao``."""
    for properties in root.iter(qn("wp:docPr")):
        length = _LENGTH.fullmatch(properties.get("descr", ""))
        if not length:
            continue
        mark = SENTINEL.fullmatch(length[2])
        tag = table.tags[int(mark[1])] if mark else None
        if tag is None:
            continue
        tag.mode = "_emu"
        del properties.attrib["descr"]
        side = "cx" if length[1] == "dài" else "cy"
        holder = properties.getparent()
        for extent in (holder.find(qn("wp:extent")), *holder.iter(qn("a:ext"))):
            if extent is not None and extent.get(side) is not None:
                extent.set(side, length[2])


def looks_of(base: etree._Element | None) -> Looks:
    """Return the run properties of a tag with bold, italic and superscript added."""
    if base is None:
        return PLAIN_LOOKS
    return {look: _with_look(base, look) for look in PLAIN_LOOKS}


# Order of the children of w:rPr around the marks (ECMA-376, part 1, 17.3.2.28).
_BEFORE_BOLD = frozenset(map(qn, ("w:rStyle", "w:rFonts")))
_AFTER_VERT = frozenset(
    map(qn, ("w:rtl", "w:cs", "w:em", "w:lang", "w:eastAsianLayout", "w:specVanish", "w:oMath"))
)


def _with_look(base: etree._Element, look: tuple[bool, bool, bool]) -> str:
    properties = deepcopy(base)
    for wanted, names in ((look[1], ("w:i", "w:iCs")), (look[0], ("w:b", "w:bCs"))):
        if not wanted:
            continue
        for name in names:
            for old in properties.findall(qn(name)):
                properties.remove(old)
        at = sum(child.tag in _BEFORE_BOLD for child in properties)
        if names[0] == "w:i":
            at += sum(child.tag in (qn("w:b"), qn("w:bCs")) for child in properties)
        for offset, name in enumerate(names):
            properties.insert(at + offset, etree.Element(qn(name)))
    if look[2]:
        at = sum(child.tag not in _AFTER_VERT for child in properties)
        properties.insert(at, etree.Element(qn("w:vertAlign"), {qn("w:val"): "superscript"}))
    text = etree.tostring(properties, encoding="unicode", with_tail=False)
    return _undeclared(text)


def emu(value: object) -> Xml:
    """Return a length in millimetres as a drawing writes it, never shorter than a point."""
    return Xml(max(12_700, mm_to_emu(value)))  # type: ignore[arg-type]


def weight(value: object) -> Xml:
    """Return the weight of a table's column, marked for ``repair_grids``.

    >>> str(weight(Decimal("2.5")))
    '~2.5'
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)) or value <= 0:
        raise TextFormError(f"độ rộng của cột phải là số lớn hơn 0, ở đây là {shown(value)}")
    return Xml(f"{WEIGHT}{value}")


_MOST_COLUMNS = 63  # of a table in Word


def span(value: object) -> Xml:
    """Return how many columns a cell covers: 1 to 63, the most a table of Word has."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= _MOST_COLUMNS:
        raise TextFormError(f"số cột gộp phải từ 1 đến {_MOST_COLUMNS}, ở đây là {shown(value)}")
    return Xml(value)


def field_text(value: object) -> Xml:
    """Return a value inside a field code: quotes cannot end the field's argument."""
    text = value if isinstance(value, str) else str(to_attribute(value))
    return to_attribute(text.replace("\\", "\\\\").replace('"', '\\"'))


def rule_length(text: object, co: float, o: float, dam: bool = True, ty_le: float = 0.4) -> float:
    """Return the length in millimetres of the rule under a text (filter ``ke_ngang``).

    ``co`` is the text's size in points, ``o`` the width of its column in millimetres, ``dam``
    whether it is bold, ``ty_le`` the rule's share of the text's last line.
    """
    return rule_mm(plain_text(text), co, o, bold=dam, share=ty_le)


def line_count(text: object, co: float, o: float, dam: bool = False) -> int:
    """Return how many lines a text takes in a column ``o`` millimetres wide (``so_dong``)."""
    return len(wrapped(plain_text(text), co, o, bold=dam))


def stop(message: object) -> str:
    """Refuse the record with a sentence of the template's own (filter ``loi``)."""
    raise TextFormError(plain_text(message))


# Filters of templates alone: the first three for whoever draws them, the others for the compiler.
_LAYOUT_FILTERS: Mapping[str, Callable[..., Any]] = {
    "ke_ngang": rule_length,
    "so_dong": line_count,
    "loi": stop,
    "_attribute": to_attribute,
    "_field": field_text,
    "_emu": emu,
    "_weight": weight,
    "_span": span,
}
