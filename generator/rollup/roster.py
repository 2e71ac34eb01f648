"""The list of units a superior expects: their names, groups and the days their data came in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from generator.errors import DataError, Problem
from generator.intake.book import open_book
from generator.intake.kinds import SUFFIXES
from generator.intake.unit_names import heading_of, read_unit_names
from generator.records.data import decode, parse_json, read_bytes
from generator.records.schema import Field
from generator.vietnamese import TextFormError
from generator.vietnamese.dates import parse_date
from generator.vietnamese.text import normalise

_GROUP = ("nhom", "nhóm", "cụm", "nhóm, cụm", "cụm thi đua", "xã, phường", "địa bàn")
_SENT = ("ngay_nop", "ngày nộp", "ngày nhận")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A unit of the list."""

    name: str
    group: str | None = None
    sent: date | None = None  # the day its data came in


@dataclass(frozen=True, slots=True)
class Roster:
    """The units expected, by :func:`unit_key`, in the order of the list."""

    units: Mapping[str, Expected]

    def nearest(self, name: str) -> str:
        """Return the name of the list most like another one, empty where none is."""
        near = get_close_matches(unit_key(name), list(self.units), 1, 0.6)
        return self.units[near[0]].name if near else ""


def unit_key(name: str) -> str:
    """Return what names of one unit have in common, however typed.

    >>> unit_key("UBND  xã An Lạc ") == unit_key("ubnd xã an lạc")
    True
    """
    return " ".join(normalise(name).split()).casefold()


def read_roster(source: str, unit: Field) -> Roster:
    """Return the units of a list: text, table or JSON, as :func:`read_unit_names` reads names.

    A table may have columns “Nhóm” and “Ngày nộp”, a JSON object the keys ``nhom``, ``ngay_nop``.

    Raises:
        UsageError: the file cannot be opened.
        DataError: a name that is blank or there twice; a day that is none.
    """
    names = read_unit_names(source, unit)
    more = list(_more(source, unit)) or [("", {})] * len(names)
    problems: list[Problem] = []
    units = [
        _expected(name, said, source, place, problems)
        for name, (place, said) in zip(names, more, strict=True)
    ]
    if problems:
        raise DataError(problems)
    return Roster({unit_key(each.name): each for each in units})


def _expected(
    name: str, said: Mapping[str, Any], source: str, place: str, problems: list[Problem]
) -> Expected:
    group, day = said.get("group"), said.get("sent")
    try:
        sent = _day(day)
    except TextFormError as error:
        message = f"ngày nộp của {name}: {error}"
        problems.append(
            Problem(
                file=source, at=place, message=message, hint="ghi như 10/10/2019, hoặc bỏ trống"
            )
        )
        sent = None
    words = " ".join(normalise(str(group)).split()) if group is not None else ""
    return Expected(name=name, group=words or None, sent=sent)


def _day(value: Any) -> date | None:
    if value is None or isinstance(value, date):
        return value
    return parse_date(str(value).strip()) if str(value).strip() else None


def _more(source: str, unit: Field) -> Iterator[tuple[str, Mapping[str, Any]]]:
    suffix = Path(source).suffix.lower()
    if suffix in SUFFIXES and suffix != ".txt":
        yield from _table(source, unit)
    elif suffix in (".json", ".jsonl", ".ndjson"):
        yield from _json(source, suffix)


def _json(source: str, suffix: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    text = decode(read_bytes(Path(source), source), source)
    if suffix == ".json":
        value = parse_json(text, source)
        items = value if isinstance(value, list) else [value]
    else:
        items = [parse_json(line, source) for line in text.split("\n") if line.strip()]
    for number, item in enumerate(items, 1):
        said = item if isinstance(item, dict) else {}
        yield f"mục {number}", {"group": said.get(_GROUP[0]), "sent": said.get(_SENT[0])}


def _table(source: str, unit: Field) -> Iterator[tuple[str, Mapping[str, Any]]]:
    book = open_book(Path(source), source)
    sheet = next(sheet for sheet in book.sheets if not sheet.hidden)
    heading, _ = heading_of(sheet, unit)
    columns: dict[str, int] = {}
    for number, cells in sheet.rows():
        if number == heading:
            columns = {
                name: column
                for name, words in (("group", _GROUP), ("sent", _SENT))
                for column in _headed(cells.items(), words)
            }
        elif number > heading:
            said = {name: cells.get(column) for name, column in columns.items()}
            yield f"{sheet.name or 'tệp'}, dòng {number}", said


def _headed(cells: Iterable[tuple[int, object]], words: Iterable[str]) -> Iterator[int]:
    wanted = set(words)
    for column, value in cells:
        if isinstance(value, str) and unit_key(value).rstrip(" *") in wanted:
            yield column
            return
