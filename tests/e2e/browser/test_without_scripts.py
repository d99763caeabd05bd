"""The tasks of every day without JavaScript."""

from playwright.sync_api import expect

from tests.e2e.browser.conftest import LogIn


def test_searching_filtering_and_writing_need_no_script(log_in: LogIn) -> None:
    page = log_in("chiyoda-kanri", "/knowledge", scripts=False)
    page.get_by_label("言葉で探す").fill("チャットボット")
    page.get_by_role("button", name="検索", exact=True).click()
    expect(page.locator(".kb-hit").first).to_be_visible()
    page.locator("label[for^=kb-kind-]", has_text="事例").click()
    page.get_by_role("button", name="この条件で絞り込む").click()
    expect(page.get_by_role("group", name="絞り込み中の条件")).to_contain_text("種類：事例")
    page.goto("/knowledge/new?kind=runbook")
    page.get_by_label("件名").fill("スクリプトなしで書いた手順")
    page.get_by_role("button", name="保存する", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("スクリプトなしで書いた手順")
    page.locator("#upload-file").set_input_files(
        {"name": "手順書.txt", "mimeType": "text/plain", "buffer": "電源の入れ方".encode()}
    )
    page.get_by_role("button", name="アップロード").click()
    expect(page.locator(".kb-file")).to_contain_text("手順書.txt")


def test_filters_are_folded_away_on_a_phone_and_open_by_touch(log_in: LogIn) -> None:
    page = log_in("chiyoda-kanri", "/knowledge?q=RPA", narrow=True, scripts=False)
    facet = page.locator("input[name=kind][value=case]")
    expect(facet).to_be_hidden()
    page.locator(".kb-filters__summary").click()
    expect(facet).to_be_visible()
