"""Arrays that grow at the end while others read them."""

from typing import Any

import numpy as np
import numpy.typing as npt


class GrowingArray:
    """Rows of one type, appended by one writer. A view stays valid and unchanged in length while it grows:
    growing beyond the room copies to a new buffer and leaves the old one to its readers."""

    def __init__(self, dtype: npt.DTypeLike, width: int | None = None) -> None:
        shape = (64,) if width is None else (64, width)
        self._buffer: npt.NDArray[Any] = np.zeros(shape, dtype)
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def extend(self, rows: npt.ArrayLike) -> None:
        """Appends rows."""
        added = np.asarray(rows, self._buffer.dtype)
        needed = self._length + len(added)
        if needed > len(self._buffer):
            grown = np.zeros(
                (max(needed, len(self._buffer) * 3 // 2), *self._buffer.shape[1:]), self._buffer.dtype
            )
            grown[: self._length] = self._buffer[: self._length]
            self._buffer = grown
        self._buffer[self._length : needed] = added
        self._length = needed

    def view(self) -> npt.NDArray[Any]:
        """The rows so far, not a copy."""
        return self._buffer[: self._length]

    def drop_first(self, count: int) -> None:
        """Forgets the first rows; views handed out before keep them."""
        self._buffer = self._buffer[count:].copy()
        self._length -= count
