"""What is drawn: pictures, straight lines, text boxes, from DrawingML and VML (lengths in points).

ECMA-376, part 1, 20.4 (wordprocessingDrawing); the shapes themselves are Microsoft's [MS-DOCX]
wps and the older VML. What is not understood comes out as a shape of kind "unknown", which
:mod:`generator.preview.survey` tells before anything is drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from math import isfinite
from pathlib import PurePosixPath
from typing import Any

from lxml import etree

from generator.formatting import Border, Formatting, Section
from generator.ooxml import NAMESPACES, qn
from generator.preview.memory import Memory
from generator.preview.palette import ink_of, theme_style, vml_ink
from generator.units import number

EMU_PER_POINT = 12_700
_WPS = "{http://schemas.microsoft.com/office/word/2010/wordprocessingShape}"
_PIC = "{http://schemas.openxmlformats.org/drawingml/2006/picture}"
_V = "{urn:schemas-microsoft-com:vml}"
_KINDS = {
    "line": "line", "straightConnector1": "line", "rect": "box", "roundRect": "box",
    "rightBrace": "right brace", "leftBrace": "left brace",
}  # fmt: skip
_DASHES: dict[str, tuple[int, ...]] = {  # ink and gap in widths of the line (20.1.10.48)
    "solid": (), "dot": (1, 3), "dash": (4, 3), "lgDash": (8, 3), "dashDot": (4, 3, 1, 3),
    "lgDashDot": (8, 3, 1, 3), "lgDashDotDot": (8, 3, 1, 3, 1, 3), "sysDash": (3, 1),
    "sysDot": (1, 1), "sysDashDot": (3, 1, 1, 1), "sysDashDotDot": (3, 1, 1, 1, 1, 1),
}  # fmt: skip
_BORDER_DASHES = {"dotted": "dotted", "dashed": "dashed", "dashSmallGap": "densely-dashed"}
BORDERS = frozenset(("single", "thick", *_BORDER_DASHES))  # as stroke() draws them
PICTURES = {".png", ".jpg", ".jpeg", ".gif", ".svg"}
_MOST = 3_000.0  # points
_INSETS = (3.6, 7.2, 3.6, 7.2)  # points: top, right, bottom, left
_HAIR = 0.25  # points: as wide as the thinnest line is drawn
_CORNER = 0.29289  # of a round corner's radius: how far it keeps text away
CUT, TURNED = "ảnh bị cắt bớt", "ảnh xoay hoặc lật"
FRAMED = "ảnh có viền, bóng hoặc cắt theo hình"
MANY_COLORS = "hình tô nhiều màu, hoa văn hoặc ảnh"
BLENDED = "hình có màu pha hoặc trong suốt"
ODD_LINE = "nét vẽ kép hoặc đứt đoạn kiểu riêng"
ARROW = "mũi tên"
DOWNWARD = "chữ chạy dọc hoặc xoay trong khung hình"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One drawing; ``x`` and ``y`` count from what ``from_x`` and ``from_y`` name."""

    kind: str  # line, box, picture, unknown
    inline: bool
    width: float
    height: float
    x: float = 0.0
    y: float = 0.0
    from_x: str = "column"
    from_y: str = "paragraph"
    align_x: str = ""
    align_y: str = ""
    pen: str = "0D0D0D"  # colour of its line, "" none
    pen_width: float = 0.75
    dash: tuple[int, ...] = ()  # ink and gap in widths of the line
    fill: str = ""
    flipped: bool = False
    wrap: str = "none"
    behind: bool = False
    picture: str = ""  # part name
    picture_data: bytes = field(default=b"", repr=False)
    text: str = ""  # alternative text
    content: tuple[etree._Element, ...] | None = None
    insets: tuple[float, ...] = _INSETS
    anchor: str = "top"
    what: str = ""  # for messages: what it is, when unknown
    adjust: tuple[float, float] = (0.08333, 0.5)  # of a brace: its bends, where its point is
    letters: str = ""  # of a word drawn as a picture: a watermark
    turn: float = 0.0  # degrees, clockwise
    opacity: float = 1.0
    radius: float = 0.0  # of a box's corners
    beyond: tuple[str, ...] = ()  # what of it cannot be drawn, for messages

    @property
    def covers(self) -> bool:
        """Whether it hides what it is drawn over."""
        solid = self.kind == "picture" or (self.kind == "box" and bool(self.fill))
        return solid and not self.inline

    @property
    def reaches_up(self) -> bool:
        """Whether it may stand over what is above its paragraph, which is drawn before it."""
        return self.from_y != "paragraph" or self.y < 0

    @property
    def unmeasured(self) -> bool:
        """Whether it is placed by what is known on the finished page alone."""
        across, down = self.from_x not in _ACROSS, self.from_y not in _DOWN
        aligned = self.align_y and self.from_y == "paragraph"
        turning = {self.align_x, self.align_y} & {"inside", "outside"}
        return not self.inline and bool(across or down or aligned or turning)


