"""Empty cells under headings: rows to repeat, and single figures beside a row's label."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field

from lxml import etree

from generator.drafting.naming import COLUMN_NUMBER, Names, key_from
from generator.drafting.proposed import DATE, LIST, NUMBER, TEXT, Proposed
from generator.ooxml import qn
from generator.template.tags import PPR, RPR, SPACE, TBL, TC, TR, P, R, T, span_of

_MERGE = f"{qn('w:tcPr')}/{qn('w:vMerge')}"
_BLANK = re.compile(r"[.…_\s]*")
_ORDINAL = re.compile(r"\(?[0-9IVX]{0,4}[.)]?|[.…]+")
_ORDINAL_HEADING = re.compile(r"(?i)^(stt|tt|số\s*tt|số thứ tự)$")
_NUMBER_HEADING = re.compile(
    r"(?i)^(số(?! (hiệu|điện|nhà|tài|định|cccd|cmnd))|tổng|t[ỷỉ] lệ|điểm|diện tích|năm\b|tuổi|"
    r"thành tiền|đơn giá)"
)
_DATE_HEADING = re.compile(r"(?i)^(ngày|thời gian$|thời hạn)")
_LETTERHEAD = re.compile("CỘNG H[OÒ]|ĐẢNG CỘNG SẢN|Nơi nhận")
_LEAST_COLUMNS = 2


@dataclass(slots=True)
class Tables:
    """The tables of one part; ``done`` are the paragraphs that need nothing more."""

    root: etree._Element
    names: Names
    fields: dict[str, Proposed]
    done: set[etree._Element] = field(default_factory=set)

    def tag(self) -> None:
        """Put tags into the empty cells of every table with headings."""
        for table in list(self.root.iter(TBL)):
            grid = [_Row.of(row) for row in table.iterchildren(TR)]
            text = "".join(node.text or "" for node in table.iter(T))
            if _LETTERHEAD.search(text):
                continue
            heads = _heading_rows(grid)
            if heads:
                _spread(grid[heads:])
                self._rows(table, grid[:heads], grid[heads:])
            else:
                self._pairs(grid)

    def _pairs(self, grid: list[_Row]) -> None:
        """Make fields of empty cells on the right of their labels: "Họ và tên:" and a cell."""
        for row in grid:
            before = ""
            for column, cell in row.cells.items():
                text = row.texts[column]
                if not text and before.endswith(":"):
                    self._field(cell, before.rstrip(" :"), "", "ô trống")
                before = text

    def _rows(self, table: etree._Element, heads: list[_Row], body: list[_Row]) -> None:
        headings = _headings(heads)
        lists: list[_Row] = []
        for row in [*body, None]:
            if row is not None and row.is_open:
                lists.append(row)
                continue
            if lists:
                self._list(table, lists, headings)
                lists = []
            if row is not None:
                self._figures(row, headings)

    def _list(self, table: etree._Element, rows: list[_Row], headings: dict[int, str]) -> None:
        """Make a loop of open rows: the first is kept as its pattern."""
        title = _words_before(table) or "Danh sách"
        key = self.names.unique(key_from(f"ds {title}" if title != "Danh sách" else title))
        inside = Names()
        columns: dict[str, Proposed] = {}
        pattern = rows[0]
        for column, cell in pattern.cells.items():
            heading = headings.get(column, "")
            if _ORDINAL_HEADING.match(heading):
                self._put(cell, "{{ loop.index }}")
                continue
            name = inside.unique(key_from(heading or "Cột"))
            kind = _kind(heading)
            columns[name] = Proposed(name, kind, heading or name, f"cột “{heading}”", nullable=True)
            self._put(cell, _cell_tag(f"x.{name}", kind, cell))
        self.fields[key] = Proposed(
            key, LIST, title, f"hàng trống của bảng “{title}”", children=columns
        )
        pattern.node.addprevious(_control_row(pattern.node, f"{{%tr for x in {key} %}}"))
        pattern.node.addnext(_control_row(pattern.node, "{%tr endfor %}"))
        for row in rows[1:]:
            table.remove(row.node)

    def _figures(self, row: _Row, headings: dict[int, str]) -> None:
        """Make a field of each empty cell in a row that has a label."""
        label = row.label
        for column, cell in row.cells.items():
            if not label or row.texts[column] or _goes_on(cell):
                continue
            heading = headings.get(column, "")
            note = f"ô trống ở hàng “{label[:40]}”, cột “{heading[:40]}”"
            self._field(cell, label, heading, note)

    def _field(self, cell: etree._Element, label: str, heading: str, note: str) -> None:
        """Make a field of an empty cell, named after its row and its column."""
        key = self.names.unique(key_from(label), heading)
        kind = NUMBER if NUMBER in (_kind(heading), _kind(label)) else _kind(heading or label)
        title = f"{label}: {heading}" if heading else label
        self.fields[key] = Proposed(key, kind, title, note, nullable=True)
        self._put(cell, _cell_tag(key, kind, cell))

    def _put(self, cell: etree._Element, tag: str) -> None:
        """Put a tag into an empty cell, with the looks its paragraph gives to what is typed."""
        paragraph = next(cell.iterchildren(P))
        for run in [*paragraph.iterchildren(R)]:
            paragraph.remove(run)
        run = etree.SubElement(paragraph, R)
        looks = paragraph.find(f"{PPR}/{RPR}")
        if looks is not None:
            run.append(deepcopy(looks))
        text = etree.SubElement(run, T, {SPACE: "preserve"})
        text.text = tag
        self.done.add(paragraph)


@dataclass(frozen=True, slots=True)
class _Row:
    node: etree._Element
    cells: dict[int, etree._Element]  # by the column a cell starts at
    texts: dict[int, str]  # dots and blanks alone count as no text

    @classmethod
    def of(cls, row: etree._Element) -> _Row:
        cells: dict[int, etree._Element] = {}
        column = 0
        for cell in row.iterchildren(TC):
            cells[column] = cell
            column += span_of(cell)
        texts = {
            at: " ".join("".join(node.text or "" for node in cell.iter(T)).split())
            for at, cell in cells.items()
        }
        plain = {at: "" if _BLANK.fullmatch(text) else text for at, text in texts.items()}
        return cls(row, cells, plain)

    @property
    def label(self) -> str:
        """What the row is of: its first words, behind those of cells merged over several rows."""
        words = []
        for column, text in self.texts.items():
            if _is_label(text):
                words.append(text)
                if self.cells[column].find(_MERGE) is None:
                    break
        return ", ".join(words)

    @property
    def is_open(self) -> bool:
        """Whether it waits for any item: all its cells empty, an ordinal aside."""
        texts = list(self.texts.values())
        empty = [text for text in texts if not text]
        others = [text for text in texts if text]
        return len(empty) >= _LEAST_COLUMNS - 1 and all(map(_ORDINAL.fullmatch, others))


def _goes_on(cell: etree._Element) -> bool:
    """Return whether a cell is the lower part of one merged downwards."""
    merge = cell.find(_MERGE)
    return merge is not None and merge.get(qn("w:val"), "continue") == "continue"


def _spread(grid: Sequence[_Row]) -> None:
    """Give the lower parts of merged cells the words of the first."""
    words: dict[int, str] = {}
    for row in grid:
        for column, cell in row.cells.items():
            if _goes_on(cell):
                row.texts[column] = words.get(column, "")
            words[column] = row.texts[column]


def _heading_rows(grid: Sequence[_Row]) -> int:
    """Return how many rows at the top are headings: every cell has words, or is merged with one."""
    count = 0
    for row in grid:
        open_cells = [
            at for at, cell in row.cells.items() if not row.texts[at] and cell.find(_MERGE) is None
        ]
        if open_cells or len(row.cells) < _LEAST_COLUMNS:
            break
        count += 1
    return count if count < len(grid) else 0


def _headings(heads: Sequence[_Row]) -> dict[int, str]:
    """Return the heading of each column: the lowest words above it that are no mere number.

    Where columns under different headings have the same words, the words above them come first.
    """
    found: dict[int, list[str]] = {}
    for row in heads:
        for at, text in row.texts.items():
            if text and (not COLUMN_NUMBER.fullmatch(text) or _ORDINAL_HEADING.match(text)):
                for column in range(at, at + span_of(row.cells[at])):
                    found.setdefault(column, []).append(text)
    lowest = Counter(words[-1] for words in found.values())
    return {
        column: " ".join(words[-2:]) if lowest[words[-1]] > 1 else words[-1]
        for column, words in found.items()
    }


def _is_label(text: str) -> bool:
    return bool(text) and not _ORDINAL.fullmatch(text)


def _kind(heading: str) -> str:
    if _NUMBER_HEADING.match(heading):
        return NUMBER
    return DATE if _DATE_HEADING.match(heading) else TEXT


def _cell_tag(name: str, kind: str, cell: etree._Element) -> str:
    """Return the tag of a field, which prints the cell as drawn where it has no value."""
    drawn = "".join(node.text or "" for node in cell.iter(T)).strip()
    if kind == DATE:
        return f'{{{{ {name}|ngay if {name} else "{drawn}" }}}}'
    return f'{{{{ {name}{"|so" if kind == NUMBER else ""}|cham("{drawn}") }}}}'


def _control_row(row: etree._Element, tag: str) -> etree._Element:
    """Return a copy of a row with nothing but a tag in its first cell."""
    copy = deepcopy(row)
    for number, cell in enumerate(copy.iterchildren(TC)):
        for child in list(cell):
            if child.tag != qn("w:tcPr"):
                cell.remove(child)
        paragraph = etree.SubElement(cell, P)
        if not number:
            text = etree.SubElement(etree.SubElement(paragraph, R), T, {SPACE: "preserve"})
            text.text = tag
    return copy


def _words_before(table: etree._Element) -> str:
    """Return the words of the nearest paragraph above a table, its label and colon taken off."""
    for above in table.itersiblings(preceding=True):
        text = " ".join("".join(node.text or "" for node in above.iter(T)).split())
        if text:
            words = re.sub(r"^(?:[-+*•]|[IVX]+\.|\d+\.|[a-zđ]\))\s+", "", text).strip(" :.")
            return words if len(words) <= 80 and above.tag == P else ""
    return ""
