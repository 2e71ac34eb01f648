"""A template as it was typed, its tags coloured by what they do."""

from __future__ import annotations

from generator.ooxml import read_package
from generator.patterns import regex
from generator.template.tags import Found, scan
from generator.views.shading import Shading, Stretch
from generator.views.sheets import Colour

VALUE = Colour("BDD7EE", "giá trị")
LOOP = Colour("C6E0B4", "vòng lặp")
CONDITION = Colour("FFE699", "điều kiện")
BLOCK = Colour("E4C9F0", "khối dùng chung")
OTHER = Colour("D0CECE", "lệnh khác, ghi chú")
LEGEND = (VALUE, LOOP, CONDITION, BLOCK, OTHER)

_BY_KEYWORD = {
    "for": LOOP, "endfor": LOOP,
    "if": CONDITION, "elif": CONDITION, "else": CONDITION, "endif": CONDITION,
    "include": BLOCK,
}  # fmt: skip


def coloured(content: bytes, file: str) -> bytes:
    """Return a template with its tags on coloured ground.

    Raises:
        TemplateError: it is no .docx, damaged, encrypted, or unpacks beyond the limits.
    """
    shading = Shading(read_package(content, file))
    found = {
        index: [Stretch(tag.start, tag.end, kind(tag).fill) for tag in tags]
        for index, paragraph in enumerate(shading.paragraphs)
        # A tag left open is for `lint` to tell: here it stays uncoloured.
        if (tags := scan(paragraph.text, lambda message, hint: None))
    }
    return shading.document(found)


def included(content: bytes, file: str) -> list[str]:
    """Return the names of the blocks that a template takes in, in their order, each once.

    Raises:
        TemplateError: it is no .docx, damaged, encrypted, or unpacks beyond the limits.
    """
    names = (
        _NAME.search(tag.body)
        for paragraph in Shading(read_package(content, file)).paragraphs
        for tag in scan(paragraph.text, lambda message, hint: None)
        if kind(tag) is BLOCK
    )
    return list(dict.fromkeys(name[1] for name in names if name))


_NAME = regex("[\"']([^\"']+)[\"']")


def kind(tag: Found) -> Colour:
    """Return the colour of a tag: what it prints, repeats, asks or takes in."""
    if tag.kind == "{{":
        return VALUE
    keyword = tag.body.split(None, 1)[0] if tag.kind == "{%" and tag.body else ""
    return _BY_KEYWORD.get(keyword, OTHER)
