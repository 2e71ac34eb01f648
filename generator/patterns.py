"""Regular expressions that are compiled when they are first used.

A cold command needs few of all the package has, and compiling them takes longer than its work.

>>> digits = regex("[0-9]+")
>>> digits.findall("Số 12, ngày 3")
['12', '3']
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

__all__ = ["regex"]


class _Regex:
    """Stands for a compiled pattern, whose methods it takes over one by one as they are used."""

    def __init__(self, pattern: Any, flags: int = 0) -> None:
        self.pattern, self._flags = pattern, flags

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # asked by copy and pickle, which take an object as it is
            raise AttributeError(name)
        found = getattr(re.compile(self.pattern, self._flags), name)
        setattr(self, name, found)
        return found


if TYPE_CHECKING:
    from re import compile as regex
else:
    regex = _Regex
