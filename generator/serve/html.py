"""Pages as HTML: the templates of ``pages/`` with what all of them show."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from generator import __version__

_HERE = Path(__file__).parent

# The desks in the order of a clerk's work; the last is for those who look after forms.
DESKS = (
    ("/", "Mẫu văn bản"),
    ("/hang-loat", "Hàng loạt"),
    ("/tong-hop", "Tổng hợp"),
    ("/kiem-tra", "Kiểm tra thể thức"),
    ("/lam-mau", "Làm mẫu"),
)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_HERE / "pages"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


def page(request: Request, name: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a page made from ``pages/NAME.html``."""
    account = request.state.account
    desks = DESKS if account.maintains else DESKS[:-1]
    alone = request.app.state.settings.alone
    common = {
        "desks": desks, "here": request.url.path, "account": account, "alone": alone,
        "csrf": request.state.csrf, "version": __version__,
    }  # fmt: skip
    text = _environment().get_template(f"{name}.html").render(common | values)
    return HTMLResponse(text, status_code=status)
