"""How the parts are, for the operator and for container health checks. No names, no contents."""

from typing import Any

from assembly.embedded import System
from kernel.disk import LEAST_FREE, free_space
from kernel.errors import ChienowaError


def check(system: System) -> dict[str, Any]:
    """Each part with "ok" or what is wrong; `ok` when all are."""
    parts = {
        "records": _records(system),
        "index": _index(system),
        "disk": _disk(system),
        "meaning": _meaning(system),
    }
    return {"ok": all(part["ok"] for part in parts.values()), "parts": parts}


def _records(system: System) -> dict[str, Any]:
    try:
        system.records.check()
    except ChienowaError as error:
        return {"ok": False, "problem": error.text.en}
    return {"ok": True}


def _index(system: System) -> dict[str, Any]:
    try:
        status = system.bank.indexing.status()
    except ChienowaError as error:
        return {"ok": False, "problem": error.text.en}
    return {
        "ok": not status.problem_en,
        "problem": status.problem_en,
        "applied": status.applied,
        "last": status.last,
        "entries": status.entries,
        "passages": status.passages,
        "skipped": len(status.troubles),
    }


def _disk(system: System) -> dict[str, Any]:
    free = free_space(system.settings.home)
    return {"ok": free >= LEAST_FREE, "free_mb": free // 1_000_000}


def _meaning(system: System) -> dict[str, Any]:
    """A plugged-in model that failed is a problem to see, but the static model serves: the part is ok."""
    problem = system.bank.engines.problem
    return {"ok": True, "problem": problem.en if problem else ""}
