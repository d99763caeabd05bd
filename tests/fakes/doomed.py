"""Processes that die. Run as `python -m tests.fakes.doomed TASK URL HOME …`; each kills itself by SIGKILL at the
point that its name tells, or works until somebody kills it."""

import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from kb_service.models.passages import IndexChange
from kb_service.ports.keyword import KeywordIndex
from kb_service.ports.vectors import Embedder, VectorChange, VectorIndex
from kernel.records import Records
from tests.fakes.importable import importing_bank
from tests.fakes.searchable import SHIBUYA, RealEngines, small_bank


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class DyingKeyword:
    """Forwards to an index and dies before or after its second write with changes."""

    def __init__(self, index: KeywordIndex, when: str) -> None:
        self._index, self._when, self._writes = index, when, 0

    def write(self, changes: Sequence[IndexChange], sequence: int) -> None:
        self._writes += bool(changes)
        if self._writes == 2 and self._when == "before-words":
            die()
        self._index.write(changes, sequence)
        if self._writes == 2 and self._when == "after-words":
            die()

    def __getattr__(self, name: str) -> object:
        return getattr(self._index, name)


class DyingVectors:
    """Forwards to an index and dies after its second write with changes."""

    def __init__(self, index: VectorIndex, when: str) -> None:
        self._index, self._when, self._writes = index, when, 0

    def write(self, changes: Sequence[VectorChange], sequence: int) -> None:
        self._writes += bool(changes)
        self._index.write(changes, sequence)
        if self._writes == 2 and self._when == "after-vectors":
            die()

    def __getattr__(self, name: str) -> object:
        return getattr(self._index, name)


class DyingEngines(RealEngines):
    """Indexes that take their process with them."""

    def __init__(self, when: str) -> None:
        super().__init__()
        self._when = when

    def keyword(self, folder: Path, writable: bool) -> KeywordIndex:
        return DyingKeyword(super().keyword(folder, writable), self._when)  # type: ignore[return-value]

    def vectors(self, folder: Path, embedder: Embedder, writable: bool) -> VectorIndex:
        return DyingVectors(super().vectors(folder, embedder, writable), self._when)  # type: ignore[return-value]


def save(records: Records, home: Path, when: str) -> None:
    """Saves two entries, narrows nothing, dies between the records and the indexes of the second."""
    bank = small_bank(records, home / "index", engines=DyingEngines(when))
    bank.indexing.open()
    bank.add("先に保存した記事")
    bank.indexing.run_pending()
    bank.add("後に保存した記事")
    bank.indexing.run_pending()


def rebuild(records: Records, home: Path, when: str) -> None:
    """Dies while new indexes are built beside the old ones: 2,200 entries are more than the largest batch."""
    bank = small_bank(records, home / "index")
    bank.indexing.open()
    for number in range(2_200):
        bank.add(f"作り直す記事 {number}")
    bank.indexing.run_pending()
    bank.indexing.reindex(lambda done, _: die() if done >= int(when) else None)


def write_on(records: Records, home: Path, _: str) -> None:
    """Saves and indexes without end."""
    bank = small_bank(records, home / "index")
    bank.indexing.start()
    print("ready", flush=True)
    while True:
        entry_id = bank.add("書き続ける記事", body="本文。" * 50)
        bank.change(entry_id, title="書き直した記事")


def serve(records: Records, home: Path, _: str) -> None:
    """Keeps the indexes for others until it is killed."""
    bank = small_bank(records, home / "index")
    bank.indexing.start()
    print("ready", flush=True)
    while True:
        time.sleep(1)


def take_in(records: Records, home: Path, folder: str) -> None:
    """Imports a folder, a little slowly."""
    parts = importing_bank(records, home)
    print("ready", flush=True)
    parts.importing.import_folder(SHIBUYA, Path(folder), lambda *_: time.sleep(0.01))


TASKS: dict[str, Callable[[Records, Path, str], None]] = {
    "save": save,
    "rebuild": rebuild,
    "write-on": write_on,
    "serve": serve,
    "import": take_in,
}


def main() -> None:
    task, url, home, argument = sys.argv[1:5]
    TASKS[task](Records(url), Path(home), argument)


if __name__ == "__main__":
    main()
