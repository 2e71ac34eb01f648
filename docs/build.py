"""Make what the pages are made of: ``make docs`` writes docs/mau/*.md and pictures in docs/hinh.

The page of a form is made from its manifest, schema and sample; its picture is the sample's first
page as LibreOffice prints it. Pictures that a page makes by its own commands are kept in a folder
of its name. Tests compare pages and drawings with what is made now, so they cannot fall behind.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path

from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1]))

from generator.bundle import grouped, list_bundles, shipped
from generator.pipeline import Form, open_form
from generator.records.data import read_records
from generator.records.schema import Field
from tests.docs.pages import KEPT, renewed

DOCS = Path(__file__).parent
BUILT_IN = shipped("doctemplates")
DOTS_PER_INCH = "60"
WIDEST = 1400  # dots of a picture that a page makes
DARK = 100  # of 255: letters, not the grey edge of a sheet
SHEET = ("-W", "1010", "-H", "600")  # dots of a workbook's page: its columns, above the foot
MARGIN = 24  # dots left under the last line of a page

# The way of a document: column, row, what is drawn in the box; then which box leads to which.
STAGES = {
    "data": (0, 1, "data", "JSON, workbook, CSV, .docx"),
    "records": (1, 1, "records, intake", "read, checked: every fault"),
    "figures": (2, 1, "figures", "computed, cross-checked"),
    "form": (0, 0, "form folder", "manifest, schema, template"),
    "compile": (2, 0, "template", "compiled once"),
    "fill": (3, 0, "fill", "bytes, holes, escaped values"),
    "document": (4, 0, ".docx", "carries its record"),
    "batch": (4, 1, "batches", "folder, .zip, s3://"),
    "look": (5, 0, "preview, conformity", "PDF, PNG; clause by clause"),
    "rollup": (5, 1, "rollup", "the superior's table"),
}
WAYS = [
    ("data", "records"), ("records", "figures"), ("figures", "fill"), ("form", "compile"),
    ("form", "records"), ("compile", "fill"), ("fill", "document"), ("document", "look"),
    ("document", "batch"), ("batch", "rollup"),
]  # fmt: skip


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
        "```sh\n"
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
        printed = first_pages(sorted(work.glob("*.docx")), "-r", DOTS_PER_INCH, "-gray")
        (DOCS / "hinh").mkdir(exist_ok=True)
        for picture in printed:
            shutil.copy(picture, DOCS / "hinh")


def first_pages(files: list[Path], *options: str) -> list[Path]:
    """Print files of one folder with LibreOffice; return the pictures of their first pages."""
    folder = files[0].parent
    office = shutil.which("soffice") or "soffice"
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    convert = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
    subprocess.run([*convert, *map(str, files)], check=True, stdout=subprocess.DEVNULL)
    one = ["-png", "-singlefile", "-f", "1", "-l", "1"]
    for file in files:
        target = file.with_suffix("")
        subprocess.run(["pdftoppm", *options, *one, f"{target}.pdf", str(target)], check=True)
    return [file.with_suffix(".png") for file in files]


def way_of_a_document() -> str:
    """Return the drawing of the stages as SVG."""
    wide, high, gap_x, gap_y, edge = 172, 58, 36, 52, 8
    at = {
        name: (edge + column * (wide + gap_x), edge + row * (high + gap_y))
        for name, (column, row, _, _) in STAGES.items()
    }
    width = max(x for x, _ in at.values()) + wide + edge
    height = max(y for _, y in at.values()) + high + edge
    boxes = [
        f'<g><rect x="{x}" y="{y}" width="{wide}" height="{high}" rx="6" fill="#fdf3f3" '
        f'stroke="#b3261e"/><text x="{x + wide / 2:g}" y="{y + 25}" font-weight="bold">'
        f'{escape(STAGES[name][2])}</text><text x="{x + wide / 2:g}" y="{y + 44}" '
        f'font-size="11.5">{escape(STAGES[name][3])}</text></g>'
        for name, (x, y) in at.items()
    ]
    ways = [_way(at[start], at[end], wide, high) for start, end in WAYS]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}" role="img" font-family="sans-serif" '
            'font-size="14" text-anchor="middle" fill="#222">',
            "<title>The way of a document</title>",
            '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" '
            'markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z" fill="#777"/></marker></defs>',
            '<g stroke="#777" stroke-width="1.5" fill="none" marker-end="url(#tip)">',
            *ways,
            "</g>",
            *boxes,
            "</svg>\n",
        ]
    )


def _way(start: tuple[int, int], end: tuple[int, int], wide: int, high: int) -> str:
    """Return an arrow between two boxes: straight on or down, else round a corner."""
    (x1, y1), (x2, y2) = start, end
    middle = high // 2
    if y1 == y2:
        return f'<path d="M{x1 + wide} {y1 + middle}H{x2}"/>'
    if x1 == x2:
        return f'<path d="M{x1 + wide // 2} {y1 + high}V{y2}"/>'
    # Out at the right side, then down or up into the middle of the other box.
    up = y2 < y1
    aim = x2 + wide // 2
    leave = y1 if up else y1 + high
    return (
        f'<path d="M{x1 + wide - 20} {leave}V{leave + (-26 if up else 26)}H{aim}'
        f'V{y2 + high if up else y2}"/>'
    )


def pictures_of_pages() -> None:
    """Follow the pages that make pictures and keep these, without the empty foot of a page."""
    for path in sorted(DOCS.rglob("*.md")):
        names = pictures_of(path.read_text(encoding="utf-8"))
        if names:
            with tempfile.TemporaryDirectory() as folder:
                renewed(path, Path(folder))
                kept = DOCS / "hinh" / path.stem
                kept.mkdir(exist_ok=True)
                for name in names:
                    made = Path(folder, KEPT, name)
                    if made.suffix == ".xlsx":
                        (made,) = first_pages([made], "-r", "96", *SHEET)
                    keep_picture(made, kept / made.name)


def pictures_of(text: str) -> list[str]:
    """Return the files that a page makes and shows, workbooks among them."""
    return re.findall(r"<!-- picture: (.*?) -->", text)


def keep_picture(source: Path, target: Path) -> None:
    """Keep a picture of a page down to its last letter, in few colours."""
    with Image.open(source) as opened:
        image = opened.convert("RGB")
    ink = image.convert("L").point(lambda light: 255 if light < DARK else 0).getbbox()
    foot = ink[3] + MARGIN if ink else image.height
    image = image.crop((0, 0, image.width, min(foot, image.height)))
    image.thumbnail((WIDEST, WIDEST))
    image.quantize(256, Image.Quantize.FASTOCTREE).save(target, optimize=True)


def main() -> None:
    """Write all pages and pictures."""
    pages = forms()
    drawing = DOCS / "hinh" / "way-of-a-document.svg"
    drawing.write_text(way_of_a_document(), encoding="utf-8", newline="\n")
    pictures_of_pages()
    (DOCS / "mau").mkdir(exist_ok=True)
    for form in pages:
        text = page(form)
        (DOCS / "mau" / f"{form.bundle.id}.md").write_text(text, encoding="utf-8", newline="\n")
    (DOCS / "mau" / "README.md").write_text(index(), encoding="utf-8", newline="\n")
    pictures(pages)


if __name__ == "__main__":
    main()
