"""The Kế hoạch: its whole text, its marked words, and its pages measured against the decree.

Pages are those LibreOffice prints. "PL I" in a comment is Nghị định 30/2020/NĐ-CP, Phụ lục I,
Phần I; its table of sizes is mục V.
"""

from __future__ import annotations

import json
import re
import tomllib
from difflib import SequenceMatcher
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from generator.pipeline import Form, open_form
from generator.records.data import RawRecord
from tests.conftest import ToPdfs
from tests.judges import Line, Page, Rule, pdf_pages
from tests.making import opened

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "fixtures/ke-hoach"
RECORD: dict[str, Any] = json.loads((FOLDER / "nga-son.json").read_text(encoding="utf-8"))
BODY = (FOLDER / "nga-son-noi-dung.md").read_text(encoding="utf-8").strip()
TEXT = (FOLDER / "nga-son.txt").read_text(encoding="utf-8").splitlines()


@cache
def form() -> Form:
    return open_form("ke-hoach")


def plan(**changes: Any) -> bytes:
    """The plan of the fixture with some fields changed."""
    text = json.dumps(RECORD | changes, ensure_ascii=False)
    return form().render(RawRecord(file="thu.json", text=text, folder=str(FOLDER)))


# ================================================================ text
def paragraphs(content: bytes) -> list[Any]:
    """The paragraphs that print something, in document order, those in tables too."""
    document = opened(content)
    found = [Paragraph(node, document._body) for node in document.element.body.iter(qn("w:p"))]
    return [paragraph for paragraph in found if paragraph.text.strip()]


def printed(content: bytes) -> list[str]:
    return [paragraph.text for paragraph in paragraphs(content)]


def differences(expected: list[str], found: list[str]) -> list[tuple[list[str], list[str]]]:
    """What should stand where something else does: (expected paragraphs, found ones)."""
    matcher = SequenceMatcher(None, expected, found, autojunk=False)
    return [
        (expected[a:b], found[c:d]) for kind, a, b, c, d in matcher.get_opcodes() if kind != "equal"
    ]


def test_the_whole_text_is_printed_paragraph_by_paragraph() -> None:
    assert differences(TEXT, printed(plan())) == []


LINES = [line for line in BODY.split("\n") if line]


@pytest.mark.parametrize("number", range(0, len(LINES), 5))
def test_the_comparison_sees_a_paragraph_that_is_missing(number: int) -> None:
    content = plan(noi_dung="\n".join(LINES[:number] + LINES[number + 1 :]))
    ((missing, added),) = differences(TEXT, printed(content))
    assert (len(missing), added) == (1, [])


@pytest.mark.parametrize("number", range(0, len(LINES), 5))
def test_the_comparison_sees_a_paragraph_that_is_added(number: int) -> None:
    content = plan(noi_dung="\n".join([*LINES[:number], "Đoạn lạ.", *LINES[number:]]))
    assert differences(TEXT, printed(content)) == [([], ["Đoạn lạ."])]


@pytest.mark.parametrize("number", range(0, len(LINES), 5))
def test_the_comparison_sees_one_letter_altered(number: int) -> None:
    altered = LINES[number][:-2] + "ạ" + LINES[number][-1]
    content = plan(noi_dung="\n".join([*LINES[:number], altered, *LINES[number + 1 :]]))
    ((missing, added),) = differences(TEXT, printed(content))
    assert (len(missing), len(added)) == (1, 1)


@pytest.mark.parametrize(
    ("changes", "missing", "added"),
    [
        ({"so": 34}, ["Số: 33/KH-BCĐ"], ["Số: 34/KH-BCĐ"]),
        ({"luu": "VP"}, ["- Lưu: VP, XDPT."], ["- Lưu: VP."]),
        ({"noi_nhan": RECORD["noi_nhan"][1:]}, ["- TT BCĐ 138 tỉnh;"], []),
        ({"co_quan_chu_quan": None}, ["UBND HUYỆN NGA SƠN"], []),
    ],
)
def test_the_comparison_sees_the_other_fields(
    changes: dict[str, Any], missing: list[str], added: list[str]
) -> None:
    assert differences(TEXT, printed(plan(**changes))) == [(missing, added)]


