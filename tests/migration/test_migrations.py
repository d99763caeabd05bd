"""The migrations build exactly the tables that the code declares, and can be taken back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from kernel.records import Records
from migrations.run import current, downgrade, head, upgrade
from migrations.tables import declared
from tests.postgres import PostgresServer


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Records]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        yield Records(f"sqlite:///{tmp_path / 'records.db'}")
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    url = server.new_database()
    records = Records(url)
    yield records
    records.close()
    server.drop(url)


def test_upgrade_reaches_head_and_matches_the_declared_tables(empty: Records) -> None:
    upgrade(empty)
    assert current(empty) == head() is not None
    with empty.read() as work:
        context = MigrationContext.configure(
            work.connection, opts={"compare_type": True, "render_as_batch": True}
        )
        assert compare_metadata(context, declared()) == []


def test_upgrading_twice_changes_nothing(empty: Records) -> None:
    upgrade(empty)
    upgrade(empty)
    assert current(empty) == head()


def test_downgrade_leaves_no_table_behind(empty: Records) -> None:
    upgrade(empty)
    downgrade(empty, "base")
    with empty.read() as work:
        assert set(inspect(work.connection).get_table_names()) <= {"alembic_version"}
    upgrade(empty)
    assert current(empty) == head()
