"""Every command of the page on the HTTP API prints what the page shows, beside a real server."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.clerk import ROOT
from tests.conftest import need
from tests.docs.pages import PageError, Reader
from tests.serve.conftest import Served

PAGE = ROOT / "docs" / "api.md"
_STATE = "state.sh"  # what one command leaves to the next: variables


class Caller(Reader):
    """Somebody at a shell, with a server and a key."""

    def run(self, command: str) -> str:
        """Run a command in bash, where earlier ones left it."""
        text = command.replace("\\\n", " ")
        if text.startswith("vanban"):
            raise PageError(f"{command}: the tests have a server of their own")
        script = f"set -a; [ -f {_STATE} ] && . ./{_STATE}; {text}\ncode=$?; export -p > {_STATE}\n"
        ran = subprocess.run(
            ["bash", "-o", "pipefail", "-c", f"{script}exit $code"], capture_output=True,
            text=True, encoding="utf-8", timeout=120,
        )  # fmt: skip
        self.code = 0 if "--max-time" in text and ran.returncode == 28 else ran.returncode
        if self.code:
            raise PageError(f"{command}: exit code {self.code}\n{ran.stdout}{ran.stderr}")
        printed = ran.stdout + ("" if "--max-time" in text else ran.stderr)
        return printed if not printed or printed.endswith("\n") else f"{printed}\n"


def test_the_page_shows_what_its_commands_print(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need("" if shutil.which("curl") else "curl is not installed (apt-get install curl)")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(os.environ, "VANBAN", served.address)
    monkeypatch.setitem(os.environ, "KEY", served.token)
    text = PAGE.read_text(encoding="utf-8")
    assert Caller().follow(text) == text


def test_no_command_stands_in_a_block_that_is_not_run() -> None:
    kinds = {line.strip("`\n") for line in PAGE.read_text().splitlines() if line.startswith("```")}
    assert kinds <= {"", "console", "sh"}
