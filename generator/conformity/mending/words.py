"""How words are mended: zeros, blanks, marks, letters put together. Never what they say."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from generator.conformity.document import Paragraph
from generator.conformity.findings import Finding
from generator.conformity.mending.edits import Bench
from generator.conformity.mending.looks import bounds, lines_of, paragraphs_of
from generator.conformity.patterns import DATE, NUMBER
from generator.conformity.rules.case import Case
from generator.conformity.rules.numbers import symbol_shape
from generator.conformity.rules.text import LONG_DATE, SPACE_BEFORE, TWO_SPACES, padded_date
from generator.vietnamese.text import find_oddities

_MARKED = re.compile("[^\\W\\d_][\u0300-\u036f]+")
_MARKS = ".,;:"


def _quoted(text: str) -> str:
    return f"“{text}”"


def _line(finding: Finding) -> tuple[Paragraph, str, int] | None:
    """Return the paragraph, the words and the start of the first line found."""
    line = next(lines_of(finding), None)
    if line is None:
        return None
    start, end = bounds(line)
    return line.paragraph, line.paragraph.text[start:end], start


# ---------------------------------------------------------------- number and date
def number_zero(bench: Bench, case: Case, finding: Finding) -> str:
    """Write a document's number with the zero it lacks, or without one too many."""
    found = _line(finding)
    match = re.match(r"số\s*:?\s*(\d+)", found[1], re.I) if found else None
    if found is None or match is None or int(match[1]) != int(finding.wanted):
        return ""
    paragraph, _, start = found
    span = start + match.start(1), start + match.end(1)
    return _quoted(finding.wanted) * bench.words(finding.id, paragraph, *span, finding.wanted)


def date_zeros(bench: Bench, case: Case, finding: Finding) -> str:
    """Write day and month of the place-and-date line with their zeros."""
    found = _line(finding)
    if found is None:
        return ""
    paragraph, text, start = found
    done = []
    for wrong, right in finding.wanted:
        word, _, digits = wrong.partition(" ")
        match = re.search(rf"{word}\s*({digits})(?!\d)", text, re.I)
        new = right.rpartition(" ")[2]
        if match and bench.words(
            finding.id, paragraph, start + match.start(1), start + match.end(1), new
        ):
            done.append(right)
    return ", ".join(done)


def dates_in_text(bench: Bench, case: Case, finding: Finding) -> str:
    """Write days and months of the content with their zeros."""
    done = []
    for paragraph in paragraphs_of(finding):
        for match in LONG_DATE.finditer(paragraph.text):
            for group, right in zip((1, 2), padded_date(match), strict=True):
                if match[group] != right and bench.words(
                    finding.id, paragraph, *match.span(group), right
                ):
                    done.append(right)
    return finding.expected if done else ""


def number_shape(bench: Bench, case: Case, finding: Finding) -> str:
    """Close the gaps around the marks of a number, and put the colon behind its first word."""
    found = _line(finding)
    rule = case.profile.rules["so_ky_hieu.mau"]
    match = NUMBER.fullmatch(" ".join(found[1].split())) if found else None
    if found is None or match is None or match["noi"] != rule["noi"]:
        return ""
    digits, symbol = match["so"].strip(), re.sub(r"\s*([-/])\s*", r"\1", match["ky"].strip())
    symbol = symbol.removesuffix(".")
    if not digits.isdigit() or symbol_shape(case).fullmatch(symbol) is None:
        return ""
    paragraph, text, start = found
    new = f"{rule['dau'].strip()} {digits}{rule['noi']}{symbol}"
    return _quoted(new) * bench.words(finding.id, paragraph, start, start + len(text), new)


def place_comma(bench: Bench, case: Case, finding: Finding) -> str:
    """Put the comma right behind the place's name."""
    found = _line(finding)
    match = DATE.fullmatch(found[1]) if found else None
    gap = re.search(r"\s*,?\s*(?=ngày\s)", found[1], re.I) if found else None
    if found is None or match is None or gap is None:
        return ""
    paragraph, _, start = found
    span = start + gap.start(), start + gap.end()
    return finding.expected if bench.words(finding.id, paragraph, *span, ", ") else ""


