"""Streams of an old Office container (MS-CFB), their chains of sectors followed within bounds.

The libraries at hand follow a chain that runs in a circle for ever.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator, Mapping

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENTRY = 128
_LAST_SECTOR = 0xFFFFFFFA  # greater numbers are marks: end of chain, free
_IN_HEADER = 109  # places for sectors of the table in the header itself
_STREAM, _ROOT = 2, 5


class Damaged(ValueError):  # noqa: N818 - what the container is
    """The container contradicts itself."""


def read_streams(content: bytes, wanted: frozenset[str]) -> Mapping[str, bytes]:
    """Return the streams of a container by name: content of the wanted ones, others empty.

    Raises:
        Damaged: sectors outside the file, chains that run in a circle.
    """
    try:
        return dict(_Container(content).streams(wanted))
    except (struct.error, IndexError, ValueError) as error:
        raise Damaged(str(error)) from error


class _Container:
    def __init__(self, content: bytes) -> None:
        self._content = content
        shift, self._mini_shift = struct.unpack_from("<2H", content, 0x1E)
        if shift not in (9, 12) or self._mini_shift != 6:
            raise Damaged("sector size")
        self._size = 1 << shift
        self._most = len(content) // self._size + 1
        (self._directory,) = struct.unpack_from("<I", content, 0x30)
        (self._cutoff,) = struct.unpack_from("<I", content, 0x38)
        (mini_table,) = struct.unpack_from("<I", content, 0x3C)
        self._table = self._numbers(b"".join(map(self._sector, self._table_sectors())))
        self._mini_table = self._numbers(self._chain(mini_table))
        self._mini = b""

    def streams(self, wanted: frozenset[str]) -> Iterator[tuple[str, bytes]]:
        directory = self._chain(self._directory)
        for start in range(0, len(directory) - _ENTRY + 1, _ENTRY):
            entry = directory[start : start + _ENTRY]
            length, kind = struct.unpack_from("<HB", entry, 64)
            first, size = struct.unpack_from("<2I", entry, 116)
            name = entry[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
            if kind == _ROOT:
                self._mini = self._chain(first)
            elif kind == _STREAM:
                yield name, self._stream(first, size) if name in wanted else b""

    def _stream(self, first: int, size: int) -> bytes:
        if size >= self._cutoff:
            return self._chain(first)[:size]
        width = 1 << self._mini_shift
        starts = (sector * width for sector in self._follow(first, self._mini_table))
        return b"".join(self._mini[start : start + width] for start in starts)[:size]

    def _chain(self, first: int) -> bytes:
        return b"".join(map(self._sector, self._follow(first, self._table)))

    def _follow(self, sector: int, table: array[int]) -> Iterator[int]:
        for _ in range(len(table) + 1):
            if sector >= _LAST_SECTOR:
                return
            yield sector
            sector = table[sector]
        raise Damaged("a chain that runs in a circle")

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        if start >= len(self._content):
            raise Damaged("a sector outside the file")
        return self._content[start : start + self._size]

    def _table_sectors(self) -> Iterator[int]:
        """Yield the sectors that hold the table of chains."""
        yield from self._real(struct.unpack_from(f"<{_IN_HEADER}I", self._content, 0x4C))
        (sector,) = struct.unpack_from("<I", self._content, 0x44)
        for _ in range(self._most):
            if sector >= _LAST_SECTOR:
                return
            *numbers, sector = self._numbers(self._sector(sector))
            yield from self._real(numbers)
        raise Damaged("a chain that runs in a circle")

    def _real(self, numbers: object) -> Iterator[int]:
        assert isinstance(numbers, (tuple, list))
        yield from (number for number in numbers if number < _LAST_SECTOR)

    def _numbers(self, content: bytes) -> array[int]:
        count = len(content) // 4
        return array("Q", struct.unpack(f"<{count}I", content[: 4 * count]))
