"""What ``vanban check --fix`` does: a mended copy of one document, and what was mended told."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli.screen import say
from generator.errors import Problem, UsageError

if TYPE_CHECKING:
    from generator.conformity.checking import Layer
    from generator.conformity.findings import Finding
    from generator.conformity.mending.mend import Approve

_MOMENT = re.compile(r"(\d{4})-(\d\d)-(\d\d)(T\d\d:\d\d:\d\dZ)?")


def mend_file(
    file: str,
    content: bytes,
    target: str | None,
    *,
    profile: str,
    layers: Sequence[Layer],
    form: str,
    yes: bool,
    track: bool,
    date: str | None,
) -> bool:
    """Write a mended copy and print the report; tell whether the copy conforms.

    Raises:
        DataError: the document cannot be read, or must not be changed.
        UsageError: no target, or one that is the source; a date that is none.
    """
    from generator import __version__
    from generator.conformity.mending.mend import mend_document
    from generator.conformity.mending.report import told
    from generator.output import make_folder, write_whole

    path = _target(file, target)
    mended = mend_document(
        content,
        file,
        profile=profile,
        layers=layers,
        approve=_approve(yes=yes),
        track=track,
        date=_moment(date),
    )
    make_folder(path.parent)
    write_whole(path, mended.content, durable=True)
    for line in told(mended, str(path), form, __version__):
        click.echo(line)
    if form != "text":
        say(f"Đã ghi {path}.")
    return mended.after.conforms


def _target(file: str, target: str | None) -> Path:
    """Return where the copy goes: never onto the document itself."""
    from generator.naming import expect_output

    if target is None:
        raise UsageError(
            Problem(message="--fix cần -o TỆP.docx để ghi bản đã sửa", hint="thêm -o da-sua.docx")
        )
    path = Path(target)
    if path.suffix.lower() != ".docx":
        raise UsageError(
            Problem(
                file=target, message="chỉ ghi được tệp .docx", hint="đặt tên kết thúc bằng .docx"
            )
        )
    expect_output(target, file)
    return path


def _moment(date: str | None) -> str:
    """Return the moment of tracked changes as Word writes it, "" where none is asked for."""
    if date is None:
        return ""
    match = _MOMENT.fullmatch(date)
    if match is None or not (1 <= int(match[2]) <= 12 and 1 <= int(match[3]) <= 31):
        raise UsageError(
            Problem(
                message=f"--date {date}: không phải ngày", hint="viết năm-tháng-ngày: 2026-03-05"
            )
        )
    return date if match[4] else f"{date}T00:00:00Z"


def _approve(*, yes: bool) -> Approve:
    """Return what agrees to a guarded mend: --yes, a person at a terminal, else nobody."""
    if yes:
        return lambda finding: True
    return _asked if _at_terminal() else lambda finding: False


def _at_terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _asked(finding: Finding) -> bool:
    from generator.conformity.mending.table import mend_of

    mend = mend_of(finding.id, finding.wanted)
    says = mend.says if mend else finding.remedy
    say(f"{finding.message} ({finding.place}): {finding.found}")
    question = f"  {says[:1].upper()}{says[1:]}? [c = có, Enter = không]"
    answer: str = click.prompt(question, default="", show_default=False, err=True)
    return answer.strip().lower() in ("c", "có", "co", "y", "yes")
