"""Ranks within clusters, ties, quotas."""

from __future__ import annotations

from decimal import Decimal
from time import perf_counter
from typing import Any

import polars
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import BundleError
from generator.scoring import Quota, Standing, rank, read_scoring
from tests.scoring.test_rules import BASE, row, sheet, violations

BEST = "Xuất sắc"


def units(*points: float | None, title: str | None = BEST, cluster: str = "") -> list[Standing]:
    return [
        Standing(
            unit=f"{cluster}{number}",
            points=None if each is None else Decimal(str(each)),
            title=title if each is not None else "Không xét",
            cluster=cluster,
        )
        for number, each in enumerate(points)
    ]


def quota(percent: float = 20, **keys: str) -> Quota:
    return Quota(title=BEST, percent=Decimal(str(percent)), then="Tốt", **keys)


def holders(ranked: list[Any]) -> list[Any]:
    return [each.unit for each in ranked if each.title == BEST]


def test_equal_points_share_a_rank_and_the_next_places_are_left_out() -> None:
    assert [each.rank for each in rank(units(90, 95, 90, 80))] == [2, 1, 2, 4]


def test_a_unit_without_points_has_no_rank() -> None:
    assert [each.rank for each in rank(units(90, None, 80))] == [1, None, 2]


def test_each_cluster_ranks_by_itself() -> None:
    ranked = rank([*units(90, 80, cluster="A"), *units(70, 60, cluster="B")])
    assert [each.rank for each in ranked] == [1, 2, 1, 2]


def test_ties_are_broken_by_the_figures_named() -> None:
    one = Standing(unit=1, points=Decimal(90), breakers=(Decimal(40), Decimal(3)))
    two = Standing(unit=2, points=Decimal(90), breakers=(Decimal(40), Decimal(5)))
    three = Standing(unit=3, points=Decimal(90), breakers=(Decimal(45), Decimal(0)))
    assert [each.rank for each in rank([one, two, three])] == [3, 2, 1]


@pytest.mark.parametrize(
    ("count", "rounding", "expected"),
    [(10, "down", 2), (14, "down", 2), (14, "half_up", 3), (11, "up", 3), (4, "down", 0)],
)
def test_a_quota_leaves_the_class_to_the_best(count: int, rounding: str, expected: int) -> None:
    ranked = rank(units(*range(100, 100 - count, -1)), [quota(rounding=rounding)])
    assert holders(ranked) == [str(number) for number in range(expected)]
    assert {each.title for each in ranked[expected:]} <= {"Tốt"}
    assert {each.own_title for each in ranked} == {BEST}


def test_units_that_share_the_border_fall_together_or_stay() -> None:
    tied = units(99, 98, 98, 97, 96, 95, 94, 93, 92, 91)
    assert holders(rank(tied, [quota()])) == ["0"]
    assert holders(rank(tied, [quota(ties="keep")])) == ["0", "1", "2"]


def test_nobody_passes_a_better_unit_that_did_not_fit() -> None:
    tied = units(99, 99, 99, 90, 89, 88, 87, 86, 85, 84)
    assert holders(rank(tied, [quota()])) == []


def test_units_not_scored_do_not_widen_a_quota() -> None:
    ranked = rank(units(9, 8, 7, 6, 5, *[None] * 5), [quota()])
    assert holders(ranked) == ["0"]


def test_one_quota_may_fill_the_next() -> None:
    second = Quota(title="Tốt", percent=Decimal(30), then="Khá")
    ranked = rank(units(*range(100, 90, -1)), [quota(), second])
    titles = [each.title for each in ranked]
    assert titles == [BEST] * 2 + ["Tốt"] * 3 + ["Khá"] * 5


@given(
    st.lists(st.tuples(st.integers(0, 20), st.sampled_from("AB")), max_size=40),
    st.randoms(),
    st.sampled_from([0, 10, 20, 50, 100]),
)
def test_ranks_and_classes_do_not_depend_on_the_order(
    rows: list[tuple[int, str]], random: Any, percent: int
) -> None:
    given_units = [
        Standing(unit=number, points=Decimal(points), title=BEST, cluster=cluster)
        for number, (points, cluster) in enumerate(rows)
    ]
    shuffled = list(given_units)
    random.shuffle(shuffled)
    ranked = rank(given_units, [quota(percent)])
    assert sorted(rank(shuffled, [quota(percent)]), key=lambda each: str(each.unit)) == sorted(
        ranked, key=lambda each: str(each.unit)
    )
    frame = polars.DataFrame(rows, schema=["diem", "cum"], orient="row")
    expected = frame.with_columns(
        polars.col("diem").rank("min", descending=True).over("cum").alias("hang")
    )["hang"].to_list()
    assert [each.rank for each in ranked] == expected
    for cluster in "AB":
        scored = [each for each, (_, c) in zip(ranked, rows, strict=True) if c == cluster]
        assert len(holders(scored)) * 100 <= percent * len(scored)


def test_ten_thousand_units_in_a_moment() -> None:
    many = [
        Standing(unit=n, points=Decimal(n % 997), title=BEST, cluster=str(n % 60))
        for n in range(10_000)
    ]
    start = perf_counter()
    assert len(rank(many, [quota()])) == 10_000
    assert perf_counter() - start < 5


# ================================================================ from the manifest
CLASSES = [{"title": BEST, "from": 15}, {"title": "Tốt"}]


def table(**ranking: Any) -> dict[str, Any]:
    group = {"id": "A", "title": "A", "criterion": [row("a"), row("b")]}
    return BASE | {"group": [group], "class": CLASSES, "ranking": ranking}


def test_a_batch_is_ranked_by_the_verified_sheets() -> None:
    settings = table(
        cluster="cum", breakers=["a"], quota=[{"class": BEST, "percent": 50, "then": "Tốt"}]
    )
    scoring = read_scoring(settings, "manifest.toml")
    found = [violations(("a", 1)), violations(("b", 1)), violations(("a", 2))]
    standings = [
        scoring.standing(
            scoring.compute({"tu_cham": None, "tham_dinh": sheet(vi_pham=each)}), number, "X"
        )
        for number, each in enumerate(found)
    ]
    ranked = rank(standings, scoring.ranking.quotas)
    assert [(each.rank, each.title) for each in ranked] == [(2, "Tốt"), (1, BEST), (3, "Tốt")]
    assert scoring.ranking.cluster == "cum"


@pytest.mark.parametrize(
    ("ranking", "told"),
    [
        ({"clusters": "x"}, "không có khóa “clusters”"),
        ({"breakers": ["z"]}, "breakers: không có nhóm hay tiêu chí “z”"),
        ({"quota": [{"class": "Giỏi", "percent": 5, "then": "Tốt"}]}, "không có loại “Giỏi”"),
        ({"quota": [{"class": BEST, "percent": 120, "then": "Tốt"}]}, "percent phải là số từ 0"),
        ({"quota": [{"class": BEST, "percent": 5}]}, "thiếu khóa then"),
        ({"quota": [{"class": BEST, "percent": 5, "then": "Tốt", "ties": "x"}]}, "ties chọn"),
        ({"quota": 5}, "viết sai kiểu"),
        ({"breakers": 5}, "viết sai kiểu"),
    ],
)
def test_ranking_that_makes_no_sense_is_refused(ranking: dict[str, Any], told: str) -> None:
    with pytest.raises(BundleError) as caught:
        read_scoring(table(**ranking), "manifest.toml")
    assert told in str(caught.value)
