"""How a form's fields lie in a workbook: its sheets, their columns, and the key of each column.

The keys say where a cell belongs in the record:

    nguoi_ky.ho_ten         a field of a group; a row a unit on the first sheet
    vi_pham[].so_hanh_vi    a field of a list's item; a row an item on the list's own sheet
    can_cu[]                the item itself, on the list's own sheet; elsewhere the whole list in
                            one cell, a line an item
    bang.hang[][3]          the fourth place of a list whose places may be blank
    tu_cham?                whether a group or list that may be null is there although it is blank
    ghi_chu{}               a value that no cells can hold: its JSON text
    #  ##  =thu_tu          the unit's row; the ordinal of the item around; a computed column
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from generator.errors import BundleError, Problem
from generator.records.schema import Field, Schema

MAIN_SHEET = "Dữ liệu"
INDEX_SHEET = "_vanban"  # hidden: the form, its version, and the key of every column
PROBLEMS_SHEET = "Lỗi"  # of a marked copy: what is to correct; never data
LAYOUT_NUMBER = 1  # of the index; another number is another way to lay out a workbook
UNIT_KEY = "#"
PARENT_KEY = "##"
COMPUTED_SIGN = "="
ORDINAL_KEY = "=thu_tu"
YES, NO = "Có", "Không"
NO_ITEM = "Không có mục nào"
MOST_COLUMNS = 16_384  # of a sheet in Excel
_MOST_LINES = 5  # a list of texts no longer than this is typed into one cell
_PLACES = 30  # of a list whose places may be blank, where its schema names no maximum
_LONGEST_NAME = 31  # of a sheet in Excel
_SCALARS = frozenset({"string", "number", "integer", "boolean"})


class Kind(Enum):
    """What a cell of a column takes."""

    TEXT = auto()
    LONG = auto()
    LINES = auto()  # a list of texts, a line an item
    INTEGER = auto()
    NUMBER = auto()
    DATE = auto()
    CHOICE = auto()
    YES_NO = auto()
    MIXED = auto()  # text or number, kept as typed
    THERE = auto()  # "Có": the group is there although it is blank
    EMPTY = auto()  # "Không có mục nào": the list is there and has no item
    JSON = auto()
    UNIT = auto()  # the unit a row belongs to
    PARENT = auto()  # the ordinal of the item a row belongs to
    COMPUTED = auto()


class Need(Enum):
    """Whether a column must be filled."""

    ALWAYS = auto()
    WITH_GROUP = auto()  # as soon as another field of its group is
    NEVER = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: the key of what it holds and how it is headed."""

    key: str
    title: str
    kind: Kind
    field: Field | None = None
    groups: tuple[str, ...] = ()  # the titles of the groups around, outermost first
    need: Need = Need.NEVER


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet; ``path`` is the list whose items are its rows, empty where a row is a unit.

    A list whose places may be blank is a row a unit too: its path has no ``[]`` at its end.
    """

    name: str
    path: str
    columns: tuple[Column, ...]
    field: Field | None = None

    def column(self, key: str) -> int:
        """Return the place of the column with that key, from 0.

        Raises:
            LookupError: there is none.
        """
        for place, column in enumerate(self.columns):
            if column.key == key:
                return place
        raise LookupError(key)


def lay_out(schema: Schema, unit: str) -> tuple[Sheet, ...]:
    """Return the sheets of a form's workbook, the one with a row a unit first.

    ``unit`` is the key of the field that names the unit; without one rows are numbered.

    Raises:
        BundleError: a field's key cannot stand in a column's key; more columns than Excel has.
    """
    named = schema.root.children.get(unit)
    title = named.title if named else "STT"
    first, *lists = _Sheets(title).of(schema.root)
    columns = tuple(column for column in first.columns if column.key != unit)
    if named:
        columns = (*(column for column in first.columns if column.key == unit), *columns)
    else:
        columns = (replace(_unit_column(title), need=Need.NEVER), *columns)
    sheets = [replace(first, columns=columns), *lists]
    for sheet in sheets:
        if len(sheet.columns) > MOST_COLUMNS:
            raise _unfit(f"trang “{sheet.name}” cần {len(sheet.columns)} cột, Excel không chứa nổi")
    return tuple(_named([replace(sheet, columns=headed(sheet.columns)) for sheet in sheets]))


@dataclass(frozen=True, slots=True)
class _At:
    """Where in the form a field is: its group's path, with its dot; the lists around it."""

    prefix: str = ""
    groups: tuple[str, ...] = ()
    need: Need = Need.ALWAYS
    lists: int = 0

    def inside(self, group: Field) -> _At:
        """Return the place of a group's fields."""
        always = group.required and "null" not in group.types and self.need is Need.ALWAYS
        return replace(
            self,
            prefix=f"{self.prefix}{group.key}.",
            groups=(*self.groups, group.title),
            need=Need.ALWAYS if always else Need.WITH_GROUP,
        )


