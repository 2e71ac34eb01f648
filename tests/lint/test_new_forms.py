"""A form copied from another says nothing of its model where nobody looks."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.ooxml import CORE_PROPERTIES, read_package
from tests.clerk import vanban


def test_a_copy_s_properties_have_no_tags_of_its_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert vanban("new", "ke-hoach-moi", "--from", "ke-hoach", "--to", "mau").code == 0
    template = (tmp_path / "mau" / "ke-hoach-moi" / "template.docx").read_bytes()
    package = read_package(template, "a.docx")
    (part,) = package.related("", CORE_PROPERTIES)
    text = "".join(package.xml(part).itertext())
    assert "{{" not in text
    assert "Kế hoạch (mẫu mới ke-hoach-moi)" in text


def test_a_copy_passes_the_check_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    vanban("new", "thong-bao-moi", "--from", "van-ban", "--to", "doctemplates")
    assert vanban("lint", "thong-bao-moi").code == 0
