"""A form's fields: the JSON Schema of a bundle, and what it makes of a record.

Reading a record has three steps: ``read`` brings each value to the type its field declares (text
to NFC, "12,5" to a number, "11/4/2018" to a date) and refuses what has no such reading; the JSON
Schema (2020-12) is checked by jsonschema-rs; ``present`` gives templates the values they print,
with absent optional fields as ``None`` or their default.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema_rs

from generator.errors import BundleError, Problem
from generator.images import SUFFIXES, decode_image
from generator.language.wordml import ILLEGAL, check_legal
from generator.vietnamese import TextFormError, shown
from generator.vietnamese.dates import parse_date, parse_partial_date
from generator.vietnamese.numbers import parse_number
from generator.vietnamese.plain import plain
from generator.vietnamese.text import normalise, slug

JsonPath = tuple[str | int, ...]
LONG_TEXT = "text/x-vanban"
OPEN_DATE = "open-date"  # a format: a date whose day, or day and month, may still be open
COMMENT = "//"  # keys that start so are notes in a data file
_MAX_DEPTH = 40
_MOST_NODES = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong with a record: the path to the value, what is wrong, what to do."""

    path: JsonPath
    message: str
    hint: str = ""


@dataclass(slots=True)
class Findings:
    """What computing and checking found in one record."""

    errors: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)

    def add(self, severity: str, fault: Fault) -> None:
        """Note a fault as error or warning."""
        (self.errors if severity == "error" else self.warnings).append(fault)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a form, with everything its schema says of it."""

    key: str
    title: str
    description: str
    types: frozenset[str]
    required: bool
    raw: Mapping[str, Any]
    children: Mapping[str, Field] = field(default_factory=dict)
    items: Field | None = None
    # Asked of every value of every record, so found once.
    is_plain: bool = field(init=False)  # templates see the value as the record has it
    holds_files: bool = field(init=False)  # it is long text or a picture, or has such in it
    holds_long_text: bool = field(init=False)

    def __post_init__(self) -> None:
        inner = [*self.children.values(), *([self.items] if self.items else [])]
        long = self.is_long_text or any(child.holds_long_text for child in inner)
        files = long or self.is_image or any(child.holds_files for child in inner)
        object.__setattr__(self, "is_plain", not (inner or self.is_image or self.is_date))
        object.__setattr__(self, "holds_long_text", long)
        object.__setattr__(self, "holds_files", files)

    @property
    def is_date(self) -> bool:
        """Whether the value is a calendar date, or one known in part."""
        return self.raw.get("format") in ("date", OPEN_DATE)

    @property
    def is_open_date(self) -> bool:
        """Whether the day, or day and month, of the date may still be open."""
        return self.raw.get("format") == OPEN_DATE

    @property
    def is_long_text(self) -> bool:
        """Whether the value is long text, which may stand in a file of its own."""
        return self.raw.get("contentMediaType") == LONG_TEXT

    @property
    def is_image(self) -> bool:
        """Whether the value is a picture: base64, or the name of a file beside the data."""
        kind = self.raw.get("contentMediaType", "")
        return self.raw.get("contentEncoding") == "base64" and str(kind).startswith("image/")

    @property
    def is_number(self) -> bool:
        """Whether the value is a number."""
        return bool(self.types & {"number", "integer"})

    @property
    def type_words(self) -> str:
        """The type as an error says it."""
        if self.is_image:
            return "tên tệp ảnh .png, .jpg đặt cạnh tệp dữ liệu, hoặc data:image/png;base64,…"
        if self.is_date:
            part = ", biết tháng thì 4/2018" if self.is_open_date else ""
            return f"ngày (2018-04-11 hoặc 11/4/2018{part})"
        return " hoặc ".join(
            words for name, words in _TYPE_WORDS.items() if name in self.types and name != "null"
        )


_TYPE_WORDS = {
    "string": "chữ",
    "integer": "số nguyên",
    "number": "số",
    "boolean": "true hoặc false",
    "array": "danh sách trong ngoặc vuông [ ]",
    "object": "nhóm trường trong ngoặc nhọn { }",
    "null": "trống (null)",
}


class Schema:
    """The fields of one form; made from the ``schema.json`` of its bundle."""

    def __init__(self, path: Path, shared: Path) -> None:
        loader = _Loader(path, shared)
        try:
            self.raw: dict[str, Any] = loader.expand(loader.read(path), path, ())
            if not isinstance(self.raw, dict):
                raise _invalid(path, "phải là một nhóm { } mô tả các trường")
            self._validator = jsonschema_rs.Draft202012Validator(
                self.raw, validate_formats=True, retriever=_refuse_retrieval
            )
        except RecursionError as error:
            raise _invalid(path, "lồng quá sâu") from error
        except jsonschema_rs.ValidationError as error:
            raise _invalid(path, *_broken_rule(error)) from error
        except ValueError as error:
            raise _invalid(path, "có $ref hoặc từ khóa không dùng được") from error
        self.root = _field("", self.raw, required=True)

    def read(self, record: Any) -> tuple[Any, list[Fault]]:
        """Return a record with each value brought to its field's type, and all its faults."""
        faults: list[Fault] = []
        value = _read(record, self.root, (), faults)
        refused = {fault.path for fault in faults}
        if not self._validator.is_valid(value):
            faults += (
                fault
                for error in self._validator.iter_errors(value)
                for fault in self._explain(error)
                if fault.path not in refused
            )
        return value, faults

    def present(self, value: Any) -> Any:
        """Return a valid record as templates see it: dates as dates, absent fields as ``None``."""
        return _present(value, self.root)

    def field_at(self, path: JsonPath) -> Field | None:
        """Return the field a path leads to, ``None`` outside the schema."""
        at: Field | None = self.root
        for step in path:
            at = at and (at.items if isinstance(step, int) else at.children.get(step))
        return at

    def _explain(self, error: jsonschema_rs.ValidationError) -> Iterator[Fault]:
        path: JsonPath = tuple(error.instance_path)
        name, said = error.kind.name, error.kind.as_dict()
        at = self.field_at(path)
        if name == "required":
            yield self._missing(path, said["property"])
        elif name == "additionalProperties":
            for key in said["unexpected"]:
                yield _unexpected(path, key, at)
        else:
            message, hint = self._rule(error, at) or _sentence(error, at)
            yield Fault(path=path, message=message, hint=hint)

    def _rule(
        self, error: jsonschema_rs.ValidationError, at: Field | None
    ) -> tuple[str, str] | None:
        """Return what the schema itself says of a forbidden case: the description of a ``not``."""
        if error.kind.name != "not":
            return None
        rule: Any = self.raw
        for step in error.schema_path:
            rule = rule[step]
        if not (isinstance(rule, dict) and "description" in rule):
            return None
        title = at.title if at else "giá trị"
        return f"{title}: {rule['description']}", at.description if at else ""

    def _missing(self, path: JsonPath, key: str) -> Fault:
        wanted = self.field_at((*path, key))
        title = wanted.title if wanted else key
        hint = f'thêm khóa "{key}"'
        if wanted and "null" in wanted.types:
            hint += "; nếu chừa trống để điền tay thì ghi null"
        return Fault(path=(*path, key), message=f"thiếu {title}", hint=hint)


