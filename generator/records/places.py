"""Where a value of a data file stands: the line of a text, the cell of a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from generator.errors import Problem
from generator.records.schema import Fault, JsonPath

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell of a table; ``sheet`` is empty in a text file, ``column`` 0 means the whole row.

    >>> str(Cell(sheet="Dữ liệu", row=7, column=3)), str(Cell(sheet="", row=7, column=28))
    ('Dữ liệu!C7', 'AB7')
    """

    sheet: str
    row: int
    column: int = 0

    def __str__(self) -> str:
        place = f"{column_letters(self.column)}{self.row}" if self.column else f"dòng {self.row}"
        return f"{self.sheet}!{place}" if self.sheet else place


def column_letters(column: int) -> str:
    """Return a column's letters, counted from 1.

    >>> column_letters(1), column_letters(26), column_letters(27), column_letters(16384)
    ('A', 'Z', 'AA', 'XFD')
    """
    letters = ""
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


@dataclass(frozen=True, slots=True)
class Row:
    """A row that holds a part of a record; the rows of one sheet share ``columns``."""

    start: JsonPath  # of the part: () for the record itself, ("vi_pham", 2) for an item
    sheet: str
    number: int
    columns: Mapping[JsonPath, int]  # path below ``start`` -> column


@dataclass(frozen=True, slots=True)
class Cells:
    """The rows a record was read from, its own first."""

    rows: tuple[Row, ...]

    def find(self, path: JsonPath) -> Cell:
        """Return the cell of a value; the row of the part it belongs to where it has no cell."""
        row = max(
            (row for row in self.rows if path[: len(row.start)] == row.start),
            key=lambda row: len(row.start),
            default=self.rows[0],
        )
        below = path[len(row.start) :]
        while below and below not in row.columns:
            below = below[:-1]
        return Cell(sheet=row.sheet, row=row.number, column=row.columns.get(below, 0))

    def order(self, cell: Cell | None) -> tuple[int, int, int]:
        """Return where a cell comes among the record's: its own sheet first, then as read."""
        if cell is None:
            return -1, 0, 0
        sheets = list(dict.fromkeys(row.sheet for row in self.rows))
        place = sheets.index(cell.sheet) if cell.sheet in sheets else len(sheets)
        return place, cell.row, cell.column


@dataclass(frozen=True, slots=True, kw_only=True)
class DataProblem(Problem):
    """A problem of a data file with its place for programs: path, cell or line, unit, field."""

    path: JsonPath = ()
    cell: Cell | None = None
    line: int = 0  # of a text file, with the column in it, both from 1
    column: int = 0
    unit: str = ""  # the unit's name as the data give it
    field: str = ""  # the field's title
    severity: Severity = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class CellFault(Fault):
    """A fault whose cell cannot be told from its path."""

    cell: Cell
