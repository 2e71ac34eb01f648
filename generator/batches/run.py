"""A document for every record: made and named first, then put in place, on every core.

Two steps, each over chunks of records. *Make* reads, checks and fills; results and documents wait
in the work folder of the output (:mod:`generator.batches.journal`). When all names are known and
no two records share one, *deliver* puts the documents in place. So the source is read once,
whatever it is; two units with one name are refused before anything stands under its name; and a run
that is stopped anywhere goes on later from the chunks it has. A bad record never stops the others.

Both steps are pure in what they write: a chunk done twice, by a second run or by a worker thought
dead, gives the same files under the same names.
"""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from generator.batches.binding import KINDS, bind, expect_target, kind_of
from generator.batches.crews import Run, alone, processes, workers_for
from generator.batches.journal import (
    DONE,
    MADE,
    MANIFEST,
    Chunk,
    Copy,
    Journal,
    Known,
    Names,
    Result,
    form_digest,
    record_key,
)
from generator.batches.locks import Lock
from generator.batches.outputs import (
    Digest,
    Folder,
    Place,
    is_address,
    is_zip,
    local_path,
    open_place,
    open_work,
    open_zip,
    work_address,
)
from generator.carried import holds_documents
from generator.errors import DataError, GeneratorError, Problem, TemplateError, UsageError
from generator.naming import expect_folder, expect_output, same_file
from generator.output import unwritable
from generator.pipeline import Form, open_form
from generator.records.data import RawRecord

if TYPE_CHECKING:
    from generator.preview.archive import Archive
    from generator.preview.routes import Drawn, Renderer

__all__ = ["MANIFEST", "Progress", "Result", "batch"]

