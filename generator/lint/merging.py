"""Merged cells that a loop over rows or columns would tear apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from generator.ooxml import qn
from generator.template.tags import SPAN, TBL, TC, TR, Found, P, T, scan, span_of

_MERGE = f"{qn('w:tcPr')}/{qn('w:vMerge')}"


@dataclass(frozen=True, slots=True)
class Torn:
    """A merged cell at stake: its first paragraph in the part, counted from 1, and its words."""

    paragraph: int
    words: str
    message: str
    remedy: str


def merged_cells(root: etree._Element) -> Iterator[Torn]:
    """Yield the merged cells of a part that a loop would tear."""
    numbers = {paragraph: number for number, paragraph in enumerate(root.iter(P), start=1)}
    for table in root.iter(TBL):
        rows = [_row(row) for row in table.iterchildren(TR)]
        for cell, message, remedy in (*_torn_down(rows), *_torn_across(rows)):
            paragraph = next(cell.iter(P), None)
            words = " ".join("".join(node.text or "" for node in cell.iter(T)).split())
            yield Torn(numbers.get(paragraph, 0), words[:60], message, remedy)


def blocks_across_tables(root: etree._Element) -> Iterator[Torn]:
    """Yield the row tags that open a block in one table and close it in another."""
    numbers = {paragraph: number for number, paragraph in enumerate(root.iter(P), start=1)}
    opened: list[tuple[etree._Element | None, int, str]] = []
    for paragraph, number in numbers.items():
        text = "".join(node.text or "" for node in paragraph.iter(T))
        for tag in scan(text, lambda message, hint: None) if "{%" in text else ():
            if tag.letter != "tr":
                continue
            table = next(paragraph.iterancestors(TBL), None)
            word = tag.body.split(None, 1)[0] if tag.body else ""
            if word in ("for", "if"):
                opened.append((table, number, tag.body))
            elif word in ("endfor", "endif") and opened:
                other, start, body = opened.pop()
                if other is not table:
                    yield Torn(
                        number,
                        text[:60],
                        f"lệnh {{%tr {body} %}} mở ở bảng khác (đoạn {start}): phần giữa hai bảng "
                        "cũng lặp theo",
                        "đặt hai thẻ trong cùng một bảng",
                    )


@dataclass(frozen=True, slots=True)
class _Row:
    cells: dict[int, etree._Element]  # by the table's column it starts at
    tags: tuple[Found, ...]

    @property
    def turns(self) -> int:
        """How many loops start here and go on below, less those that end here."""
        return sum(
            (tag.body.split(None, 1)[:1] == ["for"]) - (tag.body == "endfor")
            for tag in self.tags
            if tag.letter != "tc"
        )

    @property
    def has_columns_of_data(self) -> bool:
        return any(tag.letter == "tc" and tag.body.startswith("for ") for tag in self.tags)


def _row(row: etree._Element) -> _Row:
    cells: dict[int, etree._Element] = {}
    column = 0
    for cell in row.iterchildren(TC):
        cells[column] = cell
        column += span_of(cell)
    texts = ("".join(node.text or "" for node in p.iter(T)) for p in row.iter(P))
    tags = [tag for text in texts for tag in scan(text, lambda message, hint: None)]
    return _Row(cells, tuple(tag for tag in tags if tag.kind == "{%"))


def _torn_down(rows: list[_Row]) -> Iterator[tuple[etree._Element, str, str]]:
    """Yield cells merged downwards that start in a loop's rows and end below them."""
    depth, inside = 0, []
    for row in rows:
        before, depth = depth, depth + row.turns
        inside.append(before > 0 and depth > 0 and not row.turns)
    for index, row in enumerate(rows):
        for column, cell in row.cells.items():
            if not inside[index] or _merge(cell) != "restart":
                continue
            if _leaves_loop(rows[index + 1 :], inside[index + 1 :], column):
                yield (
                    cell,
                    "ô gộp dọc bắt đầu trong vòng lặp mà kéo quá cuối vòng lặp: mỗi lượt lặp in "
                    "một ô gộp mới, bảng sẽ lệch",
                    "bỏ gộp ô; muốn gộp các hàng do vòng lặp in ra thì đặt {% vm %} vào ô",
                )


def _leaves_loop(rows: list[_Row], inside: list[bool], column: int) -> bool:
    """Return whether a merged cell goes on below the loop; rows of control tags will be gone."""
    for row, looped in zip(rows, inside, strict=True):
        if row.turns:
            continue
        if _merge(row.cells.get(column)) != "continue":
            return False
        if not looped:
            return True
    return False


def _torn_across(rows: list[_Row]) -> Iterator[tuple[etree._Element, str, str]]:
    """Yield cells merged across columns whose number comes from the data."""
    if not any(row.has_columns_of_data for row in rows):
        return
    for row in rows:
        if row.has_columns_of_data or any(_counts(tag) for tag in row.tags):
            continue
        for cell in row.cells.values():
            if cell.find(SPAN) is not None:
                yield (
                    cell,
                    "ô gộp ngang có số cột cố định, còn số cột của bảng thay đổi theo dữ liệu",
                    "đặt {% colspan danh_sach|length %} vào ô thay cho ô gộp sẵn",
                )


def _counts(tag: Found) -> bool:
    """Return whether a row with this tag adapts itself, or will be gone."""
    return tag.letter == "tr" or tag.body.startswith(("colspan", "hm"))


def _merge(cell: etree._Element | None) -> str:
    """Return whether a cell starts a merge downwards, goes on with one, or neither."""
    merge = cell.find(_MERGE) if cell is not None else None
    return "" if merge is None else merge.get(qn("w:val"), "continue")
