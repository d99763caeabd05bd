"""The real application on a real port, with the sample users and a token for whoever is needed."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from assembly.application import build_app
from assembly.embedded import System, build
from kernel.identity import repository
from kernel.identity.models import Scope, actor_of
from kernel.identity.samples import ensure_samples
from kernel.settings import Settings

ALL = frozenset(Scope)


@dataclass(frozen=True)
class Served:
    """A running installation."""

    system: System
    address: str

    def token(self, login: str, scopes: frozenset[Scope] = ALL) -> str:
        """A new API token of a sample user."""
        with self.system.records.write() as work:
            found = repository.user_by_login(work, login)
            assert found is not None
            return self.system.accounts.make_token(work, actor_of(found[0]), "tests", scopes, 1)[1]

    @contextmanager
    def client(self, login: str, scopes: frozenset[Scope] = ALL) -> Iterator[httpx.Client]:
        """Speaks to the API as this user."""
        headers = {"Authorization": f"Bearer {self.token(login, scopes)}"}
        with httpx.Client(base_url=f"{self.address}/api/v1", headers=headers, timeout=30) as client:
            yield client


@contextmanager
def served(
    home: Path, adapt: Callable[[System], System] = lambda system: system, **settings: Any
) -> Iterator[Served]:
    """Serves until the block ends. Without a language model: searching goes by words. `adapt`: puts other parts
    into the system before it starts."""
    system = adapt(build(Settings(home=home, **settings)))
    with system.records.write() as work:
        ensure_samples(work, system.clock)
    server = uvicorn.Server(
        uvicorn.Config(build_app(system), host="127.0.0.1", port=0, log_level="warning", lifespan="on")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + 60
        while not server.started:
            assert thread.is_alive() and time.monotonic() < deadline, "the server did not start"
            time.sleep(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield Served(system, f"http://127.0.0.1:{port}")
    finally:
        server.should_exit = True
        thread.join(20)
