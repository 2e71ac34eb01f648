"""Every character of the data arrives in the document, or is refused by name.

Wherever a tag may stand (text, table, header, alternative text, field code, document properties,
rich text, long text), the finished .docx is read back by python-docx and lxml.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import subprocess
import sys
import unicodedata
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from generator.body import Level, escape_marks
from generator.errors import DataError
from generator.pipeline import Form, open_form
from generator.records.data import RawRecord, read_records
from generator.template.render import CompiledTemplate
from tests.making import compiled, opened, saved

ROOT = Path(__file__).parents[2]
PLAN = ROOT / "fixtures/ke-hoach/nga-son.json"

EXAMPLES = {
    "ampersand": "Văn hóa & Thông tin &amp; &#38; &không;",
    "angle brackets": "a < b > c <w:p/> </w:t></w:r></w:p>",
    "quotes": "“An toàn” \"An toàn\" 'An toàn' ‘An toàn’",
    "a tag": "{{ so }} {{p noi_dung }} {% if x %} {%tr endfor %} {# ghi chú #}",
    "half a tag": "}} %} {{ {% {_{ }_}",
    "cdata": "<![CDATA[ x ]]>",
    "entity": '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>&b;',
    "instruction": "<?tag 0?><?xml version='1.0'?>",
    "python format": "%s %(x)s {0} {x.__class__} ${x} $1 \\1 \\g<0>",
    "field switch": 'a" \\o "b \\\\ \\* MERGEFORMAT',
    "line breaks": "một\nhai\r\nba\rbốn\n",
    "tabs": "\tmột\thai\t",
    "blanks": "  hai  dấu  cách  ",
    "no-break space": "Điều\u00a01,\u202f5\u00a0%",
    "zero width": "a\u200bb\u200cc\u200dd\ufeffe\u2060f",
    "soft hyphen": "a\u00adb‑c",
    "line separator": "a\u2028b\u2029c\u0085d",
    "emoji": "👍🏽 👨\u200d👩\u200d👧 🇻🇳",
    "beyond the first plane": "𠀀𠮷 \U0010fffd",
    "right to left": "שלום عالم \u202eabc\u202c \u2067x\u2069",
    "private use": "\ue0000\ue001 \uf0b7",
    "marks of the compiler": "\ue0000\ue001 \ue0009999\ue001",
    "non-characters that XML allows": "\ufdd0 \U0001fffe",
    "delete and C1": "\x7f\x80\x9f",
    "Vietnamese": "Ủy ban nhân dân phường Ỷ La, đường Ngô Quyền - Đặng Thùy Trâm",
    "loose marks": "a\u0300\u0323 \u0301\u031b",
}
# XML 1.0, 2.2: Char ::= #x9 | #xA | #xD | [#x20-#xD7FF] | [#xE000-#xFFFD] | [#x10000-#x10FFFF]
ILLEGAL = [*(chr(c) for c in range(0x20) if c not in (9, 10, 13)), "\ud800", "\udfff", "\ufffe",
           "\uffff"]  # fmt: skip
pieces = st.characters() | st.sampled_from(
    [*EXAMPLES.values(), "1. ", "- ", *"\n\t\r {}%&<>\"'\\]"]
)
texts = st.lists(pieces, max_size=12).map("".join)


def first_illegal(text: str) -> str | None:
    return next((char for char in text if char in ILLEGAL or 0xD800 <= ord(char) < 0xE000), None)


def with_breaks(text: str) -> str:
    """Every kind of line end is a line break of Word."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


# ---------------------------------------------------------------- a tag in every place
DRAWING = (
    f"<w:r {nsdecls('w', 'wp', 'a')}><w:drawing><wp:inline><wp:extent cx='9525' cy='9525'/>"
    "<wp:docPr id='1' name='Hình' descr='{{ x }}'/><a:graphic><a:graphicData uri=''/></a:graphic>"
    "</wp:inline></w:drawing></w:r>"
)
FIELD = (
    f"<w:r {nsdecls('w')}><w:instrText xml:space='preserve'> HYPERLINK \"{{{{ x }}}}\" "
    "</w:instrText></w:r>"
)


