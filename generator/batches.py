"""A document for every record: all checked and named first, then made on every core.

Two passes over the source. The first validates each record and computes its file name, so that two
units with one name are refused before anything is written; the second makes the documents. A bad
record never stops the others. Workers are processes (Jinja's code holds the interpreter lock), each
with its own compiled template; they receive records as JSON text and return a line of the manifest.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

from generator.data import RawRecord, read_records
from generator.errors import DataError, Problem, TemplateError, ToolError, UsageError
from generator.naming import same_file
from generator.output import make_folder, write_whole
from generator.pipeline import Form, open_form
from generator.vietnamese import shown

MANIFEST = "manifest.jsonl"
_CHUNK = 100
# Below this many records one process is done before others have started.
_WORTH_WORKERS = 1_500
_AHEAD = 4  # chunks a worker may have waiting: memory does not grow with the source

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What the first pass found: the record's file name, or its problems."""

    raw: RawRecord
    name: str = ""
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one record; a line of the manifest."""

    index: int
    output: str = ""
    sha256: str = ""
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    fault_code: int = 0  # the exit code of its error: 3 for data, 4 for a template

    @property
    def done(self) -> bool:
        """Whether the document was written."""
        return not self.problems

    def line(self) -> str:
        """Return the result as a line of ``manifest.jsonl``."""
        status = {"index": self.index + 1, "status": "ok" if self.done else "failed"}
        detail: dict[str, Any] = (
            {"output": self.output, "sha256": self.sha256}
            if self.done
            else {"problems": [_as_json(problem) for problem in self.problems]}
        )
        if self.warnings:
            detail["warnings"] = [_as_json(problem) for problem in self.warnings]
        return json.dumps(status | detail, ensure_ascii=False)


def _as_json(problem: Problem) -> dict[str, str]:
    fields = {name: getattr(problem, name) for name in ("file", "at", "message", "hint", "clause")}
    return {name: value for name, value in fields.items() if value}


Progress = Callable[[str, int, int], None]
"""Called with the pass (``kiểm tra`` or ``tạo``), records done so far and records in all."""


def batch(
    form: str,
    source: str,
    folder: Path,
    *,
    templates: Sequence[str] = (),
    jobs: int = 1,
    progress: Progress = lambda phase, done, total: None,
) -> list[Result]:
    """Make a document for each record of ``source`` in ``folder``; return what became of each.

    Args:
        form: the form's id or folder.
        source: see :func:`generator.data.read_records`; standard input is read once.
        folder: where the documents and ``manifest.jsonl`` go; created when missing.
        templates: folders searched for forms first.
        jobs: worker processes; 0 takes one for each core, and none for a small batch. More than
            one starts new processes, so the calling script must guard its own start with
            ``if __name__ == "__main__":``, as Python's multiprocessing asks.
        progress: hears how far it is.

    Raises:
        UsageError: unknown form, missing source, a folder that cannot be written, a full disk.
        DataError: broken source, or two records with one file name; nothing is written then.
        BundleError: the form is not in order.
    """
    opened = open_form(form, templates)
    opened.template  # noqa: B018 - a template that does not compile stops everything here
    _refuse_own_list(source, folder)
    records = list(read_records(source))
    workers = _workers(jobs, len(records))
    with _crew(opened, form, templates, workers) as run:
        checked = list(_watch(run(_check, records), "kiểm tra", len(records), progress))
        good = [item for item in checked if not item.problems]
        _refuse_same_names(good)
        make_folder(folder)
        for parent in sorted({Path(item.name).parent for item in good}):
            make_folder(folder / parent)
        tasks = [(item.raw, str(folder / item.name), item.name, item.warnings) for item in good]
        made: list[Result] = []
        try:
            made.extend(_watch(run(_make, tasks), "tạo", len(good), progress))
        finally:  # also when stopped: the list says what is there
            results = _in_order(checked, made)
            lines = "".join(result.line() + "\n" for result in results)
            write_whole(folder / MANIFEST, lines.encode())
    return results


def _in_order(checked: Iterable[Checked], made: Iterable[Result]) -> list[Result]:
    """Return the results of both passes in the order of the source, as far as they got."""
    done = {result.index: result for result in made}
    for item in checked:
        if item.problems:
            done[item.raw.index] = Result(
                index=item.raw.index, problems=item.problems, fault_code=DataError.exit_code
            )
    return [done[index] for index in sorted(done)]


def _refuse_own_list(source: str, folder: Path) -> None:
    """Refuse a source that the list of results would replace."""
    if Path(source).resolve() == (folder / MANIFEST).resolve():
        raise UsageError(
            Problem(
                file=source,
                message=f"tên {MANIFEST} trong thư mục kết quả dành cho bản kê",
                hint="đổi tên tệp dữ liệu, hoặc chọn thư mục kết quả khác",
            )
        )


def _refuse_same_names(checked: Iterable[Checked]) -> None:
    owners: dict[str, Checked] = {}
    problems: list[Problem] = []
    for item in checked:
        first = owners.setdefault(same_file(item.name), item)
        if first is not item:
            problems.append(
                Problem(
                    file=item.raw.file,
                    at=f"bản ghi {first.raw.index + 1} (dòng {first.raw.first_line}) và "
                    f"bản ghi {item.raw.index + 1} (dòng {item.raw.first_line})",
                    message=f"cùng cho ra một tên tệp “{item.name}”",
                    hint="sửa cho hai đơn vị khác tên, hoặc thêm trường khác vào output của mẫu",
                )
            )
        elif same_file(item.name) == MANIFEST:
            problems.append(
                Problem(
                    file=item.raw.file, message=f"tên tệp “{item.name}” dành cho bản kê kết quả"
                )
            )
    if problems:
        raise DataError(problems)


# ---------------------------------------------------------------- what a worker does
def _check(form: Form, raw: RawRecord) -> Checked:
    try:
        prepared = form.prepare(raw)
    except DataError as error:
        return Checked(raw=raw, problems=tuple(_of_unit(error.problems, raw, form.bundle.unit)))
    return Checked(raw=raw, name=prepared.name, warnings=prepared.warnings)


def _of_unit(problems: Iterable[Problem], raw: RawRecord, field: str) -> Iterator[Problem]:
    """Yield a record's problems with the unit they belong to, where the record names one."""
    try:
        value = raw.parse()
    except DataError:
        value = None
    unit = value.get(field) if isinstance(value, dict) else None
    for problem in problems:
        place = f"{problem.at} (đơn vị {shown(unit)})" if isinstance(unit, str) else problem.at
        yield replace(problem, at=place)


