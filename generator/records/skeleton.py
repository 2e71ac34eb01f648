"""A data file to fill: every field of a form with its title, its note and a place for the value."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from generator.records.schema import COMMENT, Field, Schema, placeholder


def skeleton(schema: Schema, title: str, unit: str = "", names: Sequence[str] = ()) -> str:
    """Return a JSON text with one record to fill, or one for each name of a unit.

    ``unit`` is the key of the field that takes the name. Required fields hold ``‹Title›``, which
    reading refuses until it is replaced; optional ones hold ``null`` or their default, and stand as
    a note alone where ``null`` is no value. Keys that start with ``//`` are notes and are ignored
    when read.
    """
    record = {
        COMMENT: f"{title}. Thay mỗi ‹…› bằng giá trị thật; trường không bắt buộc để null nếu "
        "không có; các dòng // chỉ để chú thích.",
        **_object(schema.root),
    }
    filled = [record | {unit: name} for name in names] if names else record
    return json.dumps(filled, ensure_ascii=False, indent=2) + "\n"


def _object(at: Field) -> dict[str, Any]:
    filled: dict[str, Any] = {}
    for key, child in at.children.items():
        filled[f"{COMMENT}{key}"] = _note(child)
        if child.required or "default" in child.raw or "null" in child.types or not child.types:
            filled[key] = _value(child)
    return filled


def _note(at: Field) -> str:
    need = "bắt buộc" if at.required else "không bắt buộc"
    choices = at.raw.get("enum")
    chosen = f" Chọn một trong: {', '.join(map(str, choices))}." if choices else ""
    return f"{at.title} ({need}): {at.description}{chosen}"


def _value(at: Field) -> Any:
    default = at.raw.get("default")
    if at.children and "string" not in at.types and (at.required or default == {}):
        return _object(at)
    if not at.required:
        return default
    if at.items:
        return [_value(at.items)]
    return placeholder(at.title)
