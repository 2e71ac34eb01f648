"""The properties of one ``w:pPr`` or ``w:rPr``, as flat keys that a cascade can lay over another.

ECMA-376, part 1, 17.3.1 and 17.3.2. A key that is absent says nothing, so that what stands below
in the cascade shows through.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from lxml import etree

from generator.formatting.values import Border, Frame, TabStop
from generator.ooxml import qn
from generator.units import LARGEST, number

Properties = dict[str, Any]
_W = qn("w:p")[:-1]
_VAL = f"{_W}val"
_DOTS = re.compile(r"pct(\d\d)")
_COLOR = re.compile("[0-9A-Fa-f]{6}")


def local(node: etree._Element) -> str:
    """Return the name of an element of WordprocessingML without its namespace, "" for others."""
    tag = node.tag
    return tag[len(_W) :] if isinstance(tag, str) and tag.startswith(_W) else ""


def value(node: etree._Element | None, name: str = "val", default: str = "") -> str:
    """Return an attribute of the namespace ``w``."""
    return default if node is None else node.get(_W + name, default)


def on(node: etree._Element | None) -> bool:
    """Return whether a truth property is there and not switched off (17.17.4)."""
    return node is not None and node.get(_VAL, "1") not in ("0", "false", "off", "none")


def child(node: etree._Element | None, name: str) -> etree._Element | None:
    """Return the first child of that name."""
    if node is None or not len(node):
        return None
    first = node[0]  # where properties stand
    return first if first.tag == _W + name else next(node.iterchildren(_W + name), None)


def border(node: etree._Element) -> Border | None:
    """Return a border line, ``None`` for one that is switched off."""
    style = value(node, default="none")
    if style in ("nil", "none"):
        return None
    return Border(
        style=style,
        width_eighths=max(number(value(node, "sz"), 4), 2),
        space_pt=number(value(node, "space")),
        color=color(value(node, "color")),
    )


def color(text: str) -> str:
    """Return a colour's six digits, "" for automatic or anything else."""
    return text.upper() if _COLOR.fullmatch(text) else ""


def shading(node: etree._Element | None) -> str:
    """Return the colour behind a text or cell: the fill, the ink of a solid pattern, or a mixture.

    A pattern of dots (``pct25``, 17.18.78) looks like its share of the ink in the fill.
    """
    pattern = value(node, default="clear")
    if node is None or pattern == "nil":
        return ""
    fill, ink = color(value(node, "fill")), color(value(node, "color"))
    if pattern == "solid":
        return ink
    share = _DOTS.fullmatch(pattern)
    return _mixed(ink or "000000", fill or "FFFFFF", int(share[1]) / 100) if share else fill


def _mixed(ink: str, fill: str, share: float) -> str:
    pairs = zip(bytes.fromhex(ink), bytes.fromhex(fill), strict=True)
    return bytes(round(share * one + (1 - share) * other) for one, other in pairs).hex().upper()


def paragraph_properties(node: etree._Element | None) -> Properties:
    """Return the flat properties of a ``w:pPr``."""
    return _read(node, _PARAGRAPH)


def run_properties(node: etree._Element | None) -> Properties:
    """Return the flat properties of a ``w:rPr``."""
    return _read(node, _RUN)


Reader = Callable[[etree._Element, Properties], None]


def _read(node: etree._Element | None, readers: Mapping[str, Reader]) -> Properties:
    found: Properties = {}
    if node is not None:
        for item in node:
            reader = readers.get(local(item))
            if reader:
                reader(item, found)
    return found


def lay_over(below: Properties, above: Properties) -> Properties:
    """Return two levels of a cascade as one; tab stops add up, all else is replaced."""
    merged = {**below, **above}
    if "tabs" in below and "tabs" in above:
        merged["tabs"] = {**below["tabs"], **above["tabs"]}
    return merged


def _flag(key: str) -> Reader:
    def read(node: etree._Element, found: Properties) -> None:
        found[key] = on(node)

    return read


def _text(key: str, names: Mapping[str, str] | None = None) -> Reader:
    def read(node: etree._Element, found: Properties) -> None:
        text = value(node)
        found[key] = names.get(text, text) if names else text

    return read


def _number(key: str, least: int = -LARGEST, most: int = LARGEST) -> Reader:
    def read(node: etree._Element, found: Properties) -> None:
        found[key] = max(least, min(most, number(value(node))))

    return read


ALIGNMENTS = {"start": "left", "end": "right", "justify": "both"}


def _indents(node: etree._Element, found: Properties) -> None:
    for key, names in (("left", ("left", "start")), ("right", ("right", "end"))):
        for name in names:
            if value(node, name):
                found[key] = number(value(node, name))
    if value(node, "firstLine"):
        found["first_line"] = number(value(node, "firstLine"))
    if value(node, "hanging"):  # of the two, hanging counts
        found["first_line"] = -number(value(node, "hanging"))


