"""Pages laid beside one another on larger sheets, with a line of words above each."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generator.preview.document import Source
from generator.preview.engine import compile_source
from generator.preview.fonts import MAIN, resolve
from generator.preview.looks import points, quoted

_GAP_PT = 14.0
_CAPTION_PT = 11.0


@dataclass(frozen=True, slots=True)
class Tile:
    """A page of a PDF, counted from 1, and the words above it."""

    pdf: bytes
    page: int
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Colour:
    """What a background colour means, ``fill`` as RRGGBB."""

    fill: str
    words: str


def sheets(
    tiles: Sequence[Tile | None],
    *,
    columns: int,
    width_pt: float,
    rows: int = 0,
    legend: Sequence[Colour] = (),
) -> bytes:
    """Return a PDF with the tiles in rows; ``None`` leaves a place empty.

    ``width_pt`` is the width of a tile, ``rows`` how many rows stand on one sheet, 0 for all;
    ``legend`` stands above them on every sheet.
    """
    face = resolve(MAIN)
    files = {_name(tile.pdf): tile.pdf for tile in tiles if tile is not None}
    per_sheet = rows * columns or len(tiles)
    pages = [
        _page(tiles[at : at + per_sheet], columns, width_pt, legend)
        for at in range(0, len(tiles), per_sheet)
    ]
    text = "\n".join(
        [
            f'#set text(font: {quoted(face.family)}, lang: "vi", fallback: false, '
            f"size: {points(_CAPTION_PT)})",
            f"#set page(width: auto, height: auto, margin: {points(_GAP_PT)}, "
            'fill: rgb("#e8e8e8"))',
            "\n#pagebreak()\n".join(pages),
        ]
    )
    return compile_source(Source(text, files, (face,), ()))[0]


def _page(
    tiles: Sequence[Tile | None], columns: int, width_pt: float, legend: Sequence[Colour]
) -> str:
    grid = (
        f"#grid(columns: {columns} * ({points(width_pt)},), column-gutter: {points(_GAP_PT)}, "
        f"row-gutter: 4pt, {''.join(_cells(tiles, columns, width_pt))})"
    )
    return f"{_legend(legend)}\n{grid}" if legend else grid


def _cells(tiles: Sequence[Tile | None], columns: int, width_pt: float) -> Iterator[str]:
    """Yield rows of captions and rows of pages by turns, so that pages begin at one height."""
    for at in range(0, len(tiles), columns):
        row = [*tiles[at : at + columns], *[None] * (columns - len(tiles[at : at + columns]))]
        for tile in row:
            words = tile.caption if tile is not None else ""
            yield f"align(bottom, text({quoted(words)}, weight: 700)), "
        for tile in row:
            yield "[], " if tile is None else _picture(tile, width_pt)


def _picture(tile: Tile, width_pt: float) -> str:
    return (
        f"pad(bottom: {points(_GAP_PT)}, box(fill: white, stroke: 0.4pt + gray, "
        f"image({quoted(_name(tile.pdf))}, page: {tile.page}, width: {points(width_pt)}))), "
    )


def _legend(legend: Sequence[Colour]) -> str:
    return " ".join(_entries(legend))


def _entries(legend: Sequence[Colour]) -> Iterator[str]:
    for colour in legend:
        yield (
            f'#box(fill: rgb("#{colour.fill}"), inset: (x: 5pt), outset: (y: 3pt), '
            f"text({quoted(colour.words)})) #h(6pt)"
        )


def _name(pdf: bytes) -> str:
    """Return a file name that no other content has: what draws the sheet keeps files by name."""
    return f"{hashlib.sha256(pdf).hexdigest()[:24]}.pdf"
