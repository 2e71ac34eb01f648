"""Independent judges of the documents we make.

Programs and libraries written by others say whether a document opens, is valid and what its pages
look like; ``structure`` adds rules for faults that none of them sees. Tests get the two judges that
are not Python packages through the fixtures in ``conftest.py``, which skip where they are missing.
"""

from tests.judges.office import ConversionError, saved_again, to_pdf, to_pdfs, why_no_office
from tests.judges.pages import Edge, Line, Page, Rule, pdf_lines, pdf_pages, pdf_rules, pdf_text
from tests.judges.sheets import recalculated, why_no_sheets
from tests.judges.structure import leftover_tags, structure_errors
from tests.judges.validators import (
    audit_errors,
    integrity_errors,
    schema_errors,
    why_no_schema_judge,
)

__all__ = [
    "ConversionError",
    "Edge",
    "Line",
    "Page",
    "Rule",
    "audit_errors",
    "integrity_errors",
    "leftover_tags",
    "pdf_lines",
    "pdf_pages",
    "pdf_rules",
    "pdf_text",
    "recalculated",
    "saved_again",
    "schema_errors",
    "structure_errors",
    "to_pdf",
    "to_pdfs",
    "why_no_office",
    "why_no_schema_judge",
    "why_no_sheets",
]
