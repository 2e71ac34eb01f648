"""One document from end to end: the only place where the stages meet.

record -> read and validated -> computed values -> context -> compiled template -> bytes
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.body import long_headings
from generator.bundle import Bundle, block_source, find_bundle, shipped, template_folders
from generator.carried import Label, carried_records, holds_documents
from generator.errors import DataError, Problem, TemplateError
from generator.figures.form import Figures
from generator.intake.kinds import is_table
from generator.language.sandbox import Sandbox
from generator.naming import OutputName
from generator.proofs import Proof, read_proof
from generator.records.data import Opened, RawRecord, given_record, load_files, read_records
from generator.records.schema import Fault, Field, Findings, Schema
from generator.template.compiler import compile_template
from generator.template.render import CompiledTemplate
from generator.vietnamese import shown
from generator.vietnamese.text import find_oddities

if TYPE_CHECKING:
    from generator.expressions import Source
    from generator.figures.derive import Derived
    from generator.language.places import Place

# Drafts, tables and computed values are imported where they are asked for: the first document of a
# form that needs none of them comes sooner.


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A record ready to print: what the template reads, the file's name, what to look at again."""

    record: Any  # the valid record: what the document carries
    context: Mapping[str, Any]
    name: str
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A draft's .docx, and everything still wrong with its record."""

    content: bytes
    warnings: tuple[Problem, ...]


