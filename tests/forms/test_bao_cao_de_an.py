"""The report, the second plan, and the scheme with the decision that issues it.

Each is printed whole from its fixture and compared with the text it must have, paragraph by
paragraph; then filled in part, left blank, and stretched until its pages are full.
"""

from __future__ import annotations

import json
import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from docx.oxml.ns import qn

from generator.errors import DataError
from tests.conftest import SchemaErrors, ToPdfs
from tests.forms.gallery import render
from tests.forms.reading import FIXTURES, ROOT, differences, paragraphs, sample
from tests.judges import (
    Line,
    Page,
    audit_errors,
    integrity_errors,
    leftover_tags,
    pdf_pages,
    structure_errors,
)
from tests.making import opened

REPORT, PLAN, SCHEME = ("bao-cao", "bim-son"), ("ke-hoach", "nghe-an"), ("de-an", "hoa-binh")
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
Fixture = tuple[str, str]


@cache
def whole_text(fixture: Fixture) -> list[str]:
    folder, name = fixture
    return (FIXTURES / folder / f"{name}.txt").read_text(encoding="utf-8").splitlines()


def record(fixture: Fixture, **changes: Any) -> dict[str, Any]:
    folder, name = fixture
    kept: dict[str, Any] = json.loads(
        (FIXTURES / folder / f"{name}.json").read_text(encoding="utf-8")
    )
    return kept | changes


@cache
def document(fixture: Fixture) -> bytes:
    return render(fixture[0], record(fixture))


def printed(content: bytes) -> list[str]:
    """What each paragraph prints on one line, raised digits as the characters they look like."""

    def shown(run: Any) -> str:
        text: str = run.text.replace("\n", " ")
        return text.translate(SUPERSCRIPTS) if run.font.superscript else text

    return ["".join(map(shown, paragraph.runs)) for paragraph in paragraphs(content)]


def styles(content: bytes) -> list[tuple[str, str]]:
    return [(p.text, p._p.pPr.pStyle.val) for p in paragraphs(content)]


# ================================================================ text
@pytest.mark.parametrize("fixture", [REPORT, PLAN, SCHEME])
def test_the_whole_text_is_printed_paragraph_by_paragraph(fixture: Fixture) -> None:
    assert differences(whole_text(fixture), printed(document(fixture))) == []


def body(fixture: Fixture) -> list[str]:
    """The paragraphs of the long text as typed."""
    data = record(fixture)
    typed = (data.get("de_an") or data)["noi_dung"]
    text = (FIXTURES / fixture[0] / typed["$file"]).read_text(encoding="utf-8")
    return [line for line in text.split("\n") if line]


def with_body(fixture: Fixture, lines: list[str]) -> bytes:
    data = record(fixture)
    (data.get("de_an") or data)["noi_dung"] = "\n".join(lines)
    return render(fixture[0], data)


SPOTS = [(REPORT, 0), (REPORT, 60), (REPORT, 111), (PLAN, 14), (SCHEME, 11), (SCHEME, 117)]


@pytest.mark.parametrize(("fixture", "at"), SPOTS)
def test_the_comparison_sees_a_paragraph_missing_added_or_altered(
    fixture: Fixture, at: int
) -> None:
    lines, expected = body(fixture), whole_text(fixture)
    ((missing, added),) = differences(
        expected, printed(with_body(fixture, lines[:at] + lines[at + 1 :]))
    )
    assert (len(missing), added) == (1, [])
    content = with_body(fixture, [*lines[:at], "Đoạn lạ.", *lines[at:]])
    assert differences(expected, printed(content)) == [([], ["Đoạn lạ."])]
    altered = f"{lines[at][:-2]}ạ{lines[at][-1]}"
    content = with_body(fixture, [*lines[:at], altered, *lines[at + 1 :]])
    ((missing, added),) = differences(expected, printed(content))
    assert (len(missing), len(added)) == (1, 1)


