"""Who may ask, and what a browser may do with the answer.

Before a request reaches any route: its Host is one of ours (a page elsewhere cannot reach us under
a name of its own, DNS rebinding), what changes something comes from our own pages (Origin,
Sec-Fetch-Site and a token in a header, against forged requests), its body is not too long, and
somebody who may stands behind it. Every answer forbids the browser what our pages do not need.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlencode

from fastapi import HTTPException  # Starlette's own would be told as 400 by FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from generator.errors import Problem
from generator.serve.accounts import OWNER, Account, Accounts, same_key
from generator.serve.answers import WORDS, problem_json
from generator.serve.settings import Settings
from generator.serve.workspace import Workspace

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LOG_IN = "/dang-nhap"
KEY = "khoa"  # of the opened address
CSRF = "x-vanban-csrf"
_SAFE = {"GET", "HEAD", "OPTIONS"}
_OPEN = (LOG_IN, "/static/", "/favicon.ico")
# Scripts, styles and pictures of our own alone; no frames around us, no forms to elsewhere.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; frame-src 'self' blob:; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class Guard:
    """The ASGI application around all others."""

    def __init__(self, app: App, settings: Settings, accounts: Accounts) -> None:
        self._app = app
        self._settings = settings
        self._accounts = accounts
        self._cookie = cookie_name(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or let it through with its account and workspace in the state."""
        if scope["type"] != "http":  # websockets are not used; lifespan is the server's own
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        request = Request(scope)
        refused = self._refused(request)
        if refused is not None:
            await refused(scope, receive, _with_headers(send))
            return
        bounded = _bounded(receive, self._most(request))
        await self._app(scope, bounded, _with_headers(send))

    def _most(self, request: Request) -> int:
        limits = self._settings.limits
        kind = request.headers.get("content-type", "")
        return limits.upload if kind.startswith("multipart/") else limits.json

    # ------------------------------------------------------------ the questions
    def _refused(self, request: Request) -> Response | None:
        """Return the answer to a request that goes no further."""
        if not self._knows_host(request.headers):
            return _no(421, "địa chỉ này không phải của máy chủ", "mở lại bằng địa chỉ đã được cho")
        if request.method not in _SAFE and not self._from_us(request.headers):
            return _no(403, "yêu cầu đến từ một trang khác", "mở lại trang rồi làm lại")
        if _length(request.headers) > self._most(request):
            return _too_long()
        entered = self._entering(request)
        if entered is not None:
            return entered
        account, key = self._who(request)
        request.state.account = account or OWNER
        request.state.csrf = csrf_of(key)
        if request.url.path.startswith(_OPEN):
            return None
        if account is None:
            return self._ask_to_log_in(request)
        by_cookie = "authorization" not in request.headers
        if request.method not in _SAFE and by_cookie:
            given = request.headers.get(CSRF, "")
            if not same_key(given, csrf_of(key)):
                return _no(403, "trang này đã cũ", "tải lại trang rồi làm lại")
        folder = self._settings.folder / "khong-gian" / str(account.id)
        request.state.workspace = Workspace(folder)
        return None

    def _knows_host(self, headers: Headers) -> bool:
        name = headers.get("host", "").rpartition(":")
        host = name[0] if name[1] and name[2].isdigit() else headers.get("host", "")
        return host.lower() in self._settings.names

    def _from_us(self, headers: Headers) -> bool:
        origin, site = headers.get("origin"), headers.get("sec-fetch-site")
        if site is not None and site not in ("same-origin", "none"):
            return False
        if origin is None:  # a program, or a browser that says Sec-Fetch-Site
            return True
        scheme = "https" if self._settings.secure else "http"
        return origin == f"{scheme}://{headers.get('host', '')}"

    def _entering(self, request: Request) -> Response | None:
        """Return the way on for a browser opened with the key in its address."""
        given = request.query_params.get(KEY)
        if not given or not self._settings.alone:
            return None
        if not same_key(given, self._settings.token):
            return _no(403, "khóa trong địa chỉ không đúng", "chạy lại vanban serve")
        answer = RedirectResponse(request.url.path, status_code=303)
        set_key(answer, self._settings, given)
        return answer

    def _who(self, request: Request) -> tuple[Account | None, str]:
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        key = given if kind.lower() == "bearer" else request.cookies.get(self._cookie, "")
        if not key:
            return None, ""
        if self._settings.alone:
            return (OWNER if same_key(key, self._settings.token) else None), key
        return self._accounts.of_key(key, time.time()), key

    def _ask_to_log_in(self, request: Request) -> Response:
        wants_page = "text/html" in request.headers.get("accept", "")
        if self._settings.alone or not wants_page or request.method not in _SAFE:
            hint = (
                "mở trang bằng địa chỉ mà vanban serve in ra"
                if self._settings.alone
                else "đăng nhập, hoặc gửi kèm Authorization: Bearer KHÓA"
            )
            return _no(401, "chưa đăng nhập", hint)
        return RedirectResponse(f"{LOG_IN}?{urlencode({'tiep': request.url.path})}", 303)


# ---------------------------------------------------------------- keys
def cookie_name(settings: Settings) -> str:
    """Return the cookie's name; browsers share cookies among the ports of a host."""
    return f"vanban-{settings.port}"


def set_key(answer: Response, settings: Settings, key: str) -> None:
    """Give a browser its key."""
    answer.set_cookie(
        cookie_name(settings), key, httponly=True, samesite="strict", secure=settings.secure,
        path="/",
    )  # fmt: skip


def csrf_of(key: str) -> str:
    """Return the token that our own pages send along with what changes something."""
    return hmac.digest(key.encode(), b"csrf", hashlib.sha256).hex()


# ---------------------------------------------------------------- answers
def _no(status: int, message: str, hint: str) -> Response:
    body = {"problems": [problem_json(Problem(message=message, hint=hint))]}
    return JSONResponse(body, status_code=status)


def _too_long() -> Response:
    return _no(413, *WORDS[413])


def _length(headers: Headers) -> int:
    given = headers.get("content-length", "0")
    return int(given) if given.isdigit() else 0


def _bounded(receive: Receive, most: int) -> Receive:
    """Return what receives a body and stops where it is too long, whatever it said it was."""
    left = most

    async def receiving() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise HTTPException(413)  # told by answers.on_http_error
        return message

    return receiving


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return sending