_ACROSS = {"column", "page", "margin", "leftMargin", "rightMargin"}
_DOWN = {"paragraph", "page", "margin", "topMargin", "bottomMargin"}


# What makes shapes depend on more than their own bytes: a theme, relationships, text of their own.
_DEPENDS = (b"schemeClr", b":style", b"txbx", b"textbox", b":embed", b":link", b":id=")
_MEMORY: Memory[tuple[Shape, ...]] = Memory()


def read(node: etree._Element, formatting: Formatting, part: str) -> tuple[Shape, ...]:
    """Return the shapes of a ``w:drawing``, ``w:pict`` or ``w:object``.

    The documents of a batch have the same lines: those are read once.
    """
    content = bytes(etree.tostring(node, with_tail=False))
    found = _MEMORY.get(content)
    if found is None:
        found = tuple(_shapes(node, formatting, part))
        if not any(name in content for name in _DEPENDS):
            _MEMORY.put(content, found, 2 * len(content))
    return found


def forget_shapes() -> None:
    """Drop the shapes read before."""
    _MEMORY.clear()


def _shapes(node: etree._Element, formatting: Formatting, part: str) -> Iterator[Shape]:
    if node.tag == qn("w:drawing"):
        for holder in node:
            if holder.tag in (qn("wp:inline"), qn("wp:anchor")):
                yield from _drawing(holder, formatting, part)
    elif node.tag == qn("w:pict"):
        yield from _vml(node, formatting, part)
    else:
        yield Shape(kind="unknown", inline=True, width=0, height=0, what="đối tượng nhúng (OLE)")


# ---------------------------------------------------------------- DrawingML
def _emu(text: str | None) -> float:
    try:
        return max(-_MOST, min(_MOST, int(text or 0) / EMU_PER_POINT))
    except ValueError:
        return 0.0


def _drawing(holder: etree._Element, formatting: Formatting, part: str) -> Iterator[Shape]:
    extent = holder.find("wp:extent", NAMESPACES)
    size = {} if extent is None else extent.attrib
    inline = holder.tag == qn("wp:inline")
    about = holder.find("wp:docPr", NAMESPACES)
    if about is not None and about.get("hidden") in _TRUE:
        return
    place = {} if inline else _anchor(holder)
    common = {
        "inline": inline,
        "width": max(_emu(size.get("cx")), 0.0),
        "height": max(_emu(size.get("cy")), 0.0),
        "text": "" if about is None else about.get("descr", ""),
        **place,
    }
    data = holder.find("a:graphic/a:graphicData", NAMESPACES)
    inner = next(data.iterchildren("*"), None) if data is not None else None
    if inner is not None and inner.tag == f"{_PIC}pic":
        yield _picture(inner, formatting, part, common)
    elif inner is not None and inner.tag == f"{_WPS}wsp":
        yield _wps(inner, formatting, common)
    else:
        name = "" if inner is None else etree.QName(inner).localname
        what = _WHAT.get(name, "hình vẽ phức tạp") if name else "hình"
        yield Shape(kind="unknown", what=what, **common)


_TRUE = ("1", "true", "on")
_WHAT = {"chart": "biểu đồ", "relIds": "SmartArt", "wgp": "nhóm hình vẽ", "wpc": "khung vẽ"}


def _anchor(holder: etree._Element) -> dict[str, Any]:
    found: dict[str, Any] = {"behind": holder.get("behindDoc") in _TRUE}
    measured = holder.get("simplePos") not in _TRUE
    for axis, name in (("x", "positionH"), ("y", "positionV")):
        position = holder.find(f"wp:{name}", NAMESPACES)
        if position is None:
            continue
        found[f"from_{axis}"] = position.get("relativeFrom", "")
        offset = position.findtext("wp:posOffset", None, NAMESPACES)
        found[axis] = _emu(offset)
        found[f"align_{axis}"] = position.findtext("wp:align", "", NAMESPACES)
        measured = measured and bool(offset or found[f"align_{axis}"])
    for item in holder.iterchildren("*"):
        tag = etree.QName(item).localname
        if tag.startswith("wrap"):
            found["wrap"] = tag[4:].lower()
    return found if measured else {**found, "from_x": "unknown"}


def _picture(
    node: etree._Element, formatting: Formatting, part: str, common: Mapping[str, Any]
) -> Shape:
    blip = node.find(".//a:blip", NAMESPACES)
    rid = "" if blip is None else blip.get(qn("r:embed"), "")
    name = next((rel.target for rel in formatting.relations(part) if rel.rid == rid), "")
    beyond = tuple(_changed_picture(node, formatting))
    return _picture_shape(name, formatting, {**common, "beyond": beyond})


