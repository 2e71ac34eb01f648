"""One roll-up from end to end: forms, units, the superior's record, its file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from generator.errors import BundleError, DataError, Problem, UsageError
from generator.figures.totals import Merit
from generator.pipeline import Form, Prepared, open_form
from generator.records.data import RawRecord
from generator.rollup.collect import Collected, Collector, Options, not_a_rollup
from generator.rollup.explain import explanation
from generator.rollup.head import fill_texts, period_of, read_head
from generator.rollup.roster import Roster, read_roster
from generator.rollup.rows import as_lines
from generator.rollup.sources import Given, kept, submitted
from generator.rollup.table import Table
from generator.rollup.workbook import write_workbook
from generator.scoring import Class, Quota
from generator.vietnamese import TextFormError
from generator.vietnamese.numbers import parse_number

FORMATS = (".docx", ".json", ".xlsx")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a superior asks of a roll-up."""

    head: str = ""  # file with the fields of the superior's own form
    settings: Sequence[str] = ()  # fields given one by one, ``name=value``
    units: str = ""  # file with the list of units
    due: date | None = None
    missing: str = ""
    by_group: bool = False
    classes: Sequence[str] = ()  # ``title=points`` from the best down; the last may have no points
    quotas: Sequence[str] = ()  # ``title=percent``: at most so many of a cluster's units


@dataclass(frozen=True, slots=True, kw_only=True)
class RolledUp:
    """A roll-up done: the file's content, how many units it is of, what to look at again."""

    pieces: Iterable[bytes]  # to write one after the other
    units: int
    rows: int
    warnings: tuple[Problem, ...] = ()

    @property
    def content(self) -> bytes:
        """The content as a whole."""
        return b"".join(self.pieces)


