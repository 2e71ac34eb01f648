"""The levels of a document's content, told by the label at the head of a paragraph."""

from __future__ import annotations

import re
from enum import Enum


class Level(Enum):
    """A level; the value is its component's key in a profile."""

    PART = "phan"
    CHAPTER = "chuong"
    SECTION = "muc"
    SUBSECTION = "tieu_muc"
    CHAPTER_TITLE = "phan_chuong_tieu_de"
    SECTION_TITLE = "muc_tieu_de"
    ARTICLE = "dieu"
    ROMAN = "muc_la_ma"
    LETTER_HEADING = "muc_chu"
    CLAUSE = "khoan"
    SUBCLAUSE = "nhieu_cap"
    POINT = "diem"
    DASH = "gach"
    PLUS = "cong"
    STAR = "sao"
    TEXT = "noi_dung"

    @property
    def title(self) -> Level:
        """The level of the title that stands on a line of its own below a division."""
        if self in (Level.PART, Level.CHAPTER):
            return Level.CHAPTER_TITLE
        return Level.SECTION_TITLE if self in (Level.SECTION, Level.SUBSECTION) else Level.TEXT


_END = r"[.)\-–]"
_LABELS: tuple[tuple[re.Pattern[str], Level], ...] = (
    (re.compile(r"phần (?:thứ )?(\w+)[.:]?(?=$|\s)", re.I), Level.PART),
    (re.compile(r"chương ([IVXLC]+|\d{1,3})[.:]?(?=$|\s)", re.I), Level.CHAPTER),
    (re.compile(r"tiểu mục (\d{1,3}|[IVXLC]+)[.:]?(?=$|\s)", re.I), Level.SUBSECTION),
    (re.compile(r"mục (\d{1,3}|[IVXLC]+)[.:]?(?=$|\s)", re.I), Level.SECTION),
    (re.compile(r"điều (\d{1,3}[a-zđ]?)\s*[.:]", re.I), Level.ARTICLE),
    (re.compile(rf"(?=[IVX])(X{{0,3}}(?:IX|IV|V?I{{0,3}}))\s*{_END}\s?(?=\D)"), Level.ROMAN),
    (re.compile(r"([A-HĐ])\.\s"), Level.LETTER_HEADING),
    (re.compile(rf"(\d{{1,2}}(?:\.\d{{1,2}})+){_END}?\s"), Level.SUBCLAUSE),
    (re.compile(rf"(\d{{1,3}}){_END}\s"), Level.CLAUSE),
    (re.compile(r"([a-zđ])[).]\s"), Level.POINT),
    (re.compile(r"([-–—•])\s?(?=\D)"), Level.DASH),
    (re.compile(r"(\+)\s"), Level.PLUS),
    (re.compile(r"(\*)\s"), Level.STAR),
)
# Divisions are lines of their own: "Mục 1 của Quy chế này …" is running text.
_DIVISIONS = (Level.PART, Level.CHAPTER, Level.SECTION, Level.SUBSECTION)
_ORDINALS = {"nhất": 1, "hai": 2, "ba": 3, "tư": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8}
_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}


def read_level(words: str) -> tuple[Level, str]:
    """Return a paragraph's level and the number in its label.

    >>> read_level("Điều 3. Trách nhiệm"), read_level("b) Trực 24/24 giờ;")
    ((<Level.ARTICLE: 'dieu'>, '3'), (<Level.POINT: 'diem'>, 'b'))
    >>> read_level("1.200 lượt người")
    (<Level.TEXT: 'noi_dung'>, '')
    """
    for label, level in _LABELS:
        match = label.match(words)
        if match and _fits(level, words, match):
            return level, match[1]
    return Level.TEXT, ""


def _fits(level: Level, words: str, match: re.Match[str]) -> bool:
    if level in _DIVISIONS:
        rest = words[match.end() :].strip(" .:")
        return len(words) < 90 and (not rest or rest.isupper())
    if level is Level.LETTER_HEADING:
        return words.isupper()
    return True


def count(number: str, letters: str = "") -> int | None:
    """Return what a label counts: digits, Roman digits, an ordinal, or a letter of ``letters``.

    >>> count("IV"), count("12"), count("đ", "abcdđ"), count("nhất")
    (4, 12, 5, 1)
    """
    if number.isdigit():
        return int(number)
    if letters:
        return letters.find(number) + 1 or None
    if number.lower() in _ORDINALS:
        return _ORDINALS[number.lower()]
    if number and all(digit in _ROMAN for digit in number):
        worth = [_ROMAN[digit] for digit in number]
        return sum(
            -one if one < later else one for one, later in zip(worth, [*worth[1:], 0], strict=True)
        )
    return None
