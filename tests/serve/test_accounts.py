"""An office's server: accounts, log-in, roles, the log, and what it refuses to start without."""

from __future__ import annotations

import os
import sqlite3
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser

from generator.errors import UsageError
from generator.serve.accounts import Accounts
from generator.serve.app import ACCOUNTS
from tests.clerk import vanban
from tests.serve.conftest import Served, serving

PASSWORD = "con trâu đi trước cái cày"


@pytest.fixture
def accounts(tmp_path: Path) -> Accounts:
    quick = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    made = Accounts(tmp_path / ACCOUNTS, quick)
    made.add("lan", PASSWORD, "van-thu")
    return made


# ---------------------------------------------------------------- accounts
def test_a_password_opens_a_session_for_a_while(accounts: Accounts) -> None:
    key = accounts.log_in("lan", PASSWORD, now=1000.0)
    assert key is not None
    found = accounts.of_key(key, now=1001.0)
    assert (found and found.name, found and found.maintains) == ("lan", False)
    assert accounts.of_key(key, now=1000.0 + 13 * 3600) is None


@pytest.mark.parametrize(("name", "password"), [("lan", "sai"), ("khong-co", PASSWORD), ("", "")])
def test_a_wrong_name_or_password_opens_nothing(
    accounts: Accounts, name: str, password: str
) -> None:
    assert accounts.log_in(name, password, now=0.0) is None


def test_ten_wrong_passwords_make_an_account_wait(accounts: Accounts) -> None:
    for second in range(10):
        assert accounts.log_in("lan", "sai", now=float(second)) is None
    with pytest.raises(UsageError, match="đăng nhập sai quá nhiều lần"):
        accounts.log_in("lan", PASSWORD, now=11.0)
    assert accounts.log_in("lan", PASSWORD, now=311.0) is not None


def test_a_name_that_no_account_has_waits_as_well(accounts: Accounts) -> None:
    """Else whoever tries names would learn which exist."""
    for second in range(10):
        assert accounts.log_in("khong-co", "sai", now=float(second)) is None
    with pytest.raises(UsageError, match="đăng nhập sai quá nhiều lần"):
        accounts.log_in("khong-co", "sai", now=11.0)
    assert accounts.log_in("lan", PASSWORD, now=11.0) is not None


@pytest.mark.skipif(os.name == "nt", reason="a profile of Windows is its user's alone")
def test_nobody_else_on_the_machine_reads_the_file(accounts: Accounts, tmp_path: Path) -> None:
    assert accounts.all()
    assert (tmp_path / ACCOUNTS).stat().st_mode & 0o077 == 0


def test_the_file_holds_neither_passwords_nor_keys(accounts: Accounts, tmp_path: Path) -> None:
    key = accounts.log_in("lan", PASSWORD, now=0.0)
    assert key is not None
    with sqlite3.connect(tmp_path / ACCOUNTS) as database:
        (stored,) = database.execute("select password from account").fetchone()
    content = (tmp_path / ACCOUNTS).read_bytes()
    assert stored.startswith("$argon2id$")
    assert key.encode() not in content
    assert PASSWORD.encode() not in content


def test_a_new_password_ends_the_sessions_of_the_old(accounts: Accounts) -> None:
    key = accounts.log_in("lan", PASSWORD, now=0.0)
    assert key is not None
    accounts.set_password("lan", "một câu khác hẳn")
    assert accounts.of_key(key, now=1.0) is None
    assert accounts.log_in("lan", "một câu khác hẳn", now=1.0) is not None


def test_logging_out_ends_a_session(accounts: Accounts) -> None:
    key = accounts.log_in("lan", PASSWORD, now=0.0)
    assert key is not None
    accounts.log_out(key)
    assert accounts.of_key(key, now=1.0) is None


def test_a_removed_account_is_out_at_once(accounts: Accounts) -> None:
    key = accounts.log_in("lan", PASSWORD, now=0.0)
    assert key is not None
    accounts.remove("lan")
    assert accounts.of_key(key, now=1.0) is None


def test_a_new_account_gets_nothing_of_a_removed_one(accounts: Accounts) -> None:
    before = {each.id for each in accounts.all()}
    accounts.remove("lan")
    accounts.add("hoa", PASSWORD, "van-thu")
    assert not before & {each.id for each in accounts.all()}


