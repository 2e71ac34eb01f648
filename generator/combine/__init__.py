"""Many documents in one .docx, to print in one go: each in sections of its own.

The documents come from one form, so they share styles, settings, fonts and the looks of lists; the
file has these once, from the first document. The bodies are cut out as they are and joined, never
parsed, so that ten thousand take no more memory than one. Only what a file may hold once is changed
on the way: ids of drawings, bookmarks, lists and notes. Pages, notes and automatic numbers begin
anew with each document; headers, pictures and links come along, the same ones once.

The records that the documents carry stay out: the file is for the printer, and whoever reads
figures reads them from the documents.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import chain
from pathlib import Path

from generator.combine.binder import Binder
from generator.errors import DataError, Problem
from generator.ooxml import Packed, package_pieces
from generator.output import make_folder, unwritable, write_pieces

__all__ = ["combine"]

_MOST_PARTS = 65_535  # of a zip that every program reads
_DIVIDE = "chia dữ liệu thành nhiều tệp, ghép từng tệp"


def combine(documents: Iterable[tuple[str, bytes]], target: Path) -> int:
    """Write documents made from one form into one .docx, in order; return their number.

    Args:
        documents: name (for messages) and content of each .docx.
        target: the file, which appears whole or not at all.

    Raises:
        DataError: there is none, one was not made from the form of the first, or all together are
            longer, or of more parts, than a .docx may be.
        TemplateError: one is no .docx.
        UsageError: the file cannot be written.
    """
    source = iter(documents)
    first = next(source, None)
    if first is None:
        raise DataError(Problem(file=str(target), message="không có văn bản nào để ghép"))
    make_folder(target.parent)
    try:
        with ExitStack() as stack:
            binder = Binder(stack, *first, title=target.stem)
            for name, content in chain((first,), source):
                binder.add(name, content)
            write_pieces(target, package_pieces(_few(binder.finished(), target)), durable=True)
    except OverflowError as error:
        raise DataError(
            Problem(
                file=str(target),
                message="văn bản ghép dài quá 4 GB, không chương trình nào mở được",
                hint=_DIVIDE,
            )
        ) from error
    except OSError as error:  # the disk of temporary files
        raise unwritable(Path(tempfile.gettempdir()), error) from error
    return binder.count


def _few(parts: Iterable[Packed], target: Path) -> Iterator[Packed]:
    """Yield parts, as many as a .docx may have."""
    for number, part in enumerate(parts):
        if number == _MOST_PARTS:
            message = (
                "văn bản ghép có quá 65.535 phần (hình, đầu trang, chân trang khác nhau), "
                "một tệp .docx không chứa hết"
            )
            raise DataError(Problem(file=str(target), message=message, hint=_DIVIDE))
        yield part
