"""A drafted form on disk: a whole folder or nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from generator.bundle import BLOCKS, shipped
from generator.drafting.proposed import Proposed, rows, schema_of
from generator.drafting.samples import sample_record
from generator.errors import Problem, UsageError
from generator.output import TEMPORARY_PREFIX, make_folder, unwritable
from generator.records.schema import Schema
from generator.vietnamese.text import slug

REVIEW = "DE-XUAT.md"
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def write_form(
    folder: Path, template: bytes, fields: Mapping[str, Proposed], title: str, source: str
) -> None:
    """Write a form folder: template, schema, sample, manifest, and the list of what was proposed.

    Raises:
        UsageError: the folder is there already, its name is no id of a form, or it cannot be
            written.
    """
    check_folder(folder)
    make_folder(folder.parent)
    try:
        with TemporaryDirectory(prefix=TEMPORARY_PREFIX, dir=folder.parent) as beside:
            draft = Path(beside, folder.name)
            draft.mkdir()
            _write(draft, template, dict(fields), title, source)
            draft.rename(folder)
    except OSError as error:
        raise unwritable(folder, error) from error


def _write(
    draft: Path, template: bytes, proposed: dict[str, Proposed], title: str, source: str
) -> None:
    (draft / "template.docx").write_bytes(template)
    (draft / "schema.json").write_bytes(_json(schema_of(proposed, title)))
    schema = Schema(draft / "schema.json", shared=shipped("doctemplates") / BLOCKS)
    (draft / "sample.json").write_bytes(_json(sample_record(schema.root)))
    (draft / REVIEW).write_bytes(review(proposed, title).encode())
    (draft / "manifest.toml").write_bytes(_manifest(draft.name, title, source).encode())


def check_folder(folder: Path) -> None:
    """Refuse a folder that is there already, or whose name no form can have."""
    if not _ID.fullmatch(folder.name):
        raise UsageError(
            Problem(
                message=f"“{folder.name}” không dùng làm tên mẫu được",
                hint=f"đặt tên thư mục như {slug(folder.name) or 'mau-moi'}",
            )
        )
    if folder.exists():
        raise UsageError(
            Problem(file=str(folder), message="thư mục đã có", hint="chọn tên thư mục khác")
        )


def review(fields: Mapping[str, Proposed], title: str) -> str:
    """Return what was proposed as a table to read over, in Markdown."""
    lines = [
        f"# {title}: các trường đề xuất",
        "",
        "Đọc lại từng dòng; đổi tên, tiêu đề, kiểu trong schema.json, sample.json và thẻ trong",
        "template.docx rồi chạy `vanban lint` trên thư mục này.",
        "",
        "| trường | kiểu | tên | chỗ tìm thấy |",
        "|---|---|---|---|",
    ]
    for path, each in rows(dict(fields)):
        note = (each.note or ("khối chung" if each.ref else "")).replace("|", "\\|")
        lines.append(f"| `{path}` | {each.kind} | {each.title} | {note} |")
    return "\n".join(lines) + "\n"


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def _manifest(form_id: str, title: str, source: str) -> str:
    said: Sequence[tuple[str, str]] = (
        ("id", form_id), ("title", title), ("type", ""), ("standard", "nd30_2020"),
        ("source", source), ("output", f"{title}.docx".replace("{", "").replace("}", "")),
    )  # fmt: skip
    lines = [f"{key} = {json.dumps(text, ensure_ascii=False)}" for key, text in said]
    return "# Cần xem lại: type là ký hiệu tên loại (KH, BC …), output là tên tệp kết quả.\n" + (
        "\n".join(lines) + "\n"
    )
