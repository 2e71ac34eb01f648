"""The fields of a template that has its tags already: a tree by loops, types by filters."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from lxml import etree

from generator.bundle import BLOCKS, shipped
from generator.drafting.naming import COLUMN_NUMBER
from generator.drafting.proposed import DATE, GROUP, LIST, LONG, NUMBER, TEXT, YES_NO, Proposed
from generator.errors import TemplateError
from generator.ooxml import Package, read_package
from generator.template.compiler import Examined, examine_template
from generator.template.tags import TC, TR, P, T, Tag, ancestor
from generator.template.uses import Use, uses_of

SHARED = "chung.schema.json"
_FILTERS = {
    NUMBER: (
        "so", "num", "so2", "pad2", "phan_tram", "pct", "ty_le", "pct_of", "tren", "ratio",
        "bang_chu", "words", "thu_tu", "ordinal", "tien", "money", "tien_chu", "money_words",
        "la_ma", "roman", "chu_diem", "letter", "mot_la", "item", "tang_giam", "change", "quy",
        "giai_doan", "year_range", "round", "abs", "int", "float",
    ),
    DATE: (
        "ngay", "date", "ngay_dai", "date_long", "ngay_chu", "date_words", "ngay_thang",
        "day_month", "thang_nam", "month_year", "thu", "weekday", "tu_den", "date_range",
    ),
}  # fmt: skip
_BLANKS = frozenset(("cham", "blank", "default", "d", "so_vb", "doc_no"))
_KIND_OF = {name: kind for kind, names in _FILTERS.items() for name in names}
_CLAUSE = re.compile(r"[.;:?!)\]}%]\s")
_TAG = re.compile(r"\{[{%#].*?[}%#]\}")
_WORDS = 6  # of a title


def fields_of(
    content: bytes, file: str, blocks: Mapping[str, bytes]
) -> tuple[dict[str, Proposed], Examined]:
    """Return the fields that a template's tags use.

    Raises:
        TemplateError: everything wrong with the tags: fields are guessed from good ones alone.
    """
    examined = examine_template(content, file, lambda name: blocks[name])
    if examined.problems:
        raise TemplateError(examined.problems)
    words = _Words(read_package(content, file))
    fields: dict[str, Proposed] = {}
    shared = _shared()
    for tag, uses in zip(examined.tags, uses_of(examined.tags), strict=True):
        in_block = tag.place.part.startswith(f"{BLOCKS}/")
        for use in uses:
            if in_block and use.guarded and use.path.split(".")[0] not in shared:
                continue  # an option of the block that this form does not use
            _propose(fields, tag, use, words)
    _mark_shared(fields, shared)
    return fields, examined


def _propose(fields: dict[str, Proposed], tag: Tag, use: Use, words: _Words) -> None:
    level, each = fields, None
    for step in use.path.split("."):
        if each is not None and each.kind not in (GROUP, LIST):
            each.kind = GROUP
        key = step.replace("[]", "")
        each = level.setdefault(key, Proposed(key, YES_NO))
        if step.endswith("[]"):
            each.kind = LIST
        level = each.children
    if each is None or each.kind in (GROUP, LIST):
        return
    kind = next((_KIND_OF[name] for name in use.filters if name in _KIND_OF), TEXT)
    if tag.kind == "{{" and tag.letter == "p":
        kind = LONG
    if kind == TEXT and each.key.startswith("ngay"):
        kind = DATE
    if use.whole and each.kind in (YES_NO, TEXT):
        each.kind = kind
    # A condition asks for it, or a filter prints its blank.
    asked = use.guarded or (tag.keyword in ("if", "elif") and not use.whole)
    each.nullable |= asked or not _BLANKS.isdisjoint(use.filters)
    if use.whole and not each.title:
        each.title, each.note = words.around(tag)


def _shared() -> frozenset[str]:
    """Return the names of the fields that the shared blocks print."""
    file = shipped("doctemplates") / BLOCKS / SHARED
    return frozenset(json.loads(file.read_text(encoding="utf-8"))["$defs"])


def _mark_shared(fields: dict[str, Proposed], shared: frozenset[str]) -> None:
    """Let fields that shared blocks alone print keep the blocks' own declarations."""
    for key, each in fields.items():
        own = each.note or any(child.note for child in each.children.values())
        if key in shared and not own:
            each.ref = f"../{BLOCKS}/{SHARED}#/$defs/{key}"


class _Words:
    """The words around the tags of one template."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._paragraphs: dict[str, list[etree._Element]] = {}

    def around(self, tag: Tag) -> tuple[str, str]:
        """Return a title from the words before a tag, and the words it was taken from.

        Both are empty for a tag of a shared block.
        """
        file, _, part = tag.place.part.partition(": ")
        if file != self._package.file or part not in self._package.parts:
            return "", ""
        if part not in self._paragraphs:
            self._paragraphs[part] = list(self._package.xml(part).iter(P))
        found = self._paragraphs[part][tag.place.paragraph - 1 : tag.place.paragraph]
        if not found:
            return "", ""
        text = text_of(found[0])
        typed = re.search(r"\{\{\w*\s*" + re.escape(tag.body), text)
        if tag.kind != "{{" or typed is None:
            return "", ""
        before = _TAG.sub("…", text[: typed.start()])
        return title_from(before) or heading_of(found[0]), f"đặt tên theo câu “{text[:80]}”"


def text_of(node: etree._Element) -> str:
    """Return the letters of a paragraph or cell, on one line."""
    return "".join(text.text or "" for text in node.iter(T))


def title_from(before: str) -> str:
    """Return a title from the words that stand before a value.

    >>> title_from("- Đã họp. Số lượt tuyên truyền: ")
    'Số lượt tuyên truyền'
    """
    clause = re.split(_CLAUSE, before.strip().rstrip(":- "))[-1]
    words = re.sub(r"^[-+*•\s]+|\(.*?\)|…", " ", clause).split()[-_WORDS:]
    title = " ".join(words).strip(' ,;:–-“”"')
    return title[:1].upper() + title[1:]


def heading_of(paragraph: etree._Element) -> str:
    """Return the heading of the table's column that a paragraph stands in."""
    cell = ancestor(paragraph, TC)
    row = ancestor(paragraph, TR)
    if cell is None or row is None:
        return ""
    column = list(row.iterchildren(TC)).index(cell)
    for above in row.itersiblings(TR, preceding=True):
        cells = list(above.iterchildren(TC))
        text = text_of(cells[column]).strip() if column < len(cells) else ""
        if text and not COLUMN_NUMBER.fullmatch(text) and "{" not in text:
            return text[:80]
    return ""


def blocks_near(path: Path) -> dict[str, bytes]:
    """Return the shared blocks that a template may include: those beside it, then the built-in."""
    found: dict[str, bytes] = {}
    for root in (path.parent, path.parent.parent, shipped("doctemplates")):
        for block in sorted((root / BLOCKS).glob("*.docx")):
            found.setdefault(f"{BLOCKS}/{block.name}", block.read_bytes())
    return found
