"""Effective formatting of a .docx: what Word would show, from styles to direct properties.

ECMA-376, part 1, 17.7.2. One :class:`Formatting` reads one package; paragraphs and runs are asked
for by their elements, and equal ones share one frozen value.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

from generator.formatting.numbering import Level, Numbering
from generator.formatting.properties import (
    Properties,
    child,
    lay_over,
    local,
    on,
    paragraph_properties,
    run_properties,
    value,
)
from generator.formatting.sections import read_sections
from generator.formatting.styles import NO_TABLE, Styles, TableLook, paragraph_format, style_of
from generator.formatting.tables import children, is_deleted, read_table
from generator.formatting.values import (
    Border,
    CellFormat,
    Frame,
    Label,
    ParagraphFormat,
    RowFormat,
    RunFormat,
    Section,
    TableFormat,
    TabStop,
)
from generator.ooxml import Package, Relation, qn, rels_name
from generator.units import number

__all__ = [
    "Border",
    "CellFormat",
    "Formatting",
    "Frame",
    "Label",
    "ParagraphFormat",
    "RowFormat",
    "RunFormat",
    "Section",
    "TabStop",
    "TableFormat",
    "children",
    "paragraphs_of",
]
_DELETED = tuple(map(qn, ("w:del", "w:moveFrom")))
_BRANCHES = tuple(map(qn, ("mc:Choice", "mc:Fallback")))
_VANISHING = (b"vanish", b"moveFrom", b":del", b"<del", b"\0")  # a zero: two bytes a letter
_INDENTS = ("left", "right", "first_line", "tabs")


@dataclass(frozen=True, slots=True)
class _Shared:
    """Formatting found so far for one set of styles; the keys hold the properties as bytes."""

    styles: Styles
    paragraphs: dict[tuple[str, TableLook, bytes], ParagraphFormat]
    runs: dict[tuple[str, TableLook, bytes], RunFormat]


_SHARED: dict[tuple[bytes, ...], _Shared] = {}
_SHARING = threading.Lock()
_RELATIONS: dict[tuple[str, bytes], list[Relation]] = {}
_MOST_RELATIONS = 256
_MOST_STYLES = 16
_MOST_SHARED = 5_000


class Formatting:
    """The formatting of one document.

    Raises:
        TemplateError: the package has no main part, or a part of it is no XML.
    """

    def __init__(self, package: Package) -> None:
        self.package = package
        self.main = package.main_part()
        self._roots: dict[str, etree._Element] = {}
        self._relations: dict[str, list[Relation]] = {}
        self._numbering = Numbering(package, self._single("numbering"))
        self._asked: tuple[etree._Element | None, str, TableLook] = (None, "", NO_TABLE)
        self._looks: dict[etree._Element, TableLook] = {}
        self._tables: dict[etree._Element, TableFormat] = {}
        shared = self._shared()
        self.styles, self._paragraphs, self._runs = shared.styles, shared.paragraphs, shared.runs

    def relations(self, part: str) -> list[Relation]:
        """Return the relationships of a part, read once for all documents that have the same."""
        if part not in self._relations:
            rels = self.package.parts.get(rels_name(part))
            key = part, rels.data if rels else b""
            found = _RELATIONS.get(key)
            if found is None:
                if len(_RELATIONS) >= _MOST_RELATIONS:
                    _RELATIONS.clear()
                found = _RELATIONS[key] = self.package.relations(part)
            self._relations[part] = found
        return self._relations[part]

    def _single(self, kind: str) -> str | None:
        for relation in self.relations(self.main):
            if relation.kind.endswith(f"/{kind}") and relation.target in self.package.parts:
                return relation.target
        return None

    @cached_property
    def footnotes(self) -> str | None:
        """The name of the part that holds footnotes, if the document has any."""
        return self._single("footnotes")

    def _shared(self) -> _Shared:
        """Return what documents with the same styles share: those of a batch have the same."""
        names = [self._single(kind) for kind in ("styles", "numbering", "theme")]
        key = tuple(self.package.parts[name].data if name else b"" for name in names)
        found = _SHARED.get(key)
        if found is None or len(found.paragraphs) + len(found.runs) > _MOST_SHARED:
            found = _Shared(Styles(self.package, names[0], names[2]), {}, {})
            with _SHARING:
                while len(_SHARED) >= _MOST_STYLES:
                    del _SHARED[next(iter(_SHARED))]
                _SHARED[key] = found
        return found

    # ------------------------------------------------------------ parts
    def root(self, part: str) -> etree._Element:
        """Return the root of a part, the same element each time it is asked for."""
        if part not in self._roots:
            root = self.package.xml(part)
            # Word declares thirty namespaces; an element's bytes repeat what its root declares.
            etree.cleanup_namespaces(root)
            self._roots[part] = root
        return self._roots[part]

    @cached_property
    def body(self) -> etree._Element:
        """The element that holds the document's blocks."""
        found = child(self.root(self.main), "body")
        return etree.Element(qn("w:body")) if found is None else found

    @cached_property
    def settings(self) -> etree._Element:
        """The root of the settings part, empty where there is none."""
        part = self._single("settings")
        return self.root(part) if part else etree.Element(qn("w:settings"))

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The document's sections in their order; there is always one."""
        return read_sections(self.relations(self.main), self.package, self.body)

    def section_node(self, section: Section) -> etree._Element | None:
        """Return the ``w:sectPr`` that a section was read from."""
        last = section.blocks[-1] if section.blocks else None
        own = child(child(last, "pPr"), "sectPr")
        return child(self.body, "sectPr") if own is None else own

    @cached_property
    def even_and_odd(self) -> bool:
        """Whether even pages have headers of their own."""
        return on(child(self.settings, "evenAndOddHeaders"))

    @cached_property
    def compatibility(self) -> int:
        """The version of Word whose layout the document asks for: 15 since Word 2013."""
        for node in self.settings.iter(qn("w:compatSetting")):
            if value(node, "name") == "compatibilityMode":
                return number(value(node), 12)
        return 12

    @cached_property
    def default_tab(self) -> int:
        """The distance of tab stops where a paragraph sets none, in twips."""
        return max(20, number(value(child(self.settings, "defaultTabStop")), 720))

    # ------------------------------------------------------------ paragraphs
    def paragraph(self, node: etree._Element) -> ParagraphFormat:
        """Return the effective formatting of a ``w:p``."""
        own = child(node, "pPr")
        key = ("", self.look(node), b"" if own is None else _bytes(own))
        if key not in self._paragraphs:
            self._paragraphs[key] = self._paragraph(own, key[1])
        return self._paragraphs[key]

    def _paragraph(self, own: etree._Element | None, look: TableLook) -> ParagraphFormat:
        style = self._style(own)
        direct = paragraph_properties(own)
        styled = self.styles.paragraph(style)
        listed = lay_over(styled, direct)
        if styled.get("num_id") and "level" not in listed:
            tied = self._numbering.level_of_style(style)
            listed = {**listed, "level": tied or 0}
        level = self._numbering.level(listed.get("num_id", ""), listed.get("level", 0))
        indents = {} if level is None else _only(level.paragraph, _INDENTS)
        merged = lay_over(self.styles.default_paragraph, self.styles.table(look)[0])
        if "num_id" in direct:  # a list put on the paragraph outweighs its style's indents
            merged = lay_over(lay_over(merged, styled), indents)
        else:
            merged = self._numbered_style(merged, style, indents)
        merged = lay_over(merged, direct)
        if "level" in listed:
            merged = {**merged, "level": listed["level"]}
        return paragraph_format(style, merged)

    def _numbered_style(self, merged: Properties, style: str, indents: Properties) -> Properties:
        """Lay a style's chain over, the indents of its list just below the style that names it."""
        for node in self.styles.chain(style):
            own = paragraph_properties(child(node, "pPr"))
            if "num_id" in own:
                merged = lay_over(merged, indents)
            merged = lay_over(merged, own)
        return merged

    def _style(self, own: etree._Element | None) -> str:
        named = style_of(own, "pStyle")
        return named if self.styles.chain(named) else self.styles.default("paragraph")

    def look(self, node: etree._Element) -> TableLook:
        """Return what the table around a paragraph says, if one is around it."""
        parent = node.getparent()
        if parent in self._looks:
            return self._looks[parent]
        while parent is not None and local(parent) in ("sdtContent", "sdt", "customXml", "ins"):
            parent = parent.getparent()
        if parent is None or local(parent) != "tc":
            return NO_TABLE
        if parent not in self._looks:
            table = next(parent.iterancestors(qn("w:tbl")), None)
            if table is None:
                return NO_TABLE
            self.table(table)
        return self._looks.get(parent, NO_TABLE)

    # ------------------------------------------------------------ hidden and deleted
    @cached_property
    def vanishing(self) -> bool:
        """Whether anything in the document may be hidden or deleted."""
        parts = self.package.parts.items()
        return any(
            sign in part.data
            for name, part in parts
            if name.endswith(".xml")
            for sign in _VANISHING
        )

    def runs_on(self, node: etree._Element) -> bool:
        """Return whether a paragraph's mark is hidden or deleted: the next one continues it."""
        if not self.vanishing:
            return False
        own = child(child(node, "pPr"), "rPr")
        deleted = own is not None and next(own.iterchildren(*_DELETED), None) is not None
        return deleted or self.mark(node).hidden

    def gone(self, node: etree._Element) -> bool:
        """Return whether all of a paragraph is hidden or deleted, so that it takes no room."""
        return self.runs_on(node) and not any(
            self._prints(run, node) for run in node.iter(qn("w:r"))
        )

    def _prints(self, run: etree._Element, paragraph: etree._Element) -> bool:
        if all(local(item) == "rPr" for item in run):
            return False
        deleted = next(run.iterancestors(*_DELETED), None) is not None
        return not (deleted or self.run(run, paragraph).hidden)

    # ------------------------------------------------------------ runs
    def run(self, node: etree._Element, paragraph: etree._Element | None = None) -> RunFormat:
        """Return the effective formatting of a ``w:r``; its paragraph is found when not given."""
        if paragraph is None:
            paragraph = next(node.iterancestors(qn("w:p")), node)
        return self._run(child(node, "rPr"), paragraph)

    def mark(self, paragraph: etree._Element) -> RunFormat:
        """Return the formatting of a paragraph's mark, which sizes an empty line."""
        return self._run(child(child(paragraph, "pPr"), "rPr"), paragraph)

    def _run(self, own: etree._Element | None, paragraph: etree._Element) -> RunFormat:
        # Looked up once for all runs of a paragraph: one may have thousands.
        if self._asked[0] is not paragraph:
            style = self._style(child(paragraph, "pPr"))
            self._asked = (paragraph, style, self.look(paragraph))
        _, style, look = self._asked
        key = (style, look, b"" if own is None else _bytes(own))
        if key not in self._runs:
            direct = run_properties(own)
            named = direct.pop("style", "")
            self._runs[key] = self.styles.run_format(style, key[1], direct, named)
        return self._runs[key]

    # ------------------------------------------------------------ labels, tables
    @cached_property
    def labels(self) -> dict[etree._Element, Label]:
        """The number or bullet of each paragraph that has one, headers and footers included."""
        found: dict[etree._Element, Label] = {}
        if self._numbering.empty:
            return found
        parts = [self.main]
        for section in self.sections:
            parts += [*section.headers.values(), *section.footers.values()]
        for part in dict.fromkeys(parts):
            root = self.body if part == self.main else self.root(part)
            for node in root.iter(qn("w:p")):
                form = self.paragraph(node)
                if not form.num_id or not self._is_counted(node):
                    continue
                boxed = next(node.iterancestors(qn("w:txbxContent")), None) is not None
                numbering = self._boxed_numbering if boxed else self._numbering
                if counted := numbering.next(form.num_id, form.level):
                    found[node] = self._label(node, *counted)
        return found

    @cached_property
    def _boxed_numbering(self) -> Numbering:
        """The lists as counted in text boxes, whose text is none of the text around."""
        return Numbering(self.package, self._single("numbering"))

    def _is_counted(self, node: etree._Element) -> bool:
        """Return whether a paragraph is printed at all, so that its list counts it."""
        for branch in node.iterancestors(*_BRANCHES):
            if branch is not next(branch.getparent().iterchildren(*_BRANCHES)):
                return False  # only an older Word would look there
        if not self.vanishing:
            return True
        rows = node.iterancestors(qn("w:tr"))
        return not (
            self.gone(node)
            or next(node.iterancestors(*_DELETED), None) is not None
            or any(is_deleted(row) for row in rows)
        )

    def _label(self, node: etree._Element, text: str, level: Level) -> Label:
        own = child(child(node, "pPr"), "rPr")
        direct = run_properties(own)
        direct.pop("style", None)
        style, look = self._style(child(node, "pPr")), self.look(node)
        key = (style, look, (b"" if own is None else _bytes(own)) + repr(level.run).encode())
        if key not in self._runs:
            run = {**direct, "underline": "", **level.run}
            run.pop("style", None)
            self._runs[key] = self.styles.run_format(style, look, run)
        return Label(
            text=text,
            suffix=level.suffix,
            align=level.align,
            kind=level.kind,
            run=self._runs[key],
        )

    def label(self, node: etree._Element) -> Label | None:
        """Return the number or bullet before a paragraph, counted over the whole document."""
        return self.labels.get(node)

    def table(self, node: etree._Element) -> TableFormat:
        """Return the layout of a ``w:tbl`` and the look of its cells."""
        if node not in self._tables:
            self._tables[node], looks = read_table(node, self.styles)
            self._looks |= looks
        return self._tables[node]


def paragraphs_of(node: etree._Element) -> Iterator[etree._Element]:
    """Yield the paragraphs below an element in their order, those of tables included."""
    return iter(node.iter(qn("w:p")))


def _bytes(node: etree._Element) -> bytes:
    return bytes(etree.tostring(node, with_tail=False))


def _only(properties: Properties, keys: tuple[str, ...]) -> Properties:
    return {key: properties[key] for key in keys if key in properties}
