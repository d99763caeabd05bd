"""Looks whether pages wait that no lane will read, and wakes one."""

from datetime import timedelta

from kernel.records import Records
from ocr_service.ports.batches import Desk
from ocr_service.service.calls import Calls

_BREATH = timedelta(seconds=60)  # after a lane has failed (no disk, no engine) before the next is woken


class LaneWatch:
    """A job that ends at the moment when pages begin to wait does not see them; a lane that was given up leaves
    pages claimed. Both are found here."""

    def __init__(self, records: Records, desk: Desk, calls: Calls) -> None:
        self._records = records
        self._desk = desk
        self._calls = calls

    def look(self) -> int:
        """How many lanes were woken. Cheap; meant to be called every few seconds."""
        with self._records.read() as work:
            asleep = self._calls.asleep(work)
            waiting = bool(asleep) and self._desk.lanes.waiting(work)
            stranded = self._desk.lanes.stranded(work) if asleep else frozenset()
            breath = _BREATH if asleep and self._calls.failed_since(work, _BREATH) else timedelta(0)
        wanted = asleep if waiting else tuple(lane for lane in asleep if lane in stranded)
        if wanted:
            with self._records.write() as work:
                for lane in wanted:
                    self._calls.read_in(work, lane, breath)
        return len(wanted)
