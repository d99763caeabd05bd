"""Old rows of the outbox go; indexes that would have needed them are built anew."""

import shutil
from datetime import timedelta
from pathlib import Path

from kb_service.models.searching import Filters, Query
from kb_service.service.pruning import Pruning
from kernel.clock import FixedClock
from kernel.records import Records
from tests.fakes.searchable import MINATO, SmallBank, small_bank


def pruning(bank: SmallBank, clock: FixedClock, home: Path) -> Pruning:
    note = home / "index" / "outbox.json"
    return Pruning(bank.records, bank.repositories.outbox, bank.indexing.settled, clock, note)


def kept(bank: SmallBank) -> list[int]:
    with bank.records.read() as work:
        return [row.seq for row in bank.repositories.outbox.after(work, 0, 100)]


def found(bank: SmallBank) -> set[str]:
    with bank.generations.use() as generation:
        hits = generation.keyword.search(Query("記事"), MINATO.keys(), Filters(), 100).hits
    return {hit.entry_id for hit in hits}


def test_what_every_index_has_held_for_a_day_goes(records: Records, home: Path, clock: FixedClock) -> None:
    bank = small_bank(records, home / "index", clock)
    bank.indexing.open()
    ids = {bank.add(f"記事{number}") for number in range(4)}
    assert pruning(bank, clock, home).look() == 0  # no index holds anything yet
    clock.forward(timedelta(hours=25))
    assert pruning(bank, clock, home).look() == 0
    bank.indexing.run_pending()
    assert pruning(bank, clock, home).look() == 0
    ids.add(bank.add("後の記事"))
    bank.indexing.run_pending()
    clock.forward(timedelta(hours=23))
    assert pruning(bank, clock, home).look() == 0
    clock.forward(timedelta(hours=2))
    assert pruning(bank, clock, home).look() == 3  # also after a restart: the note is a file
    assert kept(bank) == [4, 5]
    ids.add(bank.add("最後の記事"))
    assert kept(bank) == [4, 5, 6]
    bank.indexing.run_pending()
    assert found(bank) == ids
    bank.indexing.stop()


def test_nothing_goes_while_an_index_is_built(sqlite_records: Records, home: Path, clock: FixedClock) -> None:
    bank = small_bank(sqlite_records, home / "index", clock)
    bank.indexing.open()
    for number in range(4):
        bank.add(f"記事{number}")
    bank.indexing.run_pending()
    assert bank.indexing.settled() == 4
    seen: list[int] = []
    bank.indexing.reindex(lambda *_: seen.append(bank.indexing.settled()))
    assert seen[0] == 0
    assert bank.indexing.settled() == 4
    bank.indexing.stop()
    reader = small_bank(sqlite_records, home / "elsewhere", clock)
    assert reader.indexing.settled() == 0


def test_an_index_from_before_what_is_kept_is_built_anew(
    sqlite_records: Records, home: Path, tmp_path: Path, clock: FixedClock
) -> None:
    bank = small_bank(sqlite_records, home / "index", clock)
    bank.indexing.open()
    ids = {bank.add("最初の記事")}
    bank.indexing.run_pending()
    bank.indexing.stop()
    shutil.copytree(home / "index", tmp_path / "backup")
    bank = small_bank(sqlite_records, home / "index", clock)
    bank.indexing.open()
    ids |= {bank.add(f"記事{number}") for number in range(4)}
    bank.indexing.run_pending()
    pruning(bank, clock, home).look()
    clock.forward(timedelta(days=2))
    assert pruning(bank, clock, home).look() == 4
    bank.indexing.stop()
    old = small_bank(sqlite_records, tmp_path / "backup", clock)
    old.indexing.open()
    old.indexing.run_pending()
    assert found(old) == ids
    old.indexing.stop()
