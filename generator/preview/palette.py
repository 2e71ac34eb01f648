"""Colours and line styles of drawn shapes: DrawingML's own and the theme's, VML's by name.

ECMA-376, part 1, 20.1.2.3 (colours), 20.1.4 (themes and the styles shapes take from them).
"""

from __future__ import annotations

from colorsys import hls_to_rgb, rgb_to_hls

from lxml import etree

from generator.formatting import Formatting
from generator.formatting.properties import child, color, value
from generator.ooxml import NAMESPACES
from generator.units import number

_WHOLE = 100_000  # the file's hundred percent
_NAMES = {
    "black": "000000", "white": "FFFFFF", "red": "FF0000", "lime": "00FF00", "green": "008000",
    "blue": "0000FF", "yellow": "FFFF00", "gray": "808080", "silver": "C0C0C0", "navy": "000080",
    "maroon": "800000", "olive": "808000", "purple": "800080", "teal": "008080",
    "aqua": "00FFFF", "fuchsia": "FF00FF", "window": "FFFFFF", "windowtext": "000000",
}  # fmt: skip
_MAPPED = {"tx1": "dk1", "bg1": "lt1", "tx2": "dk2", "bg2": "lt2"}
_USUAL = {"t1": "dark1", "bg1": "light1", "t2": "dark2", "bg2": "light2"}  # of w:settings


def theme_style(formatting: Formatting, styles: str, index: int) -> etree._Element | None:
    """Return the style of a theme's list that shapes name by its number, from 1."""
    theme = _theme(formatting)
    found = None if theme is None else theme.find(f".//a:{styles}", NAMESPACES)
    listed = [] if found is None else list(found.iterchildren("*"))
    return listed[index - 1] if 0 < index <= len(listed) else None


def ink_of(
    holder: etree._Element | None, formatting: Formatting, styled: str | None = None
) -> str | None:
    """Return the colour in an element such as ``a:solidFill``, None for one that cannot be read.

    ``styled`` is the colour that a shape puts into its theme's style.
    """
    node = None if holder is None else next(holder.iterchildren("*"), None)
    if node is None:
        return None
    kind, name = etree.QName(node).localname, node.get("val", "")
    base: str | None
    if kind == "schemeClr":
        base = styled if name == "phClr" else _of_theme(name, formatting)
    elif kind == "sysClr":
        base = color(node.get("lastClr", "")) or _NAMES.get(name.lower())
    else:
        base = {"srgbClr": color(name), "prstClr": _NAMES.get(name.lower())}.get(kind)
    changes = {
        etree.QName(each).localname: number(each.get("val")) / _WHOLE
        for each in node.iterchildren("*")
    }
    if not base or not changes:
        return base or None
    return _lighter(base, changes) if changes.keys() <= {"lumMod", "lumOff"} else None


def vml_ink(text: str) -> str | None:
    """Return a colour of VML, None for one that cannot be read.

    >>> vml_ink("#f00"), vml_ink("#A0A0A0 [3212]"), vml_ink("white"), vml_ink("fill darken(9)")
    ('FF0000', 'A0A0A0', 'FFFFFF', None)
    """
    name, _, more = text.strip().partition(" ")
    if more and not more.startswith("["):
        return None
    digits = name.removeprefix("#")
    if len(digits) == 3 and name != digits:
        digits = "".join(digit * 2 for digit in digits)
    return color(digits) or _NAMES.get(name.lower())


def _theme(formatting: Formatting) -> etree._Element | None:
    for relation in formatting.relations(formatting.main):
        if relation.kind.endswith("/theme") and relation.target in formatting.package.parts:
            return formatting.root(relation.target)
    return None


def _of_theme(name: str, formatting: Formatting) -> str | None:
    """Return a colour of the theme, unless the document's settings exchange text and paper."""
    mapping = child(formatting.settings, "clrSchemeMapping")
    if any(value(mapping, key, usual) != usual for key, usual in _USUAL.items()):
        return None
    theme, slot = _theme(formatting), _MAPPED.get(name, name)
    scheme = None if theme is None else theme.find(".//a:clrScheme", NAMESPACES)
    for item in () if scheme is None else scheme.iterchildren("*"):
        if etree.QName(item).localname == slot:
            inner = next(item.iterchildren("*"), None)
            return None if inner is None else color(inner.get("lastClr") or inner.get("val", ""))
    return {"dk1": "000000", "lt1": "FFFFFF"}.get(slot)


def _lighter(base: str, changes: dict[str, float]) -> str:
    """Return a colour with its luminance multiplied and raised (20.1.2.3.20, 20.1.2.3.21)."""
    red, green, blue = (int(base[at : at + 2], 16) / 255 for at in (0, 2, 4))
    hue, light, saturation = rgb_to_hls(red, green, blue)
    light = light * changes.get("lumMod", 1.0) + changes.get("lumOff", 0.0)
    parts = hls_to_rgb(hue, min(max(light, 0.0), 1.0), saturation)
    return "".join(f"{round(255 * part):02X}" for part in parts)
