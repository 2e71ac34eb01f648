"""The scoring sheet: its arithmetic, its printed cells, its pages, the sheets of 300 units."""

from __future__ import annotations

import io
import json
import tomllib
import zipfile
from collections import Counter
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from generator.bundle import find_bundle, new_bundle, shipped
from generator.errors import BundleError, DataError
from generator.pipeline import Form, open_form
from generator.records.data import RawRecord, read_records
from generator.scoring import Scoring, read_scoring
from tests.conftest import ToPdfs
from tests.judges import Line, Page, pdf_pages
from tests.making import opened

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "fixtures/ban-cham-diem"
MANIFEST = tomllib.loads(
    (ROOT / "doctemplates/ban-cham-diem/manifest.toml").read_text(encoding="utf-8")
)
MAXIMA = {
    criterion["id"]: Decimal(str(criterion["maximum"]))
    for group in MANIFEST["scoring"]["group"]
    for criterion in group["criterion"]
}
Sheet = dict[str, Any] | None


def rules(**settings: Any) -> Scoring:
    """The form's own rules with some settings changed."""
    return read_scoring(MANIFEST["scoring"] | settings, "manifest.toml")


def sheet(*violations: tuple[str, int], rewards: int = 0, veto: str | None = None) -> Sheet:
    """What one scorer found."""
    return {
        "vi_pham_tieu_chuan_chung": veto,
        "vi_pham": [
            {"tieu_chi": code, "so_hanh_vi": count, "noi_dung": None} for code, count in violations
        ],
        "thuong": [f"Việc thứ {number + 1}" for number in range(rewards)] or None,
    }


def scored(own: Sheet, verified: Sheet = None, **settings: Any) -> dict[str, Any]:
    return rules(**settings).compute({"tu_cham": own, "tham_dinh": verified})


def total(own: Sheet, **settings: Any) -> Decimal | None:
    points: Decimal | None = scored(own, **settings)["diem"]["tu_cham"]
    return points


def row_points(result: dict[str, Any], scorer: str = "tu_cham") -> dict[str, Decimal | None]:
    return {row["ma"]: row["diem"][scorer] for group in result["nhom"] for row in group["tieu_chi"]}


# ================================================================ arithmetic
def test_a_hundred_points_in_two_groups_of_fifty() -> None:
    result = scored(sheet())
    assert [group["diem_chuan"] for group in result["nhom"]] == [50, 50]
    assert [len(group["tieu_chi"]) for group in result["nhom"]] == [4, 5]
    assert result["diem_chuan"] == 100


@pytest.mark.parametrize(
    ("own", "points"),
    [
        (sheet(), "100"),
        (sheet(("II.2", 2)), "90"),  # 10 - 10 = 0
        (sheet(("I.1", 1)), "95"),  # 12,5 - 5 = 7,5
        (sheet(("I.3", 3)), "87.5"),  # 12,5 - 15: the row stops at 0
        (sheet(("I.1", 1), ("II.2", 1)), "90"),
        (sheet(("II.1", 1), ("II.1", 1)), "90"),  # one criterion listed twice
        (sheet(rewards=1), "105"),
        (sheet(("II.5", 1), rewards=2), "100"),  # the bonus is given once
        (sheet(*((code, 9) for code in MAXIMA)), "0"),
        (sheet(*((code, 9) for code in MAXIMA), rewards=1), "5"),
    ],
)
def test_totals(own: Sheet, points: str) -> None:
    assert total(own) == Decimal(points)


@pytest.mark.parametrize(
    ("own", "settings", "points"),
    [
        (sheet(("I.3", 3)), {"row_floor": "none"}, "85"),  # the row falls to -2,5
        (sheet(("I.3", 3)), {"row_floor": 2.5}, "90"),
        (sheet(rewards=3), {"bonus_per": "case"}, "115"),
        (sheet(rewards=3), {"bonus_per": "case", "bonus": 2.5}, "107.5"),
        (sheet(rewards=1), {"total_cap": 100}, "100"),
        (sheet(("I.1", 1), rewards=1), {"total_cap": 100}, "100"),
        (sheet(("I.1", 2), rewards=1), {"total_cap": 100}, "95"),
        (sheet(("II.2", 1)), {"deduction": 2.5}, "97.5"),
    ],
)
def test_what_the_form_leaves_open_is_a_setting(
    own: Sheet, settings: dict[str, Any], points: str
) -> None:
    assert total(own, **settings) == Decimal(points)


