"""LibreOffice Calc: does a workbook open, and what do its formulas give?"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.judges.office import ConversionError, program, run_within, why_no_office

# Formulas of an .xlsx file are computed when it is opened (0: always), not taken from the file.
_ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


def why_no_sheets() -> str:
    """Return why workbooks cannot be opened on this machine, "" when they can."""
    if why_no_office():
        return why_no_office()
    folder = Path(program() or "").resolve().parent
    # Only where the parts of LibreOffice are packages of their own can Calc be missing.
    split = (folder / "libswlo.so").exists() and not (folder / "libsclo.so").exists()
    return "LibreOffice Calc is not installed" if split else ""


def recalculated(workbooks: Sequence[Path], out: Path) -> list[Path]:
    """Return workbooks as LibreOffice saves them, every formula computed anew, in ``out``.

    Raises:
        ConversionError: a workbook could not be opened.
    """
    out.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="soffice-") as profile:
        settings = Path(profile).resolve() / "user" / "registrymodifications.xcu"
        settings.parent.mkdir()
        settings.write_text(_ALWAYS, encoding="utf-8")
        home = f"-env:UserInstallation={Path(profile).resolve().as_uri()}"
        options = ["--headless", "--norestore", "--convert-to", "xlsx", "--outdir", str(out)]
        command = [program() or "soffice", home, *options, *map(str, workbooks)]
        said = run_within(300, command)
    saved = [out / workbook.name for workbook in workbooks]
    if lost := [path.name for path in saved if not path.exists()]:
        raise ConversionError(f"{', '.join(lost)} not saved; LibreOffice said: {said.strip()}")
    return saved
