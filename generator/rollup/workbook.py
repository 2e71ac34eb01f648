"""The roll-up as a workbook whose totals Excel computes itself, to check by eye and hand.

Sheet “Số liệu” has a row for each unit; below them each total is a formula over its column, and so
is every percentage and comparison. Sheet “Theo nhóm” adds up the groups in the same way, “Còn
thiếu” lists what is missing. A text is never a formula, whatever it begins with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, cast

from generator.expressions import excel_formula
from generator.figures.derive import Derived
from generator.figures.totals import (
    GROUPS,
    MISSING,
    TOTAL,
    UNITS,
    Figure,
    Totals,
)
from generator.records.places import column_letters
from generator.rollup.collect import Collector
from generator.rollup.table import Shown, Table

_CREATED = datetime(2020, 1, 1)  # noqa: DTZ001 - a workbook's time has no zone
_DATA, _GROUPS, _GAPS = "Số liệu", "Theo nhóm", "Còn thiếu"
_FIRST = 4  # the first row of units, from 1
_HEADS = ("STT", "Đơn vị", "Nhóm", "Số đơn vị")
_UNITS_COLUMN = 4
_ROW = "\0"  # in a formula's pattern: no formula holds it
_GROUP_HEADS = ("Nhóm", "Số đơn vị")
_GAP_HEADS = ("Đơn vị", "Số liệu", "Khóa", "Số đơn vị", "Nhóm")


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of the sheet: a figure, a computed value, or another field of a row."""

    path: tuple[str, ...]
    title: str
    figure: Figure | None = None
    derived: Derived | None = None

    @property
    def name(self) -> str:
        return ".".join(self.path)


def write_workbook(collector: Collector, table: Table) -> bytes:
    """Return the .xlsx of a roll-up; its formulas show their values before recalculation too."""
    import xlsxwriter

    out = BytesIO()
    options = {
        # A row is written and forgotten: rows must come in their order.
        "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
        "strings_to_numbers": False,
    }  # fmt: skip
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"created": _CREATED})
    _Writer(book, collector, table).write()
    book.close()
    return out.getvalue()


