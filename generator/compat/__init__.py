"""docxtpl's interface over this engine: a script runs unchanged but for its import.

    from generator.compat import DocxTemplate, InlineImage, Listing, RichText

Templates, contexts and Jinja environments are docxtpl's own; tags are found and set in their places
by this package, values are escaped whatever the environment says, and what docxtpl would lose
without a word is kept, or told by a :class:`LostTextWarning`. ``docs/docxtpl.md`` compares both,
feature by feature.
"""

from docxtpl import R, RichText

from generator.compat.template import (
    RP,
    DocxTemplate,
    InlineImage,
    Listing,
    RichTextParagraph,
    Subdoc,
)
from generator.compat.values import LostTextWarning

__all__ = [
    "RP",
    "DocxTemplate",
    "InlineImage",
    "Listing",
    "LostTextWarning",
    "R",
    "RichText",
    "RichTextParagraph",
    "Subdoc",
]
