"""Pages that lead to their fields: where each value of a record is printed, finished or not."""

from __future__ import annotations

import io
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pdfplumber
import pytest

from generator import preview
from generator.errors import DataError
from generator.pipeline import Form, open_form
from generator.preview import svg_with_places
from generator.preview.places import read_places
from generator.records.data import RawRecord
from generator.records.schema import JsonPath
from generator.views.leading import Area, Pages, shown
from generator.views.scenes import sample
from tests.clerk import FORMS, TEXT_FIELD, draw_form, object_of
from tests.making import make
from tests.preview.drawing import docx, paragraph, run

MM = 72 / 25.4


@cache
def form_of(name: str) -> Form:
    return open_form(name)


@cache
def sample_of(name: str) -> Pages:
    form = form_of(name)
    return shown(form, sample(form))


def given(record: Any) -> RawRecord:
    return RawRecord(file="a.json", text=json.dumps(record, ensure_ascii=False))


def leaves(value: Any, path: JsonPath = ()) -> Iterator[tuple[JsonPath, Any]]:
    """Yield the paths of a record's texts and numbers."""
    steps: Any = value.items() if isinstance(value, dict) else ()
    steps = enumerate(value) if isinstance(value, list) else steps
    for step, item in steps:
        yield from leaves(item, (*path, step))
    if isinstance(value, (str, int, float)) and not isinstance(value, bool) and value != "":
        yield path, value


def letters(text: str) -> str:
    return "".join(unicodedata.normalize("NFC", text).casefold().split())


# ---------------------------------------------------------------- what stands on the pages
_TAG = re.compile(r'<g\b[^>]*>|</g>|<use [^>]*href="#(\w+)" x="([^"]+)" y="([^"]+)"')
_MOVE = re.compile(r'transform="(?:translate|matrix)\(([^)]*)\)"')
Move = tuple[float, float, float, float, float, float]


def signs(svg: bytes) -> list[tuple[str, float, float]]:
    """Return the letters of a page as drawn, each with its place in points, in the page's order."""
    found, outer = [], [(1.0, 0.0, 0.0, 1.0, 0.0, 0.0)]
    for tag in _TAG.finditer(svg.decode()):
        if tag[1]:
            a, b, c, d, e, f = outer[-1]
            x, y = float(tag[2]), float(tag[3])
            found.append((tag[1], a * x + c * y + e, b * x + d * y + f))
        elif tag[0] == "</g>":
            outer.pop()
        elif not tag[0].endswith("/>"):
            outer.append(moved(outer[-1], tag[0]))
    return found


def moved(outer: Move, tag: str) -> Move:
    said = _MOVE.search(tag)
    numbers = [float(each) for each in said[1].split()] if said else [0.0, 0.0]
    g, h, i, j, x, y = numbers if len(numbers) == 6 else [1.0, 0.0, 0.0, 1.0, *numbers, 0.0][:6]
    a, b, c, d, e, f = outer
    return (a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j,
            a * x + c * y + e, b * x + d * y + f)  # fmt: skip


def assert_same_pages(found: list[bytes], wanted: list[bytes]) -> None:
    """Assert that pages show the same letters in the same places, within a tenth of a point."""
    assert len(found) == len(wanted)
    for page, other in zip(found, wanted, strict=True):
        ours, theirs = signs(page), signs(other)
        assert [sign for sign, _, _ in ours] == [sign for sign, _, _ in theirs]
        for (_, x, y), (_, x2, y2) in zip(ours, theirs, strict=True):
            assert [x, y] == pytest.approx([x2, y2], abs=0.1)


@pytest.mark.parametrize("name", FORMS)
def test_the_pages_of_a_finished_record_are_those_of_its_document(name: str) -> None:
    document = form_of(name).render(sample(form_of(name)))
    found = sample_of(name)
    assert_same_pages([page.svg for page in found.pages], preview.svg(document))
    assert found.problems == ()


