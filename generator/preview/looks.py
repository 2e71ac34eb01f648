"""Lines of letters as Typst source: how high each line is, what stands on it, in which looks.

A look that differs from its paragraph's is written once, as a function, so that the source stays
small. Lengths in points.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TypeGuard

from generator.formatting import ParagraphFormat
from generator.preview.fonts import MAIN, Typeface, resolve
from generator.preview.ink import UNDERLINES, Ink
from generator.preview.lines import Gap, Line, Piece

USUAL_SIZE = 14.0  # of the decree's text: what differs from it is said (NĐ 30/2020, Phụ lục I)
EXACT_ABOVE = 0.8  # of a line of exact height is above the baseline (LibreOffice 25.2)
_PAGE_NUMBERS = {
    "lowerRoman": "i", "upperRoman": "I", "lowerLetter": "a", "upperLetter": "A",
}  # fmt: skip
_LEADERS = {"dot": ".", "middleDot": "·", "hyphen": "-"}
_SHORTEST_STRETCH = 0.005
# Spaces that justified lines leave as wide as they are (LibreOffice 25.2).
_FIXED_SPACES = re.compile("[\u00a0\u3000]+")


def points(length: float) -> str:
    """Return a length for Typst, short.

    >>> points(12.0), points(0.333333)
    ('12pt', '0.33pt')
    """
    text = f"{length:.2f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) + "pt"


def quoted(text: str) -> str:
    r"""Return a text as a Typst string.

    >>> print(quoted('a "b"'))
    "a \"b\""
    """
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


@dataclass(frozen=True, slots=True)
class Paper:
    """A paragraph's own look, from which the pieces of its lines may differ."""

    form: ParagraphFormat
    base: Ink


@dataclass(slots=True)
class Looks:
    """The looks of one paragraph; ``definitions`` are the functions that draw them, by name."""

    definitions: dict[str, str] = field(default_factory=dict)
    page_format: str = "decimal"
    _names: dict[tuple[object, ...], str] = field(default_factory=dict)

    def line(self, line: Line, paper: Paper) -> str:
        """Return one line: gaps, then letters of one look in one piece."""
        parts: list[str] = []
        text: list[str] = []
        ink, link = paper.base, ""
        stretched = abs(line.stretch) > _SHORTEST_STRETCH
        for part in (*_without_last_space(line), None):
            if text and not (_is_letters(part) and part.ink is ink and part.link == link):
                drawn = self._drawn(_letters("".join(text), stretched), ink, paper)
                parts.append(f"link({quoted(link)}, {drawn})" if link else drawn)
                text = []
            if isinstance(part, Gap):
                parts.append(self._gap(part, line, paper))
            elif part is not None and part.dynamic:
                parts.append(self._number(part, paper))
            elif part is not None and part.source:
                parts.append(part.source)
            elif part is not None:
                ink, link = part.ink, part.link
                text.append(part.text)
        body = "; ".join(parts)
        if stretched:
            return f"S({line.stretch:.3f}pt, {{{body}}})"
        return body

    def _gap(self, gap: Gap, line: Line, paper: Paper) -> str:
        dynamic = next((piece for piece in line.pieces if piece.dynamic), None)
        if gap.share and dynamic:
            return f"G({points(gap.width)}, {gap.share:g}, {self._number(dynamic, paper)})"
        wide = points(gap.width)
        drawn = f"h({wide})"
        if gap.leader in _LEADERS and gap.width > 0:
            drawn = f"dots({wide}, {quoted(_LEADERS[gap.leader])})"
        elif gap.leader in ("underscore", "heavy") and gap.width > 0:
            drawn = f"rule({wide})"
        if gap.ink and gap.width > 0 and _is_marked(gap.ink):  # a space as wide draws the line
            marked = self._drawn(f"T({wide})", gap.ink, paper)
            return marked if drawn[0] == "h" else f"{marked}; h(-{wide}); {drawn}"
        return drawn

    def _number(self, piece: Piece, paper: Paper) -> str:
        pattern = quoted(_PAGE_NUMBERS.get(self.page_format, "1"))
        page = piece.dynamic == "page"
        source = f"context counter(page).display({pattern})" if page else "last-page"
        return self._drawn(source, piece.ink, paper)

    def _drawn(self, source: str, ink: Ink, paper: Paper) -> str:
        return source if ink is paper.base else f"{self._name(ink, paper)}({source})"

    def _name(self, ink: Ink, paper: Paper) -> str:
        """Return the function that draws one look where another is the paragraph's."""
        form, base = paper.form, paper.base
        edges = None
        if ink.plain and ink.family != base.family and form.line_rule != "exact":
            edges = edges_of(form, ink, ink.size)
        key = (ink, _look(base), edges)
        if key not in self._names:
            definition = _definition(ink, base, edges)
            # Named by what it says, so that a paragraph's source can stand in any document.
            name = self._names[key] = f"i{sha256(definition.encode()).hexdigest()[:12]}"
            self.definitions[name] = f"#let {name}(it) = {definition}"
        return self._names[key]


