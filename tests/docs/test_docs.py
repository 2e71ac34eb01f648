"""The pages of the forms say what the forms are: ``make docs`` was run after the last change."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

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


def test_no_page_is_left_of_a_form_that_is_gone(build: ModuleType) -> None:
    known = {form.bundle.id for form in build.forms()}
    assert {path.stem for path in (DOCS / "mau").glob("*.md")} - {"README"} == known
