"""Background work, and the knowledge bank: entries, revisions, attachments, the road to the indexes."""

import sqlalchemy as sa
from alembic import op

from kernel.records import utc

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("queue", sa.String(length=50), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=True),
        sa.Column("open_key", sa.String(length=300), nullable=True),
        sa.Column("organisation", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("run_after", utc(), nullable=False),
        sa.Column("lease_until", utc(), nullable=True),
        sa.Column("worker", sa.String(length=32), nullable=True),
        sa.Column("progress_done", sa.Integer(), nullable=False),
        sa.Column("progress_total", sa.Integer(), nullable=False),
        sa.Column("message_ja", sa.Text(), nullable=False),
        sa.Column("message_en", sa.Text(), nullable=False),
        sa.Column("created_at", utc(), nullable=False),
        sa.Column("updated_at", utc(), nullable=False),
        sa.Column("finished_at", utc(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("open_key", name=op.f("uq_jobs_open_key")),
    )
    op.create_index("ix_jobs_created_at", "jobs", ["created_at"], unique=False)
    op.create_index("ix_jobs_state_run_after", "jobs", ["state", "run_after"], unique=False)
    op.create_table(
        "kb_entries",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("created_at", utc(), nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=False),
        sa.Column("updated_at", utc(), nullable=False),
        sa.Column("updated_by", sa.String(length=32), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kb_entries")),
    )
    op.create_index(
        "ix_kb_entries_owner_status_updated_at", "kb_entries", ["owner", "status", "updated_at"], unique=False
    )
    op.create_index("ix_kb_entries_updated_at_id", "kb_entries", ["updated_at", "id"], unique=False)
    op.create_table(
        "kb_outbox",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("entry_id", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("op", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_kb_outbox")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "kb_attachments",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("entry_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("media_type", sa.String(length=200), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("uploaded_at", utc(), nullable=False),
        sa.Column("uploaded_by", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("pages_done", sa.Integer(), nullable=False),
        sa.Column("pages_total", sa.Integer(), nullable=False),
        sa.Column("reason_ja", sa.Text(), nullable=False),
        sa.Column("reason_en", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["kb_entries.id"], name=op.f("fk_kb_attachments_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kb_attachments")),
    )
    op.create_index("ix_kb_attachments_digest", "kb_attachments", ["digest"], unique=False)
    op.create_index("ix_kb_attachments_entry_id", "kb_attachments", ["entry_id"], unique=False)
    op.create_table(
        "kb_entry_audience",
        sa.Column("record_id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["kb_entries.id"], name=op.f("fk_kb_entry_audience_record_id")
        ),
        sa.PrimaryKeyConstraint("record_id", "key", name=op.f("pk_kb_entry_audience")),
    )
    op.create_index(
        "ix_kb_entry_audience_key_record_id", "kb_entry_audience", ["key", "record_id"], unique=False
    )
    op.create_table(
        "kb_entry_links",
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("target", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["source"], ["kb_entries.id"], name=op.f("fk_kb_entry_links_source")),
        sa.ForeignKeyConstraint(["target"], ["kb_entries.id"], name=op.f("fk_kb_entry_links_target")),
        sa.PrimaryKeyConstraint("source", "target", "kind", name=op.f("pk_kb_entry_links")),
    )
    op.create_index("ix_kb_entry_links_target", "kb_entry_links", ["target"], unique=False)
    op.create_table(
        "kb_entry_tags",
        sa.Column("entry_id", sa.String(length=32), nullable=False),
        sa.Column("tag", sa.String(length=100), nullable=False),
        sa.Column("folded", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["kb_entries.id"], name=op.f("fk_kb_entry_tags_entry_id")),
        sa.PrimaryKeyConstraint("entry_id", "tag", name=op.f("pk_kb_entry_tags")),
    )
    op.create_index("ix_kb_entry_tags_folded", "kb_entry_tags", ["folded"], unique=False)
    op.create_index("ix_kb_entry_tags_tag", "kb_entry_tags", ["tag"], unique=False)
    op.create_table(
        "kb_imports",
        sa.Column("owner", sa.String(length=16), nullable=False),
        sa.Column("path_digest", sa.String(length=64), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("entry_id", sa.String(length=32), nullable=False),
        sa.Column("imported_at", utc(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["kb_entries.id"], name=op.f("fk_kb_imports_entry_id")),
        sa.PrimaryKeyConstraint("owner", "path_digest", name=op.f("pk_kb_imports")),
    )
    op.create_table(
        "kb_revisions",
        sa.Column("entry_id", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("saved_at", utc(), nullable=False),
        sa.Column("saved_by", sa.String(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["kb_entries.id"], name=op.f("fk_kb_revisions_entry_id")),
        sa.PrimaryKeyConstraint("entry_id", "version", name=op.f("pk_kb_revisions")),
    )
    op.create_table(
        "kb_attachment_parts",
        sa.Column("attachment_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place_kind", sa.String(length=16), nullable=False),
        sa.Column("place_number", sa.Integer(), nullable=False),
        sa.Column("place_label", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by_ocr", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["kb_attachments.id"], name=op.f("fk_kb_attachment_parts_attachment_id")
        ),
        sa.PrimaryKeyConstraint("attachment_id", "number", name=op.f("pk_kb_attachment_parts")),
    )


def downgrade() -> None:
    op.drop_table("kb_attachment_parts")
    op.drop_table("kb_revisions")
    op.drop_table("kb_imports")
    op.drop_index("ix_kb_entry_tags_tag", table_name="kb_entry_tags")
    op.drop_index("ix_kb_entry_tags_folded", table_name="kb_entry_tags")
    op.drop_table("kb_entry_tags")
    op.drop_index("ix_kb_entry_links_target", table_name="kb_entry_links")
    op.drop_table("kb_entry_links")
    op.drop_index("ix_kb_entry_audience_key_record_id", table_name="kb_entry_audience")
    op.drop_table("kb_entry_audience")
    op.drop_index("ix_kb_attachments_entry_id", table_name="kb_attachments")
    op.drop_index("ix_kb_attachments_digest", table_name="kb_attachments")
    op.drop_table("kb_attachments")
    op.drop_table("kb_outbox")
    op.drop_index("ix_kb_entries_updated_at_id", table_name="kb_entries")
    op.drop_index("ix_kb_entries_owner_status_updated_at", table_name="kb_entries")
    op.drop_table("kb_entries")
    op.drop_index("ix_jobs_state_run_after", table_name="jobs")
    op.drop_index("ix_jobs_created_at", table_name="jobs")
    op.drop_table("jobs")
