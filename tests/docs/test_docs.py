"""The pages of the forms say what the forms are: ``make docs`` was run after the last change."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest
from PIL import Image

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def build() -> ModuleType:
    """Return the script that makes the pages."""
    spec = importlib.util.spec_from_file_location("docs_build", DOCS / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["docs_build"] = module
    spec.loader.exec_module(module)
    return module


def test_every_form_has_its_page_and_picture(build: ModuleType) -> None:
    for form in build.forms():
        page = DOCS / "mau" / f"{form.bundle.id}.md"
        assert page.read_text(encoding="utf-8") == build.page(form)
        assert (DOCS / "hinh" / f"{form.bundle.id}.png").is_file()


def test_the_index_lists_every_form(build: ModuleType) -> None:
    index = (DOCS / "mau" / "README.md").read_text(encoding="utf-8")
    assert index == build.index()


def test_pictures_are_those_that_the_pages_make(build: ModuleType) -> None:
    drawing = DOCS / "hinh" / "way-of-a-document.svg"
    assert drawing.read_text(encoding="utf-8") == build.way_of_a_document()
    for page in DOCS.rglob("*.md"):
        for name in build.pictures_of(page.read_text(encoding="utf-8")):
            kept = (DOCS / "hinh" / page.stem / name).with_suffix(".png")
            assert kept.is_file()
            assert f"](../hinh/{page.stem}/{kept.name})" in page.read_text(encoding="utf-8")


def test_the_empty_foot_of_a_page_is_cut_off(build: ModuleType, tmp_path: Path) -> None:
    sheet = Image.new("RGB", (500, 700), "white")
    sheet.paste((0, 0, 0), (100, 100, 400, 110))
    sheet.save(tmp_path / "a.png")
    build.keep_picture(tmp_path / "a.png", tmp_path / "b.png")
    with Image.open(tmp_path / "b.png") as kept:
        assert kept.size == (500, 110 + build.MARGIN)


def test_no_page_is_left_of_a_form_that_is_gone(build: ModuleType) -> None:
    known = {form.bundle.id for form in build.forms()}
    assert {path.stem for path in (DOCS / "mau").glob("*.md")} - {"README"} == known
