"""One unit's scoring sheet: rows, sub-totals, totals, results."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from generator.expressions import ExpressionError, Run, Scope
from generator.expressions.values import number
from generator.records.schema import Fault
from generator.scoring.ranking import Ranking, Standing
from generator.scoring.rules import (
    Class,
    Criterion,
    Group,
    Measured,
    Rules,
    ScoreError,
    maximum_of,
    tidy,
)

CLASS_NAMES = (
    "diem", "diem_chuan", "phan_tram", "bat_buoc_khong_dat", "so_vi_pham", "so_thuong",
    "nhom", "tieu_chi",
)  # fmt: skip
_QUOTIENT = Context(prec=50, rounding=ROUND_HALF_UP)
Points = Decimal | None


@dataclass(slots=True)
class Tally:
    """What one scorer found, and the points of each row and group that follow from it."""

    violations: dict[str, int]
    rewards: int
    left_out: frozenset[str]  # rows that do not apply to the unit
    rows: dict[str, Points] = field(default_factory=dict)
    groups: dict[str, Points] = field(default_factory=dict)
    maximum: Decimal = Decimal()  # of the rows that apply


class Scoring:
    """The scoring of a form."""

    def __init__(self, rules: Rules, ranking: Ranking | None = None) -> None:
        self.rules = rules
        self.ranking = ranking or Ranking()
        self.into = rules.into
        self._maxima = {group.ma: group.maximum for group in rules.groups}
        self.maximum = tidy(sum(self._maxima.values(), Decimal()))
        self.rows = {row.ma: row for group in rules.groups for row in group.criteria}
        self._measured = [row for row in self.rows.values() if row.is_measured]
        self.has_figures = bool(self._measured) or any(
            row.may_not_apply for row in self.rows.values()
        )  # whether a valid sheet can still hold a figure that its row cannot take
        self._full = {row.ma for row in self.rows.values() if row.must_be_full}

    # ------------------------------------------------------------ the sheet
    def compute(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Return the sheet as the template reads it: rows, sub-totals, totals, results, notes.

        ``ghi_chu`` are the rewarded acts, ``ly_do_khong_xet`` the reasons of a veto. Points are
        ``None`` where a scorer has not scored or may not: blank is not zero.

        ``record[scorer]`` is ``None`` (not scored) or the scorer's findings (docs/manifest.md).
        """
        rules = self.rules
        sheets = {scorer: record.get(scorer) for scorer in rules.scorers}
        tallies = {
            scorer: None if is_vetoed(sheet) or not sheet else self.tally(sheet, record)
            for scorer, sheet in sheets.items()
        }
        totals = {
            scorer: None if tally is None else self.total(tally)
            for scorer, tally in tallies.items()
        }
        result: dict[str, Any] = {
            "nhom": [self._group(group, tallies) for group in rules.groups],
            "diem_chuan": self.maximum,
            "diem": totals,
            "ket_qua": {
                scorer: rules.veto_result if is_vetoed(sheet) else None
                for scorer, sheet in sheets.items()
            },
            "muc_tru": rules.deduction,
            "muc_thuong": rules.bonus,
            "ghi_chu": _once(list(sheets.values()), _rewards),
            "ly_do_khong_xet": _once(list(sheets.values()), _vetoes),
            "chenh_lech": _difference(list(totals.values())),
        }
        if rules.classes:
            result["xep_loai"] = {
                scorer: result["ket_qua"][scorer] or self._class(tallies[scorer], totals[scorer])
                for scorer in rules.scorers
            }
        if self._full:
            result["bat_buoc_khong_dat"] = {
                scorer: self._failed(tally) for scorer, tally in tallies.items()
            }
        return result

    def _group(self, group: Group, tallies: Mapping[str, Tally | None]) -> dict[str, Any]:
        return {
            "ma": group.ma,
            "ten": group.ten,
            "diem_chuan": self._maxima[group.ma],
            "diem": {
                scorer: tally.groups[group.ma] if tally else None
                for scorer, tally in tallies.items()
            },
            "tieu_chi": [
                {
                    "ma": row.ma,
                    "nhan": row.nhan,
                    "ten": row.ten,
                    "diem_chuan": row.maximum,
                    "diem": {
                        scorer: tally.rows[row.ma] if tally else None
                        for scorer, tally in tallies.items()
                    },
                }
                for row in group.criteria
            ],
        }

    def standing(
        self, sheet: Mapping[str, Any], unit: Hashable, cluster: str = "", scorer: str = ""
    ) -> Standing:
        """Return what ranking needs of a computed sheet; the last scorer's points are official."""
        scorer = scorer or self.rules.scorers[-1]
        figures = {group["ma"]: group["diem"][scorer] for group in sheet["nhom"]} | {
            row["ma"]: row["diem"][scorer] for group in sheet["nhom"] for row in group["tieu_chi"]
        }
        return Standing(
            unit=unit,
            points=sheet["diem"][scorer],
            title=sheet["xep_loai"][scorer] if "xep_loai" in sheet else None,
            cluster=cluster,
            breakers=tuple(figures[code] or Decimal() for code in self.ranking.breakers),
        )

    # ------------------------------------------------------------ points
    def tally(self, sheet: Mapping[str, Any], record: Mapping[str, Any]) -> Tally:
        """Return what a scorer's sheet gives, row by row."""
        tally = Tally(
            violations=self._violations(sheet),
            rewards=len(sheet.get("thuong") or ()),
            left_out=frozenset(sheet.get("khong_ap_dung") or ()),
        )
        measured = self._figures(sheet, record) if self._measured else {}
        for code, row in self.rows.items():
            tally.rows[code] = self._points(row, tally, measured.get(code))
        for group in self.rules.groups:
            tally.groups[group.ma] = self._group_points(group, tally)
        return tally

    def _violations(self, sheet: Mapping[str, Any]) -> dict[str, int]:
        found: dict[str, int] = {}
        for each in sheet.get("vi_pham") or ():
            code, per = each["tieu_chi"], self.rules.deduction_per
            times = each["so_hanh_vi"] if per == "act" else 1
            found[code] = 1 if per == "row" else found.get(code, 0) + times
        return found

    def _points(self, row: Criterion, tally: Tally, measured: Measured | None) -> Points:
        if row.ma in tally.left_out and row.may_not_apply:
            return row.maximum if self.rules.not_applicable == "full" else None
        if not row.is_measured:
            return row.after(tally.violations.get(row.ma, 0))
        try:
            return None if measured is None else row.of(measured)
        except ScoreError:
            return None  # told by ``faults``

    def counts(self, row: Criterion, tally: Tally) -> bool:
        """Return whether a row counts for a scorer: rows that do not apply may be left out."""
        out = row.ma in tally.left_out and row.may_not_apply
        return not out or self.rules.not_applicable == "full"

    def _group_points(self, group: Group, tally: Tally) -> Points:
        if not tally.left_out and not any(row.alternative for row in group.criteria):
            tally.maximum += self._maxima[group.ma]
            points = [tally.rows[row.ma] for row in group.criteria]
        else:
            counted = tuple(row for row in group.criteria if self.counts(row, tally))
            tally.maximum += group.capped(maximum_of(counted))
            points = list(_with_best_alternatives(counted, tally))
        whole = blank_sum(points)
        return None if whole is None else group.capped(whole)

    def total(self, tally: Tally) -> Points:
        """Return the total with bonus, floor and cap; blank where a group is blank."""
        points = blank_sum(tally.groups.values())
        if points is None:
            return None
        if self.is_rescaled(tally):
            points = self.rescaled(points, tally)
        return self.rules.bounded(points + self.rules.reward(tally.rewards))

    def is_rescaled(self, tally: Tally) -> bool:
        """Return whether rows that do not apply make the others count for more."""
        return self.rules.not_applicable == "rescale" and tally.maximum not in (0, self.maximum)

    def rescaled(self, points: Decimal, tally: Tally) -> Decimal:
        """Return points as part of the whole maximum instead of that of the rows that apply."""
        exact = _QUOTIENT.divide(points * self.maximum, tally.maximum)
        return _QUOTIENT.quantize(exact, Decimal(1).scaleb(-self.rules.rescale_decimals))

    # ------------------------------------------------------------ figures
    def _figures(self, sheet: Mapping[str, Any], record: Mapping[str, Any]) -> dict[str, Measured]:
        told = {each["tieu_chi"]: each for each in sheet.get("so_lieu") or ()}
        found: dict[str, Measured] = {}
        for row in self._measured:
            try:
                measured = _computed(row, sheet, record) if row.value else _told(told.get(row.ma))
            except ExpressionError:
                continue  # told by ``faults``
            if measured is not None:
                found[row.ma] = measured
        return found

    def faults(self, record: Mapping[str, Any]) -> Iterator[Fault]:
        """Yield what is wrong with the figures of a valid record's sheets, each with its place."""
        for scorer in self.rules.scorers:
            sheet = record.get(scorer)
            if sheet and not is_vetoed(sheet):
                yield from self._sheet_faults(sheet, scorer, record)

    def _sheet_faults(
        self, sheet: Mapping[str, Any], scorer: str, record: Mapping[str, Any]
    ) -> Iterator[Fault]:
        seen: set[str] = set()
        for index, each in enumerate(sheet.get("so_lieu") or ()):
            row = self.rows.get(each["tieu_chi"])
            message = _doubt(row, each, seen)
            if message:
                title = f"tiêu chí {each['tieu_chi']}: {message}"
                yield Fault(path=(scorer, "so_lieu", index, "gia_tri"), message=title,
                            hint="sửa số liệu theo hướng dẫn chấm")  # fmt: skip
        for index, code in enumerate(sheet.get("khong_ap_dung") or ()):
            row = self.rows.get(code)
            if row is None or not row.may_not_apply:
                yield Fault(path=(scorer, "khong_ap_dung", index),
                            message=f"tiêu chí {code} áp dụng cho mọi đơn vị",
                            hint="bỏ tiêu chí này khỏi danh sách")  # fmt: skip
        for row in self._measured:
            try:
                measured = _computed(row, sheet, record) if row.value else None
                if measured is not None:
                    row.of(measured)
            except (ExpressionError, ScoreError) as error:
                yield Fault(path=(scorer,), message=f"tiêu chí {row.ma}: {error}",
                            hint="sửa các số dùng để chấm")  # fmt: skip

    # ------------------------------------------------------------ classes
    def _failed(self, tally: Tally | None) -> list[str]:
        """Return the rows that must be full and are not."""
        return [
            code
            for code in self.rows
            if tally
            and code in self._full
            and tally.rows[code] is not None
            and tally.rows[code] != self.rows[code].maximum
        ]

    def _class(self, tally: Tally | None, total: Points) -> str | None:
        if tally is None or total is None:
            return None
        names = {
            "diem": total,
            "diem_chuan": tally.maximum,
            "phan_tram": _QUOTIENT.divide(100 * total, tally.maximum) if tally.maximum else None,
            "bat_buoc_khong_dat": len(self._failed(tally)),
            "so_vi_pham": sum(tally.violations.values()),
            "so_thuong": tally.rewards,
            "nhom": tally.groups,
            "tieu_chi": tally.rows,
        }
        run = Run((Scope(names),))
        return next((e.title for e in self.rules.classes if _holds(e, total, run)), None)


