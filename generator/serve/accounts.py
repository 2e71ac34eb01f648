"""Who may use an office's server: accounts with their role, and who is logged in.

Kept in SQLite. Passwords are hashed with argon2 (argon2-cffi's defaults, RFC 9106); of the keys
that browsers and programs hold only SHA-256 hashes are kept, so the file opens no session.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from generator.errors import Problem, UsageError
from generator.output import make_folder

Role = Literal["van-thu", "lam-mau"]  # fills and sends | also looks after the forms
ROLES: tuple[str, ...] = get_args(Role)
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
LEAST_PASSWORD = 10
_SESSION = 12 * 3600.0  # seconds
_MOST_FAILURES = 10  # log-ins in a row before the account must wait
_WAIT = 300.0  # seconds
# Numbers of accounts are not used twice: a removed one's folder would be the next one's.
_SCHEMA = """
create table if not exists account(
  id integer primary key autoincrement, name text unique not null, password text not null,
  role text not null);
create table if not exists failure(
  name text primary key, number integer not null, last real not null);
create table if not exists session(
  key text primary key, account integer not null references account(id) on delete cascade,
  until real not null, label text not null default '');
create table if not exists deed(
  number integer primary key, at real not null, account text not null, deed text not null,
  thing text not null);
"""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may use the server."""

    id: int
    name: str
    role: str

    @property
    def maintains(self) -> bool:
        """Whether the account looks after forms too."""
        return self.role == "lam-mau"


# The one person of a server that serves its own machine alone.
OWNER = Account(id=0, name="", role="lam-mau")


class RoleError(UsageError):
    """What is asked is for accounts of another role."""


