"""Work on documents, in processes that can be killed.

A page of a person must never wait for another's damaged file: every piece of work runs in a worker
process, is stopped when its time is over, and a worker that dies is replaced. Pebble does this;
the standard library's executor can neither stop one task nor survive the death of one worker.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import sys
from collections.abc import Callable
from concurrent.futures import TimeoutError as LateError
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessPool

from generator.errors import Problem, ToolError
from generator.serve.settings import Settings

Out = TypeVar("Out")
_MOST_TASKS = 2_000  # of a worker before a new one takes its place: what grew goes with it


class Workers:
    """The worker processes of a server."""

    def __init__(self, settings: Settings) -> None:
        self._limits = settings.limits
        self._pool = ProcessPool(
            max_workers=settings.workers,
            max_tasks=_MOST_TASKS,
            initializer=hold_to_memory,
            initargs=(settings.limits.memory,),
            context=multiprocessing.get_context("spawn"),
        )

    async def call(
        self, work: Callable[..., Out], *given: Any, seconds: float | None = None
    ) -> Out:
        """Return what ``work(*given)`` returns in a worker; all of it must pickle.

        Raises:
            GeneratorError: what the work raised.
            ToolError: it took too long, or its process died.
        """
        future = self._pool.schedule(
            work, args=list(given), timeout=seconds or self._limits.seconds
        )
        try:
            result: Out = await asyncio.wrap_future(future)
        except LateError as error:
            message = "việc này quá lâu nên đã dừng"
            raise ToolError(
                Problem(message=message, hint="thử với tệp nhỏ hơn, hoặc chia làm nhiều phần")
            ) from error
        except ProcessExpired as error:
            message = "việc này làm tiến trình dừng đột ngột, có thể vì tệp quá lớn hay bị hỏng"
            raise ToolError(Problem(message=message, hint="kiểm tra lại tệp")) from error
        return result

    def stop(self) -> None:
        """End all workers at once."""
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()


def hold_to_memory(memory: int) -> None:
    """Hold this process, a new worker, to its share of memory, where the system has a way to."""
    if sys.platform != "win32":
        import resource

        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        most = memory if hard == resource.RLIM_INFINITY else min(memory, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
