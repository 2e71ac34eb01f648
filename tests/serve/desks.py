"""What the tests of the desks with long work share: data, waiting, what axe sees."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
import openpyxl
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from generator.bundle import shipped
from generator.intake.workbook import Filled, intake_workbook
from generator.pipeline import open_form

FORM = "ban-cham-diem"
UNITS = shipped("fixtures") / FORM / "don-vi-300.jsonl"
PATIENCE = 90.0  # seconds


def filled_book(path: Path, units: int, spoilt: Iterable[tuple[str, object]] = ()) -> Path:
    """Write the intake workbook of some units; ``spoilt`` are cells of its main sheet."""
    form = open_form(FORM)
    prepared = [form.prepare(raw) for raw in islice(form.records(str(UNITS)), units)]
    records = [Filled(record=each.record, context=each.context) for each in prepared]
    path.write_bytes(
        intake_workbook(form.bundle, form.schema, filled=records, figures=form.figures)
    )
    book = openpyxl.load_workbook(path)
    for cell, value in spoilt:
        book["Dữ liệu"][cell] = value
    book.save(path)
    return path


def some_units(count: int) -> bytes:
    """Return JSON Lines of some good units."""
    return "\n".join(UNITS.read_text(encoding="utf-8").splitlines()[:count]).encode()


def sent(*files: tuple[str, bytes], field: str = "files") -> list[tuple[str, tuple[str, bytes]]]:
    """Return files as a program sends them."""
    return [(field, file) for file in files]


def finished(client: httpx.Client, address: str, step: str) -> dict[str, Any]:
    """Wait for the end of a step; return the work."""
    return reached(client, address, step, {"done", "failed", "stopped"})


def reached(
    client: httpx.Client, address: str, step: str, states: set[str], least: int = 0
) -> dict[str, Any]:
    """Wait until a step is in one of some states, with so much done."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        work: dict[str, Any] = client.get(address).raise_for_status().json()
        now = work[step] or {}
        if now.get("state") in states and now.get("done", 0) >= least:
            return work
        time.sleep(0.05)
    raise AssertionError(json.dumps(work, ensure_ascii=False)[:2_000])


def violations(page: Page) -> list[str]:
    """Return what axe-core finds wrong with a page as it is now."""
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['html']}" for each in found for node in each["nodes"]]


def overflow(page: Page) -> int:
    """Return by how much the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def looks_well_in_the_dark_and_enlarged(page: Page) -> None:
    """Check a page in dark colours on an ordinary screen at 150 %."""
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.set_viewport_size({"width": 911, "height": 512})
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def forgets(page: Page, rows: Locator, said: str) -> None:
    """Have the first of the earlier works, which says so much, deleted."""
    expect(rows.first).to_contain_text(said)
    assert violations(page) == []
    page.on("dialog", lambda dialog: dialog.accept())
    before = rows.count()
    rows.first.get_by_role("button").click()
    expect(rows).to_have_count(before - 1)


def patient(page: Page) -> None:
    """Have a page wait as long as a loaded machine takes."""
    page.set_default_timeout(PATIENCE * 1_000)
    expect.set_options(timeout=PATIENCE * 1_000)
