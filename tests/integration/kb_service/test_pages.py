"""Pages of the bank over HTTP, without a browser: what is refused, and what is not lost."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import event, update

from assembly.application import build_app
from assembly.embedded import System, build
from kb_service.models.entries import Entry, Status
from kernel.identity import repository
from kernel.identity.models import Actor, actor_of
from kernel.identity.samples import ensure_samples
from kernel.jobs.tables import jobs
from kernel.settings import Settings
from kernel.visibility import Audience
from tests.fakes.bank import MEMBERS, case

TANTO, KAKUNIN, OTHER = "chiyoda-tanto", "chiyoda-kakunin", "shinjuku-kakunin"


class Desktop:
    """A person at a page without JavaScript."""

    def __init__(self, http: TestClient, login: str) -> None:
        self.http = http
        http.post("/login/sample", data={"csrf": self._token("/login"), "login": login})

    def get(self, path: str) -> Response:
        return self.http.get(path)

    def post(self, path: str, **fields: object) -> Response:
        return self.http.post(path, data={"csrf": self._token("/account"), **fields})

    def upload(self, entry_id: str, content: bytes) -> Response:
        return self.http.post(
            f"/knowledge/{entry_id}/attachments",
            data={"csrf": self._token("/account")},
            files={"files": ("資料.txt", content)},
        )

    def _token(self, path: str) -> str:
        page = self.http.get(path, follow_redirects=True).text
        found = re.search(r'name="csrf-token" content="([0-9a-f]{64})"', page)
        assert found, page[:500]
        return found[1]


class Office:
    """An installation whose background threads do not run, and its people."""

    def __init__(self, system: System, app: FastAPI, stack: ExitStack) -> None:
        self.system = system
        self._app = app
        self._stack = stack

    def desktop(self, login: str) -> Desktop:
        client = TestClient(
            self._app,
            base_url="http://127.0.0.1:8000",
            follow_redirects=False,
            raise_server_exceptions=False,
        )
        self._stack.callback(client.close)
        return Desktop(client, login)

    def actor(self, login: str) -> Actor:
        with self.system.records.read() as work:
            found = repository.user_by_login(work, login)
        assert found is not None
        return actor_of(found[0])

    def write(
        self,
        login: str = KAKUNIN,
        title: str = "窓口の記録",
        status: Status = Status.PUBLISHED,
        audience: Audience = MEMBERS,
    ) -> Entry:
        with self.system.records.write() as work:
            return self.system.bank.entries.create(work, self.actor(login), case(title, status, audience))


@pytest.fixture
def office(home: Path) -> Iterator[Office]:
    system = build(Settings(home=home, demo=True))
    with system.records.write() as work:
        ensure_samples(work, system.clock)
    system.bank.indexing.open()
    with ExitStack() as stack:
        yield Office(system, build_app(system), stack)
    system.bank.indexing.stop()
    system.records.close()


@pytest.mark.parametrize("login", [OTHER, TANTO])  # of another ward; may not change what is published
def test_nothing_is_stored_of_a_file_that_may_not_be_added(office: Office, login: str) -> None:
    entry = office.write()
    answer = office.desktop(login).upload(entry.id, b"x" * 100_000)
    assert answer.status_code == 403
    assert list(office.system.bank.blobs.digests()) == []
    assert office.desktop(KAKUNIN).upload(entry.id, b"x" * 100_000).status_code == 303
    assert len(list(office.system.bank.blobs.digests())) == 1


def test_pages_of_changes_open_only_for_those_who_may_change(office: Office) -> None:
    entry = office.write()
    assert office.desktop(KAKUNIN).upload(entry.id, "資料".encode()).status_code == 303
    with office.system.records.read() as work:
        [attachment] = office.system.bank.attachments.list(work, office.actor(KAKUNIN), entry.id)
    address = f"/knowledge/{entry.id}"
    pages = (f"{address}/edit", f"{address}/delete", f"{address}/attachments/{attachment.id}/remove")
    for login, who in ((OTHER, "提供元の担当者"), (TANTO, "確認者")):
        desktop = office.desktop(login)
        assert desktop.get(address).status_code == 200
        for page in pages:
            answer = desktop.get(page)
            assert answer.status_code == 403, (login, page)
            assert who in answer.text
    mine = office.desktop(KAKUNIN)
    assert [mine.get(page).status_code for page in pages] == [200, 200, 200]


@contextmanager
def full_disk(office: Office) -> Iterator[None]:
    """SQLite says that the disk is full as soon as the file of records would have to grow."""

    def limit(connection: sqlite3.Connection, _record: object, _proxy: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")  # SQLite takes the size that the file has

    def unlimited(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA max_page_count = 4294967294")

    engine = office.system.records.engine
    event.listen(engine, "checkout", limit)
    event.listen(engine, "checkin", unlimited)
    yield
    event.remove(engine, "checkout", limit)
    event.remove(engine, "checkin", unlimited)


def test_a_full_disk_loses_nothing_that_was_typed(office: Office) -> None:
    entry = office.write()
    desktop = office.desktop(KAKUNIN)
    typed = {
        "title": "満杯の日の記録",
        "body": "消えてはならない文。" * 50_000,
        "status": "draft",
        "audience": "own",
    }
    addresses = {"/knowledge/new": {"kind": "case"}, f"/knowledge/{entry.id}/edit": {"based_on": "1"}}
    for address, fields in addresses.items():
        with full_disk(office):
            answer = desktop.post(address, **typed, **fields)
        assert answer.status_code == 503
        assert "ディスクの空きがない" in answer.text
        assert "入力に誤り" not in answer.text
        assert typed["title"] in answer.text and typed["body"] in answer.text
        assert 'name="body"' in answer.text  # the form itself, to send again
        assert desktop.post(address, **typed, **fields).status_code == 303


def test_a_reading_whose_worker_is_killed_each_time_is_offered_again(office: Office) -> None:
    entry = office.write()
    desktop = office.desktop(KAKUNIN)
    desktop.upload(entry.id, "資料".encode())
    address = f"/knowledge/{entry.id}"
    assert "もう一度読む" not in desktop.get(address).text
    with office.system.records.write() as work:
        work.connection.execute(update(jobs).values(attempts=3))
    assert office.system.worker.run_pending() == 1
    page = desktop.get(address).text
    assert "何度も止まったため中止しました" in page and "もう一度読む" in page
