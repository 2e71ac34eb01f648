"""What goes wrong while a document is made has the tag's place, the unit and the record's path."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.errors import TemplateError
from generator.pipeline import open_form
from tests.clerk import TEXT_FIELD, draw_form, keep, object_of, vanban
from tests.making import fill, make

NUMBER = {"title": "Số", "description": "Số chia.", "type": "number"}
TURNS = {"title": "Lượt", "description": "Các lượt.", "type": "array",
         "items": object_of({"so": NUMBER})}  # fmt: skip


@pytest.fixture
def form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    body = ("{{ don_vi }}", "{%p for x in luot %}", "Tỷ lệ: {{ 10 / x.so }}", "{%p endfor %}")
    return draw_form(
        tmp_path, template=make(*body), schema=object_of({"don_vi": TEXT_FIELD, "luot": TURNS}),
        sample={"don_vi": "A", "luot": []}, output="{{ don_vi }}.docx", unit="don_vi",
    )  # fmt: skip


PLACE = (
    "phieu/template.docx: word/document.xml: đoạn 3, thẻ {{ 10 / x.so }} "
    "(“Tỷ lệ: {{ 10 / x.so }}”), dữ liệu $.luot[1].so"
)


def test_one_document(form: Path, tmp_path: Path) -> None:
    keep(tmp_path / "a.json", {"don_vi": "Tổ 1", "luot": [{"so": 5}, {"so": 0}]})
    ran = vanban("render", "phieu/", "a.json", "-o", "a.docx")
    assert (ran.code, ran.err) == (4, f"{PLACE} (đơn vị “Tổ 1”): phép chia cho 0\n")


def test_a_document_of_a_program_names_the_unit_too(form: Path) -> None:
    with pytest.raises(TemplateError) as caught:
        open_form("phieu/").document({"don_vi": "Tổ 3", "luot": [{"so": 5}, {"so": 0}]})
    assert "dữ liệu $.luot[1].so (đơn vị “Tổ 3”): phép chia cho 0" in str(caught.value)


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ("{% for a in rows %}{% for b in a.con %}{{ 1 / b }}{% endfor %}{% endfor %}",
         "$.rows[1].con[2]"),
        ("{% for a in rows|reverse %}{{ a.con[0] / a.so }}{% endfor %}",
         "$.rows[2].con[], $.rows[2].so"),
        ("{% for a in rows|map(attribute='so') %}{{ 1 / a }}{% endfor %}", "$.rows"),
        ("{% macro m(v) %}{{ 1 / v }}{% endmacro %}{{ m(rows[2].so) }}", ""),
    ],
)  # fmt: skip
def test_the_path_counts_the_items_of_loops(body: str, path: str) -> None:
    rows = [{"so": 1, "con": [1]}, {"so": 2, "con": [1, 2, 0]}, {"so": 0, "con": [4]}]
    with pytest.raises(TemplateError) as caught:
        fill(body, context={"rows": rows})
    place = str(caught.value).partition(", dữ liệu ")[2]
    assert place.partition(": ")[0] == path


def test_many_documents_name_the_unit_and_the_record(form: Path, tmp_path: Path) -> None:
    records = [{"don_vi": f"Tổ {n}", "luot": [{"so": 1}, {"so": 2 - n}]} for n in (1, 2)]
    keep(tmp_path / "a.json", records)
    ran = vanban("batch", "phieu/", "a.json", "-o", "ra")
    assert ran.code == 1
    assert f"{PLACE} (đơn vị “Tổ 2”): phép chia cho 0 — bản ghi thứ 2 của a.json" in ran.err
