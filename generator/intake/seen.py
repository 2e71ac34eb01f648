"""Which names have been seen, and where first, in a few bytes a name."""

from __future__ import annotations

from array import array
from hashlib import blake2b

_START = 1 << 12


class SeenRows:
    """The first row of each name: a table of hashes with free places between (open addressing).

    A dictionary takes eight times the memory, which then grows visibly with the rows of a long
    file. Two names of one hash would be taken for one: with 64 bits, once in ten million files of a
    million rows.
    """

    def __init__(self) -> None:
        self._hashes = array("Q", bytes(8 * _START))
        self._rows = array("I", bytes(4 * _START))  # 0: the place is free
        self._count = 0

    def first(self, name: str, row: int) -> int:
        """Return the row where a name stood first: ``row`` itself for a new one.

        >>> seen = SeenRows()
        >>> seen.first("An", 2), seen.first("Bình", 3), seen.first("An", 4)
        (2, 3, 2)
        """
        if 2 * self._count >= len(self._rows):
            self._grow()
        digest = int.from_bytes(blake2b(name.encode(errors="replace"), digest_size=8).digest())
        place = self._place(digest)
        if self._rows[place]:
            return self._rows[place]
        self._hashes[place], self._rows[place] = digest, row
        self._count += 1
        return row

    def _place(self, digest: int) -> int:
        """Return where a hash stands, or the free place where it would."""
        place = digest % len(self._rows)
        while self._rows[place] and self._hashes[place] != digest:
            place = (place + 1) % len(self._rows)
        return place

    def _grow(self) -> None:
        hashes, rows = self._hashes, self._rows
        size = 2 * len(self._rows)
        self._hashes, self._rows = array("Q", bytes(8 * size)), array("I", bytes(4 * size))
        for digest, row in zip(hashes, rows, strict=True):
            if not row:
                continue
            place = self._place(digest)
            self._hashes[place], self._rows[place] = digest, row
