"""Batches in the browser: files handed in with progress, live standing, pages, results, erasing, other wards."""

import re
import time
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.browser.conftest import LogIn
from tests.e2e.browser.test_accessibility import RULES

ROOT = Path(__file__).parents[3]
BLANK = ROOT / "ocr_service" / "samples" / "forms" / "shisetsu_riyo.pdf"
PHOTO = ROOT / "kb_service" / "samples" / "attachments" / "scanner-teire.jpg"
KANRI, OTHER_WARD = "chiyoda-kanri", "shinjuku-tanto"
SLOW = 120_000  # ms: pages are read by the real engine on a busy machine


def fresh(file: Path, folder: Path) -> Path:
    """A copy with bytes of its own: what was handed in before would be noticed."""
    copy = folder / file.name
    copy.write_bytes(file.read_bytes() + f"\n% {time.time_ns()}\n".encode())
    return copy


def with_template(page: Page, title: str = "施設利用申込書") -> str:
    """A shipped template, published for the ward; its address."""
    page.goto("/forms/templates?show=own")
    row = page.get_by_role("link", name=title, exact=True)
    if not row.count():
        page.goto("/forms/templates/new")
        page.get_by_role("button", name=re.compile(rf"取り込む\s*{title}")).click()
        page.get_by_role("button", name="公開する", exact=True).click()
        expect(page.get_by_text("版 1.0.0 を公開しました")).to_be_visible()
        return page.url
    row.first.click()
    return page.url


def hand_in(page: Page, title: str, *files: Path) -> str:
    """A new batch through the page; its address."""
    page.goto("/forms/new")
    page.locator("#files").set_input_files(files)
    page.get_by_label("バッチの名前").fill(title)
    page.get_by_role("button", name="読み取りを始める").click()
    page.wait_for_url(re.compile(r"/forms/[0-9a-f]{32}$"))
    return page.url


def wait_read(page: Page) -> None:
    """Until the page itself says, without being loaded again, that nothing is left to read."""
    expect(page.locator(".fm-standing")).to_have_attribute(
        "data-state", re.compile("verifying|ready"), timeout=SLOW
    )


def test_files_are_handed_in_read_and_looked_at(log_in: LogIn, tmp_path: Path) -> None:
    page = log_in(KANRI)
    with_template(page)
    page.goto("/forms/new")
    page.evaluate(
        """() => new MutationObserver((changes) => {
            for (const change of changes) if (!change.target.hidden) sessionStorage.setItem("sent", "1");
        }).observe(document.querySelector("[data-sending]"), { attributes: true })"""
    )
    page.locator("#files").set_input_files([fresh(BLANK, tmp_path), fresh(PHOTO, tmp_path)])
    page.get_by_label("バッチの名前").fill("施設利用 第1便")
    page.get_by_role("button", name="読み取りを始める").click()
    page.wait_for_url(re.compile(r"/forms/[0-9a-f]{32}$"))
    batch = page.url
    assert page.evaluate("sessionStorage.getItem('sent')") == "1"
    wait_read(page)
    expect(page.locator(".fm-file", has_text=BLANK.name)).to_contain_text("ページ")
    expect(page.locator(".fm-figure", has_text="様式不明のページ").locator("dd")).to_have_text("1")

    page.goto(f"{batch}/pages")
    expect(page.locator(".fm-sheet[data-state=set_aside]")).to_have_count(1)
    page.locator(".fm-sheet[data-state=read] .fm-sheet__link").first.click()
    frames = page.locator(".fm-frame")
    assert frames.count() == page.locator(".fm-fields tbody tr").count() > 5
    page.locator(".fm-fields tbody tr").nth(2).focus()
    expect(page.locator(".fm-frame[data-current]")).to_have_count(1)
    assert (
        page.locator(".fm-picture image")
        .evaluate("async (image) => (await fetch(image.href.baseVal)).headers.get('content-type')")
        .startswith("image/jpeg")
    )

    page.goto(f"{batch}/results")
    cell = page.locator("[data-grid] td").first
    cell.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-grid] tbody tr").first.locator("td").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/pages/**")


def test_pages_are_left_out_and_brought_back(log_in: LogIn, complaints: list[str], tmp_path: Path) -> None:
    page = log_in(KANRI)
    with_template(page)
    batch = hand_in(page, "添え状の混ざったもの", fresh(PHOTO, tmp_path))
    wait_read(page)
    page.goto(f"{batch}/pages?show=unknown")
    page.locator(".fm-sheet__choose input").check()
    expect(page.locator("[data-chosen]")).to_have_text("1ページ")
    page.get_by_role("button", name="対象外にする").click()
    expect(page.get_by_text("1ページを対象外にしました")).to_be_visible()
    page.goto(f"{batch}/pages?show=left_out")
    page.locator(".fm-sheet__choose input").check()
    page.get_by_role("button", name="元に戻す").click()
    expect(page.get_by_text("1ページを元に戻しました")).to_be_visible()
    page.goto(f"{batch}/pages?show=unknown")
    page.get_by_role("button", name="この様式で読む").click()
    expect(page.get_by_text("ページを1つ以上選んでから操作してください。").first).to_be_visible()
    page.goto(f"{batch}/pages?show=unknown")
    page.locator(".fm-sheet__choose input").check()
    page.get_by_label("様式", exact=True).select_option(label="施設利用申込書")
    page.get_by_role("button", name="この様式で読む").click()
    expect(page.get_by_text("1ページを、選んだ様式で読み取り直します。")).to_be_visible()


