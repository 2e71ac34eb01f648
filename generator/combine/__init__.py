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
from collections.abc import Iterable
from contextlib import ExitStack
from itertools import chain
from pathlib import Path

from generator.combine.binder import Binder
from generator.errors import DataError, Problem
from generator.ooxml import package_pieces
from generator.output import make_folder, unwritable, write_pieces

__all__ = ["combine"]


def combine(documents: Iterable[tuple[str, bytes]], target: Path) -> int:
    """Write documents made from one form into one .docx, in order; return their number.

    Args:
        documents: name (for messages) and content of each .docx.
        target: the file, which appears whole or not at all.

    Raises:
        DataError: there is none, one was not made from the form of the first, or all together are
            longer than a .docx may be.
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
            write_pieces(target, package_pieces(binder.finished()), durable=True)
    except OverflowError as error:
        raise DataError(
            Problem(
                file=str(target),
                message="văn bản ghép dài quá 4 GB, không chương trình nào mở được",
                hint="chia dữ liệu thành nhiều tệp, ghép từng tệp",
            )
        ) from error
    except OSError as error:  # the disk of temporary files
        raise unwritable(Path(tempfile.gettempdir()), error) from error
    return binder.count
