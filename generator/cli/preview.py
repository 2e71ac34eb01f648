"""Commands that show pages: preview, doctor."""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import click

from generator.cli.options import renderer_option, templates_option
from generator.cli.screen import launch, say, warn
from generator.cli.words import command
from generator.errors import DataError, GeneratorError, Problem, TemplateError, UsageError

if TYPE_CHECKING:
    from generator.pipeline import Form
    from generator.preview.routes import Renderer
    from generator.records.data import RawRecord
    from generator.views.scenes import Document, View

_ONE_PICTURE_PPI = 96.0  # of several pages on one picture


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What the command line asks for."""

    form: str
    data: str | None
    templates: tuple[str, ...]
    renderer: Renderer
    unit: str
    every: bool
    tags: bool
    other: str | None
    riskiest: int | None


@command("preview")
@click.argument("form", metavar="[MẪU|TỆP.docx]", required=False, default="")
@click.argument("data", metavar="[DỮ_LIỆU]", required=False)
@click.option(
    "-o", "--output", metavar="NƠI",
    help="Nơi ghi: tệp .pdf, một ảnh .png, hoặc thư mục để mỗi trang một ảnh.",
)  # fmt: skip
@click.option("--open", "opens", is_flag=True, help="Mở kết quả bằng chương trình xem của máy.")
@click.option("--watch", is_flag=True, help="Vẽ lại mỗi khi lưu mẫu hay dữ liệu; Ctrl+C để dừng.")
@click.option("--unit", default="", metavar="TÊN", help="Chọn đơn vị, khi dữ liệu có nhiều.")
@click.option("--tags", is_flag=True, help="Mẫu với các thẻ tô màu theo loại, bên cạnh văn bản.")
@click.option(
    "--compare", "other", metavar="TỆP.docx", help="So với bản trước, chữ đổi được tô màu."
)
@click.option(
    "--riskiest", type=click.IntRange(min=1), metavar="SỐ",
    help="Chỉ xem ngần ấy đơn vị dễ sai nhất trong dữ liệu, kèm lý do.",
)  # fmt: skip
@click.option("--all", "every", is_flag=True, help="Trang đầu của mọi mẫu trên một tờ.")
@renderer_option
@templates_option
def preview(
    form: str,
    data: str | None,
    output: str | None,
    opens: bool,
    watch: bool,
    unit: str,
    tags: bool,
    other: str | None,
    riskiest: int | None,
    every: bool,
    renderer: Renderer,
    templates: Sequence[str],
) -> None:
    """Show pages."""
    asked = _Asked(
        form=form, data=data, templates=tuple(templates), renderer=renderer, unit=unit,
        every=every, tags=tags, other=other, riskiest=riskiest,
    )  # fmt: skip
    _check_use(asked, output, opens=opens, watch=watch)
    target = Path(output) if output else _somewhere(asked)
    _expect_output(target, asked)
    view = _view(asked)
    _put(view, target, output or str(target))
    if opens:
        launch(target)
    if watch:
        _watch(asked, view, target, output or str(target))
    # What could not be shown on the sheet of all forms.
    if every and view.warnings:
        sys.exit(1)


_ALONE = "--all", "--tags", "--compare", "--riskiest"


def _check_use(asked: _Asked, output: str | None, *, opens: bool, watch: bool) -> None:
    """Refuse what does not go together, all of it at once."""
    problems = list(_misuses(asked, output, opens=opens, watch=watch))
    if problems:
        raise UsageError(problems)


def _misuses(asked: _Asked, output: str | None, *, opens: bool, watch: bool) -> Iterator[Problem]:
    ways = [
        name
        for name, given in zip(
            _ALONE, (asked.every, asked.tags, asked.other, asked.riskiest), strict=True
        )
        if given
    ]
    word_file = asked.form and _is_file(asked.form)
    if len(ways) > 1:
        yield Problem(message=f"{' và '.join(ways)} không dùng cùng lúc", hint="chọn một cách xem")
    if not asked.form and not asked.every:
        yield Problem(
            message="chưa nói xem gì", hint="ghi tên mẫu hoặc tệp .docx, hoặc --all để xem mọi mẫu"
        )
    if asked.every and (asked.form or watch):
        yield Problem(message="--all xem mọi mẫu, không nhận tên mẫu hay --watch")
    if word_file and (asked.data or asked.tags or asked.riskiest):
        yield Problem(
            file=asked.form,
            message="đây là tệp Word, không phải mẫu, nên không nhận dữ liệu, --tags, --riskiest",
            hint="ghi tên mẫu; xem các mẫu bằng lệnh vanban list",
        )
    if asked.riskiest and not asked.data:
        yield Problem(
            message="--riskiest cần tệp dữ liệu nhiều đơn vị", hint="ghi tên tệp sau tên mẫu"
        )
    if asked.unit and (not asked.data or ways):
        yield Problem(message="--unit chọn một đơn vị của tệp dữ liệu", hint="ghi tên tệp dữ liệu")
    if watch and asked.data == "-":
        yield Problem(message="--watch không dùng với đầu vào chuẩn", hint="ghi tên tệp dữ liệu")
    if output is None and not opens:
        yield Problem(
            message="thiếu tùy chọn --output", hint="ghi -o xem.pdf, hoặc --open để mở xem ngay"
        )
    elif output is not None and not _is_place(Path(output)):
        yield Problem(
            file=output,
            message="chỉ ghi được tệp .pdf, .png hoặc thư mục",
            hint="đổi đuôi tệp, hoặc bỏ đuôi để ghi mỗi trang một ảnh vào thư mục",
        )


def _is_place(path: Path) -> bool:
    return path.suffix.lower() in ("", ".pdf", ".png") or path.is_dir()


def _expect_output(target: Path, asked: _Asked) -> None:
    from generator.naming import expect_output

    form = asked.form if _is_file(asked.form) else ""
    expect_output(target, form, asked.data or "", asked.other or "")


def _is_file(form: str) -> bool:
    from generator.views.scenes import is_file

    return is_file(form)


def _somewhere(asked: _Asked) -> Path:
    """Return a file of the system's own folder for what is to be opened and not kept."""
    name = Path(asked.form).stem or "tat-ca-mau"
    return Path(tempfile.mkdtemp(prefix="vanban-xem-")) / f"{name}.pdf"