def test_the_report_has_the_levels_its_numbers_say() -> None:
    found = [(t, s) for t, s in styles(document(REPORT)) if s in {"MucLaMa", "Khoan", "Khoan2"}]
    assert [(text.split()[0], style) for text, style in found] == [
        ("I.", "MucLaMa"),
        ("II.", "MucLaMa"),
        ("1.", "Khoan"),
        ("2.", "Khoan"),
        *[(f"2.{n}.", "Khoan2") for n in (1, 2, 3)],
        ("3.", "Khoan"),
        ("III.", "MucLaMa"),
        ("1.", "Khoan"),
        *[(f"1.{n}.", "Khoan2") for n in (1, 2, 3)],
        ("2.", "Khoan"),
        *[(f"2.{n}.", "Khoan2") for n in (1, 2, 3)],
        ("3.", "Khoan"),
        ("IV.", "MucLaMa"),
        *[(f"{n}.", "Khoan") for n in (1, 2, 3)],
        ("3.1.", "Khoan2"),
        ("3.2.", "Khoan2"),
        ("V.", "MucLaMa"),
        ("1.", "Khoan"),
        ("2.", "Khoan"),
        ("VI.", "MucLaMa"),
    ]
    last = [text for text, style in styles(document(REPORT)) if style == "DoanSo"]
    assert [text[:2] for text in last] == ["1.", "2.", "3.", "4.", "5."]


def marked(content: bytes, look: str) -> list[str]:
    return [run.text for p in paragraphs(content) for run in p.runs if getattr(run.font, look)]


def test_the_marked_words_of_the_report() -> None:
    bold = marked(document(REPORT), "bold")
    assert [text for text in bold if text.startswith("- ")] == [
        "- Với Chính phủ, Bộ Công an:",
        "- Với Tỉnh ủy, HĐND tỉnh, UBND tỉnh:",
        "- Với Công an tỉnh - Cơ quan Thường trực Ban chỉ đạo 138 tỉnh:",
    ]
    assert len([text for text in bold if text[:1].isdigit() and text.endswith(":")]) == 11
    assert len(bold) == 14
    assert marked(document(REPORT), "italic") == [
        f"{number} là" for number in ("Một", "Hai", "Ba", "Bốn", "Năm", "Sáu")
    ]
    assert marked(document(REPORT), "superscript") == ["2"]


def test_the_marked_words_of_the_plan() -> None:
    assert marked(document(PLAN), "bold") == [
        "Đánh giá tổng quát",
        "Phương hướng, nhiệm vụ",
        "hoàn thành trước ngày 15/8/2024",
        "Từ ngày 15/01/2023 - 14/7/2024",
        "15/7/2024",
    ]
    assert marked(document(PLAN), "italic") == [
        "từng nội dung kết quả đạt được yêu cầu phải có số liệu cụ thể, chính xác để minh họa, "
        "chứng minh",
        "(Có Đề cương báo cáo sơ kết kèm theo)",
        "khi Bộ Công an giao chỉ tiêu",
    ]
    assert ("(Có Đề cương báo cáo sơ kết kèm theo)", "GhiChuGiua") in styles(document(PLAN))


def test_each_task_of_the_scheme_is_one_block() -> None:
    found = styles(document(SCHEME))
    start, end = (
        next(i for i, (text, _) in enumerate(found) if text.startswith(label))
        for label in ("IV. NHIỆM VỤ", "V. KINH PHÍ")
    )
    shape = [
        (text.partition(":")[0] if text.startswith("- ") else text[:2], style)
        for text, style in found[start + 1 : end]
        if style != "NoiDung"
    ]
    plus = ("+ ", "CongDau")
    assert shape == [
        ("1.", "Khoan"),
        ("- Cơ quan chủ trì", "GachDau"),
        ("- Cơ quan phối hợp", "GachDau"),
        ("- Chỉ tiêu cụ thể", "GachDau"),
        plus,
        plus,
        ("- Những nội dung cơ bản trong công tác tuyên truyền", "GachDau"),
        ("2.", "Khoan"),
        ("- Cơ quan chủ trì", "GachDau"),
        ("- Cơ quan phối hợp thực hiện", "GachDau"),
        ("- Chỉ tiêu cụ thể", "GachDau"),
        plus,
        plus,
        ("- Nội dung cơ bản", "GachDau"),
        ("3.", "Khoan"),
        ("- Cơ quan chủ trì", "GachDau"),
        ("- Cơ quan thực hiện", "GachDau"),
        ("- Chỉ tiêu cụ thể", "GachDau"),
        plus,
        plus,
        ("- Nội dung cơ bản", "GachDau"),
        ("4.", "Khoan"),
        ("- Cơ quan chủ trì", "GachDau"),
        ("- Cơ quan thực hiện", "GachDau"),
        ("- Chỉ tiêu cụ thể", "GachDau"),
        ("- Nội dung cơ bản", "GachDau"),
        ("5.", "Khoan"),
        ("- Cơ quan chủ trì", "GachDau"),
        ("- Cơ quan phối hợp", "GachDau"),
        ("- Chỉ tiêu cụ thể", "GachDau"),
        ("- Nội dung cơ bản", "GachDau"),
    ]


