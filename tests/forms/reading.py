"""What the tests of the forms read: samples, expected texts, the paragraphs a document prints."""

from __future__ import annotations

import json
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from tests.making import opened

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures"


def sample(name: str) -> dict[str, Any]:
    path = ROOT / "doctemplates" / name / "sample.json"
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def paragraphs(content: bytes) -> list[Any]:
    """The paragraphs that print something, in document order, those in tables too."""
    document = opened(content)
    found = [Paragraph(node, document._body) for node in document.element.body.iter(qn("w:p"))]
    return [paragraph for paragraph in found if paragraph.text.strip()]


def printed(content: bytes) -> list[str]:
    return [paragraph.text.replace("\n", " ") for paragraph in paragraphs(content)]


def expected(name: str, fixture: str) -> list[str]:
    return (FIXTURES / name / f"{fixture}.txt").read_text(encoding="utf-8").splitlines()


def differences(wanted: list[str], found: list[str]) -> list[tuple[list[str], list[str]]]:
    """What should stand where something else does: (expected paragraphs, found ones)."""
    matcher = SequenceMatcher(None, wanted, found, autojunk=False)
    return [
        (wanted[a:b], found[c:d]) for kind, a, b, c, d in matcher.get_opcodes() if kind != "equal"
    ]
