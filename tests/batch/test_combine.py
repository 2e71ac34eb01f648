"""One print file of many documents: the pages of each alone, one after the other."""

from __future__ import annotations

import io
import json
import re
import tracemalloc
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from docx import Document
from docx.enum.text import WD_BREAK
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm
from PIL import Image

from generator.batches import run as batches
from generator.combine import combine, sections
from generator.combine.identities import Identities, Scope
from generator.combine.numbering import Numbering
from generator.combine.sections import HAIR, begun, ended
from generator.errors import DataError, TemplateError, UsageError
from generator.pipeline import open_form
from tests import judges
from tests.clerk import FIXTURES, ROOT, Ran, draw_form, keep_lines, vanban
from tests.conftest import SchemaErrors, ToPdfs
from tests.making import changed, lines, make, saved

UNITS_300 = FIXTURES / "ban-cham-diem" / "don-vi-300.jsonl"
FORMS = ["ban-cham-diem", "ke-hoach", "phu-luc-ngang", "de-an", "quyet-dinh-ban-hanh"]
NEAR_MM = 0.05
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


# ---------------------------------------------------------------- documents to combine
def of_form(form: str, number: int) -> list[bytes]:
    """Return documents of a form, of different lengths."""
    opened = open_form(form)
    if form == "ban-cham-diem":
        source: Any = UNITS_300
        return [opened.render(raw) for raw in islice(opened.records(str(source)), number)]
    sample = json.loads((ROOT / "doctemplates" / form / "sample.json").read_text("utf-8"))
    return [opened.document(longer(sample, times)) for times in range(number)]


def longer(record: dict[str, Any], times: int) -> dict[str, Any]:
    """Return a record with the last lines of its long texts repeated."""
    text = record["noi_dung"]
    rows = text.split("\n")[-1 if text.endswith("|") else -3 :]
    return record | {"noi_dung": "\n".join([text, *rows * (3 * times)])}


NOTES = (
    '<w:footnotes {ns}><w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r>'
    '</w:p></w:footnote><w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r>'
    "<w:continuationSeparator/></w:r></w:p></w:footnote>{notes}</w:footnotes>"
)
NOTE = (
    '<w:footnote w:id="{id}"><w:p><w:r><w:footnoteRef/></w:r>'
    "<w:r><w:t>Chú thích {text}</w:t></w:r></w:p></w:footnote>"
)
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.{}+xml"


def rich(unit: str, colour: str = "red", *, table_last: bool = False) -> bytes:
    """Draw a document with everything that has an id, of which two alike may not be in a file."""
    document = Document()
    section = document.sections[0]
    section.different_first_page_header_footer = True
    section.first_page_header.paragraphs[0].text = "Trang đầu"
    section.header.paragraphs[0].text = "Trang sau"
    stamp = io.BytesIO()
    Image.new("RGB", (40, 40), colour).save(stamp, "PNG")
    document.add_paragraph(f"Đơn vị {unit}")
    document.add_picture(stamp, width=Mm(20))
    for item in ("một", "hai"):
        document.add_paragraph(item, style="List Number")
    _write(document, *_listed("ba"), *_listed("bốn"), _marked(), _linked(document, unit))
    _with_notes(document, [f"{unit}.1", f"{unit}.2"])
    document.add_comment(document.paragraphs[0].runs, text=f"Ý kiến {unit}", author="An")
    for style in list(document.element.body.iter(qn("w:rStyle"))):  # of comments: it has none
        style.getparent().remove(style)
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    document.add_paragraph(f"Trang hai của {unit}")
    if table_last:
        document.add_table(1, 1).cell(0, 0).text = f"Ô cuối {unit}"
    return saved(document)


def _write(document: Any, *blocks: str) -> None:
    for block in blocks:
        document.element.body.insert(-1, parse_xml(block))


def _p(inside: str) -> str:
    return f"<w:p {nsdecls('w', 'r', 'w14')}>{inside}</w:p>".replace(" xmlns:w14", " xmlns:w14", 1)


def _listed(text: str) -> list[str]:
    properties = '<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr>'
    return [_p(f"{properties}<w:r><w:t>{text}</w:t></w:r>")]


