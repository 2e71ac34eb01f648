"""Shapes and pictures: their looks are drawn as the file says, or named as not drawn."""

from __future__ import annotations

import re
from typing import Any

import pytest
from lxml import etree

from generator import preview
from generator.formatting.properties import shading
from tests.preview.drawing import NAMESPACES, cell, docx, paragraph, row, run, section, table
from tests.preview.measuring import LEFT_MM, PT_PER_MM, about
from tests.preview.test_pages import IMAGE, PICTURE, STROKE, first_page

THEME = {
    "theme1.xml": (
        f'<a:theme {NAMESPACES} name="t"><a:themeElements><a:clrScheme name="c">'
        '<a:dk1><a:sysClr val="windowText" lastClr="000000"/></a:dk1>'
        '<a:lt1><a:sysClr val="window" lastClr="FFFFFF"/></a:lt1>'
        '<a:accent1><a:srgbClr val="4472C4"/></a:accent1></a:clrScheme><a:fmtScheme name="f">'
        '<a:fillStyleLst><a:solidFill><a:schemeClr val="phClr"/></a:solidFill><a:gradFill/>'
        '</a:fillStyleLst><a:lnStyleLst><a:ln w="25400"><a:solidFill><a:schemeClr val="phClr"/>'
        "</a:solidFill></a:ln></a:lnStyleLst><a:effectStyleLst><a:effectStyle><a:effectLst>"
        "<a:outerShdw/></a:effectLst></a:effectStyle></a:effectStyleLst></a:fmtScheme>"
        "</a:themeElements></a:theme>"
    )
}
TEXT = "<wps:txbx><w:txbxContent><w:p><w:r><w:t>Khẩn</w:t></w:r></w:p></w:txbxContent></wps:txbx>"
RED = '<a:solidFill><a:srgbClr val="FF0000"/></a:solidFill>'


def counted_from(what: str, offset: int = 1_270_000) -> str:
    place = f"<wp:posOffset>{offset}</wp:posOffset>"
    return f'<wp:positionH relativeFrom="{what}">{place}</wp:positionH>'


def shape(
    look: str = STROKE,
    *,
    preset: str = "rect",
    more: str = "",
    turned: str = "",
    anchor: str = 'behindDoc="1"',
    across: str = "",
    wrap: str = "<wp:wrapNone/>",
    about: str = "",
) -> str:
    """Return a shape of 100 x 50 points, behind the text unless ``anchor`` says otherwise."""
    across = across or counted_from("column", 0)
    return (
        f"<w:r><w:drawing><wp:anchor {anchor}>{across}"
        '<wp:positionV relativeFrom="paragraph"><wp:posOffset>0</wp:posOffset></wp:positionV>'
        f'<wp:extent cx="1270000" cy="635000"/>{wrap}<wp:docPr id="1" name="hình" {about}/>'
        '<a:graphic><a:graphicData uri="wps"><wps:wsp><wps:spPr>'
        f'<a:xfrm {turned}/><a:prstGeom prst="{preset}"><a:avLst/></a:prstGeom>{look}</wps:spPr>'
        f"{more}</wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></w:r>"
    )


def styled(line: int = 0, fill: int = 0, effect: int = 0, letters: str = "dk1") -> str:
    """Return the style that a shape takes from its theme, in the first accent."""
    accent = '<a:schemeClr val="accent1"/>'
    return (
        f'<wps:style><a:lnRef idx="{line}">{accent}</a:lnRef>'
        f'<a:fillRef idx="{fill}">{accent}</a:fillRef>'
        f'<a:effectRef idx="{effect}">{accent}</a:effectRef>'
        f'<a:fontRef idx="minor"><a:schemeClr val="{letters}"/></a:fontRef></wps:style>'
    )


def vml(element: str, attributes: str = "", style: str = "", inner: str = "") -> str:
    """Return a shape of older Words, behind the text."""
    place = f"position:absolute;width:100pt;height:50pt;z-index:-1;{style}"
    tag = f"v:{element}"
    return f'<w:r><w:pict><{tag} style="{place}" {attributes}>{inner}</{tag}></w:pict></w:r>'


def drawn(*runs: str, more: str = "") -> Any:
    """Return the first page of a paragraph with shapes, of which nothing is told."""
    content = docx(paragraph("Tên", *runs), sect=section(more=more), parts={**IMAGE, **THEME})
    assert preview.undrawable(content) == ()
    return first_page(content)


