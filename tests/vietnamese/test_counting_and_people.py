from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.vietnamese import TextFormError
from generator.vietnamese.counting import POINT_LETTERS, item, letter, roman
from generator.vietnamese.people import id12, name, phone

WORTH = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}


@given(st.integers(1, 3999))
def test_a_roman_numeral_reads_back(number: int) -> None:
    worths = [WORTH[sign] for sign in roman(number)]
    following = [*worths[1:], 0]
    assert number == sum(
        -worth if worth < after else worth for worth, after in zip(worths, following, strict=True)
    )


def test_roman_numerals() -> None:
    assert [roman(number) for number in (1, 4, 9, 14, 40, 90, 400, 1975, 3999)] == [
        *("I", "IV", "IX", "XIV", "XL", "XC", "CD", "MCMLXXV", "MMMCMXCIX"),
    ]
    with pytest.raises(TextFormError, match="“4000” quá lớn, số La Mã chỉ viết đến 3999"):
        roman(4000)


def test_points_follow_the_letters_of_the_decree() -> None:
    assert POINT_LETTERS == "abcdđeghiklmnopqrstuvxy"
    assert [letter(number) for number in range(1, 9)] == list("abcdđegh")
    with pytest.raises(TextFormError, match="“24” quá lớn, điểm chỉ đánh đến chữ y, thứ 23"):
        letter(24)


def test_paragraphs_counted_in_words() -> None:
    assert [item(number) for number in range(1, 7)] == [
        *("Một là", "Hai là", "Ba là", "Bốn là", "Năm là", "Sáu là"),
    ]


@pytest.mark.parametrize("form", [roman, letter, item])
@pytest.mark.parametrize("wrong", [0, -1, "1,5", "một", True])
def test_counting_starts_at_one(form: object, wrong: object) -> None:
    with pytest.raises(TextFormError):
        form(wrong)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("nguyễn văn an", "Nguyễn Văn An"),
        ("NGUYỄN VĂN ÁI", "Nguyễn Văn Ái"),
        ("  Trần   thị  bình ", "Trần Thị Bình"),
        ("đặng đình ý", "Đặng Đình Ý"),
        ("h'hen niê", "H'Hen Niê"),
        ("K’BRIN", "K’Brin"),
        ("vla-đi-mia i-lích lê-nin", "Vla-đi-mia I-lích Lê-nin"),
        ("Đinh McKay", "Đinh McKay"),
        ("Y Blô", "Y Blô"),
        ("Hoa\u0300ng An", "Hoàng An"),
    ],
)
def test_names_take_their_capitals(typed: str, written: str) -> None:
    assert name(typed) == written
    assert name(written) == written


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("0912345678", "0912.345.678"),
        ("091 234 56 78", "0912.345.678"),
        ("0912.345.678", "0912.345.678"),
        ("+84 912 345 678", "0912.345.678"),
        ("84912345678", "0912.345.678"),
        (912345678, "0912.345.678"),
        (912345678.0, "0912.345.678"),
        ("(024) 3804-0404", "024.3804.0404"),
        ("02203888123", "0220.388.8123"),
        (2203888123, "0220.388.8123"),
        ("19001234", "1900.1234"),
        ("1800 599 920", "1800.599920"),
        (113, "113"),
    ],
)
def test_telephone_numbers(typed: object, written: str) -> None:
    assert phone(typed) == written


@pytest.mark.parametrize("wrong", ["912345678", "0412345678", "091234567", "09123456789", "x", ""])
def test_a_number_nobody_can_dial_is_refused(wrong: str) -> None:
    with pytest.raises(TextFormError, match=f"“{wrong}” không phải là số điện thoại Việt Nam"):
        phone(wrong)


def test_citizen_numbers_have_twelve_digits_and_a_province() -> None:
    assert id12("034099001234") == id12(34099001234) == id12(34099001234.0) == "034099001234"
    assert id12(1099001234) == "001099001234"
    assert id12("034.099.001.234") == "034099001234"
    for wrong in ("34099001234", "123456789", "000099001234", "099099001234", 123456789, "x"):
        with pytest.raises(TextFormError, match="không phải là số định danh cá nhân 12 chữ số"):
            id12(wrong)
