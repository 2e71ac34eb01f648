"""A server of its own for a module of tests, as ``vanban serve`` starts it, and a real browser."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import need

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
_ADDRESS = re.compile(r"(https?://[^/\s]+)/(?:\?khoa=(\S+))?")
_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A running server: where it is, the key to it, where it keeps things, its process."""

    address: str
    token: str
    folder: Path
    process: subprocess.Popen[str]

    @property
    def start(self) -> str:
        """The address a clerk's browser is opened with."""
        return f"{self.address}/?khoa={self.token}"

    def client(self, **extra: object) -> httpx.Client:
        """A program that calls the API."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return httpx.Client(base_url=self.address, headers=headers, timeout=120, **extra)  # type: ignore[arg-type]


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[Served]:
    """Run ``vanban serve`` on a free port."""
    command = [sys.executable, "-m", "generator", "serve", "--no-browser", "--folder", str(folder)]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [*command, *options], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
        encoding="utf-8", env=environment,
    ) as process:  # fmt: skip
        try:
            assert process.stderr is not None
            said = ""
            while not (found := _ADDRESS.search(said)):
                line = process.stderr.readline()
                assert line, f"the server did not start: {said}"
                said += line
            yield Served(address=found[1], token=found[2] or "", folder=folder, process=process)
        finally:
            process.terminate()
            process.wait(20)


def awaited(work: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine in a thread: the driver of the browser keeps a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server for one person."""
    with serving(tmp_path_factory.mktemp("máy chủ")) as server:
        yield server


@pytest.fixture(scope="module")
def client(served: Served) -> Iterator[httpx.Client]:
    """A program that calls the API of that server."""
    with served.client() as program:
        yield program


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    need("" if CHROMIUM else "chromium is not installed (apt-get install chromium)")
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser, served: Served) -> Iterator[Page]:
    """A clerk's page at an ordinary office screen, opened as ``vanban serve`` opens it.

    A script that fails fails the test.
    """
    context = browser.new_context(
        reduced_motion="reduce", viewport={"width": 1366, "height": 768}, locale="vi-VN"
    )
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.goto(served.start)
    yield opened
    context.close()
    assert faults == []
