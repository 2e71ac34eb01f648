"""What an attacker may write into a template or into data, and that it stays what it is.

The payloads are those published for Jinja: lists of server-side template injections, and the ways
into docxtpl's templates. Each is refused in bounded time, wherever in a document it stands.
"""

from __future__ import annotations

import io
import time
import zipfile
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn

from generator.errors import DataError, GeneratorError, TemplateError
from generator.ooxml import parse_xml
from tests.making import compiled, fill, lines, make, opened, saved

SECONDS = 10.0

PAYLOADS = """
{{ ''.__class__.__mro__[1].__subclasses__() }}
{{ ''.__class__.__mro__[2].__subclasses__()[40]('/etc/passwd').read() }}
{{ ''.__class__.__base__.__subclasses__() }}
{{ [].__class__.__base__.__subclasses__() }}
{{ ().__class__.__bases__[0].__subclasses__()[59].__init__.__globals__['__builtins__'] }}
{{ {}.__class__.__base__ }}
{{ x.__class__ }}
{{ x.__init__.__globals__ }}
{{ x.__dict__ }}
{{ x.__reduce__() }}
{{ x.__getattribute__('__class__') }}
{{ x['__class__'] }}
{{ x['__cla' ~ 'ss__'] }}
{{ x['\\x5f\\x5fclass\\x5f\\x5f'] }}
{{ x|attr('__class__') }}
{{ x|attr('\\x5f\\x5fclass\\x5f\\x5f') }}
{{ x|attr('__cla' ~ 'ss__')|attr('__mro__') }}
{{ x|attr(['__class', '__']|join) }}
{{ x|attr('%s%s'|format('__class', '__')) }}
{{ ()|attr('__class__')|attr('__base__')|attr('__subclasses__')() }}
{{ [x]|map(attribute='__class__')|list }}
{{ [x]|map('attr', '__class__')|list }}
{{ [x]|groupby('__class__') }}
{{ [x]|sum('__class__') }}
{{ [x]|sort(attribute='__class__.__mro__') }}
{{ [x]|selectattr('__class__')|list|first|attr('__init__') }}
{{ [x]|unique(attribute='__class__')|map(attribute='__doc__')|first }}
{{ config }}
{{ config.items() }}
{{ request.application.__globals__.__builtins__.__import__('os').popen('id').read() }}
{{ request|attr('application')|attr('\\x5f\\x5fglobals\\x5f\\x5f') }}
{{ get_flashed_messages.__globals__ }}
{{ url_for.__globals__.os.popen('id').read() }}
{{ self }}
{{ self.__init__.__globals__ }}
{{ self._TemplateReference__context }}
{{ self._TemplateReference__context.cycler.__init__.__globals__.os.popen('id').read() }}
{{ self._TemplateReference__context.environment }}
{{ cycler }}
{{ cycler.__init__.__globals__.os.popen('id').read() }}
{{ cycler('a')|attr('__init__') }}
{{ cycler('a').next.__globals__ }}
{{ joiner.__init__.__globals__.os.popen('id').read() }}
{{ joiner('a').__call__.__globals__ }}
{{ namespace.__init__.__globals__.os.popen('id').read() }}
{{ namespace(a=1)._Namespace__attrs.__class__ }}
{% set ns = namespace() %}{% set ns.__class__ = x %}{{ ns.__class__ }}
{{ lipsum }}
{{ lipsum() }}
{{ lipsum.__globals__ }}
{{ lipsum.__globals__['os'].popen('id').read() }}
{{ lipsum|attr('__globals__') }}
{{ dict.__base__.__subclasses__() }}
{{ dict.mro() }}
{{ dict|attr('mro') }}
{{ range.__class__ }}
{{ range(1).__iter__.__self__.__class__ }}
{{ loop }}
{% for i in [1] %}{{ loop._iterable.__class__ }}{{ loop.__init__.__globals__ }}{% endfor %}
{% for i in [1] %}{{ loop.__class__.__mro__ }}{% endfor %}
{% macro m() %}{% endmacro %}{{ m.__init__.__globals__ }}
{% macro m() %}{% endmacro %}{{ m._func.__globals__ }}
{% macro m() %}{% endmacro %}{{ m._func.__code__ }}
{% macro m() %}{{ caller.__globals__ }}{% endmacro %}{% call m() %}{% endcall %}
{{ '{0.__class__}'.format(x) }}
{{ '{0.__class__.__init__.__globals__}'.format(x) }}
{{ '{x.__class__}'.format_map({'x': x}) }}
{{ ('{0.__cl' ~ 'ass__}').format(x) }}
{{ '{0[__class__].__mro__}'.format([x]) }}
{{ '%(x)s'.__mod__({'x': x}) }}
{{ 'x'.encode().decode.__self__.__class__ }}
{{ 'x'.format.__self__.__class__ }}
{{ ''.join.__globals__ }}
{{ x.clear() }}
{{ x.update({'a': 2}) }}
{{ x.pop('a') }}
{{ x.setdefault('b', 1) }}
{{ ds.append(1) }}
{{ ds.sort() }}
{{ ds.__setitem__(0, 1) }}
{% set x.a = 5 %}
{% import 'os' as os %}{{ os.popen('id') }}
{% from 'os' import popen %}
{% include '/etc/passwd' %}
{% include x %}
{% include ['a', 'b'] %}
{% extends '/etc/passwd' %}
{% block a %}{% endblock %}
{% debug %}
{% do x.clear() %}
{% autoescape false %}{{ x }}{% endautoescape %}
{% trans %}x{% endtrans %}
{{ open('/etc/passwd').read() }}
{{ __import__('os') }}
{{ __builtins__ }}
{{ eval('1') }}
{{ exec('1') }}
{{ globals() }}
{{ vars() }}
{{ getattr(x, '__class__') }}
{{ type(x) }}
{{ f'{x.__class__}' }}
{{ (lambda: 1)() }}
{{ [a for a in ().__class__] }}
{{ x|safe }}
{{ x|tojson }}
{{ x|pprint }}
{{ x|xmlattr }}
{{ 'http://a.vn'|urlize }}
{{ ds|random }}
{{ _so_hinh.__globals__ }}
{{ _kem_theo._picture.__globals__ }}
{{ x.get.__self__.__class__ }}
{{ x.items.__class__ }}
{{ 7 ** 7 ** 7 ** 7 }}
{{ 'a' * 99999999999 }}
{{ '%99999999999d' % 1 }}
{{ range(99999999999)|list }}
{{ (range(100000)|list)|map('string')|join('x' * 100000) }}
{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}
{% macro m(n) %}{{ m(n) }}{% endmacro %}{{ m(1) }}
{% macro m(n) %}{{ m(n) }}{{ m(n) }}{% endmacro %}{{ m(1) }}
""".strip().splitlines()