# ---------------------------------------------------------------- what to show
def _view(asked: _Asked) -> View:
    """Return what to show; a damaged document that was given is no fault of a template."""
    try:
        return _shown(asked)
    except TemplateError as error:
        given = [asked.other or "", asked.form if _is_file(asked.form) else ""]
        if {problem.file.partition(": ")[0] for problem in error.problems} <= {*given}:
            raise DataError(error.problems) from error
        raise


def _shown(asked: _Asked) -> View:
    from generator.views import scenes

    if asked.every:
        return _all(asked)
    if asked.riskiest:
        from generator.pipeline import open_form

        opened = open_form(asked.form, asked.templates)
        return scenes.riskiest_units(opened, str(asked.data), asked.riskiest, asked.renderer)
    document = _document(asked)
    if asked.other:
        return scenes.compared(document, scenes.of_file(asked.other), asked.renderer)
    if asked.tags:
        from generator.pipeline import open_form

        opened = open_form(asked.form, asked.templates)
        return scenes.with_template(document, opened, asked.renderer)
    return scenes.pages(document, asked.renderer)


def _all(asked: _Asked) -> View:
    from generator.batches.run import Progress
    from generator.bundle import grouped, list_bundles, template_folders
    from generator.cli.screen import progress_bar
    from generator.views import scenes

    listed, _ = list_bundles(template_folders(asked.templates))
    in_order = [item for items in grouped(listed).values() for item in items]
    with progress_bar() as progress:
        return scenes.contact_sheet(
            in_order, asked.templates, asked.renderer,
            lambda done, total: progress(Progress("vẽ", done, 0, total)),
        )  # fmt: skip


def _document(asked: _Asked) -> Document:
    from generator.views import scenes

    if scenes.is_file(asked.form):
        return scenes.of_file(asked.form)
    return scenes.of_form(
        asked.form, asked.data, asked.templates, lambda form: _chosen(form, asked)
    )


def _chosen(form: Form, asked: _Asked) -> RawRecord:
    """Return the record to show: the unit's, or the first of several."""
    from generator.cli.documents import of_unit

    records = form.records(str(asked.data))
    if asked.unit:
        return of_unit(form, records, str(asked.data), asked.unit)
    first = next(records)
    if next(records, None) is not None:
        which = "--unit, --riskiest" if form.bundle.unit else "--riskiest"
        say(f"{asked.data} có nhiều bản ghi; đây là bản ghi đầu tiên (xem thêm: {which}).")
    return first


# ---------------------------------------------------------------- where to put it
def _put(view: View, target: Path, name: str) -> None:
    from generator.output import make_folder, write_whole
    from generator.preview.pictures import page_sizes, pictures

    warn(view.warnings, "lưu ý: ")
    count = len(page_sizes(view.pdf))
    if target.suffix.lower() == ".pdf":
        make_folder(target.parent)
        write_whole(target, view.pdf)
    elif target.suffix.lower() == ".png":
        make_folder(target.parent)
        write_whole(target, _one_picture(view.pdf, count))
    else:
        make_folder(target)
        width = len(str(count))
        for number, picture in enumerate(pictures(view.pdf, file=name), start=1):
            write_whole(target / f"trang-{number:0{width}}.png", picture)
        _remove_older(target, count, width)
    for line in view.said:
        say(line)
    say(f"Đã ghi {name} ({count} trang).")


def _one_picture(pdf: bytes, count: int) -> bytes:
    from generator.preview.pictures import PPI, pictures
    from generator.views.scenes import on_one_sheet

    return next(pictures(on_one_sheet(pdf), PPI if count == 1 else _ONE_PICTURE_PPI))


def _remove_older(folder: Path, count: int, width: int) -> None:
    """Remove the pictures of pages that an earlier, longer document had."""
    for path in folder.glob("trang-*.png"):
        number = re.fullmatch(r"trang-(\d+)\.png", path.name)
        if number and (int(number[1]) > count or len(number[1]) != width):
            with suppress(OSError):  # open in a viewer, or no picture of ours
                path.unlink()


def _watch(asked: _Asked, view: View, target: Path, name: str) -> None:
    from generator.views.watching import watch

    shown = [view]

    def act() -> tuple[Path, ...]:
        began = perf_counter()
        try:
            shown[0] = _view(asked)
            _put(shown[0], target, name)
            say(f"Vẽ lại trong {perf_counter() - began:.2f} giây.".replace(".", ",", 1))
        except GeneratorError as error:  # being edited: what is wrong now may be right soon
            warn(error.problems)
        return shown[0].watched

    say("Đang theo dõi các tệp; lưu tệp là vẽ lại. Ctrl+C để dừng.")
    watch(act, first=view.watched)


# ---------------------------------------------------------------- doctor
@command("doctor")
@click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON.")
def doctor(as_json: bool) -> None:
    """Tell what is installed, and what is missing and how to get it."""
    from generator.doctor import examine

    found = examine()
    if as_json:
        rows = [finding.as_json() for finding in found]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for finding in found:
            click.echo(str(finding))
    if any(finding.state == "thiếu" for finding in found):
        sys.exit(5)
