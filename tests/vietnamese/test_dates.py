from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.vietnamese import TextFormError
from generator.vietnamese.dates import (
    PartialDate,
    date_range,
    date_words,
    day_month,
    from_excel_serial,
    long_date,
    month_year,
    parse_date,
    parse_partial_date,
    place_and_date,
    quarter,
    short_date,
    weekday,
    year_range,
)
from generator.vietnamese.reading import read_words

DATES = st.dates(min_value=date(1000, 1, 1))


def test_days_below_ten_and_months_one_and_two_take_a_zero_others_none() -> None:
    assert long_date(date(2020, 3, 5)) == "ngày 05 tháng 3 năm 2020"
    assert long_date(date(2020, 1, 31)) == "ngày 31 tháng 01 năm 2020"
    assert long_date(date(2020, 2, 9)) == "ngày 09 tháng 02 năm 2020"
    assert long_date(date(2020, 10, 10)) == "ngày 10 tháng 10 năm 2020"
    assert short_date(date(2018, 4, 11)) == "11/4/2018"
    assert short_date(date(2018, 3, 8)) == "08/3/2018"
    assert short_date(date(2008, 2, 1)) == "01/02/2008"


def test_the_place_and_date_line_of_the_decree() -> None:
    assert place_and_date("Hà Nội", date(2020, 1, 5)) == "Hà Nội, ngày 05 tháng 01 năm 2020"
    assert place_and_date("Thành phố Hồ Chí Minh", "29/6/2019") == (
        "Thành phố Hồ Chí Minh, ngày 29 tháng 6 năm 2019"
    )


@pytest.mark.parametrize("place", ["", "  ", 5])
def test_a_place_without_a_name_is_refused(place: str) -> None:
    with pytest.raises(TextFormError, match="không phải là địa danh"):
        place_and_date(place, None)


def test_open_parts_are_dots() -> None:
    assert long_date(None) == "ngày …… tháng …… năm ……"
    assert long_date("2012") == "ngày …… tháng …… năm 2012"
    assert long_date("4/2012") == "ngày …… tháng 4 năm 2012"
    assert short_date(None) == "……/……/……"
    assert short_date("2024") == "……/……/2024"
    assert short_date("01/2024") == "……/01/2024"
    assert place_and_date("Chí Linh", None) == "Chí Linh, ngày …… tháng …… năm ……"
    assert date_words(None) == "ngày …… tháng …… năm ……"
    assert [day_month(None), month_year(None), weekday(None)] == ["……/……", "……/……", "thứ ……"]


@pytest.mark.parametrize(
    "value",
    [
        date(2018, 4, 11),
        datetime.fromisoformat("2018-04-11T23:59"),
        datetime(2018, 4, 11, 23, 59, tzinfo=UTC),
        "2018-04-11",
        "2018-4-11",
        "2018-04-11T08:30:00",
        "2018-04-11 08:30",
        "2018-04-11T08:30:00.5+07:00",
        "11/4/2018",
        "11/04/2018",
        "11-4-2018",
        "11.4.2018",
        " ngày 11 tháng 4 năm 2018 ",
        PartialDate(2018, 4, 11),
    ],
)
def test_a_date_is_read_as_it_really_comes(value: object) -> None:
    assert parse_date(value) == date(2018, 4, 11)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("30/02/2018", "“30/02/2018” là ngày không có thật"),
        ("2018-13-01", "“2018-13-01” là ngày không có thật"),
        ("00/4/2018", "“00/4/2018” là ngày không có thật"),
        ("11/00/2018", "“11/00/2018” là ngày không có thật"),
        ("4/25/2018", "“4/25/2018” là ngày không có thật"),
        ("29/02/2023", "“29/02/2023” là ngày không có thật"),
        (
            "11/4/18",
            "“11/4/18” chỉ ghi hai chữ số của năm, có thể là 11/4/2018 hoặc 18/4/2011: "
            "hãy ghi đủ năm",
        ),
        ("11/4-2018", "“11/4-2018” không phải là ngày"),
        ("hôm nay", "“hôm nay” không phải là ngày"),
        ("", "“” không phải là ngày"),
        ("4/2018", "“4/2018” chưa đủ ngày, tháng, năm"),
        (43201, "“43201” không phải là ngày"),
        (43201.0, "“43201.0” không phải là ngày"),
        (True, "“True” không phải là ngày"),
        (None, "giá trị trống không phải là ngày"),
    ],
)
def test_what_is_no_date_is_refused_by_name(value: object, sentence: str) -> None:
    with pytest.raises(TextFormError) as refused:
        parse_date(value)
    assert str(refused.value) == sentence


def test_partial_dates() -> None:
    assert parse_partial_date("2026-04") == PartialDate(2026, 4)
    assert parse_partial_date("4/2026") == PartialDate(2026, 4)
    assert parse_partial_date("tháng 4 năm 2026") == PartialDate(2026, 4)
    assert parse_partial_date("2026") == parse_partial_date(2026) == PartialDate(2026)
    assert parse_partial_date(date(2026, 4, 1)) == PartialDate(2026, 4, 1)
    with pytest.raises(TextFormError, match="“13/2026” là ngày không có thật"):
        parse_partial_date("13/2026")
    with pytest.raises(TextFormError, match="“13/2026” là ngày không có thật"):
        PartialDate(2026, 13)
    with pytest.raises(TextFormError, match="“31/4/2026” là ngày không có thật"):
        PartialDate(2026, 4, 31)
    with pytest.raises(TextFormError, match="ngày 5 năm 2026 thiếu tháng"):
        PartialDate(2026, None, 5)


