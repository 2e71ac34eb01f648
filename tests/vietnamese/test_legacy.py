from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.vietnamese import TextFormError
from generator.vietnamese.legacy import TCVN3, VNI, convert, legacy, read_legacy
from generator.vietnamese.syllables import TONED

UNICODE = "Cộng hòa xã hội chủ nghĩa Việt Nam, Độc lập - Tự do - Hạnh phúc"
ABC = "Céng hßa x· héi chñ nghÜa ViÖt Nam, §éc lËp - Tù do - H¹nh phóc"
VNI_TEXT = "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam, Ñoäc laäp - Töï do - Haïnh phuùc"

SMALL = sorted(
    {form for vowel, forms in TONED.items() if vowel.islower() for form in forms} - set("aeiouy")
)
PLAIN_CAPITALS = "ĂÂÊÔƠƯĐ"
EVERY_LETTER = [*SMALL, "đ", *map(str.upper, SMALL), "Đ"]

FROM_TCVN3 = {letter: code for code, letter in TCVN3.items()}
FROM_VNI = {
    letter: code for code, letter in VNI.items() if code == code.lower() or code == code.upper()
}


def test_tcvn3_has_every_small_letter_and_the_toneless_capitals() -> None:
    assert sorted(FROM_TCVN3) == sorted([*SMALL, "đ", *PLAIN_CAPITALS])


def test_vni_has_every_letter_in_both_cases() -> None:
    assert sorted(FROM_VNI) == sorted(EVERY_LETTER)


def test_the_whole_alphabet_of_tcvn3() -> None:
    codes = (
        "µ¶·¸¹ »¼½¾Æ ÇÈÉÊË ÌÎÏÐÑ ÒÓÔÕÖ ×ØÜÝÞ ßáâãä åæçèé êëìíî ïñòóô õö÷øù úûüýþ "
        "¡¢£¤¥¦§ ¨©ª«¬\u00ad®"
    )
    means = (
        "àảãáạ ằẳẵắặ ầẩẫấậ èẻẽéẹ ềểễếệ ìỉĩíị òỏõóọ ồổỗốộ ờởỡớợ ùủũúụ ừửữứự ỳỷỹýỵ ĂÂÊÔƠƯĐ ăâêôơưđ"
    )
    assert convert(codes, "TCVN3") == means


def test_the_whole_alphabet_of_vni() -> None:
    codes = (
        "aù aø aû aõ aï aâ aá aà aå aã aä aê aé aè aú aü aë eù eø eû eõ eï eâ eá eà eå eã eä "
        "í ì æ ó ò où oø oû oõ oï oâ oá oà oå oã oä ô ôù ôø ôû ôõ ôï uù uø uû uõ uï "
        "ö öù öø öû öõ öï yù yø yû yõ î ñ"
    )
    means = (
        "á à ả ã ạ â ấ ầ ẩ ẫ ậ ă ắ ằ ẳ ẵ ặ é è ẻ ẽ ẹ ê ế ề ể ễ ệ "
        "í ì ỉ ĩ ị ó ò ỏ õ ọ ô ố ồ ổ ỗ ộ ơ ớ ờ ở ỡ ợ ú ù ủ ũ ụ "
        "ư ứ ừ ử ữ ự ý ỳ ỷ ỹ ỵ đ"
    )
    assert convert(codes, "VNI") == means
    assert convert(codes.upper(), "VNI") == means.upper()


def test_a_sentence_in_each_encoding() -> None:
    assert convert(ABC, "TCVN3") == UNICODE
    assert convert(VNI_TEXT, "VNI") == UNICODE
    for text, encoding in ((ABC, "TCVN3"), (VNI_TEXT, "VNI"), (UNICODE, "Unicode")):
        reading = read_legacy(text)
        assert (reading.text, reading.encoding, reading.doubts) == (UNICODE, encoding, ())


@pytest.mark.parametrize("letter", EVERY_LETTER)
def test_every_letter_comes_through_vni(letter: str) -> None:
    assert convert(f"x{FROM_VNI[letter]} x", "VNI") == f"x{letter} x"