def _marked() -> str:
    return _p(
        '<w:bookmarkStart w:id="7" w:name="cho_nay"/><w:r><w:t>chỗ này</w:t></w:r>'
        '<w:bookmarkEnd w:id="7"/><w:r><w:t xml:space="preserve"> ở trang </w:t></w:r>'
        '<w:fldSimple w:instr=" PAGEREF cho_nay "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
        '<w:hyperlink w:anchor="cho_nay"><w:r><w:t>lên</w:t></w:r></w:hyperlink>'
        '<w:sdt><w:sdtPr><w:id w:val="99"/></w:sdtPr><w:sdtContent><w:r><w:t>ô điền</w:t></w:r>'
        "</w:sdtContent></w:sdt>"
    )


def _linked(document: Any, unit: str) -> str:
    kind = RELATED + "hyperlink"
    rid = document.part.relate_to(f"https://example.vn/{unit}", kind, is_external=True)
    return _p(f'<w:hyperlink r:id="{rid}"><w:r><w:t>trang web</w:t></w:r></w:hyperlink>')


def _with_notes(document: Any, texts: Sequence[str]) -> None:
    notes = "".join(NOTE.format(id=number, text=text) for number, text in enumerate(texts, 1))
    part = Part(
        PackURI("/word/footnotes.xml"), TYPE.format("footnotes"),
        NOTES.format(ns=nsdecls("w"), notes=notes).encode(), document.part.package,
    )  # fmt: skip
    document.part.relate_to(part, RELATED + "footnotes")
    for number, text in enumerate(texts, 1):
        _write(document, _p(
            f'<w:r><w:t>Có chú thích {text}</w:t></w:r><w:r><w:rPr><w:vertAlign w:val="superscript"'
            f'/></w:rPr><w:footnoteReference w:id="{number}"/></w:r>'
        ))  # fmt: skip


def joined(folder: Path, documents: Sequence[bytes], name: str = "in.docx") -> Path:
    """Combine documents into a file."""
    target = folder / name
    named = ((f"{number}.docx", content) for number, content in enumerate(documents))
    assert combine(named, target) == len(documents)
    return target


def part(docx: Path, name: str = "word/document.xml") -> str:
    with zipfile.ZipFile(docx) as package:
        return package.read(name).decode()


# ---------------------------------------------------------------- pages
def printed(to_pdfs: ToPdfs, folder: Path, documents: Sequence[bytes]) -> tuple[Any, Any]:
    """Return the pages of documents printed alone, and of the file that has them all."""
    alone = [folder / f"{number:02}.docx" for number in range(len(documents))]
    for path, content in zip(alone, documents, strict=True):
        path.write_bytes(content)
    *singles, whole = to_pdfs([*alone, joined(folder, documents)], folder)
    return [page for pdf in singles for page in judges.pdf_pages(pdf)], judges.pdf_pages(whole)


def marks(page: judges.Page) -> list[tuple[Any, ...]]:
    """Return what is on a page: lines with their looks, rules and edges."""
    looks = [(replace(line, page=0, x0_mm=0, x1_mm=0, baseline_mm=0),) for line in page.lines]
    return [(page.width_mm, page.height_mm), *looks, (len(page.rules), len(page.edges))]


def places(page: judges.Page) -> list[float]:
    texts = (side for x in page.lines for side in (x.x0_mm, x.x1_mm, x.baseline_mm))
    rules = (side for x in page.rules for side in (x.x0_mm, x.x1_mm, x.y_mm))
    return [*texts, *rules]


@pytest.mark.parametrize("form", FORMS)
def test_the_pages_are_those_of_each_document_alone(
    form: str, to_pdfs: ToPdfs, tmp_path: Path
) -> None:
    alone, together = printed(to_pdfs, tmp_path, of_form(form, 4))
    assert [marks(page) for page in together] == [marks(page) for page in alone]
    for one, other in zip(alone, together, strict=True):
        assert places(other) == pytest.approx(places(one), abs=NEAR_MM)


