"""One question answered from one state of the two indexes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import tantivy
from tantivy import Occur, Order
from tantivy import Query as Engine

from kb_service.adapters.tantivy_index.compiling import (
    ROW,
    TITLE_ASKED,
    EntryCompiler,
    PassageCompiler,
    any_of,
    at_least,
    concept_query,
    unit_query,
)
from kb_service.adapters.tantivy_index.documents import identifier, read_passage, stored_bytes
from kb_service.adapters.tantivy_index.filtering import (
    chosen,
    conjunction,
    count_facets,
    counted,
    one_of,
    readable,
    silent,
    total,
)
from kb_service.adapters.tantivy_index.marking import Marker
from kb_service.adapters.tantivy_index.plan import Concept, Option, Plan, Way, majority
from kb_service.adapters.tantivy_index.planning import Planner
from kb_service.adapters.tantivy_index.schema import FACETS
from kb_service.adapters.tantivy_index.spelling import Speller
from kb_service.models.searching import FacetCount, Filters, Query, Sort
from kb_service.ports.keyword import FoundPassage, KeywordAnswer, KeywordHit
from kernel.japanese import Analyser, bigrams, fold

FULL_LIST = 10  # a sentence's weaker matches fill the list up to here
_COMMON = (
    0.05  # of the entries that the reader sees: a word in more of them than this, and than _FEW, tells little
)
_FEW = 400  # entries
_MANY = 1_000  # entries
_QUESTIONS_KEPT = 200
_WORDS_KEPT = 50_000
_EXPLAINED = 24  # hits for which the matched words are told
_BITS = 20  # told by one score, whose float32 holds whole numbers below 2**24


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Both indexes as they were at one moment, and what has been found out about them."""

    entries_schema: tantivy.Schema
    passages_schema: tantivy.Schema
    entries: tantivy.Searcher
    passages: tantivy.Searcher
    seen: dict[tuple[frozenset[str], Option], bool] = field(default_factory=dict)
    held: dict[tuple[frozenset[str], str], int] = field(default_factory=dict)
    spelt: dict[tuple[frozenset[str], tuple[str, ...]], list[tuple[str, ...]]] = field(default_factory=dict)
    asked: dict[tuple[Query, frozenset[str]], "Question"] = field(default_factory=dict)

    def question(self, analyser: Analyser, query: Query, keys: frozenset[str]) -> "Question":
        """The question, planned once however often it is asked of this state."""
        found = self.asked.get((query, keys))
        if found is None:
            found = Question(self, analyser, query, keys)
            if len(self.asked) >= _QUESTIONS_KEPT:
                self.asked.clear()
            self.asked[query, keys] = found
        return found


@dataclass(frozen=True, slots=True)
class _Need:
    """What an entry must match, and what only adds to its score."""

    match: Engine
    better: tuple[Engine, ...] = ()


