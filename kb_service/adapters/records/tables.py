"""Tables of the knowledge bank. An entry's content is stored whole, as canonical JSON; columns and side
tables beside it hold what lists are filtered and ordered by, and follow it in the same transaction."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from kernel.records import metadata, utc

entries = Table(
    "kb_entries",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("owner", String(16), nullable=False),
    Column("version", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("title", String(200), nullable=False),
    Column("content", Text, nullable=False),
    Column("created_at", utc, nullable=False),
    Column("created_by", String(32), nullable=False),
    Column("updated_at", utc, nullable=False),
    Column("updated_by", String(32), nullable=False),
    Column("deleted", Boolean, nullable=False),
    Index("ix_kb_entries_updated_at_id", "updated_at", "id"),
    Index("ix_kb_entries_owner_status_updated_at", "owner", "status", "updated_at"),
)

revisions = Table(
    "kb_revisions",
    metadata,
    Column("entry_id", String(32), ForeignKey(entries.c.id), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("content", Text, nullable=False),
    Column("saved_at", utc, nullable=False),
    Column("saved_by", String(32), nullable=False),
    Column("note", Text, nullable=False),
    Column("act", String(16), nullable=False),
)

entry_audience = Table(
    "kb_entry_audience",
    metadata,
    Column("record_id", String(32), ForeignKey(entries.c.id), primary_key=True),
    Column("key", String(32), primary_key=True),
    Index("ix_kb_entry_audience_key_record_id", "key", "record_id"),
)

entry_tags = Table(
    "kb_entry_tags",
    metadata,
    Column("entry_id", String(32), ForeignKey(entries.c.id), primary_key=True),
    Column("tag", String(100), primary_key=True),
    Column("folded", String(300), nullable=False),  # NFKC, case-folded: what a typed prefix is matched with
    Index("ix_kb_entry_tags_tag", "tag"),
    Index("ix_kb_entry_tags_folded", "folded"),
)

entry_links = Table(
    "kb_entry_links",
    metadata,
    Column("source", String(32), ForeignKey(entries.c.id), primary_key=True),
    Column("target", String(32), ForeignKey(entries.c.id), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Index("ix_kb_entry_links_target", "target"),
)

attachments = Table(
    "kb_attachments",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("entry_id", String(32), ForeignKey(entries.c.id), nullable=False),
    Column("name", String(255), nullable=False),
    Column("media_type", String(200), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("uploaded_at", utc, nullable=False),
    Column("uploaded_by", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("pages_done", Integer, nullable=False),
    Column("pages_total", Integer, nullable=False),
    Column("reason_ja", Text, nullable=False),
    Column("reason_en", Text, nullable=False),
    Index("ix_kb_attachments_entry_id", "entry_id"),
    Index("ix_kb_attachments_digest", "digest"),
)

attachment_parts = Table(
    "kb_attachment_parts",
    metadata,
    Column("attachment_id", String(32), ForeignKey(attachments.c.id), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("place_kind", String(16), nullable=False),
    Column("place_number", Integer, nullable=False),
    Column("place_label", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("by_ocr", Boolean, nullable=False),
)

outbox = Table(
    "kb_outbox",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("entry_id", String(32), nullable=False),
    Column("version", Integer, nullable=False),
    Column("op", String(8), nullable=False),
    sqlite_autoincrement=True,  # a sequence number is never given twice
)

imports = Table(
    "kb_imports",
    metadata,
    Column("owner", String(16), primary_key=True),
    Column("path_digest", String(64), primary_key=True),  # a long path does not fit an index of PostgreSQL
    Column("path", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("entry_id", String(32), ForeignKey(entries.c.id), nullable=False),
    Column("imported_at", utc, nullable=False),
)
