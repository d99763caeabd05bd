"""OutboxRepository on SQLAlchemy Core."""

from sqlalchemy import delete, func, insert, select, text

from kb_service.adapters.records.tables import entries, outbox
from kb_service.models.outbox import OutboxOp, OutboxRow
from kernel.records import UnitOfWork

_LOCK = 0x6B62_6F75_7462_6F78  # "kboutbox": the key of the advisory lock


class SqlOutbox:
    """Changes for the indexes, in the order of their commits."""

    def append(self, work: UnitOfWork, entry_id: str) -> int:
        if work.dialect == "postgresql":
            # Sequences are handed out before the commit: without the lock a reader could see 8 before 7.
            work.connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        row = work.connection.execute(
            select(entries.c.version, entries.c.deleted).where(entries.c.id == entry_id)
        ).one()
        op = OutboxOp.REMOVE if row.deleted else OutboxOp.PUT
        added = work.connection.execute(
            insert(outbox), {"entry_id": entry_id, "version": row.version, "op": op.value}
        )
        (seq,) = added.inserted_primary_key or (0,)
        return int(seq)

    def after(self, work: UnitOfWork, seq: int, limit: int) -> tuple[OutboxRow, ...]:
        statement = select(outbox).where(outbox.c.seq > seq).order_by(outbox.c.seq).limit(limit)
        return tuple(
            OutboxRow(row.seq, row.entry_id, row.version, OutboxOp(row.op))
            for row in work.connection.execute(statement)
        )

    def first(self, work: UnitOfWork) -> int:
        return int(work.connection.execute(select(func.min(outbox.c.seq))).scalar() or 0)

    def prune(self, work: UnitOfWork, upto: int) -> int:
        kept = select(func.max(outbox.c.seq)).where(outbox.c.seq <= upto).scalar_subquery()
        return work.connection.execute(delete(outbox).where(outbox.c.seq < kept)).rowcount

    def last(self, work: UnitOfWork) -> int:
        return int(work.connection.execute(select(func.max(outbox.c.seq))).scalar() or 0)
