"""Keeps the indexes in step with the records: one thread of one process of the machine writes them."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from filelock import FileLock, Timeout

from kb_service.models.indexing import Filling, IndexStatus
from kb_service.ports.records import Repositories
from kb_service.ports.vectors import Embedder
from kb_service.service.feeding import Feeding, IndexBroken, arms_of
from kb_service.service.generations import Generation, Generations, Pointer
from kb_service.service.standing import Standing, StandingFile
from kb_service.service.troubles import Troubles
from kernel.errors import ChienowaError, Conflict, Text, Unavailable
from kernel.records import Records, UnitOfWork

_log = logging.getLogger(__name__)

POLL_SECONDS = 0.2  # for rows that other processes committed
PROMOTED_SECONDS = 2.0  # between two looks at which embedder is promoted
BACK_OFF_SECONDS = 2.0  # after a full disk or a lost database
BUILD_AGAIN_SECONDS = (4.0, 3600.0)  # after vectors could not be built: at first, doubled up to the second
WAIT_SECONDS = 10.0  # for an index to refuse what somebody may no longer read

STOPPING = Text(
    "サーバーを停止しているため、索引の作り直しを中止しました。起動後にもう一度お試しください。",
    "The server is stopping, so the rebuild was given up. Try again after it has started.",
)

STANDING = Text(
    "検索の索引の更新が、予期しない問題で止まっています。自動でやり直しています。続くときは、ログを確かめてください。"
    "保存した内容は失われていません。",
    "An unexpected problem keeps the search index from following. It is tried again and again; look into the "
    "log if it goes on. Nothing that was saved is lost.",
)

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _Unbuilt:
    """Vectors of a model that could not be built: not tried again before `again_at` (monotonic seconds)."""

    version: str
    again_at: float
    wait: float
    problem: ChienowaError


class Indexing:
    """Implements ports.events.IndexSignal. `start` opens the indexes and begins to feed them; without it
    (a command) `run_pending` does one round."""

    def __init__(
        self,
        records: Records,
        repositories: Repositories,
        generations: Generations,
        organisations: Mapping[str, str],
    ) -> None:
        self._records = records
        self._repositories = repositories
        self._generations = generations
        self._organisations = organisations
        self._troubles = Troubles(generations.folder / "troubles.json")
        self._standing = StandingFile(generations.folder / "standing.json")
        self._reads_only = False
        self._feeding = self._new_feeding()
        self._lock = FileLock(generations.folder / "writer.lock", thread_local=False)
        self._applying = threading.RLock()
        self._building = threading.Lock()
        self._advanced = threading.Condition()
        self._applied = 0
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._quiet: threading.Thread | None = None
        self._looked_at_promoted = 0.0
        self._problem: ChienowaError | None = None
        self._unbuilt: _Unbuilt | None = None
        self._beside: Filling | None = None

    def open(self) -> None:
        """Opens the indexes: to write when no other process of this machine does, else to read."""
        with self._applying:
            self._generations.open(writable=self._own())
            if self._generations.writable:
                self._take()

    def start(self) -> None:
        """Opens, and feeds the indexes in a thread of its own."""
        self.open()
        self._thread = threading.Thread(target=self._run, name="indexing", daemon=True)
        self._thread.start()

    def start_reading(self) -> None:
        """For a process beside the one that writes: follows it and never takes its place. Without indexes yet,
        searches say so until there are some."""
        self._reads_only = True
        try:
            self._generations.open(writable=False)
        except Unavailable as error:
            _log.info("%s", error)

    def tell(self) -> None:
        """Tells the processes that only read how the indexes stand; to be called every few seconds."""
        self._standing.tell(self._own_standing())

    def stop(self) -> None:
        """Ends the thread, closes the indexes, lets another process write."""
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
        with self._building, self._applying:
            self._generations.close()
            self._lock.release()

    def changed(self, work: UnitOfWork, seq: int, must_wait: bool) -> None:
        work.after_commit(self._wake.set)
        if must_wait:
            work.after_commit(lambda: self._wait_or_tell(seq))

    def run_pending(self) -> int:
        """Applies all that is committed, fills what is new; the sequence reached. Does nothing in a process
        that only reads."""
        while self._turn():
            pass
        return self._reached()

    def wait_for(self, seq: int, seconds: float = WAIT_SECONDS) -> bool:
        """Whether every index holds all up to `seq` before the time is over."""
        return self._wait(self._reached, seq, seconds)

    def _wait(self, reached: Callable[[], int], seq: int, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while reached() < seq:
            left = end - time.monotonic()
            if left <= 0:
                return False
            if self._thread is None and self._generations.writable:
                self.run_pending()
                continue
            self._wake.set()
            with self._advanced:
                self._advanced.wait(min(left, 0.02))
        return True

    def settled(self) -> int:
        """The sequence up to which every index holds everything durably; 0 where this process does not write
        them, and while one is being built."""
        with self._applying:
            if not self._generations.writable or self._building.locked() or self._feeding.filling():
                return 0
            with self._generations.use() as generation:
                return min(arm.sequence() for arm in arms_of(generation))

    def reindex(self, progress: Progress) -> int:
        """Builds both indexes anew from the records, beside those in use, and swaps; the number of entries.
        Raises Conflict in a process that does not write, or while another build runs."""
        if not self._generations.writable:
            raise Conflict(
                Text(
                    "索引は動作中のサーバーが管理しています。サーバーに索引の作り直しを依頼してください。",
                    "A running server keeps the index. Ask the server to rebuild it.",
                )
            )
        return self._build(True, self._generations.promoted(), progress)

    def status(self) -> IndexStatus:
        """How the indexes stand, for the operator."""
        with self._records.read() as work:
            last = self._repositories.outbox.last(work)
        entries = passages = 0
        meaning = ""
        standing = self._standing.read() if self._reads_only else self._own_standing()
        problem = standing.problem
        try:
            with self._generations.use() as generation:
                entries = generation.keyword.entries()
                if generation.meaning is not None:
                    passages = generation.meaning.vectors.passages()
                    meaning = generation.meaning.embedder.version
        except ChienowaError as error:
            problem = problem or error.text
        return IndexStatus(
            writes=self._generations.writable,
            applied=self._reached(),
            last=last,
            entries=entries,
            passages=passages,
            meaning=meaning,
            filling=standing.filling,
            troubles=self._troubles.all() if not self._reads_only else self._troubles.told(),
            problem_ja=problem.ja if problem else "",
            problem_en=problem.en if problem else "",
        )

    def _own_standing(self) -> Standing:
        unbuilt = self._unbuilt
        problem = self._problem or (unbuilt.problem if unbuilt else None)
        return Standing(self._beside or self._feeding.filling(), problem.text if problem else None)

    def _run(self) -> None:
        while not self._stopping.is_set():
            pause = POLL_SECONDS
            self._wake.clear()
            try:
                while self._turn() and not self._stopping.is_set():
                    pass
                self._problem = None
            except Exception as error:
                told = error if isinstance(error, ChienowaError) else Unavailable(STANDING)
                if self._problem is None or self._problem.text != told.text:  # once, not all the time
                    _log.exception("the indexes cannot follow the records for now")
                self._problem = told
                pause = BACK_OFF_SECONDS
            self._wake.wait(pause)

    def _turn(self) -> bool:
        """One step: catch up, then a part of a filling. Whether there is more to do at once."""
        with self._applying:
            if not self._generations.writable and not self._take_over():
                return False
            try:
                self._advance(self._feeding.catch_up())
                more = self._feeding.fill()
            except IndexBroken as broken:
                _log.exception("the index behind %s takes nothing any more; it is rebuilt", broken)
                self._replace_broken()
                return True
        self._look_at_promoted()
        return more

    def _take_over(self) -> bool:
        """Follows the writing process, or becomes it when it has gone. Whether this process writes now."""
        if not self._own():
            self._generations.follow()
            return False
        self._generations.open(writable=True)  # searches stay with what was read until it is open
        self._take()
        return True

    def _own(self) -> bool:
        if self._lock.is_locked:
            return True
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            return False
        return True

    def _take(self) -> None:
        """Feeds the generation in use. An index that is ahead of the records belongs to other records (a
        restored backup), and one that is behind all that the outbox keeps would miss changes: both are built
        anew."""
        with self._records.read() as work:
            first, last = self._repositories.outbox.first(work), self._repositories.outbox.last(work)
        with self._generations.use() as generation:
            sequences = [arm.sequence() for arm in arms_of(generation)]
        if any(sequence > last or 0 < sequence < first for sequence in sequences):
            _log.error("the indexes and the outbox do not meet; they are rebuilt from the records")
            self._generations.swap(*self._generations.beside(True, self._generations.promoted()))
        feeding = self._new_feeding()
        with self._generations.use() as generation:
            feeding.take(arms_of(generation))
        self._feeding = feeding
        self._advance(feeding.applied())

    def _replace_broken(self) -> None:
        """New, empty indexes take the place of those that failed, and are filled while searches go on."""
        self._generations.swap(*self._generations.beside(True, self._generations.promoted()))
        self._take()

    def _look_at_promoted(self) -> None:
        """Builds new vectors beside the old ones when another embedder was promoted."""
        now = time.monotonic()
        if now - self._looked_at_promoted < PROMOTED_SECONDS:
            return
        self._looked_at_promoted = now
        embedder = self._generations.promoted()
        if embedder is None or embedder.version == self._generations.pointer.embedder:
            self._unbuilt = None
            return
        unbuilt = self._unbuilt
        if self._thread is None:
            self._build(False, embedder, _silently)
        elif unbuilt is not None and unbuilt.version == embedder.version and now < unbuilt.again_at:
            return
        elif not self._building.locked() and (self._quiet is None or not self._quiet.is_alive()):
            # alive until it has noted why it failed: else the next look would try again at once
            self._quiet = threading.Thread(
                target=self._build_quietly, args=(embedder,), name="vectors", daemon=True
            )
            self._quiet.start()

    def _build_quietly(self, embedder: Embedder) -> None:
        try:
            self._build(False, embedder, _silently)
        except Conflict:
            pass  # another build runs; the next look comes back to it
        except Exception as error:
            if not self._stopping.is_set():
                self._unbuilt = self._postponed(embedder.version, error)

    def _postponed(self, version: str, error: Exception) -> _Unbuilt:
        """Longer after each failure with the same model: a build costs minutes of all cores."""
        first, longest = BUILD_AGAIN_SECONDS
        before = self._unbuilt
        wait = min(2 * before.wait, longest) if before and before.version == version else first
        _log.error(
            "vectors of the model %s could not be built, the old ones serve on; again in %.0f s",
            version,
            wait,
            exc_info=error,
        )
        return _Unbuilt(version, time.monotonic() + wait, wait, _not_built(version, error))

    def _build(self, keyword: bool, embedder: Embedder | None, progress: Progress) -> int:
        """Builds beside, catches up, swaps."""
        if not self._building.acquire(blocking=False):
            raise Conflict(
                Text(
                    "索引はいま作り直しています。終わるまでお待ちください。",
                    "The index is being rebuilt already. Please wait until it is done.",
                )
            )
        try:
            generation, pointer = self._generations.beside(keyword, embedder)
            try:
                return self._fill_and_swap(generation, pointer, keyword, progress)
            except BaseException:
                self._generations.discard(generation)
                raise
        finally:
            self._beside = None
            self._building.release()

    def _fill_and_swap(
        self, generation: Generation, pointer: Pointer, keyword: bool, progress: Progress
    ) -> int:
        arms = arms_of(generation)
        feeding = self._new_feeding()
        feeding.take(arms if keyword else arms[1:])
        while filling := feeding.filling():
            if self._stopping.is_set():
                raise Unavailable(STOPPING)
            self._beside = filling
            progress(filling.done, filling.total)
            feeding.fill()
        feeding.catch_up()  # most of what was saved meanwhile, before others have to wait
        with self._applying:
            feeding.catch_up()
            self._generations.swap(generation, pointer)
            self._take()
        total = generation.keyword.entries()
        progress(total, total)
        return total

    def _new_feeding(self) -> Feeding:
        return Feeding(self._records, self._repositories, self._troubles, self._organisations)

    def _reached(self) -> int:
        """The sequence up to which the indexes in use hold everything."""
        if self._generations.writable:
            return self._applied if self._feeding.filling() is None else 0
        try:
            self._generations.follow()
            with self._generations.use() as generation:
                return generation.sequence()
        except Unavailable:
            return -1

    def _refused(self) -> int:
        """The sequence up to which the indexes refuse what was narrowed or deleted; one that is being filled
        does not hold everything yet, but refuses already."""
        return self._applied if self._generations.writable else self._reached()

    def _advance(self, applied: int) -> None:
        with self._advanced:
            self._applied = applied
            self._advanced.notify_all()

    def _wait_or_tell(self, seq: int) -> None:
        """Raises Unavailable when the indexes do not follow: the change is stored, and results are checked
        against the records, but the person must know that counts may lag."""
        if not self._wait(self._refused, seq, WAIT_SECONDS):
            raise Unavailable(
                Text(
                    "変更は保存しました。検索の索引への反映に時間がかかっています。検索結果の本文には表示されませんが、件数に残ることがあります。",
                    "Your change is saved. The search index is slow to follow: the entry is not shown, "
                    "but counts may still include it for a while.",
                )
            )


def _silently(_done: int, _total: int) -> None:
    """Progress that nobody looks at."""


def _not_built(version: str, error: Exception) -> ChienowaError:
    look = Text("ログを確かめてください。", "Look into the log.")
    why = error.text if isinstance(error, ChienowaError) else look
    return Unavailable(
        Text(
            f"新しいモデル（{version}）の索引を作れないため、前のモデルで検索しています。時間を空けてやり直します。{why.ja}",
            f"The vectors of the new model ({version}) could not be built; the former ones serve on. It is tried "
            f"again later. {why.en}",
        )
    )
