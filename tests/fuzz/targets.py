"""What is fuzzed: compiling templates, reading .docx, body text. Each takes any bytes at all.

An entry function returns when its input was used or refused with a :class:`GeneratorError`;
anything else it raises is a fault. Inputs are text that a person can read and mutation can change:

- ``template``: a paragraph a line, a table's row where the line begins with a bar;
- ``docx``: a whole file, or its parts as text, each behind a line ``== word/document.xml``;
- ``body``: the text itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from itertools import zip_longest
from pathlib import Path
from typing import Any

from lxml import etree

from generator import preview
from generator.body import escape_marks, parse_body, parse_spans
from generator.carried import read_carried
from generator.conformity.checking import check_document
from generator.drafting.importing import import_form
from generator.errors import GeneratorError
from generator.images import Image
from generator.language.wordml import PLAIN_LOOKS, BodyStyle, escape
from generator.ooxml import NAMESPACES, PackageWriter, read_package
from generator.template.compiler import compile_template, examine_template
from generator.template.uses import uses_of
from generator.vietnamese import TextFormError
from tests.clerk import FIXTURES, ROOT
from tests.fuzz.mutation import PART

CORPUS = Path(__file__).parent / "corpus"
FILE = "mau.docx"
_MOST = 20_000  # bytes of an input: what is longer only takes longer
_FORMS = ROOT / "doctemplates"

# ---------------------------------------------------------------- a package around what is tried
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_SPACES = " ".join(f'xmlns:{name}="{NAMESPACES[name]}"' for name in ("w", "r", "wp", "a", "m"))
_STORY_KINDS = ("styles", "numbering", "settings", "footnotes", "comments", "header1", "footer1")
_STORIES = {name: re.sub(r"\d", "", name) for name in _STORY_KINDS}
PARTS: Mapping[str, str] = {
    "[Content_Types].xml": f'{_HEAD}<Types xmlns="{NAMESPACES["ct"]}">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_MAIN}.document.main+xml"/></Types>',
    "_rels/.rels": f'{_HEAD}<Relationships xmlns="{NAMESPACES["rel"]}">'
    f'<Relationship Id="rId1" Type="{NAMESPACES["r"]}/officeDocument" '
    'Target="word/document.xml"/></Relationships>',
    "word/_rels/document.xml.rels": f'{_HEAD}<Relationships xmlns="{NAMESPACES["rel"]}">'
    + "".join(
        f'<Relationship Id="rId{number}" Type="{NAMESPACES["r"]}/{kind}" Target="{name}.xml"/>'
        for number, (name, kind) in enumerate(_STORIES.items(), start=1)
    )
    + "</Relationships>",
    "word/document.xml": f"{_HEAD}<w:document {_SPACES}><w:body><w:p/></w:body></w:document>",
}


def package_of(text: bytes) -> bytes:
    """Return a .docx of parts written as text; those not written are as small as may be."""
    parts = {name: part.encode() for name, part in PARTS.items()}
    found = list(PART.finditer(text))
    for match, following in zip_longest(found, found[1:]):
        end = following.start() if following else len(text)
        parts[match[1].decode("utf-8", "replace")] = text[match.end() : end].rstrip(b"\n")
    return PackageWriter(()).assemble(parts.items())


def _document(text: str) -> bytes:
    """Return a .docx with a paragraph a line, rows of tables between bars."""
    body, row = [], False
    for line in text.split("\n"):
        cells = line.startswith("|")
        if cells != row:
            body.append("<w:tbl><w:tblPr/><w:tblGrid/>" if cells else "</w:tbl>")
        row = cells
        if cells:
            made = "".join(f"<w:tc>{_paragraph(cell)}</w:tc>" for cell in line[1:].split("|"))
            body.append(f"<w:tr>{made}</w:tr>")
        else:
            body.append(_paragraph(line))
    body.append("</w:tbl>" if row else "")
    xml = f"{_HEAD}<w:document {_SPACES}><w:body>{''.join(body)}<w:p/></w:body></w:document>"
    return package_of(f"== word/document.xml\n{xml}".encode())


def _paragraph(text: str) -> str:
    """Return a paragraph; a tab begins another run, so that tags are cut anywhere."""
    runs = "".join(
        f'<w:r><w:t xml:space="preserve">{escape(piece)}</w:t></w:r>' for piece in text.split("\t")
    )
    return f"<w:p>{runs}</w:p>"


_NO_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _text(data: bytes) -> str:
    return _NO_XML.sub("", data[:_MOST].decode("utf-8", "replace"))


# ---------------------------------------------------------------- templates
RECORD: Mapping[str, Any] = {
    "ten": "Đảng ủy xã <A> & {{ B }}",
    "so": 12,
    "trong": None,
    "ngay": "2026-05-31",
    "dung": True,
    "nhom": {"ten": "Tổ 1", "so": 0},
    "ds": [{"ten": "Một", "so": 1, "con": [1, 2]}, {"ten": "Hai", "so": 2, "con": []}],
    "rong": [],
    "dai": "1. Nội dung\n- **Đậm** và *nghiêng*\n| A | B |\n| 1 | 2 |",
    "anh": Image(data=b"\x89PNG", kind="png", width=3, height=2),
    "trang": "https://example.org/a?b=c&d",
}


def try_template(data: bytes) -> None:
    """Compile a template and fill it: what comes out is well-formed."""
    content = _document(_text(data))
    with suppress(GeneratorError):
        uses_of(examine_template(content, FILE, _block).tags)
        _check_made(compile_template(content, FILE, _block).render(RECORD), content)


def _block(name: str) -> bytes:
    if name != "khoi/a.docx":
        raise KeyError(name)
    return _document("khối {{ ten }}\n| a | b |")


def _check_made(made: bytes, given: bytes) -> None:
    """Refuse a package whose parts do not read back, but for those that came as they are."""
    before = read_package(given, FILE).parts
    for name, part in read_package(made, FILE).parts.items():
        same = name in before and before[name].data == part.data
        if not same and name.endswith((".xml", ".rels")):
            etree.fromstring(part.data)


# ---------------------------------------------------------------- reading
def try_docx(data: bytes) -> None:
    """Read a .docx in every way there is: as template, blank form, carrier, pages, layout."""
    content = data if data.startswith(b"PK") else package_of(data[:_MOST])
    for read in _READERS:
        with suppress(GeneratorError):
            read(content)


def _compiled(content: bytes) -> None:
    _check_made(compile_template(content, FILE, _block).render(RECORD), content)


def _imported(content: bytes) -> None:
    _check_made(import_form(content, FILE).template, content)


_READERS: tuple[Callable[[bytes], Any], ...] = (
    _compiled,
    _imported,
    lambda content: read_carried(content, FILE),
    lambda content: check_document(content, FILE),
    lambda content: preview.undrawable(content, FILE),
)


# ---------------------------------------------------------------- body text
_STYLES = frozenset(("Khoan", "GachDau", "BangVanBan"))


def try_body(data: bytes) -> None:
    """Read a long text and print it: paragraphs are well-formed, escaped marks come back."""
    text = data[:_MOST].decode("utf-8", "replace")
    parse_body(text)
    with suppress(TextFormError):
        for styles in (frozenset[str](), _STYLES):
            style = BodyStyle(plain='<w:jc w:val="both"/>', looks=PLAIN_LOOKS, styles=styles,
                              width_twips=9354, keep_last=False, closes=True)  # fmt: skip
            etree.fromstring(f"<w:body {_SPACES}>{style.xml(text)}</w:body>".encode())
    line = text.partition("\n")[0]
    assert "".join(span.text for span in parse_spans(escape_marks(line))) == line


# ---------------------------------------------------------------- seeds
def _template_seeds() -> Iterator[bytes]:
    """Yield the words of the forms and blocks, and each thing that tags can say."""
    for path in (*sorted(_FORMS.glob("*/template.docx")), *sorted(_FORMS.glob("khoi/*.docx"))):
        root = read_package(path.read_bytes(), path.name).xml("word/document.xml")
        lines = ("".join(p.itertext()) for p in root.iter(f"{{{NAMESPACES['w']}}}p"))
        yield "\n".join(filter(None, lines)).encode()[:2_000]
    yield from (text.encode() for text in _TAGS)


_TAGS = (
    "{%p for x in ds %}\n{{ x.ten }}: {{ x.so|so }}\n{%p endfor %}",
    "|{%tr for x in ds %}|\n|{{ x.ten }}|{% vm x.ten %}{{ x.so }}|\n|{%tr endfor %}|",
    "|{%tc for x in ds %}|{{ x.ten }}|{%tc endfor %}|\n|{% colspan ds|length %}{{ ten }}|",
    "|{% hm %}{{ ten }}|{% cellbg 'FF0000' %}a|{% colwidth so %}b|",
    "{% if so == 12 and nhom.ten is defined %}a{% elif dung %}b{% else %}c{% endif %}",
    "{% set a = ds|map(attribute='so')|sum %}{{ a }}",
    "{% macro m(n) %}{{ n }}{% endmacro %}{{ m(1) }}",
    "{{p dai }}",
    "{{r dai }} {{ trong|cham('……') }} {{ ngay|ngay_dai }}",
    "{{ anh|hinh(60) }} {{ ten|qr(25) }} {{ trang|lien_ket('trang') }}",
    "{% include 'khoi/a.docx' %}",
    "{% thut 8 + ten|can_dong(co=14, o=149) %}{{ ten|ke_ngang(13, 60) }}",
    "{%r if dung %}a\t{%r endif %}{# chú thích #}{_{ a }_}{% raw %}{{ b }}{% endraw %}",
    "{% filter upper %}{{ ten }}{% endfilter %}{% with a = so %}{{ a ** 2 }}{% endwith %}",
    "{{ '%05d'|format(so) }}{{ [1, 2] + [3] }}{{ {'a': {'b': 1}}.a.b }}{{ so if dung else ten }}",
    "{% call(x) m() %}{{ x }}{% endcall %}{% for a, b in nhom.items() recursive %}{{ loop(a) }}"
    "{% endfor %}",
)


def _docx_seeds() -> Iterator[bytes]:
    """Yield the forms' parts as text, a whole file, and what editors leave in one."""
    paths = sorted(_FORMS.glob("khoi/*.docx")) + sorted(_FORMS.glob("*/template.docx"))
    small = [path for path in paths if path.stat().st_size < 8_000]
    for path in small:
        parts = read_package(path.read_bytes(), path.name).parts
        yield b"== word/document.xml\n" + parts["word/document.xml"].data
    yield small[0].read_bytes()
    for name, xml in _LEFT_BY_EDITORS:
        yield f"== {name}\n{_HEAD}{xml}".encode()


