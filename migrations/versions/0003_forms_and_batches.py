"""Forms and batches: templates, scanned pages with their fields, decisions, grants, exports, retention."""

import sqlalchemy as sa
from alembic import op

from kernel.records import utc

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ocr_batches",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("templates", sa.JSON(), nullable=False),
        sa.Column("entry", sa.String(length=8), nullable=False),
        sa.Column("coverage", sa.String(length=8), nullable=False),
        sa.Column("threshold", sa.Float(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", utc(), nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=False),
        sa.Column("updated_at", utc(), nullable=False),
        sa.Column("delete_after", utc(), nullable=False),
        sa.Column("pins", sa.JSON(), nullable=False),
        sa.Column("served_at", utc(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ocr_batches")),
    )
    with op.batch_alter_table("ocr_batches", schema=None) as batch_op:
        batch_op.create_index("ix_ocr_batches_delete_after", ["delete_after"], unique=False)
        batch_op.create_index("ix_ocr_batches_owner_created_at", ["owner", "created_at"], unique=False)
        batch_op.create_index("ix_ocr_batches_state_priority", ["state", "priority"], unique=False)

    op.create_table(
        "ocr_export_profiles",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=16), nullable=False),
        sa.Column("template_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("updated_at", utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ocr_export_profiles")),
        sa.UniqueConstraint(
            "owner", "template_id", "name", name=op.f("uq_ocr_export_profiles_owner_template_id_name")
        ),
    )
    op.create_table(
        "ocr_policies",
        sa.Column("owner", sa.String(length=16), nullable=False),
        sa.Column("keep_days", sa.Integer(), nullable=False),
        sa.Column("watched_folder", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("updated_at", utc(), nullable=False),
        sa.Column("updated_by", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("owner", name=op.f("pk_ocr_policies")),
    )
    op.create_table(
        "ocr_templates",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("current", sa.String(length=32), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.Column("updated_at", utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ocr_templates")),
        sa.UniqueConstraint("owner", "name", name=op.f("uq_ocr_templates_owner_name")),
    )
    op.create_table(
        "ocr_exports",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("batch_id", sa.String(length=32), nullable=False),
        sa.Column("format", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("made_at", utc(), nullable=False),
        sa.Column("made_by", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["ocr_batches.id"], name=op.f("fk_ocr_exports_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ocr_exports")),
    )
    with op.batch_alter_table("ocr_exports", schema=None) as batch_op:
        batch_op.create_index("ix_ocr_exports_batch_id", ["batch_id"], unique=False)
        batch_op.create_index("ix_ocr_exports_digest", ["digest"], unique=False)

    op.create_table(
        "ocr_files",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("batch_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("added_at", utc(), nullable=False),
        sa.Column("same_as", sa.String(length=32), nullable=False),
        sa.Column("reason_ja", sa.Text(), nullable=False),
        sa.Column("reason_en", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["ocr_batches.id"], name=op.f("fk_ocr_files_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ocr_files")),
    )
    with op.batch_alter_table("ocr_files", schema=None) as batch_op:
        batch_op.create_index("ix_ocr_files_batch_id", ["batch_id"], unique=False)
        batch_op.create_index("ix_ocr_files_digest", ["digest"], unique=False)

    op.create_table(
        "ocr_grants",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("batch_id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=16), nullable=False),
        sa.Column("grantee", sa.String(length=16), nullable=False),
        sa.Column("granted_by", sa.String(length=32), nullable=False),
        sa.Column("granted_at", utc(), nullable=False),
        sa.Column("until", utc(), nullable=False),
        sa.Column("revoked_at", utc(), nullable=True),
        sa.Column("revoked_by", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["ocr_batches.id"], name=op.f("fk_ocr_grants_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ocr_grants")),
    )
    with op.batch_alter_table("ocr_grants", schema=None) as batch_op:
        batch_op.create_index("ix_ocr_grants_batch_id", ["batch_id"], unique=False)
        batch_op.create_index("ix_ocr_grants_grantee_until", ["grantee", "until"], unique=False)

    op.create_table(
        "ocr_template_audience",
        sa.Column("record_id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["ocr_templates.id"], name=op.f("fk_ocr_template_audience_record_id")
        ),
        sa.PrimaryKeyConstraint("record_id", "key", name=op.f("pk_ocr_template_audience")),
    )
    with op.batch_alter_table("ocr_template_audience", schema=None) as batch_op:
        batch_op.create_index("ix_ocr_template_audience_key_record_id", ["key", "record_id"], unique=False)

    op.create_table(
        "ocr_template_versions",
        sa.Column("template_id", sa.String(length=32), nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("envelope", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("saved_at", utc(), nullable=False),
        sa.Column("saved_by", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["template_id"], ["ocr_templates.id"], name=op.f("fk_ocr_template_versions_template_id")
        ),
        sa.PrimaryKeyConstraint("template_id", "version", name=op.f("pk_ocr_template_versions")),
    )
    op.create_table(
        "ocr_pages",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("batch_id", sa.String(length=32), nullable=False),
        sa.Column("file_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("lane", sa.String(length=64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("forced", sa.String(length=80), nullable=False),
        sa.Column("template_id", sa.String(length=32), nullable=False),
        sa.Column("template_version", sa.String(length=32), nullable=False),
        sa.Column("template_page", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("skew", sa.Float(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("residual", sa.Float(), nullable=False),
        sa.Column("preview", sa.String(length=64), nullable=False),
        sa.Column("preview_width", sa.Integer(), nullable=False),
        sa.Column("preview_height", sa.Integer(), nullable=False),
        sa.Column("crops", sa.String(length=64), nullable=False),
        sa.Column("reason_ja", sa.Text(), nullable=False),
        sa.Column("reason_en", sa.Text(), nullable=False),
        sa.Column("read_at", utc(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["ocr_batches.id"], name=op.f("fk_ocr_pages_batch_id")),
        sa.ForeignKeyConstraint(["file_id"], ["ocr_files.id"], name=op.f("fk_ocr_pages_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ocr_pages")),
        sa.UniqueConstraint("file_id", "member", "number", name=op.f("uq_ocr_pages_file_id_member_number")),
    )
    with op.batch_alter_table("ocr_pages", schema=None) as batch_op:
        batch_op.create_index("ix_ocr_pages_batch_id_position", ["batch_id", "position"], unique=False)
        batch_op.create_index("ix_ocr_pages_batch_id_state", ["batch_id", "state"], unique=False)
        batch_op.create_index("ix_ocr_pages_crops", ["crops"], unique=False)
        batch_op.create_index("ix_ocr_pages_lane", ["lane"], unique=False)
        batch_op.create_index("ix_ocr_pages_preview", ["preview"], unique=False)

    op.create_table(
        "ocr_fields",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("page_id", sa.String(length=32), nullable=False),
        sa.Column("batch_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("order", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("blank", sa.Boolean(), nullable=False),
        sa.Column("ink", sa.Float(), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("quad", sa.JSON(), nullable=False),
        sa.Column("crop_at", sa.Integer(), nullable=False),
        sa.Column("crop_size", sa.Integer(), nullable=False),
        sa.Column("engine", sa.String(length=100), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["ocr_batches.id"], name=op.f("fk_ocr_fields_batch_id")),
        sa.ForeignKeyConstraint(["page_id"], ["ocr_pages.id"], name=op.f("fk_ocr_fields_page_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ocr_fields")),
        sa.UniqueConstraint("page_id", "name", name=op.f("uq_ocr_fields_page_id_name")),
    )
    with op.batch_alter_table("ocr_fields", schema=None) as batch_op:
        batch_op.create_index("ix_ocr_fields_batch_id_name", ["batch_id", "name"], unique=False)
        batch_op.create_index("ix_ocr_fields_batch_id_state", ["batch_id", "state"], unique=False)

    op.create_table(
        "ocr_decisions",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("field_id", sa.String(length=32), nullable=False),
        sa.Column("batch_id", sa.String(length=32), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("how", sa.String(length=12), nullable=False),
        sa.Column("choice", sa.Integer(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("typed", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=32), nullable=False),
        sa.Column("organisation", sa.String(length=16), nullable=False),
        sa.Column("at", utc(), nullable=False),
        sa.Column("keys", sa.Integer(), nullable=False),
        sa.Column("characters", sa.Integer(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("undone_at", utc(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["ocr_batches.id"], name=op.f("fk_ocr_decisions_batch_id")),
        sa.ForeignKeyConstraint(["field_id"], ["ocr_fields.id"], name=op.f("fk_ocr_decisions_field_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ocr_decisions")),
    )
    with op.batch_alter_table("ocr_decisions", schema=None) as batch_op:
        batch_op.create_index("ix_ocr_decisions_batch_id_at", ["batch_id", "at"], unique=False)
        batch_op.create_index("ix_ocr_decisions_by_at", ["by", "at"], unique=False)
        batch_op.create_index("ix_ocr_decisions_field_id", ["field_id"], unique=False)

    op.create_table(
        "ocr_reservations",
        sa.Column("field_id", sa.String(length=32), nullable=False),
        sa.Column("batch_id", sa.String(length=32), nullable=False),
        sa.Column("by", sa.String(length=32), nullable=False),
        sa.Column("until", utc(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["ocr_batches.id"], name=op.f("fk_ocr_reservations_batch_id")),
        sa.ForeignKeyConstraint(["field_id"], ["ocr_fields.id"], name=op.f("fk_ocr_reservations_field_id")),
        sa.PrimaryKeyConstraint("field_id", name=op.f("pk_ocr_reservations")),
    )
    with op.batch_alter_table("ocr_reservations", schema=None) as batch_op:
        batch_op.create_index("ix_ocr_reservations_batch_id_by", ["batch_id", "by"], unique=False)

    op.create_table(
        "ocr_views",
        sa.Column("batch_id", sa.String(length=32), nullable=False),
        sa.Column("by", sa.String(length=32), nullable=False),
        sa.Column("hour", sa.String(length=13), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["ocr_batches.id"], name=op.f("fk_ocr_views_batch_id")),
        sa.PrimaryKeyConstraint("batch_id", "by", "hour", name=op.f("pk_ocr_views")),
    )


def downgrade() -> None:
    op.drop_table("ocr_views")
    with op.batch_alter_table("ocr_reservations", schema=None) as batch_op:
        batch_op.drop_index("ix_ocr_reservations_batch_id_by")

    op.drop_table("ocr_reservations")
    with op.batch_alter_table("ocr_decisions", schema=None) as batch_op:
        batch_op.drop_index("ix_ocr_decisions_field_id")
        batch_op.drop_index("ix_ocr_decisions_by_at")
        batch_op.drop_index("ix_ocr_decisions_batch_id_at")

    op.drop_table("ocr_decisions")
    with op.batch_alter_table("ocr_fields", schema=None) as batch_op:
        batch_op.drop_index("ix_ocr_fields_batch_id_state")
        batch_op.drop_index("ix_ocr_fields_batch_id_name")

    op.drop_table("ocr_fields")
    with op.batch_alter_table("ocr_pages", schema=None) as batch_op:
        batch_op.drop_index("ix_ocr_pages_preview")
        batch_op.drop_index("ix_ocr_pages_lane")
        batch_op.drop_index("ix_ocr_pages_crops")
        batch_op.drop_index("ix_ocr_pages_batch_id_state")
        batch_op.drop_index("ix_ocr_pages_batch_id_position")

    op.drop_table("ocr_pages")
    op.drop_table("ocr_template_versions")
    with op.batch_alter_table("ocr_template_audience", schema=None) as batch_op:
        batch_op.drop_index("ix_ocr_template_audience_key_record_id")

    op.drop_table("ocr_template_audience")
    with op.batch_alter_table("ocr_grants", schema=None) as batch_op:
        batch_op.drop_index("ix_ocr_grants_grantee_until")
        batch_op.drop_index("ix_ocr_grants_batch_id")

    op.drop_table("ocr_grants")
    with op.batch_alter_table("ocr_files", schema=None) as batch_op:
        batch_op.drop_index("ix_ocr_files_digest")
        batch_op.drop_index("ix_ocr_files_batch_id")

    op.drop_table("ocr_files")
    with op.batch_alter_table("ocr_exports", schema=None) as batch_op:
        batch_op.drop_index("ix_ocr_exports_digest")
        batch_op.drop_index("ix_ocr_exports_batch_id")

    op.drop_table("ocr_exports")
    op.drop_table("ocr_templates")
    op.drop_table("ocr_policies")
    op.drop_table("ocr_export_profiles")
    with op.batch_alter_table("ocr_batches", schema=None) as batch_op:
        batch_op.drop_index("ix_ocr_batches_state_priority")
        batch_op.drop_index("ix_ocr_batches_owner_created_at")
        batch_op.drop_index("ix_ocr_batches_delete_after")

    op.drop_table("ocr_batches")
