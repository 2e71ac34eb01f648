"""The desk of roll-ups: the files of many units in, the superior's table out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Form, Query, UploadFile
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse

from generator.errors import DataError, Problem
from generator.intake.kinds import SUFFIXES as TABLES
from generator.output import write_whole
from generator.serve import rollup_work, works
from generator.serve.asking import Asked, Asking
from generator.serve.files import (
    DATA,
    HEAD,
    JSON_LINES,
    ROSTER,
    Shelf,
    file_answer,
    keep_order,
    order_of,
)
from generator.serve.html import page
from generator.serve.opened import bundle_of, forms
from generator.serve.works import Counted
from generator.serve.workspace import ConflictError

KIND = "tong-hop"
STEP = "collect"
LISTS = (*TABLES, ".json", *JSON_LINES)
_SHOWN_FILES = 500
_SECONDS_TO_EXPLAIN = 300.0  # all units are read again, thousands of them perhaps

router = APIRouter(tags=["rollups"])


class Told(BaseModel):
    """What a superior says himself, and asks of the roll-up."""

    head: dict[str, Any] = Field(default={}, description="The form's fields without its table.")
    due: str = Field(default="", max_length=40, description="The last day, as 10/10/2019.")
    missing: Literal["", "mark", "stop"] = ""
    by_group: bool = False
    classes: list[str] = Field(default=[], max_length=20, description="As “Đạt=80”.")


# ---------------------------------------------------------------- pages
@router.get("/tong-hop", include_in_schema=False)
def rollup_page(request: Request, asking: Asked) -> HTMLResponse:
    """Show the desk."""
    shown = [(each["id"], each["title"]) for each in rollup_forms(asking)]
    return page(request, KIND, forms=shown, data=",".join(DATA), lists=",".join(LISTS))


@router.get("/api/rollups/forms")
def rollup_forms(asking: Asked) -> list[dict[str, str]]:
    """Return the forms that roll units' data up: tables first, then reports made of tables."""
    listed = [each.bundle for each in forms(asking.settings.templates)]
    found = [each for each in listed if "rollup" in each.manifest]
    found.sort(key=lambda each: "through" in each.manifest["rollup"])
    return [{"id": each.id, "title": each.title} for each in found]


@router.get("/api/rollups/forms/{form}")
async def rollup_form(form: str, asking: Asked) -> dict[str, Any]:
    """Return what a form asks of its head, and from which forms it takes data."""
    return await asking.workers.call(rollup_work.described, form, asking.settings.templates)


# ---------------------------------------------------------------- roll-ups
@router.post("/api/rollups", status_code=201)
def create(
    asking: Asked,
    form: Annotated[str, Form(max_length=200)],
    files: Annotated[list[UploadFile], File()],
    units: Annotated[UploadFile | None, File(description="The units that must hand in.")] = None,
    told: Annotated[str, Form(description="As the body of /start, as JSON.")] = "{}",
    whole: Annotated[bool, Form()] = True,
) -> dict[str, Any]:
    """Take in the files of units; with ``whole`` they are rolled up at once."""
    bundle = bundle_of(form, asking.settings.templates)
    if "rollup" not in bundle.manifest:
        message = f"mẫu {bundle.title} không tổng hợp từ số liệu của đơn vị"
        raise DataError(Problem(message=message, hint="chọn mẫu tổng hợp khác"))
    said = _read(told)
    with works.taken_in(asking, KIND, bundle) as (found, folder):
        _tell(folder, said)
        Shelf(folder).add(files)
        if units is not None:
            Shelf(folder / ROSTER).add([units], LISTS)
    asking.note("gửi số liệu tổng hợp", f"{bundle.id} {found}")
    if whole:
        works.begin(asking, folder, STEP)
    return {"id": found}


@router.post("/api/rollups/{rollup}/files")
def add_files(
    asking: Asked,
    rollup: str,
    files: Annotated[list[UploadFile], File()],
    whole: Annotated[bool, Form()] = True,
) -> dict[str, Any]:
    """Take in more files; with ``whole`` all are rolled up."""
    folder = _quiet(asking, rollup)
    asking.workspace.demand_room()
    Shelf(folder).add(files)
    if whole:
        works.begin(asking, folder, STEP)
    return {"id": rollup}


@router.delete("/api/rollups/{rollup}/files/{name}", status_code=204)
def remove_file(asking: Asked, rollup: str, name: str) -> None:
    """Leave a file out."""
    Shelf(_quiet(asking, rollup)).remove(name)


@router.put("/api/rollups/{rollup}/units", status_code=204)
def put_units(asking: Asked, rollup: str, units: Annotated[UploadFile, File()]) -> None:
    """Take in the list of units that must hand in, in the place of an earlier one."""
    shelf = Shelf(_quiet(asking, rollup) / ROSTER)
    before = shelf.all()
    shelf.add([units], LISTS)
    for each in before:
        shelf.remove(each.name)


@router.delete("/api/rollups/{rollup}/units", status_code=204)
def remove_units(asking: Asked, rollup: str) -> None:
    """Go without a list of units."""
    shelf = Shelf(_quiet(asking, rollup) / ROSTER)
    for each in shelf.all():
        shelf.remove(each.name)


