"""Long work on the indexes as jobs: progress, and when the vectors learn by themselves."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kb_service.models.entries import CaseFields, Status
from kb_service.ports.adaptation import Models, Progress, Promotion, Score, Trained
from kb_service.service.adaptation import Adaptation, SharedTexts
from kb_service.tasks.maintenance import ADAPT_JOB, ONE, REINDEX_JOB, Adapt, Growth, Reindex
from kernel.clock import Clock
from kernel.jobs import Jobs, JobState, Worker
from kernel.records import Records
from tests.fakes.searchable import OWN, SmallBank, small_bank


class Teacher:
    """Trains nothing and tells what it was given; the candidate is better by what it is told."""

    def __init__(self, gain: float) -> None:
        self.gain = gain
        self.lessons: list[int] = []

    def base(self, folder: Path) -> str:
        return "base"

    def adapt(self, texts: object, held_out: object, models: Models, progress: Progress) -> Trained:
        assert isinstance(texts, list)
        self.lessons.append(len(texts))
        progress(1, 2)
        return Trained(models.candidate, "v2", Score(20, 0.5 + self.gain, 0.9), Score(20, 0.5, 0.9), 0.1)


class Shelf:
    """ports.adaptation.ModelShelf in memory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.steps: list[Promotion] = []

    def current(self) -> Path | None:
        return self.folder if self.steps else None

    def base(self) -> Path | None:
        return self.folder if self.steps else None

    def keep_base(self, folder: Path, promotion: Promotion) -> None:
        self.steps.append(promotion)

    def fresh(self) -> Path:
        return self.folder

    def promote(self, folder: Path, promotion: Promotion) -> None:
        self.steps.append(promotion)

    def rollback(self, at: datetime) -> Promotion:
        return self.steps.pop()

    def discard(self, folder: Path) -> None:
        return None

    def history(self) -> tuple[Promotion, ...]:
        return tuple(self.steps)


@pytest.fixture
def bank(sqlite_records: Records, home: Path) -> Iterator[SmallBank]:
    made = small_bank(sqlite_records, home / "index")
    made.indexing.open()
    yield made
    made.indexing.stop()


def grow(bank: SmallBank, count: int) -> None:
    for number in range(count):
        bank.add(f"記事{datetime.now(UTC).timestamp()}-{number}", body="本文。", fields=CaseFields())
    bank.indexing.run_pending()


def test_reindex_as_a_job(bank: SmallBank) -> None:
    grow(bank, 3)
    jobs = Jobs(Clock())
    before = bank.generations.pointer
    with bank.records.write() as work:
        identifier = jobs.enqueue(work, REINDEX_JOB, {}, key=ONE)
    Worker(bank.records, {REINDEX_JOB: Reindex(bank.indexing)}, Clock()).run_pending()
    with bank.records.read() as work:
        job = jobs.get(work, identifier)
    assert job is not None
    assert (job.state, job.progress_done, job.progress_total) == (JobState.DONE, 3, 3)
    assert "3件" in job.message_ja
    assert bank.generations.pointer != before


@pytest.mark.parametrize("gain", [0.1, -0.1])
def test_the_vectors_learn_when_the_bank_has_grown_by_a_tenth(
    bank: SmallBank, tmp_path: Path, gain: float
) -> None:
    jobs, teacher = Jobs(Clock()), Teacher(gain)
    texts = SharedTexts(bank.records, bank.repositories)
    adaptation = Adaptation(texts, teacher, Shelf(tmp_path), Clock())
    growth = Growth(bank.records, jobs, adaptation, texts.count)
    worker = Worker(bank.records, {ADAPT_JOB: Adapt(adaptation)}, Clock())
    grow(bank, 30)
    assert not growth.look()
    bank.add("区内限りは学ばない", audience=OWN, body="本文。")
    grow(bank, 20)
    assert growth.look()
    assert not growth.look()
    worker.run_pending()
    assert teacher.lessons == [50]
    with bank.records.read() as work:
        [job] = jobs.recent(work)
    assert ("切り替えました" in job.message_ja) is (gain > 0)
    grow(bank, 4)
    assert not Growth(bank.records, jobs, adaptation, texts.count).look()  # also after a restart
    grow(bank, 3)
    assert growth.look()


def test_only_what_is_shared_counts_as_growth(bank: SmallBank, tmp_path: Path) -> None:
    jobs, teacher = Jobs(Clock()), Teacher(-0.1)
    texts = SharedTexts(bank.records, bank.repositories)
    adaptation = Adaptation(texts, teacher, Shelf(tmp_path), Clock())
    growth = Growth(bank.records, jobs, adaptation, texts.count)
    grow(bank, 39)
    for number in range(20):
        bank.add(f"下書き {number}", status=Status.DRAFT, body="本文。")
        bank.add(f"区内限り {number}", audience=OWN, body="本文。")
    assert texts.count() == 39
    assert not growth.look()
    grow(bank, 1)
    assert growth.look()


def test_what_a_person_asked_for_counts_too_however_long_ago(bank: SmallBank, tmp_path: Path) -> None:
    jobs, teacher = Jobs(Clock()), Teacher(-0.1)
    texts = SharedTexts(bank.records, bank.repositories)
    adaptation = Adaptation(texts, teacher, Shelf(tmp_path), Clock())
    growth = Growth(bank.records, jobs, adaptation, texts.count)
    grow(bank, 44)
    with bank.records.write() as work:
        jobs.enqueue(work, ADAPT_JOB, {}, key=ONE)
    assert not growth.look()  # it waits already
    Worker(bank.records, {ADAPT_JOB: Adapt(adaptation)}, Clock()).run_pending()
    assert teacher.lessons == [44]
    with bank.records.write() as work:
        for number in range(1_100):
            jobs.enqueue(work, "another", {"number": number})
    assert not growth.look()
    grow(bank, 5)
    assert growth.look()