def test_a_row_without_a_floor_falls_below_zero() -> None:
    assert row_points(scored(sheet(("I.3", 3)), row_floor="none"))["I.3"] == Decimal("-2.5")


def test_a_veto_wins_over_points_and_bonus() -> None:
    result = scored(sheet(("I.1", 1), rewards=2, veto="Có người bị khởi tố"))
    assert set(row_points(result).values()) == {None}
    assert result["diem"]["tu_cham"] is None
    assert result["ket_qua"]["tu_cham"] == "Không xét"
    assert result["ly_do_khong_xet"] == ["Có người bị khởi tố"]


def test_a_sheet_not_scored_is_blank_and_not_zero() -> None:
    result = scored(None)
    assert set(row_points(result).values()) == {None}
    assert {group["diem"]["tu_cham"] for group in result["nhom"]} == {None}
    assert result["diem"] == {"tu_cham": None, "tham_dinh": None}
    assert result["ket_qua"] == {"tu_cham": None, "tham_dinh": None}
    assert result["ghi_chu"] == []


def test_the_scorers_do_not_disturb_each_other() -> None:
    both = scored(sheet(("I.1", 1)), sheet(("II.2", 2), veto="x"))
    alone = scored(sheet(("I.1", 1)), None)
    assert row_points(both) == row_points(alone)
    assert both["diem"] == {"tu_cham": 95, "tham_dinh": None}
    assert both["ket_qua"] == {"tu_cham": None, "tham_dinh": "Không xét"}


def test_the_notes_name_each_rewarded_act_once() -> None:
    assert scored(sheet(rewards=2), sheet(rewards=1))["ghi_chu"] == ["Việc thứ 1", "Việc thứ 2"]


findings = st.builds(
    lambda violations, rewards, veto: sheet(*violations, rewards=rewards, veto=veto),
    st.lists(st.tuples(st.sampled_from(list(MAXIMA)), st.integers(1, 5)), max_size=12),
    st.integers(0, 3),
    st.sampled_from([None, None, None, "Có người bị khởi tố"]),
)
settings_of_the_form = st.fixed_dictionaries(
    {
        "deduction": st.sampled_from([2.5, 5, 10]),
        "row_floor": st.sampled_from(["none", 0, 2]),
        "bonus": st.sampled_from([0, 2.5, 5]),
        "bonus_per": st.sampled_from(["once", "case"]),
        "total_cap": st.sampled_from(["none", 100, 90]),
    }
)


@given(own=st.none() | findings, verified=st.none() | findings, settings=settings_of_the_form)
def test_points_stay_in_bounds_and_add_up(
    own: Sheet, verified: Sheet, settings: dict[str, Any]
) -> None:
    result = scored(own, verified, **settings)
    for scorer, found in (("tu_cham", own), ("tham_dinh", verified)):
        points = row_points(result, scorer)
        if found is None or found["vi_pham_tieu_chuan_chung"]:
            assert {*points.values(), result["diem"][scorer]} == {None}
            continue
        acts: Counter[str] = Counter()
        for violation in found["vi_pham"]:
            acts[violation["tieu_chi"]] += violation["so_hanh_vi"]
        for code, maximum in MAXIMA.items():
            left = maximum - acts[code] * Decimal(str(settings["deduction"]))
            floor = settings["row_floor"]
            assert points[code] == (left if floor == "none" else max(left, Decimal(floor)))
            assert points[code] <= maximum  # type: ignore[operator]
        for group in result["nhom"]:
            rows = [row["diem"][scorer] for row in group["tieu_chi"]]
            assert group["diem"][scorer] == sum(rows)
        cases = len(found["thuong"] or ())
        cases = cases if settings["bonus_per"] == "case" else min(cases, 1)
        expected = sum(points.values()) + cases * Decimal(str(settings["bonus"]))  # type: ignore[arg-type]
        cap = settings["total_cap"]
        assert result["diem"][scorer] == (expected if cap == "none" else min(expected, cap))


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"bonus_per": "năm"}, "giá trị không dùng được: “năm”, chọn một trong: once, case"),
        ({"deduction": "nhiều"}, "giá trị không dùng được"),
        ({"group": [MANIFEST["scoring"]["group"][0]] * 2}, "có hai tiêu chí cùng id"),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, Any], told: str) -> None:
    with pytest.raises(BundleError, match="manifest.toml: .scoring.: " + told):
        rules(**settings)


