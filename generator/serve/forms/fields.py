"""A form's fields as a page shows them: controls, titles, notes, and what is there to begin with.

Notes in a schema speak to those who write data files; here they speak of boxes and of Enter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from generator.patterns import regex
from generator.records.schema import Field

# What is said to somebody who writes JSON, and what to somebody who fills boxes.
_SAID = (
    (regex(r"\s*Có thể để trong tệp riêng: \{[^}]*\}\."), ""),
    (regex(r"\s*Hoặc một nhóm: \{[^}]*\}\."), ""),
    (regex(r"Muốn xuống dòng thì gõ \\n"), "Muốn xuống dòng thì bấm Enter"),
    (regex(r"\\n"), " / "),
    (regex(r"Dòng Lưu khai ở khóa luu"), "Dòng Lưu điền ở ô Lưu"),
    (regex(r", dạng năm-tháng-ngày \([^)]*\) hoặc ngày/tháng/năm \([^)]*\)"), ""),
    (regex(r"Dạng \d{4}-\d\d-\d\d hoặc "), "Dạng "),
    (regex(r'ghi "(\d+)"'), r"ghi \1"),
    (regex(r"Bỏ trống \(null\) hoặc không khai"), "Bỏ trống"),
    (regex(r"\b(?:[Đđ]ể|ghi) null\b"), "bỏ trống"),
    (regex(r"\bnull nếu"), "bỏ trống nếu"),
    (regex(r"\s*\(null\)"), ""),
    (regex(r"\s*\[\]"), ""),
    (regex(r"\btrue\b"), "Có"),
    (regex(r"\bfalse\b"), "Không"),
    (regex(r"trai, giua hoặc phai\.\s*"), ""),
    (regex(r"\b[Kk]hông khai\b"), "bỏ trống"),
)
_FIRST = regex(r"(?:^|(?<=\. ))bỏ trống")
# Limits that a control keeps or tells.
_LIMITS = ("minimum", "maximum", "maxLength", "minItems", "maxItems")


def tree(at: Field) -> dict[str, Any]:
    """Return a field with all below it, as JSON.

    ``kind`` is the control: text, lines, long, number, whole, date, open-date, yes-no, choice,
    image, group, list, either (a text or a group), any. ``start`` is what it holds before anything
    is filled in; absent where that is no value at all.
    """
    kind = kind_of(at)
    shown: dict[str, Any] = {
        "key": at.key, "title": at.title or at.key, "note": note(at.description), "kind": kind,
        "required": at.required, "empty": "null" in at.types,
    }  # fmt: skip
    if kind == "choice":
        shown["choices"], shown["note"] = _choices(at)
    if at.children:
        shown["children"] = [tree(child) for child in at.children.values()]
        shown["blank"] = _group(at)
    if at.items:
        shown["items"] = tree(at.items)
    if kind in ("whole", "number"):
        # What has a highest value numbers something, as years do: 2026, never 2.026.
        shown["grouped"] = "maximum" not in at.raw
    if kind == "list":
        # Of some lists none at all is another thing than not known yet; their notes say so.
        shown["none"] = "null" in at.types and "rỗng" in at.description
    shown |= {name: at.raw[name] for name in _LIMITS if name in at.raw}
    if "default" in at.raw:
        shown["default"] = at.raw["default"]
    if at.raw.get("examples"):
        shown["example"] = at.raw["examples"][0]
    shown |= start(at)
    return shown


_BY_TYPE = (("integer", "whole"), ("number", "number"), ("boolean", "yes-no"), ("array", "list"))


def kind_of(at: Field) -> str:
    """Return the kind of control that a field is filled in with."""
    types = at.types - {"null"}
    if "enum" in at.raw:
        return "choice"
    if at.is_date:
        return "open-date" if at.is_open_date else "date"
    if at.is_image:
        return "image"
    if at.is_long_text:
        return "long"
    if "object" in types:
        return "either" if "string" in types else "group"
    if types <= {"string"} and types:
        return "lines" if _has_lines(at) else "text"
    found = [kind for name, kind in _BY_TYPE if types == {name}]
    return found[0] if found else "any"


_WORDS = {"trai": "trái", "giua": "giữa", "phai": "phải"}


def _choices(at: Field) -> tuple[list[dict[str, Any]], str]:
    """Return the values to choose from, each with the words its note has for it, and the rest."""
    found, rest = [], at.description
    for value in at.raw["enum"]:
        if value is None:
            continue
        label = _WORDS.get(value, str(value)) if isinstance(value, str) else str(value)
        said = re.search(rf"(?:^|(?<=[;.] )){re.escape(label)}: ([^;.]*)[;.]\s*", rest)
        if said:
            rest = rest[: said.start()] + rest[said.end() :]
            label = said[1] if label.isascii() and label.islower() else f"{label}: {said[1]}"
        found.append({"value": value, "label": label[:1].upper() + label[1:]})
    return found, note(rest)


def _has_lines(at: Field) -> bool:
    """Return whether a text may be printed on several lines: its note says so."""
    return "xuống dòng" in at.description


def start(at: Field) -> dict[str, Any]:
    """Return ``{"start": value}`` for what a field holds in a new draft, ``{}`` for nothing.

    A field that may be empty stands as ``null``: it is printed as a place to fill in by hand.
    """
    if "default" in at.raw:
        value = at.raw["default"]
        return {"start": _group(at) if value == {} and at.children else value}
    if "null" in at.types:
        return {"start": None}
    if "object" in at.types and at.required and "string" not in at.types:
        return {"start": _group(at)}
    return {"start": []} if "array" in at.types and at.required else {}


def _group(at: Field) -> dict[str, Any]:
    begun = {key: start(child) for key, child in at.children.items()}
    return {key: value["start"] for key, value in begun.items() if "start" in value}


def note(description: str) -> str:
    r"""Return a field's note for somebody who fills boxes.

    >>> note("Bỏ trống (null) nếu chừa chỗ. Muốn xuống dòng thì gõ \\n.")
    'Bỏ trống nếu chừa chỗ. Muốn xuống dòng thì bấm Enter.'
    >>> note("Số thứ tự. Để null khi chờ lấy số.")
    'Số thứ tự. Bỏ trống khi chờ lấy số.'
    """
    for words, instead in _SAID:
        description = words.sub(instead, description)
    return _FIRST.sub("Bỏ trống", description).strip()


def record_for_page(value: Any) -> Any:
    """Return a record for a browser, whose numbers are doubles: longer ones go as text.

    >>> from decimal import Decimal
    >>> record_for_page({"a": Decimal("12.50"), "b": Decimal("0.5"), "c": 2**60})
    {'a': '12,50', 'b': 0.5, 'c': '1152921504606846976'}
    """
    if isinstance(value, Mapping):
        return {key: record_for_page(item) for key, item in value.items()}
    if isinstance(value, list):
        return [record_for_page(item) for item in value]
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**53 else str(value)
    double = float(value)
    return double if repr(double) == str(value) else f"{value:f}".replace(".", ",")