def _refuse_retrieval(address: str) -> Any:
    """Refuse to fetch anything: a form from elsewhere must not reach the network or other files."""
    raise ValueError(f"không đọc {address}")


# ---------------------------------------------------------------- loading
class _Loader:
    """Reads schema files and replaces each ``$ref`` by what it refers to."""

    def __init__(self, path: Path, shared: Path) -> None:
        self._shared = shared
        self._roots = [
            root.resolve() for root in (path.parent, path.parent.parent / "khoi", shared)
        ]
        self._read: dict[Path, Any] = {}
        self._nodes = 0

    def read(self, path: Path) -> Any:
        if path not in self._read:
            try:
                self._read[path] = json.loads(path.read_text(encoding="utf-8"))
            except (OSError, ValueError) as error:
                raise _invalid(path, f"không đọc được: {_reason(error)}") from error
        return self._read[path]

    def expand(self, node: Any, path: Path, trail: tuple[str, ...]) -> Any:
        if len(trail) > _MAX_DEPTH:
            raise _invalid(path, f"$ref lồng vào chính nó: {trail[-1]}")
        if isinstance(node, list):
            return [self.expand(item, path, trail) for item in node]
        if not isinstance(node, dict):
            return node
        self._nodes += 1
        if self._nodes > _MOST_NODES:  # references that double at each step
            raise _invalid(path, "$ref lồng nhau thành quá nhiều trường")
        rest = {
            key: self.expand(value, path, trail)
            for key, value in node.items()
            if key not in ("$ref", "$defs")
        }
        if "$ref" not in node:
            return rest
        target, target_path = self._resolve(node["$ref"], path)
        return {**self.expand(target, target_path, (*trail, node["$ref"])), **rest}

    def _resolve(self, reference: Any, path: Path) -> tuple[Any, Path]:
        if not isinstance(reference, str):
            raise _invalid(path, "$ref phải là chữ")
        file, _, pointer = reference.partition("#")
        target_path = self._file(file, path) if file else path
        target = self.read(target_path)
        for step in pointer.strip("/").split("/") if pointer.strip("/") else []:
            if not isinstance(target, dict) or step not in target:
                raise _invalid(path, f"$ref không có đích: {reference}")
            target = target[step]
        return target, target_path

    def _file(self, name: str, path: Path) -> Path:
        """Return the schema file a reference names: of the bundle, or one shared by all."""
        target = path.parent / name
        if not target.is_file():
            target = self._shared / Path(name).name  # a bundle that came without the blocks
        if not any(target.resolve().is_relative_to(root) for root in self._roots):
            raise _invalid(path, f"$ref chỉ ra ngoài thư mục mẫu: {name}")
        return target


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        return "không có tệp này"
    if isinstance(error, json.JSONDecodeError):
        return f"viết sai cú pháp JSON ở dòng {error.lineno}, cột {error.colno}"
    return "tệp không phải UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)


