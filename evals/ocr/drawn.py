"""The forms of `make eval`: drawn from the held-out sources, read by the production path, gone afterwards."""

import hashlib
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from evals.ocr.evaluate import Options, evaluate
from evals.ocr.forms import DESIGNS
from evals.ocr.generate import Order, write
from evals.ocr.sources import Split


def measured(pages: int, seed: int, peer_pages: int, tell: Callable[[str], None]) -> dict[str, Any]:
    """`pages` in all, spread evenly over the forms; the hash is that of all truths, which follow the seed."""
    truths = hashlib.sha256()
    with tempfile.TemporaryDirectory(prefix="chienowa-eval-") as place:
        folder = Path(place)
        for name in DESIGNS:
            tell(f"drawing {name}")
            numbers = range(1, pages // len(DESIGNS) + 1)
            write(folder / name, name, [Order(name, Split.HELD, seed, number) for number in numbers], jobs=2)
            truths.update((folder / name / "truth.csv").read_bytes())
        figures = evaluate(folder, Options(with_naive=True, peer_pages=peer_pages), tell)
    drawing = f"python -m evals.ocr.generate DIR --split held --pages {pages} --seed {seed}"
    command = f"{drawing} && chienowa eval ocr DIR --with-naive --peer-pages {peer_pages}"
    return {"command": command, "data_sha256": truths.hexdigest(), "figures": figures}
