"""Who signs: authority prefixes and what may follow them, posts, the name."""

from __future__ import annotations

import re

from generator.conformity.components import Component
from generator.conformity.document import Line
from generator.conformity.rules.case import Case, Findings, at
from generator.conformity.tail import PREFIX

_TITLE = re.compile(
    r"^(?:QUYỀN )?(?:CHỦ TỊCH|GIÁM ĐỐC|TỔNG GIÁM ĐỐC|HIỆU TRƯỞNG|BỘ TRƯỞNG|CHÁNH|TRƯỞNG|"
    r"VIỆN TRƯỞNG|CỤC TRƯỞNG|VỤ TRƯỞNG|CHI CỤC TRƯỞNG|THỦ TRƯỞNG|CHỦ NHIỆM|TỔNG CỤC TRƯỞNG|"
    r"TỔNG THANH TRA|THỦ TƯỚNG|BÍ THƯ|CHỈ HUY TRƯỞNG|TƯ LỆNH|ĐỘI TRƯỞNG|TỔ TRƯỞNG)\b"
)
_DEPUTY = re.compile(r"^(?:PHÓ|THỨ TRƯỞNG|CỤC PHÓ|VIỆN PHÓ|HIỆU PHÓ|ỦY VIÊN|UỶ VIÊN)\b")
_HEAD_ONLY = ("KT.", "TUQ.", "TL.", "Q.")
_NAMES = {
    "TM.": "thay mặt",
    "KT.": "ký thay",
    "TL.": "thừa lệnh",
    "TUQ.": "thừa ủy quyền",
    "Q.": "quyền",
}


def check(case: Case) -> Findings:
    """Yield what is wrong with the signatures."""
    for unit in case.found.units:
        for component in unit.parts.get("quyen_han", ()):
            yield from _prefixes(case, component)
            yield from _stack(case, component)
        for component in unit.parts.get("ho_ten", ()):
            yield from _name(case, component)


def _split(text: str) -> tuple[str, str]:
    """Return the prefix of an authority line as the decree spells it, and what follows.

    >>> _split("KT. CHỦ TỊCH"), _split("CHỦ TỊCH"), _split("T/M BAN THƯỜNG VỤ")
    (('KT.', 'CHỦ TỊCH'), ('', 'CHỦ TỊCH'), ('TM.', 'BAN THƯỜNG VỤ'))
    """
    match = PREFIX.match(text)
    if match is None or not _is_prefix(match[0]):
        return "", text
    bare = re.sub(r"[^A-Za-z]", "", match[0]).upper()
    return f"{bare}.", text[match.end() :]


def _is_prefix(written: str) -> bool:
    """Tell an abbreviation from a word that begins like one ("Tm" of a name, "TLĐ")."""
    return bool(re.search(r"[./\s]", written))


def _prefixes(case: Case, component: Component) -> Findings:
    rule = case.profile.rules.get("quyen_han.chu_tat")
    if rule is None:
        return
    for line in component.lines:
        prefix, rest = _split(line.text)
        if not prefix:
            continue
        written = line.text[: len(line.text) - len(rest)]
        allowed = [f"{right} " for right in rule["gia_tri"]]
        if written in allowed:
            continue
        letters = prefix.rstrip(".")
        wanted = next(
            (right for right in rule["gia_tri"] if re.sub(r"\W", "", right) == letters), prefix
        )
        yield from case.profile.finding(
            "quyen_han.chu_tat",
            "Chữ viết tắt quyền hạn trình bày sai",
            at(line),
            expected=f"“{wanted} {rest}”",
            found=f"“{line.text}”",
            remedy=f"Ghi “{wanted}” viết hoa, rồi một dấu cách.",
            wanted=wanted,
        )


def _stack(case: Case, component: Component) -> Findings:
    lines = component.lines
    split = [_split(line.text) for line in lines]
    prefixes = [prefix for prefix, _ in split if prefix]
    profile = case.profile
    rule = profile.rules.get("quyen_han.ket_hop")
    if rule is not None and " ".join(prefixes) not in rule["gia_tri"]:
        yield from profile.finding(
            "quyen_han.ket_hop",
            "Các chữ quyền hạn ký kết hợp không đúng",
            at(lines[0]),
            expected="một quyền hạn; hoặc TM. rồi KT., TL. rồi KT.",
            found=", ".join(prefixes),
            remedy="Xem lại hình thức đề ký; người được ủy quyền không được ủy quyền lại.",
        )
        return
    for position, (line, (prefix, rest)) in enumerate(zip(lines, split, strict=True)):
        if prefix:
            yield from _before_whom(case, line, prefix, rest)
        last = position == len(lines) - 1
        if last and prefix and prefix != "Q.":
            yield from profile.finding(
                "quyen_han.thieu_chuc_vu",
                f"Dưới dòng “{line.text}” thiếu chức vụ của người ký",
                at(line),
                expected="chức vụ của người trực tiếp ký ở dòng dưới",
                found="không có",
                remedy="Thêm chức vụ người ký, chữ in hoa, đậm.",
            )
        elif prefix == "KT." and not last and _TITLE.match(lines[position + 1].text.upper()):
            yield from profile.finding(
                "quyen_han.dung_truoc",
                "Dưới “KT.” phải là chức vụ cấp phó",
                at(lines[position + 1]),
                expected="như “PHÓ CHỦ TỊCH”",
                found=f"“{lines[position + 1].text}”",
                remedy="Ghi chức vụ của người trực tiếp ký.",
            )


def _before_whom(case: Case, line: Line, prefix: str, rest: str) -> Findings:
    upper = rest.upper()
    wrong = (prefix == "TM." and _TITLE.match(upper)) or (
        prefix in _HEAD_ONLY and _DEPUTY.match(upper)
    )
    collective = prefix in _HEAD_ONLY and re.match(
        r"(?:ỦY BAN NHÂN DÂN|UỶ BAN NHÂN DÂN|HỘI ĐỒNG|BAN CHỈ ĐẠO|BAN CHẤP HÀNH)\b", upper
    )
    if wrong or collective:
        meant = "tên tập thể hoặc cơ quan" if prefix == "TM." else "chức vụ người đứng đầu"
        yield from case.profile.finding(
            "quyen_han.dung_truoc",
            f"Sau “{prefix}” ({_NAMES[prefix]}) phải là {meant}",
            at(line),
            expected=f"“{prefix} {'ỦY BAN NHÂN DÂN' if prefix == 'TM.' else 'CHỦ TỊCH'}”",
            found=f"“{line.text}”",
            remedy="Xem lại chữ quyền hạn và chức vụ đi sau.",
        )


def _name(case: Case, component: Component) -> Findings:
    rule = case.profile.rules.get("ho_ten.hoc_vi")
    if rule is None:
        return
    match = re.match(rule["gia_tri"], component.words)
    if match:
        yield from case.profile.finding(
            "ho_ten.hoc_vi",
            "Trước họ tên người ký có học hàm, học vị hoặc danh hiệu",
            at(component),
            expected="chỉ họ và tên",
            found=f"“{match[0].strip()}”",
            remedy="Bỏ học hàm, học vị, trừ khi người đứng đầu ngành cho phép ghi.",
        )
