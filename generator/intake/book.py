"""Table files: what a file really is, whatever its name says, and its sheets."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from generator.intake.archive import Archive
from generator.intake.cells import Book, refused
from generator.intake.ods import open_ods
from generator.intake.ole import SIGNATURE
from generator.intake.text import open_text
from generator.intake.xlsx import WORKBOOK, open_xlsx
from generator.records.data import unreadable

_TEXT = (".csv", ".tsv", ".txt")
_HEAD = 4096
_HTML = re.compile(rb"\s*<(?:!doctype html|html|table|head|meta|body|div)", re.IGNORECASE)
_XML_TABLE = b"urn:schemas-microsoft-com:office:spreadsheet"
_SAVE_AS = "mở bằng Excel hoặc LibreOffice, lưu lại dạng .xlsx"


def open_book(path: Path, file: str) -> Book:
    """Return a table file's sheets; ``file`` is its name for messages.

    Raises:
        UsageError: it cannot be opened.
        DataError: it is no table, or not what its name says; encrypted; damaged; a bomb.
    """
    kind, read = _kind(path, file)
    suffix = path.suffix.lower()
    if suffix not in _SUFFIXES_OF[kind]:
        raise refused(
            file,
            f"tệp mang đuôi {suffix} nhưng bên trong là {_NAMES[kind]}",
            f"đổi đuôi tệp thành {_SUFFIXES_OF[kind][0]}, hoặc {_SAVE_AS}",
        )
    return read()


def first_column(path: Path, file: str) -> Iterator[tuple[int, str]]:
    """Yield row number and text of the first column of the first sheet shown.

    Raises:
        UsageError, DataError: as ``open_book``.
    """
    sheet = next((sheet for sheet in open_book(path, file).sheets if not sheet.hidden), None)
    for number, cells in sheet.rows() if sheet is not None else ():
        value = cells.get(1)
        if isinstance(value, str):
            yield number, value.strip()


_NAMES = {
    "xlsx": "sổ Excel (.xlsx)",
    "xls": "sổ Excel đời cũ (.xls)",
    "ods": "bảng tính OpenDocument (.ods)",
    "text": "văn bản thường (như .csv)",
}
_SUFFIXES_OF: Mapping[str, tuple[str, ...]] = {
    "xlsx": (".xlsx", ".xlsm", ".xltx"),
    "xls": (".xls",),
    "ods": (".ods", ".ots"),
    "text": (".csv", ".tsv", ".txt"),
}


def _kind(path: Path, file: str) -> tuple[str, Callable[[], Book]]:
    """Return what a file is by its content, and what reads it."""
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
    except OSError as error:
        raise unreadable(file, error) from error
    if head[:4] == b"PK\x03\x04":
        archive = Archive(path, file)
        return _kind_of_zip(archive)
    if head[:8] == SIGNATURE:
        book = _open_xls(path, file)  # at once: what is no old workbook is told first
        return "xls", lambda: book
    if head[:1] == b"\t" and head[1:2] in b"\0\2\4\x08" and path.suffix.lower() == ".xls":
        return "xls", lambda: _open_xls(path, file)  # BIFF without a container, of the nineties
    return _kind_of_text(head, path, file)


def _open_xls(path: Path, file: str) -> Book:
    from generator.intake.xls import open_xls  # xlrd is wanted for old files alone

    return open_xls(path, file)


def _kind_of_zip(archive: Archive) -> tuple[str, Callable[[], Book]]:
    if WORKBOOK in archive.names:
        return "xlsx", lambda: open_xlsx(archive)
    if "content.xml" in archive.names:
        return "ods", lambda: open_ods(archive)
    names = {
        "xl/workbook.bin": "sổ Excel nhị phân (.xlsb)",
        "word/document.xml": "văn bản Word",
    }
    found = next((words for part, words in names.items() if part in archive.names), "tệp nén")
    raise refused(archive.file, f"đây là {found}, không phải bảng dữ liệu", _SAVE_AS)


def _kind_of_text(head: bytes, path: Path, file: str) -> tuple[str, Callable[[], Book]]:
    if _HTML.match(head.removeprefix(b"\xef\xbb\xbf")):
        raise refused(file, "tệp là trang web (HTML) mang đuôi bảng tính", _SAVE_AS)
    if _XML_TABLE in head:
        raise refused(file, "tệp là bảng tính XML đời 2003", _SAVE_AS)
    if head[:4] == b"%PDF":
        raise refused(file, "đây là tệp PDF, không phải bảng dữ liệu", "dùng tệp bảng tính gốc")
    if not head.strip():
        raise refused(file, "tệp rỗng", "tạo tệp để điền bằng lệnh vanban init")
    if path.suffix.lower() not in _TEXT and not _is_text(head):
        raise refused(file, "tệp đã hỏng, không phải bảng dữ liệu", _SAVE_AS)
    return "text", lambda: open_text(path, file)


def _is_text(head: bytes) -> bool:
    return not any(byte < 9 or 13 < byte < 27 for byte in head) or head[:2] in (
        b"\xff\xfe",
        b"\xfe\xff",
    )
