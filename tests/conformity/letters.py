"""Twenty documents of different types and offices, all conforming; names are invented."""

from __future__ import annotations

from tests.conformity.drawing import Letter

_LONG = (
    "Các đơn vị căn cứ chức năng, nhiệm vụ được giao chủ động phối hợp, tổ chức thực hiện bảo đảm "
    "thiết thực, tiết kiệm; kịp thời báo cáo khó khăn, vướng mắc để được hướng dẫn, xử lý"
)
PLAN = Letter(
    grounds=(
        "Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025;",
        "Căn cứ Nghị quyết số 12/NQ-HĐND ngày 18 tháng 12 năm 2025 của Hội đồng nhân dân xã Phú "
        "Lâm Thượng về nhiệm vụ phát triển kinh tế - xã hội năm 2026;",
        "Theo đề nghị của Trưởng phòng Văn hóa - Xã hội.",
    ),
    body=(
        ("text", f"Ủy ban nhân dân xã xây dựng Kế hoạch như sau. {_LONG}."),
        ("roman", "I. MỤC ĐÍCH, YÊU CẦU"),
        ("heading", "1. Mục đích"),
        ("text", "a) Nâng cao kỹ năng số của cán bộ, công chức và người dân trên địa bàn xã;"),
        ("text", f"b) {_LONG}."),
        ("heading", "2. Yêu cầu"),
        ("text", "- Phân công rõ người, rõ việc, rõ thời hạn; kết quả được cập nhật hằng tuần."),
        ("roman", "II. NỘI DUNG THỰC HIỆN"),
        ("text", "1. Phòng Văn hóa - Xã hội chủ trì, phối hợp với các đoàn thể và các thôn."),
        ("text", f"2. {_LONG}./."),
    ),
)
LETTER = Letter(
    number="Số: 57/UBND-KT",
    date="Phú Lâm Thượng, ngày 19 tháng 01 năm 2026",
    title="",
    summary=(),
    about="V/v tăng cường phòng, chống cháy nổ",
    to=("Kính gửi:", "- Trưởng các thôn;", "- Ban Quản lý chợ Phú Lâm."),
    body=(
        ("text", f"Ủy ban nhân dân xã đề nghị các đơn vị triển khai một số nội dung. {_LONG}."),
        ("text", "1. Rà soát, nhắc nhở từng hộ kinh doanh kết hợp nhà ở trước ngày 30/01/2026."),
        ("text", f"2. {_LONG}./."),
    ),
    recipients=("- Như trên;", "- Công an xã (để t/h);", "- Lưu: VT, KT."),
)
DECISION = Letter(
    number="Số: 126/QĐ-UBND",
    date="Phú Lâm Thượng, ngày 09 tháng 3 năm 2026",
    title="QUYẾT ĐỊNH",
    summary=("Về việc thành lập Tổ công nghệ số cộng đồng",),
    authority="CHỦ TỊCH ỦY BAN NHÂN DÂN XÃ PHÚ LÂM THƯỢNG",
    orders="QUYẾT ĐỊNH:",
    grounds=PLAN.grounds,
    body=(
        (
            "article",
            "Điều 1. Thành lập Tổ công nghệ số cộng đồng xã gồm 07 thành viên có tên trong "
            "danh sách tại Phụ lục kèm theo Quyết định này.",
        ),
        ("article", "Điều 2. Tổ công nghệ số cộng đồng có nhiệm vụ:"),
        ("text", "1. Hướng dẫn người dân cài đặt, sử dụng tài khoản định danh điện tử."),
        ("text", "2. Báo cáo kết quả với Ủy ban nhân dân xã trước ngày 25 hằng tháng."),
        ("article", f"Điều 3. {_LONG}./."),
    ),
    recipients=("- Như Điều 3;", "- Thường trực HĐND xã;", "- Lưu: VT, VHXH."),
    posts=("CHỦ TỊCH",),
    name="Đỗ Quang Thiện",
)
WITH_ANNEX = DECISION.but(
    annexes=(
        (
            "Phụ lục",
            "DANH SÁCH THÀNH VIÊN TỔ CÔNG NGHỆ SỐ CỘNG ĐỒNG",
            "(Kèm theo Quyết định số 126/QĐ-UBND ngày 09 tháng 3 năm 2026 của Chủ tịch Ủy ban nhân "
            "dân xã Phú Lâm Thượng)",
            f"Danh sách gồm 07 người. {_LONG}.",
        ),
    ),
)
REGULATION = DECISION.but(
    number="Số: 131/QC-UBND",
    title="QUY CHẾ",
    summary=("Làm việc của Tổ công nghệ số cộng đồng xã Phú Lâm Thượng",),
    authority="",
    orders="",
    grounds=(),
    body=(
        ("division", "Chương I"),
        ("division", "QUY ĐỊNH CHUNG"),
        ("article", "Điều 1. Phạm vi điều chỉnh của Quy chế này là nguyên tắc và lề lối làm việc."),
        ("division", "Chương II"),
        ("division", "NHIỆM VỤ VÀ CHẾ ĐỘ LÀM VIỆC"),
        ("division", "Mục 1"),
        ("division", "NHIỆM VỤ"),
        ("article", f"Điều 2. {_LONG}."),
        ("division", "Mục 2"),
        ("division", "CHẾ ĐỘ LÀM VIỆC"),
        ("article", f"Điều 3. {_LONG}./."),
    ),
)

