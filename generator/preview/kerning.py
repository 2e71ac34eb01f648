"""How much closer two letters stand where a document asks for kerning (``w:kern``).

The pairs are the face's own, of its GPOS or kern table, as HarfBuzz reads them: LibreOffice draws
with it, and Typst with a translation of it.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import uharfbuzz

_MOST_PAIRS = 20_000


class Pairs:
    """The kerning of one face, in its units; negative: closer."""

    def __init__(self, path: Path, index: int) -> None:
        blob = uharfbuzz.Blob.from_file_path(str(path))
        self._font = uharfbuzz.Font(uharfbuzz.Face(blob, index))
        self._known: dict[str, int] = {}

    def between(self, pair: str) -> int:
        """Return what is added between two letters."""
        found = self._known.get(pair)
        if found is None:
            if len(self._known) >= _MOST_PAIRS:
                self._known.clear()
            found = self._known[pair] = self._wide(pair, kern=True) - self._wide(pair, kern=False)
        return found

    def within(self, text: str) -> int:
        """Return what is added between all letters of a text."""
        return sum(self.between(text[at : at + 2]) for at in range(len(text) - 1))

    def _wide(self, text: str, *, kern: bool) -> int:
        buffer = uharfbuzz.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        uharfbuzz.shape(self._font, buffer, {"kern": kern, "liga": False, "clig": False})
        return sum(each.x_advance for each in buffer.glyph_positions)


@lru_cache(maxsize=32)
def pairs_of(path: Path, index: int) -> Pairs:
    """Return the kerning of a face, its file read once."""
    return Pairs(path, index)
