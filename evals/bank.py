"""A bank of its own in a temporary folder, filled and asked through the services that everybody uses."""

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from evals.datasets import Document
from kb_service.adapters.faiss_index import FaissIndex
from kb_service.adapters.records import sql_repositories
from kb_service.adapters.static_embedding.model import StaticEmbedder
from kb_service.adapters.static_embedding.shelf import FolderShelf
from kb_service.adapters.static_embedding.trainer import ProcessTrainer
from kb_service.adapters.tantivy_index import TantivyIndex
from kb_service.models.entries import CaseFields, Content, Kind, Status
from kb_service.ports.keyword import KeywordIndex
from kb_service.ports.vectors import Embedder, VectorIndex
from kb_service.rules.query import parse
from kb_service.service.adaptation import Adaptation, Outcome, SharedTexts
from kb_service.service.entries import Entries
from kb_service.service.generations import Generations
from kb_service.service.indexing import Indexing
from kb_service.service.search import Search
from kernel.audit import Audit
from kernel.clock import Clock
from kernel.errors import Text, Unavailable
from kernel.identity.models import Actor, Role
from kernel.identity.organisations import ORGANISATIONS
from kernel.japanese import Analyser
from kernel.records import Records
from kernel.visibility import Audience, AudienceKind
from migrations.run import upgrade

_AT_ONCE = 200  # entries saved in one transaction
_TITLE = 200  # characters that a title may have; the rest of a longer one goes before the text


class _Engines:
    """Implements ports.engines.Engines: Tantivy, FAISS, and the static model on the shelf."""

    def __init__(self, shelf: FolderShelf, analyser: Analyser) -> None:
        self._shelf = shelf
        self._analyser = analyser
        self._held: StaticEmbedder | None = None

    def keyword(self, folder: Path, writable: bool) -> KeywordIndex:
        return TantivyIndex(folder, self._analyser, writable=writable)

    def vectors(self, folder: Path, embedder: Embedder, writable: bool) -> VectorIndex:
        return FaissIndex(folder, embedder.dimensions, embedder.version, writable=writable)

    def embedder(self) -> Embedder:
        folder = self._shelf.current()
        if folder is None:
            raise Unavailable(Text("モデルがありません。", "There is no model."))
        if self._held is None or self._held.folder != folder:
            self._held = StaticEmbedder(folder, self._analyser)
        return self._held


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer: document ids best first, and the time the service took."""

    documents: tuple[str, ...]
    milliseconds: float


class TemporaryBank:
    """Holds a corpus. Entries belong to one ward and may be read by all members."""

    def __init__(self, folder: Path) -> None:
        self._records = Records(f"sqlite:///{folder / 'records.db'}")
        upgrade(self._records)
        repositories = sql_repositories()
        clock, shelf = Clock(), FolderShelf(folder / "models")
        generations = Generations(folder / "index", _Engines(shelf, Analyser()))
        names = {code: each.name for code, each in ORGANISATIONS.items()}
        self._indexing = Indexing(self._records, repositories, generations, names)
        self._entries = Entries(repositories, Audit(clock), clock, self._indexing)
        self._search = Search(self._records, generations, self._entries, repositories.attachments, parse)
        texts = SharedTexts(self._records, repositories, names)
        self._adaptation = Adaptation(texts, ProcessTrainer(), shelf, clock)
        self._actor = Actor("eval", "評価", "131016", frozenset({Role.REVIEWER}))
        self._documents: dict[str, str] = {}  # entry → document

    def fill(self, documents: Sequence[Document]) -> float:
        """Saves and indexes the documents; documents a second, from the first save to the last one found."""
        self._adaptation.build_base()
        started = time.monotonic()
        for start in range(0, len(documents), _AT_ONCE):
            with self._records.write() as work:
                for document in documents[start : start + _AT_ONCE]:
                    entry = self._entries.create(work, self._actor, _content(document))
                    self._documents[entry.id] = document.id
        self._indexing.open()
        self._indexing.run_pending()
        return len(documents) / (time.monotonic() - started)

    def adapt(self) -> Outcome:
        """Lets the vectors learn from the corpus and, when promoted, indexes it with them."""
        outcome = self._adaptation.run(lambda _done, _total: None)
        while outcome.promoted and self._indexing.status().meaning != (outcome.trained and outcome.trained.version):
            self._indexing.run_pending()
            time.sleep(0.1)
        return outcome

    def ask(self, text: str, arms: Sequence[str], limit: int = 10) -> Answered:
        """What a member of the ward's staff finds."""
        started = time.perf_counter()
        results = self._search.search(self._actor, text, limit=limit, arms=arms)
        spent = (time.perf_counter() - started) * 1000
        return Answered(tuple(self._documents[hit.entry.id] for hit in results.hits), spent)

    def close(self) -> None:
        self._indexing.stop()
        self._records.close()


@contextmanager
def temporary_bank() -> Iterator[TemporaryBank]:
    """A bank that is gone after the block."""
    with tempfile.TemporaryDirectory(prefix="chienowa-eval-") as folder:
        bank = TemporaryBank(Path(folder))
        try:
            yield bank
        finally:
            bank.close()


def _content(document: Document) -> Content:
    title, rest = document.title[:_TITLE].strip(), document.title[_TITLE:]
    text = f"{rest}\n{document.text}" if rest else document.text
    return Content(
        Kind.CASE,
        title or document.text[:_TITLE] or document.id,
        CaseFields(),
        body=text,
        audience=Audience(AudienceKind.MEMBERS),
        status=Status.PUBLISHED,
    )
