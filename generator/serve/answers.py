"""Errors as answers: the sentences of the command line, for pages and for programs."""

from __future__ import annotations

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from generator.errors import DataError, GeneratorError, Problem, ToolError, UsageError
from generator.serve.accounts import RoleError
from generator.serve.wording import problem_json as problem_json
from generator.serve.workspace import ConflictError, FullError, MissingError

_STATUS: tuple[tuple[type[GeneratorError], int], ...] = (
    (MissingError, 404),
    (ConflictError, 409),
    (FullError, 507),
    (RoleError, 403),
    (UsageError, 400),
    (DataError, 422),
    (ToolError, 503),
)


# What HTTP's own errors mean to a person: what is wrong, what to do.
WORDS = {
    400: ("yêu cầu không đọc được", "gửi lại theo mô tả ở /api/openapi.json"),
    404: ("không có trang hay mục này", "kiểm tra lại địa chỉ"),
    405: ("địa chỉ này không nhận cách gọi đó", "xem mô tả ở /api/openapi.json"),
    408: ("dữ liệu gửi lên dừng giữa chừng", "kiểm tra mạng rồi gửi lại"),
    413: ("tệp gửi lên quá lớn", "chia nhỏ tệp, hoặc dùng lệnh vanban trên máy"),
}


async def on_error(_: Request, error: Exception) -> Response:
    """Answer with everything that is wrong."""
    assert isinstance(error, GeneratorError)
    status = next((code for kind, code in _STATUS if isinstance(error, kind)), 422)
    return JSONResponse({"problems": [*map(problem_json, error.problems)]}, status_code=status)


async def on_fault(_: Request, error: Exception) -> Response:
    """Answer a fault of our own; the log has the rest."""
    del error
    problem = Problem(message="chương trình gặp lỗi ngoài dự kiến", hint="thử lại, hoặc báo lại")
    return JSONResponse({"problems": [problem_json(problem)]}, status_code=500)


async def on_http_error(_: Request, error: Exception) -> Response:
    """Answer an error of HTTP itself in the same shape."""
    assert isinstance(error, HTTPException)
    message, hint = WORDS.get(error.status_code, (f"lỗi HTTP {error.status_code}", "thử lại"))
    body = {"problems": [problem_json(Problem(message=message, hint=hint))]}
    return JSONResponse(body, status_code=error.status_code, headers=error.headers)


async def on_wrong_request(_: Request, error: Exception) -> Response:
    """Answer a request whose parameters or body are not what the route takes."""
    assert isinstance(error, RequestValidationError)
    problems = [
        Problem(
            at=".".join(map(str, each.get("loc", ()))), message="yêu cầu có giá trị không hợp lệ",
            hint=str(each.get("msg", "")),
        )
        for each in error.errors()
    ]  # fmt: skip
    return JSONResponse({"problems": [*map(problem_json, problems)]}, status_code=422)
