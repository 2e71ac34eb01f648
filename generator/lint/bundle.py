"""The other files of a form: manifest, schema, output name, computed values, sample, blocks."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generator.bundle import BLOCKS, MANIFEST, Bundle, block_source, load_bundle, shipped
from generator.errors import GeneratorError
from generator.expressions import Expression, ExpressionError
from generator.expressions.scopes import Known, Pattern, show_pattern
from generator.figures.form import Figures
from generator.figures.totals import GROUPS, TOTAL
from generator.lint.fields import unknown_fields, unused_fields
from generator.lint.findings import ERROR, NOTE, WARNING, Finding, of_problem
from generator.lint.template import check_template
from generator.naming import OutputName
from generator.ooxml import read_package
from generator.records.data import read_bytes
from generator.records.schema import Schema
from generator.template.tags import INSTR, P, Place, T, Tag, scan
from generator.template.uses import Use, uses_of


@dataclass(slots=True)
class Reading:
    """A form's files as far as they can be read, and what is wrong with them."""

    folder: Path
    folders: Sequence[Path]
    findings: list[Finding] = field(default_factory=list)
    bundle: Bundle | None = None
    schema: Schema | None = None
    figures: Figures | None = None
    template: bytes | None = None

    @property
    def whole(self) -> bool:
        """Whether every file can be used, so that documents can be made."""
        errors = any(finding.severity is ERROR for finding in self.findings)
        return not errors and None not in (self.bundle, self.schema, self.figures, self.template)


def read_form(folder: Path, folders: Sequence[Path]) -> Reading:
    """Return a form with everything wrong in its files; a broken one does not hide the rest."""
    reading = Reading(folder, folders)
    _read_manifest(reading)
    _read_schema(reading)
    output = _read_output(reading)
    _read_figures(reading)
    tags = _read_template(reading)
    if reading.schema is not None:
        known = _known(reading)
        reading.findings += unknown_fields([*tags, *output], known)
        used = [use for uses in uses_of([*tags, *output]) for use in uses]
        used += _used_elsewhere(reading, known)
        unused = unused_fields(reading.schema.root, used, _name(reading, "schema"))
        # A tag that cannot be read may well use a field: those it may mean are not told.
        broken = any(f.id.startswith("the.") and f.severity is ERROR for f in reading.findings)
        meant = _words(reading) if broken else frozenset()
        reading.findings += (
            each for each in unused if meant.isdisjoint(_WORD.findall(each.at)[-1:])
        )
    reading.findings += _shadowing(reading)
    return reading


def _name(reading: Reading, kind: str) -> str:
    files = {"schema": "schema.json", "manifest": MANIFEST, "template": "template.docx"}
    return str(reading.folder / files[kind])


def _note(reading: Reading, error: GeneratorError, finding_id: str) -> None:
    reading.findings += (of_problem(problem, finding_id) for problem in error.problems)


# ---------------------------------------------------------------- file by file
def _read_manifest(reading: Reading) -> None:
    try:
        reading.bundle = load_bundle(reading.folder)
    except GeneratorError as error:
        _note(reading, error, "ban_ke.sai")


