"""make eval: runs every set of expected.toml, writes results/, fails when a figure fell."""

import json
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evals import search, variants
from evals.datasets import DATA, data_folder, digest
from evals.ocr import drawn
from kernel.errors import NotFound

_HERE = Path(__file__).parent
RUNS = {"search": (search.evaluate, search.FILES), "variants": (variants.evaluate, variants.FILES)}
_BETTER_OF_BOTH = ("hit@1", "recall@10", "ndcg@10", "mrr@10")


def main() -> int:
    """0: every set was measured and holds; 1: a figure fell; 2: data is missing."""
    expected = tomllib.loads((_HERE / "expected.toml").read_text(encoding="utf-8"))
    wanted = set(sys.argv[1:]) or expected.keys()
    status = 0
    for name, case in expected.items():
        if name not in wanted:
            continue
        print(f"{name}: {case['folder']}", flush=True)
        try:
            result = _measured(case)
        except NotFound as error:
            print(f"  {error} ({DATA})")
            status = max(status, 2)
            continue
        (_HERE / "results").mkdir(exist_ok=True)
        stem = name if name == case["command"] else f"{case['command']}-{name}"
        file = _HERE / "results" / f"{stem}.json"
        file.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        for fall in falls(result["figures"], case["at_least"], case.get("at_most", {})):
            print(f"  ✗ {fall}")
            status = max(status, 1)
    return status


def _measured(case: Mapping[str, Any]) -> dict[str, Any]:
    """One set as it is measured; forms are drawn anew from their seed. Raises NotFound when data is missing."""
    if case["command"] == "ocr":
        return drawn.measured(case["pages"], case["seed"], case["peer_pages"], _tell)
    inside = case["folder"].startswith("evals/")
    folder = _HERE.parent / case["folder"] if inside else data_folder() / case["folder"]
    evaluate, files = RUNS[case["command"]]
    figures = evaluate(folder, tell=_tell)
    command = f"chienowa eval {case['command']} {case['folder']}"
    return {"command": command, "data_sha256": digest(folder, files), "figures": figures}


def _tell(text: str) -> None:
    print(f"  {text}", flush=True)


def falls(
    figures: Mapping[str, Any], at_least: Mapping[str, float], at_most: Mapping[str, float] | None = None
) -> list[str]:
    """Figures below or above what is expected, and measures in which the mix is below one of its arms."""
    found = []
    for path, least in at_least.items():
        value = _at(figures, path)
        if value < least:
            found.append(f"{path} is {value}, expected at least {least}")
    for path, most in (at_most or {}).items():
        value = _at(figures, path)
        if value > most:
            found.append(f"{path} is {value}, expected at most {most}")
    arms = figures.get("arms", {})
    for measure in _BETTER_OF_BOTH if "hybrid" in arms else ():
        best = max(arm[measure] for arm in arms.values())
        if arms["hybrid"][measure] < best:
            found.append(f"hybrid {measure} is {arms['hybrid'][measure]}, below its best arm ({best})")
    return found


def _at(figures: Mapping[str, Any], path: str) -> float:
    """The figure at a path whose parts are parted by dots (no key holds one)."""
    value: Any = figures
    for part in path.split("."):
        value = value[part]
    return float(value)


if __name__ == "__main__":
    sys.exit(main())
