"""Work on documents, in processes that can be killed.

A page of a person must never wait for another's damaged file: every piece of work runs in a worker
process, is stopped when its time is over, and a worker that dies is replaced. Pebble does this;
the standard library's executor can neither stop one task nor survive the death of one worker.

Pieces wait their turn here, not in Pebble: there one that is given up while it waits would cost a
worker its life when its turn comes. So a worker's time is that of the work alone, and what nobody
waits for any longer is never begun.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import TimeoutError as LateError
from contextlib import asynccontextmanager
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessPool

from generator.errors import Problem, ToolError
from generator.serve.memory import hold_to_memory
from generator.serve.settings import Settings

Out = TypeVar("Out")
Gone = Callable[[], Awaitable[bool]]
_MOST_TASKS = 2_000  # of a worker before a new one takes its place: what grew goes with it
_LOOK_WAITING = 0.5  # seconds between two looks whether somebody still waits for the answer
# Of work under way: to stop it costs a new process, so what is short is let finish.
_LOOK_WORKING = 5.0


class GoneError(ToolError):
    """Nobody waits for the answer any longer."""


class Workers:
    """The worker processes of a server."""

    def __init__(self, settings: Settings) -> None:
        self._limits = settings.limits
        # What a killed worker leaves in it goes with the server.
        self._temporary = TemporaryDirectory(prefix="vanban-serve-", ignore_cleanup_errors=True)
        self._pool = ProcessPool(
            max_workers=settings.workers,
            max_tasks=_MOST_TASKS,
            initializer=_begin,
            initargs=(settings.limits.memory, self._temporary.name),
            context=multiprocessing.get_context("spawn"),
        )
        for _ in range(settings.workers):
            self._pool.schedule(_get_ready)
        self._free = asyncio.Semaphore(settings.workers)
        self._share = settings.share
        self._shares: dict[int, asyncio.Semaphore] = {}

    def of(self, account: int, gone: Gone) -> Share:
        """Return the workers as a request of an account may use them."""
        turns = self._shares.setdefault(account, asyncio.Semaphore(self._share))
        return Share(self, turns, gone)

    async def run(
        self, work: Callable[..., Out], given: tuple[Any, ...], seconds: float | None, gone: Gone
    ) -> Out:
        """Return what ``work(*given)`` returns in a worker, when its turn has come."""
        async with _turn(self._free, gone):
            future = self._pool.schedule(
                work, args=list(given), timeout=seconds or self._limits.seconds
            )
            try:
                return await _unless(gone, _result(future), _LOOK_WORKING)
            except LateError as error:
                message = "việc này quá lâu nên đã dừng"
                hint = "thử với tệp nhỏ hơn, hoặc chia làm nhiều phần"
                raise ToolError(Problem(message=message, hint=hint)) from error
            except ProcessExpired as error:
                message = "việc này làm tiến trình dừng đột ngột, có thể vì tệp quá lớn hay bị hỏng"
                raise ToolError(Problem(message=message, hint="kiểm tra lại tệp")) from error
            except MemoryError as error:
                message = "việc này cần quá nhiều bộ nhớ nên đã dừng"
                hint = "thử với tệp nhỏ hơn, hoặc chia làm nhiều phần"
                raise ToolError(Problem(message=message, hint=hint)) from error

    def stop(self) -> None:
        """End all workers at once."""
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()
        self._temporary.cleanup()


class Share:
    """The workers for one request: its account never holds all of an office's."""

    def __init__(self, workers: Workers, turns: asyncio.Semaphore, gone: Gone) -> None:
        self._workers = workers
        self._turns = turns
        self._gone = gone

    async def call(
        self, work: Callable[..., Out], *given: Any, seconds: float | None = None
    ) -> Out:
        """Return what ``work(*given)`` returns in a worker; all of it must pickle.

        ``seconds`` count from when it is begun.

        Raises:
            GeneratorError: what the work raised.
            ToolError: it took too long, too much memory, or its process died.
            GoneError: nobody waits for it any longer.
        """
        async with _turn(self._turns, self._gone):
            return await self._workers.run(work, given, seconds, self._gone)


@asynccontextmanager
async def _turn(turns: asyncio.Semaphore, gone: Gone) -> AsyncIterator[None]:
    taking = asyncio.ensure_future(turns.acquire())
    try:
        await _unless(gone, asyncio.shield(taking), _LOOK_WAITING)
        yield
    finally:
        # A turn may have come while somebody was found gone: it must not be kept from others.
        if not taking.cancel():
            turns.release()


async def _result(future: Any) -> Any:
    return await asyncio.wrap_future(future)


async def _unless(gone: Gone, waiting: Awaitable[Out], every: float) -> Out:
    """Return what is awaited, unless nobody waits for the answer any longer."""
    task = asyncio.ensure_future(waiting)
    try:
        while not (await asyncio.wait({task}, timeout=every))[0]:
            if await gone():
                raise GoneError(Problem(message="không ai còn chờ việc này"))
        return task.result()
    finally:
        task.cancel()


def _begin(memory: int, temporary: str) -> None:
    """Hold this process, a new worker, to its share of memory and to a folder of its server's."""
    hold_to_memory(memory)
    for name in ("TMPDIR", "TEMP", "TMP"):
        os.environ[name] = temporary  # for programs that are called too
    tempfile.tempdir = None


def _get_ready() -> None:
    """Import what most work needs, before somebody waits for it."""
    import generator.serve.forms.work  # noqa: F401 -- kept by the process