def test_excel_serials_of_both_calendars() -> None:
    assert from_excel_serial(1) == date(1900, 1, 1)
    assert from_excel_serial(59) == date(1900, 2, 28)
    assert from_excel_serial(61) == date(1900, 3, 1)
    assert from_excel_serial(43201.75) == date(2018, 4, 11)
    assert from_excel_serial(2_958_465) == date(9999, 12, 31)
    assert from_excel_serial(0, epoch=1904) == date(1904, 1, 1)
    assert from_excel_serial(41739, epoch=1904) == date(2018, 4, 11)
    assert from_excel_serial(2_957_003, epoch=1904) == date(9999, 12, 31)


@pytest.mark.parametrize(
    ("serial", "sentence"),
    [
        (60, "số 60 của Excel là ngày 29/02/1900, ngày không có thật"),
        (0, "“0” nằm ngoài lịch của Excel"),
        (2_958_466, "“2958466” nằm ngoài lịch của Excel"),
        (float("inf"), "“inf” nằm ngoài lịch của Excel"),
        (float("nan"), "“nan” không phải là ngày của Excel"),
        (True, "“True” không phải là ngày của Excel"),
    ],
)
def test_serials_that_are_no_days_are_refused(serial: float, sentence: str) -> None:
    with pytest.raises(TextFormError) as refused:
        from_excel_serial(serial)
    assert str(refused.value) == sentence


@given(st.integers(61, 2_958_465))
def test_the_two_calendars_lie_1462_days_apart(serial: int) -> None:
    assert from_excel_serial(serial) - from_excel_serial(61) == timedelta(serial - 61)
    if serial >= 1462:
        assert from_excel_serial(serial) == from_excel_serial(serial - 1462, epoch=1904)


def test_dates_in_words_take_the_capital_of_the_month() -> None:
    assert date_words("2020-03-05") == "ngày năm tháng Ba năm hai nghìn không trăm hai mươi"
    assert date_words("30/4/1975") == ("ngày ba mươi tháng Tư năm một nghìn chín trăm bảy mươi lăm")
    assert date_words("12/2024") == ("ngày …… tháng Mười hai năm hai nghìn không trăm hai mươi tư")


def test_parts_of_a_date() -> None:
    assert day_month("2018-08-19") == "19/8"
    assert month_year("2025-06-30") == "6/2025"
    assert month_year("2025-02-01") == "02/2025"
    assert [weekday(date(2018, 4, day)) for day in range(9, 16)] == [
        *("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"),
    ]
    with pytest.raises(TextFormError, match="“4/2018” chưa đủ ngày, tháng, năm"):
        weekday("4/2018")


def test_quarters_are_roman() -> None:
    assert [quarter(f"2025-{month:02d}") for month in (1, 3, 4, 6, 7, 9, 10, 12)] == [
        *("quý I/2025", "quý I/2025", "quý II/2025", "quý II/2025"),
        *("quý III/2025", "quý III/2025", "quý IV/2025", "quý IV/2025"),
    ]
    assert quarter("2025") == "quý ……/2025"
    assert quarter(None) == "quý ……/……"


def test_ranges() -> None:
    assert date_range("15/01/2023", "14/7/2024") == "từ ngày 15/01/2023 đến ngày 14/7/2024"
    assert date_range("15/01/2023", "14/7/2024", dash=True) == "15/01/2023 - 14/7/2024"
    assert date_range("15/01/2023", None) == "từ ngày 15/01/2023 đến ngày ……/……/……"
    assert year_range(2008, "2018") == "giai đoạn 2008 - 2018"
    assert year_range(2015, 2020, "nhiệm kỳ") == "nhiệm kỳ 2015 - 2020"
    assert year_range(None, None) == "giai đoạn …… - ……"


def test_a_range_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(TextFormError, match="ngày cuối “15/01/2023” trước ngày đầu “14/7/2024”"):
        date_range("14/7/2024", "15/01/2023")
    with pytest.raises(TextFormError, match="năm cuối 2008 trước năm đầu 2018"):
        year_range(2018, 2008)


@given(DATES)
def test_every_line_reads_back_to_the_same_date(issued: date) -> None:
    assert parse_date(long_date(issued)) == issued
    assert parse_date(short_date(issued)) == issued
    assert parse_date(issued.isoformat()) == issued
    day, month, year = map(int, re.findall(r"\d+", place_and_date("Huế", issued)))
    assert date(year, month, day) == issued


@given(DATES)
def test_the_year_in_words_reads_back(issued: date) -> None:
    said = re.search(r" tháng (?:Mười một|Mười hai|\w+) năm (.+)", date_words(issued))
    assert said is not None
    assert read_words(said[1]) == issued.year


@given(DATES)
def test_the_written_date_has_the_shape_of_the_decree(issued: date) -> None:
    assert re.fullmatch(
        r"ngày (0[1-9]|[12]\d|3[01]) tháng (01|02|[3-9]|1[0-2]) năm \d{4}", long_date(issued)
    )
