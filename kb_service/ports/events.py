"""Whom the knowledge bank tells about what happened."""

from collections.abc import Mapping
from typing import Protocol

from kernel.records import UnitOfWork


class AuditTrail(Protocol):
    """Append-only record of who did what, written in the caller's transaction. No personal values."""

    def record(  # noqa: PLR0917  the order in which people say it
        self,
        work: UnitOfWork,
        organisation: str,
        actor_id: str,
        action: str,
        subject: str,
        details: Mapping[str, str | int | bool | None],
    ) -> None: ...


class IndexSignal(Protocol):
    """Told inside the transaction that appended to the outbox."""

    def changed(self, work: UnitOfWork, seq: int, must_wait: bool) -> None:
        """Wakes the index writer after the commit. `must_wait`: the edge's answer must not leave before the
        indexes hold `seq`, because somebody who could read the entry no longer may."""
