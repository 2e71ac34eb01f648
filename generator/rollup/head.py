"""What a superior says himself: the head's fields, and texts whose figures are the roll-up's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from jinja2.exceptions import TemplateSyntaxError

from generator.errors import DataError, GeneratorError, Problem, UsageError
from generator.language.sandbox import Sandbox
from generator.language.words import syntax_words
from generator.pipeline import Form
from generator.records.data import RawRecord, decode, load_files, parse_json, read_bytes
from generator.records.schema import Fault
from generator.template.render import meaning

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
            except GeneratorError:
                raise
            except Exception as error:  # the text's own tags ran: whatever they raise is theirs
                message = f"không điền được số liệu{_why(error)}"
                faults.append(Fault(path=(key,), message=message, hint="sửa thẻ trong nội dung"))
    if faults:
        raise DataError(head.problems(faults))
    return replace(head, value=value)


def _why(error: Exception) -> str:
    """Return where a text cannot be filled, as far as that is known, and why."""
    if isinstance(error, TemplateSyntaxError):
        return f", dòng {error.lineno} của nội dung: {syntax_words(error.message or '')[0]}"
    if isinstance(error, SyntaxError):  # of the code that Jinja makes
        return ": quá nhiều lệnh lồng nhau"
    return f": {meaning(error)[0]}"