_SO = ("SỞ NỘI VỤ",)
_TINH = ("ỦY BAN NHÂN DÂN TỈNH LÂM SƠN",)
_AS_DEPARTMENT = {
    "superior": _TINH,
    "issuer": _SO,
    "date": "Lâm Sơn, ngày 12 tháng 6 năm 2026",
    "posts": ("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"),
    "name": "Hoàng Xuân Bách",
    "rules_mm": {"issuer": 12.0},
}
_SCHOOL = {
    "superior": ("ỦY BAN NHÂN DÂN PHƯỜNG BẾN GỖ",),
    "issuer": ("TRƯỜNG TRUNG HỌC CƠ SỞ", "LẠC GIANG"),
    "date": "Bến Gỗ, ngày 30 tháng 11 năm 2025",
    "posts": ("HIỆU TRƯỞNG",),
    "name": "Vũ Thị Hoài Thương",
    "rules_mm": {"issuer": 12.0},
}
_MINISTRY = {
    "issuer": ("BỘ NỘI VỤ",),
    "date": "Hà Nội, ngày 29 tháng 6 năm 2026",
    "posts": ("TL. BỘ TRƯỞNG", "CHÁNH VĂN PHÒNG"),
    "name": "Lê Thanh Hà",
    "rules_mm": {"issuer": 11.5},
}
_COMMITTEE = {
    "superior": ("ỦY BAN NHÂN DÂN XÃ PHÚ LÂM THƯỢNG",),
    "issuer": ("BAN CHỈ ĐẠO CHUYỂN ĐỔI SỐ",),
    "posts": ("TM. BAN CHỈ ĐẠO", "TRƯỞNG BAN"),
    "name": "Đỗ Quang Thiện",
    "rules_mm": {"issuer": 30.0},
}


def _named(base: Letter, code: str, title: str, summary: str, **changes: object) -> Letter:
    number = f"Số: 34/{code}"
    return base.but(**{"number": number, "title": title, "summary": (summary,), **changes})


