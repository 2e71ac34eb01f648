"""Documents of two agencies, documents of the Party, and tables whose columns the data declares.

Figures for the Party are those of Hướng dẫn 36-HD/VPTW and 05-HD/VPTW as the standards file has
them. Pages are those LibreOffice prints.
"""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from docx.oxml.ns import qn

from generator.errors import DataError
from tests import judges
from tests.conftest import SchemaErrors, ToPdfs
from tests.forms.gallery import render as made
from tests.forms.reading import sample
from tests.forms.test_ke_hoach import differences, printed, rule_below
from tests.forms.test_nghi_dinh_30 import (
    QUOC_HIEU,
    SENTENCE,
    TIEU_NGU,
    Pages,
    Record,
    blank_sample,
)
from tests.judges import Line, pdf_pages
from tests.making import opened

ROOT = Path(__file__).parents[2]


def fixture(name: str) -> Record:
    path = ROOT / "fixtures" / f"{name}.json"
    record: Record = json.loads(path.read_text(encoding="utf-8"))
    return record


# ================================================================ two agencies
JOINT = [
    "ỦY BAN NHÂN DÂN\nTỈNH LÂM SƠN",
    "SỞ NỘI VỤ -\nSỞ TÀI CHÍNH",
    QUOC_HIEU,
    TIEU_NGU,
    "Số: 07/HD-SNV-STC",
    "Lâm Sơn, ngày 03 tháng 6 năm 2026",
    "HƯỚNG DẪN",
    "Về việc lập dự toán kinh phí\nđào tạo, bồi dưỡng cán bộ, công chức năm 2027",
    "Căn cứ Quyết định số 21/2026/QĐ-UBND ngày 20 tháng 4 năm 2026 của Ủy ban nhân dân tỉnh Lâm "
    "Sơn về phân cấp quản lý kinh phí đào tạo, bồi dưỡng.",
    "Sở Nội vụ và Sở Tài chính hướng dẫn lập dự toán kinh phí đào tạo, bồi dưỡng cán bộ, công chức "
    "năm 2027 như sau:",
    "1. Đơn vị lập dự toán theo chỉ tiêu đào tạo đã được Sở Nội vụ thẩm định.",
    "2. Dự toán gửi Sở Nội vụ và Sở Tài chính trước ngày 15 tháng 7 năm 2026.",
    "3. Quá thời hạn trên, kinh phí chưa lập dự toán không được bổ sung trong năm./.",
    "GIÁM ĐỐC SỞ TÀI CHÍNH",
    "Mai Thị Thanh Hà",
    "Nơi nhận:",
    "- UBND tỉnh (để b/c);",
    "- Các sở, ban, ngành cấp tỉnh;",
    "- UBND các xã, phường;",
    "- Giám đốc, các Phó Giám đốc hai Sở;",
    "- Lưu: VT, SNV, STC.",
    "KT. GIÁM ĐỐC SỞ NỘI VỤ",
    "PHÓ GIÁM ĐỐC",
    "Tạ Đình Phong",
]


def test_the_text_of_a_joint_document() -> None:
    assert differences(JOINT, printed(made("van-ban", fixture("van-ban/lien-tich")))) == []


def test_without_a_second_signer_nothing_changes() -> None:
    record = sample("van-ban")
    assert printed(made("van-ban", record)) == printed(
        made("van-ban", record | {"nguoi_ky_2": None})
    )


def test_the_second_signer_is_held_to_the_decree_too() -> None:
    record = fixture("van-ban/lien-tich")
    record["nguoi_ky_2"]["quyen_han"] = ["KT. GIÁM ĐỐC", "TL. GIÁM ĐỐC"]
    with pytest.raises(DataError) as caught:
        made("van-ban", record)
    assert "nguoi_ky_2.quyen_han" in str(caught.value)
    assert "TM. hoặc TL. phải đứng trên KT. hoặc Q." in str(caught.value)


