"""Outlines, the statistics of units that fail, the guidance note, the roll-up of scores.

Each expected text (``.txt``) was written from the real document; pages are those LibreOffice
prints. "PL I" in a comment is Nghị định 30/2020/NĐ-CP, Phụ lục I, Phần I.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from hypothesis import given
from hypothesis import strategies as st

from generator.batches.packages import make_package
from generator.errors import DataError
from generator.pipeline import Form, open_form
from generator.records.data import RawRecord
from tests import judges
from tests.conftest import SchemaErrors, ToPdfs
from tests.forms.reading import differences, expected, paragraphs, printed, sample
from tests.judges import Line, Page, pdf_pages
from tests.making import opened

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures"
OUTLINE, FAILED, GUIDE, SCORES = (
    "de-cuong", "thong-ke-khong-dat", "huong-dan", "tong-hop-cham-diem",
)  # fmt: skip
WHOLE = [
    (OUTLINE, "nga-son"),
    (OUTLINE, "nghe-an"),
    (FAILED, "nghe-an"),
    (FAILED, "trong"),
    (GUIDE, "chi-linh"),
    (GUIDE, "trong"),
    (SCORES, "lac-giang"),
    (SCORES, "trong"),
]


@cache
def form(name: str) -> Form:
    return open_form(name)


@cache
def _record(name: str, fixture: str) -> str:
    return (FIXTURES / name / f"{fixture}.json").read_text(encoding="utf-8")


def record(name: str, fixture: str) -> dict[str, Any]:
    """A fixture's record, the caller's own to change."""
    data: dict[str, Any] = json.loads(_record(name, fixture))
    return data


def made(name: str, data: dict[str, Any]) -> bytes:
    text = json.dumps(data, ensure_ascii=False)
    return form(name).render(RawRecord(file="thu.json", text=text, folder=str(FIXTURES / name)))


@pytest.mark.parametrize(("name", "fixture"), WHOLE)
def test_every_paragraph_and_cell_is_printed(name: str, fixture: str) -> None:
    content = made(name, record(name, fixture))
    assert differences(expected(name, fixture), printed(content)) == []


def body(fixture: str) -> list[str]:
    text = (FIXTURES / OUTLINE / f"{fixture}-noi-dung.md").read_text(encoding="utf-8")
    return [line for line in text.split("\n") if line]


@pytest.mark.parametrize("fixture", ["nga-son", "nghe-an"])
@pytest.mark.parametrize("place", [0, 0.25, 0.5, 0.75, 1])
def test_the_comparison_sees_what_is_missing_added_or_altered(fixture: str, place: float) -> None:
    lines = body(fixture)
    number = round(place * (len(lines) - 1))
    changed = {
        "missing": [*lines[:number], *lines[number + 1 :]],
        "added": [*lines[:number], "Đoạn lạ.", *lines[number:]],
        "altered": [*lines[:number], lines[number] + "x", *lines[number + 1 :]],
    }
    counts = {"missing": (1, 0), "added": (0, 1), "altered": (1, 1)}
    for kind, text in changed.items():
        content = made(OUTLINE, record(OUTLINE, fixture) | {"noi_dung": "\n".join(text)})
        ((missing, added),) = differences(expected(OUTLINE, fixture), printed(content))
        assert (len(missing), len(added)) == counts[kind]


@pytest.mark.parametrize("name", [OUTLINE, FAILED, GUIDE, SCORES])
def test_the_sample_is_good_data_and_renders(name: str) -> None:
    assert len(printed(made(name, sample(name)))) > 8


@pytest.mark.parametrize("name", [OUTLINE, FAILED, GUIDE, SCORES])
def test_a_misspelt_key_is_refused(name: str) -> None:
    with pytest.raises(DataError, match="trich_yeo"):
        made(name, sample(name) | {"trich_yeo": "x"})


# ================================================================ outlines
def styles(content: bytes) -> dict[str, str]:
    return {p.text: p._p.pPr.pStyle.val for p in paragraphs(content)}


def test_the_questions_of_the_outline_are_all_there() -> None:
    assert sum(text.count("?") for text in expected(OUTLINE, "nga-son")) == 101
    assert expected(OUTLINE, "nga-son")[-1].endswith("thôn, xóm./.")


def test_guidance_in_parentheses_is_italic_and_the_parentheses_upright() -> None:
    content = made(OUTLINE, record(OUTLINE, "nga-son"))
    runs = [[run for run in p.runs if run.text] for p in paragraphs(content)]
    slanted = [
        (before.text[-1], after.text[0])
        for each in runs
        for before, run, after in zip(each, each[1:], each[2:] + each[-1:], strict=False)
        if run.italic and run is not after
    ]
    assert len(slanted) == 41 - sum(each[-1].italic or False for each in runs)
    assert set(slanted) == {("(", ")")}
    upright = [
        "(Hộ gia đình)",
        "(theo chỉ đạo của MTTQ)",
        "(do lực lượng Quân sự chủ trì?)",
        "(nếu có)",
    ]
    whole = [run.text for each in runs for run in each if not run.italic]
    assert all(any(words in text for text in whole) for words in upright)


def test_bold_words_of_the_outlines() -> None:
    bold = [
        run.text
        for fixture in ("nga-son", "nghe-an")
        for p in paragraphs(made(OUTLINE, record(OUTLINE, fixture)))
        for run in p.runs
        if run.bold and p._p.pPr.pStyle.val != "Khoan"
    ]
    assert bold == [
        "Với chính phủ, Bộ Công an (nếu có):",
        "Với Tỉnh ủy, HĐND tỉnh, UBND tỉnh (nếu có):",
        "Với Công an tỉnh, Công an huyện – Cơ quan Thường trực BCĐ 138 tỉnh, 138 huyện (Bắt buộc):",
        "từng tiêu chí cụ thể",
        "dự kiến",
    ]


def test_headings_have_their_level_whatever_they_end_with() -> None:
    found = styles(made(OUTLINE, record(OUTLINE, "nga-son")))
    by_level: dict[str, list[str]] = {}
    for text in expected(OUTLINE, "nga-son")[4:]:
        by_level.setdefault(found[text], []).append(text.split(" ")[0])
    assert by_level["MucLaMa"] == ["I.", "II.", "III.", "IV.", "V."]
    assert by_level["Khoan"] == ["1.", "2.", "1.", "2.", "3.", "4.", "1.", "2.", "3.", "1.", "2."]
    assert by_level["DoanSo"] == [
        *("1.1.", "1.2.", "1.3.", "2.1.", "2.2.", "2.3."),
        *("1.1.", "1.2.", "1.3.", "2.1.", "2.2.", "2.3.", "2.4."),
        *("2.1.", "2.2.", "2.3.", "2.4.", "2.5.", "2.6."),
        *(f"{number}." for number in range(1, 9)),
    ]
    assert set(by_level["GachDau"]) == {"-"}
    assert set(by_level["CongDau"]) == {"+"}
    assert len(by_level["CongDau"]) == 4


def test_a_line_that_leads_to_what_follows_stays_with_it() -> None:
    """The lines that end with a colon are headings in all but look."""
    for paragraph in paragraphs(made(OUTLINE, record(OUTLINE, "nga-son"))):
        style = paragraph._p.pPr.pStyle.val
        own = paragraph._p.pPr.find(qn("w:keepNext")) is not None
        if style == "DoanSo":
            assert own is paragraph.text.endswith(":"), paragraph.text


def test_the_head_of_an_outline_without_its_optional_lines() -> None:
    data = record(OUTLINE, "nga-son")
    plain = {key: data[key] for key in ("trich_yeu", "noi_dung")}
    assert printed(made(OUTLINE, plain))[:3] == [
        "ĐỀ CƯƠNG",
        data["trich_yeu"],
        "I. CÔNG TÁC CHỈ ĐẠO VÀ TRIỂN KHAI THỰC HIỆN",
    ]
    named = plain | {"ten_loai": "Đề cương hướng dẫn", "danh_cho": "các tổ dân phố"}
    assert printed(made(OUTLINE, named))[:3] == [
        "ĐỀ CƯƠNG HƯỚNG DẪN",
        data["trich_yeu"],
        "Dành cho các tổ dân phố",
    ]


def test_number_and_date_of_the_plan_are_typed_once(tmp_path: Path) -> None:
    plan = json.loads((FIXTURES / "ke-hoach/nga-son.json").read_text(encoding="utf-8"))
    outline = record(OUTLINE, "nga-son")
    package = {
        "van_ban": [
            {"mau": "ke-hoach", "ten": "kh", "du_lieu": plan | {"noi_dung": "Làm./."}},
            {
                "mau": OUTLINE,
                "kem_theo": {
                    "van_ban": "kh", "loi_dan": "Ban hành kèm theo", "co_quan": "BCĐ 138 huyện",
                },
                "du_lieu": {
                    "trich_yeu": outline["trich_yeu"], "danh_cho": outline["danh_cho"],
                    "noi_dung": "\n".join(body("nga-son")),
                },
            },
        ]
    }  # fmt: skip
    source = tmp_path / "goi.json"
    source.write_text(json.dumps(package, ensure_ascii=False), encoding="utf-8")
    _, second = make_package(str(source), tmp_path / "ra")
    assert differences(expected(OUTLINE, "nga-son"), printed(second.read_bytes())) == []
    assert second.name == ("Đề cương dành cho BCĐ ANTT xã, thị trấn kèm Kế hoạch số 33-KH-BCĐ.docx")


# ================================================================ statistics of units that fail
GROUP = {"nam": 2023, "du_kien": False, "nhom": "xã, phường, thị trấn", "don_vi": []}


def unit(name: str) -> dict[str, Any]:
    return {"ten": name, "tieu_chi": "Tiêu chí 1", "ly_do": None}


def rows(content: bytes, table: int = 0) -> list[list[str]]:
    """The texts of a table's rows; a merged cell counts once."""
    found: Any = opened(content).tables[table]
    return [
        [
            "\n".join(Paragraph(p, found).text for p in cell.iter(qn("w:p")))
            for cell in row._tr.tc_lst
        ]
        for row in found.rows
    ]


