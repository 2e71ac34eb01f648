"""Ranks and quotas: what no unit's sheet can say alone, over all units of a batch.

Ties: units with equal points, and equal figures for every tie-breaker, share a rank, and the next
rank leaves their places out (1, 2, 2, 4). The result does not depend on the order of the units.

Quotas: "at most 20 % xuất sắc" is counted in each cluster over its units that have points. The best
ranks keep the class; who does not fit falls to the quota's ``then``. Units that share the rank at
the border stay or fall together: they fall, since "at most" must hold (``ties = "keep"`` lets them
stay). Quotas are applied in the order given, so that one may fill the next.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal
from itertools import groupby
from typing import Any

from generator.errors import BundleError, Problem

_ROUNDING = {"down": ROUND_DOWN, "half_up": ROUND_HALF_UP, "up": ROUND_UP}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One unit's result, as ranking needs it; ``points`` is ``None`` where it is not scored."""

    unit: Hashable
    points: Decimal | None
    title: str | None = None  # its class by its own points
    cluster: str = ""
    breakers: tuple[Decimal, ...] = ()  # compared in turn where points are equal, more is better


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A unit's rank in its cluster and its class after the quotas."""

    unit: Hashable
    rank: int | None  # None where the unit has no points
    title: str | None
    own_title: str | None  # before the quotas


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """At most ``percent`` of a cluster's scored units may have the class ``title``."""

    title: str
    percent: Decimal
    then: str  # the class of those who do not fit
    rounding: str = "down"  # of the number of places: down, half_up or up
    ties: str = "fall"  # of units that share the rank at the border: fall or keep

    def places(self, units: int) -> int:
        """Return how many of so many units may have the class."""
        exact = self.percent * units / 100
        return int(exact.to_integral_value(_ROUNDING[self.rounding]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """The settings of a form's ``[scoring.ranking]``; field names refer to the unit's record."""

    cluster: str = ""  # the field that names the cluster; empty: all units are one
    breakers: tuple[str, ...] = ()  # groups or rows whose points break ties
    quotas: tuple[Quota, ...] = ()


def rank(units: Iterable[Standing], quotas: Sequence[Quota] = ()) -> list[Ranked]:
    """Return each unit's rank and class, in the order the units were given.

    >>> units = [Standing(unit=name, points=Decimal(p)) for name, p in (("A", 90), ("B", 95))]
    >>> [each.rank for each in rank(units)]
    [2, 1]
    """
    given = list(units)
    clusters: dict[str, list[int]] = {}
    for index, unit in enumerate(given):
        clusters.setdefault(unit.cluster, []).append(index)
    ranked: dict[int, Ranked] = {}
    for members in clusters.values():
        ranked |= _cluster([(index, given[index]) for index in members], quotas)
    return [ranked[index] for index in range(len(given))]


def _cluster(members: Sequence[tuple[int, Standing]], quotas: Sequence[Quota]) -> dict[int, Ranked]:
    ranked = {
        index: Ranked(unit=unit.unit, rank=None, title=unit.title, own_title=unit.title)
        for index, unit in members
    }
    scored = sorted((m for m in members if m[1].points is not None), key=_merit, reverse=True)
    place = 1
    for _, tied in groupby(scored, key=_merit):
        together = [index for index, _ in tied]
        for index in together:
            ranked[index] = replace(ranked[index], rank=place)
        place += len(together)
    for quota in quotas:
        _apply(quota, [index for index, _ in scored], ranked)
    return ranked


def _merit(member: tuple[int, Standing]) -> tuple[Any, ...]:
    return (member[1].points, *member[1].breakers)


def _apply(quota: Quota, scored: Sequence[int], ranked: dict[int, Ranked]) -> None:
    """Take the class from those who do not fit; ``scored`` are the units by rank."""
    left = quota.places(len(scored))
    holders = [index for index in scored if ranked[index].title == quota.title]
    for _, tied in groupby(holders, key=lambda index: ranked[index].rank):
        together = list(tied)
        fits = len(together) <= left or (quota.ties == "keep" and left > 0)
        if not fits:
            for index in together:
                ranked[index] = replace(ranked[index], title=quota.then)
        # Nobody passes a better unit that did not fit.
        left = left - len(together) if fits else 0


# ---------------------------------------------------------------- from the manifest
_KEYS = ("cluster", "breakers", "quota")
_QUOTA = ("class", "percent", "then", "rounding", "ties")


def read_ranking(table: Any, file: str, classes: Sequence[str], codes: Sequence[str]) -> Ranking:
    """Return the settings of a manifest's ``[scoring.ranking]``; ``codes`` are groups and rows.

    Raises:
        BundleError: an unknown key, class or code, a percentage out of bounds.
    """
    try:
        if not isinstance(table, dict):
            raise ValueError("phải là bảng [scoring.ranking]")
        _only(table, _KEYS)
        breakers = tuple(table.get("breakers", ()))
        for code in breakers:
            if code not in codes:
                raise ValueError(f"breakers: không có nhóm hay tiêu chí “{code}”")
        quotas = tuple(read_quota(quota, classes) for quota in table.get("quota", ()))
        return Ranking(cluster=str(table.get("cluster", "")), breakers=breakers, quotas=quotas)
    except KeyError as error:
        message = f"thiếu khóa {error.args[0]}"
    except TypeError:
        message = "viết sai kiểu"
    except ValueError as error:
        message = str(error)
    raise BundleError(
        Problem(file=file, at="[scoring.ranking]", message=message, hint="xem docs/manifest.md")
    )


def read_quota(table: Any, classes: Sequence[str]) -> Quota:
    """Return a quota for some of the classes; ``ValueError`` or ``KeyError`` where it is wrong."""
    _only(table, _QUOTA)
    for key in ("class", "then"):
        if table[key] not in classes:
            raise ValueError(f"không có loại “{table[key]}” trong [[scoring.class]]")
    percent = table["percent"]
    if (
        isinstance(percent, bool)
        or not isinstance(percent, (int, float))
        or not 0 <= percent <= 100
    ):
        raise ValueError("percent phải là số từ 0 đến 100")
    rounding, ties = table.get("rounding", "down"), table.get("ties", "fall")
    if rounding not in _ROUNDING or ties not in ("fall", "keep"):
        raise ValueError("rounding chọn down, half_up hoặc up; ties chọn fall hoặc keep")
    return Quota(
        title=table["class"], percent=Decimal(str(percent)), then=table["then"],
        rounding=rounding, ties=ties,
    )  # fmt: skip


def _only(table: Any, keys: Sequence[str]) -> None:
    for key in table:
        if key not in keys:
            raise ValueError(f"không có khóa “{key}”")
