"""docxtpl on our real form: the same template, its own loop, values worked out before."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.expand import expanded_template
from generator.pipeline import open_form
from generator.records.data import read_records

FORM = "ban-cham-diem"
RECORDS = Path(__file__).parents[1] / "fixtures" / FORM / "don-vi-300.jsonl"

Fill = Callable[[Any], bytes]


def contexts() -> list[Any]:
    """Return what the form's template reads, for each of its units."""
    form = open_form(FORM)
    return [form.prepare(raw).context for raw in read_records(str(RECORDS))]


def ours() -> Fill:
    """Return our engine on the form."""
    return open_form(FORM).template.render


def docxtpl() -> Fill:
    """Return docxtpl as its documentation uses it, in an environment with our filters."""
    # Imported here: a process that measures us does not carry the peer's modules.
    from docxtpl import DocxTemplate
    from jinja2 import Environment, StrictUndefined

    from generator.language.filters import FILTERS
    from generator.language.wordml import plain_text
    from generator.template.layout import rule_length

    folder = open_form(FORM).bundle.folder
    template = expanded_template(folder / "template.docx", folder.parent / "khoi")
    environment = Environment(autoescape=True, undefined=StrictUndefined, finalize=plain_text)
    environment.filters |= {**FILTERS, "ke_ngang": rule_length}

    def fill(context: dict[str, Any]) -> bytes:
        document = DocxTemplate(io.BytesIO(template))
        document.render(context, environment)
        saved = io.BytesIO()
        document.save(saved)
        return saved.getvalue()

    return fill