_BODY = f"<w:document {_SPACES}><w:body>%s</w:body></w:document>"
_LEFT_BY_EDITORS = (
    ("word/document.xml", _BODY % (
        '<w:p><w:pPr><w:ind w:left="720" w:hanging="360"/><w:jc w:val="center"/>'
        '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr>'
        '<w:ins w:id="1" w:author="a"><w:r><w:rPr><w:sz w:val="28"/></w:rPr>'
        "<w:t>{{ ten }}</w:t></w:r></w:ins><w:del w:id=\"2\" w:author=\"a\"><w:r>"
        "<w:delText>b</w:delText></w:r></w:del></w:p>"
        '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="850" '
        'w:bottom="1134" w:left="1701" w:header="567" w:footer="567"/></w:sectPr>'
    )),
    ("word/document.xml", _BODY % (
        '<w:tbl><w:tblPr><w:tblW w:w="5000" w:type="pct"/></w:tblPr><w:tblGrid>'
        '<w:gridCol w:w="2000"/><w:gridCol w:w="3000"/></w:tblGrid><w:tr><w:tc><w:tcPr>'
        '<w:tcW w:w="2000" w:type="dxa"/><w:gridSpan w:val="2"/><w:vMerge w:val="restart"/>'
        "</w:tcPr><w:p><w:r><w:t>Số: …… /KH</w:t></w:r></w:p></w:tc></w:tr></w:tbl><w:p/>"
    )),
    ("word/document.xml", _BODY % (
        '<w:sdt><w:sdtPr><w:alias w:val="a"/></w:sdtPr><w:sdtContent><w:p><w:r>'
        '<w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>HYPERLINK "{{ trang }}"'
        '</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
        '<w:bookmarkStart w:id="0" w:name="a"/><w:bookmarkEnd w:id="0"/></w:p>'
        "</w:sdtContent></w:sdt><w:p><w:r><w:tab/><w:t>Ngày …… tháng …… năm 20…</w:t></w:r></w:p>"
    )),
    ("word/numbering.xml",
     f'<w:numbering {_SPACES}><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0">'
     '<w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>'
     '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'),
    ("word/styles.xml",
     f'<w:styles {_SPACES}><w:docDefaults><w:rPrDefault><w:rPr><w:sz w:val="28"/></w:rPr>'
     '</w:rPrDefault></w:docDefaults><w:style w:type="paragraph" w:styleId="a">'
     '<w:basedOn w:val="a"/><w:pPr><w:spacing w:line="240" w:before="120"/></w:pPr></w:style>'
     "</w:styles>"),
)  # fmt: skip


