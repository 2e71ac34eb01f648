"""What a document holds that the embedded renderer cannot draw, found before it draws anything.

A page that is silently wrong is worse than none: whoever previews a document learns what is
missing and where, and may use LibreOffice instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, takewhile

from lxml import etree

from generator.formatting import Formatting, Section
from generator.formatting.numbering import FORMATS
from generator.formatting.properties import child, local, on, value
from generator.ooxml import qn
from generator.preview import drawings
from generator.preview.inline import SYMBOLS, number_kind, symbol_of
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
    found = [Undrawable(_PAGE, what) for what in _of_settings(formatting)]
    parts = [formatting.main]
    for section in formatting.sections:
        parts += [*section.headers.values(), *section.footers.values()]
        found += [Undrawable(_PAGE, what) for what in _of_section(section)]
    parts += [formatting.footnotes] if formatting.footnotes else []
    for part in dict.fromkeys(parts):
        found += _of_part(formatting, part)
    forget_places()
    return tuple(dict.fromkeys(found))


_PAGE = "khổ giấy của phần văn bản"


def _of_settings(formatting: Formatting) -> Iterator[str]:
    """Yield what the settings ask for that changes pages."""
    for name, what in _SETTINGS.items():
        if on(child(formatting.settings, name)):
            yield what
    first, *others = formatting.sections
    counted = first.page_start in (None, 1) and all(each.page_start is None for each in others)
    if is_mirrored(formatting) and not counted:
        yield f"{_MIRRORED}, trang không đếm từ 1"
    if is_mirrored(formatting) and any(each.borders for each in formatting.sections):
        yield f"{_MIRRORED}, có viền trang"
    at_top = on(child(formatting.settings, "gutterAtTop"))
    if at_top and any(each.gutter for each in formatting.sections):
        yield "lề đóng gáy ở mép trên"


_MIRRORED = "lề trái, lề phải đổi chỗ ở trang chẵn"
_SETTINGS = {
    "bookFoldPrinting": "in gấp thành sách",
    "bookFoldRevPrinting": "in gấp thành sách",
    "printTwoOnOne": "hai trang trên một tờ",
}


def is_mirrored(formatting: Formatting) -> bool:
    """Return whether the left margin is the right one on even pages."""
    asked = on(child(formatting.settings, "mirrorMargins"))
    return asked and any(each.left + each.gutter != each.right for each in formatting.sections)


def _of_section(section: Section) -> Iterator[str]:
    if "lnNumType" in section.own:
        yield "đánh số dòng"
    if section.own.get("textDirection", "") not in _ACROSS:
        yield "chữ chạy dọc"
    if section.vertical_align != "top":
        yield "căn nội dung theo chiều dọc của trang"


_ACROSS = ("", "lrTb", "lr", "tb")  # w:textDirection of usual text; LibreOffice always writes one


def _of_part(formatting: Formatting, part: str) -> Iterator[Undrawable]:
    root = formatting.root(part)
    for node in root.iterdescendants(*_CHECKS):
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
    return f"{kind + ', ' if kind else ''}đoạn {_numbered(root)[paragraph]}"


@lru_cache(maxsize=1)  # one document may have thousands of findings
def _numbered(root: etree._Element) -> dict[etree._Element, int]:
    return {node: index for index, node in enumerate(root.iter(qn("w:p")), start=1)}


def forget_places() -> None:
    """Drop the paragraphs that :func:`place_of` numbered, and with them their document."""
    _numbered.cache_clear()
    _in_columns.cache_clear()


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
            continue
        yield from shape.beyond
        if not shape.inline and shape.wrap not in ("none", ""):
            yield "hình để chữ chạy quanh"
        elif shape.covers and not shape.behind and shape.content is None:
            # A text box is drawn where it stands: whoever puts one on the page leaves room for it.
            yield "hình, ảnh nằm trên chữ"
        elif shape.covers and shape.reaches_up and _stands_below(node, formatting.root(part)):
            yield "hình, ảnh nằm dưới chữ của đoạn khác"
        if shape.unmeasured or _elsewhere(shape, node, formatting):
            yield "hình đặt theo mốc không đo được trước khi chia trang"


def _elsewhere(shape: drawings.Shape, node: etree._Element, formatting: Formatting) -> bool:
    """Return whether a shape counts from the page while its text stands in a cell or column."""
    if shape.inline or shape.from_x == "column":
        return False
    if shape.from_x != "margin" and is_mirrored(formatting):
        return True
    blocks = _in_columns(formatting)
    return any(each.tag == qn("w:tc") or each in blocks for each in node.iterancestors())


@lru_cache(maxsize=1)
def _in_columns(formatting: Formatting) -> frozenset[etree._Element]:
    columned = (section for section in formatting.sections if section.columns > 1)
    return frozenset(block for section in columned for block in section.blocks)


def _stands_below(node: etree._Element, root: etree._Element) -> bool:
    """Return whether paragraphs stand before the one that a node stands in."""
    outermost = [each for each in node.iterancestors(qn("w:p"))][-1:]
    return outermost != [next(root.iter(qn("w:p")), None)]


def _fields(node: etree._Element, formatting: Formatting, part: str) -> Iterator[str]:
    """Yield what of a page's number is not drawn: other figures, what is computed from it."""
    instruction = value(node, "instr")
    if local(node) == "fldChar":
        instruction = _instruction(node) if value(node, "fldCharType") == "begin" else ""
    if not number_kind(instruction):
        return
    if any(how.upper() not in _USUAL for how in _SWITCH.findall(instruction)):
        yield _FIGURES
    if local(node) == "fldChar" and _is_computed_with(node):
        yield "trường tính theo số trang"


