"""Which sheets of a file hold a form's records, and which of their columns hold what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from generator.bundle import Bundle
from generator.errors import DataError
from generator.intake import layout
from generator.intake.build import Page, steps_of
from generator.intake.cells import Book, Notes, Row, Sheet, refused
from generator.intake.headings import (
    Headings,
    Names,
    find_headings,
    folded,
    full_title,
    is_needed,
    tidy,
)
from generator.intake.layout import (
    COMPUTED_SIGN,
    INDEX_SHEET,
    PROBLEMS_SHEET,
    UNIT_KEY,
    Column,
    Kind,
    lay_out,
)
from generator.intake.stamp import Stamp, StampedColumn, check_form, renamed_keys
from generator.records.places import Cell, DataProblem
from generator.records.schema import JsonPath, Schema

_LOOKED_AT = 60  # rows from the top, a heading row among them
_OWN_SHEETS = (INDEX_SHEET, PROBLEMS_SHEET)  # never data


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One sheet to read, where its rows begin, and what its columns are."""

    sheet: Sheet
    page: Page
    first_row: int
    known: frozenset[int]  # columns with a heading, whether the form has them or not


@dataclass(slots=True)
class Plan:
    """What of a file is read, what is wrong with its headings, and what to look at again."""

    file: str
    main: Source | None = None
    lists: list[Source] = field(default_factory=list)
    problems: list[DataProblem] = field(default_factory=list)
    warnings: list[DataProblem] = field(default_factory=list)

    def problem(self, cell: Cell | None, message: str, hint: str, path: JsonPath = ()) -> None:
        """Note what keeps the file from being read; ``path`` is the field that has no column."""
        at = str(cell) if cell else ""
        self.problems.append(
            DataProblem(file=self.file, at=at, cell=cell, message=message, hint=hint, path=path)
        )

    def warn(self, cell: Cell | None, message: str, hint: str = "") -> None:
        """Note what somebody should look at."""
        at = str(cell) if cell else ""
        self.warnings.append(
            DataProblem(
                file=self.file, at=at, cell=cell, message=message, hint=hint, severity="warning"
            )
        )


def make_plan(book: Book, stamp: Stamp | None, bundle: Bundle, schema: Schema, file: str) -> Plan:
    """Return how a file is read for a form.

    Raises:
        DataError: no sheet has the form's headings; another form's workbook, or another version's.
    """
    sheets = lay_out(schema, bundle.unit)
    plan = Plan(file=file)
    for sentence in book.left_aside:
        plan.warn(None, sentence)
    if stamp is not None:
        check_form(stamp, bundle, file)
        _plan_stamped(plan, book, stamp, bundle, sheets)
    else:
        _plan_by_headings(plan, book, bundle, sheets)
    return plan


# ---------------------------------------------------------------- our own workbooks
def _plan_stamped(
    plan: Plan, book: Book, stamp: Stamp, bundle: Bundle, sheets: Sequence[layout.Sheet]
) -> None:
    current = {column.key: column for sheet in sheets for column in sheet.columns}
    keys = renamed_keys(stamp, bundle, plan.file, set(current))
    by_name = {sheet.name: sheet for sheet in book.sheets}
    for name in dict.fromkeys(column.sheet for column in stamp.columns):
        columns = [column for column in stamp.columns if column.sheet == name]
        own = _own_sheet({keys[column.key] for column in columns}, sheets)
        if own is None:
            plan.warn(None, f"trang “{name}” của tệp không còn trong mẫu, không đọc")
        elif name not in by_name:
            hint = f"đặt lại tên trang là “{name}”; tệp có: {_listed(book)}"
            plan.problem(None, f"thiếu trang “{name}”", hint)
        else:
            described = _described(columns, keys, own, plan)
            aside = [column.title for column in columns if column.key[:1] == COMPUTED_SIGN]
            names = Names(described, aside)
            _plan_own_sheet(plan, by_name[name], own, names, columns[0])
    _warn_of_other_sheets(plan, book, {column.sheet for column in stamp.columns})


