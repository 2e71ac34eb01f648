"""One step of long work, in a process of its own: ``python -m generator.serve.job JSON``.

The server that starts it holds the other end of its standard input; when that is closed, this
process ends at once with all the workers it has started. Whatever it was at goes on later.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

from generator.errors import GeneratorError, Problem, UsageError
from generator.output import make_folder
from generator.serve.files import Shelf, Teller, order_of, teller
from generator.serve.jobs import write_state
from generator.serve.memory import hold_to_memory
from generator.serve.wording import problem_json

_EVERY = 0.3  # seconds between two tellings
_TRIES = 20  # to write the end: Windows does not let a file be replaced while somebody reads it


@dataclass(slots=True)
class Work:
    """One step under way: where its things are, and what it tells of itself."""

    folder: Path
    step: str
    templates: tuple[str, ...]
    teller: Teller
    _state: dict[str, Any]
    _last: float = 0.0

    @property
    def order(self) -> dict[str, Any]:
        """What was asked for."""
        return order_of(self.folder)

    @property
    def shelf(self) -> Shelf:
        """The files that were sent."""
        return Shelf(self.folder)

    def tell(self, phase: str, done: int = 0, total: int | None = None, failed: int = 0) -> None:
        """Tell how far the step is; not oftener than somebody can see."""
        now = time.monotonic()
        fresh = phase != self._state.get("phase")
        self._state |= {"phase": phase, "done": done, "total": total, "failed": failed}
        if fresh or now - self._last >= _EVERY:
            self._last = now
            with suppress(UsageError):
                write_state(self.folder, self.step, self._state)

    def show(self, result: dict[str, Any]) -> None:
        """Give a result, or a first part of it, before the step is over."""
        self._state["result"] = result
        with suppress(UsageError):
            write_state(self.folder, self.step, self._state)

    def end(self, state: str, problems: Iterable[Problem] = ()) -> None:
        """Tell the end."""
        told = [problem_json(self.teller.problem(each)) for each in problems]
        self._state |= {"state": state, "problems": told}
        for left in reversed(range(_TRIES)):
            try:
                write_state(self.folder, self.step, self._state)
            except UsageError:
                if not left:
                    raise
                time.sleep(0.1)
            else:
                return


Step = Callable[[Work], None]


def _steps() -> dict[str, Step]:
    from generator.serve import batch_work, rollup_work

    return {
        "check": batch_work.check,
        "riskiest": batch_work.look,
        "make": batch_work.make,
        "collect": rollup_work.collect,
    }


def run(folder: Path, step: str, templates: Iterable[str]) -> None:
    """Run a step to its end, good or bad."""
    work = Work(folder, step, tuple(templates), teller(folder), {"state": "running"})
    with _own_temporary(folder):
        try:
            _steps()[step](work)
        except GeneratorError as error:
            work.end("failed", error.problems)
        except BaseException:
            message = "chương trình gặp lỗi ngoài dự kiến, hoặc hết bộ nhớ"
            hint = "thử lại với ít dữ liệu hơn, hoặc báo lại"
            work.end("failed", [Problem(message=message, hint=hint)])
            raise
        else:
            work.end("done")


class _own_temporary:  # noqa: N801 - used as a function
    """Temporary files in the work's own folder: those of a killed step go with the next one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "tam"

    def __enter__(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        make_folder(self._folder)
        for name in ("TMPDIR", "TEMP", "TMP"):
            os.environ[name] = str(self._folder)  # for workers, and programs that are called
        tempfile.tempdir = None

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)


def _end_with_the_server() -> None:
    """Wait until the server lets go of us, then end with every process of ours."""
    while os.read(0, 1):
        pass
    if sys.platform == "win32":
        own = str(os.getpid())
        subprocess.run(["taskkill", "/F", "/T", "/PID", own], check=False)
    else:
        os.killpg(os.getpgid(0), signal.SIGKILL)
    os._exit(1)


if __name__ == "__main__":
    Thread(target=_end_with_the_server, daemon=True).start()
    given = json.loads(sys.argv[1])
    hold_to_memory(given["memory"])
    run(Path(given["folder"]), given["step"], given["templates"])
