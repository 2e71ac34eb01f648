"""What stands on the pages: each feature of official documents, measured in the PDF."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import pdfplumber
import pikepdf
import pytest

from generator import preview
from tests.judges.pages import Line, Page
from tests.preview.drawing import (
    NAMESPACES,
    cell,
    docx,
    paragraph,
    row,
    run,
    section,
    table,
)
from tests.preview.measuring import (
    LEFT_MM,
    LINE_MM,
    LONG,
    PT_PER_MM,
    TEXT_WIDTH_MM,
    TOP_MM,
    about,
    lines,
    pages,
    pages_of,
    texts,
)

RIGHT_MM = LEFT_MM + TEXT_WIDTH_MM
MIDDLE_MM = LEFT_MM + TEXT_WIDTH_MM / 2
PAGE_BREAK = '<w:r><w:br w:type="page"/></w:r>'
TAB = "<w:r><w:tab/></w:r>"
PAGE = (
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> PAGE </w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>99</w:t></w:r>'
    '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
)
PAGES = '<w:fldSimple w:instr=" NUMPAGES "><w:r><w:t>99</w:t></w:r></w:fldSimple>'


def only(found: list[Line]) -> Line:
    (line,) = found
    return line


def of(found: list[Line], text: str) -> Line:
    return next(line for line in found if line.text == text)


def first_page(content: bytes) -> Any:
    """Return the first page as pdfplumber sees it: letters, pictures, boxes."""
    with pdfplumber.open(io.BytesIO(preview.pdf(content))) as document:
        page = document.pages[0]
        page.objects  # noqa: B018 - read before the file is closed
        return page


# ---------------------------------------------------------------- letters
def test_text_is_printed_as_typed_with_its_size_weight_and_slant() -> None:
    line = only(lines(paragraph(run("Đề án số 375/QĐ-BCĐ", '<w:b/><w:i/><w:sz w:val="26"/>'))))
    assert line.text == "Đề án số 375/QĐ-BCĐ"
    assert (line.bold, line.italic, line.size_pt) == (True, True, 13.0)


def test_no_character_is_added_to_the_text() -> None:
    found = lines(paragraph(LONG * 6, properties='<w:jc w:val="both"/>'))
    assert " ".join(texts(found)) == " ".join((LONG * 6).split())


def test_capitals_and_small_capitals_are_printed_hidden_text_is_not() -> None:
    node = paragraph(run("chữ hoa ", "<w:caps/>"), run("ẩn ", "<w:vanish/>"), run("thường"))
    assert only(lines(node)).text == "CHỮ HOA thường"


def test_superscripts_stand_higher_and_smaller() -> None:
    content = docx(paragraph("km", run("2", '<w:vertAlign w:val="superscript"/>'), " đất"))
    letters = first_page(content).chars
    two = next(char for char in letters if char["text"] == "2")
    base = next(char for char in letters if char["text"] == "k")
    assert two["size"] < 0.75 * base["size"]
    assert two["matrix"][5] > base["matrix"][5] + 3


def test_underline_strike_and_highlight_are_drawn() -> None:
    plain = pages(paragraph("chữ"))[0]
    marked = pages(paragraph(run("chữ", '<w:u w:val="single"/>')))[0]
    struck = pages(paragraph(run("chữ", "<w:strike/>")))[0]
    assert not plain.rules
    assert marked.rules[0].y_mm > marked.lines[0].baseline_mm
    assert struck.rules[0].y_mm < struck.lines[0].baseline_mm
    content = docx(paragraph(run("chữ", '<w:highlight w:val="yellow"/>')))
    colours = [rect["non_stroking_color"] for rect in first_page(content).rects]
    assert (1, 1, 0) in [tuple(round(part) for part in colour) for colour in colours]


def test_what_marks_a_text_ends_with_its_line_not_with_the_space_after_it() -> None:
    look = '<w:highlight w:val="yellow"/>'
    content = docx(paragraph(run(LONG * 3, look), properties='<w:jc w:val="both"/>'))
    assert max(rect["x1"] for rect in first_page(content).rects) < RIGHT_MM * PT_PER_MM + 0.5


def test_underlined_spaces_at_a_paragraphs_end_are_a_line_to_write_on() -> None:
    blank = run(" " * 40, '<w:u w:val="single"/>')
    for block in (paragraph("Họ tên:", blank), paragraph(blank)):
        (line,) = pages(block)[0].rules
        assert line.length_mm > 40


def test_a_box_sign_of_a_symbol_font_is_printed_as_its_unicode_sign() -> None:
    sign = '<w:r><w:sym w:font="Wingdings" w:char="F0A8"/></w:r>'
    assert only(lines(paragraph(sign, " Có"))).text == "☐ Có"


# ---------------------------------------------------------------- paragraphs
@pytest.mark.parametrize(
    ("align", "edge", "place"),
    [
        ("left", "x0_mm", LEFT_MM),
        ("center", "center_mm", MIDDLE_MM),
        ("right", "x1_mm", RIGHT_MM),
    ],
)
def test_alignment(align: str, edge: str, place: float) -> None:
    line = only(lines(paragraph("Kế hoạch", properties=f'<w:jc w:val="{align}"/>')))
    assert getattr(line, edge) == about(place)


def test_justified_lines_fill_the_width_and_the_last_does_not() -> None:
    found = lines(paragraph(LONG, properties='<w:jc w:val="both"/>'))
    assert all(line.x1_mm == about(RIGHT_MM) for line in found[:-1])
    assert found[-1].x1_mm < RIGHT_MM - 5


def test_indents_move_the_first_line_and_the_others() -> None:
    own = '<w:ind w:left="567" w:right="1134" w:firstLine="567"/>'  # 10, 20, 10 mm
    found = lines(paragraph(LONG, properties=own))
    assert [line.x0_mm for line in found[:2]] == [about(40), about(30)]
    assert all(line.x1_mm <= RIGHT_MM - 20 + 0.1 for line in found)


def test_between_paragraphs_stands_the_larger_space_not_the_sum() -> None:
    upper = paragraph("một", properties='<w:spacing w:after="240"/>')
    lower = paragraph("hai", properties='<w:spacing w:before="120"/>')
    one, two = lines(upper, lower)
    assert two.baseline_mm - one.baseline_mm == about(LINE_MM + 12 / PT_PER_MM)


def test_contextual_spacing_leaves_none_between_paragraphs_of_one_style() -> None:
    own = '<w:spacing w:before="240" w:after="240"/><w:contextualSpacing/>'
    one, two = lines(paragraph("một", properties=own), paragraph("hai", properties=own))
    assert two.baseline_mm - one.baseline_mm == about(LINE_MM)


@pytest.mark.parametrize(
    ("line", "rule", "height_mm"),
    [
        (360, "auto", 1.5 * LINE_MM),
        (200, "auto", LINE_MM * 200 / 240),
        (480, "exact", 24 / PT_PER_MM),
        (480, "atLeast", 24 / PT_PER_MM),
        (100, "atLeast", LINE_MM),
    ],
)
def test_line_spacing(line: int, rule: str, height_mm: float) -> None:
    own = f'<w:spacing w:line="{line}" w:lineRule="{rule}"/>'
    found = lines(paragraph(LONG * 2, properties=own))
    steps = [lower.baseline_mm - upper.baseline_mm for upper, lower in pairwise(found)]
    assert steps == [about(height_mm, 0.1)] * len(steps)


def test_an_empty_paragraph_is_as_high_as_its_mark() -> None:
    empty = paragraph(properties='<w:rPr><w:sz w:val="56"/></w:rPr>')
    one, two = lines(paragraph("một"), empty, paragraph("hai"))
    assert two.baseline_mm - one.baseline_mm == about(3 * LINE_MM)


def test_tabs_reach_their_stops_with_leaders() -> None:
    stops = (
        '<w:tabs><w:tab w:val="center" w:pos="4820"/>'
        '<w:tab w:val="right" w:leader="{leader}" w:pos="9638"/></w:tabs>'
    )
    node = paragraph("A", TAB, "GIỮA", TAB, "9", properties=stops.format(leader="none"))
    _, middle, last = lines(node)
    assert middle.center_mm == about(LEFT_MM + 4820 / 20 / PT_PER_MM)
    assert last.x1_mm == about(LEFT_MM + 9638 / 20 / PT_PER_MM)
    node = paragraph("A", TAB, "GIỮA", TAB, "9", properties=stops.format(leader="dot"))
    assert re.fullmatch(r"GIỮA\.{20,}9", lines(node)[-1].text)


def test_paragraph_borders_and_the_rule_below_a_line() -> None:
    own = '<w:pBdr><w:bottom w:val="single" w:sz="8" w:space="1" w:color="auto"/></w:pBdr>'
    page = pages(paragraph("Tiêu đề", properties=own))[0]
    assert page.rules[-1].length_mm == about(TEXT_WIDTH_MM, 1.0)
    assert page.rules[-1].y_mm > page.lines[0].baseline_mm


FRAME = "".join(
    f'<w:{side} w:val="single" w:sz="8" w:space="1" w:color="auto"/>'
    for side in ("top", "left", "bottom", "right")
)


def test_neighbours_with_the_same_borders_share_one_frame() -> None:
    own = f'<w:pBdr>{FRAME}</w:pBdr><w:spacing w:before="567"/>'
    content = docx(paragraph("trên"), *(paragraph(text, properties=own) for text in "ab"))
    flat = [
        edge["top"] / PT_PER_MM
        for edge in first_page(content).edges
        if edge["orientation"] == "h" and edge["x1"] - edge["x0"] > 100
    ]
    upper, first, last = (line.baseline_mm for line in pages_of(content)[0].lines)
    top, bottom = min(flat), max(flat)
    assert all(about(top, 0.5) == y or about(bottom, 0.5) == y for y in flat)  # none between
    assert top < first < last < bottom
    assert top > upper + 9  # the space before stands above the frame


def test_numbers_of_lists_are_printed() -> None:
    numbering = (
        f'<w:numbering {NAMESPACES}><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0">'
        '<w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/><w:pPr>'
        '<w:ind w:left="567" w:hanging="567"/></w:pPr></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )
    own = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    nodes = [paragraph(word, properties=own) for word in ("một", "hai")]
    content = docx(*nodes, parts={"numbering.xml": numbering})
    found = pages_of(content)[0].lines
    assert texts(list(found)) == ["1.", "một", "2.", "hai"]
    assert found[1].x0_mm == about(30)


# ---------------------------------------------------------------- pages
def body(count: int, properties: str = "") -> list[str]:
    return [paragraph(f"dòng {n}", properties=properties) for n in range(1, count + 1)]


LINES_A_PAGE = int((297 - 40) / LINE_MM)


def test_a_page_holds_the_lines_that_fit() -> None:
    first, second = pages(*body(LINES_A_PAGE + 1))
    assert (len(first.lines), len(second.lines)) == (LINES_A_PAGE, 1)


def test_a_page_break_and_a_paragraph_that_begins_a_page() -> None:
    before = paragraph("ba", properties="<w:pageBreakBefore/>")
    found = pages(paragraph("một", PAGE_BREAK, "hai"), before)
    assert [texts(list(page.lines)) for page in found] == [["một"], ["hai"], ["ba"]]


def test_keep_with_next_takes_a_heading_to_the_next_page() -> None:
    heading = paragraph("Đề mục", properties="<w:keepNext/>")
    found = pages(*body(LINES_A_PAGE - 1), heading, paragraph("nội dung"))
    assert texts(list(found[1].lines)) == ["Đề mục", "nội dung"]


def test_keep_lines_takes_a_paragraph_whole() -> None:
    whole = paragraph(LONG, properties="<w:keepLines/>")
    found = pages(*body(LINES_A_PAGE - 1), whole)
    assert len(found[0].lines) == LINES_A_PAGE - 1


def test_widow_control_leaves_no_line_alone() -> None:
    long = paragraph(LONG * 2)
    count = len(lines(long))
    found = pages(*body(LINES_A_PAGE - 1), long)
    assert len(found[0].lines) == LINES_A_PAGE - 1
    loose = paragraph(LONG * 2, properties='<w:widowControl w:val="0"/>')
    assert len(pages(*body(LINES_A_PAGE - 1), loose)[1].lines) == count - 1


def test_sections_have_their_own_paper() -> None:
    wide = '<w:sectPr><w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/></w:sectPr>'
    first, second = pages(paragraph("ngang", properties=wide), paragraph("dọc"))
    assert (first.width_mm, first.height_mm) == (about(297), about(210))
    assert (second.width_mm, second.height_mm) == (about(210), about(297))


def header(kind: str, *runs: str) -> str:
    node = paragraph(*runs, properties='<w:jc w:val="center"/>')
    return f"<w:{kind} {NAMESPACES}>{node}</w:{kind}>"


def numbered(*blocks: str, more: str = "") -> list[Page]:
    refs = (
        '<w:headerReference w:type="default" r:id="rId_header1"/>'
        '<w:footerReference w:type="default" r:id="rId_footer1"/>'
    )
    return pages(
        *blocks,
        sect=section(refs=refs, more=more),
        parts={"header1.xml": header("hdr", PAGE), "footer1.xml": header("ftr", "Tổng ", PAGES)},
    )


def test_headers_and_footers_show_the_page_and_how_many_there_are() -> None:
    found = numbered(paragraph("a", PAGE_BREAK, "b"))
    assert [texts(list(page.lines)) for page in found] == [
        ["1", "a", "Tổng 2"],
        ["2", "b", "Tổng 2"],
    ]
    number = found[1].lines[0]
    assert number.center_mm == about(MIDDLE_MM)
    assert number.baseline_mm == about(10 + 14 * (1825 + 87) / 2048 / PT_PER_MM)


def test_the_first_page_of_a_section_may_have_no_number() -> None:
    found = numbered(paragraph("a", PAGE_BREAK, "b"), more="<w:titlePg/>")
    assert [texts(list(page.lines)) for page in found] == [["a"], ["2", "b", "Tổng 2"]]


def test_pages_may_be_counted_from_another_number() -> None:
    found = numbered(paragraph("a"), more='<w:pgNumType w:start="5"/>')
    assert found[0].lines[0].text == "5"


def test_a_header_higher_than_the_margin_pushes_the_text_down() -> None:
    tall = f"<w:hdr {NAMESPACES}>{''.join(body(4))}</w:hdr>"
    refs = '<w:headerReference w:type="default" r:id="rId_header1"/>'
    page = pages(paragraph("nội dung"), sect=section(refs=refs), parts={"header1.xml": tall})[0]
    text = of(list(page.lines), "nội dung")
    assert text.baseline_mm > 10 + 4 * LINE_MM + 3


def test_footnotes_stand_at_the_foot_below_a_line() -> None:
    note = (
        f'<w:footnotes {NAMESPACES}><w:footnote w:id="2">'
        f"{paragraph('<w:r><w:footnoteRef/></w:r>', ' Chú thích.')}</w:footnote></w:footnotes>"
    )
    mark = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    page = pages(paragraph("Văn bản", mark), parts={"footnotes.xml": note})[0]
    assert texts(list(page.lines)) == ["Văn bản1", "1 Chú thích."]
    assert page.lines[1].baseline_mm > 270
    assert page.rules[0].length_mm == about(50.8)


# ---------------------------------------------------------------- tables
def test_cells_stand_in_their_columns_with_borders_around() -> None:
    page = pages(table(row(cell("một"), cell("hai")), grid=(2835, 5670)))[0]
    assert [line.x0_mm for line in page.lines] == [
        about(LEFT_MM + 1.9), about(LEFT_MM + 50 + 1.9),
    ]  # fmt: skip
    assert [rule.length_mm for rule in page.rules] == [about(150)] * len(page.rules)


def test_spans_and_vertical_merges() -> None:
    start, go = '<w:vMerge w:val="restart"/><w:vAlign w:val="center"/>', "<w:vMerge/>"
    rows = [
        row(cell("gộp", start), cell("b1"), cell("c1")),
        row(cell("", go), cell("rộng hai cột", '<w:gridSpan w:val="2"/>')),
        row(cell("", go), cell("b3"), cell("c3")),
    ]
    found = lines(table(*rows, grid=(2000, 2000, 2000)))
    merged, middle = of(found, "gộp"), of(found, "rộng hai cột")
    assert merged.baseline_mm == about(middle.baseline_mm)


def test_heading_rows_repeat_on_every_page() -> None:
    head = row(cell("STT"), properties="<w:tblHeader/>")
    found = pages(table(head, *(row(cell(f"{n}")) for n in range(80)), grid=(3000,)))
    assert [page.lines[0].text for page in found] == ["STT"] * len(found)
    assert len(found) == 2


def test_a_row_that_cannot_split_goes_to_the_next_page_whole() -> None:
    tall = "".join(body(4))
    free = pages(*body(LINES_A_PAGE - 2), table(row(cell(tall)), grid=(3000,)))
    whole = row(cell(tall), properties="<w:cantSplit/>")
    kept = pages(*body(LINES_A_PAGE - 2), table(whole, grid=(3000,)))
    assert len(free[0].lines) > LINES_A_PAGE - 2
    assert len(kept[0].lines) == LINES_A_PAGE - 2


def test_rows_that_keep_with_the_next_stay_on_its_page() -> None:
    heading = row(cell(paragraph("nhóm", properties="<w:keepNext/>")))
    rows = [row(cell(f"{n}")) for n in range(LINES_A_PAGE - 2)]
    found = pages(table(*rows, heading, row(cell("mục")), grid=(3000,)))
    assert texts(list(found[1].lines)) == ["nhóm", "mục"]


def test_a_row_is_as_high_as_it_asks() -> None:
    tall = row(cell("a"), properties='<w:trHeight w:val="1134"/>')
    found = lines(table(tall, row(cell("b")), grid=(3000,)))
    assert found[1].baseline_mm - found[0].baseline_mm == about(20.2)


def test_nested_tables_and_words_wider_than_their_column() -> None:
    inner = table(row(cell("trong")), grid=(1000,)) + paragraph()
    found = lines(table(row(cell(inner), cell("mmmmmmmmmmmm")), grid=(2000, 1000)))
    assert "trong" in texts(found)
    edge = LEFT_MM + 3000 / 20 / PT_PER_MM
    assert all(line.x1_mm < edge for line in found)
    assert "".join(line.text for line in found if "m" in line.text) == "mmmmmmmmmmmm"


# ---------------------------------------------------------------- drawings
def anchored(shape: str, *, cx: int, cy: int = 0, align: str = "center") -> str:
    return (
        '<w:r><w:drawing><wp:anchor><wp:positionH relativeFrom="column"><wp:align>'
        f'{align}</wp:align></wp:positionH><wp:positionV relativeFrom="paragraph"><wp:posOffset>'
        f'36000</wp:posOffset></wp:positionV><wp:extent cx="{cx}" cy="{cy}"/><wp:wrapNone/>'
        '<wp:docPr id="1" name="hình"/><a:graphic><a:graphicData uri="wps">'
        f"<wps:wsp>{shape}</wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></w:r>"
    )


STROKE = '<a:ln w="9525"><a:solidFill><a:srgbClr val="000000"/></a:solidFill></a:ln>'


def test_a_drawn_rule_stands_centred_under_its_paragraph() -> None:
    line = f'<wps:spPr><a:prstGeom prst="line"/>{STROKE}</wps:spPr>'
    page = pages(paragraph("Tên", anchored(line, cx=36000 * 40)))[0]
    (rule,) = page.rules
    assert (rule.length_mm, rule.center_mm) == (about(40), about(MIDDLE_MM))
    assert rule.y_mm == about(TOP_MM + 1)


def test_a_rule_of_older_words_is_drawn() -> None:
    line = '<w:r><w:pict><v:line from="10pt,20pt" to="110pt,20pt" style="position:absolute"/>'
    (rule,) = pages(paragraph("Tên", line + "</w:pict></w:r>"))[0].rules
    assert (rule.x0_mm, rule.length_mm) == (
        about(LEFT_MM + 10 / PT_PER_MM), about(100 / PT_PER_MM),
    )  # fmt: skip


def test_the_frame_of_an_urgency_stamp_holds_its_word() -> None:
    box = (
        f'<wps:spPr><a:prstGeom prst="rect"/>{STROKE}</wps:spPr><wps:txbx><w:txbxContent>'
        + paragraph("KHẨN", properties='<w:jc w:val="center"/>')
        + '</w:txbxContent></wps:txbx><wps:bodyPr lIns="0" tIns="0" rIns="0" bIns="0"/>'
    )
    content = docx(paragraph("Văn bản", anchored(box, cx=36000 * 30, cy=36000 * 10)))
    assert of(list(pages_of(content)[0].lines), "KHẨN").center_mm == about(MIDDLE_MM)
    (frame,) = first_page(content).rects
    assert (frame["width"] / PT_PER_MM, frame["height"] / PT_PER_MM) == (about(30), about(10))


def test_the_brace_beside_recipients_is_drawn() -> None:
    brace = f'<wps:spPr><a:prstGeom prst="rightBrace"/>{STROKE}</wps:spPr>'
    content = docx(paragraph("a", anchored(brace, cx=36000 * 2, cy=36000 * 20)))
    (curve,) = first_page(content).curves
    assert (curve["width"] / PT_PER_MM, curve["height"] / PT_PER_MM) == (about(2), about(20))


def test_the_stamp_of_a_draft_lies_across_the_page() -> None:
    word = (
        '<w:r><w:pict><v:shape style="position:absolute;width:400pt;height:120pt;rotation:315;'
        "mso-position-horizontal:center;mso-position-horizontal-relative:margin;"
        'mso-position-vertical:center;mso-position-vertical-relative:margin" fillcolor="silver">'
        '<v:fill opacity=".5"/><v:textpath string="DỰ THẢO"/></v:shape></w:pict></w:r>'
    )
    content = docx(paragraph("Văn bản", word))
    turned = [char for char in first_page(content).chars if abs(char["matrix"][1]) > 1]
    assert "".join(char["text"] for char in turned).replace(" ", "") == "DỰTHẢO"
    middle = sum((char["x0"] + char["x1"]) / 2 for char in turned) / len(turned)
    assert middle / PT_PER_MM == about(MIDDLE_MM, 15)


def png(colour: bytes = b"\xff\x00\x00") -> bytes:
    """Return a picture of one dot."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">2I5B", 1, 1, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        chunk(*each)
        for each in ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" + colour)), (b"IEND", b""))
    )


