"""The lines drawn below motto, issuer and summary: there, solid, of the right length."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from generator.conformity.components import LETTER, Component, Unit
from generator.conformity.document import TWIPS_PER_MM, Paragraph
from generator.conformity.drawings import DrawnRule
from generator.conformity.rules.case import Case, Findings, at, number, width_mm
from generator.metrics import wrapped

_HEAD_PARAGRAPHS = 40


def check(case: Case) -> Findings:
    """Yield what is wrong with the drawn lines of each unit."""
    for unit in case.found.units:
        yield from _rules(case, unit)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line below a component: its length, and the paragraph that carries it."""

    length_mm: float
    paragraph: Paragraph
    drawing: DrawnRule | None = None


def _rules(case: Case, unit: Unit) -> Findings:
    """Compare the lines drawn below the motto, the issuer and the summary."""
    used: set[int] = set()
    for key in ("tieu_ngu", "tieu_de_dang", "co_quan_ban_hanh"):
        component = unit.one(key)
        if component is not None and f"{key}.ke" in case.profile.rules:
            yield from _below(case, unit, key, component, used)
    component = unit.one("trich_yeu") or unit.one("ten_loai")
    if component is None or "trich_yeu.ke" not in case.profile.rules:
        return
    if "kem_theo" in unit.parts:
        return  # the samples draw it below the note instead
    if unit.type_name == LETTER:
        return
    lines = _after(case, component)
    yield from _judge(case, "trich_yeu", component, lines)


def _below(case: Case, unit: Unit, key: str, component: Component, used: set[int]) -> Findings:
    """Judge the line below a component: its own column's, else one of the whole head's."""
    best = _nearest(case, key, component, _own_lines(case, component))
    if best is None:
        shared = [line for line in _shared_lines(case, unit, component) if _fresh(line, used)]
        best = _nearest(case, key, component, shared)
        if best is not None and not _may_belong(key, best, component):
            best = None
    if best is not None and best.drawing is not None:
        used.add(id(best.drawing))
    yield from _judge(case, key, component, [best] if best else [])


def _fresh(line: _Line, used: set[int]) -> bool:
    return line.drawing is None or id(line.drawing) not in used


def _own_lines(case: Case, component: Component) -> list[_Line]:
    paragraphs = case.document.paragraphs
    first, last = component.lines[0], component.lines[-1]
    if last.box.kind != "page":
        box = last.box.outermost
        column = [p for p in paragraphs[first.paragraph.index :] if p.box.outermost is box]
        return list(_lines_in(column))
    if last.columns > 1:
        return []
    below = [last.paragraph, *next_blank(paragraphs, last.paragraph)]
    return [line for line in _lines_in(below) if line.drawing is None]


def _shared_lines(case: Case, unit: Unit, component: Component) -> list[_Line]:
    """Return the lines of the head: Word may tie one to any paragraph there."""
    drawn = [line for line in _lines_in(_head_paragraphs(case, unit)) if line.drawing is not None]
    other = {id(box) for box in _columns_of_others(unit, component)}
    return [line for line in drawn if id(line.paragraph.box) not in other]


def _may_belong(key: str, line: _Line, component: Component) -> bool:
    """Tell by its length whether a line of the head may be meant for a component."""
    ratio = line.length_mm / max(_widths(component))
    return ratio < 1.3 if key == "co_quan_ban_hanh" else ratio > 0.6


def _columns_of_others(unit: Unit, component: Component) -> list[object]:
    return [
        line.paragraph.box
        for key in ("tieu_ngu", "tieu_de_dang", "co_quan_ban_hanh")
        for found in unit.parts.get(key, ())
        if found is not component
        for line in found.lines
        if line.box.kind != "page"
    ]


def _head_paragraphs(case: Case, unit: Unit) -> list[Paragraph]:
    indexes = [
        line.paragraph.index
        for key in ("quoc_hieu", "tieu_ngu", "tieu_de_dang", "co_quan_chu_quan",
                    "co_quan_ban_hanh", "so_ky_hieu", "dia_danh")
        for found in unit.parts.get(key, ())
        for line in found.lines
    ]  # fmt: skip
    first, last = min(indexes), max(indexes) + 1
    paragraphs = case.document.paragraphs
    while last < len(paragraphs) and paragraphs[last].blank and last < first + _HEAD_PARAGRAPHS:
        last += 1
    return paragraphs[max(0, first - 1) : last]


def next_blank(paragraphs: Sequence[Paragraph], last: Paragraph) -> list[Paragraph]:
    """Return the blank paragraph below one, where there is one in the same box."""
    following = paragraphs[last.index + 1 : last.index + 2]
    return [p for p in following if p.blank and p.box is last.box]


