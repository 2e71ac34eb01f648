"""template.docx -> CompiledTemplate: all reading, checking and moving of tags, done once.

What is left for each record is a run through ready-made code that yields bytes: no XML is parsed
and no document model built while documents are made.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from jinja2 import nodes
from jinja2.compiler import generate
from jinja2.environment import Template
from jinja2.exceptions import TemplateError as JinjaError
from lxml import etree

from generator.carried import Carrier, Label, fingerprint, install
from generator.errors import Problem, TemplateError
from generator.language.sandbox import Sandbox
from generator.language.wordml import (
    BodyStyle,
    line_xml,
)
from generator.language.words import syntax_words
from generator.ooxml import (
    CORE_PROPERTIES,
    NAMESPACES,
    Package,
    PackageWriter,
    Part,
    deflate,
    qn,
    read_package,
    rels_name,
    to_bytes,
)
from generator.patterns import regex
from generator.template.incoming import Tidied, refuse_marks, tidied
from generator.template.layout import LAYOUT_FILTERS
from generator.template.looks import link_look, looks_of, undeclared
from generator.template.media import RICH_FILTERS, rich_xml
from generator.template.render import CompiledPart, CompiledTemplate
from generator.template.splice import Splicer
from generator.template.structure import KEYWORDS, arrange
from generator.template.tags import (
    MEANT,
    PI,
    PPR,
    RPR,
    SENTINEL,
    TBL,
    Place,
    T,
    Tag,
    TagProblem,
    TagTable,
    detach,
    lift_to_run,
    mark_tags,
    mark_text,
)
from generator.template.wellformed import prove_well_formed
from generator.units import number as whole

_STORY_KINDS = ("header", "footer", "footnotes", "endnotes")
_STORIES = tuple(map(qn, ("w:document", "w:hdr", "w:ftr", "w:footnotes", "w:endnotes")))
_LENGTH = regex(r"(dài|cao) (\ue000\d+\ue001) mm")
_PLAIN_NAME = regex(r"\{\{ (?!not\b)[a-z_]+(?:\.[a-z_]+)* \}\}")  # no fault, and no filter
_UNSEEN = regex(r"\{[{%][^<\"]*")
_MARK = regex("\x02(\\d+)\x03")
BlockSource = Callable[[str], bytes]


def compile_template(
    content: bytes,
    file: str,
    blocks: BlockSource,
    *,
    label: Label | None = None,
    sandbox: type[Sandbox] = Sandbox,
    take_marks: bool = True,
) -> CompiledTemplate:
    """Return a template ready to be filled any number of times.

    Args:
        content: the .docx.
        file: its name for messages, as the user knows it.
        blocks: returns the .docx of a shared block by the name an include gives it; raises
            ``KeyError`` for a name it does not know.
        label: what the documents say of themselves; without it they carry no record.
        sandbox: the Jinja that runs the tags.
        take_marks: accept tracked changes and leave comments out; else a template with any of
            them is refused.

    Raises:
        TemplateError: every tag that cannot be processed, each with part, paragraph and words.
    """
    given = tidied(read_package(content, file))
    if not take_marks:
        refuse_marks(given)
    return _Compilation(given, blocks, label, sandbox).run()


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """A template looked over: its tags in order, its styles, all that is wrong with its tags."""

    tags: tuple[Tag, ...]
    styles: frozenset[str]
    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...] = ()  # what was left out of it, or changed, and why
    marks: tuple[Problem, ...] = ()  # each paragraph with tracked changes or comments


def examine_template(content: bytes, file: str, blocks: BlockSource) -> Examined:
    """Return what can be said of a template, whether it compiles or not; arguments as above.

    Raises:
        TemplateError: it is no .docx at all.
    """
    given = tidied(read_package(content, file))
    compilation = _Compilation(given, blocks, None, Sandbox)
    problems: tuple[Problem, ...] = ()
    try:
        compilation.run()
    except TemplateError as error:
        problems = error.problems
    return Examined(
        tags=tuple(tag for tag in compilation.tags if tag.place.part),
        styles=compilation.splicer.style_ids(),
        problems=problems,
        notes=given.notes,
        marks=given.marks,
    )


class _Compilation:
    """One template on its way: its package, its tags, what has been found wrong so far."""

    def __init__(
        self, given: Tidied, blocks: BlockSource, label: Label | None, sandbox: type[Sandbox]
    ) -> None:
        self.package = package = given.package
        self.notes = given.notes
        self.label = label
        self.table = TagTable()
        self.sandbox = sandbox(LAYOUT_FILTERS)
        self.parts: dict[str, Part] = dict(package.parts)
        self.splicer = Splicer(package, self.parts, self.table, blocks)
        self.repeated_drawings = False
        self.tags: list[Tag] = []
        self.rich_modes: set[str] = set()  # the filters that print pictures and links
        self.rich_parts: set[str] = set()  # where they stand

    def run(self) -> CompiledTemplate:
        main = self.package.main_part()
        stories = [main]
        for kind in _STORY_KINDS:
            stories += self.package.related(main, kind)
        roots = {name: self._story(name) for name in dict.fromkeys(stories)}
        for name, root in roots.items():
            mark_tags(root, f"{self.package.file}: {name}", self.table)
            self.splicer.splice(root, name)
        self._refuse_strays(stories)
        width = _text_width(roots[main])
        for name, root in roots.items():
            arrange(root, self.table)
            self._drop_bookmarks(root, name)
            self._prepare(root, name, width)
        sources = {name: self._source(name, root) for name, root in roots.items()}
        sources |= self._core_source()
        tags = [piece for pieces in sources.values() for piece in pieces if isinstance(piece, Tag)]
        self.tags = tags
        self._check_tags(tags)
        if self.table.problems:
            raise TemplateError(sorted(self.table.problems, key=_page_order))
        return self._finish(sources, main, tags)

    # ------------------------------------------------------------ before serialising
    def _story(self, name: str) -> etree._Element:
        root = self.package.xml(name)
        if root.tag not in _STORIES:
            message = "phần này không phải nội dung của Word"
            raise TemplateError(Problem(file=self.package.file, at=name, message=message))
        return root

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

    def _prepare(self, root: etree._Element, part: str, width_twips: int) -> None:
        """Give rich-text tags their look, drawings their length and numbers."""
        styles = self.splicer.style_ids()
        for node in self.table.nodes(root):
            tag = self.table.of(node)
            if tag.kind == "{{" and tag.letter != "p" and self._is_rich(node, tag):
                self._prepare_rich(node, tag, part)
            elif tag.kind == "{{" and tag.letter == "p":
                self._prepare_body(node, tag, styles, width_twips)
            elif tag.kind == "{{" and tag.letter == "r":
                tag.mode = self._filter(line_xml, looks_of(tag.run_properties))
        _set_lengths(root, self.table)
        self._number_drawings(root)

    def _drop_bookmarks(self, root: etree._Element, part: str) -> None:
        """Drop bookmarks in loops, where they would be there many times; refuse one in use."""
        for start in _repeated(root, self.table, qn("w:bookmarkStart")):
            name, number = start.get(qn("w:name"), ""), start.get(qn("w:id"))
            if _refers_to(root, name):
                self.table.problems.append(
                    Problem(
                        file=f"{self.package.file}: {part}",
                        message=f"dấu trang (Bookmark) “{name}” nằm trong vòng lặp nên sẽ có nhiều "
                        "chỗ trùng tên, mà trong văn bản có chỗ dẫn đến nó",
                        hint="đặt dấu trang ngoài vòng lặp, hoặc bỏ chỗ dẫn đến nó",
                    )
                )
            ends = [end for end in root.iter(qn("w:bookmarkEnd")) if end.get(qn("w:id")) == number]
            for node in (start, *ends):
                detach(node)

    def _is_rich(self, node: etree._Element, tag: Tag) -> bool:
        """Return whether a tag prints a picture or a link, and stands where one can be printed."""
        if tag.mode != "text" or not _RICH.search(tag.body):
            return False
        try:
            (output,) = self.sandbox.parse(tag.alone()).body
        except (JinjaError, RecursionError, ValueError):
            return False  # told when all tags are tried
        nested = "lien_ket" in tag.body and next(node.iterancestors(_HYPERLINK), None) is not None
        return isinstance(output, nodes.Output) and not nested and _rich_only(output.nodes[0])

    def _prepare_rich(self, node: etree._Element, tag: Tag, part: str) -> None:
        if node.getparent().tag == T:
            lift_to_run(node)
        tag.mode = self._filter(
            rich_xml, looks_of(tag.run_properties), link_look(tag.run_properties)
        )
        self.rich_modes.add(tag.mode)
        self.rich_parts.add(part)

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
        self.sandbox.add_filter(name, lambda value: function(value, *arguments))
        return name

    def _number_drawings(self, root: etree._Element) -> None:
        """Give every drawing an id of its own; those in a loop get theirs when they are printed."""
        repeated = set(_repeated(root, self.table, qn("wp:docPr")))
        for number, node in enumerate(root.iter(qn("wp:docPr")), start=1):
            if node in repeated:
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
        good = {""}  # what was found without fault: the same words are often there again
        for tag in tags:
            if tag.kind == "{#" or (tag.kind == "{%" and tag.keyword not in KEYWORDS):
                continue  # a comment, or said already
            if _RICH.search(tag.body) and tag.mode not in self.rich_modes:
                self.table.problems.append(
                    tag.problem(
                        "ảnh, mã QR và liên kết chỉ in được ở cuối một thẻ {{ … }} trong đoạn văn",
                        "viết như {{ anh|hinh(60) }}, không gán, ghép hay đặt trong thẻ {{p … }}",
                    )
                )
            source = tag.alone()
            if source in good or _PLAIN_NAME.fullmatch(source):
                continue
            try:
                tree = self.sandbox.parse(source)
            except (JinjaError, RecursionError) as error:
                self.table.problems.append(tag.problem(*syntax_words(str(error))))
                continue
            told = len(self.table.problems)
            self._check_names(tag, tree)
            if len(self.table.problems) == told:
                good.add(source)

    def _check_names(self, tag: Tag, tree: nodes.Template) -> None:
        for kind, known, word in (
            (nodes.Filter, self.sandbox.filters, "bộ lọc"),
            (nodes.Test, self.sandbox.tests, "phép thử"),
        ):
            for node in tree.find_all(kind):
                if node.name in known:
                    continue
                from difflib import get_close_matches

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
            prove_well_formed(pieces)
            changing.append(self._compile(name, pieces))
        for name, root in self.splicer.changed_parts().items():
            data = to_bytes(root)
            self.parts[name] = Part(name, data, 8, deflate(data))
        names = {part.name for part in changing}
        carrier = self._carrier(sources[main], main)
        relations, prefix = self._relations()
        names |= {rels_name(part) for part in relations}
        return CompiledTemplate(
            file=self.package.file,
            parts=tuple(changing),
            writer=PackageWriter(part for name, part in self.parts.items() if name not in names),
            repeated_drawings=self.repeated_drawings,
            repair_grids=self._needs_grid_repair(),
            tags=tuple(tag for tag in tags if tag.place.part),
            carrier=carrier,
            relations=relations,
            prefix=prefix,
            notes=self.notes,
        )

    def _relations(self) -> tuple[dict[str, bytes], str]:
        """Return the relationships of the parts that pictures and links are added to, left open.

        The names of what is added begin with a word that the template has nowhere.
        """
        if not self.rich_parts:
            return {}, ""
        self._declare_pictures()
        package = Package(self.package.file, self.parts)
        heads = {part: _open_relations(package, part) for part in sorted(self.rich_parts)}
        taken = "".join(self.parts) + b"".join(heads.values()).decode()
        prefix = "kem"
        while prefix in taken:
            prefix += "x"
        return heads, prefix

    def _declare_pictures(self) -> None:
        """Say in the list of content types what .png and .jpeg are."""
        name = "[Content_Types].xml"
        root = Package(self.package.file, self.parts).xml(name)
        known = {node.get("Extension", "").lower() for node in root.iter(qn("ct:Default"))}
        for kind in ("jpeg", "png"):
            if kind not in known:
                values = {"Extension": kind, "ContentType": f"image/{kind}"}
                root.insert(0, etree.Element(qn("ct:Default"), values))
        data = to_bytes(root)
        self.parts[name] = Part(name, data, 8, deflate(data))

    def _carrier(self, pieces: list[str | Tag], main: str) -> Carrier | None:
        if self.label is None:
            return None
        content = fingerprint(p if isinstance(p, str) else p.source for p in pieces)
        return install(self.parts, self.package.file, main, self.label, content)

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


_RICH = regex(rf"\|\s*(?:{'|'.join(RICH_FILTERS)})\b")
_HYPERLINK = qn("w:hyperlink")


def _rich_only(expression: nodes.Node | None) -> bool:
    """Return whether an expression's value is a picture or a link, or has none in it."""
    if isinstance(expression, nodes.CondExpr):
        asked = _rich_only(expression.test) and not _asks_rich(expression.test)
        return asked and _rich_only(expression.expr1) and _rich_only(expression.expr2)
    if isinstance(expression, nodes.Filter) and expression.name in RICH_FILTERS:
        given = [expression.node, *expression.args, *expression.kwargs]
        return not any(_asks_rich(node) for node in given if node is not None)
    return expression is None or not _asks_rich(expression)