@pytest.mark.parametrize("missing", [key for key in MANIFEST["scoring"] if key != "group"])
def test_a_missing_setting_is_named(missing: str) -> None:
    table = {key: value for key, value in MANIFEST["scoring"].items() if key != missing}
    with pytest.raises(BundleError, match=f"thiếu khóa {missing}"):
        read_scoring(table, "manifest.toml")


# ================================================================ the printed sheet
@cache
def form() -> Form:
    return open_form("ban-cham-diem")


@cache
def units() -> tuple[RawRecord, ...]:
    return tuple(read_records(str(FOLDER / "don-vi-12.json")))


def changed(number: int, **changes: Any) -> RawRecord:
    """A unit of the twelve, counted from 1, with some fields changed."""
    data = units()[number - 1].parse() | changes
    return RawRecord(file="thu.json", text=json.dumps(data, default=str))


def cells(content: bytes) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in opened(content).tables[1].rows]


# As in fixtures/README.md: (own points, verified points) as printed.
TOTALS = [
    ("100", "100"),
    ("90", "90"),
    ("95", "95"),
    ("87,5", "87,5"),
    ("105", "105"),
    ("100", "100"),
    ("95", "80"),
    ("Không xét", "Không xét"),
    ("100", "Không xét"),
    ("100", ""),
    ("", ""),
    ("", ""),
]


@pytest.mark.parametrize(("number", "points"), list(enumerate(TOTALS, 1)))
def test_the_totals_of_twelve_units(number: int, points: tuple[str, str]) -> None:
    assert cells(form().render(units()[number - 1]))[-1] == ["", "Tổng cộng", "100 điểm", *points]


def test_the_rows_are_the_headings_the_criteria_and_the_total() -> None:
    rows = cells(form().render(units()[0]))
    assert rows[0] == [
        "STT", "Tiêu chuẩn cụ thể", "Điểm chuẩn", "Điểm tự chấm", "Điểm CATP chấm (qua thẩm định)",
    ]  # fmt: skip
    assert [row[0] for row in rows[1:]] == [*"I1234", "II", *"12345", ""]
    titles = [
        title
        for group in MANIFEST["scoring"]["group"]
        for title in (group["title"], *(row["title"] for row in group["criterion"]))
    ]
    assert [row[1] for row in rows[1:-1]] == titles
    standard = ["", *["12,5 điểm"] * 4, "", *["10 điểm"] * 5, "100 điểm"]
    assert [row[2] for row in rows[1:]] == standard


def test_points_print_with_a_comma_and_no_idle_zero() -> None:
    rows = cells(form().render(units()[2]))  # one act against I.1
    assert [row[3] for row in rows[1:]] == [
        "45", "7,5", "12,5", "12,5", "12,5", "50", "10", "10", "10", "10", "10", "95",
    ]  # fmt: skip
    below = cells(form().render(units()[3]))  # three acts against I.3
    assert [row[3] for row in below[1:6]] == ["37,5", "12,5", "12,5", "0", "12,5"]


