"""Values computed from a valid record: a form's ``[[derive]]`` table (see docs/manifest.md).

Each has a place (``luc_luong.hien_co``, for list items ``hang[].ty_le``), an expression and a
title. They are computed in the order in which they need each other. A derived value never hides a
field of the record; a field that holds a total may be *declared*: then it is compared with what
its parts give, and a difference is told with both figures.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from generator.errors import BundleError, Problem
from generator.expressions import (
    Expression,
    ExpressionError,
    Leaf,
    Run,
    Scope,
    Source,
    Traced,
    Tracer,
    nearest,
    round_half_up,
    short,
    show,
)
from generator.expressions.scopes import (
    EACH,
    Known,
    Pattern,
    parse_pattern,
    pattern_of,
    places,
    show_pattern,
)
from generator.expressions.values import is_short
from generator.language.filters import FILTERS
from generator.records.schema import Fault, Findings, JsonPath, Schema

_KEYS = ("name", "expression", "title", "each", "form", "decimals", "declared")
_FORMS = ("so", "so2", "phan_tram", "tien")
SEVERITIES = ("error", "warning")
_MOST_DECIMALS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """One computed value of a form."""

    pattern: Pattern
    title: str
    expression: Expression
    form: str = "so"  # the filter that prints it
    decimals: int | None = None  # rounded half up to so many places; None: not rounded
    declared: str = ""  # of a total the record holds too: "error" or "warning" when they differ

    @property
    def name(self) -> str:
        """The dotted name, as templates and other expressions use it."""
        return show_pattern(self.pattern)

    @property
    def place(self) -> Pattern:
        """The group it stands in."""
        return self.pattern[:-1]

    def value(self, run: Run) -> Any:
        """Return the computed value at one place of a record."""
        return self.finish(self.expression.evaluate(run))

    def finish(self, value: Any) -> Any:
        """Return a value rounded as the form asks."""
        return value if self.decimals is None else round_half_up(value, self.decimals)

    def show(self, value: Any) -> str:
        """Return a value as the form prints it."""
        if self.form == "so" or value is None or isinstance(value, (str, bool, list, tuple)):
            return show(value)
        return str(FILTERS[self.form](short(value)))


class Derivation:
    """All computed values of a form, in the order of need."""

    def __init__(self, derived: Sequence[Derived], known: Known) -> None:
        self.derived = tuple(derived)
        self.known = known  # every name an expression of the form can use
        self._by_pattern = {each.pattern: each for each in derived}

    def compute(self, context: MutableMapping[str, Any], *, trust: bool = True) -> Findings:
        """Add the computed values to a record, in place; return what is wrong with its totals.

        While values are computed from each other a declared total counts as what its parts give.
        ``trust`` puts the declared figure back for printing; a sum over units does without.
        """
        findings = Findings()
        run = Run((Scope(context),))
        declared: list[tuple[MutableMapping[str, Any], str, Any]] = []
        for each in self.derived:
            for scopes in places(context, each.place, create=True):
                group, key = cast(MutableMapping[str, Any], scopes[0].value), each.pattern[-1]
                if each.declared and group.get(key) is not None:
                    declared.append((group, key, group[key]))
                group[key] = self._value(each, run.within(*scopes), group.get(key), findings)
        if trust:
            for group, key, value in declared:
                group[key] = value
        return findings

    def _value(self, each: Derived, run: Run, declared: Any, findings: Findings) -> Any:
        path = (*run.scopes[0].path, each.pattern[-1])
        try:
            value = each.value(run)
            if value is None or declared is None:
                return declared if value is None else value
            if value != declared:
                findings.add(each.declared, _differs(each, run, path, declared))
        except ExpressionError as error:
            message = f"{each.title}: không tính được, {error}"
            findings.errors.append(
                Fault(path=path, message=message, hint="sửa các số dùng để tính")
            )
            return None
        return value

    def at(self, path: JsonPath) -> Derived | None:
        """Return the computed value that stands at a path of a record."""
        return self._by_pattern.get(pattern_of(path))

    def find(self, context: Mapping[str, Any], name: Pattern) -> Iterator[JsonPath]:
        """Yield the paths in a record of a computed value named by its pattern."""
        if name in self._by_pattern:
            for scopes in places(context, name[:-1]):
                yield (*scopes[0].path, name[-1])

    def explain(self, context: Mapping[str, Any], path: JsonPath, depth: int = 0) -> Source:
        """Return how the value at a path of a computed record came about, down to the data."""
        each = self.at(path)
        if each is None:
            value = value_at(context, path)
            known = self.known.at(pattern_of(path))
            return Source(path, known.title if known else "", show(value))
        run = self._run(context, each, path)
        tracer = Tracer(run)
        traced = tracer.trace(each.expression)
        value = each.finish(traced.value)
        text = equation(each, tracer, traced, value)
        deeper = traced.leaves if depth < _DEEPEST else ()
        sources = tuple(self.explain(context, leaf.path, depth + 1) for leaf in _once(deeper))
        return Source(path, each.title, each.show(value), text, sources)

    def _run(self, context: Mapping[str, Any], each: Derived, path: JsonPath) -> Run:
        for scopes in places(context, each.place):
            if scopes[0].path == path[:-1]:
                return Run(scopes)
        raise ExpressionError(f"không có giá trị ở {show_pattern(pattern_of(path))}")


_DEEPEST = 12


def equation(each: Derived, tracer: Tracer, traced: Traced, value: Any) -> str:
    """Return the arithmetic of a computed value with its result: ``100 × 119 / 120 ≈ 99,2%``."""
    shown = each.show(value)
    if traced.text == shown:
        return shown
    exact = traced.value == value and not tracer.rounded and is_short(value)
    return f"{traced.text} {'=' if exact else '≈'} {shown}"


def _once(leaves: Sequence[Leaf]) -> list[Leaf]:
    return list({leaf.path: leaf for leaf in leaves}.values())


def value_at(context: Any, path: JsonPath) -> Any:
    """Return the value at a path of a record, ``None`` where a group on the way is blank."""
    for step in path:
        if context is None:
            return None
        context = context[step] if isinstance(step, int) else context.get(step)
    return context


def _differs(each: Derived, run: Run, path: JsonPath, declared: Any) -> Fault:
    tracer = Tracer(run)
    traced = tracer.trace(each.expression)
    computed = equation(each, tracer, traced, each.finish(traced.value))
    return Fault(
        path=path,
        message=f"{each.title}: ghi {show(declared)}, tính ra {computed}",
        hint="sửa tổng, hoặc sửa các số cộng thành tổng ấy",
    )


# ---------------------------------------------------------------- from the manifest
def read_derivation(
    tables: Any, schema: Schema, file: str, computed: Sequence[str] = ()
) -> Derivation:
    """Return the computed values of a manifest's ``[[derive]]`` tables.

    ``computed`` names groups that something else computes (the scoring).

    Raises:
        BundleError: every table that cannot be used: unknown keys or names, a field hidden, a
            cycle (the whole chain is named).
    """
    known = Known.of(schema.root)
    for name in computed:
        known.children[name] = Known(title=name, anything=True)
    problems: list[Problem] = []
    derived = list(_read_all(tables, known, file, problems))
    needs: dict[Pattern, list[Pattern]] = {}
    for each in derived if not problems else ():
        try:
            used = known.check(each.expression, each.place)
            needs[each.pattern] = [
                other.pattern
                for other in derived
                if any(name[: len(other.pattern)] == other.pattern for name in used)
            ]
        except ExpressionError as error:
            problems.append(table_problem(file, "derive", each.name, str(error)))
    if not problems:
        problems += _cycles(needs, file)
    if problems:
        raise BundleError(problems)
    return Derivation(_ordered(derived, needs), known)


def _read_all(tables: Any, known: Known, file: str, problems: list[Problem]) -> Iterator[Derived]:
    for number, table in enumerate(as_tables(tables, file, "derive"), 1):
        label = str(table.get("name", number))
        try:
            for each in _read(table):
                _make_known(each, known)
                yield each
        except ExpressionError as error:
            problems.append(table_problem(file, "derive", label, str(error)))


def _read(table: Mapping[str, Any]) -> Iterator[Derived]:
    check_keys(table, _KEYS, ("name", "expression", "title"))
    decimals = table.get("decimals")
    if decimals is not None and not (type(decimals) is int and 0 <= decimals <= _MOST_DECIMALS):
        raise ExpressionError(f"decimals phải là số từ 0 đến {_MOST_DECIMALS}")
    name, expression = parse_pattern(table["name"]), Expression(table["expression"])
    if name[-1] == EACH:
        raise ExpressionError("tên giá trị không kết thúc bằng []")
    for scope in each_of(table):
        yield Derived(
            pattern=(*scope, *name),
            title=table["title"],
            expression=expression,
            form=choice(table, "form", _FORMS, "so"),
            decimals=decimals,
            declared=choice(table, "declared", SEVERITIES, ""),
        )


def _make_known(each: Derived, known: Known) -> None:
    existing = known.at(each.pattern)
    if each.declared:
        if existing is None or existing.anything:
            raise ExpressionError("declared chỉ dùng cho trường có trong schema.json")
        return
    if existing is not None:
        said = "đã tính ở chỗ khác" if existing.anything else "đã là trường của dữ liệu"
        hint = "" if existing.anything else '; nếu là tổng khai sẵn thì thêm declared = "error"'
        raise ExpressionError(f"“{each.name}” {said}{hint}")
    known.add(each.pattern, each.title)


def _cycles(needs: Mapping[Pattern, Sequence[Pattern]], file: str) -> Iterator[Problem]:
    done: set[Pattern] = set()
    for start in needs:
        chain = _find_cycle(start, needs, done)
        if chain:
            shown = " → ".join(show_pattern(pattern) for pattern in chain)
            yield table_problem(
                file, "derive", show_pattern(chain[0]), f"các giá trị cần lẫn nhau: {shown}"
            )
            return


def _find_cycle(
    start: Pattern, needs: Mapping[Pattern, Sequence[Pattern]], done: set[Pattern]
) -> list[Pattern]:
    """Return the chain of a cycle reached from ``start``, without recursion."""
    trail: list[Pattern] = []
    stack: list[tuple[Pattern, bool]] = [(start, True)]
    while stack:
        pattern, entering = stack.pop()
        if not entering:
            trail.pop()
            done.add(pattern)
        elif pattern in trail:
            return [*trail[trail.index(pattern) :], pattern]
        elif pattern not in done:
            trail.append(pattern)
            stack.append((pattern, False))
            stack += [(needed, True) for needed in reversed(needs[pattern])]
    return []


def _ordered(
    derived: Sequence[Derived], needs: Mapping[Pattern, Sequence[Pattern]]
) -> list[Derived]:
    """Return the values so that each comes after those it needs, else as the manifest has them."""
    ordered: dict[Pattern, Derived] = {}
    waiting = list(derived)
    while waiting:
        ready = [each for each in waiting if all(need in ordered for need in needs[each.pattern])]
        ordered |= {each.pattern: each for each in ready}
        waiting = [each for each in waiting if each.pattern not in ordered]
    return list(ordered.values())


# ---------------------------------------------------------------- tables of a manifest
def as_tables(tables: Any, file: str, name: str) -> list[Mapping[str, Any]]:
    """Return the tables of ``[[name]]``.

    Raises:
        BundleError: the key holds something else.
    """
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        message = f"{name} phải là các bảng [[{name}]]"
        raise BundleError(Problem(file=file, at=name, message=message, hint="xem docs/manifest.md"))
    return tables


def check_keys(table: Mapping[str, Any], known: Sequence[str], needed: Sequence[str]) -> None:
    """Refuse a table with a missing or unknown key, or a text key that holds no text."""
    for key in table:
        if key not in known:
            raise ExpressionError(f"không có khóa “{key}”{nearest(key, known)}")
    for key in needed:
        if not isinstance(table.get(key), str) or not table[key].strip():
            raise ExpressionError(f"thiếu khóa {key}")


def each_of(table: Mapping[str, Any]) -> list[Pattern]:
    """Return the places of a table's ``each``; without one, the record itself."""
    each = table.get("each", [])
    patterns = [parse_pattern(text) for text in ([each] if isinstance(each, str) else each)]
    return patterns or [()]


def choice(table: Mapping[str, Any], key: str, options: Sequence[str], default: str) -> str:
    """Return the value of a key that takes one of some words."""
    value = table.get(key, default)
    if value not in options and value != default:
        raise ExpressionError(f"{key} là “{value}”, chọn một trong: {', '.join(options)}")
    return str(value)


def table_problem(file: str, table: str, label: str, message: str) -> Problem:
    """Return a problem with one table of a manifest."""
    return Problem(
        file=file, at=f"[[{table}]] {label}", message=message, hint="xem docs/manifest.md"
    )
