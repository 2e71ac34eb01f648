"""The Công văn, the outline of figures that goes with it, the table that adds the figures up.

The outline has 147 blanks for numbers and 12 for words. Some of the 147 are not typed but follow
from others (the households of a share, sums, what rose or fell), so a record holds 134 numbers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from generator.errors import DataError
from generator.pipeline import Form, open_form
from generator.records.data import RawRecord
from generator.records.schema import Field
from generator.records.skeleton import skeleton
from tests import judges
from tests.conftest import SchemaErrors, ToPdfs
from tests.forms.reading import differences, expected, paragraphs, printed, sample
from tests.judges import Line, Page, pdf_pages
from tests.making import opened

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures"
OUTLINE, LETTER, TOTALS = "de-cuong-so-lieu", "cong-van", "tong-hop-so-lieu"
DOTS = re.compile("…+")


@cache
def form(name: str) -> Form:
    return open_form(name)


def record(name: str, fixture: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(
        (FIXTURES / name / f"{fixture}.json").read_text(encoding="utf-8")
    )
    return loaded


def make(name: str, data: dict[str, Any]) -> bytes:
    text = json.dumps(data, ensure_ascii=False)
    return form(name).render(RawRecord(file="thu.json", text=text, folder=str(FIXTURES / name)))


# ================================================================ whole texts
@pytest.mark.parametrize(
    ("name", "fixture"),
    [
        (LETTER, "chi-linh"),
        (OUTLINE, "trong"),
        (OUTLINE, "mot-phuong"),
        (OUTLINE, "mot-truong"),
    ],
)
def test_the_whole_text_is_printed_paragraph_by_paragraph(name: str, fixture: str) -> None:
    assert differences(expected(name, fixture), printed(make(name, record(name, fixture)))) == []


@pytest.mark.parametrize("name", [LETTER, OUTLINE, TOTALS])
def test_the_sample_is_good_and_prints(name: str) -> None:
    text = "\n".join(printed(make(name, sample(name))))
    assert "{{" not in text
    assert "{%" not in text
    assert len(text) > 1000


# ================================================================ the letter
BODY = (FIXTURES / LETTER / "chi-linh-noi-dung.md").read_text(encoding="utf-8").strip()


def letter(**changes: Any) -> bytes:
    return make(LETTER, record(LETTER, "chi-linh") | changes)


@pytest.mark.parametrize("number", range(0, len(BODY.split("\n")), 4))
def test_the_comparison_sees_a_paragraph_that_is_missing(number: int) -> None:
    lines = BODY.split("\n")
    content = letter(noi_dung="\n".join(lines[:number] + lines[number + 1 :]))
    ((missing, added),) = differences(expected(LETTER, "chi-linh"), printed(content))
    assert (len(missing), added) == (1, [])


def test_italics_and_bold_of_the_letter() -> None:
    runs = [run for p in paragraphs(letter()) for run in p.runs if run.text.strip()]
    name = "Xây dựng làng an toàn, khu dân cư an toàn; cơ quan, doanh nghiệp an toàn về "
    assert [run.text for run in runs if run.italic] == [
        f"{name}ANTT",  # under the number
        f"{name}ANTT",
        f"{name}an ninh trật tự",
        f"{name}ANTT",
        "số liệu sơ kết tính từ 16/10/2018 đến thời điểm báo cáo",
    ]
    assert [run.text for run in runs if run.bold] == [
        "trước ngày 16/10/2019",
        "trước ngày 10/10/2019",
        "3. Về thi đua, khen thưởng.",
    ]


# PL I, II.9.b: one addressee on the line of the word, several below it, the last with a stop
@pytest.mark.parametrize(
    ("addressees", "lines"),
    [
        (["Sở Nội vụ tỉnh Lâm Sơn"], ["Kính gửi: Sở Nội vụ tỉnh Lâm Sơn"]),
        (["Trưởng các thôn", "Công an xã"], ["Kính gửi:", "- Trưởng các thôn;", "- Công an xã."]),
    ],
)
def test_addressees(addressees: list[str], lines: list[str]) -> None:
    found = printed(letter(kinh_gui=addressees))
    start = next(i for i, text in enumerate(found) if text.startswith("Kính gửi"))
    assert found[start : start + len(lines)] == lines
    assert found[start + len(lines)].startswith("Để đánh giá")


def test_a_letter_without_addressee_or_content_is_refused() -> None:
    with pytest.raises(DataError) as refused:
        letter(kinh_gui=[], trich_yeu="")
    paths = [problem.at.split()[-1] for problem in refused.value.problems]
    assert paths == ["$.trich_yeu", "$.kinh_gui"]


def test_a_letter_waiting_for_its_number_and_date() -> None:
    found = printed(letter(so=None, ngay_ban_hanh=None))
    assert re.fullmatch(r"Số: +/HD-BCĐ", found[4])
    assert found[6] == "Chí Linh, ngày …… tháng …… năm ……"


# ================================================================ the outline: its blanks
def blanks(content: bytes) -> list[str]:
    return DOTS.findall("\n".join(printed(content)))


def leaves(at: Field, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Field]]:
    for key, child in at.children.items():
        if child.children:
            yield from leaves(child, (*path, key))
        else:
            yield (*path, key), child


def facts(kind: str) -> list[tuple[str, ...]]:
    """The paths of the fields to fill: "number", or "words" for the short texts."""
    found = [
        (path, field)
        for path, field in leaves(form(OUTLINE).schema.root)
        if "null" in field.types and path[0] not in ("kem_theo", "don_vi")
    ]
    if kind == "number":
        return [path for path, field in found if field.is_number]
    return [path for path, field in found if not field.is_number and not field.is_long_text]


def put(data: dict[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    changed = deepcopy(data)
    at = changed
    for key in path[:-1]:
        at = at.setdefault(key, {})
    at[path[-1]] = value
    return changed


BLANK = record(OUTLINE, "trong")
# The inventory of the paper form, counted section by section: blanks for numbers.
TALLY = {
    "1. Công tác tuyên truyền": 1,
    "2. Kết quả đăng ký": 10 + 9,  # the households once more and their share follow; 9 for models
    "4. Kết quả công tác bảo vệ": 20,  # three fields of crime, from 12 facts
    "* Bàn giao (báo cáo)": 6,
    "* Công an xã, phường lập hồ sơ": 27,
    "a. Kết quả": 8,
    "b. Kết quả": 8,
    "c. Kết quả": 4,
    "d. Kết quả": 9,
    "đ. Kết quả": 6,
    "e. Kết quả": 4,
    "g. Kết quả": 8,
    "h. Kết quả": 3,
    "6. Kết quả xây dựng": 0,
    "7. Kết quả tự chấm": 1,
    "8. Kết quả củng cố": 23,  # three of them sums
    "III. NHẬN XÉT": 0,
}


def test_the_blank_form_has_147_blanks_for_numbers_section_by_section() -> None:
    with_words = BLANK
    for path in facts("words"):
        with_words = put(with_words, path, "lời")
    counts = dict.fromkeys(TALLY, 0)
    section = ""
    for text in printed(make(OUTLINE, with_words)):
        section = next((start for start in TALLY if text.startswith(start)), section)
        if DOTS.search(text):
            counts[section] += len(DOTS.findall(text))
    assert counts == TALLY
    assert sum(counts.values()) == 147


def test_the_blank_form_has_12_blanks_for_words() -> None:
    assert len(facts("words")) == 12
    with_numbers = BLANK
    for path in facts("number"):
        # Totals agree with their parts, and there are households to take a share of.
        with_numbers = put(with_numbers, path, 7 if path[-1] == "tong_so_ho" else 0)
    assert len(blanks(make(OUTLINE, with_numbers))) == 12
    assert len(blanks(make(OUTLINE, BLANK))) == 147 + 12


def test_134_numbers_are_recorded_and_13_blanks_follow_from_them() -> None:
    households, share, sums = 1, 1, 3
    comparisons = 20 - 3 * 4  # three fields, two kinds of count, two years
    assert len(facts("number")) == 147 - households - share - sums - comparisons == 134


def test_each_fact_is_printed_and_leaves_the_other_blanks_alone() -> None:
    total = len(blanks(make(OUTLINE, BLANK)))
    lasting = {}  # how many blanks one fact fills, where it is not one
    for path in facts("number"):
        content = make(OUTLINE, put(BLANK, path, 987654))
        found = "\n".join(printed(content))
        filled = total - len(blanks(content))
        assert found.count("987.654") == filled, path
        if filled != 1:
            lasting[".".join(path)] = filled
    assert lasting == {
        "dang_ky.ho_cam_ket": 2,  # again in the brackets
        "an_ninh.kinh_te.nam_nay.doi_tuong": 2,  # the paper form asks for it twice
        "an_ninh.te_nan.nam_nay.doi_tuong": 2,
        **{  # shown only as what rose or fell, once this year's number is known
            f"an_ninh.{kind}.nam_truoc.{count}": 0
            for kind in ("hinh_su", "kinh_te", "te_nan")
            for count in ("vu", "doi_tuong")
        },
    }


@pytest.mark.parametrize("path", facts("words"), ids=".".join)
def test_each_text_is_printed_in_one_blank(path: tuple[str, ...]) -> None:
    content = make(OUTLINE, put(BLANK, path, "lời của đơn vị"))
    assert "\n".join(printed(content)).count("lời của đơn vị") == 1
    assert len(blanks(content)) == 158


def test_an_answer_is_printed_below_its_question_and_takes_no_blank() -> None:
    answers = [p for p, field in leaves(form(OUTLINE).schema.root) if field.is_long_text]
    assert len(answers) == 9
    before = printed(make(OUTLINE, BLANK))
    for path in answers:
        after = printed(make(OUTLINE, put(BLANK, path, "- Trả lời riêng.")))
        assert differences(before, after) == [([], ["- Trả lời riêng."])], path


# ================================================================ the outline: what follows
CRIME = "- Tổng số vụ vi phạm về lĩnh vực hình sự: "


@pytest.mark.parametrize(
    ("now", "before", "text"),
    [
        ((12, 17), (15, 16),
         "12 vụ, 17 đối tượng (giảm 3 vụ; tăng 1 đối tượng so với cùng kỳ năm 2018)."),
        ((5, 5), (5, 5),
         "5 vụ, 5 đối tượng (không tăng, không giảm về số vụ; không tăng, không giảm về số đối "
         "tượng so với cùng kỳ năm 2018)."),
        ((0, 0), (2, 1200),
         "0 vụ, 0 đối tượng (giảm 2 vụ; giảm 1.200 đối tượng so với cùng kỳ năm 2018)."),
        ((3, None), (1, 4),
         "3 vụ (tăng 2 vụ). So với cùng kỳ năm 2018, …… đối tượng (tăng ……, giảm ……)."),
        ((3, 4), (None, None),
         "3 vụ (tăng …… vụ, giảm …… vụ). So với cùng kỳ năm 2018, 4 đối tượng "
         "(tăng ……, giảm ……)."),
    ],
)  # fmt: skip
def test_comparison_with_last_year(
    now: tuple[int | None, int | None], before: tuple[int | None, int | None], text: str
) -> None:
    keys = ("vu", "doi_tuong")
    years = {
        "nam_nay": dict(zip(keys, now, strict=True)),
        "nam_truoc": dict(zip(keys, before, strict=True)),
    }
    found = printed(make(OUTLINE, BLANK | {"an_ninh": {"hinh_su": years}}))
    assert next(line for line in found if line.startswith(CRIME)) == CRIME + text


@pytest.mark.parametrize(
    ("households", "printed_share"),
    [
        ((2815, 2930), "(đạt 2.815 hộ/2.930 hộ = 96,1% số hộ trên địa bàn)"),
        ((0, 2930), "(đạt 0 hộ/2.930 hộ = 0% số hộ trên địa bàn)"),
        ((75, None), "(đạt 75 hộ/……… hộ = ……% số hộ trên địa bàn)"),
        ((None, 2930), "(đạt ……… hộ/2.930 hộ = ……% số hộ trên địa bàn)"),
        ((0, 0), "(đạt 0 hộ/0 hộ = ……% số hộ trên địa bàn)"),
    ],
)
def test_share_of_households(households: tuple[int | None, ...], printed_share: str) -> None:
    counts = dict(zip(("ho_cam_ket", "tong_so_ho"), households, strict=True))
    found = printed(make(OUTLINE, BLANK | {"dang_ky": counts}))
    assert sum(printed_share in line for line in found) == 1


def test_sums_need_all_their_parts() -> None:
    posts = ("truong_ban", "pho_truong_ban", "to_truong", "to_pho", "thanh_vien")
    whole = dict(zip(posts, (1, 2, 11, 9, 1033), strict=True))
    for parts, total in ((whole, "1.056"), (whole | {"to_pho": None}, "……"), ({}, "……")):
        guards = {"bao_ve_dan_pho": {**parts, "bo_sung": parts}}
        found = printed(make(OUTLINE, BLANK | {"luc_luong": guards}))
        (text,) = [line for line in found if line.startswith("- Lực lượng Bảo vệ dân phố")]
        assert text.startswith(f"- Lực lượng Bảo vệ dân phố hiện có: {total} đ/c, Trưởng ban")
        assert f"bổ sung {total} đ/c, trong đó" in text


def test_years_before_and_after_follow_from_the_year() -> None:
    text = "\n".join(printed(make(OUTLINE, BLANK | {"nam": 2024})))
    assert text.count("cùng kỳ năm 2023") == 3
    assert "ĐẨY MẠNH THỰC HIỆN ĐỀ ÁN NĂM 2025 VÀ" in text
    assert "an toàn về ANTT” năm 2024" in text
    assert "an toàn về ANTT năm 2024." in text


# ================================================================ the outline: its data
@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("tuyen_truyen", "so_luot"), -1, "Số lượt tuyên truyền nhỏ hơn 0"),
        (("dang_ky", "tong_so_ho"), 12.5, "Tổng số hộ trên địa bàn phải là số nguyên"),
        (("ban_giao", "te_nan", "vu"), "bảy", "Số vụ: "),
        (("phoi_hop", "phu_nu", "tien_bo"), True, "Số người lầm lỗi đã tiến bộ (Hội Phụ nữ)"),
        (("phoi_hop", "phunu"), {}, "không có trường “phunu”"),
        (("nam",), None, "Năm báo cáo phải là số nguyên"),
    ],
)
def test_a_wrong_figure_is_refused_with_its_name_and_place(
    path: tuple[str, ...], value: Any, message: str
) -> None:
    with pytest.raises(DataError) as refused:
        make(OUTLINE, put(BLANK, path, value))
    (problem,) = refused.value.problems
    assert problem.message.startswith(message)
    assert problem.at.endswith("$." + ".".join(path))


def test_a_figure_typed_the_vietnamese_way_is_read() -> None:
    typed = put(BLANK, ("dang_ky", "tong_so_ho"), "2.930")
    typed = put(typed, ("xa_xu_ly", "te_nan", "phat_hanh_chinh", "trieu_dong"), "1.046,5")
    text = "\n".join(printed(make(OUTLINE, typed)))
    assert "/2.930 hộ" in text
    assert "1.046,5 triệu đồng" in text


def test_the_data_file_to_fill_lists_every_figure_and_prints_the_blank_form() -> None:
    text = skeleton(form(OUTLINE).schema, "Đề cương")
    listed = json.loads(text)
    for path in facts("number") + facts("words"):
        at = listed
        for key in path[:-1]:
            at = at[key]
        assert at[path[-1]] is None, path
    filled = listed | {key: BLANK[key] for key in ("nam", "kem_theo")}
    assert printed(make(OUTLINE, filled)) == expected(OUTLINE, "trong")


def test_every_field_has_a_title_and_a_description_and_leaves_of_a_group_differ() -> None:
    def walk(at: Field) -> Iterator[Field]:
        for child in at.children.values():
            yield child
            yield from walk(child)

    for name in (OUTLINE, LETTER, TOTALS):
        root = form(name).schema.root
        for field in (root, *walk(root)):
            assert field.title != field.key, field
            assert field.description, field
            titles = [child.title for child in field.children.values()]
            assert len(titles) == len(set(titles)), field


# ================================================================ the table of all units
WARD = {
    key: value
    for key, value in record(OUTLINE, "mot-phuong").items()
    if key not in ("nam", "kem_theo", "don_vi")
}
HEAD = {"nam": 2019, "co_quan_tong_hop": "Công an thành phố Lạc Giang"}


def totals(*units: dict[str, Any]) -> dict[str, Any]:
    named = [{"don_vi": f"Đơn vị số {n}", **unit} for n, unit in enumerate(units, start=1)]
    return HEAD | {"cac_don_vi": named}


def tables(*units: dict[str, Any]) -> list[list[list[str]]]:
    """The tables of figures: of each the total row and the rows of the units, without number."""
    found = opened(make(TOTALS, totals(*units))).tables
    rows = [[[cell.text for cell in row.cells] for row in table.rows] for table in found[:-1]]
    starts = [[row[1] for row in table].index("Tổng cộng") for table in rows]
    return [[row[1:] for row in table[at:]] for table, at in zip(rows, starts, strict=True)]


def test_each_figure_has_a_column_that_adds_up_the_units() -> None:
    seen = set()
    for path in facts("number"):
        put_in = [put({}, path, value) for value in (300001, 20001)]
        cells = [
            (number, column, [row[column] for row in table])
            for number, table in enumerate(tables(*put_in, {}))
            for column in range(1, len(table[0]))
            if "".join(row[column] for row in table if "thiếu" not in row[column])
        ]
        plain = [cell for cell in cells if cell[2] == ["320.002", "300.001", "20.001", ""]]
        assert len(plain) == 1, (path, cells)
        assert len(cells) == 1, (path, cells)  # no sum, share or change from half its parts
        seen.add(plain[0][:2])
    assert len(seen) == 134


def figure(data: dict[str, Any], path: tuple[str, ...]) -> Any:
    for key in path:
        data = data.get(key, {})
    return data or None


def test_shares_changes_and_sums_are_computed_for_each_unit_and_for_all() -> None:
    before = {"vu": 1, "doi_tuong": 30}
    crime = {"hinh_su": {"nam_nay": {"vu": 4, "doi_tuong": 9}, "nam_truoc": before}}
    other = {
        "dang_ky": {"ho_cam_ket": 1000, "tong_so_ho": 1070},
        "an_ninh": crime,
        "luc_luong": {"bao_ve_co_quan": {"chuyen_trach": 1, "hop_dong": 0}},
    }
    found = tables(WARD, other)
    columns = [[row[at] for row in t] for t in found for at in range(1, len(t[0]))]
    assert ["95,4%", "96,1%", "93,5%"] in columns  # 3.815 of 4.000
    assert ["0", "-3", "+3"] in columns  # cases
    assert ["-20", "+1", "-21"] in columns  # persons
    assert ["38", "37", "1"] in columns  # guards of offices
    assert ["56", "56", ""] in columns  # wardens
    halves = tables(WARD, put(other, ("dang_ky", "tong_so_ho"), None))
    columns = [[row[at] for row in t] for t in halves for at in range(1, len(t[0]))]
    assert ["", "96,1%", ""] in columns  # like is not compared with unlike


def test_words_are_collected_by_unit() -> None:
    *_, words = opened(make(TOTALS, totals(WARD, {}))).tables
    assert [row.cells[1].text for row in words.rows] == ["Đơn vị", "Đơn vị số 1", "Đơn vị số 2"]
    text = words.rows[1].cells[2].text
    for path in facts("words"):
        assert f": {figure(WARD, path)}\n" in text, path
    answers = [p for p, field in leaves(form(OUTLINE).schema.root) if field.is_long_text]
    for path in answers:
        assert f": {figure(WARD, path)}".replace("**", "") in text, path
    assert text.count("\n") == len(facts("words")) + len(answers) - 1 + 3  # three have two lines
    assert words.rows[2].cells[2].text == "Không có"


def test_units_stand_in_the_order_of_the_data_and_are_numbered() -> None:
    for table in opened(make(TOTALS, totals(*[WARD] * 12))).tables:
        rows = [[cell.text for cell in row.cells[:2]] for row in table.rows]
        units = [row for row in rows if row[1].startswith("Đơn vị số")]
        assert units == [[str(n), f"Đơn vị số {n}"] for n in range(1, 13)]


def test_a_table_of_no_unit_is_refused() -> None:
    with pytest.raises(DataError) as refused:
        make(TOTALS, totals())
    assert "cần ít nhất 1 mục" in refused.value.problems[0].message


# ================================================================ pages
LONG_AGENCY = (
    "Ban Quản lý dự án đầu tư xây dựng các công trình giao thông, thủy lợi và hạ tầng kỹ thuật "
    "khu kinh tế ven biển tỉnh Lâm Sơn"
)
DOCUMENTS: dict[str, tuple[str, dict[str, Any]]] = {
    "chi-linh": (LETTER, record(LETTER, "chi-linh")),
    "mau": (LETTER, sample(LETTER)),
    "mot-noi": (LETTER, sample(LETTER) | {"kinh_gui": ["Sở Nội vụ tỉnh Lâm Sơn"]}),
    "dai": (
        LETTER,
        sample(LETTER)
        | {
            "co_quan_ban_hanh": LONG_AGENCY,
            "trich_yeu": f"{LONG_AGENCY} báo cáo tiến độ thực hiện các dự án trọng điểm năm 2026",
            "kinh_gui": [f"{LONG_AGENCY} số {n}" for n in range(1, 9)],
            "noi_nhan": [f"UBND phường thứ {n}" for n in range(1, 40)],
        },
    ),
    "ngan": (
        LETTER,
        sample(LETTER)
        | {"trich_yeu": "họp", "kinh_gui": ["UBND xã"], "noi_dung": "Mời họp./."}
        | {"noi_nhan": ["Như trên"], "dia_chi": None},
    ),
    "trong": (OUTLINE, BLANK),
    "mot-phuong": (OUTLINE, record(OUTLINE, "mot-phuong")),
    "mot-truong": (OUTLINE, record(OUTLINE, "mot-truong")),
    "4 đơn vị": (TOTALS, sample(TOTALS)),
    "24 đơn vị": (TOTALS, totals(*[WARD, {}, WARD] * 8)),
}
LETTERS = [name for name, (kind, _) in DOCUMENTS.items() if kind == LETTER]
TABLES = [name for name, (kind, _) in DOCUMENTS.items() if kind == TOTALS]
OUTLINES = [name for name, (kind, _) in DOCUMENTS.items() if kind == OUTLINE]


@pytest.fixture(scope="module")
def docxs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("cong-van-so-lieu")
    made = {name: folder / f"{name}.docx" for name in DOCUMENTS}
    for name, path in made.items():
        path.write_bytes(make(DOCUMENTS[name][0], DOCUMENTS[name][1]))
    return made


@pytest.fixture(scope="module")
def pages(docxs: dict[str, Path], to_pdfs: ToPdfs) -> dict[str, list[Page]]:
    folder = next(iter(docxs.values())).parent
    return dict(zip(docxs, map(pdf_pages, to_pdfs(list(docxs.values()), folder)), strict=True))


def every_line(pages: list[Page]) -> list[Line]:
    return [line for page in pages for line in page.lines]


def line(pages: list[Page], start: str) -> Line:
    return next(found for found in every_line(pages) if found.text.startswith(start))


def test_the_documents_are_valid(docxs: dict[str, Path], schema_errors: SchemaErrors) -> None:
    forms = (LETTER, OUTLINE, TOTALS)
    templates = [ROOT / "doctemplates" / name / "template.docx" for name in forms]
    assert schema_errors([*docxs.values(), *templates]) == []
    for path in (*docxs.values(), *templates):
        assert judges.audit_errors(path) == []
        assert judges.integrity_errors(path) == []
        assert judges.structure_errors(path) == []
    assert [judges.leftover_tags(path) for path in docxs.values()] == [[]] * len(docxs)


def test_nothing_is_printed_outside_the_margins(pages: dict[str, list[Page]]) -> None:
    for name in (*LETTERS, *OUTLINES):
        for page in pages[name]:
            assert (page.width_mm, page.height_mm) == pytest.approx((210, 297), abs=0.2), name
            for found in page.lines:
                assert found.x0_mm >= 29.8, (name, found)
                assert found.x1_mm <= 195.5, (name, found)
                foot = found.text.startswith(("Thôn 3, xã", "Điện thoại:"))
                assert found.baseline_mm < (288 if foot else 277), (name, found)


# a blank is one word to a typesetter: the groups of dots on paper are those of the text
@pytest.mark.parametrize("name", OUTLINES)
def test_no_blank_is_broken_across_lines(pages: dict[str, list[Page]], name: str) -> None:
    on_paper = [dots for found in every_line(pages[name]) for dots in DOTS.findall(found.text)]
    in_text = DOTS.findall("\n".join(expected(OUTLINE, name)))
    assert sorted(on_paper) == sorted(in_text)
    assert all(len(dots) >= 2 for dots in on_paper)


def test_blanks_are_wide_enough_to_write_in(pages: dict[str, list[Page]]) -> None:
    # 2 mm a digit by hand: three digits in the narrow ones, five in the wide ones
    widths = [len(dots) * 14 * 25.4 / 72 for dots in blanks(make(OUTLINE, BLANK))]
    assert min(widths) > 9
    words = [width for width in widths if width > 29]
    assert len(words) == 12
    for found in every_line(pages["trong"]):
        if found.text.strip("…. ") == "":
            assert found.x0_mm == pytest.approx(30, abs=0.3)


@pytest.mark.parametrize("name", OUTLINES)
def test_a_heading_or_lead_is_never_the_last_line_of_a_page(
    pages: dict[str, list[Page]], name: str
) -> None:
    leads = ("Phân loại xử lý:", "* Bàn giao", "* Công an xã")
    for page in pages[name]:
        last = page.lines[-1]
        assert not last.bold, last
        assert not last.text.startswith(leads), last


# PL I, II.5.b: V/v under the number, not bold, 12-13 pt, 6 pt below it, no rule under it
@pytest.mark.parametrize("name", LETTERS)
def test_the_summary_stands_under_the_number(pages: dict[str, list[Page]], name: str) -> None:
    each = pages[name]
    number, summary = line(each, "Số:"), line(each, "V/v ")
    assert summary.center_mm == pytest.approx(number.center_mm, abs=0.6)
    assert (summary.size_pt, summary.bold) == (13, False)
    step_pt = (summary.baseline_mm - number.baseline_mm) / 25.4 * 72
    assert step_pt == pytest.approx(1.149 * 13 + 6, abs=0.5)
    below = [r for r in each[0].rules if 0 < r.y_mm - summary.baseline_mm < 5 and r.x1_mm < 100]
    assert below == []


# PL I, II.9.b: the dashes stand under the colon
def test_dashes_stand_under_the_colon_of_the_addressees(pages: dict[str, list[Page]]) -> None:
    each = pages["chi-linh"]
    colon = line(each, "Kính gửi:").x1_mm
    dashes = [line(each, start) for start in ("- Các đ/c thành", "- Đ/c Chủ tịch", "- Đ/c lãnh")]
    for found in dashes:
        assert found.x0_mm == pytest.approx(colon, abs=1.5)
        assert found.size_pt == 14


# IV, ô 7 and 9b: on one page, level; the content ends above them
@pytest.mark.parametrize("name", LETTERS)
def test_recipients_and_signature_stay_together(pages: dict[str, list[Page]], name: str) -> None:
    each, data = pages[name], DOCUMENTS[name][1]
    label = line(each, "Nơi nhận:")
    authority = line(each, data["nguoi_ky"]["quyen_han"][0])
    signer = next(f for f in every_line(each) if f.text.endswith(data["nguoi_ky"]["ho_ten"]))
    assert label.page == authority.page == signer.page == len(each)
    assert label.baseline_mm == pytest.approx(authority.baseline_mm, abs=0.3)
    assert line(each, "- Lưu:").page == label.page


def test_the_brace_spans_its_lines(pages: dict[str, list[Page]]) -> None:
    each = pages["chi-linh"]
    note = line(each, "(báo cáo)")
    first, last = line(each, "- TT Thành ủy;"), line(each, "thành phố – Trưởng BCĐ;")
    assert note.x0_mm > last.x1_mm
    assert first.baseline_mm < note.baseline_mm < last.baseline_mm
    assert note.baseline_mm == pytest.approx((first.baseline_mm + last.baseline_mm) / 2, abs=1)


def test_the_address_is_at_the_foot_of_the_first_page_only(pages: dict[str, list[Page]]) -> None:
    for name in ("mau", "dai"):
        address = [f for f in every_line(pages[name]) if f.text.startswith("Thôn 3, xã")]
        assert [f.page for f in address] == [1]
        assert address[0].size_pt == 11
    assert all("Thôn 3" not in f.text for f in every_line(pages["ngan"]))


# PL I, I.2: tables may lie across; the head of a table is repeated, no row is torn
@pytest.mark.parametrize("name", TABLES)
def test_the_tables_lie_across_with_their_heads_on_each_page(
    pages: dict[str, list[Page]], name: str
) -> None:
    for page in pages[name]:
        assert (page.width_mm, page.height_mm) == pytest.approx((297, 210), abs=0.2)
        texts = [found.text for found in page.lines]
        assert "STT" in texts, page.number
        for found in page.lines:
            assert 29.8 <= found.x0_mm < found.x1_mm <= 277.5, found
            assert found.baseline_mm < 190.5, found
        rules = [rule for rule in page.rules if rule.length_mm > 200]
        assert all(rule.x0_mm == pytest.approx(30, abs=0.5) for rule in rules)
        assert all(rule.x1_mm == pytest.approx(272, abs=5.5) for rule in rules)


@pytest.mark.parametrize("name", TABLES)
def test_no_syllable_of_a_column_head_is_broken(pages: dict[str, list[Page]], name: str) -> None:
    whole = set(" ".join(printed(make(*DOCUMENTS[name]))).split())
    heads = [found for found in every_line(pages[name]) if found.bold]
    assert {word for found in heads for word in found.text.split()} <= whole


def test_a_table_title_never_ends_a_page(pages: dict[str, list[Page]]) -> None:
    for name in TABLES:
        for page in pages[name]:
            assert not page.lines[-1].text.startswith(("II.", "Các nội dung")), page.number