def _changed_picture(node: etree._Element, formatting: Formatting) -> Iterator[str]:
    """Yield what makes a picture look otherwise than its file."""
    cuts = (node.find(f".//a:{name}", NAMESPACES) for name in ("srcRect", "fillRect"))
    if any(number(cut.get(side)) for cut in cuts if cut is not None for side in "lrtb"):
        yield CUT
    if node.find(".//a:tile", NAMESPACES) is not None:
        yield "ảnh lặp lại nhiều lần"
    properties = node.find(f"{_PIC}spPr")
    if properties is None:
        properties = etree.Element("none")
    if _turned(properties) or any(_flips(properties)):
        yield TURNED
    blip = node.find(".//a:blip", NAMESPACES)
    changes = () if blip is None else blip.iterchildren("*")
    if any(each.attrib or etree.QName(each).localname not in _PLAIN for each in changes):
        yield "ảnh chỉnh màu, độ trong"
    geometry = properties.find("a:prstGeom", NAMESPACES)
    preset = "" if geometry is None else geometry.get("prst", "")
    custom = properties.find("a:custGeom", NAMESPACES) is not None
    look, odd = _look(properties, None, formatting)
    if custom or preset not in ("", "rect") or look["pen"] or odd:
        yield FRAMED


_PLAIN = ("extLst", "lum")  # in a picture, without attributes: nothing changed


def _turned(properties: etree._Element) -> int:
    """Return how far a shape is turned, in sixty-thousandths of a degree."""
    transform = properties.find("a:xfrm", NAMESPACES)
    return 0 if transform is None else number(transform.get("rot")) % (360 * 60_000)


def _flips(properties: etree._Element) -> tuple[bool, bool]:
    """Return whether a shape is flipped from left to right, from top to bottom."""
    transform = properties.find("a:xfrm", NAMESPACES)
    if transform is None:
        return False, False
    return transform.get("flipH") in _TRUE, transform.get("flipV") in _TRUE


def _picture_shape(name: str, formatting: Formatting, common: Mapping[str, Any]) -> Shape:
    found = formatting.package.parts.get(name)
    ending = name[name.rfind(".") :].lower()
    if found is None or ending not in PICTURES:
        what = f"ảnh dạng {ending or 'không rõ'}"
        return Shape(kind="unknown", what=what, **common)
    return Shape(kind="picture", picture=name, picture_data=found.data, pen="", **common)


def _wps(node: etree._Element, formatting: Formatting, common: Mapping[str, Any]) -> Shape:
    properties = node.find(f"{_WPS}spPr")
    if properties is None:
        properties = etree.Element("none")
    style = node.find(f"{_WPS}style")
    geometry = properties.find("a:prstGeom", NAMESPACES)
    preset = "" if geometry is None else geometry.get("prst", "")
    kind = _KINDS.get(preset, "unknown")
    look, beyond = _look(properties, style, formatting)
    flipped, upside_down = _flips(properties)
    turned = _turned(properties)
    look["flipped"] = flipped != upside_down
    if geometry is not None and kind.endswith("brace"):
        bend, point = _guide(geometry, "adj1", 0.08333), _guide(geometry, "adj2", 0.5)
        look["adjust"] = bend, 1 - point if upside_down else point
        if flipped:
            kind = "left brace" if kind == "right brace" else "right brace"
    if node.find(f"{_WPS}linkedTxbx") is not None:
        beyond.append("khung chữ nối tiếp khung khác")
    box = node.find(f"{_WPS}txbx")
    if box is not None:
        content = box.find(qn("w:txbxContent"))
        look["content"] = () if content is None else tuple(content)
        body, more = _body(node.find(f"{_WPS}bodyPr"))
        look |= body
        beyond += [*more, *_letters_of(style)]
        if kind not in ("box", "unknown") or upside_down:
            beyond.append("chữ trong hình lật hoặc không phải khung chữ nhật")
    if turned and (turned != _HALF_TURN or kind not in ("line", "box") or box is not None):
        beyond.append("hình xoay")
    what = f"hình vẽ “{preset or 'tự do'}”"
    shape = Shape(kind=kind, what=what, beyond=tuple(beyond), **common, **look)
    if geometry is not None and preset == "roundRect":
        return _rounded(shape, _guide(geometry, "adj", 0.16667))
    return shape


_HALF_TURN = 180 * 60_000


def _rounded(shape: Shape, share: float) -> Shape:
    """Return a box with round corners, which keep its text away (presetShapeDefinitions)."""
    radius = min(max(share, 0.0), 0.5) * min(shape.width, shape.height)
    return replace(
        shape, radius=radius, insets=tuple(each + radius * _CORNER for each in shape.insets)
    )


