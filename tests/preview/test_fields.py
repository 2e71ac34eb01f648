"""Fields of forms and pages; margins that change sides; many findings told in no time."""

from __future__ import annotations

import time

import pytest

from generator import preview
from generator.formatting.properties import color
from generator.preview.opening import open_document
from generator.preview.survey import survey
from tests.preview.drawing import NAMESPACES, docx, paragraph, run, section
from tests.preview.measuring import LEFT_MM, lines, pages_of, texts
from tests.preview.test_bad_input import MATH
from tests.preview.test_shapes import UNMEASURED, counted_from, shape

PAGE_BREAK = '<w:r><w:br w:type="page"/></w:r>'


def field(instruction: str, data: str = "", result: str = "") -> str:
    """Return a field as Word writes it, with the data of a form's field."""
    mark = '<w:r><w:fldChar w:fldCharType="{}">{}</w:fldChar></w:r>'
    given = f"<w:ffData>{data}</w:ffData>" if data else ""
    return (
        mark.format("begin", given)
        + f"<w:r><w:instrText>{instruction}</w:instrText></w:r>"
        + mark.format("separate", "")
        + (run(result) if result else "")
        + mark.format("end", "")
    )


@pytest.mark.parametrize(
    ("state", "sign"),
    [
        ("", "☐"),
        ('<w:default w:val="1"/>', "☒"),
        ('<w:default w:val="1"/><w:checked w:val="0"/>', "☐"),
        ("<w:checked/>", "☒"),
    ],
)
def test_a_box_to_tick_is_printed(state: str, sign: str) -> None:
    box = field("FORMCHECKBOX", f"<w:checkBox>{state}</w:checkBox>")
    assert texts(lines(paragraph(box, " Đồng ý"))) == [f"{sign} Đồng ý"]


@pytest.mark.parametrize("result", ["", "hai"])
def test_the_chosen_entry_of_a_list_is_printed_once(result: str) -> None:
    entries = '<w:listEntry w:val="một"/><w:listEntry w:val="hai"/>'
    choice = field("FORMDROPDOWN", f'<w:ddList><w:result w:val="1"/>{entries}</w:ddList>', result)
    assert texts(lines(paragraph("Mức ", choice))) == ["Mức hai"]


@pytest.mark.parametrize(
    ("block", "more", "named"),
    [
        (paragraph(field(r" PAGE \* MERGEFORMAT ")), "", False),
        (paragraph(field(r"PAGE \* Arabic \* MERGEFORMAT")), "", False),
        (paragraph(field(r"PAGE \* ROMAN")), "", True),
        (paragraph(field(r"NUMPAGES \# 000")), "", True),
        (paragraph(field("a"), field(r"PAGE\*roman")), "", True),
        (paragraph(r'<w:fldSimple w:instr="PAGE \* alphabetic"/>'), "", True),
        (paragraph(field(r"DATE \* ROMAN", result="I")), "", False),
        (paragraph("a"), '<w:pgNumType w:fmt="lowerRoman"/>', False),
        (paragraph("a"), '<w:pgNumType w:fmt="numberInDash"/>', True),
        (paragraph("a"), '<w:pgNumType w:chapStyle="1"/>', True),
    ],
)
def test_page_numbers_in_other_figures_are_named(block: str, more: str, named: bool) -> None:
    found = preview.undrawable(docx(block, sect=section(more=more)))
    assert [each.what for each in found] == ["số trang viết theo kiểu riêng"] * named


def test_what_is_computed_from_a_page_number_is_named() -> None:
    inner = field("PAGE").replace("<w:instrText>", '<w:instrText xml:space="preserve">')
    outer = field("IF@ = 1 a b", result="b").replace(
        "@", "</w:instrText></w:r>" + inner + "<w:r><w:instrText>"
    )
    found = preview.undrawable(docx(paragraph(outer)))
    assert [each.what for each in found] == ["trường tính theo số trang"]


def test_pages_counted_from_a_negative_number_are_drawn() -> None:
    assert preview.page_count(docx(paragraph("a"), sect=section(more=START))) == 1


START = '<w:pgNumType w:start="-5"/>'


@pytest.mark.parametrize("text", ["0x1234", "1_2345", "+12345", " 12345", "auto", "12345", ""])
def test_a_colour_is_six_digits_or_none(text: str) -> None:
    assert color(text) == ""
    assert color("00aAfF") == "00AAFF"


# ---------------------------------------------------------------- margins that change sides
def mirrored(*blocks: str, more: str = "") -> bytes:
    settings = {"settings.xml": f"<w:settings {NAMESPACES}><w:mirrorMargins/></w:settings>"}
    uneven = section(more=more).replace('w:right="1134"', 'w:right="567"')
    return docx(*blocks, sect=uneven, parts=settings)


def test_the_left_margin_is_the_right_one_on_even_pages() -> None:
    content = mirrored(paragraph("một", PAGE_BREAK, "hai", PAGE_BREAK, "ba"))
    assert preview.undrawable(content) == ()
    found = [page.lines[0].x0_mm for page in pages_of(content)]
    assert found == pytest.approx([LEFT_MM, LEFT_MM / 2, LEFT_MM], abs=0.3)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (
            mirrored(paragraph("a"), more='<w:pgNumType w:start="2"/>'),
            "lề trái, lề phải đổi chỗ ở trang chẵn, trang không đếm từ 1",
        ),
        (
            mirrored(paragraph("a"), more='<w:pgBorders><w:top w:val="single"/></w:pgBorders>'),
            "lề trái, lề phải đổi chỗ ở trang chẵn, có viền trang",
        ),
        (mirrored(paragraph("a", shape(across=counted_from("page")))), UNMEASURED),
    ],
)
def test_what_margins_that_change_sides_move_is_named(content: bytes, what: str) -> None:
    assert what in [each.what for each in preview.undrawable(content)]


# ---------------------------------------------------------------- many findings
def test_thirty_thousand_findings_are_told_in_time() -> None:
    content = docx(*[paragraph(MATH)] * 30_000)
    began = time.process_time()
    found = survey(open_document(content, "van-ban.docx"))
    assert (len(found), found[-1].place) == (30_000, "đoạn 30000")
    assert time.process_time() - began < 10


def test_many_fields_in_one_run_are_looked_through_in_time() -> None:
    begin, end = (f'<w:fldChar w:fldCharType="{kind}"/>' for kind in ("begin", "end"))
    fields = f"{begin}<w:instrText>PAGE</w:instrText>{end}" * 20_000
    began = time.process_time()
    assert survey(open_document(docx(f"<w:p><w:r>{fields}</w:r></w:p>"), "van-ban.docx")) == ()
    assert time.process_time() - began < 10
