"""Small .docx files drawn as raw WordprocessingML, for tests of the page renderer."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    ' xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' xmlns:w10="urn:schemas-microsoft-com:office:word"'
)
_TYPES = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SECTION = (
    '<w:sectPr>{refs}<w:pgSz w:w="{width}" w:h="{height}"/><w:pgMar w:top="1134" w:right="1134"'
    ' w:bottom="1134" w:left="1134" w:header="567" w:footer="567" w:gutter="0"/>{more}</w:sectPr>'
)
STYLES = (
    "<w:docDefaults><w:rPrDefault><w:rPr>"
    '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="Times New Roman"'
    ' w:cs="Times New Roman"/><w:sz w:val="28"/><w:lang w:val="vi-VN"/></w:rPr></w:rPrDefault>'
    "<w:pPrDefault><w:pPr><w:widowControl/></w:pPr></w:pPrDefault></w:docDefaults>"
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
    "</w:style>"
)


def run(text: str, properties: str = "") -> str:
    """Return a run; ``properties`` are the content of its ``w:rPr``."""
    rpr = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    safe = text.replace("&", "&amp;").replace("<", "&lt;")
    return f'<w:r>{rpr}<w:t xml:space="preserve">{safe}</w:t></w:r>'


def paragraph(*runs: str, properties: str = "") -> str:
    """Return a paragraph of runs, or of plain texts; ``properties`` fill its ``w:pPr``."""
    ppr = f"<w:pPr>{properties}</w:pPr>" if properties else ""
    return f"<w:p>{ppr}{''.join(r if r.startswith('<') else run(r) for r in runs)}</w:p>"


def cell(content: str, properties: str = "") -> str:
    """Return a table cell of paragraphs, or of one text."""
    inner = content if content.startswith("<") else paragraph(content)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inner}</w:tc>"


def table(*rows: str, grid: tuple[int, ...], properties: str = "") -> str:
    """Return a table with single borders; ``grid`` are its columns' widths in twips."""
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    margins = '<w:left w:w="108" w:type="dxa"/><w:right w:w="108" w:type="dxa"/>'
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in grid)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(grid)}" w:type="dxa"/>{properties}'
        f"<w:tblBorders>{borders}</w:tblBorders>"
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{margins}</w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{columns}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


def row(*cells: str, properties: str = "") -> str:
    """Return a table row; ``properties`` fill its ``w:trPr``."""
    trpr = f"<w:trPr>{properties}</w:trPr>" if properties else ""
    return f"<w:tr>{trpr}{''.join(cells)}</w:tr>"


def section(*, width: int = 11906, height: int = 16838, refs: str = "", more: str = "") -> str:
    """Return the properties of a section with margins of 2 cm."""
    return SECTION.format(width=width, height=height, refs=refs, more=more)


def docx(
    *blocks: str,
    sect: str = "",
    styles: str = STYLES,
    parts: Mapping[str, str | bytes] | None = None,
    mode: int = 15,
) -> bytes:
    """Return a .docx of blocks; ``parts`` maps a kind such as ``header1.xml`` to its content.

    A part is related by the id ``rId_`` and its name without ending, as ``rId_header1``.
    """
    body = f"<w:body>{''.join(blocks)}{sect or section()}</w:body>"
    settings = (
        '<w:compat><w:compatSetting w:name="compatibilityMode"'
        f' w:uri="http://schemas.microsoft.com/office/word" w:val="{mode}"/></w:compat>'
    )
    named: dict[str, str | bytes] = {
        "styles.xml": f"<w:styles {NAMESPACES}>{styles}</w:styles>",
        "settings.xml": f"<w:settings {NAMESPACES}>{settings}</w:settings>",
        **(parts or {}),
    }
    types, rels = "", ""
    for name in named:
        stem = name.rpartition("/")[2].partition(".")[0]
        kind = stem.rstrip("0123456789")
        if name.endswith(".xml"):
            types += f'<Override PartName="/word/{name}" ContentType="{_TYPES}.{kind}+xml"/>'
        rels += f'<Relationship Id="rId_{stem}" Type="{_OFFICE}/{kind}" Target="{name}"/>'
    files: dict[str, str | bytes] = {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/'
            'vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="png" ContentType="image/png"/>'
            f'<Override PartName="/word/document.xml" ContentType="{_TYPES}.document.main+xml"/>'
            f"{types}</Types>"
        ),
        "_rels/.rels": _relations(
            f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/>'
        ),
        "word/document.xml": f"<w:document {NAMESPACES}>{body}</w:document>",
        "word/_rels/document.xml.rels": _relations(rels),
        **{f"word/{name}": content for name, content in named.items()},
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return stream.getvalue()


def _relations(inner: str) -> str:
    return (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f"{inner}</Relationships>"
    )
