"""Paper, orientation, margins, page numbers."""

from __future__ import annotations

from collections.abc import Iterator

from generator.conformity.components import APPENDIX
from generator.conformity.document import TWIPS_PER_MM, Story
from generator.conformity.findings import Place
from generator.conformity.rules.case import Case, Findings, at, number, span
from generator.formatting import Section
from generator.ooxml import qn

_TOLERANCE_MM = 0.6  # a third of a line's width; Word rounds centimetres to hundredths
_SIDES = {"tren": "trên", "duoi": "dưới", "trai": "trái", "phai": "phải"}
_ON_ONE_PAGE = 2200  # letters that may still fit on one page


def check(case: Case) -> Findings:
    """Yield what is wrong with the pages."""
    for number_, section in enumerate(case.document.sections):
        yield from _paper(case, number_, section)
        yield from _margins(case, number_, section)
    if case.document.mirrored:
        yield from case.profile.finding(
            "trang.le_doi_xung",
            "Lề trang đặt đối xứng giữa trang chẵn và trang lẻ",
            Place(section=0),
            expected="lề hai mặt giấy như nhau",
            found="lề đối xứng",
            remedy="Trong Thiết lập trang, bỏ chọn Mirror margins (lề đối xứng).",
            wanted=False,
        )
    yield from _page_numbers(case)


def _paper(case: Case, at_section: int, section: Section) -> Findings:
    rule = case.profile.rules.get("trang.kho_giay")
    if rule is None:
        return
    size = sorted((section.width / TWIPS_PER_MM, section.height / TWIPS_PER_MM))
    allowed = [rule["gia_tri_mm"]]
    others = rule.get("kho_khac_loai")
    if others is not None and (not others or set(others) & set(case.type_codes)):
        allowed.append(rule["kho_khac_mm"])
    if not any(
        all(abs(a - b) <= 1 for a, b in zip(size, sorted(paper), strict=True)) for paper in allowed
    ):
        yield from case.profile.finding(
            "trang.kho_giay",
            "Khổ giấy không phải A4",
            Place(section=at_section),
            expected="A4 (210 × 297 mm)",
            found=f"{number(round(size[0]))} × {number(round(size[1]))} mm",
            remedy="Trong Thiết lập trang, chọn khổ giấy A4.",
            wanted=rule["gia_tri_mm"],
        )
    wide = section.width > section.height
    tables = any(block.tag == qn("w:tbl") for block in section.blocks)
    if wide and not tables and "trang.huong" in case.profile.rules:
        yield from case.profile.finding(
            "trang.huong",
            "Trang nằm ngang dù không có bảng biểu",
            Place(section=at_section),
            expected="trang dọc; trang ngang chỉ dùng khi có bảng biểu",
            found="trang ngang",
            remedy="Trong Thiết lập trang, chọn hướng giấy dọc.",
            wanted="doc",
        )


def _margins(case: Case, at_section: int, section: Section) -> Findings:
    found = {
        "tren": section.top,
        "duoi": section.bottom,
        "trai": section.left + section.gutter,
        "phai": section.right,
    }
    for side, twips in found.items():
        rule = case.profile.rules.get(f"trang.le_{side}")
        if rule is None:
            continue
        mm = abs(twips) / TWIPS_PER_MM
        low, high = rule["khoang_mm"]
        if low - _TOLERANCE_MM <= mm <= high + _TOLERANCE_MM:
            continue
        if section.width > section.height and _turned(case, found):
            continue  # the page of the upright sheet, turned with its margins
        yield from case.profile.finding(
            f"trang.le_{side}",
            f"Lề {_SIDES[side]} sai",
            Place(section=at_section),
            expected=span((low, high), "mm"),
            found=f"{number(round(mm, 1))} mm",
            remedy=f"Trong Thiết lập trang, đặt lề {_SIDES[side]} {span((low, high), 'mm')}.",
            wanted=low if mm < low else high,
        )


def _turned(case: Case, found: dict[str, int]) -> bool:
    """Tell whether margins fit when the sheet is turned by a quarter, either way."""
    turns = (("trai", "duoi", "tren", "phai"), ("phai", "tren", "duoi", "trai"))
    for names in turns:
        turned = dict(zip(("tren", "trai", "phai", "duoi"), names, strict=True))
        fits = True
        for side, other in turned.items():
            rule = case.profile.rules.get(f"trang.le_{other}")
            if rule is None:
                return False
            low, high = rule["khoang_mm"]
            mm = abs(found[side]) / TWIPS_PER_MM
            fits = fits and low - _TOLERANCE_MM <= mm <= high + _TOLERANCE_MM
        if fits:
            return True
    return False


# ---------------------------------------------------------------- page numbers
def _page_numbers(case: Case) -> Findings:
    stories = case.document.stories
    shown = set(_parts_shown(case))
    numbered = [s for part, s in stories.items() if s.page_field is not None and part in shown]
    if not numbered:
        yield from _no_number(case)
        return
    for story in numbered:
        yield from _place(case, story)
        yield from _style(case, story)
    for at_section, section in enumerate(case.document.sections):
        yield from _section_numbers(case, at_section, section)
    yield from _appendices(case)


