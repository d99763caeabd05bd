"""Something small that is done again and again while the system runs."""

import logging
import threading
from collections.abc import Callable

_log = logging.getLogger("chienowa")


class Recurring:
    """Calls `action` every `seconds` in a thread of its own. A failure is logged and tried again next time."""

    def __init__(self, name: str, seconds: float, action: Callable[[], object]) -> None:
        self._seconds = seconds
        self._action = action
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Returns when a call that is under way has ended."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(self._seconds):
            try:
                self._action()
            except Exception:
                _log.exception("%s failed; trying again in %.0f s", self._thread.name, self._seconds)
