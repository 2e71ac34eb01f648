"""Effective formatting: what Word would show, from styles to direct properties (17.7.2)."""

from __future__ import annotations

from generator.formatting import Formatting, ParagraphFormat, RunFormat
from generator.ooxml import qn, read_package
from tests.preview.drawing import NAMESPACES, STYLES, cell, docx, paragraph, row, run, table

STYLE = '<w:style w:type="{kind}" w:styleId="{id}"><w:name w:val="{id}"/>{inner}</w:style>'


def style(name: str, inner: str, kind: str = "paragraph", based: str = "Normal") -> str:
    base = f'<w:basedOn w:val="{based}"/>' if based else ""
    return STYLE.format(kind=kind, id=name, inner=base + inner)


def read(*blocks: str, styles: str = "", **options: object) -> Formatting:
    content = docx(*blocks, styles=STYLES + styles, **options)  # type: ignore[arg-type]
    return Formatting(read_package(content, "mau.docx"))


def first(formatting: Formatting) -> tuple[ParagraphFormat, RunFormat]:
    node = next(formatting.body.iter(qn("w:p")))
    return formatting.paragraph(node), formatting.run(next(node.iter(qn("w:r"))), node)


def test_a_style_takes_what_it_does_not_say_from_its_base() -> None:
    styles = style("Goc", '<w:pPr><w:jc w:val="center"/><w:keepNext/></w:pPr>')
    styles += style("Con", '<w:pPr><w:jc w:val="right"/></w:pPr>', based="Goc")
    form, _ = first(read(paragraph("a", properties='<w:pStyle w:val="Con"/>'), styles=styles))
    assert (form.style, form.align, form.keep_next) == ("Con", "right", True)


def test_direct_properties_outweigh_styles() -> None:
    styles = style("Goc", '<w:rPr><w:sz w:val="30"/><w:i/></w:rPr>')
    node = paragraph(run("a", '<w:sz w:val="22"/>'), properties='<w:pStyle w:val="Goc"/>')
    _, look = first(read(node, styles=styles))
    assert (look.size_half_points, look.italic) == (22, True)


def test_a_character_style_switches_off_the_bold_of_its_paragraph() -> None:
    styles = style("Dam", "<w:rPr><w:b/></w:rPr>")
    styles += style("Nhan", "<w:rPr><w:b/></w:rPr>", kind="character", based="")
    node = paragraph(run("a", '<w:rStyle w:val="Nhan"/>'), properties='<w:pStyle w:val="Dam"/>')
    assert not first(read(node, styles=styles))[1].bold


def test_a_style_cycle_ends() -> None:
    styles = style("A", "", based="B") + style("B", "<w:rPr><w:b/></w:rPr>", based="A")
    node = paragraph("a", properties='<w:pStyle w:val="A"/>')
    assert first(read(node, styles=styles))[1].bold


def test_indents_and_spacing_merge_attribute_by_attribute() -> None:
    inner = '<w:pPr><w:ind w:left="400" w:firstLine="720"/><w:spacing w:before="60" w:after="120"/>'
    node = paragraph(
        "a",
        properties='<w:pStyle w:val="T"/><w:spacing w:after="0"/><w:ind w:hanging="200"/>',
    )
    form, _ = first(read(node, styles=style("T", inner + "</w:pPr>")))
    assert (form.left, form.first_line, form.before, form.after) == (400, -200, 60, 0)


def test_tab_stops_add_up_and_can_be_cleared() -> None:
    inner = '<w:pPr><w:tabs><w:tab w:val="left" w:pos="500"/><w:tab w:val="right" w:pos="900"/>'
    own = '<w:tabs><w:tab w:val="clear" w:pos="500"/><w:tab w:val="center" w:pos="700"/></w:tabs>'
    node = paragraph("a", properties=f'<w:pStyle w:val="T"/>{own}')
    form, _ = first(read(node, styles=style("T", inner + "</w:tabs></w:pPr>")))
    assert [(stop.position, stop.align) for stop in form.tabs] == [(700, "center"), (900, "right")]


