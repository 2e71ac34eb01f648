"""The number and symbol, the place and date."""

from __future__ import annotations

import re
from datetime import date

from generator.conformity.components import COPY, LETTER, MAIN, Component
from generator.conformity.patterns import DATE, NUMBER, SHORT_DATE
from generator.conformity.profile import PARTY
from generator.conformity.rules.case import Case, Findings, at
from generator.vietnamese.dates import long_date

_SYMBOL = re.compile(r"[^\W_]+(?:[-&][^\W_]+)*")
_PARTY_SYMBOL = re.compile(r"[^\W\d_]+/[^\W_]+(?:[-.][^\W_]+)*")


def check(case: Case) -> Findings:
    """Yield what is wrong with the number and the date."""
    if case.main.kind not in (MAIN, COPY):
        return
    line = case.main.one("so_ky_hieu")
    if line is not None:
        yield from _number(case, line)
    line = case.main.one("dia_danh")
    if line is not None:
        yield from _date(case, line)


def _number(case: Case, line: Component) -> Findings:
    words = line.words
    match = NUMBER.fullmatch(words)
    rule = case.profile.rules.get("so_ky_hieu.mau")
    if match is None:
        return  # an open number: nothing is written yet
    if rule is not None:
        yield from _shape(case, line, match, rule["dau"], rule["noi"])
    digits = match["so"].strip(".…_ ")
    zero = case.profile.rules.get("so_ky_hieu.so_khong")
    if zero is not None and digits.isdigit():
        value = int(digits)
        right = f"{value:02d}" if value < zero["duoi"] else str(value)
        if digits != right:
            yield from case.profile.finding(
                "so_ky_hieu.so_khong",
                "Số văn bản thiếu hoặc thừa số 0 ở đầu",
                at(line),
                expected=f"“{right}”",
                found=f"“{digits}”",
                remedy=f"Sửa số thành “{right}”.",
                wanted=right,
            )
    yield from _symbol(case, line, match["ky"].strip())


def symbol_shape(case: Case) -> re.Pattern[str]:
    """Return the pattern of a symbol under the document's profile."""
    return _PARTY_SYMBOL if case.profile.side == PARTY else _SYMBOL


def _shape(case: Case, line: Component, match: re.Match[str], label: str, mark: str) -> Findings:
    symbol = match["ky"].strip()
    party = case.profile.side == PARTY
    faults = []
    if match["nhan"].strip() != label.strip():
        faults.append(f"chữ đầu là “{match['nhan'].strip()}”")
    raw = re.sub(r"^\S+?:?\s+", "", line.words) if ":" in match["nhan"] or party else line.words
    if re.search(r"\S\s+[/-]|[/-]\s+\S", raw) and match["so"].strip(".…_ "):
        faults.append("có dấu cách quanh dấu / hoặc -")
    elif re.search(r"\s", symbol):
        faults.append("ký hiệu có dấu cách")
    if match["noi"] != mark:
        faults.append(f"sau số là dấu “{match['noi']}”")
    if not faults and symbol_shape(case).fullmatch(symbol.rstrip(".")) is None:
        faults.append(f"ký hiệu “{symbol}”")
    if symbol.endswith("."):
        faults.append("có dấu chấm ở cuối")
    if faults:
        example = "Số 06-CT/TU" if party else "Số: 15/QĐ-BNV"
        yield from case.profile.finding(
            "so_ky_hieu.mau",
            "Số, ký hiệu trình bày sai",
            at(line),
            expected=f"như “{example}”, không có dấu cách quanh / và -",
            found="; ".join(faults),
            remedy=f"Gõ lại theo mẫu “{example}”.",
        )


def _symbol(case: Case, line: Component, symbol: str) -> Findings:
    """Compare the symbol's first group with the document's type."""
    profile = case.profile
    groups = [group for group in re.split(r"\s*[-/]\s*", symbol.rstrip(".")) if group]
    if not groups:
        return
    first = groups[0]
    unit = case.main
    if unit.kind == COPY:
        yield from _copy_symbol(case, line, first)
    elif unit.type_name == LETTER and profile.side != PARTY:
        rule = profile.rules.get("so_ky_hieu.cong_van")
        if first in profile.types or (rule and first in rule.get("gia_tri", ())):
            yield from profile.finding(
                "so_ky_hieu.cong_van",
                "Ký hiệu công văn có chữ viết tắt tên loại",
                at(line),
                expected="cơ quan, rồi đơn vị soạn thảo, như “UBND-VX”",
                found=f"“{first}”",
                remedy=f"Bỏ “{first}” khỏi ký hiệu; công văn không có chữ viết tắt tên loại.",
            )
    elif case.type_codes and first not in case.type_codes:
        wanted = " hoặc ".join(case.type_codes)
        yield from profile.finding(
            "so_ky_hieu.loai",
            f"Ký hiệu không hợp với tên loại {unit.type_name.lower()}",
            at(line),
            expected=f"“{wanted}”",
            found=f"“{first}”",
            remedy=f"Đổi “{first}” trong ký hiệu thành “{wanted}”.",
            wanted=case.type_codes[0],
        )
    yield from _own_abbreviations(case, line, groups)


