"""What became of a batch, for the screen: counts, and problems gathered by what they say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from generator.cli.screen import say, warn
from generator.errors import DataError, Problem

if TYPE_CHECKING:
    from generator.batches.journal import Result

_EXAMPLES = 5  # of the places where one and the same thing is wrong
_MOST = 100  # different things told: who has more begins with those


class Tally:
    """Counts of a batch, and its problems; the same size however many records there are."""

    def __init__(self, form: str, data: str) -> None:
        self._form, self._data = form, data
        self.done = self.kept = self.failed = 0
        self._worst = 0
        self._problems, self._warnings = _Gathered(data), _Gathered(data)

    def add(self, result: Result) -> None:
        """Count one record."""
        self.done += result.done
        self.kept += result.kept
        self.failed += not result.done
        self._worst = max(self._worst, result.fault_code)
        for problem in result.problems:
            placed = result.fault_code == DataError.exit_code
            self._problems.add(problem, result.index, placed=placed)
        for problem in result.warnings:
            self._warnings.add(problem, result.index, placed=True)

    @property
    def exit_code(self) -> int:
        """0 where all is done, 1 where some records failed, the worst fault's where all did."""
        if not self.failed:
            return 0
        return 1 if self.done else self._worst

    def tell(self) -> None:
        """Print what is to be looked at again, then what is to be mended; examples of many."""
        self._warnings.tell("lưu ý: ")
        self._problems.tell()
        if self._warnings.shortened or self._problems.shortened:
            data = f'"{self._data}"' if " " in self._data else self._data
            say(f"Xem đủ mọi chỗ: vanban validate {self._form} {data}")

    @property
    def counts(self) -> str:
        """The counts as the beginning of a sentence."""
        kept = f", giữ nguyên {self.kept}" if self.kept else ""
        return f"{self.done - self.kept} văn bản{kept}, lỗi {self.failed}"


@dataclass(slots=True)
class _Group:
    """The places of one thing that is wrong, the first of them with their records."""

    count: int = 0
    placed: bool = True  # the problem tells its place in the data
    examples: dict[Problem, list[int]] = field(default_factory=dict)

    def add(self, problem: Problem, index: int) -> None:
        self.count += 1
        if problem in self.examples or len(self.examples) < _EXAMPLES:
            records = self.examples.setdefault(problem, [])
            if len(records) <= _EXAMPLES:
                records.append(index + 1)

    def told(self, data: str) -> Iterator[Problem]:
        for problem, records in self.examples.items():
            yield problem if self.placed else _of_records(problem, records, data)

    @property
    def rest(self) -> int:
        """How many places are not among the examples."""
        return self.count - len(self.examples) if self.placed else 0


class _Gathered:
    """Problems of many records by what they say."""

    def __init__(self, data: str) -> None:
        self._data = data
        self._groups: dict[tuple[str, str], _Group] = {}
        self._left = 0

    def add(self, problem: Problem, index: int, *, placed: bool) -> None:
        key = problem.message, problem.hint
        if key not in self._groups and len(self._groups) == _MOST:
            self._left += 1
            return
        self._groups.setdefault(key, _Group(placed=placed)).add(problem, index)

    @property
    def shortened(self) -> bool:
        """Whether places are left out."""
        return any(group.rest for group in self._groups.values())

    def tell(self, prefix: str = "") -> None:
        for group in self._groups.values():
            warn(list(group.told(self._data)), prefix)
            if group.rest:
                say(f"  … và {group.rest} chỗ nữa cũng như vậy")
        if self._left:
            say(f"… còn {self._left} chỗ khác, ghi đủ trong bản kê")


def _of_records(problem: Problem, numbers: list[int], data: str) -> Problem:
    shown = ", ".join(map(str, numbers[:_EXAMPLES])) + (", …" if len(numbers) > _EXAMPLES else "")
    return replace(problem, message=f"{problem.message} — bản ghi thứ {shown} của {data}")
