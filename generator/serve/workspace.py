"""What one account keeps on the server: drafts, standing details, work under way.

Every name on disk is made here; nothing a user sends becomes part of a path. Files appear whole.
"""

from __future__ import annotations

import json
import math
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.errors import Problem, UsageError
from generator.output import make_folder, write_whole

_ID = re.compile(r"[0-9a-f]{16}")
_KNOWN_FOR = 30.0  # seconds that the size of a workspace is not counted again
_sizes: dict[Path, tuple[float, int]] = {}  # when a workspace was counted, its bytes


class MissingError(UsageError):
    """Nothing is kept under this id: for the person who asks it does not exist."""


class ConflictError(UsageError):
    """What is kept has been changed since it was read, in another tab for one."""


class FullError(UsageError):
    """The account keeps as much as it may."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """The folder of one account, and how many bytes it may hold; 0 is without limit."""

    folder: Path
    most: int = 0

    def demand_room(self) -> None:
        """Go on only while the account may keep more.

        Its bytes are counted now and then: what comes between is bounded by what requests bring.

        Raises:
            FullError: it keeps as much as it may.
        """
        if not self.most:
            return
        counted, size = _sizes.get(self.folder, (-math.inf, 0))
        now = time.monotonic()
        if now - counted > _KNOWN_FOR or size >= self.most:  # somebody may just have made room
            size = _size(self.folder)
            _sizes[self.folder] = now, size
        if size >= self.most:
            message = f"tài khoản đã dùng hết chỗ được cấp ({self.most // 10**6:,} MB)"
            hint = "xóa bớt lô, bản tổng hợp và bản nháp cũ"
            raise FullError(Problem(message=message.replace(",", "."), hint=hint))

    # ------------------------------------------------------------ small things as JSON
    def read(self, name: str) -> Any:
        """Return what is kept under a name of ours (``ghi-nho``), ``None`` before anything is."""
        path = self.folder / f"{name}.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None

    def write(self, name: str, value: Any) -> None:
        """Keep a value under a name of ours.

        Raises:
            FullError: the account keeps as much as it may.
        """
        self.demand_room()
        make_folder(self.folder)
        content = json.dumps(value, ensure_ascii=False, indent=1).encode()
        write_whole(self.folder / f"{name}.json", content, durable=True)

    # ------------------------------------------------------------ things with an id
    def new(self, kind: str) -> tuple[str, Path]:
        """Return the id and the new empty folder of a thing of a kind (``viec``).

        Raises:
            FullError: the account keeps as much as it may.
        """
        self.demand_room()
        found = secrets.token_hex(8)
        folder = self.folder / kind / found
        make_folder(folder)
        return found, folder

    def path(self, kind: str, found: str) -> Path:
        """Return the folder of a thing.

        Raises:
            MissingError: no such thing is here.
        """
        folder = self.folder / kind / found
        if not _ID.fullmatch(found) or not folder.is_dir():
            raise MissingError(Problem(message="không có mục này, hoặc đã xóa"))
        return folder

    def all(self, kind: str) -> Iterator[tuple[str, Path]]:
        """Yield ids and folders of a kind, the one touched last first."""
        folder = self.folder / kind
        if folder.is_dir():
            found = [path for path in folder.iterdir() if _ID.fullmatch(path.name)]
            for path in sorted(found, key=lambda path: (-path.stat().st_mtime_ns, path.name)):
                yield path.name, path

    def remove(self, kind: str, found: str) -> None:
        """Forget a thing.

        Raises:
            MissingError: no such thing is here.
        """
        shutil.rmtree(self.path(kind, found))


def _size(folder: Path) -> int:
    """Return the bytes of all files under a folder."""
    size = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):  # gone meanwhile
                size += Path(place, name).lstat().st_size
    return size
