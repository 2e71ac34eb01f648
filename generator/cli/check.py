"""The command that measures documents against the standard: check."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import click

from generator.cli.options import templates_option
from generator.cli.screen import progress_bar, say, warn
from generator.cli.words import command
from generator.errors import DataError, Problem, UsageError

if TYPE_CHECKING:
    from generator.conformity.checking import Layer, Report
    from generator.conformity.report import Telling

_WORD_FILES = (".docx", ".docm", ".doc", ".dotx", ".dotm")
FINDINGS = 1


_LEVELS = """\b
Mức sửa của --fix:
  an toàn: khổ giấy, lề, phông, màu, cỡ chữ,
    đậm, nghiêng, căn lề, thụt dòng, giãn dòng,
    số 0 ở số và ngày, Unicode dựng sẵn
  cần đồng ý: dấu cách, dấu câu, gạch đầu dòng,
    ký tự ẩn, đường kẻ, số trang (hỏi từng loại
    ở màn hình, hoặc --yes)
  không bao giờ: lời văn, số liệu,
    chữ hoa chữ thường, phần chữ ký
Từng quy tắc: docs/kiem-tra.md."""


@command("check", epilog=_LEVELS)
@click.argument("targets", nargs=-1, required=True, metavar="TỆP.docx|THƯ_MỤC|MẪU …")
@click.option("--profile", metavar="QUY_ĐỊNH", help="Bộ quy định; mặc định theo ngày văn bản.")
@click.option("--agency", metavar="TỆP.toml", help="Quy định riêng của cơ quan.")
@click.option("--format", "form", metavar="KIỂU", default="text", help="text, json hoặc sarif.")
@click.option("--mark", metavar="TỆP.docx", help="Ghi bản sao có ghi chú tại từng chỗ.")
@click.option("--fix", is_flag=True, help="Sửa những lỗi sửa được chắc chắn; cần có -o.")
@click.option("-o", "--output", metavar="TỆP.docx", help="Tệp ghi bản đã sửa; tệp gốc giữ nguyên.")
@click.option("--yes", is_flag=True, help="Đồng ý trước mọi chỗ sửa cần hỏi.")
@click.option("--track", is_flag=True, help="Ghi chỗ sửa thành thay đổi theo dõi của Word.")
@click.option("--date", metavar="NGÀY", help="Ngày ghi ở thay đổi theo dõi: 2026-03-05.")
@templates_option
def check(
    targets: Sequence[str],
    profile: str | None,
    agency: str | None,
    form: str,
    mark: str | None,
    fix: bool,
    output: str | None,
    yes: bool,
    track: bool,
    date: str | None,
    templates: Sequence[str],
) -> None:
    """Print the findings; leave with 1 when a document has an error."""
    from generator.conformity.profile import load_profile, read_layer

    if form not in ("text", "json", "sarif"):
        raise UsageError(
            Problem(message=f"không có kiểu báo cáo “{form}”", hint="dùng text, json hoặc sarif")
        )
    if profile:
        load_profile(profile)
    if agency and not Path(agency).is_file():
        raise UsageError(Problem(file=agency, message="không có tệp quy định riêng này"))
    layers = [_layer(agency, read_layer(Path(agency)))] if agency else []
    many = len(targets) > 1 or (Path(targets[0]).is_dir() and not _is_form(targets[0]))
    if mark:
        _expect_copy(mark, targets, many=many)
    if fix:
        _only_a_file(targets, mark)
        from generator.cli.mending import mend_file

        file, content, *_ = _read(targets[0])
        if not mend_file(
            file, content, output, profile=profile or "", layers=layers, form=form, yes=yes,
            track=track, date=date,
        ):  # fmt: skip
            sys.exit(FINDINGS)
        return
    _nothing_to_fix(output=output, yes=yes, track=track, date=date)
    sources = list(_documents(targets, templates))
    telling = _telling(form, many=many)
    outcome = _check_all(sources, profile or "", layers, telling, many=many)
    for line in telling.end(outcome.unread):
        click.echo(line)
    if mark and outcome.last is not None:
        _mark(outcome.last, mark)
    if outcome.exit_code:
        sys.exit(outcome.exit_code)


def _expect_copy(mark: str, targets: Sequence[str], *, many: bool) -> None:
    """Refuse a copy with comments that is no document, or is what it would be a copy of."""
    from generator.naming import expect_output

    if many:
        raise UsageError(
            Problem(message="--mark chỉ dùng khi kiểm tra một tệp", hint="chạy riêng từng tệp")
        )
    if Path(mark).suffix.lower() != ".docx":
        raise UsageError(
            Problem(file=mark, message="chỉ ghi được tệp .docx", hint="đặt tên kết thúc bằng .docx")
        )
    expect_output(mark, *targets, *(Path(form, "template.docx") for form in targets))


def _only_a_file(targets: Sequence[str], mark: str | None) -> None:
    """Refuse to mend anything but one file, without comments."""
    if mark:
        raise UsageError(
            Problem(message="--fix và --mark không dùng chung", hint="chạy hai lần, mỗi lần một")
        )
    if len(targets) > 1 or Path(targets[0]).is_dir():
        raise UsageError(
            Problem(message="--fix chỉ dùng cho một tệp .docx", hint="chạy riêng từng tệp")
        )
    if not Path(targets[0]).is_file():
        raise UsageError(
            Problem(
                file=targets[0],
                message="không có tệp này",
                hint="--fix sửa tệp .docx; mẫu thì sửa template.docx bằng Word",
            )
        )


def _nothing_to_fix(**asked: object) -> None:
    """Refuse options that mean something only where a document is mended."""
    for name, value in asked.items():
        if value:
            option = "-o" if name == "output" else f"--{name}"
            raise UsageError(
                Problem(message=f"{option} chỉ dùng cùng --fix", hint="thêm --fix, hoặc bỏ đi")
            )


def _layer(file: str, content: dict[str, Any]) -> Layer:
    from generator.conformity.checking import Layer

    return Layer(file, content)


def _is_form(target: str) -> bool:
    return (Path(target) / "manifest.toml").is_file()


_Source: TypeAlias = tuple[str, bytes, str, "list[Layer]"]
"""Name for messages, content, profile asked for by a form, a form's own layer."""


