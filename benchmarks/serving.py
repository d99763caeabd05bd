"""A served bank in a process of its own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(home: Path, command: str = "serve", seconds: float = 120) -> Iterator[str]:
    """Runs `chienowa <command>` on `home` until the block ends; yields its address once it is healthy.
    Raises RuntimeError with its output when it is not healthy in time."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    environment = {**os.environ, "CHIENOWA_HOME": str(home), "CHIENOWA_LOG_LEVEL": "WARNING"}
    with (home / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [Path(sys.executable).parent / "chienowa", command, "--port", str(port)],
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        _wait(process, base, home / "server.log", seconds)
        yield base
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait(process: subprocess.Popen[bytes], base: str, log: Path, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        try:
            if httpx.get(f"{base}/health", timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise RuntimeError(f"the server did not become healthy:\n{log.read_text(errors='replace')[-2000:]}")
