"""The command line: options -> one call -> print -> exit code."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator import __version__
from generator.command import Group, ReaderLeftError, sentence
from generator.errors import GeneratorError, Problem, UsageError

if TYPE_CHECKING:
    from generator.batches import Progress, Result

# Modules are imported by the command that needs them: `vanban --help` answers at once.

OWN_FAULT = 70


@click.group(
    cls=Group,
    help="Tạo văn bản hành chính từ tệp dữ liệu: kế hoạch, báo cáo, bản chấm điểm của từng đơn vị.",
    epilog="Bắt đầu: vanban list, rồi vanban init ke-hoach -o ke-hoach.json.",
    context_settings={"max_content_width": 100},
)
@click.version_option(__version__, message="vanban %(version)s", help="In số phiên bản rồi thoát.")
def cli() -> None:
    """Hold the commands."""


_templates = click.option(
    "--templates",
    multiple=True,
    metavar="THƯ_MỤC",
    help="Thư mục mẫu tìm trước; ghi được nhiều lần.",
)
_form = click.argument("form", metavar="MẪU")
_data = click.argument("data", metavar="DỮ_LIỆU")


# ---------------------------------------------------------------- forms
@cli.command("list", help="Liệt kê các mẫu.")
@_templates
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
    _warn(problems)
    if problems:
        sys.exit(4)


@cli.command("show", help="Xem các trường của một mẫu, hoặc nội dung mẫu (hay tệp .docx) dạng chữ.")
@_form
@click.option("--text", "as_text", is_flag=True, help="In mẫu thành chữ: đoạn, kiểu, căn lề, thẻ.")
@click.option("--json", "as_json", is_flag=True, help="In các trường dạng JSON Schema.")
@_templates
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


@cli.command("filters", help="Liệt kê các bộ lọc dùng trong mẫu, mỗi bộ lọc một ví dụ.")
def filters() -> None:
    """Print the table of filters."""
    from generator.filters import filter_table

    for row in filter_table():
        click.echo(f"{row.name} / {row.alias}: {row.description}")
        click.echo(f"    {row.example} → {row.result}")


# ---------------------------------------------------------------- data
@cli.command("init", help="Tạo tệp dữ liệu để điền cho một mẫu.")
@_form
@click.option("-o", "--output", required=True, metavar="TỆP.json", help="Tệp dữ liệu sẽ tạo.")
@click.option("--sample", is_flag=True, help="Ghi bản ghi ví dụ đã điền sẵn thay cho chỗ trống.")
@_templates
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
    _say(f"Đã tạo {output}. Điền xong, chạy: vanban render {form} {name} -o van-ban.docx")


@cli.command("validate", help="Kiểm tra dữ liệu, không tạo văn bản.")
@_form
@_data
@_templates
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
            _warn(opened.prepare(raw).warnings, "lưu ý: ")
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(problems)
    _say(f"{count} bản ghi hợp lệ.")


# ---------------------------------------------------------------- documents
@cli.command("render", help="Tạo một văn bản Word từ một tệp dữ liệu (- là đầu vào chuẩn).")
@_form
@_data
@click.option("-o", "--output", required=True, metavar="TỆP.docx", help="Tệp Word sẽ ghi.")
@_templates
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
    _warn(prepared.warnings, "lưu ý: ")
    _say(f"Đã ghi {output}{' (thay tệp cũ)' if replaced else ''}.")


@cli.command("batch", help="Tạo văn bản cho mọi đơn vị: tệp .json, .jsonl hoặc thư mục tệp .json.")
@_form
@_data
@click.option("-o", "--output", required=True, metavar="THƯ_MỤC", help="Thư mục chứa kết quả.")
@click.option(
    "--jobs", type=click.IntRange(min=1), default=None, metavar="SỐ",
    help="Số tiến trình chạy cùng lúc; không ghi thì dùng mọi nhân của máy.",
)  # fmt: skip
@_templates
def batch_command(
    form: str, data: str, output: str, jobs: int | None, templates: Sequence[str]
) -> None:
    """Make a document for each record."""
    from generator.batches import MANIFEST, batch

    with _progress() as progress:
        results = batch(
            form, data, Path(output), templates=templates, jobs=jobs or 0, progress=progress
        )
    _finish(results, data, f"Bản kê: {Path(output) / MANIFEST}")


@cli.command("package", help="Tạo cả gói văn bản từ một tệp: văn bản chính và các phần kèm theo.")
@_data
@click.option("-o", "--output", required=True, metavar="THƯ_MỤC", help="Thư mục chứa kết quả.")
@_templates
def package(data: str, output: str, templates: Sequence[str]) -> None:
    """Make the documents of a package."""
    from generator.packages import make_package

    for path in make_package(data, Path(output), templates=templates):
        _say(f"Đã ghi {path}.")


@cli.command("new", help="Tạo một mẫu mới bằng cách chép một mẫu có sẵn, để sửa trong Word.")
@click.argument("form", metavar="TÊN_MẪU")
@click.option("--from", "model", required=True, metavar="MẪU", help="Mẫu chép lại.")
@click.option(
    "--to", "folder", default="doctemplates", show_default=True, metavar="THƯ_MỤC",
    help="Thư mục mẫu chứa mẫu mới.",
)  # fmt: skip
@_templates
def new(form: str, model: str, folder: str, templates: Sequence[str]) -> None:
    """Copy a bundle under a new id."""
    from generator.bundle import find_bundle, new_bundle, template_folders

    made = new_bundle(form, find_bundle(model, template_folders(templates)), Path(folder))
    _say(f"Đã tạo {made}. Sửa template.docx, schema.json, sample.json và manifest.toml trong đó,")
    _say(f"rồi xem thử: vanban render {made} {made / 'sample.json'} -o thu.docx")


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
        _warn(result.warnings, "lưu ý: ")
    failed = [result for result in results if not result.done]
    _warn(_gathered(failed, data))
    _say(f"Đã tạo {len(results) - len(failed)} văn bản, lỗi {len(failed)}. {manifest}")
    if failed:
        sys.exit(1 if len(failed) < len(results) else max(result.fault_code for result in failed))


@cli.command("demo", help="Chạy thử việc chính: một kế hoạch và bản chấm điểm của 300 đơn vị.")
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
    _glance(plain_lines(content, str(plan))[:12])
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
    _glance(plain_lines(sheet.read_bytes(), str(sheet))[-19:])
    if len(done) < len(results):
        sys.exit(1)


def _glance(lines: Sequence[str], width: int = 96) -> None:
    """Print lines of a document, long ones and long cells of a table cut to fit."""
    from generator.outline import CELL_GAP

    for line in lines:
        cells = line.split(CELL_GAP)
        room = width - len(CELL_GAP) * (len(cells) - 1)
        longest = max(range(len(cells)), key=lambda i: len(cells[i]))
        rest = sum(min(len(cell), 24) for i, cell in enumerate(cells) if i != longest)
        shown = [_cut(cell, room - rest if i == longest else 24) for i, cell in enumerate(cells)]
        click.echo(f"   {CELL_GAP.join(shown)}")


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


# ---------------------------------------------------------------- speaking to the user
def _say(message: str) -> None:
    click.echo(message, err=True)


def _warn(problems: Sequence[Problem], prefix: str = "") -> None:
    for problem in problems:
        click.echo(f"{prefix}{problem}", err=True)


class _progress:  # noqa: N801 - used like a function
    """A progress bar on a terminal, nothing in a pipe."""

    def __enter__(self) -> Progress:
        if not sys.stderr.isatty():
            return lambda phase, done, total: None
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bars

        self._bars = Bars(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[speed]}"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
        )
        self._tasks: dict[str, Any] = {}
        self._bars.start()
        return self._advance

    def _advance(self, phase: str, done: int, total: int) -> None:
        if phase not in self._tasks:
            self._tasks[phase] = self._bars.add_task(phase.capitalize(), total=total, speed="")
        if done % 20 == 0 or done == total:
            task = self._bars.tasks[self._tasks[phase]]
            speed = f"{task.speed:,.0f}/giây".replace(",", ".") if task.speed else ""
            self._bars.update(self._tasks[phase], completed=done, speed=speed)

    def __exit__(self, *error: object) -> None:
        if hasattr(self, "_bars"):
            self._bars.stop()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    _speak_utf8()
    sys.exit(_run(lambda: cli.main(arguments, prog_name="vanban", standalone_mode=False)))


def _run(command: Callable[[], Any]) -> int:
    try:
        code = command()
    except GeneratorError as error:
        _warn(error.problems)
        return error.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        _say(error.message)
        return UsageError.exit_code
    except click.ClickException as error:
        message, hint = sentence(error)
        _warn([Problem(message=message, hint=hint)])
        return UsageError.exit_code
    except (click.Abort, KeyboardInterrupt):
        _say("Đã dừng theo yêu cầu.")
        return 130
    except ReaderLeftError:
        # What is still buffered has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # the last net: a traceback is no message for a clerk
        return _own_fault(error)
    return code if isinstance(code, int) else 0


def _own_fault(error: Exception) -> int:
    """Tell of a fault of this program; the traceback goes to a file to send to its makers."""
    message = f"chương trình gặp lỗi ngoài dự kiến ({type(error).__name__})"
    try:
        hint = f"gửi tệp {_report(error)} cho người phát triển"
    except OSError:  # no room for a report either
        hint = f"gửi câu này cho người phát triển: {error}"
    _warn([Problem(message=message, hint=hint)])
    return OWN_FAULT


def _report(error: Exception) -> str:
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile(
        "w", prefix="vanban-loi-", suffix=".txt", delete=False,
        encoding="utf-8", errors="backslashreplace",
    ) as report:  # fmt: skip
        traceback.print_exception(error, file=report)
    return report.name


def _speak_utf8() -> None:
    """Write Vietnamese whatever the console's code page; what it cannot show is replaced."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
