"""The intake workbook of a form: what a clerk fills in Excel or LibreOffice."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, repeat
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from generator.bundle import Bundle
from generator.errors import DataError, Problem
from generator.figures.form import Figures
from generator.intake.computed import Computed, computed_columns
from generator.intake.fill import Value, items, rows
from generator.intake.layout import (
    INDEX_SHEET,
    LAYOUT_NUMBER,
    MAIN_SHEET,
    ORDINAL_KEY,
    Column,
    Kind,
    Need,
    Sheet,
    lay_out,
)
from generator.intake.looks import LOOKS, Formats, band_colour
from generator.intake.notes import note, sheet_note
from generator.intake.placed import (
    LAST_ROW,
    ROW,
    Addresses,
    Placed,
    band_runs,
    bands_of,
    group_numbers,
    with_computed,
)
from generator.intake.rules import Rule, Source, choose, rule_of
from generator.records.schema import Schema

CHOICES_SHEET = "_danh_sach"
_LONGEST_CELL = 32_767  # characters Excel keeps
_MOST_COMPUTED = 2_000  # units of a workbook with computed columns
_SPARE_UNITS, _SPARE_ITEMS = 20, 200  # rows not yet filled that have their computed columns
_LONGEST_TITLE, _LONGEST_MESSAGE = 32, 255  # of an input message
_LONGEST_CHOICES = 255  # of a drop-down list that stands in the rule itself
_TALLEST = 150  # points of a row with long text
_PRINT_SCALE = 65  # per cent; wide sheets run over several pages, the unit on each
_LINE = 11.5  # points of a line of notes
# One moment for all workbooks: the same form gives the same bytes.
_CREATED = datetime(2020, 1, 1)  # noqa: DTZ001 - a workbook's time has no zone


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A record to fill in: valid, as the schema reads it; and with its computed values."""

    record: Mapping[str, Any]
    context: Mapping[str, Any]


def intake_workbook(
    bundle: Bundle,
    schema: Schema,
    *,
    units: Sequence[str] = (),
    filled: Sequence[Filled] = (),
    figures: Figures,
) -> bytes:
    """Return the workbook to fill for a form, with a row for each unit or record given.

    Raises:
        BundleError: the form has more columns than a sheet can have.
        DataError: a record's text is longer than a cell holds.
    """
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    book.set_properties({"title": bundle.title, "created": _CREATED})
    # With more units their formulas would make the file slow to open: the program computes alone.
    few = max(len(units), len(filled)) <= _MOST_COMPUTED
    writer = _Writer(book, bundle, schema, computed_columns(figures, schema) if few else ())
    writer.write(units, filled)
    book.close()
    return content.getvalue()


