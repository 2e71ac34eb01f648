"""Drafts of records that are not finished: holes in yellow, DỰ THẢO across every page.

A hole is a text with two invisible letters around it. It goes through the same template by the
same engine as any value: filters and sums that cannot do with it hand it on, a loop over it has one
round, a field of it is a hole again. When the document is made, what stands between the two letters
becomes a run of its own, highlighted, and the letters go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from functools import wraps
from typing import Any

from jinja2 import ChainableUndefined, Undefined, nodes
from jinja2.compiler import Frame
from jinja2.exceptions import UndefinedError
from lxml import etree

from generator.language.places import HOLE_CLOSES, HOLE_OPENS, Place
from generator.language.sandbox import ByteCode, Sandbox
from generator.language.wordml import Xml
from generator.ooxml import (
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
from generator.records.schema import Fault, Field, JsonPath, Schema, placeholder
from generator.vietnamese import TextFormError, shown
from generator.vietnamese.plain import plain

_BETWEEN = str.maketrans("", "", HOLE_OPENS + HOLE_CLOSES)
STAMP = "DỰ THẢO"


def _left_to_choice(field: Field) -> bool:
    return not field.required or "null" in field.types


def _itself(mark: Mark, *others: Any) -> Any:
    return mark


def _never(mark: Mark, other: Any) -> bool:
    return False


class Mark(str):
    """A hole, or a faulty value as given, on its way through a template."""

    field: Field | None
    place: Place | None = None  # where a draft that leads to its fields finds it

    def __new__(cls, words: str, field: Field | None = None, place: Place | None = None) -> Mark:
        """Return the mark that prints ``words`` highlighted; ``field`` is what it stands for."""
        made = super().__new__(cls, f"{HOLE_OPENS}{words}{HOLE_CLOSES}")
        made.field, made.place = field, place
        return made

    @classmethod
    def missing(cls, field: Field | None, key: str = "", place: Place | None = None) -> Mark:
        """Return the mark of a value that is not there."""
        return cls(f"[thiếu: {field.title if field else key}]", field, place)

    def child(self, key: str) -> Any:
        """Return the mark of a field of the group this one stands for; none of one left to choice.

        A group that is not there lacks what it must have, not all that it may have.
        """
        field = self.field.children.get(key) if self.field else None
        if field is not None and not field.children and _left_to_choice(field):
            return field.raw.get("default")
        return Mark.missing(field, key, self.place.below(key) if self.place else None)

    def __iter__(self) -> Iterator[str]:
        """Yield one item: what a list that is not there would hold."""
        yield self._item()

    def __getitem__(self, key: Any) -> Any:
        """Return a field of a group, an item of a list, a letter of a text."""
        if isinstance(key, str):
            return self.child(key)
        if isinstance(key, int) and self.field and self.field.items:
            return self._item()
        return super().__getitem__(key)

    def _item(self) -> Mark:
        items = self.field.items if self.field else None
        return Mark(self.translate(_BETWEEN), items, self.place.below(0) if self.place else None)

    def __add__(self, other: Any) -> str:
        """Return texts put together; a sum with a hole is the hole."""
        return str.__add__(self, other) if isinstance(other, str) else self

    def __radd__(self, other: Any) -> str:
        return str.__add__(other, self) if isinstance(other, str) else self

    __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _itself
    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __pow__ = __rpow__ = _itself
    __neg__ = __pos__ = __abs__ = __round__ = _itself
    __lt__ = __le__ = __gt__ = __ge__ = _never


# ---------------------------------------------------------------- what the template reads
def without_faults(
    schema: Schema, record: Any, faults: Iterable[Fault]
) -> tuple[dict[str, Any], dict[JsonPath, Mark]]:
    """Return what a template reads for a record with faults, blank there, and a mark for each.

    ``record`` is what reading made of the data, ``faults`` what it found wrong.
    """
    marks: dict[JsonPath, Mark] = {}
    clean = deepcopy(record)
    for fault in faults:
        at, mark = _mark(schema, record, fault.path)
        if mark is not None and _put(clean, at, None):
            marks[at] = mark
    context: dict[str, Any] = schema.present(clean)
    return context, marks


def put_marks(context: dict[str, Any], marks: Mapping[JsonPath, Mark]) -> None:
    """Put marks in their places."""
    for path, mark in marks.items():
        _put(context, path, mark)


def _mark(schema: Schema, record: Any, path: JsonPath) -> tuple[JsonPath, Mark | None]:
    """Return where a fault leaves a mark, and which; none for a key that no field has."""
    field = schema.field_at(path)
    if field is None or not path:
        return path, None
    value = _at(record, path)
    if value in (None, [], {}) or field.is_image or value == placeholder(field.title):
        return path, Mark.missing(field)
    if isinstance(value, str) and value[:1] + value[-1:] == "‹›":
        return path, Mark(f"[thiếu: {value[1:-1]}]", field)
    has_items = isinstance(value, list) and field.items is not None
    if has_items or (isinstance(value, dict) and field.children):
        return path, None  # a rule for the whole list: its items are printed as they are
    try:
        return path, Mark(plain(value) or "[trống]", field)
    except TextFormError:  # true, a list where a text belongs
        return path, Mark(shown(value), field)


def _at(value: Any, path: JsonPath) -> Any:
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _put(value: Any, path: JsonPath, new: Any) -> bool:
    """Put a value at a path; return whether there is such a place."""
    for step in path[:-1]:
        if value is None or isinstance(value, str):
            return False  # inside a hole
        value = _at(value, (step,))
    last: Any = path[-1]
    if isinstance(value, dict) or (isinstance(value, list) and last in range(len(value))):
        value[last] = new
        return True
    return False


# ---------------------------------------------------------------- the template's code
class _Gap(ChainableUndefined):
    """A name the record does not have; a draft has a hole in its place."""

    def _hole(self, *others: Any) -> Any:
        return Mark.missing(None, self._undefined_name or "")

    def _no(self, other: Any) -> Any:
        return False

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _hole
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = _hole
    __mod__ = __rmod__ = __pow__ = __rpow__ = __neg__ = __pos__ = _hole
    __call__ = _hole
    __lt__ = __le__ = __gt__ = __ge__ = _no


class DraftCode(ByteCode):
    """The engine's code with holes where a value cannot be printed."""

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802
        """Write the template's code."""
        self.writeline("from generator.draft import printable as _printable")
        super().visit_Template(node, frame)

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:  # noqa: N802
        """Write ``~``: each part as a tag would print it, or a hole."""
        self.write("_joined(map(_printable, (")
        for part in node.nodes:
            self.visit(part, frame)
            self.write(", ")
        self.write(")))")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        super()._output_child_pre(node, frame, finalize)
        self.write("_printable(")

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        self.write(")")
        super()._output_child_post(node, frame, finalize)


