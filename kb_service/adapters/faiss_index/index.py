"""The vector index of one machine: one process writes, others read the same folder."""

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from filelock import FileLock, Timeout

from kb_service.adapters.faiss_index.approximate import RETRAIN_GROWTH, TRAIN_AT, Approximation, nearest
from kb_service.adapters.faiss_index.growing import GrowingArray
from kb_service.adapters.faiss_index.storage import PassageFiles, Record
from kb_service.adapters.faiss_index.table import Held, Mask, PassageTable
from kb_service.models.passages import IndexedEntry
from kb_service.models.searching import Filters
from kb_service.ports.vectors import VectorChange, VectorHit, Vectors
from kernel.errors import Text, Unavailable

_log = logging.getLogger(__name__)

EXACT_BELOW = 20_000  # visible rows
_DELTA = 8_192  # newest rows kept beside the inverted lists
_SCORED_AGAIN = 64  # best rows of the lists, from their float16 vectors
_JUDGED = 256  # rows by which `scores` judges an entry: its title, summary, fields and first pages
_READ_ROWS = 8_192
_DEAD_SHARE = 0.25  # of all rows; more of them and opening rewrites the files


@dataclass(frozen=True, slots=True)
class _View:
    """What one search works on: rows [0, split) in inverted lists, [split, rows) in `recent`."""

    approximation: Approximation | None
    recent: npt.NDArray[np.float32]
    split: int
    mask: Mask
    table: PassageTable
    files: PassageFiles


