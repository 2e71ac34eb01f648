"""The engines measured: each turns the data of one document into the bytes of a .docx."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

from benchmarks.expand import expanded_template
from generator.data import read_records
from generator.pipeline import open_form

FORM = "ban-cham-diem"
RECORDS = Path(__file__).parents[1] / "fixtures" / FORM / "don-vi-300.jsonl"

Fill = Callable[[Any], bytes]


def engine(name: str) -> tuple[Fill, list[Any]]:
    """Return an engine ready to work, and what it is to be called with for each document."""
    return ENGINES[name]()


def _vanban() -> tuple[Fill, list[Any]]:
    form = open_form(FORM)
    return form.template.render, [form.prepare(raw).context for raw in read_records(str(RECORDS))]


def _vanban_from_records() -> tuple[Fill, list[Any]]:
    return open_form(FORM).render, list(read_records(str(RECORDS)))


def _docxtpl(*, remember: bool = False) -> tuple[Fill, list[Any]]:
    """Return docxtpl as its documentation uses it, in an environment with our filters.

    ``remember`` keeps what it works out anew for each document, cleaned tags and compiled template:
    what a user who measures could add in a few lines.
    """
    # Imported here: a process that measures us does not carry the peer's modules.
    from docxtpl import DocxTemplate
    from jinja2 import Environment, StrictUndefined

    from generator.compiler import rule_length
    from generator.filters import FILTERS
    from generator.wordml import plain_text

    folder = open_form(FORM).bundle.folder
    template = expanded_template(folder / "template.docx", folder.parent / "khoi")
    environment = Environment(autoescape=True, undefined=StrictUndefined, finalize=plain_text)
    environment.filters |= {**FILTERS, "ke_ngang": rule_length}
    clean = None
    if remember:
        clean = cache(DocxTemplate(io.BytesIO(template)).patch_xml)
        vars(environment)["from_string"] = cache(environment.from_string)

    def fill(context: dict[str, Any]) -> bytes:
        document = DocxTemplate(io.BytesIO(template))
        if clean:
            document.patch_xml = clean
        document.render(context, environment)
        saved = io.BytesIO()
        document.save(saved)
        return saved.getvalue()

    return fill, _vanban()[1]


def _floor() -> tuple[Fill, list[Any]]:
    """Return no engine at all: a document of ours, made before, to be written as it is."""
    fill, contexts = _vanban()
    return partial(_same, fill(contexts[0])), contexts


def _same(content: bytes, _: Any) -> bytes:
    return content


ENGINES: Mapping[str, Callable[[], tuple[Fill, list[Any]]]] = {
    "docxtpl": _docxtpl,
    "docxtpl, compiled once": partial(_docxtpl, remember=True),
    "vanban": _vanban,
    "vanban, from records": _vanban_from_records,
    "writing alone": _floor,
}
