"""Templates through the API: what is stored, seen, refused and changed in between."""

import json
from typing import Any

import httpx
import jsonschema_rs

from ocr_service.rules.form_document import document
from ocr_service.schemas.forms import read_file
from tests.e2e.api.calls import WRITER
from tests.e2e.served import Served
from tests.fakes.templates import A4, full_form, small_form

LANGUAGE = {"Accept-Language": "en"}


def made(client: httpx.Client, name: str) -> dict[str, Any]:
    answer = client.post("/forms", json=document(small_form(name)))
    assert answer.status_code == 201, answer.text
    assert answer.headers["ETag"] == '"1"'
    assert answer.headers["Location"].endswith(answer.json()["id"])
    found: dict[str, Any] = answer.json()
    return found


def published(client: httpx.Client, name: str, audience: str = "members") -> dict[str, Any]:
    one = made(client, name)
    shared = client.put(f"/forms/{one['id']}/audience", json={"kind": audience}, headers={"If-Match": '"1"'})
    assert shared.status_code == 200, shared.text
    answer = client.post(
        f"/forms/{one['id']}/publication", json={"note": "初版"}, headers={"If-Match": shared.headers["ETag"]}
    )
    assert answer.status_code == 201, answer.text
    assert answer.json()["version"] == "1.0.0"
    assert answer.json()["signature"]["trust"] == "house"
    found: dict[str, Any] = client.get(f"/forms/{one['id']}").json()
    return found


def test_from_draft_to_version_and_away(me: httpx.Client) -> None:
    one = made(me, "walk")
    address = f"/forms/{one['id']}"
    draft = me.get(f"{address}/draft")
    assert draft.json() == document(small_form("walk"))
    assert me.put(f"{address}/draft", json=draft.json()).status_code == 428
    changed = draft.json() | {"title": "改めた様式（サンプル）"}
    saved = me.put(f"{address}/draft", json=changed, headers={"If-Match": draft.headers["ETag"]})
    assert (saved.status_code, saved.headers["ETag"], saved.json()["revision"]) == (200, '"2"', 2)
    stale = me.put(f"{address}/draft", json=changed, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.headers["ETag"]) == (412, '"2"')
    assert stale.json()["current"]["title"] == "改めた様式（サンプル）"
    version = me.post(f"{address}/publication", json={}, headers={"If-Match": '"2"'})
    assert version.status_code == 201
    again = me.post(f"{address}/publication", json={}, headers={"If-Match": '"3"'})
    assert again.status_code == 409
    file = me.get(f"{address}/versions/1.0.0/file")
    assert file.headers["Content-Disposition"] == 'attachment; filename="walk-1.0.0.json"'
    assert read_file(file.content).form.title == "改めた様式（サンプル）"
    picture = me.get(f"{address}/versions/1.0.0/pages/1/image")
    assert (picture.headers["Content-Type"], picture.content) == ("image/png", A4)
    assert me.get(f"{address}/draft/pages/1/image").content == A4
    assert me.get(f"{address}/draft/pages/2/image").status_code == 404
    assert me.get(f"{address}/versions/9.0.0/file").status_code == 404
    yanked = me.post(f"{address}/versions/1.0.0/yank", json={"reason": "枠がずれていた"})
    assert (yanked.status_code, yanked.json()["state"]) == (200, "yanked")
    assert me.post(f"{address}/versions/1.0.0/yank", json={"reason": "x"}).status_code == 409
    (line,) = me.get(f"{address}/versions").json()
    assert (line["note"], line["signature"]["publisher"]) == ("枠がずれていた", "131016")


def test_every_mistake_is_told_with_its_place(me: httpx.Client) -> None:
    content = document(full_form())
    content["pages"][0]["fields"][0]["box"]["x"] = 500
    content["pages"][0]["fields"][1]["name"] = content["pages"][0]["fields"][2]["name"]
    content["pages"][1]["image"] = "AAAA"
    content["checks"][0]["fields"][0] = "nowhere"
    answer = me.post("/forms", json=content, headers=LANGUAGE)
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    told = {error["pointer"]: error["detail"] for error in answer.json()["errors"]}
    assert {
        "/pages/0/fields/0/box",
        "/pages/0/fields/2/name",
        "/pages/1/image",
        "/checks/0/fields/0",
    } <= told.keys()
    assert "outside the page" in told["/pages/0/fields/0/box"]
    for body in (b"", b"{", b"[]", b'"x"', b"\xff\xff", b"[" * 5_000):
        wrong = me.post("/forms", content=body, headers={"Content-Type": "application/json"})
        assert wrong.status_code == 422, body


