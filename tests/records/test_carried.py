"""A document carries the record it was made from, and gives it back exactly."""

from __future__ import annotations

import io
import json
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from generator import open_form
from generator.carried import Carried, Label, read_carried, record_json, words
from generator.errors import DataError
from generator.pipeline import Form
from generator.records.data import RawRecord, parse_json, read_records
from generator.template.compiler import compile_template
from tests import judges
from tests.clerk import (
    FIXTURES,
    FORMS,
    ROOT,
    TEXT_FIELD,
    draw_form,
    keep,
    object_of,
    plan,
    units,
    vanban,
)
from tests.conftest import need
from tests.making import make

LIST = {
    "title": "Danh sách",
    "description": "Danh sách.",
    "type": "array",
    "items": {"title": "Mục", "description": "Mục.", "type": "object"},
}
NO_BLOCKS = dict[str, bytes]().__getitem__


def made(form: Form, source: Path) -> bytes:
    return form.render(next(form.records(str(source))))


def carried(content: bytes) -> Carried:
    found = read_carried(content, "a.docx")
    assert found is not None
    return found


def repacked(content: bytes, part: str, change: Any) -> bytes:
    """Return a document with one part changed, as another program would write it."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, change(data) if name == part else data)
    return stream.getvalue()


def edited(content: bytes, old: str, new: str) -> bytes:
    """Return a document with words changed in its body."""
    before, after = old.encode(), new.encode()
    return repacked(content, "word/document.xml", lambda data: data.replace(before, after, 1))


# ---------------------------------------------------------------- there and back
@pytest.mark.parametrize("name", FORMS)
def test_every_form_carries_its_sample(name: str) -> None:
    form = open_form(name)
    raw = next(read_records(str(ROOT / "doctemplates" / name / "sample.json")))
    record = form.prepare(raw, named=False).record
    found = carried(form.render(raw))
    assert (found.form, found.version) == (name, form.bundle.version)
    assert parse_json(found.text, "a.docx") == record
    assert found.untouched


def test_a_document_made_from_a_document_is_the_same_byte_for_byte(tmp_path: Path) -> None:
    form = open_form("ke-hoach")
    first = made(form, FIXTURES / "ke-hoach" / "nga-son.json")
    (tmp_path / "a.docx").write_bytes(first)
    assert made(form, tmp_path / "a.docx") == first


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"))
NUMBERS = st.integers() | st.decimals(allow_nan=False, allow_infinity=False, places=3)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS.filter(str.isprintable),
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS.filter(str.isprintable), inner),
)


@given(st.dictionaries(TEXTS.filter(str.isprintable), VALUES))
def test_any_record_comes_back_with_every_letter_and_digit(record: dict[str, Any]) -> None:
    template = compile_template(
        make("{{ a }}"),
        "mau.docx",
        NO_BLOCKS,
        label=Label(form="x", version="1"),
    )
    found = carried(template.render({"a": "b"}, record))
    again = parse_json(found.text, "a.docx")
    assert again == record
    assert record_json(again) == record_json(record)


def test_decimals_keep_their_digits() -> None:
    assert record_json({"a": Decimal("12.50"), "b": Decimal("1E+3")}) == '{"a":12.50,"b":1E+3}'


def test_letters_no_xml_can_hold_are_written_by_their_code() -> None:
    assert record_json({"a": "\ufffe\u00a0&<"}) == '{"a":"\\ufffe\u00a0&<"}'


def test_text_that_looks_like_markup_or_json_is_text() -> None:
    hard = 'a ]]> <b> & "c" \\u0000 {{ so }} \\ \t \n "\\u0000"'
    content = open_form("ke-hoach").document(plan(trich_yeu=hard))
    assert json.loads(carried(content).text)["trich_yeu"] == hard


@given(st.recursive(st.text('{}%\\"a'), lambda inner: st.dictionaries(st.text("{}a"), inner)))
def test_whoever_looks_for_tags_finds_none_in_it(record: Any) -> None:
    text = record_json({"a": {"b": record}})
    assert json.loads(text) == {"a": {"b": record}}
    assert not any(mark in text for mark in ("{{", "}}", "{%", "%}"))


# ---------------------------------------------------------------- left out
def test_the_record_is_left_out_on_request(tmp_path: Path) -> None:
    source = keep(tmp_path / "a.json", plan(trich_yeu="Không gửi ra ngoài"))
    out = tmp_path / "a.docx"
    assert vanban("render", "ke-hoach", source, "-o", out, "--no-data").code == 0
    found = carried(out.read_bytes())
    assert (found.form, found.text) == ("ke-hoach", "")
    again = vanban("render", "ke-hoach", out, "-o", tmp_path / "b.docx")
    assert again.code == 3
    assert again.err.startswith(f"{out}: văn bản được tạo với --no-data nên không mang dữ liệu\n")


def test_the_library_leaves_it_out_too() -> None:
    assert carried(open_form("ke-hoach").document(plan(), data=False)).text == ""


# ---------------------------------------------------------------- saved by others
def test_word_shows_form_and_version_among_the_properties() -> None:
    content = open_form("ke-hoach").document(plan())
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        root = etree.fromstring(package.read("docProps/custom.xml"))
    assert {node.get("name"): node[0].text for node in root} == {
        "vanban-mau": "ke-hoach",
        "vanban-phien-ban": "1",
        "vanban-the-thuc": "nd30_2020: đạt",
    }


def test_libreoffice_keeps_the_record(tmp_path: Path) -> None:
    need(judges.why_no_office())
    form = open_form("ban-cham-diem")
    content = form.document(units()[0])
    (tmp_path / "a.docx").write_bytes(content)
    (tmp_path / "luu").mkdir()
    saved_file = judges.saved_again(tmp_path / "a.docx", tmp_path / "luu")
    after = carried(saved_file.read_bytes())
    assert after.text == carried(content).text
    assert not after.untouched
    (raw,) = form.records(str(saved_file))
    assert raw.warnings == ()  # saved again, but it says the same words
    assert form.render(raw) == content


def test_a_part_that_was_moved_and_spelled_anew_is_found() -> None:
    """Word writes the part again with a declaration and entities of its own."""
    content = open_form("ke-hoach").document(plan(trich_yeu="A & B"))
    text = carried(content).text

    def spelled(data: bytes) -> bytes:
        return bytes(etree.tostring(etree.fromstring(data), encoding="utf-16"))

    assert carried(repacked(content, "customXml/item1.xml", spelled)).text == text


def test_a_template_with_data_of_its_own_keeps_it() -> None:
    """Word's own templates have such a part: the sources of a bibliography."""
    content = make("{{ a }}")
    template = compile_template(content, "mau.docx", NO_BLOCKS, label=Label(form="x", version="2"))
    made_of_it = template.render({"a": "b"}, {"a": "b"})
    assert carried(made_of_it).text == '{"a":"b"}'
    part = "customXml/item1.xml"
    with (
        zipfile.ZipFile(io.BytesIO(content)) as before,
        zipfile.ZipFile(io.BytesIO(made_of_it)) as after,
    ):
        assert after.read(part) == before.read(part)


