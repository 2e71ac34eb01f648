"""The rows of a table as they are kept: each its JSON text, packed small.

A row of a hundred figures takes half a thousand bytes so; as groups of Python numbers it takes
thirty times as many. It is read again where it is asked for, decimals digit for digit.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

_MARKED = re.compile(rb'"\\u0000([^"]*)"')
_DECODER = json.JSONDecoder(parse_float=Decimal)


def _digits(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"\0{value:f}"  # no valid record holds the mark
    raise TypeError(type(value).__name__)


_ENCODER = json.JSONEncoder(ensure_ascii=False, default=_digits)


def as_text(value: Any) -> bytes:
    r"""Return a value as JSON on one line, decimals digit for digit.

    >>> as_text({"ten": "Tổ 1", "ty_le": Decimal("12.50")}).decode()
    '{"ten": "Tổ 1", "ty_le": 12.50}'
    """
    # Half characters are refused when a record is read; here they must not stop the writing.
    text = _ENCODER.encode(value).encode(errors="backslashreplace")
    return _MARKED.sub(rb"\1", text) if b"\\u0000" in text else text


def as_lines(record: Any) -> bytes:
    """Return a record as JSON to read: indented, decimals digit for digit."""
    text = json.dumps(record, ensure_ascii=False, indent=1, default=_digits) + "\n"
    return _MARKED.sub(rb"\1", text.encode(errors="backslashreplace"))


class Texts:
    """Many texts much like one another, in order."""

    __slots__ = ("_first", "_packed")

    def __init__(self) -> None:
        self._first = b""  # what the others are packed by: the keys of all rows are the same
        self._packed: list[bytes] = []

    def append(self, text: bytes) -> None:
        """Add a text at the end."""
        self._first = self._first or text
        packer = zlib.compressobj(1, zdict=self._first)
        self._packed.append(packer.compress(text) + packer.flush())

    def __len__(self) -> int:
        return len(self._packed)

    def __iter__(self) -> Iterator[bytes]:
        for packed in self._packed:
            yield zlib.decompressobj(zdict=self._first).decompress(packed)

    def sort(self, keys: Sequence[int]) -> None:
        """Sort the texts by a key for each."""
        places = sorted(range(len(self)), key=keys.__getitem__)
        self._packed = [self._packed[place] for place in places]


class Rows:
    """Rows in order, read anew each time they are gone through."""

    __slots__ = ("_texts",)

    def __init__(self, rows: Iterable[Any] = ()) -> None:
        self._texts = Texts()
        for row in rows:
            self.append(row)

    def append(self, row: Any) -> None:
        """Add a row at the end."""
        self._texts.append(as_text(row))

    def __len__(self) -> int:
        return len(self._texts)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (_DECODER.decode(text.decode()) for text in self._texts)

    def sort(self, keys: Sequence[int]) -> None:
        """Sort the rows by a key for each."""
        self._texts.sort(keys)
