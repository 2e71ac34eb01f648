"""Records read out of requests, their numbers digit for digit.

The framework would read JSON numbers as doubles; a record is read as a data file is, so that 12.50
stays 12,50 on paper. The text is decoded here and parsed where the work is done.
"""

from __future__ import annotations

import json
import re
from typing import Annotated, Any

from fastapi import Depends
from starlette.requests import Request

from generator.errors import DataError, Problem
from generator.records.data import RawRecord, given_record, parse_json

_KINDS: dict[type, dict[str, Any]] = {
    dict: {"type": "object", "additionalProperties": True},
    list: {"type": "array", "items": {}},
    int: {"type": "integer"},
    str: {"type": "string"},
}


_HALF = re.compile(r"\\u[dD][89a-fA-F]")  # may be one of a pair


async def _text(request: Request) -> str:
    """Return the JSON text of a request.

    Raises:
        DataError: it is not UTF-8.
    """
    try:
        return (await request.body()).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused("yêu cầu không phải UTF-8", "gửi JSON bằng bảng mã UTF-8") from error


Sent = Annotated[str, Depends(_text)]
"""The JSON text of a request."""


def described(**kinds: type) -> dict[str, Any]:
    """Return what OpenAPI says of a body with members of such kinds."""
    schema = {
        "type": "object",
        "required": [*kinds],
        "properties": {name: _KINDS[kind] for name, kind in kinds.items()},
    }
    content = {"application/json": {"schema": schema}}
    return {"requestBody": {"required": True, "content": content}}


def members(text: str, **kinds: type) -> dict[str, Any]:
    """Return the members of a request, each of its kind.

    Raises:
        DataError: broken JSON; a member is missing or is of another kind.
    """
    value = parse_json(text, "")
    if _HALF.search(text) and not _is_text(value):
        raise _refused("yêu cầu có nửa ký tự (\\ud800 đến \\udfff đứng một mình)", "gõ lại chỗ đó")
    if not isinstance(value, dict):
        raise _refused("yêu cầu phải là một nhóm { }", 'gửi {"record": {…}}')
    problems = [
        Problem(at=f"$.{name}", message=f"yêu cầu thiếu “{name}”, hoặc giá trị không đúng kiểu")
        for name, kind in kinds.items()
        if type(value.get(name)) is not kind
    ]
    if problems:
        raise DataError(problems)
    if "\\u0000" in text and _holds_nul(value):  # ends a text in many programs, and is in no record
        raise _refused("yêu cầu có ký tự \\u0000", "xóa ký tự ấy rồi gửi lại")
    return {name: given_record(value[name]) for name in kinds}


def _holds_nul(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_holds_nul(each) for item in value.items() for each in item)
    if isinstance(value, list):
        return any(map(_holds_nul, value))
    return isinstance(value, str) and "\0" in value


def _is_text(value: Any) -> bool:
    """Return whether all letters of a value are whole: JSON can write halves, UTF-8 cannot."""
    try:
        json.dumps(value, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError:
        return False
    return True


def record(text: str) -> RawRecord:
    """Return the record of a request, which can name no files; errors as of :func:`members`."""
    return RawRecord(file="", text="", value=members(text, record=dict)["record"])


def _refused(message: str, hint: str) -> DataError:
    return DataError(Problem(message=message, hint=hint))