def _field(key: str, schema: Any, *, required: bool) -> Field:
    # True and false are schemas too: whatever value, and none.
    raw: Mapping[str, Any] = schema if isinstance(schema, dict) else {}
    types = raw.get("type", [])
    needed = raw.get("required", [])
    return Field(
        key=key,
        title=raw.get("title", key),
        description=raw.get("description", ""),
        types=frozenset([types] if isinstance(types, str) else types),
        required=required,
        raw=raw,
        children={
            name: _field(name, child, required=name in needed)
            for name, child in raw.get("properties", {}).items()
        },
        items=_field(key, raw["items"], required=True) if "items" in raw else None,
    )


def _broken_rule(error: jsonschema_rs.ValidationError) -> tuple[str, str]:
    """Return what is wrong with a schema itself as a sentence, and where in it."""
    place = ".".join(("$", *map(str, error.instance_path)))
    word = str(error.instance_path[-1]) if error.instance_path else "schema"
    found = _found(error.instance)
    if error.kind.name == "type":
        types = " hoặc ".join(_TYPE_WORDS[name] for name in error.kind.as_dict()["types"])
        return f"“{word}” của JSON Schema phải là {types}, ở đây là {found}", place
    if error.kind.name == "format":
        return f"“{word}” của JSON Schema viết sai biểu thức: {found}", place
    return f"“{word}” của JSON Schema không nhận {found}", place


def _invalid(path: Path, message: str, at: str = "") -> BundleError:
    hint = "sửa tệp schema của mẫu"
    return BundleError(Problem(file=str(path), at=at, message=message, hint=hint))


# ---------------------------------------------------------------- reading
def placeholder(title: str) -> str:
    """Return what an unfilled data file holds in a field's place; reading refuses it by name."""
    return f"‹{title}›"


