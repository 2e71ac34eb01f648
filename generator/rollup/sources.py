"""The records of any mix of files, each with the form it belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from generator.batches.journal import MANIFEST
from generator.carried import is_document, read_carried
from generator.errors import DataError, Problem, UsageError
from generator.intake.book import open_book
from generator.intake.kinds import is_table
from generator.intake.stamp import read_stamp
from generator.pipeline import Form
from generator.records.data import (
    STDIN,
    RawRecord,
    natural_order,
    read_bytes,
    read_records,
    unreadable,
)

_JSON = (".json", ".jsonl", ".ndjson")


@dataclass(frozen=True, slots=True)
class Submitted:
    """A record that came in, and its form."""

    form: Form
    raw: RawRecord


@dataclass(frozen=True, slots=True)
class Piped:
    """What came on standard input, kept: a report goes through its sources several times."""

    records: tuple[RawRecord, ...]


Given = str | Piped


def kept(sources: Iterable[Given]) -> list[Given]:
    """Return sources that can be read again and again.

    Raises:
        DataError: standard input is broken as a whole.
    """
    return [Piped(tuple(read_records(STDIN))) if source == STDIN else source for source in sources]


def submitted(
    sources: Iterable[Given], forms: Sequence[Form], wanted: Sequence[Form] = ()
) -> Iterator[Submitted]:
    """Yield the records of files, folders and standard input in the order given.

    ``forms`` are those that may come; a file says itself which it is (documents, workbooks), or
    its keys do. ``wanted`` leaves out the records of the others. What cannot be read becomes a
    record with its error: all is told at once.

    Raises:
        UsageError: no such file or folder, or one that cannot be read.
    """
    known = {form.bundle.id: form for form in forms}
    asked = {form.bundle.id for form in wanted or forms}
    for source in sources:
        if isinstance(source, Piped):
            found = (_by_keys(raw, forms) for raw in source.records)
            yield from (each for each in found if each.form.bundle.id in asked)
            continue
        for file in _files(source):
            try:
                for each in _records(file, forms, known):
                    if each.form.bundle.id in asked:
                        yield each
            except DataError as error:
                yield Submitted(forms[0], RawRecord(file=file, text="", error=error))


def _files(source: str) -> Iterator[str]:
    path = Path(source)
    if source == STDIN or not path.is_dir():
        yield source
        return
    try:
        inside = sorted(path.iterdir(), key=natural_order)
    except OSError as error:
        raise unreadable(source, error) from error
    # A batch's list of results, what editors keep beside an open file, hidden files: no data.
    files = [
        file for file in inside if file.name != MANIFEST and not file.name.startswith((".", "~$"))
    ]
    if not files:
        raise UsageError(
            Problem(file=source, message="thư mục không có tệp nào", hint="mỗi đơn vị một tệp")
        )
    for file in files:
        name = str(Path(source) / file.name)
        if file.is_dir():
            yield from _files(name)
        else:
            yield name


def _records(file: str, forms: Sequence[Form], known: Mapping[str, Form]) -> Iterator[Submitted]:
    path = Path(file)
    if is_document(path):
        form = _said(_form_of_document(file), file, forms, known)
        yield from (Submitted(form, raw) for raw in form.records(file))
    elif is_table(file):
        stamp = read_stamp(open_book(path, file).sheets, file)
        form = _said(stamp.form if stamp else "", file, forms, known)
        yield from _of_table(form, file)
    elif file == STDIN or path.suffix.lower() in _JSON:
        for raw in read_records(file):
            yield _by_keys(raw, forms)
    else:
        raise DataError(
            Problem(
                file=file,
                message="không đọc số liệu từ loại tệp này",
                hint="dùng .xlsx, .csv, .json, .jsonl, hoặc .docx do vanban tạo; bỏ tệp khác ra",
            )
        )


def _of_table(form: Form, file: str) -> Iterator[Submitted]:
    opened = form.opened(file)
    if opened.problems:
        raise DataError(opened.problems)
    warnings = opened.warnings
    for raw in opened.records:
        yield Submitted(form, replace(raw, warnings=(*warnings, *raw.warnings)))
        warnings = ()


def _form_of_document(file: str) -> str:
    carried = read_carried(read_bytes(Path(file), file), file)
    return carried.form if carried else ""


def _said(name: str, file: str, forms: Sequence[Form], known: Mapping[str, Form]) -> Form:
    """Return the form a file says it is of; one that says nothing is taken for the first."""
    if name and name not in known:
        wanted = ", ".join(f"“{each}”" for each in known)
        raise DataError(
            Problem(
                file=file,
                message=f"tệp của mẫu “{name}”, tổng hợp này lấy {wanted}",
                hint="chọn đúng tệp, hoặc bỏ tệp này ra",
            )
        )
    return known.get(name, forms[0])


def _by_keys(raw: RawRecord, forms: Sequence[Form]) -> Submitted:
    """Return a record with the form whose fields it has most of; the first of equals."""
    try:
        value, repeated = raw.parse_loosely()
    except DataError:  # told when the record is read
        return Submitted(forms[0], raw)
    keys = set(value) if isinstance(value, dict) else set()
    form = max(forms, key=lambda form: _fit(keys, form))
    if repeated:  # told as well
        return Submitted(form, raw)
    return Submitted(form, replace(raw, value=value))  # parsed once, then forgotten with it


def _fit(keys: set[str], form: Form) -> int:
    fields = form.schema.root.children
    needed = sum(1 for key, field in fields.items() if field.required and key in keys)
    return len(keys & set(fields)) + 2 * needed - 2 * len(keys - set(fields))
