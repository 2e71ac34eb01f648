"""The proof that a part is well-formed whatever the record: each branch leaves what it found."""

from __future__ import annotations

from collections.abc import Iterator

from generator.errors import TemplateError
from generator.patterns import regex
from generator.template.tags import Tag

_XML_TAG = regex(r"<(/?)([A-Za-z_][\w:.-]*)[^<>]*?(/?)>")


def prove_well_formed(pieces: list[str | Tag]) -> None:
    """Refuse a template that some record could turn into broken XML.

    Walks the part once with a stack of open elements. Each branch of a condition must leave the
    same elements open as the others, a loop's body those it found: then every choice of branches
    and every number of turns gives a well-formed part.
    """
    stack: list[str] = []
    blocks: list[tuple[Tag, list[str], list[str] | None]] = []
    last: Tag | None = None
    for piece in _stretches(pieces):
        if isinstance(piece, str):
            if not _advance(stack, piece) and last is not None:
                raise _uneven(last, last.partners[0] if last.partners else last)
            continue
        last = piece
        if piece.kind == "{%" and piece.opens:
            blocks.append((piece, list(stack), None))
        elif piece.keyword in ("else", "elif"):
            start, before, after = blocks.pop()
            _agree(piece, start, after, stack)
            if start.keyword == "for":  # the loop's body ends here: it may run many times
                _agree(piece, start, before, stack)
            blocks.append((start, before, list(stack)))
            stack[:] = before
        elif piece.is_end:
            start, before, after = blocks.pop()
            _agree(piece, start, after, stack)
            if not any(tag.keyword == "else" for tag in start.partners):  # it may print nothing
                _agree(piece, start, before, stack)


def _stretches(pieces: list[str | Tag]) -> Iterator[str | Tag]:
    """Yield a part's XML and tags, a tag inside an attribute as one letter of its stretch."""
    xml = ""
    for piece in pieces:
        if isinstance(piece, str):
            xml += piece
        elif xml.rfind("<") > xml.rfind(">"):
            xml += "x"
        else:
            yield xml
            xml = ""
            yield piece
    yield xml


def _advance(stack: list[str], xml: str) -> bool:
    """Open and close elements; return whether each that is closed was the last one opened."""
    for closing, name, empty in _XML_TAG.findall(xml):
        if closing:
            if stack[-1:] != [name]:
                return False
            stack.pop()
        elif not empty:
            stack.append(name)
    return True


def _agree(tag: Tag, start: Tag, expected: list[str] | None, stack: list[str]) -> None:
    if expected is not None and expected != stack:
        raise _uneven(tag, start)


def _uneven(tag: Tag, start: Tag) -> TemplateError:
    return TemplateError(
        tag.problem(
            f"lệnh {start.source} (đoạn {start.place.paragraph}) mở và đóng ở hai cấp khác nhau "
            "của văn bản",
            "để cả hai thẻ đứng riêng một đoạn, hoặc riêng một hàng của bảng",
        )
    )
