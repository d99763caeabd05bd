"""What the vector of a passage stands for: the passage in its entry, not by itself. Pure."""

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]

TITLE, WHOLE, PASSAGE = 0.3, 0.4, 0.3  # shares; they add up to 1, so that a product stays within -1..1


def blended(passages: Vectors) -> Vectors:
    """Rows of [n, d], row 0 the title, each unit or zero → rows whose product with a question is the shares'
    sum of three cosines: with the title, with the whole entry, and with the passage itself. The best row of an
    entry is still its best passage, and its score speaks for the entry."""
    if not len(passages):
        return passages
    total = passages.sum(axis=0)
    length = float(np.linalg.norm(total))
    whole = total / length if length > 0 else total
    rows: Vectors = (TITLE * passages[0] + WHOLE * whole + PASSAGE * passages).astype(np.float32)
    return rows