class _Writer:
    """Writes one workbook."""

    def __init__(
        self,
        book: xlsxwriter.Workbook,
        bundle: Bundle,
        schema: Schema,
        computed: Sequence[Computed],
    ) -> None:
        self._book = book
        self._bundle = bundle
        self._root = schema.root
        self._formats = Formats(book)
        self._choices: list[Sequence[str]] = []  # drop-down lists too long for a rule
        self._computed = {column.key: column for column in computed}
        sheets = with_computed(lay_out(schema, bundle.unit), computed)
        self._sheets = [Placed(sheet=sheet, bands=bands_of(sheet)) for sheet in sheets]

    def write(self, units: Sequence[str], filled: Sequence[Filled]) -> None:
        pages = [self._book.add_worksheet(placed.sheet.name) for placed in self._sheets]
        for page, placed in zip(pages, self._sheets, strict=True):
            self._write_top(page, placed)
            self._set_columns(page, placed)
            self._finish(page, placed)
        self._fill(pages, units, filled)
        self._write_choices()
        self._write_index()

    # ------------------------------------------------------------ above the data
    def _write_top(self, page: Worksheet, placed: Placed) -> None:
        sheet = placed.sheet
        for row in range(placed.first):  # the columns' own format would leave these cells unlocked
            page.set_row(row, None, self._formats.top)
        page.set_row(0, 24, self._formats.top)
        page.write_string(0, 0, self._title(sheet), self._formats.title)
        page.set_row(1, 17, self._formats.top)
        page.write_string(1, 0, self._instruction(sheet), self._formats.top)
        for level in range(placed.bands):
            page.set_row(2 + level, 18, self._formats.top)
            self._write_band(page, placed, level)
        self._write_headings(page, placed)

    def _title(self, sheet: Sheet) -> str:
        about = "" if sheet.name == MAIN_SHEET else f": {sheet.field.title}" if sheet.field else ""
        return f"{self._bundle.title}{about}"

    def _instruction(self, sheet: Sheet) -> str:
        if sheet.path:
            return sheet_note(sheet, self._root)
        lists = ", ".join(placed.sheet.name for placed in self._sheets[1:])
        row = "đơn vị" if self._bundle.unit else "văn bản"
        return (
            f"Mỗi {row} một dòng. Cột có dấu * phải điền; ô để trống là chừa trống; "
            "cột xám do máy tính." + (f" Danh sách điền ở các trang: {lists}." if lists else "")
        )

    def _write_band(self, page: Worksheet, placed: Placed, level: int) -> None:
        for start, end, title, number in band_runs(placed, level):
            look = self._formats.band(band_colour(number), level)
            if end > start:
                page.merge_range(2 + level, start, 2 + level, end, title, look)
            else:
                page.write_string(2 + level, start, title, look)

    def _write_headings(self, page: Worksheet, placed: Placed) -> None:
        sheet = placed.sheet
        notes = [self._note(column, sheet) for column in sheet.columns]
        widths = [_width(column, said) for column, said in zip(sheet.columns, notes, strict=True)]
        tall = max(map(_lines, map(_heading, sheet.columns), widths))
        page.set_row(placed.heading, 15 * tall + 4, self._formats.top)
        tall = max(map(_lines, notes, (width * 1.35 for width in widths)))
        page.set_row(placed.heading + 1, min(_LINE * tall + 4, 100), self._formats.top)
        colours = [band_colour(number) for number in group_numbers(sheet)]
        for place, (column, said) in enumerate(zip(sheet.columns, notes, strict=True)):
            colour = colours[place]
            required = column.need is not Need.NEVER
            page.write_string(
                placed.heading,
                place,
                _heading(column),
                self._formats.heading(colour, required=required),
            )
            page.write_string(placed.heading + 1, place, said, self._formats.note(colour))

    def _note(self, column: Column, sheet: Sheet) -> str:
        if column.key in self._computed:
            return self._computed[column.key].note
        if column.key == ORDINAL_KEY:
            return "Máy đếm; trang khác dùng số này để chỉ mục."
        if column.kind is Kind.UNIT and sheet.name == MAIN_SHEET:
            return "Số thứ tự của văn bản."
        return note(column, self._root, parent=self._parent(sheet))

    def _parent(self, sheet: Sheet) -> str:
        around = (p.sheet for p in self._sheets if p.sheet.path and p.sheet is not sheet)
        return next((f"“{p.name}”" for p in around if sheet.path.startswith(p.path)), "")

    # ------------------------------------------------------------ the columns
    def _set_columns(self, page: Worksheet, placed: Placed) -> None:
        for place, column in enumerate(placed.sheet.columns):
            said = self._note(column, placed.sheet)
            page.set_column(place, place, _width(column, said), self._formats.cell(column))
            self._set_rule(page, placed, place, column, said)
            if column.kind is Kind.NUMBER:
                self._group_thousands(page, placed, place)

    def _group_thousands(self, page: Worksheet, placed: Placed, place: int) -> None:
        """Show a whole number without the comma that a format with decimals leaves behind it."""
        at = xl_rowcol_to_cell(placed.first, place)
        page.conditional_format(
            placed.first,
            place,
            LAST_ROW,
            place,
            {
                "type": "formula",
                "criteria": f"=AND(ISNUMBER({at}),{at}=INT({at}))",
                "format": self._formats.whole,
            },
        )

    def _set_rule(
        self, page: Worksheet, placed: Placed, place: int, column: Column, said: str
    ) -> None:
        if column.kind is Kind.COMPUTED:
            return
        rule = {
            **self._rule(column, placed),
            "ignore_blank": True,
            "input_title": _short(column.title, _LONGEST_TITLE),
            "input_message": _short(said, _LONGEST_MESSAGE),
            "error_title": "Chưa đúng",
        }
        page.data_validation(placed.first, place, LAST_ROW, place, rule)

    def _rule(self, column: Column, placed: Placed) -> Rule:
        if column.kind is Kind.UNIT and placed.sheet.path:
            return choose(f"={self._sheets[0].range(0)}", "Ghi đúng như cột đầu trang Dữ liệu.")
        return rule_of(column, self._source)

    def _source(self, choices: Sequence[str]) -> Source:
        """Return a drop-down list: in the rule itself, or on a hidden sheet where it is long."""
        if len(",".join(choices)) <= _LONGEST_CHOICES and not any("," in one for one in choices):
            return list(choices)
        if choices not in self._choices:
            self._choices.append(choices)
        letter = xl_col_to_name(self._choices.index(choices))
        return f"='{CHOICES_SHEET}'!${letter}$1:${letter}${len(choices)}"

    def _finish(self, page: Worksheet, placed: Placed) -> None:
        """Freeze, filter, protect, and set the printed page."""
        last = len(placed.sheet.columns) - 1
        keys = sum(column.kind in _KEYS for column in placed.sheet.columns[:3])
        page.freeze_panes(placed.first, 1 if placed.sheet.name == MAIN_SHEET else keys)
        # From the row of notes: data begin below it, and the arrows leave the headings readable.
        page.autofilter(placed.first - 1, 0, LAST_ROW, last)
        page.protect("", _ALLOWED)
        page.set_landscape()
        page.set_paper(9)  # A4
        page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        page.set_print_scale(_PRINT_SCALE)
        page.repeat_rows(2, placed.heading)
        page.repeat_columns(0)
        page.print_across()
        page.set_footer("&L&A&R&P/&N")

    # ------------------------------------------------------------ the data
    def _fill(
        self, pages: Sequence[Worksheet], units: Sequence[str], filled: Sequence[Filled]
    ) -> None:
        for page, placed in zip(pages, self._sheets, strict=True):
            row = placed.first
            figures: list[Any] = []  # for each row the record or item with its computed values
            for number, one in enumerate(filled, start=1):
                unit = one.record.get(self._bundle.unit) if self._bundle.unit else number
                for values in rows(placed.sheet, one.record, unit):
                    self._write_row(page, placed, row, values)
                    row += 1
                figures += (item for _, item in items(one.context, placed.sheet.path))
            if page is pages[0] and not filled:
                row = self._name_rows(page, placed, units)
            of_units = _SPARE_UNITS if self._bundle.unit else 0
            spare = _SPARE_ITEMS if placed.sheet.path else of_units
            self._compute(page, placed, row + spare, figures)

    def _name_rows(self, page: Worksheet, placed: Placed, units: Sequence[str]) -> int:
        """Write the first cell of each row to fill; return the row below them."""
        names: Sequence[Value] = units if self._bundle.unit else (1,)
        for row, name in enumerate(names, start=placed.first):
            self._write_cell(page, row, 0, placed.sheet.columns[0], name)
        return placed.first + len(names)

    def _write_row(
        self, page: Worksheet, placed: Placed, row: int, values: Sequence[Value]
    ) -> None:
        tall = max(
            (
                _lines(str(value), 60) * 15
                for column, value in zip(placed.sheet.columns, values, strict=True)
                if column.kind is Kind.LONG and value is not None
            ),
            default=0,
        )
        if tall > _TALLEST:  # Excel fits the others itself
            page.set_row(row, _TALLEST)
        for place, (column, value) in enumerate(zip(placed.sheet.columns, values, strict=True)):
            self._write_cell(page, row, place, column, value)

    def _write_cell(
        self, page: Worksheet, row: int, place: int, column: Column, value: Value
    ) -> None:
        look = self._formats.cell(column)
        if isinstance(value, str):
            if len(value) > _LONGEST_CELL:
                raise _too_long(column)
            look = self._formats.text if column.kind is not Kind.LONG else look
            # A text, whatever it begins with: "=1+1" from a record is never a formula.
            page.write_string(row, place, value, look)
        elif isinstance(value, date):
            page.write_datetime(row, place, value, look)
        elif value is not None:
            page.write_number(row, place, value, look)

    def _compute(self, page: Worksheet, placed: Placed, end: int, known: Sequence[Any]) -> None:
        """Write the formulas of a sheet's computed columns, in the rows before ``end``.

        ``known`` are the first rows' records or items with their computed values.
        """
        cells, look = Addresses(placed, self._sheets), self._formats.computed
        for place, column in enumerate(placed.sheet.columns):
            if column.kind is not Kind.COMPUTED:
                continue
            computed = self._computed.get(column.key)
            formula = f"={computed.formula(cells) if computed else cells.ordinal()}"
            figures = [_figure(computed.value(one)) for one in known] if computed else []
            shown = chain(figures, repeat("", end - placed.first - len(figures)))
            for row, figure in enumerate(shown, start=placed.first):
                page.write_formula(row, place, formula.replace(ROW, str(row + 1)), look, figure)

    # ------------------------------------------------------------ behind the scenes
    def _write_choices(self) -> None:
        if not self._choices:
            return
        page = self._book.add_worksheet(CHOICES_SHEET)
        for place, choices in enumerate(self._choices):
            for row, choice in enumerate(choices):
                page.write_string(row, place, choice)
        page.very_hidden()

    def _write_index(self) -> None:
        """Write what a reader needs: the form, its version, and the key of every column."""
        page = self._book.add_worksheet(INDEX_SHEET)
        for row, values in enumerate(self._index()):
            for place, value in enumerate(values):
                if isinstance(value, int):
                    page.write_number(row, place, value)
                else:
                    page.write_string(row, place, value)
        page.very_hidden()

    def _index(self) -> Iterator[tuple[str | int, ...]]:
        yield "vanban", LAYOUT_NUMBER
        yield "mau", self._bundle.id
        yield "phien_ban", self._bundle.version
        yield "don_vi", self._bundle.unit
        yield "trang", "dong_tieu_de", "dong_dau", "cot", "khoa", "tieu_de"
        for placed in self._sheets:
            for place, column in enumerate(placed.sheet.columns):
                yield (
                    placed.sheet.name,
                    placed.heading + 1,
                    placed.first + 1,
                    xl_col_to_name(place),
                    column.key,
                    _heading(column),
                )


