"""Work that is started on the page shows its progress by itself, and ends there without a reload."""

from playwright.sync_api import expect

from tests.e2e.browser.conftest import LogIn

PAGE = "/admin/operations"


def test_rebuilding_is_started_and_ends_before_the_eyes(log_in: LogIn) -> None:
    page = log_in("kyodo-unyo", PAGE)
    row = page.locator("#p-jobs tbody tr").first
    before = row.get_attribute("data-job")
    page.get_by_role("button", name="索引を作り直す").click()
    page.wait_for_url(f"**{PAGE}")
    page.evaluate("document.body.dataset.same = '1'")
    expect(row.get_by_role("rowheader")).to_contain_text("検索の索引を作り直す")
    expect(row).to_contain_text("終わりました", timeout=60_000)
    expect(page.get_by_role("button", name="索引を作り直す")).to_be_visible()
    assert row.get_attribute("data-job") != before
    assert page.evaluate("document.body.dataset.same") == "1", "the page was not loaded again"
    expect(page.locator("#p-operations")).not_to_have_attribute("data-unfinished", "", timeout=30_000)


def test_it_works_by_reloading_without_scripts(log_in: LogIn) -> None:
    page = log_in("chiyoda-kanri", PAGE, narrow=True, scripts=False)
    page.get_by_role("button", name="索引を作り直す").click()
    page.wait_for_url(f"**{PAGE}")
    row = page.locator("#p-jobs tbody tr").first
    for _ in range(60):
        if "終わりました" in row.inner_text():
            break
        page.wait_for_timeout(1_000)
        page.reload()
    expect(row).to_contain_text("索引を作り直しました。")


def test_a_writer_deletes_a_draft_and_brings_it_back(log_in: LogIn) -> None:
    page = log_in("chiyoda-tanto", "/knowledge/new?kind=case")
    page.get_by_label("件名").fill("まちがえて作った下書き")
    page.get_by_role("button", name="保存する", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("まちがえて作った下書き")
    address = page.url.split("#")[0]
    page.get_by_role("link", name="削除する").click()
    page.get_by_role("button", name="削除する").click()
    page.wait_for_url("**/knowledge/deleted")
    deleted = page.locator(".kb-hit", has_text="まちがえて作った下書き")
    deleted.get_by_role("button", name="元に戻す").click()
    page.wait_for_url(address)
    expect(page.get_by_role("heading", level=1)).to_have_text("まちがえて作った下書き")
    page.goto("/knowledge?status=published&q=RPA")
    page.locator(".kb-hit__title a").first.click()
    expect(page.get_by_role("link", name="削除する")).to_have_count(0)
