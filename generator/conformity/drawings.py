"""What drawings matter here: straight horizontal lines, and the text inside text boxes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from generator.ooxml import qn
from generator.units import EMU_PER_MM, number

_WPS = "{http://schemas.microsoft.com/office/word/2010/wordprocessingShape}"
_V = "{urn:schemas-microsoft-com:vml}"
_ALTERNATIVES, _CHOICE = qn("mc:AlternateContent"), qn("mc:Choice")
_FRAMES = (qn("wp:anchor"), qn("wp:inline"))
_CONTENT = qn("w:txbxContent")
_LINES = ("line", "straightConnector1", "bentConnector2")
# A line may be drawn a little askew, or as a rectangle of no height.
_FLAT_MM = 1.2
MM_PER_PT = 25.4 / 72
_LENGTH = re.compile(r"\s*(-?[0-9]*\.?[0-9]+)\s*(pt|in|cm|mm|px|)\s*")
_IN_MM = {"pt": MM_PER_PT, "in": 25.4, "cm": 10.0, "mm": 1.0, "px": 25.4 / 96, "": MM_PER_PT}


@dataclass(frozen=True, slots=True, eq=False)
class DrawnRule:
    """A horizontal line: its length, its left end where told, whether it is solid.

    ``x_mm`` is counted from what the drawing names (``page``, ``margin`` or the text column).
    """

    node: etree._Element
    length_mm: float
    solid: bool
    x_mm: float | None = None
    relative_to: str = "column"
    align: str = ""


def _shown(node: etree._Element) -> Iterator[etree._Element]:
    """Yield what a program of today shows: the first choice, else the drawing itself."""
    if node.tag == _ALTERNATIVES:
        choice = node.find(_CHOICE)
        for child in choice if choice is not None else ():
            yield from _shown(child)
    else:
        yield node


def rules_of(node: etree._Element) -> Iterator[DrawnRule]:
    """Yield the horizontal lines a drawing consists of."""
    for shown in _shown(node):
        frames = [frame for frame in shown.iter(*_FRAMES)]
        for frame in frames:
            yield from _drawing_rule(frame)
        if not frames:
            for shape in shown.iter(f"{_V}line", f"{_V}shape", f"{_V}rect"):
                yield from _vml_rule(shape)


def _drawing_rule(frame: etree._Element) -> Iterator[DrawnRule]:
    extent = frame.find(qn("wp:extent"))
    geometry = next(frame.iter(qn("a:prstGeom")), None)
    if extent is None or geometry is None or next(frame.iter(_CONTENT), None) is not None:
        return
    width, height = (_emu_mm(extent.get(side)) for side in ("cx", "cy"))
    if width < 2 or height > _FLAT_MM or geometry.get("prst") not in (*_LINES, "rect"):
        return
    dash = next(frame.iter(qn("a:prstDash")), None)
    across = frame.find(qn("wp:positionH"))
    x_mm, align = None, ""
    if across is not None:
        offset, named = across.find(qn("wp:posOffset")), across.find(qn("wp:align"))
        x_mm = _emu_mm(offset.text) if offset is not None else None
        align = (named.text or "") if named is not None else ""
    yield DrawnRule(
        frame,
        width,
        dash is None or dash.get("val") == "solid",
        x_mm,
        "column" if across is None else across.get("relativeFrom", "column"),
        align,
    )


def _vml_rule(shape: etree._Element) -> Iterator[DrawnRule]:
    style = dict(
        (key.strip(), value.strip())
        for key, _, value in (part.partition(":") for part in shape.get("style", "").split(";"))
    )
    if shape.tag == f"{_V}line":
        x0, y0 = _point(shape.get("from", "0,0"))
        x1, y1 = _point(shape.get("to", "0,0"))
        width, height, left = abs(x1 - x0), abs(y1 - y0), min(x0, x1)
    else:
        width, height = _length(style.get("width", "")), _length(style.get("height", ""))
        left = _length(style.get("margin-left", ""))
        if shape.tag == f"{_V}shape" and not shape.get("type", "").endswith("_t32"):
            return
    if width < 2 or height > _FLAT_MM or next(shape.iter(_CONTENT), None) is not None:
        return
    stroke = shape.find(f"{_V}stroke")
    dashed = stroke is not None and stroke.get("dashstyle", "solid") != "solid"
    yield DrawnRule(shape, width, not dashed, left)


def text_boxes(node: etree._Element) -> Iterator[tuple[etree._Element, float]]:
    """Yield the contents of a drawing's text boxes with their width in millimetres, 0 unknown."""
    for shown in _shown(node):
        for content in shown.iter(_CONTENT):
            outer = next(content.iterancestors(_CONTENT), None)
            if outer is None or not _inside(outer, shown):
                yield content, _width(content)


