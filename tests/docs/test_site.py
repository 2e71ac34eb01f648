"""The site is built without a network, every link leads somewhere, pages load nothing from afar."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.clerk import ROOT
from tests.test_layers import LAYER_OF

# Attributes by which a page loads something when it is opened; `a href` is followed by a reader.
LOADS = {"src", "srcset", "data", "poster"}
# A proxy that nobody answers: whatever wants the network while the site is built fails.
CLOSED = {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site as ``make site`` does, where warnings are errors."""
    target = tmp_path_factory.mktemp("site")
    ran = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(target)],
        cwd=ROOT, env={**os.environ, **CLOSED, "NO_MKDOCS_2_WARNING": "1"}, capture_output=True,
        encoding="utf-8", check=False,
    )  # fmt: skip
    assert (ran.returncode, ran.stdout + ran.stderr) == (0, "")
    return target


class Loaded(HTMLParser):
    """Collects the addresses that a page loads."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.found += [value for name in LOADS if (value := named.get(name))]
        if tag == "link" and named.get("rel") != "canonical":
            self.found.append(named.get("href") or "")


def loaded(page: str) -> list[str]:
    parser = Loaded()
    parser.feed(page)
    return parser.found


def test_a_page_loads_only_files_of_the_site(site: Path) -> None:
    for page in site.rglob("*.html"):
        for address in loaded(page.read_text(encoding="utf-8")):
            assert not re.match(r"(?:\w+:)?//", address), (page.name, address)
            file = address.split("#")[0].split("?")[0]
            home = site if page.name == "404.html" else page.parent
            assert (home / file.lstrip("/")).exists(), (page.name, address)


def test_what_pages_load_is_found() -> None:
    assert loaded('<script src="//cdn.example/x.js"></script><link rel=icon href=a.png>') == [
        "//cdn.example/x.js", "a.png",
    ]  # fmt: skip


def test_style_sheets_load_nothing_from_afar(site: Path) -> None:
    sheets = list(site.rglob("*.css"))
    assert len(sheets) > 1
    for sheet in sheets:
        assert not re.search(r"url\(\s*['\"]?(?:\w+:)?//", sheet.read_text(encoding="utf-8"))


def test_every_page_of_the_folder_is_a_page_of_the_site(site: Path) -> None:
    for page in (ROOT / "docs").rglob("*.md"):
        name = page.relative_to(ROOT / "docs").with_suffix(".html")
        assert (site / str(name).replace("README.html", "index.html")).is_file()


def test_a_page_says_its_language(site: Path) -> None:
    for page, language in (("vi/so-excel", "vi"), ("en/api", "en"), ("library", "en")):
        html = (site / f"{page}.html").read_text(encoding="utf-8")
        assert f'<html lang="{language}"' in html


def test_the_reference_has_the_public_names(site: Path) -> None:
    import generator

    html = (site / "en" / "api.html").read_text(encoding="utf-8")
    for name in set(generator.__all__) - {"__version__"}:
        home = getattr(generator, name).__module__
        assert f'id="{home}.{name}"' in html
    assert not re.search(r":(?:func|meth|class):", html)


def test_the_architecture_names_every_package() -> None:
    page = (ROOT / "docs" / "en" / "architecture.md").read_text(encoding="utf-8")
    table = page.partition("## Packages")[2].partition("## ")[0]
    rows = [row.split("|")[1] for row in table.splitlines() if row.startswith("| `")]
    named = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    assert sorted(named) == sorted(LAYER_OF.keys() - {"__init__", "__main__"})
