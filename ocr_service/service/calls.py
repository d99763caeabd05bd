"""Names of the reading service's jobs, and how they are asked for."""

from datetime import timedelta

from kernel.clock import Clock
from kernel.jobs import Jobs
from kernel.records import UnitOfWork

QUEUE = "ocr"
OPEN_JOB = "ocr.open_file"
READ_JOB = "ocr.read"
ERASE_JOB = "ocr.erase"
SWEEP_JOB = "ocr.sweep_files"


class Calls:
    """Asks for work in the caller's transaction."""

    def __init__(self, jobs: Jobs, clock: Clock, lanes: int) -> None:
        self._jobs = jobs
        self._clock = clock
        self._names = tuple(f"lane-{number}" for number in range(1, lanes + 1))

    @property
    def lanes(self) -> int:
        """How many pages are read at the same time."""
        return len(self._names)

    def read(self, work: UnitOfWork) -> None:
        """Pages wait: lanes that sleep wake up."""
        for lane in self._names:
            self.read_in(work, lane)

    def read_in(self, work: UnitOfWork, lane: str, wait: timedelta = timedelta(0)) -> None:
        at = self._clock.now() + wait
        self._jobs.enqueue(work, READ_JOB, {"lane": lane}, key=lane, run_after=at, queue=QUEUE)

    def asleep(self, work: UnitOfWork) -> tuple[str, ...]:
        """Lanes that no job is open for."""
        return tuple(lane for lane in self._names if self._jobs.open_with_key(work, READ_JOB, lane) is None)

    def failed_since(self, work: UnitOfWork, span: timedelta) -> bool:
        """Whether the last lane that ended within `span` had failed."""
        last = self._jobs.recent(work, 1, names=(READ_JOB,))
        return bool(
            last and last[0].state.value == "failed" and last[0].updated_at > self._clock.now() - span
        )

    def open_file(self, work: UnitOfWork, file_id: str, owner: str, turn: str = "") -> None:
        """`turn`: sets one call apart from an earlier one whose job may be open for a moment more."""
        key = f"{file_id}:{turn}" if turn else file_id
        self._jobs.enqueue(work, OPEN_JOB, {"file": file_id}, key=key, queue=QUEUE, organisation=owner)

    def erase(self, work: UnitOfWork, batch_id: str, owner: str) -> None:
        self._jobs.enqueue(
            work, ERASE_JOB, {"batch": batch_id}, key=batch_id, queue=QUEUE, organisation=owner
        )

    def sweep(self, work: UnitOfWork) -> None:
        self._jobs.enqueue(work, SWEEP_JOB, {}, key="daily", queue=QUEUE)
