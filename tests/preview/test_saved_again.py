"""Documents that LibreOffice saved are drawn too: it writes more into a file than we do."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator import preview
from tests.conformity.resaving import resaved
from tests.conftest import need
from tests.judges import why_no_office
from tests.preview.drawing import docx, paragraph, section
from tests.preview.measuring import LONG
from tests.preview.test_fidelity import sample


def test_our_documents_saved_by_libreoffice_are_drawn_on_as_many_pages(tmp_path: Path) -> None:
    need(why_no_office())
    made = {form: sample(form) for form in ("cong-van", "ke-hoach", "quyet-dinh", "phu-luc")}
    for name, content in made.items():
        (tmp_path / f"{name}.docx").write_bytes(content)
    for path in resaved(sorted(tmp_path.glob("*.docx")), tmp_path / "luu"):
        saved = path.read_bytes()
        assert preview.undrawable(saved, path.name) == ()
        assert preview.page_count(saved) == preview.page_count(made[path.stem])


@pytest.mark.parametrize(
    "more",
    ['<w:textDirection w:val="lrTb"/>', '<w:bidi w:val="0"/>', '<w:bidi w:val="false"/>'],
)
def test_a_section_that_only_says_what_is_usual_is_drawn(more: str) -> None:
    assert preview.undrawable(docx(paragraph(LONG), sect=section(more=more))) == ()


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ('<w:textDirection w:val="tbRl"/>', "chữ chạy dọc"),
        ("<w:bidi/>", "chữ viết từ phải sang trái"),
    ],
)
def test_a_section_written_otherwise_is_named(more: str, what: str) -> None:
    found = preview.undrawable(docx(paragraph(LONG), sect=section(more=more)))
    assert [each.what for each in found] == [what]