# ================================================================ fields
def test_the_second_post_stands_where_the_data_says() -> None:
    def order(place: str) -> list[str]:
        signer = record(REPORT)["nguoi_ky"] | {"vi_tri_chuc_vu_thu_hai": place}
        content = render("bao-cao", record(REPORT, noi_dung="Xong./.", nguoi_ky=signer))
        block = opened(content).tables[-1].rows[0].cells[-1]
        return [p.text or p._p.pPr.pStyle.val for p in block.paragraphs]

    lines = ["TM. BAN CHỈ ĐẠO 138 THỊ XÃ", "TRƯỞNG BAN"]
    post, name = "PHÓ CHỦ TỊCH UBND THỊ XÃ", "Trịnh Hoài Sơn"
    assert order("tren_ho_ten") == [*lines, "ChoKy", post, name]
    assert order("duoi_chuc_vu") == [*lines, post, "ChoKy", name]


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        (None, []),
        ([], []),
        (["Công an tỉnh Thanh Hóa"], ["Kính gửi: Công an tỉnh Thanh Hóa"]),
        (
            ["Tỉnh ủy Thanh Hóa", "Ban chỉ đạo 138 tỉnh"],
            ["Kính gửi:", "- Tỉnh ủy Thanh Hóa;", "- Ban chỉ đạo 138 tỉnh."],
        ),
    ],
)
def test_a_report_sent_upward_names_whom_it_is_sent_to(to: Any, expected: list[str]) -> None:
    content = render("bao-cao", record(REPORT, kinh_gui=to))
    assert [added for _, added in differences(whole_text(REPORT), printed(content))] == (
        [expected] if expected else []
    )


def test_number_and_date_of_the_decision_are_written_once() -> None:
    content = render("de-an", record(SCHEME, so=901, ngay_ban_hanh="2012-12-15"))
    assert differences(whole_text(SCHEME), printed(content)) == [
        (
            ["Số: 886/QĐ-UBND", "Hoà Bình, ngày 09 tháng 7 năm 2012"],
            ["Số: 901/QĐ-UBND", "Hoà Bình, ngày 15 tháng 12 năm 2012"],
        ),
        (
            [
                "(Ban hành kèm theo Quyết định số 886/QĐ-UBND ngày 09/7/2012 của Chủ tịch UBND "
                "tỉnh Hoà Bình)"
            ],
            [
                "(Ban hành kèm theo Quyết định số 901/QĐ-UBND ngày 15/12/2012 của Chủ tịch UBND "
                "tỉnh Hoà Bình)"
            ],
        ),
    ]


def test_the_scheme_has_a_head_of_its_own_unless_the_data_says_no() -> None:
    data = record(SCHEME)
    for choice in ({}, {"dau_de": None}, {"dau_de": True}):
        scheme = {key: value for key, value in data["de_an"].items() if key != "dau_de"} | choice
        content = render("de-an", data | {"de_an": scheme})
        assert differences(whole_text(SCHEME), printed(content)) == [
            (
                [],
                [
                    "ỦY BAN NHÂN DÂN TỈNH HOÀ BÌNH",
                    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
                    "Độc lập - Tự do - Hạnh phúc",
                ],
            )
        ]


def blank(data: dict[str, Any]) -> dict[str, Any]:
    """The record as a form to finish by hand."""
    signer = data["nguoi_ky"] | {"ho_ten": None}
    return data | {"so": None, "dia_danh": None, "ngay_ban_hanh": None, "nguoi_ky": signer}


@pytest.mark.parametrize(("fixture", "number"), [(REPORT, "Số: /BC-BCĐ"), (PLAN, "Số: /KH-UBND")])
def test_a_blank_report_or_plan_differs_in_its_blanks_alone(fixture: Fixture, number: str) -> None:
    found = differences(whole_text(fixture), printed(render(fixture[0], blank(record(fixture)))))
    assert len(found) == 2
    (_, (without, date)), (signer, gone) = found
    assert " ".join(without.split()) == number
    assert re.fullmatch(r"…+, ngày …+ tháng …+ năm …+", date)
    assert (len(signer), gone) == (1, [])


