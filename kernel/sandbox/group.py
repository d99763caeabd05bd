"""The processes of one sandboxed task. The filter lets a task make none; where a machine has no filter they are
found by their session, which the child leads."""

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")
_AFTER_NAME = b") "  # a program's name may hold spaces and brackets
_SESSION, _RESIDENT = 3, 21  # places after the name in /proc/PID/stat


def _of_session(session: int) -> Iterator[tuple[int, int]]:
    """(process id, resident bytes) of each process."""
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        with contextlib.suppress(OSError, IndexError):  # gone meanwhile
            values = (folder / "stat").read_bytes().rpartition(_AFTER_NAME)[2].split()
            if int(values[_SESSION]) == session:
                yield int(folder.name), int(values[_RESIDENT]) * _PAGE


def resident_bytes(session: int) -> int:
    """Memory that all processes of the session have touched; what they share counts for each."""
    return sum(resident for _, resident in _of_session(session))


def end(session: int) -> None:
    """Kills the process group of the session's leader, then whoever has left the group."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(session, signal.SIGKILL)
    for process, _ in _of_session(session):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def tasks_of_this_user() -> int:
    """Processes and threads that count against the user's limit."""
    count = 0
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                if folder.stat().st_uid == os.getuid():
                    count += len(list((folder / "task").iterdir()))
    return count
