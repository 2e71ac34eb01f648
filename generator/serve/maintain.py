"""The desk of those who look after forms: each form's template, findings, and data to try."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, StreamingResponse

from generator.bundle import load_bundle
from generator.errors import BundleError, Problem
from generator.output import make_folder, write_whole
from generator.serve import maintain_work as work
from generator.serve.asking import Asked, Asking
from generator.serve.forms.asked import Sent
from generator.serve.forms.drawn import PAGES, Drawn
from generator.serve.html import page
from generator.serve.workspace import ConflictError

_KEPT = "kiem-mau"  # the folder of what lint found of forms as they are
_LOOK = 0.3  # seconds between two looks at the files of a form
_MOST_WATCHED = 8  # forms that an account has watched at once, in as many tabs
_LONG = 900.0  # seconds before a browser is to ask for changes anew

router = APIRouter(tags=["maintain"])
_watched: Counter[int] = Counter()  # by account
FormId = Annotated[str, Path(max_length=100, description="The form's id.")]


def _maintaining(asking: Asked) -> Asking:
    asking.must_maintain()
    return asking


Maintaining = Annotated[Asking, Depends(_maintaining)]


# ---------------------------------------------------------------- pages
@router.get("/lam-mau", include_in_schema=False)
def forms_page(request: Request, asking: Maintaining) -> HTMLResponse:
    """Show all forms with their state."""
    return page(request, "lam-mau", forms=work.listed(asking.settings.templates))


@router.get("/lam-mau/{form}", include_in_schema=False)
def form_page(request: Request, form: FormId, asking: Maintaining) -> HTMLResponse:
    """Show one form: its template, what is wrong with it, data to try."""
    folder = work.folder_of(form, asking.settings.templates)
    try:
        title = load_bundle(folder).title
    except BundleError:  # the page tells what is wrong
        title = form
    return page(request, "mot-mau", form=form, title=title, here="/lam-mau")


# ---------------------------------------------------------------- forms
@router.get("/api/maintained")
def maintained(asking: Maintaining) -> dict[str, Any]:
    """Return every form, those not in order too, with what the proof beside it says."""
    return {"forms": work.listed(asking.settings.templates)}


@router.get("/api/forms/{form}/template")
async def template(form: FormId, asking: Maintaining) -> dict[str, Any]:
    """Return the pages of a form's template with its tags coloured by kind, and its sample.

    ``stamp`` is another after each change of the form's files.
    """
    return _shown(asking, await _call(asking, work.template, form))


@router.get("/api/forms/{form}/lint")
async def lint(
    form: FormId,
    asking: Maintaining,
    pictures: Annotated[bool, Query(description="With the pages on which findings are.")] = True,
) -> dict[str, Any]:
    """Return everything to say of a form, as ``vanban lint`` does, with the place of each on pages.

    ``findings`` of an area count from 0 in the report.
    """
    if pictures:
        return _shown(asking, await _call(asking, work.pictured, form))
    look = partial(work.stamp, form, asking.settings.templates)
    kept = asking.settings.folder / _KEPT / f"{form}.{await run_in_threadpool(look)}.json"
    if kept.is_file():
        found: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
        return found
    said: dict[str, Any] = await _call(asking, work.linted, form)
    make_folder(kept.parent)
    for old in kept.parent.glob(f"{form}.*"):
        old.unlink(missing_ok=True)
    write_whole(kept, json.dumps(said, ensure_ascii=False).encode())
    return said


_ANY_RECORD = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}


@router.post("/api/forms/{form}/try", openapi_extra=_ANY_RECORD)
async def try_data(form: FormId, text: Sent, asking: Maintaining) -> dict[str, Any]:
    """Return the pages of a record as typed; problems of its text have their line and column."""
    templates = asking.settings.templates
    return _shown(asking, await asking.workers.call(work.tried, form, templates, text))


@router.get(
    "/api/forms/{form}/changes",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
async def changes(
    form: FormId,
    asking: Maintaining,
    since: Annotated[str, Query(max_length=80, description="The stamp seen last.")] = "",
    last_event_id: Annotated[str, Header(max_length=80)] = "",
) -> StreamingResponse:
    """Send an event with the new ``stamp`` after each change of a form's files."""
    look = partial(work.stamp, form, asking.settings.templates)
    await run_in_threadpool(look)  # a form that is not there is told of at once
    if _watched[asking.account.id] >= _MOST_WATCHED:
        message = f"đang theo dõi {_MOST_WATCHED} mẫu cùng lúc"
        raise ConflictError(Problem(message=message, hint="đóng bớt trang của mẫu khác"))
    events = _events(look, last_event_id or since, asking.account.id)
    return StreamingResponse(events, media_type="text/event-stream")


async def _events(look: partial[str], seen: str, account: int) -> AsyncIterator[str]:
    _watched[account] += 1
    try:
        yield "retry: 1000\n\n"
        for _ in range(int(_LONG / _LOOK)):
            now = await run_in_threadpool(look)
            if now != seen:
                yield f"id: {now}\ndata: {now}\n\n"
                seen = now
            await asyncio.sleep(_LOOK)
    finally:
        _watched[account] -= 1


async def _call(asking: Asking, what: Any, form: str) -> Any:
    return await asking.workers.call(what, form, asking.settings.templates)


def _shown(asking: Asking, drawn: Drawn) -> dict[str, Any]:
    PAGES.put(asking.account.id, drawn.packed)
    return drawn.said
