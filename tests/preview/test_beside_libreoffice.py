"""What forms and letters of other offices hold, drawn beside LibreOffice's page of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.pages import compare
from generator import preview
from tests.conftest import ToPdfs
from tests.judges.pages import pdf_rules
from tests.preview.drawing import NAMESPACES, cell, docx, paragraph, row, run, section, table
from tests.preview.measuring import LEFT_MM, LONG, about, pages

JUSTIFIED = '<w:jc w:val="both"/>'
FIXED_SPACES = "Căn cứ Nghị định số\u00a030/2020/NĐ-CP ngày 05\u00a0tháng\u00a03 năm\u00a02020; "
UNDERLINED = '<w:u w:val="single"/>'
TALL = '<w:sz w:val="48"/>'
STOP = '<w:tabs><w:tab w:val="{}" w:pos="{}"/></w:tabs>'
DOTTED = STOP.format("left", 6000).replace("/></w:tabs>", ' w:leader="dot"/></w:tabs>')
LISTED = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
HIDDEN = "<w:vanish/>"
NOTES = (
    f'<w:footnotes {NAMESPACES}><w:footnote w:id="1">{{}}</w:footnote>'
    '<w:footnote w:id="2">{}</w:footnote></w:footnotes>'
)


def tab(properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:tab/></w:r>"


def numbers(kind: str, align: str, left: int = 1440, hanging: int = 360) -> dict[str, str | bytes]:
    """Return a list whose numbers are aligned at the place where they would begin."""
    level = (
        f'<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="%1."/>'
        f'<w:lvlJc w:val="{align}"/><w:pPr><w:ind w:left="{left}" w:hanging="{hanging}"/></w:pPr>'
        "</w:lvl>"
    )
    inner = f'<w:abstractNum w:abstractNumId="0">{level}</w:abstractNum>'
    num = '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    return {"numbering.xml": f"<w:numbering {NAMESPACES}>{inner}{num}</w:numbering>"}


def item(text: str, mark: str = "", look: str = "") -> str:
    return paragraph(run(text, look), properties=LISTED + (mark and f"<w:rPr>{mark}</w:rPr>"))


def hidden() -> str:
    return paragraph(run("ẩn", HIDDEN), properties=f"<w:rPr>{HIDDEN}</w:rPr>")


def mark_of(note: int) -> str:
    look = '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
    return f'<w:r>{look}<w:footnoteReference w:id="{note}"/></w:r>'


def note(text: str) -> str:
    return paragraph("<w:r><w:footnoteRef/></w:r>", f" {text}", properties=JUSTIFIED)


def with_notes(*blocks: str, asked: str = "", text: str = LONG) -> bytes:
    sect = section().replace("<w:pgSz", f"<w:footnotePr>{asked}</w:footnotePr><w:pgSz")
    parts = {"footnotes.xml": NOTES.format(note(text), note("hai"))}
    return docx(*blocks, sect=sect, parts=parts)


def boxed_list() -> bytes:
    """Return a list in a text box, which its file holds twice: for newer and for older Words."""
    box = f"<w:txbxContent>{item('trong khung')}{item('trong khung nữa')}</w:txbxContent>"
    drawing = (
        '<w:drawing><wp:anchor distT="0" distB="0" distL="0" distR="0" behindDoc="0" locked="0" '
        'layoutInCell="1" allowOverlap="1" relativeHeight="1" simplePos="0"><wp:simplePos x="0" '
        'y="0"/><wp:positionH relativeFrom="column"><wp:posOffset>900000</wp:posOffset>'
        '</wp:positionH><wp:positionV relativeFrom="paragraph"><wp:posOffset>900000</wp:posOffset>'
        '</wp:positionV><wp:extent cx="2700000" cy="720000"/><wp:wrapNone/><wp:docPr id="1" '
        'name="k"/><a:graphic><a:graphicData '
        'uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp>'
        '<wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="2700000" '
        'cy="720000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></wps:spPr>'
        f"<wps:txbx>{box}</wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData></a:graphic>"
        "</wp:anchor></w:drawing>"
    )
    older = (
        '<w:pict><v:shape style="width:200pt;height:60pt"><v:textbox>'
        f"{box}</v:textbox></v:shape></w:pict>"
    )
    both = (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps">{drawing}</mc:Choice>'
        f"<mc:Fallback>{older}</mc:Fallback></mc:AlternateContent></w:r>"
    )
    blocks = item("một"), paragraph(both), item("sau khung")
    return docx(*blocks, parts=numbers("decimal", "left"))


def joined_cells() -> bytes:
    """Return a table whose cells an older Word joined."""
    size = '<w:tcW w:w="{}" w:type="dxa"/><w:hMerge w:val="{}"/>'
    first = cell("Tiêu đề gộp hai ô ngang của bảng", size.format(3000, "restart"))
    rows = row(first, cell("", size.format(3000, "continue"))), row(cell("một"), cell("hai"))
    return docx(table(*rows, grid=(3000, 3000)), paragraph("cuối"))


DRAWN: dict[str, Callable[[], bytes]] = {
    "dau-cach-cung": lambda: docx(paragraph(FIXED_SPACES * 9, properties=JUSTIFIED)),
    "dau-cach-cung-dam": lambda: docx(
        paragraph(run(FIXED_SPACES * 5, "<w:b/>"), FIXED_SPACES * 5, properties=JUSTIFIED)
    ),
    "tab-gach-chan": lambda: docx(
        paragraph("Họ tên: ", tab(UNDERLINED), " hết", properties=STOP.format("left", 5000)),
        paragraph("Sinh ngày: ", tab(UNDERLINED), "nam", properties=STOP.format("right", 9000)),
        paragraph("Ký: ", tab(UNDERLINED), properties=STOP.format("left", 7000)),
        paragraph("Xóa: ", tab("<w:strike/>"), "hết", properties=STOP.format("left", 4000)),
        paragraph("Lớn: ", tab(UNDERLINED + TALL), "hết", properties=STOP.format("left", 5000)),
    ),
    "so-la-ma-can-phai": lambda: docx(*map(item, "abcdefgh"), parts=numbers("lowerRoman", "right")),
    "so-can-giua": lambda: docx(*map(item, "abc"), parts=numbers("upperRoman", "center")),
    "chu-thich-dai": lambda: with_notes(paragraph(f"Văn bản{LONG}", mark_of(1)), text=LONG * 3),
    "chu-thich-la-ma": lambda: with_notes(
        paragraph("Một", mark_of(1), " hai", mark_of(2)),
        asked='<w:numFmt w:val="lowerRoman"/><w:numStart w:val="4"/>',
    ),
    "danh-sach-trong-khung": boxed_list,
    "doan-an": lambda: docx(paragraph("trước"), *[hidden()] * 5, paragraph("sau")),
    "danh-sach-an": lambda: docx(
        item("một"), item("ẩn", HIDDEN, HIDDEN), item("hai"), parts=numbers("decimal", "left")
    ),
    "o-gop-ngang": joined_cells,
}


@pytest.fixture(scope="module")
def drawn(to_pdfs: ToPdfs, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with each document drawn by both."""
    folder = tmp_path_factory.mktemp("trang")
    paths = []
    for name, make in DRAWN.items():
        content = make()
        paths.append(folder / f"{name}.docx")
        paths[-1].write_bytes(content)
        (folder / f"{name}.ours.pdf").write_bytes(preview.pdf(content, name))
    to_pdfs(paths, folder)
    return folder


