"""The search: both arms, then the records decide what is shown."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from kb_service.models.entries import Content, Entry
from kb_service.models.listing import LinkedEntry
from kb_service.models.passages import Passage, PassageSource
from kb_service.models.searching import Extract, Filters, Hit, Query, Results, Sort
from kb_service.ports.keyword import FoundPassage
from kb_service.ports.records import AttachmentRepository
from kb_service.rules.cutting import cut
from kb_service.service.generations import Generation, Generations
from kb_service.service.reading import EntryReader, keys_of
from kb_service.service.retrieval import BOTH, WORDS, Candidate, Retrieved, Retriever
from kernel.errors import Invalid, Problem, Text, Unavailable
from kernel.identity.models import Actor
from kernel.records import Records, UnitOfWork

_log = logging.getLogger(__name__)

PAGE_MAX = 100
DEEPEST = 1_000  # hits that can be paged through; nobody reads on, and each page costs all before it
SPARE = 10  # hits fetched beyond the page, in case the records refuse some
EXTRACTS = 2
LABELS = frozenset({"provider", "technology", "business", "tags"})  # a word or two: they tell least
SUGGESTIONS_MAX = 20
LONGEST_PREFIX = 100
RELATED = 5
NO_FILTERS = Filters()

Parse = Callable[[str], Query]


@dataclass(frozen=True, slots=True)
class Related:
    """What else to read. An entry stands in the first list that it belongs to."""

    linked: tuple[LinkedEntry, ...]
    same_tags: tuple[Entry, ...]
    similar: tuple[Entry, ...]


class Search:
    """Answers questions from the indexes and checks every hit in the records: what the reader may not see now
    is not shown, even if an index does not know it yet. An actor of None is the public."""

    def __init__(
        self,
        records: Records,
        generations: Generations,
        entries: EntryReader,
        attachments: AttachmentRepository,
        parse: Parse,
    ) -> None:
        self._records = records
        self._generations = generations
        self._entries = entries
        self._attachments = attachments
        self._parse = parse

    def search(
        self,
        actor: Actor | None,
        text: str,
        filters: Filters = NO_FILTERS,
        sort: Sort = Sort.RELEVANCE,
        *,
        offset: int = 0,
        limit: int = 10,
        arms: Sequence[str] = BOTH,
    ) -> Results:
        """One page of hits. Raises Invalid for a text that is too long or a page too deep, Unavailable while
        there is no index."""
        started = time.perf_counter()
        keys = keys_of(actor)
        query = self._parse(text)
        offset, limit = max(0, offset), max(1, min(limit, PAGE_MAX))
        if offset + limit > DEEPEST:
            raise _too_deep()
        self._generations.follow()
        with self._generations.use() as generation, self._records.read() as work:
            fetched = offset + limit + SPARE
            while True:
                retrieved = _retrieve(generation, query, keys, filters, limit=fetched, arms=arms, sort=sort)
                kept, refused = self._readable(work, actor, retrieved.candidates[offset:], limit)
                if len(kept) == limit or len(retrieved.candidates) < fetched:
                    break
                fetched *= 2
            asked = _Asked(generation, _as_answered(query, retrieved), keys)
            hits = self._hits(work, asked, kept)
        return Results(
            query=query,
            hits=hits,
            total=max(offset + len(hits) if hits else 0, retrieved.total - refused),
            facets=retrieved.facets,
            milliseconds=(time.perf_counter() - started) * 1000,
            corrected=retrieved.corrected,
            arms=retrieved.arms,
        )

    def suggest(self, actor: Actor | None, prefix: str, limit: int = 8) -> tuple[str, ...]:
        """Completions of what is typed, from what the reader may see."""
        keys = keys_of(actor)
        typed = prefix[:LONGEST_PREFIX]
        if not any(map(str.isalnum, typed)):
            return ()
        self._generations.follow()
        with self._generations.use() as generation:
            return generation.keyword.suggest(typed, keys, max(1, min(limit, SUGGESTIONS_MAX)))

    def related(self, actor: Actor | None, entry_id: str) -> Related:
        """Linked in either direction, with most of the same tags, near by meaning. Raises NotFound."""
        keys = keys_of(actor)
        with self._records.read() as work:
            entry = self._entries.get(work, actor, entry_id)
            linked = self._entries.linked(work, actor, entry_id)
            seen = {entry_id, *(each.entry.id for each in linked)}
            try:
                self._generations.follow()
                with self._generations.use() as generation:
                    tagged = _same_tags(generation, entry.content, keys)
                    near = _similar(generation, entry.content, keys)
            except Unavailable:  # the page is still worth showing
                return Related(linked, (), ())
            found = self._entries.visible(
                work, actor, [each for each in (*tagged, *near) if each not in seen]
            )
        same_tags = [found[each] for each in tagged if each in found][:RELATED]
        seen.update(each.id for each in same_tags)
        similar = [found[each] for each in near if each in found and each not in seen][:RELATED]
        return Related(linked, tuple(same_tags), tuple(similar))

    def _readable(
        self, work: UnitOfWork, actor: Actor | None, candidates: Sequence[Candidate], limit: int
    ) -> tuple[list[tuple[Candidate, Entry]], int]:
        """The first `limit` candidates that the records show to this reader, and how many they refused. One
        query, unless some were refused."""
        kept: list[tuple[Candidate, Entry]] = []
        looked = 0
        while len(kept) < limit and looked < len(candidates):
            some = candidates[looked : looked + limit - len(kept)]
            shown = self._entries.visible(work, actor, [each.entry_id for each in some])
            kept += [(each, shown[each.entry_id]) for each in some if each.entry_id in shown]
            looked += len(some)
        return kept, looked - len(kept)

    def _hits(
        self, work: UnitOfWork, asked: "_Asked", kept: Sequence[tuple[Candidate, Entry]]
    ) -> tuple[Hit, ...]:
        ids = [candidate.entry_id for candidate, _ in kept]
        attached = self._attachments.count_of(work, ids)
        found = asked.passages(ids)
        return tuple(
            Hit(
                entry=entry,
                score=candidate.score,
                extracts=_extracts(asked, candidate, found.get(entry.id, ()), entry.content),
                why=candidate.why,
                attachments=attached.get(entry.id, 0),
            )
            for candidate, entry in kept
        )


@dataclass(frozen=True, slots=True)
class _Asked:
    """The question as it was answered, of whom, and for which rights."""

    generation: Generation
    query: Query
    keys: frozenset[str]

    def passages(self, entry_ids: Sequence[str]) -> Mapping[str, tuple[FoundPassage, ...]]:
        """The passages of these entries that match by words; one more than is shown, for the title."""
        if self.query.empty():
            return {}
        return self.generation.keyword.passages(self.query, entry_ids, self.keys, EXTRACTS + 2)


def _as_answered(query: Query, retrieved: Retrieved) -> Query:
    """The question with the slip mended."""
    return replace(query, text=retrieved.corrected) if retrieved.corrected else query


def _retrieve(
    generation: Generation,
    query: Query,
    keys: frozenset[str],
    filters: Filters,
    *,
    limit: int,
    arms: Sequence[str],
    sort: Sort,
) -> Retrieved:
    """Both arms; words alone, with a line in the log, when the vectors fail."""
    meaning = generation.meaning
    if meaning is not None:
        retriever = Retriever(generation.keyword, meaning.vectors, meaning.embedder)
        try:
            return retriever.retrieve(query, keys, filters, limit, arms=arms, sort=sort)
        except Unavailable:
            raise
        except Exception:  # whatever an engine raises: half an answer is better than none
            _log.exception("the search by meaning failed; words alone answer")
    return Retriever(generation.keyword).retrieve(query, keys, filters, limit, arms=(WORDS,), sort=sort)


def _extracts(
    asked: _Asked, candidate: Candidate, found: Sequence[FoundPassage], content: Content
) -> tuple[Extract, ...]:
    """What matched by words, with marks, sentences before labels; the passage nearest by meaning when no
    sentence did; else the summary. Never the title, which is shown anyway."""
    telling = [each for each in found if _tells(each.passage)]
    sentences = _marked([each for each in telling if each.passage.field_name not in LABELS])
    labels = _marked([each for each in telling if each.passage.field_name in LABELS])
    if not sentences and candidate.passage:
        passage = asked.generation.keyword.passage(candidate.entry_id, candidate.passage, asked.keys)
        known = {each.passage.number for each in labels}
        sentences = [Extract(passage)] if passage is not None and passage.number not in known else []
    if not sentences and (pieces := cut(content.summary)):
        sentences = [Extract(Passage(1, PassageSource.SUMMARY, pieces[0].text))]
    return tuple([*sentences, *labels][:EXTRACTS])


def _marked(found: Sequence[FoundPassage]) -> list[Extract]:
    """No more than are shown: marking takes longer than finding."""
    return [Extract(each.passage, each.marks) for each in found[:EXTRACTS]]


def _tells(passage: Passage) -> bool:
    return passage.source is not PassageSource.TITLE


def _same_tags(generation: Generation, content: Content, keys: frozenset[str]) -> list[str]:
    """Entries that share a tag, most shared tags first, then the newest."""
    shared: dict[str, int] = {}
    for tag in content.tags:
        answer = generation.keyword.search(
            Query(""), keys, Filters({"tag": (tag,)}), 3 * RELATED, Sort.NEWEST, facets=False
        )
        for hit in answer.hits:
            shared[hit.entry_id] = shared.get(hit.entry_id, 0) + 1
    return sorted(shared, key=lambda each: -shared[each])


def _similar(generation: Generation, content: Content, keys: frozenset[str]) -> list[str]:
    """Entries near by meaning to title and summary."""
    if generation.meaning is None:
        return []
    vector = generation.meaning.embedder.queries([f"{content.title}\n{content.summary}"])[0]
    hits = generation.meaning.vectors.search(vector, keys, 4 * RELATED)
    return [hit.entry_id for hit in hits]


def _too_deep() -> Invalid:
    text = Text(
        f"検索結果は{DEEPEST:,}件目まで表示できます。言葉を足すか、条件で絞り込んでください。",
        f"Only the first {DEEPEST:,} results can be shown. Add words or narrow the search by filters.",
    )
    return Invalid(text, (Problem("offset", text),))
