"""Who may ask the server, and what it lets a browser do (OWASP: CSRF, DNS rebinding, headers)."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import httpx
import pytest
from fastapi import HTTPException
from playwright.sync_api import Browser

from generator.serve import guard
from generator.serve.running import opening
from generator.serve.settings import Settings
from tests.serve.conftest import Served, awaited, serving

PAGE = {"Accept": "text/html"}


@pytest.fixture
def stranger(served: Served) -> Iterator[httpx.Client]:
    """A program that has no key."""
    with httpx.Client(base_url=served.address) as program:
        yield program


@pytest.fixture
def clerk(served: Served) -> Iterator[httpx.Client]:
    """A browser that was opened with the key and keeps its cookie."""
    with httpx.Client(base_url=served.address, follow_redirects=True) as program:
        assert program.get(served.start).url.query == b""
        yield program


def csrf(clerk: httpx.Client) -> str:
    """The token of a page's head."""
    found = re.search('name="csrf" content="([0-9a-f]{64})"', clerk.get("/dang-nhap").text)
    assert found is not None
    return found[1]


def sentence(answer: httpx.Response) -> str:
    problem = answer.json()["problems"][0]
    return f"{problem['message']} | {problem['hint']}"


# ---------------------------------------------------------------- keys
def test_without_the_key_nothing_is_answered(stranger: httpx.Client) -> None:
    for path in ("/", "/api/openapi.json", "/api/anything"):
        answer = stranger.get(path, headers=PAGE)
        assert answer.status_code == 401
        assert sentence(answer).startswith("chưa đăng nhập | mở trang bằng địa chỉ")


def test_a_wrong_key_in_the_address_is_refused(stranger: httpx.Client) -> None:
    answer = stranger.get("/?khoa=sai")
    assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)


def test_the_key_leaves_the_address_and_stays_out_of_scripts_and_other_sites(
    served: Served, stranger: httpx.Client
) -> None:
    answer = stranger.get(f"/?khoa={served.token}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


@pytest.mark.parametrize("given", ["Bearer sai", "Bearer", "Basic abc"])
def test_a_program_with_a_wrong_key_is_refused(stranger: httpx.Client, given: str) -> None:
    assert stranger.get("/api/openapi.json", headers={"Authorization": given}).status_code == 401


def test_a_program_with_the_key_is_answered(client: httpx.Client) -> None:
    assert client.get("/api/openapi.json").json()["openapi"].startswith("3.1")


def test_from_a_page_elsewhere_the_key_opens_a_page_of_ours_that_leads_on(
    served: Served, stranger: httpx.Client
) -> None:
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    answer = stranger.get(f"/?khoa={served.token}", headers=elsewhere)
    assert (answer.status_code, 'content="0;url=/"' in answer.text) == (200, True)
    assert "set-cookie" in answer.headers


@pytest.mark.skipif(os.name == "nt", reason="there nobody else reads a command line")
def test_the_browser_is_opened_without_the_key_in_its_command_line(
    served: Served, browser: Browser, tmp_path: Path
) -> None:
    port = int(served.address.rpartition(":")[2])
    settings = Settings(folder=tmp_path, token=served.token, port=port)
    page = browser.new_page()
    with opening(settings, tmp_path) as told:
        assert served.token not in told
        (file,) = tmp_path.glob("*.html")
        assert file.stat().st_mode & 0o077 == 0
        page.goto(told)
        page.get_by_role("heading", name="Chọn mẫu văn bản").wait_for()
    assert page.url == f"{served.address}/"
    assert not file.exists()
    page.close()


def test_the_key_leads_to_no_other_site(served: Served) -> None:
    host = served.address.removeprefix("http://")
    with closing(HTTPConnection(host, timeout=20)) as connection:
        connection.putrequest("GET", f"//evil.example/?khoa={served.token}", skip_host=True)
        connection.putheader("Host", host)
        connection.endheaders()
        assert connection.getresponse().headers["location"] == "/"


# ---------------------------------------------------------------- other sites
@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8300", "127.0.0.1.evil.example", ""]
)
def test_a_name_that_is_not_ours_reaches_nothing(client: httpx.Client, host: str) -> None:
    answer = client.get("/api/openapi.json", headers={"Host": host})
    assert answer.status_code in (400, 421)  # 400: no Host at all, refused by the HTTP server


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_page_cannot_change_anything(clerk: httpx.Client, headers: dict[str, str]) -> None:
    headers = {"X-Vanban-CSRF": csrf(clerk)} | headers
    answer = clerk.post("/dang-xuat", headers=headers)
    assert (answer.status_code, sentence(answer).split(" |")[0]) == (
        403, "yêu cầu đến từ một trang khác",
    )  # fmt: skip


