"""Which face is drawn for a face a document names, and how wide its letters are.

``fonts/faces.toml`` lists what may stand in for Times New Roman and its sisters, in order: all of
one list have the same widths, so lines and pages break at the same places. A face without the
Vietnamese letters is refused, whatever its name: Debian's fonts-liberation 1.07 is one.
"""

from __future__ import annotations

import fnmatch
import os
import shutil
import sys
import tempfile
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from multiprocessing.util import Finalize
from pathlib import Path

from generator.bundle import shipped
from generator.errors import Problem, ToolError
from generator.preview.hints import without_programs
from generator.preview.sfnt import Face, faces_in

MAIN = "Times New Roman"
_MARKS = "\u0300\u0301\u0303\u0309\u0323"
VIETNAMESE = "".join(
    sorted(
        {
            unicodedata.normalize("NFC", base + mark)
            for base in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"
            for mark in ("", *_MARKS)
        }
        | set("đĐ")
    )
)
"""The vowels with and without their marks, and đ: what a face must have to print Vietnamese."""


@dataclass(frozen=True, slots=True)
class Typeface:
    """Four faces of one family. What has no face of its own, such as bold, takes the nearest."""

    family: str
    faces: Mapping[tuple[bool, bool], Face]

    def face(self, bold: bool, italic: bool) -> Face:
        """Return the face of a weight and slant."""
        found = self.faces
        for key in ((bold, italic), (bold, False), (False, italic), (False, False)):
            if key in found:
                return found[key]
        return next(iter(found.values()))

    @property
    def missing(self) -> str:
        """The Vietnamese letters that one of its faces lacks."""
        return "".join(
            letter
            for letter in VIETNAMESE
            if any(ord(letter) not in face.advances for face in self.faces.values())
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """One family of ``faces.toml``: for which named faces it may stand, and its files' names."""

    family: str
    stands_for: str
    files: str
    obtain: str


@cache
def choices() -> tuple[Choice, ...]:
    """Return the families of ``faces.toml`` in their order."""
    with (shipped("fonts") / "faces.toml").open("rb") as stream:
        entries = tomllib.load(stream)["face"]
    return tuple(
        Choice(
            family=entry["family"],
            stands_for=entry.get("stands_for", MAIN),
            files=entry.get("files", "*"),
            obtain=entry["obtain"],
        )
        for entry in entries
    )


def folders() -> tuple[Path, ...]:
    """Return the folders that hold fonts: ``VANBAN_FONTS`` first, then those of the system."""
    home = Path.home()
    own = [Path(text) for text in os.environ.get("VANBAN_FONTS", "").split(os.pathsep) if text]
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA", str(home / "AppData/Local"))
        system = [
            Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts",
            Path(local) / "Microsoft/Windows/Fonts",
        ]
    elif sys.platform == "darwin":
        system = [home / "Library/Fonts", Path("/Library/Fonts"), Path("/System/Library/Fonts")]
    else:
        data = os.environ.get("XDG_DATA_HOME", str(home / ".local/share"))
        system = [
            Path(data) / "fonts", home / ".fonts",
            Path("/usr/local/share/fonts"), Path("/usr/share/fonts"),
        ]  # fmt: skip
    return tuple(path for path in (*own, *system) if path.is_dir())


@cache
def _files() -> tuple[Path, ...]:
    return tuple(
        sorted(
            path
            for folder in folders()
            for path in folder.rglob("*")
            if path.suffix.lower() in (".ttf", ".otf", ".ttc")
        )
    )


@lru_cache(maxsize=64)
def installed(family: str, files: str = "*") -> Typeface | None:
    """Return a family of the system; of several versions, the one with the most letters."""
    wanted = frozenset([family.casefold()])
    found: dict[tuple[bool, bool], Face] = {}
    for path in _files():
        if fnmatch.fnmatch(path.name.casefold(), files):
            for face in faces_in(path, wanted):
                key = (face.bold, face.italic)
                if key not in found or len(face.advances) > len(found[key].advances):
                    found[key] = face
    return Typeface(next(iter(found.values())).family, found) if found else None


@lru_cache(maxsize=64)
def resolve(name: str) -> Typeface:
    """Return what is drawn for a named face: itself, or the first that may stand in for it.

    A face of which nothing of its widths is known is drawn as Times New Roman is.

    Raises:
        ToolError: no face on this machine can print Vietnamese in the widths of the name.
    """
    refused = []
    own = [choice for choice in choices() if choice.stands_for.casefold() == name.casefold()]
    for choice in own:
        face = installed(choice.family, choice.files)
        if face and not face.missing:
            return face
        if face:
            refused.append(f"{face.family} thiếu {len(face.missing)} chữ tiếng Việt")
    if not own:
        face = installed(name, f"*{name.split()[0].casefold()}*" if name.split() else "*")
        return face if face and not face.missing else resolve(MAIN)
    if name != MAIN and not refused:
        return resolve(MAIN)
    raise ToolError(
        Problem(
            message=f"không có phông nào in được tiếng Việt thay cho {name}"
            + (f" ({'; '.join(refused)})" if refused else ""),
            hint=f"cài một trong các phông: {'; '.join(c.family for c in own)} "
            f"({own[-2 if len(own) > 1 else -1].obtain})",
        )
    )


def substituted(name: str) -> bool:
    """Return whether a face is drawn in another of other widths, so that lines may break apart."""
    if any(choice.stands_for.casefold() == name.casefold() for choice in choices()):
        return False
    return resolve(name).family.casefold() != name.casefold()


def symbol_face(letter: str) -> Typeface | None:
    """Return a face that has a letter the text's own lacks: a box, a tick, an arrow."""
    for choice in choices():
        if choice.stands_for == "*":
            face = installed(choice.family, choice.files)
            if face and all(ord(letter) in one.advances for one in face.faces.values()):
                return face
    return None


class FontFolder:
    """A folder that holds just the chosen faces, so that a renderer finds no others."""

    def __init__(self, typefaces: Iterable[Typeface]) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="vanban-fonts-"))
        # Unlike weakref's own, this one is called in worker processes too.
        Finalize(self, shutil.rmtree, (self.path, True), exitpriority=0)
        for number, source in enumerate(dict.fromkeys(_paths(typefaces))):
            target = self.path / f"{number}{source.suffix}"
            target.write_bytes(without_programs(source.read_bytes()))


def _paths(typefaces: Iterable[Typeface]) -> Iterator[Path]:
    for typeface in typefaces:
        for face in typeface.faces.values():
            yield face.path
