"""Pictures in data: PNG and JPEG, their heads read and checked, never unpacked.

A picture comes as base64 (alone, or as ``data:image/png;base64,…``). Only its head is believed as
far as it is proved: a PNG's chunks must add up with their checksums, a JPEG must reach its end.
Nothing is decompressed, so that a picture small on disk cannot fill the memory here; one whose
declared size would fill that of the reader's Word is refused.
"""

from __future__ import annotations

import re
import struct
import zlib
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterator
from dataclasses import dataclass, field

from generator.patterns import regex
from generator.vietnamese import TextFormError

MAX_BYTES = 8_000_000
MAX_PIXELS = 40_000_000  # an A3 sheet at 400 dots an inch
SUFFIXES = (".png", ".jpg", ".jpeg")
_DATA_URI = regex(r"data:image/(?:png|jpe?g);base64,", re.IGNORECASE)
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"


@dataclass(frozen=True, slots=True)
class Image:
    """A picture as it will lie in the document; its size in pixels."""

    data: bytes = field(repr=False)
    kind: str  # png or jpeg: also the name's ending in the package
    width: int
    height: int


def decode_image(text: str) -> Image:
    """Return the picture a record holds as base64.

    Raises:
        TextFormError: it is no base64, no whole PNG or JPEG, or too large.
    """
    body = text[match.end() :] if (match := _DATA_URI.match(text)) else text
    if len(body) > MAX_BYTES * 2:
        raise _too_large()
    try:
        data = b64decode("".join(body.split()), validate=True)
    except (Base64Error, ValueError) as error:
        raise TextFormError("không phải ảnh: cần base64 của tệp PNG hoặc JPEG") from error
    return read_image(data)


def data_uri(image: Image) -> str:
    """Return a picture as a record keeps it.

    >>> data_uri(Image(b"abc", "png", 1, 1))
    'data:image/png;base64,YWJj'
    """
    return f"data:image/{image.kind};base64,{b64encode(image.data).decode()}"


def read_image(data: bytes) -> Image:
    """Return a picture from a file's bytes.

    Raises:
        TextFormError: it is no whole PNG or JPEG, is too large, or lies on its side.
    """
    if len(data) > MAX_BYTES:
        raise _too_large()
    try:
        if data.startswith(_PNG):
            kind, (width, height) = "png", _png_size(data)
        elif data.startswith(_JPEG):
            kind, (width, height) = "jpeg", _jpeg_size(data)
        else:
            raise TextFormError("không phải ảnh PNG hoặc JPEG")
    except (struct.error, IndexError) as error:
        raise _broken() from error
    if not width or not height:
        raise _broken()
    if width * height > MAX_PIXELS:
        raise TextFormError(
            f"ảnh {width} × {height} điểm là quá lớn, "
            f"nhiều nhất {MAX_PIXELS // 1_000_000} triệu điểm"
        )
    return Image(data, kind, width, height)


def _too_large() -> TextFormError:
    return TextFormError(f"ảnh quá lớn, nhiều nhất {MAX_BYTES // 1_000_000} MB")


def _broken() -> TextFormError:
    return TextFormError("ảnh bị hỏng hoặc bị cắt cụt")


# ---------------------------------------------------------------- PNG
def _png_size(data: bytes) -> tuple[int, int]:
    """Return the size of a PNG whose chunks are all there (W3C PNG, third edition, 5.3)."""
    position, size, ended = len(_PNG), (0, 0), False
    while position < len(data) and not ended:
        length, kind = struct.unpack_from(">I4s", data, position)
        content = data[position + 8 : position + 8 + length]
        (crc,) = struct.unpack_from(">I", data, position + 8 + length)
        if zlib.crc32(kind + content) != crc:
            raise _broken()
        if kind == b"IHDR":
            size = struct.unpack_from(">II", content)
        position += 12 + length
        ended = kind == b"IEND"
    if not ended:
        raise _broken()
    return size


# ---------------------------------------------------------------- JPEG
# Frame headers, SOF0 to SOF15 without DHT, JPG and DAC (ITU-T T.81, table B.1).
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_START_OF_SCAN = 0xDA
_UPRIGHT = 1


def _jpeg_size(data: bytes) -> tuple[int, int]:
    """Return the size of a JPEG that has its end."""
    if b"\xff\xd9" not in data[-64:]:  # some cameras write a few bytes behind the end
        raise _broken()
    size = (0, 0)
    for marker, content in _segments(data):
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", content, 1)
            size = (width, height)
        if marker == 0xE1 and content.startswith(b"Exif\0\0") and _turned(content[6:]):
            raise TextFormError(
                "ảnh chụp nằm nghiêng: máy ảnh chỉ ghi cờ xoay (EXIF) mà Word không xoay theo; "
                "mở ảnh, xoay cho đúng rồi lưu lại"
            )
    return size


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield marker and content of each segment before the picture itself."""
    position = 2
    while position < len(data):
        if data[position] != 0xFF:
            raise _broken()
        marker = data[position + 1]
        if marker == 0xFF:  # a fill byte
            position += 1
            continue
        if marker == _START_OF_SCAN:
            return
        (length,) = struct.unpack_from(">H", data, position + 2)
        yield marker, data[position + 4 : position + 2 + length]
        position += 2 + max(length, 2)


def _turned(tiff: bytes) -> bool:
    """Return whether a camera noted that the picture is to be turned (EXIF 2.32, tag 0x0112)."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 8:
        return False
    (start,) = struct.unpack_from(f"{order}I", tiff, 4)
    if start + 2 > len(tiff):
        return False
    (count,) = struct.unpack_from(f"{order}H", tiff, start)
    for number in range(min(count, (len(tiff) - start - 2) // 12)):
        tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, start + 2 + 12 * number)
        if tag == 0x0112:
            return bool(value != _UPRIGHT)
    return False
