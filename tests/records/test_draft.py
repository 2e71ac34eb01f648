"""A record that is not finished makes a draft: holes in yellow, DỰ THẢO on every page."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from docx import Document
from docx.enum.section import WD_SECTION
from docx.shared import Mm
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from generator import open_form
from generator.carried import read_carried
from generator.draft import STAMP, stamped
from generator.ooxml import qn
from generator.pipeline import Draft, Form
from generator.records.data import RawRecord
from generator.records.skeleton import skeleton
from tests import judges
from tests.clerk import FORMS, ROOT, draw_form, keep, object_of, plan, units, vanban
from tests.conftest import SchemaErrors, ToPdfs
from tests.making import compiled, lines, make, saved


def draft(form: Form, record: Any) -> Draft:
    return form.draft(RawRecord(file="a.json", text=json.dumps(record, ensure_ascii=False)))


def sample(name: str) -> dict[str, Any]:
    path = ROOT / "doctemplates" / name / "sample.json"
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return record


def yellow(content: bytes) -> list[str]:
    """Return the highlighted texts of a document's body, in order."""
    found = []
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        root = etree.fromstring(package.read("word/document.xml"))
    for run in root.iter(qn("w:r")):
        highlight = run.find(f"{qn('w:rPr')}/{qn('w:highlight')}")
        if highlight is not None and highlight.get(qn("w:val")) == "yellow":
            found.append("".join(text.text or "" for text in run.iter(qn("w:t"))))
    return found


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


# ---------------------------------------------------------------- holes
def test_a_missing_value_is_a_highlighted_mark_with_its_title() -> None:
    record = plan()
    del record["co_quan_ban_hanh"], record["nguoi_ky"]["chuc_vu"]
    made = draft(open_form("ke-hoach"), record)
    assert yellow(made.content) == ["[THIẾU: CƠ QUAN BAN HÀNH]", "[THIẾU: CHỨC VỤ CỦA NGƯỜI KÝ]"]
    assert [problem.message for problem in made.warnings] == [
        "thiếu Cơ quan ban hành",
        "thiếu Chức vụ của người ký",
    ]


def test_what_is_there_is_printed_as_ever() -> None:
    record = plan(trich_yeu="Thu gom & xử lý")
    del record["luu"]
    made = draft(open_form("ke-hoach"), record)
    final = lines(open_form("ke-hoach").document(plan(trich_yeu="Thu gom & xử lý")))
    assert [line for line in lines(made.content) if "Lưu" not in line] == [
        line for line in final if "Lưu" not in line
    ]


def test_a_faulty_value_is_printed_as_given_and_highlighted() -> None:
    made = draft(open_form("ke-hoach"), plan(ngay_ban_hanh="31/02/2026", so="tám", luu=12))
    assert yellow(made.content) == ["tám", "31/02/2026", "12"]
    assert len(made.warnings) == 3


def test_a_place_not_filled_in_yet_is_a_hole() -> None:
    made = draft(open_form("ke-hoach"), plan(trich_yeu="‹Trích yếu nội dung›"))
    assert yellow(made.content) == ["[thiếu: Trích yếu nội dung]"]


def test_a_missing_list_has_one_mark_in_its_place() -> None:
    record = plan()
    del record["noi_nhan"]
    assert yellow(draft(open_form("ke-hoach"), record).content) == ["[thiếu: Nơi nhận]"]


def test_a_missing_group_lacks_what_it_must_have_alone() -> None:
    record = plan()
    del record["nguoi_ky"]
    marks = yellow(draft(open_form("ke-hoach"), record).content)
    assert "[THIẾU: CHỨC VỤ CỦA NGƯỜI KÝ]" in marks
    # A second post and the authority line are left to choice.
    assert not any("THỨ HAI" in mark or "QUYỀN HẠN" in mark for mark in marks)


def test_a_missing_long_text_is_one_highlighted_paragraph() -> None:
    record = plan()
    del record["noi_dung"]
    assert yellow(draft(open_form("ke-hoach"), record).content) == ["[thiếu: Nội dung văn bản]"]


def test_sums_and_filters_hand_a_hole_on(tmp_path: Path) -> None:
    number = {"title": "Số hộ", "description": "Số hộ.", "type": "integer"}
    folder = draw_form(
        tmp_path,
        schema=object_of({"ho": number, "khac": number | {"title": "Khác"}}),
        template=make(
            "A {{ ho|so }} B {{ (ho + khac)|so }} C {{ 2 * ho - 1 }} D {{ [ho, khac]|sum }}"
        ),
        output="a.docx",
    )
    made = draft(open_form(str(folder)), {"khac": 3})
    assert lines(made.content) == [
        "A [thiếu: Số hộ] B [thiếu: Số hộ] C [thiếu: Số hộ] D [thiếu: Số hộ]"
    ]
    assert len(yellow(made.content)) == 4


