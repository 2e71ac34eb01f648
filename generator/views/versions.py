"""Two versions of a document: which words changed, in text or in looks, marked in both."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher

from lxml import etree

from generator.formatting import Formatting, ParagraphFormat, RunFormat
from generator.ooxml import Package, qn, read_package
from generator.views.shading import Shading, Stretch, merged
from generator.views.sheets import Colour

OLD = Colour("F8CBAD", "chữ có ở bản trước, bản sau đã bỏ hoặc sửa")
NEW = Colour("C6E0B4", "chữ mới hoặc đã sửa ở bản sau")
LOOK = Colour("BDD7EE", "chữ giữ nguyên, đổi cách trình bày")
LEGEND = (OLD, NEW, LOOK)
_WORD = re.compile(r"\S+")
# Beyond this many words to compare in one place, the whole place counts as changed: the search
# takes the product of both sides.
_MOST_WORDS = 4_000


@dataclass(frozen=True, slots=True)
class Compared:
    """Both versions with their changed words coloured, and how many there are in each.

    ``restyled`` words are the same in both and look otherwise: font, size, weight, indents …
    """

    old: bytes
    new: bytes
    gone: int
    come: int
    restyled: int


@dataclass(frozen=True, slots=True)
class _Word:
    paragraph: int
    start: int
    end: int
    text: str


@dataclass(slots=True)
class _Changes:
    gone: list[_Word] = field(default_factory=list)
    come: list[_Word] = field(default_factory=list)
    kept: list[tuple[_Word, _Word]] = field(default_factory=list)


def compare(old: bytes, new: bytes, old_file: str, new_file: str) -> Compared:
    """Return two versions with the words coloured that are not alike in the other.

    Raises:
        TemplateError: one of them is no .docx, damaged, encrypted, or unpacks beyond the limits.
    """
    packages = [read_package(*each) for each in ((old, old_file), (new, new_file))]
    sides = [Shading(package) for package in packages]
    found = _changed(*([words.text for words in side.paragraphs] for side in sides))
    looks = [_Looks(*each) for each in zip(packages, sides, strict=True)]
    restyled = [pair for pair in found.kept if looks[0].of(pair[0]) != looks[1].of(pair[1])]
    before, after = ([pair[side] for pair in restyled] for side in (0, 1))
    return Compared(
        old=sides[0].document(_stretches(((found.gone, OLD), (before, LOOK)))),
        new=sides[1].document(_stretches(((found.come, NEW), (after, LOOK)))),
        gone=len(found.gone),
        come=len(found.come),
        restyled=len(restyled),
    )


class _Looks:
    """How the words of one version look."""

    def __init__(self, package: Package, side: Shading) -> None:
        self._formatting, self._paragraphs = Formatting(package), side.paragraphs
        self._known: dict[int, tuple[ParagraphFormat, list[RunFormat]]] = {}

    def of(self, word: _Word) -> tuple[ParagraphFormat, list[RunFormat]]:
        """Return a word's paragraph's format and that of each of its letters."""
        if word.paragraph not in self._known:
            self._known[word.paragraph] = self._read(self._paragraphs[word.paragraph].nodes)
        form, letters = self._known[word.paragraph]
        return form, letters[word.start : word.end]

    def _read(self, nodes: Sequence[etree._Element]) -> tuple[ParagraphFormat, list[RunFormat]]:
        owner = next(nodes[0].iterancestors(qn("w:p")))
        letters: list[RunFormat] = []
        for node in nodes:
            run = self._formatting.run(node.getparent(), owner)
            # Names of styles and languages, and faces for other scripts, do not show.
            shown = replace(run, style="", lang="", east_asia="", cs="")
            letters += [shown] * len(node.text or "")
        return replace(self._formatting.paragraph(owner), style=""), letters


def _changed(old: Sequence[str], new: Sequence[str]) -> _Changes:
    """Compare paragraphs first, then the words of those that are not the same."""
    found = _Changes()
    matcher = SequenceMatcher(None, list(map(_plain, old)), list(map(_plain, new)), autojunk=False)
    for kind, a0, a1, b0, b1 in matcher.get_opcodes():
        left, right = list(_words(old, a0, a1)), list(_words(new, b0, b1))
        kept = list(zip(left, right, strict=True)) if kind == "equal" else _alike(left, right)
        found.kept += kept
        for words, side, into in ((left, 0, found.gone), (right, 1, found.come)):
            same = {id(pair[side]) for pair in kept}
            into += [word for word in words if id(word) not in same]
    return found


def _plain(text: str) -> str:
    return " ".join(text.split())


def _words(paragraphs: Sequence[str], start: int, end: int) -> Iterator[_Word]:
    for index in range(start, end):
        for match in _WORD.finditer(paragraphs[index]):
            yield _Word(index, match.start(), match.end(), match[0])


def _alike(left: Sequence[_Word], right: Sequence[_Word]) -> list[tuple[_Word, _Word]]:
    """Return the words that both sides have, in pairs."""
    if len(left) * len(right) > _MOST_WORDS**2:
        return []
    ours, theirs = ([word.text for word in side] for side in (left, right))
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    return [
        (left[block.a + offset], right[block.b + offset])
        for block in matcher.get_matching_blocks()
        for offset in range(block.size)
    ]


def _stretches(
    marked: Sequence[tuple[Sequence[_Word], Colour]],
) -> dict[int, list[Stretch]]:
    found: dict[int, list[Stretch]] = {}
    for words, colour in marked:
        for word in words:
            stretch = Stretch(word.start, word.end, colour.fill)
            found.setdefault(word.paragraph, []).append(stretch)
    return {index: merged(stretches) for index, stretches in found.items()}