def told(*runs: str, sect: str = "") -> list[str]:
    content = docx(paragraph("Tên", *runs), sect=sect, parts={**IMAGE, **THEME})
    return [each.what for each in preview.undrawable(content)]


def boxes(page: Any) -> list[tuple[object, object, object]]:
    """Return line width, line colour and fill of each box, None for what is not drawn."""
    return [
        (
            round(each["linewidth"], 2) if each["stroke"] else None,
            each["stroking_color"] if each["stroke"] else None,
            each["non_stroking_color"] if each["fill"] else None,
        )
        for each in page.rects
    ]


BLUE = pytest.approx((0x44 / 255, 0x72 / 255, 0xC4 / 255), abs=0.01)


# ---------------------------------------------------------------- looks
def test_a_shape_without_line_and_fill_has_none() -> None:
    assert boxes(drawn(shape("", more=TEXT))) == []


def test_a_shape_takes_its_line_and_fill_from_its_style() -> None:
    assert boxes(drawn(shape("", more=styled(line=1, fill=1)))) == [(2.0, BLUE, BLUE)]


def test_what_a_shape_says_itself_outweighs_its_style() -> None:
    (found,) = boxes(drawn(shape(f'<a:noFill/><a:ln w="19050">{RED}</a:ln>', more=styled(1, 1))))
    assert found == (1.5, (1, 0, 0), None)


def test_colours_of_the_theme_are_mixed_with_white_as_they_say() -> None:
    light = '<a:lumMod val="40000"/><a:lumOff val="60000"/>'
    fill = f'<a:solidFill><a:schemeClr val="accent1">{light}</a:schemeClr></a:solidFill>'
    ((_, _, ink),) = boxes(drawn(shape(fill)))
    assert ink == pytest.approx((0xB4 / 255, 0xC7 / 255, 0xE7 / 255), abs=0.01)


def test_the_line_tool_of_word_draws_a_line() -> None:
    page = drawn(shape("", preset="line", more=styled(line=1)))
    (line,) = page.lines
    assert line["linewidth"] == pytest.approx(2)


@pytest.mark.parametrize(
    ("turned", "rises"),
    [("", False), ('flipH="1"', True), ('flipV="1"', True), ('flipH="1" flipV="1"', False)],
)
def test_a_line_flipped_once_rises(turned: str, rises: bool) -> None:
    (line,) = drawn(shape(preset="line", turned=turned)).lines
    (x0, y0), (x1, y1) = line["pts"][0], line["pts"][-1]
    assert ((x1 - x0) * (y1 - y0) < 0) == rises


def test_dashes_are_as_long_as_the_line_is_wide() -> None:
    dashed = f'<a:ln w="25400">{RED}<a:prstDash val="{{}}"/></a:ln>'
    older = vml("line", 'from="0,0" to="9pt,0" strokeweight="2pt"', inner=SHORT)
    for stroke, lengths in (
        (shape(dashed.format("dash"), preset="line"), [8, 6]),
        (shape(dashed.format("lgDashDotDot"), preset="line"), [16, 6, 2, 6, 2, 6]),
        (older, [6, 2]),
    ):
        (line,) = drawn(stroke).lines
        assert line["dash"][0] == lengths


SHORT = '<v:stroke dashstyle="shortDash"/>'


def test_round_corners_are_drawn() -> None:
    page = drawn(shape(preset="roundRect"))
    assert page.curves
    assert boxes(page) == []


def test_a_box_of_older_words_has_its_colours_and_the_room_around_its_text() -> None:
    inner = (
        '<v:textbox inset="20pt,0,0,0"><w:txbxContent><w:p><w:r><w:t>Khẩn</w:t></w:r></w:p>'
        "</w:txbxContent></v:textbox>"
    )
    colours = 'fillcolor="yellow" strokecolor="#f00 [2]" strokeweight="3pt"'
    page = drawn(vml("rect", colours, inner=inner))
    assert boxes(page) == [(3.0, (1, 0, 0), (1, 1, 0))]
    first = min(char["x0"] for char in page.chars if char["text"] == "K")
    assert first / PT_PER_MM == about(LEFT_MM + 20 / PT_PER_MM)


