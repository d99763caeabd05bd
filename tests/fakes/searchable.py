"""A small bank of real parts (records, Tantivy, FAISS) in a folder of its own; only the text vectors are the
letters' counts of tests.fakes.vectors, so that it opens at once."""

from dataclasses import dataclass, replace
from pathlib import Path

from kb_service.adapters.faiss_index import FaissIndex
from kb_service.adapters.records import sql_repositories
from kb_service.adapters.tantivy_index import TantivyIndex
from kb_service.models.entries import CaseFields, Content, Kind, Status
from kb_service.ports.keyword import KeywordIndex
from kb_service.ports.records import Repositories
from kb_service.ports.vectors import Embedder, VectorIndex
from kb_service.service.entries import Entries
from kb_service.service.generations import Generations
from kb_service.service.indexing import Indexing
from kernel.audit import Audit
from kernel.clock import Clock
from kernel.identity.models import Actor, Role
from kernel.identity.organisations import ORGANISATIONS
from kernel.japanese import Analyser
from kernel.records import Records
from kernel.visibility import Audience, AudienceKind
from tests.fakes.vectors import LetterEmbedder

ROLES = frozenset({Role.CONTRIBUTOR, Role.REVIEWER, Role.OPERATOR})
SHIBUYA = Actor("user-shibuya", "渋谷 花子", "131130", ROLES)
MINATO = Actor("user-minato", "港 太郎", "131032", ROLES)
MEMBERS = Audience(AudienceKind.MEMBERS)
OWN = Audience(AudienceKind.OWN)
NAMES = {code: organisation.name for code, organisation in ORGANISATIONS.items()}


class RealEngines:
    """ports.engines.Engines over Tantivy and FAISS; `current` is the promoted embedder."""

    def __init__(self) -> None:
        self.analyser = Analyser()
        self.current: Embedder = LetterEmbedder()

    def keyword(self, folder: Path, writable: bool) -> KeywordIndex:
        return TantivyIndex(folder, self.analyser, writable)

    def vectors(self, folder: Path, embedder: Embedder, writable: bool) -> VectorIndex:
        return FaissIndex(folder, embedder.dimensions, embedder.version, writable=writable)

    def embedder(self) -> Embedder:
        return self.current


@dataclass(frozen=True, slots=True)
class SmallBank:
    """The parts that tests touch."""

    records: Records
    repositories: Repositories
    entries: Entries
    generations: Generations
    indexing: Indexing
    engines: RealEngines

    def add(self, title: str, actor: Actor = SHIBUYA, **changes: object) -> str:
        """A published case for all members, unless `changes` says otherwise; its id."""
        content = Content(Kind.CASE, title, CaseFields(), audience=MEMBERS, status=Status.PUBLISHED)
        with self.records.write() as work:
            return self.entries.create(work, actor, replace(content, **changes)).id  # type: ignore[arg-type]

    def change(self, entry_id: str, actor: Actor = SHIBUYA, **changes: object) -> None:
        """Saves over what is stored."""
        with self.records.write() as work:
            entry = self.entries.get(work, actor, entry_id)
            content = replace(entry.content, **changes)  # type: ignore[arg-type]
            self.entries.save(work, actor, entry_id, content, entry.version)

    def last(self) -> int:
        """The newest sequence of the outbox."""
        with self.records.read() as work:
            return self.repositories.outbox.last(work)


def small_bank(
    records: Records, folder: Path, clock: Clock | None = None, engines: RealEngines | None = None
) -> SmallBank:
    """Not yet started: call `indexing.start()` or `indexing.open()`."""
    made = engines or RealEngines()
    repositories = sql_repositories()
    generations = Generations(folder, made)
    indexing = Indexing(records, repositories, generations, NAMES)
    used = clock or Clock()
    entries = Entries(repositories, Audit(used), used, indexing)
    return SmallBank(records, repositories, entries, generations, indexing, made)