@pytest.mark.parametrize("name", DRAWN)
def test_words_stand_where_libreoffice_puts_them(drawn: Path, name: str) -> None:
    found = compare(name, drawn / f"{name}.ours.pdf", drawn / f"{name}.pdf")
    assert found.pages == found.reference_pages
    assert found.same_lines == found.lines
    assert found.near_words == found.words


def test_the_lines_of_tabs_stand_where_libreoffice_draws_them(drawn: Path) -> None:
    ours = pdf_rules(drawn / "tab-gach-chan.ours.pdf")
    theirs = pdf_rules(drawn / "tab-gach-chan.pdf")
    assert len(ours) == len(theirs) == 5
    for own, reference in zip(ours, theirs, strict=True):
        assert own.x0_mm == pytest.approx(reference.x0_mm, abs=0.3)
        assert own.x1_mm == pytest.approx(reference.x1_mm, abs=0.3)
        assert own.y_mm == pytest.approx(reference.y_mm, abs=0.7)


def test_a_tab_may_have_dots_and_a_line() -> None:
    (page,) = pages(paragraph("Số: ", tab(UNDERLINED), "hết", properties=DOTTED))
    assert [rule.x1_mm for rule in page.rules] == [about(LEFT_MM + 6000 / 20 / 72 * 25.4)]
    assert page.lines[-1].text.endswith("hết")
    assert "...." in "".join(line.text for line in page.lines)
