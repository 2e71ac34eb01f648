"""A document mended until nothing more can be: checked, set right, checked again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from generator.conformity.checking import Layer, Report, check_package, open_package
from generator.conformity.findings import Finding, Place
from generator.conformity.mending.edits import Bench, WordsChanged
from generator.conformity.mending.table import Guard, mend_of
from generator.conformity.rules.case import Case
from generator.errors import DataError, Problem
from generator.ooxml import Package, PackageWriter

_MOST_ROUNDS = 20  # a size set right shows whether the next one goes with it, and so on
_SIGNATURES = "_xmlsignatures/"
Approve: TypeAlias = Callable[[Finding], bool]


class Outcome(Enum):
    """What became of a finding."""

    MENDED = "da_sua"
    ASKS = "can_dong_y"
    UNTRACKED = "khong_theo_doi_duoc"
    BY_HAND = "sua_tay"


@dataclass(frozen=True, slots=True)
class Result:
    """One finding of the document as it was; ``now`` is what its place is now, if mended."""

    finding: Finding
    outcome: Outcome
    now: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """A document mended: its bytes, what became of each finding, the words that changed."""

    content: bytes
    before: Report
    after: Report
    results: tuple[Result, ...]
    words: tuple[WordsChanged, ...]

    @property
    def new(self) -> tuple[Finding, ...]:
        """Findings that the document did not have before."""
        known = {_key(finding) for finding in self.before.findings}
        return tuple(finding for finding in self.after.findings if _key(finding) not in known)


def mend_document(
    content: bytes,
    file: str,
    *,
    profile: str = "",
    layers: Sequence[Layer] = (),
    approve: Approve = lambda finding: False,
    track: bool = False,
    date: str = "",
) -> Mended:
    """Return a .docx with its faults mended as far as that is certain.

    ``approve`` is asked once for each rule whose mending is guarded. With ``track`` the changes
    are tracked ones by "vanban", of the moment ``date`` (ISO 8601) where one is given. Parts that
    need no change keep their bytes; a document without anything to mend comes back as it was.

    Raises:
        DataError: as for a check; or it is digitally signed, or out of the profiles' scope.
        UsageError: no such profile.
    """
    package = open_package(content, file)
    _refuse_signed(package, file)
    first = check_package(package, file, profile=profile, layers=layers)
    if first.out_of_scope:
        raise DataError(Problem(file=file, message=f"không sửa: {first.out_of_scope}"))
    work = _Work(first, _once(approve), track, date)
    report = first
    states = [package]
    while len(states) < _MOST_ROUNDS and (changed := work.round(report)) is not None:
        report = check_package(changed, file, profile=profile or first.profile.id, layers=layers)
        again = changed in states  # two rules that contradict each other would go on for ever
        states.append(changed)
        if again:
            break
    last = states[-1]
    return Mended(
        content=content if last == package else PackageWriter(last.parts.values()).assemble(()),
        before=first,
        after=report,
        results=tuple(work.results(report)),
        words=tuple(work.words),
    )


def _refuse_signed(package: Package, file: str) -> None:
    if any(name.startswith(_SIGNATURES) for name in package.parts):
        raise DataError(
            Problem(
                file=file,
                message="đã ký số; sửa sẽ làm mất hiệu lực chữ ký",
                hint="sửa bản chưa ký, rồi ký lại",
            )
        )


def _once(approve: Approve) -> Approve:
    """Return what asks for each rule once."""
    said: dict[str, bool] = {}

    def ask(finding: Finding) -> bool:
        if finding.id not in said:
            said[finding.id] = approve(finding)
        return said[finding.id]

    return ask


_Key: TypeAlias = tuple[str, str, int | None, str]
_Spot: TypeAlias = tuple[str, int, int | None]


def _key(finding: Finding) -> tuple[str, str]:
    return finding.id, finding.component


def _spot(place: Place) -> _Spot:
    return place.part, place.paragraph.number if place.paragraph else 0, place.section


def _spots(finding: Finding) -> set[_Spot]:
    return {_spot(place) for place in finding.places} or {_spot(Place())}


class _Work:
    """Mends round after round and keeps what became of the findings it began with."""

    def __init__(self, first: Report, approve: Approve, track: bool, date: str) -> None:
        self._first = first
        self._known = {_key(finding) for finding in first.findings}
        self._approve = approve
        self._track = track
        self._date = date
        self._now: dict[tuple[str, str], list[tuple[Finding, str]]] = {}
        self.words: list[WordsChanged] = []

    def round(self, report: Report) -> Package | None:
        """Return the package after one round of mending, ``None`` when nothing was left to do."""
        if report.found is None:
            return None
        bench = Bench(report.found.document, track=self._track, date=self._date)
        case = Case(report.found, report.profile)
        for finding in report.findings:
            mend = mend_of(finding.id, finding.wanted)
            if mend is None or (self._track and not mend.tracked):
                continue
            # A fault that mending brought about, as a line now too short for larger letters, is
            # mended with it.
            own = _key(finding) not in self._known
            if mend.guard is Guard.SAFE or own or self._approve(finding):
                now = mend.fixer(bench, case, finding)
                if now:
                    self._now.setdefault(_key(finding), []).append((finding, now))
        self.words += bench.finish()
        return bench.package() if bench.changed else None

    def results(self, after: Report) -> Iterator[Result]:
        """Yield what became of each finding of the beginning."""
        for finding in self._first.findings:
            left = [spot for other in after.findings if _key(other) == _key(finding)
                    for spot in _spots(other)]  # fmt: skip
            if _spots(finding) & set(left):
                yield Result(finding, self._why(finding))
            else:
                yield Result(finding, Outcome.MENDED, self._told(finding))

    def _why(self, finding: Finding) -> Outcome:
        mend = mend_of(finding.id, finding.wanted)
        if mend is None:
            return Outcome.BY_HAND
        if self._track and not mend.tracked:
            return Outcome.UNTRACKED
        asks = mend.guard is Guard.GUARDED and not self._approve(finding)
        return Outcome.ASKS if asks else Outcome.BY_HAND

    def _told(self, finding: Finding) -> str:
        told = self._now.get(_key(finding), ())
        return next((now for other, now in told if _spots(other) & _spots(finding)), "")


def mendable(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that a guarded mend could set right, one for each rule."""
    asked: dict[str, Finding] = {}
    for finding in findings:
        mend = mend_of(finding.id, finding.wanted)
        if mend is not None and mend.guard is Guard.GUARDED:
            asked.setdefault(finding.id, finding)
    return list(asked.values())
