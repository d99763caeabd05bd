"""The contract of ports.vectors.VectorIndex, for every adapter and for the fake."""

import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb_service.adapters.faiss_index import FaissIndex
from kb_service.models.passages import IndexedEntry
from kb_service.models.searching import Filters
from kb_service.ports.vectors import VectorChange, VectorIndex, Vectors
from kernel.errors import Unavailable
from kernel.visibility import MEMBERS, PUBLIC, organisation_key, reader_keys
from tests.fakes.vectors import VectorsInMemory

DIMENSIONS = 20
CHIYODA, MINATO = "131016", "131032"
EVERYTHING = frozenset({PUBLIC, MEMBERS, organisation_key(CHIYODA), organisation_key(MINATO)})
Open = Callable[[], VectorIndex]


def unit(*seed: int) -> Vectors:
    vector = np.random.default_rng(seed).normal(size=DIMENSIONS).astype(np.float32)
    return vector / np.linalg.norm(vector)


def change(
    entry_id: str,
    *rows: Vectors,
    version: int = 1,
    keys: frozenset[str] = frozenset({MEMBERS}),
    facets: dict[str, tuple[str, ...]] | None = None,
    period: tuple[date | None, date | None] = (None, None),
) -> VectorChange:
    entry = IndexedEntry(
        entry_id, version, keys, entry_id, (), facets or {}, period_from=period[0], period_to=period[1]
    )
    return VectorChange(entry_id, entry, np.array(rows, np.float32).reshape(len(rows), DIMENSIONS))


def removal(entry_id: str) -> VectorChange:
    return VectorChange(entry_id, None, None)