# ---------------------------------------------------------------- labels and closing marks
def same_letters(bench: Bench, case: Case, finding: Finding) -> str:
    """Write a fixed line with the right marks, where its letters are right already."""
    found = _line(finding)
    if found is None or _letters(found[1]) != _letters(str(finding.wanted)):
        return ""
    paragraph, text, start = found
    new = str(finding.wanted)
    return _quoted(new) * bench.words(finding.id, paragraph, start, start + len(text), new)


def _letters(text: str) -> str:
    return re.sub(r"\W", "", unicodedata.normalize("NFC", text))


def addressee_label(bench: Bench, case: Case, finding: Finding) -> str:
    """Write "Kính gửi:" with its colon."""
    found = _line(finding)
    label = str(finding.wanted)
    match = re.match(r"kính\s+(?:gửi|trình)\s*:?\s*", found[1], re.I) if found else None
    if found is None or match is None or _letters(match[0]) != _letters(label):
        return ""
    paragraph, text, start = found
    new = f"{label} " if match.end() < len(text) else label
    done = bench.words(finding.id, paragraph, start, start + match.end(), new)
    return _quoted(label) * done


def closing_mark(bench: Bench, case: Case, finding: Finding) -> str:
    """Close a line of a list with the wanted mark."""
    line = next(lines_of(finding), None)
    if line is None:
        return ""
    whole = line.paragraph.text
    end = len(whole.rstrip()) if line.columns == 1 else bounds(line)[1]
    text = whole[:end]
    if not text or text.endswith(("..", "…", "./")):
        return ""
    start = end - 1 if text[-1] in _MARKS else end
    done = bench.words(finding.id, line.paragraph, start, end, str(finding.wanted))
    return _quoted(str(finding.wanted)) * done


def last_mark(bench: Bench, case: Case, finding: Finding) -> str:
    """Close the content with "./."."""
    paragraph = finding.place.paragraph
    if paragraph is None:
        return ""
    text = paragraph.text.rstrip()
    end = len(text)
    if text.endswith(("..", "…", ";", ":", ",", "/")) or not text:
        return ""
    start = end - 1 if text[-1] == "." else end
    return _quoted("./.") * bench.words(finding.id, paragraph, start, end, "./.")


def dash(bench: Bench, case: Case, finding: Finding) -> str:
    """Put a dash before the lines of a list that lack one."""
    done = [
        bench.words(finding.id, line.paragraph, line.start, line.start, "- ")
        for line in lines_of(finding)
    ]
    return _quoted("- ") if any(done) else ""


# ---------------------------------------------------------------- letters everywhere
def composed(bench: Bench, case: Case, finding: Finding) -> str:
    """Put letters and their marks together (NFC)."""
    done = [
        bench.words(finding.id, paragraph, *match.span(), unicodedata.normalize("NFC", match[0]))
        for paragraph in paragraphs_of(finding)
        for match in _MARKED.finditer(paragraph.text)
    ]
    return "Unicode dựng sẵn" if any(done) else ""


def single_spaces(bench: Bench, case: Case, finding: Finding) -> str:
    """Leave one blank between words."""
    done = [
        bench.words(finding.id, paragraph, match.start() + 1, match.end(), "")
        for paragraph in paragraphs_of(finding)
        for match in TWO_SPACES.finditer(paragraph.text)
    ]
    return "một dấu cách" if any(done) else ""


def no_space_before(bench: Bench, case: Case, finding: Finding) -> str:
    """Take blanks away before marks."""
    done = [
        bench.words(finding.id, paragraph, *match.span(), "")
        for paragraph in paragraphs_of(finding)
        for match in SPACE_BEFORE.finditer(paragraph.text)
    ]
    return "dấu câu liền sau chữ" if any(done) else ""


def plain_letters(bench: Bench, case: Case, finding: Finding) -> str:
    """Take away letters that print nothing, replace those that only look like the right ones."""
    done = [
        bench.words(finding.id, paragraph, start, start + len(wrong), right)
        for paragraph in paragraphs_of(finding)
        for start, wrong, right in _odd(paragraph)
    ]
    return finding.expected if any(done) else ""


def _odd(paragraph: Paragraph) -> Iterator[tuple[int, str, str]]:
    for oddity in find_oddities(paragraph.text):
        if oddity.better is not None:
            yield oddity.at, oddity.found, oddity.better
