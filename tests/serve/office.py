"""An office's server with two clerks and somebody who looks after forms."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from generator.serve.accounts import Accounts
from generator.serve.app import ACCOUNTS
from tests.serve.conftest import Served, serving

PASSWORD = "con trâu đi trước cái cày"
PEOPLE = {"lan": "van-thu", "hoa": "van-thu", "minh": "lam-mau"}
_LONG_AFTER = 1e11  # seconds since 1970


@dataclass(frozen=True, slots=True)
class Office:
    """A running server, where it keeps temporary files, and its log of deeds."""

    served: Served
    temporary: Path

    @contextmanager
    def program(self, name: str) -> Iterator[httpx.Client]:
        """A program that calls the API as somebody."""
        key = self.accounts.key_for_program(name, "thử", _LONG_AFTER)
        headers = {"Authorization": f"Bearer {key}"}
        with httpx.Client(base_url=self.served.address, headers=headers, timeout=120) as client:
            yield client

    @property
    def accounts(self) -> Accounts:
        """The accounts as the command line reads them."""
        return Accounts(self.served.folder / ACCOUNTS)

    def deeds(self) -> list[tuple[str, str, str]]:
        """Who did what to what, the newest first."""
        return [deed[1:] for deed in self.accounts.deeds()]


@contextmanager
def office_serving(folder: Path, *options: str) -> Iterator[Office]:
    """Run a server of an office whose temporary files lie in a folder of their own."""
    temporary, kept = folder / "tam", folder / "co-quan"
    temporary.mkdir()
    made = Accounts(kept / ACCOUNTS)
    for name, role in PEOPLE.items():
        made.add(name, PASSWORD, role)
    with pytest.MonkeyPatch.context() as patched:
        for name in ("TMPDIR", "TEMP", "TMP"):
            patched.setenv(name, str(temporary))
        with serving(kept, "--host", "127.0.0.1", *options) as server:
            yield Office(server, temporary)