@cache
def template() -> CompiledTemplate:
    """``x`` in every place that takes text, ``marked`` in the two that read marks."""
    document = Document()
    document.core_properties.title = "{{ x }}"
    document.sections[0].header.paragraphs[0].text = "{{ x }}"
    document.sections[0].footer.paragraphs[0].text = "{{ x }}"
    document.add_paragraph("{{ x }}")
    document.add_paragraph("")._p.append(parse_xml(DRAWING))
    document.add_paragraph("")._p.append(parse_xml(FIELD))
    document.add_paragraph("{{r marked }}")
    document.add_table(1, 1).cell(0, 0).text = "{{ x }}"
    for level in Level:
        document.styles.add_style(level.value, WD_STYLE_TYPE.PARAGRAPH)
    document.add_paragraph("{{p marked }}", style=Level.PLAIN.value)
    return compiled(saved(document))


def filled(text: str) -> bytes:
    return template().render({"x": text, "marked": escape_marks(text)})


def alternative_text(document: Any) -> str:
    (properties,) = document.element.body.iter(qn("wp:docPr"))
    return str(properties.get("descr"))


def field_argument(document: Any) -> str:
    """What Word takes as the field's argument: up to the first quote without a backslash."""
    (code,) = document.element.body.iter(qn("w:instrText"))
    found = re.fullmatch(r' HYPERLINK "((?:[^"\\]|\\.)*)" ', code.text, re.DOTALL)
    assert found, code.text
    return re.sub(r"\\(.)", r"\1", found[1], flags=re.DOTALL)


def long_text(document: Any) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs[4:]]


def lines_of_long_text(text: str) -> list[str]:
    return [line.strip(" ") for line in with_breaks(text).split("\n") if line.strip()]


PLACES: dict[str, tuple[Callable[[Any], Any], Callable[[str], Any]]] = {
    "text": (lambda d: d.paragraphs[0].text, with_breaks),
    "table": (lambda d: d.tables[0].cell(0, 0).text, with_breaks),
    "header": (lambda d: d.sections[0].header.paragraphs[0].text, with_breaks),
    "footer": (lambda d: d.sections[0].footer.paragraphs[0].text, with_breaks),
    "rich text": (lambda d: d.paragraphs[3].text, with_breaks),
    "long text": (long_text, lines_of_long_text),
    "alternative text": (alternative_text, str),
    "field code": (field_argument, str),
    "title of the document": (lambda d: d.core_properties.title, str),
}


def assert_arrives(text: str) -> None:
    document = opened(filled(text))
    read = {place: reader(document) for place, (reader, _) in PLACES.items()}
    assert read == {place: expected(text) for place, (_, expected) in PLACES.items()}


@pytest.mark.parametrize("text", EXAMPLES.values(), ids=EXAMPLES)
def test_a_text_arrives_in_every_place(text: str) -> None:
    assert_arrives(text)


@given(text=texts)
def test_any_text_arrives_in_every_place_or_is_refused_by_name(text: str) -> None:
    bad = first_illegal(text)
    if bad is None:
        assert_arrives(text)
        return
    with pytest.raises(DataError, match=f"ký tự không in được U\\+{ord(bad):04X} ở vị trí"):
        filled(text)


@pytest.mark.parametrize("tag", ["{{ x }}", "{{r x }}", "{{p x }}"])
@pytest.mark.parametrize("code", [0, 0x0B, 0x1F, 0xD800, 0xDC00, 0xFFFE, 0xFFFF])
def test_what_xml_cannot_hold_is_refused_with_its_tag_and_place(tag: str, code: int) -> None:
    document = Document()
    document.add_paragraph("trước")
    document.add_paragraph(tag)
    with pytest.raises(DataError) as caught:
        compiled(saved(document)).render({"x": f"ab{chr(code)}c"})
    assert str(caught.value) == (
        f"mau.docx: word/document.xml: đoạn 2, thẻ {tag}, dữ liệu $.x: "
        f"ký tự không in được U+{code:04X} ở vị trí 3"
    )


