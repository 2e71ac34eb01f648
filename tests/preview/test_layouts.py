"""What stands elsewhere than in one plain column, each beside LibreOffice's page of it.

Kerning, frames, page borders, columns, sections that begin amid a page, text that runs upwards.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pdfplumber
import pytest

from benchmarks.pages import Comparison, compare
from generator import preview
from tests.conftest import ToPdfs
from tests.preview.drawing import NAMESPACES, cell, docx, paragraph, row, run, section, table
from tests.preview.measuring import LONG, lines, pages, texts

PT_PER_MM = 72 / 25.4
KERN = '<w:kern w:val="2"/>'
KERNED = (
    "UBND TỈNH THANH HÓA: Ông Vũ Văn An, Phó Trưởng phòng Tổ chức, Ủy viên Ban Thường vụ Tỉnh ủy; "
    "“Ngày hội Toàn dân bảo vệ an ninh Tổ quốc” tại Kỳ Anh, Vĩnh Yên, Tây Ninh năm 2011. "
)
PAGE = '<w:fldSimple w:instr=" PAGE "><w:r><w:t>99</w:t></w:r></w:fldSimple>'
NUMBER = '<w:framePr w:wrap="around" w:vAnchor="text" w:hAnchor="margin" w:xAlign="{}" w:y="1"/>'
STAMP = (
    '<w:framePr w:w="1701" w:h="567" w:hRule="exact" w:hSpace="180" w:wrap="around"'
    ' w:vAnchor="{}" w:hAnchor="margin" w:x="200" w:y="{}"/>'
)
RED = "".join(
    f'<w:{side} w:val="single" w:sz="12" w:space="1" w:color="FF0000"/>'
    for side in ("top", "left", "bottom", "right")
)
CENTRED, JUSTIFIED = '<w:jc w:val="center"/>', '<w:jc w:val="both"/>'
TWO = '<w:cols w:num="2" w:space="720"/>'
THREE = '<w:cols w:num="3" w:space="300"/>'


def asking(more: str, *, continuous: bool = False) -> str:
    """Return a section that asks for more, begun amid the page where it is ``continuous``."""
    kind = '<w:type w:val="continuous"/>' * continuous
    node = section().replace("<w:sectPr>", f"<w:sectPr>{kind}")
    return node.replace("</w:sectPr>", f"{more}</w:sectPr>")


def ends(section_properties: str, *runs: str) -> str:
    """Return the paragraph that ends a section."""
    return f"<w:p><w:pPr>{section_properties}</w:pPr>{''.join(runs)}</w:p>"


def header(properties: str) -> dict[str, str | bytes]:
    number = paragraph(PAGE, properties=properties) + paragraph()
    return {"header1.xml": f"<w:hdr {NAMESPACES}>{number}</w:hdr>"}


def with_number(align: str) -> bytes:
    refs = '<w:headerReference w:type="default" r:id="rId_header1"/>'
    blocks = [paragraph(LONG * 5)] * 6
    return docx(*blocks, sect=section(refs=refs), parts=header(NUMBER.format(align)))


def with_stamp(anchor: str, y: int, below: int = 6) -> bytes:
    stamp = paragraph(
        run("HỎA TỐC", "<w:b/>"),
        properties=f"{STAMP.format(anchor, y)}<w:pBdr>{RED}</w:pBdr>{CENTRED}",
    )
    number = paragraph("Số: 12/UBND-VP")
    return docx(number, stamp, *[paragraph()] * below, paragraph(LONG))


def page_border(style: str, size: int, space: int, of: str, shown: str = "allPages") -> str:
    other = style.replace("thinThick", "thickThin")
    sides = zip(("top", "left", "bottom", "right"), (style, style, other, other), strict=True)
    drawn = "".join(
        f'<w:{side} w:val="{each}" w:sz="{size}" w:space="{space}" w:color="auto"/>'
        for side, each in sides
    )
    return f'<w:pgBorders w:offsetFrom="{of}" w:display="{shown}">{drawn}</w:pgBorders>'


def turned(direction: str, height: int = 1700, content: str = "Không đạt") -> str:
    own = f'<w:textDirection w:val="{direction}"/><w:vAlign w:val="center"/>'
    heads = [
        cell(paragraph(text, properties=CENTRED), own)
        for text in ("Tổng số", content, "Tỷ lệ phần trăm đơn vị đạt")
    ]
    tall = f'<w:trHeight w:val="{height}"/>' if height else ""
    return table(
        row(cell("Nội dung"), *heads, properties=tall),
        row(*(cell(str(number)) for number in range(4))),
        grid=(3000, 900, 900, 1400),
    )


def items(count: int) -> list[str]:
    return [paragraph(f"- Ban Chỉ đạo phường {number};") for number in range(count)]


def amid(*blocks: str, columns: str) -> bytes:
    """Return a text with columns between two paragraphs over the whole width."""
    after = asking("", continuous=True)
    return docx(
        paragraph(LONG), ends(section()), *blocks, ends(asking(columns, continuous=True)),
        paragraph(LONG), sect=after,
    )  # fmt: skip


def thick_tables() -> bytes:
    """Return tables with lines of three points around them, paragraphs between."""
    rows = [row(cell("một"), cell("hai"))] * 2
    thick = table(*rows, grid=(3000, 3000)).replace('w:sz="4"', 'w:sz="24"')
    return docx(*[paragraph("a"), thick] * 6, paragraph("cuối"))


def long_table() -> bytes:
    """Return a table that fills its page to the last line but one."""
    head = row(cell("STT"), cell("Nội dung"), properties="<w:tblHeader/>")
    rows = [row(cell(str(number)), cell("Đạt")) for number in range(120)]
    return docx(table(head, *rows, grid=(1000, 3000)), paragraph("cuối"))


SPACED = JUSTIFIED + '<w:spacing w:before="120"/>'
LAYOUTS: dict[str, Callable[[], bytes]] = {
    "trang-so-giua": lambda: with_number("center"),
    "trang-so-phai": lambda: with_number("right"),
    "dau-khan": lambda: with_stamp("text", 120),
    "dau-khan-trang": lambda: with_stamp("page", 2400),
    "lien-trang": lambda: docx(
        paragraph(LONG, properties='<w:spacing w:after="240"/>'),
        ends(section(), run("hết phần một")),
        paragraph("phần hai", properties='<w:spacing w:before="120"/>'),
        sect=asking("", continuous=True),
    ),
    "cot-ca-trang": lambda: docx(
        *[paragraph(LONG * 3, properties=JUSTIFIED)] * 14, sect=asking(TWO)
    ),
    "cot-giua-trang": lambda: amid(*items(9), columns=TWO),
    "cot-cat-doan": lambda: amid(*[paragraph(LONG * 2, properties=SPACED)] * 5, columns=THREE),
    "cot-cuoi": lambda: docx(
        paragraph(LONG), ends(section()), *items(9), sect=asking(TWO, continuous=True)
    ),
    "bang-vien-day": thick_tables,
    "bang-nhieu-trang": long_table,
    "vien-trang": lambda: docx(paragraph(LONG), sect=asking(page_border("double", 12, 4, "text"))),
}


TURNED: dict[str, Callable[[], bytes]] = {
    "chu-len": lambda: docx(paragraph("a"), turned("btLr"), paragraph(LONG)),
    "chu-xuong": lambda: docx(paragraph("a"), turned("tbRl"), paragraph(LONG)),
}


@pytest.fixture(scope="module")
def drawn(to_pdfs: ToPdfs, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with each layout drawn by both, kerned text too."""
    folder = tmp_path_factory.mktemp("trang")
    made = {name: make() for name, make in {**LAYOUTS, **TURNED}.items()}
    made["kern"] = docx(
        *(
            paragraph(run(KERNED * 3, KERN + f'<w:sz w:val="{size}"/>'), properties=JUSTIFIED)
            for size in (24, 26, 28)
        )
    )
    paths = []
    for name, content in made.items():
        paths.append(folder / f"{name}.docx")
        paths[-1].write_bytes(content)
        (folder / f"{name}.ours.pdf").write_bytes(preview.pdf(content, name))
    to_pdfs(paths, folder)
    return folder


