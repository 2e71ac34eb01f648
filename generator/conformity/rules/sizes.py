"""Sizes that must go together: the decree's two sets, one size for the whole content."""

from __future__ import annotations

from collections import Counter

from generator.conformity.components import BodyParagraph, Unit
from generator.conformity.rules.case import Case, Findings, at, number
from generator.conformity.rules.looks import LEVEL_ROW


def check(case: Case) -> Findings:
    """Yield mixtures of sizes."""
    yield from _sets(case)
    yield from _like(case)
    for unit in case.found.units:
        yield from _one_size(case, unit)


def _sizes(unit: Unit) -> dict[str, float]:
    sizes = {key: found[0].lines[0].size for key, found in unit.parts.items() if found[0].lines}
    body = Counter(line.size for item in unit.body for line in item.paragraph.lines)
    if body:
        sizes["noi_dung"] = body.most_common(1)[0][0]
    return sizes


def _sets(case: Case) -> Findings:
    """Compare the sizes of the head with the set that fits most of them."""
    rule = case.profile.rules.get("chu.bo_co")
    if rule is None:
        return
    sizes = _sizes(case.main)
    main = {key: sizes[key] for key in rule["chinh"] if key in sizes}
    sets = {
        name: {key: float(size) for key, size in row.items()}
        for name, row in case.profile.size_sets.items()
    }
    # Sizes outside both sets are faults of their own.
    main = {key: size for key, size in main.items() if any(s[key] == size for s in sets.values())}
    fitting = {name: sum(s[key] == size for key, size in main.items()) for name, s in sets.items()}
    best = max(fitting, key=lambda name: fitting[name])
    off = [key for key, size in main.items() if sets[best][key] != size]
    for key in off:
        yield from _mixed(case, "chu.bo_co", key, main[key], sets[best][key])
    if off or len(main) < 2:
        return
    more = {k: v for k, v in sizes.items() if k in sets[best] and k not in rule["chinh"]}
    for key, size in more.items():
        if size != sets[best][key] and any(s[key] == size for s in sets.values()):
            yield from _mixed(case, "chu.bo_co_mo_rong", key, size, sets[best][key])


def _mixed(case: Case, rule: str, key: str, size: float, wanted: float) -> Findings:
    name = case.profile.title(key)
    component = case.main.one(key)
    lines = [component.lines[0]] if component else case.main.body[0].paragraph.lines[:1]
    yield from case.profile.finding(
        rule,
        f"{name}: cỡ chữ không cùng bộ với các thành phần khác (cùng tăng hoặc cùng giảm)",
        *map(at, lines),
        about=key,
        expected=f"{number(wanted)} pt",
        found=f"{number(size)} pt",
        remedy=f"Đổi {name} sang cỡ {number(wanted)}, hoặc đổi cả bộ cỡ chữ.",
        wanted=wanted,
    )


def _like(case: Case) -> Findings:
    """Compare the components that must have the size of another one."""
    rule = case.profile.rules.get("chu.cung_co")
    model = case.main.one(rule["nhu"]) if rule else None
    if rule is None or model is None:
        return
    wanted = model.lines[0].size
    for key in rule["thanh_phan"]:
        component = case.main.one(key)
        if component and component.lines[0].size != wanted:
            yield from case.profile.finding(
                "chu.cung_co",
                f"{case.profile.title(key)}: cỡ chữ khác {case.profile.title(rule['nhu'])}",
                at(component),
                about=key,
                expected=f"{number(wanted)} pt",
                found=f"{number(component.lines[0].size)} pt",
                remedy=f"Đổi sang cỡ {number(wanted)}.",
                wanted=wanted,
            )


def _one_size(case: Case, unit: Unit) -> Findings:
    row = case.profile.components.get("noi_dung")
    lines = [line for item in unit.body for line in item.paragraph.lines]
    counts: Counter[float] = Counter()
    for line in lines:
        counts[line.size] += len(line.text)
    if row is None or len(counts) < 2:
        return
    main = counts.most_common(1)[0][0]
    low, high = row["co_chu"]
    # A size out of range is told of already; a level with a range of its own keeps to that.
    apart = {id(line) for item in unit.body if not _may_be(case, item, main)
             for line in item.paragraph.lines}  # fmt: skip
    off = [
        line
        for line in lines
        if line.size != main and low <= line.size <= high and id(line) not in apart
    ]
    if off:
        yield from case.profile.finding(
            "noi_dung.mot_co",
            "Nội dung dùng nhiều cỡ chữ",
            *map(at, off),
            expected=f"cả phần nội dung một cỡ {number(main)} pt",
            found=", ".join(f"{number(size)} pt" for size in sorted({x.size for x in off})),
            remedy=f"Đổi các đoạn này sang cỡ {number(main)}.",
            wanted=main,
        )


def _may_be(case: Case, item: BodyParagraph, size: float) -> bool:
    """Tell whether the standard lets a level of the content have a size."""
    row = case.profile.components.get(LEVEL_ROW.get(item.level, item.level.value))
    if row is None or "co_chu" not in row.values:
        return True
    low, high = row["co_chu"]
    return bool(low <= size <= high)
