"""How the look of letters and paragraphs is mended: sizes, weight, fonts, alignment, spacing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from generator.conformity.document import TWIPS_PER_MM, Line, Paragraph
from generator.conformity.findings import Finding
from generator.conformity.mending.edits import Bench
from generator.conformity.rules.case import Case, number
from generator.conformity.rules.looks import label_of
from generator.conformity.rules.text import LEGACY_FONT
from generator.ooxml import qn

Fixer = Callable[[Bench, Case, Finding], str]
"""Mends a finding; returns what the place is now, "" where nothing could be changed."""

_ON, _OFF = {"val": ""}, {"val": "0"}
_ALIGNMENTS = {
    "giua": ("center", "căn giữa"),
    "trai": ("left", "căn trái"),
    "phai": ("right", "căn phải"),
    "deu": ("both", "căn đều hai lề"),
}
_NO_INDENT = {"firstLine": "0", "hanging": "", "firstLineChars": "", "hangingChars": ""}
# Attributes that would outweigh lengths given in twips.
_NO_LINES_BEFORE = {"beforeLines": "", "beforeAutospacing": ""}


def lines_of(finding: Finding) -> Iterator[Line]:
    """Yield the lines a finding points at."""
    starts: dict[int, dict[int, Line]] = {}
    for place in finding.places:
        if place.paragraph is not None:
            if id(place.paragraph) not in starts:
                starts[id(place.paragraph)] = {line.start: line for line in place.paragraph.lines}
            line = starts[id(place.paragraph)].get(place.start)
            if line is not None:
                yield line


def paragraphs_of(finding: Finding) -> list[Paragraph]:
    """Return the paragraphs a finding points at, each once."""
    found = {id(p.paragraph): p.paragraph for p in finding.places if p.paragraph is not None}
    return list(found.values())


def bounds(line: Line) -> tuple[int, int]:
    """Return where a line's words begin and end in its paragraph's text."""
    last = line.pieces[-1]
    return line.start, last.start + len(last.text)


def _give(bench: Bench, lines: Iterable[Line], wanted: Mapping[str, Mapping[str, str]]) -> bool:
    return any([bench.look(line.paragraph, *bounds(line), wanted) for line in lines])


# ---------------------------------------------------------------- letters
def _size(size_pt: float) -> dict[str, dict[str, str]]:
    half = {"val": str(round(size_pt * 2))}
    return {"sz": half, "szCs": half}


def size(bench: Bench, case: Case, finding: Finding) -> str:
    """Give lines the wanted size."""
    wanted = _size(finding.wanted)
    done = _page_number(bench, finding, wanted) or _give(bench, lines_of(finding), wanted)
    return f"{number(finding.wanted)} pt" if done else ""


def component_size(bench: Bench, case: Case, finding: Finding) -> str:
    """Give a whole component the size that goes with the others'."""
    parts = case.main.parts.get(finding.component)
    lines = [line for part in parts for line in part.lines] if parts else _content(case, finding)
    done = _give(bench, lines, _size(finding.wanted))
    return f"{number(finding.wanted)} pt" if done else ""


def _content(case: Case, finding: Finding) -> list[Line]:
    """Return the lines of the content that have the size found."""
    first = next(lines_of(finding), None)
    every = (x for unit in case.found.units for b in unit.body for x in b.paragraph.lines)
    return [line for line in every if first is not None and line.size == first.size]


def toggled(name: str) -> Fixer:
    """Return what switches a property of letters on or off, as the finding wants."""

    def fix(bench: Bench, case: Case, finding: Finding) -> str:
        wanted = {name: _ON if finding.wanted else _OFF}
        lines = lines_of(finding)
        if finding.component == "dieu" and finding.wanted:
            lines = map(label_of, lines)  # only the word and number of an article are bold
        done = _page_number(bench, finding, wanted) or _give(bench, lines, wanted)
        return finding.expected if done else ""

    return fix


def underline(bench: Bench, case: Case, finding: Finding) -> str:
    """Underline lines, or take the line away from below their letters."""
    wanted = {"u": {"val": "single" if finding.wanted else "none"}}
    return finding.expected if _give(bench, lines_of(finding), wanted) else ""


