"""The components of documents in tables, tabs and text boxes, ours and others'."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest

from generator.conformity.checking import Report, check_document
from generator.conformity.document import read_document
from generator.conformity.mending.mend import mend_document
from generator.conformity.profile import load_profile
from generator.conformity.recognise import recognise
from generator.ooxml import read_package
from generator.pipeline import open_form
from tests import judges
from tests.clerk import FORMS
from tests.conformity.drawing import LAYOUTS, NS, Letter, draw, rewritten
from tests.conformity.letters import LETTER, LETTERS, PLAN
from tests.conformity.resaving import resaved
from tests.conftest import need
from tests.forms.reading import sample

LAYOUT_NAMES = {"table": "bảng", "tabs": "tab", "boxes": "hộp chữ"}
CORPUS = [(name, layout) for name in LETTERS for layout in LAYOUTS]


def components(report: Report) -> dict[str, list[str]]:
    """The words of each component of the document itself."""
    assert report.found is not None
    parts = report.found.main.parts
    return {key: [item.words for item in found] for key, found in parts.items()}


def expected(letter: Letter) -> dict[str, list[str]]:
    """What a reader finds in a letter."""
    grouped = {
        "quoc_hieu": [letter.country],
        "tieu_ngu": [letter.motto],
        "so_ky_hieu": [letter.number],
        "dia_danh": [letter.date],
        "co_quan_chu_quan": [" ".join(letter.superior)],
        "co_quan_ban_hanh": [" ".join(letter.issuer)],
        "trich_yeu_cong_van": [letter.about],
        "ten_loai": [letter.title],
        "trich_yeu": [" ".join(letter.summary)],
        "kinh_gui": list(letter.to[:1]),
        "kinh_gui_muc": list(letter.to[1:]),
        "tham_quyen": [letter.authority],
        "can_cu": list(letter.grounds),
        "lenh": [letter.orders],
        "noi_nhan": [letter.label],
        "noi_nhan_muc": list(letter.recipients),
        "quyen_han": [" ".join(letter.posts)],
        "ho_ten": [letter.name],
    }
    return {key: found for key, texts in grouped.items() if (found := list(filter(None, texts)))}


def test_the_corpus_holds_sixty_documents() -> None:
    assert len(CORPUS) >= 60


@pytest.mark.parametrize(("name", "layout"), CORPUS)
def test_every_component_is_found_and_nothing_is_wrong(name: str, layout: str) -> None:
    letter = LETTERS[name]
    report = check_document(draw(letter, layout), f"{name}.docx")
    assert components(report) == expected(letter)
    assert [finding.id for finding in report.findings] == []
    assert report.found is not None
    assert report.found.main.layout == LAYOUT_NAMES[layout]


def test_documents_saved_again_by_libreoffice_are_read_the_same(tmp_path: Path) -> None:
    need(judges.why_no_office())
    for name, layout in CORPUS:
        (tmp_path / f"{name}-{layout}.docx").write_bytes(draw(LETTERS[name], layout))
    saved = resaved(sorted(tmp_path.glob("*.docx")), tmp_path / "saved")
    assert len(saved) == len(CORPUS)
    for path in saved:
        report = check_document(path.read_bytes(), path.name)
        letter = LETTERS[path.stem.rpartition("-")[0]]
        assert components(report) == expected(letter), path.name
        assert [finding.id for finding in report.findings] == [], path.name


# What is truly so in a built-in form: its official model skips a number.
TRUE_FAULTS = {"de-cuong-so-lieu": {"thu_tu.khoan", "van_ban.dat_dau"}}


@pytest.mark.parametrize("form", FORMS)
def test_no_false_alarm_on_a_built_in_form(form: str) -> None:
    opened = open_form(form)
    content = opened.document(sample(form), folder=str(opened.bundle.folder))
    report = check_document(content, form, profile=opened.bundle.standard)
    told = {finding.id for finding in report.findings if finding.severity.value != "note"}
    assert told <= TRUE_FAULTS.get(form, set())


def test_what_is_not_recognised_is_said() -> None:
    letter = PLAN.but(country="", motto="", number="", date="", issuer=(), title="", summary=())
    report = check_document(draw(letter), "thu.docx")
    notes = [finding.message for finding in report.findings if finding.severity.value == "note"]
    assert notes[0].startswith("Không nhận ra phần đầu văn bản")


def test_a_paper_of_another_kind_lacks_nothing() -> None:
    letter = PLAN.but(title="BẢN CHẤM ĐIỂM", number="", label="", recipients=())
    report = check_document(draw(letter), "thu.docx")
    assert [f.id for f in report.findings] == ["van_ban.khong_nhan_ra"]
    assert "không có trong các loại văn bản hành chính" in report.findings[0].message


def test_an_open_number_and_an_open_day_are_no_faults() -> None:
    letter = PLAN.but(
        number="Số:        /KH-UBND", date="Phú Lâm Thượng, ngày      tháng 02 năm 2026"
    )
    for layout in LAYOUTS:
        report = check_document(draw(letter, layout), "thu.docx")
        assert [finding.id for finding in report.findings] == [], layout
        assert components(report)["so_ky_hieu"] == ["Số: /KH-UBND"]


def test_columns_made_with_spaces_are_read_as_columns() -> None:
    gap = " " * 12
    content = draw(
        PLAN.but(issuer=(), superior=(), country="", motto="", number="", date="",
                 rules_mm={"issuer": None, "motto": None}, title="", summary=(), grounds=(),
                 body=(("country", f"UBND TỈNH LÂM SƠN{gap}CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
                       ("motto", f"SỞ NỘI VỤ{gap}Độc lập - Tự do - Hạnh phúc"),
                       ("number", f"Số: 05/KH-SNV{gap}Lâm Sơn, ngày 05 tháng 3 năm 2026"),
                       ("title", "KẾ HOẠCH"), ("summary", "Cải cách hành chính năm 2026"),
                       *PLAN.body)),
    )  # fmt: skip
    package = read_package(content, "thu.docx")
    names = [name for row in load_profile("nd30_2020").types.values() for name in row]
    unit = recognise(read_document(package), names).main
    assert unit.parts["so_ky_hieu"][0].words == "Số: 05/KH-SNV"
    assert unit.parts["dia_danh"][0].words == "Lâm Sơn, ngày 05 tháng 3 năm 2026"
    assert unit.parts["co_quan_ban_hanh"][0].words == "SỞ NỘI VỤ"
    assert unit.type_name == "Kế hoạch"


def about_below_the_date(name: str, text: str) -> str:
    """Move the paragraph "V/v …" from below the number to below the date."""
    if name != "word/document.xml":
        return text
    paragraphs = re.findall(r"<w:p>(?:(?!</w:p>).)*</w:p>", text)
    about = next(p for p in paragraphs if "V/v" in p)
    date = next(p for p in paragraphs if "ngày 19 tháng 01" in p)
    return text.replace(about, "").replace(date, date + about)


def test_the_summary_of_a_letter_in_the_wrong_column_is_told_of() -> None:
    content = rewritten(draw(LETTER), about_below_the_date)
    report = check_document(content, "thu.docx")
    assert [finding.id for finding in report.findings] == ["trich_yeu_cong_van.vi_tri"]


def test_a_place_names_the_page_where_word_has_printed_it() -> None:
    def second_page(name: str, text: str) -> str:
        words = '<w:t xml:space="preserve">II. NỘI DUNG'
        return text.replace(words, f"<w:lastRenderedPageBreak/>{words}")

    letter = PLAN.but(label="Nơi nhận")
    plain = check_document(draw(letter), "thu.docx").findings[0]
    paged = check_document(rewritten(draw(letter), second_page), "thu.docx").findings[0]
    assert str(plain.place).startswith("đoạn ")
    assert str(paged.place) == f"trang 2, {plain.place}"


def test_a_place_bounds_the_words_it_quotes() -> None:
    letter = PLAN.but(
        body=(*PLAN.body[:-1], ("text", "2. Giao  Công an xã , “Phòng Văn hoá thực hiện./."))
    )
    findings = check_document(draw(letter), "thu.docx").findings
    assert {finding.id for finding in findings} == {
        "van_ban.hai_dau_cach", "van_ban.cach_truoc_dau", "van_ban.ngoac", "van_ban.dat_dau",
    }  # fmt: skip
    bounded = {f.id: (p.paragraph.text[p.start : p.end] if (p := f.place).paragraph else "")
               for f in findings}  # fmt: skip
    assert bounded == {
        "van_ban.hai_dau_cach": "  ",
        "van_ban.cach_truoc_dau": " ,",
        "van_ban.ngoac": "“",
        "van_ban.dat_dau": "hoá",
    }


def test_a_table_may_close_the_content() -> None:
    def with_table(name: str, text: str) -> str:
        cell = "<w:tc><w:p><w:r><w:rPr><w:rFonts w:ascii='Times New Roman' "
        cell += "w:hAnsi='Times New Roman'/></w:rPr><w:t>1</w:t></w:r></w:p></w:tc>"
        table = f"<w:tbl><w:tr>{cell * 2}</w:tr></w:tbl><w:p/>"
        return text.replace(
            "xử lý.</w:t></w:r></w:p><w:tbl>", f"xử lý.</w:t></w:r></w:p>{table}<w:tbl>"
        )

    letter = PLAN.but(body=tuple((k, t.replace("xử lý./.", "xử lý.")) for k, t in PLAN.body))
    plain = check_document(draw(letter), "thu.docx")
    closed = check_document(rewritten(draw(letter), with_table), "thu.docx")
    assert [finding.id for finding in plain.findings] == ["noi_dung.ket_thuc"]
    assert [finding.id for finding in closed.findings] == []


# ---------------------------------------------------------------- automatic numbers
_NUMBERING = (
    f'<w:numbering {NS}><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start '
    'w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%1)"/><w:lvlJc w:val="left"/>'
    '<w:pPr><w:ind w:left="720" w:hanging="360"/></w:pPr></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
)


def numbered_by_word(letter: Letter, *, indented: bool) -> bytes:
    """Return a letter whose points a), b) have numbers that Word counts, not typed ones."""
    own = '<w:ind w:left="0" w:firstLine="720"/>'

    def change(name: str, text: str) -> str:
        if name == "word/document.xml":
            rest = "(?:(?!<w:pPr>).)*?"
            point = re.compile(rf"<w:pPr>({rest})<w:ind[^>]*>({rest}>)[ab]\) ")
            numbers = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
            return point.sub(rf"<w:pPr>{numbers}\1{own if indented else ''}\2", text)
        if name.endswith("document.xml.rels"):
            kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/numbering"
            new = f'<Relationship Id="rId9" Type="{kind}" Target="numbering.xml"/>'
            return text.replace("</Relationships>", f"{new}</Relationships>")
        if name == "[Content_Types].xml":
            kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml"
            new = f'<Override PartName="/word/numbering.xml" ContentType="{kind}"/>'
            return text.replace("</Types>", f"{new}</Types>")
        return text

    stream = io.BytesIO(rewritten(draw(letter), change))
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("word/numbering.xml", _NUMBERING)
    return stream.getvalue()


def test_numbers_that_word_counts_are_read_like_typed_ones() -> None:
    content = numbered_by_word(PLAN, indented=True)
    assert b"a) " not in zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml")
    report = check_document(content, "thu.docx")
    assert report.findings == ()
    assert report.found is not None
    points = [item.number for item in report.found.main.body if item.level.value == "diem"]
    assert points == ["a", "b"]


def test_the_indent_of_a_numbered_list_is_mended_on_its_paragraphs() -> None:
    """The list hangs its numbers 6 mm from the margin; the decree asks for 10 or 12,7 mm."""
    content = numbered_by_word(PLAN, indented=False)
    assert {f.id for f in check_document(content, "thu.docx").findings} == {"noi_dung.thut_dong"}
    mended = mend_document(content, "thu.docx")
    assert mended.after.findings == ()
    assert mended.words == ()
