"""Every .docx we ship and make is valid: for Microsoft's SDK, two more validators, our own rules.

And it opens: in python-docx, in LibreOffice.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from lxml import etree

from generator.ooxml import qn
from generator.pipeline import open_form
from generator.records.data import RawRecord, read_records
from tests import judges
from tests.conftest import SchemaErrors, ToPdfs
from tests.making import compiled, opened, saved

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures"
SHIPPED = sorted((ROOT / "doctemplates").glob("*/*.docx"))
HARD = 'Văn hóa & Thông tin <w:p/> "{{ so }}" {% if x %} ]]> \u00a0\u200b👍🏽 שלום\tdòng\nhai'


@dataclass(frozen=True, slots=True)
class Case:
    """A document to make: a form, a record, and what to change in it."""

    form: str
    source: Path
    index: int = 0
    change: Callable[[dict[str, Any]], Any] = dict

    def make(self) -> bytes:
        (raw,) = islice(read_records(str(self.source)), self.index, self.index + 1)
        record = self.change(raw.parse())
        text = json.dumps(record, ensure_ascii=False, default=str)
        return open_form(self.form).render(
            RawRecord(file="thu.json", text=text, folder=str(self.source.parent))
        )


def hard(record: dict[str, Any]) -> dict[str, Any]:
    """The record with awkward characters in its free texts."""
    kept = ("ky_hieu", "ngay_ban_hanh", "tieu_chi", "vi_tri_chuc_vu_thu_hai", "$file")

    def changed(key: str, value: Any) -> Any:
        if isinstance(value, dict):
            return {inner: changed(inner, item) for inner, item in value.items()}
        if isinstance(value, list):
            return [changed(key, item) for item in value]
        return f"{value} {HARD}" if isinstance(value, str) and key not in kept else value

    return {key: changed(key, value) for key, value in record.items()}


def blank(record: dict[str, Any]) -> dict[str, Any]:
    """The plan with every value left out that may be."""
    empty = dict.fromkeys(("co_quan_chu_quan", "so", "dia_danh", "ngay_ban_hanh", "can_cu"))
    return record | empty | {"noi_nhan": [], "nguoi_ky": {"chuc_vu": "CHỦ TỊCH", "ho_ten": None}}


def short(record: dict[str, Any]) -> dict[str, Any]:
    return record | {"noi_dung": "a", "trich_yeu": "b", "noi_nhan": [], "luu": "c"}


def long(record: dict[str, Any]) -> dict[str, Any]:
    """Every level, five times over, with tables at the end and behind each other."""
    levels = (
        "I. A\n1. B\n1.1. C\na) d\n- **e** *f* g^2^\n+ h\n* i\nk\n1. L.\n"
        "| a | b | c |\n|---|:-:|--:|\n| 1 |\n| 2 | **3** | 4 |\n\n| x | y |\n| 1 | 2 |\n"
    )
    return record | {"noi_dung": levels * 5, "trich_yeu": "Tổng kết " * 60}


PLAN = FIXTURES / "ke-hoach/nga-son.json"
TWELVE = FIXTURES / "ban-cham-diem/don-vi-12.json"
CASES = {
    "ke-hoach": Case("ke-hoach", PLAN),
    "ke-hoach-mau": Case("ke-hoach", ROOT / "doctemplates/ke-hoach/sample.json"),
    "ke-hoach-trong": Case("ke-hoach", PLAN, change=blank),
    "ke-hoach-ngan": Case("ke-hoach", PLAN, change=short),
    "ke-hoach-dai": Case("ke-hoach", PLAN, change=long),
    "ke-hoach-ky-tu-la": Case("ke-hoach", PLAN, change=hard),
    "ban-cham-diem-mau": Case("ban-cham-diem", ROOT / "doctemplates/ban-cham-diem/sample.json"),
    "ban-cham-diem-ky-tu-la": Case("ban-cham-diem", TWELVE, 1, change=hard),
    **{f"ban-cham-diem-{index + 1}": Case("ban-cham-diem", TWELVE, index) for index in range(12)},
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("van-ban")
    for name, case in CASES.items():
        (folder / f"{name}.docx").write_bytes(case.make())
    return sorted(folder.glob("*.docx"))


@pytest.fixture(scope="module")
def every(made: list[Path], tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """What we make and what we ship, under names of their own."""
    folder = tmp_path_factory.mktemp("mau")
    shipped = []
    for path in SHIPPED:
        shipped.append(folder / f"{path.parent.name}-{path.name}")
        shipped[-1].write_bytes(path.read_bytes())
    return [*made, *shipped]


def parts(docx: Path) -> dict[str, etree._Element]:
    with zipfile.ZipFile(docx) as package:
        return {
            name: etree.fromstring(package.read(name))
            for name in package.namelist()
            if name.endswith((".xml", ".rels"))
        }


def test_two_forms_and_the_shared_blocks_are_shipped() -> None:
    names = {f"{path.parent.name}/{path.name}" for path in SHIPPED}
    assert {"ke-hoach/template.docx", "ban-cham-diem/template.docx"} <= names
    assert {"khoi/dau-de.docx", "khoi/ten-loai.docx", "khoi/noi-nhan-ky.docx"} <= names


# ---------------------------------------------------------------- validators
def test_the_open_xml_sdk_finds_nothing(every: list[Path], schema_errors: SchemaErrors) -> None:
    assert schema_errors(every) == []


@pytest.mark.parametrize(
    "judge", [judges.audit_errors, judges.integrity_errors, judges.structure_errors]
)
def test_the_other_validators_find_nothing(
    every: list[Path], judge: Callable[[Path], list[str]]
) -> None:
    assert {path.name: found for path in every if (found := judge(path))} == {}


def test_no_tag_of_the_template_is_left(made: list[Path]) -> None:
    plain = [path for path in made if "ky-tu-la" not in path.name]
    assert {path.name: found for path in plain if (found := judges.leftover_tags(path))} == {}


# ---------------------------------------------------------------- programs
def test_libreoffice_opens_and_prints_them(
    every: list[Path], to_pdfs: ToPdfs, tmp_path: Path
) -> None:
    for pdf in to_pdfs(every, tmp_path):
        assert judges.pdf_pages(pdf), pdf.name


def test_python_docx_opens_them_and_saves_them_again(every: list[Path], tmp_path: Path) -> None:
    for path in every:
        document = opened(path.read_bytes())
        texts = [paragraph.text for paragraph in document.element.body.iter(qn("w:p"))]
        assert any(texts), path.name
        document.save(tmp_path / path.name)
        again = opened((tmp_path / path.name).read_bytes())
        assert [p.text for p in again.element.body.iter(qn("w:p"))] == texts, path.name


# ---------------------------------------------------------------- what every document keeps to
def test_word_lays_them_out_by_the_rules_of_2013_and_later(every: list[Path]) -> None:
    for path in every:
        settings = parts(path)["word/settings.xml"].iter(qn("w:compatSetting"))
        modes = {each.get(qn("w:name")): each.get(qn("w:val")) for each in settings}
        assert modes["compatibilityMode"] == "15", path.name


# NĐ 30/2020, Phụ lục I, Phần I, I.4: Times New Roman, black
def test_the_only_typeface_is_times_new_roman(every: list[Path]) -> None:
    for path in every:
        named: set[str | None] = set()
        for root in parts(path).values():
            for fonts in root.iter(qn("w:rFonts")):
                named.update(value for key, value in fonts.items() if "hint" not in key)
            named.update(font.get(qn("w:name")) for font in root.iter(qn("w:font")))
            named.update(face.get("typeface") for face in root.iter(qn("a:latin")))
        assert named == {"Times New Roman"}, path.name


# III.2.b: the stamp of urgency is red
def test_no_colour_but_black_and_the_stamp_of_urgency(every: list[Path]) -> None:
    for path in every:
        for name, root in parts(path).items():
            styles = root.iter(qn("w:style"))
            stamp = [style for style in styles if style.get(qn("w:styleId")) == "DauKhan"]
            stamps = [colour for style in stamp for colour in style.iter(qn("w:color"))]
            assert {node.get(qn("w:val")) for node in stamps} <= {"FF0000"}, (path.name, name)
            others = [node for node in root.iter(qn("w:color")) if node not in stamps]
            colours = {node.get(qn("w:val")) for node in others}
            assert colours <= {"000000", "auto"}, (path.name, name)
            assert not list(root.iter(qn("w:highlight"), qn("w:shd"))), (path.name, name)
            if not name.startswith("word/theme"):
                drawn = {node.get("val") for node in root.iter(qn("a:srgbClr"))}
                assert drawn <= {"000000"}, (path.name, name)


def test_looks_come_from_named_styles(every: list[Path]) -> None:
    """No paragraph or run carries a size, typeface or colour of its own."""
    for path in every:
        root = parts(path)["word/document.xml"]
        own = list(root.iter(qn("w:rFonts"), qn("w:sz"), qn("w:color")))
        assert own == [], path.name


def test_no_empty_paragraph_strays_in(made: list[Path]) -> None:
    """An empty paragraph without a style is a blank line that nobody drew."""
    blank_lines = {
        path.stem: sum(not len(p) for p in parts(path)["word/document.xml"].iter(qn("w:p")))
        for path in made
        if path.stem != "ke-hoach-dai"  # two tables in a row are kept apart by one
    }
    assert {name: count for name, count in blank_lines.items() if count} == {}


@pytest.mark.parametrize("x", [False, True])
@pytest.mark.parametrize("y", [False, True])
def test_optional_paragraphs_behind_a_certain_one_leave_no_blank_line(x: bool, y: bool) -> None:
    document = Document()
    cell = document.add_table(1, 1).cell(0, 0)
    cell.text = "a"
    for text in ("{% if x %}", "b", "{% endif %}", "{% if y %}", "{% if x %}", "c", "{% endif %}",
                 "{% endif %}"):  # fmt: skip
        cell.add_paragraph(text)
    filled = opened(compiled(saved(document)).render({"x": x, "y": y})).tables[0].cell(0, 0)
    printed = [paragraph.text for paragraph in filled.paragraphs]
    assert printed == ["a", *["b"] * x, *["c"] * (x and y)]


def test_every_style_used_is_defined(every: list[Path]) -> None:
    for path in every:
        each = parts(path)
        defined = {style.get(qn("w:styleId")) for style in each["word/styles.xml"]}
        kinds = (qn("w:pStyle"), qn("w:rStyle"), qn("w:tblStyle"))
        used = {
            node.get(qn("w:val"))
            for name, root in each.items()
            if name.startswith(("word/document", "word/header"))
            for node in root.iter(*kinds)
        }
        assert used <= defined, path.name


def test_every_document_says_what_it_is(made: list[Path]) -> None:
    for path in made:
        properties = opened(path.read_bytes()).core_properties
        assert properties.title.startswith(("Kế hoạch", "Bản chấm điểm")), path.name
        assert properties.language == "vi-VN"
