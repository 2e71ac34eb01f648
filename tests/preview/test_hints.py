"""Fonts without their programs: the same outlines, in less room."""

from __future__ import annotations

import io
import shutil
import struct
from pathlib import Path

import pikepdf
import pytest
import typst

from generator import preview
from generator.preview.fonts import MAIN, VIETNAMESE, FontFolder, resolve
from generator.preview.hints import without_programs
from generator.preview.sfnt import faces_in
from tests.preview.drawing import docx, paragraph, run
from tests.preview.measuring import LONG

FACES = [face.path for face in resolve(MAIN).faces.values()]


def tags(font: bytes) -> set[bytes]:
    """Return the names of a font's tables."""
    count = struct.unpack_from(">H", font, 4)[0]
    return {font[12 + 16 * index : 16 + 16 * index] for index in range(count)}


def test_a_pdf_holds_outlines_and_no_programs() -> None:
    content = docx(paragraph(LONG), paragraph(run("đậm", "<w:b/>")))
    with pikepdf.open(io.BytesIO(preview.pdf(content))) as document:
        embedded = [
            each.FontFile2.read_bytes()
            for each in document.objects
            if isinstance(each, pikepdf.Dictionary) and "/FontFile2" in each
        ]
    assert len(embedded) == 2
    assert all(b"glyf" in tags(font) for font in embedded)
    assert not any({b"fpgm", b"prep", b"cvt "} & tags(font) for font in embedded)


def test_every_letter_keeps_its_outline_and_width(tmp_path: Path) -> None:
    bare_faces = FontFolder([resolve(MAIN)])
    folder = bare_faces.path
    for number, path in enumerate(FACES):
        shutil.copyfile(path, tmp_path / f"{number}.ttf")
    text = "#set page(width: 30cm, height: auto)\n" + "\n\n".join(
        f'#text(font: "{resolve(MAIN).family}", size: 30pt, weight: "{weight}", style: "{style}", '
        f"[{VIETNAMESE} 0123456789 %])"
        for weight in ("regular", "bold")
        for style in ("normal", "italic")
    )

    def drawn(path: Path) -> bytes:
        fonts = typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(path)]
        )
        found = typst.compile(text.encode(), format="png", ppi=144, font_paths=fonts)
        assert isinstance(found, bytes)
        return found

    assert drawn(folder) == drawn(tmp_path)
    bare = [face for path in sorted(folder.iterdir()) for face in faces_in(path)]
    whole = [face for path in FACES for face in faces_in(path)]
    assert [face.advances for face in bare] == [face.advances for face in whole]


@pytest.mark.parametrize("cut", [4, 11, 40, 300, 20_000])
def test_a_damaged_font_stays_as_it_is(cut: int) -> None:
    font = FACES[0].read_bytes()[:cut]
    assert without_programs(font) == font


def test_what_is_no_truetype_stays_as_it_is() -> None:
    assert without_programs(b"OTTO" + bytes(100)) == b"OTTO" + bytes(100)
    assert without_programs(b"") == b""
