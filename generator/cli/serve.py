"""Commands of the clerk's page: serve, account."""

from __future__ import annotations

import os
import secrets
import socket
import sys
import time
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli.options import templates_option
from generator.cli.screen import say
from generator.cli.words import command
from generator.errors import Problem, UsageError

if TYPE_CHECKING:
    from generator.serve.accounts import Accounts

_IN_CLEAR = (
    "Chú ý: chưa có HTTPS nên mật khẩu đi trên mạng không được mã hóa; "
    "thêm --certificate và --key, hoặc đặt sau proxy và thêm --behind-proxy."
)
_YEAR = 365 * 86_400.0
_OF_ONE = ("add", "password", "remove", "key")
_ACTIONS = (*_OF_ONE, "list", "log")
folder_option = click.option(
    "--folder", metavar="THƯ_MỤC", default=None,
    help="Nơi cất bản nháp, công việc, tài khoản; mặc định trong hồ sơ người dùng.",
)  # fmt: skip


def _folder(given: str | None) -> Path:
    return Path(given or click.get_app_dir("vanban"))


@command("serve")
@click.option("--port", type=click.IntRange(1, 65535), metavar="CỔNG", help="Cổng; mặc định 8300.")
@click.option("--no-browser", is_flag=True, help="Không tự mở trình duyệt.")
@click.option(
    "--host", metavar="ĐỊA_CHỈ", help="Phục vụ cả cơ quan ở địa chỉ này; mọi người phải đăng nhập."
)
@click.option(
    "--name", "names", multiple=True, metavar="TÊN_MÁY",
    help="Tên máy chủ mà mọi người gõ vào trình duyệt; ghi được nhiều lần.",
)  # fmt: skip
@click.option("--certificate", metavar="TỆP.pem", help="Chứng thư HTTPS.")
@click.option("--key", metavar="TỆP.pem", help="Khóa riêng của chứng thư.")
@click.option("--behind-proxy", is_flag=True, help="Máy chủ đứng sau một proxy lo HTTPS.")
@click.option("--workers", type=click.IntRange(min=1), metavar="N", help="Số tiến trình làm việc.")
@click.option(
    "--upload-limit", type=click.IntRange(min=1), default=200, metavar="MB",
    help="Cỡ lớn nhất của một lần gửi tệp lên, tính bằng MB; mặc định 200.",
)  # fmt: skip
@click.option(
    "--space-limit", type=click.IntRange(min=1), default=20_000, metavar="MB",
    help="Chỗ trên đĩa của mỗi tài khoản cơ quan, tính bằng MB; mặc định 20000.",
)  # fmt: skip
@folder_option
@templates_option
def serve(
    port: int | None,
    no_browser: bool,
    host: str | None,
    names: tuple[str, ...],
    certificate: str | None,
    key: str | None,
    behind_proxy: bool,
    workers: int | None,
    upload_limit: int,
    space_limit: int,
    folder: str | None,
    templates: tuple[str, ...],
) -> None:
    """Start the server and open the page."""
    from generator.serve.accounts import Accounts
    from generator.serve.app import ACCOUNTS
    from generator.serve.running import address_of, listen, run
    from generator.serve.settings import MB, Limits, Settings

    home = _folder(folder)
    if host is None:
        _only_with_host(names=names, certificate=certificate, behind_proxy=behind_proxy)
    else:
        _check_office(Accounts(home / ACCOUNTS), certificate, key, behind_proxy=behind_proxy)
    settings = Settings(
        folder=home,
        token="" if host else secrets.token_urlsafe(32),
        host=host or "127.0.0.1",
        port=port or 8300,
        names=_names(host, names),
        secure=bool(certificate) or behind_proxy,
        templates=templates,
        workers=workers or max(2, os.cpu_count() or 2),
        limits=Limits(upload=upload_limit * MB, space=space_limit * MB),
    )
    opened, settings = listen(settings, any_port=port is None)
    reached = ip_address(opened.getsockname()[0].partition("%")[0])
    if not settings.secure and not reached.is_loopback:
        say(_IN_CLEAR)
    run(
        settings, opened, proxied=behind_proxy, browser=not (no_browser or host),
        certificate=Path(certificate) if certificate else None, key=Path(key) if key else None,
        ready=lambda: say(f"Mở trình duyệt ở: {address_of(settings)}\nCtrl+C để dừng."),
    )  # fmt: skip


