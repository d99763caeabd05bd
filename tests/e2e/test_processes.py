"""A server of several processes, as `chienowa serve` starts it: what one process stores another one finds, and
each may be killed."""

import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from assembly.embedded import build
from benchmarks.serving import free_port
from kernel.identity import repository
from kernel.identity.models import Scope, actor_of
from kernel.identity.samples import ensure_samples
from kernel.settings import Settings
from kernel.web.setup import Shared
from tests.e2e.api.calls import OTHER, REVIEWER, content

SERVE = """
from assembly.processes import serve_in_processes
from kernel.settings import Settings
from kernel.web.setup import Shared

serve_in_processes(Settings(log_level="WARNING"), Shared(), "127.0.0.1", {port}, 2)
"""
FOUND_SECONDS = 1.0
RESTARTED_SECONDS = 40.0  # what a restart takes when the machine is busy


@dataclass(frozen=True)
class Server:
    """The running server of a test."""

    process: subprocess.Popen[bytes]
    address: str
    writer_token: str
    reader_token: str

    def _children(self) -> list[int]:
        told = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        started = [int(each) for each in told.split()]
        return [each for each in started if b"spawn_main" in Path(f"/proc/{each}/cmdline").read_bytes()]

    def worker(self) -> int:
        """The process that indexes: requests go before it."""
        return next(each for each in self._children() if os.getpriority(os.PRIO_PROCESS, each) > 0)

    def serving(self) -> list[int]:
        return [each for each in self._children() if os.getpriority(os.PRIO_PROCESS, each) == 0]

    def call(self, method: str, path: str, *, reader: bool = False, **more: Any) -> httpx.Response:
        """On a connection of its own, which any serving process may take."""
        token = self.reader_token if reader else self.writer_token
        headers = {"Authorization": f"Bearer {token}", **more.pop("headers", {})}
        return httpx.request(method, f"{self.address}{path}", headers=headers, timeout=30, **more)

    def search(self, text: str) -> dict[str, Any]:
        answer = self.call("GET", "/api/v1/search", reader=True, params={"q": text})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def save(self, title: str) -> httpx.Response:
        saved = self.call(
            "POST",
            "/api/v1/entries",
            json=content(title=title, status="published", audience={"kind": "members"}),
        )
        assert saved.status_code == 201, saved.text
        return saved

    def healthy(self) -> bool:
        try:
            return httpx.get(f"{self.address}/health", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False


def until(true: Callable[[], bool], seconds: float) -> float:
    """Waits until it is true; how long it took."""
    begun = time.monotonic()
    while not true():
        assert time.monotonic() - begun < seconds, "it did not happen in time"
        time.sleep(0.02)
    return time.monotonic() - begun


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    system = build(Settings(home=tmp_path))
    with system.records.write() as work:
        ensure_samples(work, system.clock)
        tokens = []
        for login in (REVIEWER, OTHER):
            found = repository.user_by_login(work, login)
            assert found is not None
            tokens.append(
                system.accounts.make_token(work, actor_of(found[0]), "tests", frozenset(Scope), 1)[1]
            )
    system.records.close()
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE.format(port=port)],
        env={**os.environ, "CHIENOWA_HOME": str(tmp_path)},
    )
    running = Server(process, f"http://127.0.0.1:{port}", *tokens)
    try:
        until(running.healthy, RESTARTED_SECONDS)
        until(lambda: len(running.serving()) == 2, RESTARTED_SECONDS)
        yield running
    finally:
        process.terminate()
        process.wait(30)


def paused(process: int) -> None:
    os.kill(process, signal.SIGSTOP)
    until(lambda: "T (stopped)" in Path(f"/proc/{process}/status").read_text(), 5)


def only(server: Server, one: int) -> None:
    """Lets only this serving process answer."""
    for each in server.serving():
        if each == one:
            os.kill(each, signal.SIGCONT)
        else:
            paused(each)


def test_what_one_process_stores_is_found_and_refused_through_the_other(server: Server) -> None:
    first, second = server.serving()
    only(server, first)
    saved = server.save("粗大ごみの受付を自動化する")
    only(server, second)
    until(lambda: server.search("粗大ごみ")["total"] == 1, FOUND_SECONDS)

    only(server, first)
    assert server.search("粗大ごみ")["total"] == 1
    only(server, second)
    narrowed = content(title="粗大ごみの受付を自動化する", audience={"kind": "own"})
    changed = server.call(
        "PUT", saved.headers["location"], json=narrowed, headers={"If-Match": saved.headers["etag"]}
    )
    assert changed.status_code == 200, changed.text
    for each in (first, second):  # from the answer on no process counts it, and not one later
        only(server, each)
        found = server.search("粗大ごみ")
        assert found["total"] == 0 and not any(found["facets"].values())
    only(server, first)
    os.kill(second, signal.SIGCONT)


def test_a_killed_serving_process_is_replaced_and_the_other_answers(server: Server) -> None:
    server.save("窓口の待ち時間を短くする")
    until(lambda: server.search("待ち時間")["total"] == 1, FOUND_SECONDS)
    killed, other = server.serving()
    os.kill(killed, signal.SIGKILL)
    until(lambda: not Path(f"/proc/{killed}").exists() or killed not in server.serving(), 5)
    assert server.search("待ち時間")["total"] == 1
    until(lambda: len(server.serving()) == 2, RESTARTED_SECONDS)
    new = next(each for each in server.serving() if each != other)
    only(server, new)
    assert server.search("待ち時間")["total"] == 1
    os.kill(other, signal.SIGCONT)


def test_a_killed_indexing_process_is_replaced_and_nothing_is_lost(server: Server) -> None:
    server.save("戸籍の郵送請求を整理する")
    until(lambda: server.search("戸籍")["total"] == 1, FOUND_SECONDS)
    killed = server.worker()
    os.kill(killed, signal.SIGKILL)
    server.save("保育園の入園選考を速くする")
    assert server.search("戸籍")["total"] == 1  # searching goes on
    until(lambda: server.search("保育園")["total"] == 1, RESTARTED_SECONDS)
    assert server.worker() != killed
    server.save("道路の通報を地図で受ける")
    until(lambda: server.search("道路")["total"] == 1, FOUND_SECONDS)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_with_the_first_process_all_end(server: Server, how: signal.Signals) -> None:
    started = [server.worker(), *server.serving()]
    server.process.send_signal(how)
    server.process.wait(30)
    until(lambda: not any(_runs(each) for each in started), 30)


def test_processes_share_what_a_person_or_browser_was_given(tmp_path: Path) -> None:
    first = build(Settings(home=tmp_path))
    passed = pickle.dumps(Shared(first.web.setup_code, first.web.notice_key))
    other = build(Settings(home=tmp_path), shared=pickle.loads(passed))
    assert other.web.setup_code.fits(first.web.setup_code.code)
    assert other.web.notice_key == first.web.notice_key
    for each in (first, other):
        each.records.close()


def _runs(process: int) -> bool:
    try:
        return "Z (zombie)" not in Path(f"/proc/{process}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
