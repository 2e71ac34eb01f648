"""A template as people send it, brought to the shape the compiler expects; what changed is told.

Word, LibreOffice, Google Docs and WPS leave much in a file that no official document may carry on:
edits not yet accepted, comments, macros, a link to somebody's Normal.dotm. What can be left out
without changing the page is left out and told by a note; what cannot is refused with a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

from generator.errors import Problem, TemplateError
from generator.ooxml import NAMESPACES, Package, Part, deflate, qn, rels_name, to_bytes
from generator.patterns import regex
from generator.template.tags import Place, excerpt

TYPES = "[Content_Types].xml"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_DOCUMENT = f"{_WORD}.document.main+xml"
# What the main part of a .dotx, .docm or .dotm is called.
_OTHER_MAINS = {
    f"{_WORD}.template.main+xml": "mẫu Word (.dotx)",
    "application/vnd.ms-word.document.macroEnabled.main+xml": "văn bản có macro (.docm)",
    "application/vnd.ms-word.template.macroEnabledTemplate.main+xml": "mẫu Word có macro (.dotm)",
}
_TAG_BYTES = (b"{{", b"{%")


@dataclass(frozen=True, slots=True)
class Tidied:
    """A package ready to be compiled, and what was left out of it or changed in it."""

    package: Package
    notes: tuple[Problem, ...]
    marks: tuple[Problem, ...] = ()  # each paragraph with tracked changes or comments


def tidied(package: Package) -> Tidied:
    """Return a template without what its editor left in it.

    Raises:
        TemplateError: it lacks its list of content types, or shows pictures that lie elsewhere.
    """
    if TYPES not in package.parts:
        raise TemplateError(
            Problem(
                file=package.file,
                message="thiếu phần [Content_Types].xml nên Word không mở được",
                hint="mở tệp bằng Word hoặc LibreOffice rồi lưu lại dạng .docx",
            )
        )
    work = _Work(package)
    for step in _STEPS:
        step(work)
    return Tidied(work.package, tuple(work.notes), tuple(work.marks))


def refuse_marks(given: Tidied) -> None:
    """Refuse a template with review marks, for a form that takes none (``review_marks``).

    Raises:
        TemplateError: it has tracked changes or comments, with each paragraph.
    """
    if given.marks:
        raise TemplateError(given.marks)


@dataclass(frozen=True, slots=True)
class Mark:
    """A kind of review mark, as a maintainer hears of it."""

    message: str
    hint: str


EDIT = Mark(
    "còn chỗ sửa đang theo dõi (Track Changes)",
    "trong Word chọn Review, Accept All Changes (hoặc Reject) rồi lưu lại",
)
COMMENT = Mark(
    "còn ghi chú của người soạn (Comments)",
    "trong Word chọn Review, Delete All Comments rồi lưu lại",
)


class _Work:
    """A package while it is tidied: parts read as trees are written back when all is done."""

    def __init__(self, package: Package) -> None:
        self.file = package.file
        self.parts = dict(package.parts)
        self.notes: list[Problem] = []
        self.marks: list[Problem] = []
        self._roots: dict[str, etree._Element] = {}

    @property
    def package(self) -> Package:
        return Package(self.file, self.parts)

    def note(self, message: str, hint: str = "", at: str = "") -> None:
        self.notes.append(Problem(file=self.file, at=at, message=message, hint=hint))

    def mark(self, name: str, what: Callable[[etree._Element], bool], kind: Mark) -> None:
        """Take down each paragraph of a part that holds, or follows on, a mark."""
        numbers: dict[int, etree._Element | None] = {}
        number, paragraph = 0, None
        for node in self.root(name).iter(etree.Element):
            if node.tag == _P:
                number, paragraph = number + 1, node
            if what(node):
                numbers.setdefault(max(number, 1), paragraph)
        for at, found in numbers.items():
            words = "" if found is None else excerpt("".join(found.itertext(_T)))
            place = Place(f"{self.file}: {name}", at, words)
            self.marks.append(place.problem(kind.message, hint=kind.hint))

    def root(self, name: str) -> etree._Element:
        if name not in self._roots:
            self._roots[name] = self.package.xml(name)
        return self._roots[name]

    def change(self, name: str) -> None:
        """Take down that the tree of a part was changed; what reads parts sees it from now on."""
        data = to_bytes(self.root(name))
        self.parts[name] = Part(name, data, 8, deflate(data))

    def replace(self, name: str, data: bytes) -> None:
        self.parts[name] = Part(name, data, 8, deflate(data))
        self._roots.pop(name, None)

    def with_bytes(self, *wanted: bytes) -> list[str]:
        """Return the XML parts of the document that hold any of some bytes."""
        return [
            name
            for name, part in self.parts.items()
            if name.endswith(".xml") and any(mark in part.data for mark in wanted)
        ]

    def drop_part(self, name: str) -> None:
        """Leave a part out, with its relationships and its content type."""
        self.parts.pop(name, None)
        self.parts.pop(rels_name(name), None)
        types = self.root(TYPES)
        for node in list(types.iter(qn("ct:Override"))):
            if node.get("PartName") == f"/{name}":
                types.remove(node)
        self.change(TYPES)

    def drop_relations(self, source: str, unwanted: Callable[[etree._Element], bool]) -> list[str]:
        """Drop relationships of a part; return their ids."""
        name = rels_name(source)
        if name not in self.parts:
            return []
        root = self.root(name)
        found = [node for node in root.iter(qn("rel:Relationship")) if unwanted(node)]
        for node in found:
            root.remove(node)
        if found:
            self.change(name)
        return [node.get("Id", "") for node in found]


# ---------------------------------------------------------------- strict Open XML
_PURL = b"http://purl.oclc.org/ooxml/"
# ISO/IEC 29500-1, annex A, to the names of its transitional form in part 4.
_TRANSITIONAL = {
    b"officeDocument/relationships/metadata/core-properties": (
        b"package/2006/relationships/metadata/core-properties"
    ),
    b"officeDocument/relationships/extendedProperties": (
        b"officeDocument/2006/relationships/extended-properties"
    ),
    b"officeDocument/relationships/customProperties": (
        b"officeDocument/2006/relationships/custom-properties"
    ),
    b"officeDocument/extendedProperties": b"officeDocument/2006/extended-properties",
    b"officeDocument/customProperties": b"officeDocument/2006/custom-properties",
    b"officeDocument/": b"officeDocument/2006/",
    b"wordprocessingml/main": b"wordprocessingml/2006/main",
    b"drawingml/": b"drawingml/2006/",
    b"schemaLibrary/main": b"schemaLibrary/2006/main",
}
_MEASURE = regex(r"(-?\d+(?:\.\d+)?)(pt|mm|cm|in|pc|pi)")
_POINTS = {"pt": 1.0, "mm": 72 / 25.4, "cm": 720 / 25.4, "in": 72.0, "pc": 12.0, "pi": 12.0}
_HALF_POINTS = frozenset(map(qn, ("w:sz", "w:szCs", "w:kern", "w:position")))
_SIDES = {"start": "left", "end": "right"}


def _from_strict(work: _Work) -> None:
    strict = [name for name, part in work.parts.items() if _PURL in part.data]
    if not strict:
        return
    for name in strict:
        data = work.parts[name].data.replace(b' w:conformance="strict"', b"")
        for old, new in _TRANSITIONAL.items():
            data = data.replace(_PURL + old, b"http://schemas.openxmlformats.org/" + new)
        work.replace(name, data)
    for name in strict:
        if name.endswith(".xml"):
            _plain_measures(work.root(name))
            work.change(name)
    work.note("tệp lưu dạng Strict Open XML, đã đọc như .docx thường")


def _plain_measures(root: etree._Element) -> None:
    """Write lengths as Word's common form does: whole twips, left and right."""
    for node in root.iter(etree.Element):
        per_point = 2 if node.tag in _HALF_POINTS else 20
        for name, value in list(node.attrib.items()):
            length = (
                _MEASURE.fullmatch(value) if name.startswith(f"{{{NAMESPACES['w']}}}") else None
            )
            if length:
                points = float(length[1]) * _POINTS[length[2]]
                node.set(name, str(round(points * per_point)))
        for strict, common in _SIDES.items():
            if node.tag == qn("w:ind") and qn(f"w:{strict}") in node.attrib:
                node.set(qn(f"w:{common}"), node.attrib.pop(qn(f"w:{strict}")))
            elif node.tag == qn("w:jc") and node.get(qn("w:val")) == strict:
                node.set(qn("w:val"), common)
            elif node.tag == qn(f"w:{strict}"):
                node.tag = qn(f"w:{common}")