def _documents(targets: Sequence[str], templates: Sequence[str]) -> Iterator[_Source | str]:
    """Yield what is to be checked: a file's path, or the sample of a form made now."""
    for target in targets:
        path = Path(target)
        if path.is_dir() and not _is_form(target):
            yield from _word_files(path)
        elif path.is_file():
            yield target
        elif path.suffix.lower() in _WORD_FILES:
            raise UsageError(
                Problem(file=target, message="không có tệp này", hint="kiểm tra lại đường dẫn")
            )
        else:
            yield _sample(target, templates)


def _word_files(folder: Path) -> Iterator[str]:
    found = [
        str(path)
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in _WORD_FILES
        and path.is_file()
        and not path.name.startswith(("~$", ".~"))
    ]
    if not found:
        raise UsageError(Problem(file=str(folder), message="thư mục không có tệp Word nào (.docx)"))
    yield from found


def _sample(form: str, templates: Sequence[str]) -> _Source:
    """Return a form's sample as a document, with the profile and the layer the form names."""
    from generator.conformity.profile import LAYER_FILE, read_layer
    from generator.pipeline import open_form
    from generator.records.data import read_records

    opened = open_form(form, templates)
    record = next(iter(read_records(str(opened.bundle.path("sample.json")))))
    own = opened.bundle.folder / LAYER_FILE
    layers = [_layer(str(own), read_layer(own))] if own.is_file() else []
    return form, opened.render(record), opened.bundle.standard, layers


@dataclass(slots=True)
class _Outcome:
    """What the checks came to: the exit code, the files not read, the last report."""

    exit_code: int = 0
    unread: list[str] = field(default_factory=list)
    last: Report | None = None


def _check_all(
    sources: Sequence[_Source | str],
    profile: str,
    layers: list[Layer],
    telling: Telling,
    *,
    many: bool,
) -> _Outcome:
    """Check each document and tell of it; in a list an unreadable one does not stop the rest."""
    from generator.batches.run import Progress
    from generator.conformity.checking import check_document

    outcome = _Outcome()
    with progress_bar() as advance:
        for done, source in enumerate(sources, 1):
            try:
                file, content, wanted, own = _read(source) if isinstance(source, str) else source
                report = check_document(
                    content, file, profile=profile or wanted, layers=[*layers, *own]
                )
            except DataError as error:
                if not many:
                    raise
                outcome.unread.append(source if isinstance(source, str) else source[0])
                outcome.exit_code = error.exit_code
                warn(error.problems)
            else:
                outcome.last = report
                if not report.conforms:
                    outcome.exit_code = max(outcome.exit_code, FINDINGS)
                for line in telling.add(report):
                    click.echo(line)
            if many:
                advance(Progress("kiểm tra", done, len(outcome.unread), len(sources)))
    return outcome


def _read(file: str) -> _Source:
    """Return a file's content; one named as holding macros is refused unread."""
    from generator.records.data import read_bytes

    if Path(file).suffix.lower() == ".docm":
        raise DataError(
            Problem(
                file=file,
                message="là tệp có macro (.docm), không kiểm tra",
                hint="mở bằng Word rồi lưu lại dạng .docx không có macro",
            )
        )
    return file, read_bytes(Path(file), file), "", []


def _telling(form: str, *, many: bool) -> Telling:
    from generator import __version__
    from generator.conformity import report

    if form == "json":
        return report.JsonTelling()
    return report.SarifTelling(__version__) if form == "sarif" else report.TextTelling(many=many)


def _mark(report: Report, target: str) -> None:
    from generator.conformity.comments import marked
    from generator.output import make_folder, write_whole

    path = Path(target)
    if report.found is None:
        return
    make_folder(path.parent)
    write_whole(path, marked(report, report.found.document.package), durable=True)
    say(f"Đã ghi {target}, {sum(len(f.places) or 1 for f in report.findings)} ghi chú.")
