"""To whom: "Kính gửi" above the content, "Nơi nhận" below it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from generator.conformity.components import LETTER, MAIN, Component, Unit
from generator.conformity.document import Line
from generator.conformity.rules.case import Case, Findings, at

_DASH = re.compile(r"[-–—]\s+\S")
_LIKE_ARTICLE = re.compile(r"[-–—]?\s*Như\s+Điều\s+(\d+)", re.I)
_LIKE_ABOVE = re.compile(r"[-–—]?\s*Như\s+trên", re.I)
_WHICH = {True: "cuối", False: "này"}
_KEPT = re.compile(r"[-–—]?\s*Lưu\b", re.I)


def check(case: Case) -> Findings:
    """Yield what is wrong with addressees and recipients."""
    unit = case.main
    yield from _addressees(case, unit)
    if unit.kind == MAIN and "noi_nhan" in unit.parts:
        yield from _recipients(case, unit)


# ---------------------------------------------------------------- Kính gửi
def _addressees(case: Case, unit: Unit) -> Findings:
    profile = case.profile
    found = unit.one("kinh_gui")
    if found is None:
        if unit.type_name == LETTER and case.complete:
            about = unit.one("trich_yeu_cong_van")
            yield from profile.finding(
                "kinh_gui.thieu",
                "Công văn không có dòng “Kính gửi”",
                *([at(about)] if about else []),
                expected="dòng “Kính gửi: …” trước nội dung",
                found="không thấy",
                remedy="Thêm dòng “Kính gửi: tên cơ quan nhận”.",
            )
        return
    rule = profile.rules.get("kinh_gui.thua")
    known = unit.type_name not in ("", LETTER) and unit.kind == MAIN
    if rule and known and not set(rule["loai"]) & set(case.type_codes):
        yield from profile.finding(
            "kinh_gui.thua",
            f"{unit.type_name} không có dòng “Kính gửi”",
            at(found),
            expected="“Kính gửi” chỉ dùng cho công văn, tờ trình và báo cáo gửi cấp trên",
            found=f"“{found.words}”",
            remedy="Bỏ dòng này; nơi nhận ghi ở cuối văn bản.",
        )
    yield from _label(case, found)
    items = [line for part in unit.parts.get("kinh_gui_muc", ()) for line in part.lines]
    yield from _list(case, "kinh_gui", [line for line in items if _starts(line)])


def _label(case: Case, found: Component) -> Findings:
    rule = case.profile.rules.get("kinh_gui.nhan")
    if rule and not found.words.startswith(rule["gia_tri"]):
        words = found.words.split(":")[0] + (":" if ":" in found.words else "")
        yield from case.profile.finding(
            "kinh_gui.nhan",
            "Từ “Kính gửi” viết sai",
            at(found),
            expected=f"“{rule['gia_tri']}”",
            found=f"“{words[:30]}”",
            remedy="Ghi “Kính gửi:” có dấu hai chấm liền sau.",
            wanted=rule["gia_tri"],
        )


def _starts(line: Line) -> bool:
    """Tell whether a line begins its paragraph: the rest of a long name does not."""
    return not line.paragraph.text[: line.start].strip()


# ---------------------------------------------------------------- lists of names
def _list(case: Case, key: str, items: Sequence[Line]) -> Findings:
    """Check dashes and closing marks of a list, one name a line."""
    if not items:
        return
    name = {"kinh_gui": "Kính gửi", "noi_nhan": "Nơi nhận"}[key]
    bare = [line for line in items if not line.paragraph.label and not _DASH.match(line.text)]
    if bare and (len(items) > 1 or key == "noi_nhan"):
        yield from case.profile.finding(
            f"{key}.gach",
            f"{name}: dòng thiếu gạch đầu dòng",
            *map(at, bare),
            expected="gạch đầu dòng, dấu cách, rồi tên",
            found=f"“{bare[0].text[:40]}”",
            remedy="Thêm “- ” ở đầu dòng.",
            wanted="- ",
        )
    rule = case.profile.rules.get(f"{key}.dau_cau")
    if rule is None:
        return
    for position, line in enumerate(items):
        wanted = rule["cuoi"] if position == len(items) - 1 else rule["giua"]
        # The text of a list item may run over lines: its last one carries the mark.
        text = line.paragraph.words if line.columns == 1 else line.text
        if not text.endswith(wanted):
            last = text[-1]
            yield from case.profile.finding(
                f"{key}.dau_cau",
                f"{name}: dấu cuối dòng sai",
                at(line),
                expected=f"dòng {_WHICH[wanted == rule['cuoi']]} kết thúc bằng “{wanted}”",
                found="không có dấu" if last.isalnum() or last == ")" else f"“{last}”",
                remedy=f"Đặt dấu “{wanted}” ở cuối dòng.",
                wanted=wanted,
            )


# ---------------------------------------------------------------- Nơi nhận
def _recipients(case: Case, unit: Unit) -> Findings:
    label = unit.parts["noi_nhan"][0]
    profile = case.profile
    rule = profile.rules.get("noi_nhan.nhan")
    if rule and label.words != rule["gia_tri"]:
        yield from profile.finding(
            "noi_nhan.nhan",
            "Từ “Nơi nhận” viết sai",
            at(label),
            expected=f"“{rule['gia_tri']}”",
            found=f"“{label.words}”",
            remedy="Ghi “Nơi nhận:” có dấu hai chấm liền sau.",
            wanted=rule["gia_tri"],
        )
    yield from _level(case, unit, label)
    parts = unit.parts.get("noi_nhan_muc", ())
    items = [line for part in parts for line in part.lines if _starts_column(line)]
    yield from _list(case, "noi_nhan", items)
    yield from _kept(case, items)
    yield from _first_item(case, unit, items)


def _level(case: Case, unit: Unit, label: Component) -> Findings:
    """The label stands on the line of the first post; measured in a table, or a row of tabs."""
    posts = unit.parts.get("quyen_han")
    here = label.lines[0]
    if not posts:
        return
    post = posts[-1].lines[0]
    test = _apart_by_tabs if here.box.kind == "page" else _apart_in_table
    if test(case, here, post):
        yield from case.profile.finding(
            "noi_nhan.ngang_hang",
            "“Nơi nhận” không ngang hàng với dòng đầu của chữ ký",
            at(label),
            expected=f"ngang hàng với “{post.text}”",
            found="cao hơn hoặc thấp hơn",
            remedy="Xóa dòng trống phía trên, để hai dòng bắt đầu cùng hàng.",
        )


def _apart_in_table(case: Case, here: Line, post: Line) -> bool:
    cells = here.box.outermost, post.box.outermost
    if here.box.kind != "cell" or cells[0].table != cells[1].table or cells[0] is cells[1]:
        return False
    if not _is_first(case, here):
        return False  # the label below a signature of its own column, as in minutes
    return cells[0].row != cells[1].row or _above(case, here) != _above(case, post)


def _apart_by_tabs(case: Case, here: Line, post: Line) -> bool:
    """Tell whether two columns made by tabs begin on different rows."""
    if post.box is not here.box or post.columns < 2 or post.column <= here.column:
        return False
    if here.paragraph is not post.paragraph:
        return True
    first, last = sorted((here.start, post.start))
    return "\n" in here.paragraph.text[first:last]


def _is_first(case: Case, line: Line) -> bool:
    """Tell whether a line is the first with words in its column."""
    before = case.document.paragraphs[: line.paragraph.index]
    box = line.box.outermost
    return all(p.blank for p in before if p.box.outermost is box)


def _above(case: Case, line: Line) -> int:
    """Return how many paragraphs stand above a line in its cell."""
    before = case.document.paragraphs[: line.paragraph.index]
    return sum(p.box.outermost is line.box.outermost for p in before)


def _starts_column(line: Line) -> bool:
    before = line.paragraph.text[: line.start]
    return not before.split("\n")[-1].strip() and (
        line.columns > 1 or not before.strip() or _DASH.match(line.text) is not None
    )


def _kept(case: Case, items: Sequence[Line]) -> Findings:
    rule = case.profile.rules.get("noi_nhan.luu")
    if rule is None:
        return
    kept = [line for line in items if _KEPT.match(line.text)]
    if not kept:
        yield from case.profile.finding(
            "noi_nhan.luu",
            "Nơi nhận thiếu dòng “Lưu”",
            *map(at, items[-1:]),
            expected=f"dòng cuối như “{rule['vi_du']}”",
            found="không thấy",
            remedy=f"Thêm dòng cuối như “{rule['vi_du']}”.",
        )
        return
    last = kept[-1]
    text = last.text if _DASH.match(last.text) else f"- {last.text}"
    closed = text if text.endswith(".") else text.rstrip(";,") + "."
    if re.match(rule["gia_tri"], closed) is None or last is not items[-1]:
        misplaced = last is not items[-1]
        yield from case.profile.finding(
            "noi_nhan.luu",
            "Dòng “Lưu” không đứng cuối" if misplaced else "Dòng “Lưu” ghi sai",
            at(last),
            expected=f"dòng cuối như “{rule['vi_du']}”",
            found=f"“{last.text}”",
            remedy="Ghi “- Lưu: VT, đơn vị soạn thảo.” ở dòng cuối.",
        )


def _first_item(case: Case, unit: Unit, items: Sequence[Line]) -> Findings:
    profile = case.profile
    upward = {"BC", "TTr"} & set(case.type_codes) and "kinh_gui" in unit.parts
    if (
        (unit.type_name == LETTER or upward)
        and items
        and "noi_nhan.nhu_tren" in profile.rules
        and not _LIKE_ABOVE.match(items[0].text)
    ):
        yield from profile.finding(
            "noi_nhan.nhu_tren",
            "Dòng đầu của Nơi nhận không phải “Như trên”",
            at(items[0]),
            expected="“- Như trên;”",
            found=f"“{items[0].text}”",
            remedy="Ghi “- Như trên;” ở dòng đầu, thay cho tên nơi đã kính gửi.",
        )
    articles = [item.number for item in unit.body if item.level.value == "dieu"]
    for line in items:
        match = _LIKE_ARTICLE.match(line.text)
        if match and articles and match[1] not in articles:
            yield from profile.finding(
                "noi_nhan.nhu_dieu",
                f"Nơi nhận dẫn Điều {match[1]} nhưng văn bản không có điều này",
                at(line),
                expected=f"“- Như Điều {articles[-1]};”",
                found=f"“{line.text}”",
                remedy=f"Sửa thành “Như Điều {articles[-1]}”, điều giao trách nhiệm thi hành.",
            )