# ================================================================ the Party
PARTY = [
    "TỈNH ỦY LÂM SƠN",
    "*",
    "ĐẢNG CỘNG SẢN VIỆT NAM",
    "Số 06-CT/TU",
    "Lâm Sơn, ngày 04 tháng 8 năm 2026",
    "CHỈ THỊ",
    "về tăng cường lãnh đạo công tác phòng cháy,\nchữa cháy rừng mùa khô 2026 - 2027",
    "-----",
    *sample("van-ban-dang")["noi_dung"].split("\n"),
    "Nơi nhận:",
    "- Ban Bí thư Trung ương Đảng (để báo cáo),",
    "- Các đảng ủy trực thuộc Tỉnh ủy,",
    "- Các đồng chí Tỉnh ủy viên,",
    "- Lưu Văn phòng Tỉnh ủy.",
    "T/M BAN THƯỜNG VỤ",
    "PHÓ BÍ THƯ",
    "Lương Thế Bảo",
]
LETTER: Record = {
    "co_quan_chu_quan": "Đảng bộ tỉnh Lâm Sơn",
    "co_quan_ban_hanh": "Đảng ủy\nxã Phú Lâm Thượng",
    "ky_hieu": "CV/ĐU",
    "so": None,
    "ngay_ban_hanh": None,
    "ten_loai": None,
    "trich_yeu": "báo cáo kết quả học tập chuyên đề năm 2026",
    "kinh_gui": ["Các chi bộ trực thuộc", "Văn phòng Đảng ủy"],
    "can_cu": ["Căn cứ Kế hoạch số 12-KH/TU", "Căn cứ tình hình thực tế"],
    "nguoi_ky": {
        "quyen_han": ["T/L BAN THƯỜNG VỤ", "K/T CHÁNH VĂN PHÒNG"],
        "chuc_vu": "PHÓ CHÁNH VĂN PHÒNG",
        "ho_ten": None,
    },
}


def test_the_text_of_a_party_document() -> None:
    assert differences(PARTY, printed(made("van-ban-dang", sample("van-ban-dang")))) == []


def test_a_party_letter_has_its_summary_under_the_number() -> None:
    found = printed(made("van-ban-dang", sample("van-ban-dang") | LETTER))
    assert found[:13] == [
        "ĐẢNG BỘ TỈNH LÂM SƠN",
        "ĐẢNG ỦY\nXÃ PHÚ LÂM THƯỢNG",
        "*",
        "ĐẢNG CỘNG SẢN VIỆT NAM",
        "Số        -CV/ĐU",
        "về việc báo cáo kết quả học tập chuyên đề năm 2026",
        "Lâm Sơn, ngày …… tháng …… năm ……",
        "Kính gửi:",
        "- Các chi bộ trực thuộc;",
        "- Văn phòng Đảng ủy.",
        "- Căn cứ Kế hoạch số 12-KH/TU;",
        "- Căn cứ tình hình thực tế.",
        PARTY[8],
    ]
    assert found[-3:] == ["T/L BAN THƯỜNG VỤ", "K/T CHÁNH VĂN PHÒNG", "PHÓ CHÁNH VĂN PHÒNG"]


def test_a_proposal_of_the_party_says_kinh_trinh() -> None:
    record = sample("van-ban-dang") | {"loi_kinh_gui": "Kính trình", "kinh_gui": ["Ban Bí thư"]}
    assert "Kính trình: Ban Bí thư" in printed(made("van-ban-dang", record))


@pytest.mark.parametrize("line", ["TM. BAN THƯỜNG VỤ", "KT CHÁNH VĂN PHÒNG", "T/MBAN THƯỜNG VỤ"])
def test_the_party_writes_authorities_with_a_slash(line: str) -> None:
    record = sample("van-ban-dang")
    record["nguoi_ky"]["quyen_han"] = [line]
    with pytest.raises(DataError) as caught:
        made("van-ban-dang", record)
    (problem,) = caught.value.problems
    assert problem.message == (
        "Dòng quyền hạn: văn bản của Đảng ghi T/M, K/T, T/L rồi một dấu cách, "
        "không ghi TM., KT., TL."
    )


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["K/T CHÁNH VĂN PHÒNG", "T/L BAN THƯỜNG VỤ"], "T/M hoặc T/L phải đứng trên K/T hoặc Q."),
        (["BAN A", "K/T BÍ THƯ", "T/M BAN THƯỜNG VỤ"], "T/M hoặc T/L phải đứng trên K/T hoặc Q."),
        (["T/M BAN THƯỜNG VỤ", "T/L BÍ THƯ"], "T/M và T/L không đi với nhau"),
        (["K/T BÍ THƯ", "Q. BÍ THƯ"], "K/T và Q. không đi với nhau"),
        (["T/L BAN A", "T/L BAN B"], "chỉ dùng một lần"),
    ],
)
def test_authorities_of_the_party_have_their_order(lines: list[str], said: str) -> None:
    record = sample("van-ban-dang")
    record["nguoi_ky"]["quyen_han"] = lines
    with pytest.raises(DataError) as caught:
        made("van-ban-dang", record)
    assert any(said in problem.message for problem in caught.value.problems)


