"""What our pages look like, measured from the PDF by pdfplumber."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from generator import preview
from tests.judges.pages import Line, Page, pdf_pages
from tests.preview.drawing import docx, section

PT_PER_MM = 72 / 25.4
LEFT_MM = 20.0  # the margins of a small document
TOP_MM = 20.0
TEXT_WIDTH_MM = 170.0
LINE_MM = 14 * 2355 / 2048 / PT_PER_MM  # one line of Times New Roman 14
LONG = (
    "Thực hiện Kế hoạch của Ban Chỉ đạo tỉnh về tổng kết phong trào toàn dân bảo vệ an ninh "
    "Tổ quốc, các cơ quan, đơn vị, doanh nghiệp và nhà trường trên địa bàn báo cáo kết quả. "
)


def pages_of(content: bytes) -> list[Page]:
    """Return the pages that the renderer makes of a document."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "trang.pdf")
        path.write_bytes(preview.pdf(content, "trang.docx"))
        return pdf_pages(path)


def pages(*blocks: str, sect: str = "", **options: object) -> list[Page]:
    """Return the pages of a small document of blocks."""
    return pages_of(docx(*blocks, sect=sect or section(), **options))  # type: ignore[arg-type]


def lines(*blocks: str, **options: object) -> list[Line]:
    """Return all lines of a small document of blocks."""
    return [line for page in pages(*blocks, **options) for line in page.lines]  # type: ignore[arg-type]


def texts(found: list[Line]) -> list[str]:
    """Return the texts of lines."""
    return [line.text for line in found]


def about(millimetres: float, within: float = 0.3) -> object:
    """Return a value that equals a length within a third of a millimetre."""
    return pytest.approx(millimetres, abs=within)
