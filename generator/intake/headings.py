"""Which column of a sheet holds which field, told by its heading."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import partial

from generator.intake.cells import Row, Value
from generator.intake.layout import Column, Kind, Need
from generator.records.schema import Fault
from generator.vietnamese.text import strip_diacritics

_LOOKED_AT = 30  # rows in which a heading row is looked for
_NEAR = 0.84
_REQUIRED_SIGN = re.compile(r"\s*(?:\(\s*bắt buộc\s*\)|\(\s*\*\s*\)|\*|:)\s*$", re.IGNORECASE)
_NOT_WORD = re.compile(r"[\W_]+")
_UNIT_NAMES = ("Đơn vị", "Tên đơn vị", "Tên cơ quan, đơn vị")
_NUMBER_NAMES = ("STT", "TT", "Số thứ tự")


@dataclass(slots=True)
class Headings:
    """What the heading row of a sheet says: columns matched, and those that are not."""

    row: int
    texts: Mapping[int, str]
    columns: dict[int, Column] = field(default_factory=dict)
    faults: list[tuple[int, Fault]] = field(default_factory=list)  # by column
    unknown: list[int] = field(default_factory=list)


def tidy(text: str) -> str:
    r"""Return a heading without what only dresses it.

    >>> tidy("Họ và tên\n (bắt buộc)"), tidy("Năm *")
    ('Họ và tên', 'Năm')
    """
    words = " ".join(unicodedata.normalize("NFC", text).split())
    return _REQUIRED_SIGN.sub("", words)


def folded(text: str) -> str:
    """Return a heading without diacritics, case and punctuation.

    >>> folded("Họ tên – Người ký")
    'ho ten nguoi ky'
    """
    return _NOT_WORD.sub(" ", strip_diacritics(tidy(text)).casefold()).strip()


class Names:
    """The names each column may be headed with."""

    def __init__(
        self, columns: Iterable[Column], aside: Iterable[str] = (), unit: str = ""
    ) -> None:
        """``aside`` are headings that are not read; ``unit`` is the key of the unit's name."""
        self.columns = [column for column in columns if column.kind is not Kind.COMPUTED]
        self._aside = {tidy(text) for text in aside}
        # What a column is titled comes before what else it may be called, spelling before likeness.
        self._ways: tuple[tuple[Callable[[str], str], dict[str, list[Column]]], ...] = (
            (tidy, self._index(tidy, _title_of)),
            (tidy, self._index(tidy, partial(names_of, unit=unit))),
            (folded, self._index(folded, _title_of)),
            (folded, self._index(folded, partial(names_of, unit=unit))),
        )

    def _index(
        self, form: Callable[[str], str], naming: Callable[[Column], Iterator[str]]
    ) -> dict[str, list[Column]]:
        index: dict[str, list[Column]] = defaultdict(list)
        for column in self.columns:
            for name in {form(name): None for name in naming(column)}:
                index[name].append(column)
        return index

    def find(self, text: str) -> list[Column]:
        """Return the columns a heading may mean."""
        return next((index[form(text)] for form, index in self._ways if form(text) in index), [])

    def is_aside(self, text: str) -> bool:
        """Return whether a heading is known to head nothing that is read."""
        return tidy(text) in self._aside

    def near(self, text: str) -> Column | None:
        """Return the column whose name is much like a heading."""
        index = self._ways[-1][1]
        near = get_close_matches(folded(text), index, 1, _NEAR)
        return index[near[0]][0] if near else None

    def count(self, texts: Iterable[str]) -> int:
        """Return how many columns headings name."""
        return len({found[0].key for text in texts if len(found := self.find(text)) == 1})


def _title_of(column: Column) -> Iterator[str]:
    yield column.title


def names_of(column: Column, unit: str = "") -> Iterator[str]:
    """Yield what a column may be called: its title, its key, with its groups before or after."""
    yield column.title
    if column.key == unit:
        yield from _UNIT_NAMES
    if column.kind is Kind.UNIT:
        yield from _NUMBER_NAMES if column.title in _NUMBER_NAMES else _UNIT_NAMES
        return
    yield column.key
    yield column.key.replace("[]", "").rstrip("?{}")
    yield re.split(r"[.\[?{]", column.key.rstrip("[]?{}"))[-1]
    for start in range(len(column.groups)):
        groups = column.groups[start:]
        yield " ".join((*groups, column.title))
        yield " ".join((column.title, *reversed(groups)))


def find_headings(rows: Sequence[Row], names: Names) -> Headings | None:
    """Return the heading row among the first rows of a sheet: the one that names most columns."""
    best: tuple[int, int, dict[int, str]] | None = None
    for number, cells in rows[:_LOOKED_AT]:
        texts = texts_of(cells)
        count = names.count(texts.values())
        if count and (best is None or count > best[0]):
            best = count, number, texts
    if best is None:
        return None
    above = next((cells for number, cells in rows if number == best[1] - 1), {})
    return match(best[1], best[2], names, texts_of(above))


def texts_of(cells: Mapping[int, Value]) -> dict[int, str]:
    """Return the texts of a row that headings may be; numbers do not head a column."""
    return {column: value for column, value in cells.items() if isinstance(value, str)}


def match(row: int, texts: Mapping[int, str], names: Names, above: Mapping[int, str]) -> Headings:
    """Return which column each heading names; what is doubtful is a fault with a suggestion.

    ``above`` are the group headings over them, each over the columns up to the next.
    """
    headings = Headings(row=row, texts=texts)
    taken: dict[str, int] = {}
    group = ""
    for place in sorted({*texts, *above}):
        group = above.get(place, group)
        if place in texts:
            _match_one(place, texts[place], group, names, headings, taken)
    return headings


def _match_one(
    place: int, text: str, group: str, names: Names, headings: Headings, taken: dict[str, int]
) -> None:
    found = names.find(text)
    if len(found) != 1 and group:
        found = names.find(f"{group} {text}") or found
    if len(found) > 1:
        options = " hoặc ".join(f"“{full_title(column)}”" for column in found[:3])
        message = f"tiêu đề “{tidy(text)}” có thể là {options}"
        headings.faults.append((place, Fault(path=(), message=message, hint="ghi đủ tên cột")))
    elif found and found[0].key in taken:
        message = f"hai cột cùng tiêu đề “{tidy(text)}”"
        headings.faults.append((place, Fault(path=(), message=message, hint="bỏ bớt một cột")))
    elif found:
        taken[found[0].key] = place
        headings.columns[place] = found[0]
    elif names.is_aside(text):
        return
    elif near := names.near(text):
        message = f"không rõ cột “{tidy(text)}”"
        hint = f"nếu đúng là “{full_title(near)}” thì sửa tiêu đề thành như thế, không thì đổi tên"
        headings.faults.append((place, Fault(path=(), message=message, hint=hint)))
    else:
        headings.unknown.append(place)


def full_title(column: Column) -> str:
    """Return a column's title with its groups, which no other column of the form has.

    A title that already tells its group in brackets stays as it is.
    """
    if "(" in column.title or not column.groups:
        return column.title
    return " - ".join((*column.groups, column.title))


def is_needed(column: Column) -> bool:
    """Return whether a table without the column cannot be read."""
    return column.need is Need.ALWAYS and column.kind is not Kind.COMPUTED