# ---------------------------------------------------------------- kinds of file
def _as_document(work: _Work) -> None:
    """Make a document of a .dotx, .docm or .dotm; macros stay behind."""
    types, main = work.root(TYPES), f"/{work.package.main_part()}"
    for node in types.iter(qn("ct:Override")):
        known = _OTHER_MAINS.get(node.get("ContentType", ""))
        if known and node.get("PartName") == main:
            node.set("ContentType", _DOCUMENT)
            work.change(TYPES)
            work.note(f"tệp là {known}, văn bản làm ra là .docx")


_MACROS = regex(r"vbaProject|vbaData|attachedToolbars|keyMapCustomizations|userCustomization|"
                     r"wordVbaData|ui/extensibility", re.IGNORECASE)  # fmt: skip


def _without_macros(work: _Work) -> None:
    found = False
    for source in ["", *list(work.parts)]:
        for relation in work.package.relations(source) if not source.endswith(".rels") else ():
            if _MACROS.search(relation.kind):
                work.drop_relations(source, lambda node: bool(_MACROS.search(node.get("Type", ""))))
                work.drop_part(relation.target)
                found = True
    if found:
        work.note("tệp có macro, đã bỏ", "văn bản làm ra không chạy mã lệnh nào")


# ---------------------------------------------------------------- what lies elsewhere
_ADDRESSES = ("http://", "https://", "mailto:")
_R = f"{{{NAMESPACES['r']}}}"
_WHOLE = frozenset(
    (qn("w:attachedTemplate"), qn("w:subDoc"), qn("w:altChunk"), qn("w:dataSource"),
     qn("w:headerSource"), "{urn:schemas-microsoft-com:office:office}OLEObject")
)  # fmt: skip


