"""One engine filling one template again and again, in a process of its own.

``python peers.py ENGINE TEMPLATE RECORDS COUNT FOLDER…`` prints as JSON: milliseconds until the
first document stood in a file, megabytes of memory, and for each folder the CPU seconds a document.
Imports nothing of ours but for our own engine: peers run where their packages are, not ours.
"""

from __future__ import annotations

import io
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

STARTED = time.time() - time.process_time()
Fill = Callable[[dict[str, Any]], bytes]


def docxtpl(template: bytes) -> Fill:
    """Return docxtpl as its documentation uses it; docxtpl-ng and rust-docxtpl are used alike."""
    from docxtpl import DocxTemplate

    def fill(record: dict[str, Any]) -> bytes:
        document = DocxTemplate(io.BytesIO(template))
        document.render(record, autoescape=True)
        saved = io.BytesIO()
        document.save(saved)
        return saved.getvalue()

    return fill


def docxtpl_remembered(template: bytes) -> Fill:
    """Return docxtpl with its clean-up and compiling remembered, as a user who measures could."""
    from functools import cache

    from docxtpl import DocxTemplate
    from jinja2 import Environment

    environment = Environment(autoescape=True)
    vars(environment)["from_string"] = cache(environment.from_string)
    clean = cache(DocxTemplate(io.BytesIO(template)).patch_xml)

    def fill(record: dict[str, Any]) -> bytes:
        document = DocxTemplate(io.BytesIO(template))
        document.patch_xml = clean
        document.render(record, environment)
        saved = io.BytesIO()
        document.save(saved)
        return saved.getvalue()

    return fill


def mail_merge(template: bytes) -> Fill:
    """Return docx-mailmerge2, which repeats the rows of tables."""
    from mailmerge import MailMerge  # type: ignore[import-not-found] # in its own environment

    def fill(record: dict[str, Any]) -> bytes:
        saved = io.BytesIO()
        with MailMerge(io.BytesIO(template)) as document:
            for name, rows in record.items():
                if isinstance(rows, list):
                    filled = [{f"{name}_{key}": text for key, text in row.items()} for row in rows]
                    document.merge_rows(next(iter(filled[0])), filled)
            document.merge(**{k: v for k, v in record.items() if isinstance(v, str)})
            document.write(saved)
        return saved.getvalue()

    return fill


def vanban(template: bytes) -> Fill:
    """Return our engine on the template that docxtpl fills."""
    from generator.template.compiler import compile_template

    return compile_template(template, "template.docx", _no_blocks).render


def _no_blocks(name: str) -> bytes:
    raise KeyError(name)


def floor(template: bytes) -> Fill:
    """Return no engine: a file as large as a filled one, to be written as it is."""
    done = vanban(template)
    made: list[bytes] = []

    def fill(record: dict[str, Any]) -> bytes:
        if not made:
            made.append(done(record))
        return made[0]

    return fill


ENGINES: dict[str, Callable[[bytes], Fill]] = {
    "docxtpl": docxtpl,
    "docxtpl, remembered": docxtpl_remembered,
    "docxtpl-ng": docxtpl,
    "rust-docxtpl": docxtpl,
    "docx-mailmerge2": mail_merge,
    "vanban": vanban,
    "writing alone": floor,
}


def main(name: str, template: str, data: str, count: int, folders: list[str]) -> None:
    """Measure one engine and print what was found."""
    records = json.loads(Path(data).read_text(encoding="utf-8"))
    fill = ENGINES[name](Path(template).read_bytes())
    first = Path(folders[0], "first.docx")
    first.parent.mkdir(parents=True, exist_ok=True)
    first.write_bytes(fill(records[0]))
    first_ms = (time.time() - STARTED) * 1000
    spent: dict[str, float] = {}
    for record in records[1:4]:
        fill(record)
    for folder in folders:
        Path(folder).mkdir(parents=True, exist_ok=True)
        start = time.process_time()
        for number in range(count):
            # os.open and not Path.write_bytes: the same few calls for everybody.
            handle = os.open(f"{folder}/{number}.docx", os.O_CREAT | os.O_WRONLY, 0o666)
            os.write(handle, fill(records[number % len(records)]))
            os.close(handle)
        spent[folder] = (time.process_time() - start) / count
    print(json.dumps({"first_ms": first_ms, "cpu_s": spent, "rss_mb": _peak()}))


def _peak() -> float:
    """Return the peak megabytes of this program: getrusage would count its parent's before exec."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), sys.argv[5:])
