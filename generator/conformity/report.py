"""Findings told: a table for the clerk, JSON and SARIF for programs, a summary of many files."""

from __future__ import annotations

import json
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from generator.conformity.checking import Report
from generator.conformity.findings import Finding, Place, Severity

WIDTH = 80
_MOST_PLACES = 4
_SARIF_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


# ---------------------------------------------------------------- text
def text(report: Report) -> Iterator[str]:
    """Yield the lines a clerk reads, at most 80 columns wide."""
    yield f"{report.file}"
    kind = report.kind.lower() or "văn bản"
    if report.out_of_scope:
        yield from wrapped(f"Ngoài phạm vi: {report.out_of_scope}.", "  ")
        return
    by = f", {report.profile.agency}" if report.profile.agency else ""
    yield from wrapped(f"{kind}, kiểm tra theo {report.profile.name}{by}", "  ")
    for number, finding in enumerate(report.findings, 1):
        yield ""
        yield from _finding(number, finding)
    if report.findings:
        yield ""
    yield f"  {verdict(report)}"
    for finding in report.waived:
        reason = report.profile.waived[finding.id]
        yield from wrapped(f"bỏ qua {finding.id}: {reason}", "  ")


def verdict(report: Report) -> str:
    """Return the outcome in one line."""
    if report.out_of_scope:
        return "ngoài phạm vi kiểm tra"
    counts = [
        f"{report.count(severity)} {severity.word}"
        for severity in Severity
        if report.count(severity)
    ]
    if report.conforms:
        return f"Đạt{': ' + ', '.join(counts) if counts else ', không có lỗi nào'}."
    return f"Chưa đạt: {', '.join(counts)}."


def _finding(number: int, finding: Finding) -> Iterator[str]:
    head = f"{number}. {finding.severity.word.upper()}  {finding.message}"
    yield from wrapped(head, "", "   ")
    yield from wrapped(where(finding), "   ")
    if finding.found:
        yield from wrapped(f"Đang là: {finding.found}", "   ", "            ")
    if finding.expected:
        yield from wrapped(f"Cần là:  {finding.expected}", "   ", "            ")
    if finding.remedy:
        yield from wrapped(f"Cách sửa: {finding.remedy}", "   ", "             ")
    yield from wrapped(f"({finding.clause}; {finding.id})", "   ", "    ")


def where(finding: Finding) -> str:
    """Return a finding's places as a clerk reads them, the first few of many."""
    shown = []
    for place in finding.places[:_MOST_PLACES]:
        words = f": “{place.words}”" if place.words else ""
        shown.append(f"{place}{words}")
    more = len(finding.places) - _MOST_PLACES
    tail = f"; và {more} chỗ khác" if more > 0 else ""
    return f"Ở {'; '.join(shown) or 'cả văn bản'}{tail}"


def wrapped(line: str, indent: str, rest: str | None = None) -> list[str]:
    """Return a line as lines that fit a terminal."""
    return textwrap.wrap(
        line,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent if rest is None else rest,
        break_long_words=True,
        break_on_hyphens=False,
    )


@dataclass(frozen=True, slots=True)
class Row:
    """What a summary keeps of a document: nothing that holds the document itself."""

    file: str
    verdict: str
    conforms: bool
    broken: tuple[tuple[str, str], ...]  # rule and message of each finding


def row(report: Report) -> Row:
    """Return the line of a summary for a document."""
    broken = tuple((finding.id, finding.message) for finding in report.findings)
    return Row(report.file, verdict(report), report.conforms, broken)


def summary_table(rows: Sequence[Row], unread: Sequence[str]) -> Iterator[str]:
    """Yield a summary of many documents: a line each, then the rules broken most often."""
    yield ""
    yield f"Đã kiểm tra {len(rows)} văn bản:"
    for one in rows:
        yield f"  {_short(one.file):<46}  {one.verdict}"
    for file in unread:
        yield f"  {_short(file):<46}  không đọc được"
    times = Counter(key for one in rows for key, _ in one.broken)
    messages = {key: message for one in rows for key, message in one.broken}
    if times:
        yield "Lỗi gặp nhiều nhất:"
        for key, count in sorted(times.items(), key=lambda item: (-item[1], item[0]))[:10]:
            yield from wrapped(f"{count:>4}  {messages[key]} ({key})", "  ", "        ")
    bad = sum(not one.conforms for one in rows)
    yield f"{len(rows) - bad} đạt, {bad} chưa đạt, {len(unread)} không đọc được."


def _short(file: str) -> str:
    return file if len(file) <= 46 else f"…{file[-45:]}"


