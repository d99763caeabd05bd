"""The benchmarks from end to end at their smallest size: every figure is there, nothing fails on the way."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
FIGURES = {
    "service": ("entries", "passages", "passages_per_second", "rss_after_indexing_mb", "query", "index_mb"),
    "fresh_process": ("n", "p50_ms", "p95_ms", "p99_ms", "max_ms", "with_hits", "rss_mb"),
    "http": ("users", "search", "save", "searches_per_second"),
}


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What `python -m benchmarks short` writes, on the texts that the project ships."""
    results, nothing = tmp_path_factory.mktemp("results"), tmp_path_factory.mktemp("no-public-data")
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "short", "--results", str(results)],
        cwd=ROOT,
        env={**os.environ, "CHIENOWA_EVAL_DATA": str(nothing)},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "HTTP errors" in done.stdout
    found: dict[str, Any] = json.loads((results / "short.json").read_text(encoding="utf-8"))
    return found


def positive(value: Any, where: str) -> None:
    if isinstance(value, dict):
        for name, inner in value.items():
            positive(inner, f"{where}.{name}")
    else:
        assert value > 0, where


def test_every_figure_is_there(measured: dict[str, Any]) -> None:
    for part, names in FIGURES.items():
        for name in names:
            positive(measured[part][name], f"{part}.{name}")
    assert measured["service"]["entries"] == 600
    assert measured["service"]["passages"] > 1_500  # the shipped sentences are short: several make one
    assert measured["source"] == "shipped variants corpus"
    assert len(measured["machine"]["when"]) == len("2026-11-20T09:00Z")


def test_no_request_fails_while_somebody_saves(measured: dict[str, Any]) -> None:
    assert measured["http"]["errors"] == []
    assert measured["http"]["error_count"] == 0
    assert measured["http"]["save"]["n"] > 1


def test_the_peers_are_asked_the_same(measured: dict[str, Any]) -> None:
    assert len(measured["peers"]) == 2
    for peer in measured["peers"]:
        positive(peer["query"], peer["name"])
        assert peer["our_p95_over_its"] > 0
