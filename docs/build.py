"""Make the page of each built-in form: ``make docs`` writes docs/mau/*.md and docs/hinh/*.png.

A page is made from the form's manifest, schema and sample; its picture is the sample's first page
as LibreOffice prints it. A test compares the pages with the forms, so they cannot fall behind.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from generator.bundle import grouped, list_bundles, shipped
from generator.pipeline import Form, open_form
from generator.records.data import read_records
from generator.records.schema import Field

DOCS = Path(__file__).parent
BUILT_IN = shipped("doctemplates")
DOTS_PER_INCH = "60"


def forms() -> list[Form]:
    """Return the built-in forms in the order of the list."""
    listed, problems = list_bundles([BUILT_IN])
    if problems:
        raise SystemExit("\n".join(map(str, problems)))
    return [open_form(str(item.bundle.folder)) for item in listed]


def page(form: Form) -> str:
    """Return the page of a form."""
    bundle = form.bundle
    return (
        f"# {bundle.title}\n\n"
        f"{bundle.source}.\n\n"
        f"![Trang đầu của bản ví dụ](../hinh/{bundle.id}.png)\n\n"
        "```\n"
        f"vanban init {bundle.id} -o {bundle.id}.json --sample\n"
        f"vanban render {bundle.id} {bundle.id}.json -o {bundle.id}.docx\n"
        "```\n\n"
        f"Tên tệp khi làm hàng loạt: `{bundle.output}`\n\n"
        "| trường | tên | bắt buộc | ghi chú |\n|---|---|---|---|\n"
        + "".join(_rows(form.schema.root))
    )


def _rows(at: Field, path: str = "") -> list[str]:
    rows: list[str] = []
    for key, child in at.children.items():
        where = f"{path}{key}"
        need = "có" if child.required else ""
        note = child.description.replace("|", "\\|").replace("\n", " ")
        rows.append(f"| `{where}` | {child.title} | {need} | {note} |\n")
        if child.children:
            rows += _rows(child, f"{where}.")
        elif child.items is not None and child.items.children:
            rows += _rows(child.items, f"{where}[].")
    return rows


def index() -> str:
    """Return the list of all forms, grouped."""
    lines = ["# Các mẫu\n"]
    for group, members in grouped(list_bundles([BUILT_IN])[0]).items():
        lines.append(f"\n## {group}\n\n")
        lines += [
            f"- [{item.bundle.title}]({item.bundle.id}.md) (`{item.bundle.id}`)\n"
            for item in members
        ]
    return "".join(lines)


def pictures(pages: list[Form]) -> None:
    """Print the first page of every sample with LibreOffice and keep it as a picture."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for form in pages:
            sample = form.bundle.path("sample.json")
            content = form.render(next(read_records(str(sample))))
            (work / f"{form.bundle.id}.docx").write_bytes(content)
        documents = sorted(map(str, work.glob("*.docx")))
        office = shutil.which("soffice") or "soffice"
        profile = f"-env:UserInstallation={(work / 'profile').as_uri()}"
        convert = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(work)]
        subprocess.run([*convert, *documents], check=True, stdout=subprocess.DEVNULL)
        (DOCS / "hinh").mkdir(exist_ok=True)
        for pdf in sorted(work.glob("*.pdf")):
            target = DOCS / "hinh" / pdf.stem
            first = ["-r", DOTS_PER_INCH, "-gray", "-png", "-singlefile", "-f", "1", "-l", "1"]
            subprocess.run(["pdftoppm", *first, str(pdf), str(target)], check=True)


def main() -> None:
    """Write all pages and pictures."""
    pages = forms()
    (DOCS / "mau").mkdir(exist_ok=True)
    for form in pages:
        text = page(form)
        (DOCS / "mau" / f"{form.bundle.id}.md").write_text(text, encoding="utf-8", newline="\n")
    (DOCS / "mau" / "README.md").write_text(index(), encoding="utf-8", newline="\n")
    pictures(pages)


if __name__ == "__main__":
    main()
