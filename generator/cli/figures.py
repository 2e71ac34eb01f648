"""Commands about figures: explain."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from generator.cli.options import data_argument, form_argument, templates_option
from generator.cli.words import command
from generator.errors import Problem, UsageError

if TYPE_CHECKING:
    from generator.expressions import Source
    from generator.pipeline import Form
    from generator.records.data import RawRecord

_MOST_SOURCES = 20  # of one value that are shown


@command("explain")
@form_argument
@data_argument
@click.argument("field", metavar="TRƯỜNG")
@click.option("--unit", metavar="TÊN", help="Đơn vị cần xem, khi tệp có nhiều đơn vị.")
@click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON.")
@templates_option
def explain(
    form: str, data: str, field: str, unit: str | None, as_json: bool, templates: Sequence[str]
) -> None:
    """Print how a value came about."""
    from generator.pipeline import open_form

    opened = open_form(form, templates)
    raw = _record(opened, data, unit)
    found = opened.explain(raw, field)
    if as_json:
        tree = [_as_json(source, raw) for source in found]
        click.echo(json.dumps(tree, ensure_ascii=False, indent=2))
        return
    for source in found:
        for line in _lines(source, lambda path: raw.place(path)):
            click.echo(line)


def _as_json(source: Source, raw: RawRecord) -> dict[str, Any]:
    """Return an explanation for a program: a value of the data has its file and place."""
    from generator.records.data import show_path

    said: dict[str, Any] = {
        "field": show_path(source.path, "").removeprefix("."),
        "title": source.title,
        "value": source.value,
    }
    if not source.text:
        return said | {"file": raw.file, "at": raw.place(source.path)}
    return said | {
        "text": source.text, "sources": [_as_json(each, raw) for each in source.sources]
    }  # fmt: skip


def _record(form: Form, data: str, unit: str | None) -> RawRecord:
    """Return the record asked for: the only one, or that of the unit."""
    from difflib import get_close_matches

    key = form.bundle.unit
    if unit is not None and not key:
        raise UsageError(
            Problem(message=f"mẫu {form.bundle.id} không lập cho từng đơn vị", hint="bỏ --unit")
        )
    names: list[str] = []
    only = None
    for raw in form.records(data):
        name = _unit_name(raw, key)
        if unit is not None and name.casefold() == unit.strip().casefold():
            return raw
        names.append(name)
        only = raw
    if unit is None and len(names) == 1 and only is not None:
        return only
    near = get_close_matches(unit, names, 1, 0.5) if unit else names[:1]
    hint = f'ghi như --unit "{near[0]}"' if near else "xem tên các đơn vị trong tệp dữ liệu"
    message = f"không có đơn vị “{unit}”" if unit else f"tệp có {len(names)} bản ghi, cần chọn một"
    raise UsageError(Problem(file=data, message=message, hint=hint))


def _unit_name(raw: RawRecord, key: str) -> str:
    from generator.errors import DataError
    from generator.vietnamese.text import normalise

    if not key:
        return ""
    try:
        value, _ = raw.parse_loosely()
    except DataError:  # another unit's broken line
        return ""
    name = value.get(key) if isinstance(value, dict) else None
    return normalise(name).strip() if isinstance(name, str) else ""


def _lines(
    source: Source, place: Callable[[tuple[str | int, ...]], str], depth: int = 0
) -> Iterator[str]:
    """Yield the lines of an explanation, what a value came from indented under it."""
    from generator.expressions.scopes import pattern_of, show_pattern

    if not source.text:
        where = place(source.path)
        name = source.title or show_pattern(pattern_of(source.path))
        yield f"{'  ' * depth}{source.value}: {name}, {where}"
        return
    yield f"{'  ' * depth}{source.title} = {source.text}"
    shown = [each for each in source.sources if each.text != each.value]
    for each in shown[:_MOST_SOURCES]:
        yield from _lines(each, place, depth + 1)
    if len(shown) > _MOST_SOURCES:
        yield f"{'  ' * (depth + 1)}… và {len(shown) - _MOST_SOURCES} giá trị khác"