class Question:
    """What one reader asks, planned against what that reader sees."""

    def __init__(self, snapshot: Snapshot, analyser: Analyser, query: Query, keys: frozenset[str]) -> None:
        self._at = snapshot
        self._analyser = analyser
        self._keys = keys
        self._schema = snapshot.entries_schema
        self._compiler = EntryCompiler(self._schema, snapshot.entries)
        self._readable = readable(self._schema, keys)
        self._phrases = query.phrases
        self._excluded = query.excluded
        self._speller = speller = Speller(
            snapshot.passages_schema,
            snapshot.passages,
            readable(snapshot.passages_schema, keys),
            analyser,
            self._entries_with,
        )
        self._asked = bool(query.text)
        planner = Planner(analyser, self._frequency, self._visible, speller.nearest, self._spelt)
        self.plan: Plan = planner.plan(query.text)
        if self.plan.sentence:
            self._compiler = EntryCompiler(self._schema, snapshot.entries, TITLE_ASKED)

    def _count(self, query: Engine) -> int:
        return counted(self._at.entries, conjunction([self._readable, silent(query)]))

    def _visible(self, option: Option) -> bool:
        key = (self._keys, option)
        known = self._at.seen.get(key)
        if known is None:
            if len(self._at.seen) >= _WORDS_KEPT:
                self._at.seen.clear()
            known = self._at.seen[key] = self._look(option)
        return known

    def _spelt(self, sounds: tuple[str, ...]) -> list[tuple[str, ...]]:
        key = (self._keys, sounds)
        known = self._at.spelt.get(key)
        if known is None:
            if len(self._at.spelt) >= _WORDS_KEPT:
                self._at.spelt.clear()
            known = self._at.spelt[key] = self._speller.spelt(sounds)
        return known

    def _frequency(self, word: str) -> int:
        """How many entries with a word the reader sees; of every entry for ""."""
        key = (self._keys, word)
        known = self._at.held.get(key)
        if known is None:
            if len(self._at.held) >= _WORDS_KEPT:
                self._at.held.clear()
            query = self._compiler.holding(word) if word else Engine.all_query()
            known = self._at.held[key] = self._count(query)
        return known

    def _look(self, option: Option) -> bool:
        most = min(map(self._holders, self._terms(option)), default=0)
        if not most:
            return False
        word = option.values[0] if option.way is Way.WORD else ""
        query = self._compiler.holding(word) if word else self._compiler.option(option)
        if most > _MANY:
            # What may stand in many entries is nearly always seen: look at one slice of them first.
            some = silent(Engine.term_query(self._schema, "slice", "0", "basic"))
            if counted(self._at.entries, conjunction([self._readable, some, silent(query)])):
                return True
        return self._count(query) > 0

    def _terms(self, option: Option) -> Iterator[tuple[str, str]]:
        """What an entry must hold for an option: fields ("" for those of words) and terms in them."""
        if option.way is Way.CHARACTERS:
            return (("pairs", pair) for pair in bigrams(option.values[0]))
        return (("sounds" if option.way is Way.SOUNDS else "", value) for value in option.values)

    def _holders(self, term: tuple[str, str]) -> int:
        field, value = term
        return self._compiler.held(field, value) if field else self._compiler.frequency(value)

    def _entries_with(self, folded: str) -> int:
        return self._count(self._compiler.option(Option(Way.CHARACTERS, (folded,))))

    def _needs(self) -> Iterator[_Need]:
        """What an entry must match, from strict to lenient."""
        concepts = [concept_query(self._compiler, concept) for concept in self.plan.concepts()]
        units = self.plan.units
        if self.plan.sentence:
            telling = [self._telling(concept) for concept in self.plan.concepts()]
            named = [query for query, tells in zip(concepts, telling, strict=True) if tells]
            spoken = [query for query, tells in zip(concepts, telling, strict=True) if not tells]
            if named and spoken:
                yield _Need(any_of(named), tuple(spoken))
        elif len(units) == 1:
            for need in range(min(units[0].need, len(concepts)), 1, -1):
                yield _Need(unit_query(self._compiler, units[0], need))
        else:
            queries = [unit_query(self._compiler, unit, unit.need) for unit in units]
            for need in range(majority(len(units)), 0, -1):
                yield _Need(at_least(queries, need))
        yield _Need(any_of(concepts))

    def _telling(self, concept: Concept) -> bool:
        """Whether few enough of the entries that the reader sees hold it for it to make a match by itself in
        a sentence. What few entries of the whole index hold needs no counting."""
        words = [option.values[0] for option in concept.options if option.way is Way.WORD]
        if all(self._compiler.frequency(word) <= _FEW for word in words):
            return True
        most = max(_FEW, self._frequency("") * _COMMON)
        frequent = [word for word in words if self._compiler.frequency(word) > most]
        return all(self._frequency(word) <= most for word in frequent)

    def _parts(
        self,
        need: _Need | None,
        filters: Filters,
        without: str = "",
        only: Engine | None = None,
        *,
        ranked: bool = False,
    ) -> Engine:
        """Everything together; what only ranks is left out where hits are counted."""
        must = [self._readable, *chosen(self._schema, filters, without)]
        must.extend(self._compiler.phrase(phrase) for phrase in self._phrases)
        better: list[Engine] = []
        if ranked:
            better = [self._compiler.row(row, ROW) for unit in self.plan.units for row in unit.rows]
        if only is not None:
            must.append(only)
        if need is not None:
            ranking = ranked and need.better
            must.append(conjunction([need.match], better=need.better) if ranking else need.match)
        return conjunction(must, [self._exclusion(phrase) for phrase in self._excluded], better)

    def _exclusion(self, phrase: str) -> Engine:
        tokens = [token for token in self._analyser.tokens(phrase) if token.content]
        queries = [self._compiler.phrase(phrase)]
        if len(tokens) == 1:
            queries.append(self._compiler.option(Option(Way.WORD, (tokens[0].word,))))
        return any_of(queries)

    def answer(
        self,
        filters: Filters,
        limit: int,
        sort: Sort,
        *,
        offset: int,
        only: Sequence[str] | None,
        facets: bool,
    ) -> KeywordAnswer:
        """Hits, total and facets of the strictest need that somebody meets."""
        if self._asked and not self.plan.units and not self._phrases:
            return KeywordAnswer((), 0)
        restricted = one_of(self._schema, only) if only is not None else None
        # Phrases are required anyway: with one, the words only rank.
        needs: list[_Need | None] = [None] if not self.plan.units else list(self._needs())
        if self._phrases and self.plan.units:
            needs.append(None)
        enough = FULL_LIST if self.plan.sentence and only is None else 1
        found: tuple[int, _Need | None, tantivy.SearchResult | None] = (0, None, None)
        for need in needs:
            query = self._parts(need, filters, "", restricted, ranked=True)
            result = self._search(
                query, sort if need is not None or self._phrases else _unranked(sort), limit, offset
            )
            if found[2] is None or total(result) > found[0]:
                found = (total(result), need, result)
            if found[0] >= enough:
                break
        matches, need, chosen_result = found
        hits = self._hits(chosen_result) if chosen_result else ()
        counts = self._facets(need, filters, restricted) if facets and matches else {}
        return KeywordAnswer(hits, matches, counts, self.plan.corrected if matches else "")

    def _search(self, query: Engine, sort: Sort, limit: int, offset: int) -> tantivy.SearchResult:
        field = {Sort.NEWEST: "updated", Sort.EFFECT: "effect"}.get(sort)
        if field:
            return self._at.entries.search(query, max(1, limit), True, field, offset, Order.Desc)
        return self._at.entries.search(query, max(1, limit), True, None, offset)

    def _facets(
        self, need: _Need | None, filters: Filters, only: Engine | None
    ) -> Mapping[str, tuple[FacetCount, ...]]:
        picked = [name for name, values in filters.facets.items() if values and name in FACETS]
        counts = dict(
            count_facets(
                self._at.entries, self._parts(need, filters, "", only), (n for n in FACETS if n not in picked)
            )
        )
        for name in picked:
            counts |= count_facets(self._at.entries, self._parts(need, filters, name, only), (name,))
        return counts

    def _hits(self, result: tantivy.SearchResult) -> tuple[KeywordHit, ...]:
        addresses = [address for _, address in result.hits]
        ids = [identifier(self._at.entries, address) for address in addresses]
        versions = self._at.entries.fast_field_values("version", addresses)
        matched, fields = self._explained(ids[:_EXPLAINED])
        return tuple(
            KeywordHit(
                entry_id,
                float(score) if isinstance(score, float) and score > 0 else 1.0,
                int(version or 0),
                tuple(matched.get((address.segment_ord, address.doc), ())),
                tuple(fields.get((address.segment_ord, address.doc), ())),
            )
            for entry_id, version, (score, address) in zip(ids, versions, result.hits, strict=True)
        )

    def _explained(
        self, ids: Sequence[str]
    ) -> tuple[dict[tuple[int, int], list[str]], dict[tuple[int, int], list[str]]]:
        """By document: the words it holds, and the fields they stand in."""
        matched: dict[tuple[int, int], list[str]] = {}
        fields: dict[tuple[int, int], list[str]] = {}
        if not ids:
            return matched, fields
        options = [option for concept in self.plan.concepts() for option in concept.options]
        words = {word for o in options if o.way in (Way.WORD, Way.TOGETHER) for word in o.values}
        told = [
            (matched, concept.label, concept_query(self._compiler, concept))
            for concept in self.plan.concepts()
        ]
        told.extend((matched, phrase, self._compiler.phrase(phrase)) for phrase in self._phrases)
        for column, name in (("title", "title"), ("own", "body"), ("attached", "attachment")):
            queries = [
                Engine.term_query(self._schema, column, word, "freq")
                for word in sorted(words)
                if self._compiler.held(column, word)
            ]
            if queries:
                told.append((fields, name, any_of(queries)))
        for start in range(0, len(told), _BITS):
            some = told[start : start + _BITS]
            for place, bits in self._matching(ids, [query for _, _, query in some]).items():
                for at, (notes, name, _) in enumerate(some):
                    if bits >> at & 1:
                        notes.setdefault(place, []).append(name)
        return matched, fields

    def _matching(self, ids: Sequence[str], queries: Sequence[Engine]) -> dict[tuple[int, int], int]:
        """By document of these entries: which of the queries match it, a bit for each, told by the score of one
        search. Nested, each query is only looked up at these documents; side by side all would be read."""
        query = one_of(self._schema, ids)
        for at, each in enumerate(queries):
            bit = Engine.const_score_query(each, float(1 << at))
            query = Engine.boolean_query([(Occur.Must, query), (Occur.Should, bit)])
        hits = self._at.entries.search(query, len(ids), count=False).hits
        return {(address.segment_ord, address.doc): int(score) for score, address in hits}

    def passages(self, entry_ids: Sequence[str], each: int) -> dict[str, tuple[FoundPassage, ...]]:
        """The best passages of each entry, marked."""
        schema = self._at.passages_schema
        compiler = PassageCompiler(schema)
        concepts = self.plan.concepts()
        queries = [concept_query(compiler, concept) for concept in concepts]
        queries.extend(compiler.phrase(phrase) for phrase in self._phrases)
        if not queries:
            return {}
        match = any_of(queries)
        marker = Marker(self._analyser, concepts, [fold(phrase) for phrase in self._phrases])
        seen = readable(schema, self._keys)
        ids = list(dict.fromkeys(entry_ids))
        best = self._best(one_of(schema, ids), match, seen, each * len(ids) * 3)
        full = sum(map(len, best.values())) == each * len(ids) * 3
        found: dict[str, tuple[FoundPassage, ...]] = {}
        for entry_id in ids:
            if full and len(best.get(entry_id, ())) < each:  # crowded out by the passages of others
                own = silent(Engine.term_query(schema, "id", entry_id, "basic"))
                best |= self._best(own, match, seen, each)
            passages = [
                FoundPassage(entry_id, read_passage(shown), score, partial(marker.marks, places=places))
                for score, shown, places in best.get(entry_id, ())[:each]
            ]
            if passages:
                found[entry_id] = tuple(passages)
        return found

    def _best(
        self, these: Engine, match: Engine, seen: Engine, limit: int
    ) -> dict[str, list[tuple[float, bytes, bytes]]]:
        """The best passages of these entries, by entry: score, the passage and its places as they are stored."""
        searcher = self._at.passages
        query = Engine.boolean_query([(Occur.Must, these), (Occur.Must, seen), (Occur.Must, match)])
        best: dict[str, list[tuple[float, bytes, bytes]]] = {}
        for score, address in searcher.search(query, limit, count=False).hits:
            document = searcher.doc(address)
            row = (float(score), stored_bytes(document), stored_bytes(document, "places"))
            best.setdefault(str(document.get_first("id")), []).append(row)
        return best


def _unranked(sort: Sort) -> Sort:
    """Without words there is no relevance: newest first."""
    return Sort.NEWEST if sort is Sort.RELEVANCE else sort
