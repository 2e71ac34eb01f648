"""Automatic numbers that begin anew in each document.

A list of Word is a ``w:num`` that points to the look of its levels (``w:abstractNum``). Lists with
one look go on counting from each other unless told where to start, so each document after the first
gets lists of its own, the first of each look told so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from generator.combine.children import Children, attribute
from generator.ooxml import qn
from generator.units import number as whole

_LEVELS = range(9)
_LIST_END = re.compile(rb"</w:num>|<w:num(?: [^<>]*)?/>")
_NUMBER = re.compile(rb'(<w:numId w:val=")([^"]*)(?=")')
_OVERRIDES = ("startOverride", "lvl")
# CT_PPr (ISO/IEC 29500-1, 17.3.1.26)
_PARAGRAPH_ORDER = (
    "pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl", "numPr",
    "suppressLineNumbers", "pBdr", "shd", "tabs", "suppressAutoHyphens", "kinsoku", "wordWrap",
    "overflowPunct", "topLinePunct", "autoSpaceDE", "autoSpaceDN", "bidi", "adjustRightInd",
    "snapToGrid", "spacing", "ind", "contextualSpacing", "mirrorIndents", "suppressOverlap", "jc",
    "textDirection", "textAlignment", "textboxTightWrap", "outlineLvl", "divId", "cnfStyle", "rPr",
    "sectPr", "pPrChange",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _List:
    """A ``w:num``: the look it points to and what it says of its levels otherwise."""

    look: bytes
    overrides: Mapping[int, bytes]


@dataclass(frozen=True, slots=True)
class _Numbered:
    """What a paragraph style says of numbers: the list, the level, and the indents of its text."""

    list: bytes
    level: bytes
    indents: Mapping[str, str]


class Numbering:
    """The lists of the combined file; all documents share the looks of the first."""

    def __init__(self, numbering: etree._Element | None, styles: etree._Element | None) -> None:
        nums = list(numbering.iter(qn("w:num"))) if numbering is not None else []
        looks = list(numbering.iter(qn("w:abstractNum"))) if numbering is not None else []
        self._lists = {num.get(qn("w:numId"), "").encode(): _list(num) for num in nums}
        self._starts = {
            look.get(qn("w:abstractNumId"), "").encode(): _starts(look) for look in looks
        }
        self._styles = _numbered_styles(styles, nums, looks) if nums and styles is not None else {}
        self._last = max((whole(number.decode()) for number in self._lists), default=0)
        self._pattern = _with_styles(self._styles)
        self._made: list[bytes] = []

    def anew(self, body: bytes) -> bytes:
        """Return a document's body with lists of its own."""
        if not self._lists:
            return body
        if self._styles:
            body = self._pattern.sub(self._named, body)
        known: dict[bytes, bytes] = {}
        begun: set[bytes] = set()
        return _NUMBER.sub(lambda found: found[1] + self._own(found[2], known, begun), body)

    def finished(self, part: bytes) -> bytes:
        """Return the numbering part with the lists that were made."""
        if not self._made:
            return part
        *_, end = (found.end() for found in _LIST_END.finditer(part))
        return part[:end] + b"".join(self._made) + part[end:]

    def _own(self, number: bytes, known: dict[bytes, bytes], begun: set[bytes]) -> bytes:
        """Return the number of the list that stands for another in the document at hand."""
        if number not in self._lists:
            return number
        if number not in known:
            model = self._lists[number]
            known[number] = self._free()
            self._made.append(self._copy(known[number], model, first=model.look not in begun))
            begun.add(model.look)
        return known[number]

    def _free(self) -> bytes:
        """Return a number that no list of the first document has."""
        self._last += 1
        while b"%d" % self._last in self._lists:
            self._last += 1
        return b"%d" % self._last

    def _copy(self, number: bytes, model: _List, *, first: bool) -> bytes:
        overrides = dict(model.overrides)
        for level, start in self._starts.get(model.look, {}).items() if first else ():
            said = Children(overrides.get(level, b""), _OVERRIDES)
            if not said.get(b"startOverride"):
                said.add(b"startOverride", b'<w:startOverride w:val="%d"/>' % start)
            overrides[level] = said.xml()
        levels = b"".join(
            b'<w:lvlOverride w:ilvl="%d">%s</w:lvlOverride>' % (level, xml)
            for level, xml in sorted(overrides.items())
        )
        return b'<w:num w:numId="%s"><w:abstractNumId w:val="%s"/>%s</w:num>' % (
            number, model.look, levels,
        )  # fmt: skip

    def _named(self, found: re.Match[bytes]) -> bytes:
        """Return the properties of a paragraph whose style numbers it, its list named."""
        said = Children(found[1], _PARAGRAPH_ORDER)
        if said.get(b"numPr"):
            return found[0]
        style = self._styles[attribute(said.get(b"pStyle"), "w:val")]
        said.put(
            b"numPr",
            b'<w:numPr><w:ilvl w:val="%s"/><w:numId w:val="%s"/></w:numPr>'
            % (style.level, style.list),
        )
        if style.indents:
            said.put(b"ind", _indents(style.indents, said.get(b"ind")))
        return b"<w:pPr>" + said.xml() + b"</w:pPr>"


