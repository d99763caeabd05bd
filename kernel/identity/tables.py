"""Tables of users, their sessions, API tokens and one-time codes. Secrets are stored as SHA-256 only."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from kernel.records import metadata, utc

users = Table(
    "users",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("login", String(64), nullable=False, unique=True),
    Column("login_digest", String(64), nullable=False),  # joins login_attempts
    Column("name", String(100), nullable=False),
    Column("organisation", String(16), nullable=False),
    Column("roles", String(200), nullable=False),  # role values, sorted, one blank between
    Column("password_hash", Text, nullable=True),  # argon2id; None until the person has chosen one
    Column("active", Boolean, nullable=False),
    Column("must_change_password", Boolean, nullable=False),
    Column("language", String(2), nullable=False),
    Column("created_at", utc, nullable=False),
    Column("last_login_at", utc, nullable=True),
    Index("ix_users_organisation", "organisation"),
)

login_attempts = Table(
    "login_attempts",
    metadata,
    Column("login_digest", String(64), primary_key=True),  # also of logins that do not exist: both look alike
    Column("failures", Integer, nullable=False),
    Column("locked_until", utc, nullable=True),
    Column("last_at", utc, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("user_id", String(32), ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", utc, nullable=False),
    Column("expires_at", utc, nullable=False),
    Index("ix_sessions_user_id", "user_id"),
    Index("ix_sessions_expires_at", "expires_at"),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("user_id", String(32), ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("name", String(100), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("scopes", String(100), nullable=False),
    Column("created_at", utc, nullable=False),
    Column("expires_at", utc, nullable=False),
    Column("last_used_at", utc, nullable=True),
    Column("revoked_at", utc, nullable=True),
    Index("ix_tokens_user_id", "user_id"),
)

invitations = Table(
    "invitations",
    metadata,
    Column("user_id", String(32), ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("created_at", utc, nullable=False),
    Column("expires_at", utc, nullable=False),
)
