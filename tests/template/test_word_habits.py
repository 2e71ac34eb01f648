"""Templates as Word, LibreOffice, Google Docs and WPS leave them: what is taken, told, refused."""

from __future__ import annotations

import io
import re
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from generator.errors import TemplateError
from generator.template.compiler import compile_template, examine_template
from tests import judges
from tests.conftest import need
from tests.judges import office
from tests.making import TEMPLATE, cells, changed, compiled, fill, lines, make, opened, saved

W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
BASE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
Change = Callable[[str], str]


def body(xml: str) -> bytes:
    """Return a template whose body is some XML."""
    document = Document()
    sections = document.element.body[-1]
    space = (
        f'xmlns:w14="{W14}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    )
    for child in parse_xml(f"<w:body {nsdecls('w', 'r', 'wp', 'a')} {space}>{xml}</w:body>"):
        sections.addprevious(child)
    return saved(document)


def para(*texts: str) -> str:
    return "<w:p>" + "".join(f"<w:r><w:t>{text}</w:t></w:r>" for text in texts) + "</w:p>"


def words(content: bytes) -> str:
    return "|".join(
        "".join(node.text or "" for node in p.iter(qn("w:t")))
        for p in opened(content).element.body.iter(qn("w:p"))
    )


def notes(content: bytes) -> str:
    return "\n".join(map(str, compiled(content).notes))


def refusal(content: bytes, blocks: dict[str, bytes] | None = None) -> str:
    with pytest.raises(TemplateError) as caught:
        compiled(content, blocks)
    return str(caught.value)


# ---------------------------------------------------------------- letters inside tags
def test_tags_split_at_every_letter_are_found() -> None:
    paragraphs = ("{% for p in ds %}", "{{ p.ten|upper }} {{ loop.index }}", "{% endfor %}")
    assert fill(*paragraphs, context={"ds": [{"ten": "a"}, {"ten": "b"}]}, split=True) == [
        "A 1", "B 2"]  # fmt: skip


@pytest.mark.parametrize(
    "tag",
    [
        "{{ x if x == “An” else “không” }}",
        "{{ x if x == ‘An’ else ‘không’ }}",
        "{{ x if x == „An‟ else ‚không‛ }}",
        "{{\u00a0x\u00a0if\u00a0x\u00a0==\u00a0'An'\u00a0else\u00a0'không' }}",
        "{{ x if\u2003x == 'An'\u202felse 'không' }}",
        "{{\u200b x\ufeff if x == 'An' else 'không' }}",
    ],
)
def test_quotes_and_blanks_that_an_editor_changed_mean_plain_ones(tag: str) -> None:
    assert fill(tag, context={"x": "An"}) == ["An"]


def test_a_blank_that_does_not_break_stays_inside_a_quoted_text() -> None:
    assert fill("{{ 'a\u00a0b' }}", context={}) == ["a\u00a0b"]


def test_commands_with_a_capital_are_understood() -> None:
    assert fill("{% If co %}", "có", "{% Else %}", "không", "{% Endif %}",
                context={"co": 0}) == ["không"]  # fmt: skip
    assert fill("{% For x in [1, 2] %}{{ x }}{% EndFor %}", context={}) == ["12"]


def test_a_name_with_a_capital_is_told_with_the_field_that_is_meant() -> None:
    with pytest.raises(TemplateError, match=r"không có trường “Ten”\n.*có phải bạn muốn gõ “ten”"):
        fill("{{ Ten }}", context={"ten": "An", "tuoi": 3})
    with pytest.raises(TemplateError, match="có phải bạn muốn gõ “trich_yeu”"):
        fill("{{ trichyeu }}", context={"trich_yeu": "x"})


def test_a_hyphen_made_a_dash_still_joins() -> None:
    assert fill("Nhà ở", "{%– if co –%}", "phố", "{%– endif –%}", "yên.",
                context={"co": True}) == ["Nhà ởphốyên."]  # fmt: skip


def test_braces_of_a_dictionary_do_not_end_a_tag() -> None:
    assert fill("{{ {'a': {'b': 1}}['a']['b'] }}{% set d = {'c': {'e': 2}} %}{{ d.c.e }}",
                context={}) == ["12"]  # fmt: skip


def test_raw_prints_tags_as_they_are() -> None:
    assert fill("{% raw %}{{ x }}, {% if %}{# c #}{% endraw %} {{ x }}", context={"x": 1}) == [
        "{{ x }}, {% if %}{# c #} 1"
    ]
    assert fill("{% Raw %}{{ x }}{% endraw %}", context={"x": 1}, split=True) == ["{{ x }}"]
    told = refusal(make("{% raw %}{{ x }}"))
    assert "lệnh “raw” không có “endraw” trong cùng đoạn" in told


def test_escaped_braces_split_at_every_letter_print_as_braces() -> None:
    text = "{_{ x }_} {_% if %_} {a_{b {{ x }}{_{"
    assert fill(text, context={"x": 1}, split=True) == ["{{ x }} {% if %} {a_{b 1{{"]


def test_five_thousand_tags_in_one_paragraph_take_seconds() -> None:
    document = Document()
    paragraph = document.add_paragraph()
    for _ in range(5_000):
        paragraph.add_run("{{ ").bold = True
        paragraph.add_run("x")
        paragraph.add_run(" }} ")
    start = time.monotonic()
    (line,) = lines(compiled(saved(document)).render({"x": "chữ"}))
    assert line == "chữ " * 5_000
    assert time.monotonic() - start < 20


# ---------------------------------------------------------------- edits and comments
EDITED = (
    '<w:p><w:ins w:id="1" w:author="a"><w:r><w:t>{{ x }}</w:t></w:r></w:ins>'
    '<w:del w:id="2" w:author="a"><w:r><w:delText>{{ cu }}</w:delText></w:r></w:del>'
    '<w:r><w:rPr><w:b/><w:rPrChange w:id="3" w:author="a"><w:rPr/></w:rPrChange></w:rPr>'
    "<w:t> và</w:t></w:r></w:p>"
    '<w:p><w:pPr><w:rPr><w:del w:id="4" w:author="a"/></w:rPr></w:pPr><w:r><w:t>nối </w:t></w:r>'
    "</w:p>"
    '<w:p><w:moveFrom w:id="5" w:author="a"><w:r><w:t>cũ</w:t></w:r></w:moveFrom>'
    '<w:moveTo w:id="6" w:author="a"><w:r><w:t>liền</w:t></w:r></w:moveTo></w:p>'
)


def test_tracked_changes_are_accepted_and_told() -> None:
    content = body(EDITED)
    assert words(compiled(content).render({"x": "mới"})) == "mới và|nối liền"
    assert "đã nhận hết các sửa đổi" in notes(content)
    printed = zipfile.ZipFile(io.BytesIO(compiled(content).render({"x": 1})))
    assert b"Change" not in printed.read("word/document.xml")


def test_a_form_may_refuse_tracked_changes_and_comments() -> None:
    for content, kind in ((body(para("đầu") + EDITED), "Track Changes"),
                          (commented("hỏi lại"), "Comments")):  # fmt: skip
        with pytest.raises(TemplateError) as caught:
            compile_template(content, TEMPLATE, lambda name: b"", take_marks=False)
        assert kind in str(caught.value)
        assert "trong Word chọn Review" in str(caught.value)
    places = [problem.at for problem in examine_template(body(para("đầu") + EDITED), TEMPLATE,
                                                         lambda name: b"").marks]  # fmt: skip
    assert places == ["đoạn 2 (“{{ x }} và”)", "đoạn 3 (“nối”)", "đoạn 4 (“cũliền”)"]


def test_a_deleted_row_is_gone() -> None:
    row = "<w:tr>{}<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc></w:tr>"
    deleted = '<w:trPr><w:del w:id="1" w:author="a"/></w:trPr>'
    inserted = '<w:trPr><w:ins w:id="2" w:author="a"/></w:trPr>'
    content = body(
        '<w:tbl><w:tblPr/><w:tblGrid><w:gridCol w:w="900"/></w:tblGrid>'
        + row.format("", "a") + row.format(deleted, "bỏ") + row.format(inserted, "{{ x }}")
        + "</w:tbl><w:p/>"
    )  # fmt: skip
    assert cells(compiled(content).render({"x": "b"})) == [["a"], ["b"]]


def commented(text: str) -> bytes:
    source = body(
        '<w:p><w:commentRangeStart w:id="0"/><w:r><w:t>{{ x }}</w:t></w:r>'
        '<w:commentRangeEnd w:id="0"/>'
        '<w:r><w:commentReference w:id="0"/></w:r></w:p>'
    )
    return changed(source, {
        "[Content_Types].xml": lambda xml: xml.replace(
            "</Types>", '<Override PartName="/word/comments.xml" '
            f'ContentType="{BASE}.comments+xml"/></Types>'),
        "word/_rels/document.xml.rels": lambda xml: xml.replace(
            "</Relationships>", f'<Relationship Id="rId77" Type="{KINDS}/comments" '
            'Target="comments.xml"/></Relationships>'),
    }, {"word/comments.xml": f'<w:comments {nsdecls("w")}><w:comment w:id="0" w:author="a">'
                             f"{para(text)}</w:comment></w:comments>"})  # fmt: skip


def test_comments_of_the_template_are_dropped_and_told() -> None:
    content = commented("hỏi lại phòng Tổ chức")
    result = compiled(content).render({"x": "An"})
    assert words(result) == "An"
    with zipfile.ZipFile(io.BytesIO(result)) as archive:
        assert "word/comments.xml" not in archive.namelist()
        assert b"comment" not in archive.read("word/_rels/document.xml.rels")
        assert b"comment" not in archive.read("word/document.xml")
        assert b"comments" not in archive.read("[Content_Types].xml")
    assert "ghi chú của người soạn" in notes(content)


def test_a_tag_in_a_comment_is_refused() -> None:
    assert "có thẻ ở phần không điền được" in refusal(commented("{{ y }}"))


# ---------------------------------------------------------------- controls, shapes, fields
def test_content_controls_of_runs_paragraphs_rows_and_cells_are_filled() -> None:
    control = "<w:sdt><w:sdtPr/><w:sdtContent>{}</w:sdtContent></w:sdt>"
    cell = f"<w:tc>{para('{{ p }}')}</w:tc>"
    row = "<w:tr>{}</w:tr>"
    marks = [
        row.format(f"<w:tc>{para(tag)}</w:tc>") for tag in ("{%tr for p in ds %}", "{%tr endfor %}")
    ]
    content = body(
        "<w:p>" + control.format("<w:r><w:t>{{ x }}</w:t></w:r>") + "</w:p>"
        + control.format(para("{% if x %}") + para("có {{ x }}") + para("{% endif %}"))
        + '<w:tbl><w:tblPr/><w:tblGrid><w:gridCol w:w="900"/></w:tblGrid>'
        + marks[0] + row.format(control.format(cell)) + marks[1] + "</w:tbl><w:p/>"
    )  # fmt: skip
    assert words(compiled(content).render({"x": "An", "ds": [1, 2]})) == "An|có An|1|2|"


def test_a_filled_control_is_no_placeholder_and_not_bound_to_a_store() -> None:
    content = body(
        '<w:sdt><w:sdtPr><w:dataBinding w:xpath="/a" '
        'w:storeItemID="{00000000-0000-0000-0000-000000000001}"/><w:showingPlcHdr/><w:text/>'
        f"</w:sdtPr><w:sdtContent>{para('{{ x }}')}</w:sdtContent></w:sdt>"
    )  # fmt: skip
    printed = opened(compiled(content).render({"x": "An"})).element.body
    assert [printed.find(f".//{qn(n)}") for n in ("w:dataBinding", "w:showingPlcHdr")] == [
        None,
        None,
    ]


def test_both_forms_of_a_shape_are_filled() -> None:
    box = "<w:txbxContent>" + para("{{ x }}") + "</w:txbxContent>"
    content = body(
        '<w:p><w:r><mc:AlternateContent><mc:Choice Requires="wps">'
        '<wps:wsp xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">'
        f'<wps:txbx>{box}</wps:txbx></wps:wsp></mc:Choice><mc:Fallback><w:pict>'
        f'<v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:textbox>{box}</v:textbox></v:shape>'
        "</w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )  # fmt: skip
    assert words(compiled(content).render({"x": "ô"})) == "ôô|ô|ô"


def field(*codes: str, result: str) -> str:
    code = "".join(f"<w:r><w:instrText>{part}</w:instrText></w:r>" for part in codes)
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    shown = f"<w:r><w:t>{result}</w:t></w:r>"
    begin, middle, end = map(mark.format, ("begin", "separate", "end"))
    return f"<w:p>{begin}{code}{middle}{shown}{end}</w:p>"


def test_tags_in_split_field_codes_and_results_are_filled() -> None:
    content = body(field(' HYPERLINK "https://vidu.vn/{', "{ ma", ' }}" ', result="{{ x }}"))
    printed = opened(compiled(content).render({"ma": 'a"b', "x": "đây"})).element.body
    code = "".join(node.text or "" for node in printed.iter(qn("w:instrText")))
    assert code == ' HYPERLINK "https://vidu.vn/a\\"b" '
    assert "".join(node.text or "" for node in printed.iter(qn("w:t"))) == "đây"


# ---------------------------------------------------------------- bookmarks, ids
def bookmark(name: str, number: int = 1) -> str:
    return (
        f'<w:p><w:bookmarkStart w:id="{number}" w:name="{name}"/><w:r><w:t>{{{{ i }}}}</w:t></w:r>'
        f'<w:bookmarkEnd w:id="{number}"/></w:p>'
    )


def test_bookmarks_in_loops_are_dropped_others_stay() -> None:
    content = body(bookmark("dau", 2).replace("{{ i }}", "đầu") + para("{% for i in ds %}")
                   + bookmark("trong") + para("{% endfor %}"))  # fmt: skip
    printed = opened(compiled(content).render({"ds": [1, 2]})).element.body
    names = [node.get(qn("w:name")) for node in printed.iter(qn("w:bookmarkStart"))]
    assert names == ["dau"]
    assert len(list(printed.iter(qn("w:bookmarkEnd")))) == 1
    assert [p.text for p in opened(compiled(content).render({"ds": [1, 2]})).paragraphs] == [
        "đầu", "1", "2"]  # fmt: skip


def test_a_bookmark_in_a_loop_that_something_leads_to_is_refused() -> None:
    content = body(para("{% for i in ds %}") + bookmark("trong") + para("{% endfor %}")
                   + field(" REF trong \\h ", result="x"))  # fmt: skip
    assert "dấu trang (Bookmark) “trong” nằm trong vòng lặp" in refusal(content)


def test_a_block_set_twice_repeats_no_bookmark() -> None:
    block = body(bookmark("trong"))
    host = make("{% set i = 1 %}", '{% include "khoi/a.docx" %}', '{% include "khoi/a.docx" %}')
    printed = compiled(host, {"khoi/a.docx": block}).render({})
    assert lines(printed) == ["1", "1"]
    assert b"bookmark" not in zipfile.ZipFile(io.BytesIO(printed)).read("word/document.xml")


def test_ids_of_words_own_for_paragraphs_are_not_repeated() -> None:
    named = '<w:p w14:paraId="11111111" w14:textId="77777777">'
    line = para("{{ i }}").replace("<w:p>", named)
    content = body(para("{% for i in [1, 2] %}") + line + para("{% endfor %}"))
    printed = compiled(content).render({})
    assert lines(printed) == ["1", "2"]
    assert b"paraId" not in zipfile.ZipFile(io.BytesIO(printed)).read("word/document.xml")


# ---------------------------------------------------------------- blocks
def with_section() -> bytes:
    return body("<w:p><w:pPr><w:sectPr/></w:pPr><w:r><w:t>a</w:t></w:r></w:p>" + para("b"))


def with_header() -> bytes:
    document = Document(io.BytesIO(make("a")))
    document.sections[0].header.paragraphs[0].text = "đầu trang của khối"
    return saved(document)


@pytest.mark.parametrize("block", [with_section, with_header])
def test_a_block_with_pages_of_its_own_is_refused(block: Callable[[], bytes]) -> None:
    told = refusal(make('{% include "khoi/a.docx" %}'), {"khoi/a.docx": block()})
    assert "khoi/a.docx" in told
    assert "khối chung có ngắt phần (Section), đầu trang hoặc chân trang riêng" in told


def test_a_smart_art_drawing_in_a_block_is_refused() -> None:
    block = body(
        '<w:p><w:r><w:drawing><dgm:relIds xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/'
        'diagram" r:dm="rId1" r:lo="rId2" r:qs="rId3" r:cs="rId4"/></w:drawing></w:r></w:p>'
    )
    told = refusal(make('{% include "khoi/a.docx" %}'), {"khoi/a.docx": block})
    assert "đối tượng nhúng, chưa chèn được" in told


# ---------------------------------------------------------------- kinds of file
def typed(content_type: str) -> bytes:
    return changed(make("{{ x }}"), {"[Content_Types].xml": lambda xml: xml.replace(
        f"{BASE}.document.main+xml", content_type)})  # fmt: skip


def content_types(content: bytes) -> str:
    return zipfile.ZipFile(io.BytesIO(content)).read("[Content_Types].xml").decode()


@pytest.mark.parametrize(
    "content_type",
    [
        f"{BASE}.template.main+xml",
        "application/vnd.ms-word.document.macroEnabled.main+xml",
        "application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
    ],
)
def test_other_kinds_of_word_file_become_documents_and_are_told(content_type: str) -> None:
    content = typed(content_type)
    printed = compiled(content).render({"x": "An"})
    assert lines(printed) == ["An"]
    assert f"{BASE}.document.main+xml" in content_types(printed)
    assert "văn bản làm ra là .docx" in notes(content)


def test_macros_are_dropped_and_told() -> None:
    kind = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
    content = changed(typed("application/vnd.ms-word.document.macroEnabled.main+xml"), {
        "word/_rels/document.xml.rels": lambda xml: xml.replace(
            "</Relationships>", f'<Relationship Id="rId55" Type="{kind}" Target="vbaProject.bin"/>'
            "</Relationships>")}, {"word/vbaProject.bin": b"macro"})  # fmt: skip
    printed = compiled(content).render({"x": "An"})
    archive = zipfile.ZipFile(io.BytesIO(printed))
    assert "word/vbaProject.bin" not in archive.namelist()
    assert b"vbaProject" not in archive.read("word/_rels/document.xml.rels")
    assert "tệp có macro, đã bỏ" in notes(content)


def related(source: bytes, part: str, kind: str, target: str, xml: dict[str, Change]) -> bytes:
    rels = f"word/_rels/{part}.rels"
    relation = (
        f'<Relationship Id="rId66" Type="{KINDS}/{kind}" Target="{target}" TargetMode="External"/>'
    )
    whole = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f"{relation}</Relationships>"
    )
    names = zipfile.ZipFile(io.BytesIO(source)).namelist()
    added: dict[str, str | bytes] = {} if rels in names else {rels: whole}
    if rels in names:
        xml = {
            **xml,
            rels: lambda text: text.replace("</Relationships>", relation + "</Relationships>"),
        }
    return changed(source, xml, added)


def test_a_template_attached_from_elsewhere_is_cut_off_and_told() -> None:
    content = related(make("{{ x }}"), "settings.xml", "attachedTemplate", "file:///C:/mau.dotm", {
        "word/settings.xml": lambda xml: re.sub(
            r"(<w:zoom)", rf'<w:attachedTemplate xmlns:r="{KINDS}" r:id="rId66"/>\1', xml, count=1)
    })  # fmt: skip
    printed = zipfile.ZipFile(io.BytesIO(compiled(content).render({"x": 1})))
    assert b"attachedTemplate" not in printed.read("word/settings.xml")
    assert b"mau.dotm" not in printed.read("word/_rels/settings.xml.rels")
    assert "bỏ liên kết ra ngoài tệp (attachedTemplate): file:///C:/mau.dotm" in notes(content)


@pytest.mark.parametrize(
    ("target", "stays"),
    [("https://vidu.vn", True), ("mailto:a@vidu.vn", True), ("file:///C:/a.exe", False),
     ("\\\\may-chu\\chung", False)],
)  # fmt: skip
def test_links_to_files_are_cut_off_those_to_the_web_stay(target: str, stays: bool) -> None:
    link = '<w:p><w:hyperlink r:id="rId66"><w:r><w:t>{{ x }}</w:t></w:r></w:hyperlink></w:p>'
    content = related(body(link), "document.xml", "hyperlink", target, {})
    printed = compiled(content).render({"x": "đây"})
    assert words(printed) == "đây"
    rels = zipfile.ZipFile(io.BytesIO(printed)).read("word/_rels/document.xml.rels").decode()
    assert (target in rels) is stays
    assert ("bỏ liên kết ra ngoài tệp (hyperlink)" in notes(content)) is not stays


def test_a_picture_that_lies_elsewhere_is_refused() -> None:
    picture = '<w:p><w:r><w:drawing><a:blip r:link="rId66"/></w:drawing></w:r></w:p>'
    content = related(body(picture), "document.xml", "image", "https://vidu.vn/a.png", {})
    assert "hình nằm ngoài tệp: https://vidu.vn/a.png" in refusal(content)


def test_a_file_without_content_types_is_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(make("x"))) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            if name != "[Content_Types].xml":
                new.writestr(name, old.read(name))
    assert "thiếu phần [Content_Types].xml" in refusal(stream.getvalue())