PICTURE = (
    '<w:r><w:drawing><wp:inline><wp:extent cx="1080000" cy="720000"/><wp:docPr id="1" name="a"'
    ' descr="Dấu"/><a:graphic><a:graphicData uri="pic"><pic:pic><pic:blipFill>'
    '<a:blip r:embed="rId_image1"/></pic:blipFill></pic:pic></a:graphicData></a:graphic>'
    "</wp:inline></w:drawing></w:r>"
)


IMAGE = {"media/image1.png": png()}


def test_pictures_stand_in_the_line_with_their_size() -> None:
    content = docx(paragraph(PICTURE), paragraph("sau"), parts=IMAGE)
    (image,) = first_page(content).images
    assert (image["width"] / PT_PER_MM, image["height"] / PT_PER_MM) == (about(30), about(20))


def test_a_hyperlink_leads_where_it_says() -> None:
    link = '<w:hyperlink r:id="rId_hyperlink"><w:r><w:t>trang chủ</w:t></w:r></w:hyperlink>'
    content = docx(paragraph(link), parts={})
    target = (
        b'<Relationship Id="rId_hyperlink" TargetMode="External" Target="https://vanban.example/"'
        b' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"/>'
    )
    content = with_relation(content, target)
    with pikepdf.open(io.BytesIO(preview.pdf(content))) as document:
        (note,) = document.pages[0].Annots
        assert str(note.A.URI) == "https://vanban.example/"


