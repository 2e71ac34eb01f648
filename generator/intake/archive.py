"""The zip of a spreadsheet, opened within limits; its parts are read as streams."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from generator.errors import DataError
from generator.intake.cells import refused
from generator.ooxml import UNREADABLE
from generator.records.data import unreadable

_MOST_PARTS = 5_000
_LARGEST_PART = 256 * 1024 * 1024
SMALL = 32 * 1024 * 1024  # of a part that describes the others
_LARGEST_IN_ALL = 512 * 1024 * 1024
# A sheet of a million like rows packs about 60 times; a bomb packs 1,000 times.
_SUSPECT_PART = 16 * 1024 * 1024
_TIGHTEST = 250
_AGAIN = "mở tệp bằng Excel hoặc LibreOffice và lưu lại"


class Archive:
    """A zip file checked before anything is unpacked.

    Raises:
        UsageError: it cannot be opened.
        DataError: no zip, damaged, encrypted, or one that unpacks beyond reason.
    """

    def __init__(self, path: Path, file: str) -> None:
        self.path, self.file = path, file
        try:
            with zipfile.ZipFile(path) as archive:
                entries = archive.infolist()
        except OSError as error:
            raise unreadable(file, error) from error
        except UNREADABLE as error:
            raise refused(file, "tệp đã hỏng, không mở được", _AGAIN) from error
        self._refuse_bomb(entries)
        self.names = frozenset(entry.filename for entry in entries)
        self._sizes = {entry.filename: entry.file_size for entry in entries}
        if any(entry.flag_bits & 1 for entry in entries):
            raise refused(file, "tệp bị đặt mật khẩu", "bỏ mật khẩu rồi lưu lại")
        if len(self.names) < len(entries):
            raise refused(file, "tệp có hai phần cùng tên", _AGAIN)

    def _refuse_bomb(self, entries: list[zipfile.ZipInfo]) -> None:
        sizes = [entry.file_size for entry in entries]
        tight = any(
            entry.file_size > _SUSPECT_PART and entry.file_size > _TIGHTEST * entry.compress_size
            for entry in entries
        )
        if (
            tight
            or len(entries) > _MOST_PARTS
            or max(sizes, default=0) > _LARGEST_PART
            or sum(sizes) > _LARGEST_IN_ALL
        ):
            raise self._too_large()

    def _too_large(self) -> DataError:
        return refused(
            self.file,
            "tệp bung ra quá lớn, bị từ chối vì an toàn",
            "xóa các dòng, cột và trang thừa, hoặc chia thành nhiều tệp",
        )

    @contextmanager
    def part(self, name: str, most: int = _LARGEST_PART) -> Iterator[IO[bytes]]:
        """Open a part; what it unpacks to is never more than its declared size.

        Raises:
            DataError: the part is missing, damaged, or larger than ``most`` bytes.
        """
        if self._sizes.get(name, 0) > most:
            raise self._too_large()
        try:
            with zipfile.ZipFile(self.path) as archive, archive.open(name) as stream:
                yield stream
        except KeyError as error:
            raise refused(self.file, f"tệp thiếu phần {name}", _AGAIN) from error
        except UNREADABLE as error:
            raise refused(self.file, f"phần {name} đã hỏng", _AGAIN) from error