def test_thirty_units_open_in_libreoffice(
    to_pdfs: ToPdfs, schema_errors: SchemaErrors, tmp_path: Path
) -> None:
    units = 30
    whole = joined(tmp_path, of_form("ban-cham-diem", units))
    assert schema_errors([whole]) == []
    (printed_whole,) = to_pdfs([whole], tmp_path)
    with pdfplumber.open(printed_whole) as document:
        tops = [page.crop((0, 0, page.width, 160)).extract_text() for page in document.pages]
    assert len(tops) == 2 * units
    assert all("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in first for first in tops[::2])
    assert [second.splitlines()[0] for second in tops[1::2]] == ["2"] * units


def test_lists_headers_pictures_and_links_come_along(to_pdfs: ToPdfs, tmp_path: Path) -> None:
    documents = [rich("A"), rich("B", "blue", table_last=True), rich("C")]
    alone, together = printed(to_pdfs, tmp_path, documents)
    assert [said(page) for page in together] == [said(page) for page in alone]
    assert [said(page)[0] for page in together] == ["Trang đầu", "Trang sau"] * 3
    assert [text for page in together for text in said(page) if text == "1."] == ["1."] * 3
    for one, other in zip(alone, together, strict=True):
        assert places(other) == pytest.approx(places(one), abs=NEAR_MM)


def said(page: judges.Page) -> list[str]:
    """Return the lines of a page but for notes: LibreOffice counts these through the file."""
    return [line.text for line in page.lines if "hú thích" not in line.text]


# ---------------------------------------------------------------- the file
def test_the_file_is_valid(schema_errors: SchemaErrors, tmp_path: Path) -> None:
    files = [joined(tmp_path, of_form(form, 3), f"{form}.docx") for form in FORMS]
    files.append(joined(tmp_path, [rich("A"), rich("B", "blue", table_last=True), rich("C")]))
    assert schema_errors(files) == []
    for file in files:
        assert judges.structure_errors(file) == []
        assert judges.integrity_errors(file) == []
        assert judges.audit_errors(file) == []


def test_no_id_is_there_twice(tmp_path: Path) -> None:
    xml = part(joined(tmp_path, [rich(unit) for unit in "ABC"]))
    for pattern in (
        r'<wp:docPr [^>]*?id="(\d+)"', r'<w:bookmarkStart w:id="(\d+)"', r'w:name="(_u\d+_\d+)"',
        r'<w:footnoteReference w:id="(\d+)"', r'<w:commentReference w:id="(\d+)"',
        r'<w:sdtPr><w:id w:val="(\d+)"',
    ):  # fmt: skip
        found = re.findall(pattern, xml)
        assert len(found) >= 3, pattern
        assert max(Counter(found).values()) == 1, pattern
    assert re.findall(r"PAGEREF (\w+) ", xml) == re.findall(r'w:anchor="(\w+)"', xml)
    assert set(re.findall(r'w:anchor="(\w+)"', xml)) == set(re.findall(r'w:name="(_u\w+)"', xml))


def test_notes_and_comments_keep_to_their_document(tmp_path: Path) -> None:
    file = joined(tmp_path, [rich(unit) for unit in "ABC"])
    xml, notes, comments = (part(file, f"word/{name}.xml")
                            for name in ("document", "footnotes", "comments"))  # fmt: skip
    said = dict(re.findall(r'<w:footnote w:id="(\d+)">.*?Chú thích ([\w.]+)<', notes))
    asked = re.findall(r"Có chú thích ([\w.]+)<.*?footnoteReference w:id=\"(\d+)\"", xml)
    assert [(said[number], text) for text, number in asked] == [(t, t) for t, _ in asked]
    assert [text for text, _ in asked] == ["A.1", "A.2", "B.1", "B.2", "C.1", "C.2"]
    assert re.findall(r"Ý kiến (\w)", comments) == ["A", "B", "C"]
    restarts = re.findall(r'<w:numStart w:val="1"/><w:numRestart w:val="eachSect"/>', xml)
    assert len(restarts) == 3


def test_each_document_has_lists_of_its_own_that_start_anew(tmp_path: Path) -> None:
    file = joined(tmp_path, [rich(unit) for unit in "ABC"])
    numbers = re.findall(r'<w:numId w:val="(\d+)"/>', part(file))
    assert len(numbers) == 2 + 4 + 4  # those of the first are named by their style alone
    assert len(set(numbers[2:6]) & set(numbers[6:])) == 0
    new = part(file, "word/numbering.xml").split("<w:num ")
    made = [num for num in new if re.match(f'w:numId="(?:{"|".join(numbers[2:])})"', num)]
    assert [num.count('<w:startOverride w:val="1"/>') > 0 for num in made] == [True] * 4


def test_text_that_looks_like_ids_stays_as_it_is(tmp_path: Path) -> None:
    text = ' r:id="rId4" w14:paraId="1" w:anchor="cho_nay" id="_x0000_s1" <w:id w:val="1"/> REF x'
    record = json.loads((ROOT / "doctemplates/ke-hoach/sample.json").read_text("utf-8"))
    document = open_form("ke-hoach").document(record | {"noi_dung": text})
    assert text.strip() in lines(document)
    whole = joined(tmp_path, [document] * 3).read_bytes()
    assert [line for line in lines(whole) if line] == [line for line in lines(document) if line] * 3


def anew(*documents: str) -> list[str]:
    """Return pieces of documents on their way into one file."""
    ids = Identities()
    return [Scope(ids).anew(xml.encode()).decode() for xml in documents]


# ---------------------------------------------------------------- what other programs write
LISTS = "word/numbering.xml"


def unread(file: Path) -> list[str]:
    """Return the parts of a file that are no XML."""
    bad = []
    with zipfile.ZipFile(file) as package:
        for name in package.namelist():
            if name.endswith((".xml", ".rels")):
                try:
                    parse_xml(package.read(name))
                except SyntaxError:
                    bad.append(name)
    return bad


def altered(name: str, old: str, new: str) -> bytes:
    """Return a document with lists and notes, something in one of its parts replaced."""
    document = rich("A")
    with zipfile.ZipFile(io.BytesIO(document)) as package:
        assert old in package.read(name).decode()
    return changed(document, {name: lambda xml: xml.replace(old, new)})


NO_NUMBERS = ("", "abc", "0.0", "9" * 5_000)


@pytest.mark.parametrize("value", NO_NUMBERS)
@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        (LISTS, '<w:start w:val="1"/>', '<w:start w:val="?"/>'),
        (LISTS, '<w:lvl w:ilvl="0"', '<w:lvl w:ilvl="?"'),
        (LISTS, "</w:num>", '<w:lvlOverride w:ilvl="?"><w:lvl/></w:lvlOverride></w:num>'),
        (LISTS, '<w:num w:numId="1"', '<w:num w:numId="?"'),
        ("word/footnotes.xml", 'w:type="separator" w:id="-1"', 'w:type="separator" w:id="?"'),
        (
            "word/document.xml", "<w:pgSz ",
            '<w:footnotePr><w:numStart w:val="?"/></w:footnotePr><w:pgSz ',
        ),
    ],
)  # fmt: skip
def test_numbers_that_are_none_stop_nothing(
    tmp_path: Path, name: str, old: str, new: str, value: str
) -> None:
    file = joined(tmp_path, [altered(name, old, new.replace("?", value))] * 3)
    assert lines(file.read_bytes()).count("Đơn vị A") == 3
    assert unread(file) == []


