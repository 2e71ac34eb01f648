"""Rows one at a time give what the whole table gives, and rows as kept are what came in."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import DataError
from generator.figures.totals import ABSENT
from generator.rollup import Asked, Rollup
from generator.rollup.rows import Rows, Texts
from generator.rollup.table import Shown, Table
from tests.clerk import draw_form, keep, keep_lines, object_of
from tests.figures.drawing import group, number, rows, text
from tests.making import make
from tests.rollup.units import DATA, OFFICE, SCORES, SUMS, drawn, form_of

ROW = st.dictionaries(
    st.sampled_from(["a", "b", "tên"]),
    st.none()
    | st.integers(-(10**30), 10**30)
    | st.decimals(allow_nan=False, allow_infinity=False, places=3)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
)


@given(st.lists(ROW), st.randoms())
def test_rows_come_back_digit_for_digit_and_in_order(
    found: list[dict[str, Any]], draw: Any
) -> None:
    kept = Rows(found)
    assert [*map(repr, kept)] == [*map(repr, found)]
    keys = [draw.randrange(3) for _ in found]
    kept.sort(keys)
    pairs = sorted(zip(keys, found, strict=True), key=lambda pair: pair[0])
    assert [*kept] == [row for _, row in pairs]
    assert len(kept) == len(found)


def test_texts_much_alike_are_kept_small() -> None:
    texts = Texts()
    for value in range(100):
        texts.append(b'{"mot_truong_ten_dai": %d}' % value * 20)
    assert [*texts] == [b'{"mot_truong_ten_dai": %d}' % value * 20 for value in range(100)]
    assert sum(map(len, texts._packed)) < 100 * 60


def table(form: str) -> Table:
    """Return the table of 570 units of a form, before it is written."""
    name = "so-lieu" if form == SUMS else "cham-diem"
    asked = Asked(
        head="" if form == SUMS else str(DATA / "dau-cham-diem.json"),
        settings=[OFFICE] if form == SUMS else (),
        units=str(drawn() / f"don-vi-{name}.jsonl"),
        classes=() if form == SUMS else ("Đạt=80", "Không đạt"),
    )
    work = Rollup(form, (), asked)
    collected = work.collector().collect([str(drawn() / f"{name}.jsonl")])
    return Table(work.form, work.head, collected, work._merit(work.form))


@pytest.mark.parametrize("form", [SUMS, SCORES])
def test_a_row_at_a_time_gives_what_the_whole_table_gives(form: str) -> None:
    one = table(form)
    assert one.form.figures.rowwise is not None
    whole = one.form.prepare(one.raw(), named=False)
    pieces = one.as_json()
    assert pieces is not None
    made = b"".join(pieces)
    assert json.loads(made, parse_float=Decimal) == whole.record
    lines = made.decode().splitlines()
    assert sum(line.startswith("  {") for line in lines) == 570  # a unit a line
    shown = Shown(one)
    context = one.context(shown)
    assert [*shown] == whole.context[one.rules.rows]
    assert (shown[3], shown[-1], shown[1:3]) == ([*shown][3], [*shown][-1], [*shown][1:3])
    for key, value in whole.context.items():
        if key not in (one.rules.rows, ABSENT):  # for texts a list in any case
            assert context[key] == value, key


@pytest.mark.parametrize("row", [{}, {"nhom": None}, {"nhom": {}}, {"nhom": {"con": None}}])
def test_what_a_row_does_not_have_is_kept_as_blank(row: dict[str, Any]) -> None:
    rowwise = form_of(SUMS).figures.rowwise
    assert rowwise is not None
    kept = replace(rowwise, columns=(("nhom", "con", "so"), ("ghi_chu",))).kept(row)
    assert kept == {"nhom": {"con": {"so": None}}, "ghi_chu": None}


# ---------------------------------------------------------------- forms that look at all rows
TABLE = {"ten": text("Tên"), "diem": number("Điểm"), "ty_le": number("Tỷ lệ")}
ROLLUP = '[rollup]\nfrom = ["phieu"]\nrows = "hang"\nname = "ten"\n'


def above(root: Path, tables: str, **listed: Any) -> Rollup:
    """Open a superior's form with those tables in its manifest."""
    slip = object_of({"ten": text("Tên"), "diem": number("Điểm")})
    draw_form(root / "mau", "phieu", schema=slip, unit="ten")
    fields = {"khai": number("Số đơn vị"), "hang": rows("Các đơn vị", **TABLE) | listed}
    folder = draw_form(
        root / "mau", "bang", schema=object_of(fields, ()),
        template=make("{% for x in hang %}{{ x.ten }}: {{ x.thu_hang|so }}. {% endfor %}"),
        sample={"khai": 1, "hang": [{"ten": "A", "diem": 1, "ty_le": None}]},
    )  # fmt: skip
    with (folder / "manifest.toml").open("a", encoding="utf-8") as stream:
        stream.write(ROLLUP + tables)
    return Rollup("bang", [str(root / "mau")], Asked(settings=["khai=3"]))


