"""What is remembered from one document to the next: bounded, and never of another document."""

from __future__ import annotations

import io

import pdfplumber
import pytest

from generator import preview
from generator.preview.memory import Memory
from tests.preview.drawing import NAMESPACES, cell, docx, paragraph, row, section, table
from tests.preview.measuring import LONG


def test_what_is_asked_for_stays_and_the_rest_is_forgotten_in_time() -> None:
    memory = Memory[str](most=10)
    memory.put("asked", "a", 5)
    memory.put("never", "b", 5)
    for number in range(20):
        memory.put(number, "c", 5)
        assert memory.get("asked") == "a"
    assert memory.get("never") is None
    assert sum(memory.get(number) is not None for number in range(20)) <= 4


def texts(content: bytes) -> list[str]:
    with pdfplumber.open(io.BytesIO(preview.pdf(content))) as document:
        return [page.extract_text() for page in document.pages]


@pytest.mark.parametrize(
    "other",
    [
        docx(paragraph(LONG), sect=section(width=9000)),
        docx(paragraph(LONG), mode=14),
        docx(table(row(cell(LONG)), grid=(4000,))),
        docx(paragraph(LONG, properties='<w:ind w:left="2000"/>')),
    ],
    ids=["narrower page", "older Word", "in a cell", "indented"],
)
def test_the_same_text_elsewhere_is_broken_anew(other: bytes) -> None:
    preview.forget()
    alone = texts(other)
    preview.forget()
    texts(docx(paragraph(LONG)))
    assert texts(other) == alone


def test_the_only_page_has_the_header_of_a_first_page() -> None:
    refs = (
        '<w:headerReference w:type="default" r:id="rId_header1"/>'
        '<w:headerReference w:type="first" r:id="rId_header2"/>'
    )
    sect = section(refs=refs, more="<w:titlePg/>")
    parts = {"header1.xml": header("Các trang sau"), "header2.xml": header("Trang đầu")}
    (only,) = texts(docx(paragraph("a"), sect=sect, parts=parts))
    assert "Trang đầu" in only
    assert "Các trang sau" not in only
    first, *others = texts(docx(*[paragraph(LONG)] * 40, sect=sect, parts=parts))
    assert "Trang đầu" in first
    assert others
    assert all("Các trang sau" in page and "Trang đầu" not in page for page in others)


def header(text: str) -> str:
    """Return a header with one line of text."""
    return f"<w:hdr {NAMESPACES}>{paragraph(text)}</w:hdr>"
