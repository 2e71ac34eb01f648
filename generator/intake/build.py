"""A record built from the cells of its rows: groups, lists, and the three states of a value.

A plan is compiled once for a form and a file; then each row is walked through it. A blank cell is
what its field's schema makes of it: a declared blank (``null``), absent, or an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from generator.intake.cells import Value
from generator.intake.convert import Convert, Doubt, Noted, converter
from generator.intake.layout import Column, Kind
from generator.records.places import Cell, CellFault, Row
from generator.records.schema import Fault, Field, JsonPath

Cells = Mapping[int, Value]
ItemRow = tuple[int, Cells]  # the number of a row, its cells
ABSENT: Any = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A sheet as it is read: the columns it has for a part of the form, by their keys."""

    name: str
    path: str  # of the list whose items are its rows; empty where a row is a record
    columns: Mapping[str, int]  # key -> column
    described: Mapping[str, Column]  # key -> what the form says of it


@dataclass(slots=True)
class Gathering:
    """What is gathered for one record: the rows of its lists, and what is found on the way."""

    items: Mapping[str, Sequence[ItemRow]]  # list path -> its rows for this record
    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)


class Part:
    """One piece of a record: a value, a group or a list."""

    def filled(self, cells: Cells, gathering: Gathering) -> bool:
        """Return whether anything of it is given."""
        raise NotImplementedError

    def build(self, cells: Cells, path: JsonPath, gathering: Gathering) -> Any:
        """Return its value, ``ABSENT`` where it is left out."""
        raise NotImplementedError


# ---------------------------------------------------------------- values
class Leaf(Part):
    """A value in one cell."""

    def __init__(self, at: Field, column: int, convert: Convert) -> None:
        self._at, self._column, self._convert = at, column, convert
        self._blank = blank_of(at)

    def filled(self, cells: Cells, gathering: Gathering) -> bool:
        """Return whether its cell is."""
        return self._column in cells

    def build(self, cells: Cells, path: JsonPath, gathering: Gathering) -> Any:
        """Return the cell's value as a JSON file would hold it."""
        cell = cells.get(self._column)
        if cell is None:
            if self._blank is _NEEDED:
                gathering.faults.append(unfilled(self._at, path))
                return ABSENT
            return self._blank
        value = self._convert(cell)
        if type(value) is Doubt:
            message = f"{self._at.title}: {value.message}"
            gathering.faults.append(Fault(path=path, message=message, hint=value.hint))
            return None
        if type(value) is Noted:
            message = f"{self._at.title}: {value.message}"
            gathering.notes.append(Fault(path=path, message=message))
            return value.value
        return value


_NEEDED: Any = object()


def blank_of(at: Field) -> Any:
    """Return what a blank cell of a field means: ``None``, absent, or that it must be filled."""
    if not at.required and (at.raw.get("default") is not None or "null" not in at.types):
        return ABSENT
    return None if "null" in at.types else _NEEDED


def unfilled(at: Field, path: JsonPath) -> Fault:
    """Return the fault of a blank cell that must be filled."""
    examples = at.raw.get("examples")
    hint = f"điền ô này, như: {examples[0]}" if examples else "điền ô này"
    return Fault(path=path, message=f"thiếu {at.title}", hint=hint)


# ---------------------------------------------------------------- groups
class Group(Part):
    """An object: its fields, and the cell that says whether it is there."""

    def __init__(
        self, at: Field, children: Mapping[str, Part], presence: Leaf | None, columns: set[int]
    ) -> None:
        self._at, self._children = at, tuple(children.items())
        self._presence, self._columns = presence, frozenset(columns)
        # Lists have their rows on other sheets, so only they are asked one by one.
        self._lists = [part for part in children.values() if not isinstance(part, Leaf)]
        self._blank = ABSENT if not at.required and "null" not in at.types else None
        if not at.required and at.raw.get("default") is not None:
            self._blank = ABSENT
        self._may_be_blank = not at.required or "null" in at.types

    def filled(self, cells: Cells, gathering: Gathering) -> bool:
        """Return whether any of its fields is."""
        return not self._columns.isdisjoint(cells) or any(
            part.filled(cells, gathering) for part in self._lists
        )

    def build(self, cells: Cells, path: JsonPath, gathering: Gathering) -> Any:
        """Return the object; its blank where nothing is given."""
        if self._may_be_blank and not self._is_there(cells, path, gathering):
            return self._blank
        value = {}
        for key, part in self._children:
            item = part.build(cells, (*path, key), gathering)
            if item is not ABSENT:
                value[key] = item
        return value

    def _is_there(self, cells: Cells, path: JsonPath, gathering: Gathering) -> bool:
        filled = self.filled(cells, gathering)
        said = self._presence.build(cells, path, gathering) if self._presence else None
        if said is False and filled:
            message = f"{self._at.title}: ghi là không có mà vẫn điền nội dung"
            gathering.faults.append(
                Fault(path=path, message=message, hint="xóa nội dung, hoặc bỏ chữ Không")
            )
        return filled or said is True