def test_bold_words_inside_sentences() -> None:
    bold = [run.text for p in paragraphs(plan()) for run in p.runs if run.bold]
    assert bold == [
        "Hình thức:",
        "Thời gian tổng kết:",
        "31/5/2018",
        "15/7/2018",
        "05",
        "10/6/2018",
    ]


def test_guidance_in_parentheses_is_italic_inside_them() -> None:
    marked = [
        (before.text[-1], run.text, after.text[0])
        for p in paragraphs(plan())
        for before, run, after in zip(p.runs, p.runs[1:], p.runs[2:], strict=False)
        if run.italic
    ]
    assert marked == [
        ("(", "theo đề cương gửi kèm Kế hoạch này", ")"),
        (
            "(",
            "Chỉ được tổ chức hội nghị tổng kết cấp xã sau khi đã tổ chức họp Tổ ANXH và hội nghị "
            "tổng kết ở cấp thôn, xóm",
            ")",
        ),
        ("(", "Cơ quan thường trực của Ban chỉ đạo 138 huyện", ")"),
        ("(", "qua Đội XDPT và PTX về ANTT Công an huyện", ")"),
    ]


def test_each_paragraph_has_the_style_of_its_level() -> None:
    styles = {p.text: p._p.pPr.pStyle.val for p in paragraphs(plan())}
    assert {text[:22]: styles[text] for text in TEXT[8:24]} == {
        "Thực hiện Kế hoạch số ": "NoiDung",
        "I. MỤC ĐÍCH, YÊU CẦU": "MucLaMa",
        "1. Đánh giá khách quan": "DoanSo",
        "2. Gắn nội dung tổng k": "DoanSo",
        "3. Công tác tổng kết p": "DoanSo",
        "II. NỘI DUNG, BIỆN PHÁ": "MucLaMa",
        "1. Nội dung tổng kết": "Khoan",
        "- Đánh giá công tác lã": "GachDau",
        "- Tập hợp, đánh giá kế": "GachDau",
        "- Đánh giá kết quả thự": "GachDau",
        "- Rà soát, lựa chọn nh": "GachDau",
        "2. Hình thức, biện phá": "Khoan",
        "- Hình thức: Tổ chức h": "GachDau",
        "Sau khi tiếp thu kế ho": "NoiDung",
        "Tổ chức sinh hoạt các ": "NoiDung",
        "- Thời gian tổng kết: ": "GachDau",
    }


def test_no_page_break_is_typed() -> None:
    body = opened(plan()).element.body
    assert "page" not in {node.get(qn("w:type")) for node in body.iter(qn("w:br"))}
    assert not list(body.iter(qn("w:pageBreakBefore")))