def _inside(node: etree._Element, root: etree._Element) -> bool:
    return any(above is root for above in node.iterancestors())


def _width(content: etree._Element) -> float:
    """Return the room inside the box; Word keeps 2.5 mm free on each side unless told."""
    frame = next(content.iterancestors(*_FRAMES), None)
    if frame is not None:
        extent = frame.find(qn("wp:extent"))
        width = _emu_mm(extent.get("cx")) if extent is not None else 0.0
        body = next(frame.iter(f"{_WPS}bodyPr"), None)
        insets = [
            _emu_mm(body.get(side)) if body is not None and body.get(side) else 2.54
            for side in ("lIns", "rIns")
        ]
        return max(0.0, width - sum(insets))
    shape = next(content.iterancestors(f"{_V}shape", f"{_V}rect"), None)
    told = re.search(
        r"(?<![\w-])width:([^;]+)", shape.get("style", "") if shape is not None else ""
    )
    return max(0.0, _length(told[1]) - 5.08) if told else 0.0


def _emu_mm(text: str | None) -> float:
    try:
        return int(text or 0) / EMU_PER_MM
    except ValueError:
        return 0.0


def _length(text: str) -> float:
    match = _LENGTH.fullmatch(text)
    return float(match[1]) * _IN_MM[match[2]] if match else 0.0


def _point(text: str) -> tuple[float, float]:
    x, _, y = text.partition(",")
    return _length(x), _length(y)


# ---------------------------------------------------------------- a line changed
def in_group(node: etree._Element) -> bool:
    """Tell whether a line is drawn in a group, whose measures its own follow."""
    return len(list(node.iter(qn("a:prstGeom")))) > 1


def set_length(node: etree._Element, length_mm: float) -> None:
    """Make the line of a :class:`DrawnRule` so long, its middle where it was.

    The copy that old programs show is changed too.
    """
    for one in _both_forms(node):
        (_set_frame if one.tag in _FRAMES else _set_shape)(one, length_mm)


def set_solid(node: etree._Element) -> None:
    """Make the line of a :class:`DrawnRule` solid, in the copy for old programs too."""
    for one in _both_forms(node):
        for dash in one.iter(qn("a:prstDash")):
            dash.set("val", "solid")
        for stroke in one.iter(f"{_V}stroke"):
            stroke.attrib.pop("dashstyle", None)


def _both_forms(node: etree._Element) -> Iterator[etree._Element]:
    yield node
    both = next(node.iterancestors(_ALTERNATIVES), None)
    fallback = both.find(qn("mc:Fallback")) if both is not None else None
    if fallback is not None:
        yield from fallback.iter(f"{_V}line", f"{_V}shape", f"{_V}rect")


def _set_frame(frame: etree._Element, length_mm: float) -> None:
    extent = frame.find(qn("wp:extent"))
    if extent is None:
        return
    old, new = number(extent.get("cx")), round(length_mm * EMU_PER_MM)
    for size in (extent, *frame.iter(qn("a:ext"))):
        if size.get("cx") is not None:
            size.set("cx", str(new))
    offset = frame.find(f"{qn('wp:positionH')}/{qn('wp:posOffset')}")
    if offset is not None:
        offset.text = str(number(offset.text) + (old - new) // 2)


def _set_shape(shape: etree._Element, length_mm: float) -> None:
    points = length_mm / MM_PER_PT
    if shape.tag == f"{_V}line":
        (x0, y0), (x1, y1) = _point(shape.get("from", "0,0")), _point(shape.get("to", "0,0"))
        middle = (x0 + x1) / 2 / MM_PER_PT
        for name, x, y in (("from", middle - points / 2, y0), ("to", middle + points / 2, y1)):
            shape.set(name, f"{x:.2f}pt,{y / MM_PER_PT:.2f}pt")
        return
    style = shape.get("style", "")
    old = _LENGTH_OF["width"].search(style)
    left = _LENGTH_OF["margin-left"].search(style)
    if old is None:
        return
    moved = (_length(old[2]) / MM_PER_PT - points) / 2
    if left is not None:
        place = _length(left[2]) / MM_PER_PT + moved
        style = _LENGTH_OF["margin-left"].sub(rf"\g<1>{place:.2f}pt", style)
    shape.set("style", _LENGTH_OF["width"].sub(rf"\g<1>{points:.2f}pt", style))


_LENGTH_OF = {name: re.compile(rf"((?<![\w-]){name}:)([^;]+)") for name in ("width", "margin-left")}
