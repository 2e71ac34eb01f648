"""docxtpl's ``DocxTemplate`` and its values, filled by this engine."""

from __future__ import annotations

import io
import re
import warnings
import zlib
from collections.abc import Iterator
from copy import deepcopy
from os import PathLike
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote
from zipfile import ZipFile

import docxtpl
from docx import Document
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from jinja2 import Environment, Template, meta
from jinja2.exceptions import SecurityError, TemplateError
from lxml import etree

from generator.compat.source import jinja_source, part_xml, read
from generator.compat.values import (
    LostTextWarning,
    delimiters_of,
    environment_for,
    text_environment,
)
from generator.language.sandbox import TooMuchError
from generator.ooxml import NAMESPACES, PackageWriter, qn
from generator.output import write_whole
from generator.template.render import fit_grids
from generator.template.tags import Delimiters

Listing = docxtpl.Listing
_NOTES = (CONTENT_TYPE.WML_FOOTNOTES, CONTENT_TYPE.WML_ENDNOTES)
_PROPERTIES = (
    "author", "category", "comments", "content_status", "identifier", "keywords", "language",
    "last_modified_by", "subject", "title", "version",
)  # fmt: skip
_PARAGRAPH = re.compile(r"<w:p([ >])")


class DocxTemplate(docxtpl.DocxTemplate):  # type: ignore[misc]
    """A template of docxtpl's dialect; its public methods are docxtpl's."""

    def __init__(self, template_file: IO[bytes] | str | PathLike[str] | None) -> None:
        super().__init__(template_file)
        self.is_saved: bool
        self._reshapes = False
        self._use(None, literal=False)

    # ------------------------------------------------------------ filling
    def render(
        self,
        context: dict[str, Any],
        jinja_env: Environment | None = None,
        autoescape: bool = False,
    ) -> None:
        """Fill the template; the environment given is left as it was.

        Raises:
            jinja2.TemplateError: a tag that Jinja refuses; ``docx_context`` holds the lines around.
            ValueError: a value's own XML broke the document.
        """
        self._use(jinja_env, literal=autoescape or bool(jinja_env and jinja_env.autoescape))
        self._reshapes = False
        super().render(context, self._environment, False)
        self._render_links(context)

    def _use(self, given: Environment | None, *, literal: bool) -> None:
        """Take an environment; what was compiled stays as long as it is the same."""
        if (given, literal) == getattr(self, "_used", ()):
            return
        self._used = (given, literal)
        self._environment = environment_for(given, literal=literal)
        self._text_environment = text_environment(given)
        self._sources: dict[str, tuple[str, bool]] = {}
        self._templates: dict[str, Template] = {}

    @property
    def _marks(self) -> Delimiters:
        return delimiters_of(self._used[0])

    def patch_xml(self, src_xml: str) -> str:
        """Return a part's XML as Jinja source with the standard delimiters."""
        if src_xml not in self._sources:
            self._sources[src_xml] = jinja_source(src_xml, self._marks)
        source, reshapes = self._sources[src_xml]
        self._reshapes = self._reshapes or reshapes
        return source

    def render_xml_part(
        self, src_xml: str, part: Any, context: dict[str, Any], jinja_env: Any = None
    ) -> str:
        """Return what Jinja makes of a part's source, as well-formed XML."""
        self.current_rendering_part = part
        source = _PARAGRAPH.sub(r"\n<w:p\1", src_xml)
        try:
            filled = _filled(self._template(source), context)
        except TemplateError as error:
            line = getattr(error, "lineno", None) or _raised_at(error)
            if line is not None:
                around = source.splitlines()[max(line - 4, 0) : line + 3]
                error.docx_context = [re.sub(r"<[^>]+>", "", text) for text in around]  # type: ignore[attr-defined]
            raise
        return part_xml(_PARAGRAPH_LINE.sub(r"<w:p\1", filled))

    def _template(self, source: str) -> Template:
        if source not in self._templates:
            self._templates[source] = self._environment.from_string(source)
        return self._templates[source]

    def fix_tables(self, xml: str) -> etree._Element:
        """Return the body; where tags made columns, with table grids that fit the rows."""
        (body,) = read(xml)
        if self._reshapes:
            fit_grids(body)
        return body

    def fix_docpr_ids(self, tree: etree._Element) -> None:
        """Give each drawing an id of its own."""
        for drawing in tree.iter(qn("wp:docPr")):
            self.docx_ids_index += 1
            drawing.set("id", str(self.docx_ids_index))

    def render_properties(
        self, context: dict[str, Any], jinja_env: Environment | None = None
    ) -> None:
        """Fill the document's properties, as text: an ``&`` in a title stays one."""
        properties = self.docx.core_properties
        for name in _PROPERTIES:
            source = getattr(properties, name)
            if source and any(mark in source for mark in self._openings()):
                setattr(properties, name, self._text(source, context))

    def render_footnotes(
        self, context: dict[str, Any], jinja_env: Environment | None = None
    ) -> None:
        """Fill footnotes, and endnotes too."""
        for part in self._notes(self.docx):
            source = self.patch_xml(part.blob.decode())
            filled = self.render_xml_part(source, part, context, jinja_env)
            part._blob = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{filled}'.encode()

    def _notes(self, document: Any) -> Iterator[Any]:
        parts = document.part.package.iter_parts()
        return (part for part in parts if part.content_type in _NOTES)

    def _openings(self) -> tuple[str, str]:
        return self._marks.value[0], self._marks.statement[0]

    def _text(self, source: str, context: dict[str, Any]) -> str:
        marked, _ = jinja_source(_paragraph(source), self._marks)
        plain = re.sub(r"<[^>]*>", "", re.sub(r"^.*?<w:t[^>]*>|</w:t>.*$", "", marked))
        return _filled(self._text_environment.from_string(_unescaped(plain)), context)

    def _render_links(self, context: dict[str, Any]) -> None:
        """Fill the addresses of links: ``{{ trang }}`` typed as a link's target in Word."""
        for relation in self._links(self.docx):
            relation._target = self._text(unquote(relation.target_ref), context)

    def _links(self, document: Any) -> Iterator[Any]:
        parts = [document.part, *(rel.target_part for rel in document.part.rels.values()
                                  if not rel.is_external)]  # fmt: skip
        for part in parts:
            for relation in part.rels.values():
                if relation.reltype == RELATIONSHIP_TYPE.HYPERLINK and relation.is_external:
                    target = unquote(relation.target_ref)
                    if any(mark in target for mark in self._openings()):
                        yield relation

    # ------------------------------------------------------------ asking
    def get_undeclared_template_variables(
        self, jinja_env: Environment | None = None, context: dict[str, Any] | None = None
    ) -> set[str]:
        """Return the names the template needs: body, headers, footers, notes, properties, links."""
        asked = DocxTemplate(self.template_file)
        asked._use(jinja_env, literal=False)
        names: set[str] = set()
        for source in asked._all_sources(Document(self.template_file)):
            names |= meta.find_undeclared_variables(asked._environment.parse(source))
        return names - set(context or ())

    def _all_sources(self, document: Any) -> Iterator[str]:
        yield self.patch_xml(self.xml_to_string(document._element.body))
        for relation in document.part.rels.values():
            if relation.reltype in (self.HEADER_URI, self.FOOTER_URI):
                yield self.patch_xml(relation.target_part.blob.decode())
        for part in self._notes(document):
            yield self.patch_xml(part.blob.decode())
        texts = [getattr(document.core_properties, name) for name in _PROPERTIES]
        texts += [unquote(relation.target_ref) for relation in self._links(document)]
        for text in filter(None, texts):
            yield self.patch_xml(_paragraph(text))

    # ------------------------------------------------------------ values and files
    def new_subdoc(self, docpath: Any = None) -> Subdoc:
        """Return a document to build, or one read from a file, for a ``{{p …}}``."""
        self.init_docx()
        return Subdoc(self, docpath)

    def build_url_id(self, url: str) -> str:
        """Return the id of an address for ``RichText.add(…, url_id=…)``."""
        self.init_docx()
        return str(self.docx.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))

    def write_xml(self, filename: str | PathLike[str]) -> None:
        """Write the body's XML, in UTF-8."""
        Path(filename).write_text(self.get_xml(), encoding="utf-8")

    def save(self, filename: IO[bytes] | str | PathLike[str], *args: Any, **options: Any) -> None:
        """Write the document to a path, whole or not at all, or to a file object."""
        if not self.is_saved and not self.is_rendered:
            self.docx = Document(self.template_file)
        self.pre_processing()
        stream = io.BytesIO()
        self.docx.save(stream)
        content = self._with_replacements(stream)
        if hasattr(filename, "write"):
            filename.write(content)
        else:
            write_whole(Path(filename), content)
        self.is_saved = True

    def _with_replacements(self, stream: IO[bytes]) -> bytes:
        """Return the file with its media and embedded files replaced; same inputs, same bytes."""
        wanted = {("word/media/", crc): data for crc, data in self.crc_to_new_media.items()} | {
            ("word/embeddings/", crc): data for crc, data in self.crc_to_new_embedded.items()
        }
        named = dict(self.zipname_to_replace)
        unused: set[Any] = {*wanted, *named}
        with ZipFile(stream) as archive:
            parts = [(name, archive.read(name)) for name in archive.namelist()]
        for number, (name, data) in enumerate(parts):
            key = (name[: name.rfind("/") + 1], zlib.crc32(data))
            use = name if name in named else key
            if use in unused or use in wanted:
                parts[number] = (name, named[name] if name in named else wanted[key])
                unused.discard(use)
        for missing in sorted(map(str, unused)):
            warnings.warn(f"nothing to replace was found for {missing}", LostTextWarning,
                          stacklevel=3)  # fmt: skip
        return PackageWriter(()).assemble(parts)


