"""Sums: of parts in any order and grouping, of roll-ups, against an independent recomputation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.figures.totals import Figure
from tests.clerk import draw_form, keep, keep_lines, object_of
from tests.figures.drawing import number, rows, text
from tests.making import make
from tests.rollup.units import (
    SUMS,
    as_text,
    drawn,
    files,
    form_of,
    households,
    rolled,
    roster,
    totals,
    unit,
)

COUNT = st.none() | st.integers(0, 10**6)
MONEY = st.none() | st.decimals(0, 10**6, places=2)


@st.composite
def units(draw: st.DrawFn) -> list[tuple[dict[str, Any], str, str]]:
    """Units with some figures, each in a commune and in a province."""
    found = []
    for index in range(draw(st.integers(1, 7))):
        fined = {"vu": draw(COUNT), "doi_tuong": draw(COUNT), "trieu_dong": draw(MONEY)}
        signed, more = draw(COUNT), draw(COUNT)
        everyone = None if signed is None or more is None else signed + more
        record = unit(
            f"Thôn {index}",
            dang_ky={"ho_cam_ket": signed, "tong_so_ho": everyone, "thon": draw(COUNT)},
            tuyen_truyen={"so_luot": draw(COUNT)},
            xa_xu_ly={"hinh_su": {"phat_hanh_chinh": fined}},
            an_ninh={"te_nan": {"nam_nay": {"vu": draw(COUNT)}, "nam_truoc": {"vu": draw(COUNT)}}},
        )
        commune = draw(st.sampled_from(["Xã A", "Xã B", "Xã C"]))
        found.append((record, commune, "Tỉnh Đ" if commune == "Xã C" else "Tỉnh T"))
    return found


def write(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_text("".join(as_text(each) + "\n" for each in records), encoding="utf-8")
    return path


def stage(folder: Path, name: str, sources: list[Path]) -> Path:
    """Roll up some files as one office, into a file for the office above."""
    return write(folder / f"{name}.json", [rolled(sources, office=f"co_quan_tong_hop={name}")])


@given(found=units(), seed=st.randoms(use_true_random=False))
@settings(max_examples=15, deadline=None)
def test_the_sum_is_the_same_whatever_the_order_and_the_levels(found: Any, seed: Any) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        straight = rolled([write(folder / "a.jsonl", [record for record, _, _ in found])])
        mixed = list(found)
        seed.shuffle(mixed)
        communes: dict[str, tuple[str, list[Any]]] = {}
        for record, commune, province in mixed:
            communes.setdefault(commune, (province, []))[1].append(record)
        provinces: dict[str, list[Path]] = {}
        for commune, (province, records) in communes.items():
            parts = [write(folder / f"{commune}.jsonl", records)]
            provinces.setdefault(province, []).append(stage(folder, commune, parts))
        above = [stage(folder, province, parts) for province, parts in provinces.items()]
        by_two = rolled([path for parts in provinces.values() for path in parts])
        by_three = rolled(above)
        wanted = totals(straight)["tong_cong"]
        assert totals(by_two)["tong_cong"] == wanted
        assert totals(by_three)["tong_cong"] == wanted


@given(found=units())
@settings(max_examples=15, deadline=None)
def test_groups_in_one_step_are_the_roll_ups_of_the_groups(found: Any) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        groups = {record["don_vi"]: commune for record, commune, _ in found}
        listed = roster(folder / "don-vi.jsonl", groups)
        every = write(folder / "a.jsonl", [record for record, _, _ in found])
        one = rolled([every], units=str(listed), by_group=True)
        parts = [
            stage(folder, each, [
                write(folder / f"{each}.jsonl", [r for r, commune, _ in found if commune == each])
            ])
            for each in dict.fromkeys(groups.values())
        ]  # fmt: skip
        assert one["cac_don_vi"] == rolled(parts)["cac_don_vi"]


# ---------------------------------------------------------------- an independent recomputation
def column(figure: Figure) -> pl.Expr:
    at = pl.col(figure.path[0])
    for step in figure.path[1:]:
        at = at.struct.field(step)
    return at


def present(figure: Figure, schema: pl.Schema) -> bool:
    """Return whether any unit of the file has the figure."""
    kind: Any = schema.get(figure.path[0])
    for step in figure.path[1:]:
        fields = {field.name: field.dtype for field in getattr(kind, "fields", ())}
        kind = fields.get(step)
    return kind is not None


def dig(value: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def test_polars_adds_up_the_same_for_every_commune_and_figure() -> None:
    figures = form_of(SUMS).figures.totals.figures  # type: ignore[union-attr]
    frame = pl.read_ndjson(drawn() / "so-lieu.jsonl", infer_schema_length=None)
    groups = pl.read_ndjson(drawn() / "don-vi-so-lieu.jsonl")
    known = [figure for figure in figures if present(figure, frame.schema)]
    assert len(known) == len(figures) == 134
    sums = (
        frame.join(groups, on="don_vi")
        .group_by("nhom", maintain_order=True)
        .agg(column(figure).sum().alias(figure.name) for figure in known)
    )
    record = rolled(
        [drawn() / "so-lieu.jsonl"], units=str(drawn() / "don-vi-so-lieu.jsonl"), by_group=True
    )
    assert [row["don_vi"] for row in record["cac_don_vi"]] == sums["nhom"].to_list()
    assert [row["so_don_vi"] for row in record["cac_don_vi"]] == [
        *groups.group_by("nhom", maintain_order=True).len()["len"]
    ]
    for ours, theirs in zip(record["cac_don_vi"], sums.to_dicts(), strict=True):
        for figure in known:
            found = dig(ours, figure.path)
            assert float(found) == round(theirs[figure.name], 2), (ours["don_vi"], figure.name)
    whole = totals(record)["tong_cong"]
    for figure in known:
        wanted = frame.select(column(figure).sum()).item()
        assert float(dig(whole, figure.path)) == round(wanted, 2), figure.name


def test_what_is_missing_is_counted_by_another_way() -> None:
    def lines() -> Iterator[dict[str, Any]]:
        with (drawn() / "so-lieu.jsonl").open(encoding="utf-8") as stream:
            yield from map(json.loads, stream)

    record = rolled(
        [drawn() / "so-lieu.jsonl"], units=str(drawn() / "don-vi-so-lieu.jsonl"), by_group=True
    )
    whole = totals(record)["tong_cong"]
    blank = sum(1 for each in lines() if each["dang_ky"]["to_doi"] is None)
    assert blank == whole["con_thieu"]["dang_ky"]["to_doi"] > 0
    # A section left out altogether does not concern the unit.
    assert any("mo_hinh" not in each for each in lines())
    assert whole["con_thieu"]["mo_hinh"]["duy_tri"] == 0


def test_percentages_and_comparisons_come_from_the_sums() -> None:
    record = rolled([drawn() / "so-lieu.jsonl"])
    whole = totals(record)["tong_cong"]
    share = Fraction(100 * whole["dang_ky"]["ho_cam_ket"], whole["dang_ky"]["tong_so_ho"])
    assert whole["dang_ky"]["ty_le_cam_ket"] == Decimal(round(share * 10)) / 10
    cases = whole["an_ninh"]["hinh_su"]
    assert cases["so_sanh_vu"] == cases["nam_nay"]["vu"] - cases["nam_truoc"]["vu"]


# ---------------------------------------------------------------- by hand
def test_two_units_by_hand(tmp_path: Path) -> None:
    sources = files(tmp_path, [households("Xã A", 119, 120), households("Xã B", 80, 80)])
    whole = totals(rolled(sources))["tong_cong"]
    assert whole["so_don_vi"] == 2
    assert whole["dang_ky"]["ho_cam_ket"] == 199
    assert whole["dang_ky"]["ty_le_cam_ket"] == Decimal("99.5")  # not the mean of 99,2 and 100


def test_a_blank_is_not_zero(tmp_path: Path) -> None:
    sources = files(tmp_path, [households("Xã A", 119, 120), households("Xã B", None, 80)])
    whole = totals(rolled(sources))["tong_cong"]
    assert whole["dang_ky"]["ho_cam_ket"] == 119
    assert whole["con_thieu"]["dang_ky"]["ho_cam_ket"] == 1
    assert whole["con_thieu"]["dang_ky"]["tong_so_ho"] == 0
    assert whole["dang_ky"]["ty_le_cam_ket"] is None  # the parts are not of the same units


def test_what_is_missing_below_is_still_missing_above(tmp_path: Path) -> None:
    parts = files(tmp_path / "xa", [households("Thôn 1", 5, 9), households("Thôn 2", None, 9)])
    commune = stage(tmp_path, "Xã A", parts)
    others = files(tmp_path / "khac", [households("Thôn 3", 7, 9)])
    record = rolled([commune, stage(tmp_path, "Xã B", others)])
    assert record["cac_don_vi"][0]["thieu"] == [{"truong": "dang_ky.ho_cam_ket", "so": 1}]
    shown = totals(record)
    assert shown["tong_cong"]["so_don_vi"] == 3
    assert shown["tong_cong"]["con_thieu"]["dang_ky"]["ho_cam_ket"] == 1
    assert shown["cac_don_vi"][0]["dang_ky"]["ty_le_cam_ket"] is None
    assert shown["cac_don_vi"][1]["dang_ky"]["ty_le_cam_ket"] == Decimal("77.8")


def test_texts_are_collected_with_the_names_of_their_units(tmp_path: Path) -> None:
    sources = files(
        tmp_path,
        [unit("Thôn 1", phuong_huong="Lắp camera."), unit("Thôn 2", phuong_huong="Tuần tra.")],
    )
    listed = roster(tmp_path / "don-vi.jsonl", {"Thôn 1": "Xã A", "Thôn 2": "Xã A"})
    record = rolled(sources, units=str(listed), by_group=True)
    assert record["cac_don_vi"][0]["phuong_huong"] == "Thôn 1: Lắp camera.\nThôn 2: Tuần tra."


def test_texts_of_lower_offices_stand_under_their_names(tmp_path: Path) -> None:
    """Communes, then a town: each name once, above those it collected."""
    said = {"Thôn 1": "Lắp camera.", "Thôn 2": "Tuần tra.", "Thôn 3": "Tập huấn."}
    communes = []
    for name, names in (("Xã 1", ("Thôn 1", "Thôn 2")), ("Xã 2", ("Thôn 3",))):
        (tmp_path / name).mkdir()
        sources = files(tmp_path / name, [unit(n, phuong_huong=said[n]) for n in names])
        commune = rolled(sources, office=f"co_quan_tong_hop={name}")
        communes.append(keep(tmp_path / f"{name}.json", commune))
    town = keep(tmp_path / "tp.json", rolled(communes, office="co_quan_tong_hop=Thành phố"))
    (row,) = rolled([town])["cac_don_vi"]
    assert row["phuong_huong"].splitlines() == [
        "Xã 1:", "Thôn 1: Lắp camera.", "Thôn 2: Tuần tra.", "Xã 2:",
        "Thôn 3: Tập huấn.",
    ]  # fmt: skip


def test_a_declared_total_is_not_trusted(tmp_path: Path) -> None:
    """What the parts give is added up, though the unit's paper shows what it declared."""
    (tmp_path / "mau").mkdir()
    slip = object_of({"ten": text("Tên"), "vu": number("Vụ"), "a": number("A"), "b": number("B")})
    folder = draw_form(tmp_path / "mau", "phieu", schema=slip, unit="ten")
    with (folder / "manifest.toml").open("a", encoding="utf-8") as stream:
        stream.write(
            '[[derive]]\nname = "vu"\ntitle = "Vụ"\nexpression = "a + b"\ndeclared = "warning"\n'
        )
    table = {"ten": text("Tên"), "vu": number("Vụ"), "a": number("A"), "b": number("B")}
    above = draw_form(
        tmp_path / "mau", "bang", schema=object_of({"hang": rows("Các đơn vị", **table)}),
        template=make("Tổng: {{ tong_cong.vu }}"),
        sample={"hang": [{"ten": "A", "vu": 1, "a": 1, "b": 0}]},
    )  # fmt: skip
    with (above / "manifest.toml").open("a", encoding="utf-8") as stream:
        stream.write('[rollup]\nfrom = ["phieu"]\nrows = "hang"\nname = "ten"\n')
    from generator.rollup import Rollup

    data = keep_lines(tmp_path / "a.jsonl", [{"ten": "Xã A", "vu": 50, "a": 20, "b": 27}])
    done = Rollup("bang", [str(tmp_path / "mau")]).make([str(data)], ".json")
    assert json.loads(done.content)["hang"] == [{"ten": "Xã A", "vu": 47, "a": 20, "b": 27}]
    assert [each.message for each in done.warnings] == ["Vụ: ghi 50, tính ra 20 + 27 = 47"]


def test_no_section_at_all_is_a_blank_total(tmp_path: Path) -> None:
    whole = totals(rolled(files(tmp_path, [unit("Xã A"), unit("Xã B")])))["tong_cong"]
    assert whole["dang_ky"]["thon"] is None
    assert whole["con_thieu"]["dang_ky"]["thon"] == 0
