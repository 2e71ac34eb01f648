"""Everything `vanban preview` can show, each as one PDF with what is to be told about it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from generator.batches.journal import form_files
from generator.bundle import Listed
from generator.errors import DataError, GeneratorError, Problem, UsageError
from generator.pipeline import Form, open_form
from generator.preview.pictures import page_sizes
from generator.preview.routes import Renderer, draw
from generator.printing import told
from generator.records.data import RawRecord, read_bytes
from generator.views import template, versions
from generator.views.risks import Risk, Risks, riskiest
from generator.views.sheets import Colour, Tile, sheets

_BESIDE_PT = 480.0  # width of a page that stands beside another
_SMALL_PT = 190.0  # of a page on the sheet of all forms
_ROW = 4  # pages of a unit beside one another
_MOST_ON_ONE = 240  # pages on one picture


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Pages to look at; ``said`` and ``warnings`` are told with them."""

    pdf: bytes
    said: tuple[str, ...] = ()
    warnings: tuple[Problem, ...] = ()
    watched: tuple[Path, ...] = ()  # the files whose change makes it another


# ---------------------------------------------------------------- one document
@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A .docx to show: where it is from, and the files it depends on."""

    content: bytes
    name: str
    warnings: tuple[Problem, ...] = ()
    said: tuple[str, ...] = ()
    watched: tuple[Path, ...] = ()


def is_file(form: str) -> bool:
    """Return whether what is to be shown is a Word file, not a form."""
    path = Path(form)
    return path.is_file() or path.suffix.lower() in (".docx", ".docm", ".doc", ".dotx")


def of_file(file: str) -> Document:
    """Return a Word file as it is.

    Raises:
        UsageError: it cannot be read.
    """
    path = Path(file)
    return Document(content=read_bytes(path, file), name=file, watched=(path,))


def of_form(
    form: str, data: str | None, templates: Sequence[str], choose: Callable[[Form], RawRecord]
) -> Document:
    """Return the document of a form and a record of ``data``, of its sample without one.

    Raises:
        UsageError, BundleError, DataError: as in making any document.
    """
    opened = open_form(form, templates)
    raw = choose(opened) if data else sample(opened)
    prepared = opened.prepare(raw, named=False)
    content = opened.template.render(prepared.context, prepared.record)
    files = (*form_files(opened).values(), *_data_files(data, raw))
    return Document(
        content=content,
        name=opened.bundle.id,
        warnings=(*opened.template.notes, *prepared.warnings),
        watched=files,
    )


def sample(form: Form) -> RawRecord:
    """Return the sample record of a form."""
    return next(iter(form.records(str(form.bundle.path("sample.json")))))


def _data_files(data: str | None, raw: RawRecord) -> Iterator[Path]:
    if not data or data == "-":
        return
    yield Path(data)
    if raw.file and Path(raw.file).is_file():
        yield Path(raw.file)
    for name in _named_files(raw.parse()):
        yield Path(raw.folder or ".", name)


def _named_files(value: Any) -> Iterator[str]:
    """Yield the files that a record's texts are kept in."""
    if isinstance(value, dict):
        if isinstance(value.get("$file"), str):
            yield value["$file"]
        for item in value.values():
            yield from _named_files(item)
    elif isinstance(value, list):
        for item in value:
            yield from _named_files(item)


def pages(document: Document, renderer: Renderer) -> View:
    """Return a document's own pages."""
    drawn = draw(document.content, document.name, renderer=renderer)
    return View(
        pdf=drawn.pdf,
        said=(*document.said, *told(drawn)),
        warnings=document.warnings,
        watched=document.watched,
    )


# ---------------------------------------------------------------- beside one another
def with_template(document: Document, form: Form, renderer: Renderer) -> View:
    """Return a form's template, tags coloured, beside a document made from it."""
    path = form.bundle.path("template.docx")
    left = template.coloured(read_bytes(path, str(path)), str(path))
    return _beside(
        replace(document, content=left, name=str(path)), document, ("Mẫu", "Văn bản"),
        template.LEGEND, renderer,
    )  # fmt: skip


def compared(new: Document, old: Document, renderer: Renderer) -> View:
    """Return two versions beside each other, the older on the left, changed words marked."""
    found = versions.compare(old.content, new.content, old.name, new.name)
    view = _beside(
        replace(old, content=found.old), replace(new, content=found.new),
        (Path(old.name).name, Path(new.name).name), versions.LEGEND, renderer,
    )  # fmt: skip
    words = [
        f"Bản sau bỏ hoặc sửa {found.gone} chữ, có {found.come} chữ mới hoặc đã sửa."
        if found.gone or found.come
        else "Chữ của hai bản giống hệt nhau."
    ]
    if found.restyled:
        words.append(f"Bản sau đổi cách trình bày của {found.restyled} chữ.")
    return replace(view, said=(*view.said, *words))