def _without_outside(work: _Work) -> None:
    """Drop relationships that reach out of the file, but for links to the web and to mail."""
    for source in [name for name in work.parts if not name.endswith(".rels")]:
        outside = [rel for rel in work.package.relations(source) if rel.external]
        for relation in outside:
            kind = relation.kind.rpartition("/")[2]
            if kind == "hyperlink" and _good_address(relation.target):
                continue
            if kind == "image" and _shown_only_there(work.root(source), relation.rid):
                raise TemplateError(
                    Problem(
                        file=work.file,
                        at=source,
                        message=f"hình nằm ngoài tệp: {relation.target}",
                        hint="trong Word chọn Tệp, Thông tin, Sửa liên kết, Ngắt liên kết; "
                        "hoặc chèn lại hình",
                    )
                )
            _cut(work, source, relation.rid)
            work.note(f"bỏ liên kết ra ngoài tệp ({kind}): {relation.target}", at=source)


def _good_address(target: str) -> bool:
    return target.lower().startswith(_ADDRESSES) or "{{" in target or "%7B%7B" in target.upper()


def _shown_only_there(root: etree._Element, rid: str) -> bool:
    return any(
        node.get(f"{_R}link") == rid and not node.get(f"{_R}embed")
        for node in root.iter(etree.Element)
    )


def _cut(work: _Work, source: str, rid: str) -> None:
    work.drop_relations(source, lambda node: node.get("Id") == rid)
    root = work.root(source)
    for node in list(root.iter(etree.Element)):
        uses = [name for name, value in node.attrib.items() if name.startswith(_R) and value == rid]
        if not uses:
            continue
        if node.tag in _WHOLE:
            node.getparent().remove(node)
        for name in uses:
            del node.attrib[name]
    work.change(source)


# ---------------------------------------------------------------- tracked changes
_UNWRAPPED = frozenset(map(qn, ("w:ins", "w:moveTo")))
_REMOVED = frozenset(map(qn, ("w:del", "w:moveFrom")))
_FORMER = frozenset(
    qn(f"w:{name}")
    for name in (
        "rPrChange", "pPrChange", "sectPrChange", "tblPrChange", "tblPrExChange", "tcPrChange",
        "trPrChange", "tblGridChange", "numberingChange", "moveFromRangeStart", "moveFromRangeEnd",
        "moveToRangeStart", "moveToRangeEnd", "customXmlInsRangeStart", "customXmlInsRangeEnd",
        "customXmlDelRangeStart", "customXmlDelRangeEnd", "customXmlMoveFromRangeStart",
        "customXmlMoveFromRangeEnd", "customXmlMoveToRangeStart", "customXmlMoveToRangeEnd",
        "cellIns", "cellMerge",
    )
)  # fmt: skip
_EDITS = (b"<w:ins ", b"<w:del ", b"<w:moveFrom ", b"<w:moveTo ", b"Change ", b"<w:cellDel",
          b"<w:cellIns", b"<w:cellMerge")  # fmt: skip
_EDIT_MARKS = _UNWRAPPED | _REMOVED | _FORMER | {qn("w:cellDel")}
_P, _PPR, _RPR, _T = map(qn, ("w:p", "w:pPr", "w:rPr", "w:t"))


def _accept_edits(work: _Work) -> None:
    """Accept what was edited with changes tracked, as "Accept all changes" of Word does."""
    edited = False
    for name in work.with_bytes(*_EDITS):
        work.mark(name, _is_edit, EDIT)
        if _accepted(work.root(name)):
            work.change(name)
            edited = True
    if edited:
        work.note(
            "mẫu còn dấu vết sửa (Track Changes), đã nhận hết các sửa đổi",
            "nếu muốn khác, mở mẫu bằng Word, nhận hoặc bỏ từng sửa đổi rồi lưu",
        )


