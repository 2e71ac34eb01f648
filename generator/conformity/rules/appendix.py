"""Appendices and what a document issues with it: numbers, titles, the note "Kèm theo"."""

from __future__ import annotations

import re
from datetime import date

from generator.conformity.components import APPENDIX, MAIN, Unit
from generator.conformity.levels import count
from generator.conformity.patterns import NUMBER, appendix_number
from generator.conformity.rules.case import Case, Findings, at

_REFERS = re.compile(r"phụ lục", re.I)
_NOTE_NUMBER = re.compile(r"số:?\s*(?P<so>\d+[a-zđ]?)\s*[/-]\s*(?P<ky>[^\s,;)]+)", re.I)
_NOTE_DATE = re.compile(
    r"ngày\s*(?:(\d{1,2})/(\d{1,2})/(\d{4})|(\d{1,2})\s*tháng\s*(\d{1,2})\s*năm\s*(\d{4}))", re.I
)


def check(case: Case) -> Findings:
    """Yield what is wrong with the appendices."""
    appendices = [unit for unit in case.found.units if unit.kind == APPENDIX]
    follows = case.main.kind == MAIN
    for position, unit in enumerate(appendices, 1):
        yield from _number(case, unit, position, len(appendices), follows=follows)
        yield from _title(case, unit)
    for unit in case.found.units[1:]:
        yield from _note(case, unit)
    if follows and appendices:
        yield from _referred(case, appendices[0])


def _number(case: Case, unit: Unit, position: int, total: int, *, follows: bool) -> Findings:
    heading = unit.parts["phu_luc"][0]
    told = appendix_number(heading.words)
    roman = bool(told) and set(told) <= set("IVXLC")
    if told and not roman:
        yield from case.profile.finding(
            "phu_luc.so",
            "Phụ lục không đánh số bằng chữ số La Mã",
            at(heading),
            expected="Phụ lục I, Phụ lục II …",
            found=f"“{heading.words}”",
            remedy="Đổi số phụ lục sang chữ số La Mã.",
        )
    elif follows and total > 1 and not told:
        yield from case.profile.finding(
            "phu_luc.so",
            "Văn bản có từ hai phụ lục nhưng phụ lục này không có số",
            at(heading),
            expected=f"Phụ lục {_roman(position)}",
            found=f"“{heading.words}”",
            remedy="Ghi số La Mã sau từ “Phụ lục”.",
        )
    elif follows and total == 1 and told:
        yield from case.profile.finding(
            "phu_luc.so",
            "Văn bản chỉ có một phụ lục thì không đánh số",
            at(heading),
            expected="“Phụ lục”",
            found=f"“{heading.words}”",
            remedy="Bỏ số sau từ “Phụ lục”.",
        )
    elif follows and total > 1 and count(told) != position:
        yield from case.profile.finding(
            "phu_luc.thu_tu",
            "Số phụ lục không theo thứ tự",
            at(heading),
            expected=f"Phụ lục {_roman(position)}",
            found=f"“{heading.words}”",
            remedy="Đánh số lại các phụ lục.",
        )


def _roman(value: int) -> str:
    from generator.formatting.numbering import roman

    return roman(value)


def _title(case: Case, unit: Unit) -> Findings:
    heading = unit.parts["phu_luc"][0]
    if "phu_luc_tieu_de" not in unit.parts:
        yield from case.profile.finding(
            "phu_luc.tieu_de",
            "Phụ lục không có tiêu đề",
            at(heading),
            expected="tiêu đề in hoa, đậm, căn giữa, dưới từ “Phụ lục”",
            found="không thấy",
            remedy="Thêm tiêu đề của phụ lục.",
        )
    if "kem_theo" not in unit.parts:
        yield from case.profile.finding(
            "phu_luc.kem_theo",
            "Phụ lục thiếu dòng “(Kèm theo …)”",
            at(heading),
            expected="“(Kèm theo … số …/… ngày … tháng … năm … của …)”",
            found="không thấy",
            remedy="Thêm dòng này dưới tiêu đề, chữ nghiêng, căn giữa.",
        )


def _note(case: Case, unit: Unit) -> Findings:
    """Compare the note with the number, date and type of the document before it."""
    note = unit.one("kem_theo")
    main = case.main
    number = main.one("so_ky_hieu")
    if note is None or number is None or main.kind != MAIN:
        return
    faults = []
    told, own = _NOTE_NUMBER.search(note.words), NUMBER.fullmatch(number.words)
    if (
        told
        and own
        and own["so"].strip(".…_ ")
        and (told["so"], told["ky"]) != (own["so"], own["ky"].strip())
    ):
        faults.append((f"số {told['so']}/{told['ky']}", f"số {own['so']}/{own['ky'].strip()}"))
    day = _date(note.words)
    if day and case.found.issued and day != case.found.issued:
        issued = case.found.issued
        faults.append((f"ngày {day:%d/%m/%Y}", f"ngày {issued:%d/%m/%Y}"))
    name = main.type_name
    if name and name.lower() not in note.words.lower() and "văn bản" not in note.words.lower():
        faults.append((note.words.strip("()")[:40], f"Kèm theo {name}"))
    if faults:
        yield from case.profile.finding(
            "kem_theo.khop",
            "Dòng “Kèm theo” không khớp với văn bản chính",
            at(note),
            expected="; ".join(right for _, right in faults),
            found="; ".join(wrong for wrong, _ in faults),
            remedy="Sửa dòng này theo số, ngày và tên loại của văn bản chính.",
        )


def _date(words: str) -> date | None:
    match = _NOTE_DATE.search(words)
    if match is None:
        return None
    day, month, year = (int(part) for part in match.groups() if part)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _referred(case: Case, first: Unit) -> Findings:
    body = (item.paragraph.text for item in case.main.body)
    tables = (p.text for p in case.document.paragraphs[: first.parts["phu_luc"][0].paragraph.index])
    if not any(_REFERS.search(text) or "kèm theo" in text for text in (*body, *tables)):
        yield from case.profile.finding(
            "phu_luc.chi_dan",
            "Văn bản chính không nhắc đến phụ lục",
            at(first.parts["phu_luc"][0]),
            expected="chỉ dẫn về phụ lục trong nội dung",
            found="không thấy",
            remedy="Thêm chỉ dẫn như “(chi tiết tại Phụ lục kèm theo)”.",
        )
