"""Sums over the rows of a superior's table, and what a manifest's ``[rollup]`` says of them.

Every number of a row is additive unless the manifest leaves it out. A blank is not zero: a figure
that a unit left blank in a section it reports on is missing, and the total says of how many units.
A section left blank as a whole does not concern the unit (docs/manifest.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from generator.errors import BundleError, Problem
from generator.expressions import ExpressionError, Run, Scope, Source, show
from generator.expressions.scopes import EACH, Known, places
from generator.expressions.values import add
from generator.figures.derive import Derived
from generator.records.schema import Field, Schema
from generator.scoring import Class, Quota
from generator.scoring.ranking import read_quota

TOTAL = "tong_cong"  # what templates call the sum of all rows
GROUPS = "cac_nhom"  # and the sums of the rows of each group
UNITS = "so_don_vi"  # of a row that is a sum itself: of how many units
GAPS = "thieu"  # of such a row: the figures missing in it, as a list
ABSENT = "chua_nop"  # the field of a table that names units whose data did not come
GAP_FIELD, GAP_COUNT = "truong", "so"
MISSING = "con_thieu"  # the same as counts by figure, as templates read it
ANY_MISSING = "co_thieu"  # whether any figure of the sum is missing somewhere
LATE = "nop_muon"  # the units whose data came late, as texts read them
RESULTS = "ket_qua"  # how many units have each class, as texts read it

Path = tuple[str, ...]
_MOST_TERMS = 20  # of a sum that an explanation writes out


def note(missing: int) -> str:
    """Return what stands behind a total in which figures are missing.

    >>> note(2), note(0)
    (' (thiếu số liệu của 2 đơn vị)', '')
    """
    return f" (thiếu số liệu của {missing} đơn vị)" if missing else ""


# ---------------------------------------------------------------- settings
@dataclass(frozen=True, slots=True, kw_only=True)
class Best:
    """A list of the units at the head or the foot of the table by one figure."""

    name: str
    by: Path
    count: int = 3
    rising: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Merit:
    """How units of a roll-up are classed and ranked: by which points, into which fields."""

    points: str
    result: str = ""
    rank: str = ""
    cluster: str = ""
    classes: tuple[Class, ...] = ()
    quotas: tuple[Quota, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RollupRules:
    """A form's ``[rollup]`` table."""

    feeds: tuple[str, ...] = ()  # the forms whose records it takes
    rows: str = ""  # the list with a row for each unit
    name: str = ""  # the field of a row that names the unit
    group: str = ""  # the field of a row that names its group
    office: str = ""  # the field that names the office where its table goes further up
    same: tuple[str, ...] = ()  # fields that must be equal in all units
    sums: bool = True
    lower: str = "sum"  # what a lower table becomes: one row with its sums, or all its rows
    missing: str = "mark"
    sections: tuple[Path, ...] = ()  # that a unit may leave blank as a whole
    leave: tuple[Path, ...] = ()  # numbers that are not added up
    values: Mapping[str, str] = field(default_factory=dict)  # field of a row -> expression
    sent: str = ""  # the field of a unit's record with the day it was sent
    texts: tuple[str, ...] = ()  # fields of the head that are filled in as texts with tags
    through: Mapping[str, str] = field(default_factory=dict)  # name in those texts -> form
    best: tuple[Best, ...] = ()
    merit: Merit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number of a row that is added up."""

    path: Path
    title: str  # with its groups': “Hình sự, Năm báo cáo, Số vụ”
    section: Path
    whole: bool

    @property
    def name(self) -> str:
        """The dotted name."""
        return ".".join(self.path)


# ---------------------------------------------------------------- sums
class Sum:
    """The sum of rows, one figure at a time: its size does not depend on how many there are."""

    __slots__ = ("gaps", "units", "values")

    def __init__(self, figures: int) -> None:
        self.units = 0
        self.values: list[Any] = [None] * figures
        self.gaps: dict[int, int] = {}  # figure -> units in which it is missing

    def add(self, units: int, values: Sequence[Any], gaps: Mapping[int, int]) -> None:
        """Add a row: of how many units it is, its figures, and what is missing in them."""
        self.units += units
        sums = self.values
        for index, value in enumerate(values):
            if value is not None:
                have = sums[index]
                sums[index] = value if have is None else _plus(have, value)
        for index, count in gaps.items():
            self.gaps[index] = self.gaps.get(index, 0) + count


def _plus(one: Any, other: Any) -> Any:
    # Whole numbers are exact as they are; decimals go through the exact arithmetic.
    return one + other if type(one) is int and type(other) is int else add(one, other)


class Totals:
    """The additive figures of a form's rows, and the computed values that sums have too."""

    def __init__(
        self,
        rules: RollupRules,
        schema: Schema,
        derived: Sequence[Derived] = (),
        known: Known | None = None,
    ) -> None:
        self.rules = rules
        row = schema.root.children[rules.rows].items
        self.row = row if row is not None else schema.root
        self.figures = tuple(_figures(self.row, rules)) if rules.sums else ()
        self._index = {figure.name: index for index, figure in enumerate(self.figures)}
        self._sections = self._by_section()
        self._none = self._nested([0] * len(self.figures))
        self.derived = tuple(self._derived(derived, known))

    def _by_section(self) -> list[tuple[int, ...]]:
        sections: dict[Path, list[int]] = {}
        for index, figure in enumerate(self.figures):
            sections.setdefault(figure.section, []).append(index)
        return [tuple(indexes) for indexes in sections.values()]

    def _derived(
        self, derived: Sequence[Derived], known: Known | None
    ) -> Iterator[tuple[Derived, frozenset[int]]]:
        """Yield the computed values of a row, each with the figures it is computed from."""
        start = (self.rules.rows, EACH)
        depends: dict[Path, frozenset[int]] = {}
        for each in derived:
            if known is None or each.pattern[:2] != start or EACH in each.pattern[2:]:
                continue
            used: set[int] = set()
            for name in known.check(each.expression, each.place):
                inner = name[2:]
                used |= depends.get(inner, frozenset())
                used |= {i for i, f in enumerate(self.figures) if f.path[: len(inner)] == inner}
            if used and self.rules.sums:
                depends[each.pattern[2:]] = frozenset(used)
                yield each, frozenset(used)

    # ------------------------------------------------------------ one row
    def values(self, row: Mapping[str, Any]) -> list[Any]:
        """Return the figures of a row, ``None`` for each that is blank."""
        values: list[Any] = []
        _take(row, self._none, values)
        return values

    def gaps(self, row: Mapping[str, Any], values: Sequence[Any]) -> dict[int, int]:
        """Return in how many units each figure is missing; those without any are left out."""
        if row.get(UNITS) is not None:
            return {
                self._index[gap[GAP_FIELD]]: gap[GAP_COUNT]
                for gap in row.get(GAPS) or ()
                if gap[GAP_FIELD] in self._index
            }
        missing: dict[int, int] = {}
        for indexes in self._sections:
            blank = [index for index in indexes if values[index] is None]
            if blank and len(blank) < len(indexes):
                missing |= dict.fromkeys(blank, 1)
        return missing

    def new(self) -> Sum:
        """Return a sum of nothing yet."""
        return Sum(len(self.figures))

    def add(self, total: Sum, row: Mapping[str, Any]) -> None:
        """Add a row to a sum."""
        values = self.values(row)
        total.add(row.get(UNITS) or 1, values, self.gaps(row, values))

    def row_of(self, total: Sum) -> dict[str, Any]:
        """Return a sum as a row: nested figures, of how many units, and what is missing."""
        gaps = [
            {GAP_FIELD: self.figures[index].name, GAP_COUNT: count}
            for index, count in sorted(total.gaps.items())
        ]
        row = self._nested(total.values, blanks=False)
        return {UNITS: total.units, **row, **({GAPS: gaps} if gaps else {})}

    def _nested(self, values: Sequence[Any], *, blanks: bool = True) -> dict[str, Any]:
        nested: dict[str, Any] = {}
        for figure, value in zip(self.figures, values, strict=True):
            if value is None and not blanks:
                continue
            at = nested
            for step in figure.path[:-1]:
                at = at.setdefault(step, {})
            at[figure.path[-1]] = value
        return nested

    # ------------------------------------------------------------ a whole record
    @contextmanager
    def without_gaps(self, context: Mapping[str, Any]) -> Iterator[None]:
        """Make figures blank for a while that are incomplete in rows that are sums themselves.

        What is computed from such a figure, and rules over it, would compare different units.
        """
        hidden: list[tuple[MutableMapping[str, Any], str, Any]] = []
        for row in context.get(self.rules.rows) or ():
            for gap in (row.get(GAPS) or ()) if row.get(UNITS) else ():
                index = self._index.get(gap[GAP_FIELD])
                if index is not None:
                    *way, key = self.figures[index].path
                    group = _at(row, tuple(way))
                    if group is not None:
                        hidden.append((group, key, group[key]))
                        group[key] = None
        yield
        for group, key, value in hidden:
            group[key] = value

    def complete(self, context: MutableMapping[str, Any]) -> None:
        """Add to a record, as templates see it, the sums of all its rows and of each group."""
        tally = Tally(self)
        for row in context.get(self.rules.rows) or ():
            tally.add(row)
        tally.put(context)

    def present(self, total: Sum, context: Mapping[str, Any]) -> dict[str, Any]:
        """Return a sum as templates read it, with the values computed from it.

        What is computed from a figure that is missing somewhere is blank: its parts would not be
        those of the same units.
        """
        shown = self._nested(total.values)
        run = Run((Scope(context),))
        for each, used in self.derived:
            for scopes in places(shown, each.place[2:], create=True):
                group: Any = scopes[0].value
                whole = not any(index in total.gaps for index in used)
                around = (*scopes, *run.scopes)
                group[each.pattern[-1]] = _value(each, run.within(*around)) if whole else None
        gaps = self.counts(total.gaps)
        return shown | {UNITS: total.units, MISSING: gaps, ANY_MISSING: any(total.gaps.values())}

    def explain(self, context: Mapping[str, Any], name: str) -> Source | None:
        """Return how a figure of the sum of all rows came about, ``None`` for another name."""
        index = self._index.get(name.removeprefix(f"{TOTAL}."))
        if index is None or not name.startswith(f"{TOTAL}."):
            return None
        figure, rows = self.figures[index], context.get(self.rules.rows) or ()
        parts = [
            Source(
                (self.rules.rows, number, *figure.path),
                str(row.get(self.rules.name)),
                show(_at(row, figure.path)),
            )
            for number, row in enumerate(rows)
            if _at(row, figure.path) is not None
        ]
        value = show(_at(context[TOTAL], figure.path))
        terms = [part.value for part in parts[:_MOST_TERMS]]
        terms += ["…"] if len(parts) > _MOST_TERMS else []
        added = f"{' + '.join(terms)} = " if len(terms) > 1 else ""
        text = f"{added}{value}{note(_at(context[TOTAL][MISSING], figure.path))}"
        return Source((TOTAL, *figure.path), figure.title, value, text, tuple(parts))

    def counts(self, gaps: Mapping[int, int]) -> dict[str, Any]:
        """Return the number of units each figure is missing in, as templates read it."""
        if not gaps:
            return self._none
        return self._nested([gaps.get(index, 0) for index in range(len(self.figures))])

    @property
    def names(self) -> dict[str, str]:
        """The names that :meth:`complete` adds, with their titles."""
        return {TOTAL: "Tổng cộng", GROUPS: "Số cộng của từng nhóm"}


