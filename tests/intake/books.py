"""What tests ask of a workbook: its sheets by name, its columns by the keys of the hidden sheet."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell.cell import Cell
from openpyxl.utils import column_index_from_string
from openpyxl.worksheet.worksheet import Worksheet

from generator.pipeline import Form, open_form
from tests.clerk import draw_form, object_of


@dataclass(frozen=True)
class Listed:
    """A column as the hidden sheet lists it; rows from 1."""

    sheet: str
    heading: int
    first: int
    letter: str
    key: str
    title: str


class Intake:
    """A workbook read by somebody else's library."""

    def __init__(self, content: bytes, *, values: bool = False) -> None:
        self.book = openpyxl.load_workbook(io.BytesIO(content), data_only=values)
        rows = list(self.book["_vanban"].iter_rows(values_only=True))
        self.said = {row[0]: row[1] for row in rows[:4]}
        self.columns = [Listed(*row[:6]) for row in rows[5:]]

    def sheet(self, name: str) -> Worksheet:
        sheet = self.book[name]
        assert isinstance(sheet, Worksheet)
        return sheet

    def listed(self, key: str, sheet: str = "") -> Listed:
        return next(c for c in self.columns if c.key == key and sheet in ("", c.sheet))

    def cell(self, key: str, row: int = 0) -> Cell:
        """Return the cell of a column in a data row, from 0."""
        column = self.listed(key)
        cell = self.sheet(column.sheet)[f"{column.letter}{column.first + row}"]
        assert isinstance(cell, Cell)
        return cell

    def looks(self, key: str) -> Any:
        """Return the format of a column where nobody has written yet."""
        column = self.listed(key)
        at = column_index_from_string(column.letter)
        formats = self.sheet(column.sheet).column_dimensions.values()
        return next(one for one in formats if one.min <= at <= one.max)

    def heading(self, key: str) -> Cell:
        column = self.listed(key)
        cell = self.sheet(column.sheet)[f"{column.letter}{column.heading}"]
        assert isinstance(cell, Cell)
        return cell

    def note(self, key: str) -> str:
        column = self.listed(key)
        return str(self.sheet(column.sheet)[f"{column.letter}{column.first - 1}"].value)

    def rule(self, key: str) -> Any:
        """Return the data validation of a column."""
        column = self.listed(key)
        rules = self.sheet(column.sheet).data_validations.dataValidation
        return next(rule for rule in rules if f"{column.letter}{column.first}" in rule.sqref)

    def rows(self, sheet: str) -> Iterator[list[Any]]:
        """Yield the rows of a sheet that hold data."""
        first = next(c.first for c in self.columns if c.sheet == sheet)
        for row in self.sheet(sheet).iter_rows(min_row=first, values_only=True):
            if any(value not in (None, "") and str(value)[:1] != "=" for value in row):
                yield list(row)


def intake(form: str | Form, *units: str, sample: bool = False) -> Intake:
    """Return a form's workbook as ``vanban init`` makes it."""
    opened = open_form(form) if isinstance(form, str) else form
    return Intake(opened.workbook(units, sample=sample))


def draw(
    root: Path,
    fields: Mapping[str, Any],
    sample: Mapping[str, Any],
    *,
    tables: str = "",
    unit: str = "",
) -> Form:
    """Return a small form with those fields; ``tables`` are added to its manifest."""
    described = {
        key: {"title": key.capitalize(), "description": f"Ô {key}.", **field}
        for key, field in fields.items()
    }
    schema = object_of(described, required=[])
    folder = draw_form(root, schema=schema, sample=dict(sample), output="a.docx", unit=unit)
    manifest = folder / "manifest.toml"
    manifest.write_text(manifest.read_text(encoding="utf-8") + tables, encoding="utf-8")
    return open_form(str(folder))


def without_last_values(content: bytes) -> bytes:
    """Return a workbook whose formulas have no value yet, as one filled by no program."""
    left = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as parts, zipfile.ZipFile(left, "w") as kept:
        for name in parts.namelist():
            kept.writestr(name, re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", parts.read(name)))
    return left.getvalue()


def sample_text(form: Form) -> str:
    """Return the JSON text of a form's sample."""
    return form.bundle.path("sample.json").read_text(encoding="utf-8")