def _spacing(node: etree._Element, found: Properties) -> None:
    for name in ("before", "after"):
        if value(node, name):
            found[name] = max(0, number(value(node, name)))
        auto = value(node, f"{name}Autospacing")
        if auto:
            found[f"{name}_auto"] = auto not in ("0", "false", "off")
    if value(node, "line"):
        found["line"] = number(value(node, "line"), 240)
        found["line_rule"] = value(node, "lineRule", "auto")
    elif value(node, "lineRule"):
        found["line_rule"] = value(node, "lineRule")


def _tabs(node: etree._Element, found: Properties) -> None:
    stops: dict[int, TabStop | None] = {}
    for item in node.findall(f"{_W}tab"):
        position, kind = number(value(item, "pos")), value(item, default="left")
        stops[position] = (
            None
            if kind == "clear"
            else TabStop(
                position=position,
                align={"num": "left"}.get(kind, ALIGNMENTS.get(kind, kind)),
                leader=value(item, "leader", "none"),
            )
        )
    found["tabs"] = stops


def _paragraph_borders(node: etree._Element, found: Properties) -> None:
    for item in node:
        side = {"start": "left", "end": "right"}.get(local(item), local(item))
        found[f"border.{side}"] = border(item)


def _shading(node: etree._Element, found: Properties) -> None:
    found["shading"] = shading(node)


def _numbering(node: etree._Element, found: Properties) -> None:
    num, level = child(node, "numId"), child(node, "ilvl")
    if num is not None:
        found["num_id"] = value(num)
    if level is not None:
        found["level"] = max(0, min(8, number(value(level))))


def _frame(node: etree._Element, found: Properties) -> None:
    drop = value(node, "dropCap")
    found["frame"] = Frame(
        width=number(value(node, "w")),
        height=number(value(node, "h")),
        height_rule=value(node, "hRule", "auto"),
        x=number(value(node, "x")),
        y=number(value(node, "y")),
        from_x=value(node, "hAnchor", "page"),
        from_y=value(node, "vAnchor", "page"),
        align_x=value(node, "xAlign"),
        align_y=value(node, "yAlign"),
        space_x=number(value(node, "hSpace")),
        space_y=number(value(node, "vSpace")),
        wrap=value(node, "wrap"),
        drop_cap="" if drop == "none" else drop,
    )


_PARAGRAPH: Mapping[str, Reader] = {
    "jc": _text("align", ALIGNMENTS),
    "ind": _indents,
    "spacing": _spacing,
    "contextualSpacing": _flag("contextual"),
    "keepNext": _flag("keep_next"),
    "keepLines": _flag("keep_lines"),
    "pageBreakBefore": _flag("page_break_before"),
    "widowControl": _flag("widow_control"),
    "suppressLineNumbers": _flag("suppress_line_numbers"),
    "bidi": _flag("right_to_left"),
    "tabs": _tabs,
    "pBdr": _paragraph_borders,
    "shd": _shading,
    "outlineLvl": _number("outline", 0, 9),
    "numPr": _numbering,
    "framePr": _frame,
}


def _fonts(node: etree._Element, found: Properties) -> None:
    for key, name in _FONT_SLOTS.items():
        theme = value(node, f"{name}Theme") or (name == "cs" and value(node, "cstheme")) or ""
        if theme:
            found[key] = ("theme", theme)
        elif value(node, name):
            found[key] = value(node, name)


_FONT_SLOTS = {"ascii": "ascii", "h_ansi": "hAnsi", "east_asia": "eastAsia", "cs": "cs"}


def _underline(node: etree._Element, found: Properties) -> None:
    kind = value(node, default="single")
    found["underline"] = "" if kind == "none" else kind


def _color(node: etree._Element, found: Properties) -> None:
    found["color"] = color(value(node))


def _highlight(node: etree._Element, found: Properties) -> None:
    found["highlight"] = "" if value(node) == "none" else value(node)


def _vert_align(node: etree._Element, found: Properties) -> None:
    found["vert_align"] = "" if value(node) == "baseline" else value(node)


def _run_border(node: etree._Element, found: Properties) -> None:
    found["border"] = border(node)


TOGGLES = {
    "b": "bold",
    "i": "italic",
    "caps": "caps",
    "smallCaps": "small_caps",
    "strike": "strike",
    "dstrike": "double_strike",
    "vanish": "hidden",
    "outline": "effect.outline",
    "shadow": "effect.shadow",
    "emboss": "effect.emboss",
    "imprint": "effect.imprint",
}
"""Properties that switch when several kinds of style set them (17.7.3)."""

_RUN: Mapping[str, Reader] = {
    **{name: _flag(key) for name, key in TOGGLES.items()},
    "rStyle": _text("style"),
    "rFonts": _fonts,
    "sz": _number("size_half_points", 2, 3276),
    "u": _underline,
    "color": _color,
    "highlight": _highlight,
    "shd": _shading,
    "vertAlign": _vert_align,
    "position": _number("raised_half_points", -3000, 3000),
    "spacing": _number("spacing", -3000, 3000),
    "w": _number("scale_percent", 1, 600),
    "lang": _text("lang"),
    "kern": _number("kern_from_half_points"),
    "rtl": _flag("right_to_left"),
    "bdr": _run_border,
}
