"""Background work: a durable table, enqueued in the caller's transaction, run by workers under a lease."""

from kernel.jobs.models import GaveUp, Handler, Job, JobState, LeaseLost, Report, Retry, Scalar, Task
from kernel.jobs.queue import Jobs
from kernel.jobs.worker import Worker

__all__ = [
    "GaveUp",
    "Handler",
    "Job",
    "JobState",
    "Jobs",
    "LeaseLost",
    "Report",
    "Retry",
    "Scalar",
    "Task",
    "Worker",
]
