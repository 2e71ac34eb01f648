"""Doing something again whenever one of some files is saved."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path

SECONDS = 0.05  # between two looks, which cost next to nothing

State = dict[Path, tuple[int, int]]
"""Time and size of files; of one that is not there, zeros."""


def states(paths: Iterable[Path]) -> State:
    """Return what changes when one of some files is saved; of a folder, its files count too."""
    return {path: _state(path) for given in paths for path in _with_files(given)}


def _with_files(path: Path) -> list[Path]:
    try:
        return [path, *sorted(path.iterdir())] if path.is_dir() else [path]
    except OSError:
        return [path]


def _state(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:  # being saved: Word writes another file and renames it
        return 0, 0
    return found.st_mtime_ns, found.st_size


def watch(
    act: Callable[[], Iterable[Path]],
    *,
    first: Iterable[Path],
    seconds: float = SECONDS,
    goes_on: Callable[[], bool] = lambda: True,
) -> None:
    """Act after each change of the files ``first``, then of those it names, while ``goes_on``."""
    seen = states(first)
    while goes_on():
        time.sleep(seconds)
        now = states(seen)
        if now != seen:
            # Of what was watched before, the state is from before it acted: a file saved
            # meanwhile shows at the next look.
            seen = states(act())
            seen |= {path: now[path] for path in seen if path in now}
