"""python -m benchmarks bench|soak|short: runs workloads, writes benchmarks/results/<name>.json and prints how
each figure stands to what is asked. Exit status 1 when one falls short."""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.figures import machine
from benchmarks.peer_run import run_peer, variants_of_peers
from benchmarks.peers import peers_in
from benchmarks.sentences import Source, entries, queries, read_source
from benchmarks.service_run import ask_in_new_process, run_http, run_service
from benchmarks.workload import Workload, load

RESULTS = Path(__file__).parent / "results"
RUNS = {"bench": ("100k",), "soak": ("100k", "1m"), "short": ("short",)}


def main() -> int:
    """Runs what was asked for."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("run", choices=sorted(RUNS))
    parser.add_argument("--results", type=Path, default=RESULTS)
    chosen = parser.parse_args()
    source = read_source()
    short = 0
    for name in RUNS[chosen.run]:
        workload = load(name)
        figures = measure(workload, source)
        figures["command"] = f"python -m benchmarks {chosen.run}"
        chosen.results.mkdir(parents=True, exist_ok=True)
        target = chosen.results / f"{name}.json"
        target.write_text(json.dumps(figures, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        short += _report(workload, figures)
    return 1 if short else 0


def measure(workload: Workload, source: Source) -> dict[str, Any]:
    """All figures of one workload."""
    figures: dict[str, Any] = {"workload": workload.name, "source": source.name, "machine": machine()}
    with tempfile.TemporaryDirectory(prefix="chienowa-bench-") as folder:
        home = Path(folder)
        service = run_service(workload, source, home)
        token = service.pop("token")
        figures["service"] = service
        figures["fresh_process"] = ask_in_new_process(workload, home)
        if workload.http_users:
            figures["http"] = run_http(workload, source, home, token, workload.http_pause_s)
            figures["http_without_pause"] = run_http(workload, source, home, token, 0.0)
    if workload.peers:
        figures["peers"] = _peers(workload, source)
        own = figures["fresh_process"]["p95_ms"]
        for peer in figures["peers"]:
            peer["our_p95_over_its"] = round(own / peer["query"]["p95_ms"], 2)
    return figures


def _peers(workload: Workload, source: Source) -> list[dict[str, Any]]:
    made = entries(source, workload.entries, workload.paragraphs, workload.seed)
    texts = [
        (f"{number}-{place}", text)
        for number, entry in enumerate(made)
        for place, text in enumerate((entry.title, *entry.paragraphs))
    ]
    asked = queries(source, workload.queries, workload.seed)
    found = []
    with tempfile.TemporaryDirectory(prefix="chienowa-peers-") as folder:
        for peer in peers_in(Path(folder)):
            print(f"peer: {peer.name}", file=sys.stderr)
            found.append(run_peer(peer, texts, asked))
    for result, peer_variants in zip(found, variants_of_peers(), strict=True):
        result["variants_recall_at_3"] = peer_variants
    return found


def _report(workload: Workload, figures: dict[str, Any]) -> int:
    """Prints each figure beside what is asked; the number that fall short."""
    limits = workload.limits
    rows = [
        ("passages", figures["service"]["passages"], workload.passages, True),
        ("passages a second", figures["service"]["passages_per_second"], limits.passages_per_second, True),
        ("query p95 ms", figures["fresh_process"]["p95_ms"], limits.query_p95_ms, False),
        ("RSS MB", figures["fresh_process"]["rss_mb"], limits.rss_mb, False),
        ("HTTP p95 ms", figures.get("http", {}).get("search", {}).get("p95_ms"), limits.http_p95_ms, False),
        ("HTTP errors", figures.get("http", {}).get("error_count"), 0, False),
    ]
    short = 0
    for name, reached, asked, more in rows:
        if reached is None or asked is None:
            continue
        good = reached >= asked if more else reached <= asked
        short += not good
        print(
            f"{figures['workload']:8} {name:20} {reached:>12,} asked {asked:>8,}  {'ok' if good else 'SHORT'}"
        )
    return short


if __name__ == "__main__":
    sys.exit(main())
