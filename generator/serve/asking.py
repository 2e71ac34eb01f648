"""What a route is given besides its own parameters."""

from __future__ import annotations

import time
from typing import Annotated, Any

from fastapi import Depends
from starlette.requests import Request

from generator.errors import Problem
from generator.serve.accounts import Account, Accounts, RoleError
from generator.serve.jobs import Jobs
from generator.serve.settings import Settings
from generator.serve.workers import Share
from generator.serve.workspace import Workspace


class Asking:
    """Who asks, what is theirs, and what the server has for everybody."""

    def __init__(self, request: Request) -> None:
        state: Any = request.app.state
        self.settings: Settings = state.settings
        self.jobs: Jobs = state.jobs
        self.accounts: Accounts = state.accounts
        self.account: Account = request.state.account
        self.workspace: Workspace = request.state.workspace
        self.workers: Share = state.workers.of(self.account.id, request.is_disconnected)

    def note(self, deed: str, thing: str) -> None:
        """Write into the log of an office's server who did what."""
        if not self.settings.alone:
            self.accounts.note(self.account.name, deed, thing, time.time())

    def must_maintain(self) -> None:
        """Go on only for those who look after forms.

        Raises:
            RoleError: the account is a clerk's.
        """
        if not self.account.maintains:
            message = "việc này dành cho người làm mẫu"
            raise RoleError(Problem(message=message, hint="nhờ người quản trị đổi vai trò"))


Asked = Annotated[Asking, Depends(Asking)]