def _asks_rich(node: nodes.Node) -> bool:
    inner = list(node.find_all(nodes.Filter))
    own = [node] if isinstance(node, nodes.Filter) else []
    return any(found.name in RICH_FILTERS for found in (*own, *inner))


def _open_relations(package: Package, part: str) -> bytes:
    """Return the relationships of a part without the end of their list."""
    name = rels_name(part)
    found = package.xml(name) if name in package.parts else []
    items = b"".join(
        etree.tostring(etree.Element("Relationship", dict(node.attrib)))
        for node in found
        if isinstance(node.tag, str)
    )
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return f'{head}<Relationships xmlns="{NAMESPACES["rel"]}">'.encode() + items


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


def _page_order(problem: Problem) -> tuple[str, int]:
    return problem.file, problem.paragraph if isinstance(problem, TagProblem) else 0


# ---------------------------------------------------------------- small readings of the tree
def _inner_xml(element: etree._Element | None, drop: Iterable[str]) -> str:
    """Return the content of an element as XML without the namespaces its part declares."""
    if element is None:
        return ""
    text = "".join(
        etree.tostring(child, encoding="unicode", with_tail=False)
        for child in element
        if child.tag not in tuple(drop)
    )
    return undeclared(text)


def _text_width(root: etree._Element) -> int:
    """Return the width between the margins of the last section, in twips; A4 by default."""
    section = next(reversed(list(root.iter(qn("w:sectPr")))), None)
    size = section.find(qn("w:pgSz")) if section is not None else None
    margins = section.find(qn("w:pgMar")) if section is not None else None
    if size is None or margins is None:
        return _A4_TEXT_WIDTH
    sides = (whole(margins.get(qn(f"w:{side}"))) for side in ("left", "right"))
    return max(whole(size.get(qn("w:w")), _A4_WIDTH) - sum(sides), _NARROWEST)