def _own_sheet(keys: set[str], sheets: Sequence[layout.Sheet]) -> layout.Sheet | None:
    """Return the form's sheet that has those columns."""
    real = {key for key in keys if key and key[0] not in (UNIT_KEY, COMPUTED_SIGN)}
    found = [sheet for sheet in sheets if real & {column.key for column in sheet.columns}]
    return max(found, key=lambda s: len(real & {column.key for column in s.columns}), default=None)


def _described(
    columns: Iterable[StampedColumn],
    keys: Mapping[str, str],
    own: layout.Sheet,
    plan: Plan,
) -> list[Column]:
    """Return the columns of a sheet under the headings they had when it was made."""
    known = {column.key: column for column in own.columns}
    found: list[Column] = []
    for column in columns:
        key = keys[column.key]
        if key in known:
            found.append(replace(known[key], title=tidy(column.title)))
        elif key and key[0] != COMPUTED_SIGN:
            hint = "tạo tệp mới bằng lệnh vanban init rồi chép dữ liệu sang"
            message = f"cột “{tidy(column.title)}” không còn trong mẫu"
            plan.problem(Cell(sheet=column.sheet, row=column.heading_row), message, hint)
        elif not key:
            plan.warn(None, f"cột “{tidy(column.title)}” đã bỏ ở phiên bản mới, không đọc")
    titled = {column.key for column in found}
    # Fields the form has gained since keep their own titles.
    return found + [column for column in own.columns if column.key not in titled]


def _plan_own_sheet(
    plan: Plan,
    sheet: Sheet,
    own: layout.Sheet,
    names: Names,
    stamped: StampedColumn,
) -> None:
    sheet, rows = _top(sheet)
    headings = find_headings(rows, names)
    if headings is None:
        cell = Cell(sheet=sheet.name, row=stamped.heading_row)
        plan.problem(cell, "không thấy dòng tiêu đề", "khôi phục dòng tiêu đề của tệp đã tạo")
        return
    first = headings.row + max(1, stamped.first_row - stamped.heading_row)
    _add(plan, sheet, own, names.columns, headings, first)


# ---------------------------------------------------------------- workbooks of others
def _plan_by_headings(
    plan: Plan, book: Book, bundle: Bundle, sheets: Sequence[layout.Sheet]
) -> None:
    main, *lists = sheets
    names = Names(main.columns, unit=bundle.unit)
    tops = _tops(book)
    shown = [sheet for sheet, _ in tops]
    counts = [_named_by(rows, names) for _, rows in tops]
    if not shown or not max(counts):
        raise _no_headings(plan.file, main, shown)
    sheet, rows = tops[counts.index(max(counts))]
    _plan_foreign(plan, sheet, main, rows, bundle)
    if sheet.name:  # the other sheets of a text file are other readings of it
        _plan_lists(plan, [top for top in tops if top[0] is not sheet], lists, bundle)
        for other in book.sheets:
            if other.hidden and other.name not in _OWN_SHEETS:
                plan.warn(None, f"trang ẩn “{other.name}” không đọc")


def _tops(book: Book) -> list[tuple[Sheet, list[Row]]]:
    """Return the sheets that may hold data, each with its first rows.

    Of a text file, the readings that its quotation marks allow.
    """
    found: list[tuple[Sheet, list[Row]]] = []
    errors: list[DataError] = []
    for sheet in book.sheets:
        if sheet.hidden or sheet.name in _OWN_SHEETS:
            continue
        try:
            found.append(_top(sheet))
        except DataError as error:
            if sheet.name:
                raise
            errors.append(error)
    if errors and not found:
        raise errors[0]
    return found


