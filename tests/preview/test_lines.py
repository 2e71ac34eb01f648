"""Where lines end: as Word and LibreOffice end them."""

from __future__ import annotations

import pytest

from generator.formatting import ParagraphFormat, RunFormat, TabStop
from generator.preview.ink import Inks
from generator.preview.lines import Column, Gap, Line, Mark, Piece, TabMark, break_lines

INK = Inks().of(RunFormat(size_half_points=28))


def form(**properties: object) -> ParagraphFormat:
    return ParagraphFormat(style="Normal", borders={}, **properties)  # type: ignore[arg-type]


def broken(text: str, width: float, **properties: object) -> list[str]:
    """Return the lines of a text in a column of so many points."""
    found = break_lines([Piece(text, INK)], form(**properties), Column(width))
    return ["".join(piece.text for piece in line.pieces).strip() for line in found]


def room_for(text: str) -> float:
    """Return a width that just takes a text."""
    return INK.width(text) + 0.1


def test_lines_are_filled_greedily() -> None:
    text = "một hai ba bốn năm sáu"
    assert broken(text, room_for("bốn năm sáu")) == ["một hai ba", "bốn năm sáu"]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("aaaa QĐ-UBND", "aaaa QĐ-"),
        ("aaaa 2021-2026", "aaaa 2021-"),
        ("aaaa a–bbbbbb", "aaaa a–"),
        ("aaaa NĐ/CPPPPPP", "aaaa"),  # no line ends after a stroke
        ("aaaa a-2222222", "aaaa"),  # nor between a letter's hyphen and a figure
        ("aaaa …/bbbbbbb", "aaaa"),
        ("aaaa tên) bbbbb", "aaaa tên)"),
    ],
)
def test_a_word_may_break_after_some_signs(text: str, first: str) -> None:
    assert broken(text, room_for("aaaa QĐ-QĐ"))[0] == first


def test_no_line_begins_with_a_closing_sign_nor_ends_with_an_opening_one() -> None:
    assert broken("aaaa bbbb ) cc", room_for("aaaa bbbb")) == ["aaaa", "bbbb ) cc"]
    assert broken("aaaa ( bbbb", room_for("aaaa ( b")) == ["aaaa", "( bbbb"]


def test_a_word_wider_than_its_column_breaks_where_the_column_ends() -> None:
    assert broken("xx mmmmmmmm", room_for("mmm")) == ["xx", "mmm", "mmm", "mm"]


def test_a_line_that_ends_at_a_soft_hyphen_shows_it() -> None:
    text = "xx nghiên\u00adcứu"
    assert broken(text, room_for("xx nghiên-")) == ["xx nghiên-", "cứu"]
    assert broken("xxxx i\u00adcứu", room_for("xxxx i")) == ["xxxx", "i\u00adcứu"]


def test_a_soft_hyphen_within_a_line_has_no_width() -> None:
    text = "aa nghiên\u00adcứu"
    assert broken(text, room_for("aa nghiêncứu")) == [text]


def test_justified_lines_squeeze_their_spaces_to_three_quarters_for_one_more_word() -> None:
    text, last = "một hai ba bốn", " năm"
    spaces = 4 * INK.width(" ")
    takes_it = INK.width(text + last) - 0.24 * spaces
    assert broken(text + last, takes_it, align="both") == [text + last]
    assert broken(text + last, takes_it) == [text, "năm"]
    leaves_it = INK.width(text + last) - 0.26 * spaces
    assert broken(text + last, leaves_it, align="both") == [text, "năm"]


def test_documents_of_older_words_are_not_squeezed() -> None:
    text = "một hai ba bốn năm"
    width = INK.width(text) - 0.2 * INK.width("    ")
    piece = Piece(text, INK)
    found = break_lines([piece], form(align="both"), Column(width, squeeze=False))
    assert len(found) == 2


def reach(line: Line) -> float:
    """Return where a line's letters end."""
    gaps = sum(part.width for part in line.parts if isinstance(part, Gap))
    spaces = sum(piece.text.count(" ") for piece in line.pieces)
    trailing = line.pieces[-1].text.isspace()
    letters = sum(INK.width(piece.text) for piece in line.pieces)
    return gaps + letters + (spaces - trailing) * line.stretch - trailing * INK.width(" ")


def test_justified_lines_reach_the_edge_but_the_last() -> None:
    found = break_lines([Piece("một hai ba " * 12, INK)], form(align="both"), Column(200.0))
    assert len(found) > 3
    assert all(reach(line) == pytest.approx(200.0, abs=0.01) for line in found[:-1])
    assert found[-1].stretch == 0.0


def test_a_right_tab_ends_its_text_at_the_stop_and_a_centred_one_puts_it_around() -> None:
    for align, share in (("right", 1.0), ("center", 0.5)):
        stops = (TabStop(position=4000, align=align, leader="dot"),)
        stream: list[Piece | Mark] = [Piece("Mục", INK), TabMark(INK), Piece("12", INK)]
        (line,) = break_lines(stream, form(tabs=stops), Column(300.0))
        gap = next(part for part in line.parts if isinstance(part, Gap))
        assert gap.leader == "dot"
        assert INK.width("Mục") + gap.width + share * INK.width("12") == pytest.approx(200.0)


def test_tabs_without_stops_go_to_multiples_of_the_default() -> None:
    stream: list[Piece | Mark] = [Piece("a", INK), TabMark(INK), Piece("b", INK)]
    (line,) = break_lines(stream, form(), Column(300.0, default_tab=36.0))
    gap = next(part for part in line.parts if isinstance(part, Gap))
    assert INK.width("a") + gap.width == pytest.approx(36.0)
