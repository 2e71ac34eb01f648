"""What is released: a wheel and an sdist that hold the same, and work where nothing else is.

``make release`` gives the files of ``dist`` in ``VANBAN_DIST``; otherwise they are built here.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path

import pytest

from generator import __version__
from tests.clerk import FORMS, ROOT
from tests.conftest import need

Vanban = Callable[..., str]
# A clerk's folder: with a blank and Vietnamese letters.
OURS = ("PYTHON", "VANBAN", "VIRTUAL_ENV")
HOME = "máy văn thư"


def run(*command: str | Path, cwd: Path, seconds: float = 300) -> subprocess.CompletedProcess[str]:
    """Run a program that sees neither this source tree nor this environment."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return subprocess.run(
        [str(word) for word in command], cwd=cwd, env=clean | {"PYTHONUTF8": "1"}, timeout=seconds,
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip


def build(out: Path, *options: str) -> Path:
    """Build the tree without a network; what builds is installed beside the tests."""
    ran = run(
        sys.executable, "-m", "build", "--no-isolation", "--outdir", out, *options, ROOT, cwd=out
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return out


@dataclass(frozen=True, slots=True)
class Dist:
    """The files of a release."""

    wheel: Path
    sdist: Path


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Dist:
    """The release: the sdist of the tree, and the wheel of that sdist."""
    given = os.environ.get("VANBAN_DIST")
    folder = (ROOT / given) if given else build(tmp_path_factory.mktemp("dist"))
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return Dist(wheel=wheel, sdist=sdist)


@pytest.fixture(scope="module")
def vanban(dist: Dist, tmp_path_factory: pytest.TempPathFactory) -> Vanban:
    """The command of the wheel, installed in a bare environment of a clerk's folder."""
    home = tmp_path_factory.mktemp("bare") / HOME
    venv.create(home / "môi trường", with_pip=True)
    programs = home / "môi trường" / ("Scripts" if os.name == "nt" else "bin")
    pip = ("-m", "pip", "install", "--quiet", "--no-compile", "--disable-pip-version-check")
    ran = run(programs / "python", *pip, dist.wheel, cwd=home)
    need(f"pip cannot install the wheel: {ran.stderr[-400:]}" if ran.returncode else "")

    def command(*arguments: str) -> str:
        ran = run(programs / "vanban", *arguments, cwd=home)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    return command


def members(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


# ---------------------------------------------------------------- what is in the files
def test_twine_finds_nothing(dist: Dist) -> None:
    check = ("-m", "twine", "check", "--strict")
    ran = run(sys.executable, *check, dist.wheel, dist.sdist, cwd=ROOT)
    assert (ran.returncode, ran.stdout.count("PASSED")) == (0, 2), ran.stdout + ran.stderr


def test_the_tree_and_the_sdist_build_the_same_wheel(dist: Dist, tmp_path: Path) -> None:
    (of_tree,) = build(tmp_path, "--wheel").glob("*.whl")
    ours, theirs = members(dist.wheel), members(of_tree)
    assert [name for name in ours | theirs if ours.get(name) != theirs.get(name)] == []


def test_the_wheel_holds_the_package_and_every_form(dist: Dist) -> None:
    names = set(members(dist.wheel))
    for form in FORMS:
        for file in ("manifest.toml", "template.docx", "schema.json", "sample.json"):
            assert f"generator/_shipped/doctemplates/{form}/{file}" in names
    roots = {name.split("/")[0] for name in names}
    assert roots == {"generator", f"vanban-{__version__}.dist-info"}
    assert "generator/py.typed" in names
    assert [name for name in names if "__pycache__" in name or "/test" in name] == []


def test_the_sdist_holds_what_tests_and_pages_are_made_of(dist: Dist) -> None:
    with tarfile.open(dist.sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for name in ("pyproject.toml", "Makefile", "mkdocs.yml", "CHANGELOG.md", "docs/index.md",
                 "tests/clerk.py", "fixtures/README.md", "fonts/faces.toml"):  # fmt: skip
        assert name in names


def test_the_version_stands_in_one_place_and_in_the_changelog(dist: Dist) -> None:
    said = message_from_bytes(members(dist.wheel)[f"vanban-{__version__}.dist-info/METADATA"])
    assert (said["Name"], said["Version"]) == ("vanban", __version__)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["tool"]["hatch"]["version"] == {"path": "generator/__init__.py"}
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.findall(r"^## (\S+)", changes, re.MULTILINE)
    assert versions[0] == __version__
    assert len(set(versions)) == len(versions)


# ---------------------------------------------------------------- where nothing else is
def test_the_installed_command_says_its_version(vanban: Vanban) -> None:
    assert vanban("--version") == f"vanban {__version__}\n"


def test_it_has_every_form(vanban: Vanban) -> None:
    assert set(FORMS) <= set(vanban("list").split())


def test_it_makes_a_document_and_its_pages(vanban: Vanban) -> None:
    vanban("init", "ke-hoach", "-o", "kế hoạch.json", "--sample")
    vanban("render", "ke-hoach", "kế hoạch.json", "-o", "Kế hoạch.docx", "--verify")
    vanban("render", "ke-hoach", "kế hoạch.json", "-o", "Kế hoạch.pdf")
    assert "Đạt" in vanban("check", "Kế hoạch.docx")


def test_it_makes_a_workbook_and_documents_of_it(vanban: Vanban) -> None:
    vanban("init", "ban-cham-diem", "-o", "phiếu.xlsx", "--sample")
    vanban("batch", "ban-cham-diem", "phiếu.xlsx", "-o", "kết quả")


def test_its_demonstration_runs(vanban: Vanban) -> None:
    assert "300 đơn vị" in vanban("demo")


def test_it_tells_what_the_machine_has(vanban: Vanban) -> None:
    assert f"vanban: {__version__}" in vanban("doctor")
