"""The command that adds up the data of many units: rollup."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli.options import form_argument, templates_option
from generator.cli.screen import progress_bar, say, warn
from generator.cli.words import command
from generator.errors import DataError, Problem, UsageError

if TYPE_CHECKING:
    from datetime import date

    from generator.rollup import Rollup

_MOST_WARNINGS = 20  # printed; the last one says how many more


@command("rollup")
@form_argument
@click.argument("data", nargs=-1, required=True, metavar="DỮ_LIỆU…")
@click.option("-o", "--output", metavar="TỆP", help="Tệp kết quả: .docx, .json hoặc .xlsx.")
@click.option("--head", default="", metavar="TỆP", help="Tệp JSON có các trường của cấp trên.")
@click.option(
    "--set", "settings", multiple=True, metavar="TRƯỜNG=GIÁ_TRỊ",
    help="Một trường của cấp trên; ghi được nhiều lần.",
)  # fmt: skip
@click.option("--units", default="", metavar="TỆP", help="Danh sách đơn vị phải nộp.")
@click.option("--due", default="", metavar="NGÀY", help="Hạn nộp; đơn vị nộp sau được nêu tên.")
@click.option(
    "--missing", type=click.Choice(["stop", "mark"]), default=None,
    help="Đơn vị bỏ trống số liệu: stop là dừng và nêu từng ô, mark là ghi số đơn vị còn thiếu.",
)  # fmt: skip
@click.option("--by-group", is_flag=True, help="Mỗi nhóm đơn vị một dòng, là số cộng của nhóm.")
@click.option(
    "--class", "classes", multiple=True, metavar="LOẠI=ĐIỂM",
    help="Loại và điểm thấp nhất, từ cao xuống; loại cuối không ghi điểm thì lấy phần còn lại.",
)  # fmt: skip
@click.option(
    "--quota", "quotas", multiple=True, metavar="LOẠI=PHẦN_TRĂM",
    help="Nhiều nhất bao nhiêu phần trăm đơn vị của nhóm được loại này; thừa thì xuống loại kế.",
)  # fmt: skip
@click.option(
    "--explain", default="", metavar="TRƯỜNG",
    help="Không ghi tệp; in số cộng của một trường kèm từng đơn vị, tệp và ô.",
)  # fmt: skip
@templates_option
def rollup(
    form: str,
    data: Sequence[str],
    output: str | None,
    head: str,
    settings: Sequence[str],
    units: str,
    due: str,
    missing: str | None,
    by_group: bool,
    classes: Sequence[str],
    quotas: Sequence[str],
    explain: str,
    templates: Sequence[str],
) -> None:
    """Fill the superior's form from the units' data."""
    from generator.naming import expect_output
    from generator.rollup import Asked, Rollup

    if not output and not explain:
        raise UsageError(Problem(message="thiếu tùy chọn --output", hint="ghi -o TỆP.docx"))
    asked = Asked(
        head=head, settings=settings, units=units, due=_day(due), missing=missing or "",
        by_group=by_group, classes=classes, quotas=quotas,
    )  # fmt: skip
    work = Rollup(form, templates, asked)
    if explain:
        for line in work.explain(data, explain):
            click.echo(line)
    else:
        target = Path(output or "")
        # Folders may hold a file for each of 100,000 units: a new file is none of them.
        folders = [Path(each) for each in data if target.exists() and Path(each).is_dir()]
        inside = (file for folder in folders for file in folder.rglob("*"))
        expect_output(target, *data, head, units, *inside)
        _write(work, data, target)


def _write(work: Rollup, data: Sequence[str], output: Path) -> None:
    from generator.batches.run import Progress
    from generator.output import write_pieces

    try:
        with progress_bar() as show:
            done = work.make(
                data,
                output.suffix.lower(),
                lambda done: show(Progress(phase="đọc", done=done, failed=0, total=None)),
            )
    except DataError as error:
        _tell(error.warnings)
        raise
    write_pieces(output, done.pieces, durable=True)
    _tell(done.warnings)
    rows = f", {done.rows} dòng" if done.rows not in (0, done.units) else ""
    say(f"Đã tổng hợp {done.units} đơn vị{rows}: {output}")


def _tell(warnings: Sequence[Problem]) -> None:
    warn(warnings[:_MOST_WARNINGS], "lưu ý: ")
    if len(warnings) > _MOST_WARNINGS:
        say(f"lưu ý: … và {len(warnings) - _MOST_WARNINGS} lưu ý khác")


def _day(text: str) -> date | None:
    from generator.vietnamese import TextFormError
    from generator.vietnamese.dates import parse_date

    try:
        return parse_date(text) if text else None
    except TextFormError as error:
        raise UsageError(Problem(message=f"--due: {error}", hint="ghi như 10/10/2019")) from error
