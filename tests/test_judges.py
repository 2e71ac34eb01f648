"""The judges judge: each finds the fault planted for it, and a good document passes all of them."""

from __future__ import annotations

import time
import zipfile
from pathlib import Path

import pytest

from tests import conftest, judges
from tests.judges.office import run_within

Parts = dict[str, str]

# A page with all that the rules of our own look at: a bold title, a field, a bookmark, a table with
# cells merged both ways, a drawn line of 50 mm.
PARTS: Parts = {
    "[Content_Types].xml": """<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels"
 ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/word/document.xml"
 ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>
<Override PartName="/word/styles.xml"
 ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>
<Override PartName="/docProps/core.xml"
 ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>
</Types>""",
    "_rels/.rels": """<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Target="word/document.xml"
 Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/>
<Relationship Id="rId2" Target="docProps/core.xml"
 Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"/>
</Relationships>""",
    "docProps/core.xml": """<?xml version="1.0" encoding="UTF-8"?>
<cp:coreProperties xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties">
<dc:title>Mẫu</dc:title></cp:coreProperties>""",
    "word/_rels/document.xml.rels": """<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Target="styles.xml"
 Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles"/>
</Relationships>""",
    "word/styles.xml": """<?xml version="1.0" encoding="UTF-8"?>
<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">
<w:docDefaults><w:rPrDefault><w:rPr>
<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman"/>
<w:sz w:val="28"/></w:rPr></w:rPrDefault></w:docDefaults>
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="A"><w:name w:val="A"/><w:basedOn w:val="Normal"/></w:style>
</w:styles>""",
    "word/document.xml": """<?xml version="1.0" encoding="UTF-8"?>
<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
 xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
 xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"
 xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">
<w:body>
<w:p><w:pPr><w:pStyle w:val="A"/><w:jc w:val="center"/></w:pPr>
<w:bookmarkStart w:id="1" w:name="ten_loai"/>
<w:r><w:rPr><w:b/></w:rPr><w:t>KẾ HOẠCH</w:t></w:r>
<w:bookmarkEnd w:id="1"/></w:p>
<w:p><w:r><w:t xml:space="preserve">Trang </w:t></w:r>
<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>
<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r>
<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>
<w:p><w:r><w:drawing><wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0"
 relativeHeight="1" behindDoc="0" locked="0" layoutInCell="1" allowOverlap="1">
<wp:simplePos x="0" y="0"/>
<wp:positionH relativeFrom="page"><wp:posOffset>1080000</wp:posOffset></wp:positionH>
<wp:positionV relativeFrom="page"><wp:posOffset>3600000</wp:posOffset></wp:positionV>
<wp:extent cx="1800000" cy="0"/><wp:wrapNone/><wp:docPr id="1" name="Dòng kẻ"/>
<wp:cNvGraphicFramePr/>
<a:graphic><a:graphicData
 uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp><wps:cNvCnPr/>
<wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="1800000" cy="0"/></a:xfrm>
<a:prstGeom prst="line"><a:avLst/></a:prstGeom>
<a:ln w="9525"><a:solidFill><a:srgbClr val="000000"/></a:solidFill></a:ln></wps:spPr>
<wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></w:r></w:p>
<w:tbl><w:tblPr><w:tblW w:w="4000" w:type="dxa"/></w:tblPr>
<w:tblGrid><w:gridCol w:w="2000"/><w:gridCol w:w="2000"/></w:tblGrid>
<w:tr><w:tc><w:tcPr><w:tcW w:w="2000" w:type="dxa"/><w:vMerge w:val="restart"/></w:tcPr>
<w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc>
<w:tc><w:tcPr><w:tcW w:w="2000" w:type="dxa"/></w:tcPr><w:p><w:r><w:t>b</w:t></w:r></w:p></w:tc>
</w:tr>
<w:tr><w:tc><w:tcPr><w:tcW w:w="2000" w:type="dxa"/><w:vMerge/></w:tcPr><w:p/></w:tc>
<w:tc><w:tcPr><w:tcW w:w="2000" w:type="dxa"/></w:tcPr><w:p><w:r><w:t>c</w:t></w:r></w:p></w:tc>
</w:tr>
<w:tr><w:tc><w:tcPr><w:tcW w:w="4000" w:type="dxa"/><w:gridSpan w:val="2"/></w:tcPr>
<w:p><w:r><w:t>d</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
<w:p><w:r><w:t>Hết.</w:t></w:r></w:p>
<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>
<w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1701" w:header="567" w:footer="567"
 w:gutter="0"/></w:sectPr></w:body></w:document>""",
}


def write(folder: Path, *edits: tuple[str, str], name: str = "mau.docx", extra: str = "") -> Path:
    """Write the good document, each edit (old text, new text) made in the parts that have it."""
    parts = PARTS | ({extra: "<a/>"} if extra else {})
    for old, new in edits:
        assert any(old in text for text in parts.values()), old
        parts = {part: text.replace(old, new) for part, text in parts.items()}
    with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as package:
        for part, text in parts.items():
            package.writestr(part, text)
    return folder / name