def test_a_blank_decision_leaves_its_blanks_in_the_line_of_the_scheme_too() -> None:
    content = render("de-an", blank(record(SCHEME)))
    (line,) = [text for text in printed(content) if text.startswith("(Ban hành kèm theo")]
    start, end = "(Ban hành kèm theo Quyết định số ", " của Chủ tịch UBND tỉnh Hoà Bình)"
    assert line.startswith(start)
    assert line.endswith(end)
    middle = line[len(start) : -len(end)]
    number, _, date = middle.partition("/QĐ-UBND ")
    assert number.strip("…. \u00a0\u2007") == ""
    assert date.startswith("ngày …")
    assert "tháng …" in date
    assert "886" not in "".join(printed(content))


@pytest.mark.parametrize("name", ["bao-cao", "de-an"])
def test_the_sample_is_good_data(name: str) -> None:
    shown = printed(render(name, sample(name)))
    assert shown[-1]
    assert not [text for text in shown if "{" in text or "None" in text]


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("bao-cao", {"noi_dung": None}),
        ("bao-cao", {"kinh_gui": "Công an tỉnh"}),
        ("bao-cao", {"nguoi_ki": {}}),
        ("de-an", {"de_an": None}),
        ("de-an", {"de_an": {"trich_yeu": "A", "co_quan": "B"}}),
        ("de-an", {"de_an": {"trich_yeu": "A", "co_quan": "B", "noi_dung": "C", "so": 9}}),
    ],
)
def test_wrong_data_is_refused(name: str, changes: dict[str, Any]) -> None:
    with pytest.raises(DataError):
        render(name, sample(name) | changes)


# ================================================================ pages
PARAGRAPH = (
    "- Đoạn này có một câu vừa đủ dài để chiếm hai dòng trên trang giấy khổ A4 với lề trái 30 mm "
    "và lề phải 15 mm theo quy định hiện hành"
)
FOUR_LINES = "BAN CHỈ ĐẠO XÂY DỰNG\nLÀNG AN TOÀN, KHU DÂN CƯ\nAN TOÀN, CƠ QUAN AN TOÀN\nVỀ ANTT"
LONG: dict[str, dict[str, Any]] = {
    "báo cáo 60 trang": {"noi_dung": "\n".join(body(REPORT)[:-1] * 5 + ["Hết./."])},
    "một dòng": {"noi_dung": "Không có phát sinh./.", "noi_nhan": []},
    "40 nơi nhận": {"noi_nhan": [f"Ủy ban nhân dân phường số {n}" for n in range(1, 41)]},
    "tên bốn dòng, trích yếu sáu dòng": {
        "co_quan_ban_hanh": FOUR_LINES,
        "trich_yeu": "; ".join([record(REPORT)["trich_yeu"]] * 2),
        "kinh_gui": ["Thường trực Tỉnh ủy Thanh Hóa", "Ban chỉ đạo 138 tỉnh Thanh Hóa"],
    },
}
# Up to a page and a little more, so that some signature block meets the end of the page.
LENGTHS: dict[str, dict[str, Any]] = {
    f"{count} đoạn": {"noi_dung": "I. KẾT QUẢ\n" + f"{PARAGRAPH}.\n" * count + PARAGRAPH + "./."}
    for count in range(7, 15)
}
Pages = dict[str, list[Page]]


def documents() -> dict[str, bytes]:
    """Every document whose pages are looked at."""
    made = {fixture[0]: document(fixture) for fixture in (REPORT, PLAN, SCHEME)}
    for fixture in (REPORT, PLAN, SCHEME):
        made[f"{fixture[0]} để trống"] = render(fixture[0], blank(record(fixture)))
    for name in ("bao-cao", "de-an"):
        made[f"{name} mẫu"] = render(name, sample(name))
    return made | {
        name: render("bao-cao", record(REPORT, **x)) for name, x in (LONG | LENGTHS).items()
    }


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("bao-cao-de-an")
    made = {}
    for at, (name, content) in enumerate(documents().items()):
        made[name] = folder / f"{at}.docx"
        made[name].write_bytes(content)
    return made


@pytest.fixture(scope="module")
def pages(files: dict[str, Path], to_pdfs: ToPdfs) -> Pages:
    made = to_pdfs(list(files.values()), next(iter(files.values())).parent)
    return dict(zip(files, map(pdf_pages, made), strict=True))


LEFT_MM, RIGHT_MM, TOP_MM, BOTTOM_MM = 30, 195, 20, 277


def numbers(page: Page) -> list[Line]:
    return [line for line in page.lines if line.baseline_mm < TOP_MM]


def text_lines(page: Page) -> list[Line]:
    return [line for line in page.lines if line.baseline_mm >= TOP_MM]