def _is_edit(node: etree._Element) -> bool:
    return node.tag in _EDIT_MARKS


def _accepted(root: etree._Element) -> bool:
    marks = [node for node in root.iter(etree.Element) if _is_edit(node)]
    for node in marks:
        parent = node.getparent()
        if parent is None:
            continue
        if node.tag in _FORMER:
            parent.remove(node)
        elif node.tag == qn("w:cellDel") or (node.tag in _REMOVED and parent.tag == qn("w:trPr")):
            owner = parent.getparent()
            owner.getparent().remove(owner)
        elif parent.tag == _RPR and parent.getparent().tag == _PPR:
            _accept_mark(node, parent)
        elif node.tag in _REMOVED:
            parent.remove(node)
        else:
            _unwrap(node)
    return bool(marks)


def _unwrap(node: etree._Element) -> None:
    parent = node.getparent()
    at = parent.index(node)
    for offset, child in enumerate(list(node)):
        parent.insert(at + offset, child)
    parent.remove(node)


def _accept_mark(node: etree._Element, properties: etree._Element) -> None:
    """Accept an edit of a paragraph's end: a deleted one joins the paragraph to the next."""
    properties.remove(node)
    if node.tag not in _REMOVED:
        return
    paragraph = next(properties.iterancestors(_P))
    following = paragraph.getnext()
    if following is not None and following.tag == _P:
        at = 1 if following.find(_PPR) is not None else 0
        for offset, child in enumerate([c for c in paragraph if c.tag != _PPR]):
            following.insert(at + offset, child)
        paragraph.getparent().remove(paragraph)


# ---------------------------------------------------------------- comments
_COMMENT_MARKS = frozenset(map(qn, ("w:commentRangeStart", "w:commentRangeEnd")))
_COMMENT_REFERENCE = qn("w:commentReference")
_COMMENTS = regex(r"/(comments|commentsExtended|commentsIds|commentsExtensible|people)$")


def _without_comments(work: _Work) -> None:
    """Drop comments; one that holds a tag stays, to be refused as any tag in a wrong place."""
    main = work.package.main_part()
    found = [rel for rel in work.package.relations(main) if _COMMENTS.search(rel.kind)]
    held = [work.parts[rel.target].data for rel in found if rel.target in work.parts]
    if not found or any(mark in data for data in held for mark in _TAG_BYTES):
        return
    for name in work.with_bytes(b"<w:comment"):
        work.mark(name, lambda node: node.tag == _COMMENT_REFERENCE, COMMENT)
        root = work.root(name)
        for node in list(root.iter(*_COMMENT_MARKS)):
            node.getparent().remove(node)
        for node in list(root.iter(_COMMENT_REFERENCE)):
            run = node.getparent()
            run.remove(node)
            if all(child.tag == _RPR for child in run):
                run.getparent().remove(run)
        work.change(name)
    work.drop_relations(main, lambda node: bool(_COMMENTS.search(node.get("Type", ""))))
    for relation in found:
        work.drop_part(relation.target)
    work.note("mẫu có ghi chú của người soạn (Comments), văn bản làm ra không có")


# ---------------------------------------------------------------- what a loop would repeat
_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_PARAGRAPH_IDS = (f"{_W14}paraId", f"{_W14}textId")


def _without_paragraph_ids(work: _Work) -> None:
    """Drop ids of paragraphs, which a loop would repeat; only comments need them."""
    for name in work.with_bytes(b"paraId="):
        root = work.root(name)
        for node in root.iter(etree.Element):
            for attribute in _PARAGRAPH_IDS:
                node.attrib.pop(attribute, None)
        work.change(name)


def _unbound_controls(work: _Work) -> None:
    """Loosen content controls with tags from their store: Word would fill them from there again."""
    for name in work.with_bytes(b"<w:dataBinding", b"<w:showingPlcHdr"):
        root = work.root(name)
        for properties in root.iter(qn("w:sdtPr")):
            words = "".join(t.text or "" for t in properties.getparent().iter(qn("w:t")))
            if "{{" not in words and "{%" not in words:
                continue
            for loose in ("w:dataBinding", "w:showingPlcHdr", "w:placeholder"):
                for node in properties.findall(qn(loose)):
                    properties.remove(node)
            for node in [n for n in properties if n.tag.endswith("}dataBinding")]:
                properties.remove(node)
        work.change(name)


_STEPS: tuple[Callable[[_Work], None], ...] = (
    _from_strict,
    _as_document,
    _without_macros,
    _without_outside,
    _accept_edits,
    _without_comments,
    _without_paragraph_ids,
    _unbound_controls,
)
