"""Users, sessions, tokens and one-time codes in the records. Functions over one unit of work."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, delete, func, insert, select, update

from kernel.identity.models import Role, Scope, Session, Token, User
from kernel.identity.secrets import digest
from kernel.identity.tables import invitations, login_attempts, sessions, tokens, users
from kernel.records import UnitOfWork


@dataclass(frozen=True, slots=True)
class Attempts:
    """Failed log-ins in a row under one login name, whether or not it exists."""

    failures: int = 0
    locked_until: datetime | None = None


def _people() -> Select[Any]:
    return select(users, login_attempts.c.failures, login_attempts.c.locked_until).outerjoin_from(
        users, login_attempts, login_attempts.c.login_digest == users.c.login_digest
    )


def _user(row: Row[Any]) -> User:
    return User(
        id=row.id,
        login=row.login,
        name=row.name,
        organisation=row.organisation,
        roles=frozenset(Role(value) for value in row.roles.split()),
        active=row.active,
        must_change_password=row.must_change_password,
        failures=row.failures or 0,
        locked_until=row.locked_until,
        created_at=row.created_at,
        last_login_at=row.last_login_at,
        language=row.language,
    )


def any_user(work: UnitOfWork) -> bool:
    return work.connection.execute(select(users.c.id).limit(1)).first() is not None


def user(work: UnitOfWork, user_id: str) -> User | None:
    row = work.connection.execute(_people().where(users.c.id == user_id)).first()
    return None if row is None else _user(row)


def user_by_login(work: UnitOfWork, login: str) -> tuple[User, str | None] | None:
    """The user and the stored password hash."""
    row = work.connection.execute(_people().where(users.c.login == login)).first()
    return None if row is None else (_user(row), row.password_hash)


def users_of(work: UnitOfWork, organisation: str) -> list[User]:
    """Active ones first, then by login."""
    query = _people().where(users.c.organisation == organisation)
    return [
        _user(row) for row in work.connection.execute(query.order_by(users.c.active.desc(), users.c.login))
    ]


def add_user(work: UnitOfWork, person: User, password_hash: str | None, at: datetime) -> None:
    work.connection.execute(
        insert(users).values(
            id=person.id,
            login=person.login,
            login_digest=digest(person.login),
            name=person.name,
            organisation=person.organisation,
            roles=_joined(person.roles),
            password_hash=password_hash,
            active=person.active,
            must_change_password=person.must_change_password,
            language=person.language,
            created_at=at,
        )
    )


def change_user(work: UnitOfWork, user_id: str, **values: object) -> None:
    """Sets columns; `roles` may be a set of Role."""
    roles = values.get("roles")
    if isinstance(roles, frozenset):
        values["roles"] = _joined(roles)
    work.connection.execute(update(users).where(users.c.id == user_id).values(**values))


def lock_organisation(work: UnitOfWork, organisation: str) -> None:
    """Makes two changes of one organisation's users wait for each other (SQLite has one writer anyway)."""
    query = select(users.c.id).where(users.c.organisation == organisation).order_by(users.c.id)
    work.connection.execute(query.with_for_update()).all()


def attempts(work: UnitOfWork, login: str) -> Attempts:
    """Also makes log-ins under one name wait for each other, so that no failure goes uncounted."""
    login_digest = digest(login)
    if work.dialect == "postgresql":
        work.connection.execute(select(func.pg_advisory_xact_lock(int(login_digest[:15], 16))))
    query = select(login_attempts).where(login_attempts.c.login_digest == login_digest)
    row = work.connection.execute(query).first()
    return Attempts() if row is None else Attempts(row.failures, row.locked_until)


def set_attempts(work: UnitOfWork, login: str, value: Attempts, at: datetime) -> None:
    """Replaces the counter; the counter of zero is no row."""
    clear_attempts(work, login)
    if value.failures:
        work.connection.execute(
            insert(login_attempts).values(
                login_digest=digest(login),
                failures=value.failures,
                locked_until=value.locked_until,
                last_at=at,
            )
        )


def clear_attempts(work: UnitOfWork, login: str) -> None:
    work.connection.execute(delete(login_attempts).where(login_attempts.c.login_digest == digest(login)))


