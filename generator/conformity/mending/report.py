"""A mending told: each finding's before and after, the words that changed, what is left."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from generator.conformity.findings import Finding
from generator.conformity.mending.mend import Mended, Outcome, Result
from generator.conformity.report import SarifTelling, document_value, verdict, where, wrapped

_HEADS = {
    Outcome.MENDED: "Đã sửa",
    Outcome.ASKS: "Chưa sửa, cần đồng ý (chạy lại với --yes)",
    Outcome.UNTRACKED: "Chưa sửa: Word không theo dõi được loại thay đổi này (bỏ --track để sửa)",
    Outcome.BY_HAND: "Phải sửa tay",
}


def text(mended: Mended, target: str) -> Iterator[str]:
    """Yield what a clerk reads, at most 80 columns wide."""
    yield mended.before.file
    for outcome, head in _HEADS.items():
        results = [result for result in mended.results if result.outcome is outcome]
        if results:
            yield ""
            yield from wrapped(f"{head}: {len(results)}", "  ")
            for result in results:
                yield from _result(result)
    yield from _words(mended)
    if mended.new:
        yield ""
        yield f"  Phát hiện thêm sau khi sửa: {len(mended.new)}"
        for finding in mended.new:
            yield from _told(finding, finding.found, finding.expected)
    yield ""
    yield f"  Trước khi sửa: {verdict(mended.before)}"
    yield f"  Sau khi sửa:   {verdict(mended.after)}"
    yield f"  Đã ghi {target}"


def _result(result: Result) -> Iterator[str]:
    finding = result.finding
    if result.outcome is Outcome.MENDED:
        yield from _told(finding, finding.found, result.now or "hết lỗi khi sửa lỗi khác")
    else:
        yield from _told(finding, finding.found, finding.expected)
        if result.outcome is Outcome.BY_HAND and finding.remedy:
            yield from wrapped(f"Cách sửa: {finding.remedy}", "      ", "                ")


def _told(finding: Finding, found: str, now: str) -> Iterator[str]:
    yield from wrapped(f"- {finding.message}: {found} → {now}", "    ", "      ")
    yield from wrapped(where(finding), "      ")


def _words(mended: Mended) -> Iterator[str]:
    if mended.words:
        yield ""
        yield f"  Chữ đã đổi ({len(mended.words)} chỗ), ngoài ra không đổi chữ nào:"
        for change in sorted(mended.words, key=lambda change: change.paragraph.number):
            told = (
                f"- {change.paragraph.place}: “{_shown(change.before)}” → “{_shown(change.after)}”"
            )
            yield from wrapped(told, "    ", "      ")


def _shown(text: str) -> str:
    """Return text with what is not seen made visible: blanks in a row, marks, hidden letters."""
    plain = (c.isprintable() and not unicodedata.combining(c) for c in text)
    shown = "".join(c if seen else f"[U+{ord(c):04X}]" for c, seen in zip(text, plain, strict=True))
    return shown.replace("  ", "␣␣")


def value(mended: Mended, target: str) -> dict[str, Any]:
    """Return what a program reads: the findings before, what became of them, those left."""
    return {
        "tep": mended.before.file,
        "tep_moi": target,
        "truoc": document_value(mended.before),
        "sau": document_value(mended.after),
        "sua": [
            {
                "id": result.finding.id,
                "thanh_phan": result.finding.component,
                "ket_qua": result.outcome.value,
                "truoc": result.finding.found,
                "sau": result.now,
                "o": [str(place) for place in result.finding.places],
            }
            for result in mended.results
        ],
        "chu_da_doi": [
            {
                "id": change.rule,
                "phan": change.paragraph.part,
                "doan": change.paragraph.number,
                "bo": change.removed,
                "them": change.inserted,
                "truoc": change.before,
                "sau": change.after,
            }
            for change in mended.words
        ],
    }


def told(mended: Mended, target: str, form: str, version: str) -> Sequence[str]:
    """Return the lines of a report of the kind ``text``, ``json`` or ``sarif``.

    SARIF knows a result that is no more as ``absent`` (3.27.24), one that is left as ``unchanged``.
    """
    if form == "text":
        return list(text(mended, target))
    if form == "json":
        return [json.dumps(value(mended, target), ensure_ascii=False, indent=2)]
    telling = SarifTelling(version)
    states = [r.outcome is Outcome.MENDED for r in mended.results]
    telling.add_mended(mended.before, ["absent" if done else "unchanged" for done in states])
    return list(telling.end(()))
