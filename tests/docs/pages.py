"""Runs what a page of the documentation shows: commands, examples, and what comes between them.

In a page

- a ``console`` block shows commands after ``$`` and, under each, all that it prints; ``…`` stands
  for anything: within a line, or alone on a line for any lines;
- a ``sh`` block holds commands that succeed, whatever they print;
- a ``python`` block is run; a ``text`` block right after it is what it prints;
- a block with ``title="FILE"`` is that file, written before what follows;
- a comment does what the reader is told to do with another program:
  ``<!-- copy: fixtures/x.json as y.json -->``, ``<!-- set: y.json: a.b = value -->`` (no value: the
  field is taken out), ``<!-- edit: template.docx: old → new -->`` (in every paragraph, or in a
  text file), ``<!-- fill: book.xlsx -->`` before a table of sheets, cells and values;
- ``<!-- picture: page.png -->``: that file is one of docs/hinh, kept by docs/build.py;
- ``<!-- not run: why -->`` leaves the next block alone.

``python -m tests.docs.pages PAGE…`` writes into the pages what their commands print now.
"""

from __future__ import annotations

import contextlib
import functools
import io
import itertools
import json
import operator
import os
import re
import shlex
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docx
import openpyxl

from tests.clerk import FIXTURES, ROOT, vanban

README = (ROOT / "README.md", ROOT / "README.vi.md")
# Run by tests/batch/test_library.py, each block in a process of its own, and by
# tests/serve/test_api_page.py, beside a server.
RUN_ELSEWHERE = (ROOT / "docs" / "library.md", ROOT / "docs" / "api.md")
STEP = re.compile(
    r"<!-- (?P<act>copy|edit|set|fill|picture|not run): (?P<what>.*?) -->"
    r"(?P<table>(?:\n+(?:\|[^\n]*\n)+)?)"
    r"|^(?P<indent>\s*)```(?P<kind>\w*)(?P<rest>[^\n]*)\n(?P<body>.*?)^(?P=indent)```$",
    re.DOTALL | re.MULTILINE,
)
KEPT = "kept"  # the folder of pictures
TITLE = re.compile(r'title="(.+?)"')


class PageError(Exception):
    """Something on a page cannot be done."""


def pages() -> list[Path]:
    """Return every page that is run."""
    found = sorted((ROOT / "docs").rglob("*.md"))
    return [*README, *(page for page in found if page not in RUN_ELSEWHERE)]


@dataclass
class Reader:
    """Somebody who does what a page says, in the folder they are in."""

    code: int = 0
    printed: str | None = None  # by the python block just before
    skips: bool = False
    names: dict[str, Any] = field(default_factory=lambda: {"__name__": "__main__"})

    def follow(self, text: str) -> str:
        """Return the page with what its commands print now."""
        return STEP.sub(self._step, text)

    def _step(self, found: re.Match[str]) -> str:
        if found["act"]:
            self._act(found["act"], found["what"], found["table"])
            return found[0]
        printed, self.printed = self.printed, None
        fence, indent = found[0], found["indent"]
        body = _unindented(found["body"], indent)
        title = TITLE.search(found["rest"])
        if title:
            _write(title[1], body)
        elif self.skips:
            self.skips = False
        elif found["kind"] == "text":
            body = _shown(body, printed)
        elif found["kind"] in BLOCKS:
            body = BLOCKS[found["kind"]](self, body)
        start, end = (at - found.start() for at in found.span("body"))
        return fence[:start] + _indented(body, indent) + fence[end:]

    def _act(self, act: str, what: str, table: str) -> None:
        self.skips = act == "not run"
        if act in ACTS:
            file, _, rest = what.partition(" as " if act == "copy" else ": ")
            ACTS[act](file, rest or table)

    def console(self, body: str) -> str:
        """Run the commands of a block and return it with what they print."""
        lines = []
        for command, shown in _commands(body):
            printed = self.run(command.removeprefix("$ "))
            lines += [command, _shown(shown, printed)]
        return "".join(lines)

    def sh(self, body: str) -> str:
        """Run commands, none of which may fail."""
        for line in body.splitlines():
            printed = self.run(line)
            if self.code:
                raise PageError(f"{line}: exit code {self.code}\n{printed}")
        return body

    def run(self, command: str) -> str:
        """Run a command and return all that it prints."""
        words = shlex.split(command.replace("\\\n", " "), comments=True)
        if not words:
            return ""
        if command.strip() == "echo $?":
            return f"{self.code}\n"
        if words[0] != "vanban":
            raise PageError(f"{command}: only vanban is run")
        ran = vanban(*words[1:])
        self.code = ran.code
        return _plain(ran.out + ran.err)

    def python(self, body: str) -> str:
        """Run an example."""
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(body, "page", "exec"), self.names)
        self.printed = out.getvalue()
        return body


BLOCKS: dict[str, Callable[[Reader, str], str]] = {
    "console": Reader.console, "sh": Reader.sh, "python": Reader.python,
}  # fmt: skip


def _commands(body: str) -> Iterator[tuple[str, str]]:
    """Yield each command, with its continuation lines, and what is shown under it."""
    for part in re.split(r"^(?=\$ )", body, flags=re.MULTILINE):
        command = re.match(r"\$ (?:[^\n]*\\\n)*[^\n]*\n", part)
        if command:
            yield command[0], part[command.end() :]
        elif part.strip():
            raise PageError(f"no command before: {part}")


