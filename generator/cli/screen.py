"""What the commands print: messages, problems, progress, a glance at a document."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.errors import Problem

if TYPE_CHECKING:
    from generator.batches.run import Listener, Progress

_SECONDS_TO_FAIL = 3


def say(message: str) -> None:
    """Print a message to standard error: results alone go to standard output."""
    click.echo(message, err=True)


def warn(problems: Sequence[Problem], prefix: str = "") -> None:
    """Print problems to standard error, one after the other."""
    for problem in problems:
        click.echo(f"{prefix}{problem}", err=True)


def launch(path: Path) -> None:
    """Show a file with the system's program for it; say so where there is none."""
    if sys.platform in ("win32", "darwin"):
        shown = click.launch(str(path)) == 0
    else:  # what xdg-open tries and does not find, it tells in English
        shown = _opened(path)
    if not shown:
        say(f"Không mở được {path}: máy chưa có chương trình xem.")


def _opened(path: Path) -> bool:
    import subprocess

    try:
        process = subprocess.Popen(
            ["xdg-open", path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        return process.wait(timeout=_SECONDS_TO_FAIL) == 0
    except subprocess.TimeoutExpired:  # a program that shows it as long as it runs
        return True
    except OSError:
        return False


def glance(lines: Sequence[str], width: int = 96) -> None:
    """Print lines of a document, long ones and long cells of a table cut to fit."""
    from generator.views.outline import CELL_GAP

    for line in lines:
        cells = line.split(CELL_GAP)
        room = width - len(CELL_GAP) * (len(cells) - 1)
        longest = max(range(len(cells)), key=lambda i: len(cells[i]))
        rest = sum(min(len(cell), 24) for i, cell in enumerate(cells) if i != longest)
        shown = [_cut(cell, room - rest if i == longest else 24) for i, cell in enumerate(cells)]
        click.echo(f"   {CELL_GAP.join(shown)}")


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


class progress_bar:  # noqa: N801 - used like a function
    """Progress on a terminal: done, failed, a second, time left; nothing in a pipe."""

    def __enter__(self) -> Listener:
        if not sys.stderr.isatty():
            return lambda progress: None
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bars

        self._bars = Bars(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("lỗi {task.fields[failed]}"),
            TextColumn("{task.fields[speed]}"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
        )
        self._tasks: dict[str, Any] = {}
        self._bars.start()
        return self._advance

    def _advance(self, at: Progress) -> None:
        if at.phase not in self._tasks:
            self._tasks[at.phase] = self._bars.add_task(
                at.phase.capitalize(), total=None, failed=0, speed=""
            )
        task = self._bars.tasks[self._tasks[at.phase]]
        speed = f"{task.speed:,.0f}/giây".replace(",", ".") if task.speed else ""
        self._bars.update(task.id, completed=at.done, total=at.total, failed=at.failed, speed=speed)

    def __exit__(self, *error: object) -> None:
        if hasattr(self, "_bars"):
            self._bars.stop()
