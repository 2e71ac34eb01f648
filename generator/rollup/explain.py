"""Where a total comes from: each unit with its figure, file and cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from generator.errors import Problem, UsageError
from generator.expressions import Run, Scope, Tracer, show
from generator.expressions.scopes import places
from generator.figures.derive import equation
from generator.figures.totals import TOTAL, UNITS, Totals, note
from generator.rollup.collect import Collector, Unit


def explanation(collector: Collector, sources: Iterable[str], name: str) -> Iterator[str]:
    """Yield the lines that explain a total, a unit a line as it is read, the total last.

    ``name`` is a figure (``dang_ky.ho_cam_ket``), a value computed from figures, or a field of a
    row. Memory does not grow with the units.

    Raises:
        UsageError: there is no such total.
        DataError: what is wrong with the data, at the end.
    """
    totals = collector.totals
    figures = _figures(totals, name.removeprefix(f"{TOTAL}."))
    if not figures:
        yield from _field(collector, sources, name)
        return
    total = totals.new()
    for unit in collector.units(sources):
        total.add(unit.units, unit.values, unit.gaps)
        for index in figures:
            yield from _unit_lines(totals, unit, index, named=len(figures) > 1)
    collector.finish()
    shown = totals.present(total, {})
    for index in figures:
        figure = totals.figures[index]
        value = show(total.values[index])
        yield f"{figure.title} = {value}{note(total.gaps.get(index, 0))}, {total.units} đơn vị"
    yield from _computed(totals, shown, name.removeprefix(f"{TOTAL}."))


def _figures(totals: Totals, name: str) -> list[int]:
    """Return the figures a name stands for: itself, or those a computed value is made from."""
    for index, figure in enumerate(totals.figures):
        if figure.name == name:
            return [index]
    for each, used in totals.derived:
        if ".".join(each.pattern[2:]) == name:
            return sorted(used)
    return []


def _unit_lines(totals: Totals, unit: Unit, index: int, *, named: bool) -> Iterator[str]:
    figure, raw = totals.figures[index], unit.submitted.raw
    prefix = f"{figure.title}: " if named else ""
    value, missing = unit.values[index], unit.gaps.get(index, 0)
    if UNITS not in unit.row:
        where = f"{raw.file}, {raw.place((*unit.start, *figure.path))}"
        if value is not None or missing:
            yield f"  {prefix}{unit.name}: {show(value)}, {where}"
        return
    yield f"  {prefix}{unit.name}: {show(value)}{note(missing)}, {raw.file}, {unit.units} đơn vị"
    record = unit.submitted.raw.parse()
    rows = record.get(totals.rules.rows) if isinstance(record, Mapping) else None
    for number, row in enumerate(rows or ()):
        found = _at(row, figure.path)
        if found is not None:
            place = raw.place((totals.rules.rows, number, *figure.path))
            yield f"    {row.get(totals.rules.name)}: {show(found)}, {raw.file}, {place}"


def _computed(totals: Totals, shown: dict[str, Any], name: str) -> Iterator[str]:
    for each, _ in totals.derived:
        if ".".join(each.pattern[2:]) != name:
            continue
        for scopes in places(shown, each.place[2:]):
            group: Any = scopes[0].value
            if group[each.pattern[-1]] is None:
                yield f"{each.title} = (trống): có số liệu còn thiếu"
                continue
            run = Run((*scopes, Scope({})))
            tracer = Tracer(run)
            traced = tracer.trace(each.expression)
            value = each.finish(traced.value)
            yield f"{each.title} = {equation(each, tracer, traced, value)}"


def _field(collector: Collector, sources: Iterable[str], name: str) -> Iterator[str]:
    path = tuple(name.split("."))
    if path not in collector.paths:
        known = [figure.name for figure in collector.totals.figures]
        known += [".".join(each) for each in collector.paths]
        near = get_close_matches(name, known, 1, 0.5)
        raise UsageError(
            Problem(
                message=f"không có số tổng hợp “{name}”",
                hint=f"có phải “{near[0]}”?"
                if near
                else f"chọn một trong: {', '.join(known[:20])}",
            )
        )
    for unit in collector.units(sources):
        raw = unit.submitted.raw
        value = _at(unit.row, path)
        yield f"  {unit.name}: {show(value)}, {raw.file}, {raw.place(unit.start)}"
    collector.finish()


def _at(value: Any, path: Iterable[str]) -> Any:
    for step in path:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value
