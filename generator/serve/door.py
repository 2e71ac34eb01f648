"""Logging in and out of an office's server."""

from __future__ import annotations

import time
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from generator.errors import UsageError
from generator.serve.accounts import Accounts
from generator.serve.asking import Asked
from generator.serve.guard import LOG_IN, cookie_name, set_key
from generator.serve.html import page

router = APIRouter(include_in_schema=False)


@router.get(LOG_IN)
def log_in_page(request: Request, tiep: str = "/") -> HTMLResponse:
    """Ask for name and password."""
    return page(request, "dang-nhap", next=_own(tiep), wrong="")


@router.post(LOG_IN)
def log_in(
    request: Request,
    ten: Annotated[str, Form(max_length=64)],
    mat_khau: Annotated[str, Form(max_length=1024)],
    tiep: Annotated[str, Form(max_length=1024)] = "/",
) -> Response:
    """Open a session, or say that name and password do not fit."""
    accounts: Accounts = request.app.state.accounts
    try:
        key = accounts.log_in(ten, mat_khau, time.time())
    except UsageError as error:
        said = "; ".join(f"{each.message}, {each.hint}" for each in error.problems)
        return page(request, "dang-nhap", status=429, next=_own(tiep), wrong=said)
    if key is None:
        wrong = "tên hoặc mật khẩu không đúng"
        return page(request, "dang-nhap", status=401, next=_own(tiep), wrong=wrong)
    answer = RedirectResponse(_own(tiep), status_code=303)
    set_key(answer, request.app.state.settings, key)
    accounts.note(ten, "đăng nhập", "", time.time())
    return answer


@router.post("/dang-xuat")
def log_out(request: Request, asking: Asked) -> Response:
    """End the session."""
    name = cookie_name(asking.settings)
    asking.accounts.log_out(request.cookies.get(name, ""))
    asking.note("đăng xuất", "")
    answer = Response(status_code=204)
    answer.delete_cookie(name)
    return answer


def _own(path: str) -> str:
    """Return a path of this server: never another site's address."""
    plain = path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if plain and path.isprintable() else "/"
