"""Long text as a clerk types it: which lines are headings, what marks do, how tables are read."""

from __future__ import annotations

import re
from typing import Any

import pytest
from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from hypothesis import given
from hypothesis import strategies as st

from generator.body import Level, Paragraph, Span, Table, escape_marks, parse_body, parse_spans
from generator.ooxml import qn
from tests.making import compiled, opened, saved

MARKS = "*^\\|"
plain_texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=MARKS))
marked_texts = st.text(st.sampled_from("ab1 .,()*^\\|-Đ“”"), max_size=30)


def paragraphs(text: str) -> list[Paragraph]:
    return [block for block in parse_body(text) if isinstance(block, Paragraph)]


def only_table(text: str) -> Table:
    (block,) = parse_body(text)
    assert isinstance(block, Table)
    return block


def words(table: Table) -> list[list[str]]:
    return [["".join(span.text for span in cell) for cell in row] for row in table.rows]


# ---------------------------------------------------------------- levels
@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("Ban chỉ đạo xây dựng kế hoạch như sau:", Level.PLAIN),
        ("I. MỤC ĐÍCH, YÊU CẦU", Level.ROMAN_HEADING),
        ("XIV. TỔ CHỨC THỰC HIỆN", Level.ROMAN_HEADING),
        ("A. ĐẶC ĐIỂM TÌNH HÌNH", Level.ROMAN_HEADING),
        ("Đ. KIẾN NGHỊ", Level.ROMAN_HEADING),
        ("1. Nội dung tổng kết", Level.NUMBER_HEADING),
        ("1.1. Cấp huyện", Level.SUBNUMBER_HEADING),
        ("2.3.1 Cấp xã", Level.SUBNUMBER_HEADING),
        ("a) Mục đích", Level.LETTER),
        ("đ) Kinh phí.", Level.LETTER),
        ("- Đúng tiến độ;", Level.DASH),
        ("– Đúng tiến độ;", Level.DASH),
        ("+ Cấp xã: trước ngày 31/5/2018;", Level.PLUS),
        ("* Lưu ý:", Level.STAR),
        ("Điều 1. Phạm vi điều chỉnh", Level.ARTICLE),
        ("Điều 12a. Ban hành kèm theo Quyết định này Quy chế.", Level.ARTICLE),
        ("Phần thứ nhất", Level.DIVISION),
        ("Chương IV", Level.DIVISION),
        ("Tiểu mục 2", Level.DIVISION),
    ],
)
def test_the_label_of_a_line_tells_its_level(line: str, level: Level) -> None:
    (paragraph,) = paragraphs(line)
    assert (paragraph.level, paragraph.text) == (level, line)


@pytest.mark.parametrize(
    "line",
    [
        "1.200 hộ dân đã ký cam kết",  # a grouped number
        "15.972 hộ với 63.264 nhân khẩu",
        "2018. Năm tổng kết",  # a year
        "31/5/2018 là hạn cuối",
        "-5 độ C",
        "IIII. Không phải số La Mã",
        "A. Nguyễn Văn Bình trình bày",  # an initial, not a part
        "ab) hai chữ",
        "1)Thiếu dấu cách",
        "Điều 5 của Quy chế nêu trên",
        "Chương trình phối hợp số 09",
        "Mục 2 của kế hoạch này",
    ],
)
def test_what_only_looks_like_a_label_is_running_text(line: str) -> None:
    assert [(p.level, p.text) for p in paragraphs(line)] == [(Level.PLAIN, line)]


@pytest.mark.parametrize("ending", [".", ":", ";", ",", "?", "!", "…", "./.", ".)", ".”", ": "])
def test_a_numbered_line_with_a_closing_mark_is_a_paragraph(ending: str) -> None:
    for line in (f"1. Các đơn vị báo cáo{ending}", f"1.1. Các đơn vị báo cáo{ending}"):
        assert paragraphs(line)[0].level is Level.NUMBER_PARAGRAPH
        assert not paragraphs(line)[0].heading


@pytest.mark.parametrize("line", ["1. Nội dung", "1. Nội dung (tóm tắt)", "1. Mô hình “Tự quản”"])
def test_a_numbered_line_without_a_closing_mark_is_a_heading(line: str) -> None:
    assert paragraphs(line)[0].level is Level.NUMBER_HEADING
    assert paragraphs(line)[0].heading


def test_marks_around_the_label_do_not_hide_it() -> None:
    assert [(p.level, p.text) for p in paragraphs("**2. Yêu cầu**\n**a)** Đúng hạn.")] == [
        (Level.NUMBER_HEADING, "2. Yêu cầu"),
        (Level.LETTER, "a) Đúng hạn."),
    ]


def test_capitals_below_a_division_are_its_title() -> None:
    levels = [p.level for p in paragraphs("Chương I\n\nQUY ĐỊNH CHUNG\nQUY ĐỊNH CHUNG")]
    assert levels == [Level.DIVISION, Level.DIVISION_TITLE, Level.PLAIN]