_FIGURES = "số trang viết theo kiểu riêng"
_SWITCH = re.compile(r"\\[*#]\s*(\S*)")  # how a field writes its number (17.16.4)
_USUAL = ("MERGEFORMAT", "CHARFORMAT", "ARABIC")


def _instruction(begin: etree._Element) -> str:
    """Return the instruction of a field, as far as its paragraph holds it."""
    around = takewhile(lambda each: local(each) != "fldChar", _along(begin))
    return "".join(each.text or "" for each in around)


def _is_computed_with(begin: etree._Element) -> bool:
    """Return whether a field stands in the instruction of another."""
    before = (each for each in _along(begin, preceding=True) if local(each) == "fldChar")
    return value(next(before, None), "fldCharType") == "begin"


def _along(mark: etree._Element, *, preceding: bool = False) -> Iterator[etree._Element]:
    """Yield the marks and instructions of fields after a mark in its paragraph, or before it."""
    tags = qn("w:instrText"), qn("w:fldChar")
    yield from mark.itersiblings(*tags, preceding=preceding)
    for run in mark.iterancestors(qn("w:r")):
        for each in run.itersiblings(preceding=preceding):
            found = list(each.iter(*tags))
            yield from reversed(found) if preceding else found


def _page_numbers(node: etree._Element, formatting: Formatting, part: str) -> Iterator[str]:
    if next(node.iterancestors(qn("w:sectPrChange")), None) is not None:
        return
    if value(node, "fmt", "decimal") not in _PAGE_NUMBERS or value(node, "chapStyle"):
        yield _FIGURES


_PAGE_NUMBERS = ("decimal", "lowerRoman", "upperRoman", "lowerLetter", "upperLetter")


def _text_direction(node: etree._Element, formatting: Formatting, part: str) -> Iterator[str]:
    if value(node) not in ("lrTb", "lr", "btLr", "tbRl") and local(node.getparent()) == "tcPr":
        yield "chữ chạy dọc trong ô bảng"


def _scaled(node: etree._Element, formatting: Formatting, part: str) -> Iterator[str]:
    if local(node.getparent()) == "rPr" and number(value(node), 100) != 100:
        yield "chữ co giãn theo chiều ngang"


def _pattern(node: etree._Element, formatting: Formatting, part: str) -> Iterator[str]:
    if value(node, default="clear").startswith(_PATTERNS):
        yield "nền kẻ sọc"


_PATTERNS = ("diag", "horz", "vert", "thin", "reverse")


def _accented(node: etree._Element, formatting: Formatting, part: str) -> Iterator[str]:
    if value(node, default="none") != "none":
        yield "dấu nhấn trên chữ"


def _symbol_font(node: etree._Element, formatting: Formatting, part: str) -> Iterator[str]:
    """Yield letters typed in a face that has signs in their places."""
    face = value(node, "ascii")
    if face.casefold() not in _SYMBOL_FONTS:
        return
    for run in islice(node.iterancestors(), 1, 2):
        if local(run) == "r" and any((each.text or "").strip() for each in run.iter(qn("w:t"))):
            yield f"chữ bằng phông ký hiệu {face}"


_SYMBOL_FONTS = ("wingdings", "wingdings 2", "wingdings 3", "webdings", "symbol")


def _tab(node: etree._Element, formatting: Formatting, part: str) -> Iterator[str]:
    if value(node) == "bar":
        yield "tab kẻ dọc"


def _frame(node: etree._Element, formatting: Formatting, part: str) -> Iterator[str]:
    if value(node, "hAnchor", "page") == "page" and is_mirrored(formatting):
        yield f"{_MIRRORED}, có khung đặt theo trang"


def _cell_spacing(node: etree._Element, formatting: Formatting, part: str) -> Iterator[str]:
    if number(value(node, "w")):
        yield "bảng có khoảng hở giữa các ô"


def _symbol(node: etree._Element, formatting: Formatting, part: str) -> Iterator[str]:
    sign = symbol_of(node)
    if 0xE000 <= ord(sign) < 0xF900 and sign not in SYMBOLS:
        yield f"ký hiệu riêng của phông {value(node, 'font')}"


_CHECKS: dict[str, Check] = {
    qn("w:pgNumType"): _page_numbers,
    qn("w:fldChar"): _fields,
    qn("w:fldSimple"): _fields,
    qn("w:framePr"): _frame,
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
    qn("w:shd"): _pattern,
    qn("w:em"): _accented,
    qn("w:eastAsianLayout"): _always("chữ hai dòng trong một"),
    qn("w:rFonts"): _symbol_font,
    qn("w:sym"): _symbol,
    qn("w:tl2br"): _always("đường chéo trong ô bảng"),
    qn("w:tr2bl"): _always("đường chéo trong ô bảng"),
}
