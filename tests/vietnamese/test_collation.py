from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.vietnamese import TextFormError
from generator.vietnamese.collation import collation_key, name_key, sort_name, sort_vi


def test_letters_come_before_tones_and_tones_before_case() -> None:
    assert sort_vi(["đa", "dạ", "dá", "dã", "dả", "dà", "Da", "da", "ê", "e", "ơ", "ô", "o"]) == [
        *("da", "Da", "dà", "dả", "dã", "dá", "dạ", "đa", "e", "ê", "o", "ô", "ơ"),
    ]


def test_tones_count_only_where_all_letters_agree() -> None:
    assert sort_vi(["Hoa Mai", "Hòa An", "Hoà Ân", "Hoa An"]) == [
        *("Hoa An", "Hòa An", "Hoà Ân", "Hoa Mai"),
    ]


@given(st.text("aăâàảãáạbđĐẮế ", max_size=8))
def test_decomposed_text_sorts_as_composed(text: str) -> None:
    assert collation_key(text) == collation_key(unicodedata.normalize("NFD", text))


def test_people_by_given_name_then_middle_then_family() -> None:
    people = ["Trần Văn Bình", "Lê Thị An", "Nguyễn Văn An", "Đỗ Văn An", "An", "Phạm An"]
    assert sort_name(people) == [
        *("An", "Phạm An", "Lê Thị An", "Đỗ Văn An", "Nguyễn Văn An", "Trần Văn Bình"),
    ]
    assert name_key("") == name_key("   ")


def test_records_by_a_field_also_a_nested_one() -> None:
    units = [{"ten": "Đông Sơn", "nguoi": {"ho_ten": "Lê An"}}, {"ten": "Ba Đình", "nguoi": {}}]
    assert [unit["ten"] for unit in sort_vi(units, "ten")] == ["Ba Đình", "Đông Sơn"]
    assert sort_name(units[:1], "nguoi.ho_ten") == units[:1]
    with pytest.raises(TextFormError, match=r"không có “nguoi\.ho_ten” để xếp thứ tự"):
        sort_name(units, "nguoi.ho_ten")


def test_equal_keys_keep_the_order_of_the_data() -> None:
    assert sort_vi([{"ten": "A", "so": 2}, {"ten": "A", "so": 1}], "ten")[0]["so"] == 2


@pytest.mark.parametrize("wrong", [None, "Ba Đình", 5])
def test_what_is_no_list_is_not_sorted(wrong: list[str]) -> None:
    with pytest.raises(TextFormError, match="không phải là danh sách"):
        sort_vi(wrong)


def test_only_text_is_sorted() -> None:
    with pytest.raises(TextFormError, match="“5” không phải là chữ nên không xếp thứ tự được"):
        sort_vi(["Ba Đình", 5])