RANKED = """
[[derive]]
name = "hang[].thu_hang"
title = "Hạng"
expression = "xep_hang(diem, hang.diem)"
"""
THROUGH_THE_HEAD = """
[[derive]]
name = "cao_nhat"
title = "Điểm cao nhất"
expression = "lon_nhat(hang.diem)"

[[derive]]
name = "hang[].thu_hang"
title = "Hạng"
expression = "cao_nhat - diem + 1"
"""
ALONE = """
[[derive]]
name = "moc"
title = "Mốc"
expression = "khai + 0"

[[derive]]
name = "hang[].thu_hang"
title = "Hạng"
expression = "moc - diem + 1"

[[check]]
rule = "dem(hang.ten) == khai"
at = "khai"
message = "đếm lại"
"""


@pytest.mark.parametrize(
    ("tables", "listed", "by_rows"),
    [
        (RANKED, {}, False),
        (THROUGH_THE_HEAD, {}, False),
        (ALONE, {}, True),
        (ALONE, {"uniqueItems": True}, False),
    ],
)
def test_what_looks_at_all_rows_is_computed_over_all(
    tmp_path: Path, tables: str, listed: dict[str, Any], by_rows: bool
) -> None:
    work = above(tmp_path, tables, **listed)
    assert (work.form.figures.rowwise is not None) is by_rows
    units = [{"ten": f"Xã {points}", "diem": points} for points in (1, 3, 2)]
    data = str(keep_lines(tmp_path / "a.jsonl", units))
    found = json.loads(work.make([data], ".json").content)
    assert [row["diem"] for row in found["hang"]] == [1, 3, 2]
    collected = work.collector().collect([data])
    shown = Table(work.form, work.head, collected).context()["hang"]
    assert [row["thu_hang"] for row in shown] == [3, 1, 2]


def test_a_rule_over_all_rows_holds_for_rows_read_one_by_one(tmp_path: Path) -> None:
    work = above(tmp_path, ALONE)
    data = str(keep_lines(tmp_path / "a.jsonl", [{"ten": "Xã A", "diem": 1}]))
    with pytest.raises(DataError) as told:
        work.make([data], ".json")
    assert [each.message for each in told.value.problems] == ["Số đơn vị: đếm lại: 1 ≠ 3"]


