"""The pages of a record, finished or not, each printed value leading to its field."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generator.draft import highlighted
from generator.errors import Problem
from generator.language.places import Place, Places, placed, unmarked
from generator.ooxml import read_package
from generator.pipeline import Form
from generator.preview import Placed, svg_with_places
from generator.records.data import RawRecord
from generator.records.schema import JsonPath
from generator.tracing import RECORD


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page as SVG, and its size."""

    svg: bytes
    width_mm: float
    height_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """Where a line of a value is printed: the page from 1, millimetres from its top left corner.

    ``path`` leads to the value in the record: ``("nguoi_ky", "ho_ten")``, ``("muc", 0, "ten")``. Of
    a value that is not there, it names the field to fill. A ``computed`` value has no field: the
    path is its own place, as ``vanban explain`` knows it.
    """

    page: int
    x: float
    y: float
    width: float
    height: float
    path: JsonPath
    computed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """The pages of a record, and everything still wrong with it."""

    pages: tuple[Page, ...]
    areas: tuple[Area, ...]
    problems: tuple[Problem, ...]


def shown(form: Form, raw: RawRecord) -> Pages:
    """Return the pages of a record, its holes in yellow, with the place of each value on them.

    A finished record's pages are those of its document.

    Raises:
        DataError: data that is no record at all, or a sign that no face can draw.
        TemplateError: the template cannot be filled even with holes.
    """
    places = Places()
    place = Place((), places)
    plain, problems = form.unfinished(raw)
    context, _ = form.unfinished(raw, place)
    record = placed(context, place)
    template = form.tracing_template
    content = template.render(plain)
    marked = template.render({**record, RECORD: record})
    # Marks may lead to areas, never to another document: then it has none.
    drawn = svg_with_places(highlighted(marked if _alike(content, marked) else content))
    return Pages(
        pages=tuple(
            Page(svg=page.svg, width_mm=mm(page.width), height_mm=mm(page.height)) for page in drawn
        ),
        areas=tuple(_areas(form, drawn, places.paths())),
        problems=problems,
    )


def _alike(plain: bytes, marked: bytes) -> bool:
    """Return whether two documents differ in the marks alone."""
    one, other = (read_package(content, "").parts for content in (plain, marked))
    return one.keys() == other.keys() and all(
        part.data == other[name].data or part.data == unmarked(other[name].data.decode()).encode()
        for name, part in one.items()
    )


def _areas(form: Form, pages: Sequence[Placed], paths: Sequence[JsonPath]) -> Iterator[Area]:
    computed = [form.schema.field_at(path) is None for path in paths]
    for number, page in enumerate(pages, start=1):
        for box in page.boxes:
            yield Area(
                page=number, x=mm(box.x), y=mm(box.y), width=mm(box.width),
                height=mm(box.height), path=paths[box.number], computed=computed[box.number],
            )  # fmt: skip


def mm(points: float) -> float:
    """Return points as millimetres, to the hundredth."""
    return round(points * 25.4 / 72, 2)
