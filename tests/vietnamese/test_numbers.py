from __future__ import annotations

import pickle
from decimal import Decimal, localcontext
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.vietnamese import Blank, TextFormError
from generator.vietnamese.numbers import (
    change,
    format_number,
    money,
    num,
    pad2,
    parse_number,
    percent,
    percent_of,
    ratio,
    rounded,
)

DECIMALS = st.decimals(min_value=-(10**30), max_value=10**30, allow_nan=False, places=6)


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        (15972, 15972),
        (0, 0),
        (15972.0, 15972),
        (12.5, Decimal("12.5")),
        (0.1 + 0.2, Decimal("0.3")),
        (1e20, 10**20),
        (Decimal("12.50"), Decimal("12.50")),
        (Decimal("1E+3"), 1000),
        ("15.972", 15972),
        ("1.234.567", 1234567),
        ("12,5", Decimal("12.5")),
        ("1.234,5", Decimal("1234.5")),
        ("15 972", 15972),
        ("15\u00a0972,5", Decimal("15972.5")),
        ("99,6%", Decimal("99.6")),
        ("99,6 %", Decimal("99.6")),
        (" 08 ", 8),
        ("-5", -5),
        ("\u22125", -5),
        ("-0,5", Decimal("-0.5")),
    ],
)
def test_a_number_is_read_as_it_really_comes(value: object, meant: Decimal) -> None:
    number = parse_number(value)
    assert number == meant
    assert type(number) is type(meant)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (
            "12.5",
            "“12.5” có thể đọc là 12,5 hoặc 125: "
            "hãy viết dấu phẩy trước phần thập phân, dấu chấm giữa từng nhóm ba chữ số",
        ),
        (
            "0.500",
            "“0.500” có thể đọc là 0,500 hoặc 0500: "
            "hãy viết dấu phẩy trước phần thập phân, dấu chấm giữa từng nhóm ba chữ số",
        ),
        (
            "1,234.5",
            "“1,234.5” viết theo kiểu nước ngoài: hãy viết 1.234,5 nếu đúng là số ấy",
        ),
        (
            "1,234,567",
            "“1,234,567” viết theo kiểu nước ngoài: hãy viết 1.234.567 nếu đúng là số ấy",
        ),
        ("5 kg", "“5 kg” có đơn vị “kg”, chỗ này chỉ nhận số"),
        ("1.500.000 đồng", "“1.500.000 đồng” có đơn vị “đồng”, chỗ này chỉ nhận số"),
        ("mười", "“mười” không phải là số"),
        ("", "“” không phải là số"),
        ("1.23.456", "“1.23.456” không phải là số"),
        ("1.234 567", "“1.234 567” không phải là số"),
        ("١٢", "“١٢” không phải là số"),
        ("1e5", "“1e5” có đơn vị “e5”, chỗ này chỉ nhận số"),
        (float("nan"), "“nan” không phải là số"),
        (float("-inf"), "“-inf” không phải là số"),
        (Decimal("NaN"), "“NaN” không phải là số"),
        (Decimal("sNaN"), "“sNaN” không phải là số"),
        (Decimal("Infinity"), "“Infinity” không phải là số"),
        (True, "“True” không phải là số"),
        (None, "giá trị trống không phải là số"),
        ([1], "“[1]” không phải là số"),
        (10**100, "số có hơn 100 chữ số, không viết được"),
        (Decimal("1E+999999"), "số có hơn 100 chữ số, không viết được"),
        (Decimal("1E-999999"), "số có hơn 100 chữ số, không viết được"),
    ],
)
def test_what_is_no_number_is_refused_by_name(value: object, sentence: str) -> None:
    with pytest.raises(TextFormError) as refused:
        parse_number(value)
    assert str(refused.value) == sentence


def test_a_long_text_is_quoted_only_in_part() -> None:
    with pytest.raises(TextFormError) as refused:
        parse_number("9" * 1000)
    assert str(refused.value) == f"“{'9' * 59}…” không phải là số"


def test_the_schema_may_decide_that_a_dot_is_the_decimal_mark() -> None:
    assert parse_number("12.5", decimal_mark=".") == Decimal("12.5")
    assert parse_number("1,234.5", decimal_mark=".") == Decimal("1234.5")
    assert parse_number("15.972", decimal_mark=".") == Decimal("15.972")
    with pytest.raises(TextFormError):
        parse_number("12,5", decimal_mark=".")


