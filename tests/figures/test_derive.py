"""Computed values: where they stand, in which order they come, how they explain themselves."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.errors import BundleError, DataError, UsageError
from generator.expressions import Source
from generator.pipeline import Form, open_form
from tests.clerk import FIXTURES, keep, vanban
from tests.figures.drawing import RECORD, SCHEMA, record, slip

TOTALS = """
[[derive]]
name = "hang[].ty_le"
title = "Tỷ lệ của dòng"
expression = "ty_le(so, tat_ca, 1)"
form = "phan_tram"

[[derive]]
name = "tat_ca"
title = "Tổng các dòng"
expression = "tong(hang.so)"

[[derive]]
name = "nhom.tong"
title = "Tổng của nhóm"
expression = "a + b"

[[derive]]
name = "ket_qua.gap_doi"
title = "Gấp đôi"
expression = "nhom.tong * 2"

[[derive]]
name = "hang[].phan[].trong_dong"
title = "Tỷ lệ của phần"
expression = "n / so"
decimals = 2

[[derive]]
each = ["nhom", "hang[]"]
name = "chu"
title = "Viết ra"
expression = "ten ~ '!'"
"""


@pytest.fixture(scope="module")
def form(tmp_path_factory: pytest.TempPathFactory) -> Form:
    return slip(tmp_path_factory.mktemp("derive"), TOTALS)


def context(form: Form, **changes: Any) -> Any:
    return form.prepare(record(**changes), named=False).context


# ================================================================ values
def test_values_stand_in_groups_in_list_items_and_in_new_groups(form: Form) -> None:
    found = context(form)
    assert found["tat_ca"] == 40
    assert found["nhom"]["tong"] == 7
    assert found["ket_qua"] == {"gap_doi": 14}
    assert [row["ty_le"] for row in found["hang"]] == [Decimal("75.0"), Decimal("25.0")]
    parts = [[part["trong_dong"] for part in row["phan"]] for row in found["hang"]]
    assert parts == [[Decimal("0.33"), Decimal("0.67")], [Decimal("1.00")]]


def test_a_name_means_the_nearest_field(form: Form) -> None:
    found = context(form)
    assert found["nhom"]["chu"] == "Phường Kim Sơn!"
    assert [row["chu"] for row in found["hang"]] == ["Một!", "Hai!"]


def test_values_come_in_the_order_of_need_whatever_the_manifest_says(form: Form) -> None:
    order = [each.name for each in form.derived]
    assert order.index("tat_ca") < order.index("hang[].ty_le")
    assert order.index("nhom.tong") < order.index("ket_qua.gap_doi")


def test_a_blank_makes_what_needs_it_blank(form: Form) -> None:
    found = context(form, hang=[{"so": 30}, {"so": None}], nhom={"a": 3})
    assert found["tat_ca"] is None
    assert [row["ty_le"] for row in found["hang"]] == [None, None]
    assert found["nhom"]["tong"] is None
    assert found["ket_qua"]["gap_doi"] is None


def test_a_blank_group_or_list_stays_blank(form: Form) -> None:
    found = context(form, hang=None, nhom=None)
    assert found["hang"] is None
    assert found["nhom"] is None
    assert found["tat_ca"] is None


def test_the_record_itself_is_left_as_it_was(form: Form) -> None:
    prepared = form.prepare(record(), named=False)
    assert prepared.record == RECORD


def test_what_cannot_be_computed_is_told_with_its_place(form: Form) -> None:
    with pytest.raises(DataError) as caught:
        context(form, hang=[{"so": 0}])
    (problem,) = caught.value.problems
    assert "$.hang[0]" in problem.at
    assert problem.message == (
        "Tỷ lệ của dòng: không tính được, không tính được tỷ lệ của 0 trên 0"
    )


def test_a_form_without_tables_computes_nothing(tmp_path: Path) -> None:
    plain = slip(tmp_path, "")
    assert plain.derived == ()
    assert context(plain).keys() == RECORD.keys()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=30))
def test_shares_add_up_as_an_independent_computation_says(form: Form, values: list[int]) -> None:
    total = int(polars.Series(values).sum())
    if not total:
        return
    found = context(form, hang=[{"so": value} for value in values])
    assert found["tat_ca"] == total
    for row in found["hang"]:
        exact = Decimal(row["so"]) * 100 / Decimal(total)
        assert abs(row["ty_le"] - exact) <= Decimal("0.05")


# ================================================================ declared totals
DECLARED = """
[[derive]]
name = "vu"
title = "Tổng số vụ"
expression = "phat + nhac"
declared = "{severity}"