class _Sheets:
    """Spreads the fields of a form over sheets."""

    def __init__(self, unit_title: str) -> None:
        self._unit_title = unit_title
        self._lists: list[Sheet] = []

    def of(self, root: Field) -> list[Sheet]:
        columns = tuple(self._columns(root, _At()))
        return [Sheet(name=MAIN_SHEET, path="", columns=columns), *self._lists]

    def _columns(self, group: Field, at: _At) -> Iterator[Column]:
        for child in group.children.values():
            if not re.fullmatch(r"[\w-]+", child.key):
                raise _unfit(f"khóa “{child.key}” không dùng làm tên cột được")
            yield from self._column(child, at)

    def _column(self, field: Field, at: _At) -> Iterator[Column]:
        path = at.prefix + field.key
        if field.types - {"null"} == {"object"} and field.children:
            if _may_be_all_blank(field) and _null_is_another(field):
                yield _presence(field, path, Kind.THERE, at)
            yield from self._columns(field, at.inside(field))
        elif field.types - {"null"} == {"array"} and field.items is not None:
            yield from self._list(field, field.items, path, at)
        else:
            yield _scalar(field, path, at)

    def _list(self, field: Field, item: Field, path: str, at: _At) -> Iterator[Column]:
        if _is_lines(field, item, at):
            yield _made(field, f"{path}[]", Kind.LINES, at)
        elif at.lists > 1 or (at.lists and _has_places(field, item)) or not _fits(item):
            yield _made(field, f"{path}{{}}", Kind.JSON, at)
        else:
            if "null" in field.types and field.required and not field.raw.get("minItems"):
                yield _presence(field, path, Kind.EMPTY, at)
            self._add_sheet(field, item, path, at)

    def _add_sheet(self, field: Field, item: Field, path: str, at: _At) -> None:
        position = len(self._lists)
        if _has_places(field, item):
            columns = tuple(_places(field, item, path))
        else:
            path = f"{path}[]"
            columns = tuple(self._item_columns(item, path, at))
        keys = [_unit_column(self._unit_title)]
        if at.lists:
            keys.append(Column(key=PARENT_KEY, title="Thuộc mục số", kind=Kind.PARENT))
        if len(self._lists) > position:  # lists inside this one point to its items by ordinal
            keys.append(Column(key=ORDINAL_KEY, title="Mục số", kind=Kind.COMPUTED))
        title = " – ".join((field.title, *at.groups[-1:]))
        sheet = Sheet(name=title, path=path, columns=(*keys, *columns), field=field)
        self._lists.insert(position, sheet)

    def _item_columns(self, item: Field, path: str, at: _At) -> Iterator[Column]:
        inside = _At(prefix=f"{path}.", lists=at.lists + 1)
        if item.types & {"array"} and item.items is not None:
            yield from _places(item, item.items, path)
        elif item.types & _SCALARS:
            need = Need.NEVER if item.children else Need.ALWAYS
            yield Column(key=path, title=item.title, kind=_kind(item), field=item, need=need)
            inside = replace(inside, need=Need.WITH_GROUP)
        yield from self._columns(item, inside)


# ---------------------------------------------------------------- columns
def _scalar(field: Field, path: str, at: _At) -> Column:
    kind = _kind(field)
    return _made(field, f"{path}{{}}" if kind is Kind.JSON else path, kind, at)


def _made(field: Field, key: str, kind: Kind, at: _At) -> Column:
    needed = field.required and "null" not in field.types
    if kind is Kind.LINES:
        needed = needed and bool(field.raw.get("minItems"))
    return Column(
        key=key,
        title=field.title,
        kind=kind,
        field=field,
        groups=at.groups,
        need=at.need if needed else Need.NEVER,
    )


def _presence(field: Field, path: str, kind: Kind, at: _At) -> Column:
    """Return the column that tells a group or list that is blank from one that is not there."""
    there = kind is Kind.THERE
    return Column(
        key=f"{path}?",
        title=f"{field.title}: đã có" if there else f"{field.title}: không có mục nào",
        kind=kind,
        field=field,
        groups=(*at.groups, field.title) if there else at.groups,
    )


def _unit_column(title: str) -> Column:
    return Column(key=UNIT_KEY, title=title, kind=Kind.UNIT, need=Need.ALWAYS)


def _places(field: Field, item: Field, path: str) -> Iterator[Column]:
    count = min(int(field.raw.get("maxItems", _PLACES)), _PLACES)
    for place in range(count):
        title = f"{item.title} {place + 1}"
        yield Column(key=f"{path}[{place}]", title=title, kind=_kind(item), field=item)


