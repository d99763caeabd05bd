"""The API through the real application: what a program of another ward's staff meets."""

import re
import time
from typing import Any

import httpx
import pytest

from kernel.identity import repository
from kernel.identity.models import Actor, Role, Scope
from tests.e2e.api.calls import CASE, OPERATOR, REVIEWER, content, created, eventually_found, problem
from tests.e2e.served import Served


def test_without_or_with_a_wrong_token(server: Served) -> None:
    for headers in ({}, {"Authorization": "Bearer nothing"}):
        response = httpx.get(f"{server.address}/api/v1/entries", headers=headers)
        problem(response, 401)
        assert response.headers["www-authenticate"] == "Bearer"


def test_a_scope_limits_a_token(server: Served) -> None:
    with server.client(REVIEWER, frozenset({Scope.READ})) as reader:
        problem(reader.post("/entries", json=content()), 403)
        assert reader.get("/entries").status_code == 200
    with server.client(REVIEWER, frozenset({Scope.WRITE})) as writer:
        problem(writer.get("/entries"), 403)
        problem(writer.get("/search?q=a"), 403)


def test_write_read_save_delete(me: httpx.Client) -> None:
    entry = created(me)
    address = f"/entries/{entry['id']}"
    read = me.get(address)
    assert read.json() == entry and read.headers["etag"] == '"1"'
    problem(me.put(address, json=content(title="x")), 428)
    problem(me.put(address, json=content(title="x"), headers={"If-Match": "*"}), 428)
    problem(me.put(address, json=content(title="x"), headers={"If-Match": "3"}), 422)
    saved = me.put(address, json=content(title="直した"), headers={"If-Match": '"1"'})
    assert (saved.status_code, saved.headers["etag"], saved.json()["version"]) == (200, '"2"', 2)
    problem(me.delete(address), 428)
    problem(me.delete(address, headers={"If-Match": '"1"'}), 412)
    assert me.delete(address, headers={"If-Match": '"2"'}).status_code == 204
    gone = problem(me.get(address), 404)
    assert gone == problem(me.get("/entries/" + "0" * 32), 404)
    assert entry["id"] in [one["id"] for one in me.get("/deleted").json()["items"]]
    assert me.post(f"{address}/undelete").json()["version"] == 4
    problem(me.post(f"{address}/undelete"), 409)


def test_two_at_once_get_what_they_need_to_choose(me: httpx.Client) -> None:
    entry = created(me, title="元")
    address = f"/entries/{entry['id']}"
    me.put(address, json=content(title="相手", body="元の本文"), headers={"If-Match": '"1"'})
    mine = me.put(address, json=content(title="私", summary="私の要約"), headers={"If-Match": '"1"'})
    document = problem(mine, 412)
    assert mine.headers["etag"] == '"2"'
    assert document["current"]["content"]["title"] == "相手"
    assert {choice["name"]: choice["side"] for choice in document["choices"]} == {
        "title": "conflict",
        "summary": "mine",
        "body": "theirs",
    }
    assert document["merged"]["summary"] == "私の要約" and document["merged"]["body"] == "元の本文"
    assert [one["pointer"] for one in document["errors"]] == ["title"]
    merged = {**document["merged"], "title": "両方"}
    done = me.put(address, json={"content": merged}, headers={"If-Match": mine.headers["etag"]})
    assert done.status_code == 200 and done.json()["version"] == 3


def test_history(me: httpx.Client) -> None:
    entry = created(me, title="第一版")
    address = f"/entries/{entry['id']}"
    for number in (1, 2, 3):
        body = {**content(title=f"第{number + 1}版"), "note": f"{number}回目"}
        assert me.put(address, json=body, headers={"If-Match": f'"{number}"'}).status_code == 200
    first = me.get(f"{address}/revisions", params={"limit": 3})
    assert [one["version"] for one in first.json()["items"]] == [4, 3, 2]
    assert first.links["next"]["url"].startswith(f"/api/v1{address}/revisions?")
    rest = me.get(first.links["next"]["url"].removeprefix("/api/v1")).json()
    assert [one["version"] for one in rest["items"]] == [1] and rest["next"] is None
    assert me.get(f"{address}/revisions/1").json()["content"]["title"] == "第一版"
    problem(me.get(f"{address}/revisions/9"), 404)
    changes = me.get(f"{address}/comparison", params={"before": 1, "after": 4}).json()["changes"]
    assert [change["name"] for change in changes] == ["title"]
    restored = me.post(f"{address}/restore", json={"version": 1}, headers={"If-Match": '"4"'})
    assert restored.json()["version"] == 5 and restored.json()["content"]["title"] == "第一版"
    problem(me.post(f"{address}/restore", json={"version": 2}, headers={"If-Match": '"4"'}), 412)
    problem(me.post(f"{address}/restore", json={"version": 9}, headers={"If-Match": '"5"'}), 404)