def test_a_section_outside_of_a_paragraph_stops_nothing() -> None:
    blocks, last = sections.anew(b"<w:sectPr/><w:p/>", b"<w:sectPr/>", ())
    assert blocks == b'<w:sectPr><w:pgNumType w:start="1"/></w:sectPr><w:p/>'
    assert last == b"<w:sectPr></w:sectPr>"


def test_lists_go_behind_the_last_of_those_that_say_nothing(tmp_path: Path) -> None:
    silent = re.compile(r"<w:num (w:numId=\"\d+\")>.*?</w:num>", re.DOTALL)
    document = changed(rich("A"), {LISTS: lambda xml: silent.sub(r"<w:num \1/>", xml)})
    said = part(joined(tmp_path, [document] * 2), LISTS)
    assert re.search(r"<w:num [^<>]*/><w:num [^<>]*><w:abstractNumId [^<>]*/></w:num>", said)
    assert said.rstrip().endswith("</w:numbering>")


def test_a_number_that_a_list_has_is_not_given_again() -> None:
    lists = Numbering(
        parse_xml(
            f'<w:numbering {nsdecls("w")}><w:num w:numId="999999999"/>'
            '<w:num w:numId="10000001"/></w:numbering>'
        ),
        None,
    )
    assert lists.anew(b'<w:numId w:val="10000001"/>') == b'<w:numId w:val="10000002"/>'


