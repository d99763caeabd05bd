"""The folder a task works in, and those that killed workers have left."""

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

PREFIX = "chienowa-sandbox-"
_SETTLED_S = 60.0  # a younger folder may not be locked yet


@contextlib.contextmanager
def working_folder() -> Iterator[str]:
    """A new folder, removed at the end. Its owner holds a lock on it, which the kernel gives up when the owner
    dies in whatever way, so that the next run knows what is left over, in other containers too."""
    sweep(Path(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(prefix=PREFIX) as folder:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield folder
        finally:
            os.close(handle)


def sweep(within: Path) -> None:
    """Removes this user's folders whose owner is gone."""
    for folder in within.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):  # gone meanwhile, somebody else's, or in use
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                state = os.fstat(handle)
                if state.st_uid != os.getuid() or time.time() - state.st_mtime < _SETTLED_S:
                    continue
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(handle)
