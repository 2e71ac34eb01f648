"""What the site does to its pages: each says its language, docstrings lose their Sphinx roles."""

from __future__ import annotations

import re
from typing import Any

# What the theme itself says on a page.
ENGLISH = {
    '<html lang="vi"': '<html lang="en"',
    "Trong trang này": "On this page",
    '"Tìm kiếm"': '"Search"',
    "Nền tối": "Dark",
    "Nền sáng": "Light",
}
_ROLE = re.compile(r":(?:class|func|meth|mod):(<code>)~?")


def on_page_content(html: str, **_: Any) -> str:
    """Return a page's text without ``:func:`` and its like before a name."""
    return _ROLE.sub(r"\1", html)


def on_post_page(output: str, page: Any, **_: Any) -> str:
    """Return a page in the language of its part of the site."""
    if any(part.title == "English" for part in page.ancestors):
        for vietnamese, english in ENGLISH.items():
            output = output.replace(vietnamese, english)
    return output
