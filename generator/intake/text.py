"""Tables in text files: CSV and its kin, in the encodings and with the separators of Excel."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from generator.errors import DataError
from generator.intake.cells import (
    LONGEST_TEXT,
    MOST_COLUMNS,
    MOST_ROWS,
    Book,
    Notes,
    Row,
    Value,
    refused,
    too_wide,
)
from generator.records.data import CP1258_SIGNS, UNICODE_MARKS, unreadable
from generator.vietnamese.legacy import read_legacy

_OF_1258 = "tệp dùng bảng mã cũ Windows-1258: xem lại dấu tiếng Việt, hoặc lưu lại dạng UTF-8"
_SEPARATORS = ",;\t|"
_CHUNK = 1 << 20
_HEAD = 1 << 16
_SAMPLE = 1 << 12  # bytes by which an old font is told
_SEPARATOR_LINE = re.compile(r"sep=(.)\s*", re.IGNORECASE)
# Excel writes ="001" to keep a text a text.
_KEPT_TEXT = re.compile(r'="((?:[^"]|"")*)"')


def open_text(path: Path, file: str) -> Book:
    """Return a text file as a book with a sheet for each separator that may be the one meant.

    Which of them it is, the headings decide.

    Raises:
        UsageError: it cannot be opened.
        DataError: its encoding is none of those read.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
            encoding = _encoding(head, stream, file)
    except OSError as error:
        raise unreadable(file, error) from error
    text = head.decode(encoding, "replace").removeprefix("\ufeff")
    first = next((line for line in text.splitlines() if line.strip()), "")
    if match := _SEPARATOR_LINE.fullmatch(first):
        separators = match[1]
    else:
        separators = "".join(mark for mark in _SEPARATORS if mark in text) or ","
    sheets = tuple(
        TextSheet(path=path, file=file, encoding=encoding, separator=separator)
        for separator in separators
    )
    aside = (_OF_1258,) if encoding == "cp1258" else ()
    return Book(sheets=sheets, epoch=0, left_aside=aside)


def _encoding(head: bytes, stream: io.BufferedReader, file: str) -> str:
    """Return the encoding of a text file, reading all of it once where only that can tell."""
    for mark, name in UNICODE_MARKS:
        if head.startswith(mark):
            return name
    if b"\0" in head:  # the blanks and line ends of UTF-16 without a mark
        return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
    decoder = codecs.getincrementaldecoder("utf-8")()
    done, chunk = 0, head
    try:
        while chunk:
            decoder.decode(chunk)
            done += chunk.count(b"\n")
            chunk = stream.read(_CHUNK)
        decoder.decode(b"", True)
    except UnicodeDecodeError as error:
        old = read_legacy(chunk[:_SAMPLE].decode("cp1252", "replace")).encoding
        if old == "Unicode" and CP1258_SIGNS.search(chunk):
            return "cp1258"
        line = done + chunk[: error.start].count(b"\n") + 1
        name = f"bảng mã cũ {old}" if old != "Unicode" else "bảng mã không rõ"
        raise _unknown(name, file, line) from error
    return "utf-8"


def _unknown(name: str, file: str, line: int) -> DataError:
    """Return the error for an encoding that is not read; the old fonts are named."""
    return refused(
        file,
        f"tệp không phải UTF-8; {name}",
        "mở bằng Excel, chọn Save As, kiểu CSV UTF-8 (hoặc .xlsx), rồi chạy lại",
        f"dòng {line}",
    )


@dataclass(slots=True, kw_only=True)
class TextSheet:
    """A text file read with one separator; rows are counted as Excel shows them."""

    path: Path
    file: str
    encoding: str
    separator: str
    name: str = ""
    hidden: bool = False
    notes: Notes = field(default_factory=Notes)

    def rows(self) -> Iterator[Row]:
        """Yield the rows that are not blank.

        Raises:
            DataError: a quotation mark without its end; a row beyond any honest table.
        """
        number = 0
        with self.path.open(encoding=self.encoding, newline="") as stream:
            reader = csv.reader(stream, delimiter=self.separator, strict=True)
            csv.field_size_limit(LONGEST_TEXT)
            try:
                for number, values in enumerate(reader, start=1):
                    cells: dict[int, Value] = {
                        column: _unwrapped(value)
                        for column, value in enumerate(values, start=1)
                        if value and not value.isspace()
                    }
                    if cells:
                        self._check(number, max(cells))
                        yield number, cells
            except csv.Error as error:
                raise refused(
                    self.file,
                    "dấu ngoặc kép mở mà không đóng, hoặc ô quá dài",
                    'ô có dấu ngoặc kép thì gõ hai lần: ""',
                    f"dòng {number + 1}",
                ) from error
            except UnicodeDecodeError as error:
                raise refused(
                    self.file,
                    f"có ký tự không thuộc bảng mã {self.encoding}",
                    "lưu lại tệp với bảng mã UTF-8",
                    f"sau dòng {number}",
                ) from error

    def _check(self, number: int, widest: int) -> None:
        if widest > MOST_COLUMNS:
            raise too_wide(self.file, f"dòng {number}", widest)
        if number > MOST_ROWS:
            raise refused(self.file, "tệp có quá nhiều dòng", "chia thành nhiều tệp")


def _unwrapped(value: str) -> str:
    if value[:1] == "=" and (match := _KEPT_TEXT.fullmatch(value)):
        return match[1].replace('""', '"')
    return value.replace("\r\n", "\n").replace("\r", "\n") if "\r" in value else value
