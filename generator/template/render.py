"""CompiledTemplate + context -> the bytes of a .docx. Same input, same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import count, islice
from types import TracebackType
from typing import Any

from jinja2.environment import Template
from jinja2.exceptions import SecurityError, UndefinedError
from lxml import etree

from generator.carried import Carrier
from generator.errors import DataError, GeneratorError, Problem, TemplateError
from generator.language.sandbox import TooMuchError
from generator.language.words import run_words
from generator.ooxml import MAX_PART_BYTES, PackageWriter, parse_xml, qn, to_bytes
from generator.patterns import regex
from generator.template.media import ATTACHMENTS, Attachments
from generator.template.tags import Tag, span_of
from generator.units import number as whole
from generator.vietnamese import TextFormError

Context = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledPart:
    """One part that changes with the record: Jinja's code for it, and where each line stands."""

    name: str
    template: Template
    places: Mapping[int, Tag]
    mixed: bool  # the code yields text as well as bytes: captured blocks, recursive loops

    def fill(self, variables: Context) -> bytes:
        """Return the part's XML for one record.

        Raises:
            DataError: a value that cannot be printed, with the tag that prints it.
            TemplateError: an expression that fails, with its tag.
        """
        template = self.template
        try:
            pieces = template.root_render_func(template.new_context(variables))  # type: ignore[arg-type]
            if self.mixed:
                pieces = (p if isinstance(p, bytes) else str(p).encode() for p in pieces)  # type: ignore[misc]
            return _whole(pieces)  # type: ignore[arg-type]
        except GeneratorError:
            raise
        except Exception as error:  # a template's own code ran: what it raised has a place there
            raise self._located(error, variables) from error

    def _located(self, error: Exception, variables: Context) -> GeneratorError:
        tag = self._tag_at(error)
        message, kind = meaning(error)
        hint = _HINTS.get(type(error), "")
        if isinstance(error, UndefinedError):
            hint = _nearest(message, variables) or hint
        if tag is None:
            return kind(Problem(file=self.name, message=message, hint=hint))
        problem = tag.problem(message, hint)
        read = self._read_by(tag, variables, self._names_at(error))
        return kind(replace(problem, at=f"{problem.at}, dữ liệu {read}") if read else problem)

    def _read_by(self, tag: Tag, variables: Context, names: Context) -> str:
        """Return the fields of the record that a tag reads: ``$.so, $.ds[3].ten``."""
        from generator.template.uses import read_at

        paths, stand_for = read_at(list(self.places.values()), tag)
        known = [path for path in paths if path.partition(".")[0].rstrip("[]") in variables]
        items = {path: names[name] for name, path in stand_for.items() if name in names}
        return ", ".join(f"$.{_numbered(path, variables, items)}" for path in known)

    def _trace(self, error: Exception) -> Iterator[TracebackType]:
        """Yield where an error passed through this part's code, the innermost last."""
        trace = error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == f"<{self.name}>":
                yield trace
            trace = trace.tb_next

    def _tag_at(self, error: Exception) -> Tag | None:
        """Return the tag whose code raised: the innermost traceback line of this part."""
        line = max((trace.tb_lineno for trace in [*self._trace(error)][-1:]), default=0)
        return self.places.get(self.template.get_corresponding_lineno(line))

    def _names_at(self, error: Exception) -> dict[str, Any]:
        """Return the values that the template's own names had: Jinja's ``l_1_x`` holds ``x``."""
        names: dict[str, Any] = {}
        for trace in self._trace(error):
            local = trace.tb_frame.f_locals
            for name in sorted(filter(_NAME.fullmatch, local)):  # inner levels last
                names[name.split("_", 2)[2]] = local[name]
        return names


_NAME = regex(r"l_[0-9]+_\w+")


