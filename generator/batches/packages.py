"""A package: several documents from one data file, what they share written once.

    {
      "chung": {"dia_danh": "Chí Linh", "nam": 2019},
      "van_ban": [
        {"mau": "cong-van", "ten": "hd", "du_lieu": {"so": 441, "ky_hieu": "HD-BCĐ", …}},
        {"mau": "de-cuong-so-lieu", "kem_theo": {"van_ban": "hd", "co_quan": "BCĐ"}, "du_lieu": {…}}
      ]
    }

A value in ``chung`` goes to every document whose form has that field and whose own data does not
give it. ``kem_theo`` names the document an annex belongs to: type, number, symbol and date come
from there, so that they are typed once.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.errors import DataError, GeneratorError, Problem
from generator.naming import same_file
from generator.output import make_folder, write_whole
from generator.pipeline import Form, open_form
from generator.records.data import RawRecord, read_records
from generator.records.schema import COMMENT, Fault, JsonPath

SHARED, DOCUMENTS, FORM, NAME, DATA, ANNEX = (
    "chung", "van_ban", "mau", "ten", "du_lieu", "kem_theo",
)  # fmt: skip
_FROM_PARENT = ("so", "ky_hieu", "ngay_ban_hanh")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Document:
    """One document of a package: its form, its whole record, and where in the file it stands."""

    form: Form
    record: dict[str, Any]
    path: JsonPath
    own: frozenset[str]  # keys given in its own data; the rest are shared or from the parent

    def place(self, path: JsonPath) -> JsonPath:
        """Return where in the package's file a path of the record is."""
        if not path or path[0] in self.own:
            return (*self.path, DATA, *path)
        if path[0] == ANNEX:
            return (*self.path, *path)
        return (SHARED, *path) if path[0] in self.record else (*self.path, DATA, *path)


def make_package(source: str, folder: Path, *, templates: Sequence[str] = ()) -> list[Path]:
    """Make all documents of a package in ``folder``; return their paths in order.

    Everything is checked and filled before the first file is written.

    Raises:
        UsageError: an unknown form, or a folder that cannot be written.
        DataError: every problem of every document, each with line and JSON path.
        TemplateError: a template that cannot be filled.
    """
    raw = _the_record(source)
    documents = _documents(raw, templates)
    faults: list[Fault] = []
    contents: dict[str, bytes] = {}
    for document in documents:
        record, found = document.form.read(document.record, raw.folder)
        faults += [
            Fault(path=document.place(fault.path), message=fault.message, hint=fault.hint)
            for fault in found
        ]
        if not faults:
            faults += _fill(document, record, contents)
    if faults:
        raise DataError(raw.problems(faults))
    make_folder(folder)
    for name, content in contents.items():
        make_folder((folder / name).parent)
        write_whole(folder / name, content, durable=True)
    return [folder / name for name in contents]


def _the_record(source: str) -> RawRecord:
    records = list(read_records(source))
    if len(records) > 1 or records[0].listed is not None:
        raise DataError(
            Problem(
                file=source,
                message="một gói văn bản là một nhóm trường { }, không phải danh sách",
                hint="mỗi gói một tệp",
            )
        )
    return records[0]


def _fill(document: _Document, record: Any, contents: dict[str, bytes]) -> list[Fault]:
    """Add a document's bytes under its file name; return what stands against it."""
    context = document.form.context(record)
    try:
        name = document.form.name(context)
    except DataError as error:
        return [
            Fault(path=document.path, message=problem.message, hint=problem.hint)
            for problem in error.problems
        ]
    if same_file(name) in map(same_file, contents):
        return [
            Fault(
                path=document.path,
                message=f"trùng tên tệp “{name}” với một văn bản trước trong gói",
                hint="sửa dữ liệu để hai văn bản khác tên",
            )
        ]
    contents[name] = document.form.template.render(context, record)
    return []


def _documents(raw: RawRecord, templates: Sequence[str]) -> list[_Document]:
    """Return the documents a package lists, each with its record put together."""
    package = raw.parse()
    faults = list(_shape(package))
    if faults:
        raise DataError(raw.problems(faults))
    documents: list[_Document] = []
    named: dict[str, _Document] = {}
    forms = _forms(raw, (entry[FORM] for entry in package[DOCUMENTS]), templates)
    for index, (entry, form) in enumerate(zip(package[DOCUMENTS], forms, strict=True)):
        record = _record(form, entry, package.get(SHARED, {}))
        if ANNEX in entry:
            record[ANNEX] = _annex(named[entry[ANNEX][DOCUMENTS]], entry[ANNEX])
        document = _Document(
            form=form, record=record, path=(DOCUMENTS, index), own=frozenset(entry[DATA])
        )
        documents.append(document)
        if NAME in entry:
            named[entry[NAME]] = document
    return documents