@pytest.mark.parametrize("token", [None, "", "0" * 64])
def test_a_cookie_alone_changes_nothing(clerk: httpx.Client, token: str | None) -> None:
    headers = {} if token is None else {"X-Vanban-CSRF": token}
    answer = clerk.post("/dang-xuat", headers=headers)
    assert (answer.status_code, sentence(answer)) == (
        403, "trang này đã cũ | tải lại trang rồi làm lại",
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["Basic YTpi", "bearer", "x"])
def test_another_kind_of_log_in_does_not_replace_the_pages_token(
    clerk: httpx.Client, kind: str
) -> None:
    answer = clerk.post("/dang-xuat", headers={"Authorization": kind})
    assert answer.status_code in (401, 403)


def test_a_request_with_two_hosts_is_refused(served: Served) -> None:
    host = served.address.removeprefix("http://")
    with closing(HTTPConnection(host, timeout=20)) as connection:
        connection.putrequest("GET", "/api/openapi.json", skip_host=True)
        connection.putheader("Host", host)
        connection.putheader("Host", "evil.example")
        connection.putheader("Authorization", f"Bearer {served.token}")
        connection.endheaders()
        assert connection.getresponse().status in (400, 421)


def test_our_own_page_may(clerk: httpx.Client, served: Served) -> None:
    headers = {"X-Vanban-CSRF": csrf(clerk), "Origin": served.address}
    assert clerk.post("/dang-xuat", headers=headers).status_code == 204


# ---------------------------------------------------------------- what a browser may do
def test_pages_load_nothing_from_elsewhere_and_run_nothing_inline(clerk: httpx.Client) -> None:
    answer = clerk.get("/dang-nhap")
    rules = dict(
        rule.strip().split(" ", 1) for rule in answer.headers["content-security-policy"].split(";")
    )
    assert (rules["default-src"], rules["script-src"]) == ("'none'", "'self'")
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert rules["frame-ancestors"] == "'none'"
    assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=|https?://", answer.text)


@pytest.mark.parametrize("path", ["/", "/static/khung.css", "/api/openapi.json", "/none"])
def test_every_answer_says_so(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "server" not in headers


# ---------------------------------------------------------------- paths and sizes
@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static//etc/passwd",
        "/static/..%5capp.py", "/static/%00",
    ],
)  # fmt: skip
def test_no_path_leads_out_of_the_static_files(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code in (400, 404)
    assert "import" not in answer.text


def test_a_body_that_says_it_is_too_long_is_not_read(served: Served) -> None:
    host = served.address.removeprefix("http://")
    connection = HTTPConnection(host, timeout=20)
    connection.putrequest("POST", "/dang-nhap")
    connection.putheader("Content-Length", str(10**12))
    connection.endheaders()
    with closing(connection):
        answer = connection.getresponse()  # although nothing of the body was sent
        assert (answer.status, "tệp gửi lên quá lớn" in answer.read().decode()) == (413, True)


def test_a_body_that_does_not_say_is_stopped_where_it_is_too_long(tmp_path: Path) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="ten"; filename="a.docx"\r\n\r\n'

    def pieces() -> Iterator[bytes]:
        yield head
        for _ in range(64):
            yield b"x" * 1024 * 1024

    form = {"Content-Type": "multipart/form-data; boundary=x"}
    with serving(tmp_path, "--upload-limit", "2") as small, small.client() as client:
        try:
            answer = client.post("/dang-nhap", headers=form, content=pieces())
        except httpx.TransportError:  # the server hung up on what it would not read
            return
        assert answer.status_code == 413


def test_a_body_that_never_comes_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "_PATIENCE", 0.05)

    async def nothing() -> guard.Message:
        await asyncio.sleep(60)
        raise AssertionError

    async def ask() -> None:
        with pytest.raises(HTTPException) as refused:
            await guard._bounded(nothing, 100)()
        assert refused.value.status_code == 408

    awaited(ask())


def test_what_is_not_there_is_told_in_the_same_shape(client: httpx.Client) -> None:
    answer = client.get("/api/khong-co")
    assert (answer.status_code, sentence(answer)) == (
        404, "không có trang hay mục này | kiểm tra lại địa chỉ",
    )  # fmt: skip
