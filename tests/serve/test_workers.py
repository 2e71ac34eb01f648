"""Work in processes that may hang, die or eat memory, and for people who do not wait."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from generator.errors import DataError, Problem, ToolError
from generator.serve import workers as module
from generator.serve.settings import MB, Limits, Settings
from generator.serve.workers import GoneError, Share, Workers
from tests.serve.conftest import awaited

MINUTE = 60.0


# ---------------------------------------------------------------- what workers are given to do
def doubled(number: int) -> int:
    return 2 * number


def slept(seconds: float, file: str = "") -> float:
    if file:
        Path(file).write_text("begun", encoding="utf-8")
    time.sleep(seconds)
    return seconds


def died() -> None:
    os._exit(9)


def hungry(size: int) -> int:
    return len(bytearray(size))


def wrong() -> None:
    raise DataError(Problem(message="sai ở đây"))


# ---------------------------------------------------------------- who waits
async def _stays() -> bool:
    return False


async def _is_gone() -> bool:
    return True


@contextmanager
def running(tmp_path: Path, **given: Any) -> Iterator[Workers]:
    limits = Limits(seconds=given.pop("seconds", MINUTE), memory=given.pop("memory", 2_048 * MB))
    made = Workers(Settings(folder=tmp_path, limits=limits, **given))
    try:
        yield made
    finally:
        made.stop()


def share(workers: Workers, account: int = 1) -> Share:
    return workers.of(account, _stays)


def run(work: Callable[[], Awaitable[None]]) -> None:
    async def whole() -> None:
        async with asyncio.timeout(MINUTE):
            await work()

    awaited(whole())


# ---------------------------------------------------------------- tests
def test_a_worker_that_hangs_is_ended_and_replaced(tmp_path: Path) -> None:
    async def work() -> None:
        with running(tmp_path, workers=1) as workers:
            with pytest.raises(ToolError, match="việc này quá lâu nên đã dừng"):
                await share(workers).call(slept, 600.0, seconds=0.5)
            assert await share(workers).call(doubled, 21) == 42

    run(work)


def test_a_worker_that_dies_is_replaced(tmp_path: Path) -> None:
    async def work() -> None:
        with running(tmp_path, workers=1) as workers:
            with pytest.raises(ToolError, match="tiến trình dừng đột ngột"):
                await share(workers).call(died)
            assert await share(workers).call(doubled, 21) == 42

    run(work)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such limit")
def test_a_hungry_piece_of_work_is_refused_its_memory(tmp_path: Path) -> None:
    async def work() -> None:
        with running(tmp_path, workers=1, memory=512 * MB) as workers:
            with pytest.raises(ToolError, match="cần quá nhiều bộ nhớ"):
                await share(workers).call(hungry, 1_024 * MB)
            assert await share(workers).call(doubled, 21) == 42

    run(work)


def test_what_the_work_says_is_wrong_is_said(tmp_path: Path) -> None:
    async def work() -> None:
        with running(tmp_path, workers=1) as workers, pytest.raises(DataError, match="sai ở đây"):
            await share(workers).call(wrong)

    run(work)


def test_time_in_the_queue_does_not_count(tmp_path: Path) -> None:
    """Six pieces of half a second each on one worker, of which each may take two."""

    async def work() -> None:
        with running(tmp_path, workers=1) as workers:
            await share(workers).call(doubled, 1)  # the worker has begun
            pieces = (share(workers, each).call(slept, 0.5, seconds=2.0) for each in range(6))
            assert await asyncio.gather(*pieces) == [0.5] * 6

    run(work)


def test_what_nobody_waits_for_is_never_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LOOK_WAITING", 0.05)

    async def work() -> None:
        with running(tmp_path, workers=1) as workers:
            first = asyncio.create_task(share(workers).call(slept, 1.5))
            await asyncio.sleep(0)
            mark = tmp_path / "mark"
            with pytest.raises(GoneError):
                await workers.of(2, _is_gone).call(slept, 0.0, str(mark))
            assert await first == 1.5
            assert await share(workers, 2).call(doubled, 21) == 42
            assert not mark.exists()

    run(work)


def test_long_work_that_nobody_waits_for_any_longer_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LOOK_WORKING", 0.2)

    async def work() -> None:
        with running(tmp_path, workers=1) as workers:
            with pytest.raises(GoneError):
                await workers.of(1, _is_gone).call(slept, 600.0)
            assert await share(workers).call(doubled, 21) == 42

    run(work)


def test_one_account_never_holds_all_workers_of_an_office(tmp_path: Path) -> None:
    async def work() -> None:
        with running(tmp_path, workers=2) as workers:
            held = [asyncio.create_task(share(workers).call(slept, 600.0)) for _ in range(5)]
            assert await share(workers, 2).call(doubled, 21) == 42
            for each in held:
                each.cancel()
            await asyncio.gather(*held, return_exceptions=True)

    run(work)


def test_one_person_alone_holds_them_all(tmp_path: Path) -> None:
    assert Settings(folder=tmp_path, token="x", workers=4).share == 4
    assert Settings(folder=tmp_path, workers=4).share == 3
    assert Settings(folder=tmp_path, workers=1).share == 1
