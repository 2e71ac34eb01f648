from __future__ import annotations

import runpy
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, StrictUndefined, UndefinedError

from generator.language.filters import FILTERS, filter_table, filter_table_markdown
from generator.template.layout import PLACED, PlacedFilter, placed_filters_markdown
from generator.vietnamese import Blank, TextFormError
from generator.vietnamese.reading import read_words
from tests.making import compiled, make

ROOT = Path(__file__).parents[2]

# The filters the contract names, English name and Vietnamese alias.
CONTRACT = """
num/so pad2/so2 pct/phan_tram pct_of/ty_le ratio/tren words/bang_chu ordinal/thu_tu money/tien
money_words/tien_chu date/ngay date_long/ngay_dai date_words/ngay_chu day_month/ngay_thang
month_year/thang_nam quarter/quy weekday/thu place_date/dia_danh date_range/tu_den
year_range/giai_doan doc_no/so_vb blank/cham roman/la_ma letter/chu_diem item/mot_la
change/tang_giam phone/sdt id12/cccd name/ho_ten upper/in_hoa cap/hoa_dau clean/chuan_hoa
tone/dau_thanh legacy/giai_ma sort_vi/xep_abc sort_name/xep_ten join_vi/liet_ke slug/khong_dau
"""
NAMES = dict(pair.split("/") for pair in CONTRACT.split())

# What each filter prints for a declared blank, with the arguments a template would give it.
BLANKS: dict[str, tuple[tuple[Any, ...], str]] = {
    "num": ((), "……"),
    "pad2": ((), "……"),
    "pct": ((), "……%"),
    "pct_of": ((650,), "……%"),
    "ratio": ((8,), "……/8"),
    "words": ((), "……"),
    "ordinal": ((), "thứ ……"),
    "money": ((), "…… đồng"),
    "money_words": ((), "…… đồng"),
    "date": ((), "……/……/……"),
    "date_long": ((), "ngày …… tháng …… năm ……"),
    "date_words": ((), "ngày …… tháng …… năm ……"),
    "day_month": ((), "……/……"),
    "month_year": ((), "……/……"),
    "quarter": ((), "quý ……/……"),
    "weekday": ((), "thứ ……"),
    "place_date": ((None,), "……, ngày …… tháng …… năm ……"),
    "date_range": ((None,), "từ ngày ……/……/…… đến ngày ……/……/……"),
    "year_range": ((None,), "giai đoạn …… - ……"),
    "doc_no": (("KH-BCĐ",), "Số:        /KH-BCĐ"),
    "blank": ((), "……"),
    "roman": ((), "……"),
    "letter": ((), "……"),
    "item": ((), "…… là"),
    "change": ((12, "vụ"), "tăng …… vụ, giảm …… vụ"),
    "phone": ((), "……"),
    "id12": ((), "……"),
    "name": ((), "……"),
    "upper": ((), "……"),
    "cap": ((), "……"),
    "clean": ((), "……"),
    "tone": ((), "……"),
    "legacy": ((), "……"),
    "join_vi": ((), "……"),
}


def test_every_filter_of_the_contract_has_both_its_names() -> None:
    assert {row.name: row.alias for row in filter_table()} == NAMES
    assert set(FILTERS) == {*NAMES, *NAMES.values()}
    assert len(FILTERS) == 2 * len(NAMES)


@pytest.mark.parametrize("row", filter_table(), ids=lambda row: row.name)
def test_the_example_of_each_filter_is_what_a_template_prints(row: Any) -> None:
    environment = Environment(autoescape=True)
    environment.filters.update(FILTERS)
    environment.filters["nối"] = lambda value: value if isinstance(value, str) else "; ".join(value)
    tag = row.example[: row.example.rindex(" }}")] + "|nối }}"
    assert environment.from_string(tag).render() == row.result


def test_the_documentation_has_the_table_of_the_code() -> None:
    page = (ROOT / "docs" / "bo-loc.md").read_text(encoding="utf-8")
    assert page.endswith("\n\n" + filter_table_markdown())
    assert f"\n\n{placed_filters_markdown()}\n" in page


@pytest.mark.parametrize("row", PLACED, ids=lambda row: row.name)
def test_the_examples_of_filters_of_templates_alone_are_taken(row: PlacedFilter) -> None:
    end = "{% endif %}" if "{% if" in row.example else ""
    tags = compiled(make(row.example + end)).tags
    assert f"|{row.name}" in tags[0].body


@pytest.mark.parametrize("name", sorted(BLANKS))
def test_a_declared_blank_prints_as_the_form_has_it(name: str) -> None:
    arguments, text = BLANKS[name]
    assert FILTERS[name](None, *arguments) == text
    assert FILTERS[NAMES[name]](None, *arguments) == text


