"""A schema drafted from a tagged template: loops are lists, filters tell the types."""

from __future__ import annotations

import errno
import json
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from generator.drafting.tagged import fields_of
from generator.errors import TemplateError
from tests.clerk import ROOT, vanban
from tests.making import make, saved


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def drafted(root: Path, content: bytes) -> dict[str, Any]:
    """Return the properties of the schema that the command prints for a template."""
    file = root / "mau.docx"
    file.write_bytes(content)
    ran = vanban("schema", file)
    assert ran.code == 0, ran.err
    found: dict[str, Any] = json.loads(ran.out)["properties"]
    return found


@pytest.mark.parametrize(
    ("body", "declared"),
    [
        ("{{ x }}", {"type": "string"}),
        ("{{ x|so }}", {"type": "number"}),
        ("{{ x|tien }}", {"type": "number"}),
        ("{{ x - 1 }}", {"type": "number"}),
        ("{{ x|ngay }}", {"type": "string", "format": "date"}),
        ("{{ x|ngay_dai|in_hoa }}", {"type": "string", "format": "date"}),
        ("{{p x }}", {"type": "string", "contentMediaType": "text/x-vanban"}),
        ('{{ x|so|cham("…") }}', {"type": ["number", "null"]}),
        ("{% if x %}có{% endif %}", {"type": "boolean", "default": False}),
        ("{% if x %}{{ x }}{% endif %}", {"type": ["string", "null"]}),
        ("{% set y = x %}{{ y|so2 }}", {"type": "number"}),
    ],
)
def test_the_type_follows_from_the_filters(
    tmp_path: Path, body: str, declared: dict[str, Any]
) -> None:
    found = drafted(tmp_path, make(body))
    assert list(found) == ["x"]
    assert {key: found["x"].get(key) for key in declared} == declared


def test_loops_become_lists_and_dots_groups(tmp_path: Path) -> None:
    found = drafted(tmp_path, make(
        "{{ nguoi.ten }}", "{%p for n in nhom %}", "{{ n.ten }}", "{%p for d in n.diem %}",
        "{{ d.so_diem|so }}", "{%p endfor %}", "{%p endfor %}", "{%p for t in dong %}", "{{ t }}",
        "{%p endfor %}",
    ))  # fmt: skip
    assert list(found) == ["nguoi", "nhom", "dong"]
    assert list(found["nguoi"]["properties"]) == ["ten"]
    item = found["nhom"]["items"]["properties"]
    assert list(item) == ["ten", "diem"]
    assert item["diem"]["items"]["properties"]["so_diem"]["type"] == "number"
    assert found["dong"]["items"]["type"] == "string"


def test_titles_come_from_the_words_before_and_are_marked_for_review(tmp_path: Path) -> None:
    found = drafted(tmp_path, make("- Đã họp. Số lượt tuyên truyền: {{ a|so }} lượt"))
    assert found["a"]["title"] == "Số lượt tuyên truyền"
    assert found["a"]["description"].startswith("Cần xem lại: đặt tên theo câu “- Đã họp.")


def test_a_title_in_a_table_comes_from_the_heading(tmp_path: Path) -> None:
    document = Document()
    table = document.add_table(4, 2)
    for row, text in enumerate(("Họ và tên", "{%tr for x in ds %}", "{{ x.a }}", "{%tr endfor %}")):
        table.cell(row, 0).text = text
    found = drafted(tmp_path, saved(document))
    assert found["ds"]["items"]["properties"]["a"]["title"] == "Họ và tên"


def test_a_broken_template_is_told_whole(tmp_path: Path) -> None:
    with pytest.raises(TemplateError) as caught:
        fields_of(make("{{ a|khong_co }}", "{% if b %}"), "a.docx", {})
    assert len(caught.value.problems) == 2


def test_a_template_without_tags_is_wrong_use(tmp_path: Path) -> None:
    (tmp_path / "mau.docx").write_bytes(make("Không có thẻ."))
    ran = vanban("schema", "mau.docx")
    assert ran.code == 2
    assert "dùng vanban import cho tệp trống" in ran.err


@pytest.mark.parametrize("form", ["ke-hoach", "ban-cham-diem", "bien-ban", "to-trinh", "cong-van"])
def test_the_form_drafted_from_a_built_in_template_renders_at_once(
    tmp_path: Path, form: str
) -> None:
    ran = vanban("schema", ROOT / "doctemplates" / form / "template.docx", "-o", "nhap")
    assert ran.code == 0, ran.err
    assert sorted(path.name for path in (tmp_path / "nhap").iterdir()) == [
        "DE-XUAT.md", "manifest.toml", "sample.json", "schema.json", "template.docx",
    ]  # fmt: skip
    ran = vanban("render", tmp_path / "nhap", tmp_path / "nhap" / "sample.json", "-o", "a.docx")
    assert ran.code == 0, ran.err


def test_a_disk_that_fills_up_leaves_no_half_of_a_form(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Path.write_bytes

    def fill_up(path: Path, content: bytes) -> int:
        if path.name == "sample.json":
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", fill_up)
    ran = vanban("schema", ROOT / "doctemplates" / "bien-ban" / "template.docx", "-o", "nhap")
    assert (ran.code, ran.err.splitlines()[0]) == (2, "nhap: không ghi được: đĩa đã đầy")
    assert list(tmp_path.iterdir()) == []


def test_fields_of_the_shared_blocks_keep_their_declarations(tmp_path: Path) -> None:
    vanban("schema", ROOT / "doctemplates" / "ke-hoach" / "template.docx", "-o", "nhap")
    schema = json.loads((tmp_path / "nhap" / "schema.json").read_text(encoding="utf-8"))
    shared = schema["properties"]["co_quan_ban_hanh"]
    assert shared == {"$ref": "../khoi/chung.schema.json#/$defs/co_quan_ban_hanh"}
