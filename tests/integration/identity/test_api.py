"""Tokens, scopes and users over the API; problems as problem+json."""

import re
from datetime import timedelta

import pytest
from httpx import Response

from kernel.identity.models import Role
from tests.integration.identity.conftest import SHINJUKU, Browser, House


def made(browser: Browser, *scopes: str, days: str = "30") -> str:
    page = browser.post("/account/tokens", name="道具", scopes=list(scopes), days=days)
    found = re.search(r"chienowa_[A-Za-z0-9_-]{43}", page.text)
    assert found, page.text
    assert found[0] not in browser.get("/account").text  # shown once
    return found[0]


def call(house: House, token: str, method: str, path: str, **options: object) -> Response:
    return house.browser().api(method, path, headers={"Authorization": f"Bearer {token}"}, **options)


def problem(answer: Response, status: int, code: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert (body["status"], body["type"]) == (status, f"urn:chienowa:problem:{code}")
    assert body["title"] and body["detail"]


def test_scopes_limit_what_roles_allow(house: House) -> None:
    browser = house.inside("suzuki", Role.CONTRIBUTOR)
    reading, writing = made(browser, "read"), made(browser, "read", "write")
    me = call(house, reading, "GET", "/api/v1/me").json()
    assert me["scopes"] == ["read"] and me["organisation"] == "131016"
    assert set(me["actions"]) == {"entry.read", "form.read", "form.export"}
    problem(call(house, reading, "POST", "/api/v1/written"), 403, "forbidden")
    assert call(house, writing, "POST", "/api/v1/written").json() == "131016"
    problem(call(house, writing, "GET", "/api/v1/tokens"), 403, "forbidden")


def test_a_token_makes_no_wider_token(house: House) -> None:
    browser = house.inside("suzuki", Role.CONTRIBUTOR)
    admin = made(browser, "admin")
    body = {"name": "x", "scopes": ["admin", "write"], "days": 5}
    problem(call(house, admin, "POST", "/api/v1/tokens", json=body), 422, "invalid")
    narrower = call(house, admin, "POST", "/api/v1/tokens", json={**body, "scopes": ["admin"]})
    assert narrower.status_code == 201
    token = narrower.json()["secret"]
    assert call(house, token, "GET", "/api/v1/me").status_code == 200
    listed = call(house, admin, "GET", "/api/v1/tokens").json()
    assert len(listed) == 2 and not any("secret" in each for each in listed)


def test_a_secret_is_given_once_for_one_key(house: House) -> None:
    admin = made(house.inside("kanri", Role.ADMINISTRATOR), "admin")

    def send(path: str, key: str, **sent: object) -> Response:
        headers = {"Authorization": f"Bearer {admin}", "Idempotency-Key": key}
        return house.browser().api("POST", f"/api/v1{path}", headers=headers, **sent)

    token = {"json": {"name": "x", "scopes": ["admin"], "days": 5}}
    person = {"json": {"login": "tanaka", "name": "田中", "roles": ["reader"]}}
    assert send("/tokens", "one", **token).status_code == 201
    invited = send("/users", "two", **person)
    assert invited.status_code == 201, invited.text
    reset = f"/users/{invited.json()['id']}/reset"
    assert send(reset, "three").status_code == 200
    for path, key, sent in (("/tokens", "one", token), ("/users", "two", person), (reset, "three", {})):
        again = send(path, key, **sent)
        problem(again, 409, "conflict")
        assert "一度だけ" in again.json()["detail"]
    assert "別の内容" in send(reset, "one").json()["detail"]
    assert send("/tokens", "four", **token).status_code == 201


def test_revoked_expired_and_invented_tokens_are_refused(house: House) -> None:
    browser = house.inside("suzuki", Role.CONTRIBUTOR)
    token, admin = made(browser, "read", days="30"), made(browser, "admin", days="365")
    old = [each for each in call(house, admin, "GET", "/api/v1/tokens").json() if each["scopes"] == ["read"]]
    assert call(house, admin, "DELETE", f"/api/v1/tokens/{old[0]['id']}").status_code == 204
    assert call(house, admin, "DELETE", f"/api/v1/tokens/{old[0]['id']}").status_code == 204
    refused = call(house, token, "GET", "/api/v1/me")
    problem(refused, 401, "unauthenticated")
    assert refused.headers["www-authenticate"] == "Bearer"
    problem(call(house, "chienowa_invented", "GET", "/api/v1/me"), 401, "unauthenticated")
    house.clock.forward(timedelta(days=366))
    problem(call(house, admin, "GET", "/api/v1/me"), 401, "unauthenticated")


def test_nobody_revokes_somebody_elses_token(sqlite_house: House) -> None:
    suzuki = sqlite_house.inside("suzuki", Role.CONTRIBUTOR)
    made(suzuki, "read")
    other = made(sqlite_house.inside("other", Role.CONTRIBUTOR), "admin")
    mine = made(suzuki, "admin")
    identity = call(sqlite_house, mine, "GET", "/api/v1/tokens").json()[-1]["id"]
    problem(call(sqlite_house, other, "DELETE", f"/api/v1/tokens/{identity}"), 404, "not-found")


def test_use_of_a_token_is_noted(sqlite_house: House) -> None:
    browser = sqlite_house.inside("suzuki", Role.CONTRIBUTOR)
    token = made(browser, "read")
    assert call(sqlite_house, token, "GET", "/api/v1/me").status_code == 200
    admin = made(browser, "admin")
    listed = call(sqlite_house, admin, "GET", "/api/v1/tokens").json()
    assert [each["last_used_at"] is not None for each in listed if each["scopes"] == ["read"]] == [True]


def test_a_session_must_send_the_csrf_header_to_write(sqlite_house: House) -> None:
    browser = sqlite_house.inside("suzuki", Role.CONTRIBUTOR)
    assert browser.api("GET", "/api/v1/me").json()["scopes"] is None
    problem(browser.api("POST", "/api/v1/written"), 403, "forbidden")
    headers = {"X-CSRF-Token": browser.token("/account")}
    assert browser.api("POST", "/api/v1/written", headers=headers).status_code == 200


def test_users_over_the_api_stay_within_the_organisation(house: House) -> None:
    boss = made(house.inside("boss", Role.ADMINISTRATOR), "admin")
    invited = call(
        house, boss, "POST", "/api/v1/users", json={"login": "tanaka", "name": "田中", "roles": ["reader"]}
    )
    assert invited.status_code == 201 and re.fullmatch(r"(\w{4}-){3}\w{4}", invited.json()["code"])
    path = f"/api/v1/users/{invited.json()['id']}"
    assert call(house, boss, "PATCH", path, json={"roles": ["auditor"]}).json()["roles"] == ["auditor"]
    assert call(house, boss, "PATCH", path, json={"active": False}).json()["active"] is False
    assert call(house, boss, "POST", f"{path}/reset").json()["must_change_password"] is True
    assert call(house, boss, "POST", f"{path}/unlock").status_code == 200

    other = made(house.inside("other-boss", Role.ADMINISTRATOR, organisation=SHINJUKU), "admin")
    absent = call(house, other, "GET", f"/api/v1/users/{'0' * 32}")
    theirs = call(house, other, "GET", path)
    problem(theirs, 404, "not-found")
    assert theirs.json() == absent.json()
    for method, address in (("PATCH", path), ("POST", f"{path}/reset"), ("POST", f"{path}/unlock")):
        problem(call(house, other, method, address, json={}), 404, "not-found")
    assert "tanaka" not in call(house, other, "GET", "/api/v1/users").text


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"login": "x" * 100, "name": "n", "roles": ["reader"]}, "/login"),
        ({"login": "tanaka", "name": "n\x00", "roles": ["reader"]}, "name"),
        ({"login": "tanaka", "name": "n", "roles": ["emperor"]}, "/roles/0"),
        ({"login": "tanaka", "name": "n", "roles": ["reader"], "more": 1}, "/more"),
    ],
)
def test_bad_bodies_point_to_the_place(sqlite_house: House, body: dict[str, object], pointer: str) -> None:
    boss = made(sqlite_house.inside("boss", Role.ADMINISTRATOR), "admin")
    answer = call(sqlite_house, boss, "POST", "/api/v1/users", json=body)
    problem(answer, 422, "invalid")
    assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]


