"""What a document holds that the embedded renderer cannot draw, found before it draws anything.

A page that is silently wrong is worse than none: whoever previews a document learns what is
missing and where, and may use LibreOffice instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lxml import etree

from generator.formatting import Formatting
from generator.formatting.numbering import FORMATS
from generator.formatting.properties import local, on, value
from generator.ooxml import qn
from generator.preview import drawings
from generator.preview.inline import SYMBOLS, symbol_of
from generator.units import number


@dataclass(frozen=True, slots=True)
class Undrawable:
    """Something that cannot be drawn: where it stands and what it is, for the clerk."""

    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}"


def survey(formatting: Formatting) -> tuple[Undrawable, ...]:
    """Return everything in a document that cannot be drawn, in the order of its parts."""
    found: list[Undrawable] = []
    parts = [formatting.main]
    for section in formatting.sections:
        parts += [*section.headers.values(), *section.footers.values()]
        found += [Undrawable("khổ giấy của phần văn bản", what) for what in _of_section(section)]
    parts += [formatting.footnotes] if formatting.footnotes else []
    for part in dict.fromkeys(parts):
        found += _of_part(formatting, part)
    return tuple(dict.fromkeys(found))


def _of_section(section: object) -> Iterator[str]:
    own = getattr(section, "own", {})
    for name, what in _SECTION.items():
        if name in own:
            yield what
    if getattr(section, "vertical_align", "top") != "top":
        yield "căn nội dung theo chiều dọc của trang"


_SECTION = {
    "lnNumType": "đánh số dòng",
    "textDirection": "chữ chạy dọc",
    "bidi": "chữ viết từ phải sang trái",
}


def _of_part(formatting: Formatting, part: str) -> Iterator[Undrawable]:
    root = formatting.root(part)
    for node in root.iter(*_CHECKS):
        if _in_fallback(node):
            continue
        for what in _CHECKS[node.tag](node, formatting, part):
            yield Undrawable(place_of(node, root, part), what)
    if part == formatting.main:
        for node, label in formatting.labels.items():
            if label.kind not in FORMATS:
                yield Undrawable(place_of(node, root, part), f"kiểu đánh số “{label.kind}”")


def _in_fallback(node: etree._Element) -> bool:
    """Return whether a node stands where only an older Word would look."""
    return next(node.iterancestors(qn("mc:Fallback")), None) is not None


_PARTS = {"header": "đầu trang", "footer": "chân trang", "footnotes": "chú thích cuối trang"}


def place_of(node: etree._Element, root: etree._Element, part: str) -> str:
    """Return where a node stands: the paragraph of its part, counted from 1."""
    paragraph = node if local(node) == "p" else next(node.iterancestors(qn("w:p")), None)
    leaf = part.rpartition("/")[2].rstrip("0123456789.xml")
    kind = next((words for key, words in _PARTS.items() if leaf == key), "")
    if paragraph is None:
        return kind or "văn bản"
    count = next(
        index for index, each in enumerate(root.iter(qn("w:p")), start=1) if each is paragraph
    )
    return f"{kind + ', ' if kind else ''}đoạn {count}"


Check = Callable[[etree._Element, Formatting, str], Iterator[str]]


def _always(what: str) -> Check:
    def check(node: etree._Element, formatting: Formatting, part: str) -> Iterator[str]:
        yield what

    return check


def _when_on(what: str) -> Check:
    def check(node: etree._Element, formatting: Formatting, part: str) -> Iterator[str]:
        if on(node):
            yield what

    return check


def _shapes(node: etree._Element, formatting: Formatting, part: str) -> Iterator[str]:
    for shape in drawings.read(node, formatting, part):
        if shape.kind == "unknown":
            yield shape.what
        elif not shape.inline and shape.wrap not in ("none", ""):
            yield "hình để chữ chạy quanh"


def _text_direction(node: etree._Element, formatting: Formatting, part: str) -> Iterator[str]:
    if value(node) not in ("lrTb", "lr", "btLr", "tbRl") and local(node.getparent()) == "tcPr":
        yield "chữ chạy dọc trong ô bảng"


def _scaled(node: etree._Element, formatting: Formatting, part: str) -> Iterator[str]:
    if local(node.getparent()) == "rPr" and number(value(node), 100) != 100:
        yield "chữ co giãn theo chiều ngang"


def _tab(node: etree._Element, formatting: Formatting, part: str) -> Iterator[str]:
    if value(node) == "bar":
        yield "tab kẻ dọc"


def _cell_spacing(node: etree._Element, formatting: Formatting, part: str) -> Iterator[str]:
    if number(value(node, "w")):
        yield "bảng có khoảng hở giữa các ô"


def _symbol(node: etree._Element, formatting: Formatting, part: str) -> Iterator[str]:
    sign = symbol_of(node)
    if 0xE000 <= ord(sign) < 0xF900 and sign not in SYMBOLS:
        yield f"ký hiệu riêng của phông {value(node, 'font')}"


_CHECKS: dict[str, Check] = {
    qn("w:drawing"): _shapes,
    qn("w:pict"): _shapes,
    qn("w:object"): _always("đối tượng nhúng (OLE)"),
    qn("m:oMath"): _always("công thức toán"),
    qn("w:tblpPr"): _always("bảng nổi, chữ chạy quanh"),
    qn("w:bidiVisual"): _when_on("bảng viết từ phải sang trái"),
    qn("w:bidi"): _when_on("chữ viết từ phải sang trái"),
    qn("w:rtl"): _when_on("chữ viết từ phải sang trái"),
    qn("w:altChunk"): _always("nội dung nhúng từ tệp khác"),
    qn("w:subDoc"): _always("văn bản con"),
    qn("w:ruby"): _always("chữ chú âm"),
    qn("w:endnoteReference"): _always("chú thích cuối văn bản"),
    qn("w:textDirection"): _text_direction,
    qn("w:tblCellSpacing"): _cell_spacing,
    qn("w:w"): _scaled,
    qn("w:fitText"): _always("chữ ép vừa khung"),
    qn("w:tab"): _tab,
    qn("w:sym"): _symbol,
    qn("w:tl2br"): _always("đường chéo trong ô bảng"),
    qn("w:tr2bl"): _always("đường chéo trong ô bảng"),
}
