"""Times a peer on the same passages and queries."""

import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.figures import as_json, latency
from benchmarks.peers import Peer, peers_in
from evals.datasets import documents, variants

VARIANTS = Path(__file__).parent.parent / "evals" / "variants"


def run_peer(peer: Peer, texts: Sequence[tuple[str, str]], queries: Sequence[str]) -> dict[str, Any]:
    """Indexes `texts` (id, text), then asks every query once after ten to warm up."""
    begun = time.perf_counter()
    peer.index(texts)
    indexed = time.perf_counter() - begun
    for query in queries[:10]:
        peer.search(query)
    seconds, with_hits = [], 0
    for query in queries:
        start = time.perf_counter()
        with_hits += bool(peer.search(query))
        seconds.append(time.perf_counter() - start)
    return {
        "name": peer.name,
        "passages_per_second": round(len(texts) / indexed, 1),
        "query": {**as_json(latency(seconds)), "with_hits": with_hits},
    }


def variants_of_peers() -> list[dict[str, float]]:
    """recall@3 of each peer for each category of the shipped spelling variants, as `chienowa eval variants`
    measures ours."""
    corpus, asked = documents(VARIANTS), variants(VARIANTS)
    found = []
    with tempfile.TemporaryDirectory(prefix="chienowa-variants-") as folder:
        for peer in peers_in(Path(folder)):
            peer.index([(each.id, f"{each.title}\n{each.text}") for each in corpus])
            scores: dict[str, list[float]] = defaultdict(list)
            for each in asked:
                first = set(peer.search(each.query, 3))
                scores[each.category].append(len(each.expect & first) / len(each.expect))
            found.append({name: round(sum(values) / len(values), 3) for name, values in scores.items()})
    return found
