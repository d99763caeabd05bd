"""Lanes in a process that dies or that has no disk. Run as `python -m tests.fakes.doomed_lanes TASK URL HOME`."""

import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from kernel.clock import Clock
from kernel.errors import Unavailable
from kernel.records import Records
from ocr_service.wiring import lane_tasks
from tests.fakes.formdesk import SHORT_LEASE, FormDesk, form_desk
from tests.fakes.forms import FakeReader
from tests.fakes.full_disk import full


def read_on(records: Records, home: Path) -> None:
    """Reads slowly with two lanes until it is killed, by a page or from outside."""
    desk = form_desk(records, home, Clock(), reader=FakeReader(seconds=0.03))
    worker = desk.worker(lane_tasks(desk.forms), threads=2, lease=SHORT_LEASE)
    worker.start()
    print("ready", flush=True)
    while True:
        time.sleep(1)


def without_room(records: Records, home: Path) -> None:
    """A page's pictures cannot be written: nothing of it is stored, and it is read when there is room."""
    desk = form_desk(records, home, Clock(), lanes=1)
    lane = "lane-1"
    with full(10):
        try:
            desk.forms.reading.run(lane, f"{lane}/a/1", lambda *_: None)
        except Unavailable as error:
            assert "disk" in error.text.en, error
        else:
            raise AssertionError("the lane did not notice")
    assert not list((home / "forms" / "incoming").iterdir())
    assert _read_pages(desk) == 0
    assert desk.forms.reading.run(lane, f"{lane}/b/1", lambda *_: None) == 3


def _read_pages(desk: FormDesk) -> int:
    with desk.records.read() as work:
        return int(
            work.connection.exec_driver_sql(
                "SELECT count(*) FROM ocr_pages WHERE state <> 'waiting'"
            ).scalar_one()
        )


TASKS: dict[str, Callable[[Records, Path], None]] = {"read-on": read_on, "without-room": without_room}


def main() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # the write fails instead of the process
    task, url, home = sys.argv[1:4]
    TASKS[task](Records(url), Path(home))


if __name__ == "__main__":
    main()
