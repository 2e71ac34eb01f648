"""What an agency writes in every document: remembered from those made, filled into new drafts."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from threading import Lock
from typing import Any

from generator.carried import record_json
from generator.serve.workspace import Workspace

_NAME = "ghi-nho"
_RECENT = "gan-day"
# Fields whose values an agency writes in all its documents, and those that go with one form.
AGENCY = ("co_quan_chu_quan", "co_quan_ban_hanh", "dia_danh", "dia_chi", "tham_quyen")
OF_FORM = ("ky_hieu", "luu", "noi_nhan", "nguoi_ky", "don_vi")
SIGNER, RECIPIENTS = "nguoi_ky", "noi_nhan"
MOST_SIGNERS, MOST_RECIPIENTS, MOST_FORMS = 20, 60, 12
_EMPTY: dict[str, Any] = {"agency": {}, "forms": {}, "signers": [], "recipients": []}
_writing = Lock()


class Standing:
    """The standing details of one account.

    ``agency`` holds values of fields, ``forms`` those that go with one form, by its id; ``signers``
    and ``recipients`` are to be picked from, the ones used last first.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def all(self) -> dict[str, Any]:
        """Return everything remembered."""
        return _EMPTY | (self._workspace.read(_NAME) or {})

    def put(self, value: dict[str, Any]) -> None:
        """Remember these details in place of all others."""
        with _writing:
            self._workspace.write(_NAME, _plain(_EMPTY | value))

    def learn(self, form: str, record: dict[str, Any]) -> dict[str, Any]:
        """Remember what a finished record says of the agency; return everything remembered."""
        with _writing:
            kept = self.all()
            said = {key: record[key] for key in AGENCY if record.get(key)}
            of_form = {key: record[key] for key in OF_FORM if record.get(key)}
            people = [record[key] for key in (SIGNER, "nguoi_ky_2") if record.get(key)]
            listed = record.get(RECIPIENTS)
            learnt: dict[str, Any] = _plain({
                "agency": kept["agency"] | said,
                "forms": kept["forms"] | {form: of_form},
                "signers": _first(people, kept["signers"], MOST_SIGNERS),
                "recipients": _first(
                    listed if isinstance(listed, list) else [], kept["recipients"], MOST_RECIPIENTS
                ),
            })  # fmt: skip
            self._workspace.write(_NAME, learnt)
            return learnt

    # ------------------------------------------------------------ forms used last
    def recent(self) -> list[dict[str, Any]]:
        """Return the forms used last, the last first: id and when."""
        kept = self._workspace.read(_RECENT) or {}
        listed = sorted(kept.items(), key=lambda item: -item[1])
        return [{"form": form, "at": at} for form, at in listed[:MOST_FORMS]]

    def use(self, form: str) -> None:
        """Note that a form is used now."""
        with _writing:
            kept = self._workspace.read(_RECENT) or {}
            self._workspace.write(_RECENT, kept | {form: time.time()})


def _plain(value: Any) -> Any:
    """Return a value with numbers that any JSON writer knows."""
    return json.loads(record_json(value))


def _first(fresh: Iterable[Any], kept: Iterable[Any], most: int) -> list[Any]:
    """Return the fresh ones, then those kept, none twice."""
    unique: dict[str, Any] = {}
    for each in (*fresh, *kept):
        unique.setdefault(record_json(each), each)
    return [*unique.values()][:most]
