"""What a ward keeps to itself does not exist for another: nowhere on the pages, nowhere in the API."""

from collections.abc import Callable

from tests.e2e.browser.conftest import LogIn, first_hit

TITLE = "区内限りのムササビ計画"
TAG = "ムササビ限定タグ"
Write = Callable[..., str]


def test_another_ward_sees_nothing_of_an_own_entry(
    log_in: LogIn, write: Write, complaints: list[str]
) -> None:
    mine = log_in("chiyoda-kanri")
    address = write(mine, TITLE, audience="own", body="ムササビ計画の本文です。")
    mine.goto(f"{address}/edit")
    mine.locator("#tags").fill(TAG)
    mine.get_by_role("button", name="保存する", exact=True).click()
    mine.wait_for_url(address)
    first_hit(mine, "ムササビ計画", TITLE)

    other = log_in("setagaya-kanri")
    for path in (
        "/",
        "/knowledge?q=ムササビ計画",
        "/knowledge?provider=131016",
        "/knowledge/new-arrivals",
        "/knowledge/drafts",
    ):
        other.goto(path)
        assert "ムササビ" not in other.locator("main").inner_text().replace("「ムササビ計画」", ""), path
    for path in ("", "/edit", "/history", "/attachments", "/delete"):
        answer = other.goto(address + path)
        assert answer is not None and answer.status == 404, path
        assert "ムササビ" not in other.content(), path
    absent = other.goto("/knowledge/01ABSENTABSENTABSENTABSENT")
    assert absent is not None and absent.status == 404
    missing = other.locator("main").inner_text()
    other.goto(address)
    assert other.locator("main").inner_text() == missing
    for path in (
        "/knowledge/suggestions?q=ムササビ",
        "/knowledge/tags?q=ムササビ",
        "/knowledge/link-candidates?q=ムササビ計画",
        "/knowledge/results.csv?q=ムササビ計画",
        "/api/v1/search?q=ムササビ計画",
        "/api/v1/suggestions?q=ムササビ",
        "/api/v1/tags?prefix=ムササビ",
    ):
        answer = other.context.request.get(path)
        body = answer.text().replace('"raw":"ムササビ計画"', "").replace('"text":"ムササビ計画"', "")
        assert TITLE not in body and TAG not in body, path
    entry_id = address.rsplit("/", 1)[1]
    assert other.context.request.get(f"/api/v1/entries/{entry_id}").status == 404
    assert all("404" in each for each in complaints)
    complaints.clear()
