"""A TrueType file without the programs that fit its letters to the dots of a screen.

Printers and today's viewers draw outlines as they are, yet the programs make up two fifths of a
PDF of one page, and take their time to be written into it (ISO/IEC 14496-22: glyf, loca, fpgm).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from itertools import pairwise

_PROGRAMS = frozenset((b"fpgm", b"prep", b"cvt ", b"hdmx", b"VDMX", b"LTSH", b"gasp", b"DSIG"))
# Of a part of a composed letter: what its flags say follows them.
_WORDS, _SCALE, _MORE, _TWO_SCALES, _MATRIX, _PROGRAM = 0x1, 0x8, 0x20, 0x40, 0x80, 0x100


def without_programs(font: bytes) -> bytes:
    """Return a font whose letters are outlines alone; any other file, a damaged one too, as is."""
    try:
        tables = _tables(font)
        if not {b"glyf", b"loca", b"head"} <= tables.keys():
            return font
        wide = struct.unpack_from(">h", tables[b"head"], 50)[0] != 0
        letters = [_outline(letter) for letter in _letters(tables, wide=wide)]
    except (struct.error, IndexError):
        return font
    places = [0]
    for letter in letters:
        places.append(places[-1] + len(letter))
    if not wide:
        places = [place // 2 for place in places]
    tables[b"glyf"] = b"".join(letters)
    tables[b"loca"] = struct.pack(f">{len(places)}{'I' if wide else 'H'}", *places)
    return _file(font[:4], {tag: data for tag, data in tables.items() if tag not in _PROGRAMS})


def _tables(font: bytes) -> dict[bytes, bytes]:
    if font[:4] not in (b"\0\1\0\0", b"true"):
        return {}
    count = struct.unpack_from(">H", font, 4)[0]
    found = {}
    for index in range(count):
        tag, _, start, size = struct.unpack_from(">4s3I", font, 12 + 16 * index)
        if start + size > len(font):
            raise IndexError(tag)
        found[tag] = font[start : start + size]
    return found


def _letters(tables: dict[bytes, bytes], *, wide: bool) -> Iterable[bytes]:
    places, outlines = tables[b"loca"], tables[b"glyf"]
    size, kind = (4, "I") if wide else (2, "H")
    count = len(places) // size
    starts = struct.unpack_from(f">{count}{kind}", places)
    if not wide:
        starts = tuple(start * 2 for start in starts)
    return (outlines[one:two] for one, two in pairwise(starts))


def _outline(letter: bytes) -> bytes:
    """Return a letter without its program, at an even length."""
    if not letter:
        return letter
    contours = struct.unpack_from(">h", letter)[0]
    if contours < 0:
        bare = _composed(letter)
    else:
        at = 10 + 2 * contours
        size = struct.unpack_from(">H", letter, at)[0]
        bare = letter[:at] + b"\0\0" + letter[at + 2 + size :]
    return bare + b"\0" * (len(bare) % 2)


def _composed(letter: bytes) -> bytes:
    """Return a letter made of others, such as an a with its marks, without its program."""
    found, at, flags = bytearray(letter), 10, _MORE
    while flags & _MORE:
        flags = struct.unpack_from(">H", found, at)[0]
        struct.pack_into(">H", found, at, flags & ~_PROGRAM)
        at += 8 if flags & _WORDS else 6
        at += 2 * bool(flags & _SCALE) + 4 * bool(flags & _TWO_SCALES) + 8 * bool(flags & _MATRIX)
    return bytes(found[:at])


def _file(kind: bytes, tables: dict[bytes, bytes]) -> bytes:
    """Return tables as a file; its checksums are left out, for nobody else reads it."""
    head = kind + struct.pack(">4H", len(tables), 0, 0, 0)
    start = len(head) + 16 * len(tables)
    body = bytearray()
    for tag, data in sorted(tables.items()):
        head += struct.pack(">4s3I", tag, 0, start + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    return bytes(head + body)
