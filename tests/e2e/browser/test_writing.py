"""Writing: forms, drafts, two people at once, versions, deleting."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.browser.conftest import LogIn, first_hit

KANRI = "chiyoda-kanri"
Write = Callable[..., str]


def _edit(page: Page, address: str) -> None:
    page.goto(f"{address}/edit")


def _save(page: Page) -> None:
    page.get_by_role("button", name="保存する", exact=True).click()


def test_a_new_entry_is_found_at_once(log_in: LogIn, write: Write) -> None:
    page = log_in(KANRI)
    write(page, "窓口の順番待ちを減らした番号札の工夫", body="# 背景\n\n混雑の時間帯をオドリバ方式で分けた。")
    expect(page.get_by_role("heading", level=1)).to_have_text("窓口の順番待ちを減らした番号札の工夫")
    first_hit(page, "オドリバ方式", "窓口の順番待ちを減らした番号札の工夫")


def test_what_is_wrong_is_listed_beside_it_and_nothing_typed_is_lost(
    log_in: LogIn, complaints: list[str]
) -> None:
    page = log_in(KANRI, "/knowledge/new?kind=case")
    page.get_by_label("概要").fill("消えてはいけない文")
    page.get_by_label(re.compile("減った作業時間")).fill("たくさん")
    _save(page)
    summary = page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("数字で入力してください")
    expect(page.get_by_label("概要")).to_have_value("消えてはいけない文")
    summary.get_by_role("link").first.click()
    expect(page.get_by_label(re.compile("減った作業時間"))).to_be_focused()
    assert all("422" in each for each in complaints)
    complaints.clear()


def test_the_preview_follows_the_typing(log_in: LogIn) -> None:
    page = log_in(KANRI, "/knowledge/new?kind=runbook")
    page.locator("#body").fill("# 手順\n\n- **電源**を切る")
    preview = page.locator("#kb-preview")
    expect(preview.locator("h3")).to_have_text("手順")
    expect(preview.locator("strong")).to_have_text("電源")


def test_unsaved_input_is_offered_back(log_in: LogIn) -> None:
    page = log_in(KANRI, "/knowledge/new?kind=product")
    page.get_by_label("件名").fill("途中まで書いた製品の記録")
    page.wait_for_timeout(1500)  # the draft is kept a moment after the last key
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/knowledge/new?kind=product")
    notice = page.locator("#kb-draft")
    expect(notice).to_be_visible()
    notice.get_by_role("button", name="入力を復元する").click()
    expect(page.get_by_label("件名")).to_have_value("途中まで書いた製品の記録")
    _save(page)
    page.wait_for_url(lambda url: "/new" not in url)
    page.goto("/knowledge/new?kind=product")
    expect(page.locator("#kb-draft")).to_be_hidden()


def test_a_link_is_picked_by_searching(log_in: LogIn) -> None:
    page = log_in(KANRI, "/knowledge/new?kind=case")
    page.get_by_label("件名").fill("リンクを付けた事例")
    box = page.get_by_role("combobox", name="つなぐ先")
    box.press_sequentially("現況届", delay=20)
    option = page.locator(".kb-options [role=option]").first
    expect(option).to_be_visible()
    box.press("ArrowDown")
    box.press("Enter")
    chosen = page.locator(".kb-row__linked").first.inner_text()
    _save(page)
    page.wait_for_url(lambda url: "/new" not in url)
    expect(page.get_by_role("complementary", name="関連する情報")).to_contain_text(chosen)


def test_two_people_at_once_choose_and_lose_nothing(
    log_in: LogIn, write: Write, complaints: list[str]
) -> None:
    first = log_in(KANRI)
    address = write(first, "二人で書く記録", body="はじめの本文")
    second = log_in("chiyoda-kakunin")
    _edit(first, address)
    _edit(second, address)
    second.locator("#body").fill("先に保存した本文")
    second.locator("#source").fill("先に保存した出典")
    _save(second)
    second.wait_for_url(address)
    first.locator("#body").fill("あとから保存した本文")
    first.locator("#summary").fill("あとから足した概要")
    _save(first)
    expect(first.get_by_role("heading", level=1)).to_have_text("ほかの人が先に保存しました")
    clash = first.get_by_role("group", name="本文")
    expect(clash).to_contain_text("先に保存した本文")
    expect(clash).to_contain_text("あとから保存した本文")
    expect(first.get_by_text("「概要」は、あなただけが変えました")).to_be_visible()
    expect(first.get_by_text("「出典」は、ほかの人だけが変えました")).to_be_visible()
    clash.get_by_text("書き直す欄を開く").click()
    clash.locator("textarea[name='own.body']").fill("二人の本文を合わせた")
    first.get_by_role("button", name="選んだ内容で保存する").click()
    first.wait_for_url(address)
    for text in ("二人の本文を合わせた", "あとから足した概要", "先に保存した出典"):
        expect(first.get_by_text(text)).to_be_visible()
    assert all("412" in each for each in complaints)
    complaints.clear()


def test_versions_are_compared_and_restored(log_in: LogIn, write: Write) -> None:
    page = log_in(KANRI)
    address = write(page, "版を比べる記録", body="窓口は三つです。")
    _edit(page, address)
    page.locator("#body").fill("窓口は五つです。")
    _save(page)
    page.wait_for_url(address)
    page.get_by_role("link", name=re.compile("履歴を見る")).click()
    page.get_by_role("button", name="2つの版を比べる").click()
    expect(page.locator("del")).to_contain_text(["消えた言葉", "三"])
    expect(page.locator("ins")).to_contain_text(["加わった言葉", "五"])
    page.get_by_role("button", name="第1版の内容に戻す").click()
    page.wait_for_url(address)
    expect(page.locator("#body")).to_contain_text("窓口は三つです。")


def test_deleting_says_what_goes_and_can_be_undone(
    log_in: LogIn, write: Write, complaints: list[str]
) -> None:
    page = log_in(KANRI)
    address = write(page, "消してから戻す記録ドットコイ")
    page.get_by_role("link", name="削除する").click()
    expect(page.get_by_text("すぐに消えます")).to_be_visible()
    page.get_by_role("button", name="削除する").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("削除したもの")
    other = log_in("shinjuku-kanri", "/knowledge?q=ドットコイ")
    expect(other.locator(".kb-hit__title", has_text="消してから戻す記録")).to_have_count(0)
    page.get_by_role("button", name=re.compile("元に戻す.*消してから戻す記録")).click()
    page.wait_for_url(address)
    first_hit(other, "ドットコイ", "消してから戻す記録ドットコイ")


def test_a_contributor_writes_drafts_and_is_told_who_publishes(log_in: LogIn) -> None:
    page = log_in("chiyoda-tanto", "/knowledge/new?kind=case")
    expect(page.get_by_text("公開するには確認者の権限が必要です")).to_be_visible()
    assert page.locator("input[name=status]").count() == 2
