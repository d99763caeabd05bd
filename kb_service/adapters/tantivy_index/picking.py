"""Passages by entry and number."""

from collections.abc import Collection, Mapping

from tantivy import Query as Engine

from kb_service.adapters.tantivy_index.compiling import all_of, any_of
from kb_service.adapters.tantivy_index.documents import read_passage, stored_bytes
from kb_service.adapters.tantivy_index.filtering import conjunction, one_of, readable, silent
from kb_service.adapters.tantivy_index.reading import Snapshot
from kb_service.models.passages import Passage


def stored_passages(
    snapshot: Snapshot, wanted: Mapping[str, Collection[int]], keys: frozenset[str]
) -> dict[tuple[str, int], Passage]:
    """Passages by entry and number, where the reader may see them, from one search. The numbers that are wanted
    of several entries are looked up once for all of them."""
    schema, searcher = snapshot.passages_schema, snapshot.passages
    by_number: dict[int, list[str]] = {}
    for entry_id, numbers in wanted.items():
        for number in numbers:
            by_number.setdefault(number, []).append(entry_id)
    by_entries: dict[tuple[str, ...], list[int]] = {}
    for number, ids in by_number.items():
        by_entries.setdefault(tuple(ids), []).append(number)
    rows = [
        all_of(
            [
                any_of([Engine.term_query(schema, "number", number, "basic") for number in numbers]),
                one_of(schema, ids),
            ]
        )
        for ids, numbers in by_entries.items()
    ]
    count = sum(len(ids) for ids in by_number.values())
    if not count:
        return {}
    query = conjunction([readable(schema, keys), silent(any_of(rows))])
    found: dict[tuple[str, int], Passage] = {}
    for _, address in searcher.search(query, count, count=False).hits:
        document = searcher.doc(address)
        passage = read_passage(stored_bytes(document))
        found[str(document.get_first("id")), passage.number] = passage
    return found