@pytest.mark.parametrize("name", [LISTS, "word/footnotes.xml"])
def test_a_part_with_other_names_for_its_elements_is_refused(tmp_path: Path, name: str) -> None:
    other = changed(
        rich("A"), {name: lambda xml: xml.replace("w:", "z:").replace("xmlns:w=", "xmlns:z=")}
    )
    with pytest.raises(DataError, match="lưu theo cách không quen"):
        joined(tmp_path, [other] * 2)


@pytest.mark.parametrize(
    "change",
    [
        '<w:pPrChange w:id="1" w:author="An"><w:pPr><w:pStyle w:val="ListNumber"/></w:pPr>'
        "</w:pPrChange>",
        '<w:rPr><w:b/><w:rPrChange w:id="1" w:author="An"><w:rPr><w:i/></w:rPr></w:rPrChange>'
        "</w:rPr>",
        '<w:rPr><w:b/><w:rPrChange w:id="1" w:author="An"/></w:rPr>',
        '<w:numPr><w:ilvl w:val="0"/><w:numberingChange w:id="1" w:author="An"/></w:numPr>',
    ],
)
def test_a_tracked_change_of_looks_is_left_behind(tmp_path: Path, change: str) -> None:
    old = '<w:pStyle w:val="ListNumber"/>'
    file = joined(tmp_path, [altered("word/document.xml", old, old + change)] * 3)
    assert judges.integrity_errors(file) == []
    assert len(lines(file.read_bytes())) == 3 * len(lines(rich("A")))
    assert "Change " not in part(file)


def test_captions_count_anew_and_pages_are_those_of_the_section() -> None:
    code = "<w:instrText>{}</w:instrText>"
    caption = code.format(r" SEQ Bảng \* ARABIC ")
    assert anew(caption + caption + code.format(" NUMPAGES "))[0] == (
        code.format(r" SEQ Bảng \* ARABIC \r 1 ") + caption + code.format(" SECTIONPAGES ")
    )


def test_ids_of_paragraphs_and_shapes() -> None:
    xml = '<w:p w14:paraId="1A" w14:textId="77"><v:shape id="_x0000_i1025"/><o:OLEObject '
    xml += 'ShapeID="_x0000_i1025"/></w:p>'
    first, second = anew(xml, xml)
    shapes = [re.findall(r'"(_x0000_i\d+)"', piece) for piece in (first, second)]
    assert [len(set(found)) for found in shapes] == [1, 1]
    assert shapes[0] != shapes[1]
    assert "w14:" not in first


def test_notes_go_on_counting_in_the_sections_of_one_document() -> None:
    note = b'<w:p><w:r><w:footnoteReference w:id="1"/><w:endnoteReference w:id="1"/></w:r></w:p>'
    ending = b"<w:p><w:pPr><w:sectPr/></w:pPr></w:p>"
    blocks, last = sections.anew(note * 2 + ending + note, b"<w:sectPr/>", ())
    found = re.search(rb"<w:sectPr>.*?</w:sectPr>", blocks)
    assert found is not None
    counting = b'<w:numStart w:val="%d"/><w:numRestart w:val="eachSect"/>'
    first = b"<w:footnotePr>%s</w:footnotePr><w:endnotePr>%s</w:endnotePr>" % ((counting % 1,) * 2)
    later = b"<w:footnotePr>%s</w:footnotePr><w:endnotePr>%s</w:endnotePr>" % ((counting % 3,) * 2)
    # Endnotes of the first section wait for the end of the document.
    asked = first + b'<w:pgNumType w:start="1"/><w:noEndnote/>'
    assert found[0] == b"<w:sectPr>" + asked + b"</w:sectPr>"
    assert last == b"<w:sectPr>" + later + b"</w:sectPr>"


