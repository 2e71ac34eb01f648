"""What Word's "accept all" and "reject all" make of tracked changes, by the standard's words.

ECMA-376, part 1, 17.13.5. Nothing here uses the product.
"""

from __future__ import annotations

import copy
import io
import zipfile
from collections.abc import Callable

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_DOC_PR = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
_OWN = {"rPr": (), "pPr": ("rPr", "sectPr"), "sectPr": ("headerReference", "footerReference")}


def parts_of(content: bytes) -> dict[str, bytes]:
    """Return the parts of a package."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def accepted(content: bytes) -> dict[str, bytes]:
    """Return the parts with all changes accepted, written one way."""
    return _each(content, lambda root: _settle(root, kept="ins", dropped="del", old=False))


def rejected(content: bytes) -> dict[str, bytes]:
    """Return the parts with all changes rejected, written one way."""
    return _each(content, lambda root: _settle(root, kept="del", dropped="ins", old=True))


def written(content: bytes) -> dict[str, bytes]:
    """Return the parts written one way: neighbours of one look as one run."""
    return _each(content, lambda root: None)


def _each(content: bytes, change: Callable[[etree._Element], None]) -> dict[str, bytes]:
    parts = parts_of(content)
    for name, data in parts.items():
        if name.endswith(".xml") and name.startswith("word/"):
            root = etree.fromstring(data)
            change(root)
            _tidy(root)
            parts[name] = etree.tostring(root, method="c14n")
    return parts


def _settle(root: etree._Element, *, kept: str, dropped: str, old: bool) -> None:
    for node in list(root.iter(f"{W}{dropped}")):
        node.getparent().remove(node)
    for node in list(root.iter(f"{W}{kept}")):
        for child in list(node):
            node.addprevious(child)
        node.getparent().remove(node)
    for node in root.iter(f"{W}delText"):
        node.tag = f"{W}t"
    for name, apart in _OWN.items():
        for change in list(root.iter(f"{W}{name}Change")):
            own = change.getparent()
            own.remove(change)
            if old:
                for child in list(own):
                    if child.tag not in {f"{W}{one}" for one in apart}:
                        own.remove(child)
                _restore(own, copy.deepcopy(change[0]), apart)


def _restore(own: etree._Element, before: etree._Element, apart: tuple[str, ...]) -> None:
    """Put the older properties back: in front of a run's look, behind a section's headers."""
    at = len(own) if own.tag == f"{W}sectPr" else 0
    for position, child in enumerate(list(before)):
        own.insert(at + position, child)


def _tidy(root: etree._Element) -> None:
    for name in ("rPr", "pPr"):
        for node in list(root.iter(f"{W}{name}")):
            if not len(node):
                node.getparent().remove(node)
    for node in root.iter(_DOC_PR):
        node.set("id", "0")
    for paragraph in root.iter(f"{W}p"):
        _join_runs(paragraph)
    for node in root.iter(f"{W}t"):
        node.attrib.pop(_SPACE, None)


def _join_runs(paragraph: etree._Element) -> None:
    for run in list(paragraph.iter(f"{W}r")):
        following = run.getnext()
        while following is not None and following.tag == run.tag and _look(run) == _look(following):
            for child in list(following):
                if child.tag != f"{W}rPr":
                    run.append(child)
            following.getparent().remove(following)
            following = run.getnext()
        _join_texts(run)


def _join_texts(run: etree._Element) -> None:
    for text in list(run.iter(f"{W}t")):
        before = text.getprevious()
        if not text.text and len(run) > 1:
            run.remove(text)
        elif before is not None and before.tag == text.tag:
            before.text = (before.text or "") + (text.text or "")
            run.remove(text)


def _look(run: etree._Element) -> bytes:
    found = run.find(f"{W}rPr")
    return b"" if found is None else etree.tostring(found, method="c14n")
