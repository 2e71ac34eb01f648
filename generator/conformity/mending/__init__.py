"""A document mended: what a check found set right, where that is certain.

``edits`` changes the XML; ``looks``, ``pages`` and ``words`` know how each fault is mended;
``table`` says which faults are mended at all, ``mend`` does it, ``report`` tells of it.
"""
