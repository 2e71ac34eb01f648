"""Where documents go: a folder, a .zip file, or any address that fsspec knows (s3://…)."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from generator.batches.locks import LOCK
from generator.errors import Problem, ToolError, UsageError
from generator.output import TEMPORARY_PREFIX, make_folder, unwritable, write_pieces

WORK = TEMPORARY_PREFIX.rstrip("-")
"""Name of the folder, beside the documents, where a run keeps what it needs to go on later."""


@dataclass(frozen=True, slots=True)
class Digest:
    """What a file must hold to be the one we wrote."""

    size: int
    sha256: str

    @classmethod
    def of(cls, content: bytes) -> Digest:
        """Return the digest of a file's content."""
        return cls(len(content), hashlib.sha256(content).hexdigest())


class Place(Protocol):
    """Somewhere files appear whole under their names; ``/`` in a name makes folders.

    Every method raises ``UsageError`` where the place cannot be read or written as asked.
    """

    shared: bool  # whether other processes that open the same address see the same files

    def begin(self) -> None:
        """Find out before the work whether anything can be written."""

    def write(self, name: str, pieces: Iterable[bytes]) -> None:
        """Write one file, from pieces."""

    def write_all(self, files: Mapping[str, bytes]) -> dict[str, UsageError]:
        """Write files; return what stands against those that somebody else holds."""

    def read(self, name: str) -> bytes | None:
        """Return a file's content, ``None`` where there is none."""

    def lines(self, name: str) -> Iterator[bytes]:
        """Yield the lines of a file, none where there is no file."""

    def holding(self, wanted: Mapping[str, Digest]) -> set[str]:
        """Return the names under which the wanted files are there."""

    def remove(self, name: str) -> None:
        """Remove a file; without a word where there is none."""

    def clear(self) -> None:
        """Remove everything."""

    def finish(self) -> None:
        """Make everything written visible, where that waits for the end."""


class Folder:
    """A folder of this machine, or of a drive it sees.

    Temporary files lie in its work folder, which goes when a run is done: whatever is killed leaves
    nothing among the documents.
    """

    shared = True

    def __init__(self, root: Path, temporary: Path | None = None) -> None:
        self.root = root
        self._temporary = temporary or root / WORK

    def begin(self) -> None:
        """Make the folder."""
        make_folder(self.root)

    def write(self, name: str, pieces: Iterable[bytes]) -> None:
        """Write one file, from pieces."""
        path = self.root / name
        make_folder(self._temporary)
        make_folder(path.parent)
        write_pieces(path, pieces, apart=self._temporary)

    def write_all(self, files: Mapping[str, bytes]) -> dict[str, UsageError]:
        """Write files; a document open in Word, or a folder of its name, stops that one alone."""
        held: dict[str, UsageError] = {}
        for name, content in files.items():
            try:
                self._write_one(name, content)
            except UsageError as error:
                if not _is_of_one_file(error, self.root / name):
                    raise
                held[name] = error
        return held

    def _write_one(self, name: str, content: bytes) -> None:
        try:
            write_pieces(self.root / name, (content,), apart=self._temporary)
        except UsageError as error:
            if not isinstance(error.__cause__, FileNotFoundError):
                raise
            self.write(name, (content,))  # its folders are not there yet

    def read(self, name: str) -> bytes | None:
        """Return a file's content, ``None`` where there is none."""
        try:
            return (self.root / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise _unreadable(str(self.root / name), error) from error

    def lines(self, name: str) -> Iterator[bytes]:
        """Yield the lines of a file, none where there is no file."""
        try:
            with (self.root / name).open("rb") as file:
                yield from file
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:
            raise _unreadable(str(self.root / name), error) from error

    def holding(self, wanted: Mapping[str, Digest]) -> set[str]:
        """Return the names whose file has the very bytes."""
        return {name for name, digest in wanted.items() if self._is(name, digest)}

    def _is(self, name: str, digest: Digest) -> bool:
        try:
            return Digest.of((self.root / name).read_bytes()) == digest
        except OSError:
            return False

    def remove(self, name: str) -> None:
        """Remove a file."""
        path = self.root / name
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise unwritable(path, error) from error

    def clear(self) -> None:
        """Remove the folder with all it holds, but a lock: whoever holds it removes that."""
        try:
            for path in self.root.iterdir() if self.root.is_dir() else ():
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                elif path.name != LOCK:
                    path.unlink()
            with contextlib.suppress(OSError):
                self.root.rmdir()
        except OSError as error:
            raise unwritable(self.root, error) from error

    def finish(self) -> None:
        """Do nothing: what is written is there."""


def _is_of_one_file(error: UsageError, path: Path) -> bool:
    if isinstance(error.__cause__, IsADirectoryError):
        return True
    with contextlib.suppress(OSError):
        return isinstance(error.__cause__, PermissionError) and path.exists()
    return False


def _unreadable(file: str, error: Exception) -> UsageError:
    return UsageError(
        Problem(
            file=file,
            message=f"không đọc được: {error}",
            hint="kiểm tra quyền đọc và đường truyền rồi chạy lại",
        )
    )


# ---------------------------------------------------------------- .zip
class Zip:
    """A .zip that appears whole when it is finished; its entries follow the order of the source.

    Documents are zip files themselves, so they are stored as they are. Times are those of the zip
    format's first day: same inputs, same bytes.
    """

    shared = False  # one process writes it

    def __init__(self, path: Path, temporary: Path) -> None:
        self._path = path
        self._unfinished = temporary / path.name

    @cached_property
    def _archive(self) -> zipfile.ZipFile:
        make_folder(self._unfinished.parent)
        return zipfile.ZipFile(self._unfinished, "w", zipfile.ZIP_STORED)

    def begin(self) -> None:
        """Make the folder of the file."""
        make_folder(self._path.parent)
        if self._path.is_dir():
            raise unwritable(self._path, IsADirectoryError(errno.EISDIR, ""))

    def write(self, name: str, pieces: Iterable[bytes]) -> None:
        """Write one entry, from pieces."""
        with self._told(), self._archive.open(_entry(name), "w", force_zip64=True) as file:
            for piece in pieces:
                file.write(piece)

    def write_all(self, files: Mapping[str, bytes]) -> dict[str, UsageError]:
        """Write entries."""
        with self._told():
            for name, content in files.items():
                self._archive.writestr(_entry(name), content)
        return {}

    def read(self, name: str) -> bytes | None:
        """Return nothing: a .zip is always written anew, from its beginning."""

    def lines(self, name: str) -> Iterator[bytes]:
        """Yield nothing: a .zip is always written anew, from its beginning."""
        return iter(())

    def holding(self, wanted: Mapping[str, Digest]) -> set[str]:
        """Return nothing: a .zip is always written anew, from its beginning."""
        return set()

    def remove(self, name: str) -> None:
        """Do nothing: the run's own files lie beside the .zip."""

    def clear(self) -> None:
        """Do nothing: the run's own files lie beside the .zip."""

    def finish(self) -> None:
        """Give the file its name."""
        with self._told():
            self._archive.close()
            self._unfinished.replace(self._path)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self._let_go()
            raise unwritable(self._path, error) from error

    def _let_go(self) -> None:
        """Close the file as it is: its directory would go to a disk that may be full."""
        archive: zipfile.ZipFile | None = vars(self).get("_archive")
        if archive is not None and archive.fp is not None:
            file, archive.fp = archive.fp, None
            with contextlib.suppress(OSError):
                file.close()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)  # 1980-01-01
    entry.create_system = 3
    entry.external_attr = 0o100644 << 16
    return entry


