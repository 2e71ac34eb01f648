"""Who may ask, and what a browser may do with the answer.

Before a request reaches any route: its Host is one of ours (a page elsewhere cannot reach us under
a name of its own, DNS rebinding), what changes something comes from our own pages (Origin,
Sec-Fetch-Site and a token in a header, against forged requests), its body is not too long, and
somebody who may stands behind it. Every answer forbids the browser what our pages do not need.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
from collections.abc import Awaitable, Callable, MutableMapping
from html import escape
from typing import Any
from urllib.parse import urlencode

from fastapi import HTTPException  # Starlette's own would be told as 400 by FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

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
WORKSPACES = "khong-gian"
KEY = "khoa"  # of the opened address
CSRF = "x-vanban-csrf"
_SAFE = {"GET", "HEAD", "OPTIONS"}
_OPEN = (LOG_IN, "/static/", "/favicon.ico")
_PATIENCE = 60.0  # seconds without a byte of a body that is still to come
# Scripts, styles and pictures of our own alone; no frames around us, no forms to elsewhere.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; frame-src 'self' blob:; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with none at all, browsers send forms with Origin: null
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
        if _is_open(request):
            return limits.door
        kind = request.headers.get("content-type", "")
        return limits.upload if kind.lower().startswith("multipart/") else limits.json

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
        key, by_cookie = self._key(request)
        account = self._whose(key)
        request.state.account = account or OWNER
        request.state.csrf = csrf_of(key)
        if _is_open(request):
            return None
        if account is None:
            return self._ask_to_log_in(request)
        if request.method not in _SAFE and by_cookie:
            given = request.headers.get(CSRF, "")
            if not same_key(given, csrf_of(key)):
                return _no(403, "trang này đã cũ", "tải lại trang rồi làm lại")
        folder = self._settings.folder / WORKSPACES / str(account.id)
        most = 0 if self._settings.alone else self._settings.limits.space
        request.state.workspace = Workspace(folder, most)
        return None

    def _knows_host(self, headers: Headers) -> bool:
        given = headers.getlist("host")
        if len(given) != 1:
            return False
        name, colon, port = given[0].rpartition(":")
        host = name if colon and port.isdecimal() else given[0]
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
        way = own(request.scope["path"])
        answer: Response = RedirectResponse(way, status_code=303)
        if request.headers.get("sec-fetch-site") == "cross-site":
            # Led here by a page elsewhere, as by a file that opens us: on the way on from there a
            # strict cookie is not sent, from a page of ours it is.
            answer = HTMLResponse(way_on(way))
        set_key(answer, self._settings, given)
        return answer

    def _key(self, request: Request) -> tuple[str, bool]:
        """Return the key that came, and whether a browser sent it by itself."""
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            return given, False
        return request.cookies.get(self._cookie, ""), True

    def _whose(self, key: str) -> Account | None:
        if not key:
            return None
        if self._settings.alone:
            return OWNER if same_key(key, self._settings.token) else None
        return self._accounts.of_key(key, time.time())

    def _ask_to_log_in(self, request: Request) -> Response:
        wants_page = "text/html" in request.headers.get("accept", "")
        if self._settings.alone or not wants_page or request.method not in _SAFE:
            hint = (
                "mở trang bằng địa chỉ mà vanban serve in ra"
                if self._settings.alone
                else "đăng nhập, hoặc gửi kèm Authorization: Bearer KHÓA"
            )
            return _no(401, "chưa đăng nhập", hint)
        return RedirectResponse(f"{LOG_IN}?{urlencode({'tiep': request.scope['path']})}", 303)


def _is_open(request: Request) -> bool:
    """Return whether a request may be made by anybody; what is routed is the path asked here."""
    path: str = request.scope["path"]
    return path.startswith(_OPEN)


def own(path: str) -> str:
    """Return a path of this server: never another site's address."""
    plain = path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if plain and path.isprintable() else "/"


def way_on(address: str) -> str:
    """Return a page that leads on to an address at once."""
    to = escape(address, quote=True)
    return (
        '<!doctype html><html lang="vi"><meta charset="utf-8"><title>vanban</title>'
        f'<meta http-equiv="refresh" content="0;url={to}"><a href="{to}">Mở trang</a></html>\n'
    )


# ---------------------------------------------------------------- keys
def cookie_name(settings: Settings) -> str:
    """Return the cookie's name; browsers share cookies among the ports of a host.

    Over HTTPS with the prefix by which browsers take it from this very host alone (RFC 6265bis).
    """
    return f"{'__Host-' * settings.secure}vanban-{settings.port}"


def set_key(answer: Response, settings: Settings, key: str) -> None:
    """Give a browser its key."""
    answer.set_cookie(
        cookie_name(settings), key, httponly=True, samesite="strict", secure=settings.secure,
        path="/",
    )  # fmt: skip


def forget_key(answer: Response, settings: Settings) -> None:
    """Take its key from a browser."""
    answer.delete_cookie(
        cookie_name(settings), httponly=True, samesite="strict", secure=settings.secure, path="/"
    )


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
    return int(given[:20]) if given.isdecimal() else 0


def _bounded(receive: Receive, most: int) -> Receive:
    """Return what receives a body; it stops where the body is too long, or never comes."""
    left, whole = most, False

    async def receiving() -> Message:
        nonlocal left, whole
        try:
            async with asyncio.timeout(None if whole else _PATIENCE):
                message = await receive()
        except TimeoutError:
            raise HTTPException(408) from None
        whole = not message.get("more_body", False)
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
