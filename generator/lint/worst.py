"""The hardest records that a form allows: longest texts, most rows, every blank it declares.

They start from the sample, which is a whole and sensible record, and keep each change that the
schema accepts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from generator.body import Level, Paragraph, parse_body
from generator.pipeline import Form
from generator.records.schema import Field, JsonPath

_ROWS = 30  # of a table: it must break over pages
_ENTRIES = 12  # of a list of lines, such as the recipients
_ROUNDS = 4  # of taking back what the schema refuses
_REPEATS = 20  # of the plain lines of a long text
_FILLER = "Nội dung này dài nhiều dòng, nhiều trang để thử chỗ ngắt trang của mẫu. " * 3


def hardest(form: Form, sample: Any) -> Iterator[tuple[str, Any]]:
    """Yield the name and the record of each hard case; valid, as ``Form.context`` takes them."""
    for name, change in _CASES.items():
        record = _accepted(form, sample, change)
        if record is not None:
            yield name, record


BARE = "mọi nhóm, danh sách để trống được đều trống"
Change = Callable[[Any, Field], Any]
_KEEP = object()  # the value as it is
_DROP = object()  # no value at all


def _accepted(form: Form, sample: Any, change: Change) -> Any:
    """Return the sample changed wherever the schema lets it be, ``None`` if it cannot be read."""
    refused: set[JsonPath] = set()
    for _ in range(_ROUNDS):
        changed = _changed(deepcopy(sample), form.schema.root, (), change, refused)
        record, faults = form.read(changed, None)
        if not faults:
            return record
        refused |= {fault.path[:length] for fault in faults for length in range(1, 9)}
    return None


def _changed(value: Any, at: Field, path: JsonPath, change: Change, refused: set[JsonPath]) -> Any:
    if path and path not in refused:
        new = change(value, at)
        if new is not _KEEP:
            return new
    if isinstance(value, dict):
        items = {
            key: _changed(item, at.children[key], (*path, key), change, refused)
            if key in at.children
            else item
            for key, item in value.items()
        }
        return {key: item for key, item in items.items() if item is not _DROP}
    if isinstance(value, list) and at.items is not None:
        inner = at.items
        return [
            _changed(item, inner, (*path, number), change, refused)
            for number, item in enumerate(value)
        ]
    return value


# ---------------------------------------------------------------- the changes
def _long(value: Any, at: Field) -> Any:
    """Return a longer text, or a list with more items made longer themselves."""
    if isinstance(value, list) and value and at.items is not None:
        most = _ROWS if isinstance(value[0], dict) else _ENTRIES
        count = max(len(value), min(at.raw.get("maxItems", most), most))
        longer = [_changed(item, at.items, ("",), _long, set()) for item in value]
        return (longer * count)[:count]
    if not isinstance(value, str) or at.is_date or at.is_number or "enum" in at.raw:
        return _KEEP
    if at.is_long_text:
        return "\n".join([value, *_plain_lines(value) * _REPEATS])
    return _longer(value, at.raw.get("maxLength", 10_000))


def _plain_lines(text: str) -> list[str]:
    """Return the lines of a long text that have no label: repeated, they break no numbering."""
    paragraphs = [block for block in parse_body(text) if isinstance(block, Paragraph)]
    plain = [block.text for block in paragraphs if block.level is Level.PLAIN]
    return plain or [_FILLER.strip()]


def _longer(text: str, most: int) -> Any:
    """Return a phrase twice as long; names, numbers and codes stay as they are."""
    words = text.split()
    if len(words) < 3 or all(not word[0].islower() for word in words):
        return _KEEP
    longer = f"{text.rstrip('.;,')} và {text[0].lower()}{text[1:]}"
    return longer if len(longer) <= most else _KEEP


def _blank(value: Any, at: Field) -> Any:
    """Return a blank for each value that may be one, groups and lists kept."""
    if isinstance(value, (dict, list)):
        return _KEEP
    return _nothing(at)


def _bare(value: Any, at: Field) -> Any:
    """Return a blank for each value, group or list that may be one."""
    if isinstance(value, list) and not at.raw.get("minItems") and "null" not in at.types:
        return []
    return _nothing(at)


def _nothing(at: Field) -> Any:
    if "null" in at.types:
        return None
    return _KEEP if at.required else _DROP


_CASES: dict[str, Change] = {
    "chữ dài nhất, nhiều hàng nhất": _long,
    "mọi giá trị để trống được đều trống": _blank,
    BARE: _bare,
}