# ================================================================ pages
LONG_NAME = {
    "co_quan_chu_quan": "ỦY BAN NHÂN DÂN THÀNH PHỐ THUỘC TỈNH BÀ RỊA - VŨNG TÀU",
    "co_quan_ban_hanh": "BAN CHỈ ĐẠO XÂY DỰNG LÀNG AN TOÀN, KHU DÂN CƯ AN TOÀN; CƠ QUAN, DOANH "
    "NGHIỆP AN TOÀN VỀ AN NINH, TRẬT TỰ",
    "dia_danh": "Thành phố Hồ Chí Minh",
}
FULL_SIGNATURE = {
    "quyen_han": ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH"],
    "chuc_vu": "PHÓ CHỦ TỊCH",
    "chuc_vu_thu_hai": "TRƯỞNG BAN CHỈ ĐẠO",
    "vi_tri_chuc_vu_thu_hai": "tren_ho_ten",
    "cap_bac": "Đại tá",
    "ho_ten": "Nguyễn Thị Minh An",
}
VARIANTS: dict[str, dict[str, Any]] = {
    "gốc": {},
    "chưa có số": {"so": None},
    "chưa có ngày": {"ngay_ban_hanh": None},
    "chưa có địa danh và ngày": {"dia_danh": None, "ngay_ban_hanh": None},
    "tên cơ quan dài": LONG_NAME,
    "không có cơ quan chủ quản": {"co_quan_chu_quan": None},
    "trích yếu dài": {"trich_yeu": "; ".join([RECORD["trich_yeu"]] * 3)},
    "trích yếu ngắn": {"trich_yeu": "Diễn tập phòng thủ"},
    "chữ ký đầy đủ": {"nguoi_ky": FULL_SIGNATURE, "noi_dung": "Các đơn vị thực hiện./."},
}
PARAGRAPH = (
    "Đoạn này có một câu vừa đủ dài để chiếm hai dòng trên trang giấy khổ A4 với lề trái 30 mm và "
    "lề phải 15 mm theo quy định hiện hành{}"
)
# One page and a little more or less, so that some signature block meets the end of the page; names
# and summaries of every length, so that rules are measured under lines of every length.
LENGTHS = {
    f"{count} đoạn": {
        "noi_dung": "\n".join(
            ("I. TỔ CHỨC THỰC HIỆN\n" * (number % 3 == 1))
            + PARAGRAPH.format("." if number < count - 1 else "./.")
            for number in range(count)
        ),
        "trich_yeu": RECORD["trich_yeu"][: 11 * (count - 5)].strip(),
        "co_quan_ban_hanh": LONG_NAME["co_quan_ban_hanh"][: 7 * (count - 5)].strip(" ,;"),
        "nguoi_ky": FULL_SIGNATURE if count % 2 else RECORD["nguoi_ky"],
    }
    for count in range(6, 18)
}
Pages = dict[str, list[Page]]


SAMPLE: dict[str, Any] = json.loads(
    (ROOT / "doctemplates/ke-hoach/sample.json").read_text(encoding="utf-8")
)


@pytest.fixture(scope="module")
def all_pages(to_pdfs: ToPdfs, tmp_path_factory: pytest.TempPathFactory) -> Pages:
    folder = tmp_path_factory.mktemp("ke-hoach")
    plans = VARIANTS | LENGTHS | {"có căn cứ và bảng": SAMPLE}
    docxs = []
    for number, changes in enumerate(plans.values()):
        docxs.append(folder / f"{number}.docx")
        docxs[-1].write_bytes(plan(**changes))
    return dict(zip(plans, map(pdf_pages, to_pdfs(docxs, folder)), strict=True))


@pytest.fixture
def pages(all_pages: Pages) -> Pages:
    """The pages of the plans whose text is paragraphs alone."""
    return {name: all_pages[name] for name in VARIANTS | LENGTHS}


LEFT_MM, RIGHT_MM, TOP_MM, BOTTOM_MM = 30, 195, 20, 277  # the text area the template draws
MIDDLE_MM = (LEFT_MM + RIGHT_MM) / 2
SINGLE_MM = 1.149 * 14 * 25.4 / 72  # a line of 14 pt Times New Roman, single spacing
SIX_POINTS_MM = 6 * 25.4 / 72


def line(pages: list[Page], start: str) -> Line:
    (found,) = [line for page in pages for line in page.lines if line.text.startswith(start)]
    return found


def rule_below(pages: list[Page], above: Line) -> Rule:
    rules = [rule for rule in pages[above.page - 1].rules if 0 < rule.y_mm - above.baseline_mm < 5]
    (found,) = [rule for rule in rules if above.x0_mm - 1 < rule.center_mm < above.x1_mm + 1]
    return found


def numbers(page: Page) -> list[Line]:
    """What stands in the top margin."""
    return [line for line in page.lines if line.baseline_mm < TOP_MM]


def body(pages: list[Page]) -> list[Line]:
    """The lines between the rule under the summary and Nơi nhận."""
    start = pages[0].rules[-1].y_mm
    lines = [line for page in pages for line in page.lines if line not in numbers(page)]
    lines = [line for line in lines if line.page > 1 or line.baseline_mm > start]
    return lines[: next(i for i, line in enumerate(lines) if line.text == "Nơi nhận:")]