STRICT = {
    "schemas.openxmlformats.org/wordprocessingml/2006/main": "wordprocessingml/main",
    "schemas.openxmlformats.org/officeDocument/2006/relationships": "officeDocument/relationships",
    "schemas.openxmlformats.org/drawingml/2006/": "drawingml/",
}


def strict(xml: str) -> str:
    for common, name in STRICT.items():
        xml = xml.replace(f"http://{common}", f"http://purl.oclc.org/ooxml/{name}")
    xml = re.sub(r'w:pgSz w:w="\d+"', 'w:pgSz w:w="595.3pt"', xml)
    return xml.replace('<w:jc w:val="left"/>', '<w:jc w:val="start"/>')


def test_strict_open_xml_is_read_and_told() -> None:
    source = body('<w:p><w:pPr><w:jc w:val="left"/></w:pPr><w:r><w:t>{{ x }}</w:t></w:r></w:p>'
                  "<w:p><w:r><w:t>{{p y }}</w:t></w:r></w:p>")  # fmt: skip
    names = [
        n for n in zipfile.ZipFile(io.BytesIO(source)).namelist() if n.endswith((".xml", ".rels"))
    ]
    content = changed(source, dict.fromkeys(names, strict))
    assert b"purl.oclc.org" in zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml")
    printed = compiled(content).render({"x": "An", "y": "một\nhai"})
    assert lines(printed) == ["An", "một", "hai"]
    with zipfile.ZipFile(io.BytesIO(printed)) as archive:
        assert not [n for n in archive.namelist() if b"purl.oclc.org" in archive.read(n)]
        assert b'w:pgSz w:w="11906"' in archive.read("word/document.xml")
    assert "Strict Open XML" in notes(content)


