"""The server started: its address, its browser, its end."""

from __future__ import annotations

import os
import socket
import sys
import tempfile
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Timer

import uvicorn

from generator.errors import Problem, UsageError
from generator.serve.app import create_app
from generator.serve.guard import KEY, way_on
from generator.serve.settings import Settings

_CONNECTIONS = 500  # at once; more are told to come again (503)
_PROXY = "127.0.0.1,::1"  # a proxy on this machine may say for whom it asks; it is noted at log-in
_OPENED = 60.0  # seconds in which a browser will have read the file it was told to open
_TRIES = 20  # ports after the first, when it is taken and none was asked for


def listen(settings: Settings, *, any_port: bool) -> tuple[socket.socket, Settings]:
    """Return an open socket and the settings with its port.

    Raises:
        UsageError: the port is taken, or the host is not of this machine.
    """
    ports = range(settings.port, settings.port + (_TRIES if any_port else 1))
    for port in ports:
        opened = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET)
        _own_alone(opened)
        try:
            opened.bind((settings.host, port))
            opened.listen()  # at once: a port only bound another server could bind too
        except OSError as error:
            opened.close()
            last = error
            continue
        return opened, replace(settings, port=opened.getsockname()[1])
    message = f"không mở được cổng {settings.port} ở {settings.host}"
    hint = "chọn cổng khác bằng --port, hoặc đóng vanban serve đang chạy"
    raise UsageError(Problem(message=message, hint=hint)) from last


def _own_alone(opened: socket.socket) -> None:
    """Let no other program share the port, and a server started again have it at once."""
    if sys.platform == "win32":  # there REUSEADDR would share it
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
    else:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)


def address_of(settings: Settings) -> str:
    """Return the address to open, with the key where there is one."""
    scheme = "https" if settings.secure else "http"
    host = settings.names[0]
    key = f"?{KEY}={settings.token}" if settings.token else ""
    return f"{scheme}://{host}:{settings.port}/{key}"


def run(
    settings: Settings,
    opened: socket.socket,
    *,
    certificate: Path | None = None,
    key: Path | None = None,
    proxied: bool = False,
    browser: bool = False,
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Serve until Ctrl+C; what is written belongs to the user who runs it alone."""
    os.umask(0o077)
    config = uvicorn.Config(
        create_app(settings), log_level="warning", access_log=False, server_header=False,
        ssl_certfile=certificate, ssl_keyfile=key, http="h11", ws="none",
        proxy_headers=proxied, forwarded_allow_ips=_PROXY, limit_concurrency=_CONNECTIONS,
        timeout_keep_alive=30, timeout_graceful_shutdown=5,
    )  # fmt: skip

    with ExitStack() as until_the_end:

        def begun() -> None:
            ready()
            if browser:
                webbrowser.open(until_the_end.enter_context(opening(settings)))

        _Server(config, begun).run(sockets=[opened])


@contextmanager
def opening(settings: Settings, folder: Path | None = None) -> Iterator[str]:
    """Yield what a browser is told to open, without the key for others to see.

    The command line of a program is there for every user of a machine to read, but on Windows. So
    the browser is given a file of this user alone that leads on. It lies in the home folder, under
    a plain name: a browser in a box of its own (snap) reads no other place.
    """
    if sys.platform == "win32":
        yield address_of(settings)
        return
    handle, name = tempfile.mkstemp(prefix="vanban-", suffix=".html", dir=folder or Path.home())
    file = Path(name)
    with os.fdopen(handle, "w", encoding="utf-8") as page:
        page.write(way_on(address_of(settings)))
    gone = Timer(_OPENED, file.unlink, kwargs={"missing_ok": True})
    gone.daemon = True
    gone.start()
    try:
        yield file.as_uri()
    finally:
        gone.cancel()
        file.unlink(missing_ok=True)


class _Server(uvicorn.Server):
    """A server that says when it answers."""

    def __init__(self, config: uvicorn.Config, begun: Callable[[], None]) -> None:
        super().__init__(config)
        self._begun = begun

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        await super().startup(sockets)
        if self.started:
            self._begun()
