"""A first sample of a form, from its schema alone: every field, and plainly not meant.

Rules that a maintainer adds later (greatest numbers, patterns, lengths of lists) are not looked at.
"""

from __future__ import annotations

from typing import Any

from generator.records.schema import Field

_DAY = "2026-01-15"
_NUMBER = 12
_ITEMS = 2


def sample_record(at: Field) -> dict[str, Any]:
    """Return a record with a value for every field: an example of the schema's, or its title."""
    return {key: _value(child) for key, child in at.children.items()}


def _value(at: Field) -> Any:
    for known in ("examples", "enum"):
        if at.raw.get(known):
            return at.raw[known][0]
    if at.children:
        return sample_record(at)
    if at.items is not None:
        return [_value(at.items)] * max(_ITEMS, at.raw.get("minItems", 0))
    if "default" in at.raw:
        return at.raw["default"]
    return _plain(at)


def _plain(at: Field) -> Any:
    if at.is_date:
        return _DAY
    if at.is_number:
        return max(_NUMBER, at.raw.get("minimum", _NUMBER))
    if "boolean" in at.types:
        return False
    if at.is_long_text:
        return f"{at.title}: đoạn thứ nhất.\n{at.title}: đoạn thứ hai."
    return f"[{at.title}]" if "string" in at.types or not at.types else None
