"""A part of the package written again after a change to its tree."""

from __future__ import annotations

from lxml import etree

from generator.ooxml import Package, to_bytes


def part_bytes(package: Package, name: str, root: etree._Element) -> bytes:
    """Return a part's XML with all the namespaces that it declared when it was read.

    ``mc:Ignorable`` and ``Requires`` name prefixes that no element need use; Word refuses a part
    that lacks one of them. The children move to a new root: a tree is written once.
    """
    declared = package.xml(name).nsmap
    if declared == root.nsmap:
        return to_bytes(root)
    whole = etree.Element(root.tag, dict(root.attrib), nsmap=declared | root.nsmap)
    whole.text = root.text
    whole.extend(list(root))
    return to_bytes(whole)
