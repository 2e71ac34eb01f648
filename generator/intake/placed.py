"""Where everything of a workbook stands: rows, addresses for formulas, computed columns, bands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from xlsxwriter.utility import xl_col_to_name

from generator.intake.computed import Cells, Computed
from generator.intake.layout import COMPUTED_SIGN, Column, Kind, Sheet, headed

LAST_ROW = 1_048_575  # of a sheet in Excel, from 0
ROW = "\0"  # in a formula, until the row is known; no text of a workbook has this character
_LONGEST_FORMULA = 7_500  # Excel takes 8,192 characters; row numbers may still grow
_FIGURES = (Kind.INTEGER, Kind.NUMBER, Kind.DATE, Kind.COMPUTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A sheet with the places of its rows, from 0."""

    sheet: Sheet
    bands: int  # rows of group headings

    @property
    def heading(self) -> int:
        """The row of the columns' headings."""
        return 2 + self.bands

    @property
    def first(self) -> int:
        """The first row of data."""
        return self.heading + 2

    def range(self, column: int) -> str:
        """Return a column's data cells as a formula on any sheet names them."""
        name, letter = self.sheet.name.replace("'", "''"), xl_col_to_name(column)
        return f"'{name}'!${letter}${self.first + 1}:${letter}${LAST_ROW + 1}"


class Addresses(Cells):
    """The addresses that the formulas of a sheet need, with ``ROW`` for their own row's number."""

    def __init__(self, placed: Placed, all_placed: Sequence[Placed]) -> None:
        self._placed = placed
        self._all = all_placed

    def number(self, key: str) -> str | None:
        """Return the address of a number, date or computed value of this row, if it has one."""
        columns = enumerate(self._placed.sheet.columns)
        wanted = (key, f"{COMPUTED_SIGN}{key}")
        return next(
            (self._at(i) for i, one in columns if one.key in wanted and one.kind in _FIGURES), None
        )

    def cell(self, key: str) -> str:
        """Return the address of a column's cell in this row."""
        return self._at(self._placed.sheet.column(key))

    def unit(self) -> str:
        """Return the address of the cell that names this row's unit."""
        return self._at(0)

    def whole(self, key: str) -> str:
        """Return the address of a whole column, on whatever sheet it stands."""
        for placed in self._all:
            if any(column.key == key for column in placed.sheet.columns):
                return placed.range(placed.sheet.column(key))
        raise LookupError(key)

    def units_of(self, path: str) -> str:
        """Return the address of the unit column of a list's sheet."""
        for placed in self._all:
            if placed.sheet.path == path:
                return placed.range(0)
        raise LookupError(path)

    def ordinal(self) -> str:
        """Return the formula that counts the items of a row's unit down to this row."""
        unit, first = self.unit(), f"$A${self._placed.first + 1}"
        return f'IF({unit}="","",COUNTIF({first}:{unit},{unit}))'

    def _at(self, column: int) -> str:
        return f"${xl_col_to_name(column)}{ROW}"


# ---------------------------------------------------------------- computed columns
def with_computed(sheets: Sequence[Sheet], computed: Sequence[Computed]) -> list[Sheet]:
    """Return sheets with the computed columns that Excel can compute, where they belong."""
    found = list(sheets)
    for one in computed:
        at = next((i for i, sheet in enumerate(found) if sheet.path == one.sheet), None)
        if at is None:
            continue
        placed = [Placed(sheet=sheet, bands=0) for sheet in found]
        formula = one.formula(Addresses(placed[at], placed))
        if formula is not None and len(formula) <= _LONGEST_FORMULA:
            found[at] = _widened(found[at], one)
    return [replace(sheet, columns=headed(sheet.columns)) for sheet in found]


def _widened(sheet: Sheet, one: Computed) -> Sheet:
    at = _place_of(one, sheet)
    inside = len(_own(one.group or "", sheet).split(".")) if one.group else 0
    groups = sheet.columns[at - 1].groups[:inside]
    column = Column(key=one.key, title=one.title, kind=Kind.COMPUTED, groups=groups)
    return replace(sheet, columns=(*sheet.columns[:at], column, *sheet.columns[at:]))


def _own(path: str, sheet: Sheet) -> str:
    """Return a path below the items of a sheet's list."""
    return path.removeprefix(f"{sheet.path}.") if sheet.path else path


def _place_of(one: Computed, sheet: Sheet) -> int:
    """Return the place of a computed column: beside the unit, or behind the rest of its group."""
    if one.group is None:  # where it stays in sight while the rest scrolls
        beside = takewhile(lambda column: column.kind is Kind.COMPUTED, sheet.columns[1:])
        return 1 + sum(1 for _ in beside)
    if not one.group:
        return len(sheet.columns)
    inside = [
        place
        for place, column in enumerate(sheet.columns, start=1)
        if column.key.removeprefix(COMPUTED_SIGN).startswith(f"{one.group}.")
    ]
    return inside[-1] if inside else len(sheet.columns)


# ---------------------------------------------------------------- groups
def bands_of(sheet: Sheet) -> int:
    """Return how many rows of group headings a sheet has: the outermost two levels."""
    return min(2, max(len(column.groups) for column in sheet.columns))


def band_runs(placed: Placed, level: int) -> Iterator[tuple[int, int, str, int]]:
    """Yield the group headings of one row: first and last column, title, the group's number."""
    columns, start = placed.sheet.columns, 0
    numbers = group_numbers(placed.sheet)
    runs = [(_band_name(c, level, placed.bands), n) for c, n in zip(columns, numbers, strict=True)]
    for end, (name, number) in enumerate(runs):
        if runs[end + 1 : end + 2] != [(name, number)]:
            if name:
                yield start, end, name, number
            start = end + 1


def _band_name(column: Column, level: int, bands: int) -> str:
    """Return a column's group at a level; the last row of bands names those further inside too."""
    inside = column.groups[level:] if level + 1 == bands else column.groups[level : level + 1]
    return " – ".join(inside)


def group_numbers(sheet: Sheet) -> list[int]:
    """Return for each column the number of its outermost group, 0 outside all groups."""
    numbers: list[int] = []
    count, before = 0, ""
    for column in sheet.columns:
        group = column.groups[0] if column.groups else ""
        count += bool(group and group != before)
        numbers.append(count if group else 0)
        before = group
    return numbers
