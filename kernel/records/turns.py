"""Writers of one process wait for each other here, before they hold a connection."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from kernel.errors import Text, Unavailable

# Of a server's 40 threads: the others go on reading, and finish the writer whose turn it is.
MOST_WAITING = 24


class Turns:
    """At most `writers` at once. Raises Unavailable after `seconds`, or at once when too many wait already.
    A turn may end in another thread than the one it began in."""

    def __init__(self, writers: int, seconds: float, most_waiting: int = MOST_WAITING) -> None:
        self._free = threading.Semaphore(writers)
        self._seconds = seconds
        self._places = threading.Semaphore(most_waiting)

    @contextmanager
    def turn(self) -> Iterator[None]:
        if not self._free.acquire(blocking=False):
            self._wait()
        try:
            yield
        finally:
            self._free.release()

    def _wait(self) -> None:
        if not self._places.acquire(blocking=False):
            raise _crowded()
        try:
            if not self._free.acquire(timeout=self._seconds):
                raise _crowded()
        finally:
            self._places.release()


def _crowded() -> Unavailable:
    return Unavailable(
        Text(
            "保存が集中しているため、いまは保存できませんでした。しばらくしてからもう一度保存してください。",
            "Many people are saving at this moment, so nothing was saved. Please save again shortly.",
        )
    )