# ---------------------------------------------------------------- pieces
def _with_best_alternatives(rows: Iterable[Criterion], tally: Tally) -> Iterator[Points]:
    best: dict[str, list[Points]] = {}
    for row in rows:
        if row.alternative:
            best.setdefault(row.alternative, []).append(tally.rows[row.ma])
        else:
            yield tally.rows[row.ma]
    for points in best.values():
        yield max((each for each in points if each is not None), default=None)


def _told(each: Mapping[str, Any] | None) -> Measured | None:
    if each is None or each["gia_tri"] is None:
        return None
    whole = each.get("tong")
    return Measured(
        Decimal(number(each["gia_tri"])), None if whole is None else Decimal(number(whole))
    )


def _computed(
    row: Criterion, sheet: Mapping[str, Any], record: Mapping[str, Any]
) -> Measured | None:
    value = row.value.evaluate(Run((Scope(sheet), Scope(record)))) if row.value else None
    return None if value is None else Measured(Decimal(number(value)))


def _doubt(row: Criterion | None, each: Mapping[str, Any], seen: set[str]) -> str:
    """Return what is wrong with one figure of a sheet, empty when nothing is."""
    if row is None or not row.is_measured or row.value is not None:
        return "không chấm theo số liệu của phiếu"
    if row.ma in seen:
        return "có hai số liệu"
    seen.add(row.ma)
    try:
        measured = _told(each)
        if measured is not None:
            row.of(measured)
    except (ExpressionError, ScoreError) as error:
        return str(error)
    return ""