def _only_with_host(**given: object) -> None:
    for name, value in given.items():
        if value:
            option = f"--{name.replace('_', '-').removesuffix('s')}"
            raise UsageError(
                Problem(message=f"{option} chỉ dùng cùng --host", hint="thêm --host ĐỊA_CHỈ")
            )


def _check_office(
    accounts: Accounts, certificate: str | None, key: str | None, *, behind_proxy: bool
) -> None:
    """Refuse an office's server that nobody could log in to, or that half has a certificate."""
    problems = []
    if not accounts.all():
        hint = "tạo tài khoản trước: vanban account add TÊN"
        problems.append(Problem(message="máy chủ chưa có tài khoản nào", hint=hint))
    if bool(certificate) != bool(key):
        hint = "ghi cả --certificate và --key"
        problems.append(Problem(message="HTTPS cần cả chứng thư và khóa riêng", hint=hint))
    problems += (
        Problem(file=file, message="không có tệp này", hint="kiểm tra lại đường dẫn")
        for file in (certificate, key)
        if file and not Path(file).is_file()
    )
    if certificate and behind_proxy:
        hint = "bỏ một trong hai: proxy lo HTTPS, hoặc máy chủ tự lo"
        problems.append(Problem(message="--certificate và --behind-proxy không đi cùng", hint=hint))
    if problems:
        raise UsageError(problems)


def _names(host: str | None, given: tuple[str, ...]) -> tuple[str, ...]:
    """Return the hosts that a request may name: the first is the one to tell people."""
    if host is None:
        return ("127.0.0.1", "localhost", "[::1]")
    own = [socket.gethostname(), socket.getfqdn()]
    every = [*given, host if ":" not in host else f"[{host}]", *own, "127.0.0.1", "localhost"]
    useful = [name.lower() for name in every if name not in ("0.0.0.0", "[::]")]
    return tuple(dict.fromkeys(useful))


# ---------------------------------------------------------------- accounts
@command("account")
@click.argument("action", metavar="VIỆC", type=click.Choice(_ACTIONS))
@click.argument("name", metavar="[TÊN]", default="")
@click.option(
    "--role", metavar="VAI_TRÒ", default="van-thu",
    help="van-thu (điền, gửi) hoặc lam-mau (cả việc làm mẫu).",
)  # fmt: skip
@folder_option
def account(action: str, name: str, role: str, folder: str | None) -> None:
    """Manage the accounts of an office's server."""
    from generator.serve.accounts import Accounts
    from generator.serve.app import ACCOUNTS

    accounts = Accounts(_folder(folder) / ACCOUNTS)
    if action in _OF_ONE and not name:
        hint = f"vanban account {action} TÊN"
        raise UsageError(Problem(message="thiếu tên tài khoản", hint=hint))
    match action:
        case "add":
            accounts.add(name, _password(), role)
            say(f"Đã thêm tài khoản {name} ({role}).")
        case "password":
            accounts.set_password(name, _password())
            say(f"Đã đổi mật khẩu của {name}.")
        case "remove":
            accounts.remove(name)
            say(f"Đã xóa tài khoản {name}; bản nháp và công việc của tài khoản vẫn còn trên đĩa.")
        case "key":
            until = time.time() + _YEAR
            click.echo(accounts.key_for_program(name, "chương trình", until))
            say("Khóa này dùng được một năm, chỉ hiện một lần.")
        case "list":
            for each in accounts.all():
                click.echo(f"{each.name}\t{each.role}")
        case "log":
            for at, who, deed, thing in reversed(accounts.deeds()):
                when = time.strftime("%d/%m/%Y %H:%M:%S", time.localtime(at))
                click.echo(f"{when}\t{who}\t{deed}\t{thing}")


def _password() -> str:
    """Ask for a password twice; from a pipe it is the first line."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    value: str = click.prompt("Mật khẩu", hide_input=True, confirmation_prompt="Gõ lại mật khẩu")
    return value