def _cell_width(node: etree._Element) -> int:
    """Return the width of the cell around a node, its margins taken off; 0 outside tables."""
    cell = next(node.iterancestors(qn("w:tc")), None)
    size = cell.find(f"{qn('w:tcPr')}/{qn('w:tcW')}") if cell is not None else None
    if size is None or size.get(qn("w:type")) != "dxa":
        return 0
    return max(whole(size.get(qn("w:w"))) - _CELL_MARGINS, 0)


_A4_WIDTH, _A4_TEXT_WIDTH, _NARROWEST = 11_906, 9_354, 567  # twips
_CELL_MARGINS = 216  # twips, left and right together, where a table says nothing else


def _repeated(root: etree._Element, table: TagTable, name: str) -> list[etree._Element]:
    """Return the elements of a name that may be printed more than once: in a loop or a macro."""
    depth, found = 0, []
    for node in root.iter():
        if node.tag == name and depth:
            found.append(node)
        elif node.tag is PI and node.target == "tag":
            word = table.of(node).keyword
            depth += (word in ("for", "macro")) - (word in ("endfor", "endmacro"))
    return found


def _refers_to(root: etree._Element, bookmark: str) -> bool:
    """Return whether a field or a link of a part leads to a bookmark."""
    fields = "".join(node.text or "" for node in root.iter(qn("w:instrText")))
    fields += "".join(node.get(qn("w:instr"), "") for node in root.iter(qn("w:fldSimple")))
    anchors = {node.get(qn("w:anchor")) for node in root.iter(qn("w:hyperlink"))}
    return bookmark in anchors or bookmark in fields.split()


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