class Tally:
    """The sums of a table's rows and of each group, a row at a time."""

    def __init__(self, totals: Totals) -> None:
        self._totals = totals
        self.total = totals.new()
        self.groups: dict[str, Sum] = {}

    def add(self, row: MutableMapping[str, Any]) -> None:
        """Add a row as templates see it; what is missing in it stands in it afterwards."""
        values = self._totals.values(row)
        gaps, units = self._totals.gaps(row, values), row.get(UNITS) or 1
        self.total.add(units, values, gaps)
        group = row.get(self._totals.rules.group)
        if group is not None:
            self.groups.setdefault(group, self._totals.new()).add(units, values, gaps)
        row[MISSING] = self._totals.counts(gaps if row.get(UNITS) else {})

    def put(self, context: MutableMapping[str, Any]) -> None:
        """Put the sums of all rows into their record."""
        present = self._totals.present
        context[TOTAL] = present(self.total, context)
        context[GROUPS] = [
            {"ten": name} | present(group, context) for name, group in self.groups.items()
        ]


def _take(group: Any, like: Mapping[str, Any], values: list[Any]) -> None:
    """Note the figures of a group, those of groups inside it too, in the order of ``like``."""
    for key, inner in like.items():
        value = group.get(key) if group is not None else None
        if inner.__class__ is dict:
            _take(value, inner, values)
        else:
            values.append(value)


