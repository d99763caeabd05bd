"""The web house alone, on migrated records of each kind, driven over HTTP."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi import Depends, FastAPI, Request
from fastapi.testclient import TestClient
from httpx import Response
from starlette.responses import Response as Answer

from kernel.audit import Audit
from kernel.clock import FixedClock
from kernel.identity.models import Actor, Role
from kernel.identity.permissions import Action, require
from kernel.identity.samples import ensure_samples
from kernel.identity.service import Accounts
from kernel.records import Records
from kernel.settings import Settings
from kernel.web import Web, build_web, identity_api, identity_pages

CHIYODA, SHINJUKU = "131016", "131041"
PASSWORD = "ひまわり電車みかん雨"


class Browser:
    """A browser that keeps cookies and sends the CSRF token of the page it is on."""

    def __init__(self, app: FastAPI) -> None:
        self.http = TestClient(app, follow_redirects=False, raise_server_exceptions=False)

    def get(self, path: str, **options: object) -> Response:
        return self.http.get(path, **options)  # type: ignore[arg-type]

    def token(self, path: str = "/login") -> str:
        """The CSRF token of a page, redirects followed."""
        page = self.http.get(path, follow_redirects=True)
        found = re.search(r'name="csrf-token" content="([0-9a-f]{64})"', page.text)
        assert found, page.text[:500]
        return found[1]

    def post(self, path: str, **fields: object) -> Response:
        """A page's form, with the token of a page that was opened before."""
        return self.http.post(path, data={"csrf": self.token("/account"), **fields})

    def log_in(self, login: str, password: str = PASSWORD, **fields: object) -> Response:
        data = {"csrf": self.token(), "login": login, "password": password, **fields}
        return self.http.post("/login", data=data)

    def api(self, method: str, path: str, **options: object) -> Response:
        return self.http.request(method, path, **options)  # type: ignore[arg-type]


@dataclass(frozen=True)
class House:
    """The app and its parts."""

    app: FastAPI
    web: Web
    accounts: Accounts
    records: Records
    clock: FixedClock

    def browser(self) -> Browser:
        return Browser(self.app)

    def add(self, login: str, *roles: Role, organisation: str = CHIYODA, password: str = PASSWORD) -> str:
        """A person with a password; their id."""
        with self.records.write() as work:
            invited = self.accounts.create_administrator(work, organisation, login, f"{login} 氏名")
            user = invited.user
            administrator = Actor("x", "x", organisation, frozenset({Role.ADMINISTRATOR}))
            helper = self.accounts.create_administrator(work, organisation, f"zz-{login}", "控え")
            self.accounts.set_roles(work, administrator, user.id, frozenset(roles or (Role.READER,)))
            self.accounts.change_password(work, user, self.accounts.passwords.hash(password))
            assert helper.code
        return user.id

    def inside(self, login: str, *roles: Role, organisation: str = CHIYODA) -> Browser:
        """A browser in which a new person of these roles has logged in."""
        self.add(login, *roles, organisation=organisation)
        browser = self.browser()
        assert browser.log_in(login).status_code == 303
        return browser


@pytest.fixture
def house(records: Records, clock: FixedClock, home: Path) -> House:
    return _house(records, clock, Settings(home=home, lockout_failures=3, lockout_minutes=15))


@pytest.fixture
def sqlite_house(sqlite_records: Records, clock: FixedClock, home: Path) -> House:
    """For what has nothing to do with the database."""
    return _house(sqlite_records, clock, Settings(home=home, lockout_failures=3, lockout_minutes=15))


@pytest.fixture
def demonstration(sqlite_records: Records, clock: FixedClock, home: Path) -> Iterator[House]:
    with sqlite_records.write() as work:
        ensure_samples(work, clock)
    yield _house(sqlite_records, clock, Settings(home=home, demo=True))


def _house(records: Records, clock: FixedClock, settings: Settings) -> House:
    accounts = Accounts(clock, settings, Audit(clock))
    web = build_web(settings, records, accounts, clock)
    app = FastAPI(openapi_url="/api/v1/openapi.json", docs_url=None, redoc_url=None)
    web.install(app)
    app.include_router(identity_pages.build_router(web, accounts))
    app.include_router(identity_api.build_router(web, accounts))

    @app.get("/inside")
    def inside(actor: Actor = Depends(web.page_actor)) -> str:
        return actor.name

    @app.get("/defect")
    def defect() -> str:
        raise RuntimeError("a secret cause")

    @app.post("/api/v1/written")
    def written(actor: Actor = Depends(web.api_actor)) -> str:
        require(actor, Action.ENTRY_WRITE)
        return actor.organisation

    @app.post("/upload", dependencies=[Depends(web.csrf)])
    def upload(request: Request) -> Answer:
        return Answer("ok")

    return House(app, web, accounts, records, clock)
