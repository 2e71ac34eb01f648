"""Values that know where they stand in the record, and the letters that mark them in a document.

A page that is shown beside its form leads from a printed value to its field. The values of the
record are wrapped for that: they are texts, numbers and dates like any other, and carry a place.
Where one is printed, two letters that no document has stand around it. The first tells the place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from generator.patterns import regex
from generator.vietnamese import Blank
from generator.vietnamese.dates import PartialDate

Path = tuple[str | int, ...]
# The last two planes of Unicode belong to nobody (Unicode 16, 23.5), and no typeface has them.
HOLE_OPENS, HOLE_CLOSES = "\ue010", "\ue011"  # around what a draft lacks
_FIRST, _END = 0xF0000, "\U0010fffd"
_MOST = ord(_END) - _FIRST
MARKED = regex("([\U000f0000-\U0010fffc])([^\U000f0000-\U0010ffff]*)\U0010fffd")
_LETTERS = regex("[\U000f0000-\U0010ffff]+")
_NO_DATA = regex(f"[{HOLE_OPENS}{HOLE_CLOSES}\U000f0000-\U0010ffff]+")


@dataclass(slots=True)
class Places:
    """The places that a document prints, numbered in the order of print."""

    _numbers: dict[Path, int] = field(default_factory=dict)

    def marks(self, path: Path) -> tuple[str, str]:
        """Return the letters before and behind a value; none where there are too many places."""
        number = self._numbers.setdefault(path, len(self._numbers))
        return (chr(_FIRST + number), _END) if number < _MOST else ("", "")

    def paths(self) -> tuple[Path, ...]:
        """Return the places by their numbers."""
        return tuple(self._numbers)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands in a record, and the document that prints it."""

    path: Path
    places: Places

    def below(self, step: str | int) -> Place:
        """Return the place of a field of this group, or an item of this list."""
        return Place((*self.path, step), self.places)

    def marks(self) -> tuple[str, str]:
        """Return the letters before and behind the value."""
        return self.places.marks(self.path)


def number_of(letter: str) -> int:
    """Return the number of the place that a letter tells."""
    return ord(letter) - _FIRST


def unmarked(text: str) -> str:
    """Return a text without the letters that mark places."""
    return text if text.isprintable() else _LETTERS.sub("", text)


def without_letters(value: Any) -> Any:
    """Return a record with none of the letters that mark places and holes in its texts."""
    if isinstance(value, str):
        return value if value.isprintable() else _NO_DATA.sub("", value)
    if isinstance(value, dict):
        return {key: without_letters(item) for key, item in value.items()}
    return list(map(without_letters, value)) if isinstance(value, list) else value


# ---------------------------------------------------------------- values with a place
@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a text that prints one value."""

    start: int
    end: int
    place: Place


class PlacedText(str):
    """A text whose stretches know their places."""

    parts: tuple[Part, ...]

    def __new__(cls, text: str, parts: tuple[Part, ...]) -> PlacedText:
        """Return a text of which ``parts``, in their order, print values of the record."""
        made = super().__new__(cls, text)
        made.parts = parts
        return made

    def __add__(self, other: str) -> str:
        """Return two texts put together."""
        return together((self, other)) if isinstance(other, str) else NotImplemented

    def __radd__(self, other: str) -> str:
        return together((other, self)) if isinstance(other, str) else NotImplemented


class _Blank(Blank):
    parts: tuple[Part, ...]


class _Whole(int):
    place: Place


class _Decimal(Decimal):
    place: Place


class _Date(date):
    place: Place


class _PartialDate(PartialDate):
    place: Place


class Group(dict[str, Any]):
    """A group of fields with its place."""

    place: Place


class Items(list[Any]):
    """A list with its place."""

    place: Place


@dataclass(frozen=True, slots=True)
class Nothing:
    """No value, on its way from its place to a filter or to print."""

    value: Any  # None, or what Jinja has for a name that is not there
    place: Place


def placed(value: Any, place: Place) -> Any:
    """Return a value, groups and lists with all that is in them, that knows its place.

    What knows a place already keeps it; truth values, pictures and nothing cannot know any.
    """
    if place_of(value) is not None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        if hasattr(value, "place"):  # a hole
            return _at(value, place)
        return placed_text(unmarked(value), place)
    if isinstance(value, dict):
        group = Group({key: placed(item, place.below(key)) for key, item in value.items()})
        return _at(group, place)
    if isinstance(value, list):
        return _at(Items(placed(each, place.below(i)) for i, each in enumerate(value)), place)
    if isinstance(value, PartialDate):
        partial = _PartialDate(value.year, value.month, value.day)
        object.__setattr__(partial, "place", place)
        return partial
    if isinstance(value, date):
        return _at(_Date(value.year, value.month, value.day), place)
    if isinstance(value, int):
        return _at(_Whole(value), place)
    return _at(_Decimal(value), place) if isinstance(value, Decimal) else value


def put_places(value: Any, place: Place) -> None:
    """Give the texts of a record's groups and lists their places, in place.

    Before anything is computed: what takes over a text, takes over its place.
    """
    if isinstance(value, dict):
        steps: Iterable[tuple[str | int, Any]] = list(value.items())
    else:
        steps = list(enumerate(value))
    for step, item in steps:
        if isinstance(item, str):
            value[step] = placed(item, place.below(step))
        elif isinstance(item, (dict, list)):
            put_places(item, place.below(step))


def _at(value: Any, place: Place) -> Any:
    value.place = place
    return value


def placed_text(text: str, place: Place) -> str:
    """Return a text that stands at a place as a whole."""
    return with_parts(text, (Part(0, len(text), place),))


def with_parts(text: str, parts: tuple[Part, ...]) -> str:
    """Return a text with its stretches; a blank stays a blank."""
    if not isinstance(text, Blank):
        return PlacedText(text, parts)
    blank = _Blank(text)
    blank.parts = parts
    return blank


def parts_of(value: Any) -> tuple[Part, ...]:
    """Return the stretches of a text that know their places."""
    place = getattr(value, "place", None)
    if place is not None:
        return (Part(0, len(value), place),)
    found: tuple[Part, ...] = getattr(value, "parts", ())
    return found


def place_of(value: Any) -> Place | None:
    """Return the one place that a value stands at, if there is one."""
    if isinstance(value, str):
        found = {part.place.path: part.place for part in parts_of(value)}
        return next(iter(found.values())) if len(found) == 1 else None
    # Not of any value: a name that is not there answers every question with itself.
    place: Place | None = value.place if isinstance(value, _PLACED) else None
    return place


_PLACED = (_Whole, _Decimal, _Date, _PartialDate, Group, Items, Nothing)
_PLAIN: Mapping[type, type] = {
    PlacedText: str, _Blank: Blank, _Whole: int, _Decimal: Decimal, Group: dict, Items: list,
}  # fmt: skip


def bare(value: Any) -> Any:
    """Return a value as it was before it knew its place; what is in a group or a list stays."""
    if isinstance(value, Nothing):
        return value.value
    if isinstance(value, _Date):
        return date(value.year, value.month, value.day)
    if isinstance(value, _PartialDate):
        return PartialDate(value.year, value.month, value.day)
    plain = _PLAIN.get(type(value))
    return plain(value) if plain else value


def together(texts: tuple[str, ...]) -> str:
    """Return texts put together, each stretch with its place."""
    return with_parts("".join(texts), tuple(_shifted(texts)))


def _shifted(texts: tuple[str, ...]) -> Iterator[Part]:
    at = 0
    for text in texts:
        for part in parts_of(text):
            yield Part(at + part.start, at + part.end, part.place)
        at += len(text)
