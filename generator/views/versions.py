"""Two versions of a document: which words changed, marked in both."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from generator.ooxml import read_package
from generator.views.shading import Shading, Stretch, merged
from generator.views.sheets import Colour

OLD = Colour("F8CBAD", "chữ có ở bản trước, bản sau đã bỏ hoặc sửa")
NEW = Colour("C6E0B4", "chữ mới hoặc đã sửa ở bản sau")
LEGEND = (OLD, NEW)
_WORD = re.compile(r"\S+")
# Beyond this many words to compare in one place, the whole place counts as changed: the search
# takes the product of both sides.
_MOST_WORDS = 4_000


@dataclass(frozen=True, slots=True)
class Compared:
    """Both versions with their changed words coloured, and how many there are in each."""

    old: bytes
    new: bytes
    gone: int
    come: int


@dataclass(frozen=True, slots=True)
class _Word:
    paragraph: int
    start: int
    end: int
    text: str


def compare(old: bytes, new: bytes, old_file: str, new_file: str) -> Compared:
    """Return two versions with the words coloured that are not in the other.

    Raises:
        TemplateError: one of them is no .docx, damaged, encrypted, or unpacks beyond the limits.
    """
    sides = [Shading(read_package(*each)) for each in ((old, old_file), (new, new_file))]
    gone, come = _changed(*([words.text for words in side.paragraphs] for side in sides))
    return Compared(
        old=sides[0].document(_stretches(gone, OLD.fill)),
        new=sides[1].document(_stretches(come, NEW.fill)),
        gone=len(gone),
        come=len(come),
    )


def _changed(old: Sequence[str], new: Sequence[str]) -> tuple[list[_Word], list[_Word]]:
    """Compare paragraphs first, then the words of those that are not the same."""
    gone: list[_Word] = []
    come: list[_Word] = []
    matcher = SequenceMatcher(None, list(map(_plain, old)), list(map(_plain, new)), autojunk=False)
    for kind, a0, a1, b0, b1 in matcher.get_opcodes():
        if kind != "equal":
            left, right = list(_words(old, a0, a1)), list(_words(new, b0, b1))
            for here, there, into in ((left, right, gone), (right, left, come)):
                into += _not_in(here, there)
    return gone, come


def _plain(text: str) -> str:
    return " ".join(text.split())


def _words(paragraphs: Sequence[str], start: int, end: int) -> Iterator[_Word]:
    for index in range(start, end):
        for match in _WORD.finditer(paragraphs[index]):
            yield _Word(index, match.start(), match.end(), match[0])


def _not_in(here: Sequence[_Word], there: Sequence[_Word]) -> list[_Word]:
    if len(here) * len(there) > _MOST_WORDS**2:
        return list(here)
    ours, theirs = ([word.text for word in side] for side in (here, there))
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    same = {
        block.a + offset for block in matcher.get_matching_blocks() for offset in range(block.size)
    }
    return [word for index, word in enumerate(here) if index not in same]


def _stretches(words: Sequence[_Word], fill: str) -> dict[int, list[Stretch]]:
    found: dict[int, list[Stretch]] = {}
    for word in words:
        found.setdefault(word.paragraph, []).append(Stretch(word.start, word.end, fill))
    return {index: merged(stretches) for index, stretches in found.items()}
