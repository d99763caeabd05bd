"""Documents that people hand in to be read: theirs alone, and for a week."""

import io
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from kernel.audit import SYSTEM, Audit
from kernel.blobs import BlobStore, Stored
from kernel.clock import Clock
from kernel.errors import Text, not_found
from kernel.identity.models import Actor
from kernel.identity.permissions import Action, require
from kernel.ids import new_id
from kernel.jobs import Jobs
from kernel.records import Records, UnitOfWork
from ocr_service.models.documents import Document, DocumentState
from ocr_service.ports.batches import Desk
from ocr_service.ports.documents import DocumentRepository, TablesWriter
from ocr_service.service.calls import QUEUE
from ocr_service.service.documents import Documents

DOCUMENT_JOB = "ocr.read_document"
KEPT = timedelta(days=7)
_MOST_BYTES = 8_000_000_000
KINDS = {"pdf": ".pdf", "text": ".txt", "tables": ".xlsx"}
"""What comes out, with the ending of its name."""


class DocumentDesk:
    """Nobody but the person who handed a document in learns of it."""

    def __init__(
        self,
        records: Records,
        desk: Desk,
        repository: DocumentRepository,
        documents: Documents,
        tables: TablesWriter,
        *,
        blobs: BlobStore,
        jobs: Jobs,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._records = records
        self._desk = desk
        self._repository = repository
        self._documents = documents
        self._tables = tables
        self._blobs = blobs
        self._jobs = jobs
        self._audit = audit
        self._clock = clock

    def add(self, work: UnitOfWork, actor: Actor, name: str, stored: Stored) -> Document:
        """Asks for the reading in the same transaction. Raises Forbidden, NotFound when the bytes are gone."""
        require(actor, Action.FORM_RUN)
        self._desk.erasures.share_blobs(work)
        self._blobs.path(stored.digest)
        document = Document(
            id=new_id(),
            owner=actor.organisation,
            name=name,
            state=DocumentState.WAITING,
            digest=stored.digest,
            made_at=self._clock.now(),
            made_by=actor.user_id,
        )
        self._repository.put(work, document)
        self._jobs.enqueue(
            work,
            DOCUMENT_JOB,
            {"document": document.id},
            key=document.id,
            queue=QUEUE,
            organisation=document.owner,
        )
        self._note(work, document, actor.user_id, "document.added")
        return document

    def mine(self, work: UnitOfWork, actor: Actor) -> tuple[tuple[Document, int, int], ...]:
        """With pages read so far and pages in all, newest first. Raises Forbidden."""
        require(actor, Action.FORM_RUN)
        found = []
        for document in self._repository.of_person(work, actor.user_id):
            job = self._jobs.open_with_key(work, DOCUMENT_JOB, document.id)
            found.append((document, job.progress_done if job else 0, job.progress_total if job else 0))
        return tuple(found)

    def file(self, work: UnitOfWork, actor: Actor, document_id: str, kind: str) -> tuple[str, Path]:
        """Name and place of what came out; `kind` of KINDS. Raises NotFound, Forbidden."""
        document = self._own(work, actor, document_id)
        digest = {"pdf": document.pdf, "text": document.text, "tables": document.tables}.get(kind, "")
        if not digest:
            raise not_found("文書", "The document")
        return f"{Path(document.name).stem}{KINDS[kind]}", self._blobs.path(digest)

    def remove(self, actor: Actor, document_id: str) -> None:
        """With its bytes, at once. Raises NotFound, Forbidden."""
        with self._records.read() as work:
            document = self._own(work, actor, document_id)
        self._erase(document, actor.user_id)

    def look(self) -> int:
        """Erases what is older than a week; how many."""
        with self._records.read() as work:
            old = self._repository.before(work, self._clock.now() - KEPT)
        for document in old:
            self._erase(document, SYSTEM)
        return len(old)

    def process(self, document_id: str, on_progress: Callable[[int, int], None]) -> int:
        """Reads it, with no transaction open meanwhile; its pages. Raises UnreadableScan."""
        with self._records.read() as work:
            document = self._repository.get(work, document_id)
        if document is None or document.state is not DocumentState.WAITING:
            return 0
        with tempfile.TemporaryDirectory(prefix="chienowa-document-") as folder:
            pdf, tables = Path(folder) / "out.pdf", Path(folder) / "out.xlsx"
            told = self._documents.convert(
                self._blobs.path(document.digest),
                document.name,
                pdf=pdf,
                tables=(tables, self._tables),
                on_progress=on_progress,
            )
            with pdf.open("rb") as stream:
                pdf_blob = self._blobs.add(stream, _MOST_BYTES)
            with tables.open("rb") as stream:
                tables_blob = self._blobs.add(stream, _MOST_BYTES)
            text_blob = self._blobs.add(io.BytesIO(told.text.encode("utf-8-sig")), _MOST_BYTES)
        with self._records.write() as work:
            self._desk.erasures.share_blobs(work)
            if self._repository.get(work, document_id) is None:
                return 0  # removed meanwhile; the daily sweep takes what came out
            read = replace(
                document,
                state=DocumentState.READ,
                pdf=pdf_blob.digest,
                text=text_blob.digest,
                tables=tables_blob.digest if told.tables else "",
                pages=told.pages,
                found=told.tables,
                reason_ja="\n".join(ja for ja, _ in told.unread),
                reason_en="\n".join(en for _, en in told.unread),
            )
            self._repository.put(work, read)
        return told.pages

    def failed(self, work: UnitOfWork, document_id: str, why: Text) -> None:
        """Notes why it cannot be read."""
        document = self._repository.get(work, document_id)
        if document is not None and document.state is DocumentState.WAITING:
            said = replace(document, state=DocumentState.FAILED, reason_ja=why.ja, reason_en=why.en)
            self._repository.put(work, said)

    def _own(self, work: UnitOfWork, actor: Actor, document_id: str) -> Document:
        require(actor, Action.FORM_RUN)
        document = self._repository.get(work, document_id)
        if document is None or document.made_by != actor.user_id or document.owner != actor.organisation:
            raise not_found("文書", "The document")
        return document

    def _erase(self, document: Document, by: str) -> None:
        with self._records.write() as work:
            self._repository.remove(work, document.id)
            self._note(work, document, by, "document.erased")
        for digest in {document.digest, document.pdf, document.text, document.tables} - {""}:
            with self._records.write() as work:
                self._desk.erasures.own_blobs(work)
                if not self._desk.erasures.needed(work, (digest,)):
                    self._blobs.remove(digest)

    def _note(self, work: UnitOfWork, document: Document, by: str, event: str) -> None:
        self._audit.record(work, document.owner, by, event, document.id, {"digest": document.digest})