class Rollup:
    """A form opened with the forms that feed it."""

    def __init__(
        self, form: str, templates: Sequence[str] = (), asked: Asked | None = None
    ) -> None:
        """Open the forms and read the head and the list of units.

        Raises:
            UsageError: no such form or file.
            BundleError: the form does not roll up.
            DataError: the head or the list is not in order.
        """
        self.asked = asked or Asked()
        self._templates = templates
        self._progress: Callable[[int], None] = lambda done: None
        self._forms: dict[str, Form] = {}
        self.form = self._open(form)
        rules = self.form.figures.rollup
        if rules is None:
            raise BundleError(not_a_rollup(self.form))
        self.rules = rules
        self.head = read_head(self.form, self.asked.head, self.asked.settings)

    def _open(self, name: str) -> Form:
        if name not in self._forms:
            self._forms[name] = open_form(name, self._templates)
        return self._forms[name]

    def _merit(self, form: Form) -> Merit | None:
        """Return how units are ranked, with what the run asks for in the manifest's place."""
        rules = form.figures.rollup
        merit = rules.merit if rules else None
        option = "--class" if self.asked.classes else "--quota" if self.asked.quotas else ""
        if option and merit is None:
            message = f"mẫu {form.bundle.id} không xếp loại đơn vị"
            raise UsageError(Problem(message=message, hint=f"bỏ {option}"))
        if merit is not None and self.asked.classes:
            merit = replace(merit, classes=tuple(map(_class, self.asked.classes)))
        if merit is not None and self.asked.quotas:
            quotas = tuple(_quota(text, merit.classes) for text in self.asked.quotas)
            merit = replace(merit, quotas=quotas)
        return merit

    def _feeds(self, form: Form) -> list[Form]:
        rules = form.figures.rollup
        return [self._open(name) for name in (rules.feeds if rules else ())]

    def collector(self, others: Sequence[Form] = (), form: Form | None = None) -> Collector:
        """Return a collector of the units of the form, or of one on the way to it."""
        form = form or self.form
        feeds = self._feeds(form)
        options = Options(
            roster=self._roster(feeds),
            due=self.asked.due,
            missing=self.asked.missing,
            by_group=self.asked.by_group,
            progress=self._progress,
            same=period_of(self.form, self.head.value),
        )
        return Collector(form, feeds, options, others)

    def _roster(self, feeds: Sequence[Form]) -> Roster | None:
        if not self.asked.units:
            return None
        first = feeds[0]
        return read_roster(self.asked.units, first.schema.root.children[first.bundle.unit])

    # ------------------------------------------------------------ what comes out
    def make(
        self, sources: Sequence[str], kind: str, progress: Callable[[int], None] | None = None
    ) -> RolledUp:
        """Return the content of the file, ``kind`` one of :data:`FORMATS`.

        ``progress`` is told how many records have been read.

        Raises:
            DataError: everything wrong with the units' data, or with the head.
            UsageError, BundleError, TemplateError: as of the forms and files.
        """
        self._progress = progress or self._progress
        if kind not in FORMATS:
            raise UsageError(
                Problem(
                    message=f"không ghi được loại tệp “{kind}”", hint=f"chọn {_listed(FORMATS)}"
                )
            )
        if self.rules.through:
            return self._report(sources, kind)
        collector = self.collector()
        return self.of(collector, collector.collect(sources), kind)

    def of(self, collector: Collector, collected: Collected, kind: str) -> RolledUp:
        """Return the content of one file of what a collector of the form has collected."""
        table = Table(self.form, self.head, collected, self._merit(self.form))
        if kind == ".xlsx":
            pieces: Iterable[bytes] | None = (write_workbook(collector, table),)
        else:
            with self._hinting():
                pieces = table.as_json() if kind == ".json" else None
        return RolledUp(
            pieces=pieces or (self._content(table.raw(), kind),),
            units=collected.total.units, rows=len(collected.rows),
            warnings=_warnings(collected),
        )  # fmt: skip

    def _content(self, raw: RawRecord, kind: str) -> bytes:
        prepared = self._prepared(raw)
        if kind == ".json":
            return as_lines(prepared.record)
        self.form.demand_proof()
        return self.form.fill(raw, prepared.context, prepared.record)

    def _prepared(self, raw: RawRecord) -> Prepared:
        """Return the superior's record checked.

        Its warnings are those of the units, which have been told with their places.
        """
        with self._hinting():
            return self.form.prepare(raw, named=False)

    @contextmanager
    def _hinting(self) -> Iterator[None]:
        """Tell with what is wrong with the superior's record how to say its head."""
        try:
            yield
        except DataError as error:
            hint = "khai trong tệp --head, hoặc --set TRƯỜNG=GIÁ_TRỊ"
            raise DataError(
                replace(each, hint="; ".join(filter(None, (each.hint, hint))))
                for each in error.problems
            ) from error

    # ------------------------------------------------------------ reports
    def _report(self, sources: Sequence[str], kind: str) -> RolledUp:
        if kind == ".xlsx":
            raise UsageError(
                Problem(
                    message=f"mẫu {self.form.bundle.id} không có bảng số liệu để ghi ra Excel",
                    hint=f"tổng hợp từng bảng: {_listed(list(self.rules.through.values()))}",
                )
            )
        units, warnings = 0, list[Problem]()
        context: dict[str, Any] = {}
        for name, (given, count, told) in self._ways(kept(sources)):
            context[name] = given
            units += count
            warnings += told
        raw = fill_texts(self.form, self.head, context)
        return RolledUp(
            pieces=(self._content(raw, kind),), units=units, rows=0, warnings=tuple(warnings)
        )

    def _ways(
        self, sources: Sequence[Given]
    ) -> Iterator[tuple[str, tuple[Mapping[str, Any], int, tuple[Problem, ...]]]]:
        """Yield what each table on the way to the report gives, those without data left out."""
        tables = {name: self._open(form) for name, form in self.rules.through.items()}
        if not any(map(_ranks, tables.values())):
            self._merit(self.form)  # refuses what asks for classes
        every = {
            form.bundle.id: form
            for table in tables.values()
            for form in (*self._feeds(table), table)
        }
        counts = _counts(sources, list(every.values()))
        for name, table in tables.items():
            feeds = {form.bundle.id for form in self._feeds(table)}
            if counts.get(table.bundle.id) == 1 and sum(counts.get(each, 0) for each in feeds) == 1:
                yield name, self._own(table, sources, list(every.values()))
            elif any(counts.get(each) for each in feeds):
                yield name, self._rolled(table, sources, list(every.values()))

    def _own(
        self, table: Form, sources: Sequence[Given], every: Sequence[Form]
    ) -> tuple[Mapping[str, Any], int, tuple[Problem, ...]]:
        """Return what a table that is already rolled up says."""
        raw = next(iter(submitted(sources, every, [table]))).raw
        prepared = table.prepare(raw, named=False)
        collected = Collected.of_record(table, prepared.record)
        rows = table.figures.totals.rules.rows if table.figures.totals else ""
        head = {key: value for key, value in prepared.record.items() if key != rows}
        context = Table(table, replace(raw, text="", value=head), collected).context()
        return context, collected.total.units, raw.warnings

    def _rolled(
        self, table: Form, sources: Sequence[Given], every: Sequence[Form]
    ) -> tuple[Mapping[str, Any], int, tuple[Problem, ...]]:
        collected = self.collector(every, table).collect(sources)
        empty = RawRecord(file="", text="", value={})
        merit = self._merit(table) if _ranks(table) else None
        context = Table(table, empty, collected, merit).context()
        return context, collected.total.units, _warnings(collected)

    def explain(self, sources: Sequence[str], name: str) -> Iterator[str]:
        """Yield the lines that explain a total: each unit with file and cell."""
        if self.rules.through:
            hint = f"giải thích ở từng bảng: {_listed(list(self.rules.through.values()))}"
            message = f"mẫu {self.form.bundle.id} lấy số từ các bảng tổng hợp"
            raise UsageError(Problem(message=message, hint=hint))
        return explanation(self.collector(), sources, name)


