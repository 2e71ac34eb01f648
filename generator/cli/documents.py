"""Commands that make documents of one data file: render, package."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from generator.cli.options import data_argument, form_argument, templates_option
from generator.cli.screen import say, warn
from generator.cli.words import command
from generator.errors import Problem, UsageError


@command("render", help="Tạo một văn bản Word từ một tệp dữ liệu (- là đầu vào chuẩn).")
@form_argument
@data_argument
@click.option("-o", "--output", required=True, metavar="TỆP.docx", help="Tệp Word sẽ ghi.")
@templates_option
def render(form: str, data: str, output: str, templates: Sequence[str]) -> None:
    """Make one document."""
    from generator.data import read_records
    from generator.output import make_folder, write_whole
    from generator.pipeline import open_form

    target = Path(output)
    if target.suffix.lower() != ".docx":
        raise UsageError(
            Problem(
                file=output, message="chỉ ghi được tệp .docx", hint="đặt tên kết thúc bằng .docx"
            )
        )
    opened = open_form(form, templates)
    records = list(read_records(data))
    if len(records) > 1:
        raise UsageError(
            Problem(
                file=data,
                message=f"tệp có {len(records)} bản ghi, lệnh render chỉ làm một văn bản",
                hint=f"dùng: vanban batch {form} {data} -o THƯ_MỤC",
            )
        )
    prepared = opened.prepare(records[0], named=False)
    content = opened.template.render(prepared.context)
    make_folder(target.parent)
    replaced = target.exists()
    write_whole(target, content, durable=True)
    warn(prepared.warnings, "lưu ý: ")
    say(f"Đã ghi {output}{' (thay tệp cũ)' if replaced else ''}.")


@command("package", help="Tạo cả gói văn bản từ một tệp: văn bản chính và các phần kèm theo.")
@data_argument
@click.option("-o", "--output", required=True, metavar="THƯ_MỤC", help="Thư mục chứa kết quả.")
@templates_option
def package(data: str, output: str, templates: Sequence[str]) -> None:
    """Make the documents of a package."""
    from generator.packages import make_package

    for path in make_package(data, Path(output), templates=templates):
        say(f"Đã ghi {path}.")