@pytest.fixture(params=["fake", "flat", "lists"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[VectorIndex]:
    """The fake; FAISS with everything compared; FAISS that builds inverted lists from 32 rows on."""
    opened: VectorIndex
    if request.param == "fake":
        opened = VectorsInMemory()
    else:
        train_at = 32 if request.param == "lists" else 20_000
        opened = FaissIndex(tmp_path / "vectors", DIMENSIONS, "m1", train_at=train_at, threads=1)
        if request.param == "lists":
            opened.write([change(f"filler{n}", unit(9, n), keys=frozenset({"nobody"})) for n in range(64)], 0)
            opened.settle()
            assert opened._approximation is not None
    yield opened
    opened.close()


def found(
    index: VectorIndex, vector: Vectors, keys: frozenset[str] = EVERYTHING, limit: int = 10
) -> list[str]:
    return [hit.entry_id for hit in index.search(vector, keys, limit)]


def test_an_entry_comes_once_by_its_best_passage(index: VectorIndex) -> None:
    near, far = unit(1), unit(2)
    index.write([change("a", far, near, near * 0.5), change("b", near * 0.8 + far * 0.1)], 1)
    hits = index.search(near, EVERYTHING, 10)
    assert [(hit.entry_id, hit.passage) for hit in hits] == [("a", 1), ("b", 0)]
    assert hits[0].score == pytest.approx(1, abs=2e-3)
    assert index.passages() in (4, 64 + 4)


def test_nobody_finds_what_they_may_not_read(index: VectorIndex) -> None:
    vector = unit(3)
    index.write(
        [
            change("own", vector, keys=frozenset({organisation_key(CHIYODA)})),
            change("members", vector * 0.9),
            change("public", vector * 0.8, keys=frozenset({PUBLIC})),
        ],
        1,
    )
    assert found(index, vector, reader_keys(CHIYODA)) == ["own", "members", "public"]
    assert found(index, vector, reader_keys(MINATO)) == ["members", "public"]
    assert found(index, vector, reader_keys(None)) == ["public"]
    assert found(index, vector, frozenset()) == []
    assert set(index.scores(vector, ["own", "public"], reader_keys(MINATO))) == {"public"}
    assert [h.entry_id for h in index.search(vector, reader_keys(MINATO), 9, only=["own"])] == []


def test_narrowing_and_removing_take_effect_at_once(index: VectorIndex) -> None:
    vector = unit(4)
    index.write([change("a", vector), change("b", vector * 0.5)], 1)
    assert found(index, vector, reader_keys(MINATO)) == ["a", "b"]
    index.write([change("a", vector, version=2, keys=frozenset({organisation_key(CHIYODA)}))], 2)
    assert found(index, vector, reader_keys(MINATO)) == ["b"]
    index.write([removal("b")], 3)
    assert found(index, vector, reader_keys(MINATO)) == []
    assert found(index, vector, reader_keys(CHIYODA)) == ["a"]


def test_old_and_repeated_changes_change_nothing(index: VectorIndex) -> None:
    new, old = unit(5), unit(6)
    index.write([change("a", new, version=3)], 5)
    before = index.passages()
    index.write([change("a", old, version=2), change("a", old, version=3), removal("unknown")], 4)
    assert index.passages() == before
    assert index.sequence() == 5
    assert index.search(new, EVERYTHING, 1)[0].score == pytest.approx(1, abs=2e-3)


def test_the_last_of_several_changes_in_one_write_holds(index: VectorIndex) -> None:
    one, two = unit(7), unit(8)
    index.write([change("a", one), change("a", two, version=2), change("b", one), removal("b")], 1)
    assert found(index, two) == ["a"]
    assert index.scores(two, ["a"], EVERYTHING)["a"].score == pytest.approx(1, abs=2e-3)
    index.write([removal("a"), change("a", one)], 2)
    assert index.scores(one, ["a"], EVERYTHING)["a"].score == pytest.approx(1, abs=2e-3)


def test_filters_are_alternatives_within_and_add_up_across_facets(index: VectorIndex) -> None:
    vector = unit(10)
    index.write(
        [
            change("rpa", vector, facets={"technology": ("RPA",), "kind": ("case",)}),
            change("ocr", vector * 0.9, facets={"technology": ("AI-OCR",), "kind": ("case",)}),
            change("product", vector * 0.8, facets={"technology": ("AI-OCR", "RPA"), "kind": ("product",)}),
        ],
        1,
    )

    def under(**facets: tuple[str, ...]) -> list[str]:
        return [hit.entry_id for hit in index.search(vector, EVERYTHING, 10, Filters(facets))]

    assert under(technology=("RPA", "AI-OCR")) == ["rpa", "ocr", "product"]
    assert under(technology=("AI-OCR",)) == ["ocr", "product"]
    assert under(technology=("AI-OCR",), kind=("case",)) == ["ocr"]
    assert under(technology=("unknown",)) == []
    assert under(technology=()) == ["rpa", "ocr", "product"]


def test_a_period_passes_when_it_overlaps(index: VectorIndex) -> None:
    vector = unit(11)
    index.write(
        [
            change("2019-2020", vector, period=(date(2019, 4, 1), date(2020, 3, 31))),
            change("from 2021", vector * 0.9, period=(date(2021, 4, 1), None)),
            change("no period", vector * 0.8),
        ],
        1,
    )

    def between(first: date | None, last: date | None) -> list[str]:
        filters = Filters(period_from=first, period_to=last)
        return [hit.entry_id for hit in index.search(vector, EVERYTHING, 10, filters)]

    assert between(date(2020, 1, 1), None) == ["2019-2020", "from 2021"]
    assert between(None, date(2019, 4, 1)) == ["2019-2020"]
    assert between(date(2020, 4, 1), date(2021, 3, 31)) == []


def test_empty_questions_and_texts(index: VectorIndex) -> None:
    index.write([change("a", np.zeros(DIMENSIONS, np.float32)), change("none")], 1)
    assert index.search(np.zeros(DIMENSIONS, np.float32), EVERYTHING, 10) == ()
    assert index.search(unit(12), EVERYTHING, 10) == ()
    assert index.search(unit(12), EVERYTHING, 0) == ()
    assert set(index.scores(unit(12), ["a", "none", "unknown"], EVERYTHING)) == {"a"}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.integers(0, 8), st.integers(1, 4), st.integers(0, 3), st.sampled_from([PUBLIC, MEMBERS])
        ),
        max_size=30,
    ),
    st.integers(1, 10_000),
)
def test_faiss_agrees_with_comparing_everything(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, int, int, str]], seed: int
) -> None:
    """Any history of writes: the same answers as the fake, before and after opening again."""
    folder = tmp_path_factory.mktemp("history")
    plain, real = VectorsInMemory(), FaissIndex(folder, DIMENSIONS, "m1", train_at=24, threads=1)
    for sequence, (number, version, rows, key) in enumerate(steps, 1):
        vectors = [unit(seed, number, version, row) for row in range(rows)]
        step = change(f"e{number}", *vectors, version=version, keys=frozenset({key}))
        for each in (plain, real):
            each.write([removal(f"e{number}") if version == 4 else step], sequence)
    for again in range(2):
        real.settle()
        for keys in (frozenset({PUBLIC}), frozenset({PUBLIC, MEMBERS})):
            expected = plain.search(unit(seed), keys, 20)
            actual = real.search(unit(seed), keys, 20)
            assert [hit.entry_id for hit in actual] == [hit.entry_id for hit in expected]
            assert [hit.score for hit in actual] == pytest.approx([hit.score for hit in expected], abs=2e-3)
        assert real.sequence() == plain.sequence() == len(steps)
        assert real.passages() == plain.passages()
        real.close()
        if not again:
            real = FaissIndex(folder, DIMENSIONS, "m1", train_at=24, threads=1)


