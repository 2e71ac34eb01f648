"""Which fields of a record the tags of a template use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from jinja2 import nodes

from generator.sandbox import Sandbox
from generator.tags import Tag


def count_uses(tags: Iterable[Tag]) -> dict[str, int]:
    """Return the number of tags that use each field, by its path; ``[]`` stands for a list's items.

    A loop's variable counts for the list's items, a ``set`` one for the field it was set to.
    """
    uses: Counter[str] = Counter()
    names: dict[str, str] = {}
    sandbox = Sandbox()
    for tag in tags:
        source = _parsable(tag)
        if source:
            tree = sandbox.parse(source)
            for loop in tree.find_all(nodes.For):
                path = _path(loop.iter, names)
                if isinstance(loop.target, nodes.Name) and path:
                    names[loop.target.name] = f"{path}[]"
            for assign in tree.find_all(nodes.Assign):
                path = _path(assign.node, names)
                if isinstance(assign.target, nodes.Name) and path:
                    names[assign.target.name] = path
            uses.update(_fields(tree, names))
    return dict(uses)


def _parsable(tag: Tag) -> str:
    word = tag.keyword
    if tag.kind == "{{":
        return f"{{{{ {tag.body} }}}}"
    if word == "elif":
        return f"{{% if {tag.body[4:]} %}}{{% endif %}}"
    if word in ("if", "for"):
        return f"{{% {tag.body} %}}{{% end{word} %}}"
    return f"{{% {tag.body} %}}" if word == "set" and "=" in tag.body else ""


def _fields(tree: nodes.Node, names: dict[str, str]) -> set[str]:
    found: set[str] = set()
    for node in tree.find_all((nodes.Name, nodes.Getattr)):
        if getattr(node, "ctx", "load") == "load":
            path = _path(node, names)
            while path:
                found.add(path)
                path = path.rpartition(".")[0]
    return found


def _path(node: nodes.Node, names: dict[str, str]) -> str:
    if isinstance(node, nodes.Filter) and node.node is not None:
        return _path(node.node, names)
    if isinstance(node, nodes.Name):
        return names.get(node.name, node.name)
    if isinstance(node, nodes.Getattr):
        base = _path(node.node, names)
        return f"{base}.{node.attr}" if base else ""
    return ""
