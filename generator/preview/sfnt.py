"""What a TrueType or OpenType file says of itself: names, letter widths, which letters it has.

Only the five tables a layout needs are read (ISO/IEC 14496-22): head, hhea, hmtx, cmap, name. A
file is from the system but may be damaged: every read stays within it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_WINDOWS, _ENGLISH = 3, 0x409
_FAMILY, _STYLE, _VERSION, _TYPO_FAMILY = 1, 2, 5, 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """One font face; widths and heights are in units of 1/``units`` em."""

    path: Path
    family: str
    version: str
    bold: bool
    italic: bool
    units: int
    ascent: int
    descent: int  # positive, below the baseline
    line_gap: int
    advances: Mapping[int, int]  # code point -> width
    index: int = 0  # in a file of several faces


def faces_in(path: Path, wanted: frozenset[str] | None = None) -> Iterator[Face]:
    """Yield the faces of a font file, only those of the ``wanted`` families when given.

    A file that is no font, or a damaged one, has none.
    """
    try:
        data = path.read_bytes()
        for index, offset in enumerate(_offsets(data)):
            tables = _tables(data, offset)
            names = _names(data, tables["name"])
            family = names.get(_FAMILY, "")
            if wanted is None or family.casefold() in wanted:
                yield _face(path, index, data, tables, names)
    except (OSError, struct.error, KeyError, IndexError, ValueError):
        return


def _offsets(data: bytes) -> list[int]:
    if data[:4] == b"ttcf":
        count = struct.unpack_from(">I", data, 8)[0]
        return list(struct.unpack_from(f">{min(count, 64)}I", data, 12))
    return [0]


def _tables(data: bytes, offset: int) -> dict[str, int]:
    count = struct.unpack_from(">H", data, offset + 4)[0]
    found = {}
    for index in range(count):
        tag, _, start, _ = struct.unpack_from(">4s3I", data, offset + 12 + 16 * index)
        found[tag.decode("latin-1")] = start
    return found


def _names(data: bytes, start: int) -> dict[int, str]:
    _, count, storage = struct.unpack_from(">3H", data, start)
    found: dict[int, str] = {}
    for index in range(count):
        platform, _, language, name, length, offset = struct.unpack_from(
            ">6H", data, start + 6 + 12 * index
        )
        if platform == _WINDOWS and (language == _ENGLISH or name not in found):
            at = start + storage + offset
            found[name] = data[at : at + length].decode("utf-16-be", "replace")
    return found


def _face(
    path: Path, index: int, data: bytes, tables: Mapping[str, int], names: Mapping[int, str]
) -> Face:
    units, style = (struct.unpack_from(">H", data, tables["head"] + at)[0] for at in (18, 44))
    ascent, descent, gap = struct.unpack_from(">3h", data, tables["hhea"] + 4)
    wide = struct.unpack_from(">H", data, tables["hhea"] + 34)[0]
    widths = struct.unpack_from(">" + "Hh" * wide, data, tables["hmtx"])[::2]
    last = widths[-1]
    return Face(
        path=path,
        index=index,
        family=names.get(_FAMILY, ""),
        version=names.get(_VERSION, ""),
        bold=bool(style & 1),
        italic=bool(style & 2),
        units=units,
        ascent=ascent,
        descent=-descent,
        line_gap=gap,
        advances={
            code: widths[glyph] if glyph < wide else last
            for code, glyph in _glyphs(data, tables["cmap"])
        },
    )


def _glyphs(data: bytes, start: int) -> Iterator[tuple[int, int]]:
    """Yield code point and glyph from the best Unicode table: format 12, else format 4."""
    count = struct.unpack_from(">H", data, start + 2)[0]
    best: dict[int, int] = {}
    for index in range(count):
        platform, _, offset = struct.unpack_from(">2HI", data, start + 4 + 8 * index)
        kind = struct.unpack_from(">H", data, start + offset)[0]
        if platform in (0, _WINDOWS):
            best[kind] = start + offset
    if 12 in best:
        return _segments_12(data, best[12])
    return _segments_4(data, best[4])


def _segments_12(data: bytes, at: int) -> Iterator[tuple[int, int]]:
    count = struct.unpack_from(">I", data, at + 12)[0]
    for first, last, glyph in struct.iter_unpack(">3I", data[at + 16 : at + 16 + 12 * count]):
        for code in range(first, min(last, 0x10FFFF) + 1):
            if glyph + code - first:
                yield code, glyph + code - first


def _segments_4(data: bytes, at: int) -> Iterator[tuple[int, int]]:
    doubled = struct.unpack_from(">H", data, at + 6)[0]
    count = doubled // 2
    ends = struct.unpack_from(f">{count}H", data, at + 14)
    starts, deltas, ranges = (
        struct.unpack_from(f">{count}H", data, at + 16 + doubled * step) for step in (1, 2, 3)
    )
    for index, (start, end) in enumerate(zip(starts, ends, strict=True)):
        base = at + 16 + 3 * doubled + 2 * index + ranges[index]
        for code in range(start, end + 1):
            glyph = code
            if ranges[index]:
                glyph = struct.unpack_from(">H", data, base + 2 * (code - start))[0]
                if not glyph:
                    continue
            glyph = (glyph + deltas[index]) & 0xFFFF
            if glyph and code != 0xFFFF:
                yield code, glyph
