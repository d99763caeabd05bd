"""The knowledge bank's records on SQLAlchemy Core, for SQLite and PostgreSQL alike."""

from kb_service.adapters.records.attachments import SqlAttachments
from kb_service.adapters.records.entries import SqlEntries
from kb_service.adapters.records.imports import SqlImports
from kb_service.adapters.records.outbox import SqlOutbox
from kb_service.adapters.records.revisions import SqlRevisions
from kb_service.ports.records import Repositories


def sql_repositories() -> Repositories:
    """All repositories; they hold no state, the unit of work carries the connection."""
    return Repositories(
        entries=SqlEntries(),
        revisions=SqlRevisions(),
        attachments=SqlAttachments(),
        outbox=SqlOutbox(),
        imports=SqlImports(),
    )
