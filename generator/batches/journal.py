"""What became of each record, kept on disk while a batch runs, so that a killed run can go on.

A run keeps one small file for each chunk of records in its work folder: ``.made`` holds results and
documents that wait for their names, ``.done`` the results of a chunk whose documents are in place.
Each appears whole, so there is no half-written line to repair, and it works the same in a folder
and in an object store, written by any process of any machine. The list that remains beside the
documents, ``manifest.jsonl``, is written once, at the end.

A record is known by its key: a digest of its values, of all files of its form and of our version.
"""

from __future__ import annotations

import errno
import hashlib
import json
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from generator import __version__
from generator.batches.outputs import Digest, Place
from generator.bundle import shipped
from generator.errors import DataError, Problem
from generator.naming import same_file
from generator.output import unwritable
from generator.pipeline import Form
from generator.records.data import RawRecord, load_files

MANIFEST = "manifest.jsonl"
MADE, DONE = "made", "done"


@dataclass(frozen=True, slots=True)
class Copy:
    """The same document in another format."""

    output: str  # its name below the output folder
    sha256: str
    size: int  # bytes

    def row(self) -> dict[str, Any]:
        """Return the copy as the manifest tells of it."""
        return {"output": self.output, "sha256": self.sha256, "bytes": self.size}


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one record; a line of the manifest."""

    index: int  # from 0, in the order of the source
    output: str = ""  # the document's name below the output folder
    sha256: str = ""
    size: int = 0  # bytes
    record: str = ""  # the record's key; empty where the record cannot be read
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    fault_code: int = 0  # the exit code of its error: 3 for data, 4 for a template, 2 for a place
    verified: int | None = None  # values read back from the document and found equal
    pages: int = 0  # about how many, told by a dry run alone
    kept: bool = False  # it was there already, from the same record, form and version
    also: tuple[Copy, ...] = ()  # in the other formats asked for

    @property
    def done(self) -> bool:
        """Whether the document was made."""
        return not self.problems

    @property
    def files(self) -> dict[str, Digest]:
        """The names of its files in every format, and what each must hold."""
        return {
            each.output: Digest(each.size, each.sha256)
            for each in (Copy(self.output, self.sha256, self.size), *self.also)
        }

    def line(self) -> str:
        """Return the result as a line of ``manifest.jsonl``."""
        return json.dumps(self._manifest(), ensure_ascii=False)

    def _manifest(self) -> dict[str, Any]:
        row: dict[str, Any] = {"index": self.index + 1, "status": "ok" if self.done else "failed"}
        if self.done:
            row |= {"output": self.output, "sha256": self.sha256, "bytes": self.size}
            row |= {"record": self.record}
            if self.also:
                row["also"] = [copy.row() for copy in self.also]
        else:
            row["problems"] = [_as_json(problem) for problem in self.problems]
        if self.warnings:
            row["warnings"] = [_as_json(problem) for problem in self.warnings]
        if self.verified is not None:
            row["verified"] = self.verified
        return row

    def _row(self) -> dict[str, Any]:
        row = self._manifest() | {"record": self.record}
        rest = {"code": self.fault_code, "pages": self.pages, "kept": self.kept}
        return row | {key: value for key, value in rest.items() if value}

    @classmethod
    def from_row(cls, row: Any) -> Result:
        """Return the result of a line of the manifest or of a chunk's file.

        Raises:
            ValueError: it is not as :meth:`line` or a chunk writes it.
        """
        said = _Row(row)
        verified = said.number("verified") if "verified" in said.values else None
        return cls(
            index=said.number("index") - 1,
            output=said.name("output"),
            sha256=said.value("sha256", str),
            size=said.number("bytes"),
            record=said.name("record"),
            problems=tuple(each.problem() for each in said.rows("problems")),
            warnings=tuple(each.problem() for each in said.rows("warnings")),
            fault_code=said.number("code"),
            verified=verified,
            pages=said.number("pages"),
            kept=said.value("kept", bool),
            also=tuple(
                Copy(each.name("output"), each.value("sha256", str), each.number("bytes"))
                for each in said.rows("also")
            ),
        )


def _as_json(problem: Problem) -> dict[str, str]:
    fields = {name: getattr(problem, name) for name in ("file", "at", "message", "hint", "clause")}
    return {name: value for name, value in fields.items() if value}


Kind = TypeVar("Kind")


class _Row:
    """A group of values that was read from a file, which may hold anything.

    Raises ``ValueError`` for a value of the wrong kind.
    """

    def __init__(self, values: Any) -> None:
        self.values: dict[str, Any] = _of_kind(values, dict)

    def value(self, name: str, kind: type[Kind]) -> Kind:
        """Return a value of a kind, the kind's empty one where there is none."""
        return _of_kind(self.values.get(name, kind()), kind)

    def number(self, name: str) -> int:
        """Return a number of things."""
        found = self.value(name, int)
        if found < 0:
            raise ValueError(name)
        return found

    def name(self, name: str) -> str:
        """Return text that can be a key, and a path."""
        found = self.value(name, str)
        if b"\0" in found.encode():
            raise ValueError(name)
        return found

    def rows(self, name: str) -> list[_Row]:
        """Return a list of groups."""
        return [_Row(each) for each in self.value(name, list)]

    def problem(self) -> Problem:
        """Return the values as those of a problem."""
        message = _of_kind(self.values.get("message"), str)
        rest = {name: self.value(name, str) for name in ("file", "at", "hint", "clause")}
        return Problem(message=message, **rest)


