"""The findings told: lines for the maintainer, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from generator.conformity.findings import Severity
from generator.conformity.report import wrapped
from generator.lint.findings import NOTE, Finding
from generator.lint.linting import LintReport

_MOST_PLACES = 4  # of findings that say the same


def text(report: LintReport) -> Iterator[str]:
    """Yield the lines a maintainer reads, at most 80 columns wide."""
    yield report.form
    for number, group in enumerate(_groups(report.findings), start=1):
        yield ""
        yield from _told(number, group)
    if report.findings:
        yield ""
    yield f"  {verdict(report)}"


def _groups(findings: Sequence[Finding]) -> list[list[Finding]]:
    """Return the findings in their order, those that say the same together."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.id, finding.message, finding.remedy), []).append(finding)
    return list(groups.values())


def _told(number: int, findings: Sequence[Finding]) -> Iterator[str]:
    first = findings[0]
    yield from wrapped(f"{number}. {first.severity.word.upper()}  {first.message}", "", "   ")
    for finding in findings[:_MOST_PLACES]:
        yield from wrapped(f"Ở {finding.place}", "   ", "     ")
    if len(findings) > _MOST_PLACES:
        yield f"   và {len(findings) - _MOST_PLACES} chỗ khác"
    if first.remedy:
        label = "Cách sửa" if first.severity is not NOTE else "Nên làm"
        yield from wrapped(f"{label}: {first.remedy}", "   ", "     ")
    yield f"   ({first.id})"


def verdict(report: LintReport) -> str:
    """Return the outcome in one line."""
    counts = ", ".join(
        f"{report.count(severity)} {severity.word}"
        for severity in Severity
        if report.count(severity)
    )
    if not report.clean:
        return f"Chưa dùng được: {counts}."
    return f"Dùng được: {counts}." if counts else "Dùng được, không có lỗi nào."


def summary(reports: Sequence[LintReport]) -> Iterator[str]:
    """Yield a line for each of many forms, and how many can be used."""
    width = max((len(report.form) for report in reports), default=0)
    yield f"Đã kiểm tra {len(reports)} mẫu:"
    yield from (f"  {report.form:<{width}}  {verdict(report)}" for report in reports)
    bad = sum(not report.clean for report in reports)
    yield f"{len(reports) - bad} dùng được, {bad} chưa dùng được."


def as_json(reports: Sequence[LintReport]) -> str:
    """Return the reports as JSON: one object a form, in a list."""
    return json.dumps([form_value(report) for report in reports], ensure_ascii=False, indent=2)


def form_value(report: LintReport) -> dict[str, Any]:
    """Return a form's object of the JSON report."""
    return {
        "mau": report.form,
        "tep": str(report.template),
        "dat": report.clean,
        **{f"so_{_KEYS[severity]}": report.count(severity) for severity in Severity},
        "ket_qua": [_item(finding) for finding in report.findings],
    }


_KEYS = {Severity.ERROR: "loi", Severity.WARNING: "canh_bao", Severity.NOTE: "luu_y"}


def _item(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.id,
        "muc_do": finding.severity.value,
        "noi_dung": finding.message,
        "cach_sua": finding.remedy,
        "tep": finding.file,
        "phan": finding.part,
        "doan": finding.paragraph or None,
        "vi_tri": finding.at,
        "the": finding.tag,
        "trich": finding.words,
    }