def test_a_blank_sheet_keeps_empty_cells_and_dots_for_the_pen() -> None:
    content = form().render(units()[11])
    rows = cells(content)
    assert {cell for row in rows[1:] for cell in row[3:]} == {""}
    texts = [paragraph.text for paragraph in opened(content).paragraphs]
    assert any(text.endswith(" - năm 20…") for text in texts)
    (notes,) = [text for text in texts if text.startswith("* Ghi chú")]
    assert notes.removeprefix("* Ghi chú (nội dung được thưởng điểm):").strip("…") == ""
    assert notes.count("…") > 5
    assert opened(content).tables[0].rows[1].cells[1].text.startswith("…")


def test_the_notes_tell_rewards_and_the_reason_of_a_veto() -> None:
    def notes(number: int, label: str = "* Ghi chú (nội dung được thưởng điểm): ") -> str:
        texts = [str(p.text) for p in opened(form().render(units()[number - 1])).paragraphs]
        (line,) = [text for text in texts if text.startswith(label)]
        return line.removeprefix(label)

    assert notes(6) == (
        "Tố giác một nhóm đánh bạc gần cổng đơn vị; Cung cấp tin giúp Công an thành phố bắt giữ "
        "một đối tượng mua bán trái phép chất ma túy."
    )
    veto = "* Không xét, do vi phạm tiêu chuẩn chung: "
    assert notes(8, veto) == "Có người bị khởi tố về tội tham ô tài sản."


def test_the_printed_rules_say_the_points_that_are_used(tmp_path: Path) -> None:
    folder = new_bundle("cham-2", find_bundle("ban-cham-diem", [shipped("doctemplates")]), tmp_path)
    manifest = folder / "manifest.toml"
    text = manifest.read_text(encoding="utf-8")
    changed = text.replace("deduction = 5", "deduction = 2.5").replace("bonus = 5", "bonus = 3")
    manifest.write_text(changed, encoding="utf-8")
    content = open_form(str(folder)).render(units()[0])
    texts = [paragraph.text for paragraph in opened(content).paragraphs]
    assert any(text.startswith("2. Vi phạm") and "bị trừ 2,5 điểm." in text for text in texts)
    assert any(text.startswith("3. Thưởng 3 điểm cho cơ quan") for text in texts)


def test_the_title_can_be_worded_otherwise() -> None:
    titles = [opened(form().render(unit)).paragraphs[0].text for unit in units()]
    assert titles == ["BẢN CHẤM ĐIỂM"] * 5 + ["BẢNG CHẤM ĐIỂM"] + ["BẢN CHẤM ĐIỂM"] * 6


def test_an_unknown_criterion_is_refused() -> None:
    record = next(iter(read_records(str(FOLDER / "thieu-tieu-chi.json"))))
    with pytest.raises(DataError, match=r"\$\.\w+\.vi_pham\[\d\]\.tieu_chi"):
        form().prepare(record)


