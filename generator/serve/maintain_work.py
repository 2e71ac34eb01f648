"""What the desk of those who look after forms has the workers do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from generator import __version__
from generator.bundle import MANIFEST, Bundle, load_bundle, shipped, template_folders
from generator.conformity.checking import check_document
from generator.conformity.profile import profile_ids
from generator.errors import BundleError, DataError, GeneratorError, Problem
from generator.lint.bundle import blocks_of
from generator.lint.findings import Finding
from generator.lint.linting import LintReport, lint_form
from generator.lint.proving import PRINTED, SAMPLE, layers_of, of_layout, printed
from generator.lint.report import form_value, verdict
from generator.pipeline import Form
from generator.proofs import read_proof
from generator.records.data import RawRecord, given_record, parse_json
from generator.serve.checks_work import pages_of
from generator.serve.forms import work
from generator.serve.forms.drawn import Drawn, packed, told
from generator.serve.opened import opened, stamp_of
from generator.serve.wording import problem_json, shown_file
from generator.serve.workspace import MissingError
from generator.views.pointing import PointedPages, TagAt, of_findings, of_template
from generator.views.template import LEGEND, included

Templates = tuple[str, ...]
_TEMPLATE = "template.docx"


# ---------------------------------------------------------------- the forms
def folder_of(form_id: str, templates: Templates) -> Path:
    """Return the folder of a form, in order or not; what was sent never becomes part of a path.

    Raises:
        MissingError: no such form.
    """
    for folder in _folders(templates):
        if folder.name == form_id:
            return folder
    raise MissingError(Problem(message="không có mẫu này", hint="chọn một mẫu trong danh sách"))


def _folders(templates: Templates) -> Iterator[Path]:
    for root in template_folders(templates):
        yield from (manifest.parent for manifest in sorted(root.glob(f"*/{MANIFEST}")))


def listed(templates: Templates) -> list[dict[str, Any]]:
    """Return every form, those not in order too: where it is from, what its proof says."""
    first = {folder.name: folder for folder in reversed([*_folders(templates)])}
    return [_row(first[name], templates) for name in sorted(first)]


def _row(folder: Path, templates: Templates) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": folder.name, "title": folder.name, "group": "", "standard": "",
        "shipped": folder.parent.resolve() == shipped("doctemplates").resolve(),
        "proof": "", "broken": [], "problems": [], "stamp": stamp(folder.name, templates),
    }  # fmt: skip
    try:
        bundle = load_bundle(folder)
    except BundleError as error:
        return row | {"problems": [*map(problem_json, error.problems)]}
    proof = read_proof(bundle, blocks_of(folder, template_folders(templates)).values())
    return row | {
        "title": bundle.title, "group": bundle.group, "standard": bundle.standard,
        "proof": proof.result, "broken": list(proof.errors),
    }  # fmt: skip


def stamp(form_id: str, templates: Templates) -> str:
    """Return what changes when a file of a form, a shared block or this program changes.

    Raises:
        MissingError: no such form.
    """
    folder = folder_of(form_id, templates)
    own = (path for path in folder.rglob("*") if not path.name.startswith(("~$", ".")))
    shared = blocks_of(folder, template_folders(templates)).values()
    return f"{stamp_of([*own, *shared])}-{__version__}"


def _form(form_id: str, templates: Templates) -> Form:
    """Return a form for work.

    Raises:
        GeneratorError: everything that keeps it from being opened.
    """
    load_bundle(folder_of(form_id, templates))  # says what is wrong; the list leaves such forms out
    return opened(form_id, templates)


# ---------------------------------------------------------------- the template beside a document
def template(form_id: str, templates: Templates) -> Drawn:
    """Return a template's pages with its tags coloured, those of its blocks, and its sample.

    Raises:
        TemplateError: it is no .docx.
    """
    folder = folder_of(form_id, templates)
    views = {
        path.name: of_template(_content(path), str(path), {})
        for path in _with_blocks(folder, templates)
    }
    said = {
        "stamp": stamp(form_id, templates),
        "pages": [
            page | {"file": name} for name, view in views.items() for page in told(view.pages)
        ],
        "legend": [{"colour": f"#{each.fill}", "words": each.words} for each in LEGEND],
        "sample": _sample(folder),
    }
    return Drawn(said=said, packed=packed(page for view in views.values() for page in view.pages))


def _with_blocks(folder: Path, templates: Templates) -> list[Path]:
    """Return the template of a form and the blocks it takes in, blocks of blocks too."""
    blocks = blocks_of(folder, template_folders(templates))
    found = [folder / _TEMPLATE]
    for path in found:  # which grows meanwhile
        names = included(_content(path), str(path))
        found += (blocks[name] for name in names if name in blocks and blocks[name] not in found)
    return found


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        message = "thư mục mẫu thiếu tệp này, hoặc tệp đang được ghi"
        raise BundleError(Problem(file=path.name, message=message, hint="lưu lại tệp")) from error


def _sample(folder: Path) -> str:
    with suppress(OSError, UnicodeDecodeError):
        return (folder / "sample.json").read_text(encoding="utf-8-sig")
    return ""


def tried(form_id: str, templates: Templates, text: str) -> Drawn:
    """Return the pages of data as typed, with everything wrong with them and with the form.

    Raises:
        DataError: it is no JSON, with line and column, or no record.
        GeneratorError: the form cannot be filled.
    """
    value = parse_json(text, "")
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, dict):
        message = "dữ liệu thử phải là một bản ghi { }"
        raise DataError(Problem(message=message, hint="dùng một bản ghi như sample.json"))
    raw = RawRecord(file="", text="", value=given_record(value))
    return work.drawn(_form(form_id, templates), raw, findings=True)


# ---------------------------------------------------------------- what lint finds, with pictures
def linted(form_id: str, templates: Templates) -> dict[str, Any]:
    """Return what is to be said of a form, without pictures."""
    return _said(_report(form_id, templates)) | {"stamp": stamp(form_id, templates)}


def _report(form_id: str, templates: Templates) -> LintReport:
    return lint_form(folder_of(form_id, templates), template_folders(templates))


def _said(report: LintReport) -> dict[str, Any]:
    value = form_value(report)
    findings = [each | {"tep": shown_file(each["tep"])} for each in value["ket_qua"]]
    return {
        "verdict": verdict(report),
        "report": value | {"tep": _TEMPLATE, "ket_qua": findings},
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Pages on which findings have their places."""

    name: str
    view: PointedPages


