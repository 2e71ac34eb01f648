"""A form is proved once, and every document made from it says so."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from lxml import etree

from generator.batches.packages import make_package
from generator.batches.run import batch
from generator.bundle import shipped
from generator.errors import TemplateError
from generator.pipeline import open_form
from generator.proofs import CONFORMS, FAILS, UNCHECKED
from tests.clerk import FORMS, draw_form, keep, vanban
from tests.making import make


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def properties(content: bytes) -> dict[str, str]:
    """Return the custom properties of a document."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        root = etree.fromstring(package.read("docProps/custom.xml"))
    return {node.get("name", ""): node[0].text or "" for node in root}


@pytest.fixture
def failing(tmp_path: Path) -> Path:
    """A form that lint proved not to conform: a slip on a page of no official size."""
    folder = draw_form(tmp_path)
    assert vanban("lint", folder, "--prove").code == 1
    return folder


@pytest.mark.parametrize("form", FORMS)
def test_every_built_in_form_carries_a_proof_that_is_up_to_date(form: str) -> None:
    """When this fails after a change to a form: vanban lint doctemplates --prove."""
    assert open_form(str(shipped("doctemplates") / form)).proof.result == CONFORMS


def test_every_document_says_profile_and_result(tmp_path: Path) -> None:
    form = open_form("ke-hoach")
    sample = json.loads(form.bundle.path("sample.json").read_text(encoding="utf-8"))
    assert properties(form.document(sample))["vanban-the-thuc"] == "nd30_2020: đạt"


def test_a_form_never_checked_says_so_and_is_printed(tmp_path: Path) -> None:
    folder = draw_form(tmp_path)
    assert open_form(str(folder)).proof.result == UNCHECKED
    keep(tmp_path / "a.json", {"ten": "An"})
    assert vanban("render", folder, "a.json", "-o", "a.docx").code == 0
    said = properties((tmp_path / "a.docx").read_bytes())
    assert said["vanban-the-thuc"] == "nd30_2020: chưa kiểm"


def test_a_form_that_fails_is_refused_with_the_rules_it_breaks(
    tmp_path: Path, failing: Path
) -> None:
    keep(tmp_path / "a.json", {"ten": "An"})
    ran = vanban("render", failing, "a.json", "-o", "a.docx")
    assert ran.code == 4
    assert "mẫu chưa đạt thể thức nd30_2020: " in ran.err
    assert "trang.kho_giay" in ran.err
    assert "--force-layout" in ran.err
    assert not (tmp_path / "a.docx").exists()
    ran = vanban("batch", failing, "a.json", "-o", "ra")
    assert ran.code == 4
    assert not (tmp_path / "ra").exists()


def test_every_way_to_make_documents_asks_for_the_proof(tmp_path: Path, failing: Path) -> None:
    keep(tmp_path / "a.json", {"ten": "An"})
    keep(tmp_path / "goi.json", {"van_ban": [{"mau": str(failing), "du_lieu": {"ten": "An"}}]})
    form = open_form(str(failing))
    for make_it in (
        lambda: form.document({"ten": "An"}),
        lambda: list(batch(str(failing), "a.json", "ra")),
        lambda: make_package("goi.json", tmp_path / "ra-goi"),
    ):
        with pytest.raises(TemplateError, match="mẫu chưa đạt thể thức"):
            make_it()
    assert form.document({"ten": "An"}, force_layout=True)
    assert form.document({"ten": "An"}, draft=True)
    assert all(result.done for result in batch(str(failing), "a.json", "ra", force_layout=True))
    assert vanban("preview", failing, "-o", "a.pdf").code == 0  # looking is no making


def test_the_refusal_can_be_overridden_and_the_document_tells(
    tmp_path: Path, failing: Path
) -> None:
    keep(tmp_path / "a.json", {"ten": "An"})
    assert vanban("render", failing, "a.json", "-o", "a.docx", "--force-layout").code == 0
    said = properties((tmp_path / "a.docx").read_bytes())
    assert said["vanban-the-thuc"] == "nd30_2020: chưa đạt"
    assert vanban("batch", failing, "a.json", "-o", "ra", "--force-layout").code == 0


@pytest.mark.parametrize("file", ["template.docx", "schema.json", "sample.json", "manifest.toml"])
def test_a_change_to_the_form_voids_the_proof(failing: Path, file: str) -> None:
    assert open_form(str(failing)).proof.result == FAILS
    path = failing / file
    changed = make("Khác: {{ ten }}") if file.endswith(".docx") else path.read_bytes() + b"\n"
    path.write_bytes(changed)
    assert open_form(str(failing)).proof.result == UNCHECKED


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"digest": 5}', "[" * 100_000])
def test_a_broken_proof_counts_as_none(failing: Path, text: str) -> None:
    (failing / "proof.json").write_text(text, encoding="utf-8")
    assert open_form(str(failing)).proof.result == UNCHECKED


def test_a_form_with_other_faults_gets_no_proof(tmp_path: Path) -> None:
    folder = draw_form(tmp_path, template=make("{{ tne }}"))
    ran = vanban("lint", folder, "--prove")
    assert "chưa đo được thể thức" in ran.err
    assert not (folder / "proof.json").exists()


def test_a_copy_of_a_form_does_not_inherit_its_proof(tmp_path: Path) -> None:
    vanban("new", "moi", "--from", "ke-hoach", "--to", "mau")
    assert not (tmp_path / "mau" / "moi" / "proof.json").exists()
