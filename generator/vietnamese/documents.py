"""Document numbers and the types of official documents with their codes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from generator.patterns import regex
from generator.vietnamese import Blank, TextFormError, shown

# Room for a number written by hand, as the decree's samples leave it ("Số:        /QĐ-UBND").
GAP: Final = " " * 8

Style = Literal["hành chính", "quy phạm", "đảng"]


@dataclass(frozen=True, slots=True)
class DocumentType:
    """One of the 29 types: its place in Điều 7, name, code (empty for two) and clause."""

    order: int
    name: str
    code: str
    clause: str = "NĐ 30/2020, Điều 7; Phụ lục III, mục I"


_NAMES_AND_CODES = (
    ("Nghị quyết (cá biệt)", "NQ"),
    ("Quyết định (cá biệt)", "QĐ"),
    ("Chỉ thị", "CT"),
    ("Quy chế", "QC"),
    ("Quy định", "QyĐ"),
    ("Thông cáo", "TC"),
    ("Thông báo", "TB"),
    ("Hướng dẫn", "HD"),
    ("Chương trình", "CTr"),
    ("Kế hoạch", "KH"),
    ("Phương án", "PA"),
    ("Đề án", "ĐA"),
    ("Dự án", "DA"),
    ("Báo cáo", "BC"),
    ("Biên bản", "BB"),
    ("Tờ trình", "TTr"),
    ("Hợp đồng", "HĐ"),
    ("Công văn", ""),
    ("Công điện", "CĐ"),
    ("Bản ghi nhớ", "BGN"),
    ("Bản thỏa thuận", "BTT"),
    ("Giấy ủy quyền", "GUQ"),
    ("Giấy mời", "GM"),
    ("Giấy giới thiệu", "GGT"),
    ("Giấy nghỉ phép", "GNP"),
    ("Phiếu gửi", "PG"),
    ("Phiếu chuyển", "PC"),
    ("Phiếu báo", "PB"),
    ("Thư công", ""),
)
DOCUMENT_TYPES: Final = tuple(
    DocumentType(order, name, code) for order, (name, code) in enumerate(_NAMES_AND_CODES, 1)
)
COPY_TYPES: Final = tuple(
    DocumentType(order, name, code, "NĐ 30/2020, Phụ lục I, Phần II; Phụ lục III, mục I")
    for order, (name, code) in enumerate(
        (("Bản sao y", "SY"), ("Bản trích sao", "TrS"), ("Bản sao lục", "SL")), 1
    )
)
TYPES_BY_CODE: Final = {kind.code: kind for kind in (*DOCUMENT_TYPES, *COPY_TYPES) if kind.code}
_TYPES_BY_NAME = {kind.name.removesuffix(" (cá biệt)").lower(): kind for kind in DOCUMENT_TYPES}

# In a Party symbol the body stands behind a slash ("CT/TU"); a year in front marks legal normative
# documents ("2020/NĐ-CP"), which NĐ 30/2020 leaves to their own law.
_GROUP = r"[^\W_]+"
_STYLES: tuple[tuple[Style, re.Pattern[str]], ...] = (
    ("quy phạm", regex(rf"(?:19|20)[0-9]{{2}}/{_GROUP}(?:-{_GROUP})*")),
    ("đảng", regex(rf"{_GROUP}/{_GROUP}(?:-{_GROUP})*")),
    ("hành chính", regex(rf"{_GROUP}(?:-{_GROUP})*")),
)
# Label and the mark between number and symbol, of each style.
_SHAPE: dict[Style, tuple[str, str]] = {
    "quy phạm": ("Số: ", "/"),
    "hành chính": ("Số: ", "/"),
    "đảng": ("Số ", "-"),
}
_NUMBER = regex("0*([1-9][0-9]{0,6})([a-zđ]?)")
_WRITTEN = regex(r"(?:[Ss]ố:? ?)?([0-9]*[a-zđ]?) *([/-])(.+)")


@dataclass(frozen=True, slots=True)
class DocumentNumber:
    """A document number taken apart; ``number`` is ``None`` while it is still open."""

    number: str | None
    symbol: str
    style: Style

    @property
    def type(self) -> DocumentType | None:
        """Return the document's type; ``None`` for a công văn, whose symbol has no type code.

        >>> read_doc_no("Số: 05/BC-UBND").type.name
        'Báo cáo'
        """
        code = re.split("[-/]", self.symbol)[1 if self.style == "quy phạm" else 0]
        return TYPES_BY_CODE.get(code)


def doc_no(number: object, symbol: str, label: str | None = None) -> str:
    """Return the number line of a document; an open number leaves a gap to write in.

    >>> doc_no(5, "BC-UBND")
    'Số: 05/BC-UBND'
    >>> doc_no(None, "KH-BCĐ"), doc_no(12, "UBND-VX"), doc_no(12, "CT/TU")
    ('Số:        /KH-BCĐ', 'Số: 12/UBND-VX', 'Số 12-CT/TU')
    >>> doc_no("33", "KH-BCĐ", ""), doc_no(30, "2020/NĐ-CP", "số ")
    ('33/KH-BCĐ', 'số 30/2020/NĐ-CP')

    The shape follows the symbol: a slash in it is the Party's, a year in front a normative
    document's. ``label`` replaces "Số: ", for a number inside a sentence.

    Raises:
        TextFormError: a number that is none, or spaces and other marks in the symbol.
    Clause: NĐ 30/2020, Phụ lục I, Phần I, mục II.3; Hướng dẫn 36-HD/VPTW for the Party.
    """
    style = symbol_style(symbol)
    usual, mark = _SHAPE[style]
    head = usual if label is None else label
    if number is None or isinstance(number, Blank):
        return Blank(f"{head.rstrip()}{GAP}{mark}{symbol}")
    return f"{head}{padded_number(number)}{mark}{symbol}"


def symbol_style(symbol: str) -> Style:
    """Return which rules a symbol follows.

    >>> symbol_style("BC-UBND"), symbol_style("CT/TU"), symbol_style("2020/NĐ-CP")
    ('hành chính', 'đảng', 'quy phạm')
    """
    if not isinstance(symbol, str):
        raise TextFormError(f"{shown(symbol)} không phải là ký hiệu văn bản")
    for style, shape in _STYLES:
        if shape.fullmatch(symbol):
            return style
    raise TextFormError(f"{shown(symbol)} không phải là ký hiệu văn bản, ví dụ đúng: BC-UBND")


def padded_number(number: object) -> str:
    """Return the number of a document: a zero before a single digit, never grouped.

    >>> padded_number(5), padded_number(1234.0), padded_number("12a")
    ('05', '1234', '12a')
    """
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    match = _NUMBER.fullmatch(str(number).strip()) if not isinstance(number, bool) else None
    if match is None:
        raise TextFormError(f"{shown(number)} không phải là số văn bản")
    return f"{match[1]:0>2}{match[2]}"


def read_doc_no(text: str) -> DocumentNumber:
    """Return the parts of a document number; undoes ``doc_no``.

    >>> read_doc_no("Số: 05/BC-UBND")
    DocumentNumber(number='05', symbol='BC-UBND', style='hành chính')
    >>> read_doc_no("Số 12-CT/TU"), read_doc_no("Số:        /KH-BCĐ").number
    (DocumentNumber(number='12', symbol='CT/TU', style='đảng'), None)
    """
    match = _WRITTEN.fullmatch(text.strip())
    if match is None:
        raise TextFormError(f"{shown(text)} không phải là số, ký hiệu văn bản")
    number, mark, symbol = match.groups()
    style = symbol_style(symbol)
    if mark != _SHAPE[style][1]:
        raise TextFormError(f"{shown(text)} không phải là số, ký hiệu văn bản")
    return DocumentNumber(padded_number(number) if number else None, symbol, style)


def find_type(name: str) -> DocumentType:
    """Return a document type by its name or its code.

    >>> find_type("quyết định").code, find_type("QyĐ").name, find_type("Công văn").code
    ('QĐ', 'Quy định', '')
    """
    found = TYPES_BY_CODE.get(name) or _TYPES_BY_NAME.get(name.strip().lower())
    if found is None:
        raise TextFormError(f"{shown(name)} không có trong 29 loại văn bản hành chính")
    return found
