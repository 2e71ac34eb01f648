"""The rules as data: national profiles, narrowed by an agency's and a form's own layer.

A profile is a file of ``profiles/``; an agency or a form adds a file of its own (``the-thuc.toml``)
that may narrow a range, name abbreviations and superiors, or set a rule aside with its reason.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from generator.conformity.findings import Finding, Place, Severity
from generator.errors import DataError, Problem, UsageError
from generator.tomlfile import toml_fault

FOLDER = Path(__file__).parent / "profiles"
LAYER_FILE = "the-thuc.toml"
STATE, PARTY = "nha_nuoc", "dang"
_SEVERITIES = {
    "loi": Severity.ERROR,
    "canh_bao": Severity.WARNING,
    "luu_y": Severity.NOTE,
}
_UNSURE = "; điều khoản còn chờ đối chiếu"
_LAYER_TABLES = ("ten", "quy_dinh", "viet_tat", "cap_tren", "thanh_phan", "quy_tac", "bo_qua")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of a profile: a rule's values and clause."""

    key: str
    values: Mapping[str, Any]
    clause: str
    severity: Severity
    unsure: frozenset[str]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def get(self, name: str, default: Any = None) -> Any:
        """Return a value, or the default."""
        return self.values.get(name, default)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One set of rules, with the layers laid over it."""

    id: str
    name: str
    short: str
    side: str
    since: date
    until: date | None
    components: Mapping[str, Rule]
    rules: Mapping[str, Rule]
    types: Mapping[str, tuple[str, ...]]
    size_sets: Mapping[str, Mapping[str, float]]
    capitals: tuple[Mapping[str, Any], ...] = ()
    waived: Mapping[str, str] = field(default_factory=dict)
    units: frozenset[str] = frozenset()
    bodies: frozenset[str] = frozenset()
    superiors: tuple[str, ...] = ()
    agency: str = ""

    def title(self, component: str) -> str:
        """Return a component's Vietnamese name."""
        row = self.components.get(component)
        return row["ten"] if row else _TITLES.get(component, component)

    def finding(
        self,
        key: str,
        message: str,
        *places: Place,
        about: str = "",
        expected: str = "",
        found: str = "",
        remedy: str = "",
        wanted: Any = None,
    ) -> Iterator[Finding]:
        """Yield the finding of a rule ``component.aspect``, or nothing where the profile lacks it.

        ``about`` is the component meant, where a rule serves several.
        """
        rule = self.rules.get(key)
        if rule is None:
            return
        yield Finding(
            id=key,
            component=about or key.partition(".")[0],
            severity=rule.severity,
            clause=f"{self.short}, {rule.clause}{_UNSURE if rule.unsure else ''}",
            message=message,
            expected=expected,
            found=found,
            remedy=remedy,
            places=places,
            wanted=wanted,
        )


_TITLES = {
    "trang": "Trang giấy",
    "chu": "Chữ",
    "thu_tu": "Thứ tự đánh số",
    "van_ban": "Chữ nghĩa",
    "chuc_vu": "Chức vụ",
    "bang": "Bảng",
    "chu_ky": "Chữ ký",
}


