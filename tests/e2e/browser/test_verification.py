"""Verification in a real browser: by keyboard alone, with an input method composing, and when the server is away."""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import CDPSession, Dialog, Page, Route, expect

from ocr_service.adapters.records import sql_desk
from ocr_service.models.batches import Batch, ScanField
from tests.e2e.browser.conftest import LogIn
from tests.e2e.served import Served, served
from tests.fakes.verifying import Read, add_to, read, with_one_form

CLERK, OTHER_WARD = "chiyoda-tanto", "shinjuku-tanto"
PROCESS_KEY = 229  # what a browser reports for a key that the input method takes
DIGITS = {"birth_date", "postal", "amount"}
MOST_KEYS = 1.3
RESULTS = "CHIENOWA_VERIFICATION_RESULTS"  # a folder for the measured figures


@dataclass(frozen=True)
class Wanted:
    """What the person who verifies sees on the picture: the value, and what they have to type for it."""

    value: str
    typed: str


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("verification") / "home", with_one_form, demo=True) as running:
        yield running


@pytest.fixture
def address(site: Served) -> str:
    return site.address


def fields(site: Served, batch: Batch) -> dict[str, ScanField]:
    desk = sql_desk()
    with site.system.records.read() as work:
        pages = desk.scans.pages(work, batch.id, (), None, 1_000).items
        return {each.id: each for page in pages for each in desk.scans.fields(work, page.id)}


def mixed() -> tuple[list[list[Read]], dict[tuple[int, str], Wanted]]:
    """Eight pages with 50 doubtful fields of all kinds: for a good half the first reading is right, for a
    quarter another one, for a fifth none."""
    names = ["山田 太郎", "髙橋 花子", "佐藤 一郎", "﨑山 健", "鈴木 桜", "伊藤 翔", "渡邊 陽子", "中村 蓮"]
    kana = [
        "ヤマダ タロウ",
        "タカハシ ハナコ",
        "サトウ イチロウ",
        "サキヤマ ケン",
        "スズキ サクラ",
        "イトウ ショウ",
        "ワタナベ ヨウコ",
        "ナカムラ レン",
    ]
    pages, wanted = [], {}
    for at, name in enumerate(names):
        full = name.replace(" ", "\u3000")
        day = f"昭和5{at}年3月1{at}日"
        right: dict[str, tuple[str, str, list[tuple[str, ...]]]] = {
            "name": (
                full,
                name,
                [
                    (full,),
                    ("高橋\u3000花子", full),
                    ("佐蔵\u3000一郎", full),
                    ("崎山\u3000健", "嵜山\u3000健"),
                ],
            ),
            "kana": (kana[at].replace(" ", "\u3000"), kana[at], [(kana[at].replace(" ", "\u3000"),)]),
            "era": ("昭和", "昭", [("昭和",), ("平成",)]),
            "birth_date": (
                f"{1975 + at}-03-1{at}",
                day,
                [(f"{1975 + at}-03-1{at}",), (f"{1973 + at}-03-1{at}", f"{1975 + at}-03-1{at}")],
            ),
            "postal": ("100-0013", "1000013", [("100-0013",), ("100-0018", "100-0013"), ("100-0073",)]),
            "address": (
                "東京都千代田区霞が関1-2-3",
                "東京都千代田区霞が関1-2-3",
                [
                    ("東京都千代田区霞が関1-2-3",),
                    ("東京都千代田区霞が関1-2-8", "東京都千代田区霞が関1-2-3"),
                    ("東京都千代田区霞ヶ浦1-2-3",),
                ],
            ),
            "amount": (f"{at + 1}0000", f"{at + 1}0000", [(f"{at + 1}0000",), ("8000", f"{at + 1}0000")]),
        }
        chosen = list(right) if at < 2 else [each for each in right if each != ("era" if at % 2 else "kana")]
        reads = []
        for number, field in enumerate(chosen):
            value, typed, readings = right[field]
            reads.append(
                read(
                    field,
                    typed if field != "birth_date" else day[2:],
                    *readings[(at + number) % len(readings)],
                )
            )
            wanted[at + 1, field] = Wanted(value, typed)
        pages.append(reads)
    return pages, wanted


