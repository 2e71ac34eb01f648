"""What was written before and may stand in the next document again: paragraphs, for the most part.

The documents of a batch share most of their text. What depends on a paragraph alone (where its
lines end, what stands on them) is found once and kept by the paragraph's own bytes.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

Kept = TypeVar("Kept")
MOST_BYTES = 8 * 1024 * 1024  # of one generation


class Memory(Generic[Kept]):
    """Remembers values by their keys, in two generations of bounded size.

    What is asked for moves to the young one; when that is full it becomes the old one, and what
    was in the old one and not asked for since is forgotten.
    """

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most, self._weight = most, 0
        self._young: dict[Hashable, tuple[Kept, int]] = {}
        self._old: dict[Hashable, tuple[Kept, int]] = {}

    def get(self, key: Hashable) -> Kept | None:
        """Return what is kept under a key."""
        found = self._young.get(key)
        if found is None:
            found = self._old.get(key)
            if found is None:
                return None
            self.put(key, *found)
        return found[0]

    def put(self, key: Hashable, kept: Kept, weight: int) -> None:
        """Keep a value of about so many bytes."""
        if self._weight + weight > self._most:
            self._young, self._old, self._weight = {}, self._young, 0
        self._young[key] = kept, weight
        self._weight += weight

    def clear(self) -> None:
        """Forget everything."""
        self._young, self._old, self._weight = {}, {}, 0
