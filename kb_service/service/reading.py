"""Entries as readers see them: one, lists, links, tags, counts, history."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from kb_service.models.entries import Content, Entry, Revision, Status
from kb_service.models.listing import Counts, LinkedEntry, Listing, Page, TagCount
from kb_service.ports.records import EntryRepository, RevisionRepository
from kb_service.rules.comparison import FieldChange, compare
from kb_service.rules.content import invalid
from kb_service.rules.lifecycle import never_shared, require_change, require_delete
from kernel.errors import Forbidden, NotFound, Problem, Text, not_found
from kernel.identity.models import Actor
from kernel.identity.permissions import Action, may, require
from kernel.records import UnitOfWork
from kernel.visibility import reader_keys, visible

PAGE_MAX = 100
_SHARED = (Status.PUBLISHED, Status.IN_PROGRESS)
_UNFINISHED = (Status.DRAFT, Status.IN_PROGRESS)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two revisions and the fields in which they differ."""

    before: Revision
    after: Revision
    changes: tuple[FieldChange, ...]


class EntryReader:
    """An actor of None is the public. What an actor may not read raises the same NotFound as what does not
    exist, and links to it are not shown."""

    def __init__(self, entries: EntryRepository, revisions: RevisionRepository) -> None:
        self._entries = entries
        self._revisions = revisions

    def get(self, work: UnitOfWork, actor: Actor | None, entry_id: str) -> Entry:
        """Raises NotFound."""
        keys = keys_of(actor)
        return self._shown(work, keys, [self._readable(work, keys, entry_id)])[0]

    def visible(self, work: UnitOfWork, actor: Actor | None, entry_ids: Collection[str]) -> dict[str, Entry]:
        """Those of the entries that the actor may read; others are absent."""
        keys = keys_of(actor)
        found = self._entries.visible(work, entry_ids, keys)
        return {entry.id: entry for entry in self._shown(work, keys, list(found.values()))}

    def page(
        self, work: UnitOfWork, actor: Actor | None, listing: Listing, cursor: str | None, limit: int
    ) -> Page[Entry]:
        """Newest change first."""
        keys = keys_of(actor)
        page = self._entries.page(work, keys, listing, cursor, _clamped(limit))
        return Page(self._shown(work, keys, page.items), page.next)

    def newest(self, work: UnitOfWork, actor: Actor | None, cursor: str | None, limit: int) -> Page[Entry]:
        """What is new: published, or in progress and shared."""
        return self.page(work, actor, Listing(statuses=_SHARED), cursor, limit)

    def drafts(self, work: UnitOfWork, actor: Actor, cursor: str | None, limit: int) -> Page[Entry]:
        """Drafts and entries in progress of the actor's organisation."""
        listing = Listing(owners=(actor.organisation,), statuses=_UNFINISHED)
        return self.page(work, actor, listing, cursor, limit)

    def deleted(self, work: UnitOfWork, actor: Actor, cursor: str | None, limit: int) -> Page[Entry]:
        """Deleted entries of the actor's organisation that the actor may bring back. A page may be shorter
        than `limit`, and is empty only when nothing follows."""
        require(actor, Action.ENTRY_WRITE)
        while True:
            page = self._entries.deleted(work, actor.organisation, cursor, _clamped(limit))
            mine = [one for one in page.items if self._may_restore(work, actor, one)]
            if mine or page.next is None:
                return Page(self._shown(work, keys_of(actor), mine), page.next)
            cursor = page.next

    def may_delete(self, work: UnitOfWork, actor: Actor, entry: Entry) -> bool:
        """Whether `delete` would be allowed."""
        try:
            self.check_delete(work, actor, entry)
        except Forbidden:
            return False
        return True

    def check_change(self, actor: Actor, entry: Entry) -> None:
        """Raises the Forbidden that a change of the entry's text or files would raise."""
        require_change(actor, entry, entry)

    def check_delete(self, work: UnitOfWork, actor: Actor, entry: Entry) -> None:
        """Raises the Forbidden that `delete` would raise."""
        require_delete(actor, entry, self._contents(work, entry.id))

    def linked(self, work: UnitOfWork, actor: Actor | None, entry_id: str) -> tuple[LinkedEntry, ...]:
        """Entries at the other end of links, those of this entry first, then those that point to it."""
        keys = keys_of(actor)
        entry = self._readable(work, keys, entry_id)
        targets = self._entries.visible(work, [link.target for link in entry.content.links], keys)
        out = [
            LinkedEntry(link, targets[link.target], True)
            for link in entry.content.links
            if link.target in targets
        ]
        back = [
            LinkedEntry(link, source, False)
            for link, source in self._entries.links_to(work, entry_id, keys, PAGE_MAX)
        ]
        both = [*out, *back]
        shown = self._shown(work, keys, [one.entry for one in both])
        return tuple(replace(one, entry=entry) for one, entry in zip(both, shown, strict=True))

    def tags(self, work: UnitOfWork, actor: Actor | None, prefix: str, limit: int) -> tuple[TagCount, ...]:
        """Tags that begin with `prefix`, most used first, counted over what the actor may read."""
        return self._entries.tags(work, keys_of(actor), prefix, _clamped(limit))

    def counts(self, work: UnitOfWork, actor: Actor | None) -> Counts:
        own = None if actor is None else actor.organisation
        return self._entries.counts(work, keys_of(actor), own)

    def revisions(
        self, work: UnitOfWork, actor: Actor | None, entry_id: str, cursor: str | None, limit: int
    ) -> Page[Revision]:
        """Newest first. Readers of other organisations see only what was open to them when it was saved."""
        keys = keys_of(actor)
        entry = self._readable(work, keys, entry_id)
        most, before = _clamped(limit), _version_of(cursor)
        found: list[Revision] = []
        while len(found) <= most:
            rows = self._revisions.page(work, entry_id, before, PAGE_MAX)
            found += [row for row in rows if _was_open(entry, row, keys)]
            if len(rows) < PAGE_MAX:
                break
            before = rows[-1].version
        page = self._shown_revisions(work, keys, found[:most])
        return Page(page, str(page[-1].version) if len(found) > most else None)

    def revision(self, work: UnitOfWork, actor: Actor | None, entry_id: str, version: int) -> Revision:
        """Raises NotFound."""
        keys = keys_of(actor)
        entry = self._readable(work, keys, entry_id)
        return self._shown_revisions(work, keys, [self._revision(work, keys, entry, version)])[0]

    def compare(self, work: UnitOfWork, actor: Actor | None, entry_id: str, a: int, b: int) -> Comparison:
        """Raises NotFound when one of the versions does not exist or may not be read."""
        before, after = (self.revision(work, actor, entry_id, version) for version in (a, b))
        return Comparison(before, after, compare(before.content, after.content))

    def _may_restore(self, work: UnitOfWork, actor: Actor, entry: Entry) -> bool:
        return may(actor, Action.ENTRY_DELETE) or never_shared(entry, self._contents(work, entry.id))

    def _contents(self, work: UnitOfWork, entry_id: str) -> Iterator[Content]:
        """What every version said, newest first."""
        before: int | None = None
        while rows := self._revisions.page(work, entry_id, before, PAGE_MAX):
            yield from (row.content for row in rows)
            before = rows[-1].version

    def _readable(self, work: UnitOfWork, keys: frozenset[str], entry_id: str, lock: bool = False) -> Entry:
        entry = self._entries.get(work, entry_id, lock)
        if entry is None or not visible(entry.audience_keys(), keys):
            raise absent()
        return entry

    def _revision(self, work: UnitOfWork, keys: frozenset[str], entry: Entry, version: int) -> Revision:
        found = self._revisions.get(work, entry.id, version) if 0 < version <= entry.version else None
        if found is None or not _was_open(entry, found, keys):
            raise not_found("この版", "This version")
        return found

    def _shown(self, work: UnitOfWork, keys: frozenset[str], entries: Sequence[Entry]) -> tuple[Entry, ...]:
        """The entries without links to what the reader may not see."""
        seen = self._entries.visible_ids(work, _targets(entry.content for entry in entries), keys)
        return tuple(replace(entry, content=_without(entry.content, seen)) for entry in entries)

    def _shown_revisions(
        self, work: UnitOfWork, keys: frozenset[str], revisions: Sequence[Revision]
    ) -> tuple[Revision, ...]:
        seen = self._entries.visible_ids(work, _targets(one.content for one in revisions), keys)
        return tuple(replace(one, content=_without(one.content, seen)) for one in revisions)


def keys_of(actor: Actor | None) -> frozenset[str]:
    """The audience keys of a reader. Raises Forbidden for a token that may not read."""
    if actor is None:
        return reader_keys(None)
    require(actor, Action.ENTRY_READ)
    return actor.keys()


def absent() -> NotFound:
    """The one answer for an entry that does not exist or may not be read."""
    return not_found("ナレッジ", "The entry")


def _was_open(entry: Entry, revision: Revision, keys: frozenset[str]) -> bool:
    """Whether the reader could read this version when it was the current one: what was a draft then, or
    meant for fewer, does not come to light through the history."""
    then = replace(entry, content=revision.content, deleted=False)
    return visible(then.audience_keys(), keys)


def _targets(contents: Iterable[Content]) -> list[str]:
    return [link.target for content in contents for link in content.links]


def _without(content: Content, seen: frozenset[str]) -> Content:
    return replace(content, links=tuple(link for link in content.links if link.target in seen))


def _clamped(limit: int) -> int:
    return max(1, min(limit, PAGE_MAX))


def _version_of(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 9:
        raise invalid(
            (Problem("cursor", Text("続きの位置が正しくありません。", "The cursor is not valid.")),)
        )
    return int(cursor)