def _value(each: Derived, run: Run) -> Any:
    try:
        return each.value(run)
    except ExpressionError:  # a quotient of zero: told of the row it belongs to, blank in the sum
        return None


def _at(value: Any, path: Path) -> Any:
    for step in path:
        if value is None:
            return None
        value = value.get(step)
    return value


def _figures(row: Field, rules: RollupRules) -> Iterator[Figure]:
    own = {rules.name, rules.group, UNITS, GAPS}
    for key, child in row.children.items():
        if key not in own:
            for path, titles, at in _numbers(child, (key,), (child.title,)):
                if not any(path[: len(left)] == left for left in rules.leave):
                    yield Figure(
                        path=path,
                        title=", ".join(titles),
                        section=_section(path, rules.sections),
                        whole="number" not in at.types,
                    )


def _numbers(
    at: Field, path: Path, titles: tuple[str, ...]
) -> Iterator[tuple[Path, tuple[str, ...], Field]]:
    if at.is_number:
        yield path, titles, at
    for key, child in at.children.items():
        yield from _numbers(child, (*path, key), (*titles, child.title))


def _section(path: Path, sections: Iterable[Path]) -> Path:
    """Return the longest section that holds a figure; without one, the outermost group."""
    within = [section for section in sections if path[: len(section)] == section]
    return max(within, key=len, default=path[:1])


