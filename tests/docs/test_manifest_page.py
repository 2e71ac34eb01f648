"""docs/manifest.md: its examples do what they say, its tables name every key."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from generator.errors import DataError
from generator.expressions import function_table, show
from generator.figures import checks, derive, totals
from generator.figures.derive import value_at
from generator.pipeline import Form, open_form
from generator.records.data import RawRecord
from generator.rollup import Collector, Options
from generator.rollup.table import Table
from generator.scoring import explain, ranking, read_scoring, reading
from tests.clerk import ROOT, draw_form, keep, object_of
from tests.figures.drawing import slip

PAGE = (ROOT / "docs" / "manifest.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```\n+```json\n(.*?)```\n+```text\n(.*?)```", PAGE, re.S)


def schema_of(value: Any, key: str = "") -> dict[str, Any]:
    """Return a schema that the value of an example keeps."""
    if isinstance(value, dict):
        fields = {name: schema_of(item, name) for name, item in value.items()}
        return object_of(fields, ()) | {"title": key}
    if isinstance(value, list):
        return {"title": key, "type": "array", "items": schema_of(value[0], key)}
    if isinstance(value, str):
        date = {"format": "date"} if re.fullmatch(r"[0-9-]{10}", value) else {}
        return {"title": key, "type": "string"} | date
    return {"title": key, "type": ["number", "null"]}


def outcome(form: Form, text: str) -> list[str]:
    raw = RawRecord(file="", text=text)
    try:
        warnings = form.prepare(raw, named=False).warnings
    except DataError as error:
        lines = [f"lỗi: {problem.message}" for problem in error.problems]
        record, _ = form.read(raw.parse(), None)
        found = form.figures.complete(form.schema.present(record))
        return lines + [f"lưu ý: {fault.message}" for fault in found.warnings]
    lines = [f"lưu ý: {problem.message}" for problem in warnings]
    for each in dict.fromkeys(each.name for each in form.derived):
        lines += [f"{source.title} = {source.text}" for source in form.explain(raw, each)]
    return lines


@pytest.mark.parametrize(("toml", "record", "expected"), EXAMPLES)
def test_an_example_gives_what_the_page_shows(
    tmp_path: Path, toml: str, record: str, expected: str
) -> None:
    if "scoring" in tomllib.loads(toml):
        found = scored(toml, record)
    elif "rollup" in tomllib.loads(toml):
        found = rolled_up(tmp_path, toml, json.loads(record))
    else:
        found = outcome(slip(tmp_path, f"\n{toml}", schema_of(json.loads(record))), record)
    assert sorted(found) == sorted(expected.splitlines())


def scored(toml: str, record: str) -> list[str]:
    scoring = read_scoring(tomllib.loads(toml)["scoring"], "manifest.toml")
    value = json.loads(record)
    sheet = scoring.compute(value)
    return [
        *(f"{each.title} = {each.text}" for each in explain(scoring, value, "cham_diem.diem")),
        f"xếp loại: {'; '.join(sheet['xep_loai'].values())}",
        f"chênh lệch: {show(sheet['chenh_lech'])}",
    ]


def rolled_up(root: Path, toml: str, units: list[dict[str, Any]]) -> list[str]:
    unit = schema_of(units[0])
    draw_form(root / "don-vi", schema=unit, unit="ten")
    row = {key: value for key, value in units[0].items() if key != "nam"}
    above = {"nam": unit["properties"]["nam"], "cac_don_vi": schema_of([row])}
    folder = draw_form(root / "tren", "bang", schema=object_of(above, ()))
    with (folder / "manifest.toml").open("a", encoding="utf-8") as manifest:
        manifest.write(f"\n{toml}")
    form = open_form(str(folder))
    collector = Collector(form, [open_form("phieu", [str(root / "don-vi")])], Options())
    collected = collector.collect([str(keep(root / "don-vi.json", units))])
    context = Table(form, RawRecord(file="", text="", value={}), collected).context()
    sums = form.figures.totals
    assert sums is not None
    names = [f"tong_cong.{figure.name}" for figure in sums.figures]
    made = (sums.explain(context, name) for name in names)
    lines = [f"{name} = {each.text}" for name, each in zip(names, made, strict=True) if each]
    for each in form.derived:
        value = value_at(context["tong_cong"], each.pattern[2:])
        lines.append(f"tong_cong.{'.'.join(each.pattern[2:])} = {show(value)}")
    best = tomllib.loads(toml)["rollup"]["best"][0]["name"]
    return lines + [f"{best}: {each['ten']} {show(each['gia_tri'])}" for each in context[best]]


def test_there_is_an_example_of_every_table() -> None:
    assert {name for toml, _, _ in EXAMPLES for name in tomllib.loads(toml)} == {
        "derive", "check", "scoring", "rollup",
    }  # fmt: skip


@pytest.mark.parametrize(
    "keys",
    [
        derive._KEYS, checks._KEYS, reading._TABLE, reading._GROUP, reading._CRITERION,
        reading._RANGE, reading._CLASS, ranking._KEYS, ranking._QUOTA, tuple(totals._WORDS),
        totals._BEST, totals._RANKING,
    ],
)  # fmt: skip
def test_every_key_is_on_the_page(keys: tuple[str, ...]) -> None:
    prose = re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL)
    words = set(re.findall(r"\w+", " ".join(re.findall(r"`[^`]+`", prose))))
    assert [key for key in keys if key not in words] == []


def test_every_function_is_on_the_page() -> None:
    for each in function_table():
        assert f"| `{each.name}` | `{each.alias}` | {each.gives}" in PAGE
