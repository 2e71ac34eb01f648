"""What the desk of checks has the workers do: everything that opens a document."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from generator.conformity.checking import Report, check_document
from generator.conformity.comments import marked as commented
from generator.conformity.findings import Finding
from generator.conformity.mending import report as mending
from generator.conformity.mending.mend import mend_document
from generator.conformity.mending.table import Guard, mend_of
from generator.conformity.profile import load_profile, profile_ids
from generator.conformity.report import document_value, verdict
from generator.errors import Problem
from generator.output import write_whole
from generator.serve.forms.drawn import Drawn, packed, told
from generator.serve.workspace import MissingError
from generator.views.pointing import PointedPages, of_findings

ORIGINAL, MENDED = "goc.docx", "da-sua.docx"
ABOUT = "viec.json"


def profiles() -> list[dict[str, Any]]:
    """Return the sets of rules to choose from, the latest of each side first."""
    found = sorted(map(load_profile, profile_ids()), key=lambda each: each.since, reverse=True)
    found.sort(key=lambda each: each.side, reverse=True)  # the state's before the Party's
    return [{"id": each.id, "name": each.name, "since": each.since.isoformat()} for each in found]


def about(folder: str) -> dict[str, Any]:
    """Return what is kept of a check: the file's name, the profile asked for, when it came."""
    found: dict[str, Any] = json.loads((Path(folder) / ABOUT).read_text(encoding="utf-8"))
    return found


def checked(folder: str) -> dict[str, Any]:
    """Return the findings of a document as it came, and what of them can be mended.

    Raises:
        DataError: it is no .docx, damaged, encrypted, holds macros, or unpacks beyond the limits.
        UsageError: no such profile.
    """
    return _said(_report(folder, ORIGINAL)) | {"mended": (Path(folder) / MENDED).is_file()}


def _report(folder: str, which: str) -> Report:
    kept = about(folder)
    path = Path(folder) / which
    if not path.is_file():
        message = "chưa có bản đã sửa"
        raise MissingError(Problem(message=message, hint="sửa văn bản trước, rồi tải lại"))
    return check_document(path.read_bytes(), kept["name"], profile=kept["profile"])


def _said(report: Report) -> dict[str, Any]:
    return {
        "name": report.file,
        "profile": {"id": report.profile.id, "name": report.profile.name},
        "verdict": verdict(report),
        "report": document_value(report),
        "mends": _mends(report.findings),
    }


def _mends(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Return the kinds of mends that fit: what each does, to which findings, who decides."""
    kinds: dict[tuple[str, str], dict[str, Any]] = {}
    for number, finding in enumerate(findings):
        mend = mend_of(finding.id, finding.wanted)
        if mend is None:
            continue
        kind = kinds.setdefault(
            (mend.guard.value, mend.says),
            {"says": mend.says, "asks": mend.guard is Guard.GUARDED, "rules": [], "findings": []},
        )
        kind["findings"].append(number)
        if finding.id not in kind["rules"]:
            kind["rules"].append(finding.id)
    return sorted(kinds.values(), key=lambda kind: bool(kind["asks"]))


def drawn(folder: str, which: str) -> Drawn:
    """Return the pages of a document, as it came or mended, with the places of its findings."""
    report = _report(folder, which)
    assert report.found is not None
    document = report.found.document
    view = of_findings(dict(enumerate(report.findings)), document.package, document.formatting.root)
    return pages_of(view)


def pages_of(view: PointedPages) -> Drawn:
    """Return pages with places on them, for a browser."""
    said = {
        "pages": told(view.pages),
        "areas": [
            {
                "page": spot.page, "x": spot.x, "y": spot.y, "width": spot.width,
                "height": spot.height, "findings": spot.numbers,
            }
            for spot in view.spots
        ],
        "said": view.said,
    }  # fmt: skip
    return Drawn(said=said, packed=packed(view.pages))


def marked(folder: str) -> bytes:
    """Return the document as it came with a Word comment at each finding."""
    report = _report(folder, ORIGINAL)
    assert report.found is not None
    return commented(report, report.found.document.package)


def mended(folder: str, agreed: tuple[str, ...], track: bool) -> dict[str, Any]:
    """Keep a mended copy; return what became of each finding, and those of the copy.

    ``agreed`` are the rules whose mends were agreed to, of those that ask; ``*`` stands for all.

    Raises:
        DataError: the document cannot be read, or must not be changed.
    """
    kept = about(folder)
    path = Path(folder)
    found = mend_document(
        (path / ORIGINAL).read_bytes(),
        kept["name"],
        profile=kept["profile"],
        approve=lambda finding: "*" in agreed or finding.id in agreed,
        track=track,
    )
    write_whole(path / MENDED, found.content)
    value = mending.value(found, kept["name"])
    return {
        "before": verdict(found.before),
        "results": [
            result | {"noi_dung": each.finding.message}
            for result, each in zip(value["sua"], found.results, strict=True)
        ],
        "words": value["chu_da_doi"],
        "after": _said(found.after),
    }
