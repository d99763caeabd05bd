"""From the log-in to the passage that answers the question."""

import csv
import io
import re

from playwright.sync_api import expect

from tests.e2e.browser.conftest import LogIn

KANRI = "chiyoda-kanri"


def test_one_click_then_a_search_leads_to_the_marked_passage(log_in: LogIn) -> None:
    page = log_in(KANRI)
    page.get_by_label("言葉で探す").fill("児童手当 現況届")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("児童手当 現況届")
    first = page.locator(".kb-hit").first
    expect(first.locator("mark").first).to_be_visible()
    place = first.locator("a.kb-hit__place").first
    place.click()
    expect(page.locator("[data-markable] mark").first).to_be_visible()


def test_ten_hits_fit_above_two_screens(log_in: LogIn) -> None:
    page = log_in(KANRI, "/knowledge?q=申請")
    tenth = page.locator(".kb-hit").nth(9)
    box = tenth.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 2 * 720


def test_a_filter_narrows_without_a_reload_and_keeps_the_keyboards_place(log_in: LogIn) -> None:
    page = log_in(KANRI, "/knowledge")
    page.evaluate("window.unreloaded = true")
    box = page.locator("input[name=outcome][value=failure]")
    box.focus()
    box.press("Space")
    page.wait_for_url("**outcome=failure**")
    chips = page.get_by_role("group", name="絞り込み中の条件")
    expect(chips).to_contain_text("結果：失敗")
    expect(box).to_be_focused()
    outcomes = page.locator(".kb-hit [data-outcome]").all_inner_texts()
    assert outcomes and set(outcomes) == {"失敗"}
    chips.get_by_role("link", name=re.compile("結果：失敗")).click()
    expect(chips).to_have_count(0)
    assert page.evaluate("window.unreloaded") is True


def test_suggestions_are_walked_with_the_keyboard(log_in: LogIn) -> None:
    page = log_in(KANRI, "/help")
    page.goto("/knowledge")
    page.keyboard.press("/")
    box = page.get_by_role("combobox", name="言葉で探す")
    expect(box).to_be_focused()
    box.press_sequentially("児童", delay=20)
    options = page.locator(".kb-options [role=option]")
    expect(options.first).to_be_visible()
    box.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    wanted = options.first.inner_text()
    box.press("Enter")
    page.wait_for_url("**q=**")
    expect(page.get_by_role("combobox", name="言葉で探す")).to_have_value(wanted)


def test_the_reason_of_a_hit_is_told(log_in: LogIn) -> None:
    page = log_in(KANRI, "/knowledge?q=児童手当")
    page.locator(".kb-why__summary").first.click()
    expect(page.locator(".kb-why__body").first).to_contain_text("児童")
    expect(page.locator(".kb-why__body").first).to_contain_text("言葉の一致")


def test_results_open_in_a_spreadsheet(log_in: LogIn) -> None:
    page = log_in(KANRI, "/knowledge?q=RPA&kind=case")
    for name, encoding in (("CSV（UTF-8）", "utf-8-sig"), ("CSV（Shift_JIS", "cp932")):
        with page.expect_download() as download:
            page.get_by_role("link", name=name).click()
        text = download.value.path().read_bytes().decode(encoding)
        rows = list(csv.reader(io.StringIO(text)))
        assert rows[0][:2] == ["種類", "件名"]
        assert len(rows) > 2 and all(len(row) == len(rows[0]) for row in rows)


def test_nothing_found_gives_advice_and_odd_input_no_error(log_in: LogIn) -> None:
    page = log_in(KANRI)
    page.goto("/knowledge?q=zzqqxxvv&kind=product&outcome=failure")
    expect(page.locator(".kb-nothing")).to_contain_text("次のことをお試しください")
    for odd in ('"', "-", '"未完の句', "AND OR (", "\u202eabc", "😀", "あ" * 500, "a%00b"):
        answer = page.goto(f"/knowledge?q={odd}")
        assert answer is not None and answer.status == 200, odd
        expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_the_whole_page_speaks_english(log_in: LogIn) -> None:
    page = log_in(KANRI, "/knowledge?q=RPA")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Results for")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator(".kb-filters")).to_contain_text("Provider")
    page.get_by_role("button", name="日本語").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("検索結果")
