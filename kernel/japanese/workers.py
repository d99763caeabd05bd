"""Analysis of very many texts on all processors. Sudachi holds the GIL, so that threads do not help."""

import json
import logging
import os
import queue
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any

_log = logging.getLogger(__name__)

MOST = 4  # processes
IDLE_SECONDS = 20.0
_TEXTS = 128  # in one message
_ROOT = Path(__file__).parents[2]
_LENGTH = struct.Struct("<Q")

Row = tuple[str, ...]
Here = Callable[[Sequence[str]], list[Row]]  # the same, in this process


class Workers:
    """Processes that are started when there is much to do and stopped when they are idle. What a process that
    died was to do is done here."""

    def __init__(self, count: int | None = None, idle_seconds: float = IDLE_SECONDS) -> None:
        self._count = min(MOST, len(os.sched_getaffinity(0))) if count is None else count
        self._idle_seconds = idle_seconds
        self._lock = threading.Lock()
        self._running: list[subprocess.Popen[bytes]] = []
        self._stopper: threading.Timer | None = None

    def __bool__(self) -> bool:
        """Whether there are processors enough to gain by it."""
        return self._count > 1

    def run(self, texts: Sequence[str], here: Here) -> list[Row]:
        """The rows of all texts, in order. One caller at a time; another one waits."""
        with self._lock:
            if self._stopper is not None:
                self._stopper.cancel()
            self._start()
            idle: queue.SimpleQueue[subprocess.Popen[bytes]] = queue.SimpleQueue()
            for process in self._running:
                idle.put(process)

            def answer(part: Sequence[str]) -> list[Row]:
                process = idle.get()
                try:
                    return _asked(process, part)
                except (OSError, EOFError, ValueError) as error:
                    _log.warning("a process that analysed texts has gone (%s); this process goes on", error)
                    process.kill()
                    return here(part)
                finally:
                    idle.put(process)

            parts = [texts[start : start + _TEXTS] for start in range(0, len(texts), _TEXTS)]
            with ThreadPoolExecutor(len(self._running), "analysis") as threads:
                rows = [row for answered in threads.map(answer, parts) for row in answered]
            self._stopper = threading.Timer(self._idle_seconds, self.stop)
            self._stopper.daemon = True
            self._stopper.start()
        return rows

    def processes(self) -> list[int]:
        """Numbers of the processes that run now."""
        return [process.pid for process in self._running if process.poll() is None]

    def stop(self) -> None:
        """Ends the processes; the next bulk starts new ones."""
        with self._lock:
            for process in self._running:
                _ended(process)
            self._running = []

    def _start(self) -> None:
        for process in [each for each in self._running if each.poll() is not None]:
            _ended(process)
            self._running.remove(process)
        while len(self._running) < self._count:
            self._running.append(
                subprocess.Popen(
                    [sys.executable, "-m", "kernel.japanese.worker"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    env={**os.environ, "PYTHONPATH": str(_ROOT)},
                )
            )


def send(pipe: IO[bytes], message: Sequence[object]) -> None:
    """Writes one message: eight bytes of length and a JSON list."""
    body = json.dumps(message, ensure_ascii=False).encode("utf-8", "surrogatepass")
    pipe.write(_LENGTH.pack(len(body)))
    pipe.write(body)
    pipe.flush()


def receive(pipe: IO[bytes]) -> list[Any]:
    """Reads one message. Raises EOFError when the other side has gone."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    size = _LENGTH.unpack(head)[0]
    body = pipe.read(size)
    if len(body) < size:
        raise EOFError
    message: list[Any] = json.loads(body.decode("utf-8", "surrogatepass"))
    return message


def _asked(process: subprocess.Popen[bytes], texts: Sequence[str]) -> list[Row]:
    """Raises OSError, EOFError or ValueError when the process does not answer as it should."""
    if process.poll() is not None or process.stdin is None or process.stdout is None:
        raise EOFError("ended")
    send(process.stdin, list(texts))
    rows = [tuple(row) for row in receive(process.stdout)]
    if len(rows) != len(texts):
        raise ValueError("wrong answer")
    return rows


def _ended(process: subprocess.Popen[bytes]) -> None:
    """Closes the pipes, upon which the process ends by itself."""
    for pipe in (process.stdin, process.stdout):
        try:
            if pipe is not None:
                pipe.close()
        except OSError:
            pass  # it has gone already
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