# ---------------------------------------------------------------- changed by hand
def test_a_document_changed_by_hand_is_told() -> None:
    form = open_form("ke-hoach")
    content = edited(form.document(plan(trich_yeu="Thu gom 15 tấn")), "15 tấn", "51 tấn")
    raw = the_record(form, content)
    (warning,) = raw.warnings
    assert warning.message == (
        "văn bản đã bị sửa sau khi tạo: “Thu gom 15 tấn” nay là “Thu gom 51 tấn”"
    )
    assert raw.parse()["trich_yeu"] == "Thu gom 15 tấn"


def test_the_warning_comes_with_the_command(tmp_path: Path) -> None:
    form = open_form("ke-hoach")
    out = tmp_path / "a.docx"
    out.write_bytes(edited(form.document(plan(trich_yeu="Thu gom 15 tấn")), "15 tấn", "51 tấn"))
    ran = vanban("render", "ke-hoach", out, "-o", tmp_path / "b.docx")
    assert ran.code == 0
    assert f"lưu ý: {out}: văn bản đã bị sửa sau khi tạo" in ran.err


def test_a_document_of_an_older_template_is_not_accused(tmp_path: Path) -> None:
    folder = draw_form(tmp_path, template=make("Tên: {{ ten }}"))
    content = open_form(str(folder)).document({"ten": "An"})
    draw_form(tmp_path, template=make("Họ và tên: {{ ten }}"))
    raw = the_record(open_form(str(folder)), repacked(content, "word/document.xml", resaved))
    (warning,) = raw.warnings
    assert warning.message.startswith("văn bản khác với mẫu hiện có (đã bị sửa sau khi tạo, hoặc")


