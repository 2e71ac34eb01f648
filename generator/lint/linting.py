"""One form, or one template without a form, checked from end to end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from generator.bundle import BLOCKS, MANIFEST, holds_form, load_bundle, shipped
from generator.conformity.findings import Severity
from generator.errors import GeneratorError, Problem, UsageError
from generator.lint.bundle import Reading, blocks_of, read_form
from generator.lint.findings import ERROR, NOTE, WARNING, Finding, of_problem
from generator.lint.proving import check_sample, prove
from generator.lint.template import check_template
from generator.pipeline import Form
from generator.proofs import proof_text
from generator.records.data import read_bytes

_ORDER = (ERROR, WARNING, NOTE)


@dataclass(frozen=True, slots=True, kw_only=True)
class LintReport:
    """What the check of a form came to; ``template`` is its Word file."""

    form: str
    template: Path
    findings: tuple[Finding, ...]

    def count(self, severity: Severity) -> int:
        """Return how many findings weigh so much."""
        return sum(finding.severity is severity for finding in self.findings)

    @property
    def clean(self) -> bool:
        """Whether no finding is an error."""
        return self.count(ERROR) == 0


def lint_form(folder: Path, folders: Sequence[Path]) -> LintReport:
    """Return everything to say of the form in a folder, worst first."""
    reading = read_form(folder, folders)
    findings = [*reading.findings, *_proved(reading)]
    return LintReport(
        form=folder.name, template=folder / "template.docx", findings=_ordered(findings)
    )


def _proved(reading: Reading) -> list[Finding]:
    if reading.bundle is None or reading.schema is None or reading.figures is None:
        return []
    try:
        form = Form(reading.bundle, reading.folders)
        return list(prove(form) if reading.whole else check_sample(form))
    except GeneratorError as error:
        return [of_problem(problem, "mau.sai") for problem in error.problems]


def proof_of(report: LintReport, folders: Sequence[Path]) -> str:
    """Return what ``proof.json`` is to say of a form, ``""`` where it could not be measured."""
    layout = [each for each in report.findings if each.id.startswith(_LAYOUT)]
    others = [each for each in report.findings if each.severity is ERROR and each not in layout]
    folder = report.template.parent
    if others or not (folder / MANIFEST).is_file() or _UNMEASURED in {each.id for each in layout}:
        return ""
    errors = [each.id.removeprefix(_LAYOUT) for each in layout if each.severity is ERROR]
    return proof_text(load_bundle(folder), blocks_of(folder, folders).values(), errors)


_LAYOUT = "the_thuc."
_UNMEASURED = "the_thuc.khong_ro"


def lint_template(path: Path, folders: Sequence[Path]) -> LintReport:
    """Return everything to say of a template that has no form yet.

    Raises:
        TemplateError: it is no .docx.
        UsageError: it cannot be read.
    """
    found: dict[str, bytes] = {}
    for root in (path.parent, path.parent.parent, *folders, shipped("doctemplates")):
        for block in sorted((root / BLOCKS).glob("*.docx")):
            found.setdefault(f"{BLOCKS}/{block.name}", block.read_bytes())
    report = check_template(read_bytes(path, str(path)), str(path), found)
    return LintReport(form=path.name, template=path, findings=_ordered(report.findings))


def _ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings once each, errors first, else in the order found."""
    once = dict.fromkeys(findings)
    return tuple(sorted(once, key=lambda finding: _ORDER.index(finding.severity)))


def form_folders(target: str, folders: Sequence[Path]) -> list[Path]:
    """Return the folders of the forms that a target names: an id, a form's folder, or many.

    Raises:
        UsageError: it names none, with the nearest id.
    """
    path = Path(target)
    if holds_form(path):
        return [path]
    for root in folders:
        if target and path.name == target and holds_form(root / target):
            return [root / target]
    inside = sorted(filter(holds_form, path.iterdir())) if path.is_dir() else []
    if inside:
        return inside
    known = sorted({manifest.parent.name for root in folders for manifest in root.glob(_ANY)})
    near = get_close_matches(target.lower(), known, 1, 0.5)
    raise UsageError(
        Problem(
            message=f"không có mẫu hoặc thư mục mẫu “{target}”",
            hint=f"có phải bạn muốn dùng “{near[0]}”?" if near else "xem lệnh vanban list",
        )
    )


_ANY = f"*/{MANIFEST}"
