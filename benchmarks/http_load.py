"""Eight people search over HTTP while one saves: a client process of its own against a served bank."""

import json
import random
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx

from benchmarks.figures import as_json, latency


@dataclass
class Outcome:
    """What the users saw, under one lock."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: {"search": [], "save": []})
    errors: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def time(self, what: str, expected: int, ask: Callable[[], httpx.Response]) -> None:
        """Times one request. No answer, and any other answer than the `expected` status, is an error."""
        start = time.perf_counter()
        try:
            answer = ask()
            wrong = "" if answer.status_code == expected else f"{answer.status_code}: {answer.text[:200]}"
        except httpx.HTTPError as error:
            wrong = repr(error)
        took = time.perf_counter() - start
        with self.lock:
            self.seconds[what].append(took)
            if wrong:
                self.errors.append(f"{what} {wrong}")


def _client(base: str, token: str) -> httpx.Client:
    return httpx.Client(base_url=base, headers={"Authorization": f"Bearer {token}"}, timeout=30)


def asked_by(queries: list[str], user: int) -> Iterator[str]:
    """Each user's own way through the queries, without end."""
    return (queries[number % len(queries)] for number in count(user * 31, 7))


def _search(  # noqa: PLR0917  one user's share of `run`
    client: httpx.Client, queries: Iterator[str], begin: float, until: float, outcome: Outcome, pause: float
) -> None:
    time.sleep(begin)
    with client:
        while time.monotonic() < until:
            asked = {"q": next(queries)}
            outcome.time("search", 200, lambda: client.get("/api/v1/search", params=asked))  # noqa: B023
            time.sleep(pause)


def _save(client: httpx.Client, until: float, outcome: Outcome) -> None:
    with client:
        number = 0
        while time.monotonic() < until:
            content = {
                "kind": "case",
                "title": f"保存の負荷 {number}",
                "body": "書いている間も検索できることを確かめます。",
                "status": "published",
                "audience": {"kind": "members"},
            }
            outcome.time(
                "save",
                201,
                lambda: client.post("/api/v1/entries", json={"content": content}),  # noqa: B023
            )
            number += 1
            time.sleep(0.2)


def run(  # noqa: PLR0917  what the JSON of standard input names
    base: str, token: str, queries: list[str], users: int, seconds: float, pause: float
) -> dict[str, Any]:
    """`users` threads search, each `pause` seconds after the last answer, and one saves five times a second,
    for `seconds`. Users begin at moments of their own within the first pause, as people do: eight that begin
    in one instant measure that instant (a twentieth of all searches of a run of 20 s) and nothing else."""
    outcome = Outcome()
    until = time.monotonic() + seconds
    threads = [
        threading.Thread(
            target=_search,
            args=(
                _client(base, token),
                asked_by(queries, user),
                pause * random.Random(user).random(),
                until,
                outcome,
                pause,
            ),
        )
        for user in range(users)
    ]
    threads.append(threading.Thread(target=_save, args=(_client(base, token), until, outcome)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {
        "users": users,
        "pause_s": pause,
        "search": as_json(latency(outcome.seconds["search"])),
        "save": as_json(latency(outcome.seconds["save"])),
        "searches_per_second": round(len(outcome.seconds["search"]) / seconds, 1),
        "errors": outcome.errors[:5],
        "error_count": len(outcome.errors),
    }


if __name__ == "__main__":
    asked = json.loads(sys.stdin.read())
    json.dump(run(**asked), sys.stdout)
