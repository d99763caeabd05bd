"""kb.reindex and kb.adapt: long work on the indexes and on the text vectors, with progress."""

from collections.abc import Callable

from kb_service.service.adaptation import GROWN, Adaptation
from kb_service.service.indexing import Indexing
from kernel.jobs import Job, Jobs, Report
from kernel.records import Records

REINDEX_JOB = "kb.reindex"
ADAPT_JOB = "kb.adapt"
ONE = "one"  # the key of both: never two at a time


class Reindex:
    """Runs in the process that writes the indexes; Conflict anywhere else."""

    name = REINDEX_JOB

    def __init__(self, indexing: Indexing) -> None:
        self._indexing = indexing

    def __call__(self, _job: Job, report: Report) -> None:
        def progress(done: int, total: int) -> None:
            report(
                done, total, f"{total}件中{done}件の索引を作りました。", f"{done} of {total} entries indexed."
            )

        total = self._indexing.reindex(progress)
        report(total, total, f"{total}件の索引を作り直しました。", f"{total} entries indexed anew.")


class Adapt:
    """Lets the text vectors learn from the bank. The indexing sees a promoted version by itself."""

    name = ADAPT_JOB

    def __init__(self, adaptation: Adaptation) -> None:
        self._adaptation = adaptation

    def __call__(self, _job: Job, report: Report) -> None:
        def progress(done: int, total: int) -> None:
            report(
                done,
                total,
                "共有されている本文から言葉の意味を学習しています。",
                "Learning from the shared texts.",
            )

        outcome = self._adaptation.run(progress)
        report(outcome.entries, outcome.entries, outcome.reason.ja, outcome.reason.en)


class Growth:
    """Asks for kb.adapt when the shared entries have grown by a tenth since it was last asked for, by whomever
    and whatever came of it."""

    def __init__(
        self, records: Records, jobs: Jobs, adaptation: Adaptation, shared: Callable[[], int]
    ) -> None:
        """`shared`: how many entries there are to learn from."""
        self._records = records
        self._jobs = jobs
        self._adaptation = adaptation
        self._shared = shared

    def look(self) -> bool:
        """Whether a job was asked for. Cheap; meant to be called every few minutes."""
        entries = self._shared()
        if not self._adaptation.due(entries):
            return False
        with self._records.read() as work:
            asked = self._jobs.recent(work, 1, names=(ADAPT_JOB,))
        if asked and (asked[0].open or entries < _entries_then(asked[0]) * GROWN):
            return False
        with self._records.write() as work:
            self._jobs.enqueue(work, ADAPT_JOB, {"entries": entries}, key=ONE)
        return True


def _entries_then(job: Job) -> int:
    """How many entries a kb.adapt was asked for with; when a person asked, how many it learnt from."""
    return int(job.arguments.get("entries") or 0) or job.progress_total
