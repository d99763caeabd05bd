"""A workload as declared in benchmarks/workloads/*.toml."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "workloads"


@dataclass(frozen=True, slots=True)
class Limits:
    """What is asked for; None = reported, not judged. Times in milliseconds, memory in megabytes (10^6 bytes)."""

    passages_per_second: float | None = None
    query_p95_ms: float | None = None
    rss_mb: float | None = None
    http_p95_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Workload:
    """How much is indexed and how it is asked."""

    name: str
    passages: int  # at least so many must come of the entries
    entries: int
    paragraphs: int  # of an entry
    queries: int
    seed: int
    peers: bool
    http_users: int
    http_seconds: float
    http_pause_s: float  # in which a person looks at the answer; 0 is measured beside it
    limits: Limits


def load(name: str) -> Workload:
    """Reads benchmarks/workloads/<name>.toml. Raises FileNotFoundError, and TypeError for unknown keys."""
    with (FOLDER / f"{name}.toml").open("rb") as file:
        table = tomllib.load(file)
    limits = Limits(**table.pop("limits", {}))
    return Workload(name=name, limits=limits, **table)
