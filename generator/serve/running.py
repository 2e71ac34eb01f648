"""The server started: its address, its browser, its end."""

from __future__ import annotations

import socket
import webbrowser
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import uvicorn

from generator.errors import Problem, UsageError
from generator.serve.app import create_app
from generator.serve.guard import KEY
from generator.serve.settings import Settings

_TRIES = 20  # ports after the first, when it is taken and none was asked for


def listen(settings: Settings, *, any_port: bool) -> tuple[socket.socket, Settings]:
    """Return an open socket and the settings with its port.

    Raises:
        UsageError: the port is taken, or the host is not of this machine.
    """
    ports = range(settings.port, settings.port + (_TRIES if any_port else 1))
    for port in ports:
        opened = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET)
        try:
            opened.bind((settings.host, port))
        except OSError as error:
            opened.close()
            last = error
            continue
        return opened, replace(settings, port=opened.getsockname()[1])
    message = f"không mở được cổng {settings.port} ở {settings.host}"
    hint = "chọn cổng khác bằng --port, hoặc đóng vanban serve đang chạy"
    raise UsageError(Problem(message=message, hint=hint)) from last


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
    """Serve until Ctrl+C."""
    config = uvicorn.Config(
        create_app(settings), log_level="warning", access_log=False, server_header=False,
        ssl_certfile=certificate, ssl_keyfile=key, proxy_headers=proxied,
        timeout_keep_alive=30, timeout_graceful_shutdown=5,
    )  # fmt: skip

    def begun() -> None:
        ready()
        if browser:
            webbrowser.open(address_of(settings))

    _Server(config, begun).run(sockets=[opened])


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