def _of_kind(value: Any, kind: type[Kind]) -> Kind:
    if type(value) is not kind:  # True is no number
        raise ValueError(value)
    return value


# What json.loads and Result.from_row say of a file that is not ours, or torn.
_NOT_OURS = (ValueError, RecursionError)


# ---------------------------------------------------------------- chunks
@dataclass(frozen=True, slots=True)
class Chunk:
    """The results of some records that follow each other, and documents not yet in place."""

    results: Sequence[Result]
    documents: Sequence[bytes] = ()  # all files of the results neither failed nor kept, in order

    def packed(self) -> Iterator[bytes]:
        """Yield the chunk's file: a line of JSON, then the documents one after the other."""
        rows = [result._row() for result in self.results]
        sizes = [len(document) for document in self.documents]
        yield json.dumps({"rows": rows, "sizes": sizes}).encode() + b"\n"
        yield from self.documents

    @classmethod
    def unpacked(cls, content: bytes) -> Chunk | None:
        """Return a chunk from its file, ``None`` for one that is torn or not ours."""
        head, _, body = content.partition(b"\n")
        try:
            said = _of_kind(json.loads(head), dict)
            results = [Result.from_row(row) for row in _of_kind(said.get("rows"), list)]
            sizes = [_of_kind(size, int) for size in _of_kind(said.get("sizes"), list)]
        except _NOT_OURS:
            return None
        if min(sizes, default=0) < 0 or sum(sizes) != len(body):
            return None
        documents, start = [], 0
        for size in sizes:
            documents.append(body[start : start + size])
            start += size
        return cls(results, documents)


class Journal:
    """The chunks of one run, in its work folder."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def keep(self, number: int, state: str, chunk: Chunk) -> None:
        """Write a chunk's file; of a chunk in place, its documents are let go."""
        self._place.write(_name(number, state), chunk.packed())
        if state == DONE:
            self._place.remove(_name(number, MADE))

    def load(self, number: int, state: str) -> Chunk | None:
        """Return a chunk as a run left it, ``None`` where it did not come so far."""
        content = self._place.read(_name(number, state))
        return None if content is None else Chunk.unpacked(content)

    def has_begun(self) -> bool:
        """Return whether a first chunk is there."""
        return any(self.load(0, state) is not None for state in (MADE, DONE))

    def clear(self) -> None:
        """Remove everything."""
        self._place.clear()


def _name(number: int, state: str) -> str:
    return f"{number:08}.{state}"