[[derive]]
name = "gap_doi"
title = "Gấp đôi"
expression = "vu * 2"
"""


@pytest.fixture
def lenient(tmp_path: Path) -> Form:
    return slip(tmp_path, DECLARED.format(severity="warning"))


@pytest.fixture
def strict(tmp_path: Path) -> Form:
    return slip(tmp_path, DECLARED.format(severity="error"))


TOLD = "Tổng số vụ: ghi 48, tính ra 20 + 27 = 47"


def test_a_declared_total_that_differs_is_an_error_with_both_figures(strict: Form) -> None:
    with pytest.raises(DataError) as caught:
        strict.prepare(record(vu=48))
    (problem,) = caught.value.problems
    assert problem.message == TOLD
    assert problem.at == "dòng 3, $.vu"


def test_or_a_warning_and_then_it_is_printed_as_declared_but_never_trusted(lenient: Form) -> None:
    prepared = lenient.prepare(record(vu=48))
    assert [warning.message for warning in prepared.warnings] == [TOLD]
    assert prepared.context["vu"] == 48
    assert prepared.context["gap_doi"] == 94  # of what the parts give


def test_a_sum_over_units_takes_what_the_parts_give(lenient: Form) -> None:
    derivation = lenient.figures.derivation
    assert derivation is not None
    found = dict(RECORD, vu=48)
    derivation.compute(found, trust=False)
    assert found["vu"] == 47


@pytest.mark.parametrize("parts", [{"phat": None}, {"phat": None, "nhac": None}])
def test_a_total_whose_parts_are_blank_stands_as_it_is(strict: Form, parts: dict[str, Any]) -> None:
    assert context(strict, vu=48, **parts)["vu"] == 48


def test_a_blank_total_is_filled(strict: Form) -> None:
    assert context(strict, vu=None)["vu"] == 47


@pytest.mark.parametrize("declared", [47, "47", 47.0])
def test_a_right_total_is_no_news(strict: Form, declared: Any) -> None:
    assert strict.prepare(record(vu=declared)).warnings == ()


# ================================================================ tables that cannot be used
def table(**keys: Any) -> str:
    said = {"name": "x", "title": "X", "expression": "1"} | keys
    lines = [f"{k} = {json.dumps(v, ensure_ascii=False)}" for k, v in said.items() if v is not None]
    return "\n[[derive]]\n" + "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("tables", "told"),
    [
        (table(name="vu"), "“vu” đã là trường của dữ liệu; nếu là tổng khai sẵn thì thêm declared"),
        (table(name="hang"), "“hang” đã là trường của dữ liệu"),
        (table() + table(), "“x” đã tính ở chỗ khác"),
        (table(name="moi", declared="error"), "declared chỉ dùng cho trường có trong schema.json"),
        (table(name="vu", declared="có"), "declared là “có”, chọn một trong: error, warning"),
        (table(expression="khong_co + 1"), "không có trường “khong_co”"),
        (table(expression="phatt + 1"), "không có trường “phatt”, có phải “phat”?"),
        (table(expression="nhom.c"), "không có trường “c”"),
        (table(expression="hang.so.so"), "không có trường “so”"),
        (table(expression="so"), "không có trường “so”"),  # of the list's items only
        (table(name="hang[].x", expression="n"), "không có trường “n”"),
        (table(name="hang.x"), "“hang” là danh sách, viết hang[]"),
        (table(name="nhom[].x"), "“nhom” không phải là danh sách"),
        (table(name="vu.x"), "“vu” không phải là nhóm trường"),
        (table(name="hang[]"), "tên giá trị không kết thúc bằng []"),
        (table(name="a b"), "“a b” không phải là tên trường"),
        (table(name=5), "thiếu khóa name"),
        (table(title=None), "thiếu khóa title"),
        (table(expresion="1"), "không có khóa “expresion”, có phải “expression”?"),
        (table(expression="1 +"), "biểu thức viết sai cú pháp"),
        (table(decimals=-1), "decimals phải là số từ 0 đến 20"),
        (table(form="tỷ"), "form là “tỷ”, chọn một trong: so, so2, phan_tram, tien"),
        ("\n[derive]\nname = 1\n", "derive phải là các bảng [[derive]]"),
        (table(expression="x + 1"), "các giá trị cần lẫn nhau: x → x"),
        (
            table(name="x", expression="y")
            + table(name="y", expression="nhom.c * 2")
            + table(name="nhom.c", expression="tong(x, 1)"),
            "các giá trị cần lẫn nhau: x → y → nhom.c → x",
        ),
        (
            table(name="hang[].t", expression="tong(hang.t)"),
            "các giá trị cần lẫn nhau: hang[].t → hang[].t",
        ),
    ],
)
def test_what_a_manifest_may_not_say(tmp_path: Path, tables: str, told: str) -> None:
    with pytest.raises(BundleError) as caught:
        slip(tmp_path, tables)
    assert caught.value.exit_code == 4
    assert told in str(caught.value)


def test_all_tables_that_cannot_be_used_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(BundleError) as caught:
        slip(tmp_path, table(name="a", expression="1 +") + table(name="b", decimals=99))
    assert [problem.at for problem in caught.value.problems] == ["[[derive]] a", "[[derive]] b"]


def test_a_long_chain_of_needs_is_no_trouble(tmp_path: Path) -> None:
    chain = "".join(table(name=f"x{n}", expression=f"x{n + 1} + 1") for n in range(400))
    found = context(slip(tmp_path, chain + table(name="x400", expression="0")))
    assert found["x0"] == 400


# ================================================================ explanations
def told(source: Source, depth: int = 0) -> list[str]:
    lines = [f"{'  ' * depth}{source.title} = {source.text or source.value}"]
    return lines + [line for each in source.sources for line in told(each, depth + 1)]


def test_a_value_tells_how_it_came_about_down_to_the_data(form: Form) -> None:
    (source,) = form.explain(record(), "hang[1].ty_le")
    assert told(source) == [
        "Tỷ lệ của dòng = 100 × 10 / 40 = 25%",
        "  Số của dòng = 10",
        "  Tổng các dòng = 30 + 10 = 40",
        "    Số của dòng = 30",
        "    Số của dòng = 10",
    ]
    assert source.sources[1].sources[0].path == ("hang", 0, "so")


def test_a_rounded_value_says_that_it_is_rounded(form: Form) -> None:
    (source,) = form.explain(record(), "hang[0].phan[0].trong_dong")
    assert source.text == "10 / 30 ≈ 0,33"


def test_a_value_of_every_item(form: Form) -> None:
    assert [source.value for source in form.explain(record(), "hang[].ty_le")] == ["75%", "25%"]


def test_a_field_of_the_data_is_told_as_it_is(form: Form) -> None:
    (source,) = form.explain(record(), "nhom.a")
    assert (source.title, source.value, source.text) == ("Số a", "3", "")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("tat_caa", "có phải “tat_ca”?"),
        ("hang[].ty_lee", "có phải “hang[].ty_le”?"),
        ("zzz", "các giá trị tính được: "),
        ("$$", "các giá trị tính được: "),
        ("nhom", "nhom.a, nhom.b"),
        ("hang", "hang[].ten, hang[].so, hang[].phan"),
    ],
)
def test_a_name_that_is_no_value(form: Form, name: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        form.explain(record(), name)
    assert hint in caught.value.problems[0].hint


def test_the_command_shows_the_places(tmp_path: Path) -> None:
    folder = slip(tmp_path, TOTALS).bundle.folder
    data = tmp_path / "du-lieu.json"
    data.write_text(json.dumps(RECORD, ensure_ascii=False, indent=1), encoding="utf-8")
    ran = vanban("explain", folder, data, "ket_qua.gap_doi")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        "Gấp đôi = 7 × 2 = 14",
        "  Tổng của nhóm = 3 + 4 = 7",
        "    3: Số a, dòng 10, $.nhom.a",
        "    4: Số b, dòng 11, $.nhom.b",
    ]


def test_the_command_explains_for_programs_too(tmp_path: Path) -> None:
    folder = slip(tmp_path, TOTALS).bundle.folder
    data = tmp_path / "du-lieu.json"
    data.write_text(json.dumps(RECORD, ensure_ascii=False, indent=1), encoding="utf-8")
    ran = vanban("explain", folder, data, "ket_qua.gap_doi", "--json")
    assert (ran.code, ran.err) == (0, "")
    (found,) = json.loads(ran.out)
    assert (found["field"], found["value"], found["text"]) == (
        "ket_qua.gap_doi", "14", "7 × 2 = 14",
    )  # fmt: skip
    inner = found["sources"][0]
    assert inner["sources"] == [
        {"field": "nhom.a", "title": "Số a", "value": "3", "file": str(data),
         "at": "dòng 10, $.nhom.a"},
        {"field": "nhom.b", "title": "Số b", "value": "4", "file": str(data),
         "at": "dòng 11, $.nhom.b"},
    ]  # fmt: skip


def test_an_item_is_named_with_its_number(tmp_path: Path) -> None:
    folder = slip(tmp_path, TOTALS).bundle.folder
    data = keep(tmp_path / "du-lieu.json", RECORD)
    found = json.loads(vanban("explain", folder, data, "hang[].so", "--json").out)
    assert [(each["field"], each["value"], each["at"]) for each in found] == [
        ("hang[0].so", "30", "dòng 1, $.hang[0].so"),
        ("hang[1].so", "10", "dòng 1, $.hang[1].so"),
    ]


def test_the_form_shows_what_it_computes(tmp_path: Path) -> None:
    ran = vanban("show", slip(tmp_path, TOTALS).bundle.folder)
    assert "\nGiá trị tính được:\ntat_ca: Tổng các dòng — tong(hang.so)\n" in ran.out


def test_the_command_asks_which_unit(tmp_path: Path) -> None:
    folder = slip(tmp_path, TOTALS).bundle.folder
    other = RECORD | {"ten": "Phường Mộc Châu", "nhom": {"a": 1, "b": 1}}
    data = keep(tmp_path / "du-lieu.json", [RECORD, other])
    ran = vanban("explain", folder, data, "nhom.tong")
    assert ran.code == 2
    assert "tệp có 2 bản ghi, cần chọn một" in ran.err
    assert 'ghi như --unit "Phường Kim Sơn"' in ran.err
    ran = vanban("explain", folder, data, "nhom.tong", "--unit", "phường mộc châu")
    assert ran.out.startswith("Tổng của nhóm = 1 + 1 = 2\n")
    ran = vanban("explain", folder, data, "nhom.tong", "--unit", "Phường Mộc Chau")
    assert "không có đơn vị “Phường Mộc Chau”" in ran.err
    assert '--unit "Phường Mộc Châu"' in ran.err


def test_a_form_of_one_office_has_no_units() -> None:
    data = FIXTURES / "ke-hoach" / "utf8-bom.json"
    ran = vanban("explain", "ke-hoach", data, "so", "--unit", "A")
    assert ran.code == 2
    assert "không lập cho từng đơn vị" in ran.err


# ================================================================ the built-in outline of figures
def test_the_computed_figures_of_a_ward() -> None:
    outline = open_form("de-cuong-so-lieu")
    raw = next(iter(outline.records(str(FIXTURES / "de-cuong-so-lieu" / "mot-phuong.json"))))
    found, given_ = outline.prepare(raw).context, raw.parse()
    guards = given_["luc_luong"]["bao_ve_dan_pho"]
    kinds = ("truong_ban", "pho_truong_ban", "to_truong", "to_pho", "thanh_vien")
    assert found["luc_luong"]["bao_ve_dan_pho"]["hien_co"] == sum(guards[kind] for kind in kinds)
    extra = found["luc_luong"]["bao_ve_dan_pho"]["bo_sung"]["tong"]
    assert extra == sum(guards["bo_sung"][kind] for kind in kinds)
    cases = given_["an_ninh"]["hinh_su"]
    change = cases["nam_nay"]["vu"] - cases["nam_truoc"]["vu"]
    assert found["an_ninh"]["hinh_su"]["so_sanh_vu"] == change
    assert found["dang_ky"]["ty_le_cam_ket"] == Decimal("96.1")


def test_the_schema_of_the_tests_is_what_it_says() -> None:
    assert set(SCHEMA["properties"]) == RECORD.keys()