def test_what_a_crash_tore_is_cut_off(tmp_path: Path) -> None:
    """Half of the last record, or vectors without their record: the sequence says what is whole."""
    index = FaissIndex(tmp_path, DIMENSIONS, "m1")
    index.write([change("a", unit(1))], 1)
    index.write([change("b", unit(2))], 2)
    index.close()
    log = next(tmp_path.glob("g*/entries.log"))
    log.write_bytes(log.read_bytes()[:-5])
    torn = FaissIndex(tmp_path, DIMENSIONS, "m1")
    assert torn.sequence() == 1
    assert found(torn, unit(2)) == found(torn, unit(2), EVERYTHING)
    assert "b" not in found(torn, unit(2))
    torn.write([change("b", unit(2))], 2)
    assert found(torn, unit(2))[0] == "b"
    torn.close()
    whole = FaissIndex(tmp_path, DIMENSIONS, "m1")
    assert (whole.sequence(), found(whole, unit(2))[0]) == (2, "b")
    whole.close()


def test_lost_vectors_take_their_records_with_them(tmp_path: Path) -> None:
    index = FaissIndex(tmp_path, DIMENSIONS, "m1")
    index.write([change("a", unit(1))], 1)
    index.write([change("b", unit(2))], 2)
    index.close()
    vectors = next(tmp_path.glob("g*/vectors.f16"))
    vectors.write_bytes(vectors.read_bytes()[:-3])
    torn = FaissIndex(tmp_path, DIMENSIONS, "m1")
    assert torn.sequence() == 1
    torn.close()


def test_another_model_begins_anew(tmp_path: Path) -> None:
    index = FaissIndex(tmp_path, DIMENSIONS, "m1")
    index.write([change("a", unit(1))], 7)
    index.close()
    other = FaissIndex(tmp_path, DIMENSIONS, "m2")
    assert (other.sequence(), other.passages()) == (0, 0)
    other.close()


def test_one_writes_and_others_read(tmp_path: Path) -> None:
    writer = FaissIndex(tmp_path, DIMENSIONS, "m1", train_at=32, threads=1)
    reader = FaissIndex(tmp_path, DIMENSIONS, "m1", writable=False)
    with pytest.raises(Unavailable):
        FaissIndex(tmp_path, DIMENSIONS, "m1")
    with pytest.raises(Unavailable):
        reader.write([change("a", unit(1))], 1)
    for number in range(40):
        writer.write([change(f"e{number}", unit(1, number))], number + 1)
        assert found(reader, unit(1, number), limit=1) == [f"e{number}"]
    assert reader.sequence() == 40
    writer.close()
    shutil.rmtree(tmp_path)  # replaced by another index while a search is under way
    assert found(reader, unit(1, 7), limit=1) == ["e7"]
    reader.close()


def test_dead_rows_are_left_behind_when_opening(tmp_path: Path) -> None:
    index = FaissIndex(tmp_path, DIMENSIONS, "m1")
    for version in range(1, 5):
        index.write([change(f"e{n}", unit(n, version), version=version) for n in range(500)], version)
    size = next(tmp_path.glob("g*/vectors.f16")).stat().st_size
    index.close()
    index = FaissIndex(tmp_path, DIMENSIONS, "m1")
    assert next(tmp_path.glob("g*/vectors.f16")).stat().st_size == size // 4
    assert (index.sequence(), index.passages()) == (4, 500)
    assert found(index, unit(17, 4), limit=1) == ["e17"]
    index.close()


def test_a_full_disk_is_said_and_leaves_the_index_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = FaissIndex(tmp_path, DIMENSIONS, "m1")
    index.write([change("a", unit(1))], 1)

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.pwrite", full)
        with pytest.raises(Unavailable, match="No space left"):
            index.write([change("b", unit(2))], 2)
    assert (index.sequence(), index.passages()) == (1, 1)
    index.write([change("b", unit(2))], 2)
    assert found(index, unit(2), limit=1) == ["b"]
    index.close()


def test_searching_goes_on_while_writing_and_building(tmp_path: Path) -> None:
    index = FaissIndex(tmp_path, DIMENSIONS, "m1", train_at=200, threads=1)
    index.write([change("first", unit(1))], 1)
    failures: list[str] = []
    stop = threading.Event()

    def search() -> None:
        while not stop.is_set():
            hits = index.search(unit(1), EVERYTHING, 3)
            if not hits or hits[0].entry_id != "first" or hits[0].score < 0.99:
                failures.append(repr(hits))

    threads = [threading.Thread(target=search) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(120):
        index.write([change(f"e{number}-{n}", unit(2, number, n)) for n in range(10)], number + 2)
    index.settle()
    stop.set()
    for thread in threads:
        thread.join()
    assert not failures
    assert index.passages() == 1_201
    index.close()
