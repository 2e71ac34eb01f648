"""Many PDFs put into one, for a single print job, with a bookmark for each."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Any

from generator.errors import Problem, ToolError
from generator.output import make_folder, write_pieces

_AT_A_TIME = 200  # files open at once: systems allow a thousand or so


def staple(documents: Iterable[tuple[str, bytes]], target: Path) -> int:
    """Write PDFs into one, in order, each under a bookmark of its title; return the pages.

    Groups are put together on disk first, so memory does not grow with their number.

    Raises:
        ToolError: pikepdf is not installed.
        UsageError: the file cannot be written.
    """
    make_folder(target.parent)
    with tempfile.TemporaryDirectory(prefix="vanban-") as folder:
        groups: list[Path] = []
        marks: list[tuple[str, int]] = []
        pages = 0
        source = iter(documents)
        while group := list(islice(source, _AT_A_TIME)):
            groups.append(Path(folder, f"{len(groups)}.pdf"))
            for title, count in _join(group, Path(folder), groups[-1]):
                marks.append((title, pages))
                pages += count
        whole = Path(folder, "whole.pdf")
        _bind(groups, marks, whole, target.stem)
        with whole.open("rb") as file:
            write_pieces(target, iter(lambda: file.read(1 << 20), b""), durable=True)
    return pages


def _join(
    group: Sequence[tuple[str, bytes]], folder: Path, target: Path
) -> Iterator[tuple[str, int]]:
    """Write a group of PDFs into one; yield the title and the number of pages of each."""
    pikepdf = _pikepdf()
    with ExitStack() as stack:
        joined = stack.enter_context(pikepdf.new())
        for number, (title, content) in enumerate(group):
            path = folder / f"one-{number}.pdf"
            path.write_bytes(content)
            one = stack.enter_context(pikepdf.open(path))
            for page in one.pages:
                # They point into a document's structure, which stays behind.
                for key in ("/StructParents", "/Tabs"):
                    if key in page:
                        del page[key]
            joined.pages.extend(one.pages)
            yield title, len(one.pages)
        _save(joined, target)


def _bind(
    groups: Sequence[Path], marks: Sequence[tuple[str, int]], target: Path, title: str
) -> None:
    pikepdf = _pikepdf()
    with ExitStack() as stack:
        whole = stack.enter_context(pikepdf.new())
        for path in groups:
            whole.pages.extend(stack.enter_context(pikepdf.open(path)).pages)
        with whole.open_outline() as outline:
            outline.root.extend(pikepdf.OutlineItem(title, page) for title, page in marks)
        whole.Root.PageMode = pikepdf.Name.UseOutlines
        whole.Root.Lang = pikepdf.String("vi")
        whole.docinfo["/Title"] = title
        _save(whole, target)


def _save(pdf: Any, target: Path) -> None:
    # The identifier is made of the content: same documents, same bytes.
    pdf.save(target, deterministic_id=True, object_stream_mode=_pikepdf().ObjectStreamMode.generate)


def _pikepdf() -> Any:
    try:
        import pikepdf
    except ImportError as error:
        raise ToolError(
            Problem(
                message="chưa cài gói pikepdf để ghép PDF",
                hint="chạy: pip install pikepdf, rồi chạy lại lệnh",
            )
        ) from error
    return pikepdf
