"""Pages of a .docx, with the places on them of words that something is said of."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from itertools import islice, pairwise

import pypdfium2
from lxml import etree

from generator.conformity.document import Paragraph
from generator.conformity.findings import Finding, Place
from generator.conformity.parts import part_bytes
from generator.errors import DataError, ToolError
from generator.language.places import Place as Spot
from generator.language.places import Places
from generator.ooxml import Package, PackageWriter, Part, deflate, qn, read_package
from generator.preview import svg_with_places, undrawable
from generator.preview.pictures import pictures
from generator.preview.routes import Renderer, draw
from generator.printing import told
from generator.views.leading import Page, mm
from generator.views.template import coloured

_T, _P, _FALLBACK = qn("w:t"), qn("w:p"), qn("mc:Fallback")
_ONE_WIDE = frozenset(map(qn, ("w:tab", "w:cr", "w:br", "w:noBreakHyphen")))
_PAGE_BREAKS = ("page", "column")
_MOST_PLACES = 20  # of one finding
_LEAST_WORDS = 4  # letters: fewer are found everywhere on a page
_PPI = 110.0
MOST_PAGES = 200  # that are shown; a longer document is read in Word


@dataclass(frozen=True, slots=True, kw_only=True)
class Spotted:
    """Where words are printed: the page from 1, millimetres from its top left corner.

    ``numbers`` are those of all that is said of the words.
    """

    page: int
    x: float
    y: float
    width: float
    height: float
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PointedPages:
    """Pages, the places on them, and what is to be told of how they were drawn."""

    pages: tuple[Page, ...]
    spots: tuple[Spotted, ...]
    said: tuple[str, ...] = ()


Roots = Callable[[str], etree._Element]
"""Gives the tree of a part, the same each time."""

Letters = Sequence[tuple[etree._Element, int]]
"""The ``w:t`` nodes of a paragraph, each with the place in its text where the node begins."""


class Pointer:
    """A document in which places are pointed at before its pages are drawn."""

    def __init__(self, package: Package, root: Roots) -> None:
        self._package = package
        self._root = root
        self._said: dict[etree._Element, list[tuple[int, int, int]]] = {}
        self._parts: dict[etree._Element, str] = {}

    def add(self, number: int, part: str, letters: Letters, start: int, end: int) -> None:
        """Point at letters of a paragraph from ``start`` to ``end``: ``number`` is said of them."""
        for node, begins in letters:
            length = len(node.text or "")
            first, last = max(start - begins, 0), min(end - begins, length)
            if first < last:
                self._said.setdefault(node, []).append((first, last, number))
                self._parts[node] = part

    def pages(self) -> PointedPages:
        """Return the pages with the places; it can be called once.

        Raises:
            DataError: too many pages, or a sign that no face has.
        """
        places = Places()
        groups: list[tuple[int, ...]] = []
        for node, said in self._said.items():
            node.text = "".join(_marked(node.text or "", said, places, groups))
        changed = {
            part: part_bytes(self._package, part, self._root(part))
            for part in dict.fromkeys(self._parts.values())
        }
        parts = (
            Part(name, changed[name], 8, deflate(changed[name])) if name in changed else part
            for name, part in self._package.parts.items()
        )
        drawn = svg_with_places(PackageWriter(parts).assemble(()), self._package.file)
        return PointedPages(
            pages=tuple(
                Page(svg=page.svg, width_mm=mm(page.width), height_mm=mm(page.height))
                for page in drawn
            ),
            spots=tuple(
                Spotted(
                    page=number, x=mm(box.x), y=mm(box.y), width=mm(box.width),
                    height=mm(box.height), numbers=groups[box.number],
                )
                for number, page in enumerate(drawn, 1)
                for box in page.boxes
                if box.number < len(groups)  # a letter of the document's own tells nothing
            ),
        )  # fmt: skip


def _marked(
    text: str, said: Sequence[tuple[int, int, int]], places: Places, groups: list[tuple[int, ...]]
) -> Iterator[str]:
    """Yield a text with the letters that tell places: stretches never lie in one another."""
    cuts = sorted({0, len(text), *(cut for first, last, _ in said for cut in (first, last))})
    for start, end in pairwise(cuts):
        numbers = tuple(n for first, last, n in said if first <= start and end <= last)
        if not numbers:
            yield text[start:end]
            continue
        opens, closes = Spot((len(groups),), places).marks()
        groups.append(numbers)
        yield f"{opens}{text[start:end]}{closes}"


# ---------------------------------------------------------------- a document that was checked
def of_findings(findings: Mapping[int, Finding], package: Package, root: Roots) -> PointedPages:
    """Return the pages of a document with the places of its findings, by their numbers.

    ``package`` is the one the findings were made of, ``root`` gives its trees. What the embedded
    renderer cannot draw is drawn by LibreOffice, or left out and told of where that is missing.

    Raises:
        DataError: too many pages, or a sign that no face has.
    """
    content = PackageWriter(package.parts.values()).assemble(())
    try:
        beyond = undrawable(content, package.file)
    except DataError:  # a sign that no face here has; LibreOffice prints a box for it
        with suppress(DataError, ToolError):
            return _of_office(content, package.file, findings, "libreoffice")
        raise
    if beyond:
        with suppress(ToolError):  # LibreOffice is missing
            return _of_office(content, package.file, findings)
    pointer = Pointer(package, root)
    for number, place in _places(findings):
        paragraph = place.paragraph
        if paragraph is not None:
            letters = tuple(_letters(paragraph))
            pointer.add(number, paragraph.part, letters, place.start, _end(place))
    drawn = pointer.pages()
    what = "; ".join(dict.fromkeys(each.what for each in beyond))
    said = (f"Các trang ở đây thiếu: {what}. Xem đủ thì mở bằng Word.",) if what else ()
    return PointedPages(
        pages=drawn.pages[:MOST_PAGES],
        spots=tuple(spot for spot in drawn.spots if spot.page <= MOST_PAGES),
        said=(*said, *_left_out(len(drawn.pages))),
    )


def _left_out(count: int) -> tuple[str, ...]:
    """Return what is to be told of a document with so many pages."""
    told_of = f"Chỉ hiện {MOST_PAGES} trang đầu trong {count} trang."
    return (told_of,) if count > MOST_PAGES else ()


def _places(findings: Mapping[int, Finding]) -> Iterator[tuple[int, Place]]:
    for number, finding in findings.items():
        for place in finding.places[:_MOST_PLACES]:
            yield number, place


def _end(place: Place) -> int:
    if place.end > place.start or place.paragraph is None:
        return place.end
    return place.start + len(place.words) if place.words else len(place.paragraph.text)


def _letters(paragraph: Paragraph) -> Iterator[tuple[etree._Element, int]]:
    """Yield the text nodes of a paragraph as the check counts its letters."""
    for piece in paragraph.pieces:
        at = piece.start
        for node in piece.run:
            if node.tag == _T:
                yield node, at
                at += len(node.text or "")
            elif node.tag in _ONE_WIDE and node.get(qn("w:type")) not in _PAGE_BREAKS:
                at += 1


# ---------------------------------------------------------------- a template
@dataclass(frozen=True, slots=True)
class TagAt:
    """A tag of a template as typed, ``""`` for the whole paragraph, which counts from 1."""

    part: str
    paragraph: int
    tag: str


def of_template(content: bytes, file: str, said: Mapping[int, TagAt]) -> PointedPages:
    """Return the pages of a template, tags coloured, with the places that something is said of.

    Raises:
        TemplateError: it is no .docx, damaged, encrypted, or unpacks beyond the limits.
        DataError: too many pages, or a sign that no face has.
    """
    typed, shown = read_package(content, file), read_package(coloured(content, file), file)
    before, now = cache(typed.xml), cache(shown.xml)
    pointer = Pointer(shown, now)
    for number, at in said.items():
        paragraphs = list(before(at.part).iter(_P)) if at.part in typed.parts else []
        if not 0 < at.paragraph <= len(paragraphs) or _is_copy(paragraphs[at.paragraph - 1]):
            continue
        # Colouring leaves out the copies: a paragraph's place among those drawn stays.
        place = sum(not _is_copy(each) for each in paragraphs[: at.paragraph - 1])
        drawn = (each for each in now(at.part).iter(_P) if not _is_copy(each))
        letters = _text_nodes(next(islice(drawn, place, None)))
        text = "".join(node.text or "" for node, _ in letters)
        start = text.find(at.tag) if at.tag else -1
        end = start + len(at.tag) if start >= 0 else len(text)
        pointer.add(number, at.part, letters, max(start, 0), end)
    return pointer.pages()


def _is_copy(paragraph: etree._Element) -> bool:
    """Return whether a paragraph is the copy of a drawing's for old programs: it is not drawn."""
    return next(paragraph.iterancestors(_FALLBACK), None) is not None