def _numbered(path: str, variables: Context, items: Context) -> str:
    """Return a path with the number of each item at hand: ``ds[].ten`` as ``ds[3].ten``.

    ``items`` holds the item at hand by the path of its list: ``ds[]``. It is known by being the
    very object; where a filter made another one of it, its brackets stay empty.
    """
    at: Any = variables
    steps, walked = [], ""
    for step in path.split("."):
        key, *turns = step.split("[]")
        walked += f".{key}" if walked else key
        at = at.get(key) if isinstance(at, Mapping) else None
        for _ in turns:
            walked += "[]"
            item = items.get(walked, _NOTHING)
            number = next((n for n, each in enumerate(_listed(at)) if each is item), None)
            key += "[]" if number is None else f"[{number}]"
            at = None if number is None else at[number]
        steps.append(key)
    return ".".join(steps)


_NOTHING = object()


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, (list, tuple)) else ()


def _whole(pieces: Iterable[bytes]) -> bytes:
    """Return a part's XML; one too long for any reader is stopped before it fills the memory."""
    rest, chunks, length = iter(pieces), [], 0
    while some := list(islice(rest, 1_000)):
        chunks.append(b"".join(some))
        length += len(chunks[-1])
        if length > MAX_PART_BYTES:
            raise TooMuchError("văn bản quá dài")
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


_HINTS: Mapping[type[Exception], str] = {
    UndefinedError: "thêm trường vào dữ liệu, hoặc trong mẫu viết {% if … is defined %}",
}


_QUOTED = regex("“([^”]*)”$")


def _nearest(message: str, variables: Context) -> str:
    """Return which field may be meant: Word writes {{ Ten }} at the start of a cell."""
    from difflib import get_close_matches

    name = _QUOTED.search(message)
    known = [key for key in variables if key[:1] != "_"]
    if name is None or name[1] in known:
        return ""
    lower = [key for key in known if key.lower() == name[1].lower()]
    near = lower or get_close_matches(name[1], known, 1)
    return f"có phải bạn muốn gõ “{near[0]}”?" if near else ""


def meaning(error: Exception) -> tuple[str, type[GeneratorError]]:
    """Return what stopped an expression in words for people, and whose fault it is."""
    if isinstance(error, TextFormError):
        return str(error), DataError
    if isinstance(error, (UndefinedError, TooMuchError)):
        return str(error), TemplateError
    if isinstance(error, SecurityError):
        return "biểu thức không được phép trong mẫu", TemplateError
    if isinstance(error, ZeroDivisionError):
        return "phép chia cho 0", TemplateError
    if isinstance(error, RecursionError):
        return "biểu thức hoặc macro lồng nhau quá sâu", TemplateError
    return f"không tính được biểu thức: {run_words(error)}", TemplateError


WEIGHT = "~"  # before the weight of a column, where its width will stand


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledTemplate:
    """A template ready to be filled any number of times, from any thread."""

    file: str
    parts: tuple[CompiledPart, ...]
    writer: PackageWriter
    tags: tuple[Tag, ...]
    repeated_drawings: bool
    repair_grids: bool
    carrier: Carrier | None = None
    # The relationships of each part whose tags may add pictures or links, open at the end, and how
    # the names of what they add begin.
    relations: Mapping[str, bytes] = field(default_factory=dict)
    prefix: str = ""
    notes: tuple[Problem, ...] = ()  # what was left out of the template, or changed, and why

    def render(self, context: Context, record: Any = None) -> bytes:
        """Return the .docx of one record.

        ``record`` is the valid record that the document carries, nothing to carry none.

        Raises:
            DataError: a value that cannot be printed.
            TemplateError: a field the record lacks, or an expression that fails.
        """
        variables = context
        if self.repeated_drawings:  # drawings in a loop need ids of their own
            variables = {**context, "_so_hinh": count(100_001).__next__}
        attachments = Attachments(self.prefix) if self.relations else None
        if attachments:
            variables = {**variables, ATTACHMENTS: attachments}
        filled = []
        for part in self.parts:
            if attachments:
                attachments._enter(part.name)
            filled.append((part.name, part.fill(variables)))
        if self.repair_grids:
            filled = [(name, repair_grids(data, self.file, name)) for name, data in filled]
        if self.carrier:
            filled.append(self.carrier.part(filled, record))
        if attachments:
            filled += attachments._parts(self.relations)
        return self.writer.assemble(filled)

    def uses(self) -> dict[str, int]:
        """Return how many tags use each field: ``nguoi_ky.ho_ten``, ``nhom[].ten`` in a loop."""
        from generator.template.uses import count_uses

        return count_uses(self.tags)


