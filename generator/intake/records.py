"""The records of a table file: one for each row of its first sheet, with its lists' rows."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

from generator.bundle import Bundle
from generator.intake.book import open_book
from generator.intake.build import Cells, Compiler, Gathering, ItemRow, value_columns
from generator.intake.cells import Notes, Value
from generator.intake.convert import converter
from generator.intake.layout import UNIT_KEY, Column, Kind
from generator.intake.plan import Plan, Source, make_plan
from generator.intake.seen import SeenRows
from generator.intake.stamp import read_stamp
from generator.records.data import Opened, RawRecord, no_records
from generator.records.places import Cell, CellFault, Row, column_letters
from generator.records.places import Cells as Places
from generator.records.schema import Fault, Schema

_NAME = converter(Column(key=UNIT_KEY, title="", kind=Kind.UNIT), 0)
_NEAR = 0.6
_MOST_TOLD = 20  # of one kind of warning


def open_table(source: str, bundle: Bundle, schema: Schema) -> Opened:
    """Return the records of a table file, with what is wrong with the file as a whole.

    The rows of the first sheet are read one after the other; those of lists are held in memory.

    Raises:
        UsageError: no such file, or one that cannot be read.
        DataError: it is no table of this form: wrong kind, damaged, hostile, without headings.
    """
    book = open_book(Path(source), source)
    plan = make_plan(book, read_stamp(book.sheets, source), bundle, schema, source)
    if plan.main is None:
        return Opened(problems=tuple(plan.problems), warnings=tuple(plan.warnings))
    compiler = Compiler(plan.main.page, (source.page for source in plan.lists), book.epoch)
    reader = _Reader(plan, plan.main, compiler, bundle, schema)
    reader.read_lists()
    return Opened(
        problems=tuple(plan.problems), warnings=tuple(plan.warnings), records=reader.records()
    )


def unit_key(name: str) -> str:
    """Return a unit's name as names are compared: composed, without case and stray spaces."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def _named(cell: Value | None) -> str:
    """Return the name a cell gives, empty where it gives none."""
    name = "" if cell is None else _NAME(cell)
    return name if isinstance(name, str) else ""


Rows = Mapping[str, Sequence[ItemRow]]  # list -> its rows


