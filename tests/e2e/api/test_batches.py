"""Batches over HTTP with the real reader behind the sandbox: made, filled, watched, stopped, erased; and nothing
of it for another ward."""

import io
import json
import time
from typing import Any

import httpx
import pytest
from PIL import Image, ImageDraw

from kernel.identity.models import Scope
from tests.e2e.api.calls import REVIEWER
from tests.e2e.served import Served

FINAL = ("verifying", "ready")


def picture(words: str) -> bytes:
    """A page that is no form of ours."""
    page = Image.new("L", (1240, 1754), 255)
    ImageDraw.Draw(page).text((200, 300), words, fill=0, font_size=60)
    ImageDraw.Draw(page).rectangle((200, 500, 1000, 900), outline=0, width=4)
    data = io.BytesIO()
    page.save(data, "PNG", dpi=(150, 150))
    return data.getvalue()


def made(client: httpx.Client, **plan: Any) -> dict[str, Any]:
    answer = client.post("/batches", json={"title": "給付金 午前"} | plan)
    assert answer.status_code == 201, answer.text
    assert answer.headers["ETag"] == '"1"'
    body: dict[str, Any] = answer.json()
    return body


def handed_in(client: httpx.Client, batch: str, *files: tuple[str, bytes]) -> list[dict[str, Any]]:
    answer = client.post(f"/batches/{batch}/files", files=[("file", file) for file in files])
    assert answer.status_code == 202, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


def settled(client: httpx.Client, batch: str) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while True:
        body: dict[str, Any] = client.get(f"/batches/{batch}").json()
        if body["state"] in FINAL or time.monotonic() > deadline:
            return body
        time.sleep(0.2)


def test_from_upload_to_erasure(me: httpx.Client) -> None:
    batch = made(me)["id"]
    files = handed_in(me, batch, ("a.png", picture("one")), ("b.png", picture("two")), ("c.pdf", b"no scan"))
    assert [file["state"] for file in files] == ["opening"] * 3
    body = settled(me, batch)
    assert body["state"] == "verifying", body
    standing = body["standing"]
    assert (standing["pages"], standing["pages_set_aside"], standing["files_unreadable"]) == (2, 2, 1)
    assert standing["seconds_left"] is None
    broken = me.get(f"/batches/{batch}/files").json()[2]
    assert broken["state"] == "unreadable" and broken["reason_ja"] and broken["reason_en"]
    decision = f"/batches/{batch}/files/{broken['id']}/decision"
    assert me.post(decision, json={"word": "skip"}).json()["state"] == "skipped"
    assert me.post(decision, json={"word": "move"}).status_code == 422

    first = me.get(f"/batches/{batch}/pages", params={"limit": 1})
    assert first.links["next"]["url"].startswith("/api/v1/batches/")
    second = me.get(f"/batches/{batch}/pages", params={"cursor": first.json()["next"]}).json()
    page, other = first.json()["items"][0], second["items"][0]
    assert (page["position"], other["position"], second["next"]) == (1, 2, None)
    address = f"/batches/{batch}/pages/{page['id']}"
    picture_of = me.get(f"{address}/preview")
    assert picture_of.headers["content-type"] == "image/jpeg"
    assert Image.open(io.BytesIO(picture_of.content)).size == (page["preview_width"], page["preview_height"])
    assert me.get(address).json()["fields"] == []
    assert me.post(f"{address}/template", json={"template": "0" * 32}).status_code == 422
    for each in (page, other):
        dropped = me.post(f"/batches/{batch}/pages/{each['id']}/drop").json()
        assert dropped["state"] == "dropped"
    assert me.post(f"{address}/restore").json()["state"] == "set_aside"
    assert me.post(f"{address}/drop").json()["state"] == "dropped"

    ready = me.get(f"/batches/{batch}")
    assert ready.json()["state"] == "ready"
    assert me.post(f"/batches/{batch}/close").status_code == 428
    stale = me.post(f"/batches/{batch}/close", headers={"If-Match": '"7"'})
    assert stale.status_code == 412 and stale.json()["current"]["id"] == batch
    closed = me.post(f"/batches/{batch}/close", headers={"If-Match": ready.headers["ETag"]})
    assert closed.json()["state"] == "closed" and closed.headers["ETag"] == '"2"'
    assert me.post(f"/batches/{batch}/pause", headers={"If-Match": '"2"'}).status_code == 409
    assert me.post(f"/batches/{batch}/deletion", json={"confirmation": "ちがう"}).status_code == 422
    gone = me.post(f"/batches/{batch}/deletion", json={"confirmation": "給付金 午前"})
    assert (gone.status_code, gone.json()["state"]) == (202, "deleted")
    deadline = time.monotonic() + 20
    while me.get(f"{address}/preview").status_code != 404:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_blank_form_of_ours_is_no_blank_sheet_and_empty_paper_is(me: httpx.Client) -> None:
    batch = made(me, title="白紙")["id"]
    blank = io.BytesIO()
    Image.new("L", (1240, 1754), 255).save(blank, "PNG", dpi=(150, 150))
    handed_in(me, batch, ("blank.png", blank.getvalue()))
    assert settled(me, batch)["standing"]["pages_dropped"] == 1


