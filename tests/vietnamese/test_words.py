from __future__ import annotations

import itertools
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from num2words import num2words

from generator.vietnamese import TextFormError
from generator.vietnamese.num2words_vi import Num2WordVietnamese
from generator.vietnamese.reading import read_words
from generator.vietnamese.words import fraction, money_words, ordinal, words

LARGEST = 10**36
STYLES = list(itertools.product(("linh", "lẻ"), ("nghìn", "ngàn"), ("tư", "bốn"), ("tỷ", "tỉ")))


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "không"),
        (5, "năm"),
        (10, "mười"),
        (14, "mười bốn"),
        (15, "mười lăm"),
        (20, "hai mươi"),
        (21, "hai mươi mốt"),
        (24, "hai mươi tư"),
        (25, "hai mươi lăm"),
        (55, "năm mươi lăm"),
        (100, "một trăm"),
        (101, "một trăm linh một"),
        (104, "một trăm linh bốn"),
        (105, "một trăm linh năm"),
        (111, "một trăm mười một"),
        (1000, "một nghìn"),
        (1005, "một nghìn không trăm linh năm"),
        (1010, "một nghìn không trăm mười"),
        (2020, "hai nghìn không trăm hai mươi"),
        (15972, "mười lăm nghìn chín trăm bảy mươi hai"),
        (1_000_005, "một triệu không trăm linh năm"),
        (1_005_000, "một triệu không trăm linh năm nghìn"),
        (10**9, "một tỷ"),
        (10**9 + 1, "một tỷ không trăm linh một"),
        (10**12, "một nghìn tỷ"),
        (10**15, "một triệu tỷ"),
        (10**18, "một tỷ tỷ"),
        (10**18 + 5, "một tỷ tỷ không trăm linh năm"),
        (10**18 + 10**9, "một tỷ không trăm linh một tỷ"),
        (LARGEST, "một tỷ tỷ tỷ tỷ"),
        (-5, "âm năm"),
        (-21, "âm hai mươi mốt"),
    ],
)
def test_whole_numbers_in_words(number: int, text: str) -> None:
    assert words(number) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("12,5", "mười hai phẩy năm"),
        ("12,50", "mười hai phẩy năm"),
        ("12,05", "mười hai phẩy không năm"),
        ("12,25", "mười hai phẩy hai mươi lăm"),
        ("0,10", "không phẩy một"),
        ("3,125", "ba phẩy một trăm hai mươi lăm"),
        ("3,005", "ba phẩy không trăm linh năm"),
        ("3,1416", "ba phẩy một bốn một sáu"),
        ("-0,5", "âm không phẩy năm"),
        ("7,00", "bảy"),
        (12.5, "mười hai phẩy năm"),
        (Decimal("0.00000000000000000001"), "không phẩy " + "không " * 19 + "một"),
    ],
)
def test_decimals_are_read_exactly(number: object, text: str) -> None:
    assert words(number) == text


def test_the_four_choices_of_style() -> None:
    assert words(4_000_024_104, "lẻ", "ngàn", "bốn", "tỉ") == (
        "bốn tỉ không trăm hai mươi bốn ngàn một trăm lẻ bốn"
    )
    assert words(24) == "hai mươi tư"
    with pytest.raises(TextFormError) as refused:
        words(24, "tu")
    assert str(refused.value) == (
        "“tu” không phải là cách đọc số, chỉ có: linh, lẻ, nghìn, ngàn, tư, bốn, tỷ, tỉ"
    )


def test_fractions() -> None:
    assert words("3/4") == "ba phần tư"
    assert words("2/4") == "hai phần tư"  # as written, not reduced
    assert words("3/4", "bốn") == "ba phần tư"  # a quarter is "phần tư" everywhere
    assert words(Fraction(21, 100)) == "hai mươi mốt phần một trăm"
    assert words("-1/2") == "âm một phần hai"
    assert fraction(5, 24) == "năm phần hai mươi tư"
    with pytest.raises(TextFormError, match="phân số 1/0 có mẫu số không dương"):
        words("1/0")