def _list(num: etree._Element) -> _List:
    look = num.find(qn("w:abstractNumId"))
    return _List(
        look.get(qn("w:val"), "").encode() if look is not None else b"",
        {
            level: b"".join(map(_bare, node))
            for node in num.iter(qn("w:lvlOverride"))
            if (level := _level(node)) in _LEVELS
        },
    )


def _level(node: etree._Element) -> int:
    return whole(node.get(qn("w:ilvl")))


def _bare(node: etree._Element) -> bytes:
    """Return an element as XML without the namespaces that the part's root declares."""
    xml = etree.tostring(node, with_tail=False)
    return re.sub(rb' xmlns(?::\w+)?="[^"]*"', b"", xml)


def _starts(look: etree._Element) -> dict[int, int]:
    """Return where each level of a look starts; one that another look defines starts at 1."""
    found = {
        level: whole(_value(node, "w:start"))
        for node in look.iterchildren(qn("w:lvl"))
        if (level := _level(node)) in _LEVELS
    }
    return found or dict.fromkeys(_LEVELS, 1)


def _value(node: etree._Element, path: str, default: str = "") -> str:
    found = node.find("/".join(map(qn, path.split("/"))))
    return default if found is None else str(found.get(qn("w:val"), default))


# ---------------------------------------------------------------- lists that a style brings
def _with_styles(styles: Mapping[bytes, _Numbered]) -> re.Pattern[bytes]:
    """Return a pattern for the properties of paragraphs in those styles."""
    names = b"|".join(map(re.escape, styles)) or b"(?!)"
    return re.compile(rb'<w:pPr>(\s*<w:pStyle w:val="(?:%s)"/>.*?)</w:pPr>' % names, re.DOTALL)


def _numbered_styles(
    styles: etree._Element, nums: list[etree._Element], looks: list[etree._Element]
) -> dict[bytes, _Numbered]:
    by_id = {style.get(qn("w:styleId"), ""): style for style in styles.iter(qn("w:style"))}
    levels = _Levels(nums, looks)
    found = {name: _numbered(name, by_id, levels) for name in by_id}
    return {name.encode(): numbered for name, numbered in found.items() if numbered}


class _Levels:
    """The levels of lists, by list and level."""

    def __init__(self, nums: list[etree._Element], looks: list[etree._Element]) -> None:
        by_id = {look.get(qn("w:abstractNumId")): look for look in looks}
        self._looks = {
            num.get(qn("w:numId"), ""): by_id.get(_value(num, "w:abstractNumId")) for num in nums
        }

    def of_style(self, number: str, style: str) -> str:
        """Return the level of a list that belongs to a style, empty where none does."""
        look = self._looks.get(number)
        for level in look.iterchildren(qn("w:lvl")) if look is not None else ():
            if _value(level, "w:pStyle") == style:
                return str(level.get(qn("w:ilvl"), ""))
        return ""

    def indents(self, number: str, level: str) -> dict[str, str]:
        """Return the indents of a level."""
        look = self._looks.get(number)
        for node in look.iterchildren(qn("w:lvl")) if look is not None else ():
            if node.get(qn("w:ilvl")) == level:
                return _own_indents(node)
        return {}


def _numbered(name: str, styles: Mapping[str, etree._Element], levels: _Levels) -> _Numbered | None:
    chain = _chain(name, styles)
    for depth, style in enumerate(chain):
        number = _value(style, "w:pPr/w:numPr/w:numId")
        if number == "0":
            return None
        if number:
            owner = style.get(qn("w:styleId"), "")
            level = (
                levels.of_style(number, name)
                or _value(style, "w:pPr/w:numPr/w:ilvl")
                or levels.of_style(number, owner)
                or "0"
            )
            # The style's indents count more than the level's; named in the paragraph, the level's
            # would count more. So the sum of both is named too, where the style has any.
            own = [_own_indents(each) for each in reversed(chain[: depth + 1])]
            indents = levels.indents(number, level) if any(own) else {}
            for more in own:
                indents = _over(indents, more)
            return _Numbered(number.encode(), level.encode(), indents)
    return None


def _chain(name: str, styles: Mapping[str, etree._Element]) -> list[etree._Element]:
    """Return a paragraph style and those it is based on, from the nearest."""
    chain: list[etree._Element] = []
    while name in styles and styles[name] not in chain:
        if styles[name].get(qn("w:type")) != "paragraph":
            break
        chain.append(styles[name])
        name = _value(styles[name], "w:basedOn")
    return chain


def _own_indents(node: etree._Element) -> dict[str, str]:
    found = node.find(f"{qn('w:pPr')}/{qn('w:ind')}")
    return {} if found is None else {etree.QName(k).localname: str(v) for k, v in found.items()}


_SAME = {"hanging": "firstLine", "firstLine": "hanging", "start": "left", "left": "start",
         "end": "right", "right": "end"}  # fmt: skip


def _over(below: Mapping[str, str], above: Mapping[str, str]) -> dict[str, str]:
    """Return indents with others laid over them; the two names of one thing replace each other."""
    gone = {_SAME.get(key, "") for key in above}
    return {key: value for key, value in below.items() if key not in gone} | dict(above)


def _indents(indents: Mapping[str, str], direct: bytes) -> bytes:
    own = {key.decode(): value.decode() for key, value in re.findall(rb'w:(\w+)="([^"]*)"', direct)}
    said = "".join(f' w:{key}="{value}"' for key, value in _over(indents, own).items())
    return f"<w:ind{said}/>".encode()