def failed(*groups: dict[str, Any], **changes: Any) -> bytes:
    data = record(FAILED, "trong") | {"thong_ke": [GROUP | group for group in groups]} | changes
    return made(FAILED, data)


HEADS = ["TT", "Tên các xã, phường, thị trấn không đạt", "Tiêu chí không đạt"]
HEADS += ["Giải thích lý do không đạt"]


def test_a_year_has_one_banner_over_all_columns_and_each_block_its_headings() -> None:
    content = made(FAILED, record(FAILED, "nghe-an"))
    found = rows(content)
    assert [row for row in found if len(row) == 1] == [["Năm 2023"], ["Không có"], ["Năm 2024"]]
    heads = [row[1] for row in found if row[0] == "TT"]
    assert heads == [
        "Tên các xã, phường, thị trấn không đạt",
        "Tên các CQ, DN, CSGD không đạt",
        "Dự kiến các xã, phường, thị trấn không đạt",
        "Dự kiến các CQ, DN, CSGD không đạt",
    ]
    table: Any = opened(content).tables[0]
    spans = [cell.grid_span for row in table.rows for cell in row._tr.tc_lst if len(row.cells) == 4]
    assert spans.count(4) == 3


def test_numbers_start_again_in_each_block() -> None:
    first = {"don_vi": [unit("A"), unit("B"), unit("C")]}
    second = {"nhom": "CQ, DN, CSGD", "don_vi": [unit("D"), unit("E")]}
    numbers = [row[0] for row in rows(failed(first, second)) if len(row) == 4]
    assert numbers == ["TT", "1", "2", "3", "TT", "1", "2"]


