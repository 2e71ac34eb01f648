"""Commands about data files: init, validate."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from generator.cli.options import data_argument, form_argument, templates_option
from generator.cli.screen import say, warn
from generator.cli.words import command
from generator.errors import Problem, UsageError


@command("init", help="Tạo tệp dữ liệu để điền cho một mẫu.")
@form_argument
@click.option("-o", "--output", required=True, metavar="TỆP.json", help="Tệp dữ liệu sẽ tạo.")
@click.option("--sample", is_flag=True, help="Ghi bản ghi ví dụ đã điền sẵn thay cho chỗ trống.")
@templates_option
def init(form: str, output: str, sample: bool, templates: Sequence[str]) -> None:
    """Write a data file to fill."""
    from generator.output import make_folder, write_whole
    from generator.pipeline import open_form
    from generator.skeleton import skeleton

    opened = open_form(form, templates)
    target = Path(output)
    if target.exists():
        raise UsageError(
            Problem(file=output, message="tệp đã có, không ghi đè", hint="chọn tên khác")
        )
    if sample:
        content = opened.bundle.path("sample.json").read_bytes()
    else:
        content = skeleton(opened.schema, opened.bundle.title).encode()
    make_folder(target.parent)
    write_whole(target, content, durable=True)
    name = f'"{output}"' if " " in output else output
    say(f"Đã tạo {output}. Điền xong, chạy: vanban render {form} {name} -o van-ban.docx")


@command("validate", help="Kiểm tra dữ liệu, không tạo văn bản.")
@form_argument
@data_argument
@templates_option
def validate(form: str, data: str, templates: Sequence[str]) -> None:
    """Check records alone."""
    from generator.data import read_records
    from generator.errors import DataError
    from generator.pipeline import open_form

    opened = open_form(form, templates)
    problems: list[Problem] = []
    count = 0
    for raw in read_records(data):
        count += 1
        try:
            warn(opened.prepare(raw).warnings, "lưu ý: ")
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(problems)
    say(f"{count} bản ghi hợp lệ.")
