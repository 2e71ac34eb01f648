"""Drafts that lead to their fields: around each printed value stand the letters of its place.

The template is compiled once more with a Jinja that hands places on: filters give what they make
the place of what they were given, texts put together keep the place of each part. What is made
has the places its parts surely have, and no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from decimal import Decimal
from functools import wraps
from typing import Any

from jinja2 import Undefined, nodes
from jinja2.compiler import Frame
from markupsafe import Markup

from generator.draft import DraftCode, DraftSandbox, Mark, printable
from generator.language.places import (
    HOLE_CLOSES,
    HOLE_OPENS,
    Group,
    Items,
    Nothing,
    Part,
    Place,
    PlacedText,
    bare,
    parts_of,
    place_of,
    placed,
    placed_text,
    together,
    unmarked,
    with_parts,
)
from generator.language.sandbox import COUNTED, concat
from generator.language.wordml import Xml, joined, to_text
from generator.patterns import regex
from generator.vietnamese import Blank

RECORD = "_ban_ghi"  # the variable that holds the whole record, with its place
_WHERE = "vanban where"  # a filter no template can name
_EDGES = regex(f"<w:t(?: [^>]*)?>|</w:t>|[{HOLE_OPENS}{HOLE_CLOSES}]")
_STARTS = f"{HOLE_OPENS}{HOLE_CLOSES}"


# ---------------------------------------------------------------- what is printed
def marked(value: Any) -> Any:
    """Return a value with the letters of its places around what prints it, ready to be written."""
    if isinstance(value, Markup):
        return value
    if isinstance(value, Nothing):
        value = _hole(value)
    parts = parts_of(value) if isinstance(value, str) else ()
    place = place_of(value)
    if not parts and place:
        return _enclosed(to_text(bare(value)), place)
    if not parts:
        return unmarked(value) if isinstance(value, str) else value
    text, pieces, at = unmarked(str(value)), [], 0
    if len(text) != len(value):
        return text
    for part in parts:
        pieces += [to_text(text[at : part.start])]
        pieces += [_enclosed(to_text(text[part.start : part.end]), part.place)]
        at = part.end
    return Xml("".join([*pieces, to_text(text[at:])]))


def _hole(nothing: Nothing) -> Mark:
    if isinstance(nothing.value, Undefined):
        return Mark.missing(None, nothing.value._undefined_name or "", nothing.place)
    return Mark("[trống]", place=nothing.place)


def _enclosed(xml: str, place: Place) -> Xml:
    """Return what stands in ``w:t`` with the marks of its place, which never leave a text."""
    return Xml(_around(f"<w:t>{xml}</w:t>", place)[5:-6]) if xml else Xml("")


def _around(xml: str, place: Place) -> str:
    """Return XML with the marks of a place in each of its texts, inside those of a hole."""
    start, end = place.marks()

    def with_marks(edge: Any) -> str:
        if edge[0] in _STARTS:
            return f"{end}{edge[0]}{start}"
        return f"{end}{edge[0]}" if edge[0][1] == "/" else f"{edge[0]}{start}"

    return _EDGES.sub(with_marks, xml)


def strung(values: Sequence[Any]) -> str:
    """Return values put together with ``~``, each part with its place."""
    texts = tuple(map(_text, values))
    concat(texts)  # refuses what is longer than any document
    return together(texts)


def _text(value: Any) -> str:
    """Return a value as the text it prints, with its places."""
    if isinstance(value, Nothing):
        return _hole(value)
    if value is None or isinstance(value, Undefined):
        return str(printable(value))
    if isinstance(value, str) and parts_of(value):
        return value
    place, text = place_of(value), joined([_bare(value)])
    return placed_text(text, place) if place else text


def _bare(value: Any) -> Any:
    """Return a value as the engine's own filters take it."""
    return type(value)(unmarked(value)) if isinstance(value, Markup) else bare(value)


# ---------------------------------------------------------------- filters
_TWO = ("place_date", "dia_danh", "doc_no", "so_vb")  # print their first value, then their second
_FOR_THE_COMPILER = ("_attribute", "_field", "_emu", "_indent", "_weight", "_span")


