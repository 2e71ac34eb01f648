"""Long work in processes of its own: started, followed, stopped; its state is on disk.

A step of a piece of work (check a batch, make it, roll units up) runs as ``generator.serve.job``.
The process keeps telling how far it is in a file beside the work, and ends with all its workers
when its standard input is closed: by us when it is stopped, by the system when this server dies,
however it dies. So what a server was at shows as stopped after it is started again, and goes on
from there.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from generator.errors import Problem
from generator.output import write_whole
from generator.serve.settings import Settings
from generator.serve.workspace import ConflictError

_SECONDS_TO_END = 10.0
_ENDED = ("done", "failed")


@dataclass(frozen=True, slots=True)
class Order:
    """A step to be run: of which work, for whom."""

    account: int
    folder: Path
    step: str


@dataclass(slots=True)
class _Running:
    order: Order
    process: subprocess.Popen[bytes]
    stopped: bool = field(default=False)


class Jobs:
    """The long work of a server: one step of an account at a time, the others wait."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = Lock()
        self._running: list[_Running] = []
        self._waiting: deque[Order] = deque()
        self._open = True

    def start(self, order: Order) -> None:
        """Run a step as soon as its account has no other under way and the server has room.

        Raises:
            ConflictError: a step of the same work is under way or waits already.
        """
        with self._lock:
            if self._is_at(order.folder):
                message = "việc này đang chạy"
                raise ConflictError(Problem(message=message, hint="chờ xong, hoặc dừng lại trước"))
            write_state(order.folder, order.step, {"state": "running"})
            self._waiting.append(order)
            self._next()

    def state(self, folder: Path, step: str) -> dict[str, Any] | None:
        """Return how far a step is, ``None`` for one never begun.

        ``state`` is ``waiting``, ``running``, ``stopped``, ``done`` or ``failed``; ``phase``,
        ``done``, ``failed`` and ``total`` tell the progress, ``result`` what came of it,
        ``problems`` what stood against it.
        """
        with self._lock:
            waits = any(each.folder == folder and each.step == step for each in self._waiting)
            runs = any(
                each.order.folder == folder and each.order.step == step for each in self._running
            )
        told: dict[str, Any] | None = read_state(folder, step)
        if told is None:
            return None
        if waits or runs:
            now = "waiting" if waits else "running"
            return told | {"state": now} if told["state"] not in _ENDED or waits else told
        return told if told["state"] in _ENDED else told | {"state": "stopped"}

    def busy(self, folder: Path) -> bool:
        """Return whether a step of a work is under way, or waits."""
        with self._lock:
            return self._is_at(folder)

    def stop(self, folder: Path) -> None:
        """End what is under way for a work, with all its processes; a waiting one never begins."""
        with self._lock:
            self._waiting = deque(each for each in self._waiting if each.folder != folder)
            found = [each for each in self._running if each.order.folder == folder]
        for running in found:
            _end(running)

    def close(self) -> None:
        """End everything: the server stops."""
        with self._lock:
            self._open = False
            self._waiting.clear()
            found = list(self._running)
        for running in found:
            _end(running)

    # ------------------------------------------------------------ inside the lock
    def _is_at(self, folder: Path) -> bool:
        """Return whether a work waits, or is under way and has not told its end."""
        return any(each.folder == folder for each in self._waiting) or any(
            (read_state(folder, each.order.step) or {}).get("state") not in _ENDED
            for each in self._running
            if each.order.folder == folder
        )

    def _next(self) -> None:
        """Begin what may begin."""
        for order in list(self._waiting):
            busy = {each.order.account for each in self._running}
            if len(self._running) >= self._settings.workers:
                return
            if order.account not in busy and self._open:
                self._waiting.remove(order)
                running = _Running(order, _begin(order, self._settings))
                self._running.append(running)
                Thread(target=self._await, args=(running,), daemon=True).start()

    def _await(self, running: _Running) -> None:
        running.process.wait()
        with suppress(OSError):
            if running.process.stdin:
                running.process.stdin.close()
        with self._lock:
            self._running.remove(running)
            self._next()


def _begin(order: Order, settings: Settings) -> subprocess.Popen[bytes]:
    told = {
        "folder": str(order.folder), "step": order.step, "templates": settings.templates,
        "memory": settings.limits.memory,
    }  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-m", "generator.serve.job", json.dumps(told)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        start_new_session=True,  # a group of its own, that ends as a whole
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def _end(running: _Running) -> None:
    if running.process.stdin:
        with suppress(OSError):
            running.process.stdin.close()
    try:
        running.process.wait(_SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        running.process.kill()
        running.process.wait()


# ---------------------------------------------------------------- state on disk
def read_state(folder: Path, step: str) -> dict[str, Any] | None:
    """Return what a step last told of itself."""
    file = _file(folder, step)
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None


def ever_begun(folder: Path) -> bool:
    """Return whether any step of a work was ever begun."""
    return any(folder.glob(_file(folder, "*").name))


def write_state(folder: Path, step: str, state: dict[str, Any]) -> None:
    """Keep what a step tells of itself."""
    write_whole(_file(folder, step), json.dumps(state, ensure_ascii=False).encode())


def _file(folder: Path, step: str) -> Path:
    return folder / f"buoc-{step}.json"