def _copy_symbol(case: Case, line: Component, first: str) -> Findings:
    heading = case.main.one("hinh_thuc_sao")
    codes = {"SAO Y": "SY", "SAO LỤC": "SL", "TRÍCH SAO": "TrS"}
    wanted = codes.get(heading.words if heading else "", "")
    if wanted and wanted in case.profile.types and first != wanted:
        yield from case.profile.finding(
            "so_ky_hieu.loai",
            "Ký hiệu không hợp với hình thức sao",
            at(line),
            expected=f"“{wanted}”",
            found=f"“{first}”",
            remedy=f"Đổi “{first}” trong ký hiệu thành “{wanted}”.",
            wanted=wanted,
        )


def _own_abbreviations(case: Case, line: Component, groups: list[str]) -> Findings:
    """Compare with the agency's own list of abbreviations, where it has one."""
    profile = case.profile
    body = groups[0] if case.main.type_name == LETTER else groups[1] if groups[1:] else ""
    unit = groups[1] if case.main.type_name == LETTER and groups[1:] else ""
    for short, known, what in (
        (body, profile.bodies, "cơ quan"),
        (unit, profile.units, "đơn vị soạn thảo"),
    ):
        if short and known and short not in known:
            yield from profile.finding(
                "so_ky_hieu.viet_tat",
                f"Chữ viết tắt {what} không có trong danh mục của cơ quan",
                at(line),
                expected=", ".join(sorted(known)),
                found=f"“{short}”",
                remedy=f"Dùng chữ viết tắt đã quy định, hoặc thêm “{short}” vào danh mục.",
            )


# ---------------------------------------------------------------- place and date
def _date(case: Case, line: Component) -> Findings:
    words = line.words
    match = DATE.fullmatch(words)
    if match is None:
        yield from _short_date(case, line)
        return
    yield from _place(case, line, match)
    day, month, year = (match[name].strip(".…_ ") for name in ("ngay", "thang", "nam"))
    yield from _padding(case, line, day, month)
    if day.isdigit() and month.isdigit() and year.isdigit():
        try:
            date(int(year), int(month), int(day))
        except ValueError:
            yield from case.profile.finding(
                "dia_danh.ngay_sai",
                "Ngày không có thật",
                at(line),
                expected="ngày có trong lịch",
                found=f"ngày {day} tháng {month} năm {year}",
                remedy="Kiểm tra lại ngày, tháng, năm.",
            )


def _short_date(case: Case, line: Component) -> Findings:
    match = SHORT_DATE.fullmatch(line.words)
    wanted = None
    if match:
        try:
            issued = date(int(match["nam"]), int(match["thang"]), int(match["ngay"]))
            wanted = f"{match['noi']}, {long_date(issued)}"
        except ValueError:
            wanted = None
    yield from case.profile.finding(
        "dia_danh.mau",
        "Thời gian ban hành ghi bằng dấu gạch chéo hoặc gạch nối",
        at(line),
        expected=f"“{wanted}”" if wanted else "“…, ngày … tháng … năm …”",
        found=f"“{line.words}”",
        remedy="Ghi đầy đủ các chữ “ngày … tháng … năm …”.",
        wanted=wanted,
    )


def _place(case: Case, line: Component, match: re.Match[str]) -> Findings:
    place = match["noi"].strip()
    if not place:
        yield from case.profile.finding(
            "dia_danh.mau",
            "Thiếu địa danh trước thời gian ban hành",
            at(line),
            expected="“Địa danh, ngày … tháng … năm …”",
            found=f"“{line.words}”",
            remedy="Ghi địa danh nơi cơ quan đóng trụ sở, dấu phẩy, rồi ngày tháng.",
        )
        return
    if not match["phay"] or f"{place}," not in line.words:
        yield from case.profile.finding(
            "dia_danh.phay",
            "Sau địa danh thiếu dấu phẩy" if not match["phay"] else "Trước dấu phẩy có dấu cách",
            at(line),
            expected=f"“{place}, ngày …”",
            found=f"“{line.words}”",
            remedy="Đặt dấu phẩy ngay sau địa danh.",
            wanted=f"{place}, ",
        )
    generic = case.profile.rules.get("dia_danh.tu_chung")
    first = place.split()[0]
    rest = place[len(first) :].strip()
    if generic and first.lower() in generic["gia_tri"] and rest and not rest[0].isdigit():
        yield from case.profile.finding(
            "dia_danh.tu_chung",
            f"Địa danh ghi thừa chữ “{first}”",
            at(line),
            expected=f"“{rest}, ngày …”",
            found=f"“{place}”",
            remedy=f"Bỏ chữ “{first}”, trừ khi tên riêng là số, tên người hoặc tên sự kiện.",
        )


def _padding(case: Case, line: Component, day: str, month: str) -> Findings:
    rule = case.profile.rules.get("dia_danh.so_khong")
    if rule is None:
        return
    faults, wanted = [], []
    if day.isdigit():
        right = f"{int(day):02d}" if int(day) < rule["ngay_duoi"] else str(int(day))
        faults += [f"ngày {day}"] if day != right else []
        wanted += [f"ngày {right}"] if day != right else []
    if month.isdigit():
        right = f"{int(month):02d}" if int(month) in rule["thang"] else str(int(month))
        faults += [f"tháng {month}"] if month != right else []
        wanted += [f"tháng {right}"] if month != right else []
    if faults:
        yield from case.profile.finding(
            "dia_danh.so_khong",
            "Ngày, tháng thiếu hoặc thừa số 0 ở đầu",
            at(line),
            expected=", ".join(wanted),
            found=", ".join(faults),
            remedy="Thêm số 0 trước ngày dưới 10 và tháng 1, 2; các tháng khác không thêm.",
            wanted=tuple(zip(faults, wanted, strict=True)),
        )
