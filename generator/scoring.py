"""Points of a scoring sheet, computed from what the scorers found.

A form's ``[scoring]`` table says how: groups of criteria with their maximum, points off a row for
each violation, the least a row can fall to, the bonus, the cap of the total, and what is printed
when a violated general standard stops the scoring. All arithmetic is exact (``Decimal``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from generator.errors import BundleError, Problem

Points = dict[str, Decimal | None]
"""Scorer -> points, ``None`` where that scorer has not scored or may not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One row of the sheet."""

    ma: str
    nhan: str
    ten: str
    maximum: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group of rows with its heading."""

    ma: str
    ten: str
    criteria: tuple[Criterion, ...]

    @property
    def maximum(self) -> Decimal:
        """The most the group can give."""
        return _tidy(sum((criterion.maximum for criterion in self.criteria), Decimal()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoring:
    """The scoring rules of a form; ``None`` as floor or cap means there is none."""

    into: str
    scorers: tuple[str, ...]
    deduction: Decimal
    row_floor: Decimal | None
    bonus: Decimal
    bonus_per_case: bool
    total_cap: Decimal | None
    veto_result: str
    groups: tuple[Group, ...]

    def compute(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Return the sheet as the template reads it: rows, sub-totals, totals, results, notes.

        ``ghi_chu`` are the rewarded acts, ``ly_do_khong_xet`` the reasons of a veto.

        ``record[scorer]`` is ``None`` (not scored) or the scorer's findings:
        ``vi_pham_tieu_chuan_chung`` (text or ``None``), ``vi_pham`` (``tieu_chi`` and
        ``so_hanh_vi``), ``thuong`` (a list of texts or ``None``).
        """
        sheets = {scorer: record.get(scorer) for scorer in self.scorers}
        scored = {
            scorer: None if _vetoed(sheet) else _Counts(sheet) if sheet else None
            for scorer, sheet in sheets.items()
        }
        groups = [self._group(group, scored) for group in self.groups]
        return {
            "nhom": groups,
            "diem_chuan": _sum(group.maximum for group in self.groups),
            "diem": {
                scorer: self._total(groups, scorer, counts) for scorer, counts in scored.items()
            },
            "ket_qua": {
                scorer: self.veto_result if _vetoed(sheet) else None
                for scorer, sheet in sheets.items()
            },
            "muc_tru": self.deduction,
            "muc_thuong": self.bonus,
            "ghi_chu": _once(list(sheets.values()), _rewards),
            "ly_do_khong_xet": _once(list(sheets.values()), _vetoes),
        }

    def _group(self, group: Group, scored: Mapping[str, _Counts | None]) -> dict[str, Any]:
        rows = [self._row(criterion, scored) for criterion in group.criteria]
        return {
            "ma": group.ma,
            "ten": group.ten,
            "diem_chuan": group.maximum,
            "diem": {scorer: _sum(row["diem"][scorer] for row in rows) for scorer in scored},
            "tieu_chi": rows,
        }

    def _row(self, criterion: Criterion, scored: Mapping[str, _Counts | None]) -> dict[str, Any]:
        points: Points = {
            scorer: self._row_points(criterion, counts.violations.get(criterion.ma, 0))
            if counts
            else None
            for scorer, counts in scored.items()
        }
        return {
            "ma": criterion.ma,
            "nhan": criterion.nhan,
            "ten": criterion.ten,
            "diem_chuan": criterion.maximum,
            "diem": points,
        }

    def _row_points(self, criterion: Criterion, violations: int) -> Decimal:
        points = criterion.maximum - violations * self.deduction
        return _tidy(points if self.row_floor is None else max(points, self.row_floor))

    def _total(
        self, groups: Sequence[Mapping[str, Any]], scorer: str, counts: _Counts | None
    ) -> Decimal | None:
        points = _sum(group["diem"][scorer] for group in groups)
        if points is None or counts is None:
            return None
        cases = counts.rewards if self.bonus_per_case else min(counts.rewards, 1)
        total = points + cases * self.bonus
        return _tidy(total if self.total_cap is None else min(total, self.total_cap))


class _Counts:
    """What one scorer found: violations by criterion, cases that earn the bonus."""

    __slots__ = ("rewards", "violations")

    def __init__(self, sheet: Mapping[str, Any]) -> None:
        self.violations: dict[str, int] = {}
        for found in sheet["vi_pham"]:
            code = found["tieu_chi"]
            self.violations[code] = self.violations.get(code, 0) + found["so_hanh_vi"]
        self.rewards = len(sheet["thuong"] or ())


def _vetoed(sheet: Mapping[str, Any] | None) -> bool:
    return bool(sheet and sheet["vi_pham_tieu_chuan_chung"])


def _sum(points: Any) -> Decimal | None:
    """Return the sum, ``None`` when any part is blank: blank is not zero."""
    parts = list(points)
    return None if any(part is None for part in parts) else _tidy(sum(parts, Decimal()))


def _tidy(points: Decimal) -> Decimal:
    """Return points without idle zeros: 50, not 50.0 (the sheet prints ``12,5`` and ``10``).

    >>> _tidy(Decimal("50.0")), _tidy(Decimal("7.50"))
    (Decimal('50'), Decimal('7.5'))
    """
    whole = points.to_integral_value()
    return whole if points == whole else points.normalize()


def _once(sheets: Sequence[Any], found: Callable[[Any], Iterable[str]]) -> list[str]:
    """Return what the scorers wrote, in order; what both wrote stands once."""
    return list(dict.fromkeys(text for sheet in sheets if sheet for text in found(sheet)))


def _rewards(sheet: Mapping[str, Any]) -> Iterable[str]:
    return sheet["thuong"] or ()


def _vetoes(sheet: Mapping[str, Any]) -> Iterable[str]:
    return filter(None, [sheet["vi_pham_tieu_chuan_chung"]])


# ---------------------------------------------------------------- from the manifest
def read_scoring(table: Mapping[str, Any], file: str) -> Scoring:
    """Return the rules in a manifest's ``[scoring]`` table.

    Raises:
        BundleError: a key that is missing, unknown or of the wrong kind; a criterion id used twice.
    """
    try:
        scoring = Scoring(
            into=str(table["into"]),
            scorers=tuple(table["scorers"]),
            deduction=_number(table["deduction"]),
            row_floor=_bound(table["row_floor"]),
            bonus=_number(table["bonus"]),
            bonus_per_case=_choice(table["bonus_per"], {"once": False, "case": True}),
            total_cap=_bound(table["total_cap"]),
            veto_result=str(table["veto_result"]),
            groups=tuple(_group(group) for group in table["group"]),
        )
    except KeyError as error:
        raise _bad(file, f"thiếu khóa {error.args[0]}") from error
    except (TypeError, ValueError, ArithmeticError) as error:
        raise _bad(file, f"giá trị không dùng được: {error}") from error
    codes = [criterion.ma for group in scoring.groups for criterion in group.criteria]
    if len(set(codes)) != len(codes):
        raise _bad(file, "có hai tiêu chí cùng id")
    return scoring


def _group(table: Mapping[str, Any]) -> Group:
    return Group(
        ma=table["id"],
        ten=table["title"],
        criteria=tuple(
            Criterion(
                ma=row["id"], nhan=row["label"], ten=row["title"], maximum=_number(row["maximum"])
            )
            for row in table["criterion"]
        ),
    )


def _number(value: Any) -> Decimal:
    return Decimal(str(value))


def _bound(value: Any) -> Decimal | None:
    return None if value == "none" else _number(value)


def _choice(value: Any, choices: Mapping[str, bool]) -> bool:
    if value not in choices:
        raise ValueError(f"“{value}”, chọn một trong: {', '.join(choices)}")
    return choices[value]


def _bad(file: str, message: str) -> BundleError:
    return BundleError(
        Problem(file=file, at="[scoring]", message=message, hint="xem mẫu ban-cham-diem")
    )
