"""A period means the same to every index: what one arm of a search lets through, the other does too."""

from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from kb_service.adapters.faiss_index import FaissIndex
from kb_service.adapters.tantivy_index import TantivyIndex
from kb_service.models.passages import IndexedEntry, Passage, PassageSource
from kb_service.models.searching import Filters, Query
from kb_service.ports.vectors import VectorChange, VectorIndex
from kernel.japanese import Analyser
from kernel.visibility import MEMBERS
from tests.fakes.vectors import VectorsInMemory

KEYS = frozenset({MEMBERS})
PERIODS = {
    "2019": (date(2019, 4, 1), date(2020, 3, 31)),
    "2020 to now": (date(2020, 4, 1), None),
    "until 2018": (None, date(2018, 3, 31)),
    "never": (None, None),
}
Found = Callable[[Filters], set[str]]


def entries() -> list[IndexedEntry]:
    passage = (Passage(0, PassageSource.TITLE, "時期"),)
    return [
        IndexedEntry(name, 1, KEYS, "時期", passage, period_from=first, period_to=last)
        for name, (first, last) in PERIODS.items()
    ]


def in_words(folder: Path) -> Found:
    def found(filters: Filters) -> set[str]:
        with closing(TantivyIndex(folder, Analyser())) as index:
            index.write(entries(), 1)
            return {hit.entry_id for hit in index.search(Query(""), KEYS, filters, 10).hits}

    return found


def in_vectors(make: Callable[[Path], VectorIndex]) -> Callable[[Path], Found]:
    one = np.ones((1, 4), np.float32) / 2

    def opened(folder: Path) -> Found:
        def found(filters: Filters) -> set[str]:
            with closing(make(folder)) as index:
                index.write([VectorChange(each.entry_id, each, one) for each in entries()], 1)
                return {hit.entry_id for hit in index.search(one[0], KEYS, 10, filters)}

        return found

    return opened


INDEXES = {
    "tantivy": in_words,
    "faiss": in_vectors(lambda folder: FaissIndex(folder, 4, "m1", threads=1)),
    "fake": in_vectors(lambda _: VectorsInMemory()),
}


@pytest.mark.parametrize("index", INDEXES)
@pytest.mark.parametrize(
    ("first", "last", "passing"),
    [
        (date(2023, 1, 1), None, {"2020 to now"}),
        (date(2020, 1, 1), date(2020, 3, 31), {"2019"}),
        (None, date(2010, 1, 1), {"until 2018"}),
        (date(2018, 3, 31), date(2020, 4, 1), {"2019", "2020 to now", "until 2018"}),
        (date(2018, 4, 1), date(2019, 3, 31), set()),
        (None, None, set(PERIODS)),
    ],
)
def test_a_side_that_is_not_said_is_open(
    index: str, first: date | None, last: date | None, passing: set[str], tmp_path: Path
) -> None:
    assert INDEXES[index](tmp_path / "index")(Filters(period_from=first, period_to=last)) == passing
