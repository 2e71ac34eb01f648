"""What is mended, how, and who decides: one row for each rule; what has none is done by hand.

Safe mends change how a document looks, its letters' encoding and the zeros of a number or date
where there is only one right way. Guarded ones change marks, blanks, drawings or page numbers: a
person agrees to them first. Words, the meaning of numbers and signatures are never touched.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from generator.conformity.mending import looks, pages, words
from generator.conformity.mending.looks import Fixer


class Guard(Enum):
    """How sure a mend is."""

    SAFE = "an_toan"
    GUARDED = "can_dong_y"


@dataclass(frozen=True, slots=True)
class Mend:
    """How one rule's findings are mended; ``says`` tells the clerk what is done.

    ``tracked`` is whether Word knows such a change as a tracked one.
    """

    fixer: Fixer
    guard: Guard
    says: str
    tracked: bool = True


def _safe(fixer: Fixer, says: str, *, tracked: bool = True) -> Mend:
    return Mend(fixer, Guard.SAFE, says, tracked)


def _guarded(fixer: Fixer, says: str, *, tracked: bool = True) -> Mend:
    return Mend(fixer, Guard.GUARDED, says, tracked)


_LINE = ("tieu_ngu", "co_quan_ban_hanh", "trich_yeu")
TABLE: dict[str, Mend] = {
    # ------------------------------------------------------------ pages
    "trang.kho_giay": _safe(pages.paper, "đổi khổ giấy sang A4"),
    "trang.huong": _safe(pages.upright, "đổi trang ngang không có bảng thành trang dọc"),
    "trang.le_tren": _safe(pages.margin, "đặt lề trên"),
    "trang.le_duoi": _safe(pages.margin, "đặt lề dưới"),
    "trang.le_trai": _safe(pages.margin, "đặt lề trái"),
    "trang.le_phai": _safe(pages.margin, "đặt lề phải"),
    "trang.le_doi_xung": _safe(pages.not_mirrored, "bỏ lề đối xứng", tracked=False),
    "so_trang.chu_so": _safe(pages.arabic, "đổi kiểu số trang sang 1, 2, 3"),
    "so_trang.trang_dau": _safe(
        pages.hidden_first, "ẩn số trang ở trang thứ nhất (khi đầu trang, chân trang chỉ có số)"
    ),
    "so_trang.bat_dau": _guarded(pages.begin, "đánh số trang từ 1"),
    "phu_luc.so_trang": _guarded(
        pages.begin, "đánh số trang phụ lục từ 1 (khi phụ lục mở đầu một phần)"
    ),
    "so_trang.kieu": _guarded(pages.number_alone, "bỏ dấu quanh số trang"),
    "so_trang.vi_tri": _guarded(
        pages.into_header, "chuyển số trang lên giữa lề trên (khi lề trên trống)", tracked=False
    ),
    "so_trang.thieu": _guarded(
        pages.numbered, "chèn số trang vào giữa lề trên (khi lề trên trống)", tracked=False
    ),
    # ------------------------------------------------------------ fonts, sizes
    "chu.phong": _safe(looks.font, "đổi phông sang Times New Roman"),
    "chu.mau": _safe(looks.colour, "đổi màu chữ sang đen"),
    "chu.bo_co": _safe(looks.component_size, "đưa cỡ chữ về cùng một bộ"),
    "chu.bo_co_mo_rong": _safe(looks.component_size, "đưa cỡ chữ về cùng một bộ"),
    "chu.cung_co": _safe(looks.component_size, "đưa cỡ chữ về như thành phần đi cùng"),
    "noi_dung.mot_co": _safe(looks.size, "đưa nội dung về một cỡ chữ"),
    # ------------------------------------------------------------ paragraphs
    "tieu_ngu.gian_dong": _safe(looks.line_spacing, "đặt giãn dòng đơn cho Quốc hiệu, Tiêu ngữ"),
    "trich_yeu_cong_van.cach": _safe(looks.space_before, "đặt khoảng cách trên trích yếu công văn"),
    "noi_dung.thut_dong": _safe(looks.first_line, "đặt thụt dòng đầu của đoạn"),
    "noi_dung.cach_doan": _safe(looks.space_before, "đặt khoảng cách giữa các đoạn"),
    "noi_dung.gian_dong": _safe(looks.line_spacing, "đặt giãn dòng"),
    "noi_dung.gian_dong_co_dinh": _safe(looks.line_spacing, "đặt giãn dòng đơn"),
    "noi_dung.gian_dong_pt": _safe(looks.line_spacing, "đặt giãn dòng cố định"),
    # ------------------------------------------------------------ drawn lines
    **{f"{key}.ke_dai": _guarded(pages.rule_length, "kéo đường kẻ đúng độ dài") for key in _LINE},
    **{f"{key}.ke_net": _guarded(pages.rule_solid, "đổi đường kẻ sang nét liền") for key in _LINE},
    "tieu_de_dang.ke_dai": _guarded(pages.rule_length, "kéo đường kẻ đúng độ dài"),
    # ------------------------------------------------------------ zeros, encoding
    "so_ky_hieu.so_khong": _safe(words.number_zero, "thêm, bỏ số 0 ở đầu số văn bản"),
    "dia_danh.so_khong": _safe(words.date_zeros, "thêm, bỏ số 0 của ngày, tháng ban hành"),
    "van_ban.ngay_thang": _safe(
        words.dates_in_text, "thêm, bỏ số 0 của ngày, tháng trong nội dung"
    ),
    "van_ban.nfc": _safe(words.composed, "chuyển chữ sang Unicode dựng sẵn"),
    # ------------------------------------------------------------ blanks, marks
    "van_ban.hai_dau_cach": _guarded(words.single_spaces, "bỏ dấu cách thừa"),
    "van_ban.cach_truoc_dau": _guarded(words.no_space_before, "bỏ dấu cách trước dấu câu"),
    "van_ban.ky_tu_la": _guarded(words.plain_letters, "bỏ ký tự ẩn, thay ký tự trông giống"),
    "so_ky_hieu.mau": _guarded(
        words.number_shape, "bỏ dấu cách quanh / và -, thêm dấu hai chấm sau chữ “Số”"
    ),
    "dia_danh.phay": _guarded(words.place_comma, "đặt dấu phẩy ngay sau địa danh"),
    "tieu_ngu.noi_dung": _guarded(words.same_letters, "sửa gạch nối trong Tiêu ngữ"),
    "kinh_gui.nhan": _guarded(words.addressee_label, "thêm dấu hai chấm sau “Kính gửi”"),
    "kinh_gui.gach": _guarded(words.dash, "thêm gạch đầu dòng nơi kính gửi"),
    "kinh_gui.dau_cau": _guarded(words.closing_mark, "sửa dấu cuối dòng nơi kính gửi"),
    "noi_nhan.nhan": _guarded(words.same_letters, "thêm dấu hai chấm sau “Nơi nhận”"),
    "noi_nhan.gach": _guarded(words.dash, "thêm gạch đầu dòng nơi nhận"),
    "noi_nhan.dau_cau": _guarded(words.closing_mark, "sửa dấu cuối dòng nơi nhận"),
    "can_cu.dau_cau": _guarded(words.closing_mark, "sửa dấu cuối dòng căn cứ"),
    "noi_dung.ket_thuc": _guarded(words.last_mark, "kết thúc nội dung bằng “./.”"),
}
# The look of a component is one matter for all of them.
ASPECTS: dict[str, Mend] = {
    "co_chu": _safe(looks.size, "đặt cỡ chữ của từng thành phần"),
    "dam": _safe(looks.toggled("b"), "đặt, bỏ chữ đậm của từng thành phần"),
    "nghieng": _safe(looks.toggled("i"), "đặt, bỏ chữ nghiêng của từng thành phần"),
    "gach_chan": _safe(looks.underline, "bỏ gạch chân chữ (trừ khi thay cho đường kẻ)"),
    "can_le": _safe(looks.align, "căn lề từng thành phần"),
}


def mend_of(rule: str, wanted: object) -> Mend | None:
    """Return how a rule's findings are mended, ``None`` where only a person can."""
    found = TABLE.get(rule)
    if found is None and wanted is not None:
        found = ASPECTS.get(rule.partition(".")[2])
    return found


def rows(guard: Guard) -> list[tuple[str, str]]:
    """Return the rules of a level and what is done, each doing once.

    >>> rows(Guard.GUARDED)[0]
    ('so_trang.bat_dau', 'đánh số trang từ 1')
    """
    every = [*TABLE.items(), *((f"*.{aspect}", mend) for aspect, mend in ASPECTS.items())]
    told: dict[str, list[str]] = {}
    for rule, mend in every:
        if mend.guard is guard:
            told.setdefault(mend.says, []).append(rule)
    return [(", ".join(rules), says) for says, rules in told.items()]
