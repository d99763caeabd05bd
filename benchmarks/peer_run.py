"""Times a peer on the same passages and queries."""

import time
from collections.abc import Sequence
from typing import Any

from benchmarks.figures import as_json, latency
from benchmarks.peers import Peer


def run_peer(peer: Peer, texts: Sequence[tuple[str, str]], queries: Sequence[str]) -> dict[str, Any]:
    """Indexes `texts` (id, text), then asks every query once after ten to warm up."""
    begun = time.perf_counter()
    peer.index(texts)
    indexed = time.perf_counter() - begun
    for query in queries[:10]:
        peer.search(query)
    seconds = []
    for query in queries:
        start = time.perf_counter()
        peer.search(query)
        seconds.append(time.perf_counter() - start)
    return {
        "name": peer.name,
        "passages_per_second": round(len(texts) / indexed, 1),
        "query": as_json(latency(seconds)),
    }