def test_a_line_of_older_words_counts_from_its_text_where_it_says_so() -> None:
    from_text = "mso-position-horizontal-relative:text;mso-position-vertical-relative:text"
    page = drawn(vml("line", 'from="10pt,20pt" to="60pt,20pt"', style=from_text))
    (line,) = page.lines
    assert line["x0"] / PT_PER_MM == about(LEFT_MM + 10 / PT_PER_MM)


@pytest.mark.parametrize("hidden", ['hidden="1"', 'hidden="true"'])
def test_a_hidden_shape_is_not_drawn(hidden: str) -> None:
    assert boxes(drawn(shape(about=hidden))) == []


def test_a_hidden_shape_of_older_words_is_not_drawn() -> None:
    assert boxes(drawn(vml("rect", style="visibility:hidden"))) == []


# ---------------------------------------------------------------- what is told
GRADIENT = "<a:gradFill/>"
LONG = "chữ dài hơn khung của nó"
BEFORE = 'behindDoc="0"'
TO_RIGHT = '<a:ln w="9525"><a:solidFill><a:srgbClr val="000000"/></a:solidFill>{}</a:ln>'


@pytest.mark.parametrize(
    ("run", "what"),
    [
        (shape(GRADIENT), "hình tô nhiều màu, hoa văn hoặc ảnh"),
        (shape("", more=styled(fill=2)), "hình tô nhiều màu, hoa văn hoặc ảnh"),
        (shape("", more=styled(fill=9)), "hình tô nhiều màu, hoa văn hoặc ảnh"),
        (
            shape(RED.replace('"FF0000"/>', '"FF0000"><a:alpha val="50000"/></a:srgbClr>')),
            "hình có màu pha hoặc trong suốt",
        ),
        (shape(more=styled(effect=1)), "hình có bóng hoặc hiệu ứng"),
        (shape("<a:effectLst><a:glow/></a:effectLst>"), "hình có bóng hoặc hiệu ứng"),
        (
            shape(TO_RIGHT.format('<a:tailEnd type="triangle"/>'), preset="straightConnector1"),
            "mũi tên",
        ),
        (
            shape(TO_RIGHT.format("<a:custDash/>")),
            "nét vẽ kép hoặc đứt đoạn kiểu riêng",
        ),
        (
            shape(TO_RIGHT.format("").replace("<a:ln", '<a:ln cmpd="dbl"')),
            "nét vẽ kép hoặc đứt đoạn kiểu riêng",
        ),
        (
            shape(more=TEXT + '<wps:bodyPr vert="vert270"/>'),
            "chữ chạy dọc hoặc xoay trong khung hình",
        ),
        (shape(more=styled(letters="lt1") + TEXT), "màu chữ theo kiểu của hình"),
        (shape(turned='rot="2700000"'), "hình xoay"),
        (shape(turned='rot="10800000"', more=TEXT), "hình xoay"),
        (shape(RED, anchor=BEFORE), "hình, ảnh nằm trên chữ"),
        (shape(wrap="<wp:wrapSquare/>"), "hình để chữ chạy quanh"),
        (vml("rect", inner='<w10:wrap type="square"/>'), "hình để chữ chạy quanh"),
        (vml("rect", inner='<w10:wrap type="topAndBottom"/>'), "hình để chữ chạy quanh"),
        (vml("rect", style="z-index:1"), "hình, ảnh nằm trên chữ"),
        (vml("rect", style="rotation:90"), "hình xoay"),
        (vml("rect", 'fillcolor="fill darken(10)"'), "hình có màu pha hoặc trong suốt"),
        (vml("rect", inner='<v:fill opacity=".5"/>'), "hình có màu pha hoặc trong suốt"),
        (vml("rect", inner='<v:fill type="gradient"/>'), "hình tô nhiều màu, hoa văn hoặc ảnh"),
        (
            vml("rect", inner='<v:stroke linestyle="thinThin"/>'),
            "nét vẽ kép hoặc đứt đoạn kiểu riêng",
        ),
        (vml("line", 'from="0,0" to="9pt,9pt"', inner='<v:stroke endarrow="block"/>'), "mũi tên"),
        (vml("rect", 'o:hr="t"', style="width:0"), "đường kẻ ngang kiểu trang web"),
        (
            vml("shape", 'type="#_x0000_t176"', inner="<v:textbox><w:txbxContent/></v:textbox>"),
            "hình vẽ VML",
        ),
        (vml("shape", inner='<v:imagedata r:id="rId_image1" cropleft="9f"/>'), "ảnh bị cắt bớt"),
        (
            vml("shape", style="flip:x", inner='<v:imagedata r:id="rId_image1"/>'),
            "ảnh xoay hoặc lật",
        ),
    ],
)
def test_a_look_that_is_not_drawn_is_named(run: str, what: str) -> None:
    assert told(run) == [what]


