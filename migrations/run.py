"""Migrating from code: `chienowa migrate`, the server's start, and the tests."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from kernel.records import Records

FOLDER = Path(__file__).parent


def configuration() -> Config:
    """Alembic's configuration without an ini file, so that an installed package can migrate."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return config


def upgrade(records: Records, revision: str = "head") -> None:
    """Brings the database to `revision`; does nothing when it is there already."""
    with records.write() as work:
        config = configuration()
        config.attributes["connection"] = work.connection
        command.upgrade(config, revision)


def downgrade(records: Records, revision: str) -> None:
    """Takes the database back to `revision` ("base" = empty)."""
    with records.write() as work:
        config = configuration()
        config.attributes["connection"] = work.connection
        command.downgrade(config, revision)


def current(records: Records) -> str | None:
    """The revision that the database is at, None when it is empty."""
    with records.read() as work:
        return MigrationContext.configure(work.connection).get_current_revision()


def head() -> str | None:
    """The newest revision of the code."""
    return ScriptDirectory.from_config(configuration()).get_current_head()
