"""The API described for those who call it: what each answer holds, in the terms of OpenAPI 3.1.

What a route takes, FastAPI reads from its signature. What it answers is said here: routes answer
with what the command line's own reports are made of, and nothing is checked twice on its way out.
The tests compare answers with this description.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, Field
from pydantic.json_schema import models_json_schema

from generator import __version__

_ABOUT = """
Everything the pages of `vanban serve` do, for other systems.

- A program sends its key with every request: `Authorization: Bearer KEY`. On one's own machine it
  is the key in the opened address; on an office's server `vanban account key NAME` makes one.
- JSON is UTF-8. Numbers of a record are read digit for digit: `12.50` stays 12,50 on paper.
- Whatever goes wrong is told in one shape, `Problems`: everything at once, each with its place and
  what to do. 400 a request that means nothing here, 401 no key, 403 not for this account, 404 not
  there (or somebody else's), 409 changed meanwhile or under way, 413 too large, 421 another host's
  name, 422 data with faults, 503 too long or too much memory, 507 no room left.
- Lengths on pages are millimetres, times seconds since 1970, counts of pages from 1.
- Reports of conformity and of lint are those of `vanban check` and `vanban lint --format json`,
  with their keys.
"""
_TAGS = {
    "forms": "Choose a form, check and look at a record, make its document; drafts.",
    "batches": "A table of units in, a document for each of them out.",
    "rollups": "The files of many units in, the superior's table out.",
    "checks": "Any Word document measured against the standard, marked and mended.",
    "maintain": "For accounts that look after forms: templates, lint, data to try.",
}
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PDF, _ZIP, _PNG, _SVG = "application/pdf", "application/zip", "image/png", "image/svg+xml"
_LINES, _EVENTS = "application/jsonl", "text/event-stream"


# ---------------------------------------------------------------- errors
class Problem(BaseModel):
    """One thing to put right: where, what, what next. A key that does not apply is empty or 0."""

    file: str
    at: str = Field(description="The place as a person reads it.")
    sheet: str
    cell: str
    row: int
    line: int
    column: int
    path: str = Field(description="JSON path of the field.", examples=["$.nguoi_ky.ho_ten"])
    unit: str
    field: str = Field(description="The field's Vietnamese name.")
    message: str
    hint: str
    severity: Literal["error", "warning"]


class Problems(BaseModel):
    """Everything wrong with a request, or with what it brought."""

    problems: list[Problem]


# ---------------------------------------------------------------- forms
class ListedForm(BaseModel):
    """A form in the list; ``picture`` is the address of its sample's first page."""

    id: str
    title: str
    source: str
    type: str
    batch: bool
    rollup: bool
    picture: str


class FormGroup(BaseModel):
    """Forms that a secretary thinks of together."""

    name: str
    forms: list[ListedForm]


class Forms(BaseModel):
    """All forms."""

    groups: list[FormGroup]


class FormField(BaseModel):
    """A field with all below it; keys of its schema such as ``maximum`` may follow."""

    key: str
    title: str
    note: str
    kind: Literal[
        "text", "lines", "long", "number", "whole", "date", "open-date", "yes-no", "choice",
        "image", "group", "list", "either", "any",
    ]  # fmt: skip
    required: bool
    empty: bool = Field(description="Whether it may be null: a place to fill in by hand.")
    start: Any = Field(default=None, description="What it holds in a new draft.")
    children: list[FormField] = []
    items: FormField | None = None


class OneForm(BaseModel):
    """A form: its fields, a sample, what else it serves for."""

    id: str
    title: str
    group: str
    source: str
    version: str
    batch: bool
    unit: str
    rollup: bool
    fields: FormField
    sample: dict[str, Any]


class Derived(BaseModel):
    """A computed value."""

    path: str
    title: str
    value: Any


class Review(BaseModel):
    """What is to be corrected in a record; the name of its document once nothing is."""

    problems: list[Problem]
    name: str
    derived: list[Derived]


class Page(BaseModel):
    """A page: fetched by ``digest`` from ``/api/pages`` for a while; width and height in mm."""

    digest: str
    width: float
    height: float


class Area(BaseModel):
    """A place on a page, in millimetres from its top left corner."""

    page: int
    x: float
    y: float
    width: float
    height: float


class FieldArea(Area):
    """Where the value at a JSON path is printed."""

    path: str


class FindingPlace(BaseModel):
    """Where in the document: its part, paragraph from 1, page, and the words quoted."""

    phan: str
    doan: int | None
    trang: int | None
    vi_tri: str
    trich: str


class ConformityFinding(BaseModel):
    """A departure from the standard, its clause, what is and what should be."""

    id: str
    thanh_phan: str
    muc_do: Literal["error", "warning", "note"]
    dieu_khoan: str
    noi_dung: str
    can_la: str
    dang_la: str
    cach_sua: str
    o: list[FindingPlace]


class Conformity(BaseModel):
    """A document measured against the standard, as ``vanban check --format json`` has it."""

    tep: str
    quy_dinh: str
    loai: str
    ngoai_pham_vi: str
    dat: bool
    so_loi: int
    so_canh_bao: int
    so_luu_y: int
    ket_qua: list[ConformityFinding]
    bo_qua: list[ConformityFinding]


class RecordPages(BaseModel):
    """The pages of a record, where each value is printed, everything still wrong with it."""

    pages: list[Page]
    areas: list[FieldArea]
    problems: list[Problem]
    finished: bool
    conformity: Conformity | None


class FormName(BaseModel):
    """A form by its id and title."""

    id: str
    title: str


class ReadFile(BaseModel):
    """The record of a file, and the forms it fits, the best one first."""

    form: str
    forms: list[FormName]
    record: dict[str, Any]
    warnings: list[Problem]


class ListedDraft(BaseModel):
    """A draft in the list."""

    id: str
    form: str
    title: str
    name: str
    changed: float


class Drafts(BaseModel):
    """The account's drafts, the one changed last first."""

    drafts: list[ListedDraft]


class DraftKept(BaseModel):
    """A draft's id and the revision that the next change must name."""

    id: str
    revision: int


class Draft(DraftKept):
    """A draft with its record."""

    form: str
    record: dict[str, Any]


class Standing(BaseModel):
    """What is remembered of the agency, signers and recipients."""

    agency: dict[str, Any]
    forms: dict[str, Any]
    signers: list[Any]
    recipients: list[Any]


class RecentForm(BaseModel):
    """A form and when it was used last."""

    form: str
    at: float


class Recent(BaseModel):
    """The forms used last, the last first."""

    recent: list[RecentForm]


# ---------------------------------------------------------------- long work
class Id(BaseModel):
    """The id of what was made or touched."""

    id: str


class Step(BaseModel):
    """How far a step of long work is, and what came of it."""

    state: Literal["waiting", "running", "stopped", "done", "failed"]
    phase: str = ""
    done: int = 0
    failed: int = 0
    total: int | None = None
    result: dict[str, Any] | None = None
    problems: list[Problem] = []


class ListedBatch(BaseModel):
    """A batch in the list: its latest step, ``check`` or ``make``, and that step's counts."""

    id: str
    form: str
    title: str
    created: float
    step: str
    state: str
    counts: dict[str, Any] | None


class Batch(ListedBatch):
    """A batch: its files, its steps, what there is to download."""

    files: list[str]
    file_count: int
    making: dict[str, Any] | None
    corrected: bool
    zip: bool
    print: list[Literal["pdf", "docx"]]
    check: Step | None
    riskiest: Step | None
    make: Step | None


class BatchProblems(BaseModel):
    """Some of the problems, from the one asked for on."""

    problems: list[Problem]
    from_: int = Field(alias="from")


class BatchResults(BaseModel):
    """Some lines of the list of results, from the one asked for on."""

    results: list[dict[str, Any]]
    from_: int = Field(alias="from")


class RollupForm(BaseModel):
    """What a form of roll-ups asks of its head, and from which forms it takes data."""

    id: str
    title: str
    fields: FormField
    feeds: list[str]
    report: bool
    groups: bool
    ranks: bool


class ListedRollup(BaseModel):
    """A roll-up in the list."""

    id: str
    form: str
    title: str
    created: float
    state: str
    units: int | None


class SentFile(BaseModel):
    """A file as the server names it, and as its sender does."""

    name: str
    shown: str


class Rollup(ListedRollup):
    """A roll-up; ``collect`` tells who is missing, late or there twice, problems and totals."""

    files: list[SentFile]
    file_count: int
    units_file: str
    told: dict[str, Any]
    formats: list[Literal["docx", "pdf", "xlsx", "json"]]
    collect: Step | None


class Explained(BaseModel):
    """The lines that explain a total."""

    name: str
    lines: list[str]


# ---------------------------------------------------------------- checks
class Profile(BaseModel):
    """A set of rules, and the day from which it holds."""

    id: str
    name: str
    since: str


class ProfileName(BaseModel):
    """A set of rules."""

    id: str
    name: str


class Mend(BaseModel):
    """A kind of mend: ``asks`` if it is done only when one of its ``rules`` is agreed to.

    ``findings`` count from 0 in the report.
    """

    says: str
    asks: bool
    rules: list[str]
    findings: list[int]


class CheckedCopy(BaseModel):
    """A document's findings, and what of them can be mended."""

    name: str
    profile: ProfileName
    verdict: str
    report: Conformity
    mends: list[Mend]


class Checked(CheckedCopy):
    """A document that was sent; ``mended`` once there is a mended copy."""

    id: str
    mended: bool


class FindingArea(Area):
    """Where findings are; they count from 0 in the report."""

    findings: list[int]


class FindingPages(BaseModel):
    """Pages with the places of findings; ``said`` is what the pages lack."""

    pages: list[Page]
    areas: list[FindingArea]
    said: list[str]


class MendResult(BaseModel):
    """What became of a finding."""

    id: str
    thanh_phan: str
    ket_qua: Literal["da_sua", "can_dong_y", "khong_theo_doi_duoc", "sua_tay"]
    truoc: str
    sau: str
    o: list[str]
    noi_dung: str


class ChangedWords(BaseModel):
    """Words that a mend replaced."""

    id: str
    phan: str
    doan: int
    bo: str
    them: str
    truoc: str
    sau: str


class Mended(BaseModel):
    """A copy mended, and checked again."""

    before: str
    results: list[MendResult]
    words: list[ChangedWords]
    after: CheckedCopy


# ---------------------------------------------------------------- maintainers
class MaintainedForm(BaseModel):
    """A form's state: what its proof says, empty where the form cannot be opened."""

    id: str
    title: str
    group: str
    standard: str
    shipped: bool
    proof: str
    broken: list[str]
    problems: list[Problem]
    stamp: str


class Maintained(BaseModel):
    """Every form, those not in order too."""

    forms: list[MaintainedForm]


class Colour(BaseModel):
    """What a colour of tags means."""

    colour: str
    words: str


class TemplatePage(Page):
    """A page of the template, or of a block it takes in."""

    file: str


class Template(BaseModel):
    """A template's pages, tags coloured; ``stamp`` changes with the form's files."""

    stamp: str
    pages: list[TemplatePage]
    legend: list[Colour]
    sample: str


class LintFinding(BaseModel):
    """A fault of a form, as ``vanban lint --format json`` has it."""

    id: str
    muc_do: Literal["error", "warning", "note"]
    noi_dung: str
    cach_sua: str
    tep: str
    phan: str
    doan: int | None
    vi_tri: str
    the: str
    trich: str


class LintReport(BaseModel):
    """What is to be said of a form."""

    mau: str
    tep: str
    dat: bool
    so_loi: int
    so_canh_bao: int
    so_luu_y: int
    ket_qua: list[LintFinding]


class LintSheet(FindingPages):
    """A file of the form, or a document made of it, on which findings have their places."""

    name: str


class Lint(BaseModel):
    """What is to be said of a form, with pictures where they were asked for."""

    verdict: str
    stamp: str
    report: LintReport
    sheets: list[LintSheet] = []


# ---------------------------------------------------------------- what each route answers
_Answer = type[BaseModel] | tuple[str, ...] | list[type[BaseModel]]
ANSWERS: Mapping[str, _Answer] = {
    "GET /api/forms": Forms,
    "GET /api/forms/{form}": OneForm,
    "GET /api/forms/{form}/picture": (_PNG,),
    "POST /api/forms/{form}/review": Review,
    "POST /api/forms/{form}/pages": RecordPages,
    "GET /api/pages/{digest}": (_SVG,),
    "POST /api/forms/{form}/document": (_WORD, _PDF, "application/json"),
    "POST /api/read": ReadFile,
    "GET /api/drafts": Drafts,
    "POST /api/drafts": DraftKept,
    "GET /api/drafts/{draft}": Draft,
    "PUT /api/drafts/{draft}": DraftKept,
    "GET /api/standing": Standing,
    "PUT /api/standing": Standing,
    "POST /api/forms/{form}/standing": Standing,
    "GET /api/recent": Recent,
    "GET /api/forms/{form}/workbook": (_SHEET,),
    "POST /api/forms/{form}/workbook": (_SHEET,),
    "GET /api/batches": [ListedBatch],
    "POST /api/batches": Id,
    "POST /api/batches/{batch}/files": Id,
    "GET /api/batches/{batch}": Batch,
    "GET /api/batches/{batch}/problems": BatchProblems,
    "GET /api/batches/{batch}/corrected.xlsx": (_SHEET,),
    "POST /api/batches/{batch}/riskiest": Id,
    "GET /api/batches/{batch}/riskiest/{unit}/{number}.png": (_PNG,),
    "POST /api/batches/{batch}/start": Id,
    "POST /api/batches/{batch}/stop": Id,
    "POST /api/batches/{batch}/resume": Id,
    "GET /api/batches/{batch}/result.zip": (_ZIP,),
    "GET /api/batches/{batch}/print.{kind}": (_PDF, _WORD),
    "GET /api/batches/{batch}/manifest.jsonl": (_LINES,),
    "GET /api/batches/{batch}/results": BatchResults,
    "GET /api/batches/{batch}/documents/{number}": (_WORD, _PDF),
    "GET /api/rollups/forms": [FormName],
    "GET /api/rollups/forms/{form}": RollupForm,
    "GET /api/rollups": [ListedRollup],
    "POST /api/rollups": Id,
    "POST /api/rollups/{rollup}/files": Id,
    "POST /api/rollups/{rollup}/start": Id,
    "POST /api/rollups/{rollup}/stop": Id,
    "GET /api/rollups/{rollup}": Rollup,
    "GET /api/rollups/{rollup}/document": (_WORD, _PDF, _SHEET, "application/json"),
    "GET /api/rollups/{rollup}/pages/{number}.png": (_PNG,),
    "GET /api/rollups/{rollup}/explain": Explained,
    "GET /api/profiles": [Profile],
    "POST /api/checks": Checked,
    "GET /api/checks/{check}": Checked,
    "GET /api/checks/{check}/pages": FindingPages,
    "GET /api/checks/{check}/marked": (_WORD,),
    "POST /api/checks/{check}/mended": Mended,
    "GET /api/checks/{check}/mended": (_WORD,),
    "GET /api/maintained": Maintained,
    "GET /api/forms/{form}/template": Template,
    "GET /api/forms/{form}/lint": Lint,
    "POST /api/forms/{form}/try": RecordPages,
    "GET /api/forms/{form}/changes": (_EVENTS,),
}
_RECORD = {
    "co_quan_ban_hanh": "ỦY BAN NHÂN DÂN\nXÃ PHÚ LÂM THƯỢNG", "so": 8, "ky_hieu": "KH-UBND",
    "trich_yeu": "Triển khai Tháng chuyển đổi số cộng đồng năm 2026",
}  # fmt: skip
# Bodies to begin with; a record shortened here has its holes told as problems.
_EXAMPLES: Mapping[str, Any] = {
    "POST /api/forms/{form}/review": {"record": _RECORD},
    "POST /api/forms/{form}/pages": {"record": _RECORD},
    "POST /api/forms/{form}/document": {"record": _RECORD},
    "POST /api/forms/{form}/standing": {"record": _RECORD},
    "POST /api/forms/{form}/try": _RECORD,
    "POST /api/drafts": {"form": "ke-hoach", "record": _RECORD},
    "PUT /api/drafts/{draft}": {"revision": 1, "record": _RECORD},
    "PUT /api/standing": {
        "agency": {"dia_danh": "Phú Lâm Thượng"}, "forms": {}, "signers": [], "recipients": [],
    },
    "POST /api/forms/{form}/workbook": {"units": "Công an xã Nga Sơn\nCông an xã Phú Lâm"},
    "POST /api/batches/{batch}/start": {"formats": ["docx", "pdf"], "combine": "pdf"},
    "POST /api/rollups/{rollup}/start": {"head": {"so": 12}, "due": "10/10/2026"},
    "POST /api/checks/{check}/mended": {"agreed": ["noi_nhan.dau_cau"], "track": False},
}  # fmt: skip
_PATH_EXAMPLES = {"form": "ke-hoach", "kind": "pdf", "unit": 1, "number": 1, "name": "t000000.xlsx"}
# Of parameters, and of members of bodies, whose routes do not say it themselves.
_WORDS = {
    "batch": "The batch's id.",
    "by_group": "Units of a group added up first.",
    "check": "The id of the document sent.",
    "combine": "Also all documents in one file, to print in one go.",
    "conformity": "With the findings of the standard, once the record is finished.",
    "digest": "The digest that the list of pages has.",
    "draft": "The draft's id.",
    "files": "The data: a table, JSON Lines, or several .json or .docx made by vanban.",
    "form": "The form's id.",
    "format": "The format of the file.",
    "formats": "The formats of each document.",
    "from": "How many to pass over.",
    "kind": "The format of the file.",
    "last-event-id": "The id of the event seen last, as a browser sends it.",
    "missing": "Of figures that units left out: nothing, mark the totals, or stop.",
    "most": "How many at the most.",
    "name": "The name: of a total, or the server's own of a file.",
    "number": "Counted from 1.",
    "rollup": "The roll-up's id.",
    "severity": "error or warning; empty for both.",
    "status": "ok or failed; empty for both.",
    "unit": "Of the units listed, counted from 1.",
    "units": "A list of units: a name on each line, or a table.",
    "v": "The version that the list of forms has: the answer may be kept for ever.",
    "whole": "Whether no more files come: work begins.",
}
_ID_EXAMPLE, _DIGEST_EXAMPLE = "0123456789abcdef", "0123456789abcdef" * 2
_WRONG = {
    "problems": [{
        "file": "", "at": "$.ngay_ban_hanh", "sheet": "", "cell": "", "row": 0, "line": 0,
        "column": 0, "path": "$.ngay_ban_hanh", "unit": "", "field": "Ngày ban hành",
        "message": "Ngày ban hành: “32/1/2026” không phải là ngày",
        "hint": "ghi ngày/tháng/năm, như 05/02/2026", "severity": "error",
    }]
}  # fmt: skip
_SUCCESS = ("200", "201", "202")


def describe(app: FastAPI) -> dict[str, Any]:
    """Return the description of an application's API."""
    if app.openapi_schema is None:
        found = get_openapi(
            title="vanban", version=__version__, description=_ABOUT, routes=app.routes,
            tags=[{"name": name, "description": words} for name, words in _TAGS.items()],
        )  # fmt: skip
        schemas = found["components"]["schemas"]
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        for schema in schemas.values():
            for name, member in schema.get("properties", {}).items():
                member.setdefault("description", _WORDS.get(name, ""))
        schemas |= _schemas()
        found["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
        found["security"] = [{"key": []}]
        for path, methods in found["paths"].items():
            for method, operation in methods.items():
                _complete(f"{method.upper()} {path}", operation)
        app.openapi_schema = found
    return app.openapi_schema


def _schemas() -> dict[str, Any]:
    models = {model for answer in ANSWERS.values() for model in _models(answer)} | {Problems}
    asked: list[tuple[type[BaseModel], Literal["serialization"]]] = [
        (model, "serialization") for model in sorted(models, key=lambda each: each.__name__)
    ]
    _, whole = models_json_schema(asked, ref_template="#/components/schemas/{model}")
    found: dict[str, Any] = whole["$defs"]
    return found


def _models(answer: _Answer) -> Iterable[type[BaseModel]]:
    if isinstance(answer, tuple):
        return ()
    return answer if isinstance(answer, list) else (answer,)


def _complete(route: str, operation: dict[str, Any]) -> None:
    summary, _, rest = operation.get("description", "").partition("\n")
    operation["summary"] = summary.rstrip(".")
    operation["description"] = rest.strip()
    responses = operation["responses"]
    responses.pop("422", None)
    success = next((code for code in _SUCCESS if code in responses), None)
    if success:
        responses[success] = {"description": summary, "content": _content(ANSWERS[route])}
    for code, words in (("4XX", "The request cannot be met"), ("5XX", "The server cannot meet it")):
        body = {"schema": {"$ref": "#/components/schemas/Problems"}, "example": _WRONG}
        responses[code] = {"description": words, "content": {"application/json": body}}
    for parameter in operation.get("parameters", ()):
        parameter.setdefault("description", _WORDS.get(parameter["name"], ""))
        if parameter["in"] == "path":
            parameter["example"] = _example(parameter["name"])
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if body is not None:
        body["example"] = _EXAMPLES[route]


def _example(name: str) -> Any:
    return _PATH_EXAMPLES.get(name, _DIGEST_EXAMPLE if name == "digest" else _ID_EXAMPLE)


def _content(answer: _Answer) -> dict[str, Any]:
    if isinstance(answer, tuple):
        return {kind: {"schema": _file(kind)} for kind in answer}
    (model,) = _models(answer)
    schema: dict[str, Any] = {"$ref": f"#/components/schemas/{model.__name__}"}
    if isinstance(answer, list):
        schema = {"type": "array", "items": schema}
    return {"application/json": {"schema": schema}}


def _file(kind: str) -> dict[str, Any]:
    """Return the schema of a file: text is told as such, bytes have none in OpenAPI 3.1."""
    if kind == "application/json":
        return {}
    text = kind in (_EVENTS, _LINES, _SVG)
    return {"type": "string"} if text else {"type": "string", "contentMediaType": kind}
