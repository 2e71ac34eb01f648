"""The server put together."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from generator import __version__
from generator.errors import GeneratorError
from generator.serve import answers, batch, checks, door, maintain, rollup
from generator.serve.accounts import Accounts
from generator.serve.description import describe
from generator.serve.forms import routes as forms
from generator.serve.guard import WORKSPACES, App, Guard
from generator.serve.jobs import Jobs
from generator.serve.settings import Settings
from generator.serve.workers import Workers
from generator.serve.works import forget_abandoned

_HERE = Path(__file__).parent
ACCOUNTS = "tai-khoan.sqlite"
_ABANDONED = 86_400.0  # seconds without the rest of the files, or the word to begin
DESKS = (door, forms, batch, rollup, checks, maintain)


def create_app(settings: Settings) -> App:
    """Return the ASGI application of a server.

    Its API is described at ``/api/openapi.json``, in the terms of OpenAPI 3.1.
    """
    accounts = Accounts(settings.folder / ACCOUNTS)

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        app.state.workers = Workers(settings)
        app.state.jobs = Jobs(settings)
        before = time.time() - _ABANDONED
        forget_abandoned(settings.folder / WORKSPACES, (batch.KIND, rollup.KIND), before)
        app.state.one_picture = asyncio.Lock()
        yield
        app.state.jobs.close()
        app.state.workers.stop()

    app = FastAPI(
        title="vanban", version=__version__, lifespan=life, docs_url=None, redoc_url=None,
        openapi_url="/api/openapi.json",
    )  # fmt: skip
    app.openapi = partial(describe, app)  # type: ignore[method-assign]
    app.state.settings = settings
    app.state.accounts = accounts
    for desk in DESKS:
        app.include_router(desk.router)
    app.mount("/static", StaticFiles(directory=_HERE / "static"), name="static")
    app.add_exception_handler(GeneratorError, answers.on_error)
    app.add_exception_handler(HTTPException, answers.on_http_error)
    app.add_exception_handler(RequestValidationError, answers.on_wrong_request)
    app.add_exception_handler(Exception, answers.on_fault)
    return Guard(app, settings, accounts)
