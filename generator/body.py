"""Long text as a clerk types it, read into paragraphs, levels, marks and tables.

One paragraph a line. The level comes from the line's own label, printed as typed:

    I. MỤC ĐÍCH           heading with a Roman number
    1. Nội dung           heading: a numbered line that ends without a punctuation mark
    1. Các đơn vị …:      numbered paragraph: it ends with one, and is not bold throughout
    1.1. …                the same, one level below
    a) …   - …   + …   * …
    Điều 1. …             an article: its label bold; all of it, when it is a heading
    Chương I              a division (Phần, Chương, Mục, Tiểu mục), and below it
    QUY ĐỊNH CHUNG        its title in capitals
    *(Kèm theo …)*        a note of its own in italics and parentheses: centred
    | STT | Đơn vị |      a table: two or more lines of cells between bars, the first its heading;
    |----:|--------|      a second line of dashes is optional, colons in it align a column

``**đậm**`` is bold, ``*nghiêng*`` italic, ``km^2^`` superscript; a mark that does not pair, or
stands inside a word, is a plain character; a backslash before a mark makes it plain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum

from generator.patterns import regex


class Level(Enum):
    """What a line is; the value is the style id that a template gives its look."""

    PLAIN = "NoiDung"
    ROMAN_HEADING = "MucLaMa"
    NUMBER_HEADING = "Khoan"
    NUMBER_PARAGRAPH = "DoanSo"
    SUBNUMBER_HEADING = "Khoan2"
    LETTER = "Diem"
    DASH = "GachDau"
    PLUS = "CongDau"
    STAR = "SaoDau"
    ARTICLE = "Dieu"
    DIVISION = "ChuongSo"
    DIVISION_TITLE = "ChuongTieuDe"
    NOTE = "GhiChuGiua"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text with one look."""

    text: str
    bold: bool = False
    italic: bool = False
    superscript: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of the text."""

    level: Level
    spans: tuple[Span, ...]

    @property
    def heading(self) -> bool:
        """Whether it stays on the page of what follows."""
        if self.level is Level.ARTICLE:
            return all(span.bold for span in self.spans)
        return self.level in _HEADINGS

    @property
    def text(self) -> str:
        """The words without their marks."""
        return "".join(span.text for span in self.spans)


@dataclass(frozen=True, slots=True)
class Table:
    """A table typed with bars: the first row is the heading; ``align`` is left, center or right."""

    rows: tuple[tuple[tuple[Span, ...], ...], ...]
    align: tuple[str, ...]


Block = Paragraph | Table

# Small and capital letters take turns in Unicode's block of Vietnamese letters (to U+1EF9).
_SMALL = "".join(filter(str.islower, map(chr, (*range(0x590), *range(0x1E00, 0x1EFA)))))
_LABELS: tuple[tuple[re.Pattern[str], Level], ...] = (
    (regex(r"(?=[IVX])X{0,3}(?:IX|IV|V?I{0,3})\.\s"), Level.ROMAN_HEADING),
    (regex(rf"[A-ZĐ]\.\s(?=[^{_SMALL}]*$)"), Level.ROMAN_HEADING),
    # Two digits at most: 1.200 at the start of a line is a number in groups of thousands.
    (regex(r"\d{1,2}(?:\.\d{1,2})+\.?\s"), Level.SUBNUMBER_HEADING),
    (regex(r"\d{1,3}\.\s"), Level.NUMBER_HEADING),
    (regex(r"[a-zđ]\)\s"), Level.LETTER),
    (regex(r"[-–—]\s"), Level.DASH),
    (regex(r"\+\s"), Level.PLUS),
    (regex(r"\*\s"), Level.STAR),
    (regex(r"Điều \d{1,3}[a-zđ]?\.\s"), Level.ARTICLE),
    (
        regex(r"(?:Phần|Chương|Mục|Tiểu mục) (?:thứ \w+|[IVXLC]+|\d{1,3})$"),
        Level.DIVISION,
    ),
)
_RUNNING = {
    Level.NUMBER_HEADING: Level.NUMBER_PARAGRAPH,
    Level.SUBNUMBER_HEADING: Level.NUMBER_PARAGRAPH,
}
_HEADINGS = (
    Level.ROMAN_HEADING,
    Level.NUMBER_HEADING,
    Level.SUBNUMBER_HEADING,
    Level.DIVISION,
    Level.DIVISION_TITLE,
)
_CLOSING_MARKS = (".", ":", ";", ",", "?", "!", "…")
_TABLE_ROW = regex(r"\s*\|.*\S")  # the closing bar may be left out
_TABLE_RULE = regex(r"\s*\|(?:\s*:?-+:?\s*(?:\||$))+\s*$")


def parse_body(text: str) -> tuple[Block, ...]:
    r"""Return the paragraphs and tables of a long text; blank lines only separate.

    >>> [block.level.value for block in parse_body("I. MỤC ĐÍCH\n1. Yêu cầu\n- Đúng hạn.")]
    ['MucLaMa', 'Khoan', 'GachDau']
    """
    return tuple(_blocks(re.split("\r\n|\r|\n", text)))


_LONGEST_HEADING = 240  # letters: more than three lines in bold


def long_headings(text: str) -> Iterator[tuple[int, str]]:
    r"""Yield number and words of each line that is a heading only for want of a closing mark.

    >>> list(long_headings("1. Yêu cầu\n2. " + "Các đơn vị báo cáo kết quả " * 10))[0][0]
    2
    """
    for number, line in enumerate(re.split("\r\n|\r|\n", text), start=1):
        if len(line) <= _LONGEST_HEADING:
            continue
        paragraph = _paragraph(line)
        marked = all(span.bold for span in paragraph.spans)
        if paragraph.level in _RUNNING and not marked:
            yield number, paragraph.text


def _blocks(lines: list[str]) -> Iterator[Block]:
    position, after_division = 0, False
    while position < len(lines):
        rows = _table_lines(lines, position)
        if rows:
            yield _table(rows)
            position += len(rows)
            continue
        if lines[position].strip():
            paragraph = _paragraph(lines[position])
            if after_division and paragraph.text.isupper():
                paragraph = Paragraph(Level.DIVISION_TITLE, paragraph.spans)
            after_division = paragraph.level is Level.DIVISION
            yield paragraph
        position += 1


def _table_lines(lines: list[str], start: int) -> list[str]:
    """Return the lines of a table that starts here: at least two lines between bars."""
    end = start
    while end < len(lines) and _TABLE_ROW.match(lines[end]):
        end += 1
    return lines[start:end] if end - start > 1 else []


def _paragraph(line: str) -> Paragraph:
    spans = parse_spans(line.strip(" "))
    text = "".join(span.text for span in spans)
    level = next((level for label, level in _LABELS if label.match(text)), Level.PLAIN)
    running = text.rstrip(" )”\"'*").endswith(_CLOSING_MARKS)
    if running and not all(span.bold for span in spans):
        level = _RUNNING.get(level, level)
    if level is Level.ARTICLE:
        spans = _article(spans, text, running=running)
    elif level is Level.PLAIN and text[:1] + text[-1:] == "()" and all(s.italic for s in spans):
        level = Level.NOTE
    return Paragraph(level, spans)


def _article(spans: tuple[Span, ...], text: str, *, running: bool) -> tuple[Span, ...]:
    """Return an article with its label bold, or all of it when it is a heading (NĐ 30, II.6.đ)."""
    bold_until = text.index(".") + 1 if running else len(text)
    parts: list[Span] = []
    for span in spans:
        head, tail = span.text[: max(bold_until, 0)], span.text[max(bold_until, 0) :]
        parts += [replace(span, text=head, bold=True)] if head else []
        parts += [replace(span, text=tail)] if tail else []
        bold_until -= len(span.text)
    return tuple(parts)


def _table(lines: list[str]) -> Table:
    rule = _cells(lines[1]) if _TABLE_RULE.match(lines[1]) else []
    texts = [line for index, line in enumerate(lines) if index != 1 or not rule]
    rows = [tuple(parse_spans(cell) for cell in _cells(line)) for line in texts]
    columns = max(len(rule), *map(len, rows))
    padded = tuple(row + ((),) * (columns - len(row)) for row in rows)
    align = tuple(
        {(True, True): "center", (False, True): "right"}.get(
            (cell.startswith(":"), cell.endswith(":")), "left"
        )
        for cell in rule
    )
    return Table(padded, align + ("left",) * (columns - len(align)))


def _cells(line: str) -> list[str]:
    inner = re.sub(r"(?<!\\)\|$", "", line.strip()[1:])
    return [cell.replace("\\|", "|").strip() for cell in re.split(r"(?<!\\)\|", inner)]


# ---------------------------------------------------------------- marks inside a line
_MARK = regex(r"\\[\\*^|]|\*{1,3}|\^")


@dataclass(slots=True)
class _Token:
    text: str
    mark: bool = False
    opens: bool = False
    closes: bool = False


def parse_spans(text: str) -> tuple[Span, ...]:
    """Return the stretches of a line by look.

    >>> [(span.text, span.bold) for span in parse_spans("trước ngày **31/5**")]
    [('trước ngày ', False), ('31/5', True)]
    >>> [span.text for span in parse_spans("5*3*2 = 30 m^3^")]
    ['5*3*2 = 30 m', '3']
    """
    tokens = _tokens(text)
    looks = _pair(tokens)
    spans: list[Span] = []
    for token, look in zip(tokens, looks, strict=True):
        if look is None or not token.text:
            continue
        bold, italic, raised = look
        if spans and (spans[-1].bold, spans[-1].italic, spans[-1].superscript) == look:
            spans[-1] = Span(spans[-1].text + token.text, bold, italic, raised)
        else:
            spans.append(Span(token.text, bold, italic, raised))
    return tuple(spans)


def escape_marks(text: str) -> str:
    r"""Return a text that :func:`parse_spans` reads back unchanged, with no marks in it.

    >>> escape_marks("2 * 3 ^ 4")
    '2 \\* 3 \\^ 4'
    """
    return re.sub(r"[\\*^|]", r"\\\g<0>", text)


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    end = 0
    for match in _MARK.finditer(text):
        tokens.append(_Token(text[end : match.start()]))
        end = match.end()
        if match[0][0] == "\\":
            tokens.append(_Token(match[0][1]))
        else:
            tokens.append(_mark(match[0], text[: match.start()][-1:], text[end : end + 1]))
    tokens.append(_Token(text[end:]))
    return tokens


def _mark(mark: str, before: str, after: str) -> _Token:
    """Return a mark with the sides it may serve, after CommonMark's flanking rule for ``_``."""
    tight_after, tight_before = bool(after.strip()), bool(before.strip())
    if mark == "^":  # superscripts stand inside words: km^2^
        return _Token(mark, True, tight_after and tight_before, tight_before)
    return _Token(
        mark, True, tight_after and not before.isalnum(), tight_before and not after.isalnum()
    )