class FaissIndex:
    """Implements ports.vectors.VectorIndex. `model` is the version of the embedder: vectors of another model
    are dropped and the sequence starts at 0. Vectors are kept as float16, searched as 8-bit codes when there
    are many, and the best are scored again from the float16 rows."""

    def __init__(
        self,
        folder: Path,
        dimensions: int,
        model: str,
        *,
        writable: bool = True,
        train_at: int = TRAIN_AT,
        threads: int = 2,
    ) -> None:
        self._folder, self._dimensions, self._model = folder, dimensions, model
        self._writable, self._train_at, self._threads = writable, train_at, threads
        self._lock = threading.RLock()
        self._building: threading.Thread | None = None
        self._owner = FileLock(folder / "LOCK") if writable else None
        if self._owner is not None:
            folder.mkdir(parents=True, exist_ok=True)
            _own(self._owner, folder)
        self._open()

    def sequence(self) -> int:
        self._follow()
        return self._sequence

    def passages(self) -> int:
        self._follow()
        return self._table.live_rows

    def write(self, changes: Sequence[VectorChange], sequence: int) -> None:
        with self._lock:
            if self._owner is None:
                raise Unavailable(
                    Text(
                        "この索引は読み取り専用で開かれています。", "This index was opened for reading only."
                    )
                )
            kept, rows = self._news(changes)
            if kept or sequence > self._sequence:
                record = Record(max(sequence, self._sequence), tuple(kept))
                halves = np.concatenate(rows) if rows else np.zeros((0, self._dimensions), np.float16)
                self._files.append(record, halves)
                self._apply(record, halves.astype(np.float32))
        self._keep_fast()

    def search(
        self,
        vector: Vectors,
        keys: frozenset[str],
        limit: int,
        filters: Filters | None = None,
        only: Sequence[str] | None = None,
    ) -> tuple[VectorHit, ...]:
        self._follow()
        if limit < 1 or not np.any(vector):
            return ()
        with self._lock:
            view = self._view(self._table.mask(keys, filters, only))
        visible = int(np.count_nonzero(view.mask))
        wanted = min(visible, 4 * limit)
        while wanted:
            rows, scores = self._best_rows(view, vector, wanted, visible)
            hits = self._by_entry(view.table, rows, scores, limit)
            if len(hits) >= limit or wanted >= min(visible, 64 * limit):
                return tuple(hits)
            wanted = min(visible, wanted * 4)
        return ()

    def scores(
        self, vector: Vectors, entry_ids: Sequence[str], keys: frozenset[str]
    ) -> Mapping[str, VectorHit]:
        self._follow()
        with self._lock:
            spans = {each: span for each in entry_ids if (span := self._table.span(each, keys))}
            files = self._files
        judged = [(first, min(end, first + _JUDGED)) for first, end in spans.values() if end > first]
        if not judged:
            return {}
        cosines = _cosines(files.picked(judged), vector)
        found: dict[str, VectorHit] = {}
        at = 0
        for entry_id, (first, end) in zip(
            (each for each, (first, end) in spans.items() if end > first), judged, strict=True
        ):
            best = at + int(cosines[at : at + end - first].argmax())
            found[entry_id] = VectorHit(entry_id, best - at, float(cosines[best]))
            at += end - first
        return found

    def settle(self) -> None:
        """Waits for a build that runs beside the searches (tests, bulk loads, shutting down)."""
        thread = self._building
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def close(self) -> None:
        self.settle()
        with self._lock:
            if self._writable and self._approximation is not None:
                self._approximation.save(self._files.folder / "ivf.faiss")
            self._files.close()
            if self._owner is not None:
                self._owner.release()

    def _open(self) -> None:
        """Reads everything from the folder."""
        self._files = PassageFiles(self._folder, self._dimensions, self._model, writable=self._writable)
        self._table = PassageTable()
        self._sequence = 0
        for record in self._files.replay():
            self._note(record)
        if self._writable:
            self._files.cut_torn_end()
            if len(self._table) - self._table.live_rows > max(1_000, _DEAD_SHARE * len(self._table)):
                self._rewrite()
        self._approximation = Approximation.load(self._files.folder / "ivf.faiss", self._dimensions)
        if self._approximation is not None and len(self._approximation) > len(self._table):
            self._approximation = None
        self._recent = GrowingArray(np.float32, self._dimensions)
        for start in range(self._split(), len(self._table), _READ_ROWS):
            self._recent.extend(self._files.rows(start, min(start + _READ_ROWS, len(self._table))))
            self._absorb()
        self._keep_fast()

    def _rewrite(self) -> None:
        """Leaves dead rows behind in a new generation."""
        self._files = self._files.rewritten(self._table.living(), self._sequence)
        self._table, self._sequence = PassageTable(), 0
        for record in self._files.replay():
            self._note(record)

    def _follow(self) -> None:
        """A reader takes in what the writing process added since."""
        if self._writable:
            return
        with self._lock:
            if self._files.superseded():
                self._open()  # searches that are under way keep the files they began with
            elif self._files.grown():
                for record in self._files.replay():
                    rows = sum(each.rows for each in record.changes if isinstance(each, Held))
                    start = len(self._table)
                    self._apply(record, self._files.rows(start, start + rows))

    def _news(
        self, changes: Sequence[VectorChange]
    ) -> tuple[list[Held | str], list[npt.NDArray[np.float16]]]:
        """The changes that change something, and their rows."""
        kept: list[Held | str] = []
        rows: list[npt.NDArray[np.float16]] = []
        versions: dict[str, int] = {}
        for change in changes:
            version = versions.get(change.entry_id, self._table.version(change.entry_id))
            if change.entry is None:
                if version:
                    kept.append(change.entry_id)
                versions[change.entry_id] = 0
            elif change.entry.version > version:
                vectors = change.vectors if change.vectors is not None else np.zeros((0, self._dimensions))
                kept.append(_held(change.entry, len(vectors)))
                rows.append(np.asarray(vectors, np.float16).reshape(len(vectors), self._dimensions))
                versions[change.entry_id] = change.entry.version
        return kept, rows

    def _note(self, record: Record) -> None:
        for change in record.changes:
            if isinstance(change, str):
                self._table.remove(change)
            else:
                self._table.put(change)
        self._sequence = max(self._sequence, record.sequence)

    def _apply(self, record: Record, vectors: npt.NDArray[np.float32]) -> None:
        self._note(record)
        self._recent.extend(vectors)
        self._absorb()

    def _absorb(self) -> None:
        """Moves the older of the newest rows into the inverted lists, a few at a time."""
        while self._approximation is not None and len(self._recent) > _DELTA:
            chunk = self._recent.view()[: _DELTA // 8]
            self._approximation.add(chunk)
            self._recent.drop_first(len(chunk))

    def _keep_fast(self) -> None:
        """Builds inverted lists beside the searches when they are missing or learnt from far fewer rows."""
        with self._lock:
            count, held = len(self._table), self._approximation
            due = count >= self._train_at and (held is None or count >= RETRAIN_GROWTH * held.trained_on)
            if due and self._writable and (self._building is None or not self._building.is_alive()):
                self._building = threading.Thread(
                    target=self._build, args=(count,), name="vector-lists", daemon=True
                )
                self._building.start()

    def _build(self, count: int) -> None:
        """Trains, adds all rows, catches up with what was written meanwhile, swaps."""
        try:
            files = self._files
            built = Approximation.trained(files.rows, count, self._dimensions, self._threads)
            while (end := len(self._table)) - len(built) > _DELTA // 8:
                for start in range(len(built), end, _READ_ROWS):
                    built.add(files.rows(start, min(start + _READ_ROWS, end)))
            with self._lock:
                if len(self._table) > len(built):
                    built.add(files.rows(len(built), len(self._table)))
                self._approximation = built
                self._recent = GrowingArray(np.float32, self._dimensions)
            built.save(files.folder / "ivf.faiss")
        except OSError:
            _log.exception(
                "The inverted lists of %s could not be built; searching goes on without them", self._folder
            )

    def _split(self) -> int:
        return 0 if self._approximation is None else len(self._approximation)

    def _view(self, mask: Mask) -> _View:
        split = len(self._table) - len(self._recent)
        return _View(self._approximation, self._recent.view(), split, mask, self._table, self._files)

    def _best_rows(
        self, view: _View, vector: Vectors, count: int, visible: int
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """About `count` rows with their scores, best first."""
        rows, scores = np.zeros(0, np.int64), np.zeros(0, np.float32)
        if view.approximation is not None and view.split:
            in_lists = int(np.count_nonzero(view.mask[: view.split]))
            if in_lists:
                rows, scores = view.approximation.search(
                    vector, min(count, in_lists), view.mask[: view.split], in_lists, visible < EXACT_BELOW
                )
                again = [(row, row + 1) for row in rows[:_SCORED_AGAIN].tolist()]
                scores[: len(again)] = _cosines(view.files.picked(again), vector)
        recent = np.flatnonzero(view.mask[view.split :])
        if len(recent):
            block = view.recent if len(recent) == len(view.recent) else view.recent[recent]
            top, products = nearest(block, vector, count)
            rows = np.concatenate([rows, recent[top] + view.split])
            scores = np.concatenate([scores, products])
        order = np.lexsort((rows, -scores))[:count]
        return rows[order], scores[order]

    def _by_entry(
        self, table: PassageTable, rows: npt.NDArray[np.int64], scores: npt.NDArray[np.float32], limit: int
    ) -> list[VectorHit]:
        """Each of the first `limit` entries once, by its best row; scores of 0 and less are no hits."""
        with self._lock:
            owners = table.owners(rows)
            first = np.sort(np.unique(owners, return_index=True)[1])
            best = first[scores[first] > 0][:limit]
            return [
                VectorHit(entry_id, number, score)
                for (entry_id, number), score in zip(
                    table.places(rows[best]), scores[best].tolist(), strict=True
                )
            ]


def _cosines(rows: Vectors, vector: Vectors) -> Vectors:
    """Products by one thread: BLAS would take all cores for one question."""
    products: Vectors = np.einsum("ij,j->i", rows, vector)
    return products


def _held(entry: IndexedEntry, rows: int) -> Held:
    return Held(
        entry.entry_id,
        entry.version,
        rows,
        entry.audience,
        entry.facets,
        entry.period_from.toordinal() if entry.period_from else None,
        entry.period_to.toordinal() if entry.period_to else None,
    )


def _own(lock: FileLock, folder: Path) -> None:
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise Unavailable(
            Text(
                f"別のプロセスが意味検索の索引 {folder} に書き込み中です。そのプロセスを終えてから、もう一度お試しください。",
                f"Another process is writing the vector index {folder}. Stop it and try again.",
            )
        ) from error
