"""A form is added with ``vanban new`` and four edited files: no Python is touched."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from generator.errors import DataError
from generator.pipeline import open_form
from tests.clerk import ROOT, Ran, keep, vanban
from tests.forms.reading import printed, sample
from tests.making import saved


def _command(folder: Path, *arguments: str | Path) -> Ran:
    ran = vanban(*arguments, "--templates", folder)
    assert ran.code == 0, ran.err
    return ran


@pytest.fixture
def forms(tmp_path: Path) -> Path:
    """Return a folder of forms with one more: an announcement, drawn from the named document."""
    folder = tmp_path / "doctemplates"
    assert vanban("new", "thong-bao", "--from", "van-ban", "--to", folder).code == 0
    _edit_manifest(folder / "thong-bao" / "manifest.toml")
    _edit_template(folder / "thong-bao" / "template.docx")
    _edit_fields(folder / "thong-bao")
    return folder


def _edit_manifest(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    changed = {
        "title": 'title = "Thông báo"',
        "type": 'type = "TB"',
        "output": 'output = "Thông báo {{ ky_hieu }}.docx"',
    }
    kept = [changed.get(line.partition(" ")[0], line) for line in lines]
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")


def _edit_template(path: Path) -> None:
    """Set the type's name in the template, as a clerk would in Word: one more line at its top."""
    document: Any = Document(str(path))
    document.core_properties.title = "Thông báo"  # the file's title held the type's name too
    first = document.paragraphs[0]
    first.insert_paragraph_before('{% set ten_loai = "Thông báo" %}')
    path.write_bytes(saved(document))


def _edit_fields(folder: Path) -> None:
    schema = json.loads((folder / "schema.json").read_text(encoding="utf-8"))
    schema["title"] = "Thông báo"
    schema["required"].remove("ten_loai")
    del schema["properties"]["ten_loai"]
    schema["properties"]["han_tra_loi"] = {
        "title": "Hạn trả lời",
        "description": "Ngày cuối nhận ý kiến.",
        "type": "string",
        "format": "date",
    }
    keep(folder / "schema.json", schema)
    record = json.loads((folder / "sample.json").read_text(encoding="utf-8"))
    record = {key: value for key, value in record.items() if key in schema["properties"]}
    keep(folder / "sample.json", record | {"ky_hieu": "TB-UBND", "han_tra_loi": "2026-06-30"})
    template = folder / "template.docx"
    document: Any = Document(str(template))
    body = next(p for p in document.paragraphs if "noi_dung" in p.text)
    line = body.insert_paragraph_before("Hạn trả lời: {{ han_tra_loi|ngay }}.", body.style)
    body._p.addnext(line._p)
    template.write_bytes(saved(document))


def test_it_is_listed_shown_and_rendered(forms: Path, tmp_path: Path) -> None:
    assert re.search(r"thong-bao +Thông báo \[TB\]", _command(forms, "list").out)
    assert "han_tra_loi: Hạn trả lời" in _command(forms, "show", "thong-bao").out
    out = tmp_path / "tb.docx"
    _command(forms, "render", "thong-bao", forms / "thong-bao" / "sample.json", "-o", out)
    found = printed(out.read_bytes())
    assert "THÔNG BÁO" in found
    assert "Số: 34/TB-UBND" in found
    assert "Hạn trả lời: 30/6/2026." in found


def test_its_fields_are_checked_like_any_other_form_s(forms: Path, tmp_path: Path) -> None:
    record = json.loads((forms / "thong-bao" / "sample.json").read_text(encoding="utf-8"))
    data = keep(tmp_path / "d.json", record | {"han_tra_loi": "31/6/2026"})
    ran = vanban("validate", "thong-bao", data, "--templates", forms)
    assert ran.code == 3
    assert "Hạn trả lời" in ran.err


def test_its_page_of_the_documentation_is_made(forms: Path) -> None:
    spec = importlib.util.spec_from_file_location("build_docs", ROOT / "docs" / "build.py")
    assert spec is not None
    assert spec.loader is not None
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    page = build.page(open_form("thong-bao", [str(forms)]))
    assert page.startswith("# Thông báo\n")
    assert "| `han_tra_loi` | Hạn trả lời | " in page


def test_the_two_forms_added_so_print_their_text() -> None:
    """``to-trinh`` and ``ban-sao-dien-tu`` were made with the command and an editor alone."""
    proposal = printed(open_form("to-trinh").document(sample("to-trinh")))
    assert proposal[3:8] == [
        "Số: 41/TTr-UBND",
        "Phú Lâm Thượng, ngày 10 tháng 6 năm 2026",
        "TỜ TRÌNH",
        "Về việc đề nghị phê duyệt nhiệm vụ lập quy hoạch chi tiết khu trung tâm xã Phú Lâm Thượng",
        "Kính gửi: Ủy ban nhân dân tỉnh Lâm Sơn",
    ]
    copy = printed(open_form("ban-sao-dien-tu").document(sample("ban-sao-dien-tu")))
    assert copy[:4] == [
        "TRÍCH SAO",
        "ỦY BAN NHÂN DÂN XÃ PHÚ LÂM THƯỢNG",
        "Thời gian ký: 18/3/2026; 08:15:30",
        "Điều 2. Tổ công nghệ số cộng đồng có nhiệm vụ:",
    ]


def test_the_time_of_signing_may_be_left_to_the_signing_program() -> None:
    record = sample("ban-sao-dien-tu") | {"thoi_gian_ky": None}
    copy = printed(open_form("ban-sao-dien-tu").document(record))
    assert copy[2] == "Thời gian ký: ……/……/……; ……:……:……"


def test_a_proposal_names_whom_it_is_sent_to() -> None:
    record = sample("to-trinh") | {"kinh_gui": []}
    with pytest.raises(DataError, match="Kính gửi cần ít nhất 1 mục"):
        open_form("to-trinh").document(record)