def _lines_in(paragraphs: Iterable[Paragraph]) -> Iterable[_Line]:
    for paragraph in paragraphs:
        for rule in paragraph.rules:
            yield _Line(rule.length_mm, paragraph, rule)
        for side in ("bottom", "top"):
            if side in paragraph.form.borders:
                form = paragraph.form
                indents = (form.left + form.right) / TWIPS_PER_MM
                yield _Line(paragraph.box.width_mm - indents, paragraph)


def _nearest(
    case: Case, key: str, component: Component, candidates: Sequence[_Line]
) -> _Line | None:
    rule = case.profile.rules.get(f"{key}.ke_dai")
    if not candidates:
        return None
    widths = _widths(component)
    wanted = (sum(rule["ty_le"]) / 2 if rule else 1.0) * widths[0]
    return min(candidates, key=lambda line: abs(line.length_mm - wanted))


def _after(case: Case, component: Component) -> list[_Line]:
    """Return the lines between a component and the next words."""
    paragraphs = case.document.paragraphs
    start = component.lines[-1].paragraph.index
    end = start + 1
    while end < len(paragraphs) and paragraphs[end].blank:
        end += 1
    found = list(_lines_in(paragraphs[start:end]))
    following = paragraphs[end : end + 1]
    # A line tied to the next paragraph may be drawn above its words.
    return found or [
        line for p in following if p.box.kind == "page" for line in _lines_in([p])
        if line.drawing is not None
    ]  # fmt: skip


def _widths(component: Component) -> list[float]:
    """Return the lengths of the printed lines, the last one first: the standard names none."""
    last = component.lines[-1]
    form = last.paragraph.form
    room = last.box.width_mm - (form.left + form.right) / TWIPS_PER_MM
    whole = width_mm(last)
    printed = [whole]
    if whole > room > 10 and last.columns == 1:
        bold = last.share("bold") > 0.5
        rows = wrapped(last.text, last.size, room, bold=bold)
        letters = max(1, len(last.text))
        printed = [whole * len(row) / letters for row in rows]
    lengths = [*(width_mm(line) for line in component.lines[:-1]), *printed]
    return [lengths[-1], *lengths[:-1], whole]


def _judge(case: Case, key: str, component: Component, lines: Sequence[_Line]) -> Findings:
    name = case.profile.title(key)
    last = component.lines[-1]
    if not lines:
        if last.share("underline") > 0.8 and f"{key}.gach_chan" in case.profile.rules:
            yield from case.profile.finding(
                f"{key}.gach_chan",
                f"{name}: gạch chân chữ thay cho đường kẻ",
                at(last),
                expected="một đường kẻ vẽ bên dưới",
                found="chữ gạch chân",
                remedy="Bỏ gạch chân; vẽ một đường kẻ ngang nét liền bên dưới.",
            )
            return
        yield from case.profile.finding(
            f"{key}.ke",
            f"{name}: thiếu đường kẻ bên dưới",
            at(last),
            expected=f"đường kẻ ngang, nét liền, {_length_words(case, key)}",
            found="không thấy đường kẻ",
            remedy="Vẽ một đường kẻ ngang nét liền, căn giữa dưới dòng chữ.",
        )
        return
    if all(line.drawing is not None and not line.drawing.solid for line in lines):
        yield from case.profile.finding(
            f"{key}.ke_net",
            f"{name}: đường kẻ bên dưới không phải nét liền",
            at(last),
            expected="nét liền",
            found="nét đứt",
            remedy="Chọn đường kẻ, đổi kiểu nét sang nét liền.",
            wanted=tuple(line.drawing for line in lines if line.drawing is not None),
        )
    rule = case.profile.rules.get(f"{key}.ke_dai")
    if rule is None:
        return
    low, high = (float(x) for x in rule["ty_le"])
    slack = float(rule["sai_so"])
    widths = _widths(component)
    if any(
        low * width * (1 - slack) <= line.length_mm <= high * width * (1 + slack)
        for line in lines
        for width in widths
    ):
        return
    length, width = lines[0].length_mm, widths[0]
    wanted = round((low + high) / 2 * width, 1)
    yield from case.profile.finding(
        f"{key}.ke_dai",
        f"{name}: đường kẻ bên dưới sai độ dài",
        at(last),
        expected=f"{_length_words(case, key)} (khoảng {number(wanted)} mm)",
        found=f"{number(round(length, 1))} mm, bằng {number(round(length / width, 2))} dòng chữ",
        remedy=f"Kéo đường kẻ còn khoảng {number(wanted)} mm, căn giữa.",
        wanted=(wanted, lines[0].drawing),
    )


def _length_words(case: Case, key: str) -> str:
    rule = case.profile.rules.get(f"{key}.ke_dai")
    whole = rule is not None and rule["ty_le"][0] == 1
    return "dài bằng dòng chữ" if whole else "dài từ 1/3 đến 1/2 dòng chữ"
