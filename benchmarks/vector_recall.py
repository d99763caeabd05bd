"""python -m benchmarks.vector_recall [--passages N]: how much of the truth the vector index finds, and how fast,
for readers who see 1 %, 10 % and 100 % of a bank. Writes benchmarks/results/vector-recall-<N>.json.

Passages are real: each the sum of three sentences' vectors under the base model, in entries of ten. Questions are
sums of two other sentences. The truth is every passage compared in float32."""

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from benchmarks.figures import machine
from benchmarks.sentences import read_source
from kb_service.adapters.faiss_index import FaissIndex
from kb_service.adapters.static_embedding.model import StaticEmbedder
from kb_service.adapters.static_embedding.trainer import ProcessTrainer
from kb_service.models.passages import IndexedEntry
from kb_service.ports.vectors import VectorChange, Vectors
from kernel.japanese import Analyser

PER_ENTRY = 10
QUESTIONS = 200
FIRST = 10
SHARES = {"1%": 100, "10%": 10, "100%": 1}  # every n-th entry carries the key
_ENTRIES_AT_ONCE = 2_000
_SEED = 11


@dataclass(frozen=True, slots=True)
class Block:
    """Entries [first, …) and their vectors [entries × PER_ENTRY, dimensions]."""

    first: int
    vectors: Vectors


def measure(passages: int, folder: Path) -> dict[str, Any]:
    """All figures of one size."""
    sentences = _sentence_vectors(folder)
    random = np.random.default_rng(_SEED)
    questions = _sums(sentences, 2, QUESTIONS, random)
    started, spent = time.monotonic(), 0.0
    index = FaissIndex(folder / "vectors", sentences.shape[1], "benchmark")
    truth = _Truth(questions)
    for block in _blocks(sentences, passages, random):
        begun = time.monotonic()
        index.write(_changes(block), block.first + 1)
        spent += time.monotonic() - begun
        truth.take(block)
    index.settle()
    waited = time.monotonic() - started
    shares = {name: _ask(index, questions, name, truth) for name in SHARES}
    figures = {
        "passages": index.passages(),
        "written_per_s": round(passages / spent),
        "seconds_until_settled": round(waited, 1),
        "rss_mb": round(psutil.Process().memory_info().rss / 1e6),
        "disk_mb": round(sum(file.stat().st_size for file in (folder / "vectors").rglob("*")) / 1e6),
        "visible": shares,
    }
    index.close()
    return figures


class _Truth:
    """The best entries of every question for every share, kept while the vectors pass by."""

    def __init__(self, questions: Vectors) -> None:
        self._questions = questions
        self._best = {name: np.zeros((len(questions), 0), np.float32) for name in SHARES}
        self._ids = {name: np.zeros((len(questions), 0), np.int64) for name in SHARES}

    def take(self, block: Block) -> None:
        products = self._questions @ block.vectors.T
        scores = products.reshape(len(products), -1, PER_ENTRY).max(axis=2)
        entries = np.arange(block.first, block.first + scores.shape[1])
        for name, every in SHARES.items():
            seen = entries % every == 0
            best = np.concatenate([self._best[name], scores[:, seen]], axis=1)
            ids = np.concatenate(
                [self._ids[name], np.broadcast_to(entries[seen], (len(scores), int(seen.sum())))], axis=1
            )
            top = np.argsort(-best, axis=1)[:, :FIRST]
            self._best[name] = np.take_along_axis(best, top, axis=1)
            self._ids[name] = np.take_along_axis(ids, top, axis=1)

    def of(self, name: str, question: int) -> set[str]:
        """Ids of the best entries."""
        return {str(entry) for entry in self._ids[name][question]}


def _ask(index: FaissIndex, questions: Vectors, name: str, truth: _Truth) -> dict[str, float]:
    keys = frozenset({name})
    index.search(questions[0], keys, FIRST)  # the mask of these rights is made once
    found, wall, processor = [], [], []
    for number, question in enumerate(questions):
        begun, used = time.perf_counter(), time.thread_time()
        hits = index.search(question, keys, 100)
        wall.append((time.perf_counter() - begun) * 1000)
        processor.append((time.thread_time() - used) * 1000)
        right = truth.of(name, number)
        found.append(len(right & {hit.entry_id for hit in hits[:FIRST]}) / len(right))
    return {
        "recall@10": round(float(np.mean(found)), 4),
        "ms_p50": round(float(np.percentile(wall, 50)), 2),
        "ms_p95": round(float(np.percentile(wall, 95)), 2),
        "cpu_ms_p95": round(float(np.percentile(processor, 95)), 2),
    }


def _sentence_vectors(folder: Path) -> Vectors:
    ProcessTrainer().base(folder / "model")
    vectors = StaticEmbedder(folder / "model", Analyser()).passages(read_source().sentences)
    known: Vectors = vectors[np.linalg.norm(vectors, axis=1) > 0]
    return known


def _sums(sentences: Vectors, of: int, count: int, random: np.random.Generator) -> Vectors:
    chosen = random.integers(len(sentences), size=(count, of))
    total = sentences[chosen].sum(axis=1)
    units: Vectors = (total / np.linalg.norm(total, axis=1, keepdims=True)).astype(np.float32)
    return units


def _blocks(sentences: Vectors, passages: int, random: np.random.Generator) -> Iterator[Block]:
    entries = passages // PER_ENTRY
    for first in range(0, entries, _ENTRIES_AT_ONCE):
        count = min(_ENTRIES_AT_ONCE, entries - first)
        yield Block(first, _sums(sentences, 3, count * PER_ENTRY, random))


def _changes(block: Block) -> list[VectorChange]:
    changes = []
    for place, vectors in enumerate(np.split(block.vectors, len(block.vectors) // PER_ENTRY)):
        number = block.first + place
        keys = frozenset(name for name, every in SHARES.items() if number % every == 0)
        facets = {"kind": ("case",), "provider": (str(number % 23),)}
        changes.append(VectorChange(str(number), IndexedEntry(str(number), 1, keys, "", (), facets), vectors))
    return changes


def main() -> None:
    """Measures and writes the result."""
    parser = argparse.ArgumentParser(prog="benchmarks.vector_recall", description=__doc__)
    parser.add_argument("--passages", type=int, default=1_000_000)
    passages = parser.parse_args().passages
    with tempfile.TemporaryDirectory(prefix="chienowa-vectors-") as folder:
        figures = measure(passages, Path(folder))
    figures = {"command": f"python -m benchmarks.vector_recall --passages {passages}", **machine(), **figures}
    target = Path(__file__).parent / "results" / f"vector-recall-{passages}.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(figures, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(figures, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
