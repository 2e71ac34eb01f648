"""Changes to a .docx written as text that leave its XML well-formed, so that they reach deep."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from copy import deepcopy

from lxml import etree

PART = re.compile(rb"^== ?([^\n\0]{1,100})\n", re.MULTILINE)  # the head of a part
_VALUES = ("", "0", "-1", "1", "x", "99999999999", "1.5", "12pt", "NaN", "٣", "²", "true", "../..",
           "{{ ten }}", "{{ so", "{%p for x in ds %}")  # fmt: skip


def mutated(text: bytes, number: int) -> bytes:
    """Return a .docx as text with an element of one of its parts changed; the same for a number."""
    chance = random.Random(number)
    heads = list(PART.finditer(text))
    if not heads:
        return text
    head = chance.choice(heads)
    following = PART.search(text, head.end())
    end = following.start() if following else len(text)
    try:
        root = etree.fromstring(text[head.end() : end].rstrip(b"\n"))
    except (etree.XMLSyntaxError, ValueError):
        return text
    for _ in range(chance.randint(1, 3)):
        chance.choice(_CHANGES)(root, chance)
    return b"".join((text[: head.end()], etree.tostring(root), b"\n", text[end:]))


def _element(root: etree._Element, chance: random.Random) -> etree._Element:
    return chance.choice(list(root.iter(etree.Element)))


def _value(root: etree._Element, chance: random.Random) -> None:
    """Give an attribute another value, or drop it."""
    nodes = [node for node in root.iter(etree.Element) if node.attrib]
    if nodes:
        node = chance.choice(nodes)
        name = chance.choice(list(node.attrib))
        if chance.random() < 0.2:
            del node.attrib[name]
        else:
            node.set(name, chance.choice(_VALUES))


def _words(root: etree._Element, chance: random.Random) -> None:
    _element(root, chance).text = chance.choice(_VALUES)


def _without(root: etree._Element, chance: random.Random) -> None:
    node = _element(root, chance)
    if node is not root:
        node.getparent().remove(node)


def _unwrapped(root: etree._Element, chance: random.Random) -> None:
    """Put an element's content in its place."""
    node = _element(root, chance)
    if node is not root:
        for child in list(node):
            node.addprevious(child)
        node.getparent().remove(node)


def _moved(root: etree._Element, chance: random.Random) -> None:
    """Put a copy of an element somewhere else."""
    node, home = _element(root, chance), _element(root, chance)
    home.insert(chance.randint(0, len(home)), deepcopy(node))


def _renamed(root: etree._Element, chance: random.Random) -> None:
    _element(root, chance).tag = _element(root, chance).tag


_CHANGES: tuple[Callable[[etree._Element, random.Random], None], ...] = (
    _value, _value, _words, _without, _unwrapped, _moved, _renamed,
)  # fmt: skip