def compared(folder: Path, name: str) -> Comparison:
    return compare(name, folder / f"{name}.ours.pdf", folder / f"{name}.pdf")


@pytest.mark.parametrize("name", LAYOUTS)
def test_words_stand_where_libreoffice_puts_them(drawn: Path, name: str) -> None:
    found = compared(drawn, name)
    assert found.pages == found.reference_pages
    assert found.same_lines == found.lines
    assert found.near_words == found.words


@pytest.mark.parametrize("name", TURNED)
def test_words_that_run_up_or_down_stand_where_libreoffice_puts_them(
    drawn: Path, name: str
) -> None:
    found = compared(drawn, name)
    assert found.near_words == found.words


def test_kerned_lines_end_where_libreoffice_ends_them(drawn: Path) -> None:
    found = compared(drawn, "kern")
    assert found.same_lines == found.lines
    assert found.near_words >= 0.99 * found.words


def strokes(path: Path) -> list[float]:
    """Return where lines and filled bars of the first page begin, from the left, in points."""
    with pdfplumber.open(path) as document:
        page = document.pages[0]
        found = [*page.rects, *page.lines, *page.curves]
        return sorted({round(float(each[key])) for each in found for key in ("x0", "x1")})


def test_a_page_border_stands_where_libreoffice_draws_it(drawn: Path) -> None:
    ours = strokes(drawn / "vien-trang.ours.pdf")
    theirs = strokes(drawn / "vien-trang.pdf")
    assert ours
    assert min(theirs) == pytest.approx(min(ours), abs=2)
    assert max(theirs) == pytest.approx(max(ours), abs=2)