@cache
def profile_ids() -> tuple[str, ...]:
    """Return the ids of the profiles that come with the product."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


@cache
def load_profile(profile_id: str) -> Profile:
    """Return a profile by its id.

    Raises:
        UsageError: no such profile.
    """
    if profile_id not in profile_ids():
        near = get_close_matches(profile_id, profile_ids(), 1, 0.4)
        known = ", ".join(profile_ids())
        raise UsageError(
            Problem(
                message=f"không có bộ quy định “{profile_id}”",
                hint=f"có phải bạn muốn dùng {near[0]}?" if near else f"chọn một trong: {known}",
            )
        )
    text = (FOLDER / f"{profile_id}.toml").read_text(encoding="utf-8")
    return _profile(tomllib.loads(text))


def _profile(data: Mapping[str, Any]) -> Profile:
    unsure = data.get("cho_xac_nhan", [])
    whole = unsure is True
    clauses_unsure = whole or "dieu_khoan" in unsure
    return Profile(
        id=data["id"],
        name=data["ten"],
        short=data["goi_tat"],
        side=data["ben"],
        since=data["tu_ngay"],
        until=data.get("den_ngay"),
        components={
            key: _rule(key, row, whole, clauses_unsure) for key, row in data["thanh_phan"].items()
        },
        rules={key: _rule(key, row, whole, clauses_unsure) for key, row in data["quy_tac"].items()},
        types={
            code: tuple(names) if isinstance(names, list) else (names,)
            for code, names in data["loai"].items()
        },
        size_sets=data.get("bo_co", {}),
        capitals=tuple(data.get("viet_hoa", ())),
    )


def _rule(key: str, row: Mapping[str, Any], whole: bool, clauses_unsure: bool) -> Rule:
    told = row.get("cho_xac_nhan", False)
    unsure = frozenset(("*",)) if whole or told is True else frozenset(told or ())
    severity = _SEVERITIES[row.get("muc_do", "loi")]
    if "*" in unsure and severity is Severity.ERROR:
        severity = Severity.WARNING
    if clauses_unsure:
        unsure |= {"dieu_khoan"}
    return Rule(key=key, values=row, clause=row["dieu_khoan"], severity=severity, unsure=unsure)


def choose_profile(issued: date | None, *, party: bool) -> Profile:
    """Return the profile for a document of that date and side; without a date the newest one.

    >>> choose_profile(date(2018, 5, 2), party=False).id
    'tt01_2011'
    """
    side = PARTY if party else STATE
    known = sorted(
        (p for p in map(load_profile, profile_ids()) if p.side == side), key=lambda p: p.since
    )
    if issued is None:
        return known[-1]
    fitting = [p for p in known if p.since <= issued]
    # Older than the oldest one: that is the nearest.
    return fitting[-1] if fitting else known[0]


# ---------------------------------------------------------------- layers
def read_layer(path: Path) -> dict[str, Any]:
    """Return an agency's or a form's layer.

    Raises:
        DataError: the file is no TOML, or has a table that a layer cannot have.
    """
    file = str(path)
    try:
        layer = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(Problem(file=file, message="không đọc được tệp")) from error
    except RecursionError as error:
        raise DataError(Problem(file=file, message="lồng quá sâu")) from error
    except tomllib.TOMLDecodeError as error:
        place, meaning = toml_fault(error)
        raise DataError(
            Problem(
                file=file,
                at=place,
                message=f"viết sai cú pháp TOML: {meaning}",
                hint="sửa tệp rồi chạy lại",
            )
        ) from error
    problems = [
        Problem(
            file=file,
            at=key,
            message="không có khóa này trong quy định riêng",
            hint=f"dùng một trong: {', '.join(_LAYER_TABLES)}",
        )
        for key in layer
        if key not in _LAYER_TABLES
    ]
    if problems:
        raise DataError(problems)
    return layer


def with_layer(profile: Profile, layer: Mapping[str, Any], file: str) -> Profile:
    """Return a profile narrowed by a layer.

    Raises:
        DataError: a choice outside the range the national rule allows, an unknown rule, a rule
            set aside without a reason. All of them at once.
    """
    problems: list[Problem] = []
    components = _narrowed(profile.components, layer.get("thanh_phan", {}), "thanh_phan", problems)
    rules = _narrowed(profile.rules, layer.get("quy_tac", {}), "quy_tac", problems)
    waived = _waived(profile, layer.get("bo_qua", {}), problems)
    if problems:
        raise DataError(replace(problem, file=file) for problem in problems)
    short = layer.get("viet_tat", {})
    return replace(
        profile,
        components=components,
        rules=rules,
        waived={**profile.waived, **waived},
        bodies=profile.bodies | frozenset(short.get("co_quan", ())),
        units=profile.units | frozenset(short.get("don_vi", ())),
        superiors=(*profile.superiors, *layer.get("cap_tren", ())),
        agency=layer.get("ten", profile.agency),
    )


def _narrowed(
    known: Mapping[str, Rule], asked: Mapping[str, Any], table: str, problems: list[Problem]
) -> dict[str, Rule]:
    result = dict(known)
    for key, row in asked.items():
        if key not in known:
            near = get_close_matches(key, known, 1, 0.5)
            hint = f"có phải bạn muốn ghi {near[0]}?" if near else ""
            problems.append(Problem(at=f"{table}.{key}", message="không có mục này", hint=hint))
            continue
        for name, chosen in row.items():
            national = known[key].get(name)
            if not _within(chosen, national):
                problems.append(
                    Problem(
                        at=f"{table}.{key}.{name}",
                        message=f"{_shown(chosen)} nằm ngoài mức cho phép là {_shown(national)}",
                        hint="quy định riêng chỉ được chọn trong khoảng của quy định chung",
                        clause=known[key].clause,
                    )
                )
        values = {**result[key].values, **row}
        result[key] = replace(result[key], values=values)
    return result


def _within(chosen: Any, national: Any) -> bool:
    """Tell whether a choice keeps inside the national value: a range in a range, or the same."""
    if _is_range(chosen) and _is_range(national):
        return bool(national[0] <= chosen[0] <= chosen[1] <= national[1]) or (
            all(item in national for item in chosen)
        )
    return bool(chosen == national)


def _is_range(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) in (1, 2)
        and all(isinstance(item, int | float) and not isinstance(item, bool) for item in value)
        and len(value) == 2
    )


def _shown(value: Any) -> str:
    if _is_range(value):
        return f"{value[0]:g}–{value[1]:g}".replace(".", ",")
    return "không có" if value is None else str(value)


def _waived(profile: Profile, asked: Mapping[str, Any], problems: list[Problem]) -> dict[str, str]:
    reasons: dict[str, str] = {}
    for key, reason in asked.items():
        component, _, aspect = key.partition(".")
        known = key in profile.rules or (component in profile.components and aspect in ASPECTS)
        if not known:
            problems.append(Problem(at=f"bo_qua.{key}", message="không có quy tắc này"))
        elif not isinstance(reason, str) or not reason.strip():
            problems.append(
                Problem(
                    at=f"bo_qua.{key}",
                    message="thiếu lý do bỏ qua",
                    hint='ghi như "ho_ten.hoc_vi" = "Thông tư … cho phép ghi cấp bậc"',
                )
            )
        else:
            reasons[key] = reason
    return reasons


# What the look of a component is measured by; findings are named component.aspect.
ASPECTS: Sequence[str] = ("co_chu", "chu", "dam", "nghieng", "can_le", "gach_chan")
