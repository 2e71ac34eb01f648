"""Borders and colour around paragraphs (ECMA-376, part 1, 17.3.1.24 and 17.3.1.31)."""

from __future__ import annotations

from generator.formatting import Border, ParagraphFormat
from generator.formatting.values import SIDES
from generator.preview.drawings import stroke
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
