"""Figures and the machine they were taken on."""

import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import psutil


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds over `n` queries."""

    n: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    max_ms: float


def latency(seconds: Sequence[float]) -> Latency:
    """Percentiles of measured seconds. Raises ValueError for none."""
    if not seconds:
        raise ValueError("nothing was measured")
    values = np.array(seconds) * 1000
    p50, p95, p99 = (round(float(np.percentile(values, q)), 2) for q in (50, 95, 99))
    return Latency(len(seconds), p50, p95, p99, round(float(values.max()), 2))


def rss_mb() -> float:
    """Resident memory of this process in megabytes (10^6 bytes)."""
    return round(float(psutil.Process().memory_info().rss) / 1e6, 1)


def machine() -> dict[str, Any]:
    """Cores, memory, Python and commit: what a reader needs to judge a figure."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return {
        "when": datetime.now(UTC).strftime("%Y-%m-%dT%H:%MZ"),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "python": platform.python_version(),
        "commit": commit.stdout.strip(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def as_json(latencies: Latency) -> dict[str, float]:
    """For the result file."""
    return asdict(latencies)
