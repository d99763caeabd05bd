"""Folders that scanners deliver to: what lies there and has come to rest becomes part of the day's batch."""

import logging
import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from kernel.audit import SYSTEM
from kernel.blobs import BlobStore
from kernel.clock import JST, Clock
from kernel.errors import ChienowaError, Text
from kernel.identity.models import Actor, Role
from kernel.records import Records, UnitOfWork
from ocr_service.models.batches import Batch, Plan, Policy
from ocr_service.ports.batches import Desk
from ocr_service.rules.batches import ACCEPTING, FILES_MAX, PAGES_MAX
from ocr_service.service.batches import Batches
from ocr_service.service.intake import Intake
from ocr_service.service.policies import Policies

log = logging.getLogger(__name__)

TITLE = "自動取り込み"
DONE, FAILED = "done", "failed"
STILL = timedelta(seconds=5)  # a file that has not grown for so long has arrived
_UNFINISHED = (".tmp", ".part", ".crdownload", ".filepart", ".lock")
_EACH_HOUR = timedelta(hours=1)
_NEVER = datetime.min.replace(tzinfo=UTC)
_AT_ONCE = 200  # files of one folder in one look
_FULL = PAGES_MAX // 2  # pages; the pages of a file are counted later, and a large stack must fit too


@dataclass(frozen=True, slots=True)
class _Seen:
    """A file as it was at the last look, and since when it is so."""

    size: int
    changed: int  # nanoseconds, by the clock of whoever wrote it
    since: datetime


class Watching:
    """Opens units of work of its own. A file that was taken in and not moved, because the machine stopped, is
    recognised the next time by its bytes and name."""

    def __init__(
        self,
        records: Records,
        desk: Desk,
        batches: Batches,
        intake: Intake,
        policies: Policies,
        *,
        blobs: BlobStore,
        clock: Clock,
        largest: int,
    ) -> None:
        """`largest`: bytes of a file that is taken."""
        self._records = records
        self._desk = desk
        self._batches = batches
        self._intake = intake
        self._policies = policies
        self._blobs = blobs
        self._clock = clock
        self._largest = largest
        self._seen: dict[Path, _Seen] = {}
        self._tidied: dict[Path, datetime] = {}

    def look(self) -> int:
        """How many files were taken in. Meant to be called every few seconds, by one process."""
        with self._records.read() as work:
            watching = self._desk.policies.watching(work)
        taken, present = 0, set[Path]()
        for policy in watching:
            folder = self._policies.folder(policy)
            if folder is None:
                continue
            try:
                ready = self._at_rest(folder, present)
            except OSError as error:
                log.warning("the watched folder of %s cannot be read: %s", policy.owner, error)
                continue
            for file in ready:
                taken += self._take(policy, folder, file)
            self._tidy(policy, folder)
        self._seen = {file: seen for file, seen in self._seen.items() if file in present}
        return taken

    def _at_rest(self, folder: Path, present: set[Path]) -> list[Path]:
        """Files whose size and time have not changed for a while, by name."""
        now, ready = self._clock.now(), []
        for file in sorted(folder.iterdir())[:_AT_ONCE]:
            with suppress(FileNotFoundError):
                status = file.lstat()
                hidden = file.name.startswith((".", "~")) or file.name.lower().endswith(_UNFINISHED)
                if hidden or not stat.S_ISREG(status.st_mode) or not status.st_size:
                    continue
                present.add(file)
                seen = self._seen.get(file)
                if seen is None or (seen.size, seen.changed) != (status.st_size, status.st_mtime_ns):
                    self._seen[file] = _Seen(status.st_size, status.st_mtime_ns, now)
                elif now - seen.since >= STILL:
                    ready.append(file)
        return ready

    def _tidy(self, policy: Policy, folder: Path) -> None:
        """What was taken in or refused lies there no longer than the ward keeps its batches."""
        now = self._clock.now()
        if now - self._tidied.get(folder, _NEVER) < _EACH_HOUR:
            return
        self._tidied[folder] = now
        oldest = (now - timedelta(days=policy.keep_days)).timestamp()
        for file in (*(folder / DONE).glob("*"), *(folder / FAILED).glob("*")):
            with suppress(OSError):
                status = file.lstat()  # its change time is when it was moved
                if stat.S_ISREG(status.st_mode) and status.st_ctime < oldest:
                    file.unlink()

    def _take(self, policy: Policy, folder: Path, file: Path) -> bool:
        """Whether the file is now part of a batch. What is the machine's fault (a full disk) leaves it where it
        is, for the next look."""
        actor = Actor(SYSTEM, "システム", policy.owner, frozenset({Role.CONTRIBUTOR}))
        try:
            with _opened(file) as stream:
                stored = self._blobs.add(stream, self._largest)
                if stored.size != os.fstat(stream.fileno()).st_size:
                    return False  # it grows again
            with self._records.write() as work:
                batch = self._batch_of_today(work, actor)
                self._intake.add(work, actor, batch.id, file.name, stored)
        except ChienowaError as error:
            if error.status >= 500:
                log.warning("%s stays in the watched folder: %s", file.name, error)
                return False
            self._fail(folder, file, error.text)
            return False
        except OSError as error:
            log.warning("%s stays in the watched folder: %s", file.name, error)
            return False
        self._move(file, folder / DONE)
        return True

    def _batch_of_today(self, work: UnitOfWork, actor: Actor) -> Batch:
        """The newest one that still has room, or a new one."""
        title = f"{TITLE} {self._clock.now().astimezone(JST):%Y-%m-%d}"
        made = self._desk.batches.titled(work, actor.organisation, title, SYSTEM)
        for batch in made[:1]:
            full = self._desk.scans.count_pages(work, batch.id) >= _FULL
            if (
                batch.state in ACCEPTING
                and not full
                and len(self._desk.scans.files(work, batch.id)) < FILES_MAX
            ):
                return batch
        number = f" ({len(made) + 1})" if made else ""
        return self._batches.create(work, actor, Plan(title + number))

    def _fail(self, folder: Path, file: Path, why: Text) -> None:
        moved = self._move(file, folder / FAILED)
        if moved is not None:
            note = moved.with_name(moved.name + ".txt")
            with suppress(OSError):
                note.write_text(f"{why.ja}\n{why.en}\n", encoding="utf-8-sig")

    def _move(self, file: Path, folder: Path) -> Path | None:
        """Beside what has the same name already. None when it cannot be moved: it is met again."""
        try:
            folder.mkdir(exist_ok=True)
            target = folder / file.name
            number = 2
            while target.exists():
                target = folder / f"{file.stem} ({number}){file.suffix}"
                number += 1
            file.rename(target)
        except OSError as error:
            log.warning("%s could not be moved to %s: %s", file.name, folder.name, error)
            return None
        self._seen.pop(file, None)
        return target


def _opened(file: Path) -> BinaryIO:
    """For reading; never what a link points to."""
    handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    return os.fdopen(handle, "rb")
