"""Letters and marks: encoding, stray characters, tone marks, spaces, quotes, capitals, dates."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import cache

from generator.conformity.document import Paragraph
from generator.conformity.findings import Place
from generator.conformity.profile import load_profile
from generator.conformity.rules.case import Case, Findings, at
from generator.vietnamese.legacy import read_legacy
from generator.vietnamese.syllables import Placement, place_tones
from generator.vietnamese.text import find_oddities

# Fonts whose letters are no Unicode: TCVN3 (".VnTime"), VNI, and the like.
LEGACY_FONT = re.compile(r"\.?vn[a-z ]|vni-|\.vn", re.I)
_UNICODE_ONLY = re.compile("[\u0100-\u1eff]")
# No syllable has more letters than these, and the bounds keep a hostile word from costing its
# length squared.
_DISPUTED = re.compile(
    r"(?<![^\W\d_])[^\W\d_]{0,5}?"
    r"(?:[òóỏõọ][ae]|o[àáảãạèéẻẽẹ]|[ùúủũụ]y|u[ỳýỷỹỵ])(?![^\W\d_])",
    re.I,
)
TWO_SPACES = re.compile(r"(?<=\S) {2,3}(?=\S)")
SPACE_BEFORE = re.compile(r"(?<=[^\W_]|[)”\"%]) +(?=[,;:!?](?:\s|$)|\.(?:\s|$))")
LONG_DATE = re.compile(r"ngày (\d{1,2}) tháng (\d{1,2}) năm \d{4}")
# Gaps are left in these on purpose.
_WITH_GAPS = frozenset(("so_ky_hieu", "dia_danh", "co_quan_ban_hanh", "co_quan_chu_quan",
                        "quoc_hieu", "tieu_ngu", "quyen_han", "ho_ten", "noi_nhan"))  # fmt: skip
_Capitals = tuple[str, re.Pattern[str], str, frozenset[str], str]
_Hit = tuple[Place, str, str]
"""A place, what was found, what is right."""


def check(case: Case) -> Findings:
    """Yield what is wrong with the letters, each kind of fault once with all its places."""
    paragraphs = case.words_paragraphs
    for key, find, message, remedy in _KINDS:
        if key not in case.profile.rules:
            continue
        hits = [hit for paragraph in paragraphs for hit in find(case, paragraph)]
        if hits:
            yield from case.profile.finding(
                key,
                message,
                *(place for place, _, _ in hits),
                expected=_listed(right for _, _, right in hits),
                found=_listed(wrong for _, wrong, _ in hits),
                remedy=remedy,
                wanted=tuple((wrong, right) for _, wrong, right in hits),
            )
    yield from _tones(case, paragraphs)
    yield from _quotes(case, paragraphs)


def _listed(texts: Iterable[str]) -> str:
    unique = list(dict.fromkeys(filter(None, texts)))
    return ", ".join(unique[:3]) + (", …" if len(unique) > 3 else "")


def _decomposed(case: Case, paragraph: Paragraph) -> Iterator[_Hit]:
    text = paragraph.text
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return
    for match in re.finditer(r"\S+", text):
        word = match[0]
        if not unicodedata.is_normalized("NFC", word):
            right = unicodedata.normalize("NFC", word)
            yield at(paragraph, word, match.start()), f"“{word}” (chữ và dấu rời)", f"“{right}”"
            return


def _encoded(case: Case, paragraph: Paragraph) -> Iterator[_Hit]:
    fonts = {piece.look.h_ansi for piece in paragraph.pieces if piece.text.strip()}
    old = next((font for font in fonts if LEGACY_FONT.match(font)), "")
    text = paragraph.text
    if old:
        yield at(paragraph), f"phông {old}", "phông và bảng mã Unicode"
    elif not text.isascii() and len(text) > 8 and not _UNICODE_ONLY.search(text):
        reading = read_legacy(text)
        if reading.encoding != "Unicode":
            right = " ".join(reading.text.split())[:40]
            yield at(paragraph), f"bảng mã {reading.encoding}", f"“{right}”"


def _strange(case: Case, paragraph: Paragraph) -> Iterator[_Hit]:
    for oddity in find_oddities(paragraph.text):
        code = " ".join(f"U+{ord(char):04X}" for char in oddity.found)
        right = "" if oddity.better is None else f"“{oddity.better}”" if oddity.better else "bỏ đi"
        place = at(paragraph, oddity.found, oddity.at)
        yield place, f"{oddity.kind} {code}", right


def _double_spaces(case: Case, paragraph: Paragraph) -> Iterator[_Hit]:
    if "  " in paragraph.text and not case.found.roles_of(paragraph) & _WITH_GAPS:
        for match in TWO_SPACES.finditer(paragraph.text):
            yield _around(paragraph, match.start(), match.end()), "hai dấu cách liền nhau", "một"
            return


def _space_before(case: Case, paragraph: Paragraph) -> Iterator[_Hit]:
    if "dia_danh" in case.found.roles_of(paragraph):
        return  # told of with the place and date
    for match in SPACE_BEFORE.finditer(paragraph.text):
        mark = paragraph.text[match.end()]
        place = _around(paragraph, match.start(), match.end() + 1)
        yield place, f"dấu cách trước “{mark}”", f"“{mark}” liền sau chữ"


def _around(paragraph: Paragraph, start: int, end: int) -> Place:
    """Return the place of a stretch with the words beside it quoted."""
    text = paragraph.text
    first = text.rfind(" ", 0, max(0, start - 1)) + 1
    last = text.find(" ", end + 1)
    words = text[first : last if last > 0 else len(text)][:60]
    return Place(paragraph, words, start, end)


def _dates(case: Case, paragraph: Paragraph) -> Iterator[_Hit]:
    if "dia_danh" in case.found.roles_of(paragraph):
        return
    for match in LONG_DATE.finditer(paragraph.text):
        right_day, right_month = padded_date(match)
        if (match[1], match[2]) != (right_day, right_month):
            right = f"ngày {right_day} tháng {right_month}"
            place = at(paragraph, match[0], match.start())
            yield place, f"“ngày {match[1]} tháng {match[2]}”", f"“{right}”"


def padded_date(match: re.Match[str]) -> tuple[str, str]:
    """Return day and month of a match of :data:`LONG_DATE` with the zeros the decree asks for."""
    day, month = int(match[1]), int(match[2])
    return f"{day:02d}", f"{month:02d}" if month < 3 else str(month)


@cache
def _capital_patterns(profile_id: str) -> tuple[_Capitals, ...]:
    return tuple(
        (row["dung"].lower(), re.compile(row["tim"]), row["dung"],
         frozenset((row["dung"], *row.get("hoac", ()))), row["muc"])
        for row in load_profile(profile_id).capitals
    )  # fmt: skip


def _capitals(case: Case, paragraph: Paragraph) -> Iterator[_Hit]:
    lower = paragraph.text.lower()
    for needle, pattern, right, allowed, part in _capital_patterns(case.profile.id):
        if needle not in lower:
            continue
        for match in pattern.finditer(paragraph.text):
            word = match[0]
            if word not in allowed and not word.isupper():
                place = at(paragraph, word, match.start())
                yield place, f"“{word}”", f"“{right}” (Phụ lục II, {part})"


_KINDS: tuple[tuple[str, Callable[[Case, Paragraph], Iterator[_Hit]], str, str], ...] = (
    (
        "van_ban.nfc",
        _decomposed,
        "Chữ có dấu gõ bằng ký tự rời (Unicode tổ hợp)",
        "Chuyển sang Unicode dựng sẵn (NFC); bộ gõ đặt bảng mã “Unicode”.",
    ),
    (
        "van_ban.bang_ma",
        _encoded,
        "Chữ không dùng bảng mã Unicode",
        "Chuyển mã sang Unicode rồi đổi phông sang Times New Roman.",
    ),
    ("van_ban.ky_tu_la", _strange, "Có ký tự lạ", "Xóa hoặc gõ lại ký tự này."),
    ("van_ban.hai_dau_cach", _double_spaces, "Thừa dấu cách", "Chỉ để một dấu cách giữa hai chữ."),
    (
        "van_ban.cach_truoc_dau",
        _space_before,
        "Có dấu cách trước dấu câu",
        "Bỏ dấu cách trước dấu câu.",
    ),
    (
        "van_ban.ngay_thang",
        _dates,
        "Ngày tháng trong nội dung thiếu hoặc thừa số 0",
        "Thêm số 0 trước ngày dưới 10 và tháng 1, 2; các tháng khác không thêm.",
    ),
    ("van_ban.viet_hoa", _capitals, "Viết hoa không đúng", "Viết lại theo Phụ lục II."),
)


# ---------------------------------------------------------------- tone marks
_SCHOOLS: dict[str, Placement] = {"hòa": "hòa", "hoà": "hoà"}


def _tones(case: Case, paragraphs: Iterable[Paragraph]) -> Findings:
    """Find both schools of tone marks in one document; the rarer one is told of."""
    schools: dict[str, list[tuple[Paragraph, re.Match[str]]]] = {"hòa": [], "hoà": []}
    for paragraph in paragraphs:
        if "quoc_hieu" in case.found.roles_of(paragraph):
            continue  # the decree itself prints it both ways
        for match in _DISPUTED.finditer(paragraph.text):
            school = _school(match[0])
            if school:
                schools[school].append((paragraph, match))
    if not all(schools.values()):
        return
    rare, usual = sorted(schools, key=lambda name: (len(schools[name]), name))
    hits = schools[rare]
    yield from case.profile.finding(
        "van_ban.dat_dau",
        "Đặt dấu thanh không thống nhất",
        *(at(paragraph, match[0], match.start()) for paragraph, match in hits),
        expected=_listed(f"“{place_tones(match[0], _SCHOOLS[usual])}”" for _, match in hits)
        + f", như các chỗ khác ({len(schools[usual])} chỗ)",
        found=_listed(f"“{match[0]}”" for _, match in hits),
        remedy="Chọn một cách đặt dấu cho cả văn bản.",
        wanted=usual,
    )


@cache
def _school(word: str) -> str:
    """Return which school put the mark, "" where both put it so."""
    older, newer = place_tones(word, "hòa"), place_tones(word, "hoà")
    if older == newer:
        return ""
    return "hòa" if word == older else "hoà" if word == newer else ""


# ---------------------------------------------------------------- quotes
def _quotes(case: Case, paragraphs: Iterable[Paragraph]) -> Findings:
    """Find quotes and parentheses left open; a quotation may nest, and run over paragraphs."""
    hits: list[tuple[Place, str]] = []
    opened: list[tuple[Paragraph, int]] = []
    for paragraph in paragraphs:
        text = paragraph.text
        for match in re.finditer("[“”]", text):
            if match[0] == "“":
                opened.append((paragraph, match.start()))
            elif opened:
                opened.pop()
        if text.count('"') % 2:
            place = text.rindex('"')
            hits.append((_around(paragraph, place, place + 1), 'lẻ một dấu "'))
        extra = text.count("(") - text.count(")")
        if extra > 0 and not text.startswith("("):
            place = text.rindex("(")
            hits.append((_around(paragraph, place, place + 1), "( không có )"))
    hits += [(_around(where, start, start + 1), "“ không có ”") for where, start in opened]
    if hits:
        yield from case.profile.finding(
            "van_ban.ngoac",
            "Dấu ngoặc mở mà không đóng",
            *(place for place, _ in hits),
            expected="mỗi dấu mở có một dấu đóng",
            found=_listed(found for _, found in hits),
            remedy="Thêm dấu đóng ở cuối phần trong ngoặc.",
        )