def starts_paragraph(line: Line) -> bool:
    return line.x0_mm > LEFT_MM + 5


# PL I, I.1, I.3: A4; top and bottom 20-25 mm, left 30-35 mm, right 15-20 mm
def test_paper_and_margins() -> None:
    section: Any = opened(plan()).sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert 20 <= section.top_margin.mm <= 25
    assert 20 <= section.bottom_margin.mm <= 25
    assert 30 <= section.left_margin.mm <= 35
    assert 15 <= section.right_margin.mm <= 20


def test_nothing_is_printed_outside_the_margins(pages: Pages) -> None:
    for name, printed_pages in pages.items():
        for page in printed_pages:
            assert (page.width_mm, page.height_mm) == pytest.approx((210, 297), abs=0.2), name
            for each in page.lines:
                inside = each.x0_mm >= LEFT_MM - 0.2 and each.x1_mm <= RIGHT_MM + 0.5
                assert inside, (name, each)
                assert each in numbers(page) or each.baseline_mm < BOTTOM_MM, (name, each)


# PL I, I.4: one typeface, Times New Roman
def test_one_typeface(pages: Pages) -> None:
    faces = tomllib.loads((ROOT / "fonts/faces.toml").read_text(encoding="utf-8"))["face"]
    allowed = {face["family"].replace(" ", "") for face in faces if "stands_for" not in face}
    used = {line.font for each in pages.values() for page in each for line in page.lines}
    assert used <= allowed
    assert len(used) == 1


@pytest.mark.parametrize(
    ("start", "size", "bold", "italic", "upper"),
    [
        ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 13, True, False, True),  # V.1
        ("Độc lập - Tự do - Hạnh phúc", 14, True, False, False),  # V.1
        ("UBND HUYỆN NGA SƠN", 13, False, False, True),  # V.2
        ("BAN CHỈ ĐẠO 138", 13, True, False, True),  # V.2
        ("Số: 33/KH-BCĐ", 13, False, False, False),  # V.3
        ("Nga Sơn, ngày 11 tháng 4 năm 2018", 14, False, True, False),  # V.4
        ("KẾ HOẠCH", 14, True, False, True),  # V.5a
        ("Tổng kết 10 năm thực hiện Đề án 375", 14, True, False, False),  # V.5a
        ("an toàn về ANTT (giai đoạn 2008 - 2018)", 14, True, False, False),  # V.5a
        ("Thực hiện Kế hoạch số 49/KH-BCĐ", 14, False, False, False),  # V.6
        ("I. MỤC ĐÍCH, YÊU CẦU", 14, True, False, True),  # V.6b
        ("1. Nội dung tổng kết", 14, True, False, False),  # V.6b: khoản with a title
        ("1. Đánh giá khách quan", 14, False, False, False),  # V.6b: khoản without one
        ("Nơi nhận:", 12, True, True, False),  # V.8b
        ("- TT BCĐ 138 tỉnh;", 11, False, False, False),  # V.8b
        ("- Lưu: VP, XDPT.", 11, False, False, False),  # V.8b
        ("TRƯỞNG BAN", 14, True, False, True),  # V.7
        ("CHỦ TỊCH UBND HUYỆN", 14, True, False, True),  # V.7
        ("Lê Hữu Phước", 14, True, False, False),  # V.7
    ],
)
def test_size_weight_slant_and_case(
    pages: Pages, start: str, size: float, bold: bool, italic: bool, upper: bool
) -> None:
    found = line(pages["gốc"], start)
    assert (found.size_pt, found.bold, found.italic) == (size, bold, italic)
    assert found.text.isupper() is upper


# PL I, V, note 1: quốc hiệu 13 goes with tiêu ngữ 14 and date 14; all body text of one size
def test_sizes_rise_and_fall_together(pages: Pages) -> None:
    for name in VARIANTS:
        heads = ("Độc lập - Tự do", "KẾ HOẠCH")
        assert {line(pages[name], start).size_pt for start in heads} == {14}
        assert {each.size_pt for each in body(pages[name])} == {14}