# ---------------------------------------------------------------- any address
# A file of an object store appears when it is complete; elsewhere it is written beside and renamed.
_OBJECT_STORES = {"abfs", "adl", "az", "gcs", "gs", "memory", "oss", "s3", "s3a"}
_AT_ONCE = 16


class Remote:
    """A folder at an address of fsspec: ``s3://bucket/folder``, ``memory://folder``.

    Keys and servers come from fsspec's own settings: environment variables such as
    ``FSSPEC_S3_ENDPOINT_URL``, files in ``~/.config/fsspec``, or what the store's client reads.
    """

    def __init__(self, address: str) -> None:
        self._address = address.rstrip("/")
        self._system, self._root = _system(self._address)
        protocol = self._system.protocol
        names = {protocol} if isinstance(protocol, str) else set(protocol)
        self._whole = bool(names & _OBJECT_STORES)
        self.shared = "memory" not in names

    def begin(self) -> None:
        """Do nothing: the work folder is at the same address, and written first."""

    def write(self, name: str, pieces: Iterable[bytes]) -> None:
        """Write one file, from pieces, which are gathered on this machine's disk first."""
        with self._told(name), tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "whole")
            with path.open("wb") as file:
                file.writelines(pieces)
            self._put(name, lambda target: self._system.put_file(str(path), target))

    def write_all(self, files: Mapping[str, bytes]) -> dict[str, UsageError]:
        """Write files, many at once where the store can."""
        with self._told():
            if self._whole:
                self._system.pipe({self._at(name): content for name, content in files.items()})
            else:
                for name, content in files.items():
                    self._pipe(name, content)
        return {}

    def _pipe(self, name: str, content: bytes) -> None:
        self._put(name, lambda target: self._system.pipe_file(target, content))

    def _put(self, name: str, put: Any) -> None:
        path = self._at(name)
        if self._whole:
            put(path)
            return
        folder, _, leaf = path.rpartition("/")
        self._system.makedirs(folder, exist_ok=True)
        temporary = f"{folder}/{TEMPORARY_PREFIX}{leaf}"
        put(temporary)
        self._system.mv(temporary, path)

    def read(self, name: str) -> bytes | None:
        """Return a file's content, ``None`` where there is none."""
        try:
            content: bytes = self._system.cat_file(self._at(name))
        except FileNotFoundError:
            return None
        except Exception as error:  # every store has errors of its own
            raise _unreadable(f"{self._address}/{name}", error) from error
        return content

    def lines(self, name: str) -> Iterator[bytes]:
        """Yield the lines of a file, none where there is no file."""
        try:
            with self._system.open(self._at(name), "rb") as file:
                yield from file
        except FileNotFoundError:
            return
        except Exception as error:
            raise _unreadable(f"{self._address}/{name}", error) from error

    def holding(self, wanted: Mapping[str, Digest]) -> set[str]:
        """Return the names whose file has the size: it appeared whole, so it is ours."""
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            found = threads.map(self._size, wanted)
            return {
                name for name, size in zip(wanted, found, strict=True) if size == wanted[name].size
            }

    def _size(self, name: str) -> int | None:
        try:
            size: int | None = self._system.size(self._at(name))
        except FileNotFoundError:
            return None
        except Exception as error:
            raise _unreadable(f"{self._address}/{name}", error) from error
        return size

    def remove(self, name: str) -> None:
        """Remove a file."""
        with self._told(name), contextlib.suppress(FileNotFoundError):
            self._system.rm_file(self._at(name))

    def clear(self) -> None:
        """Remove the folder with all it holds."""
        with self._told(), contextlib.suppress(FileNotFoundError):
            self._system.rm(self._root, recursive=True)

    def finish(self) -> None:
        """Do nothing: what is written is there."""

    def _at(self, name: str) -> str:
        return f"{self._root}/{name}"

    @contextmanager
    def _told(self, name: str = "") -> Iterator[None]:
        try:
            yield
        except Exception as error:
            raise UsageError(
                Problem(
                    file=f"{self._address}/{name}".rstrip("/"),
                    message=f"không ghi được: {error}",
                    hint="kiểm tra địa chỉ, quyền ghi và đường truyền rồi chạy lại",
                )
            ) from error


