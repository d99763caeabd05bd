"""Whoever looks at what was read is noted: for the edges, which hold no transaction while they read."""

from kernel.identity.models import Actor
from kernel.records import Records
from ocr_service.service.batches import Batches


def note_view(records: Records, batches: Batches, actor: Actor, batch_id: str) -> None:
    """Notes it in the audit unless that was done in this hour. Raises NotFound, Forbidden."""
    with records.read() as work:
        batches.get(work, actor, batch_id)
        seen = batches.seen(work, actor, batch_id)
    if not seen:
        with records.write() as work:
            batches.note_view(work, actor, batch_id)
