"""PDF for the archive: PDF/A-2a and PDF/UA-1, tagged, with the document's metadata."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pikepdf
import pytest

from generator import preview
from generator.errors import DataError
from generator.preview import Archive
from tests.preview.drawing import STYLES, cell, docx, paragraph, row, run, table
from tests.preview.measuring import LONG
from tests.preview.test_pages import PICTURE, png

ABOUT = Archive(
    title="Kế hoạch tổng kết 10 năm", issuer="UBND xã Phú Lâm", number="33/KH-UBND",
    issued=date(2026, 3, 5),
)  # fmt: skip
HEADING = (
    '<w:style w:type="paragraph" w:styleId="Muc"><w:name w:val="Muc"/>'
    '<w:pPr><w:outlineLvl w:val="{level}"/></w:pPr></w:style>'
)


def document(*blocks: str) -> bytes:
    return docx(*blocks, styles=STYLES + HEADING.format(level=2))


def archived(*blocks: str, about: Archive = ABOUT) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(preview.pdf(document(*blocks), archive=about)))


def tags(pdf: pikepdf.Pdf) -> list[str]:
    """Return the structure types of a tagged PDF in reading order."""
    found: list[str] = []

    def walk(node: Any) -> None:
        if isinstance(node, pikepdf.Array):
            for each in node:
                walk(each)
        elif isinstance(node, pikepdf.Dictionary):
            if "/S" in node:
                found.append(str(node.S))
            if "/K" in node:
                walk(node.K)

    walk(pdf.Root.StructTreeRoot.K)
    return found


def test_it_says_nothing_that_readers_complain_of() -> None:
    with archived(paragraph(LONG)) as pdf:
        assert dict(pdf.Root.MarkInfo.items()) == {"/Marked": True}


def test_it_claims_both_standards_and_carries_the_metadata() -> None:
    with archived(paragraph(LONG)) as pdf:
        meta = pdf.open_metadata()
        assert (meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("2", "A")
        assert meta["pdfuaid:part"] == "1"
        assert meta["dc:title"] == ABOUT.title
        assert list(meta["dc:creator"]) == [ABOUT.issuer]
        assert ABOUT.number in str(meta["dc:description"])
        assert str(meta["xmp:CreateDate"]).startswith("2026-03-05")
        assert str(pdf.Root.Lang).startswith("vi")
        assert bool(pdf.Root.MarkInfo.Marked)
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)


def test_headings_paragraphs_and_heading_cells_are_tagged() -> None:
    grid = table(row(cell("STT"), properties="<w:tblHeader/>"), row(cell("1")), grid=(3000,))
    with archived(
        paragraph("I. MỤC ĐÍCH", properties='<w:pStyle w:val="Muc"/>'), paragraph(LONG), grid
    ) as pdf:
        found = tags(pdf)
    assert "/H1" in found  # the first level, whatever outline level the style has
    assert {"/P", "/Table", "/TH", "/TD"} <= set(found)


def test_every_font_is_embedded_and_subset() -> None:
    with archived(paragraph(LONG, run("đậm", "<w:b/>"))) as pdf:
        fonts = [font.DescendantFonts[0] for font in pdf.pages[0].Resources.Font.values()]
        assert len(fonts) == 2
        for font in fonts:
            assert "+" in str(font.BaseFont)
            assert {"/FontFile2", "/FontFile3"} & set(font.FontDescriptor.keys())


def test_pictures_need_words_for_who_cannot_see_them() -> None:
    parts = {"media/image1.png": png()}
    content = docx(paragraph(PICTURE), parts=parts)
    assert preview.pdf(content, archive=ABOUT).startswith(b"%PDF")
    silent = docx(paragraph(PICTURE.replace(' descr="Dấu"', "")), parts=parts)
    with pytest.raises(DataError):
        preview.pdf(silent, archive=ABOUT)


def test_the_same_document_gives_the_same_bytes() -> None:
    content = document(paragraph(LONG))
    assert preview.pdf(content, archive=ABOUT) == preview.pdf(content, archive=ABOUT)
