"""Templates in the browser: the editor with mouse and keys, saving by itself, mistakes, two people, versions."""

import re
import time
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.browser.conftest import LogIn

ROOT = Path(__file__).parents[3]
SAMPLE = ROOT / "ocr_service" / "samples" / "forms" / "jumin_ido.json"
KANRI, CLERK, OTHER_WARD = "chiyoda-kanri", "chiyoda-tanto", "shinjuku-tanto"


def new_draft(page: Page, name: str) -> str:
    """A draft of the shipped template under a name of its own; its address."""
    page.goto("/forms/templates/new")
    page.locator("#import-file").set_input_files(SAMPLE)
    page.get_by_label("別の識別名").fill(f"{name}_{time.time_ns()}")  # a server may be used for several tries
    page.locator("section", has_text="書き出された様式").get_by_role("button", name="取り込む").click()
    expect(page.get_by_text("下書きとして取り込みました。")).to_be_visible()
    return page.url


def edit(page: Page, address: str) -> None:
    page.goto(f"{address}/edit")
    page.locator("fm-editor[data-ready]").wait_for()


def saved(page: Page) -> None:
    expect(page.locator("[data-state-words]")).to_have_attribute("data-now", "saved")


def test_fields_are_drawn_moved_named_and_undone(log_in: LogIn) -> None:
    page = log_in(KANRI)
    address = new_draft(page, "drawn")
    edit(page, address)
    items = page.locator("[data-field-list] li")
    before = items.count()
    paper = page.locator("[data-svg]")
    place = paper.bounding_box()
    assert place is not None
    page.mouse.move(place["x"] + 8, place["y"] + 8)
    page.mouse.down()
    page.mouse.move(place["x"] + 80, place["y"] + 24, steps=4)
    page.mouse.up()
    expect(items).to_have_count(before + 1)
    page.locator("#te-label").fill("受付番号")
    page.locator("#te-type").select_option("number")
    left = float(page.locator("#te-box-x").input_value())
    paper.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    assert float(page.locator("#te-box-x").input_value()) == round(left + 5.5, 2)
    saved(page)
    page.reload()
    page.locator("fm-editor[data-ready]").wait_for()
    row = items.filter(has_text="受付番号")
    row.locator("button").click()
    assert float(page.locator("#te-box-x").input_value()) == round(left + 5.5, 2)
    page.locator("[data-panel=field] [data-remove]").click()
    expect(items).to_have_count(before)
    paper.focus()
    page.keyboard.press("Control+z")
    expect(items).to_have_count(before + 1)
    page.keyboard.press("Control+y")
    expect(items).to_have_count(before)
    saved(page)


def test_everything_works_without_a_mouse(log_in: LogIn) -> None:
    page = log_in(KANRI)
    address = new_draft(page, "by_keys")
    edit(page, address)
    page.locator("[data-add]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#te-label")).to_be_focused()
    page.keyboard.type("申請の種類")
    page.locator("#te-type").focus()
    for _ in range(12):
        page.keyboard.press("ArrowDown")
    expect(page.locator("#te-type")).to_have_value("choice")
    page.locator("#te-box-x").fill("12.5")
    page.locator("[data-add-choice]").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    values = page.locator("[data-choices] [data-part=value]")
    expect(values).to_have_count(2)
    values.nth(0).fill("新規")
    values.nth(1).fill("更新")
    saved(page)
    page.reload()
    page.locator("fm-editor[data-ready]").wait_for()
    page.locator("[data-field-list] button", has_text="申請の種類").click()
    expect(values.nth(1)).to_have_value("更新")
    expect(page.locator("#te-box-x")).to_have_value("12.5")


def test_rows_repeat(log_in: LogIn) -> None:
    page = log_in(KANRI)
    edit(page, new_draft(page, "rows"))
    for label in ("品名", "数量"):
        page.locator("[data-add]").click()
        page.locator("#te-label").fill(label)
        page.locator("#te-box-y").fill("20")
        page.locator("[data-field-list] li", has_text=label).locator("input").check()
    page.locator("[data-make-table]").click()
    page.locator("#te-table-label").fill("内訳")
    page.locator("[data-rows]").fill("3")
    page.locator("[data-pitch]").fill("9")
    page.locator("[data-pitch]").press("Tab")
    expect(page.locator(".te-box[data-kind=ghost]")).to_have_count(2 * 2 + _ghosts_of_sample(page))
    saved(page)


def _ghosts_of_sample(page: Page) -> int:
    """Ghosts of the tables that the sample has already."""
    return int(
        page.evaluate(
            """() => document.querySelector("fm-editor").draft.sheet.tables.slice(0, -1)
                .reduce((sum, table) => sum + table.columns.length * (table.tops.length - 1), 0)"""
        )
    )


