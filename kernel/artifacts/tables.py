"""Public keys that signatures are checked with. Private keys are never stored here."""

from sqlalchemy import Boolean, Column, Index, LargeBinary, String, Table, Text

from kernel.records import metadata, utc

signing_keys = Table(
    "signing_keys",
    metadata,
    Column("id", String(64), primary_key=True),  # SHA-256 of the public key
    Column("organisation", String(16), nullable=False),
    Column("name", String(200), nullable=False),
    Column("public", LargeBinary, nullable=False),
    Column("house", Boolean, nullable=False),  # the installation holds it, not a ward
    Column("created_at", utc, nullable=False),
    Column("created_by", String(32), nullable=False),
    Column("revoked_at", utc, nullable=True),
    Column("revoked_by", String(32), nullable=False),
    Column("reason", Text, nullable=False),
    Index("ix_signing_keys_organisation_created_at", "organisation", "created_at"),
)
