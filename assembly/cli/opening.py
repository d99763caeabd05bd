"""A system for one command, and the way to ask a running server instead."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from assembly.cli.console import progress
from assembly.embedded import System, build
from assembly.home import Home, Purpose
from kb_service.tasks.maintenance import ONE
from kernel.errors import Text, Unavailable
from kernel.jobs import JobState
from kernel.settings import Settings

POLL_SECONDS = 0.5


@contextmanager
def opened() -> Iterator[tuple[System, bool]]:
    """A system on the home of the settings, and whether a server runs on it. Closed after the block."""
    settings = Settings()
    home = Home(settings.home)
    if home.purpose() is None:
        home.claim(Purpose.INSTALLATION)
    system = build(settings)
    try:
        yield system, home.is_served()
    finally:
        system.bank.indexing.stop()
        system.records.close()


def through_server(system: System, job_name: str) -> str:
    """Asks the running server for a job, shows its progress, and returns its last message. Raises Unavailable
    when it failed."""
    with system.records.write() as work:
        identifier = system.jobs.enqueue(work, job_name, {}, key=ONE)
    with progress("サーバーで実行中 / on the server") as advance:
        while True:
            with system.records.read() as work:
                job = system.jobs.get(work, identifier)
            if job is None or not job.open:
                advance(1, 1)
                break
            if job.progress_total:
                advance(job.progress_done, job.progress_total)
            time.sleep(POLL_SECONDS)
    if job is None or job.state is JobState.FAILED:
        gone = Text("作業が見つかりません。", "The job is gone.")
        raise Unavailable(Text(job.message_ja, job.message_en) if job else gone)
    return f"{job.message_ja}\n{job.message_en}"
