"""The data that all engines fill in: records of a scoring sheet and of a long report, plain texts.

Values hold ``&``, ``<`` and quotes. Everything follows from the record's number: no chance.
"""

from __future__ import annotations

from typing import Any

COLUMNS = ("stt", "ten", "chuan", "tu_cham", "tham_dinh")
TABLES = 10  # of the report

_NAMES = [
    "Nguyễn Văn An",
    "Trần Thị Bình",
    "Lê Hữu Châu",
    "Phạm Đức Dũng",
    "Hoàng Ngọc Hà",
    "Võ Minh Hiếu",
]
_COMMUNES = (
    "An Phú", "Bình Minh", "Cẩm Thủy", "Đông Hòa", "Kim Liên", "Mỹ Đình", "Tân Hiệp", "Xuân Hòa",
)  # fmt: skip
_UNITS = (
    "Văn hóa & Xã hội", "Kinh tế", "Tư pháp - Hộ tịch", "Tài chính & Kế hoạch", "Nội vụ",
)  # fmt: skip
_FIRST = (
    "Tổ chức quán triệt, triển khai các nghị quyết, chỉ thị của cấp trên & kế hoạch của đơn vị",
    "Xây dựng kế hoạch công tác năm, quý, tháng sát với tình hình thực tế của địa phương",
    "Thực hiện chế độ báo cáo đúng thời hạn quy định (chậm < 3 ngày trừ 0,5 điểm)",
    "Công tác cải cách hành chính, tỷ lệ hồ sơ giải quyết đúng hạn > 95%",
    "Ứng dụng công nghệ thông tin, chuyển đổi số trong hoạt động quản lý nhà nước",
)
_SECOND = (
    "Thực hiện quy chế dân chủ ở cơ sở; không có đơn thư khiếu nại, tố cáo vượt cấp",
    'Phong trào thi đua "Dân vận khéo" và các cuộc vận động do cấp trên phát động',
    "Công tác phối hợp với Mặt trận Tổ quốc & các tổ chức chính trị - xã hội",
    "Có sáng kiến, mô hình mới được cấp có thẩm quyền công nhận và nhân rộng",
)
_RECIPIENTS = (
    "Ủy ban nhân dân tỉnh (để báo cáo)", "Sở Nội vụ (để báo cáo)",
    "Các phòng, ban chuyên môn & đơn vị trực thuộc", "Trang thông tin điện tử", "Lưu: VT, NV",
    "Đảng ủy, Thường trực HĐND xã", "Các thành viên Hội đồng thẩm định",
)  # fmt: skip


def sheet(number: int) -> dict[str, Any]:
    """Return a record of the scoring sheet: texts, rows of two tables, four to seven recipients."""
    commune = _COMMUNES[number % len(_COMMUNES)]
    first, second = _rows(_FIRST, 12, number), _rows(_SECOND, 10, number)
    return {
        "co_quan_chu_quan": "ỦY BAN NHÂN DÂN TỈNH BÌNH MINH",
        "co_quan": f"ỦY BAN NHÂN DÂN XÃ {commune.upper()}",
        "so": f"{number % 900 + 1}/BC-UBND", "dia_danh": commune, "ngay": f"{number % 28 + 1:02d}",
        "thang": f"{number % 12 + 1:02d}", "nam": "2026", "ky": "năm 2026",
        "don_vi": f"Phòng {_UNITS[number % len(_UNITS)]} xã {commune}",
        "can_cu": f"Quyết định số {number % 3000 + 1}/QĐ-UBND", "ngay_can_cu": "05/02/2026",
        "han_nop": "15/12/2026", "dau_moi": f"{_name(number)} (điện thoại 0900 000 000)",
        "a_ten": "Thực hiện nhiệm vụ chính trị, chuyên môn", "a_chuan": "60",
        "a_tu_cham": _sum(first, "tu_cham"), "a_tham_dinh": _sum(first, "tham_dinh"),
        "b_ten": "Xây dựng đơn vị & công tác dân vận", "b_chuan": "40",
        "b_tu_cham": _sum(second, "tu_cham"), "b_tham_dinh": _sum(second, "tham_dinh"),
        "tong_chuan": "100", "tong_tu_cham": _sum(first + second, "tu_cham"),
        "tong_tham_dinh": _sum(first + second, "tham_dinh"),
        "xep_loai": "Hoàn thành tốt nhiệm vụ", "chuc_vu_trai": "CHỦ TỊCH HỘI ĐỒNG THẨM ĐỊNH",
        "nguoi_trai": _name(number + 1), "chuc_vu_phai": "TRƯỞNG PHÒNG",
        "nguoi_phai": _name(number + 2), "muc_a": first, "muc_b": second,
        "noi_nhan": [{"ten": text} for text in _RECIPIENTS[: 4 + number % 4]],
    }  # fmt: skip


def report(number: int) -> dict[str, Any]:
    """Return a record of the long report: the sheet's texts and ten tables of twelve rows."""
    texts = {key: value for key, value in sheet(number).items() if isinstance(value, str)}
    tables = {
        f"bang_{n}": _rows((_FIRST + _SECOND + _FIRST)[:12], 8, number + n) for n in range(TABLES)
    }
    return texts | tables


def _rows(titles: tuple[str, ...], points: int, number: int) -> list[dict[str, str]]:
    return [
        dict(zip(COLUMNS, (str(n), title, str(points), str(points - (number + n) % 3),
                           str(points - (number + n) % 5)), strict=True))
        for n, title in enumerate(titles, 1)
    ]  # fmt: skip


def _sum(rows: list[dict[str, str]], key: str) -> str:
    return str(sum(int(row[key]) for row in rows))


def _name(number: int) -> str:
    return _NAMES[number % len(_NAMES)]