def _plan_lists(
    plan: Plan,
    tops: Sequence[tuple[Sheet, Sequence[Row]]],
    lists: Sequence[layout.Sheet],
    bundle: Bundle,
) -> None:
    taken: dict[str, str] = {}
    for sheet, rows in tops:
        found = list(_lists_meant(sheet, lists, rows))
        if not found:
            plan.warn(None, f"trang “{sheet.name}” không thuộc mẫu, không đọc")
        elif len(found) > 1:
            options = " hoặc ".join(f"“{own.name}”" for own in found[:3])
            hint = "đặt tên trang đúng như một trong các tên ấy"
            plan.problem(None, f"trang “{sheet.name}” có thể là {options}", hint)
        elif found[0].path in taken:
            message = f"hai trang “{taken[found[0].path]}” và “{sheet.name}” cùng một danh sách"
            plan.problem(None, message, "gộp hai trang thành một")
        else:
            taken[found[0].path] = sheet.name
            _plan_foreign(plan, sheet, found[0], rows, bundle)


def _lists_meant(
    sheet: Sheet, lists: Sequence[layout.Sheet], rows: Sequence[Row]
) -> Iterator[layout.Sheet]:
    """Yield the lists a sheet may hold: by its name, else by its headings."""
    name = folded(sheet.name)
    named = [own for own in lists if name in _names_of(own)]
    if named:
        yield from named
        return
    for own in lists:
        needed = [column for column in own.columns if is_needed(column)]
        headings = find_headings(rows, Names(own.columns))
        keys = {column.key for column in headings.columns.values()} if headings else set()
        if needed and all(column.key in keys for column in needed) and len(keys) > 1:
            yield own


def _names_of(own: layout.Sheet) -> set[str]:
    key = own.path.removesuffix("[]")
    title = own.field.title if own.field else ""
    return {folded(name) for name in (own.name, key, title) if name}


def _plan_foreign(
    plan: Plan, sheet: Sheet, own: layout.Sheet, rows: Sequence[Row], bundle: Bundle
) -> None:
    headings = find_headings(rows, Names(own.columns, unit=bundle.unit))
    if headings is None:
        plan.problem(
            Cell(sheet=sheet.name, row=1) if sheet.name else None,
            "không thấy dòng tiêu đề",
            f"ghi các tiêu đề: {_titles(own)}",
        )
        return
    first = headings.row + 1
    numbers = next((cells for number, cells in rows if number == first), {})
    if _are_ordinals(numbers):
        plan.warn(Cell(sheet=sheet.name, row=first), "chỉ đánh số cột, không đọc")
        first += 1
    described = own.columns
    if not bundle.unit:  # a file of one office need not say whose rows they are
        described = tuple(
            replace(column, need=layout.Need.NEVER) if column.key == UNIT_KEY else column
            for column in described
        )
    _add(plan, sheet, own, described, headings, first)


def _are_ordinals(cells: Mapping[int, object]) -> bool:
    """Return whether a row only numbers the columns, as printed forms do: (1) (2) (3)."""
    texts = [str(cells[column]).strip("() ") for column in sorted(cells)]
    figures = [int(text) for text in texts if text.isdigit() and len(text) < 4]
    letters = [text for text in texts if len(text) == 1 and "A" <= text <= "Z"]
    return (
        len(figures) > 2
        and len(figures) + len(letters) == len(texts)
        and figures == list(range(figures[0], figures[0] + len(figures)))
    )


def _named_by(rows: Sequence[Row], names: Names) -> int:
    headings = find_headings(rows, names)
    return len(headings.columns) if headings else 0


def _no_headings(file: str, main: layout.Sheet, shown: Sequence[Sheet]) -> DataError:
    return refused(
        file,
        "không trang nào có dòng tiêu đề của mẫu" if shown else "tệp không có trang nào hiện ra",
        f"dòng tiêu đề cần có: {_titles(main)}; hoặc tạo tệp để điền bằng lệnh vanban init",
    )


