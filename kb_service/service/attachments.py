"""Files of entries. The bytes are in the blob store before a unit of work begins; here is what belongs to them
in the records, and the state of their reading.

Who locks, locks the entry first, then the attachment, then the outbox (`append`), then the key of the sweeping
job: a unit of work that holds the outbox's lock waits for no row of an entry."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kb_service.models.attachments import Attachment, ReadingState, TextPart
from kb_service.models.entries import Entry
from kb_service.ports.events import AuditTrail, IndexSignal
from kb_service.ports.records import Repositories
from kb_service.rules.files import media_type_of, safe_name
from kb_service.rules.lifecycle import require_change, require_own
from kb_service.service.reading import absent, keys_of
from kernel.blobs import BlobStore, Stored
from kernel.clock import Clock
from kernel.errors import Conflict, NotFound, Text, not_found
from kernel.identity.models import Actor
from kernel.identity.permissions import Action, require
from kernel.ids import new_id
from kernel.jobs import Jobs
from kernel.records import UnitOfWork
from kernel.visibility import visible

READ_JOB = "kb.read_attachment"
SWEEP_JOB = "kb.sweep_files"
EACH_ENTRY_MAX = 100
_ENDED = (ReadingState.DONE, ReadingState.UNREADABLE)
_KEPT = timedelta(
    days=1
)  # an unneeded blob younger than this may belong to an upload that is about to commit


class Attachments:
    """Whoever may read an entry may read its attachments; whoever may change it may add and remove them."""

    def __init__(
        self,
        repositories: Repositories,
        blobs: BlobStore,
        jobs: Jobs,
        audit: AuditTrail,
        clock: Clock,
        *,
        signal: IndexSignal,
    ) -> None:
        self._entries = repositories.entries
        self._attachments = repositories.attachments
        self._outbox = repositories.outbox
        self._blobs = blobs
        self._jobs = jobs
        self._audit = audit
        self._clock = clock
        self._signal = signal

    # Reading

    def get(self, work: UnitOfWork, actor: Actor | None, attachment_id: str) -> Attachment:
        """Raises NotFound, also when the entry may not be read."""
        return self._readable(work, actor, attachment_id)[0]

    def list(self, work: UnitOfWork, actor: Actor | None, entry_id: str) -> tuple[Attachment, ...]:
        """In the order of upload. Raises NotFound."""
        self._entry(work, actor, entry_id)
        return self._attachments.of_entry(work, entry_id)

    def unreadable(self, work: UnitOfWork, actor: Actor, limit: int) -> Sequence[tuple[Entry, Attachment]]:
        """Files of the actor's organisation that could not be read, with their entries; last first."""
        found = self._attachments.unreadable(work, actor.organisation, limit)
        shown = self._entries.visible(work, [each.entry_id for each in found], keys_of(actor))
        return [(shown[each.entry_id], each) for each in found if each.entry_id in shown]

    def counts(self, work: UnitOfWork, entry_ids: Collection[str]) -> Mapping[str, int]:
        """Attachments of each of these entries, which the caller has found to be readable."""
        return self._attachments.count_of(work, entry_ids)

    def text(self, work: UnitOfWork, actor: Actor | None, attachment_id: str) -> tuple[TextPart, ...]:
        """What was read from it, in document order; empty while nothing was."""
        self._readable(work, actor, attachment_id)
        return self._attachments.parts(work, attachment_id)

    def file(self, attachment: Attachment) -> Path:
        """The bytes as a local file. Raises NotFound when the store has lost them."""
        return self._blobs.path(attachment.digest)

    # Writing

    def check_add(self, work: UnitOfWork, actor: Actor, entry_id: str) -> None:
        """Raises what `add` would raise, before the bytes are accepted. Takes no lock."""
        entry = self._entry(work, actor, entry_id)
        require_change(actor, entry, entry)
        self._check_room(len(self._attachments.of_entry(work, entry_id)))

    def add(
        self,
        work: UnitOfWork,
        actor: Actor,
        entry_id: str,
        name: str,
        stored: Stored,
        *,
        imported: bool = False,
    ) -> Attachment:
        """Adds a stored file and asks for it to be read. The same file under the same name is not added
        twice. Raises NotFound, Forbidden, Conflict when the entry has too many."""
        entry = self._changeable(work, actor, entry_id, imported)
        name = safe_name(name)
        present = self._attachments.of_entry(work, entry_id)
        for one in present:
            if (one.digest, one.name) == (stored.digest, name):
                return one
        self._check_room(len(present))
        attachment = Attachment(
            id=new_id(),
            entry_id=entry_id,
            name=name,
            media_type=media_type_of(name),
            size=stored.size,
            digest=stored.digest,
            uploaded_at=self._clock.now(),
            uploaded_by=actor.user_id,
        )
        self._attachments.add(work, attachment)
        self._ask_for_reading(work, entry, attachment)
        self._noted(work, actor, entry, attachment, "attachment.added")
        return attachment

    def remove(self, work: UnitOfWork, actor: Actor, attachment_id: str, *, imported: bool = False) -> None:
        """Takes it from the entry, with the text that was read. The answer waits until nothing is found by
        that text any more."""
        attachment, entry = self._readable(work, actor, attachment_id)
        self._changeable(work, actor, entry.id, imported)
        self._attachments.remove(work, attachment_id)
        self._noted(work, actor, entry, attachment, "attachment.removed", must_wait=True)
        self._jobs.enqueue(work, SWEEP_JOB, {}, key="one", run_after=self._clock.now() + 2 * _KEPT)

    def read_again(self, work: UnitOfWork, actor: Actor, attachment_id: str) -> Attachment:
        """Asks for another reading, for example after it could not be read. What was read stays until then."""
        entry = self._readable(work, actor, attachment_id)[1]
        self._changeable(work, actor, entry.id, imported=False)
        attachment = self._attachments.get(work, attachment_id, lock=True)
        if attachment is None:
            raise not_found("添付ファイル", "The attachment")
        if attachment.state not in _ENDED:
            self._ask_for_reading(work, entry, attachment)  # it is asked for, unless that was lost
            return attachment
        waiting = replace(
            attachment,
            state=ReadingState.WAITING,
            pages_done=0,
            pages_total=0,
            reason_ja="",
            reason_en="",
        )
        self._attachments.replace(work, waiting)
        # A key of its own: the job of the last reading may have ended its work and be open for a moment more.
        self._ask_for_reading(work, entry, waiting, turn=new_id())
        return waiting

    # For the job that reads

    def to_read(self, work: UnitOfWork, attachment_id: str) -> Attachment | None:
        """The attachment without asking for whom; None when it has been removed since."""
        return self._attachments.get(work, attachment_id)

    def set_state(
        self,
        work: UnitOfWork,
        attachment_id: str,
        state: ReadingState,
        pages_done: int = 0,
        pages_total: int = 0,
        *,
        reason: Text | None = None,
    ) -> bool:
        """Where the reading stands; False when the attachment has been removed since."""
        attachment = self._attachments.get(work, attachment_id, lock=True)
        if attachment is None:
            return False
        changed = replace(
            attachment,
            state=state,
            pages_done=pages_done,
            pages_total=pages_total,
            reason_ja="" if reason is None else reason.ja,
            reason_en="" if reason is None else reason.en,
        )
        return self._attachments.replace(work, changed)

    def gave_up(self, work: UnitOfWork, attachment_id: str, reason: Text) -> None:
        """The reading was tried and will not be tried again by itself: whoever waits for it is told why."""
        attachment = self._attachments.get(work, attachment_id, lock=True)
        if attachment is not None and attachment.state not in _ENDED:
            self.set_state(work, attachment_id, ReadingState.UNREADABLE, reason=reason)

    def store_text(
        self,
        work: UnitOfWork,
        attachment_id: str,
        parts: Sequence[TextPart],
        media_type: str = "",
        notes: Sequence[Text] = (),
    ) -> bool:
        """Keeps what was read and sends the entry to the indexes; False when the attachment has been removed
        since. `media_type` is what the bytes turned out to be; `notes` say what was left out."""
        attachment = self._attachments.get(work, attachment_id)
        if attachment is not None:
            self._entries.get(work, attachment.entry_id, lock=True)
            attachment = self._attachments.get(work, attachment_id, lock=True)
        if attachment is None:
            return False
        self._attachments.set_parts(work, attachment_id, [_storable(part) for part in parts])
        total = attachment.pages_total or len(parts)
        done = replace(
            attachment,
            state=ReadingState.DONE,
            media_type=media_type or attachment.media_type,
            pages_done=total,
            pages_total=total,
            reason_ja=" ".join(note.ja for note in notes),
            reason_en=" ".join(note.en for note in notes),
        )
        self._attachments.replace(work, done)
        self._signal.changed(work, self._outbox.append(work, attachment.entry_id), must_wait=False)
        return True

    def sweep(self, work: UnitOfWork) -> int:
        """Removes bytes that no attachment needs, a day after they were stored, and what has been arriving for
        longer than that. Returns how many files."""
        dropped = self._blobs.drop_unfinished(self._clock.now() - _KEPT)
        stored = list(self._blobs.digests())
        unneeded = set(stored) - self._attachments.digests(work, stored)
        return dropped + sum(self._removed(digest) for digest in unneeded)

    def _removed(self, digest: str) -> bool:
        try:
            stored_at = datetime.fromtimestamp(self._blobs.path(digest).stat().st_mtime, UTC)
        except (NotFound, FileNotFoundError):
            return False
        if self._clock.now() - stored_at < _KEPT:
            return False
        self._blobs.remove(digest)
        return True

    # Parts

    def _entry(self, work: UnitOfWork, actor: Actor | None, entry_id: str, lock: bool = False) -> Entry:
        keys = keys_of(actor)
        entry = self._entries.get(work, entry_id, lock)
        if entry is None or not visible(entry.audience_keys(), keys):
            raise absent()
        return entry

    def _readable(
        self, work: UnitOfWork, actor: Actor | None, attachment_id: str
    ) -> tuple[Attachment, Entry]:
        attachment = self._attachments.get(work, attachment_id)
        if attachment is not None:
            entry = self._entries.get(work, attachment.entry_id)
            if entry is not None and visible(entry.audience_keys(), keys_of(actor)):
                return attachment, entry
        raise not_found("添付ファイル", "The attachment")

    def _changeable(self, work: UnitOfWork, actor: Actor, entry_id: str, imported: bool) -> Entry:
        entry = self._entry(work, actor, entry_id, lock=True)
        if imported:
            require_own(actor, entry.owner)
            require(actor, Action.IMPORT)
        else:
            require_change(actor, entry, entry)
        return entry

    def _check_room(self, present: int) -> None:
        if present >= EACH_ENTRY_MAX:
            raise Conflict(
                Text(
                    f"添付ファイルは1件のナレッジに{EACH_ENTRY_MAX}個までです。不要なものを削除してください。",
                    f"An entry holds at most {EACH_ENTRY_MAX} attachments. Remove some first.",
                )
            )

    def _ask_for_reading(
        self, work: UnitOfWork, entry: Entry, attachment: Attachment, turn: str = ""
    ) -> None:
        self._jobs.enqueue(
            work,
            READ_JOB,
            {"attachment": attachment.id},
            key=f"{attachment.id}:{turn}" if turn else attachment.id,
            organisation=entry.owner,
        )

    def _noted(
        self,
        work: UnitOfWork,
        actor: Actor,
        entry: Entry,
        attachment: Attachment,
        action: str,
        *,
        must_wait: bool = False,
    ) -> None:
        """The audit row (without the name: it may name a person) and the way to the indexes."""
        details: dict[str, str | int | bool | None] = {
            "entry": entry.id,
            "digest": attachment.digest,
            "size": attachment.size,
        }
        self._audit.record(work, entry.owner, actor.user_id, action, attachment.id, details)
        self._signal.changed(work, self._outbox.append(work, entry.id), must_wait)


def _storable(part: TextPart) -> TextPart:
    """PostgreSQL stores no NUL and no lone surrogate."""
    text = part.text.replace("\x00", " ").encode("utf-8", "replace").decode()
    label = part.place.label.replace("\x00", " ").encode("utf-8", "replace").decode()
    return replace(part, text=text, place=replace(part.place, label=label))
