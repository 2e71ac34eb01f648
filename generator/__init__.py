"""Official Vietnamese administrative documents from filled data files.

>>> from generator import open_form
>>> form = open_form("ke-hoach")
>>> form.bundle.title
'Kế hoạch'

``form.document(record)`` returns the .docx of a record; ``batch`` makes one for each record of a
file. Errors carry ``problems``: sentences for the person who filled the data.
"""

from __future__ import annotations

from typing import Any

from generator.errors import (
    BundleError,
    DataError,
    GeneratorError,
    Problem,
    TemplateError,
    ToolError,
    UsageError,
)

__version__ = "0.1.0"

__all__ = [
    "BundleError",
    "DataError",
    "Form",
    "GeneratorError",
    "Problem",
    "Result",
    "TemplateError",
    "ToolError",
    "UsageError",
    "__version__",
    "batch",
    "open_form",
]

_HOMES = {
    "Form": "generator.pipeline",
    "open_form": "generator.pipeline",
    "Result": "generator.batches.run",
    "batch": "generator.batches.run",
}


def __getattr__(name: str) -> Any:
    """Import the heavy part of the library when it is first used: the command answers at once."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
