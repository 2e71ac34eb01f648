"""The pages and the API of the desk of forms."""

from __future__ import annotations

import gzip
import json
from contextlib import suppress
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, File, Form, HTTPException, Path, Query, UploadFile
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response

from generator.bundle import BLOCKS, Bundle, grouped
from generator.errors import Problem
from generator.output import make_folder, write_whole
from generator.serve.asking import Asked
from generator.serve.files import disposition, media_type
from generator.serve.forms import asked, work
from generator.serve.forms.asked import Sent
from generator.serve.forms.drafts import Drafts
from generator.serve.forms.drawn import PAGES
from generator.serve.forms.standing import Standing
from generator.serve.html import page
from generator.serve.opened import bundle_of, forms, stamp_of
from generator.serve.settings import MB
from generator.serve.workspace import FullError, MissingError

router = APIRouter(tags=["forms"])
_MOST_READ = 64 * MB  # of one document or data file opened
_FOREVER = {"Cache-Control": "private, max-age=31536000, immutable"}
FormId = Annotated[str, Path(max_length=100, description="The form's id.")]
DraftId = Annotated[str, Path(pattern="^[0-9a-f]{16}$")]
Digest = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
_RECORD = asked.described(record=dict)


# ---------------------------------------------------------------- pages
@router.get("/", include_in_schema=False)
def gallery(request: Request, asking: Asked) -> HTMLResponse:
    """Show all forms, those used last, and the drafts under way."""
    return page(request, "mau", groups=_groups(asking))


@router.get("/soan/{form}", include_in_schema=False)
def filling(request: Request, form: FormId, asking: Asked) -> HTMLResponse:
    """Show a form to be filled in, its pages beside it."""
    bundle = bundle_of(form, asking.settings.templates)
    return page(request, "soan", form=bundle.id, title=bundle.title, source=bundle.source)


# ---------------------------------------------------------------- forms
def _groups(asking: Asked) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "forms": [
                {
                    "id": item.bundle.id, "title": item.bundle.title, "source": item.bundle.source,
                    "type": item.bundle.type, "batch": bool(item.bundle.unit),
                    "rollup": "rollup" in item.bundle.manifest,
                    "picture": f"/api/forms/{item.bundle.id}/picture?v={_version(item.bundle)}",
                }
                for item in items
            ],
        }
        for name, items in grouped(forms(asking.settings.templates)).items()
    ]  # fmt: skip


def _version(bundle: Bundle) -> str:
    """Return what changes with a form's files, or with the blocks beside it."""
    shared = (bundle.folder.parent / BLOCKS).glob("*")
    return stamp_of([*bundle.folder.glob("*"), *shared])


@router.get("/api/forms")
def list_forms(asking: Asked) -> dict[str, Any]:
    """Return the forms by group, in the order of a secretary's work."""
    return {"groups": _groups(asking)}


@router.get("/api/forms/{form}")
async def one_form(form: FormId, asking: Asked) -> Response:
    """Return a form: its fields as a tree, its sample, what else it serves for."""
    said = await asking.workers.call(work.form, form, asking.settings.templates)
    return JSONResponse(said)


@router.get("/api/forms/{form}/picture", responses={200: {"content": {"image/png": {}}}})
async def picture(
    form: FormId,
    request: Request,
    asking: Asked,
    v: Annotated[str, Query(max_length=32)] = "",
) -> Response:
    """Return a small picture of the first page of a form's sample.

    With ``v``, the version that the list of forms has, a browser may keep it.
    """
    bundle = bundle_of(form, asking.settings.templates)
    kept = asking.settings.folder / "hinh-mau" / f"{bundle.id}.{_version(bundle)}.png"
    # One at a time: a gallery opened for the first time must not keep the workers from a clerk.
    async with request.app.state.one_picture:
        if not kept.is_file() and not await request.is_disconnected():
            content = await asking.workers.call(work.picture, form, asking.settings.templates)
            make_folder(kept.parent)
            for old in kept.parent.glob(f"{bundle.id}.*.png"):
                old.unlink(missing_ok=True)
            write_whole(kept, content)
    if not kept.is_file():  # nobody waits for it any longer
        return Response(status_code=204)
    return FileResponse(kept, media_type="image/png", headers=_FOREVER if v else {})


# ---------------------------------------------------------------- a record
@router.post("/api/forms/{form}/review", openapi_extra=_RECORD)
async def review(form: FormId, text: Sent, asking: Asked) -> Response:
    """Return what is to be corrected in a record, its document's name, its computed values."""
    said = await asking.workers.call(work.reviewed, form, asking.settings.templates, text)
    return JSONResponse(said)


@router.post("/api/forms/{form}/pages", openapi_extra=_RECORD)
async def pages(
    form: FormId,
    text: Sent,
    asking: Asked,
    conformity: Annotated[bool, Query()] = True,
) -> Response:
    """Return the pages of a record, finished or not; where each value is printed; all problems.

    Pages are fetched by their digests. Lengths are millimetres. ``conformity`` asks for the
    findings of a finished record too.
    """
    drawn = await asking.workers.call(work.pages, form, asking.settings.templates, text, conformity)
    PAGES.put(asking.account.id, drawn.packed)
    return JSONResponse(drawn.said)


