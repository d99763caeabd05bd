"""The trail as auditors and administrators read it: their own organisation's rows, newest first."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, select

from kernel.audit.chain import Verification, verify
from kernel.audit.tables import audit_rows
from kernel.audit.trail import AuditRow
from kernel.clock import JST
from kernel.identity.models import Actor
from kernel.identity.permissions import Action, require
from kernel.identity.tables import users
from kernel.records import UnitOfWork


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Days are JST, both inclusive. `action` is a whole action, "" for all."""

    action: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class NamedRow:
    """A row with the present name of who did it, "" when that is no person."""

    row: AuditRow
    actor_name: str


def audit_page(
    work: UnitOfWork, actor: Actor, wanted: AuditFilter, before: str = "", limit: int = 50
) -> list[NamedRow]:
    """Rows older than the row with id `before`, or the newest."""
    require(actor, Action.AUDIT_READ)
    query = (
        select(audit_rows, users.c.name.label("actor_name"))
        .outerjoin_from(audit_rows, users, users.c.id == audit_rows.c.actor_id)
        .where(audit_rows.c.organisation == actor.organisation)
        .order_by(audit_rows.c.id.desc())
        .limit(limit)
    )
    if before:
        query = query.where(audit_rows.c.id < before)
    return [
        NamedRow(
            AuditRow(
                row.id,
                row.organisation,
                row.at,
                row.actor_id,
                row.action,
                row.subject,
                row.details,
                row.sequence,
                row.previous,
                row.digest,
            ),
            row.actor_name or "",
        )
        for row in work.connection.execute(_filtered(query, wanted))
    ]


def audit_actions(work: UnitOfWork, actor: Actor) -> list[str]:
    """The actions that occur in the actor's organisation, for the filter."""
    require(actor, Action.AUDIT_READ)
    query = select(audit_rows.c.action).where(audit_rows.c.organisation == actor.organisation).distinct()
    return sorted(work.connection.execute(query).scalars())


def verify_own(work: UnitOfWork, actor: Actor) -> Verification:
    """The chain of the actor's organisation."""
    require(actor, Action.AUDIT_READ)
    return verify(work, actor.organisation)


def _filtered(query: Select[Any], wanted: AuditFilter) -> Select[Any]:
    if wanted.action:
        query = query.where(audit_rows.c.action == wanted.action)
    if wanted.since is not None:
        query = query.where(audit_rows.c.at >= _midnight(wanted.since))
    if wanted.until is not None:
        query = query.where(audit_rows.c.at < _midnight(wanted.until + timedelta(days=1)))
    return query


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), JST)
