"""The sample layouts of Nghị định 30/2020/NĐ-CP, Phụ lục III: their text and their pages.

What a document must say is composed here from its sample, never by rendering. Pages are those
LibreOffice prints; "PL I" in a comment is the decree's Phụ lục I, Phần I.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pdfplumber
import pytest

from generator.errors import DataError
from generator.records.schema import Field
from generator.records.skeleton import skeleton
from tests import judges
from tests.conftest import SchemaErrors, ToPdfs
from tests.forms.gallery import opened_form
from tests.forms.gallery import render as made
from tests.forms.reading import sample
from tests.forms.test_ke_hoach import differences, line_above, printed, rule_below
from tests.judges import Line, Page, pdf_pages

ROOT = Path(__file__).parents[2]
Record = dict[str, Any]

# The number and the date line of each sample, as the decree writes them (PL I, II.3, II.4).
HEADS = {
    "quyet-dinh": ("Số: 126/QĐ-UBND", "Phú Lâm Thượng, ngày 09 tháng 3 năm 2026"),
    "quyet-dinh-ban-hanh": ("Số: 131/QĐ-UBND", "Phú Lâm Thượng, ngày 16 tháng 3 năm 2026"),
    "nghi-quyet": ("Số: 15/NQ-HĐTV", "Lâm Sơn, ngày 20 tháng 4 năm 2026"),
    "van-ban": ("Số: 34/TTr-UBND", "Phú Lâm Thượng, ngày 06 tháng 5 năm 2026"),
    "cong-dien": ("Số: 03/CĐ-UBND", "Lâm Sơn, ngày 06 tháng 9 năm 2026"),
    "giay-moi": ("Số: 47/GM-UBND", "Phú Lâm Thượng, ngày 10 tháng 4 năm 2026"),
    "bien-ban": ("Số: 09/BB-UBND", ""),
    "giay-gioi-thieu": ("Số: 05/GGT-UBND", "Phú Lâm Thượng, ngày 12 tháng 5 năm 2026"),
    "giay-nghi-phep": ("Số: 11/GNP-UBND", "Phú Lâm Thượng, ngày 03 tháng 7 năm 2026"),
    "ban-sao": ("Số: 06/TrS-UBND", "Phú Lâm Thượng, ngày 18 tháng 3 năm 2026"),
}
APPENDICES = ("phu-luc", "phu-luc-ngang")
FORMS = (*HEADS, *APPENDICES)
QUOC_HIEU, TIEU_NGU = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"


def blank(record: Record, at: Field) -> Record:
    """The record with null for every value its schema allows to be left blank."""
    emptied: Record = {}
    for key, value in record.items():
        child = at.children[key]
        if "null" in child.types and child.types != {"boolean", "null"}:
            emptied[key] = None
        else:
            emptied[key] = blank(value, child) if isinstance(value, dict) else value
    return emptied


def blank_sample(name: str) -> Record:
    return blank(sample(name), opened_form(name).schema.root)


# ================================================================ text
def plain(text: str) -> list[str]:
    """The paragraphs and cells of a long text without its marks."""
    found: list[str] = []
    for line in text.replace("**", "").replace("*(", "(").replace(")*", ")").split("\n"):
        if re.fullmatch(r"\|(:?-+:?\|)+", line):
            continue
        found += [cell.strip() for cell in line.split("|")] if line.startswith("|") else [line]
    return [line for line in found if line]


def opening(name: str, record: Record) -> list[str]:
    number, date = HEADS[name]
    issuer = [record.get("co_quan_chu_quan") or "", record["co_quan_ban_hanh"]]
    stamps = [record.get(key) for key in ("do_mat", "do_khan")]
    lines = [*map(str.upper, issuer), QUOC_HIEU, TIEU_NGU, number, *stamps, date]
    return [line for line in lines if line]


def signature(signer: Record) -> list[str]:
    return [*(signer["quyen_han"] or []), signer["chuc_vu"], signer["ho_ten"]]


def recipients(record: Record) -> list[str]:
    lines = ["Nơi nhận:"]
    for item in record["noi_nhan"]:
        if isinstance(item, dict):
            lines += [*(f"- {each};" for each in item["nhom"]), item["ghi_chu"]]
        else:
            lines.append(f"- {item};")
    return [*lines, f"- Lưu: {record['luu']}."]


def grounds(record: Record) -> list[str]:
    lines = [*(record["can_cu"] or [])]
    if record["de_nghi"]:
        lines.append(f"Theo đề nghị của {record['de_nghi']}")
    return [f"{line};" for line in lines[:-1]] + [f"{line}." for line in lines[-1:]]


def dashes(items: list[str]) -> list[str]:
    return [f"- {item};" for item in items[:-1]] + [f"- {items[-1]}."]


def decision(title: str, order: str) -> Callable[[Record], list[str]]:
    def text(record: Record) -> list[str]:
        head = [title, record["trich_yeu"], record["tham_quyen"]]
        return [*head, *grounds(record), order, *plain(record["noi_dung"])]

    return text


def named(record: Record) -> list[str]:
    to = ["Kính gửi:", *dashes(record["kinh_gui"])]
    return ["TỜ TRÌNH", record["trich_yeu"], *to, *grounds(record), *plain(record["noi_dung"])]


def telegram(record: Record) -> list[str]:
    to = [f"{record['nguoi_dien']} điện:", *dashes(record["noi_nhan_dien"])]
    return ["CÔNG ĐIỆN", record["trich_yeu"], *to, *plain(record["noi_dung"])]


def invitation(record: Record) -> list[str]:
    return [
        "GIẤY MỜI",
        record["trich_yeu"],
        f"{record['co_quan_trong_cau']} trân trọng kính mời: {record['kinh_moi']}",
        f"Tới dự: {record['toi_du']}",
        f"Chủ trì: {record['chu_tri']}",
        f"Thời gian: {record['thoi_gian']}",
        f"Địa điểm: {record['dia_diem']}",
        *plain(record["luu_y"]),
    ]


def introduction(record: Record) -> list[str]:
    return [
        "GIẤY GIỚI THIỆU",
        f"{record['co_quan_trong_cau']} trân trọng giới thiệu:",
        f"Ông (bà): {record['ong_ba']}",
        f"Chức vụ: {record['chuc_vu']}",
        f"Được cử đến: {record['noi_den']}",
        f"Về việc: {record['ve_viec']}",
        "Đề nghị Quý cơ quan tạo điều kiện để ông (bà) có tên ở trên hoàn thành nhiệm vụ.",
        "Giấy này có giá trị đến hết ngày 31/5/2026./.",
    ]


def leave(record: Record) -> list[str]:
    return [
        "GIẤY NGHỈ PHÉP",
        f"Xét Đơn đề nghị nghỉ phép ngày 01/7/2026 của ông (bà) {record['ong_ba']},",
        f"{record['co_quan_trong_cau']} cấp cho:",
        f"Ông (bà): {record['ong_ba']}",
        f"Chức vụ: {record['chuc_vu']}",
        f"Được nghỉ phép trong thời gian {record['thoi_gian']}, kể từ ngày 13/7/2026 đến hết ngày "
        f"17/7/2026 tại {record['noi_nghi']}.",
        f"Số ngày nghỉ phép nêu trên được tính vào thời gian {record['loai_nghi']}./.",
    ]


CONFIRMATION = [
    "Xác nhận của cơ quan (tổ chức)",
    "hoặc chính quyền địa phương",
    "nơi nghỉ phép (nếu cần)",
    "(Chữ ký, dấu)",
]


def minutes(record: Record) -> list[str]:
    return [
        "BIÊN BẢN",
        record["trich_yeu"],
        f"Thời gian bắt đầu: {record['thoi_gian_bat_dau']}",
        f"Địa điểm: {record['dia_diem']}",
        "Thành phần tham dự:",
        *dashes(record["thanh_phan"]),
        f"Chủ trì (chủ tọa): {record['chu_tri']}",
        f"Thư ký (người ghi biên bản): {record['thu_ky']}",
        "Nội dung (theo diễn biến cuộc họp/hội nghị/hội thảo):",
        *plain(record["noi_dung"]),
        f"Cuộc họp kết thúc vào {record['thoi_gian_ket_thuc']}./.",
        *signature(record["ky_thu_ky"]),
        *recipients(record),
        *signature(record["ky_chu_toa"]),
    ]


def appendix(record: Record) -> list[str]:
    note = {
        "QĐ-UBND": "(Kèm theo Quyết định số 126/QĐ-UBND ngày 09/3/2026 của ",
        "TTr-UBND": "(Kèm theo Tờ trình số 34/TTr-UBND ngày 06/5/2026 của ",
    }[record["kem_theo"]["ky_hieu"]]
    word = "Phụ lục I" if record["so_phu_luc"] else "Phụ lục"
    end = f"{record['kem_theo']['co_quan']})"
    return [word, record["tieu_de"].upper(), note + end, *plain(record["noi_dung"])]


def issued(record: Record) -> list[str]:
    text = record["van_ban"]
    return [
        record["co_quan_ban_hanh"],
        QUOC_HIEU,
        TIEU_NGU,
        text["ten_loai"].upper(),
        text["trich_yeu"],
        f"(Ban hành kèm theo Quyết định số 131/QĐ-UBND ngày 16/3/2026 của {text['co_quan']})",
        *plain(text["noi_dung"]),
    ]


MIDDLES: dict[str, Callable[[Record], list[str]]] = {
    "quyet-dinh": decision("QUYẾT ĐỊNH", "QUYẾT ĐỊNH:"),
    "quyet-dinh-ban-hanh": decision("QUYẾT ĐỊNH", "QUYẾT ĐỊNH:"),
    "nghi-quyet": decision("NGHỊ QUYẾT", "QUYẾT NGHỊ:"),
    "van-ban": named,
    "cong-dien": telegram,
    "giay-moi": invitation,
    "giay-gioi-thieu": introduction,
    "giay-nghi-phep": leave,
}
TAILS: dict[str, Callable[[Record], list[str]]] = {
    "quyet-dinh-ban-hanh": issued,
    "giay-nghi-phep": lambda _: CONFIRMATION,
}


def expected(name: str, record: Record) -> list[str]:
    """The whole text of a filled form."""
    if name in APPENDICES:
        return appendix(record)
    if name == "bien-ban":
        return [*opening(name, record), *minutes(record)]
    signed = [*recipients(record)]
    if name == "ban-sao":
        number, date = HEADS[name]
        head = [record["co_quan_ban_hanh"], record["hinh_thuc"], number, date]
        return [*plain(record["noi_dung"]), *head, *signed, *signature(record["nguoi_ky"])]
    return [
        *opening(name, record),
        *MIDDLES[name](record),
        *signed,
        *signature(record["nguoi_ky"]),
        *(TAILS[name](record) if name in TAILS else []),
    ]


def full(name: str) -> Record:
    """The sample with the optional parts of a signer spelled out."""
    record = sample(name)
    for key in ("nguoi_ky", "ky_thu_ky", "ky_chu_toa"):
        if key in record:
            record[key].setdefault("quyen_han", None)
    return record


@pytest.mark.parametrize("name", FORMS)
def test_the_whole_text_is_printed_paragraph_by_paragraph(name: str) -> None:
    record = full(name)
    assert differences(expected(name, record), printed(made(name, record))) == []


@pytest.mark.parametrize("name", FORMS)
def test_every_value_of_the_sample_is_printed(name: str) -> None:
    """A value that is changed changes the text: no field is left out of the template."""
    record = sample(name)
    before = printed(made(name, record))
    for key in opened_form(name).schema.root.children:
        value = record.get(key)
        if not isinstance(value, str) or key in ("ngay_ban_hanh", "do_khan", "hinh_thuc"):
            continue
        if opened_form(name).schema.root.children[key].is_date:
            continue
        changed = made(name, record | {key: value + "X"})
        assert printed(changed) != before, key


BLANK_LINES = {
    "giay-moi": [
        "Ủy ban nhân dân xã Phú Lâm Thượng trân trọng kính mời: \t",
        "Tới dự: \t",
        "Chủ trì: \t",
        "Thời gian: \t",
        "Địa điểm: \t",
        "Nơi nhận:",
    ],
    "giay-gioi-thieu": [
        "Ông (bà): \t",
        "Chức vụ: \t",
        "Được cử đến: \t",
        "Về việc: \t",
        "Đề nghị Quý cơ quan tạo điều kiện để ông (bà) có tên ở trên hoàn thành nhiệm vụ.",
        "Giấy này có giá trị đến hết ngày …… tháng …… năm ……./.",
    ],
    "giay-nghi-phep": [
        "Xét Đơn đề nghị nghỉ phép ngày ……/……/…… của ông (bà) \t,",
        "Ủy ban nhân dân xã Phú Lâm Thượng cấp cho:",
        "Ông (bà): \t",
        "Chức vụ: \t",
        "Được nghỉ phép trong thời gian ………………, kể từ ngày ……/……/…… đến hết ngày ……/……/…… tại \t.",
        "Số ngày nghỉ phép nêu trên được tính vào thời gian \t./.",
    ],
    "bien-ban": [
        "Thời gian bắt đầu: \t",
        "Địa điểm: \t",
        "Thành phần tham dự: \t",
        "Chủ trì (chủ tọa): \t",
        "Thư ký (người ghi biên bản): \t",
        "Nội dung (theo diễn biến cuộc họp/hội nghị/hội thảo):",
        "Cuộc họp kết thúc vào …… giờ ……, ngày …… tháng …… năm ……./.",
        "THƯ KÝ",
    ],
    "phu-luc": [
        "Phụ lục",
        "DANH SÁCH THÀNH VIÊN TỔ CÔNG NGHỆ SỐ CỘNG ĐỒNG\nXÃ PHÚ LÂM THƯỢNG",
        "(Kèm theo ………… số ……/…… ngày …… tháng …… năm …… của …………………)",
    ],
    "ban-sao": ["ỦY BAN NHÂN DÂN\nXÃ PHÚ LÂM THƯỢNG", "TRÍCH SAO", "Số:        /TrS-UBND"],
    "quyet-dinh": ["Số:        /QĐ-UBND", "……, ngày …… tháng …… năm ……"],
}


@pytest.mark.parametrize("name", BLANK_LINES)
def test_a_blank_form_has_dots_and_gaps_to_write_on(name: str) -> None:
    found = printed(made(name, blank_sample(name)))
    first = found.index(BLANK_LINES[name][0])
    assert found[first : first + len(BLANK_LINES[name])] == BLANK_LINES[name]


def test_a_form_may_be_filled_in_part() -> None:
    record = sample("giay-moi") | {"kinh_moi": None, "chu_tri": None}
    found = printed(made("giay-moi", record))
    assert "Chủ trì: \t" in found
    assert f"Địa điểm: {record['dia_diem']}" in found


def test_number_and_date_of_a_decision_are_written_once() -> None:
    record = sample("quyet-dinh-ban-hanh") | {"so": 7, "ngay_ban_hanh": "2026-12-01"}
    found = printed(made("quyet-dinh-ban-hanh", record))
    assert "Số: 07/QĐ-UBND" in found
    (note,) = (line for line in found if line.startswith("(Ban hành"))
    assert note.startswith("(Ban hành kèm theo Quyết định số 07/QĐ-UBND ngày 01/12/2026 của ")
    waiting = printed(made("quyet-dinh-ban-hanh", record | {"so": None, "ngay_ban_hanh": None}))
    (note,) = (line for line in waiting if line.startswith("(Ban hành"))
    assert "số        /QĐ-UBND ngày …… tháng …… năm …… của " in note


# Điều 7, Phụ lục III, mục I: the types of mẫu 1.4 with their codes
@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("Chỉ thị", "CT"), ("Quy chế", "QC"), ("Quy định", "QyĐ"), ("Thông cáo", "TC"),
        ("Thông báo", "TB"), ("Hướng dẫn", "HD"), ("Chương trình", "CTr"), ("Phương án", "PA"),
        ("Đề án", "ĐA"), ("Dự án", "DA"), ("Báo cáo", "BC"), ("Giấy ủy quyền", "GUQ"),
        ("Phiếu gửi", "PG"), ("Phiếu chuyển", "PC"), ("Phiếu báo", "PB"),
    ],
)  # fmt: skip
def test_one_form_serves_every_named_type(title: str, code: str) -> None:
    record = sample("van-ban") | {"ten_loai": title, "ky_hieu": f"{code}-UBND", "kinh_gui": None}
    found = printed(made("van-ban", record))
    assert found[3] == f"Số: 34/{code}-UBND"
    assert found[5:7] == [title.upper(), record["trich_yeu"]]
    assert not [line for line in found if line.startswith("Kính gửi")]


def test_one_addressee_stands_on_the_line_of_the_salutation() -> None:
    found = printed(made("van-ban", sample("van-ban") | {"kinh_gui": ["Sở Nội vụ"]}))
    assert "Kính gửi: Sở Nội vụ" in found


# ---------------------------------------------------------------- who may sign for whom: Điều 13
@pytest.mark.parametrize(
    "lines",
    [
        ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH"],
        ["TL. CHỦ TỊCH", "KT. CHÁNH VĂN PHÒNG"],
        ["TUQ. GIÁM ĐỐC"],
        ["TM. ỦY BAN NHÂN DÂN"],
        ["KT. GIÁM ĐỐC"],
        ["TL. CHỦ TỊCH"],
        ["Q. GIÁM ĐỐC"],
        [],
        ["TM. ỦY BAN NHÂN DÂN", "Q. CHỦ TỊCH"],
        ["TL. BỘ TRƯỞNG", "Q. VỤ TRƯỞNG"],  # the head of a unit, as whom he acts
        ["TM. BAN CHỈ ĐẠO XÂY DỰNG", "LÀNG AN TOÀN", "KT. TRƯỞNG BAN"],
    ],
)
def test_authorities_the_decree_allows(lines: list[str]) -> None:
    record = sample("quyet-dinh")
    record["nguoi_ky"]["quyen_han"] = lines
    found = printed(made("quyet-dinh", record))
    assert found[-2 - len(lines) : -2] == lines


ALONE = (
    "TUQ. phải đứng một mình, vì người được ủy quyền không được ủy quyền lại "
    "(khoản 3 Điều 13 Nghị định 30/2020/NĐ-CP)"
)
ABOVE = "TM. hoặc TL. phải đứng trên KT. hoặc Q."
ONCE = "mỗi chữ viết tắt TM., KT., TL., TUQ., Q. chỉ dùng một lần"
NO_ORDER = "TM. và TL. không đi với nhau: đã ký thừa lệnh thì không ký thay mặt tập thể"
NO_DEPUTY = "KT. và Q. không đi với nhau: cấp phó ký KT., người được giao quyền cấp trưởng ký Q."
SPACING = "sau TM, KT, TL, TUQ, Q phải có dấu chấm và một dấu cách"


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (["TUQ. GIÁM ĐỐC", "KT. TRƯỞNG PHÒNG"], ALONE),  # Điều 13.3: passed on
        (["TUQ. GIÁM ĐỐC", "TL. TRƯỞNG PHÒNG"], ALONE),
        (["TM. ỦY BAN NHÂN DÂN", "TUQ. CHỦ TỊCH"], ALONE),
        (["KT. CHỦ TỊCH", "TM. ỦY BAN NHÂN DÂN"], ABOVE),
        (["KT. CHÁNH VĂN PHÒNG", "TL. CHỦ TỊCH"], ABOVE),
        (["Q. CHỦ TỊCH", "TM. ỦY BAN NHÂN DÂN"], ABOVE),
        (["BAN CHỈ ĐẠO", "KT. TRƯỞNG BAN", "TM. ỦY BAN NHÂN DÂN"], ABOVE),
        (["TM. ỦY BAN NHÂN DÂN", "TM. BAN CHỈ ĐẠO"], ONCE),
        (["KT. CHỦ TỊCH", "KT. TRƯỞNG BAN"], ONCE),
        (["TM. ỦY BAN NHÂN DÂN", "TL. CHỦ TỊCH"], NO_ORDER),
        (["KT. GIÁM ĐỐC", "Q. GIÁM ĐỐC"], NO_DEPUTY),
        (["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "Q. CHỦ TỊCH"], NO_DEPUTY),
        (["TM BAN CHỈ ĐẠO"], SPACING),  # PL I, II.7.b: no stop
        (["KT.CHỦ TỊCH"], SPACING),
    ],
)
def test_authorities_the_decree_forbids(lines: list[str], why: str) -> None:
    """Whoever signs reads in one sentence why: the decree's rule, not a schema's keyword."""
    record = sample("quyet-dinh")
    record["nguoi_ky"]["quyen_han"] = lines
    title, path = "Quyền hạn của người ký", "nguoi_ky.quyen_han"
    if why == SPACING:
        title, path = "Dòng quyền hạn", "nguoi_ky.quyen_han[0]"
    with pytest.raises(DataError) as caught:
        made("quyet-dinh", record)
    (problem,) = caught.value.problems
    assert problem.message == f"{title}: {why}"
    assert path in str(problem)


def test_an_authority_is_not_a_post() -> None:
    record = sample("quyet-dinh")
    record["nguoi_ky"]["chuc_vu"] = "KT. CHỦ TỊCH"
    with pytest.raises(DataError) as caught:
        made("quyet-dinh", record)
    (problem,) = caught.value.problems
    assert problem.message == (
        "Chức vụ của người ký: chữ TM., KT., TL., TUQ. ghi ở quyền hạn, không ghi ở chức vụ"
    )


def test_a_data_file_to_fill_offers_a_plain_recipient() -> None:
    filled = json.loads(skeleton(opened_form("van-ban").schema, "Văn bản"))
    assert filled["noi_nhan"] == ["‹Một nơi nhận›"]


# ================================================================ pages
SENTENCE = (
    "Đoạn này có một câu vừa đủ dài để chiếm hai dòng trên trang giấy khổ A4 với lề trái 30 mm và "
    "lề phải 15 mm theo quy định hiện hành."
)
LONG_NAME = (
    "BAN CHỈ ĐẠO XÂY DỰNG LÀNG AN TOÀN, KHU DÂN CƯ AN TOÀN; CƠ QUAN, DOANH NGHIỆP AN TOÀN VỀ AN "
    "NINH, TRẬT TỰ"
)
LONG_SUMMARY = "Về việc triển khai Đề án xây dựng làng an toàn, khu dân cư an toàn; " * 6
MARKS = {
    "do_khan": "THƯỢNG KHẨN",
    "do_mat": "MẬT",
    "luu_hanh": "LƯU HÀNH NỘI BỘ",
    "soan_thao": "PL.(300)",
    "dia_chi": "Thôn 3, xã Phú Lâm Thượng, tỉnh Lâm Sơn\nĐiện thoại: (0200) 0000 123",
}
GROUP = {"nhom": [f"Phòng chuyên môn số {n}" for n in range(1, 10)], "ghi_chu": "(thực hiện)"}
EXTREMES: dict[str, tuple[str, Record]] = {
    "mọi dấu": ("van-ban", MARKS | {"noi_dung": "\n".join([SENTENCE] * 30)}),
    "không trích yếu": ("van-ban", {"trich_yeu": None}),
    "một nơi kính gửi": ("van-ban", {"kinh_gui": ["Ủy ban nhân dân tỉnh Lâm Sơn"]}),
    "tên và trích yếu dài": (
        "van-ban",
        {
            "co_quan_chu_quan": "ỦY BAN NHÂN DÂN\nTHÀNH PHỐ HẢI DƯƠNG\nTỈNH HẢI DƯƠNG",
            "co_quan_ban_hanh": LONG_NAME,
            "trich_yeu": LONG_SUMMARY.strip(),
            "kinh_gui": [f"{SENTENCE[:60]} {n}" for n in range(3)],
        },
    ),
    "40 nơi nhận": (
        "van-ban",
        {"noi_nhan": [f"Đơn vị số {n}" for n in range(40)], "noi_dung": "Trân trọng./."},
    ),
    "60 trang": ("van-ban", {"noi_dung": "\n".join([SENTENCE] * 1150)}),
    "một câu": ("quyet-dinh", {"noi_dung": "Điều 1. Được./.", "noi_nhan": [GROUP]}),
    "quy chế dài": (
        "quyet-dinh-ban-hanh",
        {"van_ban": sample("quyet-dinh-ban-hanh")["van_ban"] | {
            "noi_dung": "\n".join(f"Điều {n}. Trách nhiệm\n{SENTENCE}" for n in range(1, 40))
        }},
    ),
    "biên bản hai trang": ("bien-ban", {"noi_dung": "\n".join([SENTENCE] * 14)}),
    "phụ lục ngang dài": (
        "phu-luc-ngang",
        {"noi_dung": "| STT | Tên |\n" + "\n".join(f"| {n} | Kênh |" for n in range(60))},
    ),
}  # fmt: skip
# Lengths around one page, so that some signature block meets the end of the page.
LENGTHS = {
    f"{name}, {count} đoạn": (name, {"noi_dung": "\n".join([SENTENCE] * (count - 1)) + "\nHết./."})
    for name in ("quyet-dinh", "bien-ban", "ban-sao")
    for count in range(8, 17, 2)
}
CASES: dict[str, tuple[str, Record]] = {
    **{name: (name, sample(name)) for name in FORMS},
    **{name: (kind, sample(kind) | changes) for name, (kind, changes) in EXTREMES.items()},
    **{name: (kind, sample(kind) | changes) for name, (kind, changes) in LENGTHS.items()},
}
BLANKS = {f"{name} trống": name for name in FORMS}
Pages = dict[str, list[Page]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found: Path = tmp_path_factory.mktemp("nghi-dinh-30")
    for name, (kind, record) in CASES.items():
        (found / f"{name}.docx").write_bytes(made(kind, record))
    for name, kind in BLANKS.items():
        (found / f"{name}.docx").write_bytes(made(kind, blank_sample(kind)))
    return found


@pytest.fixture(scope="module")
def pages(folder: Path, to_pdfs: ToPdfs) -> Pages:
    docxs = sorted(folder.glob("*.docx"))
    return {
        docx.stem: pdf_pages(pdf) for docx, pdf in zip(docxs, to_pdfs(docxs, folder), strict=True)
    }


LEFT_MM, TOP_MM = 30, 20
COLON_MM = 1.4  # as wide as a colon of 14 pt


def kind_of(name: str) -> str:
    return CASES[name][0] if name in CASES else BLANKS[name]


def right_mm(page: Page) -> float:
    return page.width_mm - (15 if page.width_mm < page.height_mm else 20)


def line(found: list[Page], start: str) -> Line:
    (each,) = [each for page in found for each in page.lines if each.text.startswith(start)]
    return each


def numbers(page: Page) -> list[str]:
    middle = page.width_mm / 2 + (LEFT_MM - (page.width_mm - right_mm(page))) / 2
    inside = [each for each in page.lines if each.baseline_mm < TOP_MM]
    return [each.text for each in inside if each.center_mm == pytest.approx(middle, abs=0.5)]


def test_the_files_are_valid(folder: Path, schema_errors: SchemaErrors) -> None:
    docxs = sorted(folder.glob("*.docx"))
    assert schema_errors(docxs) == []
    for judge in (judges.audit_errors, judges.integrity_errors, judges.structure_errors):
        assert {path.name: found for path in docxs if (found := judge(path))} == {}


def test_no_tag_of_the_template_is_left(folder: Path) -> None:
    docxs = sorted(folder.glob("*.docx"))
    assert {path.name: found for path in docxs if (found := judges.leftover_tags(path))} == {}


# PL I, I.1 - I.4
def test_nothing_is_printed_outside_the_margins_and_in_one_typeface(pages: Pages) -> None:
    for name, found in pages.items():
        landscape = kind_of(name) == "phu-luc-ngang"
        size = (297, 210) if landscape else (210, 297)
        for page in found:
            assert (page.width_mm, page.height_mm) == pytest.approx(size, abs=0.2), name
            for each in page.lines:
                assert each.x0_mm >= LEFT_MM - 0.3, (name, each)
                assert each.x1_mm <= right_mm(page) + 0.6, (name, each)
                assert each.baseline_mm < page.height_mm - 10, (name, each)
    assert (
        len({each.font for found in pages.values() for page in found for each in page.lines}) == 1
    )


# PL I, I.7; III.1.đ: an issued text and an appendix count their own pages
def test_page_numbers_stand_in_the_middle_of_the_top_margin(pages: Pages) -> None:
    for name, found in pages.items():
        wanted = [[], *([str(n)] for n in range(2, len(found) + 1))]
        if kind_of(name) == "quyet-dinh-ban-hanh":
            wanted = [[], *wanted[:-1]]
        assert [numbers(page) for page in found] == wanted, name


# PL I, II.1.b; II.2.b
def test_the_rules_of_the_head(pages: Pages) -> None:
    for name, found in pages.items():
        if kind_of(name) in (*APPENDICES, "ban-sao"):
            continue
        for page in (found[:1], found[1:2])[: 2 if "ban-hanh" in kind_of(name) else 1]:
            motto = next(each for each in page[0].lines if each.text.endswith("Hạnh phúc"))
            rules = [r for r in page[0].rules if 0 < r.y_mm - motto.baseline_mm < 5]
            (rule,) = [r for r in rules if r.x0_mm > 95]
            assert rule.length_mm == pytest.approx(60.5, rel=0.03), name
        agency = line_above(found, line(found, "Số:"))
        rule = rule_below(found, agency)
        assert 1 / 3 <= rule.length_mm / agency.width_mm <= 1 / 2, name


# PL I, II.5.b: under the summary; under the type name where there is none (mẫu 1.8, 1.10)
@pytest.mark.parametrize(
    ("name", "above"),
    [
        ("quyet-dinh", "xã Phú Lâm Thượng"),
        ("van-ban", "sửa chữa kênh mương"),
        ("không trích yếu", "TỜ TRÌNH"),
        ("giay-gioi-thieu", "GIẤY GIỚI THIỆU"),
        ("giay-nghi-phep", "GIẤY NGHỈ PHÉP"),
        ("phu-luc", "Ủy ban nhân dân xã Phú Lâm Thượng)"),
        ("phu-luc-ngang", "(Kèm theo Tờ trình"),
    ],
)
def test_the_rule_of_the_title(pages: Pages, name: str, above: str) -> None:
    last = next(each for each in pages[name][0].lines if each.text.startswith(above))
    rule = rule_below(pages[name], last)
    assert 1 / 3 <= rule.length_mm / last.width_mm <= 1 / 2
    assert rule.center_mm == pytest.approx(last.center_mm, abs=0.5)


# PL I, II.9.b: dashes under the colon
def test_addressees_stand_under_the_colon(pages: Pages) -> None:
    for name in ("van-ban", "tên và trích yếu dài"):
        label = line(pages[name], "Kính gửi:")
        first = next(
            each
            for each in pages[name][0].lines
            if each.text.startswith("- ") and each.baseline_mm > label.baseline_mm
        )
        assert first.x0_mm == pytest.approx(label.x1_mm - COLON_MM, abs=0.5)


def signed(found: list[Page], record: Record) -> list[Line]:
    """The lines of the block of recipients and signatures, the last line of the text before it."""
    names = [
        record[key]["ho_ten"] for key in ("nguoi_ky", "ky_thu_ky", "ky_chu_toa") if key in record
    ]
    lines = [each for page in found for each in page.lines if each.baseline_mm >= TOP_MM]
    label = next(each for each in lines if each.text == "Nơi nhận:")
    ends = [each for each in lines if each.text in names and each.bold][-len(names) :]
    last = next(each for each in lines if each.text.startswith("- Lưu:"))
    heads = [record[key] for key in ("nguoi_ky", "ky_thu_ky") if key in record]
    top = (heads[0].get("quyen_han") or [heads[0]["chuc_vu"]])[0]
    start = [each for each in lines if each.text == top][-1]
    before = lines[: min(lines.index(start), lines.index(label))][-1]
    return [before, label, start, last, *ends]


# PL I, II.7, II.9.c, IV: never torn, never alone; label level with the first line of authority
def test_the_signature_stays_with_the_text_and_in_one_piece(pages: Pages) -> None:
    counts = set()
    for name, (kind, record) in CASES.items():
        if kind in APPENDICES:
            continue
        block = signed(pages[name], record)
        assert len({each.page for each in block}) == 1, (name, block)
        if kind != "bien-ban":
            assert block[1].baseline_mm == pytest.approx(block[2].baseline_mm, abs=0.3), name
        counts.add((kind, block[0].page))
    for kind in ("quyet-dinh", "bien-ban", "ban-sao"):
        assert {(kind, 1), (kind, 2)} <= counts  # the lengths tried do reach the end of a page


def test_a_heading_is_never_the_last_line_of_a_page(pages: Pages) -> None:
    found = pages["quy chế dài"]
    assert len(found) > 3
    for page in found[1:-1]:
        last = [each for each in page.lines if each.baseline_mm > TOP_MM][-1]
        assert not last.bold, last


def test_a_report_of_sixty_pages(pages: Pages) -> None:
    assert len(pages["60 trang"]) >= 60


# Khoản IV, ô 9b: one brace for the lines of a group, as tall as they are, the note beside its tip
def test_the_brace_of_a_group(pages: Pages, folder: Path) -> None:
    for name, first, last, note in (
        ("quyet-dinh", "- Thường trực Đảng ủy xã", "- Thường trực HĐND xã", "(để b/c)"),
        ("một câu", "- Phòng chuyên môn số 1;", "- Phòng chuyên môn số 9;", "(thực hiện)"),
        ("cong-dien", "- Ban Chỉ đạo Phòng thủ", "HĐND tỉnh;", "(để b/c)"),
    ):
        found = pages[name]
        top, bottom, beside = line(found, first), line(found, last), line(found, note)
        with pdfplumber.open(folder / f"{name}.pdf") as document:
            curves = document.pages[top.page - 1].curves
        points = [(x * 25.4 / 72, y * 25.4 / 72) for curve in curves for x, y in curve["pts"]]
        assert top.baseline_mm - 4.5 < min(y for _, y in points) < top.baseline_mm - 2
        assert bottom.baseline_mm < max(y for _, y in points) < bottom.baseline_mm + 2.5
        assert max(top.x1_mm, bottom.x1_mm) <= min(x for x, _ in points) + 0.2
        assert max(x for x, _ in points) <= beside.x0_mm + 0.5
        middle = (top.baseline_mm + bottom.baseline_mm) / 2
        assert beside.baseline_mm == pytest.approx(middle, abs=0.4)


# PL I, III.2: boxes of 30, 40 and 20 by 8 mm under the number; III.2.c in the top margin
@pytest.mark.parametrize(
    ("name", "text", "width"),
    [("cong-dien", "HỎA TỐC", 30), ("mọi dấu", "THƯỢNG KHẨN", 40), ("mọi dấu", "MẬT", 20)],
)
def test_the_stamps(pages: Pages, name: str, text: str, width: float) -> None:
    stamp = line(pages[name], text)
    number = line(pages[name], "Số:")
    assert stamp.baseline_mm > number.baseline_mm
    assert stamp.center_mm == pytest.approx(number.center_mm, abs=0.6)
    edges = [r for r in pages[name][0].rules if r.length_mm == pytest.approx(width, abs=0.6)]
    edges = [r for r in edges if abs(r.y_mm - stamp.baseline_mm) < 8]
    assert len(edges) == 2, edges
    assert edges[1].y_mm - edges[0].y_mm == pytest.approx(8, abs=0.6)
    assert edges[0].y_mm < stamp.baseline_mm < edges[1].y_mm


def test_where_a_document_may_go_is_said_in_the_top_margin(pages: Pages) -> None:
    box = line(pages["mọi dấu"], "LƯU HÀNH NỘI BỘ")
    assert (box.page, box.bold, box.size_pt) == (1, True, 13)
    assert box.baseline_mm < TOP_MM
    assert box.x0_mm > 105


# PL I, III.4: at the foot of the first page, under a rule as wide as the text
def test_the_address_stands_at_the_foot_of_the_first_page(pages: Pages) -> None:
    found = pages["mọi dấu"]
    address = line(found, "Thôn 3, xã Phú Lâm Thượng")
    assert (address.page, address.size_pt) == (1, 11)
    assert address.baseline_mm > 270
    rule = [each for each in found[0].rules if each.y_mm < address.baseline_mm][-1]
    assert rule.length_mm == pytest.approx(165, abs=1)
    assert len(found) > 1


# mẫu 1.9: no place and date; mẫu 3.1: a rule across the page between the copied text and its head
def test_minutes_have_no_date_line(pages: Pages) -> None:
    number = line(pages["bien-ban"], "Số:")
    level = [each for each in pages["bien-ban"][0].lines if each.baseline_mm == number.baseline_mm]
    assert level == [number]


def test_a_copy_is_marked_off_by_a_rule_across_the_page(pages: Pages) -> None:
    rule = max(pages["ban-sao"][0].rules, key=lambda each: each.length_mm)
    assert rule.length_mm == pytest.approx(165, abs=0.5)
    assert line(pages["ban-sao"], "2. Báo cáo").baseline_mm < rule.y_mm
    assert line(pages["ban-sao"], "TRÍCH SAO").baseline_mm > rule.y_mm


def test_the_head_of_a_table_is_repeated_on_every_page(pages: Pages) -> None:
    found = pages["phụ lục ngang dài"]
    assert len(found) > 1
    assert [sum(each.text.startswith("STT") for each in page.lines) for page in found] == [1] * len(
        found
    )