def printable(value: Any) -> Any:
    """Return a value, or a mark where it cannot be printed."""
    if isinstance(value, Undefined):
        return Mark.missing(None, value._undefined_name or "")
    if value is None:
        return Mark("[trống]")
    return value


class DraftSandbox(Sandbox):
    """Jinja for drafts: nothing a hole comes upon stops the document."""

    def __init__(self, extra: Any = None, *, text: bool = False) -> None:
        super().__init__(extra, text=text)
        self.undefined = _Gap
        self.code_generator_class = DraftCode
        self.filters = {name: _lenient(name, function) for name, function in self.filters.items()}

    def add_filter(self, name: str, function: Callable[[Any], Any]) -> None:
        """Add a filter that gives paragraphs or runs."""
        super().add_filter(name, lambda value: _runs(function, value))

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return a field of a group; of a hole, a hole."""
        if isinstance(obj, Mark):
            owned = obj.field is not None and attribute in obj.field.children
            if owned or not hasattr(str, attribute):  # a hole may stand for a text as well
                return obj.child(attribute)
        return super().getattr(obj, attribute)

    def call(self, context: Any, called: Any, *values: Any, **options: Any) -> Any:
        """Call a macro or a function; one that cannot do with a hole gives nothing."""
        try:
            return super().call(context, called, *values, **options)
        except (TypeError, ValueError):
            if any(isinstance(value, Mark) for value in values):
                return ()
            raise


def _runs(function: Callable[[Any], Any], value: Any) -> Any:
    try:
        return function(printable(value))
    except ValueError as error:
        return function(Mark(f"[{error}]"))


_STOPS = (
    ValueError, TypeError, ArithmeticError, AttributeError, LookupError, UndefinedError,
)  # fmt: skip
# What the compiler's own filters give where they get a hole: a length, a width, a number of cells.
_INSTEAD = {"_emu": "720000", "_indent": "0", "_weight": "~1", "_span": "1"}


def _lenient(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a filter that hands a hole on where it cannot print it."""

    @wraps(function)
    def call(*values: Any, **options: Any) -> Any:
        try:
            made = function(*values, **options)
        except _STOPS as error:
            if name in _INSTEAD:
                return Xml(_INSTEAD[name])
            return _instead(values, error)
        return Xml(made.translate(_BETWEEN)) if name in ("_attribute", "_field") else made

    return call


def _instead(values: tuple[Any, ...], error: Exception) -> str:
    holes = [value for value in values if isinstance(value, str) and HOLE_OPENS in value]
    if holes:
        return " ".join(dict.fromkeys(holes))
    if any(isinstance(value, Undefined) for value in values):  # computed from what is not there
        return Mark("[chưa tính được]")
    return Mark("[trống]" if values and values[-1] is None else f"[{error}]")


