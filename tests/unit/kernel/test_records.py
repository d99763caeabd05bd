"""Transactions, times and the visibility predicate on both databases."""

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, String, Table, delete, insert, select

from kernel.records import Records, audience_filter, utc
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