def pictured(form_id: str, templates: Templates) -> Drawn:
    """Return what is to be said of a form, and the pages on which it can be seen.

    Findings at a tag have their place on the template or the block, those of the standard on the
    document that was measured: of the sample, or of a hard record.
    """
    report = _report(form_id, templates)
    sheets = [*_word_files(report, templates), *_documents(report, form_id, templates)]
    drawn = [(sheet, pages_of(sheet.view)) for sheet in sheets]
    said = _said(report) | {
        "stamp": stamp(form_id, templates),
        "sheets": [{"name": sheet.name, **each.said} for sheet, each in drawn],
    }
    return Drawn(said=said, packed={key: page for _, each in drawn for key, page in
                                    each.packed.items()})  # fmt: skip


def _word_files(report: LintReport, templates: Templates) -> Iterator[Sheet]:
    """Yield the template and the blocks with findings, each with their places."""
    folder = report.template.parent
    blocks = blocks_of(folder, template_folders(templates)).values()
    for path in (report.template, *blocks):
        said = {
            number: TagAt(finding.part, finding.paragraph, finding.tag)
            for number, finding in enumerate(report.findings)
            if Path(finding.file).name == path.name and finding.part and finding.paragraph
        }
        if said or path == report.template:
            with suppress(GeneratorError, OSError):  # a finding says what is wrong with the file
                yield Sheet(name=path.name, view=of_template(path.read_bytes(), str(path), said))


def _documents(report: LintReport, form_id: str, templates: Templates) -> Iterator[Sheet]:
    """Yield the documents that were measured, as far as something is wrong with them."""
    numbers: dict[str, dict[Finding, int]] = {}
    for number, finding in enumerate(report.findings):
        if finding.file.startswith(PRINTED):
            numbers.setdefault(finding.file.removeprefix(PRINTED), {})[finding] = number
    for case, at in numbers.items():
        with suppress(GeneratorError):  # told of already
            form = _form(form_id, templates)
            content = printed(form, case)
            if content is not None:
                yield Sheet(name=f"Bản in với {case}", view=_measured(content, case, form, at))


def _measured(content: bytes, case: str, form: Form, numbers: dict[Finding, int]) -> PointedPages:
    bundle: Bundle = form.bundle
    profile = bundle.standard if bundle.standard in profile_ids() else ""
    checked = check_document(content, case, profile=profile, layers=layers_of(bundle))
    assert checked.found is not None
    document = checked.found.document
    said = {
        numbers[told_as]: finding
        for finding in checked.findings
        if (told_as := of_layout(finding, case)) in numbers
    }
    view = of_findings(said, document.package, document.formatting.root)
    return view if case == SAMPLE else _with_places(view)


def _with_places(view: PointedPages) -> PointedPages:
    """Return the pages on which something has its place, of a document that may be long."""
    kept = sorted({spot.page for spot in view.spots})
    numbers = {page: number for number, page in enumerate(kept, 1)}
    return replace(
        view,
        pages=tuple(view.pages[page - 1] for page in kept),
        spots=tuple(replace(spot, page=numbers[spot.page]) for spot in view.spots),
    )
