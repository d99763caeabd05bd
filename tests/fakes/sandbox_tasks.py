"""Tasks that behave badly on purpose, run inside the sandbox by its tests."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from kernel.errors import Invalid, Text

Progress = Callable[[int, int], None]


def read_files(arguments: Mapping[str, Any], files: Sequence[Path], progress: Progress) -> dict[str, Any]:
    """A task that behaves: reads its files and reports each."""
    texts = []
    for number, file in enumerate(files, 1):
        texts.append(file.read_text("utf-8"))
        progress(number, len(files))
    print("libraries print what they like")
    return {"texts": texts, "word": arguments["word"]}


def connect(arguments: Mapping[str, Any], files: Sequence[Path], progress: Progress) -> str:
    """Tries to reach a server on this machine."""
    with socket.create_connection(("127.0.0.1", arguments["port"]), timeout=5) as connection:
        return connection.recv(10).decode()


def look_around(arguments: Mapping[str, Any], files: Sequence[Path], progress: Progress) -> dict[str, Any]:
    """What a task can see and do outside its own files."""
    seen: dict[str, Any] = {"environment": dict(os.environ), "folder": str(Path.cwd())}
    for name, action in {
        "read": lambda: Path(arguments["secret"]).read_text("utf-8"),
        "write": lambda: Path(arguments["secret"]).with_name("new").write_text("x"),
        "run": lambda: subprocess.run(["/bin/true"], check=True),
        "kill": lambda: os.kill(os.getppid(), 0),
    }.items():
        try:
            action()
            seen[name] = "allowed"
        except OSError as error:
            seen[name] = type(error).__name__
    Path("own").write_text("x")
    return seen


def misbehave(arguments: Mapping[str, Any], files: Sequence[Path], progress: Progress) -> Any:
    """One kind of harm by name."""
    return _HARMS[arguments["harm"]](progress)


def _loop(progress: Progress) -> None:
    while True:
        pass


def _loop_with_progress(progress: Progress) -> None:
    for number in range(1_000_000):
        progress(number, 0)
        time.sleep(0.05)


def _sleep(progress: Progress) -> None:
    time.sleep(60)


def _eat_memory(progress: Progress) -> None:
    eaten = []
    while True:
        eaten.append(bytearray(os.urandom(1_000_000)))


def _ask_for_too_much(progress: Progress) -> int:
    return len(bytearray(1 << 40))


def _talk_too_much(progress: Progress) -> str:
    return "あ" * 3_000_000


def _write_too_much(progress: Progress) -> None:
    with Path("big").open("wb") as file:
        while True:
            file.write(bytes(1_000_000))


def _die(progress: Progress) -> None:
    os.abort()


def _raise(progress: Progress) -> None:
    raise ValueError("a defect")


def _refuse(progress: Progress) -> None:
    raise Invalid(Text("読めません。", "Cannot be read."))


def _nest(progress: Progress) -> int:
    return _nest(progress) + 1


def _open_many(progress: Progress) -> int:
    return len([Path(os.devnull).open("rb") for _ in range(10_000)])


def _return_strange(progress: Progress) -> str:
    sys.stdout.write("{not an answer}\n")
    return "a\ud800\x00\n😀"


_HARMS: dict[str, Callable[[Progress], Any]] = {
    "loop": _loop,
    "loop with progress": _loop_with_progress,
    "sleep": _sleep,
    "eat memory": _eat_memory,
    "ask for too much": _ask_for_too_much,
    "talk too much": _talk_too_much,
    "write too much": _write_too_much,
    "die": _die,
    "raise": _raise,
    "refuse": _refuse,
    "nest": _nest,
    "open many": _open_many,
    "return strange": _return_strange,
}
