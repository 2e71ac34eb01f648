"""The desk of batches: a table of units in, a document for each of them out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, File, Form, Query, UploadFile
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

from generator.bundle import grouped
from generator.errors import DataError, Problem
from generator.intake.kinds import SUFFIXES as TABLES
from generator.serve import batch_work, works
from generator.serve.asking import Asked, Asking
from generator.serve.files import (
    Kept,
    Shelf,
    disposition,
    file_answer,
    keep_order,
    lines_of,
    media_type,
    order_of,
    some_of,
)
from generator.serve.html import page
from generator.serve.opened import bundle_of, forms
from generator.serve.works import Counted
from generator.serve.workspace import ConflictError, MissingError

KIND = "hang-loat"
STEPS = ("check", "riskiest", "make")
_SHOWN_FILES = 20
_TOGETHER = (".json", ".docx")  # kinds of files of which many make one batch
Kinds = Literal["docx", "pdf"]

router = APIRouter(tags=["batches"])


class Making(BaseModel):
    """What to make of a batch."""

    formats: list[Kinds] = Field(default=["docx"], min_length=1, max_length=2)
    combine: Kinds | Literal[""] = ""  # one file of all documents, to print in one go


# ---------------------------------------------------------------- pages
@router.get("/hang-loat", include_in_schema=False)
def batch_page(request: Request, asking: Asked) -> HTMLResponse:
    """Show the desk."""
    groups = grouped(forms(asking.settings.templates))
    shown = {
        name: [(each.bundle.id, each.bundle.title, bool(each.bundle.unit)) for each in items]
        for name, items in groups.items()
    }
    suffixes = ",".join((*TABLES, ".json", ".jsonl", ".ndjson", ".docx"))
    return page(request, "hang-loat", groups=shown, suffixes=suffixes)


# ---------------------------------------------------------------- the workbook to fill
class Names(BaseModel):
    """Units whose names stand in the workbook already."""

    units: str = Field(default="", max_length=2_000_000, description="A unit's name on each line.")


@router.get("/api/forms/{form}/workbook", response_class=Response)
async def blank_workbook(form: str, asking: Asked) -> Response:
    """Return the workbook to fill of a form."""
    return await _workbook(form, "", asking)


@router.post("/api/forms/{form}/workbook", response_class=Response)
async def workbook(form: str, names: Names, asking: Asked) -> Response:
    """Return the workbook to fill of a form, with a row for each unit."""
    return await _workbook(form, names.units, asking)


async def _workbook(form: str, names: str, asking: Asking) -> Response:
    templates = asking.settings.templates
    content = await asking.workers.call(batch_work.workbook, form, templates, names)
    return Response(content, media_type=media_type(".xlsx"), headers=disposition(f"{form}.xlsx"))


# ---------------------------------------------------------------- batches
@router.post("/api/batches", status_code=201)
def create(
    asking: Asked,
    form: Annotated[str, Form(max_length=200)],
    files: Annotated[list[UploadFile], File()],
    whole: Annotated[bool, Form()] = True,
) -> dict[str, Any]:
    """Take in the data of a batch; with ``whole`` no more files come, and it is checked."""
    bundle = bundle_of(form, asking.settings.templates)
    with works.taken_in(asking, KIND, bundle, whole=False) as (found, folder):
        _refuse_mixture(Shelf(folder).add(files))
    asking.note("gửi dữ liệu hàng loạt", f"{bundle.id} {found}")
    return _added(asking, found, folder, whole=whole)


@router.post("/api/batches/{batch}/files")
def add_files(
    asking: Asked,
    batch: str,
    files: Annotated[list[UploadFile], File()],
    whole: Annotated[bool, Form()] = True,
) -> dict[str, Any]:
    """Take in more files of a batch that is not whole yet."""
    folder = asking.workspace.path(KIND, batch)
    asking.workspace.demand_room()
    if order_of(folder)["whole"]:
        message = "lô này đã đủ tệp"
        raise ConflictError(Problem(message=message, hint="gửi các tệp này thành lô mới"))
    shelf = Shelf(folder)
    _refuse_mixture([*shelf.all(), *(Kept("", each.filename or "") for each in files)])
    shelf.add(files)
    return _added(asking, batch, folder, whole=whole)


def _added(asking: Asking, found: str, folder: Path, *, whole: bool) -> dict[str, Any]:
    if whole:
        keep_order(folder, order_of(folder) | {"whole": True})
        _start(asking, folder, "check")
    return {"id": found}


def _refuse_mixture(kept: list[Kept]) -> None:
    """Refuse several files that do not make one batch."""
    kinds = {Path(each.shown).suffix.lower() for each in kept}
    if len(kept) > 1 and (len(kinds) > 1 or not kinds <= set(_TOGETHER)):
        message = "mỗi lô là một sổ, hoặc nhiều tệp .json, hoặc nhiều tệp .docx"
        raise DataError(Problem(message=message, hint="gửi từng sổ một, hoặc tệp cùng một loại"))


@router.get("/api/batches")
def all_batches(asking: Asked) -> list[dict[str, Any]]:
    """Return all batches, the newest first, without their details."""
    return works.listed(asking, KIND, _brief)


@router.get("/api/batches/{batch}")
def one_batch(asking: Asked, batch: str) -> dict[str, Any]:
    """Return a batch: its files, and how far each step of it is."""
    folder = asking.workspace.path(KIND, batch)
    shelf = Shelf(folder).all()
    files = [each.shown for each in shelf[:_SHOWN_FILES]]
    there = {
        "corrected": (folder / batch_work.CORRECTED).is_file(),
        "zip": (folder / batch_work.ZIP).is_file(),
        "print": [
            kind for kind in ("pdf", "docx") if (folder / f"{batch_work.PRINT}.{kind}").is_file()
        ],
    }
    steps = {step: asking.jobs.state(folder, step) for step in STEPS}
    return {
        **_brief(asking, batch, folder), "files": files, "file_count": len(shelf),
        "making": order_of(folder).get("make"), **there, **steps,
    }  # fmt: skip


def _brief(asking: Asking, batch: str, folder: Path) -> dict[str, Any]:
    """Return a batch as a list shows it: ``step`` is the last one begun."""
    states = {step: asking.jobs.state(folder, step) for step in STEPS}
    latest = next((step for step in ("make", "check") if states[step]), "")
    return {
        **works.known(batch, folder),
        "step": latest, "state": (states[latest] or {}).get("state", "") if latest else "",
        "counts": (states[latest] or {}).get("result") if latest else None,
    }  # fmt: skip


@router.delete("/api/batches/{batch}", status_code=204)
def delete(asking: Asked, batch: str) -> None:
    """Forget a batch with everything made of it; what runs is stopped."""
    works.forget(asking, KIND, batch)
    asking.note("xóa lô", batch)


# ---------------------------------------------------------------- long lists
@dataclass(frozen=True, slots=True)
class Part:
    """Which rows of a long list are asked for: so many, from one on that is counted from 0."""

    start: Annotated[int, Query(alias="from", ge=0, le=10**9)] = 0
    most: Annotated[int, Query(ge=1, le=1_000)] = 100

    def of(self, file: Path, name: str, key: str, value: str) -> dict[str, Any]:
        """Return rows of a list of ours under a name: those that have a value, or all without."""
        return {name: some_of(file, self.start, self.most, key, value), "from": self.start}


SomePart = Annotated[Part, Depends()]


# ---------------------------------------------------------------- what the check found
@router.get("/api/batches/{batch}/problems")
def problems(
    asking: Asked,
    batch: str,
    part: SomePart,
    severity: Literal["", "error", "warning"] = "",
) -> dict[str, Any]:
    """Return some of the problems found, in the order of the data."""
    folder = asking.workspace.path(KIND, batch)
    return part.of(folder / batch_work.PROBLEMS, "problems", "severity", severity)


@router.get("/api/batches/{batch}/corrected.xlsx", response_class=FileResponse)
def corrected(asking: Asked, batch: str) -> FileResponse:
    """Return a copy of the table with everything to correct marked in its cells."""
    folder = asking.workspace.path(KIND, batch)
    (first,) = Shelf(folder).all()[:1] or [Kept("", "so.xlsx")]
    name = f"{Path(first.shown).stem} – cần sửa.xlsx"
    return file_answer(folder / batch_work.CORRECTED, name)


# ---------------------------------------------------------------- the riskiest
@router.post("/api/batches/{batch}/riskiest", status_code=202)
def look(asking: Asked, batch: str) -> dict[str, Any]:
    """Begin to draw the documents most likely to print badly."""
    _start(asking, asking.workspace.path(KIND, batch), "riskiest")
    return {"id": batch}


@router.get("/api/batches/{batch}/riskiest/{unit}/{number}.png", response_class=FileResponse)
def risky_page(asking: Asked, batch: str, unit: Counted, number: Counted) -> FileResponse:
    """Return the picture of a page of one of them; both counted from 1."""
    folder = asking.workspace.path(KIND, batch) / batch_work.PAGES
    return works.picture(folder / f"{unit:02}-{number:03}.png")


# ---------------------------------------------------------------- make
@router.post("/api/batches/{batch}/start", status_code=202)
def start(asking: Asked, batch: str, making: Making) -> dict[str, Any]:
    """Make all documents; those of the same data that are there already stay as they are."""
    folder = asking.workspace.path(KIND, batch)
    asked = {"formats": list(dict.fromkeys(making.formats)), "combine": making.combine}
    _start(asking, folder, "make", asked)
    asking.note("tạo hàng loạt", f"{order_of(folder)['form']} {batch}")
    return {"id": batch}


@router.post("/api/batches/{batch}/stop")
def stop(asking: Asked, batch: str) -> dict[str, Any]:
    """Stop what is under way; it can go on later."""
    asking.jobs.stop(asking.workspace.path(KIND, batch))
    asking.note("dừng lô", batch)
    return {"id": batch}


@router.post("/api/batches/{batch}/resume", status_code=202)
def resume(asking: Asked, batch: str) -> dict[str, Any]:
    """Go on with the step that was stopped."""
    folder = asking.workspace.path(KIND, batch)
    for step in reversed(STEPS):
        state = asking.jobs.state(folder, step)
        if state is not None and state["state"] in ("stopped", "failed"):
            _start(asking, folder, step)
            asking.note("làm tiếp lô", batch)
            return {"id": batch}
    raise ConflictError(Problem(message="không có việc nào đang dừng", hint="tải lại trang"))


def _start(asking: Asking, folder: Path, step: str, making: dict[str, Any] | None = None) -> None:
    order = order_of(folder)
    if not order["whole"]:
        raise ConflictError(Problem(message="lô này chưa đủ tệp", hint="gửi nốt các tệp"))
    if making is not None and not asking.jobs.busy(folder):
        keep_order(folder, order | {"make": making})
    works.begin(asking, folder, step)


# ---------------------------------------------------------------- what was made
@router.get("/api/batches/{batch}/result.zip", response_class=FileResponse)
def result_zip(asking: Asked, batch: str) -> FileResponse:
    """Return all documents with the list of results."""
    folder = asking.workspace.path(KIND, batch)
    return file_answer(folder / batch_work.ZIP, f"{_named(folder)}.zip")


@router.get("/api/batches/{batch}/print.{kind}", response_class=FileResponse)
def print_file(asking: Asked, batch: str, kind: Kinds) -> FileResponse:
    """Return all documents as one file."""
    folder = asking.workspace.path(KIND, batch)
    name = f"{_named(folder)} – in một lượt.{kind}"
    return file_answer(folder / f"{batch_work.PRINT}.{kind}", name)


@router.get("/api/batches/{batch}/manifest.jsonl", response_class=FileResponse)
def manifest(asking: Asked, batch: str) -> FileResponse:
    """Return the list of results: a line for each record."""
    folder = asking.workspace.path(KIND, batch)
    return file_answer(folder / batch_work.RESULTS, f"{_named(folder)} – bản kê.jsonl")


@router.get("/api/batches/{batch}/results")
def results(
    asking: Asked,
    batch: str,
    part: SomePart,
    status: Literal["", "ok", "failed"] = "",
) -> dict[str, Any]:
    """Return some lines of the list of results; ``status`` is ``ok``, ``failed`` or empty."""
    folder = asking.workspace.path(KIND, batch)
    return part.of(folder / batch_work.RESULTS, "results", "status", status)


@router.get("/api/batches/{batch}/documents/{number}", response_class=FileResponse)
def document(asking: Asked, batch: str, number: Counted) -> FileResponse:
    """Return the document of one record, counted from 1 in the order of the data."""
    folder = asking.workspace.path(KIND, batch)
    for row in lines_of(folder / batch_work.RESULTS):
        if row["index"] == number and row.get("output"):
            name = str(row["output"])
            return file_answer(folder / batch_work.DOCUMENTS / name, Path(name).name)
    raise MissingError(Problem(message="không có văn bản của bản ghi này"))


# ---------------------------------------------------------------- names
def _named(folder: Path) -> str:
    """Return what files made of a batch are called: after the file that came, or the form."""
    shelf = Shelf(folder).all()
    return Path(shelf[0].shown).stem if len(shelf) == 1 else str(order_of(folder)["form"])
