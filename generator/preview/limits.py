"""What a document may ask of the renderer; beyond it an error at once, not minutes or gigabytes."""

from __future__ import annotations

from lxml import etree

from generator.errors import DataError, Problem
from generator.formatting import Formatting, Section
from generator.formatting.properties import value
from generator.ooxml import qn

MOST_PAGES = 2_000
MOST_PARAGRAPHS = 120_000
MOST_LETTERS = 8_000_000
MOST_LINES = 150_000
_SHORT = 20 * MOST_PAGES  # bytes: <w:pageBreakBefore/> has twenty, so there cannot be too many
MOST_NESTED = 10  # tables and text boxes inside one another
MOST_SIDE_PT = 2_880.0  # about a metre
LEAST_SIDE_PT = 36.0
MOST_PIXELS = 60_000_000  # of one page's picture
_NESTING = (qn("w:tbl"), qn("w:txbxContent"))
_SPLIT = "chia tài liệu thành các tệp nhỏ hơn"


def check_content(formatting: Formatting) -> None:
    """Refuse a document whose content cannot be drawn in bounded time and memory.

    Raises:
        DataError: it holds macros, nests too deep, or is longer than 2,000 pages can be.
    """
    package = formatting.package
    if any(name.endswith("vbaProject.bin") for name in package.parts):
        raise refused(
            package.file,
            "có macro (tệp .docm), bị từ chối vì an toàn",
            "mở bằng Word và lưu lại dạng .docx",
        )
    root = formatting.root(formatting.main)
    if len(package.parts[formatting.main].data) > _SHORT and _is_long(root):
        raise refused(package.file, f"dài quá {MOST_PAGES:,} trang".replace(",", "."), _SPLIT)
    if any(_depth(node) > MOST_NESTED for node in root.iter(*_NESTING)):
        raise refused(
            package.file,
            f"có bảng hoặc khung lồng nhau quá {MOST_NESTED} lớp",
            "bỏ bớt các bảng lồng nhau",
        )


def _is_long(root: etree._Element) -> bool:
    """Return whether a document surely has more pages than are drawn."""
    paragraphs = sum(1 for _ in root.iter(qn("w:p")))
    letters = sum(len(node.text or "") for node in root.iter(qn("w:t")))
    breaks = sum(1 for node in root.iter(qn("w:br")) if value(node, "type") == "page")
    breaks += sum(1 for _ in root.iter(qn("w:pageBreakBefore")))
    return paragraphs > MOST_PARAGRAPHS or letters > MOST_LETTERS or breaks >= MOST_PAGES


def _depth(node: etree._Element) -> int:
    return 1 + sum(1 for _ in node.iterancestors(*_NESTING))


def check_page(section: Section, file: str) -> None:
    """Refuse a page larger than a metre or smaller than a stamp, or without room for text.

    Raises:
        DataError: which size it has.
    """
    wide, tall = section.width / 20, section.height / 20
    if not all(LEAST_SIDE_PT <= side <= MOST_SIDE_PT for side in (wide, tall)):
        sizes = " × ".join(f"{side * 25.4 / 72:.0f}" for side in (wide, tall))
        raise refused(file, f"khổ giấy {sizes} mm không in được", "đặt lại khổ giấy (Layout, Size)")
    room = tall - (abs(section.top) + abs(section.bottom)) / 20
    if section.text_width < 200 or room < 10:
        raise refused(file, "lề giấy không chừa chỗ cho chữ", "đặt lại lề (Layout, Margins)")


def check_pages(sections: tuple[Section, ...], ppi: float, file: str) -> None:
    """Refuse pictures of more dots than memory should hold.

    Raises:
        DataError: the resolution is too high for the page's size.
    """
    dots = max(s.width / 1440 * s.height / 1440 for s in sections) * ppi * ppi
    if not ppi >= 10 or dots > MOST_PIXELS:
        raise refused(file, f"độ phân giải {ppi:g} điểm/inch không vẽ được", "chọn từ 10 đến 600")


def check_length(lines: int, pages: float, file: str) -> None:
    """Refuse a document that grows beyond the most pages while it is laid out.

    Raises:
        DataError: it does.
    """
    if lines > MOST_LINES or pages > MOST_PAGES:
        raise refused(file, f"dài quá {MOST_PAGES:,} trang".replace(",", "."), _SPLIT)


def refused(file: str, message: str, hint: str) -> DataError:
    """Return the error of a document that is not drawn."""
    return DataError(Problem(file=file, message=message, hint=hint))
