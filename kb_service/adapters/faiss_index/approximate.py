"""The fast half of the vector index: inverted lists of 8-bit codes over the older rows."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import faiss
import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.float32]
ReadRows = Callable[[int, int], Rows]

TRAIN_AT = 20_000  # rows; fewer are searched exactly
RETRAIN_GROWTH = 4  # times the rows it was trained on
_PER_LIST = 64  # training rows for each inverted list
_CHUNK = 8_192
_WIDE = 16  # scalar-quantiser kernels of FAISS take 16 dimensions at once; others fall to a scalar loop
_SEED = 7
# One list in twelve: recall@10 .95 at a million passages all visible, .98 at a tenth of them; one in forty gave
# .84 and .91, one in eight .98 and .99 for a third more time (benchmarks/vector_recall.py).
_PROBED = 12
_LEAST_PROBES = 24


class Approximation:
    """Rows [0, len) in inverted lists. Searching in many threads, adding in one."""

    def __init__(self, index: faiss.IndexIVFScalarQuantizer, trained_on: int) -> None:
        self._index = index
        self.trained_on = trained_on
        self._lock = _ManyReaders()

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @classmethod
    def trained(cls, read: ReadRows, count: int, dimensions: int, threads: int) -> "Approximation":
        """Learns the lists from an even sample of rows [0, count) and holds none yet."""
        lists = max(16, int(count**0.5))
        step = max(1, count // (lists * _PER_LIST))
        sample = np.concatenate([read(i, min(i + 64, count)) for i in range(0, count, 64 * step)])
        wide = -(-dimensions // _WIDE) * _WIDE
        quantizer = faiss.IndexFlatIP(wide)
        index = faiss.IndexIVFScalarQuantizer(
            quantizer, wide, lists, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
        )
        index.cp.niter = 8
        index.cp.seed = _SEED
        index.cp.max_points_per_centroid = _PER_LIST
        faiss.omp_set_num_threads(threads)
        index.train(_widened(sample, wide))
        return cls(index, count)

    @classmethod
    def load(cls, file: Path, dimensions: int) -> "Approximation | None":
        """What `save` wrote, or None when it is absent, broken or of another width."""
        try:
            index = faiss.read_index(str(file))
            trained_on = int(file.with_suffix(".rows").read_text())
        except (OSError, RuntimeError, ValueError):
            return None
        if not isinstance(index, faiss.IndexIVFScalarQuantizer) or index.d != -(-dimensions // _WIDE) * _WIDE:
            return None
        return cls(index, trained_on)

    def save(self, file: Path) -> None:
        """Derived data: written beside and renamed, lost without harm."""
        beside = file.with_suffix(".new")
        with self._lock.reading():
            faiss.write_index(self._index, str(beside))
        file.with_suffix(".rows").write_text(str(self.trained_on))
        beside.replace(file)

    def add(self, rows: Rows) -> None:
        """Appends rows; searches wait for the few milliseconds that a chunk takes."""
        for start in range(0, len(rows), _CHUNK // 8):
            chunk = _widened(rows[start : start + _CHUNK // 8], self._index.d)
            with self._lock.writing():
                faiss.omp_set_num_threads(1)
                self._index.add(chunk)

    def search(
        self, vector: Rows, count: int, mask: npt.NDArray[np.bool_], visible: int, exact: bool
    ) -> tuple[npt.NDArray[np.int64], Rows]:
        """The `count` best rows where `mask` [rows] holds and their scores by code, best first. `visible` =
        rows in the mask; `exact` looks into every list."""
        with self._lock.reading():
            faiss.omp_set_num_threads(1)  # one query, one thread: the others serve other people
            # The stubs of faiss show the C++ signatures, not what its Python wrapper accepts.
            parameters = faiss.SearchParametersIVF(nprobe=self._probes(visible, exact))  # type: ignore[call-arg]
            if visible < len(self):
                bits = np.zeros(-(-len(self) // 8), np.uint8)
                packed = np.packbits(mask[: len(self)], bitorder="little")
                bits[: len(packed)] = packed
                parameters.sel = faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg,arg-type]
            scores, rows = self._index.search(_widened(vector[None], self._index.d), count, params=parameters)
        found = rows[0] >= 0
        return rows[0][found], scores[0][found]

    def _probes(self, visible: int, exact: bool) -> int:
        """Lists looked into: more of them when few of their rows may be seen."""
        if exact:
            return int(self._index.nlist)
        share = max(visible, 1) / max(len(self), 1)
        return int(min(self._index.nlist, max(_LEAST_PROBES, self._index.nlist / _PROBED) / share**0.5))


def nearest(block: Rows, vector: Rows, count: int) -> tuple[npt.NDArray[np.int64], Rows]:
    """The `count` best rows of a block and their products with the vector, best first; every row is compared.
    By FAISS rather than NumPy, whose BLAS would take all cores for one question."""
    faiss.omp_set_num_threads(1)
    scores, rows = faiss.knn(vector[None], block, min(count, len(block)), faiss.METRIC_INNER_PRODUCT)
    return rows[0], scores[0]


def _widened(rows: Rows, wide: int) -> Rows:
    padded = np.zeros((len(rows), wide), np.float32)
    padded[:, : rows.shape[1]] = rows
    return padded


class _ManyReaders:
    """Many may read, or one may write."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._readers = 0

    @contextmanager
    def reading(self) -> Iterator[None]:
        with self._condition:
            self._readers += 1
        try:
            yield
        finally:
            with self._condition:
                self._readers -= 1
                self._condition.notify_all()

    @contextmanager
    def writing(self) -> Iterator[None]:
        with self._condition:
            self._condition.wait_for(lambda: self._readers == 0)
            yield