def test_the_same_request_sent_twice_is_done_once(me: httpx.Client, other: httpx.Client) -> None:
    headers = {"Idempotency-Key": "請求".encode().hex()}
    first = me.post("/entries", json=content(title="一度だけ"), headers=headers)
    again = me.post("/entries", json=content(title="一度だけ"), headers=headers)
    assert first.status_code == again.status_code == 201
    assert first.content == again.content and again.headers["idempotency-replayed"] == "true"
    assert again.headers["location"] == first.headers["location"] and again.headers["etag"] == '"1"'
    problem(me.post("/entries", json=content(title="別物"), headers=headers), 409)
    theirs = other.post("/entries", json=content(title="一度だけ"), headers=headers)
    assert theirs.json()["id"] != first.json()["id"]
    problem(me.post("/entries", json=content(), headers={"Idempotency-Key": "a" * 256}), 422)


def test_what_else_is_sent_twice_is_done_once(me: httpx.Client, server: Served) -> None:
    entry = created(me, title="繰り返し")
    address = f"/entries/{entry['id']}"
    assert me.put(address, json=content(title="第二版"), headers={"If-Match": '"1"'}).status_code == 200

    def twice(
        client: httpx.Client, path: str, key: str, headers: dict[str, str], **sent: Any
    ) -> httpx.Response:
        headers = {**headers, "Idempotency-Key": f"{entry['id']}-{key}"}
        first, again = (client.post(path, headers=headers, **sent) for _ in range(2))
        assert first.status_code == again.status_code < 300, (path, first.text, again.text)
        assert (first.json(), again.headers["idempotency-replayed"]) == (again.json(), "true")
        return again

    restored = twice(me, f"{address}/restore", "restore", {"If-Match": '"2"'}, json={"version": 1})
    assert restored.json()["version"] == 3 and restored.headers["etag"] == '"3"'
    files = {"file": ("繰り返し.txt", "本文".encode(), "text/plain")}
    (attachment,) = twice(me, f"{address}/attachments", "file", {}, files=files).json()
    twice(me, f"/attachments/{attachment['id']}/reading", "reading", {})
    assert me.delete(address, headers={"If-Match": '"3"'}).status_code == 204
    assert twice(me, f"{address}/undelete", "undelete", {}).json()["version"] == 5
    problem(me.post(f"{address}/undelete"), 409)
    with server.client(OPERATOR) as operator:
        job = twice(operator, "/index/reindex", "reindex", {})
        assert job.headers["location"] == f"/api/v1/jobs/{job.json()['id']}"


def test_an_answer_that_says_what_is_wrong_is_not_kept(me: httpx.Client) -> None:
    address = f"/entries/{created(me, title='直して送り直す')['id']}"
    assert me.put(address, json=content(title="次"), headers={"If-Match": '"1"'}).status_code == 200
    key = {"Idempotency-Key": address}
    problem(me.post(f"{address}/restore", json={"version": 1}, headers={"If-Match": '"1"', **key}), 412)
    good = me.post(f"{address}/restore", json={"version": 1}, headers={"If-Match": '"2"', **key})
    assert good.status_code == 200, good.text


