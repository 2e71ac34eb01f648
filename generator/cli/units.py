"""Commands that make a document for each unit: batch, demo."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli.options import (
    data_argument,
    force_layout_option,
    form_argument,
    renderer_option,
    templates_option,
)
from generator.cli.screen import glance, progress_bar, say, warn
from generator.cli.words import command
from generator.errors import DataError, GeneratorError, Problem, UsageError

if TYPE_CHECKING:
    from generator.preview.routes import Renderer

_INTERRUPTED = 130  # what shells say of a program stopped by Ctrl+C


@command("batch")
@form_argument
@data_argument
@click.option(
    "-o", "--output", metavar="NƠI",
    help="Nơi chứa kết quả: thư mục, tệp .zip, hoặc địa chỉ như s3://kho/thu-muc.",
)  # fmt: skip
@click.option(
    "--jobs", type=click.IntRange(min=1), default=None, metavar="SỐ",
    help="Số tiến trình chạy cùng lúc; không ghi thì dùng mọi nhân của máy.",
)  # fmt: skip
@click.option(
    "--resume", "--changed-only", is_flag=True,
    help="Làm tiếp lần trước: chỉ tạo văn bản còn thiếu, hoặc có dữ liệu hay mẫu đã đổi.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Chạy thử: kiểm tra và tạo thử tất cả, không ghi gì.")
@click.option("--verify", is_flag=True, help="Đọc lại từng văn bản, so với dữ liệu rồi mới ghi.")
@force_layout_option
@click.option(
    "--cluster", default="", metavar="ĐỊA_CHỈ",
    help="Chạy trên cụm máy Dask: tcp://máy:8786, hoặc local:SỐ cho máy này.",
)  # fmt: skip
@click.option(
    "--format", "formats", default="docx", show_default=True, metavar="docx,pdf",
    help="Loại tệp: docx, pdf, hay cả hai, cách nhau bằng dấu phẩy.",
)  # fmt: skip
@click.option(
    "--combine", default="", metavar="TỆP.docx|.pdf",
    help="Ghép thêm mọi văn bản thành một tệp Word hoặc PDF để in một lượt, theo thứ tự dữ liệu.",
)  # fmt: skip
@renderer_option
@templates_option
def batch_command(
    form: str,
    data: str,
    output: str | None,
    jobs: int | None,
    resume: bool,
    dry_run: bool,
    verify: bool,
    force_layout: bool,
    cluster: str,
    formats: str,
    combine: str,
    renderer: Renderer,
    templates: Sequence[str],
) -> None:
    """Make a document for each record."""
    from generator.batches.binding import expect_target, kind_of
    from generator.batches.run import batch, expect_place, manifest_of, printed
    from generator.cli.tally import Tally

    if not output and not dry_run:
        raise UsageError(
            Problem(message="thiếu tùy chọn --output", hint="ghi -o THƯ_MỤC, hoặc --dry-run")
        )
    place = "" if dry_run else output or ""
    expect_place(place, data)
    kinds = [kind.strip().lower() for kind in formats.split(",") if kind.strip()]
    target = Path(combine) if combine else None
    if target:
        expect_target(combine, data)
        kinds.append(kind_of(target))
    tally = Tally(form, data)
    names: list[str] = []
    with progress_bar() as progress, _told_how_to_go_on(place):
        for result in batch(
            form, data, place, templates=templates, jobs=jobs or 0, resume=resume,
            dry_run=dry_run, verify=verify, cluster=cluster, formats=kinds, renderer=renderer,
            force_layout=force_layout, progress=progress,
        ):  # fmt: skip
            tally.add(result)
            names += printed(result, target) if target else []
    tally.tell()
    if dry_run:
        say(f"Chạy thử, chưa ghi gì: tạo được {tally.counts}.")
    else:
        say(f"Đã tạo {tally.counts}. Bản kê: {manifest_of(place)}")
    if target and not dry_run:
        _bind(place, names, target, failed=tally.failed)
    sys.exit(tally.exit_code)


def _bind(place: str, names: Sequence[str], target: Path, *, failed: int) -> None:
    """Put the documents of a batch into one file, in the order of the data."""
    from generator.batches.binding import bind

    if not names:
        kept = f"; {target} là của lần trước, giữ nguyên" if target.exists() else ""
        say(f"Không có văn bản nào để ghép{kept}.")
        return
    bound = bind(place, names, target)
    made = f"{bound.documents} văn bản" + (f", {bound.pages} trang" if bound.pages else "")
    left = f" (không có {failed} bản ghi lỗi)" if failed else ""
    say(f"Đã ghép {made}: {target}{left}")


@contextmanager
def _told_how_to_go_on(output: str) -> Iterator[None]:
    """Say how to go on where a run is stopped that has done something."""
    from generator.batches.locks import BusyError
    from generator.batches.run import has_begun

    try:
        yield
    except (DataError, BusyError):
        raise
    except (GeneratorError, KeyboardInterrupt) as stop:
        if not output or not has_begun(output):
            raise
        warn(stop.problems if isinstance(stop, GeneratorError) else ())
        say("Đã dừng giữa chừng. Làm tiếp: chạy lại lệnh này, thêm --resume.")
        sys.exit(stop.exit_code if isinstance(stop, GeneratorError) else _INTERRUPTED)


@command("demo")
@click.option(
    "-o", "--output", default="vanban-demo", show_default=True, metavar="THƯ_MỤC",
    help="Thư mục chứa kết quả.",
)  # fmt: skip
def demo(output: str) -> None:
    """Do the main job on the fixtures and show a piece of the result."""
    from time import perf_counter

    from generator.batches.run import batch
    from generator.bundle import shipped
    from generator.naming import expect_folder
    from generator.output import make_folder, write_whole
    from generator.pipeline import open_form
    from generator.records.data import read_records
    from generator.views.outline import plain_lines

    fixtures, target = shipped("fixtures"), Path(output)
    expect_folder(target)
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
    results = list(batch("ban-cham-diem", units, target / "ban-cham-diem"))
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
