"""The content: grounds, spacing, numbering, the mark at its end."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from generator.conformity.components import COPY, MAIN, BodyParagraph, Unit
from generator.conformity.document import TWIPS_PER_MM, Paragraph
from generator.conformity.findings import Place
from generator.conformity.levels import Level, count
from generator.conformity.rules.case import Case, Findings, at, number, places, span

_TOLERANCE_MM = 0.5
_LAW = re.compile(r"(?:Luật|Pháp lệnh|Bộ luật)\b[^;]*?\bsố\s+\d+/\d{4}/\w+", re.I)
# Levels whose paragraphs are running text, set like the content; headings are set apart as liked.
_RUNNING = frozenset((Level.TEXT, Level.CLAUSE, Level.POINT, Level.DASH, Level.PLUS, Level.ARTICLE))


def check(case: Case) -> Findings:
    """Yield what is wrong with the content of each unit."""
    for unit in case.found.units:
        if unit.kind == COPY:
            continue
        yield from _grounds(case, unit)
        yield from _numbering(case, unit)
        yield from _divisions(case, unit)
    paragraphs = [
        item.paragraph
        for unit in case.found.units
        for item in unit.body
        if item.level in _RUNNING and item.paragraph.form.align != "center"
    ]
    paragraphs += [
        line.paragraph
        for unit in case.found.units
        for part in unit.parts.get("can_cu", ())
        for line in part.lines[:1]
    ]
    paragraphs.sort(key=lambda paragraph: paragraph.index)
    for rule in (_indent, _gap, _line_spacing):
        yield from rule(case, paragraphs)
    yield from _end(case)


# ---------------------------------------------------------------- grounds
def _grounds(case: Case, unit: Unit) -> Findings:
    grounds = unit.parts.get("can_cu", [])
    rule = case.profile.rules.get("can_cu.dau_cau")
    for position, ground in enumerate(grounds):
        last = position == len(grounds) - 1
        if rule is not None:
            wanted = rule["cuoi"] if last else rule["giua"]
            if not ground.words.endswith(wanted):
                found = ground.words[-1]
                yield from case.profile.finding(
                    "can_cu.dau_cau",
                    "Căn cứ ban hành: dấu cuối dòng sai",
                    at(ground.lines[-1]),
                    expected=f"dòng {'cuối' if last else 'này'} kết thúc bằng “{wanted}”",
                    found="không có dấu" if found.isalnum() else f"“{found}”",
                    remedy=f"Đặt dấu “{wanted}” ở cuối dòng.",
                    wanted=wanted,
                )
        match = _LAW.search(ground.words)
        if match:
            yield from case.profile.finding(
                "can_cu.so_luat",
                "Căn cứ là luật, pháp lệnh không ghi số, ký hiệu",
                at(ground, match[0], ground.paragraph.text.find(match[0][:20])),
                expected="tên luật và ngày ban hành",
                found=f"“{match[0]}”",
                remedy="Bỏ số, ký hiệu và tên cơ quan ban hành của luật, pháp lệnh.",
            )


# ---------------------------------------------------------------- spacing
def _first_line_mm(case: Case, paragraph: Paragraph) -> float:
    """Return how far the first line begins from the margin; a tab at its head counts too."""
    form = paragraph.form
    twips = form.left + form.first_line
    if paragraph.text.startswith("\t"):
        stops = [tab.position for tab in form.tabs if tab.position > twips]
        step = case.document.formatting.default_tab
        twips = min(stops, default=(twips // step + 1) * step)
    return twips / TWIPS_PER_MM


def _indent(case: Case, paragraphs: Sequence[Paragraph]) -> Findings:
    rule = case.profile.rules.get("noi_dung.thut_dong")
    if rule is None:
        return
    allowed = rule.get("gia_tri_mm")
    low, high = rule.get("khoang_mm", (0, 0))

    measure = partial(_first_line_mm, case)

    def fits(paragraph: Paragraph) -> bool:
        mm = measure(paragraph)
        if allowed is not None:
            return any(abs(mm - right) <= _TOLERANCE_MM for right in allowed)
        return bool(low - _TOLERANCE_MM <= mm <= high + _TOLERANCE_MM)

    values = allowed or (low, high)
    words = (
        " hoặc ".join(f"{number(mm)} mm" for mm in allowed) if allowed else span((low, high), "mm")
    )
    # One indent for the whole content: the one that most paragraphs have already.
    usual = Counter(_closest(values, measure(p)) for p in paragraphs if fits(p)).most_common(1)
    for found, off in _grouped(paragraphs, fits, measure):
        yield from case.profile.finding(
            "noi_dung.thut_dong",
            "Dòng đầu của đoạn lùi vào không đúng",
            *off,
            expected=words,
            found=f"{number(round(found, 1))} mm",
            remedy=f"Đặt thụt dòng đầu (First line) {words}.",
            wanted=usual[0][0] if usual else _closest(values, found),
        )


def _closest(values: Iterable[float], found: float) -> float:
    return min(values, key=lambda value: abs(value - found))


def _grouped(
    paragraphs: Sequence[Paragraph],
    fits: Callable[[Paragraph], bool],
    measure: Callable[[Paragraph], float],
) -> Iterator[tuple[float, tuple[Place, ...]]]:
    """Yield each value found where it does not fit, with the places that have it."""
    groups: dict[float, list[Paragraph]] = {}
    for paragraph in paragraphs:
        if not fits(paragraph):
            groups.setdefault(round(measure(paragraph), 1), []).append(paragraph)
    for found, members in groups.items():
        yield found, places(members)


def _gap(case: Case, paragraphs: Sequence[Paragraph]) -> Findings:
    """The space between two paragraphs is the larger of the one's after and the other's before."""
    rule = case.profile.rules.get("noi_dung.cach_doan")
    if rule is None:
        return
    least = rule["it_nhat_pt"]
    all_paragraphs = case.document.paragraphs
    known = {paragraph.index for paragraph in paragraphs}
    groups: dict[float, list[Paragraph]] = {}
    for paragraph in paragraphs:
        if paragraph.index - 1 not in known:
            continue  # below a blank line, a heading or a table the space is theirs
        above = all_paragraphs[paragraph.index - 1].form
        form = paragraph.form
        # Word prints the larger of the two; a list style may say "none between equals".
        joined = form.contextual and above.contextual and above.style == form.style
        pt = 0.0 if joined else max(above.after, form.before) / 20
        automatic = form.before_auto or above.after_auto
        if pt + 0.05 < least and not automatic:
            groups.setdefault(pt, []).append(paragraph)
    for pt, off in groups.items():
        yield from case.profile.finding(
            "noi_dung.cach_doan",
            "Khoảng cách giữa các đoạn quá hẹp",
            *places(off),
            expected=f"tối thiểu {number(least)} pt",
            found=f"{number(pt)} pt",
            remedy=f"Đặt khoảng cách trước hoặc sau đoạn (Spacing) ít nhất {number(least)} pt.",
            wanted=least,
        )


def _size_of(paragraph: Paragraph) -> float:
    return max((line.size for line in paragraph.lines), default=14.0)


def _line_spacing(case: Case, paragraphs: Sequence[Paragraph]) -> Findings:
    yield from _relative(case, [p for p in paragraphs if p.form.line_rule == "auto"])
    yield from _absolute(case, [p for p in paragraphs if p.form.line_rule != "auto"])


def _relative(case: Case, paragraphs: Sequence[Paragraph]) -> Findings:
    rule = case.profile.rules.get("noi_dung.gian_dong")
    if rule is None:
        return
    low, high = rule["khoang"]

    def lines(paragraph: Paragraph) -> float:
        return paragraph.form.line / 240

    groups: dict[float, list[Paragraph]] = {}
    for paragraph in paragraphs:
        if not low - 0.005 <= lines(paragraph) <= high + 0.005:
            groups.setdefault(round(lines(paragraph), 2), []).append(paragraph)
    for found, off in groups.items():
        yield from case.profile.finding(
            "noi_dung.gian_dong",
            "Giãn dòng sai",
            *places(off),
            expected=f"từ dòng đơn đến {number(high)} dòng",
            found=f"{number(found)} dòng",
            remedy=f"Đặt giãn dòng (Line spacing) từ Single đến {number(high)} lines.",
            wanted=low if found < low else high,  # lines
        )


def _absolute(case: Case, paragraphs: Sequence[Paragraph]) -> Findings:
    """Spacing in points: the same number of lines, where one line is 1.15 times the size."""
    key = "noi_dung.gian_dong_pt"
    rule = case.profile.rules.get(key)
    if rule is None:
        key = "noi_dung.gian_dong_co_dinh"
        rule = case.profile.rules.get(key)
    if rule is None:
        return
    groups: dict[float, list[Paragraph]] = {}
    for paragraph in paragraphs:
        pt, single = paragraph.form.line / 20, 1.15 * _size_of(paragraph)
        if paragraph.form.line_rule == "atLeast" and pt <= single * 1.5:
            continue  # a line grows to what its letters need
        if "khoang_pt" in rule.values:
            low, high = rule["khoang_pt"]
        else:
            low, high = (float(lines) * single for lines in rule["khoang"])
            low = min(low, rule.get("it_nhat_pt", low))
        if not low - 0.3 <= pt <= high + 0.3:
            groups.setdefault(pt, []).append(paragraph)
    for pt, off in groups.items():
        yield from case.profile.finding(
            key,
            "Giãn dòng cố định (pt) ngoài khoảng cho phép",
            *places(off),
            expected=span(rule["khoang_pt"], "pt") if "khoang_pt" in rule.values
            else "tương đương từ dòng đơn đến 1,5 dòng",
            found=f"{number(pt)} pt",
            remedy="Đặt giãn dòng (Line spacing) Single hoặc Multiple thay cho Exactly.",
            wanted=_nearest_pt(rule["khoang_pt"], pt) if "khoang_pt" in rule.values else 1,
        )  # fmt: skip


def _nearest_pt(limits: Sequence[float], pt: float) -> tuple[float, str]:
    """Return the limit that is nearer, with its unit: a number alone counts lines."""
    return limits[0] if pt < limits[0] else limits[1], "pt"


# ---------------------------------------------------------------- numbering
# Levels in their order; a level starts again below one that stands before it here.
_ORDER = (
    Level.PART,
    Level.CHAPTER,
    Level.SECTION,
    Level.SUBSECTION,
    Level.ROMAN,
    Level.ARTICLE,
    Level.CLAUSE,
    Level.POINT,
)
_ABOVE = {level: _ORDER[:position] for position, level in enumerate(_ORDER)}
_NEVER_AGAIN = (Level.ARTICLE, Level.CHAPTER)  # counted through the whole document
_RULES = {
    Level.PART: "phan",
    Level.CHAPTER: "chuong",
    Level.SECTION: "muc",
    Level.SUBSECTION: "muc",
    Level.ROMAN: "muc_la_ma",
    Level.ARTICLE: "dieu",
    Level.CLAUSE: "khoan",
    Level.POINT: "diem",
}
_WORDS = {
    Level.PART: "Phần",
    Level.CHAPTER: "Chương",
    Level.SECTION: "Mục",
    Level.SUBSECTION: "Tiểu mục",
    Level.ROMAN: "Mục",
    Level.ARTICLE: "Điều",
    Level.CLAUSE: "Khoản",
    Level.POINT: "Điểm",
}


def _numbering(case: Case, unit: Unit) -> Findings:
    """Compare each number with the one before it on its level."""
    last: dict[Level, int] = {}
    for position, item in enumerate(unit.body):
        if item.level is Level.SUBCLAUSE:
            yield from _many_levels(case, item)
        if item.level not in _RULES:
            if item.level is Level.LETTER_HEADING:  # A., B. stand above I., II.
                last = {level: n for level, n in last.items() if level in _NEVER_AGAIN}
            continue
        letters = case.profile.rules.get("thu_tu.diem")
        alphabet = letters["gia_tri"] if letters and item.level is Level.POINT else ""
        value = count(item.number, alphabet)
        before = last.get(item.level, 0)
        if value == 1 and _may_restart(unit, position):
            before = 0
        if value is None or value != before + 1:
            yield from _out_of_order(case, item, before, value, alphabet)
        last = {
            level: n
            for level, n in last.items()
            if item.level not in _ABOVE[level] or level in _NEVER_AGAIN[:1]
        }
        if item.level is Level.PART:
            last.pop(Level.CHAPTER, None)
        last[item.level] = value or before + 1


def _may_restart(unit: Unit, position: int) -> bool:
    """A list that starts again stands below a line of its own, not below its like."""
    item = unit.body[position]
    lists = item.level in (Level.CLAUSE, Level.POINT)
    return lists and position > 0 and unit.body[position - 1].level is not item.level


def _many_levels(case: Case, item: BodyParagraph) -> Findings:
    yield from case.profile.finding(
        "thu_tu.nhieu_cap",
        "Đánh số nhiều cấp không có trong quy định",
        at(item.paragraph, item.number, item.paragraph.text.find(item.number)),
        expected="phần, chương, mục, điều, khoản (1.), điểm (a)",
        found=f"“{item.number}”",
        remedy="Dùng điểm a), b) … cho cấp dưới khoản.",
    )


def _out_of_order(
    case: Case, item: BodyParagraph, before: int, value: int | None, alphabet: str
) -> Findings:
    wanted = _shown(item, before + 1, alphabet)
    repeats = value is not None and value <= before
    yield from case.profile.finding(
        f"thu_tu.{_RULES[item.level]}",
        f"{_WORDS[item.level]} đánh số {'lặp lại' if repeats else 'nhảy cóc'}",
        at(item.paragraph, item.paragraph.words[:40], 0),
        expected=f"“{wanted}”",
        found=f"“{item.number}”",
        remedy="Đánh số lại cho liên tục; nếu thiếu một phần, bổ sung phần đó.",
        wanted=wanted,
    )


def _shown(item: BodyParagraph, value: int, alphabet: str) -> str:
    if alphabet:
        return alphabet[value - 1] if value <= len(alphabet) else "?"
    if item.number.isdigit():
        return str(value)
    from generator.formatting.numbering import roman

    return roman(value)


def _divisions(case: Case, unit: Unit) -> Findings:
    """A part, chapter or section has a title of its own on the next line."""
    for position, item in enumerate(unit.body):
        if item.level not in (Level.PART, Level.CHAPTER, Level.SECTION, Level.SUBSECTION):
            continue
        own_line = len(item.paragraph.words) < 22
        following = unit.body[position + 1 : position + 2]
        titled = following and following[0].level in (Level.CHAPTER_TITLE, Level.SECTION_TITLE)
        if own_line and not titled and len(item.paragraph.lines) < 2:
            yield from case.profile.finding(
                "phan_chuong_tieu_de.thieu",
                f"{item.paragraph.words} không có tiêu đề",
                at(item.paragraph),
                expected="tiêu đề in hoa, đậm, căn giữa ở dòng dưới",
                found="không thấy",
                remedy="Thêm tiêu đề ngay dưới dòng này, chữ in hoa, căn giữa.",
            )


# ---------------------------------------------------------------- the end
def _table_follows(case: Case, last: Paragraph) -> bool:
    """Tell whether a table closes the content, which then has no last words of its own."""
    following = case.document.paragraphs[last.index + 1 :]
    first = next((p for p in following if not p.blank), None)
    return first is not None and first.box.kind == "cell" and not case.found.roles_of(first)


def _end(case: Case) -> Findings:
    rule = case.profile.rules.get("noi_dung.ket_thuc")
    unit = case.main
    if rule is None or unit.kind != MAIN or not case.complete or not unit.body:
        return
    last = unit.body[-1].paragraph
    signed = unit.parts.get("quyen_han") or unit.parts.get("noi_nhan")
    if signed and not last.words.endswith(rule["gia_tri"]) and not _table_follows(case, last):
        yield from case.profile.finding(
            "noi_dung.ket_thuc",
            "Nội dung không kết thúc bằng dấu “./.”",
            at(last, last.text[-30:].strip(), max(0, len(last.text.rstrip()) - 30)),
            expected="“./.” ở cuối nội dung",
            found=f"“…{last.words[-12:]}”",
            remedy="Thay dấu chấm cuối cùng của nội dung bằng “./.”.",
            wanted="./.",
        )
