"""Measure an office's server under clerks who fill in forms: ``python -m benchmarks.serve``.

Each clerk logs in, opens a form with its sample and, for a minute, changes one field, waits for the
pages, fetches those that changed and thinks a second; the findings of the standard are asked for at
times, as the page does in a pause. The preview time is what a clerk waits: from the change to the
last changed page. Clerks and server share the machine.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from generator.serve.accounts import Accounts
from generator.serve.app import ACCOUNTS

FORMS = ("cong-van", "quyet-dinh", "ke-hoach", "to-trinh", "bao-cao", "de-an")
THINKS = 1.0  # seconds
QUIET = 5  # changes before a pause in which the findings are asked for
Spent = tuple[float, float]  # seconds of the processor: the server itself, its workers
PASSWORD = secrets.token_hex(8)


@dataclass(slots=True)
class Seen:
    """What clerks saw: seconds of previews, of findings, how many requests, failures."""

    previews: list[float] = field(default_factory=list)
    findings: list[float] = field(default_factory=list)
    requests: int = 0
    failures: int = 0


@contextmanager
def served(folder: Path, clerks: int, workers: int) -> Iterator[tuple[str, int]]:
    """Run a server with accounts; yield its address and the number of its process."""
    accounts = Accounts(folder / ACCOUNTS)
    for number in range(clerks):
        accounts.add(f"clerk{number}", PASSWORD, "van-thu")
    command = [sys.executable, "-m", "generator", "serve", "--host", "127.0.0.1"]
    options = ["--port", "8390", "--folder", str(folder), "--workers", str(workers)]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [*command, *options], stderr=subprocess.PIPE, text=True, encoding="utf-8", env=environment
    ) as process:
        assert process.stderr is not None
        while not (found := re.search(r"http://[^/\s]+", line := process.stderr.readline())):
            if not line:
                raise SystemExit("the server did not start")
        try:
            yield found[0], process.pid
        finally:
            process.terminate()


class Clerk:
    """A browser of one clerk."""

    def __init__(self, address: str, number: int, seen: Seen) -> None:
        self._client = httpx.AsyncClient(base_url=address, timeout=120)
        self._number, self._seen = number, seen
        self._form = FORMS[number % len(FORMS)]
        self._known: set[str] = set()
        self._record: dict[str, Any] = {}

    async def begin(self) -> None:
        """Log in, open a form, see its pages for the first time."""
        data = {"ten": f"clerk{self._number}", "mat_khau": PASSWORD}
        assert (await self._client.post("/dang-nhap", data=data)).is_redirect
        page = await self._client.get(f"/soan/{self._form}")
        token = re.search('name="csrf" content="([0-9a-f]+)"', page.text)
        assert token is not None
        self._client.headers["X-Vanban-CSRF"] = token[1]
        self._record = (await self._client.get(f"/api/forms/{self._form}")).json()["sample"]
        await self._pages(conformity=False)

    async def work(self, until: float) -> None:
        """Fill in and look, until a time."""
        await asyncio.sleep(THINKS * self._number / 20)
        changes = 0
        while time.monotonic() < until:
            changes += 1
            self._record["trich_yeu"] = f"Về việc kiểm tra công tác văn thư lần thứ {changes}"
            await self._look()
            await asyncio.sleep(THINKS)
            if changes % QUIET == 0:
                await self._find()
        await self._client.aclose()

    async def _look(self) -> None:
        begun = time.monotonic()
        told = await self._pages(conformity=False)
        fresh = {page["digest"] for page in told.get("pages", [])} - self._known
        await asyncio.gather(*map(self._page, fresh))
        self._known |= fresh
        self._seen.previews.append(time.monotonic() - begun)

    async def _find(self) -> None:
        begun = time.monotonic()
        await self._pages(conformity=True)
        self._seen.findings.append(time.monotonic() - begun)

    async def _pages(self, *, conformity: bool) -> dict[str, Any]:
        address = f"/api/forms/{self._form}/pages?conformity={json.dumps(conformity)}"
        answer = await self._client.post(address, json={"record": self._record})
        self._count(answer)
        told: dict[str, Any] = answer.json()
        return told

    async def _page(self, digest: str) -> None:
        self._count(await self._client.get(f"/api/pages/{digest}"))

    def _count(self, answer: httpx.Response) -> None:
        self._seen.requests += 1
        self._seen.failures += answer.status_code != 200


async def clerks_at_work(
    address: str, clerks: int, seconds: float, process: int
) -> tuple[Seen, Spent]:
    """Return what clerks saw who worked so long at once, and what it cost the server."""
    seen = Seen()
    people = [Clerk(address, each, seen) for each in range(clerks)]
    await asyncio.gather(*(each.begin() for each in people))
    seen.requests = 0
    before, until = spent_by(process), time.monotonic() + seconds
    await asyncio.gather(*(each.work(until) for each in people))
    after = spent_by(process)
    return seen, (after[0] - before[0], after[1] - before[1])


# ---------------------------------------------------------------- memory and time of processes
def family(process: int) -> list[int]:
    """Return a process and its descendants (Linux)."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [process, *(each for child in children for each in family(int(child)))]


def peak_mb(process: int) -> float:
    """Return the most memory a process has held."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def cpu_seconds(process: int) -> float:
    """Return the processor time of a process."""
    spent = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(spent[11]) + int(spent[12])) / os.sysconf("SC_CLK_TCK")


def spent_by(process: int) -> Spent:
    """Return the processor time of a server itself, and of its workers."""
    server, *workers = family(process)
    return cpu_seconds(server), sum(map(cpu_seconds, workers))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clerks", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--workers", type=int, default=max(2, os.cpu_count() or 2))
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder), asked.clerks, asked.workers) as (address, process),
    ):
        seen, spent = asyncio.run(clerks_at_work(address, asked.clerks, asked.seconds, process))
        server, *workers = family(process)
        memory = [peak_mb(server), max((peak_mb(each) for each in workers), default=0.0)]
    print(f"{asked.clerks} clerks, {asked.workers} workers, {os.cpu_count()} cores, {FORMS}")
    for name, times in (("preview", seen.previews), ("findings", seen.findings)):
        ranked = statistics.quantiles(times, n=20)
        print(
            f"{name}: {len(times)}, median {ranked[9] * 1000:.0f} ms,"
            f" 95th percentile {ranked[18] * 1000:.0f} ms, longest {max(times) * 1000:.0f} ms"
        )
    print(
        f"{seen.requests / asked.seconds:.1f} requests a second, {seen.failures} failed;"
        f" peak memory: server {memory[0]:.0f} MB, a worker {memory[1]:.0f} MB;"
        f" processor time: server {spent[0]:.1f} s, workers {spent[1]:.1f} s,"
        f" {1000 * sum(spent) / len(seen.previews):.0f} ms for each preview"
    )


if __name__ == "__main__":
    main()