def _read(value: Any, at: Field | None, path: JsonPath, faults: list[Fault]) -> Any:
    if isinstance(value, str):
        return _read_text(value, at, path, faults)
    if isinstance(value, dict):
        children = at.children if at else {}
        return {
            # Most values of a statistical form: nothing to bring to its type.
            key: item
            if item is None or type(item) is int
            else _read(item, children.get(key), (*path, key), faults)
            for key, item in value.items()
            if key in children or (not key.startswith(COMMENT) and _is_legal(key, path, faults))
        }
    if isinstance(value, list):
        items = at.items if at else None
        return [_read(item, items, (*path, i), faults) for i, item in enumerate(value)]
    if at is not None and type(value) is Decimal:
        return _whole(value, at, path, faults) if "integer" in at.types else value
    return value


def _is_legal(key: str, path: JsonPath, faults: list[Fault]) -> bool:
    if not key.isprintable():
        try:
            check_legal(key)
        except TextFormError as error:
            faults.append(
                Fault(path=(*path, key), message=f"tên khóa: {error}", hint="gõ lại tên khóa")
            )
            return False
    return True


def _whole(value: Decimal, at: Field, path: JsonPath, faults: list[Fault]) -> int | Decimal:
    if value != value.to_integral_value():
        return value
    whole = int(value)
    if value.as_tuple().exponent == -3 and 0 < abs(whole) < 1000:  # "3.000" as a clerk writes 3000
        thousands = whole * 1000
        message = f"{at.title}: {value} có thể đọc là {whole} hoặc {thousands}"
        hint = f"ghi {whole} hoặc {thousands}, không có dấu chấm"
        faults.append(Fault(path=path, message=message, hint=hint))
    return whole


def _read_text(value: str, at: Field | None, path: JsonPath, faults: list[Fault]) -> Any:
    try:
        check_legal(value)
        if value[:1] == "‹" and value[-1:] == "›":
            raise TextFormError("chưa điền")
        if at is not None and at.raw.get("minLength") and value and not value.strip():
            raise TextFormError("chỉ có dấu cách")  # it would print as a blank nobody declared
        if at is not None and at.is_image:
            return _image_text(value)
        if at is None or ("string" in at.types and not at.is_date):
            return normalise(value)
        if at.is_date:
            return value if _is_iso_day(value) else _iso_date(value.strip(), at)
        if at.is_number:
            return parse_number(value.strip())
    except TextFormError as error:
        title = f"{at.title}: " if at else ""
        faults.append(Fault(path=path, message=f"{title}{error}", hint=_example(at)))
        return ILLEGAL.sub("\ufffd", value)  # the validator's patterns cannot read half characters
    return normalise(value)


def _image_text(value: str) -> str:
    if value.lower().endswith(SUFFIXES):
        raise TextFormError(f"không đọc tệp ảnh {shown(value)} cho dữ liệu này")
    decode_image(value)
    return value


def _iso_date(value: str, at: Field) -> str:
    """Return a date as records keep it, 2018-04-11; known in part, 2018-04 or 2018."""
    if not at.is_open_date:
        return parse_date(value).isoformat()
    known = parse_partial_date(value.lstrip("/"))  # "/3/2026" has its day open
    parts = (known.year, known.month, known.day)
    return "-".join(f"{part:02d}" for part in parts if part is not None)


def _is_iso_day(value: str) -> bool:
    """Return whether a text is a day just as records keep it: 2018-04-11."""
    if len(value) != 10 or value[4] != "-" or value[7] != "-" or not value.isascii():
        return False
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _example(at: Field | None) -> str:
    if at is None:
        return ""
    examples = at.raw.get("examples")
    if examples:
        return f"ghi như: {json.dumps(examples[0], ensure_ascii=False)}"
    return f"ghi {at.type_words}" if at.types else ""


def _present(value: Any, at: Field | None) -> Any:
    if at is None or at.is_plain or value is None:
        return value
    if isinstance(value, dict) and at.children:
        shown = {}
        for key, child in at.children.items():
            item = value[key] if key in value else child.raw.get("default")
            shown[key] = item if child.is_plain else _present(item, child)
        return shown
    if isinstance(value, list):
        return [_present(item, at.items) for item in value]
    if at.is_image and isinstance(value, str):
        return decode_image(value)
    if at.is_date and isinstance(value, str):
        return date.fromisoformat(value) if len(value) == 10 else parse_partial_date(value)
    return value


