"""Rights and chosen facets as queries that score nothing."""

from collections.abc import Iterable, Mapping, Sequence

import tantivy
from tantivy import FieldType, Occur, Query

from kb_service.adapters.tantivy_index.schema import FACETS, LAST_DAY, NO_DAY, facet_field
from kb_service.models.searching import FacetCount, Filters

_VALUES = 200  # of one facet
_FEW = 512  # terms that are looked up one by one; an automaton of them costs a walk through all terms


def silent(query: Query) -> Query:
    """The same documents, without a score."""
    return Query.const_score_query(query, 0.0)


def readable(schema: tantivy.Schema, keys: frozenset[str]) -> Query:
    """What carries one of the reader's keys; nothing when there are none."""
    if not keys:
        return Query.empty_query()
    terms = [Query.term_query(schema, "keys", key, "basic") for key in sorted(keys)]
    return silent(
        terms[0] if len(terms) == 1 else Query.boolean_query([(Occur.Should, term) for term in terms])
    )


def one_of(schema: tantivy.Schema, entry_ids: Iterable[str]) -> Query:
    """Just these entries."""
    ids = list(entry_ids)
    if not ids:
        return Query.empty_query()
    if len(ids) > _FEW:
        return silent(Query.term_set_query(schema, "id", ids))
    terms = [(Occur.Should, Query.term_query(schema, "id", each, "basic")) for each in ids]
    return silent(Query.boolean_query(terms))


def chosen(schema: tantivy.Schema, filters: Filters, without: str = "") -> list[Query]:
    """The filters, each a query, save those of the facet `without`. An unknown facet lets nothing through."""
    queries: list[Query] = []
    for name, values in filters.facets.items():
        if not values or name == without:
            continue
        if name not in FACETS:
            return [Query.empty_query()]
        queries.append(silent(Query.term_set_query(schema, facet_field(name), list(values))))
    if filters.period_from is not None or filters.period_to is not None:
        first = filters.period_from.toordinal() if filters.period_from else NO_DAY
        last = filters.period_to.toordinal() if filters.period_to else LAST_DAY
        # Periods that touch: begun before the end asked for, not ended before its beginning.
        queries.append(silent(Query.range_query(schema, "from", FieldType.Unsigned, NO_DAY, last)))
        queries.append(silent(Query.range_query(schema, "to", FieldType.Unsigned, first, LAST_DAY)))
    return queries


def conjunction(
    queries: Sequence[Query], not_these: Sequence[Query] = (), better: Sequence[Query] = ()
) -> Query:
    """All of `queries`, none of `not_these`; `better` only adds to the score."""
    parts = [(Occur.Must, query) for query in queries]
    parts.extend((Occur.MustNot, query) for query in not_these)
    parts.extend((Occur.Should, query) for query in better)
    return Query.boolean_query(parts)


def counted(searcher: tantivy.Searcher, query: Query) -> int:
    """How many documents `query` matches."""
    return total(searcher.search(query, 1))


def total(result: tantivy.SearchResult) -> int:
    """The count of a search that was asked to count; the engine's type stubs leave it out."""
    return int(getattr(result, "count", 0) or 0)


def count_facets(
    searcher: tantivy.Searcher, query: Query, names: Iterable[str]
) -> Mapping[str, tuple[FacetCount, ...]]:
    """How many documents of `query` carry each value, the most frequent first."""
    fields = {name: facet_field(name) for name in names}
    if not fields:
        return {}
    wanted = {name: {"terms": {"field": field, "size": _VALUES}} for name, field in fields.items()}
    answer = searcher.aggregate(query, wanted)
    return {
        name: tuple(
            FacetCount(bucket["key"], bucket["doc_count"])
            for bucket in sorted(
                answer[name]["buckets"], key=lambda bucket: (-bucket["doc_count"], bucket["key"])
            )
        )
        for name in fields
        if name in answer
    }
