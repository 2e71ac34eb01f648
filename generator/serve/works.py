"""What the desks of long work have alike: how works begin, are listed, shown and forgotten."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

from fastapi import Path as InPath
from starlette.responses import FileResponse

from generator.bundle import Bundle
from generator.errors import Problem
from generator.serve.asking import Asking
from generator.serve.files import keep_order, media_type, order_of
from generator.serve.jobs import Order, ever_begun
from generator.serve.workspace import MissingError

Counted = Annotated[int, InPath(ge=1, le=10**9)]
"""A number of a thing in an address, counted from 1."""


@contextmanager
def taken_in(asking: Asking, kind: str, bundle: Bundle, **asked: Any) -> Iterator[tuple[str, Path]]:
    """Yield the id and the folder of a new work; an error on the way leaves nothing of it."""
    found, folder = asking.workspace.new(kind)
    try:
        about = {"form": bundle.id, "title": bundle.title, "created": time.time()}
        keep_order(folder, about | asked)
        yield found, folder
    except BaseException:
        asking.workspace.remove(kind, found)
        raise


def begin(asking: Asking, folder: Path, step: str) -> None:
    """Run a step of a work.

    Raises:
        FullError: the account keeps as much as it may.
        ConflictError: a step of the same work is under way or waits already.
    """
    asking.workspace.demand_room()
    asking.jobs.start(Order(asking.account.id, folder, step))


def listed(
    asking: Asking, kind: str, brief: Callable[[Asking, str, Path], dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return the works of a kind as a list shows them, the newest first."""
    kept = asking.workspace.all(kind)
    found = [brief(asking, name, folder) for name, folder in kept if order_of(folder)]
    return sorted(found, key=lambda each: -each["created"])


def known(found: str, folder: Path) -> dict[str, Any]:
    """Return what is known of every work: its id, its form, when it came."""
    order = order_of(folder)
    return {"id": found} | {key: order[key] for key in ("form", "title", "created")}


def picture(path: Path) -> FileResponse:
    """Answer with the picture of a page.

    Raises:
        MissingError: there is no such page.
    """
    if not path.is_file():
        raise MissingError(Problem(message="không có trang này"))
    return FileResponse(path, media_type=media_type(path.name))


def forget(asking: Asking, kind: str, found: str) -> None:
    """Forget a work with everything made of it; what runs is stopped."""
    asking.jobs.stop(asking.workspace.path(kind, found))
    asking.workspace.remove(kind, found)


def forget_abandoned(workspaces: Path, kinds: Iterable[str], before: float) -> None:
    """Remove works untouched since a time that nothing was ever begun of: their sender gave up."""
    for kind in kinds:
        for folder in workspaces.glob(f"*/{kind}/*"):
            if folder.stat().st_mtime < before and not ever_begun(folder):
                shutil.rmtree(folder, ignore_errors=True)
