"""The keyword index of the embedded profile: Tantivy in process."""

import shutil
import threading
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import tantivy

from kb_service.adapters.tantivy_index.documents import identifier
from kb_service.adapters.tantivy_index.filtering import (
    chosen,
    conjunction,
    count_facets,
    counted,
    one_of,
    readable,
)
from kb_service.adapters.tantivy_index.picking import stored_passages
from kb_service.adapters.tantivy_index.reading import Snapshot
from kb_service.adapters.tantivy_index.schema import FACETS, entries_schema, open_index, passages_schema
from kb_service.adapters.tantivy_index.suggesting import suggestions
from kb_service.adapters.tantivy_index.writing import Writer, newest_of_each
from kb_service.models.passages import IndexChange, IndexedEntry, Passage
from kb_service.models.searching import FacetCount, Filters, Query, Sort
from kb_service.ports.keyword import FoundPassage, KeywordAnswer
from kernel.errors import Text, Unavailable
from kernel.japanese import Analyser

LAYOUT = "4"  # of the fields; an index of another layout, or of another dictionary, is built anew


class TantivyIndex:
    """Implements kb_service.ports.keyword.KeywordIndex. One process opens it writable; others of the same
    machine read the same folder and see a commit at their next question."""

    def __init__(self, folder: Path, analyser: Analyser, writable: bool = True) -> None:
        self._analyser = analyser
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        kind = f"{LAYOUT} {analyser.edition}"
        if writable:
            _prepare(folder, kind)
        elif not _ready(folder, kind):
            raise Unavailable(
                Text(
                    f"検索用の索引がまだありません({folder})。chienowa reindex を実行してください。",
                    f"There is no search index yet ({folder}). Run: chienowa reindex.",
                )
            )
        self._entries_schema, self._passages_schema = entries_schema(), passages_schema()
        self._entries = open_index(folder / "entries", self._entries_schema)
        self._passages = open_index(folder / "passages", self._passages_schema)
        self._state_file = folder / "entries" / "meta.json"
        self._state = (0, 0, 0)
        self._writer = Writer(folder, self._entries, self._passages, analyser) if writable else None
        self._snapshot = self._load()

    def _load(self) -> Snapshot:
        self._state = self._stamp()
        self._passages.reload()
        self._entries.reload()
        return Snapshot(
            self._entries_schema, self._passages_schema, self._entries.searcher(), self._passages.searcher()
        )

    def _current(self) -> Snapshot:
        """The newest state; looks whether another process has committed."""
        if self._writer is None and self._stamp() != self._state:
            with self._lock:
                self._snapshot = self._load()
        return self._snapshot

    def _stamp(self) -> tuple[int, int, int]:
        """Changes with every commit: two may fall into one tick of the clock, but not in one file. Stays when
        the folder was removed, because another index took its place: a search under way ends on this one."""
        try:
            state = self._state_file.stat()
        except FileNotFoundError:
            return self._state
        return state.st_mtime_ns, state.st_ino, state.st_size

    def sequence(self) -> int:
        at = self._current()
        query = tantivy.Query.term_query(at.entries_schema, "checkpoint", "outbox", "basic")
        hits = at.entries.search(query, 1, count=False).hits
        return int(at.entries.fast_field_values("sequence", [hits[0][1]])[0] or 0) if hits else 0

    def write(self, changes: Sequence[IndexChange], sequence: int) -> None:
        if self._writer is None:
            raise Unavailable(
                Text("この索引は読み取り専用で開かれています。", "This index was opened for reading only.")
            )
        with self._writing:
            fresh = newest_of_each(changes)
            held = self._versions([change.entry_id for change in fresh])
            fresh = [
                change
                for change in fresh
                if not isinstance(change, IndexedEntry) or change.version > held.get(change.entry_id, 0)
            ]
            self._writer.apply(fresh, max(sequence, self.sequence()))
            with self._lock:
                self._snapshot = self._load()

    def _versions(self, ids: Sequence[str]) -> dict[str, int]:
        """The versions held of these entries."""
        at = self._snapshot
        if not ids:
            return {}
        addresses = [
            a for _, a in at.entries.search(one_of(at.entries_schema, ids), len(ids), count=False).hits
        ]
        versions = at.entries.fast_field_values("version", addresses)
        return {
            identifier(at.entries, address): int(version or 0)
            for address, version in zip(addresses, versions, strict=True)
        }

    def search(
        self,
        query: Query,
        keys: frozenset[str],
        filters: Filters,
        limit: int,
        sort: Sort = Sort.RELEVANCE,
        *,
        offset: int = 0,
        only: Sequence[str] | None = None,
        facets: bool = True,
    ) -> KeywordAnswer:
        question = self._current().question(self._analyser, query, keys)
        return question.answer(filters, limit, sort, offset=offset, only=only, facets=facets)

    def count(
        self, entry_ids: Sequence[str], keys: frozenset[str], filters: Filters
    ) -> Mapping[str, tuple[FacetCount, ...]]:
        at = self._current()
        schema = at.entries_schema
        picked = [name for name, values in filters.facets.items() if values and name in FACETS]
        counts: dict[str, tuple[FacetCount, ...]] = {}
        for names, without in [
            ([name for name in FACETS if name not in picked], ""),
            *(([n], n) for n in picked),
        ]:
            query = conjunction(
                [readable(schema, keys), one_of(schema, entry_ids), *chosen(schema, filters, without)]
            )
            counts |= count_facets(at.entries, query, names)
        return counts

    def passages(
        self, query: Query, entry_ids: Sequence[str], keys: frozenset[str], each: int
    ) -> Mapping[str, tuple[FoundPassage, ...]]:
        if each < 1 or not entry_ids:
            return {}
        return self._current().question(self._analyser, query, keys).passages(entry_ids, each)

    def passage(self, entry_id: str, number: int, keys: frozenset[str]) -> Passage | None:
        return self.picked({entry_id: (number,)}, keys).get((entry_id, number))

    def picked(
        self, wanted: Mapping[str, Collection[int]], keys: frozenset[str]
    ) -> Mapping[tuple[str, int], Passage]:
        return stored_passages(self._current(), wanted, keys)

    def suggest(self, prefix: str, keys: frozenset[str], limit: int) -> tuple[str, ...]:
        return suggestions(self._current(), self._analyser, prefix, keys, limit)

    def entries(self) -> int:
        at = self._current()
        every = tantivy.Query.all_query()
        checkpoint = tantivy.Query.term_query(at.entries_schema, "checkpoint", "outbox", "basic")
        return counted(at.entries, every) - counted(at.entries, checkpoint)

    def close(self) -> None:
        with self._writing:
            if self._writer is not None:
                self._writer.close()
                self._writer = None


def _ready(folder: Path, kind: str) -> bool:
    """Whether a writing process has made an index of this kind here."""
    try:
        made = (folder / "layout").read_text() == kind
    except FileNotFoundError:
        return False
    return made and all((folder / part / "meta.json").exists() for part in ("entries", "passages"))


def _prepare(folder: Path, kind: str) -> None:
    """Makes the folder; an index of another kind is thrown away, its sequence is then 0."""
    layout = folder / "layout"
    if folder.exists() and (not layout.exists() or layout.read_text() != kind):
        for part in ("entries", "passages"):
            shutil.rmtree(folder / part, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    layout.write_text(kind)
