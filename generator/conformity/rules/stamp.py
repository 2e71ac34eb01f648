"""The stamp of urgency: a frame around it, of the size the decree gives each degree."""

from __future__ import annotations

from lxml import etree

from generator.conformity.components import Component
from generator.conformity.document import TWIPS_PER_MM, Paragraph
from generator.conformity.rules.case import Case, Findings, at, number
from generator.ooxml import qn
from generator.units import EMU_PER_MM
from generator.units import number as whole

_TABLE, _FRAMES = qn("w:tbl"), (qn("wp:anchor"), qn("wp:inline"))


def check(case: Case) -> Findings:
    """Yield what is wrong with the frames of stamps."""
    rule = case.profile.rules.get("dau_khan.khung")
    if rule is None:
        return
    for component in case.main.parts.get("dau_khan", ()):
        right = rule["co_mm"].get(component.words.upper())
        if right is not None:
            yield from _frame(case, component, right, float(rule["sai_so_mm"]))


def _frame(case: Case, component: Component, right: list[float], slack: float) -> Findings:
    paragraph = component.paragraph
    size = _measured(paragraph)
    framed = bool(paragraph.form.borders) or any(p.look.border for p in paragraph.pieces)
    if size is None and framed:
        return  # a border as wide as its letters or its column: its size is not told
    if size is not None and all(
        mm is None or abs(mm - wanted) <= slack for mm, wanted in zip(size, right, strict=True)
    ):
        return
    wanted = f"{number(right[0])} × {number(right[1])} mm"
    yield from case.profile.finding(
        "dau_khan.khung",
        "Dấu chỉ mức độ khẩn: khung sai kích thước"
        if size
        else "Dấu chỉ mức độ khẩn: thiếu khung viền",
        at(component),
        expected=f"khung viền đơn {wanted}",
        found=" × ".join("?" if mm is None else number(round(mm)) for mm in size) + " mm"
        if size
        else "không có khung",
        remedy=f"Đặt chữ trong khung hình chữ nhật viền đơn {wanted}.",
    )


def _measured(paragraph: Paragraph) -> tuple[float, float | None] | None:
    """Return width and height of the text box or one-cell table around a paragraph."""
    around = next(paragraph.node.iterancestors(_TABLE, *_FRAMES), None)
    if around is None:
        return None
    if around.tag == _TABLE:
        return _table_size(around)
    extent = around.find(qn("wp:extent"))
    if extent is None:
        return None
    width, height = (whole(extent.get(side)) / EMU_PER_MM for side in ("cx", "cy"))
    return width, height


def _table_size(table: etree._Element) -> tuple[float, float | None] | None:
    cells = list(table.iter(qn("w:tc")))
    if len(cells) != 1:
        return None  # the columns of the head
    width = table.find(f"{qn('w:tblGrid')}/{qn('w:gridCol')}")
    height = next(table.iter(qn("w:trHeight")), None)
    if width is None:
        return None
    exact = height is not None and height.get(qn("w:hRule")) == "exact"
    mm = whole(height.get(qn("w:val"))) / TWIPS_PER_MM if height is not None and exact else None
    return whole(width.get(qn("w:w"))) / TWIPS_PER_MM, mm