def test_none_and_not_yet_known_are_not_the_same() -> None:
    assert rows(failed({"don_vi": []})) == [["Năm 2023"], HEADS, ["Không có"]]
    assert rows(failed({"don_vi": []}, khi_khong_co="dong_trong"))[2:] == [[""] * 4]
    unknown = rows(failed({"don_vi": None}))
    assert unknown[2:] == [["1", "", "", ""], ["2", "", "", ""], ["…", "", "", ""]]


def test_the_year_may_be_left_to_the_pen() -> None:
    assert rows(failed({"nam": None}))[0] == ["Năm ……"]


@pytest.mark.parametrize(
    ("given_date", "printed_date"),
    [
        (None, "ngày ……/……/……"),
        ("2024", "ngày ……/……/2024"),
        ("7/2024", "ngày ……/7/2024"),
        ("2024-07-05", "ngày 05/7/2024"),
        ("5/7/2024", "ngày 05/7/2024"),
    ],
)
def test_the_date_of_the_report_is_known_in_part(given_date: str | None, printed_date: str) -> None:
    report = {"so": 7, "ngay_ban_hanh": given_date, "co_quan": "Công an tỉnh Lâm Sơn"}
    line = printed(failed({}, kem_theo=report))[2]
    assert line == f"(Kèm theo Báo cáo số 07/BC-CAT-PV01 {printed_date} của Công an tỉnh Lâm Sơn)"


