from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.vietnamese import Blank, TextFormError
from generator.vietnamese.plain import blank, plain
from generator.vietnamese.syllables import (
    TONED,
    VOWELS,
    is_syllable,
    parse_syllable,
    place_tones,
)
from generator.vietnamese.text import (
    cap,
    clean,
    find_oddities,
    join_vi,
    normalise,
    slug,
    strip_diacritics,
    tone,
    upper,
)

LETTERS = "".join({char for row in TONED.values() for char in row}) + "bcdđghklmnpqrstvxBCDĐGHKLMN"
VIETNAMESE = st.text(LETTERS + " ,.-0123456789")


def test_the_alphabet_has_144_toned_vowels() -> None:
    assert len({char for row in TONED.values() for char in row}) == 144
    assert all(len(row) == 6 for row in TONED.values())
    assert "".join(TONED["ơ"]) == "ơờởỡớợ"
    assert len(VOWELS) == 12


@given(VIETNAMESE)
def test_decomposed_text_is_composed_and_nothing_else(text: str) -> None:
    assert normalise(unicodedata.normalize("NFD", text)) == normalise(text)
    assert strip_diacritics(unicodedata.normalize("NFD", text)) == strip_diacritics(text)


@given(VIETNAMESE)
def test_bare_spelling_is_ascii_and_as_long(text: str) -> None:
    bare = strip_diacritics(text)
    assert bare.isascii()
    assert len(bare) == len(text)


def test_bare_spelling_of_foreign_letters() -> None:
    assert strip_diacritics("Đắk Lắk, Müller, Ærø") == "Dak Lak, Muller, Ærø"


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("BC\u00d0 138", "BCĐ 138"),
        ("\u0189ảng", "Đảng"),
        ("\u00f0ồng chí", "đồng chí"),
        ("\u0256ơn vị", "đơn vị"),
        ("D\u0335ảng d\u0336ồng", "Đảng đồng"),
        ("T\u0415T", "TET"),  # Cyrillic Ie between Latin letters
        ("b\u01cenh", "b\u01cenh"),  # no syllable either way: left alone
        ("ch\u01cem", "chăm"),
        ("xã\u200b Tân\ufeff", "xã Tân"),
        ("dòng\x0bhai\r\nba\u2028bốn", "dòng\nhai\nba\nbốn"),
        ("20\x1e30", "20-30"),
        ("ô\x07 cuối\x00", "ô cuối"),
        ("  hai   dấu  cách ", "hai dấu cách"),
        ("hết \n  dòng", "hết\ndòng"),
        ("cột\tcột", "cột\tcột"),
        ("Điều\u00a05", "Điều\u00a05"),
        ("Ho\u0300a", "Hòa"),
    ],
)
def test_what_loses_nothing_is_mended(text: str, mended: str) -> None:
    assert clean(text) == mended


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("n\u00adíc", "ký tự thứ 2: U+00AD, ký tự vô hình, cần người xem lại"),
        ("a\ud800", "ký tự thứ 2: U+D800, ký tự điều khiển, cần người xem lại"),
        ("\ufffe", "ký tự thứ 1: U+FFFE, ký tự điều khiển, cần người xem lại"),
        ("Gar\u00f0ur", "ký tự thứ 4: “ð” (U+00F0), chữ nhìn giống, cần người xem lại"),
        ("\u0410", "ký tự thứ 1: “А” (U+0410), chữ nhìn giống, cần người xem lại"),
        ("\u00d0ảng", "ký tự thứ 1: “Ð” (U+00D0), chữ nhìn giống, thay bằng “Đ”"),
        ("xã\x07", "ký tự thứ 3: U+0007, ký tự điều khiển, bỏ được"),
        ("xã\u200b", "ký tự thứ 3: U+200B, ký tự vô hình, bỏ được"),
    ],
)
def test_each_oddity_is_named_with_its_place(text: str, finding: str) -> None:
    assert [str(oddity) for oddity in find_oddities(text)] == [finding]


@pytest.mark.parametrize("text", ["n\u00adíc", "a\ud800", "\ufffe", "Gar\u00f0ur", "\u0410"])
def test_what_only_a_person_can_judge_stays(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    "text", ["Москва", "Ω, α và β", "Đảng ủy\tĐiều 5\n", "km² – “làng”…", "Dak Lak 100%"]
)
def test_what_belongs_is_no_oddity(text: str) -> None:
    assert find_oddities(text) == ()


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert all(oddity.better is None for oddity in find_oddities(once))


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("nguyễn", ("ng", "uyên", 3)),
        ("QUỐC", ("qu", "ôc", 4)),
        ("giếng", ("g", "iêng", 4)),
        ("gì", ("g", "i", 1)),
        ("già", ("gi", "a", 1)),
        ("ngoằn", ("ng", "oăn", 1)),
        ("khuỷu", ("kh", "uyu", 2)),
        ("xoong", ("x", "oong", 0)),
        ("uống", ("", "uông", 4)),
        ("Ý", ("", "y", 4)),
    ],
)
def test_syllables_are_taken_apart(word: str, parts: tuple[str, str, int]) -> None:
    syllable = parse_syllable(word)
    assert syllable is not None
    assert (syllable.onset, syllable.rime, syllable.tone) == parts