def _guide(geometry: etree._Element, name: str, default: float) -> float:
    """Return an adjustment of a shape, which the file gives in hundred-thousandths."""
    for guide in geometry.iterfind("a:avLst/a:gd", NAMESPACES):
        words = guide.get("fmla", "").split()
        if guide.get("name") == name and len(words) == 2 and words[0] == "val":
            return number(words[1]) / 100_000
    return default


def _letters_of(style: etree._Element | None) -> Iterator[str]:
    """Yield whether a shape's style gives the letters in it a colour of their own."""
    for item in () if style is None else style.iterfind("a:fontRef/a:schemeClr", NAMESPACES):
        if item.get("val") not in ("tx1", "dk1"):
            yield "màu chữ theo kiểu của hình"


def _look(
    properties: etree._Element, style: etree._Element | None, formatting: Formatting
) -> tuple[dict[str, Any], list[str]]:
    """Return a shape's line and fill, and what of them cannot be drawn."""
    found, beyond = _line(properties, style, formatting)
    fill, ink = _painted(properties, style, "fillRef", "fillStyleLst", formatting)
    found["fill"] = _ink(fill, ink, formatting, beyond)
    if _effects(properties, style, formatting):
        beyond.append("hình có bóng hoặc hiệu ứng")
    return found, beyond


def _line(
    properties: etree._Element, style: etree._Element | None, formatting: Formatting
) -> tuple[dict[str, Any], list[str]]:
    """Return how a shape's line is drawn: as it says itself, else as its style in the theme."""
    beyond: list[str] = []
    own = properties.find("a:ln", NAMESPACES)
    own = etree.Element("none") if own is None else own
    general, ink = _styled(style, "lnRef", "lnStyleLst", formatting)
    paint, ink = _painted(own, style, "lnRef", "lnStyleLst", formatting)
    pen = _ink(paint, ink, formatting, beyond)
    general = etree.Element("none") if general is None else general
    width = own.get("w") or general.get("w") or "9525"
    dashes = [item for item in (own, general) if item.find("a:prstDash", NAMESPACES) is not None]
    dash = dashes[0].find("a:prstDash", NAMESPACES) if dashes else None
    kind = "solid" if dash is None else dash.get("val", "solid")
    double = (own.get("cmpd") or general.get("cmpd") or "sng") != "sng"
    custom = own.find("a:custDash", NAMESPACES) is not None
    ends = (own.find(f"a:{name}", NAMESPACES) for name in ("headEnd", "tailEnd"))
    arrows = any(end is not None and end.get("type", "none") != "none" for end in ends)
    if pen and (double or custom or kind not in _DASHES):
        beyond.append(ODD_LINE)
    if pen and arrows:
        beyond.append(ARROW)
    look = {"pen": pen, "pen_width": max(_emu(width), 0.0), "dash": _DASHES.get(kind, ())}
    return look, beyond


_PAINTS = tuple(
    qn(f"a:{name}")
    for name in ("noFill", "solidFill", "gradFill", "pattFill", "blipFill", "grpFill")
)


def _painted(
    own: etree._Element, style: etree._Element | None, ref: str, styles: str, formatting: Formatting
) -> tuple[etree._Element | None, str | None]:
    """Return what fills a shape or line, and the colour that its style puts in."""
    found = next(own.iterchildren(*_PAINTS), None)
    if found is not None:
        return found, None
    general, ink = _styled(style, ref, styles, formatting)
    if general is None or general.tag in _PAINTS:
        return general, ink
    return next(general.iterchildren(*_PAINTS), None), ink


def _styled(
    style: etree._Element | None, ref: str, styles: str, formatting: Formatting
) -> tuple[etree._Element | None, str | None]:
    """Return what a shape takes from its theme, and the colour that it puts in."""
    named = None if style is None else style.find(f"a:{ref}", NAMESPACES)
    index = 0 if named is None else number(named.get("idx"))
    if not index:
        return None, None
    found = theme_style(formatting, styles, index)
    return _UNREADABLE if found is None else found, ink_of(named, formatting)


_UNREADABLE = etree.Element(qn("a:grpFill"))  # a style that the theme does not have


def _ink(
    paint: etree._Element | None, styled: str | None, formatting: Formatting, beyond: list[str]
) -> str:
    """Return a colour, "" for none; note one that cannot be drawn."""
    if paint is None or paint.tag == qn("a:noFill"):
        return ""
    if paint.tag != qn("a:solidFill"):
        beyond.append(MANY_COLORS)
        return ""
    ink = ink_of(paint, formatting, styled)
    if ink is None:
        beyond.append(BLENDED)
    return ink or "000000"


