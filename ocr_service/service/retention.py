"""The end of a batch: values, pictures, files and exports are erased, and the audit keeps proof of it."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import rfc8785

from kernel.audit import SYSTEM, Audit
from kernel.audit.trail import Detail
from kernel.blobs import BlobStore
from kernel.clock import Clock
from kernel.errors import NotFound
from kernel.records import Records
from ocr_service.models.batches import BatchState
from ocr_service.ports.batches import Desk, Erased
from ocr_service.service.calls import Calls

AT_ONCE = 50  # batches that one look ends
_YOUNG = timedelta(days=1)  # a blob that no record names may belong to an upload that is about to commit


class Retention:
    """Opens units of work of its own. Three steps, so that a machine that stops anywhere goes on afterwards:
    the batch is DELETED (nobody sees it), a job removes the blobs, and when they are gone the rows are cleared
    and the proof is written."""

    def __init__(
        self, records: Records, desk: Desk, calls: Calls, blobs: BlobStore, audit: Audit, *, clock: Clock
    ) -> None:
        self._records = records
        self._desk = desk
        self._calls = calls
        self._blobs = blobs
        self._audit = audit
        self._clock = clock
        self._swept_at: datetime | None = None  # since this process began

    def look(self) -> int:
        """Ends what is over by now, and asks once a day for what was left behind; how many batches."""
        now = self._clock.now()
        ended = 0
        with self._records.write() as work:
            for batch in self._desk.batches.due(work, now, AT_ONCE):
                if self._desk.batches.get(work, batch.id, lock=True) is None:
                    continue
                over = replace(batch, state=BatchState.DELETED, revision=batch.revision + 1, updated_at=now)
                self._desk.batches.replace(work, over)
                self._calls.erase(work, batch.id, batch.owner)
                ended += 1
            if self._swept_at is None or now - self._swept_at >= _YOUNG:
                self._calls.sweep(work)
                self._swept_at = now
        return ended

    def erase(self, batch_id: str) -> Erased | None:
        """Erases a deleted batch; None when there is nothing to erase (any more)."""
        with self._records.read() as work:
            batch = self._desk.batches.get(work, batch_id)
            held = self._desk.erasures.holdings(work, batch_id)
        if batch is None or batch.state is not BatchState.DELETED:
            return None
        for digest in held.digests:
            self._remove(digest, batch_id)
        with self._records.write() as work:
            self._desk.batches.get(work, batch_id, lock=True)
            held = self._desk.erasures.holdings(work, batch_id)
            if not held.digests:
                return None  # it was erased before: a batch with pages has files
            self._desk.erasures.erase(work, batch_id)
            proof: dict[str, Detail] = {
                "files": held.files,
                "pages": held.pages,
                "fields": held.fields,
                "decisions": held.decisions,
                "exports": held.exports,
                "blobs": len(held.digests),
                "digest": digest_of(held),
            }
            self._audit.record(work, batch.owner, SYSTEM, "batch.erased", batch_id, proof)
        for digest in held.digests:  # what arrived between the two looks
            self._remove(digest, batch_id)
        return held

    def sweep(self) -> int:
        """Removes blobs that no record names, a day after they were stored; how many."""
        removed = self._blobs.drop_unfinished(self._clock.now() - _YOUNG)
        stored = list(self._blobs.digests())
        with self._records.read() as work:
            needed = self._desk.erasures.needed(work, stored)
        for digest in stored:
            if digest not in needed and self._old(digest):
                removed += self._remove(digest, "")
        return removed

    def _remove(self, digest: str, batch_id: str) -> bool:
        """Unless another batch needs the same bytes. The unlinking stands inside the unit of work, where nobody
        can begin to need them."""
        with self._records.write() as work:
            self._desk.erasures.own_blobs(work)
            if self._desk.erasures.needed(work, (digest,), but_by=batch_id):
                return False
            self._blobs.remove(digest)
        return True

    def _old(self, digest: str) -> bool:
        try:
            stored_at = datetime.fromtimestamp(self._blobs.path(digest).stat().st_mtime, UTC)
        except (NotFound, FileNotFoundError):
            return False
        return self._clock.now() - stored_at >= _YOUNG


def digest_of(held: Erased) -> str:
    """SHA-256 over the canonical JSON (RFC 8785) of all erased ids and the digests of all blobs: whoever kept
    these lists can prove that they are what was erased."""
    body = {"ids": list(held.ids), "blobs": list(held.digests)}
    return hashlib.sha256(rfc8785.dumps(body)).hexdigest()