@router.get("/api/pages/{digest}", responses={200: {"content": {"image/svg+xml": {}}}})
def drawn_page(digest: Digest, request: Request, asking: Asked) -> Response:
    """Return a page that was drawn a while ago for the same account, as SVG."""
    packed = PAGES.get(asking.account.id, digest)
    if packed is None:
        raise MissingError(Problem(message="không còn trang này", hint="xem lại văn bản"))
    headers = {**_FOREVER, "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
    else:
        packed = gzip.decompress(packed)
    return Response(packed, media_type="image/svg+xml", headers=headers)


@router.post("/api/forms/{form}/document", openapi_extra=_RECORD)
async def document(
    form: FormId,
    text: Sent,
    asking: Asked,
    format: Annotated[work.Kind, Query()] = "docx",
    draft: Annotated[bool, Query(description="A draft, whatever the record lacks.")] = False,
    force_layout: Annotated[
        bool, Query(description="Even of a form that breaks its standard.")
    ] = False,
) -> Response:
    """Return the document of a record under its name, or the record as a data file.

    ``X-Vanban-Said`` tells, as percent-encoded JSON, what is to be known of a PDF.
    """
    made = await asking.workers.call(
        work.document, form, asking.settings.templates, text, format, draft, force_layout
    )
    if format != "json":
        asking.note("làm văn bản", made.name)
        with suppress(FullError):  # a document is delivered all the same
            Standing(asking.workspace).use(form)
    headers = disposition(made.name)
    if made.said:
        headers["X-Vanban-Said"] = quote(json.dumps(made.said, ensure_ascii=False))
    return Response(made.content, media_type=media_type(made.name), headers=headers)


@router.post("/api/read")
async def read(
    file: Annotated[UploadFile, File(description="A .json file, or a .docx made by vanban.")],
    asking: Asked,
    form: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """Return the record of a data file or of a document made here, and the forms it fits."""
    if (file.size or 0) > _MOST_READ:
        raise HTTPException(413)
    content, name = await file.read(), file.filename or "tệp"
    said = await asking.workers.call(work.read, content, name, form, asking.settings.templates)
    return JSONResponse(said)


# ---------------------------------------------------------------- drafts
@router.get("/api/drafts")
def list_drafts(asking: Asked) -> dict[str, Any]:
    """Return what is to be said of each draft of the account, the one changed last first."""
    titles = {item.bundle.id: item.bundle.title for item in forms(asking.settings.templates)}
    drafts = Drafts(asking.workspace).all()
    return {"drafts": [each | {"title": titles.get(each["form"], "")} for each in drafts]}


@router.post("/api/drafts", status_code=201, openapi_extra=asked.described(form=str, record=dict))
def new_draft(text: Sent, asking: Asked) -> dict[str, Any]:
    """Keep a new draft; return its id and revision."""
    given = asked.members(text, form=str, record=dict)
    form = bundle_of(given["form"], asking.settings.templates).id
    Standing(asking.workspace).use(form)
    return Drafts(asking.workspace).new(form, given["record"])


@router.get("/api/drafts/{draft}")
def one_draft(draft: DraftId, asking: Asked) -> Response:
    """Return a draft: its form, its revision, its record."""
    return Response(Drafts(asking.workspace).text(draft), media_type="application/json")


@router.put("/api/drafts/{draft}", openapi_extra=asked.described(revision=int, record=dict))
def change_draft(draft: DraftId, text: Sent, asking: Asked) -> dict[str, Any]:
    """Keep a draft's record unless another has been kept since that revision (409)."""
    given = asked.members(text, revision=int, record=dict)
    return Drafts(asking.workspace).change(draft, given["revision"], given["record"])


@router.delete("/api/drafts/{draft}", status_code=204)
def remove_draft(draft: DraftId, asking: Asked) -> Response:
    """Forget a draft."""
    Drafts(asking.workspace).remove(draft)
    return Response(status_code=204)


# ---------------------------------------------------------------- standing details
_STANDING = {"agency": dict, "forms": dict, "signers": list, "recipients": list}


@router.get("/api/standing")
def standing(asking: Asked) -> dict[str, Any]:
    """Return the agency's standing details: its fields, signers and recipients."""
    return Standing(asking.workspace).all()


@router.put("/api/standing", openapi_extra=asked.described(**_STANDING))
def put_standing(text: Sent, asking: Asked) -> dict[str, Any]:
    """Keep these standing details in place of all others."""
    Standing(asking.workspace).put(asked.members(text, **_STANDING))
    return Standing(asking.workspace).all()


@router.post("/api/forms/{form}/standing", openapi_extra=_RECORD)
def learn(form: FormId, text: Sent, asking: Asked) -> dict[str, Any]:
    """Remember what a record says of the agency, for the next draft of any form."""
    known = bundle_of(form, asking.settings.templates).id
    return Standing(asking.workspace).learn(known, asked.members(text, record=dict)["record"])


@router.get("/api/recent")
def recent(asking: Asked) -> dict[str, Any]:
    """Return the forms used last, the last first."""
    return {"recent": Standing(asking.workspace).recent()}