# ---------------------------------------------------------------- from the manifest
_WORDS = {
    "rows": str, "name": str, "group": str, "office": str, "sent": str, "lower": str,
    "missing": str, "sums": bool, "from": list, "same": list, "sections": list, "leave": list,
    "texts": list, "values": dict, "through": dict, "best": list, "ranking": dict,
}  # fmt: skip
_BEST = ("name", "by", "count", "order")
_RANKING = ("points", "result", "rank", "cluster", "class", "quota")
_OPTIONS = {"lower": ("sum", "rows"), "missing": ("mark", "stop")}
_KINDS = {str: "chữ", bool: "true hoặc false", list: "danh sách [ ]", dict: "bảng"}


def read_rules(table: Any, schema: Schema, file: str) -> RollupRules:
    """Return the rules of a manifest's ``[rollup]``.

    Raises:
        BundleError: an unknown key, a value of the wrong kind, a field the schema has not.
    """
    try:
        if not isinstance(table, dict):
            raise ValueError("phải là bảng [rollup]")
        return _rules(table, schema)
    except KeyError as error:
        message = f"thiếu khóa {error.args[0]}"
    except ValueError as error:
        message = str(error)
    raise BundleError(
        Problem(file=file, at="[rollup]", message=message, hint="xem docs/manifest.md")
    )


def _rules(table: Mapping[str, Any], schema: Schema) -> RollupRules:
    for key, value in table.items():
        if key not in _WORDS:
            raise ValueError(f"không có khóa “{key}”")
        if not isinstance(value, _WORDS[key]):
            raise ValueError(f"{key} phải là {_KINDS[_WORDS[key]]}")
        if value not in _OPTIONS.get(key, (value,)):
            raise ValueError(f"{key} là “{value}”, chọn một trong: {', '.join(_OPTIONS[key])}")
    plain = {key: table[key] for key in ("rows", "name", "group", "office", "sent") if key in table}
    _check_fields(plain, table, schema)
    rules = RollupRules(
        **plain,
        feeds=tuple(map(str, table.get("from", ()))),
        same=tuple(map(str, table.get("same", ()))),
        texts=tuple(map(str, table.get("texts", ()))),
        sums=table.get("sums", True),
        lower=table.get("lower", "sum"),
        missing=table.get("missing", "mark"),
        sections=_paths(table.get("sections", ())),
        leave=_paths(table.get("leave", ())),
        values=dict(table.get("values", {})),
        through=dict(table.get("through", {})),
        best=tuple(map(_best, table.get("best", ()))),
        merit=read_merit(table["ranking"]) if "ranking" in table else None,
    )
    _check_names(rules, schema)
    return rules


