"""Identifiers sort by time and never repeat."""

import time
import uuid

from kernel.ids import new_id


def test_ids_are_version_7_unique_and_sort_by_millisecond() -> None:
    made = []
    for _ in range(5):
        made.append(new_id())
        time.sleep(0.002)
    assert made == sorted(made)
    assert all(uuid.UUID(value).version == 7 and uuid.UUID(value).variant == uuid.RFC_4122 for value in made)
    assert len({new_id() for _ in range(10_000)}) == 10_000