def test_a_template_too_large_is_refused_before_it_is_read(me: httpx.Client) -> None:
    answer = me.post("/forms", content=b"x" * 4_000_000, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


def test_another_ward(server: Served, me: httpx.Client, other: httpx.Client) -> None:
    hidden, shown = made(me, "hidden"), published(me, "shown")
    assert other.get(f"/forms/{hidden['id']}").json() == other.get(f"/forms/{'0' * 32}").json()
    ids = [one["id"] for one in other.get("/forms").json()["items"]]
    assert shown["id"] in ids and hidden["id"] not in ids
    assert other.get(f"/forms/{shown['id']}/draft").status_code == 404
    headers = {"If-Match": f'"{shown["revision"]}"'}
    for answer in (
        other.put(f"/forms/{shown['id']}/draft", json=document(small_form("shown")), headers=headers),
        other.post(f"/forms/{shown['id']}/publication", json={}, headers=headers),
        other.post(f"/forms/{shown['id']}/archive", headers=headers),
        other.post(f"/forms/{shown['id']}/versions/1.0.0/yank", json={"reason": "x"}),
    ):
        assert answer.status_code == 403
    copy = other.post(f"/forms/{shown['id']}/copies", json={"name": "copied"})
    assert (copy.status_code, copy.json()["owner"]) == (201, "131041")
    archived = me.post(f"/forms/{shown['id']}/archive", headers=headers)
    assert archived.json()["archived"] is True
    assert other.get(f"/forms/{shown['id']}").status_code == 404
    back = me.post(f"/forms/{shown['id']}/restore", headers={"If-Match": archived.headers["ETag"]})
    assert back.status_code == 200 and other.get(f"/forms/{shown['id']}").status_code == 200
    with server.client(WRITER) as clerk:
        assert clerk.get(f"/forms/{hidden['id']}/draft").status_code == 200
        assert clerk.post("/forms", json=document(small_form("clerk"))).status_code == 403


def test_a_file_goes_to_another_ward(me: httpx.Client, other: httpx.Client) -> None:
    one = published(me, "travels", "own")
    file = me.get(f"/forms/{one['id']}/versions/1.0.0/file").content
    answer = other.post("/form-imports", files={"file": ("様式.json", file)})
    assert answer.status_code == 201, answer.text
    assert answer.json()["template"]["owner"] == "131041"
    assert answer.json()["signature"]["trust"] == "house"
    assert answer.json()["signature"]["publisher"] == "131016"
    again = other.post("/form-imports", files={"file": ("様式.json", file)})
    assert again.json()["template"] == answer.json()["template"]
    changed = json.loads(file) | {"title": "書き換え"}
    refused = other.post(
        "/form-imports?name=changed", files={"file": ("a.json", json.dumps(changed).encode())}
    )
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/envelope"
    del changed["envelope"]
    unsigned = other.post(
        "/form-imports?name=changed", files={"file": ("a.json", json.dumps(changed).encode())}
    )
    assert (unsigned.status_code, unsigned.json()["signature"]["trust"]) == (201, "unsigned")
    assert other.post("/form-imports", files={"other": ("", b"")}).status_code == 422
    assert other.post("/form-imports", content=b"x").status_code == 422


def test_the_same_request_again_makes_one_template(me: httpx.Client) -> None:
    body = document(small_form("once"))
    first, second = (me.post("/forms", json=body, headers={"Idempotency-Key": "form-1"}) for _ in range(2))
    assert first.json() == second.json() and second.headers["Idempotency-Replayed"] == "true"
    other = me.post("/forms", json=document(small_form("twice")), headers={"Idempotency-Key": "form-1"})
    assert other.status_code == 409
    assert me.post("/forms", json=body).status_code == 409


def test_pages_of_the_list(me: httpx.Client) -> None:
    for number in range(3):
        made(me, f"list{number}")
    seen: list[str] = []
    answer = me.get("/forms", params={"limit": 2, "owner": "131016"})
    while True:
        seen += [one["name"] for one in answer.json()["items"]]
        if answer.json()["next"] is None:
            assert "Link" not in answer.headers
            break
        assert 'rel="next"' in answer.headers["Link"]
        answer = me.get("/forms", params={"limit": 2, "owner": "131016", "cursor": answer.json()["next"]})
    assert seen[:3] == ["list2", "list1", "list0"]
    assert len(seen) == len(set(seen))


def test_the_published_schema_takes_what_the_program_writes(me: httpx.Client) -> None:
    schema = me.get("/forms/schema").json()
    validator = jsonschema_rs.Draft202012Validator(schema)
    for form in (small_form(), full_form()):
        validator.validate(document(form))
    for place, wrong in ((("type",), "nmae"), (("name",), "Name"), (("box", "width"), "3")):
        bad = document(small_form())
        node = bad["pages"][0]["fields"][0]
        for step in place[:-1]:
            node = node[step]
        node[place[-1]] = wrong
        assert not validator.is_valid(bad), place
    assert not validator.is_valid(document(small_form()) | {"colour": "red"})