def test_ordinals_have_their_own_first_and_fourth() -> None:
    assert [ordinal(number) for number in (1, 2, 4, 5, 10, 14, 24, 104)] == [
        "thứ nhất",
        "thứ hai",
        "thứ tư",
        "thứ năm",
        "thứ mười",
        "thứ mười bốn",
        "thứ hai mươi tư",
        "thứ một trăm linh bốn",
    ]
    for wrong in (0, -1, "1,5"):
        with pytest.raises(TextFormError, match="không phải là số thứ tự"):
            ordinal(wrong)


def test_money_in_words_opens_with_a_capital_and_closes_even_thousands() -> None:
    assert money_words(1_500_000) == "Một triệu năm trăm nghìn đồng chẵn"
    assert money_words("1.234.567đ") == (
        "Một triệu hai trăm ba mươi tư nghìn năm trăm sáu mươi bảy đồng"
    )
    assert money_words(0) == "Không đồng"
    assert money_words(-2000) == "Âm hai nghìn đồng chẵn"
    assert money_words("12,5", "triệu đồng") == "Mười hai phẩy năm triệu đồng"
    assert money_words(500, even=True) == "Năm trăm đồng chẵn"
    assert money_words(5000, even=False) == "Năm nghìn đồng"
    assert money_words(24_000, "đồng", "bốn", "ngàn") == "Hai mươi bốn ngàn đồng chẵn"


@given(st.integers(-LARGEST, LARGEST), st.sampled_from(STYLES))
def test_words_read_back_to_the_same_number(number: int, style: tuple[str, ...]) -> None:
    assert read_words(words(number, *style)) == number


@given(
    st.decimals(-(10**20), 10**20, allow_nan=False, places=9) | st.decimals(0, 10, places=3),
    st.sampled_from(STYLES),
)
def test_decimals_in_words_read_back(number: Decimal, style: tuple[str, ...]) -> None:
    assert read_words(words(number, *style)) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "âm",
        "một hai",
        "năm mươi một",
        "hai mươi năm",
        "mười mươi",
        "một nghìn năm",  # 1005 to one reader, 1500 to another
        "một nghìn không trăm",
        "linh năm",
        "trăm năm",
        "một triệu hai tỷ ba nghìn năm nghìn",
        "hai phẩy",
        "phẩy năm",
        "hai phẩy mười mươi",
        "hai con",
        "một triệu đồng",
        "một " + "tỷ " * 10_000,
    ],
)
def test_words_that_say_no_number_are_refused(text: str) -> None:
    with pytest.raises(TextFormError, match="không phải là số viết bằng chữ"):
        read_words(text)


def test_the_reader_takes_any_case_and_any_mixture_of_styles() -> None:
    assert read_words("Một Ngàn không trăm lẻ năm") == 1005
    assert read_words("trừ năm mươi bốn") == -54
    assert read_words("hai tỉ không trăm linh một triệu") == 2_001_000_000


def test_num2words_speaks_our_vietnamese() -> None:
    assert isinstance(Num2WordVietnamese(), Num2WordVietnamese)
    assert num2words(1005, lang="vi") == "một nghìn không trăm linh năm"
    assert num2words(-21, lang="vi_VN") == "âm hai mươi mốt"
    assert num2words("12.5", lang="vi") == "mười hai phẩy năm"
    assert num2words(4, lang="vi", to="ordinal") == "thứ tư"
    assert num2words(4, lang="vi", to="ordinal_num") == "thứ 4"
    assert num2words(2025, lang="vi", to="year") == "hai nghìn không trăm hai mươi lăm"
    assert num2words(1_500_000, lang="vi", to="currency") == ("một triệu năm trăm nghìn đồng chẵn")
    assert num2words(12.5, lang="vi", to="currency", currency="USD") == (
        "mười hai phẩy năm đô la Mỹ"
    )
    with pytest.raises(NotImplementedError):
        num2words(1, lang="vi", to="currency", currency="XAU")
