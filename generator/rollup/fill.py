"""The superior's record: the rows, the head's fields, and texts whose figures are the roll-up's."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from jinja2.exceptions import TemplateError as JinjaError

from generator.errors import DataError, Problem, UsageError
from generator.figures.totals import ABSENT, Best, Merit
from generator.language.sandbox import Sandbox
from generator.pipeline import Form
from generator.records.data import RawRecord, decode, load_files, parse_json, read_bytes
from generator.records.schema import Fault
from generator.rollup.collect import Collected
from generator.scoring import Standing, rank
from generator.vietnamese import TextFormError

LATE = "nop_muon"
_UNFED = "(chưa khai)"  # where a problem of the head stands when there is no file


# ---------------------------------------------------------------- the head
def read_head(form: Form, file: str, settings: Sequence[str]) -> RawRecord:
    """Return what a superior says himself: a JSON file with the form's fields, and ``--set``.

    Raises:
        UsageError: a file that cannot be read, a setting that is none.
        DataError: broken JSON, or fields that the roll-up fills.
    """
    value: Any = {}
    if file:
        value = parse_json(decode(read_bytes(Path(file), file), file), file)
        if not isinstance(value, dict):
            message = "tệp đầu văn bản phải là một nhóm trường { }"
            raise DataError(Problem(file=file, message=message, hint="ghi các trường của mẫu"))
    for setting in settings:
        _set(value, setting)
    rows = form.figures.rollup.rows if form.figures.rollup else ""
    if rows and rows in value:
        message = f"không khai {rows} ở đây: lấy từ số liệu của đơn vị"
        raise DataError(Problem(file=file, at=f"$.{rows}", message=message, hint="bỏ khóa này"))
    folder = str(Path(file).parent) if file else "."
    return RawRecord(file=file or _UNFED, text="", value=value, folder=folder)


def _set(value: dict[str, Any], setting: str) -> None:
    name, sign, text = setting.partition("=")
    steps = name.strip().split(".")
    if not sign or not all(steps):
        message = f"--set “{setting}” viết sai"
        raise UsageError(Problem(message=message, hint='viết như --set "nguoi_ky.ho_ten=Lê An"'))
    for step in steps[:-1]:
        value = value.setdefault(step, {})
        if not isinstance(value, dict):
            message = f"--set “{setting}”: {step} không phải là nhóm trường"
            raise UsageError(Problem(message=message, hint="xem các trường bằng lệnh vanban show"))
    value[steps[-1]] = _given(text)


def _given(text: str) -> Any:
    if text.strip() == "null":
        return None
    return parse_json(text, "--set") if text.lstrip()[:1] in ("[", "{") else text


def period_of(form: Form, head: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a head says of the fields that must be equal in all units."""
    rules = form.figures.rollup
    fields = [key for key in (rules.same if rules else ()) if key in head]
    read, _ = form.schema.read({key: head[key] for key in fields})
    return {key: read[key] for key in fields}


# ---------------------------------------------------------------- the record
def fill(
    form: Form, head: RawRecord, collected: Collected, merit: Merit | None = None
) -> RawRecord:
    """Return the superior's record, not yet checked: its rows, and the period of its units."""
    rules = form.figures.rollup
    if rules is None:
        raise ValueError(f"{form.bundle.id} has no roll-up")
    merit = merit or rules.merit
    if merit is not None:
        _rank(collected.rows, merit)
    known = form.schema.root.children
    same = {key: value for key, value in collected.same.items() if key in known}
    absent = {ABSENT: collected.missing} if collected.missing and ABSENT in known else {}
    return replace(head, value=same | head.value | absent | {rules.rows: collected.rows})


def context_of(form: Form, record: Mapping[str, Any], collected: Collected) -> dict[str, Any]:
    """Return what texts read: rows, sums, lists of the best, who is missing or late."""
    rules = form.figures.rollup
    read, _ = form.schema.read(record)
    context: dict[str, Any] = form.schema.present(read)
    form.figures.complete(context)
    rows = context[rules.rows] if rules else []
    context |= {ABSENT: collected.missing, LATE: collected.late}
    for best in rules.best if rules else ():
        context[best.name] = _best(rows, best, rules.name if rules else "")
    if rules and rules.merit and rules.merit.result:
        context["ket_qua"] = _counted(row.get(rules.merit.result) for row in rows)
    return context


def _best(rows: Iterable[Mapping[str, Any]], best: Best, name: str) -> list[dict[str, Any]]:
    """Return the first units by a figure; those that share the last place are all there."""
    found = [(value, row) for row in rows if (value := _at(row, best.by)) is not None]
    found.sort(key=lambda each: each[0], reverse=not best.rising)
    if len(found) > best.count:
        border = found[best.count - 1][0]
        found = [
            each for index, each in enumerate(found) if index < best.count or each[0] == border
        ]
    return [{"ten": row[name], "gia_tri": value} for value, row in found]


def _at(value: Any, path: Sequence[str]) -> Any:
    for step in path:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _counted(results: Iterable[Any]) -> list[dict[str, Any]]:
    counts: dict[Any, int] = {}
    for result in results:
        counts[result] = counts.get(result, 0) + 1
    return [{"ten": name or "Chưa xét", "so": count} for name, count in counts.items()]


def _rank(rows: Sequence[dict[str, Any]], merit: Merit) -> None:
    """Give the rows their class by points, then rank and quotas within each cluster."""
    standings = [
        Standing(
            unit=index,
            points=row.get(merit.points),
            title=row.get(merit.result) or _class(row.get(merit.points), merit),
            cluster=str(row.get(merit.cluster) or ""),
        )
        for index, row in enumerate(rows)
    ]
    for row, ranked in zip(rows, rank(standings, merit.quotas), strict=True):
        if merit.result:
            row[merit.result] = ranked.title
        if merit.rank:
            row[merit.rank] = ranked.rank


def _class(points: Decimal | None, merit: Merit) -> str | None:
    if points is None:
        return None
    return next((each.title for each in merit.classes if each.reached(points)), None)


# ---------------------------------------------------------------- texts
def fill_texts(form: Form, head: RawRecord, context: Mapping[str, Any]) -> RawRecord:
    """Return a record whose texts have the figures of roll-ups in the places of their tags.

    Raises:
        DataError: a tag that is wrongly written, or names what no roll-up gives.
    """
    rules = form.figures.rollup
    value, faults = load_files(head.value, form.schema, head.folder)
    sandbox = Sandbox(text=True)
    for key in rules.texts if rules else ():
        text = value.get(key) if isinstance(value, dict) else None
        if isinstance(text, str):
            try:
                value[key] = sandbox.from_string(text).render(context)
            except (JinjaError, TextFormError, ArithmeticError, TypeError) as error:
                said = getattr(error, "message", None) or str(error)
                line = getattr(error, "lineno", None)
                where = f", dòng {line} của nội dung" if line else ""
                message = f"không điền được số liệu{where}: {said}"
                faults.append(Fault(path=(key,), message=message, hint="sửa thẻ trong nội dung"))
    if faults:
        raise DataError(head.problems(faults))
    return replace(head, value=value)


# ---------------------------------------------------------------- out
_NUMBER = re.compile(r'"\\u0000([^"]*)"')


def as_json(record: Any) -> str:
    """Return a record as JSON to read and to roll up again; decimals digit for digit."""
    text = json.dumps(record, ensure_ascii=False, indent=1, default=_digits)
    return _NUMBER.sub(r"\1", text) + "\n"


def _digits(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"\0{value:f}"  # no valid record holds the mark
    raise TypeError(type(value).__name__)
