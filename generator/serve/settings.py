"""How the server runs: for one person on this machine, or for an office."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

MB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one request may take of the machine."""

    upload: int = 200 * MB  # bytes of a request's body
    seconds: float = 60.0  # of a piece of work; a batch has none, it can be stopped
    memory: int = 2_048 * MB  # of a worker process, where the system can hold it to that
    json: int = 20 * MB  # bytes of a request that is no upload
    door: int = MB // 16  # bytes of a request of somebody who has not logged in
    space: int = 20_000 * MB  # bytes on disk of everything an account of an office keeps


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything the server is told when it starts.

    ``token`` is the key in the opened address, of the one person who uses a server of this machine
    alone; empty where people log in. ``names`` are the hosts that may stand in a request.
    """

    folder: Path  # of accounts, drafts and work
    token: str = ""
    host: str = "127.0.0.1"
    port: int = 8300
    names: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")
    secure: bool = False  # pages are fetched over HTTPS, here or at a proxy
    templates: tuple[str, ...] = ()
    workers: int = 2
    limits: Limits = field(default_factory=Limits)

    @property
    def alone(self) -> bool:
        """Whether one person uses the server, on this machine, without logging in."""
        return bool(self.token)

    @property
    def share(self) -> int:
        """How many workers one account may hold at once: never all of an office's."""
        return self.workers if self.alone else max(1, self.workers - 1)
