"""The PDF of a document for print and archive, with what its record says of it as metadata."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Any

from generator.bundle import Bundle
from generator.vietnamese import TextFormError
from generator.vietnamese.documents import doc_no

if TYPE_CHECKING:
    from generator.preview.archive import Archive
    from generator.preview.routes import Drawn, Renderer

# The first of these that a record has says who issues the document.
_ISSUERS = ("co_quan_ban_hanh", "don_vi", "co_quan_tong_hop", "co_quan_sao")
_SUBJECTS = ("trich_yeu", "tieu_de")


def print_pdf(
    content: bytes,
    file: str,
    *,
    bundle: Bundle,
    context: Mapping[str, Any],
    renderer: Renderer = "auto",
) -> Drawn:
    """Return a document made from a form as PDF/A-2a with tags and metadata.

    ``context`` is what its template was filled with.

    Raises:
        DataError: a sign that no face has, with its place.
        ToolError: something cannot be drawn and LibreOffice is missing; no face prints Vietnamese.
    """
    from generator.preview.routes import draw

    return draw(content, file, renderer=renderer, archive=about(bundle, context))


def about(bundle: Bundle, context: Mapping[str, Any]) -> Archive:
    """Return what a record system must know of a document: title, issuer, number, date."""
    from generator.preview.archive import Archive

    kind = _line(context.get("ten_loai")) or bundle.title
    subject = next(filter(None, (_line(context.get(key)) for key in _SUBJECTS)), "")
    unit = _line(context.get(bundle.unit)) if bundle.unit else ""
    issued = context.get("ngay_ban_hanh")
    return Archive(
        title=" - ".join(filter(None, (f"{kind}: {subject}" if subject else kind, unit))),
        issuer=next(filter(None, (_line(context.get(key)) for key in _ISSUERS)), ""),
        number=_number(context),
        issued=issued if isinstance(issued, date) else None,
    )


def _line(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _number(context: Mapping[str, Any]) -> str:
    """Return "08/KH-UBND"; nothing while the number is still to be written by hand."""
    number, symbol = context.get("so"), context.get("ky_hieu")
    if not number or not isinstance(symbol, str):
        return ""
    with suppress(TextFormError):
        return str(doc_no(number, symbol, ""))
    return ""


def told(drawn: Drawn) -> tuple[str, ...]:
    """Return what is to be said of how a document was drawn: nothing in most cases."""
    said = []
    if drawn.beyond:
        what = "; ".join(dict.fromkeys(each.what for each in drawn.beyond))
        said.append(f"Dùng LibreOffice, vì bộ vẽ có sẵn không vẽ được: {what}.")
    if drawn.replaced:
        said.append(
            f"Máy không có phông {', '.join(drawn.replaced)}; vẽ bằng phông khác, "
            "dòng có thể ngắt khác bản in."
        )
    if drawn.plain:
        said.append(f"PDF thường, không phải PDF/A: {drawn.plain[0].message}.")
    return tuple(said)
