"""Shared blocks: the body of another .docx set in the place of its include.

``{% include "khoi/dau-de.docx" %}`` alone in a paragraph stands for that document's content. What
the content needs comes along: styles the host lacks (where both define one, the host's counts, as
when pasting in Word), pictures and links.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy

from lxml import etree

from generator.errors import GeneratorError, Problem, TemplateError
from generator.ooxml import (
    NAMESPACES,
    Package,
    Part,
    Relation,
    parse_xml,
    qn,
    read_package,
    rels_name,
)
from generator.patterns import regex
from generator.template.incoming import tidied
from generator.template.tags import (
    P,
    Tag,
    TagTable,
    ancestor,
    detach,
    mark_tags,
    replace,
    words_left,
)

_INCLUDE = regex(r"include\s+[\"']([^\"']+)[\"']")
_STYLE_USES = ("w:pStyle", "w:rStyle", "w:tblStyle")
_STYLE_LINKS = ("w:basedOn", "w:link", "w:next")
_REL_ATTRIBUTES = tuple(map(qn, ("r:id", "r:embed", "r:link")))
_REL_SPACE = f"{{{NAMESPACES['r']}}}"
_MAX_DEPTH = 8


class Splicer:
    """Splices blocks into the parts of one template; keeps what that changes in the package."""

    def __init__(
        self,
        package: Package,
        parts: dict[str, Part],
        table: TagTable,
        blocks: Callable[[str], bytes],
    ) -> None:
        self._package = package
        self._parts = parts
        self._table = table
        self._blocks = blocks
        self._stories: set[str] = set()
        self._roots: dict[str, etree._Element] = {}
        found = package.related(package.main_part(), "styles")
        self._styles_part = found[0] if found else ""

    def splice(self, root: etree._Element, part: str, trail: tuple[str, ...] = ()) -> None:
        """Replace every include below ``root``, which belongs to the host's ``part``."""
        for node in self._table.nodes(root):
            tag = self._table.of(node)
            if tag.keyword == "include":
                self._splice_one(node, tag, part, trail)

    def changed(self, part: str) -> bool:
        """Return whether blocks were spliced into a part."""
        return part in self._stories

    def changed_parts(self) -> dict[str, etree._Element]:
        """Return the supporting parts (styles, relationships, content types) that changed."""
        return dict(self._roots)

    def style_ids(self) -> frozenset[str]:
        """Return the ids of all styles the finished template has."""
        if not self._styles_part:
            return frozenset()
        root = self._roots.get(self._styles_part)
        if root is None:
            root = self._package.xml(self._styles_part)
        return frozenset(style.get(qn("w:styleId"), "") for style in root.iter(qn("w:style")))

    # ------------------------------------------------------------ one include
    def _splice_one(
        self, node: etree._Element, tag: Tag, part: str, trail: tuple[str, ...]
    ) -> None:
        name = self._block_name(tag, trail)
        paragraph = ancestor(node, P)
        if not name or paragraph is None:
            return
        detach(node)
        if words_left(paragraph):
            self._table.problems.append(
                tag.problem(
                    "khối chung phải đứng một mình trong đoạn", "chuyển chữ khác sang đoạn khác"
                )
            )
            return
        try:
            block = tidied(read_package(self._blocks(name), name)).package
            content = self._content(block, name, part, trail)
        except KeyError:
            self._table.problems.append(
                tag.problem(f"không tìm thấy khối chung “{name}”", "xem thư mục doctemplates/khoi")
            )
        except GeneratorError as error:
            self._table.problems.extend(error.problems)
        else:
            if paragraph.getnext() is not None and paragraph.getnext().tag != qn("w:sectPr"):
                content = _without_tail(content)
            replace(paragraph, content)
            self._stories.add(part)

    def _block_name(self, tag: Tag, trail: tuple[str, ...]) -> str:
        match = _INCLUDE.fullmatch(tag.body)
        if not match:
            self._table.problems.append(
                tag.problem("tên khối chung không rõ", 'viết {% include "khoi/ten-khoi.docx" %}')
            )
            return ""
        if match[1] in trail or len(trail) >= _MAX_DEPTH:
            self._table.problems.append(
                tag.problem(f"khối “{match[1]}” lồng vào chính nó", "bỏ một trong hai chỗ chèn")
            )
            return ""
        return match[1]

    def _content(
        self, block: Package, name: str, part: str, trail: tuple[str, ...]
    ) -> list[etree._Element]:
        main = block.main_part()
        root = block.xml(main)
        mark_tags(root, f"{name}: {main}", self._table)
        body = root.find(qn("w:body"))
        content = [child for child in body if child.tag != qn("w:sectPr")]
        self._refuse_numbering(content, name)
        _refuse_sections(root, content, name)
        _drop_bookmarks(content)
        self._bring_styles(block, main, content)
        self._bring_relations(block, main, content, part)
        self.splice(root, part, (*trail, name))
        return [child for child in body if child.tag != qn("w:sectPr")]

    def _refuse_numbering(self, content: list[etree._Element], name: str) -> None:
        wanted = ("w:numPr", "w:footnoteReference", "w:endnoteReference", "w:commentReference")
        for element in content:
            if any(element.find(f".//{qn(item)}") is not None for item in wanted):
                raise _unsupported(name)

    # ------------------------------------------------------------ what the content needs
    def _bring_styles(self, block: Package, main: str, content: list[etree._Element]) -> None:
        sources = block.related(main, "styles")
        if not sources or not self._styles_part:
            return
        theirs = {
            style.get(qn("w:styleId")): style for style in block.xml(sources[0]).iter(qn("w:style"))
        }
        needed = [
            use.get(qn("w:val"))
            for element in content
            for name in _STYLE_USES
            for use in element.iter(qn(name))
        ]
        known = set(self.style_ids())
        while needed:
            wanted = needed.pop()
            if wanted in known or wanted not in theirs:
                continue
            known.add(wanted)
            style = deepcopy(theirs[wanted])
            style.attrib.pop(qn("w:default"), None)
            self._root(self._styles_part).append(style)
            needed += [
                link.get(qn("w:val")) for name in _STYLE_LINKS for link in style.findall(qn(name))
            ]

    def _bring_relations(
        self, block: Package, main: str, content: list[etree._Element], part: str
    ) -> None:
        relations = {rel.rid: rel for rel in block.relations(main)}
        renamed: dict[str, str] = {}
        for element in content:
            for node in element.iter():
                uses = node.attrib if isinstance(node.tag, str) else {}
                for name in [name for name in uses if name.startswith(_REL_SPACE)]:
                    rid = node.get(name)
                    if name not in _REL_ATTRIBUTES:  # a SmartArt drawing, whose parts lie apart
                        raise _unsupported(block.file)
                    if rid in relations:
                        if rid not in renamed:
                            renamed[rid] = self._adopt(block, relations[rid], part)
                        node.set(name, renamed[rid])

    def _adopt(self, block: Package, relation: Relation, part: str) -> str:
        """Copy what a relationship leads to into the host; return its new id there."""
        rels = rels_name(part)
        if rels not in self._parts and rels not in self._roots:
            self._roots[rels] = etree.Element(
                qn("rel:Relationships"), nsmap={None: NAMESPACES["rel"]}
            )
        root = self._root(rels)
        rid = f"rIdK{len(root) + 1}"
        target, mode = relation.target, {"TargetMode": "External"}
        if not relation.external:
            target, mode = f"/{self._copy_part(block, relation.target)}", {}
        etree.SubElement(
            root,
            qn("rel:Relationship"),
            {"Id": rid, "Type": relation.kind, "Target": target, **mode},
        )
        return rid

    def _copy_part(self, block: Package, name: str) -> str:
        source = block.parts.get(name)
        if source is None or rels_name(name) in block.parts or name.endswith(".xml"):
            raise _unsupported(block.file)
        stem, _, extension = name.rpartition(".")
        copy = f"{stem}-k{len(self._parts)}.{extension}"
        self._parts[copy] = Part(copy, source.data, source.method, source.packed)
        types = self._root("[Content_Types].xml")
        if not any(node.get("Extension") == extension for node in types.iter(qn("ct:Default"))):
            theirs = block.xml("[Content_Types].xml")
            for node in theirs.iter(qn("ct:Default")):
                if node.get("Extension") == extension:
                    types.insert(0, deepcopy(node))
        return copy

    def _root(self, part: str) -> etree._Element:
        if part not in self._roots:
            self._roots[part] = parse_xml(self._parts[part].data, self._package.file, part)
        return self._roots[part]


