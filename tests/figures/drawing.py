"""A small form with figures, for tests of computed values, checks and scores."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from generator.pipeline import Form, open_form
from generator.records.data import RawRecord
from tests.clerk import draw_form, object_of
from tests.making import make

NUMBER = {"title": "Số", "type": ["number", "null"]}


def number(title: str) -> dict[str, Any]:
    return {"title": title, "type": ["number", "null"]}


def text(title: str) -> dict[str, Any]:
    return {"title": title, "type": ["string", "null"]}


def group(title: str, **fields: Any) -> dict[str, Any]:
    return object_of(fields, ()) | {"title": title, "type": ["object", "null"], "default": {}}


def rows(title: str, **fields: Any) -> dict[str, Any]:
    items = object_of(fields, ())
    return {"title": title, "type": ["array", "null"], "items": items}


SCHEMA = object_of(
    {
        "ten": text("Tên đơn vị"),
        "vu": number("Tổng số vụ"),
        "phat": number("Số vụ phạt tiền"),
        "nhac": number("Số vụ nhắc nhở"),
        "so_dong": number("Số dòng"),
        "tu_ngay": {"title": "Từ ngày", "type": ["string", "null"], "format": "date"},
        "den_ngay": {"title": "Đến ngày", "type": ["string", "null"], "format": "date"},
        "nhom": group("Nhóm", a=number("Số a"), b=number("Số b")),
        "hang": rows(
            "Các dòng",
            ten=text("Tên dòng"),
            so=number("Số của dòng"),
            phan=rows("Các phần", n=number("Số của phần")),
        ),
    },
    (),
)
RECORD: dict[str, Any] = {
    "ten": "Phường Kim Sơn",
    "vu": 47,
    "phat": 20,
    "nhac": 27,
    "so_dong": 2,
    "tu_ngay": "2018-05-31",
    "den_ngay": "2018-06-10",
    "nhom": {"a": 3, "b": 4},
    "hang": [
        {"ten": "Một", "so": 30, "phan": [{"n": 10}, {"n": 20}]},
        {"ten": "Hai", "so": 10, "phan": [{"n": 10}]},
    ],
}


def slip(root: Path, tables: str, schema: Any = None) -> Form:
    """Return a form whose manifest ends with those tables."""
    folder = draw_form(
        root, schema=schema or SCHEMA, template=make("{{ ten }}"), sample=RECORD, unit="ten"
    )
    manifest = folder / "manifest.toml"
    manifest.write_text(manifest.read_text(encoding="utf-8") + tables, encoding="utf-8")
    return open_form(str(folder))


def record(**changes: Any) -> RawRecord:
    """Return the record with changes, a field a line."""
    return RawRecord(file="phieu.json", text=json.dumps(RECORD | changes, indent=1))
