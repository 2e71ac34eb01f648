"""Who does the work of a batch: this process alone, or processes of this machine.

A crew runs a step over tasks and gives the results in the order of the tasks. Only a few tasks are
on their way at a time: memory does not grow with their number. A step is a function of the module
that plans the work; what it works with is opened once in each process.
"""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from threading import Thread
from typing import Any, Protocol, TypeVar

from generator.errors import Problem, ToolError

T = TypeVar("T")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)

Run = Callable[[Callable[[Any, Any], Any], Iterable[Any]], Iterator[Any]]
"""Runs a step over tasks: called with ``step(desk, task)`` and the tasks, yields their results."""

_AHEAD = 4  # tasks a worker may have waiting: it never stands idle, and memory stays flat


class Waiting(Protocol[R_co]):
    """A result that will come."""

    def result(self) -> R_co:
        """Wait for it and return it."""


def in_order(
    submit: Callable[[T], Waiting[R]], tasks: Iterable[T], workers: Callable[[], int]
) -> Iterator[R]:
    """Yield the results of submitted tasks in order, with only a few on their way."""
    waiting: deque[Waiting[R]] = deque()
    for task in tasks:
        waiting.append(submit(task))
        if len(waiting) >= workers() * _AHEAD:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def alone(desk: Any) -> Run:
    """Return what runs every step in this process."""
    return lambda step, tasks: (step(desk, task) for task in tasks)


@contextmanager
def processes(open_desk: Callable[[], Any], workers: int) -> Iterator[Run]:
    """Yield what runs steps on worker processes of this machine.

    ``open_desk`` is called once in each worker, and must pickle. Jinja's code holds the
    interpreter lock, so threads would gain nothing.

    Raises:
        ToolError: a worker was killed.
    """
    # Spawned on every system: a forked child inherits locks of threads it does not have.
    pool = ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=_begin, initargs=(open_desk,)
    )

    def submit(step: Callable[[Any, T], R], task: T) -> Waiting[R]:
        with _uninterrupted_children():
            return pool.submit(_in_worker, step, task)

    try:
        yield lambda step, tasks: in_order(lambda t: submit(step, t), tasks, lambda: workers)
    except BrokenProcessPool as error:
        raise ToolError(
            Problem(
                message="một tiến trình làm việc bị ngắt giữa chừng (thiếu bộ nhớ, hoặc bị tắt)",
                hint="chạy lại lệnh, thêm --resume để làm tiếp; nếu còn bị, thêm --jobs 1",
            )
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def workers_for(jobs: int) -> int:
    """Return how many processes ``jobs`` asks for: 0 for one on each core."""
    # Windows waits for at most 63 handles at once, of which the pool needs two.
    return min(jobs or _cores(), 61)


def _cores() -> int:
    """Return the cores this process may use, which can be fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def _uninterrupted_children() -> Iterator[None]:
    """Keep Ctrl+C from processes started here, from their very first moment.

    The terminal sends it to all. The parent alone hears it, and stops the others between two
    tasks. A process inherits which signals are blocked; ours waits until it is let through again.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows: see _begin
        yield
        return
    from multiprocessing import resource_tracker

    # Started with the first worker otherwise; it lets the signal through when it has started.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


# ---------------------------------------------------------------- in a worker
class _Desk:
    """What the steps of this worker work with, opened when the first one comes."""

    def __init__(self) -> None:
        self.open: Callable[[], Any] | None = None
        self.opened: Any = None

    def get(self) -> Any:
        if self.opened is None and self.open is not None:
            self.opened = self.open()
        return self.opened


_desk = _Desk()  # a worker process serves one batch for its whole life


def _begin(open_desk: Callable[[], Any]) -> None:
    # Typst would start a thread for each core in each process, and these fight for the cores.
    os.environ.setdefault("RAYON_NUM_THREADS", "1")
    with suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    _desk.open = open_desk
    parent = parent_process()
    if parent is not None:  # a killed parent leaves no worker behind
        Thread(target=_leave_with, args=(parent,), daemon=True).start()


def _leave_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


def _in_worker(step: Callable[[Any, T], R], task: T) -> R:
    return step(_desk.get(), task)
