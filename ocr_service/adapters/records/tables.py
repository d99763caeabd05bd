"""Tables of the reading service. Every table that holds what was read or written on a form belongs to a batch,
so that retention finds all of it."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from kernel.records import metadata, utc

templates = Table(
    "ocr_templates",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("owner", String(16), nullable=False),
    Column("name", String(64), nullable=False),
    Column("title", String(200), nullable=False),
    Column("audience", Text, nullable=False),  # as kernel.visibility.Audience in JSON
    Column("revision", Integer, nullable=False),
    Column("current", String(32), nullable=False),
    Column("archived", Boolean, nullable=False),
    Column("updated_at", utc, nullable=False),
    UniqueConstraint("owner", "name"),
)

template_audience = Table(
    "ocr_template_audience",
    metadata,
    Column("record_id", String(32), ForeignKey(templates.c.id), primary_key=True),
    Column("key", String(32), primary_key=True),
    Index("ix_ocr_template_audience_key_record_id", "key", "record_id"),
)

template_versions = Table(
    "ocr_template_versions",
    metadata,
    Column("template_id", String(32), ForeignKey(templates.c.id), primary_key=True),
    Column("version", String(32), primary_key=True),  # "" = the draft
    Column("state", String(12), nullable=False),
    Column("content", LargeBinary, nullable=False),  # the exported file: canonical JSON, compressed
    Column("digest", String(64), nullable=False),
    Column("envelope", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("saved_at", utc, nullable=False),
    Column("saved_by", String(32), nullable=False),
)

batches = Table(
    "ocr_batches",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("owner", String(16), nullable=False),
    Column("title", String(200), nullable=False),
    Column("state", String(12), nullable=False),
    Column("templates", JSON, nullable=False),
    Column("entry", String(8), nullable=False),
    Column("coverage", String(8), nullable=False),
    Column("threshold", Float, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("note", Text, nullable=False),
    Column("created_at", utc, nullable=False),
    Column("created_by", String(32), nullable=False),
    Column("updated_at", utc, nullable=False),
    Column("delete_after", utc, nullable=False),
    Column("pins", JSON, nullable=False),  # {template id: version} from the first page on
    Column("served_at", utc, nullable=True),  # when a lane last took pages of it
    Index("ix_ocr_batches_owner_created_at", "owner", "created_at"),
    Index("ix_ocr_batches_state_priority", "state", "priority"),
    Index("ix_ocr_batches_delete_after", "delete_after"),
)

files = Table(
    "ocr_files",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("batch_id", String(32), ForeignKey(batches.c.id), nullable=False),
    Column("name", String(255), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("state", String(12), nullable=False),
    Column("pages", Integer, nullable=False),
    Column("added_at", utc, nullable=False),
    Column("same_as", String(32), nullable=False),
    Column("reason_ja", Text, nullable=False),
    Column("reason_en", Text, nullable=False),
    Index("ix_ocr_files_batch_id", "batch_id"),
    Index("ix_ocr_files_digest", "digest"),
)

pages = Table(
    "ocr_pages",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("batch_id", String(32), ForeignKey(batches.c.id), nullable=False),
    Column("file_id", String(32), ForeignKey(files.c.id), nullable=False),
    Column("position", Integer, nullable=False),
    Column("member", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("state", String(12), nullable=False),
    Column("lane", String(64), nullable=False),  # who has claimed it, "" = nobody
    Column("tries", Integer, nullable=False),  # how often its reader died
    Column("outcome", String(12), nullable=False),
    Column("forced", String(80), nullable=False),
    Column("template_id", String(32), nullable=False),
    Column("template_version", String(32), nullable=False),
    Column("template_page", Integer, nullable=False),
    Column("turn", Integer, nullable=False),
    Column("skew", Float, nullable=False),
    Column("score", Float, nullable=False),
    Column("residual", Float, nullable=False),
    Column("preview", String(64), nullable=False),
    Column("preview_width", Integer, nullable=False),
    Column("preview_height", Integer, nullable=False),
    Column("crops", String(64), nullable=False),
    Column("reason_ja", Text, nullable=False),
    Column("reason_en", Text, nullable=False),
    Column("read_at", utc, nullable=True),
    UniqueConstraint("file_id", "member", "number"),
    Index("ix_ocr_pages_batch_id_position", "batch_id", "position"),
    Index("ix_ocr_pages_batch_id_state", "batch_id", "state"),
    Index("ix_ocr_pages_lane", "lane"),
    Index("ix_ocr_pages_preview", "preview"),
    Index("ix_ocr_pages_crops", "crops"),
)

fields = Table(
    "ocr_fields",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("page_id", String(32), ForeignKey(pages.c.id), nullable=False),
    Column("batch_id", String(32), ForeignKey(batches.c.id), nullable=False),
    Column("name", String(160), nullable=False),
    Column("order", Integer, nullable=False),
    Column("state", String(12), nullable=False),
    Column("candidates", JSON, nullable=False),  # [{raw, value, probability, characters}]
    Column("confidence", Float, nullable=False),
    Column("blank", Boolean, nullable=False),
    Column("ink", Float, nullable=False),
    Column("flags", JSON, nullable=False),
    Column("quad", JSON, nullable=False),
    Column("crop_at", Integer, nullable=False),
    Column("crop_size", Integer, nullable=False),
    Column("engine", String(100), nullable=False),
    Column("value", Text, nullable=False),
    Column("version", Integer, nullable=False),
    UniqueConstraint("page_id", "name"),
    Index("ix_ocr_fields_batch_id_state", "batch_id", "state"),
    Index("ix_ocr_fields_batch_id_name", "batch_id", "name"),
)

decisions = Table(
    "ocr_decisions",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("field_id", String(32), ForeignKey(fields.c.id), nullable=False),
    Column("batch_id", String(32), ForeignKey(batches.c.id), nullable=False),
    Column("round", Integer, nullable=False),
    Column("how", String(12), nullable=False),
    Column("choice", Integer, nullable=False),
    Column("value", Text, nullable=False),
    Column("typed", Text, nullable=False),
    Column("by", String(32), nullable=False),
    Column("organisation", String(16), nullable=False),
    Column("at", utc, nullable=False),
    Column("keys", Integer, nullable=False),
    Column("characters", Integer, nullable=False),
    Column("milliseconds", Integer, nullable=False),
    Column("undone_at", utc, nullable=True),
    Index("ix_ocr_decisions_field_id", "field_id"),
    Index("ix_ocr_decisions_batch_id_at", "batch_id", "at"),
    Index("ix_ocr_decisions_by_at", "by", "at"),
)

reservations = Table(
    "ocr_reservations",
    metadata,
    Column("field_id", String(32), ForeignKey(fields.c.id), primary_key=True),
    Column("batch_id", String(32), ForeignKey(batches.c.id), nullable=False),
    Column("by", String(32), nullable=False),
    Column("until", utc, nullable=False),
    Index("ix_ocr_reservations_batch_id_by", "batch_id", "by"),
)

grants = Table(
    "ocr_grants",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("batch_id", String(32), ForeignKey(batches.c.id), nullable=False),
    Column("owner", String(16), nullable=False),
    Column("grantee", String(16), nullable=False),
    Column("granted_by", String(32), nullable=False),
    Column("granted_at", utc, nullable=False),
    Column("until", utc, nullable=False),
    Column("revoked_at", utc, nullable=True),
    Column("revoked_by", String(32), nullable=False),
    Index("ix_ocr_grants_batch_id", "batch_id"),
    Index("ix_ocr_grants_grantee_until", "grantee", "until"),
)

export_profiles = Table(
    "ocr_export_profiles",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("owner", String(16), nullable=False),
    Column("template_id", String(32), nullable=False),
    Column("name", String(200), nullable=False),
    Column("content", JSON, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("updated_at", utc, nullable=False),
    UniqueConstraint("owner", "template_id", "name"),
)

exports = Table(
    "ocr_exports",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("batch_id", String(32), ForeignKey(batches.c.id), nullable=False),
    Column("format", String(8), nullable=False),
    Column("name", String(255), nullable=False),
    Column("digest", String(64), nullable=False),  # "" while it is being made
    Column("size", BigInteger, nullable=False),
    Column("notes", JSON, nullable=False),
    Column("made_at", utc, nullable=False),
    Column("made_by", String(32), nullable=False),
    Index("ix_ocr_exports_batch_id", "batch_id"),
    Index("ix_ocr_exports_digest", "digest"),
)

documents = Table(
    "ocr_documents",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("owner", String(16), nullable=False),
    Column("name", Text, nullable=False),
    Column("state", String(12), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("pdf", String(64), nullable=False),
    Column("text", String(64), nullable=False),
    Column("tables", String(64), nullable=False),
    Column("pages", Integer, nullable=False),
    Column("found", Integer, nullable=False),
    Column("reason_ja", Text, nullable=False),
    Column("reason_en", Text, nullable=False),
    Column("made_at", utc, nullable=False),
    Column("made_by", String(32), nullable=False),
    Index("ix_ocr_documents_made_by", "made_by"),
    Index("ix_ocr_documents_made_at", "made_at"),
)

views = Table(
    "ocr_views",
    metadata,
    Column("batch_id", String(32), ForeignKey(batches.c.id), primary_key=True),
    Column("by", String(32), primary_key=True),
    Column("hour", String(13), primary_key=True),  # 2026-11-20T09, UTC
)

policies = Table(
    "ocr_policies",
    metadata,
    Column("owner", String(16), primary_key=True),
    Column("keep_days", Integer, nullable=False),
    Column("watched_folder", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("updated_at", utc, nullable=False),
    Column("updated_by", String(32), nullable=False),
)
