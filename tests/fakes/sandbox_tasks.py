"""Tasks that behave badly on purpose, run inside the sandbox by its tests."""

import ctypes
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from kernel.errors import Invalid, Text

Progress = Callable[[int, int], None]
FORKS = (56, 57, 58)


def read_files(arguments: Mapping[str, Any], files: Sequence[Path], progress: Progress) -> dict[str, Any]:
    """A task that behaves: reads its files and reports each."""
    texts = []
    for number, file in enumerate(files, 1):
        texts.append(file.read_text("utf-8"))
        progress(number, len(files))
    print("libraries print what they like")
    return {"texts": texts, "word": arguments["word"]}


def count_up(arguments: Mapping[str, Any], files: Sequence[Path], progress: Progress) -> Iterator[Any]:
    """Gives values one by one, each of some bytes."""
    for number in range(arguments["to"]):
        yield {"number": number, "filling": "x" * arguments.get("bytes", 0)}


def connect(arguments: Mapping[str, Any], files: Sequence[Path], progress: Progress) -> str:
    """Tries to reach a server on this machine."""
    with socket.create_connection(("127.0.0.1", arguments["port"]), timeout=5) as connection:
        return connection.recv(10).decode()


def look_around(arguments: Mapping[str, Any], files: Sequence[Path], progress: Progress) -> dict[str, Any]:
    """What a task can see and do outside its own files."""
    seen: dict[str, Any] = {"environment": dict(os.environ), "folder": str(Path.cwd())}
    actions: dict[str, Callable[[], object]] = {
        "read": lambda: Path(arguments["secret"]).read_text("utf-8"),
        "write": lambda: Path(arguments["secret"]).with_name("new").write_text("x"),
        "run": lambda: subprocess.run(["/bin/true"], check=True),
        "kill": lambda: os.kill(os.getppid(), 0),
    }
    for name, action in actions.items():
        try:
            action()
            seen[name] = "allowed"
        except OSError as error:
            seen[name] = type(error).__name__
    Path("own").write_text("x")
    return seen


def reach_out(arguments: Mapping[str, Any], files: Sequence[Path], progress: Progress) -> dict[str, Any]:
    """What compromised code would try against the server and against being ended; x86-64 numbers. Each answer
    is the error's number, 0 where it worked."""
    libc = ctypes.CDLL(None, use_errno=True)
    server = arguments["server"]
    event = os.pipe()[0]

    def call(*values: int) -> int:
        ctypes.set_errno(0)
        done = libc.syscall(*(ctypes.c_long(value) for value in values))
        if done == 0 and values[0] in FORKS:
            os._exit(0)
        return ctypes.get_errno()

    return {
        "kill": call(62, server, 0),
        "tkill": call(200, server, 0),
        "tgkill": call(234, server, server, 0),
        "rt_sigqueueinfo": call(129, server, 0, 0),
        "rt_tgsigqueueinfo": call(297, server, server, 0, 0),
        "pidfd_open": call(434, server, 0),
        "prlimit64": call(302, server, 0, 0, 0),
        "F_SETOWN": call(72, event, 8, server),
        "F_SETSIG": call(72, event, 10, 9),
        "FIOSETOWN": call(16, event, 0x8901, 0),
        "setsid": call(112),
        "setpgid": call(109, 0, 0),
        "fork": call(57),
        "vfork": call(58),
        "clone": call(56, 17, 0, 0, 0, 0),
        "clone3": call(435, 0, 0),
        "own limits": call(302, 0, 7, 0, 0),
        "own flags": call(72, event, 3, 0),
    }


def count_with_threads(arguments: Mapping[str, Any], files: Sequence[Path], progress: Progress) -> int:
    """Threads are made as engines make them."""
    with ThreadPoolExecutor(8) as pool:
        return sum(pool.map(lambda number: number, range(100)))


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
