"""Names for the blanks of a form, from the words around them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, count

from generator.drafting.blanks import BOX, DATE_LONG, DATE_SHORT, Blank
from generator.drafting.proposed import DATE, NUMBER, TEXT, YES_NO
from generator.vietnamese.text import slug

_LONGEST_KEY = 40
_SHORT = 30  # dots: more room is for words, not for a number
_COUNTED = 3  # words of the thing counted
_SPOKEN = 7  # words of what is named
_PARENTHESES = re.compile(r"\([^)]*\)")
_EDGE = re.compile(r"[.;:,(]\s|[.;:(]$")
_LABEL_OF_NUMBER = re.compile(
    r"(?i)(?:^|[\s(])(số lượng|tổng số|số|diện tích|tuổi|t[ỷỉ] lệ|năm|điểm|tăng|giảm|đạt|có|được)$"
)
_NUMBERED = re.compile(
    r"(?i)^(?:tổng số|số|diện tích|tỷ lệ|tỉ lệ|điểm|tuổi|năm)(?!\s*:?\s*(?:của|hiệu))\b"
)
# Numbers nobody counts with: a leading 0 belongs to them, a dot between thousands does not.
_IDENTIFIER = re.compile(
    r"(?i)\bmã số\b|\b(?:điện thoại|đt|fax|căn cước|cccd|cmnd|chứng minh|định danh|hộ chiếu"
    r"|tài khoản)(?: (?:nhân dân|công dân|cá nhân|liên hệ|di động))?$"
)
_CHANGE = re.compile(r"(?i)(tăng|giảm)\s*$")
COLUMN_NUMBER = re.compile(r"\(?(?:[0-9]{1,2}|[A-Z])\)?")  # "(1)", "A": no heading by itself
_OFFICIAL_NUMBER = re.compile(r"^\s*/")
_STOPS = frozenset(
    ("và", "của", "các", "những", "cho", "là", "được", "trong", "về", "theo", "với", "tại", "để",
     "do", "từ", "đã", "có", "ở", "cụ", "như", "gồm")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Name:
    """A proposed name: the key without diacritics, the kind of value, a title to read."""

    key: str
    kind: str
    title: str


def name_of(blank: Blank, lead: str = "") -> Name:
    """Return a name for a blank; ``lead`` are the words that open its paragraph.

    >>> name_of(Blank(0, 0, "chỗ trống", "…..", "- Đã tổ chức ", " lượt tuyên truyền; các"))
    Name(key='so_luot_tuyen_truyen', kind='số', title='Số lượt tuyên truyền')
    """
    if blank.kind == BOX:
        return _named(_ticked(blank, lead), YES_NO)
    label = _label(blank.before) or _label(lead)
    if blank.kind in (DATE_LONG, DATE_SHORT):
        words = " ".join(label.split()[-_SPOKEN:])
        title = words if words.lower().startswith("ngày") else f"Ngày {words}".strip()
        return _named(title, DATE)
    counted = _counted(blank)
    if counted:
        return _named(counted, NUMBER)
    kind = NUMBER if _asks_number(blank, label) else TEXT
    return _named(" ".join(label.split()[-_SPOKEN:]) or "Chỗ trống", kind)


def _ticked(blank: Blank, lead: str) -> str:
    """Return what a box stands for: "Giới tính: Nam"; its words are before it, or all behind."""
    group = lead.rpartition(":")[0].strip()
    behind = not lead.strip() or lead.rstrip().endswith(":")
    words = blank.after if behind else blank.before.rpartition(":")[2]
    label = " ".join(_EDGE.split(words.strip(" ;,/.-"))[0].split()[:_SPOKEN])
    return ": ".join(filter(None, (_label(group), label))) or "Ô đánh dấu"


def _named(title: str, kind: str) -> Name:
    title = title[:1].upper() + title[1:]
    return Name(key_from(title), kind, title)


def key_from(words: str) -> str:
    """Return words as a field's key: without diacritics, joined by ``_``, cut at a whole word.

    >>> key_from("Chi bộ ký giao ước thi đua")
    'chi_bo_ky_giao_uoc_thi_dua'
    """
    key = slug(words).replace("-", "_")
    if len(key) > _LONGEST_KEY:
        key = key[: _LONGEST_KEY + 1].rpartition("_")[0] or key[:_LONGEST_KEY]
    if not key:
        return "cho_trong"
    return key if key[0].isalpha() else f"muc_{key}"


def _label(before: str) -> str:
    """Return the last words before a blank that name something."""
    text = _PARENTHESES.sub(" ", before).strip().rstrip(":=,- ").strip()
    text = text.replace(" (", " ") if "(" in text else text  # one left open: "đối tượng (tăng ……"
    text = re.sub(r"^[-+*•\s]+|^\(?[a-zđ0-9]{1,2}[.)]\s+", "", text)
    clauses = [clause.strip(' ,.;:()“”"%/-') for clause in _EDGE.split(text)]
    named = [clause for clause in clauses if clause]
    if not named:
        return ""
    last = named[-1]
    if len(last.split()) < 2 and len(named) > 1:  # "Gồm:" says nothing by itself
        last = f"{' '.join(named[-2].split()[-_SPOKEN:])} {last.lower()}"
    return " ".join(last.split())


def _counted(blank: Blank) -> str:
    """Return what a number in a sentence counts: "Số lượt tuyên truyền"."""
    after = blank.after
    if after.startswith("%"):
        words = _label(blank.before).split()[-_COUNTED:]
        return f"Tỷ lệ {' '.join(words).lower()}".strip()
    if blank.width > _SHORT or not re.match(r"\s+\w", after):
        return ""
    if blank.before.rstrip().endswith(":") and not after[1:2].islower():
        return ""
    clause = re.split(r"[.,;:()/=\n]", after, maxsplit=1)[0]
    words = clause.split()
    while words and words[-1].lower() in _STOPS:
        words.pop()
    kept: list[str] = []
    for word in words[: _COUNTED + 1]:
        if kept and word.lower() in _STOPS:
            break
        kept.append(word)
    change = _CHANGE.search(blank.before)
    kept = [*kept[:_COUNTED], *([change[1].lower()] if change else [])]
    return f"Số {' '.join(kept)}" if len(kept) > bool(change) else ""


def _asks_number(blank: Blank, label: str) -> bool:
    if _OFFICIAL_NUMBER.match(blank.after):  # "Số: ……/BC-UBND" may well be "05a"
        return False
    if blank.width > _SHORT or _IDENTIFIER.search(label):
        return False
    ending = _LABEL_OF_NUMBER.search(blank.before.strip().rstrip(":"))
    return bool(ending or _NUMBERED.match(label))


class Names:
    """Keys given so far: each is given once."""

    def __init__(self) -> None:
        self._given: set[str] = set()
        self._next: dict[str, int] = {}  # the first number of a key not tried yet

    def unique(self, key: str, context: str = "") -> str:
        """Return a key nobody has: with the context's last words, else with a number."""
        tail = key_from(" ".join(context.split()[-_COUNTED:])) if context.strip() else ""
        choices = [key, *([f"{key}_{tail}"[: _LONGEST_KEY * 2]] if tail not in ("", key) else [])]
        chosen = next(
            each for each in chain(choices, self._numbered(key)) if each not in self._given
        )
        self._given.add(chosen)
        return chosen

    def _numbered(self, key: str) -> Iterator[str]:
        for number in count(self._next.get(key, 2)):
            self._next[key] = number + 1
            yield f"{key}_{number}"