@pytest.mark.parametrize("wrong", ["31/2/2024", "tháng 7", "2024-7"])
def test_a_date_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(DataError):
        failed({}, kem_theo={"so": 7, "ngay_ban_hanh": wrong, "co_quan": None})


def flags(content: bytes, table: int, name: str) -> list[bool]:
    found: Any = opened(content).tables[table]
    return [any(True for _ in row._tr.iter(qn(name))) for row in found.rows]


def test_headings_repeat_only_where_they_stay_true() -> None:
    """A repeated heading of the first block would name the wrong year and group in the next."""
    one = failed({"don_vi": [unit("A")] * 3})
    assert flags(one, 0, "w:tblHeader") == [True, True, False, False, False]
    two = failed({"don_vi": [unit("A")]}, {"nam": 2024, "don_vi": [unit("B")]})
    assert not any(flags(two, 0, "w:tblHeader"))


@pytest.mark.parametrize(("name", "table"), [(FAILED, 0), (SCORES, 1)])
@pytest.mark.parametrize("fixture", ["trong", "đầy"])
def test_no_row_splits_over_two_pages(name: str, table: int, fixture: str) -> None:
    full = {FAILED: "nghe-an", SCORES: "lac-giang"}[name]
    content = made(name, record(name, full if fixture == "đầy" else fixture))
    assert all(flags(content, table, "w:cantSplit"))


# ================================================================ guidance note
def test_the_guidance_note_takes_its_words_from_the_data() -> None:
    found = printed(made(GUIDE, sample(GUIDE)))
    text = "\n".join(found)
    assert found[0] == "HƯỚNG DẪN CHI TIẾT VỀ VIỆC TỔNG KẾT THỰC HIỆN"
    assert "sơ kết" not in text.lower()
    assert "(01 bộ lưu tại đơn vị, 02 bộ gửi về Tổ Xây dựng phong trào" in text
    assert found[4:7] == [
        "1. Báo cáo tổng kết thực hiện Đề án năm 2026",
        "2. Biểu số liệu của tổ dân phố, trường học",
        "3. Bản chấm điểm có chữ ký của người đứng đầu",
    ]
    assert found[-1].endswith("SĐT: 0200.0000.123)./.")


def test_the_deadline_and_the_number_of_copies_are_bold() -> None:
    content = made(GUIDE, record(GUIDE, "chi-linh"))
    bold = [run.text for p in paragraphs(content) for run in p.runs if run.style.name == "Đậm"]
    assert "".join(bold) == "Mỗi đơn vị làm 02 bản báo cáo sơ kết* Lưu ý:trước ngày 10/10/2019"


# ================================================================ roll-up of scores
def scores(*units: tuple[float | None, float | None, str | None]) -> list[list[str]]:
    data = record(SCORES, "lac-giang")
    data["don_vi"] = [
        {"ten": f"Đơn vị {number}", "tu_cham": own, "tham_dinh": verified, "ket_qua": result}
        for number, (own, verified, result) in enumerate(units, 1)
    ]
    return rows(made(SCORES, data), table=1)[3:-1]


@pytest.mark.parametrize(
    ("own", "verified", "cells"),
    [
        (100, 100, ["100", "100", "0"]),
        (100, 87.5, ["100", "87,5", "-12,5"]),
        (87.5, 82.5, ["87,5", "82,5", "-5"]),  # not 5,0
        (97.75, 97.5, ["97,75", "97,5", "-0,25"]),
        (80, 95, ["80", "95", "15"]),
        (0, 0, ["0", "0", "0"]),
        (0, None, ["0", "", ""]),
        (None, 0, ["", "0", ""]),
        (None, None, ["", "", ""]),
    ],
)
def test_the_difference_needs_both_scores_and_blank_is_not_zero(
    own: float | None, verified: float | None, cells: list[str]
) -> None:
    assert scores((own, verified, None))[0] == ["1", "Đơn vị 1", *cells, "", ""]