def test_the_same_file_is_noticed_and_a_batch_can_be_ended(
    log_in: LogIn, complaints: list[str], tmp_path: Path
) -> None:
    page = log_in(KANRI)
    with_template(page)
    file = fresh(BLANK, tmp_path)
    first = hand_in(page, "一度目", file)
    second = hand_in(page, "二度目", file)
    row = page.locator(".fm-file", has_text=BLANK.name)
    expect(row).to_contain_text("同じ内容のファイルが、すでにあります")
    page.get_by_role("button", name="読み取らない").click()
    expect(page.get_by_text("は読み取りません。")).to_be_visible()
    page.get_by_role("button", name="中止する").click()
    expect(page.get_by_text("中止しました。")).to_be_visible()
    page.get_by_role("button", name="再開する").click()
    expect(page.get_by_text("作業に戻しました。")).to_be_visible()

    page.get_by_role("link", name="今すぐ消去する").click()
    page.locator("#confirmation").fill("ちがう名前")
    page.get_by_role("button", name="消去する").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()
    complaints[:] = [each for each in complaints if "422" not in each]
    page.locator("#confirmation").fill("二度目")
    page.get_by_role("button", name="消去する").click()
    expect(page.get_by_text("バッチ「二度目」を消去しました。")).to_be_visible()
    page.goto(second)
    expect(page.get_by_text("このバッチの画像と値は消去されました。")).to_be_visible()
    page.goto(first)
    wait_read(page)


def test_another_ward_does_not_see_a_batch(log_in: LogIn, complaints: list[str], tmp_path: Path) -> None:
    page = log_in(KANRI)
    batch = hand_in(page, "千代田だけのもの", fresh(PHOTO, tmp_path))
    wait_read(page)
    page.goto(f"{batch}/pages")
    sheet = str(page.locator(".fm-sheet__link").first.get_attribute("href"))
    other = log_in(OTHER_WARD)
    other.goto("/forms")
    expect(other.get_by_text("千代田だけのもの")).to_have_count(0)
    absent = batch[:-4] + "0000"
    said = set()
    for path in (
        batch,
        f"{batch}/pages",
        f"{batch}/results",
        f"{batch}/live",
        sheet,
        f"{sheet}/preview",
        absent,
    ):
        answer = other.goto(path)
        assert answer is not None and answer.status == 404, path
        said.add(other.locator("main .c-notice__text").inner_text())
    assert len(said) == 1, said
    complaints[:] = [each for each in complaints if "404" not in each]


def test_a_batch_is_made_without_scripts(log_in: LogIn, tmp_path: Path) -> None:
    page = log_in(KANRI, scripts=False)
    page.goto("/forms/new")
    page.locator("#files").set_input_files([fresh(PHOTO, tmp_path)])
    page.get_by_label("バッチの名前").fill("スクリプトなし")
    page.get_by_role("button", name="読み取りを始める").click()
    expect(page.get_by_text("バッチを作りました。")).to_be_visible()
    for _ in range(60):
        if page.locator(".fm-standing").get_attribute("data-state") in {"verifying", "ready"}:
            break
        time.sleep(1)
        page.get_by_role("link", name="最新の状態にする").click()
    expect(page.locator(".fm-standing")).to_contain_text("1 / 1 ページ")


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
def test_the_pages_are_accessible(log_in: LogIn, narrow: bool, tmp_path: Path) -> None:
    page = log_in(KANRI, narrow=narrow)
    template = with_template(page)
    batch = hand_in(page, "読みやすさ", fresh(BLANK, tmp_path), fresh(PHOTO, tmp_path))
    wait_read(page)
    page.goto(f"{batch}/pages")
    sheet = str(page.locator(".fm-sheet__link").first.get_attribute("href"))
    for path in (
        "/",
        "/forms",
        "/forms?show=ended",
        "/forms/new",
        "/forms/policy",
        batch,
        f"{batch}/pages",
        f"{batch}/results",
        f"{batch}/settings",
        f"{batch}/erase",
        sheet,
        "/forms/templates",
        "/forms/templates/new",
        template,
        f"{template}/edit",
        f"{template}/try",
    ):
        answer = page.goto(path)
        assert answer is not None and answer.status == 200, path
        page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        found = Axe().run(page, options=RULES)
        assert found.violations_count == 0, f"{path}\n{found.generate_report()}"
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= page.viewport_size["width"], f"{path} is {width} px wide"  # type: ignore[index]