@pytest.mark.parametrize(
    ("section", "after"),
    [
        (b"", b'<w:pgNumType w:start="1"/>'),
        (b'<w:type w:val="continuous"/><w:titlePg/>', b'<w:pgNumType w:start="1"/><w:titlePg/>'),
        (b'<w:pgNumType w:fmt="lowerRoman"/>', b'<w:pgNumType w:start="1" w:fmt="lowerRoman"/>'),
        (b'<w:pgNumType w:start="5"/>', b'<w:pgNumType w:start="5"/>'),
    ],
)
def test_a_document_begins_on_a_new_page_with_the_number_one(section: bytes, after: bytes) -> None:
    last = sections.anew(b"<w:p/>", b"<w:sectPr>" + section + b"</w:sectPr>", ())[1]
    assert last == b"<w:sectPr>" + after + b"</w:sectPr>"


def test_the_same_picture_is_there_once(tmp_path: Path) -> None:
    file = joined(tmp_path, [rich("A"), rich("B", "blue"), rich("C"), rich("D", "blue")])
    with zipfile.ZipFile(file) as package:
        pictures = [name for name in package.namelist() if "/media/" in name]
        headers = [name for name in package.namelist() if "/header" in name]
    assert (len(pictures), len(headers)) == (2, 2)


def test_a_document_does_not_take_over_the_header_of_the_one_before(tmp_path: Path) -> None:
    first = Document()
    first.sections[0].header.paragraphs[0].text = "Của riêng"
    xml = part(joined(tmp_path, [saved(first), make("Không đầu trang")]))
    before, after = re.findall(r"<w:sectPr.*?</w:sectPr>", xml, re.DOTALL)
    headers = [re.findall(r'<w:headerReference w:type="default" r:id="(\w+)"', s)
               for s in (before, after)]  # fmt: skip
    assert len(headers[0]) == len(headers[1]) == 1
    assert headers[0] != headers[1]


def test_the_records_stay_out(tmp_path: Path) -> None:
    with zipfile.ZipFile(joined(tmp_path, of_form("ban-cham-diem", 2))) as package:
        names = package.namelist()
        assert [name for name in names if "customXml" in name] == []
        assert package.testzip() is None
        said = package.read("[Content_Types].xml").decode()
    assert names[0] == "[Content_Types].xml"
    assert len(re.findall("<Override ", said)) == len([n for n in names if n[-5:] != ".rels"]) - 1


SECTION = b"<w:sectPr><w:pgSz/></w:sectPr>"


@pytest.mark.parametrize(
    ("blocks", "after"),
    [
        (b"<w:p/>", b"<w:p><w:pPr>S</w:pPr></w:p>"),
        (b"<w:p><w:r/></w:p>", b"<w:p><w:pPr>S</w:pPr><w:r/></w:p>"),
        (b"<w:p><w:pPr/></w:p>", b"<w:p><w:pPr>S</w:pPr></w:p>"),
        (b"<w:p><w:pPr><w:jc/></w:pPr></w:p>\n", b"<w:p><w:pPr><w:jc/>S</w:pPr></w:p>\n"),
        (
            b'<w:p/><w:p w:rsidR="1"><w:r><w:txbxContent><w:p/><w:p></w:p></w:txbxContent></w:r>'
            b"</w:p>",
            b'<w:p/><w:p w:rsidR="1"><w:pPr>S</w:pPr>'
            b"<w:r><w:txbxContent><w:p/><w:p></w:p></w:txbxContent></w:r></w:p>",
        ),
        (
            b'<w:p></w:p><w:bookmarkEnd w:id="1"/>',
            b'<w:p><w:pPr>S</w:pPr></w:p><w:bookmarkEnd w:id="1"/>',
        ),
        (b"<w:tbl></w:tbl>", b"<w:tbl></w:tbl>" + HAIR.replace(b"</w:pPr>", b"S</w:pPr>")),
        (
            b"<w:p><w:pPr><w:sectPr/></w:pPr></w:p>",
            b"<w:p><w:pPr><w:sectPr/></w:pPr></w:p>" + HAIR.replace(b"</w:pPr>", b"S</w:pPr>"),
        ),
    ],
)  # fmt: skip
def test_the_last_paragraph_holds_the_section(blocks: bytes, after: bytes) -> None:
    assert ended(blocks, SECTION) == after.replace(b"S<", SECTION + b"<")