def test_a_good_document_passes_every_judge(
    tmp_path: Path, schema_errors: conftest.SchemaErrors
) -> None:
    good = write(tmp_path)
    assert schema_errors([good]) == []
    assert judges.audit_errors(good) == []
    assert judges.integrity_errors(good) == []
    assert judges.structure_errors(good) == []
    assert judges.leftover_tags(good) == []


def test_the_sdk_names_the_file_and_the_fault(
    tmp_path: Path, schema_errors: conftest.SchemaErrors
) -> None:
    good = write(tmp_path)
    bad = write(tmp_path, ('w:jc w:val="center"', 'w:jc w:val="giữa"'), name="sai.docx")
    (error,) = schema_errors([good, bad])
    assert error.startswith("sai.docx: /word/document.xml")
    assert "giữa" in error


def test_the_sdk_says_so_when_a_file_is_no_document(
    tmp_path: Path, schema_errors: conftest.SchemaErrors
) -> None:
    (tmp_path / "a.docx").write_text("không phải docx")
    assert len(schema_errors([tmp_path / "a.docx"])) == 1


def test_openxml_audit_finds_a_cell_without_paragraph(tmp_path: Path) -> None:
    bad = write(tmp_path, ("<w:vMerge/></w:tcPr><w:p/>", "<w:vMerge/></w:tcPr>"))
    assert judges.audit_errors(bad)


def test_ooxml_integrity_finds_a_grid_that_misfits(tmp_path: Path) -> None:
    bad = write(tmp_path, ('<w:gridCol w:w="2000"/><w:gridCol', "<w:gridCol"))
    assert judges.integrity_errors(bad)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("<w:p/></w:tc>", "<w:p/><w:tbl/></w:tc>", "a cell does not end in a paragraph"),
        ("<w:vMerge/></w:tcPr><w:p/>", "<w:vMerge/></w:tcPr>", "does not end in a paragraph"),
        ("<w:p/></w:tc>", "<w:tbl/><w:p/></w:tc>", "table 2: no row"),
        ("</w:tbl>", "<w:tr/></w:tbl>", "table 1, row 4: no cell"),
        ('<w:vMerge w:val="restart"/>', "", "row 2: a vertical merge goes on that nothing began"),
        ('<w:gridSpan w:val="2"/>', "", "table 1, row 3: 1 columns in a grid of 2"),
        ('<w:gridCol w:w="2000"/><w:gridCol', "<w:gridCol", "row 1: 2 columns in a grid of 1"),
        ('<w:bookmarkEnd w:id="1"/>', "", "bookmark id 1: no end"),
        ('<w:bookmarkStart w:id="1" w:name="ten_loai"/>', "", "bookmark id 1: no start"),
        (
            "<w:p/>",
            '<w:p><w:bookmarkStart w:id="2" w:name="ten_loai"/><w:bookmarkEnd w:id="2"/></w:p>',
            "bookmark ten_loai: twice",
        ),
        (
            "<w:p/>",
            '<w:p><w:bookmarkStart w:id="1" w:name="khac"/><w:bookmarkEnd w:id="1"/></w:p>',
            "bookmark id 1: twice",
        ),
        ('<w:r><w:fldChar w:fldCharType="end"/></w:r>', "", "1 field without end"),
        ('<w:r><w:fldChar w:fldCharType="begin"/></w:r>', "", "separate: out of place"),
        ('fldCharType="end"', 'fldCharType="separate"', "separate: out of place"),
        ("<w:p/>", '<w:p><wp:docPr id="1"/></w:p>', "drawing id 1: 2 times"),
        ('basedOn w:val="Normal"', 'basedOn w:val="A"', "style A is based on itself"),
        ("</dc:title>", "</dc:title><dc:title/>", "docProps/core.xml: title 2 times"),
        ('Target="styles.xml"', 'Target="khac.xml"', "word/styles.xml: no relationship leads"),
        ('Target="styles.xml"', 'Target="khac.xml"', "word/khac.xml: related, but missing"),
        ("</w:body>", "", "word/document.xml: not readable"),
    ],
)
def test_rules_of_our_own_find_what_no_validator_sees(
    tmp_path: Path, old: str, new: str, fault: str
) -> None:
    assert fault in "\n".join(judges.structure_errors(write(tmp_path, (old, new))))


def test_a_part_that_nothing_uses_or_that_stands_twice_is_found(tmp_path: Path) -> None:
    orphan = write(tmp_path, extra="word/theme/theme1.xml")
    assert judges.structure_errors(orphan) == [
        "word/theme/theme1.xml: no relationship leads to this part"
    ]
    with zipfile.ZipFile(orphan, "a") as package, pytest.warns(UserWarning, match="Duplicate"):
        package.writestr("word/styles.xml", PARTS["word/styles.xml"])
    assert "word/styles.xml: twice in the package" in judges.structure_errors(orphan)