def _page_number(bench: Bench, finding: Finding, wanted: Mapping[str, Mapping[str, str]]) -> bool:
    """Format all runs of a page number: Word makes its digits anew like the field's code."""
    if finding.component != "so_trang":
        return False
    runs = ((p, run) for p in paragraphs_of(finding) for run in p.node.iter(qn("w:r")))
    return any([bench.run(run, paragraph.part, wanted) for paragraph, run in runs])


def font(bench: Bench, case: Case, finding: Finding) -> str:
    """Give letters of another font the standard's."""
    name = str(finding.wanted)
    wanted = {
        "rFonts": {
            "ascii": name, "hAnsi": name, "cs": name,
            "asciiTheme": "", "hAnsiTheme": "", "cstheme": "",
        }
    }  # fmt: skip
    allowed = {font.lower() for font in case.profile.rules["chu.phong"]["gia_tri"]}
    done = False
    for paragraph in paragraphs_of(finding):
        for piece in paragraph.pieces:
            own = piece.look.ascii if piece.text.isascii() else piece.look.h_ansi
            if (
                any(map(str.isalnum, piece.text))
                and own.lower() not in allowed
                and not LEGACY_FONT.match(own)
            ):
                done |= bench.run(piece.run, paragraph.part, wanted)
    return name if done else ""


def colour(bench: Bench, case: Case, finding: Finding) -> str:
    """Make letters black."""
    black = {"val": str(finding.wanted), "themeColor": "", "themeTint": "", "themeShade": ""}
    done = False
    for paragraph in paragraphs_of(finding):
        for piece in paragraph.pieces:
            if piece.look.color and piece.look.color.upper() != finding.wanted:
                done |= bench.run(piece.run, paragraph.part, {"color": black})
    return "màu đen" if done else ""


# ---------------------------------------------------------------- paragraphs
def align(bench: Bench, case: Case, finding: Finding) -> str:
    """Align paragraphs; a centred one loses the indent of its first line, which moves it off."""
    value, words = _ALIGNMENTS[str(finding.wanted)]
    done = False
    for paragraph in paragraphs_of(finding):
        if paragraph.form.framed:
            continue
        wanted: dict[str, dict[str, str]] = {"jc": {"val": value}}
        if value == "center" and paragraph.form.first_line:
            wanted["ind"] = _NO_INDENT
        done |= bench.paragraph(paragraph, wanted)
    return words if done else ""


def first_line(bench: Bench, case: Case, finding: Finding) -> str:
    """Move first lines in as wanted; one moved in by a typed tab gets a tab stop there."""
    target = round(float(finding.wanted) * TWIPS_PER_MM)
    done = False
    for paragraph in paragraphs_of(finding):
        first = target - paragraph.form.left
        indent = {**_NO_INDENT, "firstLine": str(first)}
        if first < 0:
            indent |= {"firstLine": "", "hanging": str(-first)}
        if not paragraph.text.startswith("\t"):
            done |= bench.paragraph(paragraph, {"ind": indent})
    return f"{number(finding.wanted)} mm" if done else ""


def space_before(bench: Bench, case: Case, finding: Finding) -> str:
    """Leave the wanted space above paragraphs."""
    before = {"before": str(round(finding.wanted * 20)), **_NO_LINES_BEFORE}
    done = False
    for paragraph in paragraphs_of(finding):
        wanted: dict[str, dict[str, str]] = {"spacing": before}
        if paragraph.form.contextual:
            wanted["contextualSpacing"] = _OFF
        done |= bench.paragraph(paragraph, wanted)
    return f"{number(finding.wanted)} pt" if done else ""


def line_spacing(bench: Bench, case: Case, finding: Finding) -> str:
    """Set the lines of paragraphs as far apart as wanted, in lines or, for the Party, in points."""
    value: Any = finding.wanted
    if isinstance(value, tuple):
        spacing, told = {"line": str(round(value[0] * 20)), "lineRule": "exact"}, f"{value[0]} pt"
    else:
        spacing, told = {"line": str(round(value * 240)), "lineRule": "auto"}, "dòng đơn"
        told = told if value == 1 else f"{number(value)} dòng"
    done = [bench.paragraph(p, {"spacing": spacing}) for p in paragraphs_of(finding)]
    return told if any(done) else ""
