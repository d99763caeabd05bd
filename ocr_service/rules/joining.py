"""Pictures of one page in one blob: one crop after the other, so that a page is two files and not fifty."""

from collections.abc import Sequence

Place = tuple[int, int]


def joined(crops: Sequence[bytes]) -> tuple[bytes, tuple[Place, ...]]:
    """All bytes, and where each crop lies as (start, length); (0, 0) for an empty one."""
    places: list[Place] = []
    at = 0
    for crop in crops:
        places.append((at, len(crop)) if crop else (0, 0))
        at += len(crop)
    return b"".join(crops), tuple(places)
