"""Every page has its short guide; the page of help is one."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [
    path
    for package in ("kb_service", "portal")
    for path in sorted((ROOT / package / "templates").rglob("*.html"))
    if '{% extends "layout.html" %}' in path.read_text("utf-8") and path.name != "help.html"
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_explains_itself(page: Path) -> None:
    after = page.read_text("utf-8").partition("{% block help %}")[2]
    guide = after.partition("{% endblock %}")[0]
    assert '_("' in guide or "include" in guide