def _text_nodes(paragraph: etree._Element) -> list[tuple[etree._Element, int]]:
    """Return the text nodes of a paragraph, not of those inside it, each with its place."""
    found, at = [], 0
    for node in paragraph.iter(_T):
        if next(node.iterancestors(_P), None) is paragraph:
            found.append((node, at))
            at += len(node.text or "")
    return found


# ---------------------------------------------------------------- pages of LibreOffice
def _of_office(
    content: bytes, file: str, findings: Mapping[int, Finding], renderer: Renderer = "auto"
) -> PointedPages:
    """Return the pages that LibreOffice draws; places are where the quoted words stand in them."""
    drawn = draw(content, file, renderer=renderer)
    sizes: list[tuple[float, float]] = []
    spots: list[Spotted] = []
    with pypdfium2.PdfDocument(drawn.pdf) as document:
        count = len(document)
        for number in range(min(count, MOST_PAGES)):
            page = document[number]
            sizes.append(page.get_size())
            text = page.get_textpage()
            spots += _found(text, number + 1, sizes[-1][1], findings)
            text.close()
            page.close()
    pages = (
        Page(svg=_as_svg(png, *size), width_mm=mm(size[0]), height_mm=mm(size[1]))
        for size, png in zip(sizes, pictures(drawn.pdf, _PPI, file), strict=False)
    )
    said = (*told(drawn), *_left_out(count))
    return PointedPages(pages=tuple(pages), spots=tuple(spots), said=said)


def _found(
    text: pypdfium2.PdfTextPage, page: int, height: float, findings: Mapping[int, Finding]
) -> Iterator[Spotted]:
    for number, place in _places(findings):
        words = place.words.removesuffix("…").strip()
        told_page = place.paragraph.page if place.paragraph else None
        if len(words) < _LEAST_WORDS or (told_page or page) != page:
            continue
        hit = text.search(words, match_case=True).get_next()
        if hit is None:
            continue
        for rect in range(text.count_rects(*hit)):
            left, bottom, right, top = text.get_rect(rect)
            yield Spotted(
                page=page, x=mm(left), y=mm(height - top), width=mm(right - left),
                height=mm(top - bottom), numbers=(number,),
            )  # fmt: skip


def _as_svg(png: bytes, width: float, height: float) -> bytes:
    """Return a picture of a page as the other pages are: SVG of its size in points."""
    data = base64.b64encode(png).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}pt" height="{height}pt" '
        f'viewBox="0 0 {width} {height}"><image width="{width}" height="{height}" '
        f'href="data:image/png;base64,{data}"/></svg>'
    ).encode()
