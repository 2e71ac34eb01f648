"""Commands about forms: list, show, filters, new, schema, import."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.cli.options import form_argument, templates_option
from generator.cli.screen import say, warn
from generator.cli.words import command
from generator.errors import Problem, UsageError

if TYPE_CHECKING:
    from generator.drafting.proposed import Proposed


@command("list")
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


@command("show")
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
        if opened.derived:
            click.echo("\nGiá trị tính được:")
        for each in opened.derived:
            click.echo(f"{each.name}: {each.title} — {each.expression.source}")


def _outline(path: Path) -> list[str]:
    from generator.records.data import read_bytes
    from generator.views.outline import outline

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


@command("filters")
def filters() -> None:
    """Print the table of filters."""
    from generator.language.filters import filter_table
    from generator.template.layout import PLACED

    for row in filter_table():
        click.echo(f"{row.name} / {row.alias}: {row.description}")
        click.echo(f"    {row.example} → {row.result}")
    click.echo("\nChỉ dùng trong template.docx:")
    for placed in PLACED:
        click.echo(f"{placed.name}: {placed.description}")
        click.echo(f"    {placed.example}")


@command("new")
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
    from generator.naming import expect_output

    expect_output(folder)
    made = new_bundle(form, find_bundle(model, template_folders(templates)), Path(folder))
    say(f"Đã tạo {made}. Sửa template.docx, schema.json, sample.json và manifest.toml trong đó,")
    say(f"rồi xem thử: vanban render {made} {made / 'sample.json'} -o thu.docx")


@command("schema")
@click.argument("file", metavar="TỆP.docx")
@click.option("-o", "--output", metavar="THƯ_MỤC", help="Thư mục mẫu mới; không có thì chỉ in ra.")
def schema(file: str, output: str | None) -> None:
    """Draft a form from a tagged template."""
    from generator.drafting.proposed import schema_of
    from generator.drafting.tagged import blocks_near, fields_of
    from generator.drafting.writing import check_folder, write_form
    from generator.records.data import read_bytes

    path = Path(file)
    if output:
        check_folder(Path(output))
    content = read_bytes(path, file)
    fields, _ = fields_of(content, file, blocks_near(path))
    if not fields:
        raise UsageError(
            Problem(
                file=file, message="tệp chưa có thẻ nào", hint="dùng vanban import cho tệp trống"
            )
        )
    if not output:
        click.echo(json.dumps(schema_of(fields, path.stem), ensure_ascii=False, indent=2))
        return
    write_form(Path(output), content, fields, path.stem, f"tệp {path.name}")
    _tell_drafted(Path(output), fields)


@command("import")
@click.argument("file", metavar="TỆP.docx")
@click.option("-o", "--output", required=True, metavar="THƯ_MỤC", help="Thư mục mẫu mới.")
def import_form(file: str, output: str) -> None:
    """Draft a form from a blank one."""
    from generator.drafting.importing import import_form as imported_from
    from generator.drafting.writing import check_folder, write_form
    from generator.records.data import read_bytes

    check_folder(Path(output))
    found = imported_from(read_bytes(Path(file), file), file)
    write_form(Path(output), found.template, found.fields, found.title, f"tệp {Path(file).name}")
    _tell_drafted(Path(output), found.fields)


def _tell_drafted(folder: Path, fields: dict[str, Proposed]) -> None:
    from generator.drafting.proposed import rows
    from generator.drafting.writing import REVIEW

    for path, each in rows(fields):
        click.echo(f"{path}  {each.kind}  {each.title}".rstrip())
    say(f"Đã tạo {folder}, {len(fields)} trường đề xuất; đọc lại {folder / REVIEW}.")
    say(f"Xem thử: vanban render {folder} {folder / 'sample.json'} -o thu.docx")
    say(f"Kiểm tra: vanban lint {folder}")