# ---------------------------------------------------------------- a value stays a value
def skeleton(content: bytes) -> dict[str, list[str]]:
    """Every element of the parts that hold tags, in order, with the names of its attributes."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {
            name: [
                f"{node.tag} {sorted(node.attrib)}" if isinstance(node.tag, str) else repr(node)
                for node in etree.fromstring(package.read(name)).iter()
            ]
            for name in package.namelist()
            if re.fullmatch(r"word/(document|header\d|footer\d)\.xml|docProps/core\.xml", name)
        }


one_line = texts.filter(
    lambda text: first_illegal(text) is None and text.strip() and not set("\r\n\t") & set(text)
)


@given(text=one_line)
def test_a_value_never_becomes_a_tag_xml_or_a_field(text: str) -> None:
    assert skeleton(filled(text)) == skeleton(filled("a"))


def test_a_value_that_looks_like_a_tag_is_not_run() -> None:
    paragraph = opened(filled("{{ x.__class__ }}{% for i in range(9) %}9{% endfor %}")).paragraphs[
        0
    ]
    assert paragraph.text == "{{ x.__class__ }}{% for i in range(9) %}9{% endfor %}"


# ---------------------------------------------------------------- through a form, from JSON
@cache
def plan() -> Form:
    return open_form("ke-hoach")


def record(**changes: Any) -> RawRecord:
    data = json.loads(PLAN.read_text(encoding="utf-8")) | changes
    return RawRecord(file="thu.json", text=json.dumps(data), folder=str(PLAN.parent))


def body_of(content: bytes) -> list[str]:
    """The paragraphs of a document in order, those of its tables too."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        root = etree.fromstring(package.read("word/document.xml"))
    marks = {qn("w:t"): None, qn("w:br"): "\n", qn("w:tab"): "\t"}
    return [
        "".join(
            marks[node.tag] or node.text or ""
            for node in paragraph.iter(*marks)
            if node.getparent().tag == qn("w:r")
        )
        for paragraph in root.iter(qn("w:p"))
    ]


def composed(text: str) -> str:
    return with_breaks(unicodedata.normalize("NFC", text))


@given(text=texts)
def test_any_text_of_a_data_file_arrives_composed_or_is_refused_by_name(text: str) -> None:
    raw = record(trich_yeu=f"a{text}", noi_nhan=[f"a{text}a"])
    bad = first_illegal(text)
    if bad:
        with pytest.raises(DataError, match=f"ký tự không in được U\\+{ord(bad):04X}"):
            plan().prepare(raw)
        return
    printed = body_of(plan().render(raw))
    assert composed(f"a{text}") in printed
    assert f"- {composed(f'a{text}a')};" in printed


@given(text=texts.filter(lambda text: first_illegal(text) is None and text.strip()))
def test_any_long_text_of_a_data_file_arrives_composed(text: str) -> None:
    printed = body_of(plan().render(record(noi_dung=escape_marks(text))))
    expected = lines_of_long_text(unicodedata.normalize("NFC", text))
    start = next(i for i, line in enumerate(printed) if line.startswith("Tổng kết 10 năm")) + 2
    assert printed[start : start + len(expected)] == expected


def test_letters_typed_apart_are_composed() -> None:
    apart = unicodedata.normalize("NFD", "Phường Ỷ La")
    assert "Phường Ỷ La" in body_of(plan().render(record(trich_yeu=apart)))


@pytest.mark.parametrize("code", [0, 0x1B, 0xD83D, 0xDFFF, 0xFFFE])
def test_a_data_file_with_an_unprintable_character_is_refused_at_its_line(code: int) -> None:
    with pytest.raises(DataError) as caught:
        plan().prepare(record(trich_yeu=f"Tổng{chr(code)}kết"))
    assert str(caught.value).splitlines()[0] == (
        "thu.json: dòng 1, $.trich_yeu: Trích yếu nội dung: "
        f"ký tự không in được U+{code:04X} ở vị trí 5"
    )


# ---------------------------------------------------------------- same input, same bytes
def digest() -> str:
    """A fingerprint of one plan and twelve scoring sheets."""
    made = [plan().render(record())]
    sheets = open_form("ban-cham-diem")
    made += map(sheets.render, read_records(str(ROOT / "fixtures/ban-cham-diem/don-vi-12.json")))
    return hashlib.sha256(b"".join(made)).hexdigest()


_DIGEST = "from tests.vietnamese.test_characters import digest; print(digest())"


@pytest.mark.parametrize("seed", ["0", "4242"])
def test_another_process_makes_the_same_bytes(seed: str, tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-c", _DIGEST],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == digest()


@given(text=texts.filter(lambda text: first_illegal(text) is None))
def test_the_same_text_makes_the_same_bytes(text: str) -> None:
    assert filled(text) == filled(text)
