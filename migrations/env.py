"""Alembic's entry: migrates the database of the connection it is handed, or of the settings."""

from alembic import context
from sqlalchemy import Connection

from kernel.records import Records
from kernel.settings import Settings
from migrations.tables import declared


def migrate(connection: Connection) -> None:
    """Runs all pending revisions in one transaction. SQLite needs batch mode to alter a table."""
    context.configure(
        connection=connection,
        target_metadata=declared(),
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


handed = context.config.attributes.get("connection")
if handed is not None:
    migrate(handed)
else:
    with Records(Settings().records_url()).write() as work:
        migrate(work.connection)