def test_the_label_of_an_article_is_bold_and_all_of_one_that_is_a_heading() -> None:
    assert [p.spans for p in paragraphs("Điều 1. Ban hành Quy chế.\nĐiều 2. *Hiệu lực*")] == [
        (Span("Điều 1.", bold=True), Span(" Ban hành Quy chế.")),
        (Span("Điều 2. ", bold=True), Span("Hiệu lực", bold=True, italic=True)),
    ]


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("*(Kèm theo Kế hoạch số 33/KH-BCĐ)*", Level.NOTE),
        ("(*Kèm theo Kế hoạch số 33/KH-BCĐ*)", Level.PLAIN),
        ("(Kèm theo Kế hoạch số 33/KH-BCĐ)", Level.PLAIN),
    ],
)
def test_a_line_in_italics_and_parentheses_is_a_note(line: str, level: Level) -> None:
    assert paragraphs(line)[0].level is level


def test_each_line_is_a_paragraph_and_blank_lines_only_separate() -> None:
    assert [p.text for p in paragraphs("\nmột\nhai\n\n \n\tba\n")] == ["một", "hai", "\tba"]


def test_windows_line_ends_separate_paragraphs_as_well() -> None:
    text = "I. MỤC ĐÍCH\r\n1. Đúng hạn.\r\n\r\n| a | b |\r\n| 1 | 2 |"
    heading, paragraph, table = parse_body(text)
    assert isinstance(heading, Paragraph)
    assert heading.text == "I. MỤC ĐÍCH"
    assert isinstance(paragraph, Paragraph)
    assert (paragraph.level, paragraph.text) == (Level.NUMBER_PARAGRAPH, "1. Đúng hạn.")
    assert isinstance(table, Table)
    assert words(table) == [["a", "b"], ["1", "2"]]


# ---------------------------------------------------------------- marks
@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("hạn **31/5**;", [Span("hạn "), Span("31/5", bold=True), Span(";")]),
        ("(*theo lịch*).", [Span("("), Span("theo lịch", italic=True), Span(").")]),
        ("***cả hai***", [Span("cả hai", bold=True, italic=True)]),
        (
            "**đậm *và nghiêng* rồi đậm**",
            [
                Span("đậm ", bold=True),
                Span("và nghiêng", bold=True, italic=True),
                Span(" rồi đậm", bold=True),
            ],
        ),
        ("67,01 km^2^.", [Span("67,01 km"), Span("2", superscript=True), Span(".")]),
        (
            "**5 m^3^**",
            [Span("5 m", bold=True), Span("3", bold=True, superscript=True)],
        ),
    ],
)
def test_marks_give_bold_italic_and_superscript(text: str, spans: list[Span]) -> None:
    assert list(parse_spans(text)) == spans


@pytest.mark.parametrize(
    "text",
    [
        "giá **tăng",  # never closed
        "giá tăng**",
        "2 * 3 * 4",  # blanks on both sides
        "** cách **",
        "5*3*2 = 30",  # inside a word
        "so**sánh**liền",
        "2^10 = 1024",
        "^2^ ở đầu",
        "* một dấu",
        "C:\\thu muc",  # a backslash before anything but a mark
        "a | b",
    ],
)
def test_marks_that_do_not_pair_are_plain_characters(text: str) -> None:
    assert parse_spans(text) == (Span(text),)


def test_marks_that_cross_count_once() -> None:
    assert parse_spans("**a *b** c*") == (Span("a *b", bold=True), Span(" c*"))


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        (r"\*không nghiêng\*", "*không nghiêng*"),
        (r"\*\*không đậm\*\*", "**không đậm**"),
        (r"m\^2\^", "m^2^"),
        (r"\\", "\\"),
        (r"\|", "|"),
    ],
)
def test_a_backslash_makes_a_mark_plain(typed: str, printed: str) -> None:
    assert parse_spans(typed) == (Span(printed),)


@given(text=st.text() | marked_texts)
def test_escaped_text_reads_back_unchanged_and_unmarked(text: str) -> None:
    assert parse_spans(escape_marks(text)) == ((Span(text),) if text else ())


@given(text=plain_texts)
def test_text_without_marks_arrives_whole(text: str) -> None:
    lines = re.split("\r\n|\r|\n", text)
    assert [p.text for p in paragraphs(text)] == [line.strip(" ") for line in lines if line.strip()]


@given(text=marked_texts)
def test_marks_may_disappear_but_no_other_letter_does(text: str) -> None:
    def letters(typed: str) -> str:
        return typed.translate(str.maketrans("", "", MARKS))

    assert letters("".join(span.text for span in parse_spans(text))) == letters(text)


# ---------------------------------------------------------------- tables
def test_lines_of_cells_between_bars_are_a_table() -> None:
    table = only_table("| STT | Đơn vị |\n| 1 | Xã Nga Sơn |")
    assert words(table) == [["STT", "Đơn vị"], ["1", "Xã Nga Sơn"]]
    assert table.align == ("left", "left")


def test_a_line_of_dashes_aligns_the_columns_and_is_not_printed() -> None:
    table = only_table("| a | b | c | d |\n|---|:-:|--:|:--|\n| 1 | 2 | 3 | 4 |")
    assert words(table) == [["a", "b", "c", "d"], ["1", "2", "3", "4"]]
    assert table.align == ("left", "center", "right", "left")