# ---------------------------------------------------------------- sentences
def _as_key(words: str) -> str:
    """Return words as a key would be: ``Họ tên`` is ``ho_ten``."""
    try:
        return slug(words).replace("-", "_")
    except TextFormError:
        return words


def _unexpected(path: JsonPath, key: str, at: Field | None) -> Fault:
    known = list(at.children) if at else []
    from difflib import get_close_matches

    near = get_close_matches(_as_key(key), known, 1, 0.6)
    hint = (
        f'có phải bạn muốn gõ "{near[0]}"?' if near else f"các khóa dùng được: {', '.join(known)}"
    )
    return Fault(path=(*path, key), message=f"không có trường “{key}” trong mẫu này", hint=hint)


_SENTENCES: Mapping[str, tuple[str, str]] = {
    # keyword: what is wrong, what to do; {title}, {found}, {types}, {example}, {size} and the
    # keyword's own values stand for themselves
    "type": ("{title} phải là {types}, ở đây là {found}", "{example}"),
    "enum": ("{title} không nhận {found}", "chọn một trong: {options}"),
    "const": ("{title} không nhận {found}", "ghi {expected_value}"),
    "pattern": ("{title} viết không đúng mẫu: {found}", "{example}"),
    "format": ("{title} viết không đúng dạng: {found}", "{example}"),
    "minLength": ("{title} đang để rỗng hoặc quá ngắn: {found}", "điền giá trị{or_null}"),
    "maxLength": ("{title} dài quá {limit} ký tự", "rút gọn lại"),
    "minimum": ("{title} nhỏ hơn {limit}: {found}", "ghi số từ {limit} trở lên"),
    "maximum": ("{title} lớn hơn {limit}: {found}", "ghi số từ {limit} trở xuống"),
    "exclusiveMinimum": ("{title} phải lớn hơn {limit}, ở đây là {found}", "ghi số lớn hơn"),
    "exclusiveMaximum": ("{title} phải nhỏ hơn {limit}, ở đây là {found}", "ghi số nhỏ hơn"),
    "multipleOf": ("{title} phải chia hết cho {multiple_of}, ở đây là {found}", "sửa con số"),
    "minItems": ("{title} cần ít nhất {limit} mục, ở đây có {size}", "thêm mục"),
    "maxItems": ("{title} nhận nhiều nhất {limit} mục, ở đây có {size}", "bớt mục"),
    "uniqueItems": ("{title} có mục lặp lại", "bỏ mục lặp"),
}


def _sentence(error: jsonschema_rs.ValidationError, at: Field | None) -> tuple[str, str]:
    """Return a validation error as a sentence that names the field, and the remedy."""
    value, said = error.instance, error.kind.as_dict()
    words = {
        **{name: _digits(value) if _is_number(value) else value for name, value in said.items()},
        "title": (at and at.title) or "giá trị",
        "found": _found(value),
        "types": at.type_words if at else "kiểu khác",
        "example": _example(at),
        "size": len(value) if isinstance(value, (list, dict, str)) else 0,
        "options": _choices(said.get("options", [])),
        "or_null": ", hoặc ghi null nếu chừa trống" if at and "null" in at.types else "",
    }
    if error.kind.name not in _SENTENCES:
        return f"{words['title']} không hợp lệ: {words['found']}", at.description if at else ""
    message, hint = _SENTENCES[error.kind.name]
    return message.format(**words), hint.format(**words)


def _choices(options: Any) -> str:
    return ", ".join(json.dumps(option, ensure_ascii=False) for option in options)


def _found(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "một nhóm trường { }"
    if isinstance(value, list):
        return "một danh sách [ ]"
    if _is_number(value):
        return f"số {_digits(value)}"
    return "trống (null)" if value is None else shown(value)


def _digits(value: Any) -> str:
    try:
        return plain(value)
    except TextFormError:  # longer than any number is written
        return shown(value)[1:-1]


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)
