"""Words of a .docx given a coloured background, everything else left where it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import groupby

from lxml import etree

from generator.ooxml import Package, PackageWriter, Part, deflate, qn, to_bytes

_P, _R, _T, _RPR, _SHD = map(qn, ("w:p", "w:r", "w:t", "w:rPr", "w:shd"))
_STORIES = ("header", "footer", "footnotes")
# What stands behind w:shd among a run's properties (ISO/IEC 29500-1, 17.3.2.28).
_BEHIND = frozenset(
    qn(f"w:{name}")
    for name in ("fitText", "vertAlign", "rtl", "cs", "em", "lang", "eastAsianLayout", "specVanish")
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Letters of a paragraph from ``start`` to ``end``, and their background as RRGGBB."""

    start: int
    end: int
    fill: str


@dataclass(slots=True, eq=False)
class Words:
    """A paragraph: its letters as one text, and the nodes that hold them."""

    part: str
    nodes: list[etree._Element]
    text: str = field(init=False)

    def __post_init__(self) -> None:
        self.text = "".join(node.text or "" for node in self.nodes)


class Shading:
    """A document whose words can be coloured."""

    def __init__(self, package: Package) -> None:
        self._package = package
        main = package.main_part()
        parts = [main, *(part for kind in _STORIES for part in package.related(main, kind))]
        self._roots = {part: package.xml(part) for part in dict.fromkeys(parts)}
        self.paragraphs = [
            words for part, root in self._roots.items() for words in _paragraphs(part, root)
        ]

    def document(self, stretches: Mapping[int, Sequence[Stretch]]) -> bytes:
        """Return the .docx with stretches coloured, by the index of their paragraph.

        It can be called once: the paragraphs are changed.
        """
        for index, found in stretches.items():
            _colour(self.paragraphs[index].nodes, found)
        changed = {self.paragraphs[index].part for index in stretches}
        parts = [
            _part(name, self._roots[name]) if name in changed else part
            for name, part in self._package.parts.items()
        ]
        return PackageWriter(parts).assemble(())


def _paragraphs(part: str, root: etree._Element) -> Iterator[Words]:
    for copy in list(root.iter(qn("mc:Fallback"))):
        copy.getparent().remove(copy)
    found: dict[etree._Element, list[etree._Element]] = {node: [] for node in root.iter(_P)}
    for node in root.iter(_T):
        owner = next(node.iterancestors(_P), None)
        if owner is not None and node.getparent().tag == _R:
            found[owner].append(node)
    for nodes in found.values():
        if nodes:
            yield Words(part, nodes)


def _colour(nodes: Sequence[etree._Element], stretches: Sequence[Stretch]) -> None:
    at = 0
    fills: dict[etree._Element, list[str]] = {}
    for node in nodes:
        length = len(node.text or "")
        fills[node] = [""] * length
        for stretch in stretches:
            for place in range(max(stretch.start, at), min(stretch.end, at + length)):
                fills[node][place - at] = stretch.fill
        at += length
    for run in dict.fromkeys(node.getparent() for node in nodes):
        if any(any(fills.get(child, ())) for child in run):
            _split(run, fills)


def _split(run: etree._Element, fills: Mapping[etree._Element, Sequence[str]]) -> None:
    """Replace a run by runs of one colour each."""
    properties = run.find(_RPR)
    pieces: list[etree._Element] = []
    last = None
    for child, fill in _pieces(run, fills):
        if fill != last:
            pieces.append(_run(properties, fill))
            last = fill
        pieces[-1].append(child)
    parent = run.getparent()
    at = parent.index(run)
    parent[at : at + 1] = pieces


def _pieces(
    run: etree._Element, fills: Mapping[etree._Element, Sequence[str]]
) -> Iterator[tuple[etree._Element, str]]:
    for child in run:
        if child.tag == _RPR:
            continue
        if child not in fills:
            yield deepcopy(child), ""
            continue
        for fill, letters in groupby(zip(child.text or "", fills[child], strict=True), _fill):
            text = etree.Element(_T, {qn("xml:space"): "preserve"})
            text.text = "".join(letter for letter, _ in letters)
            yield text, fill


def _fill(pair: tuple[str, str]) -> str:
    return pair[1]


def _run(properties: etree._Element | None, fill: str) -> etree._Element:
    run = etree.Element(_R)
    if properties is not None:
        run.append(deepcopy(properties))
    if fill:
        looks = run[0] if len(run) else etree.SubElement(run, _RPR)
        for old in [*looks.findall(_SHD), *looks.findall(qn("w:highlight"))]:
            looks.remove(old)
        shade = {qn("w:val"): "clear", qn("w:color"): "auto", qn("w:fill"): fill}
        at = sum(child.tag not in _BEHIND for child in looks)
        looks.insert(at, etree.Element(_SHD, shade))
    return run


def _part(name: str, root: etree._Element) -> Part:
    data = to_bytes(root)
    return Part(name, data, 8, deflate(data))


def merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Return stretches with those of one colour joined that touch or overlap."""
    found: list[Stretch] = []
    for each in sorted(stretches, key=lambda stretch: (stretch.start, stretch.end)):
        if found and found[-1].fill == each.fill and each.start <= found[-1].end:
            found[-1] = Stretch(found[-1].start, max(found[-1].end, each.end), each.fill)
        else:
            found.append(each)
    return found
