"""What once broke a target is tried again everywhere; Linux tries what libFuzzer makes of it.

The same inputs in every run: what passes today passes tomorrow. Searching on is for people.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from tests.clerk import ROOT
from tests.conftest import need
from tests.fuzz.mutation import mutated
from tests.fuzz.targets import TARGETS, found_cases

# How many inputs CI tries beside the seeds; elsewhere enough to see that it runs.
INPUTS = {"template": 400, "docx": 800, "body": 5_000}
CASES = [(name, path) for name in TARGETS for path in found_cases(name)]


@pytest.mark.parametrize(
    ("name", "path"), CASES, ids=[f"{name}-{path.name}" for name, path in CASES]
)
def test_what_was_found_stays_mended(name: str, path: Path) -> None:
    TARGETS[name].run(path.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_the_seeds_pass(name: str) -> None:
    for seed in TARGETS[name].seeds():
        TARGETS[name].run(seed)


def test_changes_of_xml_are_read_or_refused() -> None:
    for number, seed in enumerate(TARGETS["docx"].seeds()):
        TARGETS["docx"].run(mutated(seed, number))


@pytest.mark.skipif(
    (sys.platform, platform.machine()) != ("linux", "x86_64"), reason="atheris has no wheel here"
)
@pytest.mark.parametrize("name", TARGETS)
def test_what_libfuzzer_makes_of_the_seeds_breaks_nothing(name: str, tmp_path: Path) -> None:
    there = importlib.util.find_spec("atheris") is not None
    need("" if there else "atheris is missing: pip install '.[test]'")
    inputs = INPUTS[name] if os.environ.get("CI") else 200
    ran = subprocess.run(
        [sys.executable, "-m", "tests.fuzz", name, "--inputs", str(inputs)],
        env=os.environ | {"PYTHONHASHSEED": "0", "TMPDIR": str(tmp_path)},
        cwd=ROOT, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, f"{ran.stdout[-3_000:]}\n{ran.stderr[-3_000:]}"
    assert f"Done {inputs} runs" in ran.stderr