class Accounts:
    """The accounts of a server, its sessions and its log of deeds.

    Times are given by the caller in seconds since 1970, so that nothing here reads the clock.
    """

    def __init__(self, file: Path, hasher: PasswordHasher | None = None) -> None:
        make_folder(file.parent)
        self._file = file
        file.touch(mode=0o600)  # hashes of passwords: for nobody else on the machine
        self._hasher = hasher or PasswordHasher()
        # Checked when no such account is, so that an answer does not tell which names exist.
        self._nobody = self._hasher.hash(secrets.token_hex())
        with self._open() as database:
            database.executescript(_SCHEMA)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        database = sqlite3.connect(self._file, timeout=10)
        try:
            database.execute("pragma foreign_keys = on")
            with database:
                yield database
        finally:
            database.close()

    # ------------------------------------------------------------ accounts
    def add(self, name: str, password: str, role: str) -> None:
        """Add an account.

        Raises:
            UsageError: the name, password or role will not do, or the name is taken.
        """
        _check(name, password, role)
        try:
            with self._open() as database:
                database.execute(
                    "insert into account(name, password, role) values(?, ?, ?)",
                    (name, self._hasher.hash(password), role),
                )
        except sqlite3.IntegrityError as error:
            message = f"đã có tài khoản “{name}”"
            raise UsageError(Problem(message=message, hint="chọn tên khác")) from error

    def set_password(self, name: str, password: str) -> None:
        """Give an account another password; it must log in again everywhere.

        Raises:
            UsageError: no such account, or a password too short.
        """
        _check(name, password, ROLES[0])
        with self._open() as database:
            found = self._found(database, name)
            database.execute(
                "update account set password = ? where id = ?",
                (self._hasher.hash(password), found.id),
            )
            database.execute("delete from failure where name = ?", (name,))
            database.execute("delete from session where account = ?", (found.id,))

    def remove(self, name: str) -> None:
        """Remove an account; what it made stays on disk.

        Raises:
            UsageError: no such account.
        """
        with self._open() as database:
            found = self._found(database, name)
            database.execute("delete from account where id = ?", (found.id,))

    def all(self) -> list[Account]:
        """Return all accounts by name."""
        with self._open() as database:
            rows = database.execute("select id, name, role from account order by name")
            return [Account(*row) for row in rows]

    def _found(self, database: sqlite3.Connection, name: str) -> Account:
        row = database.execute(
            "select id, name, role from account where name = ?", (name,)
        ).fetchone()
        if row is None:
            raise UsageError(
                Problem(message=f"không có tài khoản “{name}”", hint="xem: vanban account list")
            )
        return Account(*row)

    # ------------------------------------------------------------ logging in
    def log_in(self, name: str, password: str, now: float) -> str | None:
        """Return the key of a new session, ``None`` when name and password do not fit.

        Raises:
            UsageError: too many tries in a row; the account waits a while.
        """
        with self._open() as database:
            row = database.execute(
                "select id, password from account where name = ?", (name,)
            ).fetchone()
            failed = database.execute(
                "select number, last from failure where name = ?", (name,)
            ).fetchone()
        number, hashed = row or (0, self._nobody)
        failures, last = failed or (0, 0.0)
        # The same for names that no account has: the answer does not tell which exist.
        if failures >= _MOST_FAILURES and now - last < _WAIT:
            message = "đăng nhập sai quá nhiều lần"
            raise UsageError(Problem(message=message, hint="chờ năm phút rồi thử lại"))
        try:
            self._hasher.verify(hashed, password)
        except VerificationError:
            number = 0
        if not number:
            self._note_failure(name, now)
            return None
        with self._open() as database:
            database.execute("delete from failure where name = ?", (name,))
            database.execute("delete from session where until < ?", (now,))
        return self.open_session(number, now + _SESSION)

    def _note_failure(self, name: str, now: float) -> None:
        with self._open() as database:
            database.execute("delete from failure where last < ?", (now - _WAIT,))
            database.execute(
                "insert into failure(name, number, last) values(?, 1, ?) on conflict(name)"
                " do update set number = number + 1, last = excluded.last",
                (name, now),
            )

    def open_session(self, account: int, until: float, label: str = "") -> str:
        """Return a new key of an account; ``label`` says what program holds it."""
        key = secrets.token_urlsafe(32)
        with self._open() as database:
            database.execute(
                "insert into session(key, account, until, label) values(?, ?, ?, ?)",
                (_hash(key), account, until, label),
            )
        return key

    def key_for_program(self, name: str, label: str, until: float) -> str:
        """Return a key with which another system calls the API as an account.

        Raises:
            UsageError: no such account.
        """
        with self._open() as database:
            found = self._found(database, name)
        return self.open_session(found.id, until, label)

    def of_key(self, key: str, now: float) -> Account | None:
        """Return whose key it is, ``None`` when it is nobody's, or not any longer."""
        with self._open() as database:
            row = database.execute(
                "select account.id, account.name, account.role from session"
                " join account on account.id = session.account"
                " where session.key = ? and session.until > ?",
                (_hash(key), now),
            ).fetchone()
        return Account(*row) if row else None

    def log_out(self, key: str) -> None:
        """End a session."""
        with self._open() as database:
            database.execute("delete from session where key = ?", (_hash(key),))

    # ------------------------------------------------------------ the log
    def note(self, account: str, deed: str, thing: str, at: float) -> None:
        """Note who did what."""
        with self._open() as database:
            database.execute(
                "insert into deed(at, account, deed, thing) values(?, ?, ?, ?)",
                (at, _line(account), deed, _line(thing)),
            )

    def deeds(self, most: int = 1_000) -> list[tuple[float, str, str, str]]:
        """Return the last deeds, the newest first: when, who, what, to what."""
        with self._open() as database:
            return list(
                database.execute(
                    "select at, account, deed, thing from deed order by number desc limit ?",
                    (most,),
                )
            )


def same_key(given: str, key: str) -> bool:
    """Return whether two keys are the same, in a time that does not tell how alike they are."""
    return hmac.compare_digest(given.encode(), key.encode())


def _line(text: str) -> str:
    """Return a text as it may stand in a line of the log, whatever was sent."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _check(name: str, password: str, role: str) -> None:
    problems = []
    if not _NAME.fullmatch(name):
        hint = "dùng chữ thường không dấu, số, dấu chấm, gạch nối; từ 2 đến 64 ký tự"
        problems.append(Problem(message=f"tên tài khoản “{name}” không hợp lệ", hint=hint))
    if len(password) < LEAST_PASSWORD:
        message = f"mật khẩu cần ít nhất {LEAST_PASSWORD} ký tự"
        problems.append(Problem(message=message, hint="một câu ngắn dễ nhớ là tốt nhất"))
    if role not in ROLES:
        problems.append(Problem(message=f"không có vai trò “{role}”", hint=" hoặc ".join(ROLES)))
    if problems:
        raise UsageError(problems)
