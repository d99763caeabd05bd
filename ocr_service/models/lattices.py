"""A line's CTC matrix without what is not needed to decode it: a hundredth of its size."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_BLANK = 0
_SURE_BLANK = 0.9995  # steps that are blank this surely say nothing beside another such step
_LEAST = 3e-5  # a class that never reaches it is dropped
_MOST = 400  # classes of one line

Steps = NDArray[np.float32]  # time steps × classes, probabilities


@dataclass(frozen=True, slots=True)
class Lattice:
    """What was seen from left to right. `classes[i]` is the engine's class of column i, the blank comes first;
    `probabilities` is steps × columns. Runs of sure blanks are one step. No steps = nothing to read."""

    classes: NDArray[np.int32]
    probabilities: Steps

    @staticmethod
    def of(matrix: Steps, always: NDArray[np.int32]) -> "Lattice":
        """Thins a full matrix. The classes `always` are kept however improbable they are, so that a field of
        digits can be read where the engine thinks of letters first."""
        if matrix.shape[0] == 0:
            return Lattice(np.zeros(1, np.int32), np.zeros((0, 1), np.float32))
        sure = matrix[:, _BLANK] > _SURE_BLANK
        repeated = sure[1:] & sure[:-1]
        rows = matrix[np.concatenate(([True], ~repeated))]
        peaks = rows.max(axis=0)
        peaks[_BLANK] = 2.0
        peaks[always] = np.maximum(peaks[always], 1.5)
        kept = np.flatnonzero(peaks >= _LEAST)
        if len(kept) > _MOST + len(always):
            kept = np.sort(np.argpartition(-peaks, _MOST + len(always))[: _MOST + len(always)])
        return Lattice(kept.astype(np.int32), np.ascontiguousarray(rows[:, kept], dtype=np.float32))

    @property
    def steps(self) -> int:
        return int(self.probabilities.shape[0])
