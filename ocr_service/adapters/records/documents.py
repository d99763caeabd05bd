"""Documents without a template in the records."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from kernel.records import UnitOfWork
from ocr_service.adapters.records.tables import documents
from ocr_service.models.documents import Document, DocumentState


class SqlDocuments:
    """A DocumentRepository."""

    def put(self, work: UnitOfWork, document: Document) -> None:
        values = asdict(document) | {"state": document.state.value}
        change = update(documents).where(documents.c.id == document.id).values(values)
        if work.connection.execute(change).rowcount == 0:
            work.connection.execute(insert(documents).values(values))

    def get(self, work: UnitOfWork, document_id: str) -> Document | None:
        row = work.connection.execute(select(documents).where(documents.c.id == document_id)).one_or_none()
        return None if row is None else _document(row)

    def of_person(self, work: UnitOfWork, user_id: str) -> tuple[Document, ...]:
        statement = select(documents).where(documents.c.made_by == user_id)
        rows = work.connection.execute(statement.order_by(documents.c.made_at.desc(), documents.c.id.desc()))
        return tuple(_document(row) for row in rows)

    def before(self, work: UnitOfWork, moment: datetime) -> tuple[Document, ...]:
        rows = work.connection.execute(select(documents).where(documents.c.made_at < moment))
        return tuple(_document(row) for row in rows)

    def remove(self, work: UnitOfWork, document_id: str) -> None:
        work.connection.execute(delete(documents).where(documents.c.id == document_id))


def _document(row: Row[Any]) -> Document:
    values = dict(row._mapping)
    return Document(**(values | {"state": DocumentState(values["state"])}))