def test_what_is_missing_in_a_row_is_missing_over_all_rows(tmp_path: Path) -> None:
    """A sum of groups in one of which a unit's figure is missing is blank, as in the whole."""
    fields = {"nhom": text("Nhóm"), "g": group("Mục", a=number("A"), b=number("B"))}
    above(tmp_path, "")
    slip = object_of({"ten": text("Tên"), **fields})
    draw_form(tmp_path / "mau", "phieu", schema=slip, unit="ten")
    gaps = rows("Thiếu", truong=text("Trường"), so=number("Số"))
    listed = rows("Các đơn vị", ten=text("Tên"), so_don_vi=number("Số"), thieu=gaps, **fields)
    folder = tmp_path / "mau" / "bang"
    keep(folder / "schema.json", object_of({"khai": number("Khai"), "hang": listed}, ()))
    with (folder / "manifest.toml").open("a", encoding="utf-8") as stream:
        stream.write('group = "nhom"\n')
        for name in ("a", "b"):
            stream.write(f'[[derive]]\nname = "{name}"\ntitle = "{name}"\n'
                         f'expression = "tong(hang.g.{name})"\n')  # fmt: skip
    units = [
        {"ten": "1", "nhom": "X", "g": {"a": 1, "b": 1}},
        {"ten": "2", "nhom": "X", "g": {"a": None, "b": 1}},
        {"ten": "3", "nhom": "Y", "g": {"a": 5, "b": 1}},
    ]
    work = Rollup("bang", [str(tmp_path / "mau")], Asked(by_group=True))
    assert work.form.figures.rowwise is not None
    collected = work.collector().collect([str(keep_lines(tmp_path / "a.jsonl", units))])
    one = Table(work.form, work.head, collected)
    whole = work.form.prepare(one.raw(), named=False).context
    for context in (one.context(), whole):
        assert (context["a"], context["b"], context["tong_cong"]["g"]["a"]) == (None, 3, 6)


COUNTED = """
[[derive]]
name = "so_vang"
title = "Số vắng"
expression = "dem({ABSENT})"
"""
COUNTED_IN_A_ROW = COUNTED.replace('"so_vang"', '"hang[].so_vang"')


@pytest.mark.parametrize(("tables", "by_rows"), [(COUNTED, True), (COUNTED_IN_A_ROW, False)])
def test_who_is_missing_is_counted_whole(tmp_path: Path, tables: str, by_rows: bool) -> None:
    above(tmp_path, "")
    folder = tmp_path / "mau" / "bang"
    absent = {"title": "Chưa nộp", "type": "array", "items": {"type": "string"}}
    listed = rows("Các đơn vị", **TABLE)
    fields = {"khai": number("Khai"), "hang": listed, ABSENT: absent}
    keep(folder / "schema.json", object_of(fields, ()))
    with (folder / "manifest.toml").open("a", encoding="utf-8") as stream:
        stream.write(tables.replace("{ABSENT}", ABSENT))
    names = [f"Xã {number}" for number in range(9)]
    roster = keep_lines(tmp_path / "u.jsonl", [{"ten": name} for name in names])
    data = str(keep_lines(tmp_path / "a.jsonl", [{"ten": name, "diem": 1} for name in names[:3]]))
    work = Rollup("bang", [str(tmp_path / "mau")], Asked(units=str(roster)))
    assert (work.form.figures.rowwise is not None) is by_rows
    assert json.loads(work.make([data], ".json").content)[ABSENT] == names[3:]
    context = Table(work.form, work.head, work.collector().collect([data])).context()
    assert context.get("so_vang", context["hang"][2].get("so_vang")) == 6


def test_a_slip_in_the_head_is_told_without_all_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thousands of rows are not put together to say that a field of the head is missing."""
    monkeypatch.delattr(Table, "raw")
    data = str(keep_lines(tmp_path / "a.jsonl", [{"ten": "Xã A", "diem": 1}]))
    work = above(tmp_path, ALONE)
    work.head.value["khai"] = "nhiều"
    with pytest.raises(DataError) as told:
        work.make([data], ".json")
    assert [each.at for each in told.value.problems] == ["$.khai"]
    assert told.value.problems[0].hint.endswith("khai trong tệp --head, hoặc --set TRƯỜNG=GIÁ_TRỊ")


def test_a_rule_of_one_row_names_its_row(tmp_path: Path) -> None:
    rule = '[[check]]\neach = "hang[]"\nrule = "diem <= khai"\nmessage = "{{ ten }}: quá điểm"\n'
    work = above(tmp_path, rule)
    units = [{"ten": f"Xã {points}", "diem": points} for points in (1, 9, 2)]
    with pytest.raises(DataError) as told:
        work.make([str(keep_lines(tmp_path / "a.jsonl", units))], ".json")
    (problem,) = told.value.problems
    assert (problem.at, problem.message) == ("$.hang[1].diem", "Xã 9: quá điểm: 9 > 3")
