"""Pictures of a PDF's pages, whoever made it."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

import pypdfium2

from generator.errors import DataError, Problem
from generator.preview.limits import MOST_PIXELS

PPI = 144.0


def page_sizes(pdf: bytes) -> list[tuple[float, float]]:
    """Return width and height of each page in points."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [document.get_page_size(number) for number in range(len(document))]


def pictures(pdf: bytes, ppi: float = PPI, file: str = "") -> Iterator[bytes]:
    """Yield a PNG of each page.

    Raises:
        DataError: a page would have more dots than memory should hold.
    """
    with pypdfium2.PdfDocument(pdf) as document:
        for number in range(len(document)):
            width, height = document.get_page_size(number)
            if not ppi > 0 or width * height * (ppi / 72) ** 2 > MOST_PIXELS:
                raise DataError(
                    Problem(
                        file=file,
                        at=f"trang {number + 1}",
                        message="trang quá lớn, không vẽ thành một ảnh được",
                        hint="ghi ra tệp .pdf, hoặc ra thư mục để mỗi trang một ảnh",
                    )
                )
            page = document[number]
            bitmap = page.render(scale=ppi / 72, rev_byteorder=True)
            yield _png(bitmap.width, bitmap.height, bitmap.stride, bytes(bitmap.buffer))
            bitmap.close()
            page.close()


def _png(width: int, height: int, stride: int, rgb: bytes) -> bytes:
    """Return dots, three bytes each and rows of ``stride`` bytes, as a PNG (ISO/IEC 15948)."""
    rows = b"".join(b"\0" + rgb[at : at + 3 * width] for at in range(0, stride * height, stride))
    head = struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)
    chunks = (b"IHDR", head), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
