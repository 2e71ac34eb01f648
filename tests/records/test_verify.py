"""A document is read back and compared with its record: every fault is found, none invented."""

from __future__ import annotations

import contextlib
import io
import json
import zipfile
from collections.abc import Callable
from copy import deepcopy
from decimal import Decimal
from functools import cache
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from lxml import etree

from generator import DataError, open_form
from generator.ooxml import qn
from generator.pipeline import Form
from generator.readback import Proof, prove, verify
from generator.records.data import RawRecord, read_records
from tests.clerk import (
    FIXTURES,
    FORMS,
    ROOT,
    draw_form,
    keep,
    object_of,
    plan,
    units,
    vanban,
)
from tests.forms.test_valid_files import hard
from tests.making import make

MAIN = "word/document.xml"


def text_field(title: str) -> dict[str, Any]:
    return {"title": title, "description": f"{title}.", "type": "string"}


def sources() -> list[Path]:
    samples = [ROOT / "doctemplates" / form / "sample.json" for form in FORMS]
    return samples + [path for form in FORMS for path in sorted((FIXTURES / form).glob("*.json*"))]


def checked(form: Form, raw: RawRecord) -> Proof:
    record = form.prepare(raw, named=False).record
    return prove(form.render(raw), form, record)


@pytest.mark.parametrize("source", sources(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_false_alarm_on_any_record_we_ship(source: Path) -> None:
    form = open_form(source.parent.name)
    proofs = [checked(form, raw) for raw in good_records(form, source)]
    assert [proof.problems for proof in proofs] == [()] * len(proofs)
    assert all(proof.values for proof in proofs)


def good_records(form: Form, source: Path) -> list[RawRecord]:
    """Return the first records of a source that can be printed; some are broken on purpose."""
    good = []
    with contextlib.suppress(DataError):
        for raw in islice(read_records(str(source)), 12):
            form.render(raw)
            good.append(raw)
    return good


@pytest.mark.parametrize("name", ["ke-hoach", "ban-cham-diem", "de-an", "cong-van"])
def test_no_false_alarm_on_values_that_look_like_tags_and_markup(name: str) -> None:
    source = ROOT / "doctemplates" / name / "sample.json"
    record = hard(json.loads(source.read_text(encoding="utf-8")))
    text = json.dumps(record, ensure_ascii=False)
    raw = RawRecord(file="thu.json", text=text, folder=str(source.parent))
    assert checked(open_form(name), raw).problems == ()


def test_merged_cells_rich_text_and_literal_braces_are_understood(tmp_path: Path) -> None:
    rows = [
        ["{%tr for x in ds %}", ""],
        ["{% vm %}{{ nhom }}", "{{r x }} {_{"],
        ["{%tr endfor %}", ""],
    ]
    fields = {"nhom": text_field("Nhóm"), "ds": {**text_field("Danh sách"), "type": "array"}}
    fields["ds"]["items"] = text_field("Mục")
    folder = draw_form(
        tmp_path,
        schema=object_of(fields),
        template=make("{%- if nhom %}Có{% endif %}", rows=rows),
        output="a.docx",
    )
    record = {"nhom": "A", "ds": ["**một** & hai", "km^2^"]}
    form = open_form(str(folder))
    assert verify(form.document(record), form, record) == ()


# ---------------------------------------------------------------- faults planted in the bytes
@cache
def good(name: str) -> tuple[Form, Any, bytes]:
    form = open_form(name)
    raw = next(read_records(str(ROOT / "doctemplates" / name / "sample.json")))
    return form, form.prepare(raw, named=False).record, form.render(raw)


def planted(content: bytes, change: Callable[[bytes], bytes], part: str = MAIN) -> bytes:
    """Return the document with a fault in one of its parts."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return stream.getvalue()


def texts(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        root = etree.fromstring(package.read(MAIN))
    return [node.text or "" for node in root.iter(qn("w:t"))]


def with_text(number: int, text: str) -> Callable[[bytes], bytes]:
    """Return a change that puts a text in the place of the nth of a part."""

    def change(data: bytes) -> bytes:
        root = etree.fromstring(data)
        list(root.iter(qn("w:t")))[number].text = text
        return bytes(etree.tostring(root))

    return change


@given(st.data())
@pytest.mark.parametrize("name", ["ke-hoach", "ban-cham-diem", "de-cuong-so-lieu"])
def test_one_letter_wrong_anywhere_is_found(name: str, data: st.DataObject) -> None:
    form, record, content = good(name)
    said = texts(content)
    number = data.draw(st.sampled_from([n for n, text in enumerate(said) if text.strip()]))
    text = said[number]
    at = data.draw(st.sampled_from([i for i, letter in enumerate(text) if not letter.isspace()]))
    letter = data.draw(st.sampled_from(["", "0", "9", "x", "Đ", "&", text[at] * 2]))
    assume(letter != text[at])
    bad = planted(content, with_text(number, text[:at] + letter + text[at + 1 :]))
    assert verify(bad, form, record)


@given(st.data())
def test_a_paragraph_lost_or_doubled_is_found(data: st.DataObject) -> None:
    form, record, content = good("ke-hoach")

    def change(xml: bytes) -> bytes:
        root = etree.fromstring(xml)
        own = [p for p in root.iter(qn("w:p")) if "".join(p.itertext(qn("w:t"))).strip()]
        paragraph = data.draw(st.sampled_from(own))
        if data.draw(st.booleans()):
            paragraph.addnext(deepcopy(paragraph))
        else:
            paragraph.getparent().remove(paragraph)
        return bytes(etree.tostring(root))

    assert verify(planted(content, change), form, record)


def test_two_values_swapped_are_found() -> None:
    form = open_form("ban-cham-diem")
    record = units()[0]
    said = texts(form.document(record))
    first, second = said.index("12,5"), said.index("10")
    bad = planted(form.document(record), with_text(first, said[second]))
    assert verify(planted(bad, with_text(second, said[first])), form, record)


def test_an_ampersand_written_raw_is_found() -> None:
    form = open_form("ke-hoach")
    record = plan(trich_yeu="Văn hóa & Thông tin")
    bad = planted(form.document(record), lambda data: data.replace(b"&amp;", b"&", 1))
    (problem,) = verify(bad, form, record)
    assert "XML hỏng" in problem.message


def test_a_lost_space_inside_a_value_is_found() -> None:
    form = open_form("ke-hoach")
    record = plan(trich_yeu="Một  hai")
    bad = planted(
        form.document(record), lambda data: data.replace("Một  hai".encode(), "Một hai".encode())
    )
    (problem, *_) = verify(bad, form, record)
    assert problem.message == "phải có “Một  hai”, trong tệp là “Một hai”"


def test_a_tag_left_in_a_header_is_found() -> None:
    form, record, content = good("ke-hoach")
    header = next(name for name in names(content) if name.startswith("word/header"))
    bad = planted(
        content,
        lambda data: data.replace(b"</w:p>", b"<w:r><w:t>{{ so }}</w:t></w:r></w:p>", 1),
        header,
    )
    (problem, *_) = verify(bad, form, record)
    assert problem.at.startswith(header)
    assert "{{ so }}" in problem.message


def names(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return package.namelist()


def test_another_record_in_the_document_is_found() -> None:
    form = open_form("ke-hoach")
    one, two = form.document(plan(luu="VT")), form.document(plan(luu="VT, TH"))
    with zipfile.ZipFile(io.BytesIO(two)) as package:
        other = package.read("customXml/item1.xml")
    (problem,) = verify(
        planted(one, lambda data: other, "customXml/item1.xml"), form, plan(luu="VT")
    )
    assert problem.message == "dữ liệu kèm trong văn bản khác bản ghi"


def test_a_filter_that_shortens_a_value_is_found(tmp_path: Path) -> None:
    """The template does what it says; the record is not in the document all the same."""
    folder = draw_form(tmp_path, template=make('Tên: {% set x = ten|replace("Văn", "") %}{{ x }}'))
    form = open_form(str(folder))
    (problem,) = verify(form.document({"ten": "Văn An"}), form, {"ten": "Văn An"})
    assert problem.message == "không có giá trị của trường Tên: “Văn An”"


def test_what_a_form_leaves_out_by_its_own_condition_is_no_fault(tmp_path: Path) -> None:
    folder = draw_form(tmp_path, template=make("{% if ten|length > 9 %}{{ ten }}{% endif %}Hết"))
    form = open_form(str(folder))
    assert verify(form.document({"ten": "An"}), form, {"ten": "An"}) == ()


def test_a_broken_file_is_a_problem_and_no_crash() -> None:
    form, record, content = good("ke-hoach")
    assert verify(content[:-200], form, record)


# ---------------------------------------------------------------- the command
def test_the_proof_counts_what_it_compared(tmp_path: Path) -> None:
    form, record, content = good("ke-hoach")
    proof = prove(content, form, record)
    assert proof.sha256 == sha256(content).hexdigest()
    out = tmp_path / "a.docx"
    sample = ROOT / "doctemplates" / "ke-hoach" / "sample.json"
    ran = vanban("render", "ke-hoach", sample, "-o", out, "--verify")
    assert (ran.code, ran.err) == (
        0,
        f"Đã ghi {out}. Đã đối chiếu {proof.values} giá trị, khớp cả.\n",
    )


def test_a_document_that_is_not_proven_is_not_written(tmp_path: Path) -> None:
    folder = draw_form(tmp_path, template=make('Tên: {% set x = ten|replace("Văn", "") %}{{ x }}'))
    source, out = keep(tmp_path / "a.json", {"ten": "Văn An"}), tmp_path / "a.docx"
    ran = vanban("render", folder, source, "-o", out, "--verify")
    assert ran.code == 4
    assert "không có giá trị của trường Tên: “Văn An”" in ran.err
    assert not out.exists()


def test_numbers_and_dates_count_too(tmp_path: Path) -> None:
    fields = {
        "so": {"title": "Số", "description": "Số.", "type": "number"},
        "ngay": {"title": "Ngày", "description": "Ngày.", "type": "string", "format": "date"},
    }
    folder = draw_form(
        tmp_path, schema=object_of(fields), template=make("{{ so|so }} {{ ngay|ngay }}"), output="a"
    )
    form = open_form(str(folder))
    record = {"so": Decimal("1234.5"), "ngay": "2026-03-02"}
    content = form.document(record)
    assert prove(content, form, record).values == 2
    bad = planted(content, lambda data: data.replace(b"1.234,5", b"1.235,5"))
    assert verify(bad, form, record)