def with_relation(content: bytes, relation: bytes) -> bytes:
    """Return a document whose main part has one relationship more."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename == "word/_rels/document.xml.rels":
                data = data.replace(b"</Relationships>", relation + b"</Relationships>")
            new.writestr(entry, data)
    return stream.getvalue()


# ---------------------------------------------------------------- the functions
def test_pictures_of_pages_can_be_chosen_and_counted() -> None:
    content = docx(paragraph("một", PAGE_BREAK, "hai", PAGE_BREAK, "ba"))
    assert preview.page_count(content) == 3
    assert len(preview.png(content, 50)) == 3
    (second,) = preview.png(content, 50, pages=[2])
    assert second.startswith(b"\x89PNG")
    assert second == preview.png(content, 50)[1]
    assert all(page.startswith(b"<svg") for page in preview.svg(content))


def test_the_same_document_gives_the_same_bytes() -> None:
    content = docx(paragraph(LONG))
    assert preview.pdf(content) == preview.pdf(content)
    preview.forget()
    assert preview.pdf(content) == preview.pdf(content)


def test_threads_draw_at_the_same_time() -> None:
    contents = [docx(paragraph(f"{LONG} {n}"), paragraph(PICTURE), parts=IMAGE) for n in range(8)]
    alone = [preview.pdf(content) for content in contents]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(preview.pdf, contents)) == alone


def test_a_tall_footer_of_the_first_page_takes_room_there_alone() -> None:
    def footer(*lines: str) -> str:
        return f"<w:ftr {NAMESPACES}>{''.join(map(paragraph, lines))}</w:ftr>"

    refs = (
        '<w:footerReference w:type="default" r:id="rId_footer1"/>'
        '<w:footerReference w:type="first" r:id="rId_footer2"/>'
    )
    parts = {"footer1.xml": footer("thường"), "footer2.xml": footer(*["cao"] * 8)}
    sect = section(refs=refs, more="<w:titlePg/>")
    blocks = [paragraph("chữ")] * 120
    with pdfplumber.open(io.BytesIO(preview.pdf(docx(*blocks, sect=sect, parts=parts)))) as found:
        first, second, *_ = [page.extract_text().split() for page in found.pages]
    assert first.count("cao") == 8
    assert second.count("thường") == 1
    assert 4 <= second.count("chữ") - first.count("chữ") <= 8