def test_a_draft_of_another_ward_is_nowhere(me: httpx.Client, other: httpx.Client) -> None:
    secret = "秘匿調査甲乙丙"
    hidden = created(
        me, title=secret, status="draft", tags=[secret], audience={"kind": "public"}, body=secret
    )
    me.post(f"/entries/{hidden['id']}/attachments", files={"file": (f"{secret}.txt", secret.encode())})
    shown = created(me, title="見える", links=[{"target": hidden["id"]}])
    eventually_found(me, secret)
    key = hidden["id"]
    for path in (
        "",
        "/revisions",
        "/revisions/1",
        "/links",
        "/related",
        "/attachments",
        "/comparison?before=1&after=1",
    ):
        absent = problem(other.get(f"/entries/{'0' * 32}{path}"), 404)
        assert problem(other.get(f"/entries/{key}{path}"), 404) == absent
    for path in (
        "/entries?limit=100",
        "/new?limit=100",
        "/drafts",
        "/deleted",
        "/tags?limit=100",
        f"/search?q={secret}",
        "/search?limit=100",
        "/suggestions?q=秘匿",
        f"/entries/{shown['id']}",
        f"/entries/{shown['id']}/links",
        f"/entries/{shown['id']}/related",
        f"/entries/{shown['id']}/revisions/1",
        "/jobs",
    ):
        answer = other.get(path)
        assert answer.status_code == 200, (path, answer.text)
        assert key not in answer.text, path
        if not path.startswith("/search?q="):
            assert secret not in answer.text, path
    refused = problem(other.post("/entries", json=content(links=[{"target": key}])), 422)
    absent = problem(other.post("/entries", json=content(links=[{"target": "0" * 32}])), 422)
    assert refused == absent


def test_saved_is_found_within_a_second_and_withdrawn_at_once(me: httpx.Client, other: httpx.Client) -> None:
    entry = created(me, title="潮見坂の実証実験", tags=["潮見坂"])
    found = eventually_found(other, "潮見坂")
    assert found["hits"][0]["entry"]["id"] == entry["id"] and found["hits"][0]["extracts"]
    assert any(one["value"] == "潮見坂" for one in found["facets"]["tag"])
    assert other.get("/search", params={"q": "潮見坂", "kind": "product"}).json()["total"] == 0
    assert (
        other.get("/search", params={"q": "潮見坂", "outcome": ["failure", "success"]}).json()["total"] == 1
    )
    me.put(
        f"/entries/{entry['id']}",
        json=content(title="潮見坂の実証実験", tags=["潮見坂"], audience={"kind": "own"}),
        headers={"If-Match": '"1"'},
    )
    for path in ("/search?q=潮見坂", "/suggestions?q=潮見坂", "/tags?prefix=潮見坂"):
        assert entry["id"] not in other.get(path).text
        assert "実証実験" not in other.get(path).text
    assert other.get("/search?q=潮見坂").json()["total"] == 0


def test_lists_page_by_link(me: httpx.Client, server: Served) -> None:
    made = [created(me, title=f"連番{n}", tags=["連番"])["id"] for n in range(5)]
    address: str | None = "/entries?tag=連番&limit=2&owner=131016"
    found: list[str] = []
    while address is not None:
        response = me.get(address)
        found += [one["id"] for one in response.json()["items"]]
        address = response.links.get("next", {}).get("url")
        address = None if address is None else address.removeprefix("/api/v1")
    assert sorted(found) == sorted(made)
    assert me.get("/tags?prefix=連番").json() == [{"tag": "連番", "count": 5}]
    for cursor in ("x", "あ", "AAAA", "=" * 400):
        problem(me.get("/entries", params={"cursor": cursor}), 422)


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"content": {**CASE, "title": "a\u0000b"}}, "title"),
        ({"content": {**CASE, "titel": "x"}}, "titel"),
        ({"content": {**CASE, "kind": "poem"}}, "content"),
        ({"content": {**CASE, "fields": {"effect_hours": 1e300}}}, "effect_hours"),
        ({"content": {**CASE, "fields": {"effect_yen": 10**30}}}, "effect_yen"),
        ({"content": {**CASE, "status": "in_progress"}}, "planned"),
        ({"content": {**CASE, "links": [{"target": "../etc"}]}}, "target"),
        ({"content": {**CASE, "audience": {"kind": "named", "organisations": ["131025"]}}}, "organisations"),
        ({"content": {**CASE, "body": "a" * 1_000_001}}, "body"),
    ],
)
def test_bad_contents_say_where(me: httpx.Client, body: dict[str, Any], where: str) -> None:
    document = problem(me.post("/entries", json=body), 422)
    assert any(where in one["pointer"] for one in document["errors"]), document["errors"]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"null",
        b"[]",
        b'{"content": {"kind": "case", "title": "\\ud800"}}',
        b'{"content": {"kind": "case", "title": "x", "\\ud800": 1}}',
        b'{"content": {"kind": "case", "title": "x", "fields": {"effect_hours": NaN}}}',
        b'{"content": {"kind": "case", "title": "x", "fields": {"effect_hours": 1' + b"0" * 5_000 + b"}}}",
        b'{"content": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    ],
)
def test_bytes_that_are_no_entry(me: httpx.Client, raw: bytes) -> None:
    response = me.post("/entries", content=raw, headers={"Content-Type": "application/json"})
    assert 400 <= response.status_code < 500, response.text
    problem(response, response.status_code)


