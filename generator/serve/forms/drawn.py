"""Pages drawn last, held for the browsers that asked for them: in memory, within a limit."""

from __future__ import annotations

import gzip
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from threading import Lock
from typing import Any

from generator.views.leading import Page

_QUICKLY = 1  # of zlib: a page is sent once, over the next wire


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """Pages and what is said with them: what the browser is told, and the pages packed."""

    said: dict[str, Any]
    packed: dict[str, bytes]  # by digest


def told(pages: Iterable[Page]) -> list[dict[str, Any]]:
    """Return what a browser must know of pages: by what name to fetch each, its size."""
    return [
        {"digest": _digest(page), "width": page.width_mm, "height": page.height_mm}
        for page in pages
    ]


def packed(pages: Iterable[Page]) -> dict[str, bytes]:
    """Return pages packed, by the names they are fetched by."""
    return {_digest(page): _zipped(page.svg) for page in pages}


def _digest(page: Page) -> str:
    return sha256(page.svg).hexdigest()[:32]


@lru_cache(maxsize=64)
def _zipped(svg: bytes) -> bytes:
    """Return a page packed; those that did not change are packed already."""
    return gzip.compress(svg, _QUICKLY, mtime=0)


_MOST = 96 * 1024 * 1024  # bytes of packed pages: about a thousand


class DrawnPages:
    """Packed pages of all accounts; none is given to another than the one it was drawn for."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._size = 0
        self._pages: OrderedDict[tuple[int, str], bytes] = OrderedDict()
        self._changing = Lock()

    def put(self, account: int, pages: Mapping[str, bytes]) -> None:
        """Hold an account's pages; those asked for longest ago make room."""
        with self._changing:
            for digest, packed in pages.items():
                key = account, digest
                self._size += len(packed) - len(self._pages.pop(key, b""))
                self._pages[key] = packed
            while self._size > self._most:
                self._size -= len(self._pages.popitem(last=False)[1])

    def get(self, account: int, digest: str) -> bytes | None:
        """Return a packed page of an account, ``None`` when it is held no longer."""
        with self._changing:
            return self._pages.get((account, digest))


PAGES = DrawnPages()
"""Those of this server."""
