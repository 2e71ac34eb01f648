"""Files written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from pathlib import Path

from generator.errors import Problem, UsageError

TEMPORARY_PREFIX = ".~vanban-"

_REASONS = {
    errno.ENOSPC: ("đĩa đã đầy", "giải phóng chỗ trên đĩa hoặc chọn nơi khác"),
    errno.EDQUOT: ("hết hạn mức đĩa", "giải phóng chỗ hoặc chọn nơi khác"),
    errno.EACCES: ("không có quyền ghi", "chọn thư mục khác, hoặc đóng tệp nếu đang mở trong Word"),
    errno.EPERM: ("không có quyền ghi", "chọn thư mục khác, hoặc đóng tệp nếu đang mở trong Word"),
    errno.EROFS: ("ổ đĩa chỉ cho đọc", "chọn nơi khác"),
    errno.EISDIR: ("đã có thư mục trùng tên", "chọn tên khác"),
    errno.ENOTDIR: ("một phần đường dẫn là tệp, không phải thư mục", "kiểm tra lại đường dẫn"),
    errno.EEXIST: ("đã có tệp trùng tên với thư mục cần tạo", "chọn tên khác"),
    errno.ENAMETOOLONG: ("tên quá dài", "chọn thư mục ngắn hơn"),
    errno.EFBIG: ("tệp lớn quá giới hạn", "chọn nơi khác"),
}


def write_whole(path: Path, content: bytes, *, durable: bool = False) -> None:
    """Write a file so that it appears whole under its name, or not at all.

    The content goes to a temporary file beside it, which then takes the name (atomic on POSIX and
    NTFS). ``durable`` also waits until the disk has it, for single documents.

    Raises:
        UsageError: the folder cannot be written, the disk is full, the file is open elsewhere.
    """
    try:
        _write(path, content, durable)
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


def unwritable(path: Path, error: OSError) -> UsageError:
    """Return the error that tells why a file could not be written."""
    message, hint = _REASONS.get(
        error.errno or 0, (f"lỗi hệ thống: {error.strerror}", "kiểm tra ổ đĩa và quyền ghi")
    )
    return UsageError(Problem(file=str(path), message=f"không ghi được: {message}", hint=hint))


def _write(path: Path, content: bytes, durable: bool) -> None:
    handle, name = tempfile.mkstemp(prefix=TEMPORARY_PREFIX, dir=path.parent)
    try:
        try:
            view = memoryview(content)
            while view:
                view = view[os.write(handle, view) :]
            if durable:
                os.fsync(handle)
        finally:
            os.close(handle)
        Path(name).chmod(_mode())
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def _mode() -> int:
    """Return the permissions a new file gets here; temporary files are private."""
    global _umask  # the process's umask can only be read by setting it
    if _umask is None:
        _umask = os.umask(0o022)
        os.umask(_umask)
    return 0o666 & ~_umask


_umask: int | None = None
