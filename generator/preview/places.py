"""Which parts of a page print which places of a record: from marked letters over links to areas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from generator.language.places import MARKED, number_of
from generator.patterns import regex

_SCHEME = "place:"  # no document's own link begins so
# What Typst 0.15 writes for a link: an empty rectangle over the text of one line, in groups that
# move or turn what they hold.
_LINK = (
    rf'<a [^>]*\bhref="{_SCHEME}([0-9]+)"[^>]*>'
    r'<rect width="([^"]+)" height="([^"]+)"[^>]*/></a>'
)
_LINKS = regex(_LINK)
_TAGS = regex(rf"<g\b[^>]*>|</g>|{_LINK}")
_TRANSFORM = regex(r'\btransform="(\w+)\(([^)]*)\)"')
_SIZE = regex(r'<svg [^>]*?width="([0-9.]+)pt" height="([0-9.]+)pt"')


class Box(NamedTuple):
    """A line of a value on a page: points from the top left corner, and the place's number."""

    x: float
    y: float
    width: float
    height: float
    number: int


@dataclass(frozen=True, slots=True)
class Placed:
    """A page as SVG, its size in points, and what stands where on it."""

    svg: bytes
    width: float
    height: float
    boxes: tuple[Box, ...]


def stretches(text: str) -> Iterator[tuple[str, str]]:
    """Yield the stretches of a text and, for each between marks, the link that tells its place."""
    at = 0
    for found in MARKED.finditer(text):
        yield text[at : found.start()], ""
        yield found[2], f"{_SCHEME}{number_of(found[1])}"
        at = found.end()
    yield text[at:], ""


def read_places(page: bytes) -> Placed:
    """Return a page without the links that tell places, and the places."""
    text = page.decode()
    size = _SIZE.match(text)
    width, height = (float(size[1]), float(size[2])) if size else (0.0, 0.0)
    # Where no link tells a place there is nothing to look for.
    boxes = _lines(_boxes(text)) if _SCHEME in text else ()
    return Placed(_LINKS.sub("", text).encode(), width, height, tuple(boxes))


_Matrix = tuple[float, float, float, float, float, float]
_HERE: _Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def _boxes(text: str) -> Iterator[Box]:
    outer = [_HERE]
    for tag in _TAGS.finditer(text):
        if tag[1]:
            at = _within(outer[-1], _moved(tag[0]))
            yield _box(at, float(tag[2]), float(tag[3]), int(tag[1]))
        elif tag[0] == "</g>":
            outer.pop()
        elif not tag[0].endswith("/>"):
            outer.append(_within(outer[-1], _moved(tag[0])))


def _moved(tag: str) -> _Matrix:
    """Return how a tag moves and turns what it holds."""
    found = _TRANSFORM.search(tag)
    if found is None:
        return _HERE
    numbers = [float(number) for number in found[2].replace(",", " ").split()]
    if found[1] == "translate":
        return (1.0, 0.0, 0.0, 1.0, numbers[0], numbers[1] if len(numbers) > 1 else 0.0)
    if found[1] == "scale":
        return (numbers[0], 0.0, 0.0, numbers[-1], 0.0, 0.0)
    a, b, c, d, e, f = numbers
    return (a, b, c, d, e, f)


def _within(outer: _Matrix, inner: _Matrix) -> _Matrix:
    (a, b, c, d, e, f), (g, h, i, j, x, y) = outer, inner
    return (
        a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * x + c * y + e,
        b * x + d * y + f,
    )  # fmt: skip


def _box(at: _Matrix, width: float, height: float, number: int) -> Box:
    """Return the upright box around a rectangle that is moved and turned."""
    a, b, c, d, e, f = at
    corners = [(x * a + y * c + e, x * b + y * d + f) for x in (0, width) for y in (0, height)]
    left, top = (min(each) for each in zip(*corners, strict=True))
    right, bottom = (max(each) for each in zip(*corners, strict=True))
    return Box(left, top, right - left, bottom - top, number)


def _lines(boxes: Iterable[Box]) -> Iterator[Box]:
    """Yield boxes, those of one place that touch on one line as one."""
    last: Box | None = None
    for box in boxes:
        if last is not None and _goes_on(last, box):
            last = last._replace(width=box.x + box.width - last.x)
        elif box.height > _TOUCHING:  # a raised sign has no height of its own
            if last is not None:
                yield last
            last = box
    if last is not None:
        yield last


_TOUCHING = 0.5  # points


def _goes_on(last: Box, box: Box) -> bool:
    inside = last.y - _TOUCHING < box.y < last.y + last.height
    level = abs(last.y - box.y) < _TOUCHING and abs(last.height - box.height) < _TOUCHING
    side = abs(last.x + last.width - box.x) < _TOUCHING
    raised = box.height < _TOUCHING and inside
    return last.number == box.number and side and (level or raised)
