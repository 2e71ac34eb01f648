"""The drawing program: Typst source to PDF, PNG or SVG, in this process.

One compiler for each set of faces and each thread is kept: it reads the faces once. Typst itself
drops what it has not used for some documents, so that memory stays where it is over thousands.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, cast

import typst

from generator.errors import DataError, Problem
from generator.preview.document import Source
from generator.preview.fonts import FontFolder, Typeface
from generator.preview.ink import forget_inks
from generator.preview.opening import forget_package
from generator.preview.writer import forget_written

Form = Literal["pdf", "png", "svg"]
_SUSPECTS = b"/Suspects false"
_EPOCH = 0  # the pages are of the document, not of the minute they were drawn: same bytes


@dataclass(frozen=True, slots=True)
class _Faces:
    """Typefaces by their files, so that the same set finds the same compiler."""

    names: tuple[tuple[str, tuple[Path, ...]], ...]


_known: dict[str, Typeface] = {}
_laying = threading.Lock()


@lru_cache(maxsize=8)
def _folder(faces: _Faces) -> tuple[FontFolder, typst.Fonts]:
    folder = FontFolder(_known[name] for name, _ in faces.names)
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder.path)]
    )
    return folder, fonts


class _Compilers(threading.local):
    """The compilers of one thread: a compiler serves one document at a time."""

    def __init__(self) -> None:
        self.made: dict[_Faces, tuple[FontFolder, typst.Compiler]] = {}

    def of(self, faces: _Faces) -> tuple[FontFolder, typst.Compiler]:
        """Return the compiler for a set of faces."""
        if faces not in self.made:
            if len(self.made) >= _MOST_COMPILERS:
                self.made.clear()
            folder, fonts = _folder(faces)
            compiler = typst.Compiler(
                root=str(folder.path), font_paths=fonts, ignore_system_fonts=True
            )
            self.made[faces] = folder, compiler
        return self.made[faces]


_compilers = _Compilers()
_MOST_COMPILERS = 8


def compile_source(
    source: Source,
    *,
    form: Form = "pdf",
    ppi: float = 144.0,
    standards: tuple[str, ...] = (),
    tagged: bool = False,
    file: str = "",
) -> list[bytes]:
    """Return the document as one file (pdf), or a picture of each page (png, svg).

    A PDF says which text is a heading or a table's cell when it is ``tagged``, and always where a
    standard asks for it.

    Raises:
        DataError: the pages cannot be drawn: a damaged picture, or what an archive's PDF forbids.
    """
    _known.update({face.family: face for face in source.typefaces})
    faces = _Faces(
        tuple(
            sorted(
                (face.family, tuple(one.path for one in face.faces.values()))
                for face in source.typefaces
            )
        )
    )
    folder, compiler = _compilers.of(faces)
    try:
        with _pictures(folder.path, source.files):
            made = compiler.compile(
                source.text.encode(),
                format=form,
                ppi=ppi,
                pdf_standards=cast(Any, list(standards)),
                timestamp=_EPOCH,
                pdf_tags=tagged or bool(standards),
            )
    except typst.TypstError as error:
        raise DataError(_problem(error, file)) from error
    pages = made if isinstance(made, list) else [made or b""]
    return [_unsuspected(pages[0])] if form == "pdf" else pages


def _unsuspected(pdf: bytes) -> bytes:
    """Return a PDF without the entry that says the default, which poppler complains of.

    (ISO 32000-1, table 321.) Spaces in its place leave all offsets true.
    """
    return pdf.replace(_SUSPECTS, b" " * len(_SUSPECTS), 1)


@contextmanager
def _pictures(folder: Path, files: Mapping[str, bytes]) -> Iterator[None]:
    """Lay the pictures of one document where the compiler finds them.

    One document at a time: a compiler that two threads use at once fails.
    """
    with _laying:
        paths = [folder / name for name in files]
        try:
            for path, content in zip(paths, files.values(), strict=True):
                path.write_bytes(content)
            yield
        finally:
            for path in paths:
                path.unlink(missing_ok=True)


def forget() -> None:
    """Drop what is kept from one document to the next: this thread's compilers, written text."""
    _compilers.made.clear()
    _folder.cache_clear()
    forget_inks()
    forget_written()
    forget_package()


def _problem(error: typst.TypstError, file: str) -> Problem:
    """Return what Typst found wrong; its place is in our source, so only its words help."""
    if "image" in error.message or "decode" in error.message:
        words = "có một ảnh hỏng hoặc không đúng định dạng, không vẽ được"
    else:
        words = f"không vẽ được trang ({_plain(error.message)})"
    return Problem(
        file=file, message=words, hint="dùng LibreOffice (--renderer libreoffice) để xem tệp này"
    )


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace(os.sep, "/"))[:200]