def resaved(data: bytes) -> bytes:
    return bytes(etree.tostring(etree.fromstring(data)))


def the_record(form: Form, content: bytes) -> RawRecord:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.docx"
        path.write_bytes(content)
        (raw,) = form.records(str(path))
    return raw


def test_a_document_of_an_older_version_gets_the_keys_of_today(tmp_path: Path) -> None:
    old = object_of({"ho_va_ten": TEXT_FIELD, "con": LIST, "bo": TEXT_FIELD})
    new = object_of({"ten": TEXT_FIELD, "chau": LIST})
    folder = draw_form(tmp_path, schema=old, template=make("{{ ho_va_ten }}"), output="a.docx")
    record = {"ho_va_ten": "An", "con": [{"ten": "Bình"}, {"ten": "Chi"}], "bo": "x"}
    content = open_form(str(folder)).document(record)
    draw_form(tmp_path, schema=new, template=make("{{ ten }}"), output="a.docx", version="2")
    with pytest.raises(DataError, match="văn bản tạo từ phiên bản 1 của mẫu, nay là 2"):
        the_record(open_form(str(folder)), content).parse()
    manifest = folder / "manifest.toml"
    renames = '[rename."1"]\nho_va_ten = "ten"\ncon = "chau"\n"con[].ten" = "chau[].goi"\nbo = ""\n'
    manifest.write_text(manifest.read_text(encoding="utf-8") + renames, encoding="utf-8")
    raw = the_record(open_form(str(folder)), content)
    assert raw.parse() == {"ten": "An", "chau": [{"goi": "Bình"}, {"goi": "Chi"}]}


def test_words_are_those_of_the_body() -> None:
    content = open_form("ke-hoach").document(plan(trich_yeu="Một  hai"))
    assert "Một hai" in words(content, "a.docx")


# ---------------------------------------------------------------- many, and what cannot serve
def test_a_folder_of_documents_is_a_source(tmp_path: Path) -> None:
    form = open_form("ban-cham-diem")
    for number, unit in enumerate(units()[:3], start=9):
        (tmp_path / f"don-vi-{number}.docx").write_bytes(form.document(unit))
    (tmp_path / "~$don-vi-9.docx").write_bytes(b"Word is open here")
    records = list(form.records(str(tmp_path)))
    assert [raw.parse()["don_vi"] for raw in records] == [unit["don_vi"] for unit in units()[:3]]
    assert [raw.index for raw in records] == [0, 1, 2]


def test_one_document_that_cannot_serve_does_not_stop_the_others(tmp_path: Path) -> None:
    form = open_form("ban-cham-diem")
    (tmp_path / "a.docx").write_bytes(make("gõ tay"))
    (tmp_path / "b.docx").write_bytes(form.document(units()[0]))
    bad, good = form.records(str(tmp_path))
    with pytest.raises(DataError, match="văn bản không mang theo dữ liệu"):
        bad.parse()
    assert good.parse()["don_vi"] == units()[0]["don_vi"]


