"""LibreOffice: does a document open, and what do its pages look like in print?"""

from __future__ import annotations

import functools
import os
import re
import shutil
import signal
import subprocess
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
MACOS_APP = "/Applications/LibreOffice.app/Contents/MacOS/soffice"
# Word 2013 and later squeezes the spaces of justified lines; LibreOffice does so from about here.
LEAST_VERSION = (25, 2)


class ConversionError(Exception):
    """LibreOffice could not make a PDF of a document."""


@functools.cache
def why_no_office() -> str:
    """Return why pages cannot be made on this machine, "" when they can."""
    command = program()
    if command is None:
        return "LibreOffice (soffice) is not installed"
    said = subprocess.run([command, "--version"], capture_output=True, text=True, timeout=60).stdout
    version = re.search(r"(\d+)\.(\d+)", said)
    if version is None or tuple(map(int, version.groups())) < LEAST_VERSION:
        least = ".".join(map(str, LEAST_VERSION))
        return f"LibreOffice {least} or later is needed, this is: {said.strip() or 'unknown'}"
    return _why_no_font()


def to_pdf(docx: Path, out: Path, *, seconds: float = 120) -> Path:
    """Return the PDF that LibreOffice makes of a document, in the folder ``out``."""
    return to_pdfs([docx], out, seconds=seconds)[0]


def to_pdfs(docxs: Sequence[Path], out: Path, *, seconds: float = 300) -> list[Path]:
    """Return the PDFs of many documents, made in one run of LibreOffice, in the folder ``out``.

    Raises:
        ConversionError: it took longer than ``seconds``, or a document could not be opened.
        ValueError: two documents have one file name, so one PDF would replace the other.
    """
    pdfs = [out / f"{docx.stem}.pdf" for docx in docxs]
    if len(set(pdfs)) < len(pdfs):
        raise ValueError("two documents have one file name")
    for pdf in pdfs:
        pdf.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="soffice-") as profile:
        said = run_within(
            seconds,
            [
                program() or "soffice",
                # Its own profile, or a second soffice would hand its work to the first and return.
                f"-env:UserInstallation={Path(profile).resolve().as_uri()}",
                "--headless",
                "--norestore",
                "--convert-to",
                "pdf",
                "--outdir",
                str(out),
                *map(str, docxs),
            ],
        )
    # It exits 0 even when a file could not be opened: only the missing PDF tells.
    if lost := [docx.name for docx, pdf in zip(docxs, pdfs, strict=True) if not pdf.exists()]:
        raise ConversionError(f"no PDF of {', '.join(lost)}; LibreOffice said: {said.strip()}")
    return pdfs


def saved_again(docx: Path, out: Path, *, seconds: float = 120) -> Path:
    """Return the document as LibreOffice saves it, in the folder ``out``."""
    with tempfile.TemporaryDirectory(prefix="soffice-") as profile:
        home = f"-env:UserInstallation={Path(profile).resolve().as_uri()}"
        options = ["--headless", "--norestore", "--convert-to", "docx", "--outdir", str(out)]
        said = run_within(seconds, [program() or "soffice", home, *options, str(docx)])
    saved = out / docx.name
    if not saved.exists():
        raise ConversionError(f"{docx.name} was not saved; LibreOffice said: {said.strip()}")
    return saved


def run_within(seconds: float, command: Sequence[str]) -> str:
    """Return what a command printed; kill it and every process it started after ``seconds``."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    try:
        return process.communicate(timeout=seconds)[0]
    except subprocess.TimeoutExpired as error:
        raise ConversionError(f"more than {seconds:g} s: {' '.join(command)}") from error
    finally:
        if process.poll() is None:
            # The group, because soffice is a script: killing it alone leaves soffice.bin running.
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


@functools.cache
def program() -> str | None:
    """Return the path of LibreOffice's command, ``None`` where it is not installed."""
    return shutil.which("soffice") or shutil.which("libreoffice") or shutil.which(MACOS_APP)


def _why_no_font() -> str:
    """Return which face of other widths would replace Times New Roman, "" when none would."""
    if shutil.which("fc-match") is None:
        return ""  # Windows and macOS have the face itself
    faces = tomllib.loads((ROOT / "fonts/faces.toml").read_text(encoding="utf-8"))["face"]
    families = [face["family"] for face in faces if "stands_for" not in face]
    query = ["fc-match", "--format", "%{family[0]}", "Times New Roman:lang=vi"]
    found = subprocess.run(query, capture_output=True, text=True, timeout=60, check=True).stdout
    if found in families:
        return ""
    return f"Times New Roman would be printed in {found}, not in one of {', '.join(families)}"