@pytest.mark.parametrize(
    "lines",
    [
        ["T/M BAN THƯỜNG VỤ"],
        ["K/T CHÁNH VĂN PHÒNG"],
        ["T/L BAN THƯỜNG VỤ", "K/T CHÁNH VĂN PHÒNG"],
        ["T/M BAN THƯỜNG VỤ", "Q. BÍ THƯ"],
    ],
)
def test_authorities_of_the_party_in_order_are_printed(lines: list[str]) -> None:
    record = sample("van-ban-dang")
    record["nguoi_ky"]["quyen_han"] = lines
    assert set(lines) <= set(printed(made("van-ban-dang", record)))


@pytest.mark.parametrize("symbol", ["CT-TU", "CT/TU ", "06-CT/TU"])
def test_a_party_symbol_has_its_slash(symbol: str) -> None:
    with pytest.raises(DataError, match="ky_hieu"):
        made("van-ban-dang", sample("van-ban-dang") | {"ky_hieu": f"{symbol}!"})


# ================================================================ tables with columns from data
def table_record(**changes: Any) -> Record:
    record = fixture("phu-luc/bang-cot")
    record["bang"] |= changes
    return record


def grid_of(content: bytes) -> list[int]:
    table = opened(content).tables[0]._tbl
    return [int(column.get(qn("w:w"))) for column in table.iter(qn("w:gridCol"))]


def rows_of(content: bytes) -> list[list[str]]:
    table = opened(content).tables[0]._tbl
    return [
        ["".join(t.text or "" for t in cell.iter(qn("w:t"))) for cell in row.iter(qn("w:tc"))]
        for row in table.iter(qn("w:tr"))
    ]


TABLE_ROWS = [
    ["Xã", "Loại công trình", "Số công trình", "Chiều dài (km)", "Kinh phí"],
    ["Phú Lâm Thượng", "Kênh mương", "12", "1,8", "450"],
    ["", "Đường thôn", "7", "3,2", "1.250"],
    ["", "Nhà văn hóa", "3", "", "2.600"],
    ["Phú Lâm Hạ", "Kênh mương", "12", "1,8", "450"],
    ["", "Đường thôn", "7", "3,2", "1.250"],
    ["", "Nhà văn hóa", "3", "", "2.600"],
    ["An Bình", "Kênh mương", "12", "1,8", "450"],
    ["", "Đường thôn", "7", "3,2", "1.250"],
    ["", "Nhà văn hóa", "3", "", "2.600"],
]
TOTAL_ROW = ["Tổng số", "", "66", "15,0", "12.900"]


@pytest.mark.parametrize("form_id", ["phu-luc", "phu-luc-ngang"])
def test_the_rows_of_a_table_with_the_total_last_or_first(form_id: str) -> None:
    last = rows_of(made(form_id, table_record()))
    assert last == [*TABLE_ROWS, TOTAL_ROW]
    first = rows_of(made(form_id, table_record(vi_tri_tong="dau")))
    assert first == [TABLE_ROWS[0], TOTAL_ROW, *TABLE_ROWS[1:]]
    assert rows_of(made(form_id, table_record(tong=None))) == TABLE_ROWS


