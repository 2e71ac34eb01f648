"""What docxtpl-lint, the field's own linter, finds in broken templates is found here too."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import docxtpl_lint
import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from generator.bundle import template_folders
from generator.lint.findings import ERROR, NOTE
from generator.lint.linting import lint_form, lint_template
from tests.clerk import TEXT_FIELD, draw_form, object_of
from tests.making import make, saved


def two_tables() -> bytes:
    document = Document()
    for text in ("{%tr for x in ds %}", "{%tr endfor %}"):
        table = document.add_table(2, 1)
        table.cell(0, 0).text, table.cell(1, 0).text = text, "{{ ten }}"
        document.add_paragraph()
    return saved(document)


def deleted() -> bytes:
    document = Document()
    document.add_paragraph("{{ ten }}")
    document.element.body.insert(0, parse_xml(
        f'<w:p {nsdecls("w")}><w:del w:id="1" w:author="An"><w:r>'
        "<w:delText>{{ ten }}</w:delText></w:r></w:del></w:p>"
    ))  # fmt: skip
    return saved(document)


SAME_ROW = [["{%tr for x in ds %}", "{{ ten }}", "{%tr endfor %}"], ["", "", ""]]
BROKEN: dict[str, Callable[[], bytes]] = {
    "thẻ không đóng": lambda: make("Tên: {{ ten"),
    "lệnh không có end": lambda: make("{% if ten %}", "{{ ten }}"),
    "end không có lệnh": lambda: make("{{ ten }}", "{% endfor %}"),
    "cú pháp": lambda: make("{{ ten | }}"),
    "bộ lọc": lambda: make("{{ ten|khong_co }}"),
    "phép thử": lambda: make("{% if ten is khong_co %}{{ ten }}{% endif %}"),
    "biến ngoài vòng lặp": lambda: make("{% for x in ten %}{{ x }}{% endfor %}{{ x }}"),
    "hàng ngoài bảng": lambda: make("{%tr for x in ten %}", "{{ x }}", "{%tr endfor %}"),
    "hai bảng": two_tables,
    "cùng một hàng": lambda: make(rows=SAME_ROW),
    "chữ đã xóa": deleted,
}  # fmt: skip


def weighty(root: Path, content: bytes) -> list[str]:
    """Return the findings of ours that are more than a note."""
    fields = {"ten": TEXT_FIELD, "ds": {"type": "array", "title": "Ds", "description": "Ds."}}
    folder = draw_form(
        root, template=content, schema=object_of(fields), sample={"ten": "An", "ds": []},
        standard="", output="a.docx",
    )  # fmt: skip
    report = lint_form(folder, template_folders())
    return [
        each.id for each in report.findings if each.severity is not NOTE
        and each.id != "truong.khong_dung"
    ]  # fmt: skip


@pytest.mark.parametrize("fault", BROKEN)
def test_what_the_peer_finds_we_find(tmp_path: Path, fault: str) -> None:
    content = BROKEN[fault]()
    assert docxtpl_lint.lint(content).issues, "the peer finds nothing: no test of ours"
    assert weighty(tmp_path, content)


def test_a_good_template_alarms_neither(tmp_path: Path) -> None:
    content = make("{{ ten }}", "{%p for x in ds %}", "{{ x }}", "{%p endfor %}")
    assert not docxtpl_lint.lint(content).issues
    assert weighty(tmp_path, content) == []


def test_a_broken_template_without_a_form_is_an_error_for_both(tmp_path: Path) -> None:
    file = tmp_path / "mau.docx"
    file.write_bytes(make("{% for x in ds %}"))
    assert not docxtpl_lint.lint(file).ok
    report = lint_template(file, [])
    assert any(finding.severity is ERROR for finding in report.findings)
