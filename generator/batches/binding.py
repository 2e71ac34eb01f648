"""All documents of a batch in one file as well, to print in one go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from generator.batches.outputs import is_address, is_zip, local_path, reader
from generator.errors import Problem, UsageError
from generator.naming import expect_output, same_file
from generator.output import expect_writable

KINDS = ("docx", "pdf")


class Bound(NamedTuple):
    """What the file holds; how many ``pages`` is known of a PDF alone."""

    documents: int
    pages: int | None


def kind_of(target: str | Path) -> str:
    """Return the format of a file to print, by its name.

    Raises:
        UsageError: neither .docx nor .pdf.
    """
    kind = Path(target).suffix.lower()[1:]
    if kind not in KINDS:
        raise UsageError(
            Problem(
                file=str(target),
                message="chỉ ghép được thành tệp .docx hoặc .pdf",
                hint="đặt tên kết thúc bằng .docx hoặc .pdf",
            )
        )
    return kind


def expect_target(target: str | Path, source: str) -> None:
    """Find out before the work whether all documents can be bound into a file after it.

    Raises:
        UsageError: it is neither .docx nor .pdf, is an address, would replace the data, or cannot
            be written.
    """
    kind_of(target)
    if is_address(str(target)):
        raise UsageError(
            Problem(
                file=str(target),
                message="tệp ghép chỉ ghi được trên máy này",
                hint="ghi --combine là một tệp của máy này rồi chép đi",
            )
        )
    target = Path(target)
    expect_output(target, source)
    expect_writable(target)


def bind(output: str, names: Sequence[str], target: Path) -> Bound:
    """Write documents of an output into one file, in order.

    Raises:
        UsageError: the file cannot be written, is one of the documents, or one is no longer there.
        DataError: all together are longer than a .docx may be.
        ToolError: pikepdf is missing, for a PDF.
    """
    _refuse_own(output, names, target)
    with reader(output) as read:
        pages = join(((Path(name).stem, read(name)) for name in names), target)
    return Bound(len(names), pages)


def join(documents: Iterable[tuple[str, bytes]], target: Path) -> int | None:
    """Write documents, each under its title, into one file; return the pages of a PDF.

    Raises:
        UsageError: the file cannot be written, or is neither .docx nor .pdf.
        DataError: all together are longer than a .docx may be.
        ToolError: pikepdf is missing, for a PDF.
    """
    if kind_of(target) == "docx":
        from generator.combine import combine

        combine(documents, target)
        return None
    from generator.combine.stapling import staple

    return staple(documents, target)


def _refuse_own(output: str, names: Sequence[str], target: Path) -> None:
    """Refuse a file that would take the place of one of the documents."""
    if is_address(output) or is_zip(output):
        return
    place, file = local_path(output).resolve(), target.resolve()
    if not file.is_relative_to(place):
        return
    if same_file(file.relative_to(place).as_posix()) in map(same_file, names):
        raise UsageError(
            Problem(
                file=str(target),
                message="tên tệp ghép trùng với một văn bản của lô; chưa ghép",
                hint="đặt tên khác cho tệp ghép",
            )
        )