def test_nothing_is_printed_outside_the_margins(pages: Pages) -> None:
    for name, found in pages.items():
        for line in (line for page in found for line in text_lines(page)):
            assert line.x0_mm >= LEFT_MM - 0.3, (name, line)
            assert line.x1_mm <= RIGHT_MM + 0.5, (name, line)
            assert line.baseline_mm < BOTTOM_MM, (name, line)


def signed_page(found: list[Page]) -> Page:
    (page,) = [p for p in found if any(line.text == "Nơi nhận:" for line in p.lines)]
    return page


def test_recipients_and_signature_are_never_torn_nor_alone(pages: Pages) -> None:
    for name, found in pages.items():
        page = signed_page(found)
        shown = text_lines(page)
        at = next(index for index, line in enumerate(shown) if line.text == "Nơi nhận:")
        assert at > 0, name
        assert any(line.text.startswith("- Lưu: ") for line in shown[at:]), name
        if "đoạn" in name or name in ("bao-cao", "báo cáo 60 trang"):
            assert [line.text for line in shown].count("Trịnh Hoài Sơn") == 1, name
            post = next(line for line in shown if line.text == "PHÓ CHỦ TỊCH UBND THỊ XÃ")
            title = next(line for line in shown if line.text == "TRƯỞNG BAN")
            assert post.baseline_mm - title.baseline_mm > 20, name
            assert page is found[-1], name


def test_a_heading_is_never_the_last_line_of_a_page(pages: Pages) -> None:
    for name, found in pages.items():
        for page, following in pairwise(found):
            if page is signed_page(found):
                continue
            last, first = text_lines(page)[-1], text_lines(following)[0]
            assert not last.bold, (name, last)
            assert not last.text.endswith(":") or not first.text.startswith(("- ", "+ ")), name


def test_the_pages_are_counted_from_the_second(pages: Pages) -> None:
    for name, found in pages.items():
        if name.startswith("de-an"):
            continue
        assert numbers(found[0]) == [], name
        assert [[line.text for line in numbers(page)] for page in found[1:]] == [
            [str(number)] for number in range(2, len(found) + 1)
        ]
    assert len(pages["báo cáo 60 trang"]) >= 60
    assert len(pages["một dòng"]) == 1


@pytest.mark.parametrize("name", ["de-an", "de-an để trống", "de-an mẫu"])
def test_the_scheme_starts_a_page_and_a_count_of_its_own(pages: Pages, name: str) -> None:
    found = pages[name]
    (start,) = [at for at, p in enumerate(found) if any(line.text == "ĐỀ ÁN" for line in p.lines)]
    assert signed_page(found) is found[start - 1]
    for part in (found[:start], found[start:]):
        assert numbers(part[0]) == []
        assert [[line.text for line in numbers(page)] for page in part[1:]] == [
            [str(number)] for number in range(2, len(part) + 1)
        ]
    head = [line.text for line in text_lines(found[start])[:4]]
    assert (head[0] == "ĐỀ ÁN") is (name != "de-an mẫu")


def test_the_lines_of_the_annex_note_stand_in_the_middle(pages: Pages) -> None:
    for name in ("de-an", "de-an mẫu"):
        (page,) = [p for p in pages[name] if any(line.text == "ĐỀ ÁN" for line in p.lines)]
        shown = text_lines(page)
        start = next(at for at, line in enumerate(shown) if line.text == "ĐỀ ÁN")
        end = next(at for at, line in enumerate(shown) if line.text.startswith("I. "))
        assert end - start >= 4
        for line in shown[start:end]:
            assert line.center_mm == pytest.approx((LEFT_MM + RIGHT_MM) / 2, abs=0.5), line
        assert [line.italic for line in shown[start:end]].count(True) >= 1


# ================================================================ valid files
def test_the_files_are_valid(files: dict[str, Path], schema_errors: SchemaErrors) -> None:
    templates = [ROOT / "doctemplates" / name / "template.docx" for name in ("bao-cao", "de-an")]
    made = [*files.values(), *templates]
    assert schema_errors(made) == []
    for path in made:
        assert audit_errors(path) == []
        assert integrity_errors(path) == []
        assert structure_errors(path) == []
    assert [tag for path in files.values() for tag in leftover_tags(path)] == []


@pytest.mark.parametrize("name", ["bao-cao", "de-an"])
def test_no_page_break_is_typed(name: str) -> None:
    root = opened(render(name, sample(name))).element.body
    assert "page" not in {node.get(qn("w:type")) for node in root.iter(qn("w:br"))}
