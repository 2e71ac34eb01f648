"""Filters of templates alone: lengths and counts that a drawing, a column or a cell takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from generator.language.filters import markdown_row
from generator.language.wordml import Xml, plain_text, to_attribute
from generator.metrics import balanced_mm, rule_mm, wrapped
from generator.template.media import RICH_FILTERS
from generator.template.render import WEIGHT
from generator.template.tags import MOST_COLUMNS
from generator.units import mm_to_emu, mm_to_twips
from generator.vietnamese import TextFormError, shown


def emu(value: object) -> Xml:
    """Return a length in millimetres as a drawing writes it, never shorter than a point."""
    return Xml(max(12_700, mm_to_emu(value)))  # type: ignore[arg-type]


def weight(value: object) -> Xml:
    """Return the weight of a table's column, marked for ``repair_grids``.

    >>> str(weight(Decimal("2.5")))
    '~2.5'
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)) or value <= 0:
        raise TextFormError(f"độ rộng của cột phải là số lớn hơn 0, ở đây là {shown(value)}")
    return Xml(f"{WEIGHT}{value}")


def span(value: object) -> Xml:
    """Return how many columns a cell covers: 1 to 63, the most a table of Word has."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_COLUMNS:
        raise TextFormError(f"số cột gộp phải từ 1 đến {MOST_COLUMNS}, ở đây là {shown(value)}")
    return Xml(value)


def field_text(value: object) -> Xml:
    """Return a value inside a field code: quotes cannot end the field's argument."""
    text = value if isinstance(value, str) else str(to_attribute(value))
    return to_attribute(text.replace("\\", "\\\\").replace('"', '\\"'))


def indent(value: object) -> Xml:
    """Return a length in millimetres as a paragraph's indent, in twips."""
    return Xml(mm_to_twips(value))  # type: ignore[arg-type]


def rule_length(
    text: object,
    co: float,
    o: float,
    dam: bool = True,
    ty_le: float = 0.4,
    nghieng: bool = False,
    deu: bool = False,
) -> float:
    """Return the length in millimetres of the rule under a text (filter ``ke_ngang``).

    ``co`` is the text's size in points, ``o`` the width of its column in millimetres, ``dam``
    whether it is bold, ``nghieng`` italic, ``ty_le`` the rule's share of the text's last line,
    ``deu`` whether the text stands between the indents of ``can_dong``.
    """
    return rule_mm(plain_text(text), co, o, bold=dam, italic=nghieng, share=ty_le, balanced=deu)


def side_indent(
    text: object, co: float, o: float, dam: bool = False, nghieng: bool = False
) -> float:
    """Return the indent in millimetres, on both sides, in which a centred heading breaks well.

    The filter ``can_dong``: ``{% thut ten|can_dong(13, 61.5, true) %}``; arguments as in
    ``ke_ngang``.
    """
    return (o - balanced_mm(plain_text(text), co, o, bold=dam, italic=nghieng)) / 2


def line_count(text: object, co: float, o: float, dam: bool = False) -> int:
    """Return how many lines a text takes in a column ``o`` millimetres wide (``so_dong``)."""
    return len(wrapped(plain_text(text), co, o, bold=dam))


def stop(message: object) -> str:
    """Refuse the record with a sentence of the template's own (filter ``loi``)."""
    raise TextFormError(plain_text(message))


@dataclass(frozen=True, slots=True)
class PlacedFilter:
    """A filter that means something in a template.docx alone, as the list of filters shows it."""

    name: str
    function: Callable[..., Any]
    description: str
    example: str


PLACED: Sequence[PlacedFilter] = (
    PlacedFilter("hinh", RICH_FILTERS["hinh"], "Ảnh trong dòng, rộng hoặc cao chừng ấy mm",
                 '{{ anh|hinh(rong=30, cao=40, chu="Ảnh thẻ") }}'),
    PlacedFilter("qr", RICH_FILTERS["qr"], "Mã QR, cạnh tính bằng mm", "{{ ma_tra_cuu|qr(25) }}"),
    PlacedFilter("lien_ket", RICH_FILTERS["lien_ket"],
                 "Liên kết đến địa chỉ http, https hoặc mailto",
                 '{{ trang|lien_ket("trang của xã") }}'),
    PlacedFilter("ke_ngang", rule_length, "Độ dài (mm) của nét kẻ dưới một dòng chữ",
                 "dài {{ ten|ke_ngang(13, 60) }} mm"),
    PlacedFilter("can_dong", side_indent, "Lề hai bên (mm) để đầu đề xuống dòng cân đối",
                 "{% thut ten|can_dong(co=14, o=149, dam=true) %}"),
    PlacedFilter("so_dong", line_count, "Số dòng mà chữ chiếm trong một cột",
                 "{% if ten|so_dong(13, 60) > 1 %}"),
    PlacedFilter("loi", stop, "Không in, báo bằng câu của mẫu",
                 '{{ "chọn một trong hai"|loi }}'),
)  # fmt: skip

# Those of the table for whoever draws a template, those with a dash before them for the compiler.
LAYOUT_FILTERS: Mapping[str, Callable[..., Any]] = {
    **{each.name: each.function for each in PLACED},
    "_attribute": to_attribute,
    "_field": field_text,
    "_emu": emu,
    "_indent": indent,
    "_weight": weight,
    "_span": span,
}


def placed_filters_markdown() -> str:
    """Return the table of these filters for the documentation."""
    rows = [("Tên", "Cho ra", "Ví dụ"), ("---", "---", "---")]
    rows += [(f"`{each.name}`", each.description, f"`{each.example}`") for each in PLACED]
    return "".join(markdown_row(row) + "\n" for row in rows)
