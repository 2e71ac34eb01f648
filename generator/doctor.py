"""What this machine has for the work, and what is missing and how to get it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from importlib.util import find_spec
from typing import Any, Literal

from generator import __version__
from generator.errors import ToolError
from generator.preview import fonts, office

State = Literal["tốt", "lưu ý", "thiếu"]
_MARKS: dict[State, str] = {"tốt": "✓", "lưu ý": "!", "thiếu": "✗"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at. ``thiếu`` stops some of the work; ``lưu ý`` is good to know."""

    what: str
    state: State
    said: str
    hint: str = ""

    def __str__(self) -> str:
        """Return the finding as the command line prints it."""
        line = f"{_MARKS[self.state]} {self.what}: {self.said}"
        return f"{line}\n    → {self.hint}" if self.hint else line

    def as_json(self) -> dict[str, Any]:
        """Return the finding as a row of ``--json``."""
        return asdict(self)


def examine() -> list[Finding]:
    """Return everything there is to tell of this machine, in the order of need."""
    return [finding for look in _LOOKS for finding in look()]


def _program() -> Iterator[Finding]:
    python = ".".join(map(str, sys.version_info[:3]))
    yield Finding(what="vanban", state="tốt", said=f"{__version__}, Python {python}")


# ---------------------------------------------------------------- faces
def _main_face() -> Iterator[Finding]:
    what = f"Phông {fonts.MAIN}"
    try:
        face = fonts.resolve(fonts.MAIN)
    except ToolError as error:
        problem = error.problems[0]
        hint = f"{problem.hint}; trong bản sao mã nguồn, trên Linux: make fonts"
        yield Finding(what=what, state="thiếu", said=problem.message, hint=hint)
        return
    regular = face.face(bold=False, italic=False)
    own = face.family.casefold() == fonts.MAIN.casefold()
    said = "có trên máy" if own else f"vẽ bằng {face.family} {regular.version}, cùng bề rộng chữ"
    letters = len(fonts.VIETNAMESE)
    said += f"; đủ {letters}/{letters} chữ tiếng Việt; {regular.path}"
    yield Finding(what=what, state="tốt", said=said)
    lacking = [name for key, name in _STYLES.items() if key not in face.faces]
    if lacking:
        yield Finding(
            what=what,
            state="thiếu",
            said=f"thiếu kiểu {', '.join(lacking)}",
            hint=f"cài đủ bốn kiểu của {face.family}",
        )


_STYLES = {
    (False, False): "thường",
    (True, False): "đậm",
    (False, True): "nghiêng",
    (True, True): "đậm nghiêng",
}


def _refused_faces() -> Iterator[Finding]:
    """Tell of faces that have the right name and not the letters."""
    for choice in fonts.choices():
        if choice.stands_for != fonts.MAIN:
            continue
        face = fonts.installed(choice.family, choice.files)
        if face is not None and face.missing:
            yield Finding(
                what=f"Phông {face.family}",
                state="lưu ý",
                said=f"thiếu {len(face.missing)} chữ tiếng Việt nên không dùng",
                hint=f"gỡ gói này và cài bản mới ({choice.obtain})",
            )


def _sign_face() -> Iterator[Finding]:
    what = "Ô vuông, dấu tích (☐ ☑)"
    face = fonts.symbol_face("☐")
    if face is not None:
        yield Finding(what=what, state="tốt", said=f"vẽ bằng {face.family}")
    else:
        names = ", ".join(c.family for c in fonts.choices() if c.stands_for == "*")
        yield Finding(
            what=what,
            state="lưu ý",
            said="chưa có phông nào có các dấu này",
            hint=f"cài một trong: {names}",
        )


# ---------------------------------------------------------------- renderers
def _embedded() -> Iterator[Finding]:
    yield Finding(what="Bộ vẽ có sẵn", state="tốt", said=f"typst {version_of('typst')}")


def _office() -> Iterator[Finding]:
    command = office.program()
    what = "LibreOffice"
    if command is None:
        yield Finding(
            what=what,
            state="lưu ý",
            said="chưa cài; chỉ cần cho những gì bộ vẽ có sẵn không vẽ được",
            hint=office.INSTALL_HINT,
        )
        return
    version = office.version(command)
    said = f"{'.'.join(map(str, version)) or 'không rõ phiên bản'}, {command}"
    if version < office.LEAST_VERSION:
        least = ".".join(map(str, office.LEAST_VERSION))
        yield Finding(
            what=what,
            state="lưu ý",
            said=f"{said}; bản cũ hơn {least} ngắt dòng khác Word",
            hint=office.INSTALL_HINT,
        )
    else:
        yield Finding(what=what, state="tốt", said=said)


# ---------------------------------------------------------------- packages
# Import name, distribution, what it is for, whether the work needs it, how to get it.
_PACKAGES = (
    ("pypdfium2", "pypdfium2", "ảnh của trang", True, "pip install vanban"),
    ("xlrd", "xlrd", "đọc tệp Excel .xls", True, "pip install vanban"),
    ("xlsxwriter", "xlsxwriter", "ghi tệp Excel", True, "pip install vanban"),
    ("pikepdf", "pikepdf", "ghép nhiều PDF thành một", False, "pip install pikepdf"),
    ("isal", "isal", "nén nhanh; không có thì dùng zlib, chậm hơn", False, "pip install isal"),
    ("distributed", "distributed", "chạy trên cụm máy", False, 'pip install "vanban[cluster]"'),
    ("s3fs", "s3fs", "ghi thẳng lên kho s3://", False, 'pip install "vanban[s3]"'),
)


def _packages() -> Iterator[Finding]:
    for module, name, use, needed, how in _PACKAGES:
        if find_spec(module) is not None:
            yield Finding(what=name, state="tốt", said=f"{_version(name)} ({use})")
        else:
            yield Finding(
                what=name,
                state="thiếu" if needed else "lưu ý",
                said=f"chưa cài ({use})",
                hint=f"chạy: {how}",
            )


def _version(name: str) -> str:
    try:
        return version_of(name)
    except PackageNotFoundError:
        return "có"


_LOOKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    _program, _main_face, _refused_faces, _sign_face, _embedded, _office, _packages,
)  # fmt: skip