# ---------------------------------------------------------------- kerning
def width_of(*runs: str) -> float:
    (line,) = lines(paragraph(*runs))
    return line.width_mm


def test_pairs_of_letters_stand_closer_where_kerning_is_asked() -> None:
    assert width_of(run("AVAV", KERN)) < width_of(run("AVAV")) - 1


def test_kerning_begins_at_the_size_that_is_named() -> None:
    late = '<w:kern w:val="32"/>'  # from 16 points on; the text has 14
    assert width_of(run("AVAV", late)) == pytest.approx(width_of(run("AVAV")), abs=0.01)


def test_kerning_reaches_over_spaces_and_equal_runs() -> None:
    whole = width_of(run("TA VA TA VA", KERN))
    cut = width_of(run("TA V", KERN), run("A TA VA", KERN))
    assert cut == pytest.approx(whole, abs=0.01)


# ---------------------------------------------------------------- what stays undrawn is named
def told(content: bytes) -> list[str]:
    return list(dict.fromkeys(each.what for each in preview.undrawable(content)))


@pytest.mark.parametrize("anchor", ["text", "page"])
def test_a_frame_in_the_place_of_text_is_told(anchor: str) -> None:
    found = told(with_stamp(anchor, 120 if anchor == "text" else 1800, below=0))
    assert found == ["khung văn bản (frame) có chữ chạy quanh"]


def test_a_frame_that_nothing_may_stand_beside_is_told_when_something_does() -> None:
    frame = '<w:framePr w:w="1000" w:wrap="notBeside" w:vAnchor="text" w:hAnchor="margin"{}/>'
    right = paragraph("phải", properties='<w:jc w:val="right"/>')
    beside = docx(paragraph("trái", properties=frame.format(' w:x="1"')), right)
    assert told(beside) == ["khung văn bản (frame) có chữ chạy quanh"]
    assert told(docx(paragraph("trái", properties=frame.format(' w:x="1"')), paragraph())) == []


@pytest.mark.parametrize(
    ("frame", "what"),
    [
        ('<w:framePr w:dropCap="drop" w:lines="3" w:vAnchor="text"/>', "chữ cái lớn đầu đoạn"),
        ('<w:framePr w:vAnchor="text" w:yAlign="inline"/>', "khung văn bản (frame)"),
    ],
)
def test_frames_of_other_kinds_are_told(frame: str, what: str) -> None:
    assert told(docx(paragraph("a", properties=frame), paragraph())) == [what]


@pytest.mark.parametrize(
    ("border", "what"),
    [
        (page_border("apples", 12, 24, "page"), "viền trang kiểu “apples”"),
        (
            '<w:pgBorders w:offsetFrom="page"><w:top w:val="single" w:sz="8"/></w:pgBorders>',
            "viền trang không đủ bốn cạnh như nhau",
        ),
        ("<w:cols w:num='2' w:sep='1'/>", "cột chữ rộng hẹp khác nhau, có đường kẻ ở giữa"),
    ],
)
def test_borders_and_columns_that_cannot_be_drawn_are_told(border: str, what: str) -> None:
    assert told(docx(paragraph("a"), sect=asking(border))) == [what]


def test_columns_longer_than_the_rest_of_the_page_are_told() -> None:
    found = told(amid(*[paragraph(LONG * 20)] * 4, columns=TWO))
    assert found == ["nhiều cột chữ vắt qua hai trang"]


def test_a_section_begun_amid_the_page_with_margins_of_its_own_is_told() -> None:
    other = asking("", continuous=True).replace('w:left="1134"', 'w:left="2268"')
    (found,) = told(docx(paragraph("a"), ends(section()), paragraph("b"), sect=other))
    assert found.startswith("phần văn bản bắt đầu giữa trang")


@pytest.mark.parametrize(
    ("node", "what"),
    [
        (turned("btLr", 0), "chữ chạy dọc trong ô của hàng không đặt chiều cao"),
        (turned("btLr", 1700, "Không đạt " * 9), "chữ chạy dọc không vừa bề rộng ô"),
    ],
)
def test_text_that_runs_up_without_room_is_told(node: str, what: str) -> None:
    assert told(docx(node)) == [what]


# ---------------------------------------------------------------- pages of sections and borders
def test_a_border_of_the_first_page_is_on_the_first_page_alone() -> None:
    border = page_border("single", 12, 24, "page", "firstPage")
    content = docx(*[paragraph(LONG * 5)] * 12, sect=asking(border))
    with pdfplumber.open(io.BytesIO(preview.pdf(content))) as document:
        first, *others = [bool(page.rects or page.lines or page.curves) for page in document.pages]
    assert first
    assert others
    assert not any(others)


def test_a_page_break_at_the_end_of_a_section_counts_for_the_next() -> None:
    broken = ends(section(), run("một"), '<w:r><w:br w:type="page"/></w:r>')
    found = pages(broken, paragraph("hai"), sect=asking("", continuous=True))
    assert [texts(list(page.lines)) for page in found] == [["một"], ["hai"]]
