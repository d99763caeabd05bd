"""Plans as Tantivy queries, over the entries and over the passages."""

from collections.abc import Sequence
from typing import Protocol

import tantivy
from tantivy import Occur, Query

from kb_service.adapters.tantivy_index.plan import Concept, Option, Unit, Way
from kernel.japanese import bigrams, fold

# Measured on two public sets of questions: docs/decisions/0003-keyword-index.md.
TITLE_NAMED = 1.5  # somebody types the name of a thing
TITLE_ASKED = 0.7  # somebody asks in a sentence
OWN, ATTACHED = 1.0, 0.7
SOUNDS = 0.8
TIE = 0.2  # what a further way of writing adds to the best
PAIRS = 0.8
ROW = 0.35


class Compiler(Protocol):
    """Turns options into queries of one of the two indexes."""

    def option(self, option: Option) -> Query: ...


def concept_query(compiler: Compiler, concept: Concept) -> Query:
    """The best of the concept's options."""
    queries = [compiler.option(option) for option in concept.options]
    return queries[0] if len(queries) == 1 else Query.disjunction_max_query(queries, TIE)


def unit_query(compiler: Compiler, unit: Unit, need: int) -> Query:
    """At least `need` of the unit's concepts."""
    queries = [concept_query(compiler, concept) for concept in unit.concepts]
    match = at_least(queries, min(need, len(queries)))
    return any_of([match, compiler.option(unit.exact)]) if unit.exact else match


def at_least(queries: Sequence[Query], need: int) -> Query:
    """`need` or more of `queries`, scores added."""
    if len(queries) == 1:
        return queries[0]
    if need >= len(queries):
        return Query.boolean_query([(Occur.Must, query) for query in queries])
    return Query.boolean_query([(Occur.Should, query) for query in queries], minimum_number_should_match=need)


def any_of(queries: Sequence[Query]) -> Query:
    """One or more of `queries`."""
    return at_least(queries, 1)


def all_of(queries: Sequence[Query]) -> Query:
    """Every one of `queries`."""
    return at_least(queries, len(queries))


class EntryCompiler:
    """Over the entries index. Fields in which a word does not occur are left out."""

    def __init__(
        self, schema: tantivy.Schema, searcher: tantivy.Searcher, title: float = TITLE_NAMED
    ) -> None:
        self._schema = schema
        self._searcher = searcher
        self._title = title
        self._held: dict[
            tuple[str, str], int
        ] = {}  # asked for once: words come in several queries of a question

    def held(self, field: str, word: str) -> int:
        """In how many entries a word stands in a field, seen or unseen."""
        known = self._held.get((field, word))
        if known is None:
            known = self._held[field, word] = self._searcher.doc_freq(field, word)
        return known

    def frequency(self, word: str) -> int:
        """In how many entries a word stands at most, seen or unseen by the reader: says when looking is in vain,
        and decides nothing that the reader gets."""
        return sum(self.held(field, word) for field in ("own", "attached"))

    def option(self, option: Option) -> Query:
        if option.way is Way.WORD:
            query = self._word(option.values[0])
        elif option.way is Way.TOGETHER:
            query = all_of([self._word(word) for word in option.values])
        elif option.way is Way.SOUNDS:
            sounds = "".join(option.values)
            query = any_of(
                [self._row("sounds", list(option.values), SOUNDS), *self._labelled(sounds, SOUNDS)]
            )
        else:
            query = self.characters(option.values[0], PAIRS)
        return query if option.weight == 1.0 else Query.boost_query(query, option.weight)

    def holding(self, word: str) -> Query:
        """The entries with a word, unranked: a title's words stand in the own text too."""
        return any_of(
            [
                Query.term_query(self._schema, field, word, "basic")
                for field in ("own", "attached")
                if field == "own" or self.held(field, word)
            ]
        )

    def _word(self, word: str) -> Query:
        queries = [
            query if weight == 1.0 else Query.boost_query(query, weight)
            for field, weight in (("title", self._title), ("own", OWN), ("attached", ATTACHED))
            if field == "own" or self.held(field, word)
            for query in (Query.term_query(self._schema, field, word, "freq"),)
        ]
        return any_of(queries)

    def characters(self, folded: str, weight: float) -> Query:
        """These characters in a row, the more where a title or tag has them."""
        return any_of([self._row("pairs", bigrams(folded), weight), *self._labelled(folded, weight)])

    def row(self, folded: str, weight: float) -> Query:
        """The same, wherever it stands."""
        return self._row("pairs", bigrams(folded), weight)

    def _labelled(self, folded: str, weight: float) -> list[Query]:
        """The same in a title or tag, which the field of suggestions holds."""
        pairs = bigrams(folded) if len(folded) > 1 else []
        seen = pairs and all(self.held("labels", pair) for pair in pairs)
        return [self._row("labels", pairs, weight * self._title)] if seen else []

    def _row(self, field: str, terms: list[str], weight: float) -> Query:
        if not terms:
            return Query.empty_query()
        if len(terms) == 1:
            return Query.boost_query(Query.term_query(self._schema, field, terms[0], "freq"), weight)
        # A phrase's score adds the rarity of all its terms, which overlap.
        return Query.boost_query(
            Query.phrase_query(self._schema, field, list(terms)), weight / len(terms) ** 0.75
        )

    def phrase(self, phrase: str) -> Query:
        """An exact phrase, up to width, case and kana."""
        folded = fold(phrase)
        if len(folded) == 1:
            alone = [self._word(word) for word in (phrase.strip(), folded)]
            return any_of([*alone, Query.regex_query(self._schema, "pairs", f"{folded}.|.{folded}")])
        return self.characters(folded, PAIRS)


class PassageCompiler:
    """Over the passages index, whose pairs keep no positions: good enough to rank within one entry."""

    def __init__(self, schema: tantivy.Schema) -> None:
        self._schema = schema

    def option(self, option: Option) -> Query:
        if option.way in (Way.WORD, Way.TOGETHER):
            return any_of([Query.term_query(self._schema, "words", word, "freq") for word in option.values])
        if option.way is Way.SOUNDS:
            return all_of(
                [Query.term_query(self._schema, "sounds", sound, "basic") for sound in option.values]
            )
        return self.characters(option.values[0])

    def characters(self, folded: str) -> Query:
        terms = list(dict.fromkeys(bigrams(folded)))
        if not terms:
            return Query.empty_query()
        row = all_of([Query.term_query(self._schema, "pairs", term, "basic") for term in terms])
        return Query.boost_query(row, 1 / len(terms) ** 0.75)

    def phrase(self, phrase: str) -> Query:
        """All pairs of a phrase."""
        return self.characters(fold(phrase))