_PARAGRAPH_LINE = re.compile(r"\n<w:p([ >])")


def _filled(template: Template, context: dict[str, Any]) -> str:
    """Return what a template prints, or how it was stopped in Jinja's own terms."""
    try:
        return template.render(context)
    except (TooMuchError, RecursionError) as error:
        raise SecurityError("the template runs or grows without end") from error


def _raised_at(error: BaseException) -> int | None:
    """Return the template's line in which an error arose while it was filled."""
    line, trace = None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _paragraph(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<w:p><w:r><w:t>{escaped}</w:t></w:r></w:p>"


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


class InlineImage(docxtpl.InlineImage):  # type: ignore[misc]
    """A picture among the words, in body, headers and footers."""

    def _insert_image(self) -> str:
        part = self.tpl.current_rendering_part
        if not hasattr(part, "new_pic_inline"):
            raise ValueError(f"{part.partname} cannot hold a picture: put it in the body")
        return str(super()._insert_image())


class RichTextParagraph(docxtpl.RichTextParagraph):  # type: ignore[misc]
    """Paragraphs with a style each."""


RP = RichTextParagraph


class Subdoc:
    """A document inside a document, built with python-docx or read from a file.

    Reading one needs docxcompose, which brings its styles, numbering and pictures along.
    """

    def __init__(self, tpl: DocxTemplate, docpath: Any = None) -> None:
        self.tpl = tpl
        self.docx = tpl.get_docx()
        self.subdocx = Document(docpath)
        if docpath:
            _composer()(self.docx).attach_parts(self.subdocx)
        else:
            self.subdocx._part = self.docx._part

    def __getattr__(self, name: str) -> Any:
        return getattr(self.subdocx, name)

    def __str__(self) -> str:
        """Return its paragraphs and tables, each with the prefixes it uses declared, but for w."""
        return "".join(
            _fragment(child)
            for child in self.subdocx.element.body
            if not child.tag.endswith("}sectPr")
        )

    _get_xml = __html__ = __str__


_W_DECLARED = f' xmlns:w="{NAMESPACES["w"]}"'


def _fragment(element: etree._Element) -> str:
    """Return an element without the prefixes it does not use: a hundred bytes for each else."""
    copy = deepcopy(element)
    named = (node.get("Requires", "").split() for node in copy.iter(qn("mc:Choice")))
    etree.cleanup_namespaces(copy, keep_ns_prefixes=[prefix for each in named for prefix in each])
    text: str = etree.tostring(copy, encoding="unicode", with_tail=False)
    head, end, rest = text.partition(">")
    return head.replace(_W_DECLARED, "", 1) + end + rest


def _composer() -> Any:
    try:
        from docxtpl.subdoc import SubdocComposer
    except ModuleNotFoundError as error:
        if error.name != "docxcompose":
            raise
        message = 'a sub-document read from a file needs docxcompose: pip install "docxtpl[subdoc]"'
        raise ModuleNotFoundError(message, name=error.name) from error
    return SubdocComposer