@pytest.mark.parametrize("word", ["Plei", "mac", "càt", "cĩ", "nghà", "kịịp", "BCĐ", "", "strơn"])
def test_other_words_are_no_syllables(word: str) -> None:
    assert not is_syllable(word)


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("hòa", "hoà"),
        ("HÒA", "HOÀ"),
        ("Hóa", "Hoá"),
        ("khỏe", "khoẻ"),
        ("thúy", "thuý"),
        ("ủy", "uỷ"),
        ("lũy", "luỹ"),
        ("tọa", "toạ"),
        ("lõa", "loã"),
    ],
)
def test_the_two_schools_of_tone_marks(older: str, newer: str) -> None:
    for spelled in (older, newer):
        assert place_tones(spelled, "hòa") == older
        assert place_tones(spelled, "hoà") == newer


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("qủa", "quả"),
        ("qúy", "quý"),
        ("gìa", "già"),
        ("cuả", "của"),
        ("miá", "mía"),
        ("hòan", "hoàn"),
        ("tóan", "toán"),
        ("khuyên", "khuyên"),
        ("ngòai", "ngoài"),
        ("thưở", "thưở"),  # not a rime of the language: left alone
        ("luơng", "luơng"),
        ("hưũ", "hữu"),
        ("tiêú", "tiếu"),
        ("Plèi", "Plèi"),
        ("Paris", "Paris"),
    ],
)
def test_marks_on_a_wrong_letter_are_moved_in_both_schools(wrong: str, right: str) -> None:
    assert place_tones(wrong, "hòa") == place_tones(wrong, "hoà") == right


@given(VIETNAMESE)
def test_moving_marks_is_settled_after_one_pass_and_reversible(text: str) -> None:
    composed = normalise(text)
    older = place_tones(composed, "hòa")
    assert place_tones(older, "hòa") == older
    assert place_tones(place_tones(composed, "hoà"), "hòa") == older
    assert strip_diacritics(older) == strip_diacritics(composed)


def test_the_school_may_be_typed_decomposed_but_must_exist() -> None:
    assert tone("hòa", unicodedata.normalize("NFD", "hoà")) == "hoà"
    with pytest.raises(TextFormError, match="“mới” không phải là cách đặt dấu, chỉ có: hòa, hoà"):
        tone("hòa", "mới")


def test_capitals() -> None:
    assert upper("Ủy ban nhân dân huyện Đắk Hà") == "ỦY BAN NHÂN DÂN HUYỆN ĐẮK HÀ"
    assert cap("“đề án” số 375") == "“Đề án” số 375"
    assert cap("ầm ĩ") == "Ầm ĩ"
    assert cap("5 xã") == "5 xã"
    assert cap("…") == "…"


def test_lists_in_a_sentence() -> None:
    assert join_vi(["Công an"]) == "Công an"
    assert join_vi(["Công an", "Quân sự"]) == "Công an và Quân sự"
    assert join_vi([2, 5, 9], "hoặc") == "2, 5 hoặc 9"
    assert join_vi(["A, B", "C", "D"], between="; ") == "A, B; C và D"
    assert join_vi("Công an") == "Công an"
    with pytest.raises(TextFormError, match="“5” không phải là danh sách"):
        join_vi(5)  # type: ignore[arg-type]


def test_file_names() -> None:
    assert slug("Kế hoạch số 33/KH-BCĐ ngày 11/4/2018") == "ke-hoach-so-33-kh-bcd-ngay-11-4-2018"
    assert slug("  Diện tích (km²)… ") == "dien-tich-km2"
    assert slug("Hoà") == slug(unicodedata.normalize("NFD", "hòa")) == "hoa"
    for empty in (None, "", "…", Blank("……")):
        with pytest.raises(TextFormError, match="không đặt tên tệp được"):
            slug(empty)


@given(st.text())
def test_a_file_name_is_safe_everywhere(text: str) -> None:
    try:
        name = slug(text)
    except TextFormError:
        return
    assert name.strip("-") == name
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


def test_values_printed_plainly() -> None:
    assert [plain(2018), plain(12.5), plain("x"), plain(15972.0)] == ["2018", "12,5", "x", "15972"]
    for wrong in (None, True, [1], {"a": 1}):
        with pytest.raises(TextFormError):
            plain(wrong)


def test_a_blank_prints_what_the_form_leaves_there() -> None:
    assert blank(None) == "……"
    assert blank(None, 5) == "....."
    assert blank(None, "") == ""
    assert blank("   ") == "……"
    assert blank(0) == "0"
    assert blank("Không có") == "Không có"
    assert blank(Blank("……"), "Không có") == "Không có"
