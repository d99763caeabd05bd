"""The text vectors learn from the bank: what they may read, when, and whether the result comes into use."""

import hashlib
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kb_service.models.attachments import ReadingState
from kb_service.models.entries import Status
from kb_service.ports.adaptation import (
    BankText,
    BankTexts,
    Models,
    ModelShelf,
    Progress,
    Promotion,
    Score,
    Trained,
    Trainer,
)
from kb_service.ports.records import Repositories
from kb_service.rules.passages import meaning_of, passages_of
from kernel.clock import Clock
from kernel.errors import Text
from kernel.records import Records
from kernel.visibility import MEMBERS, PUBLIC

_log = logging.getLogger(__name__)

FEWEST_ENTRIES = 40  # fewer teach nothing that would hold
FEWEST_CASES = 8  # held-out titles; fewer prove nothing
GROWN = 1.1  # times the entries learnt from last: learn again
_HELD_OUT_SHARE, _HELD_OUT_LEAST, _HELD_OUT_MOST = 0.1, 30, 100  # of the titles; titles; titles
_HELD_OUT_AT_MOST = 0.25  # of the titles of a small bank, which needs them to learn from
HARM = 0.02  # mean reciprocal rank that one provider may lose
_JUDGED_GROUP = 10  # cases of a provider below which its figure is chance
_PAGE = 500


class SharedTexts:
    """Implements ports.adaptation.BankTexts over the records: what is not a draft and all members or the public
    may read."""

    def __init__(
        self, records: Records, repositories: Repositories, organisations: Mapping[str, str] | None = None
    ) -> None:
        self._records = records
        self._repositories = repositories
        self._organisations = organisations

    def count(self) -> int:
        """How many entries there are to learn from."""
        with self._records.read() as work:
            counts = self._repositories.entries.counts(work, frozenset({MEMBERS, PUBLIC}), None)
        return counts.total - counts.by_status.get(Status.DRAFT, 0)

    def __call__(self) -> Iterator[BankText]:
        after = ""
        while True:
            with self._records.read() as work:
                ids = self._repositories.entries.all_ids(work, after, _PAGE)
                entries = [self._repositories.entries.get(work, each) for each in ids]
                for entry in entries:
                    if entry is None or entry.deleted or entry.content.status is Status.DRAFT:
                        continue
                    if entry.audience_keys().isdisjoint({MEMBERS, PUBLIC}):
                        continue
                    readings = [
                        (attachment, self._repositories.attachments.parts(work, attachment.id))
                        for attachment in self._repositories.attachments.of_entry(work, entry.id)
                        if attachment.state is ReadingState.DONE
                    ]
                    told = passages_of(entry, readings, self._organisations)
                    text = "\n".join(said for passage in told[1:] if (said := meaning_of(passage)))
                    yield BankText(entry.id, entry.owner, entry.content.title, text)
            if not ids:
                return
            after = ids[-1]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a candidate may come into use, and why."""

    passed: bool
    reason: Text


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one run. `trained` is None when there was nothing to learn from."""

    promoted: bool
    reason: Text
    entries: int
    trained: Trained | None = None