@pytest.mark.parametrize(
    ("value", "arguments", "text"),
    [
        (999, {}, "999"),
        (1000, {}, "1.000"),
        (15972, {}, "15.972"),
        (-1234567, {}, "-1.234.567"),
        ("1.234,50", {}, "1.234,50"),
        (Decimal("0.000001"), {}, "0,000001"),
        ("2,345", {"decimals": 2}, "2,35"),
        ("2,344", {"decimals": 2}, "2,34"),
        (Decimal("-2.345"), {"decimals": 2}, "-2,35"),
        (Decimal("0.5"), {"decimals": 0}, "1"),
        (Decimal("1.5"), {"decimals": 0}, "2"),
        (Decimal("-0.04"), {"decimals": 1}, "0,0"),
        (7, {"decimals": 1}, "7,0"),
        (7, {"pad": 2}, "07"),
        ("7,5", {"pad": 2}, "07,5"),
        (-7, {"pad": 2}, "-07"),
        (1234, {"pad": 2}, "1.234"),
    ],
)
def test_dot_groups_decimal_comma_and_half_up_rounding(
    value: object, arguments: dict[str, int], text: str
) -> None:
    assert format_number(value, **arguments) == text


def test_a_percentage_has_no_space_and_a_whole_one_no_decimals() -> None:
    assert percent("99,6") == "99,6%"
    assert percent("99,6%") == "99,6%"
    assert percent(Decimal("100.0")) == "100%"
    assert percent(100, 1) == "100%"
    assert percent("99,96", 1) == "100%"
    assert percent("95,380") == "95,380%"
    assert percent(0) == "0%"


def test_a_share_is_rounded_half_up_as_the_reports_print_it() -> None:
    # Figures of a real report: 14.000 of 14.056 households and so on.
    assert percent_of(14000, 14056) == "99,6%"
    assert percent_of(841, 936) == "89,9%"
    assert percent_of(585, 752) == "77,8%"
    assert percent_of(620, 650, 2) == "95,38%"
    assert percent_of(43, 65, 0) == "66%"
    assert percent_of(15972, 15972) == "100%"
    assert percent_of(1, 8, 2) == "12,50%"


def test_a_share_of_nothing_is_refused() -> None:
    with pytest.raises(TextFormError, match="không tính được tỷ lệ của “3” trên “0”"):
        percent_of(3, 0)


def test_a_comparison_names_only_what_applies() -> None:
    assert change(15, 12, "vụ") == "tăng 3 vụ"
    assert change("1.015", 12, "vụ") == "tăng 1.003 vụ"
    assert change(10, "12", "vụ") == "giảm 2 vụ"
    assert change(12, 12.0, "vụ") == "không tăng, không giảm"
    assert change("12,5", "10,25", "%") == "tăng 2,25 %"
    assert change(3, 1) == "tăng 2"


def test_money_takes_its_own_unit_and_no_other() -> None:
    assert money("1.500.000đ") == "1.500.000 đồng"
    assert money("1.500.000 VNĐ") == "1.500.000 đồng"
    with pytest.raises(TextFormError, match="có đơn vị “USD”"):
        money("100 USD")
    assert money("100 đô la Mỹ", "đô la Mỹ") == "100 đô la Mỹ"


def test_zero_is_a_value_and_none_is_the_blank_of_the_form() -> None:
    assert [num(0), pad2(0), percent(0), ratio(0, 8)] == ["0", "00", "0%", "0/8"]
    assert [num(None), pad2(None), percent(None), ratio(None, 8)] == ["……", "……", "……%", "……/8"]
    assert money(None, "triệu đồng") == "…… triệu đồng"
    assert change(None, 1, "vụ") == "tăng …… vụ, giảm …… vụ"


@pytest.mark.parametrize("form", [num, pad2, percent, money])
def test_a_blank_already_printed_passes_through(form: Any) -> None:
    empty = Blank("Không có")
    assert form(empty) is empty


def test_the_callers_decimal_context_changes_nothing() -> None:
    with localcontext() as context:
        context.prec = 3
        assert format_number(Decimal("123456.789"), 2) == "123.456,79"
        assert percent_of(14000, 14056, 4) == "99,6016%"
        assert change(Decimal("123456.789"), 1) == "tăng 123.455,789"


@given(st.integers(-(10**40), 10**40) | DECIMALS)
def test_what_is_written_reads_back(number: int | Decimal) -> None:
    assert parse_number(format_number(number)) == number


@given(DECIMALS, st.integers(0, 8))
def test_rounding_never_moves_a_number_by_more_than_half(number: Decimal, places: int) -> None:
    assert abs(rounded(number, places) - number) * 2 <= Decimal(1).scaleb(-places)


@given(st.integers(0, 10**12), st.integers(0, 6))
def test_groups_have_three_digits_except_the_first(number: int, places: int) -> None:
    whole, _, behind = format_number(number, places).partition(",")
    first, *others = whole.split(".")
    assert 1 <= len(first) <= 3
    assert all(len(group) == 3 for group in others)
    assert len(behind) == places


def test_the_error_travels_between_processes() -> None:
    error = TextFormError("“x” không phải là số")
    error.filter_name = "so"
    assert str(pickle.loads(pickle.dumps(error))) == "“x” không phải là số (bộ lọc “so”)"
