"""A document opened to be drawn: its package read, its formatting known, its size within bounds."""

from __future__ import annotations

from dataclasses import dataclass

from generator.formatting import Formatting
from generator.ooxml import Package, read_package
from generator.preview.limits import check_content

_MOST_KEPT = 4 * 1024 * 1024  # bytes of a package that the next one may share


@dataclass(slots=True)
class _Last:
    """The package read last: of a batch, the next has most of its parts."""

    package: Package | None = None


_last = _Last()


def open_document(content: bytes, file: str) -> Formatting:
    """Return the formatting of a .docx.

    Raises:
        TemplateError: it is no .docx, damaged, encrypted, or unpacks beyond the limits.
        DataError: it holds macros, nests too deep, or is longer than pages can be drawn of.
    """
    package = read_package(content, file, like=_last.package)
    formatting = Formatting(package)
    check_content(formatting)
    size = sum(len(part.data) for part in package.parts.values())
    _last.package = package if size <= _MOST_KEPT else None
    return formatting


def forget_package() -> None:
    """Drop the package read last."""
    _last.package = None
