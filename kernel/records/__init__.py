"""Records: one engine, one unit of work, on SQLite and PostgreSQL alike."""

from kernel.records.engine import Records, UnitOfWork
from kernel.records.schema import audience_filter, metadata, utc

__all__ = ["Records", "UnitOfWork", "audience_filter", "metadata", "utc"]
