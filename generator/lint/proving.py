"""A form filled and measured: with its sample, and with the hardest records it allows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from generator.bundle import Bundle
from generator.conformity.checking import Layer, check_document
from generator.conformity.findings import Finding as LayoutFinding
from generator.conformity.profile import LAYER_FILE, profile_ids, read_layer
from generator.errors import DataError, GeneratorError
from generator.lint.findings import ERROR, NOTE, WARNING, Finding, of_problem
from generator.lint.worst import BARE, hardest
from generator.pipeline import Form
from generator.records.data import RawRecord, read_records

# Rules that ask for content, which a record of blanks does not have.
_ABSENT = (".thieu", "trang.huong")
SAMPLE = "dữ liệu ví dụ"
PRINTED = "bản in với "  # and the case: where findings of documents are said to be
_SHOWN = 3  # places of one layout finding
# What computing a hard record may meet: sums over blanks, a text where a number was.
_UNCOMPUTABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


def prove(form: Form) -> Iterator[Finding]:
    """Yield what goes wrong when a form is filled, and what the documents break of the standard.

    Raises:
        GeneratorError: the form itself cannot be used.
    """
    try:
        raw = _first(form)
        prepared = form.prepare(raw)
        content = form.template.render(prepared.context)
    except DataError as error:
        yield from (of_problem(problem, "vi_du.sai") for problem in error.problems)
        return
    yield from (of_problem(warning, "vi_du.sai", WARNING) for warning in prepared.warnings)
    layers = layers_of(form.bundle)
    told = set()
    for finding in _measured(content, SAMPLE, form.bundle, layers):
        told.add(finding.id)
        yield finding
    for case, record in hardest(form, raw.parse()):
        for finding in _hard(form, case, record, layers):
            if finding.id not in told:
                told.add(finding.id)
                yield finding


def check_sample(form: Form) -> Iterator[Finding]:
    """Yield what is wrong with a form's sample, whatever its template is like.

    Raises:
        GeneratorError: the form itself cannot be used.
    """
    try:
        form.prepare(_first(form), named=False)
    except DataError as error:
        yield from (of_problem(problem, "vi_du.sai") for problem in error.problems)


def _first(form: Form) -> RawRecord:
    return next(iter(read_records(str(form.bundle.path("sample.json")))))


def printed(form: Form, case: str) -> bytes | None:
    """Return the document measured in a case: :data:`SAMPLE`, or a hard one by its name.

    Raises:
        GeneratorError: the sample is not valid, or the form cannot be filled with it.
    """
    raw = _first(form)
    if case == SAMPLE:
        return form.template.render(form.prepare(raw, named=False).context)
    records = (record for name, record in hardest(form, raw.parse()) if name == case)
    record = next(records, None)
    return None if record is None else form.template.render(_completed(form, record))


def _completed(form: Form, record: Any) -> dict[str, Any]:
    context: dict[str, Any] = form.schema.present(record)
    with suppress(DataError, *_UNCOMPUTABLE):
        form.figures.complete(context)
    return context


def _hard(form: Form, case: str, record: Any, layers: Sequence[Layer]) -> Iterator[Finding]:
    context = _completed(form, record)
    try:
        content = form.template.render(context)
    except GeneratorError as error:
        for problem in error.problems:
            finding = of_problem(problem, "du_lieu_kho.khong_in")
            if "|loi" in finding.tag:  # the template itself refuses such a record, in its words
                continue
            yield _in_case(finding, case)
        return
    try:
        form.name(context)
    except DataError as error:
        for problem in error.problems:
            yield _in_case(of_problem(problem, "ten_tep.khong_dat_duoc", WARNING), case)
    if case == BARE:  # a document without its lists and groups is none to measure
        return
    for finding in _measured(content, case, form.bundle, layers):
        # A strange record may well deserve a warning, and one of blanks lacks what it left out.
        if finding.severity is ERROR and not finding.id.endswith(_ABSENT):
            yield finding


def _in_case(finding: Finding, case: str) -> Finding:
    message = f"không in được khi {case}: {finding.message}"
    return replace(finding, message=message)


# ---------------------------------------------------------------- the standard
def layers_of(bundle: Bundle) -> list[Layer]:
    """Return a form's own rules, laid over those of its standard."""
    own = bundle.folder / LAYER_FILE
    return [Layer(str(own), read_layer(own))] if own.is_file() else []


def _measured(
    content: bytes, case: str, bundle: Bundle, layers: Sequence[Layer]
) -> Iterator[Finding]:
    if bundle.standard not in profile_ids():
        yield Finding(
            id="the_thuc.khong_ro",
            severity=NOTE,
            file=str(bundle.folder / "manifest.toml"),
            message=f"không kiểm tra thể thức: không có bộ quy định “{bundle.standard}”",
            remedy=f"ghi standard = một trong: {', '.join(profile_ids())}",
        )
        return
    report = check_document(content, case, profile=bundle.standard, layers=layers)
    for finding in report.findings:
        yield of_layout(finding, case)


def of_layout(finding: LayoutFinding, case: str) -> Finding:
    """Return what a document of a case breaks of the standard, as a finding of its form."""
    differs = f", cần là {finding.expected}" if finding.expected else ""
    found = f": đang là {finding.found}{differs}" if finding.found else differs
    places = "; ".join(map(str, finding.places[:_SHOWN])) or "cả văn bản"
    return Finding(
        id=f"the_thuc.{finding.id}",
        severity=finding.severity,
        message=f"{finding.message}{found} ({finding.clause})",
        remedy=finding.remedy,
        file=f"{PRINTED}{case}",
        at=places,
        words=finding.place.words,
    )