half_points = st.none() | st.integers(0, 210).map(lambda halves: halves / 2)
results = st.none() | st.sampled_from(["Đạt", "Không đạt"])
# A unit that is not considered has no verified points: the form refuses them.
scored = st.tuples(half_points, half_points, results)
stopped = st.tuples(half_points, st.none(), st.just("Không xét"))


@given(units=st.lists(scored | stopped, min_size=1, max_size=12))
def test_the_last_row_counts_what_the_rows_show(
    units: list[tuple[float | None, float | None, str | None]],
) -> None:
    *shown, last = scores(*units)
    own, verified, apart, result, _ = (column for column in list(zip(*shown, strict=True))[2:])
    counts = [
        f"Tổng số: {len(units):02} đơn vị",
        f"Đã chấm\n{sum(map(bool, own))}",
        f"Đã chấm\n{sum(map(bool, verified))}",
        f"Khác nhau\n{sum(text not in ('', '0') for text in apart)}",
    ]
    assert last[:4] == counts
    named = dict(line.rsplit(": ", 1) for line in last[4].split("\n"))
    assert named.pop("Chưa xét", "0") == str(result.count(""))
    assert named == {kind: str(result.count(kind)) for kind in set(result) - {""}}
    for row in shown:
        if row[2] and row[3]:
            points = [Decimal(text.replace(",", ".")) for text in row[2:5]]
            assert points[1] - points[0] == points[2]
        else:
            assert row[4] == ""


def test_an_empty_list_and_a_list_not_made_yet() -> None:
    data = record(SCORES, "lac-giang")
    none = rows(made(SCORES, data | {"don_vi": []}), table=1)[3:-1]
    assert none == [["Không có"], ["Tổng số: 00 đơn vị", "", "", "", "", ""]]
    blank = rows(made(SCORES, data | {"don_vi": None}), table=1)[3:-1]
    assert [row[0] for row in blank] == [*map(str, range(1, 11)), "Tổng số: …… đơn vị"]
    assert {cell for row in blank[:-1] for cell in row[1:]} == {""}


def test_the_heading_has_two_levels_and_numbers_its_columns() -> None:
    content = made(SCORES, record(SCORES, "lac-giang"))
    assert rows(content, table=1)[:3] == [
        ["STT", "Tên đơn vị", "Điểm", "Kết quả", "Xếp hạng"],
        ["", "", "Tự chấm", "Thẩm định", "Chênh lệch", "", ""],
        ["1", "2", "3", "4", "5 = 4 - 3", "6", "7"],
    ]
    assert flags(content, 1, "w:tblHeader")[:4] == [True, True, True, False]


# ================================================================ pages
LONG = (
    "Trung tâm Giáo dục nghề nghiệp - Giáo dục thường xuyên và Hướng nghiệp khu vực các xã, phường "
    "ven sông phía đông thành phố Lạc Giang"
)