def context() -> dict[str, Any]:
    return {"x": {"a": 1}, "ds": [{"a": 1}]}


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_a_published_payload_is_refused_in_bounded_time(payload: str) -> None:
    given, start = context(), time.monotonic()
    with pytest.raises(GeneratorError) as caught:
        fill(payload, context=given)
    assert time.monotonic() - start < SECONDS
    assert "word/document.xml" in str(caught.value)
    assert given == context()


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_a_payload_split_over_runs_is_refused_too(payload: str) -> None:
    with pytest.raises(GeneratorError):
        fill(payload, context=context(), split=True)


@pytest.mark.parametrize("payload", PAYLOADS[:24], ids=range(24))
def test_a_payload_in_a_header_or_in_the_title_is_refused(payload: str) -> None:
    document = Document()
    document.sections[0].header.paragraphs[0].text = payload
    with pytest.raises(GeneratorError, match="header"):
        compiled(saved(document)).render(context())
    document = Document()
    document.core_properties.title = payload
    with pytest.raises(GeneratorError, match=r"core\.xml"):
        compiled(saved(document)).render(context())


def test_nothing_of_python_is_told_by_a_refusal() -> None:
    for payload in PAYLOADS:
        with pytest.raises(GeneratorError) as caught:
            fill(payload, context=context())
        told = "\n".join(problem.message for problem in caught.value.problems)
        assert "<class" not in told
        assert "object at 0x" not in told
        assert "Traceback" not in told


# ---------------------------------------------------------------- data
TEXTS = (
    "{{ 7 * 7 }}", "{% for i in range(9) %}a{% endfor %}", "{# x #}", "{{", "%}", "{_{ x }_}",
    "</w:t></w:r></w:p><w:p><w:r><w:t>chen", "<w:br/>", "&amp; &lt; &#65; &x;", "]]>", "<!-- x -->",
    "<![CDATA[x]]>", '<?xml version="1.0"?>', "<!DOCTYPE a [<!ENTITY x 'y'>]>",
    '"><w:hyperlink r:id="rId1">', "' onclick='x", "=1+1", "=HYPERLINK(\"http://a.vn\")",
    "@SUM(A1)", "+cmd|' /C calc'!A0", "DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe",
    "\\\\may-chu\\chung\\a.png",
    "{ INCLUDETEXT \"C:\\\\a.docx\" }", "file:///etc/passwd", "javascript:alert(1)",
    "<?tag 0?>", "\x02" "0\x03", "\ue0000\ue001",
)  # fmt: skip