def _effects(
    properties: etree._Element, style: etree._Element | None, formatting: Formatting
) -> bool:
    """Return whether a shape has a shadow, a glow or the like."""
    own = properties.find("a:effectLst", NAMESPACES)
    if properties.find("a:effectDag", NAMESPACES) is not None or _is_solid(properties):
        return True
    if own is None:
        general, _ = _styled(style, "effectRef", "effectStyleLst", formatting)
        if general is None or general is _UNREADABLE:
            return False
        own = general.find("a:effectLst", NAMESPACES)
        if _is_solid(general):
            return True
    return own is not None and len(own) > 0


def _is_solid(properties: etree._Element) -> bool:
    """Return whether a shape is drawn as a body in space."""
    return any(properties.find(f"a:{name}", NAMESPACES) is not None for name in ("scene3d", "sp3d"))


def _body(node: etree._Element | None) -> tuple[dict[str, Any], list[str]]:
    """Return where text stands in a box, and what of it cannot be drawn."""
    if node is None:
        return {}, []
    beyond = []
    if node.get("vert", "horz") != "horz" or number(node.get("rot")):
        beyond.append(DOWNWARD)
    if number(node.get("numCol"), 1) > 1:
        beyond.append("nhiều cột chữ trong khung hình")
    warp = node.find("a:prstTxWarp", NAMESPACES)
    if warp is not None and warp.get("prst") != "textNoShape":
        beyond.append("chữ uốn theo hình (WordArt)")
    insets = tuple(
        _emu(node.get(name)) if node.get(name) else default
        for name, default in zip(("tIns", "rIns", "bIns", "lIns"), _INSETS, strict=True)
    )
    anchor = {"ctr": "horizon", "b": "bottom"}.get(node.get("anchor", ""), "top")
    return {"insets": insets, "anchor": anchor}, beyond


# ---------------------------------------------------------------- VML
_VML_UNITS = {
    "pt": 1.0, "in": 72.0, "mm": 72 / 25.4, "cm": 72 / 2.54, "px": 0.75, "pc": 12.0, "pi": 12.0,
}  # fmt: skip
_O = "{urn:schemas-microsoft-com:office:office}"
_W10 = "{urn:schemas-microsoft-com:office:word}"
_FALSE = ("f", "false", "0")
_BOXES = ("", "#_x0000_t1", "#_x0000_t202")  # types of v:shape: a rectangle, a text box


def _real(text: str) -> float:
    """Return a number of VML, which may be given in 65,536ths: ``32768f``; 0 for no number."""
    text = text.strip()
    plain = text.removesuffix("fd").removesuffix("f")
    try:
        found = float(plain) / (1 if plain == text else 65_536)
    except ValueError:
        return 0.0
    return found if isfinite(found) else 0.0


def _length(text: str) -> float:
    text = text.strip()
    unit = _VML_UNITS.get(text[-2:])
    amount = _real(text if unit is None else text[:-2]) * (unit or 1.0)
    return max(-_MOST, min(_MOST, amount))


def _vml(node: etree._Element, formatting: Formatting, part: str) -> Iterator[Shape]:
    for item in node:
        if item.tag in (f"{_V}line", f"{_V}rect", f"{_V}shape", f"{_V}roundrect"):
            style = _style_of(item)
            if style.get("visibility") != "hidden":
                yield _vml_shape(item, style, formatting, part)
        elif isinstance(item.tag, str) and item.tag.startswith(_V) and item.tag != f"{_V}shapetype":
            yield Shape(kind="unknown", inline=False, width=0, height=0, what="hình vẽ VML")


def _style_of(item: etree._Element) -> dict[str, str]:
    pairs = (pair.split(":", 1) for pair in item.get("style", "").split(";") if ":" in pair)
    return {key.strip(): text.strip() for key, text in pairs}


