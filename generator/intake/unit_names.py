"""The names of units, from whatever list an office keeps: text, table or JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from generator.errors import DataError, Problem
from generator.intake.book import open_book
from generator.intake.cells import Sheet as TableSheet
from generator.intake.kinds import SUFFIXES
from generator.records.data import decode, parse_json, read_bytes
from generator.records.schema import Field
from generator.vietnamese import TextFormError, shown
from generator.vietnamese.text import normalise

Named = tuple[str, object]
"""Where a name stands, and what stands there."""

_LOOKED_AT = 20  # rows of a table in which its heading is looked for


def read_unit_names(source: str, unit: Field) -> list[str]:
    """Return the names in a file, in its order; ``unit`` is the form's field that holds them.

    A text file has a name a line. A table has them in the column headed as the field is, else in
    the first column of its first sheet. JSON is a list of texts or of records, or JSON Lines.

    Raises:
        UsageError: the file cannot be opened.
        DataError: a name that is blank, no text, or there twice; no name at all.
    """
    path = Path(source)
    read = _READERS.get(path.suffix.lower(), _table)
    named = list(read(source, unit))
    problems = [*_faults(source, named)]
    if not named:
        problems = [
            Problem(file=source, message="không có tên đơn vị nào", hint="mỗi dòng ghi một tên")
        ]
    if problems:
        raise DataError(problems)
    return [_tidy(str(name)) for _, name in named]


def _faults(source: str, named: Iterable[Named]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for place, name in named:
        if not isinstance(name, str):
            message, hint = "tên đơn vị phải là chữ", "ghi tên đơn vị"
            yield Problem(file=source, at=place, message=message, hint=hint)
            continue
        try:
            key = _tidy(name).casefold()
        except TextFormError as error:
            yield Problem(file=source, at=place, message=str(error), hint="gõ lại tên")
            continue
        if not key:
            yield Problem(file=source, at=place, message="tên đơn vị để trống", hint="ghi tên")
        elif key in first:
            message = f"đơn vị {shown(_tidy(name))} đã có ở {first[key]}"
            yield Problem(file=source, at=place, message=message, hint="bỏ một chỗ")
        first.setdefault(key, place)


def _tidy(name: str) -> str:
    return " ".join(normalise(name).split())


# ---------------------------------------------------------------- kinds of file
def _text(source: str, unit: Field) -> Iterator[Named]:
    lines = decode(read_bytes(Path(source), source), source).splitlines()
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield f"dòng {number}", line


def _json(source: str, unit: Field) -> Iterator[Named]:
    value = parse_json(decode(read_bytes(Path(source), source), source), source)
    items = value if isinstance(value, list) else [value]
    for number, item in enumerate(items, start=1):
        yield f"mục {number}", _name_in(item, unit)


def _json_lines(source: str, unit: Field) -> Iterator[Named]:
    lines = decode(read_bytes(Path(source), source), source).split("\n")
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield f"dòng {number}", _name_in(parse_json(line, source, number), unit)


def _name_in(item: object, unit: Field) -> object:
    """Return a name as given, or the name in a record."""
    return item.get(unit.key, "") if isinstance(item, dict) else item


def _table(source: str, unit: Field) -> Iterator[Named]:
    if Path(source).suffix.lower() not in SUFFIXES:
        raise DataError(
            Problem(
                file=source,
                message="không đọc tên đơn vị từ loại tệp này",
                hint="dùng tệp .txt mỗi dòng một tên, .xlsx, .csv hoặc .json",
            )
        )
    book = open_book(Path(source), source)
    sheet = next((sheet for sheet in book.sheets if not sheet.hidden), None)
    if sheet is None:
        return
    heading, column = heading_of(sheet, unit)
    for number, cells in sheet.rows():
        if number > heading:
            yield f"{sheet.name or 'tệp'}, dòng {number}", cells.get(column, "")


def heading_of(sheet: TableSheet, unit: Field) -> tuple[int, int]:
    """Return the row of the heading over the names, 0 without one, and their column.

    The first rows are looked at; a table without a heading has the names in its first column.
    """
    wanted = {unit.title.casefold(), unit.key.casefold(), "đơn vị", "tên đơn vị"}
    for seen, (number, cells) in enumerate(sheet.rows()):
        for column, value in sorted(cells.items()):
            if isinstance(value, str) and _tidy(value).rstrip(" *").casefold() in wanted:
                return number, column
        if seen >= _LOOKED_AT:
            break
    return 0, 1


_READERS: Mapping[str, Callable[[str, Field], Iterator[Named]]] = {
    ".txt": _text,
    ".json": _json,
    ".jsonl": _json_lines,
    ".ndjson": _json_lines,
}