@pytest.mark.parametrize(
    ("name", "password", "role", "said"),
    [
        ("lan", PASSWORD, "van-thu", "đã có tài khoản “lan”"),
        ("Lan Anh", PASSWORD, "van-thu", "tên tài khoản “Lan Anh” không hợp lệ"),
        ("../x", PASSWORD, "van-thu", "không hợp lệ"),
        ("minh", "ngắn", "van-thu", "mật khẩu cần ít nhất 10 ký tự"),
        ("minh", PASSWORD, "giam-doc", "không có vai trò “giam-doc”"),
    ],
)
def test_what_will_not_do_for_an_account(
    accounts: Accounts, name: str, password: str, role: str, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        accounts.add(name, password, role)


# ---------------------------------------------------------------- the command
def run(folder: Path, *words: str, typed: str = "") -> tuple[int, str]:
    result = vanban("account", *words, "--folder", folder, stdin=typed.encode())
    return result.code, result.out + result.err


def test_accounts_are_kept_from_the_command_line(tmp_path: Path) -> None:
    typed = f"{PASSWORD}\n"
    code, said = run(tmp_path, "add", "lan", typed=typed)
    assert (code, "Đã thêm tài khoản lan (van-thu)." in said) == (0, True)
    assert run(tmp_path, "add", "minh", "--role", "lam-mau", typed=typed)[0] == 0
    assert "lan\tvan-thu\nminh\tlam-mau\n" in run(tmp_path, "list")[1]
    assert run(tmp_path, "remove", "lan")[0] == 0
    assert run(tmp_path, "remove", "lan")[0] == 2


@pytest.mark.parametrize("action", ["add", "password", "remove", "key"])
def test_a_command_about_one_account_needs_its_name(tmp_path: Path, action: str) -> None:
    code, said = run(tmp_path, action)
    assert (code, f"vanban account {action} TÊN" in said) == (2, True)


# ---------------------------------------------------------------- the server
@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "máy chủ chưa có tài khoản nào"),
        (("--certificate", "a.pem"), "HTTPS cần cả chứng thư và khóa riêng"),
        (("--certificate", "a.pem", "--key", "b.pem"), "không có tệp này"),
    ],
)
def test_an_office_server_does_not_start_half_ready(
    tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    result = vanban("serve", "--host", "127.0.0.1", "--folder", tmp_path, *options)
    assert (result.code, said in result.err) == (2, True)


@pytest.mark.parametrize("option", [["--name", "x"], ["--certificate", "x"], ["--behind-proxy"]])
def test_what_is_for_an_office_asks_for_its_host(tmp_path: Path, option: list[str]) -> None:
    result = vanban("serve", "--folder", tmp_path, *option)
    assert (result.code, f"{option[0]} chỉ dùng cùng --host" in result.err) == (2, True)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("cơ quan")
    made = Accounts(folder / ACCOUNTS)
    made.add("lan", PASSWORD, "van-thu")
    made.add("minh", PASSWORD, "lam-mau")
    with serving(folder, "--host", "127.0.0.1", "--workers", "1") as server:
        yield server


@contextmanager
def entered(office: Served, name: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=office.address, headers={"Accept": "text/html"}) as browser:
        data = {"ten": name, "mat_khau": PASSWORD}
        answer = browser.post("/dang-nhap", data=data, headers={"Origin": office.address})
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        yield browser


def test_a_page_leads_to_the_log_in_and_back(office: Served) -> None:
    with httpx.Client(base_url=office.address, headers={"Accept": "text/html"}) as browser:
        answer = browser.get("/hang-loat")
        assert (answer.status_code, answer.headers["location"]) == (
            303, "/dang-nhap?tiep=%2Fhang-loat",
        )  # fmt: skip
        assert 'value="/hang-loat"' in browser.get(answer.headers["location"]).text


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example", "/\\evil", ""])
def test_the_log_in_never_leads_to_another_site(office: Served, elsewhere: str) -> None:
    with httpx.Client(base_url=office.address) as browser:
        data = {"ten": "lan", "mat_khau": PASSWORD, "tiep": elsewhere}
        assert browser.post("/dang-nhap", data=data).headers["location"] == "/"


def test_a_wrong_password_is_told_without_telling_which_is_wrong(office: Served) -> None:
    with httpx.Client(base_url=office.address) as browser:
        said = [
            browser.post("/dang-nhap", data={"ten": name, "mat_khau": "sai"}).text
            for name in ("lan", "khong-co")
        ]
    assert "tên hoặc mật khẩu không đúng" in said[0]
    assert said[0] == said[1]


def test_each_account_sees_its_own_name_and_desks(office: Served) -> None:
    with entered(office, "lan") as lan, entered(office, "minh") as minh:
        assert "Làm mẫu" not in lan.get("/dang-nhap").text
        assert "Làm mẫu" in minh.get("/dang-nhap").text


def test_a_key_made_for_a_program_calls_the_api(office: Served) -> None:
    key = Accounts(office.folder / ACCOUNTS).key_for_program("lan", "kế toán", 1e11)
    with httpx.Client(base_url=office.address) as program:
        answer = program.get("/api/openapi.json", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 200


def test_who_logged_in_is_in_the_log(office: Served) -> None:
    with entered(office, "minh"):
        pass
    assert ("minh", "đăng nhập") in [
        (who, deed) for _, who, deed, _ in Accounts(office.folder / ACCOUNTS).deeds()
    ]


def test_a_clerk_logs_in_and_out_with_a_browser(office: Served, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{office.address}/hang-loat")
    page.fill("[name=ten]", "lan")
    page.fill("[name=mat_khau]", "sai")
    page.keyboard.press("Enter")
    page.get_by_text("tên hoặc mật khẩu không đúng").wait_for()
    page.fill("[name=ten]", "lan")
    page.fill("[name=mat_khau]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{office.address}/hang-loat")
    page.click("[data-log-out]")
    page.wait_for_url(f"{office.address}/dang-nhap")
    page.goto(f"{office.address}/hang-loat")
    assert "/dang-nhap" in page.url
    page.close()


def test_with_a_certificate_it_speaks_https(tmp_path: Path) -> None:
    certificate, key = tmp_path / "chứng thư.pem", tmp_path / "khóa.pem"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
            "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate),
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    Accounts(tmp_path / ACCOUNTS).add("lan", PASSWORD, "van-thu")
    options = ("--host", "127.0.0.1", "--certificate", str(certificate), "--key", str(key))
    trusting = ssl.create_default_context(cafile=str(certificate))
    with (
        serving(tmp_path, *options) as server,
        httpx.Client(base_url=server.address, verify=trusting) as browser,
    ):
        answer = browser.post("/dang-nhap", data={"ten": "lan", "mat_khau": PASSWORD})
    assert answer.status_code == 303
    cookie = answer.headers["set-cookie"]
    assert (cookie.startswith("__Host-vanban"), "secure" in cookie.lower()) == (True, True)
