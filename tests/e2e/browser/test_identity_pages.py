"""Invited on one browser, entered on another; the pages of it are accessible and print well."""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.e2e.browser.conftest import LogIn
from tests.e2e.browser.test_accessibility import RULES

PASSWORD = "赤い自転車と古い時計"
Check = Callable[[Page], None]


@pytest.fixture
def check() -> Check:
    """axe finds nothing on the page as it stands, and it does not scroll sideways."""

    def look(page: Page) -> None:
        found = Axe().run(page, options=RULES)
        assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= page.viewport_size["width"], page.url  # type: ignore[index]

    return look


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
def test_a_colleague_is_invited_and_comes_in(
    log_in: LogIn, browser: Browser, address: str, check: Check, narrow: bool, complaints: list[str]
) -> None:
    login = "hanako-n" if narrow else "hanako-w"
    boss = log_in("setagaya-kanri", "/admin/users/new", narrow=narrow)
    boss.get_by_label("氏名").fill("世田谷 はなこ")
    boss.get_by_label("ログイン名").fill("は")
    boss.get_by_role("button", name="招待する").click()
    boss.locator("[data-error-summary]:focus").wait_for()  # the focus goes to what is wrong
    assert boss.get_by_label("氏名").input_value() == "世田谷 はなこ"
    check(boss)
    complaints.clear()  # the browser notes the refused form
    boss.get_by_label("ログイン名").fill(login)
    boss.get_by_role("button", name="招待する").click()
    code = boss.locator(".p-code__value").inner_text()
    check(boss)

    context = browser.new_context(base_url=address, viewport=boss.viewport_size)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto("/login")
    page.fill("#login", login)
    page.fill("#password", code)
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/password")
    check(page)
    page.fill("#password", PASSWORD)
    page.fill("#again", PASSWORD)
    page.get_by_role("button", name="設定する").click()
    page.wait_for_url(f"{address}/")
    context.close()

    boss.goto("/admin/users")
    boss.get_by_role("link", name="世田谷 はなこ").last.click()
    boss.wait_for_url(re.compile(r"/admin/users/[0-9a-f]{32}"))
    check(boss)


def test_a_token_is_shown_once_and_revoked(log_in: LogIn, check: Check) -> None:
    page = log_in("setagaya-tanto", "/account")
    page.get_by_text("新しいAPIトークンを作る").click()
    page.get_by_label("名前").fill("庁内ポータルの検索")
    page.get_by_role("button", name="トークンを作る").click()
    assert page.locator("#secret").inner_text().startswith("chienowa_")
    check(page)
    page.get_by_role("link", name="保管しました").click()
    assert "chienowa_" not in page.content()
    page.get_by_role("button", name="取り消す").click()
    page.get_by_text("APIトークンを取り消しました").wait_for()
    check(page)


def test_the_guide_opens_by_its_key_but_not_while_typing(log_in: LogIn) -> None:
    page = log_in("setagaya-kanri", "/admin/users")
    page.keyboard.press("?")
    assert page.locator("[data-help]").get_attribute("open") is not None
    page.goto("/admin/audit")
    page.get_by_label("いつから").focus()
    page.keyboard.press("?")
    assert page.locator("[data-help]").get_attribute("open") is None


def test_the_language_is_switched_and_remembered(log_in: LogIn, check: Check) -> None:
    page = log_in("kyodo-kanri", "/admin/audit")
    page.get_by_role("button", name="English").click()
    page.get_by_role("heading", name="Audit trail").wait_for()
    page.get_by_role("button", name="Verify the chain").click()
    page.get_by_text("Nothing was changed or deleted").wait_for()
    check(page)
    page.get_by_role("button", name="日本語").click()
    page.get_by_role("heading", name="監査記録", exact=True).wait_for()