_CHUNK = 100  # records
_PRINTED_CHUNK = 20  # the pages of a record take a hundred times as long as its document
_CHUNK_TEXT = 4_000_000  # characters of their source: a chunk of long records stays small too
# Below this many records one process is done before others have started.
_WORTH_WORKERS = 1_500
_RENDERERS = ("auto", "embedded", "libreoffice")
_PRINTED_WORTH_WORKERS = 60


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch is. ``total`` is unknown while the source is still being read."""

    phase: str  # "tạo", then "ghi"
    done: int
    failed: int
    total: int | None


Listener = Callable[[Progress], None]


def batch(
    form: str,
    source: str | Path,
    output: str | Path,
    *,
    templates: Sequence[str] = (),
    jobs: int = 1,
    resume: bool = False,
    dry_run: bool = False,
    verify: bool = False,
    cluster: str = "",
    formats: Sequence[str] = ("docx",),
    renderer: Renderer = "auto",
    force_layout: bool = False,
    combine: str | Path = "",
    progress: Listener = lambda progress: None,
) -> Iterator[Result]:
    """Make a document for each record of ``source``; yield what became of each, in order.

    The work is done while the results are taken: take them all. Closing the iterator, or an error,
    stops the work; ``resume=True`` goes on later and ends with the same bytes. Any number of
    batches may run at a time in threads of one program, each with an output of its own.

    Args:
        form: the form's id or folder.
        source: anything :meth:`generator.pipeline.Form.records` reads; it is read once.
        output: a folder, created when missing; a ``.zip`` file; or an address of fsspec, such as
            ``s3://bucket/folder``. The list of results is there too, as ``manifest.jsonl``.
        templates: folders searched for forms first.
        jobs: worker processes; 0 takes one for each core, and none for a small batch. More than
            one starts new processes, so the calling script must guard its own start with
            ``if __name__ == "__main__":``, as Python's multiprocessing asks.
        resume: keep the documents that an earlier run made of the same record, form and version.
        dry_run: check and fill everything, write nothing; results say about how many pages.
        verify: read each document back and compare it with its record.
        cluster: address of a Dask scheduler, or ``local:N`` for N processes of this machine; the
            output must then be an address that all workers reach.
        formats: ``docx``, ``pdf`` or both, in the order of the list of results.
        renderer: what draws the pages of PDFs: ``auto``, ``embedded`` or ``libreoffice``.
        force_layout: print a form although it is known to break its standard.
        combine: a ``.docx`` or ``.pdf`` that gets all documents as well, in order, after the last
            result was taken; its format is made even where ``formats`` does not ask for it.
        progress: hears how far it is.

    Raises:
        UsageError: unknown form or option, missing source, a place that cannot be written or that
            would replace the source, a full disk.
        DataError: broken source, or two records with one file name; nothing is written then.
        BundleError: the form is not in order.
        ToolError: a worker was killed, or is of another version.
    """
    if not isinstance(source, (str, Path)):
        message = "source phải là đường dẫn tới tệp dữ liệu, không phải chính dữ liệu"
        hint = "ghi dữ liệu ra tệp .jsonl, hoặc gọi Form.document cho từng bản ghi"
        raise UsageError(Problem(message=message, hint=hint))
    source = str(source)
    _check_asked(bool(str(output)) or dry_run, formats, renderer, jobs)
    opened = open_form(form, templates)
    if not force_layout:
        opened.demand_proof()
    opened.template  # noqa: B018 - a template that does not compile stops everything here
    expect_place(str(output), source)
    if combine:
        expect_target(combine, source)
        formats = [*formats, kind_of(combine)]
    if cluster and dry_run:
        raise UsageError(
            Problem(message="chạy thử không dùng cụm máy", hint="bỏ --cluster hoặc bỏ --dry-run")
        )
    formats = tuple(dict.fromkeys(formats))
    job = Job(
        form=form,
        templates=tuple(templates),
        output=str(output),
        work="" if dry_run else work_address(str(output)),
        digest=_digest(opened, formats, renderer),
        resume=resume,
        verify=verify,
        formats=formats,
        renderer=renderer,
    )
    results = _results(job, opened, source, jobs, cluster, progress)
    return results if dry_run or not combine else _bound(results, job, Path(combine))


def _digest(form: Form, formats: Sequence[str], renderer: str) -> str:
    """Return the digest of everything a document's files are made of, besides its record."""
    kinds = f"|{'|'.join(formats)}|{renderer}" if "pdf" in formats else ""
    return form_digest(form) + kinds


# ---------------------------------------------------------------- one run
@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What all who work on a batch must agree on."""

    form: str
    templates: tuple[str, ...]
    output: str
    work: str  # address of the work folder; nothing is put in place without one
    digest: str  # of the form
    resume: bool
    verify: bool
    formats: tuple[str, ...] = ("docx",)
    renderer: Renderer = "auto"

    @property
    def prints(self) -> bool:
        """Whether pages are drawn."""
        return "pdf" in self.formats

    @property
    def chunk(self) -> int:
        """How many records are worked on at a time."""
        return _PRINTED_CHUNK if self.prints else _CHUNK


def has_begun(output: str) -> bool:
    """Return whether a run was stopped there that ``resume`` can take up."""
    return Journal(open_work(work_address(output))).has_begun()


def manifest_of(output: str) -> str:
    """Return where the list of results is, for people."""
    if is_zip(output):
        return f"{MANIFEST} trong {output}"
    return (
        f"{output.rstrip('/')}/{MANIFEST}"
        if is_address(output)
        else str(local_path(output) / MANIFEST)
    )


def _results(
    job: Job, form: Form, source: str, jobs: int, cluster: str, progress: Listener
) -> Generator[Result]:
    records = iter(form.records(source))
    worth = _PRINTED_WORTH_WORKERS if job.prints else _WORTH_WORKERS
    first = list(islice(records, worth))
    few = len(first) if len(first) < worth else None
    expected = _lines_of(source) if few is None else few
    with ExitStack() as stack:
        trial = not job.work
        if trial:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="vanban-"))
            job = replace(job, work=folder)
        desk = Desk(job, form, trial=trial)
        run = stack.enter_context(_crew(desk, jobs, few, cluster))
        yield from _Run(desk, run, progress, expected).results(chain(first, records))


def _bound(results: Generator[Result], job: Job, target: Path) -> Iterator[Result]:
    """Yield results; put what they made into one file when all are there."""
    names: list[str] = []
    with closing(results):
        for result in results:
            names += printed(result, target)
            yield result
    if names:
        bind(job.output, names, target)


def printed(result: Result, target: Path) -> list[str]:
    """Return the names of a result's files of the kind that ``target`` holds."""
    return [name for name in result.files if result.done and kind_of(name) == kind_of(target)]


