"""One file to print of many units, and LibreOffice with it: ``python -m benchmarks.combining``.

For each number of scoring sheets: seconds to join them into one .docx and one .pdf, and seconds
that LibreOffice takes to open the .docx and lay out all of its pages (its own start taken off).
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.command import units
from generator import preview
from generator.combine import combine
from generator.combine.stapling import staple
from generator.pipeline import open_form
from generator.preview import office
from generator.preview.pictures import page_sizes

COUNTS = (100, 200, 400, 800)
MOST_PDF = 200  # sheets that are drawn one by one for the .pdf
HOUR = 3_600


Documents = Sequence[tuple[str, bytes]]


def joined(documents: Documents, target: Path, join: Callable[[Documents, Path], int]) -> float:
    """Return how long it takes to join documents."""
    began = time.perf_counter()
    join(documents, target)
    return time.perf_counter() - began


def laid_out(docx: bytes) -> tuple[float, int]:
    """Return how long LibreOffice takes for a file, with its own start, and the pages it makes."""
    began = time.perf_counter()
    made = office.to_pdfs({"in": docx}, seconds=HOUR)
    return time.perf_counter() - began, len(page_sizes(made["in"]))


def main() -> None:
    """Measure and print a line for each number of units."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--counts", type=int, nargs="+", default=COUNTS, help="units")
    counts = parser.parse_args().counts
    form = open_form("ban-cham-diem")
    contents = [form.document(unit) for unit in units(max(counts))]
    named = [(f"{number}.docx", content) for number, content in enumerate(contents)]
    pdfs = [(name, preview.pdf(content)) for name, content in named[:MOST_PDF]]
    start, _ = laid_out(contents[0])
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print("units  .docx joined     size   LibreOffice lays it out   pages")
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "in.docx")
        for count in counts:
            spent = joined(named[:count], target, combine)
            content = target.read_bytes()
            laid, pages = laid_out(content)
            size = len(content) / 1e6
            print(f"{count:5}{spent:12.2f} s{size:7.2f} MB{laid - start:17.1f} s{pages:13}",
                  flush=True)  # fmt: skip
        spent = joined(pdfs, Path(folder, "in.pdf"), staple)
        print(f"{len(pdfs):5}{spent:12.2f} s for as many .pdf files")


if __name__ == "__main__":
    main()