@pytest.mark.parametrize("name", FORMS)
def test_the_pages_of_a_blank_record_are_those_of_its_draft_without_the_stamp(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generator.draft.stamped", lambda content, file: content)
    draft = open_form(name).draft(given({}))
    found = shown(form_of(name), given({}))
    assert_same_pages([page.svg for page in found.pages], preview.svg(draft.content, partly=True))
    assert found.problems == draft.warnings
    assert any(not area.computed for area in found.areas)


def test_a_page_says_its_size_and_holds_none_of_the_links_that_told_the_places() -> None:
    for page in sample_of("phu-luc-ngang").pages:
        assert (page.width_mm, page.height_mm) == pytest.approx((297, 210), abs=0.1)
    for page in sample_of("ke-hoach").pages:
        assert (page.width_mm, page.height_mm) == pytest.approx((210, 297), abs=0.1)
        assert b"<a " not in page.svg


# ---------------------------------------------------------------- where areas lead
@pytest.mark.parametrize("name", FORMS)
def test_an_area_leads_to_a_value_of_the_record_or_to_a_field(name: str) -> None:
    records: list[Any] = [json.loads(sample(form_of(name)).text), {}]
    for record in records:
        values = dict(leaves(record))
        lists = {path[:end] for path in values for end in range(1, len(path))}
        for area in shown(form_of(name), given(record)).areas:
            field = form_of(name).schema.field_at(area.path)
            assert area.computed == (field is None)
            assert area.computed or area.path in values or area.path in lists or field is not None


def within(page: Any, area: Area) -> str:
    """Return the letters of a page of a PDF that stand in an area."""
    left, top = area.x * MM, area.y * MM
    right, bottom = left + area.width * MM, top + area.height * MM
    return "".join(
        char["text"]
        for char in page.chars
        if left <= (char["x0"] + char["x1"]) / 2 <= right
        and top <= (char["top"] + char["bottom"]) / 2 <= bottom
    )


@pytest.mark.parametrize("name", FORMS)
def test_an_area_holds_the_value_it_leads_to_and_nearly_every_value_has_one(name: str) -> None:
    form, found = form_of(name), sample_of(name)
    values = dict(leaves(json.loads(sample(form).text)))
    printed: dict[JsonPath, str] = {}
    with pdfplumber.open(io.BytesIO(preview.pdf(form.render(sample(form))))) as pdf:
        whole = letters("".join(page.extract_text() for page in pdf.pages))
        for area in found.areas:
            text = within(pdf.pages[area.page - 1], area)
            assert text.strip(), area
            printed[area.path] = printed.get(area.path, "") + letters(text)
    plain = {
        path: letters(value)
        for path, value in values.items()
        if isinstance(value, str) and (field := form.schema.field_at(path)) is not None
        and not field.is_long_text and letters(value) in whole
    }  # fmt: skip
    assert [path for path in plain if path in printed and plain[path] not in printed[path]] == []
    assert sum(path in printed for path in plain) >= 0.9 * len(plain)
    assert sum(path in printed for path in values) >= 0.85 * len(values)


def test_a_hole_leads_to_the_field_to_fill() -> None:
    paths = {area.path for area in shown(form_of("giay-nghi-phep"), given({"nguoi_ky": {}})).areas}
    assert {
        ("co_quan_ban_hanh",), ("so",), ("ngay_ban_hanh",), ("nguoi_ky", "ho_ten"),
        ("nguoi_ky", "chuc_vu"),
    } <= paths  # fmt: skip


def test_a_faulty_value_leads_to_itself() -> None:
    record = json.loads(sample(form_of("cong-van")).text)
    record["ngay_ban_hanh"] = "hôm qua"
    found = shown(form_of("cong-van"), given(record))
    assert any(area.path == ("ngay_ban_hanh",) for area in found.areas)
    assert ["$.ngay_ban_hanh" in problem.at for problem in found.problems] == [True]


# ---------------------------------------------------------------- through a template
NUMBER = {"title": "Số", "description": "Số.", "type": "integer"}
NAMES = {"title": "Tên", "description": "Tên.", "type": "array", "items": TEXT_FIELD}
PEOPLE = {"title": "Người", "description": "Người.", "type": "array",
          "items": object_of({"ten": TEXT_FIELD, "so": NUMBER})}  # fmt: skip
OPTIONAL = {"title": "Ghi", "description": "Ghi.", "type": ["string", "null"]}
FIELDS = {
    "ten": TEXT_FIELD, "noi": TEXT_FIELD, "so": NUMBER, "ds": NAMES, "nguoi": PEOPLE,
    "ghi": OPTIONAL,
}  # fmt: skip
RECORD = {
    "ten": "An Bình", "noi": "Huế", "so": 12345, "ds": ["Một", "Hai", "Ba"], "ghi": None,
    "nguoi": [{"ten": "Lan", "so": 7}, {"ten": "Huệ", "so": 8}],
}  # fmt: skip


def led(tmp_path: Path, *paragraphs: str, record: Any = None) -> list[tuple[JsonPath, int]]:
    """Return where the areas of a small form lead, and how many letters wide each about is."""
    form = small(tmp_path, *paragraphs)
    return [
        (area.path, round(area.width / 2.6))
        for area in shown(form, given(RECORD | (record or {}))).areas
    ]


def small(tmp_path: Path, *paragraphs: str) -> Form:
    folder = draw_form(
        tmp_path, schema=object_of(FIELDS), template=make(*paragraphs), sample=RECORD
    )
    return open_form(str(folder))


@pytest.mark.parametrize(
    ("paragraphs", "paths"),
    [
        (["{{ ten }} và {{ so }}"], [("ten",), ("so",)]),
        (["{{ ten|in_hoa }} {{ so|so }}"], [("ten",), ("so",)]),
        (["{{ ten ~ ', ' ~ noi }}"], [("ten",), ("noi",)]),
        (["{{ (ten ~ ', ' ~ noi)|in_hoa }}"], [("ten",), ("noi",)]),
        (["{{ ten + noi }}"], [("ten",), ("noi",)]),
        (["{{ ds|liet_ke }}"], [("ds", 0), ("ds", 1), ("ds", 2)]),
        (["{{ ds|join('; ') }}"], [("ds", 0), ("ds", 1), ("ds", 2)]),
        (["{% for x in ds %}{{ x }} {% endfor %}"], [("ds", 0), ("ds", 1), ("ds", 2)]),
        (
            ["{%p for x in nguoi|xep_ten('ten') %}", "{{ x.ten }}: {{ x.so }}", "{%p endfor %}"],
            [("nguoi", 1, "ten"), ("nguoi", 1, "so"), ("nguoi", 0, "ten"), ("nguoi", 0, "so")],
        ),
        (["{% set x = ten %}{{ x }}"], [("ten",)]),
        (["{% macro m(x) %}[{{ x }}]{% endmacro %}{{ m(ten) }}{{ m(so) }}"], [("ten",), ("so",)]),
        (["{% if so > 5 and ten == 'An Bình' %}{{ noi }}{% endif %}"], [("noi",)]),
        (["{{ ghi|cham(10) }}"], [("ghi",)]),
        (["{{ 'Ghi: ' ~ ghi }}"], [("ghi",)]),
        (["{{p ten }}"], [("ten",)]),
        (["{{ noi|dia_danh('2026-01-02') }}"], [("noi",)]),
        # What is counted, cut or computed leads nowhere: its field is not sure.
        (["{{ ds|length }} {{ so + 1 }} {{ ten[:2] }}"], []),
    ],
)  # fmt: skip
def test_a_value_leads_to_its_field_whatever_prints_it(
    tmp_path: Path, paragraphs: list[str], paths: list[JsonPath]
) -> None:
    assert [path for path, _ in led(tmp_path, *paragraphs)] == paths


def test_what_is_captured_is_printed_where_it_leads(tmp_path: Path) -> None:
    assert led(tmp_path, "{% set x %}Ông {{ ten }}{% endset %}{{ x }}") == [(("ten",), 5)]


def test_a_text_of_several_lines_has_an_area_for_each(tmp_path: Path) -> None:
    record = {"ten": "Một dòng\nHai dòng", "noi": "dài " * 60}
    paths = [path for path, _ in led(tmp_path, "{{ ten }}", "{{ noi }}", record=record)]
    assert Counter(paths)[("ten",)] == 2
    assert Counter(paths)[("noi",)] >= 3


def test_marks_that_would_change_the_document_are_left_out(tmp_path: Path) -> None:
    """A template may compare what it captured: with marks in it the answer would be another."""
    form = small(
        tmp_path,
        "{% set x %}{{ ten }}{% endset %}{{ so }}",
        "{% if x == 'An Bình' %}đúng{% else %}sai{% endif %}",
    )  # fmt: skip
    found = shown(form, given(RECORD))
    assert_same_pages([page.svg for page in found.pages], preview.svg(form.render(given(RECORD))))
    assert found.areas == ()


@pytest.mark.parametrize("letter", ["\U000f0000", "\U000f0001", "\U0010fffd", "\ue010", "\ue011"])
def test_letters_in_the_data_that_mean_something_to_the_pages_are_plain_data(
    tmp_path: Path, letter: str
) -> None:
    template = ("{{ ten }} {{ noi }}", "{{p ten }}", "{{ so|so }}")
    record = RECORD | {"ten": f"An{letter} Bình", "noi": f"{letter}Huế", "so": f"{letter}x"}
    form = small(tmp_path, *template)
    found = shown(form, given(record))
    order = [area.path for area in found.areas]
    assert order == [("ten",), ("noi",), ("ten",), ("so",)]
    assert all(area.width < 30 for area in found.areas)


def test_letters_in_the_template_that_mean_something_to_the_pages_mark_nothing(
    tmp_path: Path,
) -> None:
    assert led(tmp_path, "\U000f0000tĩnh\U0010fffd {{ so }}") == [(("so",), 4)]


# ---------------------------------------------------------------- from a page to its areas
def test_places_are_links_of_the_page_and_nothing_else() -> None:
    text = "Ông \U000f0002Trần Văn An\U0010fffd ký, \U000f0000ngày\U0010fffd"
    (page,) = svg_with_places(docx(paragraph(text)))
    assert [box.number for box in page.boxes] == [2, 0]
    (plain,) = preview.svg(docx(paragraph("Ông Trần Văn An ký, ngày")))
    assert_same_pages([page.svg], [plain])


def test_a_document_that_is_drawn_plainly_after_its_marks_keeps_them_as_data() -> None:
    content = docx(paragraph("\U000f0002An\U0010fffd"))
    svg_with_places(content)
    with pytest.raises(DataError, match="không có ký tự"):
        preview.svg(content)


def test_areas_are_found_in_groups_that_move_and_turn() -> None:
    link = '<a href="place:3" xlink:href="place:3"><rect width="10" height="4" fill="none"/></a>'
    page = (
        '<svg viewBox="0 0 100 100" width="100pt" height="200pt">'
        f'<g transform="translate(10 20)"><g/><g transform="matrix(0 1 -1 0 5 5)">{link}</g></g>'
        f'<a transform="translate(1)" href="https://vanban.example/"><rect/></a></svg>'
    )
    found = read_places(page.encode())
    assert (found.width, found.height) == (100, 200)
    assert found.boxes == ((11, 25, 4, 10, 3),)
    assert b"place:" not in found.svg
    assert b"https://vanban.example/" in found.svg


def test_raised_letters_belong_to_their_line() -> None:
    text = "\U000f0000100 m\U0010fffd"
    raised = run("\U000f00002\U0010fffd", '<w:vertAlign w:val="superscript"/>')
    (page,) = svg_with_places(docx(paragraph(run(text), raised, run("\U000f0000 đất\U0010fffd"))))
    assert [(box.number, box.height > 10) for box in page.boxes] == [(0, True)]
    (plain,) = svg_with_places(docx(paragraph("\U000f0000100 m đất\U0010fffd")))
    assert page.boxes[0].width > plain.boxes[0].width


def test_holes_stay_yellow_around_their_marks() -> None:
    found = shown(form_of("cong-van"), given({}))
    assert sum(page.svg.count(b"#ffff00") for page in found.pages) > 0