@pytest.mark.parametrize("place", [None, "giua"])
def test_equal_neighbours_of_the_first_column_are_merged_when_asked(place: str | None) -> None:
    record = table_record()
    record["bang"]["cot"][0]["can"] = place
    merges = [
        mark.get(qn("w:val"))
        for mark in opened(made("phu-luc", record)).element.iter(qn("w:vMerge"))
    ]
    assert merges == ["restart", "continue", "continue"] * 3
    record["bang"]["gop_cot_dau"] = False
    plain = made("phu-luc", record)
    assert not list(opened(plain).element.iter(qn("w:vMerge")))
    assert [row[0] for row in rows_of(plain)[1:4]] == ["Phú Lâm Thượng"] * 3


def test_blank_cells_are_never_merged() -> None:
    rows = [[None, "a"], [None, "b"], ["x", "c"]]
    columns = [{"ten": "Nhóm", "rong": 1}, {"ten": "Tên", "rong": 1}]
    found = made("phu-luc", table_record(cot=columns, hang=rows, tong=None))
    merges = [mark.get(qn("w:val")) for mark in opened(found).element.iter(qn("w:vMerge"))]
    assert merges == ["restart"] * 3


@pytest.mark.parametrize(
    ("form_id", "total"), [("phu-luc", 9354), ("phu-luc-ngang", 14003)]
)  # 165 and 247 mm
@pytest.mark.parametrize("weights", [[1], [1, 3], [1, 4, 4, 2, 2.5], [1] * 12, [0.5, 10, 3]])
def test_a_table_is_as_wide_as_the_text_whatever_its_columns(
    form_id: str, total: int, weights: list[float]
) -> None:
    columns = [{"ten": f"C{n}", "rong": weight} for n, weight in enumerate(weights)]
    record = table_record(cot=columns, hang=[["1"] * len(weights)] * 3, tong=None)
    grid = grid_of(made(form_id, record))
    assert sum(grid) == total
    for width, weight in zip(grid, weights, strict=True):
        assert width == pytest.approx(total * weight / sum(weights), abs=1)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"hang": [["a", "b", 1, 2]]}, "Hàng 1 của bảng có 4 ô, bảng khai 5 cột"),
        ({"tong": ["Tổng"] * 6}, "Hàng tổng của bảng có 6 ô, bảng khai 5 cột"),
    ],
)
def test_a_row_has_a_cell_for_each_column(changes: Record, said: str) -> None:
    with pytest.raises(DataError, match=said):
        made("phu-luc", table_record(**changes))


def test_an_appendix_may_have_a_table_only() -> None:
    record = table_record()
    del record["noi_dung"]
    assert printed(made("phu-luc", record))[2:4] == [
        "(Kèm theo Kế hoạch số 58/KH-UBND ngày 10/02/2026 của Ủy ban nhân dân tỉnh Lâm Sơn)",
        "Xã",
    ]


# ================================================================ pages
LONG = "\n".join([SENTENCE] * 40)
TALL = {"quyen_han": ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH"], "chuc_vu": "PHÓ CHỦ TỊCH",
        "chuc_vu_thu_hai": "TRƯỞNG BAN", "vi_tri_chuc_vu_thu_hai": "tren_ho_ten",
        "ho_ten": "Mai Thị Thanh Hà"}  # fmt: skip
