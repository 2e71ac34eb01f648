"""Commands about forms: list, show, filters, new."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from generator.cli.options import form_argument, templates_option
from generator.cli.screen import say, warn
from generator.cli.words import command


@command("list", help="Liệt kê các mẫu.")
@templates_option
def list_forms(templates: Sequence[str]) -> None:
    """Print the forms, grouped."""
    from generator.bundle import grouped, list_bundles, shipped, template_folders

    listed, problems = list_bundles(template_folders(templates))
    width = max((len(item.bundle.id) for item in listed), default=0)
    for group, items in grouped(listed).items():
        click.echo(group)
        for item in items:
            bundle = item.bundle
            kind = f" [{bundle.type}]" if bundle.type else ""
            shadow = "  (bị mẫu cùng tên ở thư mục trước che)" if item.shadowed else ""
            built_in = bundle.folder.resolve().is_relative_to(shipped("doctemplates").resolve())
            where = "có sẵn" if built_in else str(bundle.folder)
            click.echo(f"  {bundle.id:<{width}}  {bundle.title}{kind}  — {where}{shadow}")
    warn(problems)
    if problems:
        sys.exit(4)


@command("show", help="Xem các trường của một mẫu, hoặc nội dung mẫu (hay tệp .docx) dạng chữ.")
@form_argument
@click.option("--text", "as_text", is_flag=True, help="In mẫu thành chữ: đoạn, kiểu, căn lề, thẻ.")
@click.option("--json", "as_json", is_flag=True, help="In các trường dạng JSON Schema.")
@templates_option
def show(form: str, as_text: bool, as_json: bool, templates: Sequence[str]) -> None:
    """Print a form's fields, its schema or its template."""
    if as_text and Path(form).suffix.lower() == ".docx":
        click.echo("\n".join(_outline(Path(form))))
        return
    from generator.pipeline import open_form

    opened = open_form(form, templates)
    if as_text:
        click.echo("\n".join(_outline(opened.bundle.path("template.docx"))))
    elif as_json:
        click.echo(json.dumps(opened.schema.raw, ensure_ascii=False, indent=2))
    else:
        click.echo(f"{opened.bundle.title} ({opened.bundle.id})\nNguồn: {opened.bundle.source}\n")
        uses = opened.template.uses()
        click.echo("\n".join(_tree(opened.schema.root, uses)))


def _outline(path: Path) -> list[str]:
    from generator.data import read_bytes
    from generator.outline import outline

    return outline(read_bytes(path, str(path)), str(path))


def _tree(field: Any, uses: dict[str, int], depth: int = 0, path: str = "") -> list[str]:
    lines: list[str] = []
    for key, child in field.children.items():
        where = f"{path}.{key}" if path else key
        count = uses.get(where, 0)
        used = f"dùng {count} chỗ trong mẫu" if count else "không in trực tiếp"
        need = "bắt buộc" if child.required else "không bắt buộc"
        blank = ", để trống được" if "null" in child.types else ""
        lines.append(
            f"{'  ' * depth}{key}: {child.title} — {child.type_words}; {need}{blank}; {used}"
        )
        if child.children:
            lines += _tree(child, uses, depth + 1, where)
        elif child.items is not None and child.items.children:
            lines += _tree(child.items, uses, depth + 1, f"{where}[]")
    return lines


@command("filters", help="Liệt kê các bộ lọc dùng trong mẫu, mỗi bộ lọc một ví dụ.")
def filters() -> None:
    """Print the table of filters."""
    from generator.filters import filter_table

    for row in filter_table():
        click.echo(f"{row.name} / {row.alias}: {row.description}")
        click.echo(f"    {row.example} → {row.result}")


@command("new", help="Tạo một mẫu mới bằng cách chép một mẫu có sẵn, để sửa trong Word.")
@click.argument("form", metavar="TÊN_MẪU")
@click.option("--from", "model", required=True, metavar="MẪU", help="Mẫu chép lại.")
@click.option(
    "--to", "folder", default="doctemplates", show_default=True, metavar="THƯ_MỤC",
    help="Thư mục mẫu chứa mẫu mới.",
)  # fmt: skip
@templates_option
def new(form: str, model: str, folder: str, templates: Sequence[str]) -> None:
    """Copy a bundle under a new id."""
    from generator.bundle import find_bundle, new_bundle, template_folders

    made = new_bundle(form, find_bundle(model, template_folders(templates)), Path(folder))
    say(f"Đã tạo {made}. Sửa template.docx, schema.json, sample.json và manifest.toml trong đó,")
    say(f"rồi xem thử: vanban render {made} {made / 'sample.json'} -o thu.docx")
