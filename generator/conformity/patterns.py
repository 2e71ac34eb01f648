"""How the components of a document are worded: patterns and what reads them."""

from __future__ import annotations

import re
from datetime import date
from difflib import SequenceMatcher

from generator.vietnamese.text import strip_diacritics

_COUNTRY = "CONG HOA XA HOI CHU NGHIA VIET NAM"
PARTY = "DANG CONG SAN VIET NAM"
_MOTTO = re.compile(r"DOC LAP\W+TU DO\W+HANH PHUC\W*")
NUMBER = re.compile(
    r"(?P<nhan>số\s*:?)\s*(?P<so>[\d.…_]*[a-zđ]?)\s*(?P<noi>[/-])\s*(?P<ky>\S.{0,60})", re.I
)
_OPEN_NUMBER = re.compile(r"số\s*:?[\s.…_/-]*", re.I)
NORMATIVE = re.compile(r"số\s*:?\s*\d*[.…_ ]*/(?:19|20)\d\d/(?:\w|-)+", re.I)
DATE = re.compile(
    r"(?P<noi>.{0,70}?)\s*(?P<phay>,?)\s*ngày\s*(?P<ngay>[\d.…_]*)\s*tháng\s*(?P<thang>[\d.…_]*)"
    r"\s*năm\s*(?P<nam>[\d.…_]*)\s*\.?",
    re.I,
)
SHORT_DATE = re.compile(
    r"(?P<noi>\w.{1,60}?)\s*(?P<phay>,?)\s*(?:ngày\s*)?(?P<ngay>\d{1,2})[/.-](?P<thang>\d{1,2})[/.-]"
    r"(?P<nam>\d{4})"
)
ABOUT = re.compile(r"(?:v/v|v\.v|vv|về việc)(?!\w)", re.I)
TYPED_RULE = re.compile(r"[_\-–—=~.]{3,}")
STAMPS = (
    ("dau_khan", re.compile(r"(?:HỎA TỐC|HOẢ TỐC)(?: HẸN GIỜ)?|THƯỢNG KHẨN|KHẨN")),
    ("dau_mat", re.compile(r"TUYỆT MẬT|TỐI MẬT|MẬT")),
    ("pham_vi", re.compile(r"XEM XONG TRẢ LẠI|LƯU HÀNH NỘI BỘ")),
    ("du_thao", re.compile(r"DỰ THẢO(?: LẦN .{1,12})?", re.I)),
)
APPENDIX_WORD = re.compile(r"phụ lục(?:\s+(?:số\s+)?(?P<so>[IVXLC]+|\d+|[A-ZĐ]))?\s*[.:]?", re.I)
COPY_HEADING = re.compile(r"SAO Y(?: BẢN CHÍNH)?|SAO LỤC|TRÍCH SAO")
ENACTS = re.compile(r"QUYẾT (?:ĐỊNH|NGHỊ)\s*:?")
WITH = re.compile(r"\((?:ban hành\s+)?kèm theo\b", re.I)
TO = re.compile(r"kính (?:gửi|trình)\b", re.I)
GROUND = re.compile(r"(?:-\s*)?(?:căn cứ|theo đề nghị|xét (?:đề nghị|tờ trình)|xét)\b", re.I)
_TIME_OR_LAW = re.compile(r"(?:thời gian|luật|căn cứ|kết thúc|từ|trước|đến)\b", re.I)
WIRES = re.compile(r".{3,120}\bđiện\s*:", re.I)
BULLET = re.compile(r"[-–—+*•]\s")


def plain(text: str) -> str:
    """Return text in capitals without marks, spaces once.

    >>> plain("Tờ  trình")
    'TO TRINH'
    """
    return " ".join(strip_diacritics(text).upper().split())


def is_country(text: str) -> bool:
    """Tell whether a line is the Quốc hiệu, a slip of the keys allowed."""
    if not 25 < len(text) < 45:
        return False
    bare = plain(text)
    return bare == _COUNTRY or SequenceMatcher(None, bare, _COUNTRY).ratio() > 0.9


def is_motto(text: str) -> bool:
    """Tell whether a line is the Tiêu ngữ, whatever stands between its parts."""
    return text[:1] in "ĐDđd" and len(text) < 40 and _MOTTO.fullmatch(plain(text)) is not None


def is_number(text: str) -> bool:
    """Tell whether a line is a number and symbol, open ones too."""
    if text[:1] not in "Ss" or len(text) > 70:
        return False
    return NUMBER.fullmatch(text) is not None or _OPEN_NUMBER.fullmatch(text) is not None


def is_date(text: str) -> bool:
    """Tell whether a line is a place and date."""
    if len(text) > 100 or text.startswith("("):
        return False
    if DATE.fullmatch(text):
        return text[:1] not in "-+*(0123456789" and not _TIME_OR_LAW.match(text)
    match = SHORT_DATE.fullmatch(text)
    return (
        match is not None
        and len(match["noi"]) < 40
        and text[:1].isupper()
        and (not text.lower().startswith("số"))
    )


def appendix_number(text: str) -> str:
    """Return the number of an appendix's first line, "" where it has none.

    >>> appendix_number("Phụ lục II"), appendix_number("PHỤ LỤC")
    ('II', '')
    """
    match = APPENDIX_WORD.fullmatch(text)
    return (match["so"] or "") if match else ""


def read_date(words: str) -> date | None:
    """Return the date of a place-and-date line, ``None`` where it is open or impossible.

    >>> read_date("Huế, ngày 05 tháng 3 năm 2020")
    datetime.date(2020, 3, 5)
    """
    match = DATE.fullmatch(words) or SHORT_DATE.fullmatch(words)
    if match is None:
        return None
    try:
        return date(int(match["nam"]), int(match["thang"]), int(match["ngay"]))
    except ValueError:
        return None


# Components of the head that their words alone tell.
ANCHORS = (
    ("quoc_hieu", is_country),
    ("tieu_de_dang", lambda text: len(text) < 30 and plain(text) == PARTY),
    ("tieu_ngu", is_motto),
    ("so_ky_hieu", is_number),
    ("dia_danh", is_date),
)