# ---------------------------------------------------------------- highlighting
_AFTER_HIGHLIGHT = frozenset(
    qn(f"w:{name}")
    for name in (
        "u", "effect", "bdr", "shd", "fitText", "vertAlign", "rtl", "cs", "em", "lang",
        "eastAsianLayout", "specVanish", "oMath",
    )
)  # fmt: skip
_RPR, _T, _R = map(qn, ("w:rPr", "w:t", "w:r"))


def highlighted(content: bytes) -> bytes:
    """Return a document with its marks in highlighted runs."""
    package = read_package(content, "")
    parts = dict(package.parts)
    for name, part in package.parts.items():
        if HOLE_OPENS.encode() in part.data or HOLE_CLOSES.encode() in part.data:
            root = package.xml(name)
            _highlight(root)
            parts[name] = _part(name, root)
    return PackageWriter(parts.values()).assemble(())


def _highlight(root: etree._Element) -> None:
    inside = False
    for node in list(root.iter(_T)):
        run, text = node.getparent(), node.text or ""
        if not inside and HOLE_OPENS not in text:
            node.text = text.translate(_BETWEEN)
            continue
        at = run.getparent().index(run)
        before, behind = _around(run, node)
        pieces: list[etree._Element] = [before] if before is not None else []
        for stretch, marks in _stretches(text, inside):
            pieces.append(_run(run, stretch, marks))
            inside = marks
        inside = text.rfind(HOLE_OPENS) > text.rfind(HOLE_CLOSES) or (
            inside and HOLE_CLOSES not in text
        )
        pieces += [behind] if behind is not None else []
        parent = run.getparent()
        parent.remove(run)
        for offset, piece in enumerate(pieces):
            parent.insert(at + offset, piece)


def _stretches(text: str, inside: bool) -> Iterator[tuple[str, bool]]:
    """Yield the stretches of a text and whether each is a mark."""
    stretch = ""
    for char in text:
        if char in (HOLE_OPENS, HOLE_CLOSES):
            if stretch:
                yield stretch, inside
            stretch, inside = "", char == HOLE_OPENS
        else:
            stretch += char
    if stretch:
        yield stretch, inside


def _around(
    run: etree._Element, node: etree._Element
) -> tuple[etree._Element | None, etree._Element | None]:
    """Return what a run holds before and behind one of its texts, as runs of their own.

    Texts that follow move along, so the one behind is worked on in its turn.
    """
    before, behind = etree.Element(_R), etree.Element(_R)
    properties = run.find(_RPR)
    target = before
    for child in list(run):
        if child is node:
            target = behind
        elif child is not properties:
            target.append(child)
    for part in (before, behind):
        if len(part) and properties is not None:
            part.insert(0, deepcopy(properties))
    return before if len(before) else None, behind if len(behind) else None


def _run(model: etree._Element, text: str, marks: bool) -> etree._Element:
    run = etree.Element(_R)
    properties = model.find(_RPR)
    if properties is not None:
        run.append(deepcopy(properties))
    if marks:
        if properties is None:
            etree.SubElement(run, _RPR)
        looks = run[0]
        for old in looks.findall(qn("w:highlight")):
            looks.remove(old)
        at = sum(child.tag not in _AFTER_HIGHLIGHT for child in looks)
        looks.insert(at, etree.Element(qn("w:highlight"), {qn("w:val"): "yellow"}))
    words = etree.SubElement(run, _T, {qn("xml:space"): "preserve"})
    words.text = text
    return run


def _part(name: str, root: etree._Element) -> Part:
    data = to_bytes(root)
    return Part(name, data, 8, deflate(data))


# ---------------------------------------------------------------- DỰ THẢO on every page
_VML = 'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
# The shape Word itself draws for a watermark; it lies behind the text and takes no room.
_WATERMARK = (
    '<w:r xmlns:w="{w}" {vml}><w:rPr><w:noProof/></w:rPr><w:pict>'
    '<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" '
    'path="m@7,l@8,m@5,21600l@6,21600e"><v:formulas><v:f eqn="sum #0 0 10800"/>'
    '<v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/>'
    '<v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/>'
    '<v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/><v:f eqn="mid @5 @6"/>'
    '<v:f eqn="mid @8 @5"/><v:f eqn="mid @7 @8"/><v:f eqn="mid @6 @7"/>'
    '<v:f eqn="sum @6 0 @5"/></v:formulas><v:path textpathok="t" o:connecttype="custom" '
    'o:connectlocs="@9,0;@10,10800;@11,21600;@12,10800" o:connectangles="270,180,90,0"/>'
    '<v:textpath on="t" fitshape="t"/><o:lock v:ext="edit" text="t" shapetype="t"/></v:shapetype>'
    '<v:shape id="PowerPlusWaterMarkObject{n}" o:spid="_x0000_s{spid}" type="#_x0000_t136" '
    'alt="{words}" style="position:absolute;margin-left:0;margin-top:0;width:400pt;height:120pt;'
    "rotation:315;z-index:-251658752;mso-position-horizontal:center;"
    "mso-position-horizontal-relative:margin;mso-position-vertical:center;"
    'mso-position-vertical-relative:margin" o:allowincell="f" fillcolor="silver" stroked="f">'
    '<v:fill opacity=".5"/><v:textpath style="font-family:&quot;Times New Roman&quot;;'
    'font-size:1pt" string="{words}"/></v:shape></w:pict></w:r>'
)
_HEADER_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"


