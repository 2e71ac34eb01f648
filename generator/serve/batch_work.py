"""The steps of a batch: checked, its riskiest documents drawn, made. Each in its own process."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from generator.batches.binding import join
from generator.batches.outputs import open_zip, reader
from generator.batches.run import Progress, Result, batch
from generator.errors import DataError, Problem, UsageError
from generator.intake.kinds import is_table
from generator.intake.mark import mark
from generator.intake.unit_names import read_unit_names
from generator.output import make_folder, write_pieces, write_whole
from generator.pipeline import Form, open_form
from generator.preview.pictures import pictures
from generator.preview.routes import draw
from generator.serve.files import Shelf
from generator.serve.job import Work
from generator.serve.opened import opened
from generator.serve.wording import problem_json
from generator.validation import Review, review
from generator.views.risks import riskiest

PROBLEMS, CORRECTED, PAGES = "loi.jsonl", "da-danh-dau.xlsx", "xem-thu"
RESULTS, DOCUMENTS, ZIP, PRINT = "ban-ke.jsonl", "ket-qua", "ket-qua.zip", "in-mot-luot"
_MOST_RISKY = 12
_PPI = 110.0
_MARKED_AT_MOST = 20_000  # problems: nobody reads further, and each is a comment in a cell


def source_of(shelf: Shelf) -> str:
    """Return what a batch reads: the one file that came, or the folder of all."""
    paths = shelf.paths()
    return paths[0] if len(paths) == 1 else str(shelf.folder)


def _form(work: Work) -> Form:
    """Return the form, which must be known to keep to its standard, or not to have been checked."""
    form = open_form(work.order["form"], work.templates)
    form.demand_proof()
    return form


# ---------------------------------------------------------------- check
def check(work: Work) -> None:
    """Check everything; list the problems; mark them in a copy of the table."""
    for name in (PROBLEMS, CORRECTED):
        (work.folder / name).unlink(missing_ok=True)
    source = source_of(work.shelf)
    found = review(_form(work), source, lambda done: work.tell("kiểm tra", done))
    told = [work.teller.problem(problem) for problem in found.problems]
    rows = (json.dumps(problem_json(each), ensure_ascii=False).encode() + b"\n" for each in told)
    write_pieces(work.folder / PROBLEMS, rows)
    work.show(_counted(found))
    if told and is_table(source):
        work.tell("đánh dấu")
        write_whole(work.folder / CORRECTED, mark(Path(source), told[:_MARKED_AT_MOST]))


def _counted(found: Review) -> dict[str, Any]:
    bad = {problem.unit for problem in found.problems if problem.severity == "error"} - {""}
    return {
        "good": found.good, "errors": found.errors, "warnings": found.warnings,
        "units": len(bad),
    }  # fmt: skip


# ---------------------------------------------------------------- the riskiest
def look(work: Work) -> None:
    """Draw the pages of the documents most likely to print badly."""
    folder = work.folder / PAGES
    shutil.rmtree(folder, ignore_errors=True)
    make_folder(folder)
    form = _form(work)
    work.tell("tìm")
    found = riskiest(form, source_of(work.shelf), _MOST_RISKY)
    if not found.chosen:
        raise DataError(found.first_problems)
    units: list[dict[str, Any]] = []
    for number, risk in enumerate(found.chosen):
        work.tell("vẽ", number, len(found.chosen))
        drawn = draw(form.render(risk.raw), risk.unit)
        pages = 0
        for pages, picture in enumerate(pictures(drawn.pdf, _PPI), start=1):
            write_whole(folder / f"{number + 1:02}-{pages:03}.png", picture)
        units.append({"unit": risk.unit, "reasons": [*risk.reasons], "pages": pages})
        work.show({"units": units, "invalid": found.invalid, "records": found.records})


# ---------------------------------------------------------------- make
def make(work: Work) -> None:
    """Make all documents, then one .zip of them, and one file to print where it is asked for."""
    asked = work.order["make"]
    combined: str = asked["combine"]
    kinds = [*dict.fromkeys([*asked["formats"], *filter(None, [combined])])]
    for name in (RESULTS, ZIP, *(f"{PRINT}.{kind}" for kind in ("pdf", "docx"))):
        (work.folder / name).unlink(missing_ok=True)

    def tell(progress: Progress) -> None:
        work.tell(progress.phase, progress.done, progress.total, progress.failed)

    results = batch(
        work.order["form"], source_of(work.shelf), work.folder / DOCUMENTS, jobs=0,
        templates=work.templates, resume=True, formats=kinds, progress=tell,
    )  # fmt: skip
    made = _Made(work, asked["formats"], combined)
    made.take(results)
    made.pack()
    if combined and made.print:
        made.bind()
    work.show(made.counts)


class _Made:
    """What a batch has made, and what is made of that."""

    def __init__(self, work: Work, wanted: Sequence[str], combined: str) -> None:
        self._work, self._wanted, self._combined = work, wanted, combined
        self._place = str(work.folder / DOCUMENTS)
        self._zip: list[str] = []
        self.print: list[str] = []
        self.counts = {"done": 0, "failed": 0, "warnings": 0, "kept": 0}

    def take(self, results: Iterable[Result]) -> None:
        """Note what became of each record, with the names its sender knows."""
        write_pieces(self._work.folder / RESULTS, self._lines(results))

    def _lines(self, results: Iterable[Result]) -> Iterator[bytes]:
        for result in results:
            self.counts["done" if result.done else "failed"] += 1
            self.counts["warnings"] += bool(result.warnings)
            self.counts["kept"] += result.kept
            for name in result.files if result.done else ():
                kind = name.rpartition(".")[2]
                if kind in self._wanted:
                    self._zip.append(name)
                if kind == self._combined:
                    self.print.append(name)
            yield self._work.teller.result(result).line().encode() + b"\n"

    def pack(self) -> None:
        """Put the documents and the list of results into one .zip."""
        with reader(self._place) as read:
            place = open_zip(str(self._work.folder / ZIP))
            place.begin()
            for done, name in enumerate(self._zip):
                self._work.tell("gói", done, len(self._zip))
                place.write(name, [read(name)])
            place.write("manifest.jsonl", [(self._work.folder / RESULTS).read_bytes()])
            place.finish()

    def bind(self) -> None:
        """Put the documents into one file, to be printed in one go."""
        target = self._work.folder / f"{PRINT}.{self._combined}"
        with reader(self._place) as read:
            documents = self._told((Path(name).stem, read(name)) for name in self.print)
            join(documents, target)

    def _told(self, documents: Iterator[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
        for done, document in enumerate(documents):
            self._work.tell("ghép", done, len(self.print))
            yield document


# ---------------------------------------------------------------- the workbook to fill
def workbook(form_id: str, templates: tuple[str, ...], names: str) -> bytes:
    """Return the workbook to fill of a form, with a row for each name of a pasted list.

    Raises:
        MissingError: no such form.
        DataError: a name twice; names for a form that is of no unit.
    """
    form = opened(form_id, templates)
    return form.workbook(_unit_names(form, names) if names.strip() else [])


def _unit_names(form: Form, names: str) -> list[str]:
    unit = form.schema.root.children.get(form.bundle.unit)
    if unit is None:
        message = f"mẫu {form.bundle.title} không lập cho từng đơn vị"
        raise UsageError(Problem(message=message, hint="xóa danh sách đơn vị rồi tải sổ"))
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder, "danh-sach.txt")
        listed.write_text(names, encoding="utf-8")
        try:
            return read_unit_names(str(listed), unit)
        except DataError as error:
            raise DataError(
                replace(each, file="danh sách đơn vị") for each in error.problems
            ) from error