def _letters(text: str, stretched: bool) -> str:
    """Return letters as Typst source; where spaces are stretched, without those that are not."""
    if not stretched or not _FIXED_SPACES.search(text):
        return quoted(text)
    parts, at = [], 0
    for match in _FIXED_SPACES.finditer(text):
        parts += [quoted(text[at : match.start()]), f"F({quoted(match[0])})"]
        at = match.end()
    return f"{{{'; '.join([*parts, quoted(text[at:])])}}}"


def _is_letters(part: Gap | Piece | None) -> TypeGuard[Piece]:
    return isinstance(part, Piece) and bool(part.text)


def _definition(ink: Ink, base: Ink, edges: tuple[str, str] | None) -> str:
    arguments = _arguments(ink, base)
    if not ink.plain:  # raised letters do not make their line higher
        edges = ("0pt", "0pt")
    if edges:
        arguments += [f"top-edge: {edges[0]}", f"bottom-edge: {edges[1]}"]
    body = f"text({', '.join([*arguments, 'it'])})"
    if ink.background:
        fill = f'fill: rgb("#{ink.background}")'
        body = f"highlight({fill}, top-edge: 0.9em, bottom-edge: -0.22em, {body})"
    if ink.underline:
        body = f"underline({', '.join(filter(None, (UNDERLINES.get(ink.underline), body)))})"
    return f"strike({body})" if ink.strike else body


def base_rule(form: ParagraphFormat, ink: Ink, largest: float) -> str:
    """Return the rule that sets a paragraph's look, "" for the usual one.

    ``largest`` is the size of its largest letters.
    """
    arguments = _arguments(ink, None)
    edges = edges_of(form, ink, largest)
    if edges != usual_edges(resolve(MAIN)):
        arguments.append(f"top-edge: {edges[0]}, bottom-edge: {edges[1]}")
    return f"set text({', '.join(arguments)})" if arguments else ""


def usual_edges(typeface: Typeface) -> tuple[str, str]:
    """Return where single-spaced lines of a face end above and below the baseline."""
    face = typeface.face(bold=False, italic=False)
    return _relative((face.ascent + face.line_gap) / face.units, face.descent / face.units)


def usual_rule() -> str:
    """Return the rule that sets the usual look."""
    typeface = resolve(MAIN)
    top, bottom = usual_edges(typeface)
    return (
        f"set text(font: {quoted(typeface.family)}, size: {points(USUAL_SIZE)}, "
        f'weight: "regular", style: "normal", fill: black, tracking: 0pt, baseline: 0pt, '
        f"spacing: 100%, top-edge: {top}, bottom-edge: {bottom}, "
        "costs: (orphan: 100%, widow: 100%))"
    )


def _look(ink: Ink) -> tuple[object, ...]:
    return ink.family, ink.size, ink.bold, ink.italic, ink.color, ink.tracking, ink.kerned


