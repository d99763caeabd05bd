"""Documents that are read without a template."""

import sqlalchemy as sa
from alembic import op

from kernel.records import utc

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ocr_documents",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("pdf", sa.String(length=64), nullable=False),
        sa.Column("text", sa.String(length=64), nullable=False),
        sa.Column("tables", sa.String(length=64), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("reason_ja", sa.Text(), nullable=False),
        sa.Column("reason_en", sa.Text(), nullable=False),
        sa.Column("made_at", utc(), nullable=False),
        sa.Column("made_by", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ocr_documents")),
    )
    op.create_index("ix_ocr_documents_made_by", "ocr_documents", ["made_by"], unique=False)
    op.create_index("ix_ocr_documents_made_at", "ocr_documents", ["made_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_ocr_documents_made_at", table_name="ocr_documents")
    op.drop_index("ix_ocr_documents_made_by", table_name="ocr_documents")
    op.drop_table("ocr_documents")
