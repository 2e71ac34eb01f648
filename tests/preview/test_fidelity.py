"""Our pages beside LibreOffice's, which prints as Word does: same pages, lines, places of words.

``python -m benchmarks.pages`` measures the same over all forms and 200 generated documents.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.pages import Comparison, compare
from generator import preview
from generator.pipeline import open_form
from tests.conftest import ToPdfs
from tests.preview.drawing import cell, docx, paragraph, row, run, table
from tests.preview.measuring import LONG

FORMS = ("ban-cham-diem", "cong-van", "ke-hoach", "phu-luc", "quyet-dinh", "van-ban-dang")


def sample(form_id: str) -> bytes:
    form = open_form(form_id)
    return form.document(json.loads(form.bundle.path("sample.json").read_text(encoding="utf-8")))


def drawn_table() -> bytes:
    rows = [
        row(cell("STT"), cell("Nội dung"), cell("Điểm"), properties="<w:tblHeader/>"),
        *(row(cell(str(n)), cell(LONG), cell("Chữquárộngchocột")) for n in range(30)),
    ]
    return docx(table(*rows, grid=(800, 6000, 1200)))


def drawn_text() -> bytes:
    spacing = '<w:spacing w:before="120" w:after="120" w:line="{}" w:lineRule="{}"/>'
    return docx(
        *(
            paragraph(
                run(LONG * 3),
                properties=f'<w:jc w:val="both"/><w:ind w:firstLine="{indent}"/>'
                + spacing.format(line, rule),
            )
            for indent, line, rule in (
                (720, 240, "auto"), (0, 360, "auto"), (400, 340, "exact"), (720, 400, "atLeast"),
            )
            for _ in range(5)
        )
    )  # fmt: skip


@pytest.fixture(scope="module")
def compared(to_pdfs: ToPdfs, tmp_path_factory: pytest.TempPathFactory) -> list[Comparison]:
    made = {form: sample(form) for form in FORMS}
    made |= {"bang": drawn_table(), "doan": drawn_text()}
    folder = tmp_path_factory.mktemp("trang")
    paths = []
    for name, content in made.items():
        paths.append(folder / f"{name}.docx")
        paths[-1].write_bytes(content)
        (folder / f"{name}.ours.pdf").write_bytes(preview.pdf(content, name))
    references = to_pdfs(paths, folder)
    return [
        compare(Path(reference).stem, folder / f"{Path(reference).stem}.ours.pdf", reference)
        for reference in references
    ]


def test_every_document_has_the_same_pages(compared: list[Comparison]) -> None:
    assert [each.name for each in compared if each.pages != each.reference_pages] == []


def test_lines_end_with_the_same_words(compared: list[Comparison]) -> None:
    same, lines = sum(e.same_lines for e in compared), sum(e.lines for e in compared)
    assert same / lines >= 0.99, [e for e in compared if e.same_lines < e.lines]


def test_words_stand_within_a_millimetre(compared: list[Comparison]) -> None:
    near, words = sum(e.near_words for e in compared), sum(e.words for e in compared)
    assert near / words >= 0.98, [e for e in compared if e.near_words < e.words]
