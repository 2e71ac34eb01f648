"""Finding the independent judges: Node, the npm packages of `.tools`, and ICU."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest

HERE = Path(__file__).parent
PACKAGES = HERE.parents[2] / ".tools" / "node_modules"


def missing(tool: str, remedy: str) -> NoReturn:
    """Fail where the judges must be present (continuous integration), skip elsewhere."""
    reason = f"{tool} is not installed: {remedy}"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def node() -> str:
    """Return the Node program; its Intl is a full ICU."""
    found = shutil.which("node")
    return found or missing("Node", "install Node.js 18 or later")


def package(name: str) -> Path:
    """Return the folder of an npm package."""
    folder = PACKAGES / name
    if not folder.is_dir():
        missing(f"npm package {name}", f"npm install --prefix .tools {name}")
    return folder


def python_with_icu() -> str:
    """Return a Python that can import ICU: ours, or the system's with Debian's python3-icu."""
    for python in (sys.executable, "/usr/bin/python3"):
        if Path(python).exists() and _imports_icu(python):
            return python
    missing("PyICU", "apt-get install python3-icu")


def _imports_icu(python: str) -> bool:
    return subprocess.run([python, "-c", "import icu"], capture_output=True).returncode == 0