def test_the_first_row_of_a_table_looks_as_its_style_says() -> None:
    inner = (
        '<w:tblStylePr w:type="firstRow"><w:pPr><w:jc w:val="center"/></w:pPr>'
        "<w:rPr><w:b/></w:rPr></w:tblStylePr>"
    )
    styles = style("Bang", inner, kind="table", based="")
    look = '<w:tblStyle w:val="Bang"/><w:tblLook w:val="0020"/>'
    node = table(row(cell("đầu")), row(cell("sau")), grid=(2000,), properties=look)
    formatting = read(node, styles=styles)
    found = [
        (formatting.paragraph(p).align, formatting.run(next(p.iter(qn("w:r"))), p).bold)
        for p in formatting.body.iter(qn("w:p"))
    ]
    assert found == [("center", True), ("left", False)]


def test_theme_fonts_are_the_faces_of_the_theme() -> None:
    theme = (
        '<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:themeElements>'
        '<a:fontScheme name="x"><a:majorFont><a:latin typeface="Arial"/></a:majorFont><a:minorFont>'
        '<a:latin typeface="Tinos"/></a:minorFont></a:fontScheme></a:themeElements></a:theme>'
    )
    node = paragraph(run("a", '<w:rFonts w:asciiTheme="majorHAnsi" w:hAnsiTheme="minorHAnsi"/>'))
    _, look = first(read(node, parts={"theme1.xml": theme}))
    assert (look.ascii, look.h_ansi) == ("Arial", "Tinos")


LEVELS = (
    '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="upperRoman"/><w:lvlText w:val="%1."/>'
    '<w:pPr><w:ind w:left="720" w:hanging="360"/></w:pPr></w:lvl>'
    '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/>'
    '<w:lvlText w:val="%1.%2)"/></w:lvl>'
)
NUMBERING = (
    f'<w:numbering {NAMESPACES}><w:abstractNum w:abstractNumId="0">{LEVELS}</w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2">'
    '<w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/>'
    "</w:lvlOverride></w:num></w:numbering>"
)


def item(level: int, number: int = 1, more: str = "") -> str:
    own = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>{more}'
    return paragraph("a", properties=own)


def labels(*blocks: str) -> list[str]:
    formatting = read(*blocks, parts={"numbering.xml": NUMBERING})
    found = (formatting.label(node) for node in formatting.body.iter(qn("w:p")))
    return [label.text for label in found if label]


def test_lists_count_by_level_and_start_again_below_a_higher_one() -> None:
    found = labels(item(0), item(1), item(1), item(0), item(1))
    assert found == ["I.", "I.a)", "I.b)", "II.", "II.a)"]


def test_a_list_may_start_elsewhere() -> None:
    assert labels(item(0), item(0, number=2), item(0, number=2)) == ["I.", "VII.", "VIII."]


def test_a_list_gives_its_indents_unless_the_paragraph_has_its_own() -> None:
    formatting = read(
        item(0), item(0, more='<w:ind w:left="100"/>'), parts={"numbering.xml": NUMBERING}
    )
    forms = [formatting.paragraph(node) for node in formatting.body.iter(qn("w:p"))]
    assert [(form.left, form.first_line) for form in forms] == [(720, -360), (100, -360)]


def test_a_section_keeps_the_headers_of_the_one_before() -> None:
    header = f"<w:hdr {NAMESPACES}>{paragraph('đầu trang')}</w:hdr>"
    reference = '<w:headerReference w:type="default" r:id="rId_header1"/>'
    ends = f'<w:sectPr>{reference}<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/></w:sectPr>'
    formatting = read(
        paragraph("một", properties=ends), paragraph("hai"), parts={"header1.xml": header}
    )
    first_section, second = formatting.sections
    assert (first_section.width, first_section.landscape, len(first_section.blocks)) == (
        16838, True, 1,
    )  # fmt: skip
    assert second.headers == {"default": "word/header1.xml"}


def test_equal_paragraphs_share_one_value() -> None:
    formatting = read(paragraph("a"), paragraph("b"))
    one, two = (formatting.paragraph(node) for node in formatting.body.iter(qn("w:p")))
    assert one is two
