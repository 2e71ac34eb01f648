"""What is drawn: pictures, straight lines, text boxes, from DrawingML and VML (lengths in points).

ECMA-376, part 1, 20.4 (wordprocessingDrawing); the shapes themselves are Microsoft's [MS-DOCX]
wps and the older VML. What is not understood comes out as a shape of kind "unknown", which
:mod:`generator.preview.survey` tells before anything is drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import PurePosixPath

from lxml import etree

from generator.formatting import Border, Formatting, Section
from generator.formatting.properties import color
from generator.ooxml import NAMESPACES, qn
from generator.units import number

EMU_PER_POINT = 12_700
_WPS = "{http://schemas.microsoft.com/office/word/2010/wordprocessingShape}"
_PIC = "{http://schemas.openxmlformats.org/drawingml/2006/picture}"
_V = "{urn:schemas-microsoft-com:vml}"
_KINDS = {
    "line": "line", "straightConnector1": "line", "rect": "box", "roundRect": "box",
    "rightBrace": "right brace", "leftBrace": "left brace",
}  # fmt: skip
_DASHES = {
    "solid": "", "dot": "dotted", "sysDot": "dotted", "dash": "dashed", "sysDash": "densely-dashed",
    "lgDash": "loosely-dashed", "dashDot": "dash-dotted", "sysDashDot": "dash-dotted",
    "lgDashDot": "dash-dotted",
}  # fmt: skip
_BORDER_DASHES = {"dotted": "dotted", "dashed": "dashed", "dashSmallGap": "densely-dashed"}
BORDERS = frozenset(("single", "thick", *_BORDER_DASHES))  # as stroke() draws them
PICTURES = {".png", ".jpg", ".jpeg", ".gif", ".svg"}
_MOST = 3_000.0  # points


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
    dash: str = ""
    fill: str = ""
    flipped: bool = False
    wrap: str = "none"
    behind: bool = False
    picture: str = ""  # part name
    picture_data: bytes = field(default=b"", repr=False)
    text: str = ""  # alternative text
    content: tuple[etree._Element, ...] | None = None
    insets: tuple[float, float, float, float] = (3.6, 7.2, 3.6, 7.2)  # top, right, bottom, left
    anchor: str = "top"
    what: str = ""  # for messages: what it is, when unknown
    adjust: tuple[float, float] = (0.08333, 0.5)  # of a brace: its bends, where its point is
    letters: str = ""  # of a word drawn as a picture: a watermark
    turn: float = 0.0  # degrees, clockwise
    opacity: float = 1.0


def read(node: etree._Element, formatting: Formatting, part: str) -> Iterator[Shape]:
    """Yield the shapes of a ``w:drawing``, ``w:pict`` or ``w:object``."""
    if node.tag == qn("w:drawing"):
        for holder in node:
            if holder.tag in (qn("wp:inline"), qn("wp:anchor")):
                yield _drawing(holder, formatting, part)
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


def _drawing(holder: etree._Element, formatting: Formatting, part: str) -> Shape:
    extent = holder.find("wp:extent", NAMESPACES)
    size = {} if extent is None else extent.attrib
    inline = holder.tag == qn("wp:inline")
    about = holder.find("wp:docPr", NAMESPACES)
    place = {} if inline else _anchor(holder)
    common = {
        "inline": inline,
        "width": _emu(size.get("cx")),
        "height": _emu(size.get("cy")),
        "text": "" if about is None else about.get("descr", ""),
        **place,
    }
    data = holder.find("a:graphic/a:graphicData", NAMESPACES)
    inner = next(iter(data), None) if data is not None else None
    if inner is not None and inner.tag == f"{_PIC}pic":
        return _picture(inner, formatting, part, common)
    if inner is not None and inner.tag == f"{_WPS}wsp":
        return _wps(inner, common)
    what = "hình" if inner is None else _WHAT.get(etree.QName(inner).localname, "hình vẽ phức tạp")
    return Shape(kind="unknown", what=what, **common)


_WHAT = {"chart": "biểu đồ", "relIds": "SmartArt", "wgp": "nhóm hình vẽ", "wpc": "khung vẽ"}


def _anchor(holder: etree._Element) -> dict[str, object]:
    found: dict[str, object] = {"behind": holder.get("behindDoc") in ("1", "true")}
    for axis, name in (("x", "positionH"), ("y", "positionV")):
        position = holder.find(f"wp:{name}", NAMESPACES)
        if position is None:
            continue
        found[f"from_{axis}"] = position.get("relativeFrom", "")
        offset = position.findtext("wp:posOffset", None, NAMESPACES)
        found[axis] = _emu(offset)
        found[f"align_{axis}"] = position.findtext("wp:align", "", NAMESPACES)
    for item in holder:
        tag = etree.QName(item).localname
        if tag.startswith("wrap"):
            found["wrap"] = tag[4:].lower()
    return found


def _picture(
    node: etree._Element, formatting: Formatting, part: str, common: Mapping[str, object]
) -> Shape:
    blip = node.find(".//a:blip", NAMESPACES)
    rid = "" if blip is None else blip.get(qn("r:embed"), "")
    name = next((rel.target for rel in formatting.relations(part) if rel.rid == rid), "")
    return _picture_shape(name, formatting, common)


def _picture_shape(name: str, formatting: Formatting, common: Mapping[str, object]) -> Shape:
    found = formatting.package.parts.get(name)
    ending = name[name.rfind(".") :].lower()
    if found is None or ending not in PICTURES:
        what = f"ảnh dạng {ending or 'không rõ'}"
        return Shape(kind="unknown", what=what, **common)  # type: ignore[arg-type]
    return Shape(kind="picture", picture=name, picture_data=found.data, pen="", **common)  # type: ignore[arg-type]


def _wps(node: etree._Element, common: Mapping[str, object]) -> Shape:
    properties = node.find(f"{_WPS}spPr")
    geometry = None if properties is None else properties.find("a:prstGeom", NAMESPACES)
    preset = "" if geometry is None else geometry.get("prst", "")
    box = node.find(f"{_WPS}txbx")
    kind = _KINDS.get(preset, "unknown")
    look = {} if properties is None else _look(properties)
    transform = None if properties is None else properties.find("a:xfrm", NAMESPACES)
    if transform is not None and transform.get("rot", "0") not in ("0", "10800000"):
        kind = "unknown"
    if transform is not None and (transform.get("flipV") or "0") in ("1", "true"):
        look["flipped"] = True
    if geometry is not None and kind.endswith("brace"):
        look["adjust"] = _adjustments(geometry)
    if box is not None:
        content = box.find(qn("w:txbxContent"))
        look["content"] = () if content is None else tuple(content)
        look |= _body(node.find(f"{_WPS}bodyPr"))
    return Shape(kind=kind, what=f"hình vẽ “{preset or 'tự do'}”", **common, **look)  # type: ignore[arg-type]


def _adjustments(geometry: etree._Element) -> tuple[float, float]:
    """Return the two adjustments of a brace, which the file gives in hundred-thousandths."""
    found = {"adj1": 0.08333, "adj2": 0.5}
    for guide in geometry.iterfind("a:avLst/a:gd", NAMESPACES):
        words = guide.get("fmla", "").split()
        if guide.get("name") in found and len(words) == 2 and words[0] == "val":
            found[guide.get("name", "")] = number(words[1]) / 100_000
    return found["adj1"], found["adj2"]


def _look(properties: etree._Element) -> dict[str, object]:
    line = properties.find("a:ln", NAMESPACES)
    found: dict[str, object] = {"pen": "000000"}
    if line is not None:
        found["pen_width"] = _emu(line.get("w", "9525"))
        if line.find("a:noFill", NAMESPACES) is not None:
            found["pen"] = ""
        ink = line.find("a:solidFill/a:srgbClr", NAMESPACES)
        if ink is not None:
            found["pen"] = color(ink.get("val", "")) or "000000"
        dash = line.find("a:prstDash", NAMESPACES)
        if dash is not None:
            found["dash"] = _DASHES.get(dash.get("val", ""), "")
    fill = properties.find("a:solidFill/a:srgbClr", NAMESPACES)
    found["fill"] = "" if fill is None else color(fill.get("val", ""))
    return found


def _body(node: etree._Element | None) -> dict[str, object]:
    if node is None:
        return {}
    insets = tuple(
        _emu(node.get(name)) if node.get(name) else default
        for name, default in (("tIns", 3.6), ("rIns", 7.2), ("bIns", 3.6), ("lIns", 7.2))
    )
    anchor = {"ctr": "horizon", "b": "bottom"}.get(node.get("anchor", ""), "top")
    return {"insets": insets, "anchor": anchor}


# ---------------------------------------------------------------- VML
_VML_UNITS = {"pt": 1.0, "in": 72.0, "mm": 72 / 25.4, "cm": 72 / 2.54, "px": 0.75}


def _length(text: str) -> float:
    text = text.strip()
    try:
        amount = (
            float(text[:-2]) * _VML_UNITS[text[-2:]] if text[-2:] in _VML_UNITS else float(text)
        )
    except ValueError:
        return 0.0
    return max(-_MOST, min(_MOST, amount))


def _vml(node: etree._Element, formatting: Formatting, part: str) -> Iterator[Shape]:
    for item in node:
        if item.tag in (f"{_V}line", f"{_V}rect", f"{_V}shape", f"{_V}roundrect"):
            yield _vml_shape(item, formatting, part)
        elif isinstance(item.tag, str) and item.tag.startswith(_V) and item.tag != f"{_V}shapetype":
            yield Shape(kind="unknown", inline=False, width=0, height=0, what="hình vẽ VML")


def _vml_shape(item: etree._Element, formatting: Formatting, part: str) -> Shape:
    style = dict(pair.split(":", 1) for pair in item.get("style", "").split(";") if ":" in pair)
    style = {key.strip(): text.strip() for key, text in style.items()}
    common: dict[str, object] = {
        "inline": style.get("position") != "absolute",
        "width": _length(style.get("width", "0")),
        "height": _length(style.get("height", "0")),
        "x": _length(style.get("margin-left", "0")),
        "y": _length(style.get("margin-top", "0")),
        "from_x": _VML_FROM.get(style.get("mso-position-horizontal-relative", ""), "column"),
        "from_y": _VML_FROM.get(style.get("mso-position-vertical-relative", ""), "paragraph"),
        "align_x": _aligned(style.get("mso-position-horizontal", "")),
        "align_y": _aligned(style.get("mso-position-vertical", "")),
        "pen": "" if item.get("stroked") in ("f", "false") else "000000",
        "pen_width": _length(item.get("strokeweight", "0.75pt")),
        "text": item.get("alt", ""),
    }
    if item.tag == f"{_V}line":
        return _vml_line(item, common)
    word = item.find(f"{_V}textpath")
    if word is not None and word.get("string"):
        return _vml_word(item, word, style, common)
    picture = item.find(f"{_V}imagedata")
    if picture is not None:
        rid = picture.get(qn("r:id"), "")
        relations = formatting.relations(part)
        name = next((rel.target for rel in relations if rel.rid == rid), "")
        return _vml_picture(name, formatting, common)
    box = item.find(f"{_V}textbox/{qn('w:txbxContent')}")
    boxed = box is not None or item.tag == f"{_V}rect"
    if "rotation" in style:
        boxed = False
    if box is not None:
        common["content"] = tuple(box)
    return Shape(kind="box" if boxed else "unknown", what="hình vẽ VML", **common)  # type: ignore[arg-type]


_VML_FROM = {"margin": "margin", "page": "page", "text": "paragraph", "char": "character"}


def _aligned(text: str) -> str:
    return "" if text == "absolute" else text


def _vml_picture(name: str, formatting: Formatting, common: dict[str, object]) -> Shape:
    plain = {key: item for key, item in common.items() if key != "pen"}
    return _picture_shape(name, formatting, plain)


def _vml_word(
    item: etree._Element, word: etree._Element, style: Mapping[str, str], common: dict[str, object]
) -> Shape:
    """Return the word that a watermark stretches over its frame."""
    fill = item.find(f"{_V}fill")
    try:
        opacity = float("1" if fill is None else fill.get("opacity", "1"))
        turn = float(style.get("rotation", "0"))
    except ValueError:
        opacity, turn = 1.0, 0.0
    shade = item.get("fillcolor", "silver").lstrip("#")
    own: dict[str, object] = {
        "letters": word.get("string", ""),
        "turn": turn,
        "opacity": min(max(opacity, 0.0), 1.0),
        "fill": color(shade) or _COLORS.get(shade, "C0C0C0"),
        "inline": False,
    }
    return Shape(kind="word", **{**common, **own})  # type: ignore[arg-type]


_COLORS = {"silver": "C0C0C0", "gray": "808080", "red": "FF0000", "black": "000000"}


def _vml_line(item: etree._Element, common: dict[str, object]) -> Shape:
    ends = [
        [_length(part) for part in item.get(name, "0,0").split(",")][:2] for name in ("from", "to")
    ]
    (x0, y0), (x1, y1) = (end if len(end) == 2 else [0.0, 0.0] for end in ends)
    place: dict[str, object] = {
        "inline": False,
        "x": min(x0, x1),
        "y": min(y0, y1),
        "width": abs(x1 - x0),
        "height": abs(y1 - y0),
        "flipped": (x1 - x0) * (y1 - y0) < 0,
    }
    return Shape(kind="line", **{**common, **place})  # type: ignore[arg-type]


# ---------------------------------------------------------------- on the page
def horizontal(shape: Shape, width: float, section: Section) -> float:
    """Return how far right of its column's left edge a shape stands."""
    left, right = section.left / 20, section.right / 20
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
    if shape.align_x in ("center", "right", "outside"):
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
    if shape.align_y in ("center", "bottom", "outside"):
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
    pen += f', dash: "{shape.dash}")' if shape.dash else ")"
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
