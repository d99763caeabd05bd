"""The one place where the knowledge bank chooses its engines."""

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kb_service.adapters.faiss_index import FaissIndex
from kb_service.adapters.records import sql_repositories
from kb_service.adapters.static_embedding.model import StaticEmbedder
from kb_service.adapters.static_embedding.shelf import FolderShelf
from kb_service.adapters.static_embedding.trainer import ProcessTrainer
from kb_service.adapters.tantivy_index import TantivyIndex
from kb_service.ports.adaptation import ModelShelf
from kb_service.ports.extraction import TextExtractor
from kb_service.ports.keyword import KeywordIndex
from kb_service.ports.vectors import Embedder, VectorIndex
from kb_service.rules.query import parse
from kb_service.service.adaptation import Adaptation, SharedTexts
from kb_service.service.attachments import Attachments
from kb_service.service.entries import Entries
from kb_service.service.generations import Generations
from kb_service.service.importing import Importing
from kb_service.service.indexing import Indexing
from kb_service.service.pruning import Pruning
from kb_service.service.search import Search
from kb_service.tasks.maintenance import Adapt, Growth, Reindex
from kb_service.tasks.reading import ReadAttachment
from kb_service.tasks.sweeping import SweepFiles, Sweeping
from kernel.audit import Audit
from kernel.blobs import BlobStore
from kernel.clock import Clock
from kernel.errors import ChienowaError, Text, Unavailable
from kernel.japanese import Analyser
from kernel.jobs import Jobs, Task
from kernel.records import Records

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """What the kernel gives a bank."""

    records: Records
    blobs: BlobStore
    jobs: Jobs
    audit: Audit
    clock: Clock
    analyser: Analyser
    organisations: Mapping[str, str]  # code → name
    extractor: TextExtractor
    upload_limit: int  # bytes


@dataclass(frozen=True, slots=True)
class Bank:
    """The knowledge bank, ready to be called by pages, HTTP, tasks and commands."""

    entries: Entries
    attachments: Attachments
    search: Search
    indexing: Indexing
    importing: Importing
    adaptation: Adaptation
    engines: "EmbeddedEngines"
    blobs: BlobStore
    jobs: Jobs


class EmbeddedEngines:
    """Tantivy and FAISS in process; the promoted static model, or a neural model plugged in by its name."""

    def __init__(self, shelf: ModelShelf, analyser: Analyser, neural: str = "") -> None:
        self._shelf = shelf
        self._analyser = analyser
        self._neural = neural
        self._lock = threading.Lock()
        self._static: StaticEmbedder | None = None
        self._plugged: Embedder | None = None
        self.problem: Text | None = None

    def keyword(self, folder: Path, writable: bool) -> KeywordIndex:
        return TantivyIndex(folder, self._analyser, writable=writable)

    def vectors(self, folder: Path, embedder: Embedder, writable: bool) -> VectorIndex:
        return FaissIndex(folder, embedder.dimensions, embedder.version, writable=writable)

    def embedder(self) -> Embedder:
        """A plugged-in model that cannot be loaded is told once, and the static model goes on serving."""
        with self._lock:
            if self._neural and self._plugged is None and self.problem is None:
                self._plug_in()
            return self._plugged or self._promoted()

    def _plug_in(self) -> None:
        # Imports torch: only when somebody asked for a neural model.
        from kb_service.adapters.sentence_transformers_model import SentenceTransformersEmbedder

        try:
            self._plugged = SentenceTransformersEmbedder(self._neural)
        except ChienowaError as error:
            self.problem = error.text
            _log.error("%s", error.text.en)

    def _promoted(self) -> StaticEmbedder:
        folder = self._shelf.current()
        if folder is None:
            raise Unavailable(
                Text(
                    "意味で探すためのモデルがまだありません。chienowa model build を実行してください。",
                    "There is no model for searching by meaning yet. Run: chienowa model build.",
                )
            )
        if self._static is None or self._static.folder != folder:
            self._static = StaticEmbedder(folder, self._analyser)
        return self._static


def build(parts: Parts, home: Path, neural: str = "") -> Bank:
    """Joins the services to their engines. Nothing is opened or started yet. `neural`: the name or folder of a
    sentence-transformers model used instead of the static one."""
    repositories = sql_repositories()
    shelf = FolderShelf(home / "models")
    engines = EmbeddedEngines(shelf, parts.analyser, neural)
    texts = SharedTexts(parts.records, repositories, parts.organisations)
    generations = Generations(home / "index", engines)
    indexing = Indexing(parts.records, repositories, generations, parts.organisations)
    entries = Entries(repositories, parts.audit, parts.clock, indexing)
    attachments = Attachments(
        repositories, parts.blobs, parts.jobs, parts.audit, parts.clock, signal=indexing
    )
    importing = Importing(
        parts.records,
        repositories,
        entries,
        attachments,
        parts.blobs,
        extractor=parts.extractor,
        clock=parts.clock,
        largest=parts.upload_limit,
    )
    return Bank(
        entries=entries,
        attachments=attachments,
        search=Search(parts.records, generations, entries, repositories.attachments, parse),
        indexing=indexing,
        importing=importing,
        adaptation=Adaptation(texts, ProcessTrainer(), shelf, parts.clock),
        engines=engines,
        blobs=parts.blobs,
        jobs=parts.jobs,
    )


def tasks(bank: Bank, parts: Parts) -> dict[str, Task]:
    """The background work of the bank, by the name of its jobs."""
    read = ReadAttachment(parts.records, bank.attachments, parts.extractor)
    sweep = SweepFiles(parts.records, bank.attachments)
    handlers = (sweep, Reindex(bank.indexing), Adapt(bank.adaptation))
    others = {handler.name: Task(handler) for handler in handlers}
    return {read.name: Task(read, gave_up=read.gave_up), **others}


def sweeping(parts: Parts) -> Sweeping:
    """What asks each day for the removal of files that nobody needs."""
    return Sweeping(parts.records, parts.jobs, parts.clock)


def pruning(bank: Bank, parts: Parts, home: Path) -> Pruning:
    """What removes rows of the outbox that nobody needs any more."""
    note = home / "index" / "outbox.json"
    return Pruning(parts.records, sql_repositories().outbox, bank.indexing.settled, parts.clock, note)


def growth(bank: Bank, parts: Parts) -> Growth:
    """What asks for learning when the bank has grown."""
    texts = SharedTexts(parts.records, sql_repositories(), parts.organisations)
    return Growth(parts.records, parts.jobs, bank.adaptation, texts.count)
