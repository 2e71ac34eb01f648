"""Centred headings: where they break, and the indents that make a word processor break there."""

from __future__ import annotations

from typing import Any

import pytest
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import TemplateError
from generator.metrics import balanced_mm, text_width_mm, wrapped
from tests.making import compiled, make, opened

COLUMN = 61.5  # of the issuer, in millimetres
WORDS = st.sampled_from(
    [
        "ỦY",
        "BAN",
        "NHÂN",
        "DÂN",
        "THÀNH",
        "PHỐ",
        "LẠC",
        "GIANG",
        "CÔNG",
        "TY",
        "CỔ",
        "PHẦN",
        "SỞ",
        "138",
        "TNHH",
    ]
)


def broken(text: str, column: float = COLUMN, *, bold: bool = True) -> list[str]:
    return wrapped(text, 13, balanced_mm(text, 13, column, bold=bold), bold=bold)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("BAN CHỈ ĐẠO 138", ["BAN CHỈ ĐẠO 138"]),
        ("UBND THÀNH PHỐ LẠC GIANG", ["UBND THÀNH PHỐ", "LẠC GIANG"]),
        ("CÔNG TY CỔ PHẦN MAY BÌNH PHÚ", ["CÔNG TY CỔ PHẦN", "MAY BÌNH PHÚ"]),
        ("ỦY BAN NHÂN DÂN\nTỈNH LÂM SƠN", ["ỦY BAN NHÂN DÂN", "TỈNH LÂM SƠN"]),
    ],
)
def test_a_name_breaks_without_a_word_left_over(text: str, lines: list[str]) -> None:
    assert broken(text) == lines


def test_a_break_parts_neither_names_nor_dates() -> None:
    text = "Về việc thành lập Tổ công nghệ số cộng đồng xã Phú Lâm Thượng năm 2026"
    assert broken(text, 130) == [
        "Về việc thành lập Tổ công nghệ số cộng đồng xã",
        "Phú Lâm Thượng năm 2026",
    ]


@given(st.lists(WORDS, min_size=1, max_size=14).map(" ".join))
def test_the_number_of_lines_stays_and_each_fits(text: str) -> None:
    before, after = wrapped(text, 13, COLUMN, bold=True), broken(text)
    assert len(after) == len(before)
    assert " ".join(after) == text
    assert all(text_width_mm(line, 13, bold=True) <= COLUMN for line in after)


@given(st.lists(WORDS, min_size=1, max_size=14).map(" ".join))
def test_a_slightly_other_measure_adds_no_line(text: str) -> None:
    """Word processors round widths: half a per cent changes no number of lines."""
    width = balanced_mm(text, 13, COLUMN, bold=True)
    if width < COLUMN:
        wider = wrapped(text, 13, width * 1.005, bold=True)
        assert len(wider) == len(wrapped(text, 13, width, bold=True))


def indent(template: bytes, **context: Any) -> dict[str, str]:
    paragraph = opened(compiled(template).render(context)).paragraphs[0]._p
    found = paragraph.find(f"{qn('w:pPr')}/{qn('w:ind')}")
    return {key.rpartition("}")[2]: value for key, value in found.attrib.items()}


def test_a_tag_indents_its_paragraph_on_both_sides() -> None:
    assert indent(make("{% thut 10 %}{{ ten }}"), ten="A") == {"left": "567", "right": "567"}
    tag = "{% thut 8 + ten|can_dong(co=13, o=61.5, dam=true) %}{{ ten }}"
    assert indent(make(tag), ten="BAN CHỈ ĐẠO 138") == {"left": "454", "right": "454"}
    narrow = indent(make(tag), ten="CÔNG TY CỔ PHẦN MAY BÌNH PHÚ")
    assert int(narrow["left"]) > 454
    assert narrow["left"] == narrow["right"]


def test_the_words_stay_one_paragraph_as_typed() -> None:
    name = "CÔNG TY CỔ PHẦN MAY BÌNH PHÚ"
    tag = "{% thut ten|can_dong(co=13, o=61.5) %}{{ ten }}"
    document = opened(compiled(make(tag)).render({"ten": name}))
    assert [paragraph.text for paragraph in document.paragraphs] == [name]


def test_a_rule_measures_the_line_that_is_printed() -> None:
    name = "UBND THÀNH PHỐ LẠC GIANG"
    tag = "{{ ten|ke_ngang(co=13, o=61.5, dam=true%s) }}"
    plain, even = (
        opened(compiled(make(tag % more)).render({"ten": name})).paragraphs[0].text
        for more in ("", ", deu=true")
    )
    assert plain != even
    assert float(even.replace(",", ".")) == pytest.approx(
        0.4 * text_width_mm(broken(name)[-1], 13, bold=True), abs=0.06
    )


def test_the_tag_outside_a_paragraph_s_text_is_refused() -> None:
    with pytest.raises(TemplateError):
        compiled(make("{% thut %}{{ ten }}"))