@router.post("/api/rollups/{rollup}/start", status_code=202)
def start(asking: Asked, rollup: str, told: Told) -> dict[str, Any]:
    """Roll all files up."""
    folder = _quiet(asking, rollup)
    rollup_work.day(told.due)
    _tell(folder, told)
    works.begin(asking, folder, STEP)
    asking.note("tổng hợp", rollup)
    return {"id": rollup}


@router.post("/api/rollups/{rollup}/stop")
def stop(asking: Asked, rollup: str) -> dict[str, Any]:
    """Stop what is under way."""
    asking.jobs.stop(asking.workspace.path(KIND, rollup))
    return {"id": rollup}


@router.get("/api/rollups")
def all_rollups(asking: Asked) -> list[dict[str, Any]]:
    """Return all roll-ups, the newest first, without their details."""
    return works.listed(asking, KIND, _brief)


@router.get("/api/rollups/{rollup}")
def one_rollup(asking: Asked, rollup: str) -> dict[str, Any]:
    """Return a roll-up: its files, who is missing, late or there twice, problems, totals."""
    folder = asking.workspace.path(KIND, rollup)
    order, files, roster = order_of(folder), Shelf(folder).all(), Shelf(folder / ROSTER).all()
    there = [
        kind for kind in rollup_work.FORMATS if (folder / f"{rollup_work.RESULT}.{kind}").is_file()
    ]
    head = json.loads((folder / HEAD).read_text(encoding="utf-8"))
    return {
        **_brief(asking, rollup, folder),
        "files": [{"name": each.name, "shown": each.shown} for each in files[:_SHOWN_FILES]],
        "file_count": len(files), "units_file": roster[-1].shown if roster else "",
        "told": {key: order[key] for key in ("due", "missing", "by_group", "classes")}
        | {"head": head},
        "formats": there, "collect": asking.jobs.state(folder, STEP),
    }  # fmt: skip


@router.get("/api/rollups/{rollup}/document", response_class=FileResponse)
def document(
    asking: Asked, rollup: str, wanted: Annotated[Literal["docx", "pdf", "xlsx", "json"],
                                                  Query(alias="format")] = "docx",
) -> FileResponse:  # fmt: skip
    """Return the superior's table in a format."""
    folder = asking.workspace.path(KIND, rollup)
    name = f"{order_of(folder)['title'].replace('/', '-')}.{wanted}"
    return file_answer(folder / f"{rollup_work.RESULT}.{wanted}", name)


@router.get("/api/rollups/{rollup}/pages/{number}.png", response_class=FileResponse)
def table_page(asking: Asked, rollup: str, number: Counted) -> FileResponse:
    """Return the picture of a page of the table, counted from 1."""
    folder = asking.workspace.path(KIND, rollup) / rollup_work.PAGES
    return works.picture(folder / f"{number:03}.png")


@router.get("/api/rollups/{rollup}/explain")
async def explain(
    asking: Asked, rollup: str, name: Annotated[str, Query(max_length=400)]
) -> dict[str, Any]:
    """Return the lines that explain a total: each unit with its figure, file and place."""
    folder, templates = _quiet(asking, rollup), asking.settings.templates
    lines = await asking.workers.call(
        rollup_work.explain, str(folder), templates, name, seconds=_SECONDS_TO_EXPLAIN
    )
    return {"name": name, "lines": lines}


@router.delete("/api/rollups/{rollup}", status_code=204)
def delete(asking: Asked, rollup: str) -> None:
    """Forget a roll-up with everything made of it."""
    works.forget(asking, KIND, rollup)
    asking.note("xóa bản tổng hợp", rollup)


# ---------------------------------------------------------------- kept
def _quiet(asking: Asking, rollup: str) -> Path:
    """Return the folder of a roll-up that nothing is at."""
    folder = asking.workspace.path(KIND, rollup)
    if asking.jobs.busy(folder):
        raise ConflictError(Problem(message="đang tổng hợp", hint="chờ xong, hoặc dừng lại trước"))
    return folder


def _brief(asking: Asking, rollup: str, folder: Path) -> dict[str, Any]:
    state = asking.jobs.state(folder, STEP) or {}
    return {
        **works.known(rollup, folder),
        "state": state.get("state", ""), "units": (state.get("result") or {}).get("units"),
    }  # fmt: skip


def _read(told: str) -> Told:
    try:
        return Told.model_validate_json(told)
    except ValueError as error:
        message = "phần “told” không phải là JSON như mô tả"
        raise DataError(Problem(message=message, hint="xem /api/openapi.json")) from error


def _tell(folder: Path, told: Told) -> None:
    try:
        content = json.dumps(told.head, ensure_ascii=False, allow_nan=False).encode()
    except ValueError as error:  # half a character, a number that is none
        message = "đầu văn bản có ký tự hoặc số không hợp lệ"
        raise DataError(Problem(message=message, hint="gõ lại giá trị ấy")) from error
    write_whole(folder / HEAD, content)
    keep_order(folder, order_of(folder) | told.model_dump(exclude={"head"}))