def _titles(own: layout.Sheet) -> str:
    needed = [column for column in own.columns if is_needed(column)] or list(own.columns)
    titles = [full_title(column) for column in needed]
    return ", ".join(titles[:8]) + (", …" if len(titles) > 8 else "")


# ---------------------------------------------------------------- one sheet
@dataclass(frozen=True, slots=True, kw_only=True)
class _Short:
    """A sheet of few rows, held so that it is read once: a million blank rows may lie below."""

    name: str
    hidden: bool
    notes: Notes
    held: Sequence[Row]

    def rows(self) -> Iterator[Row]:
        """Yield the rows that are not blank."""
        return iter(self.held)


def _top(sheet: Sheet) -> tuple[Sheet, list[Row]]:
    """Return a sheet's first rows, and the sheet, held where these are all."""
    rows = list(islice(sheet.rows(), _LOOKED_AT))
    if len(rows) < _LOOKED_AT:
        held = _Short(name=sheet.name, hidden=sheet.hidden, notes=sheet.notes, held=rows)
        return held, rows
    return sheet, rows


def _add(
    plan: Plan,
    sheet: Sheet,
    own: layout.Sheet,
    described: Sequence[Column],
    headings: Headings,
    first_row: int,
) -> None:
    """Add a sheet to the plan, with what its headings lack or have too much."""
    for place, fault in headings.faults:
        cell = Cell(sheet=sheet.name, row=headings.row, column=place)
        plan.problem(cell, fault.message, fault.hint)
    for place in headings.unknown:
        cell = Cell(sheet=sheet.name, row=headings.row, column=place)
        message = f"cột “{tidy(headings.texts[place])}” không thuộc mẫu, không đưa vào văn bản"
        plan.warn(cell, message)
    _tell_missing(plan, sheet, own, described, headings)
    columns = {column.key: place for place, column in headings.columns.items()}
    page = Page(
        name=sheet.name,
        path=own.path,
        columns=columns,
        described={column.key: column for column in own.columns},
    )
    source = Source(sheet=sheet, page=page, first_row=first_row, known=frozenset(headings.texts))
    if own.path:
        plan.lists.append(source)
    else:
        plan.main = source


def _tell_missing(
    plan: Plan,
    sheet: Sheet,
    own: layout.Sheet,
    described: Sequence[Column],
    headings: Headings,
) -> None:
    have = {column.key for column in headings.columns.values()}
    row = Cell(sheet=sheet.name, row=headings.row)
    lacking = [column for column in described if column.key not in have]
    for column in lacking:
        if is_needed(column):
            hint = "thêm cột với tiêu đề ấy"
            path = steps_of(column.key)
            plan.problem(row, f"thiếu cột “{full_title(column)}”", hint, path)
    blank = [column for column in lacking if _is_left_blank(column, own)]
    if blank:
        titles = ", ".join(f"“{full_title(column)}”" for column in blank[:5])
        more = f" và {len(blank) - 5} cột khác" if len(blank) > 5 else ""
        plan.warn(row, f"không có cột {titles}{more}: các chỗ ấy để trống")


def _is_left_blank(column: Column, own: layout.Sheet) -> bool:
    """Return whether a missing column leaves a blank that the data should have declared."""
    at = column.field
    if at is None or column.kind in (Kind.COMPUTED, Kind.THERE, Kind.EMPTY):
        return False
    return at.required and not is_needed(column) and column.key[-1:] != "]"


def _listed(book: Book) -> str:
    return ", ".join(f"“{sheet.name}”" for sheet in book.sheets if not sheet.hidden)


def _warn_of_other_sheets(plan: Plan, book: Book, known: set[str]) -> None:
    for sheet in book.sheets:
        if sheet.name not in known and sheet.name not in _OWN_SHEETS and not sheet.hidden:
            plan.warn(None, f"trang “{sheet.name}” không thuộc tệp đã tạo, không đọc")