def test_a_document_of_another_form_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(open_form("ke-hoach").document(plan()))
    ran = vanban("render", "cong-van", tmp_path / "a.docx", "-o", tmp_path / "b.docx")
    assert ran.code == 3
    assert "văn bản tạo từ mẫu “ke-hoach”, không phải “cong-van”" in ran.err
    assert not (tmp_path / "b.docx").exists()


@pytest.mark.parametrize(
    "content", [b"", b"PK\x05\x06" + bytes(18), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)]
)
def test_what_is_no_document_is_an_error_of_the_data(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.docx").write_bytes(content)
    assert vanban("render", "ke-hoach", tmp_path / "a.docx", "-o", tmp_path / "b.docx").code == 3


@pytest.mark.parametrize(
    "part",
    [
        b'<!DOCTYPE a [<!ENTITY b "c">]><van-ban xmlns="urn:vanban:du-lieu">&b;</van-ban>',
        b'<van-ban xmlns="urn:vanban:du-lieu" mau="ke-hoach">' + b"[" * 100_000 + b"</van-ban>",
        b'<van-ban xmlns="urn:vanban:du-lieu" mau="ke-hoach">{"so": 1e999999999}</van-ban>',
        b"<van-ban",
    ],
    ids=["entity", "nesting", "number", "broken"],
)
def test_a_hostile_record_is_an_error_of_the_data(tmp_path: Path, part: bytes) -> None:
    content = open_form("ke-hoach").document(plan())
    path = tmp_path / "a.docx"
    path.write_bytes(repacked(content, "customXml/item1.xml", lambda data: part))
    assert vanban("render", "ke-hoach", path, "-o", tmp_path / "b.docx").code == 3


# ---------------------------------------------------------------- one of many
def test_a_unit_is_chosen_by_name(tmp_path: Path) -> None:
    wanted = units()[3]["don_vi"]
    source = FIXTURES / "ban-cham-diem" / "don-vi-12.json"
    out = tmp_path / "a.docx"
    ran = vanban("render", "ban-cham-diem", source, "-o", out, "--unit", f" {wanted.upper()} ")
    assert ran.code == 0
    assert json.loads(carried(out.read_bytes()).text)["don_vi"] == wanted


def test_a_unit_that_is_not_there_is_told_with_the_nearest(tmp_path: Path) -> None:
    wanted = units()[3]["don_vi"]
    source = FIXTURES / "ban-cham-diem" / "don-vi-12.json"
    ran = vanban(
        "render", "ban-cham-diem", source, "-o", tmp_path / "a.docx", "--unit", wanted[:-1]
    )
    assert ran.code == 2
    assert f'có phải: --unit "{wanted}"' in ran.err


def test_a_form_without_units_takes_no_unit(tmp_path: Path) -> None:
    draw_form(tmp_path, schema=None)
    source = keep(tmp_path / "a.json", {"ten": "An"})
    ran = vanban("render", tmp_path / "phieu", source, "-o", tmp_path / "a.docx", "--unit", "An")
    assert (ran.code, "không chia theo đơn vị" in ran.err) == (2, True)


def test_a_workbook_of_one_unit_makes_its_document(tmp_path: Path) -> None:
    book, out = tmp_path / "a.xlsx", tmp_path / "a.docx"
    assert vanban("init", "ban-cham-diem", "--sample", "-o", book).code == 0
    ran = vanban("render", "ban-cham-diem", book, "-o", out)
    assert (ran.code, ran.err) == (0, f"Đã ghi {out}.\n")
    record = open_form("ban-cham-diem").records(str(book))
    assert json.loads(carried(out.read_bytes()).text)["don_vi"] == next(record).parse()["don_vi"]