def _placing(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a filter whose result knows the place of what it was made of."""
    at = 1 if hasattr(function, "jinja_pass_arg") else 0

    @wraps(function)
    def call(*values: Any, **options: Any) -> Any:
        plain = {key: _bare(value) for key, value in options.items()}
        made = function(*values[:at], *map(_bare, values[at:]), **plain)
        if name in _FOR_THE_COMPILER or len(values) == at:
            return made
        return _with_places(name, (*values[at:], *options.values()), made)

    return call


def _with_places(name: str, given: tuple[Any, ...], made: Any) -> Any:
    place = place_of(given[0])
    if isinstance(made, Mark):
        made.place = made.place or place
    elif type(made) is str or isinstance(made, (Blank, PlacedText)):
        return _words(name, given, made)
    elif isinstance(made, (list, Items)) and place:
        made = Items(made)
        made.place = place
    elif isinstance(made, (int, Decimal)) and not isinstance(given[0], (Group, Items)) and place:
        return placed(made, place)
    return made


def _words(name: str, given: tuple[Any, ...], made: str) -> str:
    """Return what a filter made of values with each stretch of which the place is sure."""
    first, place = given[0], place_of(given[0])
    if HOLE_OPENS in made:
        return with_parts(made, _holes(made, [each for each in given if isinstance(each, Mark)]))
    if isinstance(first, (list, tuple)):
        parts = _found(made, list(map(_text, first)))
        return with_parts(made, parts) if parts or not place else placed_text(made, place)
    if name in _TWO and len(given) > 1:
        parts = _halves(first, given[1], made)
        if parts:
            return with_parts(made, parts)
    if isinstance(first, str) and len(made) == len(first):  # capitals, for the most part
        return with_parts(made, parts_of(first))
    return placed_text(made, place) if place else made


def _holes(made: str, holes: Sequence[Mark]) -> tuple[Part, ...]:
    """Return the places of holes in a text that was made of them: handed on, or in capitals."""
    if (
        len(holes) == 1
        and holes[0].place
        and made.count(HOLE_OPENS) == made.count(HOLE_CLOSES) == 1
    ):
        return (Part(made.index(HOLE_OPENS), made.index(HOLE_CLOSES) + 1, holes[0].place),)
    return _found(made, holes)


def _found(made: str, texts: Sequence[str]) -> tuple[Part, ...]:
    """Return the places of texts that stand one behind the other in a text; none if one is not."""
    parts: list[Part] = []
    at = 0
    for text in texts:
        start = made.find(text, at)
        if start < 0:
            return ()
        at = start + len(text)
        parts += (Part(start + p.start, start + p.end, p.place) for p in parts_of(text))
    return tuple(parts)


def _halves(first: Any, second: Any, made: str) -> tuple[Part, ...]:
    """Return the parts of a text made of two values, divided where one of them is found."""
    places = place_of(first), place_of(second)
    if isinstance(second, str) and made.endswith(second):
        at = len(made) - len(second)
    elif isinstance(first, str) and made.startswith(first):
        at = len(first)
    else:
        return ()
    ends = (0, at), (at, len(made))
    return tuple(
        Part(*end, place) for end, place in zip(ends, places, strict=True) if place is not None
    )


def where(value: Any, parent: Any, key: str) -> Any:
    """Return a value of a group; one that is not there knows its place all the same."""
    missing = value is None or isinstance(value, Undefined)
    if missing and isinstance(parent, Group):
        return Nothing(value, parent.place.below(key))
    return value


# ---------------------------------------------------------------- the template's code
class _TracingCode(DraftCode):
    """A draft's code that marks the places of what it prints."""

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802
        """Write the template's code, with what it needs to know of places."""
        self.writeline("from generator.tracing import marked as _marked, strung as _strung")
        _ask_where(node)
        node.set_environment(self.environment)
        super().visit_Template(node, frame)

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:  # noqa: N802
        """Write ``~``: each part as a tag would print it, with its place."""
        self.write("_strung((")
        for part in node.nodes:
            self.visit(part, frame)
            self.write(", ")
        self.write("))")

    def _output_const_repr(self, group: Iterable[Any]) -> str:
        return super()._output_const_repr([unmarked("".join(map(str, group)))])

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        super()._output_child_pre(node, frame, finalize)
        self.write("_marked(")

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        self.write(")")
        super()._output_child_post(node, frame, finalize)


def _ask_where(tree: nodes.Template) -> None:
    """Ask for the place of each value that is printed, joined or first in a row of filters.

    A value that is not there cannot carry its place; its group can.
    """
    names = {name.name for name in tree.find_all(nodes.Name) if name.ctx != "load"}
    names |= {macro.name for macro in tree.find_all(nodes.Macro)}
    for given in list(tree.find_all(nodes.Filter)):
        given.node = _asked(given.node, names) if given.node else None
    printed: list[nodes.Output | nodes.Concat] = [
        *tree.find_all(nodes.Output),
        *tree.find_all(nodes.Concat),
    ]
    for node in printed:
        node.nodes = [_asked(part, names) for part in node.nodes]


def _asked(node: nodes.Expr, own: set[str]) -> nodes.Expr:
    parent: nodes.Expr
    if isinstance(node, nodes.Getattr) and _is_plain(node.node):
        parent, key = deepcopy(node.node), node.attr
    elif isinstance(node, nodes.Name) and node.name not in own:
        parent, key = nodes.Name(RECORD, "load", lineno=node.lineno), node.name
    else:
        return node
    arguments: list[nodes.Expr] = [parent, nodes.Const(key, lineno=node.lineno)]
    return nodes.Filter(node, _WHERE, arguments, [], None, None, lineno=node.lineno)


def _is_plain(node: nodes.Expr) -> bool:
    """Return whether an expression only names a value: to ask twice changes nothing."""
    while isinstance(node, nodes.Getattr):
        node = node.node
    return isinstance(node, nodes.Name)


class TracingSandbox(DraftSandbox):
    """Jinja for drafts that lead to their fields."""

    def __init__(self, extra: Any = None, *, text: bool = False) -> None:
        super().__init__(extra, text=text)
        self.code_generator_class = _TracingCode
        for name, function in self.filters.items():
            self.filters[name] = function if name == COUNTED else _placing(name, function)
        self.filters[_WHERE] = where

    def add_filter(self, name: str, function: Callable[[Any], Any]) -> None:
        """Add a filter that gives paragraphs or runs."""
        super().add_filter(name, function)
        runs = self.filters[name]
        self.filters[name] = lambda value: _marked_runs(runs, value)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return a field of a group, or what any other value has."""
        if isinstance(obj, Group) and attribute in obj:
            return obj[attribute]
        return super().getattr(bare(obj), attribute)


def _marked_runs(runs: Callable[[Any], Any], value: Any) -> Any:
    """Return paragraphs or runs with the marks of their place in each text."""
    if isinstance(value, Markup):  # captured: marked already
        return runs(value if "<w:p" in value or "<w:r" in value else Markup(unmarked(value)))
    place = place_of(value)
    made = runs(_hole(value) if isinstance(value, Nothing) else bare(value))
    return Xml(_around(made, place)) if place else made
