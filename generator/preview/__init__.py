"""Pages of a .docx as print would show them, drawn in this process, without Word or LibreOffice.

.docx -> formatting -> lines, broken as Word breaks them -> Typst source -> PDF, PNG, SVG

``undrawable`` names what cannot be drawn before anything is; the drawing functions refuse a
document that has any of it, unless told to go on without.
"""

from __future__ import annotations

from collections.abc import Iterable

from generator.errors import DataError, Problem
from generator.preview.archive import Archive
from generator.preview.document import Source, write_document
from generator.preview.engine import Form, compile_source, forget
from generator.preview.limits import check_pages
from generator.preview.opening import open_document
from generator.preview.places import Placed, read_places
from generator.preview.survey import Undrawable, survey

__all__ = [
    "Archive", "Placed", "Undrawable", "forget", "page_count", "pdf", "png", "svg",
    "svg_with_places", "undrawable",
]  # fmt: skip


def undrawable(content: bytes, file: str = "") -> tuple[Undrawable, ...]:
    """Return what in a document cannot be drawn: place and kind, none for most.

    Raises:
        TemplateError: it is no .docx, damaged, encrypted, or unpacks beyond the limits.
        DataError: it nests too deep or holds more than 10,000 pages can show.
    """
    formatting = open_document(content, file)
    return (*survey(formatting), *write_document(formatting).beyond)


def pdf(
    content: bytes, file: str = "", *, archive: Archive | None = None, partly: bool = False
) -> bytes:
    """Return a document's pages as one PDF with embedded, subset fonts.

    With ``archive``, as PDF/A-2a and PDF/UA-1 with that metadata. ``partly`` draws a document
    although something in it cannot be drawn.

    Raises:
        TemplateError: it is no .docx, damaged, encrypted, or unpacks beyond the limits.
        DataError: something cannot be drawn, or a sign is in no face; each with its place.
        ToolError: no face of this machine prints Vietnamese.
    """
    source = _source(content, file, partly, archive)
    return compile_source(source, standards=archive.standards if archive else (), file=file)[0]


def png(
    content: bytes,
    ppi: float = 144.0,
    pages: Iterable[int] | None = None,
    file: str = "",
    *,
    partly: bool = False,
) -> list[bytes]:
    """Return pictures of a document's pages, of all or of the ``pages`` numbered from 1."""
    source = _source(content, file, partly)
    check_pages(source.sections, ppi, file)
    return _chosen(compile_source(source, form="png", ppi=ppi, file=file), pages)


def svg(
    content: bytes, pages: Iterable[int] | None = None, file: str = "", *, partly: bool = False
) -> list[bytes]:
    """Return a document's pages as SVG, all or the ``pages`` numbered from 1."""
    return _chosen(_drawn(content, file, partly, "svg"), pages)


def svg_with_places(content: bytes, file: str = "") -> list[Placed]:
    """Return a document's pages as SVG, each with the places of the record printed on it.

    The document says them by the letters of :mod:`generator.language.places`; what in it cannot be
    drawn is left out.
    """
    source = write_document(open_document(content, file), marked=True)
    return [read_places(page) for page in compile_source(source, form="svg", file=file)]


def page_count(content: bytes, file: str = "") -> int:
    """Return how many pages a document has, drawn as far as it can be."""
    return len(_drawn(content, file, True, "svg"))


def _drawn(content: bytes, file: str, partly: bool, form: Form) -> list[bytes]:
    return compile_source(_source(content, file, partly), form=form, file=file)


def _source(content: bytes, file: str, partly: bool, archive: Archive | None = None) -> Source:
    formatting = open_document(content, file)
    found = () if partly else survey(formatting)
    if not found:
        source = write_document(formatting, archive)
        if partly or not source.beyond:
            return source
        found = source.beyond
    raise DataError(
        Problem(
            file=file,
            at=each.place,
            message=f"không vẽ được {each.what}",
            hint="dùng LibreOffice (--renderer libreoffice) để xem tệp này",
        )
        for each in found
    )


def _chosen(drawn: list[bytes], pages: Iterable[int] | None) -> list[bytes]:
    if pages is None:
        return drawn
    return [drawn[page - 1] for page in pages if 0 < page <= len(drawn)]