def _without_tail(content: list[etree._Element]) -> list[etree._Element]:
    """Drop the empty paragraph that every document must have behind a closing table."""
    if len(content) > 1 and content[-1].tag == P and content[-2].tag == qn("w:tbl"):
        has_words = any(True for _ in content[-1].iter(qn("w:t"), qn("w:drawing")))
        if not has_words:
            return content[:-1]
    return content


def _refuse_sections(root: etree._Element, content: list[etree._Element], name: str) -> None:
    """Refuse a block with pages of its own: a section inside it, a header or a footer."""
    inside = any(element.find(f".//{qn('w:sectPr')}") is not None for element in content)
    shown = ("w:headerReference", "w:footerReference")
    if inside or any(root.find(f".//{qn(item)}") is not None for item in shown):
        raise TemplateError(
            Problem(
                file=name,
                message="khối chung có ngắt phần (Section), đầu trang hoặc chân trang riêng, mà "
                "trang là của văn bản chèn nó",
                hint="xóa ngắt phần, đầu trang và chân trang trong khối; đặt chúng ở mẫu",
            )
        )


def _drop_bookmarks(content: list[etree._Element]) -> None:
    """Drop bookmarks: a block may stand in a document twice, and beside others with the same."""
    for element in content:
        for node in list(element.iter(qn("w:bookmarkStart"), qn("w:bookmarkEnd"))):
            detach(node)


def _unsupported(name: str) -> GeneratorError:
    return TemplateError(
        Problem(
            file=name,
            message="khối chung có đánh số tự động, chú thích hoặc đối tượng nhúng, chưa chèn được",
            hint="gõ số thứ tự và chú thích bằng chữ thường trong khối",
        )
    )
