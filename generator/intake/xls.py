"""Sheets of an old Excel workbook (.xls, BIFF), read by xlrd with its formats and hidden rows."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import xlrd

from generator.errors import DataError
from generator.intake.cells import (
    CLOCK,
    MOST_NOTED,
    Book,
    Format,
    Notes,
    Row,
    Value,
    built_in,
    day_of,
    error_cell,
    formatted,
    read_format,
    refused,
)
from generator.intake.ole import SIGNATURE, Damaged, read_streams
from generator.intake.xlsx import unescaped
from generator.records.data import read_bytes

_NAMES = frozenset({"Workbook", "Book"})
_LARGEST = 128 * 1024 * 1024


def open_xls(path: Path, file: str) -> Book:
    """Return an old workbook.

    Raises:
        UsageError: it cannot be opened.
        DataError: damaged, encrypted, or too large.
    """
    content = read_bytes(path, file)
    if len(content) > _LARGEST:
        raise refused(file, "tệp quá lớn", "lưu lại dạng .xlsx, hoặc chia thành nhiều tệp")
    book = _read(_workbook(content, file), file)
    sheets = tuple(
        XlsSheet(sheet=sheet, book=book, file=file, notes=Notes()) for sheet in book.sheets()
    )
    return Book(sheets=sheets, epoch=1904 if book.datemode else 1900)


def _workbook(content: bytes, file: str) -> bytes:
    """Return the workbook in an old Office container; before 1995 there was no container."""
    if not content.startswith(SIGNATURE):
        return content
    try:
        streams = read_streams(content, _NAMES)
    except Damaged as error:
        raise _damaged(file) from error
    if "EncryptedPackage" in streams:
        raise _secret(file)
    found = next((streams[name] for name in sorted(_NAMES) if name in streams), None)
    if found is None:
        raise refused(
            file,
            "đây là tệp Word hoặc tệp khác, không phải bảng dữ liệu",
            "chọn tệp bảng tính; lưu lại dạng .xlsx",
        )
    return found


def _read(content: bytes, file: str) -> Any:
    try:
        return xlrd.open_workbook(
            file_contents=content, logfile=io.StringIO(), formatting_info=True, ragged_rows=True
        )
    # xlrd tells damage in many ways: its own error, AssertionError, struct.error, IndexError …
    except Exception as error:
        secret = "encrypted" in str(error).lower() or "password" in str(error).lower()
        raise (_secret(file) if secret else _damaged(file)) from error


def _secret(file: str) -> DataError:
    return refused(file, "tệp bị đặt mật khẩu", "mở bằng Excel, bỏ mật khẩu rồi lưu lại")


def _damaged(file: str) -> DataError:
    hint = "mở bằng Excel và lưu lại dạng .xlsx"
    return refused(file, "tệp .xls đã hỏng, không đọc được", hint)


@dataclass(slots=True, kw_only=True)
class XlsSheet:
    """One worksheet of an .xls."""

    sheet: Any
    book: Any
    file: str
    notes: Notes

    @property
    def name(self) -> str:
        """The sheet's name."""
        return str(self.sheet.name)

    @property
    def hidden(self) -> bool:
        """Whether Excel does not show it."""
        return bool(self.sheet.visibility)

    def rows(self) -> Iterator[Row]:
        """Yield the rows that are not blank."""
        sheet = self.sheet
        self.notes = Notes(
            hidden_columns=[
                (column + 1, column + 1)
                for column, said in sorted(sheet.colinfo_map.items())
                if said.hidden
            ],
            # xlrd gives half-open ranges counted from 0.
            merged=[
                (top + 1, left + 1, bottom, right)
                for top, bottom, left, right in sheet.merged_cells[:MOST_NOTED]
            ],
        )
        for row in range(sheet.nrows):
            cells = dict(self._cells(row))
            if cells:
                said = sheet.rowinfo_map.get(row)
                if said is not None and said.hidden:
                    self.notes.hidden_rows.append(row + 1)
                yield row + 1, cells

    def _cells(self, row: int) -> Iterator[tuple[int, Value]]:
        for column, cell in enumerate(self.sheet.row(row), start=1):
            if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
                continue
            if not isinstance(cell.value, str) or cell.value.strip():
                yield column, self._value(cell)

    def _value(self, cell: Any) -> Value:
        if cell.ctype == xlrd.XL_CELL_TEXT:
            return unescaped(cell.value)
        if cell.ctype == xlrd.XL_CELL_BOOLEAN:
            return bool(cell.value)
        if cell.ctype == xlrd.XL_CELL_ERROR:
            return error_cell(xlrd.error_text_from_code.get(cell.value, "#?"))
        form = self._format(cell)
        if form.time or (form.date and 0 <= cell.value < 1):
            return CLOCK
        if form.date:
            epoch: Literal[1900, 1904] = 1904 if self.book.datemode else 1900
            return day_of(cell.value, epoch)
        return formatted(cell.value, form)

    def _format(self, cell: Any) -> Format:
        number = self.book.xf_list[cell.xf_index].format_key
        known = self.book.format_map.get(number)
        code = known.format_str if known is not None else ""
        return read_format(code) if code else built_in(number)