def _manifest(reading: Reading) -> Mapping[str, Any]:
    """Return what the manifest says, also where not all of it can be used."""
    if reading.bundle is not None:
        return reading.bundle.manifest
    try:
        return tomllib.loads((reading.folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):  # told already
        return {}


def _read_schema(reading: Reading) -> None:
    try:
        path = reading.folder / "schema.json"
        reading.schema = Schema(path, shared=shipped("doctemplates") / BLOCKS)
    except GeneratorError as error:
        _note(reading, error, "schema.sai")


def _read_output(reading: Reading) -> list[Tag]:
    """Return the tags of the output name, so that their fields are compared too."""
    source = _manifest(reading).get("output")
    if not isinstance(source, str):
        return []
    file = _name(reading, "manifest")
    try:
        OutputName(source, file)
    except GeneratorError as error:
        _note(reading, error, "ten_tep.sai")
        return []
    place = Place(file, 0, f"output = {source}")
    found = scan(source, lambda message, hint: None)
    return [Tag(tag.kind, tag.letter, tag.body, place) for tag in found if tag.kind]


def _read_figures(reading: Reading) -> None:
    manifest = _manifest(reading)
    if reading.schema is None or not manifest:
        return
    try:
        reading.figures = Figures(manifest, reading.schema, _name(reading, "manifest"))
    except GeneratorError as error:
        _note(reading, error, "tinh_toan.sai")


def _read_template(reading: Reading) -> list[Tag]:
    path = reading.folder / "template.docx"
    try:
        reading.template = read_bytes(path, str(path))
        blocks = blocks_of(reading.folder, reading.folders)
        report = check_template(
            reading.template,
            str(path),
            {name: block.read_bytes() for name, block in blocks.items()},
            takes_marks=reading.bundle is None or reading.bundle.takes_marks,
        )
    except GeneratorError as error:
        _note(reading, error, "mau.sai")
        reading.template = None
        return []
    reading.findings += report.findings
    return list(report.examined.tags)


_WORD = re.compile(r"\w+")


def _words(reading: Reading) -> frozenset[str]:
    """Return every word of the template, those inside tags that cannot be read among them."""
    if reading.template is None:
        return frozenset()
    package = read_package(reading.template, "")
    stories = (name for name in package.parts if name.startswith("word/") and name.endswith(".xml"))
    paragraphs = (p for name in stories for p in package.xml(name).iter(P))
    texts = ("".join(node.text or "" for node in p.iter(T, INSTR)) for p in paragraphs)
    return frozenset(word for text in texts for word in _WORD.findall(text))


def blocks_of(folder: Path, folders: Sequence[Path]) -> dict[str, Path]:
    """Return where the shared blocks of the form in a folder are."""
    said = dict.fromkeys(("id", "title", "type", "standard", "source", "output"), "")
    empty = Bundle(**said, group="", version="", unit="", folder=folder, manifest={})
    return block_source(empty, folders)


# ---------------------------------------------------------------- names
def _known(reading: Reading) -> Known:
    """Return every name a tag may use: those of the schema, and the computed ones."""
    figures = reading.figures
    assert reading.schema is not None
    known = Known.of(reading.schema.root)
    if figures is not None and figures.derivation is not None:
        known = deepcopy(figures.derivation.known)
    if figures is not None and figures.totals is not None:
        known.children |= {TOTAL: Known(anything=True), GROUPS: Known(is_list=True, anything=True)}
    manifest = _manifest(reading)
    scoring, derive = manifest.get("scoring"), manifest.get("derive")
    if isinstance(scoring, dict):
        known.children[str(scoring.get("into", ""))] = Known(anything=True)
    if figures is None and isinstance(derive, list):  # told already: their names are meant
        for table in derive:
            name = table.get("name") if isinstance(table, dict) else None
            if isinstance(name, str):
                known.children.setdefault(name.partition(".")[0], Known(anything=True))
    return known


def _used_elsewhere(reading: Reading, known: Known) -> Iterator[Use]:
    """Yield the fields that the manifest uses: the unit, sums, rules, scores, a roll-up."""
    for name in _named(reading):
        yield Use(name, whole=True)
    figures = reading.figures
    for expression, place in _expressions(figures) if figures is not None else ():
        try:
            for pattern in known.check(expression, place):
                yield Use(show_pattern(pattern), whole=True)
        except ExpressionError:  # a name of the scoring sheet itself
            continue


def _named(reading: Reading) -> Iterator[str]:
    """Yield the fields that the manifest names outright."""
    if reading.bundle is not None:
        yield reading.bundle.unit
    figures = reading.figures
    if figures is not None:
        yield from (each.name for each in figures.derived if each.declared)
        yield from figures.scoring.rules.scorers if figures.scoring is not None else ()
    rollup = _manifest(reading).get("rollup")
    for said in rollup.values() if isinstance(rollup, dict) else ():
        yield from (name for name in _listed(said) if isinstance(name, str))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _expressions(figures: Figures) -> list[tuple[Expression, Pattern]]:
    """Return the expressions of a form, each with the place it is computed at."""
    expressions = [(each.expression, each.place) for each in figures.derived]
    if figures.checks is not None:
        expressions += [(each.rule, each.place) for each in figures.checks.checks]
    if figures.scoring is not None:
        rows = [row for group in figures.scoring.rules.groups for row in group.criteria]
        expressions += [(row.value, ()) for row in rows if row.value is not None]
    return expressions


# ---------------------------------------------------------------- shadowing
def _shadowing(reading: Reading) -> Iterator[Finding]:
    folder = reading.folder
    for root in reading.folders:
        other = root / folder.name
        if not (other / MANIFEST).is_file():
            continue
        if other.resolve() != folder.resolve():
            yield Finding(
                id="mau.bi_che",
                severity=WARNING,
                file=str(folder),
                message=f"mẫu cùng tên ở {other} đứng trước và che mẫu này",
                remedy="đổi id của một trong hai mẫu, hoặc gọi mẫu này bằng đường dẫn thư mục",
            )
        break
    for own in sorted((folder / BLOCKS).glob("*.docx")):
        for root in (folder.parent, *reading.folders, shipped("doctemplates")):
            if (root / BLOCKS / own.name).is_file():
                yield Finding(
                    id="khoi.che",
                    severity=NOTE,
                    file=str(own),
                    message=f"khối này thay cho khối chung cùng tên ở {root / BLOCKS}",
                    remedy="sửa khối chung không đổi khối này; muốn dùng khối chung thì xóa tệp",
                )
                break
