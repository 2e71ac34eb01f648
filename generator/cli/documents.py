"""Commands that make documents of one data file: render, package."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.cli.options import (
    data_argument,
    force_layout_option,
    form_argument,
    renderer_option,
    templates_option,
)
from generator.cli.screen import say, warn
from generator.cli.words import command
from generator.errors import DataError, Problem, TemplateError, UsageError

if TYPE_CHECKING:
    from generator.pipeline import Form
    from generator.preview.routes import Renderer
    from generator.records.data import RawRecord


@command("render")
@form_argument
@data_argument
@click.option("-o", "--output", required=True, metavar="TỆP.docx|.pdf", help="Tệp sẽ ghi.")
@click.option("--unit", default="", metavar="TÊN", help="Chọn đơn vị, khi dữ liệu có nhiều.")
@click.option("--draft", is_flag=True, help="Bản dự thảo: chỗ thiếu tô vàng, đóng dấu DỰ THẢO.")
@click.option("--verify", is_flag=True, help="Đọc lại tệp, đối chiếu từng giá trị với dữ liệu.")
@click.option("--no-data", is_flag=True, help="Không kèm dữ liệu trong tệp (để gửi ra ngoài).")
@force_layout_option
@renderer_option
@templates_option
def render(
    form: str,
    data: str,
    output: str,
    unit: str,
    draft: bool,
    verify: bool,
    no_data: bool,
    force_layout: bool,
    renderer: Renderer,
    templates: Sequence[str],
) -> None:
    """Make one document."""
    from generator.naming import expect_output
    from generator.output import make_folder, write_whole
    from generator.pipeline import open_form

    target = Path(output)
    _check_use(target, output, draft=draft, verify=verify)
    opened = open_form(form, templates)
    expect_output(output, *_sources(opened, data))
    if not (draft or force_layout):
        opened.demand_proof()
    raw = _the_record(opened, form, data, unit)
    replaced = target.exists()
    if draft:
        content, proven = _draft(opened, raw, target, output, renderer), ""
    else:
        content, proven = _document(
            opened, raw, output, data=not no_data, verify=verify, renderer=renderer
        )
    make_folder(target.parent)
    write_whole(target, content, durable=True)
    kind = "bản dự thảo " if draft else ""
    say(f"Đã ghi {kind}{output}{' (thay tệp cũ)' if replaced else ''}.{proven}")


def _check_use(target: Path, output: str, *, draft: bool, verify: bool) -> None:
    if target.suffix.lower() not in (".docx", ".pdf"):
        raise UsageError(
            Problem(
                file=output,
                message="chỉ ghi được tệp .docx hoặc .pdf",
                hint="đặt tên kết thúc bằng .docx hoặc .pdf",
            )
        )
    if draft and verify:
        raise UsageError(
            Problem(
                message="--verify chỉ dùng cho văn bản chính thức, không dùng cùng --draft",
                hint="bỏ một trong hai",
            )
        )


def _sources(opened: Form, data: str) -> Iterator[str | Path]:
    """Yield the files that a document is made from, which it must not replace."""
    from generator.carried import holds_documents

    yield opened.bundle.path("template.docx")
    yield from opened.blocks.values()
    yield data
    if Path(data).is_dir() and holds_documents(data):
        yield from Path(data).iterdir()


def _document(
    opened: Form, raw: RawRecord, output: str, *, data: bool, verify: bool, renderer: Renderer
) -> tuple[bytes, str]:
    """Return the document, as PDF where that is asked for, and what its proof says."""
    prepared = opened.prepare(raw, named=False)
    content = opened.fill(raw, prepared.context, prepared.record if data else None)
    warn((*opened.template.notes, *prepared.warnings), "lưu ý: ")
    proven = _proven(content, opened, prepared.record, output) if verify else ""
    if Path(output).suffix.lower() == ".pdf":
        content = _pdf(content, output, opened, prepared.context, renderer)
    return content, proven


def _proven(content: bytes, opened: Form, record: Any, output: str) -> str:
    from generator.readback import prove

    proof = prove(content, opened, record, output)
    if proof.problems:
        raise TemplateError(proof.problems)
    return f" Đã đối chiếu {proof.values} giá trị, khớp cả."


def _pdf(
    content: bytes, output: str, opened: Form, context: Mapping[str, Any], renderer: Renderer
) -> bytes:
    from generator.printing import print_pdf, told

    drawn = print_pdf(content, output, bundle=opened.bundle, context=context, renderer=renderer)
    for line in told(drawn):
        say(line)
    return drawn.pdf


def _draft(opened: Form, raw: RawRecord, target: Path, output: str, renderer: Renderer) -> bytes:
    """Return the draft; everything still wrong with the record is told, none of it stops it."""
    _keep_final(target, output)
    made = opened.draft(raw)
    warn((*raw.warnings, *made.warnings), "lưu ý: ")
    if target.suffix.lower() != ".pdf":
        return made.content
    from generator.preview.routes import draw

    return draw(made.content, output, renderer=renderer).pdf


def _keep_final(target: Path, output: str) -> None:
    """Refuse to put a draft in the place of a finished document."""
    from generator.carried import read_carried
    from generator.records.data import read_bytes

    if not target.is_file():
        return
    if target.suffix.lower() == ".pdf":  # which does not tell what it is
        raise UsageError(
            Problem(
                file=output,
                message="đã có tệp PDF ở đây, bản dự thảo không ghi đè lên",
                hint="đặt tên khác, chẳng hạn thêm -du-thao, hoặc xóa tệp cũ",
            )
        )
    try:
        carried = read_carried(read_bytes(target, output), output)
    except DataError:
        carried = None
    if carried is None or not carried.draft:
        raise UsageError(
            Problem(
                file=output,
                message="đã có văn bản chính thức ở đây, bản dự thảo không ghi đè lên",
                hint="đặt tên khác, chẳng hạn thêm -du-thao",
            )
        )


def _the_record(opened: Form, form: str, data: str, unit: str) -> RawRecord:
    """Return the one record of a source, or the one of a unit."""
    records = opened.records(data)
    if unit:
        return of_unit(opened, records, data, unit)
    first, more = next(records), sum(1 for _ in records)
    if more:
        choice = "chọn một đơn vị bằng --unit, hoặc " if opened.bundle.unit else ""
        kind = "thư mục" if Path(data).is_dir() else "tệp"
        name = f'"{data}"' if " " in data else data
        raise UsageError(
            Problem(
                file=data,
                message=f"{kind} có {more + 1} bản ghi, lệnh render chỉ làm một văn bản",
                hint=f"{choice}dùng: vanban batch {form} {name} -o THƯ_MỤC",
            )
        )
    return first


def of_unit(opened: Form, records: Iterator[RawRecord], data: str, unit: str) -> RawRecord:
    """Return the record of a unit.

    Raises:
        UsageError: the form knows no units, or the data not exactly one of that name.
    """
    key = opened.bundle.unit
    if not key:
        raise UsageError(
            Problem(
                message=f"mẫu {opened.bundle.id} không chia theo đơn vị",
                hint="bỏ --unit",
            )
        )
    wanted, names, found = _spelled(unit), [], []
    for raw in records:
        name = _unit_name(raw, key)
        names.append(name)
        if _spelled(name) == wanted:
            found.append(raw)
    if len(found) == 1:
        return found[0]
    raise UsageError(_which_unit(data, unit, names, len(found)))


def _unit_name(raw: RawRecord, key: str) -> str:
    try:
        value, _ = raw.parse_loosely()
    except DataError:
        return ""
    return str(value.get(key) or "") if isinstance(value, dict) else ""


def _spelled(name: str) -> str:
    from generator.vietnamese.text import normalise

    return " ".join(normalise(name).casefold().split())


def _which_unit(data: str, unit: str, names: Sequence[str], found: int) -> Problem:
    from difflib import get_close_matches

    if found:
        message = f"có {found} bản ghi của đơn vị “{unit}”"
        return Problem(file=data, message=message, hint="bỏ bớt bản ghi lặp trong tệp")
    near = get_close_matches(unit, names, 1)
    known = "; ".join(list(filter(None, names))[:5])
    hint = f'có phải: --unit "{near[0]}"' if near else f"trong dữ liệu có: {known}"
    return Problem(file=data, message=f"không có đơn vị “{unit}” trong dữ liệu", hint=hint)


@command("package")
@data_argument
@click.option("-o", "--output", required=True, metavar="THƯ_MỤC", help="Thư mục chứa kết quả.")
@templates_option
def package(data: str, output: str, templates: Sequence[str]) -> None:
    """Make the documents of a package."""
    from generator.batches.packages import make_package
    from generator.naming import expect_folder

    expect_folder(output)
    for path in make_package(data, Path(output), templates=templates):
        say(f"Đã ghi {path}.")
