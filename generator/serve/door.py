"""Logging in and out of an office's server."""

from __future__ import annotations

import asyncio
import time
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from generator.errors import UsageError
from generator.serve.accounts import Accounts
from generator.serve.asking import Asked
from generator.serve.guard import LOG_IN, cookie_name, forget_key, own, set_key
from generator.serve.html import page

router = APIRouter(include_in_schema=False)
# Two passwords are tried at a time, however many are sent: each takes 64 MB of memory.
_trying = asyncio.Semaphore(2)


@router.get(LOG_IN)
def log_in_page(request: Request, tiep: str = "/") -> HTMLResponse:
    """Ask for name and password."""
    return page(request, "dang-nhap", next=own(tiep), wrong="")


@router.post(LOG_IN)
async def log_in(
    request: Request,
    ten: Annotated[str, Form(max_length=64)],
    mat_khau: Annotated[str, Form(max_length=1024)],
    tiep: Annotated[str, Form(max_length=1024)] = "/",
) -> Response:
    """Open a session, or say that name and password do not fit."""
    accounts: Accounts = request.app.state.accounts
    client = request.client.host if request.client else ""
    key, status = None, 401
    wrong = "tên hoặc mật khẩu không đúng"
    try:
        async with _trying:
            key = await run_in_threadpool(accounts.log_in, ten, mat_khau, time.time())
    except UsageError as error:
        wrong, status = "; ".join(f"{each.message}, {each.hint}" for each in error.problems), 429
    deed = "đăng nhập" if key else "đăng nhập không được"
    accounts.note(ten, deed, client, time.time())
    if key is None:
        return page(request, "dang-nhap", status=status, next=own(tiep), wrong=wrong)
    answer = RedirectResponse(own(tiep), status_code=303)
    set_key(answer, request.app.state.settings, key)
    return answer


@router.post("/dang-xuat")
def log_out(request: Request, asking: Asked) -> Response:
    """End the session; what the browser keeps of it goes too."""
    asking.accounts.log_out(request.cookies.get(cookie_name(asking.settings), ""))
    asking.note("đăng xuất", "")
    answer = Response(status_code=204, headers={"Clear-Site-Data": '"cache"'})
    forget_key(answer, asking.settings)
    return answer
