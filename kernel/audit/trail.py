"""The audit trail's rows: appended in the caller's transaction, sealed within a second by the sealer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import rfc8785
from sqlalchemy import insert

from kernel.audit.tables import audit_rows
from kernel.clock import Clock
from kernel.ids import new_id
from kernel.records import UnitOfWork

Detail = str | int | bool | None
SYSTEM = "system"  # the actor of what no person did, and the chain of what belongs to no organisation


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One thing that was done. `sequence`, `previous` and `digest` (SHA-256, hex) are None until sealed."""

    id: str
    organisation: str
    at: datetime
    actor_id: str
    action: str
    subject: str
    details: str
    sequence: int | None = None
    previous: str | None = None
    digest: str | None = None


class Audit:
    """Appends rows. Details carry ids, counts and digests, never personal values."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def record(  # noqa: PLR0917  the order in which people say it
        self,
        work: UnitOfWork,
        organisation: str,
        actor_id: str,
        action: str,
        subject: str,
        details: Mapping[str, Detail] | None = None,
    ) -> None:
        """Appends an unsealed row that commits or rolls back with the caller's work."""
        work.connection.execute(
            insert(audit_rows).values(
                id=new_id(),
                organisation=organisation,
                at=self._clock.now(),
                actor_id=actor_id,
                action=action,
                subject=subject[:200],
                details=rfc8785.dumps(dict(details or {})).decode(),
            )
        )


def instant(at: datetime) -> str:
    """A time as it is hashed: UTC with microseconds, for example 2026-11-20T09:00:00.000000Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
