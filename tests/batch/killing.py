"""Kills a batch again and again, and goes on with it: ``python -m tests.batch.killing``.

A process of its own, which forks: the run is killed within its work, not while Python starts.
Prints what it did as JSON; leaves with an error where anything is found that was never to be.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from generator.batches import run as batches
from generator.batches.journal import MANIFEST
from generator.output import TEMPORARY_PREFIX

CHUNK = 10  # small chunks: many places to be killed between


def tree(output: Path) -> dict[str, bytes]:
    """Return the files of an output, those at work left out."""
    if output.suffix == ".zip":
        if not output.exists():
            return {}
        with zipfile.ZipFile(output) as package:
            return {name: package.read(name) for name in package.namelist()}
    work = output / TEMPORARY_PREFIX.rstrip("-")
    return {
        path.relative_to(output).as_posix(): path.read_bytes()
        for path in output.rglob("*")
        if path.is_file() and work not in path.parents
    }


def forked(work: Callable[[], object]) -> int:
    """Start work in a process of its own; return its number."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        work()
        code = 0
    finally:
        os._exit(code)


def main(source: str, output: str, jobs: int, wanted: int, seed: int) -> None:
    """Kill ``wanted`` runs; compare after each, and at the end of each whole batch."""
    batches._CHUNK = CHUNK
    chance = random.Random(seed)
    target = Path(output)
    reference = target.with_name("reference" + target.suffix)

    def run(place: Path, *, resume: bool) -> None:
        for _ in batches.batch("ban-cham-diem", source, place, jobs=jobs, resume=resume):
            pass

    started = time.perf_counter()
    assert os.waitpid(forked(lambda: run(reference, resume=False)), 0)[1] == 0
    lasts = time.perf_counter() - started
    expected = tree(reference)
    kills = whole = 0
    while kills < wanted:
        child = forked(lambda: run(target, resume=True))
        time.sleep(chance.uniform(0, lasts))
        os.kill(child, signal.SIGKILL)
        killed = os.WIFSIGNALED(os.waitpid(child, 0)[1])
        kills += killed
        found = tree(target)
        if killed:
            odd = [name for name, content in found.items() if expected.get(name) != content]
            assert not odd, f"not whole after a kill: {odd}"
            continue
        whole += 1
        check_whole(target, reference)
        remove(target)
    assert os.waitpid(forked(lambda: run(target, resume=True)), 0)[1] == 0
    check_whole(target, reference)
    print(json.dumps({"kills": kills, "whole": whole + 1, "documents": len(expected) - 1}))


def check_whole(target: Path, reference: Path) -> None:
    """Assert that a finished batch left the same bytes, and nothing beside them."""
    if target.suffix == ".zip":
        assert target.read_bytes() == reference.read_bytes()
    else:
        assert tree(target) == tree(reference)
        assert MANIFEST in tree(target)
    left = [path for path in target.parent.rglob("*") if TEMPORARY_PREFIX[:-1] in path.name]
    assert not left, left


def remove(target: Path) -> None:
    """Remove a finished output."""
    if target.suffix == ".zip":
        target.unlink()
        return
    for path in sorted(target.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    target.rmdir()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:]))