def _check_names(rules: RollupRules, schema: Schema) -> None:
    """Refuse fields that would be hidden by what the roll-up itself puts under their names."""
    listed = schema.root.children.get(rules.rows)
    if listed is None or listed.items is None:
        return
    row, best = listed.items.children, [each.name for each in rules.best]
    ours = {TOTAL, GROUPS, LATE, RESULTS, *best}
    twice = sorted({name for name in best if best.count(name) > 1 or name in (TOTAL, GROUPS, LATE)})
    taken = [*sorted(ours & schema.root.children.keys()), *twice]
    taken += [f"{rules.rows}.{name}" for name in (MISSING, ANY_MISSING) if name in row]
    if taken:
        raise ValueError(f"tên dành cho số liệu tổng hợp, đổi tên trường: {', '.join(taken)}")
    if UNITS in row and not row[UNITS].is_number:
        raise ValueError(f"{rules.rows}.{UNITS} dành cho số đơn vị cộng lại, phải là số nguyên")
    if GAPS in row and row[GAPS].items is None:
        raise ValueError(f"{rules.rows}.{GAPS} dành cho các số liệu còn thiếu, phải là danh sách")


def _inside(at: Field | None, path: Path) -> Field | None:
    for step in path:
        at = at.children.get(step) if at else None
    return at


def _check_fields(plain: Mapping[str, str], table: Mapping[str, Any], schema: Schema) -> None:
    rows = plain.get("rows", "")
    if not rows:
        return
    listed = schema.root.children.get(rows)
    if listed is None or listed.items is None:
        raise ValueError(f"rows: không có danh sách “{rows}”")
    if plain["name"] not in listed.items.children:
        raise ValueError(f"name: mục của {rows} không có trường “{plain['name']}”")
    if plain.get("group") and plain["group"] not in listed.items.children:
        raise ValueError(f"group: mục của {rows} không có trường “{plain['group']}”")
    for key in ("sections", "leave"):
        for path in _paths(table.get(key, ())):
            if _inside(listed.items, path) is None:
                raise ValueError(f"{key}: mục của {rows} không có “{'.'.join(path)}”")
    if plain.get("office") and plain["office"] not in schema.root.children:
        raise ValueError(f"office: không có trường “{plain['office']}”")


def _paths(names: Iterable[Any]) -> tuple[Path, ...]:
    return tuple(tuple(str(name).split(".")) for name in names)


def _best(table: Any) -> Best:
    _only(table, _BEST)
    order, count = table.get("order", "falling"), table.get("count", 3)
    if order not in ("falling", "rising") or type(count) is not int or count < 1:
        raise ValueError("best: order là falling hoặc rising, count là số từ 1 trở lên")
    return Best(
        name=str(table["name"]), by=tuple(str(table["by"]).split(".")), count=count,
        rising=order == "rising",
    )  # fmt: skip


def read_merit(table: Any) -> Merit:
    """Return the rules of ``[rollup.ranking]``."""
    _only(table, _RANKING)
    classes = []
    for each in table.get("class", ()):
        _only(each, ("title", "from"))
        start = Decimal(str(each["from"])) if "from" in each else None
        classes.append(Class(title=str(each["title"]), start=start))
    titles = [each.title for each in classes]
    return Merit(
        points=str(table["points"]),
        result=str(table.get("result", "")),
        rank=str(table.get("rank", "")),
        cluster=str(table.get("cluster", "")),
        classes=tuple(classes),
        quotas=tuple(read_quota(quota, titles) for quota in table.get("quota", ())),
    )


def _only(table: Any, keys: Sequence[str]) -> None:
    if not isinstance(table, dict):
        raise ValueError("viết sai kiểu, cần là bảng")
    for key in table:
        if key not in keys:
            raise ValueError(f"không có khóa “{key}”")
