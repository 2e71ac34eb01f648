"""Make the pictures of docs/vi/trang-web.md: ``python -m tests.serve.pictures``.

A clerk's afternoon in the real page: Chromium at an ordinary office screen.
"""

from __future__ import annotations

import io
import json
import tempfile
from pathlib import Path
from typing import Any

from docx import Document
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from generator.bundle import shipped
from tests.clerk import ROOT
from tests.serve.conftest import _FLAGS, CHROMIUM, Served, serving
from tests.serve.desks import FORM, filled_book

FOLDER = ROOT / "docs" / "hinh" / "trang-web"
SCREEN = {"width": 1366, "height": 768}
WIDEST = 1100  # dots
COLOURS = 96


def keep(page: Page, name: str) -> None:
    """Keep a picture of what is on the screen, in few colours."""
    with Image.open(io.BytesIO(page.screenshot())) as opened:
        image = opened.convert("RGB")
    image.thumbnail((WIDEST, WIDEST))
    small = image.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    small.save(FOLDER / f"{name}.png", optimize=True)


def settled(page: Page) -> None:
    """Wait until nothing moves any longer: pages are drawn, findings are told."""
    page.wait_for_timeout(4_000)
    page.wait_for_load_state("networkidle")


def draft(served: Served) -> str:
    """Keep a plan under way as a draft; return its address."""
    sample: dict[str, Any] = json.loads(
        shipped("doctemplates/ke-hoach/sample.json").read_text(encoding="utf-8")
    )
    with served.client() as program:
        told = program.post("/api/drafts", json={"form": "ke-hoach", "record": sample}).json()
    return f"/soan/ke-hoach?nhap={told['id']}"


def main() -> None:
    """Make all pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder, "may")) as served,
        sync_playwright() as driver,
    ):
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        page = browser.new_page(viewport=SCREEN, locale="vi-VN")  # type: ignore[arg-type]
        page.set_default_timeout(120_000)
        page.goto(served.start)
        gallery(page)
        filling(page, served.address + draft(served))
        batches(page, served.address, Path(folder))
        checks(page, served, Path(folder))
        browser.close()


def gallery(page: Page) -> None:
    """The forms to choose from, searched without marks."""
    page.wait_for_load_state("networkidle")
    keep(page, "chon-mau")


def filling(page: Page, address: str) -> None:
    """A form under way, its pages beside it."""
    page.goto(address)
    page.wait_for_selector(".sheet img")
    settled(page)
    keep(page, "soan")


def batches(page: Page, address: str, folder: Path) -> None:
    """A workbook with two wrong cells."""
    book = filled_book(
        folder / "Sổ chấm điểm quý III.xlsx", 40, [("F7", "ngày mai"), ("G9", "hai")]
    )
    page.goto(f"{address}/hang-loat")
    page.select_option("#mau", FORM)
    page.set_input_files("#tep", str(book))
    page.get_by_text("ngày mai").first.wait_for()
    settled(page)
    keep(page, "hang-loat")


def checks(page: Page, served: Served, folder: Path) -> None:
    """Any document of Word, its findings beside its pages."""
    sample = shipped("doctemplates/ke-hoach/sample.json").read_text(encoding="utf-8")
    with served.client() as program:
        made = program.post(
            "/api/forms/ke-hoach/document?format=docx", json={"record": json.loads(sample)}
        )
    target = folder / "ke-hoach-cu.docx"
    spoilt = Document(io.BytesIO(made.content))
    for section in spoilt.sections:
        section.left_margin = section.right_margin
    spoilt.save(str(target))
    page.goto(f"{served.address}/kiem-tra")
    page.set_input_files("#tep", str(target))
    page.wait_for_selector(".sheet img")
    settled(page)
    keep(page, "kiem-tra")


if __name__ == "__main__":
    main()
