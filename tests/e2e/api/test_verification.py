"""Fields are verified over the API: given out, decided once, conflicts told, looked back on."""

from collections.abc import Iterator

import httpx
import pytest

from ocr_service.models.batches import Batch, Entry
from tests.e2e.api.calls import OTHER, REVIEWER, WRITER, problem
from tests.e2e.served import Served, served
from tests.fakes.verifying import add_to, read, with_one_form


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres").new_database()
    with served(tmp_path_factory.mktemp("api") / "home", with_one_form, database_url=url) as running:
        yield running


@pytest.fixture(scope="module")
def clerk(server: Served) -> Iterator[httpx.Client]:
    with server.client(WRITER) as client:
        yield client


def some(server: Served, **plan: object) -> Batch:
    pages = [
        [read("name", f"山田 {n}", f"山田\u3000{n}", f"山口\u3000{n}"), read("postal", "100-0013")]
        for n in "一二"
    ]
    return add_to(server.system, REVIEWER, pages, **plan)


def test_from_the_first_field_to_the_last(server: Served, clerk: httpx.Client) -> None:
    batch = some(server)
    base, work = f"/batches/{batch.id}/fields", f"/batches/{batch.id}/verification"
    given = clerk.post(f"{work}/next", json={"limit": 4}).json()
    assert given["remaining"] == {"open": 4, "others": 0, "done": 0}
    first, *others = given["items"]
    assert (first["label"], first["page"], first["state"], first["value"]) == ("氏名", 1, "doubtful", None)
    assert [(each["number"], each["value"]) for each in first["choices"]] == [
        (1, "山田\u3000一"),
        (2, "山口\u3000一"),
    ]
    picture = clerk.get(first["crop"].removeprefix("/api/v1"))
    assert picture.content.startswith(b"\x89PNG") and "no-store" in picture.headers["cache-control"]
    body = {"version": 1, "how": "chosen", "choice": 2, "keys": 1, "milliseconds": 1200}
    decided = clerk.post(f"{base}/{first['id']}/decision", json=body, headers={"Idempotency-Key": "a"})
    assert decided.status_code == 200, decided.text
    assert (decided.json()["state"], decided.json()["version"]) == ("decided", 2)
    again = clerk.post(f"{base}/{first['id']}/decision", json=body, headers={"Idempotency-Key": "a"})
    assert again.json() == decided.json() and again.headers["idempotency-replayed"] == "true"
    problem(clerk.post(f"{base}/{first['id']}/decision", json=body), 412)
    for each in others:
        answer = clerk.post(f"{base}/{each['id']}/decision", json={"version": 1, "how": "accepted"})
    assert answer.json()["batch_state"] == "ready"
    history = clerk.get(f"{base}/{first['id']}/history").json()
    assert [(each["how"], each["value"]) for each in history] == [("chosen", "山口\u3000一")]
    undone = clerk.post(f"{work}/undo", json={}).json()
    assert undone["id"] == others[-1]["id"] and undone["state"] == "doubtful"
    assert clerk.get(f"/batches/{batch.id}").json()["state"] == "verifying"
    pace = clerk.get(f"{work}/pace").json()
    assert len(pace) == 1 and pace[0]["fields"] == 3


def test_what_is_typed_is_checked_before(server: Served, clerk: httpx.Client) -> None:
    batch = some(server)
    base, work = f"/batches/{batch.id}/fields", f"/batches/{batch.id}/verification"
    postal = clerk.post(f"{work}/next", json={"name": "postal"}).json()["items"][0]
    checked = clerk.post(f"{base}/{postal['id']}/check", json={"text": "〒1000014"}).json()
    assert checked == {"value": "100-0014", "shown": "100-0014", "notes": []}
    body = {"version": 1, "how": "typed", "text": "12"}
    refused = problem(clerk.post(f"{base}/{postal['id']}/decision", json=body), 422)
    assert refused["type"] == "urn:chienowa:problem:questionable-value" and refused["errors"]
    taken = clerk.post(f"{base}/{postal['id']}/decision", json=body | {"confirmed": True})
    assert taken.json()["state"] == "decided"
    problem(
        clerk.post(f"{base}/{postal['id']}/decision", json={"version": 2, "how": "chosen", "choice": 9}), 422
    )
    problem(clerk.post(f"{base}/{postal['id']}/decision", json={"version": 2, "how": "guessed"}), 422)


def test_lists_in_pages_with_filters(server: Served, clerk: httpx.Client) -> None:
    batch = some(server)
    base, work = f"/batches/{batch.id}/fields", f"/batches/{batch.id}/verification"
    seen, address = [], f"{base}?limit=3"
    while address:
        answer = clerk.get(address)
        seen += [each["name"] for each in answer.json()["items"]]
        address = answer.links["next"]["url"].removeprefix("/api/v1") if "next" in answer.links else ""
    assert seen == ["name", "postal", "name", "postal"]
    assert len(clerk.get(f"{base}?state=doubtful&name=name").json()["items"]) == 2
    assert clerk.get(f"{base}?state=decided").json()["items"] == []
    assert [each["label"] for each in clerk.get(f"{work}/names").json()] == ["氏名", "郵便番号"]
    problem(clerk.get(f"{base}?cursor=AAAA"), 422)


def test_one_field_is_with_one_person(server: Served, clerk: httpx.Client) -> None:
    batch = some(server, entry=Entry.DOUBLE)
    base, work = f"/batches/{batch.id}/fields", f"/batches/{batch.id}/verification"
    first = clerk.post(f"{work}/next", json={}).json()["items"][0]
    with server.client(REVIEWER) as reviewer:
        problem(reviewer.post(f"{base}/{first['id']}/take"), 409)
        assert clerk.post(f"{work}/renew").json() == {"fields": 1}
        body = {"version": 1, "how": "typed", "text": "秘密 太郎"}
        assert clerk.post(f"{base}/{first['id']}/decision", json=body).json()["state"] == "entered"
        second = reviewer.post(f"{base}/{first['id']}/take")
        assert "秘密" not in second.text and second.json()["round"] == 2
        assert reviewer.get(f"{base}/{first['id']}/history").json() == []
        assert (
            "秘密"
            not in reviewer.get(base).text
            + reviewer.get(f"/batches/{batch.id}/pages/{first['page_id']}").text
        )
        assert reviewer.post(f"{work}/release", json={"fields": [first["id"]]}).status_code == 204
        assert reviewer.get(f"{work}/pace?everybody=true").status_code == 200
    problem(clerk.get(f"{work}/pace?everybody=true"), 403)


def test_another_ward(server: Served, clerk: httpx.Client) -> None:
    batch = some(server)
    field = clerk.post(f"/batches/{batch.id}/verification/next", json={}).json()["items"][0]["id"]
    with server.client(OTHER) as other:
        answers = []
        for which in (batch.id, "0" * 32):
            base, work = f"/batches/{which}/fields", f"/batches/{which}/verification"
            for call in (
                other.get(base),
                other.get(f"{work}/names"),
                other.get(f"{base}/{field}"),
                other.get(f"{base}/{field}/history"),
                other.post(f"{work}/next", json={}),
                other.post(f"{work}/undo", json={}),
                other.post(f"{base}/{field}/take"),
                other.post(f"{base}/{field}/check", json={"text": "x"}),
                other.post(f"{base}/{field}/decision", json={"version": 1, "how": "accepted"}),
            ):
                answers.append(problem(call, 404)["detail"])
        assert len(set(answers)) == 1
