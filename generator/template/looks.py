"""What a tag's run looks like, with bold, italic, superscript or a link's colours added."""

from __future__ import annotations

import re
from copy import deepcopy

from lxml import etree

from generator.language.wordml import PLAIN_LOOKS, Looks
from generator.ooxml import NAMESPACES, qn
from generator.template.tags import RPR


def undeclared(xml: str) -> str:
    """Return a piece of a part without the namespaces that the part declares."""
    return re.sub(r' xmlns:\w+="[^"]*"', "", xml)


def looks_of(base: etree._Element | None) -> Looks:
    """Return the run properties of a tag with bold, italic and superscript added."""
    if base is None:
        return PLAIN_LOOKS
    return {look: _with_look(base, look) for look in PLAIN_LOOKS}


# Order of the children of w:rPr around the marks (ECMA-376, part 1, 17.3.2.28).
_BEFORE_BOLD = frozenset(map(qn, ("w:rStyle", "w:rFonts")))
_AFTER_VERT = frozenset(
    map(qn, ("w:rtl", "w:cs", "w:em", "w:lang", "w:eastAsianLayout", "w:specVanish", "w:oMath"))
)


def _with_look(base: etree._Element, look: tuple[bool, bool, bool]) -> str:
    properties = deepcopy(base)
    for wanted, names in ((look[1], ("w:i", "w:iCs")), (look[0], ("w:b", "w:bCs"))):
        if not wanted:
            continue
        for name in names:
            for old in properties.findall(qn(name)):
                properties.remove(old)
        at = sum(child.tag in _BEFORE_BOLD for child in properties)
        if names[0] == "w:i":
            at += sum(child.tag in (qn("w:b"), qn("w:bCs")) for child in properties)
        for offset, name in enumerate(names):
            properties.insert(at + offset, etree.Element(qn(name)))
    if look[2]:
        at = sum(child.tag not in _AFTER_VERT for child in properties)
        properties.insert(at, etree.Element(qn("w:vertAlign"), {qn("w:val"): "superscript"}))
    text = etree.tostring(properties, encoding="unicode", with_tail=False)
    return undeclared(text)


# Order of the children of w:rPr before a colour and an underline (17.3.2.28).
_BEFORE_COLOUR = frozenset(
    qn(f"w:{name}")
    for name in (
        "rStyle", "rFonts", "b", "bCs", "i", "iCs", "caps", "smallCaps", "strike", "dstrike",
        "outline", "shadow", "emboss", "imprint", "noProof", "snapToGrid", "vanish", "webHidden",
    )
)  # fmt: skip
_BEFORE_UNDERLINE = _BEFORE_COLOUR | frozenset(
    qn(f"w:{name}")
    for name in ("color", "spacing", "w", "kern", "position", "sz", "szCs", "highlight")
)


def link_look(base: etree._Element | None) -> str:
    """Return the run properties of a link: the tag's own, blue and underlined."""
    properties = deepcopy(base)
    if properties is None:
        properties = etree.Element(RPR, nsmap={"w": NAMESPACES["w"]})
    for name, value, before in (
        ("w:color", "0563C1", _BEFORE_COLOUR),
        ("w:u", "single", _BEFORE_UNDERLINE),
    ):
        for old in properties.findall(qn(name)):
            properties.remove(old)
        at = sum(child.tag in before for child in properties)
        properties.insert(at, etree.Element(qn(name), {qn("w:val"): value}))
    return undeclared(etree.tostring(properties, encoding="unicode", with_tail=False))
