"""Columns of text amid a page, as high as one another where more text follows (lengths in points).

ECMA-376, part 1, 17.6.4. Word and LibreOffice end the columns of a section at about one height when
the next section goes on below them on the same page; the last columns of a text are just filled.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

_NEAR = 0.1
_NONE_ALONE = 2  # lines of a paragraph that stand together at a column's end and top


class Row(NamedTuple):
    """A block of a column: the space above it, its height, its lines; ``whole``: not to be cut."""

    gap: float
    height: float
    lines: int
    whole: bool


def balanced(rows: Sequence[Row], count: int) -> float:
    """Return the least height at which ``count`` columns hold all rows, to a tenth of a point."""
    pieces = list(_pieces(rows))
    total = sum(gap + tall for gap, tall in pieces)
    low, high = total / count, total
    while high - low > _NEAR:
        middle = (low + high) / 2
        low, high = (low, middle) if _needed(pieces, middle) <= count else (middle, high)
    return high


def _pieces(rows: Sequence[Row]) -> Iterator[tuple[float, float]]:
    """Yield what no column cuts: the space above it, which falls away at a column's top, height."""
    for row in rows:
        least = 1 if row.lines < 2 * _NONE_ALONE else _NONE_ALONE
        if row.whole or (row.lines < 2 * _NONE_ALONE and row.lines > 1):
            yield row.gap, row.height
            continue
        line, gap = row.height / max(row.lines, 1), row.gap
        sizes = [least, *[1] * (row.lines - 2 * least), least] if row.lines > 1 else [row.lines]
        for size in sizes:
            yield gap, line * max(size, 1)
            gap = 0.0


def _needed(pieces: Sequence[tuple[float, float]], height: float) -> int:
    columns, filled = 1, 0.0
    for gap, tall in pieces:
        if filled and filled + gap + tall > height + 0.01:
            columns, filled = columns + 1, tall
        else:
            filled += (gap if filled else 0.0) + tall
    return columns