def _ranks(form: Form) -> bool:
    return form.figures.rollup is not None and form.figures.rollup.merit is not None


def _class(text: str) -> Class:
    title, _, points = text.partition("=")
    try:
        start = parse_number(points.strip()) if points.strip() else None
    except TextFormError as error:
        raise UsageError(
            Problem(message=f"--class “{text}”: {error}", hint='viết như --class "Đạt=80"')
        ) from error
    return Class(title=title.strip(), start=None if start is None else Decimal(start))


def _quota(text: str, classes: Sequence[Class]) -> Quota:
    """Return a quota; who does not fit gets the next class below."""
    title, _, percent = (part.strip() for part in text.partition("="))
    titles = [each.title for each in classes]
    hint = 'viết như --quota "Xuất sắc=20", là nhiều nhất 20% số đơn vị được chấm của mỗi nhóm'
    if title not in titles[:-1]:
        known = ", ".join(titles[:-1]) or "chưa có loại nào, ghi bằng --class"
        why = "là loại cuối, không còn loại dưới để hạ xuống" if title in titles else "không có"
        message = f"--quota “{text}”: loại “{title}” {why}; chọn: {known}"
        raise UsageError(Problem(message=message, hint=hint))
    try:
        share = parse_number(percent.removesuffix("%").strip())
    except TextFormError as error:
        raise UsageError(Problem(message=f"--quota “{text}”: {error}", hint=hint)) from error
    if not 0 <= share <= 100:
        message = f"--quota “{text}”: tỷ lệ phải từ 0 đến 100"
        raise UsageError(Problem(message=message, hint=hint))
    return Quota(title=title, percent=Decimal(share), then=titles[titles.index(title) + 1])


def _counts(sources: Iterable[Given], forms: Sequence[Form]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for each in submitted(sources, forms):
        counts[each.form.bundle.id] = counts.get(each.form.bundle.id, 0) + 1
    return counts


def _warnings(collected: Collected) -> tuple[Problem, ...]:
    more = collected.left_out
    rest = (Problem(message=f"… và {more} lưu ý khác"),) if more else ()
    return (*collected.warnings, *rest)


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words)
