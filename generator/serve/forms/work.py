"""What the desk of forms has the workers do: everything that opens a form or a document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from generator.carried import read_carried, record_json
from generator.conformity.checking import Layer, check_document
from generator.conformity.profile import LAYER_FILE, profile_ids, read_layer
from generator.conformity.report import document_value
from generator.errors import DataError, GeneratorError, Problem
from generator.intake.kinds import is_table
from generator.naming import file_name
from generator.pipeline import Form
from generator.preview import png
from generator.preview.routes import draw
from generator.printing import print_pdf, told
from generator.records.data import RawRecord, decode, read_records, show_path
from generator.records.places import DataProblem
from generator.serve.answers import problem_json
from generator.serve.forms import asked, fields
from generator.serve.forms.drawn import Drawn, packed
from generator.serve.forms.drawn import told as told_pages
from generator.serve.opened import forms, opened
from generator.validation import of_record
from generator.views.leading import shown

Templates = tuple[str, ...]
Kind = Literal["docx", "pdf", "json"]
_PICTURE_PPI = 50.0


# ---------------------------------------------------------------- a form
def form(form_id: str, templates: Templates) -> dict[str, Any]:
    """Return all a page must know to have a form filled in."""
    found = opened(form_id, templates)
    bundle = found.bundle
    sample = found.read(_sample(found).parse(), str(bundle.folder))[0]
    return {
        "id": bundle.id, "title": bundle.title, "group": bundle.group, "source": bundle.source,
        "version": bundle.version, "batch": bool(bundle.unit), "unit": bundle.unit,
        "rollup": "rollup" in bundle.manifest, "fields": fields.tree(found.schema.root),
        "sample": fields.record_for_page(sample),
    }  # fmt: skip


def picture(form_id: str, templates: Templates) -> bytes:
    """Return a small PNG of the first page of a form's sample."""
    found = opened(form_id, templates)
    content = found.render(_sample(found))
    return png(content, ppi=_PICTURE_PPI, pages=[1], partly=True)[0]


def _sample(found: Form) -> RawRecord:
    return next(iter(read_records(str(found.bundle.path("sample.json")))))


# ---------------------------------------------------------------- a record
def reviewed(form_id: str, templates: Templates, text: str) -> dict[str, Any]:
    """Return what is to be corrected in a record, the name of its file, its computed values."""
    found, raw = opened(form_id, templates), asked.record(text)
    problems = of_record(found, raw)
    good = all(problem.severity != "error" for problem in problems)
    prepared = found.prepare(raw) if good else None
    return {
        "problems": _told(problems),
        "name": prepared.name.rpartition("/")[2] if prepared else "",
        "derived": list(_derived(found, prepared.context)) if prepared else [],
    }


def _told(problems: Iterable[DataProblem]) -> list[dict[str, Any]]:
    return [*map(problem_json, problems)]


def _derived(found: Form, context: Any) -> Iterator[dict[str, Any]]:
    """Yield the computed values that stand by themselves; those of lists stand in the document."""
    for value in found.derived:
        at: Any = context
        for step in value.pattern:
            at = at.get(step) if isinstance(at, dict) else None
        if at is not None and not isinstance(at, (dict, list)):
            path = show_path(tuple(map(str, value.pattern)))
            yield {"path": path, "title": value.title, "value": fields.record_for_page(at)}


def pages(form_id: str, templates: Templates, text: str, findings: bool) -> Drawn:
    """Return the pages of a record, finished or not, with all that is to be said of them.

    The findings of its conformity are told of a finished record alone: holes would be findings.
    """
    return drawn(opened(form_id, templates), asked.record(text), findings)


def drawn(found: Form, raw: RawRecord, findings: bool) -> Drawn:
    """Return the pages of a record of a form; as :func:`pages`."""
    problems = of_record(found, raw)
    good = all(problem.severity != "error" for problem in problems)
    view = shown(found, raw)
    said = {
        "pages": told_pages(view.pages),
        "areas": [
            {
                "page": area.page, "x": area.x, "y": area.y, "width": area.width,
                "height": area.height, "path": show_path(area.path),
            }
            for area in view.areas
        ],
        "problems": _told(problems),
        "finished": good,
        "conformity": _conformity(found, raw) if findings and good else None,
    }  # fmt: skip
    return Drawn(said=said, packed=packed(view.pages))


def _conformity(found: Form, raw: RawRecord) -> dict[str, Any]:
    own = found.bundle.folder / LAYER_FILE
    layers = [Layer(LAYER_FILE, read_layer(own))] if own.is_file() else []
    standard = found.bundle.standard
    profile = standard if standard in profile_ids() else ""
    return document_value(check_document(found.render(raw), "", profile=profile, layers=layers))


