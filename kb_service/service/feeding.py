"""From the records to the indexes: entries are read, cut into passages and written, in the order of the outbox,
or all of them when an index is new."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from kb_service.models.indexing import Filling
from kb_service.models.passages import IndexChange, IndexedEntry, Removal
from kb_service.ports.keyword import KeywordIndex
from kb_service.ports.records import Repositories
from kb_service.ports.vectors import VectorChange, Vectors
from kb_service.rules.blending import blended
from kb_service.rules.passages import Reading, indexed, meaning_of
from kb_service.service.generations import Generation, Meaning
from kb_service.service.troubles import Troubles
from kernel.errors import Unavailable
from kernel.records import Records, UnitOfWork

BATCH = 256  # entries
FILL_BATCH = 128  # entries, at first; between two of these, new saves are taken in
FILL_SECONDS = (
    0.3,
    0.7,
)  # a batch that took less is followed by a larger one, one that took more by a smaller
BATCH_CHARACTERS = 4_000_000  # so that a batch of long reports stays small in memory


class Arm(Protocol):
    """One index as something that takes changes."""

    def sequence(self) -> int: ...

    def write(self, changes: Sequence[IndexChange], sequence: int) -> None: ...


class Words:
    """The keyword index."""

    def __init__(self, index: KeywordIndex) -> None:
        self._index = index

    def sequence(self) -> int:
        return self._index.sequence()

    def write(self, changes: Sequence[IndexChange], sequence: int) -> None:
        self._index.write(changes, sequence)


class Vectoring:
    """The vector index behind its embedder."""

    def __init__(self, meaning: Meaning) -> None:
        self._meaning = meaning

    def sequence(self) -> int:
        return self._meaning.vectors.sequence()

    def write(self, changes: Sequence[IndexChange], sequence: int) -> None:
        """Embeds the passages of all changes at once and writes them."""
        entries = [change for change in changes if isinstance(change, IndexedEntry)]
        vectors = iter(self._embed(entries))
        rows = [
            VectorChange(change.entry_id, change, next(vectors))
            if isinstance(change, IndexedEntry)
            else VectorChange(change.entry_id, None, None)
            for change in changes
        ]
        self._meaning.vectors.write(rows, sequence)

    def _embed(self, entries: Sequence[IndexedEntry]) -> list[Vectors]:
        """For each entry [passages, dimensions]; a passage without a meaning of its own has the zero vector."""
        texts = [meaning_of(passage) for entry in entries for passage in entry.passages]
        said = [number for number, text in enumerate(texts) if text]
        vectors = np.zeros((len(texts), self._meaning.embedder.dimensions), dtype=np.float32)
        if said:
            vectors[said] = self._meaning.embedder.passages([texts[number] for number in said])
        ends = np.cumsum([len(entry.passages) for entry in entries])
        return [blended(part) for part in np.split(vectors, ends[:-1])] if entries else []


class IndexBroken(Exception):
    """An index takes nothing any more, not even a removal."""

    def __init__(self, arm: Arm) -> None:
        super().__init__(type(arm).__name__)
        self.arm = arm


@dataclass(eq=False)
class _Lane:
    """How far one arm is. `todo`: entries that a new index still has to read, None when it has them all."""

    arm: Arm
    applied: int
    todo: list[str] | None = None
    total: int = 0


@dataclass(frozen=True, slots=True)
class _Batch:
    changes: tuple[IndexChange, ...]
    upto: int
    more: bool
    failed: Mapping[str, Exception] = field(default_factory=dict)


class Feeding:
    """Feeds the arms of one generation. Not for two threads at once.

    An index whose sequence is 0 is filled with all entries; its sequence stays 0 until it has them, so that a
    crash begins again, and it takes new changes meanwhile."""

    def __init__(
        self,
        records: Records,
        repositories: Repositories,
        troubles: Troubles,
        organisations: Mapping[str, str],
    ) -> None:
        self._records = records
        self._repositories = repositories
        self._troubles = troubles
        self._organisations = organisations
        self._lanes: list[_Lane] = []
        self._fill_batch = FILL_BATCH

    def take(self, arms: Iterable[Arm]) -> None:
        """The arms to feed from now on."""
        self._lanes = [_Lane(arm, arm.sequence()) for arm in arms]
        with self._records.read() as work:
            last = self._repositories.outbox.last(work)
            ids = self._ids(work) if last and any(not lane.applied for lane in self._lanes) else []
        for lane in self._lanes:
            if last and not lane.applied:
                lane.applied, lane.todo, lane.total = last, list(reversed(ids)), len(ids)

    def applied(self) -> int:
        """The sequence up to which every arm refuses and finds what it should."""
        return min((lane.applied for lane in self._lanes), default=0)

    def filling(self) -> Filling | None:
        """The slowest of the indexes that are being filled."""
        left = [(len(lane.todo), lane.total) for lane in self._lanes if lane.todo is not None]
        if not left:
            return None
        todo, total = max(left)
        return Filling(total - todo, total)

    def catch_up(self) -> int:
        """Applies every change that is committed now; the sequence reached."""
        while True:
            with self._records.read() as work:
                batch = self._changes(work, self.applied())
            if batch.upto > self.applied():
                self._put(batch)
            if not batch.more:
                return self.applied()

    def fill(self) -> bool:
        """Reads some more entries into the indexes that are being filled; False when there is none."""
        lanes = [lane for lane in self._lanes if lane.todo is not None]
        if not lanes:
            return False
        lane = lanes[0]
        begun = time.monotonic()
        todo = lane.todo or []
        same = [other for other in lanes if len(other.todo or []) == len(todo)]  # begun together
        ids = todo[-self._fill_batch :][::-1]
        with self._records.read() as work:
            batch = self._batch(work, ids, lane.applied)
        taken = ids[: len(batch.changes)]
        for entry_id, error in batch.failed.items():
            self._troubles.mark(entry_id, batch.upto, error)
        for other in same:
            self._write(other.arm, batch.changes, 0)
            del (other.todo or [])[len(todo) - len(taken) :]
            if not other.todo:
                other.arm.write((), other.applied)
                other.todo = None
        self._pace(time.monotonic() - begun)
        return True

    def _pace(self, seconds: float) -> None:
        """Few commits, and yet nobody's save waits long for its turn."""
        if seconds < FILL_SECONDS[0]:
            self._fill_batch = min(2 * self._fill_batch, 16 * FILL_BATCH)
        elif seconds > FILL_SECONDS[1]:
            self._fill_batch = max(self._fill_batch // 2, FILL_BATCH)

    def _put(self, batch: _Batch) -> None:
        for entry_id, error in batch.failed.items():
            self._troubles.mark(entry_id, batch.upto, error)
        self._troubles.clear({change.entry_id for change in batch.changes} - batch.failed.keys())
        for lane in self._lanes:
            if lane.applied < batch.upto:
                self._write(lane.arm, batch.changes, batch.upto if lane.todo is None else 0)
                lane.applied = batch.upto

    def _write(self, arm: Arm, changes: Sequence[IndexChange], sequence: int) -> None:
        """Writes; when one entry cannot be written it is found by halving and left out, so that it holds up
        nobody else. Its last good version goes too: its audience may have been wider."""
        try:
            arm.write(changes, sequence)
        except (Unavailable, MemoryError):
            raise
        except Exception as error:
            if len(changes) > 1:
                middle = len(changes) // 2
                self._write(arm, changes[:middle], 0)
                self._write(arm, changes[middle:], sequence)
                return
            if not changes or isinstance(changes[0], Removal):
                raise IndexBroken(arm) from error
            self._troubles.mark(changes[0].entry_id, changes[0].version, error)
            self._write(arm, (Removal(changes[0].entry_id),), sequence)

    def _changes(self, work: UnitOfWork, after: int) -> _Batch:
        """The entries named by the next rows of the outbox, as they are now."""
        rows = self._repositories.outbox.after(work, after, BATCH)
        if not rows:
            return _Batch((), after, more=False)
        ids = list(dict.fromkeys(row.entry_id for row in rows))
        batch = self._batch(work, ids, rows[-1].seq)
        if len(batch.changes) == len(ids):
            return _Batch(batch.changes, rows[-1].seq, len(rows) == BATCH, batch.failed)
        left_out = set(ids[len(batch.changes) :])
        upto = next(row.seq for row in rows if row.entry_id in left_out) - 1
        return _Batch(batch.changes, upto, more=True, failed=batch.failed)

    def _batch(self, work: UnitOfWork, ids: Sequence[str], version: int) -> _Batch:
        """The first of the entries, as many as fit in a batch and at least one."""
        changes: list[IndexChange] = []
        failed: dict[str, Exception] = {}
        characters = 0
        for entry_id in ids:
            if characters > BATCH_CHARACTERS:
                break
            try:
                change = self._change(work, entry_id, version)
            except (ValueError, TypeError, LookupError, AttributeError) as error:
                failed[entry_id] = error
                change = Removal(entry_id)
            changes.append(change)
            if isinstance(change, IndexedEntry):
                characters += sum(len(passage.text) for passage in change.passages)
        return _Batch(tuple(changes), version, more=False, failed=failed)

    def _change(self, work: UnitOfWork, entry_id: str, version: int) -> IndexChange:
        entry = self._repositories.entries.get(work, entry_id)
        if entry is None or entry.deleted:
            return Removal(entry_id)
        readings: list[Reading] = [
            (attachment, self._repositories.attachments.parts(work, attachment.id))
            for attachment in self._repositories.attachments.of_entry(work, entry_id)
        ]
        return indexed(entry, readings, version, self._organisations)

    def _ids(self, work: UnitOfWork) -> list[str]:
        ids: list[str] = []
        while page := self._repositories.entries.all_ids(work, ids[-1] if ids else "", 10_000):
            ids.extend(page)
        return ids


def arms_of(generation: Generation) -> list[Arm]:
    """Both indexes of a generation, or the keyword index alone."""
    words = Words(generation.keyword)
    return [words] if generation.meaning is None else [words, Vectoring(generation.meaning)]