LETTERS: dict[str, Letter] = {
    "ke-hoach-xa": PLAN,
    "cong-van-xa": LETTER,
    "quyet-dinh-xa": DECISION.but(
        body=(
            ("article", "Điều 1. Thành lập Tổ công nghệ số cộng đồng xã gồm 07 thành viên."),
            *DECISION.body[1:],
        ),
    ),
    "quyet-dinh-phu-luc": WITH_ANNEX,
    "quy-che-xa": REGULATION,
    "bao-cao-so": _named(
        PLAN, "BC-SNV", "BÁO CÁO", "Kết quả cải cách hành chính tháng 5 năm 2026", **_AS_DEPARTMENT
    ),
    "to-trinh-so": _named(
        PLAN,
        "TTr-SNV",
        "TỜ TRÌNH",
        "Về việc phê duyệt kế hoạch đào tạo, bồi dưỡng năm 2026",
        **_AS_DEPARTMENT,
        to=("Kính gửi: Ủy ban nhân dân tỉnh Lâm Sơn",),
        grounds=(),
        recipients=("- Như trên;", "- Giám đốc, các Phó Giám đốc;", "- Lưu: VT, TCCB."),
    ),
    "cong-van-so": LETTER.but(
        **{
            **_AS_DEPARTMENT,
            "number": "Số: 05/SNV-TCCB",
            "to": ("Kính gửi: Ủy ban nhân dân các xã, phường",),
            "recipients": ("- Như trên;", "- Lưu: VT, TCCB."),
        }
    ),
    "thong-bao-truong": _named(
        PLAN, "TB-THCSLG", "THÔNG BÁO", "Tuyển sinh vào lớp 6 năm học 2026 - 2027", **_SCHOOL
    ),
    "ke-hoach-truong": _named(
        PLAN, "KH-THCSLG", "KẾ HOẠCH", "Tổ chức hội khỏe cấp trường", **_SCHOOL
    ),
    "giay-moi-truong": _named(
        PLAN,
        "GM-THCSLG",
        "GIẤY MỜI",
        "Họp phụ huynh học sinh cuối năm học",
        **_SCHOOL,
        grounds=(),
        body=(("text", f"Nhà trường trân trọng kính mời. {_LONG}./."),),
    ),
    "chi-thi-tinh": _named(
        PLAN,
        "CT-UBND",
        "CHỈ THỊ",
        "Về việc tăng cường phòng cháy, chữa cháy rừng mùa khô",
        issuer=("ỦY BAN NHÂN DÂN", "TỈNH LÂM SƠN"),
        date="Lâm Sơn, ngày 04 tháng 8 năm 2026",
        posts=("CHỦ TỊCH",),
        name="Hoàng Xuân Bách",
        grounds=(),
        rules_mm={"issuer": 15.0},
    ),
    "huong-dan-bo": _named(
        PLAN, "HD-BNV", "HƯỚNG DẪN", "Thực hiện chế độ báo cáo định kỳ", **_MINISTRY, grounds=()
    ),
    "cong-van-bo": LETTER.but(
        **{
            **_MINISTRY,
            "number": "Số: 1234/BNV-VP",
            "about": "V/v báo cáo tình hình thực hiện",
            "to": ("Kính gửi: Sở Nội vụ các tỉnh, thành phố",),
            "recipients": ("- Như trên;", "- Lưu: VT, VP."),
        }
    ),
    "ke-hoach-ban": _named(
        PLAN, "KH-BCĐ", "KẾ HOẠCH", "Hoạt động của Ban Chỉ đạo năm 2026", **_COMMITTEE
    ),
    "thong-bao-ban": _named(
        PLAN,
        "TB-BCĐ",
        "THÔNG BÁO",
        "Kết luận phiên họp thứ nhất năm 2026",
        **_COMMITTEE,
        grounds=(),
    ),
    "chuong-trinh-xa": _named(
        PLAN, "CTr-UBND", "CHƯƠNG TRÌNH", "Công tác năm 2026 của Ủy ban nhân dân xã Phú Lâm Thượng"
    ),
    "phuong-an-xa": _named(
        PLAN,
        "PA-UBND",
        "PHƯƠNG ÁN",
        "Phòng, chống thiên tai và tìm kiếm cứu nạn năm 2026",
        grounds=(),
    ),
    "nghi-quyet-cong-ty": _named(
        DECISION,
        "NQ-HĐTV",
        "NGHỊ QUYẾT",
        "Thông qua kế hoạch đầu tư năm 2026",
        superior=("TỔNG CÔNG TY CẤP NƯỚC LÂM SƠN",),
        issuer=("CÔNG TY NƯỚC PHÚ LÂM",),
        authority="HỘI ĐỒNG THÀNH VIÊN CÔNG TY NƯỚC PHÚ LÂM",
        orders="QUYẾT NGHỊ:",
        posts=("TM. HỘI ĐỒNG THÀNH VIÊN", "CHỦ TỊCH"),
        name="Vũ Thị Hoài Thương",
        date="Lâm Sơn, ngày 20 tháng 10 năm 2026",
        rules_mm={"issuer": 25.0},
        body=(
            ("article", f"Điều 1. {_LONG}."),
            ("article", "Điều 2. Giao Giám đốc tổ chức thực hiện."),
            ("article", "Điều 3. Nghị quyết này có hiệu lực kể từ ngày ký./."),
        ),
    ),
    "quyet-dinh-so": _named(
        DECISION,
        "QĐ-SNV",
        "QUYẾT ĐỊNH",
        "Về việc điều động công chức",
        **_AS_DEPARTMENT,
        authority="GIÁM ĐỐC SỞ NỘI VỤ",
        body=(
            ("article", f"Điều 1. {_LONG}."),
            ("article", "Điều 2. Quyết định này có hiệu lực từ ngày ký."),
            ("article", "Điều 3. Chánh Văn phòng Sở chịu trách nhiệm thi hành./."),
        ),
    ),
}