def extremes() -> dict[str, tuple[str, dict[str, Any]]]:
    """Records that are as long or as short as such a document gets."""
    outline, failing = record(OUTLINE, "nga-son"), record(FAILED, "nghe-an")
    many = [unit(f"{LONG} {number}") | {"ly_do": LONG} for number in range(45)]
    table = record(SCORES, "lac-giang")
    hundreds = [
        table["don_vi"][number % 12] | {"ten": f"{table['don_vi'][number % 12]['ten']} {number}"}
        for number in range(300)
    ]
    long_guide = sample(GUIDE) | {"ten_de_an": LONG, "luu_y": [LONG] * 25, "cac_phan": [LONG] * 12}
    return {
        "đề cương một dòng": (OUTLINE, {"trich_yeu": "Sơ kết", "noi_dung": "Nêu kết quả./."}),
        "đề cương tiêu đề dài": (OUTLINE, outline | {"trich_yeu": LONG * 3, "danh_cho": LONG}),
        "đề cương rất dài": (OUTLINE, outline | {"noi_dung": "\n".join(body("nga-son") * 8)}),
        "thống kê một khối dài": (FAILED, failing | {"thong_ke": [GROUP | {"don_vi": many}]}),
        "thống kê nhiều khối": (
            FAILED,
            failing | {"thong_ke": [
                GROUP | {"nam": 2020 + number // 2, "don_vi": many[: 3 * (number % 3)]}
                for number in range(12)
            ]},
        ),
        "thống kê không có": (FAILED, failing | {"thong_ke": [GROUP]}),
        "hướng dẫn dài": (GUIDE, long_guide),
        "tổng hợp 300 đơn vị": (SCORES, table | {"don_vi": hundreds}),
        "tổng hợp một đơn vị": (SCORES, table | {"don_vi": table["don_vi"][:1]}),
        "tổng hợp tên dài": (
            SCORES, table | {"co_quan_ban_hanh": LONG, "don_vi": [
                each | {"ten": f"{LONG} {number}", "ket_qua": "Không đạt do chưa đủ hồ sơ"}
                for number, each in enumerate(table["don_vi"])
            ]},
        ),
        **{
            f"tổng hợp {count} đơn vị": (SCORES, table | {"don_vi": hundreds[:count]})
            for count in range(5, 12)
        },
    }  # fmt: skip


def documents() -> dict[str, tuple[str, bytes]]:
    """Every document of these tests: what it is called, its form, its bytes."""
    records = {f"{name} {fixture}": (name, record(name, fixture)) for name, fixture in WHOLE}
    records |= {f"{name} mẫu": (name, sample(name)) for name in (OUTLINE, FAILED, GUIDE, SCORES)}
    records |= extremes()
    return {called: (name, made(name, data)) for called, (name, data) in records.items()}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("de-cuong-thong-ke")
    paths = {}
    for number, (called, (_, content)) in enumerate(documents().items()):
        paths[called] = folder / f"{number}.docx"
        paths[called].write_bytes(content)
    return paths


@pytest.fixture(scope="module")
def pages(files: dict[str, Path], to_pdfs: ToPdfs) -> dict[str, list[Page]]:
    folder = next(iter(files.values())).parent
    return dict(zip(files, map(pdf_pages, to_pdfs([*files.values()], folder)), strict=True))


Pages = dict[str, list[Page]]
LEFT_MM, RIGHT_MM, TOP_MM, BOTTOM_MM = 30, 195, 20, 277  # the text area the templates draw


def text_lines(page: Page) -> list[Line]:
    """The lines below the page number."""
    return [line for line in page.lines if line.baseline_mm > TOP_MM]


def test_the_files_are_valid(files: dict[str, Path], schema_errors: SchemaErrors) -> None:
    assert schema_errors(files.values()) == []
    rules = (
        judges.audit_errors, judges.integrity_errors, judges.structure_errors, judges.leftover_tags,
    )  # fmt: skip
    found = {called: [fault for rule in rules for fault in rule(p)] for called, p in files.items()}
    assert {called: faults for called, faults in found.items() if faults} == {}


# PL I, I.1, I.3, I.7: A4, margins, the page number top centre from page 2
def test_everything_stays_on_the_paper(pages: Pages) -> None:
    for called, each in pages.items():
        for page in each:
            assert (page.width_mm, page.height_mm) == pytest.approx((210, 297), abs=0.2), called
            top = [line.text for line in page.lines if line not in text_lines(page)]
            assert top == ([] if page.number == 1 else [str(page.number)]), called
            for line in text_lines(page):
                inside = line.x0_mm >= LEFT_MM - 0.3 and line.x1_mm <= RIGHT_MM + 0.5
                assert inside, (called, line)
                assert line.baseline_mm < BOTTOM_MM, (called, line)


# PL I, V: sizes and looks of the head; the note of the parent document is italic
@pytest.mark.parametrize(
    ("called", "start", "size", "bold", "italic"),
    [
        (f"{OUTLINE} nga-son", "ĐỀ CƯƠNG", 14, True, False),
        (f"{OUTLINE} nga-son", "Tổng kết 10 năm", 14, True, False),
        (f"{OUTLINE} nga-son", "Dành cho BCĐ", 14, True, False),
        (f"{OUTLINE} nga-son", "(Ban hành kèm theo", 14, False, True),
        (f"{OUTLINE} nga-son", "I. CÔNG TÁC CHỈ ĐẠO", 14, True, False),
        (f"{OUTLINE} nga-son", "3. Kết quả bình xét", 14, True, False),
        (f"{OUTLINE} nga-son", "1.1. Công tác tham mưu", 14, False, False),
        (f"{FAILED} trong", "THỐNG KÊ", 14, True, False),
        (f"{FAILED} trong", "(Kèm theo Báo cáo số ……/BC", 14, False, True),
        (f"{FAILED} trong", "Năm 2023", 13, True, False),
        (f"{GUIDE} chi-linh", "HƯỚNG DẪN CHI TIẾT", 14, True, False),
        (f"{GUIDE} chi-linh", "* Lưu ý:", 14, True, False),
        (f"{SCORES} lac-giang", "BẢNG TỔNG HỢP", 14, True, False),
        (f"{SCORES} lac-giang", "(Kèm theo Báo cáo số 96", 14, False, True),
        (f"{SCORES} lac-giang", "Phòng Nội vụ", 13, False, False),
    ],
)
def test_size_weight_and_slant(
    pages: Pages, called: str, start: str, size: float, bold: bool, italic: bool
) -> None:
    lines = [line for page in pages[called] for line in page.lines if line.text.startswith(start)]
    assert lines, start
    assert (lines[0].size_pt, lines[0].bold, lines[0].italic) == (size, bold, italic)


def test_the_head_stands_in_the_middle_of_the_page(pages: Pages) -> None:
    for called, each in pages.items():
        if called.split(" ")[0] in (SCORES, "tổng"):
            continue
        first = text_lines(each[0])[0]
        assert first.center_mm == pytest.approx((LEFT_MM + RIGHT_MM) / 2, abs=0.5), called


HEADING = re.compile(r"([IVX]+\. [^a-zà-ỹ]+|\d\. .*|\d\.\d\. .*:)$")


def test_no_heading_ends_a_page(pages: Pages) -> None:
    for called in (f"{OUTLINE} nga-son", "đề cương rất dài"):
        for page in pages[called][:-1]:
            last = text_lines(page)[-1]
            assert not last.bold, (called, last)
            assert not re.match(r"\d\.\d\. .*:$", last.text), (called, last)


def test_a_block_never_starts_at_the_foot_of_a_page(pages: Pages) -> None:
    for page in pages["thống kê nhiều khối"][:-1]:
        last = text_lines(page)[-1]
        assert not last.bold, last


def test_a_long_table_shows_its_headings_on_each_page(pages: Pages) -> None:
    for called, heading in (("thống kê một khối dài", "TT"), ("tổng hợp 300 đơn vị", "STT")):
        assert len(pages[called]) > 5
        for page in pages[called]:
            starts = [line.text for line in page.lines]
            assert any(re.match(heading + r"\b", text) for text in starts), (called, page.number)


def test_a_signature_keeps_its_totals_and_its_names(pages: Pages) -> None:
    """The signatures stand on one page, below the row of totals and one unit at least."""
    for called in (name for name in pages if name.split(" ")[0] in (SCORES, "tổng")):
        if called.endswith(("trong", "mẫu")):
            continue
        texts = [line.text for line in text_lines(pages[called][-1])]
        assert any("Thượng tá Hoàng Đức Lân" in text for text in texts), called
        assert any("TM. BAN CHỈ ĐẠO" in text for text in texts), called
        assert any("Tổng số:" in text for text in texts), called
        totals = next(number for number, text in enumerate(texts) if "Đã chấm" in text)
        assert any(re.match(r"\d+ ", text + " ") for text in texts[3:totals]), called


def test_dots_to_fill_by_hand_stay_on_one_line(pages: Pages) -> None:
    for called in (f"{FAILED} trong", f"{GUIDE} trong"):
        for page in pages[called]:
            for above, line in pairwise(page.lines):
                parted = above.text.endswith("…") and line.text.startswith("…")
                assert not parted or line.text == "…", (called, line)
