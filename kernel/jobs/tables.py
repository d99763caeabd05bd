"""The table of background work."""

from sqlalchemy import JSON, Column, Index, Integer, String, Table, Text

from kernel.records.schema import metadata, utc

jobs = Table(
    "jobs",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("queue", String(50), nullable=False),
    Column("name", String(100), nullable=False),
    Column("arguments", JSON, nullable=False),
    Column("key", String(200)),
    # The key while the job is open, NULL afterwards: one unique constraint that both databases know.
    Column("open_key", String(300), unique=True),
    Column("organisation", String(20), nullable=False),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("run_after", utc, nullable=False),
    Column("lease_until", utc),
    Column("worker", String(32)),
    Column("progress_done", Integer, nullable=False),
    Column("progress_total", Integer, nullable=False),
    Column("message_ja", Text, nullable=False),
    Column("message_en", Text, nullable=False),
    Column("created_at", utc, nullable=False),
    Column("updated_at", utc, nullable=False),
    Column("finished_at", utc),
    Index("ix_jobs_state_run_after", "state", "run_after"),
    Index("ix_jobs_created_at", "created_at"),
)
