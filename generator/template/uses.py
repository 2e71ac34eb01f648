"""Which fields of a record the tags of a template use.

Tags are read one by one, in the order of the page, so that a template with faults can be read too.
A name that a loop, ``set``, ``with`` or macro makes hides the field of that name until its end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from jinja2 import nodes
from jinja2.exceptions import TemplateError as JinjaError

from generator.language.sandbox import Sandbox
from generator.template.tags import Tag

# Filters that give back items of the list they get, and those that read one field of each.
_SAME_ITEMS = ("list", "reverse", "selectattr", "rejectattr", "select", "reject", "sort", "unique")
_ONE_FIELD = ("map", "selectattr", "rejectattr", "sort", "unique", "groupby", "sum", "join")
_ARITHMETIC = (nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Pow)
_SCOPED = ("for", "macro", "call", "with", "filter")


@dataclass(frozen=True, slots=True)
class Use:
    """One field a tag reads: ``nguoi_ky.ho_ten``, ``nhom[].ten`` for the items of a list.

    ``whole`` where the value is printed or handed on, with all that is in it; else it is asked for
    or looped over. ``guarded`` where the tag, or a condition around it, asks ``is defined``.
    ``needs`` are the fields without which a condition around it never holds. ``filters`` are those
    it goes through, the nearest first; arithmetic counts as ``so``.
    """

    path: str
    whole: bool
    guarded: bool = False
    needs: frozenset[str] = frozenset()
    filters: tuple[str, ...] = ()


def count_uses(tags: Iterable[Tag]) -> dict[str, int]:
    """Return the number of tags that use each field, by its path; ``[]`` stands for a list's items.

    A loop's variable counts for the list's items, a ``set`` one for the field it was set to.
    """
    uses: Counter[str] = Counter()
    for fields in fields_used(tags):
        uses.update(fields)
    return dict(uses)


def fields_used(tags: Iterable[Tag]) -> list[set[str]]:
    """Return the fields each tag uses, and the groups and lists they stand in."""
    return [{path for use in uses for path in _with_groups(use.path)} for uses in uses_of(tags)]


def _with_groups(path: str) -> Iterator[str]:
    while path:
        yield path
        path = path.rpartition(".")[0]


def uses_of(tags: Iterable[Tag]) -> list[list[Use]]:
    """Return the uses of each tag; none for one that cannot be read."""
    reader = _Reader()
    return [list(dict.fromkeys(reader.read(tag))) for tag in tags]


def read_at(tags: Sequence[Tag], at: Tag) -> tuple[list[str], dict[str, str]]:
    """Return the fields that one of the tags reads, and what names stand for there.

    A name that a loop made stands for the path of its list's items: ``x`` for ``nhom[]``.
    """
    reader = _Reader()
    for tag in tags:
        uses = list(reader.read(tag))
        if tag is at:
            names = {name: path for scope in reader.scopes for name, path in scope.items()}
            return list(dict.fromkeys(use.path for use in uses)), names
    return [], {}


@dataclass(frozen=True, slots=True)
class _Condition:
    """The names an open ``if`` asks for, and those of them that must be there for it to hold."""

    asked: set[str]
    needs: set[str]


@dataclass(slots=True)
class _Reader:
    """The names that tags have made so far: each stands for a path, or ``""`` for no field."""

    scopes: list[dict[str, str]] = field(default_factory=lambda: [{}])
    guards: list[_Condition] = field(default_factory=list)
    named: dict[str, _Condition] = field(default_factory=dict)  # conditions that ``set`` named
    sandbox: Sandbox = field(default_factory=Sandbox)

    def read(self, tag: Tag) -> Iterator[Use]:
        if tag.is_end and tag.keyword[3:] in _SCOPED and len(self.scopes) > 1:
            self.scopes.pop()
        elif tag.keyword == "endif" and self.guards:
            self.guards.pop()
        elif tag.keyword == "else" and self.guards:
            self.guards[-1].needs.clear()
        source = tag.alone()
        if not source:
            return
        try:
            tree = self.sandbox.parse(source)
        except (JinjaError, RecursionError):  # told where the template is checked
            return
        asked = {self._path(test.node) for test in tree.find_all(nodes.Test) if _asks(test)}
        needs = frozenset().union(*(each.needs for each in self.guards))
        self._condition(tag, tree, asked)
        asked = asked.union(*(each.asked for each in self.guards))
        for node in tree.body:
            for use in self._statement(node):
                guarded = any(_stands_in(use.path, name) for name in asked)
                yield replace(use, guarded=guarded, needs=needs)

    def _condition(self, tag: Tag, tree: nodes.Template, asked: set[str]) -> None:
        """Note what an ``if`` or ``elif`` asks for, and what it cannot hold without."""
        statement = tree.body[0] if tree.body else None
        if isinstance(statement, nodes.Assign) and isinstance(statement.target, nodes.Name):
            self.named[statement.target.name] = self._needs(statement.node, asked)
        if isinstance(statement, nodes.If):
            condition = self._needs(statement.test, asked)
            if tag.keyword == "elif" and self.guards:
                condition.asked.update(self.guards.pop().asked)
            self.guards.append(condition)

    def _needs(self, test: nodes.Node, asked: set[str]) -> _Condition:
        """Return a condition as it must be read: the names it asks for, those it cannot do without.

        A name that ``set`` gave to a condition stands for it.
        """
        condition = _Condition(set(asked), set())
        for each in _certain(test):
            if isinstance(each, nodes.Name) and each.name in self.named:
                condition.asked.update(self.named[each.name].asked)
                condition.needs.update(self.named[each.name].needs)
            elif isinstance(each, nodes.Test) and each.name == "defined":
                condition.needs.add(self._path(each.node))
        condition.needs.discard("")
        return condition

    # ------------------------------------------------------------ statements
    def _statement(self, node: nodes.Node) -> Iterator[Use]:
        if isinstance(node, nodes.For):
            yield from self._for(node)
        elif isinstance(node, nodes.Assign):
            yield from self._assign(node.target, node.node)
        elif isinstance(node, nodes.AssignBlock):
            self._bind(node.target, "")
        elif isinstance(node, nodes.With):
            self.scopes.append({})
            for target, value in zip(node.targets, node.values, strict=True):
                yield from self._assign(target, value)
        elif isinstance(node, (nodes.Macro, nodes.CallBlock)):
            yield from self._macro(node)
        elif isinstance(node, nodes.If):
            yield from self._uses(node.test, whole=False)
        else:
            if isinstance(node, nodes.FilterBlock):
                self.scopes.append({})
            for child in node.iter_child_nodes():
                yield from self._uses(child, whole=True)

    def _for(self, node: nodes.For) -> Iterator[Use]:
        path = self._path(node.iter)
        yield from self._uses(node.iter, whole=not path)
        self.scopes.append({"loop": ""})
        self._bind(node.target, path if not path or path.endswith(_MADE) else f"{path}[]")
        if node.test is not None:
            yield from self._uses(node.test, whole=False)

    def _assign(self, target: nodes.Node, value: nodes.Node) -> Iterator[Use]:
        path = self._path(value)
        yield from self._uses(value, whole=not path)
        self._bind(target, path)

    def _macro(self, node: nodes.Macro | nodes.CallBlock) -> Iterator[Use]:
        if isinstance(node, nodes.Macro):
            self.scopes[-1][node.name] = ""
        else:
            yield from self._uses(node.call, whole=True)
        for default in node.defaults:
            yield from self._uses(default, whole=True)
        self.scopes.append({arg.name: "" for arg in node.args} | {"caller": "", "varargs": ""})

    def _bind(self, target: nodes.Node, path: str) -> None:
        if isinstance(target, nodes.Name):
            self.scopes[-1][target.name] = path
        else:  # several names at once: parts of something, no field of their own
            for name in target.find_all(nodes.Name):
                self.scopes[-1][name.name] = ""

    # ------------------------------------------------------------ expressions
    def _uses(
        self, node: nodes.Node, *, whole: bool, filters: tuple[str, ...] = ()
    ) -> Iterator[Use]:
        if isinstance(node, nodes.Test) and node.name in ("defined", "undefined"):
            return
        if isinstance(node, (nodes.Name, nodes.Getattr, nodes.Getitem)):
            yield from self._named(node, whole, filters)
            return
        if isinstance(node, nodes.Filter):
            yield from self._fields_of_items(node)
            filters = (node.name, *filters)
        elif isinstance(node, _ARITHMETIC):
            filters = ("so", *filters)
        if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Getattr):
            yield from self._uses(node.node.node, whole=True)  # its method reads what it likes
        elif isinstance(node, nodes.Call):
            whole = True
        children = node.iter_child_nodes(
            exclude=("node",) if isinstance(node, nodes.Call) and _is_method(node) else None
        )
        for child in children:
            if isinstance(node, nodes.CondExpr) and child is node.test:
                yield from self._uses(child, whole=False)
            else:
                kept = whole and not isinstance(node, nodes.Compare)
                yield from self._uses(child, whole=kept, filters=filters)

    def _named(self, node: nodes.Node, whole: bool, filters: tuple[str, ...]) -> Iterator[Use]:
        path = self._path(node)
        if path:
            kept = whole or path.endswith(_MADE)
            yield Use(path.removesuffix(_MADE), kept, filters=filters)
        elif isinstance(node, nodes.Getattr):
            yield from self._uses(node.node, whole=whole)
        at = node
        while isinstance(at, (nodes.Getattr, nodes.Getitem)):
            if isinstance(at, nodes.Getitem):
                yield from self._uses(at.arg, whole=False)
            at = at.node

    def _fields_of_items(self, node: nodes.Filter) -> Iterator[Use]:
        path = self._path(node.node) if node.node is not None else ""
        if not path or path.endswith(_MADE) or node.name not in _ONE_FIELD:
            return
        named = [kw.value for kw in node.kwargs if kw.key == "attribute"]
        if not named and node.name in ("selectattr", "rejectattr", "groupby", "sum"):
            named = node.args[:1]
        for value in named:
            if isinstance(value, nodes.Const) and isinstance(value.value, str):
                yield Use(f"{path}[].{value.value}", whole=True)

    def _path(self, node: nodes.Node | None) -> str:
        """Return the path an expression stands for, ``""`` where it is no field.

        What a filter made of a field ends with ``|``: it has no fields of its own.
        """
        if isinstance(node, nodes.Filter):
            base = self._path(node.node)
            return base if node.name in _SAME_ITEMS or not base else _made_of(base)
        if isinstance(node, nodes.Name):
            return self._lookup(node.name)
        base = self._path(node.node) if isinstance(node, (nodes.Getattr, nodes.Getitem)) else ""
        if not base or base.endswith(_MADE):
            return base
        if isinstance(node, nodes.Getattr):
            return f"{base}.{node.attr}"
        key = node.arg.value if isinstance(node.arg, nodes.Const) else 0  # type: ignore[union-attr]
        return f"{base}.{key}" if isinstance(key, str) else f"{base}[]"

    def _lookup(self, name: str) -> str:
        for scope in reversed(self.scopes):
            if name in scope:
                return scope[name]
        return "" if name in self.sandbox.globals else name


_MADE = "|"


def _made_of(path: str) -> str:
    return path if path.endswith(_MADE) else f"{path}{_MADE}"


def _asks(test: nodes.Test) -> bool:
    return test.name in ("defined", "undefined")


def _certain(test: nodes.Node) -> Iterator[nodes.Node]:
    """Yield the terms that must all hold for a condition to hold."""
    if isinstance(test, nodes.And):
        yield from _certain(test.left)
        yield from _certain(test.right)
    else:
        yield test


def _stands_in(path: str, name: str) -> bool:
    return path == name or path.startswith((f"{name}.", f"{name}["))


def _is_method(node: nodes.Call) -> bool:
    return isinstance(node.node, nodes.Getattr)
