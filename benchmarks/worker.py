"""One engine in a process of its own: CPU seconds a document, for each place to put them.

``python -m benchmarks.worker ENGINE COUNT FOLDER...`` prints a JSON list: the seconds of documents
kept in memory, then of documents written to each folder, which must be new. The process stays on
one core where the system can bind it.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.engines import Fill, engine

WARM_UP = 5


def main(name: str, count: int, folders: list[str]) -> None:
    """Measure one engine and print the result."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    fill, inputs = engine(name)
    for number in range(WARM_UP):
        fill(inputs[number % len(inputs)])
    print(json.dumps([seconds(fill, inputs, count, folder) for folder in ("", *folders)]))


def seconds(fill: Fill, inputs: list[Any], count: int, folder: str) -> float:
    """Return CPU seconds (user and system) a document; an empty ``folder`` means: do not write."""
    if folder:
        Path(folder).mkdir(parents=True)
    started = time.process_time()
    for number in range(count):
        content = fill(inputs[number % len(inputs)])
        if folder:
            with open(f"{folder}/{number}.docx", "wb", buffering=0) as file:  # noqa: PTH123 - fast
                file.write(content)
    return (time.process_time() - started) / count


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
