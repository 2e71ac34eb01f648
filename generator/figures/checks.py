"""Rules a record must keep: a form's ``[[check]]`` table (see docs/manifest.md).

A rule is a condition. Where it does not hold, the finding shows the sentence of the form and both
sides of the arithmetic: "Tổng số vụ không khớp: 48 ≠ 20 + 27 = 47". A rule over a blank value is
not applied, unless it asks for that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from jinja2 import Template, meta
from jinja2.exceptions import TemplateError as JinjaError

from generator.errors import BundleError, Problem
from generator.expressions import Comparison, Expression, ExpressionError, Leaf, Run, Scope, Tracer
from generator.expressions.scopes import EACH, Known, Pattern, parse_pattern, places, show_pattern
from generator.figures.derive import (
    SEVERITIES,
    as_tables,
    check_keys,
    choice,
    each_of,
    table_problem,
)
from generator.language.sandbox import Sandbox
from generator.language.words import syntax_words
from generator.records.schema import Fault, Findings, JsonPath
from generator.vietnamese import BLANK, TextFormError

_KEYS = ("rule", "message", "hint", "severity", "each", "at", "blank")
_BLANK = ("skip", "fail")


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One rule at one kind of place."""

    rule: Expression
    message: Template
    hint: str
    severity: str
    place: Pattern
    at: Pattern  # the field the finding belongs to, from its place; empty: found from the rule
    fails_blank: bool

    def apply(self, run: Run, titles: Known) -> Iterator[Fault]:
        """Yield the finding at one place of a record, if the rule does not hold there."""
        try:
            holds = self.rule.evaluate(run)
            if holds is True or (holds is None and not self.fails_blank):
                return
            tracer = Tracer(run)
            traced = tracer.trace(self.rule)
        except ExpressionError as error:
            yield Fault(
                path=run.scopes[0].path,
                message=f"không kiểm tra được “{self.rule.source}”: {error}",
                hint="sửa các số được so",
            )
            return
        path = self._path(run, tracer, traced.leaves)
        said = [self._sentence(run), _arithmetic(tracer.failed)]
        known = titles.at(_pattern(path))
        title = f"{known.title}: " if known and known.title and not _named(said[0], known) else ""
        yield Fault(path=path, message=f"{title}{': '.join(filter(None, said))}", hint=self.hint)

    def _path(self, run: Run, tracer: Tracer, leaves: Sequence[Leaf]) -> JsonPath:
        if self.at:
            return (*run.scopes[0].path, *self.at)
        first = tracer.failed[0].left.leaves if tracer.failed else ()
        return next((leaf.path for leaf in (*first, *leaves)), run.scopes[0].path)

    def _sentence(self, run: Run) -> str:
        names: dict[str, Any] = {}
        for scope in reversed(run.scopes):
            names |= scope.value
        blanks = {name: BLANK for name, value in names.items() if value is None}
        try:
            return self.message.render(names | blanks)
        except (JinjaError, TextFormError):  # a blank deeper inside, or a filter that refuses
            return "không đúng quy tắc của mẫu"


def _named(sentence: str, known: Known) -> bool:
    return known.title.casefold() in sentence.casefold()


def _pattern(path: JsonPath) -> Pattern:
    return tuple(EACH if isinstance(step, int) else step for step in path)


# What a comparison that failed shows between its sides; dates have words.
_SIGNS = {"eq": "≠", "ne": "=", "lt": "≥", "lteq": ">", "gt": "≤", "gteq": "<"}
_DATE_WORDS = {"eq": "khác", "ne": "trùng", "lt": "không trước", "lteq": "sau",
               "gt": "không sau", "gteq": "trước"}  # fmt: skip
_WORDS = {"in": "không thuộc", "notin": "thuộc"}


def _arithmetic(failed: Sequence[Comparison]) -> str:
    return "; ".join(
        f"{each.left.equation()} {_sign(each)} {each.right.equation()}"
        for each in failed
        if not (each.left.is_plain and isinstance(each.left.value, bool))
    )


def _sign(failed: Comparison) -> str:
    words = _DATE_WORDS if isinstance(failed.left.value, date) else _SIGNS
    return words.get(failed.operator) or _WORDS[failed.operator]


class Checks:
    """The rules of a form."""

    def __init__(self, checks: Sequence[Check], known: Known) -> None:
        self.checks = tuple(checks)
        self._known = known

    def apply(self, context: Mapping[str, Any], findings: Findings) -> None:
        """Note what a computed record breaks."""
        run = Run((Scope(context),))
        known: dict[Pattern, list[tuple[Scope, ...]]] = {}  # many rules have their place in common
        for check in self.checks:
            if check.place not in known:
                known[check.place] = list(places(context, check.place))
            for scopes in known[check.place]:
                for fault in check.apply(run.within(*scopes), self._known):
                    findings.add(check.severity, fault)


# ---------------------------------------------------------------- from the manifest
def read_checks(tables: Any, known: Known, file: str) -> Checks:
    """Return the rules of a manifest's ``[[check]]`` tables.

    Raises:
        BundleError: every table that cannot be used.
    """
    problems: list[Problem] = []
    checks: list[Check] = []
    sandbox = Sandbox(text=True)
    for number, table in enumerate(as_tables(tables, file, "check"), 1):
        try:
            checks += _read(table, known, sandbox)
        except ExpressionError as error:
            problems.append(
                table_problem(file, "check", str(table.get("rule", number)), str(error))
            )
    if problems:
        raise BundleError(problems)
    return Checks(checks, known)


def _read(table: Mapping[str, Any], known: Known, sandbox: Sandbox) -> Iterator[Check]:
    check_keys(table, _KEYS, ("rule", "message"))
    rule = Expression(table["rule"])
    for place in each_of(table):
        _check_place(place, known)
        known.check(rule, place)
        at = parse_pattern(table["at"]) if "at" in table else ()
        if at and known.at((*place, *at)) is None:
            raise ExpressionError(f"at: không có trường “{show_pattern((*place, *at))}”")
        yield Check(
            rule=rule,
            message=_message(table["message"], known, place, sandbox),
            hint=str(table.get("hint", "đối chiếu lại các số này")),
            severity=choice(table, "severity", SEVERITIES, "error"),
            place=place,
            at=at,
            fails_blank=choice(table, "blank", _BLANK, "skip") == "fail",
        )


def _check_place(place: Pattern, known: Known) -> None:
    here = known.at(place)
    if here is None:
        raise ExpressionError(f"each: không có nhóm “{show_pattern(place)}”")
    if here.is_list and place[-1] != EACH:
        raise ExpressionError(f"each: “{show_pattern(place)}” là danh sách, thêm [] ở cuối")


def _message(source: str, known: Known, place: Pattern, sandbox: Sandbox) -> Template:
    try:
        template = sandbox.from_string(source)
        names = meta.find_undeclared_variables(sandbox.parse(source))
    except JinjaError as error:
        raise ExpressionError(f"message viết sai: {syntax_words(str(error))[0]}") from error
    for name in sorted(names):
        known.resolve((name,), place)
    return template