def forget_attempts_before(work: UnitOfWork, moment: datetime) -> None:
    work.connection.execute(delete(login_attempts).where(login_attempts.c.last_at < moment))


def invitation(work: UnitOfWork, user_id: str, now: datetime) -> str | None:
    """The digest of the one-time code that still stands for the password."""
    query = select(invitations.c.digest).where(
        invitations.c.user_id == user_id, invitations.c.expires_at > now
    )
    found: str | None = work.connection.execute(query).scalar()
    return found


def invitation_expiries(work: UnitOfWork, user_ids: Iterable[str]) -> dict[str, datetime]:
    query = select(invitations.c.user_id, invitations.c.expires_at).where(
        invitations.c.user_id.in_(list(user_ids))
    )
    return {row.user_id: row.expires_at for row in work.connection.execute(query)}


def set_invitation(work: UnitOfWork, user_id: str, code_digest: str, at: datetime, expires: datetime) -> None:
    drop_invitation(work, user_id)
    work.connection.execute(
        insert(invitations).values(user_id=user_id, digest=code_digest, created_at=at, expires_at=expires)
    )


def drop_invitation(work: UnitOfWork, user_id: str) -> None:
    work.connection.execute(delete(invitations).where(invitations.c.user_id == user_id))


def add_session(work: UnitOfWork, session: Session) -> None:
    work.connection.execute(
        insert(sessions).values(
            digest=session.digest,
            user_id=session.user_id,
            created_at=session.created_at,
            expires_at=session.expires_at,
        )
    )


def session(work: UnitOfWork, session_digest: str) -> Session | None:
    row = work.connection.execute(select(sessions).where(sessions.c.digest == session_digest)).first()
    return None if row is None else Session(row.digest, row.user_id, row.created_at, row.expires_at)


def extend_session(work: UnitOfWork, session_digest: str, expires: datetime) -> None:
    work.connection.execute(
        update(sessions).where(sessions.c.digest == session_digest).values(expires_at=expires)
    )


def drop_session(work: UnitOfWork, session_digest: str) -> None:
    work.connection.execute(delete(sessions).where(sessions.c.digest == session_digest))


def drop_sessions_of(work: UnitOfWork, user_id: str) -> None:
    work.connection.execute(delete(sessions).where(sessions.c.user_id == user_id))


def drop_expired_sessions(work: UnitOfWork, now: datetime) -> None:
    work.connection.execute(delete(sessions).where(sessions.c.expires_at <= now))


def _token(row: Row[Any]) -> Token:
    return Token(
        id=row.id,
        user_id=row.user_id,
        name=row.name,
        scopes=frozenset(Scope(value) for value in row.scopes.split()),
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )


def add_token(work: UnitOfWork, token: Token, secret_digest: str) -> None:
    work.connection.execute(
        insert(tokens).values(
            id=token.id,
            user_id=token.user_id,
            name=token.name,
            digest=secret_digest,
            scopes=_joined(token.scopes),
            created_at=token.created_at,
            expires_at=token.expires_at,
        )
    )


def token_by_digest(work: UnitOfWork, secret_digest: str) -> Token | None:
    row = work.connection.execute(select(tokens).where(tokens.c.digest == secret_digest)).first()
    return None if row is None else _token(row)


def tokens_of(work: UnitOfWork, user_id: str) -> list[Token]:
    """Newest first."""
    query = select(tokens).where(tokens.c.user_id == user_id).order_by(tokens.c.created_at.desc())
    return [_token(row) for row in work.connection.execute(query)]


def revoke_tokens(work: UnitOfWork, user_id: str, at: datetime, token_id: str | None = None) -> int:
    """Revokes one token of a user, or all of them; the number of those that were still in force."""
    query = update(tokens).where(tokens.c.user_id == user_id, tokens.c.revoked_at.is_(None))
    if token_id is not None:
        query = query.where(tokens.c.id == token_id)
    return work.connection.execute(query.values(revoked_at=at)).rowcount


def note_token_use(work: UnitOfWork, token_id: str, at: datetime) -> None:
    work.connection.execute(update(tokens).where(tokens.c.id == token_id).values(last_used_at=at))


def _joined(values: Iterable[Role | Scope]) -> str:
    return " ".join(sorted(value.value for value in values))