def test_the_same_bytes_and_the_same_request(me: httpx.Client) -> None:
    first, second = made(me, title="一便")["id"], made(me, title="二便")["id"]
    page = picture("the same")
    handed_in(me, first, ("a.png", page))
    (twice,) = handed_in(me, second, ("a.png", page))
    assert (twice["state"], twice["same_as"]) == ("twice", first)
    decision = f"/batches/{second}/files/{twice['id']}/decision"
    assert me.post(decision, json={"word": "read"}).json()["state"] == "opening"
    key = {"Idempotency-Key": f"batch-{first}"}
    answers = [me.post("/batches", json={"title": "一度だけ"}, headers=key) for _ in range(2)]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert answers[1].headers["Idempotency-Replayed"] == "true"


def test_nothing_for_another_ward(me: httpx.Client, other: httpx.Client, server: Served) -> None:
    batch = made(me, title="秘密の束")["id"]
    (file,) = handed_in(me, batch, ("a.png", picture("mine")))
    settled(me, batch)
    page = me.get(f"/batches/{batch}/pages").json()["items"][0]["id"]
    absent = "0" * 32
    calls = [
        ("GET", "/batches/{}", None),
        ("GET", "/batches/{}/events", None),
        ("GET", "/batches/{}/files", None),
        ("GET", "/batches/{}/pages", None),
        ("GET", f"/batches/{{}}/pages/{page}", None),
        ("GET", f"/batches/{{}}/pages/{page}/preview", None),
        ("POST", "/batches/{}/pause", None),
        ("POST", "/batches/{}/retry", None),
        ("POST", "/batches/{}/deletion", {"confirmation": "秘密の束"}),
        ("POST", f"/batches/{{}}/pages/{page}/drop", None),
        ("POST", f"/batches/{{}}/pages/{page}/template", {"template": absent}),
        ("POST", f"/batches/{{}}/files/{file['id']}/decision", {"word": "read"}),
        ("PUT", "/batches/{}", {"title": "x"}),
    ]
    for method, path, body in calls:
        answers = [
            other.request(method, path.format(which), json=body, headers={"If-Match": '"1"'})
            for which in (batch, absent)
        ]
        assert answers[0].status_code == 404, (path, answers[0].text)
        assert answers[0].json() == answers[1].json(), path
    assert batch not in other.get("/batches").text
    own = made(other, title="よその束")["id"]
    (taken,) = handed_in(other, own, ("a.png", picture("mine")))
    assert (taken["state"], taken["same_as"]) == ("opening", "")
    with server.client(REVIEWER, frozenset({Scope.READ})) as reading:
        assert reading.get(f"/batches/{batch}").status_code == 200
        assert reading.post("/batches", json={"title": "x"}).status_code == 403


def test_progress_is_told_while_it_happens(me: httpx.Client) -> None:
    batch = made(me, title="見守る束")["id"]
    seen: list[str] = []
    with me.stream("GET", f"/batches/{batch}/events") as stream:
        handed_in(me, batch, ("a.png", picture("watched")))
        for line in stream.iter_lines():
            if line.startswith("data: "):
                state = json.loads(line.removeprefix("data: "))["state"]
                seen.append(state)
                if state in FINAL:
                    break
    assert seen[0] in ("receiving", "reading") and seen[-1] == "verifying"


def test_the_policy(me: httpx.Client, server: Served) -> None:
    assert me.get("/form-policy").json()["keep_days"] == 90
    body = {"keep_days": 30, "watched_folder": ""}
    assert me.put("/form-policy", json=body, headers={"If-Match": '"0"'}).status_code == 403
    with server.client("chiyoda-kanri") as administrator:
        before = administrator.get("/form-policy")
        assert before.headers["ETag"] == '"0"'
        assert administrator.put("/form-policy", json=body).status_code == 428
        after = administrator.put("/form-policy", json=body, headers={"If-Match": '"0"'})
        assert (after.json()["keep_days"], after.headers["ETag"]) == (30, '"1"')
        assert administrator.put("/form-policy", json=body, headers={"If-Match": '"0"'}).status_code == 412
        watched = body | {"watched_folder": "scans"}
        refused = administrator.put("/form-policy", json=watched, headers={"If-Match": '"1"'})
        assert refused.status_code == 422 and "CHIENOWA_SCAN_FOLDER" in refused.text


@pytest.mark.parametrize(
    "body",
    [
        {"title": ""},
        {"title": "x", "priority": 3},
        {"title": "x", "threshold": 2},
        {"title": "x", "templates": ["0" * 32]},
        {"title": "x", "unknown": 1},
        {"title": "x\u0000"},
    ],
)
def test_a_plan_that_cannot_be(me: httpx.Client, body: dict[str, Any]) -> None:
    answer = me.post("/batches", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"]
