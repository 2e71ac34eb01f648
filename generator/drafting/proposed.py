"""Fields as they are proposed, and the schema that declares them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from generator.records.schema import LONG_TEXT

TEXT, NUMBER, DATE, LONG, YES_NO = "chữ", "số", "ngày", "nội dung dài", "có hoặc không"
GROUP, LIST = "nhóm", "danh sách"
_TYPES: dict[str, dict[str, Any]] = {
    TEXT: {"type": "string"},
    NUMBER: {"type": "number"},
    DATE: {"type": "string", "format": "date"},
    LONG: {"type": "string", "contentMediaType": LONG_TEXT},
    YES_NO: {"type": "boolean", "default": False},
}
_FOR_REVIEW = "Cần xem lại"


@dataclass(slots=True)
class Proposed:
    """A field to be declared; ``note`` says where it was found, ``ref`` a shared declaration."""

    key: str
    kind: str = TEXT
    title: str = ""
    note: str = ""
    ref: str = ""
    nullable: bool = False  # the template says what to print where there is no value
    children: dict[str, Proposed] = field(default_factory=dict)

    def child(self, key: str) -> Proposed:
        """Return the field of that name inside, made where it is new."""
        return self.children.setdefault(key, Proposed(key))


def schema_of(fields: dict[str, Proposed], title: str) -> dict[str, Any]:
    """Return the JSON Schema of proposed fields; every guess is marked for review."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "description": f"{_FOR_REVIEW}: các trường do vanban đề xuất từ tệp Word.",
        **_object(fields),
    }


def _object(fields: dict[str, Proposed]) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [key for key, each in fields.items() if not each.nullable and not each.ref],
        "properties": {key: _declared(each) for key, each in fields.items()},
    }


def _declared(each: Proposed) -> dict[str, Any]:
    if each.ref:
        return {"$ref": each.ref}
    said = {
        "title": each.title or each.key.replace("_", " ").capitalize(),
        "description": f"{_FOR_REVIEW}: {each.note or 'chưa rõ nghĩa của trường'}.",
    }
    if each.kind == GROUP:
        return {**said, **_object(each.children)}
    if each.kind == LIST:
        items: dict[str, Any] = {**said, "type": "string"}
        if each.children:
            items = {**said, **_object(each.children)}
        return {**said, "type": "array", "items": items}
    declared = _TYPES[each.kind]
    if each.nullable and each.kind != YES_NO:
        declared = {**declared, "type": [declared["type"], "null"]}
    return {**said, **declared}


def rows(fields: dict[str, Proposed], path: str = "") -> Iterator[tuple[str, Proposed]]:
    """Yield every proposed field with its path, ``ds[].ten`` for those of a list's items."""
    for key, each in fields.items():
        where = f"{path}{key}"
        yield where, each
        yield from rows(each.children, f"{where}[]." if each.kind == LIST else f"{where}.")
