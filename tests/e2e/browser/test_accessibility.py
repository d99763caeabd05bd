"""axe finds no violation of WCAG 2.2 AA on any page, wide and narrow; no page scrolls sideways."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.e2e.browser.conftest import LogIn

RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}
Write = Callable[..., str]


def _check(page: Page, path: str) -> None:
    answer = page.goto(path)
    assert answer is not None and answer.status == 200, path
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, f"{path}\n{found.generate_report()}"
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"], f"{path} is {width} px wide"  # type: ignore[index]


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
def test_every_page_is_accessible(log_in: LogIn, write: Write, narrow: bool) -> None:
    page = log_in("chiyoda-kanri", narrow=narrow)
    page.goto("/knowledge?provider=131016&has_attachment=true&tag=AI-OCR")
    sample = str(page.locator(".kb-hit__title a").first.get_attribute("href")).split("?")[0]
    page.goto(sample)
    read = str(page.get_by_role("link", name="読み取った文字を見る").first.get_attribute("href"))
    for path in (
        "/",
        "/help",
        "/knowledge",
        "/knowledge?q=AI-OCR&kind=case",
        "/knowledge?q=zzqqxxvv&kind=product",
        "/knowledge/new",
        "/knowledge/new?kind=case",
        "/knowledge/new?kind=product",
        "/knowledge/new?kind=business",
        "/knowledge/new?kind=runbook",
        "/knowledge/new-arrivals",
        "/knowledge/drafts",
        "/knowledge/deleted",
        sample,
        f"{sample}/edit",
        f"{sample}/history",
        f"{sample}/compare?before=1&after=1",
        f"{sample}/delete",
        read,
        "/account",
        "/admin/users",
        "/admin/audit",
        "/admin/operations",
    ):
        _check(page, path)


def test_the_log_in_page_is_accessible(log_in: LogIn) -> None:
    page = log_in("chiyoda-kanri")
    page.context.clear_cookies()
    _check(page, "/login")