# PL I, IV: ô 1 top right, ô 2 top left level with it, ô 3 and ô 4 on one line
def test_the_head_stands_in_two_columns(pages: Pages) -> None:
    for name, changes in VARIANTS.items():
        each = pages[name]
        motto = line(each, "Độc lập")
        if changes is not LONG_NAME:  # the judge joins its wrapped first line with the next column
            title = line(each, "CỘNG HÒA")
            assert title.center_mm > 105
            assert title.center_mm == pytest.approx(motto.center_mm, abs=0.3)
            agency = min(each[0].lines, key=lambda found: (found.baseline_mm, found.x0_mm))
            assert agency.center_mm < 105
            assert agency.baseline_mm == pytest.approx(title.baseline_mm, abs=0.3)
        number = line(each, "Số:")
        date = next(found for found in each[0].lines if ", ngày " in found.text)
        assert number.baseline_mm == pytest.approx(date.baseline_mm, abs=0.3)
        assert date.center_mm == pytest.approx(motto.center_mm, abs=2.5)
        assert number.center_mm == pytest.approx(line_above(each, number).center_mm, abs=0.5)


def line_above(pages: list[Page], below: Line) -> Line:
    """The nearest line above in the left column: the last of the agency's name."""
    left = [each for each in pages[0].lines if each.x1_mm < 93]
    return [each for each in left if each.baseline_mm < below.baseline_mm][-1]


# PL I, II.1.b: as long as the tiêu ngữ; II.2.b, II.5.b: 1/3 to 1/2 of the line, centred under it
def test_the_rules(pages: Pages) -> None:
    for name, each in pages.items():
        motto = line(each, "Độc lập")
        rule = rule_below(each, motto)
        assert rule.length_mm == pytest.approx(motto.width_mm, rel=0.03), name
        assert rule.center_mm == pytest.approx(motto.center_mm, abs=0.5), name

        agency = line_above(each, line(each, "Số:"))
        rule = rule_below(each, agency)
        assert 1 / 3 <= rule.length_mm / agency.width_mm <= 1 / 2, (name, agency)
        assert rule.center_mm == pytest.approx(agency.center_mm, abs=0.5), name

        end = each[0].rules[-1].y_mm
        last = [found for found in each[0].lines if found.baseline_mm < end][-1]
        rule = rule_below(each, last)
        assert 1 / 3 <= rule.length_mm / last.width_mm <= 1 / 2, (name, last)
        assert rule.center_mm == pytest.approx(last.center_mm, abs=0.5), name
        assert len(each[0].rules) == 3, name


# PL I, II.5.b: type and summary centred across the page
def test_the_title_is_centred(pages: Pages) -> None:
    for name in VARIANTS:
        title = line(pages[name], "KẾ HOẠCH")
        rule = pages[name][0].rules[-1]
        for each in pages[name][0].lines:
            if title.baseline_mm <= each.baseline_mm < rule.y_mm:
                assert each.center_mm == pytest.approx(MIDDLE_MM, abs=0.5), (name, each)


# PL I, II.6.e: both sides straight, first line 1 cm or 1.27 cm in, gap 6 pt or more, lines 1 to 1.5
def test_the_body_is_justified_with_the_indent_gap_and_spacing_of_the_decree(pages: Pages) -> None:
    for name, each in pages.items():
        lines = body(each)
        for first, second in pairwise(lines):
            indent = second.x0_mm - LEFT_MM
            assert min(abs(indent - step) for step in (0, 10, 12.7)) < 0.3, (name, second)
            if not starts_paragraph(second):  # the paragraph goes on: its line before is full
                assert first.x1_mm == pytest.approx(RIGHT_MM, abs=1), (name, first)
            if first.page != second.page:
                continue
            step = second.baseline_mm - first.baseline_mm
            if starts_paragraph(second):
                assert step - SINGLE_MM >= SIX_POINTS_MM - 0.03, (name, second)
            else:
                assert SINGLE_MM - 0.03 <= step <= 1.5 * SINGLE_MM, (name, second)