def test_letters_beside_a_hole_keep_their_looks() -> None:
    record = plan()
    del record["dia_danh"]
    content = draft(open_form("ke-hoach"), record).content
    assert yellow(content) == ["[thiếu: Địa danh]"]
    (line,) = [text for text in _cell_texts(content) if "[thiếu: Địa danh]" in text]
    assert line.startswith("[thiếu: Địa danh]")


def _cell_texts(content: bytes) -> list[str]:
    root = etree.fromstring(parts(content)["word/document.xml"])
    return ["".join(p.itertext(qn("w:t"))) for p in root.iter(qn("w:p"))]


def test_points_of_a_scorer_who_is_missing_are_not_invented() -> None:
    record = units()[0]
    del record["tham_dinh"]
    made = draft(open_form("ban-cham-diem"), record)
    unscored = open_form("ban-cham-diem").document(units()[0] | {"tham_dinh": None})
    assert figures(made.content) == figures(unscored)


def test_what_cannot_be_computed_yet_says_so() -> None:
    faulty = {"vi_pham": [{"tieu_chi": "I.1", "so_hanh_vi": "nhiều"}]}
    made = draft(open_form("ban-cham-diem"), units()[0] | {"tu_cham": faulty})
    texts = [text for text in _cell_texts(made.content) if "bị trừ" in text]
    assert texts
    assert "[chưa tính được] điểm" in texts[0]


def figures(content: bytes) -> list[str]:
    return [text for text in _cell_texts(content) if re.fullmatch(r"[0-9,]+( điểm)?", text)]


@pytest.mark.parametrize("name", FORMS)
def test_every_form_drafts_an_empty_record_and_one_just_begun(name: str) -> None:
    form = open_form(name)
    begun = json.loads(skeleton(form.schema, form.bundle.title))
    records: list[Any] = [{}, begun]
    for record in records:
        made = draft(form, record)
        assert yellow(made.content)
        assert made.warnings
        assert judges_find_nothing(made.content)


def judges_find_nothing(content: bytes) -> bool:
    text = b"".join(parts(content).values())
    return all(mark.encode() not in text for mark in ("\ue010", "\ue011", "{{", "{%"))


@given(data=st.data())
@settings(max_examples=40)
@pytest.mark.parametrize("name", ["ke-hoach", "ban-cham-diem", "de-cuong-so-lieu", "cong-van"])
def test_any_value_may_be_missing_or_wrong(name: str, data: st.DataObject) -> None:
    record = sample(name)
    for _ in range(data.draw(st.integers(1, 4))):
        _spoil(record, data)
    assert judges_find_nothing(draft(open_form(name), record).content)


def _spoil(value: Any, data: st.DataObject) -> None:
    """Take a value out of a record, or put a wrong one in its place."""
    while value:
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        key = data.draw(st.sampled_from(keys))
        inner = value[key]
        if isinstance(inner, (dict, list)) and inner and data.draw(st.booleans()):
            value = inner
            continue
        wrong = data.draw(st.sampled_from(["bỏ", None, "sai", -1, [], {}, [1], {"a": 1}, True]))
        if wrong == "bỏ" and isinstance(value, dict):
            del value[key]
        else:
            value[key] = wrong
        return


# ---------------------------------------------------------------- never taken for the final
def test_a_draft_says_so_and_carries_no_record() -> None:
    content = draft(open_form("ke-hoach"), plan()).content
    found = read_carried(content, "a.docx")
    assert found is not None
    assert (found.draft, found.text) == (True, "")
    assert "Dự thảo".encode() in parts(content)["docProps/custom.xml"]


def test_the_command_makes_it_and_tells_what_is_missing(tmp_path: Path) -> None:
    source, out = keep(tmp_path / "a.json", {"trich_yeu": "Thử"}), tmp_path / "a.docx"
    ran = vanban("render", "ke-hoach", source, "-o", out, "--draft")
    assert ran.code == 0
    assert "lưu ý: " in ran.err
    assert "$.noi_dung: thiếu Nội dung văn bản" in ran.err
    assert ran.err.endswith(f"Đã ghi bản dự thảo {out}.\n")


def test_a_draft_does_not_replace_a_finished_document(tmp_path: Path) -> None:
    source, out = keep(tmp_path / "a.json", plan()), tmp_path / "a.docx"
    assert vanban("render", "ke-hoach", source, "-o", out).code == 0
    before = out.read_bytes()
    ran = vanban("render", "ke-hoach", source, "-o", out, "--draft")
    assert ran.code == 2
    assert "đã có văn bản chính thức ở đây" in ran.err
    assert out.read_bytes() == before


def test_a_finished_document_replaces_its_draft(tmp_path: Path) -> None:
    source, out = keep(tmp_path / "a.json", plan()), tmp_path / "a.docx"
    for options in (["--draft"], ["--draft"], []):
        assert vanban("render", "ke-hoach", source, "-o", out, *options).code == 0
    assert open_form("ke-hoach").document(plan()) == out.read_bytes()


