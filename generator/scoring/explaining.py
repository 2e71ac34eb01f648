"""How the points of a sheet came about, down to the figures of the record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from generator.expressions import Source, show
from generator.scoring.rules import Criterion, Group, tidy
from generator.scoring.sheet import Points, Scoring, Tally, blank_sum, is_vetoed

_NO_TITLES: Mapping[str, str] = MappingProxyType({})


def explainable(scoring: Scoring) -> list[str]:
    """Return what can be explained: the totals, the groups, the rows."""
    into, rules = scoring.into, scoring.rules
    totals = [f"{into}.diem", *(f"{into}.diem.{scorer}" for scorer in rules.scorers)]
    return [*totals, *(group.ma for group in rules.groups), *scoring.rows]


def explain(
    scoring: Scoring, record: Mapping[str, Any], name: str, titles: Mapping[str, str] = _NO_TITLES
) -> list[Source]:
    """Return how a total, a group or a row came about, for each scorer it is asked of.

    ``titles`` say who the scorers are.
    """
    total = f"{scoring.into}.diem"
    asked = [who for who in scoring.rules.scorers if name in (total, f"{total}.{who}")]
    if not asked and name in explainable(scoring):
        asked = list(scoring.rules.scorers)
    return [_for_scorer(scoring, record, name, who, titles.get(who, who)) for who in asked]


def _for_scorer(
    scoring: Scoring, record: Mapping[str, Any], name: str, scorer: str, title: str
) -> Source:
    sheet = record.get(scorer)
    if not sheet or is_vetoed(sheet):
        result = scoring.rules.veto_result if sheet else show(None)
        return Source((scorer,), f"{name} ({title})", result)
    story = _Story(scoring, scoring.tally(sheet, record), sheet, scorer, title)
    groups = {group.ma: group for group in scoring.rules.groups}
    if name in groups:
        return story.group(groups[name])
    return story.row(scoring.rows[name]) if name in scoring.rows else story.total()


@dataclass(frozen=True, slots=True)
class _Story:
    """One scorer's sheet as it is told."""

    scoring: Scoring
    tally: Tally
    sheet: Mapping[str, Any]
    scorer: str
    title: str

    def total(self) -> Source:
        groups = [self.group(group) for group in self.scoring.rules.groups]
        text = " + ".join(group.value for group in groups)
        points = blank_sum(self.tally.groups.values())
        if points is not None and self.scoring.is_rescaled(self.tally):
            text = f"({text}) × {show(self.scoring.maximum)} / {show(self.tally.maximum)}"
            points = self.scoring.rescaled(points, self.tally)
        if self.tally.rewards:
            reward = self.scoring.rules.reward(self.tally.rewards)
            text += f" + {show(reward)}"
            points = None if points is None else points + reward
            groups.append(Source((self.scorer, "thuong"), "Thưởng", show(reward)))
        return self._told("Tổng điểm", text, points, self.scoring.total(self.tally), tuple(groups))

    def group(self, group: Group) -> Source:
        rows = [self.row(row) for row in group.criteria if self._enters(group, row)]
        text = " + ".join(row.value for row in rows)
        points = blank_sum(
            self.tally.rows[row.ma] for row in group.criteria if self._enters(group, row)
        )
        return self._told(group.ma, text, points, self.tally.groups[group.ma], tuple(rows))

    def _enters(self, group: Group, row: Criterion) -> bool:
        """Return whether a row is part of its group's sum: it applies, no alternative is better."""
        if not self.scoring.counts(row, self.tally):
            return False
        rivals = [
            other
            for other in group.criteria
            if row.alternative
            and other.alternative == row.alternative
            and self.scoring.counts(other, self.tally)
        ]
        points = [(self.tally.rows[rival.ma], rival.ma) for rival in rivals]
        known = [(-each, order) for order, (each, _) in enumerate(points) if each is not None]
        best = points[min(known)[1]][1] if known else row.ma
        return not rivals or best == row.ma

    def row(self, row: Criterion) -> Source:
        value, times = show(self.tally.rows[row.ma]), self.tally.violations.get(row.ma, 0)
        if not self.scoring.counts(row, self.tally):
            return self._source(row.ma, "không áp dụng", "không áp dụng")
        if row.is_measured:
            return self._measured(row, value)
        if not times:
            return self._source(row.ma, value, value)
        text = f"{show(row.maximum)} − {times} × {show(row.deduction)}"
        exact = tidy(row.maximum - times * row.deduction)
        return self._told(row.ma, text, exact, self.tally.rows[row.ma], self._violations(row))

    def _violations(self, row: Criterion) -> tuple[Source, ...]:
        return tuple(
            Source((self.scorer, "vi_pham", index, "so_hanh_vi"), "Số hành vi", str(count))
            for index, each in enumerate(self.sheet["vi_pham"])
            if each["tieu_chi"] == row.ma
            for count in [each["so_hanh_vi"]]
        )

    def _measured(self, row: Criterion, value: str) -> Source:
        if row.value is not None:
            return self._source(row.ma, value, f"{value} điểm, tính từ {row.value.source}")
        for index, each in enumerate(self.sheet.get("so_lieu") or ()):
            if each["tieu_chi"] == row.ma:
                whole = each.get("tong")
                figure = show(each["gia_tri"]) + (f"/{show(whole)}" if whole is not None else "")
                leaf = Source((self.scorer, "so_lieu", index, "gia_tri"), "Số liệu", figure)
                return self._source(row.ma, value, f"{value} điểm cho {figure}", (leaf,))
        return self._source(row.ma, value, value)

    def _told(
        self, name: str, text: str, exact: Points, points: Points, sources: tuple[Source, ...]
    ) -> Source:
        """Return an equation; where a floor or a cap changed the result, both figures."""
        value = show(points)
        limited = "" if exact == points else f", giới hạn là {value}"
        return self._source(name, value, f"{text} = {show(exact)}{limited}", sources)

    def _source(self, name: str, value: str, text: str, sources: tuple[Source, ...] = ()) -> Source:
        return Source((self.scorer,), f"{name} ({self.title})", value, text, sources)