# PL I, I.7: in the top margin, centred, from 1, Arabic, 13-14 pt upright; not on the first page
def test_the_page_number(pages: Pages) -> None:
    for name, each in pages.items():
        assert numbers(each[0]) == [], name
        for page in each[1:]:
            (number,) = numbers(page)
            assert number.text == str(page.number), name
            assert number.center_mm == pytest.approx(MIDDLE_MM, abs=0.5)
            assert (number.size_pt, number.bold, number.italic) == (14, False, False)


# PL I, II.9.c, IV: label and items flush left, label level with the first authority line
@pytest.mark.parametrize(("name", "first"), [("gốc", "TRƯỞNG"), ("chữ ký đầy đủ", "TM. ")])
def test_recipients_and_signature_stand_level(pages: Pages, name: str, first: str) -> None:
    each = pages[name]
    label, authority = line(each, "Nơi nhận:"), line(each, first)
    assert label.page == authority.page
    assert label.baseline_mm == pytest.approx(authority.baseline_mm, abs=0.3)
    items = [f for f in each[-1].lines if f.text.startswith("- ") and f.size_pt == 11]
    assert [item.text for item in items] == TEXT[TEXT.index("Nơi nhận:") + 1 :][:7]
    assert all(item.x0_mm == pytest.approx(LEFT_MM, abs=0.3) for item in [label, *items])
    assert all(item.text.endswith(";") for item in items[:-1])
    assert items[-1].text.endswith(".")


# PL I, II.7: lines centred under each other in the right half, room for signature and seal
@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("gốc", ["TRƯỞNG BAN", "CHỦ TỊCH UBND HUYỆN", "Lê Hữu Phước"]),
        (
            "chữ ký đầy đủ",
            ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", "TRƯỞNG BAN CHỈ ĐẠO",
             "Đại tá Nguyễn Thị Minh An"],
        ),
    ],
)  # fmt: skip
def test_the_signature(pages: Pages, name: str, lines: list[str]) -> None:
    found = [line(pages[name], text) for text in lines]
    assert [each.text for each in found] == lines
    assert sorted(found, key=lambda each: each.baseline_mm) == found
    middle = found[0].center_mm
    assert middle > 105
    assert all(each.center_mm == pytest.approx(middle, abs=0.3) for each in found)
    steps = [second.baseline_mm - first.baseline_mm for first, second in pairwise(found)]
    assert max(steps) > 25


# PL III, mẫu 1.4: the content ends with ./. right above Nơi nhận
def test_the_content_ends_above_the_recipients(pages: Pages) -> None:
    for name, each in pages.items():
        last = body(each)[-1]
        assert last.text.endswith("./."), name
        assert last.page == line(each, "Nơi nhận:").page, name


def test_the_signature_is_never_alone_on_a_page_nor_torn(pages: Pages) -> None:
    counts = set()
    for name, each in pages.items():
        signer = (VARIANTS | LENGTHS)[name].get("nguoi_ky", RECORD["nguoi_ky"])
        block = [line(each, "Nơi nhận:"), line(each, "- Lưu:")]
        block += [f for p in each for f in p.lines if f.text.endswith(signer["ho_ten"])]
        assert {found.page for found in block} == {len(each)}, name
        assert body(each)[-1].page == len(each), name
        counts.add(len(each))
    assert {1, 2, 4} <= counts  # the lengths tried do reach the end of a page


def test_a_heading_is_never_the_last_line_of_a_page(pages: Pages) -> None:
    for name, each in pages.items():
        for first, second in pairwise(body(each)):
            assert first.page == second.page or not first.bold, (name, first)


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("name", ["gốc", "chữ ký đầy đủ", "trích yếu dài", "9 đoạn"])
def test_the_pages_hold_the_text_of_the_document(pages: Pages, name: str) -> None:
    lines = [each for page in pages[name] for each in page.lines if each not in numbers(page)]
    across = squeezed("".join(each.text for each in lines))
    expected = printed(plan(**(VARIANTS | LENGTHS)[name]))
    recipients = expected.index("Nơi nhận:")
    for paragraph in expected[expected.index("KẾ HOẠCH") : recipients]:
        assert squeezed(paragraph) in across
    for paragraph in expected[recipients:]:  # two columns side by side, each paragraph a line
        assert paragraph in [each.text for each in lines]


