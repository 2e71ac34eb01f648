"""How fast documents are checked: ``python -m benchmarks.conformity``.

A report of twenty pages as a colleague types it, in each of the three layouts, and the built-in
forms filled with their samples. Times are of the processor, the median of the rounds; the target
is twenty pages in 100 ms.
"""

from __future__ import annotations

import argparse
import statistics
import time

from generator.bundle import list_bundles, template_folders
from generator.conformity.checking import check_document
from generator.pipeline import open_form
from generator.records.data import read_records
from tests.conformity.drawing import LAYOUTS, Letter, draw
from tests.conformity.letters import PLAN

PAGES = 20
LETTERS_A_PAGE = 2300  # at 14 points, the gaps between paragraphs counted in
TARGET_MS = 100.0


def main() -> None:
    """Print the table; leave with 1 when the target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    slowest = 0.0
    letter = long_letter()
    for layout in LAYOUTS:
        spent = median_ms(draw(letter, layout), rounds)
        slowest = max(slowest, spent)
        print(f"{PAGES} pages, {layout:<6} {spent:7.1f} ms")
    for name, content in samples():
        spent = median_ms(content, rounds)
        print(f"{name:<22} {spent:7.1f} ms")
    print(f"target: {PAGES} pages in {TARGET_MS:g} ms; slowest: {slowest:.1f} ms")
    raise SystemExit(slowest > TARGET_MS)


def long_letter() -> Letter:
    """Return a plan whose content fills the pages."""
    texts = [text.lstrip("ab12.)- ").rstrip("./;") for key, text in PLAN.body if key == "text"]
    body = [PLAN.body[0]]
    while sum(len(text) for _, text in body) < PAGES * LETTERS_A_PAGE:
        body.append(("text", f"- {texts[len(body) % len(texts)]}."))
    return PLAN.but(body=(*body, ("text", "Ủy ban nhân dân xã yêu cầu các đơn vị thực hiện./.")))


def samples() -> list[tuple[str, bytes]]:
    """Return each built-in form filled with its sample."""
    found = []
    for item in list_bundles(template_folders())[0]:
        form = open_form(item.bundle.id)
        record = next(iter(read_records(str(item.bundle.path("sample.json")))))
        found.append((item.bundle.id, form.render(record)))
    return found


def median_ms(content: bytes, rounds: int) -> float:
    """Return the median of the processor's milliseconds for one check, after a first one."""
    check_document(content, "a.docx")
    times = []
    for _ in range(rounds):
        start = time.process_time()
        check_document(content, "a.docx")
        times.append((time.process_time() - start) * 1000)
    return statistics.median(times)


if __name__ == "__main__":
    main()
