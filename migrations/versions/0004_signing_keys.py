"""Public keys that published versions are signed with."""

import sqlalchemy as sa
from alembic import op

from kernel.records import utc

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "signing_keys",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("organisation", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("house", sa.Boolean(), nullable=False),
        sa.Column("created_at", utc(), nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=False),
        sa.Column("revoked_at", utc(), nullable=True),
        sa.Column("revoked_by", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_keys")),
    )
    op.create_index(
        "ix_signing_keys_organisation_created_at",
        "signing_keys",
        ["organisation", "created_at"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index("ix_signing_keys_organisation_created_at", table_name="signing_keys")
    op.drop_table("signing_keys")
