"""What print does not show: hidden and deleted text, notes read twice; and what is told instead."""

from __future__ import annotations

import pytest

from generator import preview
from tests.preview.drawing import NAMESPACES, cell, docx, paragraph, row, run, section, table
from tests.preview.measuring import LINE_MM, about, lines, pages, texts
from tests.preview.test_beside_libreoffice import (
    HIDDEN,
    item,
    mark_of,
    note,
    numbers,
    with_notes,
)

BY = ' w:id="1" w:author="a" w:date="2026-01-01T00:00:00Z"'
DELETED, MOVED = f"<w:del{BY}/>", f"<w:moveFrom{BY}/>"
NUMBERED = numbers("decimal", "left")


def deleted(properties: str = "", mark: str = DELETED) -> str:
    """Return a paragraph deleted with its mark."""
    gone = f"<w:del{BY}><w:r><w:delText>đã xóa</w:delText></w:r></w:del>"
    return paragraph(gone, properties=f"{properties}<w:rPr>{mark}</w:rPr>")


def told(content: bytes) -> list[str]:
    return list(dict.fromkeys(each.what for each in preview.undrawable(content)))


# ---------------------------------------------------------------- hidden and deleted
@pytest.mark.parametrize("mark", [DELETED, MOVED, HIDDEN])
def test_deleted_paragraphs_take_no_room(mark: str) -> None:
    found = lines(paragraph("trước"), *[deleted(mark=mark)] * 4, paragraph("sau"))
    assert texts(found) == ["trước", "sau"]
    assert found[1].baseline_mm - found[0].baseline_mm == about(LINE_MM)


def test_a_list_does_not_count_deleted_paragraphs() -> None:
    gone = deleted('<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>')
    found = texts(lines(item("một"), gone, item("hai"), parts=NUMBERED))
    assert found == ["1.", "một", "2.", "hai"]


def test_a_list_counts_a_paragraph_of_which_only_the_text_is_hidden() -> None:
    found = texts(lines(item("một"), item("ẩn", "", HIDDEN), item("hai"), parts=NUMBERED))
    assert found == ["1.", "một", "2.", "3.", "hai"]


def test_deleted_rows_take_no_room() -> None:
    gone = row(cell(item("xóa")), properties=DELETED)
    kept = row(cell(item("một"))), gone, row(cell(item("hai")))
    (page,) = pages(table(*kept, grid=(4000,)), parts=NUMBERED)
    assert texts(list(page.lines)) == ["1.", "một", "2.", "hai"]
    assert len({round(rule.y_mm) for rule in page.rules}) == 3


def test_a_table_whose_rows_are_all_deleted_is_gone() -> None:
    gone = table(row(cell("xóa"), properties=DELETED), grid=(4000,))
    assert texts(lines(paragraph("trước"), gone, paragraph("sau"))) == ["trước", "sau"]


def test_the_last_paragraph_of_a_cell_keeps_its_room() -> None:
    hidden = paragraph(run("ẩn", HIDDEN), properties=f"<w:rPr>{HIDDEN}</w:rPr>")
    (page,) = pages(table(row(cell(hidden)), grid=(4000,)), paragraph("sau"))
    (below,) = page.lines
    assert below.baseline_mm > 20 + 1.5 * LINE_MM


def test_a_hidden_field_that_reaches_over_paragraphs_still_ends() -> None:
    def char(kind: str, look: str = "") -> str:
        return f'<w:r><w:rPr>{look}</w:rPr><w:fldChar w:fldCharType="{kind}"/></w:r>'

    begin = paragraph(char("begin"), char("separate"), "kết quả")
    end = paragraph(char("end", HIDDEN), properties=f"<w:rPr>{HIDDEN}</w:rPr>")
    page = paragraph('<w:fldSimple w:instr=" PAGE "><w:r><w:t>9</w:t></w:r></w:fldSimple>')
    assert texts(lines(begin, end, page)) == ["kết quả", "1"]


@pytest.mark.parametrize("mark", [HIDDEN, DELETED, "<w:vanish/><w:specVanish/>"])
def test_text_that_runs_on_over_a_hidden_mark_is_told(mark: str) -> None:
    head = paragraph("Điều 1. ", properties=f"<w:rPr>{mark}</w:rPr>")
    what = "dấu hết đoạn bị ẩn hoặc bị xóa, chữ nối liền đoạn sau"
    assert told(docx(head, paragraph("Nội dung"))) == [what]


# ---------------------------------------------------------------- footnotes
def test_a_note_with_a_mark_of_its_own_has_no_number() -> None:
    own = mark_of(2).replace('w:id="2"/>', 'w:id="2" w:customMarkFollows="1"/><w:t>(*)</w:t>')
    node = paragraph("Một", own, " hai", mark_of(1))
    found = texts(lines(node, parts=_notes("đếm", "(*) riêng")))
    assert found == ["Một(*) hai1", "(*) riêng", "1 đếm"]


def _notes(counted: str, own: str) -> dict[str, str | bytes]:
    inner = f'<w:footnote w:id="1">{note(counted)}</w:footnote>'
    inner += f'<w:footnote w:id="2">{paragraph(own)}</w:footnote>'
    return {"footnotes.xml": f"<w:footnotes {NAMESPACES}>{inner}</w:footnotes>"}


