"""What is remembered from one document to the next: bounded, and never of another document."""

from __future__ import annotations

import io

import pdfplumber
import pytest

from generator import preview
from generator.preview import writer
from generator.preview.archive import Archive
from generator.preview.document import write_document
from generator.preview.memory import Memory
from generator.preview.opening import open_document
from tests.preview.drawing import NAMESPACES, STYLES, cell, docx, paragraph, row, section, table
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


LISTED = table(row(cell(paragraph("việc", properties=(
    '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
)))), grid=(4000,))  # fmt: skip
NUMBERS = (
    f'<w:numbering {NAMESPACES}><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0">'
    '<w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="Mục %1."/></w:lvl>'
    '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
)
TABLE = table(row(cell(LONG), cell("hai")), grid=(4000, 2000))


@pytest.mark.parametrize(
    "other",
    [
        docx(table(row(cell(TABLE + paragraph(""))), grid=(9000,))),
        docx(TABLE, mode=14),
        docx(TABLE, sect=section(width=9000)),
        docx(TABLE, styles=STYLES.replace('w:val="28"', 'w:val="22"')),
    ],
    ids=["in another table", "older Word", "narrower page", "smaller letters"],
)
def test_the_same_table_elsewhere_is_drawn_anew(other: bytes) -> None:
    preview.forget()
    alone = preview.pdf(other)
    preview.forget()
    preview.pdf(docx(TABLE))
    assert preview.pdf(other) == alone


def test_a_numbered_table_counts_on_where_it_stands_again() -> None:
    (page,) = texts(docx(LISTED, paragraph("giữa"), LISTED, parts={"numbering.xml": NUMBERS}))
    assert "Mục 1." in page
    assert "Mục 2." in page


def test_a_table_of_an_earlier_document_is_not_written_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    preview.forget()
    first = preview.pdf(docx(paragraph("một"), TABLE))

    def again(*_: object) -> tuple[str, float]:
        raise AssertionError("written again")

    monkeypatch.setattr(writer, "write_table", again)
    assert preview.pdf(docx(paragraph("một"), TABLE)) == first
    assert preview.pdf(docx(paragraph("hai"), TABLE)) != first


def test_documents_that_differ_in_their_metadata_alone_share_all_lines_but_the_last() -> None:
    # Typst lays out anew what stands after a rule that differs: half of the time of a short page.
    def source(number: str) -> list[str]:
        about = Archive(title="Giấy mời", number=number)
        return write_document(open_document(docx(paragraph("a")), ""), about).text.splitlines()

    one, two = source("01/GM-UBND"), source("02/GM-UBND")
    assert one[:-1] == two[:-1]
    assert "01/GM-UBND" in one[-1]


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