# ================================================================ three hundred units
def words(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        root = etree.fromstring(package.read("word/document.xml"))
    return [str(text) for text in root.itertext("{*}t")]


@cache
def city() -> tuple[RawRecord, ...]:
    return tuple(read_records(str(FOLDER / "don-vi-300.jsonl")))


def test_the_job_is_of_the_size_and_kind_it_says() -> None:
    contexts = [form().prepare(raw).context for raw in city()]
    sheets = [context["cham_diem"] for context in contexts]
    both = [(c["tu_cham"], c["tham_dinh"]) for c in contexts]
    assert len(contexts) == 300
    assert len({context["don_vi"] for context in contexts}) == 300
    assert sum(pair == (None, None) for pair in both) == 25
    assert sum(own is not None and verified is None for own, verified in both) == 30
    assert sum("Không xét" in each["ket_qua"].values() for each in sheets) == 4
    assert sum(any(s and s["thuong"] for s in pair) for pair in both) == 15
    points = [each["diem"] for each in sheets if None not in each["diem"].values()]
    assert sum(each["tu_cham"] != each["tham_dinh"] for each in points) == 22


def as_printed(points: Decimal | None) -> str:
    return "" if points is None else f"{points:f}".replace(".", ",")


def test_every_unit_gets_a_sheet_with_its_name_and_its_totals() -> None:
    for raw in city():
        context = form().prepare(raw).context
        texts = words(form().template.render(context))
        assert context["don_vi"].upper() in "".join(texts[:20])
        result = context["cham_diem"]
        expected = [
            result["ket_qua"][scorer] or as_printed(result["diem"][scorer])
            for scorer in ("tu_cham", "tham_dinh")
        ]
        total = texts.index("Tổng cộng")
        found = "|".join(texts[total : total + 5]).replace("100| điểm", "100 điểm")
        assert found.startswith("|".join(["Tổng cộng", "100 điểm", *filter(None, expected)]))


# ================================================================ pages
EVERYTHING: dict[str, Any] = {
    "vi_pham_tieu_chuan_chung": None,
    "vi_pham": [{"tieu_chi": code, "so_hanh_vi": 1, "noi_dung": "Không chấp hành nội quy, đã được "
                 "nhắc nhở bằng văn bản và cam kết không tái phạm"} for code in MAXIMA],
    "thuong": [f"Bắt giữ, bàn giao đối tượng trộm cắp lần thứ {time}" for time in range(1, 9)],
}  # fmt: skip
LONG = {
    "don_vi": "Công ty trách nhiệm hữu hạn một thành viên Đầu tư, Thương mại và Phát triển công "
    "nghệ nông nghiệp sạch xuất khẩu Vĩnh Long Thượng",
    "co_quan_chu_quan": "BAN QUẢN LÝ CÁC KHU CÔNG NGHIỆP VÀ KHU KINH TẾ VEN BIỂN THÀNH PHỐ",
    "dia_danh": "Thành phố Hồ Chí Minh",
    "ngay_ban_hanh": "2019-12-28",
    "nam": 2019,
    "tu_cham": EVERYTHING,
    "tham_dinh": EVERYTHING,
}
Printed = dict[str, list[Page]]


@pytest.fixture(scope="module")
def pages(to_pdfs: ToPdfs, tmp_path_factory: pytest.TempPathFactory) -> Printed:
    """The twelve units, every thirtieth of the city, one with too much of everything.

    And some whose signatures come to stand at the end of the second page.
    """
    folder = tmp_path_factory.mktemp("ban-cham-diem")
    chosen = {f"đơn vị {number}": raw for number, raw in enumerate(units(), 1)}
    chosen |= {f"thứ {index}": city()[index] for index in range(0, 300, 30)}
    chosen["dài nhất"] = changed(1, **LONG)
    for count in range(2, 10):
        some = EVERYTHING | {"vi_pham": EVERYTHING["vi_pham"][:count], "thuong": None}
        chosen[f"trừ {count} dòng"] = changed(1, tham_dinh=some)
    docxs = []
    for number, raw in enumerate(chosen.values()):
        docxs.append(folder / f"{number}.docx")
        docxs[-1].write_bytes(form().render(raw))
    return dict(zip(chosen, map(pdf_pages, to_pdfs(docxs, folder)), strict=True))


def squeezed(lines: list[Line]) -> str:
    return "".join("".join(line.text for line in lines).split())


def body(page: Page) -> list[Line]:
    return [line for line in page.lines if line.baseline_mm > 20]


def borders(page: Page) -> list[float]:
    """The heights of the horizontal lines of the sheet's table."""
    return [rule.y_mm for rule in page.rules if rule.length_mm > 160]


def rows(page: Page) -> list[str]:
    """The rows of the table on a page, top to bottom, without blanks."""
    return [
        squeezed([line for line in page.lines if top < line.baseline_mm < bottom])
        for top, bottom in pairwise(borders(page))
    ]


def is_heading(row: str) -> bool:
    return "STT" in row and "Tiêuchuẩncụthể" in row and "thẩmđịnh)" in row


def test_a_sheet_is_two_pages(pages: Printed) -> None:
    assert {len(each) for name, each in pages.items() if name.startswith(("đơn", "thứ"))} == {2}


def test_the_heading_row_stands_on_every_page_of_the_table(pages: Printed) -> None:
    for name, each in pages.items():
        tables = [rows(page) for page in each if len(borders(page)) > 1]
        assert len(tables) >= 2, name
        for table in tables:
            assert is_heading(table[0]), (name, table[0])
            assert not any(map(is_heading, table[1:])), name


def test_no_row_is_torn_and_no_group_is_parted_from_its_first_row(pages: Printed) -> None:
    for name, each in pages.items():
        tables = [rows(page)[1:] for page in each if len(borders(page)) > 1]
        assert sum(map(len, tables)) == 2 + 9 + 1, name
        for table in tables:
            assert not table[-1].endswith("điểm)"), (name, table[-1])
            assert "nộidung(mỗinộidung" not in table[-1], (name, table[-1])


def test_the_total_is_on_the_page(pages: Printed) -> None:
    for number, points in enumerate(TOTALS, 1):
        last = rows(pages[f"đơn vị {number}"][1])[-1]
        assert last == "".join(["Tổngcộng100điểm", *points]).replace(" ", "")


def test_points_stand_under_their_heading(pages: Printed) -> None:
    page = pages["đơn vị 7"][1]
    own, verified = (next(f for f in page.lines if f.text == text) for text in ("95", "80"))
    heading = next(f for f in page.lines if f.text == "thẩm định)")
    assert verified.center_mm == pytest.approx(heading.center_mm, abs=0.5)
    chuan = [f for f in page.lines if f.text == "chấm"]
    assert own.center_mm == pytest.approx(chuan[0].center_mm, abs=0.5)


# NĐ 30/2020, Phụ lục I, Phần I, I.7
def test_the_page_number(pages: Printed) -> None:
    for name, each in pages.items():
        assert body(each[0]) == list(each[0].lines), name
        for page in each[1:]:
            (number,) = [line for line in page.lines if line.baseline_mm <= 20]
            assert (number.text, number.size_pt, number.bold) == (str(page.number), 14, False)
            assert number.center_mm == pytest.approx(112.5, abs=0.5)


def test_nothing_is_printed_outside_the_margins(pages: Printed) -> None:
    for name, each in pages.items():
        for page in each:
            for line in page.lines:
                assert line.x0_mm >= 29.8, (name, line)
                assert line.x1_mm <= 195.5, (name, line)
                assert line.baseline_mm < 277, (name, line)


def test_the_name_of_the_unit_is_in_the_head_of_the_page(pages: Printed) -> None:
    for number, raw in enumerate(units(), 1):
        first = pages[f"đơn vị {number}"][0]
        title = next(f for f in first.lines if f.text in ("BẢN CHẤM ĐIỂM", "BẢNG CHẤM ĐIỂM"))
        head = [f for f in first.lines if f.baseline_mm < title.baseline_mm]
        name = raw.parse()["don_vi"].upper()
        assert all(word in squeezed(head) for word in name.split())


def test_the_signatures_stand_side_by_side_and_never_alone(pages: Printed) -> None:
    for name, each in pages.items():
        left = next(f for p in each for f in p.lines if f.text.startswith("KT. TRƯỞNG CÔNG AN"))
        right = next(f for p in each for f in p.lines if f.text == "TRƯỞNG BAN CHỈ ĐẠO")
        assert left.page == right.page == len(each), name
        assert left.baseline_mm == pytest.approx(right.baseline_mm, abs=0.3), name
        assert left.center_mm < 105 < right.center_mm, name
        above = [f for f in body(each[-1]) if f.baseline_mm < left.baseline_mm]
        assert above, name
    assert {len(each) for each in pages.values()} == {2, 3}  # some do meet the end of the page


def test_the_texts_of_the_record_are_on_the_pages(pages: Printed) -> None:
    text = squeezed([line for page in pages["dài nhất"] for line in body(page)])
    for act in EVERYTHING["thuong"]:
        assert "".join(act.split()) in text
    for code in MAXIMA:
        assert text.count(f"tiêuchí{code}-01hànhvi(Khôngchấphànhnộiquy") == 2