def test_a_note_beside_a_frame_is_counted_once() -> None:
    frame = '<w:framePr w:w="1000" w:vAnchor="text" w:hAnchor="margin" w:x="8000" w:y="1"/>'
    first = f"<w:p><w:pPr>{section()}</w:pPr>{run('Một')}{mark_of(1)}</w:p>"
    blocks = paragraph("k", properties=frame), first, paragraph("Hai", mark_of(2))
    assert "Hai2" in texts(lines(*blocks, parts=_notes("a", "b")))


def test_notes_begin_anew_in_each_section_that_asks_for_it() -> None:
    asked = '<w:footnotePr><w:numRestart w:val="eachSect"/></w:footnotePr><w:pgSz'
    sect = section().replace("<w:pgSz", asked)
    first = f"<w:p><w:pPr>{sect}</w:pPr>{run('Một')}{mark_of(1)}</w:p>"
    found = pages(first, paragraph("Hai", mark_of(2)), sect=sect, parts=_notes("a", "b"))
    assert [page.lines[0].text for page in found] == ["Một1", "Hai1"]


def test_a_note_that_refers_to_itself_ends() -> None:
    again = paragraph("ghi chú", mark_of(1))
    notes = f'<w:footnotes {NAMESPACES}><w:footnote w:id="1">{again}</w:footnote></w:footnotes>'
    found = texts(lines(paragraph("Một", mark_of(1)), parts={"footnotes.xml": notes}))
    assert found == ["Một1", "ghi chú"]


@pytest.mark.parametrize(
    ("asked", "what"),
    [
        ('<w:numRestart w:val="eachPage"/>', "chú thích đánh số lại ở mỗi trang"),
        ('<w:numFmt w:val="chicago"/>', "chú thích đánh số kiểu “chicago”"),
        ('<w:pos w:val="beneathText"/>', "chú thích không đặt ở chân trang"),
    ],
)
def test_notes_numbered_or_placed_otherwise_are_told(asked: str, what: str) -> None:
    assert told(with_notes(paragraph("Một", mark_of(1), mark_of(2)), asked=asked)) == [what]


# ---------------------------------------------------------------- rows, lines
def test_a_row_of_an_exact_height_cuts_off_what_does_not_fit() -> None:
    exact = '<w:trHeight w:val="400" w:hRule="exact"/>'
    long = table(
        row(cell("một"), cell("nhiều dòng " * 9), properties=exact), row(cell("a"), cell("b")),
        grid=(3000, 3000),
    )  # fmt: skip
    (page,) = pages(long)
    heights = sorted({round(rule.y_mm, 1) for rule in page.rules})
    assert heights[1] - heights[0] == about(400 / 20 / 72 * 25.4)
    (svg,) = preview.svg(docx(long))
    assert b"clip-path" in svg
    assert b"clip-path" not in preview.svg(docx(long.replace("nhiều dòng " * 9, "ít")))[0]


def test_a_cell_over_rows_of_exact_heights_cuts_off_what_does_not_fit() -> None:
    exact = '<w:trHeight w:val="400" w:hRule="exact"/>'
    start, go = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    rows = [
        row(cell(text, merge), cell("a"), properties=exact)
        for text, merge in (("nhiều dòng " * 9, start), ("", go))
    ]
    (svg,) = preview.svg(docx(table(*rows, grid=(3000, 3000))))
    assert b"clip-path" in svg


def test_a_table_wider_than_its_columns_is_told() -> None:
    open_cells = table(row(cell("một"), cell("hai")), grid=(2000, 2000))
    wider = open_cells.replace('w:tblW w:w="4000"', 'w:tblW w:w="9000"')
    growing = wider.replace('<w:tblLayout w:type="fixed"/>', "")
    assert told(docx(growing)) == ["bảng tự co giãn rộng hơn các cột"]
    assert told(docx(wider)) == []


@pytest.mark.parametrize(
    ("properties", "what"),
    [
        ('<w:spacing w:line="-300" w:lineRule="auto"/>', ["khoảng cách dòng không lớn hơn 0"]),
        ('<w:spacing w:line="0" w:lineRule="exact"/>', ["khoảng cách dòng không lớn hơn 0"]),
        ('<w:spacing w:line="0" w:lineRule="atLeast"/>', []),
    ],
)
def test_lines_without_height_are_told(properties: str, what: list[str]) -> None:
    assert told(docx(paragraph("a", properties=properties))) == what


@pytest.mark.parametrize(
    ("look", "what"),
    [
        ('<w:u w:val="single" w:color="FF0000"/>', ["gạch chân khác màu chữ"]),
        ('<w:u w:val="single" w:color="FF0000"/><w:color w:val="FF0000"/>', []),
        ('<w:u w:val="single" w:color="auto"/>', []),
        ('<w:u w:val="none" w:color="FF0000"/>', []),
    ],
)
def test_an_underline_of_another_colour_is_told(look: str, what: list[str]) -> None:
    assert told(docx(paragraph(run("a", look)))) == what


@pytest.mark.parametrize(("kind", "count"), [('w:type="lines" ', 1), ("", 0)])
def test_a_grid_that_lines_are_to_stand_on_is_told(kind: str, count: int) -> None:
    sect = section(more=f'<w:docGrid {kind}w:linePitch="360"/>')
    assert told(docx(paragraph("a"), sect=sect)) == ["lưới dòng của trang"] * count
