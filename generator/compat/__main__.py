"""``python -m generator.compat TEMPLATE JSON OUTPUT [-o] [-q]``, as ``python -m docxtpl``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from jinja2.exceptions import TemplateError

from generator.compat import DocxTemplate


def get_json_data(path: str) -> Any:
    """Return the data of a JSON file, read as UTF-8 whatever the machine's own encoding.

    Raises:
        RuntimeError: it is not JSON in UTF-8.
    """
    try:
        return json.loads(Path(path).read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise RuntimeError(f"{path} is not JSON in UTF-8: {error}") from error


def main(arguments: list[str] | None = None) -> int:
    """Fill a template from a JSON file; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m generator.compat",
        description="Make docx file from existing template docx and json data.",
    )
    parser.add_argument("template_path", help="the template docx file")
    parser.add_argument("json_path", help="the json file with the data")
    parser.add_argument("output_filename", help="the docx file to write")
    parser.add_argument("-o", "--overwrite", action="store_true", help="replace an existing file")
    parser.add_argument("-q", "--quiet", action="store_true", help="print nothing when all is well")
    given = parser.parse_args(arguments)
    if Path(given.output_filename).exists() and not given.overwrite:
        sys.stderr.write(f"{given.output_filename} exists; -o replaces it\n")
        return 2
    try:
        template = DocxTemplate(given.template_path)
        template.render(get_json_data(given.json_path))
        template.save(given.output_filename)
    except (OSError, RuntimeError, ValueError, TemplateError) as error:
        sys.stderr.write(f"Error: {error}\n")
        return 1
    if not given.quiet:
        sys.stdout.write(f"Document successfully generated: {given.output_filename}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
