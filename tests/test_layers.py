"""Modules of the package import in one direction: each only from lines above its own."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = "generator"
FOLDER = Path(__file__).parents[1] / PACKAGE
LAYERS = """
errors units patterns                  # import nothing of ours
tomlfile                                 # what is wrong with a TOML file
vietnamese body metrics ooxml output     # text forms, long text, widths | the .docx package, files
images                                   # pictures of a data file
language bundle formatting               # what stands inside tags | form folder | style cascade
conformity                               # a document measured against the standard
records preview                          # fields and data files | pages without Word
expressions                              # arithmetic over a record
scoring proofs                           # points of a sheet | the proof that a form conforms
figures                                  # all that a form computes
intake                                   # tables in and out
carried draft                            # what a document says of its record | with holes
template                                 # template.docx -> CompiledTemplate -> documents
tracing                                  # drafts that lead to their fields
naming                                   # names of output files
pipeline                                 # wires one document
readback printing                        # the proof of a written document | its PDF
validation                               # all that is to correct in a data source
lint drafting                            # a form checked before use | begun from a Word file
compat                                   # docxtpl's interface over this engine
combine                                  # many documents in one file
batches                                  # many records
views doctor                             # what a clerk looks at | what the machine has
rollup                                   # units' figures added up
serve                                    # the clerk's page
cli                                      # one module a kind of work
__init__ __main__
"""
LAYER_OF = {
    name: number
    for number, line in enumerate(LAYERS.splitlines())
    for name in line.partition("#")[0].split()
}


def unit_of(file: Path) -> str:
    """Return the name of a file in the list: its module, or the subpackage that holds it.

    >>> unit_of(FOLDER / "vietnamese" / "dates.py")
    'vietnamese'
    """
    return file.relative_to(FOLDER).parts[0].removesuffix(".py")


def imported_units(source: str) -> Iterator[tuple[int, str]]:
    """Yield line number and unit of every import of ours, inside functions too.

    >>> list(imported_units("import re, generator.units\\nfrom generator import data, __version__"))
    [(1, 'units'), (2, 'data')]
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            package, _, rest = f"{name}.__init__".partition(".")
            unit = rest.split(".")[0]
            # The package's own names, such as __version__, are there before any module is.
            if package == PACKAGE and not (unit.startswith("__") and unit not in LAYER_OF):
                yield node.lineno, unit


def faults(unit: str, source: str) -> list[str]:
    """Return the imports in a file of ``unit`` that do not come from a line above."""
    return [
        f"line {line}: {unit} imports {other}"
        for line, other in imported_units(source)
        if other != unit and LAYER_OF.get(other, len(LAYER_OF)) >= LAYER_OF.get(unit, 0)
    ]


SOURCES = sorted(FOLDER.rglob("*.py"))


def test_the_list_names_every_module_and_no_other() -> None:
    assert {unit_of(file) for file in SOURCES} == LAYER_OF.keys()


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(FOLDER)))
def test_a_module_imports_only_from_lines_above(file: Path) -> None:
    assert faults(unit_of(file), file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("unit", "source"),
    [
        ("data", "from generator.batches.run import run"),
        ("errors", "from generator.units import Mm"),
        ("data", "def f():\n    import generator.cli"),
        ("data", "from generator import pipeline"),
        ("data", "import generator"),
        ("cli", "from generator.not_in_the_list import x"),
    ],
)
def test_an_import_from_the_same_or_a_later_line_is_found(unit: str, source: str) -> None:
    assert len(faults(unit, source)) == 1


def test_imports_from_above_and_of_others_are_fine() -> None:
    assert faults("batches", "import os\nfrom generator.errors import Problem\nimport jinja2") == []
    assert faults("vietnamese", "from generator.vietnamese.dates import doc_date") == []