LENGTHS: dict[str, tuple[str, Record]] = {
    f"{name} {count} đoạn": (
        kind,
        record | {"noi_dung": "\n".join([SENTENCE] * count) + "\nHết./."},
    )
    for name, kind, record in (
        ("Đảng", "van-ban-dang", sample("van-ban-dang")),
        ("liên tịch", "van-ban", fixture("van-ban/lien-tich")),
    )
    for count in range(7, 18, 2)
}
MANY = {"hang": fixture("phu-luc/bang-cot")["bang"]["hang"] * 9}
CASES: dict[str, tuple[str, Record]] = {
    **LENGTHS,
    "liên tịch": ("van-ban", fixture("van-ban/lien-tich")),
    "liên tịch lệch": ("van-ban", fixture("van-ban/lien-tich") | {"nguoi_ky_2": TALL}),
    "liên tịch dài": ("van-ban", fixture("van-ban/lien-tich") | {"noi_dung": LONG}),
    "Đảng": ("van-ban-dang", sample("van-ban-dang")),
    "Đảng công văn": ("van-ban-dang", sample("van-ban-dang") | LETTER),
    "Đảng trống": ("van-ban-dang", blank_sample("van-ban-dang")),
    "Đảng dài": ("van-ban-dang", sample("van-ban-dang") | {"noi_dung": LONG}),
    "bảng": ("phu-luc", table_record()),
    "bảng dài": ("phu-luc", table_record(**MANY)),
    "bảng ngang": ("phu-luc-ngang", table_record(vi_tri_tong="dau", **MANY)),
    "bảng không gộp": ("phu-luc", table_record(gop_cot_dau=False, tong=None)),
    "bảng 12 cột": (
        "phu-luc-ngang",
        table_record(
            cot=[{"ten": f"Cột {n}", "rong": 1} for n in range(12)], hang=[["x"] * 12], tong=None
        ),
    ),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found: Path = tmp_path_factory.mktemp("lien-tich-dang-bang")
    for name, (kind, record) in CASES.items():
        (found / f"{name}.docx").write_bytes(made(kind, record))
    return found


@pytest.fixture(scope="module")
def pages(folder: Path, to_pdfs: ToPdfs) -> Pages:
    docxs = sorted(folder.glob("*.docx"))
    return {
        docx.stem: pdf_pages(pdf) for docx, pdf in zip(docxs, to_pdfs(docxs, folder), strict=True)
    }


def the_line(pages: Pages, name: str, start: str) -> Line:
    (found,) = (line for page in pages[name] for line in page.lines if line.text.startswith(start))
    return found


def test_the_files_are_valid(folder: Path, schema_errors: SchemaErrors) -> None:
    docxs = sorted(folder.glob("*.docx"))
    blocks = [ROOT / "doctemplates" / name for name in ("khoi/dau-de-dang.docx",)]
    templates = [
        ROOT / "doctemplates" / name / "template.docx"
        for name in ("van-ban", "van-ban-dang", "phu-luc", "phu-luc-ngang")
    ]
    assert schema_errors([*docxs, *blocks, *templates]) == []
    for judge in (judges.audit_errors, judges.integrity_errors, judges.structure_errors):
        assert {path.name: found for path in docxs if (found := judge(path))} == {}
    assert {path.name: found for path in docxs if (found := judges.leftover_tags(path))} == {}


def test_text_stays_inside_the_margins(pages: Pages) -> None:
    for name, found in pages.items():
        for page in found:
            for line in page.lines:
                assert line.x0_mm >= 29.5, (name, line)
                assert line.x1_mm <= page.width_mm - 14.5, (name, line)


@pytest.mark.parametrize("name", ["liên tịch", "liên tịch lệch", "liên tịch dài"])
def test_two_signers_stand_side_by_side_their_names_level(pages: Pages, name: str) -> None:
    second, first = the_line(pages, name, "Mai Thị"), the_line(pages, name, "Tạ Đình")
    assert second.page == first.page == len(pages[name])
    assert second.baseline_mm == pytest.approx(first.baseline_mm, abs=0.5)
    assert second.center_mm < 112 < first.center_mm
    top_right = the_line(pages, name, "KT. GIÁM ĐỐC SỞ NỘI VỤ")
    start = "TM. ỦY BAN" if name == "liên tịch lệch" else "GIÁM ĐỐC SỞ TÀI CHÍNH"
    assert the_line(pages, name, start).baseline_mm == pytest.approx(top_right.baseline_mm, abs=0.5)
    assert the_line(pages, name, "Nơi nhận").page == first.page


def test_the_head_of_a_party_document(pages: Pages) -> None:
    for name in ("Đảng", "Đảng công văn", "Đảng trống", "Đảng dài"):
        title = the_line(pages, name, "ĐẢNG CỘNG SẢN")
        assert (title.size_pt, title.bold, title.italic) == (15, True, False)
        rule = rule_below(pages[name], title)
        assert rule.length_mm == pytest.approx(title.width_mm, rel=0.03)
        assert rule.center_mm == pytest.approx(title.center_mm, abs=0.5)
        assert len(pages[name][0].rules) <= 2  # no rule under the agency
        star = the_line(pages, name, "*")
        left = [line for line in pages[name][0].lines if line.x1_mm < 103]
        agency = [line for line in left if line.baseline_mm < star.baseline_mm][-1]
        assert (agency.size_pt, agency.bold) == (14, True)
        assert star.center_mm == pytest.approx(agency.center_mm, abs=0.5)
        number = the_line(pages, name, "Số")
        assert (number.size_pt, number.bold, number.italic) == (14, False, False)
        date = the_line(pages, name, "……, ngày" if name == "Đảng trống" else "Lâm Sơn, ngày")
        assert (date.size_pt, date.italic) == (14, True)
        assert date.baseline_mm == pytest.approx(number.baseline_mm, abs=0.8)
    above = the_line(pages, "Đảng công văn", "ĐẢNG BỘ")
    assert (above.size_pt, above.bold) == (14, False)
    assert the_line(pages, "Đảng công văn", "về việc").size_pt == 12
    assert the_line(pages, "Đảng công văn", "về việc").italic


def test_the_body_and_the_foot_of_a_party_document(pages: Pages) -> None:
    look = {
        start: (line.size_pt, line.bold, line.italic)
        for start in (
            "CHỈ THỊ",
            "về tăng",
            "-----",
            "Nơi nhận",
            "- Các đồng",
            "T/M",
            "PHÓ BÍ",
            "Lương",
        )
        for line in [the_line(pages, "Đảng", start)]
    }
    assert look == {
        "CHỈ THỊ": (16, True, False),
        "về tăng": (14, True, False),
        "-----": (14, False, False),
        "Nơi nhận": (14, False, False),
        "- Các đồng": (12, False, False),
        "T/M": (14, True, False),
        "PHÓ BÍ": (14, False, False),
        "Lương": (14, True, False),
    }
    first = the_line(pages, "Đảng", "Thời gian qua")
    second = the_line(pages, "Đảng", "tác phòng")
    assert first.x0_mm == pytest.approx(40, abs=0.5)  # about 10 mm
    assert (second.baseline_mm - first.baseline_mm) / 25.4 * 72 == pytest.approx(20, abs=0.2)
    sign = the_line(pages, "Đảng dài", "T/M")
    assert sign.page == len(pages["Đảng dài"]) == the_line(pages, "Đảng dài", "Nơi nhận").page


def test_the_signature_is_never_alone_on_a_page(pages: Pages) -> None:
    counts = set()
    for name, (kind, _) in LENGTHS.items():
        last = [line.text for line in pages[name][-1].lines]
        assert "Hết./." in last, name
        assert "Nơi nhận:" in last, name
        counts.add((kind, len(pages[name])))
    assert counts == {(kind, count) for kind in ("van-ban", "van-ban-dang") for count in (1, 2)}


@pytest.mark.parametrize("name", ["bảng dài", "bảng ngang"])
def test_the_head_is_repeated_and_a_merged_group_stays_on_its_page(pages: Pages, name: str) -> None:
    assert len(pages[name]) > 1
    for page in pages[name]:
        texts = [line.text for line in page.lines]
        assert sum("Loại công trình" in text for text in texts) == 1
        kinds = [
            kind for text in texts for kind in ("Kênh mương", "Đường thôn", "Nhà văn hóa")
            if kind in text
        ]  # fmt: skip
        assert kinds == ["Kênh mương", "Đường thôn", "Nhà văn hóa"] * (len(kinds) // 3)


def test_a_table_reaches_from_margin_to_margin(pages: Pages) -> None:
    for name in ("bảng", "bảng ngang", "bảng 12 cột", "bảng không gộp"):
        page = pages[name][0]
        wide = [rule for rule in page.rules if rule.length_mm > 60]
        assert wide, name
        right = 15 if page.width_mm < 220 else 20
        assert min(rule.center_mm - rule.length_mm / 2 for rule in wide) == pytest.approx(
            30, abs=1.5
        )
        assert max(rule.center_mm + rule.length_mm / 2 for rule in wide) == pytest.approx(
            page.width_mm - right, abs=1.5
        )


def test_rows_of_a_table_follow_each_other_without_overlap(pages: Pages) -> None:
    for page in pages["bảng"]:
        lines = [line.baseline_mm for line in page.lines if line.text.endswith(("450", "1.250"))]
        assert all(below - above > 4 for above, below in pairwise(lines))
