"""Memory of one process over many PDFs: ``python -m benchmarks.pdf_memory``.

It draws invitations and scoring sheets by turns, each of another record, and prints what the
process holds on the way. Flat figures mean that neither our own memory of what was written nor
Typst's grows with the number of documents.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from itertools import cycle

from benchmarks.command import units
from benchmarks.pdf_rate import FORM, peak_mb, records
from generator import preview
from generator.pipeline import Form, open_form

COUNT = 10_000
SHEET = "ban-cham-diem"
SHEETS = 300  # of as many units: later ones say the same again
STEP = 1_000  # documents between two lines


def documents(invitation: Form, sheet: Form, count: int) -> Iterator[bytes]:
    """Yield .docx files: three invitations, then a scoring sheet, and so on."""
    sheets = cycle([sheet.document(unit) for unit in units(SHEETS)])
    for number, record in enumerate(records(invitation, count)):
        yield next(sheets) if number % 4 == 3 else invitation.document(record)


def main() -> None:
    """Measure and print a line for each thousand."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT, help="documents")
    count = parser.parse_args().count
    began = time.perf_counter()
    for number, docx in enumerate(documents(open_form(FORM), open_form(SHEET), count), start=1):
        preview.pdf(docx)
        if number % STEP == 0 or number == count:
            seconds = time.perf_counter() - began
            print(f"{number:7} documents{peak_mb():7.0f} MB at most{seconds:8.0f} s", flush=True)


if __name__ == "__main__":
    main()
