"""The outbox stays small: rows that every index has held durably for a day are removed."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from kb_service.ports.records import OutboxRepository
from kernel.clock import Clock
from kernel.records import Records

KEPT = timedelta(days=1)


class Pruning:
    """Notes in a file how far the indexes are, and a day later removes the rows up to there. The day is for an
    index that comes back from a backup: it goes on from the rows instead of being built anew."""

    def __init__(
        self,
        records: Records,
        outbox: OutboxRepository,
        settled: Callable[[], int],
        clock: Clock,
        note: Path,
    ) -> None:
        """`settled`: the sequence that every index holds durably. `note`: the file."""
        self._records = records
        self._outbox = outbox
        self._settled = settled
        self._clock = clock
        self._note = note

    def look(self) -> int:
        """How many rows went. Cheap; meant to be called every few minutes."""
        settled = self._settled()
        if not settled:
            return 0
        now = self._clock.now()
        upto, noted_at = self._noted()
        if noted_at is not None and timedelta() <= now - noted_at < KEPT:
            return 0
        removed = 0
        if noted_at is not None and upto <= settled:  # else the indexes are others than those noted
            with self._records.write() as work:
                removed = self._outbox.prune(work, upto)
        beside = self._note.with_suffix(".new")
        beside.write_text(json.dumps({"upto": settled, "at": now.isoformat()}), encoding="utf-8")
        beside.replace(self._note)
        return removed

    def _noted(self) -> tuple[int, datetime | None]:
        try:
            found = json.loads(self._note.read_text(encoding="utf-8"))
            return int(found["upto"]), datetime.fromisoformat(found["at"])
        except (OSError, ValueError, TypeError, KeyError):
            return 0, None