class Adaptation:
    """Runs on request and when the bank has grown by a tenth. Not for two processes at once: the caller's job
    has a key that is unique while open."""

    def __init__(self, texts: BankTexts, trainer: Trainer, shelf: ModelShelf, clock: Clock) -> None:
        self._texts = texts
        self._trainer = trainer
        self._shelf = shelf
        self._clock = clock

    def base_missing(self) -> bool:
        """Whether no model was ever built here."""
        return self._shelf.base() is None

    def build_base(self) -> str:
        """Makes the base model when there is none; its version, or "" when it was there already."""
        if self._shelf.base() is not None:
            return ""
        folder = self._shelf.fresh()
        try:
            version = self._trainer.base(folder)
        except BaseException:
            self._shelf.discard(folder)
            raise
        self._shelf.keep_base(folder, Promotion(version, self._clock.now(), 0, note="base"))
        return version

    def due(self, entries: int) -> bool:
        """Whether a bank of so many shared entries has grown enough since the model last learnt."""
        learnt = max((step.entries for step in self._shelf.history()), default=0)
        return entries >= max(FEWEST_ENTRIES, learnt * GROWN)

    def run(self, progress: Progress) -> Outcome:
        """Learns, judges, and promotes what passes the gate. Raises Unavailable when the training cannot run."""
        texts = [text for text in self._texts() if text.title and text.text]
        if len(texts) < FEWEST_ENTRIES:
            return Outcome(False, _too_few(len(texts)), len(texts))
        self.build_base()
        base, current = self._shelf.base(), self._shelf.current()
        assert base is not None and current is not None
        candidate = self._shelf.fresh()
        try:
            trained = self._trainer.adapt(texts, held_out(texts), Models(base, current, candidate), progress)
        except BaseException:
            self._shelf.discard(candidate)
            raise
        verdict = judge(trained.candidate, trained.current)
        if not verdict.passed:
            self._shelf.discard(candidate)
            return Outcome(False, verdict.reason, len(texts), trained)
        step = Promotion(
            trained.version,
            self._clock.now(),
            len(texts),
            trained.candidate.mrr,
            trained.current.mrr,
            trained.candidate.cases,
        )
        self._shelf.promote(candidate, step)
        return Outcome(True, verdict.reason, len(texts), trained)

    def rollback(self) -> Promotion:
        """One step back. Raises Conflict when there is none."""
        return self._shelf.rollback(self._clock.now())

    def history(self) -> tuple[Promotion, ...]:
        """Every step so far, the newest last."""
        return self._shelf.history()

    def earlier(self) -> Promotion | None:
        """The step that `rollback` would return to; None when there is none. One step is kept: after a
        rollback there is none until something is learnt again."""
        steps = self._shelf.history()
        return steps[-2] if len(steps) > 1 and not steps[-1].note else None


def held_out(texts: list[BankText]) -> frozenset[str]:
    """The entries whose title and body are never learnt together. Chosen by a hash of the title, so that the
    same titles stay out while the bank grows, and entries of one title stay out together."""
    digests = {text.title: hashlib.sha256(text.title.encode("utf-8", "replace")).digest() for text in texts}
    count = len(digests)
    wanted = min(
        _HELD_OUT_MOST, max(count * _HELD_OUT_SHARE, min(_HELD_OUT_LEAST, count * _HELD_OUT_AT_MOST))
    )
    chosen = set(sorted(digests, key=digests.__getitem__)[: int(wanted)])
    return frozenset(text.entry_id for text in texts if text.title in chosen)


def judge(candidate: Score, current: Score) -> Verdict:
    """The gate: better on the whole, and no provider with enough cases loses more than HARM."""
    if candidate.cases < FEWEST_CASES:
        return Verdict(
            False,
            Text(
                f"判定に使える題名が{candidate.cases}件しかないため、切り替えを見送りました。",
                f"Only {candidate.cases} held-out titles: too few to judge, so nothing changes.",
            ),
        )
    figures = f"{current.mrr:.3f} → {candidate.mrr:.3f}"
    if candidate.mrr <= current.mrr:
        return Verdict(
            False,
            Text(
                f"今のモデルより良くならなかったため、切り替えを見送りました（MRR {figures}）。",
                f"Not better than the model in use, so nothing changes (MRR {figures}).",
            ),
        )
    for group, score in candidate.groups.items():
        former = current.groups.get(group)
        if former and former.cases >= _JUDGED_GROUP and score.mrr < former.mrr - HARM:
            _log.warning("the candidate harms %s: %.3f → %.3f", group, former.mrr, score.mrr)
            lost = f"MRR {former.mrr:.3f} → {score.mrr:.3f}"  # whose is for the log: others read this
            return Verdict(
                False,
                Text(
                    f"一部の提供元で検索が悪くなるため、切り替えを見送りました（{lost}）。",
                    f"It would harm the search for one provider, so nothing changes ({lost}).",
                ),
            )
    return Verdict(
        True,
        Text(f"新しいモデルに切り替えました（MRR {figures}）。", f"The new model is in use (MRR {figures})."),
    )


def _too_few(entries: int) -> Text:
    return Text(
        f"学習に使えるナレッジが{entries}件しかありません（{FEWEST_ENTRIES}件から学習します）。",
        f"Only {entries} entries to learn from ({FEWEST_ENTRIES} are needed).",
    )
