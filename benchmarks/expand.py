"""A built-in template as docxtpl can read it: blocks put in, control tags given their level.

docxtpl cannot include another .docx, knows no tag that fits a paragraph to its cell (``thut``,
which prints nothing), and leaves an empty paragraph where a tag alone controls the flow unless the
tag says ``{%p``. Everything else in our templates is its own language. The same is
done here to the files themselves, with none of the engine's code: equal text is then a proof.
"""

from __future__ import annotations

import io
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

from docx import Document
from docx.oxml.ns import qn

INCLUDE = re.compile(r'\{%-?\s*include\s+"khoi/([\w-]+\.docx)"\s*-?%\}')
LAYOUT = re.compile(r"\{%-?\s*thut\s[^{}]*?%\}")
CONTROL = re.compile(r"\{%(?=\s)[^{}]*%\}")


def expanded_template(template: Path, blocks: Path) -> bytes:
    """Return the template with the blocks of a folder in their places, as a .docx."""
    document: Any = Document(str(template))
    while includes := [p for p in _paragraphs(document) if INCLUDE.fullmatch(_text(p))]:
        for paragraph in includes:
            found = INCLUDE.fullmatch(_text(paragraph))
            assert found
            _put_block(document, paragraph, Document(str(blocks / found[1])))
    for paragraph in _paragraphs(document):
        if LAYOUT.search(_text(paragraph)):
            _set_text(paragraph, LAYOUT.sub("", _text(paragraph)))
        if CONTROL.fullmatch(_text(paragraph)):
            _set_text(paragraph, _text(paragraph).replace("{%", "{%p", 1))
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


def _put_block(document: Any, paragraph: Any, block: Any) -> None:
    """Replace a paragraph by the body of a block; bring the styles the document lacks."""
    for element in block.element.body:
        if element.tag != qn("w:sectPr"):
            paragraph.addprevious(deepcopy(element))
    paragraph.getparent().remove(paragraph)
    known = {style.get(qn("w:styleId")) for style in document.styles.element}
    for style in block.styles.element.findall(qn("w:style")):
        if style.get(qn("w:styleId")) not in known:
            document.styles.element.append(deepcopy(style))


def _paragraphs(document: Any) -> list[Any]:
    return list(document.element.body.iter(qn("w:p")))


def _text(paragraph: Any) -> str:
    return "".join(text.text or "" for text in paragraph.iter(qn("w:t"))).strip()


def _set_text(paragraph: Any, text: str) -> None:
    first, *rest = paragraph.iter(qn("w:t"))
    first.text = text
    for other in rest:
        other.text = ""
