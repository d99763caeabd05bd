"""Japanese input: while a conversion is open no suggestion, submit or shortcut fires. Composed through the
DevTools protocol, as an input method does."""

from playwright.sync_api import CDPSession, Page, Request, expect

from tests.e2e.browser.conftest import LogIn

PROCESS_KEY = 229  # what a browser reports for a key that the input method takes


def _compose(client: CDPSession, text: str) -> None:
    client.send(
        "Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)}
    )


def _press_while_composing(client: CDPSession, code: str) -> None:
    for kind in ("rawKeyDown", "keyUp"):
        client.send(
            "Input.dispatchKeyEvent",
            {"type": kind, "key": "Process", "code": code, "windowsVirtualKeyCode": PROCESS_KEY},
        )


def _watched(page: Page) -> list[str]:
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/suggestions" in request.url or request.is_navigation_request():
            asked.append(request.url)

    page.on("request", note)
    return asked


def test_nothing_fires_while_a_conversion_is_open(log_in: LogIn) -> None:
    page = log_in("chiyoda-kanri", "/knowledge")
    box = page.get_by_role("combobox", name="言葉で探す")
    box.focus()
    client = page.context.new_cdp_session(page)
    asked = _watched(page)
    for text in ("じ", "じど", "じどう", "じどうてあて", "児童手当"):
        _compose(client, text)
    for code in ("Enter", "ArrowDown", "Slash", "Escape"):
        _press_while_composing(client, code)
    page.wait_for_timeout(600)
    assert asked == []
    expect(page.locator(".kb-options [role=option]")).to_have_count(0)

    client.send("Input.insertText", {"text": "児童手当"})
    expect(page.locator(".kb-options [role=option]").first).to_be_visible()
    expect(box).to_have_value("児童手当")
    box.press("Enter")
    page.wait_for_url("**q=**")


def test_enter_that_confirms_a_conversion_does_not_send_the_form(log_in: LogIn) -> None:
    page = log_in("chiyoda-kanri", "/knowledge/new?kind=case")
    page.get_by_label("件名").focus()
    client = page.context.new_cdp_session(page)
    asked = _watched(page)
    _compose(client, "のうぜいつうち")
    _press_while_composing(client, "Enter")
    client.send("Input.insertText", {"text": "納税通知"})
    page.wait_for_timeout(300)
    assert asked == []
    expect(page.get_by_label("件名")).to_have_value("納税通知")
