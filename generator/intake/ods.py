"""Sheets of an OpenDocument spreadsheet (OASIS ODF 1.3, part 3, chapter 9), row after row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from generator.intake.archive import Archive
from generator.intake.cells import (
    CLOCK,
    GENERAL,
    LONGEST_TEXT,
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_NOTED,
    MOST_ROWS,
    UNCOMPUTED,
    Book,
    Broken,
    Format,
    Notes,
    Row,
    Value,
    error_cell,
    formatted,
    not_followed,
    refused,
    too_wide,
)
from generator.intake.xml import Scanner

CONTENT = "content.xml"
_HIDDEN = ("collapse", "filter")
_MOST_SPACES = 1_000  # that one <text:s> may stand for


def open_ods(archive: Archive) -> Book:
    """Return the spreadsheet in an archive."""
    names: list[tuple[str, bool]] = []
    hidden_styles: set[str] = set()
    style = [""]

    def start(name: str, said: dict[str, str]) -> None:
        if name == "style:style":
            style[0] = said.get("style:name", "")
        elif name == "style:table-properties" and said.get("table:display") == "false":
            hidden_styles.add(style[0])
        elif name == "table:table":
            hidden = said.get("table:style-name") in hidden_styles
            names.append((said.get("table:name", ""), hidden))

    _refuse_encrypted(archive)
    with archive.part(CONTENT) as stream:
        Scanner(archive.file, CONTENT, start).run(stream)
    sheets = tuple(
        OdsSheet(archive=archive, position=position, name=name, hidden=hidden, notes=Notes())
        for position, (name, hidden) in enumerate(names)
    )
    aside = (
        (not_followed("macro"),) if any(name.startswith("Basic/") for name in archive.names) else ()
    )
    return Book(sheets=sheets, left_aside=aside)


def _refuse_encrypted(archive: Archive) -> None:
    """Refuse a file whose manifest says that its content is encrypted."""
    manifest = "META-INF/manifest.xml"
    found: list[str] = []

    def start(name: str, _: dict[str, str]) -> None:
        if name.endswith("encryption-data"):
            found.append(name)

    if manifest in archive.names:
        with archive.part(manifest) as stream:
            Scanner(archive.file, manifest, start).run(stream)
    if found:
        raise refused(archive.file, "tệp bị đặt mật khẩu", "bỏ mật khẩu rồi lưu lại")


@dataclass(slots=True, kw_only=True)
class OdsSheet:
    """One table of an .ods."""

    archive: Archive
    position: int
    name: str
    hidden: bool
    notes: Notes

    def rows(self) -> Iterator[Row]:
        """Yield the rows that are not blank.

        Raises:
            DataError: broken XML; more columns, rows or cells than any honest table has.
        """
        self.notes = Notes()
        reader = _RowReader(self)
        scanner = Scanner(self.archive.file, CONTENT, reader.start, reader.end, reader.text)
        with self.archive.part(CONTENT) as stream:
            for _ in scanner.feed(stream):
                yield from reader.taken()
                if reader.is_past:
                    return


class _RowReader:
    """Gathers the cells of one table; repeated cells and rows are counted, not copied."""

    def __init__(self, sheet: OdsSheet) -> None:
        self._sheet, self._file = sheet, sheet.archive.file
        self._table, self._nested = -1, 0
        self._row, self._column, self._seen, self._elements = 0, 0, 0, 0
        self._repeated = (1, 1)  # the row, the cell
        self._row_hidden = False
        self._cells: dict[int, Value] = {}
        self._cell: dict[str, str] = {}
        self._paragraphs: list[str] = []
        self._pieces: list[str] = []
        self._inside, self._aside, self._length = 0, 0, 0
        self._done: list[tuple[int, int, dict[int, Value]]] = []
        self._starts: Mapping[str, Callable[[dict[str, str]], None]] = {
            "table:table-column": self._note_column, "table:table-row": self._start_row,
            "table:table-cell": self._start_cell, "table:covered-table-cell": self._start_cell,
            "text:p": self._start_paragraph, "text:s": self._spaces,
            "text:tab": lambda _: self.text("\t"), "text:line-break": lambda _: self.text("\n"),
            "office:annotation": self._start_aside,
        }  # fmt: skip
        self._ends: Mapping[str, Callable[[], None]] = {
            "table:table-row": self._end_row, "table:table-cell": self._end_cell,
            "table:covered-table-cell": self._end_cell, "text:p": self._end_paragraph,
            "office:annotation": self._end_aside,
        }  # fmt: skip

    def taken(self) -> Iterator[Row]:
        """Yield the rows gathered since the last time."""
        done, self._done = self._done, []
        for first, count, cells in done:
            for number in range(first, first + count):
                yield number, cells

    @property
    def is_past(self) -> bool:
        """Whether the table has been read to its end."""
        return self._table == self._sheet.position and not self._nested

    def start(self, name: str, said: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > 2 * MOST_CELLS:
            raise self._refused("tệp có quá nhiều ô", "chia thành nhiều tệp")
        if name == "table:table":
            self._nested += 1
            self._table += self._nested == 1
        elif self._table == self._sheet.position and self._nested == 1:
            step = self._starts.get(name)
            if step is not None and (not self._aside or name == "office:annotation"):
                step(said)

    def end(self, name: str) -> None:
        if name == "table:table":
            self._nested -= 1
        elif self._table == self._sheet.position and self._nested == 1:
            step = self._ends.get(name)
            if step is not None and (not self._aside or name == "office:annotation"):
                step()

    def text(self, piece: str) -> None:
        if self._inside and not self._aside:
            self._pieces.append(piece)
            self._length += len(piece)
            if self._length > LONGEST_TEXT:
                raise self._refused("ô chứa văn bản quá dài", "rút gọn nội dung của ô")

    def _refused(self, message: str, hint: str) -> Exception:
        return refused(self._file, message, hint, f"{self._sheet.name}!dòng {self._row}")

    def _note_column(self, said: dict[str, str]) -> None:
        first = self._column + 1
        self._column += _count(said, "table:number-columns-repeated")
        if said.get("table:visibility") in _HIDDEN:
            self._sheet.notes.hidden_columns.append((first, self._column))

    def _start_row(self, said: dict[str, str]) -> None:
        self._row += 1
        self._repeated = (_count(said, "table:number-rows-repeated"), 1)
        self._row_hidden = said.get("table:visibility") in _HIDDEN
        self._column = 0

    def _end_row(self) -> None:
        count = self._repeated[0]
        if self._cells:
            self._seen += count * len(self._cells)
            if self._seen > MOST_CELLS or self._row + count > MOST_ROWS + 1:
                raise self._refused("trang có quá nhiều ô", "chia thành nhiều tệp")
            if self._row_hidden:
                self._sheet.notes.hidden_rows.append(self._row)
            self._done.append((self._row, count, self._cells))
            self._cells = {}
        self._row += count - 1

    def _start_cell(self, said: dict[str, str]) -> None:
        self._cell, self._paragraphs, self._length = said, [], 0
        self._column += 1
        self._note_merged(said)

    def _note_merged(self, said: Mapping[str, str]) -> None:
        across = _count(said, "table:number-columns-spanned")
        down = _count(said, "table:number-rows-spanned")
        merged = self._sheet.notes.merged
        if (across > 1 or down > 1) and len(merged) < MOST_NOTED:
            end = (self._row + down - 1, self._column + across - 1)
            merged.append((self._row, self._column, *end))

    def _end_cell(self) -> None:
        count = _count(self._cell, "table:number-columns-repeated")
        value = _value(self._cell, "\n".join(self._paragraphs))
        if value is not None and not (isinstance(value, str) and not value.strip()):
            if self._column + count - 1 > MOST_COLUMNS:
                raise too_wide(self._file, self._sheet.name, self._column + count - 1)
            self._cells.update(dict.fromkeys(range(self._column, self._column + count), value))
        self._column += count - 1

    def _start_paragraph(self, _: dict[str, str]) -> None:
        self._inside += 1
        self._pieces = []

    def _end_paragraph(self) -> None:
        self._inside -= 1
        self._paragraphs.append("".join(self._pieces))

    def _spaces(self, said: dict[str, str]) -> None:
        self.text(" " * min(_count(said, "text:c"), _MOST_SPACES))

    def _start_aside(self, _: dict[str, str]) -> None:
        self._aside += 1

    def _end_aside(self) -> None:
        self._aside -= 1


def _count(said: Mapping[str, str], name: str) -> int:
    text = said.get(name, "1")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 9 else 1


def _value(cell: Mapping[str, str], text: str) -> Value | None:
    """Return what a cell holds: its type's value, or the text it shows."""
    kind = cell.get("office:value-type", "")
    if cell.get("calcext:value-type") == "error":
        return error_cell(text)
    if kind in _TYPED or kind == "float":
        try:
            return _figure(cell, text) if kind == "float" else _TYPED[kind](cell)
        except ValueError:
            return Broken("ô chứa giá trị không đọc được", "gõ lại nội dung của ô")
    if kind == "string":
        return cell.get("office:string-value", text)
    if "table:formula" in cell and not kind:
        return UNCOMPUTED
    return text


def _date(cell: Mapping[str, str]) -> Value:
    return date.fromisoformat(cell.get("office:date-value", "")[:10])


def _number(cell: Mapping[str, str], form: Format = GENERAL) -> Value:
    return formatted(float(cell.get("office:value", "")), form)


def _figure(cell: Mapping[str, str], text: str) -> Value:
    """Return a number, with the zeros before it that its cell shows."""
    width = len(text) if text.isascii() and text.isdigit() and text.startswith("0") else 0
    return _number(cell, Format(width=width))


def _truth(cell: Mapping[str, str]) -> Value:
    return cell.get("office:boolean-value") == "true"


_TYPED: Mapping[str, Callable[[Mapping[str, str]], Value]] = {
    "currency": _number,
    "percentage": lambda cell: _number(cell, Format(percent=True)),
    "date": _date,
    "time": lambda _: CLOCK,
    "boolean": _truth,
}