def _vml_shape(
    item: etree._Element, style: Mapping[str, str], formatting: Formatting, part: str
) -> Shape:
    wrap = item.find(f"{_W10}wrap")
    common: dict[str, Any] = {
        "inline": style.get("position") != "absolute",
        "width": max(_length(style.get("width", "0")), 0.0),
        "height": max(_length(style.get("height", "0")), 0.0),
        "x": _length(style.get("margin-left", "0")),
        "y": _length(style.get("margin-top", "0")),
        "from_x": _VML_FROM.get(style.get("mso-position-horizontal-relative", "text"), "column"),
        "from_y": _VML_FROM.get(style.get("mso-position-vertical-relative", "text"), "paragraph"),
        "align_x": _aligned(style.get("mso-position-horizontal", "")),
        "align_y": _aligned(style.get("mso-position-vertical", "")),
        "wrap": "none" if wrap is None else wrap.get("type", "none").lower(),
        "behind": _real(style.get("z-index", "0")) < 0,
        "text": item.get("alt", ""),
    }
    word = item.find(f"{_V}textpath")
    if item.tag != f"{_V}line" and word is not None and word.get("string"):
        return _vml_word(item, word, style, common)
    picture = item.find(f"{_V}imagedata")
    if picture is not None:
        return _vml_picture(item, picture, style, common, formatting, part)
    look, beyond = _vml_look(item)
    common |= look
    if _real(style.get("rotation", "0")):
        beyond.append("hình xoay")
    if item.tag == f"{_V}line":
        return _vml_line(item, style, {**common, "beyond": tuple(beyond)})
    if item.get(f"{_O}hr") in ("t", "true"):
        beyond.append("đường kẻ ngang kiểu trang web")
    box = item.find(f"{_V}textbox")
    content = None if box is None else box.find(qn("w:txbxContent"))
    shaped = item.tag == f"{_V}shape"
    boxed = item.get("type", "") in _BOXES and not item.get("path") and box is not None
    if box is not None:
        common["content"] = () if content is None else tuple(content)
        common |= _vml_body(box, style)
        if "vertical" in box.get("style", "") or style.get("flip"):
            beyond.append(DOWNWARD)
    kind = "unknown" if shaped and not boxed else "box"
    shape = Shape(kind=kind, what="hình vẽ VML", beyond=tuple(beyond), **common)
    if item.tag == f"{_V}roundrect":
        return _rounded(shape, _real(item.get("arcsize", "0.2")))
    return shape


_VML_FROM = {
    "margin": "margin", "page": "page", "char": "character", "line": "line",
    "left-margin-area": "leftMargin", "right-margin-area": "rightMargin",
    "top-margin-area": "topMargin", "bottom-margin-area": "bottomMargin",
    "inner-margin-area": "insideMargin", "outer-margin-area": "outsideMargin",
}  # fmt: skip


def _aligned(text: str) -> str:
    return "" if text == "absolute" else text


def _vml_look(item: etree._Element) -> tuple[dict[str, Any], list[str]]:
    """Return the line and fill of a VML shape, and what of them cannot be drawn."""
    beyond: list[str] = []
    line, fill = (item.find(f"{_V}{name}") for name in ("stroke", "fill"))
    lined = {} if line is None else line.attrib
    filled = {} if fill is None else fill.attrib
    look: dict[str, Any] = {"pen": "", "fill": "", "dash": ()}
    if item.get("stroked") not in _FALSE and lined.get("on") not in _FALSE:
        look["pen"] = _vml_paint(lined.get("color") or item.get("strokecolor", "black"), beyond)
        dash = lined.get("dashstyle", "solid").lower()
        look["dash"] = _DASHES[_VML_DASHES.get(dash, "solid")]
        odd = dash not in _VML_DASHES or lined.get("linestyle", "single").lower() != "single"
        if odd or lined.get("filltype", "solid") != "solid":
            beyond.append(ODD_LINE)
        if any(lined.get(end, "none") != "none" for end in ("startarrow", "endarrow")):
            beyond.append(ARROW)
    painted = item.tag != f"{_V}line" and item.get("filled") not in _FALSE
    if painted and filled.get("on") not in _FALSE:
        look["fill"] = _vml_paint(filled.get("color") or item.get("fillcolor", "white"), beyond)
        if filled.get("type", "solid").lower() != "solid":
            beyond.append(MANY_COLORS)
    seen = [
        each.get("opacity", "1") for each, ink in ((lined, "pen"), (filled, "fill")) if look[ink]
    ]
    if any(_real(each) != 1 for each in seen):
        beyond.append(BLENDED)
    shadow = item.find(f"{_V}shadow")
    if shadow is not None and shadow.get("on") in ("t", "true"):
        beyond.append("hình có bóng hoặc hiệu ứng")
    weight = lined.get("weight") or item.get("strokeweight") or "0.75pt"
    return {**look, "pen_width": max(_length(weight), 0.0)}, beyond


_VML_DASHES = {
    "solid": "solid", "dot": "dot", "dash": "dash", "longdash": "lgDash", "dashdot": "dashDot",
    "longdashdot": "lgDashDot", "longdashdotdot": "lgDashDotDot", "shortdash": "sysDash",
    "shortdot": "sysDot", "shortdashdot": "sysDashDot", "shortdashdotdot": "sysDashDotDot",
    "1 1": "sysDot", "3 1": "sysDash",
}  # fmt: skip


def _vml_paint(text: str, beyond: list[str]) -> str:
    ink = vml_ink(text)
    if ink is None:
        beyond.append(BLENDED)
    return ink or "000000"


