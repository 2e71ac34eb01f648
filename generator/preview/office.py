"""Pages by LibreOffice, for what the embedded renderer cannot draw.

LibreOffice runs as a program of its own: with a profile folder that belongs to this process alone
(a second one would hand its work to the first and return), for a limited time, and ended as a whole
when it hangs. Many documents go through one run, since its start takes longer than most documents;
where it breaks down on the way, those behind get another.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from multiprocessing.util import Finalize
from pathlib import Path
from typing import NamedTuple

from generator.errors import Problem, ToolError

PROGRAM_VARIABLE = "VANBAN_SOFFICE"
INSTALL_HINT = (
    "cài LibreOffice 25.2 trở lên (https://www.libreoffice.org, hoặc gói libreoffice-writer)"
)
# Word 2013 and later squeezes the spaces of justified lines; LibreOffice does so from about here.
LEAST_VERSION = (25, 2)
_START_SECONDS = 90.0  # with a new profile on a slow machine
_SECONDS_EACH = 30.0  # for one document more
_AT_ONCE = 200  # files of one run: it leaves out, without a word, what comes after about 245
_MOST_LOST = 3  # documents it breaks down at before any is made: then it is not the documents
_NAMES = ("soffice", "libreoffice")
_PLACES = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "~/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "/usr/lib/libreoffice/program/soffice",
    "/usr/lib64/libreoffice/program/soffice",
    "/snap/bin/libreoffice",
)
_PATTERNS = ("/opt/libreoffice*/program/soffice", "/opt/collaboraoffice*/program/soffice")
_PDF = "pdf"
# PDF/A-2b and PDF/UA-1: what LibreOffice writes for an archive.
_ARCHIVE_PDF = (
    'pdf:writer_pdf_Export:{"SelectPdfVersion":{"type":"long","value":"2"},'
    '"PDFUACompliance":{"type":"boolean","value":"true"}}'
)
_NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # on Windows
_WINDOWS_FOLDERS = ("ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA")

# A document that asks for a file, a web address or a macro of its own gets none of them.
_SETTINGS = (
    ("org.openoffice.Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("org.openoffice.Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("org.openoffice.Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("org.openoffice.Office.Common/Security/Scripting", "DisableActiveContent", "true"),
    ("org.openoffice.Office.Writer/Content/Update", "Link", "0"),
)


def program() -> str | None:
    """Return the path of LibreOffice's command, ``None`` where it is not installed.

    ``VANBAN_SOFFICE`` comes first, then the search path, then where the three systems put it.
    """
    own = os.environ.get(PROGRAM_VARIABLE, "")
    if own:
        return shutil.which(own)
    for candidate in (*_NAMES, *_usual_places()):
        found = shutil.which(candidate)
        if found:
            return found
    return None


def _usual_places() -> Iterator[str]:
    for name in _WINDOWS_FOLDERS if sys.platform == "win32" else ():
        if folder := os.environ.get(name):
            # soffice.com waits for its work and prints; soffice.exe does neither.
            yield str(Path(folder, "LibreOffice", "program", "soffice.com"))
    for place in _PLACES:
        yield str(Path(place).expanduser())
    for pattern in _PATTERNS:
        yield from map(str, sorted(Path("/").glob(pattern[1:]), reverse=True))


@functools.cache
def version(command: str) -> tuple[int, ...]:
    """Return the version of a LibreOffice as numbers, empty where it does not say."""
    with contextlib.suppress(ToolError, OSError):
        said = _run([command, "--version"], 60).said
        if found := re.search(r"\d+(?:\.\d+)+", said):
            return tuple(map(int, found[0].split(".")))
    return ()


def to_pdfs(
    documents: Mapping[str, bytes], *, seconds: float | None = None, archive: bool = False
) -> dict[str, bytes]:
    """Return the PDFs of documents by name; without those it cannot open, or breaks down at.

    A run makes many. Where it breaks down, another makes what is left; a document it breaks down
    at twice is left out, so there are never more than two runs for each document.

    Times and identifiers that LibreOffice writes are replaced, so that the same document gives the
    same bytes; those of a PDF for the ``archive`` (PDF/A-2b, PDF/UA-1) by whoever puts in its
    metadata.

    Raises:
        ToolError: LibreOffice is missing, hangs for ``seconds``, or breaks down without a PDF.
    """
    command = program()
    if command is None:
        raise missing()
    made: dict[str, bytes] = {}
    for start in range(0, len(documents), _AT_ONCE):
        group = dict(islice(documents.items(), start, start + _AT_ONCE))
        made |= _in_runs(command, group, seconds, archive=archive)
    return made


def _in_runs(
    command: str, documents: Mapping[str, bytes], seconds: float | None, *, archive: bool
) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory(prefix="vanban-office-") as folder:
        # Numbers for names: two documents may be called the same, and names may be anything.
        left = {name: Path(folder, f"{number}.docx") for number, name in enumerate(documents)}
        for name, path in left.items():
            path.write_bytes(documents[name])
        made: dict[str, bytes] = {}
        before, lost = "", 0
        while left:
            limit = seconds or _START_SECONDS + _SECONDS_EACH * len(left)
            ran = _convert(command, [*left.values()], limit, _ARCHIVE_PDF if archive else _PDF)
            made |= {name: pdf for name, path in left.items() if (pdf := _written(path))}
            left = {name: path for name, path in left.items() if name not in made}
            # It leaves with 0 even when it could not open a file: only the missing PDF tells.
            if not left or (ran.code == 0 and (made or "Error:" in ran.said)):
                break
            first = next(iter(left))  # it takes them in order
            if first == before:
                del left[first]
                lost += 1
                if not made and (lost == _MOST_LOST or not left):
                    raise _broke_down(ran.said)
            before = first
        read = {name: made[name] for name in documents if name in made}
        return read if archive else {name: reproducible(pdf) for name, pdf in read.items()}


def _written(document: Path) -> bytes:
    """Return the PDF beside a document, empty where there is none or but a part of one."""
    path = document.with_suffix(".pdf")
    pdf = path.read_bytes() if path.exists() else b""
    return pdf if b"%%EOF" in pdf[-1024:] else b""


def missing() -> ToolError:
    """Return the error of a machine without LibreOffice."""
    return ToolError(Problem(message="chưa cài LibreOffice", hint=INSTALL_HINT))


def _broke_down(said: str) -> ToolError:
    words = " ".join(said.split())[-200:]
    return ToolError(
        Problem(
            message="LibreOffice dừng mà không tạo được PDF nào" + (f" ({words})" if words else ""),
            hint="đóng các cửa sổ LibreOffice đang mở rồi chạy lại; xem vanban doctor",
        )
    )


_one_at_a_time = threading.Lock()


class _Ran(NamedTuple):
    """What became of a run: the code it left with, and what it printed."""

    code: int
    said: str


def _convert(command: str, sources: Sequence[Path], seconds: float, form: str) -> _Ran:
    with _one_at_a_time:
        return _run(
            [
                command,
                f"-env:UserInstallation={_profile(os.getpid()).as_uri()}",
                "--headless", "--norestore", "--nolockcheck",
                "--convert-to", form,
                "--outdir", str(sources[0].parent),
                *map(str, sources),
            ],
            seconds,
        )  # fmt: skip


@functools.cache
def _profile(pid: int) -> Path:
    """Return the profile folder of this process; it goes when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="vanban-profile-")).resolve()
    user = folder / "user"
    user.mkdir()
    items = "".join(
        f'<item oor:path="/{path}"><prop oor:name="{name}" oor:op="fuse">'
        f"<value>{value}</value></prop></item>"
        for path, name, value in _SETTINGS
    )
    (user / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<oor:items xmlns:oor="http://openoffice.org/2001/registry" '
        'xmlns:xs="http://www.w3.org/2001/XMLSchema" '
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{items}</oor:items>',
        encoding="utf-8",
    )
    # Unlike atexit, this is run by worker processes too.
    Finalize(None, shutil.rmtree, (folder, True), exitpriority=0)
    return folder


