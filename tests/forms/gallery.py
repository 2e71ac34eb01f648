"""Every form in every case worth looking at: filled, blank, at its fixtures, at its extremes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from generator.pipeline import Form, open_form
from generator.records.data import RawRecord
from generator.records.schema import Field
from generator.vietnamese.counting import roman
from tests.clerk import FORMS
from tests.forms.reading import FIXTURES, sample
from tests.judges import Page
from tests.judges.looks import Look, SectionLook, paragraph_looks, sections


@dataclass(frozen=True, slots=True)
class Document:
    """A document of a form: what it is for, the file, its pages as LibreOffice prints them."""

    form: str
    case: str
    content: bytes
    pages: tuple[Page, ...]
    looks: tuple[Look, ...]
    sections: tuple[SectionLook, ...]

    @property
    def name(self) -> str:
        return f"{self.form}--{self.case}"


@cache
def opened_form(name: str) -> Form:
    return open_form(name)


def render(name: str, record: Any) -> bytes:
    text = json.dumps(record, ensure_ascii=False)
    return opened_form(name).render(
        RawRecord(file="thu.json", text=text, folder=str(FIXTURES / name))
    )


def document(form: str, case: str, content: bytes, pages: list[Page]) -> Document:
    return Document(
        form, case, content, tuple(pages), tuple(paragraph_looks(content)), tuple(sections(content))
    )


def contents() -> dict[tuple[str, str], bytes]:
    """Return every document to be measured, by form and case."""
    return {
        (form, case): render(form, record)
        for form in FORMS
        for case, record in (*_plain(form), *_extreme(form))
    }


# ---------------------------------------------------------------- filled, blank, fixtures
def _plain(form: str) -> Iterator[tuple[str, Any]]:
    data = sample(form)
    yield "mau", data
    yield "de-trong", blanked(data, opened_form(form).schema.root)
    for text in sorted((FIXTURES / form).glob("*.txt")):
        yield text.stem, json.loads(text.with_suffix(".json").read_text(encoding="utf-8"))
    for other in ("lien-tich", "bang-cot"):
        path = FIXTURES / form / f"{other}.json"
        if path.is_file():
            yield other, json.loads(path.read_text(encoding="utf-8"))
    if form == "ban-cham-diem":
        units = json.loads((FIXTURES / form / "don-vi-12.json").read_text(encoding="utf-8"))
        yield from ((f"don-vi-{number}", units[number - 1]) for number in (7, 8, 12))


def blanked(value: Any, at: Field) -> Any:
    """Return a record with everything open that the form lets stay open."""
    if isinstance(value, dict) and at.children:
        return {
            key: None if "null" in child.types else blanked(value[key], child)
            for key, child in at.children.items()
            if key in value and (child.required or "null" in child.types)
        }
    if isinstance(value, list) and at.items is not None and at.items.children:
        return [blanked(item, at.items) for item in value]
    return value


# ---------------------------------------------------------------- extremes
_TWO_LINES = (
    "Đoạn này có một câu vừa đủ dài để chiếm hai dòng trên trang giấy khổ A4 với lề trái 30 mm "
    "và lề phải 15 mm theo quy định hiện hành"
)
_SUMMARY = (
    "Tổng kết 10 năm thực hiện Đề án 375 và Chỉ thị số 10 của Ủy ban nhân dân tỉnh về đẩy mạnh "
    "phong trào toàn dân bảo vệ an ninh Tổ quốc, xây dựng khu dân cư, xã, phường, thị trấn, cơ "
    "quan, doanh nghiệp, nhà trường an toàn về an ninh, trật tự; phương hướng, nhiệm vụ trọng tâm "
    "giai đoạn 2026 - 2030 và những năm tiếp theo trên địa bàn tỉnh Lâm Sơn"
)
_AGENCY = (
    "Ban Chỉ đạo xây dựng làng an toàn, khu dân cư an toàn, cơ quan, doanh nghiệp an toàn về ANTT"
)
_SUPERIOR = "Ban Chấp hành Đảng bộ, Ủy ban nhân dân, Ủy ban Mặt trận Tổ quốc xã Phú Lâm Thượng"
_SIGNER = {
    "chuc_vu": "Phó Chủ tịch Thường trực Ủy ban nhân dân xã Phú Lâm Thượng kiêm Phó Trưởng ban",
    "ho_ten": "Công Tằng Tôn Nữ Thị Phương Quỳnh Như",
}
EXTREMES: dict[str, dict[str, Any]] = {
    "ten-dai": {
        "co_quan_chu_quan": _SUPERIOR,
        "co_quan_ban_hanh": _AGENCY,
        "co_quan_tong_hop": _AGENCY,
        "don_vi": _AGENCY,
        "tham_quyen": _AGENCY,
        "dia_danh": "Thành phố Hồ Chí Minh",
        "nguoi_ky": _SIGNER,
        "ky_don_vi": _SIGNER,
        "ky_chu_toa": _SIGNER,
        "kinh_gui": [f"{_AGENCY} thôn {number}" for number in range(1, 13)],
    },
    "trich-yeu-dai": {"trich_yeu": _SUMMARY, "tieu_de": _SUMMARY, "ten_de_an": _SUMMARY},
    "40-noi-nhan": {"noi_nhan": [f"Ủy ban nhân dân phường số {n}" for n in range(1, 41)]},
    "mot-dong": {"noi_dung": "Không có phát sinh./."},
    "mot-dong-khong-noi-nhan": {"noi_dung": "Không có phát sinh./.", "noi_nhan": []},
}
_TYPES: dict[type, str] = {str: "string", list: "array", dict: "object"}
# Chapters of the long text, one of two thirds of a page; the others take a few.
LONGEST = {"bao-cao": 99}
ENDS = range(5, 17, 3)  # paragraphs that bring the signature over the end of the first page


def _extreme(form: str) -> Iterator[tuple[str, Any]]:
    fields = opened_form(form).schema.root.children
    for case, values in EXTREMES.items():
        own = {
            key: _fitting(value, fields[key])
            for key, value in values.items()
            if key in fields and _TYPES[type(value)] in fields[key].types
        }
        if own:
            yield case, sample(form) | own
    if "noi_dung" in fields:
        chapters = LONGEST.get(form, 3)
        body = "".join(map(_chapter, range(1, chapters + 1)))
        yield "nhieu-trang", sample(form) | {"noi_dung": f"{body}Hết./."}
    if "noi_dung" in fields and "nguoi_ky" in fields:
        for count in ENDS:
            body = f"1. {_TWO_LINES}.\n" * count + f"Giao Văn phòng theo dõi. {_TWO_LINES}./."
            yield f"cuoi-trang-{count}", sample(form) | {"noi_dung": body}


def _fitting(value: Any, field: Field) -> Any:
    """Return a value with the keys its field knows, a person with those it must have."""
    return {key: value[key] for key in field.children if key in value} if field.children else value


def _chapter(number: int) -> str:
    """Return two thirds of a page of text of all levels."""
    rows = "".join(f"| {n} | Đơn vị số {n} | {n * 1250} |\n" for n in range(1, 4))
    return (
        f"{roman(number % 39 + 1)}. KẾT QUẢ THỰC HIỆN CÁC CHỈ TIÊU\n1. Công tác tuyên truyền\n"
        f"{_TWO_LINES}.\n- {_TWO_LINES};\n+ {_TWO_LINES};\n2. Số liệu chủ yếu\n"
        f"Số liệu cụ thể như sau:\n| STT | Tên đơn vị | Số hộ |\n|:-:|---|--:|\n{rows}"
        f"a) {_TWO_LINES};\nb) {_TWO_LINES}.\n3. Tồn tại, hạn chế\n{_TWO_LINES}.\n"
    )