class Form:
    """A bundle opened for use. The template is compiled when the first document is made."""

    def __init__(self, bundle: Bundle, folders: Sequence[Path]) -> None:
        self.bundle = bundle
        self._folders = folders
        self.schema = Schema(bundle.path("schema.json"), shared=shipped("doctemplates") / "khoi")
        manifest = str(bundle.folder / "manifest.toml")
        self._name = OutputName(bundle.output, manifest)
        self.figures = Figures(bundle.manifest, self.schema, manifest)

    @cached_property
    def blocks(self) -> dict[str, Path]:
        """Where each shared block is that the template may include."""
        return block_source(self.bundle, self._folders)

    @cached_property
    def proof(self) -> Proof:
        """What is known of the form's conformity to its standard."""
        return read_proof(self.bundle, self.blocks.values())

    @cached_property
    def template(self) -> CompiledTemplate:
        """The compiled template.

        Raises:
            TemplateError: everything wrong with it at once.
        """
        path = self.bundle.path("template.docx")
        return self._compile(path.read_bytes(), str(path), self._label())

    @cached_property
    def draft_template(self) -> CompiledTemplate:
        """The template that prints holes and is stamped DỰ THẢO; errors as of ``template``."""
        from generator.draft import DraftSandbox, stamped

        path = self.bundle.path("template.docx")
        content = stamped(path.read_bytes(), str(path))
        return self._compile(content, str(path), self._label(draft=True), DraftSandbox)

    @cached_property
    def tracing_template(self) -> CompiledTemplate:
        """The template that prints holes and marks each value's place; errors as of ``template``.

        What it makes is for pages on a screen: :func:`generator.views.leading.shown`.
        """
        from generator.tracing import TracingSandbox

        path = self.bundle.path("template.docx")
        return self._compile(path.read_bytes(), str(path), None, TracingSandbox)

    def _label(self, *, draft: bool = False) -> Label:
        return Label(
            form=self.bundle.id,
            version=self.bundle.version,
            properties=self.proof.properties,
            draft=draft,
        )

    def _compile(
        self, content: bytes, file: str, label: Label | None, sandbox: type[Sandbox] = Sandbox
    ) -> CompiledTemplate:
        found = self.blocks
        return compile_template(
            content,
            file,
            lambda name: found[name].read_bytes(),
            label=label,
            sandbox=sandbox,
            take_marks=self.bundle.takes_marks,
        )

    def records(self, source: str) -> Iterator[RawRecord]:
        """Yield the records of a data source in order, without checking them.

        ``source`` is what :func:`generator.records.data.read_records` reads, a table (.xlsx, .xls,
        .ods, .csv), a .docx made from this form, or a folder of such documents. What is odd with
        the whole source is a warning of its first record.

        Raises:
            UsageError: no such file or folder, or one that cannot be read.
            DataError: a source that is broken as a whole.
        """
        opened = self.opened(source)
        if opened.problems:
            raise DataError(opened.problems)
        warnings = opened.warnings
        for raw in opened.records:
            yield replace(raw, warnings=warnings + raw.warnings) if warnings else raw
            warnings = ()

    def opened(self, source: str) -> Opened:
        """Return a data source opened, with all that is wrong with its headings or its units.

        Raises:
            UsageError: no such file or folder, or one that cannot be read.
            DataError: a source of which not even a part can be read.
        """
        if holds_documents(source):
            return Opened(records=carried_records(source, self))
        if is_table(source):
            from generator.intake.records import open_table

            return open_table(source, self.bundle, self.schema)
        return Opened(records=read_records(source))

    def prepare(self, raw: RawRecord, *, named: bool = True) -> Prepared:
        """Return a record read, checked and completed with its computed values.

        ``named`` asks for the file's name too, which not every valid record can give.

        Raises:
            DataError: every problem of the record, each with line, JSON path and field title.
        """
        record, context, findings = self._completed(raw)
        return Prepared(
            record=record,
            context=context,
            name=self._named(context, raw) if named else "",
            warnings=(
                *raw.warnings,
                *_warnings(findings, raw),
                *_oddities(record, raw),
                *raw.problems(_long_headings(record, self.schema.root, ())),
            ),
        )

    def _completed(self, raw: RawRecord) -> tuple[Any, dict[str, Any], Findings]:
        record, faults = self._read(raw)
        if faults:
            doubts = self.figures.doubts(record, faults)
            notes = raw.warnings + _warnings(doubts, raw)
            raise DataError(raw.problems([*faults, *doubts.errors]), notes)
        context = self.schema.present(record)
        findings = self.figures.complete(context)
        if findings.errors:
            notes = raw.warnings + _warnings(findings, raw) + _oddities(record, raw)
            raise DataError(raw.problems(findings.errors), notes)
        return record, context, findings

    def _read(self, raw: RawRecord) -> tuple[Any, list[Fault]]:
        """Return a record read, and all its faults: those of its cells and those of its values."""
        value, repeated = raw.parse_loosely()
        record, faults = self.read(value, raw.folder)
        told = {fault.path for fault in raw.faults}
        own = (fault for fault in faults if fault.path not in told)
        return record, [*repeated, *raw.faults, *own]

    def read(self, value: Any, folder: str | None) -> tuple[Any, list[Fault]]:
        """Return a record with its values brought to their fields' types, and all its faults."""
        loaded, faults = load_files(value, self.schema, folder)
        told = {fault.path for fault in faults}
        record, more = self.schema.read(loaded)
        return record, faults + [fault for fault in more if fault.path not in told]

    def context(self, record: Any) -> dict[str, Any]:
        """Return what the template reads for a valid record."""
        context: dict[str, Any] = self.schema.present(record)
        self.figures.complete(context)
        return context

    @property
    def derived(self) -> tuple[Derived, ...]:
        """The values computed from a record, in the order of need."""
        return self.figures.derived

    def explain(self, raw: RawRecord, field: str) -> list[Source]:
        """Return how a value of a record came about: its arithmetic, down to the data.

        A record whose totals disagree is explained all the same.

        Raises:
            DataError: a record that cannot be read, with every problem.
            UsageError: the form has no such field.
        """
        record, faults = self._read(raw)
        if faults:
            raise DataError(raw.problems(faults))
        return self.figures.explain(self.context(record), field)

    def document(
        self,
        record: Mapping[str, Any],
        *,
        folder: str | None = None,
        data: bool = True,
        draft: bool = False,
        force_layout: bool = False,
    ) -> bytes:
        """Return the .docx of a record given by a program.

        ``folder`` is where ``$file`` looks; without it a record cannot name files, so that data
        from elsewhere never pulls in local ones. ``data`` asks for the record in the document, from
        which a roll-up reads it back; without it the document holds its printed words alone.
        ``draft`` makes a draft, whatever the record lacks; :meth:`draft` tells what that is.
        ``force_layout`` prints a form although it is known to break its standard.

        Raises:
            DataError: every problem of the record, each with its JSON path and field title.
            TemplateError: the template cannot be filled with it, or its layout is not proved.
        """
        if not (draft or force_layout):
            self.demand_proof()
        raw = RawRecord(file="", text="", value=given_record(record), folder=folder)
        return self.draft(raw).content if draft else self.render(raw, data=data)

    def render(self, raw: RawRecord, *, data: bool = True) -> bytes:
        """Return the document of one record; the errors of ``prepare`` and of the template."""
        record, context, _ = self._completed(raw)
        return self.fill(raw, context, record if data else None)

    def fill(self, raw: RawRecord, context: Mapping[str, Any], record: Any = None) -> bytes:
        """Return the document of a prepared record; ``record`` is what it is to carry.

        Raises:
            DataError, TemplateError: as of the template, each problem with the record's unit.
        """
        template = self.template
        try:
            return template.render(context, record)
        except (DataError, TemplateError) as error:
            raise type(error)(self.of_unit(raw, error.problems)) from error

    def of_unit(self, raw: RawRecord, problems: Iterable[Problem]) -> Iterator[Problem]:
        """Yield a record's problems with the unit they belong to, where the record names one."""
        unit: Any = raw.unit
        with suppress(DataError):
            value = raw.parse()
            unit = value.get(self.bundle.unit) if isinstance(value, dict) else unit
        for problem in problems:
            named = isinstance(unit, str) and unit
            place = f"{problem.at} (đơn vị {shown(unit)})".lstrip() if named else problem.at
            yield replace(problem, at=place)

    def demand_proof(self) -> None:
        """Refuse to make documents of a form that is known to break its standard.

        One never checked is let through. Looking at a form's pages asks for no proof.

        Raises:
            TemplateError: the rules it breaks.
        """
        self.proof.demand(self.bundle.id)

    def draft(self, raw: RawRecord) -> Draft:
        """Return the draft of a record that need not be finished: its holes are highlighted.

        Raises:
            DataError: data that is no record at all.
            TemplateError: the template cannot be filled even with holes.
        """
        from generator.draft import highlighted

        context, problems = self.unfinished(raw)
        content = highlighted(self.draft_template.render(context))
        return Draft(content=content, warnings=problems)

    def unfinished(
        self, raw: RawRecord, place: Place | None = None
    ) -> tuple[dict[str, Any], tuple[Problem, ...]]:
        """Return what a draft's template reads for a record, and all that is wrong with it.

        With ``place``, the record's own, each value knows where it stands. Private letters that
        would mark a place or a hole are left out of the texts.

        Raises:
            DataError: data that is no record at all.
        """
        from generator.draft import put_marks, without_faults
        from generator.language.places import put_places, without_letters

        record, faults = self._read(raw)
        problems = raw.problems(faults)
        if not isinstance(record, dict):
            raise DataError(problems)
        context, marks = without_faults(self.schema, without_letters(record), faults)
        if place:
            put_places(context, place)
        findings = Findings()
        # What cannot be computed from a record with holes is a hole itself.
        with suppress(DataError, *_UNCOMPUTABLE):
            findings = self.figures.complete(context)
        problems += raw.problems([*findings.errors, *findings.warnings])
        put_marks(context, marks)
        return context, (*problems, *_oddities(record, raw))

    def workbook(self, units: Sequence[str] = (), *, sample: bool = False) -> bytes:
        """Return the Excel workbook to fill: a row for each unit, or the sample's row filled in.

        Raises:
            BundleError: the form has more columns than a sheet can have.
            DataError: the sample is not valid, or its text is longer than a cell holds.
        """
        from generator.intake.workbook import Filled, intake_workbook

        filled = []
        if sample:
            raw = next(iter(read_records(str(self.bundle.path("sample.json")))))
            record, context, _ = self._completed(raw)
            filled = [Filled(record=record, context=context)]
        return intake_workbook(
            self.bundle, self.schema, units=units, filled=filled, figures=self.figures
        )

    def name(self, context: Mapping[str, Any]) -> str:
        """Return the path of the document's file below the output folder, from ``output``."""
        return self._name.path(context)

    def _named(self, context: Mapping[str, Any], raw: RawRecord) -> str:
        try:
            return self.name(context)
        except DataError as error:
            faults = [Fault(path=(), message=p.message, hint=p.hint) for p in error.problems]
            raise DataError(raw.problems(faults)) from error


