"""Units one after the other: each checked, told apart from the others, added up.

Memory: a name and a fingerprint a unit; where the superior's table lists it, the text of its row.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from hashlib import blake2b
from typing import Any, NamedTuple

from generator.errors import BundleError, DataError, Problem, UsageError
from generator.expressions import Expression, ExpressionError, Run, Scope, show, tidy
from generator.figures.totals import ABSENT, GAPS, UNITS, RollupRules, Sum, Totals
from generator.pipeline import Form, Prepared
from generator.records.schema import Fault, Field
from generator.rollup.roster import Expected, Roster, unit_key
from generator.rollup.rows import Rows, as_text
from generator.rollup.sources import Given, Submitted, submitted
from generator.vietnamese.dates import PartialDate, short_date

MOST_PROBLEMS = 500  # that are kept for telling; further ones are counted
LARGEST = 10**15  # Excel keeps 15 digits, and nobody counts further


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a superior asks for."""

    roster: Roster | None = None
    due: date | None = None
    missing: str = ""  # "mark" or "stop"; empty: as the manifest says
    by_group: bool = False
    same: Mapping[str, Any] = field(default_factory=dict)  # what the head says units must have
    progress: Callable[[int], None] = lambda done: None  # told how many records have been read


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One row that came in: a unit, or a lower table as one."""

    name: str
    group: str | None
    row: dict[str, Any]  # as data, blanks left out
    units: int
    values: list[Any]
    gaps: Mapping[int, int]
    submitted: Submitted
    start: tuple[str | int, ...] = ()  # where the row stands in its record


class Mark(NamedTuple):
    """What is kept of a unit to tell whether it comes again, alike or not."""

    place: str
    whole: bytes
    figures: array[int]  # a checksum of each, to name those that differ


@dataclass(slots=True)
class Gathered:
    """The sum and the texts of the units of one group."""

    total: Sum
    texts: dict[tuple[str, ...], list[str]] = field(default_factory=dict)


@dataclass(slots=True)
class Collected:
    """What came in: rows in order, the sum of all, who is missing or late."""

    rows: Rows
    total: Sum
    same: dict[str, Any]
    missing: list[str]
    late: list[str]
    warnings: list[Problem]
    left_out: int = 0  # warnings beyond the limit

    @classmethod
    def of_record(cls, form: Form, record: Mapping[str, Any]) -> Collected:
        """Return what a table that is already rolled up holds."""
        rules, totals = form.figures.rollup, form.figures.totals
        if rules is None or totals is None:
            raise BundleError(not_a_rollup(form))
        total, rows = totals.new(), list(record.get(rules.rows) or ())
        for row in rows:
            totals.add(total, row)
        absent = list(record.get(ABSENT) or ())
        return cls(rows=Rows(rows), total=total, same={}, missing=absent, late=[], warnings=[])


class Collector:
    """Collects the units of one superior's table."""

    def __init__(
        self, form: Form, feeds: Sequence[Form], options: Options, others: Sequence[Form] = ()
    ) -> None:
        """Prepare to collect for a form from the forms that feed it.

        ``others`` may come too and are left out.

        Raises:
            BundleError: the manifest's ``[rollup]`` does not fit the forms.
            UsageError: sums by groups of a form that adds nothing up.
        """
        rules, totals = form.figures.rollup, form.figures.totals
        if rules is None or totals is None:
            raise BundleError(not_a_rollup(form))
        if options.by_group and not rules.sums:
            message = f"mẫu {form.bundle.id} không cộng số nên không gộp theo nhóm được"
            raise UsageError(Problem(message=message, hint="bỏ --by-group"))
        self.form, self.feeds, self.options = form, feeds, options
        self._others = others
        self.rules: RollupRules = rules
        self.totals: Totals = totals
        self.paths = tuple(_copied(totals.row, rules))
        added = {figure.path for figure in totals.figures}
        self._words = tuple(path for path in self.paths if path not in added)
        # A sum by groups needs no row of its own for each unit, but for its texts.
        self._taken = _tree(self._words if options.by_group else self.paths)
        # A field that a row must have is there, blank too.
        self._blanks = {
            key: None
            for key, child in totals.row.children.items()
            if child.required and key != rules.name
        }
        self._values = {key: _expression(form, key, text) for key, text in rules.values.items()}
        self._seen: dict[str, Mark] = {}
        self._periods: dict[str, dict[Any, list[str]]] = {key: {} for key in rules.same}
        self._errors: list[Problem] = []
        self._warnings: list[Problem] = []
        self._more_errors = self._more_warnings = 0
        self.late: list[str] = []
        self.doubled: list[str] = []  # as often as they came again

    # ------------------------------------------------------------ all units
    def collect(self, sources: Iterable[Given]) -> Collected:
        """Return all units of files and folders, added up.

        Raises:
            DataError: everything wrong with the data and with who sent them.
            UsageError: no such file or folder.
        """
        total = self.totals.new()
        rows = Rows()
        groups: dict[str, Gathered] = {}
        for unit in self.units(sources):
            total.add(unit.units, unit.values, unit.gaps)
            if self.options.by_group:
                self._gather(unit, groups)
            else:
                rows.append(unit.row)
        self.finish()
        return Collected(
            rows=Rows(self._of_groups(groups)) if self.options.by_group else self._ordered(rows),
            total=total,
            same={key: next(iter(found), None) for key, found in self._periods.items()},
            missing=self._not_sent(),
            late=self.late,
            warnings=[*self._warnings, *self._incomplete(total)],
            left_out=self._more_warnings,
        )

    def units(self, sources: Iterable[Given]) -> Iterator[Unit]:
        """Yield each unit once; what is wrong is kept for the end."""
        came = submitted(sources, (*self.feeds, *self._others), self.feeds)
        for done, each in enumerate(came, 1):
            self.options.progress(done)
            try:
                prepared = each.form.prepare(each.raw, named=False)
            except DataError as error:
                self._refuse(*(_of_unit(problem, each) for problem in error.problems))
                self._note(*error.warnings)
                continue
            self._note(*prepared.warnings)
            self._compare_periods(each, prepared)
            for unit in self._units(each, prepared):
                if self._is_good(unit) and self._is_new(unit):
                    yield unit

    def _units(self, each: Submitted, prepared: Prepared) -> Iterator[Unit]:
        context = prepared.context
        if each.form.bundle.id != self.form.bundle.id:
            yield from self._of_unit(each, context)
            return
        office = _one_line(context.get(self.rules.office))
        rows = context.get(self.rules.rows) or ()
        if self.rules.lower == "rows":
            for number, row in enumerate(rows):
                given = {**row, self.rules.group: row.get(self.rules.group) or office}
                yield self._unit(str(row[self.rules.name]), given, each, (self.rules.rows, number))
            return
        gathered = Gathered(self.totals.new())
        for row in rows:
            values = self.totals.values(row)
            gathered.total.add(row.get(UNITS) or 1, values, self.totals.gaps(row, values))
            self._add_texts(gathered, str(row[self.rules.name]), row)
        yield self._unit(office, self._row_of(office, gathered), each)

    def _of_unit(self, each: Submitted, context: Mapping[str, Any]) -> Iterator[Unit]:
        key = each.form.bundle.unit
        name = _one_line(context.get(key))
        if not name:
            fault = Fault(
                path=(key,), message="thiếu tên đơn vị", hint="tổng hợp cần tên của từng đơn vị"
            )
            self._refuse(*each.raw.problems([fault]))
            return
        context = self._untrusting(each.form, context)
        row = dict(context)
        for field_name, expression in self._values.items():
            try:
                row[field_name] = expression.evaluate(Run((Scope(context),)))
            except ExpressionError as error:
                fault = Fault(path=(), message=f"{field_name}: không tính được, {error}")
                self._refuse(*each.raw.problems([fault]))
                return
        yield self._unit(name, row, each)

    @staticmethod
    def _untrusting(form: Form, context: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a record whose declared totals are what their parts give."""
        derivation = form.figures.derivation
        if derivation is not None and any(each.declared for each in derivation.derived):
            computed = dict(context)
            derivation.compute(computed, trust=False)
            return computed
        return context

    def _unit(
        self,
        name: str,
        given: Mapping[str, Any],
        each: Submitted,
        start: tuple[str | int, ...] = (),
    ) -> Unit:
        expected = self._expected(name)
        values = self.totals.values(given)
        row: dict[str, Any] = {self.rules.name: expected.name if expected else name}
        group = (expected.group if expected else None) or given.get(self.rules.group)
        if self.rules.group and group:
            row[self.rules.group] = group
        row |= self._blanks | _data_of(given, self._taken)
        for key in (UNITS, GAPS):
            if given.get(key):
                row[key] = given[key]
        return Unit(
            name=row[self.rules.name], group=group, row=row, values=values, submitted=each,
            units=given.get(UNITS) or 1, gaps=self.totals.gaps(given, values), start=start,
        )  # fmt: skip

    def _expected(self, name: str) -> Expected | None:
        roster = self.options.roster
        return roster.units.get(unit_key(name)) if roster else None

    # ------------------------------------------------------------ one unit
    def _is_good(self, unit: Unit) -> bool:
        faults = [*self._unknown(unit), *self._sizes(unit), *self._gaps(unit), *self._alone(unit)]
        self._refuse(*faults)
        self._check_late(unit)
        return not faults

    def _unknown(self, unit: Unit) -> Iterator[Problem]:
        roster = self.options.roster
        if roster is not None and self._expected(unit.name) is None:
            near = roster.nearest(unit.name)
            yield self._at(
                unit, (), f"đơn vị “{unit.name}” không có trong danh sách",
                f"có phải “{near}”? Sửa tên, hoặc thêm đơn vị vào danh sách" if near
                else "thêm đơn vị vào danh sách, hoặc bỏ số liệu này ra",
            )  # fmt: skip

    def _sizes(self, unit: Unit) -> Iterator[Problem]:
        for figure, value in zip(self.totals.figures, unit.values, strict=True):
            if value is not None and not 0 <= value <= LARGEST:
                message = f"{figure.title}: số quá lớn ({show(value)})"
                if value < 0:
                    message = f"{figure.title}: số âm ({show(value)})"
                yield self._at(unit, figure.path, message, "xem lại con số này")

    def _gaps(self, unit: Unit) -> Iterator[Problem]:
        if (self.options.missing or self.rules.missing) == "stop":
            for index, count in unit.gaps.items():
                figure = self.totals.figures[index]
                several = f" ({count} đơn vị)" if UNITS in unit.row else ""
                yield self._at(
                    unit, figure.path, f"thiếu số liệu {figure.title}{several}",
                    "điền số, không phát sinh thì ghi 0; hoặc chạy với --missing mark",
                )  # fmt: skip

    def _alone(self, unit: Unit) -> Iterator[Problem]:
        if self.options.by_group and not unit.group:
            hint = "ghi nhóm của đơn vị trong danh sách (--units), cột Nhóm"
            yield self._at(unit, (), "đơn vị không thuộc nhóm nào", hint)

    def _check_late(self, unit: Unit) -> None:
        expected, due = self._expected(unit.name), self.options.due
        sent = expected.sent if expected and expected.sent else self._sent(unit)
        if due is not None and sent is not None and sent > due:
            self.late.append(unit.name)
            said = f"nộp muộn: ngày {short_date(sent)}, hạn {short_date(due)}"
            self._note(self._at(unit, (), said, "số liệu vẫn được cộng"))

    def _sent(self, unit: Unit) -> date | None:
        if unit.submitted.form.bundle.id == self.form.bundle.id:
            return None
        record = unit.submitted.raw.parse() if self.rules.sent and self.options.due else None
        value = record.get(self.rules.sent) if isinstance(record, dict) else None
        field_ = unit.submitted.form.schema.root.children.get(self.rules.sent)
        shown = unit.submitted.form.schema.read({self.rules.sent: value})[0] if field_ else {}
        found = shown.get(self.rules.sent)
        return date.fromisoformat(found) if isinstance(found, str) and len(found) == 10 else None

    def _is_new(self, unit: Unit) -> bool:
        """Return whether a unit comes for the first time; the same data twice count once."""
        key, now = unit_key(unit.name), self._mark(unit)
        first = self._seen.setdefault(key, now)
        if first is now:
            return True
        self.doubled.append(unit.name)
        if first == now._replace(place=first.place):
            said = f"nộp hai lần, số liệu như ở {first.place}"
            self._note(self._at(unit, (), said, "chỉ cộng một lần"))
        else:
            self._refuse(self._differs(unit, first, now))
        return False

    def _mark(self, unit: Unit) -> Mark:
        # Equal numbers have equal hashes, 7.50 and 7.5 too; the marks of one run are compared.
        sums = array(
            "Q", (_BLANK if value is None else hash(value) & _ALL_BITS for value in unit.values)
        )
        words = [unit.row.get(self.rules.group), *(_get(unit.row, path) for path in self._words)]
        text = as_text(_plain(words))
        return Mark(
            place=_place(unit),
            whole=blake2b(sums.tobytes() + text, digest_size=16).digest(),
            figures=array("I", (each & _LOW_BITS for each in sums)),
        )

    def _differs(self, unit: Unit, first: Mark, now: Mark) -> Problem:
        """Return the problem of a unit that came twice, at the first figure that differs."""
        pairs = zip(self.totals.figures, first.figures, now.figures, strict=True)
        figures = [figure for figure, one, other in pairs if one != other]
        titles = "; ".join(figure.title for figure in figures[:_MOST_NAMED])
        more = f" và {len(figures) - _MOST_NAMED} số khác" if len(figures) > _MOST_NAMED else ""
        what = f"số liệu khác nhau ({titles}{more})" if figures else "nội dung khác nhau"
        return self._at(
            unit, figures[0].path if figures else (),
            f"nộp hai lần với {what}; lần kia ở {first.place}", "giữ lại bản đúng",
        )  # fmt: skip

    def _at(self, unit: Unit, path: tuple[str, ...], message: str, hint: str) -> Problem:
        raw = unit.submitted.raw
        return Problem(
            file=raw.file, at=raw.place((*unit.start, *path)), hint=hint,
            message=message if unit.name in message else f"{unit.name}: {message}",
        )  # fmt: skip

    # ------------------------------------------------------------ the whole
    def _compare_periods(self, each: Submitted, prepared: Prepared) -> None:
        for key, found in self._periods.items():
            value = prepared.context.get(key)
            if value is not None:
                told = found.setdefault(value, [])
                if len(told) < _MOST_NAMED:  # finding a place costs more than the rest
                    where = f"{each.raw.file}, {each.raw.place((key,))}"
                    office = each.form.bundle.unit or self.rules.office
                    name = _one_line(prepared.context.get(office))
                    told.append(f"{name or 'một đơn vị'} ({where})")

    def finish(self) -> None:
        """Tell everything that was wrong, once all units have been read.

        Raises:
            DataError: all errors and warnings.
        """
        for key, found in self._periods.items():
            wanted = self.options.same.get(key)
            if len(found) > 1 or (wanted is not None and any(value != wanted for value in found)):
                self._refuse(self._mixed(key, found, wanted))
        if not self._seen and not self._errors:
            self._refuse(Problem(message="không có đơn vị nào", hint="ghi tệp số liệu các đơn vị"))
        if self._more_errors:
            self._errors.append(Problem(message=f"… và {self._more_errors} lỗi khác"))
        if self._errors:
            raise DataError(self._errors, self._warnings)

    def _mixed(self, key: str, found: Mapping[Any, Sequence[str]], wanted: Any) -> Problem:
        title = next(
            (at.title for form in self.feeds if (at := form.schema.root.children.get(key))), key
        )
        said = [f"{value}: {', '.join(names)}" for value, names in found.items()]
        if wanted is not None:
            said.insert(0, f"{wanted}: bảng tổng hợp")
        return Problem(
            message=f"{title} không như nhau: {'; '.join(said)}",
            hint="chỉ cộng số liệu cùng kỳ; bỏ tệp của kỳ khác ra",
        )

    @property
    def missing(self) -> list[str]:
        """The units of the list of which nothing good has come, up to now."""
        units = self.options.roster.units if self.options.roster else {}
        return [each.name for key, each in units.items() if key not in self._seen]

    def _not_sent(self) -> list[str]:
        roster, missing = self.options.roster, self.missing
        if roster is not None and missing:
            message = f"chưa nộp {len(missing)}/{len(roster.units)} đơn vị: {', '.join(missing)}"
            self._warnings.append(Problem(message=message, hint="số cộng không gồm các đơn vị này"))
        return missing

    def _incomplete(self, total: Sum) -> Iterator[Problem]:
        for index, count in sorted(total.gaps.items()):
            yield Problem(
                message=f"{self.totals.figures[index].title}: thiếu số liệu của {count} đơn vị",
                hint="muốn biết đơn vị và ô nào thì chạy với --missing stop",
            )

    def _refuse(self, *problems: Problem) -> None:
        room = MOST_PROBLEMS - len(self._errors)
        self._errors += problems[:room]
        self._more_errors += max(0, len(problems) - room)

    def _note(self, *problems: Problem) -> None:
        room = MOST_PROBLEMS - len(self._warnings)
        self._warnings += problems[:room]
        self._more_warnings += max(0, len(problems) - room)

    # ------------------------------------------------------------ rows
    def _ordered(self, rows: Rows) -> Rows:
        """Return the rows in the order of the list of units; without one, as they came."""
        roster = self.options.roster
        if roster is not None:
            order = {key: number for number, key in enumerate(roster.units)}
            rows.sort([order[key] for key in self._seen])  # the units in the rows' order
        return rows

    def _gather(self, unit: Unit, groups: dict[str, Gathered]) -> None:
        gathered = groups.setdefault(unit.group or "", Gathered(self.totals.new()))
        gathered.total.add(unit.units, unit.values, unit.gaps)
        self._add_texts(gathered, unit.name, unit.row)

    def _add_texts(self, gathered: Gathered, name: str, row: Mapping[str, Any]) -> None:
        for path in self._words:
            value = _get(row, path)
            if isinstance(value, str):
                # What a lower office collected has the names of its units: its own stands above.
                apart = "\n" if row.get(UNITS) else " "
                gathered.texts.setdefault(path, []).append(f"{name}:{apart}{value}")

    def _of_groups(self, groups: Mapping[str, Gathered]) -> Iterator[dict[str, Any]]:
        roster = self.options.roster
        order = [each.group for each in roster.units.values()] if roster else []
        names = [name for name in dict.fromkeys((*order, *groups)) if name in groups]
        return (self._row_of(name, groups[name]) for name in names if name is not None)

    def _row_of(self, name: str, gathered: Gathered) -> dict[str, Any]:
        row = {self.rules.name: name, **self.totals.row_of(gathered.total)}
        for path, texts in gathered.texts.items():
            _put(row, path, "\n".join(texts))
        return row


_MOST_NAMED = 3  # units of one period that a message names
_ALL_BITS, _LOW_BITS = 2**64 - 1, 2**32 - 1
_BLANK = 2**62 + 2**31 + 1  # no number's hash (sys.hash_info.modulus), in its low half no small one


def not_a_rollup(form: Form) -> Problem:
    """Return the problem of a form without a table to roll up into."""
    return Problem(
        file=str(form.bundle.folder / "manifest.toml"),
        message=f"mẫu {form.bundle.id} không tổng hợp từ số liệu của đơn vị",
        hint="mẫu tổng hợp có bảng [rollup], xem docs/manifest.md",
    )


def _expression(form: Form, key: str, text: str) -> Expression:
    try:
        return Expression(text)
    except ExpressionError as error:
        raise BundleError(
            Problem(
                file=str(form.bundle.folder / "manifest.toml"), at=f"[rollup.values] {key}",
                message=str(error), hint="xem docs/manifest.md",
            )
        ) from error  # fmt: skip


def _copied(row: Field, rules: RollupRules) -> Iterator[tuple[str, ...]]:
    """Yield the paths of a row's values that come from the units: all but its name and group."""
    own = {rules.name, rules.group, UNITS, GAPS}
    for key, child in row.children.items():
        if key not in own:
            yield from _leaves(child, (key,))


def _leaves(at: Field, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if not at.children:
        yield path
    for key, child in at.children.items():
        yield from _leaves(child, (*path, key))


def _get(value: Any, path: Sequence[str]) -> Any:
    for step in path:
        if type(value) is not dict:
            return None
        value = value.get(step)
    return value


def _tree(paths: Iterable[Sequence[str]]) -> dict[str, Any]:
    """Return paths as groups within groups, ``None`` at the end of each."""
    tree: dict[str, Any] = {}
    for *way, key in paths:
        at = tree
        for step in way:
            at = at.setdefault(step, {})
        at[key] = None
    return tree


def _data_of(given: Mapping[str, Any], tree: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a tree's paths as data; blanks, and groups without a value, left out."""
    row: dict[str, Any] = {}
    for key, inner in tree.items():
        value = given.get(key)
        if inner is None:
            value = value if type(value) is int else _as_data(value)
        else:
            value = _data_of(value, inner) or None if type(value) is dict else None
        if value is not None:
            row[key] = value
    return row


def _as_data(value: Any) -> Any:
    """Return a value as templates see it as a record has it: days as text."""
    if isinstance(value, PartialDate):
        parts = (value.year, value.month, value.day)
        return "-".join(f"{part:02d}" for part in parts if part is not None)
    return value.isoformat() if isinstance(value, date) else value


def _put(row: dict[str, Any], path: Sequence[str], value: Any) -> None:
    """Put a value at a path of a row; a blank leaves no trace."""
    if value is None:
        return
    for step in path[:-1]:
        row = row.setdefault(step, {})
    row[path[-1]] = value


def _place(unit: Unit) -> str:
    raw = unit.submitted.raw
    if raw.cells is None and raw.text and not unit.start:  # quick: every unit has its place kept
        return f"{raw.file}, dòng {raw.first_line}"
    return f"{raw.file}, {raw.place(unit.start)}"


def _plain(value: Any) -> Any:
    """Return a value as JSON has it, 7.50 and 7.5 alike."""
    if isinstance(value, Decimal):
        return tidy(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def _one_line(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _of_unit(problem: Problem, each: Submitted) -> Problem:
    """Return a problem of a unit's record with the unit's name in front."""
    key = each.form.bundle.unit
    if not key or each.raw.error is not None:
        return problem
    try:
        value, _ = each.raw.parse_loosely()
    except DataError:
        return problem
    name = _one_line(value.get(key)) if isinstance(value, dict) else ""
    return Problem(
        file=problem.file, at=problem.at, hint=problem.hint, clause=problem.clause,
        message=f"{name}: {problem.message}" if name else problem.message,
    )  # fmt: skip