def test_cells_hold_marks_and_escaped_bars() -> None:
    table = only_table("| a | b |\n| **x** | 1 \\| 2 |")
    assert table.rows[1] == ((Span("x", bold=True),), (Span("1 | 2"),))


def test_short_rows_are_filled_with_empty_cells() -> None:
    assert words(only_table("| a | b | c |\n| 1 |")) == [["a", "b", "c"], ["1", "", ""]]


def test_a_single_line_between_bars_is_a_paragraph() -> None:
    assert [p.text for p in paragraphs("| giá trị tuyệt đối |")] == ["| giá trị tuyệt đối |"]


def test_paragraphs_stand_before_between_and_behind_tables() -> None:
    text = "trước\n| a | b |\n| 1 | 2 |\n\n| c | d |\n| 3 | 4 |\nsau"
    kinds = ["table" if isinstance(block, Table) else block.text for block in parse_body(text)]
    assert kinds == ["trước", "table", "table", "sau"]


# ---------------------------------------------------------------- in a document
def test_a_table_fills_the_width_and_repeats_its_bold_heading() -> None:
    document = Document()
    document.styles.add_style("BangVanBan", WD_STYLE_TYPE.TABLE)
    document.add_paragraph("{{p x }}")
    document.add_paragraph("hết")
    section: Any = document.sections[0]
    width = section.page_width - section.left_margin - section.right_margin
    text = "| Thôn | Số hộ |\n|---|--:|\n| Trung tâm | 1.200 |"
    (table,) = opened(compiled(saved(document)).render({"x": text})).tables
    assert table.style.style_id == "BangVanBan"
    assert sum(column.width for column in table.columns) == pytest.approx(width, abs=635)
    heading, row = table.rows
    assert heading._tr.trPr.xpath("w:tblHeader")
    assert not row._tr.trPr.xpath("w:tblHeader")
    assert all(cell.paragraphs[0].runs[0].bold for cell in heading.cells)
    assert [cell.text for cell in row.cells] == ["Trung tâm", "1.200"]
    assert [cell.paragraphs[0].alignment for cell in row.cells] == [
        WD_ALIGN_PARAGRAPH.LEFT,
        WD_ALIGN_PARAGRAPH.RIGHT,
    ]


def children(text: str, *, table_follows: bool = False) -> list[str]:
    """The kinds of element a long text becomes in the body of a document, in order."""
    document = Document()
    document.styles.add_style("BangVanBan", WD_STYLE_TYPE.TABLE)
    document.add_paragraph("{{p x }}")
    if table_follows:
        document.add_table(1, 1)
    body = opened(compiled(saved(document)).render({"x": text})).element.body
    return [str(child.tag).rpartition("}")[2] for child in body]


def test_a_paragraph_keeps_tables_apart() -> None:
    table = "| a | b |\n| 1 | 2 |"
    assert children(f"{table}\n\n{table}\nhết") == ["tbl", "p", "tbl", "p", "sectPr"]
    assert children(table, table_follows=True) == ["tbl", "p", "tbl", "sectPr"]
    assert children(f"x\n{table}\ny", table_follows=True) == ["p", "tbl", "p", "tbl", "sectPr"]


def test_a_cell_does_not_end_with_a_table() -> None:
    document = Document()
    document.styles.add_style("BangVanBan", WD_STYLE_TYPE.TABLE)
    cell = document.add_table(1, 1).cell(0, 0)
    cell.text = "trước"
    cell.add_paragraph("{{p x }}")
    template = compiled(saved(document))
    for text, kinds in (("| a |\n| 1 |", ["p", "tbl", "p"]), ("a", ["p", "p"])):
        filled = opened(template.render({"x": text})).tables[0].cell(0, 0)
        assert [child.tag.rpartition("}")[2] for child in filled._tc][1:] == kinds


def test_a_level_the_template_does_not_style_prints_plainly_a_heading_in_bold() -> None:
    document = Document()
    document.add_paragraph("{{p x }}")
    result = opened(compiled(saved(document)).render({"x": "I. MỤC ĐÍCH\n- Một.\n|a|\n|b|"}))
    assert [(p.text, p.style.name, p.runs[0].bold) for p in result.paragraphs if p.text] == [
        ("I. MỤC ĐÍCH", "Normal", True),
        ("- Một.", "Normal", None),
    ]
    assert result.tables[0]._tbl.tblPr.find(qn("w:tblBorders")) is not None


@pytest.mark.parametrize("text", ["| a | b |\n| 1 | 2 |", "| a | b\n|---|--:\n| 1 | 2"])
def test_the_closing_bar_of_a_table_may_be_left_out(text: str) -> None:
    (table,) = parse_body(text)
    assert isinstance(table, Table)
    assert [["".join(s.text for s in cell) for cell in row] for row in table.rows] == [
        ["a", "b"],
        ["1", "2"],
    ]


def test_three_marks_close_italics_inside_bold() -> None:
    assert parse_spans("**a *b***") == (Span("a ", bold=True), Span("b", bold=True, italic=True))