# ---------------------------------------------------------------- other programs
def test_a_template_saved_by_libreoffice_is_filled(tmp_path: Path) -> None:
    rows = [["Tên", "Tuổi"], ["{% for p in ds %}", ""], ["{{ p.ten }}", "{{ p.tuoi }}"],
            ["{% endfor %}", ""]]  # fmt: skip
    source = make("Kính gửi: {{ noi }}", "{% if co %}", "có", "{% endif %}", rows=rows, split=True)
    content = libreoffice(source, tmp_path)
    context: dict[str, Any] = {"noi": "Sở A & B", "co": True, "ds": [{"ten": "An", "tuoi": 3}]}
    printed = compiled(content).render(context)
    assert [line for line in lines(printed) if line] == ["Kính gửi: Sở A & B", "có"]
    assert cells(printed) == [["Tên", "Tuổi"], ["An", "3"]]


def libreoffice(content: bytes, folder: Path) -> bytes:
    """Return a .docx opened and saved by LibreOffice."""
    need(judges.why_no_office())
    source = folder / "mau.docx"
    source.write_bytes(content)
    return office.saved_again(source, folder / "ra").read_bytes()


def test_a_template_as_google_docs_writes_it_is_filled() -> None:
    run = '<w:r w:rsidDel="00000000" w:rsidR="00000000" w:rsidRPr="00000000">{}</w:r>'
    rtl = '<w:rPr><w:rtl w:val="0"/></w:rPr>'
    piece = f'{rtl}<w:t xml:space="preserve">{{}}</w:t>'
    split = "".join(run.format(piece.format(text)) for text in ("Số ", "{{", "\u00a0x", " }}"))
    control = (
        '<w:sdt><w:sdtPr><w:id w:val="-12345"/><w:tag w:val="goog_rdk_0"/></w:sdtPr><w:sdtContent>'
        f"<w:p>{split}</w:p></w:sdtContent></w:sdt>"
    )
    assert words(compiled(body(control)).render({"x": 5})) == "Số 5"


def test_a_template_as_wps_writes_it_is_filled() -> None:
    mixed = (
        '<w:p><w:pPr><w:rPr><w:rFonts w:hint="default"/><w:lang w:val="vi-VN"/></w:rPr></w:pPr>'
        '<w:r><w:rPr><w:rFonts w:hint="default"/><w14:textFill><w14:solidFill><w14:schemeClr '
        'w14:val="tx1"/></w14:solidFill></w14:textFill></w:rPr><w:t>{{r x </w:t></w:r>'
        '<w:bookmarkStart w:id="0" w:name="_GoBack"/><w:bookmarkEnd w:id="0"/>'
        '<w:r><w:rPr><w:rFonts w:hint="eastAsia"/></w:rPr><w:t>}}</w:t></w:r></w:p>'
    )
    printed = compiled(body(mixed)).render({"x": "a **b**"})
    assert words(printed) == "a b"
    properties = opened(printed).element.body.iter(f"{{{W14}}}textFill")
    assert len(list(properties)) == 2  # both runs keep the tag's own fill
