"""Logging in: the right answers, the same answers, lock-out, sessions, languages."""

import threading
import time
from datetime import timedelta

from sqlalchemy import select

from kernel.identity.models import Role
from kernel.identity.tables import sessions, users
from tests.integration.identity.conftest import PASSWORD, House


def test_the_right_password_opens_a_session_and_leads_back(house: House) -> None:
    house.add("suzuki")
    browser = house.browser()
    asked = browser.get("/inside?tab=1")
    assert asked.status_code == 303
    assert asked.headers["location"] == "/login?next=%2Finside%3Ftab%3D1"
    answer = browser.log_in("ＳＵＺＵＫＩ ", next="/inside?tab=1")  # full width and capitals are forgiven
    assert (answer.status_code, answer.headers["location"]) == (303, "/inside?tab=1")
    cookie = next(value for value in answer.headers.get_list("set-cookie") if "session" in value)
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/" in cookie
    assert browser.get("/inside").json() == "suzuki 氏名"


def test_the_secret_is_not_in_the_records(house: House) -> None:
    browser = house.inside("suzuki")
    secret = browser.http.cookies["chienowa_session"]
    with house.records.read() as work:
        assert secret not in work.connection.execute(select(sessions.c.digest)).scalars().all()
        stored = work.connection.execute(select(users.c.password_hash).where(users.c.login == "suzuki"))
        assert stored.scalar_one().startswith("$argon2id$")