# ---------------------------------------------------------------- delivery
@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A file to deliver, and what is to be said of how it was made."""

    name: str
    content: bytes
    said: tuple[str, ...] = ()


def document(
    form_id: str, templates: Templates, text: str, kind: Kind, draft: bool, force: bool
) -> Made:
    """Return the file of a record as ``vanban render`` makes it, or its data as JSON.

    ``draft`` makes a draft whatever the record lacks; ``force`` makes the document of a form that
    is known to break its standard.

    Raises:
        DataError: everything wrong with the record.
        TemplateError: the form cannot be filled, or must not without ``force``.
    """
    found, raw = opened(form_id, templates), asked.record(text)
    if kind == "json":
        return _data(found, raw)
    if draft:
        return _draft(found, raw, kind)
    if not force:
        found.proof.demand(form_id)
    prepared = found.prepare(raw)
    name = prepared.name.rpartition("/")[2]
    content = found.template.render(prepared.context, prepared.record)
    if kind == "docx":
        return Made(name=name, content=content)
    name = _with_suffix(name, ".pdf")
    drawn = print_pdf(content, name, bundle=found.bundle, context=prepared.context)
    return Made(name=name, content=drawn.pdf, said=told(drawn))


def _draft(found: Form, raw: RawRecord, kind: Kind) -> Made:
    made = found.draft(raw)
    name = _with_suffix(_name(found, raw), f" (dự thảo).{kind}")
    if kind == "docx":
        return Made(name=name, content=made.content)
    drawn = draw(made.content, name)
    return Made(name=name, content=drawn.pdf, said=told(drawn))


def _data(found: Form, raw: RawRecord) -> Made:
    """Return a record as a data file, unfinished as it may be."""
    record, _ = found.read(raw.parse(), None)
    content = f"{record_json(record)}\n".encode()
    return Made(name=_with_suffix(_name(found, raw), ".json"), content=content)


def _name(found: Form, raw: RawRecord) -> str:
    """Return the name of a record's document; the form's own where the record lacks too much."""
    try:
        return found.prepare(raw).name.rpartition("/")[2]
    except DataError:
        return file_name(f"{found.bundle.title}.docx")


def _with_suffix(name: str, suffix: str) -> str:
    return f"{name.removesuffix('.docx')}{suffix}"


# ---------------------------------------------------------------- a file opened
def read(content: bytes, file: str, form_id: str, templates: Templates) -> dict[str, Any]:
    """Return the record of a data file or of a document made here, and the forms it fits.

    ``form_id`` is the form on the page, empty in the gallery: then a data file is given to the
    forms that know all its keys, the best one first.

    Raises:
        DataError: it is no such file, or holds several records.
        MissingError: no such form.
    """
    if file.lower().endswith(".docx"):
        return _read_document(content, file, form_id, templates)
    if is_table(file):
        hint = "mở ở trang Hàng loạt"
        raise DataError(Problem(file=file, message="bảng có nhiều đơn vị", hint=hint))
    text = decode(content, file)
    raw = RawRecord(file=file, text=text)
    value = raw.parse()
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, list):
        message = f"tệp có {len(value)} bản ghi, ở đây chỉ mở một"
        raise DataError(Problem(file=file, message=message, hint="mở ở trang Hàng loạt"))
    if not isinstance(value, dict):
        raise DataError(
            Problem(file=file, message="tệp không chứa bản ghi nào", hint="chọn tệp khác")
        )
    fitting = [form_id] if form_id else _fitting(value, templates)
    if not fitting:
        message = "dữ liệu không khớp với mẫu nào"
        hint = "mở mẫu cần dùng trước, rồi mở tệp từ trang của mẫu"
        raise DataError(Problem(file=file, message=message, hint=hint))
    return _opened(fitting, value, templates)


def _opened(
    fitting: list[str], value: Any, templates: Templates, warnings: Iterable[Problem] = ()
) -> dict[str, Any]:
    found = opened(fitting[0], templates)
    record, _ = found.read(value, None)
    return {
        "form": fitting[0],
        "forms": [{"id": each, "title": opened(each, templates).bundle.title} for each in fitting],
        "record": fields.record_for_page(record),
        "warnings": [*map(problem_json, warnings)],
    }


def _read_document(content: bytes, file: str, form_id: str, templates: Templates) -> dict[str, Any]:
    carried = read_carried(content, file)
    if carried is None:
        message = (
            "văn bản không mang theo dữ liệu (không do vanban tạo, hoặc đã chép sang tệp khác)"
        )
        raise DataError(Problem(file=file, message=message, hint="dùng tệp dữ liệu gốc"))
    found = opened(form_id or carried.form, templates)
    with TemporaryDirectory(prefix="vanban-") as folder:
        path = Path(folder, "van-ban.docx")
        path.write_bytes(content)
        try:
            (raw,) = found.opened(str(path)).records
            value = raw.parse()
        except GeneratorError as error:
            raise type(error)([replace(each, file=file) for each in error.problems]) from error
    warnings = [replace(each, file=file) for each in raw.warnings]
    return _opened([found.bundle.id], value, templates, warnings)


def _fitting(value: dict[str, Any], templates: Templates) -> list[str]:
    """Return the forms that know every key of a record, those with the fewest faults first."""
    keys = {key for key in value if not key.startswith("//")}
    faults: dict[str, int] = {}
    for item in forms(templates):
        try:
            found = opened(item.bundle.id, templates)
        except GeneratorError:
            continue
        if keys and keys <= found.schema.root.children.keys():
            missing = len(found.schema.root.children.keys() - keys)
            faults[item.bundle.id] = 1000 * len(found.read(value, None)[1]) + missing
    return sorted(faults, key=lambda form_id: (faults[form_id], form_id))
