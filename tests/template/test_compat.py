"""docxtpl's interface: each row of the comparison in the documentation, tried against docxtpl."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import time
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docxtpl
import jinja2
import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm
from lxml import etree

from generator import compat
from generator.compat.__main__ import main
from tests.conftest import SchemaErrors
from tests.making import changed, lines, make, opened, png, saved
from tests.template.test_hostile_templates import ENDLESS, GROWING

PAGE = Path(__file__).parents[2] / "docs" / "docxtpl.md"
ITEMS = [{"ten": "An", "sl": 2}, {"ten": "Bình & con", "sl": 5}]
Context = Callable[[Any, Any], dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Row:
    """A template and what fills it; ``lost`` is what docxtpl loses and this package keeps."""

    template: bytes
    context: Context
    options: Callable[[], dict[str, Any]] = dict
    lost: str = ""


def plain(**context: Any) -> Context:
    return lambda module, template: context


def _documents(module: Any, row: Row) -> Any:
    template = module.DocxTemplate(io.BytesIO(row.template))
    template.render(row.context(module, template), **row.options())
    stream = io.BytesIO()
    template.save(stream)
    return Document(io.BytesIO(stream.getvalue()))


def words(document: Any) -> list[str]:
    """Return all that a document prints, a line a paragraph: body, header, footer, notes, title."""
    parts = [document.element.body]
    for section in document.sections:
        parts += [section.header._element, section.footer._element]
    for part in document.part.package.iter_parts():
        if "notes+xml" in part.content_type:
            parts.append(parse_xml(part.blob))
    lines = [
        _line(paragraph)
        for part in parts
        for paragraph in part.iter(qn("w:p"))
        if next(paragraph.iterancestors(qn("w:p")), None) is None  # a nested one is no reader's
    ]
    return [*lines, document.core_properties.title]


def _line(paragraph: Any) -> str:
    marks = {qn("w:br"): "\n", qn("w:tab"): "\t", qn("w:drawing"): "[hình]"}
    return "".join(
        (node.text or "") if node.tag == qn("w:t") else marks[node.tag]
        for node in paragraph.iter(qn("w:t"), *marks)
        if node.tag != qn("w:tab") or node.getparent().tag == qn("w:r")
    )


# ---------------------------------------------------------------- templates
def with_header() -> bytes:
    document = Document(io.BytesIO(make("thân {{ x }}")))
    document.sections[0].header.paragraphs[0].text = "đầu {{ x }}"
    document.sections[0].footer.paragraphs[0].text = "chân {{ x }}"
    return saved(document)


def with_title() -> bytes:
    document = Document(io.BytesIO(make("thân")))
    document.core_properties.title = "Kế hoạch {{ x }}"
    return saved(document)


def with_notes(kind: str) -> bytes:
    """Return a template with one footnote or endnote."""
    source = make("thân {{ x }}")
    note = (
        f'<w:{kind}s {nsdecls("w")}><w:{kind} w:id="2"><w:p><w:r><w:t>chú {{{{ x }}}}</w:t></w:r>'
        f"</w:p></w:{kind}></w:{kind}s>"
    )
    base = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return changed(source, {
        "[Content_Types].xml": lambda xml: xml.replace(
            "</Types>", f'<Override PartName="/word/{kind}s.xml" ContentType="{base}.{kind}s+xml"/>'
            "</Types>"),
        "word/_rels/document.xml.rels": lambda xml: xml.replace(
            "</Relationships>", f'<Relationship Id="rId99" Type="{kinds}/{kind}s" '
            f'Target="{kind}s.xml"/></Relationships>'),
    }, {f"word/{kind}s.xml": note})  # fmt: skip


def with_picture(name: str = "nen.png", *, header: bool = False) -> bytes:
    document = Document(io.BytesIO(make("thân {{ x }}")))
    paragraph = document.sections[0].header.paragraphs[0] if header else document.paragraphs[0]
    paragraph.add_run().add_picture(io.BytesIO(png()), width=Mm(20))
    for node in paragraph._p.iter(qn("pic:cNvPr")):
        node.set("name", name)
    return saved(document)


def with_link() -> bytes:
    document = Document(io.BytesIO(make("xem ")))
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
    rid = document.part.relate_to("%7B%7B%20trang%20%7D%7D", kind, is_external=True)
    link = f'<w:hyperlink {nsdecls("w", "r")} r:id="{rid}"><w:r><w:t>đây</w:t></w:r></w:hyperlink>'
    document.paragraphs[0]._p.append(parse_xml(link))
    return saved(document)


def english_filters() -> dict[str, Any]:
    environment = jinja2.Environment()
    environment.filters["keu"] = lambda value, mark: f"{value}{mark}"
    environment.tests["lon"] = lambda value: value > 3
    environment.globals["nuoc"] = "Việt Nam"
    return {"jinja_env": environment}


def rich(module: Any, template: Any) -> dict[str, Any]:
    text = module.RichText("thường ")
    text.add("đậm & nghiêng", bold=True, italic=True, color="#FF0000", size=28, underline=True)
    text.add(" trang", url_id=template.build_url_id("https://vidu.vn"))
    text.add(module.R(" nữa", superscript=True))
    return {"x": text}


def pictures(module: Any, template: Any) -> dict[str, Any]:
    def picture() -> Any:
        return module.InlineImage(template, io.BytesIO(png()), width=Mm(20))

    return {"x": picture(), "ds": [{"anh": picture()}, {"anh": picture()}]}


def header_picture() -> bytes:
    document = Document(io.BytesIO(make("thân")))
    document.sections[0].header.paragraphs[0].text = "đầu {{ x }}"
    return saved(document)


def built(module: Any, template: Any) -> dict[str, Any]:
    inner = template.new_subdoc()
    inner.add_paragraph("một & hai")
    inner.add_table(1, 2).cell(0, 1).text = "ô"
    return {"x": inner}


def merged(module: Any, template: Any) -> dict[str, Any]:
    return {"x": template.new_subdoc(io.BytesIO(make("từ tệp khác", rows=[["ô"]])))}


TABLE = [["{%tr for i in ds %}", ""], ["{{ i.ten }}", "{{ i.sl }}"], ["{%tr endfor %}", ""]]
COLUMNS = [["{%tc for i in ds %}", "{{ i.ten }}", "{%tc endfor %}"]]
NESTED = make("{%p for nhom in ds %}", "{{ nhom.ten }}", "{%p for so in nhom.so %}", "- {{ so }}",
              "{%p endfor %}", "{%p endfor %}")  # fmt: skip
DEFAULT = plain(x="An", co=True, ds=ITEMS)

ROWS: dict[str, Row] = {
    "Values `{{ x }}`": Row(template=make("Tên: {{ x }}, {{ ds|length }}"), context=DEFAULT),
    "Numbers, dates, `None`, missing names": Row(
        template=make("{{ a }} {{ b }} {{ c }} [{{ thieu }}]"),
        context=plain(a=1.5, b=None, c=True),
    ),
    "Tags split over runs": Row(template=make("{{ x }} {% if co %}có{% endif %}", split=True),
                                context=DEFAULT),
    "Smart quotes in tags": Row(template=make("{{ x if x == “An” else ‘không’ }}"),
                                context=DEFAULT),
    "`&`, `<`, `>` in plain text": Row(template=make("a {{ x }} b", "c {{ y }} d"),
                                       context=plain(x="A & B", y="1 < 2"), lost="a A & B b"),
    "Text escaped by the program": Row(template=make("{{ x }}"), context=plain(x="A &amp; B")),
    "`|e` and `autoescape=True`": Row(template=make("{{ x|e }} {{ x }}"),
                                      context=plain(x="A & <B>"),
                                      options=lambda: {"autoescape": True}),
    "Characters XML forbids": Row(template=make("a {{ x }} b", "c & d"),
                                  context=plain(x="1\x012"), lost="c & d"),
    "New lines, tabs, `\\a`, `\\f` in text": Row(
        template=make("a {{ x }} b", "c"), context=plain(x="1\n2\t3\a4\f5")),
    "Line breaks inside a link": Row(
        template=make("{{r x }}", "sau"),
        context=lambda m, t: {"x": m.RichText("1\a2", url_id=t.build_url_id("https://vidu.vn"))},
        lost="1\n2"),
    "`Listing`": Row(template=make("a {{ x }} b"),
                     context=lambda m, t: {"x": m.Listing("1 & 2\n<3>\a4")}),
    "`RichText`, `R`": Row(template=make("a {{r x }} b"), context=rich),
    "`RichText` in a plain `{{ }}`": Row(
        template=make("a {{ x }} b"), context=lambda m, t: {"x": m.R("đậm", bold=True)},
        lost="a đậm b"),
    "Plain text in `{{r }}`": Row(template=make("a {{r x }} b"), context=plain(x="chữ"),
                                  lost="a chữ b"),
    "Plain text in `{{p }}`": Row(template=make("a", "{{p x }}", "b"), context=plain(x="chữ"),
                                  lost="chữ"),
    "`RichTextParagraph`, `RP`": Row(
        template=make("a", "{{p x }}", "b"),
        context=lambda m, t: {"x": m.RP("đoạn & một", parastyle="Heading1")}),
    "`InlineImage`, in loops too": Row(
        template=make("{{ x }}", "{%p for i in ds %}", "- {{ i.anh }}", "{%p endfor %}"),
        context=pictures),
    "`InlineImage` in headers and footers": Row(template=header_picture(), context=pictures),
    "`InlineImage` with an address": Row(
        template=make("{{ x }}"),
        context=lambda m, t: {"x": m.InlineImage(t, io.BytesIO(png()), anchor="https://vidu.vn")}),
    "`new_subdoc()`": Row(template=make("a", "{{p x }}", "b"), context=built),
    "`new_subdoc(file)`": Row(template=make("a", "{{p x }}", "b"), context=merged),
    "Sub-document in a plain `{{ }}`": Row(template=make("a", "{{ x }}", "b"), context=built,
                                          lost="một & hai"),
    "`{%p %}`": Row(template=make("{%p if co %}", "có {{ x }}", "{%p else %}", "không",
                                  "{%p endif %}"), context=DEFAULT),
    "`{%tr %}`": Row(template=make(rows=TABLE), context=plain(ds=ITEMS[:1] * 2)),
    "`{%tc %}`, dynamic columns": Row(template=make(rows=COLUMNS), context=plain(ds=ITEMS[:1] * 3)),
    "`{%r %}`": Row(template=make("x {%r if co %}y{%r endif %} z"), context=DEFAULT),
    "Control tags alone, without a letter": Row(
        template=make("a", "{% for i in ds %}", "{{ i.sl }}", "{% endfor %}", "b"),
        context=DEFAULT),
    "Words beside a `{%p %}`": Row(template=make("{%p if co %} rơi", "a", "{%p endif %}"),
                                   context=DEFAULT),
    "`{%- -%}`": Row(template=make("Nhà ở", "{%- if co -%}", "phố", "{%- endif -%}", "và yên."),
                     context=DEFAULT),
    "Nested loops": Row(template=NESTED, context=plain(ds=[{"ten": "A", "so": [1, 2]},
                                                           {"ten": "B", "so": []}])),
    "`{% vm %}`": Row(template=make(rows=[["{%tr for i in ds %}", ""], ["{% vm %}chung",
                      "{{ i.sl }}"], ["{%tr endfor %}", ""]]), context=DEFAULT),
    "`{% hm %}`": Row(template=make(rows=[["{%tc for i in ds %}", "{% hm %}chung",
                      "{%tc endfor %}"]]), context=DEFAULT),
    "`{% colspan %}`": Row(template=make(rows=[["{% colspan 2 %}{{ x }}"]]), context=DEFAULT),
    "`{% cellbg %}`": Row(template=make(rows=[["{% cellbg 'FF0000' %}{{ x }}", "b"]]),
                          context=DEFAULT),
    "`{# comment #}`, `{#p #}`, `{#tr #}`": Row(
        template=make("a{# ghi chú #}b", "{#p ghi chú #}", "c"), context=DEFAULT),
    "`{_{ }_}`, `{_% %_}`": Row(template=make("{_{ x }_} {_% if %_} {{ x }}"), context=DEFAULT),
    "`{_{` split over runs": Row(template=make("{_{ a }_} {{ x }}", split=True), context=DEFAULT,
                                 lost="{{ a }} An"),
    "`{_{` inside a value": Row(template=make("{{ x }}"), context=plain(x="{_{ a }_}"),
                                lost="{_{ a }_}"),
    "Spaces around values": Row(template=make("a  {{ x }}  b"), context=DEFAULT),
    "Filters, tests, globals of a `jinja_env`": Row(
        template=make("{{ x|keu('!') }} {% if 5 is lon %}lớn{% endif %} {{ nuoc }}"),
        context=DEFAULT, options=english_filters),
    "Jinja extensions": Row(
        template=make("{% for i in ds %}{% if i.sl > 3 %}{% break %}{% endif %}{{ i.ten }}"
                      "{% endfor %}{% do ds.append(1) %}"),
        context=lambda m, t: {"ds": list(ITEMS)},
        options=lambda: {"jinja_env": jinja2.Environment(
            extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"])}),
    "Custom delimiters": Row(
        template=make("{x} và <<% if co %>>có<<% endif %>>"), context=DEFAULT,
        options=lambda: {"jinja_env": jinja2.Environment(
            variable_start_string="{", variable_end_string="}",
            block_start_string="<<%", block_end_string="%>>")},
        lost="An và có"),
    "`{% raw %}`": Row(template=make("{% raw %}{{ x }} {% if %}{% endraw %} {{ x }}"),
                       context=DEFAULT),
    "`}}` and `%` inside an expression": Row(
        template=make("{%p set d = {'a': {'b': 7 % 4}} %}", "{{ {'a': {'b': 1}}['a']['b'] }}"
                      "{{ d.a.b }}"), context=DEFAULT, lost="13"),
    "Macros, `set`, filters on blocks": Row(
        template=make("{% macro m(a) %}<{{ a }}>{% endmacro %}{{ m(x)|e }}{% set y = x %}{{ y }}"),
        context=DEFAULT, options=lambda: {"autoescape": True}),
    "Headers and footers": Row(template=with_header(), context=DEFAULT),
    "Footnotes": Row(template=with_notes("footnote"), context=DEFAULT),
    "Endnotes": Row(template=with_notes("endnote"), context=DEFAULT, lost="chú An"),
    "Document properties": Row(template=with_title(), context=DEFAULT),
    "`&` in document properties": Row(template=with_title(), context=plain(x="A & B"),
                                      options=lambda: {"autoescape": True},
                                      lost="Kế hoạch A & B"),
    "Address of a link `{{ }}`": Row(template=with_link(), context=plain(trang="https://vidu.vn")),
}  # fmt: skip


def told_rows() -> list[str]:
    """Return the features of the page's table that are filled from a template."""
    table = PAGE.read_text(encoding="utf-8").partition("## Filling")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| (.+?) \| (?:same|better) \|", table, re.MULTILINE)
    return [cell.replace("\\|", "|") for cell in cells]