def test_what_old_programs_show_instead_of_a_drawing_may_repeat_its_ids(tmp_path: Path) -> None:
    fallback = (
        '<w:p><mc:Fallback xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        '<wp:docPr id="1"/></mc:Fallback></w:p>'
    )
    assert judges.structure_errors(write(tmp_path, ("<w:p/>", fallback))) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<w:t>a</w:t>", "<w:t>{</w:t></w:r><w:r><w:t>{ so }}</w:t>"),
        ("<w:t>a</w:t>", "<w:t>{% if so</w:t>"),
        ('name="Dòng kẻ"', 'name="Dòng kẻ" descr="dài {{ x }} mm"'),
        ("Mẫu", "{{ trich_yeu }}"),
    ],
)
def test_a_tag_left_anywhere_is_found(tmp_path: Path, old: str, new: str) -> None:
    assert len(judges.leftover_tags(write(tmp_path, (old, new)))) == 1


def test_pages_are_measured(tmp_path: Path, to_pdf: conftest.ToPdf) -> None:
    pdf = to_pdf(write(tmp_path), tmp_path)

    (page,) = judges.pdf_pages(pdf)
    assert (page.width_mm, page.height_mm) == pytest.approx((210, 297), abs=0.1)

    title, number = page.lines[:2]
    assert (title.text, title.page, title.size_pt) == ("KẾ HOẠCH", 1, 14)
    assert title.font in {"LiberationSerif", "TimesNewRoman", "Tinos"}
    assert title.bold
    assert not title.italic
    assert not title.mixed
    assert title.center_mm == pytest.approx((30 + 210 - 20) / 2, abs=0.2)
    assert (number.text, number.bold) == ("Trang 1", False)
    assert number.x0_mm == pytest.approx(30, abs=0.3)
    assert 20 < title.baseline_mm < number.baseline_mm < 35

    (rule,) = page.rules
    assert (rule.x0_mm, rule.y_mm, rule.length_mm) == pytest.approx((30, 100, 50), abs=0.2)
    # The cells of one row are lines of their own, from left to right.
    assert judges.pdf_text(pdf).split("\n") == ["KẾ HOẠCH", "Trang 1", "a", "b", "c", "d", "Hết."]


def test_columns_slanted_and_raised_letters_are_told_apart(
    tmp_path: Path, to_pdf: conftest.ToPdf
) -> None:
    bad = write(
        tmp_path,
        (
            "<w:r><w:t>Hết.</w:t></w:r>",
            "<w:r><w:t>Số: 05</w:t></w:r><w:r><w:tab/></w:r>"
            "<w:r><w:rPr><w:i/></w:rPr><w:t xml:space='preserve'>rộng 12 km</w:t></w:r>"
            "<w:r><w:rPr><w:i/><w:vertAlign w:val='superscript'/></w:rPr><w:t>2</w:t></w:r>",
        ),
        ("<w:p><w:r><w:t>Số", "<w:p><w:pPr><w:ind w:left='0'/></w:pPr><w:r><w:t>Số"),
    )
    number, area = judges.pdf_lines(to_pdf(bad, tmp_path))[-2:]
    assert (number.text, number.italic) == ("Số: 05", False)
    assert (area.text, area.italic, area.mixed) == ("rộng 12 km2", True, True)
    assert area.baseline_mm == number.baseline_mm


def test_many_documents_are_printed_in_one_run(tmp_path: Path, to_pdfs: conftest.ToPdfs) -> None:
    out = tmp_path / "trang in"
    docxs = [write(tmp_path, name=name) for name in ("một.docx", "hai bản.docx")]
    assert to_pdfs(docxs, out) == [out / "một.pdf", out / "hai bản.pdf"]
    assert all(judges.pdf_text(out / f"{docx.stem}.pdf") for docx in docxs)


def test_two_documents_of_one_name_are_not_printed_over_each_other(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="one file name"):
        judges.to_pdfs([tmp_path / "a" / "x.docx", tmp_path / "b" / "x.docx"], tmp_path)


def test_a_document_that_does_not_open_is_named(tmp_path: Path, to_pdf: conftest.ToPdf) -> None:
    broken = write(tmp_path, ("</w:body>", ""))
    (tmp_path / "mau.pdf").write_text("của lần trước")
    with pytest.raises(judges.ConversionError, match=r"mau\.docx"):
        to_pdf(broken, tmp_path)


def test_a_judge_that_hangs_is_killed_with_all_it_started(tmp_path: Path) -> None:
    late = tmp_path / "late"
    with pytest.raises(judges.ConversionError, match=r"more than 0\.2 s"):
        run_within(0.2, ["sh", "-c", f"(sleep 1; touch '{late}') & wait"])
    time.sleep(1.2)
    assert not late.exists()


@pytest.mark.parametrize(
    ("in_ci", "outcome"), [(True, pytest.fail.Exception), (False, pytest.skip.Exception)]
)
def test_a_missing_judge_skips_a_test_and_fails_it_in_ci(
    monkeypatch: pytest.MonkeyPatch, in_ci: bool, outcome: type[BaseException]
) -> None:
    monkeypatch.setattr(conftest, "IN_CI", in_ci)
    with pytest.raises(outcome, match="soffice"):
        conftest.need("LibreOffice (soffice) is not installed")
    conftest.need("")