def test_mistakes_are_shown_at_their_place(log_in: LogIn, complaints: list[str]) -> None:
    page = log_in(KANRI)
    edit(page, new_draft(page, "mistakes"))
    page.locator("[data-field-list] li").first.locator("button").click()
    page.locator("#te-label").fill("")
    expect(page.locator("[data-problem-list] button")).to_have_count(1)
    expect(page.locator("[data-state-words]")).to_have_attribute("data-now", "wrong")
    page.locator("[data-add]").focus()
    page.locator("[data-problem-list] button").click()
    expect(page.locator("#te-label")).to_be_focused()
    expect(page.locator("#te-label")).to_have_attribute("aria-invalid", "true")
    page.locator("#te-label").fill("届出日")
    expect(page.locator("[data-problems]")).to_be_hidden()
    saved(page)
    complaints[:] = [each for each in complaints if "422" not in each]


def test_two_people_do_not_overwrite_each_other(log_in: LogIn, complaints: list[str]) -> None:
    mine = log_in(KANRI)
    address = new_draft(mine, "two_people")
    edit(mine, address)
    theirs = log_in(KANRI)
    edit(theirs, address)
    for page, label in ((theirs, "先に保存"), (mine, "あとから保存")):
        page.locator("[data-add]").click()
        page.locator("#te-label").fill(label)
        if page is theirs:
            saved(page)
    conflict = mine.locator(".c-notice[data-conflict]")
    expect(conflict).to_be_visible()
    complaints[:] = [each for each in complaints if "412" not in each]
    conflict.get_by_role("button", name="自分の内容で上書きする").click()
    saved(mine)
    mine.goto(f"{address}?version=draft")
    expect(mine.get_by_role("rowheader", name="あとから保存")).to_be_visible()
    expect(mine.get_by_role("rowheader", name="先に保存")).to_have_count(0)


def test_versions_are_published_shared_and_withdrawn(log_in: LogIn, complaints: list[str]) -> None:
    page = log_in(KANRI)
    address = new_draft(page, "versions")
    other = log_in(OTHER_WARD)
    answer = other.goto(address)
    assert answer is not None and answer.status == 404
    page.get_by_role("button", name="公開する", exact=True).click()
    expect(page.get_by_text("版 1.0.0 を公開しました")).to_be_visible()
    page.get_by_text("共有の範囲を変える").click()
    page.locator("label[for=audience-members]").click()
    page.get_by_role("button", name="保存する").click()
    expect(page.get_by_text("共有の範囲を保存しました。")).to_be_visible()
    answer = other.goto(address)
    assert answer is not None and answer.status == 200
    expect(other.get_by_role("link", name="編集する")).to_have_count(0)

    edit(page, address)
    page.locator("[data-add]").click()
    page.locator("#te-label").fill("整理番号")
    saved(page)
    page.goto(address)
    expect(page.get_by_text("増える項目：整理番号")).to_be_visible()
    page.get_by_role("button", name="公開する", exact=True).click()
    expect(page.get_by_text("版 1.1.0 を公開しました")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile(r"書き出す\s*1\.1\.0")).click()
    assert re.fullmatch(r"versions_\d+-1\.1\.0\.json", download.value.suggested_filename)
    page.locator("summary", has_text=re.compile(r"取り下げる\s*1\.1\.0")).click()
    page.get_by_label("理由").first.fill("枠がずれていた")
    page.get_by_role("button", name="この版を取り下げる").first.click()
    expect(page.get_by_text("版 1.1.0 を取り下げました。")).to_be_visible()
    page.goto(f"{address}?version=1.1.0")
    expect(page.get_by_text("枠がずれていた").first).to_be_visible()
    complaints[:] = [each for each in complaints if "404" not in each]


def test_without_scripts_a_template_is_shown(log_in: LogIn) -> None:
    page = log_in(KANRI)
    address = new_draft(page, "still")
    plain = log_in(KANRI, scripts=False)
    plain.goto(f"{address}/edit")
    expect(plain.get_by_text("様式の編集には JavaScript が必要です。")).to_be_visible()
    assert plain.locator(".fm-picture--blank .fm-frame").count() > 5


def test_a_clerk_looks_and_does_not_change(log_in: LogIn, complaints: list[str]) -> None:
    page = log_in(KANRI)
    address = new_draft(page, "for_clerks")
    page.get_by_role("button", name="公開する", exact=True).click()
    expect(page.get_by_text("版 1.0.0 を公開しました")).to_be_visible()
    clerk = log_in(CLERK)
    clerk.goto(address)
    expect(clerk.get_by_role("link", name="編集する")).to_have_count(0)
    answer = clerk.goto(f"{address}/edit")
    assert answer is not None and answer.status == 403
    complaints[:] = [each for each in complaints if "403" not in each]
