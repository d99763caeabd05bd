"""Processes that cannot make large files for a while, as on a full disk. Run as
`python -m tests.fakes.full_disk TASK URL HOME FOLDER` on records that a server of their own keeps."""

import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kb_service.models.searching import Filters, Query
from kernel.errors import Unavailable
from kernel.records import Records
from tests.fakes.importable import importing_bank
from tests.fakes.searchable import MINATO, SHIBUYA, small_bank


@contextmanager
def full(most: int) -> Iterator[None]:
    """No file of this process may grow over `most` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def under_the_indexes(records: Records, home: Path, _: Path) -> None:
    """Saves on, searches on, tells the operator, catches up."""
    bank = small_bank(records, home / "index")
    bank.indexing.start()
    first = bank.add("満杯になる前の記事")
    assert bank.indexing.wait_for(bank.last())
    with full(2_000):
        for number in range(40):
            bank.add(f"満杯の間の記事 {number}", body="まったく新しい本文。" * 200)
        deadline = time.monotonic() + 20
        while not bank.indexing.status().problem_ja:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        with bank.generations.use() as generation:
            hits = generation.keyword.search(Query("満杯になる前"), MINATO.keys(), Filters(), 10).hits
            assert first in {hit.entry_id for hit in hits}
    assert bank.indexing.wait_for(bank.last(), seconds=30)
    assert not bank.indexing.status().troubles
    bank.indexing.stop()


def during_an_import(records: Records, home: Path, folder: Path) -> None:
    """Stops with a reason, leaves nothing half, goes on when there is space."""
    parts = importing_bank(records, home)
    limits = [full(100_000)]

    def fill(done: int, *_: object) -> None:
        if done == 3:
            limits[0].__enter__()

    try:
        parts.importing.import_folder(SHIBUYA, folder, fill)
    except Unavailable as error:
        assert "disk" in error.text.en, error
    else:
        raise AssertionError("the import did not notice")
    finally:
        limits[0].__exit__(None, None, None)
    with records.read() as work:
        before = parts.bank.repositories.entries.all_ids(work, "", 100)
    assert 0 < len(before) < 8, before
    assert not list((home / "files" / "incoming").iterdir())
    report = parts.importing.import_folder(SHIBUYA, folder, lambda *_: None)
    assert (report.read, report.unchanged) == (8 - len(before), len(before)), report


TASKS: dict[str, Callable[[Records, Path, Path], None]] = {
    "indexes": under_the_indexes,
    "import": during_an_import,
}


def main() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # the write fails instead of the process
    task, url, home, folder = sys.argv[1:5]
    TASKS[task](Records(url), Path(home), Path(folder))


if __name__ == "__main__":
    main()