def _vml_body(box: etree._Element, style: Mapping[str, str]) -> dict[str, Any]:
    """Return where text stands in a VML box."""
    left, top, right, bottom = ([*box.get("inset", "").split(","), "", "", "", ""])[:4]
    sides = zip((top, right, bottom, left), _INSETS, strict=True)
    insets = tuple(_length(side) if side.strip() else default for side, default in sides)
    anchors = {"middle": "horizon", "bottom": "bottom"}
    return {"insets": insets, "anchor": anchors.get(style.get("v-text-anchor", ""), "top")}


def _vml_picture(
    item: etree._Element,
    picture: etree._Element,
    style: Mapping[str, str],
    common: Mapping[str, Any],
    formatting: Formatting,
    part: str,
) -> Shape:
    rid = picture.get(qn("r:id"), "")
    name = next((rel.target for rel in formatting.relations(part) if rel.rid == rid), "")
    beyond = []
    if any(_real(picture.get(f"crop{side}", "0")) for side in ("left", "right", "top", "bottom")):
        beyond.append(CUT)
    if _real(style.get("rotation", "0")) or style.get("flip"):
        beyond.append(TURNED)
    changes = ("gain", "blacklevel", "gamma", "grayscale", "bilevel", "chromakey")
    if any(picture.get(name) for name in changes):
        beyond.append("ảnh chỉnh màu, độ trong")
    if item.get("stroked") in ("t", "true"):
        beyond.append(FRAMED)
    return _picture_shape(name, formatting, {**common, "beyond": tuple(beyond)})


def _vml_word(
    item: etree._Element, word: etree._Element, style: Mapping[str, str], common: dict[str, Any]
) -> Shape:
    """Return the word that a watermark stretches over its frame."""
    fill = item.find(f"{_V}fill")
    beyond: list[str] = []
    own: dict[str, Any] = {
        "letters": word.get("string", ""),
        "turn": _real(style.get("rotation", "0")) % 360,
        "opacity": min(max(_real("1" if fill is None else fill.get("opacity", "1")), 0.0), 1.0),
        "fill": _vml_paint(item.get("fillcolor", "silver"), beyond),
        "inline": False,
    }
    return Shape(kind="word", beyond=tuple(beyond), **{**common, **own})


def _vml_line(item: etree._Element, style: Mapping[str, str], common: dict[str, Any]) -> Shape:
    ends = [
        [_length(part) for part in item.get(name, "0,0").split(",")][:2] for name in ("from", "to")
    ]
    (x0, y0), (x1, y1) = (end if len(end) == 2 else [0.0, 0.0] for end in ends)
    flips = style.get("flip", "")
    place: dict[str, Any] = {
        "inline": False,
        "x": min(x0, x1),
        "y": min(y0, y1),
        "width": abs(x1 - x0),
        "height": abs(y1 - y0),
        "flipped": ((x1 - x0) * (y1 - y0) < 0) != (("x" in flips) != ("y" in flips)),
    }
    return Shape(kind="line", **{**common, **place})


# ---------------------------------------------------------------- on the page
def horizontal(shape: Shape, width: float, section: Section) -> float:
    """Return how far right of its column's left edge a shape stands."""
    left, right = (section.left + section.gutter) / 20, section.right / 20
    page = section.width / 20
    start, room = 0.0, width
    if shape.from_x == "page":
        start, room = -left, page
    elif shape.from_x == "leftMargin":
        start, room = -left, left
    elif shape.from_x == "rightMargin":
        start, room = page - left - right, right
    elif shape.from_x == "margin":
        room = page - left - right
    if shape.align_x in ("center", "right"):
        share = 0.5 if shape.align_x == "center" else 1.0
        return start + (room - shape.width) * share
    return start + (0.0 if shape.align_x else shape.x)


def vertical(shape: Shape, section: Section) -> float | None:
    """Return how far below the page's top edge a shape stands, None for one beside its text."""
    page = section.height / 20
    rooms = {
        "page": (0.0, page),
        "margin": (section.top / 20, page - (section.top + section.bottom) / 20),
        "topMargin": (0.0, section.top / 20),
        "bottomMargin": (page - section.bottom / 20, section.bottom / 20),
    }
    if shape.from_y not in rooms:
        return None
    start, room = rooms[shape.from_y]
    if shape.align_y in ("center", "bottom"):
        return start + (room - shape.height) * (0.5 if shape.align_y == "center" else 1.0)
    return start + (0.0 if shape.align_y else shape.y)