@pytest.mark.parametrize(
    "path",
    [
        "/search?q=%00",
        "/search?q=" + "あ" * 1_000,
        "/search?q=%22%22%22-+-%22",
        "/search?q=%F0%9F%91%A8%E2%80%8D%F0%9F%91%A9 %D7%A9%D7%9C%D7%95%D7%9D",
        "/search?q=a&tag=%00",
        "/search?q=a&year=%27;drop",
        "/search?offset=99999999999999999999",
        "/search?period_from=0001-01-01&period_to=9999-12-31",
        "/suggestions?q=%00",
        "/tags?prefix=%00",
        "/tags?prefix=%25_%5C",
        "/entries?owner=%00",
        "/entries?limit=0",
        "/entries/%00",
        "/entries/" + "f" * 33,
        "/entries/" + "0" * 32 + "/revisions/99999999999999999999",
        "/attachments/..%2f..%2fetc",
        "/jobs/x",
        "/%F0%9F%91%A8",
    ],
)
def test_odd_addresses_are_never_a_defect(me: httpx.Client, path: str) -> None:
    response = me.get(path)
    assert response.status_code < 500, response.text
    if response.status_code >= 400:
        problem(response, response.status_code)


def test_an_operator_rebuilds_the_indexes(server: Served, me: httpx.Client) -> None:
    problem(me.post("/index/reindex"), 403)
    with server.client(OPERATOR) as operator:
        started = operator.post("/index/reindex")
        assert started.status_code == 202
        address = started.headers["location"].removeprefix("/api/v1")
        deadline = time.monotonic() + 30
        while (job := operator.get(address).json())["state"] in ("waiting", "running"):
            assert me.get("/search?limit=1").json()["total"] > 0, "searching goes on"
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert job["state"] == "done" and job["message_ja"], job
        problem(me.get(address), 404)


def test_members_index_and_language(server: Served, me: httpx.Client) -> None:
    created(me)
    members = me.get("/organisations").json()
    assert len(members) == 25 and members[0]["name"] == "千代田区"
    problem(me.get("/index"), 403)
    with server.client(OPERATOR) as operator:
        index = operator.get("/index").json()
        assert index["ok"] and index["state"] in ("serving", "building") and index["figures"]["last"] > 0
        done = operator.get(operator.post("/index/reindex").headers["location"].removeprefix("/api/v1"))
    ward = Actor("w", "", "131024", frozenset({Role.ADMINISTRATOR}))
    with server.system.records.write() as work:
        found = repository.user_by_login(work, "chuo-unyo")
        if found is None:
            server.system.accounts.create_administrator(work, ward.organisation, "chuo-kanri", "中央")
            server.system.accounts.invite(work, ward, "chuo-unyo", "中央", frozenset({Role.OPERATOR}))
            found = repository.user_by_login(work, "chuo-unyo")
        assert found is not None
        repository.change_user(work, found[0].id, must_change_password=False)
    with server.client("chuo-unyo") as operator:
        index = operator.get("/index").json()
        assert index["ok"] and index["figures"] is None
        address = f"/jobs/{done.json()['id']}"
        deadline = time.monotonic() + 30
        while (job := operator.get(address).json())["state"] in ("waiting", "running"):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert (job["progress_total"], job["message_ja"], job["message_en"]) == (100, "", "")


def test_what_others_keep_to_themselves_moves_nothing_public(server: Served, me: httpx.Client) -> None:
    before = httpx.get(f"{server.address}/health")
    assert before.status_code == 200 and before.json()["ok"]
    assert not re.search("[0-9]", before.text), "no figures"
    created(me, status="draft", audience={"kind": "own"})
    assert httpx.get(f"{server.address}/health").json() == before.json()
    english = me.get("/entries/" + "0" * 32, headers={"Accept-Language": "en"})
    assert problem(english, 404)["detail"].startswith("The entry was not found")


def test_the_document_is_openapi_3_1_and_complete(server: Served) -> None:
    document = httpx.get(f"{server.address}/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    names = []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            names.append(operation["operationId"])
            assert operation.get("summary") and operation.get("description"), (method, path)
            assert "401" in operation["responses"] or path.endswith(("/login", "/health")), (method, path)
    assert len(names) == len(set(names)) > 30
