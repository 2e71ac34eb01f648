"""`make fonts`: the script that gets a face from the system's packages for one user."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.clerk import ROOT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="for Linux: others have the face")

# Stands for Python: the face is there when a file of its name lies in the user's folder.
PYTHON = '#!/bin/sh\nls "$XDG_DATA_HOME"/fonts/vanban/LiberationSerif-Regular.ttf >/dev/null 2>&1\n'
# Stand for the system's tools: one package is known, and holds three files.
APT = '#!/bin/sh\necho "$3" >> "$LOG"\n[ "$3" = fonts-liberation ] || exit 100\n: > "$3.deb"\n'
DPKG = """#!/bin/sh
mkdir -p "$3/usr/share/fonts" && cd "$3/usr/share/fonts"
echo x > LiberationSerif-Regular.ttf; echo x > LiberationMono-Regular.ttf; echo x > copyright
"""


@pytest.fixture
def machine(tmp_path: Path) -> dict[str, str]:
    """Return the environment of a machine with false tools and an empty home."""
    for name, script in (("python", PYTHON), ("apt-get", APT), ("dpkg-deb", DPKG)):
        tool = tmp_path / "bin" / name
        tool.parent.mkdir(exist_ok=True)
        tool.write_text(script, encoding="utf-8")
        tool.chmod(0o755)
    return {
        "PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin", "XDG_DATA_HOME": str(tmp_path / "data"),
        "HOME": str(tmp_path), "LOG": str(tmp_path / "log"), "TMPDIR": str(tmp_path),
    }  # fmt: skip


def obtain(machine: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", str(ROOT / "fonts" / "obtain"), "python"], env={**os.environ, **machine},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_packages_are_tried_until_one_has_the_face(machine: dict[str, str]) -> None:
    ran = obtain(machine)
    folder = Path(machine["XDG_DATA_HOME"], "fonts", "vanban")
    assert (ran.returncode, ran.stdout) == (
        0, f"Đã lấy phông từ gói fonts-liberation vào {folder}.\n"
    )  # fmt: skip
    assert Path(machine["LOG"]).read_text("ascii").split() == [
        "fonts-liberation2", "fonts-liberation",
    ]  # fmt: skip
    assert [path.name for path in folder.iterdir()] == ["LiberationSerif-Regular.ttf"]
    again = obtain(machine)
    assert again.stdout.startswith("Máy đã có phông")
    assert len(Path(machine["LOG"]).read_text("ascii").split()) == 2


def test_a_system_without_the_packages_is_told_and_nothing_is_left(
    machine: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "bin" / "apt-get").write_text("#!/bin/sh\nexit 100\n", encoding="ascii")
    ran = obtain(machine)
    assert ran.returncode == 5
    assert "chạy apt-get update rồi thử lại" in ran.stderr
    assert not Path(machine["XDG_DATA_HOME"], "fonts", "vanban").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bin"]