def test_a_table_is_not_the_first_of_a_section() -> None:
    assert begun(b"<w:tbl/>") == HAIR + b"<w:tbl/>"
    assert begun(b'<w:bookmarkStart w:id="1"/><w:p/>') == b'<w:bookmarkStart w:id="1"/><w:p/>'


# ---------------------------------------------------------------- whole, or not at all
def test_the_same_documents_give_the_same_bytes(tmp_path: Path) -> None:
    documents = [rich("A"), rich("B")]
    (tmp_path / "khac").mkdir()
    first = joined(tmp_path, documents).read_bytes()
    assert joined(tmp_path / "khac", documents).read_bytes() == first


def test_a_fault_on_the_way_leaves_no_file(tmp_path: Path) -> None:
    target = tmp_path / "in.docx"

    def documents() -> Iterator[tuple[str, bytes]]:
        yield "a.docx", make("a")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        combine(documents(), target)
    with pytest.raises(TemplateError):
        combine([("a.docx", make("a")), ("b.docx", b"no zip")], target)
    with pytest.raises(DataError, match="không có văn bản nào"):
        combine([], target)
    with pytest.raises(DataError, match=r"b\.docx: không ghép được: văn bản không cùng mẫu"):
        combine([("a.docx", make("a")), ("b.docx", of_form("ke-hoach", 1)[0])], target)
    assert list(tmp_path.iterdir()) == []


def test_more_parts_than_a_file_may_have_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generator.combine._MOST_PARTS", 10)
    with pytest.raises(DataError, match=r"in\.docx: văn bản ghép có quá 65\.535 phần"):
        joined(tmp_path, [rich("A"), rich("B")])
    assert list(tmp_path.iterdir()) == []


def test_parts_that_refer_to_each_other_in_all_ways_are_taken_once(tmp_path: Path) -> None:
    document = Document()
    header = document.sections[0].header
    header.paragraphs[0].text = "Đầu trang"
    above: list[Part] = [header.part]
    for level in range(30):  # a thousand million ways lead to the last two
        names = (PackURI(f"/word/sau{level}{side}.bin") for side in "ab")
        below = [
            Part(name, "application/octet-stream", name.encode(), header.part.package)
            for name in names
        ]
        for one in above:
            for other in below:
                one.relate_to(other, "urn:mau-thu")
        above = below
    for one in above:
        one.relate_to(header.part, "urn:mau-thu")
    with zipfile.ZipFile(joined(tmp_path, [saved(document)] * 2)) as package:
        assert len([name for name in package.namelist() if name.endswith(".bin")]) == 60


def test_memory_does_not_grow_with_the_number_of_documents(tmp_path: Path) -> None:
    documents = of_form("ban-cham-diem", 5)

    def peak(number: int) -> int:
        tracemalloc.start()
        named = (("x.docx", documents[n % 5]) for n in range(number))
        assert combine(named, tmp_path / "in.docx") == number
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(5)
    assert peak(300) < peak(30) + 1_000_000  # one document's body has 24,000 bytes


# ---------------------------------------------------------------- the command
@pytest.fixture
def slips(tmp_path: Path) -> Path:
    """Draw a form that prints a name; keep nine records in no order, the fourth of them bad."""
    draw_form(tmp_path / "mau")
    names = [*"dbc", None, *"eaghf"]
    return keep_lines(tmp_path / "d.jsonl", [{"ten": name} for name in names])


def batch(slips: Path, *options: str, output: str = "kq") -> Ran:
    """Make the slips, and one file of them."""
    home = slips.parent
    return vanban(
        "batch", "phieu", slips, "--templates", home / "mau", "-o", home / output,
        "--combine", home / "in" / "tat-ca.docx", *options,
    )  # fmt: skip


def combined(slips: Path) -> Path:
    return slips.parent / "in" / "tat-ca.docx"


