"""Small templates made for a test, and what comes out of them, read by python-docx."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from docx import Document

from generator.template.compiler import compile_template
from generator.template.render import CompiledTemplate

TEMPLATE = "mau.docx"


def make(*paragraphs: str, rows: Sequence[Sequence[str]] = (), split: bool = False) -> bytes:
    """Return a .docx with those paragraphs, then a table; ``split`` puts each letter in a run."""
    document = Document()
    for text in paragraphs:
        paragraph = document.add_paragraph()
        for piece in text if split else [text]:
            paragraph.add_run(piece)
    if rows:
        table = document.add_table(len(rows), len(rows[0]))
        for cells, texts in zip(table.rows, rows, strict=True):
            for cell, text in zip(cells.cells, texts, strict=True):
                cell.text = text
    return saved(document)


def saved(document: Any) -> bytes:
    """Return a python-docx document as bytes."""
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def compiled(content: bytes, blocks: Mapping[str, bytes] | None = None) -> CompiledTemplate:
    """Return a compiled template; ``blocks`` are its shared blocks by name."""
    return compile_template(content, TEMPLATE, lambda name: (blocks or {})[name])


def opened(content: bytes) -> Any:
    """Return a .docx as python-docx reads it."""
    return Document(io.BytesIO(content))


def fill(*paragraphs: str, context: Mapping[str, Any], **options: Any) -> list[str]:
    """Return the paragraphs of a template made of ``paragraphs``, filled with ``context``."""
    return lines(compiled(make(*paragraphs, **options)).render(context))


def lines(content: bytes) -> list[str]:
    """Return the texts of a document's body paragraphs."""
    return [paragraph.text for paragraph in opened(content).paragraphs]


def cells(content: bytes) -> list[list[str]]:
    """Return the texts of the first table, row by row."""
    return [[cell.text for cell in row.cells] for row in opened(content).tables[0].rows]


def changed(
    source: bytes,
    parts: Mapping[str, Callable[[str], str]],
    new: Mapping[str, str | bytes] | None = None,
) -> bytes:
    """Return a .docx with some parts rewritten and others added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(stream, "w") as fresh:
        for name in old.namelist():
            data = old.read(name)
            fresh.writestr(name, parts[name](data.decode()) if name in parts else data)
        for name, text in (new or {}).items():
            fresh.writestr(name, text)
    return stream.getvalue()


def png(width: int = 40, height: int = 30, shade: int = 200) -> bytes:
    """Return a grey picture."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + bytes([shade]) * width) * height)
    chunks = (b"IHDR", head), (b"IDAT", rows), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(*chunk) for chunk in chunks)


def png_chunk(kind: bytes, data: bytes) -> bytes:
    """Return a piece of a PNG with its checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