@pytest.mark.parametrize("name", sorted(set(NAMES) - set(BLANKS)))
def test_what_cannot_be_blank_says_so(name: str) -> None:
    with pytest.raises(TextFormError, match=rf"^giá trị trống .* \(bộ lọc “{name}”\)$"):
        FILTERS[name](None)


def test_a_blank_may_be_declared_before_or_after_another_filter() -> None:
    so, cham = FILTERS["so"], FILTERS["cham"]
    assert cham(so(None), "Không có") == so(cham(None, "Không có")) == "Không có"
    assert cham(so(0), "Không có") == "0"
    assert isinstance(so(None), Blank)


@pytest.mark.parametrize(
    ("name", "value", "arguments", "sentence"),
    [
        ("so", float("nan"), (), "“nan” không phải là số (bộ lọc “so”)"),
        ("num", float("inf"), (), "“inf” không phải là số (bộ lọc “num”)"),
        ("so", "mười", (), "“mười” không phải là số (bộ lọc “so”)"),
        ("so", "99,6%", (), "“99,6%” có đơn vị “%”, chỗ này chỉ nhận số (bộ lọc “so”)"),
        ("ngay", "30/02/2018", (), "“30/02/2018” là ngày không có thật (bộ lọc “ngay”)"),
        ("tien", "5 kg", (), "“5 kg” có đơn vị “kg”, chỗ này chỉ nhận số (bộ lọc “tien”)"),
        ("bang_chu", 24, ("tu",), None),
        ("so", 5, (-1,), "không làm tròn được đến “-1” chữ số thập phân (bộ lọc “so”)"),
        ("so", 5, ("2",), "không làm tròn được đến “2” chữ số thập phân (bộ lọc “so”)"),
        ("la_ma", 0, (), "“0” không phải là số thứ tự (bộ lọc “la_ma”)"),
        ("in_hoa", [1], (), "“[1]” không phải là chữ, số hay ngày (bộ lọc “in_hoa”)"),
        ("ty_le", 1, (0,), "không tính được tỷ lệ của “1” trên “0” (bộ lọc “ty_le”)"),
    ],
)
def test_an_error_names_the_value_and_the_filter_as_typed(
    name: str, value: object, arguments: tuple[Any, ...], sentence: str | None
) -> None:
    with pytest.raises(TextFormError) as refused:
        FILTERS[name](value, *arguments)
    assert str(refused.value).endswith(f"(bộ lọc “{name}”)")
    if sentence is not None:
        assert str(refused.value) == sentence


@pytest.mark.parametrize("name", sorted(NAMES))
@pytest.mark.parametrize(
    "value", [True, object(), float("nan"), {"a": 1}], ids=lambda value: type(value).__name__
)
def test_values_of_no_use_to_any_filter_never_escape_as_program_errors(
    name: str, value: object
) -> None:
    arguments = {
        "pct_of": (1,),
        "ratio": (1,),
        "place_date": (None,),
        "date_range": (None,),
        "year_range": (None,),
        "doc_no": ("KH-UBND",),
        "change": (1,),
    }.get(name, ())
    named = name
    try:
        FILTERS[name](value, *arguments)
    except TextFormError as error:
        named = error.filter_name
    assert named == name


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_key_missing_from_the_record_stays_jinjas_error(name: str) -> None:
    environment = Environment(undefined=StrictUndefined)
    environment.filters.update(FILTERS)
    arguments = {"pct_of": "(1)", "ratio": "(1)", "change": "(1)", "doc_no": "('KH-UBND')"}
    arguments |= {"date_range": "(none)", "year_range": "(none)", "place_date": "(none)"}
    tag = f"{{{{ so_ho|{name}{arguments.get(name, '')} }}}}"
    with pytest.raises(UndefinedError, match="'so_ho' is undefined"):
        environment.from_string(tag).render()


HOSTILE = {
    "letters": "a" * 200_000,
    "toned letters": "á" * 200_000,
    "capitals": "A" * 200_000 + "µa",
    "vni marks": "aù" * 100_000,
    "controls": "\x01" * 200_000,
    "look-alikes": "\u0430a" * 100_000,
    "spaces": " " * 200_000 + "x",
    "digits": "1" * 200_000,
    "groups": "1." * 100_000,
    "number words": "tỷ " * 100_000,
}


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_hostile_values_cost_no_more_than_their_length(value: str) -> None:
    start = time.perf_counter()
    for call in FILTERS.values():
        with suppress(TextFormError, TypeError):
            call(value)
    with suppress(TextFormError):
        read_words(value)
    # A second or two; work that grows with the square of the length takes an hour.
    assert time.perf_counter() - start < 60


def test_the_benchmark_times_every_filter() -> None:
    timed = runpy.run_path(str(ROOT / "benchmarks" / "filters.py"))["COMMON"]
    assert {name for name, _ in timed} == set(NAMES)
