"""Tables as other programs write them, and a small form to read them for."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from generator.errors import GeneratorError
from generator.pipeline import Form, open_form
from tests.clerk import draw_form, object_of
from tests.judges.office import program, run_within

UNIT = {"title": "Đơn vị", "description": "Tên đơn vị.", "type": "string", "minLength": 1}
SCHEMA = object_of(
    {
        "don_vi": UNIT,
        "so": {"title": "Số", "description": "Số văn bản.", "type": "string", "minLength": 1},
        "dan_so": {"title": "Dân số", "description": "Số người.", "type": ["integer", "null"]},
        "ty_le": {"title": "Tỷ lệ", "description": "Phần trăm.", "type": ["number", "null"]},
        "ngay": {
            "title": "Ngày họp", "description": "Ngày.", "type": ["string", "null"],
            "format": "date",
        },
        "dat": {"title": "Đạt", "description": "Có đạt không.", "type": ["boolean", "null"]},
        "ghi_chu": {"title": "Ghi chú", "description": "Tùy ý.", "type": "string"},
        "nguoi_ky": {
            "title": "Người ký", "description": "Người ký.", "type": ["object", "null"],
            "additionalProperties": False, "required": ["ho_ten", "chuc_vu"],
            "properties": {
                "ho_ten": {"title": "Họ tên", "description": "Họ tên.", "type": "string"},
                "chuc_vu": {"title": "Chức vụ", "description": "Chức vụ.",
                            "type": ["string", "null"]},
            },
        },
        "viec": {
            "title": "Việc đã làm", "description": "Các việc.", "type": "array",
            "items": {
                "title": "Việc", "description": "Một việc.", "type": "object",
                "additionalProperties": False, "required": ["ten", "so_luong"],
                "properties": {
                    "ten": {"title": "Tên việc", "description": "Tên.", "type": "string"},
                    "so_luong": {"title": "Số lượng", "description": "Bao nhiêu.",
                                 "type": ["integer", "null"]},
                },
            },
        },
    },
    ["don_vi", "so", "dan_so", "ty_le", "ngay", "dat", "nguoi_ky", "viec"],
)  # fmt: skip
HEADINGS = ("Đơn vị", "Số", "Dân số", "Tỷ lệ", "Ngày họp", "Đạt")
BLANK: dict[str, Any] = {
    "dan_so": None,
    "ty_le": None,
    "ngay": None,
    "dat": None,
    "nguoi_ky": None,
    "viec": [],
}


def form(root: Path, **manifest: Any) -> Form:
    """Return the small form, drawn in a folder."""
    folder = draw_form(
        root, "so-lieu", schema=SCHEMA, sample={"don_vi": "A", "so": "1"} | BLANK, unit="don_vi",
        output="{{ don_vi }}.docx",
        **manifest,
    )  # fmt: skip
    return open_form(str(folder))


def workbook(path: Path, sheets: Mapping[str, Sequence[Sequence[Any]]]) -> Path:
    """Write an .xlsx with those rows of plain values."""
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in sheets.items():
            page = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    if isinstance(value, str):
                        page.write_string(number, column, value)
                    elif value is not None:
                        page.write(number, column, value)
    return path


def text_table(
    path: Path, rows: Iterable[Sequence[str]], separator: str = ",", encoding: str = "utf-8"
) -> Path:
    """Write a .csv."""
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=separator).writerows(rows)
    path.write_bytes(stream.getvalue().encode(encoding))
    return path


def values(form: Form, source: Path) -> list[Any]:
    """Return the records of a source as the schema reads them; all must be valid."""
    found = []
    for raw in form.records(str(source)):
        prepared = form.prepare(raw, named=False)
        found.append(prepared.record)
    return found


def complaints(form: Form, source: Path) -> list[str]:
    """Return every error of a source as it is told, place first."""
    from generator.validation import review

    try:
        problems = review(form, str(source)).problems
    except GeneratorError as error:
        return [str(problem) for problem in error.problems]
    return [
        f"{problem.at}: {problem.message}" for problem in problems if problem.severity == "error"
    ]


def warnings(form: Form, source: Path) -> list[str]:
    """Return every warning of a source as it is told, place first."""
    from generator.validation import review

    return [
        f"{problem.at}: {problem.message}".removeprefix(": ")
        for problem in review(form, str(source)).problems
        if problem.severity == "warning"
    ]


def saved_as(source: Path, ending: str, out: Path) -> Path:
    """Return a table saved by LibreOffice in another format: ``ods``, ``xls``, ``xlsx``."""
    with tempfile.TemporaryDirectory(prefix="soffice-") as profile:
        said = run_within(
            120,
            [
                program() or "soffice",
                f"-env:UserInstallation={Path(profile).resolve().as_uri()}",
                "--headless", "--norestore", "--convert-to", ending, "--outdir", str(out),
                str(source),
            ],
        )  # fmt: skip
    saved = out / f"{source.stem}.{ending}"
    assert saved.exists(), said
    return saved


# ---------------------------------------------------------------- packages made by hand
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORKBOOK_XML = (
    f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>'
    '<sheet name="Trang" sheetId="1" r:id="r1"/></sheets></workbook>'
)
_RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="r1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
    "</Relationships>"
)


def cell(reference: str, text: str) -> str:
    """Return the XML of a cell with text."""
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


def sheet_xml(rows: str, after: str = "") -> str:
    """Return the XML of a worksheet with those rows."""
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>'


HEADING_ROW = f'<row r="1">{cell("A1", "Đơn vị")}{cell("B1", "Số")}{cell("C1", "Dân số")}</row>'


def package(path: Path, sheet: str, parts: Mapping[str, str | bytes] | None = None) -> Path:
    """Write an .xlsx by hand, as no honest program would."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {
            "xl/workbook.xml": WORKBOOK_XML,
            "xl/_rels/workbook.xml.rels": _RELS,
            "xl/worksheets/sheet1.xml": sheet,
            **(parts or {}),
        }.items():
            archive.writestr(name, content)
    return path


def run_json(*arguments: str | Path) -> Any:
    """Return what a command prints as JSON."""
    import sys

    command = [sys.executable, "-m", "generator", *map(str, arguments)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=False).stdout)