def _kind(field: Field) -> Kind:
    """Return what a field's cell takes; a table, the most particular first."""
    types = field.types - {"null"}
    found = (
        ("enum" in field.raw and types <= {"string"}, Kind.CHOICE),
        (not types or not types <= _SCALARS | {"object"}, Kind.JSON),
        (types == {"object"}, Kind.JSON),
        (field.is_date, Kind.DATE),
        (field.is_long_text, Kind.LONG),
        (types == {"boolean"}, Kind.YES_NO),
        (types == {"integer"}, Kind.INTEGER),
        (types <= {"integer", "number"}, Kind.NUMBER),
        (types <= {"string", "object"}, Kind.TEXT),
        (types <= {"string", "integer", "number"}, Kind.MIXED),
    )
    return next((kind for fits, kind in found if fits), Kind.JSON)


# ---------------------------------------------------------------- shapes
def _is_lines(field: Field, item: Field, at: _At) -> bool:
    """Return whether a list is typed into one cell: few plain texts, or inside another item."""
    plain = item.types == {"string"} and not item.is_date and not item.is_long_text
    few: int = field.raw.get("maxItems", _MOST_LINES + 1)
    return plain and (few <= _MOST_LINES or at.lists > 0)


def _has_places(field: Field, item: Field) -> bool:
    """Return whether blank places of a list count, as the blank cells of a table's total row do."""
    return "null" in item.types and item.types - {"null"} <= _SCALARS


def _fits(item: Field) -> bool:
    """Return whether an item can be a row of cells."""
    if "array" in item.types:
        return item.types == {"array"} and item.items is not None and _has_places(item, item.items)
    return bool(item.children) or _kind(item) is not Kind.JSON


def _may_be_all_blank(field: Field) -> bool:
    """Return whether an object whose every cell is blank is a valid value."""
    return all(map(_may_be_blank, field.children.values()))


def _may_be_blank(field: Field) -> bool:
    if not field.required or "null" in field.types:
        return True
    if field.types == {"object"}:
        return bool(field.children) and _may_be_all_blank(field)
    return field.types == {"array"} and not field.raw.get("minItems")


def _null_is_another(field: Field) -> bool:
    """Return whether a group that is not there differs from one that is blank."""
    return "null" in field.types or (not field.required and "default" not in field.raw)


# ---------------------------------------------------------------- headings
def headed(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Return columns whose headings differ: a title used twice names the groups it is in.

    Somebody reads the heading alone when sorting or filtering, and so does what reads the sheet.
    """
    titles = [column.title for column in columns]
    for length in range(1, max((len(column.groups) for column in columns), default=0) + 1):
        count = Counter(titles)
        titles = [
            _within(column, length) if count[title] > 1 else title
            for column, title in zip(columns, titles, strict=True)
        ]
    taken: set[str] = set()
    return tuple(
        _numbered(column, title, taken) for column, title in zip(columns, titles, strict=True)
    )


def _within(column: Column, length: int) -> str:
    groups = ", ".join(reversed(column.groups[-length:]))
    return f"{column.title} ({groups})" if groups else column.title


def _numbered(column: Column, title: str, taken: set[str]) -> Column:
    number, free = 1, title
    while free in taken:
        number += 1
        free = f"{title} ({number})"
    taken.add(free)
    return replace(column, title=free)


# ---------------------------------------------------------------- names of sheets
def _named(sheets: list[Sheet]) -> Iterator[Sheet]:
    taken: set[str] = set()
    for sheet in sheets:
        name = _free_name(_sheet_name(sheet.name), taken)
        taken.add(name.casefold())
        yield replace(sheet, name=name)


def _sheet_name(title: str) -> str:
    r"""Return a title as Excel lets a sheet be called.

    >>> _sheet_name("Nội dung được thưởng điểm – Phần tự chấm")
    'Nội dung được… – Phần tự chấm'
    """
    clean = re.sub(r"[\[\]:*?/\\\s]+", " ", title).strip(" '")
    clean = clean.removeprefix("Danh sách ")
    clean = clean[:1].upper() + clean[1:]
    if len(clean) <= _LONGEST_NAME:
        return clean
    head, dash, tail = clean.partition(" – ")
    tail = dash + _cut(tail, 16) if dash else ""
    return _cut(head, _LONGEST_NAME - len(tail)) + tail


def _cut(text: str, length: int) -> str:
    """Return a text that short, cut between words where there is a space."""
    if len(text) <= length:
        return text
    return text[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;.") + "…"


def _free_name(name: str, taken: set[str]) -> str:
    number, free = 1, name or "Danh sách"
    while free.casefold() in taken:
        number += 1
        free = f"{name[: _LONGEST_NAME - 4]} {number}"
    return free


def _unfit(message: str) -> BundleError:
    return BundleError(Problem(message=message, hint="dùng tệp dữ liệu JSON cho mẫu này"))