def _warnings(findings: Findings, raw: RawRecord) -> tuple[Problem, ...]:
    return raw.problems(findings.warnings) if findings.warnings else ()


def _oddities(record: Any, raw: RawRecord) -> tuple[Problem, ...]:
    """Return a warning for each look-alike letter or invisible character in the record's texts."""
    faults: list[Fault] = []
    _collect_oddities(record, (), faults)
    return raw.problems(faults) if faults else ()


def _collect_oddities(value: Any, path: tuple[str | int, ...], faults: list[Fault]) -> None:
    if isinstance(value, str):
        for oddity in find_oddities(value):
            code = " ".join(f"U+{ord(char):04X}" for char in oddity.found)
            better = f"; nên là “{oddity.better}”" if oddity.better else ""
            faults.append(
                Fault(
                    path=path,
                    message=f"{oddity.kind} {code} ở vị trí {oddity.at + 1}{better}",
                    hint="vẫn in đúng như dữ liệu; sửa trong tệp nếu gõ nhầm",
                )
            )
        return
    steps: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, dict):
        steps = value.items()
    elif isinstance(value, list):
        steps = enumerate(value)
    for step, item in steps:
        if isinstance(item, (str, dict, list)):
            _collect_oddities(item, (*path, step), faults)


def _long_headings(value: Any, at: Field | None, path: tuple[str | int, ...]) -> Iterator[Fault]:
    """Yield a warning for each numbered paragraph that prints in bold like a heading."""
    if at is None or not at.holds_long_text:
        return
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _long_headings(item, at.children.get(key), (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _long_headings(item, at.items, (*path, index))
    elif isinstance(value, str) and at.is_long_text:
        for number, words in long_headings(value):
            yield Fault(
                path=path,
                message=f"đoạn “{words[:40]}…” (dòng {number} của nội dung) dài mà không có "
                "dấu câu ở cuối nên in đậm như tiêu đề",
                hint="nếu là đoạn văn thì thêm dấu chấm hoặc dấu hai chấm ở cuối dòng",
            )


_UNCOMPUTABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


def open_form(form: str | PathLike[str], templates: Iterable[str] = ()) -> Form:
    """Return a form by its id or folder; ``templates`` are folders searched first.

    Raises:
        UsageError: no such form.
        BundleError: the form's folder is not in order.
    """
    folders = template_folders(templates)
    return Form(find_bundle(fspath(form), folders), folders)
