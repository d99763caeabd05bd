"""Table of answers kept for repeated requests with the same Idempotency-Key."""

from sqlalchemy import Column, Index, Integer, LargeBinary, PrimaryKeyConstraint, String, Table, Text

from kernel.records import metadata, utc

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("actor_id", String(32), nullable=False),
    Column("key", String(255), nullable=False),
    Column("fingerprint", String(64), nullable=False),  # SHA-256 of method, path and body
    Column("status", Integer, nullable=False),
    Column("headers", Text, nullable=False),  # JSON list of [name, value]
    Column("body", LargeBinary, nullable=False),
    Column("created_at", utc, nullable=False),
    PrimaryKeyConstraint("actor_id", "key"),
    Index("ix_idempotency_keys_created_at", "created_at"),
)