def repair_grids(data: bytes, file: str, part: str) -> bytes:
    """Return a part whose table grids fit their rows, where columns came from the data.

    The table keeps its width. Columns that were given weights share it by them, beside those of a
    fixed width; without weights all share it equally when their number changed.
    """
    root = parse_xml(data, file, part)
    fit_grids(root)
    return to_bytes(root)


def fit_grids(root: etree._Element) -> None:
    """Fit the grid of each table below an element to its rows, in place."""
    for table in root.iter(qn("w:tbl")):
        grid = table.find(qn("w:tblGrid"))
        if grid is not None:
            _repair(table, grid)


Row = list[tuple[etree._Element, int]]


def _repair(table: etree._Element, grid: etree._Element) -> None:
    columns = grid.findall(qn("w:gridCol"))
    rows = [
        [(cell, span_of(cell)) for cell in row.iterchildren(qn("w:tc"))] for row in _rows(table)
    ]
    needed = max((sum(span for _, span in row) for row in rows), default=0)
    weighed = next((row for row in rows if len(row) == needed and any(map(_weighs, row))), None)
    if not needed or (needed == len(columns) and not any(_weighs(c) for row in rows for c in row)):
        return
    total = sum(whole(column.get(qn("w:w"))) for column in columns)
    widths = _shared(total, _shares(weighed, total) if weighed else [(0, 1.0)] * needed)
    for column in columns:
        grid.remove(column)
    for width in widths:
        etree.SubElement(grid, qn("w:gridCol"), {qn("w:w"): str(width)})
    for row in rows:
        at = 0
        for cell, span in row:
            size = _size(cell)
            if size is not None:
                size.set(qn("w:w"), str(sum(widths[at : at + span])))
                size.set(qn("w:type"), "dxa")
            at += span


def _size(cell: etree._Element) -> etree._Element | None:
    return cell.find(f"{qn('w:tcPr')}/{qn('w:tcW')}")


def _weighs(item: tuple[etree._Element, int]) -> bool:
    size = _size(item[0])
    return size is not None and size.get(qn("w:w"), "").startswith(WEIGHT)


def _shares(row: Row, total: int) -> list[tuple[int, float]]:
    """Return the fixed width and the weight of each cell of a row: one of them is zero."""
    shares: list[tuple[int, float]] = []
    for cell, span in row:
        size = _size(cell)
        width = size.get(qn("w:w"), "0") if size is not None else "0"
        weighs = _weighs((cell, span))
        shares.append((0, _weight(width)) if weighs else (whole(width) or total // len(row), 0.0))
    if sum(fixed for fixed, _ in shares) >= total:  # no room is left: the fixed are weights too
        return [(0, fixed + part) for fixed, part in shares]
    return shares


_HEAVIEST = 1e12  # a weight beyond it is no share of a page, and sums of such leave all numbers


def _weight(width: str) -> float:
    """Return a column's weight; a template may hold what no tag of ours wrote."""
    with suppress(ValueError):
        weight = float(width.removeprefix(WEIGHT))
        if weight > 0:
            return min(weight, _HEAVIEST)
    return 1.0


def _shared(total: int, shares: list[tuple[int, float]]) -> list[int]:
    """Return the widths of columns, whole numbers that add up to ``total``.

    >>> _shared(100, [(10, 0), (0, 1), (0, 1), (0, 1)])
    [10, 30, 30, 30]
    >>> _shared(100, [(0, 1), (0, 1), (0, 1)])
    [33, 34, 33]
    """
    rest = total - sum(fixed for fixed, _ in shares)
    weights = sum(part for _, part in shares)
    widths, passed, given = [], 0.0, 0
    for fixed, part in shares:
        passed += part
        upto = round(rest * passed / weights)
        widths.append(fixed + upto - given)
        given = upto
    return widths


def _rows(table: etree._Element) -> list[etree._Element]:
    return [row for row in table.iter(qn("w:tr")) if next(row.iterancestors(qn("w:tbl"))) is table]
