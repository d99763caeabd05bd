"""A server of several processes: one indexes and works, the others answer requests and read the indexes, and the
first starts again whichever ends."""

import logging
import multiprocessing
import os
import signal
import sys
import threading
from dataclasses import dataclass
from socket import socket
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from assembly.application import build_app
from assembly.embedded import Part, System, build
from kernel.settings import Settings
from kernel.web.setup import Shared

_log = logging.getLogger("chienowa")
_SPAWN = multiprocessing.get_context("spawn")  # engines have threads, which a fork would cut off
_NICENESS = 5  # of indexing and jobs: requests go first
_ANSWER_SECONDS = 30  # a process that does not answer for so long is killed and started again
_STOP_SECONDS = 10  # for requests that are under way


def log_to_terminal(settings: Settings) -> None:
    """For every process of a server."""
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")


def serve_here(system: System, host: str, port: int) -> None:
    """Everything in this process, until it is told to stop."""
    uvicorn.run(build_app(system), host=host, port=port, **_options(system.settings))


def serve_in_processes(settings: Settings, shared: Shared, host: str, port: int, processes: int) -> None:
    """One process that works and `processes` that answer, until this one is told to stop. Exits with a status
    when they cannot be started."""
    config = uvicorn.Config(
        _Serving(settings, shared),
        factory=True,
        host=host,
        port=port,
        workers=processes,
        timeout_worker_healthcheck=_ANSWER_SECONDS,
        **_options(settings),
    )
    supervisor = _Supervisor(config, config.bind_socket(), settings, shared)
    supervisor.run()
    if any(process.exitcode == STARTUP_FAILURE for process in supervisor.processes):
        sys.exit(STARTUP_FAILURE)


@dataclass(frozen=True)
class _Serving:
    """Makes the application in a process that answers."""

    settings: Settings
    shared: Shared

    def __call__(self) -> FastAPI:
        log_to_terminal(self.settings)
        _end_with_parent()
        return build_app(build(self.settings, shared=self.shared), Part.SERVE)


class _Supervisor(Multiprocess):
    """uvicorn's, with the process that works beside those that it knows."""

    def __init__(self, config: uvicorn.Config, listening: socket, settings: Settings, shared: Shared) -> None:
        super().__init__(config, [listening])
        self._working = (settings, shared)
        self._worker = self._start_worker()

    def keep_subprocess_alive(self) -> None:
        if not self.should_exit.is_set() and not self._worker.is_alive():
            _log.error("the process that indexes has ended (%s); it is started again", self._worker.exitcode)
            self._worker = self._start_worker()
        super().keep_subprocess_alive()

    def terminate_all(self) -> None:
        super().terminate_all()
        self._worker.terminate()

    def join_all(self) -> None:
        super().join_all()
        self._worker.join()

    def _start_worker(self) -> multiprocessing.context.SpawnProcess:
        process = _SPAWN.Process(target=_work, args=self._working, name="chienowa-work")
        process.start()
        return process


def _work(settings: Settings, shared: Shared) -> None:
    """The life of the process that indexes and works."""
    stop = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stop.set())
    log_to_terminal(settings)
    _end_with_parent()
    os.nice(_NICENESS)
    system = build(settings, shared=shared)
    system.start(Part.WORK)
    stop.wait()
    system.stop()


def _end_with_parent() -> None:
    """Nobody would start this process again, nor stop it."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def wait() -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="parent", daemon=True).start()


def _options(settings: Settings) -> dict[str, Any]:
    return {
        "log_level": settings.log_level.lower(),
        "access_log": False,
        "http": "httptools",
        "timeout_graceful_shutdown": _STOP_SECONDS,
    }
