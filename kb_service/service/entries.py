"""Writing entries. Every write is one transaction of entry, revision, audit row and outbox row; the edge
commits it."""

from collections.abc import Sequence
from dataclasses import replace

from kb_service.models.entries import Act, Content, Entry, Revision
from kb_service.ports.events import AuditTrail, IndexSignal
from kb_service.ports.records import Repositories
from kb_service.rules.canonical import digest
from kb_service.rules.comparison import three_way
from kb_service.rules.content import checked, checked_note, invalid
from kb_service.rules.lifecycle import narrows, require_change, require_own
from kb_service.service.errors import StaleEntry, stale
from kb_service.service.reading import EntryReader, absent, keys_of
from kernel.clock import Clock
from kernel.errors import Conflict, NotFound, Problem, Text
from kernel.identity.models import Actor
from kernel.identity.organisations import ORGANISATIONS
from kernel.identity.permissions import Action, require
from kernel.ids import new_id
from kernel.records import UnitOfWork


class Entries(EntryReader):
    """All that people do with entries: what EntryReader reads, and the writing."""

    def __init__(
        self, repositories: Repositories, audit: AuditTrail, clock: Clock, signal: IndexSignal
    ) -> None:
        super().__init__(repositories.entries, repositories.revisions)
        self._outbox = repositories.outbox
        self._audit = audit
        self._clock = clock
        self._signal = signal

    def create(
        self, work: UnitOfWork, actor: Actor, content: Content, note: str = "", *, imported: bool = False
    ) -> Entry:
        """A new entry of the actor's organisation. `imported`: the right to import is enough."""
        content, note = checked(content, ORGANISATIONS.__contains__), checked_note(note)
        now = self._clock.now()
        entry = Entry(
            id=new_id(),
            owner=actor.organisation,
            version=1,
            content=content,
            created_at=now,
            created_by=actor.user_id,
            updated_at=now,
            updated_by=actor.user_id,
        )
        _require_write(actor, None, entry, imported)
        self._check_links(work, actor, entry, known=())
        self._entries.add(work, entry)
        self._written(work, actor, None, entry, Act.CREATED, note=note)
        return entry

    def save(  # noqa: PLR0917  the order in which people say it
        self,
        work: UnitOfWork,
        actor: Actor,
        entry_id: str,
        content: Content,
        based_on: int,
        note: str = "",
        *,
        imported: bool = False,
    ) -> Entry:
        """A new version. Raises StaleEntry when somebody saved since `based_on`. Saving what is stored
        already changes nothing, so that a request may be sent again after a lost answer."""
        content, note = checked(content, ORGANISATIONS.__contains__), checked_note(note)
        return self._save(
            work, actor, entry_id, content, based_on, note=note, act=Act.SAVED, imported=imported
        )

    def restore(self, work: UnitOfWork, actor: Actor, entry_id: str, version: int, based_on: int) -> Entry:
        """What was written in `version`, as a new version. Status, audience and planned update stay as they
        are now, so that restoring never publishes or withdraws. Raises StaleEntry, NotFound."""
        current = self.get(work, actor, entry_id)
        require_own(actor, current.owner)
        old = self.revision(work, actor, entry_id, version)
        now = current.content
        content = replace(old.content, status=now.status, audience=now.audience, planned=now.planned)
        note = f"{version}版に戻しました。 (restored version {version})"
        return self._save(work, actor, entry_id, content, based_on, note=note, act=Act.RESTORED)

    def delete(self, work: UnitOfWork, actor: Actor, entry_id: str, based_on: int) -> None:
        """Takes the entry out of everybody's sight; its revisions are kept. Writers may do so with drafts
        that were never shared. Raises StaleEntry."""
        before = self._lock_readable(work, actor, entry_id)
        self.check_delete(work, actor, before)
        if before.version != based_on:
            raise stale(self._shown(work, keys_of(actor), [before])[0], None)
        after = replace(self._next(actor, before, before.content), deleted=True)
        self._replace(work, actor, before, after, Act.DELETED)

    def undelete(self, work: UnitOfWork, actor: Actor, entry_id: str) -> Entry:
        """Brings a deleted entry of the own organisation back as it was. Raises Conflict when it is not
        deleted."""
        before = self._entries.get(work, entry_id, lock=True)
        if before is None or before.owner != actor.organisation:
            raise absent()
        self.check_delete(work, actor, before)
        if not before.deleted:
            raise Conflict(Text("このナレッジは削除されていません。", "This entry has not been deleted."))
        after = replace(self._next(actor, before, before.content), deleted=False)
        self._replace(work, actor, before, after, Act.UNDELETED)
        return self._shown(work, keys_of(actor), [after])[0]

    def _save(
        self,
        work: UnitOfWork,
        actor: Actor,
        entry_id: str,
        content: Content,
        based_on: int,
        *,
        note: str,
        act: Act,
        imported: bool = False,
    ) -> Entry:
        before = self._lock_readable(work, actor, entry_id)
        keys = keys_of(actor)
        after = self._next(actor, before, self._with_hidden_links(work, keys, before, content))
        _require_write(actor, before, after, imported)
        if after.content == before.content:
            return self._shown(work, keys, [before])[0]
        if before.version != based_on:
            raise self._stale(work, actor, before, based_on, content)
        self._check_links(work, actor, after, known=[link.target for link in before.content.links])
        self._replace(work, actor, before, after, act, note=note)
        return self._shown(work, keys, [after])[0]

    def _replace(
        self, work: UnitOfWork, actor: Actor, before: Entry, after: Entry, act: Act, *, note: str = ""
    ) -> None:
        if not self._entries.replace(work, after):
            raise stale(before, None)
        self._written(work, actor, before, after, act, note=note)

    def _written(
        self, work: UnitOfWork, actor: Actor, before: Entry | None, after: Entry, act: Act, *, note: str
    ) -> None:
        revision = Revision(
            entry_id=after.id,
            version=after.version,
            content=after.content,
            saved_at=after.updated_at,
            saved_by=after.updated_by,
            note=note,
            act=act,
        )
        self._revisions.add(work, revision)
        details = {
            "version": after.version,
            "status": after.content.status.value,
            "audience": after.content.audience.kind.value,
            "content": digest(after.content),
        }
        self._audit.record(work, after.owner, actor.user_id, f"entry.{act.value}", after.id, details)
        seq = self._outbox.append(work, after.id)
        must_wait = before is not None and narrows(before.audience_keys(), after.audience_keys())
        self._signal.changed(work, seq, must_wait)

    def _lock_readable(self, work: UnitOfWork, actor: Actor, entry_id: str) -> Entry:
        return self._readable(work, keys_of(actor), entry_id, lock=True)

    def _next(self, actor: Actor, before: Entry, content: Content) -> Entry:
        return replace(
            before,
            version=before.version + 1,
            content=content,
            updated_at=self._clock.now(),
            updated_by=actor.user_id,
        )

    def _stale(
        self, work: UnitOfWork, actor: Actor, current: Entry, based_on: int, mine: Content
    ) -> StaleEntry:
        shown = self._shown(work, keys_of(actor), [current])[0]
        try:
            base = self.revision(work, actor, current.id, based_on)
        except NotFound:
            return stale(shown, None)
        return stale(shown, three_way(base.content, mine, shown.content))

    def _with_hidden_links(
        self, work: UnitOfWork, keys: frozenset[str], before: Entry, content: Content
    ) -> Content:
        """Links to what the writer may not see were not in their form, and are kept where they were: a form
        that is sent back as it was shown changes nothing."""
        seen = self._entries.visible_ids(work, [link.target for link in before.content.links], keys)
        links = list(content.links)
        for place, link in enumerate(before.content.links):
            if link.target not in seen and link not in content.links:
                links.insert(place, link)
        return replace(content, links=tuple(links))

    def _check_links(self, work: UnitOfWork, actor: Actor, entry: Entry, known: Sequence[str]) -> None:
        """A new link must end at another entry that the actor may read."""
        targets = [link.target for link in entry.content.links if link.target not in known]
        seen = self._entries.visible_ids(work, targets, keys_of(actor))
        problems = tuple(
            Problem(
                f"links.{number}.target",
                Text(
                    "つなぐ先のナレッジが見つかりません。検索して選び直してください。",
                    "The linked entry was not found. Search for it and choose again.",
                ),
            )
            for number, link in enumerate(entry.content.links)
            if link.target == entry.id or (link.target in targets and link.target not in seen)
        )
        if problems:
            raise invalid(problems)


def _require_write(actor: Actor, before: Entry | None, after: Entry, imported: bool) -> None:
    if imported:
        require_own(actor, after.owner)
        require(actor, Action.IMPORT)
    else:
        require_change(actor, before, after)