def test_nobody_is_led_to_another_site(sqlite_house: House) -> None:
    sqlite_house.add("suzuki")
    for target in ("https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        browser = sqlite_house.browser()
        page = browser.get("/login", params={"next": target}).text
        assert '<input type="hidden" name="next" value="/">' in page
        assert browser.log_in("suzuki", next=target).headers["location"] == "/"
        assert browser.get("/login", params={"next": target}).headers["location"] == "/"


def test_wrong_and_unknown_look_the_same_down_to_the_lock(house: House) -> None:
    house.add("suzuki")
    answers = {}
    for login in ("suzuki", "nobody"):
        browser = house.browser()
        answers[login] = [
            (answer.status_code, _sentence(answer.text))
            for answer in (browser.log_in(login, "wrong password") for _ in range(5))
        ]
    assert answers["suzuki"] == answers["nobody"]
    assert [status for status, _text in answers["nobody"]] == [401, 401, 429, 429, 429]


def test_a_lock_holds_against_the_right_password_and_ends(house: House) -> None:
    house.add("suzuki")
    browser = house.browser()
    for _ in range(3):
        browser.log_in("suzuki", "wrong password")
    assert browser.log_in("suzuki").status_code == 429
    house.clock.forward(timedelta(minutes=14))
    assert browser.log_in("suzuki").status_code == 429
    house.clock.forward(timedelta(minutes=2))
    assert browser.log_in("suzuki").status_code == 303


def test_success_forgets_earlier_failures(house: House) -> None:
    house.add("suzuki")
    browser = house.browser()
    for _ in range(2):
        browser.log_in("suzuki", "wrong password")
    assert browser.log_in("suzuki").status_code == 303
    stranger = house.browser()
    assert [stranger.log_in("suzuki", "wrong").status_code for _ in range(2)] == [401, 401]


def test_simultaneous_failures_are_all_counted(house: House) -> None:
    house.add("suzuki")
    browsers = [house.browser() for _ in range(3)]
    tokens = [browser.token() for browser in browsers]

    def fail(number: int) -> None:
        data = {"csrf": tokens[number], "login": "suzuki", "password": "wrong"}
        browsers[number].http.post("/login", data=data)

    threads = [threading.Thread(target=fail, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert house.browser().log_in("suzuki").status_code == 429


def test_unknown_names_take_as_long_as_known_ones(sqlite_house: House) -> None:
    sqlite_house.add("suzuki")

    def seconds(login: str) -> float:
        with sqlite_house.records.read() as work:
            known = sqlite_house.accounts.credentials(work, login)
        best = 9.0
        for _ in range(5):
            start = time.perf_counter()
            sqlite_house.accounts.prove(known, "wrong password")
            best = min(best, time.perf_counter() - start)
        return best

    assert 0.5 < seconds("suzuki") / seconds("nobody") < 2


def test_forms_without_the_token_are_refused(sqlite_house: House) -> None:
    sqlite_house.add("suzuki")
    browser = sqlite_house.browser()
    data = {"login": "suzuki", "password": PASSWORD}
    assert browser.http.post("/login", data=data).status_code == 403
    token = browser.token()
    assert browser.http.post("/login", data={**data, "csrf": token[::-1]}).status_code == 403
    other = sqlite_house.browser()
    other.token()
    assert other.http.post("/login", data={**data, "csrf": token}).status_code == 403
    assert browser.http.post("/login", data={**data, "csrf": token}).status_code == 303


def test_the_token_changes_with_the_session(sqlite_house: House) -> None:
    browser = sqlite_house.browser()
    sqlite_house.add("suzuki")
    before = browser.token()
    browser.log_in("suzuki")
    assert browser.token("/account") != before
    assert browser.http.post("/logout", data={"csrf": before}).status_code == 403


def test_streaming_endpoints_are_checked_by_the_header_alone(sqlite_house: House) -> None:
    browser = sqlite_house.inside("suzuki")
    token = browser.token("/account")
    assert browser.http.post("/upload", content=b"x").status_code == 403
    assert browser.http.post("/upload", content=b"x", headers={"X-CSRF-Token": token}).status_code == 200


def test_log_out_ends_the_session_on_the_server(house: House) -> None:
    browser = house.inside("suzuki")
    secret = browser.http.cookies["chienowa_session"]
    assert browser.post("/logout").status_code == 303
    browser.http.cookies.set("chienowa_session", secret)
    assert browser.get("/inside").status_code == 303


def test_an_unused_session_ends_and_a_used_one_goes_on(house: House) -> None:
    browser = house.inside("suzuki")
    for _ in range(3):
        house.clock.forward(timedelta(hours=9))
        assert browser.get("/inside").status_code == 200
    house.clock.forward(timedelta(hours=10, minutes=1))
    assert browser.get("/inside").status_code == 303


def test_log_in_gives_a_fresh_session_whatever_cookie_was_planted(sqlite_house: House) -> None:
    sqlite_house.add("suzuki")
    browser = sqlite_house.browser()
    browser.http.cookies.set("chienowa_session", "planted")
    browser.log_in("suzuki")
    with sqlite_house.records.read() as work:
        assert sqlite_house.accounts.actor_of_session(work, "planted") is None


def test_the_language_switch_of_an_answered_form_leads_to_a_page_that_exists(sqlite_house: House) -> None:
    browser = sqlite_house.inside("boss", Role.ADMINISTRATOR)
    form = {"csrf": browser.token("/admin/audit")}
    headers = {"referer": "http://testserver/admin/audit"}
    page = browser.http.post("/admin/audit/verify", data=form, headers=headers).text
    assert '<input type="hidden" name="next" value="/admin/audit">' in page


def test_languages(sqlite_house: House) -> None:
    browser = sqlite_house.browser()
    sqlite_house.add("suzuki")
    assert 'lang="ja"' in browser.get("/login", headers={"accept-language": "en"}).text  # Japanese first
    answer = browser.http.post(
        "/language", data={"csrf": browser.token(), "language": "en", "next": "//evil.example"}
    )
    assert answer.headers["location"] == "/"
    assert "Enter with login name" in browser.get("/login").text
    browser.log_in("suzuki")
    browser.post("/language", language="en")
    elsewhere = sqlite_house.browser()
    elsewhere.log_in("suzuki")
    assert "My account" in elsewhere.get("/account").text  # remembered for the person


def test_sample_users_enter_by_one_click(demonstration: House) -> None:
    browser = demonstration.browser()
    page = browser.get("/login").text
    assert "お試し版" in page and "世田谷 ゆう（サンプル）" in page
    click = {"csrf": browser.token(), "login": "setagaya-tanto"}
    assert browser.http.post("/login/sample", data=click).status_code == 303
    assert browser.get("/inside").json() == "世田谷 ゆう（サンプル）"
    assert demonstration.browser().log_in("setagaya-tanto", "").status_code == 401  # they have no password


def test_a_real_installation_knows_no_sample_user(sqlite_house: House) -> None:
    sqlite_house.add("setagaya-tanto")
    real = sqlite_house.browser()
    assert "お試し" not in real.get("/login").text
    data = {"csrf": real.token(), "login": "setagaya-tanto"}
    assert real.http.post("/login/sample", data=data).status_code == 404


def test_a_demonstration_lets_nobody_in_but_its_samples(demonstration: House) -> None:
    demonstration.add("suzuki", Role.ADMINISTRATOR)
    browser = demonstration.browser()
    data = {"csrf": browser.token(), "login": "suzuki"}
    assert browser.http.post("/login/sample", data=data).status_code == 404


def test_odd_input_is_only_wrong(house: House) -> None:
    house.add("suzuki")
    for typed in ("", "a\x00b", "x" * 5000, "💩", "' OR 1=1 --", "\u202egnp"):
        assert house.browser().log_in(typed, typed).status_code == 401


def _sentence(page: str) -> str:
    return page.split('id="login-error"')[1].split("<span>")[1].split("</span>", maxsplit=1)[0]


def test_a_form_sent_after_the_session_ended_leads_back_to_its_page(sqlite_house: House) -> None:
    browser = sqlite_house.inside("suzuki", Role.ADMINISTRATOR)
    sqlite_house.clock.forward(timedelta(hours=11))
    for referer, back in (
        ("http://testserver/admin/users/new?x=1", "%2Fadmin%2Fusers%2Fnew%3Fx%3D1"),
        ("http://evil.example/admin", "%2F"),
        ("http://testserver//evil.example", "%2F"),
        ("http://[", "%2F"),
    ):
        answer = browser.http.post("/account/tokens", data={"csrf": "x"}, headers={"referer": referer})
        assert answer.headers["location"] == f"/login?next={back}", referer