@pytest.mark.parametrize("letter", [*SMALL, "đ", *PLAIN_CAPITALS])
def test_every_letter_comes_through_tcvn3(letter: str) -> None:
    assert convert(f"x{FROM_TCVN3[letter]} x", "TCVN3") == f"x{letter} x"


@given(st.text([*SMALL, *"bcdghklmnpqrstvx ,.0123456789"]))
def test_text_goes_to_tcvn3_and_back(text: str) -> None:
    typed = "".join(FROM_TCVN3.get(char, char) for char in text)
    assert convert(typed, "TCVN3") == text


def test_the_case_of_the_vowel_decides_in_vni_whatever_the_case_of_its_mark() -> None:
    assert convert("OÂng oâng Oâng AÙo Aùo", "VNI") == "Ông ông Ông Áo Áo"


def test_words_of_capitals_get_their_toned_capitals_back_in_tcvn3() -> None:
    assert convert("NéI DUNG, §¶NG Bé HuyÖn", "TCVN3") == "NỘI DUNG, ĐẢNG Bộ Huyện"
    assert convert("ñY BAN", "TCVN3") == "ỦY BAN"
    assert convert("Hµ Lª Vò", "TCVN3") == "Hà Lê Vũ"


@pytest.mark.parametrize(
    "text", ["", "Ha Noi", "100%", "km² – 12°C", "Nguyễn Văn Đắk", "Ủy ban nhân dân xã Tân Phú"]
)
def test_what_is_unicode_stays(text: str) -> None:
    reading = read_legacy(text)
    assert (reading.text, reading.encoding, reading.doubts) == (text, "Unicode", ())


def test_foreign_names_in_unicode_text_are_no_doubt() -> None:
    text = "Ông Müller làm việc với Ủy ban nhân dân xã về công tác phòng cháy"
    assert read_legacy(text).doubts == ()
    assert read_legacy("Ông Müller").doubts == ()
    assert read_legacy("B¸o xyz¸w kqr¸t").doubts == (
        "“B¸o xyz¸w kqr¸t” có thể là “Báo xyzáw kqrát” (TCVN3), “B¸o xyz¸w kqr¸t” (Unicode)",
    )


def test_doubt_is_told_with_every_reading_and_nothing_is_changed() -> None:
    reading = read_legacy("tôi")
    assert reading.text == "tôi"
    assert reading.doubts == ("“tôi” có thể là “tôi” (Unicode), “tụi” (TCVN3), “tơi” (VNI)",)
    with pytest.raises(TextFormError) as refused:
        legacy("tôi")
    assert str(refused.value) == f"không chắc bảng mã: {reading.doubts[0]}"


def test_two_encodings_in_one_text_are_a_doubt() -> None:
    reading = read_legacy("Ủy ban nhân dân tỉnh Hµ Nam")
    assert reading.text == "Ủy ban nhân dân tỉnh Hµ Nam"
    assert reading.doubts == ("“Hµ” có thể là “Hà” (TCVN3)",)


def test_words_that_stay_unreadable_are_named() -> None:
    reading = read_legacy(f"{ABC} Ðöþß")
    assert reading.encoding == "TCVN3"
    assert reading.doubts == ("“Ðöþß” không đọc được theo TCVN3",)


def test_a_named_encoding_ends_the_doubt() -> None:
    assert legacy("tôi", "VNI") == "tơi"
    assert legacy("tôi", "ABC") == legacy("tôi", "tcvn3") == "tụi"
    assert legacy("tôi", "Unicode") == "tôi"
    with pytest.raises(TextFormError, match="“VISCII” không phải là bảng mã"):
        legacy("tôi", "VISCII")


def test_a_greek_mu_stands_for_the_micro_sign() -> None:
    assert unicodedata.normalize("NFKC", "µ") == "μ"
    assert read_legacy("Hμ Néi").text == "Hà Nội"