def _arguments(ink: Ink, base: Ink | None) -> list[str]:
    """Return the arguments of ``text`` for a look, only those that differ from the base.

    Without a base, from the usual look.
    """
    told = (
        ("family", f"font: {quoted(ink.family)}"),
        ("size", f"size: {points(ink.size)}"),
        ("bold", f'weight: "{"bold" if ink.bold else "regular"}"'),
        ("italic", f'style: "{"italic" if ink.italic else "normal"}"'),
        ("color", f'fill: rgb("#{ink.color or "000000"}")'),
        ("tracking", f"tracking: {points(ink.tracking)}"),
        ("raised", f"baseline: {points(-ink.raised)}"),
        ("kerned", f"kerning: {'true' if ink.kerned else 'false'}"),
    )
    if base is None:
        usual = {
            "family": resolve(MAIN).family, "size": USUAL_SIZE, "bold": False, "italic": False,
            "color": "", "tracking": 0.0, "raised": 0.0, "kerned": False,
        }  # fmt: skip
        return [said for name, said in told if getattr(ink, name) != usual[name]]
    return [said for name, said in told if getattr(ink, name) != getattr(base, name)]


# ---------------------------------------------------------------- heights
def edges_of(form: ParagraphFormat, ink: Ink, largest: float) -> tuple[str, str]:
    """Return where lines of a face end above and below the baseline, as Typst lengths.

    ``largest`` is the size of the paragraph's largest letters, for lines of a least height.
    """
    deep = ink.face.descent / ink.face.units
    tall = (ink.face.ascent + ink.face.line_gap) / ink.face.units
    if form.line_rule == "auto":
        tall, deep = _spaced(form, tall, deep)
        return _relative(tall, deep)
    line = form.line / 20
    if form.line_rule == "exact":
        return points(line * EXACT_ABOVE), points(line * (EXACT_ABOVE - 1))
    if line <= (tall + deep) * largest:
        return _relative(tall, deep)
    return points(line - deep * largest), points(-deep * largest)


def _relative(tall: float, deep: float) -> tuple[str, str]:
    return f"{tall:.4f}em", f"-{deep:.4f}em"


def _spaced(form: ParagraphFormat, tall: float, deep: float) -> tuple[float, float]:
    """Return heights with line spacing: wider leaves its room below, narrower takes it above."""
    more = (form.line / 240 - 1) * (tall + deep)
    return tall + min(more, 0.0), deep + max(more, 0.0)


def line_height(line: Line, paper: Paper) -> tuple[float, float]:
    """Return how far a line reaches above and below its baseline."""
    form = paper.form
    inks = {piece.ink for piece in line.pieces if piece.ink.plain} or {paper.base}
    tall, deep = max(ink.ascent for ink in inks), max(ink.descent for ink in inks)
    if form.line_rule == "auto":
        tall, deep = _spaced(form, tall, deep)
    elif form.line_rule == "exact":
        tall, deep = form.line / 20 * EXACT_ABOVE, form.line / 20 * (1 - EXACT_ABOVE)
    elif tall + deep < form.line / 20:
        tall = form.line / 20 - deep
    return max(tall, *(piece.height for piece in line.pieces), 0.0), deep


def largest_size(lines: Sequence[Line], base: Ink) -> float:
    """Return the size of the largest letters that stand on the line."""
    sizes = {piece.ink.size for line in lines for piece in line.pieces if piece.ink.plain}
    return max(sizes, default=base.size)


def _without_last_space(line: Line) -> list[Gap | Piece]:
    """Return the parts of a line with one plain space at most at its end, for the text's sake.

    Underlined spaces that end a paragraph are a line to write on.
    """
    parts, end = line.parts, len(line.parts)
    if end and line.end != "soft" and isinstance(parts[-1], Piece) and _is_marked(parts[-1].ink):
        return parts
    while end and isinstance(last := parts[end - 1], Piece) and last.text and not last.text.strip():
        end -= 1
    if end in (0, len(parts)):
        return parts[:end]
    last = parts[end]
    assert isinstance(last, Piece)
    ink = last.ink
    if _is_marked(ink):
        ink = replace(ink, underline="", strike=False, background="")
    return [*parts[:end], Piece(" ", ink, link=last.link)]


def _is_marked(ink: Ink) -> bool:
    """Return whether a look shows on spaces too."""
    return bool(ink.underline or ink.strike or ink.background)