def _pair(tokens: list[_Token]) -> list[tuple[bool, bool, bool] | None]:
    """Return the look of each token, ``None`` for a mark that is used up."""
    pairs = _partners(tokens)
    closing = set(pairs.values())
    looks: list[tuple[bool, bool, bool] | None] = []
    active: list[int] = []
    for index in range(len(tokens)):
        if index in pairs:
            active.append(index)
            looks.append(None)
        elif index in closing:
            active = [start for start in active if pairs[start] != index]
            looks.append(None)
        else:
            marks = {tokens[start].text for start in active}
            looks.append((bool(marks & {"**", "***"}), bool(marks & {"*", "***"}), "^" in marks))
    return looks


def _partners(tokens: list[_Token]) -> dict[int, int]:
    """Return the closing mark of each opening one; ``***`` may close a ``*`` inside a ``**``."""
    opened: dict[str, int] = {}
    pairs: dict[int, int] = {}
    for index, token in enumerate(tokens):
        if not token.mark:
            continue
        both = token.text == "***" and token.text not in opened and {"*", "**"} <= opened.keys()
        names = ["*", "**"] if both else [token.text]
        if token.closes and names[0] in opened:
            starts = [opened.pop(name) for name in names]
            pairs |= dict.fromkeys(starts, index)
            opened = {mark: at for mark, at in opened.items() if at < min(starts)}
        elif token.opens:
            opened[token.text] = index
    return pairs
