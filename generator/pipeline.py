"""One document from end to end: the only place where the stages meet.

record -> read and validated -> computed values -> context -> compiled template -> bytes
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from generator.bundle import Bundle, block_source, find_bundle, shipped, template_folders
from generator.compiler import compile_template
from generator.data import RawRecord, given_record, load_files
from generator.errors import DataError, Problem
from generator.naming import OutputName
from generator.render import CompiledTemplate
from generator.schema import Fault, Schema
from generator.scoring import Scoring, read_scoring
from generator.vietnamese.text import find_oddities


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A record ready to print: what the template reads, the file's name, what to look at again."""

    context: Mapping[str, Any]
    name: str
    warnings: tuple[Problem, ...] = ()


class Form:
    """A bundle opened for use. The template is compiled when the first document is made."""

    def __init__(self, bundle: Bundle, folders: Sequence[Path]) -> None:
        self.bundle = bundle
        self._folders = folders
        self.schema = Schema(bundle.path("schema.json"), shared=shipped("doctemplates") / "khoi")
        manifest = str(bundle.folder / "manifest.toml")
        self._name = OutputName(bundle.output, manifest)
        self._scoring: Scoring | None = None
        if "scoring" in bundle.manifest:
            self._scoring = read_scoring(bundle.manifest["scoring"], manifest)

    @cached_property
    def template(self) -> CompiledTemplate:
        """The compiled template.

        Raises:
            TemplateError: everything wrong with it at once.
        """
        path = self.bundle.path("template.docx")
        found = block_source(self.bundle, self._folders)
        return compile_template(path.read_bytes(), str(path), lambda name: found[name].read_bytes())

    def prepare(self, raw: RawRecord, *, named: bool = True) -> Prepared:
        """Return a record read, checked and completed with its computed values.

        ``named`` asks for the file's name too, which not every valid record can give.

        Raises:
            DataError: every problem of the record, each with line, JSON path and field title.
        """
        record = self._valid(raw)
        context = self.context(record)
        return Prepared(
            context=context,
            name=self._named(context, raw) if named else "",
            warnings=_oddities(record, raw),
        )

    def _valid(self, raw: RawRecord) -> Any:
        record, faults = self.read(raw.parse(), raw.folder)
        if faults:
            raise DataError(raw.problems(faults))
        return record

    def read(self, value: Any, folder: str | None) -> tuple[Any, list[Fault]]:
        """Return a record with its values brought to their fields' types, and all its faults."""
        loaded, faults = load_files(value, self.schema, folder)
        told = {fault.path for fault in faults}
        record, more = self.schema.read(loaded)
        return record, faults + [fault for fault in more if fault.path not in told]

    def context(self, record: Any) -> dict[str, Any]:
        """Return what the template reads for a valid record."""
        context: dict[str, Any] = self.schema.present(record)
        if self._scoring:
            context[self._scoring.into] = self._scoring.compute(context)
        return context

    def document(self, record: Mapping[str, Any], *, folder: str | None = None) -> bytes:
        """Return the .docx of a record given by a program.

        ``folder`` is where ``$file`` looks; without it a record cannot name files, so that data
        from elsewhere never pulls in local ones.

        Raises:
            DataError: every problem of the record, each with its JSON path and field title.
            TemplateError: the template cannot be filled with it.
        """
        return self.render(RawRecord(file="", text="", value=given_record(record), folder=folder))

    def render(self, raw: RawRecord) -> bytes:
        """Return the document of one record; the errors of ``prepare`` and of the template."""
        return self.template.render(self.context(self._valid(raw)))

    def name(self, context: Mapping[str, Any]) -> str:
        """Return the path of the document's file below the output folder, from ``output``."""
        return self._name.path(context)

    def _named(self, context: Mapping[str, Any], raw: RawRecord) -> str:
        try:
            return self.name(context)
        except DataError as error:
            faults = [Fault(path=(), message=p.message, hint=p.hint) for p in error.problems]
            raise DataError(raw.problems(faults)) from error


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
        _collect_oddities(item, (*path, step), faults)


def open_form(form: str, templates: Iterable[str] = ()) -> Form:
    """Return a form by its id or folder; ``templates`` are folders searched first.

    Raises:
        UsageError: no such form.
        BundleError: the form's folder is not in order.
    """
    folders = template_folders(templates)
    return Form(find_bundle(form, folders), folders)
