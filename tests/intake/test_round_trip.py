"""What ``init`` writes into a workbook the reader gives back, after LibreOffice too."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from generator.intake.workbook import Filled, intake_workbook
from generator.pipeline import Form, open_form
from generator.records.data import parse_json
from tests.clerk import FIXTURES, FORMS
from tests.conftest import Recalculated
from tests.intake.books import draw, sample_text


def read_back(form: Form, path: Path) -> list[Any]:
    """Return the records of a workbook as templates see them."""
    read = []
    for raw in form.records(str(path)):
        record, faults = form.read(raw.parse(), raw.folder)
        assert faults == []
        read.append(without_empty(form.schema.present(record)))
    return read


def without_empty(value: Any) -> Any:
    """Return a value with optional lists that have no item as ``None``: a blank cell says that."""
    if isinstance(value, dict):
        return {key: without_empty(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_empty(item) for item in value] or None
    return value


def as_given(form: Form, record: Any) -> Any:
    read, faults = form.read(record, None)
    assert faults == []
    return without_empty(form.schema.present(read))


@pytest.mark.parametrize("name", FORMS)
def test_the_sample_of_every_form_comes_back(name: str, tmp_path: Path) -> None:
    form = open_form(name)
    path = tmp_path / f"{name}.xlsx"
    path.write_bytes(form.workbook(sample=True))
    assert read_back(form, path) == [as_given(form, parse_json(sample_text(form), name))]


def test_workbooks_saved_by_libreoffice_come_back_too(
    recalculated: Recalculated, tmp_path: Path
) -> None:
    names = ["ban-cham-diem", "de-cuong-so-lieu", "ke-hoach", "phu-luc", "thong-ke-khong-dat"]
    paths = [tmp_path / f"{name}.xlsx" for name in names]
    for path in paths:
        path.write_bytes(open_form(path.stem).workbook(sample=True))
    for path in recalculated(paths, tmp_path / "saved"):
        form = open_form(path.stem)
        given = parse_json(sample_text(form), path.stem)
        assert read_back(form, path) == [as_given(form, given)], path.stem


@pytest.mark.parametrize(
    "fixture",
    [
        "ban-cham-diem/don-vi-12.json",
        "phu-luc/bang-cot.json",
        "tong-hop-cham-diem/trong.json",
        "thong-ke-khong-dat/trong.json",
        "thong-ke-khong-dat/nghe-an.json",
        "de-cuong-so-lieu/trong.json",
        "de-cuong-so-lieu/mot-truong.json",
    ],
)
def test_records_with_blanks_and_many_units_come_back(fixture: str, tmp_path: Path) -> None:
    form = open_form(fixture.partition("/")[0])
    given = parse_json((FIXTURES / fixture).read_text("utf-8-sig"), fixture)
    records = given if isinstance(given, list) else [given]
    read = [form.read(record, None)[0] for record in records]
    filled = [Filled(record=record, context=form.context(record)) for record in read]
    content = intake_workbook(form.bundle, form.schema, filled=filled, figures=form.figures)
    path = tmp_path / "so.xlsx"
    path.write_bytes(content)
    assert read_back(form, path) == [as_given(form, record) for record in records]


def test_a_text_that_looks_like_a_formula_comes_back(tmp_path: Path) -> None:
    form = open_form("ban-cham-diem")
    record = json.loads(sample_text(form))
    record |= {"don_vi": "=1+1", "danh_hieu": "+84", "ten_de_an": "@x", "ten_loai": "-5"}
    filled = [Filled(record=form.read(record, None)[0], context=form.context(record))]
    path = tmp_path / "so.xlsx"
    path.write_bytes(intake_workbook(form.bundle, form.schema, filled=filled, figures=form.figures))
    assert read_back(form, path) == [as_given(form, record)]


FIELDS = {
    "ten": {"type": "string"},
    "dai": {"type": "string", "contentMediaType": "text/x-vanban"},
    "so": {"type": ["number", "null"]},
    "nguyen": {"type": ["integer", "null"]},
    "ngay": {"type": ["string", "null"], "format": "date"},
    "co": {"type": ["boolean", "null"]},
    "gi": {"type": ["string", "number", "null"]},
    "dong": {"type": "array", "maxItems": 3, "items": {"type": "string", "minLength": 1}},
    "muc": {"type": "array", "items": {"type": "string", "minLength": 1}},
}
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), min_size=1, max_size=60)
WORDS = TEXTS.map(str.strip).filter(bool) | st.sampled_from(["=1+1", "_x0041_", "007", "1e5", "'a"])
NUMBERS = st.decimals(
    allow_nan=False, allow_infinity=False, places=4, max_value=10**12, min_value=0
)
RECORDS = st.fixed_dictionaries(
    {
        "ten": WORDS,
        "dai": st.lists(WORDS, min_size=1, max_size=3).map("\n".join),
        "so": st.none() | NUMBERS,
        "nguyen": st.none() | st.integers(-(10**14), 10**14),
        "ngay": st.none() | st.dates(date(1000, 1, 1)).map(str),
        "co": st.none() | st.booleans(),
        "gi": st.none() | WORDS | st.integers(0, 10**14),
        "dong": st.lists(WORDS, max_size=3),
        "muc": st.lists(WORDS, max_size=4),
    }
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(record=RECORDS)
def test_any_record_comes_back(record: dict[str, Any], tmp_path: Path) -> None:
    form = draw(tmp_path, FIELDS, {})
    read, faults = form.read(record, None)
    assume(not faults)
    filled = [Filled(record=read, context=form.context(read))]
    path = tmp_path / "so.xlsx"
    path.write_bytes(intake_workbook(form.bundle, form.schema, filled=filled, figures=form.figures))
    assert read_back(form, path) == [as_given(form, record)]