class TextOrGroup(Part):
    """An item that is a text, or an object where more than its text is given."""

    def __init__(self, text: Leaf, group: Group) -> None:
        self._text, self._group = text, group

    def filled(self, cells: Cells, gathering: Gathering) -> bool:
        """Return whether either is given."""
        return self._text.filled(cells, gathering) or self._group.filled(cells, gathering)

    def build(self, cells: Cells, path: JsonPath, gathering: Gathering) -> Any:
        """Return the one that is given."""
        grouped = self._group.filled(cells, gathering)
        if grouped and self._text.filled(cells, gathering):
            message = "điền cả hai cách ghi trên một dòng"
            gathering.faults.append(Fault(path=path, message=message, hint="chỉ giữ một cách"))
        return (self._group if grouped else self._text).build(cells, path, gathering)


# ---------------------------------------------------------------- lists
class Items(Part):
    """A list whose items are rows of a sheet of its own."""

    def __init__(
        self, at: Field, page: Page | None, path: str, item: Part | None, presence: Leaf | None
    ) -> None:
        self._at, self._page, self._path = at, page, path
        self._item, self._presence = item, presence
        self._unit = page.columns.get("#", 0) if page else 0
        self._parent = page.columns.get("##", 0) if page else 0
        self._columns = value_columns(page, path) if page else {}

    def _rows(self, gathering: Gathering, ordinal: int | None = None) -> list[ItemRow]:
        """Return the rows that belong to a record, or to one item of the list around."""
        rows = gathering.items.get(self._path, ())
        if not self._parent or ordinal is None:
            return list(rows)
        return [row for row in rows if row[1].get(self._parent) in (ordinal, str(ordinal))]

    def filled(self, cells: Cells, gathering: Gathering) -> bool:
        """Return whether it has a row."""
        if self._presence is not None and self._presence.filled(cells, gathering):
            return True
        return not self._parent and bool(gathering.items.get(self._path))

    def build(self, cells: Cells, path: JsonPath, gathering: Gathering) -> Any:
        """Return the items in the order of their rows."""
        ordinal = next((step + 1 for step in reversed(path) if isinstance(step, int)), None)
        rows = self._rows(gathering, ordinal)
        empty = self._presence is not None and self._presence.build(cells, path, gathering)
        if rows and empty is True:
            message = f"{self._at.title}: ghi là không có mục nào mà vẫn có dòng ở trang riêng"
            gathering.faults.append(Fault(path=path, message=message, hint="bỏ một trong hai"))
        if not rows or self._item is None or self._page is None:
            return [] if empty is True else self._blank(path, gathering)
        return [self._build(row, (*path, i), gathering) for i, row in enumerate(rows)]

    def _build(self, row: ItemRow, path: JsonPath, gathering: Gathering) -> Any:
        assert self._page is not None
        assert self._item is not None
        number, cells = row
        gathering.rows.append(Row(path, self._page.name, number, self._columns))
        value = self._item.build(cells, path, gathering)
        return None if value is ABSENT else value

    def _blank(self, path: JsonPath, gathering: Gathering) -> Any:
        blank = blank_of(self._at)
        if blank is not _NEEDED:
            return blank
        if self._at.raw.get("minItems"):
            gathering.faults.append(
                Fault(
                    path=path,
                    message=f"thiếu {self._at.title}",
                    hint=f"thêm dòng vào trang “{self._page.name}”" if self._page else "thêm dòng",
                )
            )
        return []


class Places(Part):
    """A list with a column for each of its places; blanks between them count."""

    def __init__(self, columns: Sequence[Leaf]) -> None:
        self._columns = columns

    def filled(self, cells: Cells, gathering: Gathering) -> bool:
        """Return whether any place is."""
        return any(leaf.filled(cells, gathering) for leaf in self._columns)

    def build(self, cells: Cells, path: JsonPath, gathering: Gathering) -> Any:
        """Return the places up to the last one that is filled."""
        width = max(
            (i for i, leaf in enumerate(self._columns, 1) if leaf.filled(cells, gathering)),
            default=0,
        )
        return [
            leaf.build(cells, (*path, i), gathering) for i, leaf in enumerate(self._columns[:width])
        ]