def _shape(package: Any) -> Iterator[Fault]:
    """Yield what is wrong with the frame of a package, before any document is looked at."""
    documents = package.get(DOCUMENTS) if isinstance(package, dict) else None
    if not isinstance(documents, list):
        hint = f'viết {{"{SHARED}": {{…}}, "{DOCUMENTS}": [{{"{FORM}": "…", "{DATA}": {{…}}}}]}}'
        yield Fault(path=(), message=f"gói văn bản cần danh sách “{DOCUMENTS}”", hint=hint)
    if not isinstance(package, dict):
        return
    for key in package:
        if key not in (SHARED, DOCUMENTS) and not key.startswith(COMMENT):
            message = f"không có khóa “{key}” trong gói văn bản"
            yield Fault(path=(key,), message=message, hint="xóa khóa này")
    if not isinstance(package.get(SHARED, {}), dict):
        hint = f'viết "{SHARED}": {{"dia_danh": "…"}}, hoặc xóa khóa này'
        yield Fault(path=(SHARED,), message=_group(SHARED), hint=hint)
    if documents == []:
        hint = f'thêm vào danh sách: {{"{FORM}": "…", "{DATA}": {{…}}}}'
        yield Fault(path=(DOCUMENTS,), message="gói chưa có văn bản nào", hint=hint)
    names: set[str] = set()
    for index, entry in enumerate(documents if isinstance(documents, list) else ()):
        yield from _entry(entry, (DOCUMENTS, index), names)


def _entry(entry: Any, path: JsonPath, names: set[str]) -> Iterator[Fault]:
    """Yield what is wrong with the frame of a document; ``names`` are those before it."""
    if not isinstance(entry, dict):
        hint = f'viết {{"{FORM}": "…", "{DATA}": {{…}}}}'
        yield Fault(path=path, message="mỗi văn bản là một nhóm trường { }", hint=hint)
        return
    for key, kind, message in (
        (FORM, str, f"“{FORM}” là tên mẫu, viết trong ngoặc kép"),
        (DATA, dict, _group(DATA)),
    ):
        if key not in entry:
            yield Fault(path=(*path, key), message=f"thiếu “{key}”", hint=f'thêm khóa "{key}"')
        elif not isinstance(entry[key], kind):
            hint = f'viết {{"{FORM}": "cong-van", "{DATA}": {{…}}}}'
            yield Fault(path=(*path, key), message=message, hint=hint)
    known = (FORM, NAME, DATA, ANNEX)
    for key in entry:
        if key not in known and not key.startswith(COMMENT):
            hint = f"các khóa dùng được: {', '.join(known)}"
            yield Fault(path=(*path, key), message=f"không có khóa “{key}” ở đây", hint=hint)
    if ANNEX in entry:
        yield from _link(entry[ANNEX], (*path, ANNEX), names)
    if NAME in entry:
        yield from _name(entry[NAME], (*path, NAME), names)


def _link(annex: Any, path: JsonPath, names: Container[str]) -> Iterator[Fault]:
    """Yield what is wrong with how an annex says what it belongs to."""
    hint = f'viết "{ANNEX}": {{"{DOCUMENTS}": "tên văn bản chính"}}'
    if not isinstance(annex, dict):
        yield Fault(path=path, message=_group(ANNEX), hint=hint)
    elif DOCUMENTS not in annex:
        yield Fault(path=path, message=f"“{ANNEX}” thiếu “{DOCUMENTS}”", hint=hint)
    elif not isinstance(parent := annex[DOCUMENTS], str):
        message = f"“{DOCUMENTS}” ở đây là tên văn bản chính, viết trong ngoặc kép"
        yield Fault(path=(*path, DOCUMENTS), message=message, hint=hint)
    elif parent not in names:
        message = f"không có văn bản “{parent}” đứng trước trong gói"
        hint = f'đặt "{NAME}" cho văn bản chính và để nó đứng trước'
        yield Fault(path=(*path, DOCUMENTS), message=message, hint=hint)


def _name(name: Any, path: JsonPath, names: set[str]) -> Iterator[Fault]:
    """Yield what is wrong with the name of a document; ``names`` are those before it."""
    if not isinstance(name, str) or not name.strip():
        hint = f'viết "{NAME}": "cong-van", hoặc xóa khóa này'
        message = f"“{NAME}” là tên của văn bản, viết trong ngoặc kép và không để trống"
        yield Fault(path=path, message=message, hint=hint)
    elif name in names:
        message = f"tên “{name}” đã đặt cho một văn bản đứng trước"
        yield Fault(path=path, message=message, hint="đặt cho mỗi văn bản một tên riêng")
    else:
        names.add(name)


def _group(key: str) -> str:
    return f"“{key}” là một nhóm trường {{ }}"


def _forms(raw: RawRecord, ids: Iterable[str], templates: Sequence[str]) -> list[Form]:
    """Return the forms of the documents.

    Raises:
        GeneratorError: of all forms that cannot be used, each with its place in the package.
    """
    forms: list[Form] = []
    errors: list[GeneratorError] = []
    faults: list[Fault] = []
    for index, name in enumerate(ids):
        try:
            forms.append(open_form(name, templates))
            forms[-1].demand_proof()
        except GeneratorError as error:
            errors.append(error)
            path = (DOCUMENTS, index, FORM)
            faults += [Fault(path=path, message=p.message, hint=p.hint) for p in error.problems]
    if errors:
        raise type(errors[0])(raw.problems(faults)) from errors[0]
    return forms


def _record(form: Form, entry: Mapping[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    fields = form.schema.root.children
    common = {key: value for key, value in shared.items() if key in fields}
    return {**common, **entry[DATA]}


def _annex(parent: _Document, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the ``kem_theo`` of an annex: what the parent says of itself, then what is given."""
    said = {key: parent.record[key] for key in _FROM_PARENT if key in parent.record}
    kind = parent.record.get("ten_loai") or parent.form.bundle.title
    rest = {key: value for key, value in given.items() if key != DOCUMENTS}
    return {"ten_loai": kind, **said, **rest}