def test_what_is_no_record_at_all_makes_no_draft(tmp_path: Path) -> None:
    for text in ('"chữ"', "{", "[[1]]"):
        (tmp_path / "a.json").write_text(text, encoding="utf-8")
        ran = vanban(
            "render", "ke-hoach", tmp_path / "a.json", "-o", tmp_path / "a.docx", "--draft"
        )
        assert ran.code == 3
        assert not (tmp_path / "a.docx").exists()


def test_a_draft_cannot_be_proven(tmp_path: Path) -> None:
    source = keep(tmp_path / "a.json", plan())
    ran = vanban("render", "ke-hoach", source, "-o", tmp_path / "a.docx", "--draft", "--verify")
    assert ran.code == 2


def test_the_library_makes_drafts_too() -> None:
    form = open_form("ke-hoach")
    assert form.document({"so": 8}, draft=True) == draft(form, {"so": 8}).content


def test_the_same_draft_twice_is_the_same_bytes() -> None:
    form = open_form("ke-hoach")
    assert draft(form, {}).content == draft(form, {}).content


# ---------------------------------------------------------------- the stamp
def sections(*first_pages: bool, header: bool = False) -> bytes:
    """Return a template of sections, some with a first page of their own, some landscape."""
    document = Document()
    for number, first_page in enumerate(first_pages):
        if number:
            document.add_section(WD_SECTION.NEW_PAGE)
        section = document.sections[-1]
        section.different_first_page_header_footer = first_page
        if number % 2:
            section.page_width, section.page_height = section.page_height, section.page_width
        section.top_margin = Mm(20)
        for page in range(3):
            document.add_paragraph(
                f"Mục {number}, trang {page}"
            ).paragraph_format.page_break_before = page > 0
    if header:
        document.sections[0].header.paragraphs[0].text = "Số trang"
    return saved(document)


@pytest.mark.parametrize("header", [False, True])
def test_every_page_of_every_section_is_stamped(
    header: bool, to_pdfs: ToPdfs, tmp_path: Path
) -> None:
    content = sections(True, False, True, header=header)
    (tmp_path / "a.docx").write_bytes(compiled(content).render({}))
    (tmp_path / "b.docx").write_bytes(compiled(stamped(content, "b.docx")).render({}))
    plain, marked = to_pdfs([tmp_path / "a.docx", tmp_path / "b.docx"], tmp_path)
    assert stamps(marked) == [number + 1 for number in stamps(plain)]
    assert len(stamps(plain)) == 9
    assert judges.pdf_lines(plain) == judges.pdf_lines(marked)  # nothing has moved


def stamps(pdf: Path) -> list[int]:
    """Return for each page how many big drawn shapes it has: 1 where it is stamped."""
    with pdfplumber.open(pdf) as opened_pdf:
        return [
            int(any(curve["height"] > 60 and curve["width"] > 60 for curve in page.curves))
            for page in opened_pdf.pages
        ]


@pytest.mark.parametrize("name", ["ke-hoach", "ban-cham-diem", "de-an", "tong-hop-so-lieu"])
def test_a_finished_record_s_draft_has_the_pages_of_the_document(
    name: str, to_pdfs: ToPdfs, tmp_path: Path
) -> None:
    form = open_form(name)
    folder = str(ROOT / "doctemplates" / name)
    raw = RawRecord(file="a.json", text=json.dumps(sample(name), ensure_ascii=False), folder=folder)
    (tmp_path / "a.docx").write_bytes(form.render(raw))
    (tmp_path / "b.docx").write_bytes(form.draft(raw).content)
    final, marked = to_pdfs([tmp_path / "a.docx", tmp_path / "b.docx"], tmp_path)
    assert judges.pdf_lines(final) == judges.pdf_lines(marked)
    assert all(stamps(marked))


def test_the_stamp_is_behind_the_text_and_named_for_word() -> None:
    found = parts(draft(open_form("ke-hoach"), plan()).content)
    headers = {name: data for name, data in found.items() if name.startswith("word/header")}
    assert headers
    for data in headers.values():
        assert data.count(f'string="{STAMP}"'.encode()) == 1
        assert b"PowerPlusWaterMarkObject" in data
        assert b"z-index:-" in data


def test_drafts_are_valid_documents(schema_errors: SchemaErrors, tmp_path: Path) -> None:
    paths = []
    for name in FORMS:
        paths.append(tmp_path / f"{name}.docx")
        paths[-1].write_bytes(draft(open_form(name), {}).content)
    assert schema_errors(paths) == []
    faults = (judges.audit_errors, judges.integrity_errors, judges.structure_errors)
    assert [error for path in paths for judge in faults for error in judge(path)] == []
