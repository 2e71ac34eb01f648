"""How a workbook looks: widths, number formats and colours by what a column takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format

from generator.intake.layout import Column, Kind

_TEXT = "@"  # a cell formatted so keeps "001" and never makes a formula of what is typed
_FONT = "Times New Roman"
_GREY = "#E7E6E6"
_LINES = "#BFBFBF"
# Light, of one strength, told apart in print by the headings; the first is outside all groups.
_BANDS = ("#F2F2F2", "#DDEBF7", "#E2EFDA", "#FFF2CC", "#FCE4D6", "#EDEDF7", "#E0F2F1")
_DIGITS_OF_A_NUMBER = 99_999  # a field no larger is a year or an ordinal, which has no thousands


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The width in characters and the number format of a kind of column."""

    width: float
    number_format: str = _TEXT


LOOKS: Mapping[Kind, Look] = {
    Kind.TEXT: Look(width=22),
    Kind.LONG: Look(width=60),
    Kind.LINES: Look(width=26),
    Kind.INTEGER: Look(width=11, number_format="#,##0"),
    Kind.NUMBER: Look(width=12, number_format="#,##0.##########"),
    Kind.DATE: Look(width=13, number_format="dd/mm/yyyy"),
    Kind.CHOICE: Look(width=16),
    Kind.YES_NO: Look(width=10),
    Kind.MIXED: Look(width=16, number_format="General"),
    Kind.THERE: Look(width=12),
    Kind.EMPTY: Look(width=16),
    Kind.JSON: Look(width=40),
    Kind.UNIT: Look(width=10, number_format="General"),
    Kind.PARENT: Look(width=10, number_format="0"),
    Kind.COMPUTED: Look(width=12, number_format="General"),
}


def band_colour(number: int) -> str:
    """Return the colour of a group of columns; neighbours differ."""
    return _BANDS[0] if not number else _BANDS[1 + (number - 1) % (len(_BANDS) - 1)]


class Formats:
    """The formats of one workbook, each made once."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}
        self.title = self._get(bold=True, font_size=14, valign="vcenter")
        self.top = self._get(valign="vcenter")
        self.text = self._cell(_TEXT, locked=False)
        self.whole = book.add_format({"num_format": "#,##0"})
        self.computed = self._cell("General", locked=True, bg_color=_GREY, italic=True)

    def cell(self, column: Column) -> Format:
        """Return the format of a column's cells, empty ones too."""
        look = LOOKS[column.kind]
        number_format = look.number_format
        if column.kind is Kind.INTEGER and column.field is not None:
            most = column.field.raw.get("maximum", _DIGITS_OF_A_NUMBER + 1)
            number_format = "0" if most <= _DIGITS_OF_A_NUMBER else number_format
        return self._cell(number_format, locked=column.kind is Kind.COMPUTED)

    def band(self, colour: str, level: int) -> Format:
        """Return the format of a group's heading."""
        return self._get(
            bold=not level, bg_color=colour, border=1, align="left", valign="vcenter", indent=1
        )

    def heading(self, colour: str, *, required: bool) -> Format:
        """Return the format of a column's heading; a required one is red."""
        look = {"font_color": "#C00000"} if required else {}
        return self._get(
            bold=True, text_wrap=True, border=1, align="center", valign="vcenter",
            bg_color=colour, **look,
        )  # fmt: skip

    def note(self, colour: str) -> Format:
        """Return the format of the note below a heading."""
        return self._get(
            italic=True, text_wrap=True, border=1, valign="top", bg_color=colour,
            font_size=8.5, font_color="#404040",
        )  # fmt: skip

    def _cell(self, number_format: str, **look: Any) -> Format:
        return self._get(
            num_format=number_format, text_wrap=True, valign="top", border=1,
            border_color=_LINES, **look,
        )  # fmt: skip

    def _get(self, **look: Any) -> Format:
        key = tuple(sorted(look.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format({"font_name": _FONT, "font_size": 11, **look})
        return self._made[key]