class Person:
    """Somebody at the keyboard who takes the shortest way, counting keys."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.client: CDPSession = page.context.new_cdp_session(page)
        self.commands = self.characters = self.confirmations = 0
        self.ways: dict[str, int] = {}

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.commands += 1

    def compose(self, text: str) -> None:
        """Types Japanese as an input method does, and confirms the conversion with Enter."""
        for end in range(1, len(text) + 1):
            self._composition(text[:end])
        self.take_by_input_method("Enter")
        self.client.send("Input.insertText", {"text": text})
        self.characters += len(text)
        self.confirmations += 1

    def take_by_input_method(self, code: str) -> None:
        for kind in ("rawKeyDown", "keyUp"):
            self.client.send(
                "Input.dispatchKeyEvent",
                {"type": kind, "key": "Process", "code": code, "windowsVirtualKeyCode": PROCESS_KEY},
            )

    def _composition(self, text: str) -> None:
        self.client.send(
            "Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)}
        )

    def decide(self, field: ScanField, offered: list[str], wanted: Wanted) -> None:
        if wanted.value == offered[0]:
            self._way("first")
            self.press("Enter")
        elif wanted.value in offered:
            self._way("another")
            number = offered.index(wanted.value) + 1
            self.press(f"Alt+{number}" if field.name in DIGITS else str(number))
        else:
            self._way("typed")
            if field.name in DIGITS:
                self.page.keyboard.type(wanted.typed)
                self.characters += len(wanted.typed)
            else:
                self.compose(wanted.typed)
            self.press("Enter")

    def _way(self, name: str) -> None:
        self.ways[name] = self.ways.get(name, 0) + 1


_PICTURE_IS_THERE = "() => { const it = document.querySelector('form[data-card] [data-crop]'); return it && !it.hidden && it.complete && it.naturalWidth > 0; }"


def item(page: Page) -> str:
    """The id of the field that is shown, once its picture is."""
    expect(page.locator("form[data-card][data-item] [data-crop]")).to_be_visible()
    page.wait_for_function(_PICTURE_IS_THERE)  # nothing is accepted before
    return str(page.locator("form[data-card]").get_attribute("data-item"))


def left(page: Page, field_id: str) -> None:
    expect(page.locator("form[data-card]")).not_to_have_attribute("data-item", field_id)


def shown(page: Page, field_id: str) -> None:
    expect(page.locator("form[data-card]")).to_have_attribute("data-item", field_id)


def saved(page: Page) -> None:
    expect(page.locator("[data-saved]")).to_have_text("すべて保存しました")


def test_fifty_fields_by_keyboard_alone(site: Served, log_in: LogIn) -> None:
    pages, wanted = mixed()
    batch = add_to(site.system, "chiyoda-kanri", pages)
    known = fields(site, batch)
    place = {key.id: number for number, key in enumerate(_pages(site, batch), start=1)}
    page = log_in(CLERK, f"/forms/verify/{batch.id}")
    person = Person(page)
    for number in range(len(known)):
        current = item(page)
        field = known[current]
        offered = json.loads(
            page.evaluate(f"fetch('/api/v1/batches/{batch.id}/fields/{current}').then((r) => r.text())")
        )
        person.decide(
            field, [each["value"] for each in offered["choices"]], wanted[place[field.page_id], field.name]
        )
        if number < len(known) - 1:
            left(page, current)
    page.get_by_role("heading", name="要確認の項目は、すべて確認しました").wait_for()
    after = fields(site, batch)
    for field in after.values():
        assert field.value == wanted[place[field.page_id], field.name].value, field.name
    keys = person.commands / len(known)
    with site.system.records.read() as work:
        recorded = work.connection.exec_driver_sql(
            f"SELECT sum(keys), sum(characters) FROM ocr_decisions WHERE batch_id = '{batch.id}'"
        ).one()
    assert recorded[0] == person.commands, "the page counts as we do"
    figures = {
        "fields": len(known),
        "ways": person.ways,
        "keys_a_field": round(keys, 3),
        "characters_a_field": round(person.characters / len(known), 2),
        "conversions_confirmed": person.confirmations,
        "at_most": MOST_KEYS,
    }
    print(json.dumps(figures))
    if folder := os.environ.get(RESULTS):
        Path(folder, "verification.json").write_text(json.dumps(figures, indent=2, sort_keys=True) + "\n")
    assert len(known) >= 40 and person.ways["typed"] >= 8
    assert keys <= MOST_KEYS


def _pages(site: Served, batch: Batch):  # type: ignore[no-untyped-def]
    with site.system.records.read() as work:
        return sql_desk().scans.pages(work, batch.id, (), None, 1_000).items


def some(site: Served, number: int = 3, **plan: object) -> Batch:
    pages = [
        [
            read("name", f"山田 {n}", f"山田\u3000{n}", f"山口\u3000{n}"),
            read("postal", "100-0013", "100-0018", "100-0013"),
        ]
        for n in "一二三四五六七八"[:number]
    ]
    return add_to(site.system, "chiyoda-kanri", pages, **plan)


def test_nothing_is_decided_while_a_conversion_is_open(site: Served, log_in: LogIn) -> None:
    batch = some(site)
    page = log_in(CLERK, f"/forms/verify/{batch.id}")
    first, person = item(page), Person(page)
    person._composition("すずき")
    for code in ("Enter", "Digit1", "Digit2", "PageDown", "F4", "F8", "Escape", "ArrowDown"):
        person.take_by_input_method(code)
    page.wait_for_timeout(300)
    assert item(page) == first
    person.client.send("Input.insertText", {"text": "鈴木"})
    expect(page.locator("#vf-text")).to_have_value("鈴木")
    page.keyboard.press("Enter")
    left(page, first)
    saved(page)
    assert fields(site, batch)[first].value == "鈴木"


def test_a_held_key_decides_once(site: Served, log_in: LogIn) -> None:
    batch = some(site)
    page = log_in(CLERK, f"/forms/verify/{batch.id}")
    item(page)
    for _ in range(5):
        page.keyboard.down("Enter")
    page.keyboard.up("Enter")
    saved(page)
    assert sum(each.state.value == "decided" for each in fields(site, batch).values()) == 1


def test_a_questionable_value_is_confirmed_by_a_second_enter(
    site: Served, log_in: LogIn, complaints: list[str]
) -> None:
    batch = some(site)
    page = log_in(CLERK, f"/forms/verify/{batch.id}?name=postal")
    first = item(page)
    page.keyboard.type("12")
    expect(page.locator("#vf-notes")).to_contain_text("郵便番号は7けたです")
    page.keyboard.press("Escape")
    expect(page.locator("#vf-text")).to_have_value("100-0018")
    page.keyboard.type("9")
    page.keyboard.press("Enter")  # faster than the check
    shown(page, first)
    expect(page.locator("#vf-notes[data-warning]")).to_be_visible()
    expect(page.locator("#vf-text")).to_have_value("9")
    page.keyboard.press("Enter")
    saved(page)
    assert fields(site, batch)[first].value == "9"
    assert all("422" in each for each in complaints)
    complaints.clear()


def test_undo_previous_and_skip(site: Served, log_in: LogIn) -> None:
    batch = some(site)
    page = log_in(CLERK, f"/forms/verify/{batch.id}")
    first = item(page)
    page.keyboard.press("Enter")
    left(page, first)
    second = item(page)
    saved(page)
    page.keyboard.press("Control+z")
    shown(page, first)
    assert fields(site, batch)[first].state.value == "doubtful"
    item(page)
    page.keyboard.press("2")
    shown(page, second)
    item(page)
    page.keyboard.press("PageUp")
    shown(page, first)
    expect(page.locator("[data-state]").first).to_have_text("確認済み")
    item(page)
    page.keyboard.press("F8")  # decided anew
    shown(page, second)
    page.keyboard.press("PageDown")
    left(page, second)
    saved(page)
    assert fields(site, batch)[first].state.value == "unreadable"
    assert fields(site, batch)[second].state.value == "doubtful"


def test_the_server_is_away_and_nothing_is_lost(site: Served, log_in: LogIn, complaints: list[str]) -> None:
    batch = some(site)
    page = log_in(CLERK, f"/forms/verify/{batch.id}")
    item(page)
    away = [True]

    def answer(route: Route) -> None:
        if away[0]:
            route.abort()
        else:
            route.continue_()

    page.route("**/decision", answer)
    for _ in range(2):
        current = item(page)
        page.keyboard.press("Enter")
        left(page, current)
    expect(page.locator("[data-alert]")).to_contain_text("2件を持ったまま")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.evaluate("location.assign('/')")
    page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    away[0] = False
    saved(page)
    assert sum(each.state.value == "decided" for each in fields(site, batch).values()) == 2
    expect(page.locator("[data-alert]")).to_be_hidden()
    assert all("ERR_FAILED" in each for each in complaints)
    complaints.clear()


def test_a_field_that_somebody_else_decided_is_told(
    site: Served, log_in: LogIn, complaints: list[str]
) -> None:
    batch = some(site)
    page = log_in(CLERK, f"/forms/verify/{batch.id}")
    first = item(page)
    with site.system.records.write() as work:
        work.connection.exec_driver_sql(f"UPDATE ocr_fields SET version = 7 WHERE id = '{first}'")
    page.keyboard.press("2")
    expect(page.locator("[data-alert]")).to_contain_text("ほかの人がこの項目を先に変更しました")
    shown(page, first)
    item(page)
    page.keyboard.press("2")
    saved(page)
    assert fields(site, batch)[first].value == "山口\u3000一"
    assert all("412" in each for each in complaints)
    complaints.clear()


def test_one_field_over_all_pages_is_accepted_at_once(site: Served, log_in: LogIn) -> None:
    batch = some(site, 8)
    page = log_in(CLERK, f"/forms/verify/{batch.id}?mode=grid&name=name")
    expect(page.locator(".vf-card--small")).to_have_count(8)
    expect(page.locator(".vf-card--small [data-crop]:not([hidden])")).to_have_count(8)
    page.keyboard.press("2")  # the first one is wrong
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**name=name")
    page.get_by_role("heading", name="要確認の項目は、すべて確認しました").wait_for()
    names = sorted(each.value for each in fields(site, batch).values() if each.name == "name")
    assert names == sorted(["山口\u3000一", *(f"山田\u3000{n}" for n in "二三四五六七八")])


def test_page_by_page(site: Served, log_in: LogIn) -> None:
    batch = some(site, 1)
    page = log_in(CLERK, f"/forms/verify/{batch.id}?mode=page")
    expect(page.locator(".vf-card--small")).to_have_count(2)
    expect(page.locator(".vf-card--small [data-crop]:not([hidden])")).to_have_count(2)
    page.keyboard.press("Enter")
    page.keyboard.press("Alt+2")
    page.get_by_role("heading", name="要確認の項目は、すべて確認しました").wait_for()
    assert sorted(each.value for each in fields(site, batch).values()) == ["100-0013", "山田\u3000一"]


def test_without_scripts(site: Served, log_in: LogIn, complaints: list[str]) -> None:
    batch = some(site, 1)
    page = log_in(CLERK, "/forms/verify", scripts=False)
    page.locator(f"a[href='/forms/verify/{batch.id}']").click()
    page.get_by_text("山口", exact=False).first.click()
    page.get_by_role("button", name=re.compile("^確定")).click()
    page.get_by_label(re.compile("「郵便番号」の値")).fill("77")
    page.get_by_role("button", name=re.compile("^確定")).click()
    expect(page.locator("#main")).to_contain_text("入力した値を確かめてください")
    assert all("422" in each for each in complaints)
    complaints.clear()
    page.get_by_role("button", name=re.compile("入力した値で確定")).click()
    page.get_by_role("heading", name="要確認の項目は、すべて確認しました").wait_for()
    assert sorted(each.value for each in fields(site, batch).values()) == ["77", "山口\u3000一"]
    page.get_by_role("button", name="自分の最後の確認を取り消す").click()
    expect(page.get_by_role("heading", name="郵便番号")).to_be_visible()


def test_another_ward_sees_nothing(site: Served, log_in: LogIn, complaints: list[str]) -> None:
    batch = some(site, 1)
    page = log_in(OTHER_WARD, "/forms/verify")
    expect(page.get_by_text("確認を待っている項目はありません")).to_be_visible()
    answer = page.goto(f"/forms/verify/{batch.id}")
    assert answer is not None and answer.status == 404
    complaints.clear()


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
def test_accessible(site: Served, log_in: LogIn, narrow: bool) -> None:
    batch = some(site)
    page = log_in("chiyoda-kakunin", narrow=narrow)
    rules = {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
    field = next(iter(fields(site, batch)))
    for path in (
        "",
        f"/{batch.id}/history/{field}",
        f"/{batch.id}",
        f"/{batch.id}?mode=page",
        f"/{batch.id}?mode=grid",
        f"/{batch.id}/pace",
    ):
        page.goto(f"/forms/verify{path}")
        if "mode" in path:
            expect(page.locator(".vf-card--small [data-crop]").first).to_be_visible()
        page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        found = Axe().run(page, options={"runOnly": rules})
        assert found.violations_count == 0, f"{path}\n{found.generate_report()}"
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= page.viewport_size["width"], path  # type: ignore[index]
