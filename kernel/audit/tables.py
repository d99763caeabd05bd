"""Tables of the audit trail: the rows, and the head of each organisation's chain."""

from sqlalchemy import BigInteger, Column, Index, String, Table, Text, UniqueConstraint

from kernel.records import metadata, utc

audit_rows = Table(
    "audit_rows",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("organisation", String(16), nullable=False),
    Column("at", utc, nullable=False),
    Column("actor_id", String(32), nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("details", Text, nullable=False),  # RFC 8785 canonical JSON object
    Column("sequence", BigInteger, nullable=True),  # None until sealed; 1, 2, 3 … per organisation
    Column("previous", String(64), nullable=True),
    Column("digest", String(64), nullable=True),
    UniqueConstraint("organisation", "sequence"),
    Index("ix_audit_rows_sequence", "sequence"),
    Index("ix_audit_rows_organisation_id", "organisation", "id"),
)

audit_heads = Table(
    "audit_heads",
    metadata,
    Column("organisation", String(16), primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("digest", String(64), nullable=False),
)