_ALLOWED = {
    "format_cells": True,
    "format_columns": True,
    "format_rows": True,
    "insert_rows": True,
    "delete_rows": True,
    "sort": True,
    "autofilter": True,
}
_KEYS = (Kind.UNIT, Kind.PARENT, Kind.COMPUTED)


# ---------------------------------------------------------------- headings
def _heading(column: Column) -> str:
    return f"{column.title} *" if column.need is Need.ALWAYS else column.title


def _width(column: Column, said: str) -> float:
    """Return a width in characters that suits the cells and leaves heading and note few lines."""
    wanted = (LOOKS[column.kind].width, len(_heading(column)) / 3 + 2, len(said) / 9 + 2)
    return min(60.0, max(wanted))


def _lines(text: str, width: float) -> int:
    """Return about how many lines a text takes in a cell so wide."""
    return sum(math.ceil(len(line) / (width - 1)) for line in text.split("\n"))


def _short(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def _figure(value: Any) -> Any:
    """Return a computed figure as a cell shows it; nothing where there is none."""
    return "" if value is None else float(value) if isinstance(value, Decimal) else value


def _too_long(column: Column) -> DataError:
    return DataError(
        Problem(
            message=f"{column.title}: dài hơn {_LONGEST_CELL} ký tự, một ô Excel không chứa được",
            hint="dùng tệp JSON, hoặc để nội dung trong tệp riêng",
        )
    )