def test_every_row_of_the_page_is_tried_and_every_trial_told() -> None:
    assert told_rows() == list(ROWS)


@pytest.mark.parametrize("name", ROWS)
def test_a_template_gives_docxtpls_text_or_what_docxtpl_lost(name: str) -> None:
    row = ROWS[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", compat.LostTextWarning)
        ours = words(_documents(compat, row))
        try:
            theirs = words(_documents(docxtpl, row))
        except Exception as error:
            theirs = [repr(error)]
    if row.lost:
        assert row.lost in ours
        assert row.lost not in theirs
    else:
        assert ours == theirs


def verdicts() -> dict[str, str]:
    rows = re.findall(r"^\| (.+?) \| (same|better|refused) \|", PAGE.read_text(encoding="utf-8"),
                      re.MULTILINE)  # fmt: skip
    return {name.replace("\\|", "|"): verdict for name, verdict in rows}


def test_what_the_page_calls_better_is_better() -> None:
    told = verdicts()
    assert [name for name in ROWS if ROWS[name].lost and told[name] != "better"] == []


# ---------------------------------------------------------------- looks
def runs_of(row: str) -> list[tuple[str, bool | None, bool | None]]:
    document = _documents(compat, ROWS[row])
    return [(run.text, run.bold, run.italic) for run in document.paragraphs[0].runs]


def test_rich_text_in_a_plain_tag_stands_between_runs_of_its_paragraph() -> None:
    assert runs_of("`RichText` in a plain `{{ }}`") == [
        ("a ", None, None), ("đậm", True, None), (" b", None, None)]  # fmt: skip


def test_the_environment_given_is_left_as_it_was() -> None:
    environment = jinja2.Environment()
    template = compat.DocxTemplate(io.BytesIO(make("{{ x }}")))
    template.render({"x": "&"}, environment, autoescape=True)
    assert environment.autoescape is False
    assert environment.finalize is None


def test_without_an_environment_templates_run_in_a_sandbox() -> None:
    template = compat.DocxTemplate(io.BytesIO(make("{{ x.__class__.__mro__ }}")))
    with pytest.raises(jinja2.exceptions.SecurityError):
        template.render({"x": 1})


# ---------------------------------------------------------------- methods
def both(content: bytes) -> list[Any]:
    return [module.DocxTemplate(io.BytesIO(content)) for module in (docxtpl, compat)]


def media(template: Any) -> list[bytes]:
    stream = io.BytesIO()
    template.save(stream)
    with zipfile.ZipFile(io.BytesIO(stream.getvalue())) as archive:
        return [archive.read(name) for name in archive.namelist() if "media/" in name]


# What only docxtpl's Jinja has.
WILDER = {
    "a text joined by a long one": "{% set a = 'x' * 99999 %}"
    "{{ a.join(range(99999)|map('string')) }}",
    "letters that become texts": "{% set a = 'x' * 99999 %}{{ a.translate({120: a}) }}",
    "wide tabs": "{% set a = '\\t' * 99999 %}{{ a.expandtabs(99999) }}",
    "words without a meaning": "{{ lipsum(n=999999999) }}",
    "deep JSON": "{{ ([1] * 99999)|tojson(indent=99999) }}",
}
HOSTILE = ENDLESS | GROWING | WILDER


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_template_without_end_is_stopped(text: str) -> None:
    template = compat.DocxTemplate(io.BytesIO(make(text)))
    start = time.monotonic()
    with pytest.raises(jinja2.exceptions.SecurityError, match="without end"):
        template.render({"x": "1"})
    assert time.monotonic() - start < 60


def test_a_property_without_end_is_stopped_too() -> None:
    document = Document(io.BytesIO(make("x")))
    document.core_properties.title = "{{ 'x'|center(999999999) }}"
    template = compat.DocxTemplate(io.BytesIO(saved(document)))
    with pytest.raises(jinja2.exceptions.SecurityError, match="without end"):
        template.render({})


@pytest.mark.parametrize(
    ("tag", "printed"),
    [
        ("{{ 'a-b'.replace('-', '+') }}", "a+b"),
        ("{{ ', '.join(['a', 'b']) }}", "a, b"),
        ("{{ ['a', 1]|join('-') }}", "a-1"),
        ("{{ 'a<b'|replace('<', '&') ~ 1 ~ none }}", "a&b1None"),
        ("{{ 'a'.center(5) }}|", "  a  |"),
    ],
)
def test_methods_and_filters_of_texts_are_those_of_docxtpl(tag: str, printed: str) -> None:
    template = compat.DocxTemplate(io.BytesIO(make(tag)))
    template.render({})
    stream = io.BytesIO()
    template.save(stream)
    assert lines(stream.getvalue()) == [printed]


@pytest.mark.parametrize("header", [False, True])
def test_replace_pic_puts_another_picture_in(header: bool) -> None:
    new = png(shade=7)
    for template in both(with_picture(header=header)):
        template.replace_pic("nen.png", io.BytesIO(new))
        template.render({"x": 1})
        assert media(template) == [new]


def test_a_picture_to_replace_that_is_not_there_is_an_error() -> None:
    for template in both(with_picture()):
        template.replace_pic("khac.png", io.BytesIO(png()))
        template.render({"x": 1})
        with pytest.raises(ValueError, match=r"khac\.png"):
            template.save(io.BytesIO())


def test_replace_media_and_zipname_put_other_bytes_in(tmp_path: Path) -> None:
    new, table = png(shade=7), tmp_path / "moi.xlsx"
    table.write_bytes(b"bang moi")
    content = changed(with_picture(), {
        "[Content_Types].xml": lambda xml: xml.replace("<Default ", '<Default Extension="xlsx" '
                                                       'ContentType="application/x"/><Default ', 1),
        "word/_rels/document.xml.rels": lambda xml: xml.replace(
            "</Relationships>", '<Relationship Id="rId88" Type="http://schemas.openxmlformats.org/'
            'officeDocument/2006/relationships/package" Target="embeddings/a.xlsx"/>'
            "</Relationships>")}, {"word/embeddings/a.xlsx": "bang cu"})  # fmt: skip
    old = tmp_path / "cu.xlsx"
    old.write_bytes(b"bang cu")
    replacing: list[Callable[[Any], None]] = [
        lambda t: t.replace_zipname("word/embeddings/a.xlsx", table),
        lambda t: t.replace_embedded(old, table),
    ]
    for template in both(content):
        for replace in replacing:
            template.reset_replacements()
            template.replace_media(io.BytesIO(png()), io.BytesIO(new))
            replace(template)
            template.render({"x": 1})
            path = tmp_path / "ra.docx"
            template.save(path)
            with zipfile.ZipFile(path) as archive:
                assert archive.read("word/embeddings/a.xlsx") == b"bang moi"
                assert [archive.read(n) for n in archive.namelist() if "media/" in n] == [new]


def test_a_medium_to_replace_that_is_not_there_is_told() -> None:
    template = compat.DocxTemplate(io.BytesIO(make("x")))
    template.replace_media(io.BytesIO(b"khong co"), io.BytesIO(b"moi"))
    template.render({})
    with pytest.warns(compat.LostTextWarning, match="nothing to replace"):
        template.save(io.BytesIO())


def test_words_that_would_be_lost_are_told() -> None:
    template = compat.DocxTemplate(io.BytesIO(make("{%p if co %} rơi", "a", "{%p endif %}")))
    with pytest.warns(compat.LostTextWarning, match="rơi"):
        template.render({"co": True})


def test_a_template_is_rendered_again_and_again() -> None:
    for template in both(make("{{ x }}")):
        printed = []
        for value in ("một", "hai", "ba"):
            template.render({"x": value})
            stream = io.BytesIO()
            template.save(stream)
            printed.append(opened(stream.getvalue()).paragraphs[0].text)
        assert printed == ["một", "hai", "ba"]
        assert template.is_rendered
        assert template.is_saved


def test_undeclared_names_are_those_of_docxtpl_and_of_all_parts() -> None:
    content = make("{{ a }}{% for i in b %}{{ i.x }}{% endfor %}{% set c = d %}{{ c }}")
    theirs, ours = both(content)
    names = theirs.get_undeclared_template_variables()
    assert ours.get_undeclared_template_variables() == names == {"a", "b", "d"}
    assert ours.get_undeclared_template_variables(context={"a": 1}) == {"b", "d"}
    for everywhere, name in ((with_header(), "x"), (with_title(), "x"), (with_link(), "trang"),
                             (with_notes("footnote"), "x")):  # fmt: skip
        template = compat.DocxTemplate(io.BytesIO(everywhere))
        assert template.get_undeclared_template_variables() == {name}
    single = jinja2.Environment(variable_start_string="{", variable_end_string="}")
    template = compat.DocxTemplate(io.BytesIO(make("{ten}")))
    assert template.get_undeclared_template_variables(jinja_env=single) == {"ten"}


def test_the_address_of_a_link_is_filled() -> None:
    document = _documents(compat, ROWS["Address of a link `{{ }}`"])
    targets = [rel.target_ref for rel in document.part.rels.values() if rel.is_external]
    assert targets == ["https://vidu.vn"]


@pytest.mark.parametrize("text", ["{{ x", "{% if x %}", "{{ x|khong_co }}", "{% khong_co %}"])
def test_a_template_that_jinja_refuses_shows_the_lines_around(text: str) -> None:
    for template in both(make("một", text, "ba")):
        with pytest.raises(jinja2.exceptions.TemplateError) as caught:
            template.render({"x": 1})
        shown = "\n".join(vars(caught.value)["docx_context"])
        assert text.partition("{")[2][1:5].strip() in shown or "ba" in shown


def test_a_sub_document_repeats_no_declarations() -> None:
    template = compat.DocxTemplate(io.BytesIO(make("{{p x }}")))
    inner = template.new_subdoc()
    for number in range(50):
        inner.add_paragraph(f"đoạn {number}")
    odd = etree.fromstring('<node xmlns="urn:a" xmlns:b="urn:b" b:flag="1"/>')
    inner.element.body.insert(0, odd)
    xml = str(inner)
    assert xml.count("xmlns") == 2
    template.render({"x": inner})
    stream = io.BytesIO()
    template.save(stream)
    printed = [line for line in lines(stream.getvalue()) if line]
    assert printed == [f"đoạn {number}" for number in range(50)]
    with zipfile.ZipFile(stream) as archive:
        root = etree.fromstring(archive.read("word/document.xml"))
    assert root.find(".//{urn:a}node").get("{urn:b}flag") == "1"


def test_xml_of_a_values_own_that_breaks_the_document_is_an_error() -> None:
    template = compat.DocxTemplate(io.BytesIO(make("{{ x|safe }}")))
    with pytest.raises(ValueError, match="Generated XML is invalid"):
        template.render({"x": "<select>"})


@pytest.mark.parametrize(
    ("piece", "patched"),
    [
        ("<w:p><w:r><w:t>{%p set x = a % b %}</w:t></w:r></w:p>", "{% set x = a % b %}"),
        ("<w:p><w:r><w:t>{%p set d = {'a': 1} %}</w:t></w:r></w:p>", "{% set d = {'a': 1} %}"),
        (
            "<w:tr><w:tc><w:p><w:r><w:t>{%tr for x in y if x % 2 %}</w:t></w:r></w:p>"
            "</w:tc></w:tr>",
            "{% for x in y if x % 2 %}",
        ),
    ],
)
def test_patch_xml_gives_jinja_source_of_any_piece(piece: str, patched: str) -> None:
    assert compat.DocxTemplate(None).patch_xml(piece) == patched


@pytest.mark.parametrize("properties", ["<w:tcPr/>", '<w:tcPr><w:tcW w:w="100"/></w:tcPr>', ""])
@pytest.mark.parametrize(("tag", "name"), [("cellbg mau", "shd"), ("colspan n", "gridSpan")])
def test_cell_properties_stand_inside_the_cells_own(properties: str, tag: str, name: str) -> None:
    piece = f"<w:tc>{properties}<w:p><w:r><w:t>{{% {tag} %}}x</w:t></w:r></w:p></w:tc>"
    patched = compat.DocxTemplate(None).patch_xml(piece)
    inside = re.search(r"<w:tcPr>(.*?)</w:tcPr>", patched)
    assert inside
    assert f"<w:{name} " in inside[1]


def test_save_writes_the_same_bytes_twice_and_whole() -> None:
    contents = []
    for _ in range(2):
        template = compat.DocxTemplate(io.BytesIO(make("{{ x }}")))
        template.render({"x": 1})
        stream = io.BytesIO()
        template.save(stream)
        contents.append(stream.getvalue())
    assert len({zipfile.ZipFile(io.BytesIO(content)).infolist()[0].date_time
                for content in contents}) == 1  # fmt: skip


def test_a_template_is_saved_without_rendering_and_python_docx_goes_on_after_it(
    tmp_path: Path,
) -> None:
    template = compat.DocxTemplate(io.BytesIO(make("{{ x }}")))
    template.save(tmp_path / "a.docx")
    assert Document(str(tmp_path / "a.docx")).paragraphs[0].text == "{{ x }}"
    template.render({"x": "An"})
    template.docx.core_properties.keywords = "từ khóa"
    template.add_paragraph("thêm")
    template.save(str(tmp_path / "b.docx"))
    document = Document(str(tmp_path / "b.docx"))
    assert [p.text for p in document.paragraphs] == ["An", "thêm"]
    assert document.core_properties.keywords == "từ khóa"


def test_the_module_runs_as_docxtpls_does(tmp_path: Path) -> None:
    template, data, out = tmp_path / "a.docx", tmp_path / "a.json", tmp_path / "ra.docx"
    template.write_bytes(make("{{ ten }}"))
    data.write_text(json.dumps({"ten": "Trường Hoa Sen & bạn"}, ensure_ascii=False), "utf-8")
    command = [sys.executable, "-m", "generator.compat", str(template), str(data), str(out)]
    environment = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    subprocess.run([*command, "-q"], check=True, env=environment, cwd=PAGE.parents[1])
    assert Document(str(out)).paragraphs[0].text == "Trường Hoa Sen & bạn"
    assert main([*command[3:]]) == 2  # it is there already
    assert main([*command[3:], "-o"]) == 0
    data.write_bytes(b'{"ten": "caf\xe9"}')
    assert main([*command[3:], "-o"]) == 1
    assert Document(str(out)).paragraphs[0].text == "Trường Hoa Sen & bạn"


VALID = ("`RichText`, `R`", "`RichText` in a plain `{{ }}`", "`RichTextParagraph`, `RP`",
         "Plain text in `{{p }}`", "Sub-document in a plain `{{ }}`", "`InlineImage`, in loops too",
         "New lines, tabs, `\\a`, `\\f` in text", "`{% colspan %}`", "`{% cellbg %}`", "`{% hm %}`",
         "`InlineImage` with an address", "Line breaks inside a link", "`{% vm %}`")  # fmt: skip


def test_what_is_filled_is_valid_open_xml(tmp_path: Path, schema_errors: SchemaErrors) -> None:
    paths = []
    for number, name in enumerate(VALID):
        template = compat.DocxTemplate(io.BytesIO(ROWS[name].template))
        template.render(ROWS[name].context(compat, template), **ROWS[name].options())
        paths.append(tmp_path / f"{number}.docx")
        template.save(paths[-1])
    assert schema_errors(paths) == []
