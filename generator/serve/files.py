"""Files that people send: kept under names of ours, spoken of by their own names."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as replaced
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from generator.errors import DataError, Problem
from generator.intake.kinds import SUFFIXES as TABLES
from generator.output import make_folder, write_whole
from generator.serve.workspace import MissingError

if TYPE_CHECKING:  # the processes of long work need no web server
    from fastapi import UploadFile
    from starlette.responses import FileResponse

    from generator.batches.run import Result

JSON_LINES = (".jsonl", ".ndjson")
DATA = (*TABLES, ".json", *JSON_LINES, ".docx")
"""Suffixes of files that hold data of units."""

HEAD, ROSTER = "dau.json", "danh-sach"  # of a roll-up: its head, the folder of its list of units
_LIST, _ORDER = "tep.json", "viec.json"
_LONGEST_NAME = 120
_MANY = 1 << 20  # bytes copied at a time
AnyProblem = TypeVar("AnyProblem", bound=Problem)


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that was sent: its name on disk, which is ours, and the one its sender knows."""

    name: str
    shown: str


class Shelf:
    """The files that came with one piece of work, in a folder of their own, in the order sent."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "nguon"
        self._list = folder / _LIST

    def all(self) -> list[Kept]:
        """Return all files."""
        if not self._list.is_file():
            return []
        return [Kept(*each) for each in json.loads(self._list.read_text(encoding="utf-8"))]

    def add(self, sent: Iterable[UploadFile], suffixes: Sequence[str] = DATA) -> list[Kept]:
        """Keep files; return all that are here now.

        Raises:
            DataError: files of a kind that is not read; none is kept then.
        """
        before, named = self.all(), [(each, plain_name(each.filename or "")) for each in sent]
        wrong = [shown for _, shown in named if Path(shown).suffix.lower() not in suffixes]
        if wrong:
            hint = f"dùng tệp {', '.join(suffixes)}"
            raise DataError(
                Problem(file=shown, message="không đọc dữ liệu từ loại tệp này", hint=hint)
                for shown in wrong
            )
        taken = {each.shown for each in before}
        fresh = []
        next_one = max((int(each.name[1:7]) for each in before), default=-1) + 1
        for number, (upload, shown) in enumerate(named, next_one):
            name = f"t{number:06}{Path(shown).suffix.lower()}"
            make_folder(self.folder)
            with (self.folder / name).open("wb") as file:
                shutil.copyfileobj(upload.file, file, _MANY)
            fresh.append(Kept(name, _unlike(shown, taken)))
            taken.add(fresh[-1].shown)
        return self._keep([*before, *fresh])

    def _keep(self, kept: list[Kept]) -> list[Kept]:
        rows = [[each.name, each.shown] for each in kept]
        write_whole(self._list, json.dumps(rows, ensure_ascii=False).encode())
        return kept

    def remove(self, name: str) -> list[Kept]:
        """Take a file away; return those that stay.

        Raises:
            MissingError: there is none with this name of ours.
        """
        before = self.all()
        stays = [each for each in before if each.name != name]
        if len(stays) == len(before):
            raise MissingError(Problem(message="không có tệp này, hoặc đã bỏ"))
        self._keep(stays)
        (self.folder / name).unlink(missing_ok=True)
        return stays

    def paths(self) -> list[str]:
        """Return where the files are."""
        return [str(self.folder / each.name) for each in self.all()]


class Teller:
    """Puts the names that people know in the place of our paths."""

    def __init__(self, folder: Path, shown: Mapping[Path, str]) -> None:
        """Tell of what lies in a folder of ours; ``shown`` are the names of its files."""
        self._shown = {str(path): name for path, name in shown.items()}
        self._ours = re.compile(rf"{re.escape(str(folder))}(?:[/\\][\w-]+(?:\.\w+)?)*", re.ASCII)

    def text(self, text: str) -> str:
        """Return a text without our paths."""
        return self._ours.sub(lambda found: self._shown.get(found[0], "các tệp đã gửi"), text)

    def problem(self, problem: AnyProblem) -> AnyProblem:
        """Return a problem without our paths."""
        return replaced(
            problem, file=self.text(problem.file), at=self.text(problem.at),
            message=self.text(problem.message), hint=self.text(problem.hint),
        )  # fmt: skip

    def result(self, result: Result) -> Result:
        """Return what became of a record without our paths."""
        return replaced(
            result, problems=tuple(map(self.problem, result.problems)),
            warnings=tuple(map(self.problem, result.warnings)),
        )  # fmt: skip


def teller(folder: Path) -> Teller:
    """Return what speaks of the files of one piece of work."""
    shelves = (Shelf(folder), Shelf(folder / ROSTER))
    shown = {shelf.folder / each.name: each.shown for shelf in shelves for each in shelf.all()}
    return Teller(folder, shown | {folder / HEAD: "Đầu văn bản"})


def plain_name(name: str) -> str:
    """Return the last part of a sender's file name, printable and of a bearable length."""
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(letter if letter.isprintable() else "?" for letter in last) or "tệp"
    suffix = Path(shown).suffix[:10]
    return shown if len(shown) <= _LONGEST_NAME else shown[: _LONGEST_NAME - 11] + "…" + suffix


def _unlike(shown: str, taken: set[str]) -> str:
    """Return a name that no other file has: every unit may have sent its ``so-lieu.xlsx``."""
    stem, suffix, number = Path(shown).stem, Path(shown).suffix, 2
    while shown in taken:
        shown, number = f"{stem} ({number}){suffix}", number + 1
    return shown


# ---------------------------------------------------------------- what was asked for
def order_of(folder: Path) -> dict[str, Any]:
    """Return what was asked for of a piece of work; nothing where its folder was only just made."""
    file = folder / _ORDER
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def keep_order(folder: Path, order: Mapping[str, Any]) -> None:
    """Keep what is asked for."""
    write_whole(folder / _ORDER, json.dumps(order, ensure_ascii=False).encode())


# ---------------------------------------------------------------- lists on disk, and out
def some_of(file: Path, start: int, most: int, key: str, value: str) -> list[dict[str, Any]]:
    """Return some objects of a list of ours, of those that have a value, of all without one."""
    wanted = (row for row in lines_of(file) if value in ("", row[key]))
    return [*islice(wanted, start, start + most)]


def lines_of(file: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a list of ours, one a line; none before it is there."""
    if file.is_file():
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)


def disposition(name: str) -> dict[str, str]:
    """Return the header that makes an answer a file under a name."""
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}


_TYPES = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pdf": "application/pdf",
    ".zip": "application/zip",
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".png": "image/png",
}


def media_type(name: str) -> str:
    """Return the media type of a file of ours, by its suffix."""
    return _TYPES[f".{name.rpartition('.')[2]}"]


def file_answer(path: Path, name: str) -> FileResponse:
    """Answer with a file, streamed from disk.

    Raises:
        MissingError: it is not there yet.
    """
    from starlette.responses import FileResponse

    if not path.is_file():
        raise MissingError(Problem(message="chưa có tệp này", hint="làm xong việc rồi tải lại"))
    return FileResponse(path, media_type=media_type(path.name), headers=disposition(name))
