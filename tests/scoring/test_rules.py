"""Scoring rules of every kind, as a manifest has them and as they come out."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import BundleError
from generator.expressions import Source
from generator.scoring import Scoring, explain, explainable, read_scoring
from tests.clerk import ROOT

BASE: dict[str, Any] = {
    "into": "cham_diem",
    "scorers": ["tu_cham", "tham_dinh"],
    "deduction": 5,
    "row_floor": 0,
    "bonus": 5,
    "bonus_per": "once",
    "total_cap": "none",
    "veto_result": "Không xét",
}
Row = dict[str, Any]


def row(code: str, maximum: float = 10, **keys: Any) -> Row:
    return {"id": code, "label": code, "title": f"Tiêu chí {code}", "maximum": maximum} | keys


def rules(*rows: Row, **settings: Any) -> Scoring:
    """Rules with one group of those rows."""
    group = {"id": "A", "title": "Nhóm", "criterion": list(rows)}
    return read_scoring(BASE | {"group": [group]} | settings, "manifest.toml")


def sheet(**keys: Any) -> dict[str, Any]:
    return {"vi_pham_tieu_chuan_chung": None, "vi_pham": [], "thuong": None} | keys


def violations(*found: tuple[str, int]) -> list[dict[str, Any]]:
    return [{"tieu_chi": code, "so_hanh_vi": count, "noi_dung": None} for code, count in found]


def figures(**values: Any) -> list[dict[str, Any]]:
    """Figures of rows: a value, or a part and its whole."""
    return [
        {"tieu_chi": code, "gia_tri": value[0], "tong": value[1]}
        if isinstance(value, tuple)
        else {"tieu_chi": code, "gia_tri": value}
        for code, value in values.items()
    ]


def computed(scoring: Scoring, found: dict[str, Any] | None, **record: Any) -> dict[str, Any]:
    return scoring.compute({"tu_cham": found, "tham_dinh": None} | record)


def total(scoring: Scoring, **keys: Any) -> Decimal | None:
    points: Decimal | None = computed(scoring, sheet(**keys))["diem"]["tu_cham"]
    return points


def points(scoring: Scoring, code: str, **keys: Any) -> Decimal | None:
    rows = computed(scoring, sheet(**keys))["nhom"][0]["tieu_chi"]
    found: Decimal | None = next(each["diem"]["tu_cham"] for each in rows if each["ma"] == code)
    return found


def faults(scoring: Scoring, **keys: Any) -> list[str]:
    record = {"tu_cham": sheet(**keys), "tham_dinh": None}
    return [f"{'.'.join(map(str, f.path))}: {f.message}" for f in scoring.faults(record)]


# ================================================================ violations
@pytest.mark.parametrize(
    ("per", "expected"), [("act", 40 - 5 * 4), ("case", 40 - 5 * 2), ("row", 40 - 5)]
)
def test_a_deduction_counts_acts_cases_or_once_for_the_row(per: str, expected: int) -> None:
    found = violations(("a", 3), ("a", 1))
    assert total(rules(row("a", 40), deduction_per=per), vi_pham=found) == expected


def test_a_row_may_have_its_own_deduction_and_floor() -> None:
    scoring = rules(row("a", 10, deduction=2.5, floor="none"), row("b", 10, floor=4))
    assert points(scoring, "a", vi_pham=violations(("a", 6))) == -5
    assert points(scoring, "b", vi_pham=violations(("b", 2))) == 4


def test_the_total_may_have_a_floor() -> None:
    scoring = rules(row("a", 10, floor="none"), total_floor=0)
    assert total(scoring, vi_pham=violations(("a", 9))) == 0


def test_a_group_may_have_a_cap() -> None:
    group = {"id": "A", "title": "A", "criterion": [row("a"), row("b")], "cap": 15}
    scoring = read_scoring(BASE | {"group": [group]}, "manifest.toml")
    assert computed(scoring, sheet())["diem_chuan"] == 15
    assert total(scoring) == 15
    assert total(scoring, vi_pham=violations(("a", 2))) == 10


@pytest.mark.parametrize(
    ("settings", "cases", "expected"),
    [
        ({}, 3, 15),
        ({"bonus_per": "case"}, 3, 25),
        ({"bonus_per": "case", "bonus_cap": 12}, 3, 22),
        ({"bonus_per": "case", "total_cap": 18}, 3, 18),
        ({}, 0, 10),
    ],
)
def test_bonus(settings: dict[str, Any], cases: int, expected: int) -> None:
    assert total(rules(row("a"), **settings), thuong=["x"] * cases) == expected


# ================================================================ figures
RANGES = [
    {"from": 90, "points": 10},
    {"from": 80, "below": 90, "points": 8},
    {"from": 70, "below": 80, "points": 5.5},
    {"below": 70, "points": 0},
]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (100, "10"), (90, "10"), (Decimal("89.999"), "8"), (80, "8"), (70, "5.5"),
        (Decimal("69.99"), "0"), (0, "0"), ((45, 50), "10"), ((43, 50), "8"), ((2, 3), "0"),
    ],
)  # fmt: skip
def test_ranges(value: Any, expected: str) -> None:
    scoring = rules(row("a", kind="ranges", ranges=RANGES))
    assert points(scoring, "a", so_lieu=figures(a=value)) == Decimal(expected)


@pytest.mark.parametrize(
    ("keys", "value", "expected"),
    [
        ({"target": 50}, 45, "9"),
        ({"target": 50}, 60, "10"),  # no more than the row's maximum
        ({}, (1, 3), "3.33"),
        ({"decimals": 0}, (1, 3), "3"),
        ({"decimals": 1}, (1, 8), "1.3"),  # 1,25: half up
        ({}, (0, 3), "0"),
    ],
)
def test_ratios(keys: dict[str, Any], value: Any, expected: str) -> None:
    scoring = rules(row("a", kind="ratio", **keys))
    assert points(scoring, "a", so_lieu=figures(a=value)) == Decimal(expected)


@pytest.mark.parametrize(("value", "expected"), [(0, "10"), (2, "6"), (5, "0"), (9, "0")])
def test_inverse_scores(value: int, expected: str) -> None:
    scoring = rules(row("a", kind="inverse", target=5))
    assert points(scoring, "a", so_lieu=figures(a=value)) == Decimal(expected)


def test_steps_and_points() -> None:
    scoring = rules(row("a", 1, kind="steps", steps=[0, 0.5, 1]), row("b", 4, kind="points"))
    assert total(scoring, so_lieu=figures(a=Decimal("0.5"), b=Decimal("3.25"))) == Decimal("3.75")
    assert faults(scoring, so_lieu=figures(a=Decimal("0.5"), b=Decimal("3.25"))) == []


def test_full_or_nothing_is_a_row_of_two_steps() -> None:
    scoring = rules(row("a", 4, kind="steps"))
    assert points(scoring, "a", so_lieu=figures(a=4)) == 4
    assert faults(scoring, so_lieu=figures(a=3)) == [
        "tu_cham.so_lieu.0.gia_tri: tiêu chí a: 3 không phải mức điểm của tiêu chí (0; 4)"
    ]


def test_points_computed_from_the_record() -> None:
    scoring = rules(row("a", 10, kind="ratio", target=100, value="ty_le(dat, ho)"))
    assert computed(scoring, sheet(), dat=45, ho=50)["diem"]["tu_cham"] == 9
    assert computed(scoring, sheet(), dat=None, ho=50)["diem"]["tu_cham"] is None
    record = {"tu_cham": sheet(), "tham_dinh": None, "dat": 45, "ho": 0}
    (fault,) = scoring.faults(record)
    assert fault.message == "tiêu chí a: không tính được tỷ lệ của 45 trên 0"


def test_a_figure_not_given_leaves_the_total_blank() -> None:
    scoring = rules(row("a", kind="points"), row("b"))
    assert total(scoring, so_lieu=figures(a=None)) is None
    assert total(scoring) is None


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"so_lieu": figures(r=69)}, "69 không thuộc khoảng điểm nào của tiêu chí"),
        ({"so_lieu": figures(p=11)}, "11 ngoài khoảng 0 đến 10 điểm"),
        ({"so_lieu": figures(p=-1)}, "−1 ngoài khoảng 0 đến 10 điểm"),
        ({"so_lieu": figures(q=(1, 0))}, "tổng số là 0, không tính được tỷ lệ"),
        ({"so_lieu": figures(q=1)}, "thiếu tổng số để tính tỷ lệ"),
        ({"so_lieu": figures(q=(-1, 5))}, "−1 nhỏ hơn 0"),
        ({"so_lieu": figures(v=1)}, "không chấm theo số liệu của phiếu"),
        ({"so_lieu": figures(la=1)}, "không chấm theo số liệu của phiếu"),
        ({"so_lieu": [*figures(p=1), *figures(p=2)]}, "có hai số liệu"),
        ({"so_lieu": figures(p="năm")}, "“năm” là chữ, chỗ này cần số"),
        ({"khong_ap_dung": ["v"]}, "tiêu chí v áp dụng cho mọi đơn vị"),
        ({"khong_ap_dung": ["la"]}, "tiêu chí la áp dụng cho mọi đơn vị"),
    ],
)
def test_figures_that_a_row_cannot_take(keys: dict[str, Any], told: str) -> None:
    scoring = rules(
        row("r", kind="ranges", ranges=RANGES[:3]),
        row("p", kind="points"),
        row("q", kind="ratio"),
        row("v"),
    )
    (line,) = faults(scoring, **keys)
    assert told in line
    assert line.startswith(("tu_cham.so_lieu.", "tu_cham.khong_ap_dung.0"))


# ================================================================ rows that do not apply
@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("reduce", "25"),  # 5 + 20 of 30 points
        ("rescale", "33.33"),  # 25 × 40 / 30
        ("full", "35"),  # the row counts as full
    ],
)
def test_a_row_that_does_not_apply(mode: str, expected: str) -> None:
    scoring = rules(row("a"), row("b", may_not_apply=True), row("c", 20), not_applicable=mode)
    found = {"khong_ap_dung": ["b"], "vi_pham": violations(("a", 1))}
    assert total(scoring, **found) == Decimal(expected)
    assert total(scoring, vi_pham=violations(("a", 1))) == 35


def test_only_rows_that_may_not_apply_can_be_left_out() -> None:
    scoring = rules(row("a"), row("b"))
    assert total(scoring, khong_ap_dung=["b"]) == 20


def test_of_alternatives_the_best_counts_and_the_maximum_once() -> None:
    scoring = rules(
        row("nui", 10, kind="points", alternative="địa bàn"),
        row("dong_bang", 10, kind="points", alternative="địa bàn"),
        row("c", 20),
    )
    assert computed(scoring, sheet())["diem_chuan"] == 30
    assert total(scoring, so_lieu=figures(nui=7)) == 27
    assert total(scoring, so_lieu=figures(nui=7, dong_bang=9)) == 29
    assert total(scoring) is None


# ================================================================ result
CLASSES = [
    {"title": "Xuất sắc", "from": 90, "when": "bat_buoc_khong_dat == 0 and so_vi_pham == 0"},
    {"title": "Tốt", "from": 80, "when": 'tieu_chi["c"] >= 10'},
    {"title": "Khá", "from": 70, "below": 90},
    {"title": "Đạt", "when": "phan_tram >= 50"},
    {"title": "Không đạt"},
]


def classed(**keys: Any) -> dict[str, Any]:
    scoring = rules(
        row("a", 60, must_be_full=True), row("b", 20, floor="none"), row("c", 20),
        **{"class": CLASSES},
    )  # fmt: skip
    return computed(scoring, sheet(**keys))


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([], "Xuất sắc"),
        ([("b", 1)], "Tốt"),  # 95, but a violation
        ([("a", 1)], "Tốt"),  # 95, but a row that must be full is not
        ([("c", 3)], "Khá"),  # 85, but 5 in c
        ([("a", 4), ("b", 2)], "Khá"),  # 70
        ([("a", 7)], "Đạt"),
        ([("a", 12)], "Không đạt"),
    ],
)
def test_the_class_depends_on_more_than_the_total(
    found: list[tuple[str, int]], expected: str
) -> None:
    result = classed(vi_pham=violations(*found))
    assert result["xep_loai"] == {"tu_cham": expected, "tham_dinh": None}
    assert result["bat_buoc_khong_dat"]["tu_cham"] == (["a"] if "a" in dict(found) else [])


def test_a_veto_wins_over_bonus_and_class() -> None:
    result = classed(thuong=["x"], vi_pham_tieu_chuan_chung="Có người bị khởi tố")
    assert result["diem"]["tu_cham"] is None
    assert result["xep_loai"]["tu_cham"] == "Không xét"
    assert result["bat_buoc_khong_dat"]["tu_cham"] == []


def test_the_difference_of_two_scorers() -> None:
    scoring = rules(row("a"))
    own, verified = sheet(), sheet(vi_pham=violations(("a", 1)))
    assert scoring.compute({"tu_cham": own, "tham_dinh": verified})["chenh_lech"] == -5
    assert scoring.compute({"tu_cham": own, "tham_dinh": own})["chenh_lech"] == 0
    assert scoring.compute({"tu_cham": own, "tham_dinh": None})["chenh_lech"] is None
    alone = rules(row("a"), scorers=["tu_cham"])
    assert alone.compute({"tu_cham": own})["chenh_lech"] is None


@given(
    found=st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 9)), max_size=6),
    given_points=st.decimals(0, 7, places=2),
    out=st.booleans(),
    rewards=st.integers(0, 4),
    veto=st.booleans(),
    mode=st.sampled_from(["reduce", "rescale", "full"]),
)
def test_scores_stay_within_bounds(
    found: list[tuple[str, int]], given_points: Decimal, out: bool, rewards: int, veto: bool,
    mode: str,
) -> None:  # fmt: skip
    scoring = rules(
        row("a", 12.5), row("b", may_not_apply=True), row("c", 30), row("d", 7, kind="points"),
        not_applicable=mode, total_cap=60, bonus_per="case",
    )  # fmt: skip
    result = computed(
        scoring,
        sheet(
            vi_pham=violations(*found), so_lieu=figures(d=given_points), thuong=["x"] * rewards,
            khong_ap_dung=["b"] if out else [], vi_pham_tieu_chuan_chung="x" if veto else None,
        ),
    )  # fmt: skip
    points = result["diem"]["tu_cham"]
    if veto:
        assert points is None
        assert result["ket_qua"]["tu_cham"] == "Không xét"
        return
    assert 0 <= points <= 60
    for each in result["nhom"][0]["tieu_chi"]:
        left_out = each["ma"] == "b" and out and mode != "full"
        mine = each["diem"]["tu_cham"]
        assert mine is None if left_out else 0 <= mine <= each["diem_chuan"]


# ================================================================ settings
def broken(text: str) -> str:
    table = tomllib.loads(text)
    with pytest.raises(BundleError) as caught:
        read_scoring(table, "manifest.toml")
    assert caught.value.problems[0].at == "[scoring]"
    return caught.value.problems[0].message


GOOD = """
into = "cham_diem"
scorers = ["a"]
deduction = 5
row_floor = 0
bonus = 5
bonus_per = "once"
total_cap = "none"
veto_result = "Không xét"
[[group]]
id = "A"
title = "Nhóm"
[[group.criterion]]
id = "1"
label = "1"
title = "Tiêu chí"
maximum = 10
"""


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("deduction = 5", "deduction = true", "giá trị không dùng được: “True” không phải là số"),
        ("deduction = 5", "deduction = inf", "“inf” không phải là số"),
        ("deduction = 5", "deductoin = 5", "không có khóa “deductoin”, có phải “deduction”?"),
        ('"once"', '"năm"', "“năm”, chọn một trong: once, case"),
        ('["a"]', '"a"', "“a” không phải là danh sách"),
        ('["a"]', "[]", "cần ít nhất một bên chấm"),
        ('["a"]', "[1]", "“1” không phải là chữ"),
        ("maximum = 10", "maximum = 0", "tiêu chí 1: maximum phải lớn hơn 0"),
        ("maximum = 10", 'maximum = 10\nkind = "lạ"', "“lạ”, chọn một trong: violations, ranges"),
        ("maximum = 10", 'maximum = 10\nkind = "ranges"', "tiêu chí 1: kind = ranges cần ranges"),
        ("maximum = 10", "maximum = 10\nsteps = [1]", "steps chỉ dùng với kind = steps"),
        ("maximum = 10", 'maximum = 10\nkind = "steps"\nsteps = [0, 11]', "từ 0 đến maximum"),
        ("maximum = 10", 'maximum = 10\nkind = "ratio"\ntarget = 0', "target phải lớn hơn 0"),
        ("maximum = 10", "maximum = 10\ntarget = 5", "target chỉ dùng với kind = ratio"),
        ("maximum = 10", 'maximum = 10\nvalue = "x"', "value chỉ dùng khi kind khác violations"),
        ("maximum = 10", 'maximum = 10\nkind = "points"\nvalue = "x +"', "viết sai cú pháp"),
        ("maximum = 10", "maximum = 10\ndecimals = 99", "không phải số chữ số thập phân"),
        ("maximum = 10", 'maximum = 10\nmust_be_full = "có"', "không phải là true hoặc false"),
        (
            "maximum = 10",
            'maximum = 10\nkind = "ranges"\n'
            "ranges = [{from = 5, points = 1}, {from = 7, points = 2}]",
            "hai khoảng trong ranges chồng lên nhau",
        ),
        (
            "maximum = 10",
            'maximum = 10\nkind = "ranges"\nranges = [{points = 11}]',
            "điểm trong ranges phải từ 0 đến maximum",
        ),
        ('label = "1"', 'labe = "1"', "không có khóa “labe”, có phải “label”?"),
        ("[[group]]", '[[class]]\ntitle = "A"\nwhen = "diemm > 1"\n[[group]]',
         "xếp loại A: không có “diemm”, có phải “diem”?"),
        ("[[group]]", '[[class]]\ntitle = "A"\nwhen = "nhom.B > 1"\n[[group]]',
         "xếp loại A: không có “nhom.B”"),
        ('title = "Nhóm"', "title = 5", "“5” không phải là chữ"),
        ("[[group.criterion]]", "[[group.row]]", "không có khóa “row”"),
    ],
)  # fmt: skip
def test_settings_that_make_no_sense(old: str, new: str, told: str) -> None:
    message = broken(GOOD.replace(old, new, 1))
    assert told in message
    assert not any(word in message for word in ("Error", "object", "must", "unhashable"))


# ================================================================ explanations
def told(source: Source, depth: int = 0) -> list[str]:
    lines = [f"{'  ' * depth}{source.title} = {source.text or source.value}"]
    return lines + [line for each in source.sources for line in told(each, depth + 1)]


def explained(scoring: Scoring, name: str, **keys: Any) -> Sequence[str]:
    record = {"tu_cham": sheet(**keys), "tham_dinh": None}
    return told(explain(scoring, record, name, {"tu_cham": "tự chấm"})[0])


def test_a_total_is_told_down_to_the_violations() -> None:
    scoring = rules(row("a", 12.5), row("b", 10))
    found = violations(("a", 1), ("b", 2), ("b", 1))
    assert explained(scoring, "cham_diem.diem.tu_cham", vi_pham=found, thuong=["x"]) == [
        "Tổng điểm (tự chấm) = 7,5 + 5 = 12,5",
        "  A (tự chấm) = 7,5 + 0 = 7,5",
        "    a (tự chấm) = 12,5 − 1 × 5 = 7,5",
        "      Số hành vi = 1",
        "    b (tự chấm) = 10 − 3 × 5 = −5, giới hạn là 0",
        "      Số hành vi = 2",
        "      Số hành vi = 1",
        "  Thưởng = 5",
    ]


@pytest.mark.parametrize(
    ("settings", "name", "expected"),
    [
        ({"total_cap": 20}, "cham_diem.diem", "Tổng điểm (tự chấm) = 27 + 5 = 32, giới hạn là 20"),
        ({"not_applicable": "rescale"}, "cham_diem.diem",
         "Tổng điểm (tự chấm) = (27) × 40 / 30 + 5 = 41"),
        ({}, "A", "A (tự chấm) = 20 + 7 = 27"),
        ({}, "p", "p (tự chấm) = 7 điểm cho 7"),
        ({}, "o", "o (tự chấm) = không áp dụng"),
        ({}, "v", "v (tự chấm) = 20"),
    ],
)  # fmt: skip
def test_caps_and_rows_that_do_not_apply_are_told(
    settings: dict[str, Any], name: str, expected: str
) -> None:
    scoring = rules(row("v", 20), row("p", kind="points"), row("o", may_not_apply=True), **settings)
    found = {"so_lieu": figures(p=7), "khong_ap_dung": ["o"], "thuong": ["x"]}
    assert explained(scoring, name, **found)[0] == expected


def test_a_veto_and_a_blank_sheet_are_told() -> None:
    scoring = rules(row("a"))
    record = {"tu_cham": sheet(vi_pham_tieu_chuan_chung="x"), "tham_dinh": None}
    values = [source.value for source in explain(scoring, record, "cham_diem.diem")]
    assert values == ["Không xét", "(trống)"]


def test_what_can_be_explained() -> None:
    assert explainable(rules(row("a"))) == [
        "cham_diem.diem", "cham_diem.diem.tu_cham", "cham_diem.diem.tham_dinh", "A", "a",
    ]  # fmt: skip
    assert explain(rules(row("a")), {}, "zzz") == []


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 4)), max_size=5), st.integers(0, 3))
def test_the_explained_total_is_the_computed_one(
    found: list[tuple[str, int]], rewards: int
) -> None:
    scoring = rules(row("a", 12.5), row("b"), row("p", kind="points"), bonus_per="case")
    keys = {
        "vi_pham": violations(*found), "thuong": ["x"] * rewards, "so_lieu": figures(p=3)
    }  # fmt: skip
    line = explained(scoring, "cham_diem.diem", **keys)[0]
    shown = f"{total(scoring, **keys):f}".replace(".", ",")
    assert line.endswith(f"= {shown}")


def test_the_scoring_sheet_of_the_product_has_no_figures_to_check() -> None:
    manifest = tomllib.loads(
        (ROOT / "doctemplates/ban-cham-diem/manifest.toml").read_text(encoding="utf-8")
    )
    assert not read_scoring(manifest["scoring"], "manifest.toml").has_figures