# ---------------------------------------------------------------- what a missing value leaves
def places(page: Page, but: str) -> list[tuple[str, float, float]]:
    return [
        (line.text, line.x0_mm, line.baseline_mm)
        for line in page.lines
        if not line.text.startswith(but)
    ]


# PL I, II.3: the number waits for its place in the register
def test_a_plan_without_its_number_leaves_room_and_moves_nothing(pages: Pages) -> None:
    base, without = pages["gốc"], pages["chưa có số"]
    number = line(without, "Số:")
    assert number.text == "Số: /KH-BCĐ"
    assert number.width_mm > line(base, "Số:").width_mm  # room for three digits
    assert [places(p, "Số:") for p in without] == [places(p, "Số:") for p in base]


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("chưa có ngày", "Nga Sơn, ngày …+ tháng …+ năm …+"),
        ("chưa có địa danh và ngày", "…+, ngày …+ tháng …+ năm …+"),
    ],
)
def test_a_plan_without_its_date_leaves_dots_and_moves_nothing(
    pages: Pages, name: str, pattern: str
) -> None:
    (date,) = [each for each in pages[name][0].lines if re.fullmatch(pattern, each.text)]
    assert date.italic
    assert [places(p, date.text) for p in pages[name]] == [
        places(p, "Nga Sơn,") for p in pages["gốc"]
    ]


def test_a_long_name_wraps_in_its_column_and_leaves_the_other_alone(pages: Pages) -> None:
    base, long = pages["gốc"], pages["tên cơ quan dài"]
    assert line(long, "Độc lập") == line(base, "Độc lập")
    assert rule_below(long, line(long, "Độc lập")) == rule_below(base, line(base, "Độc lập"))
    number = line(long, "Số:")
    assert rule_below(long, line_above(long, number)).y_mm < number.baseline_mm - 4
    assert line(long, "Thành phố Hồ Chí Minh, ngày 11 tháng 4 năm 2018")


def test_an_agency_without_a_superior_stands_on_the_first_line(pages: Pages) -> None:
    base, alone = pages["gốc"], pages["không có cơ quan chủ quản"]
    agency = line(alone, "BAN CHỈ ĐẠO 138")
    assert agency.baseline_mm == line(base, "UBND HUYỆN").baseline_mm
    assert agency.bold


# ---------------------------------------------------------------- grounds and a table
# PL I, II.6.a: italic, each ground a paragraph that ends with a semicolon, the last with a stop
def test_the_grounds(all_pages: Pages) -> None:
    found = [f for f in all_pages["có căn cứ và bảng"][0].lines if f.italic and f.x0_mm < 60]
    text = "".join(each.text for each in found)
    assert squeezed(text) == squeezed("; ".join(SAMPLE["can_cu"]) + ".")
    assert {each.size_pt for each in found} == {14}


def test_a_table_in_the_text_is_as_wide_as_the_text(all_pages: Pages) -> None:
    page = next(
        page
        for page in all_pages["có căn cứ và bảng"]
        if any(line.text.startswith("Nhóm thôn") for line in page.lines)
    )
    rules = [rule for rule in page.rules if rule.length_mm > 100]
    assert len(rules) == len(["trên đầu cột", "dưới đầu cột", "dòng 1", "dòng 2", "dòng 3"])
    for rule in rules:
        assert (rule.x0_mm, rule.x1_mm) == pytest.approx((LEFT_MM, RIGHT_MM), abs=0.5)
    rows = [f.text for f in page.lines if rules[1].y_mm < f.baseline_mm < rules[-1].y_mm]
    assert (
        squeezed("".join(rows)) == "Trungtâm(dưới02km2)041.20095%Vensông051.05090%Vùngđồi0348085,5%"
    )
    heads = [f for f in page.lines if rules[0].y_mm < f.baseline_mm < rules[1].y_mm]
    assert all(each.bold for each in heads)
