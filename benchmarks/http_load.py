"""Eight people search over HTTP while one saves: a client process of its own against a served bank."""

import json
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import httpx

from benchmarks.figures import as_json, latency


@dataclass
class Outcome:
    """What the users saw, under one lock."""

    searches: list[float] = field(default_factory=list)
    saves: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


def _client(base: str, token: str) -> httpx.Client:
    return httpx.Client(base_url=base, headers={"Authorization": f"Bearer {token}"}, timeout=30)


def _search(client: httpx.Client, queries: list[str], until: float, outcome: Outcome, first: int) -> None:
    with client:
        number = first
        while time.monotonic() < until:
            start = time.perf_counter()
            answer = client.get("/api/v1/search", params={"q": queries[number % len(queries)]})
            took = time.perf_counter() - start
            with outcome.lock:
                outcome.searches.append(took)
                if answer.status_code != 200:
                    outcome.errors.append(f"search {answer.status_code}: {answer.text[:200]}")
            number += 7


def _save(client: httpx.Client, until: float, outcome: Outcome) -> None:
    with client:
        number = 0
        while time.monotonic() < until:
            body = {
                "kind": "case",
                "title": f"保存の負荷 {number}",
                "body": "書いている間も検索できることを確かめます。",
                "audience": {"kind": "members"},
            }
            start = time.perf_counter()
            answer = client.post("/api/v1/entries", json=body)
            took = time.perf_counter() - start
            with outcome.lock:
                outcome.saves.append(took)
                if answer.status_code != 201:
                    outcome.errors.append(f"save {answer.status_code}: {answer.text[:200]}")
            number += 1
            time.sleep(0.2)


def run(base: str, token: str, queries: list[str], users: int, seconds: float) -> dict[str, Any]:
    """`users` threads search and one saves five times a second for `seconds`."""
    outcome = Outcome()
    until = time.monotonic() + seconds
    threads = [
        threading.Thread(target=_search, args=(_client(base, token), queries, until, outcome, user * 31))
        for user in range(users)
    ]
    threads.append(threading.Thread(target=_save, args=(_client(base, token), until, outcome)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {
        "users": users,
        "search": as_json(latency(outcome.searches)),
        "save": as_json(latency(outcome.saves)),
        "searches_per_second": round(len(outcome.searches) / seconds, 1),
        "errors": outcome.errors[:5],
        "error_count": len(outcome.errors),
    }


if __name__ == "__main__":
    asked = json.loads(sys.stdin.read())
    json.dump(run(**asked), sys.stdout)
