"""The head of a document: which components are there, and their words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from generator.conformity.components import LETTER, MAIN, Component, Unit
from generator.conformity.findings import Place
from generator.conformity.patterns import plain
from generator.conformity.rules.case import Case, Findings, at, number

_NAMES = {
    "quoc_hieu": "Quốc hiệu",
    "tieu_ngu": "Tiêu ngữ",
    "tieu_de_dang": "tiêu đề “Đảng Cộng sản Việt Nam”",
    "co_quan_ban_hanh": "tên cơ quan, tổ chức ban hành",
    "so_ky_hieu": "số, ký hiệu",
    "dia_danh": "địa danh và thời gian ban hành",
    "quyen_han": "quyền hạn, chức vụ người ký",
    "ho_ten": "họ tên người ký",
    "noi_nhan": "nơi nhận",
}
_DISTRICT = re.compile(r"\b(HUYỆN|QUẬN|THỊ XÃ|THỊ TRẤN)\s+[^\W\d_]", re.I)


def check(case: Case) -> Findings:
    """Yield what is wrong with the head."""
    yield from _missing(case)
    yield from _title(case)
    for unit in case.found.units:
        yield from _fixed_words(case, unit)
    yield from _spacing(case)
    yield from _issuer(case)


def _missing(case: Case) -> Findings:
    if not case.complete:
        return
    unit = case.main
    for key, name in _NAMES.items():
        rule = case.profile.rules.get(f"{key}.thieu")
        if (
            rule is None
            or key in unit.parts
            or set(rule.get("tru_loai", ())) & set(case.type_codes)
        ):
            continue
        yield from case.profile.finding(
            f"{key}.thieu",
            f"Không tìm thấy {name}",
            *_near(unit),
            expected=f"có {name}",
            found="không thấy",
            remedy=f"Thêm {name}; nếu đã có, kiểm tra lại chữ và vị trí trình bày.",
        )


def _near(unit: Unit) -> Iterable[Place]:
    for key in ("ten_loai", "so_ky_hieu", "trich_yeu_cong_van", "quoc_hieu"):
        if key in unit.parts:
            return [at(unit.parts[key][0])]
    return []


def _title(case: Case) -> Findings:
    unit = case.main
    title, about = unit.one("ten_loai"), unit.one("trich_yeu_cong_van")
    if (
        title
        and (about or plain(title.text) == plain(LETTER))
        and plain(title.text) == plain(LETTER)
    ):
        yield from case.profile.finding(
            "ten_loai.cong_van",
            "Công văn không ghi tên loại",
            at(title),
            expected="không có dòng “CÔNG VĂN”",
            found=f"“{title.text}”",
            remedy="Xóa dòng này; trích yếu “V/v …” đặt dưới số, ký hiệu.",
        )
    if (
        unit.kind == MAIN
        and unit.has_head
        and not title
        and not about
        and "so_ky_hieu" in unit.parts
    ):
        yield from case.profile.finding(
            "ten_loai.thieu",
            "Không tìm thấy tên loại văn bản, cũng không có trích yếu “V/v …” của công văn",
            *_near(unit),
            expected="tên loại viết hoa ở giữa trang, hoặc “V/v …” dưới số, ký hiệu",
            found="không thấy",
            remedy="Thêm tên loại (KẾ HOẠCH, BÁO CÁO …), hoặc trích yếu “V/v …” nếu là công văn.",
        )
    rule = case.profile.rules.get("trich_yeu.thieu")
    if (
        rule
        and case.complete
        and title
        and "trich_yeu" not in unit.parts
        and not about
        and not set(rule.get("tru_loai", ())) & set(case.type_codes)
    ):
        yield from case.profile.finding(
            "trich_yeu.thieu",
            "Dưới tên loại không có trích yếu nội dung",
            at(title),
            expected="trích yếu ngay dưới tên loại",
            found="không thấy",
            remedy="Thêm một câu ngắn tóm tắt nội dung, in đậm, căn giữa.",
        )


def _fixed_words(case: Case, unit: Unit) -> Findings:
    for key in ("quoc_hieu", "tieu_ngu", "tieu_de_dang"):
        rule = case.profile.rules.get(f"{key}.noi_dung")
        component = unit.one(key)
        if rule is None or component is None:
            continue
        # Capitals and NFC are matters of their own.
        allowed = [text.casefold() for text in rule["gia_tri"]]
        words = component.words
        same_case = words in rule["gia_tri"] or (
            words.casefold() in allowed and words == words.upper()
        )
        if words not in rule["gia_tri"] and not (
            words.casefold() in allowed and (key != "tieu_ngu" or same_case)
        ):
            yield from case.profile.finding(
                f"{key}.noi_dung",
                f"{case.profile.title(key)} viết sai",
                at(component),
                expected=f"“{rule['gia_tri'][0]}”",
                found=f"“{words}”",
                remedy="Gõ lại đúng từng chữ"
                + (", gạch nối ngắn có dấu cách hai bên." if key == "tieu_ngu" else "."),
                wanted=rule["gia_tri"][0],
            )
    star = case.profile.rules.get("co_quan_ban_hanh.dau_sao")
    if star and unit.kind == MAIN and unit.has_head and "dau_sao" not in unit.parts:
        issuer = unit.one("co_quan_ban_hanh")
        if issuer:
            yield from case.profile.finding(
                "co_quan_ban_hanh.dau_sao",
                "Dưới tên cơ quan ban hành thiếu dấu sao",
                at(issuer),
                expected="dấu * ở giữa, dưới tên cơ quan",
                found="không có",
                remedy="Thêm một dòng chỉ có dấu *.",
            )
    dashes = case.profile.rules.get("trich_yeu.gach")
    summary = unit.one("trich_yeu")
    if dashes and summary and unit.kind == MAIN and "gach" not in unit.parts:
        yield from case.profile.finding(
            "trich_yeu.gach",
            "Dưới trích yếu thiếu năm dấu gạch nối",
            at(summary.lines[-1]),
            expected=f"“{dashes['gia_tri']}”",
            found="không có",
            remedy="Thêm một dòng năm dấu gạch nối, căn giữa.",
        )


def _spacing(case: Case) -> Findings:
    rule = case.profile.rules.get("tieu_ngu.gian_dong")
    if rule is None:
        return
    for key in ("quoc_hieu", "tieu_ngu"):
        component = case.main.one(key)
        if component is None:
            continue
        form = component.paragraph.form
        if form.line_rule == "auto" and form.line > 250:
            yield from case.profile.finding(
                "tieu_ngu.gian_dong",
                f"{case.profile.title(key)}: giãn dòng quá dòng đơn",
                at(component),
                about=key,
                expected="dòng đơn",
                found=f"{number(form.line / 240)} dòng",
                remedy="Đặt giãn dòng Single cho dòng này.",
                wanted=1,
            )


def _issuer(case: Case) -> Findings:
    unit = case.main
    issuer, superior = unit.one("co_quan_ban_hanh"), unit.one("co_quan_chu_quan")
    if issuer is None or not unit.has_head:
        return
    yield from _abbreviated(case, issuer)
    rule = case.profile.rules.get("co_quan_chu_quan.khong_co")
    if (
        rule
        and superior
        and re.match(rule["gia_tri"], issuer.words.upper())
        and superior.words.upper() not in {name.upper() for name in case.profile.superiors}
    ):
        yield from case.profile.finding(
            "co_quan_chu_quan.khong_co",
            "Cơ quan này không ghi tên cơ quan chủ quản ở trên",
            at(superior),
            expected="chỉ ghi tên cơ quan ban hành",
            found=f"“{superior.words}”",
            remedy="Bỏ dòng cơ quan chủ quản; tên cơ quan ghi cả địa danh, in đậm.",
        )
    district = case.profile.rules.get("co_quan_ban_hanh.cap_huyen")
    issued = case.found.issued
    if district and issued and issued >= district["tu_ngay"]:
        for component in filter(None, (superior, issuer)):
            match = _DISTRICT.search(component.words.upper())
            if match:
                yield from case.profile.finding(
                    "co_quan_ban_hanh.cap_huyen",
                    f"Từ ngày 01/7/2025 không còn đơn vị hành chính cấp {match[1].lower()}",
                    at(component),
                    expected="cơ quan cấp tỉnh hoặc cấp xã",
                    found=f"“{component.words}”",
                    remedy="Ghi tên cơ quan theo đơn vị hành chính hiện nay.",
                )
                return


def _abbreviated(case: Case, issuer: Component) -> Findings:
    rule = case.profile.rules.get("co_quan_ban_hanh.viet_tat")
    if rule is None:
        return
    for line in issuer.lines:
        short = next((w for w in re.findall(r"\w+", line.text) if w in rule["gia_tri"]), None)
        if short:
            yield from case.profile.finding(
                "co_quan_ban_hanh.viet_tat",
                "Tên cơ quan ban hành viết tắt",
                at(line),
                expected="tên đầy đủ",
                found=f"“{short}”",
                remedy=f"Viết đầy đủ thay cho “{short}”.",
            )
