"""Values of background work."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from kernel.errors import Text
from kernel.records import UnitOfWork

Scalar = str | int | float | bool | None


class JobState(StrEnum):
    """Where a job stands. WAITING and RUNNING are open, the others are final."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work. `key` is unique among open jobs; `organisation` is the one on whose behalf it runs,
    empty for the system's own; progress counts whatever `message` names (pages, entries, epochs)."""

    id: str
    queue: str
    name: str
    arguments: Mapping[str, Scalar]
    state: JobState
    attempts: int
    run_after: datetime
    created_at: datetime
    updated_at: datetime
    key: str | None = None
    organisation: str = ""
    progress_done: int = 0
    progress_total: int = 0
    message_ja: str = ""
    message_en: str = ""
    finished_at: datetime | None = None

    @property
    def open(self) -> bool:
        return self.state in (JobState.WAITING, JobState.RUNNING)

    def argument(self, name: str) -> str:
        """A text argument. Raises KeyError when it is missing."""
        return str(self.arguments[name])


Report = Callable[[int, int, str, str], None]
"""report(done, total, message_ja, message_en): progress of a running job. Raises LeaseLost when another
worker has taken the job over; the handler should let it pass through."""

Handler = Callable[[Job, Report], None]
"""Does the work of one job. Must be idempotent: a job may run again after its worker was killed."""


@dataclass(frozen=True, slots=True)
class Retry:
    """How often a job is tried in all, and how long to wait before the next try (doubled each time)."""

    attempts: int = 3
    wait: timedelta = timedelta(seconds=5)

    def delay(self, attempts: int) -> timedelta:
        """The wait after `attempts` tries have failed."""
        wait: timedelta = self.wait * 2 ** (attempts - 1)
        return wait


GaveUp = Callable[[UnitOfWork, Job, Text], None]
"""gave_up(work, job, why): in the transaction that closes the job as failed, so that what waited for it learns
of it for certain."""


@dataclass(frozen=True, slots=True)
class Task:
    """A handler with its retry, and what must be told when it is given up."""

    handler: Handler
    retry: Retry = field(default_factory=Retry)
    gave_up: GaveUp | None = None


class LeaseLost(Exception):
    """The job was taken over by another worker while this one was working on it."""