# ---------------------------------------------------------------- JSON
def document_value(report: Report) -> dict[str, Any]:
    """Return a document's object of the JSON report."""
    return {
        "tep": report.file,
        "quy_dinh": report.profile.id,
        "loai": report.kind,
        "ngoai_pham_vi": report.out_of_scope,
        "dat": report.conforms,
        "so_loi": report.count(Severity.ERROR),
        "so_canh_bao": report.count(Severity.WARNING),
        "so_luu_y": report.count(Severity.NOTE),
        "ket_qua": [_item(finding) for finding in report.findings],
        "bo_qua": [
            {**_item(finding), "ly_do": report.profile.waived[finding.id]}
            for finding in report.waived
        ],
    }


def _item(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.id,
        "thanh_phan": finding.component,
        "muc_do": finding.severity.value,
        "dieu_khoan": finding.clause,
        "noi_dung": finding.message,
        "can_la": finding.expected,
        "dang_la": finding.found,
        "cach_sua": finding.remedy,
        "o": [
            {
                "phan": place.part,
                "doan": place.paragraph.number if place.paragraph else None,
                "trang": place.paragraph.page if place.paragraph else None,
                "vi_tri": str(place),
                "trich": place.words,
            }
            for place in finding.places
        ],
    }


# ---------------------------------------------------------------- SARIF
def _sarif(rules: Sequence[Any], results: Sequence[Any], version: str) -> dict[str, Any]:
    """Return a SARIF 2.1.0 log (OASIS)."""
    driver = {"name": "vanban", "version": version, "rules": rules}
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }


def _sarif_rule(key: str, finding: Finding) -> dict[str, Any]:
    return {
        "id": key,
        "shortDescription": {"text": finding.message},
        "help": {"text": finding.remedy or finding.message},
        "properties": {"clause": finding.clause},
    }


def _sarif_results(report: Report) -> Iterator[dict[str, Any]]:
    for finding in report.findings:
        parts = (finding.message, f"cần là {finding.expected}", f"đang là {finding.found}")
        yield {
            "ruleId": finding.id,
            "level": _SARIF_LEVELS[finding.severity],
            "message": {"text": "; ".join(parts)},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": _uri(report.file)},
                    },
                    "logicalLocations": [
                        {"name": str(place), "fullyQualifiedName": _logical(place)}
                    ],
                    "message": {"text": place.words or str(place)},
                }
                for place in finding.places or ()
            ],
            "properties": {"clause": finding.clause, "component": finding.component},
        }


def _logical(place: Place) -> str:
    number = place.paragraph.number if place.paragraph else 0
    return f"{place.part}#{number}"


def _uri(file: str) -> str:
    return quote(PurePath(file).as_posix())


# ---------------------------------------------------------------- one after the other
class Telling:
    """Takes reports one after the other and yields what is printed, then an end.

    A report is let go once it is told, so that a folder of any size is checked in little memory.
    """

    def add(self, report: Report) -> Iterator[str]:
        """Take a report; yield what can be printed at once."""
        yield from ()

    def end(self, unread: Sequence[str]) -> Iterator[str]:
        """Yield what comes after the last report; ``unread`` are files that could not be read."""
        yield from ()


class TextTelling(Telling):
    """For the clerk; of many documents those with findings, then a summary."""

    def __init__(self, *, many: bool) -> None:
        self._many = many
        self._rows: list[Row] = []

    def add(self, report: Report) -> Iterator[str]:
        """Yield a document's findings."""
        self._rows.append(row(report))
        if not self._many:
            yield from text(report)
        elif report.findings:
            yield from (*text(report), "")

    def end(self, unread: Sequence[str]) -> Iterator[str]:
        """Yield the summary of many documents."""
        if self._many:
            yield from summary_table(self._rows, unread)


class JsonTelling(Telling):
    """For programs: a list with an object for each document."""

    def __init__(self) -> None:
        self._documents: list[dict[str, Any]] = []

    def add(self, report: Report) -> Iterator[str]:
        """Keep a document's object."""
        self._documents.append(document_value(report))
        yield from ()

    def end(self, unread: Sequence[str]) -> Iterator[str]:
        """Yield the list."""
        yield json.dumps(self._documents, ensure_ascii=False, indent=2)


class SarifTelling(Telling):
    """For tools that collect findings: a SARIF log of one run."""

    def __init__(self, version: str) -> None:
        self._version = version
        self._rules: dict[str, dict[str, Any]] = {}
        self._results: list[dict[str, Any]] = []

    def add(self, report: Report) -> Iterator[str]:
        """Keep a document's results."""
        for finding in report.findings:
            self._rules.setdefault(finding.id, _sarif_rule(finding.id, finding))
        self._results += _sarif_results(report)
        yield from ()

    def add_mended(self, before: Report, states: Sequence[str]) -> None:
        """Keep the results of a document that was mended, each with its ``baselineState``."""
        first = len(self._results)
        list(self.add(before))
        for result, state in zip(self._results[first:], states, strict=True):
            result["baselineState"] = state

    def end(self, unread: Sequence[str]) -> Iterator[str]:
        """Yield the log."""
        rules = [self._rules[key] for key in sorted(self._rules)]
        yield json.dumps(_sarif(rules, self._results, self._version), ensure_ascii=False, indent=2)
