"""The visibility predicate as SQL agrees with the predicate over sets, on both databases."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, MetaData, String, Table, insert, select

from kernel.records import Records, audience_filter
from kernel.visibility import Audience, AudienceKind, reader_keys, visible

own = MetaData()
things = Table("visibility_things", own, Column("id", String(8), primary_key=True))
audience = Table(
    "visibility_audience",
    own,
    Column("record_id", String(8), primary_key=True),
    Column("key", String(40), primary_key=True),
)

codes = st.sampled_from(["131016", "131024", "131032", "131041", "shared"])
audiences = st.builds(Audience, st.sampled_from(AudienceKind), st.lists(codes, max_size=3).map(tuple))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(codes, audiences), max_size=8), st.one_of(st.none(), codes))
def test_sql_and_sets_agree(records: Records, owned: list[tuple[str, Audience]], reader: str | None) -> None:
    keys = {str(number): each.keys(owner) for number, (owner, each) in enumerate(owned)}
    with records.engine.connect() as connection, connection.begin() as transaction:
        own.create_all(connection)
        for identity, record_keys in keys.items():
            connection.execute(insert(things).values(id=identity))
            for key in record_keys:
                connection.execute(insert(audience).values(record_id=identity, key=key))
        query = select(things.c.id).where(audience_filter(audience, things.c.id, reader_keys(reader)))
        found = set(connection.execute(query).scalars())
        transaction.rollback()
    assert found == {identity for identity, have in keys.items() if visible(have, reader_keys(reader))}


def test_a_reader_without_keys_sees_nothing(records: Records) -> None:
    with records.engine.connect() as connection, connection.begin() as transaction:
        own.create_all(connection)
        connection.execute(insert(things).values(id="1"))
        connection.execute(insert(audience).values(record_id="1", key="public"))
        assert (
            connection.execute(select(things).where(audience_filter(audience, things.c.id, []))).all() == []
        )
        transaction.rollback()
