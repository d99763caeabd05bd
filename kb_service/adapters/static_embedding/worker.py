"""The process behind ProcessTrainer: reads one order (JSON) from standard input, writes progress and the answer
as JSON lines to standard output. `python -m kb_service.adapters.static_embedding.worker`"""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kb_service.ports.adaptation import BankText, Models
from kernel.japanese import Analyser

_NICENESS = 10  # people who search come first


def main() -> None:
    """Does one order."""
    os.nice(_NICENESS)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a library prints must not be taken for an answer
    order = json.loads(sys.stdin.readline())

    def tell(message: dict[str, Any]) -> None:
        answers.write(json.dumps(message) + "\n")
        answers.flush()

    if order["task"] == "base":
        from kb_service.adapters.static_embedding.builder import build_base

        tell({"version": build_base(Path(order["folder"]), Analyser())})
        return
    import torch

    from kb_service.adapters.static_embedding.training import adapt

    torch.set_num_threads(order["threads"])
    with Path(order["texts"]).open(encoding="utf-8") as lines:
        texts = [BankText(**json.loads(line)) for line in lines]
    trained = adapt(
        texts,
        frozenset(order["held_out"]),
        Models(Path(order["base"]), Path(order["current"]), Path(order["candidate"])),
        Analyser(),
        lambda done, total: tell({"done": done, "total": total}),
    )
    scores = {"candidate": asdict(trained.candidate), "current": asdict(trained.current)}
    tell({"version": trained.version, "seconds": trained.seconds, **scores})


if __name__ == "__main__":
    main()
