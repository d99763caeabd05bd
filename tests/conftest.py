"""Fixtures that every test may use: real, migrated databases and a folder of one's own."""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from filelock import FileLock

from assembly.embedded import build
from kernel.clock import FixedClock
from kernel.records import Records
from kernel.settings import Settings
from migrations.run import upgrade
from tests.postgres import PostgresServer, database_name, postgres_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One real PostgreSQL 15 server for the session."""
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy from."""
    path = tmp_path_factory.mktemp("migrated") / "records.db"
    records = Records(f"sqlite:///{path}")
    upgrade(records)
    with records.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    records.close()
    return path


@pytest.fixture(scope="session")
def migrated_postgres(postgres: PostgresServer) -> str:
    """The name of a migrated, empty PostgreSQL database to use as template."""
    url = postgres.new_database()
    records = Records(url)
    upgrade(records)
    records.close()
    return database_name(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def records(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Records]:
    """Migrated, empty records on each of the two databases."""
    if request.param == "sqlite":
        path = tmp_path / "records.db"
        shutil.copyfile(request.getfixturevalue("migrated_sqlite"), path)
        opened = Records(f"sqlite:///{path}")
        yield opened
        opened.close()
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    url = server.new_database(template=request.getfixturevalue("migrated_postgres"))
    opened = Records(url)
    yield opened
    opened.close()
    server.drop(url)


@pytest.fixture
def sqlite_records(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Records]:
    """Migrated records on SQLite alone, for what has nothing to do with the database."""
    path = tmp_path / "records.db"
    shutil.copyfile(migrated_sqlite, path)
    opened = Records(f"sqlite:///{path}")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def base_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A `models` folder with the static model built from the installed word vectors, to copy into a home.
    Built once for all workers of a run: it takes 20 s of one core."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folder = shared / "base-home"
    with FileLock(shared / "base-home.lock"):
        if not (folder / "models" / "done").exists():
            system = build(Settings(home=folder))
            system.bank.adaptation.build_base()
            system.records.close()
            (folder / "models" / "done").touch()
    return folder / "models"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home folder for everything that is kept."""
    path = tmp_path / "home"
    path.mkdir()
    return path


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands at 2026-11-20 09:00 UTC until moved."""
    return FixedClock(datetime(2026, 11, 20, 9, 0, tzinfo=UTC))