@pytest.mark.parametrize("output", ["kq", "kq.zip"])
def test_the_order_is_that_of_the_data_and_a_bad_record_is_left_out(
    output: str, slips: Path
) -> None:
    ran = batch(slips, output=output)
    assert ran.code == 1
    assert "dòng 4, $.ten" in ran.err
    assert ran.err.endswith(f"Đã ghép 8 văn bản: {combined(slips)} (không có 1 bản ghi lỗi)\n")
    assert [line for line in lines(combined(slips).read_bytes()) if line] == [
        f"Tên: {name}" for name in "dbceaghf"
    ]


def test_a_run_taken_up_again_gives_the_same_file(slips: Path) -> None:
    batch(slips)
    first = combined(slips).read_bytes()
    (slips.parent / "kq" / "g.docx").unlink()
    combined(slips).unlink()
    ran = batch(slips, "--resume")
    assert "Đã tạo 1 văn bản, giữ nguyên 7, lỗi 1" in ran.err
    assert combined(slips).read_bytes() == first


def test_no_document_is_lost_to_a_combined_file_of_its_name(slips: Path) -> None:
    first = batch(slips)
    home = slips.parent
    document = (home / "kq" / "g.docx").read_bytes()
    ran = vanban("batch", "phieu", slips, "--templates", home / "mau", "-o", home / "kq",
                 "--combine", home / "kq" / "g.docx")  # fmt: skip
    assert (first.code, ran.code) == (1, 2)
    assert "tên tệp ghép trùng với một văn bản của lô" in ran.err
    assert (home / "kq" / "g.docx").read_bytes() == document


def test_a_trial_combines_nothing(slips: Path) -> None:
    assert batch(slips, "--dry-run").code == 1
    assert not combined(slips).parent.exists()


@pytest.mark.parametrize("kind", ["docx", "pdf"])
def test_a_program_gets_the_same_file(kind: str, slips: Path) -> None:
    home = slips.parent
    theirs, ours = home / "lenh" / f"in.{kind}", home / "ham" / f"in.{kind}"
    vanban("batch", "phieu", slips, "--templates", home / "mau", "-o", home / "a",
           "--combine", theirs)  # fmt: skip
    results = batches.batch(
        "phieu", str(slips), home / "b", templates=[str(home / "mau")], combine=ours
    )
    next(results)
    assert not ours.exists()  # only when all are there
    assert sum(result.done for result in results) == 7
    assert ours.read_bytes() == theirs.read_bytes()
    assert len(list((home / "b").glob(f"*.{kind}"))) == 8


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("d.jsonl/in.docx", "một phần đường dẫn là tệp, không phải thư mục"),
        ("co-san.docx", "đã có thư mục trùng tên"),
        ("s3://kho/in.docx", "tệp ghép chỉ ghi được trên máy này"),
        ("d.docx", "tệp này đang được đọc, không ghi đè lên"),
        ("in.odt", "chỉ ghép được thành tệp .docx hoặc .pdf"),
    ],
)
def test_a_file_that_cannot_be_written_is_refused_before_anything_is_made(
    target: str, said: str, slips: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(slips.parent)
    Path("co-san.docx").mkdir()
    data = slips.rename("d.docx") if target == "d.docx" else slips
    before = sorted(slips.parent.iterdir())
    ran = vanban("batch", "phieu", data, "--templates", "mau", "-o", "kq", "--combine", target)
    assert ran.code == 2
    assert said in ran.err
    assert sorted(slips.parent.iterdir()) == before
    with pytest.raises(UsageError, match=re.escape(said)):
        batches.batch("phieu", str(data), "kq", combine=target, templates=["mau"])


def test_where_nothing_can_be_made_the_file_of_another_day_stays_and_is_named(slips: Path) -> None:
    first = batch(slips)
    before = combined(slips).read_bytes()
    keep_lines(slips, [{"ten": None}])
    ran = batch(slips)
    assert (first.code, ran.code) == (1, 3)
    told = f"Không có văn bản nào để ghép; {combined(slips)} là của lần trước, giữ nguyên.\n"
    assert ran.err.endswith(told)
    assert combined(slips).read_bytes() == before


def test_word_files_are_made_for_it_beside_the_pdfs_asked_for(slips: Path) -> None:
    batch(slips, "--format", "pdf")
    assert len(list((slips.parent / "kq").glob("*.docx"))) == 8
    assert len([line for line in lines(combined(slips).read_bytes()) if line]) == 8
