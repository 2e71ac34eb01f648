"""What a route is given besides its own parameters."""

from __future__ import annotations

import time
from typing import Annotated, Any

from fastapi import Depends
from starlette.requests import Request

from generator.errors import Problem, UsageError
from generator.serve.accounts import Account, Accounts
from generator.serve.settings import Settings
from generator.serve.workers import Workers
from generator.serve.workspace import Workspace


class Asking:
    """Who asks, what is theirs, and what the server has for everybody."""

    def __init__(self, request: Request) -> None:
        state: Any = request.app.state
        self.settings: Settings = state.settings
        self.workers: Workers = state.workers
        self.accounts: Accounts = state.accounts
        self.account: Account = request.state.account
        self.workspace: Workspace = request.state.workspace

    def note(self, deed: str, thing: str) -> None:
        """Write into the log of an office's server who did what."""
        if not self.settings.alone:
            self.accounts.note(self.account.name, deed, thing, time.time())

    def must_maintain(self) -> None:
        """Go on only for those who look after forms.

        Raises:
            UsageError: the account is a clerk's.
        """
        if not self.account.maintains:
            message = "việc này dành cho người làm mẫu"
            raise UsageError(Problem(message=message, hint="nhờ người quản trị đổi vai trò"))


Asked = Annotated[Asking, Depends(Asking)]
