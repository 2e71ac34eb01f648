"""What cannot be drawn is named before anything is drawn; what is broken gets a clear error."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

import pytest

from generator import preview
from generator.errors import DataError, GeneratorError, TemplateError, ToolError
from generator.preview import fonts
from generator.preview.routes import draw
from generator.preview.sfnt import Face, faces_in
from tests.preview.drawing import cell, docx, paragraph, row, run, section, table
from tests.preview.measuring import LONG
from tests.preview.test_pages import PICTURE, anchored


def told(content: bytes) -> str:
    with pytest.raises(GeneratorError) as caught:
        preview.pdf(content, "van-ban.docx")
    return str(caught.value)


# ---------------------------------------------------------------- what cannot be drawn
ELLIPSE = anchored('<wps:spPr><a:prstGeom prst="ellipse"/></wps:spPr>', cx=360000, cy=360000)
MATH = (
    '<m:oMath xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math">'
    "<m:r><m:t>x</m:t></m:r></m:oMath>"
)
FRAME = '<w:framePr w:w="2000" w:hAnchor="page"/>'


@pytest.mark.parametrize(
    ("block", "what"),
    [
        (paragraph(ELLIPSE), "hình vẽ “ellipse”"),
        (paragraph(MATH), "công thức toán"),
        (paragraph("a", properties=FRAME), "khung văn bản (frame)"),
        (paragraph(run("a", '<w:w w:val="80"/>')), "chữ co giãn theo chiều ngang"),
        (paragraph("<w:r><w:object/></w:r>"), "đối tượng nhúng (OLE)"),
        (
            table(row(cell("a", '<w:textDirection w:val="btLr"/>')), grid=(2000,)),
            "chữ chạy dọc trong ô của hàng không đặt chiều cao",
        ),
        (
            table(row(cell("a")), grid=(2000,), properties='<w:tblpPr w:tblpX="1"/>'),
            "bảng nổi, chữ chạy quanh",
        ),
        (paragraph(run("a", "<w:shadow/>")), "hiệu ứng chữ (viền, bóng, nổi, chìm)"),
        (paragraph(run("a", '<w:bdr w:val="single" w:sz="4"/>')), "viền quanh chữ"),
        (paragraph(run("a", '<w:u w:val="wave"/>')), "gạch chân kiểu “wave”"),
        (paragraph(run("a", "<w:dstrike/>")), "gạch ngang hai nét"),
        (
            paragraph(run("a", '<w:rFonts w:ascii="Arial" w:hAnsi="Times New Roman"/>')),
            "hai phông cho chữ có dấu và không dấu",
        ),
        (
            paragraph("a", properties='<w:pBdr><w:top w:val="double" w:sz="4"/></w:pBdr>'),
            "đường viền kiểu “double”",
        ),
        (
            table(
                row(cell("a", '<w:tcW w:w="3000" w:type="dxa"/>')),
                grid=(2000,),
            ).replace('w:type="fixed"', 'w:type="autofit"'),
            "bảng tự co giãn có ô khác bề rộng cột",
        ),
    ],
)
def test_it_is_named_with_its_place(block: str, what: str) -> None:
    content = docx(paragraph("đầu"), block)
    (found,) = preview.undrawable(content)
    assert found.what == what
    assert found.place in ("đoạn 2", "văn bản")
    assert f"không vẽ được {what}" in told(content)
    assert preview.pdf(content, partly=True).startswith(b"%PDF")


def test_what_a_section_asks_for_is_named_too() -> None:
    found = preview.undrawable(docx(paragraph("a"), sect=section(more="<w:lnNumType/>")))
    assert [each.what for each in found] == ["đánh số dòng"]


def test_what_only_older_words_would_draw_does_not_count() -> None:
    node = (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"/><mc:Fallback>'
        "<w:object/></mc:Fallback></mc:AlternateContent></w:r>"
    )
    assert preview.undrawable(docx(paragraph("a", node))) == ()


# ---------------------------------------------------------------- broken files
def with_part(content: bytes, name: str, data: bytes) -> bytes:
    stream = io.BytesIO(content)
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr(name, data)
    return stream.getvalue()


GOOD = docx(paragraph("a"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "không phải tệp .docx, hoặc tệp đã hỏng"),
        (GOOD[:-40], "không phải tệp .docx, hoặc tệp đã hỏng"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "tệp Word đời cũ (.doc)"),
        (with_part(GOOD, "word/vbaProject.bin", b"x"), "có macro (tệp .docm)"),
        (with_part(GOOD, "word/big.xml", bytes(70_000_000)), "một phần quá lớn"),
        (docx(paragraph("a"), sect=section(width=120_000)), "khổ giấy 2117 × 297 mm"),
        (docx(paragraph("a"), sect=section(width=2_300)), "không chừa chỗ cho chữ"),
        (docx(paragraph("a\u4e00")), "ký tự “\u4e00” (U+4E00)"),
        (
            docx("<w:sdt><w:sdtContent>" * 200 + paragraph("a") + "</w:sdtContent></w:sdt>" * 200),
            "word/document.xml: các phần tử lồng nhau quá sâu",
        ),
    ],
    ids=["empty", "cut", "doc", "macro", "bomb", "2 m", "no room", "sign", "deep"],
)
def test_a_bad_file_gets_a_clear_error(content: bytes, words: str) -> None:
    assert words in told(content)


def test_a_damaged_picture_gets_a_clear_error() -> None:
    content = docx(paragraph(PICTURE), parts={"media/image1.png": b"\x89PNG\r\n\x1a\nhong"})
    assert "ảnh hỏng" in told(content)


def within(seconds: float, content: bytes) -> str:
    began = time.process_time()
    words = told(content)
    assert time.process_time() - began < seconds
    return words


def test_ten_thousand_pages_are_refused_at_once() -> None:
    broken = '<w:r><w:br w:type="page"/></w:r>'
    assert "dài quá 2.000 trang" in within(5, docx(*[paragraph(broken)] * 10_000))


def test_one_endless_word_in_a_narrow_column_is_refused_in_time() -> None:
    narrow = table(row(cell("m" * 400_000)), grid=(300,))
    assert "dài quá 2.000 trang" in within(30, docx(narrow))


def test_tables_nested_deep_are_refused() -> None:
    inner = paragraph("a")
    for _ in range(12):
        inner = table(row(cell(inner + paragraph())), grid=(2000,))
    assert "lồng nhau quá 10 lớp" in told(docx(inner))


def test_ten_nested_tables_are_drawn() -> None:
    inner = paragraph("trong cùng")
    for _ in range(10):
        inner = table(row(cell(inner + paragraph())), grid=(9000,))
    assert preview.page_count(docx(inner)) >= 1


def test_pictures_of_too_many_dots_are_refused() -> None:
    with pytest.raises(DataError, match="độ phân giải"):
        preview.png(GOOD, ppi=5_000)


# ---------------------------------------------------------------- odd, but drawn
BREAK = '<w:r><w:br w:type="page"/></w:r>'
FRAMED = '<w:pBdr><w:top w:val="single" w:sz="8"/></w:pBdr><w:spacing w:before="400"/>'


@pytest.mark.parametrize(
    ("block", "pages"),
    [
        ("", 1),
        ("<w:tbl><w:tblPr/><w:tblGrid/></w:tbl>", 1),
        ("<w:tbl><w:tblPr/><w:tblGrid/><w:tr><w:tc/></w:tr></w:tbl>", 1),
        (table(row(cell(paragraph("a", BREAK, "b"))), grid=(3000,)), 1),
        (table(row(cell("a", '<w:gridSpan w:val="99999"/>')), grid=(3000,)), 1),
        (table(row(cell("a", "<w:vMerge/>"), cell("b")), grid=(3000, 2000)), 1),
        (paragraph("a", BREAK, "b", properties=FRAMED), 2),
        (paragraph("a", BREAK, "b", properties='<w:outlineLvl w:val="0"/>'), 2),
        (paragraph("a", properties='<w:ind w:left="-9999999" w:firstLine="-99999999"/>'), 1),
        (paragraph("a", properties='<w:spacing w:line="0" w:lineRule="exact"/>'), 1),
        (paragraph("a", properties='<w:spacing w:line="-240"/><w:jc w:val="x"/>'), 1),
        (paragraph(run("a", '<w:sz w:val="x"/><w:color w:val="zz"/>')), 1),
        (paragraph('<w:r><w:fldChar w:fldCharType="begin"/></w:r>', "lệnh"), 1),
        (paragraph('"a" \\ #x $y$ *z* _k_ `q` @r // ~ \' ]'), 1),
        (paragraph("Tie\u0302\u0301ng a\u00adb\u200bc\u2011d\u00a0e"), 1),
        (paragraph('<w:r><w:sym w:font="Wingdings" w:char="D800"/></w:r>'), 1),
    ],
)
def test_odd_content_is_drawn_all_the_same(block: str, pages: int) -> None:
    assert preview.page_count(docx(block)) == pages


# ---------------------------------------------------------------- faces
def face(letters: str) -> fonts.Typeface:
    one = Face(
        path=Path("x.ttf"), family="Liberation Serif", version="1.07", bold=False,
        italic=False, units=2048, ascent=1, descent=1, line_gap=0,
        advances=dict.fromkeys(map(ord, letters), 1),
    )  # fmt: skip
    return fonts.Typeface("Liberation Serif", {(False, False): one})


def test_a_face_without_the_vietnamese_letters_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    old = face("abcđêôơưăâ")
    monkeypatch.setattr(fonts, "installed", lambda family, files="*": old)
    fonts.resolve.cache_clear()
    with pytest.raises(ToolError, match="Liberation Serif thiếu 1"):
        fonts.resolve("Times New Roman")
    fonts.resolve.cache_clear()


def test_a_machine_without_any_face_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fonts, "installed", lambda family, files="*": None)
    fonts.resolve.cache_clear()
    with pytest.raises(ToolError, match="cài một trong các phông: Times New Roman; Liberation"):
        fonts.resolve("Times New Roman")
    fonts.resolve.cache_clear()


def test_the_face_of_this_machine_has_every_vietnamese_letter() -> None:
    assert len(fonts.VIETNAMESE) == 146
    assert fonts.resolve("Times New Roman").missing == ""
    assert not fonts.substituted("Times New Roman")


def test_a_file_that_is_no_font_has_no_faces(tmp_path: Path) -> None:
    path = tmp_path / "x.ttf"
    for data in (b"", b"\0\1\0\0", b"ttcf" + bytes(40), bytes(200)):
        path.write_bytes(data)
        assert list(faces_in(path)) == []


def test_a_template_that_is_no_document_is_told() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.txt", LONG)
    with pytest.raises(TemplateError, match="không có phần nội dung chính"):
        preview.pdf(stream.getvalue())


def test_what_cannot_be_drawn_is_named_in_every_document_that_has_it() -> None:
    """What was written before is remembered: its faults must not be forgotten."""
    content = docx(paragraph(run("viền", '<w:bdr w:val="single" w:sz="4"/>')))
    assert preview.undrawable(content) == preview.undrawable(content) != ()


def test_the_pages_of_a_section_are_counted_only_where_it_is_the_only_one() -> None:
    field = '<w:fldSimple w:instr="SECTIONPAGES"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
    assert preview.undrawable(docx(paragraph(field))) == ()
    two = docx(paragraph("a", properties=section()), paragraph(field))
    assert [each.what for each in preview.undrawable(two)] == ["số trang của phần văn bản"]


def test_a_missing_sign_is_told_with_its_place_each_time() -> None:
    content = docx(paragraph("đầu"), paragraph("chữ \U00013000 lạ"))
    for _ in range(2):
        with pytest.raises(DataError) as error:
            preview.pdf(content, "van-ban.docx")
        (problem,) = error.value.problems
        assert (problem.at, "U+13000" in problem.message) == ("đoạn 2", True)


def test_a_face_the_machine_lacks_is_told() -> None:
    fonts = '<w:rFonts w:ascii="Không Có Phông" w:hAnsi="Không Có Phông"/>'
    assert draw(docx(paragraph(run("chữ", fonts)))).replaced == ("Không Có Phông",)
    assert draw(docx(paragraph(run("chữ")))).replaced == ()
