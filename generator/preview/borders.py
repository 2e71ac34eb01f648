"""Borders and colour around paragraphs and pages (ECMA-376, part 1, 17.3.1.24, 17.6.10)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from generator.formatting import Border, ParagraphFormat, Section
from generator.formatting.values import SIDES
from generator.preview.drawings import BORDERS, stroke
from generator.preview.looks import points


def framed(
    source: str,
    form: ParagraphFormat,
    gap: float,
    before: ParagraphFormat | None,
    after: ParagraphFormat | None,
) -> str:
    """Return a paragraph inside its borders and colour; neighbours with the same share one frame.

    ``gap`` is the space above the frame.
    """
    inside = 0.0
    sides = {side: form.borders[side] for side in SIDES if side in form.borders}
    if _joins(before, form):  # the space between them is inside the frame
        gap, inside = 0.0, gap
        sides.pop("top", None)
        if "between" in form.borders:
            sides["top"] = form.borders["between"]
    if _joins(form, after):
        sides.pop("bottom", None)
    strokes = [f"{side}: {stroke(border)}" for side, border in sides.items()]
    insets = [
        f"{side}: {points(space + _room(sides.get(side)))}"
        for side, space in (("top", inside), ("bottom", 0.0))
    ]
    indents = {"left": form.left / 20, "right": form.right / 20}
    outsets = [
        f"{side}: {points((sides[side].space_pt if side in sides else 0) - indent)}"
        for side, indent in indents.items()
    ]
    arguments = ["width: 100%", f"above: {points(gap)}", "below: 0pt"]
    for name, values in (("stroke", strokes), ("inset", insets), ("outset", outsets)):
        if values:
            arguments.append(f"{name}: ({', '.join(values)})")
    if form.shading:
        arguments.append(f'fill: rgb("#{form.shading}")')
    if form.keep_next:
        arguments.append("sticky: true")
    return f"block({', '.join(arguments)}, {{{source}}})"


def _room(border: Border | None) -> float:
    """Return what a border and its distance take."""
    return border.space_pt + border.width_eighths / 8 if border else 0.0


def _joins(upper: ParagraphFormat | None, lower: ParagraphFormat | None) -> bool:
    """Return whether two paragraphs stand in one frame."""
    if upper is None or lower is None or not upper.borders:
        return False
    return (upper.borders, upper.left, upper.right) == (lower.borders, lower.left, lower.right)


# ---------------------------------------------------------------- around the page
# First line, gap and second line, from the left or from above, by the width that is asked for:
# "thin thick" is a thin line within a thick one at the left and top (LibreOffice 25.2).
_TWO_LINES: dict[str, Callable[[float], tuple[float, float, float]]] = {
    "double": lambda wide: (wide, wide, wide),
    "thinThickSmallGap": lambda wide: (wide, 0.75, 0.75),
    "thickThinSmallGap": lambda wide: (0.75, 0.75, wide),
    "thinThickMediumGap": lambda wide: (wide, wide / 2, wide / 2),
    "thickThinMediumGap": lambda wide: (wide / 2, wide / 2, wide),
}


def undrawn_page_border(section: Section, *, running: bool) -> str:
    """Return what of a page's border cannot be drawn, "" for nothing; ``running``: has a header."""
    if not section.borders:
        return ""
    odd = {b.style for b in section.borders.values()} - BORDERS - _TWO_LINES.keys()
    if odd:
        return f"viền trang kiểu “{min(odd)}”"
    if len(section.borders) < len(SIDES) or len({len(_lines(section, s)) for s in SIDES}) > 1:
        return "viền trang không đủ bốn cạnh như nhau"
    if section.borders_from != "page" and running:  # Word draws it around header and footer too
        return "viền trang quanh cả đầu trang, chân trang"
    return ""


def page_border(section: Section) -> str:
    """Return the border of a page as source, to be placed behind its text."""
    wide, tall = section.width / 20, section.height / 20
    frames = []
    for rank in range(len(_lines(section, "top"))):
        edge = {side: _lines(section, side)[rank] for side in SIDES}
        place = {side: middle for side, (middle, _) in edge.items()}
        strokes = ", ".join(
            f"{side}: {stroke(_single(section.borders[side], width))}"
            for side, (_, width) in edge.items()
        )
        frames.append(
            f"place(top + left, dx: {points(place['left'])}, dy: {points(place['top'])}, "
            f"rect(width: {points(wide - place['left'] - place['right'])}, "
            f"height: {points(tall - place['top'] - place['bottom'])}, stroke: ({strokes})))"
        )
    return f"pdf.artifact({{{'; '.join(frames)}}})"


def _lines(section: Section, side: str) -> list[tuple[float, float]]:
    """Return the lines of one side, the outer first: middle, from the page's edge, and width."""
    border = section.borders[side]
    wide = border.width_eighths / 8
    both = _TWO_LINES.get(border.style)
    first, gap, second = both(wide) if both else (wide, 0.0, 0.0)
    if side in ("bottom", "right"):
        first, second = (second, first) if both else (first, second)
    outer = float(border.space_pt)
    if section.borders_from != "page":
        margin = abs(getattr(section, side)) / 20 + (section.gutter / 20 if side == "left" else 0)
        outer = margin - border.space_pt - first - gap - second
    lines = [(outer + first / 2, first)]
    return [*lines, (outer + first + gap + second / 2, second)] if both else lines


def _single(border: Border, width: float) -> Border:
    style = "single" if border.style in _TWO_LINES else border.style
    return replace(border, style=style, width_eighths=round(width * 8))