def _run(command: Sequence[str], seconds: float) -> _Ran:
    """Run a program; it and all it started are ended after ``seconds``.

    Raises:
        ToolError: it took longer, or cannot be started.
    """
    # Into a file: a child that outlives the program would keep a pipe open for ever.
    with tempfile.TemporaryFile() as said:
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT,
                start_new_session=True, creationflags=_NO_WINDOW,
            )  # fmt: skip
        except OSError as error:
            raise ToolError(
                Problem(file=command[0], message=f"không chạy được ({error.strerror})")
            ) from error
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired as error:
            raise ToolError(
                Problem(
                    message=f"LibreOffice chạy quá {seconds:g} giây, đã bị dừng",
                    hint="chia nhỏ tài liệu, hoặc mở thử tệp bằng LibreOffice để xem nó vướng gì",
                )
            ) from error
        finally:
            _end(process)
        said.seek(0)
        return _Ran(code, said.read(100_000).decode(errors="replace"))


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a program with all it started: soffice is a script, its work is done by a child."""
    if sys.platform == "win32":
        if process.poll() is None:
            tree = ["taskkill", "/T", "/F", "/PID", str(process.pid)]
            subprocess.run(tree, capture_output=True, check=False)
    else:
        # Also after it has left: a child it did not wait for is still in its group.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


_WHEN = re.compile(rb"(?<=/CreationDate\(D:)\d{14}|(?<=/ModDate\(D:)\d{14}")
_XMP_WHEN = re.compile(rb"(<xmp:\w*Date>)[\dT:+-]{19}")
_NAMED_BY_CHANCE = re.compile(
    rb"(?<=/DocChecksum /)[0-9A-F]{32}|(?<=<)[0-9A-F]{32}(?=>\s*(?:<[0-9A-F]{32}>\s*)?\])"
)


def reproducible(pdf: bytes) -> bytes:
    """Return LibreOffice's PDF without the minute of its making: same document, same bytes.

    Everything keeps its length, so that the table of offsets at the end stays true.
    """
    still = _XMP_WHEN.sub(rb"\g<1>1980-01-01T00:00:00", _WHEN.sub(b"19800101000000", pdf))
    still = _NAMED_BY_CHANCE.sub(b"0" * 32, still)
    name = hashlib.sha256(still).hexdigest()[:32].upper().encode()
    return _NAMED_BY_CHANCE.sub(name, still)