def printed(text: str) -> bytes:
    """Return a document with a text in every kind of place a template has."""
    document = Document(io.BytesIO(make("{{ x }}", "{{r x }}", "{{p x }}", "{{ x|upper }}",
                                        "{% set y %}{{ x }}{% endset %}{{ y }}",
                                        rows=[["{% for i in [x] %}", ""], ["{{ i }}", "b"],
                                              ["{% endfor %}", ""]])))  # fmt: skip
    document.sections[0].header.paragraphs[0].text = "{{ x }}"
    document.core_properties.title = "{{ x }}"
    return compiled(saved(document)).render({"x": text})


@pytest.mark.parametrize("text", [text for text in TEXTS if "\x02" not in text])
def test_a_value_stays_text_wherever_it_is_printed(text: str) -> None:
    result = opened(printed(text))
    assert result.paragraphs[0].text == text
    assert result.paragraphs[4].text == text
    assert result.tables[0].cell(0, 0).text == text
    assert result.sections[0].header.paragraphs[0].text == text
    assert result.core_properties.title == text


@pytest.mark.parametrize("text", [text for text in TEXTS if "\x02" not in text])
def test_a_value_adds_no_element_relationship_or_part(text: str) -> None:
    plain, given = parts(printed("x")), parts(printed(text))
    assert given.keys() == plain.keys()
    for name in plain:
        assert tags(given[name]) <= tags(plain[name]) | {qn("w:tab"), qn("w:br")}, name
        if name.endswith(".rels"):
            assert given[name] == plain[name]


def test_a_control_character_in_a_value_is_refused() -> None:
    with pytest.raises(DataError, match=r"U\+0002"):
        printed("\x020\x03")


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def tags(data: bytes) -> set[str]:
    if not data.startswith(b"<?xml"):
        return set()
    return {str(node.tag) for node in parse_xml(data, "", "").iter()}


@pytest.mark.parametrize("text", ['" \\o "x', "\\", 'a" INCLUDETEXT "C:\\a.docx'])
def test_a_value_cannot_leave_its_place_in_a_field(text: str) -> None:
    document = Document()
    run = document.add_paragraph().add_run()
    code = run._r.makeelement(qn("w:instrText"))
    code.text = ' QUOTE "{{ x }}" '
    run._r.append(code)
    body = opened(compiled(saved(document)).render({"x": text})).element.body
    (filled,) = [node.text for node in body.iter(qn("w:instrText"))]
    inside = filled.removeprefix(' QUOTE "').removesuffix('" ')
    assert inside.replace("\\\\", "").replace('\\"', "").count('"') == 0
    assert inside.replace("\\\\", "\\").replace('\\"', '"') == text


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "file:///etc/passwd", "\\\\may-chu\\chung",
     "vbscript:x", "data:text/html,x", "ftp://a.vn", "//a.vn", "a.vn", "http://", "mailto:",
     "http://a.vn/ x", "http://a.vn/\"/><x", "http://a.vn\n@b.vn", "http://a@b.vn", " ", "",
     "http://[", "ms-word:ofe|u|http://a.vn/a.docx", "http://" + "a" * 3_000],
)  # fmt: skip
def test_a_link_leads_to_the_web_or_to_mail_alone(address: str) -> None:
    with pytest.raises(DataError):
        fill("{{ x|lien_ket('đây') }}", context={"x": address})


def test_a_link_cannot_write_xml_by_its_address_or_its_words() -> None:
    content = compiled(make("{{ x|lien_ket(y) }}")).render(
        {"x": "https://vidu.vn/?a='b'&c=<d>".replace("<d>", "d"), "y": '<w:br/> & "x"'}
    )
    assert lines(content) == ['<w:br/> & "x"']
    (relation,) = [rel for rel in opened(content).part.rels.values() if rel.is_external]
    assert relation.target_ref == "https://vidu.vn/?a='b'&c=d"


def test_refusals_are_of_the_template_not_of_the_program() -> None:
    with pytest.raises(TemplateError):
        fill("{{ x.__class__ }}", context=context())
