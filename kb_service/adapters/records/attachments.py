"""AttachmentRepository on SQLAlchemy Core."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update

from kb_service.adapters.records.tables import attachment_parts, attachments, entries
from kb_service.models.attachments import Attachment, Place, PlaceKind, ReadingState, TextPart
from kernel.records import UnitOfWork

_BATCH = 500  # values in one IN (…), below SQLite's limit of bound values


class SqlAttachments:
    """Attachments and the text read from them."""

    def get(self, work: UnitOfWork, attachment_id: str, lock: bool = False) -> Attachment | None:
        statement = select(attachments).where(attachments.c.id == attachment_id)
        if lock:
            statement = statement.with_for_update()
        row = work.connection.execute(statement).one_or_none()
        return None if row is None else _attachment(row)

    def of_entry(self, work: UnitOfWork, entry_id: str) -> tuple[Attachment, ...]:
        statement = (
            select(attachments)
            .where(attachments.c.entry_id == entry_id)
            .order_by(attachments.c.uploaded_at, attachments.c.id)
        )
        return tuple(_attachment(row) for row in work.connection.execute(statement))

    def count_of(self, work: UnitOfWork, entry_ids: Collection[str]) -> Mapping[str, int]:
        counted: dict[str, int] = {}
        wanted = sorted(set(entry_ids))
        for start in range(0, len(wanted), _BATCH):
            statement = (
                select(attachments.c.entry_id, func.count().label("number"))
                .where(attachments.c.entry_id.in_(wanted[start : start + _BATCH]))
                .group_by(attachments.c.entry_id)
            )
            counted.update({row.entry_id: row.number for row in work.connection.execute(statement)})
        return counted

    def unreadable(self, work: UnitOfWork, owner: str, limit: int) -> tuple[Attachment, ...]:
        statement = (
            select(attachments)
            .join(entries, entries.c.id == attachments.c.entry_id)
            .where(
                attachments.c.state == ReadingState.UNREADABLE.value,
                entries.c.owner == owner,
                entries.c.deleted.is_(False),
            )
            .order_by(attachments.c.uploaded_at.desc(), attachments.c.id)
            .limit(limit)
        )
        return tuple(_attachment(row) for row in work.connection.execute(statement))

    def add(self, work: UnitOfWork, attachment: Attachment) -> None:
        work.connection.execute(insert(attachments), _values(attachment))

    def replace(self, work: UnitOfWork, attachment: Attachment) -> bool:
        changed = work.connection.execute(
            update(attachments).where(attachments.c.id == attachment.id).values(**_values(attachment))
        )
        return changed.rowcount == 1

    def remove(self, work: UnitOfWork, attachment_id: str) -> None:
        work.connection.execute(
            delete(attachment_parts).where(attachment_parts.c.attachment_id == attachment_id)
        )
        work.connection.execute(delete(attachments).where(attachments.c.id == attachment_id))

    def parts(self, work: UnitOfWork, attachment_id: str) -> tuple[TextPart, ...]:
        statement = (
            select(attachment_parts)
            .where(attachment_parts.c.attachment_id == attachment_id)
            .order_by(attachment_parts.c.number)
        )
        return tuple(
            TextPart(
                Place(PlaceKind(row.place_kind), row.place_number, row.place_label), row.text, row.by_ocr
            )
            for row in work.connection.execute(statement)
        )

    def set_parts(self, work: UnitOfWork, attachment_id: str, parts: Sequence[TextPart]) -> None:
        work.connection.execute(
            delete(attachment_parts).where(attachment_parts.c.attachment_id == attachment_id)
        )
        rows = [
            {
                "attachment_id": attachment_id,
                "number": number,
                "place_kind": part.place.kind.value,
                "place_number": part.place.number,
                "place_label": part.place.label,
                "text": part.text,
                "by_ocr": part.by_ocr,
            }
            for number, part in enumerate(parts)
        ]
        if rows:
            work.connection.execute(insert(attachment_parts), rows)

    def digests(self, work: UnitOfWork, digests: Collection[str]) -> frozenset[str]:
        needed: set[str] = set()
        asked = sorted(set(digests))
        for start in range(0, len(asked), _BATCH):
            statement = select(attachments.c.digest).where(
                attachments.c.digest.in_(asked[start : start + _BATCH])
            )
            needed.update(work.connection.execute(statement).scalars())
        return frozenset(needed)


def _values(attachment: Attachment) -> dict[str, Any]:
    return {**asdict(attachment), "state": attachment.state.value}


def _attachment(row: Row[Any]) -> Attachment:
    values = dict(row._mapping)
    return Attachment(**{**values, "state": ReadingState(values["state"])})