class _Reader:
    """Reads the rows of the first sheet one after the other."""

    def __init__(
        self, plan: Plan, main: Source, compiler: Compiler, bundle: Bundle, schema: Schema
    ) -> None:
        self._plan, self._main, self._file = plan, main, plan.file
        self._unit = bundle.unit
        self._unit_column = main.page.columns.get(bundle.unit or UNIT_KEY, 0)
        self._record = compiler.record(schema.root)
        self._columns = value_columns(main.page, "")
        self._values = frozenset(
            column for key, column in main.page.columns.items() if key != UNIT_KEY
        )
        self._items: dict[str, dict[str, list[ItemRow]]] = {}  # unit -> list -> rows
        self._rows: dict[str, list[int]] = defaultdict(list)  # unit -> its rows, if lists ask
        self._seen = SeenRows()
        self._strays: set[int] = set()

    # ------------------------------------------------------------ lists
    def read_lists(self) -> None:
        """Gather the rows of the list sheets by their units, which must be on the first sheet."""
        if not self._plan.lists:
            return
        names: dict[str, str] = {}
        for ordinal, (number, cells) in enumerate(self._data_rows(), start=1):
            key = self._key(cells, ordinal)
            self._rows[key].append(number)
            names.setdefault(key, _named(cells.get(self._unit_column)))
        for source in self._plan.lists:
            for number, cells in self._list_rows(source):
                self._keep(source, number, cells, names)

    def _list_rows(self, source: Source) -> Iterator[ItemRow]:
        """Yield the rows of a list that hold more than what they belong to."""
        values = {column for key, column in source.page.columns.items() if not key.startswith("#")}
        for number, cells in source.sheet.rows():
            if number >= source.first_row:
                self._tell_strays(source, number, cells)
                if not values.isdisjoint(cells):
                    yield number, cells
        self._tell_hidden(source, source.sheet.notes)

    def _keep(self, source: Source, number: int, cells: Cells, names: Mapping[str, str]) -> None:
        column = source.page.columns.get(UNIT_KEY, 0)
        name = _named(cells.get(column))
        key = unit_key(name)
        if not name and len(self._rows) == 1:
            key = next(iter(self._rows))  # the file has one record: whose else?
        cell = Cell(sheet=source.page.name, row=number, column=column)
        if key in self._rows:
            self._items.setdefault(key, {}).setdefault(source.page.path, []).append((number, cells))
        elif not name:
            hint = f"ghi tên đơn vị như ở trang “{self._main.page.name}”"
            self._plan.problem(cell, "dòng chưa ghi là của đơn vị nào", hint)
        else:
            near = get_close_matches(key, names, 1, _NEAR)
            hint = f"có phải là “{names[near[0]]}”? " if near and names[near[0]] else ""
            hint += f"ghi đúng như ở trang “{self._main.page.name}”"
            message = f"“{name}” không có ở trang “{self._main.page.name}”"
            self._plan.problem(cell, message, hint)

    # ------------------------------------------------------------ records
    def records(self) -> Iterator[RawRecord]:
        """Yield the records; the last one carries what only the whole file shows."""
        last: RawRecord | None = None
        for index, (number, cells) in enumerate(self._data_rows()):
            if last is not None:
                yield last
            last = self._make(index, number, cells)
        if last is None:
            raise no_records(self._file)
        before = len(self._plan.warnings)
        self._tell_hidden(self._main, self._main.sheet.notes)
        yield replace(last, warnings=(*last.warnings, *self._plan.warnings[before:]))

    def _data_rows(self) -> Iterator[ItemRow]:
        """Yield the rows that hold a record; one with its ordinal alone is none."""
        for number, cells in self._main.sheet.rows():
            if number >= self._main.first_row and not self._values.isdisjoint(cells):
                yield number, cells

    def _key(self, cells: Cells, ordinal: int) -> str:
        return unit_key(
            _named(cells.get(self._unit_column)) or ("" if self._unit else str(ordinal))
        )

    def _make(self, index: int, number: int, cells: Cells) -> RawRecord:
        key = self._key(cells, index + 1)
        items: Rows = self._items.get(key, {})
        gathering = Gathering(items=items)
        start = Row((), self._main.page.name, number, self._columns)
        value = self._record.build(cells, (), gathering)
        faults = gathering.faults
        faults += self._twins(key, number)
        faults += self._orphans(items, gathering.rows)
        before = len(self._plan.warnings)
        self._tell_strays(self._main, number, cells)
        record = RawRecord(
            file=self._file,
            text="",
            first_line=number,
            index=index,
            folder=str(Path(self._file).parent),
            value=value,
            cells=Places((start, *gathering.rows)),
            faults=tuple(faults),
            unit=_named(cells.get(self._unit_column)) if self._unit else "",
        )
        notes = [
            replace(problem, severity="warning") for problem in record.problems(gathering.notes)
        ]
        return replace(record, warnings=(*notes, *self._plan.warnings[before:]))

    def _twins(self, key: str, number: int) -> Iterator[Fault]:
        """Yield the fault of a unit that stands on two rows."""
        if not self._unit or not key:
            return
        if self._plan.lists:
            other = next((row for row in self._rows[key] if row != number), number)
        else:
            other = self._seen.first(key, number)
        if other != number:
            cell = Cell(sheet=self._main.page.name, row=other, column=self._unit_column)
            own = replace(cell, row=number)
            message = f"đơn vị này đã ghi ở {cell}"
            hint = "xóa một dòng, hoặc ghi hai tên khác nhau"
            yield CellFault(path=(self._unit,), message=message, hint=hint, cell=own)

    def _orphans(self, items: Rows, taken: Sequence[Row]) -> Iterator[Fault]:
        """Yield a fault for each row of a list inside a list whose item is not there."""
        if not items:
            return
        used = {(row.sheet, row.number) for row in taken}
        for source in self._plan.lists:
            for number, cells in items.get(source.page.path, ()):
                if (source.page.name, number) not in used:
                    column = source.page.columns.get("##", 0)
                    cell = Cell(sheet=source.page.name, row=number, column=column)
                    ordinal = _named(cells.get(column)) or "trống"
                    message = f"không có mục số {ordinal} để dòng này thuộc về"
                    hint = "ghi số thứ tự của mục mà dòng này thuộc về, đếm từ 1 trong đơn vị"
                    yield CellFault(path=(), message=message, hint=hint, cell=cell)

    # ------------------------------------------------------------ what to look at again
    def _tell_strays(self, source: Source, number: int, cells: Cells) -> None:
        """Warn once of each column that has data but no heading."""
        if not cells.keys() <= source.known:
            for column in sorted(cells.keys() - source.known - self._strays):
                self._strays.add(column)
                cell = Cell(sheet=source.page.name, row=number, column=column)
                self._plan.warn(cell, "cột không có tiêu đề, không đưa vào văn bản")

    def _tell_hidden(self, source: Source, notes: Notes) -> None:
        """Warn of hidden rows and columns that were read, and of merged cells."""
        name = source.page.name
        hidden = [row for row in notes.hidden_rows if row >= source.first_row]
        if hidden:
            others = f", cùng {_rows(hidden[1:])}" if hidden[1:] else ""
            message = f"bị ẩn{others}; vẫn được đọc"
            self._plan.warn(Cell(sheet=name, row=hidden[0]), message)
        columns = sorted(source.page.columns.values())
        for first, last in notes.hidden_columns[:_MOST_TOLD]:
            letters = [column_letters(column) for column in columns if first <= column <= last]
            if letters:
                message = f"cột {', '.join(letters)} bị ẩn, vẫn được đọc"
                self._plan.warn(Cell(sheet=name, row=source.first_row), message)
        merged = [
            area
            for area in notes.merged
            if area[2] >= source.first_row and any(area[1] <= c <= area[3] for c in columns)
        ]
        for top, left, bottom, right in merged[:_MOST_TOLD]:
            area = f"{column_letters(left)}{top}:{column_letters(right)}{bottom}"
            cell = Cell(sheet=name, row=top, column=left)
            message = f"ô gộp {area}, giá trị chỉ tính cho ô đầu"
            self._plan.warn(cell, message, "bỏ gộp ô và điền đủ từng ô nếu cần")


def _rows(numbers: Sequence[int]) -> str:
    """Return row numbers as a sentence names them.

    >>> _rows([5]), _rows([5, 6, 7, 9])
    ('dòng 5', 'các dòng 5–7, 9')
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    told = [f"{first}–{last}" if last > first else str(first) for first, last in runs]
    more = ", …" if len(told) > _MOST_TOLD else ""
    word = "dòng" if len(numbers) == 1 else "các dòng"
    return f"{word} {', '.join(told[:_MOST_TOLD])}{more}"