def stamped(content: bytes, file: str) -> bytes:
    """Return a template with the stamp behind the text of every page, in every section."""
    package = read_package(content, file)
    stamping = _Stamping(package)
    stamping.run()
    return PackageWriter(stamping.parts.values()).assemble(())


class _Stamping:
    """One template on its way to be a draft's."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.parts = dict(package.parts)
        self.main = package.main_part()
        self.count = 0

    def run(self) -> None:
        headers = self.package.related(self.main, "header")
        for name in dict.fromkeys(headers):
            root = self.package.xml(name)
            self._stamp(root)
            self.parts[name] = _part(name, root)
        root = self.package.xml(self.main)
        known: set[str] = set()  # kinds of header that a section has, or takes from one before it
        for section in root.iter(qn("w:sectPr")):
            own = {node.get(qn("w:type")) for node in section.findall(qn("w:headerReference"))}
            known |= {kind for kind in own if kind}
            for kind in self._kinds(section):
                if kind not in known:
                    self._add_header(section, kind)
                    known.add(kind)
        self.parts[self.main] = _part(self.main, root)

    def _kinds(self, section: etree._Element) -> list[str]:
        """Return the kinds of header that pages of a section show."""
        kinds = ["default"]
        if _on(section.find(qn("w:titlePg"))):
            kinds.append("first")
        settings = map(self.package.xml, self.package.related(self.main, "settings"))
        if any(_on(root.find(qn("w:evenAndOddHeaders"))) for root in settings):
            kinds.append("even")
        return kinds

    def _stamp(self, root: etree._Element) -> None:
        paragraph = root.find(qn("w:p"))
        if paragraph is None:  # a table or a content control alone: a paragraph of no height
            paragraph = _low_paragraph()
            root.append(paragraph)
        properties = paragraph.find(qn("w:pPr"))
        paragraph.insert(0 if properties is None else 1, self._watermark())

    def _watermark(self) -> etree._Element:
        self.count += 1
        said = {"w": NAMESPACES["w"], "vml": _VML, "n": self.count, "spid": 2048 + self.count}
        node: etree._Element = etree.fromstring(_WATERMARK.format(**said, words=STAMP))
        return node

    def _add_header(self, section: etree._Element, kind: str) -> None:
        name = f"word/header-du-thao{self.count + 1}.xml"
        root = etree.Element(qn("w:hdr"), nsmap={"w": NAMESPACES["w"]})
        root.append(_low_paragraph())
        self._stamp(root)
        self.parts[name] = _part(name, root)
        rid = f"rIdDuThao{self.count}"
        self._register(name, rid)
        values = {qn("w:type"): kind, qn("r:id"): rid}
        section.insert(0, etree.Element(qn("w:headerReference"), values))

    def _register(self, name: str, rid: str) -> None:
        types_name, rels = "[Content_Types].xml", rels_name(self.main)
        view = Package(self.package.file, self.parts)
        types = view.xml(types_name)
        values = {"PartName": f"/{name}", "ContentType": _HEADER_TYPE}
        etree.SubElement(types, qn("ct:Override"), values)
        self.parts[types_name] = _part(types_name, types)
        if rels in self.parts:
            root = view.xml(rels)
        else:
            root = etree.Element(qn("rel:Relationships"), nsmap={None: NAMESPACES["rel"]})
        values = {"Id": rid, "Type": f"{NAMESPACES['r']}/header", "Target": f"/{name}"}
        etree.SubElement(root, qn("rel:Relationship"), values)
        self.parts[rels] = _part(rels, root)


def _on(node: etree._Element | None) -> bool:
    return node is not None and node.get(qn("w:val"), "true") not in ("0", "false", "off")


def _low_paragraph() -> etree._Element:
    """Return a paragraph one point high: a header that had none must not push the text down."""
    paragraph = etree.Element(qn("w:p"))
    properties = etree.SubElement(paragraph, qn("w:pPr"))
    values = {"before": "0", "after": "0", "line": "20", "lineRule": "exact"}
    etree.SubElement(
        properties, qn("w:spacing"), {qn(f"w:{key}"): value for key, value in values.items()}
    )
    return paragraph