def _beside(
    left: Document,
    right: Document,
    names: tuple[str, str],
    legend: Sequence[Colour],
    renderer: Renderer,
) -> View:
    views = pages(left, renderer), pages(right, renderer)
    sides = [_tiles(view.pdf, name) for view, name in zip(views, names, strict=True)]
    tiles = [
        side[row] if row < len(side) else None
        for row in range(max(map(len, sides)))
        for side in sides
    ]
    return View(
        pdf=sheets(tiles, columns=2, width_pt=_BESIDE_PT, rows=1, legend=legend),
        said=tuple(dict.fromkeys(views[0].said + views[1].said)),
        warnings=tuple(dict.fromkeys(left.warnings + right.warnings)),
        watched=tuple(dict.fromkeys(left.watched + right.watched)),
    )


def _tiles(pdf: bytes, name: str) -> list[Tile]:
    return [
        Tile(pdf, number, f"{name}, trang {number}")
        for number in range(1, len(page_sizes(pdf)) + 1)
    ]


# ---------------------------------------------------------------- many
def contact_sheet(
    listed: Sequence[Listed],
    templates: Sequence[str],
    renderer: Renderer,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> View:
    """Return the first page of every form's sample on one sheet.

    A form that cannot be drawn leaves a warning, not the sheet. ``progress`` hears how many are
    done, of how many.
    """
    tiles: list[Tile | None] = []
    wrong: list[Problem] = []
    forms = [item.bundle for item in listed if not item.shadowed]
    for number, bundle in enumerate(forms):
        try:
            view = pages(of_form(str(bundle.folder), None, templates, sample), renderer)
        except GeneratorError as error:
            wrong += error.problems
        else:
            count = len(page_sizes(view.pdf))
            tiles.append(Tile(view.pdf, 1, f"{bundle.id} ({count} trang)"))
        progress(number + 1, len(forms))
    if not tiles:
        raise DataError(wrong)
    return View(
        pdf=sheets(tiles, columns=6, width_pt=_SMALL_PT),
        said=(f"{len(tiles)} mẫu trên một tờ.",),
        warnings=tuple(wrong),
    )


def riskiest_units(form: Form, source: str, most: int, renderer: Renderer) -> View:
    """Return the pages of the units most likely to print badly, each with the reasons.

    Raises:
        DataError: no record of the source is valid.
    """
    found = riskiest(form, source, most)
    if not found.chosen:
        raise DataError(found.first_problems)
    drawn = [draw(form.render(risk.raw), risk.unit, renderer=renderer) for risk in found.chosen]
    counts = [len(page_sizes(each.pdf)) for each in drawn]
    columns = min(max(counts), _ROW)
    tiles: list[Tile | None] = []
    for number, (risk, each, count) in enumerate(zip(found.chosen, drawn, counts, strict=True), 1):
        tiles += [
            Tile(each.pdf, page, _line(number, risk) if page == 1 else f"(trang {page})")
            for page in range(1, count + 1)
        ]
        tiles += [None] * (-count % columns)
    return View(
        pdf=sheets(tiles, columns=columns, width_pt=_BESIDE_PT, rows=1),
        said=tuple(_why(found)),
        watched=(*form_files(form).values(), Path(source)),
    )


def _why(found: Risks) -> Iterator[str]:
    for number, risk in enumerate(found.chosen, start=1):
        yield _line(number, risk)
    if found.invalid:
        yield (
            f"{found.invalid} trong {found.records} bản ghi chưa hợp lệ nên không có ở đây: "
            "xem bằng vanban validate."
        )


def _line(number: int, risk: Risk) -> str:
    return f"{number}. {risk.unit}: {'; '.join(risk.reasons)}"


# ---------------------------------------------------------------- one picture
def on_one_sheet(pdf: bytes) -> bytes:
    """Return a PDF of one page that shows all pages of another.

    Raises:
        UsageError: they are too many for one picture.
    """
    sizes = page_sizes(pdf)
    if len(sizes) == 1:
        return pdf
    if len(sizes) > _MOST_ON_ONE:
        raise UsageError(
            Problem(
                message=f"{len(sizes)} trang không xếp vừa một ảnh",
                hint="ghi ra tệp .pdf, hoặc ra thư mục để mỗi trang một ảnh",
            )
        )
    wide = max(width for width, _ in sizes)
    # The whole as wide as a screen; more points than these make it larger, not easier to read.
    columns = round(math.sqrt(1.4 * len(sizes) * sizes[0][1] / sizes[0][0])) or 1
    width = min(wide, 2600.0 / columns, math.sqrt(10_000_000 / len(sizes)))
    tiles = [Tile(pdf, number) for number in range(1, len(sizes) + 1)]
    return sheets(tiles, columns=columns, width_pt=width)
