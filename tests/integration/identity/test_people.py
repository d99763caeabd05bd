"""Inviting, resetting, deactivating, roles, tenancy; set-up; passwords."""

import re
from datetime import timedelta

from sqlalchemy import select

from kernel.audit.tables import audit_rows
from kernel.identity.models import Role
from tests.integration.identity.conftest import CHIYODA, PASSWORD, SHINJUKU, House

NEW = "赤い自転車と古い時計"


def code_on(page: str) -> str:
    found = re.search(r"(?:[2-9A-HJ-NP-Z]{4}-){3}[2-9A-HJ-NP-Z]{4}", page)
    assert found, page
    return found[0]


def test_invited_with_a_code_then_a_password_of_ones_own(house: House) -> None:
    boss = house.inside("boss", Role.ADMINISTRATOR)
    page = boss.post("/admin/users/new", login="Tanaka", name="田中 花子", roles=["contributor"])
    code = code_on(page.text)
    assert page.status_code == 200 and "田中 花子" in page.text

    tanaka = house.browser()
    entered = tanaka.log_in("tanaka", code.lower().replace("-", " "))
    assert (entered.status_code, entered.headers["location"]) == (303, "/account/password")
    assert tanaka.get("/inside").headers["location"] == "/account/password"  # nothing else before that
    assert tanaka.api("GET", "/api/v1/me").status_code == 403

    form = {"csrf": tanaka.token("/account/password")}
    short = tanaka.http.post("/account/password", data={**form, "password": "short", "again": "short"})
    assert short.status_code == 422 and 'id="password-error"' in short.text
    differ = tanaka.http.post("/account/password", data={**form, "password": NEW, "again": NEW + "x"})
    assert differ.status_code == 422 and 'id="again-error"' in differ.text
    done = tanaka.http.post("/account/password", data={**form, "password": NEW, "again": NEW})
    assert (done.status_code, done.headers["location"]) == (303, "/")
    assert tanaka.get("/inside").json() == "田中 花子"
    assert house.browser().log_in("tanaka", code).status_code == 401  # the code is used up
    assert house.browser().log_in("tanaka", NEW).status_code == 303


def test_a_code_ends_after_two_weeks(sqlite_house: House) -> None:
    boss = sqlite_house.inside("boss", Role.ADMINISTRATOR)
    code = code_on(boss.post("/admin/users/new", login="tanaka", name="田中", roles=["reader"]).text)
    sqlite_house.clock.forward(timedelta(days=15))
    assert sqlite_house.browser().log_in("tanaka", code).status_code == 401


def test_reset_ends_sessions_tokens_and_the_password(house: House) -> None:
    boss = house.inside("boss", Role.ADMINISTRATOR)
    suzuki = house.inside("suzuki", Role.CONTRIBUTOR)
    token = _token(suzuki.post("/account/tokens", name="道具", scopes=["read"], days="30").text)
    user_id = _id_of(house, "suzuki")
    code = code_on(boss.post(f"/admin/users/{user_id}/reset").text)
    assert suzuki.get("/inside").status_code == 303
    assert house.browser().api("GET", "/api/v1/me", headers=_bearer(token)).status_code == 401
    assert house.browser().log_in("suzuki").status_code == 401
    assert house.browser().log_in("suzuki", code).status_code == 303


def test_deactivated_people_are_out_until_reactivated(house: House) -> None:
    boss = house.inside("boss", Role.ADMINISTRATOR)
    suzuki = house.inside("suzuki")
    user_id = _id_of(house, "suzuki")
    boss.post(f"/admin/users/{user_id}/deactivate")
    assert suzuki.get("/inside").status_code == 303
    assert house.browser().log_in("suzuki").status_code == 401
    boss.post(f"/admin/users/{user_id}/reactivate")
    assert house.browser().log_in("suzuki").status_code == 303


def test_unlocking(house: House) -> None:
    boss = house.inside("boss", Role.ADMINISTRATOR)
    house.add("suzuki")
    for _ in range(3):
        house.browser().log_in("suzuki", "wrong password")
    assert "ロック中" in boss.get("/admin/users").text
    boss.post(f"/admin/users/{_id_of(house, 'suzuki')}/unlock")
    assert house.browser().log_in("suzuki").status_code == 303


def test_roles_decide_at_once_and_an_administrator_is_always_left(house: House) -> None:
    boss = house.inside("boss", Role.ADMINISTRATOR)
    suzuki = house.inside("suzuki", Role.READER)
    assert suzuki.get("/admin/users").status_code == 403
    boss.post(f"/admin/users/{_id_of(house, 'suzuki')}/roles", roles=["administrator"])
    assert suzuki.get("/admin/users").status_code == 200
    for login in ("zz-boss", "zz-suzuki", "suzuki"):
        boss.post(f"/admin/users/{_id_of(house, login)}/deactivate")
    last = boss.post(f"/admin/users/{_id_of(house, 'boss')}/roles", roles=["reader"])
    assert last.status_code == 409 and "管理者がいなくなる" in last.text
    assert boss.post(f"/admin/users/{_id_of(house, 'boss')}/deactivate").status_code == 409
    assert boss.post(f"/admin/users/{_id_of(house, 'suzuki')}/roles").status_code == 422  # no role at all


