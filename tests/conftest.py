"""What tests share: the judges that are no Python packages, and how hypothesis searches."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import settings

from tests import judges

IN_CI = os.environ.get("CI", "").lower() not in {"", "0", "false"}

# No deadline: a shared machine stalls now and then. In CI the same examples every time, so that a
# change is never blamed for what an older one broke; elsewhere each run searches further.
settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if IN_CI else "local")


class ToPdf(Protocol):
    """Makes the PDF of one document in a folder and returns its path."""

    def __call__(self, docx: Path, out: Path, *, seconds: float = 120) -> Path: ...


class ToPdfs(Protocol):
    """Makes the PDFs of many documents in one run and returns their paths."""

    def __call__(self, docxs: Sequence[Path], out: Path, *, seconds: float = 300) -> list[Path]: ...


Recalculated = Callable[[Sequence[Path], Path], list[Path]]
SchemaErrors = Callable[[Iterable[Path]], list[str]]


def need(why_not: str) -> None:
    """Go on when ``why_not`` is empty; else skip the test, or fail it in CI, where all must run."""
    if why_not and IN_CI:
        pytest.fail(why_not)
    if why_not:
        pytest.skip(why_not)


@pytest.fixture(scope="session")
def to_pdf() -> ToPdf:
    """Print one document with LibreOffice."""
    need(judges.why_no_office())
    return judges.to_pdf


@pytest.fixture(scope="session")
def to_pdfs() -> ToPdfs:
    """Print many documents with one run of LibreOffice, which saves its start of a second each."""
    need(judges.why_no_office())
    return judges.to_pdfs


@pytest.fixture(scope="session")
def recalculated() -> Recalculated:
    """Compute workbooks anew with LibreOffice Calc."""
    need(judges.why_no_sheets())
    return judges.recalculated


@pytest.fixture(scope="session")
def schema_errors() -> SchemaErrors:
    """Validate documents with Microsoft's Open XML SDK."""
    need(judges.why_no_schema_judge())
    return judges.schema_errors
