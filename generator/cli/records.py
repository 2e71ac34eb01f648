"""Commands about data files: init, validate."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli.options import data_argument, form_argument, templates_option
from generator.cli.screen import say
from generator.cli.words import command
from generator.errors import DataError, Problem, UsageError

if TYPE_CHECKING:
    from generator.pipeline import Form
    from generator.validation import Review


@command("init")
@form_argument
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="TỆP.json|.xlsx",
    help="Tệp dữ liệu sẽ tạo; đuôi .xlsx thì là sổ Excel, mỗi đơn vị một dòng.",
)
@click.option("--units", metavar="TỆP", help="Danh sách đơn vị (.txt, .xlsx, .csv, .json) ghi sẵn.")
@click.option("--sample", is_flag=True, help="Ghi bản ghi ví dụ đã điền sẵn thay cho chỗ trống.")
@templates_option
def init(form: str, output: str, units: str | None, sample: bool, templates: Sequence[str]) -> None:
    """Write a data file to fill."""
    from generator.naming import expect_output
    from generator.output import make_folder, write_whole
    from generator.pipeline import open_form

    opened = open_form(form, templates)
    target = Path(output)
    expect_output(output)
    if target.exists():
        raise UsageError(
            Problem(file=output, message="tệp đã có, không ghi đè", hint="chọn tên khác")
        )
    if sample and units:
        raise UsageError(Problem(message="--sample và --units không dùng cùng lúc"))
    content = _content(opened, target.suffix.lower(), _unit_names(opened, units), sample)
    make_folder(target.parent)
    write_whole(target, content, durable=True)
    name = f'"{output}"' if " " in output else output
    follows = f"render {form} {name} -o van-ban.docx"
    if opened.bundle.unit:
        follows = f"batch {form} {name} -o ket-qua"
    say(f"Đã tạo {output}. Điền xong, chạy: vanban {follows}")


def _content(opened: Form, suffix: str, names: Sequence[str], sample: bool) -> bytes:
    """Return the data file to fill, of the kind its name asks for."""
    from generator.records.skeleton import skeleton

    if suffix == ".xlsx":
        return opened.workbook(names, sample=sample)
    if suffix != ".json":
        raise UsageError(
            Problem(
                message=f"không tạo tệp {suffix or 'không có đuôi'} để điền",
                hint="đặt tên tệp kết thúc bằng .xlsx hoặc .json",
            )
        )
    if sample:
        return opened.bundle.path("sample.json").read_bytes()
    bundle = opened.bundle
    return skeleton(opened.schema, bundle.title, bundle.unit, names).encode()


def _unit_names(opened: Form, units: str | None) -> list[str]:
    if units is None:
        return []
    unit = opened.schema.root.children.get(opened.bundle.unit)
    if unit is None:
        raise UsageError(
            Problem(
                message=f"mẫu {opened.bundle.id} không lập cho từng đơn vị",
                hint="bỏ --units",
            )
        )
    from generator.intake.unit_names import read_unit_names

    return read_unit_names(units, unit)


@command("validate")
@form_argument
@data_argument
@click.option(
    "--format", "layout", type=click.Choice(["text", "json"]), default="text", show_default=True,
    metavar="text|json", help="json: danh sách cho máy đọc, in ra đầu ra chuẩn.",
)  # fmt: skip
@click.option(
    "--mark", metavar="TỆP.xlsx", help="Ghi bản sao của bảng, ô cần sửa được tô màu và ghi chú."
)
@templates_option
def validate(form: str, data: str, layout: str, mark: str | None, templates: Sequence[str]) -> None:
    """Check records alone."""
    from generator.pipeline import open_form
    from generator.validation import as_json, lines, review

    _check_mark(data, mark)
    found = review(open_form(form, templates), data)
    if layout == "json":
        click.echo(json.dumps([as_json(problem) for problem in found.problems],
                              ensure_ascii=False, indent=1))  # fmt: skip
    else:
        for line in lines(found.problems):
            say(line)
        say(_counted(found))
    if mark is not None:
        _write_marked(data, mark, found)
    if found.errors:
        sys.exit(DataError.exit_code)


def _counted(found: Review) -> str:
    """Return the last line of a check: how many records are good, how much is to correct."""
    good = f"{found.good} bản ghi hợp lệ."
    if not found.errors:
        return good
    units = len({problem.unit for problem in found.problems if problem.severity == "error"} - {""})
    of_units = f" ở {units} đơn vị" if units else ""
    return f"{found.errors} lỗi{of_units}, {found.warnings} lưu ý; {good}"


def _check_mark(data: str, mark: str | None) -> None:
    from generator.intake.kinds import is_table
    from generator.naming import expect_output

    if mark is None:
        return
    if not is_table(data):
        raise UsageError(
            Problem(
                file=data,
                message="chỉ đánh dấu được tệp bảng (.xlsx, .xls, .ods, .csv)",
                hint="bỏ --mark; lỗi của tệp JSON có ghi dòng và cột",
            )
        )
    if Path(mark).suffix.lower() != ".xlsx":
        raise UsageError(
            Problem(file=mark, message="bản đánh dấu là tệp .xlsx", hint="đặt tên kết thúc .xlsx")
        )
    expect_output(mark, data)


def _write_marked(data: str, mark: str, found: Review) -> None:
    from generator.intake.mark import mark as marked
    from generator.output import make_folder, write_whole

    if not found.problems:
        say("Không có gì để đánh dấu.")
        return
    content = marked(Path(data), found.problems)
    make_folder(Path(mark).parent)
    write_whole(Path(mark), content, durable=True)
    say(f"Đã ghi {mark}: ô đỏ là lỗi, ô vàng là lưu ý; trang “Lỗi” liệt kê tất cả.")