Task = tuple[RawRecord, str, str, tuple[Problem, ...]]


def _make(form: Form, task: Task) -> Result:
    raw, path, name, warnings = task
    try:
        content = form.render(raw)
    except (DataError, TemplateError) as error:
        return Result(index=raw.index, problems=error.problems, fault_code=error.exit_code)
    try:
        write_whole(Path(path), content)
    except UsageError as error:
        # A document open in Word: this unit failed, the others go on. A full disk stops all.
        if not Path(path).exists() or not isinstance(error.__cause__, PermissionError):
            raise
        return Result(index=raw.index, problems=error.problems, fault_code=error.exit_code)
    return Result(
        index=raw.index,
        output=name,
        sha256=hashlib.sha256(content).hexdigest(),
        warnings=warnings,
    )


_worker_form: Form | None = None


def _start_worker(form: str, templates: Sequence[str]) -> None:
    global _worker_form  # a worker process has one form for its whole life
    _worker_form = open_form(form, templates)
    parent = parent_process()
    if parent is not None:  # a killed parent leaves no worker behind
        Thread(target=_leave_with, args=(parent,), daemon=True).start()


def _leave_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


def _in_worker(step: Callable[[Form, T], R], chunk: Sequence[T]) -> list[R]:
    assert _worker_form is not None
    return [step(_worker_form, item) for item in chunk]


# ---------------------------------------------------------------- workers
def _workers(jobs: int, records: int) -> int:
    """Return how many processes to start besides this one."""
    if jobs == 1 or (not jobs and records < _WORTH_WORKERS):
        return 0
    # Windows waits for at most 63 handles at once, of which the pool needs two.
    return min(jobs or os.cpu_count() or 1, max(1, records // _CHUNK), 61)


Run = Callable[[Callable[[Form, Any], Any], Sequence[Any]], Iterator[Any]]


@contextmanager
def _crew(form: Form, name: str, templates: Sequence[str], workers: int) -> Iterator[Run]:
    """Yield a function that runs a step over items in order, here or on worker processes."""
    if workers < 2:
        yield lambda step, items: (step(form, item) for item in items)
        return
    # Spawned on every system: a forked child inherits locks of threads it does not have.
    pool = ProcessPoolExecutor(
        workers,
        mp_context=get_context("spawn"),
        initializer=_start_worker,
        initargs=(name, list(templates)),
    )
    try:
        yield lambda step, items: _spread(pool, workers, step, items)
    except BrokenProcessPool as error:
        raise ToolError(
            Problem(
                message="một tiến trình làm việc bị ngắt giữa chừng (thiếu bộ nhớ, hoặc bị tắt)",
                hint="chạy lại lệnh; nếu còn bị, thêm --jobs 1",
            )
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _spread(
    pool: ProcessPoolExecutor, workers: int, step: Callable[[Form, T], R], items: Sequence[T]
) -> Iterator[R]:
    """Yield results in order, with only a few chunks on their way at a time."""
    waiting: deque[Future[list[R]]] = deque()
    for start in range(0, len(items), _CHUNK):
        chunk = items[start : start + _CHUNK]
        waiting.append(pool.submit(_in_worker, step, chunk))
        if len(waiting) >= workers * _AHEAD:
            yield from waiting.popleft().result()
    while waiting:
        yield from waiting.popleft().result()


def _watch(items: Iterator[R], phase: str, total: int, progress: Progress) -> Iterator[R]:
    for done, item in enumerate(items, start=1):
        yield item
        progress(phase, done, total)
