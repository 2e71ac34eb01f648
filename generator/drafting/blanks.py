"""Where a blank form waits for a value: dots, underscores, tab leaders, dates, boxes to tick.

A lone ``…`` at the end of a list of words ("A, B, …") or inside "v.v…" is no blank.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Atomic: a long row of dots is looked at once, whatever follows it.
_RUN = r"(?>(?:…+|\.{3,}|_{3,})(?:[ \u00a0\n]?(?:…+|\.{2,}|_{2,}))*)"
BOXES = "☐□▢"
_BLANK = re.compile(rf"\t|[{BOXES}]+|{_RUN}")
_DATE_WORDS = re.compile(
    rf"[Nn]gày\s*(?:{_RUN})\s*tháng\s*(?:{_RUN})\s*năm\s*(?:{_RUN}|20(?:[….]{{2,}}|…|_{{2,}}))"
)
_DATE_SLASHES = re.compile(
    rf"(?<![.…_])(?<![.…_][ \u00a0]){_RUN}\s?/\s?{_RUN}\s?/\s?"
    rf"(?:{_RUN}|20(?:[….]{{2,}}|…|_{{2,}}))"
)
_LEAST = 4  # letters of a blank drawn with dots; "..." may end a sentence
_NEAR = 40  # letters that tell a blank from the end of a sentence
DATE_LONG, DATE_SHORT, PLAIN, LEADER = "ngày dài", "ngày ngắn", "chỗ trống", "tab"
BOX = "ô đánh dấu"


@dataclass(frozen=True, slots=True)
class Blank:
    """A place to fill in a paragraph's text, with the words before and behind it."""

    start: int
    end: int
    kind: str
    drawn: str
    before: str
    after: str

    @property
    def width(self) -> int:
        """How much room it leaves, in dots: an ellipsis is three."""
        return sum(3 if letter == "…" else 1 for letter in self.drawn if letter in ".…_")


def find_blanks(text: str, *, leaders: bool = False) -> list[Blank]:
    """Return the blanks of a paragraph; ``leaders`` tells that its tabs draw dots.

    >>> [blank.drawn for blank in find_blanks("Có ….. tổ, gồm: A, B, …")]
    ['…..']
    """
    spans = list(_spans(text, leaders))
    blanks = []
    for number, (start, end, kind) in enumerate(spans):
        since = spans[number - 1][1] if number else 0
        until = spans[number + 1][0] if number + 1 < len(spans) else len(text)
        blanks.append(Blank(start, end, kind, text[start:end], text[since:start], text[end:until]))
    return blanks


def _spans(text: str, leaders: bool) -> Iterator[tuple[int, int, str]]:
    dates = [(m.start(), m.end(), DATE_LONG) for m in _DATE_WORDS.finditer(text)]
    dates += [(m.start(), m.end(), DATE_SHORT) for m in _DATE_SLASHES.finditer(text)]
    dates.sort()
    position = 0
    for start, end, kind in [*dates, (len(text), len(text), "")]:
        for found in _BLANK.finditer(text, position, start):
            if found[0] == "\t":
                if leaders:
                    yield found.start(), found.end(), LEADER
            elif found[0] in BOXES:
                yield found.start(), found.end(), BOX
            elif found[0][0] in BOXES or _is_blank(text, found):  # in a row: a letter in each box
                yield found.start(), found.end(), PLAIN
        if kind:
            yield start, end, kind
        position = end


def _is_blank(text: str, found: re.Match[str]) -> bool:
    drawn = found[0]
    if len(drawn) >= _LEAST or drawn.count("…") > 1 or "_" in drawn:
        return True
    start, end = found.span()
    before, after = text[max(start - _NEAR, 0) : start], text[end : end + _NEAR]
    if before[-1:].isalnum() or before[-1:] == ".":  # "v.v…", "vân vân..."
        return False
    return bool(after.strip(' )”"')) and not after.lstrip().startswith((".", ",", ";"))