def _shown(shown: str, printed: str | None) -> str:
    """Return what the page shows where that agrees with what was printed, else that."""
    return shown if printed is None or _agrees(shown, printed) else printed


def _agrees(shown: str, printed: str) -> bool:
    """Tell whether the page shows what was printed.

    >>> _agrees("một\\n…\\nba, 0,… giây\\n", "một\\nhai\\nhai\\nba, 0,8 giây\\n")
    True
    >>> _agrees("một\\nba\\n", "một\\nhai\\nba\\n")
    False
    """
    pattern = re.escape(shown)
    pattern = re.sub(r"^…\n", "(?:[^\\\\n]*\\\\n)*", pattern.replace("\\\n", "\n"), flags=re.M)
    return re.fullmatch(pattern.replace("…", "[^\\n]*"), printed) is not None


def _plain(printed: str) -> str:
    """Return what was printed without blanks at the ends of lines, which editors take away."""
    return re.sub(r"[ \t]+$", "", printed, flags=re.MULTILINE)


def _unindented(body: str, indent: str) -> str:
    return re.sub(f"^{indent}", "", body, flags=re.MULTILINE)


def _indented(body: str, indent: str) -> str:
    return re.sub(r"^(?=.)", indent, body, flags=re.MULTILINE)


# ---------------------------------------------------------------- what a reader does by hand
def _write(name: str, text: str) -> None:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _copy(name: str, target: str) -> None:
    path = Path(target)
    path.parent.mkdir(parents=True, exist_ok=True)
    source = Path(name)
    path.write_bytes((source if source.exists() else ROOT / name).read_bytes())


def _set(name: str, change: str) -> None:
    path, _, value = change.partition(" =")
    *groups, last = path.split(".")
    record = json.loads(Path(name).read_text(encoding="utf-8"))
    holder = functools.reduce(operator.getitem, groups, record)
    if value:
        holder[last] = json.loads(value)
    else:
        del holder[last]
    _write(name, json.dumps(record, ensure_ascii=False, indent=2) + "\n")


def _edit(name: str, change: str) -> None:
    """Replace words everywhere, as an editor's "Replace all" does."""
    old, _, new = change.partition(" → ")
    path = Path(name)
    if path.suffix == ".docx":
        _edit_word(path, old, new)
        return
    text = path.read_text(encoding="utf-8")
    if old not in text:
        raise PageError(f"{name}: not there: {old}")
    _write(name, text.replace(old, new))


def _edit_word(path: Path, old: str, new: str) -> None:
    document = docx.Document(str(path))
    cells = (cell for table in document.tables for row in table.rows for cell in row.cells)
    paragraphs = [each for holder in (document, *cells) for each in holder.paragraphs]
    found = [each for each in paragraphs if old in each.text]
    if not found:
        raise PageError(f"{path}: not there: {old}")
    for paragraph in found:
        for place in reversed([*re.finditer(re.escape(old), paragraph.text)]):
            _type_over(paragraph.runs, place.start(), len(old), new)
    document.save(str(path))


def _keep(name: str, _: str) -> None:
    """Put a file aside as it is now; later commands may change it."""
    if not Path(name).exists():
        raise PageError(f"{name}: was not made")
    _copy(name, f"{KEPT}/{name}")


def _type_over(runs: list[Any], start: int, length: int, new: str) -> None:
    """Put ``new`` for some letters of a paragraph, in the looks of the first of them."""
    for run in runs:
        text = run.text
        here = slice(max(start, 0), max(min(start + length, len(text)), 0))
        if here.start < here.stop:
            run.text = text[: here.start] + new + text[here.stop :]
            new = ""
        start -= len(text)


def _fill(name: str, table: str) -> None:
    book = openpyxl.load_workbook(name)
    for row in table.strip().splitlines()[2:]:
        sheet, cells, value = (cell.strip() for cell in row.strip("|").split("|"))
        found = book[sheet][cells.replace("`", "")]
        for cell in itertools.chain(*found) if isinstance(found, tuple) else [found]:
            cell.value = int(value) if value.isdecimal() else value
    book.save(name)


ACTS: dict[str, Callable[[str, str], None]] = {
    "copy": _copy, "set": _set, "edit": _edit, "fill": _fill,
    "picture": _keep,
}  # fmt: skip


# ---------------------------------------------------------------- writing the pages anew
def renewed(page: Path, folder: Path) -> str:
    """Return a page as it is when its commands are run one after the other in a new folder."""
    (folder / "fixtures").symlink_to(FIXTURES)
    with contextlib.chdir(folder):
        return Reader().follow(page.read_text(encoding="utf-8"))


def main(names: list[str]) -> None:
    """Write pages anew, those named or all."""
    for page in [Path(name).absolute() for name in names] or pages():
        with tempfile.TemporaryDirectory() as folder:
            page.write_text(renewed(page, Path(folder)), encoding="utf-8")


if __name__ == "__main__":
    os.environ.pop("VANBAN_TEMPLATES", None)
    main(sys.argv[1:])
