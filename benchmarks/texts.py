"""The text of a .docx, for comparing what engines made; with nothing of any engine."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import BinaryIO
from xml.etree import ElementTree

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SIGNS = {_W + "br": "\n", _W + "tab": "\t"}


def text_of(docx: Path | BinaryIO) -> list[str]:
    """Return every paragraph with text, headers and footers too, breaks and tabs as one letter."""
    found = []
    with zipfile.ZipFile(docx) as package:
        for name in sorted(package.namelist()):
            if name.startswith("word/") and name.endswith(".xml"):
                for paragraph in ElementTree.fromstring(package.read(name)).iter(_W + "p"):
                    text = "".join(_SIGNS.get(e.tag, e.text or "") for e in paragraph.iter())
                    found += [text.strip()] if text.strip() else []
    return found