def _parts_shown(case: Case) -> Iterator[str]:
    """Yield the headers and footers that print: one for first pages only where a section has it."""
    for section in case.document.sections:
        kinds = ["default", *["first"] * section.title_page]
        kinds += ["even"] * case.document.formatting.even_and_odd
        for parts in (section.headers, section.footers):
            yield from (parts[kind] for kind in kinds if kind in parts)


def _no_number(case: Case) -> Findings:
    letters = sum(len(paragraph.text) for paragraph in case.document.paragraphs)
    pages = case.document.pages or (2 if letters > _ON_ONE_PAGE else 1)
    if pages > 1:
        rule = case.profile.rules.get("so_trang.vi_tri")
        top = rule is None or rule["gia_tri"] == "dau_trang"
        where = "giữa lề trên" if top else "góc phải lề dưới"
        yield from case.profile.finding(
            "so_trang.thieu",
            "Văn bản có từ hai trang nhưng không đánh số trang",
            Place(section=0),
            expected=f"số trang ở {where}, từ trang 2",
            found="không có số trang",
            remedy=f"Chèn số trang ở {where}, không hiển thị ở trang thứ nhất.",
        )


def _place(case: Case, story: Story) -> Findings:
    rule = case.profile.rules.get("so_trang.vi_tri")
    if rule is None or story.page_field is None:
        return
    wanted = {"dau_trang": "header", "chan_trang": "footer"}[rule["gia_tri"]]
    if story.kind != wanted:
        words = {"header": "lề trên (đầu trang)", "footer": "lề dưới (chân trang)"}
        yield from case.profile.finding(
            "so_trang.vi_tri",
            "Số trang đặt sai chỗ",
            at(story.page_field),
            expected=words[wanted],
            found=words[story.kind],
            remedy=f"Bỏ số trang ở {words[story.kind]}, chèn lại ở {words[wanted]}.",
            wanted=wanted,
        )


def _style(case: Case, story: Story) -> Findings:
    paragraph = story.page_field
    if paragraph is None or "so_trang.kieu" not in case.profile.rules:
        return
    words = paragraph.text.strip()
    if any(not char.isdigit() and not char.isspace() for char in words) and not (
        words.isalpha() and words.isupper() and set(words) <= set("IVXLC")
    ):
        yield from case.profile.finding(
            "so_trang.kieu",
            "Số trang có chữ hoặc dấu kèm theo",
            at(paragraph),
            expected="chỉ có chữ số",
            found=f"“{words}”",
            remedy="Xóa chữ và dấu quanh số trang.",
        )


def _section_numbers(case: Case, at_section: int, section: Section) -> Findings:
    profile = case.profile
    if section.page_format and section.page_format != "decimal":
        yield from profile.finding(
            "so_trang.chu_so",
            "Số trang không dùng chữ số Ả Rập",
            Place(section=at_section),
            expected="1, 2, 3 …",
            found=section.page_format,
            remedy="Trong Định dạng số trang, chọn kiểu 1, 2, 3.",
            wanted="decimal",
        )
    if at_section == 0 and section.page_start not in (None, 0, 1):
        yield from profile.finding(
            "so_trang.bat_dau",
            "Số trang không bắt đầu từ 1",
            Place(section=at_section),
            expected="1",
            found=str(section.page_start),
            remedy="Trong Định dạng số trang, đặt bắt đầu từ 1.",
            wanted=1,
        )
    begins = at_section == 0 or section.page_start is not None
    if begins and _first_shows(case, section):
        yield from profile.finding(
            "so_trang.trang_dau",
            "Số trang hiện ở trang thứ nhất",
            Place(section=at_section),
            expected="không hiển thị số trang thứ nhất",
            found="có hiển thị",
            remedy="Chọn Different First Page (trang đầu khác) và để trống đầu trang thứ nhất.",
            wanted=True,
        )


def _first_shows(case: Case, section: Section) -> bool:
    kind = "first" if section.title_page else "default"
    parts = [section.headers.get(kind), section.footers.get(kind)]
    found = (case.document.stories.get(part) for part in parts if part)
    return any(story is not None and story.page_field is not None for story in found)


def _appendices(case: Case) -> Findings:
    """An appendix counts its pages from 1, so it begins a section that says so."""
    for unit in case.found.units[1:]:
        first = next((found[0].paragraph for found in unit.parts.values()), None)
        if unit.kind != APPENDIX or first is None:
            continue
        section = case.document.sections[min(first.section, len(case.document.sections) - 1)]
        if section.page_start == 1 and _opens(case, first.index):
            continue
        yield from case.profile.finding(
            "phu_luc.so_trang",
            "Phụ lục đánh số trang nối tiếp phần trước",
            at(first),
            expected="mỗi phụ lục đánh số trang riêng, từ 1",
            found="nối tiếp" if section.page_start is None else f"từ {section.page_start}",
            remedy="Ngắt phần (Section Break) trước phụ lục, đặt số trang bắt đầu từ 1.",
            wanted=1,
        )


def _opens(case: Case, index: int) -> bool:
    """Tell whether a paragraph is the first with words in its section."""
    section = case.document.paragraphs[index].section
    before = case.document.paragraphs[:index]
    return all(p.blank for p in before if p.section == section)
