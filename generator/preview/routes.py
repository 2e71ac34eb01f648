"""Which renderer draws a document: the embedded one, or LibreOffice for what that one cannot draw.

What cannot be drawn is known before anything is. ``auto`` then takes LibreOffice where it is
installed; elsewhere the error names it all: a page that is silently wrong is worse than none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from generator.errors import DataError, GeneratorError, Problem, TemplateError, ToolError
from generator.formatting import Formatting
from generator.preview import office
from generator.preview.archive import Archive, described
from generator.preview.document import Source, write_document
from generator.preview.engine import compile_source
from generator.preview.limits import check_page
from generator.preview.opening import open_document
from generator.preview.survey import Undrawable, survey

Renderer = Literal["auto", "embedded", "libreoffice"]
RENDERERS: tuple[Renderer, ...] = ("auto", "embedded", "libreoffice")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A document's pages as PDF, and how they came about."""

    pdf: bytes
    by: Renderer = "embedded"
    beyond: tuple[Undrawable, ...] = ()  # what made LibreOffice necessary
    plain: tuple[Problem, ...] = ()  # why it is no archive's PDF, where one was asked for
    replaced: tuple[str, ...] = ()  # faces that this machine lacks, drawn in another


@dataclass(frozen=True, slots=True)
class Order:
    """A .docx to be drawn; ``file`` is its name for messages."""

    content: bytes
    file: str = ""
    archive: Archive | None = None


def draw(
    content: bytes, file: str = "", *, renderer: Renderer = "auto", archive: Archive | None = None
) -> Drawn:
    """Return a document's pages as PDF.

    With ``archive`` it is PDF/A-2a and PDF/UA-1 with that metadata where the content allows;
    ``Drawn.plain`` tells where it does not. LibreOffice makes PDF/A-2b and PDF/UA-1.

    Raises:
        TemplateError: it is no .docx, damaged, encrypted, or unpacks beyond the limits.
        DataError: it holds macros, is too long, or a sign is in no face.
        ToolError: something in it cannot be drawn and LibreOffice is missing, with all of it;
            no face of this machine prints Vietnamese; LibreOffice hangs.
    """
    (found,) = draw_all([Order(content, file, archive)], renderer)
    if isinstance(found, GeneratorError):
        raise found
    return found


def draw_all(
    orders: Sequence[Order], renderer: Renderer = "auto"
) -> list[Drawn | DataError | TemplateError]:
    """Return documents drawn, in order; those left to LibreOffice go there together.

    Raises:
        ToolError: as of :func:`draw`: what is missing here is missing for all.
    """
    found = [_first_try(order, renderer) for order in orders]
    left = [number for number, each in enumerate(found) if isinstance(each, tuple)]
    made: dict[int, bytes] = {}
    for archive in (False, True):
        alike = [number for number in left if bool(orders[number].archive) is archive]
        made |= _printed(orders, alike, archive=archive)
    return [
        _by_office(made.get(number), orders[number], each) if isinstance(each, tuple) else each
        for number, each in enumerate(found)
    ]


def _check_pages(formatting: Formatting) -> None:
    """Refuse what would exhaust the machine: LibreOffice has no limits of its own."""
    for section in formatting.sections:
        check_page(section, formatting.package.file)


_Try = Drawn | DataError | TemplateError | tuple[Undrawable, ...]


def _first_try(order: Order, renderer: Renderer) -> _Try:
    """Return a document drawn by the embedded renderer, or what is beyond it."""
    try:
        formatting = open_document(order.content, order.file)
        _check_pages(formatting)
        if renderer == "libreoffice":
            return ()
        beyond = survey(formatting)
        if not beyond:
            source = write_document(formatting, order.archive)
            beyond = source.beyond
            if not beyond:
                return _embedded(source, order)
    except (DataError, TemplateError) as error:
        return error
    if renderer == "auto" and office.program():
        return beyond
    raise ToolError(_not_drawn(beyond, order.file, renderer))


def _printed(orders: Sequence[Order], left: Sequence[int], *, archive: bool) -> dict[int, bytes]:
    """Return the PDFs that LibreOffice makes of some orders, by their numbers."""
    if not left:
        return {}
    contents = {str(number): orders[number].content for number in left}
    found = office.to_pdfs(contents, archive=archive)
    return {
        int(name): described(pdf, about) if (about := orders[int(name)].archive) else pdf
        for name, pdf in found.items()
    }


def _by_office(
    pdf: bytes | None, order: Order, beyond: tuple[Undrawable, ...]
) -> Drawn | DataError:
    if pdf is not None:
        return Drawn(pdf, "libreoffice", beyond)
    return DataError(
        Problem(
            file=order.file, message="LibreOffice không mở được tệp này", hint="mở thử bằng Word"
        )
    )


def _embedded(source: Source, order: Order) -> Drawn:
    """Draw by the strictest standard the content allows."""
    standards = order.archive.standards if order.archive else ()
    try:
        pdf = compile_source(source, standards=standards, file=order.file)[0]
        return Drawn(pdf, replaced=source.replaced)
    except DataError as refused:
        if not standards:
            raise
        # What stands against the standard, such as a picture without words, is no fault of the
        # page; what else is wrong comes up again.
        return Drawn(compile_source(source, tagged=True, file=order.file)[0],
                     plain=refused.problems, replaced=source.replaced)  # fmt: skip


def _not_drawn(beyond: Sequence[Undrawable], file: str, renderer: Renderer) -> list[Problem]:
    hint = (
        "bỏ --renderer embedded để dùng LibreOffice"
        if renderer == "embedded"
        else f"{office.INSTALL_HINT} rồi chạy lại"
    )
    *others, last = [
        Problem(file=file, at=each.place, message=f"bộ vẽ có sẵn không vẽ được {each.what}")
        for each in beyond
    ]
    return [*others, replace(last, hint=hint)]
