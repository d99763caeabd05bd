"""RevisionRepository on SQLAlchemy Core."""

from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.exc import IntegrityError

from kb_service.adapters.records.tables import revisions
from kb_service.models.entries import Act, Revision
from kb_service.rules.canonical import from_json, to_json
from kernel.errors import Conflict, Text
from kernel.records import UnitOfWork


class SqlRevisions:
    """Every save of every entry; nothing here is ever changed."""

    def add(self, work: UnitOfWork, revision: Revision) -> None:
        try:
            with work.connection.begin_nested():
                work.connection.execute(insert(revisions), _values(revision))
        except IntegrityError as error:
            raise Conflict(Text("この版はすでにあります。", "This version exists already.")) from error

    def get(self, work: UnitOfWork, entry_id: str, version: int) -> Revision | None:
        row = work.connection.execute(
            select(revisions).where(revisions.c.entry_id == entry_id, revisions.c.version == version)
        ).one_or_none()
        return None if row is None else _revision(row)

    def page(self, work: UnitOfWork, entry_id: str, before: int | None, limit: int) -> tuple[Revision, ...]:
        statement = (
            select(revisions)
            .where(revisions.c.entry_id == entry_id)
            .order_by(revisions.c.version.desc())
            .limit(limit)
        )
        if before is not None:
            statement = statement.where(revisions.c.version < before)
        return tuple(_revision(row) for row in work.connection.execute(statement))


def _values(revision: Revision) -> dict[str, Any]:
    return {
        "entry_id": revision.entry_id,
        "version": revision.version,
        "content": to_json(revision.content),
        "saved_at": revision.saved_at,
        "saved_by": revision.saved_by,
        "note": revision.note,
        "act": revision.act.value,
    }


def _revision(row: Row[Any]) -> Revision:
    return Revision(
        entry_id=row.entry_id,
        version=row.version,
        content=from_json(row.content),
        saved_at=row.saved_at,
        saved_by=row.saved_by,
        note=row.note,
        act=Act(row.act),
    )
