"""How the parts are, for container health checks. Anybody may ask, so it tells no name, content or number:
figures move with what others keep to themselves."""

from typing import Any

from assembly.embedded import System
from kernel.disk import LEAST_FREE, free_space
from kernel.errors import ChienowaError

_PROBLEMS = {
    "records": "The database cannot be reached.",
    "index": "Indexing stands still; searching goes on with what is indexed.",
    "disk": "The disk is nearly full.",
    "meaning": "The plugged-in language model could not be loaded; the static one serves.",
}


def check(system: System) -> dict[str, Any]:
    """Each part with "ok" and, where something is wrong, the cause in `problem`; `ok` when all are. For those
    who run the installation; the world gets `published`."""
    parts = {
        "records": _records(system),
        "index": _index(system),
        "disk": _disk(system),
        "meaning": _meaning(system),
    }
    return {"ok": all(part["ok"] for part in parts.values()), "parts": parts}


def published(state: dict[str, Any]) -> dict[str, Any]:
    """The same with one fixed sentence a part instead of the cause, which may quote names and numbers."""
    parts = {
        name: {"ok": part["ok"], **({"problem": _PROBLEMS[name]} if part["problem"] else {})}
        for name, part in state["parts"].items()
    }
    return {"ok": state["ok"], "parts": parts}


def _records(system: System) -> dict[str, Any]:
    try:
        system.records.check()
    except ChienowaError as error:
        return _part(error.text.en)
    return _part("")


def _index(system: System) -> dict[str, Any]:
    try:
        return _part(system.bank.indexing.status().problem_en)
    except ChienowaError as error:
        return _part(error.text.en)


def _disk(system: System) -> dict[str, Any]:
    free = free_space(system.settings.home)
    return _part("" if free >= LEAST_FREE else f"{free // 1_000_000} MB are free.")


def _meaning(system: System) -> dict[str, Any]:
    """A plugged-in model that failed is a problem to see, but the static model serves: the part is ok."""
    problem = system.bank.engines.problem
    return {"ok": True, "problem": problem.en if problem else ""}


def _part(problem: str) -> dict[str, Any]:
    return {"ok": not problem, "problem": problem}
