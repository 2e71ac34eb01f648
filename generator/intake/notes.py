"""What a workbook says of each column: the field's description as somebody at a table reads it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from generator.intake.layout import Column, Kind, Need, Sheet
from generator.records.schema import Field
from generator.vietnamese.plain import plain

# Descriptions speak of a JSON file; in a cell the same is done otherwise.
_IN_A_CELL: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r" \(null\)( hoặc không khai)?", ""),
        (r"(?i)\b(để|ghi) null", r"\1 trống"),
        (r"\bghi trống", "để trống"),
        (r"(?<=; )null nếu", "để trống nếu"),
        (r"gõ \\n", "bấm Alt+Enter"),
        (r"\\n", " "),
        (r'\s*[^.:]*: \{"(?!\$file).*?\}\.', ""),
        (r" \[\]", ""),
        (r"\btrue\b", "Có"),
        (r"\bfalse\b", "Không"),
    )
)
_KEY_WORDS = re.compile(r"khai ở khóa (\w+)")

_EXPECTED: Mapping[Kind, str] = {
    Kind.LONG: "Xuống dòng bằng Alt+Enter.",
    Kind.LINES: "Mỗi mục một dòng, xuống dòng bằng Alt+Enter.",
    Kind.INTEGER: "Số nguyên.",
    Kind.NUMBER: "Số.",
    Kind.DATE: "Ghi ngày/tháng/năm.",
    Kind.CHOICE: "Chọn trong danh sách.",
    Kind.YES_NO: "Chọn Có hoặc Không.",
    Kind.THERE: "Chọn Có khi phần này đã có mà các ô đều trống.",
    Kind.EMPTY: "Chọn “Không có mục nào” khi danh sách trống; chưa có số liệu thì để trống.",
    Kind.JSON: "Ghi giá trị theo cú pháp JSON.",
    Kind.PARENT: "Số thứ tự của mục ở trang {parent}.",
}
_NEEDED: Mapping[Need, str] = {
    Need.ALWAYS: "Bắt buộc.",
    Need.WITH_GROUP: "Bắt buộc khi nhóm này có ô đã điền.",
}


def note(column: Column, root: Field, *, parent: str = "") -> str:
    """Return what a column holds and how it is typed; ``parent`` is the sheet of the items around.

    ``root`` is the whole form, whose titles replace the keys that descriptions name.
    """
    if column.kind is Kind.UNIT:
        return "Chọn hoặc ghi đúng như ở cột đầu của trang Dữ liệu."
    described = in_a_cell(column.field.description, root) if column.field else ""
    expected = _EXPECTED.get(column.kind, "").format(parent=parent)
    parts = (
        described,
        expected if expected.lower() not in described.lower() else "",
        _bounds(column.field.raw) if column.field and column.field.is_number else "",
        _default(column.field.raw) if column.field else "",
        _NEEDED.get(column.need, ""),
    )
    return " ".join(filter(None, parts))


def sheet_note(sheet: Sheet, root: Field) -> str:
    """Return what the rows of a list's sheet are."""
    said = in_a_cell(sheet.field.description, root) if sheet.field else ""
    rows = "Mỗi mục một dòng" if sheet.path.endswith("[]") else "Mỗi đơn vị một dòng"
    return f"{rows}, cột đầu ghi như cột đầu của trang Dữ liệu. {said}".strip()


def in_a_cell(description: str, root: Field) -> str:
    """Return a description without the words of a JSON file.

    ``root`` is the whole form: a key the description names becomes its title.
    """
    for pattern, words in _IN_A_CELL:
        description = pattern.sub(words, description)

    def titled(match: re.Match[str]) -> str:
        named = root.children.get(match[1])
        return f"ghi ở cột {named.title}" if named else match[0]

    return _KEY_WORDS.sub(titled, description).strip()


def _bounds(raw: Mapping[str, Any]) -> str:
    least, most = raw.get("minimum"), raw.get("maximum")
    if least is not None and most is not None:
        return f"Từ {plain(least)} đến {plain(most)}."
    if least:  # "from 0" goes without saying
        return f"Từ {plain(least)} trở lên."
    return f"Đến {plain(most)}." if most is not None else ""


def _default(raw: Mapping[str, Any]) -> str:
    default = raw.get("default")
    if isinstance(default, bool):
        return f"Để trống: {'Có' if default else 'Không'}."
    return f"Để trống thì dùng: {default}." if isinstance(default, str) else ""
