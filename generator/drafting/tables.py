"""Empty cells under headings: rows to repeat, and single figures beside a row's label."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field

from lxml import etree

from generator.drafting.naming import Names, key_from
from generator.drafting.proposed import DATE, LIST, NUMBER, TEXT, Proposed
from generator.ooxml import qn
from generator.template.tags import PPR, RPR, SPACE, TBL, TC, TR, P, R, T

_MERGE = f"{qn('w:tcPr')}/{qn('w:vMerge')}"
_SPAN = f"{qn('w:tcPr')}/{qn('w:gridSpan')}"
_BLANK = re.compile(r"[.…_\s]*")
_ORDINAL = re.compile(r"\(?[0-9IVX]{0,4}[.)]?|[.…]+")
_ORDINAL_HEADING = re.compile(r"(?i)^(stt|tt|số\s*tt|số thứ tự)$")
_NUMBER_HEADING = re.compile(
    r"(?i)^(số(?! (hiệu|điện|nhà|tài|định|cccd|cmnd))|tổng|t[ỷỉ] lệ|điểm|diện tích|năm\b|tuổi|"
    r"thành tiền|đơn giá)"
)
_COLUMN_NUMBER = re.compile(r"\(?\w{1,2}\)?")  # "(1)", "A": of the column, not its name
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
            heads = _heading_rows(grid)
            text = "".join(node.text or "" for node in table.iter(T))
            if heads and not _LETTERHEAD.search(text):
                self._rows(table, grid[:heads], grid[heads:])

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
            self._put(cell, _cell_tag(f"x.{name}", kind))
        self.fields[key] = Proposed(
            key, LIST, title, f"hàng trống của bảng “{title}”", children=columns
        )
        pattern.node.addprevious(_control_row(pattern.node, f"{{%tr for x in {key} %}}"))
        pattern.node.addnext(_control_row(pattern.node, "{%tr endfor %}"))
        for row in rows[1:]:
            table.remove(row.node)

    def _figures(self, row: _Row, headings: dict[int, str]) -> None:
        """Make a field of each empty cell in a row that has a label."""
        label = next((text for text in row.texts.values() if _is_label(text)), "")
        for column, cell in row.cells.items():
            if not label or row.texts[column] or cell.find(_MERGE) is not None:
                continue
            heading = headings.get(column, "")
            key = self.names.unique(key_from(label), heading)
            kind = NUMBER if _kind(heading) == NUMBER or _kind(label) == NUMBER else _kind(heading)
            title = f"{label}: {heading}" if heading else label
            note = f"ô trống ở hàng “{label[:40]}”, cột “{heading[:40]}”"
            self.fields[key] = Proposed(key, kind, title, note, nullable=True)
            self._put(cell, _cell_tag(key, kind))

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
            span = cell.find(_SPAN)
            column += int(span.get(qn("w:val"), "1")) if span is not None else 1
        texts = {
            at: " ".join("".join(node.text or "" for node in cell.iter(T)).split())
            for at, cell in cells.items()
        }
        plain = {at: "" if _BLANK.fullmatch(text) else text for at, text in texts.items()}
        return cls(row, cells, plain)

    @property
    def is_open(self) -> bool:
        """Whether it waits for any item: all its cells empty, an ordinal aside."""
        texts = list(self.texts.values())
        empty = [text for text in texts if not text]
        others = [text for text in texts if text]
        return len(empty) >= _LEAST_COLUMNS - 1 and all(map(_ORDINAL.fullmatch, others))


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
    """Return the heading of each column: the lowest words above it that are no mere number."""
    return {
        column: text
        for row in heads
        for column, text in row.texts.items()
        if text and (not _COLUMN_NUMBER.fullmatch(text) or _ORDINAL_HEADING.match(text))
    }


def _is_label(text: str) -> bool:
    return bool(text) and not _ORDINAL.fullmatch(text)


def _kind(heading: str) -> str:
    if _NUMBER_HEADING.match(heading):
        return NUMBER
    return DATE if _DATE_HEADING.match(heading) else TEXT


def _cell_tag(name: str, kind: str) -> str:
    if kind == DATE:
        return f'{{{{ {name}|ngay if {name} else "" }}}}'
    return f'{{{{ {name}{"|so" if kind == NUMBER else ""}|cham("") }}}}'


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
