"""Columns that Excel computes while the clerk types, as a look ahead at what the form will print.

The figures that count are the program's own: a computed column is shown locked and never read back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from generator.expressions import excel_formula
from generator.expressions.scopes import EACH, Pattern, show_pattern
from generator.figures.derive import Derivation, Derived
from generator.figures.form import Figures
from generator.intake.layout import COMPUTED_SIGN, YES
from generator.records.schema import Schema
from generator.scoring import Criterion, Group, Rules


class Cells(Protocol):
    """Addresses for a formula, of the row it stands in."""

    def number(self, key: str) -> str | None:
        """Return the address of a number, date or computed value of this row, if it has one."""

    def cell(self, key: str) -> str:
        """Return the address of a column's cell in this row."""

    def unit(self) -> str:
        """Return the address of the cell that names this row's unit."""

    def whole(self, key: str) -> str:
        """Return the address of a whole column, on whatever sheet it stands."""

    def units_of(self, path: str) -> str:
        """Return the address of the unit column of a list's sheet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """A computed column: its key, where it stands, its heading, its formula.

    ``formula`` returns an Excel formula in its file form (English names, commas) without ``=``, or
    ``None`` where Excel cannot compute the value, which then has no column. ``value`` is the figure
    of a row already filled, from the record (or the list's item) with its computed values: programs
    that do not recalculate show it.
    """

    key: str
    title: str
    note: str
    formula: Callable[[Cells], str | None]
    value: Callable[[Any], Any]
    sheet: str = ""  # the path of the sheet it stands on
    group: str | None = None  # after the columns of this group; ``None``: beside the unit's name


def text(value: str) -> str:
    """Return a text as a formula writes it.

    >>> print(text('Không "xét" năm nay'))
    "Không ""xét"" năm nay"
    """
    return '"' + value.replace('"', '""') + '"'


def computed_columns(figures: Figures, schema: Schema) -> tuple[Computed, ...]:
    """Return the computed columns of a form: its scores, then its derived values."""
    scores = scoring_columns(figures.scoring.rules, schema) if figures.scoring else ()
    return (*scores, *(derived_columns(figures.derivation) if figures.derivation else ()))


# ---------------------------------------------------------------- from [scoring]
def scoring_columns(rules: Rules, schema: Schema) -> tuple[Computed, ...]:
    """Return the total of each scorer, where the rules of the ``[scoring]`` table are plain ones.

    Plain are points off for violations, bonus, floors and caps; rows scored by a figure, and those
    that may not apply, are left to the program.
    """
    rows = [row for group in rules.groups for row in group.criteria]
    if any(row.is_measured or row.may_not_apply or row.alternative for row in rows):
        return ()
    return tuple(_total(rules, scorer, schema) for scorer in rules.scorers)


def _total(rules: Rules, scorer: str, schema: Schema) -> Computed:
    field = schema.root.children.get(scorer)

    def value(record: Mapping[str, Any]) -> Any:
        computed = record[rules.into]
        return computed["ket_qua"][scorer] or computed["diem"][scorer]

    return Computed(
        key=f"{COMPUTED_SIGN}{rules.into}.diem.{scorer}",
        title=f"Tổng điểm ({field.title if field else scorer})",
        note="Máy tính từ các trang vi phạm và thưởng; số in ra do vanban tính lại.",
        formula=lambda cells: _if_laid_out(rules, scorer, cells),
        value=value,
    )


def _if_laid_out(rules: Rules, scorer: str, cells: Cells) -> str | None:
    """Return the formula of a total, ``None`` for a form that asks for other findings."""
    try:
        return _total_formula(rules, scorer, cells)
    except LookupError:
        return None


def _total_formula(rules: Rules, scorer: str, cells: Cells) -> str:
    violations, rewards = f"{scorer}.vi_pham[]", f"{scorer}.thuong[]"
    veto, unit = cells.cell(f"{scorer}.vi_pham_tieu_chuan_chung"), cells.unit()
    found = f"COUNTIF({cells.units_of(violations)},{unit})"
    rewarded = f"COUNTIF({cells.units_of(rewards)},{unit})"
    points = "+".join(_group_points(rules, group, violations, cells) for group in rules.groups)
    total = f"{points}+{_reward(rules, rewarded)}"
    total = _between(rules.total_floor, total, rules.total_cap)
    there = cells.cell(f"{scorer}?")
    scored = f'IF(AND({there}<>{text(YES)},{found}=0,{rewarded}=0),"",{total})'
    return f'IF({unit}="","",IF({veto}<>"",{text(rules.veto_result)},{scored}))'


def _group_points(rules: Rules, group: Group, violations: str, cells: Cells) -> str:
    rows = (_row_points(rules, row, violations, cells) for row in group.criteria)
    return _between(None, f"SUM({','.join(rows)})", group.cap)


def _row_points(rules: Rules, row: Criterion, violations: str, cells: Cells) -> str:
    units, codes = cells.units_of(violations), cells.whole(f"{violations}.tieu_chi")
    where = f"{units},{cells.unit()},{codes},{text(row.ma)}"
    count = f"COUNTIFS({where})"
    if rules.deduction_per == "act":
        count = f"SUMIFS({cells.whole(f'{violations}.so_hanh_vi')},{where})"
    elif rules.deduction_per == "row":
        count = f"MIN(1,{count})"
    return _between(row.floor, f"{row.maximum}-{row.deduction}*{count}", None)


def _reward(rules: Rules, cases: str) -> str:
    counted = cases if rules.bonus_per_case else f"MIN(1,{cases})"
    return _between(None, f"{rules.bonus}*{counted}", rules.bonus_cap)


def _between(floor: Decimal | None, points: str, cap: Decimal | None) -> str:
    if cap is not None:
        points = f"MIN({cap},{points})"
    return points if floor is None else f"MAX({floor},{points})"


# ---------------------------------------------------------------- from [[derive]]
def derived_columns(derivation: Derivation) -> tuple[Computed, ...]:
    """Return the columns of a form's ``[[derive]]`` table, for those that Excel can compute."""
    return tuple(_derived_column(derived, derivation) for derived in derivation.derived)


def _derived_column(derived: Derived, derivation: Derivation) -> Computed:
    pattern = derived.pattern
    lists = len(pattern) - pattern[::-1].index(EACH) if EACH in pattern else 0
    own = pattern[lists:]
    title = f"{derived.title} (máy tính)" if derived.declared else derived.title
    return Computed(
        key=f"{COMPUTED_SIGN}{derived.name}",
        title=title,
        note="Máy tính; số in ra do vanban tính lại.",
        formula=lambda cells: _derived_formula(derived, derivation, cells),
        value=lambda item: _inside(item, own),
        sheet=show_pattern(pattern[:lists]),
        group=show_pattern(derived.place) if len(own) > 1 else "",
    )


def _derived_formula(derived: Derived, derivation: Derivation, cells: Cells) -> str | None:
    def cell_of(name: str) -> str | None:
        pattern = derivation.known.resolve(tuple(name.split(".")), derived.place)
        return cells.number(show_pattern(pattern))

    formula = excel_formula(derived.expression, cell_of)
    if formula is None:
        return None
    if derived.decimals is not None:
        formula = f'IF(ISNUMBER({formula}),ROUND({formula},{derived.decimals}),"")'
    return f'IFERROR({formula},"")'


def _inside(item: Any, steps: Pattern) -> Any:
    for step in steps:
        item = item.get(step) if isinstance(item, Mapping) else None
    return item