def _holds(each: Class, total: Decimal, run: Run) -> bool:
    if not each.reached(total):
        return False
    try:
        return each.when is None or each.when.evaluate(run) is True
    except ExpressionError:
        return False


def _difference(totals: Sequence[Points]) -> Points:
    """Return the last scorer's total less the first one's."""
    first, last = totals[0], totals[-1]
    return None if len(totals) < 2 or first is None or last is None else tidy(last - first)


def is_vetoed(sheet: Mapping[str, Any] | None) -> bool:
    """Return whether a violated general standard stops the scoring of a sheet."""
    return bool(sheet and sheet.get("vi_pham_tieu_chuan_chung"))


def blank_sum(points: Iterable[Points]) -> Points:
    """Return the sum, ``None`` when any part is blank: blank is not zero."""
    total = Decimal()
    for each in points:
        if each is None:
            return None
        total += each
    return tidy(total)


def _once(sheets: Sequence[Any], found: Callable[[Any], Iterable[str]]) -> list[str]:
    """Return what the scorers wrote, in order; what both wrote stands once."""
    return list(dict.fromkeys(text for sheet in sheets if sheet for text in found(sheet)))


def _rewards(sheet: Mapping[str, Any]) -> Iterable[str]:
    return sheet.get("thuong") or ()


def _vetoes(sheet: Mapping[str, Any]) -> Iterable[str]:
    return filter(None, [sheet.get("vi_pham_tieu_chuan_chung")])