def test_another_wards_administrator_cannot_touch_or_see_my_users(house: House) -> None:
    house.add("suzuki", organisation=CHIYODA)
    user_id = _id_of(house, "suzuki")
    other = house.inside("other-boss", Role.ADMINISTRATOR, organisation=SHINJUKU)
    assert "suzuki" not in other.get("/admin/users").text
    absent = other.get(f"/admin/users/{'0' * 32}")
    theirs = other.get(f"/admin/users/{user_id}")
    assert (theirs.status_code, _body(theirs.text)) == (404, _body(absent.text))
    for step in ("reset", "deactivate", "reactivate", "unlock", "roles"):
        assert other.post(f"/admin/users/{user_id}/{step}", roles=["reader"]).status_code == 404, step
    assert house.browser().log_in("suzuki").status_code == 303


def test_a_login_name_is_taken_once_in_the_whole_installation(house: House) -> None:
    house.add("suzuki", organisation=CHIYODA)
    other = house.inside("other-boss", Role.ADMINISTRATOR, organisation=SHINJUKU)
    taken = other.post("/admin/users/new", login="SUZUKI", name="鈴木", roles=["reader"])
    assert taken.status_code == 409 and 'value="鈴木"' in taken.text  # nothing typed is lost
    wrong = other.post("/admin/users/new", login="あ", name="", roles=[])
    assert wrong.status_code == 422
    assert all(f'id="{field}-error"' in wrong.text for field in ("login", "name", "roles"))


def test_changing_the_password_needs_the_present_one_and_ends_other_sessions(sqlite_house: House) -> None:
    here, there = sqlite_house.inside("suzuki"), sqlite_house.browser()
    there.log_in("suzuki")
    wrong = here.post("/account/password", present="wrong", password=NEW, again=NEW)
    assert wrong.status_code == 422 and 'id="present-error"' in wrong.text
    done = here.post("/account/password", present=PASSWORD, password=NEW, again=NEW)
    assert (done.status_code, done.headers["location"]) == (303, "/account")
    assert here.get("/inside").status_code == 200
    assert there.get("/inside").status_code == 303


def test_set_up_makes_the_first_administrator_with_the_code_of_the_terminal(house: House) -> None:
    browser = house.browser()
    assert browser.get("/inside").headers["location"] == "/setup"
    assert browser.get("/login").headers["location"] == "/setup"
    typed = {
        "csrf": browser.token("/setup"),
        "organisation": "131121",
        "login": "kanri",
        "name": "世田谷 太郎",
        "password": NEW,
        "again": NEW,
    }
    wrong = browser.http.post("/setup", data={**typed, "code": "AAAA-AAAA-AAAA-AAAA"})
    assert wrong.status_code == 403 and "世田谷 太郎" in wrong.text
    code = house.web.setup_code.code
    nowhere = browser.http.post("/setup", data={**typed, "code": code, "organisation": "999999"})
    assert nowhere.status_code == 422 and 'id="organisation-error"' in nowhere.text
    assert browser.http.post("/setup", data={**typed, "code": code}).status_code == 303
    assert browser.get("/admin/users").status_code == 200
    again = house.browser()
    assert again.get("/setup").headers["location"] == "/login"
    second = {**typed, "login": "second", "csrf": again.token("/login"), "code": code}
    assert again.http.post("/setup", data=second).status_code == 409


def test_what_was_done_is_in_the_trail_without_personal_values(house: House) -> None:
    boss = house.inside("boss", Role.ADMINISTRATOR)
    boss.post("/admin/users/new", login="tanaka", name="田中 花子", roles=["reader"])
    house.browser().log_in("nobody-typed-this", "x")
    with house.records.read() as work:
        rows = work.connection.execute(select(audit_rows)).all()
    assert {"user.create", "login.success", "login.failure", "user.roles"} <= {row.action for row in rows}
    text = " ".join(f"{row.subject} {row.details}" for row in rows)
    assert not any(word in text for word in ("tanaka", "田中", "nobody-typed-this", "boss"))


def _id_of(house: House, login: str) -> str:
    with house.records.read() as work:
        user = house.accounts.credentials(work, login).user
    assert user is not None
    return user.id


def _token(page: str) -> str:
    found = re.search(r"chienowa_[A-Za-z0-9_-]{43}", page)
    assert found, page
    return found[0]


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _body(page: str) -> str:
    return page.split("<h1")[1].split("</main>", maxsplit=1)[0]


def test_the_present_password_cannot_be_guessed_on_the_account_page(house: House) -> None:
    browser = house.inside("suzuki")
    wrong = {"password": NEW, "again": NEW}
    answers = [browser.post("/account/password", present=f"guess {n}", **wrong).status_code for n in range(4)]
    assert answers == [422, 422, 429, 429]
    right = browser.post("/account/password", present=PASSWORD, **wrong)
    assert right.status_code == 429 and "15分間" in right.text
    assert house.browser().log_in("suzuki").status_code == 429  # one counter
    house.clock.forward(timedelta(minutes=16))
    assert browser.post("/account/password", present=PASSWORD, **wrong).status_code == 303