class _Writer:
    """Writes the sheets of one roll-up."""

    def __init__(self, book: Any, collector: Collector, table: Table) -> None:
        self.book, self.collector, self.table = book, collector, table
        self.context: Mapping[str, Any] = {}  # known when all rows have been gone through
        self.totals: Totals = collector.totals
        self.columns = [*_columns(collector)]
        self.place = {
            column.path: number for number, column in enumerate(self.columns, len(_HEADS) + 1)
        }
        self.group_place = {
            column.path: number for number, column in enumerate(self.grouped, len(_GROUP_HEADS) + 1)
        }
        self._formulas: dict[tuple[str, ...], str | None] = {}
        self._group_formulas: dict[tuple[str, ...], str | None] = {}
        self.last = _FIRST + len(table) - 1
        self.bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "border": 1})
        self.plain = book.add_format({"border": 1, "valign": "top"})
        self.sum = book.add_format({"bold": True, "border": 1, "bg_color": "#EEEEEE"})
        self.title = book.add_format({"bold": True, "font_size": 14})

    def write(self) -> None:
        self._data()
        if self.context[GROUPS]:
            self._groups()
        self._gaps()

    # ------------------------------------------------------------ the units
    def _data(self) -> None:
        sheet = self.book.add_worksheet(_DATA)
        sheet.write_string(0, 0, self.collector.form.bundle.title, self.title)
        self._headings(sheet, _FIRST - 2, _HEADS)
        shown = Shown(self.table)
        for number, row in enumerate(shown):
            self._unit(sheet, number, row)
        self.context = self.table.context(shown)
        self._total(sheet)
        sheet.freeze_panes(_FIRST - 1, 2)
        sheet.set_column(1, 1, 32)
        sheet.set_column(2, 2, 18)

    def _headings(self, sheet: Any, row: int, heads: Sequence[str]) -> None:
        titles = [*heads, *(column.title for column in self.columns)]
        for column, title in enumerate(titles):
            sheet.write_string(row, column, title, self.bold)

    def _unit(self, sheet: Any, number: int, row: Mapping[str, Any]) -> None:
        rules, at = self.collector.rules, _FIRST + number - 1
        sheet.write_number(at, 0, number + 1, self.plain)
        sheet.write_string(at, 1, str(row[rules.name]), self.plain)
        sheet.write_string(at, 2, str(row.get(rules.group) or ""), self.plain)
        sheet.write_number(at, 3, row.get(UNITS) or 1, self.plain)
        for column in self.columns:
            self._cell(sheet, at, column, row)

    def _cell(self, sheet: Any, row: int, column: _Column, values: Mapping[str, Any]) -> None:
        place, value = self.place[column.path] - 1, _at(values, column.path)
        if column.derived is not None:
            formula = self._formula(column.derived, row + 1, self.place, self._formulas)
            if formula is not None:
                sheet.write_formula(row, place, f"={formula}", self.plain, _cached(value))
        elif isinstance(value, str):
            sheet.write_string(row, place, value, self.plain)
        elif value is not None and not isinstance(value, bool):
            sheet.write_number(row, place, value, self.plain)
        else:
            sheet.write_blank(row, place, None, self.plain)

    def _formula(
        self,
        derived: Derived,
        row: int,
        place: Mapping[tuple[str, ...], int],
        known: dict[tuple[str, ...], str | None],
        guard: str = "",
    ) -> str | None:
        """Return the formula of a computed value over the cells of one row of a sheet."""
        if derived.pattern not in known:
            known[derived.pattern] = self._pattern(derived, place)
        formula = known[derived.pattern]
        if formula is None:
            return None
        formula = formula.replace(_ROW, str(row))
        return f'IF({guard},"",{formula})' if guard else formula

    @staticmethod
    def _pattern(derived: Derived, place: Mapping[tuple[str, ...], int]) -> str | None:
        """Return the formula with a mark in place of the row."""
        group = derived.pattern[2:-1]

        def cell_of(name: str) -> str | None:
            steps = tuple(name.split("."))
            for length in range(len(group), -1, -1):
                column = place.get((*group[:length], *steps))
                if column is not None:
                    return f"{column_letters(column)}{_ROW}"
            return None

        formula = excel_formula(derived.expression, cell_of)
        if formula is not None and derived.decimals is not None:
            formula = f'IF(({formula})="","",ROUND({formula},{derived.decimals}))'
        return formula

    # ------------------------------------------------------------ the totals
    def _total(self, sheet: Any) -> None:
        row, shown = self.last, self.context.get(TOTAL) or {}
        sheet.write_blank(row, 0, None, self.sum)
        sheet.write_string(row, 1, "Tổng cộng", self.sum)
        sheet.write_blank(row, 2, None, self.sum)
        self._sum(sheet, row, _UNITS_COLUMN, shown.get(UNITS))
        for column in self.columns:
            value = _at(shown, column.path)
            if column.figure is not None:
                self._sum(sheet, row, self.place[column.path], value)
            elif column.derived in self._summed:
                self._total_of(sheet, row, column, value)
        sheet.write_string(row + 1, 1, "Số đơn vị thiếu số liệu", self.plain)
        for column in self.columns:
            if column.figure is not None:
                self._gap(sheet, column, _at(shown.get(MISSING), column.path))

    def _total_of(self, sheet: Any, row: int, column: _Column, value: Any) -> None:
        """Write a value computed from the totals beside it, blank while one is incomplete."""
        derived = cast(Derived, column.derived)
        guard = self._incomplete(derived)
        formula = self._formula(derived, row + 1, self.place, self._formulas, guard)
        if formula is not None:
            place = self.place[column.path] - 1
            sheet.write_formula(row, place, f"={formula}", self.sum, _cached(value))

    @property
    def _summed(self) -> list[Derived]:
        return [each for each, _ in self.totals.derived]

    def _sum(self, sheet: Any, row: int, column: int, value: Any) -> None:
        letters = column_letters(column)
        cells = f"{letters}{_FIRST}:{letters}{self.last}"
        # A column without any figure stays blank: blank is not zero.
        formula = f'=IF(COUNT({cells})=0,"",SUM({cells}))'
        sheet.write_formula(row, column - 1, formula, self.sum, _cached(value))

    def _gap(self, sheet: Any, column: _Column, value: Any) -> None:
        formula = f"=SUMIF('{_GAPS}'!$C:$C,\"{column.name}\",'{_GAPS}'!$D:$D)"
        place = self.place[column.path] - 1
        sheet.write_formula(self.last + 1, place, formula, self.plain, value or 0)

    def _incomplete(self, derived: Derived) -> str:
        used = sorted(self._used(derived))
        columns = [self.place[self.totals.figures[index].path] for index in used]
        cells = [f"{column_letters(column)}{self.last + 2}>0" for column in columns]
        return f"OR({','.join(cells)})" if cells else ""

    # ------------------------------------------------------------ the groups
    @property
    def grouped(self) -> list[_Column]:
        """The columns that groups have: figures, and what is computed from sums of them."""
        return [
            column
            for column in self.columns
            if column.figure is not None or column.derived in self._summed
        ]

    def _groups(self) -> None:
        sheet = self.book.add_worksheet(_GROUPS)
        for at, title in enumerate([*_GROUP_HEADS, *(each.title for each in self.grouped)]):
            sheet.write_string(0, at, title, self.bold)
        for row, group in enumerate(self.context[GROUPS], 1):
            sheet.write_string(row, 0, group["ten"], self.plain)
            self._of_group(sheet, row, 1, _UNITS_COLUMN, group[UNITS])
            for column in self.grouped:
                place, value = self.group_place[column.path] - 1, _at(group, column.path)
                if column.figure is not None:
                    self._of_group(sheet, row, place, self.place[column.path], value)
                else:
                    self._group_value(sheet, row, place, column, value)
        sheet.set_column(0, 0, 32)

    def _of_group(self, sheet: Any, row: int, place: int, column: int, value: Any) -> None:
        names, cells = self._cells(_DATA, 3), self._cells(_DATA, column)
        # As in the table: a group none of whose units gives a figure has a blank, not 0.
        formula = (
            f'=IF(COUNTIFS({names},$A{row + 1},{cells},"<>")=0,"",'
            f"SUMIF({names},$A{row + 1},{cells}))"
        )
        sheet.write_formula(row, place, formula, self.plain, _cached(value))

    def _group_value(self, sheet: Any, row: int, place: int, column: _Column, value: Any) -> None:
        """Write a value computed from a group's sums, blank while one of them is incomplete."""
        derived = cast(Derived, column.derived)
        guards = [
            f"SUMIFS('{_GAPS}'!$D:$D,'{_GAPS}'!$C:$C,\"{self.totals.figures[index].name}\","
            f"'{_GAPS}'!$E:$E,$A{row + 1})>0"
            for index in sorted(self._used(derived))
        ]
        guard = f"OR({','.join(guards)})" if guards else ""
        formula = self._formula(derived, row + 1, self.group_place, self._group_formulas, guard)
        if formula is not None:
            sheet.write_formula(row, place, f"={formula}", self.plain, _cached(value))

    def _cells(self, sheet: str, column: int) -> str:
        letters = column_letters(column)
        return f"'{sheet}'!${letters}${_FIRST}:${letters}${self.last}"

    def _used(self, derived: Derived) -> frozenset[int]:
        """Return the figures that a value is computed from."""
        return next((used for each, used in self.totals.derived if each is derived), frozenset())

    # ------------------------------------------------------------ what is missing
    def _gaps(self) -> None:
        sheet = self.book.add_worksheet(_GAPS)
        for at, title in enumerate(_GAP_HEADS):
            sheet.write_string(0, at, title, self.bold)
        for row, (unit, figure, count) in enumerate(self._missing(), 1):
            rules = self.collector.rules
            sheet.write_string(row, 0, str(unit[rules.name]), self.plain)
            sheet.write_string(row, 1, figure.title, self.plain)
            sheet.write_string(row, 2, figure.name, self.plain)
            sheet.write_number(row, 3, count, self.plain)
            sheet.write_string(row, 4, str(unit.get(rules.group) or ""), self.plain)
        sheet.set_column(0, 2, 40)
        sheet.set_column(4, 4, 32)

    def _missing(self) -> Iterator[tuple[Mapping[str, Any], Figure, int]]:
        for row in self.table:
            gaps = self.totals.gaps(row, self.totals.values(row))
            for index, count in sorted(gaps.items()):
                yield row, self.totals.figures[index], count


def _columns(collector: Collector) -> Iterator[_Column]:
    """Yield the columns: every value of a row, the computed ones after those of their group."""
    totals, rules = collector.totals, collector.rules
    figures = {figure.path: figure for figure in totals.figures}
    derived = [
        each
        for each in collector.form.figures.derived
        if each.pattern[:2] == (rules.rows, "[]") and "[]" not in each.pattern[2:]
    ]
    for path in collector.paths:
        figure = figures.get(path)
        yield _Column(path, figure.title if figure else _title(totals, path), figure)
    for each in derived:
        yield _Column(each.pattern[2:], each.title, derived=each)


def _title(totals: Totals, path: tuple[str, ...]) -> str:
    titles, at = [], totals.row
    for step in path:
        at = at.children[step]
        titles.append(at.title)
    return ", ".join(titles)


def _at(value: Any, path: Sequence[str]) -> Any:
    for step in path:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _cached(value: Any) -> Any:
    return "" if value is None else float(value)
