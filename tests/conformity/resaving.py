"""Documents saved again by LibreOffice, whose files differ from ours in all but what they show."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.judges import office


def resaved(docxs: Sequence[Path], out: Path) -> list[Path]:
    """Return the documents as LibreOffice writes them, in one run, in the folder ``out``."""
    with tempfile.TemporaryDirectory() as profile:
        options = [f"-env:UserInstallation={Path(profile).as_uri()}", "--headless", "--norestore"]
        kind = ["--convert-to", "docx:MS Word 2007 XML", "--outdir", str(out)]
        office.run_within(300, [office.program() or "soffice", *options, *kind, *map(str, docxs)])
    saved = sorted(out.glob("*.docx"))
    assert len(saved) == len(docxs)
    return saved
