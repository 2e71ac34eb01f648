"""The ``[scoring]`` table of a manifest, read and refused key by key (see docs/manifest.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from difflib import get_close_matches
from itertools import pairwise
from typing import Any

from generator.errors import BundleError, Problem
from generator.expressions import Expression, ExpressionError, nearest
from generator.scoring.ranking import read_ranking
from generator.scoring.rules import KINDS, Class, Criterion, Group, Range, Rules
from generator.scoring.sheet import CLASS_NAMES, Scoring

_TABLE = (
    "into", "scorers", "deduction", "deduction_per", "row_floor", "bonus", "bonus_per",
    "bonus_cap", "total_floor", "total_cap", "veto_result", "not_applicable",
    "rescale_decimals", "group", "class", "ranking",
)  # fmt: skip
_GROUP = ("id", "title", "criterion", "cap")
_CRITERION = (
    "id", "label", "title", "maximum", "kind", "deduction", "floor", "ranges", "steps", "target",
    "decimals", "value", "must_be_full", "may_not_apply", "alternative",
)  # fmt: skip
_RANGE = ("from", "below", "points")
_CLASS = ("title", "from", "below", "when")
_MOST_DECIMALS = 10


def read_scoring(table: Any, file: str) -> Scoring:
    """Return the rules in a manifest's ``[scoring]`` table.

    Raises:
        BundleError: a key that is missing, unknown or of the wrong kind; a criterion id used
            twice; ranges that overlap; a class that names what a sheet does not have.
    """
    try:
        _known(table, _TABLE)
        rules = _rules(table)
        _check_codes(rules)
        _check_classes(rules)
    except KeyError as error:
        raise _bad(file, f"thiếu khóa {error.args[0]}") from error
    except (_SettingError, ExpressionError) as error:
        raise _bad(file, str(error)) from error
    except (TypeError, AttributeError) as error:
        raise _bad(file, "giá trị không dùng được: bảng viết sai kiểu") from error
    ranking = read_ranking(
        table.get("ranking", {}),
        file,
        [each.title for each in rules.classes],
        [code for group in rules.groups for code in (group.ma, *(r.ma for r in group.criteria))],
    )
    return Scoring(rules, ranking)


class _SettingError(ValueError):
    """A setting that makes no sense; a Vietnamese sentence."""


def _rules(table: Mapping[str, Any]) -> Rules:
    rules = Rules(
        into=_text(table["into"]),
        scorers=tuple(map(_text, _list(table["scorers"]))),
        deduction=_number(table["deduction"]),
        deduction_per=_choice(table.get("deduction_per", "act"), ("act", "case", "row")),
        row_floor=_bound(table["row_floor"]),
        bonus=_number(table["bonus"]),
        bonus_per_case=_choice(table["bonus_per"], ("once", "case")) == "case",
        bonus_cap=_bound(table.get("bonus_cap", "none")),
        total_floor=_bound(table.get("total_floor", "none")),
        total_cap=_bound(table["total_cap"]),
        veto_result=_text(table["veto_result"]),
        not_applicable=_choice(
            table.get("not_applicable", "reduce"), ("reduce", "rescale", "full")
        ),
        rescale_decimals=_decimals(table.get("rescale_decimals", 2)),
        groups=tuple(_group(group, table) for group in _list(table["group"])),
        classes=tuple(_class(each) for each in _list(table.get("class", []))),
    )
    if not rules.scorers or not rules.groups:
        raise _SettingError("cần ít nhất một bên chấm và một nhóm tiêu chí")
    return rules


def _group(group: Mapping[str, Any], table: Mapping[str, Any]) -> Group:
    _known(group, _GROUP)
    return Group(
        ma=_text(group["id"]),
        ten=_text(group["title"]),
        criteria=tuple(_criterion(row, table) for row in _list(group["criterion"])),
        cap=_bound(group.get("cap", "none")),
    )


def _criterion(row: Mapping[str, Any], table: Mapping[str, Any]) -> Criterion:
    _known(row, _CRITERION)
    criterion = Criterion(
        ma=_text(row["id"]),
        nhan=_text(row["label"]),
        ten=_text(row["title"]),
        maximum=_number(row["maximum"]),
        kind=_choice(row.get("kind", "violations"), KINDS),
        deduction=_number(row.get("deduction", table["deduction"])),
        floor=_bound(row.get("floor", table["row_floor"])),
        ranges=_ranges(row),
        steps=tuple(_number(step) for step in _list(row.get("steps", [0, row["maximum"]]))),
        target=_number(row["target"]) if "target" in row else None,
        decimals=_decimals(row.get("decimals", 2)),
        value=Expression(_text(row["value"])) if "value" in row else None,
        must_be_full=_truth(row.get("must_be_full", False)),
        may_not_apply=_truth(row.get("may_not_apply", False)),
        alternative=_text(row.get("alternative", "")),
    )
    _check_row(criterion, row)
    return criterion


def _check_row(row: Criterion, table: Mapping[str, Any]) -> None:
    faults = {
        "maximum phải lớn hơn 0": row.maximum <= 0,
        "kind = ranges cần ranges": row.kind == "ranges" and not row.ranges,
        "target phải lớn hơn 0": row.target is not None and row.target <= 0,
        "mức điểm trong steps phải từ 0 đến maximum": not all(
            0 <= step <= row.maximum for step in row.steps
        ),
        "điểm trong ranges phải từ 0 đến maximum": not all(
            0 <= each.points <= row.maximum for each in row.ranges
        ),
        "value chỉ dùng khi kind khác violations": row.value is not None and not row.is_measured,
        "ranges chỉ dùng với kind = ranges": "ranges" in table and row.kind != "ranges",
        "steps chỉ dùng với kind = steps": "steps" in table and row.kind != "steps",
        "target chỉ dùng với kind = ratio hoặc inverse": "target" in table
        and row.kind not in ("ratio", "inverse"),
    }
    for message, wrong in faults.items():
        if wrong:
            raise _SettingError(f"tiêu chí {row.ma}: {message}")


def _ranges(row: Mapping[str, Any]) -> tuple[Range, ...]:
    ranges = []
    for table in _list(row.get("ranges", [])):
        _known(table, _RANGE)
        start = _number(table["from"]) if "from" in table else None
        below = _number(table["below"]) if "below" in table else None
        ranges.append(Range(start, below, _number(table["points"])))
    lowest = Decimal("-Infinity")
    ranges.sort(key=lambda each: lowest if each.start is None else each.start)
    for one, other in pairwise(ranges):
        if other.start is None or one.below is None or one.below > other.start:
            raise _SettingError(f"tiêu chí {row['id']}: hai khoảng trong ranges chồng lên nhau")
    return tuple(ranges)


def _class(table: Mapping[str, Any]) -> Class:
    _known(table, _CLASS)
    return Class(
        title=_text(table["title"]),
        start=_number(table["from"]) if "from" in table else None,
        below=_number(table["below"]) if "below" in table else None,
        when=Expression(_text(table["when"])) if "when" in table else None,
    )


def _check_codes(rules: Rules) -> None:
    codes = [code for g in rules.groups for code in (g.ma, *(row.ma for row in g.criteria))]
    if len(set(codes)) != len(codes):
        raise _SettingError("có hai tiêu chí cùng id")


def _check_classes(rules: Rules) -> None:
    codes = {
        "nhom": [group.ma for group in rules.groups],
        "tieu_chi": [row.ma for group in rules.groups for row in group.criteria],
    }
    for each in rules.classes:
        for names in each.when.references() if each.when else ():
            known: Iterable[str] = CLASS_NAMES if len(names) == 1 else codes.get(names[0], ())
            if names[-1] not in known or len(names) > 2:
                raise _SettingError(
                    f"xếp loại {each.title}: không có “{'.'.join(names)}”"
                    + nearest(names[-1], known)
                )


# ---------------------------------------------------------------- values of keys
def _unusable(why: str) -> _SettingError:
    return _SettingError(f"giá trị không dùng được: {why}")


def _known(table: Any, keys: Sequence[str]) -> None:
    if not isinstance(table, dict):
        raise _SettingError("bảng viết sai kiểu")
    for key in table:
        if key not in keys:
            near = get_close_matches(key, keys, 1)
            raise _SettingError(
                f"không có khóa “{key}”" + (f", có phải “{near[0]}”?" if near else "")
            )


def _number(value: Any) -> Decimal:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        number = Decimal(str(value))
        if number.is_finite() and number.adjusted() < 15:
            return number
    raise _unusable(f"“{value}” không phải là số")


def _bound(value: Any) -> Decimal | None:
    return None if value == "none" else _number(value)


def _decimals(value: Any) -> int:
    if type(value) is int and 0 <= value <= _MOST_DECIMALS:
        return value
    raise _unusable(f"“{value}” không phải số chữ số thập phân (0 đến {_MOST_DECIMALS})")


def _typed(kind: type, words: str) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if not isinstance(value, kind):
            raise _unusable(f"“{value}” không phải là {words}")
        return value

    return check


_text: Callable[[Any], str] = _typed(str, "chữ")
_truth: Callable[[Any], bool] = _typed(bool, "true hoặc false")
_list: Callable[[Any], list[Any]] = _typed(list, "danh sách")


def _choice(value: Any, choices: Sequence[str]) -> str:
    if value not in choices:
        raise _unusable(f"“{value}”, chọn một trong: {', '.join(choices)}")
    return str(value)


def _bad(file: str, message: str) -> BundleError:
    return BundleError(
        Problem(file=file, at="[scoring]", message=message, hint="xem docs/manifest.md")
    )