def stroke(border: Border | None) -> str:
    """Return a border line as a Typst stroke."""
    if border is None:
        return "none"
    parts = [
        f"thickness: {border.width_eighths / 8:g}pt",
        f'paint: rgb("#{border.color or "000000"}")',
    ]
    if border.style in _BORDER_DASHES:
        parts.append(f'dash: "{_BORDER_DASHES[border.style]}"')
    if len(parts) == 2 and not border.color:
        return f"{border.width_eighths / 8:g}pt"
    return f"({', '.join(parts)})"


def source(shape: Shape, body: str, files: dict[str, bytes]) -> str:
    """Return a shape as Typst source; a picture's file is put among ``files``."""
    size = f"width: {shape.width:.2f}pt, height: {shape.height:.2f}pt"
    if shape.kind == "picture":
        # Named by its content: Typst remembers files by name from one document to the next.
        name = sha256(shape.picture_data).hexdigest()[:32] + PurePosixPath(shape.picture).suffix
        files[name.lower()] = shape.picture_data
        words = shape.text.replace("\\", "").replace('"', "'").replace("\n", " ")
        alt = f', alt: "{words}"' if words else ""
        return f'box(image("/{name.lower()}", {size}, fit: "stretch"{alt}))'
    if shape.kind == "word":
        return _word(shape, size)
    pen = f'(paint: rgb("#{shape.pen}"), thickness: {shape.pen_width:g}pt'
    unit = max(shape.pen_width, _HAIR)
    pen += f", dash: ({', '.join(f'{each * unit:g}pt' for each in shape.dash)})" * bool(shape.dash)
    pen += ")"
    if shape.kind == "line":
        y0, y1 = (shape.height, 0.0) if shape.flipped else (0.0, shape.height)
        return (
            f"pdf.artifact(line(start: (0pt, {y0:.2f}pt), "
            f"end: ({shape.width:.2f}pt, {y1:.2f}pt), stroke: {pen}))"
        )
    if shape.kind.endswith("brace"):
        return _brace(shape, pen)
    look = f"stroke: {pen if shape.pen else 'none'}"
    if shape.fill:
        look += f', fill: rgb("#{shape.fill}")'
    if shape.radius:
        look += f", radius: {shape.radius:.2f}pt"
    top, right, bottom, left = shape.insets
    inset = f"inset: (top: {top:g}pt, right: {right:g}pt, bottom: {bottom:g}pt, left: {left:g}pt)"
    inner = f"align({shape.anchor}, {{{body}}})" if shape.anchor != "top" else f"{{{body}}}"
    return f"box({size}, {look}, {inset}, {inner})"


_ROUND = 0.5523  # how far a Bézier curve's handles reach along a quarter of an ellipse


def _brace(shape: Shape, pen: str) -> str:
    """Return a curly brace as high as its frame (ECMA-376, part 1, 20.1.9.3, preset shapes)."""
    width, height, half = shape.width, shape.height, shape.width / 2
    middle = height * min(max(shape.adjust[1], 0.0), 1.0)
    bend = min(min(width, height) * shape.adjust[0], middle / 2, (height - middle) / 2)
    mirrored = shape.kind == "left brace"

    def at(x: float, y: float) -> str:
        return f"({width - x if mirrored else x:.2f}pt, {y:.2f}pt)"

    def corner(x0: float, y0: float, x1: float, y1: float, *, level: bool) -> str:
        """Return a quarter ellipse that leaves its first point level, or upright."""
        reach_x, reach_y = (x1 - x0) * _ROUND, (y1 - y0) * _ROUND
        first = at(x0 + reach_x, y0) if level else at(x0, y0 + reach_y)
        second = at(x1, y1 - reach_y) if level else at(x1 - reach_x, y1)
        return f"curve.cubic({first}, {second}, {at(x1, y1)})"

    steps = [
        f"curve.move({at(0, 0)})",
        corner(0, 0, half, bend, level=True),
        f"curve.line({at(half, middle - bend)})",
        corner(half, middle - bend, width, middle, level=False),
        corner(width, middle, half, middle + bend, level=True),
        f"curve.line({at(half, height - bend)})",
        corner(half, height - bend, 0, height, level=False),
    ]
    return f"pdf.artifact(curve(stroke: {pen}, {', '.join(steps)}))"


def _word(shape: Shape, size: str) -> str:
    """Return a word stretched over its frame, as decoration that no reader speaks."""
    words = shape.letters.replace("\\", "").replace('"', "'")
    clear = round(100 * (1 - shape.opacity))
    return (
        f"pdf.artifact(rotate({shape.turn:g}deg, box({size}, align(center + horizon, "
        f"scale(x: {shape.width:.2f}pt, y: {shape.height:.2f}pt, reflow: false, "
        f'text(size: 60pt, top-edge: "bounds", bottom-edge: "bounds", '
        f'fill: rgb("#{shape.fill}").transparentize({clear}%), "{words}"))))))'
    )
