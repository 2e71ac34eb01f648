"""Drafts of an account: kept whole, each with a revision, so that no tab overwrites another's."""

from __future__ import annotations

import json
import time
from pathlib import Path
from threading import Lock
from typing import Any

from generator.carried import record_json
from generator.errors import Problem, UsageError
from generator.output import write_whole
from generator.serve.workspace import ConflictError, MissingError, Workspace

KIND = "nhap"
MOST = 1_000  # drafts of one account
_FILE = "nhap.json"
_ABOUT = "thong-tin.json"  # what a list of drafts shows, without the record
_SUBJECTS = ("trich_yeu", "tieu_de", "don_vi", "ten", "ho_ten")
_LONGEST_NAME = 160
# One process serves an office: what is read, compared and written here nobody comes between.
_writing = Lock()


class Drafts:
    """The drafts of one account."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def all(self) -> list[dict[str, Any]]:
        """Return what is to be said of each draft, the one changed last first."""
        found = []
        for draft, folder in self._workspace.all(KIND):
            if (folder / _ABOUT).is_file():
                found.append({"id": draft, **_read(folder / _ABOUT)})
        return sorted(found, key=lambda about: (-about["changed"], about["id"]))

    def text(self, draft: str) -> str:
        """Return a draft as JSON: its form, revision and record, numbers digit for digit.

        Raises:
            MissingError: no such draft.
        """
        return self._file(draft).read_text(encoding="utf-8")

    def new(self, form: str, record: dict[str, Any]) -> dict[str, Any]:
        """Keep a new draft; return its id and revision.

        Raises:
            UsageError: there are too many already.
            FullError: the account keeps as much as it may.
        """
        with _writing:
            if sum(1 for _ in self._workspace.all(KIND)) >= MOST:
                message = f"đã có {MOST} bản nháp"
                raise UsageError(Problem(message=message, hint="xóa bớt bản nháp cũ"))
            draft, folder = self._workspace.new(KIND)
            return {"id": draft, **_write(folder, form, 1, record)}

    def change(self, draft: str, revision: int, record: dict[str, Any]) -> dict[str, Any]:
        """Keep a draft's new record; return its new revision.

        Raises:
            MissingError: no such draft.
            FullError: the account keeps as much as it may.
            ConflictError: it is not at that revision any longer.
        """
        self._workspace.demand_room()
        with _writing:
            kept = _read(self._file(draft))
            if kept["revision"] != revision:
                raise ConflictError(
                    Problem(
                        message="bản nháp này vừa được sửa ở trang khác",
                        hint="lấy bản mới nhất, hoặc giữ bản đang sửa thành bản nháp riêng",
                    )
                )
            folder = self._file(draft).parent
            return {"id": draft, **_write(folder, kept["form"], revision + 1, record)}

    def remove(self, draft: str) -> None:
        """Forget a draft.

        Raises:
            MissingError: no such draft.
        """
        self._workspace.remove(KIND, draft)

    def _file(self, draft: str) -> Path:
        file = self._workspace.path(KIND, draft) / _FILE
        if not file.is_file():  # its first writing was cut off
            raise MissingError(Problem(message="không có mục này, hoặc đã xóa"))
        return file


def _write(folder: Path, form: str, revision: int, record: dict[str, Any]) -> dict[str, Any]:
    head = json.dumps({"id": folder.name, "form": form, "revision": revision})
    whole = f'{head[:-1]}, "record": {record_json(record)}}}\n'
    write_whole(folder / _FILE, whole.encode(), durable=True)
    about = {"form": form, "name": _name(record), "changed": time.time()}
    write_whole(folder / _ABOUT, json.dumps(about, ensure_ascii=False).encode())
    return {"revision": revision}


def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _name(record: dict[str, Any]) -> str:
    """Return what tells a draft from others: its subject, or whom it is about."""
    texts = (record.get(key) for key in _SUBJECTS)
    found = next((text for text in texts if isinstance(text, str) and text.strip()), "")
    return " ".join(found.split())[:_LONGEST_NAME]
