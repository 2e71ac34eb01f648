"""What a clerk does, for tests: types commands, keeps data files, draws a small form."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.cli import main
from tests.making import make

ROOT = Path(__file__).parents[1]
FIXTURES = ROOT / "fixtures"
FORMS = sorted(path.parent.name for path in (ROOT / "doctemplates").glob("*/manifest.toml"))
TEXT_FIELD = {"title": "Tên", "description": "Tên đơn vị.", "type": "string"}


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command left: its exit code, standard output and standard error."""

    code: int
    out: str
    err: str


def vanban(*arguments: str | Path, stdin: bytes = b"") -> Ran:
    """Run the command in this process, as quickly as a call."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    before, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(stdin))
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                main([str(argument) for argument in arguments])
            except SystemExit as left:
                code = left.code
    finally:
        sys.stdin = before
    assert isinstance(code, int)
    return Ran(code, *(_written(stream) for stream in (out, err)))


def _written(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


def plan(**changes: Any) -> dict[str, Any]:
    """Return a good record of the form ``ke-hoach``, with changes."""
    text = (FIXTURES / "ke-hoach" / "utf8-bom.json").read_text(encoding="utf-8-sig")
    record: dict[str, Any] = json.loads(text)
    return record | changes


def units() -> list[dict[str, Any]]:
    """Return twelve good records of the form ``ban-cham-diem``, a list the caller may change."""
    text = (FIXTURES / "ban-cham-diem" / "don-vi-12.json").read_text(encoding="utf-8")
    records: list[dict[str, Any]] = json.loads(text)
    return records


def keep(path: Path, value: Any) -> Path:
    """Write a value as a JSON file, on one line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    return path


def keep_lines(path: Path, values: Sequence[Any]) -> Path:
    """Write values as a JSON Lines file."""
    lines = (json.dumps(value, ensure_ascii=False) + "\n" for value in values)
    path.write_text("".join(lines), encoding="utf-8")
    return path


def object_of(fields: Mapping[str, Any], required: Sequence[str] | None = None) -> dict[str, Any]:
    """Return a JSON Schema of an object with those fields and no others."""
    return {
        "title": "Phiếu",
        "type": "object",
        "additionalProperties": False,
        "required": list(fields) if required is None else list(required),
        "properties": dict(fields),
    }


def draw_form(
    root: Path,
    form: str = "phieu",
    *,
    schema: Any = None,
    template: bytes | None = None,
    sample: Any = None,
    **manifest: str,
) -> Path:
    """Make a form folder in ``root``: a slip that prints ``ten``, unless told otherwise."""
    folder = root / form
    folder.mkdir(parents=True, exist_ok=True)
    said = {
        "id": form, "title": "Phiếu", "type": "", "standard": "nd30_2020", "source": "mẫu thử",
        "output": "{{ ten }}.docx",
    } | manifest  # fmt: skip
    lines = (f"{key} = {json.dumps(text, ensure_ascii=False)}\n" for key, text in said.items())
    (folder / "manifest.toml").write_text("".join(lines), encoding="utf-8")
    keep(folder / "schema.json", object_of({"ten": TEXT_FIELD}) if schema is None else schema)
    (folder / "template.docx").write_bytes(template or make("Tên: {{ ten }}"))
    keep(folder / "sample.json", {"ten": "An"} if sample is None else sample)
    return folder
