"""Commands that make a document for each unit: batch, demo."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli.options import data_argument, form_argument, templates_option
from generator.cli.screen import glance, progress_bar, say, warn
from generator.cli.words import command
from generator.errors import Problem

if TYPE_CHECKING:
    from generator.batches import Result


@command("batch", help="Tạo văn bản cho mọi đơn vị: tệp .json, .jsonl hoặc thư mục tệp .json.")
@form_argument
@data_argument
@click.option("-o", "--output", required=True, metavar="THƯ_MỤC", help="Thư mục chứa kết quả.")
@click.option(
    "--jobs", type=click.IntRange(min=1), default=None, metavar="SỐ",
    help="Số tiến trình chạy cùng lúc; không ghi thì dùng mọi nhân của máy.",
)  # fmt: skip
@templates_option
def batch_command(
    form: str, data: str, output: str, jobs: int | None, templates: Sequence[str]
) -> None:
    """Make a document for each record."""
    from generator.batches import MANIFEST, batch

    with progress_bar() as progress:
        results = batch(
            form, data, Path(output), templates=templates, jobs=jobs or 0, progress=progress
        )
    _finish(results, data, f"Bản kê: {Path(output) / MANIFEST}")


def _gathered(failed: Sequence[Result], data: str) -> list[Problem]:
    """Return the problems of failed records, one of the template once for all of them."""
    owners: dict[Problem, list[int]] = {}
    for result in failed:
        for problem in result.problems:
            owners.setdefault(problem, []).append(result.index + 1)
    return [
        problem if problem.at.startswith("dòng ") else _of_records(problem, numbers, data)
        for problem, numbers in owners.items()
    ]


def _of_records(problem: Problem, numbers: Sequence[int], data: str) -> Problem:
    shown = ", ".join(map(str, numbers[:5])) + (", …" if len(numbers) > 5 else "")
    message = f"{problem.message} — bản ghi thứ {shown} của {data}"
    return Problem(file=problem.file, at=problem.at, message=message, hint=problem.hint)


def _finish(results: Sequence[Result], data: str, manifest: str) -> None:
    for result in results:
        warn(result.warnings, "lưu ý: ")
    failed = [result for result in results if not result.done]
    warn(_gathered(failed, data))
    say(f"Đã tạo {len(results) - len(failed)} văn bản, lỗi {len(failed)}. {manifest}")
    if failed:
        sys.exit(1 if len(failed) < len(results) else max(result.fault_code for result in failed))


@command("demo", help="Chạy thử việc chính: một kế hoạch và bản chấm điểm của 300 đơn vị.")
@click.option(
    "-o", "--output", default="vanban-demo", show_default=True, metavar="THƯ_MỤC",
    help="Thư mục chứa kết quả.",
)  # fmt: skip
def demo(output: str) -> None:
    """Do the main job on the fixtures and show a piece of the result."""
    from time import perf_counter

    from generator.batches import batch
    from generator.bundle import shipped
    from generator.data import read_records
    from generator.outline import plain_lines
    from generator.output import make_folder, write_whole
    from generator.pipeline import open_form

    fixtures, target = shipped("fixtures"), Path(output)
    make_folder(target)
    raw = next(read_records(str(fixtures / "ke-hoach" / "nga-son.json")))
    form = open_form("ke-hoach")
    plan = target / form.prepare(raw).name
    content = form.render(raw)
    write_whole(plan, content, durable=True)
    click.echo(f"1. Kế hoạch: {plan}\n")
    glance(plain_lines(content, str(plan))[:12])
    start = perf_counter()
    units = str(fixtures / "ban-cham-diem" / "don-vi-300.jsonl")
    results = batch("ban-cham-diem", units, target / "ban-cham-diem")
    seconds = perf_counter() - start
    done = [result for result in results if result.done]
    click.echo(f"\n2. Bản chấm điểm: {len(done)} đơn vị trong {seconds:.1f} giây, ví dụ:\n")
    for result in done[:5]:
        click.echo(f"   {target / 'ban-cham-diem' / result.output}")
    sheet = target / "ban-cham-diem" / done[1].output
    click.echo("")
    glance(plain_lines(sheet.read_bytes(), str(sheet))[-19:])
    if len(done) < len(results):
        sys.exit(1)
