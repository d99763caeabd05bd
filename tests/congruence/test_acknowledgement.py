"""Records and indexes say the same at the moment that matters: when a narrowing or a deletion is acknowledged,
no reader of another ward meets the entry any more: no hit, no count, no facet, no suggestion, no relation."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb_service.models.entries import Status
from kb_service.rules.query import parse
from kb_service.service.search import Search
from kernel.records import Records
from tests.fakes.searchable import MEMBERS, MINATO, OWN, SHIBUYA, SmallBank, small_bank


@pytest.fixture
def bank(records: Records, home: Path) -> Iterator[SmallBank]:
    made = small_bank(records, home / "index")
    made.indexing.start()
    yield made
    made.indexing.stop()


class Watcher(threading.Thread):
    """Another ward's reader who searches without pause and notes what was met, and when."""

    def __init__(self, search: Search, other: str) -> None:
        super().__init__()
        self._search, self._other = search, other
        self._stopped = threading.Event()
        self.met: list[tuple[float, set[str], int, int]] = []
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            while not self._stopped.is_set():
                began = time.monotonic()
                results = self._search.search(MINATO, "特定健診の受診勧奨")
                related = self._search.related(MINATO, self._other)
                ids = {hit.entry.id for hit in results.hits}
                ids |= {entry.id for entry in (*related.same_tags, *related.similar)}
                tagged = sum(count.count for count in results.facets.get("tag", ()) if count.value == "健診")
                self.met.append((began, ids, results.total, tagged))
        except Exception as error:  # told in the test's own thread
            self.error = error

    def end(self) -> None:
        self._stopped.set()
        self.join()


@pytest.mark.parametrize("how", ["own", "draft", "deleted"])
def test_nobody_meets_it_after_the_acknowledgement(bank: SmallBank, how: str) -> None:
    other = bank.add("特定健診の受診勧奨の記録", tags=("健診",))
    ids = [bank.add(f"特定健診の受診勧奨 {number}", tags=("健診",)) for number in range(4)]
    assert bank.indexing.wait_for(bank.last())
    search = Search(bank.records, bank.generations, bank.entries, bank.repositories.attachments, parse)
    watcher = Watcher(search, other)
    watcher.start()
    acknowledged: dict[str, float] = {}
    for entry_id in ids:
        time.sleep(0.03)
        if how == "deleted":
            with bank.records.write() as work:
                bank.entries.delete(work, SHIBUYA, entry_id, 1)
        else:
            changes = {"audience": OWN} if how == "own" else {"status": Status.DRAFT}
            bank.change(entry_id, **changes)
        acknowledged[entry_id] = time.monotonic()
        left = len(ids) + 1 - len(acknowledged)
        now = search.search(MINATO, "特定健診の受診勧奨")
        assert entry_id not in {hit.entry.id for hit in now.hits}
        assert now.total == left
        assert {count.value: count.count for count in now.facets["tag"]}["健診"] == left
        suggested = search.suggest(MINATO, "特定健診の受診勧奨")
        assert f"特定健診の受診勧奨 {ids.index(entry_id)}" not in suggested
    time.sleep(0.05)
    watcher.end()
    assert watcher.error is None
    assert watcher.met
    for began, met, total, tagged in watcher.met:
        gone = {entry_id for entry_id, at in acknowledged.items() if at <= began}
        assert not met & gone
        assert total <= len(ids) + 1 - len(gone)
        assert tagged <= len(ids) + 1 - len(gone)


def test_both_sides_agree_after_many_changes(bank: SmallBank) -> None:
    """What the records show a reader is what an empty search shows them, for each reader."""
    for number in range(30):
        audience = (MEMBERS, OWN)[number % 2]
        status = (Status.PUBLISHED, Status.DRAFT, Status.ARCHIVED)[number % 3]
        entry_id = bank.add(f"対照する記事 {number}", audience=audience, status=status)
        if number % 5 == 0:
            bank.change(entry_id, audience=MEMBERS, status=Status.PUBLISHED)
        if number % 7 == 0:
            with bank.records.write() as work:
                entry = bank.entries.get(work, SHIBUYA, entry_id)
                bank.entries.delete(work, SHIBUYA, entry_id, entry.version)
    assert bank.indexing.wait_for(bank.last())
    search = Search(bank.records, bank.generations, bank.entries, bank.repositories.attachments, parse)
    for reader in (SHIBUYA, MINATO, None):
        with bank.records.read() as work:
            stored = bank.repositories.entries.all_ids(work, "", 1000)
            shown = set(bank.entries.visible(work, reader, stored))
        results = search.search(reader, "", limit=100)
        assert {hit.entry.id for hit in results.hits} == shown
        assert results.total == len(shown)
        assert sum(count.count for count in results.facets.get("kind", ())) == len(shown)