def _body_seeds() -> Iterator[bytes]:
    for path in sorted(FIXTURES.glob("**/*-noi-dung.md")):
        text = path.read_text(encoding="utf-8")
        yield text[:1_500].encode()
    yield from (text.encode() for text in _TEXTS)


_TEXTS = (
    "Điều 1. Phạm vi\nChương I\nQUY ĐỊNH CHUNG\n*(Kèm theo)*",
    "| STT | Đơn vị |\n|----:|:------:|\n| 1 | a \\| b",
    "**a *b*** ***c*** km^2^ \\*d\\* *^e^*",
)


# ---------------------------------------------------------------- the three of them
class Target:
    """One thing to fuzz: its entry function, what it starts from, words worth trying."""

    def __init__(
        self, run: Callable[[bytes], None], seeds: Callable[[], Iterator[bytes]], words: str
    ) -> None:
        self.run = run
        self._seeds = seeds
        self.words = words.split()

    def seeds(self) -> list[bytes]:
        """Return the inputs it starts from, once each."""
        return list(dict.fromkeys(self._seeds()))


TARGETS: Mapping[str, Target] = {
    "template": Target(
        try_template,
        _template_seeds,
        "{{ }} {% %} {%p {%tr {%tc {%r {{p {{r {# #} for endfor if elif else endif set endset "
        "macro endmacro call endcall filter endfilter with endwith include raw endraw vm hm "
        "colspan colwidth cellbg thut in is defined not and or loop. ds nhom ten so dai ngay anh "
        "trang |so |cham |ngay |hinh |qr |lien_ket |ke_ngang |loi |map |sum |join |replace |format "
        "range( recursive **",
    ),
    "docx": Target(
        try_docx,
        _docx_seeds,
        "w:p w:r w:t w:tbl w:tr w:tc w:tcPr w:gridSpan w:vMerge w:gridCol w:tblGrid w:pPr w:rPr "
        "w:sectPr w:pgSz w:pgMar w:ind w:jc w:spacing w:tabs w:tab w:br w:sdt w:sdtContent w:ins "
        "w:del w:fldChar w:instrText w:drawing w:pict w:numPr w:numId w:ilvl w:lvl w:style "
        "w:basedOn w:hyperlink w:bookmarkStart w:footnoteReference w:txbxContent w:val= w:w= "
        "w:type= {{ten}} …… ==",
    ),
    "body": Target(
        try_body, _body_seeds, "** *** ^ \\* | |- :-: Điều Chương Phần 1. 1.1. a) - + I. ( )"
    ),
}


def found_cases(name: str) -> list[Path]:
    """Return the inputs that once broke a target; they are kept beside it."""
    return sorted((CORPUS / name).glob("*"))
