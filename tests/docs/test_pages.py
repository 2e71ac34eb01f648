"""Every command and example of the pages does what the page shows; no command stands outside."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.clerk import ROOT
from tests.docs.pages import PageError, Reader, pages, renewed

FENCE = re.compile(r"^\s*```(\w*)[^\n]*\n(.*?)^\s*```$", re.DOTALL | re.MULTILINE)
LOOSE = re.compile(r"^\s*(?:\$ )?vanban ", re.MULTILINE)
RUN = ("console", "sh", "python")


@pytest.fixture(autouse=True)
def _no_other_forms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VANBAN_TEMPLATES", raising=False)


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_shows_what_its_commands_print(page: Path, tmp_path: Path) -> None:
    assert page.read_text(encoding="utf-8") == renewed(page, tmp_path)


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_no_command_stands_in_a_block_that_is_not_run(page: Path) -> None:
    blocks = FENCE.findall(page.read_text(encoding="utf-8"))
    loose = [body for kind, body in blocks if kind not in RUN and LOOSE.search(body)]
    assert loose == []


def test_the_tutorials_show_commands() -> None:
    for page in [*ROOT.glob("docs/vi/*.md"), ROOT / "docs" / "en" / "index.md"]:
        kinds = [kind for kind, _ in FENCE.findall(page.read_text(encoding="utf-8"))]
        assert "console" in kinds, page


def test_every_message_is_shown_and_has_a_remedy() -> None:
    page = (ROOT / "docs" / "vi" / "xu-ly-loi.md").read_text(encoding="utf-8")
    sections = re.split(r"^### ", page, flags=re.MULTILINE)[1:]
    assert len(sections) > 25
    for section in sections:
        told = section.partition("\n## ")[0]
        assert "```console" in told, section
        assert told.rpartition("```")[2].strip(), section


# ---------------------------------------------------------------- the reader itself
@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reader:
    monkeypatch.chdir(tmp_path)
    return Reader()


def test_another_answer_replaces_the_one_shown(reader: Reader) -> None:
    page = "x\n```console\n$ vanban --version\nvanban 0.0\n$ echo $?\n1\n```\n"
    version = "vanban [0-9.]+"
    assert re.fullmatch(
        rf"x\n```console\n\$ vanban --version\n{version}\n\$ echo \$\?\n0\n```\n",
        reader.follow(page),
    )


def test_dots_stand_for_anything_and_stay(reader: Reader) -> None:
    page = "```console\n$ vanban --version\nvanban …\n```\n"
    assert reader.follow(page) == page
    page = "```console\n$ vanban list\n…\n  ke-hoach             Kế hoạch [KH]  — có sẵn\n…\n```\n"
    assert reader.follow(page) == page


def test_a_command_that_fails_in_a_sh_block_is_told(reader: Reader) -> None:
    with pytest.raises(PageError, match="exit code 2"):
        reader.follow("```sh\nvanban show khong-co   # a note\n```\n")


def test_another_program_is_not_run(reader: Reader) -> None:
    with pytest.raises(PageError, match="only vanban"):
        reader.follow("```sh\nrm -r .\n```\n")
    page = "<!-- not run: it removes -->\n```sh\nrm -r .\n```\n"
    assert reader.follow(page) == page


def test_an_example_prints_into_the_block_after_it(reader: Reader) -> None:
    page = "```python\nprint(1 + 1)\n```\n\n```text\n3\n```\n\n```text\nwords\n```\n"
    assert reader.follow(page) == page.replace("3", "2")


def test_what_a_reader_does_by_hand_is_done(reader: Reader) -> None:
    reader.follow(
        '```json title="a/b.json"\n{"x": {"y": 1, "z": 2}}\n```\n'
        "<!-- set: a/b.json: x.y = 5 -->\n<!-- set: a/b.json: x.z = -->\n"
        "<!-- copy: a/b.json as c.json -->\n<!-- edit: c.json: 5 → 6 -->\n"
    )
    assert json.loads(Path("a/b.json").read_text(encoding="utf-8")) == {"x": {"y": 5}}
    assert '"y": 6' in Path("c.json").read_text(encoding="utf-8")
    with pytest.raises(PageError, match="not there"):
        reader.follow("<!-- edit: c.json: 7 → 8 -->")


def test_cells_of_a_table_are_typed_into_the_book(reader: Reader) -> None:
    import openpyxl

    openpyxl.Workbook().save("a.xlsx")
    reader.follow(
        "<!-- fill: a.xlsx -->\n| trang | ô | gõ |\n|---|---|---|\n| Sheet | `A1:A2` | 7 |\n"
        "| Sheet | B1 | chữ |\n"
    )
    sheet = openpyxl.load_workbook("a.xlsx")["Sheet"]
    assert [cell.value for cell in (sheet["A1"], sheet["A2"], sheet["B1"])] == [7, 7, "chữ"]


def test_words_in_word_are_typed_over_wherever_the_file_cuts_them(reader: Reader) -> None:
    import docx

    document = docx.Document()
    paragraph = document.add_paragraph("Số ")
    for text in ("{{ s", "o", " }} và {{ so }}."):
        paragraph.add_run(text)
    document.save("a.docx")
    reader.follow("<!-- edit: a.docx: {{ so }} → {{ thang }} -->")
    assert docx.Document("a.docx").paragraphs[0].text == "Số {{ thang }} và {{ thang }}."