class PlacesOfRecord(Part):
    """A list with a column for each place, on a sheet of its own with a row a record."""

    def __init__(self, at: Field, page: Page, path: str, places: Places) -> None:
        self._at, self._page, self._path, self._places = at, page, path, places
        self._columns = value_columns(page, path)

    def filled(self, cells: Cells, gathering: Gathering) -> bool:
        """Return whether it has a row."""
        return bool(gathering.items.get(self._path))

    def build(self, cells: Cells, path: JsonPath, gathering: Gathering) -> Any:
        """Return the places of its row."""
        rows = gathering.items.get(self._path, ())
        if not rows:
            blank = blank_of(self._at)
            return [] if blank is _NEEDED else blank
        for number, _ in rows[1:]:
            cell = Cell(sheet=self._page.name, row=number)
            message = f"{self._at.title}: mỗi đơn vị chỉ một dòng"
            gathering.faults.append(CellFault(path=path, message=message, cell=cell))
        number, cells = rows[0]
        gathering.rows.append(Row(path, self._page.name, number, self._columns))
        return self._places.build(cells, path, gathering)


def value_columns(page: Page, path: str) -> dict[JsonPath, int]:
    """Return where the values of a row stand, by their path below the row's own."""
    found: dict[JsonPath, int] = {}
    for key, column in page.columns.items():
        if key in ("#", "##"):
            continue
        below = key[len(path) :] if path else key
        found.setdefault(steps_of(below), column)
    return found


def steps_of(below: str) -> JsonPath:
    """Return the path a column's key stands for.

    >>> steps_of("nguoi_ky.ho_ten"), steps_of(".nhom[]"), steps_of("[3]"), steps_of("tu_cham?")
    (('nguoi_ky', 'ho_ten'), ('nhom',), (3,), ('tu_cham',))
    """
    steps: list[str | int] = []
    for word in below.replace("[", ".[").rstrip("?{}").split("."):
        if word.startswith("[") and word[1:-1].isdigit():
            steps.append(int(word[1:-1]))
        elif word and not word.startswith("["):
            steps.append(word)
    return tuple(steps)


# ---------------------------------------------------------------- compiling
class Compiler:
    """Makes the parts of a form's records from the pages a file has."""

    def __init__(self, main: Page, lists: Iterable[Page], epoch: int) -> None:
        self._main = main
        self._pages = {page.path: page for page in lists}
        self._epoch = epoch

    def record(self, root: Field) -> Group:
        """Return the part that a whole record is."""
        return self._group(root, "", self._main)

    def _leaf(self, at: Field, key: str, page: Page) -> Leaf:
        column = page.columns.get(key, 0)
        described = page.described.get(key)
        kind = described or Column(key=key, title=at.title, kind=Kind.TEXT)
        return Leaf(at, column, converter(kind, self._epoch))

    def _presence(self, at: Field, path: str, page: Page) -> Leaf | None:
        key = f"{path}?"
        return self._leaf(_OPTIONAL, key, page) if key in page.columns else None

    def _group(self, at: Field, path: str, page: Page) -> Group:
        prefix = f"{path}." if path else ""
        children = {
            key: self._part(child, prefix + key, page) for key, child in at.children.items()
        }
        columns = {
            column
            for key, column in page.columns.items()
            if key.startswith(prefix) and not key.startswith("#") and not key.endswith("?")
        }
        return Group(at, children, self._presence(at, path, page), columns)

    def _part(self, at: Field, path: str, page: Page) -> Part:
        for key in (f"{path}[]", f"{path}{{}}"):
            if key in page.columns and key != page.path:
                return self._leaf(at, key, page)
        types = at.types - {"null"}
        if types == {"object"} and at.children:
            return self._group(at, path, page)
        if types == {"array"} and at.items is not None:
            return self._list(at, at.items, path, page)
        return self._leaf(at, path, page)

    def _list(self, at: Field, item: Field, path: str, page: Page) -> Part:
        if path in self._pages:
            own = self._pages[path]
            return PlacesOfRecord(at, own, path, self._places(item, path, own))
        key = f"{path}[]"
        described = self._main.described.get(key) or page.described.get(key)
        if described is not None and key not in self._pages:  # one cell, in a column not there
            return self._leaf(at, key, page)
        own_page = self._pages.get(key)
        part = self._item(item, key, own_page) if own_page else None
        return Items(at, own_page, key, part, self._presence(at, path, page))

    def _item(self, item: Field, key: str, page: Page) -> Part:
        if item.types & {"array"} and item.items is not None:
            return self._places(item.items, key, page)
        group = self._group(item, key, page) if item.children else None
        if key in page.described:
            text = self._leaf(item, key, page)
            return TextOrGroup(text, group) if group else text
        return group or self._leaf(item, key, page)

    def _places(self, item: Field, path: str, page: Page) -> Places:
        count = 0
        while f"{path}[{count}]" in page.described:
            count += 1
        return Places([self._leaf(item, f"{path}[{place}]", page) for place in range(count)])


_OPTIONAL = Field(
    key="", title="Có hay không", description="", types=frozenset({"boolean"}),
    required=False, raw={},
)  # fmt: skip
