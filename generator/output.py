"""Files written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterable
from itertools import count
from pathlib import Path

from generator.errors import Problem, UsageError

TEMPORARY_PREFIX = ".~vanban-"

_REASONS = {
    errno.ENOSPC: ("đĩa đã đầy", "giải phóng chỗ trên đĩa hoặc chọn nơi khác"),
    errno.EDQUOT: ("hết hạn mức đĩa", "giải phóng chỗ hoặc chọn nơi khác"),
    errno.EACCES: ("không có quyền ghi", "chọn thư mục khác, hoặc đóng tệp nếu đang mở trong Word"),
    errno.EPERM: ("không có quyền ghi", "chọn thư mục khác, hoặc đóng tệp nếu đang mở trong Word"),
    errno.EROFS: ("ổ đĩa chỉ cho đọc", "chọn nơi khác"),
    errno.ENOENT: ("không có ổ đĩa hoặc thư mục này", "kiểm tra lại đường dẫn"),
    errno.EISDIR: ("đã có thư mục trùng tên", "chọn tên khác"),
    errno.ENOTDIR: ("một phần đường dẫn là tệp, không phải thư mục", "kiểm tra lại đường dẫn"),
    errno.EEXIST: ("đã có tệp trùng tên với thư mục cần tạo", "chọn tên khác"),
    errno.ENAMETOOLONG: ("tên quá dài", "chọn thư mục ngắn hơn"),
    errno.EFBIG: ("tệp lớn quá giới hạn", "chọn nơi khác"),
}


def write_whole(
    path: Path, content: bytes, *, durable: bool = False, apart: Path | None = None
) -> None:
    """Write a file so that it appears whole under its name, or not at all.

    The content goes to a temporary file, which then takes the name (atomic on POSIX and NTFS). That
    file lies beside the other, or in the folder ``apart`` of the same disk, where a killed process
    leaves nothing in anybody's way. ``durable`` also waits until the disk has it.

    Raises:
        UsageError: the folder cannot be written, the disk is full, the file is open elsewhere.
    """
    write_pieces(path, (content,), durable=durable, apart=apart)


def write_pieces(
    path: Path, pieces: Iterable[bytes], *, durable: bool = False, apart: Path | None = None
) -> None:
    """Do what :func:`write_whole` does with a content that comes in pieces."""
    try:
        _write(path, pieces, durable, apart or path.parent)
    except OSError as error:
        raise unwritable(path, error) from error


def make_folder(path: Path) -> None:
    """Create a folder and those above it.

    Raises:
        UsageError: it cannot be created.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(path, error) from error


def expect_writable(path: Path) -> None:
    """Find out whether a file can be written later, without changing anything.

    Raises:
        UsageError: there is a folder of its name, the folder cannot be written, the file is open
            elsewhere.
    """
    try:
        if path.is_dir():
            raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
        there = next((folder for folder in path.absolute().parents if folder.exists()), None)
        if there is None:  # a drive of Windows that is not there
            raise OSError(errno.ENOENT, os.strerror(errno.ENOENT))
        handle, temporary = _new_file(there)
        os.close(handle)
        temporary.unlink()
        if os.name == "nt" and path.exists():  # Word keeps what it has open to itself
            path.open("r+b").close()
    except OSError as error:
        raise unwritable(path, error) from error


def unwritable(path: Path, error: OSError) -> UsageError:
    """Return the error that tells why a file could not be written."""
    message, hint = _REASONS.get(
        error.errno or 0, (f"lỗi hệ thống: {error.strerror}", "kiểm tra ổ đĩa và quyền ghi")
    )
    return UsageError(Problem(file=str(path), message=f"không ghi được: {message}", hint=hint))


def _write(path: Path, pieces: Iterable[bytes], durable: bool, folder: Path) -> None:
    handle, temporary = _new_file(folder)
    try:
        try:
            for piece in pieces:
                view = memoryview(piece)
                while view:
                    view = view[os.write(handle, view) :]
            if durable:
                os.fsync(handle)
        finally:
            os.close(handle)
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


_numbers = count()
_BINARY = getattr(os, "O_BINARY", 0)  # Windows would turn every line feed into two bytes


def _new_file(folder: Path) -> tuple[int, Path]:
    """Return a new file, open to write, under a name that nobody uses."""
    while True:
        path = folder / f"{TEMPORARY_PREFIX}{os.getpid()}-{next(_numbers)}"
        # Left by a killed process with our number, or of another machine on the same drive.
        with contextlib.suppress(FileExistsError):
            return os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | _BINARY, 0o666), path
