"""Which data sources are tables; apart from what reads them, which takes a while to import."""

from __future__ import annotations

from pathlib import Path

SUFFIXES = (".xlsx", ".xlsm", ".xltx", ".xls", ".ods", ".ots", ".csv", ".tsv", ".txt")
_HEAD = 4096


def is_table(source: str) -> bool:
    """Return whether a data source is read as a table: by its name, a .txt by how it begins."""
    path = Path(source)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES or path.is_dir():
        return False
    if suffix != ".txt":
        return True
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
    except OSError:
        return False  # told by whoever reads it
    return head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:1] not in (b"{", b"[")
