"""The command line: options -> one call -> print -> exit code.

Each module holds the commands of one kind of work. A command imports the modules it needs when it
runs: ``vanban --help`` answers at once.
"""

from __future__ import annotations

import atexit
import gc
import io
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

import click

from generator import __version__
from generator.cli.screen import say, warn
from generator.cli.words import Group, ReaderLeftError, sentence
from generator.errors import GeneratorError, Problem, UsageError

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


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    # A command is over before cycles matter; looking for them while modules are imported and a
    # template is compiled would take a seventh of the time of a first document.
    gc.set_threshold(50_000)
    atexit.register(gc.freeze)  # the memory goes back to the system without a last search
    _speak_utf8()
    sys.exit(_run(lambda: cli.main(arguments, prog_name="vanban", standalone_mode=False)))


def _run(command: Callable[[], Any]) -> int:
    try:
        code = command()
    except GeneratorError as error:
        warn(error.problems)
        return error.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        say(error.message)
        return UsageError.exit_code
    except click.ClickException as error:
        message, hint = sentence(error)
        warn([Problem(message=message, hint=hint)])
        return UsageError.exit_code
    except (click.Abort, KeyboardInterrupt):
        say("Đã dừng theo yêu cầu.")
        return 130
    except ReaderLeftError:
        # What is still buffered has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # the last net: a traceback is no message for a clerk
        if isinstance(error, OSError) and isinstance(error.filename, str):
            return _place(error.filename, error)
        return _own_fault(error)
    return code if isinstance(code, int) else 0


def _place(name: str, error: OSError) -> int:
    """Tell of a file or folder that the system does not let us look at."""
    from generator.records.data import unreadable

    refused = unreadable(name, error)
    warn(refused.problems)
    return refused.exit_code


def _own_fault(error: Exception) -> int:
    """Tell of a fault of this program; the traceback goes to a file to send to its makers."""
    message = f"chương trình gặp lỗi ngoài dự kiến ({type(error).__name__})"
    try:
        hint = f"gửi tệp {_report(error)} cho người phát triển"
    except OSError:  # no room for a report either
        hint = f"gửi câu này cho người phát triển: {error}"
    warn([Problem(message=message, hint=hint)])
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