# ---------------------------------------------------------------- keys
def form_digest(form: Form) -> str:
    """Return a digest of everything documents of a form are made of, besides the records."""
    digest = hashlib.sha256(__version__.encode())
    for name, path in sorted(form_files(form).items()):
        content = path.read_bytes()
        digest.update(f"\0{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def form_files(form: Form) -> dict[str, Path]:
    """Return the files a form needs, by their names below a folder of forms."""
    bundle = form.bundle
    own = {
        f"{bundle.id}/{path.relative_to(bundle.folder).as_posix()}": path
        for path in bundle.folder.rglob("*")
        if path.is_file() and not path.name.startswith(("~$", "."))
    }
    shared = {f"khoi/{p.name}": p for p in (shipped("doctemplates") / "khoi").glob("*.json")}
    return shared | form.blocks | own


def record_key(raw: RawRecord, form: Form, digest: str) -> str:
    """Return the key of a record; empty where it cannot be read, or not all its files.

    ``digest`` is the form's (:func:`form_digest`). The order of the fields counts: the document
    carries the record as it was given.
    """
    if raw.error or raw.faults:
        return ""
    try:
        value, faults = load_files(raw.parse(), form.schema, raw.folder)
    except DataError:
        return ""
    if faults:
        return ""
    text = json.dumps(value, default=str, separators=(",", ":"))
    return hashlib.sha256(f"{digest}{text}".encode()).hexdigest()[:32]


# ---------------------------------------------------------------- indexes on disk
class Names:
    """The file names of a batch and who has them, on disk: memory stays flat."""

    def __init__(self) -> None:
        # SQLite keeps a database without a name in a temporary file, and removes it.
        self._base = sqlite3.connect("", check_same_thread=False, isolation_level=None)
        self._base.execute("PRAGMA synchronous = OFF")
        self._base.execute("PRAGMA journal_mode = OFF")
        self._base.execute(
            "CREATE TABLE name (id BLOB PRIMARY KEY, number INT, line INT) WITHOUT ROWID"
        )
        self._base.execute("BEGIN")

    def taken(self, name: str, index: int, line: int) -> tuple[int, int] | None:
        """Take a name; return index and line of the record that has it already, if any."""
        key = hashlib.sha256(same_file(name).encode()).digest()[:16]
        insert = "INSERT OR IGNORE INTO name VALUES (?, ?, ?)"
        with _told():
            if self._base.execute(insert, (key, index, line)).rowcount:
                return None
        found = self._base.execute("SELECT number, line FROM name WHERE id = ?", (key,)).fetchone()
        return int(found[0]), int(found[1])

    def close(self) -> None:
        """Let the file go."""
        self._base.close()


@contextmanager
def _told() -> Iterator[None]:
    """Tell of a disk for temporary files that is full: SQLite has errors of its own."""
    try:
        yield
    except sqlite3.OperationalError as error:
        full = OSError(errno.ENOSPC, str(error))
        raise unwritable(Path(tempfile.gettempdir()), full) from error


class Known:
    """The documents of an earlier run by the keys of their records, on disk."""

    def __init__(self, manifest: Iterable[bytes]) -> None:
        self._base = sqlite3.connect("", check_same_thread=False, isolation_level=None)
        self._base.execute("PRAGMA synchronous = OFF")
        self._base.execute("CREATE TABLE known (id TEXT PRIMARY KEY, line BLOB) WITHOUT ROWID")
        self._base.execute("BEGIN")
        insert = "INSERT OR IGNORE INTO known VALUES (?, ?)"
        with _told():
            self.any = self._base.executemany(insert, _usable(manifest)).rowcount > 0

    def find(self, key: str, index: int) -> Result | None:
        """Return what an earlier run made of the same record, as a result of this one."""
        query = "SELECT line FROM known WHERE id = ?"
        row = self._base.execute(query, (key,)).fetchone() if key else None
        return row and replace(Result.from_row(json.loads(row[0])), index=index, kept=True)

    def close(self) -> None:
        """Let the file go."""
        self._base.close()


def _usable(manifest: Iterable[bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield key and line of what can be taken over; warnings tell places that may have moved."""
    for line in manifest:
        try:
            row = json.loads(line)
            result = Result.from_row(row)
        except _NOT_OURS:
            continue
        if result.done and result.record and "warnings" not in row:
            yield result.record, line
