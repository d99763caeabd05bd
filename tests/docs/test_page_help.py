"""Every page has a short guide of its own behind its question mark."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WITHOUT = {"problem.html"}  # says itself what was wrong and what to do
PAGES = sorted(
    page
    for folder in ("kernel/web/templates/kernel", "ocr_service/templates/ocr_service")
    for page in (ROOT / folder).glob("*.html")
    if '{% extends "layout.html" %}' in page.read_text("utf-8") and page.name not in WITHOUT
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_explains_itself(page: Path) -> None:
    _, begin, rest = page.read_text("utf-8").partition("{% block help %}")
    assert begin and len(rest.partition("{% endblock %}")[0].strip()) > 30


def test_there_are_pages() -> None:
    assert len(PAGES) >= 10
