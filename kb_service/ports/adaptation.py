"""Text vectors that learn from the bank's own text, and the shelf on which the versions stand."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

Progress = Callable[[int, int], None]  # done, total


@dataclass(frozen=True, slots=True)
class BankText:
    """One entry as the training reads it. `group` is its provider: a model may harm none of them. `text` is
    everything but the title; sentences end at 。 or a line's end."""

    entry_id: str
    group: str
    title: str
    text: str


class BankTexts(Protocol):
    """Where the texts come from: published entries that all members or the public may read, and no others,
    because what is learnt from an entry is felt by everyone who searches."""

    def __call__(self) -> Iterator[BankText]: ...


@dataclass(frozen=True, slots=True)
class Score:
    """How often titles found their own body among all bodies: mean reciprocal rank over the first ten, and
    the share found among the first ten. For the whole and for each group."""

    cases: int
    mrr: float
    recall: float
    groups: Mapping[str, "Score"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trained:
    """A candidate in a folder of its own, and both scores on the same held-out pairs."""

    folder: Path
    version: str
    candidate: Score
    current: Score
    seconds: float


@dataclass(frozen=True, slots=True)
class Models:
    """Folders of three models: the one to start from, the one in use, and the one about to be made."""

    base: Path
    current: Path
    candidate: Path


class Trainer(Protocol):
    """Makes models. Works in another process: torch is heavy and never loaded where searches are answered."""

    def base(self, folder: Path) -> str:
        """Builds the model that has learnt nothing yet; its version. Raises Unavailable when it cannot."""

    def adapt(
        self, texts: Sequence[BankText], held_out: frozenset[str], models: Models, progress: Progress
    ) -> Trained:
        """Learns from the base and the texts into a new model, never pairing title and body of the entries in
        `held_out`, and scores the result and the model in use on just those pairs. Raises Unavailable."""


@dataclass(frozen=True, slots=True)
class Promotion:
    """One step of the history: which version came into use, when, from how many entries, on what evidence."""

    version: str
    at: datetime
    entries: int
    candidate_mrr: float | None = None
    current_mrr: float | None = None
    cases: int = 0
    note: str = ""


class ModelShelf(Protocol):
    """Versions of the text vectors, the one in use, and the one before it."""

    def current(self) -> Path | None:
        """Folder of the version in use; None before the first."""

    def base(self) -> Path | None:
        """Folder of the model that has learnt nothing; None before it was built."""

    def keep_base(self, folder: Path, promotion: Promotion) -> None:
        """Takes a model as the base; it is also in use until something better is promoted."""

    def fresh(self) -> Path:
        """An empty folder for a model about to be made."""

    def promote(self, folder: Path, promotion: Promotion) -> None:
        """Takes a model into use; the one before stays for a rollback, older ones are removed."""

    def rollback(self, at: datetime) -> Promotion:
        """One step back. Raises Conflict when there is no step."""

    def discard(self, folder: Path) -> None:
        """Removes a candidate that was not promoted."""

    def history(self) -> tuple[Promotion, ...]:
        """Newest last."""