def _system(address: str) -> tuple[Any, str]:
    from fsspec.core import url_to_fs

    try:
        system, root = url_to_fs(address, use_listings_cache=False)
    except ImportError as error:
        raise ToolError(
            Problem(
                file=address,
                message=f"chưa cài gói để ghi tới địa chỉ này ({error})",
                hint='với s3:// chạy: pip install "vanban[s3]"',
            )
        ) from error
    except ValueError as error:
        raise _no_address(address) from error
    return system, str(root).rstrip("/")


def _no_address(address: str) -> UsageError:
    return UsageError(
        Problem(file=address, message="địa chỉ không dùng được", hint="ghi như s3://kho/thu-muc")
    )


# ---------------------------------------------------------------- by address
def is_address(output: str) -> bool:
    """Return whether an output is an address of fsspec, not a path of this machine."""
    return "://" in output and not output.startswith("file://")


def is_zip(output: str) -> bool:
    """Return whether an output is a .zip of this machine."""
    return not is_address(output) and output.lower().endswith(".zip")


def open_place(output: str) -> Place:
    """Return the folder, of this machine or at an address, where documents go.

    Raises:
        UsageError: an address that names no store, or no folder of it.
    """
    _expect_whole(output)
    if is_address(output):
        return Remote(output)
    return Folder(local_path(output))


def open_zip(output: str) -> Place:
    """Return the .zip where documents go, begun anew."""
    return Zip(local_path(output), local_path(work_address(output)))


def open_work(address: str) -> Place:
    """Return the folder where a run keeps what it needs to go on later."""
    if is_address(address):
        return Remote(address)
    return Folder(local_path(address), local_path(address))


def work_address(output: str) -> str:
    """Return the address of the work folder of an output: within a folder, beside a .zip.

    Raises:
        UsageError: an address that names no store, or no folder of it.
    """
    _expect_whole(output)
    return f"{output}{WORK}" if is_zip(output) else f"{output.rstrip('/')}/{WORK}"


def _expect_whole(output: str) -> None:
    """Refuse an address with nothing before or behind ``://``: it would mean a local folder."""
    store, mark, folder = output.partition("://")
    if mark and not (store.strip() and folder.strip("/ ")):
        raise _no_address(output)


def local_path(output: str) -> Path:
    """Return an output of this machine as a path; ``file://`` addresses too."""
    if not output.startswith("file://"):
        return Path(output)
    from fsspec.core import url_to_fs

    return Path(url_to_fs(output)[1])


@contextmanager
def reader(output: str) -> Iterator[Callable[[str], bytes]]:
    """Yield what reads the documents of a finished output by their names."""
    if is_zip(output):
        with zipfile.ZipFile(local_path(output)) as archive:
            yield archive.read
        return
    place = open_place(output)

    def read(name: str) -> bytes:
        content = place.read(name)
        if content is None:
            raise UsageError(Problem(file=f"{output}/{name}", message="tệp vừa ghi đã mất"))
        return content

    yield read
