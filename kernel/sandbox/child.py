"""What runs inside the sandbox: `python -m kernel.sandbox.child DESCRIPTOR`, one task, then the end.

The request comes as JSON on standard input; answers go as JSON lines to the descriptor:
{"guards": [...]}, {"progress": [done, total]}, {"item": ...} from a task that is a generator, and at last one of "result", "refused", "memory", "failed",
"too_much_written", "unguarded".
"""

import ctypes
import errno
import importlib
import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from kernel.errors import ChienowaError
from kernel.sandbox.guards import NETWORK_GUARDS, die_with_parent, raise_guards
from kernel.sandbox.limits import Limits

Progress = Callable[[int, int], None]
Task = Callable[[Mapping[str, Any], Sequence[Path], Progress], Any]


def find_task(path: str) -> Task:
    """The function behind "package.module:function"."""
    module, _, name = path.partition(":")
    task: Task = getattr(importlib.import_module(module), name)
    return task


def list_guards(_arguments: Mapping[str, Any], _files: Sequence[Path], _progress: Progress) -> str:
    """A task that does nothing: used to see which walls stand."""
    return "guarded"


class _Teller:
    """Progress, at most ten times a second: each message wakes the process outside."""

    def __init__(self, send: Callable[[Mapping[str, Any]], None]) -> None:
        self._send = send
        self._next = 0.0

    def tell(self, done: int, total: int) -> None:
        if done >= total or time.monotonic() >= self._next:
            self._next = time.monotonic() + 0.1
            self._send({"progress": [done, total]})


def work(request: Mapping[str, Any], send: Callable[[Mapping[str, Any]], None]) -> None:
    """Runs the task of one request behind the guards and sends its end."""
    limits = Limits(**request["limits"])
    files = [Path(name) for name in request["files"]]
    guards = raise_guards(limits, files, Path(request["folder"]))
    send({"guards": sorted(guards)})
    if limits.require_network_guard and not guards & NETWORK_GUARDS:
        send({"unguarded": True})
        return
    try:
        task = find_task(request["task"])
        result = task(request["arguments"], files, _Teller(send).tell)
        if isinstance(result, Iterator):
            for item in result:
                send({"item": item})
            result = None
        send({"result": result})
    except ChienowaError as error:
        send({"refused": {"ja": error.text.ja, "en": error.text.en}})
    except MemoryError:
        send({"memory": True})
    except OSError as error:
        send({"too_much_written": True} if error.errno == errno.EFBIG else {"failed": traceback.format_exc()})
    except RecursionError:
        send({"failed": "RecursionError: nested too deeply"})
    except Exception:
        send({"failed": traceback.format_exc(limit=-8)})


def main() -> None:
    """Reads the request, keeps the answers apart from anything a library prints, and works."""
    answers: IO[str] = os.fdopen(int(sys.argv[1]), "w", encoding="ascii")
    request = json.load(sys.stdin)
    die_with_parent(ctypes.CDLL(None), request["parent"])

    def send(message: Mapping[str, Any]) -> None:
        answers.write(json.dumps(message) + "\n")
        answers.flush()

    work(request, send)
    answers.close()
    sys.stderr.flush()
    os._exit(0)  # engines' exit handlers may hang or crash; the answer is already out


if __name__ == "__main__":
    main()