@pytest.mark.parametrize(
    ("blip", "properties", "what"),
    [
        ('/><a:srcRect l="50000"/>', "", "ảnh bị cắt bớt"),
        ('/><a:stretch><a:fillRect b="-900"/></a:stretch>', "", "ảnh bị cắt bớt"),
        ("/>", '<a:xfrm rot="5400000"/>', "ảnh xoay hoặc lật"),
        ("/>", '<a:xfrm flipH="1"/>', "ảnh xoay hoặc lật"),
        ("><a:grayscl/></a:blip>", "", "ảnh chỉnh màu, độ trong"),
        ("/>", '<a:prstGeom prst="ellipse"/>', "ảnh có viền, bóng hoặc cắt theo hình"),
        ("/>", STROKE, "ảnh có viền, bóng hoặc cắt theo hình"),
    ],
)
def test_a_picture_that_looks_otherwise_than_its_file_is_named(
    blip: str, properties: str, what: str
) -> None:
    changed = PICTURE.replace('"rId_image1"/>', f'"rId_image1"{blip}')
    ending = f"</pic:blipFill><pic:spPr>{properties}</pic:spPr>"
    assert told(changed.replace("</pic:blipFill>", ending)) == [what]


def test_a_picture_as_word_writes_it_is_drawn() -> None:
    usual = (
        '<a:srcRect/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm rot="0">'
        '<a:off x="0" y="0"/></a:xfrm><a:prstGeom prst="rect"/><a:ln w="9525"><a:noFill/></a:ln>'
        "<a:effectLst/></pic:spPr>"
    )
    page = drawn(PICTURE.replace("</pic:blipFill>", usual))
    assert len(page.images) == 1


# ---------------------------------------------------------------- places
@pytest.mark.parametrize(("of", "left_pt"), [("page", 100), ("margin", 56.7 + 20 + 100)])
def test_a_shape_counted_from_the_page_knows_the_gutter(of: str, left_pt: float) -> None:
    wide = section().replace('w:gutter="0"', 'w:gutter="400"')
    content = docx(paragraph("a", shape(across=counted_from(of))), sect=wide)
    assert first_page(content).rects[0]["x0"] == pytest.approx(left_pt, abs=1)


UNMEASURED = "hình đặt theo mốc không đo được trước khi chia trang"


@pytest.mark.parametrize(
    "across",
    [
        counted_from("character"),
        counted_from("outsideMargin"),
        '<wp:positionH relativeFrom="margin"><wp:align>outside</wp:align></wp:positionH>',
        '<wp:positionH relativeFrom="page"><wp:pctPosHOffset>9</wp:pctPosHOffset></wp:positionH>',
    ],
)
def test_a_place_known_on_the_finished_page_alone_is_named(across: str) -> None:
    assert told(shape(across=across)) == [UNMEASURED]


def test_a_shape_of_the_page_whose_text_stands_in_a_column_or_cell_is_named() -> None:
    one = shape(across=counted_from("page"))
    columns = section(more='<w:cols w:num="2"/>')
    assert told(one, sect=columns) == [UNMEASURED]
    assert told(shape(), sect=columns) == []
    inside = docx(table(row(cell(paragraph(one))), grid=(3000,)))
    assert [each.what for each in preview.undrawable(inside)] == [UNMEASURED]


def test_a_shape_behind_the_text_of_paragraphs_above_it_is_named() -> None:
    high = shape(RED).replace(
        '<wp:positionV relativeFrom="paragraph">', '<wp:positionV relativeFrom="page">'
    )
    assert told(high) == []
    found = preview.undrawable(docx(paragraph("trên"), paragraph("dưới", high)))
    assert [each.what for each in found] == ["hình, ảnh nằm dưới chữ của đoạn khác"]
    assert preview.undrawable(docx(paragraph("trên"), paragraph("dưới", shape(RED)))) == ()