def test_errors_are_problems_under_the_api_and_pages_elsewhere(sqlite_house: House) -> None:
    browser = sqlite_house.inside("suzuki")
    problem(browser.api("GET", "/api/v1/nowhere"), 404, "http-404")
    problem(browser.api("DELETE", "/api/v1/me"), 405, "http-405")
    english = browser.api("GET", "/api/v1/nowhere", headers={"accept-language": "en"})
    assert english.json()["title"] == "Not found"
    page = browser.get("/nowhere")
    assert page.status_code == 404 and "<h1" in page.text and "見つかりません" in page.text
    defect = browser.get("/defect")
    assert defect.status_code == 500 and "サーバーで問題が起きました" in defect.text
    assert "a secret cause" not in defect.text


def test_every_answer_carries_the_security_headers(sqlite_house: House) -> None:
    browser = sqlite_house.inside("suzuki")
    for path in (
        "/login",
        "/account",
        "/nowhere",
        "/defect",
        "/api/v1/me",
        sqlite_house.web.statics.url("kernel/ime.js"),
    ):
        headers = browser.get(path).headers
        assert "script-src 'self'" in headers["content-security-policy"], path
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
    assert browser.get("/account").headers["cache-control"] == "no-store"
    script = browser.get(sqlite_house.web.statics.url("kernel/ime.js"))
    assert "immutable" in script.headers["cache-control"]


def test_pages_have_no_inline_script_or_style(sqlite_house: House) -> None:
    boss = sqlite_house.inside("boss", Role.ADMINISTRATOR, Role.AUDITOR)
    for path in (
        "/account",
        "/account/password",
        "/admin/users",
        "/admin/users/new",
        "/admin/audit",
        "/api/docs",
    ):
        page = boss.get(path)
        assert page.status_code == 200, path
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", page.text), path
