"""Making models in a process of its own, so that the one that asks never loads torch or spaCy."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kb_service.ports.adaptation import BankText, Models, Progress, Score, Trained
from kernel.errors import Text, Unavailable

_WORKER = "kb_service.adapters.static_embedding.worker"
_TOLD = 2_000  # characters of what a failed process said last


class ProcessTrainer:
    """Implements ports.adaptation.Trainer. `threads` bounds what the training takes of the machine."""

    def __init__(self, threads: int = 2) -> None:
        self._threads = threads

    def base(self, folder: Path) -> str:
        return str(self._run({"task": "base", "folder": str(folder)}, lambda _done, _total: None)["version"])

    def adapt(
        self, texts: Sequence[BankText], held_out: frozenset[str], models: Models, progress: Progress
    ) -> Trained:
        with tempfile.TemporaryDirectory(prefix="chienowa-adapt-") as folder:
            file = Path(folder) / "texts.jsonl"
            with file.open("w", encoding="utf-8") as lines:
                for text in texts:
                    lines.write(json.dumps(asdict(text), ensure_ascii=False) + "\n")
            order = {
                "task": "adapt",
                "texts": str(file),
                "held_out": sorted(held_out),
                "base": str(models.base),
                "current": str(models.current),
                "candidate": str(models.candidate),
            }
            answer = self._run(order, progress)
        return Trained(
            models.candidate,
            answer["version"],
            _score(answer["candidate"]),
            _score(answer["current"]),
            float(answer["seconds"]),
        )

    def _run(self, order: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
        """Sends one order, hears progress, returns the answer."""
        with self._started() as (process, errors):
            assert process.stdin is not None and process.stdout is not None
            process.stdin.write(json.dumps({**order, "threads": self._threads}) + "\n")
            process.stdin.close()
            answer: dict[str, Any] = {}
            for line in process.stdout:
                message = json.loads(line)
                if "done" in message:
                    progress(message["done"], message["total"])
                else:
                    answer = message
            status = process.wait()
            if status == 0 and answer:
                return answer
            raise _failed(status, errors())

    @contextmanager
    def _started(self) -> Iterator[tuple[subprocess.Popen[str], Callable[[], str]]]:
        threads = str(self._threads)
        environment = {
            **os.environ,
            "OMP_NUM_THREADS": threads,
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        }
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", _WORKER],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                encoding="utf-8",
                env=environment,
            )

            def errors() -> str:
                log.seek(0)
                return log.read()[-_TOLD:]

            try:
                yield process, errors
            finally:
                if process.poll() is None:
                    process.kill()
                    process.wait()
                if process.stdout is not None:
                    process.stdout.close()


def _score(plain: Mapping[str, Any]) -> Score:
    groups = {name: _score(of) for name, of in plain["groups"].items()}
    return Score(plain["cases"], plain["mrr"], plain["recall"], groups)


def _failed(status: int, told: str) -> Unavailable:
    last = told.strip().splitlines()[-1] if told.strip() else f"status {status}"
    return Unavailable(
        Text(
            f"意味検索のモデルを作成できませんでした（{last}）。メモリーとディスクの空きを確かめて、もう一度お試しください。",
            f"The text-vector model could not be made ({last}). Check free memory and disk and try again.",
        )
    )
