"""The summary of a letter (công văn): its first words, its place below the number, its gap."""

from __future__ import annotations

from generator.conformity.components import Component
from generator.conformity.document import Line
from generator.conformity.patterns import ABOUT
from generator.conformity.rules.case import Case, Findings, at, number
from generator.conformity.rules.drawn import next_blank


def check(case: Case) -> Findings:
    """The summary of a letter: its first words, its place below the number, no line below it."""
    component = case.main.one("trich_yeu_cong_van")
    if component is None:
        return
    profile = case.profile
    rule = profile.rules.get("trich_yeu_cong_van.mo_dau")
    if rule and not component.words.startswith(rule["gia_tri"]):
        match = ABOUT.match(component.words)
        yield from profile.finding(
            "trich_yeu_cong_van.mo_dau",
            "Trích yếu công văn mở đầu sai",
            at(component),
            expected="“V/v ” rồi đến nội dung",
            found=f"“{component.words[: match.end() + 1 if match else 8].strip()}”",
            remedy="Mở đầu bằng “V/v”, một dấu cách, chữ thường.",
            wanted=rule["gia_tri"],
        )
    yield from _about_place(case, component)
    gap = profile.rules.get("trich_yeu_cong_van.cach")
    number_line = case.main.one("so_ky_hieu")
    if gap and number_line and _stacked(number_line.lines[-1], component.lines[0]):
        pt = max(number_line.lines[-1].paragraph.form.after, component.paragraph.form.before) / 20
        if pt + 0.05 < gap["gia_tri_pt"]:
            yield from profile.finding(
                "trich_yeu_cong_van.cach",
                "Trích yếu công văn quá sát dòng số, ký hiệu",
                at(component),
                expected=f"cách {number(gap['gia_tri_pt'])} pt",
                found=f"cách {number(pt)} pt",
                remedy=f"Đặt khoảng cách trước đoạn này {number(gap['gia_tri_pt'])} pt.",
                wanted=gap["gia_tri_pt"],
            )
    drawn = [rule for p in component.paragraphs for rule in p.rules]
    blank = next_blank(case.document.paragraphs, component.lines[-1].paragraph)
    drawn += [rule for p in blank for rule in p.rules]
    issuer_ruled = case.main.layout == "bảng"
    if drawn and issuer_ruled and component.paragraph.box.kind == "cell":
        yield from profile.finding(
            "trich_yeu_cong_van.ke",
            "Dưới trích yếu công văn có đường kẻ",
            at(component.lines[-1]),
            expected="không kẻ",
            found="có đường kẻ",
            remedy="Xóa đường kẻ dưới trích yếu “V/v …”.",
        )


def _stacked(above: Line, below: Line) -> bool:
    """Tell whether one line stands right below the other in a column."""
    if above.paragraph is below.paragraph or above.box is not below.box:
        return False
    return below.paragraph.index - above.paragraph.index == 1


def _about_place(case: Case, component: Component) -> Findings:
    number_line = case.main.one("so_ky_hieu")
    if number_line is None or "trich_yeu_cong_van.vi_tri" not in case.profile.rules:
        return
    above, below = number_line.lines[0], component.lines[0]
    same_cell = above.box.outermost.cell == below.box.outermost.cell
    if above.box.outermost.kind == "cell" and not same_cell:
        yield from case.profile.finding(
            "trich_yeu_cong_van.vi_tri",
            "Trích yếu công văn đặt sai chỗ",
            at(component),
            expected="cùng cột, dưới số, ký hiệu",
            found=below.paragraph.place,
            remedy="Chuyển dòng “V/v …” xuống ngay dưới số, ký hiệu, căn giữa.",
        )
