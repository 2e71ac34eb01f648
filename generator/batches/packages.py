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

from collections.abc import Mapping, Sequence
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
    for index, entry in enumerate(package[DOCUMENTS]):
        path: JsonPath = (DOCUMENTS, index)
        try:
            form = open_form(entry[FORM], templates)
            form.demand_proof()
        except GeneratorError as error:
            raise type(error)(_placed(problem, raw, path) for problem in error.problems) from error
        record = _record(form, entry, package.get(SHARED, {}))
        if ANNEX in entry:
            parent = named.get(entry[ANNEX].get(DOCUMENTS, ""))
            if parent is None:
                message = f"không có văn bản “{entry[ANNEX].get(DOCUMENTS)}” đứng trước trong gói"
                hint = f'đặt "{NAME}" cho văn bản chính và để nó đứng trước'
                fault = Fault(path=(*path, ANNEX), message=message, hint=hint)
                raise DataError(raw.problems([fault]))
            record[ANNEX] = _annex(parent, entry[ANNEX])
        document = _Document(form=form, record=record, path=path, own=frozenset(entry[DATA]))
        documents.append(document)
        named[entry.get(NAME, "")] = document
    return documents


def _shape(package: Any) -> list[Fault]:
    """Return what is wrong with the frame of a package, before any document is looked at."""
    if not isinstance(package, dict) or not isinstance(package.get(DOCUMENTS), list):
        hint = f'viết {{"{SHARED}": {{…}}, "{DOCUMENTS}": [{{"{FORM}": "…", "{DATA}": {{…}}}}]}}'
        return [Fault(path=(), message=f"gói văn bản cần danh sách “{DOCUMENTS}”", hint=hint)]
    faults = [
        Fault(path=(key,), message=f"không có khóa “{key}” trong gói văn bản", hint="xóa khóa này")
        for key in package
        if key not in (SHARED, DOCUMENTS) and not key.startswith(COMMENT)
    ]
    known = (FORM, NAME, DATA, ANNEX)
    for index, entry in enumerate(package[DOCUMENTS]):
        path = (DOCUMENTS, index)
        if not isinstance(entry, dict):
            faults.append(Fault(path=path, message="mỗi văn bản là một nhóm trường { }"))
            continue
        faults += [
            Fault(path=(*path, key), message=f"thiếu “{key}”", hint=f'thêm khóa "{key}"')
            for key, kind in ((FORM, str), (DATA, dict))
            if not isinstance(entry.get(key), kind)
        ]
        faults += [
            Fault(path=(*path, key), message=f"không có khóa “{key}” ở đây",
                  hint=f"các khóa dùng được: {', '.join(known)}")
            for key in entry
            if key not in known and not key.startswith(COMMENT)
        ]  # fmt: skip
        if ANNEX in entry and not isinstance(entry[ANNEX], dict):
            hint = f'viết "{ANNEX}": {{"{DOCUMENTS}": "tên văn bản chính"}}'
            faults.append(
                Fault(path=(*path, ANNEX), message=f"{ANNEX} là một nhóm trường", hint=hint)
            )
    return faults


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


def _placed(problem: Problem, raw: RawRecord, path: JsonPath) -> Problem:
    return raw.problems([Fault(path=(*path, FORM), message=problem.message, hint=problem.hint)])[0]
