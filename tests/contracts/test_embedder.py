"""The contract of ports.vectors.Embedder: the static model, a neural model plugged in, and the fake."""

import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb_service.adapters.static_embedding.files import UNKNOWN, WordVectors, write
from kb_service.adapters.static_embedding.model import StaticEmbedder
from kb_service.ports.vectors import Embedder
from kernel.errors import Unavailable
from kernel.japanese import Analyser
from tests.fakes.vectors import LetterEmbedder

WORDS = ["塵", "収集", "粗大", "申請", "保育", "園", "チャット", "ボット"]


@pytest.fixture(scope="session")
def analyser() -> Analyser:
    return Analyser()


@pytest.fixture(scope="session")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A static model of eight words in sixteen dimensions."""
    folder = tmp_path_factory.mktemp("model")
    rows = np.random.default_rng(3).normal(size=(len(WORDS) + 1, 16)).astype(np.float32)
    numbers = np.arange(len(WORDS) + 1, dtype=np.int32)
    weights = np.linspace(0, 1, len(numbers), dtype=np.float32)
    write(folder, WordVectors([UNKNOWN, *WORDS], rows, numbers, weights), {"source": "a test"})
    return folder


@pytest.fixture(scope="session", params=["fake", "static", "plugged in"])
def embedder(request: pytest.FixtureRequest, small_model: Path, analyser: Analyser) -> Embedder:
    if request.param == "fake":
        return LetterEmbedder()
    if request.param == "static":
        return StaticEmbedder(small_model, analyser)
    from kb_service.adapters.sentence_transformers_model import SentenceTransformersEmbedder

    return SentenceTransformersEmbedder(str(small_model))


SAID = ["収集 申請", "保育 園", "塵"]


def test_unit_vectors_in_the_order_of_the_texts(embedder: Embedder) -> None:
    for make in (embedder.queries, embedder.passages):
        vectors = make(SAID)
        assert vectors.shape == (3, embedder.dimensions)
        assert vectors.dtype == np.float32
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-4)
        alone = np.concatenate([make([text]) for text in SAID])
        assert np.allclose(vectors, alone, atol=1e-5)
    assert embedder.passages([]).shape == (0, embedder.dimensions)


def test_what_says_nothing_known_is_zero(embedder: Embedder) -> None:
    assert not embedder.passages(["", "  \n"]).any()


def test_the_same_text_is_the_same_vector_in_every_thread(embedder: Embedder) -> None:
    expected = embedder.queries(SAID)
    different: list[int] = []

    def ask(number: int) -> None:
        for _ in range(20):
            if not np.allclose(embedder.queries(SAID), expected, atol=1e-5):
                different.append(number)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not different


def test_a_version_names_the_weights(small_model: Path, tmp_path: Path, analyser: Analyser) -> None:
    rows = np.eye(3, 16, dtype=np.float32)
    versions = set()
    for factor, words in ((1, ["甲", "乙"]), (2, ["甲", "乙"]), (1, ["甲", "丙"])):
        folder = tmp_path / f"{factor}{words[1]}"
        numbers = np.arange(3, dtype=np.int32)
        write(folder, WordVectors([UNKNOWN, *words], rows * factor, numbers, np.ones(3, np.float32)), {})
        versions.add(StaticEmbedder(folder, analyser).version)
    assert len(versions) == 3
    assert StaticEmbedder(small_model, analyser).version == StaticEmbedder(small_model, analyser).version


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(), max_size=200))
def test_any_text_has_a_vector(small_model: Path, analyser: Analyser, text: str) -> None:
    vector = StaticEmbedder(small_model, analyser).queries([text])[0]
    assert np.linalg.norm(vector) == pytest.approx(0) or np.linalg.norm(vector) == pytest.approx(1, abs=1e-4)


def test_words_weigh_what_the_model_says(small_model: Path, analyser: Analyser) -> None:
    embedder = StaticEmbedder(small_model, analyser)
    light, heavy, both = embedder.of_words([["塵"], ["ボット"], ["塵", "ボット"]])
    assert both @ heavy > both @ light
    assert np.allclose(embedder.of_words([["塵", "知らない"]])[0], light)


@pytest.mark.parametrize("damage", ["missing", "about", "tensors"])
def test_a_folder_without_a_model_is_said(tmp_path: Path, analyser: Analyser, damage: str) -> None:
    folder = tmp_path / "model"
    if damage != "missing":
        numbers = np.arange(2, dtype=np.int32)
        one = np.ones((2, 4), np.float32)
        write(folder, WordVectors([UNKNOWN, "甲"], one, numbers, numbers.astype(np.float32)), {})
    if damage == "about":
        (folder / "about.json").write_text("{}")
    if damage == "tensors":
        (folder / "model.safetensors").write_bytes(b"\x00\x01")
    with pytest.raises(Unavailable) as told:
        StaticEmbedder(folder, analyser)
    assert "chienowa model build" in told.value.text.ja


def test_a_model_that_cannot_be_loaded_is_said(tmp_path: Path) -> None:
    from kb_service.adapters.sentence_transformers_model import SentenceTransformersEmbedder

    (tmp_path / "modules.json").write_text("not JSON")
    with pytest.raises(Unavailable) as told:
        SentenceTransformersEmbedder(str(tmp_path))
    assert str(tmp_path) in told.value.text.ja and "CHIENOWA_EMBEDDING_MODEL" in told.value.text.en
