"""The desk of checks: any Word document in, its findings and a mended copy out."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Form, Query, UploadFile
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

from generator.errors import Problem
from generator.output import write_whole
from generator.serve import checks_work
from generator.serve.asking import Asked, Asking
from generator.serve.files import disposition, file_answer, media_type, plain_name
from generator.serve.forms.drawn import PAGES
from generator.serve.html import page
from generator.serve.workspace import MissingError

KIND = "kiem-tra"
MOST = 20  # documents of one account that are kept; the oldest makes room
_MANY = 1 << 20  # bytes copied at a time
_KEPT = {"original": checks_work.ORIGINAL, "mended": checks_work.MENDED}

router = APIRouter(tags=["checks"])
Which = Annotated[
    Literal["original", "mended"], Query(description="As it came, or as mended last.")
]


class Mending(BaseModel):
    """What may be mended of a document besides what is certain."""

    agreed: list[str] = Field(
        default=[], max_length=500,
        description="Rules agreed to, of the mends that ask; “*” is all of them.",
    )  # fmt: skip
    track: bool = Field(default=False, description="Keep each mend as a tracked change of Word's.")


@router.get("/kiem-tra", include_in_schema=False)
def check_page(request: Request) -> HTMLResponse:
    """Show the desk."""
    return page(request, KIND, profiles=checks_work.profiles())


@router.get("/api/profiles")
def profiles() -> list[dict[str, Any]]:
    """Return the sets of rules that documents are checked by."""
    return checks_work.profiles()


@router.post("/api/checks", status_code=201)
async def create(
    asking: Asked,
    file: Annotated[UploadFile, File(description="A Word document (.docx), whoever made it.")],
    profile: Annotated[
        str, Form(max_length=100, description="A set of rules; empty: by the document's date.")
    ] = "",
) -> dict[str, Any]:
    """Check a Word document; return its findings and what of them can be mended."""
    check, folder = await run_in_threadpool(_keep, asking, file, profile)
    try:
        said = await asking.workers.call(checks_work.checked, str(folder))
    except BaseException:
        asking.workspace.remove(KIND, check)
        raise
    asking.note("kiểm tra thể thức", said["name"])
    return {"id": check} | said


def _keep(asking: Asking, file: UploadFile, profile: str) -> tuple[str, Path]:
    """Keep a document; those checked longest ago make room."""
    for old, _ in list(asking.workspace.all(KIND))[MOST - 1 :]:
        asking.workspace.remove(KIND, old)
    check, folder = asking.workspace.new(KIND)
    with (folder / checks_work.ORIGINAL).open("wb") as kept:
        shutil.copyfileobj(file.file, kept, _MANY)
    about = {"name": plain_name(file.filename or ""), "profile": profile, "created": time.time()}
    write_whole(folder / checks_work.ABOUT, json.dumps(about, ensure_ascii=False).encode())
    return check, folder


@router.get("/api/checks/{check}")
async def one_check(asking: Asked, check: str) -> dict[str, Any]:
    """Return the findings of a document sent before, as when it came."""
    folder = _folder(asking, check)
    return {"id": check} | await asking.workers.call(checks_work.checked, str(folder))


@router.get("/api/checks/{check}/pages")
async def pages(asking: Asked, check: str, version: Which = "original") -> dict[str, Any]:
    """Return the pages of a document, and where on them each of its findings is.

    Pages are fetched by their digests from ``/api/pages``. Lengths are millimetres; ``findings``
    of an area count from 0 in the report of that version.
    """
    folder = _folder(asking, check)
    drawn = await asking.workers.call(checks_work.drawn, str(folder), _KEPT[version])
    PAGES.put(asking.account.id, drawn.packed)
    return drawn.said


@router.get("/api/checks/{check}/marked", response_class=Response)
async def marked(asking: Asked, check: str) -> Response:
    """Return the document with a Word comment at each finding."""
    folder = _folder(asking, check)
    content = await asking.workers.call(checks_work.marked, str(folder))
    name = f"{_stem(folder)} – ghi chú.docx"
    return Response(content, media_type=media_type(name), headers=disposition(name))


@router.post("/api/checks/{check}/mended")
async def mend(asking: Asked, check: str, mending: Mending) -> dict[str, Any]:
    """Mend a copy: what is certain, and what was agreed to; return what became of each finding."""
    folder = _folder(asking, check)
    agreed = tuple(mending.agreed)
    said = await asking.workers.call(checks_work.mended, str(folder), agreed, mending.track)
    asking.note("sửa thể thức", said["after"]["name"])
    return said


@router.get("/api/checks/{check}/mended", response_class=FileResponse)
def mended(asking: Asked, check: str) -> FileResponse:
    """Return the copy mended last."""
    folder = _folder(asking, check)
    return file_answer(folder / checks_work.MENDED, f"{_stem(folder)} – đã sửa.docx")


@router.delete("/api/checks/{check}", status_code=204)
def delete(asking: Asked, check: str) -> None:
    """Forget a document and its mended copy."""
    asking.workspace.remove(KIND, check)


def _folder(asking: Asking, check: str) -> Path:
    folder = asking.workspace.path(KIND, check)
    if not (folder / checks_work.ABOUT).is_file():  # its first writing was cut off
        raise MissingError(Problem(message="không có mục này, hoặc đã xóa"))
    return folder


def _stem(folder: Path) -> str:
    return Path(checks_work.about(str(folder))["name"]).stem
