"""The children of a small element (``w:pPr``, ``w:sectPr``), changed without parsing the rest."""

from __future__ import annotations

import re
from collections.abc import Sequence

_CHILD = re.compile(rb"<w:(\w+)(?: [^<>]*?)?(?:/>|(?<!/)>.*?</w:\1>)", re.DOTALL)


class Children:
    """Children by name, in the order in which the schema wants them; some may come repeatedly."""

    def __init__(self, inside: bytes, order: Sequence[str]) -> None:
        self._order = {name.encode(): number for number, name in enumerate(order)}
        self._items = [(match[1], match[0]) for match in _CHILD.finditer(inside)]

    def all(self, name: bytes) -> list[bytes]:
        """Return the children of a name."""
        return [xml for own, xml in self._items if own == name]

    def get(self, name: bytes) -> bytes:
        """Return the first child of a name, empty where there is none."""
        return next(iter(self.all(name)), b"")

    def put(self, name: bytes, xml: bytes) -> None:
        """Replace the children of a name by one; by none where ``xml`` is empty."""
        self._items = [item for item in self._items if item[0] != name]
        if xml:
            self.add(name, xml)

    def add(self, name: bytes, xml: bytes) -> None:
        """Add a child in its place."""
        self._items.append((name, xml))
        last = len(self._order)  # what the schema does not know stays behind
        self._items.sort(key=lambda item: self._order.get(item[0], last))

    def xml(self) -> bytes:
        """Return all children."""
        return b"".join(xml for _, xml in self._items)


def attribute(xml: bytes, name: str) -> bytes:
    """Return an attribute of an element, empty where it has none.

    >>> attribute(b'<w:ind w:left="720"/>', "w:left")
    b'720'
    """
    match = re.match(rb'<[^<>]*? %s="([^"]*)"' % name.encode(), xml)
    return match[1] if match else b""


def with_attribute(xml: bytes, name: str, value: object) -> bytes:
    """Return an element with an attribute set.

    >>> with_attribute(b"<w:pgNumType/>", "w:start", 1)
    b'<w:pgNumType w:start="1"/>'
    """
    own = b' %s="%s"' % (name.encode(), str(value).encode())
    found = re.match(rb'<[^<>]*?( %s="[^"]*")' % name.encode(), xml)
    if found:
        return xml[: found.start(1)] + own + xml[found.end(1) :]
    return re.sub(rb"^<[\w:]+", lambda match: match[0] + own, xml)
