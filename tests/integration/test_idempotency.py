"""The same request sent again, one after the other and at the same moment, on both databases."""

import threading
from datetime import timedelta

import pytest
from starlette.responses import JSONResponse, Response

from kernel.clock import FixedClock
from kernel.errors import Conflict, Invalid
from kernel.records import Records
from kernel.web.idempotency import fingerprint, once
from tests.fakes.people import CHIYODA, CHUO, actor

ME, OTHER = actor(CHIYODA), actor(CHUO)
REQUEST = fingerprint("POST", "/api/v1/entries", "{}")


class Counting:
    """Answers with how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self) -> Response:
        self.asked += 1
        return JSONResponse({"number": self.asked}, 201, {"ETag": '"1"', "Set-Cookie": "not=kept"})


def send(
    records: Records,
    clock: FixedClock,
    answer: Counting,
    key: str | None = "k",
    who=ME,
    request: str = REQUEST,
) -> Response:
    with records.write() as work:
        return once(work, clock, who, key=key, request=request, answer=answer)


def test_again_is_answered_and_not_done(records: Records, clock: FixedClock) -> None:
    answer = Counting()
    first, again = send(records, clock, answer), send(records, clock, answer)
    assert answer.asked == 1
    assert (again.status_code, again.body, again.headers["etag"]) == (201, first.body, '"1"')
    assert again.headers["idempotency-replayed"] == "true" and "set-cookie" not in again.headers
    send(records, clock, answer, key="other")
    send(records, clock, answer, who=OTHER)
    send(records, clock, answer, key=None)
    assert answer.asked == 4
    with pytest.raises(Conflict):
        send(records, clock, answer, request=fingerprint("POST", "/api/v1/entries", "[]"))
    clock.forward(timedelta(hours=25))
    send(records, clock, answer)
    assert answer.asked == 5


def test_what_failed_may_be_sent_again(records: Records, clock: FixedClock) -> None:
    def fail() -> Response:
        raise RuntimeError

    with pytest.raises(RuntimeError), records.write() as work:
        once(work, clock, ME, key="k", request=REQUEST, answer=fail)
    answer = Counting()
    send(records, clock, answer)
    assert answer.asked == 1


def test_at_the_same_moment_only_one_is_done(records: Records, clock: FixedClock) -> None:
    answer, bodies = Counting(), []
    barrier = threading.Barrier(4)

    def go() -> None:
        barrier.wait()
        bodies.append(send(records, clock, answer).body)

    threads = [threading.Thread(target=go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answer.asked == 1 and len(bodies) == 4 and len(set(bodies)) == 1


@pytest.mark.parametrize("key", ["", "a" * 256, "改行", "a\x00b", "a\nb"])
def test_keys_that_are_refused(sqlite_records: Records, clock: FixedClock, key: str) -> None:
    with pytest.raises(Invalid):
        send(sqlite_records, clock, Counting(), key=key)