def test_the_text_box_that_word_puts_on_a_page_is_drawn() -> None:
    look = (
        '<a:solidFill><a:schemeClr val="lt1"/></a:solidFill><a:ln w="6350"><a:solidFill>'
        '<a:prstClr val="black"/></a:solidFill></a:ln>'
    )
    body = '<wps:bodyPr rot="0" vert="horz" wrap="square" anchor="t"><a:noAutofit/></wps:bodyPr>'
    box = shape(look, anchor='behindDoc="0"', more=styled() + TEXT + body)
    content = docx(paragraph(box), paragraph("dưới"), parts=THEME)
    assert preview.undrawable(content) == ()
    assert "Khẩn" in first_page(content).extract_text()


@pytest.mark.parametrize(("text", "named"), [("một dòng", []), ("dài " * 60, [LONG])])
def test_text_that_does_not_fit_its_box_is_named(text: str, named: list[str]) -> None:
    assert told(shape(more=TEXT.replace("Khẩn", text))) == named


# ---------------------------------------------------------------- looks of letters and grounds
@pytest.mark.parametrize(
    ("properties", "named"),
    [
        ('<w:shd w:val="pct25" w:color="000000" w:fill="FFFFFF"/>', []),
        ('<w:shd w:val="diagStripe" w:color="000000" w:fill="FFFFFF"/>', ["nền kẻ sọc"]),
        ('<w:em w:val="none"/>', []),
        ('<w:em w:val="dot"/>', ["dấu nhấn trên chữ"]),
        ('<w:eastAsianLayout w:id="1" w:combine="1"/>', ["chữ hai dòng trong một"]),
        ('<w:rFonts w:ascii="Wingdings" w:hAnsi="Wingdings"/>',
         ["chữ bằng phông ký hiệu Wingdings"]),
    ],
)  # fmt: skip
def test_looks_of_letters_that_are_not_drawn_are_named(properties: str, named: list[str]) -> None:
    assert told(run("chữ", properties)) == named


@pytest.mark.parametrize(
    ("pattern", "ink", "fill", "seen"),
    [
        ("clear", "FF0000", "00FF00", "00FF00"),
        ("solid", "FF0000", "00FF00", "FF0000"),
        ("pct25", "auto", "auto", "BFBFBF"),
        ("pct50", "FF0000", "00FF00", "808000"),
        ("nil", "FF0000", "00FF00", ""),
    ],
)
def test_a_pattern_of_dots_looks_like_a_mixture(
    pattern: str, ink: str, fill: str, seen: str
) -> None:
    node = etree.fromstring(
        f'<w:shd {NAMESPACES} w:val="{pattern}" w:color="{ink}" w:fill="{fill}"/>'
    )
    assert shading(node) == seen


def test_a_face_named_outside_of_a_run_does_no_harm() -> None:
    content = docx('<w:rFonts w:ascii="Wingdings"/>', paragraph("a"))
    assert preview.undrawable(content) == ()


# ---------------------------------------------------------------- hostile values
def test_comments_amid_a_shape_do_no_harm() -> None:
    dark = '<a:schemeClr val="accent1"><a:lumMod val="50000"/></a:schemeClr>'
    fill = f"<a:solidFill>{dark}</a:solidFill>"
    strewn = re.sub("(<(?!/|wp:pos)[^>]*[^/]>)", r"\1<!-- c --><?pi x?>", shape(fill, more=TEXT))
    picture = re.sub("(<(?!/)[^>]*[^/]>)", r"\1<!-- c -->", PICTURE)
    assert len(boxes(drawn(strewn, picture))) == 1


@pytest.mark.parametrize("number", ["nan", "inf", "-inf", "1e999", "x", ""])
def test_numbers_that_are_none_do_no_harm(number: str) -> None:
    word = vml(
        "shape",
        f'strokeweight="{number}"',
        style=f"rotation:{number};margin-left:{number}pt",
        inner=f'<v:fill opacity="{number}"/><v:textpath string="DỰ THẢO"/>',
    )
    box = vml("rect", f'strokeweight="{number}pt"', style=f"margin-top:{number};z-index:-1")
    assert preview.page_count(docx(paragraph("a", word, box))) == 1
