"""Findings and tags lead to their places on pages; the pages are those of the plain document."""

from __future__ import annotations

import io
from functools import cache

import docx
import pytest
from lxml import etree

from generator.conformity.checking import check_document
from generator.conformity.document import Document
from generator.conformity.findings import Finding, Place, Severity
from generator.errors import DataError
from generator.ooxml import read_package
from generator.preview import office, svg
from generator.views import pointing
from generator.views.pointing import PointedPages, TagAt, of_findings, of_template
from tests.conformity.drawing import draw
from tests.conformity.letters import PLAN
from tests.conftest import need
from tests.judges import why_no_office
from tests.making import make


def found(words: str, start: int, end: int, content: bytes, number: int = 1) -> Finding:
    """A finding at letters of a paragraph, from 1."""
    paragraphs = read(content).paragraphs
    place = Place(paragraphs[number - 1], words, start, end)
    return Finding(
        id="x", component="x", severity=Severity.ERROR, clause="", message="", places=(place,)
    )


@cache
def read(content: bytes) -> Document:
    """A document, the same each time: findings hold its nodes."""
    report = check_document(content, "thu.docx")
    assert report.found is not None
    return report.found.document


def pages(content: bytes, *findings: Finding) -> PointedPages:
    document = read(content)
    return of_findings(dict(enumerate(findings)), document.package, document.formatting.root)


def test_pages_with_places_are_the_pages_without() -> None:
    content = draw(PLAN)
    document = read(content)
    finding = found("", 0, len(document.paragraphs[15].text), content, 16)
    view = pages(content, finding)
    assert [page.svg for page in view.pages] == svg(content)
    assert len({spot.y for spot in view.spots}) == len(view.spots) > 1  # a place on each line


def test_findings_that_overlap_share_the_letters_between_them() -> None:
    content = make("một hai ba bốn")
    view = pages(content, found("", 0, 7, content), found("", 4, 10, content))
    assert [spot.numbers for spot in view.spots] == [(0,), (0, 1), (1,)]
    first, second, third = (spot.x for spot in view.spots)
    assert first < second < third


def test_words_with_tabs_and_breaks_before_them_are_found() -> None:
    document = docx.Document()
    run = document.add_paragraph().add_run("một\thai")
    run.add_break()
    run.add_text("ba")
    out = io.BytesIO()
    document.save(out)
    content = out.getvalue()
    text = read(content).paragraphs[0].text
    assert text == "một\thai\nba"
    both = found("", 4, 7, content), found("", 8, 10, content)
    (second, third) = pages(content, *both).spots
    assert second.x > third.x
    assert second.y < third.y


def test_letters_of_the_documents_own_tell_no_place() -> None:
    content = make("một \U000f0007hai\U0010fffd ba")
    assert of_template(content, "mau.docx", {}).spots == ()


def test_a_sign_that_no_face_has_is_left_to_libreoffice(monkeypatch: pytest.MonkeyPatch) -> None:
    need(why_no_office())
    content = make("một \U000f0007 hai")
    view = pages(content, found("một", 0, 3, content))
    assert b"data:image/png" in view.pages[0].svg
    monkeypatch.setattr(office, "program", lambda: None)
    with pytest.raises(DataError, match="không có ký tự"):
        pages(content)


def test_a_long_document_shows_its_first_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pointing, "MOST_PAGES", 2)
    content = make(*["dòng"] * 250)
    view = pages(content, found("", 0, 4, content, 249))
    assert (len(view.pages), view.spots) == (2, ())
    assert view.said == ("Chỉ hiện 2 trang đầu trong 10 trang.",)


# ---------------------------------------------------------------- templates
def test_a_tag_is_found_though_word_has_cut_it() -> None:
    content = make("Tên: {{ ho_ten }}, tuổi: {{ tuoi }}", split=True)
    said = {5: TagAt("word/document.xml", 1, "{{ tuoi }}"), 6: TagAt("word/document.xml", 1, "")}
    view = of_template(content, "mau.docx", said)
    tag = [spot for spot in view.spots if 5 in spot.numbers]
    whole = [spot for spot in view.spots if 6 in spot.numbers]
    assert min(spot.x for spot in whole) < min(spot.x for spot in tag)
    assert sum(spot.width for spot in tag) < sum(spot.width for spot in whole)


@pytest.mark.parametrize("at", [TagAt("word/no.xml", 1, ""), TagAt("word/document.xml", 99, "")])
def test_a_place_that_is_not_there_has_no_picture(at: TagAt) -> None:
    assert of_template(make("{{ x }}"), "mau.docx", {0: at}).spots == ()


def test_a_paragraph_in_a_text_box_is_counted_with_its_copy() -> None:
    box = (
        '<w:r xmlns:w="{w}" xmlns:mc="{mc}" xmlns:wps="{wps}"><mc:AlternateContent>'
        '<mc:Choice Requires="wps"><w:t>hộp</w:t></mc:Choice>'
        "<mc:Fallback><w:pict><w:txbxContent><w:p><w:r><w:t>hộp</w:t></w:r></w:p>"
        "</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    ).format(
        w="http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        mc="http://schemas.openxmlformats.org/markup-compatibility/2006",
        wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    )
    document = docx.Document(io.BytesIO(make("đầu", "{{ x }}")))
    document.paragraphs[0]._p.append(etree.fromstring(box))
    out = io.BytesIO()
    document.save(out)
    assert len(list(read_package(out.getvalue(), "").xml("word/document.xml").iter("{*}p"))) == 3
    copy, tag = TagAt("word/document.xml", 2, ""), TagAt("word/document.xml", 3, "{{ x }}")
    view = of_template(out.getvalue(), "mau.docx", {0: copy, 1: tag})
    assert [spot.numbers for spot in view.spots] == [(1,)]
