"""The end of a document: the recipients on the left, the signature on the right.

Found in a table, in text boxes, in columns made by tabs, or one below the other. A signature is
posts in capitals, room to sign, and a name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from generator.conformity.document import Line, Paragraph

RECIPIENTS = re.compile(r"nơi nhận\s*:?", re.I)
PREFIX = re.compile(r"(?:TM|KT|TL|TUQ|Q|T/M|K/T|T/L)(?:\s*[./]\s*|\s+)(?=\S)", re.I)
_POST = re.compile(
    r"(?:phó |quyền |tổng |q\. )*(?:chủ tịch|giám đốc|hiệu trưởng|trưởng|chánh|bộ trưởng|"
    r"thứ trưởng|thủ tướng|viện trưởng|cục trưởng|vụ trưởng|chi cục trưởng|bí thư|thủ trưởng|"
    r"thư ký|chủ tọa|chủ toạ|chủ nhiệm|người|kế toán|đại diện|chỉ huy|cục phó|tổng thanh tra)\b",
    re.I,
)
_NOTE = re.compile(r"\(.*\)")
_ITEM = re.compile(r"[-–—+•]")
_KEPT = re.compile(r"[-–—]?\s*Lưu\b", re.I)
_ROOM_TWIPS = 480  # a line set that far below the post leaves room to sign
_PAGE_PART = 0.3  # lines indented beyond this share of the page stand on the right


@dataclass(slots=True, eq=False)
class Tail:
    """Where the end of a document begins and ends among its lines, and what it holds."""

    start: int
    end: int
    parts: list[tuple[str, list[Line]]] = field(default_factory=list)
    unknown: list[Line] = field(default_factory=list)


def find_tail(lines: Sequence[Line]) -> Tail | None:
    """Return the end of a document, ``None`` where nothing tells of it."""
    label = next((i for i, line in enumerate(lines) if RECIPIENTS.fullmatch(line.text)), None)
    if label is None:
        return _signature_alone(lines)
    kind = lines[label].box.outermost.kind
    if kind == "cell":
        return _in_table(lines, label)
    if kind == "text box":
        return _in_boxes(lines, label)
    return _on_page(lines, label)


# ---------------------------------------------------------------- a table
def _in_table(lines: Sequence[Line], label: int) -> Tail:
    table = lines[label].box.outermost.table
    inside = [i for i, line in enumerate(lines) if line.box.outermost.table == table]
    tail = Tail(inside[0], inside[-1] + 1)
    _sort_columns(tail, [lines[i] for i in inside])
    return tail


def _sort_columns(tail: Tail, lines: Sequence[Line]) -> None:
    columns: dict[object, list[Line]] = {}
    for line in lines:
        box = line.box.outermost
        columns.setdefault(box.cell or id(box), []).append(line)
    for column in columns.values():
        cut = next(
            (i for i, line in enumerate(column) if RECIPIENTS.fullmatch(line.text)), len(column)
        )
        signed = read_signature(column[:cut])
        if signed:
            tail.parts += signed
        elif cut and cut == len(column) and all(not _NOTE.fullmatch(x.text) for x in column):
            tail.unknown += column[:cut]
        _add_recipients(tail, column[cut:])


def _add_recipients(tail: Tail, lines: Sequence[Line]) -> None:
    if not lines:
        return
    tail.parts.append(("noi_nhan", [lines[0]]))
    closed = 0  # the table row where the line "Lưu" closes the list
    for line in lines[1:]:
        row = line.box.outermost.row
        if closed and row > closed and not _ITEM.match(line.text):
            return  # another block below, a confirmation or a note
        key = "noi_nhan_ghi_chu" if _NOTE.fullmatch(line.text) else "noi_nhan_muc"
        tail.parts.append((key, [line]))
        closed = row if _KEPT.match(line.text) else closed


# ---------------------------------------------------------------- text boxes
def _in_boxes(lines: Sequence[Line], label: int) -> Tail:
    """Take the text boxes beside the one of the recipients."""
    start = end = label
    while start and lines[start - 1].box.outermost.kind == "text box":
        start -= 1
    while end + 1 < len(lines) and lines[end + 1].box.outermost.kind == "text box":
        end += 1
    tail = Tail(start, end + 1)
    _sort_columns(tail, lines[start : end + 1])
    return tail


# ---------------------------------------------------------------- tabs, or one below the other
def _on_page(lines: Sequence[Line], label: int) -> Tail:
    start = label
    while start and lines[start - 1].column > 0 and _opens(lines[start - 1]):
        start -= 1  # the signature begins on a row above
    tail = Tail(start, label)
    left: list[Line] = [lines[label]]
    right: list[Line] = list(lines[start:label])
    end = label + 1
    while end < len(lines):
        line = lines[end]
        if line.box.kind != "page":
            if right or line.box.outermost.kind != "text box":
                break
            right.append(line)
        elif _stands_right(line):
            right.append(line)
        elif line.paragraph is lines[label].paragraph or _continues(line, left):
            left.append(line)
        else:
            break
        end += 1
    tail.end = end
    signed = read_signature(right)
    if signed:
        tail.parts += signed
    else:
        signed_box = _signature_alone(lines[:label])
        if signed_box and not right:
            tail.start = signed_box.start
            tail.parts += signed_box.parts
        tail.unknown += right
    _add_recipients(tail, left)
    return tail


def _stands_right(line: Line) -> bool:
    if line.columns > 1 and line.column > 0:
        return True
    if line.paragraph.text[: line.start].endswith("\t"):
        return True
    form = line.paragraph.form
    far = form.left / (1440 / 25.4) > line.box.width_mm * _PAGE_PART
    return form.align in ("center", "right") or far


def _continues(line: Line, left: Sequence[Line]) -> bool:
    if _ITEM.match(line.text) or line.paragraph.label or _NOTE.fullmatch(line.text):
        return True
    before = left[-1].text
    return (
        len(line.text) < 80
        and (before.endswith((";", ",")) or before[-1:].isalnum())
        and (len(left) > 1)
    )


# ---------------------------------------------------------------- a signature alone
def _signature_alone(lines: Sequence[Line]) -> Tail | None:
    """Return the last row or text boxes that hold a signature, where no recipients are named."""
    groups: dict[tuple[int, int], list[int]] = {}
    for index, line in enumerate(lines):
        box = line.box.outermost
        if box.kind != "page":
            groups.setdefault((box.table, box.row if box.table else id(box)), []).append(index)
    for indexes in reversed(list(groups.values())):
        tail = Tail(indexes[0], indexes[-1] + 1)
        columns: dict[int, list[Line]] = {}
        for index in indexes:
            columns.setdefault(lines[index].box.outermost.cell, []).append(lines[index])
        for column in columns.values():
            signed = read_signature(column, strict=True)
            if signed:
                tail.parts += signed
        if tail.parts:
            return tail
    return _last_lines(lines)


def _last_lines(lines: Sequence[Line]) -> Tail | None:
    start = len(lines)
    while start and len(lines) - start < 8 and _may_sign(lines[start - 1]):
        start -= 1
    for first in range(start, len(lines)):
        if lines[first].text.isupper() or PREFIX.match(lines[first].text):
            signed = read_signature(lines[first:], strict=True)
            if signed:
                return Tail(first, len(lines), signed)
    return None


def _may_sign(line: Line) -> bool:
    return line.box.kind == "page" and len(line.text) < 80 and _stands_right(line)


# ---------------------------------------------------------------- reading a signature
def read_signature(
    lines: Sequence[Line], *, strict: bool = False
) -> list[tuple[str, list[Line]]] | None:
    """Return posts, a second post and the name; ``strict`` asks for room to sign and a name."""
    told = [line for line in lines if not _NOTE.fullmatch(line.text)]
    if not told or not _opens(told[0]):
        return None
    gaps = [i for i in range(1, len(told)) if _room_between(told[i - 1].paragraph, told[i])]
    last = told[-1]
    named = len(told) > 1 and _is_name(last, after_room=bool(gaps))
    if strict and not (named and gaps and (told[0].text.isupper() or PREFIX.match(told[0].text))):
        return None
    rest = told[:-1] if named else list(told)
    cut = min((gap for gap in gaps if gap < len(rest)), default=len(rest))
    parts = [("quyen_han", rest[:cut])]
    if rest[cut:]:
        parts.append(("chuc_vu_khac", rest[cut:]))
    if named:
        parts.append(("ho_ten", [last]))
    return parts


def _opens(line: Line) -> bool:
    text = line.text
    if len(text) > 90 or text.endswith((";", ".")):
        return False
    return text.isupper() or PREFIX.match(text) is not None or _POST.match(text) is not None


def _room_between(above: Paragraph, line: Line) -> bool:
    below = line.paragraph
    if below is above:
        return False
    room = below.index - above.index > 1 if below.box is above.box else _blank_between(above, line)
    return room or below.form.before >= _ROOM_TWIPS


def _blank_between(above: Paragraph, line: Line) -> bool:
    return line.paragraph.box.outermost.row - above.box.outermost.row > 1


def _is_name(line: Line, *, after_room: bool) -> bool:
    words = line.text.split()
    if not 1 < len(words) <= 9 or len(line.text) > 60 or PREFIX.match(line.text):
        return False
    if any(char.isdigit() or char in ":;/(" for char in line.text):
        return False
    if line.text.isupper():
        return after_room and _POST.match(line.text) is None
    return sum(word[0].isupper() for word in words) * 2 > len(words) and (
        after_room or _POST.match(line.text) is None
    )
