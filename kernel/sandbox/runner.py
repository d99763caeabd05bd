"""The side of the sandbox that stays outside: starts a child, watches it, and takes its answer."""

import contextlib
import json
import logging
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import kernel
from kernel.errors import Text
from kernel.sandbox import errors, group
from kernel.sandbox.folders import working_folder
from kernel.sandbox.limits import MB, Limits

Progress = Callable[[int, int], None]
Item = Callable[[Any], None]
_PAGE = os.sysconf("SC_PAGE_SIZE")
_WATCH_S = 0.05
_WATCH_GROUP_S = 1.0  # looks through all processes of the machine
_CODE = str(Path(kernel.__file__).resolve().parents[1])
_log = logging.getLogger(__name__)


def _no_progress(done: int, total: int) -> None:
    """Used where nobody listens."""


def _no_item(_item: Any) -> None:
    """Used where a task gives nothing on its way."""


class Sandbox:
    """Runs tasks on foreign files, each in a process of its own, with limits and without a network.

    A task is "package.module:function", called in the child as `function(arguments, files, progress)`;
    arguments and result are JSON. It may raise a ChienowaError, which comes out as `Refused`. A task that is a
    generator gives its values one by one; the limit of output then holds for each."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()

    def run(
        self,
        task: str,
        arguments: Mapping[str, Any] | None = None,
        files: Sequence[Path] = (),
        on_progress: Progress = _no_progress,
        on_item: Item = _no_item,
    ) -> Any:
        """The task's result, None of a generator, whose values go to `on_item`. Raises a SandboxError. Whatever
        `on_progress` or `on_item` raises ends the child too."""
        return self._run(task, arguments or {}, files, on_progress, on_item)[0]

    def guards(self) -> frozenset[str]:
        """Which walls stand on this machine: network-namespace, system-calls, files. Raises Unguarded."""
        return self._run("kernel.sandbox.child:list_guards", {}, (), _no_progress, _no_item)[1]

    def _run(
        self,
        task: str,
        arguments: Mapping[str, Any],
        files: Sequence[Path],
        on_progress: Progress,
        on_item: Item,
    ) -> tuple[Any, frozenset[str]]:
        with working_folder() as folder:
            request = {
                "task": task,
                "arguments": dict(arguments),
                "files": [str(file.resolve()) for file in files],
                "limits": asdict(self.limits),
                "folder": folder,
                "parent": os.getpid(),
            }
            with _Child(folder, self.limits) as child:
                result = child.talk(request, on_progress, on_item)
                return result, frozenset(child.guards)


class _Child:
    """One child process and the pipe its answers come through."""

    def __init__(self, folder: str, limits: Limits) -> None:
        self._folder = folder
        self._limits = limits
        self._group_seen = 0.0
        self.guards: list[str] = []

    def __enter__(self) -> "_Child":
        self._answers, write_end = os.pipe()
        self._errors = tempfile.TemporaryFile()
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-B", "-m", "kernel.sandbox.child", str(write_end)],
                stdin=subprocess.PIPE,
                stdout=self._errors,
                stderr=self._errors,
                pass_fds=(write_end,),
                cwd=self._folder,
                env=self._environment(),
                start_new_session=True,
            )
        except OSError:
            os.close(self._answers)
            self._errors.close()
            raise
        finally:
            os.close(write_end)
        return self

    def __exit__(self, *_: object) -> None:
        self._kill()
        os.close(self._answers)
        self._errors.close()

    def _environment(self) -> dict[str, str]:
        """Nothing is inherited, so that no secret of the server is."""
        threads = str(self._limits.threads)
        return {
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "HOME": self._folder,
            "TMPDIR": self._folder,
            "PYTHONPATH": _CODE,
            "OMP_NUM_THREADS": threads,
            "OPENBLAS_NUM_THREADS": threads,
            "MALLOC_ARENA_MAX": "2",
        }

    def _kill(self) -> None:
        group.end(self._process.pid)
        if self._process.stdin:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        self._process.wait()

    def talk(self, request: Mapping[str, Any], on_progress: Progress, on_item: Item) -> Any:
        """Sends the request and reads answers until the last one."""
        self._send(request)
        started = heard = time.monotonic()
        waiting = bytearray()
        received = 0
        with selectors.DefaultSelector() as selector:
            selector.register(self._answers, selectors.EVENT_READ)
            while True:
                if selector.select(_WATCH_S):
                    block = os.read(self._answers, 1 << 20)
                    if not block:
                        raise self._why_it_ended()
                    heard = time.monotonic()
                    received += len(block)
                    if received > self._limits.output_mb * MB:
                        raise errors.too_much_output(self._limits.output_mb)
                    waiting += block
                    *lines, rest = waiting.split(b"\n") if b"\n" in block else [waiting]
                    waiting = bytearray(rest)
                    for line in lines:
                        message = json.loads(line)
                        if "progress" in message:
                            on_progress(*message["progress"])
                        elif "item" in message:
                            received = len(waiting)
                            on_item(message["item"])
                            heard = time.monotonic()  # what was done outside is no silence of the child's
                        elif "guards" in message:
                            self.guards = message["guards"]
                        else:
                            return self._last(message)
                self._watch(started, heard)

    def _send(self, request: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # it died at once; reading tells why
            self._process.stdin.write(json.dumps(request).encode("ascii"))
            self._process.stdin.close()

    def _watch(self, started: float, heard: float) -> None:
        now = time.monotonic()
        if now - started > self._limits.wall_s:
            raise errors.timed_out(self._limits.wall_s)
        if now - heard > self._limits.silence_s:
            raise errors.silent(self._limits.silence_s)
        touched = self._resident_bytes()
        if now - self._group_seen > _WATCH_GROUP_S:
            self._group_seen = now
            touched = group.resident_bytes(self._process.pid)
        if touched > self._limits.memory_mb * MB:
            raise errors.out_of_memory(self._limits.memory_mb)

    def _resident_bytes(self) -> int:
        """Memory the child has touched; 0 once it is gone."""
        with contextlib.suppress(OSError, IndexError):
            return int(Path(f"/proc/{self._process.pid}/statm").read_text("ascii").split()[1]) * _PAGE
        return 0

    def _last(self, message: Mapping[str, Any]) -> Any:
        if "result" in message:
            return message["result"]
        if "refused" in message:
            raise errors.Refused(Text(message["refused"]["ja"], message["refused"]["en"]))
        if "too_much_written" in message:
            raise errors.too_much_output(self._limits.write_mb)
        if "memory" in message:
            raise errors.out_of_memory(self._limits.memory_mb)
        if "unguarded" in message:
            raise errors.unguarded()
        detail = str(message.get("failed", "no answer"))
        _log.warning("sandboxed task failed: %s", detail)
        raise errors.crashed(detail)

    def _why_it_ended(self) -> errors.SandboxError:
        """The pipe closed without a last answer: the way the process died says why."""
        code = self._process.wait()
        if code == -signal.SIGXCPU:
            return errors.timed_out(self._limits.cpu_s)
        self._errors.seek(0, os.SEEK_END)
        self._errors.seek(max(0, self._errors.tell() - 2_000))
        detail = f"exit status {code}: {self._errors.read().decode('utf-8', 'replace')}"
        _log.warning("sandboxed process died: %s", detail)
        return errors.crashed(detail)
