"""A bank of its own in a temporary folder: the embedded profile as everybody runs it, filled and asked through
its services."""

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from assembly.embedded import build
from evals.datasets import Document
from kb_service.models.entries import CaseFields, Content, Kind, Status
from kb_service.service.adaptation import Outcome
from kernel.identity.models import Actor, Role
from kernel.settings import Settings
from kernel.visibility import Audience, AudienceKind

_AT_ONCE = 200  # entries saved in one transaction
_TITLE = 200  # characters that a title may have; the rest of a longer one goes before the text
_REBUILT_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer: document ids best first, and the time the service took."""

    documents: tuple[str, ...]
    milliseconds: float


class TemporaryBank:
    """Holds a corpus. Entries belong to one ward and may be read by all members."""

    def __init__(self, folder: Path) -> None:
        self._system = build(Settings(home=folder, database_url="", embedding_model=""))
        self._actor = Actor("eval", "評価", "131016", frozenset({Role.REVIEWER}))
        self._documents: dict[str, str] = {}  # entry → document

    def fill(self, documents: Sequence[Document]) -> float:
        """Saves and indexes the documents; documents a second, from the first save to the last one found."""
        bank = self._system.bank
        bank.adaptation.build_base()
        started = time.monotonic()
        for start in range(0, len(documents), _AT_ONCE):
            with self._system.records.write() as work:
                for document in documents[start : start + _AT_ONCE]:
                    entry = bank.entries.create(work, self._actor, _content(document))
                    self._documents[entry.id] = document.id
        bank.indexing.open()
        bank.indexing.run_pending()
        return len(documents) / (time.monotonic() - started)

    def adapt(self) -> Outcome:
        """Lets the vectors learn from the corpus and, when promoted, indexes it with them. Raises TimeoutError
        when that takes longer than it ever should."""
        outcome = self._system.bank.adaptation.run(lambda _done, _total: None)
        end = time.monotonic() + _REBUILT_SECONDS
        while outcome.promoted and outcome.trained and self._model() != outcome.trained.version:
            if time.monotonic() > end:
                raise TimeoutError("the corpus is not indexed with the promoted vectors")
            time.sleep(0.1)
            self._system.bank.indexing.run_pending()
        return outcome

    def ask(self, text: str, arms: Sequence[str], limit: int = 10) -> Answered:
        """What a member of the ward's staff finds."""
        started = time.perf_counter()
        results = self._system.bank.search.search(self._actor, text, limit=limit, arms=arms)
        spent = (time.perf_counter() - started) * 1000
        return Answered(tuple(self._documents[hit.entry.id] for hit in results.hits), spent)

    def close(self) -> None:
        self._system.bank.indexing.stop()
        self._system.records.close()

    def _model(self) -> str:
        return self._system.bank.indexing.status().meaning


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
