"""Transactions, times and the visibility predicate on both databases."""

import threading
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, String, Table, delete, event, insert, select, text

from kernel.errors import Unavailable
from kernel.records import Records, audience_filter, utc
from kernel.records.turns import Turns
from kernel.visibility import Audience, AudienceKind, reader_keys, visible

tables = MetaData()
things = Table(
    "try_things", tables, Column("id", Integer, primary_key=True), Column("at", utc, nullable=True)
)
audience = Table("try_audience", tables, Column("record_id", Integer), Column("key", String(40)))


@pytest.fixture
def tried(records: Records) -> Records:
    with records.write() as work:
        tables.create_all(work.connection)
    return records


def test_an_error_rolls_back_and_after_commit_is_not_called(tried: Records) -> None:
    called: list[str] = []
    with pytest.raises(RuntimeError), tried.write() as work:
        work.after_commit(lambda: called.append("no"))
        work.connection.execute(insert(things).values(id=1))
        raise RuntimeError
    with tried.read() as work:
        assert work.connection.execute(select(things)).all() == []
    assert called == []


def test_after_commit_sees_what_was_written(tried: Records) -> None:
    seen: list[int] = []

    def look() -> None:
        with tried.read() as work:
            seen.append(len(work.connection.execute(select(things)).all()))

    with tried.write() as work:
        work.connection.execute(insert(things).values(id=1))
        work.after_commit(look)
    assert seen == [1]


def test_what_a_read_writes_is_gone(tried: Records) -> None:
    with tried.read() as work:
        work.connection.execute(insert(things).values(id=1))
    with tried.read() as work:
        assert work.connection.execute(select(things)).all() == []


def test_times_come_back_as_the_same_moment_in_utc(tried: Records) -> None:
    tokyo = datetime(2026, 11, 20, 18, 30, tzinfo=timezone(timedelta(hours=9)))
    with tried.write() as work:
        work.connection.execute(insert(things).values(id=1, at=tokyo))
    with tried.read() as work:
        found = work.connection.execute(select(things.c.at)).scalar_one()
    assert found == tokyo
    assert found.tzinfo is UTC


def test_a_time_without_zone_is_refused(tried: Records) -> None:
    with pytest.raises(Exception, match="zone"), tried.write() as work:
        work.connection.execute(insert(things).values(id=1, at=datetime(2026, 11, 20)))


def test_writers_wait_for_each_other_and_lose_nothing(tried: Records) -> None:
    def add(first: int) -> None:
        for number in range(first, first + 20):
            with tried.write() as work:
                work.connection.execute(select(things)).all()
                work.connection.execute(insert(things).values(id=number))

    threads = [threading.Thread(target=add, args=(start,)) for start in (0, 100, 200, 300)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with tried.read() as work:
        assert len(work.connection.execute(select(things)).all()) == 80


codes = st.sampled_from(["131016", "131024", "131032", "shared"])
audiences = st.builds(Audience, st.sampled_from(AudienceKind), st.lists(codes, max_size=2).map(tuple))


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(audiences, codes), min_size=1, max_size=8), st.one_of(st.none(), codes))
def test_sql_and_sets_agree_on_who_may_read(
    tried: Records, made: list[tuple[Audience, str]], reader: str | None
) -> None:
    keys = reader_keys(reader)
    with tried.write() as work:
        work.connection.execute(delete(audience))
        work.connection.execute(delete(things))
        for number, (who, owner) in enumerate(made):
            work.connection.execute(insert(things).values(id=number))
            rows = [{"record_id": number, "key": key} for key in who.keys(owner)]
            work.connection.execute(insert(audience), rows)
    with tried.read() as work:
        query = select(things.c.id).where(audience_filter(audience, things.c.id, keys))
        found = set(work.connection.execute(query).scalars())
    assert found == {n for n, (who, owner) in enumerate(made) if visible(who.keys(owner), keys)}


def test_what_runs_after_the_commit_holds_neither_connection_nor_turn(tried: Records) -> None:
    held: list[int] = []

    def look() -> None:
        held.append(tried.engine.pool.checkedout())  # type: ignore[attr-defined]
        with tried.write() as work:
            work.connection.execute(insert(things).values(id=2))

    with tried.write() as work:
        work.connection.execute(insert(things).values(id=1))
        work.after_commit(look)
    assert held == [0]
    with tried.read() as work:
        assert len(work.connection.execute(select(things)).all()) == 2


def test_a_read_sees_one_moment(tried: Records) -> None:
    with tried.read() as reader:
        assert reader.connection.execute(select(things)).all() == []
        with tried.write() as writer:
            writer.connection.execute(insert(things).values(id=1))
        assert reader.connection.execute(select(things)).all() == []


def test_readers_do_not_wait_behind_queued_writers(tried: Records) -> None:
    """Twenty writers wait for the one that works; a read takes its moment all the same."""
    go_on, inside = threading.Event(), threading.Event()

    def hold() -> None:
        with tried.write() as work:
            work.connection.execute(insert(things).values(id=0))
            inside.set()
            go_on.wait(20)

    def add(number: int) -> None:
        with tried.write() as work:
            work.connection.execute(insert(things).values(id=number))

    threads = [threading.Thread(target=hold)]
    threads[0].start()
    assert inside.wait(10)
    threads += [threading.Thread(target=add, args=(number,)) for number in range(1, 21)]
    for thread in threads[1:]:
        thread.start()
    try:
        time.sleep(0.2)
        started = time.monotonic()
        with tried.read() as work:
            work.connection.execute(select(things)).all()
        assert time.monotonic() - started < 2
    finally:
        go_on.set()
        for thread in threads:
            thread.join()
    with tried.read() as work:
        assert len(work.connection.execute(select(things)).all()) == 21


def test_too_many_writers_and_too_long_a_wait_are_refused_with_a_sentence() -> None:
    turns = Turns(writers=1, seconds=0.3, most_waiting=1)
    refused: list[Unavailable] = []

    def attempt() -> None:
        try:
            with turns.turn():
                pass
        except Unavailable as error:
            refused.append(error)

    with turns.turn():
        waiting = threading.Thread(target=attempt)
        waiting.start()
        time.sleep(0.1)
        attempt()
        assert len(refused) == 1  # no place to wait
        waiting.join()
        assert len(refused) == 2  # waited too long
    attempt()
    assert len(refused) == 2


def test_no_connection_in_time_is_unavailable_and_not_a_defect(sqlite_records: Records) -> None:
    sqlite_records.engine.pool._timeout = 0.05  # type: ignore[attr-defined]
    with ExitStack() as stack:
        for _ in range(64):
            stack.enter_context(sqlite_records.read())
        with pytest.raises(Unavailable), sqlite_records.read():
            pass


def test_a_commit_on_sqlite_is_on_the_disk(sqlite_records: Records) -> None:
    with sqlite_records.read() as work:
        found = {
            name: work.connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2}  # 2 is FULL


def test_a_full_disk_is_told_as_one_also_from_within_a_savepoint(tmp_path: Path) -> None:
    records = Records(f"sqlite:///{tmp_path}/records.db")
    with records.write() as work:
        work.connection.execute(text("CREATE TABLE x (a TEXT)"))
    event.listen(
        records.engine, "checkout", lambda found, *_: found.execute("PRAGMA max_page_count = 1") and None
    )
    with (
        pytest.raises(Unavailable, match="disk is full"),
        records.write() as work,
        work.connection.begin_nested(),
    ):
        work.connection.execute(text("INSERT INTO x VALUES (:a)"), {"a": "長" * 1_000_000})
    records.close()
