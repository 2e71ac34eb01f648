"""One run at a time in a work folder.

The system lets a lock go with the process that holds it, however that ends: after a power cut or
``kill -9`` there is nothing to clear away. Object stores have no such locks.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from generator.errors import Problem, UsageError
from generator.output import make_folder, unwritable

LOCK = "lock"
"""Name of the file in a work folder that its run holds."""

_FAR = 1 << 30  # Windows locks bytes, and nobody else reads those: any but the ones that are there


class BusyError(UsageError):
    """Another run is at work there."""


class Lock:
    """The right to work in a folder, of one run at a time; of no folder, everybody has it."""

    def __init__(self, folder: Path | None, output: str) -> None:
        self._folder, self._output = folder, output
        self._handle: int | None = None

    def take(self) -> None:
        """Take the folder, which is made when missing.

        Raises:
            BusyError: another run has it.
            UsageError: it cannot be written.
        """
        while self._folder is not None and self._handle is None:
            # Gone between two steps: whoever had it has just cleared away.
            with contextlib.suppress(FileNotFoundError):
                self._make(self._folder)
                self._handle = self._opened(self._folder / LOCK)

    @staticmethod
    def _make(folder: Path) -> None:
        try:
            make_folder(folder)
        except UsageError as error:
            if isinstance(error.__cause__, FileExistsError) and not folder.exists():
                raise FileNotFoundError from error
            raise

    def _opened(self, path: Path) -> int:
        """Return the file, open and locked.

        Raises:
            FileNotFoundError: it was removed before it was locked.
        """
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise unwritable(path, error) from error
        try:
            if not _locked(handle):
                raise self._busy(handle)
            if not os.path.samestat(os.fstat(handle), path.stat()):
                raise FileNotFoundError
            os.truncate(handle, 0)
            os.write(handle, str(os.getpid()).encode())
        except BaseException:
            os.close(handle)
            raise
        return handle

    def _busy(self, handle: int) -> BusyError:
        number = os.read(handle, 20).decode("ascii", "replace")
        return BusyError(
            Problem(
                file=self._output,
                message=f"không ghi được: một lần chạy khác (tiến trình {number}) đang ghi vào đây",
                hint="chờ lần chạy đó xong, hoặc chọn nơi khác",
            )
        )

    def close(self) -> None:
        """Let the folder go; it is removed when it is empty."""
        if self._folder is None or self._handle is None:
            return
        handle, self._handle = self._handle, None
        path = self._folder / LOCK
        with contextlib.suppress(OSError):  # Windows removes no file that is open
            path.unlink()
        os.close(handle)
        with contextlib.suppress(OSError):
            if os.name == "nt":
                path.unlink(missing_ok=True)
            self._folder.rmdir()


def _locked(handle: int) -> bool:
    """Lock an open file; return whether nobody else has. A drive without locks lets everybody."""
    try:
        if os.name == "nt":
            import msvcrt

            os.lseek(handle, _FAR, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
            os.lseek(handle, 0, os.SEEK_SET)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return os.name != "nt"
    return True