@contextmanager
def _crew(desk: Desk, jobs: int, few: int | None, cluster: str) -> Iterator[Run]:
    """Yield who makes the documents: a cluster, worker processes, or this process."""
    if cluster:
        from generator.batches.cluster import workers_at

        with workers_at(cluster, desk.form, desk.job.output, partial(_open_desk, desk.job)) as run:
            yield run
        return
    workers = 0 if jobs == 1 or (not jobs and few is not None) else workers_for(jobs)
    if few is not None:
        workers = min(workers, few // desk.job.chunk)
    if workers < 2 or not desk.journal_is_shared:
        yield alone(desk)
        return
    with processes(partial(_open_desk, desk.job, trial=desk.trial), workers) as run:
        yield run


class _Run:
    """One batch from its first record to its manifest, in the process that leads it."""

    def __init__(self, desk: Desk, run: Run, progress: Listener, total: int | None) -> None:
        self._desk, self._run, self._progress = desk, run, progress
        self._total = total
        self._chunks = 0
        self._pages: Counter[int] = Counter()

    def results(self, records: Iterable[RawRecord]) -> Iterator[Result]:
        """Make, then deliver; yield what became of each record."""
        desk = self._desk
        existed = desk.exists()
        if not desk.trial:
            desk.place.begin()
        with closing(desk.lock) as lock:
            lock.take()
            yield from self._alone(records, existed)

    def _alone(self, records: Iterable[RawRecord], existed: bool) -> Iterator[Result]:
        desk = self._desk
        if not desk.job.resume:
            desk.journal.clear()
        try:
            self._make(records)
        except BaseException as error:
            # A refused batch writes nothing; of one that came nowhere, nothing is worth keeping.
            if isinstance(error, DataError) or not desk.journal.has_begun():
                desk.clear(existed)
            raise
        with tempfile.TemporaryFile() as lines:
            for result in self._deliver():
                try:
                    lines.write(result.line().encode() + b"\n")
                except OSError as error:
                    raise unwritable(Path(tempfile.gettempdir()), error) from error
                yield result
            lines.seek(0)
            if not desk.trial:
                desk.place.write(MANIFEST, iter(partial(lines.read, 1 << 20), b""))
                desk.place.finish()
                desk.journal.clear()

    def _make(self, records: Iterable[RawRecord]) -> None:
        done = failed = 0
        problems: list[Problem] = []
        with closing(Names()) as names, closing(Known(self._desk.earlier())) as known:
            for slots in self._run(_make, self._tasks(records, known)):
                self._chunks += 1
                for slot in slots:
                    problems += _clash(slot, names)
                    self._pages[slot.pages] += 1
                done += len(slots)
                failed += sum(not slot.name for slot in slots)
                self._progress(Progress("tạo", done, failed, self._total))
        if problems:
            raise DataError(problems)
        self._total = done

    def _tasks(self, records: Iterable[RawRecord], known: Known) -> Iterator[Task]:
        for number, raws in enumerate(_chunks(records, self._desk.job.chunk)):
            yield Task(number, raws, self._desk.known(raws, known) if known.any else {})

    def _deliver(self) -> Iterator[Result]:
        usual = _median(self._pages)
        done = failed = 0
        # A place that only this process can write is written here, in order.
        desk = self._desk
        run = self._run if desk.trial or desk.place.shared else alone(desk)
        for results in run(_deliver, range(self._chunks)):
            for result in results:
                yield _with_pages_told(result, usual)
            done += len(results)
            failed += sum(not result.done for result in results)
            self._progress(Progress("ghi", done, failed, self._total))


def _lines_of(source: str) -> int | None:
    """Return about how many records a source of a record a line has, to tell the time left."""
    path = Path(source)
    if path.suffix.lower() not in (".jsonl", ".ndjson", ".csv") or not path.is_file():
        return None
    with path.open("rb") as file:
        return sum(block.count(b"\n") for block in iter(partial(file.read, 1 << 20), b""))


def _chunks(records: Iterable[RawRecord], most: int) -> Iterator[list[RawRecord]]:
    chunk: list[RawRecord] = []
    length = 0
    for raw in records:
        chunk.append(raw)
        length += len(raw.text)
        if len(chunk) == most or length > _CHUNK_TEXT:
            yield chunk
            chunk, length = [], 0
    if chunk:
        yield chunk


def expect_place(output: str, source: str) -> None:
    """Refuse a place that has the name of a file, or where the results would replace the source.

    Raises:
        UsageError: such a place, or a name that Windows cannot have.
    """
    if not output or is_address(output):
        return
    expect_folder(local_path(output), zips=True)
    if is_zip(output):
        expect_output(local_path(output), source)
        return
    if holds_documents(source):
        _refuse_own_documents(Path(source), local_path(output))
    if Path(source).resolve() == (local_path(output) / MANIFEST).resolve():
        raise UsageError(
            Problem(
                file=source,
                message=f"tên {MANIFEST} trong thư mục kết quả dành cho bản kê",
                hint="đổi tên tệp dữ liệu, hoặc chọn thư mục kết quả khác",
            )
        )


def _refuse_own_documents(source: Path, place: Path) -> None:
    """Refuse to put documents where those are that they are made from: one may have its name."""
    folder = source if source.is_dir() else source.parent
    if place.is_dir() and source.exists() and place.samefile(folder):
        raise UsageError(
            Problem(
                file=str(place),
                message="đây là thư mục của các văn bản đang đọc, không ghi đè lên",
                hint="chọn thư mục khác cho kết quả",
            )
        )


def _check_asked(placed: bool, formats: Sequence[str], renderer: str, jobs: int) -> None:
    """Refuse what no batch can do, all of it at once."""
    kinds = {formats} if isinstance(formats, str) else {*formats}
    other = sorted(kinds - {*KINDS})
    asked = (
        (not placed, "chưa ghi nơi để kết quả", "ghi tên thư mục, tệp .zip hoặc địa chỉ"),
        (isinstance(formats, str), "formats phải là danh sách", '["docx", "pdf"]'),
        (not kinds, "chưa chọn loại tệp", "chọn docx, pdf hoặc cả hai"),
        (bool(other), f"không tạo được loại tệp {', '.join(other)}", "chọn docx, pdf hoặc cả hai"),
        (renderer not in _RENDERERS, f"không có bộ vẽ “{renderer}”",
         f"chọn {', '.join(_RENDERERS)}"),
        (jobs < 0, "số tiến trình không thể âm", "0 là tất cả lõi của máy"),
    )  # fmt: skip
    problems = [Problem(message=message, hint=hint) for wrong, message, hint in asked if wrong]
    if problems:
        raise UsageError(problems)


def _clash(slot: Slot, names: Names) -> Iterator[Problem]:
    """Yield what stands against a record's file name."""
    if not slot.name:
        return
    if same_file(slot.name) == MANIFEST:
        yield Problem(file=slot.file, message=f"tên tệp “{slot.name}” dành cho bản kê kết quả")
        return
    owner = names.taken(slot.name, slot.index, slot.line)
    if owner:
        index, line = owner
        yield Problem(
            file=slot.file,
            at=f"bản ghi {index + 1} (dòng {line}) và bản ghi {slot.index + 1} (dòng {slot.line})",
            message=f"cùng cho ra một tên tệp “{slot.name}”",
            hint="sửa cho hai đơn vị khác tên, hoặc thêm trường khác vào output của mẫu",
        )


def _median(pages: Counter[int]) -> int:
    """Return the number of pages that half of the documents do not pass."""
    half, seen = pages.total() / 2, 0
    for number, count in sorted(pages.items()):
        seen += count
        if number and seen >= half:
            return number
    return 0


def _with_pages_told(result: Result, usual: int) -> Result:
    """Return a result of a dry run with a warning where its length is out of the ordinary."""
    if usual / 2 <= result.pages <= usual * 2 or not result.pages:
        return result
    told = Problem(
        file=result.output,
        message=f"dài khoảng {result.pages} trang, trong khi phần lớn khoảng {usual} trang",
        hint="xem lại dữ liệu: có thể thừa, thiếu hoặc dán nhầm một đoạn dài",
    )
    return replace(result, warnings=(*result.warnings, told))


# ---------------------------------------------------------------- what a worker does
@dataclass(frozen=True, slots=True)
class Task:
    """A chunk to make, with what an earlier run made of its records."""

    number: int
    raws: Sequence[RawRecord]
    known: Mapping[str, Result]


@dataclass(frozen=True, slots=True)
class Slot:
    """What the leading process hears of one record that was made: no more than it must keep."""

    index: int
    file: str
    line: int
    name: str  # empty for a bad record
    pages: int


class Desk:
    """What the steps work with, opened once in each process."""

    def __init__(self, job: Job, form: Form, *, trial: bool = False) -> None:
        self.job, self.form, self.trial = job, form, trial  # a trial puts nothing in place
        work = open_work(job.work)
        self.journal_is_shared = work.shared
        self.journal = Journal(work)
        self.lock = Lock(work.root if isinstance(work, Folder) else None, job.output)

    @cached_property
    def place(self) -> Place:
        """Where the documents go."""
        return open_zip(self.job.output) if is_zip(self.job.output) else open_place(self.job.output)

    def earlier(self) -> Iterator[bytes]:
        """Yield the manifest of an earlier run, if its documents may be kept."""
        if not self.job.resume or self.trial or is_zip(self.job.output):
            return iter(())
        return self.place.lines(MANIFEST)

    def known(self, raws: Sequence[RawRecord], known: Known) -> dict[str, Result]:
        """Return what an earlier run made of records, by key."""
        found = {}
        for raw in raws:
            key = record_key(raw, self.form, self.job.digest)
            result = known.find(key, raw.index)
            if result is not None and (result.verified is not None) == self.job.verify:
                found[key] = result
        return found

    def exists(self) -> bool:
        """Return whether the output folder was there before the run."""
        return is_address(self.job.output) or local_path(self.job.output).exists()

    def clear(self, existed: bool) -> None:
        """Leave everything as it was found, whatever else is wrong there."""
        with suppress(UsageError, OSError):
            self.journal.clear()
            self.lock.close()
            if not existed and isinstance(self.place, Folder):
                self.place.root.rmdir()


def _open_desk(job: Job, form: Form | None = None, *, trial: bool = False) -> Desk:
    return Desk(job, form or open_form(job.form, job.templates), trial=trial)


def _make(desk: Desk, task: Task) -> list[Slot]:
    """Make the documents of a chunk, unless an earlier run did; they wait in the journal."""
    keys = [record_key(raw, desk.form, desk.job.digest) for raw in task.raws]
    results = _left_by_an_earlier_run(desk, task.number, keys) if desk.job.resume else None
    if results is None:
        kept = _held(desk.place, task.known.values()) if task.known else set()
        made = [
            _make_one(desk, raw, key, task.known, kept)
            for raw, key in zip(task.raws, keys, strict=True)
        ]
        results, documents = _in_formats(desk, made)
        desk.journal.keep(task.number, MADE, Chunk(results, [] if desk.trial else documents))
    return [
        Slot(raw.index, raw.file, raw.first_line, result.output, result.pages)
        for raw, result in zip(task.raws, results, strict=True)
    ]


def _left_by_an_earlier_run(desk: Desk, number: int, keys: Sequence[str]) -> list[Result] | None:
    """Return the results of a chunk made of the very same records, if all of them still stand."""
    for state in (MADE, DONE):
        chunk = desk.journal.load(number, state)
        if chunk is None or [result.record for result in chunk.results] != list(keys):
            continue
        good = [result for result in chunk.results if result.done]
        if any((result.verified is not None) != desk.job.verify for result in good):
            continue
        if any(result.fault_code == UsageError.exit_code for result in chunk.results):
            continue  # a file was open elsewhere: try again
        placed = [result for result in good if state == DONE or result.kept]
        if all(keys) and len(_held(desk.place, placed)) == len(placed):
            return list(chunk.results)
    return None


def _held(place: Place, results: Iterable[Result]) -> set[str]:
    """Return the outputs of the results all of whose files are there."""
    wanted = list(results)
    there = place.holding({name: d for result in wanted for name, d in result.files.items()})
    return {result.output for result in wanted if result.files.keys() <= there}


@dataclass(frozen=True, slots=True)
class _Made:
    """What became of one record, and its .docx unless it is in place already, or bad."""

    result: Result
    raw: RawRecord
    content: bytes | None = None
    archive: Archive | None = None  # what its PDF says of it


def _in_formats(desk: Desk, made: Sequence[_Made]) -> tuple[list[Result], list[bytes]]:
    """Return the results of a chunk and their files in every format asked for."""
    if not desk.job.prints:
        return [each.result for each in made], [each.content for each in made if each.content]
    from generator.preview.routes import Order, draw_all

    fresh = [each for each in made if each.content is not None]
    printed = iter(
        draw_all(
            [Order(m.content or b"", m.result.output, m.archive) for m in fresh],
            desk.job.renderer,
        )
    )
    results: list[Result] = []
    documents: list[bytes] = []
    for each in made:
        if each.content is None:
            results.append(each.result)
            continue
        drawn = next(printed)
        if isinstance(drawn, GeneratorError):
            told = type(drawn)(_of_record(desk.form, each.raw, drawn.problems))
            results.append(_failed(each.result.index, each.result.record, told))
            continue
        files = {"docx": each.content, "pdf": drawn.pdf}
        results.append(_with_files(each.result, {k: files[k] for k in desk.job.formats}, drawn))
        documents += [files[kind] for kind in desk.job.formats]
    return results, documents


def _of_record(form: Form, raw: RawRecord, problems: Iterable[Problem]) -> Iterator[Problem]:
    """Yield problems of a document's pages as those of the record it was made of."""
    place = f"bản ghi {raw.index + 1} (dòng {raw.first_line})"
    placed = (
        replace(each, file=raw.file, at=f"{place}, {each.at} của văn bản") for each in problems
    )
    return form.of_unit(raw, placed)


def _with_files(result: Result, files: Mapping[str, bytes], drawn: Drawn) -> Result:
    """Return a result that names its files: the first format's, then the others' as copies."""
    from generator.printing import told

    stem = result.output.removesuffix(".docx")
    first, *others = [
        Copy(f"{stem}.{kind}", digest.sha256, digest.size)
        for kind, digest in ((kind, Digest.of(content)) for kind, content in files.items())
    ]
    notes = tuple(Problem(file=first.output, message=line) for line in told(drawn))
    return replace(
        result, output=first.output, sha256=first.sha256, size=first.size, also=tuple(others),
        warnings=result.warnings + notes,
    )  # fmt: skip


def _make_one(
    desk: Desk, raw: RawRecord, key: str, known: Mapping[str, Result], held: set[str]
) -> _Made:
    """Return what becomes of one record, and its document unless it is in place already."""
    if key in known and known[key].output in held:
        return _Made(replace(known[key], index=raw.index), raw)
    try:
        prepared = desk.form.prepare(raw)
        content = desk.form.template.render(prepared.context, prepared.record)
    except (DataError, TemplateError) as error:
        told = type(error)(desk.form.of_unit(raw, error.problems))
        return _Made(_failed(raw.index, key, told), raw)
    verified = None
    if desk.job.verify:
        from generator.readback import prove

        proof = prove(content, desk.form, prepared.record, prepared.name)
        if proof.problems:
            return _Made(_failed(raw.index, key, GeneratorError(proof.problems)), raw)
        verified = proof.values
    digest = Digest.of(content)
    result = Result(
        index=raw.index,
        output=prepared.name,
        sha256=digest.sha256,
        size=digest.size,
        record=key,
        warnings=prepared.warnings,
        verified=verified,
        pages=_about_pages(content) if desk.trial else 0,
    )
    archive = None
    if desk.job.prints:
        from generator.printing import about

        archive = about(desk.form.bundle, prepared.context)
    return _Made(result, raw, content, archive)


def _deliver(desk: Desk, number: int) -> list[Result]:
    """Put the documents of a chunk in place; return what became of its records."""
    chunk = desk.journal.load(number, MADE)
    if chunk is None:  # an earlier run, or a worker thought dead, came so far
        chunk = desk.journal.load(number, DONE)
        assert chunk is not None
        return [replace(result, kept=result.done) for result in chunk.results]
    if desk.trial:
        return list(chunk.results)
    fresh = [result for result in chunk.results if result.done and not result.kept]
    there = _held(desk.place, fresh) if desk.job.resume else set()
    names = [(result.output, name) for result in fresh for name in result.files]
    refused = desk.place.write_all(
        {
            name: content
            for (output, name), content in zip(names, chunk.documents, strict=True)
            if output not in there
        }
    )
    results = [_delivered(result, refused, there) for result in chunk.results]
    if not is_zip(desk.job.output):  # a .zip is whole or not at all: its documents wait on
        desk.journal.keep(number, DONE, Chunk(results))
    return results


def _delivered(result: Result, refused: Mapping[str, UsageError], there: set[str]) -> Result:
    """Return what became of a result whose files went to their place, or were refused there."""
    for name in result.files if result.done else ():
        if name in refused:
            return _failed(result.index, result.record, refused[name])
    return replace(result, kept=result.kept or result.output in there)


def _failed(index: int, key: str, error: GeneratorError) -> Result:
    return Result(index=index, record=key, problems=error.problems, fault_code=error.exit_code)


# ---------------------------------------------------------------- about how many pages
_LINE, _PAGE = 100, 42  # bytes of a line and lines of a page of 14-point text on A4
_TEXT, _ROW = re.compile(rb"<w:t(?: [^>]*)?>([^<]*)"), re.compile(rb"</w:tr>")
_PARAGRAPH, _CELL = re.compile(rb"</w:p>"), re.compile(rb"</w:tc>")


def _about_pages(docx: bytes) -> int:
    """Return about how many pages a document has, from the length of its paragraphs alone.

    Good enough to find the one of a thousand that is far from the others; quick enough for all.
    """
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        body = package.read("word/document.xml")
    lines = sum(max(map(_lines, _CELL.split(row))) for row in _ROW.split(body))
    return -(-lines // _PAGE)


def _lines(xml: bytes) -> int:
    """Return about how many lines the paragraphs of a stretch of XML take, one below another."""
    letters = (sum(map(len, _TEXT.findall(text))) for text in _PARAGRAPH.split(xml))
    return sum(-(-number // _LINE) or 1 for number in letters)
