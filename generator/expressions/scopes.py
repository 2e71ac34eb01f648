"""Where in a record a rule applies, and which fields its expressions can name there.

A pattern names a group by its dotted path; ``[]`` stands for each item of a list:
``xa_xu_ly.hinh_su``, ``hang[]``, ``cac_don_vi[].an_ninh``. At such a place an expression names
the group's own fields first, then those of the groups around it, last those of the record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from generator.expressions.language import Expression, JsonPath, Names, Scope, nearest
from generator.expressions.values import ExpressionError
from generator.records.schema import Field

EACH = "[]"
Pattern = tuple[str, ...]
_PATTERN = re.compile(r"\w+(?:\[\])?(?:\.\w+(?:\[\])?)*")


def parse_pattern(text: Any) -> Pattern:
    """Return the steps of a pattern.

    >>> parse_pattern("hang[].ty_le")
    ('hang', '[]', 'ty_le')

    Raises:
        ExpressionError: it is no pattern.
    """
    if not isinstance(text, str) or not _PATTERN.fullmatch(text):
        raise ExpressionError(f"“{text}” không phải là tên trường, viết như nhom.truong")
    steps: list[str] = []
    for step in text.split("."):
        steps += [step.removesuffix(EACH), EACH] if step.endswith(EACH) else [step]
    return tuple(steps)


def show_pattern(pattern: Pattern) -> str:
    """Return a pattern as a manifest has it.

    >>> show_pattern(("hang", "[]", "ty_le"))
    'hang[].ty_le'
    """
    return ".".join(pattern).replace(f".{EACH}", EACH)


def pattern_of(path: JsonPath) -> Pattern:
    """Return the pattern a path belongs to: every index becomes ``[]``."""
    return tuple(EACH if isinstance(step, int) else step for step in path)


# ---------------------------------------------------------------- in a record
def places(
    context: Mapping[str, Any], pattern: Pattern, *, create: bool = False
) -> Iterator[tuple[Scope, ...]]:
    """Yield the scopes, innermost first, of each place of a record that a pattern names.

    A group or list left blank has no place. ``create`` makes groups the record does not know.
    """
    here: tuple[Scope, ...] = (Scope(context),)
    value: Any = context
    for number, step in enumerate(pattern):
        inner = _inner(value, step, create)
        if not isinstance(inner, dict):
            yield from _walk(here, value, here[0].path, pattern[number:], create)
            return
        value = inner
        here = (Scope(inner, (*here[0].path, step)), *here)
    yield here


def _inner(value: Any, step: str, create: bool) -> Any:
    """Return what a step leads to, ``None`` where it leads nowhere or to the items of a list."""
    if step == EACH or not isinstance(value, dict):
        return None
    if create and step not in value:
        value[step] = {}
    return value.get(step)


def _walk(
    scopes: tuple[Scope, ...], value: Any, path: JsonPath, steps: Pattern, create: bool
) -> Iterator[tuple[Scope, ...]]:
    if not steps:
        yield scopes
    elif steps[0] == EACH:
        for index, item in enumerate(value):
            if isinstance(item, dict):
                here = (*path, index)
                yield from _walk((Scope(item, here), *scopes), item, here, steps[1:], create)
    elif isinstance(value, dict):
        if create and steps[0] not in value:
            value[steps[0]] = {}
        inner, here = value.get(steps[0]), (*path, steps[0])
        if isinstance(inner, dict):
            yield from _walk((Scope(inner, here), *scopes), inner, here, steps[1:], create)
        elif isinstance(inner, list) and steps[1:2] == (EACH,):
            yield from _walk(scopes, inner, here, steps[1:], create)


# ---------------------------------------------------------------- in a form
@dataclass(slots=True)
class Known:
    """A field as expressions can name it; ``anything`` is a value whose parts nobody declares."""

    title: str = ""
    children: dict[str, Known] = field(default_factory=dict)
    is_list: bool = False
    anything: bool = False

    @classmethod
    def of(cls, schema: Field) -> Known:
        """Return the names of a schema."""
        inner = schema.items or schema
        return cls(
            title=schema.title,
            children={key: cls.of(child) for key, child in inner.children.items()},
            is_list=schema.items is not None,
        )

    def add(self, pattern: Pattern, title: str) -> None:
        """Make a computed value known; groups on the way that are new come to be.

        Raises:
            ExpressionError: the way leads through something that is no group, or no list.
        """
        at, steps = self, list(pattern)
        while len(steps) > 1:
            step = steps.pop(0)
            if step not in at.children and steps[0] != EACH:
                at.children[step] = Known(title=step)
            at = _child(at, step)
            if at.is_list != (steps[0] == EACH):
                raise ExpressionError(
                    f"“{step}” là danh sách, viết {step}[]"
                    if at.is_list
                    else f"“{step}” không phải là danh sách"
                )
            if at.is_list:
                steps.pop(0)
            if at.anything or (not at.children and at.title != step):
                raise ExpressionError(f"“{step}” không phải là nhóm trường")
        at.children[steps[0]] = Known(title=title, anything=True)

    def at(self, pattern: Pattern) -> Known | None:
        """Return what stands at a pattern, ``None`` where nothing does."""
        found: Known | None = self
        for step in pattern:
            if step == EACH:
                found = found if found and found.is_list else None
            else:
                found = found.children.get(step) if found else None
        return found

    def resolve(self, names: Names, place: Pattern) -> Pattern:
        """Return the whole pattern of a name used at a place.

        Raises:
            ExpressionError: no such name, with the nearest one.
        """
        for length in range(len(place), -1, -1):
            scope = place[:length]
            here = self.at(scope)
            # A list itself is no scope, each of its items is.
            if here is None or (here.is_list and scope[-1:] != (EACH,)):
                continue
            if names[0] in here.children:
                return self._follow(here, names, scope)
        reachable = [
            name
            for length in range(len(place) + 1)
            for name in getattr(self.at(place[:length]), "children", ())
        ]
        raise ExpressionError(f"không có trường “{names[0]}”{nearest(names[0], reachable)}")

    def _follow(self, at: Known, names: Names, scope: Pattern) -> Pattern:
        pattern = scope
        for index, name in enumerate(names):
            if at.anything:
                return (*pattern, *names[index:])
            if index and at.is_list:
                pattern = (*pattern, EACH)
            at, pattern = _child(at, name), (*pattern, name)
        return pattern

    def check(self, expression: Expression, place: Pattern) -> tuple[Pattern, ...]:
        """Return the whole patterns of an expression's names.

        Raises:
            ExpressionError: a name that does not exist there.
        """
        return tuple(self.resolve(names, place) for names in expression.references())


def _child(at: Known, name: str) -> Known:
    if name not in at.children:
        raise ExpressionError(f"không có trường “{name}”{nearest(name, at.children)}")
    return at.children[name]
