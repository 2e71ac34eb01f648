"""How many one-page PDFs a second: ours, beside LibreOffice over the same files, warm.

``python -m benchmarks.pdf_rate`` makes 500 invitations, draws them with the command's own route in
one process and on all cores, and converts the very same files with LibreOffice, which works on one
core. What LibreOffice needs to start is measured with one file and taken off. Our batch is told
both ways: from its start to its end, and warm, without what a short one needs that starts as many
processes. It needs LibreOffice 25.2.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from generator.batches.run import batch
from generator.pipeline import Form, open_form
from generator.preview import office
from generator.preview.pictures import page_sizes
from generator.printing import print_pdf

FORM = "giay-moi"
COUNT = 500
GROUP = 200  # files that LibreOffice takes in one run; its start is taken off each time
FEW = 60  # records: the least for which a batch starts worker processes


def records(form: Form, count: int) -> Iterator[dict[str, Any]]:
    """Yield records that differ from one another as invitations do."""
    sample = json.loads(form.bundle.path("sample.json").read_text(encoding="utf-8"))
    for number in range(1, count + 1):
        yield sample | {"so": number, "kinh_moi": f"Ông Trưởng thôn số {number}"}


class Cost(NamedTuple):
    """Seconds on the clock, and seconds of processors, its own and its children's."""

    clock: float
    processor: float

    def plus(self, other: Cost) -> Cost:
        """Return it with another."""
        return Cost(self.clock + other.clock, self.processor + other.processor)

    def less(self, other: Cost) -> Cost:
        """Return what is left of it without another."""
        return Cost(self.clock - other.clock, self.processor - other.processor)


def cost(work: Callable[[], object]) -> Cost:
    """Return what some work costs."""
    began, used = time.perf_counter(), _processor()
    work()
    return Cost(time.perf_counter() - began, _processor() - used)


def _processor() -> float:
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def convert(documents: dict[str, bytes]) -> None:
    """Let LibreOffice make the PDFs of documents, all of them."""
    made = office.to_pdfs(documents, seconds=3600)
    assert len(made) == len(documents), "LibreOffice left some out"


def peak_mb() -> float:
    """Return the most memory this process has held."""
    kilo = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return kilo / (1024 if sys.platform != "darwin" else 1024 * 1024)


def main() -> None:
    """Measure and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT, help="documents")
    count = parser.parse_args().count
    form = open_form(FORM)
    kept = [form.schema.read(record)[0] for record in records(form, count)]
    contexts = [form.context(record) for record in kept]
    docx = [form.template.render(each, record) for each, record in zip(contexts, kept, strict=True)]

    def draw(number: int) -> bytes:
        name = f"{number}.docx"
        return print_pdf(docx[number], name, bundle=form.bundle, context=contexts[number]).pdf

    cold = cost(lambda: draw(0))
    assert len(page_sizes(draw(0))) == 1, "the form has grown beyond one page"
    ours = cost(lambda: [draw(number) for number in range(count)])
    memory = peak_mb()
    cores = cost(lambda: on_all_cores(kept))
    warm = cores.less(cost(lambda: on_all_cores(kept[:FEW])))
    start = cost(lambda: office.to_pdfs({"0": docx[0]}))
    theirs = Cost(0.0, 0.0)
    for number in range(0, count, GROUP):
        group = {str(at): docx[at] for at in range(number, min(number + GROUP, count))}
        theirs = theirs.plus(cost(partial(convert, group)).less(start))
    print(f"{count} one-page PDFs, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    rate = count / theirs.clock
    for title, spent, made in (
        ("vanban, PDF/A-2a, one process", ours, count),
        ("vanban batch, all cores, data to files", cores, count),
        ("vanban batch, the same, warm", warm, count - FEW),
        ("LibreOffice, warm", theirs, count),
    ):
        print(
            f"{title:<40}{made / spent.clock:8.1f}/s, processor"
            f"{1000 * spent.processor / made:6.1f} ms each, "
            f"{made / spent.clock / rate:4.1f} times LibreOffice's rate"
        )
    print(f"first document {1000 * cold.processor:.0f} ms; most memory {memory:.0f} MB")


def on_all_cores(kept: list[Any]) -> None:
    """Make the PDFs as ``vanban batch --format pdf`` does."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "d.jsonl")
        lines = (json.dumps(record, ensure_ascii=False, default=str) + "\n" for record in kept)
        source.write_text("".join(lines), encoding="utf-8")
        done = list(batch(FORM, str(source), Path(folder, "out"), jobs=0, formats=("pdf",)))
        assert all(result.done for result in done)


if __name__ == "__main__":
    main()
