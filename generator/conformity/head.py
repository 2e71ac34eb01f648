"""The head of a document: what stands above its title, in two columns however made."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from generator.conformity.components import BOXES, COPY, PLAIN, TABLE, TABS, Unit, same_column
from generator.conformity.document import Line
from generator.conformity.patterns import (
    ABOUT,
    ANCHORS,
    COPY_HEADING,
    GROUND,
    STAMPS,
    TO,
    TYPED_RULE,
    is_country,
    plain,
)

_HEAD_LINES = 40  # the head of a document is not longer than that
_TERRITORY = re.compile(
    r"(?:XÃ|PHƯỜNG|ĐẶC KHU|THỊ TRẤN|HUYỆN|QUẬN|THỊ XÃ|THÀNH PHỐ|TỈNH|VÀ|CỦA|VỀ)\b|[(]"
)
_WHOLE_SUPERIOR = re.compile(
    r"(?:UBND|HĐND|ỦY BAN NHÂN DÂN|UỶ BAN NHÂN DÂN|HỘI ĐỒNG NHÂN DÂN)"
    r" (?:XÃ|PHƯỜNG|ĐẶC KHU|THỊ TRẤN|HUYỆN|QUẬN|THỊ XÃ|THÀNH PHỐ|TỈNH) "
)


def find_head(unit: Unit, lines: list[Line], types: Mapping[str, str]) -> int:
    """Find the components of the head; return the index of the first line after it."""
    copy = next((i for i, line in enumerate(lines) if COPY_HEADING.fullmatch(line.text)), None)
    base = 0
    if copy is not None and not any(is_country(line.text) for line in lines[:copy]):
        unit.kind, base = COPY, _table_start(lines, copy)
    anchors = dict(_anchors(lines, base, types))
    if not anchors:
        return 0
    last = max(anchors.values())
    unit.layout = _layout(lines[min(anchors.values())])
    tables = {lines[i].box.outermost.table for i in anchors.values()} - {0}
    for key, index in anchors.items():
        unit.add(key, [lines[index]])
    last = max(last, *(i for i, line in enumerate(lines) if line.box.outermost.table in tables), 0)
    taken = set(anchors.values())
    number = anchors.get("so_ky_hieu", last + 1)
    for index in range(base, last + 1):
        if index not in taken:
            _sort_head(unit, lines, index, before_number=index < number)
    position = last + 1
    while position < len(lines) and _goes_on(unit, lines, position):
        _sort_head(unit, lines, position, before_number=False)
        position += 1
    _split_issuer(unit)
    return position


def _anchors(lines: list[Line], base: int, types: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    wanted = {"quoc_hieu", "tieu_ngu", "tieu_de_dang", "so_ky_hieu", "dia_danh"}
    last, found = base, False
    for index in range(base, min(len(lines), base + _HEAD_LINES)):
        text = lines[index].text
        if TO.match(text) or GROUND.match(text) or index > last + (6 if found else 15):
            return
        if found and plain(text) in types and lines[index].columns == 1:
            return
        key = next((key for key, test in ANCHORS if key in wanted and test(text)), None)
        if key is not None:
            wanted.discard(key)
            last, found = index, True
            yield key, index


def _sort_head(unit: Unit, lines: list[Line], index: int, *, before_number: bool) -> None:
    line = lines[index]
    text = line.text
    stamp = next((key for key, test in STAMPS if test.fullmatch(text)), None)
    about = unit.one("trich_yeu_cong_van")
    if stamp:
        unit.add(stamp, [line])
    elif text == "*":
        unit.add("dau_sao", [line])
    elif TYPED_RULE.fullmatch(text):
        unit.add("ke_ky_tu", [line])
    elif COPY_HEADING.fullmatch(text):
        unit.add("hinh_thuc_sao", [line])
    elif ABOUT.match(text) and about is None and not before_number:
        unit.add("trich_yeu_cong_van", [line])
    elif about is not None and same_column(about.lines[-1], line):
        unit.extend("trich_yeu_cong_van", line)
    elif before_number:
        unit.extend("co_quan", line)
    else:
        unit.unknown.append(line)


def _goes_on(unit: Unit, lines: list[Line], index: int) -> bool:
    """Tell whether a line below the number still belongs to the head."""
    text = lines[index].text
    about = unit.one("trich_yeu_cong_van")
    if any(test.fullmatch(text) for _, test in STAMPS) or TYPED_RULE.fullmatch(text):
        return True
    if about is None:
        return ABOUT.match(text) is not None and "so_ky_hieu" in unit.parts
    if TO.match(text) or len(text) > 90:
        return False
    rest = lines[index : index + 4]
    soon = any(TO.match(line.text) for line in rest)
    return soon and same_column(about.lines[-1], lines[index])


def _layout(line: Line) -> str:
    kind = line.box.outermost.kind
    if kind == "cell":
        return TABLE
    if kind == "text box":
        return BOXES
    return TABS if line.columns > 1 else PLAIN


def _table_start(lines: list[Line], index: int) -> int:
    table = lines[index].box.table
    while index and table and lines[index - 1].box.table == table:
        index -= 1
    return index


def _split_issuer(unit: Unit) -> None:
    """Part the agency's lines into the superior, set plain, and the issuer, set bold below it."""
    found = unit.parts.pop("co_quan", None)
    if not found:
        return
    lines = found[0].lines
    cut = _issuer_starts(lines)
    unit.add("co_quan_chu_quan", lines[:cut])
    unit.add("co_quan_ban_hanh", lines[cut:])


def _issuer_starts(lines: list[Line]) -> int:
    """Return the index of the first line of the issuer's own name."""
    bold = [line.share("bold") > 0.5 for line in lines]
    if any(bold) and not all(bold):
        cut = bold.index(True)
        return cut if all(bold[cut:]) else _by_words(lines)
    return _by_words(lines) if not any(bold) or _WHOLE_SUPERIOR.match(lines[0].text) else 0


def _by_words(lines: list[Line]) -> int:
    """Part by what the lines say, where their weight does not tell."""
    cut = len(lines) - 1
    while cut > 0 and (
        _TERRITORY.match(lines[cut].text.upper())
        or (lines[cut].paragraph is lines[cut - 1].paragraph and lines[cut].box.kind != "page")
    ):
        cut -= 1
    return cut
